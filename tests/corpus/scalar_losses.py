"""Losses of one prediction p and one label y, with the derivatives that the libraries code."""

from __future__ import annotations

from corpus.claim import Claim
from sympy import (
    Abs,
    Contains,
    Derivative,
    Eq,
    FiniteSet,
    Max,
    Piecewise,
    Rational,
    cosh,
    exp,
    log,
    sign,
    symbols,
    tanh,
)

from symderiv import sigma, softplus

__all__ = ["CLAIMS"]

p, y, x = symbols("p y x", real=True)
lo, hi, tau, eps = symbols("lo hi tau epsilon", real=True)
s, r, q, delta, alpha, gamma_, margin = symbols("s r q delta alpha gamma_ margin", positive=True)
HALF = Rational(1, 2)
SIGNS = Eq(y**2, 1)
BITS = Contains(y, FiniteSet(0, 1))
e = y - p

VW = "Vowpal Wabbit, vowpalwabbit/loss_functions.cc, "
KERAS = "Keras, keras/losses.py, "
MLPACK = "mlpack, methods/ann/loss_functions/"
XGB = "XGBoost, src/objective/regression_loss.h, "
LGBM = "LightGBM, src/objective/"
TF = "TensorFlow, python/ops/nn_impl.py, "

clipped = Piecewise(
    ((p - y) ** 2, (p <= hi) & (p >= lo)),
    ((y - lo) ** 2 + 2 * (y - lo) * (lo - p), p < lo),
    ((hi - y) ** 2 + 2 * (hi - y) * (p - hi), True),
)
in_range = (lo < hi, lo <= y, y <= hi)
pinball = Piecewise((tau * e, e > 0), (-(1 - tau) * e, True))
logistic_weight = 1 / (1 + exp(y * p))
update = (y - p) * (1 - exp(-2 * s * r)) / r
poisson_update = y * s - log(1 + exp(p) * (exp(y * s * r) - 1) / y) / r
poisson_deviance = 2 * (y * (log(y + eps) - p) - (y - exp(p)))
bce = -(y * log(p) + (1 - y) * log(1 - p))
bce_eps = -(y * log(p + eps) + (1 - y) * log(1 - p + eps))
smooth = y * (1 - alpha) + alpha / 2
huber = Piecewise(
    (HALF * e**2, Abs(e) <= delta), (HALF * delta**2 + delta * (Abs(e) - delta), True)
)
p_t = y * sigma(x) + (1 - y) * (1 - sigma(x))
a_t = y * alpha + (1 - y) * (1 - alpha)
focal = -a_t * (1 - p_t) ** gamma_ * log(p_t)
squared_log = HALF * (log(1 + p) - log(1 + y)) ** 2
fair = delta**2 * (Abs(p - y) / delta - log(1 + Abs(p - y) / delta))
soft_margin = exp(-y * p)

CLAIMS = [
    Claim("squared", VW + "squaredloss", Derivative((p - y) ** 2, p), 2 * (p - y)),
    Claim(
        "squared, squared gradient",
        VW + "getSquareGrad",
        Derivative((p - y) ** 2, p) ** 2,
        4 * (p - y) ** 2,
    ),
    Claim(
        "squared, clipped",
        VW + "squaredloss::first_derivative",
        Derivative(clipped, p),
        Piecewise((2 * (lo - y), p < lo), (2 * (hi - y), p > hi), (2 * (p - y), True)),
        in_range,
    ),
    Claim(
        "squared, clipped, second",
        VW + "squaredloss::second_derivative",
        Derivative(clipped, p, p),
        Piecewise((2, (p <= hi) & (p >= lo)), (0, True)),
        in_range,
    ),
    Claim(
        "squared update flows",
        VW + "squaredloss::getUpdate",
        Derivative(update, s),
        2 * (y - p - r * update),
    ),
    Claim(
        "hinge",
        VW + "hingeloss",
        Derivative(Max(0, 1 - y * p), p),
        Piecewise((0, y * p >= 1), (-y, True)),
    ),
    Claim(
        "logistic, signs",
        VW + "logloss::first_derivative",
        Derivative(log(1 + exp(-y * p)), p),
        -y / (1 + exp(y * p)),
    ),
    Claim(
        "logistic, signs, second",
        VW + "logloss::second_derivative",
        Derivative(log(1 + exp(-y * p)), p, p),
        logistic_weight * (1 - logistic_weight),
        (SIGNS,),
    ),
    Claim(
        "quantile",
        VW + "quantileloss::first_derivative",
        Derivative(pinball, p),
        Piecewise((0, Eq(e, 0)), (-tau, e > 0), (1 - tau, True)),
    ),
    Claim(
        "quantile, as a maximum",
        "LightGBM docs; Koenker 2005, eq. 1.7",
        pinball,
        Max(tau * e, (tau - 1) * e),
    ),
    Claim(
        "poisson deviance",
        VW + "poisson_loss (factor 2 kept)",
        Derivative(poisson_deviance, p),
        2 * (exp(p) - y),
        (y + eps > 0,),
    ),
    Claim(
        "poisson deviance, second",
        VW + "poisson_loss (factor 2 kept)",
        Derivative(poisson_deviance, p, p),
        2 * exp(p),
        (y + eps > 0,),
    ),
    Claim(
        "poisson update flows",
        VW + "poisson_loss::getUpdate",
        Derivative(poisson_update, s),
        y - exp(p + r * poisson_update),
        (y > 0,),
    ),
    Claim(
        "poisson update, no label",
        VW + "poisson_loss::getUpdate",
        Derivative(-log(1 + exp(p) * s * r) / r, s),
        -exp(p) / (1 + exp(p) * s * r),
    ),
    Claim("absolute error", KERAS + "mean_absolute_error", Derivative(Abs(y - p), p), sign(p - y)),
    Claim(
        "absolute percentage error",
        KERAS + "mean_absolute_percentage_error",
        Derivative(100 * Abs((y - p) / y), p),
        100 * sign(p - y) / Abs(y),
    ),
    Claim(
        "squared log error",
        KERAS + "mean_squared_logarithmic_error",
        Derivative((log(p + 1) - log(y + 1)) ** 2, p),
        2 * (log(p + 1) - log(y + 1)) / (p + 1),
        (p > -1, y > -1),
    ),
    Claim("log-cosh", KERAS + "log_cosh", Derivative(log((exp(x) + exp(-x)) / 2), x), tanh(x)),
    Claim(
        "log-cosh, stable form",
        KERAS + "log_cosh",
        x + softplus(-2 * x) - log(2),
        log((exp(x) + exp(-x)) / 2),
    ),
    Claim(
        "log-cosh, second",
        "Keras log_cosh; 1 − tanh²",
        Derivative(log(cosh(x)), x, x),
        1 / cosh(x) ** 2,
    ),
    Claim(
        "log-cosh, third",
        "differentiating Keras log_cosh",
        Derivative(log(cosh(x)), x, x, x),
        -2 * tanh(x) * (1 - tanh(x) ** 2),
    ),
    Claim(
        "kl divergence term",
        KERAS + "kl_divergence",
        Derivative(y * log(y / p), p),
        -y / p,
        (y > 0, p > 0),
    ),
    Claim("poisson term", KERAS + "poisson", Derivative(p - y * log(p), p), 1 - y / p, (p > 0,)),
    Claim(
        "huber",
        KERAS + "huber",
        Derivative(huber, p),
        Piecewise((p - y, Abs(e) <= delta), (delta * sign(p - y), True)),
    ),
    Claim(
        "huber, clipped residual",
        "SciPy special.huber; ESL (10.23)",
        Derivative(huber, p),
        -Max(-delta, -Max(-e, -delta)),
    ),
    Claim(
        "huber, divided",
        MLPACK + "huber_loss_impl.hpp, Backward",
        Derivative(huber, p),
        Piecewise((-delta * e / Abs(e), Abs(e) > delta), (p - y, True)),
    ),
    Claim(
        "squared hinge",
        KERAS + "squared_hinge",
        Derivative(Max(1 - y * p, 0) ** 2, p),
        -2 * y * Max(1 - y * p, 0),
    ),
    Claim(
        "categorical hinge",
        KERAS + "categorical_hinge",
        Derivative(Max(x - p + 1, 0), p),
        Piecewise((-1, x - p + 1 > 0), (0, True)),
    ),
    Claim(
        "binary cross-entropy",
        KERAS + "binary_crossentropy",
        Derivative(bce, p),
        -y / p + (1 - y) / (1 - p),
        (p > 0, p < 1),
    ),
    Claim(
        "binary cross-entropy, one fraction",
        "Bishop 2006, (4.90) and Exercise 4.13",
        Derivative(bce, p),
        (p - y) / (p * (1 - p)),
        (p > 0, p < 1),
    ),
    Claim(
        "binary cross-entropy, second",
        "differentiating Keras binary_crossentropy",
        Derivative(bce, p, p),
        y / p**2 + (1 - y) / (1 - p) ** 2,
        (p > 0, p < 1),
    ),
    Claim(
        "label smoothing",
        KERAS + "binary_crossentropy, label_smoothing",
        Derivative(softplus(x) - smooth * x, x),
        sigma(x) - y * (1 - alpha) - alpha / 2,
    ),
    Claim(
        "cross-entropy from logits, stable",
        TF + "sigmoid_cross_entropy_with_logits",
        Max(x, 0) - x * y + log(1 + exp(-Abs(x))),
        -y * log(sigma(x)) - (1 - y) * log(1 - sigma(x)),
    ),
    Claim(
        "cross-entropy from logits",
        TF + "sigmoid_cross_entropy_with_logits",
        Derivative(Max(x, 0) - x * y + log(1 + exp(-Abs(x))), x),
        sigma(x) - y,
    ),
    Claim(
        "weighted cross-entropy",
        TF + "weighted_cross_entropy_with_logits",
        (1 - y) * x + (1 + (q - 1) * y) * log(1 + exp(-x)),
        -y * q * log(sigma(x)) - (1 - y) * log(1 - sigma(x)),
    ),
]
