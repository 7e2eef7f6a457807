"""Forces between pairs of points: what one point exerts on itself does not drown the others."""

import numpy as np
import pytest
from ids import steady
from sympy import MatrixSymbol, Sum, exp, log, sqrt, symbols

from symderiv import gradient
from symderiv.numeric import to_numpy

m, n = symbols("m n", integer=True, positive=True)
i, j, q = symbols("i j q", integer=True, nonnegative=True)
soft = symbols("epsilon", positive=True)
X, w = MatrixSymbol("X", m, n), MatrixSymbol("w", m, 1)
d2 = Sum((X[i, q] - X[j, q]) ** 2, (q, 0, n - 1))

rng = np.random.default_rng(0)
POINTS, MASSES, EPS = 10 * rng.normal(size=(30, 3)), rng.random(30), 1e-6
APART = POINTS[:, None].astype(np.longdouble) - POINTS
SQUARES = (APART**2).sum(axis=2) + np.longdouble(EPS)


@pytest.mark.parametrize(
    ("potential", "slope"),  # by the square of the distance
    [
        (1 / sqrt(d2 + soft), -(SQUARES ** np.longdouble(-1.5)) / 2),
        (1 / (d2 + soft), -(SQUARES**-2)),
        (log(d2 + soft), 1 / SQUARES),
    ],
    ids=steady,
)
def test_softened_forces(potential, slope):
    # Σᵢⱼ wᵢwⱼ·g(‖xᵢ − xⱼ‖² + ε) by X: 4wₚ·Σⱼ wⱼ·g'·(xₚ − xⱼ)
    cost = Sum(w[i, 0] * w[j, 0] * potential, (i, 0, m - 1), (j, 0, m - 1))
    f = to_numpy(gradient(cost, X), (X, w, soft))
    forces = 4 * (np.outer(MASSES, MASSES) * slope)[:, :, None] * APART
    error = abs(f(POINTS, MASSES, EPS) - forces.sum(axis=1)) / abs(forces).sum(axis=1)
    assert error.max() < 1e-13


def test_weights_that_are_given_are_not_masked():
    W = MatrixSymbol("W", m, m)
    cost = Sum(W[i, j] * (w[i, 0] - w[j, 0]) ** 2, (i, 0, m - 1), (j, 0, m - 1))
    f = to_numpy(gradient(cost, w), (w, W))
    weights = rng.normal(size=(30, 30))
    both = weights + weights.T
    assert f(MASSES, weights) == pytest.approx(2 * (both.sum(axis=1) * MASSES - both @ MASSES))
    assert "np.where" not in f.source


@pytest.mark.parametrize(
    ("distance", "of_points"),
    [
        (d2 / 2, lambda d: (d * d).sum(axis=2) / 2),
        (Sum(abs(X[i, q] - X[j, q]), (q, 0, n - 1)), lambda d: abs(d).sum(axis=2)),
    ],
    ids=["squares", "absolute"],
)
def test_a_kernel_is_computed_once_for_the_cost_and_the_gradient(distance, of_points):
    # Σᵢⱼ wᵢwⱼ·Kᵢⱼ, where Kᵢⱼ = exp(−d(xᵢ, xⱼ)) is Kⱼᵢ, and needs no guard against overflow
    cost = Sum(w[i, 0] * w[j, 0] * exp(-distance), (i, 0, m - 1), (j, 0, m - 1))
    f = to_numpy({"cost": cost, "gradient": gradient(cost, X)}, (X, w)).cost_and_gradient
    assert f.source.count("np.exp(") == 1
    assert "np.where" not in f.source
    points = POINTS[:, :2] / 10
    D = points[:, None] - points
    weights = np.outer(MASSES, MASSES) * np.exp(-of_points(D))
    slope = D if "einsum" in f.source else np.sign(D)
    cost, found = f(points, MASSES)
    assert cost == pytest.approx(weights.sum(), rel=1e-14)
    forces = -2 * weights[:, :, None] * slope
    assert (abs(found - forces.sum(axis=1)) / abs(forces).sum(axis=1)).max() < 1e-14
