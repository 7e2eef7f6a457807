"""Sums over classes, pairs and risk sets: softmax, Cox regression, mixtures, attention."""

from __future__ import annotations

from corpus.claim import Claim
from sympy import (
    Contains,
    Derivative,
    Eq,
    FiniteSet,
    IndexedBase,
    KroneckerDelta,
    MatrixSymbol,
    Rational,
    Sum,
    digamma,
    exp,
    log,
    loggamma,
    pi,
    symbols,
    tanh,
)

from symderiv import sigma

__all__ = ["CLAIMS"]

N, K, D, H = symbols("N K D H", integer=True, positive=True)
i, j, k, l, c, d, g = symbols("i j k l c d g", integer=True, nonnegative=True)  # noqa: E741
lam, mu, s, alpha, eps = symbols("lam mu s alpha epsilon", positive=True)
z, a = MatrixSymbol("z", K, 1), MatrixSymbol("a", K, 1)
q, p = MatrixSymbol("q", K, 1), MatrixSymbol("p", K, 1)
X, W, Y = MatrixSymbol("X", N, D), MatrixSymbol("W", D, K), MatrixSymbol("Y", N, K)
x, e, beta = MatrixSymbol("x", N, D), MatrixSymbol("e", N, 1), MatrixSymbol("beta", D, 1)
V, v = MatrixSymbol("V", H, D), MatrixSymbol("v", H, 1)
U, P = MatrixSymbol("U", N, K), MatrixSymbol("P", D, K)
u, t, o = MatrixSymbol("u", N, 1), MatrixSymbol("t", N, 1), MatrixSymbol("o", N, 1)
HALF = Rational(1, 2)
R = IndexedBase("R")


def over(f, index, size):
    return Sum(f, (index, 0, size - 1))


def softmax(index):
    return exp(z[index, 0]) / over(exp(z[c, 0]), c, K)


log_sum_exp = log(over(exp(z[k, 0]), k, K))
IN_RANGE = (k < K, j < K)
ONE_HOT = (Contains(Y[i, k], FiniteSet(0, 1)), Eq(Sum(Y[i, k], (k, 0, K - 1)), 1))
ROWS_SUM = (Eq(Sum(Y[i, k], (k, 0, K - 1)), 1),)
SUM_TO_ONE = (Eq(Sum(a[k, 0], (k, 0, K - 1)), 1),)


def logits(row, column):
    return Sum(X[row, d] * W[d, column], (d, 0, D - 1))


def class_probability(row, column):
    return exp(logits(row, column)) / over(exp(logits(row, c)), c, K)


cross_entropy = -Sum(Y[i, k] * log(class_probability(i, k)), (k, 0, K - 1), (i, 0, N - 1))


def risk(row):
    """The linear predictor of a row."""
    return Sum(x[row, d] * beta[d, 0], (d, 0, D - 1))


def at_risk(f, row):
    """Σ over those with a later or equal time; rows are sorted by time."""
    return Sum(f, (l, row, N - 1))


cox = Sum(e[i, 0] * (risk(i) - log(at_risk(exp(risk(l)), i))), (i, 0, N - 1))
cox_mean = at_risk(x[l, j] * exp(risk(l)), i) / at_risk(exp(risk(l)), i)
cox_mean_g = at_risk(x[l, g] * exp(risk(l)), i) / at_risk(exp(risk(l)), i)
cox_square = at_risk(x[l, j] * x[l, g] * exp(risk(l)), i) / at_risk(exp(risk(l)), i)
cox_eta = Sum(e[i, 0] * (u[i, 0] - log(Sum(exp(u[l, 0]), (l, i, N - 1)))), (i, 0, N - 1))


def normal(row, column):
    return exp(-((t[row, 0] - z[column, 0]) ** 2) / (2 * s)) / (2 * pi * s) ** HALF


def mixed(row):
    return over(q[c, 0] * normal(row, c), c, K)


mixture = over(log(over(q[k, 0] * normal(i, k), k, K)), i, N)
dirichlet = (
    loggamma(over(a[k, 0], k, K))
    - over(loggamma(a[k, 0]), k, K)
    + over((a[k, 0] - 1) * log(q[k, 0]), k, K)
)
hidden = tanh(Sum(V[g, d] * X[i, d], (d, 0, D - 1)))
network = HALF * Sum((Sum(v[g, 0] * hidden, (g, 0, H - 1)) - t[i, 0]) ** 2, (i, 0, N - 1))
output = Sum(v[g, 0] * hidden, (g, 0, H - 1)) - t[i, 0]
factorisation = HALF * Sum(
    (X[i, d] - Sum(U[i, k] * P[d, k], (k, 0, K - 1))) ** 2, (i, 0, N - 1), (d, 0, D - 1)
)
pairwise = Sum(log(1 + exp(-(u[i, 0] - u[j, 0]))), (j, 0, i - 1), (i, 0, N - 1))
fm_pairs = Sum(U[i, k] * U[j, k] * t[i, 0] * t[j, 0], (j, i + 1, N - 1), (i, 0, N - 1))

CLAIMS = [
    Claim(
        "softmax",
        "Bishop 2006, (4.106)",
        Derivative(softmax(k), z[j, 0]),
        softmax(k) * (KroneckerDelta(k, j) - softmax(j)),
        IN_RANGE,
    ),
    Claim(
        "log-softmax",
        "PyTorch nn.LogSoftmax; Murphy 2022, (2.97)",
        Derivative(z[k, 0] - log_sum_exp, z[j, 0]),
        KroneckerDelta(k, j) - softmax(j),
        IN_RANGE,
    ),
    Claim(
        "softmax, shifted",
        "SciPy special.softmax",
        exp(z[j, 0] - mu) / over(exp(z[c, 0] - mu), c, K),
        softmax(j),
    ),
    Claim("softmax sums to one", "Keras activations.softmax", over(softmax(k), k, K), 0 * mu + 1),
    Claim("log-sum-exp", "SciPy special.logsumexp", Derivative(log_sum_exp, z[j, 0]), softmax(j)),
    Claim(
        "log-sum-exp, hessian",
        "Boyd and Vandenberghe 2004, §3.1.5",
        Derivative(log_sum_exp, z[k, 0], z[j, 0]),
        KroneckerDelta(k, j) * softmax(k) - softmax(k) * softmax(j),
        IN_RANGE,
    ),
    Claim(
        "log-sum-exp, shifted",
        "SciPy special.logsumexp",
        mu + log(over(exp(z[k, 0] - mu), k, K)),
        log_sum_exp,
    ),
    Claim(
        "log-sum-exp with temperature",
        "Murphy 2022, (2.94)",
        Derivative(s * log(over(exp(z[k, 0] / s), k, K)), z[j, 0]),
        exp(z[j, 0] / s) / over(exp(z[c, 0] / s), c, K),
    ),
    Claim(
        "cross-entropy of one example",
        "TensorFlow softmax_cross_entropy_with_logits",
        Derivative(-over(a[k, 0] * (z[k, 0] - log(over(exp(z[c, 0]), c, K))), k, K), z[j, 0]),
        softmax(j) - a[j, 0],
        SUM_TO_ONE,
    ),
    Claim(
        "cross-entropy, labels of any sum",
        "TensorFlow softmax_cross_entropy_with_logits",
        Derivative(-over(a[k, 0] * (z[k, 0] - log(over(exp(z[c, 0]), c, K))), k, K), z[j, 0]),
        softmax(j) * over(a[k, 0], k, K) - a[j, 0],
    ),
    Claim(
        "multinomial regression",
        "Bishop 2006, (4.109)",
        Derivative(cross_entropy, W[g, j]),
        over((class_probability(i, j) - Y[i, j]) * X[i, g], i, N),
        ONE_HOT,
    ),
    Claim(
        "multinomial regression, soft labels",
        "scikit-learn _loss.pyx.tp, half multinomial",
        Derivative(cross_entropy, W[g, j]),
        over((class_probability(i, j) - Y[i, j]) * X[i, g], i, N),
        ROWS_SUM,
    ),
    Claim(
        "multinomial loss, no division",
        "glmnet, family = multinomial",
        cross_entropy,
        -Sum(
            Sum(Y[i, k] * logits(i, k), (k, 0, K - 1)) - log(over(exp(logits(i, c)), c, K)),
            (i, 0, N - 1),
        ),
        ROWS_SUM,
    ),
    Claim(
        "entropy of softmax",
        "Murphy 2022, (6.11) with (2.96)",
        -over(softmax(k) * log(softmax(k)), k, K),
        log_sum_exp - over(softmax(k) * z[k, 0], k, K),
    ),
    Claim(
        "entropy, by probability",
        "Cover and Thomas 2006, (2.1)",
        Derivative(-over(q[k, 0] * log(q[k, 0]), k, K), q[j, 0]),
        -log(q[j, 0]) - 1,
        (q[k, 0] > 0,),
    ),
    Claim(
        "kl divergence, by q",
        "Keras kl_divergence",
        Derivative(over(a[k, 0] * log(a[k, 0] / q[k, 0]), k, K), q[j, 0]),
        -a[j, 0] / q[j, 0],
        (a[k, 0] > 0, q[k, 0] > 0),
    ),
    Claim(
        "cross-entropy is entropy and kl",
        "Murphy 2022, (6.33)",
        -over(a[k, 0] * log(q[k, 0]), k, K),
        -over(a[k, 0] * log(a[k, 0]), k, K) + over(a[k, 0] * log(a[k, 0] / q[k, 0]), k, K),
        (a[k, 0] > 0, q[k, 0] > 0),
    ),
    Claim(
        "label smoothing of classes",
        "Keras categorical_crossentropy, label_smoothing",
        -over((a[k, 0] * (1 - alpha) + alpha / K) * log(q[k, 0]), k, K),
        -(1 - alpha) * over(a[k, 0] * log(q[k, 0]), k, K) - alpha / K * over(log(q[k, 0]), k, K),
        (q[k, 0] > 0,),
    ),
    Claim(
        "gini impurity",
        "ESL (9.17)",
        over(q[k, 0] * (1 - q[k, 0]), k, K),
        1 - over(q[k, 0] ** 2, k, K),
        (Eq(Sum(q[k, 0], (k, 0, K - 1)), 1),),
    ),
    Claim(
        "dirichlet, by one parameter",
        "SciPy stats.dirichlet; Minka 2000, (3)",
        Derivative(dirichlet, a[j, 0]),
        digamma(over(a[k, 0], k, K)) - digamma(a[j, 0]) + log(q[j, 0]),
        (a[k, 0] > 0, q[k, 0] > 0),
    ),
    Claim(
        "multinomial by counts",
        "Bishop 2006, (2.31)",
        Derivative(over(a[k, 0] * log(q[k, 0]), k, K) + lam * (over(q[k, 0], k, K) - 1), q[j, 0]),
        a[j, 0] / q[j, 0] + lam,
        (q[k, 0] > 0,),
    ),
    Claim(
        "cox, by coefficient",
        "scikit-survival linear_model/coxph.py, update (no ties)",
        Derivative(cox, beta[j, 0]),
        Sum(e[i, 0] * (x[i, j] - cox_mean), (i, 0, N - 1)),
    ),
    Claim(
        "cox, average with ridge",
        "scikit-survival linear_model/coxph.py, update",
        Derivative(-cox / N + alpha * over(beta[k, 0] ** 2, k, D) / (2 * N), beta[j, 0]),
        -Sum(e[i, 0] * (x[i, j] - cox_mean), (i, 0, N - 1)) / N + alpha / N * beta[j, 0],
    ),
    Claim(
        "cox, hessian",
        "scikit-survival linear_model/coxph.py, update",
        Derivative(-cox / N, beta[j, 0], beta[g, 0]),
        Sum(e[i, 0] * (cox_square - cox_mean * cox_mean_g), (i, 0, N - 1)) / N,
    ),
    Claim(
        "cox, by predictor",
        "glmnet, coxnet; Simon et al. 2011, (5)",
        Derivative(cox_eta, u[k, 0]),
        e[k, 0] - Sum(e[i, 0] * exp(u[k, 0]) / Sum(exp(u[l, 0]), (l, i, N - 1)), (i, 0, k)),
        (k < N,),
    ),
    Claim(
        "cox, shifted covariates",
        "lifelines coxph_fitter.py, centring",
        Sum(e[i, 0] * (u[i, 0] - mu - log(Sum(exp(u[l, 0] - mu), (l, i, N - 1)))), (i, 0, N - 1)),
        cox_eta,
    ),
    Claim(
        "mixture, by mean",
        "Bishop 2006, (9.16)",
        Derivative(mixture, z[j, 0]),
        over(q[j, 0] * normal(i, j) / mixed(i) * (t[i, 0] - z[j, 0]) / s, i, N),
        (q[k, 0] > 0,),
    ),
    Claim(
        "mixture, by weight",
        "Bishop 2006, (9.21)",
        Derivative(mixture, q[j, 0]),
        over(normal(i, j) / mixed(i), i, N),
        (q[k, 0] > 0,),
    ),
    Claim(
        "responsibilities sum to one",
        "Bishop 2006, (9.13)",
        over(q[k, 0] * normal(i, k) / mixed(i), k, K),
        0 * mu + 1,
        (q[k, 0] > 0,),
    ),
    Claim(
        "two-layer network, output weights",
        "Bishop 2006, (5.67)",
        Derivative(network, v[l, 0]),
        over(output * hidden.xreplace({g: l}), i, N),
    ),
    Claim(
        "two-layer network, hidden weights",
        "Bishop 2006, (5.66) and (5.67)",
        Derivative(network, V[l, c]),
        over(output * v[l, 0] * (1 - hidden.xreplace({g: l}) ** 2) * X[i, c], i, N),
    ),
    Claim(
        "matrix factorisation",
        "Koren et al. 2009; mlpack cf",
        Derivative(factorisation, U[j, c]),
        -Sum((X[j, d] - Sum(U[j, k] * P[d, k], (k, 0, K - 1))) * P[d, c], (d, 0, D - 1)),
    ),
    Claim(
        "factorisation machine",
        "Rendle 2010, lemma 3.1",
        fm_pairs,
        HALF
        * (
            Sum(U[i, k] * t[i, 0], (i, 0, N - 1)) ** 2
            - Sum(U[i, k] ** 2 * t[i, 0] ** 2, (i, 0, N - 1))
        ),
    ),
    Claim(
        "pairwise ranking, by score",
        "Burges 2010, RankNet, (3)",
        Derivative(pairwise, u[k, 0]),
        Sum(sigma(u[i, 0] - u[k, 0]), (i, k + 1, N - 1)) * 0
        + Sum(sigma(u[k, 0] - u[i, 0]), (i, k + 1, N - 1))
        - Sum(sigma(u[j, 0] - u[k, 0]), (j, 0, k - 1)),
        (k < N,),
    ),
    Claim(
        "attention, by score",
        "Vaswani et al. 2017, (1)",
        Derivative(over(softmax(k) * a[k, 0], k, K), z[j, 0]),
        softmax(j) * (a[j, 0] - over(softmax(c) * a[c, 0], c, K)),
    ),
    Claim(
        "softmax with cross-entropy, hessian",
        "Bishop 2006, (4.110)",
        Derivative(
            -over(a[k, 0] * (z[k, 0] - log(over(exp(z[c, 0]), c, K))), k, K), z[g, 0], z[j, 0]
        ),
        softmax(g) * (KroneckerDelta(g, j) - softmax(j)),
        (*SUM_TO_ONE, g < K, j < K),
    ),
    Claim(
        "reversed order of a triangle",
        "Knuth 1997, §1.2.3 (9)",
        Sum(U[i, k] * t[j, 0], (j, 0, i), (i, 0, N - 1)),
        Sum(U[i, k] * t[j, 0], (i, j, N - 1), (j, 0, N - 1)),
    ),
    Claim(
        "negative sampling",
        "Mikolov et al. 2013, (4)",
        Derivative(log(sigma(mu)) + over(log(sigma(-z[k, 0] * mu)), k, K), z[j, 0]),
        -mu * sigma(z[j, 0] * mu),
    ),
]
