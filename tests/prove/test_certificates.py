"""The checker accepts a certificate only where every part of it holds."""

from dataclasses import replace
from fractions import Fraction

import pytest

from symderiv.indexform.ranges import Ranges
from symderiv.indexform.terms import (
    Linear,
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
from symderiv.prove.certificates import (
    NOT_NEGATIVE,
    PLUS,
    ByCases,
    ByParts,
    Grows,
    Over,
    Rejected,
    Rewritten,
    Slope,
    Visible,
    assuming,
    check,
)
from symderiv.prove.hypotheses import Fact, Premises
from symderiv.prove.work import Work

x, y = var("x"), var("y")
k = Linear.of("k~1")
n = Linear.of("n")
a_k = entry("a", (k,))
NOTHING = Premises(Ranges([n - 1]), (), (), ())


def minus(a, b):
    return add(a, mul(num(-1), b))


def accepts(certificate, t, signs=NOT_NEGATIVE, premises=NOTHING):
    check(certificate, t, signs, premises, Work())


def rejects(certificate, t, signs=NOT_NEGATIVE, premises=NOTHING):
    with pytest.raises(Rejected):
        check(certificate, t, signs, premises, Work())


def test_visible():
    accepts(Visible(), power(x, 2))
    accepts(Visible(), call("exp", x), PLUS)
    rejects(Visible(), power(x, 2), PLUS)
    rejects(Visible(), x)
    accepts(Visible(), x, PLUS, assuming(NOTHING, (x, "+")))


def test_rewritten_needs_an_equal_term_that_is_defined():
    t = add(power(x, 2), mul(num(2), x), num(1))
    accepts(Rewritten(power(add(x, num(1)), 2), ByParts()), t)
    rejects(Rewritten(power(add(x, num(2)), 2), ByParts()), t)
    # x = x²/x only where x ≠ 0, and x = (√x)² only where x ≥ 0
    rejects(Rewritten(mul(power(x, 2), power(x, -1)), Visible()), x)
    rejects(Rewritten(power(root(x, Fraction(1, 2)), 2), ByParts()), x)
    # n − 5 = Σ 1 over k = 0 … n − 6 only where the range does not run backwards
    rejects(Rewritten(total("k~1", Linear(), n - 6, num(1)), Over(Visible())), integer(n - 5))
    accepts(Rewritten(total("k~1", Linear(), n - 1, num(1)), Over(Visible())), integer(n))


def test_parts():
    squares = add(power(x, 2), power(y, 2))
    accepts(ByParts(((NOT_NEGATIVE, Visible()), (NOT_NEGATIVE, Visible()))), squares)
    rejects(ByParts(((NOT_NEGATIVE, Visible()),)), squares)
    rejects(ByParts(((PLUS, Visible()), (NOT_NEGATIVE, Visible()))), squares)
    rejects(ByParts(((NOT_NEGATIVE, Visible()), (NOT_NEGATIVE, Visible()))), squares, PLUS)
    rejects(ByParts(), power(x, 3))


def test_over_a_range():
    whole = total("k~1", Linear(), n - 1, call("exp", a_k))
    accepts(Over(Visible()), whole, PLUS)
    maybe_empty = total("k~1", Linear(), n - 2, call("exp", a_k))
    rejects(Over(Visible()), maybe_empty, PLUS)
    accepts(Over(Visible()), maybe_empty)
    rejects(Over(Visible()), total("k~1", Linear(), n - 1, a_k))


def test_an_index_is_not_bound_twice():
    # inside Σ over k < n, k means that index: a second Σ over k ≥ n would mix up the two
    inner = total("k~1", n, n + n, power(a_k, 2))
    rejects(
        Over(Rewritten(add(inner, num(0)), Over(Visible()))), total("k~1", Linear(), n - 1, inner)
    )


def test_the_exponential_grows():
    t = minus(call("log", add(num(1), call("exp", x))), x)
    accepts(Grows(Visible()), t, PLUS)
    rejects(Grows(Visible()), minus(t, num(1)))


def test_all_cases_are_needed():
    size = by_sign(x, x, num(0), mul(num(-1), x))
    accepts(ByCases(x, {"+": Visible(), "0": Visible(), "-": Visible()}), size)
    rejects(ByCases(x, {"+": Visible(), "0": Visible()}), size)
    rejects(ByCases(y, {"+": Visible(), "0": Visible(), "-": Visible()}), minus(size, num(1)))


E_X = minus(call("exp", x), add(num(1), x))


def test_slope():
    accepts(Slope(x, num(0), Visible(), Visible(), Visible()), E_X)
    rejects(Slope(x, num(1), Visible(), Visible(), Visible()), E_X)
    rejects(Slope(x, num(0), Visible(), Visible(), None), E_X)
    rejects(Slope(x, num(0), Visible(), Visible(), Visible()), E_X, PLUS)
    rejects(Slope(x, x, Visible(), Visible(), Visible()), E_X)
    accepts(
        Slope(x, num(0), Visible(), Visible(), None),
        E_X,
        NOT_NEGATIVE,
        assuming(NOTHING, (x, "+0")),
    )


def test_a_strict_slope_is_positive_beyond_its_start_only():
    # e^x − 1 − x > 0 for x > 0, and is 0 at 0
    strict = Slope(x, num(0), Visible(), Visible(), None, strict=True)
    accepts(strict, E_X, PLUS, assuming(NOTHING, (x, "+")))
    rejects(strict, E_X, PLUS, assuming(NOTHING, (x, "+0")))
    rejects(replace(strict, strict=False), E_X, PLUS, assuming(NOTHING, (x, "+")))


def test_a_slope_does_not_pass_a_pole_or_a_joint():
    # 1/x falls on both sides of its pole, and is negative below it
    inverse = mul(num(-1), power(x, -1))
    rejects(Slope(x, num(-1), Visible(), Visible(), Visible()), inverse)
    # the slope 1/x is defined below 0, where log(x) − log(y) is not
    below = assuming(NOTHING, (x, "-"), (y, "-"), (minus(x, y), "-"))
    rejects(
        Slope(x, y, Visible(), None, Visible()),
        minus(call("log", x), call("log", y)),
        NOT_NEGATIVE,
        below,
    )
    # a step down at 1: without it the slope is 0 everywhere
    step = by_sign(minus(x, num(1)), num(-1), num(1), num(1))
    rejects(Slope(x, num(0), Visible(), Visible(), Visible()), step)


def test_a_slope_uses_only_what_holds_on_the_way():
    # x·y ≥ 1 is known, but not at the points between 0 and x
    known = assuming(NOTHING, (minus(mul(x, y), num(1)), "+0"))
    rejects(
        Slope(x, num(0), Visible(), Visible(), Visible()), minus(mul(x, y), num(0)), PLUS, known
    )
    # x² − x ≥ 0 holds at 0 and beyond 1, and not between: x³/3 − x²/2 falls there
    t = add(mul(num(Fraction(1, 3)), power(x, 3)), mul(num(Fraction(-1, 2)), power(x, 2)))
    apart = assuming(NOTHING, (x, "+0"), (minus(power(x, 2), x), "+0"))
    rejects(Slope(x, num(0), Visible(), Visible(), None), t, NOT_NEGATIVE, apart)
    # Σ p = 1 ties p[0] to the others
    p0 = entry("p", (Linear(),))
    others = total("k~1", Linear(), n - 1, entry("p", (k,)))
    tied = Premises(NOTHING.ranges, (Fact(minus(others, num(1)), frozenset("0")),), (), ())
    rejects(
        Slope(p0, num(0), Visible(), Visible(), Visible()), minus(others, p0), NOT_NEGATIVE, tied
    )
