"""The arctangent of a rational number, by those of Gaussian primes.

atan(p/q) is the argument of q + ip. In the Gaussian integers that is a unit times powers of 1 + i,
of primes r ≡ 3 (mod 4), and of a ± bi with a > b > 0 and a² + b² a prime, in one way but for the
order; their arguments are multiples of π/4, 0, and ±atan(b/a). So every identity between
arctangents of rational numbers, as Machin's, is one between these (Todd, A problem on arc tangent
relations, American Mathematical Monthly 56, 1949).
"""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

from flint import arb, fmpz

__all__ = ["by_primes"]

_LARGEST = 2**64
_LARGEST_PRIME = 10**6


def by_primes(u: Fraction) -> tuple[int, dict[Fraction, int]] | None:
    """k and the e for which atan u = kπ/4 + Σ e·atan t, with t = b/a for primes; or None.

    Examples
    --------
    >>> by_primes(Fraction(1)), by_primes(Fraction(1, 3))
    ((1, {}), (1, {Fraction(1, 2): -1}))
    """
    x, y = u.denominator, u.numerator
    norm = x * x + y * y
    if norm > _LARGEST:
        return None
    quarters, found = 0, dict[Fraction, int]()
    for prime, e in fmpz(norm).factor():
        p, count = int(prime), int(e)
        if p > _LARGEST_PRIME:
            return None
        a, b = _squares(p)
        for _ in range(count):
            if p == 2:
                x, y, quarters = (x + y) // 2, (y - x) // 2, quarters + 1
                continue
            re, im = x * a + y * b, y * a - x * b  # over a + bi, else over a − bi
            turn = 1 if re % p == im % p == 0 else -1
            if turn < 0:
                re, im = x * a - y * b, y * a + x * b
            x, y = re // p, im // p
            found[Fraction(b, a)] = found.get(Fraction(b, a), 0) + turn
    quarters += {(1, 0): 0, (0, 1): 2, (-1, 0): 4, (0, -1): 6}[x, y]
    # what is left are whole turns, of 8 quarters, since |atan u| < π/2
    total = sum((_atan(t) * e for t, e in found.items()), arb.pi() * quarters / 4)
    turns = ((_atan(u) - total) / (2 * arb.pi())).unique_fmpz()
    return None if turns is None else (quarters + 8 * int(turns), found)


def _atan(u: Fraction) -> arb:
    return (arb(u.numerator) / u.denominator).atan()


def _squares(p: int) -> tuple[int, int]:
    """a > b > 0 with a² + b² = p, for a prime p ≡ 1 (mod 4)."""
    return next((a, b) for b in range(1, isqrt(p) + 1) if (a := isqrt(p - b * b)) ** 2 == p - b * b)
