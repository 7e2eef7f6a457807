"""Exponentials that are taken out of the brackets in which they are left."""

import mpmath
import numpy as np
import pytest
from ids import steady
from sympy import Derivative, cosh, exp, lambdify, log, sinh, sqrt, symbols, tanh
from written_back import read_back

from symderiv import prove_equal
from symderiv.numeric import to_numpy

z, u, y = symbols("z u y", real=True)


def exactly(written, *at):
    """The value in many digits."""
    with mpmath.workdps(2000):
        return float(lambdify((z, u, y), written.doit(), "mpmath")(*map(mpmath.mpf, at)))


@pytest.mark.parametrize(
    "written",
    [
        log(1 + (exp(z) - y) ** 2),
        log(3 + (exp(z) - y) ** 2),
        log(1 + (exp(2 * z) - exp(z) - y) ** 2),
        log((exp(z) - y) ** 2 + (exp(u) - 1) ** 2),
        log(1 + (sinh(z) - y) ** 2),
        log(1 + exp(u) * (exp(z) - y) ** 4),
        log(2 + y**2 * (exp(z) - 1) ** 4 + (exp(u) - y) ** 2),
        log(1 + (u * cosh(z) ** 2 + 2 * y * tanh(u + z)) ** 2),
        Derivative(log(1 + (exp(z) - y) ** 2), z),
        Derivative(log(1 + (sinh(z) - y) ** 2), z),
        Derivative(log((exp(z) - y) ** 2 + (exp(u) - 1) ** 2), z),
        (exp(z) - y) ** 2 / (3 + (exp(z) - y) ** 2),
        y / (1 + (exp(2 * z) - exp(z) - y) ** 2),
    ],
    ids=steady,
)
def test_no_exponential_overflows_in_logarithms_and_quotients(written):
    function = to_numpy(written, (z, u, y))
    for at in ((800.0, 0.5, 3.0), (-800.0, -0.5, 3.0), (150.0, 300.0, 1.0), (0.5, 0.2, 1.6)):
        assert function(*at) == pytest.approx(exactly(written, *at), rel=1e-13), at


# log(1 + (e^z − y)²) is 2M + log(e^(−2M) + (e^(z − M) − y·e^(−M))²), whatever M is
@pytest.mark.parametrize(
    "written",
    [
        log(2 + (exp(z) - exp(u)) ** 2),
        2 * exp(z) * (exp(z) - y) / (1 + (exp(z) - y) ** 2),
    ],
    ids=steady,
)
def test_what_is_written_is_proved(written):
    read = read_back(to_numpy(written, tuple(sorted(written.free_symbols, key=str))))
    assert prove_equal(written, read).proved, read


@pytest.mark.parametrize(
    "written",
    [
        Derivative(exp(-exp(z)), z),
        Derivative(1 - exp(-exp(z)), z, 2),
        exp(2 * z) * exp(-(u**2) * exp(z)),
        Derivative(1 / (1 + exp(-exp(z))), z, 2),
        Derivative(log(y + (1 - y) * exp(-exp(z))), z),
    ],
    ids=steady,
)
def test_an_exponential_beside_one_of_an_exponential(written):
    # e^z·e^(−e^z) is 0 where e^z is infinite, and what it was for a smaller z
    f = to_numpy(written, (z, u, y))
    with np.errstate(over="ignore"):  # of e^z
        assert f(400.0, 2.0, 0.6) == f(800.0, 2.0, 0.6) == 0
    for at in ((2.0, 0.5, 0.6), (-30.0, 0.5, 0.6)):
        assert f(*at) == pytest.approx(exactly(written, *at), rel=4e-15, abs=0)


@pytest.mark.parametrize("of", [(1.0, -800.0), (20.0, -800.0), (800.0, 0.5)])
def test_a_mixture_of_shares_one_of_which_vanishes(of):
    # σ(z) + (1 − σ(z))·e^(−v), v = e^u: its slope is σ(1 − σ)·(1 − e^(−v))
    mixture = 1 / (1 + exp(-z)) + exp(-exp(u)) / (1 + exp(z))
    slope = Derivative(log(mixture), z)
    with mpmath.workdps(30):
        v, s = mpmath.exp(of[0]), 1 / (1 + mpmath.exp(-of[1]))
        wanted = s * (1 - s) * -mpmath.expm1(-v) / (s + (1 - s) * mpmath.exp(-v))
    with np.errstate(over="ignore"):
        assert to_numpy(slope, (u, z))(*of) == pytest.approx(float(wanted), rel=1e-13, abs=0)


def test_differences_of_exponentials_with_a_factor():
    # t²·sinh(t·u) and c·(e^u − 1) near 0
    f = to_numpy(Derivative(sinh(y * z), z, 2), (z, y))
    assert f(1e-12, 2.0) == pytest.approx(8e-12, rel=1e-15, abs=0)
    g = to_numpy(y**2 * exp(z) - y**2, (z, y))
    assert g(1e-12, 3.0) == pytest.approx(9e-12 + 4.5e-24, rel=1e-15, abs=0)


def test_a_root_of_what_grows_is_half_as_large():
    # √(y² + 1 + (e^z − 1)²) is e^400 at z = 400, and √(y·e^z + e^(−z)) is e^400·√y at 800
    cost = to_numpy(sqrt(y**2 + u + (exp(z) - 1) ** 2), (z, u, y))
    assert cost(400.0, 1.0, 2.0) == pytest.approx(np.exp(400), rel=1e-13)
    assert cost(0.0, 0.25, 0.0) == 0.5
    both = to_numpy(sqrt(y * exp(z) + exp(-z)), (z, y))
    assert both(800.0, 4.0) == pytest.approx(2 * np.exp(400), rel=1e-13)
    assert both(-800.0, 4.0) == pytest.approx(np.exp(400), rel=1e-13)
