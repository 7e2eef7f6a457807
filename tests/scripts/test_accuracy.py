"""The measure of accuracy: its exact values against mpmath, and what an ulp is."""

import subprocess
import sys
from pathlib import Path

import mpmath
import numpy as np
import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
sys.path.insert(0, str(SCRIPTS))
from accuracy import confirm, data, errors_in_ulp, exact_cost_and_gradient  # noqa: E402
from scalars import FUNCTIONS, arguments, exact_values, points  # noqa: E402

MPMATH = {
    "σ(z)": lambda z: 1 / (1 + mpmath.exp(-z)),
    "1 − σ(z)": lambda z: 1 - 1 / (1 + mpmath.exp(-z)),
    "σ'(z) = σ(1 − σ)": lambda z: mpmath.exp(-z) / (1 + mpmath.exp(-z)) ** 2,
    "log σ(z)": lambda z: mpmath.log(1 / (1 + mpmath.exp(-z))),
    "log(1 − σ(z))": lambda z: mpmath.log(1 - 1 / (1 + mpmath.exp(-z))),
    "log(1 + e^z)": lambda z: mpmath.log(1 + mpmath.exp(z)),
    "log cosh z": lambda z: mpmath.log(mpmath.cosh(z)),
    "tanh z": mpmath.tanh,
    "(e^z − e^(−z))/(e^z + e^(−z))": mpmath.tanh,
    "2σ(z) − 1": lambda z: 2 / (1 + mpmath.exp(-z)) - 1,
    "e^z − 1": lambda z: mpmath.exp(z) - 1,
    "log(1 + x)": lambda x: mpmath.log(1 + x),
    "log(e^a + e^b)": lambda a, b: mpmath.log(mpmath.exp(a) + mpmath.exp(b)),
    "log(e^a + e^b) near 0": lambda a, b: mpmath.log(mpmath.exp(a) + mpmath.exp(b)),
    "x log y, 0 at x = 0": lambda x, y: x * mpmath.log(y) if x else x,
    "(log(1 + e^z))²": lambda z: mpmath.log(1 + mpmath.exp(z)) ** 2,
    "log σ(z) · log(1 − σ(z))": lambda z: (
        mpmath.log(1 + mpmath.exp(z)) * mpmath.log(1 + mpmath.exp(-z))
    ),
    "1 − tanh² z": lambda z: 1 - mpmath.tanh(z) ** 2,
    "log(2 + e^z)": lambda z: mpmath.log(2 + mpmath.exp(z)),
    "log((1 + e^z)/2)": lambda z: mpmath.log((1 + mpmath.exp(z)) / 2),
    "log(1 − e^(−x)), x > 0": lambda x: mpmath.log(1 - mpmath.exp(-x)),
    "log(e^a + e^b + e^c)": lambda *at: mpmath.log(sum(map(mpmath.exp, at))),
    "p = e^a/(e^a + e^b + e^c)": lambda *at: mpmath.exp(at[0]) / sum(map(mpmath.exp, at)),
    "1 − p": lambda *at: sum(map(mpmath.exp, at[1:])) / sum(map(mpmath.exp, at)),
    "−log p": lambda *at: mpmath.log(sum(mpmath.exp(u - at[0]) for u in at)),
}


@pytest.mark.parametrize("f", FUNCTIONS, ids=lambda f: f.name)
def test_exact_values_are_those_of_mpmath(f):
    at = arguments(f, 4000)
    chosen = np.all([np.isfinite(a) & (np.abs(a) < 800) for a in at], axis=0)
    at = tuple(a[chosen][::60] for a in at)
    assert at[0].size > 20
    high, low = exact_values(f, at)
    with mpmath.workdps(1200):
        for k, x in enumerate(zip(*(a.tolist() for a in at), strict=True)):
            expected = MPMATH[f.name](*map(mpmath.mpf, x))
            if np.isinf(high[k]):
                assert abs(expected) > np.finfo(float).max
                continue
            rest = abs(mpmath.mpf(high[k]) + mpmath.mpf(low[k]) - expected)
            assert rest <= abs(expected) * 2.0**-79 + mpmath.mpf(2) ** -1074, x


def test_a_wrong_exact_value_stops_the_script():
    f = next(f for f in FUNCTIONS if f.name == "log σ(z)")
    high, low = (float(a[0]) for a in exact_values(f, (np.array([40.0]),)))
    assert confirm(f, (40.0,), high, low)
    with pytest.raises(ArithmeticError, match=r"log σ.* at .*by mpmath, .*by balls"):
        confirm(f, (40.0,), high, low + 1e-22 * abs(high))
    assert not confirm(f, (1e300,), high, low)  # not asked


def test_an_ulp_is_the_spacing_of_doubles_at_the_exact_value():
    high, low = np.array([1.0, 1.0, 1.0, 1.0, 1e-310]), np.array([0.0, 2.0**-54, 0.0, 0.0, 0.0])
    got = np.array([1 + 2.0**-52, 1.0, np.nan, np.inf, 0.0])
    assert errors_in_ulp(got, high, low).tolist() == [1.0, 0.25, np.inf, np.inf, 0.0]


def test_points_are_of_every_size():
    x = points(5000)
    assert x.size >= 5000
    assert {0.0, 5e-324, -5e-324, 1e-300, -1e-300, 1e308, -1e308} <= set(x.tolist())
    assert np.isinf(x).sum() == 2
    assert np.count_nonzero((np.abs(x) < 2.3e-308) & (x != 0)) > 20
    assert np.count_nonzero((np.abs(x) > 30) & (np.abs(x) < 800)) > 1000


class TestData:
    @pytest.mark.parametrize("kind", ["separable", "badly scaled"])
    @pytest.mark.parametrize("exact", [True, False])
    def test_separable_with_a_margin(self, kind, exact):
        theta, X, y = data(kind, 60, exact)
        z = X @ theta
        assert np.array_equal(y, z > 0)
        assert 20 < np.min(np.abs(z)) < np.max(np.abs(z)) < 90
        if exact:
            assert np.array_equal(z, (X.astype(np.longdouble) @ theta).astype(float))

    def test_the_reference_is_the_plain_formula(self):
        theta, X, y = data("not separable", 10, False)
        cost, gradient, sizes = exact_cost_and_gradient(theta, X, y)
        h = 1 / (1 + np.exp(-(X @ theta)))
        assert float(cost) == pytest.approx(-np.mean(y * np.log(h) + (1 - y) * np.log(1 - h)))
        assert [float(g) for g in gradient] == pytest.approx(X.T @ (h - y) / len(y))
        assert sizes.tolist() == pytest.approx(np.abs(X.T) @ np.abs(h - y) / len(y))


@pytest.mark.slow
def test_a_short_run_prints_both_tables():
    command = [sys.executable, str(SCRIPTS / "accuracy.py"), "--points", "300"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for f in FUNCTIONS:
        assert f"| {f.name}{'¹' * bool(f.condition)} " in done.stdout
    assert "| naive NumPy " in done.stdout
