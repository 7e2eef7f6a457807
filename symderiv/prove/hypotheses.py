"""What may be used for one step: signs of terms, finite sets, conditions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from symderiv.indexform.conditions import Guard, RawCondition
from symderiv.indexform.ranges import Ranges
from symderiv.indexform.terms import Linear, Term, add, mul, num, substitute, total, walk
from symderiv.prove.finite import FiniteSet, OneHot, one_hot
from symderiv.prove.normalise import Normaliser
from symderiv.prove.units import Units
from symderiv.prove.work import Work

__all__ = ["Fact", "Premises", "alpha", "symmetric_arrays", "with_roots"]


@dataclass(frozen=True)
class Fact:
    """What ``where`` says: the sign of a term; names in ``free`` stand for any index in range."""

    term: Term
    signs: frozenset[str]
    free: frozenset[str] = frozenset()
    within: tuple[Linear, ...] = ()
    guards: tuple[Guard, ...] = ()

    @property
    def terms(self) -> tuple[Term, ...]:
        """The term and those of the guards."""
        return self.term, *(g.u for g in self.guards)

    def map(self, change: Callable[[Term], Term]) -> Fact:
        """The fact with its terms changed, in this order."""
        term = change(self.term)
        return replace(
            self, term=term, guards=tuple(Guard(change(g.u), g.signs) for g in self.guards)
        )


@dataclass(frozen=True)
class Premises:
    """Everything that may be used for one step.

    The first ``settled`` conditions that are True follow from what was known before, as an
    earlier step of the chain has shown; they are not shown again. The entries of the arrays in
    ``whole`` are integers; of the ``unused`` names where says more. ``rows`` are those with a
    single 1.
    """

    ranges: Ranges
    facts: tuple[Fact, ...]
    finite: tuple[FiniteSet, ...]
    conditions: tuple[tuple[RawCondition, Fact], ...]
    settled: tuple[bool, ...] = ()
    whole: frozenset[str] = frozenset()
    unused: frozenset[str] = frozenset()
    rows: tuple[OneHot, ...] = ()


def with_roots(premises: Premises, work: Work) -> Premises:
    """Equations in one symbol or entry whose roots are rational, as finite sets: y² = 1.

    And where entries that are 0 or 1 add to 1, the rows that they make.
    """
    found = []
    for fact in premises.facts:
        leaves = {t for t in walk(fact.term) if t.op in ("var", "entry")}
        plain = all(t.op in ("add", "mul", "pow", "num", "var", "entry") for t in walk(fact.term))
        if fact.signs != frozenset("0") or fact.guards or len(leaves) != 1 or not plain:
            continue
        norm = Normaliser(premises.ranges, (), Units(), work, 2)
        factors = norm.field.factor(norm.of(fact.term).n)[1]
        lines = [dict(norm.field.terms(q)) for q, _ in factors if q.total_degree() == 1]
        if lines and len(lines) == len(factors):
            (leaf,) = leaves
            roots = [-c.get((), Fraction(0)) / v for c in lines for k, v in c.items() if k]
            found.append(FiniteSet(leaf, fact.free, tuple(sorted(roots)), fact.within))
    finite = (*premises.finite, *found)
    sums = (f for f in premises.facts if f.signs == frozenset("0") and not f.guards)
    rows = (one_hot(f.term, f.free, f.within, finite) for f in sums)
    return replace(premises, finite=finite, rows=tuple(r for r in rows if r))


def alpha(fact: Fact) -> tuple[object, ...]:
    """What a fact says, whatever the indices are called over which it is quantified."""
    terms = [closed(u) for u in fact.terms]
    met = (name for u in terms for t in walk(u) for name in sorted(t.names & fact.free))
    names = {name: Linear.of(f"{k}~said") for k, name in enumerate(dict.fromkeys(met))}
    first, *others = (substitute(u, names) for u in terms)
    guards = frozenset(zip(others, (g.signs for g in fact.guards), strict=True))
    within = frozenset(w.substitute(names) for w in fact.within)
    return first, fact.signs, guards, within


def closed(t: Term) -> Term:
    """The term with the indices of its sums called by their height."""
    memo: dict[Term, tuple[Term, int]] = {}
    for node in walk(t):
        args = [memo[a][0] for a in node.args]
        height = max((memo[a][1] for a in node.args), default=0)
        new = Term(node.op, node.data, tuple(args)) if args != list(node.args) else node
        if node.op == "sum":
            index, low, high = node.data
            name, height = f"{height}~closed", height + 1
            new = total(name, low, high, substitute(args[0], {index: Linear.of(name)}))
        memo[node] = new, height
    return memo[t][0]


def symmetric_arrays(facts: Sequence[Fact]) -> frozenset[str]:
    """The arrays of which ``where`` says that A[i, j] = A[j, i] for all i and j."""
    names = set()
    for fact in facts:
        entries = [t for t in walk(fact.term) if t.op == "entry"]
        if fact.signs != frozenset("0") or fact.guards or fact.within or len(entries) != 2:
            continue
        (a, at), (b, other) = (t.data for t in entries)
        free = [i for i in at if i.names <= fact.free and i == Linear.of(next(iter(i.names), ""))]
        is_difference = fact.term is add(entries[0], mul(num(-1), entries[1])) or (
            fact.term is add(entries[1], mul(num(-1), entries[0]))
        )
        both = len(at) == len(free) == 2 and at[0] != at[1] and at == other[::-1]
        if a == b and is_difference and both:
            names.add(a)
    return frozenset(names)
