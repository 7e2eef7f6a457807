"""Claims that were once answered wrongly, or that are built to be."""

from __future__ import annotations

from typing import Any

import pytest
from sympy import (
    Abs,
    Basic,
    Derivative,
    Eq,
    IndexedBase,
    Piecewise,
    Sum,
    Symbol,
    asin,
    atan,
    cos,
    exp,
    gamma,
    log,
    pi,
    sign,
    sin,
    sqrt,
    symbols,
)

from symderiv import prove_equal
from symderiv.verdict import ClaimError

x, y = symbols("x y", real=True)
m, n, N = symbols("m n N", integer=True, positive=True)
i, k = symbols("i k", integer=True)
u, h = IndexedBase("u"), IndexedBase("h")
H = symbols("H", real=True)
absolute, plain = Sum(Abs(u[i]), (i, 0, n - 1)), Sum(u[i], (i, 0, n - 1))

FALSE: list[tuple[Any, Any, list[Basic]]] = [
    # a hypothesis about some entries says nothing of the others
    (absolute, plain, [u[i] > 0, i < m]),
    (absolute, plain, [u[i] > 0, Eq(i, 3)]),
    # what a symbol is called is not what it is
    (symbols("n+1", integer=True, positive=True) * u[0], (n + 1) * u[0], []),
    (Sum(u[k], (k, 1, symbols("n+1", integer=True, positive=True))), Sum(u[k], (k, 1, n + 1)), []),
    (symbols("x^2", real=True), x**2, []),
    # √2 and √3, log 2 and log 3 are different numbers
    (sqrt(2) * x, sqrt(3) * x, []),
    (log(2) * x, log(3) * x, []),
    # signs that hold in one case of a sum are not used in another
    (Sum(Abs(u[k]) ** 2 / Abs(u[k]), (k, 1, N)), Sum(u[k], (k, 1, N)), []),
    # the equations contradict each other
    (x, x + 1, [Eq(x, 0), Eq(x, 1)]),
    (Sum(u[k], (k, 0, N)), Sum(u[k], (k, 1, N)), []),
]


@pytest.mark.parametrize(("lhs", "rhs", "where"), FALSE)
def test_a_false_claim_is_not_proved(lhs: Any, rhs: Any, where: list[Basic]) -> None:
    assert not prove_equal(lhs, rhs, where=where).proved


# x^n lives on all reals for an integer n, Γ(x) between the poles as well: what the proof needs
# beyond that is a region lost, never a part of the start's own domain
@pytest.mark.parametrize(
    ("lhs", "rhs"),
    [
        (x**n, Piecewise((x**n, x > -1000), (2 * x**n, True))),
        (gamma(x + 1), x * gamma(x)),
    ],
)
def test_a_condition_that_only_the_proof_needs_is_a_region_lost(lhs: Any, rhs: Any) -> None:
    result = prove_equal(lhs, rhs)
    assert not result.proved or any(c.loses_a_region for c in result.conditions)


def test_a_value_just_at_a_joint_is_not_believed() -> None:
    # d/dx (x·sign(x)²) = 1 everywhere, at 0 as well
    result = prove_equal(Derivative(x * sign(x) ** 2, x), sign(x) ** 2)
    assert not result.proved or [str(c.relation) for c in result.open_conditions] == ["Ne(x, 0)"]


def test_points_of_the_refuter_satisfy_every_equation() -> None:
    assert prove_equal(y, 0, where=[Eq(x, y), Eq(x, 0)]).proved
    assert not prove_equal(x, 2, where=[Eq(x, y), Eq(y, 2)]).refuted


def test_a_derivative_by_a_defined_name_and_by_its_variable_is_refused() -> None:
    with pytest.raises(ClaimError, match="one at a time"):
        prove_equal(Derivative(Derivative(H**2, H), x), 0, let={H: x**2})


def test_a_definition_by_itself_is_refused() -> None:
    with pytest.raises(ClaimError, match="by itself"):
        prove_equal(h[i], 0, let={h[i]: h[i - 1] + 1})


# cos(atan(x)/y) is not 1/√(1 + x²): only the angle itself is, and here the refuter is kept blind
HIDDEN = {
    "beyond the refuter's points": lambda e: Piecewise((e, x > 10**12), (0, True)),
    "beyond the refuter's sizes": lambda e: Sum(Piecewise((e, k >= 9), (0, True)), (k, 1, n)),
}


@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize("d", [y, k, exp(y), pi, 1 + y**2], ids=str)
def test_an_angle_that_is_a_part_of_an_inverse_is_not_the_whole(hidden: str, d: Any) -> None:
    G = HIDDEN[hidden]
    pairs = [
        (cos(atan(x) / d), 1 / sqrt(1 + x**2)),
        (sin(atan(x) / d), x / sqrt(1 + x**2)),
        (cos(2 * asin(x / 10**13) / d), 1 - 2 * x**2 / 10**26),
    ]
    for left, right in pairs:
        assert not prove_equal(G(left), G(right), where=[y > 1, k > 1]).proved


def test_such_an_angle_in_the_open_is_refuted() -> None:
    assert prove_equal(cos(atan(x) / y), 1 / sqrt(1 + x**2)).refuted
    assert prove_equal(cos(atan(x)), 1 / sqrt(1 + x**2)).proved
    assert prove_equal(cos(2 * atan(x)), (1 - x**2) / (1 + x**2)).proved


@pytest.mark.parametrize("kind", ["rational", "irrational", "prime", "composite"])
def test_an_assumption_that_no_route_uses_is_refused(kind: str) -> None:
    q = Symbol("q", **{kind: True})
    with pytest.raises(ClaimError, match=kind):
        prove_equal(q**2 + q, q * (q + 1))
