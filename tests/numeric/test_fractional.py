"""Real powers of exponentials: where these underflow, no 0/0; where they overflow, no ∞."""

import mpmath
import numpy as np
import pytest
import sympy
from sympy import Derivative, MatrixSymbol, Rational, Sum, cbrt, exp, log, sqrt, symbols

from symderiv import gradient, hessian, sigma, to_numpy

u, t = symbols("u t", real=True)
m, n, K = symbols("m n K", integer=True, positive=True)
i, k, p = symbols("i k p", integer=True, nonnegative=True)
X, w, y = MatrixSymbol("X", m, n), MatrixSymbol("w", n, 1), MatrixSymbol("y", m, 1)
W, T = MatrixSymbol("W", n, K), MatrixSymbol("T", m, K)


@pytest.mark.parametrize("order", [0, 1, 2])
@pytest.mark.parametrize(
    "e",
    [
        sqrt(1 / (1 + exp(-u))),
        sqrt(1 + exp(-u)),
        sqrt(1 + exp(u - t)),
        cbrt(1 + exp(u)),
        (1 + exp(u)) ** Rational(-1, 3),
        (exp(u) / (1 + exp(u))) ** Rational(2, 3),
    ],
    ids=["share", "sum", "two", "cube root", "below", "thirds"],
)
def test_of_one_base(e, order):
    f = to_numpy(Derivative(e, (u, order)) if order else e, (u, t))
    exact = sympy.lambdify((u, t), e.diff(u, order), "mpmath")
    for at in (-700.0, -600.0, -30.0, -0.4, 0.3, 40.0, 700.0, 800.0):
        with mpmath.workdps(800):
            value = float(exact(mpmath.mpf(at), mpmath.mpf(0.25)))
        # the exponent is rounded, and underflow is absolute
        assert f(at, 0.25) == pytest.approx(value, rel=1e-12, abs=1e-290), at


def test_beside_another_root():
    # ∂²/∂w² Σ (√σ(xw) − √y)², which is −√σ/2 to first order where σ is small and y = 1
    z = (X * w)[i, 0]
    cost = Sum((sqrt(sigma(z)) - sqrt(y[i, 0])) ** 2, (i, 0, m - 1))
    f = to_numpy({"gradient": gradient(cost, w), "hessian": hessian(cost, w)}, (w, X, y))
    at, x, one = np.array([-600.0]), np.ones((1, 1)), np.ones(1)
    assert f.gradient(at, x, one) == pytest.approx(-np.exp(-300.0))
    assert f.hessian(at, x, one) == pytest.approx(-np.exp(-300.0) / 2)


def test_of_shares_of_a_sum():
    # ∂/∂W Σᵢₖ Tᵢₖ·√qᵢₖ, which goes to 0 with the share q of the class
    z = X * W
    q = exp(z[i, k]) / Sum(exp(z[i, p]), (p, 0, K - 1))
    cost = Sum(T[i, k] * sqrt(q), (k, 0, K - 1), (i, 0, m - 1))
    f = to_numpy(gradient(cost, W), (W, X, T))
    scores = np.array([[1.0, -0.5, 0.2]])
    shares = np.exp(scores) / np.exp(scores).sum()
    expected = (np.array([[0, 1, 0]]) - shares) * np.sqrt(shares[0, 1]) / 2
    assert f(scores, np.ones((1, 1)), [[0, 1, 0]]) == pytest.approx(expected)
    assert np.all(f(800 * scores, np.ones((1, 1)), [[0, 1, 0]]) == 0)


def test_what_does_not_divide_stays():
    # √σ − 1 keeps its digits where σ is about 1: nothing is multiplied out
    f = to_numpy(sqrt(sigma(u)) * log(1 + exp(u)), (u,))
    assert "np.sqrt" in f.source
