"""Exact algebraic numbers: their field, their order, and the points that need them."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from flint import arb, fmpq, fmpq_poly
from sympy import Derivative, Eq, Max, Piecewise, log, sqrt, symbols

from symderiv import prove_equal
from symderiv.refute.algebraic import Algebraic, ball, real_roots

x, y, z = symbols("x y z", real=True)

POLYNOMIALS = [[-2, 0, 1], [-1, -1, 1], [-2, 0, 0, 1], [-1, -1, 0, 0, 0, 1], [1, -4, 0, 1]]


def at(coefficients: list[int], root: Any) -> Any:
    """A polynomial at a value, by Horner's scheme."""
    out: Any = fmpq(0)
    for c in reversed(coefficients):
        out = out * root + fmpq(c)
    return out


@pytest.mark.parametrize("m", POLYNOMIALS, ids=str)
def test_a_root_satisfies_its_equation_exactly(m: list[int]) -> None:
    roots = real_roots(fmpq_poly(m))
    assert roots
    for root in roots:
        assert type(root) is Algebraic
        assert at(m, root) == 0
        assert type(at(m, root)) is fmpq
    assert all(a < b for a, b in itertools.pairwise(roots))


# (Q(α), +, ·) is a field, and an element is its own ball
@pytest.mark.parametrize("m", POLYNOMIALS, ids=str)
def test_the_field(m: list[int]) -> None:
    a = real_roots(fmpq_poly(m))[-1]
    b = a * a + fmpq(1, 3) * a - 2
    assert a / a == 1
    assert b * (1 / b) == 1
    assert (a + b) - b - a == 0
    assert a**3 - a * a * a == 0
    assert a**-2 * a**2 == 1
    assert 2 - a + (a - 2) == 0
    for exact, enclosed in ((a * b, ball(a) * ball(b)), (a / b, ball(a) / ball(b))):
        assert (ball(exact) - enclosed).contains(0)
    assert type(a + arb(1)) is arb


# α/10^40 is not 0, however close
def test_the_order() -> None:
    low, high = real_roots(fmpq_poly([-2, 0, 1]))
    assert low < 0 < high
    assert fmpq(141421356, 10**8) < high < fmpq(141421357, 10**8)
    assert high / 10**40 > 0
    assert not high > high
    assert high >= high
    assert high != low
    assert real_roots(fmpq_poly([1, 0, 1])) == []
    assert real_roots(fmpq_poly([-3, 2])) == [fmpq(3, 2)]


# what differs only where an equation has an irrational solution
@pytest.mark.parametrize(
    ("u", "value"),
    [
        (x**2 - 2, "sqrt(2)"),
        (x**3 - 2, "2**(1/3)"),
        (x**2 + y**2 - 3, "sqrt(3)"),
        (x**5 - x - 1, "CRootOf(x**5 - x - 1, 0)"),
        (x**3 - 4 * x + 1, "CRootOf"),
    ],
    ids=str,
)
def test_a_joint_that_is_irrational_is_looked_at(u: Any, value: str) -> None:
    left = Piecewise((0, u < 0), (5, Eq(u, 0)), (1, True))
    result = prove_equal(left, Piecewise((0, u < 0), (1, True)))
    assert result.refuted
    assert any(value in str(v) for v in result.counterexample.values.values())
    assert (result.counterexample.lhs, result.counterexample.rhs) == (5, 1)
    assert prove_equal(left * 2, Piecewise((0, u < 0), (10, Eq(u, 0)), (2, True))).proved


# a hypothesis with irrational solutions has witnesses
@pytest.mark.parametrize(
    ("lhs", "rhs", "where", "true"),
    [
        (x**4, 4, [Eq(x**2, 2)], True),
        (x, sqrt(2), [Eq(x**2, 2)], False),
        (x**3, x**2 + x, [Eq(x**2, x + 1)], True),
        (x**3, x**2 + 1, [Eq(x**2, x + 1)], False),
        (Derivative(log(y * x**2), y) * x**2, 3 / y, [Eq(x**2, 3), y > 0], True),
        (Max(x**2, 2), 3, [Eq(x**2, 3)], True),
        (x**2 + y**2, 3, [Eq(x**2, 2), Eq(y**2, 2)], False),
    ],
    ids=str,
)
def test_an_equation_without_rational_solutions(
    lhs: Any, rhs: Any, where: list[Any], true: bool
) -> None:
    result = prove_equal(lhs, rhs, where=where)
    assert (result.proved, result.refuted) == (true, not true)
