"""Symbols and entries that take finitely many values, and entries as patterns."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from symderiv.indexform.ranges import Ranges
from symderiv.indexform.terms import Linear, Term, num

__all__ = ["FiniteSet", "match", "valued"]


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
