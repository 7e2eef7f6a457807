"""`check_gradient` on other models: a right gradient of each passes, and a wrong one does not."""

import numpy as np
import pytest
from sympy import (
    Abs,
    Contains,
    Eq,
    FiniteSet,
    MatrixSymbol,
    Max,
    Piecewise,
    Sum,
    exp,
    log,
    sqrt,
    symbols,
)

from symderiv import softplus
from symderiv.derivations.linear_regression import X, i, m, n, theta, y
from symderiv.testing import check_gradient

k, c = symbols("k c", integer=True, nonnegative=True)
classes = symbols("K", integer=True, positive=True)
delta, lam = symbols("delta lambda", positive=True)
mu, s = symbols("mu s", real=True)
a, b, p = (MatrixSymbol(name, n, 1) for name in "abp")
x = MatrixSymbol("x", m, 1)
W, Y = MatrixSymbol("W", n, classes), MatrixSymbol("Y", m, classes)
score, residual = (X * theta)[i, 0], (X * theta - y)[i, 0]


def over_rows(e):
    return Sum(e, (i, 0, m - 1))


def dot(u, v):
    return Sum(u[k, 0] * v[k, 0], (k, 0, n - 1))


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def cosine_gradient(a, b):
    lengths = np.linalg.norm(a) * np.linalg.norm(b)
    return b / lengths - (a @ b) * a / (np.linalg.norm(a) ** 2 * lengths)


softmax_cost = over_rows(
    log(Sum(exp((X * W)[i, c]), (c, 0, classes - 1)))
    - Sum(Y[i, c] * (X * W)[i, c], (c, 0, classes - 1))
)

# cost, arguments, options, right, wrong
MODELS = {
    "ridge": (
        over_rows(residual**2) / m + lam * dot(theta, theta),
        (theta, X, y, lam),
        {},
        lambda t, X, y, lam: 2 * X.T @ (X @ t - y) / len(y) + 2 * lam * t,
        lambda t, X, y, lam: 2 * (X.T @ (X @ t - y) + lam * t) / len(y),
    ),
    "Huber loss": (
        over_rows(
            Piecewise((residual**2 / 2, Abs(residual) <= delta), (delta * Abs(residual), True))
        ),
        (theta, X, y, delta),
        {},
        lambda t, X, y, d: X.T @ np.clip(X @ t - y, -d, d),
        lambda t, X, y, d: X.T @ np.clip(X @ t - y, -1, 1),
    ),
    "hinge loss, labels ±1": (
        over_rows(Max(0, 1 - y[i, 0] * score)),
        (theta, X, y),
        {"where": [Contains(y[i, 0], FiniteSet(-1, 1))]},
        lambda t, X, y: -X.T @ (y * (y * (X @ t) < 1)),
        lambda t, X, y: -X.T @ (y * (y * (X @ t) < 0)),
    ),
    "Poisson regression": (
        over_rows(exp(score) - y[i, 0] * score),
        (theta, X, y),
        {"where": [y[i, 0] >= 0]},
        lambda t, X, y: X.T @ (np.exp(X @ t) - y),
        lambda t, X, y: X.T @ (np.exp(np.minimum(X @ t, 20)) - y),
    ),
    "softmax": (
        softmax_cost,
        (W, X, Y),
        {"where": [Y[i, c] >= 0]},
        lambda W, X, Y: X.T @ (softmax(X @ W) - Y),
        lambda W, X, Y: X.T @ (np.exp(X @ W) / np.exp(X @ W).sum(axis=1, keepdims=True) - Y),
    ),
    "variance": (
        Sum((a[k, 0] - Sum(a[c, 0], (c, 0, n - 1)) / n) ** 2, (k, 0, n - 1)) / n,
        (a,),
        {},
        lambda a: 2 * (a - a.mean()) / len(a),
        lambda a: 2 * (a - a.mean()) / max(1, len(a) - 1),
    ),
    "cosine similarity": (
        dot(a, b) / sqrt(dot(a, a) * dot(b, b)),
        (a, b),
        {},
        cosine_gradient,
        lambda a, b: b / (np.linalg.norm(a) * np.linalg.norm(b)),
    ),
    "entropy": (
        -Sum(p[k, 0] * log(p[k, 0]), (k, 0, n - 1)),
        (p,),
        {"where": [p[k, 0] > 0]},
        lambda p: -np.log(p) - 1,
        lambda p: -np.log(p + 1e-12) - 1,
    ),
    "Gaussian likelihood": (
        over_rows(s + (x[i, 0] - mu) ** 2 * exp(-2 * s) / 2),
        (mu, s, x),
        {"wrt": (mu, s)},
        lambda mu, s, x: (
            -(x - mu).sum() * np.exp(-2 * s),
            (1 - (x - mu) ** 2 * np.exp(-2 * s)).sum(),
        ),
        lambda mu, s, x: (
            -(x - mu).sum() * np.exp(-2 * s),
            1 - ((x - mu) ** 2 * np.exp(-2 * s)).sum(),
        ),
    ),
}


@pytest.mark.parametrize("name", MODELS)
def test_a_right_gradient_passes(name):
    cost, arguments, options, right, _ = MODELS[name]
    report = check_gradient(right, cost, arguments, **options)
    assert report.passed, report
    assert report.tried > 20


@pytest.mark.parametrize("name", MODELS)
def test_a_wrong_gradient_is_caught(name):
    cost, arguments, options, _, wrong = MODELS[name]
    report = check_gradient(wrong, cost, arguments, **options)
    assert not report.passed


class TestJoints:
    """max(y_i − y_j, 0) has a joint at i = j on every input; no joint explains a wrong gradient."""

    margin = (X * theta)[k, 0] - (X * theta)[i, 0]
    cost = Sum(softplus(margin) * Max(y[i, 0] - y[k, 0], 0), (i, 0, m - 1), (k, 0, m - 1))

    @staticmethod
    def gradient(theta, X, y):
        # Σᵢₖ σ(z_k − z_i)·max(y_i − y_k, 0)·(x_k − x_i)
        z = X @ theta
        share = np.exp(-np.logaddexp(0, z[:, None] - z)) * np.maximum(y[:, None] - y, 0)
        return np.einsum("ij,ijk->k", share, X[None] - X[:, None])

    def test_a_right_gradient_of_pairs(self):
        report = check_gradient(self.gradient, self.cost, (theta, X, y))
        assert report.passed, report
        assert report.ulp < 1e4

    @pytest.mark.parametrize("factor", [0.0, -1.0, 1 + 1e-9])
    def test_a_multiple_of_it(self, factor):
        wrong = lambda *a: factor * self.gradient(*a)  # noqa: E731
        assert not check_gradient(wrong, self.cost, (theta, X, y))

    def test_where_the_gradient_jumps_nothing_is_compared(self):
        # ∂/∂μ of μ²/2 for s ≥ 1, else 0: s = 1 may be rounded to either side
        cost = Piecewise((mu**2 / 2, s >= 1), (0, True))
        rounded = lambda mu, s: mu * (s > 1)  # noqa: E731
        report = check_gradient(rounded, cost, (mu, s), inputs=[(3.0, 1.0)])
        assert (report.passed, report.ulp) == (True, 0)
        assert report.skipped > 0


class TestRowsThatAddUp:
    """Inputs of which where says what their rows add up to are as many as of others."""

    shares = Sum(exp((X * W)[i, k]), (k, 0, classes - 1))
    cost = over_rows(log(shares) - Sum(Y[i, k] * (X * W)[i, k], (k, 0, classes - 1)))
    rows = Eq(Sum(Y[i, k], (k, 0, classes - 1)), 1)

    @staticmethod
    def gradient(W, X, Y):
        # XᵀΔ with Δ = −Σ of the other shares where y = 1, so that p − y does not cancel
        z = X @ W
        p = np.exp(z - z.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        others = np.array([[np.delete(r, c).sum() for c in range(len(r))] for r in p])
        return X.T @ np.where(Y == 1, -others, p)

    def test_one_hot(self):
        where = [Contains(Y[i, k], FiniteSet(0, 1)), self.rows]
        report = check_gradient(self.gradient, self.cost, (W, X, Y), where=where)
        assert report.passed, report
        assert report.tried > 35
        cancels = lambda W, X, Y: self.gradient(W, X, 0 * Y) - X.T @ Y  # noqa: E731
        assert not check_gradient(cancels, self.cost, (W, X, Y), where=where)

    @pytest.mark.parametrize("axis", [0, 1], ids=["one row", "one column"])
    def test_a_mistake_for_one_row_or_column_alone_is_seen(self, axis):
        cost = Sum((X * W)[i, k] ** 2, (i, 0, m - 1), (k, 0, classes - 1))
        slope = lambda W, X: 2 * X.T @ (X @ W) * (1 + (X.shape[axis] == 1))  # noqa: E731
        assert not check_gradient(slope, cost, (W, X))

    @pytest.mark.parametrize("axis", [0, 1], ids=["rows", "columns"])
    def test_what_is_left_out_after_the_first_eight_is_seen(self, axis):
        cost = Sum((X * theta)[i, 0] ** 2, (i, 0, m - 1))

        def slope(theta, X):
            rest = X[:8] if axis == 0 else X * (np.arange(len(theta)) < 8)
            return 2 * rest.T @ (rest @ theta)

        assert not check_gradient(slope, cost, (theta, X))
        assert check_gradient(lambda theta, X: 2 * X.T @ (X @ theta), cost, (theta, X))

    def test_shares(self):
        def gradient(W, X, Y):
            z = X @ W
            p = np.exp(z - z.max(axis=1, keepdims=True))
            return X.T @ (p / p.sum(axis=1, keepdims=True) - Y)

        where = [Y[i, k] >= 0, self.rows]
        report = check_gradient(gradient, self.cost, (W, X, Y), where=where)
        assert report.passed, report
        assert report.tried > 35
