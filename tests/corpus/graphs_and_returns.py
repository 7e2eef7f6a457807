"""Graph and pair sums, returns of reinforcement learning, optimal transport."""

from __future__ import annotations

from corpus.claim import Claim
from sympy import (
    Derivative,
    HadamardProduct,
    Identity,
    Indexed,
    IndexedBase,
    Integer,
    MatrixSymbol,
    OneMatrix,
    Product,
    Sum,
    Trace,
    exp,
    log,
    symbols,
)

from symderiv import gradient

__all__ = ["CLAIMS"]

x, y, z, t, u, v = symbols("x y z t u v", real=True)
a, b, s, lam, al, c = symbols("a b s lambda alpha c", positive=True)
m, n, N, K, T, d = symbols("m n N K T d", integer=True, positive=True)
i, j, k, l, q, r = symbols("i j k l q r", integer=True)  # noqa: E741
X = MatrixSymbol("X", m, n)
Y = MatrixSymbol("y", m, 1)
A = MatrixSymbol("A", n, n)
Bm = MatrixSymbol("B", n, K)
W = MatrixSymbol("W", n, K)
xx, zz, th, aa, bb, ff, g = (IndexedBase(q_) for q_ in ("x", "z", "theta", "a", "b", "f", "g"))

CLAIMS = [
    Claim(
        "softmax W matrix",
        "softmax regression gradient as one matrix X'(P - Y)/m by an entry",
        Derivative(
            Sum(
                log(Sum(exp((X * W)[i, k]), (k, 0, K - 1)))
                - Sum(MatrixSymbol("T", m, K)[i, k] * (X * W)[i, k], (k, 0, K - 1)),
                (i, 0, m - 1),
            )
            / m,
            W[q, r],
        ),
        Sum(
            X[i, q]
            * (
                exp((X * W)[i, r]) / Sum(exp((X * W)[i, k]), (k, 0, K - 1))
                - MatrixSymbol("T", m, K)[i, r]
            ),
            (i, 0, m - 1),
        )
        / m,
    ),
    Claim(
        "frob hadamard",
        "Frobenius inner product by trace and Hadamard",
        Trace(A.T * MatrixSymbol("C", n, n)),
        Sum(HadamardProduct(A, MatrixSymbol("C", n, n))[i, j], (i, 0, n - 1), (j, 0, n - 1)),
    ),
    Claim("trace cyclic", "cyclic trace", Trace(X * Bm * Bm.T * X.T), Trace(Bm.T * X.T * X * Bm)),
    Claim(
        "autoencoder",
        "linear autoencoder gradient",
        gradient(Trace((X - X * Bm * Bm.T) * (X - X * Bm * Bm.T).T), Bm),
        -2 * (X.T * (X - X * Bm * Bm.T) + (X - X * Bm * Bm.T).T * X) * Bm,
    ),
    Claim(
        "centering matrix",
        "centering matrix gives the sum of squares",
        (Y.T * (Identity(m) - OneMatrix(m, m) / m) * Y)[0, 0],
        Sum((Y[i, 0] - Sum(Y[j, 0], (j, 0, m - 1)) / m) ** 2, (i, 0, m - 1)),
    ),
    Claim(
        "laplacian quad2",
        "graph Laplacian, general weights",
        Sum(aa[i, j] * (xx[i] - xx[j]) ** 2, (i, 1, N), (j, 1, N)),
        Sum(xx[i] ** 2 * Sum(aa[i, j] + aa[j, i], (j, 1, N)), (i, 1, N))
        - 2 * Sum(aa[i, j] * xx[i] * xx[j], (i, 1, N), (j, 1, N)),
    ),
    Claim(
        "mds stress",
        "metric MDS stress gradient",
        Derivative(Sum(Sum((aa[i, j] - (xx[i] - xx[j]) ** 2) ** 2, (j, 1, N)), (i, 1, N)), xx[k]),
        -4 * Sum((aa[k, j] + aa[j, k] - 2 * (xx[k] - xx[j]) ** 2) * (xx[k] - xx[j]), (j, 1, N)),
        (
            k >= 1,
            k <= N,
        ),
    ),
    Claim(
        "sne grad",
        "SNE: KL gradient by a one-dimensional map point (normaliser as a constant c)",
        Derivative(Sum(Sum(aa[i, j] * (xx[i] - xx[j]) ** 2, (j, 1, N)), (i, 1, N)), xx[k]),
        2 * Sum((aa[k, j] + aa[j, k]) * (xx[k] - xx[j]), (j, 1, N)),
        (
            k >= 1,
            k <= N,
        ),
    ),
    Claim(
        "plackett full",
        "Plackett-Luce full log likelihood gradient",
        Derivative(Sum(th[i] - log(Sum(exp(th[j]), (j, i, N))), (i, 1, N)), th[k]),
        1 - exp(th[k]) * Sum(1 / Sum(exp(th[j]), (j, i, N)), (i, 1, k)),
        (
            k >= 1,
            k <= N,
        ),
    ),
    Claim(
        "rnn unroll",
        "linear RNN with scalar state: gradient by the recurrent weight, two steps",
        Derivative((a * (a * x + y) + z - t) ** 2 / 2, a),
        (a * (a * x + y) + z - t) * (2 * a * x + y),
    ),
    Claim(
        "td lambda",
        "lambda return weights sum to one",
        (1 - a) * Sum(a ** (k - 1), (k, 1, T - 1)) + a ** (T - 1),
        Integer(1),
        (
            a < 1,
            T >= 2,
        ),
    ),
    Claim(
        "gae",
        "GAE with lambda = 1 telescopes",
        Sum(a**l * (g[l] + a * ff[l + 1] - ff[l]), (l, 0, T - 1)),
        Sum(a**l * g[l], (l, 0, T - 1)) - ff[0] + a**T * ff[T],
    ),
    Claim(
        "kaplan product",
        "Kaplan-Meier as exp of a sum of logs",
        Product(1 - aa[i] / bb[i], (i, 1, N)),
        exp(Sum(log(1 - aa[i] / bb[i]), (i, 1, N))),
        (
            aa[i] < bb[i],
            aa[i] > 0,
        ),
    ),
    Claim(
        "nelson",
        "weighted Poisson deviance: saturated term drops",
        Derivative(
            2 * Sum(xx[i] * log(xx[i] / exp(aa[i] * t)) - xx[i] + exp(aa[i] * t), (i, 1, N)), t
        ),
        2 * Sum(aa[i] * (exp(aa[i] * t) - xx[i]), (i, 1, N)),
        (xx[i] > 0,),
    ),
    Claim(
        "efron two",
        "Efron ties of two deaths",
        Derivative(
            log(exp(xx[1] * t) + exp(xx[2] * t) + c)
            + log((exp(xx[1] * t) + exp(xx[2] * t)) / 2 + c),
            t,
        ),
        (xx[1] * exp(xx[1] * t) + xx[2] * exp(xx[2] * t))
        * (
            1 / (exp(xx[1] * t) + exp(xx[2] * t) + c)
            + 1 / (exp(xx[1] * t) + exp(xx[2] * t) + 2 * c)
        ),
    ),
    Claim(
        "mixture density",
        "mixture log likelihood by a mixing weight with Lagrange term",
        Derivative(
            Sum(log(Sum(aa[k] * bb[i, k], (k, 1, K))), (i, 1, N)) + t * (1 - Sum(aa[k], (k, 1, K))),
            aa[j],
        ),
        Sum(bb[i, j] / Sum(aa[k] * bb[i, k], (k, 1, K)), (i, 1, N)) - t,
        (
            j >= 1,
            j <= K,
            aa[k] > 0,
            bb[i, k] > 0,
        ),
    ),
    Claim(
        "sum responsibilities",
        "responsibilities sum to one",
        Sum(aa[k] * bb[k] / Sum(aa[l] * bb[l], (l, 1, K)), (k, 1, K)),
        Integer(1),
    ),
    Claim(
        "sinkhorn",
        "entropic OT dual gradient",
        Derivative(
            Sum(ff[i] * aa[i], (i, 1, N))
            + Sum(g[j] * bb[j], (j, 1, K))
            - s * Sum(Sum(exp((ff[i] + g[j] - Indexed("C", i, j)) / s), (j, 1, K)), (i, 1, N)),
            ff[k],
        ),
        aa[k] - Sum(exp((ff[k] + g[j] - Indexed("C", k, j)) / s), (j, 1, K)),
        (
            k >= 1,
            k <= N,
        ),
    ),
    Claim(
        "triplet npair",
        "N-pair loss gradient by the anchor similarity",
        Derivative(log(1 + Sum(exp(zz[k] - t), (k, 1, N))), t),
        -Sum(exp(zz[k] - t), (k, 1, N)) / (1 + Sum(exp(zz[k] - t), (k, 1, N))),
    ),
    Claim(
        "margin softmax scale",
        "NormFace: gradient by the scale",
        Derivative(-s * zz[1] + log(Sum(exp(s * zz[k]), (k, 1, K))), s),
        -zz[1] + Sum(zz[k] * exp(s * zz[k]), (k, 1, K)) / Sum(exp(s * zz[k]), (k, 1, K)),
    ),
    Claim(
        "var pairs",
        "sample variance from pairs (U statistic)",
        Sum((xx[i] - xx[j]) ** 2, (j, i + 1, N), (i, 1, N)) / (N * (N - 1)),
        Sum((xx[i] - Sum(xx[l], (l, 1, N)) / N) ** 2, (i, 1, N)) / (N - 1),
        (N >= 2,),
    ),
    Claim(
        "cov pairs inner",
        "dot-product pairs i<j with an inner sum",
        Sum(Sum(aa[i, q] * aa[j, q], (q, 1, d)), (j, i + 1, N), (i, 1, N)),
        Sum(Sum(aa[i, q], (i, 1, N)) ** 2 - Sum(aa[i, q] ** 2, (i, 1, N)), (q, 1, d)) / 2,
    ),
    Claim("power sum 3", "Nicomachus", Sum(i**3, (i, 1, N)), (N * (N + 1) / 2) ** 2),
    Claim(
        "arith geo",
        "sum of k r^k",
        Sum(k * a**k, (k, 0, N - 1)) * (1 - a) ** 2,
        a - N * a**N + (N - 1) * a ** (N + 1),
    ),
    Claim(
        "ema unroll",
        "exponential moving average unrolled one step",
        Sum((1 - a) * a ** (N - k) * xx[k], (k, 1, N)),
        a * Sum((1 - a) * a ** (N - 1 - k) * xx[k], (k, 1, N - 1)) + (1 - a) * xx[N],
    ),
    Claim(
        "adam bias",
        "Adam: sum of weights of the first moment",
        (1 - a) * Sum(a ** (T - i), (i, 1, T)),
        1 - a**T,
        (a < 1,),
    ),
    Claim(
        "matern ard",
        "RBF of a weighted distance by an input",
        Derivative(exp(-Sum(lam * (xx[q] - zz[q]) ** 2, (q, 1, d))), xx[k]),
        -2 * lam * (xx[k] - zz[k]) * exp(-lam * Sum((xx[q] - zz[q]) ** 2, (q, 1, d))),
        (
            k >= 1,
            k <= d,
        ),
    ),
    Claim(
        "svgd",
        "Stein kernel term: trace of the RBF second derivative",
        Sum(
            Derivative(Derivative(exp(-Sum((xx[q] - zz[q]) ** 2, (q, 1, d)) / 2), xx[k]), zz[k]),
            (k, 1, d),
        ),
        (d - Sum((xx[q] - zz[q]) ** 2, (q, 1, d))) * exp(-Sum((xx[q] - zz[q]) ** 2, (q, 1, d)) / 2),
    ),
    Claim(
        "laplace op",
        "Laplacian of the squared norm",
        Sum(Derivative(Sum(xx[q] ** 2, (q, 1, d)), (xx[k], 2)), (k, 1, d)),
        2 * d,
    ),
    Claim(
        "score matching",
        "Hyvarinen score matching for a Gaussian energy",
        Sum(Derivative(-Sum(xx[q] ** 2, (q, 1, d)) / (2 * s**2), (xx[k], 2)), (k, 1, d)),
        -d / s**2,
    ),
]
