"""The exact field, against rational arithmetic at points; what it refuses before it is asked."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from flint import fmpq
from hypothesis import assume, given
from hypothesis import strategies as st

from symderiv.indexform.conditions import OutOfBudget
from symderiv.indexform.terms import var
from symderiv.prove.atoms import Atom, Form
from symderiv.prove.field import DividedByZero, Field, Frac, MoreGenerators
from symderiv.prove.finite import FiniteSet
from symderiv.prove.work import Work

NAMES = ("x", "y", "z")
POINTS = [
    dict(zip(NAMES, map(Fraction, at), strict=True))
    for at in (("2/3", "-5/7", "11/13"), ("-1/2", "3", "7/5"), ("17/19", "23/29", "-31/37"))
]
Program = tuple[Any, ...]


@st.composite
def programs(draw: Any, depth: int = 4) -> Program:
    """A random computation: ('x',), (1/2,), ('+', p, q), ('^', p, -2) …"""
    if depth == 0:
        return (draw(st.sampled_from([*NAMES, Fraction(1, 2), Fraction(-3), Fraction(2)])),)
    kind = draw(st.sampled_from("++**-/^"))
    first = draw(programs(depth - 1))
    if kind == "^":
        return (kind, first, draw(st.sampled_from([-2, -1, 0, 2, 3])))
    if kind in "-/":
        return (kind, first)
    return (kind, first, draw(programs(depth - 1)))


def in_field(f: Field, p: Program) -> Frac:
    if len(p) == 1:
        return f.gen(Atom("var", p[0])) if isinstance(p[0], str) else f.number(p[0])
    first = in_field(f, p[1])
    match p[0]:
        case "-":
            return f.minus(first)
        case "/":
            return f.inverse(first)
        case "^":
            return f.power(first, p[2])
    return (f.add if p[0] == "+" else f.mul)(first, in_field(f, p[2]))


def by_hand(p: Program, at: dict[str, Fraction]) -> Fraction:
    if len(p) == 1:
        return at[p[0]] if isinstance(p[0], str) else p[0]
    first = by_hand(p[1], at)
    match p[0]:
        case "-":
            return -first
        case "/":
            return 1 / first
        case "^":
            return first ** p[2]
    second = by_hand(p[2], at)
    return first + second if p[0] == "+" else first * second


def value(f: Field, p: Any, at: dict[str, Fraction]) -> Fraction:
    out = Fraction(0)
    for monomial, c in f.terms(p):
        for atom, e in monomial:
            c *= at[atom.data] ** e
        out += c
    return out


@given(programs())
def test_arithmetic_is_that_of_the_rationals(p: Program) -> None:
    f = Field(Work())
    try:
        found = in_field(f, p)
    except DividedByZero:
        for at in POINTS:
            with pytest.raises(ZeroDivisionError):
                by_hand(p, at)
        return
    for at in POINTS:
        try:
            expected = by_hand(p, at)
        except ZeroDivisionError:
            continue
        d = value(f, found.d, at)
        assume(d != 0)
        assert value(f, found.n, at) / d == expected


@given(programs(3), programs(3))
def test_equal_functions_have_one_form(p: Program, q: Program) -> None:
    """p·q/q is p, and p + q − q is p, as objects."""
    f = Field(Work())
    try:
        a, b = in_field(f, p), in_field(f, q)
        assert f.add(f.add(a, b), f.minus(b)) == a
        assert f.mul(f.mul(a, b), f.inverse(b)) == a
    except DividedByZero:
        assume(False)


@given(programs(3))
def test_factors_multiply_up(p: Program) -> None:
    f = Field(Work())
    try:
        n = in_field(f, p).n
    except DividedByZero:
        assume(False)
    assume(not n.is_zero())
    c, factors = f.factor(n)
    product = f.number(c).n
    for q, e in factors:
        assert e > 0
        assert not q.is_constant()
        product = product * q**e
    assert product == n


@given(programs(3))
def test_a_form_gives_its_polynomial_back(p: Program) -> None:
    f = Field(Work())
    try:
        n = in_field(f, p).n
    except DividedByZero:
        assume(False)
    form = f.form(n)
    assert f.poly(form) == n
    c, primitive = form.primitive()
    assert Form([(k, v * c) for k, v in primitive.terms]) == form
    other = Field(Work())
    other.gen(Atom("var", "z"))  # generators given out in another order
    assert other.form(other.poly(form)) == form


def test_nothing_is_divided_by_zero() -> None:
    f = Field(Work())
    x = f.gen(Atom("var", "x"))
    with pytest.raises(DividedByZero):
        f.inverse(f.add(x, f.minus(x)))
    with pytest.raises(DividedByZero):
        f.power(f.zero, -1)
    assert f.power(f.zero, 2) == f.zero


LABEL = FiniteSet(var("y"), frozenset(), (Fraction(0), Fraction(1)))  # y² = y


def test_relations_are_in_force_everywhere() -> None:
    f = Field(Work(), finite=[LABEL])
    y = f.gen(Atom("var", "y"))
    assert f.power(y, 7) == y
    assert f.mul(y, f.add(f.one, f.minus(y))) == f.zero
    with pytest.raises(DividedByZero):
        f.inverse(f.add(f.power(y, 2), f.minus(y)))


def test_a_product_of_denominators_may_vanish_by_a_relation() -> None:
    """1/y and 1/(1 − y) for a label: y·(1 − y) = 0."""
    f = Field(Work(), finite=[LABEL])
    y = f.gen(Atom("var", "y"))
    other = f.add(f.one, f.minus(y))
    with pytest.raises(DividedByZero):
        f.mul(f.inverse(y), f.inverse(other))
    with pytest.raises(DividedByZero):
        f.add(f.inverse(y), f.inverse(other))


@pytest.mark.parametrize("first", ["", "x", "y", "z", "yz", "zx", "zyx"])
def test_a_division_gives_its_dividend_back(first: str) -> None:
    f = Field(Work(), 4)
    x, y, z = (f.gen(Atom("var", name)).n for name in NAMES)
    p, q = x**2 * y + 3 * y * z**2 - x * z + 5, x * y - 2 * z + 1
    quotient, remainder = f.divmod(p, q, [Atom("var", name) for name in first])
    assert quotient * q + remainder == p


def test_a_division_by_an_atom_leaves_less_of_it() -> None:
    """z²·x + 1 by z + x·y in z: the remainder is free of z."""
    f = Field(Work(), 4)
    x, y, z = (f.gen(Atom("var", name)).n for name in NAMES)
    quotient, remainder = f.divmod(z**2 * x + 1, z + x * y, [Atom("var", "z")])
    assert (quotient, remainder) == (x * z - x**2 * y, x**3 * y**2 + 1)


def test_a_cubic_relation() -> None:
    f = Field(Work())
    x = f.gen(Atom("var", "x"))
    r = f.gen(Atom("root", (f.form(x.n), 3)))
    assert f.power(r, 7) == f.mul(f.power(x, 2), r)
    assert f.reduce(r.n**9) == x.n**3


# ---- budgets: a call that cannot be interrupted is refused before it is made


class Unbounded(Work):
    """A budget that admits everything, for what stands behind it."""

    def admit(self, terms: int, degree: int, what: str) -> None:
        pass


@pytest.mark.parametrize(("work", "why"), [(Work(), "degree"), (Unbounded(), "FLINT")])
def test_a_gcd_of_zero_is_a_refusal(work: Work, why: str) -> None:
    """FLINT returns 0 for exponents that are too large: refused before, and not believed after."""
    f = Field(work)
    huge = f.context.from_dict({(10**20, *[0] * 31): fmpq(1), (0,) * 32: fmpq(-1)})
    other = f.context.from_dict({(10**20 + 1, *[0] * 31): fmpq(1), (0,) * 32: fmpq(-1)})
    with pytest.raises(OutOfBudget, match=why):
        f.gcd(huge, other)


def test_a_product_that_is_too_large_is_refused() -> None:
    f = Field(Work())
    dense = f.one
    for name in NAMES:
        dense = f.mul(dense, f.power(f.add(f.gen(Atom("var", name)), f.one), 12))
    with pytest.raises(OutOfBudget, match="polynomial"):
        f.power(dense, 8)


def test_a_sum_that_is_too_long_is_not_written_out() -> None:
    # adding makes no product that is counted: sin(sin(… + 1) + 1) comes to 2¹⁶ terms
    f = Field(Work())
    long = f.context.from_dict({(k, *[0] * 31): fmpq(1) for k in range(50_000)})
    with pytest.raises(OutOfBudget, match="terms of a sum"):
        next(f.terms(long))


def test_degrees_are_bounded() -> None:
    f = Field(Work())
    x = f.add(f.gen(Atom("var", "x")), f.one)
    with pytest.raises(OutOfBudget):
        f.power(f.power(x, 3000), 3000)


def test_work_is_counted_the_same_on_every_run() -> None:
    def spent() -> int:
        work = Work()
        f = Field(work)
        x, y = f.gen(Atom("var", "x")), f.gen(Atom("var", "y"))
        f.factor(f.power(f.add(x, f.mul(y, y)), 5).n)
        return work.left

    assert spent() == spent()


def test_more_atoms_than_generators_ask_for_a_wider_field() -> None:
    f = Field(Work(), width=4)
    for k in range(4):
        f.gen(Atom("var", f"x{k}"))
    with pytest.raises(MoreGenerators):
        f.gen(Atom("var", "x4"))
