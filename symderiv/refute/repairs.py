"""Values of a point changed until what is said of it holds.

An instance of a relation that fails is met by a solution for one of the values that it reads, by
all of them scaled alike, or by a value from the pools. Nothing here is believed: every point is
checked as a whole afterwards.
"""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from flint import fmpq
from sympy import Symbol

from symderiv.refute.algebraic import ball
from symderiv.refute.conditions import exact_roots, is_zero
from symderiv.refute.frames import allowed
from symderiv.refute.jets import OutsideShape, Undefined
from symderiv.refute.pools import CIRCLE, EVERY

if TYPE_CHECKING:
    from symderiv.refute.conditions import Condition
    from symderiv.refute.evaluate import Place
    from symderiv.refute.points import Point, Points

__all__ = ["Repairs"]

_FARTHEST_POWER = 4096  # of 2, in a number that is tried
_BESIDE = fmpq(1, 10**9)  # of a limit, as a part of it
_DIGITS = 30
Values = dict["Place", Any]


@dataclass
class Repairs:
    """What was made to hold of a point so far, and the values that an equation has fixed."""

    points: Points
    point: Point
    seed: int
    met: list[tuple[Condition, dict[Symbol, int]]] = field(default_factory=list)
    fixed: set[Place] = field(default_factory=set)

    def done(self, condition: Condition, integers: dict[Symbol, int]) -> bool:
        """Whether an instance holds, or can be made to."""
        so = self._made(condition, integers)
        self.met.append((condition, integers))
        return so

    def _made(self, condition: Condition, integers: dict[Symbol, int]) -> bool:
        holds, reads = self.points.check(condition, integers, self.point)
        self.point.told.update((condition, place) for place in reads)
        if holds:
            if condition.sides:
                self.fixed.update(reads[-1:])
            return True
        if condition.whole:
            return self._solve_whole(condition, integers)
        known = self.fixed.union(self.point.derived)
        free = [p for p in dict.fromkeys(reversed(reads)) if p not in known]
        old = {place: self.point.values[place] for place in free}
        # the last that is read, as in a recurrence; or any, as in Σ vₖ = 1 and z·(x − y) = 0
        turn = self._turn("order", len(free)) if self.seed % 2 else 0
        for move in self._moves(condition, integers, [*free[turn:], *free[:turn]]):
            self.point.values.update(move)
            if self._agree(condition, integers):
                if condition.sides:
                    self.fixed.update(move)
                return True
            self.point.values.update({place: old[place] for place in move})
        agree = lambda: self._agree(condition, integers)  # noqa: E731
        return self.points.define(condition, integers, self.point, agree)

    def _moves(
        self, condition: Condition, integers: dict[Symbol, int], free: Sequence[Place]
    ) -> Iterator[Values]:
        """Other values that may make the instance true."""
        ways: list[Callable[[Any], Values]] = [lambda v, p=p: {p: v} for p in free]  # type: ignore[misc]
        if condition.sides and len(free) > 1:
            now = {p: self.point.values[p] or fmpq(1) for p in free}
            ways.append(lambda v: {p: v * old for p, old in now.items()})
        for way in ways:
            for v in self._roots(condition, integers, way):
                yield from self._allowed(way(v))
        for place in free:
            for v in self._proposals(condition, integers, place):
                yield from self._allowed({place: v})

    def _allowed(self, move: Values) -> list[Values]:
        so = all(allowed(self.points.base(place[0]), v) for place, v in move.items())
        return [move] if so else []

    def _roots(
        self, condition: Condition, integers: dict[Symbol, int], way: Callable[[Any], Values]
    ) -> list[Any]:
        """Where the residuals of an equation are 0 along a way."""
        s, found = self.points.evaluation, list[Any]()
        if condition.sides:
            self.point.enter(s, 64, integers, [])
            for residual in condition.residuals(s):
                roots = exact_roots(self._along(integers, way, residual))
                turn = self._turn(f"{sorted(way(fmpq(1)))}root", len(roots))
                found += [*roots[turn:], *roots[:turn]]
        return found

    def _proposals(
        self, condition: Condition, integers: dict[Symbol, int], place: Place
    ) -> Iterator[Any]:
        """The numbers of a relation, the pools, and what lies at, between and beside its ends."""
        limits = [*condition.constants, *self.points.between]
        turn = self._turn(f"{place}limit", len(limits))
        own = self.points.candidates(self.point, place[0])
        start = self._turn(f"{place}", len(own))
        pools = (*own[start:], *own[:start], *CIRCLE, *EVERY)
        near = self._near(condition, integers, place)
        rest = (pools, near) if self._turn(f"{place}pool", 2) else (near, pools)
        yield from itertools.chain(limits[turn:], limits[:turn], *rest)

    def _near(
        self, condition: Condition, integers: dict[Symbol, int], place: Place
    ) -> Iterator[Any]:
        """What lies between and beside the ends of relations."""
        ends = [*condition.constants, *self._ends(condition, integers, place)]
        for a, b in itertools.pairwise(sorted(ends)):
            yield from (b, _between(a, b))
        for c in ends:
            yield from (c + 1, c - 1, c + c * _BESIDE, c - c * _BESIDE)

    def _ends(
        self, condition: Condition, integers: dict[Symbol, int], place: Place
    ) -> Iterator[fmpq]:
        """Where the sides of relations meet, as if they were linear in the value at a place."""
        plain = ((c, self.point.integers) for c in self.points.conditions if not c.quantified)
        for c, at in ((condition, integers), *plain):
            if len(c.terms) == 2 and place[0] in c.names and not c.sides:
                a, b = c.terms
                difference = self._along(at, lambda v: {place: v}, lambda s, a=a, b=b: a(s) - b(s))
                with suppress(Undefined, OutsideShape, ZeroDivisionError):
                    first, second = (ball(difference(fmpq(v))) for v in (0, 1))
                    root = (first / (first - second)).mid()
                    if root.is_finite():
                        mantissa, power = root.man_exp()
                        if abs(power) <= _FARTHEST_POWER:  # GMP ends the process out of memory
                            yield fmpq(int(mantissa)) * fmpq(2) ** int(power)

    def _turn(self, what: str, count: int) -> int:
        return zlib.crc32(f"{self.seed}{what}".encode()) % max(1, count)

    def _along(
        self, integers: dict[Symbol, int], way: Callable[[Any], Values], residual: Any
    ) -> Callable[[fmpq], Any]:
        """The residual as a function of one number."""
        s, values = self.points.evaluation, self.point.values

        def at(v: fmpq) -> Any:
            move = way(v)
            old: Mapping[Place, Any] = {place: values[place] for place in move}
            values.update(move)
            try:
                self.point.enter(s, 64, integers, [])
                return residual(s)
            finally:
                values.update(old)

        return at

    def _solve_whole(self, condition: Condition, integers: dict[Symbol, int]) -> bool:
        """Solve an equation between matrices entry by entry."""
        s = self.points.evaluation
        self.point.enter(s, 64, integers, [])
        for residual in condition.residuals(s):
            reads: list[Place] = []
            self.point.enter(s, 64, integers, reads)
            if is_zero(residual(s)):
                continue
            for place in dict.fromkeys(reversed(reads)):
                if place in self.fixed:
                    continue
                way = lambda v, place=place: {place: v}  # noqa: E731
                roots = exact_roots(self._along(integers, way, residual))
                if roots:
                    self.point.values[place] = roots[0]
                    self.fixed.add(place)
                    break
        return self.points.check(condition, integers, self.point)[0]

    def _agree(self, condition: Condition, integers: dict[Symbol, int]) -> bool:
        """Whether a condition holds, and so do those before it that share a name."""
        others = ((x, at) for x, at in self.met if x.names & condition.names)
        instances = ((condition, integers), *others)
        return all(self.points.check(x, at, self.point)[0] for x, at in instances)


def _between(a: fmpq, b: fmpq) -> fmpq:
    """A number of few digits near the middle of two."""
    middle = (a + b) / 2
    exact = Fraction(int(middle.p), int(middle.q))
    for digits in range(_DIGITS):
        near = exact.limit_denominator(10**digits)
        if a < (short := fmpq(near.numerator, near.denominator)) < b:
            return short
    return middle
