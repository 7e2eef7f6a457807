"""Symbols and entries that take finitely many values, rows with a single 1, entries as patterns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from symderiv.indexform.ranges import Ranges
from symderiv.indexform.terms import Linear, Term, add, mul, num, walk

__all__ = ["FiniteSet", "OneHot", "match", "one_hot", "valued"]


@dataclass(frozen=True)
class FiniteSet:
    """A symbol or array whose values all lie in a finite set of rationals.

    ``pattern`` is a var or entry term; its index names in ``free`` stand for any index at
    which the forms ``within`` are ≥ 0.
    """

    pattern: Term
    free: frozenset[str]
    values: tuple[Fraction, ...]
    within: tuple[Linear, ...] = ()

    def covers(self, term: Term, ranges: Ranges) -> bool:
        """Whether the term is this symbol, or one of these entries."""
        at = match(self.pattern, term, self.free)
        return at is not None and all(ranges.nonnegative(w.substitute(at)) for w in self.within)


@dataclass(frozen=True)
class OneHot:
    """Rows v_k = [k = c] for lower ≤ k ≤ upper, at all indices ``free`` where ``within`` ≥ 0."""

    pattern: Term
    index: str
    lower: Linear
    upper: Linear
    free: frozenset[str]
    within: tuple[Linear, ...]

    def row(self, t: Term) -> dict[str, Linear] | None:
        """The indices of the row in which an entry stands, and where in it."""
        return match(self.pattern, t, self.free | {self.index})

    def place(self, at: Mapping[str, Linear]) -> str:
        """Which row it is, with a colon along it: Y[1, :], Y[:, 2] and Y[:, :] are three."""
        along = Linear.of(self.index)
        places = (":" if u == along else repr(u.substitute(at)) for u in self.pattern.data[1])
        return f"[{', '.join(places)}]"

    def around(self, c: Linear, at: Mapping[str, Linear], ranges: Ranges) -> list[Linear]:
        """How far c is from the ends of a row, if there is this row."""
        so = all(ranges.nonnegative(w.substitute(at)) for w in self.within)
        return [c - self.lower.substitute(at), self.upper.substitute(at) - c] if so else []


def one_hot(
    equation: Term, free: frozenset[str], within: Sequence[Linear], sets: Sequence[FiniteSet]
) -> OneHot | None:
    """What Σ v_k − 1 = 0 says of a row of entries that are 0 or 1."""
    s = next((t for t in walk(equation) if t.op == "sum" and t.args[0].op == "entry"), None)
    if s is None or equation not in (add(s, num(-1)), add(num(1), mul(num(-1), s))):
        return None
    index, lower, upper = s.data
    k = Linear.of(index)
    inside = Ranges([*within, k - lower, upper - k])
    bits = any({*f.values} <= {0, 1} and f.covers(s.args[0], inside) for f in sets)
    rows = OneHot(s.args[0], index, lower, upper, free, tuple(within))
    told = (rows.row(s.args[0]) or {}).keys() == free | {index}
    return rows if bits and told else None


def match(pattern: Term, term: Term, free: frozenset[str]) -> dict[str, Linear] | None:
    """The indices at which an entry pattern is the term, or None."""
    if pattern.op != "entry":
        return {} if pattern is term else None
    if term.op != "entry" or term.data[0] != pattern.data[0]:
        return None
    found: dict[str, Linear] = {}
    for p, i in zip(pattern.data[1], term.data[1], strict=True):
        name = next(iter(p.names), "")
        if name in free and p == Linear.of(name):
            if found.setdefault(name, i) != i:
                return None
        elif p != i:
            return None
    return found


def valued(node: Term, y: Term, v: Fraction) -> Term | None:
    """A leaf for ``transform``: put the value v for the symbol or entry y."""
    return num(v) if node is y else None
