"""Addends over powers of one sum, brought over the highest of them where they cancel.

1/√(1 + z²) − z²/√(1 + z²)³ is 1/√(1 + z²)³, and a/(a² + b) − a³/(a² + b)² is a·b/(a² + b)²: both
lose all digits for large z and a. Nothing is multiplied out unless it leaves fewer terms.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from symderiv.indexform.terms import Term, add, mul, num, root
from symderiv.numeric.absolute import is_absolute
from symderiv.numeric.exponentials import live
from symderiv.numeric.powers import without
from symderiv.numeric.sums import Normal, monomial

__all__ = ["over_one_divisor"]

_MOST_TERMS = 40
_NONE = Fraction(0)
Powers = dict[Term, Fraction]


def over_one_divisor(
    normal: Normal, t: Term, kept: Callable[[Term], bool] = lambda d: not live(d)
) -> Term | None:
    """A sum with the addends together that cancel over a common divisor.

    Exponentials are read otherwise, but for divisors that are ``kept`` as they are.
    """
    if t.op != "add":
        return None
    flat = [b for a in t.args for b in _distributed(a)]
    addends = [_read(a) for a in flat]
    for divisor in dict.fromkeys(b for _, powers in addends for b, e in powers.items() if e < 0):
        if divisor.op != "add" or not kept(divisor):
            continue
        over = [k for k, (_, powers) in enumerate(addends) if powers.get(divisor, _NONE) < 0]
        rest = [k for k in range(len(addends)) if k not in over]
        for chosen in [over, *([*over, k] for k in rest)]:
            found = _together(normal, divisor, [addends[k] for k in chosen])
            if found is not None:
                return add(*found, *(a for k, a in enumerate(flat) if k not in chosen))
    return None


def _distributed(t: Term) -> list[Term]:
    """The addends of a product with a sum of quotients as a factor."""
    coefficient, factors = monomial(t)
    for f in (f for f in factors if f.op == "add"):
        inside = [power for a in f.args for power in _read(a)[1].items()]
        if any(e < 0 and b.op == "add" for b, e in inside):
            rest = without(factors, [f])
            return [mul(*rest, a, num(coefficient)) for a in f.args]
    return [t]


def _read(t: Term) -> tuple[Fraction, Powers]:
    """A coefficient and the exponents of what it stands before."""
    coefficient, factors = monomial(t)
    powers: Powers = {}
    for f in factors:
        base, e = (f.args[0], Fraction(f.data)) if f.op in ("pow", "root") else (f, Fraction(1))
        powers[base] = powers.get(base, _NONE) + e
    return coefficient, powers


def _together(
    normal: Normal, divisor: Term, addends: Sequence[tuple[Fraction, Powers]]
) -> list[Term] | None:
    """The addends of their sum over the divisor, where some cancel and no more are left."""
    lowest = min(powers.get(divisor, _NONE) for _, powers in addends)
    inside, total, before = list(map(_read, divisor.args)), dict[Any, Fraction](), _NONE
    for c, powers in addends:
        times = powers.get(divisor, _NONE) - lowest
        if times.denominator != 1 or len(inside) ** int(times) > _MOST_TERMS:
            return None
        rest = {b: e for b, e in powers.items() if b is not divisor}
        for factors in itertools.product(inside, repeat=int(times)):
            one, coefficient = Counter(rest), c
            for d, more in factors:
                coefficient *= d
                one.update(more)
            if any(map(is_absolute, one)):  # |u|·sign u is u
                d, met = _read(normal.times(*(root(b, Fraction(e)) for b, e in one.items())))
                one, coefficient = Counter(met), coefficient * d
            key = frozenset((b, e) for b, e in one.items() if e)
            total[key] = total.get(key, _NONE) + coefficient
            before += abs(coefficient)
    total = {key: c for key, c in total.items() if c}
    if len(total) > len(addends) or sum(map(abs, total.values())) >= before:
        return None
    bases = list(dict.fromkeys(b for _, powers in (*addends, *inside) for b in powers))
    bases += [b for key in total for b, _ in key if b not in bases]
    out = []
    for key, c in total.items():
        above = sorted(key, key=lambda factor: bases.index(factor[0]))
        out.append(mul(*(root(b, e) for b, e in above), root(divisor, lowest), num(c)))
    return out
