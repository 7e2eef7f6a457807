"""Real algebraic numbers: exact values at points where an equation has no rational solution.

An element of Q(α) is a polynomial in α of lower degree than the minimal polynomial of α, which
is one of its real roots (Cohen, A Course in Computational Algebraic Number Theory, 4.2). An
element that is not rational is never 0, so that a ball decides its sign.
"""

from __future__ import annotations

from typing import Any

import flint
from flint import arb, fmpq, fmpq_poly

__all__ = ["Algebraic", "ball", "real_roots"]

Value = Any  # fmpq | arb | Algebraic

MAX_BITS = 2048
_PRECISIONS = (64, 256, 1024, 4096)


class Algebraic:
    """An irrational element of Q(α): ``poly`` at the k-th real root α of ``minimal``."""

    __slots__ = ("index", "minimal", "poly")

    def __init__(self, minimal: fmpq_poly, index: int, poly: fmpq_poly) -> None:
        self.minimal, self.index, self.poly = minimal, index, poly

    def ball(self) -> arb:
        """An enclosure at the precision in force."""
        root = _isolated(self.minimal)[self.index]
        out = arb(0)
        for c in reversed(self.poly.coeffs()):
            out = out * root + arb(c)
        return out

    def _with(self, poly: fmpq_poly) -> Value:
        """Another element of the field, as a rational where it is one."""
        poly = poly % self.minimal
        if poly.degree() <= 0:
            return fmpq(poly[0])
        out = Algebraic(self.minimal, self.index, poly)
        return out if poly.numer().height_bits() < MAX_BITS else out.ball()

    def _other(self, other: Value) -> fmpq_poly | None:
        """The other number as a polynomial in the same α, where it is one."""
        if type(other) in (int, fmpq):
            return fmpq_poly([other])
        if type(other) is not Algebraic:
            return None
        same = other.index == self.index and other.minimal == self.minimal
        return other.poly if same else None

    def __add__(self, other: Value) -> Value:
        poly = self._other(other)
        if poly is not None:
            return self._with(self.poly + poly)
        return self.ball() + ball(other) if type(other) in (arb, Algebraic) else NotImplemented

    def __mul__(self, other: Value) -> Value:
        poly = self._other(other)
        if poly is not None:
            return self._with(self.poly * poly)
        return self.ball() * ball(other) if type(other) in (arb, Algebraic) else NotImplemented

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self) -> Algebraic:
        return Algebraic(self.minimal, self.index, -self.poly)

    def __sub__(self, other: Value) -> Value:
        return self + (-other)

    def __rsub__(self, other: Value) -> Value:
        return -self + other

    def inverse(self) -> Value:
        """1/v: the polynomial s with s·v ≡ 1 modulo the minimal polynomial."""
        _, s, _ = self.poly.xgcd(self.minimal)
        return self._with(s)

    def __truediv__(self, other: Value) -> Value:
        return self * (other.inverse() if type(other) is Algebraic else fmpq(1) / other)

    def __rtruediv__(self, other: Value) -> Value:
        return self.inverse() * other

    def __pow__(self, n: int) -> Value:
        base: Value = self if n >= 0 else self.inverse()
        out: Value = fmpq(1)
        for bit in f"{abs(n):b}":
            out = out * out * base if bit == "1" else out * out
        return out

    def sign(self) -> int:
        """−1 or 1; 0 stands for a sign that no precision here settles."""
        before = flint.ctx.prec
        try:
            for flint.ctx.prec in _PRECISIONS:
                v = self.ball()
                if v > 0 or v < 0:
                    return 1 if v > 0 else -1
        finally:
            flint.ctx.prec = before
        return 0

    def _compared(self, other: Value) -> Value:
        """The sign of v − other, or NaN, which is neither above nor below."""
        difference = self - other
        if type(difference) is Algebraic:
            return difference.sign() or arb.nan()
        return difference

    def __gt__(self, other: Value) -> bool:
        return bool(self._compared(other) > 0)

    def __lt__(self, other: Value) -> bool:
        return bool(self._compared(other) < 0)

    def __ge__(self, other: Value) -> bool:
        return bool(self._compared(other) >= 0)

    def __le__(self, other: Value) -> bool:
        return bool(self._compared(other) <= 0)

    def __eq__(self, other: object) -> bool:
        return type(other) is Algebraic and bool(self._compared(other) == 0)

    def __hash__(self) -> int:
        return hash((str(self.minimal), self.index, str(self.poly)))


def ball(v: Value) -> arb:
    """An enclosure of an exact value, or the ball itself."""
    return v.ball() if type(v) is Algebraic else arb(v)


def _isolated(minimal: fmpq_poly) -> list[arb]:
    """Disjoint balls around the real roots, in order; a real one has imaginary part exactly 0."""
    roots = [z.real for z, _ in minimal.numer().complex_roots() if z.imag.is_zero()]
    return sorted(roots, key=lambda b: b.mid())


def real_roots(poly: fmpq_poly) -> list[Value]:
    """The real roots of a polynomial, exact, the rational ones first.

    Examples
    --------
    >>> half, *others = real_roots(fmpq_poly([1, -2]) * fmpq_poly([-2, 0, 1]))
    >>> half, [v > 0 for v in others], [v * v for v in others]
    (1/2, [False, True], [2, 2])
    """
    rational, others = [], []
    for factor, _ in poly.factor()[1]:
        minimal = fmpq_poly(factor)
        if minimal.degree() == 1:
            rational.append(-minimal[0] / minimal[1])
        else:
            alpha = fmpq_poly([0, 1])
            others += [Algebraic(minimal, k, alpha) for k in range(len(_isolated(minimal)))]
    return [*sorted(rational), *others]
