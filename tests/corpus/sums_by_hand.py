"""Sums that are rearranged by hand, explicit matrices, and course notes in IndexedBase."""

from __future__ import annotations

from corpus.claim import Claim
from sympy import (
    Abs,
    Derivative,
    Eq,
    EulerGamma,
    HadamardProduct,
    Heaviside,
    ImmutableMatrix,
    Indexed,
    IndexedBase,
    MatrixSymbol,
    Max,
    OneMatrix,
    Product,
    Rational,
    Sum,
    cos,
    digamma,
    exp,
    eye,
    log,
    sech,
    sin,
    sqrt,
    symbols,
    tanh,
)

from symderiv import gradient, softplus

__all__ = ["CLAIMS"]

x, y, z, t, mu, eta, p, r, u, v, f = symbols("x y z t mu eta p r u v f")
a, b, s, k, lam, al, be, nu, ell, th, n, c, h = symbols(
    "a b s k lambda alpha beta nu ell theta n c h", positive=True
)
m, N, K, d = symbols("m N K d", integer=True, positive=True)
i, j, l, q = symbols("i j l q", integer=True)  # noqa: E741
X = MatrixSymbol("X", m, d)
w = MatrixSymbol("w", d, 1)
y_ = MatrixSymbol("y", m, 1)
one = OneMatrix(m, 1)
xs = IndexedBase("x", shape=(N,))
zs = IndexedBase("z", shape=(K,))
ts = IndexedBase("t", shape=(K,))
M2 = ImmutableMatrix([[a, x], [x, b]])
Xi, yi = (IndexedBase("X"), IndexedBase("y"))
th = IndexedBase("theta")
n_ = symbols("r", integer=True)


def lg(ll):
    return Sum(Indexed("W", ll, q) * Xi[i, q], (q, 1, d))


pp = symbols("p", integer=True)

CLAIMS = [
    Claim(
        "ib softmax 0",
        "softmax CE with a shaped IndexedBase, base 0",
        Derivative(-Sum(ts[l] * zs[l], (l, 0, K - 1)) + log(Sum(exp(zs[l]), (l, 0, K - 1))), zs[j]),
        exp(zs[j]) / Sum(exp(zs[l]), (l, 0, K - 1)) - ts[j],
    ),
    Claim(
        "ones mean",
        "mean by a vector of ones",
        (one.T * y_)[0, 0] / m,
        Sum(y_[i, 0], (i, 0, m - 1)) / m,
    ),
    Claim(
        "hadamard grad",
        "elementwise loss: Hadamard residual",
        gradient(Sum(HadamardProduct(X * w - y_, X * w - y_)[i, 0], (i, 0, m - 1)), w),
        2 * X.T * (X * w - y_),
    ),
    Claim(
        "explicit 2x2",
        "quadratic form with an explicit matrix",
        (ImmutableMatrix([[u, v]]) * M2 * ImmutableMatrix([u, v]))[0, 0],
        a * u**2 + 2 * x * u * v + b * v**2,
    ),
    Claim(
        "explicit matrix eq",
        "explicit matrix product",
        ImmutableMatrix([[cos(t), -sin(t)], [sin(t), cos(t)]])
        * ImmutableMatrix([[cos(t), sin(t)], [-sin(t), cos(t)]]),
        ImmutableMatrix(eye(2)),
    ),
    Claim(
        "explicit 2x2 inverse",
        "2x2 covariance inverse",
        ImmutableMatrix([[a, x], [x, b]]).inv() * ImmutableMatrix([[a, x], [x, b]]),
        ImmutableMatrix(eye(2)),
    ),
    Claim(
        "double sum swap",
        "order of summation with a triangle",
        Sum(Sum(xs[i] * xs[j], (j, 0, i)), (i, 0, N - 1)),
        Sum(Sum(xs[i] * xs[j], (i, j, N - 1)), (j, 0, N - 1)),
    ),
    Claim(
        "triangle half",
        "sum over pairs i<j",
        Sum(xs[i] * xs[j], (j, i + 1, N - 1), (i, 0, N - 1)),
        (Sum(xs[i], (i, 0, N - 1)) ** 2 - Sum(xs[i] ** 2, (i, 0, N - 1))) / 2,
    ),
    Claim(
        "gini",
        "mean absolute difference of pairs",
        Sum(Abs(xs[i] - xs[j]), (i, 0, N - 1), (j, 0, N - 1)),
        2 * Sum(Abs(xs[i] - xs[j]), (j, i + 1, N - 1), (i, 0, N - 1)),
    ),
    Claim("telescope", "telescoping", Sum(xs[i + 1] - xs[i], (i, 0, N - 2)), xs[N - 1] - xs[0]),
    Claim(
        "abel",
        "summation by parts",
        Sum((xs[i + 1] - xs[i]) * i, (i, 0, N - 2)),
        (N - 1) * xs[N - 1] - Sum(xs[i], (i, 1, N - 1)),
    ),
    Claim("arith sum", "sum of ranks (Mann-Whitney)", Sum(i, (i, 1, N)), N * (N + 1) / 2),
    Claim(
        "ndcg geo",
        "geometric series",
        Sum(Rational(1, 2) ** i, (i, 0, N - 1)),
        2 - 2 * Rational(1, 2) ** N,
    ),
    Claim(
        "geo symbolic",
        "geometric series with symbolic ratio",
        Sum(a**i, (i, 0, N - 1)) * (1 - a),
        1 - a**N,
    ),
    Claim(
        "harmonic digamma", "harmonic numbers", Sum(1 / i, (i, 1, N)), digamma(N + 1) + EulerGamma
    ),
    Claim(
        "spearman", "sum of squares of ranks", Sum(i**2, (i, 1, N)), N * (N + 1) * (2 * N + 1) / 6
    ),
    Claim(
        "welford",
        "Welford update of the mean",
        Sum(xs[i], (i, 0, N - 2)) / (N - 1) + (xs[N - 1] - Sum(xs[i], (i, 0, N - 2)) / (N - 1)) / N,
        Sum(xs[i], (i, 0, N - 1)) / N,
        (N >= 2,),
    ),
    Claim(
        "welford m2",
        "Welford update of M2",
        Sum((xs[i] - Sum(xs[j], (j, 0, N - 1)) / N) ** 2, (i, 0, N - 1)),
        Sum((xs[i] - Sum(xs[j], (j, 0, N - 2)) / (N - 1)) ** 2, (i, 0, N - 2))
        + (N - 1) * (xs[N - 1] - Sum(xs[j], (j, 0, N - 2)) / (N - 1)) ** 2 / N,
        (N >= 2,),
    ),
    Claim(
        "conv1d",
        "convolution by weights (1d)",
        Derivative(
            Sum(
                (Sum(Indexed("c", l) * Indexed("X", i + l), (l, 0, 2)) - Indexed("y", i)) ** 2,
                (i, 0, N - 1),
            ),
            Indexed("c", 1),
        ),
        2
        * Sum(
            (Sum(Indexed("c", l) * Indexed("X", i + l), (l, 0, 2)) - Indexed("y", i))
            * Indexed("X", i + 1),
            (i, 0, N - 1),
        ),
    ),
    Claim(
        "andrew ng",
        "Andrew Ng CS229: logistic log likelihood gradient, IndexedBase",
        Derivative(
            Sum(
                yi[i] * log(1 / (1 + exp(-Sum(th[l] * Xi[i, l], (l, 1, d)))))
                + (1 - yi[i]) * log(1 - 1 / (1 + exp(-Sum(th[l] * Xi[i, l], (l, 1, d))))),
                (i, 1, m),
            ),
            th[j],
        ),
        Sum((yi[i] - 1 / (1 + exp(-Sum(th[l] * Xi[i, l], (l, 1, d))))) * Xi[i, j], (i, 1, m)),
        (
            j >= 1,
            j <= d,
        ),
    ),
    Claim(
        "ng lms",
        "CS229 LMS rule",
        Derivative(Sum((Sum(th[l] * Xi[i, l], (l, 1, d)) - yi[i]) ** 2, (i, 1, m)) / 2, th[j]),
        Sum((Sum(th[l] * Xi[i, l], (l, 1, d)) - yi[i]) * Xi[i, j], (i, 1, m)),
        (
            j >= 1,
            j <= d,
        ),
    ),
    Claim(
        "svm sum where list",
        "hinge subgradient, IndexedBase",
        Derivative(Sum(Max(0, 1 - yi[i] * Sum(th[l] * Xi[i, l], (l, 1, d))), (i, 1, m)), th[j]),
        -Sum(yi[i] * Xi[i, j] * Heaviside(1 - yi[i] * Sum(th[l] * Xi[i, l], (l, 1, d))), (i, 1, m)),
        (
            j >= 1,
            j <= d,
        ),
    ),
    Claim(
        "perceptron W",
        "linear multiclass score by a weight",
        Derivative(
            -Sum(
                Sum(Indexed("T", i, l) * Sum(Indexed("W", l, q) * Xi[i, q], (q, 1, d)), (l, 1, K)),
                (i, 1, m),
            ),
            Indexed("W", j, 1),
        ),
        -Sum(Indexed("T", i, j) * Xi[i, 1], (i, 1, m)),
        (
            j >= 1,
            j <= K,
        ),
    ),
    Claim(
        "softmax reg W2",
        "softmax regression gradient by a weight (PRML 4.109)",
        Derivative(
            -Sum(
                Sum(Indexed("T", i, l) * log(exp(lg(l)) / Sum(exp(lg(n_)), (n_, 1, K))), (l, 1, K)),
                (i, 1, m),
            ),
            Indexed("W", j, pp),
        ),
        Sum(
            (exp(lg(j)) / Sum(exp(lg(n_)), (n_, 1, K)) - Indexed("T", i, j)) * Xi[i, pp], (i, 1, m)
        ),
        (
            j >= 1,
            j <= K,
            pp >= 1,
            pp <= d,
            Eq(Sum(Indexed("T", i, l), (l, 1, K)), 1),
        ),
    ),
    Claim(
        "attention full",
        "causal attention weight derivative",
        Derivative(exp(zs[j]) / Sum(exp(zs[l]), (l, 0, j)), zs[j]),
        exp(zs[j]) / Sum(exp(zs[l]), (l, 0, j)) * (1 - exp(zs[j]) / Sum(exp(zs[l]), (l, 0, j))),
    ),
    Claim(
        "hmm forward2",
        "forward algorithm in two steps: joint of two observations",
        Sum(
            Sum(
                Indexed("pi", l) * Indexed("B", l) * Indexed("A", l, q) * Indexed("C", q), (l, 1, K)
            ),
            (q, 1, K),
        ),
        Sum(
            Indexed("C", q)
            * Sum(Indexed("pi", l) * Indexed("B", l) * Indexed("A", l, q), (l, 1, K)),
            (q, 1, K),
        ),
    ),
    Claim(
        "ewc",
        "quadratic penalty with Fisher diag (EWC)",
        Derivative(
            Sum(lam / 2 * Indexed("F", l) * (th[l] - Indexed("s", l)) ** 2, (l, 1, d)), th[j]
        ),
        lam * Indexed("F", j) * (th[j] - Indexed("s", j)),
        (
            j >= 1,
            j <= d,
        ),
    ),
    Claim(
        "groupnorm l2",
        "group lasso gradient",
        Derivative(lam * sqrt(d) * sqrt(Sum(th[l] ** 2, (l, 1, d))), th[j]),
        lam * sqrt(d) * th[j] / sqrt(Sum(th[l] ** 2, (l, 1, d))),
        (
            j >= 1,
            j <= d,
        ),
    ),
    Claim(
        "wasserstein gauss",
        "R2 score gradient by one prediction",
        Derivative(
            1
            - Sum((xs[i] - Indexed("f", i)) ** 2, (i, 0, N - 1))
            / Sum((xs[i] - Sum(xs[l], (l, 0, N - 1)) / N) ** 2, (i, 0, N - 1)),
            Indexed("f", 0),
        ),
        2
        * (xs[0] - Indexed("f", 0))
        / Sum((xs[i] - Sum(xs[l], (l, 0, N - 1)) / N) ** 2, (i, 0, N - 1)),
    ),
    Claim(
        "pearson",
        "Pearson correlation numerator two ways",
        Sum(
            (xs[i] - Sum(xs[l], (l, 0, N - 1)) / N) * (yi[i] - Sum(yi[l], (l, 0, N - 1)) / N),
            (i, 0, N - 1),
        ),
        Sum(xs[i] * yi[i], (i, 0, N - 1))
        - Sum(xs[l], (l, 0, N - 1)) * Sum(yi[l], (l, 0, N - 1)) / N,
    ),
    Claim(
        "js mixture",
        "product of experts: log of a product over a range",
        log(Product(1 + exp(zs[l]), (l, 0, K - 1))),
        Sum(softplus(zs[l]), (l, 0, K - 1)),
    ),
    Claim(
        "norm flow",
        "planar flow log det (Rezende) in index form",
        1 + Sum(Indexed("u", l) * Indexed("w", l), (l, 1, d)) * (1 - tanh(b) ** 2),
        1 + Sum(Indexed("u", l) * Indexed("w", l) * sech(b) ** 2, (l, 1, d)),
    ),
]
