"""Robust criteria ρ(z) with ψ = ρ′ and ψ′, and the elementwise functions of SciPy and GLM links."""

from __future__ import annotations

from corpus.claim import Claim
from sympy import (
    Abs,
    Derivative,
    Ne,
    Piecewise,
    Rational,
    atan,
    cos,
    erf,
    erfc,
    exp,
    log,
    pi,
    sign,
    sin,
    sqrt,
    symbols,
    tan,
)

from symderiv import sigma

__all__ = ["CLAIMS"]

z, x, p, u, y = symbols("z x p u y", real=True)
a, b, c, t, lam, delta, k = symbols("a b c t lam delta k", positive=True)
HALF = Rational(1, 2)
LSQ = "SciPy, optimize/_lsq/least_squares.py, "
SM = "statsmodels, robust/norms.py, "
LINK = "statsmodels, genmod/families/links.py, "
SPECIAL = "SciPy special, "

scipy_huber = Piecewise((z, z <= 1), (2 * z**HALF - 1, True))
huber_t = Piecewise((HALF * z**2, Abs(z) <= t), (Abs(z) * t - HALF * t**2, True))
ramsay = (1 - exp(-a * Abs(z)) * (1 + a * Abs(z))) / a**2
andrew = Piecewise((a**2 * (1 - cos(z / a)), Abs(z) <= a * pi), (2 * a**2, True))
hampel = Piecewise(
    (z**2 / 2, Abs(z) <= a),
    (a * Abs(z) - a**2 / 2, Abs(z) <= b),
    (a * (b + c - a) / 2 - a * (c - Abs(z)) ** 2 / (c - b) / 2, Abs(z) <= c),
    (a * (b + c - a) / 2, True),
)
tukey = Piecewise((c**2 / 6 * (1 - (1 - (z / c) ** 2) ** 3), Abs(z) <= c), (c**2 / 6, True))
trimmed = Piecewise((HALF * z**2, Abs(z) <= c), (HALF * c**2, True))
pseudo = delta**2 * (sqrt(1 + (z / delta) ** 2) - 1)
normal_cdf = erfc(-x / sqrt(2)) / 2
normal_pdf = exp(-(x**2) / 2) / sqrt(2 * pi)
unit = (p > 0, p < 1)
cloglog_inverse = 1 - exp(-exp(z))

CLAIMS = [
    Claim(
        "scipy huber",
        LSQ + "huber, rho[1]",
        Derivative(scipy_huber, z),
        Piecewise((1, z <= 1), (z ** (-HALF), True)),
        (z > 0,),
    ),
    Claim(
        "scipy huber, second",
        LSQ + "huber, rho[2]",
        Derivative(scipy_huber, z, z),
        Piecewise((0, z <= 1), (-HALF * z ** (-3 * HALF), True)),
        (z > 0,),
    ),
    Claim(
        "soft L1",
        LSQ + "soft_l1, rho[1]",
        Derivative(2 * ((1 + z) ** HALF - 1), z),
        (1 + z) ** (-HALF),
        (z > 0,),
    ),
    Claim(
        "soft L1, second",
        LSQ + "soft_l1, rho[2]",
        Derivative(2 * ((1 + z) ** HALF - 1), z, z),
        -HALF * (1 + z) ** (-3 * HALF),
        (z > 0,),
    ),
    Claim("cauchy", LSQ + "cauchy, rho[1]", Derivative(log(1 + z), z), 1 / (1 + z), (z > 0,)),
    Claim(
        "cauchy, second",
        LSQ + "cauchy, rho[2]",
        Derivative(log(1 + z), z, z),
        -1 / (1 + z) ** 2,
        (z > 0,),
    ),
    Claim("arctan", LSQ + "arctan, rho[1]", Derivative(atan(z), z), 1 / (1 + z**2)),
    Claim(
        "arctan, second",
        LSQ + "arctan, rho[2]",
        Derivative(atan(z), z, z),
        -2 * z / (1 + z**2) ** 2,
    ),
    Claim(
        "scaled cauchy",
        LSQ + "construct_loss_function",
        Derivative(HALF * c**2 * log(1 + (x / c) ** 2), x),
        x / (1 + (x / c) ** 2),
    ),
    Claim(
        "scaled soft L1, second",
        LSQ + "construct_loss_function",
        Derivative(c**2 * (sqrt(1 + (x / c) ** 2) - 1), x, x),
        (1 + (x / c) ** 2) ** (-3 * HALF),
    ),
    Claim(
        "pseudo-huber",
        SPECIAL + "pseudo_huber",
        Derivative(pseudo, z),
        z / sqrt(1 + (z / delta) ** 2),
    ),
    Claim(
        "pseudo-huber, by delta",
        SPECIAL + "pseudo_huber",
        Derivative(pseudo, delta),
        2 * delta * (sqrt(1 + (z / delta) ** 2) - 1) - z**2 / (delta * sqrt(1 + (z / delta) ** 2)),
    ),
    Claim("entr", SPECIAL + "entr", Derivative(-x * log(x), x), -log(x) - 1, (x > 0,)),
    Claim(
        "rel_entr",
        SPECIAL + "rel_entr",
        Derivative(x * log(x / y), x),
        log(x / y) + 1,
        (x > 0, y > 0),
    ),
    Claim(
        "kl_div",
        SPECIAL + "kl_div",
        Derivative(x * log(x / y) - x + y, y),
        1 - x / y,
        (x > 0, y > 0),
    ),
    Claim(
        "boxcox", SPECIAL + "boxcox", Derivative((x**lam - 1) / lam, x), x ** (lam - 1), (x > 0,)
    ),
    Claim(
        "boxcox, by lambda",
        SPECIAL + "boxcox",
        Derivative((x**lam - 1) / lam, lam),
        (x**lam * (lam * log(x) - 1) + 1) / lam**2,
        (x > 0,),
    ),
    Claim(
        "inv_boxcox",
        SPECIAL + "inv_boxcox",
        Derivative((1 + lam * x) ** (1 / lam), x),
        (1 + lam * x) ** (1 / lam - 1),
        (1 + lam * x > 0,),
    ),
    Claim(
        "boxcox undoes inv_boxcox",
        SPECIAL + "boxcox, inv_boxcox",
        (((1 + lam * x) ** (1 / lam)) ** lam - 1) / lam,
        x,
        (1 + lam * x > 0,),
    ),
    Claim(
        "exprel",
        SPECIAL + "exprel",
        Derivative((exp(x) - 1) / x, x),
        (x * exp(x) - exp(x) + 1) / x**2,
    ),
    Claim("cosm1", SPECIAL + "cosm1", cos(x) - 1, -2 * sin(x / 2) ** 2),
    Claim("expit", SPECIAL + "expit", Derivative(1 / (1 + exp(-x)), x), exp(x) / (1 + exp(x)) ** 2),
    Claim("log_expit", SPECIAL + "log_expit", Derivative(log(1 / (1 + exp(-x))), x), 1 - sigma(x)),
    Claim("logit of expit", SPECIAL + "logit", log(sigma(x) / (1 - sigma(x))), x),
    Claim("ndtr", SPECIAL + "ndtr", Derivative(normal_cdf, x), normal_pdf),
    Claim("ndtr, reflected", SPECIAL + "ndtr", normal_cdf, (1 + erf(x / sqrt(2))) / 2),
    Claim(
        "log_ndtr", SPECIAL + "log_ndtr", Derivative(log(normal_cdf), x), normal_pdf / normal_cdf
    ),
    Claim(
        "log_ndtr, second",
        "Greene 2012, Mills ratio λ(λ + x)",
        Derivative(log(normal_cdf), x, x),
        -normal_pdf / normal_cdf * (normal_pdf / normal_cdf + x),
    ),
    Claim(
        "huber T",
        SM + "HuberT.psi",
        Derivative(huber_t, z),
        Piecewise((z, Abs(z) <= t), (sign(z) * t, True)),
    ),
    Claim(
        "huber T, second",
        SM + "HuberT.psi_deriv",
        Derivative(huber_t, z, z),
        Piecewise((1, Abs(z) <= t), (0, True)),
    ),
    Claim("ramsay E", SM + "RamsayE.psi", Derivative(ramsay, z), z * exp(-a * Abs(z))),
    Claim(
        "ramsay E, second",
        SM + "RamsayE.psi_deriv",
        Derivative(ramsay, z, z),
        exp(-a * Abs(z)) - a * z * exp(-a * Abs(z)) * sign(z),
    ),
    Claim(
        "andrew's wave",
        SM + "AndrewWave.psi",
        Derivative(andrew, z),
        Piecewise((a * sin(z / a), Abs(z) <= a * pi), (0, True)),
    ),
    Claim(
        "andrew's wave, second",
        SM + "AndrewWave.psi_deriv",
        Derivative(andrew, z, z),
        Piecewise((cos(z / a), Abs(z) <= a * pi), (0, True)),
    ),
    Claim(
        "hampel",
        SM + "Hampel.psi, of the rho that its code computes",
        Derivative(hampel, z),
        Piecewise(
            (z, Abs(z) <= a),
            (a * sign(z), Abs(z) <= b),
            (a * sign(z) * (c - Abs(z)) / (c - b), Abs(z) <= c),
            (0, True),
        ),
        (a < b, b < c),
    ),
    Claim(
        "tukey biweight",
        SM + "TukeyBiweight.psi",
        Derivative(tukey, z),
        Piecewise((z * (1 - (z / c) ** 2) ** 2, Abs(z) <= c), (0, True)),
    ),
    Claim(
        "tukey biweight, second",
        SM + "TukeyBiweight.psi_deriv",
        Derivative(tukey, z, z),
        Piecewise(((1 - (z / c) ** 2) * (1 - 5 * (z / c) ** 2), Abs(z) <= c), (0, True)),
    ),
    Claim(
        "trimmed mean",
        SM + "TrimmedMean.psi",
        Derivative(trimmed, z),
        Piecewise((z, Abs(z) <= c), (0, True)),
    ),
    Claim(
        "logit link", LINK + "Logit.deriv", Derivative(log(p / (1 - p)), p), 1 / (p * (1 - p)), unit
    ),
    Claim(
        "logit link, second",
        LINK + "Logit.deriv2",
        Derivative(log(p / (1 - p)), p, p),
        (2 * p - 1) / (p * (1 - p)) ** 2,
        unit,
    ),
    Claim(
        "logit link, inverse",
        LINK + "Logit.inverse_deriv",
        Derivative(1 / (1 + exp(-z)), z),
        exp(z) / (1 + exp(z)) ** 2,
    ),
    Claim("power link", LINK + "Power.deriv", Derivative(p**k, p), k * p ** (k - 1), (p > 0,)),
    Claim(
        "power link, second",
        LINK + "Power.deriv2",
        Derivative(p**k, p, p),
        k * (k - 1) * p ** (k - 2),
        (p > 0,),
    ),
    Claim(
        "power link, inverse",
        LINK + "Power.inverse_deriv",
        Derivative(z ** (1 / k), z),
        z ** ((1 - k) / k) / k,
        (z > 0,),
    ),
    Claim(
        "negative power link, inverse",
        LINK + "NegativePower.inverse_deriv",
        Derivative((-z) ** (1 / k), z),
        -((-z) ** ((1 - k) / k)) / k,
        (z < 0,),
    ),
    Claim(
        "cloglog link",
        LINK + "CLogLog.deriv",
        Derivative(log(-log(1 - p)), p),
        1 / ((p - 1) * log(1 - p)),
        unit,
    ),
    Claim(
        "cloglog link, second",
        LINK + "CLogLog.deriv2",
        Derivative(log(-log(1 - p)), p, p),
        -(1 + log(1 - p)) / ((1 - p) ** 2 * log(1 - p) ** 2),
        unit,
    ),
    Claim(
        "cloglog link, inverse",
        LINK + "CLogLog.inverse_deriv",
        Derivative(cloglog_inverse, z),
        exp(z - exp(z)),
    ),
    Claim("cloglog undone", LINK + "CLogLog.inverse", log(-log(1 - cloglog_inverse)), z),
    Claim(
        "loglog link", LINK + "LogLog.deriv", Derivative(-log(-log(p)), p), -1 / (p * log(p)), unit
    ),
    Claim(
        "loglog link, inverse",
        LINK + "LogLog.inverse_deriv",
        Derivative(exp(-exp(-z)), z),
        exp(-exp(-z) - z),
    ),
    Claim(
        "negative binomial link",
        LINK + "NegativeBinomial.deriv",
        Derivative(log(p / (p + 1 / a)), p),
        1 / (p + a * p**2),
        (p > 0,),
    ),
    Claim(
        "negative binomial link, second",
        LINK + "NegativeBinomial.deriv2",
        Derivative(log(p / (p + 1 / a)), p, p),
        -(1 + 2 * a * p) / (p + a * p**2) ** 2,
        (p > 0,),
    ),
    Claim(
        "cauchy link",
        LINK + "cauchy, scipy.stats.cauchy.ppf",
        Derivative(tan(pi * (p - HALF)), p),
        pi / sin(pi * p) ** 2,
        unit,
    ),
    Claim(
        "cauchy link, inverse",
        LINK + "cauchy, cdf",
        Derivative(HALF + atan(z) / pi, z),
        1 / (pi * (1 + z**2)),
    ),
    Claim(
        "inverse link's second derivative",
        LINK + "Link.inverse_deriv2 for Logit",
        Derivative(sigma(z), z, z),
        sigma(z) * (1 - sigma(z)) * (1 - 2 * sigma(z)),
    ),
    Claim(
        "tweedie unit deviance",
        "scikit-learn _loss/glm_distribution.py, TweedieDistribution.unit_deviance",
        Derivative(
            2
            * (
                x ** (2 - k) / ((1 - k) * (2 - k))
                - x * p ** (1 - k) / (1 - k)
                + p ** (2 - k) / (2 - k)
            ),
            p,
        ),
        -2 * (x - p) / p**k,
        (x > 0, p > 0, Ne(k, 1), Ne(k, 2)),
    ),
]
