"""Roots of expressions with roots: signs and equality by squares, and logarithms of products.

Each true claim stands beside a false one that a person could take for it.
"""

from __future__ import annotations

from typing import Any

import pairs.values  # noqa: F401 - enters functions into pointwise's table
import pytest
from claims import proved, refuted
from sympy import (
    Abs,
    Derivative,
    Integer,
    Rational,
    asinh,
    cosh,
    exp,
    log,
    sinh,
    sqrt,
    symbols,
    tanh,
)

x, y = symbols("x y", real=True)
s = sqrt(x**2 + 1)


def kept(f: Any, u: Any) -> Any:
    return f(u, evaluate=False)


# name: left, right, a wrong right, where
CLAIMS: dict[str, tuple[Any, Any, Any, list[Any]]] = {
    # sinh and cosh of asinh x = log(x + √(x² + 1)), whose argument is positive for every x
    "sinh of asinh": (kept(sinh, kept(asinh, x)), x, Abs(x), []),
    "cosh of asinh": (kept(cosh, kept(asinh, x)), s, sqrt(x**2 - 1), []),
    "tanh of asinh": (kept(tanh, kept(asinh, x)), x / s, x / sqrt(2 * x**2 + 1), []),
    "asinh as a logarithm": (asinh(x), log(x + s), log(x - s + 2), []),
    "asinh is odd": (log(s - x), -log(s + x), log(s + x), []),
    "derivative of asinh": (Derivative(log(x + s), x), 1 / s, 1 / s**2, []),
    "derivative of the smooth |x|": (Derivative(sqrt(x**2 + y**2), x, 2),
        y**2 / sqrt(x**2 + y**2) ** 3, x**2 / sqrt(x**2 + y**2) ** 3, []),
    "a norm is no less than a part": (Abs(sqrt(x**2 + y**2) - x), sqrt(x**2 + y**2) - x,
        x - sqrt(x**2 + y**2), []),
    "above 1": (Abs(s - 1), s - 1, 1 - s, []),
    "beyond 1": (Abs(s - 2), 2 - s, s - 2, [x**2 < 3]),
    "an arithmetic and a geometric mean": (Abs(x + y - 2 * sqrt(x * y)), x + y - 2 * sqrt(x * y),
        2 * sqrt(x * y) - x - y, [x > 0, y > 0]),
    # roots of sums with roots: √(A + B√R) by its square
    "denested numbers": (sqrt(5 + 2 * sqrt(6)), sqrt(2) + sqrt(3), sqrt(2) * sqrt(3), []),
    "a half angle": (sqrt(2 + sqrt(3)), (sqrt(6) + sqrt(2)) / 2, (sqrt(6) - sqrt(2)) / 2, []),
    "a difference of roots": (sqrt(3 - 2 * sqrt(2)), sqrt(2) - 1, 1 - sqrt(2), []),
    "denested symbols": (sqrt(x + 2 * sqrt(x) + 1), sqrt(x) + 1, sqrt(x) - 1, [x > 0]),
    "a difference, beyond 2": (sqrt(x - 2 * sqrt(x - 1)), sqrt(x - 1) - 1, 1 - sqrt(x - 1),
        [x > 2]),
    "fourth roots": (sqrt(sqrt(x) + sqrt(y) + 2 * (x * y) ** Rational(1, 4)),
        x ** Rational(1, 4) + y ** Rational(1, 4), x ** Rational(1, 4) - y ** Rational(1, 4),
        [x > 0, y > 0]),
    # log b − log a has the sign of b − a
    "the larger logarithm": (Abs(log(x) + log(y)), log(x) + log(y), -log(x * y), [x > 1, y > 1]),
    "a logarithm of a power": (Abs(2 * log(x) - log(1 + x**2)), log(1 + x**2) - 2 * log(x),
        2 * log(x) - log(1 + x**2), [x > 0]),
    "an exponential beside 1": (Abs(exp(x) - 1), exp(x) - 1, 1 - exp(x), [x > 0]),
}  # fmt: skip


@pytest.mark.parametrize("name", CLAIMS)
def test_what_is_equal_is_proved(name: str) -> None:
    left, right, _, where = CLAIMS[name]
    proved(left, right, *where)


@pytest.mark.parametrize("name", CLAIMS)
def test_the_slip_beside_it_is_refuted(name: str) -> None:
    left, _, wrong, where = CLAIMS[name]
    refuted(left, wrong, *where)


def test_square_roots_of_close_numbers_are_not_equal() -> None:
    # √2 + √3 − √10 is −0.016, and 577/408 is √2 to five digits
    root = sqrt(2) + sqrt(3)
    assert proved(Abs(root - sqrt(10)), sqrt(10) - root) == []
    refuted(sqrt(2), Rational(577, 408))
    assert proved(Abs(sqrt(2) - Rational(577, 408)), Rational(577, 408) - sqrt(2)) == []
    refuted(sqrt(5 + 2 * sqrt(6)) - root + Integer(10) ** -30, Integer(0))
