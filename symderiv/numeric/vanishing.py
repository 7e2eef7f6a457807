"""Quotients of what vanishes together: log(1 + e^v) goes to 0 as e^v does, for v → −∞.

At v = −800 both round to 0, and σ(v)/log(1 + e^v), which is nearly 1, to 0/0; it is one function.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction
from math import prod
from typing import Any

from symderiv.indexform.terms import ONE, ZERO, Term, add, call, mul, num, power
from symderiv.numeric.growth import product
from symderiv.numeric.island import Island, fraction
from symderiv.numeric.powers import without
from symderiv.numeric.sums import Normal, monomial

__all__ = ["apart", "in_expm1", "over_expm1", "slopes"]

Powers = list[tuple[Any, int]]


def _vanishing(island: Island) -> Iterator[tuple[Any, Any, int]]:
    """E and log(1 + e^v), with the sign of v: −1 for log(1 + e^u) − u."""
    for E, u in zip(island.E, island.exponents, strict=True):
        for total in island.totals:
            if total.polynomial == (E + 1).numer:
                yield E, total.P, 1
                yield E, total.P - island.linear(u), -1


def _found(island: Island, powers: Powers, f: Any) -> tuple[int, Fraction]:
    """The power of c·f among others, and c."""
    for factor, k in powers:
        c = island.field(factor) / f
        if c.numer.is_ground and c.denom.is_ground:
            return k, fraction(c.numer.LC) / fraction(c.denom.LC)
    return 0, Fraction(1)


def apart(island: Island, above: Powers, below: Powers) -> list[Any]:
    """The addends of a quotient, where one of its divisors is log(1 + e^v); else none.

    They are products of exponentials and of this logarithm, so that these may meet.
    """
    for _, log, _ in _vanishing(island):
        if _found(island, below, log)[0]:
            (P,) = (t.P for t in island.totals if island.has(log.numer, [t.P]))
            there, back = {P: 2 * P - log}, {P: log}
            f = island.at(island.field(product(island, above)), there)
            divisor = island.field(product(island, below))
            generators, out = [*island.E, *island.S, *island.P], []
            for degrees, c in island.grouped(f.numer, generators).items():
                powers = zip(generators, degrees, strict=True)
                part = prod((g**k for g, k in powers), start=c)
                out.append(island.at(part, back) / island.field(f.denom) / divisor)
            return out
    return []


def slopes(
    island: Island, exponents: list[Term], above: Powers, below: Powers, logs: Powers
) -> Iterator[Term]:
    """σ(v)/log(1 + e^v) as often as it is in a product, of whose factors it is taken out.

    Parameters
    ----------
    exponents
        Those of the island as they are written.
    above, below, logs
        Powers of factors without logarithms, divisors of this kind, and those with logarithms.
    """
    for E, log, sign in _vanishing(island):
        sides = [(below, E + 1), (logs, log), (above, E)][: 2 + (sign > 0)]
        found = [_found(island, side, f) for side, f in sides]
        k = min(j for j, _ in found)
        if k:
            v = mul(num(sign), exponents[island.E.index(E)])
            yield mul(power(call("log_softplus_slope", v), k), num(found[1][1] ** -k))
            for side, f in sides:
                left = [(g, j - k * (_found(island, [(g, j)], f)[0] > 0)) for g, j in side]
                side[:] = [(g, j) for g, j in left if j]


def in_expm1(island: Island, f: Any) -> Term | None:
    """A quotient by powers of e^v − 1 as a polynomial in B = v/(e^v − 1) and v, for v = e^w.

    Then e^v is (v + B)/B, and B is 1 for v = 0: v·(e^v − 1 − v·e^v)/(e^v − 1)² is B − B² − v·B.
    """
    known = {t: g for t, g in island.of_atom.items() if t.op == "call" and t.data == "exp"}
    for (E, u), (t, v) in itertools.product(
        zip(island.E, island.exponents, strict=True), known.items()
    ):
        k = island.linear(u) / v
        if k**2 != 1 or _found(island, f.denom.factor_list()[1], E - 1)[0] < 1:
            continue
        one = island.at(f, {E: ((v + E) / E) ** int(fraction(k.numer.LC))})  # E is B from here on
        if one is None or not one.denom.is_ground:
            return None
        addends = []
        for (b, j), c in island.grouped(one.numer, [E, v]).items():
            B = [call("over_expm1", *t.args, num(j + 1)), power(call("over_expm1", *t.args), b - 1)]
            addends.append(mul(island.term(c), *(B if b else [power(t, j)])))
        return mul(add(*addends), num(1 / fraction(one.denom.LC)))
    return None


def over_expm1(normal: Normal, t: Term) -> Term | None:
    """v·(a + b/(1 − e^(−v))) for v = e^w as a·v + b·(v/(1 − e^(−v))): v may round to 0."""
    del normal
    coefficient, factors = monomial(t) if t.op == "mul" else (Fraction(1), [])
    for e in (f for f in factors if f.op == "call" and f.data == "exp"):
        rest = without(factors, [e])
        met = _met(e, rest)
        if met is not None:
            return mul(*met, num(coefficient))
        for f in (f for f in rest if f.op == "add"):
            addends = [(c, fs, _met(e, fs)) for c, fs in map(monomial, f.args)]
            if any(met is not None for *_, met in addends):
                others = add(*(mul(*fs, num(c)) for c, fs, met in addends if met is None))
                new = [mul(*met, num(c)) for c, _, met in addends if met is not None]
                whole = add(*new, mul(others, e))
                return mul(*without(rest, [f]), whole, num(coefficient))
    return None


def _met(e: Term, factors: list[Term]) -> list[Term] | None:
    """A product with e^w, where 1 − e^(−v) is one of its divisors, or e^v − 1."""
    pieces = ONE, e, num(-1), ZERO
    divisor, above = power(call("share_over", *pieces), -1), call("share_top", ZERO, *pieces)
    if divisor not in factors:
        return None
    rest = without(factors, [divisor])
    if above in rest:
        return [*without(rest, [above]), call("over_expm1", *e.args)]
    return [*rest, power(call("share_over_exp", *e.args), -1)]
