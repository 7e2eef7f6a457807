"""Which sizes and values to try: simple first, then varied; deterministic.

A point is chosen in three moves: sizes and indices that satisfy the conditions on integers,
values from a pool for each name, and repairs until every condition of ``where`` certainly holds
(a value from the pool that satisfies it, or the solution of a linear or quadratic equation).
"""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import sympy
from flint import fmpq
from sympy import Symbol

from symderiv.refute.algebraic import ball
from symderiv.refute.beyond import goes_on
from symderiv.refute.conditions import Condition, is_zero, relations, symbols_of
from symderiv.refute.evaluate import Compiler, Evaluation, Place
from symderiv.refute.extension import speaking, untold
from symderiv.refute.frames import allowed, farther, frames, gives, linear, nearest, spans
from symderiv.refute.jets import OutsideShape, Undefined, Unsupported
from symderiv.refute.pools import EVERY, POOLS
from symderiv.refute.repairs import Repairs
from symderiv.refute.survey import Survey, beside, distinct
from symderiv.refute.uniform import instances

__all__ = ["Point", "Points"]

_ARRAYS = sympy.Indexed, sympy.MatrixSymbol
_MANY, _VARIED = 64, range(21, 1000, 2)  # so many, and yet not all the same, at these turns
_A_CHECK = 20  # what it costs to prepare one


@dataclass
class Point:
    """One choice of integers and data.

    Attributes
    ----------
    integers
        Sizes, free indices and integer variables.
    values
        Exact values by place: ``("x",)`` or ``("X", 0, 1)``; made when first asked for.
    derived
        Places that a condition defines by an expression whose value is not rational.
    origin
        The condition that defines such a place, and the integers there; what it says of other
        integers is checked as any other condition is.
    uniform
        Whether all entries of an array have one value, that of its place ``("X", ...)``.
    told
        The relations about every entry, with the places that they were asked of.
    """

    integers: dict[Symbol, int] = field(default_factory=dict)
    values: dict[Place, Any] = field(default_factory=dict)
    derived: dict[Place, Callable[[Evaluation], Any]] = field(default_factory=dict)
    origin: dict[Place, Any] = field(default_factory=dict)
    pools: Mapping[str, str] = field(default_factory=dict)
    make: Callable[[Place], Any] | None = None
    sealed: bool = False
    uniform: bool = False
    told: set[tuple[Any, Place]] = field(default_factory=set)

    def enter(
        self,
        s: Evaluation,
        bits: int,
        integers: Mapping[Symbol, int] | None = None,
        reads: list[Place] | None = None,
    ) -> None:
        """Prepare an evaluation for this point at this precision; note what is read."""

        def make(place: Place) -> Any:
            # Asked once for each place: the evaluation keeps what it is given.
            if reads is not None:
                reads.append(place)
            if place in self.derived:
                # of these integers, wherever it is read
                outer = s.perturbed, s.key, s.index, s.integers, s.binders, s.cache
                s.perturbed, s.key, s.binders, s.cache = {}, -1, [], {}
                s.integers = self.origin[place][1]
                s.index = dict(s.integers)
                try:
                    return self.derived[place](s)
                finally:
                    s.perturbed, s.key, s.index, s.integers, s.binders, s.cache = outer
            v = self.values.get(place)
            if v is None:
                if self.make is None:
                    raise Unsupported(f"no value is given for {place[0]}{list(place[1:]) or ''}")
                v = self.values[place] = self.make(place)
            return v

        direct = reads is None and not self.derived
        s.start(integers or self.integers, self.values if direct else {}, make, bits)
        s.uniform = self.uniform


class Points:
    """Makes points for a survey of lines and the conditions that hold with them."""

    def __init__(
        self, survey: Survey, c: Compiler, where: Sequence[Any], lines: int, s: Evaluation
    ) -> None:
        self.survey, self.compiler, self.lines, self.evaluation = survey, c, lines, s
        self.sizes, self.indices, self.variables = survey.integers()
        lines_integers = {*self.sizes, *self.indices, *self.variables}
        for relation in relations(where):
            survey.read(lines, relation)
        sizes, indices, variables = survey.integers()
        # An index that only where uses is quantified, also where a sum ends at it: each row of a
        # triangle. A size that only where uses is a size.
        only = [x for x in (*sizes, *indices) if x not in lines_integers]
        self.quantified = [x for x in only if survey.is_index(x)]
        self.sizes = [x for x in sizes if x not in self.indices + self.quantified]
        self.variables = [x for x in variables if x not in self.sizes + self.indices]
        self.integral: list[tuple[set[Symbol], Callable[[Evaluation], bool]]] = []
        self.restrictions: list[tuple[set[Symbol], Callable[[Evaluation], bool]]] = []
        self.conditions, self.restricting = list[Condition](), list[Condition]()
        mine, facts = {*self.sizes, *self.indices, *self.variables}, list[Any]()
        for relation in relations(where):
            free = symbols_of(relation)
            quantified = [q for q in self.quantified if q in free]
            of_integers = free <= mine | set(quantified)
            if of_integers and not any(isinstance(x, _ARRAYS) for x in distinct(relation)):
                chosen = self.restrictions if quantified else self.integral
                chosen.append((free, c.condition(relation)))
                self.restricting += [Condition(relation, c, quantified)] if quantified else []
                facts += [] if quantified else [relation]
            else:
                self.conditions.append(Condition(relation, c, quantified))
        # Equations last: they determine what is left over.
        self.conditions.sort(key=lambda x: isinstance(x.relation, sympy.Eq))
        self.data = sorted(
            {*survey.arrays, *(n for n, x in survey.symbols.items() if x not in mine)}
        )
        self.guarded = {
            name
            for x in self.conditions
            if x.quantified
            for name, base in survey.arrays.items()
            if getattr(base, "shape", None) is None and base in distinct(x.relation)
        }
        constants = [
            fmpq(int(q.p), int(q.q)) for q in sorted(survey.constants, key=lambda q: (abs(q), q))
        ]
        near = fmpq(1, 10**6)
        self.constants = tuple(
            dict.fromkeys(
                x + d for x in constants[:12] for d in (fmpq(0), near, -near, fmpq(1), fmpq(-1))
            )
        )
        limits = sorted({v for x in self.conditions for v in x.constants})
        self.between = [(a + b) / 2 for a, b in itertools.pairwise(limits)]
        self._pools: dict[tuple[str, str], tuple[fmpq, ...]] = {}
        self.spans = spans(self.sizes, [*self.indices, *self.variables], facts)
        self.facts = [f for fact in facts for f in linear(fact, mine)]
        args = self.sizes, self.variables, self._integers_hold, self.spans
        self.frames = frames(*args, self.fits)

    # ---- integers

    def _integers_hold(self, integers: dict[Symbol, int], said: Any = None) -> bool:
        s = self.evaluation
        s.start(integers, {}, None, 64)
        known = set(integers)
        try:
            return all(holds(s) for free, holds in said or self.integral if free <= known)
        except Undefined:
            return False

    def fits(self, frame: dict[Symbol, int]) -> bool:
        """Whether the conditions hold at a choice of sizes, with some free indices."""
        return self._integers_hold(frame) and any(True for _ in self.placements(frame))

    def farther(self, order: int) -> list[dict[Symbol, int]]:
        """Other choices of sizes, which tell polynomials of this degree from 0."""
        hold = self._integers_hold if self.integral else None
        return farther(self.frames, order, self.fits, hold, self.spans)

    def placements(self, frame: dict[Symbol, int]) -> Iterator[dict[Symbol, int]]:
        """Every choice of the free indices within their ranges."""
        ranges = [self._range(x, frame) for x in self.indices]
        for at in itertools.islice(itertools.product(*ranges), 256):
            integers = {**frame, **dict(zip(self.indices, at, strict=True))}
            if self._integers_hold(integers):
                yield integers

    def _range(self, x: Symbol, frame: dict[Symbol, int]) -> list[int]:
        """Where a free index may lie: in the arrays, else near 0, as far as the facts allow."""
        said = any(x in free for free, _ in self.integral)
        known = self.survey.index_range(x, frame, self.lines - 1, said)
        near = nearest(x, self.spans[x], self._integers_hold)
        near += [v for v in beside(*(frame[n] for n in self.sizes)) if v not in near]
        if known is None:
            known = near
        elif isinstance(known, range) and known:  # a guess, before which where goes
            settled = {*self.sizes, *self.indices[: self.indices.index(x)]}
            below, above = (gives(self.facts, x, side, settled) for side in (1, -1))
            beyond = [v for v in near if (v < known[0] and below) or (v > known[-1] and above)]
            known = [*known, *beyond]
        return [v for v in known if v in self.spans[x] and allowed(x, fmpq(v))]

    def size(self, node: Any, integers: Mapping[Symbol, int]) -> int:
        """The value of a shape at these integers."""
        self.evaluation.start(integers, {}, None, 64)
        return int(self.compiler.integer(node)(self.evaluation))

    # ---- data

    def point(
        self, integers: dict[Symbol, int], pools: Mapping[str, str], seed: int
    ) -> Point | None:
        """A point with these integers and pools where every condition holds, or None."""
        many = max((integers[n] for n in self.sizes), default=0) > _MANY
        for attempt in range(8 if self.conditions else 1):
            point = Point(dict(integers), pools=pools, uniform=many and seed not in _VARIED)
            point.make = self._maker(point, seed + 7919 * attempt)
            try:
                if self._satisfy(point, seed + attempt):
                    return point
            except Undefined:
                continue
        return None

    def candidates(self, point: Point, name: str) -> tuple[fmpq, ...]:
        """The values of the name's pool that its assumptions allow, or of any pool."""
        pool = point.pools.get(name, "small")
        found = self._pools.get((name, pool))
        if found is None:
            base = self.base(name)
            first = self.constants if pool == "constants" else POOLS[pool]
            found = tuple(v for v in first if allowed(base, v))
            found = self._pools[name, pool] = found or tuple(v for v in EVERY if allowed(base, v))
        return found

    def base(self, name: str) -> Any:
        """The symbol or array of a name, with what is assumed of it."""
        return self.survey.symbols.get(name, self.survey.arrays.get(name))

    def _maker(self, point: Point, seed: int) -> Callable[[Place], Any]:
        def make(place: Place) -> Any:
            name = place[0]
            open_ = point.sealed and name in self.guarded and not point.uniform
            if open_ and any(speaking(self, place, point)):
                raise Undefined("joint", f"{name} is read where no condition was applied")
            pool = self.candidates(point, name)
            if not pool:
                raise Undefined("joint", f"no value is known that {name} may have")
            return pool[zlib.crc32(f"{seed}{place}".encode()) % len(pool)]

        return make

    def _satisfy(self, point: Point, seed: int) -> bool:
        repairs = Repairs(self, point, seed)
        for condition in self.conditions:
            for integers in self._instances(condition, point):
                try:
                    if not repairs.done(condition, integers):
                        return False
                except OutsideShape as outside:
                    if not condition.ends(outside):
                        return False
        for condition, at in list(untold(self, point)):
            if at is None or not repairs.done(condition, at):
                return False
        point.sealed = True
        return self.holds(point)

    def _instances(self, condition: Condition, point: Point) -> Iterator[dict[Symbol, int]]:
        """The indices of which ``where`` says it: those that its own restrictions leave."""
        if point.uniform:
            yield from instances(self, condition, point)
            return
        largest = max([3, *(point.integers[x] for x in (*self.sizes, *self.indices))])
        first, last = self.survey.literals
        last = max(largest + self.survey.shift, last)
        ranges = {q: range(first, last + 1) for q in self.quantified}
        for integers in condition.instances(point.integers, ranges):
            if all(allowed(q, fmpq(integers[q])) for q in condition.quantified) and (
                self.said_of(integers)
            ):
                yield integers

    def _admissible(self, point: Point) -> bool:
        """Whether every value is one that its name may have, by its assumptions."""
        point.enter(self.evaluation, 64)
        values = {**point.values, **{place: self.evaluation.at(place) for place in point.derived}}
        named = all(allowed(self.base(place[0]), v) for place, v in values.items())
        return named and (point.uniform or goes_on(self, point))

    def speaks(self, s: Evaluation, integers: dict[Symbol, Any]) -> bool:
        """The same, of blocks of indices that the evaluation has."""
        return all(holds(s) for free, holds in self.restrictions if free <= integers.keys())

    def said_of(self, integers: dict[Symbol, int]) -> bool:
        """Whether ``where`` speaks of these indices, by its restrictions."""
        return self._integers_hold(integers, self.restrictions)

    def holds(self, point: Point) -> bool:
        """Whether every condition certainly holds at a point."""
        declared = all(allowed(x, fmpq(v)) for x, v in point.integers.items())
        if not (declared and self._integers_hold(point.integers)):
            return False
        point.told.clear()  # of the values as they are by now
        try:
            for condition in self.conditions:
                for integers in self._instances(condition, point):
                    if not self._so(condition, integers, point):
                        return False
        except Undefined:
            return False
        for condition, at in untold(self, point):
            if at is None or not self._so(condition, at, point):
                return False
        return self._admissible(point)

    def _so(self, condition: Condition, integers: dict[Symbol, int], point: Point) -> bool:
        try:
            holds, reads = self.check(condition, integers, point)
        except OutsideShape as outside:
            return condition.ends(outside)
        point.told.update((condition, place) for place in reads)
        return holds

    def check(
        self, condition: Condition, integers: dict[Symbol, int], point: Point
    ) -> tuple[bool, list[Place]]:
        """Whether an instance certainly holds, and the places that it reads."""
        s = self.evaluation
        s.spend(_A_CHECK + condition.cost)
        reads: list[Place] = []
        point.enter(s, 64, integers, reads)
        try:
            if condition.whole:
                return all(is_zero(r(s)) for r in condition.residuals(s)), reads
            if defined := {p for p, o in point.origin.items() if o == (condition, integers)}:
                # The equation by which a real is defined: no ball decides it, one can exclude it.
                off = ball(condition.residuals(s)[0](s))
                return off.is_finite() and off.contains(0) and defined <= {*reads}, reads
            return condition.holds(s), reads
        except Undefined:
            return False, reads

    def define(
        self,
        condition: Condition,
        integers: dict[Symbol, int],
        point: Point,
        agree: Callable[[], bool],
    ) -> bool:
        """Solve for x where it is not rational: a name for what it is, at any precision."""
        s, known = self.evaluation, {x.name for x in integers}
        for target, solution in condition.solutions:
            inside: list[Place] = []
            point.enter(s, 64, integers, inside)
            place = target(s)
            if place[0] in known or place in point.derived:
                continue
            with suppress(Undefined, Unsupported):
                value = self.compiler.scalar(solution)
                value(s)
                if place in inside:
                    continue
                point.derived[place], point.origin[place] = value, (condition, integers)
                if agree():
                    return True
                del point.derived[place], point.origin[place]
        return False
