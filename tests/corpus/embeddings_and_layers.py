"""Embeddings, factorisations, survival and ranking, layers with their backward passes."""

from __future__ import annotations

from corpus.claim import Claim
from sympy import (
    Derivative,
    IndexedBase,
    KroneckerDelta,
    MatrixSymbol,
    Max,
    Piecewise,
    Rational,
    Sum,
    Trace,
    exp,
    log,
    sqrt,
    symbols,
)

from symderiv import gradient, sigma

__all__ = ["CLAIMS"]

m, n, K, N, d = symbols("m n K N d", integer=True, positive=True)
i, j, k, l, p, q = symbols("i j k l p q", integer=True, nonnegative=True)  # noqa: E741
X = MatrixSymbol("X", m, n)
w = MatrixSymbol("w", n, 1)
y = MatrixSymbol("y", m, 1)
lam, s, al, tau, eps, c, delta, a = symbols("lambda s alpha tau epsilon c delta a", positive=True)
z = IndexedBase("z")
x = IndexedBase("x")
yy = IndexedBase("y")
u = IndexedBase("u")
g = IndexedBase("g")
h = IndexedBase("h")
eta = (X * w)[i, 0]


def si(e):
    return Sum(e, (i, 0, m - 1))


i1, k1, j1 = symbols("i k j", integer=True, positive=True)


def sk(e, kk=k1):
    return Sum(e, (kk, 1, K))


r1 = [j1 <= K]
U = MatrixSymbol("U", K, d)
V = MatrixSymbol("V", N, d)
h1 = MatrixSymbol("h", d, 1)
F = MatrixSymbol("F", K, N)
L = MatrixSymbol("L", K, N)
bb = MatrixSymbol("b", K, 1)
cb = MatrixSymbol("c", N, 1)
glove = Sum(
    Sum(F[i, j] * ((U * V.T)[i, j] + bb[i, 0] + cb[j, 0] - L[i, j]) ** 2, (j, 0, N - 1)),
    (i, 0, K - 1),
)
Rm = MatrixSymbol("R", K, N)
Vf = MatrixSymbol("V", n, d)
xx = MatrixSymbol("x", n, 1)
loglik = si(y[i, 0] * (eta - log(Sum(exp((X * w)[l, 0]), (l, i, m - 1)))))
Si = Sum(exp((X * w)[l, 0]), (l, i, m - 1))
dl = IndexedBase("delta")
xb = Sum(x[l], (l, 1, N)) / N
var = Sum((x[k1] - Sum(x[l], (l, 1, N)) / N) ** 2, (k1, 1, N)) / N


def xh(ii):
    return (x[ii] - xb) / sqrt(var + eps)


ms = Sum(x[k1] ** 2, (k1, 1, N)) / N
Km = MatrixSymbol("K", N, d)
qv = MatrixSymbol("q", d, 1)
nrm = sqrt(Sum(x[k1] ** 2, (k1, 1, N)))

CLAIMS = [
    Claim(
        "w2v neg",
        "word2vec negative sampling gradient by hidden vector (Rong, eq. 59)",
        Derivative(
            -log(sigma(Sum(U[0, q] * h1[q, 0], (q, 0, d - 1))))
            - Sum(log(sigma(-(U * h1)[k, 0])), (k, 1, K - 1)),
            h1[p, 0],
        ),
        (sigma((U * h1)[0, 0]) - 1) * U[0, p] + Sum(sigma((U * h1)[k, 0]) * U[k, p], (k, 1, K - 1)),
    ),
    Claim(
        "w2v softmax h",
        "word2vec full softmax by the hidden vector",
        Derivative(log(Sum(exp((U * h1)[k, 0]), (k, 0, K - 1))), h1[p, 0]),
        Sum(exp((U * h1)[k, 0]) * U[k, p], (k, 0, K - 1)) / Sum(exp((U * h1)[k, 0]), (k, 0, K - 1)),
    ),
    Claim(
        "glove grad U",
        "GloVe gradient by word vector",
        Derivative(glove, U[k, p]),
        2
        * Sum(F[k, j] * ((U * V.T)[k, j] + bb[k, 0] + cb[j, 0] - L[k, j]) * V[j, p], (j, 0, N - 1)),
    ),
    Claim(
        "glove grad b",
        "GloVe gradient by context bias",
        Derivative(glove, cb[q, 0]),
        2 * Sum(F[i, q] * ((U * V.T)[i, q] + bb[i, 0] + cb[q, 0] - L[i, q]), (i, 0, K - 1)),
    ),
    Claim(
        "mf grad V",
        "matrix factorisation (Koren 2009) gradient by item factors",
        Derivative(
            Sum((Rm[i, j] - (U * V.T)[i, j]) ** 2, (i, 0, K - 1), (j, 0, N - 1))
            + lam * Sum(V[j, p] ** 2, (j, 0, N - 1), (p, 0, d - 1)),
            V[k, q],
        ),
        -2 * ((Rm - U * V.T).T * U)[k, q] + 2 * lam * V[k, q],
    ),
    Claim(
        "mf whole",
        "matrix factorisation gradient as a matrix",
        gradient(Trace((Rm - U * V.T) * (Rm - U * V.T).T), U),
        -2 * (Rm - U * V.T) * V,
    ),
    Claim(
        "nmf kl",
        "NMF KL (Lee, Seung) gradient",
        Derivative(
            Sum(
                Rm[i, j] * log(Rm[i, j] / (U * V.T)[i, j]) - Rm[i, j] + (U * V.T)[i, j],
                (i, 0, K - 1),
                (j, 0, N - 1),
            ),
            U[k, q],
        ),
        Sum(V[j, q] * (1 - Rm[k, j] / (U * V.T)[k, j]), (j, 0, N - 1)),
        (
            U[i, q] > 0,
            V[j, q] > 0,
            Rm[i, j] > 0,
        ),
    ),
    Claim(
        "bpr",
        "BPR (Rendle) gradient by the user factor",
        Derivative(-log(sigma(Sum(h1[q, 0] * (V[i, q] - V[j, q]), (q, 0, d - 1)))), h1[p, 0]),
        -(1 - sigma(Sum(h1[q, 0] * (V[i, q] - V[j, q]), (q, 0, d - 1)))) * (V[i, p] - V[j, p]),
    ),
    Claim(
        "fm trick",
        "factorization machine: Rendle lemma 3.1",
        Sum(
            Sum(Sum(Vf[i, q] * Vf[j, q], (q, 0, d - 1)) * xx[i, 0] * xx[j, 0], (j, i + 1, n - 1)),
            (i, 0, n - 1),
        ),
        Sum(
            Sum(Vf[i, q] * xx[i, 0], (i, 0, n - 1)) ** 2
            - Sum(Vf[i, q] ** 2 * xx[i, 0] ** 2, (i, 0, n - 1)),
            (q, 0, d - 1),
        )
        / 2,
    ),
    Claim(
        "fm grad",
        "factorization machine gradient by a factor",
        Derivative(
            Sum(
                Sum(Vf[i, q] * xx[i, 0], (i, 0, n - 1)) ** 2
                - Sum(Vf[i, q] ** 2 * xx[i, 0] ** 2, (i, 0, n - 1)),
                (q, 0, d - 1),
            )
            / 2,
            Vf[l, p],
        ),
        xx[l, 0] * Sum(Vf[j, p] * xx[j, 0], (j, 0, n - 1)) - Vf[l, p] * xx[l, 0] ** 2,
    ),
    Claim(
        "cox grad",
        "lifelines/scikit-survival Cox partial likelihood (no ties, sorted by time)",
        Derivative(loglik, w[j, 0]),
        si(
            y[i, 0]
            * (
                X[i, j]
                - Sum(X[l, j] * exp((X * w)[l, 0]), (l, i, m - 1))
                / Sum(exp((X * w)[l, 0]), (l, i, m - 1))
            )
        ),
    ),
    Claim(
        "cox hess",
        "Cox Hessian",
        Derivative(loglik, w[j, 0], w[k, 0]),
        -si(
            y[i, 0]
            * (
                Sum(X[l, j] * X[l, k] * exp((X * w)[l, 0]), (l, i, m - 1)) / Si
                - Sum(X[l, j] * exp((X * w)[l, 0]), (l, i, m - 1))
                * Sum(X[l, k] * exp((X * w)[l, 0]), (l, i, m - 1))
                / Si**2
            )
        ),
    ),
    Claim(
        "xgb cox",
        "XGBoost survival:cox gradient by a prediction",
        Derivative(-Sum(dl[i1] * (z[i1] - log(Sum(exp(z[l]), (l, i1, N)))), (i1, 1, N)), z[j1]),
        exp(z[j1]) * Sum(dl[i1] / Sum(exp(z[l]), (l, i1, N)), (i1, 1, j1)) - dl[j1],
        (j1 <= N,),
    ),
    Claim(
        "plackett luce",
        "Plackett-Luce gradient of the first item",
        Derivative(z[1] - log(Sum(exp(z[l]), (l, 1, N))), z[1]),
        1 - exp(z[1]) / Sum(exp(z[l]), (l, 1, N)),
    ),
    Claim(
        "listnet",
        "ListNet top-one loss gradient (Cao 2007)",
        Derivative(
            -sk(
                exp(yy[k1])
                / Sum(exp(yy[l]), (l, 1, K))
                * log(exp(z[k1]) / Sum(exp(z[l]), (l, 1, K)))
            ),
            z[j1],
        ),
        exp(z[j1]) / sk(exp(z[k1])) - exp(yy[j1]) / sk(exp(yy[k1])),
        tuple(r1),
    ),
    Claim(
        "weibull aft grad",
        "Weibull AFT gradient with covariates",
        Derivative(si(y[i, 0] * (log(al) - al * eta) - exp(al * (c - eta))), w[j, 0]),
        al * si(X[i, j] * (exp(al * (c - eta)) - y[i, 0])),
    ),
    Claim(
        "batchnorm var",
        "variance two ways (batch norm)",
        Sum((x[i1] - Sum(x[l], (l, 1, N)) / N) ** 2, (i1, 1, N)) / N,
        Sum(x[i1] ** 2, (i1, 1, N)) / N - xb**2,
    ),
    Claim(
        "batchnorm dvar",
        "batch norm: derivative of the variance",
        Derivative(var, x[j1]),
        2 * (x[j1] - xb) / N,
        (j1 <= N,),
    ),
    Claim(
        "layernorm jac",
        "layer norm Jacobian entry",
        Derivative(xh(i1), x[j1]),
        (KroneckerDelta(i1, j1) - 1 / N - xh(i1) * xh(j1) / N) / sqrt(var + eps),
        (
            i1 <= N,
            j1 <= N,
        ),
    ),
    Claim(
        "batchnorm backward",
        "batch norm backward (Ioffe, Szegedy): dx from dy",
        Derivative(Sum(g[i1] * (x[i1] - xb) / sqrt(var + eps), (i1, 1, N)), x[j1]),
        (g[j1] - Sum(g[i1], (i1, 1, N)) / N - xh(j1) * Sum(g[i1] * xh(i1), (i1, 1, N)) / N)
        / sqrt(var + eps),
        (j1 <= N,),
    ),
    Claim(
        "rmsnorm backward",
        "RMSNorm backward (Zhang, Sennrich)",
        Derivative(Sum(g[i1] * x[i1], (i1, 1, N)) / sqrt(ms + eps), x[j1]),
        g[j1] / sqrt(ms + eps)
        - x[j1] * Sum(g[i1] * x[i1], (i1, 1, N)) / (N * (ms + eps) ** Rational(3, 2)),
        (j1 <= N,),
    ),
    Claim(
        "attention dlogit",
        "attention output by a logit: p_j (v_j - o)",
        Derivative(sk(exp(z[k1]) * u[k1]) / sk(exp(z[k1])), z[j1]),
        exp(z[j1]) / sk(exp(z[k1])) * (u[j1] - sk(exp(z[k1]) * u[k1]) / sk(exp(z[k1]))),
        tuple(r1),
    ),
    Claim(
        "attention dquery",
        "attention normaliser by the query: softmax average of keys over sqrt(d)",
        Derivative(log(Sum(exp((Km * qv)[l, 0] / sqrt(d)), (l, 0, N - 1))), qv[p, 0]),
        Sum(exp((Km * qv)[l, 0] / sqrt(d)) * Km[l, p], (l, 0, N - 1))
        / (sqrt(d) * Sum(exp((Km * qv)[l, 0] / sqrt(d)), (l, 0, N - 1))),
    ),
    Claim(
        "l2norm grad",
        "gradient of the Euclidean norm",
        Derivative(nrm, x[j1]),
        x[j1] / nrm,
        (j1 <= N,),
    ),
    Claim(
        "cosine grad",
        "cosine similarity gradient (keras CosineSimilarity)",
        Derivative(
            Sum(x[k1] * yy[k1], (k1, 1, N)) / (nrm * sqrt(Sum(yy[k1] ** 2, (k1, 1, N)))), x[j1]
        ),
        yy[j1] / (nrm * sqrt(Sum(yy[k1] ** 2, (k1, 1, N))))
        - x[j1] * Sum(x[k1] * yy[k1], (k1, 1, N)) / (nrm**3 * sqrt(Sum(yy[k1] ** 2, (k1, 1, N)))),
        (j1 <= N,),
    ),
    Claim(
        "unit vector jac",
        "Jacobian of x/|x|",
        Derivative(x[i1] / nrm, x[j1]),
        (KroneckerDelta(i1, j1) - x[i1] * x[j1] / nrm**2) / nrm,
        (
            i1 <= N,
            j1 <= N,
        ),
    ),
    Claim(
        "triplet grad",
        "triplet margin loss by the anchor (FaceNet)",
        Derivative(
            Max(0, Sum((x[k1] - u[k1]) ** 2 - (x[k1] - h[k1]) ** 2, (k1, 1, N)) + al), x[j1]
        ),
        Piecewise(
            (
                2 * (h[j1] - u[j1]),
                Sum((x[k1] - u[k1]) ** 2 - (x[k1] - h[k1]) ** 2, (k1, 1, N)) + al > 0,
            ),
            (0, True),
        ),
        (j1 <= N,),
    ),
    Claim(
        "contrastive",
        "contrastive loss (Hadsell) by x for dissimilar pairs",
        Derivative(Max(0, al - sqrt(Sum((x[k1] - u[k1]) ** 2, (k1, 1, N)))) ** 2 / 2, x[j1]),
        -Max(0, al - sqrt(Sum((x[k1] - u[k1]) ** 2, (k1, 1, N))))
        * (x[j1] - u[j1])
        / sqrt(Sum((x[k1] - u[k1]) ** 2, (k1, 1, N))),
        (j1 <= N,),
    ),
    Claim(
        "center pairwise",
        "pairwise squared distances: 2N sum x^2 - 2 (sum x)^2",
        Sum((x[i1] - x[j1]) ** 2, (i1, 1, N), (j1, 1, N)),
        2 * N * Sum(x[i1] ** 2, (i1, 1, N)) - 2 * Sum(x[i1], (i1, 1, N)) ** 2,
    ),
]
