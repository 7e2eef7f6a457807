"""Quotients whose numerator and denominator both grow, divided by what grows before they are taken.

At u = 800 the numerator and the denominator of (e^u − 1)/e^u are both infinite; 1 − e^(−u) is not.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from symderiv.indexform.terms import ONE, ZERO, Term, add, call, mul, num, power
from symderiv.numeric.island import Island, fraction
from symderiv.numeric.sums import Normal, monomial

__all__ = [
    "alone",
    "between",
    "divided",
    "divided_out",
    "fits",
    "half",
    "halves",
    "is_number",
    "quotient",
    "rank",
    "sigmas",
    "value_of",
    "zero_last",
]


def divided(island: Island, f: Any, exponents: Sequence[Term], written: Mapping[Any, Term]) -> Term:
    """A quotient by a product of exponentials, with as many under each factor as it has itself.

    ``exponents`` are those of the island as they are written, ``written`` the generators.
    """
    generators, count, terms = [*island.E, *island.S], len(island.E), dict(written)
    coefficient, above = f.numer.factor_list()
    divisor, below = f.denom.factor_list()
    left, out = [0] * count, [num(fraction(coefficient) / fraction(divisor))]
    for d, k in below:
        if island.has(d, generators):  # an irreducible product: one of them
            left = [a + k * (d == E.numer) for a, E in zip(left, island.E, strict=True)]
        else:
            out.append(power(island.polynomial(d, terms), -k))
    if not any(left):
        return island.term(f, terms)

    def e(degrees: Sequence[int]) -> Term:
        pairs = [(k, u) for k, u in zip(degrees, exponents, strict=True) if k]
        times, plus = island.normal.times, island.normal.plus
        return call("exp", plus(*(times(num(k), u) for k, u in pairs))) if pairs else ONE

    for factor in (factor for factor, k in above for _ in range(k)):
        pieces = island.grouped(factor, generators)
        most = map(max, zip(*(degrees[:count] for degrees in pieces), strict=True))
        taken = [min(a, top) for a, top in zip(left, most, strict=True)]
        left = [a - b for a, b in zip(left, taken, strict=True)]
        addends = []
        for degrees, c in pieces.items():
            apart = [a - b for a, b in zip(degrees, taken, strict=False)]
            sums = zip(island.sums, degrees[count:], strict=True)
            addends.append(mul(island.term(c, terms), e(apart), *(power(S, k) for S, k in sums)))
        out.append(add(*addends))
    return mul(*out, e([-a for a in left]))


def divided_out(
    island: Island, polynomial: Any, denominators: Sequence[tuple[Any, int]]
) -> tuple[Any, Any]:
    """(α·E + β)/(E − 1) as α and α + β over E − 1, where that is the shorter: both cancel at E = 1.

    None, and the polynomial, where nothing is divided out.
    """
    for E in island.E if len(denominators) == 1 else ():
        if denominators[0] != ((E - 1).numer, 1):
            continue
        rest = island.at(island.field(polynomial), {E: island.field(1)})
        whole = (island.field(polynomial) - rest) / (E - 1)
        if len(rest.numer) < len(polynomial) and not island.has(
            whole.numer, [*island.E, *island.S]
        ):
            return whole, rest.numer
    return None, polynomial


def alone(
    bounds: Callable[[Any, Any], bool],
    mixed: Sequence[tuple[Any, int]],
    above: list[tuple[Any, int]],
    below: list[tuple[Any, int]],
) -> list[tuple[Any, Any]]:
    """The differences S − e^u above that stay factors beside logarithms, each with a divisor.

    They leave ``above`` and ``below``, where enough divisors are left for what has logarithms.
    """
    left, out = dict(below), list[tuple[Any, Any]]()

    def bound(factor: Any) -> Any:
        """A divisor that bounds a factor, and is used for it."""
        found = next((d for d, k in left.items() if k and bounds(d, factor)), None)
        if found is not None:
            left[found] -= 1
        return found

    if any(bound(factor) is None for factor, k in mixed for _ in range(k)):
        return []
    for factor, k in list(above):
        if len({fraction(c) > 0 for c in factor.coeffs()}) > 1:
            pairs = [(factor, d) for _ in range(k) if (d := bound(factor)) is not None]
            out += pairs
    for side, used in ((above, [f for f, _ in out]), (below, [d for _, d in out])):
        side[:] = [(f, k - used.count(f)) for f, k in side if k > used.count(f)]
    return out


def between(degrees: Sequence[int], keys: Sequence[Sequence[int]], count: int) -> bool:
    """Whether e^w is strictly between two of the addends of a sum, and so at most the sum.

    All are degrees in the ``count`` exponentials and in the sums of them, which have no part.
    """
    if tuple(degrees) in keys or any(any(key[count:]) for key in keys):
        return False
    for a, b in itertools.combinations(keys, 2):
        step = [y - x for x, y in zip(a, b, strict=True)]
        part = [w - x for x, w in zip(a, degrees, strict=True)]
        t = next(Fraction(p, d) for p, d in zip(part, step, strict=True) if d)
        if 0 < t < 1 and all(p == t * d for p, d in zip(part, step, strict=True)):
            return True
    return False


def quotient(
    normal: Normal, exponents: Sequence[Term], degrees: Sequence[int], below: Mapping[Term, int]
) -> Term:
    """e^w/Π (1 + e^u)^k as one function, for the degrees of e^w and the k of each u."""
    pairs = list(zip(exponents, degrees, strict=True))
    rest = normal.plus(*(normal.times(num(j), u) for u, j in pairs if u not in below and j))
    args = [t for u, j in pairs if u in below for t in (u, num(j), num(below[u]))]
    return call("share_of_each", rest, *args)


def fits(inner: Sequence[int], outer: Sequence[int]) -> bool:
    """Whether e^w is a factor of another product of exponentials, for the degrees of both."""
    return all(a <= b or a <= 0 for a, b in zip(inner, outer, strict=True))


def rank(keys: Sequence[Sequence[int]], left: Sequence[int]) -> tuple[bool, int]:
    """Which sum is first to get exponentials: one that vanishes, and what takes most of them."""
    most = max((sum(key) for key in keys if fits(key, left)), default=0)
    return not all(map(any, keys)), -most


def sigmas(u: Term, a: int, j: int) -> list[Term]:
    """E^j/(1 + E)^a as σ(u)^j (1 − σ(u))^(a − j)."""
    both = min(j, a - j)
    return [
        power(call("sigma_slope", u), both),
        power(call("sigma", u), j - both),
        power(call("sigma_complement", u), a - j - both),
    ]


def half(u: Term) -> Term:
    """u/2, addend by addend where whole numbers are left: a − b for 2a − 2b."""
    pairs = [monomial(a) for a in (u.args if u.op == "add" else (u,))]
    if all((c / 2).denominator == 1 for c, _ in pairs):
        return add(*(mul(*factors, num(c / 2)) for c, factors in pairs))
    return mul(num(Fraction(1, 2)), u)


def is_number(f: Any) -> bool:
    """Whether an element is a number."""
    return bool(f.numer.is_ground and f.denom.is_ground)


def value_of(f: Any) -> Fraction:
    """The number that an element is."""
    return fraction(f.numer.LC) / fraction(f.denom.LC) if f else Fraction(0)


def zero_last(pieces: list[Term]) -> list[Term]:
    """Coefficients and exponents with e^0 at the end."""
    pairs = sorted(zip(pieces[::2], pieces[1::2], strict=True), key=lambda pair: pair[1] is ZERO)
    return [t for pair in pairs for t in pair]


def halves(
    island: Island, factor: Any, exponent: Callable[[Sequence[int]], Term]
) -> tuple[Term, Any]:
    """e^a − e^b as tanh((a − b)/2) and e^a + e^b."""
    generators = [*island.E, *island.S]
    first, second = sorted(island.grouped(factor, generators))
    places = island.positions(generators)
    sign = {
        m: -c if all(m[p] == k for p, k in zip(places, first, strict=True)) else c
        for m, c in factor.terms()
    }
    half = island.normal.times(num(Fraction(1, 2)), exponent(second))
    other = island.normal.times(num(Fraction(-1, 2)), exponent(first))
    return call("tanh", island.normal.plus(half, other)), factor.ring(sign)
