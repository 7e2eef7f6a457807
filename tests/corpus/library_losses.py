"""Activations and losses of neural network libraries and of boosting, and robust losses."""

from __future__ import annotations

from corpus.claim import Claim
from sympy import (
    Abs,
    Contains,
    Derivative,
    Eq,
    FiniteSet,
    Max,
    Min,
    Ne,
    Piecewise,
    Rational,
    cos,
    cosh,
    erf,
    erfc,
    exp,
    log,
    sign,
    sin,
    sqrt,
    symbols,
    tanh,
)

from symderiv import sigma

__all__ = ["CLAIMS"]

x, y, z, a, b, t, f, mu, u, v = symbols("x y z a b t f mu u v", real=True)
al = symbols("alpha", positive=True)
bt = symbols("beta", positive=True)
q = symbols("q", positive=True)
g = symbols("gamma", positive=True)
c = symbols("c", positive=True)
lw = symbols("w", positive=True)
pw = 1 - exp(-lw * log(1 + exp(f)))
cc = 1 / (1 - pw)
dd = cc - 1
k = symbols("k", positive=True)

CLAIMS = [
    Claim(
        "torch gelu erfc",
        "torch.nn.GELU, through erfc",
        x * (1 + erf(x / sqrt(2))) / 2,
        x * erfc(-x / sqrt(2)) / 2,
    ),
    Claim(
        "mish exp form",
        "mish as a rational function of exp",
        x * tanh(log(1 + exp(x))),
        x * (exp(2 * x) + 2 * exp(x)) / (exp(2 * x) + 2 * exp(x) + 2),
    ),
    Claim(
        "torch hardswish grad",
        "torch hardswish_backward, inside",
        Derivative(x * Min(Max(x + 3, 0), 6) / 6, x),
        Piecewise((0, x < -3), (1, x > 3), (x / 3 + Rational(1, 2), True)),
    ),
    Claim(
        "torch hardsigmoid",
        "torch.nn.Hardsigmoid",
        Piecewise((0, x <= -3), (1, x >= 3), (x / 6 + Rational(1, 2), True)),
        Max(0, Min(1, (x + 3) / 6)),
    ),
    Claim(
        "torch celu",
        "torch.nn.CELU",
        Max(0, x) + Min(0, 3 * (exp(x / 3) - 1)),
        Piecewise((x, x > 0), (3 * (exp(x / 3) - 1), True)),
    ),
    Claim(
        "torch selu neg",
        "torch.nn.SELU on the negative half line",
        Derivative(al * (Max(0, x) + Min(0, mu * (exp(x) - 1))), x),
        al * mu * exp(x),
        (
            x < 0,
            mu > 0,
        ),
    ),
    Claim(
        "torch logsigmoid grad",
        "torch log_sigmoid backward",
        Derivative(-log(1 + exp(-x)), x),
        1 - 1 / (1 + exp(-x)),
    ),
    Claim(
        "torch logsigmoid stable",
        "aten log_sigmoid_forward: min(0,x) - log1p(exp(-|x|))",
        log(sigma(x)),
        Min(0, x) - log(1 + exp(-Abs(x))),
    ),
    Claim(
        "torch softplus beta 2",
        "torch softplus_double_backward",
        Derivative(log(1 + exp(bt * x)) / bt, x, 2),
        bt * exp(bt * x) / (exp(bt * x) + 1) ** 2,
    ),
    Claim(
        "jax squareplus conj",
        "squareplus, conjugate form",
        (x + sqrt(x**2 + bt)) / 2,
        bt / (2 * (sqrt(x**2 + bt) - x)),
    ),
    Claim(
        "jax sparse plus grad",
        "jax.nn.sparse_plus has gradient sparse_sigmoid",
        Derivative(Piecewise((0, x <= -1), (x, x >= 1), ((x + 1) ** 2 / 4, True)), x),
        Piecewise((0, x <= -1), (1, x >= 1), ((x + 1) / 2, True)),
    ),
    Claim(
        "jax log1mexp",
        "log(1 - e^-x) two ways (jax.nn.log1mexp; Maechler)",
        log(1 - exp(-x)),
        -x + log(exp(x) - 1),
        (x > 0,),
    ),
    Claim(
        "torch glu gate grad",
        "torch.nn.GLU, by the gate",
        Derivative(a / (1 + exp(-b)), b),
        a * exp(-b) / (1 + exp(-b)) ** 2,
    ),
    Claim(
        "swiglu beta",
        "Shazeer GLU variants: Swish_beta gate by beta",
        Derivative(x / (1 + exp(-bt * x)), bt),
        x**2 * sigma(bt * x) * (1 - sigma(bt * x)),
    ),
    Claim(
        "lecun tanh",
        "LeCun, Efficient BackProp: 1.7159 tanh(2x/3)",
        Derivative(Rational(17159, 10000) * tanh(2 * x / 3), x),
        Rational(17159, 15000) * (1 - tanh(2 * x / 3) ** 2),
    ),
    Claim(
        "bent identity",
        "bent identity activation",
        Derivative((sqrt(x**2 + 1) - 1) / 2 + x, x),
        x / (2 * sqrt(x**2 + 1)) + 1,
    ),
    Claim(
        "elish negative",
        "ELiSH, negative side",
        Derivative((exp(x) - 1) / (1 + exp(-x)), x),
        (2 * exp(2 * x) + exp(3 * x) - exp(x)) / (exp(2 * x) + 2 * exp(x) + 1),
    ),
    Claim(
        "tf bce logits",
        "tf.nn.sigmoid_cross_entropy_with_logits: max(x,0) - x z + log(1+exp(-|x|))",
        -z * log(1 / (1 + exp(-x))) - (1 - z) * log(1 - 1 / (1 + exp(-x))),
        Max(x, 0) - x * z + log(1 + exp(-Abs(x))),
    ),
    Claim(
        "tf weighted bce",
        "tf.nn.weighted_cross_entropy_with_logits: (1 − z)x + l·(…), l = 1 + (q − 1)z",
        q * z * -log(sigma(x)) + (1 - z) * -log(1 - sigma(x)),
        (1 - z) * x + (1 + (q - 1) * z) * (log(1 + exp(-Abs(x))) + Max(-x, 0)),
    ),
    Claim(
        "keras logcosh stable",
        "keras log_cosh: x + softplus(-2x) - log 2",
        log(cosh(x)),
        x + log(1 + exp(-2 * x)) - log(2),
    ),
    Claim(
        "keras logcosh grad",
        "keras log_cosh gradient",
        Derivative(log((exp(x - y) + exp(y - x)) / 2), x),
        tanh(x - y),
    ),
    Claim(
        "keras logcosh abs",
        "log cosh with |x|, as stable code has it",
        log(cosh(x)),
        Abs(x) + log((1 + exp(-2 * Abs(x))) / 2),
    ),
    Claim(
        "keras squared hinge pm",
        "squared hinge for y = +-1",
        Max(0, 1 - y * f) ** 2,
        Max(0, y - f) ** 2 * (1 + y) / 2 + Max(0, f - y) ** 2 * (1 - y) / 2,
        (Contains(y, FiniteSet(-1, 1)),),
    ),
    Claim(
        "keras focal grad",
        "Lin et al., focal loss, by p_t",
        Derivative(-((1 - f) ** g) * log(f), f),
        g * (1 - f) ** (g - 1) * log(f) - (1 - f) ** g / f,
        (
            f > 0,
            f < 1,
        ),
    ),
    Claim(
        "retinanet focal logit",
        "Lin et al. appendix: dFL/dx = y (1-pt)^g (g pt log pt + pt - 1)",
        Derivative(-((1 - 1 / (1 + exp(-y * x))) ** g) * log(1 / (1 + exp(-y * x))), x),
        y * (1 - sigma(y * x)) ** g * (g * sigma(y * x) * log(sigma(y * x)) + sigma(y * x) - 1),
        (Contains(y, FiniteSet(-1, 1)),),
    ),
    Claim(
        "torchvision focal pt",
        "torchvision sigmoid_focal_loss: p_t for labels 0/1",
        (1 - (sigma(x) * t + (1 - sigma(x)) * (1 - t))) ** 2,
        t * sigma(-x) ** 2 + (1 - t) * sigma(x) ** 2,
        (Eq(t**2, t),),
    ),
    Claim(
        "torch smooth l1",
        "torch.nn.SmoothL1Loss(beta) is Huber/beta",
        Piecewise((x**2 / (2 * bt), Abs(x) < bt), (Abs(x) - bt / 2, True)),
        Piecewise((x**2 / 2, Abs(x) <= bt), (bt * (Abs(x) - bt / 2), True)) / bt,
    ),
    Claim(
        "torch smooth l1 grad",
        "torch smooth_l1_loss backward",
        Derivative(Piecewise((x**2 / (2 * bt), Abs(x) < bt), (Abs(x) - bt / 2, True)), x),
        Piecewise((x / bt, Abs(x) < bt), (sign(x), True)),
    ),
    Claim(
        "torch huber clip",
        "Huber gradient is a clip",
        Derivative(Piecewise((x**2 / 2, Abs(x) <= bt), (bt * (Abs(x) - bt / 2), True)), x),
        Max(-bt, Min(x, bt)),
    ),
    Claim(
        "optax huber",
        "optax.huber_loss: 0.5 quadratic^2 + delta linear, quadratic = min(|e|, delta)",
        Min(Abs(x), bt) ** 2 / 2 + bt * (Abs(x) - Min(Abs(x), bt)),
        Piecewise((x**2 / 2, Abs(x) <= bt), (bt * Abs(x) - bt**2 / 2, True)),
    ),
    Claim(
        "torch gaussian nll var",
        "torch.nn.GaussianNLLLoss by var",
        Derivative((log(v) + (f - y) ** 2 / v) / 2, v),
        (1 / v - (f - y) ** 2 / v**2) / 2,
        (v > 0,),
    ),
    Claim(
        "torch hinge embedding",
        "torch.nn.HingeEmbeddingLoss for y = 1, -1",
        (1 + y) / 2 * x + (1 - y) / 2 * Max(0, bt - x),
        Piecewise((x, Eq(y, 1)), (Max(0, bt - x), True)),
        (Eq(y**2, 1),),
    ),
    Claim(
        "optax convex kl grad",
        "optax.kl_divergence with log predictions",
        Derivative(exp(y) * (y - x), y),
        exp(y) * (y - x) + exp(y),
    ),
    Claim(
        "optax poly loss",
        "optax.poly_loss_cross_entropy, by logit of two classes",
        Derivative(-log(sigma(x)) + a * (1 - sigma(x)), x),
        -(1 - sigma(x)) - a * sigma(x) * (1 - sigma(x)),
    ),
    Claim(
        "optax sigmoid bce grad",
        "optax.sigmoid_binary_cross_entropy",
        Derivative(-y * log(sigma(x)) - (1 - y) * log(sigma(-x)), x),
        sigma(x) - y,
    ),
    Claim(
        "vw squared update",
        "Vowpal Wabbit, core/src/loss_functions.cc, squared loss get_update: its derivative",
        Derivative((y - f) * (1 - exp(-2 * u)) / v, u),
        2 * (y - f) * exp(-2 * u) / v,
    ),
    Claim(
        "vw quantile abs",
        "pinball through |e|",
        Piecewise((t * (y - f), y - f > 0), (-(1 - t) * (y - f), True)),
        (Abs(y - f) + (2 * t - 1) * (y - f)) / 2,
    ),
    Claim(
        "vw expectile",
        "Vowpal Wabbit, core/src/loss_functions.cc, expectile first_derivative",
        Derivative((f - y) ** 2 * Piecewise((q, y - f < 0), (1 - q, True)), f),
        2 * (f - y) * Piecewise((q, y - f < 0), (1 - q, True)),
    ),
    Claim(
        "vw poisson deviance",
        "Vowpal Wabbit, core/src/loss_functions.cc, poisson_loss",
        Derivative(2 * (y * (log(y + Rational(1, 10**6)) - f) - (y - exp(f))), f),
        2 * (exp(f) - y),
        (y >= 0,),
    ),
    Claim(
        "vw poisson update",
        "Vowpal Wabbit, core/src/loss_functions.cc, poisson get_update its derivative",
        Derivative(y * u - log(1 + exp(f) * (exp(y * u) - 1) / y), u),
        y - y * exp(f) * exp(y * u) / (y + exp(f) * (exp(y * u) - 1)),
        (
            y > 0,
            u > 0,
        ),
    ),
    Claim(
        "lgb fair grad",
        "LightGBM fair: c x/(|x| + c)",
        Derivative(c**2 * (Abs(x) / c - log(1 + Abs(x) / c)), x),
        c * x / (Abs(x) + c),
    ),
    Claim(
        "lgb fair hess",
        "LightGBM fair hessian c^2/(|x|+c)^2",
        Derivative(c * x / (Abs(x) + c), x),
        c**2 / (Abs(x) + c) ** 2,
    ),
    Claim(
        "lgb xentlambda grad",
        "LightGBM, src/objective/xentropy_objective.hpp, gradient (1 - y/z) w/(1+exp(-f))",
        Derivative(-(1 - y) * log(1 - pw) - y * log(pw), f),
        (1 - y / pw) * lw / (1 + exp(-f)),
    ),
    Claim(
        "lgb xentlambda hess",
        "LightGBM, src/objective/xentropy_objective.hpp, hessian a (1 + y b)",
        Derivative(-(1 - y) * log(1 - pw) - y * log(pw), f, 2),
        lw * exp(f) / (1 + exp(f)) ** 2 * (1 + y * (cc / dd**2) * (1 + lw * exp(f) - cc)),
    ),
    Claim(
        "catboost lq",
        "CatBoost Lq loss derivative",
        Derivative(Abs(f - y) ** q, f),
        q * Abs(f - y) ** (q - 1) * sign(f - y),
        (Ne(f, y),),
    ),
    Claim(
        "catboost logcosh der2",
        "CatBoost LogCosh second derivative",
        Derivative(log(cosh(f - y)), f, 2),
        1 / cosh(f - y) ** 2,
    ),
    Claim(
        "catboost mape",
        "CatBoost MAPE with max(1,|t|)",
        Derivative(Abs(y - f) / Max(1, Abs(y)), f),
        sign(f - y) / Max(1, Abs(y)),
    ),
    Claim(
        "tukey psi prime",
        "Tukey biweight psi'",
        Derivative(x * (1 - (x / k) ** 2) ** 2, x),
        (1 - (x / k) ** 2) * (1 - 5 * (x / k) ** 2),
    ),
    Claim(
        "statsmodels andrew",
        "statsmodels AndrewWave rho -> psi",
        Derivative(k * k * (1 - cos(x / k)), x),
        k * sin(x / k),
    ),
    Claim(
        "statsmodels trimmed",
        "statsmodels TrimmedMean rho",
        Piecewise((x**2 / 2, Abs(x) <= k), (k**2 / 2, True)),
        Min(x**2, k**2) / 2,
    ),
    Claim(
        "geman mcclure",
        "Geman-McClure",
        Derivative(x**2 / (2 * (k**2 + x**2)), x),
        x * k**2 / (k**2 + x**2) ** 2,
    ),
    Claim(
        "welsch",
        "Welsch/Leclerc",
        Derivative(k**2 / 2 * (1 - exp(-((x / k) ** 2))), x),
        x * exp(-((x / k) ** 2)),
    ),
    Claim(
        "barron general",
        "Barron 2019, general adaptive loss, derivative",
        Derivative(Abs(a - 2) / a * (((x / c) ** 2 / Abs(a - 2) + 1) ** (a / 2) - 1), x),
        x / c**2 * ((x / c) ** 2 / Abs(a - 2) + 1) ** (a / 2 - 1),
        (
            Ne(a, 0),
            Ne(a, 2),
        ),
    ),
    Claim(
        "barron alpha1",
        "Barron general loss at alpha = 1 is the Charbonnier loss",
        sqrt((x / c) ** 2 + 1) - 1,
        (sqrt(x**2 + c**2) - c) / c,
    ),
    Claim(
        "barron alpham2",
        "Barron general loss at alpha = -2 is Geman-McClure",
        Rational(4, -2) * (((x / c) ** 2 / 4 + 1) ** (-1) - 1),
        2 * (x / c) ** 2 / ((x / c) ** 2 + 4),
    ),
    Claim(
        "charbonnier",
        "Charbonnier, derivative",
        Derivative(sqrt(x**2 + c**2), x),
        x / sqrt(x**2 + c**2),
    ),
    Claim(
        "hampel three",
        "Hampel 17A, redescending part",
        Derivative(Piecewise((x, x <= a), (a, x <= b), (a * (k - x) / (k - b), True)), x),
        Piecewise((1, x < a), (0, x < b), (-a / (k - b), True)),
        (
            a > 0,
            b > a,
            k > b,
        ),
    ),
]
