"""Scores of generalised linear models, ordinal and count models; hazards of survival models."""

from __future__ import annotations

from corpus.claim import Claim
from sympy import (
    Derivative,
    Ne,
    Piecewise,
    Rational,
    cos,
    digamma,
    erf,
    exp,
    log,
    loggamma,
    pi,
    sin,
    sqrt,
    symbols,
    tan,
)

from symderiv import sigma

__all__ = ["CLAIMS"]

x, y, z, t, mu, eta, p = symbols("x y z t mu eta p", real=True)
a, b, s, s1, s2, al, be, k, lam, r, ell, nu, th, phi = symbols(
    "a b s sigma_1 sigma_2 alpha beta k lambda r ell nu theta phi", positive=True
)
u1, u2 = symbols("theta_1 theta_2", real=True)
zz = (log(x) - mu) / s

CLAIMS = [
    Claim(
        "sm cloglog roundtrip",
        "cloglog link of its inverse, written with E = exp(-e^z)",
        log(-log(1 - p)),
        log(log(1 / (1 - p))),
        (
            p > 0,
            p < 1,
        ),
    ),
    Claim(
        "sm nb inverse",
        "NegativeBinomial inverse two ways",
        -1 / (al * (1 - exp(-z))),
        exp(z) / (al * (1 - exp(z))),
        (z < 0,),
    ),
    Claim(
        "sm nb inverse deriv",
        "NegativeBinomial inverse_deriv",
        Derivative(-1 / (al * (1 - exp(-z))), z),
        exp(z) / (al * (1 - exp(z)) ** 2),
        (Ne(z, 0),),
    ),
    Claim(
        "sm cauchy deriv2",
        "statsmodels cauchy link deriv2: 2 pi^2 sin a / cos a ^3",
        Derivative(tan(pi * (p - Rational(1, 2))), p, 2),
        2 * pi**2 * sin(pi * (p - Rational(1, 2))) / cos(pi * (p - Rational(1, 2))) ** 3,
        (
            p > 0,
            p < 1,
        ),
    ),
    Claim(
        "sm poisson dev",
        "statsmodels Poisson deviance derivative",
        Derivative(2 * (y * log(y / b) - (y - b)), b),
        2 * (1 - y / b),
        (y > 0,),
    ),
    Claim(
        "sm gamma dev",
        "statsmodels Gamma deviance by mu",
        Derivative(2 * ((y - b) / b - log(y / b)), b),
        2 * (b - y) / b**2,
        (y > 0,),
    ),
    Claim(
        "sm ig dev",
        "statsmodels InverseGaussian deviance (y-mu)^2/(y mu^2) by mu",
        Derivative((y - b) ** 2 / (y * b**2), b),
        -2 * (y - b) / b**3,
        (y > 0,),
    ),
    Claim(
        "sm nb dev",
        "statsmodels NegativeBinomial deviance by mu",
        Derivative(2 * (y * log(y / b) - (y + 1 / al) * log((y + 1 / al) / (b + 1 / al))), b),
        2 * (b - y) / (b * (1 + al * b)),
        (y > 0,),
    ),
    Claim(
        "sm nb loglike alpha",
        "statsmodels NegativeBinomial score by alpha (NB2)",
        Derivative(
            loggamma(y + 1 / al)
            - loggamma(1 / al)
            - log(1 + al * b) / al
            + y * log(al * b / (1 + al * b)),
            al,
        ),
        (digamma(1 / al) - digamma(y + 1 / al) + log(1 + al * b)) / al**2
        + (y - b) / (al * (1 + al * b)),
        (y >= 0,),
    ),
    Claim(
        "sm nb score eta",
        "NB2 score through log link",
        Derivative(y * log(al * exp(eta) / (1 + al * exp(eta))) - log(1 + al * exp(eta)) / al, eta),
        (y - exp(eta)) / (1 + al * exp(eta)),
    ),
    Claim(
        "sm zip zero",
        "zero-inflated Poisson at y = 0, by the inflation logit",
        Derivative(log(sigma(x) + (1 - sigma(x)) * exp(-lam)), x),
        sigma(x) * (1 - sigma(x)) * (1 - exp(-lam)) / (sigma(x) + (1 - sigma(x)) * exp(-lam)),
    ),
    Claim(
        "sm zip zero odds",
        "ZIP zero in exponentials",
        log(sigma(x) + (1 - sigma(x)) * exp(-lam)),
        log(exp(x) + exp(-lam)) - log(1 + exp(x)),
    ),
    Claim(
        "sm genpoisson",
        "generalized Poisson log likelihood by mu, p = 1",
        Derivative(log(b) + (y - 1) * log(b + al * y) - (b + al * y), b),
        1 / b + (y - 1) / (b + al * y) - 1,
        (y > 0,),
    ),
    Claim(
        "sm betareg",
        "beta regression score by mu (Ferrari, Cribari-Neto)",
        Derivative(
            loggamma(phi)
            - loggamma(p * phi)
            - loggamma((1 - p) * phi)
            + (p * phi - 1) * log(y)
            + ((1 - p) * phi - 1) * log(1 - y),
            p,
        ),
        phi * (log(y / (1 - y)) - (digamma(p * phi) - digamma((1 - p) * phi))),
        (
            y > 0,
            y < 1,
            p > 0,
            p < 1,
        ),
    ),
    Claim(
        "sm ologit",
        "ordered logit (statsmodels OrderedModel): category probability, by eta",
        Derivative(log(sigma(u2 - eta) - sigma(u1 - eta)), eta),
        sigma(u1 - eta) + sigma(u2 - eta) - 1,
        (u2 > u1,),
    ),
    Claim(
        "sm ologit stable",
        "ordered logit: stable difference of sigmoids",
        sigma(u2 - eta) - sigma(u1 - eta),
        sigma(u2 - eta) * sigma(eta - u1) * (1 - exp(u1 - u2)),
    ),
    Claim(
        "sm oprobit",
        "ordered probit by eta",
        Derivative(log((erf((u2 - eta) / sqrt(2)) - erf((u1 - eta) / sqrt(2))) / 2), eta),
        sqrt(2 / pi)
        * (exp(-((u1 - eta) ** 2) / 2) - exp(-((u2 - eta) ** 2) / 2))
        / (erf((u2 - eta) / sqrt(2)) - erf((u1 - eta) / sqrt(2))),
        (u2 > u1,),
    ),
    Claim(
        "glmnet multinomial binom",
        "glmnet binomial deviance for labels 0/1",
        -2 * (y * eta - log(1 + exp(eta))),
        -2 * (y * log(sigma(eta)) + (1 - y) * log(1 - sigma(eta))),
    ),
    Claim(
        "lifelines loglogistic surv",
        "log-logistic survival as a sigmoid of log t",
        1 / (1 + (x / a) ** b),
        sigma(b * (log(a) - log(x))),
        (x > 0,),
    ),
    Claim(
        "lifelines lognormal hazard",
        "lifelines LogNormal: hazard from -log(sf)",
        Derivative(-log((1 - erf(zz / sqrt(2))) / 2), x),
        sqrt(2 / pi) * exp(-(zz**2) / 2) / (x * s * (1 - erf(zz / sqrt(2)))),
        (x > 0,),
    ),
    Claim(
        "lifelines gengamma",
        "generalized gamma log density derivative in t (Stacy)",
        Derivative((k * r - 1) * log(x) - (x / a) ** r, x),
        (k * r - 1) / x - r / a * (x / a) ** (r - 1),
        (x > 0,),
    ),
    Claim(
        "sksurv weibull aft",
        "Weibull AFT log likelihood by linear predictor",
        Derivative(y * (log(k) - k * eta + (k - 1) * log(x)) - (x * exp(-eta)) ** k, eta),
        k * ((x * exp(-eta)) ** k - y),
        (x > 0,),
    ),
    Claim(
        "spline km",
        "lifelines piecewise exponential cumulative hazard",
        Derivative(Piecewise((a * x, x < k), (a * k + b * (x - k), True)), x),
        Piecewise((a, x < k), (b, True)),
    ),
]
