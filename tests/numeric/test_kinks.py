"""Gradients with |u| and cases: opposite slopes meet in 0, and what the cases share leaves them."""

import numpy as np
import pytest
from ids import steady
from sympy import (
    Abs,
    Derivative,
    Heaviside,
    MatrixSymbol,
    Max,
    Piecewise,
    Sum,
    cos,
    log,
    sign,
    sin,
    symbols,
)

from symderiv import gradient, hessian
from symderiv.numeric import to_numpy

z = symbols("z", real=True)
d, lam = symbols("d lambda", positive=True)
m, n, H = symbols("m n H", integer=True, positive=True)
i, j, h = symbols("i j h", integer=True, nonnegative=True)
X, theta, y = MatrixSymbol("X", m, n), MatrixSymbol("theta", n, 1), MatrixSymbol("y", m, 1)
score, rows = (X * theta)[i, 0], (i, 0, m - 1)
r = score - y[i, 0]

DATA = np.array([[1.0, 2], [2, 1], [4, 4]])
LABELS = np.array([3.0, 1, 9])  # the first residual at (1, 1) is 0, the others are 2 and −1
AT = np.ones(2)
RESIDUALS = DATA @ AT - LABELS


@pytest.mark.parametrize(
    "kink", [Abs(z), Abs(-z), Abs(3 * z), Max(z, -z), Abs(z - 2) - Abs(z + 2)], ids=steady
)
def test_a_kink_has_the_mean_slope(kink):
    assert to_numpy(Derivative(kink, z), (z,))(0.0) == (0 if kink.subs(z, 1) > 0 else -2)


@pytest.mark.parametrize(
    ("smooth", "order", "slope"),
    [
        (z + z * Abs(z), 1, 1.0),
        (Abs(z) * sin(Abs(z)), 2, 2.0),  # signs are multiplied: no mean of both sides
        (Max(0, z) - Abs(z) / 2, 1, 0.5),
        (cos(Abs(z)), 2, -1.0),
        (Piecewise((z, z > 0), (0, z >= 0), (z, True)), 1, 1.0),
    ],
    ids=steady,
)
def test_a_slope_that_is_one_stays(smooth, order, slope):
    assert to_numpy(Derivative(smooth, (z, order)), (z,))(0.0) == slope


def test_cases_by_hand_count_at_0():
    by_hand = Piecewise((1, z >= 0), (-1, True))
    assert to_numpy(by_hand, (z,))(0.0) == 1
    assert to_numpy(by_hand + Derivative(z * Abs(z), z), (z,))(0.0) == 1
    assert to_numpy(2 * Heaviside(z, 1) - 1, (z,))(0.0) == 1
    assert to_numpy(sign(z), (z,))(np.array([0.0, -2, np.nan])) == pytest.approx(
        [0, -1, np.nan], nan_ok=True
    )


def test_gradient_of_a_lasso_at_0():
    f = to_numpy(gradient(lam * Sum(Abs(theta[j, 0]), (j, 0, n - 1)), theta), (theta, lam))
    assert "return lambda_ * np.sign(theta)" in f.source
    assert f(np.array([0.0, -2, 3]), 0.5).tolist() == [0, -0.5, 0.5]


@pytest.mark.parametrize(
    ("cost", "slopes"),
    [
        (Abs(r), np.sign(RESIDUALS)),
        (Abs(y[i, 0] - score), np.sign(RESIDUALS)),
        (
            Piecewise((r**2 / 2, Abs(r) <= d), (d * (Abs(r) - d / 2), True)),
            np.clip(RESIDUALS, -1.5, 1.5),
        ),
        (Max(0, Abs(r) - d), [0.0, 1.0, 0.0]),
        (Abs(r) / (1 + Abs(r)), np.sign(RESIDUALS) / (1 + abs(RESIDUALS)) ** 2),
        (Abs(r) ** 3, 3 * RESIDUALS * abs(RESIDUALS)),
    ],
    ids=steady,
)
def test_slopes_of_rows_are_a_vector(cost, slopes):
    # Xᵀs, and nothing of the size of X but X
    f = to_numpy(gradient(Sum(cost, rows), theta), (theta, X, y, d))
    assert "Xb.T @" in f.source
    assert "[:, None]" not in f.source
    assert f(AT, DATA, LABELS, 1.5) == pytest.approx(DATA.T @ slopes)


def test_gradient_of_a_layer_of_rectified_units():
    # Σ (Σₕ aₕ·max(0, (XV)ₕ) − y)² by V: 2Xᵀ(r·aᵀ where XV > 0), with nothing of four axes
    V, a = MatrixSymbol("V", n, H), MatrixSymbol("a", H, 1)
    unit = Max(0, (X * V)[i, h]) * a[h, 0]
    cost = Sum((Sum(unit, (h, 0, H - 1)) - y[i, 0]) ** 2, rows)
    f = to_numpy(gradient(cost, V), (V, a, X, y))
    v, w = np.array([[1.0, -1, 2], [-1, 1, 1]]), np.array([1.0, 2, -1])
    x = np.array([[1.0, 2], [2, 1], [4, 5]])  # no unit is at its kink
    active = x @ v
    left = np.maximum(active, 0) @ w - LABELS
    assert f(v, w, x, LABELS) == pytest.approx(2 * x.T @ (left[:, None] * w * (active > 0)))
    assert "np.eye" not in f.source


@pytest.mark.parametrize(
    ("written", "exact"),
    [
        (Derivative(z / (1 + Abs(z)), z), lambda v: (1 + abs(v)) ** -2),
        (Derivative(z / (1 + Abs(z)), z, z), lambda v: -2 * np.sign(v) * (1 + abs(v)) ** -3),
        (Derivative(log(1 + Abs(z)), z, z), lambda v: -((1 + abs(v)) ** -2)),
        (Derivative(z * Abs(z), z), lambda v: 2 * abs(v)),
        (Derivative(Abs(2 - z) / (1 + Abs(z - 2)), z), lambda v: np.sign(v) * (1 + abs(v)) ** -2),
    ],
    ids=steady,
)
def test_u_times_its_sign_is_its_absolute_value(written, exact):
    far = np.array([-1e8, -1e5, 1e5, 1e8, 1e16])
    at = far if "2" not in str(written.expr) else far + 2
    assert to_numpy(written, (z,))(at) == pytest.approx(exact(far), rel=1e-14, abs=0)


def test_hessian_of_a_sum_of_absolute_values_of_products():
    # Σ |zᵢ|² is smooth, though it is written with |zᵢ|
    f = to_numpy(hessian(Sum(Abs(score) ** 2, rows), theta), (theta, X))
    assert f(np.zeros(2), DATA) == pytest.approx(2 * DATA.T @ DATA)


def test_a_prepared_gradient_of_least_absolute_deviations():
    costs = Sum(Abs(r), rows)
    f = to_numpy({"cost": costs, "slope": gradient(costs, theta)}, (theta, X, y))
    cost, slope = f.prepare(X=DATA, y=LABELS).cost_and_slope(AT)
    assert cost == pytest.approx(abs(RESIDUALS).sum())
    assert slope == pytest.approx(DATA.T @ np.sign(RESIDUALS))


def test_products_of_signs_count_at_0():
    # one is 1 and the other −1 at 0, where their product is −1
    above, below = (Piecewise((1, c), (-1, True)) for c in (z >= 0, z > 0))
    f = to_numpy(above * below, (z,))
    assert [f(v) for v in (-2.0, 0.0, 2.0)] == [1, -1, 1]
    mirrored = Piecewise((1, -z >= 0), (-1, True))
    f = to_numpy(above * mirrored, (z,))
    assert [f(v) for v in (-2.0, 0.0, 2.0)] == [-1, 1, -1]


def test_a_redescending_loss():
    # Tukey: Σ 1 − (1 − (rᵢ/c)²)³ where |rᵢ| ≤ c, and else 1; without slow powers, NaN is kept
    c = symbols("c", positive=True)
    loss = Piecewise((1 - (1 - (r / c) ** 2) ** 3, Abs(r) <= c), (1, True))
    cost = Sum(loss, rows)
    f = to_numpy({"cost": cost, "gradient": gradient(cost, theta)}, (theta, c, X, y))
    at = AT, 1.5, DATA, LABELS
    t = 1 - (RESIDUALS / 1.5) ** 2
    inside = abs(RESIDUALS) <= 1.5
    assert f.cost(*at) == pytest.approx(np.sum(np.where(inside, 1 - t**3, 1)), rel=1e-15)
    slopes = np.where(inside, 6 * RESIDUALS / 1.5**2 * t**2, 0)
    np.testing.assert_allclose(f.gradient(*at), DATA.T @ slopes, rtol=1e-15)
    assert "** 3" not in f.source
    assert "isnan" not in f.source
    for given in ((AT * np.nan, *at[1:]), (AT, np.nan, DATA, LABELS)):
        assert np.isnan(f.cost(*given))
        assert np.isnan(f.gradient(*given)).all()
