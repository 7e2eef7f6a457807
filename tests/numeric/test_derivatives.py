"""Unevaluated derivatives, compiled, against closed forms written by hand."""

import ast

import numpy as np
import sympy
from sympy import (
    Abs,
    BlockMatrix,
    Derivative,
    IndexedBase,
    MatrixSymbol,
    Max,
    OneMatrix,
    Sum,
    Trace,
    exp,
    log,
    symbols,
    tanh,
)

from symderiv.functions import gradient, hessian, sigma, softplus
from symderiv.numeric import to_numpy

m, n, K, H = symbols("m n K H", integer=True, positive=True)
i, j, k, p = symbols("i j k p", integer=True, nonnegative=True)
X, W = MatrixSymbol("X", m, n), MatrixSymbol("W", n, K)
A, B = MatrixSymbol("A", n, n), MatrixSymbol("B", n, n)
theta, v, y = MatrixSymbol("theta", n, 1), MatrixSymbol("v", n, 1), MatrixSymbol("y", m, 1)
r = MatrixSymbol("r", m, 1)
T = MatrixSymbol("T", m, K)
x, z, lam = symbols("x z lambda", real=True)
SIZES = {m: 5, n: 3, K: 4, H: 2}


def data(*arguments, seed=0):
    """Asymmetric values for arguments, all sizes different."""
    rng = np.random.default_rng(seed)
    out = dict(SIZES)
    for a in arguments:
        if isinstance(a, sympy.Symbol):
            out[a] = float(rng.normal())
            continue
        shape = tuple(int(s.xreplace(SIZES)) for s in a.shape)
        value = rng.normal(size=shape)
        out[a] = value.ravel() if isinstance(a, MatrixSymbol) and shape[1] == 1 else value
    return out


def run(f, values, arguments):
    return f(*(values[a] for a in arguments))


def assert_vectorised(source):
    """Nothing but NumPy is imported and nothing loops but over blocks of rows."""
    tree = ast.parse(source)
    loops = (ast.For, ast.While, ast.ListComp, ast.GeneratorExp, ast.SetComp, ast.DictComp)
    found = [node for node in ast.walk(tree) if isinstance(node, (*loops, ast.Lambda))]
    assert all(ast.unparse(node).startswith("for start in range(0, m, rows):") for node in found)
    imports = [node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom))]
    assert [ast.unparse(node) for node in imports] == ["import numpy as np"]


def mean(e):
    return Sum(e, (i, 0, m - 1)) / m


Z = (X * theta)[i, 0]


class TestDerivatives:
    """Unevaluated derivatives against closed forms written by hand."""

    def test_logistic(self):
        h = IndexedBase("h")
        let = {h[i]: sigma(Z)}
        cost = -mean(y[i, 0] * log(h[i]) + (1 - y[i, 0]) * log(1 - h[i]))
        f = to_numpy(
            {
                "entry": Derivative(cost, theta[j, 0]),
                "whole": gradient(cost, theta),
                "by": Derivative(cost, theta),
                "hessian": hessian(cost, theta),
            },
            (theta, X, y),
            let=let,
        )
        d = data(theta, X, y)
        s = 1 / (1 + np.exp(-d[X] @ d[theta]))
        for name in ("entry", "whole", "by"):
            value = run(getattr(f, name), d, (theta, X, y))
            np.testing.assert_allclose(value, d[X].T @ (s - d[y]) / 5, rtol=1e-12)
            assert f.__getattr__(name).source.count("@") == 2
        value = run(f.hessian, d, (theta, X, y))
        np.testing.assert_allclose(value, d[X].T @ np.diag(s * (1 - s)) @ d[X] / 5, rtol=1e-10)
        assert f.hessian.source.count("@") == 3  # there are two ways for the second product

    def test_softmax(self):
        P = exp((X * W)[i, k]) / Sum(exp((X * W)[i, p]), (p, 0, K - 1))
        loss = -Sum(T[i, k] * log(P), (i, 0, m - 1), (k, 0, K - 1)) / m
        f = to_numpy(gradient(loss, W), (W, X, T))
        d = data(W, X, T)
        E = np.exp(d[X] @ d[W])
        P = E / E.sum(axis=1, keepdims=True)
        expected = d[X].T @ (d[T].sum(axis=1, keepdims=True) * P - d[T]) / 5
        np.testing.assert_allclose(run(f, d, (W, X, T)), expected, rtol=1e-10, atol=1e-12)
        assert_vectorised(f.source)

    def test_two_layers(self):
        V, u = MatrixSymbol("V", n, H), MatrixSymbol("u", H, 1)
        out = Sum(tanh((X * V)[i, k]) * u[k, 0], (k, 0, H - 1))
        loss = mean((out - y[i, 0]) ** 2) / 2
        f = to_numpy(
            {"first": gradient(loss, V), "second": gradient(loss, u), "loss": loss}, (V, u, X, y)
        )
        d = data(V, u, X, y)
        A = np.tanh(d[X] @ d[V])
        e = (A @ d[u] - d[y]) / 5
        np.testing.assert_allclose(run(f.loss, d, (V, u, X, y)), 5 * e @ e / 2, rtol=1e-12)
        np.testing.assert_allclose(run(f.second, d, (V, u, X, y)), A.T @ e, rtol=1e-10)
        expected = d[X].T @ (e[:, None] * d[u] * (1 - A**2))
        np.testing.assert_allclose(run(f.first, d, (V, u, X, y)), expected, rtol=1e-10)
        for g in (f.first, f.second):
            assert_vectorised(g.source)
            assert "einsum" not in g.source

    def test_augmented_bias(self):
        w = MatrixSymbol("w", n + 1, 1)
        Xa = BlockMatrix([[OneMatrix(m, 1), X]])
        cost = Sum(softplus((Xa * w)[i, 0]) - y[i, 0] * (Xa * w)[i, 0], (i, 0, m - 1)) / m
        f = to_numpy({"gradient": gradient(cost, w), "hessian": hessian(cost, w)}, (w, X, y))
        d = data(w, X, y)
        full = np.column_stack([np.ones(5), d[X]])
        s = 1 / (1 + np.exp(-full @ d[w]))
        np.testing.assert_allclose(
            run(f.gradient, d, (w, X, y)), full.T @ (s - d[y]) / 5, rtol=1e-12, atol=1e-14
        )
        expected = full.T @ np.diag(s * (1 - s)) @ full / 5
        np.testing.assert_allclose(run(f.hessian, d, (w, X, y)), expected, rtol=1e-12)
        assert "np.concatenate" in f.gradient.source
        assert "np.arange" not in f.gradient.source + f.hessian.source

    def test_exponential_loss_of_pairs(self):
        # Σᵢⱼ e^(zⱼ − zᵢ), where the exponent is 0 for j = i
        z = [(X * theta)[row, 0] for row in (i, j)]
        cost = Sum(exp(z[1] - z[0]), (i, 0, m - 1), (j, 0, m - 1))
        values = data(theta, X)
        found = run(to_numpy(gradient(cost, theta), (theta, X)), values, (theta, X))
        apart = values[X][None, :, :] - values[X][:, None, :]
        expected = np.einsum("ij,ijk->k", np.exp(apart @ values[theta]), apart)
        np.testing.assert_allclose(found, expected, rtol=1e-13)

    def test_welsch_loss_of_an_outlier(self):
        # Σ 1 − e^(−r²), and 2·r·e^(−r²)·x
        cost = Sum(1 - exp(-((X * theta - y)[i, 0] ** 2)), (i, 0, m - 1))
        f = to_numpy({"cost": cost, "gradient": gradient(cost, theta)}, (theta, X, y))
        at = [1.0], [[1.0], [1.0]], [0.0, 30.0]
        np.testing.assert_allclose(f.cost(*at), 2 - np.exp(-1), rtol=1e-15)
        np.testing.assert_allclose(f.gradient(*at), [2 * np.exp(-1)], rtol=1e-15)
        assert f.prepare(*at[1:]).cost([1.0]) == f.cost(*at)

    def test_ridge_with_an_unpenalised_bias(self):
        cost = mean((Z - y[i, 0]) ** 2) / 2 + lam * Sum(theta[k, 0] ** 2, (k, 1, n - 1)) / 2
        f = to_numpy(
            {"gradient": gradient(cost, theta), "hessian": hessian(cost, theta)}, (theta, X, y, lam)
        )
        d = data(theta, X, y, lam)
        keep = np.array([0.0, 1, 1])
        expected = d[X].T @ (d[X] @ d[theta] - d[y]) / 5 + d[lam] * keep * d[theta]
        np.testing.assert_allclose(run(f.gradient, d, (theta, X, y, lam)), expected, rtol=1e-12)
        expected = d[X].T @ d[X] / 5 + d[lam] * np.diag(keep)
        np.testing.assert_allclose(run(f.hessian, d, (theta, X, y, lam)), expected, rtol=1e-12)

    def test_matrix_derivatives(self):
        C = MatrixSymbol("C", n, K)
        cases = {
            "trace": (Trace(A * B), A, lambda a, b, c: b.T),
            "square": (Trace(A * A), A, lambda a, b, c: 2 * a.T),
            "norm": (Trace(C.T * A * C), C, lambda a, b, c: (a + a.T) @ c),
            "constant": (Trace(B), A, lambda a, b, c: np.zeros((3, 3))),
        }
        d = data(A, B, C)
        for f, by, closed in cases.values():
            value = run(to_numpy(gradient(f, by), (A, B, C)), d, (A, B, C))
            np.testing.assert_allclose(value, closed(d[A], d[B], d[C]), rtol=1e-12)

    def test_cases(self):
        f = to_numpy(
            gradient(Sum(Abs(theta[k, 0]) + Max(theta[k, 0], 0) ** 2, (k, 0, n - 1)), theta),
            (theta,),
        )
        np.testing.assert_allclose(f([-2.0, 3.0, 0.5]), [-1.0, 7.0, 2.0])


def test_of_a_product_of_two_logarithms_with_one_atom():
    # (log(e^u + e^(−u))·log(e^(u−1) + e^(1−u)))': both logarithms have u taken out of them
    def log_cosh(a):
        return log(exp(a) + exp(-a))

    u, t = symbols("u t", real=True)
    e = log_cosh(u - t) * log_cosh(t * u - 1)
    slope = sympy.lambdify((u, t), e.diff(u), "math")
    f = to_numpy(Derivative(e, u), (u, t))
    for at in ((0.7, 0.7), (0.3, 0.9), (2.0, -1.0)):
        assert np.isclose(f(*at), slope(*at), rtol=1e-12)
