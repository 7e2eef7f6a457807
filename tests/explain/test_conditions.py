"""Conditions are shown short, in the writer's symbols, and imply what is needed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from ids import steady
from sympy import (
    Abs,
    Basic,
    Derivative,
    Ge,
    Gt,
    IndexedBase,
    Max,
    Mul,
    Ne,
    Piecewise,
    Rational,
    Sum,
    UnevaluatedExpr,
    asin,
    exp,
    log,
    sin,
    sqrt,
    symbols,
)

from symderiv import prove_equal
from symderiv.report import notation
from symderiv.testing import assert_proved
from symderiv.verdict import Condition, Result

x, y, z = symbols("x y z", real=True)
s, nu = symbols("s nu", positive=True)
m, n = symbols("m n", integer=True, positive=True)
i, j, k = symbols("i j k", integer=True, nonnegative=True)
a, b = IndexedBase("a"), IndexedBase("b")


def shown(expr: Any, *where: Basic) -> set[str]:
    result = prove_equal(expr, expr + 0, where=list(where))
    assert result.proved, result.reason
    return {notation.condition(c) for c in result.open_conditions}


@pytest.mark.parametrize(
    ("expr", "where", "expected"),
    [
        # a product is split, even powers and constant factors go, e^u > 0 is never shown
        (1 / (x * y), (), {"x ≠ 0", "y ≠ 0"}),
        (1 / (3 * x**2 * (y - 1) ** 4), (), {"x ≠ 0", "y ≠ 1"}),
        (1 / (x**2 - 1), (), {"x ≠ 1", "x ≠ −1"}),
        (1 / (2 * x + 5), (), {"x ≠ −5/2"}),
        (log(x * exp(y)), (), {"x > 0"}),
        (log(-2 * x), (), {"x < 0"}),
        (log(x**2), (), {"x ≠ 0"}),
        (log(exp(x) + 1) / (exp(x) + exp(y)), (), set()),
        # what another implies, or where, is not shown
        (log(x) + 1 / x + sqrt(x), (), {"x > 0"}),
        (1 / x + 1 / (x * y), (), {"x ≠ 0", "y ≠ 0"}),
        (1 / (x * y), (x > 0,), {"y ≠ 0"}),
        (log(x * y), (x > 0,), {"y > 0"}),
        (1 / (x - x * y), (y < 1,), {"x ≠ 0"}),
        # seen by structure, before anything is multiplied out
        (log(1 + (x - y) ** 2 / (nu * s**2)), (), set()),
        (1 / (1 + Sum((a[i] - b[i]) ** 2, (i, 1, n))), (), set()),
        (log(Sum(exp(a[i]), (i, 1, n))), (), set()),
        # two factors that are at least 0
        (1 / sqrt(Sum(a[i] ** 2, (i, 1, n)) * Sum(b[i] ** 2, (i, 1, n))), (),
         {"Σ(i=1..n) aᵢ² > 0", "Σ(i=1..n) bᵢ² > 0"}),
        # over a range
        (Sum(log(a[i]) / a[i], (i, 1, n)), (), {"aᵢ > 0 for i = 1 … n"}),
        (Sum(1 / (a[i] * b[i]), (i, 1, n)), (), {"aᵢ ≠ 0 for i = 1 … n", "bᵢ ≠ 0 for i = 1 … n"}),
        (Sum(1 / (x * a[i]), (i, 1, n)), (), {"x ≠ 0", "aᵢ ≠ 0 for i = 1 … n"}),
    ],
    ids=steady,
)  # fmt: skip
def test_what_is_shown(expr: Any, where: tuple[Basic, ...], expected: set[str]) -> None:
    assert shown(expr, *where) == expected


def test_joints_are_written_with_what_varies_on_the_left() -> None:
    # d/dx max(0, 1 − x·y)
    result = prove_equal(Derivative(Max(0, 1 - x * y), x), Derivative(Max(1 - x * y, 0), x))
    assert {notation.condition(c) for c in result.open_conditions} == {"x·y ≠ 1"}


def test_an_index_that_varies_in_the_condition_keeps_its_range_and_no_other() -> None:
    result = prove_equal(Sum(1 / (x * a[i]), (i, 1, n)), Sum(1 / (a[i] * x), (i, 1, n)))
    assert {(c.relation, c.ranges) for c in result.open_conditions} == {
        (Ne(x, 0), ()),
        (Ne(a[i], 0), ((i, 1, n),)),
    }


def test_what_loses_a_region_is_not_hidden_behind_what_loses_none() -> None:
    # x > 0 is lost, where the start needs x ≠ 0 alone: x + |x| ≠ 0 says the same and is a ≠
    one = Mul(x + Abs(x), 1 / (x + Abs(x)), evaluate=False)
    result = prove_equal(log(x**2), 2 * log(x) + one - 1)
    assert result.proved
    assert any(c.loses_a_region for c in result.conditions)


CASE = Piecewise((log(x), y > 0), (0, True))  # x > 0 is natural where y > 0


@pytest.mark.parametrize(
    "more",
    [
        log(x) - log(2 * x) + log(2),
        log(x + 1) - UnevaluatedExpr(log(x + 1)),
        sqrt(x) * UnevaluatedExpr(1 / x) - 1 / sqrt(x),
    ],
    ids=["the same relation", "a weaker one", "in two parts"],
)
def test_what_is_natural_in_one_case_is_lost_in_the_others(more: Any) -> None:
    result = prove_equal(CASE, CASE + more)
    assert result.proved
    assert any(c.loses_a_region for c in result.conditions)
    assert not any(
        c.loses_a_region for c in prove_equal(CASE + log(x), CASE + log(x) + more).conditions
    )
    guarded = Piecewise((more, y > 0), (0, True))
    assert not any(c.loses_a_region for c in prove_equal(CASE, CASE + guarded).conditions)


def test_the_trace_keeps_what_was_collected() -> None:
    result = prove_equal(log(x) + 1 / x, 1 / x + log(x))
    assert result.trace is not None
    assert [c.relation for c in result.open_conditions] == [Gt(x, 0)]
    assert {c.relation for c in result.trace.conditions} == {Gt(x, 0), Ne(x, 0)}


FACTORS = [
    x, y, x - 1, x + y, x - y, x**2 - 1, 2 * x + 3, x**2, exp(x), x * y, (x - 1) ** 2 * (y + 2),
    1 - x * y, x - x * y, x**2 + y**2, -3 * x, exp(x) - exp(y), x**3, Abs(x) - 2, x / (y + 1),
]  # fmt: skip
NEEDS = [lambda f: 1 / f, log, sqrt, lambda f: f ** Rational(-3, 2)]
GRID = [Rational(k, 2) for k in range(-7, 8)]
POINTS = [(GRID[k % 15], GRID[(7 * k + k // 15) % 15]) for k in range(0, 225, 9)]


def holds(condition: Condition, point: tuple[Rational, Rational]) -> bool:
    """Whether a relation holds at a point; one with a pole there does not."""
    at = condition.relation.subs(dict(zip((x, y), point, strict=True)), simultaneous=True)
    return bool(at == True)  # noqa: E712 - SymPy's true; nan is neither


@st.composite
def needy(draw: st.DrawFn) -> tuple[Any, list[Basic]]:
    """A sum of terms that need their factors to be ≠ 0, > 0 or ≥ 0, and a where."""
    terms = [
        draw(st.sampled_from(NEEDS))(
            draw(st.sampled_from(FACTORS)) * draw(st.sampled_from(FACTORS))
        )
        for _ in range(draw(st.integers(1, 3)))
    ]
    where = draw(st.sampled_from([[], [x > 0], [y > 1], [Ge(x, 0)], [x < 1, Ne(y, 0)]]))
    return sum(terms), where


@pytest.mark.slow
@given(needy())
@settings(max_examples=8)
def test_what_is_shown_is_what_is_needed(question: tuple[Any, list[Basic]]) -> None:
    expr, where = question
    result: Result = prove_equal(expr, expr + 0, where=where)
    assume(result.proved)
    assert result.trace is not None
    needed = [c for c in result.trace.conditions if c.open]
    assumed = [Condition(w) for w in where]
    for point in POINTS:
        if all(holds(c, point) for c in assumed):
            told = all(holds(c, point) for c in result.open_conditions)
            # neither hidden nor asked for too much
            assert told == all(holds(c, point) for c in needed), (point, result.conditions)


@pytest.mark.parametrize(
    "f",
    [
        Sum(Max(a[i], 0), (i, 1, n)),
        Sum(Abs(a[i]) + a[i], (i, 1, n)),
        (m - 3) * x,
        a[i] - a[j],
        Sum(a[i], (i, 1, n - 1)),
        asin(sin(x)) - x,
    ],
    ids=["max", "abs", "m = 3", "i = j", "n = 1", "asin sin"],
)
def test_a_condition_that_is_taken_apart_loses_what_it_lost(f: Any) -> None:
    """log f² needs f² > 0, shown as f ≠ 0: f is 0 in a region, where 1 would be 7."""
    result = prove_equal(1, 1 + log(f**2) - log(4 * f**2) + log(4))
    assert result.proved
    assert any(c.loses_a_region for c in result.open_conditions)


@pytest.mark.parametrize("f", [x, x * y, Sum(a[i], (i, 1, n))], ids=["x", "xy", "a sum"])
def test_a_condition_that_is_taken_apart_excludes_a_surface(f: Any) -> None:
    result = prove_equal(1, 1 + log(f**2) - log(4 * f**2) + log(4))
    assert result.proved
    assert result.open_conditions
    assert not any(c.loses_a_region for c in result.open_conditions)


def test_what_nobody_has_shown_to_be_a_surface_is_a_region() -> None:
    assert Condition(Ne(x, 0)).loses_a_region
    assert not Condition(Ne(x, 0), surface=True).loses_a_region


def test_a_condition_in_a_definition_keeps_its_indices_apart() -> None:
    # g_k reads u_k − v_l for all l, where the l of the definition is called k, too
    u, v, g, h = map(IndexedBase, "uvgh")
    let = {g[i]: Sum(x * UnevaluatedExpr(u[i] - v[k]) / (u[i] - v[k]), (k, 1, n)) / n}
    (condition,) = prove_equal(x, g[k], let=let).open_conditions
    ((index, *ends),) = condition.ranges
    assert condition.relation == Ne(u[k] - v[index], 0)
    assert index != k
    assert ends == [1, n]
    kernel = {h[i]: Sum(1 / (u[i] - v[k]), (k, 1, n))}
    assert_proved(Sum(h[k], (k, 1, m)), Sum(1 / (u[i] - v[j]), (j, 1, n), (i, 1, m)), let=kernel)
