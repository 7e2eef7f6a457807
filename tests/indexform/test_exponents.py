"""Powers whose exponents may be whole numbers: x^e is defined for x < 0 where e is one."""

import pytest
from claims import n, proved, refuted, x, y
from sympy import (
    Abs,
    Contains,
    Derivative,
    Eq,
    FiniteSet,
    Heaviside,
    IndexedBase,
    Integer,
    Max,
    Piecewise,
    Rational,
    Subs,
    cos,
    log,
    oo,
    pi,
    sign,
    sin,
    sqrt,
    symbols,
)

from symderiv import prove_equal, prove_limit, prove_nonnegative
from symderiv.testing import assert_proved

WHOLE = {  # the exponent, and what where and let say of it
    "let a number": (y, (), {y: Integer(3)}),
    "let a size": (y, (), {y: n}),
    "an equation": (y, (Eq(y, 3),), {}),
    "bounds that meet": (y, (y >= 3, y <= 3), {}),
    "a distance": (y, (Abs(y - 3) <= 0,), {}),
    "a square": (y, ((y - 3) ** 2 <= 0,), {}),
    "between sizes": (y, (y >= n, y <= n), {}),
    "no sign": (y, (sign(y - 3) ** 2 < 1,), {}),
    "a step": (Heaviside(y, 1), (), {}),
    "the larger": (Max(y, 3), (y < 3,), {}),
    "cases": (Piecewise((3, y > 0), (1, True)), (), {}),
    "a slope": (Derivative(3 * y, y), (), {}),
    "an identity": (sin(y) ** 2 + cos(y) ** 2, (), {}),
    "half a size": (n / 2, (), {}),
}


@pytest.mark.parametrize(("e", "where", "let"), WHOLE.values(), ids=WHOLE)
def test_what_may_be_whole_asks_more_than_the_line_needs(e, where, let):
    # (−2)³ = −8 and |−2|³ = 8
    with pytest.raises(AssertionError):
        assert_proved(x**e, Abs(x) ** e, where=where, let=let)
    assert not prove_nonnegative(x**e, where=where, let=let).proved
    assert_proved(x**e, Abs(x) ** e, where=(*where, x > 0), let=let)


@pytest.mark.parametrize(
    ("e", "where"),
    [
        (y, ()),
        (y / 2 + 1, (y >= 1,)),
        (1 / y, (y >= 1, y <= 2)),
        (y, (y > 0, y < 1)),
        (Rational(1, 2), ()),
        (sqrt(2), ()),
        (-pi, ()),
    ],
)
def test_what_is_whole_on_surfaces_only_is_real(e, where):
    # x^e = |x|^e where the left side is defined, x > 0, which the reader knows
    assert_proved(x**e, Abs(x) ** e, where=where)
    assert_proved(Derivative(x**e, x), e * x**e / x, where=where)


def test_a_number_by_let_is_the_power_that_it_gives():
    # x³ is defined for all x, and no logarithm of x is asked for
    cube = {y: Integer(3)}
    assert not proved(x**y, x**3, let=cube)
    assert not proved(Derivative(x**y, x), 3 * x**2, let=cube)
    refuted(x**y, Abs(x) ** 3, let=cube)
    proved(x**y, sqrt(x), let={y: Rational(1, 2)})
    proved(x**y, 1 / x**2, let={y: Integer(-2)})
    refuted(x**y * log(x), log(x), let={y: Integer(1)})


@pytest.mark.parametrize(("e", "where", "let"), WHOLE.values(), ids=WHOLE)
def test_a_power_in_where_does_not_tell_the_sign_of_its_base(e, where, let):
    # x^y < 5 holds at x = −1, y = 2
    with pytest.raises(AssertionError):
        assert_proved(Abs(x), x, where=(x**e < 5, *where), let=let)


@pytest.mark.parametrize(
    ("left", "right", "where"),
    [
        (Subs(Derivative(x**y, x), y, 2), 2 * Abs(x), ()),
        (Subs(Derivative(x**y, x, 2), y, 3), 6 * Abs(x), ()),
        (Abs(x), x, (Subs(x**y, y, 2) >= 1,)),
    ],
    ids=["slope", "curvature", "where"],
)
def test_an_exponent_that_is_put_in_may_be_whole(left, right, where):
    # 2x at x = −1
    assert prove_equal(left, right, where=where).refuted


def test_of_a_bound_no_point_is_left_out():
    # 0^p = 0 for p > 0
    p, at_0 = symbols("p", positive=True), Piecewise((1, Eq(x, 0)), (0, True))
    for power in (x**p, Abs(x) ** p):
        assert not prove_nonnegative(power, strict=True).proved
        assert prove_nonnegative(power).proved
    assert not prove_nonnegative(x**p - at_0, where=[x >= 0]).proved
    steep = x * Derivative(sqrt(x**4 + x**2) ** 3, x)
    assert not prove_nonnegative(steep - at_0).proved
    assert prove_nonnegative(x**p, where=[x > 0], strict=True).proved


def test_a_limit_from_both_sides_meets_both():
    # x^y/|x| → −1 from below at y = 1
    assert not prove_limit(x**y / Abs(x), x, 0, 1, let={y: Integer(1)}).proved
    step = x ** Heaviside(y, 1) / Abs(x)
    assert not prove_limit(step, x, 0, 1, where=[y > 0]).proved


THIN = {  # what the line is defined by, or in which case the power stands
    "two roots": lambda e: sqrt(y - 2) + sqrt(2 - y) + e,
    "a root of a square": lambda e: sqrt(cos(2 * pi * y) - 1) + e,
    "a case": lambda e: Piecewise((e, Eq(y, 2)), (0, True)),
    "no other case": lambda e: Piecewise((e, Eq(y, 2))),
    "between bounds": lambda e: Piecewise((e, (y >= 2) & (y <= 2)), (0, True)),
    "values": lambda e: Piecewise((e, Contains(y, FiniteSet(1, 2))), (0, True)),
    "no sign": lambda e: Piecewise((e, sign(y - 2) ** 2 < 1), (0, True)),
}


@pytest.mark.parametrize("line", THIN.values(), ids=THIN)
def test_an_exponent_may_be_whole_where_the_line_is_defined(line):
    # (−1)² + |−1| = 2 and (−1)² − 1 = 0
    with pytest.raises(AssertionError):
        assert_proved(line(x**y + Abs(x)), line(x**y + x))
    assert_proved(line(x**y + Abs(x)), line(x**y + x), where=[x > 0])


def test_an_exponent_of_an_entry_in_a_case():
    v = IndexedBase("v")
    lines = (Piecewise((w ** v[1] + f, Eq(v[1], 2)), (0, True)) for w in (x,) for f in (Abs(w), w))
    with pytest.raises(AssertionError):
        assert_proved(*lines)
    assert not prove_nonnegative(sqrt(y - 3) + sqrt(3 - y) + x**y).proved
    assert not prove_limit(Piecewise((x**y, Eq(y, 2)), (x, True)), x, -oo, -oo).proved


def test_an_exponent_of_which_only_an_end_is_known_is_real():
    assert_proved(sqrt(y) + x**y, sqrt(y) + Abs(x) ** y)
    assert_proved(log(y + 1) + x**y, log(y + 1) + Abs(x) ** y)
    cases = Piecewise((x**y, y > 2), (0, True))
    assert_proved(cases, Piecewise((Abs(x) ** y, y > 2), (0, True)), where=[x > 0])
