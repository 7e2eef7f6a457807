"""Normal distributions in finance and optimisation, penalties, and stable forms."""

from __future__ import annotations

from corpus.claim import Claim
from sympy import (
    Abs,
    Derivative,
    Heaviside,
    Max,
    Min,
    Ne,
    Piecewise,
    Rational,
    asin,
    asinh,
    atan,
    beta,
    cos,
    cosh,
    digamma,
    erf,
    exp,
    gamma,
    log,
    pi,
    sign,
    sin,
    sinh,
    sqrt,
    symbols,
)

from symderiv import sigma

__all__ = ["CLAIMS"]

x, y, z, t, mu, eta, p, r, u, v, f = symbols("x y z t mu eta p r u v f")
a, b, s, k, lam, al, be, nu, ell, th, n, c, h = symbols(
    "a b s k lambda alpha beta nu ell theta n c h", positive=True
)
d1 = (log(h / c) + (r + s**2 / 2) * t) / (s * sqrt(t))
d2 = d1 - s * sqrt(t)


def Ph(q):
    return (1 + erf(q / sqrt(2))) / 2


CLAIMS = [
    Claim(
        "scipy beta logpdf",
        "scipy beta logpdf with the beta function",
        log(x ** (a - 1) * (1 - x) ** (b - 1) / beta(a, b)),
        (a - 1) * log(x) + (b - 1) * log(1 - x) - log(gamma(a)) - log(gamma(b)) + log(gamma(a + b)),
        (
            x > 0,
            x < 1,
        ),
    ),
    Claim(
        "betaln grad",
        "scipy.special.betaln derivative",
        Derivative(log(beta(a, b)), a),
        digamma(a) - digamma(a + b),
    ),
    Claim(
        "sinc deriv",
        "numpy sinc derivative away from 0",
        Derivative(sin(pi * x) / (pi * x), x),
        (pi * x * cos(pi * x) - sin(pi * x)) / (pi * x**2),
    ),
    Claim(
        "softplus inverse",
        "tfp softplus inverse: x + log(-expm1(-x))",
        log(1 + exp(x + log(1 - exp(-x)))),
        x,
        (x > 0,),
    ),
    Claim(
        "softplus inverse2",
        "torch inverse softplus",
        log(exp(x) - 1),
        x + log(-(exp(-x) - 1)),
        (x > 0,),
    ),
    Claim("log1pexp thirds", "log(1+e^x) - x = log(1+e^-x)", log(1 + exp(x)) - x, log(1 + exp(-x))),
    Claim(
        "logaddexp", "numpy logaddexp", log(exp(x) + exp(y)), Max(x, y) + log(1 + exp(-Abs(x - y)))
    ),
    Claim(
        "logsubexp",
        "log(e^x - e^y), x > y",
        log(exp(x) - exp(y)),
        x + log(1 - exp(y - x)),
        (x > y,),
    ),
    Claim(
        "log1p exp abs grad",
        "derivative of log1p(exp(-|x|)) away from 0",
        Derivative(log(1 + exp(-Abs(x))), x),
        -sign(x) / (1 + exp(Abs(x))),
    ),
    Claim(
        "sigmoid 3rd",
        "third derivative of the sigmoid",
        Derivative(1 / (1 + exp(-x)), x, 3),
        sigma(x) * (1 - sigma(x)) * (1 - 6 * sigma(x) + 6 * sigma(x) ** 2),
    ),
    Claim(
        "sigmoid 5th",
        "fifth derivative of the sigmoid at the polynomial",
        Derivative(1 / (1 + exp(-x)), x, 5),
        sigma(x)
        * (1 - sigma(x))
        * (1 - 30 * sigma(x) + 150 * sigma(x) ** 2 - 240 * sigma(x) ** 3 + 120 * sigma(x) ** 4),
    ),
    Claim(
        "hermite gauss4",
        "fourth derivative of the Gaussian",
        Derivative(exp(-(x**2) / 2), x, 4),
        (x**4 - 6 * x**2 + 3) * exp(-(x**2) / 2),
    ),
    Claim("haversine", "haversine identity", sin((x - y) / 2) ** 2, (1 - cos(x - y)) / 2),
    Claim(
        "haversine dist",
        "haversine against the cosine rule",
        sin((x - y) / 2) ** 2 + cos(x) * cos(y) * sin(z / 2) ** 2,
        (1 - sin(x) * sin(y) - cos(x) * cos(y) * cos(z)) / 2,
    ),
    Claim(
        "rot jac",
        "polar coordinates Jacobian",
        Derivative(s * cos(t), s) * Derivative(s * sin(t), t)
        - Derivative(s * cos(t), t) * Derivative(s * sin(t), s),
        s,
    ),
    Claim(
        "box muller jac",
        "Box-Muller Jacobian determinant",
        Derivative(sqrt(-2 * log(u)) * cos(2 * pi * v), u)
        * Derivative(sqrt(-2 * log(u)) * sin(2 * pi * v), v)
        - Derivative(sqrt(-2 * log(u)) * cos(2 * pi * v), v)
        * Derivative(sqrt(-2 * log(u)) * sin(2 * pi * v), u),
        -2 * pi / u,
        (
            u > 0,
            u < 1,
        ),
    ),
    Claim(
        "black scholes delta",
        "Black-Scholes: vega identity S phi(d1) = K e^-rT phi(d2)",
        h * exp(-(((log(h / c) + (r + s**2 / 2) * t) / (s * sqrt(t))) ** 2) / 2),
        c * exp(-r * t) * exp(-(((log(h / c) + (r - s**2 / 2) * t) / (s * sqrt(t))) ** 2) / 2),
        (t > 0,),
    ),
    Claim(
        "black scholes delta2",
        "Black-Scholes delta is Phi(d1)",
        Derivative(h * Ph(d1) - c * exp(-r * t) * Ph(d2), h),
        Ph(d1),
        (t > 0,),
    ),
    Claim(
        "black scholes vega",
        "Black-Scholes vega",
        Derivative(h * Ph(d1) - c * exp(-r * t) * Ph(d2), s),
        h * sqrt(t) * exp(-(d1**2) / 2) / sqrt(2 * pi),
        (t > 0,),
    ),
    Claim(
        "ei gp",
        "expected improvement gradient by sigma",
        Derivative(
            (mu - f) * Ph((mu - f) / s) + s * exp(-(((mu - f) / s) ** 2) / 2) / sqrt(2 * pi), s
        ),
        exp(-(((mu - f) / s) ** 2) / 2) / sqrt(2 * pi),
    ),
    Claim(
        "ei gp mu",
        "expected improvement gradient by mu",
        Derivative(
            (mu - f) * Ph((mu - f) / s) + s * exp(-(((mu - f) / s) ** 2) / 2) / sqrt(2 * pi), mu
        ),
        Ph((mu - f) / s),
    ),
    Claim(
        "tobit",
        "Tobit censored score by mu (statsmodels)",
        Derivative(log(Ph((z - mu) / s)), mu),
        -exp(-(((z - mu) / s) ** 2) / 2) / (sqrt(2 * pi) * s * Ph((z - mu) / s)),
    ),
    Claim(
        "truncnorm mean",
        "log density of a truncated normal by mu",
        Derivative(-((x - mu) ** 2) / (2 * s**2) - log(Ph((b - mu) / s) - Ph((-a - mu) / s)), mu),
        (x - mu) / s**2
        + (exp(-(((b - mu) / s) ** 2) / 2) - exp(-(((a + mu) / s) ** 2) / 2))
        / (sqrt(2 * pi) * s * (Ph((b - mu) / s) - Ph((-a - mu) / s))),
    ),
    Claim(
        "skewnorm",
        "scipy skewnorm: log density derivative",
        Derivative(log(2 * exp(-(x**2) / 2) / sqrt(2 * pi) * Ph(al * x)), x),
        -x + al * exp(-((al * x) ** 2) / 2) / (sqrt(2 * pi) * Ph(al * x)),
    ),
    Claim(
        "exgauss",
        "scipy exponnorm: derivative by x of the cdf",
        Derivative(Ph(x / s) - exp(s**2 * lam**2 / 2 - lam * x) * Ph(x / s - s * lam), x),
        lam * exp(s**2 * lam**2 / 2 - lam * x) * Ph(x / s - s * lam),
    ),
    Claim("moyal", "scipy moyal", Derivative(-(x + exp(-x)) / 2, x), (exp(-x) - 1) / 2),
    Claim(
        "laplace asym",
        "scipy laplace_asymmetric log density",
        Derivative(Piecewise((-x * k, x >= 0), (x / k, True)), x),
        Piecewise((-k, x > 0), (1 / k, True)),
    ),
    Claim(
        "triang cdf",
        "scipy triang cdf to pdf",
        Derivative(Piecewise((x**2 / c, x < c), ((x**2 - 2 * x + c) / (c - 1), True)), x),
        Piecewise((2 * x / c, x < c), (2 * (1 - x) / (1 - c), True)),
        (c < 1,),
    ),
    Claim(
        "smoothstep",
        "GLSL smoothstep derivative inside",
        Derivative(Piecewise((0, x <= 0), (3 * x**2 - 2 * x**3, x < 1), (1, True)), x),
        Piecewise((0, x <= 0), (6 * x * (1 - x), x < 1), (0, True)),
    ),
    Claim("mod clip", "numpy clip twice", Min(Max(x, a), a + b), a + Min(Max(x - a, 0), b)),
    Claim("relu6", "ReLU6 by relu", Min(Max(x, 0), 6), Max(x, 0) - Max(x - 6, 0)),
    Claim("abs max", "|x - y| by max and min", Abs(x - y), Max(x, y) - Min(x, y)),
    Claim(
        "median3",
        "median of three",
        x + y + z - Max(x, y, z) - Min(x, y, z),
        Max(Min(x, y), Min(Max(x, y), z)),
    ),
    Claim(
        "softthresh",
        "soft threshold (ISTA, glmnet)",
        sign(x) * Max(Abs(x) - lam, 0),
        Max(x - lam, 0) - Max(-x - lam, 0),
    ),
    Claim(
        "huber moreau",
        "Huber is the Moreau envelope at the soft threshold",
        lam * Abs(sign(x) * Max(Abs(x) - lam, 0)) + (x - sign(x) * Max(Abs(x) - lam, 0)) ** 2 / 2,
        Piecewise((x**2 / 2, Abs(x) <= lam), (lam * Abs(x) - lam**2 / 2, True)),
    ),
    Claim(
        "scad deriv",
        "SCAD penalty derivative (Fan, Li)",
        Derivative(
            Piecewise(
                (lam * x, x <= lam),
                ((2 * a * lam * x - x**2 - lam**2) / (2 * (a - 1)), x <= a * lam),
                (lam**2 * (a + 1) / 2, True),
            ),
            x,
        ),
        lam * Piecewise((1, x <= lam), (Max(a * lam - x, 0) / ((a - 1) * lam), True)),
        (
            a > 2,
            x > 0,
        ),
    ),
    Claim(
        "mcp deriv",
        "MCP penalty derivative (Zhang)",
        Derivative(
            Piecewise((lam * x - x**2 / (2 * be), x <= be * lam), (be * lam**2 / 2, True)), x
        ),
        Max(lam - x / be, 0),
        (x > 0,),
    ),
    Claim(
        "modified huber",
        "sklearn modified_huber for y f = x",
        Piecewise((0, x >= 1), ((1 - x) ** 2, x >= -1), (-4 * x, True)),
        Piecewise((Max(0, 1 - x) ** 2, x >= -1), (-4 * x, True)),
    ),
    Claim(
        "modified huber grad",
        "sklearn ModifiedHuber.gradient",
        Derivative(Piecewise((0, x >= 1), ((1 - x) ** 2, x >= -1), (-4 * x, True)), x),
        Piecewise((0, x >= 1), (-2 * (1 - x), x >= -1), (-4, True)),
    ),
    Claim(
        "sk hinge smooth",
        "smoothed hinge (Rennie)",
        Derivative(
            Piecewise((Rational(1, 2) - x, x <= 0), ((1 - x) ** 2 / 2, x < 1), (0, True)), x
        ),
        -Max(0, Min(1, 1 - x)),
    ),
    Claim(
        "quantile huber",
        "QR-DQN quantile Huber gradient for |u| < kappa",
        Derivative(Abs(t - Heaviside(-u)) * u**2 / (2 * k), u),
        Abs(t - Heaviside(-u)) * u / k,
        (
            Abs(u) < k,
            t > 0,
            t < 1,
        ),
    ),
    Claim(
        "expectile w",
        "asymmetric squared: weight form",
        Abs(t - Piecewise((1, u < 0), (0, True))) * u**2,
        t * Max(u, 0) ** 2 + (1 - t) * Min(u, 0) ** 2,
        (
            t > 0,
            t < 1,
        ),
    ),
    Claim(
        "gumbel softplus lse2",
        "log of a sum of two exponentials, derivative by temperature",
        Derivative(s * log(exp(x / s) + exp(y / s)), s),
        log(exp(x / s) + exp(y / s))
        - (x * exp(x / s) + y * exp(y / s)) / (s * (exp(x / s) + exp(y / s))),
    ),
    Claim(
        "smoothmax p",
        "p-norm derivative",
        Derivative((a**s + b**s) ** (1 / s), a),
        a ** (s - 1) * (a**s + b**s) ** (1 / s - 1),
    ),
    Claim(
        "frechet cdf",
        "Frechet density",
        Derivative(exp(-(s ** (-al))), s),
        al * s ** (-1 - al) * exp(-(s ** (-al))),
    ),
    Claim(
        "gumbel l sf",
        "scipy gumbel_l: survival and density",
        Derivative(-exp(-exp((x - mu) / s)), x),
        exp((x - mu) / s - exp((x - mu) / s)) / s,
    ),
    Claim(
        "weibull min logpdf",
        "scipy weibull_min logpdf",
        log(c * s ** (c - 1) * exp(-(s**c))),
        log(c) + (c - 1) * log(s) - s**c,
    ),
    Claim(
        "levy",
        "scipy levy density log derivative",
        Derivative(log(exp(-1 / (2 * s)) / (sqrt(2 * pi * s) * s)), s),
        1 / (2 * s**2) - 3 / (2 * s),
    ),
    Claim("lomax log", "Lomax: log survival", Derivative(al * log(1 + s / lam), s), al / (lam + s)),
    Claim(
        "arcsine cdf",
        "arcsine law",
        Derivative(2 / pi * asin(sqrt(s)), s),
        1 / (pi * sqrt(s * (1 - s))),
        (s < 1,),
    ),
    Claim(
        "semicircular",
        "Wigner semicircle cdf",
        Derivative(Rational(1, 2) + (x * sqrt(1 - x**2) + asin(x)) / pi, x),
        2 * sqrt(1 - x**2) / pi,
        (
            x > -1,
            x < 1,
        ),
    ),
    Claim("cauchy sf atan", "Cauchy sf two ways", Rational(1, 2) - atan(s) / pi, atan(1 / s) / pi),
    Claim(
        "hypsecant cdf",
        "scipy hypsecant: cdf 2/pi atan(exp x)",
        Derivative(2 / pi * atan(exp(x)), x),
        1 / (pi * cosh(x)),
    ),
    Claim(
        "planck var",
        "geometric variance via exponentials",
        exp(-lam) / (1 - exp(-lam)) ** 2,
        1 / (4 * sinh(lam / 2) ** 2),
    ),
    Claim(
        "bose derivative",
        "derivative of 1/(e^x - 1)",
        Derivative(1 / (exp(x) - 1), x),
        -exp(x) / (exp(x) - 1) ** 2,
    ),
    Claim(
        "johnsonsu",
        "scipy johnsonsu cdf derivative",
        Derivative(Ph(a + b * asinh(x)), x),
        b / sqrt(2 * pi * (x**2 + 1)) * exp(-((a + b * asinh(x)) ** 2) / 2),
    ),
    Claim(
        "logit normal",
        "logit-normal density from the cdf",
        Derivative(Ph((log(p / (1 - p)) - mu) / s), p),
        exp(-(((log(p / (1 - p)) - mu) / s) ** 2) / 2) / (s * sqrt(2 * pi) * p * (1 - p)),
        (
            p > 0,
            p < 1,
        ),
    ),
    Claim(
        "yeo johnson",
        "Yeo-Johnson derivative for y >= 0",
        Derivative(
            Piecewise(
                (((x + 1) ** lam - 1) / lam, x >= 0),
                (-((1 - x) ** (2 - lam) - 1) / (2 - lam), True),
            ),
            x,
        ),
        Piecewise(((x + 1) ** (lam - 1), x >= 0), ((1 - x) ** (1 - lam), True)),
        (Ne(lam, 2),),
    ),
    Claim(
        "aitken logit",
        "asinh transform derivative in magnitudes",
        Derivative(log(x + sqrt(x**2 + 1)), x),
        1 / sqrt(x**2 + 1),
    ),
    Claim("vasicek B", "Vasicek bond: dB/dT", Derivative((1 - exp(-a * t)) / a, t), exp(-a * t)),
    Claim(
        "matern nu3",
        "Matern 7/2 derivative",
        Derivative((1 + s + 2 * s**2 / 5 + s**3 / 15) * exp(-s), s),
        -(s / 5) * (1 + s + s**2 / 3) * exp(-s),
    ),
    Claim(
        "relativistic", "pseudo-Huber by asinh", Derivative(asinh(x / c), x), 1 / sqrt(x**2 + c**2)
    ),
]
