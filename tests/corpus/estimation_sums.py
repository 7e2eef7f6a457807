"""Divergences, mixtures, maximum likelihood, matrix calculus and networks, summed."""

from __future__ import annotations

from corpus.claim import Claim
from sympy import (
    Derivative,
    DiagMatrix,
    Eq,
    Heaviside,
    IndexedBase,
    KroneckerDelta,
    MatrixSymbol,
    Max,
    Product,
    Q,
    Rational,
    Sum,
    digamma,
    exp,
    log,
    loggamma,
    polygamma,
    sqrt,
    symbols,
    tanh,
)

from symderiv import gradient, sigma

__all__ = ["CLAIMS"]

m, n, K, N, d = symbols("m n K N d", integer=True, positive=True)
i, j, k, l, p, q = symbols("i j k l p q", integer=True, nonnegative=True)  # noqa: E741
X = MatrixSymbol("X", m, n)
w = MatrixSymbol("w", n, 1)
y = MatrixSymbol("y", m, 1)
v = MatrixSymbol("v", n, 1)
A = MatrixSymbol("A", n, n)
b = MatrixSymbol("b", n, 1)
lam, s, al, tau, eps, c, delta, a = symbols("lambda s alpha tau epsilon c delta a", positive=True)
mu, t = symbols("mu t", real=True)
z = IndexedBase("z")
x = IndexedBase("x")
yy = IndexedBase("y")
W = IndexedBase("W")
u = IndexedBase("u")
g = IndexedBase("g")
eta = (X * w)[i, 0]


def si(e):
    return Sum(e, (i, 0, m - 1))


i1, k1, j1 = symbols("i k j", integer=True, positive=True)


def sk(e, kk=k1):
    return Sum(e, (kk, 1, K))


r1 = [j1 <= K]
xx = MatrixSymbol("x", n, 1)
mm = IndexedBase("mu")
ss = IndexedBase("sigma")
aa = IndexedBase("alpha")
be = IndexedBase("beta")
a0 = Sum(aa[k1], (k1, 1, K))
nn = IndexedBase("n")
pi_ = IndexedBase("pi")


def resp(jj):
    return pi_[jj] * exp(-((t - mm[jj]) ** 2) / (2 * s**2))


W1 = MatrixSymbol("W", m, n)
w2 = MatrixSymbol("u", m, 1)

CLAIMS = [
    Claim(
        "vae kl mu",
        "VAE KL term by a mean",
        Derivative(-Sum(1 + log(ss[k1] ** 2) - mm[k1] ** 2 - ss[k1] ** 2, (k1, 1, d)) / 2, mm[j1]),
        mm[j1],
        (j1 <= d,),
    ),
    Claim(
        "vae kl sigma",
        "VAE KL term by a standard deviation",
        Derivative(-Sum(1 + log(ss[k1] ** 2) - mm[k1] ** 2 - ss[k1] ** 2, (k1, 1, d)) / 2, ss[j1]),
        ss[j1] - 1 / ss[j1],
        (j1 <= d,),
    ),
    Claim(
        "dirichlet score",
        "torch Dirichlet.log_prob by a concentration",
        Derivative(sk((aa[k1] - 1) * log(x[k1])) + loggamma(a0) - sk(loggamma(aa[k1])), aa[j1]),
        log(x[j1]) + digamma(a0) - digamma(aa[j1]),
        (*r1, x[k1] > 0, aa[k1] > 0),
    ),
    Claim(
        "dirichlet hess",
        "Dirichlet Hessian (Minka)",
        Derivative(loggamma(a0) - sk(loggamma(aa[k1])), aa[i1], aa[j1]),
        polygamma(1, a0) - KroneckerDelta(i1, j1) * polygamma(1, aa[j1]),
        (
            i1 <= K,
            j1 <= K,
            aa[k1] > 0,
        ),
    ),
    Claim(
        "dirichlet kl",
        "_kl_dirichlet_dirichlet by the first concentration",
        Derivative(
            loggamma(a0)
            - sk(loggamma(aa[k1]))
            + sk((aa[k1] - be[k1]) * (digamma(aa[k1]) - digamma(Sum(aa[l], (l, 1, K))))),
            aa[j1],
        ),
        (aa[j1] - be[j1]) * polygamma(1, aa[j1]) - polygamma(1, a0) * sk(aa[k1] - be[k1]),
        (*r1, aa[k1] > 0),
    ),
    Claim(
        "polya",
        "Dirichlet-multinomial (Polya) score",
        Derivative(
            loggamma(a0)
            - loggamma(a0 + sk(nn[k1]))
            + sk(loggamma(aa[k1] + nn[k1]) - loggamma(aa[k1])),
            aa[j1],
        ),
        digamma(a0) - digamma(a0 + sk(nn[k1])) + digamma(aa[j1] + nn[j1]) - digamma(aa[j1]),
        (*r1, aa[k1] > 0, nn[k1] >= 0),
    ),
    Claim(
        "gmm mu",
        "PRML 9.16: Gaussian mixture by a mean gives responsibilities",
        Derivative(log(sk(pi_[k1] * exp(-((t - mm[k1]) ** 2) / (2 * s**2)))), mm[j1]),
        resp(j1) / sk(resp(k1)) * (t - mm[j1]) / s**2,
        (*r1, pi_[k1] > 0),
    ),
    Claim(
        "gmm elbo",
        "EM bound is tight at the responsibilities (PRML 9.4)",
        sk(
            resp(k1)
            / Sum(resp(l), (l, 1, K))
            * log(resp(k1) / (resp(k1) / Sum(resp(l), (l, 1, K))))
        ),
        log(sk(resp(k1))),
        (pi_[k1] > 0,),
    ),
    Claim(
        "gmm pi softmax",
        "mixture of Gaussians: mixing logits gradient (PRML 5.155)",
        Derivative(-log(sk(exp(z[k1]) * u[k1]) / sk(exp(z[k1]))), z[j1]),
        exp(z[j1]) / sk(exp(z[k1])) - exp(z[j1]) * u[j1] / sk(exp(z[k1]) * u[k1]),
        (*r1, u[k1] > 0),
    ),
    Claim(
        "em mean update",
        "M step of a weighted mean: derivative vanishes there",
        Derivative(Sum(g[i1] * (x[i1] - t) ** 2, (i1, 1, N)), t),
        2 * t * Sum(g[i1], (i1, 1, N)) - 2 * Sum(g[i1] * x[i1], (i1, 1, N)),
    ),
    Claim(
        "normal mle sigma",
        "normal log likelihood by sigma",
        Derivative(-N * log(s) - Sum((x[i1] - mu) ** 2, (i1, 1, N)) / (2 * s**2), s),
        Sum((x[i1] - mu) ** 2 - s**2, (i1, 1, N)) / s**3,
    ),
    Claim(
        "poisson mle",
        "Poisson log likelihood by rate",
        Derivative(Sum(x[i1] * log(lam) - lam - loggamma(x[i1] + 1), (i1, 1, N)), lam),
        Sum(x[i1], (i1, 1, N)) / lam - N,
    ),
    Claim(
        "gamma mle",
        "gamma log likelihood by shape (Minka)",
        Derivative(
            Sum((al - 1) * log(x[i1]) - x[i1] / s - al * log(s) - loggamma(al), (i1, 1, N)), al
        ),
        Sum(log(x[i1]), (i1, 1, N)) - N * log(s) - N * digamma(al),
        (x[i1] > 0,),
    ),
    Claim(
        "weibull mle shape",
        "Weibull profile likelihood score by shape",
        Derivative(
            N * log(al)
            + (al - 1) * Sum(log(x[i1]), (i1, 1, N))
            - N * log(Sum(x[i1] ** al, (i1, 1, N))),
            al,
        ),
        N / al
        + Sum(log(x[i1]), (i1, 1, N))
        - N * Sum(x[i1] ** al * log(x[i1]), (i1, 1, N)) / Sum(x[i1] ** al, (i1, 1, N)),
        (x[i1] > 0,),
    ),
    Claim(
        "quad grad sym",
        "the same for symmetric A",
        gradient((w.T * A * w)[0, 0] + (b.T * w)[0, 0], w),
        2 * A * w + b,
        (Q.symmetric(A),),
    ),
    Claim(
        "linear backprop W",
        "linear layer backward by weights: g x'",
        Derivative(Sum(y[i, 0] * (X * w)[i, 0], (i, 0, m - 1)), X[k, l]),
        y[k, 0] * w[l, 0],
    ),
    Claim(
        "mlp one hidden",
        "one hidden layer with tanh: backward by W",
        Derivative((Sum(w2[i, 0] * tanh((W1 * w)[i, 0]), (i, 0, m - 1)) - t) ** 2 / 2, W1[k, l]),
        (Sum(w2[i, 0] * tanh((W1 * w)[i, 0]), (i, 0, m - 1)) - t)
        * w2[k, 0]
        * (1 - tanh((W1 * w)[k, 0]) ** 2)
        * w[l, 0],
    ),
    Claim(
        "mlp relu",
        "one hidden ReLU layer: backward by W",
        Derivative(Sum(w2[i, 0] * Max(0, (W1 * w)[i, 0]), (i, 0, m - 1)), W1[k, l]),
        w2[k, 0] * Heaviside((W1 * w)[k, 0]) * w[l, 0],
    ),
    Claim(
        "kalman cost",
        "least squares of a filter: gradient of (x-m)'P(x-m) for symmetric P",
        gradient(((w - v).T * A * (w - v))[0, 0], w),
        2 * A * (w - v),
        (Q.symmetric(A),),
    ),
    Claim(
        "rayleigh",
        "Rayleigh quotient gradient, symmetric A",
        Derivative((w.T * A * w)[0, 0] / (w.T * w)[0, 0], w[j, 0]),
        2 * ((A * w)[j, 0] - (w.T * A * w)[0, 0] / (w.T * w)[0, 0] * w[j, 0]) / (w.T * w)[0, 0],
        (Q.symmetric(A),),
    ),
    Claim(
        "pca recon",
        "PCA: reconstruction error of a unit vector",
        Sum((xx[i, 0] - (w.T * xx)[0, 0] * w[i, 0]) ** 2, (i, 0, n - 1)),
        (xx.T * xx)[0, 0] - (w.T * xx)[0, 0] ** 2,
        (Eq((w.T * w)[0, 0], 1),),
    ),
    Claim(
        "kmeans var",
        "within-cluster sum of squares: Huygens",
        Sum((x[i1] - t) ** 2, (i1, 1, N)),
        Sum((x[i1] - Sum(x[l], (l, 1, N)) / N) ** 2, (i1, 1, N))
        + N * (Sum(x[l], (l, 1, N)) / N - t) ** 2,
    ),
    Claim(
        "gp rbf ard",
        "ARD RBF by one lengthscale (GPflow)",
        Derivative(exp(-Sum((x[k1] - u[k1]) ** 2 / ss[k1] ** 2, (k1, 1, d)) / 2), ss[j1]),
        exp(-Sum((x[k1] - u[k1]) ** 2 / ss[k1] ** 2, (k1, 1, d)) / 2)
        * (x[j1] - u[j1]) ** 2
        / ss[j1] ** 3,
        (j1 <= d,),
    ),
    Claim(
        "gp rbf grad grad",
        "RBF gradient kernel entry (GPyTorch)",
        Derivative(exp(-Sum((x[k1] - u[k1]) ** 2, (k1, 1, d)) / (2 * s**2)), x[i1], u[j1]),
        exp(-Sum((x[k1] - u[k1]) ** 2, (k1, 1, d)) / (2 * s**2))
        * (KroneckerDelta(i1, j1) / s**2 - (x[i1] - u[i1]) * (x[j1] - u[j1]) / s**4),
        (
            i1 <= d,
            j1 <= d,
        ),
    ),
    Claim(
        "kernel poly",
        "polynomial kernel gradient",
        Derivative((c + Sum(x[k1] * u[k1], (k1, 1, d))) ** 3, x[j1]),
        3 * u[j1] * (c + Sum(x[k1] * u[k1], (k1, 1, d))) ** 2,
        (j1 <= d,),
    ),
    Claim(
        "tsne",
        "t-SNE: gradient of the unnormalised affinity",
        Derivative(log(1 + Sum((x[k1] - u[k1]) ** 2, (k1, 1, d))), x[j1]),
        2 * (x[j1] - u[j1]) / (1 + Sum((x[k1] - u[k1]) ** 2, (k1, 1, d))),
        (j1 <= d,),
    ),
    Claim(
        "bradley terry",
        "Bradley-Terry log likelihood by a strength",
        Derivative(
            Sum(Sum(W[i1, k1] * (z[i1] - log(exp(z[i1]) + exp(z[k1]))), (k1, 1, N)), (i1, 1, N)),
            z[j1],
        ),
        Sum(
            W[j1, k1] - (W[j1, k1] + W[k1, j1]) * exp(z[j1]) / (exp(z[j1]) + exp(z[k1])), (k1, 1, N)
        ),
        (j1 <= N,),
    ),
    Claim(
        "irt 2pl sum",
        "2PL ability score over items",
        Derivative(
            Sum(
                yy[i1] * log(sigma(aa[i1] * (t - be[i1])))
                + (1 - yy[i1]) * log(1 - sigma(aa[i1] * (t - be[i1]))),
                (i1, 1, N),
            ),
            t,
        ),
        Sum(aa[i1] * (yy[i1] - sigma(aa[i1] * (t - be[i1]))), (i1, 1, N)),
    ),
    Claim(
        "multi label softmargin",
        "torch MultiLabelSoftMarginLoss",
        Derivative(
            -Sum(
                yy[i1] * log(1 / (1 + exp(-z[i1])))
                + (1 - yy[i1]) * log(exp(-z[i1]) / (1 + exp(-z[i1]))),
                (i1, 1, N),
            )
            / N,
            z[j1],
        ),
        (sigma(z[j1]) - yy[j1]) / N,
        (j1 <= N,),
    ),
    Claim(
        "dice grad",
        "soft Dice loss gradient",
        Derivative(
            1
            - 2
            * Sum(x[k1] * yy[k1], (k1, 1, N))
            / (Sum(x[k1], (k1, 1, N)) + Sum(yy[k1], (k1, 1, N))),
            x[j1],
        ),
        -2
        * (
            yy[j1] * (Sum(x[k1], (k1, 1, N)) + Sum(yy[k1], (k1, 1, N)))
            - Sum(x[k1] * yy[k1], (k1, 1, N))
        )
        / (Sum(x[k1], (k1, 1, N)) + Sum(yy[k1], (k1, 1, N))) ** 2,
        (j1 <= N,),
    ),
    Claim(
        "crf linear2",
        "discounted return: G_t = r_t + gamma G_{t+1}",
        Sum(a ** (k - 0) * g[k], (k, 0, N)),
        g[0] + a * Sum(a**k * g[k + 1], (k, 0, N - 1)),
    ),
    Claim(
        "momentum weights",
        "exponential moving average weights sum to 1 - beta^N",
        Sum((1 - a) * a**k, (k, 0, N - 1)),
        1 - a**N,
        (a < 1,),
    ),
    Claim(
        "nce pair hinge",
        "RankNet pairwise gradient by one score (Burges)",
        Derivative(Sum(log(1 + exp(-s * (t - x[k1]))), (k1, 1, N)), t),
        -s * Sum(1 / (1 + exp(s * (t - x[k1]))), (k1, 1, N)),
    ),
    Claim(
        "tv grad",
        "smoothed total variation gradient, inner point",
        Derivative(Sum(sqrt((x[i1 + 1] - x[i1]) ** 2 + eps), (i1, 1, N - 1)), x[1]),
        -(x[2] - x[1]) / sqrt((x[2] - x[1]) ** 2 + eps),
        (N >= 2,),
    ),
    Claim(
        "ar1 grad",
        "AR(1) conditional least squares",
        Derivative(Sum((x[i1] - t * x[i1 - 1]) ** 2, (i1, 2, N)), t),
        -2 * Sum(x[i1 - 1] * (x[i1] - t * x[i1 - 1]), (i1, 2, N)),
    ),
    Claim(
        "product likelihood",
        "likelihood product to log likelihood sum",
        log(Product(sigma(z[i1]) ** yy[i1], (i1, 1, N))),
        Sum(yy[i1] * log(sigma(z[i1])), (i1, 1, N)),
    ),
    Claim(
        "tf kl gaussian diag",
        "KL of diagonal Gaussians by the second scale",
        Derivative(
            Sum(
                log(be[k1] / ss[k1])
                + (ss[k1] ** 2 + mm[k1] ** 2) / (2 * be[k1] ** 2)
                - Rational(1, 2),
                (k1, 1, d),
            ),
            be[j1],
        ),
        1 / be[j1] - (ss[j1] ** 2 + mm[j1] ** 2) / be[j1] ** 3,
        (
            j1 <= d,
            ss[k1] > 0,
            be[k1] > 0,
        ),
    ),
    Claim(
        "logit bohning",
        "softmax Hessian quadratic form (Bohning): pairwise differences",
        sk(exp(z[k1]) * u[k1] ** 2) / sk(exp(z[k1]))
        - (sk(exp(z[k1]) * u[k1]) / sk(exp(z[k1]))) ** 2,
        Sum(Sum(exp(z[k1]) * exp(z[l]) * (u[k1] - u[l]) ** 2, (l, 1, K)), (k1, 1, K))
        / (2 * sk(exp(z[k1])) ** 2),
    ),
    Claim(
        "lr hess whole",
        "logistic regression Hessian as a matrix X'DX (ESL 4.25)",
        Derivative(si(log(1 + exp(eta)) - y[i, 0] * eta), w[j, 0], w[k, 0]),
        (X.T * DiagMatrix((X * w).applyfunc(lambda r: sigma(r) * (1 - sigma(r)))) * X)[j, k],
    ),
]
