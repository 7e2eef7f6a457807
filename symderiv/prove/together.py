"""Sums over the same ranges compared as one summand, in every case of the signs inside it."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import partial, reduce
from typing import TYPE_CHECKING

from symderiv.indexform.conditions import Unsupported
from symderiv.indexform.terms import Linear
from symderiv.prove.atoms import Form, Monomial
from symderiv.prove.field import DividedByZero, Poly
from symderiv.prove.indefinite import product_at
from symderiv.prove.units import Cell, Split, in_cells

if TYPE_CHECKING:
    from symderiv.prove.normalise import Normaliser

__all__ = ["vanish_together"]

_Summand = tuple[Fraction, Monomial, Mapping[str, Linear]]  # a number, factors, their indices
_Ends = tuple[tuple[str, Linear], ...]  # the bound indices, counted from 0, and their lengths


def vanish_together(norm: Normaliser, p: Poly) -> bool:
    """Whether p is a combination of sums, with one summand that is 0 for each range.

    Σ f + Σ g = Σ (f + g), and what stands beside the sums is one as well, m·c = Σ c over m indices:
    Σ [u > 0] + Σ [u ≤ 0] = m. Also e/(1 + e)² and 1/(1 + e) − 1/(1 + e)² are equal, but each is a
    summand that is not divided further.
    """
    norm.rules.add("sums compared as one summand")
    f, rest = norm.field, norm.field.zero.n
    shared: list[str] = []  # names of the bound indices, the same for every sum
    groups: dict[_Ends, list[_Summand]] = {}
    for monomial, c in f.terms(p):
        sums = [a for a, e in monomial if a.kind == "sum" and e == 1]
        if not sums:
            rest = rest + f.poly(Form([(monomial, c)]))
            continue
        found = max(sums, key=lambda a: any(e < 0 for _, e in a.data.factors))
        lengths = found.data.binders
        shared += [norm.fresh() for _ in lengths[len(shared) :]]
        forms = {old: Linear.of(new) for (old, _), new in zip(lengths, shared, strict=False)}
        ends = tuple(
            (name, length.substitute(forms))
            for name, (_, length) in zip(shared, lengths, strict=False)
        )
        beside = tuple((a, e) for a, e in monomial if a is not found)
        groups.setdefault(ends, []).append((c, (*beside, *found.data.factors), forms))
    for ends, summands in groups.items():
        if not any(length.names & {*shared} for _, length in ends):
            count = reduce(f.mul, (norm.integer(length) for _, length in ends), f.one)
            share, rest = f.divmod(rest, count.n, f.atoms_of(count.n))
            summands += [(c, monomial, {}) for monomial, c in f.terms(share)]
    if not rest.is_zero():
        return False
    try:
        return all(_vanishes(norm, frozenset(shared), *group) for group in groups.items())
    except (Split, DividedByZero, Unsupported):
        return False


def _vanishes(
    norm: Normaliser, names: frozenset[str], ends: _Ends, summands: list[_Summand]
) -> bool:
    """Whether summands over one range add up to 0, in every case of the signs inside them."""
    f, inside = norm.field, norm.ranges.over(dict(ends))

    def zero(_: Cell) -> list[bool]:
        values = [f.mul(f.number(c), product_at(norm, u, forms)) for c, u, forms in summands]
        return [norm.is_zero(f.total(values).n)]

    cells: list[bool] = norm.scoped(inside, partial(in_cells, norm, names, zero))
    return all(cells)
