"""Sizes and integer variables: small ones first, then from the least that where admits."""

from __future__ import annotations

from typing import Any

import pytest
from ids import steady
from sympy import Derivative, Eq, IndexedBase, MatrixSymbol, Ne, Sum, log, symbols

from symderiv import prove_equal
from symderiv.refute.evaluate import Compiler, Evaluation
from symderiv.refute.frames import frames, spans
from symderiv.refute.points import Points
from symderiv.refute.survey import Survey

m, n = symbols("m n", integer=True, positive=True)
k = symbols("k", integer=True)
even = symbols("e", integer=True, even=True, positive=True)
i = symbols("i", integer=True, nonnegative=True)
x = MatrixSymbol("x", n, 1)
total = Sum(x[i, 0], (i, 0, n - 1))
a, b, c = symbols("a b c", integer=True)
u = IndexedBase("u")


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


# what the linear facts leave: a ≥ 3 and a ≤ n − 2 give n ≥ 5; 2a = n and a > 3 give n ≥ 8
@pytest.mark.parametrize(
    ("facts", "least"),
    [
        ([a >= 3, a <= n - 2], {n: 5, a: 3}),
        ([Eq(2 * a, n), a > 3], {n: 8, a: 4}),
        ([2 * a > 7], {n: 1, a: 4}),
        ([a < b, b < c, c < n, a >= 0], {n: 3, a: 0, b: 1, c: 2}),
        ([a**2 > 9], {n: 1, a: -(10**9)}),  # not linear
        ([Ne(a, 0), m * a > 5], {n: 1, a: -(10**9)}),
    ],
)
def test_what_linear_facts_leave(facts: Any, least: Any) -> None:
    found = spans([m, n], [a, b, c], facts)
    assert {x: found[x][0] for x in least} == least


# a size is at least 1 where nothing else is said of that end
@pytest.mark.parametrize(
    ("facts", "least"),
    [
        ([], (1, 1)),
        ([b >= 0], (1, 0)),
        ([b > a - 3, a > -5], (-4, -6)),
        ([Eq(b, 2 * a)], (1, 2)),
        ([b <= 9], (1, 1)),
    ],
    ids=steady,
)
def test_where_sizes_begin(facts: Any, least: Any) -> None:
    found = spans([a, b, n], [], facts)
    assert tuple(found[x][0] for x in (a, b, n)) == (*least, 1)


def test_facts_that_contradict_each_other_leave_nothing() -> None:
    found = spans([n], [a], [a > n + 4, a < 3])
    assert not all(found.values())
    assert frames([n], [], lambda at: True, found) == []


# a size without an index that fits is no choice
def test_a_size_at_which_no_index_fits() -> None:
    found = frames([n], [], lambda at: True, fits=lambda at: at[n] > 3)
    assert found == [{n: 4}]


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


# ∂/∂u_a of Σ (u_{i+1} − 2u_i + u_{i−1})² for 3 ≤ a ≤ n − 2: no n below 5 has such an index
second = Sum((u[b + 1] - 2 * u[b] + u[b - 1]) ** 2, (b, 2, n - 1))
squares, entries = Sum(u[b] ** 2, (b, 1, n)), Sum(x[i, 0] ** 2, (i, 0, n - 1))


def stencil(middle: int) -> Any:
    return 2 * (u[a - 2] - 4 * u[a - 1] + middle * u[a] - 4 * u[a + 1] + u[a + 2])


@pytest.mark.parametrize(
    ("start", "right", "wrong", "where"),
    [
        (2 * u[a], u[a] * 2, u[a] * 3, [a >= 4, a <= n]),
        (2 * u[a], u[a] * 2, u[a] * 3, [a <= -7]),
        (Derivative(second, u[a]), stencil(6), stencil(5), [a >= 3, a <= n - 2]),
        (Derivative(squares, u[a]), 2 * u[a], 3 * u[a], [a >= 5]),
        (Derivative(squares, u[a]), 2 * u[a], 3 * u[a], [a >= 30, a <= n]),
        (Derivative(entries, x[i, 0]), 2 * x[i, 0], 3 * x[i, 0], [i >= 12]),
        (u[a] * u[b], u[b] * u[a], u[a], [a >= b + 1, b >= 9]),
        (log(2 * u[a]), log(u[a]) + log(2), log(u[a]) + log(3), [u[c] > 0, a >= 20]),
    ],
    ids=steady,
)
def test_indices_that_need_larger_sizes(start: Any, right: Any, wrong: Any, where: Any) -> None:
    assert prove_equal(start, right, where=where).proved
    assert prove_equal(start, wrong, where=where).refuted


@pytest.mark.parametrize(
    ("facts", "least"),
    [
        ([n >= 1900, n <= 2100], {n: 1900}),
        ([n >= m**2, m >= 20], {n: 400, m: 20}),
        ([Eq(n * m, 64), n >= 5, m >= 5], {n: 8, m: 8}),
    ],
    ids=["years", "square", "product"],
)
def test_sizes_far_out_are_found(facts, least):
    found = Points(Survey({}), Compiler(), facts, 0, Evaluation()).frames
    assert least in found


def test_sizes_that_there_are_not_are_none():
    # n·m = 7 and n + m = 5
    facts = [Eq(n * m, 7), Eq(n + m, 5), n >= 1, m >= 1]
    assert Points(Survey({}), Compiler(), facts, 0, Evaluation()).frames == []
