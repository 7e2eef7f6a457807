"""The mechanism is general: models that the article does not know, for all sizes.

Each is proved with symbolic sizes, and each has wrong variants that are refuted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from pointwise import confirm, value
from sympy import (
    Contains,
    Derivative,
    DiagMatrix,
    Eq,
    FiniteSet,
    HadamardProduct,
    Identity,
    IndexedBase,
    Integer,
    KroneckerDelta,
    Lambda,
    MatrixSymbol,
    Max,
    OneMatrix,
    Piecewise,
    Sum,
    Trace,
    exp,
    log,
    sqrt,
    symbols,
    tanh,
)

from symderiv import gradient, hessian, prove_equal, sigma, softplus

m, n, K, H = symbols("m n K H", integer=True, positive=True)
i, j, k, l, a, c = symbols("i j k l a c", integer=True, nonnegative=True)  # noqa: E741
b, s, u, v = symbols("b s u v", real=True)
lam = symbols("lambda", positive=True)
X, theta = MatrixSymbol("X", m, n), MatrixSymbol("theta", n, 1)
y, w = MatrixSymbol("y", m, 1), MatrixSymbol("w", m, 1)
W, Y = MatrixSymbol("W", n, K), MatrixSymbol("Y", m, K)
A, out = MatrixSymbol("A", n, H), MatrixSymbol("o", H, 1)
B, C = MatrixSymbol("B", n, n), MatrixSymbol("C", n, n)
z, one = X * theta, OneMatrix(m, 1)
z_i, y_i, w_i, x_ij = z[i, 0], y[i, 0], w[i, 0], X[i, j]


def over(e: Any, *ranges: Any) -> Any:
    """Σ over the rows, or over the given ranges."""
    return Sum(e, *(ranges or [(i, 0, m - 1)]))


@dataclass(frozen=True)
class Claim:
    """A true equation, and right-hand sides that are wrong."""

    name: str
    lhs: Any
    rhs: Any
    wrong: tuple[Any, ...]
    where: tuple[Any, ...] = ()
    let: Mapping[Any, Any] = field(default_factory=dict)


# ---- examples with weights, labels ±1, Poisson counts

weighted = -over(w_i * (y_i * log(sigma(z_i)) + (1 - y_i) * log(1 - sigma(z_i))))
signed = over(softplus(-y_i * z_i)) / m
poisson = over(exp(z_i) - y_i * z_i)
E = z.applyfunc(exp)
MODELS = [
    Claim(
        "weighted examples",
        gradient(weighted, theta),
        X.T * HadamardProduct(w, z.applyfunc(sigma) - y),
        (X.T * (z.applyfunc(sigma) - y), X.T * HadamardProduct(w, z.applyfunc(sigma)) - X.T * y),
    ),
    Claim(
        "labels ±1, gradient",
        Derivative(signed, theta[j, 0]),
        -over(y_i * sigma(-y_i * z_i) * x_ij) / m,
        (-over(y_i * sigma(y_i * z_i) * x_ij) / m, -over(sigma(-y_i * z_i) * x_ij) / m),
    ),
    Claim(
        "labels ±1 are labels 0 and 1",
        signed,
        -over((1 + y_i) / 2 * log(sigma(z_i)) + (1 - y_i) / 2 * log(1 - sigma(z_i))) / m,
        (-over(y_i * log(sigma(z_i)) + (1 - y_i) * log(1 - sigma(z_i))) / m,),
        (Contains(y_i, FiniteSet(-1, 1)),),
    ),
    Claim(
        "Poisson regression, gradient",
        gradient(poisson, theta),
        X.T * (E - y),
        (X.T * (z - y), X.T * (y - E)),
    ),
    Claim(
        "Poisson regression, Hessian",
        hessian(poisson, theta),
        X.T * DiagMatrix(E) * X,
        (X.T * X, X.T * DiagMatrix(E - y) * X),
    ),
]

# ---- ridge with a bias that is not penalised

ridge = ((z + b * one - y).T * (z + b * one - y))[0, 0] / (2 * m) + lam / 2 * (theta.T * theta)[
    0, 0
]
MODELS += [
    Claim(
        "ridge, weights",
        gradient(ridge, theta),
        X.T * (z + b * one - y) / m + lam * theta,
        (
            X.T * (z + b * one - y) / m + 2 * lam * theta,
            X.T * (z - b * one - y) / m + lam * theta,
            X.T * (z + b * one - y) / m + lam * theta / m,
        ),
    ),
    Claim(
        "ridge, bias",
        Derivative(ridge, b),
        (one.T * (z + b * one - y))[0, 0] / m,
        ((one.T * (z + b * one - y))[0, 0] / m + lam * b, over(z_i - y_i) / m + m * b),
    ),
    Claim(
        "ridge, Hessian",
        hessian(ridge, theta),
        X.T * X / m + lam * Identity(n),
        (X.T * X / m + lam * OneMatrix(n, n), X.T * X / m),
    ),
]

# ---- softmax

S = X * W


def softmax(row: Any, column: Any) -> Any:
    """e^{S[row, column]}/Σ e^{S[row, l]}."""
    return exp(S[row, column]) / Sum(exp(S[row, l]), (l, 0, K - 1))


cross_entropy = -over(Y[i, k] * log(softmax(i, k)), (k, 0, K - 1), (i, 0, m - 1))
scores = MatrixSymbol("s", K, 1)
log_sum = log(Sum(exp(scores[k, 0]), (k, 0, K - 1)))


def p(index: Any) -> Any:
    """Softmax of one vector of scores."""
    return exp(scores[index, 0]) / Sum(exp(scores[l, 0]), (l, 0, K - 1))


by_weight = over(X[i, a] * (softmax(i, c) - Y[i, c]))
MODELS += [
    Claim("two classes", exp(u) / (exp(u) + exp(v)), sigma(u - v), (sigma(v - u), sigma(u + v))),
    Claim(
        "two classes, gradient",
        Derivative(log(exp(u) + exp(v)) - u, v),
        sigma(v - u),
        (sigma(v - u) - 1, sigma(u - v)),
    ),
    Claim(
        "K classes, gradient",
        Derivative(cross_entropy, W[a, c]),
        by_weight,
        (
            over(X[i, a] * (softmax(i, c) + Y[i, c])),
            over(X[i, a] * softmax(i, c) * (1 - softmax(i, c)) - X[i, a] * Y[i, c]),
            by_weight / m,
        ),
        (Eq(Sum(Y[i, k], (k, 0, K - 1)), 1),),
    ),
    Claim(
        "K classes, gradient without one-hot labels",
        Derivative(cross_entropy, W[a, c]),
        over(X[i, a] * (softmax(i, c) * Sum(Y[i, k], (k, 0, K - 1)) - Y[i, c])),
        (by_weight,),
    ),
    Claim(
        "K classes, gradient of the log-sum-exp",
        gradient(log_sum, scores)[a, 0],
        p(a),
        (p(0), exp(scores[a, 0])),
    ),
    Claim(
        "K classes, Hessian",
        hessian(log_sum, scores)[a, c],
        p(a) * (KroneckerDelta(a, c) - p(c)),
        (p(a) * (1 - p(c)), p(a) * KroneckerDelta(a, c), p(a) * (p(c) - KroneckerDelta(a, c))),
    ),
]

# ---- a network with one hidden layer

hidden = (X * A).applyfunc(tanh)
error = hidden * out - y
loss = (error.T * error)[0, 0] / (2 * m)
slope = hidden.applyfunc(Lambda(s, 1 - s**2))
MODELS += [
    Claim(
        "two layers, outer",
        gradient(loss, out),
        hidden.T * error / m,
        ((X * A).T * error / m, 2 * hidden.T * error / m),
    ),
    Claim(
        "two layers, inner",
        gradient(loss, A),
        X.T * HadamardProduct(error * out.T, slope) / m,
        (
            X.T * HadamardProduct(error * out.T, hidden) / m,
            X.T * (error * out.T) / m,
            X.T * HadamardProduct(error * out.T, slope),
        ),
    ),
]

# ---- matrix calculus on its own

MODELS += [
    Claim("trace of a product", Trace(B * C), Trace(C * B), (Trace(B * C.T), Trace(B) * Trace(C))),
    Claim("∂tr(BC)/∂B", gradient(Trace(B * C), B), C.T, (C, B.T)),
    Claim(
        "∂θᵀBθ/∂θ",
        gradient((theta.T * B * theta)[0, 0], theta),
        (B + B.T) * theta,
        (2 * B * theta, 2 * B.T * theta),
    ),
    Claim(
        "∂tr(BᵀCB)/∂B",
        gradient(Trace(B.T * C * B), B),
        (C + C.T) * B,
        (2 * C * B, B * (C + C.T)),
    ),
    Claim(
        "Frobenius norm",
        gradient(sqrt(Trace(X.T * X)), X),
        X / sqrt(Trace(X.T * X)),
        (2 * X / sqrt(Trace(X.T * X)), X / Trace(X.T * X)),
    ),
]

# ---- 1-based sums over IndexedBase, the other notation

x_, t_, y_ = IndexedBase("x"), IndexedBase("t"), IndexedBase("y")
N, D = symbols("N D", integer=True, positive=True)
h = IndexedBase("h")
let_1 = {h[i]: sigma(Sum(x_[i, k] * t_[k], (k, 1, D)))}
cost_1 = -Sum(y_[i] * log(h[i]) + (1 - y_[i]) * log(1 - h[i]), (i, 1, N)) / N
squares = Sum((y_[i] - Sum(x_[i, k] * t_[k], (k, 1, D))) ** 2, (i, 1, N))
hinge = Sum(Max(0, 1 - y_[i] * u), (i, 1, N))
MODELS += [
    Claim(
        "1-based, logistic",
        Derivative(cost_1, t_[j]),
        Sum((h[i] - y_[i]) * x_[i, j], (i, 1, N)) / N,
        (
            Sum((h[i] - y_[i]) * x_[i, j], (i, 1, N)),
            Sum((h[i] - y_[i]) * x_[i, j], (i, 0, N - 1)) / N,
            Sum((h[i] - y_[i]) * x_[j, i], (i, 1, N)) / N,
        ),
        (j >= 1, j <= D),
        let_1,
    ),
    Claim(
        "1-based, second derivative",
        Derivative(cost_1, t_[j], t_[l]),
        Sum(h[i] * (1 - h[i]) * x_[i, j] * x_[i, l], (i, 1, N)) / N,
        (Sum(h[i] * x_[i, j] * x_[i, l], (i, 1, N)) / N,),
        (j >= 1, j <= D, l >= 1, l <= D),
        let_1,
    ),
    Claim(
        "1-based, least squares",
        Derivative(squares, t_[j]),
        -2 * Sum((y_[i] - Sum(x_[i, k] * t_[k], (k, 1, D))) * x_[i, j], (i, 1, N)),
        (-Sum((y_[i] - Sum(x_[i, k] * t_[k], (k, 1, D))) * x_[i, j], (i, 1, N)),),
        (j >= 1, j <= D),
    ),
    Claim(
        "hinge loss",
        Derivative(hinge, u),
        Sum(Piecewise((-y_[i], y_[i] * u < 1), (0, True)), (i, 1, N)),
        (Sum(Piecewise((-y_[i], y_[i] * u > 1), (0, True)), (i, 1, N)),),
    ),
]

# hinge loss has a corner at yᵢu = 1, which is excluded and printed
WITH_CONDITIONS = {"hinge loss", "Frobenius norm"}


@pytest.mark.parametrize("claim", MODELS, ids=lambda claim: claim.name)
def test_it_is_proved_for_all_sizes(claim: Claim) -> None:
    result = prove_equal(claim.lhs, claim.rhs, where=claim.where, let=claim.let)
    assert result.proved, result
    assert bool(result.open_conditions) == (claim.name in WITH_CONDITIONS), result.open_conditions
    assert not any(condition.loses_a_region for condition in result.conditions)


@pytest.mark.parametrize(
    ("claim", "wrong"),
    [(claim, wrong) for claim in MODELS for wrong in claim.wrong],
    ids=[f"{claim.name}-{number}" for claim in MODELS for number in range(len(claim.wrong))],
)
def test_its_wrong_variants_are_refuted(claim: Claim, wrong: Any) -> None:
    result = prove_equal(claim.lhs, wrong, where=claim.where, let=claim.let)
    assert result.refuted, result
    confirm(claim.lhs, wrong, result.counterexample, claim.let)


def test_the_two_notations_mean_the_same() -> None:
    """The same sum over matrix entries from 0 and over indexed ones from 1, as numbers."""
    entries = Sum(X[i, j] * theta[j, 0], (j, 0, n - 1))
    indexed = Sum(x_[i + 1, k] * t_[k], (k, 1, D))
    rows, weights = [[1, 2, 3], [4, 5, 7]], [Integer(2), Integer(-1), Integer(5)]
    lhs = value(entries, {"m": 2, "n": 3, "i": 1}, {"X": rows, "theta": weights})
    data = {
        "x": {(r + 1, s_ + 1): rows[r][s_] for r in range(2) for s_ in range(3)},
        "t": {s_ + 1: weights[s_] for s_ in range(3)},
    }
    assert lhs == value(indexed, {"D": 3, "i": 1}, data) == 8 - 5 + 35
