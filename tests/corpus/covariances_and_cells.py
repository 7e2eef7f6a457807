"""Covariance functions, elementary identities, rating systems and the cells of neural networks."""

from __future__ import annotations

from corpus.claim import Claim
from sympy import (
    Abs,
    Contains,
    Derivative,
    FiniteSet,
    Integer,
    Max,
    Min,
    Piecewise,
    Rational,
    acos,
    asin,
    atan,
    atanh,
    cos,
    cosh,
    erf,
    erfc,
    exp,
    gamma,
    log,
    pi,
    sign,
    sin,
    sqrt,
    symbols,
    tanh,
)

from symderiv import sigma, softplus

__all__ = ["CLAIMS"]

x, y, z, t, mu, eta, p = symbols("x y z t mu eta p", real=True)
a, b, s, s1, s2, al, be, k, lam, r, ell, nu, th, phi = symbols(
    "a b s sigma_1 sigma_2 alpha beta k lambda r ell nu theta phi", positive=True
)
x1, x2 = symbols("x_1 x_2", real=True)
rbf = s**2 * exp(-((x1 - x2) ** 2) / (2 * ell**2))
m52 = (1 + sqrt(5) * Abs(x1 - x2) / ell + 5 * (x1 - x2) ** 2 / (3 * ell**2)) * exp(
    -sqrt(5) * Abs(x1 - x2) / ell
)
P3 = p + (1 - p) * sigma(a * (x - y))

CLAIMS = [
    Claim(
        "gp rbf dx1dx2",
        "RBF kernel, mixed second derivative (GPyTorch RBFKernelGrad)",
        Derivative(rbf, x1, x2),
        rbf * (1 / ell**2 - (x1 - x2) ** 2 / ell**4),
    ),
    Claim(
        "gp rbf 4th",
        "RBF fourth mixed derivative",
        Derivative(exp(-((x1 - x2) ** 2) / 2), x1, x1, x2, x2),
        exp(-((x1 - x2) ** 2) / 2) * ((x1 - x2) ** 4 - 6 * (x1 - x2) ** 2 + 3),
    ),
    Claim("gp rbf ell", "RBF by lengthscale", Derivative(rbf, ell), rbf * (x1 - x2) ** 2 / ell**3),
    Claim(
        "gp matern32 dr",
        "GPflow, gpflow/kernels/stationaries.py, Matern32 by r",
        Derivative((1 + sqrt(3) * r) * exp(-sqrt(3) * r), r),
        -3 * r * exp(-sqrt(3) * r),
    ),
    Claim(
        "gp matern52 dr",
        "GPflow, gpflow/kernels/stationaries.py, Matern52 by r",
        Derivative((1 + sqrt(5) * r + Rational(5, 3) * r**2) * exp(-sqrt(5) * r), r),
        -Rational(5, 3) * r * (1 + sqrt(5) * r) * exp(-sqrt(5) * r),
    ),
    Claim(
        "gp matern52 mixed",
        "GPyTorch Matern52KernelGrad mixed derivative",
        Derivative(m52, x1, x2),
        Rational(5, 3)
        / ell**2
        * (1 + sqrt(5) * Abs(x1 - x2) / ell - 5 * (x1 - x2) ** 2 / ell**2)
        * exp(-sqrt(5) * Abs(x1 - x2) / ell),
    ),
    Claim(
        "gp matern32 ell",
        "Matern 3/2 by lengthscale",
        Derivative((1 + sqrt(3) * Abs(t) / ell) * exp(-sqrt(3) * Abs(t) / ell), ell),
        3 * t**2 / ell**3 * exp(-sqrt(3) * Abs(t) / ell),
    ),
    Claim(
        "gp periodic",
        "GPflow, gpflow/kernels/misc.py, Periodic: sin^2 form and cos form",
        exp(-(sin(pi * t / p) ** 2) / (2 * ell**2)),
        exp((cos(2 * pi * t / p) - 1) / (4 * ell**2)),
        (p > 0,),
    ),
    Claim(
        "gp periodic dp",
        "Periodic kernel by the period",
        Derivative(exp(-2 * sin(pi * t / a) ** 2 / ell**2), a),
        2
        * pi
        * t
        / (a**2 * ell**2)
        * sin(2 * pi * t / a)
        * exp(-2 * sin(pi * t / a) ** 2 / ell**2),
    ),
    Claim(
        "gp rq",
        "GPflow, gpflow/kernels/stationaries.py, RationalQuadratic by alpha",
        Derivative((1 + r**2 / (2 * al)) ** (-al), al),
        (1 + r**2 / (2 * al)) ** (-al) * (r**2 / (2 * al + r**2) - log(1 + r**2 / (2 * al))),
    ),
    Claim(
        "gp rq r",
        "RationalQuadratic by r",
        Derivative((1 + r**2 / (2 * al)) ** (-al), r),
        -r * (1 + r**2 / (2 * al)) ** (-al - 1),
    ),
    Claim(
        "gp arccos2",
        "GPflow, gpflow/kernels/misc.py, ArcCosine order 2: J'",
        Derivative(3 * sin(th) * cos(th) + (pi - th) * (1 + 2 * cos(th) ** 2), th),
        2 * cos(2 * th) - 2 - 2 * (pi - th) * sin(2 * th) + 0 * th,
    ),
    Claim(
        "gp cosine",
        "GPflow, gpflow/kernels/stationaries.py, Cosine",
        Derivative(cos(2 * pi * (x1 - x2) / ell), x1, x2),
        4 * pi**2 / ell**2 * cos(2 * pi * (x1 - x2) / ell),
    ),
    Claim(
        "gp changepoint",
        "GPflow ChangePoints sigmoid 0.5 (1+tanh(s (x-l)/2))",
        (1 + tanh(s * (x - mu) / 2)) / 2,
        1 / (1 + exp(-s * (x - mu))),
    ),
    Claim(
        "gpflow robustmax",
        "GPflow StudentT likelihood second derivative",
        Derivative(-(nu + 1) / 2 * log(1 + x**2 / (nu * s**2)), x, 2),
        (nu + 1) * (x**2 - nu * s**2) / (nu * s**2 + x**2) ** 2,
    ),
    Claim(
        "gpflow ordinal",
        "GPflow Ordinal inverse probit with jitter",
        Derivative(erf(x / sqrt(2)) / 2 * (1 - 2 * Rational(1, 1000)) + Rational(1, 2), x),
        Rational(998, 1000) * exp(-(x**2) / 2) / sqrt(2 * pi),
    ),
    Claim(
        "dlmf 4.24.13",
        "DLMF 4.24.13 at same sign: atan u + atan v",
        atan(x),
        asin(x / sqrt(1 + x**2)),
    ),
    Claim(
        "dlmf 4.40 gd",
        "Gudermannian derivative",
        Derivative(2 * atan(exp(x)) - pi / 2, x),
        1 / cosh(x),
    ),
    Claim(
        "dlmf 5.4 beta",
        "DLMF 5.12: B(a+1,b) = a/(a+b) B(a,b)",
        gamma(a + 1) * gamma(b) / gamma(a + b + 1),
        a / (a + b) * gamma(a) * gamma(b) / gamma(a + b),
    ),
    Claim("dlmf poch", "Pochhammer (a)_3", gamma(a + 3) / gamma(a), a * (a + 1) * (a + 2)),
    Claim("dlmf 7.2.2", "DLMF 7.2: erf + erfc", erf(x) + erfc(x), Integer(1)),
    Claim(
        "dlmf dawson erfcx",
        "erfcx: derivative 2 x erfcx - 2/sqrt(pi)",
        Derivative(exp(x**2) * erfc(x), x),
        2 * x * exp(x**2) * erfc(x) - 2 / sqrt(pi),
    ),
    Claim("prml 4.60", "PRML 4.60: tanh relation", 2 * sigma(2 * a) - 1, tanh(a)),
    Claim(
        "prml 5.113",
        "PRML MDN: derivative of negative log Gaussian by activation of sigma",
        Derivative((x - mu) ** 2 / (2 * exp(2 * t)) + t, t),
        1 - (x - mu) ** 2 / exp(2 * t),
    ),
    Claim(
        "esl 10.5",
        "ESL 10.16: population minimiser of exponential loss",
        log(p / (1 - p)) / 2,
        atanh(2 * p - 1),
        (
            p > 0,
            p < 1,
        ),
    ),
    Claim(
        "esl 10.18",
        "ESL 10.18 binomial deviance with y' = (y+1)/2",
        -(y + 1) / 2 * log(1 / (1 + exp(-2 * x)))
        - (1 - (y + 1) / 2) * log(1 - 1 / (1 + exp(-2 * x))),
        log(1 + exp(-2 * y * x)),
        (Contains(y, FiniteSet(-1, 1)),),
    ),
    Claim(
        "boyd logdet1",
        "Boyd: conjugate of negative entropy",
        x * (1 + log(x)) - x * log(x),
        x,
        (x > 0,),
    ),
    Claim(
        "elo expected",
        "Elo expected score, as a logistic",
        1 / (1 + 10 ** ((y - x) / 400)),
        sigma(log(10) * (x - y) / 400),
    ),
    Claim(
        "elo update grad",
        "Elo update is a gradient step",
        Derivative(
            t * log(1 / (1 + 10 ** ((y - x) / 400)))
            + (1 - t) * log(1 - 1 / (1 + 10 ** ((y - x) / 400))),
            x,
        ),
        log(10) / 400 * (t - 1 / (1 + 10 ** ((y - x) / 400))),
    ),
    Claim(
        "irt 3pl",
        "IRT 3PL by ability (Lord)",
        Derivative(p + (1 - p) * sigma(a * (x - y)), x),
        a * (1 - p) * sigma(a * (x - y)) * (1 - sigma(a * (x - y))),
        (
            p > 0,
            p < 1,
        ),
    ),
    Claim(
        "irt 3pl info",
        "IRT 3PL information: a^2 (Q/P) ((P-c)/(1-c))^2",
        Derivative(P3, x) ** 2 / (P3 * (1 - P3)),
        a**2 * (1 - P3) / P3 * ((P3 - p) / (1 - p)) ** 2,
        (
            p > 0,
            p < 1,
        ),
    ),
    Claim(
        "davidson tie",
        "Davidson's tie model: log probability of a tie",
        log(nu * exp((x + y) / 2) / (exp(x) + exp(y) + nu * exp((x + y) / 2))),
        log(nu) - log(2 * cosh((x - y) / 2) + nu),
    ),
    Claim(
        "dpo grad",
        "DPO loss by the margin (Rafailov et al.)",
        Derivative(-log(sigma(be * x)), x),
        -be * sigma(-be * x),
    ),
    Claim(
        "ppo clip",
        "PPO clipped objective",
        Min(x * a, Max(1 - Rational(1, 5), Min(1 + Rational(1, 5), x)) * a),
        a * Min(x, Rational(6, 5)),
    ),
    Claim(
        "ppo clip neg",
        "PPO clipped objective for negative advantage",
        Min(-x * a, -Max(Rational(4, 5), Min(Rational(6, 5), x)) * a),
        -a * Max(x, Rational(4, 5)),
    ),
    Claim(
        "sac tanh jac",
        "SAC: log(1 - tanh(u)^2) = 2 (log 2 - u - softplus(-2u))",
        log(1 - tanh(x) ** 2),
        2 * (log(2) - x - softplus(-2 * x)),
    ),
    Claim(
        "reparam gumbel",
        "Gumbel-sigmoid temperature derivative",
        Derivative(sigma((x + t) / lam), lam),
        -(x + t) / lam**2 * sigma((x + t) / lam) * (1 - sigma((x + t) / lam)),
    ),
    Claim(
        "kalman 1d",
        "Kalman gain form equals information form",
        a - a / (a + b) * a,
        1 / (1 / a + 1 / b),
    ),
    Claim(
        "kalman joseph",
        "Joseph form in one dimension",
        (1 - a / (a + b)) ** 2 * a + (a / (a + b)) ** 2 * b,
        a * b / (a + b),
    ),
    Claim(
        "kalman gain opt",
        "Kalman gain minimises the posterior variance",
        Derivative((1 - x) ** 2 * a + x**2 * b, x),
        2 * x * (a + b) - 2 * a,
    ),
    Claim(
        "beta1 adam",
        "Adam bias correction for constant gradient",
        Derivative((1 - p**x) / (1 - p), x),
        -(p**x) * log(p) / (1 - p),
        (
            p > 0,
            p < 1,
        ),
    ),
    Claim(
        "arcface",
        "ArcFace: cos(theta + m) expanded",
        cos(acos(x) + t),
        x * cos(t) - sqrt(1 - x**2) * sin(t),
        (
            x > -1,
            x < 1,
        ),
    ),
    Claim(
        "glove f",
        "GloVe weighting derivative (alpha = 3/4)",
        Derivative((x / 100) ** Rational(3, 4), x),
        Rational(3, 4) * (x / 100) ** Rational(-1, 4) / 100,
        (x > 0,),
    ),
    Claim(
        "wing loss",
        "Wing loss (Feng et al.): derivative",
        Derivative(
            Piecewise(
                (a * log(1 + Abs(x) / b), Abs(x) < a), (Abs(x) - (a - a * log(1 + a / b)), True)
            ),
            x,
        ),
        Piecewise((a * sign(x) / (b + Abs(x)), Abs(x) < a), (sign(x), True)),
    ),
    Claim(
        "tversky",
        "Tversky index gradient by p, one pixel",
        Derivative(1 - p * t / (p * t + a * p * (1 - t) + b * (1 - p) * t), p),
        -(t * (p * t + a * p * (1 - t) + b * (1 - p) * t) - p * t * (t + a * (1 - t) - b * t))
        / (p * t + a * p * (1 - t) + b * (1 - p) * t) ** 2,
        (
            p > 0,
            p < 1,
            t > 0,
            t <= 1,
        ),
    ),
    Claim(
        "lstm cell",
        "LSTM: derivative of the hidden state by the forget gate",
        Derivative(sigma(x) * tanh(sigma(y) * z + sigma(mu) * tanh(t)), y),
        sigma(x)
        * (1 - tanh(sigma(y) * z + sigma(mu) * tanh(t)) ** 2)
        * sigma(y)
        * (1 - sigma(y))
        * z,
    ),
    Claim(
        "gru update",
        "GRU: derivative by the update gate",
        Derivative((1 - sigma(x)) * tanh(y) + sigma(x) * z, x),
        sigma(x) * (1 - sigma(x)) * (z - tanh(y)),
    ),
    Claim(
        "snn surrogate",
        "fast sigmoid surrogate (Zenke)",
        Derivative(x / (1 + k * Abs(x)), x),
        1 / (1 + k * Abs(x)) ** 2,
    ),
]
