"""Square roots of sums of squares as NumPy's hypot, which no square overflows or underflows."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import isqrt

from symderiv.indexform.terms import Term, add, call, mul, num, power, root
from symderiv.numeric.sums import Normal, monomial

__all__ = ["norm"]

_HALF = Fraction(1, 2)


def norm(normal: Normal, t: Term) -> Term | None:
    """√(a² + b²) as hypot(a, b), and √(a² + b²) − a by another name for a number a > 0.

    The second is what is left of the loss √(1 + r²) − 1 (Charbonnier, pseudo-Huber) for small r.
    """
    if t.op == "root" and t.data.denominator == 2 and t.args[0].op == "add":
        sides = [_square_root(a) for a in t.args[0].args]
        found = [a for a in sides if a is not None]
        if len(found) < len(sides):
            return None
        found.sort(key=lambda a: a.op != "num")
        return power(_hypot(found), t.data.numerator)
    if t.op != "add":
        return None
    for a in t.args:
        coefficient, factors = monomial(a)
        if len(factors) != 1 or factors[0].op != "call" or factors[0].data != "hypot":
            continue
        side, other = factors[0].args
        apart = mul(side, num(-coefficient))
        if side.op == "num" and apart in t.args:
            rest = (e for e in t.args if e is not a and e is not apart)
            return add(mul(call("hypot_minus", side, other), num(coefficient)), *rest)
    return None


def _hypot(sides: Sequence[Term]) -> Term:
    first, *others = sides
    return call("hypot", first, others[0] if len(others) == 1 else _hypot(others))


def _square_root(t: Term) -> Term | None:
    """A term of which t is the square, whatever its sign."""
    coefficient, factors = monomial(t)
    halves = [_half(f) for f in factors]
    sides = [f for f in halves if f is not None]
    if coefficient <= 0 or len(sides) < len(halves):
        return None
    p, q = (isqrt(c) for c in (coefficient.numerator, coefficient.denominator))
    exact = Fraction(p, q) ** 2 == coefficient
    return mul(*sides, num(Fraction(p, q)) if exact else root(num(coefficient), _HALF))


def _half(f: Term) -> Term | None:
    """A factor of which another one is the square: that of x², or of e^u."""
    if f.op == "call" and f.data == "exp":
        coefficient, factors = monomial(f.args[0])
        return call("exp", mul(*factors, num(coefficient / 2)))
    return power(f.args[0], f.data // 2) if f.op == "pow" and f.data % 2 == 0 else None
