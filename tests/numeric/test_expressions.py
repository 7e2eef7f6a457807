"""Compiled formulas against a slow reading of the same SymPy expression, entry by entry."""

import ast

import numpy as np
import pytest
import sympy
from sympy import (
    Abs,
    BlockMatrix,
    DiagMatrix,
    Eq,
    HadamardProduct,
    Identity,
    KroneckerDelta,
    MatrixSymbol,
    Max,
    Min,
    OneMatrix,
    Piecewise,
    Rational,
    Sum,
    Trace,
    cosh,
    exp,
    log,
    pi,
    sqrt,
    symbols,
    tanh,
)

from symderiv.functions import sigma, softplus
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
MATRICES = [
    ("X theta", X * theta, (theta, X)),
    ("normal equations", X.T * (X * theta - y), (theta, X, y)),
    ("logistic gradient", X.T * ((X * theta).applyfunc(sigma) - y) / m, (theta, X, y)),
    ("gram", X.T * X / m, (X,)),
    ("weighted gram", X.T * DiagMatrix((X * theta).applyfunc(sigma)) * X / m, (theta, X)),
    ("ridge hessian", X.T * X / m + lam * Identity(n), (lam, X)),
    ("product of matrices", A * B * W, (A, B, W)),
    ("transposes", (A * B).T * A.T, (A, B)),
    ("row", v.T * A, (v, A)),
    ("sum of matrices", A + 2 * B.T - Identity(n), (A, B)),
    ("outer product", theta * v.T, (theta, v)),
    ("outer product of rows", X.T * y * v.T, (X, y, v)),
    ("hadamard", HadamardProduct(A, B, B.T), (A, B)),
    ("hadamard of a product", HadamardProduct(A * B, A), (A, B)),
    ("ones", OneMatrix(m, n), (X,)),
    ("ones in a sum", X + OneMatrix(m, n) / 3, (X,)),
    ("ones times", OneMatrix(1, m) * X, (X,)),
    ("diagonal matrix", DiagMatrix(theta), (theta,)),
    ("diagonal matrix times", DiagMatrix(theta) * W, (theta, W)),
    (
        "softmax",
        HadamardProduct((X * W).applyfunc(exp), (X * W).applyfunc(exp) * OneMatrix(K, K)),
        (X, W),
    ),
    ("ones beside X", BlockMatrix([[OneMatrix(m, 1), X]]), (X,)),
    ("blocks", BlockMatrix([[X, y], [v.T, OneMatrix(1, 1)]]), (X, y, v)),
    ("blocks on top", BlockMatrix([[X], [A]]) * theta, (X, A, theta)),
    ("written out", sympy.Matrix([[1, z], [z**2, 2], [x, x * z]]), (x, z)),
    ("an argument", A, (A,)),
    ("a transposed argument", A.T, (A,)),
    ("a power", A**3, (A,)),
    ("identity", Identity(n), (A,)),
]


@pytest.mark.parametrize(
    ("name", "expression", "arguments"), MATRICES, ids=[c[0] for c in MATRICES]
)
def test_matrix_expressions(name, expression, arguments, slow):
    values = data(*arguments)
    f = to_numpy(expression, arguments)
    assert_vectorised(f.source)
    value, expected = run(f, values, arguments), slow(expression, values)
    assert isinstance(value, np.ndarray)
    assert value.dtype == np.float64
    assert value.shape == expected.shape
    np.testing.assert_allclose(value, expected, rtol=1e-12, atol=1e-13)


SCALARS = [
    (
        "logistic cost",
        -mean(y[i, 0] * log(sigma(Z)) + (1 - y[i, 0]) * log(1 - sigma(Z))),
        (theta, X, y),
    ),
    ("least squares", mean((Z - y[i, 0]) ** 2) / 2, (theta, X, y)),
    (
        "ridge without the bias",
        mean((Z - y[i, 0]) ** 2) + lam * Sum(theta[k, 0] ** 2, (k, 1, n - 1)),
        (lam, theta, X, y),
    ),
    ("quadratic form", (v.T * A * theta)[0, 0], (v, A, theta)),
    ("bilinear form through two", (v.T * A * B * theta)[0, 0], (v, A, B, theta)),
    ("squared norm", (X * theta - y).T * (X * theta - y), (theta, X, y)),
    ("trace", Trace(A * B), (A, B)),
    ("trace of three", Trace(A * B * A.T), (A, B)),
    ("trace of one", Trace(A), (A,)),
    ("Frobenius", Trace(A.T * B), (A, B)),
    (
        "a product of two sums",
        Sum(v[k, 0], (k, 0, n - 1)) * Sum(theta[k, 0] * v[k, 0], (k, 0, n - 1)),
        (theta, v),
    ),
    ("a square of a sum", Sum(v[k, 0], (k, 0, n - 1)) ** 2, (v,)),
    (
        "a sum of a product of sums",
        Sum(
            y[i, 0] * Sum(X[i, k], (k, 0, n - 1)) * Sum(X[i, k] * v[k, 0], (k, 0, n - 1)),
            (i, 0, m - 1),
        ),
        (X, y, v),
    ),
    ("a constant body", Sum(lam, (k, 0, n - 1)) + Sum(theta[k, 0], (k, 0, n - 1)), (lam, theta)),
    ("indices as numbers", Sum(k * theta[k, 0] + n, (k, 0, n - 1)), (theta,)),
    ("a shift", Sum(theta[k + 1, 0] - theta[k, 0], (k, 0, n - 2)) * theta[0, 0], (theta,)),
    ("backwards", Sum(theta[n - 1 - k, 0] * v[k, 0], (k, 0, n - 1)), (theta, v)),
    ("every second", Sum(X[2 * k, 0], (k, 0, 2)), (X,)),
    ("a triangle", Sum(A[k, p], (p, 0, k), (k, 0, n - 1)), (A,)),
    (
        "above the diagonal",
        Sum(A[k, p] * theta[p, 0], (p, k + 1, n - 1), (k, 0, n - 1)),
        (A, theta),
    ),
    ("a delta", Sum(KroneckerDelta(k, p) * A[k, p], (k, 0, n - 1), (p, 0, n - 1)), (A,)),
    ("a Hankel sum", Sum(X[k + p, 0] * theta[p, 0], (k, 0, 2), (p, 0, 2)), (X, theta)),
    (
        "a batch of products",
        Sum(
            A[k, p] * B[k, p] * v[p, 0] * Sum(A[p, i], (i, 0, n - 1)), (k, 0, n - 1), (p, 0, n - 1)
        ),
        (A, B, v),
    ),
    (
        "a triple product",
        Sum(A[i, j] * B[i, k] * A[j, k], (i, 0, n - 1), (j, 0, n - 1), (k, 0, n - 1)),
        (A, B),
    ),
    (
        "three matrices in one index",
        Sum(
            A[i, j] * B[i, k] * A[i, p] * v[j, 0] ** 2 * v[k, 0] ** 3 * exp(v[p, 0]),
            (i, 0, n - 1),
            (j, 0, n - 1),
            (k, 0, n - 1),
            (p, 0, n - 1),
        ),
        (A, B, v),
    ),
    (
        "cases of the index",
        Sum(Piecewise((theta[k, 0], k > 0), (7, True)), (k, 0, n - 1)),
        (theta,),
    ),
    (
        "cases of two indices",
        Sum(
            Piecewise((A[k, p], k < p), (-A[k, p], Eq(k, p)), (0, True)),
            (k, 0, n - 1),
            (p, 0, n - 1),
        ),
        (A,),
    ),
    (
        "a case at an unknown place",
        Sum(Piecewise((theta[k - 2, 0], k >= 2), (lam, True)), (k, 0, n - 1)),
        (theta, lam),
    ),
    (
        "augmented",
        Sum(
            (BlockMatrix([[OneMatrix(m, 1), X]]) * MatrixSymbol("w", n + 1, 1))[i, 0] * y[i, 0],
            (i, 0, m - 1),
        ),
        (MatrixSymbol("w", n + 1, 1), X, y),
    ),
    ("absolute values", Sum(Abs(theta[k, 0]), (k, 0, n - 1)), (theta,)),
    ("hinge", mean(Max(0, 1 - y[i, 0] * Z)), (theta, X, y)),
    (
        "huber",
        mean(
            Piecewise((r[i, 0] ** 2 / 2, Abs(r[i, 0]) <= 1), (Abs(r[i, 0]) - Rational(1, 2), True))
        ),
        (r,),
    ),
    (
        "a ratio of sums",
        Sum(exp(theta[k, 0]) * v[k, 0], (k, 0, n - 1)) / Sum(exp(theta[k, 0]), (k, 0, n - 1)),
        (theta, v),
    ),
    (
        "cross-entropy",
        -Sum(
            T[i, k] * log(exp((X * W)[i, k]) / Sum(exp((X * W)[i, p]), (p, 0, K - 1))),
            (i, 0, m - 1),
            (k, 0, K - 1),
        )
        / m,
        (X, W, T),
    ),
]


@pytest.mark.parametrize(("name", "expression", "arguments"), SCALARS, ids=[c[0] for c in SCALARS])
def test_scalar_expressions(name, expression, arguments, slow):
    values = data(*arguments, seed=1)
    f = to_numpy(expression, arguments)
    assert_vectorised(f.source)
    value = run(f, values, arguments)
    assert type(value) is float
    np.testing.assert_allclose(value, np.squeeze(slow(expression, values)), rtol=1e-11)


FREE = [
    ("a vector", A[i, k] * theta[k, 0] + Z.xreplace({m: n, X: A}), {i: n, k: n}, (A, theta)),
    ("a transposed matrix", A[k, i], {i: n, k: n}, (A,)),
    ("partial sums", theta[j, 0] * Sum(v[k, 0], (k, 0, j)), {j: n}, (theta, v)),
    ("a product of deltas", KroneckerDelta(i, k) * theta[i, 0] + A[i, k], {i: n, k: n}, (A, theta)),
    ("three axes", A[i, j] * B[j, k], {i: n, j: n, k: n}, (A, B)),
    (
        "three axes of a sum",
        Sum(X[p, i] * X[p, j] * X[p, k], (p, 0, m - 1)),
        {i: n, j: n, k: n},
        (X,),
    ),
    ("a batch", Sum(X[p, i] * X[p, i] * W[i, k], (p, 0, m - 1)), {i: n, k: K}, (X, W)),
    ("an integer", k * theta[k, 0], {k: n}, (theta,)),
]


@pytest.mark.parametrize(
    ("name", "expression", "indices", "arguments"), FREE, ids=[c[0] for c in FREE]
)
def test_free_indices_are_axes_in_alphabetical_order(name, expression, indices, arguments, slow):
    values = data(*arguments, seed=2)
    f = to_numpy(expression, arguments)
    assert_vectorised(f.source)
    ranges = {index: range(SIZES[size]) for index, size in indices.items()}
    expected = slow(expression, values, ranges)
    np.testing.assert_allclose(run(f, values, arguments), expected, rtol=1e-12)


ELEMENTWISE = [
    sigma(z),
    exp(-z) / (1 + exp(-z)) ** 2,
    softplus(z) - log(1 + exp(-z)),
    tanh(z) + cosh(z) + sympy.sinh(z),
    Abs(z) + Max(z, 1, z**2) - Min(z, Rational(1, 3)),
    sympy.sign(z) * sqrt(z**2 + 1),
    sympy.sin(z) * sympy.cos(2 * z) + sympy.tan(z / 9) - sympy.atan(z),
    sympy.acos(sigma(z)),
    Piecewise((z**2, z > 1), (1 / z, z < 0), (z, True)),
    Piecewise((log(z), z > 0), (-1, True)),
    (z**2 + 1) ** Rational(2, 3) / pi - Rational(7, 3) * z**-2,
    (z**2 + 1) ** Rational(-1, 2) * (1 + z**2) ** Rational(-3, 2),
]


@pytest.mark.parametrize("expression", ELEMENTWISE, ids=str)
def test_elementwise(expression, slow):
    f = to_numpy(expression, (z,))
    points = np.array([[-3.0, -0.5, 0.25], [1.0, 1.5, 4.0]])
    expected = [[slow(expression, {z: p}) for p in row] for row in points]
    np.testing.assert_allclose(f(points), expected, rtol=1e-13)
    assert f(points).shape == points.shape
    assert isinstance(f(1.5), float)
    np.testing.assert_allclose(f(1.5), expected[1][1], rtol=1e-13)


def test_several_scalars_broadcast():
    f = to_numpy(x * exp(-z), (x, z))
    a, b = np.arange(3.0), np.arange(2.0)[:, None]
    np.testing.assert_allclose(f(a, b), a * np.exp(-b))
    assert to_numpy(2 * x, (x, z))(1.0, b).shape == (2, 1)
    with pytest.raises(ValueError, match=r"x \(3,\), z \(2,\)"):
        f(np.zeros(3), np.zeros(2))


def test_results_are_nobody_elses() -> None:
    """x itself, and one expression under two names, give arrays of their own."""
    a = np.ones(3)
    first = to_numpy(x, (x,))(a)
    first[0] = 99
    assert a.tolist() == [1, 1, 1]
    both = to_numpy({"one": X * theta, "two": X * theta}, (theta, X))
    one, two = both.one_and_two(np.ones(2), np.ones((3, 2)))
    one[0] = 99
    assert two.tolist() == [2, 2, 2]


def test_names_that_python_uses_itself_are_free_to_the_writer() -> None:
    length = MatrixSymbol("range", n, 1)
    f = to_numpy({"cost": Sum((X * length)[i, 0] ** 2, (i, 0, m - 1))}, (length, X))
    assert f.cost(np.ones(2), np.ones((3, 2))) == 12
    assert f.prepare(np.ones((3, 2))).cost(np.ones(2)) == 12
