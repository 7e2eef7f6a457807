"""Norms, and logarithms and quotients of sums of squares: no square overflows or vanishes."""

import mpmath
import numpy as np
import pytest
from ids import steady
from sympy import (
    Derivative,
    MatrixSymbol,
    Sum,
    acosh,
    cosh,
    diff,
    exp,
    lambdify,
    log,
    sqrt,
    symbols,
)
from written_back import read_back

from symderiv import gradient, prove_equal
from symderiv.numeric import to_numpy

z, y = symbols("z y", real=True)
delta = symbols("delta", positive=True)
m, n, K = symbols("m n K", integer=True, positive=True)
i, j, k, q = symbols("i j k q", integer=True, nonnegative=True)
X, C, W = MatrixSymbol("X", m, n), MatrixSymbol("C", K, n), MatrixSymbol("W", n, K)
theta, labels = MatrixSymbol("theta", n, 1), MatrixSymbol("y", m, 1)
score = (X * theta)[i, 0]
SCALES = [1.0, 1e170, 1e-170]


def compiled(cost, *arguments):
    return to_numpy({"cost": cost, "gradient": gradient(cost, arguments[0])}, arguments)


@pytest.mark.parametrize("scale", SCALES)
def test_distances(scale):
    # Σᵢₖ √Σ_q (xᵢ_q − cₖ_q)² has by c the unit vectors from x to c
    cost = Sum(sqrt(Sum((X[i, q] - C[k, q]) ** 2, (q, 0, n - 1))), (i, 0, m - 1), (k, 0, K - 1))
    f = compiled(cost, C, X)
    at = scale * np.array([[3.0, 4.0], [0.0, -1.0]]), np.zeros((1, 2))
    assert f.cost(*at) == pytest.approx(6 * scale, rel=1e-15)
    np.testing.assert_allclose(f.gradient(*at), [[0.6, 0.8], [0, -1]], rtol=1e-15)


@pytest.mark.parametrize("scale", SCALES)
def test_groups_and_all_of_a_matrix(scale):
    # Σₖ √Σ_q W²_qk and √Σ W²
    groups = Sum(sqrt(Sum(W[q, k] ** 2, (q, 0, n - 1))), (k, 0, K - 1))
    at = scale * np.array([[3.0, 0.0], [4.0, 12.0]])
    f = compiled(groups, W)
    assert f.cost(at) == pytest.approx(17 * scale, rel=1e-15)
    np.testing.assert_allclose(f.gradient(at), [[0.6, 0], [0.8, 1]], rtol=1e-15)
    g = compiled(sqrt(Sum(W[q, k] ** 2, (q, 0, n - 1), (k, 0, K - 1))), W)
    assert g.cost(at) == pytest.approx(13 * scale, rel=1e-15)
    np.testing.assert_allclose(g.gradient(at), at / scale / 13, rtol=1e-15)


def test_a_norm_beside_a_number_and_in_an_exponential():
    # √(1 + ‖d‖²), and (1 + u)·e^(−u) for u = ‖d‖/δ, a kernel that is 0 far away
    distance = Sum((X[i, q] - C[k, q]) ** 2, (q, 0, n - 1))
    pairs = (i, 0, m - 1), (k, 0, K - 1)
    far = np.array([[3e170, 4e170]]), np.zeros((1, 2))
    f = compiled(Sum(sqrt(1 + distance), *pairs), C, X)
    assert f.cost(*far) == pytest.approx(5e170, rel=1e-15)
    np.testing.assert_allclose(f.gradient(*far), [[0.6, 0.8]], rtol=1e-15)
    u = sqrt(distance) / delta
    g = compiled(Sum((1 + u) * exp(-u), *pairs), C, X, delta)
    assert g.cost(*far, 2.0) == 0
    np.testing.assert_array_equal(g.gradient(*far, 2.0), [[0, 0]])


def test_the_norm_of_zeros_and_of_infinities():
    f = to_numpy(sqrt(Sum(theta[q, 0] ** 2, (q, 0, n - 1))), (theta,))
    found = [f(t) for t in ([0.0, 0.0], [5e-324, 0.0], [np.inf, 1.0], [np.nan, 1.0])]
    np.testing.assert_array_equal(found, [0, 5e-324, np.inf, np.nan])


@pytest.mark.parametrize("residual", [1e160, 3.0, 1e-3])
def test_cauchy_loss(residual):
    # Σ log(1 + (e/δ)²), whose slope is 2e/(δ² + e²)
    cost = Sum(log(1 + ((labels[i, 0] - (X * theta)[i, 0]) / delta) ** 2), (i, 0, m - 1))
    f = compiled(cost, theta, X, labels, delta)
    at, u = ([1.0], [[residual]], [0.0], 2.0), residual / 2
    exact = 2 * np.log(u) if residual > 1e100 else np.log1p(u**2)
    assert f.cost(*at) == pytest.approx(exact, rel=1e-15)
    assert f.gradient(*at) == pytest.approx([2 / (1 + 1 / u / u)], rel=1e-15)


@pytest.mark.parametrize("scale", [1.0, 1e200, 1e-200])
@pytest.mark.parametrize(
    ("written", "value"),
    [
        (z / (z**2 + y**2), lambda s: 3 / 25 / s),
        (log(z**2 + y**2), lambda s: 2 * np.log(5) + 2 * np.log(s)),
        (z * log(z**2 + y**2) / y, lambda s: 1.5 * (np.log(5) + np.log(s))),
        (z**2 / (z**2 + y**2), lambda s: 9 / 25),
        (z**3 * y / (z**2 + y**2) ** 2, lambda s: 108 / 625),
        (z**2 * y / sqrt(z**2 + y**2) ** 3, lambda s: 36 / 125),
    ],
    ids=steady,
)
def test_over_a_sum_of_squares(written, value, scale):
    assert to_numpy(written, (z, y))(3 * scale, 4 * scale) == pytest.approx(value(scale), rel=2e-15)


def test_bounded_functions_are_squared_as_they_are():
    from symderiv import sigma

    f = to_numpy(sigma(z) / (1 + sigma(z) ** 2), (z,))
    assert "hypot" not in f.source
    assert f(800.0) == 0.5


@pytest.mark.parametrize("apart", [0.3, 1e-3, 1e-9])
def test_the_distance_of_near_points_in_the_poincare_disc(apart):
    """acosh(1 + x) has the slope x'/√(x·(2 + x)), and |1 + x| − 1 has lost the digits of x."""
    distance = acosh(1 + 2 * (z - y) ** 2 / ((1 - z**2) * (1 - y**2)))
    slope = to_numpy(Derivative(distance, z), (z, y))
    exact = lambdify((z, y), diff(distance, z), "mpmath")
    with mpmath.workdps(60):
        expected = float(exact(mpmath.mpf(0.5), mpmath.mpf(0.5 + apart)))
    assert slope(0.5, 0.5 + apart) == pytest.approx(expected, rel=1e-12)


def test_norms_have_slope_0_where_they_are_0():
    # λ·‖θ − w‖ by θ: opposite slopes in each direction, as of |θ − w|
    w = MatrixSymbol("w", n, 1)
    lasso = Sum(sqrt(Sum(W[k, q] ** 2, (q, 0, K - 1))), (k, 0, n - 1))
    apart = delta * sqrt(Sum((theta[k, 0] - w[k, 0]) ** 2, (k, 0, n - 1)))
    f = to_numpy(gradient(apart, theta), (theta, w, delta))
    assert f([1.0, 2.0], [1.0, 2.0], 0.5).tolist() == [0, 0]
    assert f([4.0, 6.0], [1.0, 2.0], 0.5) == pytest.approx([0.3, 0.4], rel=1e-15)
    rows = to_numpy(gradient(lasso, W), (W,))([[0.0, 0.0], [3e-200, 4e-200]])
    assert rows == pytest.approx(np.array([[0, 0], [0.6, 0.8]]), rel=1e-15)
    f = to_numpy(Derivative(sqrt(z**2 + y**2), z), (z, y))
    assert (f(0.0, 0.0), f(3.0, 4.0)) == (0, pytest.approx(0.6))
    assert prove_equal(z / sqrt(z**2 + y**2), read_back(f)).proved


def test_cubes_of_norms_do_not_overflow():
    # (√(1 + z²))″ = (1 + z²)^(−3/2), the curvature of a pseudo-Huber loss
    f = to_numpy(Derivative(sqrt(1 + z**2), z, z), (z,))
    assert f(1e104) == pytest.approx(1e-312, rel=1e-10)
    assert f(3.0) == pytest.approx(10**-1.5, rel=1e-15)


def test_forces_between_points_that_coincide_are_0():
    # Σₖᵢ sₖᵢ·‖wₖ − wᵢ‖: the two equal points have no part in each other's slope
    weights = MatrixSymbol("S", n, n)
    distance = sqrt(Sum((W[k, q] - W[i, q]) ** 2, (q, 0, K - 1)))
    energy = Sum(weights[k, i] * distance, (k, 0, n - 1), (i, 0, n - 1))
    slope = to_numpy(gradient(energy, W), (W, weights))
    found = slope([[0.0, 1.0], [0.0, 1.0], [3.0, 5.0]], np.ones((3, 3)))
    assert found == pytest.approx(np.array([[-1.2, -1.6], [-1.2, -1.6], [2.4, 3.2]]), rel=1e-15)


def test_rows_of_a_robust_loss():
    # Σᵢ (√(1 + zᵢ²) − 1) and Σᵢ log cosh zᵢ, for zᵢ that have no square, and for 1e−9
    at = np.array([1e-9, 0.75, -3.0, 250.0, -400.0, 1e170])
    for loss, of in (
        (sqrt(1 + score**2) - 1, lambda v: v**2 / (1 + mpmath.sqrt(1 + v**2))),
        (
            log(cosh(score)),
            lambda v: abs(v) + mpmath.log1p(mpmath.exp(-2 * abs(v))) - mpmath.log(2),
        ),
    ):
        f = to_numpy(Sum(loss, (i, 0, m - 1)), (theta, X))
        for v in at:
            with mpmath.workdps(40):
                exact = float(of(abs(mpmath.mpf(v))))
            assert f([1.0], [[v]]) == pytest.approx(exact, rel=4e-16, abs=0)
        assert np.isnan(f([1.0], [[np.nan]]))
        assert "hypot" not in f.source  # it takes longer, and so do two branches
        assert "np.where" not in f.source
