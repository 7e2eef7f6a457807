"""Quotients by sums with square roots: slopes of inverse hyperbolic functions and their kin."""

import mpmath
import numpy as np
import pytest
from ids import steady
from sympy import (
    Derivative,
    acosh,
    asinh,
    atanh,
    diff,
    exp,
    lambdify,
    log,
    sqrt,
    symbols,
)

from symderiv import prove_equal
from symderiv.numeric import to_numpy

z = symbols("z", real=True)
x, k = symbols("x k", positive=True)

SMALL = (1e-20, 1e-8, 1e-3)
WIDE = (*SMALL, -3.0, -30.0, -1e3, -1e8, 1e8)
PROVED = [
    (Derivative(asinh(z), z, z), -z / sqrt(1 + z**2) ** 3, ()),
    (Derivative(acosh(1 + x), x, x), -(1 + x) / sqrt(x * (x + 2)) ** 3, ()),
    (Derivative(atanh(z), z, z), 2 * z / ((1 - z) ** 2 * (1 + z) ** 2), (z > -1, z < 1)),
    (Derivative(z / (1 + sqrt(1 + z**2)), z), 1 / (sqrt(1 + z**2) * (1 + sqrt(1 + z**2))), ()),
    (acosh(1 + x), 2 * asinh(sqrt(x / 2)), ()),
]


@pytest.mark.parametrize(("written", "reduced", "where"), PROVED, ids=steady)
def test_what_is_written_is_proved(written, reduced, where):
    assert prove_equal(written, reduced, where=where).proved


@pytest.mark.parametrize(
    ("f", "v", "order", "points"),
    [
        *((asinh(z), z, order, WIDE) for order in (1, 2, 3)),
        *((acosh(1 + x), x, order, SMALL) for order in (1, 2)),
        *((acosh(x), x, order, (1 + 1e-8, 30.0)) for order in (1, 2)),
        *((atanh(z), z, order, (*SMALL, -0.9)) for order in (1, 2)),
        (log(z + sqrt(z**2 + 4)), z, 2, WIDE),
        (z / (1 + sqrt(1 + z**2)), z, 1, WIDE),
        (log((1 + z) / (1 - z)), z, 2, SMALL),
    ],
    ids=steady,
)
def test_derivatives_keep_their_digits(f, v, order, points):
    compiled = to_numpy(Derivative(f, (v, order)), (v,))
    with mpmath.workdps(80):
        exact = lambdify((v,), diff(f, v, order), "mpmath")
        wanted = [float(exact(mpmath.mpf(p))) for p in points]
    assert compiled(np.array(points)) == pytest.approx(wanted, rel=4e-15, abs=0)


def test_a_scale_stays_where_it_is():
    # (asinh z/k)'' = −(z/k)/(k²·√(1 + (z/k)²)³), at z/k = −1e8
    f = to_numpy(Derivative(asinh(z / k), z, z), (z, k))
    assert f(-3e8, 3.0) == pytest.approx(1e-16 / 9, rel=1e-14, abs=0)


def test_of_an_exponential():
    # (asinh e^z)' = e^z/√(1 + e^(2z))
    f = to_numpy(Derivative(asinh(exp(z)), z), (z,))
    assert f(-40.0) == pytest.approx(np.exp(-40), rel=1e-14, abs=0)


def test_what_is_no_product_stays_a_sum():
    f = to_numpy(1 / (1 + x) + 1 / (2 + x) - 1 / x, (x,))
    assert f(3.0) == pytest.approx(1 / 4 + 1 / 5 - 1 / 3)
    g = to_numpy(z - x / (k + x) + 1 / (1 + z**2), (z, x, k))
    assert g(2.0, 1.0, 3.0) == pytest.approx(2 - 1 / 4 + 1 / 5)


def test_arccosh_near_1():
    assert to_numpy(acosh(1 + x), (x,))(1e-20) == pytest.approx((2e-20) ** 0.5, rel=1e-14, abs=0)
