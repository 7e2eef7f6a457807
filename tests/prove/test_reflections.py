"""Identities of arctangents of numbers and of the gamma family, and the slip beside each."""

from __future__ import annotations

from fractions import Fraction
from math import atan as approximate
from math import isclose
from math import pi as near_pi
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import (
    Rational,
    atan,
    cos,
    digamma,
    gamma,
    log,
    loggamma,
    pi,
    polygamma,
    sign,
    sin,
    sqrt,
    symbols,
    tan,
)

from symderiv import prove_equal
from symderiv.prove.arctangents import by_primes
from tests.ids import steady

x, y = symbols("x y", real=True)
n = symbols("n", integer=True, positive=True)
INSIDE = (x > 0, x < 1)


def at(p: int, q: int) -> Any:
    return atan(Rational(p, q))


CLAIMS: list[tuple[Any, Any, Any, tuple[Any, ...]]] = [
    (4 * at(1, 5) - at(1, 239), pi / 4, pi / 3, ()),  # Machin
    (at(1, 2) + at(1, 3), pi / 4, pi / 4 - Rational(1, 10**9), ()),
    (12 * at(1, 18) + 8 * at(1, 57) - 5 * at(1, 239), pi / 4, 5 * pi / 4, ()),  # Gauss
    (atan(2) + atan(3), 3 * pi / 4, -pi / 4, ()),  # not the main value of what tan adds
    (at(-7, 3), at(-2, 5) - pi / 4, at(-2, 5) + 3 * pi / 4, ()),
    (atan(x) + atan(1 / x), pi / 2 * sign(x), pi / 2, ()),
    (atan(1 / (x**2 + 1)), pi / 2 - atan(x**2 + 1), atan(x**2 + 1) - pi / 2, ()),
    (cos(atan(1 / x)), x / sqrt(1 + x**2), 1 / sqrt(1 + x**2), (x > 0,)),
    (gamma(x) * gamma(1 - x), pi / sin(pi * x), pi / cos(pi * x), INSIDE),
    (gamma(x + 1) * gamma(1 - x), pi * x / sin(pi * x), pi / sin(pi * x), INSIDE),
    (digamma(1 - x) - digamma(x), pi / tan(pi * x), -pi / tan(pi * x), INSIDE),
    (
        gamma(2 * x) * sqrt(pi),
        2 ** (2 * x - 1) * gamma(x) * gamma(x + Rational(1, 2)),
        2 ** (2 * x) * gamma(x) * gamma(x + Rational(1, 2)),
        (x > 0,),
    ),
    (
        loggamma(2 * n + 1) - loggamma(n + 1),
        2 * n * log(2) + loggamma(n + Rational(1, 2)) - log(pi) / 2,
        2 * n * log(2) + loggamma(n + Rational(1, 2)) + log(pi) / 2,
        (),
    ),
    (
        2 * digamma(2 * x),
        digamma(x) + digamma(x + Rational(1, 2)) + 2 * log(2),
        digamma(x) + digamma(x + Rational(1, 2)) + log(2),
        (x > 0,),
    ),
    (
        8 * polygamma(2, 2 * x + 2 * y),
        polygamma(2, x + y) + polygamma(2, x + y + Rational(1, 2)),
        2 * polygamma(2, x + y),
        (x > 0, y > 0),
    ),
]


@pytest.mark.parametrize(("left", "right", "wrong", "where"), CLAIMS, ids=steady)
def test_what_is_equal_and_the_slip_beside_it(
    left: Any, right: Any, wrong: Any, where: Any
) -> None:
    assert prove_equal(left, right, where=where).proved
    assert prove_equal(left, wrong, where=where).refuted


def test_a_reflection_is_one_between_0_and_1_only() -> None:
    """Γ(1 − x) for x < 1 has a value that π/(Γ(x)·sin πx), read for x > 0, has not."""
    product = gamma(x) * gamma(1 - x)
    lost = prove_equal(gamma(1 - x), pi / sin(pi * x) / gamma(x), where=[x < 1])
    assert not lost.proved or any(c.loses_a_region for c in lost.conditions)
    assert not prove_equal(product, -pi / sin(pi * x), where=INSIDE).proved


@given(st.integers(-200, 200), st.integers(1, 200))
def test_an_arctangent_by_primes_has_its_value(p: int, q: int) -> None:
    found = by_primes(Fraction(p, q))
    assert found is not None
    quarters, primes = found
    value = quarters * near_pi / 4 + sum(e * approximate(t) for t, e in primes.items())
    # each of at most 16 terms is rounded to 2**-53 of a value below 200
    assert isclose(value, approximate(p / q), rel_tol=0, abs_tol=16 * 200 * 2**-52)


def test_a_number_that_is_too_large_is_left_as_it_is() -> None:
    assert by_primes(Fraction(1, 10**12)) is None
    assert prove_equal(at(1, 10**40), at(1, 10**40)).proved
