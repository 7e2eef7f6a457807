"""Sums over rows in blocks: losses of every kind through one mechanism."""

import numpy as np
import pytest
from sympy import (
    IndexedBase,
    MatrixSymbol,
    Max,
    Sum,
    exp,
    log,
    symbols,
    tanh,
)

from symderiv import gradient, hessian, softplus, to_numpy
from symderiv.numeric import passes

m, n, K, H = symbols("m n K H", integer=True, positive=True)
i, j, k, p = symbols("i j k p", integer=True, nonnegative=True)
lam = symbols("lambda", positive=True)
X, theta, y = MatrixSymbol("X", m, n), MatrixSymbol("theta", n, 1), MatrixSymbol("y", m, 1)
w = MatrixSymbol("w", m, 1)
W, T = MatrixSymbol("W", n, K), MatrixSymbol("T", m, K)
V, u = MatrixSymbol("V", n, H), MatrixSymbol("u", H, 1)
Z = (X * theta)[i, 0]


def total(e):
    return Sum(e, (i, 0, m - 1))


POISSON = total(exp(Z) - y[i, 0] * Z) / m
RIDGE = total((Z - y[i, 0]) ** 2) / 2 + lam * Sum(theta[k, 0] ** 2, (k, 0, n - 1))
WEIGHTED = total(w[i, 0] * (softplus(Z) - y[i, 0] * Z))
P = exp((X * W)[i, k]) / Sum(exp((X * W)[i, p]), (p, 0, K - 1))
SOFTMAX = -Sum(T[i, k] * log(P), (i, 0, m - 1), (k, 0, K - 1)) / m
OUT = Sum(tanh((X * V)[i, k]) * u[k, 0], (k, 0, H - 1))
NETWORK = total((OUT - y[i, 0]) ** 2) / m
HINGE = total(w[i, 0] * Max(0, 1 - y[i, 0] * Z))
PAIRS = Sum(
    softplus((X * theta)[j, 0] - (X * theta)[i, 0]) * Max(y[i, 0] - y[j, 0], 0),
    (i, 0, m - 1),
    (j, 0, m - 1),
)
COSTS = {
    "poisson": (POISSON, theta, (theta, X, y)),
    "ridge": (RIDGE, theta, (lam, theta, X, y)),
    "weighted": (WEIGHTED, theta, (theta, X, y, w)),
    "softmax": (SOFTMAX, W, (W, X, T)),
    "network": (NETWORK, V, (V, u, X, y)),
    "hinge": (HINGE, theta, (theta, X, y, w)),
    "pairs": (PAIRS, theta, (theta, X, y)),
}
SIZES = {m: 61, n: 3, K: 4, H: 2}


def values(arguments, seed=0):
    rng = np.random.default_rng(seed)
    out = []
    for a in arguments:
        if a is lam:
            out.append(0.3)
            continue
        shape = tuple(SIZES[s] if s in SIZES else int(s) for s in a.shape)
        v = rng.normal(size=shape)
        out.append(v.ravel() if shape[1] == 1 else v)
    return out


def compiled(name):
    cost, by, arguments = COSTS[name]
    return to_numpy({"cost": cost, "gradient": gradient(cost, by)}, arguments), arguments


@pytest.mark.parametrize("name", COSTS)
class TestOneMechanism:
    """Poisson, ridge, weighted, softmax, a two-layer network, hinge and a pairwise loss."""

    def test_gradient_by_central_differences(self, name):
        f, arguments = compiled(name)
        given = values(arguments)
        at = arguments.index(COSTS[name][1])
        slope = f.gradient(*given)
        for position in np.ndindex(slope.shape):
            both = []
            for sign in (1, -1):
                moved = [v.copy() if isinstance(v, np.ndarray) else v for v in given]
                moved[at][position] += sign * 1e-5
                both.append(f.cost(*moved))
            assert slope[position] == pytest.approx((both[0] - both[1]) / 2e-5, rel=1e-6, abs=1e-7)

    def test_the_size_of_a_block_does_not_matter(self, name, monkeypatch):
        f, arguments = compiled(name)
        given = values(arguments)
        whole = f.jointly("cost", "gradient")(*given)
        assert f.cost_and_gradient.source.count("for start in range(0, m, rows)") >= 1
        monkeypatch.setattr(passes, "BLOCK", 24)
        monkeypatch.setattr(passes, "TALL", 5)
        small, _ = compiled(name)
        for made in (small.cost_and_gradient(*given), small.prepare(**_data(arguments, given))):
            parts = (
                made
                if isinstance(made, tuple)
                else made.cost_and_gradient(*_free(arguments, given))
            )
            assert parts[0] == pytest.approx(whole[0], rel=1e-13)
            np.testing.assert_allclose(parts[1], whole[1], rtol=1e-11, atol=1e-13)

    def test_prepared_is_the_same(self, name):
        f, arguments = compiled(name)
        given = values(arguments, seed=1)
        prepared = f.prepare(**_data(arguments, given))
        for _ in range(2):  # the memory is used again
            cost, slope = prepared.cost_and_gradient(*_free(arguments, given))
            assert cost == pytest.approx(f.cost(*given), rel=1e-13)
            np.testing.assert_allclose(slope, f.gradient(*given), rtol=1e-11, atol=1e-13)


DATA = (X, y, w, T)


def _data(arguments, given):
    return {a.name: v for a, v in zip(arguments, given, strict=True) if a in DATA}


def _free(arguments, given):
    return [v for a, v in zip(arguments, given, strict=True) if a not in DATA]


@pytest.mark.parametrize(
    "name",
    ["rows", "blocks", "idle", "t1", "t2", "buffer1", "all_v1", "forward", "start", "e"],
)
def test_arguments_of_any_name(name):
    other = MatrixSymbol(name, n, 1)
    loss = WEIGHTED.xreplace({theta: other})
    f = to_numpy({name: loss, "slope": gradient(loss, other)}, (other, X, y, w))
    at, features, labels, weights = values((theta, X, y, w))
    labels = (labels > 0) * 1.0
    z = features @ at
    expected = np.sum(weights * (np.logaddexp(0, z) - labels * z))
    both = f.jointly(name, "slope")
    for cost, slope in (
        both(at, features, labels, weights),
        f.prepare(features, labels, weights).jointly(name, "slope")(at),
    ):
        assert cost == pytest.approx(expected, rel=1e-12)
        expected_slope = features.T @ (weights * (1 / (1 + np.exp(-z)) - labels))
        np.testing.assert_allclose(slope, expected_slope, rtol=1e-11)


class TestShapesOfPlans:
    def test_a_sum_of_arrays_of_different_shape(self):
        """Σᵢ Σₖ (tᵢₖzᵢₖ + e^{wᵢ}) has e^{wᵢ} once for each k."""
        body = T[i, k] * (X * W)[i, k] ** 2 + exp(w[i, 0]) + tanh(T[i, k])
        f = to_numpy({"f": Sum(body, (k, 0, K - 1), (i, 0, m - 1))}, (W, X, T, w))
        at, features, targets, weights = values((W, X, T, w))
        expected = np.sum(
            targets * (features @ at) ** 2 + np.exp(weights)[:, None] + np.tanh(targets)
        )
        assert f.f(at, features, targets, weights) == pytest.approx(expected, rel=1e-13)
        prepared = f.prepare(features, targets, weights)
        assert prepared.f(at) == pytest.approx(expected, rel=1e-13)
        assert "prepare_f" in prepared.f.source

    def test_no_array_of_the_size_of_the_data(self):
        """Products of a block with a vector, though the formula sums over rows and columns."""
        for name in ("poisson", "ridge", "weighted", "hinge"):
            f, _ = compiled(name)
            assert f.gradient.source.count("Xb.T @ ") == 1
            assert "[:, None]" not in f.gradient.source

    def test_two_passes(self):
        """Σᵢ (xᵢ − mean)² needs the mean first."""
        mean = Sum(Z, (i, 0, m - 1)) / m
        f = to_numpy(Sum(((X * theta)[j, 0] - mean) ** 2, (j, 0, m - 1)) / m, (theta, X))
        at, features = values((theta, X))
        assert f.source.count("for start in") == 2
        assert f(at, features) == pytest.approx(np.var(features @ at), rel=1e-13)

    def test_what_has_a_row_for_each_example_is_not_taken_in_blocks(self):
        f = to_numpy({"predict": X * theta, "mean": Sum(Z, (i, 0, m - 1)) / m}, (theta, X))
        at, features = values((theta, X))
        product, mean = f.predict_and_mean(at, features)
        np.testing.assert_allclose(product, features @ at)
        assert mean == pytest.approx(np.mean(features @ at))

    def test_rows_of_an_indexed_base(self):
        a, b, c = IndexedBase("a"), IndexedBase("b"), IndexedBase("c")
        N = symbols("N", integer=True, positive=True)
        inner = Sum(a[i, k] * b[k], (k, 1, n))
        f = to_numpy({"f": Sum(log(1 + exp(inner)) * c[i], (i, 1, N))}, (a, b, c))
        features, at, weights = values((X, theta, w))
        expected = np.sum(np.logaddexp(0, features @ at) * weights)
        assert f.f(features, at, weights) == pytest.approx(expected)
        assert "for start in" in f.f.source

    def test_hessians(self):
        f = to_numpy(
            {"poisson": hessian(POISSON, theta), "weighted": hessian(WEIGHTED, theta)},
            (theta, X, y, w),
        )
        at, features, labels, weights = values((theta, X, y, w))
        z = features @ at
        np.testing.assert_allclose(
            f.poisson(at, features, labels, weights),
            features.T @ (np.exp(z)[:, None] * features) / 61,
        )
        s = 1 / (1 + np.exp(-z))
        np.testing.assert_allclose(
            f.weighted(at, features, labels, weights),
            features.T @ ((weights * s * (1 - s))[:, None] * features),
            rtol=1e-12,
        )

    def test_the_sigmoid_of_a_bias(self):
        b = symbols("b", real=True)
        cost = total(softplus(Z + b) - y[i, 0] * (Z + b)) / m
        f = to_numpy({"cost": cost, "by_b": gradient(cost, b)}, (b, theta, X, y))
        _, at, features, labels = values((lam, theta, X, y))
        z = features @ at + 2.0
        assert f.cost(2.0, at, features, labels) == pytest.approx(
            np.mean(np.logaddexp(0, z) - labels * z)
        )
        assert f.by_b(2.0, at, features, labels) == pytest.approx(
            np.mean(1 / (1 + np.exp(-z)) - labels)
        )
        assert f.prepare(X=features, y=labels).cost(2.0, at) == pytest.approx(
            f.cost(2.0, at, features, labels)
        )
