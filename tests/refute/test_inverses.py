"""A name that an equation determines is a point of it: e^x = 3 at x = log 3."""

import pytest
from claims import n, proved, refuted, x, y, z
from sympy import (
    Abs,
    Eq,
    Integer,
    Rational,
    asin,
    asinh,
    atan,
    atanh,
    cos,
    cosh,
    exp,
    log,
    sin,
    sinh,
    tan,
    tanh,
)  # fmt: skip

from symderiv import prove_equal, sigma
from symderiv.refute.inverses import solutions

HALF = Rational(1, 2)
EQUATIONS = [
    Eq(exp(x), 3), Eq(log(x), 3), Eq(cosh(x), 2), Eq(sinh(x), 2), Eq(asinh(x), 2),
    Eq(tanh(x), HALF), Eq(atanh(x), 5), Eq(sin(x), Rational(1, 3)), Eq(cos(x), Rational(1, 3)),
    Eq(tan(x), 3), Eq(sigma(x), Rational(1, 3)), Eq(2 * exp(3 * x) + 1, 5), Eq(x**2, exp(HALF)),
]  # fmt: skip


@pytest.mark.parametrize("equation", EQUATIONS, ids=str)
def test_an_equation_is_solved_layer_by_layer(equation):
    # x is not 2x where it is not 0
    refuted(x, 2 * x, equation)
    assert not prove_equal(equation.lhs, equation.rhs, where=[equation]).refuted


def test_a_size_leaves_a_real_its_value():
    # e^x = n: e^(2x) is n², and not n
    refuted(exp(2 * x), n, Eq(exp(x), n))
    proved(exp(2 * x), n**2, Eq(exp(x), n))


def test_a_solution_is_a_right_inverse():
    # asin(sin 5) is not 5, and atan(tan 2) not 2
    for equation in (Eq(asin(x), 5), Eq(atan(x), 2)):
        assert solutions(equation) == []
        assert not prove_equal(x, 2 * x, where=[equation]).refuted


def test_other_conditions_hold_as_well():
    # x² = e^y with x > 0
    refuted(x, Integer(2), Eq(x**2, exp(y)), x > 0, y > 1)
    assert not prove_equal(Abs(x), exp(y / 2), where=[Eq(x**2, exp(y))]).refuted
    assert not prove_equal(x, z, where=[Eq(exp(x), y), Eq(exp(z), y)]).refuted
