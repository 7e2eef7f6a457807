"""Logarithms of what vanishes as e^z does, and what is divided by it."""

import functools

import mpmath
import numpy as np
import pytest
from ids import steady
from sympy import Derivative, MatrixSymbol, Sum, exp, log, symbols

from symderiv import gradient, hessian, prove_equal, softplus
from symderiv.numeric import to_numpy

z, y = symbols("z y", real=True)


@pytest.mark.parametrize(
    ("written", "at", "value"),
    [
        (log(softplus(z)), -800.0, -800.0),
        (log(softplus(z)), -np.inf, -np.inf),
        (log(softplus(z)), 800.0, np.log(800)),
        (log(log(1 + exp(-2 * z))), 500.0, -1000.0),
        (log(softplus(z)), np.nan, np.nan),
        (Derivative(log(softplus(z)), z), -800.0, 1.0),
        (Derivative(log(softplus(z)), z), 800.0, 1 / 800),
        (Derivative(log(softplus(z)), z), -np.inf, 1.0),
        (Derivative(log(softplus(-z / 2)), z), 1600.0, -0.5),
        (Derivative(log(softplus(z)), z, z), -800.0, 0.0),
        (Derivative(softplus(z) - 2 * log(softplus(-z)), z), 800.0, 3.0),
        (softplus(z) * log(softplus(z)) - softplus(z), 800.0, 800 * np.log(800) - 800),
        (log(softplus(z)) / (1 + softplus(z) ** 2), -800.0, -800.0),
    ],
    ids=steady,
)
def test_log_softplus_and_its_slope(written, at, value):
    assert to_numpy(written, (z,))(at) == pytest.approx(value, rel=1e-15, abs=0, nan_ok=True)


@pytest.mark.parametrize(("score", "count"), [(-800.0, 0.0), (-800.0, 2.0), (800.0, 2.0)])
def test_poisson_regression_with_softplus_link(score, count):
    m, n = symbols("m n", integer=True, positive=True)
    i = symbols("i", integer=True, nonnegative=True)
    X, theta = MatrixSymbol("X", m, n), MatrixSymbol("theta", n, 1)
    labels = MatrixSymbol("y", m, 1)
    mean = softplus((X * theta)[i, 0])
    cost = Sum(mean - labels[i, 0] * log(mean), (i, 0, m - 1))
    f = to_numpy(
        {"cost": cost, "gradient": gradient(cost, theta), "hessian": hessian(cost, theta)},
        (theta, X, labels),
    )
    at = [1.0], [[score]], [count]
    exact = {
        (-800.0, 0.0): (0.0, 0.0, 0.0),
        (-800.0, 2.0): (1600.0, 1600.0, 0.0),
        (800.0, 2.0): (800 - 2 * np.log(800), 798.0, 2.0),
    }[score, count]
    for found, value in zip((f.cost(*at), f.gradient(*at), f.hessian(*at)), exact, strict=True):
        assert np.squeeze(found) == pytest.approx(value, rel=1e-15, abs=0)


@pytest.mark.parametrize(
    ("score", "label", "cost", "slope"),
    [
        (-800.0, 1.0, 800.0, 800.0),
        (-800.0, 0.0, 0.0, 0.0),
        (-40.0, 0.0, np.exp(-40.0), -40 * np.exp(-40.0)),
        (-40.0, 1.0, 40.0, 40.0),
        (1.0, 0.0, np.exp(1.0), np.exp(1.0)),
        (1.0, 1.0, -np.log1p(-np.exp(-np.exp(1.0))), -np.exp(1.0) / np.expm1(np.exp(1.0))),
    ],
)
def test_complementary_log_log(score, label, cost, slope):
    # Σ (1 − y)·e^z − y·log(1 − e^(−e^z)): both vanish as e^z does
    m, n = symbols("m n", integer=True, positive=True)
    i = symbols("i", integer=True, nonnegative=True)
    X, theta = MatrixSymbol("X", m, n), MatrixSymbol("theta", n, 1)
    labels, score_i = MatrixSymbol("y", m, 1), (X * theta)[i, 0]
    event = labels[i, 0] * log(1 - exp(-exp(score_i)))
    loss = Sum((1 - labels[i, 0]) * exp(score_i) - event, (i, 0, m - 1))
    f = to_numpy({"cost": loss, "slope": gradient(loss, theta)}, (theta, X, labels))
    at = [1.0], [[score]], [label]
    assert f.cost(*at) == pytest.approx(cost, rel=1e-14, abs=0)
    np.testing.assert_allclose(f.slope(*at), [slope], rtol=1e-14)
    with np.errstate(over="ignore"):
        np.testing.assert_array_equal(f.slope([1.0], [[800.0]], [1.0]), [0])


@functools.cache
def complementary_log_log():
    loss = y * log(1 - exp(-exp(z))) - (1 - y) * exp(z)
    other = (1 - y) * log(1 - exp(-exp(-z))) - y * exp(-z)  # the log-log loss
    outputs = {"loss": loss, "curvature": Derivative(loss, (z, 2)), "other": other}
    return to_numpy(outputs | {"slope": Derivative(other, z)}, (z, y))


@pytest.mark.parametrize("score", [-750.0, -20.0, -1.0, 0.5, 3.5, 4.0, 800.0])
@pytest.mark.parametrize("label", [0.0, 0.5, 1.0])
def test_complementary_log_log_and_its_curvature(score, label):
    # y·log(1 − e^(−v)) − (1 − y)·v for v = e^z, of which y·log(e^v − 1) − v has no digits at y = 1
    f = complementary_log_log()
    with mpmath.workdps(1000), np.errstate(over="ignore"):
        v = mpmath.exp(score)
        B = v / mpmath.expm1(v) if score < 5 else mpmath.mpf(0)  # v/(e^v − 1)
        exact = (label * (mpmath.log(v / B) - v) if B else 0) - (1 - label) * v
        # e^(−v) for a rounded v
        assert f.loss(score, label) == pytest.approx(float(exact), rel=1e-14, abs=0)
        assert f.other(-score, 1 - label) == pytest.approx(float(exact), rel=1e-14, abs=0)
        slope = (1 - label) * v - label * B
        assert f.slope(-score, 1 - label) == pytest.approx(float(slope), rel=1e-14, abs=0)
        curvature = float(label * (B - B * B - (v * B if B else 0)) - (1 - label) * v)
        # B − B² is rounded where B is nearly 1, and is v/2
        assert f.curvature(score, label) == pytest.approx(curvature, rel=1e-14, abs=2**-51)


def test_vanishing_polynomials_are_proved_equal():
    # v·(e^v − 1 − v·e^v)/(e^v − 1)² is B − B² − v·B for B = v/(e^v − 1)
    v = symbols("v", positive=True)
    B = v / (exp(v) - 1)
    assert prove_equal(v * (exp(v) - 1 - v * exp(v)) / (exp(v) - 1) ** 2, B - B**2 - v * B).proved


def test_log_expm1_of_an_exponential():
    f = to_numpy({"log": log(exp(exp(z)) - 1), "other": log(1 - exp(-exp(z)))}, (z,))
    at = np.array([-800.0, -40.0, -1.0, 0.0, 2.0, 5.0])
    exact = np.log(np.expm1(np.exp(np.maximum(at, -40))))
    np.testing.assert_allclose(f.log(at), np.where(at < -40, at, exact), rtol=1e-14)
    v = np.exp(at[2:])
    np.testing.assert_allclose(f.other(at[:2]), at[:2], rtol=1e-14)
    np.testing.assert_allclose(f.other(at[2:]), np.log1p(-np.exp(-v)), rtol=1e-14)
