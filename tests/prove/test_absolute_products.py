"""Absolute values of products, and logarithms of absolute values, for factors of any sign."""

from typing import Any

import pytest
from sympy import Abs, Derivative, Eq, IndexedBase, Piecewise, Product, Sum, log, sqrt, symbols

from symderiv import prove_equal, prove_nonnegative
from tests.claims import proved, refuted

x = symbols("x", real=True)
n = symbols("n", integer=True, positive=True)
i, j = symbols("i j", integer=True)
u = IndexedBase("u")


def P(e: Any, *inner: Any) -> Any:
    return Product(e, *inner, (i, 1, n))


LOGS = Sum(log(Abs(u[i])), (i, 1, n))
SLOPE = Sum(1 / (u[i] - x), (i, 1, n))
# left, right, what is wrong
CLAIMS = {
    "of a product": (Abs(P(u[i])), P(Abs(u[i])), P(u[i])),
    "its logarithm": (log(Abs(P(u[i]))), LOGS, LOGS / 2),
    "a root of squares": (sqrt(P(u[i] ** 2)), P(Abs(u[i])), sqrt(P(u[i]) ** 2) * u[1]),
    "a square": (P(Abs(u[i])) ** 2, P(u[i] ** 2), P(Abs(u[i]))),
    "a slope": (Derivative(Abs(P(u[i] - x)), x), -Abs(P(u[i] - x)) * SLOPE, -P(u[i] - x) * SLOPE),
    "a power": (P(Abs(x)), Abs(x) ** n, x**n),
    "a known length inside": (P(Abs(u[i] + j), (j, 1, 2)), P(Abs(u[i] ** 2 + 3 * u[i] + 2)), n),
    "a known length": (Product(Abs(x + j), (j, 1, 2)), Abs(x**2 + 3 * x + 2), x**2 + 3 * x + 2),
    "a logarithm": (Derivative(log(Abs(x)), x), 1 / x, 1 / Abs(x)),
    "factors of a logarithm": (log(Abs(x**3 - x)), log(Abs(x)) + log(Abs(x**2 - 1)), log(Abs(x))),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_no_sign_is_asked(name: str) -> None:
    """|Π f| = Π |f| = e^(½·Σ log f²) for f ≠ 0."""
    left, right, wrong = CLAIMS[name]
    result = prove_equal(left, right)
    assert result.proved
    assert not any(c.loses_a_region for c in result.open_conditions)
    refuted(left, wrong)


def test_a_factor_that_is_0_is_left_out_and_said() -> None:
    """At u = 0 the product is 0, and e^(½·Σ log u²) is nothing."""
    at_0 = Piecewise((1, Eq(u[1], 0)), (0, True))
    refuted(Abs(P(u[i])) - at_0, Abs(P(u[i])))
    assert prove_nonnegative(Abs(P(u[i])) - at_0).refuted
    assert prove_nonnegative(Abs(P(u[i])), strict=True).refuted
    assert proved(log(Abs(P(u[i]))), LOGS) == ["Ne(u[i], 0)"]
