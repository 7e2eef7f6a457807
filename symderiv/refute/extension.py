"""Whether arrays without an end can go on as ``where`` says of neighbours.

A point has the entries that are read, and ``where`` speaks of all: u[k + 1] = 2·u[k] with
|u[k]| ≤ 100 leaves 0 alone, whatever the first entries are. So the entries have to go on, constant
or in steps of ±1, with every relation at the next ones and far out.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flint import fmpq
from sympy import Indexed

from symderiv.refute.frames import allowed
from symderiv.refute.jets import Undefined
from symderiv.refute.survey import distinct

if TYPE_CHECKING:
    from symderiv.refute.evaluate import Place
    from symderiv.refute.points import Point, Points

__all__ = ["chained", "goes_on"]

_FAR = 10**6


def chained(relation: Any, quantified: Any) -> frozenset[str]:
    """The arrays without a shape of which a relation ties several entries together."""
    found: dict[str, set[Any]] = {}
    for x in distinct(relation):
        plain = isinstance(x, Indexed) and x.base.shape is None and len(x.indices) == 1
        if plain and x.indices[0].free_symbols & {*quantified}:
            found.setdefault(str(x.base.label), set()).add(x.indices[0])
    return frozenset(name for name, places in found.items() if len(places) > 1)


def goes_on(points: Points, point: Point) -> bool:
    """Whether what is said of neighbours can be said of entries beyond those of a point."""
    told = [c for c in points.conditions if c.quantified]
    arrays = frozenset[str]().union(*(c.chained for c in told))
    if not arrays:
        return True
    ends = {name: [p[1] for p in point.values if p[0] == name] for name in arrays}
    if any(p[0] in arrays for p in point.derived) or not all(ends.values()):
        return False
    first, last = min(map(min, ends.values())), max(map(max, ends.values()))
    beyond = [*range(last - 1, last + 4), last + 20, *range(first - 4, first + 2), first - 20]

    def so(step: int) -> bool:
        def make(place: Place) -> Any:
            name = place[0]
            known = ends.get(name) or [p[1] for p in point.values if p[0] == name and p[1:]]
            if not known:
                raise Undefined("joint", f"{name} is read beyond its entries")
            end = max(known) if place[1] > max(known) else min(known)
            steps = place[1] - end
            if abs(steps) > 10:  # a place far out, without its index
                steps += _FAR if steps > 0 else -_FAR
            value = point.values[name, end] + step * steps * (name in arrays)
            if not allowed(points.base(name), value):
                raise Undefined("joint", f"{name} would not go on as it is declared")
            return value

        trial = replace(point, values=dict(point.values), make=make)
        for c in told:
            if not c.names & arrays:
                continue
            for at in itertools.product(beyond, repeat=len(c.quantified)):
                here = {**point.integers, **dict(zip(c.quantified, at, strict=True))}
                fits = all(allowed(q, fmpq(here[q])) for q in c.quantified)
                if fits and points.said_of(here) and not points.check(c, here, trial)[0]:
                    return False
        return True

    return any(map(so, (0, 1, -1)))
