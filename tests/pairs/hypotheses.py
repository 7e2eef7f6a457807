"""What holds only under ``where``: parts that are equal there, and points at which it holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sympy
from pairs.pair import A, Chooser, Move, Point, a, b, c, i, j, l, m, n, number, p, q, t, v, x, y, z
from sympy import (
    Abs,
    Basic,
    Contains,
    Eq,
    FiniteSet,
    Heaviside,
    IndexedBase,
    Integer,
    Interval,
    Max,
    Min,
    Ne,
    Q,
    Rational,
    Sum,
    acosh,
    cosh,
    exp,
    log,
    sign,
    sinh,
    sqrt,
)

from symderiv import gradient, sigma, softplus

Y = IndexedBase("Y", shape=(m, n))  # labels


@dataclass(frozen=True)
class Core:
    """Two parts that are equal where ``where`` holds, and a move to where it does."""

    where: tuple[Basic, ...]
    one: Any
    other: Any
    settle: Move


def sets(**values: Callable[[Point, Chooser], Any]) -> Move:
    """A move that gives symbols values, one after the other."""

    def move(at: Point, choose: Chooser) -> None:
        for name, value in values.items():
            at.values[name] = value(at, choose)

    return move


def above(low: Any) -> Callable[[Point, Chooser], Any]:
    return lambda at, choose: low + abs(number(choose)) + Rational(1, 7)


def below(high: Any) -> Callable[[Point, Chooser], Any]:
    return lambda at, choose: high - abs(number(choose)) - Rational(1, 7)


def one_of(*values: int) -> Callable[[Point, Chooser], Any]:
    return lambda at, choose: Integer(choose.choice(values))


def unit(at: Point, choose: Chooser) -> Any:
    return Rational(choose.randint(1, 88), 89)


_CIRCLE = [
    (Rational(3, 5), Rational(4, 5)),
    (Rational(-5, 13), Rational(12, 13)),
    (Rational(8, 17), Rational(-15, 17)),
]


def circle(at: Point, choose: Chooser) -> None:
    at.values["x"], at.values["y"] = choose.choice([*_CIRCLE, (Integer(0), Integer(-1))])


POSITIVE = sets(x=above(0))
BOTH = sets(x=above(0), y=above(0))
HIGHER = sets(x=lambda at, choose: at.values["y"] + abs(number(choose)) + Rational(1, 9))
PLUS_MINUS = sets(x=one_of(-1, 1))
BIT = sets(y=one_of(0, 1))
SHARES = sets(x=lambda at, choose: 1 - at.values["y"] - at.values["z"])
_label = Contains(x, FiniteSet(-1, 1))
_bit = Contains(y, FiniteSet(0, 1))
_three = Contains(x, FiniteSet(-1, 0, 1))

SCALAR: list[Core] = [
    Core((x > 0,), Abs(x), x, POSITIVE),
    Core((x > 0,), sign(x) * x, sqrt(x**2), POSITIVE),
    Core((x < 0,), Abs(x), -x, sets(x=below(0))),
    Core((x < 0,), Max(x, 0) + Heaviside(x), Integer(0), sets(x=below(0))),
    Core((x > y,), Max(x, y), x, HIGHER),
    Core((x > y,), Abs(x - y) - Min(x, y), x - 2 * y, HIGHER),
    Core(
        (x > y, y > z),
        sign(x - z),
        Integer(1),
        sets(
            y=lambda at, ch: at.values["z"] + abs(number(ch)) + 1,
            x=lambda at, ch: at.values["y"] + 1,
        ),
    ),
    Core((x >= 1,), Max(x, 1), x, sets(x=above(1))),
    Core((x >= 1,), Abs(x**2 - x), x * (x - 1), sets(x=above(1))),
    Core((x >= 1,), cosh(acosh(x), evaluate=False), x, sets(x=above(1))),
    Core((x > 0, y > 0), Abs(x + y), x + y, BOTH),
    Core((x > 0, y > 0), log(x * y), log(x) + log(y), BOTH),
    Core((x > 0, y > 0), (x * y) ** z, x**z * y**z, BOTH),
    Core((x > 0,), x**z * x**y, x ** (y + z), POSITIVE),
    Core((x > 0,), sympy.Pow(x**y, z, evaluate=False), x ** (y * z), POSITIVE),
    Core((x > 0, x < 1), Abs(log(x)), -log(x), sets(x=unit)),
    Core((Contains(x, Interval(0, 1)),), Abs(1 - x) + Abs(x), Integer(1), sets(x=unit)),
    Core((Contains(x, Interval.open(0, 1)),), log(x / (1 - x)), log(x) - log(1 - x), sets(x=unit)),
    Core((Ne(x, y),), (x**2 - y**2) / (x - y), x + y, HIGHER),
    Core((Eq(x**2, 1),), x**3, x, PLUS_MINUS),
    Core((Eq(x**2, 1),), 1 / x + Abs(x), x + 1, PLUS_MINUS),
    Core((Eq(x**2, 1),), log(2 + x), log(3) * (1 + x) / 2, PLUS_MINUS),
    Core((Eq(y * (y - 1), 0),), y**2, y, BIT),
    Core((Eq(y * (y - 1), 0),), exp(y * z), 1 + y * (exp(z) - 1), BIT),
    Core((_bit,), exp(y * z), 1 - y + y * exp(z), BIT),
    Core((_bit,), log(1 + y * p), y * log(1 + p), BIT),
    Core((_bit,), Max(y, Rational(1, 2)), (1 + y) / 2, BIT),
    Core((_label,), sigma(x * z), Rational(1, 2) + x * (sigma(z) - Rational(1, 2)), PLUS_MINUS),
    Core((_label,), softplus(-x * z), softplus(z) - (1 + x) / 2 * z, PLUS_MINUS),
    Core((_label,), sinh(x * z), x * sinh(z), PLUS_MINUS),
    Core((_three,), x**5 + Abs(x), x + x**2, sets(x=one_of(-1, 0, 1))),
    Core((_three,), sign(x), x, sets(x=one_of(-1, 0, 1))),
    Core((Eq(x + y + z, 1),), x * (1 - y), (1 - y - z) * (x + z), SHARES),
    Core((Eq(x + y + z, 1),), exp(x), exp(1 - y - z), SHARES),
    Core((Eq(x**2 + y**2, 1),), x**4 - y**4, x**2 - y**2, circle),
    Core((Eq(x**2 + y**2, 1),), sqrt(1 - x**2), Abs(y), circle),
    Core((Eq(x, 2 * y),), x**2 - y, y * (4 * y - 1), sets(x=lambda at, ch: 2 * at.values["y"])),
    Core(
        (Eq(x, 2 * y), x > 0),
        log(x),
        log(2) + log(y),
        sets(y=above(0), x=lambda at, ch: 2 * at.values["y"]),
    ),
    Core(
        (Eq(sinh(x), y),),
        exp(2 * x) - 1,
        2 * y * exp(x),
        lambda at, ch: at.values.update(x=Integer(0), y=Integer(0)),
    ),
]


def entries(name: str, value: Callable[[Chooser], Any]) -> Move:
    """A move that draws all entries of an array anew."""

    def move(at: Point, choose: Chooser) -> None:
        at.values[name] = [
            [value(choose) for _ in row] if isinstance(row, list) else value(choose)
            for row in at.values[name]
        ]

    return move


def one_hot(at: Point, choose: Chooser) -> None:
    """Labels with a single 1 in each row."""
    rows, columns = at.sizes["m"], at.sizes["n"]
    hot = [choose.randrange(columns) for _ in range(rows)]
    at.values["Y"] = [
        [Integer(int(col == hot[row])) for col in range(columns)] for row in range(rows)
    ]


def symmetric(at: Point, choose: Chooser) -> None:
    rows = at.values["A"]
    for low in range(len(rows)):
        for high in range(low):
            rows[high][low] = rows[low][high]


_unit_rows = (Contains(Y[i, j], FiniteSet(0, 1)), Eq(Sum(Y[i, j], (j, 0, n - 1)), 1))
_over_j, _over_i = (j, 0, n - 1), (i, 0, m - 1)
SIGNS = entries("q", lambda ch: Integer(ch.choice([-1, 1])))
BITS = entries("q", lambda ch: Integer(ch.choice([0, 1])))
POSITIVE_ROWS = entries("c", lambda ch: abs(number(ch)) + Rational(1, 9))
_quadratic = (t.T * A * t)[0, 0]

ENTRIES: list[Core] = [
    Core(
        (Eq(q[j] ** 2, 1),),
        Sum(q[j] ** 2 * exp(t[j, 0]), _over_j),
        Sum(exp(t[j, 0]), _over_j),
        SIGNS,
    ),
    Core(
        (Eq(q[j] ** 2, 1),),
        Sum(softplus(-q[j] * t[j, 0]), _over_j),
        Sum(softplus(t[j, 0]) - (1 + q[j]) / 2 * t[j, 0], _over_j),
        SIGNS,
    ),
    Core((Eq(q[j] ** 2, 1),), Abs(q[a]) + q[b] ** 3, 1 + q[b], SIGNS),
    Core(
        (Contains(q[j], FiniteSet(0, 1)),),
        Sum(exp(q[j] * x), _over_j),
        n + (exp(x) - 1) * Sum(q[j], _over_j),
        BITS,
    ),
    Core(
        (Contains(q[j], FiniteSet(0, 1)),),
        Sum(q[j] ** 2 * t[j, 0], _over_j),
        Sum(q[j] * t[j, 0], _over_j),
        BITS,
    ),
    Core(
        (c[i] > 0,), Sum(Abs(c[i]) * v[i, 0], _over_i), Sum(c[i] * v[i, 0], _over_i), POSITIVE_ROWS
    ),
    Core((c[i] > 0,), log(sympy.Product(c[i], _over_i)), Sum(log(c[i]), _over_i), POSITIVE_ROWS),
    Core((c[i] > 0,), Sum(Max(c[i], 0) ** 2 / c[i], _over_i), Sum(c[i], _over_i), POSITIVE_ROWS),
    Core((c[i] > 0,), Abs(Sum(c[i], _over_i)), Sum(c[i], _over_i), POSITIVE_ROWS),
    Core(_unit_rows, Sum(Y[i, j] * v[i, 0], _over_j, _over_i), Sum(v[i, 0], _over_i), one_hot),
    Core(_unit_rows, Sum(Y[i, j] ** 2, _over_j, _over_i), m + 0, one_hot),
    Core(
        _unit_rows,
        Sum(Y[i, j] * (c[i] - t[j, 0]), _over_j, _over_i),
        Sum(c[i], _over_i) - Sum(Y[i, j] * t[j, 0], _over_i, _over_j),
        one_hot,
    ),
    Core((Q.symmetric(A),), A[a, b], A[b, a], symmetric),
    Core(
        (Q.symmetric(A),),
        Sum(A[j, l] * t[j, 0] * q[l], _over_j, (l, 0, n - 1)),
        Sum(A[j, l] * t[l, 0] * q[j], _over_j, (l, 0, n - 1)),
        symmetric,
    ),
    Core((Q.symmetric(A),), gradient(_quadratic, t)[a, 0], 2 * (A * t)[a, 0], symmetric),
    Core((Eq(A, A.T),), (A * A.T)[a, b], (A * A)[a, b], symmetric),
]
