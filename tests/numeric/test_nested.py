"""Logarithms and quotients of sums of exponentials inside of one another, and of products."""

import mpmath
import numpy as np
import pytest
from sympy import (
    Abs,
    Derivative,
    IndexedBase,
    MatrixSymbol,
    Sum,
    diff,
    exp,
    lambdify,
    log,
    pi,
    sqrt,
    symbols,
    tanh,
)

from symderiv import gradient, hessian, prove_equal, sigma, softplus
from symderiv.numeric import to_numpy

m, n, K, H = symbols("m n K H", integer=True, positive=True)
i, j, k, p = symbols("i j k p", integer=True, nonnegative=True)
s = symbols("s", real=True)
A = MatrixSymbol("A", K, H)
u, v = IndexedBase("u", shape=(K,)), IndexedBase("v", shape=(H,))
over = (k, 0, K - 1), (p, 0, H - 1)
entries = np.array([[1.0, 0.0, -0.3], [0.0, 0.99, 0.2]])


def reference(scores):
    """log Σ e^a and the shares, shifted by the largest of all."""
    e = np.exp(scores - np.max(scores))
    return np.max(scores) + np.log(np.sum(e)), e / np.sum(e)


def test_a_sum_of_sums_is_one_of_exponentials():
    inner = Sum(exp(A[k, p]), (p, 0, H - 1))
    assert prove_equal(Sum(inner, over[0]), Sum(exp(log(inner)), over[0])).proved


@pytest.mark.parametrize("written", ["one", "products", "nested"])
@pytest.mark.parametrize("wrt", [u, v, A], ids=["u", "v", "A"])
def test_two_indices(written, wrt):
    whole = {
        "one": Sum(exp(u[k] + v[p] + A[k, p]), *over),
        "products": Sum(exp(u[k]) * exp(v[p]) * exp(A[k, p]), *over),
        "nested": Sum(exp(u[k]) * Sum(exp(v[p] + A[k, p]), over[1]), over[0]),
    }[written]
    f = to_numpy({"cost": log(whole), "slope": gradient(log(whole), wrt)}, (u, v, A))
    for scale in (1, 800):
        at = np.array([1.0, 0.3]) * scale, np.array([0.1, -1.0, 0.99]) * scale, entries
        cost, shares = reference(at[0][:, None] + at[1] + entries)
        assert f.cost(*at) == pytest.approx(cost, rel=1e-14)
        expected = {u: np.sum(shares, axis=1), v: np.sum(shares, axis=0), A: shares}[wrt]
        np.testing.assert_allclose(f.slope(*at), expected, rtol=1e-12)


@pytest.mark.parametrize("scale", [1, 400, 800])
def test_all_pairs(scale):
    # log Σᵢⱼ e^{zᵢ − zⱼ} for zᵢ = xᵢ·t
    x = IndexedBase("x", shape=(m,))
    cost = log(Sum(exp(s * x[i] - s * x[j]), (i, 0, m - 1), (j, 0, m - 1)))
    f = to_numpy({"cost": cost, "slope": gradient(cost, s)}, (s, x))
    at = np.array([1.0, -1.0, 0.25])
    value, shares = reference(scale * (at[:, None] - at))
    assert f.cost(scale, at) == pytest.approx(value, rel=1e-14)
    assert f.slope(scale, at) == pytest.approx(np.sum(shares * (at[:, None] - at)), rel=1e-13)


def test_what_all_the_exponents_share():
    cost = log(Sum(exp(s * A[k, p]), *over))
    f = to_numpy({"cost": cost, "slope": gradient(cost, s)}, (s, A))
    for at in (0.3, 40.0, 800.0, -800.0):
        value, shares = reference(at * entries)
        assert f.cost(at, entries) == pytest.approx(value, rel=1e-14)
        assert f.slope(at, entries) == pytest.approx(np.sum(shares * entries), rel=1e-12)


@pytest.mark.parametrize("wrt", [0, 1, 2], ids=["centres", "data", "weights"])
def test_a_mixture_whose_weights_are_shares(wrt):
    # −Σ log(Σₖ e^{wₖ}·e^{−(xᵢ − cₖ)²/2}/Σₖ e^{wₖ})
    c, w, x = (*(IndexedBase(name, shape=(K,)) for name in "cw"), IndexedBase("x", shape=(m,)))
    above = Sum(exp(w[k]) * exp(-((x[i] - c[k]) ** 2) / 2), (k, 0, K - 1))
    cost = -Sum(log(above / Sum(exp(w[k]), (k, 0, K - 1))), (i, 0, m - 1))
    f = to_numpy({"cost": cost, "slope": gradient(cost, (c, x, w)[wrt])}, (c, x, w))
    for at in (
        ([0.0, 1.0], [40.0, -40.0], [800.0, -800.0]),
        ([0.0, 1.0], [1000.0, 1.0], [0.0, 3.0]),
        ([0.3, -1.0], [0.5, 2.0], [0.1, 0.2]),
    ):
        centres, data, weights = map(np.array, at)
        apart = data[:, None] - centres
        rows = [reference(row) for row in weights - apart**2 / 2]
        shares, prior = np.array([r[1] for r in rows]), reference(weights)
        assert f.cost(*at) == pytest.approx(2 * prior[0] - sum(r[0] for r in rows), rel=1e-13)
        slopes = (
            -np.sum(shares * apart, axis=0),
            np.sum(shares * apart, axis=1),
            2 * prior[1] - np.sum(shares, axis=0),
        )
        np.testing.assert_allclose(f.slope(*at), slopes[wrt], rtol=1e-12, atol=1e-14)


def test_a_sum_is_not_left_above():
    # 1/Σ pₖ² for a softmax p is 1 where one of them is: not S²/Σ e^{2uₖ}, which is ∞/∞
    share = exp(u[k]) / Sum(exp(u[j]), (j, 0, K - 1))
    size = 1 / Sum(share**2, (k, 0, K - 1))
    f = to_numpy({"size": size, "slope": gradient(size, u)}, (u,))
    assert f.size([800.0, 0.0, -800.0]) == 1
    np.testing.assert_array_equal(f.slope([800.0, 0.0, -800.0]), [0, 0, 0])
    assert f.size([-800.0, -800.0]) == pytest.approx(2, rel=1e-15)


def test_a_square_of_a_mean():
    # the variance of v under a softmax
    whole, w = Sum(exp(u[k]), (k, 0, K - 1)), IndexedBase("w", shape=(K,))
    mean, square = (Sum(exp(u[k]) * w[k] ** e, (k, 0, K - 1)) / whole for e in (1, 2))
    f = to_numpy({"variance": square - mean**2, "slope": gradient(square - mean**2, u)}, (u, w))
    x = np.array([1.0, 2.0, -1.0])
    assert f.variance([800.0, 0.0, -800.0], x) == 0
    np.testing.assert_array_equal(f.slope([800.0, 0.0, -800.0], x), [0, 0, 0])
    p = reference(np.array([0.3, -1.0, 0.5]))[1]
    variance = p @ (x - p @ x) ** 2
    assert f.variance([0.3, -1.0, 0.5], x) == pytest.approx(variance, rel=1e-14)
    slope = p * ((x - p @ x) ** 2 - variance)
    np.testing.assert_allclose(f.slope([0.3, -1.0, 0.5], x), slope, rtol=1e-12)


def test_sums_that_may_be_negative_stay_as_they_are():
    signed = Sum(A[k, p] * exp(u[k] + v[p]), *over)
    f = to_numpy(1 / signed, (u, v, A))
    at = np.array([1.0, 0.3]), np.array([0.1, -1.0, 0.9]), -entries
    expected = 1 / np.sum(-entries * np.exp(at[0][:, None] + at[1]))
    assert f(*at) == pytest.approx(expected, rel=1e-14)


def test_products_of_matrices_stay_what_they_are():
    B, C = MatrixSymbol("B", m, K), MatrixSymbol("C", K, n)
    made = to_numpy(Sum(exp(B[i, k]) * exp(C[k, j]), (k, 0, K - 1)), (B, C))
    assert "np.exp(B) @ np.exp(C)" in made.source


QUOTIENTS = {
    "e^s": (exp(s) - 1) / (exp(s) + 1),
    "e^(-2s)": (1 - exp(-2 * s)) / (1 + exp(-2 * s)),
    "both": (exp(s) - exp(-s)) / (exp(s) + exp(-s)),
}


@pytest.mark.parametrize("outside", [exp, softplus, sigma, tanh], ids=lambda g: g.__name__)
@pytest.mark.parametrize("name", QUOTIENTS)
def test_a_quotient_in_an_exponent_is_one_number(name, outside):
    """e^((e^s − 1)/(e^s + 1)) = e^(tanh(s/2)), and its derivative, at scores of ±800."""
    half = 0.5 if name == "e^s" else 1
    plain = {
        "exp": mpmath.exp,
        "tanh": mpmath.tanh,
        "sigma": lambda q: 1 / (1 + mpmath.exp(-q)),
        "softplus": lambda q: mpmath.log(1 + mpmath.exp(q)),
    }[outside.__name__]
    whole = outside(QUOTIENTS[name])
    f = to_numpy({"value": whole, "slope": Derivative(whole, s)}, (s,))
    with mpmath.workdps(50):
        for at in (-800.0, -3.0, 1e-9, 2.0, 800.0):
            q = mpmath.tanh(half * mpmath.mpf(at))
            assert f.value(at) == pytest.approx(float(plain(q)), rel=1e-14, abs=0)
            slope = float(mpmath.diff(plain, q) * half * mpmath.sech(half * mpmath.mpf(at)) ** 2)
            assert f.slope(at) == pytest.approx(slope, rel=1e-13, abs=1e-300)


@pytest.mark.parametrize("at", [-800.0, -3.0, 1.0, 40.0, 300.0])
def test_an_exponential_beside_and_inside_of_exponents(at):
    """log(σ(s) + (1 − σ(s))·e^(−e^s)), a zero of a count with a rate of e^s or none.

    For large s, e^(e^s)/(1 + e^(s + e^s)) is e^(−s); e^s − (s + e^s) is rounded to other numbers.
    """
    f = to_numpy({"slope": Derivative(log(sigma(s) + (1 - sigma(s)) * exp(-exp(s))), s)}, (s,))
    with mpmath.workdps(400):
        E = mpmath.exp(mpmath.mpf(at))
        below = 1 + E * mpmath.exp(min(E, mpmath.mpf(10) ** 4))
        exact = (mpmath.exp(min(E, mpmath.mpf(10) ** 4)) - 2 - E) * E / ((1 + E) * below)
        assert f.slope(at) == pytest.approx(float(exact), rel=1e-13, abs=1e-300)


@pytest.mark.parametrize("at", [(1e8, 1.0), (1.0, 1e8), (30.0, 5.0), (2.0, 2.0)])
def test_a_logarithm_of_two_takes_the_larger_out(at):
    """log(e^(−a²) + e^(−b²)), where a²− log(1 + e^(a² − b²)) has lost b² beside a²."""
    a, b = symbols("a b", real=True)
    for power_of in (lambda q: q**2, Abs):
        f = to_numpy(log(exp(-power_of(a)) + exp(-power_of(b))), (a, b))
        exact = np.logaddexp(-float(power_of(at[0])), -float(power_of(at[1])))
        assert f(*at) == pytest.approx(exact, rel=1e-14)


@pytest.mark.parametrize("at", [(-1e6, 1e6), (1e6, 1e6), (-300.0, 300.0), (0.5, -0.25)])
def test_a_mixture_of_two_normals(at):
    """log(c·e^(−(a − b)²/2) + (1 − c)·e^(−(a + b)²/2)) is log(1 − c) at a = −b, however far."""
    a, b, c = symbols("a b c", positive=True)
    f = to_numpy(log(c * exp(-((a - b) ** 2) / 2) + (1 - c) * exp(-((a + b) ** 2) / 2)), (a, b, c))
    parts = (w - d**2 / 2 for w, d in ((np.log(0.25), at[0] - at[1]), (np.log(0.75), sum(at))))
    assert f(*at, 0.25) == pytest.approx(np.logaddexp(*parts), rel=1e-14)


ACTIVATIONS = {
    "gelu": s * (1 + tanh(sqrt(2 / pi) * (s + 44715 * s**3 / 10**6))) / 2,
    "mish": s * tanh(log(1 + exp(s))),
    "swish": s / (1 + exp(-s)),
}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_an_exponential_goes_with_what_it_is_divided_by(name):
    """d²/dθ² Σᵢ (a(xᵢ·θ) − yᵢ)², whose factors are not multiplied out: e^z stays with σ(−z)²."""
    x, y = MatrixSymbol("x", m, 1), MatrixSymbol("y", m, 1)
    w = MatrixSymbol("w", 1, 1)
    loss = (ACTIVATIONS[name].subs(s, (x * w)[i, 0]) - y[i, 0]) ** 2
    f = to_numpy(hessian(Sum(loss, (i, 0, m - 1)), w), (w, x, y))
    second = lambdify(s, diff((ACTIVATIONS[name] - 0.5) ** 2, s, 2), "mpmath")
    for at in (-740.0, -30.0, 1.0, 22.0, 300.0, 800.0):
        with mpmath.workdps(800):
            exact = float(second(mpmath.mpf(at)))
        assert f([at], [1.0], [0.5]) == pytest.approx(exact, rel=1e-11, abs=1e-300)


def test_an_exponential_beside_a_share_of_exponentials_of_exponentials():
    # log Σᵢ e^(vᵢ), vᵢ = Σₖ e^{zᵢₖ}: the largest v is taken out before z is added, which is small
    X, W = MatrixSymbol("X", m, n), MatrixSymbol("W", n, K)
    inner = Sum(exp((X * W)[i, k]), (k, 0, K - 1))
    f = to_numpy(gradient(log(Sum(exp(inner), (i, 0, m - 1))), W), (W, X))
    for at in (5.0, 40.0, 71.0):
        scores = np.array([at, 0.3 * at])
        slope = f(scores[None, :], [[1.0], [0.5], [-1.0]])
        assert slope[0] == pytest.approx(np.exp(scores), rel=1e-13)
