"""Log densities and divergences of torch.distributions, SciPy and books."""

from __future__ import annotations

from corpus.claim import Claim
from sympy import (
    Abs,
    Derivative,
    EulerGamma,
    Max,
    Ne,
    Rational,
    atan,
    atanh,
    cos,
    digamma,
    erf,
    exp,
    gamma,
    log,
    loggamma,
    pi,
    polygamma,
    sech,
    sign,
    sqrt,
    symbols,
)

from symderiv import sigma, softplus

__all__ = ["CLAIMS"]

x, y, z, t, mu, eta, p = symbols("x y z t mu eta p", real=True)
a, b, s, s1, s2, al, be, k, lam, r, ell, nu, th, phi = symbols(
    "a b s sigma_1 sigma_2 alpha beta k lambda r ell nu theta phi", positive=True
)
m1, m2 = symbols("mu_1 mu_2", real=True)
n = symbols("n", positive=True)
Phi = (1 + erf(x / sqrt(2))) / 2
ph = exp(-(x**2) / 2) / sqrt(2 * pi)

CLAIMS = [
    Claim(
        "torch normal logprob mu",
        "torch.distributions.Normal.log_prob by loc",
        Derivative(-((x - mu) ** 2) / (2 * s**2) - log(s) - log(sqrt(2 * pi)), mu),
        (x - mu) / s**2,
    ),
    Claim(
        "torch normal logprob s",
        "torch Normal.log_prob by scale",
        Derivative(-((x - mu) ** 2) / (2 * s**2) - log(s) - log(sqrt(2 * pi)), s),
        ((x - mu) ** 2 - s**2) / s**3,
    ),
    Claim(
        "scipy norm logpdf",
        "scipy norm._logpdf: -x^2/2 - log(2 pi)/2",
        log(exp(-(x**2) / 2) / sqrt(2 * pi)),
        -(x**2) / 2 - log(2 * pi) / 2,
    ),
    Claim(
        "torch laplace logprob",
        "torch Laplace.log_prob",
        log(exp(-Abs(x - mu) / b) / (2 * b)),
        -log(2 * b) - Abs(x - mu) / b,
    ),
    Claim(
        "torch laplace cdf",
        "torch Laplace.cdf: 0.5 - 0.5 sign expm1(-|x-mu|/b); derivative is the density",
        Derivative(Rational(1, 2) - Rational(1, 2) * sign(x - mu) * (exp(-Abs(x - mu) / b) - 1), x),
        exp(-Abs(x - mu) / b) / (2 * b),
    ),
    Claim(
        "torch cauchy logprob",
        "torch Cauchy.log_prob by loc",
        Derivative(-log(pi) - log(s) - log(1 + ((x - mu) / s) ** 2), mu),
        2 * (x - mu) / (s**2 + (x - mu) ** 2),
    ),
    Claim(
        "torch cauchy cdf",
        "torch Cauchy.cdf derivative",
        Derivative(atan((x - mu) / s) / pi + Rational(1, 2), x),
        s / (pi * (s**2 + (x - mu) ** 2)),
    ),
    Claim(
        "torch gumbel logprob",
        "torch Gumbel.log_prob by loc",
        Derivative((mu - x) / s - exp((mu - x) / s) - log(s), mu),
        (1 - exp((mu - x) / s)) / s,
    ),
    Claim(
        "torch gumbel cdf",
        "Gumbel: density is the cdf's derivative",
        Derivative(exp(-exp(-(x - mu) / s)), x),
        exp(-(x - mu) / s - exp(-(x - mu) / s)) / s,
    ),
    Claim(
        "torch logistic logpdf",
        "scipy logistic._logpdf: y - 2 log1p(exp(y)), y = -|x|",
        log(exp(-x) / (1 + exp(-x)) ** 2),
        -Abs(x) - 2 * log(1 + exp(-Abs(x))),
    ),
    Claim(
        "scipy logistic sech",
        "logistic density as sech^2",
        exp(-x) / (1 + exp(-x)) ** 2,
        sech(x / 2) ** 2 / 4,
    ),
    Claim(
        "torch gamma logprob conc",
        "torch Gamma.log_prob by concentration",
        Derivative(al * log(be) + (al - 1) * log(x) - be * x - loggamma(al), al),
        log(be) + log(x) - digamma(al),
        (x > 0,),
    ),
    Claim(
        "torch gamma logprob rate",
        "torch Gamma.log_prob by rate",
        Derivative(al * log(be) + (al - 1) * log(x) - be * x - loggamma(al), be),
        al / be - x,
        (x > 0,),
    ),
    Claim(
        "torch invgamma",
        "torch InverseGamma.log_prob by x",
        Derivative(al * log(be) - (al + 1) * log(x) - be / x - loggamma(al), x),
        be / x**2 - (al + 1) / x,
        (x > 0,),
    ),
    Claim(
        "torch beta fisher",
        "Beta Fisher information, off-diagonal",
        -Derivative(
            (a - 1) * log(x) + (b - 1) * log(1 - x) + loggamma(a + b) - loggamma(a) - loggamma(b),
            a,
            b,
        ),
        -polygamma(1, a + b),
        (
            x > 0,
            x < 1,
        ),
    ),
    Claim(
        "torch studentt logprob",
        "torch StudentT.log_prob by loc",
        Derivative(
            -(nu + 1) / 2 * log(1 + ((x - mu) / s) ** 2 / nu)
            - log(s)
            - log(nu) / 2
            - log(pi) / 2
            - loggamma((nu + 1) / 2)
            + loggamma(nu / 2),
            mu,
        ),
        (nu + 1) * (x - mu) / (nu * s**2 + (x - mu) ** 2),
    ),
    Claim(
        "studentt by df",
        "Student t score by degrees of freedom",
        Derivative(
            loggamma((nu + 1) / 2)
            - loggamma(nu / 2)
            - log(nu * pi) / 2
            - (nu + 1) / 2 * log(1 + x**2 / nu),
            nu,
        ),
        digamma((nu + 1) / 2) / 2
        - digamma(nu / 2) / 2
        - 1 / (2 * nu)
        - log(1 + x**2 / nu) / 2
        + (nu + 1) / 2 * x**2 / (nu * (nu + x**2)),
    ),
    Claim(
        "torch weibull shape",
        "Weibull score by shape",
        Derivative(log(k) - k * log(lam) + (k - 1) * log(x) - (x / lam) ** k, k),
        1 / k + log(x / lam) * (1 - (x / lam) ** k),
        (x > 0,),
    ),
    Claim(
        "torch pareto",
        "torch Pareto log_prob by alpha",
        Derivative(log(al) + al * log(s) - (al + 1) * log(x), al),
        1 / al - log(x / s),
        (x > s,),
    ),
    Claim(
        "torch halfcauchy",
        "torch HalfCauchy log_prob",
        log(2) - log(pi) - log(s) - log(1 + (x / s) ** 2),
        log(2 * s / (pi * (x**2 + s**2))),
        (x >= 0,),
    ),
    Claim(
        "torch lognormal",
        "torch LogNormal log density by x",
        Derivative(-log(x) - log(s) - log(2 * pi) / 2 - (log(x) - mu) ** 2 / (2 * s**2), x),
        -(1 + (log(x) - mu) / s**2) / x,
        (x > 0,),
    ),
    Claim(
        "torch vonmises",
        "torch VonMises: derivative of kappa cos(x - loc)",
        Derivative(k * cos(x - mu), mu, 2),
        -k * cos(x - mu),
    ),
    Claim(
        "torch geometric",
        "torch Geometric log_prob by probs",
        Derivative(x * log(1 - p) + log(p), p),
        1 / p - x / (1 - p),
        (
            p > 0,
            p < 1,
        ),
    ),
    Claim(
        "torch bernoulli logits",
        "torch Bernoulli log_prob by logits",
        -(Max(x, 0) - x * t + log(1 + exp(-Abs(x)))),
        t * log(sigma(x)) + (1 - t) * log(sigma(-x)),
    ),
    Claim(
        "torch binomial logits",
        "torch Binomial.log_prob normalisation: n max(l,0) + n log1p(exp(-|l|))",
        n * log(1 + exp(x)),
        n * Max(x, 0) + n * log(1 + exp(-Abs(x))),
    ),
    Claim(
        "torch negbin logits",
        "torch NegativeBinomial log_unnormalized: r logsigmoid(-l) + x logsigmoid(l)",
        Derivative(r * log(sigma(-z)) + x * log(sigma(z)), z),
        x - (r + x) * sigma(z),
    ),
    Claim(
        "torch contbernoulli norm",
        "torch ContinuousBernoulli log normaliser: log(|atanh(1-2p)|)-log|1-2p|+log 2",
        log((log(1 - p) - log(p)) / (1 - 2 * p)),
        log(2 * atanh(1 - 2 * p) / (1 - 2 * p)),
        (
            p > 0,
            p < Rational(1, 2),
        ),
    ),
    Claim(
        "scipy gennorm",
        "scipy gennorm derivative",
        Derivative(-(Abs(x) ** be), x),
        -be * Abs(x) ** (be - 1) * sign(x),
        (Ne(x, 0),),
    ),
    Claim(
        "scipy genextreme",
        "scipy genextreme: cdf derivative",
        Derivative(exp(-((1 - k * x) ** (1 / k))), x),
        exp(-((1 - k * x) ** (1 / k))) * (1 - k * x) ** (1 / k - 1),
        (x < 1 / k,),
    ),
    Claim(
        "scipy genpareto",
        "scipy genpareto survival function to density",
        Derivative(1 - (1 + k * x) ** (-1 / k), x),
        (1 + k * x) ** (-1 - 1 / k),
        (x >= 0,),
    ),
    Claim(
        "scipy burr12",
        "scipy burr12: density from cdf",
        Derivative(1 - (1 + x**a) ** (-b), x),
        a * b * x ** (a - 1) / (1 + x**a) ** (b + 1),
        (x > 0,),
    ),
    Claim(
        "scipy invgauss",
        "scipy invgauss logpdf by mu",
        Derivative(-log(2 * pi * x**3) / 2 - (x - s) ** 2 / (2 * x * s**2), s),
        (x - s) / s**3,
        (x > 0,),
    ),
    Claim(
        "scipy rayleigh",
        "scipy rayleigh",
        Derivative(1 - exp(-(x**2) / 2), x),
        x * exp(-(x**2) / 2),
    ),
    Claim(
        "scipy maxwell",
        "scipy maxwell: log density derivative",
        Derivative(log(sqrt(2 / pi) * x**2 * exp(-(x**2) / 2)), x),
        2 / x - x,
        (x > 0,),
    ),
    Claim(
        "scipy expit logit",
        "scipy.special: expit(logit(p)) = p",
        1 / (1 + exp(-log(p / (1 - p)))),
        p,
        (
            p > 0,
            p < 1,
        ),
    ),
    Claim(
        "scipy entr",
        "scipy.special.entr second derivative",
        Derivative(-x * log(x), x, 2),
        -1 / x,
        (x > 0,),
    ),
    Claim(
        "probit mills",
        "probit: second derivative of log Phi is -l (x + l)",
        Derivative(log(Phi), x, 2),
        -(ph / Phi) * (x + ph / Phi),
    ),
    Claim(
        "torch kl normal",
        "PyTorch, distributions/kl.py, _kl_normal_normal",
        log(s2 / s1) + (s1**2 + (m1 - m2) ** 2) / (2 * s2**2) - Rational(1, 2),
        ((s1 / s2) ** 2 + ((m1 - m2) / s2) ** 2 - 1 - log((s1 / s2) ** 2)) / 2,
    ),
    Claim(
        "torch kl normal grad",
        "KL of normals by sigma_1",
        Derivative(log(s2 / s1) + (s1**2 + (m1 - m2) ** 2) / (2 * s2**2) - Rational(1, 2), s1),
        s1 / s2**2 - 1 / s1,
    ),
    Claim(
        "torch kl exp",
        "PyTorch, distributions/kl.py, _kl_exponential_exponential",
        log(a / b) + b / a - 1,
        -log(b / a) + b / a - 1,
    ),
    Claim(
        "torch kl gamma",
        "PyTorch, distributions/kl.py, _kl_gamma_gamma by the first rate",
        Derivative(
            b * log(be / lam)
            + loggamma(b)
            - loggamma(al)
            + (al - b) * digamma(al)
            + (lam - be) * al / be,
            be,
        ),
        b / be - lam * al / be**2,
    ),
    Claim(
        "torch kl gamma conc",
        "PyTorch, distributions/kl.py, _kl_gamma_gamma by the first concentration",
        Derivative(
            b * log(be / lam)
            + loggamma(b)
            - loggamma(al)
            + (al - b) * digamma(al)
            + (lam - be) * al / be,
            al,
        ),
        (al - b) * polygamma(1, al) + (lam - be) / be,
    ),
    Claim(
        "torch kl laplace",
        "PyTorch, distributions/kl.py, _kl_laplace_laplace, equal location",
        -log(a / b) + Abs(mu - mu) / b + a / b * exp(-Abs(mu - mu) / a) - 1,
        log(b / a) + a / b - 1,
    ),
    Claim(
        "torch kl laplace mu",
        "PyTorch, distributions/kl.py, _kl_laplace_laplace by loc",
        Derivative(-log(a / b) + Abs(m1 - m2) / b + a / b * exp(-Abs(m1 - m2) / a) - 1, m1),
        sign(m1 - m2) * (1 - exp(-Abs(m1 - m2) / a)) / b,
    ),
    Claim(
        "torch kl gumbel",
        "PyTorch, distributions/kl.py, _kl_gumbel_gumbel by first loc",
        Derivative(
            -log(a / b)
            - m2 / b
            + m1 / b
            + a / b * EulerGamma
            + exp(m2 / b + loggamma(1 + a / b) - m1 / b)
            - (1 + EulerGamma),
            m1,
        ),
        (1 - exp((m2 - m1) / b) * gamma(1 + a / b)) / b,
    ),
    Claim(
        "torch kl pareto",
        "PyTorch, distributions/kl.py, _kl_pareto_pareto",
        b * log(s1 / s2) + log(a / b) + b / a - 1,
        b * log(s1 / s2) - log(b / a) + b / a - 1,
    ),
    Claim(
        "torch kl uniform normal",
        "PyTorch, distributions/kl.py, _kl_uniform_normal: E[x^2] both ways",
        (y - x) ** 2 / 12 + ((x + y - 2 * mu) / 2) ** 2,
        (x**2 + x * y + y**2) / 3 - mu * (x + y) + mu**2,
        (y > x,),
    ),
    Claim(
        "torch kl bernoulli",
        "PyTorch, distributions/kl.py, _kl_bernoulli_bernoulli by logits of p",
        Derivative(
            sigma(x) * log(sigma(x) / sigma(y))
            + (1 - sigma(x)) * log((1 - sigma(x)) / (1 - sigma(y))),
            x,
        ),
        sigma(x) * (1 - sigma(x)) * (x - y),
    ),
    Claim(
        "torch kl bernoulli soft",
        "KL of Bernoullis is a Bregman divergence of softplus",
        sigma(x) * log(sigma(x) / sigma(y)) + (1 - sigma(x)) * log((1 - sigma(x)) / (1 - sigma(y))),
        softplus(y) - softplus(x) - sigma(x) * (y - x),
    ),
    Claim(
        "torch kl poisson",
        "PyTorch, distributions/kl.py, _kl_poisson_poisson",
        a * (log(a) - log(b)) - (a - b),
        a * log(a / b) + b - a,
    ),
    Claim(
        "torch kl geometric",
        "PyTorch, distributions/kl.py, _kl_geometric_geometric: -entropy - log1p(-q)/p - logit(q)",
        -(-(1 - a) * log(1 - a) / a - log(a)) - log(1 - b) / a - log(b / (1 - b)),
        log(a / b) + (1 - a) / a * log((1 - a) / (1 - b)),
        (
            a < 1,
            b < 1,
        ),
    ),
    Claim(
        "torch kl exp gumbel",
        "PyTorch, distributions/kl.py, _kl_exponential_gumbel by loc",
        Derivative(log(a * b) - 1 - mu / b + exp(mu / b) * a * b / (a * b + 1) + 1 / (a * b), mu),
        (exp(mu / b) * a * b / (a * b + 1) - 1) / b,
    ),
    Claim(
        "js two",
        "Jensen-Shannon generator of a GAN: optimal discriminator",
        log(a / (a + b)),
        -softplus(log(b) - log(a)),
    ),
]
