"""Sine, cosine, their inverses, erf and the gamma family: what is equal, and the slip beside it."""

from __future__ import annotations

from fractions import Fraction

import pytest

from symderiv.indexform.ranges import Ranges
from symderiv.indexform.terms import (
    ONE,
    ZERO,
    Term,
    add,
    call,
    constant,
    mul,
    num,
    power,
    root,
    var,
)
from symderiv.prove.equality import prove_zero
from symderiv.prove.hypotheses import Fact, Premises
from symderiv.prove.work import Work

x, y = map(var, "xy")
pi = constant("pi")
HALF = Fraction(1, 2)


def equal(left: Term, right: Term) -> bool:
    """Whether the two are proved equal for positive x and y."""
    facts = tuple(Fact(t, frozenset("+")) for t in (x, y))
    return prove_zero(left, right, Premises(Ranges(), facts, (), ()), Work()).proved


def minus(t: Term) -> Term:
    return mul(num(-1), t)


def sin(t: Term) -> Term:
    return call("sin", t)


def cos(t: Term) -> Term:
    return call("cos", t)


square = power(x, 2)
CLAIMS = {
    "sin(−x)": (sin(minus(x)), minus(sin(x)), sin(x)),
    "cos(−x)": (cos(minus(x)), cos(x), minus(cos(x))),
    "sin(x − y)": (
        sin(add(x, minus(y))),
        add(mul(sin(x), cos(y)), minus(mul(cos(x), sin(y)))),
        add(mul(sin(x), cos(y)), mul(cos(x), sin(y))),
    ),
    "cos(x + y)": (
        cos(add(x, y)),
        add(mul(cos(x), cos(y)), minus(mul(sin(x), sin(y)))),
        add(mul(cos(x), cos(y)), mul(sin(x), sin(y))),
    ),
    "cos(x/2)²": (
        power(cos(mul(num(HALF), x)), 2),
        mul(num(HALF), add(ONE, cos(x))),
        mul(num(HALF), add(ONE, minus(cos(x)))),
    ),
    "cos(atan x)": (
        cos(call("atan", x)),
        root(add(ONE, square), -HALF),
        root(add(ONE, minus(square)), HALF),
    ),
    "sin(atan x)": (sin(call("atan", x)), mul(x, root(add(ONE, square), -HALF)), x),
    "sin(asin x)": (sin(call("asin", x)), x, minus(x)),
    "erf(−1/x)": (
        call("erf", minus(power(x, -1))),
        minus(call("erf", power(x, -1))),
        minus(call("erf", ONE)),
    ),
    "f(x/y)": (
        call("?f:0", mul(x, power(y, -1))),
        call("?f:0", power(mul(y, power(x, -1)), -1)),
        call("?f:0", x),
    ),
    "log Γ(x + 2)": (
        call("loggamma", add(x, num(2))),
        add(call("loggamma", x), call("log", x), call("log", add(x, ONE))),
        add(call("loggamma", x), call("log", add(x, num(2))), call("log", add(x, ONE))),
    ),
}
for order, (c, wrong) in enumerate([(1, -1), (-1, 1), (2, 1), (-6, 6)]):
    psi = f"polygamma:{order}"
    CLAIMS[f"ψ({order})(x + 1)"] = (
        call(psi, add(x, ONE)),
        add(call(psi, x), mul(num(c), power(x, -order - 1))),
        add(call(psi, x), mul(num(wrong), power(x, -order - 1))),
    )


@pytest.mark.parametrize("name", CLAIMS)
def test_what_is_equal(name: str) -> None:
    left, right, _ = CLAIMS[name]
    assert equal(left, right)


@pytest.mark.parametrize("name", CLAIMS)
def test_the_slip_beside_it(name: str) -> None:
    left, _, wrong = CLAIMS[name]
    assert not equal(left, wrong)


@pytest.mark.parametrize("k", range(-2, 25))
def test_multiples_of_a_twelfth_of_pi(k: int) -> None:
    """cos(t + π) = −cos t, cos(2π − t) = cos t, and sin t = cos(π/2 − t)."""

    def angle(twelfths: int) -> Term:
        return mul(num(Fraction(twelfths, 12)), pi)

    assert equal(cos(angle(k + 12)), minus(cos(angle(k))))
    assert equal(cos(angle(24 - k)), cos(angle(k)))
    assert equal(sin(angle(k)), cos(angle(6 - k)))


def test_the_angles_that_are_known() -> None:
    known = {0: ONE, 2: mul(num(HALF), root(num(3), HALF)), 3: root(num(2), -HALF), 4: num(HALF)}
    for k, value in {**known, 6: ZERO, 12: num(-1)}.items():
        assert equal(cos(mul(num(Fraction(k, 12)), pi)), value)
    fifteen = add(root(num(6), HALF), root(num(2), HALF))
    assert equal(mul(num(4), cos(mul(num(Fraction(1, 12)), pi))), fifteen)
