"""Products of sums as one sum over several indices, made symmetric in those of one range.

Lagrange's identity: (Σ aₖ)(Σ aₖvₖ²) − (Σ aₖvₖ)² = ½ Σₖ Σₗ aₖaₗ(vₖ − vₗ)², so that the sign of each
summand shows what that of the difference is (Steele, The Cauchy-Schwarz Master Class, chapter 3).
The length of a range is a sum over it as well: n = Σₖ 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations

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
from symderiv.prove.atoms import Form, Monomial

__all__ = ["paired"]


def paired(form: Form) -> tuple[list[tuple[Term, int]], Term | None]:
    """The nested sums that a polynomial is made of, each with its depth, and what is left.

    There is one for each collection of ranges in which one occurs twice.
    """
    groups: dict[Lengths, list[Product]] = {}
    rest: list[tuple[Monomial, Fraction]] = []
    for monomial, c in form.terms:
        product = _product(monomial, c)
        lengths = tuple(sorted((n for _, n in product.binders), key=str)) if product else ()
        if product is not None and 1 < len(lengths) <= _MOST and len(set(lengths)) < len(lengths):
            groups.setdefault(lengths, []).append(product)
        else:
            rest.append((monomial, c))
    sums = [(_symmetric(lengths, products), len(lengths)) for lengths, products in groups.items()]
    return sums, term_of(Form(rest)) if rest else None


Lengths = tuple[Linear, ...]
_MOST = 4


@dataclass(frozen=True)
class Product:
    """A number times one summand, to be summed over the binders."""

    number: Fraction
    binders: tuple[tuple[str, Linear], ...]
    body: Term


def _product(monomial: Monomial, c: Fraction) -> Product | None:
    """A product of sums as one sum; sizes that are the length of a range are sums of 1 over it."""
    binders: list[tuple[str, Linear]] = []
    factors: list[Term] = []
    sums = [a for a, e in monomial for _ in range(e) if a.kind == "sum"]
    lengths = {n for a in sums for _, n in a.data.binders}
    for a in sums:
        own = [name for name, _ in a.data.binders]
        if any(name in n.names for name in own for _, n in a.data.binders):
            return None  # a range that depends on another index
        fresh = {name: fresh_index("k") for name in own}
        body = mul(num(1), *(power(term_of_atom(p), e) for p, e in a.data.factors))
        factors.append(substitute(body, {k: Linear.of(v) for k, v in fresh.items()}))
        binders += [(fresh[name], n) for name, n in a.data.binders]
    for a, e in monomial:
        if a.kind == "int" and Linear.of(a.data) in lengths:
            binders += [(fresh_index("k"), Linear.of(a.data)) for _ in range(e)]
        elif a.kind != "sum":
            factors.append(power(term_of_atom(a), e))
    return Product(c, tuple(binders), mul(num(1), *factors))


def _symmetric(lengths: Lengths, products: Sequence[Product]) -> Term:
    """The sum of the products, the mean over all ways to give their indices the same names."""
    names = [fresh_index("k") for _ in lengths]
    body: list[Term] = []
    for p in products:
        ways = [
            way
            for way in permutations(p.binders)
            if all(n == length for (_, n), length in zip(way, lengths, strict=True))
        ]
        for way in ways:
            put = {old: Linear.of(new) for (old, _), new in zip(way, names, strict=True)}
            body.append(mul(num(p.number / len(ways)), substitute(p.body, put)))
    out = add(*body)
    for name, length in zip(reversed(names), reversed(lengths), strict=True):
        out = total(name, Linear(), length - 1, out)
    return out
