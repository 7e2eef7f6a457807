"""Random points of a claim's domain, and what an expression is worth there, in mpmath.

Nothing of symderiv takes part: a claim's mutants are decided by tests/pointwise.py, with the
functions added here that the corpus needs beyond it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import mpmath
import pointwise
import sympy
from corpus.claim import Claim
from mpmath import mpf
from sympy import Basic, Contains, Eq, FiniteSet, Indexed, MatrixSymbol, Rational, Symbol
from sympy.assumptions import AppliedPredicate
from sympy.matrices.expressions.matexpr import MatrixElement

__all__ = ["Point", "allowed", "points", "same", "value_at"]

_POOL = [Rational(n, d) for n, d in ((7, 5), (-4, 3), (3, 7), (11, 4), (-5, 8), (9, 11), (-13, 6))]
_UNIT = [Rational(n, d) for n, d in ((2, 7), (3, 5), (5, 11), (8, 9), (1, 6))]
_POOLS = [_POOL, _UNIT, [-x for x in _UNIT], [*_POOL, *_UNIT]]
_TRIES = 300


def _real(f: Any, low: Any = None, high: Any = None) -> Any:
    """An entry of pointwise's table: f on an interval, closed where f has a value at its end."""

    def rule(e: Any, at: Any) -> Any:
        x = pointwise.scalar(e.args[-1], at)
        edges = [pointwise.separate(x - e, at) for e in (low, high) if e is not None]
        if (low is not None and edges[0] < 0) or (high is not None and edges[-1] > 0):
            raise pointwise.NotDefined(f"{e.func}({x})")
        return mpmath.re(f(x))

    return rule


def _after(f: Any) -> Any:
    """An entry of that table: f of several numbers, real where it has no imaginary part."""

    def rule(e: Any, at: Any) -> Any:
        value = f(*(pointwise.scalar(a, at) for a in e.args))
        if mpmath.im(value):
            raise pointwise.NotDefined(f"{e.func}{e.args}")
        return mpmath.re(value)

    return rule


def _polygamma(e: Any, at: Any) -> Any:
    order, x = (pointwise.scalar(a, at) for a in e.args)
    if x <= 0 or order < 0 or order != int(order):
        raise pointwise.NotDefined(f"polygamma({order}, {x})")
    return mpmath.polygamma(int(order), x)


for _name, _rule in {
    "tan": _real(mpmath.tan),
    "coth": _real(mpmath.coth),
    "asin": _real(mpmath.asin, -1, 1),
    "acos": _real(mpmath.acos, -1, 1),
    "asinh": _real(mpmath.asinh),
    "acosh": _real(mpmath.acosh, 1),
    "atanh": _real(mpmath.atanh, -1, 1),
    "erf": _real(mpmath.erf),
    "erfc": _real(mpmath.erfc),
    "gamma": _real(mpmath.gamma, 0),
    "loggamma": _real(mpmath.loggamma, 0),
    "LambertW": _real(mpmath.lambertw, -mpmath.exp(-1)),
    "erfinv": _real(mpmath.erfinv, -1, 1),
    "Ei": _real(mpmath.ei),
    "sinc": _real(mpmath.sinc),
    "uppergamma": _after(mpmath.gammainc),
    "lowergamma": _after(lambda a, x: mpmath.gammainc(a, 0, x)),
    "expint": _after(mpmath.expint),
    "besseli": _after(mpmath.besseli),
    "besselj": _after(mpmath.besselj),
    "besselk": _after(mpmath.besselk),
    "atan2": _after(mpmath.atan2),
    "polygamma": _polygamma,
    "beta": lambda e, at: mpmath.beta(*(pointwise.scalar(a, at) for a in e.args)),
    "sec": _real(mpmath.sec),
    "csc": _real(mpmath.csc),
    "cot": _real(mpmath.cot),
    "sech": _real(mpmath.sech),
    "log1p": _real(lambda x: mpmath.log(1 + x), -1),
    "expm1": _real(mpmath.expm1),
    "log2": _real(lambda x: mpmath.log(x, 2), 0),
    "exp2": _real(lambda x: mpf(2) ** x),
    "hypot": lambda e, at: mpmath.hypot(*(pointwise.scalar(a, at) for a in e.args)),
    "EulerGamma": lambda e, at: +mpmath.euler,
}.items():
    pointwise.SCALARS.setdefault(_name, _rule)


@dataclass(frozen=True)
class Point:
    """Sizes and free indices, and the data by name."""

    sizes: dict[str, int]
    values: dict[str, Any]


class _Lazy(dict[Any, Any]):
    """An array without a shape: an entry is drawn when it is first asked for."""

    def __init__(self, draw: Any) -> None:
        super().__init__()
        self.draw = draw

    def __missing__(self, key: Any) -> Any:
        self[key] = self.draw()
        return self[key]


def value_at(e: Any, claim: Claim, point: Point, entry: Any = None) -> Any:
    """The value of a scalar or of one entry, None where it is not certainly defined."""
    try:
        v = pointwise.value(e, point.sizes, point.values, claim.let, entry)
    except (ArithmeticError, ValueError, pointwise.NotDefined, mpmath.libmp.NoConvergence):
        return None
    return v if isinstance(v, mpf) and mpmath.isfinite(v) else None


def same(a: Any, b: Any, numerical: bool = True) -> bool:
    """Whether two values agree in about 20 digits (a numerical derivative has no more)."""
    return bool(abs(a - b) <= mpf(10) ** (-18 if numerical else -40) * (1 + abs(a) + abs(b)))


def points(claim: Claim, wanted: int = 4) -> Iterator[Point]:
    """Points at which ``where`` holds, sizes 2 and 3; the same ones on every machine."""
    draw = random.Random(claim.name)
    found = 0
    for attempt in range(_TRIES):
        point = _draw(claim, draw, _POOLS[attempt % len(_POOLS)])
        if point is not None and allowed(claim, point):
            yield point
            found += 1
            if found == wanted:
                return


def _draw(claim: Claim, draw: random.Random, pool: list[Any]) -> Point | None:
    atoms = _atoms(claim)
    integers = sorted((a for a in atoms if isinstance(a, Symbol) and a.is_integer), key=str)
    sizes = _sizes(integers, atoms, draw)
    values: dict[str, Any] = {}
    for a in sorted((a for a in atoms if not (isinstance(a, Symbol) and a.is_integer)), key=str):
        if isinstance(a, Symbol):
            values[a.name] = _number(a, claim, draw, pool)
        elif isinstance(a, MatrixSymbol):
            rows, columns = (int(s.xreplace({n: sizes[n.name] for n in integers})) for s in a.shape)
            grid = [[_number(a, claim, draw, pool) for _ in range(columns)] for _ in range(rows)]
            values[a.name] = grid if columns > 1 else [row[0] for row in grid]
        else:
            values[str(a)] = _Lazy(lambda a=a: _number(a, claim, draw, pool))
    for r in claim.where:
        if isinstance(r, AppliedPredicate):
            _mirror(values[str(r.arguments[0])])
    point = Point(sizes, values)
    return point if all(_solve(r, claim, point, draw) for r in claim.where) else None


def _mirror(grid: list[list[Any]]) -> None:
    """Make a square matrix symmetric, which is the one predicate that ``where`` knows here."""
    for i, row in enumerate(grid):
        row[:i] = [grid[j][i] for j in range(i)]


def _atoms(claim: Claim) -> set[Basic]:
    """Free symbols, matrices and arrays; what a ``let`` defines is none of them."""
    found: set[Basic] = set()
    for e in (claim.lhs, claim.rhs, *claim.let.values()):
        for node in sympy.preorder_traversal(e):
            if isinstance(node, MatrixSymbol):
                found.add(node)
                found |= {s for shape in node.shape for s in shape.free_symbols}
            elif isinstance(node, Indexed):
                found.add(node.base)
            elif isinstance(node, sympy.Derivative):  # SymPy does not count z[j]'s index as free
                indices = {s for v in node.variables for s in v.free_symbols}
                found |= {s for s in indices if isinstance(s, Symbol) and s.is_integer}
        arrays = {str(a) for a in found}
        found |= {s for s in e.free_symbols if isinstance(s, Symbol) and s.name not in arrays}
    arrays = {n.base for n in claim.let if isinstance(n, Indexed)}
    bound = {s for e in claim.let for s in e.free_symbols if s.is_integer}
    free = set().union(*(e.free_symbols for e in (claim.lhs, claim.rhs)))
    return {a for a in found if a not in arrays and a not in claim.let and a not in bound - free}


def _sizes(integers: list[Any], atoms: set[Basic], draw: random.Random) -> dict[str, int]:
    shapes = {
        s for a in atoms if isinstance(a, MatrixSymbol) for e in a.shape for s in e.free_symbols
    }
    large = [s for s in integers if s in shapes or s.is_positive]
    out = {s.name: draw.choice([2, 3, 3]) for s in large}
    least = min(out.values(), default=3)
    return out | {s.name: draw.randrange(least) for s in integers if s not in large}


def _number(a: Basic, claim: Claim, draw: random.Random, pool: list[Any]) -> Any:
    for r in claim.where:
        for side in r.args:
            if isinstance(side, FiniteSet) and str(a) == str(_head(r.args[0])):
                return draw.choice(list(side.args))
    if any(
        isinstance(r, Eq) and r.args[0].is_Pow and str(_head(r.args[0].base)) == str(a)
        for r in claim.where
    ):
        return draw.choice([Rational(1), Rational(-1)])
    v = draw.choice(pool) + Rational(draw.randint(-9, 9), 1009)
    if getattr(a, "is_positive", False) or any(_positive(r, a) for r in claim.where):
        v = abs(v)
    return v


def _head(e: Any) -> Any:
    if isinstance(e, Indexed):
        return e.base.label
    return e.parent if isinstance(e, MatrixElement) else e


def _positive(r: Basic, a: Basic) -> bool:
    """Whether ``where`` asks for a positive value of a by itself."""
    return (
        isinstance(r, sympy.StrictGreaterThan)
        and r.args[1] == 0
        and str(_head(r.args[0])) == str(a)
    )


def _solve(r: Basic, claim: Claim, point: Point, draw: random.Random) -> bool:
    """Make an equation true by its last unknown: rows of labels, or a sum of symbols."""
    if not isinstance(r, Eq) or r.args[0].is_Pow:
        return True
    total, wanted = r.args
    if isinstance(total, sympy.Sum):
        if total.function.is_Pow:  # the squares of a vector
            data = point.values[str(_head(total.function.base))]
            data[:] = [Rational(3, 5), Rational(-4, 5), *([Rational(0)] * (len(data) - 2))]
            return True
        rows = point.values[str(_head(total.function))]
        if isinstance(rows, _Lazy):
            return _share_out(rows, total, point)
        grid = rows if isinstance(rows[0], list) else [rows]
        for row in grid:
            if any(isinstance(s, Contains) for s in claim.where):
                row[:] = [Rational(0)] * len(row)
                row[draw.randrange(len(row))] = Rational(1)
            else:
                row[:] = [abs(x) for x in row]
                whole = sum(row)
                row[:] = [x / whole for x in row]
        return True
    symbols = sorted(r.free_symbols, key=str)
    if all(total.coeff(s) == 1 for s in symbols):  # a sum of shares
        whole = sum(point.values[s.name] for s in symbols)
        for s in symbols:
            point.values[s.name] /= whole
        return True
    known = {symbols[0]: Rational(3, 5), symbols[-1]: Rational(-4, 5)}  # u² + v² = 1
    point.values.update({s.name: v for s, v in known.items()})
    return bool(total.xreplace(known) == wanted)


def _share_out(data: _Lazy, total: sympy.Sum, point: Point) -> bool:
    """Make the entries over a sum's range add up to 1, for every value of another index."""
    (index, low, high), *_ = total.limits
    ends = (int(e.xreplace({s: point.sizes[s.name] for s in e.free_symbols})) for e in (low, high))
    first, last = ends
    for other in range(6):
        keys = [
            key[0] if len(key) == 1 else key
            for k in range(first, last + 1)
            for key in [tuple(k if i == index else other for i in total.function.indices)]
        ]
        weights = [abs(data[key]) for key in keys]
        data.update({k: w / sum(weights) for k, w in zip(keys, weights, strict=True)})
    return True


def allowed(claim: Claim, point: Point) -> bool:
    """Whether every relation of ``where`` holds at a point."""
    place = pointwise.Place(point.sizes, point.values, claim.let)
    try:
        return all(_holds(r, place, point) for r in claim.where)
    except (pointwise.NotDefined, ZeroDivisionError):
        return False


def _holds(r: Basic, place: Any, point: Point) -> bool:
    if isinstance(r, AppliedPredicate):
        return True  # made true when the point was drawn
    free = [s for s in r.free_symbols if isinstance(s, Symbol) and s.is_integer]
    unknown = [s for s in free if s.name not in point.sizes]
    arrays = [n for n in sympy.preorder_traversal(r) if isinstance(n, (MatrixElement, Indexed))]
    if not arrays and not unknown:
        return bool(pointwise.holds(r, place))
    if isinstance(r, Eq) or not arrays:
        return True  # solved above
    data = point.values[str(_head(arrays[0]))]
    flat = (
        [x for row in data for x in (row if isinstance(row, list) else [row])]
        if isinstance(data, list)
        else []
    )
    probe = Symbol("probe")
    return all(
        pointwise.holds(r.xreplace({arrays[0]: probe}), place.bind(probe, pointwise.number(x)))
        for x in flat
    )
