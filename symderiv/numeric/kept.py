"""Sums whose addends are better computed one by one than over one denominator.

tanh²u + y is ((e^(2u) − 1)² + y·(e^(2u) + 1)²)/(e^(2u) + 1)², and there its digits near u = 0 are
lost. So are those of (tanh u − y)² when it is multiplied out, or taken into a logarithm, and those
of 1 + (e^u − y)² where e^u is about y.
"""

from __future__ import annotations

from symderiv.indexform.terms import Term
from symderiv.numeric.exponentials import live
from symderiv.numeric.island import Island, TooLarge, fraction
from symderiv.numeric.masks import is_nonnegative
from symderiv.numeric.sums import Normal, monomial

__all__ = ["apart", "is_square", "kept"]


def kept(normal: Normal, labels: frozenset[str], t: Term) -> bool:
    """Whether t is such a sum, a power or a logarithm of one, that does not overflow."""
    inside = t.args[0] if t.op == "pow" or (t.op == "call" and t.data == "log") else t
    if inside.op != "add" or not live(inside):
        return False
    try:
        island = Island(normal, inside, labels)
        if any(is_square(normal, labels, f) for a in inside.args for f in monomial(a)[1]):
            # what is not negative does not cancel, though it may over one denominator
            positive = all(map(is_nonnegative, inside.args))
            return positive or not island.cancels(inside.args)
        return apart(island, inside) and all(_bounded(island, a) for a in inside.args)
    except TooLarge:
        return False


def is_square(normal: Normal, labels: frozenset[str], t: Term) -> bool:
    """Whether t is a power of a difference, (e^u − y)² or (log(1 + e^u) − y)², that may be 0."""
    base = [f for f in monomial(t.args[0])[1] if live(f)] if t.op == "pow" and t.data > 1 else []
    if len(base) != 1 or base[0].op != "add":
        return False
    try:
        f = Island(normal, base[0], labels).element(base[0])
        return len({fraction(c) > 0 for c in f.numer.coeffs()}) > 1
    except TooLarge:
        return False


def apart(island: Island, t: Term) -> bool:
    """Whether addends with different denominators, or with zeros, have nothing that cancels.

    Alone tanh u, (σ(u) − ½)² and sinh u keep their digits near 0, where e^u − e^(−u) does not.
    """
    addends, exponentials = [island.element(a) for a in t.args], [*island.E, *island.S]
    alive = [f for f, a in zip(addends, t.args, strict=True) if live(a)]
    split = [[p.factor_list()[1] for p in (f.numer, f.denom)] for f in alive]
    divisors = {frozenset(d for d, _ in ds if island.has(d, exponentials)) for _, ds in split}
    above = (f for fs, _ in split for f, _ in fs if island.has(f, exponentials))
    odd = any(len({fraction(c) > 0 for c in f.coeffs()}) > 1 for f in above) and not island.totals
    return (len(divisors) > 1 or odd) and not island.cancels(t.args)


def _bounded(island: Island, t: Term) -> bool:
    """Whether the exponentials above are all below, where all are positive."""
    f, generators = island.element(t), [*island.E, *island.S]
    above, below = (island.grouped(p, generators) for p in (f.numer, f.denom))
    positive = all(c.numer.is_ground and fraction(c.numer.LC) > 0 for c in below.values())
    return positive and above.keys() <= below.keys()
