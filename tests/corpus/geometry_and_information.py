"""Information, hyperbolic geometry, and forms written with log1p and expm1."""

from __future__ import annotations

from corpus.claim import Claim
from sympy import (
    Abs,
    Derivative,
    Max,
    Piecewise,
    acosh,
    atanh,
    cosh,
    cot,
    coth,
    csc,
    exp,
    log,
    real_root,
    sec,
    sign,
    sinh,
    sqrt,
    symbols,
    tan,
)
from sympy.codegen.cfunctions import exp2, expm1, hypot, log1p, log2

__all__ = ["CLAIMS"]

x, y, z, t, u, v = symbols("x y z t u v", real=True)
a, b, s, lam, al, c = symbols("a b s lambda alpha c", positive=True)

CLAIMS = [
    Claim("np log1p", "numpy log1p", log1p(x), log(1 + x), (x > -1,)),
    Claim("np expm1 grad", "derivative of expm1", Derivative(expm1(x), x), expm1(x) + 1),
    Claim("np log1p exp", "softplus by log1p", Derivative(log1p(exp(x)), x), 1 / (1 + exp(-x))),
    Claim(
        "np log2",
        "entropy in bits by log2",
        Derivative(-x * log2(x) - (1 - x) * log2(1 - x), x),
        log2((1 - x) / x),
        (
            x > 0,
            x < 1,
        ),
    ),
    Claim("np hypot", "hypot derivative", Derivative(hypot(x, y), x), x / hypot(x, y)),
    Claim("np exp2", "exp2 derivative", Derivative(exp2(x), x), log(2) * exp2(x)),
    Claim("jax logit expm1", "stable log1mexp", log(-expm1(-a)), log1p(-exp(-a))),
    Claim(
        "jax celu expm1",
        "jax.nn.celu with expm1",
        Derivative(Piecewise((x, x > 0), (al * expm1(x / al), True)), x),
        Piecewise((1, x > 0), (exp(x / al), True)),
    ),
    Claim("sec csc", "calculus table: derivative of sec", Derivative(sec(x), x), sec(x) * tan(x)),
    Claim("csc", "derivative of csc", Derivative(csc(x), x), -csc(x) * cot(x)),
    Claim(
        "asec",
        "derivative of acosh(1/x) (Poincare)",
        Derivative(acosh(1 / x), x),
        -1 / (x * sqrt(1 - x**2)),
        (
            x > 0,
            x < 1,
        ),
    ),
    Claim(
        "poincare",
        "Poincare distance derivative in one dimension",
        Derivative(acosh(1 + 2 * (x - y) ** 2 / ((1 - x**2) * (1 - y**2))), x),
        2 / (1 - x**2) * sign(x - y),
        (
            x > -1,
            x < 1,
            y > -1,
            y < 1,
        ),
    ),
    Claim(
        "poincare atanh",
        "Poincare distance: acosh form and atanh form",
        acosh(1 + 2 * (x - y) ** 2 / ((1 - x**2) * (1 - y**2))),
        2 * Abs(atanh(x) - atanh(y)),
        (
            x > -1,
            x < 1,
            y > -1,
            y < 1,
        ),
    ),
    Claim(
        "coth langevin",
        "Langevin function derivative",
        Derivative(coth(x) - 1 / x, x),
        1 / x**2 - 1 / sinh(x) ** 2,
    ),
    Claim("sinh half", "cosh double angle", cosh(2 * x), 1 + 2 * sinh(x) ** 2),
    Claim("log tan half", "integral of sec", Derivative(log(Abs(sec(x) + tan(x))), x), sec(x)),
    Claim(
        "sqrt conj",
        "rationalised difference of roots",
        sqrt(x**2 + 1) - Abs(x),
        1 / (sqrt(x**2 + 1) + Abs(x)),
    ),
    Claim("nested root", "denesting", sqrt(3 + 2 * sqrt(2)), 1 + sqrt(2)),
    Claim(
        "cubic root",
        "real cube roots",
        Derivative(real_root(x, 3), x),
        1 / (3 * real_root(x, 3) ** 2),
    ),
    Claim(
        "log base change",
        "perplexity",
        2 ** (-(a * log(a) / log(2) + b * log(b) / log(2))),
        a ** (-a) * b ** (-b),
    ),
    Claim(
        "renyi",
        "Renyi divergence of exponentials: derivative of log mean",
        Derivative(log(a**s * b ** (1 - s) / (s * a + (1 - s) * b)), s),
        log(a / b) - (a - b) / (s * a + (1 - s) * b),
        (s < 1,),
    ),
    Claim(
        "bhattacharyya",
        "Bhattacharyya distance of two normals, equal means",
        log((a**2 / b**2 + b**2 / a**2 + 2) / 4) / 4,
        log((a**2 + b**2) / (2 * a * b)) / 2,
    ),
    Claim(
        "hellinger",
        "Hellinger affinity by a location",
        Derivative(exp(-((x - y) ** 2) / (8 * s**2)), x),
        -(x - y) / (4 * s**2) * exp(-((x - y) ** 2) / (8 * s**2)),
    ),
    Claim(
        "iou 1d",
        "IoU of two intervals of one length",
        Max(0, a - Abs(x)) / (2 * a - Max(0, a - Abs(x))),
        Piecewise(((a - Abs(x)) / (a + Abs(x)), Abs(x) < a), (0, True)),
    ),
]
