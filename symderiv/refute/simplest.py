"""From some counterexample to a simple one: small sizes, values 0 and 1, exact sides.

Every candidate is compared by the same evaluation that found the first one, so a simpler
point that does not certainly differ is never shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flint import fmpq

from symderiv.refute.evaluate import OutOfWork
from symderiv.refute.points import Point
from symderiv.verdict import Counterexample

if TYPE_CHECKING:
    from symderiv.refute.search import Search

__all__ = ["simplest"]

_IRRATIONAL = 10**6
_PATTERNS = [("one", 0), ("bits", 0), ("bits", 1), ("bits", 2), ("zero", 0), ("small", 0)]
_PATTERNS += [("signs", 1), ("small", 2)]
_SIMPLE = tuple(fmpq(*q) for q in ((0, 1), (1, 1), (-1, 1), (2, 1), (1, 2), (-2, 1), (3, 1)))
Score = tuple[Any, ...]


def simplest(search: Search, k: int, point: Point) -> None:
    """Replace the counterexample of pair k, found at this point, by the simplest one seen."""
    best = search.counterexamples[k]
    if best is None:
        return
    least = _score(best, point)
    try:
        for tries, candidate in enumerate(_candidates(search, point)):
            found = search.at(k, candidate)
            if found is not None and _score(found, candidate) < least:
                best, least, point = found, _score(found, candidate), candidate
            small = least[0] == 0 and sum(candidate.integers.values()) > least[1]
            if tries > search.simpler or small:
                break
        improved = not point.derived
        while improved:
            improved = False
            for candidate in _simpler(point):
                if not search.points.holds(candidate):
                    continue
                found = search.at(k, candidate)
                if found is not None and _score(found, candidate) < least:
                    best, least, point = found, _score(found, candidate), candidate
                    improved = True
                    break
    except OutOfWork:
        pass
    search.counterexamples[k] = best


def _candidates(search: Search, point: Point) -> Iterator[Point]:
    """Points of smaller or equal sizes with plain values, the smallest sizes first."""
    places = [p for frame in search.points.frames for p in search.points.placements(frame)]
    places.sort(key=lambda integers: (sum(integers.values()), [*integers.values()]))
    limit = sum(point.integers.values())
    for integers in places:
        if sum(integers.values()) > limit:
            return
        for pool, seed in _PATTERNS:
            pools = dict.fromkeys(search.points.data, pool)
            candidate = search.points.point(integers, pools, seed)
            if candidate is not None:
                yield candidate


def _simpler(point: Point) -> Iterator[Point]:
    """The point with one value simpler."""
    for place in sorted(point.values, key=repr):
        old = point.values[place]
        for v in _SIMPLE:
            if _weight(v) >= _weight(old):
                break
            yield replace(point, values={**point.values, place: v}, told=set())


def _weight(v: Any) -> int:
    if type(v) is not fmpq:
        return _IRRATIONAL
    p, q = int(v.p), int(v.q)
    if q == 1 and 0 <= p <= 1:
        return p
    return abs(p) + q + (p < 0)


def _score(found: Counterexample, point: Point) -> Score:
    inexact = sum(isinstance(side, str) for side in (found.lhs, found.rhs))
    weights = [_weight(v) for v in point.values.values()]
    return inexact, sum(point.integers.values()), sum(weights), len(weights)
