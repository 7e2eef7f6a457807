"""The canonical form of sums over symbolic ranges.

A sum is brought to Σ over 0 … N − 1; cases on its index split the range; its summand is
expanded (``indefinite``) into products that do not factor (``products``). Linearity,
distributivity, Fubini, telescoping and renaming are all that is used (Graham, Knuth,
Patashnik, Concrete Mathematics, sections 2.3 to 2.6).
"""

from __future__ import annotations

from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING

from symderiv.indexform.conditions import OutOfBudget, Unsupported
from symderiv.indexform.terms import Linear, Term, add, mul, num, substitute, transform, walk
from symderiv.prove.atoms import Atom, Form, Monomial
from symderiv.prove.field import DividedByZero, Frac
from symderiv.prove.indefinite import closed
from symderiv.prove.signs import as_linear
from symderiv.prove.units import Cell, Split, in_cells

if TYPE_CHECKING:
    from symderiv.prove.normalise import Normaliser

__all__ = ["summed"]

_UNROLL = 64


def summed(norm: Normaliser, index: str, lower: Linear, upper: Linear, body: Term) -> Frac:
    """The normal form of Σ_{index = lower}^{upper} body."""
    length = upper - lower + 1
    if not length.coefficients:
        count = length.constant
        if count > _UNROLL:
            raise OutOfBudget(f"a sum of {count} terms")
        norm.rules.add("a sum term by term")
        out = norm.field.zero
        for k in range(count):
            out = norm.field.add(out, norm.of(substitute(body, {index: lower + k})))
        return out
    number = norm.lengths.setdefault(length, len(norm.lengths))
    # one name for each range, so that facts are not mixed up
    name = f"#{norm.known.depth}.{number}"
    return _over(norm, name, length, substitute(body, {index: lower + Linear.of(name)}))


def _over(norm: Normaliser, name: str, length: Linear, body: Term) -> Frac:
    """Σ for name = 0 … length − 1, after its cases."""
    f = norm.field
    case = _case(body, name)
    if case is None:
        return _plain(norm, name, length, body)
    norm.rules.add("a sum by cases of its index")
    pivot = _pivot(case.args[0].data, name)
    c = case.args[0].data.coefficient(name)
    _, positive, zero, negative = case.args

    def with_case(branch: Term) -> Term:
        return transform(body, lambda node: branch if node is case else None)

    if positive is negative:  # Σ [k = pivot]: the other terms are those of the whole range
        inner = _inside(norm, pivot, length)
        at = {name: pivot}
        extra = add(with_case(zero), mul(num(-1), with_case(positive)))
        try:
            difference = norm.of(substitute(extra, at)) if inner else f.zero
            return f.add(_over(norm, name, length, with_case(positive)), difference)
        except DividedByZero:
            pass  # the other terms' summand has no value at the pivot: leave it out
    below, above = (negative, positive) if c > 0 else (positive, negative)
    start, end = _ends(norm, pivot, length)
    parts = [(Linear(), start, below), (start, end, zero), (end, length, above)]
    if zero is above:
        parts = [parts[0], (start, length, above)]
    elif zero is below:
        parts = [(Linear(), end, below), parts[2]]
    return _in_parts(norm, name, [(a, b, with_case(branch)) for a, b, branch in parts])


def _case(body: Term, name: str) -> Term | None:
    """A case on an integer that varies with the index and is not bound further inside."""
    for node in walk(body):
        if node.op == "sign" and node.args[0].op == "int" and name in node.args[0].names:
            u: Linear = node.args[0].data
            if u.names <= body.names:
                return node
    return None


def _pivot(u: Linear, name: str) -> Linear:
    """Where u vanishes, as a value of the index."""
    c = u.coefficient(name)
    if abs(c) != 1:
        raise Unsupported("a case on a multiple of an index inside a sum")
    return (Linear.of(name) * c - u) * c


def _inside(norm: Normaliser, pivot: Linear, length: Linear) -> bool:
    """Whether 0 ≤ pivot < length, or a split on what decides it."""
    for form in (pivot, length - 1 - pivot):
        if norm.ranges.nonnegative(form):
            continue
        if norm.ranges.nonnegative(-form - 1):
            return False
        raise Split(form)
    return True


def _ends(norm: Normaliser, pivot: Linear, length: Linear) -> list[Linear]:
    """Where k < pivot ends and k > pivot begins, moved into 0 … length."""
    ends = []
    for end in (pivot, pivot + 1):
        if norm.ranges.nonnegative(-end):
            ends.append(Linear())
        elif norm.ranges.nonnegative(end - length):
            ends.append(length)
        elif not norm.ranges.nonnegative(end):
            raise Split(end)
        elif not norm.ranges.nonnegative(length - end):
            raise Split(length - end)
        else:
            ends.append(end)
    return ends


def _in_parts(norm: Normaliser, name: str, parts: list[tuple[Linear, Linear, Term]]) -> Frac:
    """Σ over consecutive ranges start … end − 1, each with its summand."""
    out = norm.field.zero
    for start, end, body in parts:
        if start != end:
            norm.work.spend(1, "the parts of a sum")
            out = norm.field.add(out, summed(norm, name, start, end - 1, body))
    return out


def _plain(norm: Normaliser, name: str, length: Linear, body: Term) -> Frac:
    """Σ of a summand that has no cases on the index itself, by cases that depend on it."""
    f = norm.field

    def summand(cell: Cell) -> list[tuple[Frac, Monomial]]:
        """With its indicators, which are 1 where the signs are those of the cell."""
        try:
            return [(norm.of(body), tuple((Atom("guard", d), 1) for d in cell))]
        except DividedByZero:
            if cell:
                return []  # the summand is not defined in this case: a condition excludes it
            raise Unsupported("a summand that is nowhere defined") from None
        except Split as split:  # where it is 0 whatever the entries are, there are no cells
            at = _vanishing(norm, name, split.on) if isinstance(split.on, Form) else None
            raise Split(split.on if at is None else at) from None

    inside = norm.ranges.plus(Linear.of(name), length - 1 - Linear.of(name))
    depth = norm.known.depth
    entries = (i for node in walk(body) if node.op == "entry" for i in node.data[1])
    norm.units.first(name, (i.constant for i in entries if i == Linear.of(name) + i.constant))
    try:
        found = norm.scoped(inside, partial(in_cells, norm, frozenset({name}), summand))
    except Split as split:
        on = split.on
        if not isinstance(on, Linear) or name not in on.names or _deeper(on, depth):
            raise
        start, end = _ends(norm, _pivot(on, name), length)
        places = [(Linear(), start), (start, end), (end, length)]
        return _in_parts(norm, name, [(a, b, body) for a, b in places])
    # outside the scope: what is known inside holds only where the range is not empty
    out = f.zero
    for value, guards in found:
        out = f.add(out, closed(norm, name, length, value, guards))
    return out


def _vanishing(norm: Normaliser, name: str, on: Form) -> Linear | None:
    """What is 0 where two entries are one and a form vanishes with them: i − k for uᵢ − uₖ.

    A form that is one of integers is itself what is 0.
    """
    linear = as_linear(on)
    if linear is not None and abs(linear.coefficient(name)) == 1:
        return linear
    entries = sorted((a for a in on.atoms if a.kind == "entry"), key=lambda a: a.text)
    for a, b in combinations(entries, 2):
        apart = [p - q for p, q in zip(a.data[1], b.data[1], strict=False) if p != q]
        if a.data[0] != b.data[0] or len(apart) != 1 or abs(apart[0].coefficient(name)) != 1:
            continue
        u: Linear = apart[0]
        free = all(n == name or n[0] not in "#$%" for n in u.names)
        one = norm.field.poly(on.merged(a, b))
        if free and len(norm.ranges.signs(u)) > 1 and one.is_zero():
            return u
    return None


def _deeper(on: Linear, depth: int) -> bool:
    """Whether a form has an index that is bound further inside than this depth."""
    return any(n[0] in "$%" or (n[0] == "#" and int(n[1:].split(".")[0]) > depth) for n in on.names)
