"""What is 0 by an equation that is solved for no symbol is 0 wherever it stands."""

from typing import Any

import pytest
from sympy import Derivative, Eq, Integer, Ne, Piecewise, exp, gamma, log, polygamma, sin, symbols

from symderiv import Verdict, prove_equal, prove_nonnegative

x, y = symbols("x y", real=True)
k = symbols("k", integer=True)
u = x * exp(y) - 1 - y  # 0 at x = 1, y = 0
w = x * exp(x) - 1  # 0 at a number that is no elementary one


def test_the_recurrence_of_gamma_does_not_pass_a_pole() -> None:
    """Γ(u + 1) is not u·Γ(u) at u = 0, where it is 1."""
    for zero in (u, x * y + sin(y) * x + 3 * y * exp(x)):
        base = Piecewise((gamma(zero), zero > 0), (0, True))
        shifted = base + Piecewise((gamma(zero + 1), Eq(zero, 0)), (0, True))
        assert prove_equal(shifted, base).verdict is not Verdict.PROVED


def test_the_recurrence_of_the_digamma_function_does_not_pass_a_pole() -> None:
    """u·ψ(u + 1) is 0 at u = 0, and u·(ψ(u) + 1/u) would be 1."""
    base = Piecewise((polygamma(0, u), u > 0), (0, True))
    left, right = (
        base + Piecewise((e, Eq(u, 0)), (0, True)) for e in (u * polygamma(0, u + 1), Integer(1))
    )
    assert prove_equal(left, right).verdict is not Verdict.PROVED


def test_zero_to_the_zero() -> None:
    """u^(k + 1) for k ≥ −1 is 1 at k = −1 and u = 0."""
    where = [k >= -1, Eq(u, 0)]
    assert not prove_equal(u ** (k + 1), 0, where=where).proved
    assert not prove_nonnegative(-(u ** (k + 1)), where=where).proved
    inside = Piecewise((u ** (k + 1), Eq(u, 0)), (0, True))
    assert not prove_equal(inside, 0, where=[k >= -1]).proved
    assert prove_equal(inside, 0, where=[k >= 0]).proved


@pytest.mark.parametrize(
    "branch",
    [w**2 * polygamma(0, w), w**3 * exp(1 / w), w * log(w), w**2 * log(gamma(w))],
    ids=["psi", "essential", "log", "log gamma"],
)
def test_a_branch_without_a_value_at_its_joint_is_not_smooth(branch: Any) -> None:
    """u²ψ(u) has the slope −u' at u = 0, and u³e^(1/u) none: the joint is left out, and told."""
    f = Piecewise((branch, w > 0), (0, True))
    result = prove_equal(Derivative(f, x) * Piecewise((1, Eq(w, 0)), (0, True)), 0)
    told = [c for c in result.open_conditions if not c.natural]
    assert told or not result.proved


@pytest.mark.slow
def test_a_divisor_that_an_equation_makes_0_leaves_no_point_of_the_case() -> None:
    f = Piecewise((1 / u, Eq(u, 0)), (x, True))
    found = prove_equal(f, x, timeout=0.5)
    assert not found.proved
    assert "at no point of the case" in found.reason
    assert not prove_equal(f * u, Piecewise((1, Eq(u, 0)), (2, True)), where=[Eq(u, 0)]).proved


@pytest.mark.parametrize(
    ("branch", "test", "where"),
    [
        (log(x) ** 2 / (x - 1), log(x), [x > 0]),
        ((exp(x) - 2) ** 2 / (x - log(2)), exp(x) - 2, []),
    ],
    ids=["log", "exp"],
)
def test_another_divisor_that_is_0_at_the_joint(branch: Any, test: Any, where: list[Any]) -> None:
    """log²x/(x − 1) has the slope 1 at x = 1, though log x = 0 makes the formal one 0."""
    slope = Derivative(Piecewise((branch, Ne(test, 0)), (0, True)), x)
    result = prove_equal(slope * Piecewise((1, Eq(test, 0)), (0, True)), 0, where=where)
    assert not result.proved or result.open_conditions
