"""Looks for a point at which two consecutive lines are both defined and certainly differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import sympy
from flint import arb, fmpq
from sympy import Basic
from sympy.core.function import AppliedUndef

from symderiv.refute import matrices
from symderiv.refute.algebraic import Algebraic
from symderiv.refute.conditions import relations
from symderiv.refute.evaluate import Compiler, Evaluation, OutOfWork
from symderiv.refute.jets import OutsideShape, Undefined, Unsupported
from symderiv.refute.points import Point, Points
from symderiv.refute.pools import POOLS
from symderiv.refute.shown import function, text, texts
from symderiv.refute.simplest import simplest
from symderiv.refute.survey import Survey, distinct
from symderiv.verdict import ClaimError, Counterexample

__all__ = ["ENOUGH_INSIDE", "Search"]

PRECISIONS = (64, 256, 1024)
# Points at which all lines are defined and agree before the search is content: more where no
# proof stands behind the answer, and where cases are distinguished.
ENOUGH, ENOUGH_WITH_CASES = 32, 64
ENOUGH_FOR_A_PROOF = 16
ENOUGH_INSIDE = 6  # inside one case of a distinction
# Choices of sizes and pools; and how many may fail to satisfy ``where`` before giving up.
TURNS = 300
HOPELESS = 30
_MOST_SHOWN = 10_000  # entries of one array


@dataclass
class Value:
    """One line at one point: its entries, or why it has none."""

    entries: list[Any] | None = None
    shape: tuple[int, int] | None = None
    kind: str = ""
    why: str = ""

    @property
    def precise(self) -> bool:
        return self.entries is not None and all(
            type(v) in (fmpq, Algebraic) or v.rad() < 2.0**-40 or v.rel_accuracy_bits() > 40
            for v in self.entries
        )


class Search:
    """One search over points for some consecutive pairs of lines."""

    def __init__(
        self,
        lines: Sequence[Basic],
        where: Sequence[Basic],
        pairs: Sequence[int],
        let: Mapping[Basic, Basic],
        s: Evaluation,
        doubtful: bool = True,
    ) -> None:
        self.lines, self.pairs, self.s = lines, pairs, s
        c = Compiler(let)
        survey = Survey(c.definitions)
        for node in (*lines, *relations(where)):
            if not isinstance(node, Basic):
                raise ClaimError(f"{node!r} is not a SymPy expression")
            c.scan(node)
        for k, line in enumerate(lines):
            survey.read(k, line)
        self.points = Points(survey, c, where, len(lines), Evaluation(s.work, s.deadline))
        self.survey, self.opaque = survey, c.opaque
        self.trouble = self.why = ""
        self.closures = [self._compile(c, line) for line in lines]
        self.costs = [c.weight(line) for line in lines]
        self.counterexamples: list[Counterexample | None] = [None] * (len(lines) - 1)
        self.found: dict[int, Point] = {}
        self.witnesses: list[Counterexample | None] = [None] * (len(lines) - 1)
        self.tried = self.satisfied = self.defined = 0
        self._seen = set[object]()
        self.enough = ENOUGH_WITH_CASES if self.survey.cases else ENOUGH
        if not doubtful:
            self.enough = self.enough * ENOUGH_FOR_A_PROOF // ENOUGH

    def _compile(self, c: Compiler, line: Basic) -> Any:
        try:
            return matrices.matrix(c, line) if matrices.is_matrix(line) else c.scalar(line)
        except Unsupported as unsupported:
            self.trouble = str(unsupported)
            return None

    # ---- the order of points

    def plan(self) -> Iterator[tuple[dict[Any, int], dict[str, str], int]]:
        """Integers, a pool for each name, and a seed: simple and uniform first, then mixed."""
        frames = self.points.frames
        names = self.points.data
        pools = [*POOLS, "constants"] if self.points.constants else [*POOLS]
        placements: dict[int, list[dict[Any, int]]] = {}
        good: list[tuple[int, tuple[str, ...]]] = []
        if not frames:
            return
        count = 0
        for turn in range(TURNS):
            explore = turn < len(pools) or turn % 3 == 0 or not good
            if turn < len(pools):
                choice = (pools[turn],) * len(names)
                at = 0 if turn < 3 else turn - 2
            elif explore:
                choice = tuple(
                    pools[(turn * (k + 2) + turn // len(pools) + k) % len(pools)]
                    for k in range(len(names))
                )
                at = turn
            else:
                at, choice = good[turn % len(good)]
                at += turn % 2
            frame = at % len(frames)
            if frame not in placements:
                placements[frame] = list(self.points.placements(frames[frame]))
            here = placements[frame]
            if not here:
                continue
            before, seen = self.defined, len(self._seen)
            yield here[count % len(here)], dict(zip(names, choice, strict=True)), turn
            count += 1
            if self.defined > before:  # without those that give one point again, all values 0
                good = [g for g in good if g != (frame, choice)]
                good += [(frame, choice)] if len(self._seen) > seen else []

    # ---- one point

    def value(self, k: int, point: Point) -> Value:
        """One line at one point, or why it has no value there."""
        self.s.spend(self.costs[k])
        try:
            if self.closures[k] is None:
                return Value(kind="unsupported")
            v = self.closures[k](self.s)
        except Unsupported as unsupported:
            self.trouble, self.closures[k] = str(unsupported), None
            return Value(kind="unsupported")
        except Undefined as undefined:
            self.why = str(undefined)
            return Value(kind=undefined.kind, why=self.why)
        except OutsideShape as outside:
            if outside.bound:
                sizes = ", ".join(f"{x} = {point.integers[x]}" for x in self.points.sizes)
                raise ClaimError(
                    f"a summation index leaves an array: {outside} at {sizes} in {self.lines[k]}"
                ) from None
            return Value(kind="outside", why=str(outside))
        if isinstance(v, list):
            return Value([x for row in v for x in row], (len(v), len(v[0]) if v else 0))
        return Value([v], (1, 1))

    def examine_point(self, point: Point) -> None:
        """Evaluate the lines at one point and compare neighbours."""
        open_pairs = [k for k in self.pairs if self.counterexamples[k] is None]
        unseen = [k for k in open_pairs if self.witnesses[k] is None]
        before = range(max(unseen, default=-2) + 2)
        needed = sorted({*open_pairs, *(k + 1 for k in open_pairs), *before})
        values: dict[int, Value] = {}
        deep = self.defined in (1, 4, 9) or self.enough == ENOUGH_INSIDE
        pending = needed
        for bits in PRECISIONS:
            point.enter(self.s, bits)
            for k in pending:
                values[k] = self.value(k, point)
            for k in open_pairs:
                if self.counterexamples[k] is None and k in values and k + 1 in values:
                    self.compare(k, values[k], values[k + 1], point)
                    if self.counterexamples[k] is not None:
                        self.found[k] = point
            deep &= bits != 256
            pending = [
                k
                for k in pending
                if values[k].kind == "uncertain"
                or (values[k].entries is not None and (deep or not values[k].precise))
            ]
            if not pending:
                break
        defined = [k for k in values if values[k].entries is not None]
        for k in open_pairs:
            a, b = values[k], values[k + 1]
            if self.counterexamples[k] is None and a.entries and b.kind == "outside":
                self.counterexamples[k] = self.present(
                    point, (k, k + 1), text(a.entries[0]), f"undefined: {b.why}"
                )
        self.defined += len(defined) == len(needed)
        self._seen.add((frozenset(point.integers.items()), frozenset(point.values.items())))
        for k in unseen:
            before = range(k + 2)  # a step stands on every line before it
            if self.counterexamples[k] is None and all(line in defined for line in before):
                sides = values[k].entries, values[k + 1].entries
                if sides[0] and sides[1]:
                    left, right = text(sides[0][0]), text(sides[1][0])
                    self.witnesses[k] = self.present(point, before, left, right)

    def compare(self, k: int, a: Value, b: Value, point: Point) -> None:
        """Record a counterexample where two lines certainly differ in some entry."""
        if a.entries is None or b.entries is None:
            return
        if a.shape != b.shape:
            raise ClaimError(
                f"{self.lines[k]} has shape {a.shape} and {self.lines[k + 1]} has shape {b.shape}"
                f" at {point.integers}"
            )
        for at, (x, y) in enumerate(zip(a.entries, b.entries, strict=True)):
            if _differ(x, y):
                note = ""
                if a.shape is not None and a.shape != (1, 1):
                    note = f"entry [{at // a.shape[1]}, {at % a.shape[1]}]"
                self.counterexamples[k] = self.present(point, (k, k + 1), *texts(x, y), note)
                return

    def present(
        self, point: Point, lines: Sequence[int], lhs: Any, rhs: Any, note: str = ""
    ) -> Counterexample | None:
        """A point as plain data: the names that these lines depend on, or by ``where`` with them.

        Nothing is shown of a point that does not satisfy ``where`` with every value that it has
        by now, however it was found.
        """
        names = set().union(*(self.survey.names[k] for k in lines))
        said = [c.names - {q.name for q in c.quantified} for c in self.points.conditions]
        said += [{x.name for x in free} for free, _ in self.points.integral]
        for _ in said:  # those that share a name, and so on
            names.update(*(others for others in said if others & names))
        sizes = {x.name: v for x, v in point.integers.items() if x.name in names}
        values: dict[str, Any] = {}
        for name in sorted(names):
            symbol = self.survey.symbols.get(name)
            if symbol is not None and symbol not in point.integers:
                values[name] = text(self._read(point, (name,)))
            elif name in self.survey.arrays:
                values[name] = self._array(point, name)
        written = (f for k in lines for f in distinct(self.lines[k]))
        named = {f.func.__name__: f for f in written if isinstance(f, AppliedUndef)}
        for name in sorted(named):
            values.setdefault(name, function(named[name], self.opaque))
        if not self.points.holds(point):
            return None
        return Counterexample(sizes, values, lhs, rhs, note)

    def _read(self, point: Point, place: tuple[Any, ...]) -> Any:
        place = (place[0], ...) if point.uniform and len(place) > 1 else place
        if place in point.derived:
            return self.s.at(place)
        if place not in point.values and point.make is not None:
            point.values[place] = point.make(place)
        return point.values[place]

    def _array(self, point: Point, name: str) -> Any:
        shape = getattr(self.survey.arrays[name], "shape", None)
        if point.uniform:  # one value at every index
            slots = {len(a.indices) for a in self.survey.accesses if a.name == name} or {2}
            return sympy.Lambda(
                sympy.symbols(f"i:{max(slots)}"), text(self._read(point, (name, 0)))
            )
        sizes = [self.points.size(d, point.integers) for d in shape or ()]
        if shape is None or prod(sizes) > _MOST_SHOWN:  # what was read of it
            places = (p for p in {**point.values, **point.derived} if p[0] == name and len(p) > 1)
            found = {p[1:]: self._read(point, p) for p in places}
            return {(i[0] if len(i) == 1 else i): text(found[i]) for i in sorted(found)}
        if len(sizes) == 2 and sizes[1] != 1:
            return [
                [text(self._read(point, (name, i, j))) for j in range(sizes[1])]
                for i in range(sizes[0])
            ]
        column = (0,) if len(sizes) == 2 else ()
        return [text(self._read(point, (name, i, *column))) for i in range(sizes[0])]

    simpler = 160
    """How many points are tried to find a simpler counterexample."""

    def at(self, k: int, point: Point) -> Counterexample | None:
        """The pair's counterexample at another point, where there is one."""
        self.counterexamples[k] = None
        try:
            for bits in (64, 256):
                point.enter(self.s, bits)
                a, b = self.value(k, point), self.value(k + 1, point)
                self.compare(k, a, b, point)
                if self.counterexamples[k] is not None or (a.precise and b.precise):
                    break
        except ClaimError:
            return None
        return self.counterexamples[k]

    # ---- the search

    def run(self) -> None:
        """Try points until every pair is refuted, enough points agree, or the work is used up."""
        try:
            for integers, pools, seed in self.plan():
                self.tried += 1
                point = self.points.point(integers, pools, seed)
                if point is not None:
                    self.satisfied += 1
                    self.examine_point(point)
                elif self.tried >= HOPELESS and not self.satisfied:
                    break
                over = self.pairs and all(self.counterexamples[k] is not None for k in self.pairs)
                if over or not any(all(self.closures[k : k + 2]) for k in self.pairs or (0,)):
                    break
                if self.defined >= self.enough and self.tried >= min(len(POOLS), self.enough):
                    break
            for k, point in self.found.items():
                simplest(self, k, point)
        except OutOfWork as out:
            self.trouble = str(out)
        if self.trouble or self.defined or any(self.counterexamples):
            return
        if self.tried == 0:
            self.trouble = "no sizes and indices were found that satisfy the conditions"
        elif not self.satisfied:
            self.trouble = "no point was found that satisfies where"
        else:
            self.trouble = "no point was found at which every line is certainly defined"
            self.trouble += f" (the last: {self.why})" if self.why else ""


def _differ(x: Any, y: Any) -> bool:
    if type(x) is fmpq and type(y) is fmpq:
        return bool(x != y)
    if type(x) is Algebraic or type(y) is Algebraic:
        difference = x - y  # an exact 0, or a ball, or a number that is not 0
        return type(difference) is Algebraic or bool(difference != 0)
    return not arb(x).overlaps(arb(y))
