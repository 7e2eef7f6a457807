"""Equality case by case: which cases, which conditions, and that no input makes it fail."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import mpmath
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp, mpf
from term_values import Undefined, term_value

from symderiv.indexform.conditions import Guard, RawCondition
from symderiv.indexform.ranges import Ranges
from symderiv.indexform.terms import (
    ONE,
    ZERO,
    Linear,
    Term,
    add,
    by_sign,
    call,
    entry,
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
    premises = Premises(more.get("ranges", Ranges()), facts, (), ())
    more = {name: value for name, value in more.items() if name != "ranges"}
    return prove_zero(left, right, replace(premises, **more), Work())


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


def condition(t: Term, signs: str, *guards: Guard) -> tuple[RawCondition, Fact]:
    shown = sympy.Ne(sympy.Symbol("shown"), 0)
    raw = RawCondition(t, frozenset(signs), shown, guards)
    return raw, Fact(t, frozenset(signs), guards=guards)


ALWAYS, NEVER = add(power(x, 2), ONE), add(minus(power(x, 2)), num(-1))
WHERE_Y = Guard(y, frozenset("+"))  # in the case y > 0


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


def test_a_condition_that_excludes_a_case_stays_open() -> None:
    """sign(x)² = 1 needs x ≠ 0, which holds in the cases x > 0 and x < 0 alone."""
    given_ = (condition(ALWAYS, "+"), condition(x, "+-"))
    proof = asked(by_sign(x, ONE, ZERO, ONE), ONE, conditions=given_)
    assert proof.proved
    assert proof.discharged == [True, False]


def test_a_condition_is_discharged_where_it_follows_in_every_case() -> None:
    """|x| > 0 follows for x > 0 and for x < 0, and not at 0; |x| ≥ 0 follows."""
    given_ = (condition(absolute(x), "+0"), condition(add(x, absolute(x)), "+0"))
    assert asked(absolute(x), absolute(minus(x)), conditions=given_).discharged == [True, True]
    given_ = (condition(add(x, absolute(x), ONE), "+"), condition(add(x, absolute(x)), "+"))
    assert asked(absolute(x), absolute(minus(x)), conditions=given_).discharged == [True, False]


def test_what_an_earlier_step_has_shown_is_taken_and_no_more() -> None:
    """The first condition is settled, the second was open then, the third is new."""
    given_ = (condition(x, "+"), condition(y, "+"), condition(z, "+"))
    proof = asked(x, x, conditions=given_, settled=(True, False))
    assert proof.discharged == [True, False, False]
    proof = asked(x, x, conditions=given_, settled=(False, True))
    assert proof.discharged == [False, True, False]


def test_a_condition_under_a_guard_is_asked_in_its_case() -> None:
    """Where y > 0, x > 0 is needed: open as long as y is, and no help below."""
    guarded = (condition(x, "+", WHERE_Y),)
    assert asked(z, z, conditions=guarded).discharged == [False]
    assert asked(z, z, is_(y, "-0"), conditions=guarded).discharged == [True]
    assert asked(z, z, is_(x, "+"), conditions=guarded).discharged == [True]
    assert not asked(absolute(x), x, conditions=guarded).proved
    assert not asked(absolute(x), x, is_(y, "-0"), conditions=guarded).proved
    assert asked(absolute(x), x, is_(y, "+"), conditions=guarded).proved


def test_a_condition_that_fails_in_its_case_leaves_nothing_to_be_shown_there() -> None:
    """For y > 0 nothing is defined: what holds for y ≤ 0 alone is not proved, and told why."""
    guarded = (condition(NEVER, "+", WHERE_Y),)
    proof = asked(z, z, conditions=guarded)
    assert proof.proved
    assert proof.discharged == [False]
    assert not asked(y, absolute(y), conditions=guarded).proved
    alone = asked(minus(y), absolute(y), conditions=guarded)
    assert not alone.proved
    assert "at no point of the case" in alone.reason
    assert asked(minus(y), absolute(y), is_(y, "-0"), conditions=guarded).proved


def test_a_condition_that_holds_somewhere_in_its_case_excludes_the_rest() -> None:
    """x > 0 for y > 0: |x|·[y > 0] = x·[y > 0] there, and x ≤ 0 is left out."""
    guarded = (condition(x, "+", WHERE_Y),)
    above = by_sign(y, absolute(x), ZERO, ZERO), by_sign(y, x, ZERO, ZERO)
    assert asked(*above, conditions=guarded).proved
    assert not asked(*above, is_(x, "-0"), conditions=guarded).proved


def test_a_condition_is_asked_at_every_value_of_a_finite_set() -> None:
    """For y in {0, 1}: y + 1 > 0 always, y > 0 and 1 − y > 0 at one value only."""
    labels = (FiniteSet(y, frozenset(), (Fraction(0), Fraction(1))),)
    given_ = tuple(condition(t, "+") for t in (add(y, ONE), y, add(ONE, minus(y))))
    assert asked(x, x, finite=labels, conditions=given_[:2]).discharged == [True, False]
    assert asked(x, x, finite=labels, conditions=given_[::2]).discharged == [True, False]


def test_a_condition_on_an_integer_is_decided_by_its_range() -> None:
    j = Linear.of("j")
    given_ = (condition(integer(j), "+0"), condition(integer(j - 1), "+0"))
    proof = asked(x, x, ranges=Ranges([j]), conditions=given_)
    assert proof.discharged == [True, False]
    given_ = (condition(integer(j), "+-"), condition(integer(-j), "-0"))
    assert asked(x, x, ranges=Ranges([j]), conditions=given_).discharged == [False, True]
    assert asked(x, x, ranges=Ranges([j - 1]), conditions=given_).discharged == [True, True]


def test_in_the_case_of_equal_integers_one_stands_for_the_other() -> None:
    j, n = map(Linear.of, "jn")
    for u in (j - n, n - j, j - n - 1, n - j - 1):
        left = by_sign(integer(u), x, mul(x, integer(j)), y)
        right = by_sign(
            integer(u), x, mul(x, integer(n + u.constant * (1 if u == n - j - 1 else -1))), y
        )
        assert asked(left, right).proved
        assert not asked(left, by_sign(integer(u), x, mul(x, integer(n + 2)), y)).proved


# ---- what is said of some entries is used for these and no others

ANY, OTHER, J, L = map(Linear.of, ("i~any", "k~any", "j", "l"))


def entries(t: Term, signs: str, *within: Linear, **more: Any) -> Fact:
    """The sign of a term for all indices at which ``within`` is ≥ 0."""
    free = frozenset(n for n in t.names if n.endswith("~any"))
    return Fact(t, frozenset(signs), free, within, **more)


def q(*indices: Linear) -> Term:
    return entry("q", indices)


def test_signs_from_a_place_on() -> None:
    fact = entries(q(ANY), "+", ANY - 1)
    assert asked(absolute(q(J)), q(J), fact, ranges=Ranges([J - 1])).proved
    assert not asked(absolute(q(J)), q(J), fact, ranges=Ranges([J])).proved


def test_signs_under_a_guard() -> None:
    fact = entries(q(ANY), "+", guards=(WHERE_Y,))
    assert asked(absolute(q(J)), q(J), fact, is_(y, "+")).proved
    assert not asked(absolute(q(J)), q(J), fact, is_(y, "-0")).proved
    assert not asked(absolute(q(J)), q(J), fact).proved


def test_a_condition_met_over_a_range_is_used_there_alone() -> None:
    """log qₖ under Σ over k = 1 … n needs qₖ > 0 there; of q₀ it says nothing."""
    k = Linear.of("k~1")
    raw, fact = condition(q(k), "+")
    given_ = ((raw, replace(fact, free=frozenset(["k~1"]), within=(k - 1,))),)
    assert asked(absolute(q(J)), q(J), conditions=given_, ranges=Ranges([J - 1])).proved
    assert not asked(absolute(q(J)), q(J), conditions=given_, ranges=Ranges([J])).proved


@pytest.mark.parametrize(
    ("pattern", "within", "inside", "outside"),
    [
        (q(ANY), (ANY - 1,), (q(J + 1),), (q(J),)),
        (q(ANY, ANY), (), (q(J, J), q(L + 1, L + 1)), (q(J, L),)),
        (q(Linear(), ANY), (), (q(Linear(), J),), (q(L, J), q(Linear(constant=1), J))),
        (q(ANY, OTHER), (ANY - OTHER,), (q(J, J), q(J + L, L)), (q(L, J),)),
    ],
)
def test_labels_of_some_entries(
    pattern: Term, within: tuple[Linear, ...], inside: tuple[Term, ...], outside: tuple[Term, ...]
) -> None:
    free = frozenset(n for n in pattern.names if n.endswith("~any"))
    labels = (FiniteSet(pattern, free, (Fraction(0), Fraction(1)), within),)
    for t in inside:
        assert asked(power(t, 3), t, finite=labels, ranges=Ranges([J, L])).proved
    for t in outside:
        assert not asked(power(t, 3), t, finite=labels, ranges=Ranges([J, L])).proved


def test_a_sum_that_is_known_for_some_rows() -> None:
    """Σₖ Yᵢₖ = 1 for i ≥ 1."""

    def row(i: Linear) -> Term:
        return total("k~1", Linear(), L - 1, q(i, Linear.of("k~1")))

    fact = entries(add(row(ANY), num(-1)), "0", ANY - 1)
    assert asked(row(J + 1), ONE, fact, ranges=Ranges([J, L - 1])).proved
    assert not asked(row(J), ONE, fact, ranges=Ranges([J, L - 1])).proved


def test_symmetric_is_an_equation_about_all_pairs() -> None:
    pair = q(ANY, OTHER), q(OTHER, ANY)
    claim = q(J, L), q(L, J)
    assert asked(*claim, entries(add(pair[0], minus(pair[1])), "0")).proved
    assert asked(*claim, entries(add(pair[1], minus(pair[0])), "0")).proved
    assert not asked(*claim, entries(add(*pair), "0")).proved
    assert not asked(*claim, entries(add(pair[0], minus(pair[1])), "0", ANY - 1)).proved
    # each of the two is at least the other
    assert asked(*claim, entries(add(pair[0], minus(pair[1])), "+0")).proved
    assert not asked(*claim, entries(pair[0], "+0")).proved
    assert not asked(*claim, entries(add(pair[0], minus(pair[1])), "+-")).proved
    row = q(Linear(), ANY), q(ANY, Linear())
    assert not asked(*claim, entries(add(row[0], minus(row[1])), "0")).proved


# ---- equations


def test_equations_with_rational_roots_are_finite_sets() -> None:
    """y² + y = 0 is y ∈ {−1, 0}; (y² − 2)·(y − 1) = 0 has roots that are not rational."""
    assert asked(absolute(y), minus(y), is_(add(power(y, 2), y), "0")).proved
    assert not asked(y, ZERO, is_(add(power(y, 2), y), "0")).proved
    irrational = mul(add(power(y, 2), num(-2)), add(y, num(-1)))
    assert not asked(y, ONE, is_(irrational, "0")).proved
    assert not asked(x, y, is_(add(power(x, 2), minus(y)), "0")).proved
    square = is_(add(power(x, 2), minus(power(y, 2))), "0")
    assert not asked(x, y, square).proved
    assert asked(x, minus(y), is_(add(x, minus(y)), "+-"), square).proved


# ---- never raises for want of power


@pytest.mark.slow
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
