"""Equations of ``where`` by cases, or with factors, and differences of functions that rise."""

from typing import Any

import pytest
from sympy import Abs, Eq, LambertW, Max, Ne, Piecewise, Rational, atan, erf, exp, log, symbols

from symderiv import Verdict, prove_equal, prove_nonnegative
from tests.claims import proved
from tests.ids import steady

x, y, z, a, b = symbols("x y z a b", real=True)
# left, right, what is wrong, where
CLAIMS = {
    "a factor that is not 0": (x, y, -y, [Eq(x * z, y * z), Ne(z, 0)]),
    "the same, said before": (x, y, 2 * y, [Ne(z, 0), Eq(x * z, y * z)]),
    "a symbol and its sign": (Abs(y), y, -y, [x > 0, Eq(x, y)]),
    "absolute values": (x**2, y**2, x * y, [Eq(Abs(x), Abs(y))]),
    "their quotient": (Abs(x / y), 1 + 0 * x, x / y, [Eq(Abs(x), Abs(y))]),
    "a maximum": (Max(x, y) ** 2, y**2, x**2, [Eq(Max(x, y), y)]),
    "a case": (Abs(x), 1 + 0 * x, x, [Eq(Piecewise((x, x > 0), (-x, True)), 1)]),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_an_equation_is_read_in_each_of_its_cases(name: str) -> None:
    """|x| = |y| is x = y or x = −y, each in its own case."""
    left, right, wrong, where = CLAIMS[name]
    assert prove_equal(left, right, where=where).proved
    assert prove_equal(left, wrong, where=where).verdict is Verdict.REFUTED


@pytest.mark.parametrize("f", [erf, atan], ids=steady)
def test_a_function_that_rises(f: Any) -> None:
    """f(b) > f(a) for b > a, so that log(f(b) − f(a)) is defined; f(a) + f(b) > 0 for b > −a."""
    for where in ([a < b], [a < b, a > -1]):
        assert proved(1 / x, exp(-log(f(b) - f(a))) * (f(b) - f(a)) / x, *where) == ["Ne(x, 0)"]
        assert prove_equal(Abs(f(a) - f(b)), f(b) - f(a), where=where).proved
    assert prove_equal(Abs(f(a) + f(b)), f(a) + f(b), where=[a > -b]).proved
    assert prove_equal(Abs(f(a) + f(b)), f(a) + f(b), where=[a > b]).verdict is Verdict.REFUTED
    assert prove_equal(Abs(f(a) - f(b)), f(a) - f(b), where=[a < b]).verdict is Verdict.REFUTED
    assert not prove_nonnegative(f(2 * a) - f(a) - f(b), where=[a > 0, b < a]).proved


def test_a_function_that_rises_and_is_not_odd() -> None:
    """W(a) + W(b) < 0 for a = 0.31 and b = −0.3."""
    both = LambertW(a) + LambertW(b)
    where = [a > -b, b > -Rational(1, 3)]
    assert prove_equal(Abs(both), both, where=where).verdict is not Verdict.PROVED


def test_what_both_sides_have_need_not_be_read() -> None:
    """The greatest of eight is that of eight, whatever the cases; and not 1 more."""
    one = Max(*symbols("v1:9", real=True))
    assert proved(x + one, one + x) == []
    assert proved(one + x**2 - 1, (x - 1) * (x + 1) + one) == []
    assert prove_equal(one, one + 1).verdict is Verdict.REFUTED
