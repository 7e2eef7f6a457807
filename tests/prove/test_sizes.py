"""Sizes and indices that ``where`` ties to one another, or to a number, by an equation."""

from typing import Any

import pytest
from sympy import Eq, IndexedBase, KroneckerDelta, MatrixSymbol, Piecewise, Sum, Trace, symbols

from symderiv import Verdict, prove_equal
from tests.ids import steady

n, m = symbols("n m", integer=True, positive=True)
i, k, r = symbols("i k r", integer=True)
u, X, A = IndexedBase("u"), MatrixSymbol("X", m, n), MatrixSymbol("A", n, n)


def S(last: Any, first: Any = 1, e: Any = u[i]) -> Any:
    return Sum(e, (i, first, last))


UP_TO_3 = S(n, 1, Piecewise((u[i], i**2 <= 9), (0, True)))
HALF = S(n, 1, KroneckerDelta(2 * i, n) * u[i])
# left, right, what is wrong, where
CLAIMS = {
    "a number": (S(n), u[1] + u[2], u[1], [Eq(n, 2)]),
    "from both sides": (S(n), u[1] + u[2], u[1], [n > 1, n < 3]),
    "one root": (S(n), u[1], u[2], [Eq(n**2, 1)]),
    "one of two sizes": (S(m), S(n), u[n], [Eq(n**2, m**2)]),
    "one term": (S(n, k), u[n], u[n - 1], [Eq(k, n)]),
    "two terms": (S(r, k), u[k] + u[r], 2 * u[r], [Eq(r - k, 1)]),
    "a multiple": (HALF, u[k], u[k + 1] * 0, [Eq(n, 2 * k)]),
    "squares of an index": (UP_TO_3, u[1] + u[2] + u[3], u[1] + u[2], [n >= 3]),
    "a row": (X[0, 0], X[m - 1, 0], X[m - 1, n - 1], [Eq(m, 1)]),
    "a trace": (Trace(A) - A[0, 0], A[1, 1], A[1, 0], [Eq(n, 2)]),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_an_equation_between_sizes_is_solved(name: str) -> None:
    """With k = n the sum from k to n is its last term."""
    left, right, wrong, where = CLAIMS[name]
    assert prove_equal(left, right, where=where).proved
    assert prove_equal(left, wrong, where=where).verdict is Verdict.REFUTED


def test_of_two_roots_neither_is_taken_for_granted() -> None:
    """(n − 1)(n − 2) = 0 has two cases: Σ uᵢ is u₁ or u₁ + u₂."""
    roots = [Eq((n - 1) * (n - 2), 0)]
    both = Piecewise((u[1], Eq(n, 1)), (u[1] + u[2], True))
    assert prove_equal(S(n), both, where=roots).proved
    assert prove_equal(S(n), u[1] + u[2], where=roots).verdict is Verdict.REFUTED
    assert not prove_equal(S(n), u[1], where=[Eq(n**2, 2)]).proved


def test_a_bound_is_no_equation() -> None:
    """k ≤ n leaves room between k and n."""
    assert prove_equal(S(n, k), u[n], where=[k <= n]).verdict is Verdict.REFUTED


@pytest.mark.parametrize("below", [k <= 0, k < 0, k < 1], ids=steady)
def test_an_end_that_lies_below_1_is_no_size(below: Any) -> None:
    """The sum from k to n has the term at k where k ≤ 0."""
    assert prove_equal(u[k] + S(n, k + 1), S(n, k), where=[below]).proved
    assert prove_equal(u[k] ** 2 + S(n, k), S(n, k), where=[below]).verdict is Verdict.REFUTED
    assert prove_equal(S(k), 1, where=[below]).verdict is not Verdict.PROVED
