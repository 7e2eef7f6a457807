"""Integer powers with a symbolic exponent, of a base of any sign.

x^n = e^(n·log|x|) for x > 0 and (−1)^n·e^(n·log|x|) for x < 0; 0^n is 0 for n > 0 and 1 for
n = 0 (DLMF 4.2(iv)). (−1)^n is a generator for each integer name, with the square 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from symderiv.indexform.terms import Linear
from symderiv.prove.atoms import Atom
from symderiv.prove.field import DividedByZero, Frac
from symderiv.prove.units import Split

if TYPE_CHECKING:
    from symderiv.prove.normalise import Normaliser

__all__ = ["integer_power", "parity"]


def integer_power(norm: Normaliser, u: Frac, n: Linear) -> Frac:
    """u^n, or a split on what it depends on."""
    f = norm.field
    if not n.coefficients:
        return norm.power(u, n.constant)
    if norm.is_zero(u.n):
        sign = norm.ranges.sign(n)
        if not sign:
            raise Split(n)
        if sign == "-":
            raise DividedByZero
        return f.one if sign == "0" else f.zero
    sign = norm.decided(u, "+", "0", "-")
    value = norm.exp(f.mul(norm.integer(n), norm.log(u)))
    return f.mul(value, parity(norm, n)) if sign == "-" else value


def parity(norm: Normaliser, n: Linear) -> Frac:
    """(−1)^n."""
    f = norm.field
    out = f.one if n.constant % 2 == 0 else f.minus(f.one)
    for name, c in n.coefficients:
        if c % 2:
            out = f.mul(out, f.gen(Atom("parity", name)))
    return out
