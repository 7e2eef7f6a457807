"""Covariance functions of one distance r, or of x and y, and derivatives by their parameters."""

from __future__ import annotations

from corpus.claim import Claim
from sympy import (
    Abs,
    Derivative,
    Min,
    Rational,
    acos,
    asin,
    cos,
    exp,
    log,
    pi,
    sin,
    sqrt,
    symbols,
)

__all__ = ["CLAIMS"]

x, y, d = symbols("x y d", real=True)
r, ell, v, a, per, sigma0 = symbols("r ell v a per sigma0", positive=True)
t = symbols("t", real=True)
GPFLOW = "GPflow, gpflow/kernels/"
SK = "scikit-learn, gaussian_process/kernels.py, "
RW = "Rasmussen and Williams 2006, "

scaled = r / ell
rbf = v * exp(-(scaled**2) / 2)
matern12 = v * exp(-scaled)
matern32 = v * (1 + sqrt(3) * scaled) * exp(-sqrt(3) * scaled)
matern52 = v * (1 + sqrt(5) * scaled + Rational(5, 3) * scaled**2) * exp(-sqrt(5) * scaled)
quadratic = v * (1 + scaled**2 / (2 * a)) ** (-a)
periodic = exp(-2 * (sin(pi / per * d) / ell) ** 2)
spline = Min(x, y) ** 3 / 3 + Abs(x - y) * Min(x, y) ** 2 / 2
arc = sin(t) + (pi - t) * cos(t)
neural = 2 / pi * asin(2 * x * y / sqrt((1 + 2 * x**2) * (1 + 2 * y**2)))

CLAIMS = [
    Claim(
        "rbf, by length scale",
        SK + "RBF, by log length_scale",
        ell * Derivative(rbf, ell),
        rbf * scaled**2,
    ),
    Claim(
        "rbf, slope",
        GPFLOW + "stationaries.py, SquaredExponential",
        Derivative(rbf, r),
        -r / ell**2 * rbf,
    ),
    Claim(
        "rbf, covariance of derivatives",
        RW + "(9.1)",
        Derivative(v * exp(-((x - y) ** 2) / (2 * ell**2)), x, y),
        v * (1 / ell**2 - (x - y) ** 2 / ell**4) * exp(-((x - y) ** 2) / (2 * ell**2)),
    ),
    Claim(
        "matern 1/2, by length scale",
        SK + "Matern, nu = 0.5",
        ell * Derivative(matern12, ell),
        matern12 * scaled,
    ),
    Claim(
        "matern 3/2, by length scale",
        SK + "Matern, nu = 1.5",
        ell * Derivative(matern32, ell),
        v * 3 * scaled**2 * exp(-sqrt(3) * scaled),
    ),
    Claim(
        "matern 5/2, by length scale",
        SK + "Matern, nu = 2.5",
        ell * Derivative(matern52, ell),
        v * Rational(5, 3) * scaled**2 * (sqrt(5) * scaled + 1) * exp(-sqrt(5) * scaled),
    ),
    Claim(
        "matern 3/2, slope",
        GPFLOW + "stationaries.py, Matern32",
        Derivative(matern32, r),
        -3 * v * r / ell**2 * exp(-sqrt(3) * r / ell),
    ),
    Claim(
        "matern 5/2, slope",
        GPFLOW + "stationaries.py, Matern52",
        Derivative(matern52, r),
        -5 * v * r / (3 * ell**2) * (1 + sqrt(5) * r / ell) * exp(-sqrt(5) * r / ell),
    ),
    Claim(
        "matern 3/2, curvature",
        GPFLOW + "stationaries.py, Matern32",
        Derivative(matern32, r, r),
        3 * v / ell**2 * (sqrt(3) * r / ell - 1) * exp(-sqrt(3) * r / ell),
    ),
    Claim(
        "matern 5/2 over x",
        GPFLOW + "stationaries.py, Matern52 of |x − y|",
        Derivative(matern52.xreplace({r: Abs(d)}), d),
        -5 * v * d / (3 * ell**2) * (1 + sqrt(5) * Abs(d) / ell) * exp(-sqrt(5) * Abs(d) / ell),
    ),
    Claim(
        "matern 3/2 solves its equation",
        "Hartikainen and Särkkä 2010, (12): (d/dr + λ)² k = 2λ·(…)",
        Derivative(matern32, r, r)
        + 2 * sqrt(3) / ell * Derivative(matern32, r)
        + 3 / ell**2 * matern32,
        0 * r,
    ),
    Claim(
        "rational quadratic, by length scale",
        SK + "RationalQuadratic, by log length_scale",
        ell * Derivative(quadratic, ell),
        r**2 * quadratic / (ell**2 * (1 + r**2 / (2 * a * ell**2))),
    ),
    Claim(
        "rational quadratic, by alpha",
        SK + "RationalQuadratic, by log alpha",
        a * Derivative(quadratic, a),
        quadratic
        * (
            -a * log(1 + r**2 / (2 * a * ell**2))
            + r**2 / (2 * ell**2 * (1 + r**2 / (2 * a * ell**2)))
        ),
    ),
    Claim(
        "rational quadratic, slope",
        GPFLOW + "stationaries.py, RationalQuadratic",
        Derivative(quadratic, r),
        -v * r / ell**2 * (1 + r**2 / (2 * a * ell**2)) ** (-a - 1),
    ),
    Claim(
        "exp-sine-squared, by length scale",
        SK + "ExpSineSquared, by log length_scale",
        ell * Derivative(periodic, ell),
        4 / ell**2 * sin(pi / per * d) ** 2 * periodic,
    ),
    Claim(
        "exp-sine-squared, by period",
        SK + "ExpSineSquared, by log periodicity",
        per * Derivative(periodic, per),
        4 * pi * d / per / ell**2 * cos(pi * d / per) * sin(pi * d / per) * periodic,
    ),
    Claim(
        "exp-sine-squared by cosine",
        RW + "(4.31) with the half angle",
        periodic,
        exp((cos(2 * pi * d / per) - 1) / ell**2),
    ),
    Claim(
        "cosine",
        GPFLOW + "stationaries.py, Cosine",
        Derivative(v * cos(2 * pi * d / ell), ell),
        2 * pi * v * d / ell**2 * sin(2 * pi * d / ell),
    ),
    Claim(
        "polynomial, by offset",
        GPFLOW + "linears.py, Polynomial",
        Derivative((v * x * y + sigma0) ** a, sigma0),
        a * (v * x * y + sigma0) ** (a - 1),
        (v * x * y + sigma0 > 0,),
    ),
    Claim(
        "dot product, by sigma_0",
        SK + "DotProduct, by log sigma_0",
        sigma0 * Derivative(x * y + sigma0**2, sigma0),
        2 * sigma0**2,
    ),
    Claim(
        "arc-cosine of order 1",
        GPFLOW + "misc.py, ArcCosine",
        Derivative(arc, t),
        -(pi - t) * sin(t),
    ),
    Claim(
        "arc-cosine by its angle",
        GPFLOW + "misc.py, ArcCosine, order 1",
        sin(acos(t)) + (pi - acos(t)) * cos(acos(t)),
        sqrt(1 - t**2) + t * (pi - acos(t)),
        (t > -1, t < 1),
    ),
    Claim(
        "arc-cosine, by the correlation",
        "Cho and Saul 2009, (6)",
        Derivative(sqrt(1 - t**2) + t * (pi - acos(t)), t),
        pi - acos(t),
        (t > -1, t < 1),
    ),
    Claim(
        "neural network",
        RW + "(4.29) in one dimension",
        Derivative(neural, x),
        4 * y / (pi * (1 + 2 * x**2) * sqrt(1 + 2 * x**2 + 2 * y**2)),
    ),
    Claim(
        "cubic spline",
        RW + "(6.28)",
        spline,
        Min(x, y) ** 2 * (3 * (x + y - Min(x, y)) - Min(x, y)) / 6,
    ),
    Claim("brownian motion", GPFLOW + "misc.py; RW (B.29)", Min(x, y), (x + y - Abs(x - y)) / 2),
    Claim(
        "exponentiation",
        SK + "Exponentiation",
        Derivative(rbf**a, ell),
        a * rbf ** (a - 1) * Derivative(rbf, ell),
    ),
]
