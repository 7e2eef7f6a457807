"""Sums over several indices written as nested sums, so that squares of inner sums show.

Σᵢ Σₖ Σₗ xᵢₖ·xᵢₗ·vₖ·vₗ is Σᵢ (Σₖ xᵢₖ·vₖ)²: with i outside, the other indices fall apart into
groups that share no factor, and the sum over each group is a factor.
"""

from __future__ import annotations

from collections.abc import Sequence

from symderiv.find.forms import term_of, term_of_atom
from symderiv.indexform.terms import (
    Linear,
    Term,
    add,
    fresh_index,
    mul,
    num,
    power,
    substitute,
    total,
)
from symderiv.prove.atoms import Atom, Form, Monomial

__all__ = ["nested", "quotient"]

Binders = Sequence[tuple[str, Linear]]


def nested(form: Form) -> Term:
    """A polynomial as a term whose sums over several indices are nested."""
    return add(*(mul(num(c), *(_power(a, e) for a, e in k)) for k, c in form.terms), num(0))


def _power(a: Atom, e: int) -> Term:
    if a.kind != "sum" or len(a.data.binders) < 2:
        return power(term_of_atom(a), e)
    return power(_nest(a.data.binders, a.data.factors), e)


def _nest(binders: Binders, factors: Monomial) -> Term:
    """Σ over the binders with that one outside which leaves the most groups."""
    best: tuple[int, int] = (0, 0)
    for k, (name, _) in enumerate(binders):
        if any(name in length.names for other, length in binders if other != name):
            continue
        best = max(best, (len(_groups([b for b in binders if b[0] != name], factors)), -k))
    name, length = binders[-best[1]]
    inside: list[Term] = []
    for own, some in _groups([b for b in binders if b[0] != name], factors):
        body = mul(num(1), *(power(term_of_atom(a), e) for a, e in some))
        inside.append(_total(own, body))
    return _total([(name, length)], mul(num(1), *inside))


def _total(binders: Binders, body: Term) -> Term:
    for name, length in reversed(binders):
        k = fresh_index()
        body = total(k, Linear(), length - 1, substitute(body, {name: Linear.of(k)}))
    return body


def _groups(binders: Binders, factors: Monomial) -> list[tuple[Binders, Monomial]]:
    """The factors in groups that share none of the binders, each with its binders."""
    names = {name for name, _ in binders}
    groups: list[tuple[set[str], list[tuple[Atom, int]]]] = []
    for a, e in factors:
        mine = set(a.names & names)
        linked = [g for g in groups if g[0] & mine]
        groups = [g for g in groups if not g[0] & mine]
        merged = set(mine).union(*(g[0] for g in linked))
        groups.append((merged, [*(p for g in linked for p in g[1]), (a, e)]))
    return [([b for b in binders if b[0] in own], tuple(some)) for own, some in groups]


def quotient(n: Form, d: Form) -> Term:
    """N/d with the sums of n nested."""
    below = term_of(d)
    return nested(n) if below is num(1) else mul(nested(n), power(below, -1))
