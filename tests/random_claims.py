"""Random pairs of expressions, and what is asked of the judge about each.

A pair is a random expression and the same one after some rewritings: by identities that hold, by
"identities" that beginners believe in, or by a plain mutation.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
import sympy
from hypothesis import Phase, assume, event, note, settings
from hypothesis import strategies as st
from mpmath import mpf
from pointwise import CLOSE, NotCertain, NotDefined, confirm, value
from sympy import (
    Abs,
    Basic,
    Derivative,
    Eq,
    Expr,
    IndexedBase,
    Integer,
    MatrixSymbol,
    Max,
    Min,
    Piecewise,
    Rational,
    atan,
    cos,
    exp,
    log,
    sign,
    sin,
    sqrt,
    symbols,
    tanh,
)

from symderiv import prove_equal, sigma, softplus
from symderiv.verdict import ClaimError, Result

POINTS = 8
PROFILE = settings(phases=[Phase.explicit, Phase.generate, Phase.shrink])

x, y = symbols("x y", real=True)
p = symbols("p", positive=True)
VARIABLES = (x, y, p)
m, n = symbols("m n", integer=True, positive=True)
i, j, k, l, f, g = symbols("i j k l a b", integer=True, nonnegative=True)  # noqa: E741
X, t, v = MatrixSymbol("X", m, n), MatrixSymbol("t", n, 1), MatrixSymbol("v", m, 1)
A, B = MatrixSymbol("A", n, n), MatrixSymbol("B", n, n)
q = IndexedBase("q", shape=(n,))


# ---- what is asked of every pair


def draw_number(choose: random.Random) -> Rational:
    return choose.choice(
        [
            Rational(choose.randint(-400, 400), 97),
            Rational(choose.randint(-30, 30), 7),
            Rational(choose.randint(-3, 3)),
            Rational(choose.randint(1, 90), 89),
        ]
    )


def at_random(choose: random.Random, matrices: bool) -> tuple[dict[str, int], dict[str, Any]]:
    """Sizes and data: generic rationals, so that a joint is met only by design."""
    if not matrices:
        data: dict[str, Any] = {s.name: draw_number(choose) for s in VARIABLES}
        data["p"] = abs(data["p"]) + Rational(1, 97)
        return {}, data
    rows, columns = choose.randint(1, 3), choose.randint(1, 3)
    sizes = {"m": rows, "n": columns}
    sizes |= {name: choose.randrange(rows) for name in "ik"}
    sizes |= {name: choose.randrange(columns) for name in "jlab"}

    def grid(r: int, c: int) -> list[Any]:
        numbers = [[draw_number(choose) for _ in range(c)] for _ in range(r)]
        return numbers if c > 1 else [row[0] for row in numbers]

    arrays = {"X": (rows, columns), "t": (columns, 1), "v": (rows, 1), "q": (columns, 1)}
    arrays |= {"A": (columns, columns), "B": (columns, columns)}
    values = {name: grid(*shape) for name, shape in arrays.items()}
    return sizes, values | {"x": draw_number(choose)}


def shape_at(e: Any, sizes: Mapping[str, int]) -> list[tuple[int, int] | None]:
    """The entries to look at."""
    if not getattr(e, "is_Matrix", False):
        return [None]
    numbers = {s: sizes[str(s)] for s in (m, n)}
    rows, columns = (int(sympy.sympify(s).xreplace(numbers)) for s in e.shape)
    return [(r, c) for r in range(rows) for c in range(columns)]


def differ_at(
    lhs: Any, rhs: Any, sizes: Mapping[str, int], data: Mapping[str, Any]
) -> tuple[Any, Any] | None:
    """The two values at a point where both are defined and clearly differ."""
    for entry in shape_at(lhs, sizes):
        try:
            one, other = (value(e, sizes, data, entry=entry) for e in (lhs, rhs))
        except (NotDefined, OverflowError, ZeroDivisionError):
            continue
        if max(abs(one), abs(other)) < mpf(10) ** 12 and abs(one - other) > CLOSE**0.5:
            return one, other
    return None


def judged(lhs: Any, rhs: Any, where: Sequence[Basic] = ()) -> Result | None:
    """The judge's answer; None where the pair is no claim."""
    note(f"lhs = {sympy.srepr(lhs)}\nrhs = {sympy.srepr(rhs)}")
    note(f"{lhs}\n{rhs}")
    try:
        return prove_equal(lhs, rhs, where=where, timeout=20)
    except ClaimError:
        return None


def check(lhs: Any, rhs: Any, seed: int, matrices: bool, where: Sequence[Basic] = ()) -> None:
    """Compare the verdict with values at random points."""
    result = judged(lhs, rhs, where)
    event("no claim" if result is None else result.verdict.name)
    if result is None:
        return
    if result.refuted:
        try:
            confirm(lhs, rhs, result.counterexample)
        except NotCertain:
            pass  # at a joint, where numbers say nothing
        except NotDefined:
            pytest.fail(f"a side is not defined at {result.counterexample}")
    if result.proved:
        choose = random.Random(seed)
        for _ in range(POINTS):
            sizes, data = at_random(choose, matrices)
            assert differ_at(lhs, rhs, sizes, data) is None, (sizes, data)


# ---- scalar expressions


def small_numbers() -> st.SearchStrategy[Any]:
    return st.sampled_from([Integer(c) for c in (1, 2, 3, -1, -2)] + [Rational(1, 2)])


UNARY: list[Callable[[Any], Any]] = [exp, log, sqrt, Abs, sigma, softplus, tanh, sign, sin, cos]
UNARY += [atan, lambda u: u**2, lambda u: u**-1, lambda u: u**3, lambda u: u ** Rational(1, 3)]
BINARY: list[Callable[[Any, Any], Any]] = [
    lambda u, w: u + w,
    lambda u, w: u - w,
    lambda u, w: u * w,
    lambda u, w: u / w,
    Max,
    Min,
    lambda u, w: Piecewise((u, w > 0), (w, True)),
    lambda u, w: Piecewise((u, u < w), (u * w, Eq(u, w)), (w, True)),
]


def bad(e: Any) -> bool:
    if not isinstance(e, Expr) or e.has(sympy.zoo, sympy.nan, sympy.oo, sympy.I, sympy.re):
        return True
    return e.count_ops() > 40


def tried(make: Callable[..., Any], *args: Any) -> Any:
    """What SymPy makes of it; where it refuses, or meets a complex number, the draw is dropped."""
    try:
        e = make(*args)
    except (TypeError, ValueError, AttributeError, RecursionError):
        assume(False)
    assume(not bad(e))
    return e


@st.composite
def scalars(draw: Any, depth: int = 3) -> Any:
    if depth == 0 or draw(st.integers(0, 5)) == 0:
        return draw(st.sampled_from(VARIABLES) | small_numbers())
    if draw(st.booleans()):
        return tried(draw(st.sampled_from(UNARY)), draw(scalars(depth - 1)))
    first, second = draw(scalars(depth - 1)), draw(scalars(depth - 1))
    return tried(draw(st.sampled_from(BINARY)), first, second)


def halves(e: Any) -> tuple[Any, Any]:
    """e.args as first and rest."""
    return e.args[0], e.func(*e.args[1:])


Rule = Callable[[Any], Any]
a_, b_ = sympy.Wild("a_"), sympy.Wild("b_")

# Each is true wherever both sides are defined.
TRUE: dict[str, list[Rule]] = {
    "exp": [
        lambda e: exp(e.args[0] / 2, evaluate=False) ** 2,
        lambda e: 1 / exp(-e.args[0], evaluate=False),
        lambda e: sympy.cosh(e.args[0]) + sympy.sinh(e.args[0]),
    ],
    "log": [
        lambda e: log(Abs(e.args[0])),
        lambda e: -log(1 / e.args[0]),
        lambda e: 2 * log(sqrt(e.args[0])),
        lambda e: log(e.args[0] ** 2) / 2,
    ],
    "Abs": [
        lambda e: sqrt(e.args[0] ** 2),
        lambda e: Max(e.args[0], -e.args[0]),
        lambda e: e.args[0] * sign(e.args[0]),
        lambda e: Piecewise((e.args[0], e.args[0] >= 0), (-e.args[0], True)),
    ],
    "sigma": [
        lambda e: 1 / (1 + exp(-e.args[0])),
        lambda e: 1 - sigma(-e.args[0]),
        lambda e: (1 + tanh(e.args[0] / 2)) / 2,
    ],
    "softplus": [
        lambda e: e.args[0] + softplus(-e.args[0]),
        lambda e: -log(sigma(-e.args[0])),
        lambda e: Max(e.args[0], 0) + log(1 + exp(-Abs(e.args[0]))),
    ],
    "tanh": [
        lambda e: 2 * sigma(2 * e.args[0]) - 1,
        lambda e: (exp(2 * e.args[0]) - 1) / (exp(2 * e.args[0]) + 1),
    ],
    "sin": [
        lambda e: 2 * sin(e.args[0] / 2) * cos(e.args[0] / 2),
        lambda e: -sin(-e.args[0], evaluate=False),
    ],
    "cos": [lambda e: 1 - 2 * sin(e.args[0] / 2) ** 2],
    "sign": [lambda e: e.args[0] / Abs(e.args[0])],
    "Max": [
        lambda e: (sum(halves(e)) + Abs(halves(e)[0] - halves(e)[1])) / 2,
        lambda e: -Min(*(-a for a in e.args)),
    ],
    "Min": [lambda e: (sum(halves(e)) - Abs(halves(e)[0] - halves(e)[1])) / 2],
    "Piecewise": [
        lambda e: Piecewise(*((b * 2, c) for b, c in e.args)) / 2,
        lambda e: Piecewise(
            (e.args[-1][0], sympy.Not(sympy.Or(*(c for _, c in e.args[:-1])))), *e.args[:-1]
        ),
    ],
    "Mul": [
        sympy.expand,
        lambda e: sign(halves(e)[0]) * Abs(halves(e)[0]) * halves(e)[1],
        lambda e: ((sum(halves(e))) ** 2 - (halves(e)[0] - halves(e)[1]) ** 2) / 4,
    ],
    "Add": [
        sympy.factor,
        lambda e: (halves(e)[0] ** 2 - halves(e)[1] ** 2) / (halves(e)[0] - halves(e)[1]),
        sympy.together,
    ],
    "Pow": [
        lambda e: sqrt(e.base) ** (2 * e.exp),
        lambda e: exp(e.exp * log(e.base), evaluate=False),
        lambda e: e.base * sympy.Pow(e.base, e.exp - 1, evaluate=False),
        lambda e: Abs(e.base) ** e.exp,
    ],
    "Symbol": [
        lambda e: sympy.UnevaluatedExpr(exp(log(e, evaluate=False), evaluate=False)),
        lambda e: sympy.Pow(sqrt(e), 2, evaluate=False),
        lambda e: (e**2 - 1) / (e - 1) - 1,
    ],
}
# ``Abs(base)**exponent`` holds for roots and even powers; for odd ones it is a mistake, which
# is welcome here: nothing below relies on a pair being true.
BELIEVED: list[Rule] = [
    lambda e: -e,
    lambda e: e + 1,
    lambda e: 2 * e,
    Abs,
    lambda e: sqrt(e**2),
    lambda e: e.args[0],
    lambda e: e.func(*(-a for a in e.args)),
    lambda e: e.func(*reversed(e.args)),
    lambda e: e.func(*(sympy.expand(a) for a in e.args[1:])),
    lambda e: e.xreplace({x: y, y: x}),
    lambda e: e.xreplace({x: -x}),
    lambda e: e.xreplace({x: p}),
    lambda e: e.func(*(a + Rational(1, 1000) for a in e.args)),
]
SWAPPED = {Max: Min, Min: Max, sin: cos, cos: sin, sigma: tanh, exp: softplus, log: sqrt}


def spots(e: Any) -> list[Any]:
    """The distinct scalar subexpressions, not those inside conditions."""
    found, todo = {}, [e]
    while todo:
        node = todo.pop()
        if isinstance(node, sympy.functions.elementary.piecewise.ExprCondPair):
            todo.append(node.args[0])
        elif isinstance(node, Expr):
            found[node] = None
            todo += node.args
    return sorted(found, key=sympy.default_sort_key)


@st.composite
def rewritten(draw: Any, e: Any, believe: bool) -> Any:
    """The expression with one subexpression replaced."""
    spot = draw(st.sampled_from(spots(e)))
    rules = BELIEVED if believe else TRUE.get(type(spot).__name__, [lambda u: u])
    if believe and type(spot) in SWAPPED and draw(st.booleans()):
        new = tried(SWAPPED[type(spot)], *spot.args)
    else:
        try:
            new = draw(st.sampled_from(rules))(spot)
        except (TypeError, ValueError, IndexError, AttributeError, sympy.PolynomialError):
            assume(False)
    assume(isinstance(new, Expr))  # a branch of a Piecewise with its condition is none
    return tried(lambda: e.xreplace({spot: new}))


@st.composite
def scalar_pairs(draw: Any) -> tuple[Any, Any]:
    e = draw(scalars())
    other = draw(rewritten(e, believe=False))
    other = draw(rewritten(other, believe=draw(st.sampled_from([False, False, True]))))
    if draw(st.booleans()):
        other = draw(rewritten(other, believe=False))
    kind = draw(st.integers(0, 3))
    if kind == 0:
        return Derivative(e, x, evaluate=False), Derivative(other, x, evaluate=False)
    if kind == 1:
        assume(not e.has(Abs, sign, Max, Min, Piecewise))
        return Derivative(e, x, evaluate=False), other.diff(x) if other.has(x) else e.diff(x)
    return e, other
