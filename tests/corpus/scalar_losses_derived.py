"""Scalar losses and their derivatives: the second half of ``scalar_losses``."""

from __future__ import annotations

from corpus.claim import Claim
from sympy import (
    Abs,
    Contains,
    Derivative,
    Eq,
    FiniteSet,
    Max,
    Ne,
    Piecewise,
    Rational,
    cosh,
    exp,
    log,
    sign,
    sqrt,
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
    Claim(
        "weighted cross-entropy, stable",
        TF + "weighted_cross_entropy_with_logits",
        (1 - y) * x + (1 + (q - 1) * y) * (log(1 + exp(-Abs(x))) + Max(-x, 0)),
        y * q * softplus(-x) + (1 - y) * softplus(x),
    ),
    Claim(
        "weighted cross-entropy, derivative",
        TF + "weighted_cross_entropy_with_logits",
        Derivative((1 - y) * x + (1 + (q - 1) * y) * log(1 + exp(-x)), x),
        1 - y - (1 + (q - 1) * y) * sigma(-x),
    ),
    Claim("log poisson loss", TF + "log_poisson_loss", Derivative(exp(x) - x * y, x), exp(x) - y),
    Claim(
        "stirling term",
        TF + "log_poisson_loss, compute_full_loss",
        Derivative(y * log(y) - y + HALF * log(2 * y), y),
        log(y) + 1 / (2 * y),
        (y > 0,),
    ),
    Claim(
        "focal",
        MLPACK + "focal_loss_impl.hpp, Backward",
        Derivative(focal, x),
        a_t * (1 - p_t) ** gamma_ * (gamma_ * p_t * log(p_t) + p_t - 1) * (2 * y - 1),
        (BITS,),
    ),
    Claim(
        "cross-entropy with epsilon",
        MLPACK + "binary_cross_entropy_loss_impl.hpp",
        Derivative(bce_eps, p),
        (1 - y) / (1 - p + eps) - y / (p + eps),
        (p > 0, p < 1, eps > 0),
    ),
    Claim(
        "poisson likelihood with epsilon",
        MLPACK + "poisson_nll_loss_impl.hpp",
        Derivative(p - y * log(p + eps), p),
        1 - y / (p + eps),
        (p + eps > 0,),
    ),
    Claim(
        "log-cosh, scaled",
        MLPACK + "log_cosh_loss_impl.hpp (sign corrected)",
        Derivative(log(cosh(alpha * (y - p))) / alpha, p),
        -tanh(alpha * (y - p)),
    ),
    Claim(
        "soft margin",
        MLPACK + "soft_margin_loss_impl.hpp",
        Derivative(log(1 + soft_margin), p),
        -y * soft_margin / (1 + soft_margin),
    ),
    Claim(
        "multi-label soft margin",
        MLPACK + "multilabel_softmargin_loss_impl.hpp",
        Derivative(-(y * log(1 / (1 + exp(-x))) + (1 - y) * log(1 / (1 + exp(x)))), x),
        -(y * (1 - sigma(x)) - (1 - y) * sigma(x)),
    ),
    Claim(
        "margin ranking",
        MLPACK + "margin_ranking_loss_impl.hpp",
        Derivative(Max(0, -y * (x - p) + margin), p),
        Piecewise((y, -y * (x - p) + margin > 0), (0, True)),
    ),
    Claim(
        "smooth L1",
        "PyTorch nn.SmoothL1Loss, documentation",
        Derivative(Piecewise((HALF * e**2 / delta, Abs(e) < delta), (Abs(e) - delta / 2, True)), p),
        Piecewise(((p - y) / delta, Abs(e) < delta), (sign(p - y), True)),
    ),
    Claim(
        "squared log error, gradient",
        XGB + "SquaredLogError",
        Derivative(squared_log, p),
        (log(1 + p) - log(1 + y)) / (p + 1),
        (p > -1, y > -1),
    ),
    Claim(
        "squared log error, hessian",
        XGB + "SquaredLogError",
        Derivative(squared_log, p, p),
        (-log(1 + p) + log(1 + y) + 1) / (p + 1) ** 2,
        (p > -1, y > -1),
    ),
    Claim(
        "pseudo-huber, unit",
        XGB + "PseudoHuberError",
        Derivative(sqrt(1 + (p - y) ** 2) - 1, p),
        (p - y) / sqrt(1 + (p - y) ** 2),
    ),
    Claim(
        "pseudo-huber, unit, hessian",
        XGB + "PseudoHuberError",
        Derivative(sqrt(1 + (p - y) ** 2) - 1, p, p),
        1 / ((1 + (p - y) ** 2) * sqrt(1 + (p - y) ** 2)),
    ),
    Claim(
        "logistic raw, hessian",
        XGB + "LogisticRaw",
        Derivative(softplus(x) - y * x, x, x),
        sigma(x) * (1 - sigma(x)),
    ),
    Claim(
        "fair",
        LGBM + "regression_objective.hpp, RegressionFairLoss",
        Derivative(fair, p),
        delta * (p - y) / (Abs(p - y) + delta),
    ),
    Claim(
        "fair, hessian",
        LGBM + "regression_objective.hpp, RegressionFairLoss",
        Derivative(fair, p, p),
        delta**2 / ((Abs(p - y) + delta) * (Abs(p - y) + delta)),
    ),
    Claim(
        "lightgbm gamma",
        LGBM + "regression_objective.hpp, RegressionGammaLoss",
        Derivative(p + y * exp(-p), p),
        1 - y * exp(-p),
    ),
    Claim(
        "lightgbm tweedie",
        LGBM + "regression_objective.hpp, RegressionTweedieLoss",
        Derivative(-y * exp((1 - r) * p) / (1 - r) + exp((2 - r) * p) / (2 - r), p),
        -y * exp((1 - r) * p) + exp((2 - r) * p),
        (Ne(r, 1), Ne(r, 2)),
    ),
    Claim(
        "lightgbm binary",
        LGBM + "binary_objective.hpp, with labels ±1 and slope s",
        Derivative(log(1 + exp(-y * s * p)), p),
        -y * s / (1 + exp(y * s * p)),
    ),
    Claim(
        "lightgbm binary, hessian",
        LGBM + "binary_objective.hpp, |response|·(sigmoid − |response|)",
        Derivative(log(1 + exp(-y * s * p)), p, p),
        Abs(-y * s / (1 + exp(y * s * p))) * (s - Abs(-y * s / (1 + exp(y * s * p)))),
        (SIGNS,),
    ),
    Claim(
        "exponential loss",
        "ESL (10.8); scikit-learn _loss, ExponentialLoss",
        Derivative(y * exp(-x) + (1 - y) * exp(x), x),
        -y * exp(-x) + (1 - y) * exp(x),
    ),
    Claim(
        "exponential loss, hessian",
        "scikit-learn _loss, ExponentialLoss",
        Derivative(y * exp(-x) + (1 - y) * exp(x), x, x),
        y * exp(-x) + (1 - y) * exp(x),
    ),
    Claim(
        "half poisson",
        "scikit-learn _loss.pyx.tp, closs_half_poisson",
        Derivative(exp(x) - y * x, x, x),
        exp(x),
    ),
    Claim(
        "half gamma",
        "scikit-learn _loss.pyx.tp, cgradient_half_gamma",
        Derivative(x + y * exp(-x), x),
        1 - y * exp(-x),
    ),
    Claim(
        "half gamma, hessian",
        "scikit-learn _loss.pyx.tp, cgrad_hess_half_gamma",
        Derivative(x + y * exp(-x), x, x),
        y * exp(-x),
    ),
    Claim(
        "half tweedie, hessian",
        "scikit-learn _loss.pyx.tp, cgrad_hess_half_tweedie",
        Derivative(exp((2 - r) * x) / (2 - r) - y * exp((1 - r) * x) / (1 - r), x, x),
        (2 - r) * exp((2 - r) * x) - (1 - r) * y * exp((1 - r) * x),
        (Ne(r, 1), Ne(r, 2)),
    ),
    Claim(
        "half tweedie at power 0",
        "scikit-learn _loss.pyx.tp, cgrad_hess_half_tweedie",
        Derivative(HALF * (exp(x) - y) ** 2, x, x),
        exp(x) * (2 * exp(x) - y),
    ),
    Claim(
        "half binomial",
        "scikit-learn _loss.pyx.tp, cgradient_half_binomial",
        Derivative(log(1 + exp(x)) - y * x, x),
        ((1 - y) - y * exp(-x)) / (1 + exp(-x)),
    ),
    Claim(
        "half binomial, hessian",
        "scikit-learn _loss.pyx.tp, cgrad_hess_half_binomial",
        Derivative(log(1 + exp(x)) - y * x, x, x),
        exp(-x) / (1 + exp(-x)) ** 2,
    ),
    Claim(
        "half binomial, stable",
        "scikit-learn _loss.pyx.tp, closs_grad_half_binomial",
        log(1 + exp(-x)) + (1 - y) * x,
        log(1 + exp(x)) - y * x,
    ),
    Claim(
        "elastic net, one coordinate",
        "glmnet, An Introduction to glmnet",
        Derivative(HALF * (y - x * p) ** 2 + delta * ((1 - alpha) * p**2 / 2 + alpha * Abs(p)), p),
        -x * (y - x * p) + delta * ((1 - alpha) * p + alpha * sign(p)),
    ),
    Claim(
        "soft absolute value",
        "lifelines, fitters/__init__.py, soft_abs",
        Derivative((softplus(-alpha * x) + softplus(alpha * x)) / alpha, x),
        tanh(alpha * x / 2),
    ),
]
