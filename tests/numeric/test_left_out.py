"""Sums of exponentials over all rows but one, which may be by far the largest of them."""

import numpy as np
import pytest
from sympy import KroneckerDelta, MatrixSymbol, Sum, exp, log, symbols

from symderiv import gradient, to_numpy

m, n, K = symbols("m n K", integer=True, positive=True)
i, q, k = symbols("i q k", integer=True, nonnegative=True)
tau = symbols("tau", positive=True)
U, X, w = MatrixSymbol("U", m, K), MatrixSymbol("X", m, n), MatrixSymbol("w", n, 1)
OTHERS = 1 - KroneckerDelta(i, q)


def shares(scores):
    """log Σ and the softmax of each row, without the diagonal."""
    scores = scores.copy()
    np.fill_diagonal(scores, -np.inf)
    largest = scores.max(axis=1, keepdims=True)
    e = np.exp(scores - largest)
    return largest[:, 0] + np.log(e.sum(axis=1)), e / e.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("scale", [0.1, 1.0, 3.0])
def test_contrastive_loss(scale):
    # Σᵢ log Σ_{q≠i} e^(uᵢ·u_q/τ), whose own term e^(‖uᵢ‖²/τ) is the largest
    inner = Sum(U[i, k] * U[q, k], (k, 0, K - 1)) / tau
    cost = Sum(log(Sum(OTHERS * exp(inner), (q, 0, m - 1))), (i, 0, m - 1))
    f = to_numpy({"cost": cost, "gradient": gradient(cost, U)}, (U, tau))
    u = scale * np.random.default_rng(5).normal(size=(5, 3))
    logs, p = shares(u @ u.T / 0.3)
    assert f.cost(u, 0.3) == pytest.approx(logs.sum(), rel=1e-12)
    assert f.gradient(u, 0.3) == pytest.approx((p + p.T) @ u / 0.3, rel=1e-10)


def test_kernel_sum_over_other_points():
    # Σᵢ Σ_{q≠i} e^(−(zᵢ − z_q)²): 1 + 10⁻¹¹ − 1 has five digits
    z = X * w
    kernel = exp(-((z[i, 0] - z[q, 0]) ** 2))
    cost = Sum(OTHERS * kernel, (i, 0, m - 1), (q, 0, m - 1))
    rows, at = np.array([[0.0], [1.0], [2.3]]), np.array([5.0])
    apart = (rows - rows.T) * at
    expected = (np.exp(-(apart**2)) * (1 - np.eye(3))).sum()
    assert to_numpy(cost, (w, X))(at, rows) == pytest.approx(expected, rel=1e-12)
