"""Special functions at a point, by their power series in balls.

A function of one value enters through a power series of python-flint, or one that is made of such
a series: that of the inverse of erf by reversion. Of others python-flint has values only; their
coefficients are made of values of other orders (DLMF 5.15.1, 8.19.13, 10.6.7, 10.29.5). A
parameter, such as a in Γ(a, x), may be any number, but no derivative passes through it. Where a
function has no real value, or has one of which the package makes no use, the point is left out.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import comb, factorial
from typing import Any

from flint import acb, arb, arb_series, fmpq

from symderiv.refute.algebraic import ball
from symderiv.refute.jets import FUNCTIONS, Jet, Undefined, compose, divide, power, sign

__all__ = ["SPECIAL"]

Value = Any  # fmpq | arb | Algebraic | Jet


def _positive(c: Value) -> Value:
    return c


def _anywhere(c: Value) -> Value:
    return fmpq(1)


def _taylor(series: Callable[[Value, int], Any], inside: Callable[[Value], Value]) -> Any:
    """A function of one value by its Taylor coefficients, where ``inside`` is positive."""

    def coefficients(c: Value, order: int) -> list[Value]:
        u = inside(c)
        if not u > 0:
            kind = "joint" if u <= 0 else "uncertain"
            raise Undefined(kind, "a special function outside its domain")
        r = series(c, order)
        return [r[k] for k in range(order + 1)]

    return lambda v: compose(coefficients, v)


def _by(series: Callable[[arb_series], Any], inside: Callable[[Value], Value]) -> Any:
    """A function by a power series of python-flint."""
    return _taylor(lambda c, order: series(arb_series([ball(c), 1], order + 1)), inside)


def _parameter(v: Value) -> arb:
    if type(v) is Jet:
        raise Undefined("joint", "a derivative by a parameter of a special function")
    return ball(v)


def _inverse_of_erf(c: Value, order: int) -> list[Value]:
    y, n = ball(c).erfinv(), order + 2
    s = arb_series([y, 1], n).erf()
    rest = arb_series([0, *(s[k] for k in range(1, n))], n).reversion()
    return [y, *(rest[k] for k in range(1, n))]


def _incomplete(series: Callable[[arb, arb_series], Any]) -> Any:
    return lambda a, v: _by(partial(series, _parameter(a)), _positive)(v)


def _by_orders(value: Any, below: Any, above: Any, entire: bool = False) -> Any:
    """A function by its values, where the derivative of fₙ is below·fₙ₋₁ + above·fₙ₊₁."""

    def applied(order: Value, v: Value) -> Value:
        n = _parameter(order)

        def coefficient(c: Value, m: int) -> arb:
            weights = ((j, comb(m, j) * below ** (m - j) * above**j) for j in range(m + 1))
            values = (w * value(ball(c), n - m + 2 * j) for j, w in weights if w)
            return sum(values, arb(0)) / factorial(m)

        inside = _anywhere if entire and n.is_integer() else _positive
        return _taylor(lambda c, last: [coefficient(c, m) for m in range(last + 1)], inside)(v)

    return applied


def _psi(c: arb, n: arb) -> arb:
    return acb(c).polygamma(n).real if n.is_integer() and n >= 0 else arb.nan()


def _sinc(c: Value, order: int) -> list[Value]:
    """The Taylor coefficients of sin(c)/c: at 0 those of its power series."""
    if sign(c) == 0:
        return [fmpq((-1) ** (k // 2) * (1 - k % 2), factorial(k + 1)) for k in range(order + 1)]
    v = arb_series([ball(c), 1], order + 1)
    r = v.sin() / v
    return [r[k] for k in range(order + 1)]


def _atan2(y: Value, x: Value) -> Value:
    """2·atan(y/(√(x² + y²) + x)), and the values for y = 0."""
    if sign(y) != 0:
        return 2 * FUNCTIONS["atan"](divide(y, _hypot(x, y) + x))
    if sign(x) == 0:
        raise Undefined("certain", "the angle of (0, 0)")
    return fmpq(0) if sign(x) > 0 else arb.pi()


def _hypot(u: Value, v: Value) -> Value:
    return power(u * u + v * v, fmpq(1, 2))


_gamma, _HALF = FUNCTIONS["gamma"], fmpq(1, 2)
_polygamma = _by_orders(_psi, 0, 1)
_erfinv = _taylor(_inverse_of_erf, lambda c: 1 - c * c)

# by the name of SymPy's class
SPECIAL: dict[str, Callable[..., Value]] = {
    "polygamma": _polygamma,
    "digamma": lambda v: _polygamma(fmpq(0), v),
    "harmonic": lambda v: _polygamma(fmpq(0), v + 1) + arb.const_euler(),
    "beta": lambda a, b: divide(_gamma(a) * _gamma(b), _gamma(a + b)),
    "erfinv": _erfinv,
    "erfcinv": lambda v: _erfinv(1 - v),
    "LambertW": _by(arb_series.lambertw, lambda c: c + arb(-1).exp()),
    "Ei": _by(arb_series.ei, lambda c: c * c),
    "uppergamma": _incomplete(arb_series.gamma_upper),
    "lowergamma": _incomplete(arb_series.gamma_lower),
    "expint": _by_orders(arb.expint, -1, 0),
    "besseli": _by_orders(arb.bessel_i, _HALF, _HALF, entire=True),
    "besselj": _by_orders(arb.bessel_j, _HALF, -_HALF, entire=True),
    "besselk": _by_orders(arb.bessel_k, -_HALF, -_HALF),
    "bessely": _by_orders(arb.bessel_y, _HALF, -_HALF),
    "sinc": lambda v: compose(_sinc, v),
    "atan2": _atan2,
    "hypot": _hypot,
}
