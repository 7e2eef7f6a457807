"""Heaviside at 0: its second argument; with SymPy's default, which says nothing of 0, no value.

Both routes read it so: each true claim stands beside a false one.
"""

from __future__ import annotations

from typing import Any

import pytest
from ids import steady
from sympy import (
    Derivative,
    Eq,
    Heaviside,
    IndexedBase,
    Max,
    Ne,
    Piecewise,
    Rational,
    Sum,
    exp,
    log,
    symbols,
)

from symderiv import prove_equal, prove_nonnegative, to_numpy
from symderiv.testing import assert_proved
from symderiv.verdict import Result

x, y, th = symbols("x y theta", real=True)
m, n = symbols("m n", integer=True, positive=True)
i, k = symbols("i k", integer=True)
g, u, v, z = map(IndexedBase, "guvz")


def over(e: Any) -> Sum:
    return Sum(e, (i, 1, n))


def at_risk(e: Any, at: int = 1) -> Sum:
    """Σₖ [uₖ ≥ uᵢ]·e, the sum over those who are at risk when i is."""
    return Sum(Heaviside(u[k] - u[i], at) * e, (k, 1, n))


def case(test: Any) -> Piecewise:
    return Piecewise((1, test), (0, True))


def needs(result: Result) -> list[Any]:
    return [c.relation for c in result.open_conditions]


# ---- with a value at 0


@pytest.mark.parametrize(
    ("lhs", "right", "wrong"),
    [
        (Heaviside(x, 1), case(x >= 0), case(x > 0)),
        (Heaviside(x, 0), case(x > 0), case(x >= 0)),
        (Heaviside(x, 1), Heaviside(x, 1) ** 2, Heaviside(x, 0)),
        (Heaviside(x, y), Heaviside(x, 0) + y * case(Eq(x, 0)), Heaviside(x, y) ** 2),
        (Heaviside(x, 1) + Heaviside(-x, 0), 1, Heaviside(x, 1) + Heaviside(-x, 1)),
        (Max(x, 0), x * Heaviside(x, 7), Heaviside(x, 0)),
        (Heaviside(x * y, 1), 1 - case(x * y < 0), Heaviside(x, 1) * Heaviside(y, 1)),
    ],
    ids=steady,
)
def test_the_second_argument_is_the_value_at_0(lhs: Any, right: Any, wrong: Any) -> None:
    result = prove_equal(lhs, right)
    assert result.proved
    assert not result.open_conditions
    assert prove_equal(lhs, wrong).refuted


def test_such_a_value_is_where_the_counterexample_is() -> None:
    found = prove_equal(Heaviside(x, 1), Heaviside(x, 0)).counterexample
    assert found is not None
    assert (found.values, found.lhs, found.rhs) == ({"x": 0}, 1, 0)


# Σᵢ gᵢ·Σₖ [uₖ ≥ uᵢ]·zₖ = Σₖ zₖ·Σᵢ gᵢ·[uₖ ≥ uᵢ]: k = i is among them
def test_the_order_of_summation_of_a_risk_set() -> None:
    start, turned = (
        over(g[i] * at_risk(z[k])),
        Sum(z[k] * over(g[i] * Heaviside(u[k] - u[i], 1)), (k, 1, n)),
    )
    assert_proved(start, turned)
    assert prove_equal(start, over(g[i] * at_risk(z[k], 0))).refuted


# ∂/∂θ Σᵢ gᵢ·(zᵢθ − log Σₖ [uₖ ≥ uᵢ]·e^(zₖθ)), Cox 1972
@pytest.mark.slow
def test_the_score_of_a_cox_likelihood() -> None:
    risk, mean = at_risk(exp(z[k] * th)), at_risk(z[k] * exp(z[k] * th))
    slope = Derivative(over(g[i] * (z[i] * th - log(risk))), th)
    assert_proved(slope, over(g[i] * (z[i] - mean / risk)))
    assert prove_equal(Derivative(risk, th), at_risk(z[k] * exp(z[k] * th), 0)).refuted


# 1/(mn)·Σᵢ Σₖ [uᵢ ≥ vₖ] = 1 − 1/(mn)·Σᵢ Σₖ [vₖ > uᵢ], with ties; a causal mask [i ≥ k]
@pytest.mark.parametrize(
    ("lhs", "right", "wrong"),
    [
        (
            Sum(Heaviside(u[i] - v[k], 1), (i, 1, n), (k, 1, m)) / (m * n),
            1 - Sum(Heaviside(v[k] - u[i], 0), (i, 1, n), (k, 1, m)) / (m * n),
            1 - Sum(Heaviside(v[k] - u[i], 1), (i, 1, n), (k, 1, m)) / (m * n),
        ),
        (
            over(g[i] * Sum(Heaviside(i - k, 1) * z[k], (k, 1, n))),
            over(g[i] * Sum(z[k], (k, 1, i))),
            over(g[i] * Sum(z[k], (k, 1, i - 1))),
        ),
    ],
    ids=["ties", "mask"],
)
def test_counts_with_ties(lhs: Any, right: Any, wrong: Any) -> None:
    assert_proved(lhs, right)
    assert prove_equal(lhs, wrong).refuted


# ---- with SymPy's default


@pytest.mark.parametrize(
    ("lhs", "right", "wrong"),
    [
        (Derivative(Max(x, 0), x), Heaviside(x), Heaviside(-x)),
        (Heaviside(x), case(x > 0), case(x > 1)),
        (Heaviside(x), case(x >= 0), 1 - case(x >= 0)),
        (Heaviside(x), Heaviside(x) ** 2, 2 * Heaviside(x) ** 2),
        (Heaviside(x, Rational(1, 2)), Heaviside(x, 1), Heaviside(-x, 1)),
        (Derivative(x**2 * Heaviside(x), x), 2 * x * Heaviside(x), x * Heaviside(x)),
    ],
    ids=steady,
)
def test_without_one_a_claim_is_about_what_is_not_0(lhs: Any, right: Any, wrong: Any) -> None:
    result = assert_proved(lhs, right)
    assert needs(result) == [Ne(x, 0)]
    assert prove_equal(lhs, wrong).refuted


# ∂/∂θ Σ max(0, θ + uᵢ): no point has a joint in it and a value
def test_a_derivative_of_a_max_is_told_nothing_at_its_joint() -> None:
    slope = Derivative(over(Max(0, th + u[i])), th)
    for at in (Heaviside(th + u[i]), Heaviside(th + u[i], 0), Heaviside(th + u[i], 1)):
        assert needs(assert_proved(slope, over(at))) == [Ne(th + u[i], 0)]
    assert prove_equal(slope, over(Heaviside(-th - u[i]))).refuted


def test_a_step_at_what_is_0_in_a_region_loses_it() -> None:
    result = prove_equal(case(x > 0), Heaviside(Max(x, 0)))
    assert [c.loses_a_region for c in result.open_conditions] == [True]


def test_a_risk_set_without_a_value_at_0_is_defined_nowhere() -> None:
    start = over(g[i] * Sum(Heaviside(u[k] - u[i]) * z[k], (k, 1, n)))
    result = prove_equal(start, Sum(z[k] * over(g[i] * Heaviside(u[k] - u[i])), (k, 1, n)))
    assert not result.proved
    assert "Heaviside at 0: write its value there, Heaviside(u, 1)" in result.reason


def test_other_questions_read_it_so() -> None:
    assert needs(prove_nonnegative(Heaviside(x))) == [Ne(x, 0)]
    assert prove_nonnegative(Heaviside(x, 0)).open_conditions == ()
    assert prove_nonnegative(Heaviside(x, -1)).refuted
    assert [to_numpy(Heaviside(x, at), [x])(0.0) for at in (0, 1, 3)] == [0, 1, 3]
