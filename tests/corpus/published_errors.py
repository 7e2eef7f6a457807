"""Formulas that stand in public code or documentation and are false as written: never PROVED."""

from __future__ import annotations

from corpus.claim import Claim
from sympy import Abs, Derivative, Piecewise, cosh, exp, log, symbols, tanh

__all__ = ["CLAIMS"]

x, y, p, z = symbols("x y p z", real=True)
a, b, c, k, eps = symbols("a b c k epsilon", positive=True)
ANN = "mlpack, methods/ann/"
soft = log(1 + exp(x))
deviance = 2 * (y * (log(y + eps) - p) - (y - exp(p)))
hampel_docstring = Piecewise(
    (z**2 / 2, Abs(z) <= a),
    (a * Abs(z) - a**2 / 2, Abs(z) <= b),
    (a * (c - Abs(z)) ** 2 / (c - b) / 2, Abs(z) <= c),
    (a * (b + c - a) / 2, True),
)

CLAIMS = [
    Claim(
        "mish, as once coded",
        ANN + "activation_functions/mish_function.hpp, Deriv: softplus² for tanh²",
        Derivative(x * tanh(soft), x),
        tanh(soft) + x * (1 / (1 + exp(-x))) * (1 - soft**2),
    ),
    Claim(
        "log-cosh, as coded",
        ANN + "loss_functions/log_cosh_loss_impl.hpp, Backward: the sign",
        Derivative(log(cosh(a * (y - p))) / a, p),
        tanh(a * (y - p)),
    ),
    Claim(
        "poisson deviance, as coded",
        "Vowpal Wabbit, loss_functions.cc, poisson_loss::first_derivative: the factor 2",
        Derivative(deviance, p),
        exp(p) - y,
        (y + eps > 0,),
    ),
    Claim(
        "hampel, as documented",
        "statsmodels, robust/norms.py, docstring of Hampel.rho: third case",
        Derivative(hampel_docstring, z),
        Derivative(
            Piecewise(
                (z**2 / 2, Abs(z) <= a),
                (a * Abs(z) - a**2 / 2, Abs(z) <= b),
                (a * (b + c - a) / 2 - a * (c - Abs(z)) ** 2 / (c - b) / 2, Abs(z) <= c),
                (a * (b + c - a) / 2, True),
            ),
            z,
        ),
        (a < b, b < c),
    ),
    Claim(
        "negative power link, as documented",
        "statsmodels, genmod/families/links.py, NegativePower.inverse, Notes: the sign",
        -((p**k) ** (1 / k)),  # at z = −p**k
        p,
        (p > 0,),
    ),
    Claim(
        "weighted gamma, as once coded",
        "LightGBM, src/objective/regression_objective.hpp, RegressionGammaLoss, with weights",
        Derivative(k * (x + y * exp(-x)), x),
        1 - y / exp(x) * k,
    ),
    Claim(
        "cloglog link, as documented",
        "statsmodels, genmod/families/links.py, CLogLog.deriv, Notes: the sign",
        Derivative(log(-log(1 - p)), p),
        -1 / ((p - 1) * log(1 - p)),
        (p > 0, p < 1),
    ),
]
