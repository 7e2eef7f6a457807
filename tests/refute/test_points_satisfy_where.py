"""A point at which lines differ refutes them only where it satisfies every condition as printed."""

import pytest
from claims import i, j, k, m, n, refuted, x, y
from flint import fmpq
from sympy import Contains, Eq, FiniteSet, IndexedBase, Integer, Sum, cosh, exp, log

from symderiv import prove_equal
from symderiv.refute.evaluate import Evaluation
from symderiv.refute.points import Point
from symderiv.refute.search import Search

v = IndexedBase("v")
BITS = Contains(v[i], FiniteSet(0, 1))


def total(e):
    return Sum(e, (i, 0, n - 1))


@pytest.mark.parametrize(
    ("lhs", "rhs", "where"),
    [
        (x, log(n), [Eq(exp(x), n)]),
        (exp(2 * x), n**2, [Eq(exp(x), n)]),
        (cosh(x), n / 2 + exp(-x) / 2, [Eq(exp(x), n)]),
        (n - m, total(1 - v[i]), [Eq(total(v[i]), m), BITS]),
        (m, n, [Eq(total(v[i]), m), BITS, m >= n]),
        (v[j], 1, [Eq(total(v[i]), n), v[i] >= 1, j <= n - 1]),
        (total(v[i] ** 2), n, [Eq(total(v[i]), n), v[i] >= 1]),
    ],
    ids=["log", "square", "cosh", "labels", "all labels", "each", "squares"],
)
def test_an_integer_is_not_defined_by_an_equation(lhs, rhs, where):
    # n = 2 and x = 0 do not satisfy e^x = n
    assert not prove_equal(lhs, rhs, where=where).refuted


def test_an_integer_still_satisfies_an_equation():
    # e^0 = 1
    assert prove_equal(exp(2 * x), n**2, where=[Eq(exp(x), n)]).proved


def test_conditions_that_contradict_each_other_are_no_witness():
    # v_i > 1 leaves no sum of n of them that is n
    where = [Eq(total(v[i]), n), v[i] > 1]
    assert not prove_equal((x + n) ** 2, x**2 + 2 * x * n + n**2, where=where).proved


def test_one_name_is_not_defined_for_every_index():
    # x = e^(v_k) for all k, so x = e^(v_0)
    where = [Eq(x, exp(v[k])), v[k] > 0]
    assert not prove_equal(x, exp(v[0]), where=where).refuted
    assert not prove_equal(x, exp(v[0]), where=[*where, k <= n - 1]).refuted


def test_a_real_is_defined_by_an_equation():
    # x = e^y is not 2 at y = 1
    refuted(x, Integer(2), Eq(x, exp(y)), y >= 1)


def test_nothing_is_shown_of_a_point_outside_where():
    # x = 1 is not above 1
    search = Search([x, 2 * x], [x > 1], [0], {}, Evaluation())
    shown = {v: search.present(Point(values={("x",): fmpq(v)}), (0, 1), v, 2 * v) for v in (1, 2)}
    assert shown[1] is None
    assert shown[2].values == {"x": 2}
