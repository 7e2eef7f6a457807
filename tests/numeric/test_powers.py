"""Powers of one base above and below a fraction are divided out before anything is computed."""

from fractions import Fraction

import numpy as np
import pytest
from ids import steady
from sympy import Abs, Derivative, MatrixSymbol, Sum, diff, exp, log, sqrt, symbols

from symderiv import gradient
from symderiv.indexform.terms import mul, num, power, root, var
from symderiv.numeric import to_numpy
from symderiv.numeric.powers import cancelled, powers, without

z = symbols("z", real=True)
x, k = symbols("x k", positive=True)
m, n, r = symbols("m n r", integer=True, positive=True)
i, j = symbols("i j", integer=True, nonnegative=True)
p, q, y = (MatrixSymbol(name, m, 1) for name in "pqy")
rows = (i, 0, m - 1)
a, b = var("a"), var("b")


@pytest.mark.parametrize(
    ("factors", "number", "left"),
    [
        ([a, power(mul(a, power(b, -1)), -1)], 1, [b]),  # a·(a/b)⁻¹
        ([power(mul(b, num(2)), -1), b, b], Fraction(1, 2), [b]),
        ([power(power(a, -2), 2), a], 1, [power(a, -3)]),
        ([root(a, Fraction(1, 2)), power(a, -1)], 1, [root(a, Fraction(-1, 2))]),
        ([power(mul(a, b), 2), b], 1, [power(mul(a, b), 2), b]),  # nothing meets
        # √(a·b) may be the root of a product of two negative numbers
        ([root(mul(a, b), Fraction(1, 2)), power(a, -1)], 1, None),
    ],
    ids=str,
)
def test_what_meets_is_divided_out(factors, number, left):
    assert cancelled(Fraction(1), factors) == (number, factors if left is None else left)


def test_equal_products_have_equal_powers():
    ways = [[a, a, power(b, -1)], [power(a, 2), power(b, -1)], [a, mul(a, power(b, -1))]]
    assert len({frozenset(powers(way)[1].items()) for way in ways}) == 1


@pytest.mark.parametrize(
    ("written", "at", "value"),
    [
        (Derivative(x * log(x), x, x), (0.0, 1e-300, 1.0), 1e300),  # 1/x
        (Derivative(x * log(x) + (1 - x) * log(1 - x), x, x), (0.0, 1e-160, 1.0), 1e160),
        (Derivative(x * log(x / k), k), (0.0, 0.0, 2.0), 0.0),  # −x/k
        (Derivative(x * log(x / k), k, k), (0.0, 1e-160, 3.0), 1e-160 / 9),
        (Derivative(x * log(x / k) - x + k, x, x), (0.0, 1e160, 3.0), 1e-160),
        (Derivative(x * sqrt(x), x), (0.0, 0.0, 1.0), 0.0),  # 3/2·√x
        # k·log(1 + e^(z/k)): z²/k³·σ(1 − σ)
        (Derivative(k * log(1 + exp(z / k)), k, k), (1e-20, 1.0, 0.5), 2e-40),
        (Derivative(k * log(1 + exp(z / k)), k, k), (1.0, 1.0, 1e5), 2.5e-16 * (1 - 2.5e-11)),
    ],
    ids=steady,
)
def test_nothing_cancels_in_rounding(written, at, value):
    assert to_numpy(written, (z, x, k))(*at) == pytest.approx(value, rel=1e-14, abs=0)


def test_gradient_of_a_divergence_where_a_probability_is_0():
    # ∂/∂q Σ p·log(p/q) = −p/q
    f = to_numpy(gradient(Sum(p[i, 0] * log(p[i, 0] / q[i, 0]), rows), q), (q, p))
    assert f([0.2, 0.5], [0.0, 1.0]) == pytest.approx([0.0, -2.0])


def test_gradient_of_a_deviance_where_a_count_is_0():
    # Σ y·log(y/μ) − y + μ with μ = Xθ: Xᵀ(1 − y/μ)
    X, theta = MatrixSymbol("X", m, n), MatrixSymbol("theta", n, 1)
    mu = (X * theta)[i, 0]
    cost = Sum(y[i, 0] * log(y[i, 0] / mu) - y[i, 0] + mu, rows)
    f = to_numpy(gradient(cost, theta), (theta, X, y))
    data, counts, at = np.array([[1, 2.0], [2, 1], [1, 1]]), np.array([0.0, 1, 2]), np.ones(2)
    assert f(at, data, counts) == pytest.approx(data.T @ (1 - counts / (data @ at)))


def test_gradient_of_a_factorisation_where_a_count_is_0():
    # Σ V·log(V/(WH)) − V + WH by W: (1 − V/(WH))Hᵀ
    V, W, H = MatrixSymbol("V", m, n), MatrixSymbol("W", m, r), MatrixSymbol("H", r, n)
    mean = (W * H)[i, j]
    cost = Sum(V[i, j] * log(V[i, j] / mean) - V[i, j] + mean, rows, (j, 0, n - 1))
    v, w, h = np.array([[0.0, 1], [2, 3]]), np.ones((2, 1)), np.array([[1.0, 2]])
    expected = (1 - v / (w @ h)) @ h.T
    assert to_numpy(gradient(cost, W), (W, H, V))(w, h, v) == pytest.approx(expected)


def test_factors_are_left_out_as_often_as_they_are_named():
    assert without([a, b, a], [a]) == [b, a]
    assert without([a, b, a], [a, a, b]) == []


@pytest.mark.parametrize(
    "twice",
    [
        (exp(z) + 1) * exp(z) * Abs(k - z),
        (exp(z) + 1) * exp(z) * x * log(x),
        z * (exp(z) + 1) * exp(z) * (k - x),
        exp(z) * (1 + x) / (1 + exp(z)) ** 2,
        z**2 * exp(2 * z) / (exp(z) - 1) ** 2,
    ],
    ids=steady,
)
def test_a_factor_that_is_there_twice_counts_twice(twice):
    at = {z: 0.7, x: 1.3, k: 0.4}
    for v in at:
        exact = float(diff(twice, v).subs(at))
        assert to_numpy(Derivative(twice, v), (z, x, k))(*at.values()) == pytest.approx(exact)


def test_roots_of_products_of_what_is_not_negative():
    # ∂/∂q Σ √(p·q) = √(p/q)/2 for p ≥ 0; without that knowledge p and q may both be negative
    cost = Sum(sqrt(p[i, 0] * q[i, 0]), rows)
    f = to_numpy(gradient(cost, q), (q, p), where=[p[i, 0] >= 0])
    assert f([0.5, 2.0], [0.0, 8.0]) == pytest.approx([0.0, 1.0])
    g = to_numpy(gradient(cost, q), (q, p))
    assert g([-2.0], [-8.0]) == pytest.approx([-1.0])
