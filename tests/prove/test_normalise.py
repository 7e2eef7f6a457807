"""Normal forms under what is known: signs, roots, logarithms, finite sets, and their scopes."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

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
from symderiv.prove.field import DividedByZero
from symderiv.prove.finite import FiniteSet
from symderiv.prove.normalise import Normaliser
from symderiv.prove.signs import ANY
from symderiv.prove.units import Finer, Split, Units
from symderiv.prove.work import Work

x, y, z = map(var, "xyz")
HALF = Fraction(1, 2)
n = Linear.of("n")


def minus(t: Term) -> Term:
    return mul(num(-1), t)


def absolute(t: Term) -> Term:
    return by_sign(t, t, ZERO, minus(t))


def make(*known: tuple[Term, str], finite: Any = (), units: Units | None = None) -> Normaliser:
    norm = Normaliser(Ranges([n - 1]), finite, units or Units(), Work(), 16)
    for t, signs in known:
        assert norm.signs.assume(norm.of(t).n, frozenset(signs))
    return norm


def equal(one: Term, other: Term, *known: tuple[Term, str], **more: Any) -> bool:
    """Whether two terms have one normal form."""
    units = Units()
    while True:
        norm = make(*known, units=units, **more)
        try:
            a, b = norm.of(one), norm.of(other)
        except Finer:
            continue
        return norm.is_zero(norm.field.add(a, norm.field.minus(b)).n)


# ---- signs


def test_an_absolute_value_needs_the_sign() -> None:
    assert equal(absolute(x), x, (x, "+"))
    assert equal(absolute(x), minus(x), (x, "-"))
    assert not equal(absolute(x), x, (x, "-"))
    for signs in ("+-", "+0-"):
        with pytest.raises(Split):
            make((x, signs)).of(absolute(x))
    norm = make((x, "-0"), (y, "+0"))
    assert norm.absolute(norm.of(x)) == norm.field.minus(norm.of(x))
    assert norm.absolute(norm.of(y)) == norm.of(y)
    with pytest.raises(Split):
        norm.absolute(norm.of(add(x, y)))


@pytest.mark.parametrize("sign", ["+", "0", "-"])
def test_an_indicator_is_1_where_the_sign_is_known(sign: str) -> None:
    norm = make((x, sign))
    for other in "+0-":
        expected = norm.field.one if other == sign else norm.field.zero
        assert norm.indicator(norm.of(x), other) == expected
    norm = make((x, "+0"))
    assert norm.indicator(norm.of(x), "-") == norm.field.zero
    with pytest.raises(Split):
        norm.indicator(norm.of(x), "+")


def test_the_sign_of_a_logarithm_is_that_of_its_argument_less_1() -> None:
    log_x = call("log", x)

    def signs(t: Term, *known: tuple[Term, str]) -> frozenset[str]:
        norm = make(*known)
        return norm.sign(norm.of(t))

    above, below = (add(x, num(-1)), "+"), (add(x, num(-1)), "-")
    assert signs(log_x, (x, "+"), above) == frozenset("+")
    assert signs(log_x, (x, "+"), below) == frozenset("-")
    assert signs(minus(log_x), (x, "+"), above) == frozenset("-")
    assert signs(minus(log_x), (x, "+"), below) == frozenset("+")
    assert signs(log_x, (x, "+")) == ANY
    assert signs(log_x, (x, "-")) == ANY  # it is log|x| in the field


def test_the_sign_of_a_difference_of_exponentials_is_that_of_the_exponents() -> None:
    difference = add(call("exp", x), minus(call("exp", y)))
    for signs in ("+", "-", "0", "+0"):
        norm = make((add(x, minus(y)), signs))
        assert norm.sign(norm.of(difference)) == frozenset(signs)
        assert norm.sign(norm.of(minus(difference))) == {"+-0"["-+0".index(s)] for s in signs}


# ---- exp, log, roots


def test_each_part_of_an_exponent_is_in_lowest_terms() -> None:
    # e^((x·e^y + z)/(z·e^y)) = e^(x/z)·e^(1/e^y)
    grown = call("exp", y)
    joined = call("exp", mul(add(mul(x, grown), z), power(mul(z, grown), -1)))
    apart = mul(call("exp", mul(x, power(z, -1))), call("exp", power(grown, -1)))
    assert equal(joined, apart)
    assert not equal(joined, mul(call("exp", mul(x, power(z, -1))), call("exp", grown)))


def test_e_to_the_logarithm_is_the_absolute_value() -> None:
    back = call("exp", call("log", x))
    assert equal(back, x, (x, "+"))
    assert equal(back, minus(x), (x, "-"))
    assert equal(call("exp", mul(num(2), call("log", x))), power(x, 2))
    with pytest.raises(Split):
        make().of(back)


def test_logarithms_of_products_quotients_and_roots() -> None:
    log = lambda t: call("log", t)  # noqa: E731
    positive = ((x, "+"), (y, "+"))
    assert equal(log(mul(x, y)), add(log(x), log(y)), *positive)
    assert equal(log(mul(x, power(y, -3))), add(log(x), mul(num(-3), log(y))), *positive)
    assert equal(log(root(x, HALF)), mul(num(HALF), log(x)), *positive)
    assert equal(log(num(Fraction(3, 8))), add(log(num(3)), mul(num(-3), log(num(2)))))
    assert equal(log(mul(num(HALF), x)), add(log(x), minus(log(num(2)))), *positive)
    assert equal(log(power(add(mul(num(2), x), ONE), -1)), minus(log(add(mul(num(2), x), ONE))))


def test_roots_of_numbers() -> None:
    assert equal(mul(root(num(HALF), HALF), root(num(2), HALF)), ONE)
    assert equal(root(num(Fraction(9, 4)), Fraction(-3, 2)), num(Fraction(8, 27)))
    assert not equal(root(num(HALF), HALF), root(num(2), HALF))


def test_a_power_of_0() -> None:
    norm = make()
    assert norm.real_power(norm.field.zero, HALF) == norm.field.zero
    with pytest.raises(DividedByZero):
        norm.real_power(norm.field.zero, -HALF)
    with pytest.raises(DividedByZero):
        norm.log(norm.field.zero)


def test_the_root_of_a_square_and_the_square_of_a_root() -> None:
    assert equal(root(power(x, 2), HALF), x, (x, "+"))
    assert equal(root(power(x, 2), HALF), minus(x), (x, "-"))
    assert equal(power(root(x, HALF), 2), x, (x, "+0"))
    assert equal(power(root(minus(x), HALF), 2), minus(x), (x, "-0"))
    assert equal(power(root(mul(x, y), HALF), 2), mul(x, y), (x, "-"), (y, "-"))
    assert not equal(power(root(minus(x), HALF), 2), x, (x, "-"))
    with pytest.raises(Split):
        make(units=Units(root=2)).of(root(x, HALF))


# ---- finite sets and equations

LABELS = (FiniteSet(y, frozenset(), (Fraction(-1), Fraction(0), Fraction(3))),)


def test_powers_of_a_label_are_reduced_by_all_of_its_values() -> None:
    """(y + 1)·y·(y − 3) = 0."""
    assert equal(power(y, 3), add(mul(num(2), power(y, 2)), mul(num(3), y)), finite=LABELS)
    assert not equal(power(y, 2), mul(num(3), y), finite=LABELS)


@pytest.mark.parametrize("name", ["exp", "sin", "atan"])
def test_a_function_of_a_label_is_interpolated(name: str) -> None:
    """f(y) at −1, 0 and 3, by polynomials that are 1 at one of them and 0 at the others."""
    f = lambda v: call(name, num(v))  # noqa: E731
    at_minus_1 = mul(num(Fraction(1, 4)), y, add(y, num(-3)))
    at_0 = mul(num(Fraction(-1, 3)), add(y, ONE), add(y, num(-3)))
    at_3 = mul(num(Fraction(1, 12)), add(y, ONE), y)
    expected = add(mul(f(-1), at_minus_1), mul(f(0), at_0), mul(f(3), at_3))
    assert equal(call(name, y), expected, finite=LABELS)


def test_labels_under_a_sum_are_interpolated_one_by_one() -> None:
    """Σ e^(qₖ) = n + (e − 1)·Σ qₖ for labels 0 and 1; e^(Σ qₖ) is no such sum."""
    k, any_ = Linear.of("k~1"), Linear.of("i~any")
    bits = (FiniteSet(entry("q", (any_,)), frozenset(any_.names), (Fraction(0), Fraction(1))),)
    ones = total("k~1", Linear(), n - 1, entry("q", (k,)))
    left = total("k~1", Linear(), n - 1, call("exp", entry("q", (k,))))
    right = add(integer(n), mul(add(call("exp", ONE), num(-1)), ones))
    assert equal(left, right, finite=bits)
    assert not equal(call("exp", ones), right, finite=bits)
    # were q one label for all k, e^(Σ qₖ) would be 1 or eⁿ
    one, all_ = (add(call("exp", ones), minus(call("exp", t))) for t in (ZERO, integer(n)))
    assert not equal(mul(one, all_), ZERO, finite=bits)


def test_labels_of_one_range_say_nothing_of_another() -> None:
    """qᵢ² = qᵢ for i < n: so in Σ_{k<n}, and not in Σ_{k<m}."""
    k, any_ = Linear.of("k~1"), Linear.of("i~any")
    within = (any_, n - 1 - any_)
    bits = (
        FiniteSet(entry("q", (any_,)), frozenset(["i~any"]), (Fraction(0), Fraction(1)), within),
    )

    def over(size: Linear, e: int) -> Term:
        return total("k~1", Linear(), size - 1, power(entry("q", (k,)), e))

    m = Linear.of("m")
    assert equal(over(n, 2), over(n, 1), finite=bits)
    assert not equal(over(m, 2), over(m, 1), finite=bits)
    assert not equal(add(over(n, 2), over(m, 2)), add(over(n, 1), over(m, 1)), finite=bits)


def test_an_equation_is_solved_for_what_is_linear_in_it() -> None:
    norm = make()
    norm.vanish(norm.field.form(norm.of(add(mul(num(2), x), minus(y), num(3))).n))  # 2x − y + 3
    assert norm.of(add(mul(num(2), x), num(3))) == norm.of(y)
    norm = make()
    square = norm.of(add(power(x, 2), num(-2))).n
    norm.vanish(norm.field.form(square))
    assert norm.is_zero(norm.of(add(power(x, 4), num(-4))).n)
    assert not norm.is_zero(norm.of(add(x, num(-2))).n)


# ---- scopes


def test_what_is_found_inside_is_forgotten_outside() -> None:
    norm = make()

    def inside() -> list[Any]:
        assert norm.signs.assume(norm.of(x).n, frozenset("+"))
        norm.vanish(norm.field.form(norm.of(add(power(z, 2), num(-2))).n))
        norm.vanish(norm.field.form(norm.of(add(y, num(-5))).n))
        assert norm.is_zero(norm.of(add(power(z, 2), num(-2))).n)
        return [norm.of(absolute(x)) == norm.of(x), norm.of(y) == norm.field.number(Fraction(5))]

    assert norm.scoped(norm.ranges, inside) == [True, True]
    assert norm.of(y) != norm.field.number(Fraction(5))
    assert not norm.is_zero(norm.of(add(power(z, 2), num(-2))).n)
    with pytest.raises(Split):
        norm.of(absolute(x))


def test_what_is_known_outside_is_used_inside() -> None:
    norm = make((x, "+"))
    norm.vanish(norm.field.form(norm.of(add(y, num(-5))).n))
    assert norm.scoped(norm.ranges, lambda: [norm.of(absolute(mul(x, y)))]) == [
        norm.of(mul(num(5), x))
    ]


def test_what_an_equation_makes_0_has_no_inverse_and_no_logarithm() -> None:
    # x·e^y − y − 1 = 0, which is solved for no symbol
    u = add(mul(x, call("exp", y)), minus(y), num(-1))
    norm = make()
    norm.vanish(norm.field.form(norm.of(u).n).primitive()[1])
    assert norm.is_zero(norm.of(power(u, 2)).n)
    for t in (power(u, -1), call("log", u), root(u, -HALF)):
        with pytest.raises(DividedByZero):
            norm.of(t)
