"""Scores and Hessians of regression, and losses over classes."""

from __future__ import annotations

from corpus.claim import Claim
from sympy import (
    Abs,
    Derivative,
    DiagMatrix,
    Eq,
    IndexedBase,
    Integer,
    KroneckerDelta,
    MatrixSymbol,
    Max,
    Min,
    Piecewise,
    Rational,
    Sum,
    cosh,
    erf,
    exp,
    log,
    pi,
    sign,
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
lam, s, al, tau, eps, c, delta, a = symbols("lambda s alpha tau epsilon c delta a", positive=True)
mu, t = symbols("mu t", real=True)
z = IndexedBase("z")
yy = IndexedBase("y")
eta = (X * w)[i, 0]


def si(e):
    return Sum(e, (i, 0, m - 1))


om = MatrixSymbol("omega", m, 1)
i1, k1, j1 = symbols("i k j", integer=True, positive=True)


def sk(e, kk=k1):
    return Sum(e, (kk, 1, K))


r1 = [j1 <= K]

CLAIMS = [
    Claim(
        "poisson glm grad",
        "statsmodels Poisson score: X'(y - exp(Xb))",
        Derivative(si(y[i, 0] * eta - exp(eta)), w[j, 0]),
        (X.T * (y - (X * w).applyfunc(exp)))[j, 0],
    ),
    Claim(
        "poisson glm hess",
        "statsmodels Poisson Hessian",
        Derivative(si(y[i, 0] * eta - exp(eta)), w[j, 0], w[k, 0]),
        -si(X[i, j] * X[i, k] * exp(eta)),
    ),
    Claim(
        "gamma glm grad",
        "Gamma regression with log link",
        Derivative(si(-y[i, 0] * exp(-eta) - eta), w[j, 0]),
        si((y[i, 0] * exp(-eta) - 1) * X[i, j]),
    ),
    Claim(
        "nb2 glm grad",
        "NB2 regression score (statsmodels)",
        Derivative(
            si(y[i, 0] * log(al * exp(eta) / (1 + al * exp(eta))) - log(1 + al * exp(eta)) / al),
            w[j, 0],
        ),
        si(X[i, j] * (y[i, 0] - exp(eta)) / (1 + al * exp(eta))),
    ),
    Claim(
        "nb2 glm hess",
        "NB2 regression Hessian",
        Derivative(
            si(y[i, 0] * log(al * exp(eta) / (1 + al * exp(eta))) - log(1 + al * exp(eta)) / al),
            w[j, 0],
            w[k, 0],
        ),
        -si(X[i, j] * X[i, k] * exp(eta) * (1 + al * y[i, 0]) / (1 + al * exp(eta)) ** 2),
    ),
    Claim(
        "tweedie glm",
        "scikit-learn HalfTweedieLoss(power 1.5) gradient",
        Derivative(
            si(exp(eta / 2) / Rational(1, 2) - y[i, 0] * exp(-eta / 2) / -Rational(1, 2)), w[j, 0]
        ),
        si((exp(eta / 2) - y[i, 0] * exp(-eta / 2)) * X[i, j]),
    ),
    Claim(
        "probit glm grad",
        "probit regression score with q = 2y - 1",
        Derivative(si(log((1 + erf((2 * y[i, 0] - 1) * eta / sqrt(2))) / 2)), w[j, 0]),
        si(
            sqrt(2 / pi)
            * (2 * y[i, 0] - 1)
            * exp(-((2 * y[i, 0] - 1) ** 2) * eta**2 / 2)
            / (1 + erf((2 * y[i, 0] - 1) * eta / sqrt(2)))
            * X[i, j]
        ),
    ),
    Claim(
        "cloglog glm",
        "cloglog regression score",
        Derivative(si(y[i, 0] * log(1 - exp(-exp(eta))) - (1 - y[i, 0]) * exp(eta)), w[j, 0]),
        si(X[i, j] * exp(eta) * (y[i, 0] / (1 - exp(-exp(eta))) - 1)),
    ),
    Claim(
        "liblinear svr grad",
        "LIBLINEAR l2-loss SVR",
        Derivative(c * si(Max(0, Abs(eta - y[i, 0]) - eps) ** 2), w[j, 0]),
        2 * c * si(X[i, j] * sign(eta - y[i, 0]) * Max(0, Abs(eta - y[i, 0]) - eps)),
    ),
    Claim(
        "liblinear lr Hv",
        "LIBLINEAR logistic Hessian-vector product: v + C X' D X v",
        v[j, 0]
        + c
        * Sum(
            Derivative(si(log(1 + exp(-y[i, 0] * eta))), w[j, 0], w[k, 0]) * v[k, 0], (k, 0, n - 1)
        ),
        v[j, 0]
        + c * si(sigma(y[i, 0] * eta) * (1 - sigma(y[i, 0] * eta)) * (X * v)[i, 0] * X[i, j]),
        (Eq(y[i, 0] ** 2, 1),),
    ),
    Claim(
        "glmnet ridge grad",
        "glmnet gaussian with elastic net, smooth part",
        Derivative(
            si((y[i, 0] - eta) ** 2) / (2 * m) + lam * (1 - al) / 2 * (w.T * w)[0, 0], w[j, 0]
        ),
        -(X.T * (y - X * w))[j, 0] / m + lam * (1 - al) * w[j, 0],
    ),
    Claim(
        "wls grad",
        "weighted least squares (statsmodels WLS)",
        gradient(si(om[i, 0] * (y[i, 0] - eta) ** 2), w),
        -2 * X.T * DiagMatrix(om) * (y - X * w),
    ),
    Claim(
        "huber reg grad",
        "sklearn HuberRegressor, gradient by w at fixed scale",
        Derivative(
            si(
                Piecewise(
                    (((y[i, 0] - eta) / s) ** 2, Abs((y[i, 0] - eta) / s) < eps),
                    (2 * eps * Abs((y[i, 0] - eta) / s) - eps**2, True),
                )
                * s
            ),
            w[j, 0],
        ),
        -2 * si(X[i, j] * Max(-eps, Min(eps, (y[i, 0] - eta) / s))),
    ),
    Claim(
        "logcosh reg",
        "log-cosh regression",
        Derivative(si(log(cosh(eta - y[i, 0]))) / m, w[j, 0]),
        (X.T * (X * w - y).applyfunc(tanh))[j, 0] / m,
    ),
    Claim(
        "softmax jac",
        "PRML 4.106: softmax derivative",
        Derivative(exp(z[j1]) / sk(exp(z[k1])), z[i1]),
        exp(z[j1]) / sk(exp(z[k1])) * (KroneckerDelta(i1, j1) - exp(z[i1]) / sk(exp(z[k1]))),
        (
            i1 <= K,
            j1 <= K,
        ),
    ),
    Claim(
        "softmax temp",
        "softmax cross-entropy with temperature (distillation, Hinton 2015)",
        Derivative(-sk(yy[k1] * log(exp(z[k1] / tau) / Sum(exp(z[l] / tau), (l, 1, K)))), z[j1]),
        (exp(z[j1] / tau) / sk(exp(z[k1] / tau)) * sk(yy[k1]) - yy[j1]) / tau,
        tuple(r1),
    ),
    Claim(
        "softmax ce onehot",
        "softmax CE gradient with sum y = 1",
        Derivative(-sk(yy[k1] * log(exp(z[k1]) / Sum(exp(z[l]), (l, 1, K)))), z[j1]),
        exp(z[j1]) / sk(exp(z[k1])) - yy[j1],
        (*r1, Eq(sk(yy[k1]), 1)),
    ),
    Claim(
        "softmax temp d",
        "softmax log partition by the temperature",
        Derivative(tau * log(sk(exp(z[k1] / tau))), tau),
        log(sk(exp(z[k1] / tau))) - sk(z[k1] * exp(z[k1] / tau)) / (tau * sk(exp(z[k1] / tau))),
    ),
    Claim(
        "label smoothing logits",
        "label smoothing CE gradient (keras label_smoothing)",
        Derivative(
            -sk((yy[k1] * (1 - al) + al / K) * log(exp(z[k1]) / Sum(exp(z[l]), (l, 1, K)))), z[j1]
        ),
        exp(z[j1]) / sk(exp(z[k1])) - (1 - al) * yy[j1] - al / K,
        (*r1, Eq(sk(yy[k1]), 1)),
    ),
    Claim(
        "lse hess",
        "Boyd 3.1.5: log-sum-exp Hessian entry",
        Derivative(log(sk(exp(z[k1]))), z[i1], z[j1]),
        KroneckerDelta(i1, j1) * exp(z[i1]) / sk(exp(z[k1]))
        - exp(z[i1]) * exp(z[j1]) / sk(exp(z[k1])) ** 2,
        (
            i1 <= K,
            j1 <= K,
        ),
    ),
    Claim(
        "lse shift",
        "scipy logsumexp with a shift",
        log(sk(exp(z[k1]))),
        mu + log(sk(exp(z[k1] - mu))),
    ),
    Claim(
        "sampled infonce",
        "InfoNCE gradient by the positive similarity (van den Oord)",
        Derivative(-log(exp(t / tau) / (exp(t / tau) + sk(exp(z[k1] / tau)))), t),
        (exp(t / tau) / (exp(t / tau) + sk(exp(z[k1] / tau))) - 1) / tau,
    ),
    Claim(
        "infonce neg",
        "InfoNCE gradient by a negative",
        Derivative(-log(exp(t / tau) / (exp(t / tau) + sk(exp(z[k1] / tau)))), z[j1]),
        exp(z[j1] / tau) / (tau * (exp(t / tau) + sk(exp(z[k1] / tau)))),
        tuple(r1),
    ),
    Claim(
        "focal multi",
        "policy gradient: score of softmax policy times advantage",
        Derivative(t * (z[i1] - log(sk(exp(z[k1])))), z[j1]),
        t * (KroneckerDelta(i1, j1) - exp(z[j1]) / sk(exp(z[k1]))),
        (
            i1 <= K,
            j1 <= K,
        ),
    ),
    Claim(
        "policy baseline",
        "Sutton and Barto: a baseline does not bias: sum of softmax gradients is 0",
        sk(Derivative(exp(z[k1]) / Sum(exp(z[l]), (l, 1, K)), z[j1])),
        Integer(0),
        tuple(r1),
    ),
    Claim(
        "entropy softmax",
        "entropy bonus gradient",
        Derivative(
            -sk(
                exp(z[k1]) / Sum(exp(z[l]), (l, 1, K)) * log(exp(z[k1]) / Sum(exp(z[l]), (l, 1, K)))
            ),
            z[j1],
        ),
        -exp(z[j1]) / sk(exp(z[k1])) * (z[j1] - sk(z[k1] * exp(z[k1])) / sk(exp(z[k1]))),
        tuple(r1),
    ),
    Claim(
        "xgb softprob hess",
        "multiclass diagonal Hessian p(1-p)",
        Derivative(log(sk(exp(z[k1]))), (z[j1], 2)),
        exp(z[j1]) / sk(exp(z[k1])) * (1 - exp(z[j1]) / sk(exp(z[k1]))),
        tuple(r1),
    ),
]
