"""Whether arrays without an end can go on as ``where`` says of neighbours.

A point has the entries that are read, and ``where`` speaks of all: u[k + 1] = 2·u[k] with
|u[k]| ≤ 100 leaves 0 alone, whatever the first entries are. So the entries have to go on, constant
or in steps of ±1, and every relation has to hold at all the others. From some index on a relation
reads these alone. There it is a polynomial in the index, or as it is at the first of them; and a
polynomial whose forward differences are all at least 0 at one place is so from there on.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import sympy
from flint import fmpq
from sympy import Basic, Symbol
from sympy.core.relational import Relational
from sympy.matrices.expressions.matexpr import MatrixElement

from symderiv.refute.frames import allowed, spans
from symderiv.refute.jets import OutsideShape, Undefined
from symderiv.refute.survey import Scope, distinct, integer_value

if TYPE_CHECKING:
    from symderiv.refute.conditions import Condition
    from symderiv.refute.evaluate import Place
    from symderiv.refute.points import Point, Points

__all__ = ["goes_on"]

_FAR = 5000  # an index that may be as large has no end
_MOST_APART = 4096
_HIGHEST_DEGREE = 6
_WANTED = {"==": "0", "!=": "+-", ">=": "+0", ">": "+", "<=": "-0", "<": "-"}

_LAZY = sympy.Piecewise, sympy.Sum, sympy.Product

Span = tuple[int, int]
Piece = tuple[int, int]  # an integer, and whether it goes up from there, down, or stays


def goes_on(points: Points, point: Point) -> bool:
    """Whether what is said of neighbours can be said of entries beyond those of a point."""
    told = [c for c in points.conditions if c.quantified]
    arrays = frozenset[str]().union(*(c.chained for c in told))
    if not arrays:
        return True
    if any(p[0] in arrays for p in point.derived):
        return False
    names, mine = arrays, list[Any]()
    while more := [c for c in told if c not in mine and c.names & names]:  # and so on
        mine += more
        names = names.union(*({str(x.base.label) for x in c.entries} for c in more))
    ends: dict[str, list[Span]] = {}
    for name in sorted(names):
        places = [p[1:] for p in point.values if p[0] == name and p[1:]]
        ends[name] = [(min(at), max(at)) for at in zip(*places, strict=True)]
    return any(all(_Line(points, point, arrays, ends, s).so(c) for c in mine) for s in (0, 1, -1))


@dataclass
class _Line:
    """One way to go on: what is told of neighbours in steps, all else as it is at the end."""

    points: Points
    point: Point
    arrays: frozenset[str]
    ends: Mapping[str, list[Span]]
    step: int
    trial: Point = field(init=False)

    def __post_init__(self) -> None:
        values = dict(self.point.values)
        self.trial = replace(self.point, values=values, make=self._make, told=set())

    def _make(self, place: Place) -> Any:
        name, *at = place
        near = [min(max(i, a), b) for i, (a, b) in zip(at, self.ends.get(name, ()), strict=False)]
        value = self.point.values.get((name, *near))
        if value is None or not at or len(near) < len(at):
            raise Undefined("joint", f"{name} is read beyond its entries")
        away = at[0] - near[0] if name in self.arrays else 0
        if not away or not self.step:
            return value
        base, ahead = self.points.base(name), self.step * (1 if away > 0 else -1)
        turns = base.is_nonzero and not value * ahead > 0
        value += self.step * away
        if turns or not (allowed(base, value) and allowed(base, fmpq(ahead))):
            raise Undefined("joint", f"{name} would not go on as it is declared")
        return value

    def so(self, c: Condition) -> bool:
        """Whether a relation holds at every index."""
        pieces = [self._pieces(q, c) for q in c.quantified]
        known = [p for p in pieces if p is not None]
        apart = 1
        for p in known:
            apart *= len(p)
        if len(known) < len(pieces) or apart > _MOST_APART:
            return False
        return all(
            self._holds(c, dict(zip(c.quantified, at, strict=True)))
            for at in itertools.product(*known)
        )

    def _pieces(self, q: Symbol, c: Condition) -> list[Piece] | None:
        """The integers at which the relation reads entries of the point, and those beyond."""
        near = [0]
        for entry in _read(c.relation, q):
            name, shape = str(entry.args[0].args[0]), getattr(entry.args[0], "shape", None)
            if name in self.points.survey.definitions:
                return None
            sizes = [self.points.size(d, self.point.integers) - 1 for d in shape or ()]
            ends = [(0, size) for size in sizes] if shape else self.ends.get(name, ())
            for index, end in zip(entry.args[1:], ends, strict=False):
                if q not in index.free_symbols:
                    continue
                a = index.coeff(q)
                b = integer_value(index - a * q, Scope(), self.point.integers)
                if not (a.is_Integer and a) or b is None:
                    return None
                near += [f((e - b) / fmpq(int(a))) for e in end for f in (_floor, _ceil)]
        first, last = min(near), max(near)
        low, high = self._span(q)
        inside = range(max(first, low), min(last, high) + 1)
        if len(inside) > _MOST_APART:
            return None
        up, down = max(last + 1, low), min(first - 1, high)
        found = [(k, 0) for k in inside]
        found += [(up, 1)] if high > _FAR else [(k, 0) for k in range(up, high + 1)]
        return found + ([(down, -1)] if low < -_FAR else [(k, 0) for k in range(low, down + 1)])

    def _span(self, q: Symbol) -> Span:
        """Where an index may be, by what is declared and said of it alone."""
        integers = {x: v for x, v in self.point.integers.items() if abs(v) <= _FAR}
        fixed = [sympy.Eq(x, v, evaluate=False) for x, v in integers.items()]
        said = [c.relation for c in self.points.restricting]
        span = spans([], [q, *integers], [*said, *fixed])[q]
        return (span.start, span.stop - 1) if span else (1, 0)

    def _holds(self, c: Condition, at: Mapping[Symbol, Piece]) -> bool:
        """Whether a relation holds where each index is an integer, or goes on from one."""
        going = {q: p for q, p in at.items() if p[1]}
        here = {**self.point.integers, **{q: first for q, (first, _) in at.items()}}
        if not going:
            fits = all(allowed(q, fmpq(here[q])) for q in at) and self.points.said_of(here)
            return not fits or self._at(c, here)
        beyond = {q for q in going for x in _read(c.relation, q) if getattr(x.args[0], "shape", 0)}
        if beyond:  # no such entry, unless a case or an empty sum leaves it out
            return not any(isinstance(x, _LAZY) for x in distinct(c.relation))
        return all(
            self._excluded(order, here, going) or self._throughout(c, order, here, going)
            for order in _orders(len(going))
        )

    def _at(self, c: Condition, here: dict[Symbol, int]) -> bool:
        try:
            return self.points.check(c, here, self.trial)[0]
        except OutsideShape as outside:
            return c.ends(outside)

    def _throughout(
        self,
        c: Condition,
        order: Sequence[int],
        here: dict[Symbol, int],
        going: dict[Symbol, Piece],
    ) -> bool:
        if self._degree(c.relation, frozenset(going)) == 0:
            return self._at(c, _moved(here, going, order, [0] * len(order)))
        return self._signs(c, order, here, going) <= {*_WANTED.get(_op(c), "")}

    def _excluded(
        self, order: Sequence[int], here: dict[Symbol, int], going: dict[Symbol, Piece]
    ) -> bool:
        """Whether ``where`` speaks of none of these."""
        said = [c for c in self.points.restricting if _op(c) and c.free <= here.keys()]
        return any(self._signs(c, order, here, going).isdisjoint(_WANTED[_op(c)]) for c in said)

    def _degree(self, node: Any, going: frozenset[Symbol]) -> int | None:
        """The degree of a polynomial in the indices that go on, None where it may be none."""
        if not node.free_symbols & going:
            return 0
        if isinstance(node, Symbol):
            return 1
        if isinstance(node, sympy.Indexed):
            return int(bool(self.step) and str(node.base.label) in self.arrays)
        degrees = [self._degree(a, going) for a in node.args]
        known = [d for d in degrees if d is not None]
        if len(known) < len(degrees):
            return None
        if isinstance(node, (sympy.Add, Relational)) or not any(known):
            return max(known)
        if isinstance(node, sympy.Mul):
            return sum(known)
        whole = isinstance(node, sympy.Pow) and node.exp.is_Integer and node.exp > 0
        return int(known[0] * node.exp) if whole else None

    def _signs(
        self,
        c: Condition,
        order: Sequence[int],
        here: dict[Symbol, int],
        going: dict[Symbol, Piece],
    ) -> frozenset[str]:
        """The signs that a polynomial may have, by its forward differences at one place."""
        degree = self._degree(c.relation, frozenset(going)) if c.terms else None
        if degree is None or degree > _HIGHEST_DEGREE:
            return frozenset("+0-")
        values = {}
        for at in itertools.product(range(degree + 1), repeat=max(order) + 1):
            s = self.points.evaluation
            s.spend(c.cost)
            self.trial.enter(s, 64, _moved(here, going, order, at), [])
            try:
                a, b = (side(s) for side in c.terms)
            except (OutsideShape, Undefined):
                return frozenset("+0-")
            values[at] = a - b
        first = values[next(iter(values))]
        if any(type(v) is not fmpq for v in values.values()):
            return frozenset("+0-")
        differences = _differences(values).values()
        if not any(differences):
            return frozenset("0")
        for sign, so in (("+", min(differences) >= 0), ("-", max(differences) <= 0)):
            if so:
                return frozenset(sign if first else sign + "0")
        return frozenset("+0-")


def _floor(x: fmpq) -> int:
    return int(x.floor())


def _ceil(x: fmpq) -> int:
    return int(x.ceil())


def _op(c: Condition) -> str:
    return str(c.relation.rel_op) if isinstance(c.relation, Relational) else ""


def _read(relation: Basic, q: Symbol) -> list[Any]:
    """The entries that are read at an index."""
    entries = (x for x in distinct(relation) if isinstance(x, (sympy.Indexed, MatrixElement)))
    return [x for x in entries if any(q in i.free_symbols for i in x.args[1:])]


def _orders(count: int) -> Iterator[tuple[int, ...]]:
    """The ways in which numbers are below each other or equal, by their ranks."""
    for ranks in itertools.product(range(count), repeat=count):
        if {*ranks} == {*range(max(ranks) + 1)}:
            yield ranks


def _moved(
    here: Mapping[Symbol, int],
    going: Mapping[Symbol, Piece],
    order: Sequence[int],
    at: Sequence[int],
) -> dict[Symbol, int]:
    """The integers where those that go on are in this order, by how far they are apart."""
    far = list(itertools.accumulate(at, lambda a, b: a + b + 1))
    going_on = {
        q: first + d * far[r] for (q, (first, d)), r in zip(going.items(), order, strict=True)
    }
    return {**here, **going_on}


def _differences(values: dict[tuple[int, ...], Any]) -> dict[tuple[int, ...], Any]:
    """The mixed forward differences: the coefficients of products of binomials (Newton)."""
    out = dict(values)
    size = max(max(at) for at in values)
    for axis in range(len(next(iter(values)))):
        for turn in range(1, size + 1):
            for at in sorted(out, key=lambda at: -at[axis]):
                if at[axis] >= turn:
                    below = (*at[:axis], at[axis] - 1, *at[axis + 1 :])
                    out[at] -= out[below]
    return out
