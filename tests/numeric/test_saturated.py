"""Compiled functions where an exponential of theirs is infinite or 0, and the value is not."""

import threading
import time

import numpy as np
import pytest
import sympy
from ids import steady
from sympy import Derivative, acosh, asinh, atanh, exp, log, sqrt, symbols

from symderiv import sigma, softplus
from symderiv.numeric import compile as compile_module
from symderiv.numeric import to_numpy

z, y = symbols("z y", real=True)


@pytest.mark.parametrize(
    ("written", "at", "value"),
    [
        (1 - exp(-(z**2)), 30.0, 1.0),
        (1 - exp(-(z**2)), 1e-9, 1e-18),
        (1 - exp(-exp(z)), 700.0, 1.0),
        (1 - exp(-sympy.Abs(z)), 1e308, 1.0),
        (1 - exp(-softplus(z)), 1e308, 1.0),
        (1 / sigma(z), 1e308, 1.0),
        (1 / (1 + sigma(z) ** 2), 1e5, 0.5),
        (1 / (1 + sigma(2 * z) ** 2) ** 2, 300.0, 0.25),
        (1 / (1 + sigma(z) ** 3), -800.0, 1.0),
        (1 / (1 + sigma(z) * sigma(-z)), 800.0, 1.0),
        (1 / (1 + sigma(z) ** 2), 0.0, 0.8),
        ((exp(z) - 1) / exp(3 * z), 800.0, 0.0),
        ((exp(z) - 1) ** 2 / exp(2 * z), 800.0, 1.0),
        ((exp(z) - 1) ** 2 / exp(z), 1e-9, 1e-18),
        ((exp(z) - 1) / exp(3 * z), 300.0, np.exp(-600.0)),
        (z / (exp(z) - 1), 1e-310, 1.0),
        (z / (1 - exp(-z)), -5e-324, 1.0),
        (z / (exp(z) - 1), 1e-10, 1 - 5e-11),
        (z / (exp(z) - 1), 800.0, 0.0),
        (z / (exp(z) - 1), -800.0, 800.0),
        (1 / sympy.cosh(z), 700.0, 2 * np.exp(-700.0)),
        (1 / sympy.cosh(z), -np.inf, 0.0),
        (1 / sympy.cosh(z) ** 3, 200.0, 8 * np.exp(-600.0)),
        (exp(z) / (1 + exp(3 * z)), 300.0, np.exp(-600.0)),
    ],
    ids=steady,
)
def test_what_grows_above_and_below_is_divided_first(written, at, value):
    assert to_numpy(written, (z,))(at) == pytest.approx(value, rel=1e-15, abs=0)


@pytest.mark.parametrize(
    ("written", "function", "points"),
    [
        (asinh(z), np.arcsinh, [-1e200, -1e8, -1e-10, 0.0, 1e-10, 3.0, 1e200]),
        (asinh(2 * z - 1), lambda z: np.arcsinh(2 * z - 1), [-1e200, 0.5, 0.5 + 1e-10]),
        (log(z + sqrt(z**2 + 1)), np.arcsinh, [-1e8, 1e-10]),
        (asinh(1 - exp(z)), lambda z: np.arcsinh(-np.expm1(z)), [-50.0, 1e-10, 30.0, 700.0]),
        (acosh(z), np.arccosh, [1.0, 1 + 1e-10, 3.0, 1e200]),
        (atanh(z), np.arctanh, [-1 + 1e-10, -1e-10, 1e-10, 0.5]),
        (atanh(z / 3), lambda z: np.arctanh(z / 3), [-1e-10, 2.9]),
        (Derivative(asinh(z), z), lambda z: 1 / np.hypot(z, 1), [-1e8, -3.0, 0.0, 1e8]),
        (Derivative(acosh(z), z), lambda z: 1 / np.sqrt(z * z - 1), [1.5, 1e8]),
    ],
    ids=[
        "asinh",
        "asinh of a line",
        "log",
        "asinh of exp",
        "acosh",
        "atanh",
        "atanh of z/3",
        "asinh'",
        "acosh'",
    ],
)
def test_inverse_hyperbolic_functions_are_those_of_numpy(written, function, points):
    points = np.array(points)
    np.testing.assert_allclose(to_numpy(written, (z,))(points), function(points), rtol=4e-16)


@pytest.mark.parametrize(
    ("written", "at", "value"),
    [
        (log(3 + exp(z)), np.inf, np.inf),
        (log(3 + exp(z)), 1.7e308, 1.7e308),
        (log(3 + exp(z)), -np.inf, np.log(3)),
        (log(1 + 2 * exp(z)), np.inf, np.inf),
        (log(2 + exp(-z)), -np.inf, np.inf),
        (log(exp(z) + 2 * exp(2 * z)), np.inf, np.inf),
        (log(3 + exp(z)), np.nan, np.nan),
    ],
    ids=steady,
)
def test_logarithms_of_sums_at_infinity(written, at, value):
    assert to_numpy(written, (z,))(at) == pytest.approx(value, rel=1e-15, nan_ok=True)


@pytest.mark.parametrize(
    ("written", "at", "value"),
    [
        (sqrt(z**2 + y**2), (3e160, -4e160), 5e160),
        (sqrt(z**2 + y**2), (3e-170, 4e-170), 5e-170),
        (sqrt(1 + z**2), (1e160,), 1e160),
        (sqrt(4 + 9 * z**2 + y**2), (1e160, 4e160), 5e160),
        (z / sqrt(1 + z**2), (-1e160,), -1.0),
        (sqrt(1 + exp(z)), (1000.0,), np.exp(500.0)),
        (sqrt(exp(2 * z) + 4 * y**2), (400.0, -1.0), np.exp(400.0)),
        (1 / sqrt(1 + z**2), (1e160,), 1e-160),
        (sqrt(1 + z**2) - 1, (1e-10,), 5e-21),
        (sqrt(1 + z**2) - 1, (1e160,), 1e160),
        (2 - 2 * sqrt(1 + z**2 / 4), (1e-10,), -2.5e-21),
        ((1 + exp(z)) * (1 + exp(y)) / exp(z + y), (800.0, 800.0), 1.0),
        ((1 + exp(z)) * (1 + exp(y)) / exp(z + y), (-1.0, 800.0), 1 + np.exp(1)),
        ((1 + exp(z)) / exp(z - y), (800.0, 2.0), np.exp(2)),
        (exp(z + y) / (1 + exp(z) + exp(y)), (800.0, 700.0), np.exp(700)),
        (exp(z + 2 * y) / (1 + exp(z) + exp(y)), (-800.0, 790.0), np.exp(-10)),
        (sigma(z) / sigma(y), (-800.0, -801.0), np.exp(1) + np.exp(-800)),
        (sigma(z) * sigma(-z) / sigma(y) / sigma(-y), (800.0, -801.0), np.exp(1)),
        (sigma(z) * sigma(-z) / sigma(y) / sigma(-y), (-800.0, 800.0), 1.0),
        ((1 + exp(z)) / (1 + exp(y)) ** 2, (801.0, 400.0), np.exp(1)),
        (sqrt(z**2 - y**2), (1e8 + 1, 1e8), np.sqrt(2e8 + 1)),
        (sqrt(z**2 - y**2), (-5e200, 4e200), 3e200),
        (sqrt(1 - z**2), (1 - 2.0**-50,), np.sqrt(2.0**-49)),
    ],
    ids=steady,
)
def test_squares_and_products_that_overflow(written, at, value):
    arguments = (z, y)[: len(at)]
    assert to_numpy(written, arguments)(*at) == pytest.approx(value, rel=4e-16, abs=0)


@pytest.mark.parametrize("at", [-800.0, -3.0, 40.0, 800.0])
def test_what_stands_before_a_share_is_positive_and_has_a_logarithm(at):
    a = symbols("a", positive=True)
    f = to_numpy({"one": log(a * sigma(z)), "other": log((1 - a) * (1 - sigma(z)))}, (z, a))
    one, other = -np.logaddexp(0, -at), -np.logaddexp(0, at)
    assert f.one(at, 0.1) == pytest.approx(np.log(0.1) + one, rel=1e-15)
    assert f.other(at, 0.1) == pytest.approx(np.log(0.9) + other, rel=1e-15)


def test_a_weight_of_0_beside_an_infinite_one():
    # (1 + u)·log((1 + u)/(1 − u)) is 0 at u = −1, and 2u + 2u² near 0
    f = to_numpy((1 + z) * log((1 + z) / (1 - z)), (z,))
    assert f(-1.0) == 0
    assert f(1e-10) == pytest.approx(2e-10 + 2e-20, rel=1e-15)


def test_threads_that_make_the_first_call_together_compile_in_turn(monkeypatch):
    # what compiles and what parses the source is not made for several threads at once
    functions = to_numpy({"double": 2 * z, "square": z**2}, (z,))
    inside, most, wrong, made = [], [], [], compile_module.run

    def run(*args):
        inside.append(args)
        time.sleep(0.02)  # time for the others to come
        most.append(len(inside))
        inside.pop()
        return made(*args)

    def work(name):
        if getattr(functions, name)(3.0) != {"double": 6, "square": 9}[name]:
            wrong.append(name)

    monkeypatch.setattr(compile_module, "run", run)
    threads = [threading.Thread(target=work, args=(name,)) for name in ("double", "square") * 3]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert (most, wrong) == ([1, 1], [])


def test_a_share_beside_a_logarithm_of_a_logarithm():
    # ∂/∂z (log(1 + log(1 + e^z)) − y)² at z = 800: σ(z) is 1 there, and not e^z·σ(−z)
    e = (log(1 + log(1 + exp(z))) - y) ** 2
    f = to_numpy(Derivative(e, z), (z, y))
    assert f(800.0, 0.5) == pytest.approx(2 * (np.log(801) - 0.5) / 801)
