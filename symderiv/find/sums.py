"""Sums over one range written as one sum, so that its summands can be looked at."""

from __future__ import annotations

from collections.abc import Iterator

from symderiv.indexform.terms import Linear, Term, add, mul, num, substitute, total

__all__ = ["addends", "factors", "gathered"]


def factors(t: Term) -> list[Term]:
    """The factors of a product, products inside it opened."""
    return [f for a in t.args for f in factors(a)] if t.op == "mul" else [t]


def addends(t: Term) -> Iterator[Term]:
    """The addends of a term, with products of a sum multiplied out once."""
    if t.op == "add":
        for a in t.args:
            yield from addends(a)
        return
    parts = factors(t)
    inner = next((p for p in parts if p.op == "add"), None)
    if len(parts) > 1 and inner is not None:
        rest = [p for p in parts if p is not inner]
        for a in inner.args:
            yield from addends(mul(*rest, a))
        return
    yield t


def gathered(t: Term) -> tuple[list[Term], list[Term]]:
    """The term as sums over ranges, those over one range in one, and what is in none."""
    sums: dict[tuple[Linear, Linear], list[tuple[str, Term]]] = {}
    rest: list[Term] = []
    for a in addends(t):
        parts = factors(a)
        ranges = [p for p in parts if p.op == "sum"]
        if len(ranges) != 1:
            rest.append(a)
            continue
        index, low, high = ranges[0].data
        others = [p for p in parts if p is not ranges[0]]
        body = mul(*others, ranges[0].args[0]) if others else ranges[0].args[0]
        sums.setdefault((low, high), []).append((index, body))
    out = []
    for (low, high), bodies in sums.items():
        k = bodies[0][0]
        named = (substitute(body, {index: Linear.of(k)}) for index, body in bodies)
        out.append(total(k, low, high, add(*named, num(0))))
    return out, rest
