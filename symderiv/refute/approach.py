"""Values of an expression as a variable approaches a point, at admissible data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import sympy
from flint import arb, fmpq
from sympy import Basic, Symbol

from symderiv.refute.evaluate import Evaluation, OutOfWork
from symderiv.refute.examination import DEFAULT_WORK
from symderiv.refute.points import Point
from symderiv.refute.search import Search
from symderiv.refute.shown import text
from symderiv.verdict import Counterexample

__all__ = ["Near", "approach"]

_DISTANCES = (10, 4, 20, 2)  # powers of 2
_MOST_POINTS = 24


@dataclass(frozen=True)
class Near:
    """The values of the other symbols, and the expression's value at a point near the limit's."""

    parameters: Mapping[str, fmpq]
    plain: bool
    shown: Counterexample


def approach(
    expr: Basic,
    variable: Symbol,
    point: Basic,
    *,
    direction: str = "+-",
    where: Sequence[Basic] = (),
    let: Mapping[Basic, Basic] | None = None,
    work: int = DEFAULT_WORK,
    deadline: float | None = None,
) -> Iterator[Near]:
    """Yield certified values near the point, one for each choice of the other symbols.

    Examples
    --------
    >>> from sympy import log, oo, symbols
    >>> x = symbols("x", real=True)
    >>> next(approach(x, x, oo)).shown.values
    {'x': 1024}
    """
    s = Evaluation(work, deadline)
    finite = point not in (sympy.oo, -sympy.oo)
    search = Search([expr, point if finite else sympy.Integer(0)], where, [0], let or {}, s)
    seen = 0
    try:
        for integers, pools, seed in search.plan():
            here = search.points.point(integers, pools, seed)
            search.tried += 1
            if here is None:
                if search.tried > 4 * _MOST_POINTS:
                    return
                continue
            near = _near(search, here, variable, point, direction)
            if near is None:
                continue
            search.defined += 1
            yield near
            seen += 1
            if seen >= _MOST_POINTS or not near.parameters:
                return
    except OutOfWork:
        return


def _near(
    search: Search, point: Point, variable: Symbol, target: Basic, direction: str
) -> Near | None:
    """The value nearest to the target that is certain and admissible."""
    place = (variable.name,)
    if target in (sympy.oo, -sympy.oo):
        sign = 1 if target is sympy.oo else -1
        steps = [fmpq(sign * 2**k) for k in _DISTANCES]
    else:
        point.enter(search.s, 64)
        at = search.value(1, point).entries
        if at is None:
            return None
        middle = at[0] if type(at[0]) is fmpq else _rational(at[0])
        signs = [1 if side == "+" else -1 for side in direction]
        steps = [middle + fmpq(sign, 2**k) for k in _DISTANCES for sign in signs]
    for x in steps:
        moves = {place: x} if variable.name in search.survey.symbols else {}
        moved = Point(dict(point.integers), {**point.values, **moves}, pools=point.pools)
        moved.make, moved.derived, moved.origin = point.make, point.derived, point.origin
        moved.sealed = point.sealed
        if not search.points.holds(moved):
            continue
        moved.enter(search.s, 64)
        value = search.value(0, moved)
        if value.entries is None:
            continue
        shown = search.present(moved, (0,), text(value.entries[0]), "")
        others = {p: v for p, v in moved.values.items() if p != place}
        plain = not moved.integers and not moved.derived
        plain = plain and all(len(p) == 1 and type(v) is fmpq for p, v in others.items())
        return Near({p[0]: v for p, v in others.items()}, plain, shown)
    return None


def _rational(v: arb) -> fmpq:
    return fmpq(*float(v.mid()).as_integer_ratio())
