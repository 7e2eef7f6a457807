"""Sums of exponentials with weights of 0, where the exponent would be the largest."""

import numpy as np
import pytest
from sympy import Derivative, MatrixSymbol, Sum, exp, log, symbols

from symderiv import gradient, hessian, sigma, to_numpy

m, n, K = symbols("m n K", integer=True, positive=True)
i, k = symbols("i k", integer=True, nonnegative=True)
X, theta = MatrixSymbol("X", m, n), MatrixSymbol("theta", n, 1)
w, y = MatrixSymbol("w", m, 1), MatrixSymbol("y", m, 1)
z, W, y_ = (X * theta)[i, 0], w[i, 0], y[i, 0]


def over(f):
    """The sum over rows."""
    return Sum(f, (i, 0, m - 1))


@pytest.mark.parametrize(
    ("cost", "of"),
    [
        (over(log(1 + W * exp(z))), lambda u, w: np.logaddexp(0, u + np.log(w)).sum()),
        (over(log(W + exp(z))), lambda u, w: np.logaddexp(np.log(w), u).sum()),
        (over(log(1 - W + W * exp(z))), lambda u, w: np.where(w == 0, 0, u).sum()),
        (log(1 + over(W * exp(z))), lambda u, w: np.logaddexp.reduce([0, *(u + np.log(w))])),
        (
            log(2 + over(W * exp(z)) + over((1 - W) * exp(-z))),
            lambda u, w: np.logaddexp.reduce(
                [np.log(2), *(u + np.log(w)), *(np.log(1 - w) - u)]
            ),
        ),
    ],
    ids=["1 + we^z", "w + e^z", "1 - w + we^z", "1 + sum", "2 + two sums"],
)  # fmt: skip
def test_a_weight_of_0_leaves_out_its_exponential(cost, of):
    f = to_numpy({"c": cost, "g": gradient(cost, theta), "h": hessian(cost, theta)}, (theta, X, w))
    x, weights, step = np.array([1.0, 0.5, -0.4]), np.array([0.0, 1.0, 1.0]), 1e-4
    for at in (-800.0, -1.0, 1.0, 800.0):
        with np.errstate(divide="ignore"):
            below, here, above = (of(x * t, weights) for t in (at - step, at, at + step))
        assert f.c([at], x[:, None], weights) == pytest.approx(here, rel=1e-14)
        slopes = [f.g([t], x[:, None], weights)[0] for t in (at - step, at, at + step)]
        assert slopes[1] == pytest.approx((above - below) / (2 * step), rel=1e-6)
        curve = (slopes[2] - slopes[0]) / (2 * step)
        assert f.h([at], x[:, None], weights) == pytest.approx(curve, rel=1e-6, abs=1e-9)


def test_labels_that_are_one_hot_before_exponentials():
    """Σᵢ log(1 + Σₖ tᵢₖe^{zᵢₖ}) is Σᵢ log(1 + e^z) for the class of row i, and has its slope."""
    W, T = MatrixSymbol("W", n, K), MatrixSymbol("T", m, K)
    cost = over(log(1 + Sum(T[i, k] * exp((X * W)[i, k]), (k, 0, K - 1))))
    f = to_numpy(gradient(cost, W), (W, X, T))
    at = np.array([[800.0, -400.0, 1.0]])
    slopes = f(at, np.ones((2, 1)), np.eye(3)[[1, 2]])
    assert slopes == pytest.approx(np.array([[0, np.exp(-400), 1 / (1 + np.exp(-1))]]), rel=1e-14)


@pytest.mark.parametrize(("u", "r"), [(0.7, 2.0), (0.7, 0.5), (-0.7, 5.0), (800.0, 3.0)])
def test_a_share_beside_an_exponential_with_a_positive_number_before_it(u, r):
    # e^u/(1 + r·e^u) is σ(u + log r)/r, and so is the slope by r of log(1 + r·e^u)
    x, c = symbols("x", real=True), symbols("c", positive=True)
    wanted = 1 / (r + np.exp(-u))
    for share in (exp(x) / (1 + c * exp(x)), Derivative(log(1 + c * exp(x)), c)):
        assert to_numpy(share, (x, c))(u, r) == pytest.approx(wanted, rel=1e-15)
    slope = to_numpy(Derivative(log(1 + c * exp(x)), x), (x, c))(u, r)
    assert slope == pytest.approx(r * wanted, rel=1e-15)


def entropy(x):
    return np.where(x == 0, 0, x * np.log(np.where(x == 0, 1, x)))


@pytest.mark.parametrize(
    ("row", "of"),
    [
        (y_ * log(y_ / exp(z)) - y_ + exp(z), lambda y, u: entropy(y) - y * u - y + np.exp(u)),
        (
            2 * (y_ * (log(y_) - z) - y_ + exp(z)),
            lambda y, u: 2 * (entropy(y) - y * u - y + np.exp(u)),
        ),
        (y_ * log(y_ / sigma(z)), lambda y, u: entropy(y) + y * np.logaddexp(0, -u)),
        (
            y_ * log(y_ / sigma(z)) + (1 - y_) * log((1 - y_) / (1 - sigma(z))),
            lambda y, u: entropy(y) + entropy(1 - y) + np.logaddexp(0, u) - y * u,
        ),
        (W * (y_ * log(y_) - y_ * z + exp(z)), lambda y, u: 3 * (entropy(y) - y * u + np.exp(u))),
    ],
    ids=["Poisson deviance", "twice", "cross", "KL", "weighted"],
)
def test_counts_and_labels_of_0(row, of):
    # x·log x is 0 at x = 0, inside of sums and beside other logarithms as well
    arguments = [a for a in (theta, X, y, w) if row.has(a)]
    f = to_numpy(over(row), arguments)
    counts, scores = np.array([0.0, 1.0, 0.5]), np.array([0.5, 1.0, -2.0])
    values = {theta: [1.0], X: scores[:, None], y: counts, w: np.full(3, 3.0)}
    found = f(*(values[a] for a in arguments))
    assert found == pytest.approx(np.sum(of(counts, scores)), rel=1e-14)


@pytest.mark.parametrize(
    "row",
    [W * (exp(z) - y_ * z), W * (exp(z) - 1), W * ((1 + y_) * exp(z) - z), W * (exp(z) - y_) ** 2],
    ids=["Poisson", "expm1", "gamma", "square"],
)
def test_rows_of_weight_0_are_left_out(row):
    f = to_numpy({"c": over(row), "g": gradient(over(row), theta)}, (theta, X, y, w))
    data = np.array([[0.001], [1.0]]), np.array([1.0, 2.0]), np.array([1.0, 0.0])
    for name in ("c", "g"):
        one = getattr(f, name)([1600.0], *(a[:1] for a in data))
        assert getattr(f, name)([1600.0], *data) == pytest.approx(one, rel=1e-15)


def test_a_logarithm_of_a_positive_parameter_is_taken_once():
    # −Σ (yᵢ·(zᵢ/s − log s) − e^{zᵢ/s}), with labels of 0
    s = symbols("s", positive=True)
    f = to_numpy(-over(y_ * (z / s - log(s)) - exp(z / s)), (theta, s, X, y))
    assert "np.log(s)" in f.source
    x, labels = np.array([[1.0], [2.0]]), np.array([1.0, 0.0])
    expected = np.log(2) - 0.5 + np.exp(0.5) + np.exp(1.0)
    assert f([1.0], 2.0, x, labels) == pytest.approx(expected, rel=1e-15)


def test_labels_before_exponentials_beside_what_is_added():
    """The slope of aₖ·uₖ² + log(1 + Σₖ tₖe^{uₖ}), where the largest u has no weight."""
    W, T, A = MatrixSymbol("W", n, K), MatrixSymbol("T", m, K), MatrixSymbol("A", m, K)
    u = (X * W)[i, k]
    inside = Sum(A[i, k] * u**2, (k, 0, K - 1)) + log(1 + Sum(T[i, k] * exp(u), (k, 0, K - 1)))
    f = to_numpy(gradient(over(inside), W), (W, X, T, A))
    found = f([[800.0, -3.0, 1.0]], [[1.0]], [[0.0, 1.0, 0.0]], np.ones((1, 3)))
    assert found == pytest.approx(np.array([[1600, -6 + 1 / (1 + np.exp(3)), 2]]), rel=1e-15)
