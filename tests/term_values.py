"""The value of a term of the index form at one point, by its definition and by brute force.

Sums are added up, cases looked at, and nothing is rewritten. Rational where it can be (in
``Fraction``), else in mpmath.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import mpmath

from symderiv.indexform.terms import Linear, Term

FUNCTIONS = {
    "exp": mpmath.exp,
    "log": mpmath.log,
    "sin": mpmath.sin,
    "cos": mpmath.cos,
    "asin": mpmath.asin,
    "atan": mpmath.atan,
    "erf": mpmath.erf,
    "erfi": mpmath.erfi,
    "loggamma": mpmath.loggamma,
    "polygamma": mpmath.psi,
    "uppergamma": mpmath.gammainc,
    "erfinv": mpmath.erfinv,
    "LambertW": mpmath.lambertw,
    "Ei": mpmath.ei,
    "besseli": mpmath.besseli,
    "besselj": mpmath.besselj,
    "besselk": mpmath.besselk,
    "bessely": mpmath.bessely,
}
POSITIVE = ("log", "loggamma", "uppergamma", "besselk", "bessely")
CONSTANTS = {"pi": mpmath.pi, "EulerGamma": mpmath.euler, "Catalan": mpmath.catalan}


class Undefined(ArithmeticError):
    """The term has no real value at the point."""


def form_value(form: Linear, integers: Mapping[str, int]) -> int:
    """The value of an integer-linear form."""
    return form.constant + sum(c * integers[name] for name, c in form.coefficients)


def term_value(t: Term, integers: Mapping[str, int], data: Mapping[Any, Any]) -> Any:
    """The value of a term; ``data`` has symbols by name and entries by (array, index, …)."""

    def of(a: Term) -> Any:
        return term_value(a, integers, data)

    match t.op:
        case "num":
            return t.data
        case "const":
            return +CONSTANTS[t.data]
        case "var":
            return data[t.data]
        case "int":
            return Fraction(form_value(t.data, integers))
        case "entry":
            name, indices = t.data
            return data[(name, *(form_value(f, integers) for f in indices))]
        case "add":
            return _joined(sum, [of(a) for a in t.args])
        case "mul":
            out: Any = Fraction(1)
            for a in t.args:
                out = _joined(lambda pair: pair[0] * pair[1], [out, of(a)])
            return out
        case "pow":
            base = of(t.args[0])
            if base == 0 and t.data < 0:
                raise Undefined(f"0^{t.data}")
            return base**t.data
        case "root":
            base = _number(of(t.args[0]))
            if base < 0 or (base == 0 and t.data < 0):
                raise Undefined(f"({base})^{t.data}")
            return mpmath.power(base, _number(t.data))
        case "sum":
            index, lower, upper = t.data
            low, high = form_value(lower, integers), form_value(upper, integers)
            if high < low - 1:
                raise Undefined(f"the range {low} … {high}")
            rows = range(low, high + 1)
            return _joined(sum, [term_value(t.args[0], {**integers, index: k}, data) for k in rows])
        case "sign":
            u = of(t.args[0])
            return of(t.args[1 if u > 0 else 2 if u == 0 else 3])
        case "call":
            *_, x = args = [_number(of(a)) for a in t.args]
            stem, _, order = t.data.partition(":")
            if stem in POSITIVE and x <= 0:
                raise Undefined(f"{stem}({x})")
            value = FUNCTIONS[stem](*([int(order)] if order else []), *args)
            if isinstance(value, mpmath.mpc) and value.imag:
                raise Undefined(f"{stem}({x})")
            return value.real if isinstance(value, mpmath.mpc) else value
    raise NotImplementedError(t.op)


def _number(v: Any) -> Any:
    return mpmath.mpf(v.numerator) / v.denominator if isinstance(v, Fraction) else v


def _joined(join: Any, values: list[Any]) -> Any:
    if all(isinstance(v, Fraction) for v in values):
        return join(values) if values else Fraction(0)
    return join([_number(v) for v in values])
