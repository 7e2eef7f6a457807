"""Log densities and their scores, hazards of survival models, divergences."""

from __future__ import annotations

from corpus.claim import Claim
from sympy import (
    Abs,
    Contains,
    Derivative,
    Eq,
    FiniteSet,
    Piecewise,
    Rational,
    digamma,
    erfc,
    exp,
    log,
    loggamma,
    pi,
    polygamma,
    sign,
    sqrt,
    symbols,
)

from symderiv import sigma

__all__ = ["CLAIMS"]

x, mu, y, t, p, z, theta = symbols("x mu y t p z theta", real=True)
k, a, b, s, v, nu, lam, rho = symbols("k a b s v nu lam rho", positive=True)
m1, m2 = symbols("m1 m2", real=True)
s1, s2 = symbols("s1 s2", positive=True)
HALF = Rational(1, 2)
GPFLOW = "GPflow, gpflow/logdensities.py, "
LIFE = "lifelines, fitters/"
XGB = "XGBoost, src/common/probability_distribution.h, "
AFT = "XGBoost, src/common/survival_util.h, AFTLoss::"
TFP = "TensorFlow Probability, distributions/"
POS = (x > 0,)
UNIT = (x > 0, x < 1)

gaussian = -HALF * (log(2 * pi) + log(v) + (mu - x) ** 2 / v)
lognormal = -HALF * (log(2 * pi) + log(v) + (mu - log(x)) ** 2 / v) - log(x)
poisson = x * log(lam) - lam - loggamma(x + 1)
gamma_density = -a * log(s) - loggamma(a) + (a - 1) * log(x) - x / s
student = (
    loggamma((nu + 1) / 2)
    - loggamma(nu / 2)
    - HALF * (log(s**2) + log(nu) + log(pi))
    - HALF * (nu + 1) * log(1 + (1 / nu) * ((x - mu) / s) ** 2)
)
beta = (a - 1) * log(x) + (b - 1) * log(1 - x) + loggamma(a + b) - loggamma(a) - loggamma(b)
laplace = -Abs(mu - x) / s - log(2 * s)
negative_binomial = (
    loggamma(x + k)
    - loggamma(k)
    - loggamma(x + 1)
    + k * log(k / (k + lam))
    + x * log(lam / (k + lam))
)
weibull = log(rho / lam) + (rho - 1) * log(x / lam) - (x / lam) ** rho
inverse_gaussian = HALF * log(lam / (2 * pi * x**3)) - lam * (x - a) ** 2 / (2 * a**2 * x)
cauchy = -log(pi * s) - log(1 + ((x - mu) / s) ** 2)
logistic = -z - 2 * log(1 + exp(-z)) - log(s)
gumbel = -((x - mu) / s + exp(-(x - mu) / s)) - log(s)
kumaraswamy = log(a * b) + (a - 1) * log(x) + (b - 1) * log(1 - x**a)
beta_binomial = (
    loggamma(x + a)
    + loggamma(y - x + b)
    - loggamma(y + a + b)
    + loggamma(a + b)
    - loggamma(a)
    - loggamma(b)
)
normal_pdf = exp(-z * z / 2) / sqrt(2 * pi)
w = exp(z)
logistic_pdf = w / (1 + w) ** 2
extreme_pdf = w * exp(-w)
at = (log(y) - p) / s
logistic_at = exp(at) / (1 + exp(at)) ** 2
between = sigma((x - p) / s) - sigma((t - p) / s)
tobit = log(erfc((mu - t) / (sqrt(2) * s)) / 2)
kl_normal = log(s2 / s1) + (s1**2 + (m1 - m2) ** 2) / (2 * s2**2) - HALF
kl_gamma = (
    (a - b) * digamma(a) - loggamma(a) + loggamma(b) + b * (log(s2) - log(s1)) + a * (s1 - s2) / s2
)
zero_inflated = log(p + (1 - p) * exp(-lam))
bernoulli = log(Piecewise((p, Eq(x, 1)), (1 - p, True)))

CLAIMS = [
    Claim("gaussian, by mean", GPFLOW + "gaussian", Derivative(gaussian, mu), (x - mu) / v),
    Claim(
        "gaussian, by variance",
        GPFLOW + "gaussian",
        Derivative(gaussian, v),
        ((x - mu) ** 2 - v) / (2 * v**2),
    ),
    Claim("gaussian, mixed", GPFLOW + "gaussian", Derivative(gaussian, mu, v), -(x - mu) / v**2),
    Claim(
        "gaussian, variance twice",
        GPFLOW + "gaussian",
        Derivative(gaussian, v, v),
        1 / (2 * v**2) - (x - mu) ** 2 / v**3,
    ),
    Claim(
        "log-normal",
        GPFLOW + "lognormal",
        Derivative(lognormal, x),
        -(1 + (log(x) - mu) / v) / x,
        POS,
    ),
    Claim(
        "bernoulli",
        GPFLOW + "bernoulli",
        bernoulli,
        x * log(p) + (1 - x) * log(1 - p),
        (Contains(x, FiniteSet(0, 1)), p > 0, p < 1),
    ),
    Claim(
        "bernoulli in canonical form",
        "Bishop 2006, (2.197) to (2.199)",
        x * log(sigma(theta)) + (1 - x) * log(1 - sigma(theta)),
        theta * x + log(sigma(-theta)),
    ),
    Claim("poisson, by rate", GPFLOW + "poisson", Derivative(poisson, lam), x / lam - 1, (x > -1,)),
    Claim(
        "poisson, next count",
        GPFLOW + "poisson",
        poisson.xreplace({x: x + 1}) - poisson,
        log(lam) - log(x + 1),
        (x > -1,),
    ),
    Claim(
        "exponential, by scale",
        GPFLOW + "exponential",
        Derivative(-x / s - log(s), s),
        (x - s) / s**2,
    ),
    Claim(
        "gamma, by shape",
        GPFLOW + "gamma",
        Derivative(gamma_density, a),
        log(x) - log(s) - digamma(a),
        POS,
    ),
    Claim("gamma, by scale", GPFLOW + "gamma", Derivative(gamma_density, s), x / s**2 - a / s, POS),
    Claim(
        "gamma, shape twice",
        GPFLOW + "gamma",
        Derivative(gamma_density, a, a),
        -polygamma(1, a),
        POS,
    ),
    Claim("gamma, mode", GPFLOW + "gamma", Derivative(gamma_density, x), (a - 1) / x - 1 / s, POS),
    Claim(
        "student t, by mean",
        GPFLOW + "student_t",
        Derivative(student, mu),
        (nu + 1) * (x - mu) / (nu * s**2 + (x - mu) ** 2),
    ),
    Claim(
        "student t, by scale",
        GPFLOW + "student_t",
        Derivative(student, s),
        nu / s * ((x - mu) ** 2 - s**2) / (nu * s**2 + (x - mu) ** 2),
    ),
    Claim(
        "student t, by degrees",
        GPFLOW + "student_t",
        Derivative(student, nu),
        HALF
        * (
            digamma((nu + 1) / 2)
            - digamma(nu / 2)
            - 1 / nu
            - log(1 + ((x - mu) / s) ** 2 / nu)
            + (nu + 1) / nu * (x - mu) ** 2 / (nu * s**2 + (x - mu) ** 2)
        ),
    ),
    Claim(
        "beta, by alpha",
        GPFLOW + "beta",
        Derivative(beta, a),
        log(x) + digamma(a + b) - digamma(a),
        UNIT,
    ),
    Claim("beta, mixed", GPFLOW + "beta", Derivative(beta, a, b), polygamma(1, a + b), UNIT),
    Claim(
        "beta, by x", GPFLOW + "beta", Derivative(beta, x), (a - 1) / x - (b - 1) / (1 - x), UNIT
    ),
    Claim(
        "beta function's recurrence",
        "DLMF 5.12.1 with 5.5.1",
        loggamma(a + 1) + loggamma(b) - loggamma(a + b + 1),
        loggamma(a) + loggamma(b) - loggamma(a + b) + log(a / (a + b)),
    ),
    Claim("laplace, by mean", GPFLOW + "laplace", Derivative(laplace, mu), sign(x - mu) / s),
    Claim(
        "laplace, by scale", GPFLOW + "laplace", Derivative(laplace, s), Abs(x - mu) / s**2 - 1 / s
    ),
    Claim(
        "negative binomial, by mean",
        "statsmodels, NegativeBinomial; Cameron and Trivedi 2013, (3.26)",
        Derivative(negative_binomial, lam),
        k * (x - lam) / (lam * (lam + k)),
        (x > 0,),
    ),
    Claim(
        "negative binomial, by size",
        "R MASS, theta.ml, score",
        Derivative(negative_binomial, k),
        digamma(k + x) - digamma(k) + log(k) + 1 - log(k + lam) - (x + k) / (lam + k),
        (x > 0,),
    ),
    Claim(
        "negative binomial, size twice",
        "R MASS, theta.ml, info",
        Derivative(negative_binomial, k, k),
        polygamma(1, k + x) - polygamma(1, k) + 1 / k - 2 / (lam + k) + (x + k) / (lam + k) ** 2,
        (x > 0,),
    ),
    Claim(
        "weibull, by shape",
        LIFE + "weibull_fitter.py",
        Derivative(weibull, rho),
        1 / rho + log(x / lam) * (1 - (x / lam) ** rho),
        POS,
    ),
    Claim(
        "weibull, by scale",
        LIFE + "weibull_fitter.py",
        Derivative(weibull, lam),
        rho / lam * ((x / lam) ** rho - 1),
        POS,
    ),
    Claim(
        "weibull hazard",
        LIFE + "weibull_fitter.py, _cumulative_hazard",
        Derivative((x / lam) ** rho, x),
        rho / lam * (x / lam) ** (rho - 1),
        POS,
    ),
    Claim(
        "weibull log density",
        LIFE + "weibull_fitter.py, log hazard − cumulative hazard",
        log(rho) - log(lam) + (rho - 1) * (log(x) - log(lam)) - (x / lam) ** rho,
        weibull,
        POS,
    ),
    Claim(
        "log-logistic hazard",
        LIFE + "log_logistic_fitter.py",
        Derivative(log(1 + (x / a) ** b), x),
        b / a * (x / a) ** (b - 1) / (1 + (x / a) ** b),
        POS,
    ),
    Claim(
        "log-logistic log hazard",
        LIFE + "log_logistic_fitter.py, _log_hazard",
        log(b / a * (x / a) ** (b - 1) / (1 + (x / a) ** b)),
        log(b) - log(a) + (b - 1) * (log(x) - log(a)) - log(1 + (x / a) ** b),
        POS,
    ),
    Claim(
        "log-normal hazard",
        LIFE + "log_normal_fitter.py",
        Derivative(-log(erfc((log(x) - mu) / (s * sqrt(2))) / 2), x),
        sqrt(2 / pi)
        * exp(-((log(x) - mu) ** 2) / (2 * s**2))
        / (x * s * erfc((log(x) - mu) / (s * sqrt(2)))),
        POS,
    ),
    Claim(
        "gompertz hazard",
        "Klein and Moeschberger 2003, Table 2.2",
        Derivative(a / b * (exp(b * x) - 1), x),
        a * exp(b * x),
    ),
    Claim(
        "exponential cure hazard",
        "lifelines, docs, cure model",
        Derivative(-log(p + (1 - p) * exp(-lam * x)), x),
        (1 - p) * lam * exp(-lam * x) / (p + (1 - p) * exp(-lam * x)),
        (p > 0, p < 1),
    ),
    Claim(
        "inverse gaussian, by mean",
        "scikit-learn _loss/glm_distribution.py, InverseGaussian",
        Derivative(inverse_gaussian, a),
        lam * (x - a) / a**3,
        POS,
    ),
    Claim(
        "inverse gaussian, by shape",
        "Johnson, Kotz and Balakrishnan 1994, ch. 15",
        Derivative(inverse_gaussian, lam),
        1 / (2 * lam) - (x - a) ** 2 / (2 * a**2 * x),
        POS,
    ),
]
