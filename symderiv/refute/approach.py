"""Values of an expression as a variable approaches a point, at admissible data: the second route.

No number of values decides a limit. A ball around the point does: where the expression has a value
for a ball of arguments, its limit lies in the ball of values, whatever the prover says. And values
at distances of 2^−8 to 2^−1024 that do not come closer to what was claimed are a reason to doubt a
proof, though none to refute.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from typing import Any

import sympy
from flint import arb, fmpq
from sympy import Basic, Symbol

from symderiv.refute.algebraic import ball
from symderiv.refute.evaluate import Evaluation, OutOfWork
from symderiv.refute.examination import DEFAULT_WORK
from symderiv.refute.points import Point
from symderiv.refute.search import Search
from symderiv.refute.shown import text
from symderiv.verdict import Counterexample

__all__ = ["Near", "Tends", "approach"]

_DISTANCES = (10, 4, 20, 2)  # powers of 2
_BITS = 2048  # e^−1024 is to be seen beside 1
_SIDES = {"+": "from above", "-": "from below"}
_MOST_POINTS = 24
_RADIUS = 40  # of a ball around the point, as a power of 1/2
_SCALES = (8, 16, 32, 64, 128, 256, 512, 1024)
_DOUBTFUL = 4  # values in a row that do not come closer
_INFINITE = (sympy.oo, -sympy.oo)


@dataclass(frozen=True)
class Near:
    """The values of the other symbols, and the expression's value at a point near the limit's.

    ``excluded``: the values around the point, which lie in ``around``, certainly exclude what was
    claimed. ``strays()``: values ever nearer to the point come no closer to it.
    """

    parameters: Mapping[str, fmpq]
    plain: bool
    shown: Mapping[str, Counterexample]  # by the side
    excluded: bool = False
    around: Any = None
    strays: Callable[[], bool] = lambda: False
    variable: str = ""
    claimed: Any = None

    @property
    def size(self) -> int:
        """How many digits, about, its numbers have."""
        return sum(q.height_bits() if type(q) is fmpq else 64 for q in self.parameters.values())

    def limit(self, found: Any, way: str = "") -> Counterexample:
        """The limit that was found, here, beside the one that is claimed."""
        shown = self.shown.get(way) or next(iter(self.shown.values()))
        values, said = dict(shown.values), [_SIDES[way]] if way in _SIDES else []
        at = values.pop(self.variable, None)
        if at is not None and (way not in _SIDES or way in self.shown):
            said.append(f"at {self.variable} = {at} it is {shown.lhs}")
        note = ": ".join(said)
        return Counterexample(shown.sizes, values, found, self.claimed, note, "limit")


@dataclass(frozen=True)
class Tends:
    """That an expression tends to a value as a symbol tends to a point."""

    expr: Basic
    variable: Symbol
    point: Basic
    value: Basic
    direction: str
    where: Sequence[Basic]
    let: Mapping[Basic, Basic]


def approach(
    claim: Tends, *, work: int = DEFAULT_WORK, deadline: float | None = None
) -> list[Near]:
    """What is seen near the point for each choice of the other symbols, the simplest first.

    Examples
    --------
    >>> from sympy import Integer, cos, oo, symbols
    >>> x = symbols("x", real=True)
    >>> approach(Tends(x, x, oo, oo, "+-", (), {}))[0].shown["+"].values
    {'x': 1024}
    >>> (found,) = approach(Tends(cos(x), x, Integer(0), Integer(2), "+-", (), {}))
    >>> found.excluded, found.strays()
    (True, True)
    """
    s = Evaluation(work, deadline)
    ends = (sympy.Integer(0) if end in _INFINITE else end for end in (claim.point, claim.value))
    search = Search([claim.expr, *ends], claim.where, [0], claim.let, s)
    look = _Look(search, claim)
    seen: list[Near] = []
    try:
        for integers, pools, seed in search.plan():
            here = search.points.point(integers, pools, seed)
            search.tried += 1
            if here is None:
                if search.tried > 4 * _MOST_POINTS:
                    break
                continue
            near = look.near(here)
            if near is not None:
                search.defined += 1
                seen.append(look.further(here, near))
                if len(seen) >= _MOST_POINTS or not near.parameters:
                    break
    except OutOfWork:
        pass
    return sorted(seen, key=lambda near: near.size)


@dataclass(frozen=True)
class _Look:
    """One expression, and the limit that is claimed of it."""

    search: Search
    claim: Tends

    def near(self, point: Point) -> Near | None:
        """What is seen on each side: the value nearest to the target that is certain."""
        end, claimed = self.value(2, point, 128), self.claim.value  # which reads its symbols
        sides = [self._shown(point, side) for side in self.sides]
        found = {side: shown for side, shown in zip(self.sides, sides, strict=True) if shown}
        if not found:
            return None
        name = self.claim.variable.name
        others = {p: v for p, v in point.values.items() if p != (name,)}
        plain = not point.integers and not point.derived
        plain = plain and all(len(p) == 1 and type(v) is fmpq for p, v in others.items())
        parameters = {p[0]: v for p, v in others.items()}
        claimed = text(end) if claimed.free_symbols and end is not None else claimed
        return Near(parameters, plain, found, variable=name, claimed=claimed)

    def _shown(self, point: Point, side: str) -> Counterexample | None:
        for x in self.places(point, side):
            moved = self.moved(point, x)
            if self.search.points.holds(moved):
                value = self.value(0, moved, _BITS)
                for place, v in moved.values.items():  # what was asked for and made
                    if place != (self.claim.variable.name,):
                        point.values[place] = v
                if value is not None:
                    return self.search.present(moved, range(3), text(value), "")
        return None

    @property
    def sides(self) -> str:
        """From where the point is approached."""
        return "+" if self.claim.point in _INFINITE else self.claim.direction

    def further(self, point: Point, near: Near) -> Near:
        """The same with what the values say of the claim."""
        around = self.around(point)
        end = self.value(2, point, 128)
        if around is not None and end is not None:
            out = self.claim.value in _INFINITE or not around.overlaps(ball(end))
            near = replace(near, excluded=out, around=text(around))
        return replace(near, strays=partial(self.strays, point))

    def around(self, point: Point) -> arb | None:
        """A ball that has all values around the point, from the sides that are asked for."""
        if self.claim.point in _INFINITE:
            return None
        middle = self.value(1, point, 256)
        if middle is None:
            return None
        radius = arb(2) ** -_RADIUS
        moved = self.moved(point, ball(middle) + arb(0, radius))
        if not self.search.points.holds(moved):
            return None
        found = self.value(0, moved, 256)
        return None if found is None else ball(found)

    def strays(self, point: Point) -> bool:
        """Whether from some side the last values come no closer to what was claimed."""
        try:
            return any(self._strays(point, 1 if side == "+" else -1) for side in self.sides)
        except OutOfWork:
            return False

    def _strays(self, point: Point, side: int) -> bool:
        apart: list[arb] = []
        for scale in _SCALES:
            bits = 64 + 4 * scale
            middle, end = (self.value(line, point, bits) for line in (1, 2))
            if middle is None or end is None:
                return False
            step = arb(2) ** (scale if self.claim.point in _INFINITE else -scale)
            away = -step if self.claim.point is -sympy.oo else side * step
            moved = self.moved(point, ball(middle) + away)
            if self.search.points.holds(moved):
                value = self.value(0, moved, bits)
                apart += [] if value is None else [self.distance(ball(value), ball(end))]
        last = apart[-_DOUBTFUL:]
        shrinks = 1 - arb(2) ** -20
        closer = (not b > shrinks * a for a, b in pairwise(last))
        return len(last) == _DOUBTFUL and not any(closer)

    def distance(self, value: arb, end: arb) -> arb:
        """How far a value is from what was claimed: for ±∞, smaller as it grows."""
        if self.claim.value not in _INFINITE:
            return abs(value - end)
        value = value if self.claim.value is sympy.oo else -value
        return 1 / (1 + value) if value > 0 else 1 - value

    def places(self, point: Point, side: str) -> list[fmpq]:
        """Values of the variable at some distances from the point, or far out."""
        sign = -1 if side == "-" or self.claim.point is -sympy.oo else 1
        if self.claim.point in _INFINITE:
            return [fmpq(sign * 2**k) for k in _DISTANCES]
        at = self.value(1, point, 64)
        if at is None:
            return []
        middle = at if type(at) is fmpq else _rational(ball(at))
        return [middle + fmpq(sign, 2**k) for k in _DISTANCES]

    def moved(self, point: Point, x: Any) -> Point:
        """The point with another value of the variable."""
        named = self.claim.variable.name in self.search.survey.symbols
        moves = {(self.claim.variable.name,): x} if named else {}
        return replace(point, values={**point.values, **moves}, told=set())

    def value(self, line: int, point: Point, bits: int) -> Any:
        """One of the lines there, or None where it is not certainly defined."""
        point.enter(self.search.s, bits)
        entries = self.search.value(line, point).entries
        if entries is None:
            return None
        (value,) = entries
        return value if type(value) is not arb or value.is_finite() else None


def _rational(v: arb) -> fmpq:
    return fmpq(*float(v.mid()).as_integer_ratio())
