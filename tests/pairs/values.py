"""Values for what tests/pointwise.py does not know of itself: more functions, and opaque ones."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import corpus.points  # noqa: F401 - enters the functions of the corpus into pointwise's table
import mpmath
import pointwise
import sympy
from mpmath import mpf
from pointwise import SCALARS, Place, _each, scalar


def _over(bottom: Any, top: Any = None) -> Any:
    """A quotient of functions with poles."""

    def rule(e: Any, at: Place) -> Any:
        u = scalar(e.args[0], at)
        return (top(u) if top else mpf(1)) / separate_pole(bottom(u))

    return rule


def separate_pole(u: Any) -> Any:
    if u == 0:
        raise pointwise.NotDefined("a pole")
    return u


def _gamma_of(u: Any) -> Any:
    if u <= 0 and u == int(u):
        raise pointwise.NotDefined(f"gamma({u})")
    return mpmath.gamma(u)


def _binomial(e: Any, at: Place) -> Any:
    top, bottom = (scalar(w, at) for w in e.args)
    if e.args[1].is_Integer:
        return mpmath.fprod([(top - k) / (k + 1) for k in range(int(e.args[1]))])
    return _gamma_of(top + 1) * mpmath.rgamma(bottom + 1) * mpmath.rgamma(top - bottom + 1)


def _beta(e: Any, at: Place) -> Any:
    one, other = (scalar(w, at) for w in e.args)
    return _gamma_of(one) * _gamma_of(other) * mpmath.rgamma(one + other)


def _subs(e: Any, at: Place) -> Any:
    """The value of an expression, derivatives by the bound symbol among them, elsewhere."""
    named = {w.name: scalar(u, at) for w, u in zip(e.variables, e.point, strict=True)}
    bound = {w: u for w, u in at.bound.items() if w not in e.variables}
    shifts = {key: u for key, u in at.shifts.items() if key[0] not in named}
    inside = replace(at, values={**at.values, **named}, bound=bound, shifts=shifts)
    return scalar(e.expr, inside)


def opaque(e: Any, at: Place) -> Any:
    """A function without a definition, whose stand-in is data."""
    name = e.func.__name__
    stand_in = at.values.get(f"{name}{len(e.args)}", at.values.get(name))
    if not isinstance(stand_in, sympy.Lambda):
        raise NotImplementedError(f"{name} has no stand-in")
    inside = at
    for symbol, u in zip(stand_in.variables, e.args, strict=True):
        inside = inside.bind(symbol, scalar(u, at))
    return scalar(stand_in.expr, inside)


SCALARS |= {
    "cot": _over(mpmath.sin, mpmath.cos),
    "sec": _over(mpmath.cos),
    "csc": _over(mpmath.sin),
    "coth": _over(mpmath.sinh, mpmath.cosh),
    "sech": _over(mpmath.cosh),
    "csch": _over(mpmath.sinh),
    "gamma": lambda e, at: _gamma_of(scalar(e.args[0], at)),
    "erfi": _each(mpmath.erfi),
    "factorial": lambda e, at: _gamma_of(scalar(e.args[0], at) + 1),
    "binomial": _binomial,
    "beta": _beta,
    "EulerGamma": lambda e, at: +mpmath.euler,
    "Catalan": lambda e, at: +mpmath.catalan,
    "Subs": _subs,
    "conjugate": _each(lambda u: u),  # of an entry, which SymPy does not know to be real
    "im": _each(lambda u: mpf(0)),
    "f": opaque,
    "g": opaque,
}
