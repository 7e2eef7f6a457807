"""A random pair of expressions: what is claimed, whether it is true, and points to look at.

A pair is made from a seed, so that it can be made again. It is true by construction (one side is
the other after rewritings by identities that hold), or false as far as its maker knows (a slip was
made): then ``tests/pairs/ask.py`` looks for a point that shows it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import sympy
from sympy import Basic, IndexedBase, KroneckerDelta, MatrixSymbol, Rational, symbols
from sympy.functions.elementary.piecewise import ExprCondPair
from sympy.matrices.expressions.matexpr import MatrixElement

x, y, z = symbols("x y z", real=True)
p, r = symbols("p r", positive=True)
REAL, POSITIVE = (x, y, z), (p, r)
m, n = symbols("m n", integer=True, positive=True)
i, j, k, l, a, b = symbols("i j k l a b", integer=True, nonnegative=True)  # noqa: E741
X, t, v = MatrixSymbol("X", m, n), MatrixSymbol("t", n, 1), MatrixSymbol("v", m, 1)
A, B, W = MatrixSymbol("A", n, n), MatrixSymbol("B", n, n), MatrixSymbol("W", m, m)
q, c = IndexedBase("q", shape=(n,)), IndexedBase("c", shape=(m,))
ROWS, COLUMNS = (i, k), (j, l)  # bound; a and b are free column indices
SHAPES = {"X": "mn", "t": "n1", "v": "m1", "A": "nn", "B": "nn", "W": "mm", "q": "n1", "c": "m1"}

CLOSED = (sympy.Indexed, IndexedBase, MatrixElement, MatrixSymbol, KroneckerDelta, sympy.Lambda)

Chooser = random.Random
Rule = Callable[[Any], Any]


class NoDraw(Exception):
    """This draw gives no pair: SymPy refuses to build it, or it is too large."""


REFUSED = (  # how SymPy says that something cannot be built
    TypeError,
    ValueError,
    AttributeError,
    IndexError,
    KeyError,
    RecursionError,
    NotImplementedError,
    ZeroDivisionError,
    AssertionError,
    sympy.PolynomialError,
    sympy.tensor.indexed.IndexException,
    sympy.ShapeError,
)


@dataclass
class Point:
    """Sizes and free indices, and the data by name."""

    sizes: dict[str, int]
    values: dict[str, Any]


Move = Callable[[Point, Chooser], None]


@dataclass(frozen=True)
class Pair:
    """Two sides and what is known of them.

    Attributes
    ----------
    lhs, rhs, where, let
        The claim.
    true
        Whether it holds by construction, wherever both sides are defined.
    made
        By what rewritings and slips.
    settle
        Makes ``where`` hold at a point.
    moves
        Each takes a point to where a slip shows.
    """

    lhs: Any
    rhs: Any
    where: tuple[Basic, ...] = ()
    let: Mapping[Basic, Basic] = field(default_factory=dict)
    true: bool = True
    made: tuple[str, ...] = ()
    settle: Move = lambda point, choose: None
    moves: tuple[Move, ...] = ()

    def slipped(self, rhs: Any, slip: str, *moves: Move) -> Pair:
        """The pair with a slip on its right side."""
        return replace(self, rhs=rhs, true=False, made=(*self.made, slip), moves=moves)

    def text(self) -> str:
        """The claim as Python with SymPy's srepr, to be tried again."""
        parts = [f"lhs = {sympy.srepr(self.lhs)}", f"rhs = {sympy.srepr(self.rhs)}"]
        parts += [f"where = {[sympy.srepr(w) for w in self.where]}"] if self.where else []
        parts += [f"let = {self.let}"] if self.let else []
        return "\n".join(parts)


def number(choose: Chooser) -> Rational:
    """Generic rationals, so that a joint is met only by design; small integers among them."""
    kind = choose.randrange(4)
    if kind == 0:
        return Rational(choose.randint(-400, 400), 97)
    if kind == 1:
        return Rational(choose.randint(-30, 30), 7)
    return Rational(choose.randint(-3, 3)) if kind == 2 else Rational(choose.randint(1, 90), 89)


def point(choose: Chooser, arrays: bool = True) -> Point:
    """Numbers for all symbols, and with sizes from 1 to 3 for all arrays."""
    values: dict[str, Any] = {s.name: number(choose) for s in REAL}
    values |= {s.name: abs(number(choose)) + Rational(1, 97) for s in POSITIVE}
    if not arrays:
        return Point({}, values)
    rows, columns = choose.randint(1, 3), choose.randint(1, 3)
    return Point(sizes_of(rows, columns, choose), values | data(rows, columns, choose))


def sizes_of(rows: int, columns: int, choose: Chooser) -> dict[str, int]:
    """Sizes, and free indices that lie within them."""
    sizes = {"m": rows, "n": columns}
    sizes |= {s.name: choose.randrange(rows) for s in ROWS}
    return sizes | {s.name: choose.randrange(columns) for s in (*COLUMNS, a, b)}


def data(rows: int, columns: int, choose: Chooser) -> dict[str, Any]:
    """Numbers for all arrays, in rows; a column is written flat."""
    of = {"m": rows, "n": columns, "1": 1}
    out: dict[str, Any] = {}
    for name, (high, wide) in SHAPES.items():
        grid = [[number(choose) for _ in range(of[wide])] for _ in range(of[high])]
        out[name] = [row[0] for row in grid] if wide == "1" else grid
    return out


def size_is(name: str, size: int) -> Move:
    """A move to a point of this size."""

    def move(at: Point, choose: Chooser) -> None:
        sizes = {**at.sizes, name: size}
        at.sizes.update(sizes_of(sizes["m"], sizes["n"], choose))
        at.values.update(data(sizes["m"], sizes["n"], choose))

    return move


def bad(e: Any, most: int = 60) -> bool:
    """Whether SymPy made something of it that is not a real expression of moderate size."""
    if e.has(sympy.zoo, sympy.nan, sympy.oo, sympy.I, sympy.re, sympy.DiracDelta):
        return True
    return sum(1 for _ in sympy.preorder_traversal(e)) > 4 * most


def built(make: Callable[..., Any], *args: Any) -> Any:
    """What SymPy makes of it; where it refuses, or meets a complex number, there is no draw."""
    try:
        e = make(*args)
    except REFUSED:
        raise NoDraw from None
    if not isinstance(e, Basic) or bad(e):
        raise NoDraw
    return e


def placed(e: Any, spot: Any, new: Any) -> Any:
    """The expression with a scalar part replaced: not in conditions, ranges, indices and shapes."""
    if e == spot:
        return new
    if not e.args or isinstance(e, CLOSED):
        return e
    if isinstance(e, ExprCondPair):
        return e.func(placed(e.args[0], spot, new), e.args[1])
    if isinstance(e, (sympy.Sum, sympy.Product, sympy.Derivative, sympy.Subs)):
        return e.func(placed(e.args[0], spot, new), *e.args[1:])
    if isinstance(e, sympy.polygamma):  # its order is a number
        return e.func(e.args[0], placed(e.args[1], spot, new))
    args = [placed(w, spot, new) for w in e.args]
    return e if all(u is w for u, w in zip(args, e.args, strict=True)) else e.func(*args)


def parts(e: Any) -> list[Any]:
    """The distinct scalar subexpressions, where ``placed`` replaces them."""
    found, todo = {}, [e]
    while todo:
        node = todo.pop()
        if isinstance(node, ExprCondPair):
            todo.append(node.args[0])
            continue
        if isinstance(node, sympy.Expr) and not getattr(node, "is_Matrix", False):
            found[node] = None
        if isinstance(node, (sympy.Sum, sympy.Product, sympy.Derivative, sympy.Subs)):
            todo.append(node.args[0])
        elif isinstance(node, sympy.polygamma):
            todo.append(node.args[1])
        elif not isinstance(node, CLOSED):
            todo += node.args
    return sorted(found, key=sympy.default_sort_key)
