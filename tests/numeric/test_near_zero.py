"""Quotients and sums in which several powers of u cancel at u = 0."""

from fractions import Fraction

import mpmath
import numpy as np
import pytest
from ids import steady
from sympy import Derivative, cosh, exp, lambdify, log, sinh, symbols, tanh

from symderiv.numeric import nearzero, to_numpy

u, c = symbols("u c", real=True)


@pytest.mark.parametrize(
    "written",
    [
        1 / tanh(u) - 1 / u,  # u/3 − u³/45 + …
        exp(u) - 1 - u,
        u * cosh(u) - sinh(u),
        1 / (exp(u) - 1 - u),
        log((1 - exp(-u)) / u),  # −u/2 + u²/24 − …
        log(sinh(u) / u),
        Derivative(u**2 / (exp(u) - 1), u, 2),
        Derivative(tanh(u) / u, u, 2),
        Derivative(log((1 - exp(-u)) / u), u, 2),
        Derivative(c * u / (exp(2 * u) - 1), u, 2),
        Derivative(c * (1 / tanh(u) - 1 / u) + log((1 - exp(-u)) / u), u),
    ],
    ids=steady,
)
def test_digits_near_zero(written):
    f = to_numpy(written, (u, c))
    exact = lambdify((u, c), written.doit(), "mpmath")
    for at in (1e-12, -1e-5, 0.1, -0.49, 0.51, -1.1, 3.0, 30.0):
        with mpmath.workdps(120):
            wanted = float(exact(mpmath.mpf(at), mpmath.mpf(0.75)))
        assert f(at, 0.75) == pytest.approx(wanted, rel=2e-13, abs=0), at


def test_rows_and_what_no_number_is():
    f = to_numpy(1 / tanh(u) - 1 / u, (u,))
    found = f(np.array([0.0, 1e-300, np.inf, -np.inf, np.nan]))
    np.testing.assert_array_equal(found, [0, 1e-300 / 3, 1, -1, np.nan])


def test_what_is_left_out_is_less_than_a_rounding():
    # 1/(1 − x/2) = Σ xʲ/2ʲ: at |x| ≤ 1/2 the others are together 1/3 of the first
    series = [Fraction(1, 2**j) for j in range(60)]
    radius = nearzero._radius([series])
    assert radius == Fraction(1, 2)
    kept = nearzero._cut(series, radius)
    left = Fraction(1, 4 ** len(kept)) / (1 - Fraction(1, 4))
    assert left < Fraction(1, 2**55)
    assert nearzero._radius([[Fraction(2**j) for j in range(60)]]) is None
