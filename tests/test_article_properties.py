"""The founding request on one page.

SymPy derives σ'(z) and the gradient of the logistic cost; both become NumPy functions; properties
check them against finite differences, the complex step, mpmath and the closed matrix form.

These are the textbook forms, as `diff` leaves them. They mean something while e^(-z) and its
square are finite (σ': |z| <= 300) and while 1 - σ(z) has digits left (cost, gradient: |z| <= 30,
where e^30 units of rounding are some 10^-3). The tests stay in that range; how much rounding is due
in it is derived in `symderiv.derivations.closed_forms`, and no tolerance is chosen here.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp
from sympy import MatrixSymbol, Sum, diff, exp, log, symbols

from symderiv import to_numpy
from symderiv.derivations import closed_forms
from symderiv.testing import oracles
from symderiv.testing.strategies import regressions

m, n = symbols("m n", integer=True, positive=True)  # examples, features
i, j = symbols("i j", integer=True, nonnegative=True)
X, theta, y = MatrixSymbol("X", m, n), MatrixSymbol("theta", n, 1), MatrixSymbol("y", m, 1)
z = symbols("z", real=True)

SIGMA = 1 / (1 + exp(-z))
SIGMA_PRIME = diff(SIGMA, z)

H = SIGMA.xreplace({z: (X * theta)[i, 0]})
COST = -Sum(y[i, 0] * log(H) + (1 - y[i, 0]) * log(1 - H), (i, 0, m - 1)) / m
COST_GRADIENT = diff(COST, theta[j, 0])

sigma = to_numpy(SIGMA, (z,))
sigma_prime = to_numpy(SIGMA_PRIME, (z,))
cost = to_numpy(COST, (theta, X, y))
cost_gradient = to_numpy(COST_GRADIENT, (theta, X, y))

# Rounding of 1/(1 + e^(-z)), absolute, and of e^(-z)/(1 + e^(-z))², relative: e^(-z) is taken three
# times, and there are at most six operations.
SIGMA_ROUNDING = oracles.gamma(oracles.LIBRARY + 3)
SIGMA_PRIME_ROUNDING = oracles.gamma(3 * oracles.LIBRARY + 6)

points = st.floats(-300, 300) | st.floats(-40, 40) | st.sampled_from([0.0, -0.0, 300.0, -300.0])
problems = regressions(reaches=(1e-3, 1.0, 30.0))


@given(points)
def test_sigma_prime_against_finite_differences(point):
    slope = oracles.central_difference(
        lambda v: float(sigma(v[0])), [point], rounding=lambda v: SIGMA_ROUNDING, third=1 / 8
    )
    claimed = float(sigma_prime(point))
    assert slope.misfit([claimed], SIGMA_PRIME_ROUNDING * claimed) <= 1


@given(points)
def test_sigma_prime_against_the_complex_step(point):
    slope = oracles.complex_step(lambda v: 1 / (1 + np.exp(-v[0])), [point], third=1 / 8)
    claimed = float(sigma_prime(point))
    complex_rounding = oracles.gamma(3 * oracles.LIBRARY + 6, oracles.COMPLEX_UNIT)
    assert slope.misfit([claimed], (SIGMA_PRIME_ROUNDING + complex_rounding) * claimed) <= 1


@given(points)
def test_sigma_prime_against_mpmath_and_the_closed_form(point):
    claimed = float(sigma_prime(point))
    reference = oracles.mp_value(
        lambda t: mp.diff(lambda u: 1 / (1 + mp.exp(-u)), t), point, digits=200
    )
    assert reference.misfit(claimed, SIGMA_PRIME_ROUNDING * claimed) <= 1
    closed = oracles.mp_value(lambda t: 1 / (1 + mp.exp(-t)) / (1 + mp.exp(t)), point)
    assert closed.misfit(claimed, SIGMA_PRIME_ROUNDING * claimed) <= 1


@given(problems)
def test_cost_gradient_against_finite_differences(p):
    gradient = oracles.central_difference(
        lambda v: float(cost(v, p.X, p.y)),
        p.theta,
        rounding=lambda v: closed_forms.textbook_logistic_rounding(v, p.X, p.y)[0],
        third=closed_forms.logistic_third_derivative(p.X),
        scale=p.scales,
    )
    _, rounding = closed_forms.textbook_logistic_rounding(p.theta, p.X, p.y)
    assert gradient.misfit(cost_gradient(p.theta, p.X, p.y), rounding) <= 1


@given(problems)
def test_cost_gradient_against_the_complex_step(p):
    gradient = oracles.complex_step(
        lambda v: closed_forms.textbook_logistic_cost(v, p.X, p.y),
        p.theta,
        third=closed_forms.logistic_third_derivative(p.X),
    )
    _, rounding = closed_forms.textbook_logistic_rounding(p.theta, p.X, p.y)
    _, of_the_step = closed_forms.textbook_logistic_rounding(
        p.theta, p.X, p.y, unit=oracles.COMPLEX_UNIT
    )
    assert gradient.misfit(cost_gradient(p.theta, p.X, p.y), rounding + of_the_step) <= 1


@given(problems)
@pytest.mark.parametrize("oracle", ["mpmath", "closed matrix form"])
def test_cost_and_gradient_against(oracle, p):
    exact = (
        oracles.mp_forms(closed_forms.mp_logistic_loss, p.theta, p.X, p.y)
        if oracle == "mpmath"
        else closed_forms.logistic_forms(p.theta, p.X, p.y)  # Xᵀ(σ(Xθ) - y)/m in NumPy, by hand
    )
    cost_rounding, rounding = closed_forms.textbook_logistic_rounding(p.theta, p.X, p.y)
    assert exact.cost.misfit(cost(p.theta, p.X, p.y), cost_rounding) <= 1
    assert exact.gradient.misfit(cost_gradient(p.theta, p.X, p.y), rounding) <= 1
