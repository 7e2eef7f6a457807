"""Where a variable moves a test: ∂u[i]/∂u[j] is [i = j], so that uᵢ = 0 is a joint for i = j alone.

Where no entry of the test is the variable, the test stays what it is along it, and so does the
branch that it chooses: the derivative is that of the branch, at 0 that of the branch at 0. So it
does where the slope of a test that is linear in the entries is 0, as that of uᵢ − uⱼ for i = j.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import sympy
from sympy import Basic

from symderiv.indexform.conditions import Binder, Guard, RawCondition, integer_facts
from symderiv.indexform.differentiate import depends, differentiate
from symderiv.indexform.ranges import Ranges
from symderiv.indexform.terms import (
    ZERO,
    Linear,
    Term,
    fresh_index,
    in_case,
    integer,
    substitute,
    walk,
)
from symderiv.indexform.wellformed import nodes_of, put

__all__ = ["where_it_moves"]

_MOST_DELTAS = 4
_ZERO, _NONNEGATIVE = frozenset("0"), frozenset("+0")
Variable = tuple[Term, tuple[Basic, ...]]  # and its indices as they are shown
Known = Callable[[frozenset[str]], Ranges]  # about integers, with the ranges of these names


def where_it_moves(
    c: RawCondition,
    variables: Sequence[Variable],
    binders: dict[str, Binder],
    known: Known,
) -> list[RawCondition]:
    """The condition at the indices at which one of the variables moves its term."""
    out: list[RawCondition] = []
    for v, shown in variables:
        if not depends(c.term, v):
            continue
        if v.op == "var":
            return [c]
        slope = differentiate(c.term, v)
        deltas = slope if _made_of_deltas(slope, c.term, v) else None
        for e in walk(c.term):
            if e.op == "entry" and e.data[0] == v.data[0]:
                if not e.names <= c.term.names:
                    return [c]  # an index that is bound inside the test
                found = _at(c, deltas, e.data[1], v.data[1], shown, binders, known)
                if found is None or found == [c]:
                    return [c]
                out += found
    return list(dict.fromkeys(out))


def _at(
    c: RawCondition,
    slope: Term | None,
    entry: tuple[Linear, ...],
    variable: tuple[Linear, ...],
    shown: tuple[Basic, ...],
    binders: dict[str, Binder],
    known: Known,
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
    if slope is None:
        return [moved]
    facts = [f for g in moved.guards if g.u.op == "int" for f in integer_facts(g)]
    return _moving(moved, substitute(slope, renamed), lambda names: known(names).plus(*facts))


def _moving(c: RawCondition, slope: Term, known: Known) -> list[RawCondition]:
    """The condition where the slope of its term, made of deltas, is not 0: uₖ − uⱼ for j ≠ k."""
    test = next((t.args[0] for t in walk(slope) if t.op == "sign"), None)
    if test is None:
        return [] if slope is ZERO else [c]
    signs = sorted(known(test.names).signs(test.data))
    cases = [(s, _moving(c, in_case(slope, test, s), known)) for s in signs]
    if all(found == [c] for _, found in cases):
        return [c]
    return [
        replace(part, guards=(*part.guards, Guard(test, frozenset(s))))
        for s, found in cases
        for part in found
    ]


def _made_of_deltas(slope: Term, of: Term, v: Term) -> bool:
    """Whether a term moves along v where this slope of it is not 0, and there alone."""
    tests = {t.args[0] for t in walk(slope) if t.op == "sign"}
    jumps = any(t.op == "sign" and depends(t.args[0], v) for t in walk(of))
    plain = all(t.op in ("num", "int", "sign", "add", "mul") for t in walk(slope))
    return plain and not jumps and len(tests) <= _MOST_DELTAS


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
