"""Factors of a product that grow where others vanish: they are kept together, or as written."""

import functools

import mpmath
import numpy as np
import pytest
from sympy import Abs, Derivative, MatrixSymbol, Rational, Sum, cosh, exp, log, sinh, symbols, tanh

from symderiv import gradient, sigma, softplus
from symderiv.numeric import to_numpy

z, b = symbols("z b", real=True)


@pytest.mark.parametrize(
    "expression",
    [
        1 / (1 + sigma(z) ** 2),  # (1 + E)²/(1 + 2E + 2E²) for E = e^z
        1 / (1 + sigma(z) ** 3),
        (1 + sigma(2 * z) ** 2) ** -2,
        1 / (1 + sigma(z) * sigma(-z)),
        1 / (1 + (1 - tanh(z) ** 2) ** 2),
        (1 + exp(z)) ** 2 / (1 + 2 * exp(z) + 2 * exp(2 * z)),  # overflows as it is written
        exp(z) * (1 + exp(z)) / (1 + 2 * exp(z) + 2 * exp(2 * z)),
        # e^z/(1 + e^(2z)) does not grow, beside what another exponential is over
        (2 + (sigma(-z) * tanh(z)) ** 2) / ((3 + sigma(2 * z)) * (3 + exp(-2 * Abs(z)))),
    ],
    ids=str,
)
def test_bounded(expression):
    f = to_numpy(expression, (z,))
    with np.errstate(over="raise", invalid="raise"):
        for value in (0.5, 30.0, 300.0, 400.0, 800.0, -30.0, -400.0):
            with mpmath.workdps(800):
                exact = mpmath.mpf(expression.rewrite(exp).evalf(30, subs={z: int(value * 2) / 2}))
            assert f(value) == pytest.approx(float(exact), rel=1e-14)


def test_what_may_cancel_is_left_as_it_is_written():
    # (1 + E)² over 1 + b² + …, whose coefficients have no known sign: as it is written
    f = to_numpy(1 / (1 + (b - sigma(z)) ** 2), (b, z))
    assert f(2.0, 800.0) == f(2.0, 1e300) == 0.5
    assert f(0.0, -800.0) == 1.0


class TestNothingIsLostThatIsKeptAsWritten:
    @pytest.mark.parametrize(
        ("expression", "at", "value"),
        [
            # tanh and sinh keep their digits near 0, where e^z − e^(−z) does not
            (b - z + sinh(z), (-1e-8, 1e-8), -1e-8),
            (z * cosh(z / b) + b * sinh(z / b), (800.0, 1e-8), 2e-8),
            (z**2 * (1 - tanh(z) ** 2) + 2 * z * tanh(z), (0.0, -1e-8), 3e-16),
            (b**2 + tanh(z) ** 2, (0.0, 1e-8), 1e-16),
            (b + z * tanh(z) ** 3, (0.0, -1e-8), 1e-32),
            (b**2 + 4 * z * (sigma(z) - Rational(1, 2)) ** 2, (0.0, 1e-8), 2.5e-25),
            (b + z * (exp(z) - 1) ** 2 / (1 + exp(z)), (0.0, 1e-8), 5e-25 * (1 + 5e-9)),
            ((b - tanh(z)) ** 2, (2e-8, 1e-8), 1e-16),
            (log(1 + (b - tanh(z)) ** 2), (2e-8, 1e-8), 1e-16),
            (Derivative(log(1 + b**4 * tanh(z) ** 2), z), (1e5, 1e-9), 2e11 / 101),
            (b + sinh(z) * tanh(z) ** 2, (0.0, 1e-8), 1e-24),
            # b + σ(z) as σ(z) + b, and not as b + 1 − σ(−z)
            (1 / (exp(z) + 1) - b, (-1e-8, 40.0), 1.0000000004248355e-8),
            (1 / (exp(-z) + 1) + b, (1e-8, -40.0), 1.0000000004248355e-8),
        ],
        ids=str,
    )
    def test_beside_other_addends(self, expression, at, value):
        assert to_numpy(expression, (b, z))(*at) == pytest.approx(value, rel=1e-15, abs=0)

    def test_what_cancels_is_still_put_together(self):
        assert to_numpy(cosh(z) - sinh(z), (z,))(30.0) == pytest.approx(np.exp(-30), rel=1e-15)
        assert to_numpy(1 - tanh(z), (z,))(30.0) == pytest.approx(2 * np.exp(-60), rel=1e-15)


@pytest.mark.parametrize("unit", [exp, softplus, tanh], ids=["exp", "softplus", "tanh"])
def test_robust_losses_of_curves_that_fit(unit):
    # r = f(z) − b of 1e-6: log(1 + r²) is r², and (r²/(1 + r²))′ is 2r·f′, to twelve digits
    f, slope = {
        exp: (np.exp, np.exp),
        softplus: (lambda u: np.logaddexp(0, u), lambda u: 1 / (1 + np.exp(-u))),
        tanh: (np.tanh, lambda u: np.cosh(u) ** -2),
    }[unit]
    r = unit(z) - b
    losses = to_numpy({"c": log(1 + r**2), "g": Derivative(r**2 / (1 + r**2), z)}, (b, z))
    for at in (-1.0, 3.0, 10.0):
        target = f(at) + 1e-6
        left = f(at) - target
        assert losses.c(target, at) == pytest.approx(left**2, rel=1e-9)
        assert losses.g(target, at) == pytest.approx(2 * left * slope(at), rel=1e-9)


# −log(σ(b − u) − σ(a − u)) by a is σ(a − u)·(1 + e^(b − u))/(e^(b − u) − e^(a − u)): e^(a − u)
# goes with the divisor that vanishes as it does
@pytest.mark.parametrize("score", [-800.0, -40.0, 40.0, 800.0])
def test_ordinal_regression_by_its_thresholds(score):
    a, u = symbols("a u", real=True)
    loss = -log(sigma(b - u) - sigma(a - u))
    f = to_numpy({name: Derivative(loss, s) for name, s in (("a", a), ("b", b))}, (u, a, b))
    exact = 1 / np.expm1(1.0) + (score < 0)
    assert f.a(score, 0.5, 1.5) == pytest.approx(exact, rel=1e-15)
    assert f.b(score, 0.5, 1.5) == pytest.approx(-1 - 1 / np.expm1(1.0) + (score < 0), rel=1e-15)


@functools.cache
def divergence():
    u, v = symbols("u v", real=True)
    written = sigma(u) * log(sigma(u) / sigma(v)) + sigma(-u) * log(sigma(-u) / sigma(-v))
    return to_numpy({"d": written, "slope": Derivative(written, u)}, (u, v))


# σ(u)·log(σ(u)/σ(v)) + σ(−u)·log(σ(−u)/σ(−v)) = σ(u)·(u − v) − softplus(u) + softplus(v)
@pytest.mark.parametrize("at", [(0.0, -800.0), (3.0, 800.0), (-800.0, 800.0), (0.5, 0.5)])
def test_divergence_of_two_logits(at):
    u, v = symbols("u v", real=True)
    f = divergence()
    exact = sigma(u) * (u - v) - softplus(u) + softplus(v)
    with mpmath.workdps(800):
        value = exact.rewrite(exp).evalf(30, subs={u: int(2 * at[0]) / 2, v: int(2 * at[1]) / 2})
    with np.errstate(over="ignore"):
        assert f.d(*at) == pytest.approx(float(value), rel=2e-15, abs=1e-15)
    share = float(sigma(u).rewrite(exp).evalf(subs={u: at[0]}))
    slope = share * (1 - share) * (at[0] - at[1])
    with np.errstate(over="ignore"):
        assert f.slope(*at) == pytest.approx(slope, rel=1e-14, abs=1e-15)


@pytest.mark.parametrize("c", [2, 3, Rational(1, 2), Rational(-3, 2), -1], ids=str)
@pytest.mark.parametrize("beside", [z, -z, 3 * z + b, b * z, z / 3 - 1], ids=str)
def test_a_line_and_a_softplus_of_a_multiple(beside, c):
    # z is (log(1 + e^(2z)) − log(1 + e^(−2z)))/2: all of it over 2
    f = to_numpy({"value": beside - (b + 1) * softplus(c * z)}, (b, z))
    for at in ((1.0, 1.0), (-0.5, -2.0), (3.0, 30.0), (2.0, -700.0)):
        with mpmath.workdps(700):
            b_, z_, c_ = (mpmath.mpf(v) for v in (*at, float(c)))
            line = mpmath.mpf(beside.subs({b: Rational(at[0]), z: Rational(at[1])}).evalf(50))
            parts = line, (b_ + 1) * mpmath.log(1 + mpmath.exp(c_ * z_))
            exact, size = parts[0] - parts[1], abs(parts[0]) + abs(parts[1])
        assert abs(f.value(*at) - float(exact)) <= 4e-16 * float(size)


def test_a_label_before_a_logarithm_and_its_exponent():
    # (2 − y)·log(1 + e^(−z)) + y·z, for a label y of 1, is log(1 + e^z)
    m, n = symbols("m n", integer=True, positive=True)
    i = symbols("i", integer=True, nonnegative=True)
    X, Y, theta = MatrixSymbol("X", m, n), MatrixSymbol("y", m, 1), MatrixSymbol("theta", n, 1)
    u, y = (X * theta)[i, 0], Y[i, 0]
    one, other = 1 / (1 + exp(-u)), 1 / (1 + exp(u))
    cross_entropy = -(y * log(other) + (1 - y) * log(1 - other))
    cost = -y * (1 - one) ** 2 * log(one) * cross_entropy
    f = to_numpy(gradient(Sum(cost, (i, 0, m - 1)), theta), (theta, X, Y))

    def product(u):
        logs = [-mpmath.log(1 + mpmath.exp(v)) for v in (u, -u)]
        return mpmath.exp(2 * logs[0]) * logs[0] * logs[1]

    for at in (-5.0, -30.0, 5.0):
        with mpmath.workdps(60):
            wanted = float(mpmath.diff(product, at))
        assert f([at], [[1.0]], [1.0]) == pytest.approx(wanted, rel=1e-13, abs=0)
