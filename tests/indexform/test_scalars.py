"""Rules for scalars at the joints of their cases, and the conditions that they ask."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
import sympy
from mpmath import mpf
from sympy import (
    Abs,
    And,
    Contains,
    Derivative,
    Eq,
    FiniteSet,
    IndexedBase,
    Interval,
    KroneckerDelta,
    Max,
    Not,
    Or,
    Piecewise,
    Rational,
    Sum,
    log,
    sqrt,
    symbols,
)
from term_values import term_value

from symderiv.indexform.reading import Line, read
from symderiv.indexform.terms import walk

x, y = symbols("x y", real=True)
n = symbols("n", integer=True, positive=True)
i, j, k = symbols("i j k", integer=True, nonnegative=True)
q = IndexedBase("q")


def lowered(expr: Any) -> Line:
    """The line of one expression."""
    (line,) = read([sympy.sympify(expr)], (), (), {}).lines
    return line


# ---- values


@pytest.mark.parametrize(
    ("e", "at", "expected"),
    [
        (sympy.Heaviside(x), 0, Rational(1, 2)),
        (sympy.Heaviside(x, 0), 0, 0),
        (sympy.Heaviside(x, 1), 0, 1),
        (sympy.sign(x), 0, 0),
        (Abs(x), 0, 0),
        (Max(x, 0) + 2 * sympy.Min(x, 0), 0, 0),
        (Piecewise((1, Eq(x, 0)), (2, True)), 0, 1),
        (Piecewise((1, Eq(x, 0)), (2, True)), -1, 2),
        (Piecewise((1, x >= 0), (2, True)), 0, 1),
        (Piecewise((1, x > 0), (2, True)), 0, 2),
    ],
)
def test_values_just_at_a_joint(e: Any, at: int, expected: Any) -> None:
    assert term_value(lowered(e).term, {}, {"x": Fraction(at)}) == Fraction(str(expected))


@pytest.mark.parametrize("at", [-2, -1, 0, 1, 2])
def test_cases_by_and_or_not_and_membership(at: int) -> None:
    """Each is 1 where Python says that its condition holds."""
    for condition, holds in (
        (And(x > -1, x < 2), -1 < at < 2),
        (Or(x < -1, x > 1), at < -1 or at > 1),
        (Or(Eq(x, 0), And(x > 0, x < 2)), at == 0 or 0 < at < 2),
        (Contains(x, FiniteSet(-1, 2)), at in (-1, 2)),
        (Not(Contains(x, FiniteSet(-1, 2))), at not in (-1, 2)),
        (Contains(x, Interval.open(-1, 2)), -1 < at < 2),
        (Contains(x, Interval(-1, 2)), -1 <= at <= 2),
        (Not(And(x > y, x < 2)), not 0 < at < 2),
    ):
        t = lowered(Piecewise((1, condition), (0, True))).term
        assert term_value(t, {}, {"x": Fraction(at), "y": Fraction(0)}) == holds, condition


@pytest.mark.parametrize(("at", "expected"), [(-1, 0), (0, 1), (1, 1), (2, 0)])
def test_a_delta_with_a_range_is_0_outside(at: int, expected: int) -> None:
    delta = lowered(KroneckerDelta(i, j, (0, 1))).term
    assert term_value(delta, {"i": at, "j": at}, {}) == expected
    assert term_value(delta, {"i": at, "j": at + 1}, {}) == 0


# ---- conditions

SHOWN = {"StrictGreaterThan": "+", "GreaterThan": "+0", "Unequality": "+-"}


@pytest.mark.parametrize(
    "expr",
    [
        *(
            1 / x,
            log(x),
            sqrt(x),
            1 / sqrt(x),
            x**y,
            2**x + y ** (x + 1),
            sympy.tan(x),
            sympy.sec(x),
        ),
        *(
            sympy.asin(x),
            sympy.acos(x),
            sympy.atanh(x),
            sympy.acosh(x),
            sympy.coth(x),
            sympy.csch(x),
        ),
        *(
            sympy.gamma(x),
            sympy.loggamma(x),
            sympy.digamma(x),
            sympy.beta(x, y),
            sympy.factorial(x),
        ),
        Derivative(Abs(x) ** 3 + sqrt(y + x), x),
        sympy.Product(q[k], (k, 1, n)),
        Sum(q[k], (k, 3, n)),
    ],
)
def test_a_condition_is_shown_as_it_is_asked(expr: Any) -> None:
    """The relation lhs > rhs, ≥ or ≠ stands for the signs of lhs − rhs."""
    conditions = lowered(expr).conditions
    assert conditions
    for c in conditions:
        assert c.signs == frozenset(SHOWN[type(c.relation).__name__])


def test_functions_without_a_definition_are_told_apart() -> None:
    f, g = sympy.Function("f"), sympy.Function("g")
    terms = [lowered(e).term for e in (f(x), g(x), f(y), f(x, y), f(y, x), Derivative(f(x), x))]
    assert len(set(terms)) == len(terms)
    assert lowered(f(x)).term is terms[0]


def test_each_condition_bounds_its_own_term() -> None:
    """The two conditions of asin x at x = 2: 1 + x ≥ 0 holds and 1 − x ≥ 0 does not."""
    below, above = lowered(sympy.asin(x)).conditions
    assert [term_value(c.term, {}, {"x": mpf(2)}) for c in (below, above)] == [3, -1]
    assert below.signs == above.signs == frozenset("+0")
    (pole,) = lowered(sympy.coth(x)).conditions
    assert (term_value(pole.term, {}, {"x": mpf(2)}), pole.signs) == (2, frozenset("+-"))
    (argument,) = lowered(log(x)).conditions
    assert argument.signs == frozenset("+")


def test_an_even_power_of_an_absolute_value_has_no_cases() -> None:
    """|x|² is x², as |x|³ is not x³."""
    square, cube = (lowered(sympy.Pow(Abs(x), e, evaluate=False)).term for e in (2, 3))
    assert square is lowered(x**2).term
    assert any(t.op == "sign" for t in walk(cube))
