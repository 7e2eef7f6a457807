"""Quotients of what vanishes together: log(1 + e^v) goes to 0 as e^v does, for v → −∞.

At v = −800 both round to 0, and σ(v)/log(1 + e^v), which is nearly 1, to 0/0; it is one function.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import prod
from typing import Any

from symderiv.indexform.terms import Term, call, mul, num, power
from symderiv.numeric.growth import product
from symderiv.numeric.island import Island, fraction

__all__ = ["apart", "slopes"]

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
