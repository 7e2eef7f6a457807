"""Derivatives by rules of their own, for scalars, entries and sums: a table and the chain rule.

Written from calculus, sharing nothing with symderiv: ``Derivative(e, w)`` is one side of a pair,
and what is found here the other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy
from pairs.pair import NoDraw
from sympy import (
    Abs,
    Dummy,
    Indexed,
    Integer,
    KroneckerDelta,
    MatrixSymbol,
    Piecewise,
    Sum,
    cos,
    cosh,
    exp,
    log,
    pi,
    polygamma,
    sign,
    sin,
    sinh,
    sqrt,
    tanh,
)
from sympy.matrices.expressions.matexpr import MatrixElement

from symderiv import sigma, softplus

__all__ = ["RULES", "by_rules"]

RULES: dict[type, Callable[[Any], Any]] = {
    exp: exp,
    log: lambda u: 1 / u,
    sigma: lambda u: sigma(u) * (1 - sigma(u)),
    softplus: sigma,
    tanh: lambda u: 1 - tanh(u) ** 2,
    sin: cos,
    cos: lambda u: -sin(u),
    sympy.tan: lambda u: 1 + sympy.tan(u) ** 2,
    sympy.atan: lambda u: 1 / (1 + u**2),
    sympy.asin: lambda u: 1 / sqrt(1 - u**2),
    sympy.acos: lambda u: -1 / sqrt(1 - u**2),
    sinh: cosh,
    cosh: sinh,
    sympy.asinh: lambda u: 1 / sqrt(u**2 + 1),
    sympy.acosh: lambda u: 1 / sqrt(u**2 - 1),
    sympy.atanh: lambda u: 1 / (1 - u**2),
    sympy.coth: lambda u: 1 - sympy.coth(u) ** 2,
    sympy.sech: lambda u: -sympy.sech(u) * tanh(u),
    sympy.erf: lambda u: 2 * exp(-(u**2)) / sqrt(pi),
    sympy.erfc: lambda u: -2 * exp(-(u**2)) / sqrt(pi),
    sympy.erfi: lambda u: 2 * exp(u**2) / sqrt(pi),
    sympy.gamma: lambda u: sympy.gamma(u) * polygamma(0, u),
    sympy.loggamma: lambda u: polygamma(0, u),
    Abs: sign,
    sign: lambda u: Integer(0),
    sympy.Heaviside: lambda u: Integer(0),
}


def by_rules(e: Any, w: Any) -> Any:
    """∂e/∂w; what a bound index could meet is renamed first."""
    if e == w:
        return Integer(1)
    if not e.args or not _meets(e, w):
        return Integer(0)
    if isinstance(e, Sum):
        fresh = {
            limit[0]: Dummy(limit[0].name, integer=True, nonnegative=True) for limit in e.limits
        }
        limits = [tuple(part.xreplace(fresh) for part in limit) for limit in e.limits]
        inner = by_rules(e.function.xreplace(fresh), w)
        return Sum(inner, *limits) if inner != 0 else inner
    if isinstance(e, (Indexed, MatrixElement)):
        return _same_entry(e, w)
    if isinstance(e, sympy.Add):
        return sympy.Add(*(by_rules(u, w) for u in e.args))
    if isinstance(e, sympy.Mul):
        out = Integer(0)
        for at, u in enumerate(e.args):
            rest = sympy.Mul(*e.args[:at], *e.args[at + 1 :])
            out += by_rules(u, w) * rest
        return out
    if isinstance(e, sympy.Pow):
        base, exponent = e.args
        out = exponent * base ** (exponent - 1) * by_rules(base, w)
        if _meets(exponent, w):
            out += e * log(base) * by_rules(exponent, w)
        return out
    if isinstance(e, Piecewise):
        return Piecewise(*((by_rules(u, w), condition) for u, condition in e.args))
    if isinstance(e, (sympy.Max, sympy.Min)):
        first, rest = e.args[0], e.func(*e.args[1:])
        higher = first > rest if isinstance(e, sympy.Max) else first < rest
        return Piecewise((by_rules(first, w), higher), (by_rules(rest, w), True))
    if isinstance(e, sympy.polygamma) and not _meets(e.args[0], w):
        return polygamma(e.args[0] + 1, e.args[1]) * by_rules(e.args[1], w)
    if isinstance(e, sympy.UnevaluatedExpr):
        return by_rules(e.args[0], w)
    if type(e) in RULES:
        return RULES[type(e)](e.args[0]) * by_rules(e.args[0], w)
    raise NoDraw


def _meets(e: Any, w: Any) -> bool:
    """Whether e may depend on w."""
    if isinstance(w, (Indexed, MatrixElement)):
        name = w.args[0]
        return e.has(name) or (isinstance(w, Indexed) and e.has(w.base.label))
    return bool(e.has(w))


def _same_entry(e: Any, w: Any) -> Any:
    """∂a[k]/∂a[j] = [k = j]."""
    if e.args[0] != w.args[0]:
        return Integer(0)
    if isinstance(e, MatrixElement) and not isinstance(e.parent, MatrixSymbol):
        raise NoDraw
    pairs = zip(e.args[1:], w.args[1:], strict=True)
    return sympy.Mul(*(KroneckerDelta(u, s) for u, s in pairs))
