"""Which relations about every index speak of an entry that is read.

Each entry that is read has to satisfy every relation of ``where`` that speaks of it, while one of
which none speaks is free.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import sympy
from flint import fmpq
from sympy import Indexed, Symbol

from symderiv.refute.frames import allowed
from symderiv.refute.survey import Scope, distinct, integer_value

if TYPE_CHECKING:
    from symderiv.refute.conditions import Condition
    from symderiv.refute.evaluate import Place
    from symderiv.refute.points import Point, Points

__all__ = ["chained", "speaking", "untold"]


def chained(relation: Any, quantified: Any) -> frozenset[str]:
    """The arrays without a shape of which a relation ties several entries together."""
    found: dict[str, set[Any]] = {}
    for x in distinct(relation):
        plain = isinstance(x, Indexed) and x.base.shape is None and len(x.indices) == 1
        if plain and x.indices[0].free_symbols & {*quantified}:
            found.setdefault(str(x.base.label), set()).add(x.indices[0])
    return frozenset(name for name, places in found.items() if len(places) > 1)


def untold(points: Points, point: Point) -> Iterator[tuple[Condition, dict[Symbol, int] | None]]:
    """The instances that read an entry and were not asked yet; None where one is not known."""
    if point.uniform:  # each was asked of all entries
        return
    for place in [p for p in {**point.values, **point.derived} if p[0] in points.guarded]:
        for condition, at in speaking(points, place, point):
            if (condition, place) not in point.told:
                one = at.keys() >= {*condition.quantified}
                yield condition, at if one and place[0] not in condition.chained else None


def speaking(
    points: Points, place: Place, point: Point
) -> Iterator[tuple[Condition, dict[Symbol, int]]]:
    """The relations about every index, with the integers at which they read an entry."""
    for condition in points.conditions:
        for at in _reading(condition, place, point.integers) if condition.quantified else ():
            known = [q for q in condition.quantified if q in at]
            if all(allowed(q, fmpq(at[q])) for q in known) and points.said_of(at):
                yield condition, at


def _reading(
    condition: Condition, place: Place, integers: Mapping[Symbol, int]
) -> Iterator[dict[Symbol, int]]:
    """The integers at which a relation reads an entry.

    An index a·k + b is the place p at k = (p − b)/a. An integer of which no index tells is left
    out, so that they stand for several instances.
    """
    for entry in condition.entries:
        if str(entry.base.label) != place[0] or len(entry.indices) != len(place) - 1:
            continue
        slots = zip(entry.indices, place[1:], strict=True)
        found = [_solved(index, p, condition, integers) for index, p in slots]
        known = [item for at in found for item in (at or {}).items()]
        if None not in found and len(dict(known)) == len({*known}):
            yield {**integers, **dict(known)}


def _solved(
    index: Any, p: int, condition: Condition, integers: Mapping[Symbol, int]
) -> dict[Symbol, int] | None:
    """The integer at which an index is p, none where it cannot be told, None where it is not p."""
    unknown = [q for q in condition.quantified if index.has(q)]
    if len(unknown) > 1 or index.free_symbols - condition.free:
        return {}
    step = index.coeff(unknown[0]) if unknown else sympy.S.Zero
    rest = index - step * unknown[0] if unknown else index
    a, b = (integer_value(x, Scope(), integers) for x in (step, rest))
    if a is None or b is None or (unknown and not a):
        return {}
    if not unknown:
        return {} if b == p else None
    return None if (p - b) % a else {unknown[0]: (p - b) // a}
