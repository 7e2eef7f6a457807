"""Signs that are said to follow do, at random exact points."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from symderiv.indexform.ranges import Ranges
from symderiv.indexform.terms import Linear
from symderiv.prove.atoms import Atom, Form, SumData
from symderiv.prove.field import Field
from symderiv.prove.signs import ANY, Signs, flipped, plus, power, times
from symderiv.prove.work import Work

NAMES = ("x", "y", "z")
SETS = [frozenset(s) for s in ("+", "0", "-", "+0", "0-", "+-", "+0-")]
SAMPLES = {
    "+": (Fraction(1, 3), Fraction(2)),
    "0": (Fraction(0),),
    "-": (Fraction(-5, 2), Fraction(-1, 7)),
}


def sign(v: Fraction) -> str:
    return "+" if v > 0 else "-" if v < 0 else "0"


def members(s: frozenset[str]) -> list[Fraction]:
    return [v for each in s for v in SAMPLES[each]]


@pytest.mark.parametrize("one", SETS)
def test_the_algebra_of_sign_sets_contains_every_outcome(one: frozenset[str]) -> None:
    assert flipped(one) >= {sign(-v) for v in members(one)}
    for e in (1, 2, 3, 4):
        assert power(one, e) == {sign(v**e) for v in members(one)}
    for other in SETS:
        pairs = [(v, w) for v in members(one) for w in members(other)]
        assert times(one, other) == {sign(v * w) for v, w in pairs}
        assert plus(one, other) >= {sign(v + w) for v, w in pairs}


polynomials = st.dictionaries(
    st.tuples(*(st.integers(0, 2) for _ in NAMES)),
    st.integers(-3, 3).filter(bool).map(Fraction),
    min_size=1,
    max_size=4,
)
values = st.fractions(-3, 3, max_denominator=6)
points = st.fixed_dictionaries(dict.fromkeys(NAMES, values))


def atom(name: str) -> Atom:
    return Atom("var", name)


def poly(f: Field, p: dict[tuple[int, ...], Fraction]) -> Any:
    terms = [
        (tuple((atom(name), e) for name, e in zip(NAMES, exponents, strict=True) if e), c)
        for exponents, c in p.items()
    ]
    return f.poly(Form(terms))


def at_point(p: dict[tuple[int, ...], Fraction], at: dict[str, Fraction]) -> Fraction:
    out = Fraction(0)
    for exponents, c in p.items():
        for name, e in zip(NAMES, exponents, strict=True):
            c *= at[name] ** e
        out += c
    return out


@given(st.lists(st.tuples(polynomials, st.booleans()), max_size=3), polynomials, points)
def test_what_follows_from_facts_holds_where_they_hold(
    facts: list[tuple[dict[tuple[int, ...], Fraction], bool]],
    goal: dict[tuple[int, ...], Fraction],
    at: dict[str, Fraction],
) -> None:
    """The facts are what is true at the point, exactly or weakened; the goal's sign is possible."""
    f = Field(Work())
    signs = Signs(f, Ranges())
    for fact, weak in facts:
        here = sign(at_point(fact, at))
        told = frozenset(here) if not weak else frozenset(here) | frozenset("0")
        assert signs.assume(poly(f, fact), told), "a true fact was called contradictory"
    assert sign(at_point(goal, at)) in signs.of(poly(f, goal))


@given(polynomials, points, points)
def test_products_and_squares(
    p: dict[tuple[int, ...], Fraction], at: dict[str, Fraction], other: dict[str, Fraction]
) -> None:
    f = Field(Work())
    signs = Signs(f, Ranges())
    q = poly(f, p)
    assume(not q.is_constant())
    assert signs.of(q * q) <= frozenset("+0")
    assert signs.of(-q * q) <= frozenset("0-")
    for here in (at, other):
        assert sign(at_point(p, here) ** 2) in signs.of(q * q)
        assert sign(at_point(p, here) ** 3) in signs.of(q**3)


def make(*known: tuple[Any, str]) -> tuple[Field, Signs, list[Any]]:
    f = Field(Work())
    signs = Signs(f, Ranges())
    x, y, z = (f.gen(atom(name)).n for name in NAMES)
    for index, told in known:
        assert signs.assume([x, y, z, x - 1, x - y, x * y][index], frozenset(told))
    return f, signs, [x, y, z]


def test_what_is_known_is_used() -> None:
    _, signs, (x, y, _) = make((0, "+"), (1, "-"))
    assert signs.of(x * y) == frozenset("-")
    assert signs.of(x - y) == frozenset("+")
    assert signs.of(x + y) == ANY
    assert signs.of(x**2 + 1) == frozenset("+")
    assert signs.of(x * y**2) == frozenset("+")
    assert signs.of(x**3 - y * x) == frozenset("+")


def test_a_bound_gives_a_sign() -> None:
    _, signs, (x, *_) = make((3, "+"))  # x > 1
    assert signs.of(x) == frozenset("+")
    assert signs.of(x - 2) == ANY
    assert signs.of(2 * x - 2) == frozenset("+")
    assert signs.of(1 - x) == frozenset("-")


def test_facts_combine_linearly() -> None:
    _, signs, (x, y, _) = make((4, "+"), (1, "+0"))  # x > y ≥ 0
    assert signs.of(x) == frozenset("+")
    assert signs.of(2 * x - y) == frozenset("+")
    assert signs.of(y - x) == frozenset("-")


def test_contradictions_are_seen() -> None:
    _, signs, (x, y, _) = make((0, "+"))
    assert not signs.assume(x, frozenset("-"))
    _, signs, (x, y, _) = make((0, "+"), (1, "+"))
    assert not signs.assume(x * y, frozenset("-0"))
    _, signs, (x, _, _) = make()
    assert not signs.assume(x**2 + 1, frozenset("-0"))


def test_what_is_learnt_inside_is_forgotten_outside() -> None:
    f, signs, (x, *_) = make()
    with f.inside(Ranges()):
        assert signs.assume(x, frozenset("+"))
        assert signs.of(x) == frozenset("+")
    assert signs.of(x) == ANY


def test_exponentials_are_positive_and_logarithms_are_not_known() -> None:
    f = Field(Work())
    signs = Signs(f, Ranges())
    t = Form([(((atom("x"), 1),), Fraction(1))])
    one = Form([((), Fraction(1))])
    e = f.gen(Atom("exp", (t, one, 1))).n
    assert signs.of(e) == frozenset("+")
    assert signs.of(e + 1) == frozenset("+")
    assert signs.of(e - 1) == ANY
    assert signs.of(f.gen(Atom("log", t)).n) == ANY


def test_integers_take_their_signs_from_their_ranges() -> None:
    f = Field(Work())
    n, j = Linear.of("n"), Linear.of("j")
    signs = Signs(f, Ranges([n - 1, j, n - 1 - j]))
    size, index = (f.gen(Atom("int", name)).n for name in ("n", "j"))
    assert signs.of(size) == frozenset("+")
    assert signs.of(size - index) == frozenset("+")
    assert signs.of(index) == frozenset("+0")
    assert signs.of(size - 1) == frozenset("+0")
    assert signs.of(size - 2) == ANY
    assert signs.of(size * index) == frozenset("+0")


# ---- sums, roots and logarithms


def variable(name: str, e: int = 1) -> Form:
    return Form([(((atom(name), e),), Fraction(1))])


def exponentials(name: str, length: Linear) -> Atom:
    """Σ e^(qₖ) over 0 ≤ k < length."""
    q = Form([(((Atom("entry", ("q", (Linear.of(name),))), 1),), Fraction(1))])
    one = Form([((), Fraction(1))])
    return Atom("sum", SumData(((name, length),), ((Atom("exp", (q, one, 1)), 1),)))


@pytest.mark.parametrize(("least", "expected"), [(1, "+"), (0, "+0"), (-1, "+0-")])
def test_a_sum_of_positive_terms_may_be_empty_and_may_run_back(least: int, expected: str) -> None:
    n = Linear.of("n")
    f = Field(Work())
    signs = Signs(f, Ranges([n - least]))
    assert signs.of(f.gen(exponentials("$1.0", n)).n) == frozenset(expected)


@pytest.mark.parametrize(("least", "expected"), [(1, "+"), (0, "+0"), (-1, "+0-")])
def test_a_difference_of_sums_is_a_sum_over_what_is_between(least: int, expected: str) -> None:
    """Σ_{k<b} − Σ_{k<a} has the sign of its terms where a ≤ b, and none is known where a > b."""
    a, b = Linear.of("a"), Linear.of("b")
    f = Field(Work())
    signs = Signs(f, Ranges([a, b, b - a - least]))
    upper, lower = (f.gen(exponentials("$1.0", end)).n for end in (b, a))
    assert signs.of(upper - lower) == frozenset(expected)


def test_a_root_is_0_where_its_radicand_may_be() -> None:
    for told in ("+", "+0"):
        f, signs, _ = make((0, told))
        assert signs.of(f.gen(Atom("root", (variable("x"), 2))).n) == frozenset(told)


@pytest.mark.parametrize(("least", "expected"), [(1, "+0-"), (2, "+")])
def test_the_logarithm_of_an_integer_is_positive_from_2_on(least: int, expected: str) -> None:
    f = Field(Work())
    signs = Signs(f, Ranges([Linear.of("n") - least]))
    size = Form([(((Atom("int", "n"), 1),), Fraction(1))])
    assert signs.of(f.gen(Atom("log", size)).n) == frozenset(expected)


def test_what_may_be_0_adds_up_to_what_may_be_0() -> None:
    _, signs, (x, y, _) = make((0, "+0"), (1, "+0"))
    assert signs.of(x + y) == frozenset("+0")
    _, signs, (x, y, _) = make((4, "+0"))  # x ≥ y
    assert signs.of(2 * x - 2 * y) == frozenset("+0")


@pytest.mark.parametrize(
    ("told", "expected"), [("+", "+-"), ("0", "0"), ("+0", "+0-"), ("0-", "0"), ("+-", "+-")]
)
def test_the_sign_of_a_square_says_whether_its_base_is_0(told: str, expected: str) -> None:
    _, signs, (x, *_) = make()
    assert signs.assume(x**2, frozenset(told))
    assert signs.of(x) == frozenset(expected)
    assert not signs.assume(x**2, frozenset("-"))


def test_the_signs_of_monomials_are_used_in_the_elimination() -> None:
    """x > e^y is x > 0, and x + 1 > 2·e^y says nothing of x."""
    f, signs, (x, *_) = make()
    one = Form([((), Fraction(1))])
    e = f.gen(Atom("exp", (variable("y"), one, 1))).n
    assert signs.assume(x - e, frozenset("+"))
    assert signs.of(x) == frozenset("+")
    signs = Signs(f, Ranges())
    assert signs.assume(x + 1 - 2 * e, frozenset("+"))
    assert signs.of(x) == ANY
    assert signs.of(x + 1) == frozenset("+")


def test_an_index_in_a_summand_begins_at_0() -> None:
    """Σ_{k<n} k is 0 for n = 1, and positive for n ≥ 2, which is not seen."""
    n = Linear.of("n")
    f = Field(Work())
    total = Atom("sum", SumData((("$1.0", n),), ((Atom("int", "$1.0"), 1),)))
    for least in (1, 2):
        assert Signs(f, Ranges([n - least])).of(f.gen(total).n) == frozenset("+0")


def test_a_difference_of_sums_beside_another_term() -> None:
    """x + Σ_{k<a} − Σ_{k<b} for x > 0, which has a sign where b ≤ a."""
    a, b = Linear.of("a"), Linear.of("b")
    for facts, expected in (([a - b], "+"), ([], "+0-")):
        f = Field(Work())
        signs = Signs(f, Ranges([a, b, *facts]))
        x, first, second = (
            f.gen(g).n for g in (atom("x"), exponentials("$1.0", a), exponentials("$1.0", b))
        )
        assert signs.assume(x, frozenset("+"))
        assert signs.of(x + first - second) == frozenset(expected)


def test_two_sums_of_one_sign_are_no_difference() -> None:
    """x − Σ_{k<a} − Σ_{k<b} may be negative for x > 0, whatever a and b are."""
    a, b = Linear.of("a"), Linear.of("b")
    for facts in ([a - b], [b - a]):
        f = Field(Work())
        signs = Signs(f, Ranges([a, b, *facts]))
        x, first, second = (
            f.gen(g).n for g in (atom("x"), exponentials("$1.0", a), exponentials("$1.0", b))
        )
        assert signs.assume(x, frozenset("+"))
        assert signs.of(x - first - second) == ANY
        assert signs.of(first + second) <= frozenset("+0")


def test_an_index_in_a_summand_ends_below_its_range() -> None:
    """Σ_{k<n} (n − 1 − k): the last term is 0."""
    n = Linear.of("n")
    whole = [(((Atom("int", name), 1),), Fraction(c)) for name, c in (("n", 1), ("$1.0", -1))]
    rest = Form([*whole, ((), Fraction(-1))])
    total = Atom("sum", SumData((("$1.0", n),), ((Atom("poly", rest), 1),)))
    f = Field(Work())
    assert Signs(f, Ranges([n - 1])).of(f.gen(total).n) == frozenset("+0")
