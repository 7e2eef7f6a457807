"""Random scalar expressions, and identities that rewrite them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy
from pairs.pair import POSITIVE, REAL, Chooser, NoDraw, Rule, bad, built, p, parts, placed, x, y
from sympy import (
    Abs,
    Eq,
    Expr,
    Heaviside,
    Integer,
    Max,
    Min,
    Piecewise,
    Pow,
    Rational,
    acos,
    acosh,
    asin,
    asinh,
    atan,
    atanh,
    beta,
    binomial,
    cos,
    cosh,
    cot,
    coth,
    csc,
    digamma,
    erf,
    erfc,
    exp,
    factorial,
    gamma,
    log,
    loggamma,
    pi,
    polygamma,
    sec,
    sign,
    sin,
    sinh,
    sqrt,
    tan,
    tanh,
)

from symderiv import sigma, softplus

NUMBERS = [Integer(w) for w in (1, 2, 3, -1, -2)] + [Rational(1, 2), Rational(-2, 3)]
CONSTANTS = [pi, sympy.E, sqrt(2), log(2), sympy.EulerGamma, sympy.Catalan]

SMOOTH: list[Rule] = [exp, log, sqrt, sigma, softplus, tanh, sin, cos, atan]
SMOOTH += [lambda u: u**2, lambda u: u**-1, lambda u: u**3, lambda u: u ** Rational(1, 3)]
KINKED: list[Rule] = [Abs, sign, Heaviside, lambda u: Max(u, 0), lambda u: Min(1, u)]
SPECIAL: list[Rule] = [sin, cos, tan, cot, sec, csc, asin, acos, atan, sinh, cosh, tanh, coth]
SPECIAL += [sympy.sech, sympy.csch, asinh, acosh, atanh, erf, erfc, sympy.erfi, gamma, loggamma]
SPECIAL += [digamma, lambda u: polygamma(1, u), lambda u: polygamma(2, u), factorial]
SPECIAL += [lambda u: beta(u, p), lambda u: binomial(u, 2), lambda u: binomial(p, u)]
Binary = Callable[[Any, Any], Any]
RATIONAL: list[Binary] = [
    lambda u, w: u + w,
    lambda u, w: u - w,
    lambda u, w: u * w,
    lambda u, w: u / w,
]
CASES: list[Binary] = [
    Max,
    Min,
    lambda u, w: Piecewise((u, w > 0), (w, True)),
    lambda u, w: Piecewise((u, u < w), (u * w, Eq(u, w)), (w, True)),
    lambda u, w: Piecewise((u, sympy.And(x > 0, y <= 1)), (w, True)),
    lambda u, w: Piecewise((u, sympy.Or(x >= 2, y < 0)), (w, x < 1), (u + w, True)),
]


def scalar(
    choose: Chooser,
    depth: int = 3,
    unary: list[Rule] | None = None,
    binary: list[Binary] | None = None,
    leaves: tuple[Any, ...] = (*REAL, *POSITIVE),
) -> Any:
    """A random expression of limited depth."""
    unary, binary = unary or SMOOTH + KINKED, binary or RATIONAL + CASES
    if depth == 0 or (depth < 3 and choose.randrange(6) == 0):
        kind = choose.randrange(12)
        if kind == 0:
            return choose.choice(CONSTANTS)
        return choose.choice(leaves) if kind < 8 else choose.choice(NUMBERS)

    def inner() -> Any:
        return scalar(choose, depth - 1, unary, binary, leaves)

    if choose.random() < 0.5:
        return built(choose.choice(unary), inner())
    return built(choose.choice(binary), inner(), inner())


def halves(e: Any) -> tuple[Any, Any]:
    """e.args as first and rest."""
    return e.args[0], e.func(*e.args[1:])


# Each is true wherever both sides are defined.
TRUE: dict[str, list[Rule]] = {
    "exp": [
        lambda e: exp(e.args[0] / 2, evaluate=False) ** 2,
        lambda e: 1 / exp(-e.args[0], evaluate=False),
        lambda e: cosh(e.args[0]) + sinh(e.args[0]),
        lambda e: exp(e.args[0] - 1) * sympy.E,
        lambda e: sigma(e.args[0]) / sigma(-e.args[0]),
    ],
    "log": [
        lambda e: log(Abs(e.args[0])),
        lambda e: -log(1 / e.args[0]),
        lambda e: 2 * log(sqrt(e.args[0])),
        lambda e: log(e.args[0] ** 2) / 2,
        lambda e: log(e.args[0] / 3) + log(3),
        lambda e: log(p * e.args[0]) - log(p),
        lambda e: asinh((e.args[0] - 1 / e.args[0]) / 2),
    ],
    "Abs": [
        lambda e: sqrt(e.args[0] ** 2),
        lambda e: Max(e.args[0], -e.args[0]),
        lambda e: e.args[0] * sign(e.args[0]),
        lambda e: Piecewise((e.args[0], e.args[0] >= 0), (-e.args[0], True)),
        lambda e: e.args[0] * (2 * Heaviside(e.args[0]) - 1),
    ],
    "sigma": [
        lambda e: 1 / (1 + exp(-e.args[0])),
        lambda e: 1 - sigma(-e.args[0]),
        lambda e: (1 + tanh(e.args[0] / 2)) / 2,
        lambda e: exp(e.args[0] - softplus(e.args[0])),
    ],
    "softplus": [
        lambda e: e.args[0] + softplus(-e.args[0]),
        lambda e: -log(sigma(-e.args[0])),
        lambda e: Max(e.args[0], 0) + log(1 + exp(-Abs(e.args[0]))),
        lambda e: log(2 * cosh(e.args[0] / 2)) + e.args[0] / 2,
    ],
    "tanh": [
        lambda e: 2 * sigma(2 * e.args[0]) - 1,
        lambda e: (exp(2 * e.args[0]) - 1) / (exp(2 * e.args[0]) + 1),
        lambda e: sinh(e.args[0]) / cosh(e.args[0]),
        lambda e: 2 * tanh(e.args[0] / 2) / (1 + tanh(e.args[0] / 2) ** 2),
    ],
    "sin": [
        lambda e: 2 * sin(e.args[0] / 2) * cos(e.args[0] / 2),
        lambda e: -sin(-e.args[0], evaluate=False),
        lambda e: cos(e.args[0] - pi / 2, evaluate=False),
        lambda e: 3 * sin(e.args[0] / 3) - 4 * sin(e.args[0] / 3) ** 3,
        lambda e: sin(e.args[0] - pi / 3) + sin(e.args[0] + pi / 3),
    ],
    "cos": [
        lambda e: 1 - 2 * sin(e.args[0] / 2) ** 2,
        lambda e: cos(e.args[0] - x) * cos(x) - sin(e.args[0] - x) * sin(x),
        lambda e: (1 - sin(e.args[0]) ** 2) / cos(e.args[0]),
    ],
    "tan": [
        lambda e: sin(e.args[0]) / cos(e.args[0]),
        lambda e: (1 - cos(2 * e.args[0])) / sin(2 * e.args[0]),
        lambda e: 2 * tan(e.args[0] / 2) / (1 - tan(e.args[0] / 2) ** 2),
    ],
    "cot": [
        lambda e: 1 / tan(e.args[0], evaluate=False),
        lambda e: cos(e.args[0]) * csc(e.args[0]),
    ],
    "sec": [
        lambda e: 1 / cos(e.args[0]),
        lambda e: sqrt(1 + tan(e.args[0]) ** 2) * sign(sec(e.args[0])),
    ],
    "csc": [lambda e: 1 / sin(e.args[0])],
    "asin": [lambda e: pi / 2 - acos(e.args[0]), lambda e: -asin(-e.args[0], evaluate=False)],
    "acos": [lambda e: pi / 2 - asin(e.args[0])],
    "atan": [lambda e: -atan(-e.args[0], evaluate=False)],
    "sinh": [
        lambda e: (exp(e.args[0]) - exp(-e.args[0])) / 2,
        lambda e: 2 * sinh(e.args[0] / 2) * cosh(e.args[0] / 2),
    ],
    "cosh": [lambda e: sqrt(1 + sinh(e.args[0]) ** 2), lambda e: exp(e.args[0]) - sinh(e.args[0])],
    "coth": [
        lambda e: 1 / tanh(e.args[0], evaluate=False),
        lambda e: cosh(e.args[0]) / sinh(e.args[0]),
    ],
    "sech": [lambda e: 1 / cosh(e.args[0])],
    "csch": [lambda e: 1 / sinh(e.args[0]), lambda e: sinh(e.args[0]) / (cosh(e.args[0]) ** 2 - 1)],
    "asinh": [
        lambda e: log(e.args[0] + sqrt(e.args[0] ** 2 + 1)),
        lambda e: -asinh(-e.args[0], evaluate=False),
    ],
    "acosh": [lambda e: log(e.args[0] + sqrt(e.args[0] ** 2 - 1))],
    "atanh": [lambda e: log((1 + e.args[0]) / (1 - e.args[0])) / 2],
    "erf": [lambda e: 1 - erfc(e.args[0]), lambda e: -erf(-e.args[0], evaluate=False)],
    "erfc": [lambda e: 2 - erfc(-e.args[0], evaluate=False)],
    "erfi": [lambda e: -sympy.erfi(-e.args[0], evaluate=False)],
    "gamma": [
        lambda e: gamma(e.args[0] + 1, evaluate=False) / e.args[0],
        lambda e: exp(loggamma(e.args[0])),
        lambda e: (
            gamma(e.args[0] + 3, evaluate=False) / (e.args[0] * (e.args[0] + 1) * (e.args[0] + 2))
        ),
    ],
    "loggamma": [lambda e: loggamma(e.args[0] + 2) - log(e.args[0] * (e.args[0] + 1))],
    "digamma": [lambda e: polygamma(0, e.args[0] + 1) - 1 / e.args[0]],
    "polygamma": [
        lambda e: (
            polygamma(e.args[0], e.args[1] + 1)
            - (-1) ** e.args[0] * factorial(e.args[0]) / e.args[1] ** (e.args[0] + 1)
        )
    ],
    "factorial": [
        lambda e: gamma(e.args[0] + 1),
        lambda e: factorial(e.args[0] + 1) / (e.args[0] + 1),
    ],
    "binomial": [
        lambda e: gamma(e.args[0] + 1) / (gamma(e.args[1] + 1) * gamma(e.args[0] - e.args[1] + 1))
    ],
    "beta": [
        lambda e: gamma(e.args[0]) * gamma(e.args[1]) / gamma(e.args[0] + e.args[1]),
        lambda e: beta(e.args[0] + 1, e.args[1]) * (e.args[0] + e.args[1]) / e.args[0],
    ],
    "sign": [lambda e: e.args[0] / Abs(e.args[0]), lambda e: 2 * Heaviside(e.args[0]) - 1],
    "Heaviside": [lambda e: (1 + sign(e.args[0])) / 2],
    "Max": [
        lambda e: (sum(halves(e)) + Abs(halves(e)[0] - halves(e)[1])) / 2,
        lambda e: -Min(*(-w for w in e.args)),
        lambda e: Piecewise((halves(e)[0], halves(e)[0] > halves(e)[1]), (halves(e)[1], True)),
    ],
    "Min": [lambda e: (sum(halves(e)) - Abs(halves(e)[0] - halves(e)[1])) / 2],
    "Piecewise": [
        lambda e: Piecewise(*((w * 2, cond) for w, cond in e.args)) / 2,
        lambda e: Piecewise(
            (e.args[-1][0], sympy.Not(sympy.Or(*(cond for _, cond in e.args[:-1])))), *e.args[:-1]
        ),
    ],
    "Mul": [
        sympy.expand,
        lambda e: sign(halves(e)[0]) * Abs(halves(e)[0]) * halves(e)[1],
        lambda e: ((sum(halves(e))) ** 2 - (halves(e)[0] - halves(e)[1]) ** 2) / 4,
    ],
    "Add": [
        sympy.factor,
        lambda e: (halves(e)[0] ** 2 - halves(e)[1] ** 2) / (halves(e)[0] - halves(e)[1]),
        sympy.together,
    ],
    "Pow": [
        lambda e: sqrt(e.base) ** (2 * e.exp),
        lambda e: exp(e.exp * log(e.base), evaluate=False),
        lambda e: e.base * Pow(e.base, e.exp - 1, evaluate=False),
        lambda e: p**e.exp * (e.base / p) ** e.exp,
    ],
    "Symbol": [
        lambda e: sympy.UnevaluatedExpr(exp(log(e, evaluate=False), evaluate=False)),
        lambda e: Pow(sqrt(e), 2, evaluate=False),
        lambda e: (e**2 - 1) / (e - 1) - 1,
        lambda e: sin(asin(e)),
        lambda e: tan(atan(e), evaluate=False),
        lambda e: log(exp(e, evaluate=False), evaluate=False),
        lambda e: e * (sin(y) ** 2 + cos(y) ** 2),
        lambda e: e + Max(y, 0) - Max(-y, 0) - y,
        lambda e: sinh(asinh(e), evaluate=False),
    ],
    "Pi": [lambda e: 4 * atan(1, evaluate=False), lambda e: 2 * acos(0, evaluate=False)],
}
SWAPPED = {Max: Min, Min: Max, sin: cos, cos: sin, sigma: tanh, exp: softplus, log: sqrt}
SWAPPED |= {sinh: cosh, asin: acos, erf: erfc, gamma: loggamma, atan: tanh, Abs: lambda u: u}
# What beginners believe in; it may be true where it is applied.
BELIEVED: list[Rule] = [
    lambda e: -e,
    lambda e: e + 1,
    lambda e: 2 * e,
    Abs,
    lambda e: sqrt(e**2),
    lambda e: e.args[0],
    lambda e: e.func(*(-w for w in e.args)),
    lambda e: e.func(*reversed(e.args)),
    lambda e: e.func(*(sympy.expand(w) for w in e.args[1:])),
    lambda e: Abs(e.base) ** e.exp,
    lambda e: e.xreplace({x: y, y: x}),
    lambda e: e.xreplace({x: -x}),
    lambda e: e.xreplace({x: p}),
    lambda e: e.func(*(w + Rational(1, 1000) for w in e.args)),
    lambda e: SWAPPED[e.func](*e.args),
]


def put(e: Any, spot: Any, new: Any) -> Any:
    """The expression with one part replaced."""
    if not isinstance(new, Expr) or bad(new):
        raise NoDraw
    return built(placed, e, spot, new)


def rewritten(choose: Chooser, e: Any, times: int = 1, rules: Any = None) -> Any:
    """The expression after some identities, each at a random part that has one."""
    rules = TRUE if rules is None else rules
    for _ in range(times):
        spots = [s for s in parts(e) if type(s).__name__ in rules]
        if not spots:
            break
        spot = choose.choice(spots)
        e = put(e, spot, built(choose.choice(rules[type(spot).__name__]), spot))
    return e


def believed(choose: Chooser, e: Any) -> Any:
    """The expression after one mistake."""
    spot = choose.choice(parts(e))
    return put(e, spot, built(choose.choice(BELIEVED), spot))
