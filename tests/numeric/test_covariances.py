"""Hessians of log Σ e^u, where one of the shares is nearly 1."""

import numpy as np
import pytest
from sympy import IndexedBase, KroneckerDelta, MatrixSymbol, Sum, exp, log, symbols

from symderiv import hessian, prove_equal
from symderiv.numeric import to_numpy

m, n, K = symbols("m n K", integer=True, positive=True)
i, j, k, p = symbols("i j k p", integer=True, nonnegative=True)
u, a, b = (IndexedBase(name, shape=(K,)) for name in "uab")
X, theta = MatrixSymbol("X", m, n), MatrixSymbol("theta", n, 1)
event, weight = MatrixSymbol("d", m, 1), MatrixSymbol("w", m, 1)


def mean(f, p=p):
    return Sum(exp(u[p]) * f / Sum(exp(u[k]), (k, 0, K - 1)), (p, 0, K - 1))


def test_the_identity_is_proved():
    share, first = exp(u[p]) / Sum(exp(u[k]), (k, 0, K - 1)), KroneckerDelta(p, j)

    def total(f):
        return Sum(f, (p, 0, K - 1))

    rest = share - first
    written = total(rest * a[p] * b[p]) - total(rest * a[p]) * mean(b[p])
    written -= total(first * a[p]) * total(rest * b[p])
    assert prove_equal(mean(a[p] * b[p]) - mean(a[p]) * mean(b[p]), written).proved


def test_variance_and_covariance():
    variance = mean(a[p] ** 2) - mean(a[p]) ** 2
    covariance = mean(a[p] * b[p]) - mean(a[p]) * mean(b[p])
    f = to_numpy({"variance": variance, "covariance": covariance}, (u, a, b))
    other = np.exp(-40.0)  # the shares are 1 − other and other
    at = [40.0, 0.0], [1.0, 3.0], [5.0, -1.0]
    assert f.variance(*at) == pytest.approx(4 * other, rel=1e-15, abs=0)
    assert f.covariance(*at) == pytest.approx(-12 * other, rel=1e-15, abs=0)
    assert f.covariance([7.0, 7.0], *at[1:]) == pytest.approx(-3, rel=1e-15)


@pytest.mark.parametrize("weighted", [False, True], ids=["plain", "case weights"])
def test_hessian_of_the_likelihood_of_cox(weighted):
    # Σᵢ dᵢ·Σⱼ pᵢⱼ(xⱼ − μᵢ)(xⱼ − μᵢ)ᵀ over the rows j from i on
    factor = weight[j, 0] if weighted else 1
    risk = log(Sum(factor * exp((X * theta)[j, 0]), (j, i, m - 1)))
    cost = Sum(event[i, 0] * (risk - (X * theta)[i, 0]), (i, 0, m - 1))
    f = to_numpy(hessian(cost, theta), (theta, X, event, weight))
    random = np.random.default_rng(0)
    x, t, d, w = random.normal(size=(6, 2)), np.array([2.0, -1]), [1, 0, 1, 1, 0, 1], np.arange(6.0)
    expected = 0
    for r in np.flatnonzero(d):
        shares = (w[r:] if weighted else 1) * np.exp(x[r:] @ t)
        shares /= np.sum(shares)
        deviations = x[r:] - shares @ x[r:]
        expected += deviations.T @ (shares[:, None] * deviations)
    np.testing.assert_allclose(f(t, x, d, w), expected, rtol=1e-12)
    other = np.exp(-40)
    for scores in ([40.0, 0.0], [0.0, 40.0]):
        found = f([1.0], [[s] for s in scores], [1, 0], [1, 1])
        assert found == pytest.approx(1600 * other, rel=1e-14, abs=0)
    assert "ijk" not in f.source


@pytest.mark.parametrize("rows", [False, True], ids=["ranking", "rows"])
def test_diagonal_of_a_hessian_by_scores(rows):
    # Σ pᵣ(1 − pᵣ) and −Σ pᵣp_c, for choices among the scores from k on, or for rows of scores
    A = MatrixSymbol("A", m, K)
    if rows:
        cost = Sum(log(Sum(exp(A[i, p] + u[p]), (p, 0, K - 1))), (i, 0, m - 1))
    else:
        cost = Sum(log(Sum(exp(u[p]), (p, k, K - 1))), (k, 0, K - 1))
    f = to_numpy(hessian(cost, u), (u, A))
    other = np.exp(-40) / (1 + np.exp(-40)) ** 2
    found = f([40.0, 0.0], [[0.0, 0.0]])
    np.testing.assert_allclose(found, other * np.array([[1, -1], [-1, 1]]), rtol=1e-15)
    at = np.array([[0.1, -0.3, 1.0], [1.0, 0.5, 2.0]]), np.array([0.2, 0.1, -0.4])
    sets = [a + at[1] for a in at[0]] if rows else [at[1][r:] for r in range(3)]
    expected = np.zeros((3, 3))
    for scores in sets:
        q = np.pad(np.exp(scores) / np.sum(np.exp(scores)), (3 - len(scores), 0))
        expected += np.diag(q) - np.outer(q, q)
    np.testing.assert_allclose(f(at[1], at[0]), expected, rtol=1e-13, atol=1e-16)
