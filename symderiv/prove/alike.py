"""What has the sign of a form without its logarithms, or its exponentials: both are monotone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symderiv.prove.atoms import Form
from symderiv.prove.field import Poly

if TYPE_CHECKING:
    from symderiv.prove.normalise import Normaliser

__all__ = ["like"]

_LONGEST_PRODUCT = 8


def like(norm: Normaliser, form: Form) -> Poly | None:
    """What has the sign of a form: p² − q of 2·log p − log q, log b − log a of b − a."""
    f = norm.field
    if all(len(k) == 1 and k[0][1] == 1 and k[0][0].kind == "log" for k, _ in form.terms):
        sides = [f.one.n, f.one.n]
        if sum(abs(c) for _, c in form.terms) > _LONGEST_PRODUCT:
            return None
        for ((log, _),), c in form.terms:
            p = -p if norm.signs.of(p := f.poly(log.data)) == frozenset("-") else p
            if norm.signs.of(p) != frozenset("+"):
                return None
            sides[c < 0] = f.product(sides[c < 0], p ** abs(int(c)))
        return f.reduce(sides[0] - sides[1])
    (first, c), *others = form.terms
    if len(others) == 1 and c < 0 < others[0][1]:
        second, d = others[0]
        if all(a.kind == "exp" for a, _ in (*first, *second)):
            a, b = (f.poly(Form([(k, abs(v))])) for k, v in ((first, c), (second, d)))
            u = norm.log(f.make(b, a))
            return f.product(u.n, u.d)
    return None
