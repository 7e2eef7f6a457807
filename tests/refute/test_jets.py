"""Power series in several perturbations, against derivatives known by hand."""

from __future__ import annotations

import math

import pytest
from flint import arb, fmpq

from symderiv.refute.jets import (
    FUNCTIONS,
    Jet,
    Undefined,
    coefficient,
    constant,
    divide,
    narrow,
    power,
    sign,
)


def at(c, *bits):
    """The constant c perturbed by one ε for each bit."""
    v = c if isinstance(c, (fmpq, arb)) else fmpq(c)
    for bit in bits:
        v = v + Jet({0: fmpq(0), bit: fmpq(1)})
    return v


def test_a_product_of_the_same_perturbation_vanishes() -> None:
    x = at(3, 1)
    assert (x * x).terms == {0: 9, 1: 6}
    assert coefficient(x * x * x, 1) == 27


def test_mixed_derivative_of_a_product() -> None:
    x, y = at(2, 1, 2), at(5, 4)
    value = x * x * x * y * y  # d²/dx² d/dy x³y² = 6x · 2y
    assert coefficient(value, 0b111) == 12 * 10


@pytest.mark.parametrize("order", [1, 2, 3, 4, 5])
def test_derivatives_of_exp_and_log_are_exact_where_they_are_rational(order: int) -> None:
    bits = [1 << k for k in range(order)]
    full = (1 << order) - 1
    assert coefficient(FUNCTIONS["exp"](at(0, *bits)), full) == 1
    expected = (-1) ** (order + 1) * math.factorial(order - 1)
    assert coefficient(FUNCTIONS["log"](at(1, *bits)), full) == expected


@pytest.mark.parametrize(
    ("name", "derivative"),
    [
        ("exp", math.exp),
        ("log", lambda x: 1 / x),
        ("sin", math.cos),
        ("cos", lambda x: -math.sin(x)),
        ("tan", lambda x: 1 / math.cos(x) ** 2),
        ("cot", lambda x: -1 / math.sin(x) ** 2),
        ("sec", lambda x: math.sin(x) / math.cos(x) ** 2),
        ("csc", lambda x: -math.cos(x) / math.sin(x) ** 2),
        ("sinh", math.cosh),
        ("cosh", math.sinh),
        ("tanh", lambda x: 1 / math.cosh(x) ** 2),
        ("coth", lambda x: -1 / math.sinh(x) ** 2),
        ("sech", lambda x: -math.sinh(x) / math.cosh(x) ** 2),
        ("csch", lambda x: -math.cosh(x) / math.sinh(x) ** 2),
        ("asin", lambda x: 1 / math.sqrt(1 - x * x)),
        ("acos", lambda x: -1 / math.sqrt(1 - x * x)),
        ("atan", lambda x: 1 / (1 + x * x)),
        ("asinh", lambda x: 1 / math.sqrt(1 + x * x)),
        ("atanh", lambda x: 1 / (1 - x * x)),
        ("erf", lambda x: 2 / math.sqrt(math.pi) * math.exp(-x * x)),
        ("erfc", lambda x: -2 / math.sqrt(math.pi) * math.exp(-x * x)),
        ("sigma", lambda x: math.exp(-x) / (1 + math.exp(-x)) ** 2),
        ("softplus", lambda x: 1 / (1 + math.exp(-x))),
    ],
)
def test_first_derivatives(name: str, derivative) -> None:
    got = coefficient(FUNCTIONS[name](at(fmpq(1, 3), 1)), 1)
    assert abs(float(arb(got)) - derivative(1 / 3)) < 1e-13 * max(1, abs(derivative(1 / 3)))


def test_acosh_and_gamma() -> None:
    assert abs(float(coefficient(FUNCTIONS["acosh"](at(2, 1)), 1)) - 3**-0.5) < 1e-15
    assert FUNCTIONS["gamma"](fmpq(5)).overlaps(arb(24))


@pytest.mark.parametrize("name", ["exp", "cos", "cosh", "sec", "sech"])
def test_exactly_one_at_zero(name: str) -> None:
    assert type(FUNCTIONS[name](fmpq(0))) is fmpq
    assert FUNCTIONS[name](fmpq(0)) == 1


@pytest.mark.parametrize("name", ["sin", "tan", "sinh", "tanh", "asin", "atan", "asinh", "atanh"])
def test_exactly_zero_at_zero(name: str) -> None:
    assert type(FUNCTIONS[name](fmpq(0))) is fmpq
    assert FUNCTIONS[name](fmpq(0)) == 0


def test_sigma_at_zero_is_exact_with_its_derivatives() -> None:
    v = FUNCTIONS["sigma"](at(0, 1, 2, 4))
    assert constant(coefficient(v, 1)) == fmpq(1, 4)
    assert constant(coefficient(v, 3)) == 0
    assert coefficient(v, 7) == fmpq(-1, 8)


def test_sigma_is_accurate_when_saturated() -> None:
    v = FUNCTIONS["sigma"](fmpq(-1000))
    assert v > 0
    assert v.rel_accuracy_bits() > 40


def test_powers() -> None:
    half = fmpq(1, 2)
    assert power(fmpq(4, 9), half) == fmpq(2, 3)
    assert power(fmpq(4, 9), fmpq(-3, 2)) == fmpq(27, 8)
    assert power(fmpq(0), half) == 0
    assert power(fmpq(0), fmpq(0)) == 1
    assert power(fmpq(-2), fmpq(3)) == -8
    assert coefficient(power(at(0, 1, 2), fmpq(2)), 3) == 2
    assert coefficient(power(at(4, 1), half), 1) == fmpq(1, 4)
    assert coefficient(power(at(2, 1), fmpq(-1)), 1) == fmpq(-1, 4)


@pytest.mark.parametrize("exponent", [fmpq(1, 2), fmpq(-3, 2), fmpq(2, 3), fmpq(5), fmpq(-2)])
@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_derivatives_of_powers(exponent, order: int) -> None:
    """(x^r)⁽ᵏ⁾ = r·(r − 1)···(r − k + 1)·x^(r − k), at x = 64."""
    expected = power(fmpq(64), exponent - order)
    for k in range(order):
        expected = expected * (exponent - k)
    v = power(at(64, *(1 << k for k in range(order))), exponent)
    assert coefficient(v, (1 << order) - 1) == expected


@pytest.mark.parametrize(
    ("compute", "kind"),
    [
        (lambda: divide(fmpq(1), fmpq(0)), "certain"),
        (lambda: divide(fmpq(1), at(0, 1)), "certain"),
        (lambda: divide(fmpq(1), arb(0, 1)), "uncertain"),
        (lambda: FUNCTIONS["log"](fmpq(0)), "certain"),
        (lambda: FUNCTIONS["log"](arb(0, 1)), "uncertain"),
        (lambda: FUNCTIONS["log"](at(-1, 1)), "certain"),
        (lambda: power(fmpq(-1), fmpq(1, 2)), "certain"),
        (lambda: power(fmpq(0), fmpq(-1, 2)), "certain"),
        (lambda: power(at(0, 1), fmpq(1, 2)), "joint"),
        (lambda: power(arb(0, 1), fmpq(1, 2)), "uncertain"),
        (lambda: FUNCTIONS["asin"](fmpq(2)), "certain"),
        (lambda: FUNCTIONS["asin"](arb(1, 0.1)), "uncertain"),
        (lambda: FUNCTIONS["asin"](at(1, 1)), "uncertain"),
        (lambda: FUNCTIONS["acos"](at(-1, 1)), "uncertain"),
        (lambda: FUNCTIONS["acos"](at(-2, 1)), "certain"),
        (lambda: FUNCTIONS["acosh"](fmpq(0)), "certain"),
        (lambda: FUNCTIONS["atanh"](fmpq(1)), "certain"),
        (lambda: FUNCTIONS["gamma"](fmpq(-3)), "certain"),
        (lambda: sign(at(0, 1)), "joint"),
        (lambda: sign(arb(0, 1)), "uncertain"),
    ],
)
def test_outside_the_domain(compute, kind: str) -> None:
    with pytest.raises(Undefined) as caught:
        compute()
    assert caught.value.kind == kind


def test_a_perturbation_with_coefficient_zero_still_counts_as_one() -> None:
    square = at(0, 1) * at(0, 1)
    assert square.terms == {0: 0, 1: 0}
    with pytest.raises(Undefined):
        sign(square)


def test_wide_rationals_become_balls() -> None:
    assert type(narrow(fmpq(3) ** 100)) is fmpq
    wide = fmpq(3) ** 10_000
    assert type(narrow(wide)) is arb
    assert narrow(wide).contains(wide)
    assert narrow(at(wide, 1) * wide).terms[1].contains(wide)
    assert type(power(fmpq(3), fmpq(10**5))) is arb
    with pytest.raises(Undefined):
        power(fmpq(3), fmpq(10**20))


def test_what_is_flat():
    """|u| has the slope 0 where u and its slope are 0, and no second derivative need be there."""
    x = at(0, 1)
    assert (x - x).flat()
    assert (x * x).flat()
    assert not x.flat()
    assert not (x - x + fmpq(1)).flat()
    assert not (at(0, 1, 2) - at(0, 1, 2)).flat()
    assert not (x - x + Jet({0: arb(0), 1: fmpq(0)})).flat()
