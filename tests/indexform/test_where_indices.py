"""Which indices of where stand for all: those that the lines do not use, through let neither."""

import pytest
from claims import i, j, k, m, n, not_proved, proved, refuted
from sympy import Abs, Eq, IndexedBase, Integer, MatrixSymbol, Piecewise, Sum, sign, symbols

from symderiv import prove_equal, prove_nonnegative

g, h = symbols("g h", real=True)
v, H = IndexedBase("v"), IndexedBase("H")
POSITIVE = v[k] > 0
w = MatrixSymbol("w", n, 1)


@pytest.mark.parametrize(
    ("factor", "let"),
    [(h, {h: v[k]}), (g, {g: 2 * h, h: v[k]}), (H[j], {H[i]: v[i] * v[k]})],
    ids=["a name", "a name of a name", "beside its own index"],
)
def test_an_index_that_a_definition_brings_in_is_one_index(factor, let):
    # v[k] > 0 says nothing of v[j]
    refuted(factor * Abs(v[j]), factor * v[j], POSITIVE, let=let)
    proved(factor * Abs(v[k]), factor * v[k], POSITIVE, let=let)


@pytest.mark.parametrize(
    ("factor", "let"),
    [(1, {}), (1, {h: v[k]}), (H[j], {H[k]: v[k] ** 2}), (g, {g: 2, h: v[k]})],
    ids=["no definition", "unused", "its own index", "another is used"],
)
def test_an_index_that_only_where_uses_stands_for_all(factor, let):
    proved(factor * Abs(v[j]), factor * v[j], POSITIVE, let=let)


def test_a_definition_in_where_brings_in_one_index():
    assert prove_equal(h * Abs(v[j]), h * v[j], where=[h > 0], let={h: v[k]}).refuted
    not_proved(v[k] * Abs(v[j]), v[k] * v[j], POSITIVE)


def test_a_relation_of_neighbours_holds_where_both_are():
    # t₀ < t₁ < … < tₙ₋₁ ≤ 1: the last may be 1, as there is no tₙ above it
    t, s = MatrixSymbol("t", n, 1), IndexedBase("s", shape=(n,))
    for knots in (lambda a: t[a, 0], lambda a: s[a]):
        rising = (knots(i) < knots(i + 1), knots(i) <= 1)
        below = Sum(Piecewise((1, knots(k) < 1), (0, True)), (k, 0, n - 1))
        refuted(sign(1 - knots(n - 1)), Integer(1), *rising)
        not_proved(below, n, *rising)
        proved(Abs(1 - knots(n - 1)), 1 - knots(n - 1), *rising)
        proved(sign(knots(j + 1) - knots(j)), 1, *rising, j >= 0, j <= n - 2)


@pytest.mark.parametrize(
    ("left", "right", "relations"),
    [
        (Abs(w[0, 0]), w[0, 0], (Eq(w[i, 0], w[i - 1, 0] ** 2),)),
        (w[n - 1, 0], Integer(1), (w[i, 0] <= 1, w[i, 0] + w[i + 1, 0] >= 2)),
    ],
    ids=["one before", "one after"],
)
def test_no_entry_before_the_first_or_after_the_last(left, right, relations):
    refuted(left, right, *relations)


@pytest.mark.parametrize(
    ("left", "right", "relations"),
    [
        (w[0, 0], Integer(5), (Eq(w[0, 0], w[1, 0] + 5), Eq(w[1, 0], 0))),
        (Abs(w[0, 0]), w[0, 0], (w[0, 0] > w[1, 0] ** 2,)),
        (Abs(w[0, 0]), w[0, 0], (w[0, 0] > Sum(w[k, 0] ** 2, (k, 0, m - 1)),)),
    ],
    ids=["an equation", "an inequality", "a sum"],
)
def test_a_relation_of_a_fixed_entry_says_that_there_is_one(left, right, relations):
    # n = 1, where w has no second entry, is no counterexample
    proved(left, right, *relations)
    refuted(left, right + 1, *relations)


def test_a_relation_of_a_sum_says_that_its_entries_are():
    # Σ w_k² = 0 over m entries of n: not a counterexample at n = 1, m = 2
    nothing = Eq(Sum(w[k, 0] ** 2, (k, 0, m - 1)), 0)
    assert not prove_equal(w[0, 0], Integer(0), where=[nothing]).refuted


def test_a_defined_difference_is_said_where_both_entries_are():
    D = IndexedBase("D")
    step = {D[i]: w[i + 1, 0] - w[i, 0]}
    proved(sign(w[j + 1, 0] - w[j, 0]), Integer(1), D[i] > 0, j <= n - 2, let=step)
    refuted(w[n - 1, 0], w[0, 0], D[i] > 0, let=step)


def test_the_end_of_a_sum_in_where_is_a_size():
    # w = (−1, 2): the sum and the last are ≥ 0, the first is not
    a = IndexedBase("a")
    bounds = [Sum(a[i], (i, 1, n)) >= 0, a[n] >= 0]
    assert not prove_nonnegative(a[1], where=bounds).proved
    assert prove_nonnegative(a[n] + Sum(a[i], (i, 1, n)), where=bounds).proved
