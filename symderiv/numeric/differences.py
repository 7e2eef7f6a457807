"""Sums of differences xᵢⱼ − yₖⱼ that are split into two products of matrices.

Of the products, which are large where the data are far from 0, the small difference is left: what
is the same in both is taken out before.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from symderiv.indexform.terms import (
    ZERO,
    Linear,
    Term,
    add,
    by_sign,
    call,
    integer,
    mul,
    num,
    substitute,
    walk,
)
from symderiv.numeric.powers import monomial

if TYPE_CHECKING:
    from symderiv.numeric.sums import Normal

__all__ = ["either_way", "from_nearby", "off_diagonal"]


def from_nearby(normal: Normal, t: Term) -> Sequence[Term]:
    """The addends xᵢⱼ and −yₖⱼ of a difference as xᵢⱼ − y₀ⱼ and −(yₖⱼ − y₀ⱼ).

    Of products with data far from 0 the difference would be small, and its digits lost.
    """
    pairs = [monomial(a) for a in t.args]
    entries = [fs[0] for _, fs in pairs if len(fs) == 1 and fs[0].op == "entry"]
    if len(pairs) != 2 or len(entries) < 2 or pairs[0][0] + pairs[1][0]:
        return t.args
    own = [normal.axes(e) - normal.axes(o) for e, o in zip(entries, entries[::-1], strict=True)]
    if not all(own):
        return t.args
    at = {a: normal.spans[a][0] for a in own[1]}
    if not all(normal.at_least(normal.spans[a][1] - first) for a, first in at.items()):
        return t.args
    origin = normal.run(substitute(entries[1], at))
    return [
        mul(call("from_nearby", e, origin), num(c))
        for e, (c, _) in zip(entries, pairs, strict=True)
    ]


def either_way(t: Term) -> Term:
    """xᵢ − xₖ or xₖ − xᵢ, of which the squares are the same: always one of them."""
    pairs = [monomial(a) for a in t.args]
    entries = [fs[0] for _, fs in pairs if len(fs) == 1 and fs[0].op == "entry"]
    if t.op != "add" or len(pairs) != 2 or len(entries) < 2 or pairs[0][0] + pairs[1][0]:
        return t
    first, other = sorted(entries, key=lambda e: repr(e.data))
    c = abs(pairs[0][0])
    return add(mul(first, num(c)), mul(other, num(-c)))


def off_diagonal(normal: Normal, t: Term, factors: list[Term]) -> list[Term]:
    """Factors beside xᵢ − xₖ, of which quotients are left out for i = k.

    There the difference is 0 and they may be far larger than all others.
    """
    axes = [normal.axes(a) for a in t.args]
    if len(axes) != 2 or not all(len(a - b) == 1 for a, b in (axes, axes[::-1])):
        return factors
    (i,), (k,) = axes[0] - axes[1], axes[1] - axes[0]
    there = normal.times(num(-1), substitute(t.args[0], {i: Linear.of(k)}))
    own = [f for f in factors if {i, k} <= normal.axes(f)]
    quotients = any(e.op in ("pow", "root") and e.data < 0 for f in own for e in walk(f))
    bounded = any(e.op == "call" and e.data == "exp" for f in own for e in walk(f))
    if there is not t.args[1] or not quotients or bounded:
        return factors
    apart, one = integer(Linear.of(i) - Linear.of(k)), mul(*own)
    return [*(f for f in factors if f not in own), normal.run(by_sign(apart, one, ZERO, one))]
