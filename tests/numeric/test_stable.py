"""The stable forms: what is written is proved equal to what it stands for, and is accurate."""

import textwrap

import mpmath
import numpy as np
import pytest
import sympy
from ids import steady
from sympy import (
    Derivative,
    IndexedBase,
    Ne,
    Rational,
    Sum,
    Symbol,
    exp,
    log,
    symbols,
    tanh,
)
from written_back import read_back

from symderiv import gradient, prove_equal, sigma, softplus
from symderiv.numeric import to_numpy
from symderiv.numeric.compile import Compiler
from symderiv.numeric.elementary import FUNCTIONS
from symderiv.numeric.layout import statements
from symderiv.numeric.stable import STABLE

z, y = symbols("z y", real=True)


@pytest.mark.parametrize("name", STABLE)
def test_what_is_written_is_proved(name):
    entry = STABLE[name]
    function = to_numpy(entry.textbook or entry.definition, entry.arguments)
    written = read_back(function)
    result = prove_equal(entry.definition, written, where=entry.where)
    assert result.proved, (function.source, written, result.reason)


@pytest.mark.parametrize("name", ["sigma", "sigma_complement", "sigma_slope", "softplus"])
def test_what_is_written_for_arguments_that_are_not_large_is_proved(name):
    u, _ = STABLE["softplus_plus"].arguments
    formula = STABLE[name].definition if name in STABLE else softplus(u)
    compiler = Compiler({"compute": formula}, (u,), (), {})
    text = statements(compiler.draft(["compute"], (u,)), one_sided=True).text()
    assert "bounded_exp" in text
    assert "where" not in text
    source = "def compute(u):\n" + textwrap.indent(text.replace("bounded_exp", "np.exp"), "    ")
    assert prove_equal(formula, read_back(source)).proved, source


def test_the_table_is_complete():
    sums = {"weighted_log_total", "norm", "from_nearby", "over_expm1", "near_zero"}
    sums |= {f"share_{part}" for part in ("plus", "top", "over", "over_exp", "first", "rest")}
    elementwise = FUNCTIONS.keys() - sums
    of_numpy = {"expm1", "log1p", "hypot", "arcsinh", "arccosh", "arctanh"}
    assert elementwise | of_numpy == STABLE.keys()


# r + e^z is e^(log r) + e^z for r > 0, and needs no shift
@pytest.mark.parametrize("form", [lambda r: log(r + exp(z)), lambda r: exp(z) / (r + exp(z))])
def test_a_positive_number_is_taken_into_the_exponent(form):
    r = symbols("r", real=True)
    f = to_numpy(form(r), (z, r), where=[r > 0])
    assert "shift" not in f.source
    assert prove_equal(form(r), read_back(f), where=[r > 0]).proved
    points = np.array([-1000.0, -1.0, 30.0, 1000.0])
    for number in (1e-300, 1.5, 1e300):
        with mpmath.workdps(900):
            exact = [
                form(sympy.Float(number, 900)).subs(z, sympy.Integer(int(at))).evalf(20)
                for at in points
            ]
        np.testing.assert_allclose(f(points, number), np.array(exact, dtype=float), rtol=1e-13)


class TestShift:
    """For any shift M, the largest u among them."""

    K = Symbol("K", integer=True, positive=True)
    k, p = symbols("k p", integer=True, nonnegative=True)
    u, M = IndexedBase("u", shape=(K,)), Symbol("M", real=True)
    total = Sum(exp(u[p]), (p, 0, K - 1))
    shifted = Sum(exp(u[p] - M), (p, 0, K - 1))

    def test_log_sum_exp(self):
        assert prove_equal(log(self.total), self.M + log(self.shifted)).proved

    def test_softmax(self):
        k = self.k
        assert prove_equal(
            exp(self.u[k]) / self.total, exp(self.u[k] - self.M) / self.shifted
        ).proved

    def test_norm(self):
        scale, p, K = Symbol("s", positive=True), self.p, self.K
        scaled = scale * sympy.sqrt(Sum((self.u[p] / scale) ** 2, (p, 0, K - 1)))
        assert prove_equal(sympy.sqrt(Sum(self.u[p] ** 2, (p, 0, K - 1))), scaled).proved

    def test_close_to_1_and_to_one_hot_labels(self):
        """1 − p and p − y are the other shares, and −log p is log1p of them."""
        k, softmax = self.k, exp(self.u[self.k]) / self.total
        y = IndexedBase("y", shape=(self.K,))
        f = to_numpy(
            {
                "rest": 1 - softmax,
                "loss": -Sum(y[k] * log(exp(self.u[k]) / self.total), (k, 0, self.K - 1)),
                "residual": softmax - y[k],
                "slope": softmax * (1 - softmax),
            },
            {"rest": (self.u,), "loss": (self.u, y), "residual": (self.u, y), "slope": (self.u,)},
        )
        at, hot = [700.0, 655.0, 660.0], [1, 0, 0]
        others = np.exp(-45.0) + np.exp(-40.0)
        np.testing.assert_allclose(f.rest(at), [others, 1, 1], rtol=1e-15)
        assert f.loss(at, hot) == pytest.approx(others, rel=1e-15)
        expected = [-others, np.exp(-45.0), np.exp(-40.0)]
        np.testing.assert_allclose(f.residual(at, hot), expected, rtol=1e-15)
        np.testing.assert_allclose(f.slope(at), np.abs(expected), rtol=1e-15)
        ties = f.rest([3.0, 3.0, 3.0])
        np.testing.assert_allclose(ties, [2 / 3] * 3, rtol=1e-15)

    def test_gradient_of_the_loss_on_saturated_scores(self):
        """Σₖ yₖ·pⱼ − yⱼ, where the sum over one-hot labels is 1, and nobody said that they are."""
        K, k = self.K, self.k
        y = IndexedBase("y", shape=(K,))
        loss = -Sum(y[k] * log(exp(self.u[k]) / self.total), (k, 0, K - 1))
        f = to_numpy({"slope": gradient(loss, self.u)}, (self.u, y))
        at, others = [900.0, 860.0, 855.0], np.exp(-40.0) + np.exp(-45.0)
        expected = [-others, np.exp(-40.0), np.exp(-45.0)]
        np.testing.assert_allclose(f.slope(at, [1, 0, 0]), expected, rtol=1e-14)
        np.testing.assert_allclose(f.slope(at, [0, 1, 0]), [1, -1, expected[2]], rtol=1e-14)

    def test_entropy_and_gini(self):
        """Sums over the classes of what is divided by S stay finite, and so do their gradients."""
        k, K, softmax = self.k, self.K, exp(self.u[self.k]) / self.total
        entropy = -Sum(softmax * log(softmax), (k, 0, K - 1))
        gini = 1 - Sum(softmax**2, (k, 0, K - 1))
        f = to_numpy(
            {
                "entropy": entropy,
                "gini": gini,
                "slope": gradient(entropy, self.u),
                "tilt": gradient(gini, self.u),
            },
            (self.u,),
        )
        for at in ([900.0, 900.0, -900.0], [-900.0, -900.0, -3000.0]):
            assert f.entropy(at) == pytest.approx(np.log(2), rel=1e-15)
            assert f.gini(at) == pytest.approx(0.5, rel=1e-15)
            np.testing.assert_allclose(f.slope(at), 0, atol=1e-15)
            np.testing.assert_allclose(f.tilt(at), 0, atol=1e-15)

    def test_gradient_of_a_focal_loss_stays_finite(self):
        k, K, softmax = self.k, self.K, exp(self.u[self.k]) / self.total
        y = IndexedBase("y", shape=(K,))
        loss = -Sum(y[k] * (1 - softmax) ** 2 * log(softmax), (k, 0, K - 1))
        f = to_numpy({"slope": gradient(loss, self.u)}, (self.u, y))
        found = f.slope([900.0, 0.0, -900.0], [0, 1, 0])
        np.testing.assert_allclose(found, [1, -1, 0], rtol=1e-14)

    def test_weighted_mean(self):
        """Σ xₚ·e^{u_p}/Σ e^{u_p}, whose numerator overflows by itself, and log Σ xₚ·e^{u_p}."""
        x = IndexedBase("x", shape=(self.K,))
        p, K = self.p, self.K
        f = to_numpy(Sum(x[p] * exp(self.u[p]), (p, 0, K - 1)) / self.total, (self.u, x))
        assert f([1000.0, 1000.0, -1000.0], [1, 2, 5]) == pytest.approx(1.5, rel=1e-15)
        g = to_numpy(log(Sum(x[p] * exp(self.u[p]), (p, 0, K - 1))), (self.u, x))
        assert g([1000.0, 999.0], [0, 1]) == pytest.approx(999, rel=1e-15)

    def test_is_written(self):
        f = to_numpy(
            {"lse": log(self.total), "softmax": exp(self.u[self.k]) / self.total}, (self.u,)
        )
        at = [1000.0, 999.0, -1000.0]
        assert f.lse(at) == pytest.approx(1000 + np.log1p(np.exp(-1)))
        np.testing.assert_allclose(f.softmax(at)[:2].sum(), 1, rtol=1e-15)
        assert f.lse_and_softmax.source.count("np.exp") == 1


def ulps(function, exact, points):
    """The largest error in units of the last place, where the exact value is normal."""
    worst = 0.0
    with mpmath.workdps(60):
        for point, value in zip(points, function(points), strict=True):
            true = exact(mpmath.mpf(float(point)))
            if abs(true) >= np.finfo(float).tiny:
                worst = max(
                    worst,
                    float(abs(mpmath.mpf(float(value)) - true)) / np.spacing(abs(float(true))),
                )
    return worst


SIGMA = sigma(z)
POINTS = np.concatenate(
    [s * np.array([0.0, 1e-300, 1e-8, 0.1, 1, 20, 36.7, 37, 40, 300, 707]) for s in (1, -1)]
    + [np.random.default_rng(0).normal(size=300) * s for s in (0.1, 3, 30, 200)]
)


@pytest.mark.parametrize(
    ("written", "exact", "bound"),
    [
        (SIGMA, lambda t: 1 / (1 + mpmath.exp(-t)), 2),
        (1 - SIGMA, lambda t: 1 / (1 + mpmath.exp(t)), 2),
        (SIGMA * (1 - SIGMA), lambda t: 1 / (1 + mpmath.exp(t)) / (1 + mpmath.exp(-t)), 2.5),
        (Derivative(SIGMA, z), lambda t: 1 / (1 + mpmath.exp(t)) / (1 + mpmath.exp(-t)), 2.5),
        (log(SIGMA), lambda t: -mpmath.log1p(mpmath.exp(-t)), 2),
        (log(1 - SIGMA), lambda t: -mpmath.log1p(mpmath.exp(t)), 2),
        (softplus(z), lambda t: mpmath.log1p(mpmath.exp(t)), 2),
        (exp(z) / (1 + exp(z)), lambda t: 1 / (1 + mpmath.exp(-t)), 2),
        (log(sympy.cosh(z)), lambda t: mpmath.log(mpmath.cosh(t)), 4),
        ((exp(z) - exp(-z)) / (exp(z) + exp(-z)), mpmath.tanh, 2),
        (sympy.sinh(z) / sympy.cosh(z), mpmath.tanh, 2),
        (1 - tanh(z) ** 2, lambda t: mpmath.sech(t) ** 2, 3),
        (softplus(z) ** 2, lambda t: mpmath.log1p(mpmath.exp(t)) ** 2, 4),
        (log(SIGMA) ** 2, lambda t: mpmath.log1p(mpmath.exp(-t)) ** 2, 4),
        (
            log(SIGMA) * log(1 - SIGMA),
            lambda t: mpmath.log1p(mpmath.exp(-t)) * mpmath.log1p(mpmath.exp(t)),
            4,
        ),
        (log(2 + exp(z)), lambda t: mpmath.log(2 + mpmath.exp(t)), 2),
        (log((1 + exp(z)) / 2), lambda t: mpmath.log1p(mpmath.expm1(t) / 2), 4),
        (1 / (1 + 2 * exp(z)), lambda t: 1 / (1 + 2 * mpmath.exp(t)), 3),
        (log(SIGMA / (1 - SIGMA)), lambda t: t, 0),
    ],
    ids=steady,
)
def test_accuracy(written, exact, bound):
    points = POINTS[np.abs(POINTS) <= 707]
    assert ulps(to_numpy(written, (z,)), exact, points) <= bound


@pytest.mark.parametrize(
    "written",
    [
        SIGMA - y,
        -y * (1 - SIGMA) + (1 - y) * SIGMA,
        y * log(SIGMA) + (1 - y) * log(1 - SIGMA),
        softplus(z) - y * z,
        SIGMA**2 * log(SIGMA),
        y**2 / (1 + exp(z)) / (1 + y**2),
        exp(z) / (1 + exp(z)) / (1 + exp(2 * z)),
        log(1 + exp(-z)) * (y - z) * (y - z),
        log(exp(2 * z) * (1 + exp(z)) ** 3),
        (exp(z) - 1) / (exp(z) + 1),
        sigma(z + y) * sigma(z - y),
        log(sigma(z - y)) + 2 * y,
        y * log(SIGMA) ** 2 + (1 - y) * log(1 - SIGMA) ** 2,
        log(1 + exp(z) + exp(y)) - z,
        log(1 + exp(z) + exp(y)) ** 2,
        1 - exp(z) / (exp(z) + exp(y) + 1),
        exp(z) / (1 + exp(z) + exp(2 * z + y)),
        (tanh(z) - y) ** 2,
        (SIGMA - y) ** 2 + (sigma(y) - z) ** 2,
        log(2 * exp(z) + 3 * exp(y)),
        exp(z) / (exp(z) - exp(y)),
        (exp(z) - exp(y)) ** 3 / exp(2 * z + y),
        (exp(2 * z) + y) / (z * exp(3 * z)),
        exp(z) / (1 + exp(2 * z)) ** 2,
        (1 + exp(z)) * (1 + exp(y)) / exp(z + y),
        (exp(z) - 1) * (1 + exp(y)) ** 2 / exp(2 * y - z),
        y * exp(-z) + (1 - y) * exp(z),
        3 * sympy.sqrt(4 + 9 * z**2) - 6 + y,
        1 / sympy.sqrt(2 + z**2) ** 3,
        sympy.sqrt(1 + z**2 + y**2),
    ],
    ids=steady,
)
def test_other_ways_to_write_are_proved_too(written):
    back = read_back(to_numpy(written, (z, y)))
    assert prove_equal(written, back, where=[Ne(z, y)]).proved, back


@pytest.mark.parametrize(
    ("written", "at", "value"),
    [
        (softplus(z) - y * z, (800.0, 1.0), 0.0),
        (softplus(z) - y * z, (60.0, 1.0), np.exp(-60.0)),
        (SIGMA - y, (60.0, 1.0), -np.exp(-60.0)),
        (log(sigma(z - y)) + 2 * y, (1000.0, 0.5), 1.0),
        (y * log(z), (0.0, 0.0), 0.0),
        (y * log(z), (3.0, 2.0), 2 * np.log(3)),
        (y * log(z) + (1 - y) * log(1 - z), (1.0, 1.0), 0.0),
        (y * log(z) + (1 - y) * log(1 - z), (0.0, 0.0), 0.0),
        (y * log(z) + (1 - y) * log(1 - z), (1.0, 0.0), -np.inf),
        (z * (log(z) - log(y)), (0.0, 0.5), 0.0),
        (z**2 * log(z) ** 2, (0.0,), 0.0),
        (log(z) / z, (0.0,), -np.inf),
        (y * log(z), (np.nan, 0.0), np.nan),
        (tanh(z) * softplus(y), (1.0, 900.0), 900 * np.tanh(1)),
        (log(sympy.cosh(z)), (800.0,), 800 - np.log(2)),
        (exp(z) - 1, (1e-12,), np.expm1(1e-12)),
        (log(1 + z), (1e-12,), np.log1p(1e-12)),
        (log(Rational(1, 2) + z), (0.5,), 0.0),
        (sympy.cosh(z) / sympy.sinh(z), (-800.0,), -1.0),
        (log(SIGMA * (1 - exp(-1)) + exp(-1)), (40.0,), -np.exp(-40.0) * -np.expm1(-1.0)),
        (log(1 - SIGMA * sigma(y)), (-20.0, -20.0), -np.exp(-40.0) / (1 + np.exp(-20.0)) ** 2),
        (log(1 - SIGMA * sigma(y)), (1e5, 0.0), np.log(0.5)),
        (log(1 - exp(-z)), (50.0,), -np.exp(-50.0)),
        (log(exp(z) - 1), (1e-9,), np.log(np.expm1(1e-9))),
        (log(y * exp(z) + 1), (-20.0, 1e-8), 1e-8 * np.exp(-20.0)),
        (log(y * exp(z) + 1), (800.0, 1.0), 800.0),
        (log(y * exp(z) + 1 - y), (50.0, 1e-30), np.log1p(1e-30 * np.expm1(50.0))),
        ((exp(z) - 1) / (exp(z) + 2), (-1e-18,), -1e-18 / 3),
        (SIGMA - sigma(y), (1e-18, 0.0), 2.5e-19),
        (log(z / (z + y)), (1.0, 1e-20), -1e-20),
        (log(exp(z) + 2 * exp(y)) - z, (40.0, 5.0), 2 * np.exp(-35.0)),
        (z * log(z + exp(y)) - z * log(z), (1.0, -37.0), np.exp(-37.0)),
        (log(1 + exp(z) + exp(z + y)) - z, (300.0, 1e-9), np.log(2) + 5e-10),
        (log(exp(z) + exp(y)), (1000.0, 999.0), 1000 + np.log1p(np.exp(-1))),
        (log(exp(z) + exp(y)), (-1000.0, -1000.0), -1000 + np.log(2)),
        ((exp(z) - 1) / (exp(z) + 1), (1e-9,), 5e-10),
        ((y + 2) * log(1 + exp(z)) - y * z, (-40.0, 0.0), 2 * np.exp(-40.0)),
        ((y + 2) * log(1 + exp(z) / 2) - y * z, (-40.0, 0.0), np.exp(-40.0)),
        ((y + 2) * log(1 + exp(z) / 2) - y * z, (800.0, 3.0), 1600 - 5 * np.log(2)),
        ((y + 2) * log(2 + exp(z)) - y * z - 2 * log(2), (-40.0, 0.0), np.exp(-40.0)),
        (y * log(y / (y + exp(z))), (1.0, 1e10), -np.exp(1.0) * (1 - np.exp(1.0) / 2e10)),
        (log(y / (y + exp(z))), (800.0, 2.0), np.log(2) - 800),
        (y * exp(-z) / (1 - exp(-z)) - 1 + y, (1e-20, 0.0), -1.0),
        (sigma(z) - Rational(1, 2), (1e-9,), 2.5e-10),
    ],
    ids=steady,
)
def test_values_that_the_textbook_form_loses(written, at, value):
    arguments = (z, y)[: len(at)]
    with np.errstate(divide="ignore"):  # log 0
        found = to_numpy(written, arguments)(*at)
    assert found == pytest.approx(value, rel=1e-15, abs=0, nan_ok=True)


def test_a_difference_that_was_written_as_one_is_not_multiplied_out():
    f = to_numpy(sigma(z) * (z - y) ** 2, (z, y))
    assert f(1e8, 1e8 + 1) == pytest.approx(1.0, rel=1e-12)


def test_nan_and_infinities_propagate():
    for written in (SIGMA, 1 - SIGMA, log(SIGMA), SIGMA * (1 - SIGMA)):
        assert np.isnan(to_numpy(written, (z,))(np.nan))
    assert to_numpy(SIGMA, (z,))(np.inf) == 1
    assert to_numpy(SIGMA, (z,))(-np.inf) == 0
    assert to_numpy(log(SIGMA), (z,))(-np.inf) == -np.inf
    pair = log(exp(z) + exp(y))
    for found, at in ((pair - z, [0, np.inf]), (pair, [np.inf, 0]), (exp(z - pair), [1, 0])):
        np.testing.assert_array_equal(to_numpy(found, (z, y))([np.inf, -np.inf], 0), at)
    assert to_numpy(log(1 - exp(-z)), (z,))(np.inf) == 0
