"""Sums of exponentials over others, in products and powers of sums: their shares are finite."""

import numpy as np
import pytest
from sympy import Derivative, MatrixSymbol, Sum, exp, log, symbols

from symderiv import gradient, hessian, to_numpy

m, n, K = symbols("m n K", integer=True, positive=True)
i, a, k, p = symbols("i a k p", integer=True, nonnegative=True)
tau = symbols("tau", positive=True)
X, w = MatrixSymbol("X", m, n), MatrixSymbol("w", n, 1)
W, T = MatrixSymbol("W", n, K), MatrixSymbol("T", m, K)
z = X * w
products = exp(z[i, 0] * z[a, 0])
total = Sum(products, (a, 0, m - 1))


@pytest.mark.parametrize(
    "row",
    [log(total), (Sum(products * z[a, 0], (a, 0, m - 1)) / total) ** 2],
    ids=["log", "attention"],
)
def test_hessian_of_a_loss_of_pairs_of_rows(row):
    cost = Sum(row, (i, 0, m - 1))
    f = to_numpy({"g": gradient(cost, w), "h": hessian(cost, w)}, (w, X))
    data = np.array([[1.0], [-0.5], [2.0]])
    for at, rounded in ((1.0, 1e-6), (30.0, 1e-6), (400.0, 1e-3)):
        step = 1e-5 * at
        slopes = [f.g([t], data)[0] for t in (at - step, at + step)]
        assert f.h([at], data) == pytest.approx((slopes[1] - slopes[0]) / (2 * step), rel=rounded)


def test_derivative_by_a_temperature():
    # of −Σ tₖ·log(e^{uₖ/τ}/Σ e^{uₚ/τ}), which is Σ tₖ·(uₖ − Σ pₚuₚ)/τ²
    u = (X * W)[i, k]
    share = exp(u / tau) / Sum(exp((X * W)[i, p] / tau), (p, 0, K - 1))
    cost = -Sum(Sum(T[i, k] * log(share), (k, 0, K - 1)), (i, 0, m - 1))
    f = to_numpy(Derivative(cost, tau), (W, tau, X, T))
    scores, labels = 800 * np.array([1.0, -0.5, 0.2]), np.array([0.2, 0.3, 0.5])
    wanted = labels @ (scores - scores[0]) / 0.3**2
    assert f(scores[None, :], 0.3, [[1.0]], labels[None, :]) == pytest.approx(wanted, rel=1e-14)


def test_a_logarithm_of_a_quotient_of_sums():
    # −log(Σ tₖ·pₖ) for labels of which several may hold, where none is likely
    u = (X * W)[i, k]
    shares = Sum(T[i, k] * exp(u), (k, 0, K - 1)) / Sum(exp(u), (k, 0, K - 1))
    f = to_numpy(-Sum(log(shares), (i, 0, m - 1)), (W, X, T))
    scores, labels = np.array([[1.0, -0.5, 0.2]]), np.array([[0.0, 1.0, 1.0]])
    for scale in (1.0, 800.0):
        few, all_of_them = (np.logaddexp.reduce(scale * scores[0, j:]) for j in (1, 0))
        assert f(scale * scores, [[1.0]], labels) == pytest.approx(all_of_them - few, rel=1e-14)
