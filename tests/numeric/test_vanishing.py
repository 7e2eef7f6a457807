"""Logarithms of what vanishes as e^z does, and what is divided by it."""

import numpy as np
import pytest
from ids import steady
from sympy import Derivative, MatrixSymbol, Sum, exp, log, symbols

from symderiv import gradient, hessian, softplus
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
