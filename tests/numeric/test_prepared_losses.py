"""Losses of other kinds with their data kept: classes, cases and numbers as parameters."""

import numpy as np
import pytest
from sympy import MatrixSymbol, Max, Piecewise, Rational, Sum, exp, log, symbols

from symderiv import gradient, to_numpy
from symderiv.numeric import compile as compile_

m, n, K = symbols("m n K", integer=True, positive=True)
i, k, p = symbols("i k p", integer=True, nonnegative=True)
X, theta, y = MatrixSymbol("X", m, n), MatrixSymbol("theta", n, 1), MatrixSymbol("y", m, 1)
W, T = MatrixSymbol("W", n, K), MatrixSymbol("T", m, K)


@pytest.mark.parametrize("rows", [40, 20_000])
def test_softmax_regression(rows):
    # Σᵢ log Σₖ e^{zᵢₖ} − Σₖ yᵢₖzᵢₖ: the sums of short rows are written over buffers, too
    scores = X * W
    loss = log(Sum(exp(scores[i, p]), (p, 0, K - 1))) - Sum(T[i, k] * scores[i, k], (k, 0, K - 1))
    cost = Sum(loss, (i, 0, m - 1))
    f = to_numpy({"cost": cost, "gradient": gradient(cost, W)}, (W, X, T))
    rng = np.random.default_rng(0)
    x, at, y = rng.normal(size=(rows, 3)), rng.normal(size=(3, 4)), np.eye(4)
    y = y[rng.integers(0, 4, rows)]
    made = f.prepare(x, y).cost_and_gradient
    z = x @ at
    e = np.exp(z)
    exact = np.sum(np.log(e.sum(axis=1)) - np.sum(y * z, axis=1))
    terms = abs(x).T @ (y + 1)
    for found, slope in (f.cost_and_gradient(at, x, y), made(at)):
        assert found == pytest.approx(exact, rel=1e-14)
        assert (abs(slope - x.T @ (e / e.sum(axis=1)[:, None] - y)) / terms).max() < 1e-15
    assert 'np.einsum("ij,ij->i", T' in made.source
    assert ("out=" in made.source) == (rows > 40)


r_i = (X * theta)[i, 0] - y[i, 0]
shape = symbols("r", positive=True)


@pytest.mark.parametrize("rows", [40, 20_000])
@pytest.mark.parametrize(
    "loss",
    [
        Max(0, 1 - y[i, 0] * (X * theta)[i, 0]),
        Piecewise((r_i**2 / 2, abs(r_i) <= 1), (abs(r_i) - Rational(1, 2), True)),
        Max(0, abs(r_i) - Rational(1, 10)),
        (y[i, 0] + shape) * log(shape + exp((X * theta)[i, 0])) - y[i, 0] * (X * theta)[i, 0],
    ],
    ids=["hinge", "Huber", "SVR", "negative binomial"],
)
def test_losses_with_cases_and_numbers(loss, rows):
    cost = Sum(loss, (i, 0, m - 1))
    number = (shape,) if loss.has(shape) else ()
    f = to_numpy({"cost": cost, "gradient": gradient(cost, theta)}, (theta, *number, X, y))
    rng = np.random.default_rng(0)
    x, at = rng.normal(size=(rows, 2)), (np.array([0.5, -2.0]), *[1.5 for _ in number])
    labels = np.sign(x[:, 0] + rng.normal(size=rows))
    made = f.prepare(X=x, y=labels).cost_and_gradient
    assert ("out=" in made.source) == (rows > 40)
    if "+= np.dot(" in made.source:  # longer vectors wait for a second thread
        assert "rows = min(m, 10000, " in made.source
    for bad in (0.0, np.nan):
        labels[0] += bad
        plain, kept = f.cost_and_gradient(*at, x, labels), f.prepare(X=x, y=labels)
        for one, other in zip(plain, kept.cost_and_gradient(*at), strict=True):
            np.testing.assert_allclose(other, one, rtol=1e-12)
            assert np.isnan(one).all() == bool(np.isnan(bad))


def test_nan_needs_no_test_where_the_branch_that_is_taken_has_it():
    v = symbols("v", real=True)
    huber = Piecewise((v**2 / 2, abs(v) <= 1), (abs(v) - Rational(1, 2), True))
    other = Piecewise((2, v > 1), (3 * v, True))
    for written in (huber, other, 2 * other + 1):
        f = to_numpy(written, (v,))
        assert "isnan" not in f.source
        np.testing.assert_array_equal(np.isnan(f([np.nan, 0.5, 2.0])), [True, False, False])
    f = to_numpy(Piecewise((2, v > 1), (3, True)), (v,))
    assert "isnan" in f.source
    assert np.isnan(f(np.nan))


def test_an_output_is_made_stable_once(monkeypatch):
    # ½·Σᵢ rᵢ² with its slope, alone, together and for data that stay: two terms
    made, stable = [], compile_.stabilise
    monkeypatch.setattr(compile_, "stabilise", lambda *given: made.append(given) or stable(*given))
    cost = Sum(r_i**2, (i, 0, m - 1)) / 2
    f = to_numpy({"cost": cost, "gradient": gradient(cost, theta)}, (theta, X, y))
    x, at, labels = np.array([[1.0, 2.0], [0.5, -1.0]]), np.array([0.5, 1.0]), np.array([2.0, 3.0])
    slope = x.T @ (x @ at - labels)
    assert f.cost(at, x, labels) == 7.15625
    np.testing.assert_allclose(f.gradient(at, x, labels), slope)
    np.testing.assert_allclose(f.prepare(x, labels).gradient(at), slope)
    np.testing.assert_allclose(f.cost_and_gradient(at, x, labels)[1], slope)
    assert len(made) == 2
