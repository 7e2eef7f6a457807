"""Equality case by case: which cases, which conditions, and that no input makes it fail."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp, mpf
from term_values import Undefined, term_value

from symderiv.indexform.conditions import RawCondition
from symderiv.indexform.ranges import Ranges
from symderiv.indexform.terms import (
    ONE,
    ZERO,
    Linear,
    Term,
    add,
    by_sign,
    call,
    integer,
    mul,
    num,
    power,
    root,
    total,
    var,
)
from symderiv.prove.equality import Proof, prove_zero
from symderiv.prove.finite import FiniteSet
from symderiv.prove.hypotheses import Fact, Premises
from symderiv.prove.work import Work

x, y, z = map(var, "xyz")
HALF = Fraction(1, 2)


def asked(left: Term, right: Term, *facts: Fact, **more: Any) -> Proof:
    finite, conditions = more.get("finite", ()), more.get("conditions", ())
    return prove_zero(left, right, Premises(Ranges(), facts, finite, conditions), Work())


def is_(t: Term, signs: str) -> Fact:
    return Fact(t, frozenset(signs))


def absolute(t: Term) -> Term:
    return by_sign(t, t, ZERO, mul(num(-1), t))


def minus(t: Term) -> Term:
    return mul(num(-1), t)


def sigmoid(t: Term) -> Term:
    return power(add(ONE, call("exp", minus(t))), -1)


TRUE = [
    (power(add(x, y), 2), add(power(x, 2), mul(num(2), x, y), power(y, 2))),
    (call("exp", add(x, y)), mul(call("exp", x), call("exp", y))),
    (call("exp", mul(num(3), x)), power(call("exp", x), 3)),
    (call("log", call("exp", x)), x),
    (add(sigmoid(x), sigmoid(minus(x))), ONE),
    (root(power(x, 2), HALF), absolute(x)),
    (power(absolute(x), 2), power(x, 2)),
    (absolute(mul(x, y)), mul(absolute(x), absolute(y))),
    (root(num(12), HALF), mul(num(2), root(num(3), HALF))),
    (call("log", num(12)), add(mul(num(2), call("log", num(2))), call("log", num(3)))),
    (add(power(call("sin", x), 2), power(call("cos", x), 2)), ONE),
    (call("sin", mul(num(2), x)), mul(num(2), call("sin", x), call("cos", x))),
    (call("atan", minus(x)), minus(call("atan", x))),
    (by_sign(x, ONE, ONE, ONE), ONE),
    (by_sign(x, y, y, absolute(y)), by_sign(x, y, y, absolute(minus(y)))),
    (by_sign(absolute(x), x, y, z), by_sign(x, x, y, x)),
]
FALSE = [
    (power(add(x, y), 2), add(power(x, 2), power(y, 2))),
    (call("exp", mul(x, y)), mul(call("exp", x), call("exp", y))),
    (root(power(x, 2), HALF), x),
    (absolute(add(x, y)), add(absolute(x), absolute(y))),
    (call("exp", x), add(ONE, x)),
    (call("sin", x), x),
    (absolute(x), by_sign(x, x, ONE, minus(x))),  # wrong at 0 only
    (by_sign(x, y, z, y), y),
    (call("log", num(2)), num(Fraction(69314718056, 10**11))),
    (root(num(2), HALF), num(Fraction(665857, 470832))),
]


@pytest.mark.parametrize(("left", "right"), TRUE)
def test_identities(left: Term, right: Term) -> None:
    proof = asked(left, right)
    assert proof.proved, proof
    assert proof.live


@pytest.mark.parametrize(("left", "right"), FALSE)
def test_near_misses(left: Term, right: Term) -> None:
    proof = asked(left, right)
    assert not proof.proved
    assert proof.reason


def test_facts_are_used_and_only_they() -> None:
    assert asked(absolute(x), x, is_(x, "+")).proved
    assert asked(absolute(x), x, is_(x, "+0")).proved
    assert asked(absolute(x), minus(x), is_(x, "-")).proved
    assert not asked(absolute(x), x, is_(y, "+")).proved
    assert not asked(absolute(x), x, is_(x, "+-")).proved
    assert asked(power(x, 4), ONE, is_(add(power(x, 2), num(-1)), "0")).proved
    assert asked(x, y, is_(add(x, minus(y)), "0")).proved
    assert not asked(x, z, is_(add(x, minus(y)), "0")).proved


def test_what_contradicts_itself_proves_nothing() -> None:
    for facts in (
        (is_(x, "+"), is_(x, "-")),
        (is_(x, "+"), is_(minus(x), "+")),
        (is_(add(x, num(-1)), "0"), is_(add(x, num(-2)), "0")),
        (is_(add(power(x, 2), ONE), "-0"),),
        (is_(x, "+"), is_(y, "+"), is_(mul(x, y), "-")),
        (is_(add(x, minus(y)), "+"), is_(add(y, minus(z)), "+"), is_(add(z, minus(x)), "+")),
    ):
        proof = asked(x, y, *facts)
        assert not proof.proved
        proof = asked(x, x, *facts)
        assert not proof.proved
        assert "contradict" in proof.reason


def test_labels_in_a_finite_set() -> None:
    labels = (FiniteSet(y, frozenset(), (Fraction(0), Fraction(1))),)
    assert asked(power(y, 5), y, finite=labels).proved
    assert not asked(y, ONE, finite=labels).proved
    exponential = add(ONE, mul(y, add(call("exp", ONE), num(-1))))
    assert asked(call("exp", y), exponential, finite=labels).proved
    signs = (FiniteSet(y, frozenset(), (Fraction(-1), Fraction(1))),)
    assert asked(power(y, 2), ONE, finite=signs).proved
    assert asked(absolute(mul(y, x)), absolute(x), finite=signs).proved
    assert not asked(absolute(mul(y, x)), absolute(x), finite=labels).proved


def condition(t: Term, signs: str) -> tuple[RawCondition, Fact]:
    import sympy

    shown = sympy.Symbol("shown")
    return RawCondition(t, frozenset(signs), sympy.Ne(shown, 0)), Fact(t, frozenset(signs))


def test_conditions_are_discharged_in_order_and_assumed_afterwards() -> None:
    given_ = (
        condition(add(power(x, 2), ONE), "+"),  # always
        condition(x, "+"),  # open
        condition(mul(num(2), x), "+-"),  # follows from the one before
        condition(add(x, num(-1)), "+"),  # open again
        condition(x, "+"),
    )
    proof = asked(absolute(x), x, conditions=given_)
    assert proof.proved
    assert proof.discharged == [True, False, True, False, True]


def test_a_condition_that_never_holds_leaves_nothing_to_prove() -> None:
    proof = asked(x, y, conditions=(condition(add(power(x, 2), ONE), "-"),))
    assert not proof.proved
    proof = asked(x, x, conditions=(condition(x, "+"), condition(x, "-")))
    assert not proof.proved


# ---- never raises for want of power


@pytest.mark.parametrize(
    "t",
    [
        call("exp", mul(num(10**6), x)),
        power(add(x, y, z, ONE), 1000),
        power(add(x, power(y, 999)), 999),
        root(add(x, ONE), Fraction(1, 59)),
        call("bessel", x),
        power(ZERO, -1),
        power(add(x, minus(x)), -1),
        total("k~1", Linear(), Linear(constant=10**9), integer(Linear.of("k~1"))),
        add(*(absolute(var(f"x{k}")) for k in range(12))),
        add(*(call("exp", var(f"x{k}")) for k in range(600))),
        mul(*(add(var(f"x{k}"), var(f"y{k}")) for k in range(40))),
    ],
)
def test_what_is_too_much_is_a_reason_and_not_an_exception(t: Term) -> None:
    for left, right in ((t, add(t, x)), (t, mul(t, add(ONE, x)))):
        proof = asked(left, right)
        assert not proof.proved
        assert proof.reason


def test_nested_without_end() -> None:
    t = x
    for _ in range(3000):
        t = call("exp", add(t, ONE))
    proof = asked(t, x)
    assert not proof.proved
    assert proof.reason


@st.composite
def scalars(draw: Any, depth: int = 3) -> Term:
    if depth == 0:
        leaf: Term = draw(st.sampled_from([x, y, num(2), num(-1), num(Fraction(1, 3))]))
        return leaf
    u = draw(scalars(depth - 1))
    kind = draw(st.integers(0, 8))
    if kind < 2:
        return add(u, draw(scalars(depth - 1)))
    if kind < 4:
        return mul(u, draw(scalars(depth - 1)))
    if kind == 4:
        return by_sign(u, draw(scalars(depth - 1)), draw(scalars(depth - 1)), ONE)
    if kind == 5:
        return power(u, draw(st.sampled_from([-1, 2, 3])))
    if kind == 6:
        return root(u, draw(st.sampled_from([HALF, Fraction(1, 3), Fraction(-1, 2)])))
    return call(draw(st.sampled_from(["exp", "log", "sin", "cos", "atan"])), u)


POINTS = [
    {"x": mpf(p), "y": mpf(q)}
    for p, q in ((0.37, 1.91), (-1.13, 0.77), (2.41, -0.59), (-0.83, -2.17), (5.3, 0.04), (0, 1.7))
]


@given(scalars(), scalars(2), st.integers(0, 3))
def test_what_is_proved_is_true(t: Term, u: Term, kind: int) -> None:
    """Conditions are not asked here, so a pair counts only where all of both has a value."""
    right = [u, absolute(t), root(power(t, 2), HALF), call("log", call("exp", t))][kind]
    if not asked(t, right).proved:
        return
    for at in POINTS:
        with mp.workdps(40):
            try:
                one, other = (mpmath.mpmathify(number(term_value(s, {}, at))) for s in (t, right))
            except (Undefined, ZeroDivisionError, OverflowError, ValueError):
                continue
            if mpmath.im(one) or mpmath.im(other) or max(abs(one), abs(other)) > 10**10:
                continue
            assert abs(one - other) < mpf(10) ** -20 * (1 + abs(one)), (at, one, other)


def number(v: Any) -> Any:
    return mpf(v.numerator) / v.denominator if isinstance(v, Fraction) else v
