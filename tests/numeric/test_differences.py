"""Sums of weighted differences as products of matrices, for data far from 0."""

import numpy as np
import pytest
from sympy import MatrixSymbol, Sum, exp, log, symbols

from symderiv import gradient
from symderiv.numeric import to_numpy

m, n, K = symbols("m n K", integer=True, positive=True)
i, j, k, q = symbols("i j k q", integer=True, nonnegative=True)
X, C, R = MatrixSymbol("X", m, n), MatrixSymbol("C", K, n), MatrixSymbol("R", m, K)
rows, columns = (i, 0, m - 1), (q, 0, n - 1)
FAR = 1e8 + np.array([[0.0, 0.5], [0.25, -1.0], [1.5, 0.125], [-0.75, 0.5]])
NEAR = FAR - 1e8  # every difference is exact


@pytest.mark.parametrize("density", [False, True], ids=["sum of kernels", "density"])
def test_gradient_of_a_kernel(density):
    kernel = exp(-Sum((X[i, q] - X[j, q]) ** 2, columns) / 2)
    inner = Sum(kernel, (j, 0, m - 1))
    f = to_numpy(gradient(Sum(log(inner) if density else inner, rows), X), (X,))
    np.testing.assert_allclose(f(FAR), f(NEAR), rtol=1e-14)
    d = NEAR[:, None] - NEAR
    w = np.exp(-np.sum(d**2, axis=2) / 2)
    w = w / np.sum(w, axis=1)[:, None] if density else w
    exact = -np.einsum("ij,ijq->iq", w + w.T, d)
    np.testing.assert_allclose(f(FAR), exact, rtol=1e-13)
    assert "@" in f.source


def test_gradient_of_k_means():
    cost = Sum(R[i, k] * Sum((X[i, q] - C[k, q]) ** 2, columns), rows, (k, 0, K - 1))
    f = to_numpy(gradient(cost, C), (C, X, R))
    shares = np.array([[1, 0], [0.5, 0.5], [0, 1], [0.25, 0.75]])
    centres = np.array([[0.125, 0.25], [-1, 0.5]])
    exact = -2 * np.einsum("ik,ikq->kq", shares, NEAR[:, None] - centres)
    np.testing.assert_allclose(f(1e8 + centres, FAR, shares), exact, rtol=1e-14)
    assert f(1e8 + centres, np.zeros((1, 2)), np.zeros((1, 2))).shape == (2, 2)
    assert "for start in range" in f.source  # the data are still read in blocks
