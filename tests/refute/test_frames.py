"""Sizes and integer variables: small ones first, then from the least that where admits."""

from __future__ import annotations

from typing import Any

import pytest
from ids import steady
from sympy import Eq, MatrixSymbol, Ne, Sum, symbols

from symderiv import prove_equal
from symderiv.refute.frames import frames

m, n = symbols("m n", integer=True, positive=True)
k = symbols("k", integer=True)
even = symbols("e", integer=True, even=True, positive=True)
i = symbols("i", integer=True, nonnegative=True)
x = MatrixSymbol("x", n, 1)
total = Sum(x[i, 0], (i, 0, n - 1))


@pytest.mark.parametrize(
    ("sizes", "variables", "hold", "one"),
    [
        ([m, n], [], lambda at: True, {m: 1, n: 1}),
        ([m, n], [], lambda at: at.get(n, 7) > 5, {m: 1, n: 6}),
        ([m, n], [], lambda at: at.get(n, 500) == 500 and at.get(m, 1) < 4, {m: 1, n: 500}),
        ([m, n], [], lambda at: len(at) < 2 or at[m] > at[n] + 2, {m: 4, n: 1}),
        ([even], [], lambda at: at.get(even, 9) > 8, {even: 10}),
        ([n], [k], lambda at: at.get(k, -40) < -30, {n: 1, k: -31}),
        ([], [k], lambda at: False, None),
    ],
)
def test_the_frames(sizes: Any, variables: Any, hold: Any, one: Any) -> None:
    found = frames(sizes, variables, hold)
    assert all(hold(at) for at in found)
    assert one in found if one else not found


# a size that where bounds from below is still a size at which a claim is tried
@pytest.mark.parametrize(
    "relation", [n >= 5, n > 100, Eq(n, 7), Ne(n, 1) & (n > 4), (n > m) & (m > 3)], ids=steady
)
def test_sizes_that_where_asks_for(relation: Any) -> None:
    right, wrong = Sum(2 * x[i, 0], (i, 0, n - 1)), 3 * total
    assert prove_equal(2 * total, right, where=[relation]).proved
    assert prove_equal(2 * total, wrong, where=[relation]).refuted


def test_a_claim_that_fails_at_one_large_size() -> None:
    assert prove_equal(total * (n - 17), 0 * total + total * (n - 17) * 2, where=[n > 16]).refuted
