"""Where a variable moves a test: ∂u[i]/∂u[j] is [i = j], so that uᵢ = 0 is a joint for i = j alone.

Where no entry of the test is the variable, the test stays what it is along it, and so does the
branch that it chooses: the derivative is that of the branch, at 0 that of the branch at 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import sympy
from sympy import Basic

from symderiv.indexform.conditions import Binder, Guard, RawCondition
from symderiv.indexform.differentiate import depends
from symderiv.indexform.ranges import Ranges
from symderiv.indexform.terms import ZERO, Linear, Term, fresh_index, integer, substitute, walk
from symderiv.indexform.wellformed import nodes_of, put

__all__ = ["where_it_moves"]

_ZERO, _NONNEGATIVE = frozenset("0"), frozenset("+0")
Variable = tuple[Term, tuple[Basic, ...]]  # and its indices as they are shown


def where_it_moves(
    c: RawCondition,
    variables: Sequence[Variable],
    binders: dict[str, Binder],
    known: Callable[[frozenset[str]], Ranges],
) -> list[RawCondition]:
    """The condition at the indices at which one of the variables moves its term."""
    out: list[RawCondition] = []
    for v, shown in variables:
        if not depends(c.term, v):
            continue
        if v.op == "var":
            return [c]
        for e in walk(c.term):
            if e.op == "entry" and e.data[0] == v.data[0]:
                if not e.names <= c.term.names:
                    return [c]  # an index that is bound inside the test
                found = _at(c, e.data[1], v.data[1], shown, binders, known)
                if found is None or found == [c]:
                    return [c]
                out += found
    return list(dict.fromkeys(out))


def _at(
    c: RawCondition,
    entry: tuple[Linear, ...],
    variable: tuple[Linear, ...],
    shown: tuple[Basic, ...],
    binders: dict[str, Binder],
    known: Callable[[frozenset[str]], Ranges],
) -> list[RawCondition] | None:
    """The condition where the entry is the variable; none where it never is, None where unclear."""
    values: dict[str, Linear] = {}
    displayed: dict[Basic, Basic] = {}
    guards: list[Guard] = []
    for a, b, as_shown in zip(entry, variable, shown, strict=True):
        a = a.substitute(values)
        if not (a - b).coefficients:
            if (a - b).constant:
                return []
            continue
        name = next(iter(a.names), "")
        if name in binders and a == Linear.of(name) + a.constant and name not in b.names:
            values[name] = b - a.constant
            displayed[binders[name].shown[0]] = as_shown - sympy.Integer(a.constant)
        else:
            guards.append(Guard(integer(a - b), _ZERO))
    bound = {s for node in nodes_of([c.relation]) for s in getattr(node, "bound_symbols", ())}
    if bound & displayed.keys() or len(displayed) < len(values):
        return None
    for name, value in values.items():
        low, high = (end.substitute(values) for end in (binders[name].lower, binders[name].upper))
        ranges = known(value.names | low.names | high.names)
        inside = (value - low, high - value)
        guards += [Guard(integer(f), _NONNEGATIVE) for f in inside if not ranges.nonnegative(f)]
    renamed = _renamed(c, values, displayed, binders)
    moved = c.through(partial(substitute, mapping=renamed))
    own = tuple(Guard(substitute(g.u, renamed), g.signs) for g in guards)
    moved = replace(moved, relation=put(c.relation, displayed), guards=(*moved.guards, *own))
    return _apart(moved, variable, binders)


def _apart(
    c: RawCondition, variable: tuple[Linear, ...], binders: Mapping[str, Binder]
) -> list[RawCondition]:
    """The condition beside the index at which its term is 0 whatever it stands at: uₖ − uⱼ at k."""
    for name in sorted(c.term.names & binders.keys()):
        places = (e.data[1] for e in walk(c.term) if e.op == "entry")
        for a, b in (pair for at in places for pair in zip(at, variable, strict=False)):
            value = b - a.constant
            if a != Linear.of(name) + a.constant or name in b.names:
                continue
            if substitute(c.term, {name: value}) is ZERO:
                u = integer(Linear.of(name) - value)
                sides = (Guard(u, frozenset(s)) for s in "+-")
                return [replace(c, guards=(*c.guards, side)) for side in sides]
    return [c]


def _renamed(
    c: RawCondition,
    values: Mapping[str, Linear],
    displayed: Mapping[Basic, Basic],
    binders: dict[str, Binder],
) -> dict[str, Linear]:
    """The values, and a new index for each whose range depends on one that has a value."""
    out = dict(values)
    todo = list(c.term.names.union(*(g.u.names for g in c.guards)) - values.keys())
    seen = set(todo)
    for name in todo:
        if name in binders:
            more = (binders[name].lower.names | binders[name].upper.names) - seen - values.keys()
            seen |= more
            todo += more
    for name in reversed(todo):  # the ranges before what they are ranges of
        b = binders.get(name)
        if b is not None and (b.lower.names | b.upper.names) & out.keys():
            new, (symbol, low, high) = fresh_index(name), b.shown
            ends = (b.lower.substitute(out), b.upper.substitute(out))
            binders[new] = Binder(new, *ends, (symbol, put(low, displayed), put(high, displayed)))
            out[name] = Linear.of(new)
    return out
