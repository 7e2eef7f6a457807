"""An entry that may not be read tells nothing of where its index lies."""

import pytest
from claims import X, i, j, k, m, n, not_proved, proved, refuted, x
from sympy import (
    And,
    BlockMatrix,
    Derivative,
    IndexedBase,
    MatrixSymbol,
    OneMatrix,
    Piecewise,
    Sum,
    exp,
    oo,
    sign,
    symbols,
)

from symderiv import prove_convex, prove_equal, prove_limit, prove_nonnegative
from symderiv.verdict import ClaimError

w, v = MatrixSymbol("w", n, 1), MatrixSymbol("v", n - 1, 1)
u, h, s = IndexedBase("u"), IndexedBase("h"), IndexedBase("s", shape=(n,))

READ = {  # what is read, and where
    "padding": (w[j, 0], j < n),
    "padding of a vector": (s[j], j < n),
    "the last of m, of n entries": (w[m - 1, 0], m <= n),
    "a difference": (w[j + 1, 0] - w[j, 0], j < n - 1),
    "two indices": (X[i, j], And(i < m, j < n)),
    "one before the last": (w[n - 2, 0], n >= 2),
    "of fewer entries": (v[n - 2, 0], n >= 2),
    "in a sum": (Sum(X[i, j], (i, 0, m - 1)), j < n),
    "beside a sum": (u[j] - Sum(u[k], (k, 1, n)), And(j >= 1, j <= n)),
}


@pytest.mark.parametrize(("entry", "inside"), READ.values(), ids=READ)
def test_the_other_branch_is_not_forgotten(entry, inside):
    # w_j where j < n, and 0 or 1 elsewhere
    zero, one = (Piecewise((entry, inside), (c, True)) for c in (0, 1))
    refuted(zero, one)
    proved(zero + 1, Piecewise((entry + 1, inside), (1, True)))


def test_the_other_branch_of_a_definition():
    padded = {h[i]: Piecewise((w[i, 0], i < n), (0, True))}
    refuted(h[j], Piecewise((w[j, 0], j < n), (1, True)), let=padded)
    proved(h[j], Piecewise((w[j, 0], j < n), (0, True)), let=padded)


def test_the_first_test_is_always_read():
    # j < n is known from its entry
    proved(Piecewise((1, w[j, 0] > 0), (Piecewise((2, j < n), (3, True)), True)),
           Piecewise((1, w[j, 0] > 0), (2, True)))  # fmt: skip


def test_a_sum_that_may_be_empty_reads_nothing():
    tail = Sum(w[j, 0], (k, 1, m - j))
    not_proved(tail, tail + Piecewise((0, j < n), (1, True)))
    proved(
        Sum(X[i, j], (i, 0, m - 1)), Sum(X[i, j] * Piecewise((1, j < n), (2, True)), (i, 0, m - 1))
    )


def test_an_appended_entry():
    appended = BlockMatrix([[w], [OneMatrix(1, 1)]])[j, 0]
    assert not prove_equal(Piecewise((w[j, 0], j < n), (2, True)), appended).proved


@pytest.mark.parametrize(
    "result",
    [
        prove_nonnegative(Piecewise((w[j, 0] ** 2, j < n), (-1, True))),
        prove_convex(Piecewise((x**2 + w[j, 0] ** 2, j < n), (-(x**2), True)), x),
        prove_limit(Piecewise((x * exp(w[j, 0]), j < n), (-x, True)), x, oo, oo),
    ],
    ids=["bound", "convex", "limit"],
)
def test_bounds_and_limits_of_both_branches(result):
    assert not result.proved


def test_an_index_that_is_a_real_number_elsewhere_is_refused():
    t, b = symbols("t", real=True), symbols("b")
    over = Sum(k * u[k], (k, 1, n))
    for q in (t, b):
        inside = Piecewise((1, (60 * q > m) & (60 * q < m + 1)), (0, True))
        for line in (inside, sign(2 * q - 1) ** 2):
            with pytest.raises(ClaimError, match="number of its own"):
                prove_equal(line + Sum(q * u[q], (q, 1, n)), line + over)
    with pytest.raises(ClaimError, match="number of its own"):
        prove_equal(x * Sum(t, (t, 1, n)), 0, let={x: 60 * t})
    # as an index, or the end of a range, it is an integer everywhere
    proved(Derivative(Sum(u[b] ** 2, (b, 1, n)), u[b]), 2 * u[b])
    proved(Sum(u[b], (b, 1, n)) + b * u[b], Sum(u[k], (k, 1, n)) + b * u[b])
    proved(Sum(b * u[b], (b, 1, n)), over)
