"""Values of a counterexample as a person reads them."""

from __future__ import annotations

from typing import Any

import sympy
from flint import arb, fmpq
from sympy import Basic

from symderiv.refute.algebraic import Algebraic, ball

__all__ = ["function", "text", "texts"]


def text(v: Any) -> Any:
    """An exact value as a SymPy rational, a ball as decimal digits."""
    if type(v) is arb and v.is_exact() and v.is_integer():
        return sympy.Integer(int(v.unique_fmpz()))
    if type(v) is fmpq:
        return sympy.Rational(int(v.p), int(v.q))
    if type(v) is Algebraic:
        return _root(v)
    return v.str(12, radius=False) + "…"


def _root(v: Algebraic) -> Any:
    """An algebraic number by radicals where its degree is 2, else as a root of its polynomial."""
    x = sympy.Symbol("x")
    powers = [sympy.Rational(int(c.p), int(c.q)) * x**k for k, c in enumerate(v.minimal.coeffs())]
    alpha = sympy.rootof(sympy.Add(*powers), v.index)
    terms = (sympy.Rational(int(c.p), int(c.q)) * alpha**k for k, c in enumerate(v.poly.coeffs()))
    return sympy.expand(sympy.Add(*terms))


def texts(x: Any, y: Any) -> tuple[Any, Any]:
    """Two values that differ, with as many digits as it takes to see it."""
    if type(x) is fmpq and type(y) is fmpq:
        return text(x), text(y)
    for digits in (12, 16, 20, 30, 60, 120, 300):
        a, b = (ball(v).str(digits, radius=False) for v in (x, y))
        if a != b:
            break
    shown = [text(v) if type(v) in (fmpq, Algebraic) else t + "…" for v, t in ((x, a), (y, b))]
    return shown[0], shown[1]


def function(applied: Any, polynomials: Any) -> Basic:
    """What stands in for a function without a definition."""
    xs = sympy.symbols(f"x:{len(applied.args)}", real=True)
    terms = [
        sympy.Mul(text(c), *(x**k for x, k in zip(xs, powers, strict=True)))
        for c, powers in polynomials[applied.func.__name__]
    ]
    return sympy.Lambda(xs, sympy.Add(*terms))
