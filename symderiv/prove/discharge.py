"""Whether a condition holds in a case: by what is known, by its guards, and by further cases.

A condition that varies with a bound index is one for every index. It holds where it does in each
cell, for every choice of the signs that it needs (``units.in_cells``), as its terms do in a sum:
1 + |u| > 0 for u > 0, for u = 0 and for u < 0. A condition is asked only where its guards hold,
so that they may be assumed: (A ⇒ B) is B under A.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from symderiv.indexform.conditions import (
    Guard,
    OutOfBudget,
    RawCondition,
    Unsupported,
    integer_facts,
)
from symderiv.indexform.terms import Linear, transform
from symderiv.prove.field import DividedByZero
from symderiv.prove.finite import valued
from symderiv.prove.hypotheses import Fact
from symderiv.prove.joints import smooth
from symderiv.prove.opaque import whatever_the_cases
from symderiv.prove.units import Cell, Split, TooManyCells, in_cells

if TYPE_CHECKING:
    from symderiv.prove.equality import Case

__all__ = ["follows", "may_hold"]

_MOST_SIGNS = 4
_MOST_VALUES = 64


def follows(
    case: Case, condition: RawCondition, names: frozenset[str] = frozenset()
) -> bool | None:
    """Whether a condition holds for all of the indices ``names``; None where it cannot."""

    def states(directed: bool, cell: Cell, depth: int = 0) -> list[bool | None]:
        norm = case.norm
        try:
            for j in condition.joint if directed else ():
                for d in dict(j.tests).values():
                    norm.decided(norm.of(d), "+", "0", "-")
            return [_state(case, c) for c in _at_values(case, condition)]
        except Split as split:  # on two indices, as in 1 + δᵢⱼ: i > j, i = j, i < j
            u = split.on
            if not isinstance(u, Linear) or not u.names & names or depth > _MOST_SIGNS:
                raise
        parts = (norm.ranges.plus(*known) for known in ((u - 1,), (u, -u), (-u - 1,)))
        inside = (part for part in parts if not part.contradictory())
        return [
            s
            for part in inside
            for s in norm.scoped(part, partial(states, directed, cell, depth + 1))
        ]

    found: list[bool | None] = [False]
    # a joint may be smooth by the directions in which its tests change there
    for directed in (False, True) if condition.joint and names else (False,):
        if not all(state is True for state in found):
            try:
                found = in_cells(case.norm, names, partial(states, directed), most=_MOST_SIGNS)
            except (Split, DividedByZero, TooManyCells):
                found = [False]
    if all(state is True for state in found):
        case.learnt &= not condition.joint  # a joint may be smooth, and is no fact then
        return True
    return None if found and all(state is None for state in found) else False


def _state(case: Case, condition: RawCondition) -> bool | None:
    held = [case.holds(g) for g in condition.guards]
    if any(h is False for h in held):
        return True
    if whatever_the_cases(lambda t: case.possible(t) <= condition.signs, condition.term):
        return True
    signs = case.possible(condition.term)
    if signs <= condition.signs:
        return True
    if all(held):
        if condition.joint and smooth(condition, case.norm, case.possible):
            return True
        return None if not signs & condition.signs else False
    guards = [g for g, h in zip(condition.guards, held, strict=True) if not h]
    return all(_under(case, guards, partial(_holds, case, condition)))


def _holds(case: Case, condition: RawCondition) -> bool:
    if case.possible(condition.term) <= condition.signs:
        return True
    return bool(condition.joint) and smooth(condition, case.norm, case.possible)


def may_hold(case: Case, condition: RawCondition, names: frozenset[str]) -> bool:
    """Whether a condition may hold where its guards do, as far as they do not move with ``names``.

    Not where they contradict the case, nor where they and the case contradict the condition.
    """
    guards = [g for g in condition.guards if not g.u.names & names]

    def allowed() -> bool:
        asked = guards if names else [*guards, Guard(condition.term, condition.signs)]
        return all(case.possible(g.u) & g.signs for g in asked)

    try:
        return not guards or any(_under(case, guards, allowed))
    except (Split, DividedByZero, Unsupported):
        return True


def _under(case: Case, guards: list[Guard], ask: Callable[[], bool]) -> list[bool]:
    """The answer where these guards hold, which is forgotten; none where they contradict."""

    def asked() -> list[bool]:
        facts = (Fact(g.u, g.signs) for g in guards if g.u.op != "int")
        return [ask()] if all(map(case.assume, (*facts, *case.guarded))) else []

    integers = [f for g in guards if g.u.op == "int" for f in integer_facts(g)]
    return case.norm.scoped(case.norm.ranges.plus(*integers), asked)


def _at_values(case: Case, condition: RawCondition) -> list[RawCondition]:
    """The condition for every choice of values from finite sets."""
    todo, done = [condition], []
    while todo:
        c = todo.pop()
        terms = [c.term, *(g.u for g in c.guards)]
        found = next((f for f in map(case.norm.finite_inside, terms) if f), None)
        if found is None:
            done.append(c)
            continue
        y, values = found
        at = (partial(valued, y=y, v=v) for v in values)
        todo += [c.through(partial(transform, leaf=leaf)) for leaf in at]
        if len(todo) > _MOST_VALUES:
            raise OutOfBudget("a condition with many values from finite sets")
    return done
