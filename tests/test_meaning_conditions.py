"""What a claim means: conditions, joints, real powers, matrices, hypotheses.

The numbers are those of "What a claim means" in DESIGN.md.
"""

from __future__ import annotations

from typing import Any

import pytest
import sympy
from claims import (
    A,
    X,
    Y,
    chain,
    d,
    i,
    j,
    k,
    l,
    m,
    n,
    not_proved,
    p1,
    p2,
    p3,
    proved,
    q,
    refuses,
    refuted,
    shown,
    theta,
    x,
    y,
    z,
)
from sympy import (
    Abs,
    Contains,
    Derivative,
    Eq,
    Identity,
    IndexedBase,
    Interval,
    Max,
    Min,
    Ne,
    OneMatrix,
    Or,
    Piecewise,
    Rational,
    S,
    Sum,
    Symbol,
    Trace,
    UnevaluatedExpr,
    atan,
    exp,
    log,
    pi,
    sign,
    sqrt,
)
from sympy import FiniteSet as Values

from symderiv import Derivation, gradient, hessian, prove_equal, sigma, verify
from symderiv.judge import judge_chain
from symderiv.report.text import render
from symderiv.verdict import ClaimError, Report, Result, Verdict

# ---- 5. conditions


def test_a_removed_point_is_shown_and_passes() -> None:
    assert proved((x**2 - 1) / (x - 1), x + 1) in (["Ne(x, 1)"], ["Ne(x - 1, 0)"])
    assert proved((x**2 - 1) / (x - 1), x + 1, Ne(x, 1)) == []
    assert chain((x**2 - 1) / (x - 1), x + 1).passed
    assert "x ≠ 1" in render(Report(derivations=(chain((x**2 - 1) / (x - 1), x + 1),)))


def test_a_root_of_a_square() -> None:
    s = Symbol("x")
    refuted(sqrt(s**2), s)
    assert proved(sqrt(s**2), s, s > 0) == []
    assert proved(sqrt(s**2), s, s >= 0) == []
    refuted(sqrt(s**2), s, s < 0)


def test_a_region_that_is_lost_on_the_way_fails_unless_where_declares_it() -> None:
    lines = [Abs(x), UnevaluatedExpr(sqrt(x**3)) / sqrt(x), x]
    found = chain(*lines)
    assert not found.passed
    assert found.first_failure is not None
    assert found.first_failure.number == 1
    first = found.steps[0].result
    assert first is not None
    assert first.proved
    assert any(c.loses_a_region for c in first.conditions)
    assert chain(*lines, where=[x > 0]).passed
    assert not chain(*lines, where=[x < 0]).passed
    refuted(Abs(x), x)


def test_conditions_add_up_along_a_chain() -> None:
    found = chain(UnevaluatedExpr(1 / x) * x, UnevaluatedExpr(1 / y) * y, sympy.Integer(1))
    assert found.passed
    last = found.steps[-1].result
    assert last is not None
    assert shown(last) == ["Ne(x, 0)", "Ne(y, 0)"]
    # x > 0 from the second line on, −x > 0 from the third: no point satisfies both
    lines = [y, y + UnevaluatedExpr(log(x)) - log(x), y + UnevaluatedExpr(log(-x)) - log(-x)]
    found = chain(*lines)
    assert not found.passed
    assert found.steps[1].result is not None
    assert not found.steps[1].result.proved


def test_one_over_m_minus_one_is_not_discharged() -> None:
    found = proved((m - 1) * UnevaluatedExpr(1 / (m - 1)), sympy.Integer(1))
    assert found in (["Ne(m - 1, 0)"], ["Ne(m, 1)"])
    assert proved(UnevaluatedExpr(1 / m) * m, sympy.Integer(1)) == []
    assert proved((m - 1) * UnevaluatedExpr(1 / (m - 1)), sympy.Integer(1), m >= 2) == []
    assert proved(UnevaluatedExpr(1 / (m + 1)) * (m + 1), sympy.Integer(1)) == []


def test_log_of_both_signs_is_not_proved_for_want_of_a_point() -> None:
    assert not_proved(log(x), log(-x))
    assert not_proved(log(x), log(-x), x > 0)
    assert not_proved(sqrt(-1 - x**2), log(-1 - x**2))
    assert not_proved(log(-Abs(x) - 1), log(-Abs(x) - 1) + 1)
    assert not_proved(log(sigma(z) - 1), log(sigma(z) - 1) + 1)


def test_a_contradictory_where_proves_nothing() -> None:
    with pytest.raises(ClaimError, match="integers"):
        prove_equal(q[k], q[k + 1], where=[k > 3, k < 2])
    with pytest.raises(ClaimError, match="false"):
        prove_equal(x, y, where=[S.false])


def test_conditions_are_quantified_over_bound_indices() -> None:
    result = prove_equal(Sum(UnevaluatedExpr(1 / q[k]) * q[k], (k, 0, n - 1)), n)
    assert result.proved
    (condition,) = result.open_conditions
    assert str(condition.relation) == "Ne(q[k], 0)"
    assert [str(r[0]) for r in condition.ranges] == ["k"]
    assert (
        shown(
            prove_equal(
                Sum(UnevaluatedExpr(1 / q[k]) * q[k], (k, 0, n - 1)), n, where=[Ne(q[i], 0)]
            )
        )
        == []
    )
    # 1/(qₖ − qₗ) under a sum over k meets k = l
    e = Sum(1 / (q[k] - q[l]), (k, 0, n - 1))
    assert not_proved(e, e + 1, l < n)


def test_a_hypothesis_about_one_entry_says_nothing_of_the_others() -> None:
    whole = Sum(sqrt(q[k] ** 2), (k, 0, n - 1))
    refuted(whole, Sum(q[k], (k, 0, n - 1)), q[0] > 0)
    assert proved(whole, Sum(q[k], (k, 0, n - 1)), q[i] > 0) == []
    one = Sum(sqrt(q[k] ** 2), (k, 0, n - 1)) + q[i]
    refuted(one, Sum(q[k], (k, 0, n - 1)) + q[i], q[i] > 0, n > 1)


def test_a_lost_domain_is_no_equation() -> None:
    """log x − log x is defined on x > 0 only, 0 everywhere."""
    result = prove_equal(UnevaluatedExpr(log(x)) - log(x), sympy.Integer(0))
    assert result.proved
    assert not any(c.loses_a_region for c in result.conditions)  # the start needs it itself
    result = prove_equal(sympy.Integer(0), UnevaluatedExpr(log(x)) - log(x))
    assert result.proved
    assert any(c.loses_a_region for c in result.conditions)


def test_a_condition_is_met_anew_in_every_case() -> None:
    """1/x stands in both branches: x ≠ 0 is asked of both."""
    f = Piecewise((1 / x, y > 0), (1 / x + 1, True))
    assert proved(UnevaluatedExpr(f) * x, Piecewise((1, y > 0), (1 + x, True))) == ["Ne(x, 0)"]
    assert proved(UnevaluatedExpr(f) * x, 1 + x, y < 0) == ["Ne(x, 0)"]
    e = Piecewise((X[0, 2], n >= 2), (0, True))
    assert proved(e, e) == ["2 <= n - 1"]  # n = 2 is among the cases of n ≥ 2


def test_a_domain_that_is_lost_in_one_case_is_lost() -> None:
    """log x − log x is 0 for x > 0 only, whatever is said of the other case."""
    nothing = UnevaluatedExpr(log(x)) - log(x)
    half = Piecewise((nothing, y > 0), (0, True))
    twice = Piecewise((nothing, y > 0), (2 * nothing, True))
    for start, line, where in ((0, twice, [y < 0]), (half, nothing, []), (half, twice, [])):
        result = prove_equal(start, line, where=where)
        assert result.proved
        assert any(c.loses_a_region for c in result.conditions)


# ---- 6. derivatives first, hypotheses afterwards


def test_a_hypothesis_is_not_differentiated() -> None:
    where = [Eq(p1 + p2 + p3, 1)]
    assert proved(Derivative(p1, p2), sympy.Integer(0), *where) == []
    refuted(Derivative(p1, p2), sympy.Integer(-1), *where)
    refuted(Derivative(1 - p2 - p3, p2), Derivative(p1, p2), *where)
    assert proved(1 - p2 - p3, p1, *where) == []
    refuted(Derivative(x, x), sympy.Integer(0), Eq(x, 1))


def test_with_a_symmetric_matrix_the_derivative_is_unconstrained() -> None:
    symmetric = [Eq(A[i, j], A[j, i])]
    form = (theta.T * A * theta)[0, 0]
    assert proved(gradient(form, A), theta * theta.T, *symmetric) == []
    assert proved(Derivative(form, theta[k, 0]), ((A + A.T) * theta)[k, 0]) == []


HUBER = Piecewise((x**2 / 2, Abs(x) <= d), (d * (Abs(x) - d / 2), True))


def test_a_joint_where_both_sides_agree_belongs_to_the_claim() -> None:
    assert proved(Derivative(HUBER, x), Piecewise((x, Abs(x) <= d), (d * sign(x), True))) == []
    assert proved(Derivative(HUBER, x), Max(-d, Min(d, x))) == []


@pytest.mark.parametrize(
    ("f", "expected"),
    [(Max(0, x) ** 2, 2 * Max(0, x)), (x * Abs(x), 2 * Abs(x)), (Abs(x) ** 3, 3 * x * Abs(x))],
)
def test_a_joint_that_a_power_or_product_smooths_belongs_to_the_claim(
    f: Any, expected: Any
) -> None:
    assert proved(Derivative(f, x), expected) == []


def test_a_joint_where_the_sides_differ_is_excluded_and_printed() -> None:
    assert proved(Derivative(Abs(x), x), sign(x)) == ["Ne(x, 0)"]
    assert proved(Derivative(Max(x, y), x), Piecewise((1, x > y), (0, True))) in (
        ["Ne(x, y)"],
        ["Ne(x - y, 0)"],
        ["Ne(y, x)"],
    )
    steps = Piecewise((x**2, x > 0), (1, True))
    assert proved(Derivative(steps, x), Piecewise((2 * x, x > 0), (0, True))) == ["Ne(x, 0)"]
    # the second derivative jumps where the first has a corner
    second = Derivative(Piecewise((x**2, x > 0), (0, True)), x, x)
    assert proved(second, Piecewise((2, x > 0), (0, True))) == ["Ne(x, 0)"]


def test_under_a_sum_the_joint_of_every_term_is_excluded() -> None:
    """∂/∂x Σ|x − qₖ| = Σ sign(x − qₖ) off the qₖ."""
    left = Derivative(Sum(Abs(x - q[k]), (k, 0, n - 1)), x)
    assert proved(left, Sum(sign(x - q[k]), (k, 0, n - 1))) == ["Ne(x - q[k], 0)"]
    square = Piecewise(((x - q[k]) ** 2, x > q[k]), (0, True))  # smooth by itself
    slope = Sum(2 * Max(0, x - q[k]), (k, 0, n - 1))
    assert proved(Derivative(Sum(square, (k, 0, n - 1)), x), slope) == []


def test_a_joint_is_excluded_where_the_rules_do_not_give_the_derivative_there() -> None:
    """f is x off 0 and 0 at 0, so f'(0) = 1; the product rule gives 5 + 0·… there."""
    f = x * Piecewise((1, x > 0), (5, Eq(x, 0)), (1, True))
    assert proved(Derivative(f, x), sympy.Integer(1)) == ["Ne(x, 0)"]
    assert proved(Derivative(f, x), Piecewise((5, Eq(x, 0)), (1, True))) == ["Ne(x, 0)"]


def test_no_derivative_at_the_boundary_of_a_domain() -> None:
    """x^(3/2) begins at 0: its derivative there would be one-sided."""
    claim = Derivative(x ** Rational(3, 2), x), Rational(3, 2) * sqrt(x)
    assert proved(*claim, x >= 0) == ["x > 0"]
    assert proved(*claim, x > 0) == []


@pytest.mark.parametrize(
    ("lhs", "at_the_joint"),
    [
        (Derivative(Piecewise((x**2, x > 0), (0, True)), x), (2 * x, 0)),
        (Piecewise((x, x > 0), (0, True)), (x, 0)),
        (Max(x, 0), (x, 0)),
        (x * sign(x), (x, -x)),
    ],
)
def test_a_wrong_value_just_at_a_joint_is_not_proved(lhs: Any, at_the_joint: Any) -> None:
    above, below = at_the_joint
    wrong = Piecewise((above, x > 0), (5, Eq(x, 0)), (below, True))
    right = Piecewise((above, x > 0), (0, Eq(x, 0)), (below, True))
    assert proved(lhs, right) == []
    assert not_proved(lhs, wrong) is not None


def test_a_wrong_value_at_one_label_is_not_proved() -> None:
    lhs = Piecewise((1, Eq(y, 1)), (0, Eq(y, 0)), (x, True))
    where = [Contains(y, Values(0, 1, 2))]
    assert not_proved(lhs, y, *where) is not None
    assert proved(lhs, y, Contains(y, Values(0, 1))) == []


def test_a_piecewise_without_a_last_case_is_defined_on_its_cases() -> None:
    open_ = Piecewise((x, x > 0), (1, x < 0))
    result = prove_equal(Piecewise((x, x >= 0), (1, True)), open_)
    assert result.proved
    assert result.open_conditions
    assert proved(open_, Piecewise((x, x > 0), (1, True)), Ne(x, 0)) == []
    assert not_proved(Piecewise((x, x > 0)), Piecewise((x, x < 0)))


# ---- 7. real powers and constants of integration


def test_a_real_power_needs_a_base_that_is_not_negative() -> None:
    third = Rational(1, 3)
    assert proved(UnevaluatedExpr(x**third) ** 3, x) == ["x >= 0"]
    assert proved(Derivative(x**third, x), third * x ** (-2 * third)) == ["x > 0"]
    assert proved(sympy.Pow(x**3, third, evaluate=False), x) in (["x**3 >= 0"], ["x >= 0"])
    minus_eight = sympy.Pow(UnevaluatedExpr(sympy.Integer(-8)), third)
    assert not_proved(x + minus_eight, x - 2)
    refuted(sympy.Pow(x**2, third * 3 / 2, evaluate=False), x)


def test_equal_derivatives_and_one_point_do_not_prove_equality() -> None:
    lhs = atan(x) + atan(1 / x)
    assert proved(Derivative(lhs, x), sympy.Integer(0)) == ["Ne(x, 0)"]
    assert not_proved(lhs, pi / 2) is not None
    assert not prove_equal(lhs, pi / 2, where=[x < 0]).proved


def test_a_product_of_roots_keeps_its_domain() -> None:
    assert proved(sqrt(x) * sqrt(y), sqrt(x * y), x > 0, y > 0) == []
    result = prove_equal(sqrt(x * y), sqrt(x) * sqrt(y))
    assert result.proved
    assert any(c.loses_a_region for c in result.conditions)
    assert proved(sqrt(x * y), sqrt(-x) * sqrt(-y), x < 0, y < 0) == []


# ---- 8. derivatives by a whole array, where SymPy's own are silently 0 or misshapen


ones = OneMatrix(m, 1)
SILENT = [
    ((theta.T * theta)[0, 0], theta, 2 * theta),
    (Trace(A) + 1, A, Identity(n)),
    (exp(Trace(theta * theta.T)), theta, 2 * exp((theta.T * theta)[0, 0]) * theta),
    (Sum(theta[k, 0] ** 2, (k, 0, n - 1)), theta, 2 * theta),
    (
        ((ones - Y).T * (X * theta).applyfunc(exp))[0, 0],
        theta,
        X.T * sympy.HadamardProduct((X * theta).applyfunc(exp), ones - Y),
    ),
]


@pytest.mark.parametrize(("f", "w", "expected"), SILENT)
def test_a_matrix_derivative_that_sympy_gets_wrong(f: Any, w: Any, expected: Any) -> None:
    assert proved(gradient(f, w), expected) == []
    refuted(gradient(f, w), 0 * expected + sympy.ZeroMatrix(*w.shape))
    refuted(gradient(f, w), 2 * expected)


def test_a_derivative_by_a_whole_array_has_its_shape() -> None:
    form = (theta.T * A * theta)[0, 0]
    assert proved(Derivative(form, theta), (A + A.T) * theta) == []
    assert proved(Derivative(form, theta), gradient(form, theta)) == []
    assert gradient(form, A).shape == (n, n)
    refuses(gradient(form, theta), theta.T * (A + A.T), match="shape")
    refuses(gradient(form, theta), x, match="scalar")
    assert proved(hessian(form, theta), A + A.T) == []
    refuted(hessian(form, theta), 2 * A)


def test_by_a_defined_name_and_then_unfolded() -> None:
    h, u = IndexedBase("h"), Symbol("u", real=True)
    let = {h[i]: sigma((X * theta)[i, 0])}
    J = Sum(h[i] ** 2, (i, 0, m - 1))
    step = Sum(Derivative(h[i] ** 2, h[i]) * Derivative(h[i], theta[j, 0]), (i, 0, m - 1))
    assert proved(Derivative(J, theta[j, 0]), step, let=let) == []
    assert proved(Derivative(J, h[i]), 2 * h[i], i < m, let=let) == []
    assert proved(Derivative(u**2, u), 2 * sigma(x), let={u: sigma(x)}) == []
    refuted(Derivative(u**2, u), Derivative(sigma(x) ** 2, x), let={u: sigma(x)})
    # what a case asks of the name is asked of its definition: log u is met where x > 0
    f = Piecewise((log(u), u > 0), (u - 1, True))
    slope = Piecewise((1 / x, x > 0), (1, True))
    assert proved(Derivative(f, u), slope, Ne(x, 0), let={u: x}) == []


# ---- 10. real arithmetic, exactly


def test_numbers_are_exact_at_any_size() -> None:
    tiny = Rational(1, 10**40)
    refuted(x, x + tiny)
    refuted(x * (1 + tiny), x)
    assert proved((x + tiny) ** 2, x**2 + 2 * tiny * x + tiny**2) == []
    refuted(sqrt(2) * x, Rational(14142135623730951, 10**16) * x)


# ---- what may be assumed


def test_every_kind_of_relation_is_used() -> None:
    assert proved(Abs(x), x, Contains(x, Interval(0, 1))) == []
    assert proved(x**2, x, Contains(x, Values(0, 1))) == []
    assert proved(x**2, sympy.Integer(1), Contains(x, Values(-1, 1))) == []
    assert proved(x**4 + x**2, sympy.Integer(2), Eq(x**2, 1)) == []
    assert proved(x / y * UnevaluatedExpr(y), x, Ne(y, 0)) == []
    assert proved(Max(x, y), y, x <= y) == []
    refuses(x, y, Or(x > 0, y > 0), match="relation")
    refuted(x**2, x, Contains(x, Values(0, 1, 2)))


def test_a_hypothesis_may_hold_from_a_step_on() -> None:
    start = Derivation("root", sqrt(x**2)).then(Abs(x), "definition")
    assert not verify(start.then(x, "sign")).passed
    assert verify(start.then(x, "sign", where=[x >= 0])).passed
    late = Derivation("root", sqrt(x**2)).then(x, "too early").then(x, "same", where=[x >= 0])
    assert not verify(late).passed


def test_bool_of_a_result_raises() -> None:
    with pytest.raises(TypeError, match="proved"):
        bool(prove_equal(x, x + 0))


def test_the_judge_answers_for_whole_chains() -> None:
    answer = judge_chain([sin_squared := x**2, x * x, sin_squared + 1])
    assert [r.verdict for r in answer.results if isinstance(r, Result)] == [
        Verdict.PROVED,
        Verdict.REFUTED,
    ]
