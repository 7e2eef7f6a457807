"""Random claims, true and false: PROVED never stands against what mpmath computes at a point.

A pair is a random expression and the same one after some rewritings: by identities that hold, by
"identities" that beginners believe in, or by a plain mutation. What the judge says of it is then
compared with both sides' values at random points, found by tests/pointwise.py, which shares
nothing with prover and refuter. A refutation is re-evaluated at its counterexample. Nothing but
ClaimError may be raised. `pytest -m fuzz` looks longer.
"""

from __future__ import annotations

import random
from typing import Any

import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pointwise import NotDefined, value
from random_claims import (
    POINTS,
    PROFILE,
    A,
    B,
    Rule,
    X,
    at_random,
    check,
    differ_at,
    f,
    g,
    i,
    j,
    judged,
    k,
    l,
    m,
    n,
    q,
    scalar_pairs,
    scalars,
    spots,
    t,
    v,
    x,
)
from sympy import (
    Abs,
    Derivative,
    Eq,
    HadamardProduct,
    Identity,
    Integer,
    KroneckerDelta,
    Max,
    Piecewise,
    Sum,
    Trace,
    Transpose,
    exp,
    tanh,
)

from symderiv import sigma


@settings(PROFILE, max_examples=150)
@given(scalar_pairs(), st.integers(0, 2**32))
def test_random_scalar_claims(pair: tuple[Any, Any], seed: int) -> None:
    lhs, rhs = pair
    assume(not lhs.has(sympy.DiracDelta, sympy.Subs) and not rhs.has(sympy.DiracDelta, sympy.Subs))
    check(lhs, rhs, seed, matrices=False)


@settings(PROFILE, max_examples=80)
@given(scalars(2), scalars(2), st.integers(0, 2**32))
def test_two_random_expressions(lhs: Any, rhs: Any, seed: int) -> None:
    """Unrelated expressions; where one follows from what is assumed, a point shows it."""
    check(lhs, rhs, seed, matrices=False)


@settings(PROFILE, max_examples=50)
@given(scalar_pairs(), scalars(1), scalars(1), st.integers(0, 2**32))
def test_random_claims_under_a_hypothesis(
    pair: tuple[Any, Any], left: Any, right: Any, seed: int
) -> None:
    lhs, rhs = pair
    try:
        relation = left > right
    except TypeError:  # a root of a negative number
        assume(False)
    assume(isinstance(relation, sympy.core.relational.Relational))
    result = judged(lhs, rhs, [relation])
    assume(result is not None)
    if result.proved:
        choose = random.Random(seed)
        for _ in range(2 * POINTS):
            _, data = at_random(choose, matrices=False)
            try:
                gap = value(left - right, {}, data)
            except (NotDefined, OverflowError):
                continue
            assert gap <= 0 or differ_at(lhs, rhs, {}, data) is None, data


# ---- sums


@st.composite
def summands(draw: Any, rows: tuple[Any, ...], columns: tuple[Any, ...], depth: int) -> Any:
    """A scalar in the indices that are bound here: rows run over m, columns over n."""
    if depth == 0:
        leaves = [x, Integer(2), Integer(-1)]
        leaves += [v[r, 0] for r in rows] + [X[r, c] for r in rows for c in columns]
        leaves += [t[c, 0] for c in columns] + [q[c] for c in columns] + [c + 0 for c in columns]
        leaves += [A[c, d] for c in columns for d in columns]
        return draw(st.sampled_from(leaves))
    kind = draw(st.integers(0, 9))
    if kind < 2:
        return draw(summands(rows, columns, depth - 1)) + draw(summands(rows, columns, depth - 1))
    if kind < 4:
        return draw(summands(rows, columns, depth - 1)) * draw(summands(rows, columns, depth - 1))
    if kind < 5:
        inner = draw(summands(rows, columns, depth - 1))
        return draw(st.sampled_from([exp, sigma, Abs, lambda u: u**2, lambda u: Max(u, 0)]))(inner)
    if kind < 6 and len(columns) > 1:
        c, d = draw(st.permutations(columns))[:2]
        factor = draw(summands(rows, columns, depth - 1))
        return draw(
            st.sampled_from(
                [
                    KroneckerDelta(c, d) * factor,
                    Piecewise((factor, c < d), (0, True)),
                    Piecewise((factor, Eq(c, d)), (x, True)),
                    Piecewise((factor, c > 0), (1, True)),
                ]
            )
        )
    over_rows = draw(st.booleans())
    free = [s for s in ((i, k) if over_rows else (j, l)) if s not in rows + columns]
    if not free:
        return draw(summands(rows, columns, depth - 1))
    index = free[0]
    inner = draw(
        summands(
            (*rows, index) if over_rows else rows,
            columns if over_rows else (*columns, index),
            depth - 1,
        )
    )
    return Sum(inner, (index, 0, (m if over_rows else n) - 1))


def swapped_sums(e: Sum) -> Any:
    """Σᵢ Σⱼ = Σⱼ Σᵢ."""
    inner = e.function
    assert isinstance(inner, Sum)
    assert not inner.limits[0][2].has(e.limits[0][0])
    return Sum(Sum(inner.function, *e.limits), *inner.limits)


def first_apart(e: Sum) -> Any:
    index, low, high = e.limits[0]
    assert not e.function.has(Sum)
    return e.function.xreplace({index: low}) + Sum(e.function, (index, low + 1, high))


SUMS: list[Rule] = [
    swapped_sums,
    first_apart,
    lambda e: sympy.Add(*(Sum(a, *e.limits) for a in sympy.Add.make_args(e.function.expand()))),
    lambda e: Sum(e.function.xreplace({e.limits[0][0]: f}), (f, *e.limits[0][1:])),
    lambda e: 2 * Sum(e.function / 2, *e.limits),
    lambda e: Sum(e.function - 1, *e.limits) + e.limits[0][2] + 1,
]
FALSE_SUMS: list[Rule] = [
    lambda e: Sum(e.function, (e.limits[0][0], 1, e.limits[0][2])),
    lambda e: Sum(e.function, (e.limits[0][0], 0, e.limits[0][2] - 1)),
    lambda e: Sum(e.function, (e.limits[0][0], 1, e.limits[0][2] - 1)),
    lambda e: -e,
    lambda e: m * e,
    lambda e: e.xreplace({i: k, k: i}),
    lambda e: e.xreplace({j: l, l: j}),
    lambda e: e.function,
    lambda e: Sum(e.function - 1, *e.limits) + e.limits[0][2],
]


def sums_in(e: Any) -> list[Any]:
    return [s for s in spots(e) if isinstance(s, Sum) and len(s.limits) == 1]


@st.composite
def sum_pairs(draw: Any) -> tuple[Any, Any]:
    e = draw(summands((), (f,), 4))
    assume(sums_in(e))
    other = e
    for _ in range(draw(st.integers(1, 3))):
        found = sums_in(other)
        assume(found)
        spot = draw(st.sampled_from(found))
        rules = SUMS if draw(st.integers(0, 4)) else FALSE_SUMS
        try:
            other = other.xreplace({spot: draw(st.sampled_from(rules))(spot)})
        except (AssertionError, ValueError, TypeError, AttributeError):
            continue
    if draw(st.booleans()):
        w = draw(st.sampled_from([t[g, 0], q[g], A[f, g], x]))
        return Derivative(e, w, evaluate=False), Derivative(other, w, evaluate=False)
    return e, other


@settings(PROFILE, max_examples=90)
@given(sum_pairs(), st.integers(0, 2**32))
def test_random_claims_about_sums(pair: tuple[Any, Any], seed: int) -> None:
    check(*pair, seed, matrices=True)


# ---- matrices


@st.composite
def matrices(draw: Any, rows: Any, columns: Any, depth: int) -> Any:
    """A matrix expression of a given shape."""
    leaves = [w for w in (X, t, v, A, B, Identity(n)) if w.shape == (rows, columns)]
    leaves += [w.T for w in (X, t, v, A, B) if w.T.shape == (rows, columns)]
    if leaves and (depth == 0 or draw(st.integers(0, 3)) == 0):
        return draw(st.sampled_from(leaves))
    kind = draw(st.integers(0, 7)) if depth > 0 else 7
    if kind == 0:
        return draw(matrices(columns, rows, depth - 1)).T
    if kind == 1:
        return draw(matrices(rows, columns, depth - 1)) + draw(matrices(rows, columns, depth - 1))
    if kind == 2:
        parts = [draw(matrices(rows, columns, depth - 1)) for _ in range(2)]
        return HadamardProduct(*parts)
    if kind == 3:
        function = draw(st.sampled_from([exp, sigma, tanh]))
        return draw(matrices(rows, columns, depth - 1)).applyfunc(function)
    middle = draw(st.sampled_from([m, n]))
    depth = max(depth - 1, 0)
    return draw(matrices(rows, middle, depth)) * draw(matrices(middle, columns, depth))


MATRIX_RULES: list[Rule] = [
    lambda e: e.T.T,
    lambda e: Transpose(e.doit().T, evaluate=False),
    sympy.expand,
    lambda e: e + e - e,
    lambda e: (2 * e) / 2,
]
MATRIX_MISTAKES: list[Rule] = [
    lambda e: e.T,
    lambda e: e.func(*reversed(e.args)),
    lambda e: -e,
    lambda e: e.func(*(a.T for a in e.args)),
    lambda e: e.func(*e.args[:-1]),
    lambda e: HadamardProduct(*e.args),
    lambda e: e.xreplace({A: B, B: A}),
    lambda e: e.xreplace({A: A.T}),
]


@st.composite
def matrix_pairs(draw: Any) -> tuple[Any, Any]:
    shape = draw(st.sampled_from([(n, 1), (m, n), (n, n), (1, 1)]))
    try:
        e = draw(matrices(*shape, 3))
        found = [s for s in sympy.preorder_traversal(e) if getattr(s, "is_Matrix", False)]
        spot = draw(st.sampled_from(sorted(set(found), key=sympy.default_sort_key)))
        rules = MATRIX_RULES if draw(st.booleans()) else MATRIX_MISTAKES
        other = e.xreplace({spot: draw(st.sampled_from(rules))(spot)})
        assume(tuple(other.shape) == tuple(e.shape))
    except (AssertionError, ValueError, TypeError, AttributeError, IndexError, sympy.ShapeError):
        assume(False)
    if e.shape == (n, n) and draw(st.booleans()):
        return Trace(e), Trace(other)
    if e.shape == (1, 1) and draw(st.booleans()):
        w = draw(st.sampled_from([t[f, 0], A[f, g], X[0, g]]))
        return Derivative(e[0, 0], w), Derivative(other[0, 0], w)
    return e, other


@settings(PROFILE, max_examples=60)
@given(matrix_pairs(), st.integers(0, 2**32))
def test_random_claims_about_matrices(pair: tuple[Any, Any], seed: int) -> None:
    check(*pair, seed, matrices=True)


# ---- the long run


@pytest.mark.fuzz
@pytest.mark.parametrize(
    "claims",
    [
        test_random_scalar_claims,
        test_two_random_expressions,
        test_random_claims_under_a_hypothesis,
        test_random_claims_about_sums,
        test_random_claims_about_matrices,
    ],
)
def test_many_more(claims: Any) -> None:
    """The same with other examples on every run; `pytest -m fuzz --hypothesis-seed=…` repeats."""
    again = given(**claims.hypothesis._given_kwargs)(claims.hypothesis.inner_test)
    settings(PROFILE, max_examples=3000, derandomize=False, print_blob=True)(again)()
