"""What a line needs: no more than it does, and what only the proof asks for is told apart.

The threshold is one that the refuter does not look at, so that the prover answers alone.
"""

from typing import Any

import pytest
from sympy import (
    Abs,
    Contains,
    Derivative,
    Eq,
    FiniteSet,
    IndexedBase,
    Matrix,
    MatrixSymbol,
    Max,
    Min,
    Ne,
    OneMatrix,
    Piecewise,
    Rational,
    Sum,
    Symbol,
    UnevaluatedExpr,
    acosh,
    asin,
    exp,
    gamma,
    log,
    oo,
    sqrt,
    symbols,
)

from symderiv import Verdict, prove_equal, prove_limit, prove_nonnegative
from symderiv.verdict import ClaimError

x, y, z, a, w = symbols("x y z a w", real=True)
n = symbols("n", integer=True, positive=True)
i, j, k = symbols("i j k", integer=True, nonnegative=True)
v, t = IndexedBase("v"), IndexedBase("t")
V = MatrixSymbol("V", n, 1)
far = (w**2 - 2) ** 2 < Rational(1, 10**40)
FAR = Piecewise((1, far), (0, True))


def one(condition: Any) -> Any:
    return Piecewise((1, condition), (0, True))


def passes(left: Any, right: Any, *where: Any) -> bool:
    """Whether the step is proved and nothing of the first line's domain is lost."""
    result = prove_equal(left, right, where=where)
    return result.proved and not any(c.loses_a_region for c in result.conditions)


def test_an_empty_sum_needs_nothing_in_a_case() -> None:
    """Σ over 1 … n − 1 of vᵢ·log a is 0 for n = 1, also where a < 0."""
    empty = Piecewise((Sum(v[i] * log(a), (i, 1, n - 1)), y > 0), (0, True))
    assert not passes(empty + one((a < 0) & Eq(n, 1) & far & (y > 0)), empty)
    assert passes(empty, empty + y - UnevaluatedExpr(y))


@pytest.mark.slow
def test_an_empty_sum_over_a_defined_name_needs_nothing() -> None:
    total = Derivative(Sum(log(t[i]), (i, 1, n - 1)), t[j])
    for body, bad in ((a, (a < 0) & Eq(n, 1) & far), (-1 - x**2 + 0 * a, Eq(n, 1) & far)):
        wrong = total + one(bad)
        result = prove_equal(wrong, total, where=[j < n], let={t[i]: body})
        assert not result.proved or any(c.loses_a_region for c in result.conditions)


def test_what_has_no_slope_may_stand_on_the_boundary() -> None:
    """The derivative of asin(clip x) is 0 beyond 1, and that of asin 1 and acosh 1 is 0."""
    clipped = Derivative(asin(Min(Max(x, -1), 1)), x)
    inside = Piecewise((clipped, y > 0), (0, True))
    assert not passes(inside + one((x > 2) & far & (y > 0)), inside)
    for f in (asin(x / (1 + x**2) * (1 - FAR) + FAR), acosh(1 + x**2 * (1 - FAR))):
        slope = Derivative(f, x)
        assert not passes(slope + FAR, slope)


def test_a_boundary_that_is_crossed_is_told_in_the_first_line() -> None:
    """(√x)' needs x > 0; √(x² + y²) may have a slope where x² + y² = 0, and has none."""
    (natural,) = prove_equal(Derivative(sqrt(x), x), 1 / (2 * sqrt(x))).open_conditions
    assert (natural.relation, natural.natural) == (x > 0, True)
    norm = sqrt(x**2 + y**2)
    assert passes(Derivative(norm, x), x / norm)


def test_the_other_entries_may_be_on_the_boundary() -> None:
    """∂/∂vⱼ Σᵢ √vᵢ is defined where another entry is 0."""
    total = (OneMatrix(1, n) * V.applyfunc(sqrt))[0, 0]
    slope = Derivative(total, V[j, 0])
    assert prove_equal(slope, slope + one(Eq(V[k, 0], 0) & Ne(j, k))).refuted
    assert passes(Derivative(Sum(sqrt(V[i, 0]), (i, 0, n - 1)), V[j, 0]), 1 / (2 * sqrt(V[j, 0])))


def test_a_joint_is_never_what_the_line_needs() -> None:
    """The derivative of a for a > 0, else 2a, is 2 for a < 0, though max(a, 0) = 0 there."""
    slope = Derivative(Piecewise((a, Max(a, 0) > 0), (2 * a, True)), a)
    inside = Piecewise((slope, y > 0), (0, True))
    bound = prove_nonnegative(one(y > 0) - inside * Piecewise((1, far), (Rational(1, 2), True)))
    assert not bound.proved or any(c.loses_a_region for c in bound.conditions)


@pytest.mark.parametrize(
    "line",
    [
        Piecewise((log(x * (1 + y**2)), z > 0), (0, True)),
        Piecewise((sqrt(-2 * x - 2), z > 0), (0, True)),
        Sum(Piecewise((log(v[i]), t[i] > 0), (0, True)), (i, 0, n - 1)),
        Sum(Piecewise((log(V[i, 0]), Ne(i, j)), (0, True)), (i, 0, n - 1)),
        Sum(log(a) * V[i, 0], (i, 1, n - 1)),
        Max(0, Sum(log(x), (i, 1, n - 1)) + y),
        Derivative(Max(0, y * Max(0, x)), x),
        Derivative(Sum(Max(v[i] * Max(t[i] * x, 0), 0), (i, 0, n - 1)), x),
    ],
    ids=[
        *("factor", "root", "sum of cases", "case of the index", "empty sum", "sum in a test"),
        *("two layers", "sum of layers"),
    ],
)
def test_a_line_that_is_repeated_loses_nothing(line: Any) -> None:
    assert passes(line, line + y - UnevaluatedExpr(y))


def test_what_was_said_of_one_range_says_nothing_of_another() -> None:
    """The test of the second is another one, where x may be negative."""
    kept = Piecewise((log(x), Sum(t[i], (i, 0, n - 1)) > 0), (0, True))
    other = Piecewise((log(x), Sum(t[i], (i, 0, n)) > 0), (0, True))
    assert not passes(kept, kept + other - UnevaluatedExpr(other))


def test_a_joint_that_was_smooth_in_one_line_may_not_be_in_the_next() -> None:
    """x·|x| has a slope at 0 and |x| has none: the second line is not defined there."""
    smooth, kink = Derivative(x * Abs(x), x), Derivative(Abs(x), x)
    result = prove_equal(smooth, smooth + kink - UnevaluatedExpr(kink))
    told = [c for c in result.open_conditions if c.relation == Ne(x, 0)]
    assert result.proved
    assert told


def test_a_limit_is_taken_along_every_way_on_which_the_expression_is_defined() -> None:
    """asin(clip x)' is 0 for x > 1; what only the proof asks for ends no way."""
    slope = Derivative(asin(Min(Max(x, -1), 1)), x)
    hidden = slope * (1 - x) + 5 * one((x > 1) & far)
    assert prove_limit(hidden, x, 1, 0).verdict is not Verdict.PROVED
    assert prove_limit(slope * (1 - x) + 5 * one(x > 1), x, 1, 0).verdict is not Verdict.PROVED
    assert prove_limit(gamma(x), x, 0, oo).verdict is not Verdict.PROVED


def test_a_family_of_no_index_ends_no_way_to_a_limit() -> None:
    """For n = 1 where says nothing of x, and the expression is 5 for x < 0."""
    step = Piecewise((1, x > 0), (5, True))
    said = [(1 + v[i] ** 2) * x > 0, i < n - 1]
    assert prove_limit(step, x, 0, 1, where=said).verdict is not Verdict.PROVED
    slope = Derivative(y + Sum(log(x * (1 + v[i] ** 2)), (i, 1, n - 1)), y)
    hidden = slope * Piecewise((1, x > 0), (Piecewise((5, far), (1, True)), True))
    assert prove_limit(hidden, x, 0, 1).verdict is not Verdict.PROVED


def test_a_limit_by_cases_puts_the_value_into_definitions_too() -> None:
    value = Piecewise((oo, y > 0), (0, True))
    cases = [Contains(y, FiniteSet(0, 1))]
    assert prove_limit(z, x, oo, value, where=cases, let={z: y * x}).proved


def test_a_symmetric_array_has_two_indices() -> None:
    """T[p, 0, q] = T[q, 0, p] says nothing of T[1, 2, 0]."""
    p, q = symbols("p q", integer=True)
    T = IndexedBase("T", shape=(3, 3, 3))
    where = [Eq(T[p, 0, q], T[q, 0, p])]
    left = Piecewise((T[1, 2, 0], far), (T[0, 1, 2], True))
    assert not prove_equal(left, T[0, 1, 2], where=where).proved
    assert prove_equal(Matrix([[T[1, 2, 0]]]), Matrix([[T[0, 1, 2]]]), where=where).refuted


def test_an_assumption_that_no_route_uses_is_refused() -> None:
    half = Symbol("t", noninteger=True, real=True)
    with pytest.raises(ClaimError, match="noninteger"):
        prove_equal(half * x, x * half)


def test_gamma_is_read_for_positive_arguments_which_loses_a_region() -> None:
    assert not passes(gamma(x), gamma(x) + y - UnevaluatedExpr(y))
    assert passes(gamma(x), gamma(x) + y - UnevaluatedExpr(y), x > 0)


def test_a_joint_of_a_bound_is_told_apart_from_what_it_needs() -> None:
    for slope in (Derivative(Max(x, 0), x), exp(Derivative(Abs(x), x))):
        (joint,) = prove_nonnegative(slope).open_conditions
        assert not joint.natural


@pytest.mark.slow
def test_a_range_that_may_be_empty_contradicts_no_case() -> None:
    """Σ √(−vᵢ² − a) over 1 … n − 1 is defined for a > 0 where n = 1, and 0 there."""
    low = Sum(sqrt(-(v[i] ** 2) - a), (i, 1, n - 1))
    assert not passes(low, Piecewise((5, (a > 0) & far), (low, True)))
    said = [-(v[k] ** 2) - a >= 0, k >= 1, k <= n - 1]
    total = Sum(1 / (1 + sqrt(v[i] ** 2)), (i, 1, n - 1))
    assert not passes(total + y, total + y + 5 * one((a > 0) & far), *said)


def test_an_equation_of_one_range_says_nothing_of_another() -> None:
    """v = u up to n − 1 and u ≥ 1: Σ u²v over 1 … m − 1 may be negative."""
    m = Symbol("m", integer=True, positive=True)
    said = [Eq(v[k], t[k]), k >= 1, k <= n - 1, t[j] >= 1]
    longer = Sum(t[i] ** 2 * v[i], (i, 1, m - 1))
    shorter = Sum(t[i], (i, 1, n - 1))
    for left, right in (
        (Abs(longer) + Abs(shorter), longer + shorter),
        (Abs(longer + shorter), longer + shorter),
        (
            Piecewise((Abs(longer), shorter > 0), (3, True)),
            Piecewise((longer, shorter > 0), (3, True)),
        ),
    ):
        assert not prove_equal(left, right, where=said).proved
