"""Products of two sums over one range as a double sum, made symmetric.

Lagrange's identity: (Σ aₖ)(Σ aₖvₖ²) − (Σ aₖvₖ)² = ½ Σₖ Σₗ aₖaₗ(vₖ − vₗ)², so that the sign of each
summand shows what that of the difference is (Steele, The Cauchy-Schwarz Master Class, chapter 3).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

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

__all__ = ["paired"]


def paired(form: Form) -> tuple[list[Term], Term | None]:
    """The double sums that a polynomial is made of, one for each range, and what is left."""
    pairs: dict[Linear, list[tuple[Fraction, Monomial, Atom, Atom]]] = {}
    rest: list[tuple[Monomial, Fraction]] = []
    for monomial, c in form.terms:
        sums = [a for a, e in monomial for _ in range(e) if _single(a)]
        others = tuple(p for p in monomial if not _single(p[0]))
        lengths = {a.data.binders[0][1] for a in sums}
        if len(sums) == 2 and len(lengths) == 1:
            pairs.setdefault(lengths.pop(), []).append((c, others, sums[0], sums[1]))
        else:
            rest.append((monomial, c))
    doubles = [_double(length, products) for length, products in pairs.items()]
    return doubles, term_of(Form(rest)) if rest else None


def _single(a: Atom) -> bool:
    return a.kind == "sum" and len(a.data.binders) == 1


def _double(length: Linear, products: Sequence[tuple[Fraction, Monomial, Atom, Atom]]) -> Term:
    k, l = fresh_index("k"), fresh_index("l")  # noqa: E741
    body = []
    for c, others, a, b in products:
        outside = [power(term_of_atom(o), e) for o, e in others]
        for first, second in ((k, l), (l, k)):
            body.append(mul(num(c / 2), *outside, _at(a, first), _at(b, second)))
    inner = total(l, Linear(), length - 1, add(*body))
    return total(k, Linear(), length - 1, inner)


def _at(a: Atom, index: str) -> Term:
    """The summand at an index."""
    ((name, _),) = a.data.binders
    body = mul(num(1), *(power(term_of_atom(p), e) for p, e in a.data.factors))
    return substitute(body, {name: Linear.of(index)})
