"""Powers xᵃ with a symbol a, logarithms of products with exponentials, and both at exact zeros."""

import numpy as np
import pytest
from ids import steady
from sympy import Abs, Derivative, KroneckerDelta, MatrixSymbol, Ne, Sum, exp, log, sign, symbols

from symderiv import gradient, prove_equal
from symderiv.indexform.terms import add, call, mul, num, power, var
from symderiv.numeric import to_numpy
from symderiv.numeric.realpowers import of_product, real_powers

# NumPy warns of log 0 and q/0, which the results do not show
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

z, u = symbols("z u", real=True)
x, y, a = symbols("x y a", positive=True)
m, n = symbols("m n", integer=True, positive=True)
i = symbols("i", integer=True, nonnegative=True)
p, q, t = (MatrixSymbol(name, m, 1) for name in "pqt")
X, theta = MatrixSymbol("X", m, n), MatrixSymbol("theta", n, 1)
score, rows = (X * theta)[i, 0], (i, 0, m - 1)

P, Q = np.array([0.0, 0.5, 2.0]), np.array([0.5, 1.0, 3.0])
FAR = (np.log(0.1) + 800) / 2
X0, A = var("x"), var("a")


@pytest.mark.parametrize(
    ("written", "merged", "where"),
    [
        (x**a / x**2, exp((a - 2) * log(x)), ()),
        (Abs(z) ** a / z, z / Abs(z) * exp((a - 1) * log(Abs(z))), (Ne(z, 0),)),
        ((x / y) ** a / x**2, (x / y) ** (a - 2) / y**2, ()),
        (sign(z) * Abs(z) ** a / z, exp((a - 1) * log(Abs(z))), (Ne(z, 0),)),
        (log(x * exp(u)), log(x) + u, ()),
    ],
    ids=steady,
)
def test_what_is_merged_is_proved(written, merged, where):
    assert prove_equal(written, merged, where=where).proved


def test_what_is_merged():
    def plus(*terms):
        return add(*terms)

    raised = call("exp", mul(A, call("log", X0)))
    merged = call("exp", mul(add(A, num(-1)), call("log", X0)))
    assert real_powers([raised, power(X0, -1)], plus) == [merged]
    shares = [raised, power(X0, -1), power(add(num(1), raised), -1)]
    assert real_powers(shares, plus) is shares  # e^u/(1 + e^u) is one function
    assert of_product(mul(X0, call("exp", A))) == [call("log", X0), A]
    assert of_product(call("exp", A)) is None


@pytest.mark.parametrize(
    ("written", "variable", "value"),
    [
        (p[i, 0] ** a * q[i, 0], p, 2.5 * P**1.5 * Q),
        (q[i, 0] * (p[i, 0] / q[i, 0]) ** a, q, -1.5 * np.array([0, 0.5, 2 / 3]) ** 2.5),
        (p[i, 0] * log(p[i, 0] / (p[i, 0] + q[i, 0])), q, -P / (P + Q)),
        (p[i, 0] * log(p[i, 0] * q[i, 0]), q, P / Q),
    ],
    ids=steady,
)
def test_gradient_where_a_probability_is_0(written, variable, value):
    f = to_numpy(gradient(Sum(written, rows), variable), (p, q, a))
    assert f(P, Q, 2.5) == pytest.approx(value)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        (p[i, 0] * log(p[i, 0] / (p[i, 0] + q[i, 0])), lambda v, w: v * np.log(v / (v + w))),
        (p[i, 0] * log(q[i, 0] / p[i, 0]), lambda v, w: v * np.log(w / v)),
        (p[i, 0] ** a * log(p[i, 0]), lambda v, w: v**2.5 * np.log(v)),
    ],
    ids=steady,
)
def test_cost_where_a_probability_is_0(written, value):
    f = to_numpy(Sum(written, rows), (p, q, a))
    assert f(P, Q, 2.5) == pytest.approx(value(P[1:], Q[1:]).sum())


def test_infinite_and_unknown_logarithms_are_not_hidden():
    f = to_numpy(x * log(y / z), (x, y, z))
    assert np.isnan(f(0.0, np.nan, 1.0))
    assert f(1.0, 1.0, 0.0) == np.inf


def test_gradient_of_a_norm_where_a_residual_is_0():
    # Σ |r|ᵃ: a·|r|ᵃ⁻¹·sign r
    f = to_numpy(gradient(Sum(Abs(score - t[i, 0]) ** a, rows), theta), (theta, X, t, a))
    data, targets = np.array([[1, 2.0], [2, 1]]), np.array([3.0, 1.0])
    assert f(np.ones(2), data, targets, 1.5) == pytest.approx(1.5 * data[1] * 2**0.5)


@pytest.mark.parametrize(
    ("written", "exact"),
    [
        (log(1 + (t[i, 0] * exp(-score)) ** a), (FAR, 400.0)),
        (1 / (1 + (t[i, 0] * exp(-score)) ** a), np.array([1, 400]) * np.exp(-FAR)),
        ((t[i, 0] * exp(-score)) ** a, np.array([1, 400]) * np.exp(FAR)),
    ],
    ids=steady,
)
def test_survival_far_away(written, exact):
    # log-logistic cost and survival, and Weibull, with (t·e^(−z))ᵃ at z = −800
    cost = Sum(written, rows)
    f = to_numpy({"cost": cost, "slope": gradient(cost, theta)}, (theta, X, t, a))
    value, slope = exact
    at = f.cost_and_slope([1.0], [[-800.0]], [0.1], 0.5)
    assert at[0] == pytest.approx(value, rel=1e-12)
    assert abs(at[1][0]) == pytest.approx(slope, rel=1e-12)
    assert f.cost_and_slope([1.0], [[3.0]], [0.0], 2.0)[1] == pytest.approx([0.0])


@pytest.mark.parametrize(
    ("written", "variable", "exact"),
    [
        # at x = 0, y = 1.5 and a = 2: doses and times of 0
        (x**a / (y**a + x**a), a, 0.0),
        (1 / (1 + (x / y) ** a), a, 0.0),
        (1 / (1 + (x / y) ** a), x, 0.0),
        (1 - exp(-((x / y) ** a)), x, 0.0),
        (log(1 + y * x**a), a, 0.0),
    ],
    ids=steady,
)
def test_slopes_at_a_dose_of_0(written, variable, exact):
    f = to_numpy(Derivative(written, variable), (x, y, a))
    assert f(0.0, 1.5, 2.0) == pytest.approx(exact, abs=0)
    # and as before elsewhere
    at, h = {x: 0.7, y: 1.5, a: 2.3}, 1e-5
    ahead, back = (float(written.subs({**at, variable: at[variable] + e})) for e in (h, -h))
    assert f(*at.values()) == pytest.approx((ahead - back) / (2 * h), rel=1e-8)


@pytest.mark.parametrize(
    ("written", "exact"),
    [(Abs(z) ** a, 2.0), (exp(-(Abs(z) ** a)), -2.0), (Abs(z) ** a / (1 + Abs(z) ** a), 2.0)],
    ids=steady,
)
def test_curvature_of_a_power_at_0(written, exact):
    # |z|² has the second derivative 2 at 0, too, where sign z is 0
    f = to_numpy(Derivative(written, z, z), (z, a))
    assert [f(v, 2.0) for v in (-1e-9, 0.0, 1e-9)] == pytest.approx([exact] * 3)


def test_slope_of_a_logarithm_of_powers():
    # (log Σ xᵢᵃ)′ = Σ xᵢᵃ·log xᵢ/Σ xᵢᵃ
    f = to_numpy(Derivative(log(Sum(p[i, 0] ** a, rows)), a), (p, a))
    powers = P[1:] ** 1.5
    assert f(P, 1.5) == pytest.approx(powers @ np.log(P[1:]) / powers.sum())


def test_a_diagonal_of_zeros():
    j = symbols("j", integer=True, nonnegative=True)
    nothing = Abs((p[i, 0] - p[j, 0]) * KroneckerDelta(i, j))
    assert to_numpy(Sum(nothing, (i, 0, j)), (p,))(P).tolist() == [0.0, 0.0, 0.0]


def test_powers_of_absolute_values_at_0():
    # |z|ᵃ, a·sign z·|z|ᵃ⁻¹ and a·(a − 1)·|z|ᵃ⁻²: 0 where a or a − 1 is, and without a logarithm
    b = symbols("b", real=True)
    outputs = {f"d{k}": Derivative(Abs(z) ** b, (z, k)) for k in (1, 2)}
    f = to_numpy({"power": Abs(z) ** b, **outputs}, (z, b))
    assert [f.power(0.0, v) for v in (0.0, 1.0, 1.5)] == [1, 0, 0]
    with np.errstate(divide="ignore"):
        assert [f.d1(0.0, v) for v in (0.0, 1.0, 1.5)] == [0, 0, 0]
        assert [f.d2(0.0, v) for v in (0.0, 1.0, 2.0)] == [0, 0, 2]
    assert f.d2(-2.0, 3.0) == 12
    assert "log" not in f.power.source + f.d1.source + f.d2.source
