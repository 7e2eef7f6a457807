"""Looks for a chord that lies below its function: three admissible points that refute convexity.

Where the second derivative along some direction is negative the chord along it is below the
function, if it is short enough; that is where the search looks, and what it shows are the
function's certified values at the two ends and in the middle.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import sympy
from flint import arb, fmpq, fmpq_mat
from sympy import Basic, MatrixSymbol

from symderiv.refute.cases import inside_cases
from symderiv.refute.evaluate import Evaluation, Place
from symderiv.refute.examination import DEFAULT_WORK, Examination
from symderiv.refute.jets import Undefined, Unsupported, sign
from symderiv.refute.points import Point
from symderiv.refute.search import Search
from symderiv.refute.shown import text, texts
from symderiv.verdict import ClaimError, Counterexample

__all__ = ["examine_chords"]

Value = Any  # fmpq | arb
_LENGTHS = tuple(fmpq(*q) for q in ((1, 1), (1, 4), (4, 1), (1, 32), (1, 1024)))
_LARGEST = 1e12
_MOST_PLACES = 8
_PRECISIONS = (64, 256)


class ChordSearch(Search):
    """A search for a point and a direction in which the middle lies above the mean of the ends."""

    wrt: frozenset[str] = frozenset()
    full_rank: tuple[MatrixSymbol, ...] = ()
    strict = False
    simpler = 40  # each point has many chords

    def at(self, k: int, point: Point) -> Counterexample | None:
        """A chord through another point, where one is below the function."""
        self.counterexamples[k] = None
        self.examine_point(point)
        return self.counterexamples[k]

    def examine_point(self, point: Point) -> None:
        """Try chords through one point."""
        middle = self._value(point)
        if middle is None or any(p[0] in self.wrt for p in point.derived):
            return
        if not all(self._has_full_rank(point, x) for x in self.full_rank):
            return
        self.defined += 1
        if self.witnesses[0] is None:
            self.witnesses[0] = self.present(point, (0,), text(middle), text(middle))
        places = sorted((p for p in point.values if p[0] in self.wrt), key=repr)
        reads: list[Place] = []
        point.enter(self.s, 64, None, reads)
        self.value(0, point)
        # an array without a shape has the entries that are read
        arrays = self.survey.arrays
        places = [p for p in places if p in reads or not p[1:] or arrays[p[0]].shape]
        for v in self._directions(point, places):
            for length in _LENGTHS:
                found = self._chord(point, {p: c * length for p, c in v.items()}, middle)
                if found is not None:
                    self.counterexamples[0], self.found[0] = found, point
                    return

    def _value(self, point: Point) -> Value | None:
        for bits in _PRECISIONS:
            point.enter(self.s, bits)
            seen = self.value(0, point)
            if seen.precise:
                break
        return seen.entries[0] if seen.entries is not None else None

    def _chord(self, point: Point, v: Mapping[Place, fmpq], middle: Value) -> Counterexample | None:
        """The chord from w − v to w + v, where it is certainly below the value at w."""
        ends = []
        for side in (-1, 1):
            values = {p: x + side * v.get(p, fmpq(0)) for p, x in point.values.items()}
            end = replace(point, values=values, told=set())
            if not self.points.holds(end):
                return None
            ends.append(self._value(end))
        if ends[0] is None or ends[1] is None:
            return None
        mean = (ends[0] + ends[1]) / 2
        try:
            below = sign(mean - middle)
        except Undefined:
            return None
        if below > 0 or (below == 0 and not self.strict):
            return None
        found = self.present(point, (0,), *texts(mean, middle))
        if found is None:
            return None
        step = replace(point, values=dict(v), make=lambda place: fmpq(0))
        moved = sorted({p[0] for p in v})
        data: dict[str, Any] = {f"direction of {n}": self._shown(n, step) for n in moved}
        note = "the mean of the values at the ends of a chord, and the value in its middle"
        relation = "≤" if self.strict else "<"
        return replace(found, values={**found.values, **data}, note=note, relation=relation)

    def _shown(self, name: str, step: Point) -> Any:
        return self._array(step, name) if name in self.survey.arrays else text(step.values[name,])

    def _directions(self, point: Point, places: Sequence[Place]) -> Iterator[dict[Place, fmpq]]:
        """A direction of negative curvature where there is one, then axes and diagonals."""
        some = places[:_MOST_PLACES]
        bent = self._bent(point, some)
        if bent is not None:
            yield bent
        for p in some:
            yield {p: fmpq(1)}
        for k, p in enumerate(some):
            for q in some[k + 1 : k + 3]:
                yield {p: fmpq(1), q: fmpq(1)}
                yield {p: fmpq(1), q: fmpq(-1)}

    def _bent(self, point: Point, places: Sequence[Place]) -> dict[Place, fmpq] | None:
        """A direction in which the second derivatives look negative, by elimination."""
        n = len(places)
        point.enter(self.s, 64)
        try:
            h = [
                [_middle(self.s.derivative(self.closures[0], [p, q])) for q in places]
                for p in places
            ]
        except (Undefined, Unsupported):
            return None
        basis = [[fmpq(int(i == j)) for j in range(n)] for i in range(n)]
        for k in range(n):  # conjugate directions: the part of e_k with no curvature before it
            v = basis[k]
            for u in basis[:k]:
                bend = _form(h, u, u)
                if bend > 0:
                    ratio = _form(h, u, v) / bend
                    v = [a - ratio * b for a, b in zip(v, u, strict=True)]
            basis[k] = [_rounded(c) for c in v]
            if _form(h, basis[k], basis[k]) < 0:
                return dict(zip(places, basis[k], strict=True))
        return None

    def _has_full_rank(self, point: Point, x: MatrixSymbol) -> bool:
        if point.uniform:
            return False
        rows, columns = (self.points.size(d, point.integers) for d in x.shape)
        entries = [self._read(point, (x.name, i, j)) for i in range(rows) for j in range(columns)]
        if not all(type(v) is fmpq for v in entries):
            return False
        return int(fmpq_mat(rows, columns, entries).rank()) == columns


def _middle(v: Value) -> fmpq:
    if type(v) is fmpq:
        return v
    near = float(v.mid()) if type(v) is arb else math.inf
    if not abs(near) < _LARGEST:
        raise Undefined("uncertain", "a second derivative that is too large to guide")
    return _rounded(fmpq(*near.as_integer_ratio()))


def _rounded(q: fmpq) -> fmpq:
    """A simple rational nearby: directions need no more."""
    short = sympy.Rational(int(q.p), int(q.q)).limit_denominator(64)
    return q if q.height_bits() < 8 else fmpq(int(short.p), int(short.q))


def _form(h: Sequence[Sequence[fmpq]], u: Sequence[fmpq], v: Sequence[fmpq]) -> fmpq:
    return sum((a * h[i][j] * b for i, a in enumerate(u) for j, b in enumerate(v)), start=fmpq(0))


def examine_chords(
    f: Basic,
    wrt: Sequence[str],
    *,
    where: Sequence[Basic] = (),
    let: Mapping[Basic, Basic] | None = None,
    full_rank: Sequence[MatrixSymbol] = (),
    strict: bool = False,
    work: int = DEFAULT_WORK,
    deadline: float | None = None,
) -> Examination:
    """Look for a chord below the function along the symbols and arrays called ``wrt``.

    With ``strict``, one that touches it in the middle counts as well.

    Examples
    --------
    >>> from sympy import symbols
    >>> x = symbols("x", real=True)
    >>> found = examine_chords(x**3, ["x"]).counterexamples[0]
    >>> found.lhs < found.rhs
    True
    """
    s = Evaluation(work, deadline)
    first: ChordSearch | None = None
    try:
        for relation in (None, *inside_cases([f, *(let or {}).values()])):
            given = where if relation is None else (*where, relation)
            if relation is not None and not s.lasts([f]):
                break
            try:
                search = ChordSearch([f, sympy.Integer(0)], given, [0], let or {}, s)
            except (ClaimError, Unsupported):
                if relation is None:
                    raise
                continue  # the comparison is none that a point can be made to satisfy
            search.wrt, search.strict = frozenset(wrt), strict
            search.full_rank = tuple(full_rank)
            search.run()
            first = first or search
            if search.counterexamples[0] is not None:
                first.counterexamples = search.counterexamples
                break
    except Unsupported as unsupported:
        return Examination((None,), (None,), reason=str(unsupported))
    except RecursionError:
        return Examination((None,), (None,), reason="the expression is nested too deeply")
    assert first is not None
    return Examination(
        tuple(first.counterexamples),
        tuple(first.witnesses),
        points=first.tried,
        defined=first.defined,
        reason=first.trouble,
    )
