"""Exponentials that are taken out of the brackets in which they are left."""

import mpmath
import pytest
from ids import steady
from sympy import Derivative, cosh, exp, lambdify, log, sinh, symbols, tanh
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
