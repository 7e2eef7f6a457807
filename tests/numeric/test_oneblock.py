"""Prepared functions of data that are one block, and of sums of data alone."""

import numpy as np
import pytest
from sympy import DiagMatrix, Identity, MatrixSymbol, Max, Sum, exp, log, symbols

from symderiv import gradient, logistic_regression, to_numpy

m, n, K = symbols("m n K", integer=True, positive=True)
i, k = symbols("i k", integer=True, nonnegative=True)
lam = symbols("lambda", positive=True)
X, theta, y = MatrixSymbol("X", m, n), MatrixSymbol("theta", n, 1), MatrixSymbol("y", m, 1)
w = MatrixSymbol("w", m, 1)
W, T = MatrixSymbol("W", n, K), MatrixSymbol("T", m, K)


class TestOneBlock:
    """Data that fit in the cache: no loop, no memory to manage."""

    functions = logistic_regression.functions

    def test_source(self):
        features = np.random.default_rng(1).normal(size=(50, 4))
        prepared = self.functions.prepare(features, (features[:, 0] > 0) * 1.0)
        assert prepared.cost_and_gradient.source.split('"""')[2] == SOURCE
        assert prepared.source.count("import numpy") == 1
        assert "def prepare_hessian_vector(X, y):" in prepared.source
        with pytest.raises(AttributeError, match="no compiled output is called 'slope'"):
            _ = prepared.slope

    def test_many_columns(self):
        """AᵀA, of which a BLAS computes one half, from 33 columns on."""
        rng = np.random.default_rng(2)
        for columns, form in ((32, "X.T.dot("), (33, "A.T.dot(A)")):
            features, at = rng.normal(size=(70, columns)), rng.normal(size=columns)
            prepared = self.functions.prepare(features, np.zeros(70))
            assert form in prepared.hessian.source
            expected = self.functions.hessian(at, features, np.zeros(70))
            np.testing.assert_allclose(prepared.hessian(at), expected, rtol=1e-10, atol=1e-14)

    @pytest.mark.parametrize("columns", [1, 32, 33])
    @pytest.mark.parametrize("kept", [False, True])
    def test_many_blocks(self, columns, kept):
        """The Hessian of 3,000 rows, as a small product for each block or as half of AᵀA."""
        rng = np.random.default_rng(4)
        features, at = rng.normal(size=(3000, columns)), rng.normal(size=columns)
        labels = np.zeros(3000)
        f = self.functions.prepare(features, labels).hessian if kept else self.functions.hessian
        found = f(at) if kept else f(at, features, labels)
        h = 1 / (1 + np.exp(-(features @ at)))
        expected = features.T @ ((h * (1 - h))[:, None] * features) / 3000
        np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-14)

    @pytest.mark.parametrize(("rows", "columns"), [(8193, 2), (300, 1000), (3000, 20)])
    def test_larger_data_are_taken_in_blocks(self, rows, columns):
        features, labels = np.ones((rows, columns)), np.zeros(rows)
        prepared = self.functions.prepare(features, labels)
        assert "for Xb in blocks" in prepared.hessian.source

    @pytest.mark.parametrize("size", [1e-200, 1e-170, 1e160, 1e200])
    def test_the_bound_of_u(self, size):
        """‖x‖² overflows or vanishes; no warning, and no e^u that overflows."""
        features, labels = np.array([[size, 0.0], [0.0, size]]), np.zeros(2)
        prepared = self.functions.prepare(features, labels)
        assert prepared.cost(np.array([1e3 / size, 0.0])) == pytest.approx(500 + np.log(2) / 2)
        assert prepared.cost(np.zeros(2)) == pytest.approx(np.log(2))
        assert np.isnan(prepared.cost(np.array([np.nan, 0.0])))

    def test_arrays_that_are_added_and_never_multiplied(self):
        f = to_numpy(
            {"loss": Sum(((X * W)[i, k] - T[i, k]) ** 2, (k, 0, K - 1), (i, 0, m - 1))}, (W, X, T)
        )
        rng = np.random.default_rng(0)
        at, features, targets = (rng.normal(size=s) for s in ((3, 4), (61, 3), (61, 4)))
        found = f.prepare(np.float32(features), np.float32(targets)).loss(at)
        expected = np.sum((np.float32(features) @ at - np.float32(targets)) ** 2)
        assert found == pytest.approx(expected, rel=1e-13)


class TestDataAlone:
    """Sums of data alone are taken once; what is left of them depends on no row."""

    v = MatrixSymbol("v", n, 1)
    functions = to_numpy(
        {
            "gram": X.T * X,
            "hessian": X.T * X / m + lam * Identity(n),
            "product": X.T * (X * v) / m,
            "weighted": X.T * (DiagMatrix(w) * (X * v)),
            "slope": X.T * (X * theta - y) / m,
        },
        {
            "gram": (X,),
            "hessian": (lam, X),
            "product": (v, X),
            "weighted": (v, X, w),
            "slope": (theta, X, y),
        },
    )

    def given(self, rows=40):
        rng = np.random.default_rng(3)
        return rng.normal(size=3), rng.normal(size=(rows, 3)), rng.normal(size=rows)

    def test_values(self):
        at, features, numbers = self.given()
        gram = features.T @ features
        ready = self.functions.prepare(X=features)
        np.testing.assert_allclose(ready.gram(), gram, rtol=1e-13)
        np.testing.assert_allclose(ready.hessian(0.5), gram / 40 + np.eye(3) / 2, rtol=1e-13)
        np.testing.assert_allclose(ready.product(at), gram @ at / 40, rtol=1e-13)
        ready = self.functions.prepare(X=features, w=numbers)
        expected = features.T @ (numbers * (features @ at))
        np.testing.assert_allclose(ready.weighted(at), expected, rtol=1e-12)

    @pytest.mark.parametrize("name", ["gram", "hessian", "product", "weighted"])
    def test_no_row_is_read_in_a_call(self, name):
        _, features, numbers = self.given()
        fixed = {"X": features, "w": numbers} if name == "weighted" else {"X": features}
        source = getattr(self.functions.prepare(**fixed), name).source
        once, call = source.split(f"def {name}(")
        assert "for start in range(0, m, rows)" in once
        assert "X" not in call

    def test_what_is_kept_is_not_given_away(self):
        _, features, _ = self.given()
        ready = self.functions.prepare(X=features)
        ready.gram()[:] = 0
        np.testing.assert_allclose(ready.gram(), features.T @ features, rtol=1e-13)

    def test_small_differences_are_not_taken_apart(self):
        """At the least squares the slope is as small as the rounding of X'X theta."""
        at, features, _ = self.given(4000)
        noise = np.random.default_rng(5).normal(size=4000) * 1e-9
        slope = self.functions.prepare(features, features @ at + noise).slope(at)
        z = features.astype(np.longdouble) @ at - (features @ at + noise)
        exact = features.T.astype(np.longdouble) @ z / 4000
        assert np.all(np.abs(slope - exact) <= 2e-17)

    @pytest.mark.parametrize(("rows", "columns"), [(5, 3), (1200, 600)])
    def test_more_numbers_than_the_data_are_not_kept(self, rows, columns):
        source = self.functions.prepare(X=np.ones((rows, columns))).product.source
        assert "X" in source.split("def product(")[1]


Z, a = (X * theta)[i, 0], w[i, 0]


@pytest.mark.parametrize(
    "loss",
    [
        (1 - y[i, 0]) * log(exp(a * Z) + 1) ** 2 + a**3 * Z**2,
        (1 - y[i, 0]) * Max(0, Z) + log(exp(a * Z) + 1) / (1 + a**2),
    ],
    ids=["softplus", "hinge"],
)
@pytest.mark.parametrize("scale", [1, 300])
def test_statements_of_both_branches_may_share_a_name(loss, scale):
    """The code for large scores calls w·z what the other calls w³, which is made once."""
    cost = Sum(loss, (i, 0, m - 1))
    f = to_numpy({"cost": cost, "slope": gradient(cost, theta)}, (theta, X, y, w))
    rng = np.random.default_rng(0)
    data = rng.normal(size=(31, 2)) * scale, rng.integers(0, 2, size=31), rng.uniform(size=31)
    fixed = f.prepare(**dict(zip("Xyw", data, strict=True)))
    at = np.array([1.0, -0.5])
    np.testing.assert_allclose(fixed.slope(at), f.slope(at, *data), rtol=1e-12)
    assert fixed.cost(at) == pytest.approx(f.cost(at, *data), rel=1e-13)


SOURCE = """
    m, n = X.shape
    y = np.asarray(y, dtype=float)
    v1 = 1 - 2 * y
    S = np.asfortranarray(v1[:, None] * X)
    ones = np.ones(m)
    # u = x·theta is at most ‖x‖·‖theta‖, so that e^u cannot overflow
    limit = 88**2 / np.maximum(1e-200, np.max(np.einsum("ij,ij->i", S, S)))
    divisor = float(m)
    divisors = np.full(n, float(m))

    def cost_and_gradient(theta):
        u = S.dot(theta)
        if np.vdot(theta, theta) < limit or u.max() <= 88:
            e = np.exp(u)
            cost = ones.dot(np.log1p(e))
            gradient = (e / (ones + e)).dot(S)
        else:
            e = np.exp(-np.abs(u))
            q = e / (ones + e)
            cost = ones.dot(np.log1p(e)) + ones.dot(np.maximum(u, 0))
            gradient = np.where(u > 0, 1 - q, e - e * q).dot(S)
        return float(cost / divisor), gradient / divisors

    return cost_and_gradient
"""
