"""The sign of a term by its structure: what it sees, and what it must not claim."""

from __future__ import annotations

from fractions import Fraction

import pytest
from sympy import Derivative, Eq, Piecewise, Rational, sqrt, symbols

from symderiv import prove_equal
from symderiv.indexform.ranges import Ranges
from symderiv.indexform.terms import (
    Linear,
    Term,
    add,
    call,
    entry,
    mul,
    num,
    power,
    root,
    total,
    var,
)
from symderiv.prove.normalise import Normaliser
from symderiv.prove.structure import sign_of
from symderiv.prove.units import Units
from symderiv.prove.work import Work

x, y = var("x"), var("y")
n, i = Linear.of("n"), Linear.of("i~1")
a = entry("a", (i,))


def summed(body: Term, last: Linear) -> Term:
    return total("i~1", Linear(constant=1), last, body)


@pytest.mark.parametrize(
    ("term", "signs"),
    [
        (add(power(add(x, mul(num(-1), y)), 2), num(1)), "+"),  # (x − y)² + 1
        (add(power(x, 2), power(y, 4)), "+0"),  # no constant: 0 at 0
        (add(power(x, 2), num(-1)), "+0-"),
        (power(x, 3), "+0-"),
        (power(x, -2), "+"),  # defined, so x ≠ 0
        (power(x, -1), "+-"),
        (mul(power(x, 2), call("exp", y)), "+0"),
        (mul(num(-2), call("exp", y)), "-"),
        (add(root(x, Fraction(1, 2)), num(1)), "+"),
        (root(x, Fraction(1, 2)), "+0"),
        (mul(x, y), "+0-"),
        (call("log", call("exp", call("exp", x))), "+"),  # of the normal form e^x
        (summed(call("exp", a), n), "+"),  # n ≥ 1
        (summed(call("exp", a), n - 1), "+0"),  # may be empty
        (summed(mul(num(-1), power(a, 2)), n), "0-"),
        (summed(a, n), "+0-"),
        (summed(power(a, -1), n), "+0-"),  # terms of both signs may cancel
        (summed(summed(call("exp", a), i), n), "+0"),  # an inner range that may be empty
    ],
    ids=str,
)
def test_signs(term: Term, signs: str) -> None:
    norm = Normaliser(Ranges([n - 1]), (), Units(), Work(), 32)
    assert sign_of(term, norm) == frozenset(signs)


def test_what_is_known_of_a_part_is_used() -> None:
    norm = Normaliser(Ranges(), (), Units(), Work(), 32)
    norm.signs.assume(norm.of(x).n, frozenset("+"))
    # x·e^y + y² > 0 for x > 0
    assert sign_of(add(mul(x, call("exp", y)), power(y, 2)), norm) == frozenset("+")


def test_what_the_structure_tells_is_known_in_the_proof() -> None:
    """d²/dp² √(1 + (p − y)²) = (1 + (p − y)²)^(−3/2): the radicand is positive by its structure."""
    p, q = symbols("p q", real=True)
    radicand = 1 + (p - q) ** 2
    result = prove_equal(Derivative(sqrt(radicand), p, p), radicand ** Rational(-3, 2))
    assert result.proved
    assert result.open_conditions == ()


def test_a_joint_that_is_smooth_is_not_taken_for_excluded() -> None:
    """f = u² by cases of u = (p − q)² + (p − 1)²: f' is 2uu' = 0 where u = 0, and not 1."""
    p, q = symbols("p q", real=True)
    u = (p - q) ** 2 + (p - 1) ** 2
    slope = 2 * u * (4 * p - 2 * q - 2)
    left = Derivative(Piecewise((u**2, u > 0), (0, Eq(u, 0)), (u**2, True)), p)
    right = prove_equal(left, slope)
    assert right.proved
    assert right.open_conditions == ()
    wrong = Piecewise((1, Eq(u, 0)), (slope, True))
    assert not prove_equal(left, wrong, timeout=1).proved
