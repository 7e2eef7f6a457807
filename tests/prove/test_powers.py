"""x^n with a symbolic integer n, for x of any sign: above 0, at 0 and below."""

from __future__ import annotations

from typing import Any

import pytest
from sympy import (
    Abs,
    Contains,
    Derivative,
    Eq,
    FiniteSet,
    Heaviside,
    IndexedBase,
    Max,
    Ne,
    Piecewise,
    Product,
    Sum,
    cos,
    exp,
    log,
    pi,
    symbols,
)

from symderiv import prove_equal

x, y = symbols("x y", real=True)
n, m = symbols("n m", integer=True, positive=True)
e = symbols("e", integer=True)  # of any sign
q = symbols("q", integer=True, nonnegative=True)
j, k = symbols("j k", integer=True)
u = IndexedBase("u")
POLYNOMIAL = Sum(u[k] * x**k, (k, 0, n))

# left, right, a wrong right
IDENTITIES: list[tuple[Any, Any, Any]] = [
    (x**n * x, x ** (n + 1), x ** (n + 2)),
    (x**e * x**e, x ** (2 * e), x ** (2 * e + 1)),
    (x**e, 1 / x ** (-e), x ** (-e)),
    ((x**n) ** 2, x ** (2 * n), x**n),
    (x**n * y**n, (x * y) ** n, (x + y) ** n),
    (x ** (2 * n), Abs(x) ** (2 * n), -(Abs(x) ** (2 * n))),
    (x ** (2 * n + 1), x * Abs(x) ** (2 * n), Abs(x) ** (2 * n + 1)),
    ((-x) ** n, (-1) ** n * x**n, x**n),
    ((-1) ** n * (-1) ** m, (-1) ** (n + m), (-1) ** (n * 2 + m)),
    (cos(pi * n), (-1) ** n, (-1) ** (n + 1)),
    (Derivative(x**n, x), n * x ** (n - 1), n * x**n),
    (Derivative((1 - x) ** n, x), -n * (1 - x) ** (n - 1), n * (1 - x) ** (n - 1)),
    (Derivative(POLYNOMIAL, x), Sum(k * u[k] * x ** (k - 1), (k, 1, n)), POLYNOMIAL / x),
    (
        Derivative(POLYNOMIAL, x),
        Sum((k + 1) * u[k + 1] * x**k, (k, 0, n - 1)),
        Sum(k * u[k + 1] * x**k, (k, 0, n - 1)),
    ),
    (
        Sum((-1) ** k * u[k], (k, 0, n)),
        u[0] - Sum((-1) ** k * u[k + 1], (k, 0, n - 1)),
        u[0] + Sum((-1) ** k * u[k + 1], (k, 0, n - 1)),
    ),
    ((1 + 1 / x) ** n * x**n, (1 + x) ** n, (1 + x) ** (n + 1)),
    # n² is odd where n is, and mn where both are
    ((-1) ** (n**2), (-1) ** n, 1),
    ((-2) ** (n**2 + 1), -((-1) ** n) * 2 ** (n**2 + 1), 2 ** (n**2 + 1)),
    ((-1) ** (m * n), (-1) ** (m**3 * n + 2 * m), (-1) ** (m + n)),
    (Sum((-1) ** (k**2), (k, 0, n)), Sum((-1) ** k, (k, 0, n)), n),
    (x ** (n**2), (-1) ** n * (-x) ** (n**2), Abs(x) ** (n**2)),
    (Derivative(x ** (n**2), x), n**2 * x ** (n**2 - 1), n**2 * Abs(x) ** (n**2 - 1)),
]


@pytest.mark.parametrize(("left", "right", "wrong"), IDENTITIES, ids=str)
def test_the_laws_of_exponents_hold_everywhere(left: Any, right: Any, wrong: Any) -> None:
    result = prove_equal(left, right)
    assert result.proved, result.reason
    assert not any(c.loses_a_region for c in result.conditions)
    assert prove_equal(left, wrong).refuted


# 0^0 = 1: the case at 0 is one of its own
def test_a_power_at_zero() -> None:
    off = Piecewise((x**q, Ne(x, 0)), (0, True))
    assert not prove_equal(x**q, off).proved
    assert prove_equal(x ** (q + 1), Piecewise((x ** (q + 1), Ne(x, 0)), (0, True))).proved
    assert prove_equal(x**q, Piecewise((x**q, Ne(x, 0)), (0**q, True))).proved


# e^(n·log x) lives on x > 0 alone
def test_a_power_is_more_than_an_exponential() -> None:
    lost = prove_equal(x**n, exp(n * log(x)))
    assert any(c.loses_a_region for c in lost.conditions) or not lost.proved
    assert prove_equal(x**n, exp(n * log(x)), where=[x > 0]).proved
    assert prove_equal(x**n, Abs(x) ** n).refuted
    assert prove_equal(x**n, Abs(x) ** n, where=[x >= 0]).proved


def test_a_product_of_equal_factors() -> None:
    assert prove_equal(Product(x, (k, 1, n)), x**n, where=[x > 0]).proved


def test_the_entry_of_an_array() -> None:
    inside = [j >= 1, j <= m]
    power_sum = Sum(u[k] ** n, (k, 1, m))
    assert prove_equal(Derivative(power_sum, u[j]), n * u[j] ** (n - 1), where=inside).proved
    assert prove_equal(Derivative(power_sum, u[j]), u[j] ** (n - 1), where=inside).refuted


p, a = symbols("p", positive=True), symbols("a", real=True)
SEVEN = Piecewise((7, x <= 0), (x**a, True))


@pytest.mark.parametrize(
    ("left", "right", "where"),
    [
        (Max(x, 0) ** p, Piecewise((x**p, x > 0), (7, True)), []),  # 0 for x ≤ 0
        (Heaviside(x, 0) ** p, Piecewise((1, x > 0), (7, True)), []),
        (Max(x, 0) ** a, Piecewise((x**a, x > 0), (7, True)), [a >= 1]),
        (Derivative(Max(x, 0) ** p, x), Piecewise((p * x ** (p - 1), x > 0), (7, True)), []),
        (x**a, SEVEN, [Eq(a, 2)]),  # a whole power, which has a value for x < 0
        (x**a, SEVEN, [Contains(a, FiniteSet(1, 2))]),
        (x ** (2 * a), Piecewise((7, x <= 0), (x ** (2 * a), True)), [Eq(a, n)]),
        (x ** u[1], Piecewise((7, x <= 0), (x ** u[1], True)), [Contains(u[k], FiniteSet(1, 2))]),
    ],
    ids=str,
)
def test_a_real_power_has_a_value_where_the_proof_has_none(
    left: Any, right: Any, where: list[Any]
) -> None:
    result = prove_equal(left, right, where=where)
    assert not result.proved or any(c.loses_a_region for c in result.conditions)


def test_the_domain_of_a_real_power_is_no_loss() -> None:
    for left, right in ((x * x**a, x ** (a + 1)), (Derivative(x**a, x), a * x ** (a - 1))):
        (condition,) = prove_equal(left, right).open_conditions
        assert condition.relation == (x > 0)
        assert not condition.loses_a_region  # 0^a is 0 for a > 0: the point is left out
    norm = Derivative(Sum(Abs(u[k]) ** p, (k, 1, n)), u[1])
    result = prove_equal(norm, p * Abs(u[1]) ** p / u[1])
    assert result.proved
    assert not any(c.loses_a_region for c in result.conditions)
