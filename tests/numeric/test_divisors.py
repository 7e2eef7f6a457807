"""Addends that cancel over a common divisor."""

import numpy as np
import pytest
from ids import steady
from sympy import Derivative, MatrixSymbol, Sum, sqrt, symbols

from symderiv import hessian
from symderiv.numeric import to_numpy

z, y = symbols("z y", real=True)
d = symbols("d", positive=True)


@pytest.mark.parametrize(
    ("written", "at", "value"),
    [
        (1 / sqrt(1 + z**2) - z**2 / sqrt(1 + z**2) ** 3, (1e5, 0.0), (1 + 1e10) ** -1.5),
        (1 - z / (z + y), (1e20, 1.0), 1e-20),
        (y - y * z / (z + y), (1e20, 3.0), 9e-20),
        (1 - z**2 / (z**2 + y**2), (1e170, 1e160), 1e-20),
        (Derivative(z**2 / (z**2 + y), z), (1e8, 2.0), 4e-24),
        (Derivative(z**2 / (z**2 + y), z, z), (1e8, 2.0), -12e-32),
        (Derivative(z**2 / (z**2 + y**2), z, z), (1e8, 2.0), -24e-32),
        (Derivative(sqrt(z**2 + y), z, z), (1e9, 2.0), 2e-27),
    ],
    ids=steady,
)
def test_nothing_is_left_to_cancel(written, at, value):
    assert to_numpy(written, (z, y))(*at) == pytest.approx(value, rel=1e-14, abs=0)


def test_what_does_not_cancel_stays_as_it_is():
    f = to_numpy(y - d * z / (d + z), (z, y, d))  # Michaelis and Menten, beside a measurement
    assert "y - " in f.source
    assert f(2.0, 1.0, 2.0) == 0


def test_hessian_of_pseudo_huber():
    # Σᵢ xᵢxᵢᵀ/√(1 + zᵢ²)³, and the weights are positive
    m, n = symbols("m n", integer=True, positive=True)
    i = symbols("i", integer=True, nonnegative=True)
    X, theta = MatrixSymbol("X", m, n), MatrixSymbol("theta", n, 1)
    f = to_numpy(hessian(Sum(sqrt(1 + (X * theta)[i, 0] ** 2), (i, 0, m - 1)), theta), (theta, X))
    assert "A.T @ A" in f.source
    x = np.array([700.0, 1e5])
    exact = sum(x**2 * (1 + x**2) ** -1.5)
    assert f([1.0], x[:, None]) == pytest.approx(exact, rel=1e-14)
