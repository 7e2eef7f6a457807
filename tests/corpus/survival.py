"""Log densities, hazards and divergences: the second half of ``likelihoods``."""

from __future__ import annotations

from corpus.claim import Claim
from sympy import (
    Abs,
    Derivative,
    Eq,
    Ne,
    Piecewise,
    Rational,
    digamma,
    erf,
    erfc,
    exp,
    gamma,
    log,
    loggamma,
    pi,
    polygamma,
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
    Claim(
        "cauchy, by location",
        TFP + "cauchy.py",
        Derivative(cauchy, mu),
        2 * (x - mu) / (s**2 + (x - mu) ** 2),
    ),
    Claim(
        "cauchy, by scale",
        TFP + "cauchy.py",
        Derivative(cauchy, s),
        ((x - mu) ** 2 - s**2) / (s * (s**2 + (x - mu) ** 2)),
    ),
    Claim(
        "logistic density", TFP + "logistic.py, _log_prob", logistic, log(sigma(z) * sigma(-z) / s)
    ),
    Claim(
        "logistic density, score", TFP + "logistic.py", Derivative(logistic, z), 1 - 2 * sigma(z)
    ),
    Claim(
        "gumbel, by location",
        TFP + "gumbel.py, _log_prob",
        Derivative(gumbel, mu),
        (1 - exp(-(x - mu) / s)) / s,
    ),
    Claim(
        "gumbel, by scale",
        TFP + "gumbel.py, _log_prob",
        Derivative(gumbel, s),
        ((x - mu) / s * (1 - exp(-(x - mu) / s)) - 1) / s,
    ),
    Claim(
        "kumaraswamy, by a",
        TFP + "kumaraswamy.py, _log_prob",
        Derivative(kumaraswamy, a),
        1 / a + log(x) - (b - 1) * x**a * log(x) / (1 - x**a),
        UNIT,
    ),
    Claim(
        "kumaraswamy density",
        TFP + "kumaraswamy.py, _cdf",
        Derivative(1 - (1 - x**a) ** b, x),
        a * b * x ** (a - 1) * (1 - x**a) ** (b - 1),
        UNIT,
    ),
    Claim(
        "half-normal",
        TFP + "half_normal.py",
        Derivative(erf(x / (s * sqrt(2))), x),
        sqrt(2) / (s * sqrt(pi)) * exp(-((x / s) ** 2) / 2),
    ),
    Claim(
        "beta-binomial, by alpha",
        "TFP beta_binomial.py, _log_prob",
        Derivative(beta_binomial, a),
        digamma(x + a) - digamma(y + a + b) + digamma(a + b) - digamma(a),
        (x > 0, y > x),
    ),
    Claim(
        "beta-binomial, one success of one",
        "Murphy 2012, (3.35)",
        gamma(1 + a) * gamma(a + b) / (gamma(1 + a + b) * gamma(a)),
        a / (a + b),
    ),
    Claim(
        "normal density, slope",
        XGB + "NormalDistribution::GradPDF",
        Derivative(normal_pdf, z),
        -z * normal_pdf,
    ),
    Claim(
        "normal density, curvature",
        XGB + "NormalDistribution::HessPDF",
        Derivative(normal_pdf, z, z),
        (z * z - 1) * normal_pdf,
    ),
    Claim(
        "normal distribution",
        XGB + "NormalDistribution::CDF",
        Derivative(HALF * (1 + erf(z / sqrt(2))), z),
        normal_pdf,
    ),
    Claim(
        "logistic distribution",
        XGB + "LogisticDistribution::CDF",
        Derivative(w / (1 + w), z),
        logistic_pdf,
    ),
    Claim(
        "logistic density, slope",
        XGB + "LogisticDistribution::GradPDF",
        Derivative(logistic_pdf, z),
        logistic_pdf * (1 - w) / (1 + w),
    ),
    Claim(
        "logistic density, curvature",
        XGB + "LogisticDistribution::HessPDF",
        Derivative(logistic_pdf, z, z),
        logistic_pdf * (w * w - 4 * w + 1) / ((1 + w) * (1 + w)),
    ),
    Claim(
        "extreme distribution",
        XGB + "ExtremeDistribution::CDF",
        Derivative(1 - exp(-w), z),
        extreme_pdf,
    ),
    Claim(
        "extreme density, slope",
        XGB + "ExtremeDistribution::GradPDF",
        Derivative(extreme_pdf, z),
        (1 - w) * extreme_pdf,
    ),
    Claim(
        "extreme density, curvature",
        XGB + "ExtremeDistribution::HessPDF",
        Derivative(extreme_pdf, z, z),
        (w * w - 3 * w + 1) * extreme_pdf,
    ),
    Claim(
        "aft, normal",
        AFT + "Gradient, uncensored",
        Derivative(-log(exp(-(at**2) / 2) / sqrt(2 * pi) / (s * y)), p),
        -at / s,
        (y > 0,),
    ),
    Claim(
        "aft, logistic",
        AFT + "Gradient, uncensored",
        Derivative(-log(logistic_at / (s * y)), p),
        logistic_at * (1 - exp(at)) / (1 + exp(at)) / (s * logistic_at),
        (y > 0,),
    ),
    Claim(
        "aft, logistic, hessian",
        AFT + "Hessian, uncensored",
        Derivative(-log(logistic_at / (s * y)), p, p),
        2 * exp(at) / (s**2 * (1 + exp(at)) ** 2),
        (y > 0,),
    ),
    Claim(
        "aft, extreme, hessian",
        AFT + "Hessian, uncensored",
        Derivative(-log(exp(at) * exp(-exp(at)) / (s * y)), p, p),
        exp(at) / s**2,
        (y > 0,),
    ),
    Claim(
        "aft, interval",
        AFT + "Gradient, interval-censored logistic",
        Derivative(-log(between), p),
        (sigma((x - p) / s) * sigma(-(x - p) / s) - sigma((t - p) / s) * sigma(-(t - p) / s))
        / (s * between),
        (x > t,),
    ),
    Claim(
        "aft, right-censored extreme",
        AFT + "Gradient, right-censored",
        Derivative(-log(exp(-exp(at))), p),
        -exp(at) / s,
        (y > 0,),
    ),
    Claim(
        "tobit, censored",
        "Greene 2012, (19-13)",
        Derivative(tobit, mu),
        -exp(-((mu - t) ** 2) / (2 * s**2)) * sqrt(2 / pi) / (s * erfc((mu - t) / (sqrt(2) * s))),
    ),
    Claim(
        "kl of normals, by mean",
        TFP + "normal.py, _kl_normal_normal",
        Derivative(kl_normal, m1),
        (m1 - m2) / s2**2,
    ),
    Claim(
        "kl of normals, by scale",
        TFP + "normal.py, _kl_normal_normal",
        Derivative(kl_normal, s1),
        s1 / s2**2 - 1 / s1,
    ),
    Claim(
        "kl of gammas, by shape",
        TFP + "gamma.py, _kl_gamma_gamma",
        Derivative(kl_gamma, a),
        (a - b) * polygamma(1, a) + s1 / s2 - 1,
    ),
    Claim(
        "kl in a VAE",
        "Kingma and Welling 2014, Appendix B",
        Derivative(-HALF * (1 + y - mu**2 - exp(y)), y),
        (exp(y) - 1) / 2,
    ),
    Claim(
        "zero-inflated poisson, by rate",
        "Lambert 1992, (2)",
        Derivative(zero_inflated, lam),
        -(1 - p) * exp(-lam) / (p + (1 - p) * exp(-lam)),
        (p > 0, p < 1),
    ),
    Claim(
        "entropy of a gamma, by shape",
        "Murphy 2012, (2.38)",
        Derivative(a - log(rho) + loggamma(a) + (1 - a) * digamma(a), a),
        1 + (1 - a) * polygamma(1, a),
    ),
    Claim(
        "completing the square",
        "Bishop 2006, (2.71)",
        -HALF * lam * (x - mu) ** 2,
        -HALF * lam * x**2 + lam * mu * x - HALF * lam * mu**2,
    ),
    Claim(
        "product of two normals",
        "Bishop 2006, (2.115)",
        (x - m1) ** 2 / s1 + (x - m2) ** 2 / s2,
        (x - (m1 * s2 + m2 * s1) / (s1 + s2)) ** 2 * (1 / s1 + 1 / s2) + (m1 - m2) ** 2 / (s1 + s2),
    ),
    Claim(
        "renyi divergence of normals, by order",
        "van Erven and Harremoës 2014, §II",
        Derivative(a * (m1 - m2) ** 2 / (2 * v), a),
        (m1 - m2) ** 2 / (2 * v),
    ),
    Claim(
        "generalised normal, by power",
        "SciPy stats.gennorm",
        Derivative(log(b / (2 * gamma(1 / b))) - Abs(x) ** b, b),
        1 / b + digamma(1 / b) / b**2 - Abs(x) ** b * log(Abs(x)),
        (Ne(x, 0),),
    ),
]
