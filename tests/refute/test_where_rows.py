"""Conditions about every row of a triangle: the sum ends at the index that where quantifies."""

import pytest
from claims import i, j, k, proved, refuted
from sympy import Eq, IndexedBase, Integer, Sum, atan, cos, exp, log, pi

from symderiv import prove_equal, prove_nonnegative

Y = IndexedBase("Y")
ROWS = Eq(Sum(Y[j, k], (k, 0, j)), 1)  # for every j
ROW = Sum(Y[i, k], (k, 0, i))


@pytest.mark.parametrize(
    ("lhs", "rhs"),
    [(ROW, 1), (cos(pi * ROW), -1), (exp(ROW * log(2)), 2)],
    ids=["sum", "cosine", "power"],
)
def test_points_satisfy_every_row(lhs, rhs):
    proved(lhs, rhs, ROWS)


def test_it_is_no_size_of_its_own():
    assert not prove_equal(atan(ROW), pi / 4, where=[ROWS]).refuted
    assert prove_nonnegative(ROW - 1, where=[ROWS]).proved
    refuted(ROW, Integer(2), ROWS)
    # each row of a triangle of ones
    refuted(Y[i, 0], Integer(1), ROWS)
    proved(Y[0, 0], 1, ROWS)


def test_an_index_of_the_lines_is_that_one_row():
    one = Eq(Sum(Y[i, k], (k, 0, i)), 1)
    proved(ROW, 1, one)
    refuted(Y[i, 0] + Sum(Y[j, k], (k, 0, j)), 1 + Y[i, 0], one)


def test_an_end_that_is_no_index_is_a_size():
    n = j  # Σ over 0 … n of one row
    proved(Sum(Y[0, k], (k, 0, n)), 1, Eq(Sum(Y[0, k], (k, 0, n)), 1))
