"""The functions of the article, plain and with their data kept, against 60 digits."""

import threading
import tracemalloc

import mpmath
import numpy as np
import pytest
from sympy import (
    Contains,
    FiniteSet,
    MatrixSymbol,
    Max,
    Sum,
    exp,
    log,
    symbols,
)

from symderiv import gradient, logistic_regression, sigma, softplus, to_numpy
from symderiv.numeric import oneblock

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


@pytest.fixture(params=["separable", "mixed", "inside", "saturated"])
def labelled(request):
    rng = np.random.default_rng(7)
    features = rng.normal(size=(100, 4))
    at = rng.normal(size=4) * {"saturated": 400, "separable": 20}.get(request.param, 1)
    labels = (features @ at > 0) * 1.0
    if request.param in ("mixed", "saturated"):
        labels = rng.integers(0, 2, size=100) * 1.0
    if request.param == "inside":
        labels = rng.uniform(size=100)
    return at, features, labels


def exact(at, features, labels):
    """Cost, gradient and Hessian at 60 digits; the second with Σᵢ|rᵢxᵢⱼ|."""
    with mpmath.workdps(60):
        rows = [[mpmath.mpf(v) for v in row] for row in features.tolist()]
        z = [mpmath.fdot(row, at.tolist()) for row in rows]
        cost = mpmath.fsum(
            mpmath.log1p(mpmath.exp(-abs(t))) + max(t, 0) - mpmath.mpf(v) * t
            for t, v in zip(z, labels.tolist(), strict=True)
        )
        r = [
            1 / (1 + mpmath.exp(-t)) - mpmath.mpf(v)
            for t, v in zip(z, labels.tolist(), strict=True)
        ]
        s = [1 / (1 + mpmath.exp(-t)) / (1 + mpmath.exp(t)) for t in z]
        columns = list(zip(*rows, strict=True))
        slope = np.array([float(mpmath.fdot(r, c) / len(z)) for c in columns])
        scale = np.array(
            [
                float(mpmath.fsum(abs(a * b) for a, b in zip(r, c, strict=True)) / len(z))
                for c in columns
            ]
        )
        curvature = np.array(
            [
                [
                    float(mpmath.fsum(a * b * q for a, b, q in zip(c, d, s, strict=True)) / len(z))
                    for d in columns
                ]
                for c in columns
            ]
        )
        return float(cost / len(z)), slope, scale, curvature


@pytest.fixture(params=["one block", "blocks"])
def blocks(request, monkeypatch):
    """Both texts of a prepared function, whatever the size of the data."""
    if request.param == "blocks":
        monkeypatch.setattr(oneblock, "MOST_ROWS", 0)


@pytest.mark.usefixtures("blocks")
class TestLogistic:
    functions = logistic_regression.functions

    def test_accuracy(self, labelled):
        at, features, labels = labelled
        cost, slope, scale, curvature = exact(*labelled)
        prepared = self.functions.prepare(features, labels)
        for value, found in (
            self.functions.cost_and_gradient(*labelled),
            prepared.cost_and_gradient(at),
            (self.functions.cost(*labelled), self.functions.gradient(*labelled)),
            (prepared.cost(at), prepared.gradient(at)),
        ):
            # the rounding of z is part of both: four products of up to 1,600
            assert value == pytest.approx(cost, rel=1e-12)
            assert np.all(np.abs(found - slope) <= 1e-12 * scale)
        v = np.arange(4.0)
        for f, args in ((self.functions, (features, labels)), (prepared, ())):
            found = f.hessian(at, *args)
            np.testing.assert_allclose(found, curvature, rtol=1e-11, atol=1e-12 * np.max(curvature))
            product = f.hessian_vector(at, v, *args)
            np.testing.assert_allclose(
                product, curvature @ v, rtol=1e-10, atol=1e-11 * np.max(curvature)
            )

    def test_labels_of_0_and_1_have_code_of_their_own(self, labelled):
        at, features, labels = labelled
        source = self.functions.prepare(features, labels).cost_and_gradient.source
        inside = not np.all((labels == 0) | (labels == 1))
        assert ("For y of 0 and 1." in source) is not inside
        assert ("1 - 2 * y" in source) is not inside
        integers = self.functions.prepare(features, labels > 0.5).cost(at)
        assert integers == pytest.approx(self.functions.cost(at, features, labels > 0.5), rel=1e-14)

    def test_separable(self):
        """Every figure of a cost of 1e-26: labels of 0 and 1, Xθ exact."""
        features = np.array([[1.0], [-1.0], [0.5], [-0.5]] * 8)
        labels = np.array([1.0, 0.0] * 16)
        cost, slope = self.functions.prepare(features, labels).cost_and_gradient(np.array([60.0]))
        assert cost == pytest.approx((np.exp(-60) + np.exp(-30)) / 2, rel=1e-14)
        assert slope[0] == pytest.approx(-(np.exp(-60) + np.exp(-30) / 2) / 2, rel=1e-14)

    @pytest.mark.parametrize("scale", [80.0, 88.0, 700.0, 800.0, 1e4, 1e300])
    def test_no_warning_however_large(self, scale):
        features = np.array([[1.0], [-1.0], [0.5], [0.0]] * 8)
        labels = np.array([0.0, 1.0, 1.0, 0.0] * 8)
        at = np.array([scale])
        prepared = self.functions.prepare(features, labels)
        cost, slope = prepared.cost_and_gradient(at)
        assert cost == pytest.approx(self.functions.cost(at, features, labels), rel=1e-14)
        assert cost == pytest.approx((2 * scale + np.log(2)) / 4, rel=1e-12)
        assert slope[0] == pytest.approx(0.5, rel=1e-12)

    def test_nan_propagates(self):
        features, labels = np.ones((9, 2)), np.zeros(9)
        features[3, 1] = np.nan
        prepared = self.functions.prepare(features, labels)
        assert np.isnan(prepared.cost(np.ones(2)))
        assert np.isnan(prepared.gradient(np.ones(2))).all()

    @pytest.mark.parametrize("change", ["float32", "fortran", "strided", "readonly", "list", "int"])
    def test_arrays_of_every_kind(self, change):
        rng = np.random.default_rng(5)
        features = np.round(rng.normal(size=(1000, 4)) * 4)
        labels, at = (features[:, 0] > 0) * 1.0, rng.normal(size=4)
        expected = self.functions.cost_and_gradient(at, features, labels)
        wide = np.zeros((2000, 8))
        wide[::2, ::2] = features
        fixed = features.copy()
        fixed.flags.writeable = False
        given = {
            "float32": features.astype(np.float32),
            "fortran": np.asfortranarray(features),
            "strided": wide[::2, ::2],
            "readonly": fixed,
            "list": features.tolist(),
            "int": features.astype(np.int16),
        }[change]
        for f in (
            lambda: self.functions.cost_and_gradient(at, given, labels),
            lambda: self.functions.prepare(given, labels.astype(bool)).cost_and_gradient(at),
        ):
            cost, slope = f()
            assert cost == pytest.approx(expected[0], rel=1e-14)
            np.testing.assert_allclose(slope, expected[1], rtol=1e-13)

    def test_one_array_for_two_arguments(self):
        """θ may be a row of X, and y a column of it."""
        features = np.eye(4)[:, [0, 1, 2, 3]]
        features.flags.writeable = False
        found = self.functions.cost_and_gradient(features[1], features, features[:, 2])
        expected = self.functions.cost_and_gradient(
            features[1].copy(), features.copy(), features[:, 2].copy()
        )
        assert found[0] == expected[0]
        np.testing.assert_array_equal(found[1], expected[1])
        prepared = self.functions.prepare(features, features[:, 2])
        np.testing.assert_allclose(prepared.gradient(features[1]), expected[1], rtol=1e-15)

    def test_objects_that_say_what_array_they_are(self):
        class Table:
            def __array__(self, dtype=None, copy=None):
                return np.eye(3)

        at, labels = np.arange(3.0), np.array([0, 1, 1])
        expected = self.functions.cost(at, np.eye(3), labels)
        assert self.functions.cost(at, Table(), labels) == expected
        assert self.functions.prepare(Table(), labels).cost(at) == pytest.approx(expected)

    def test_infinities_give_what_arithmetic_gives(self):
        features, labels = np.ones((3, 1)), np.array([0.0, 0.0, 1.0])
        features[1] = np.inf
        with np.errstate(invalid="ignore"):
            cost, slope = self.functions.cost_and_gradient(np.ones(1), features, labels)
        assert cost == np.inf
        assert slope[0] == np.inf

    @pytest.mark.parametrize("at", [[np.inf, 0], [-np.inf, 1], [np.inf, -np.inf], [np.nan, 0]])
    @pytest.mark.parametrize("last", [1.0, 0.5])
    def test_an_infinite_theta_gives_the_same_both_times(self, at, last):
        features = np.array([[1.0, 2], [-1, 3], [2, 1]])
        for labels in (np.array([1.0, 0, last]), np.array([0.0, 0, last])):
            with np.errstate(invalid="ignore"):
                plain = self.functions.cost_and_gradient(at, features, labels)
                kept = self.functions.prepare(features, labels).cost_and_gradient(at)
            np.testing.assert_allclose(plain[0], kept[0])
            np.testing.assert_allclose(plain[1], kept[1])
        if at == [np.inf, 0] and last == 1:
            assert self.functions.prepare(features, np.array([1.0, 0, 1])).cost(at) == 0
            assert np.isposinf(plain[0])

    def test_results_are_not_memory_that_is_used_again(self):
        features, labels = np.eye(5)[:, :3], np.array([0.0, 1, 1, 0, 1])
        prepared = self.functions.prepare(features, labels)
        first = prepared.gradient(np.zeros(3))
        before = first.copy()
        prepared.gradient(np.ones(3))
        np.testing.assert_array_equal(first, before)

    def test_threads(self):
        rng = np.random.default_rng(5)
        features = rng.normal(size=(3000, 4))
        prepared = self.functions.prepare(features, (features[:, 0] > 0) * 1.0)
        points = rng.normal(size=(8, 4))
        expected = [prepared.cost_and_gradient(at) for at in points]
        wrong = []

        def work(number):
            for _ in range(50):
                cost, slope = prepared.cost_and_gradient(points[number])
                if cost != expected[number][0] or np.any(slope != expected[number][1]):
                    wrong.append(number)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        assert wrong == []

    def test_memory(self):
        """A few blocks beside the data, and with data prepared some vectors of m."""
        rows = 200_000
        features = np.random.default_rng(0).normal(size=(rows, 20))
        labels, at = (features[:, 0] > 0) * 1.0, np.ones(20)
        self.functions.cost_and_gradient(at, features[:10], labels[:10])
        prepared = self.functions.prepare(features, labels)
        for call, vectors in (
            (lambda: self.functions.cost_and_gradient(at, features, labels), 0),
            (lambda: self.functions.hessian(at, features, labels), 0),
            (lambda: prepared.cost_and_gradient(at), 3),
            (lambda: self.functions.cost(at, features.astype(np.float32), labels), 10),
        ):
            tracemalloc.start()
            call()
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            assert peak < 6 * 2**20 + vectors * 8 * rows

    def test_shapes_are_checked(self):
        features, labels = np.ones((9, 2)), np.zeros(9)
        with pytest.raises(ValueError, match=r"y has shape \(8,\), expected \(m,\) = \(9,\)"):
            _ = self.functions.prepare(features, labels[1:]).cost
        with pytest.raises(ValueError, match="needs m ≥ 1"):
            _ = self.functions.prepare(features[:0], labels[:0]).cost
        prepared = self.functions.prepare(features, labels)
        prepared.cost(np.ones(2))
        for wrong in (np.ones(3), np.ones((2, 1)), np.ones((1, 2))):
            with pytest.raises(ValueError, match="theta has shape"):
                prepared.cost(wrong)
        with pytest.raises(TypeError, match="complex"):
            prepared.cost(np.ones(2, complex))
        assert prepared.cost([1, 2]) == pytest.approx(prepared.cost(np.array([1.0, 2.0])))


class TestDeclaredLabels:
    """Contains(y[i], FiniteSet(0, 1)) in where gives the signed form, and is checked."""

    functions = to_numpy(
        {
            "cost": total(softplus(Z) - y[i, 0] * Z),
            "gradient": X.T * ((X * theta).applyfunc(sigma) - y),
        },
        (theta, X, y),
        where=[Contains(y[i, 0], FiniteSet(0, 1))],
    )

    def test_form(self):
        assert "1 - 2 * yb" in self.functions.cost_and_gradient.source
        at, features, _ = values((theta, X, y))
        labels = np.arange(61) % 2.0
        cost, slope = self.functions.cost_and_gradient(at, features, labels)
        z = features @ at
        assert cost == pytest.approx(np.sum(np.logaddexp(0, z) - labels * z), rel=1e-13)
        np.testing.assert_allclose(slope, features.T @ (1 / (1 + np.exp(-z)) - labels), rtol=1e-12)

    @pytest.mark.parametrize("wrong", [0.5, -1.0, np.nan, 2.0])
    def test_other_labels_are_refused(self, wrong):
        features, labels = np.ones((3, 2)), np.array([0.0, 1.0, wrong])
        with pytest.raises(ValueError, match=r"y\[2\] is .*; 0 or 1 is expected, as where says"):
            self.functions.cost(np.ones(2), features, labels)
        with pytest.raises(ValueError, match=r"y\[2\] is .*; 0 or 1 is expected, as where says"):
            _ = self.functions.prepare(features, labels).cost


@pytest.mark.usefixtures("blocks")
@pytest.mark.parametrize("kind", [bool, np.int8, np.uint8, np.uint64])
def test_integers_of_every_kind_do_not_wrap_around(kind):
    # Σ max(0, 1 − (2y − 1)z)² + Σ (θ − (1 − 2μ))²
    mu = MatrixSymbol("mu", n, 1)
    hinge = total(Max(0, 1 - (2 * y[i, 0] - 1) * Z) ** 2)
    f = to_numpy(
        {"cost": hinge + Sum((theta[k, 0] - (1 - 2 * mu[k, 0])) ** 2, (k, 0, n - 1))},
        (theta, X, y, mu),
    )
    at, features, _, _ = values((theta, X, y, mu))
    given = np.arange(61) % 2, np.arange(3) % 2
    z, (labels, means) = features @ at, given
    expected = np.sum(np.maximum(0, 1 - (2 * labels - 1) * z) ** 2)
    expected += np.sum((at - (1 - 2 * means)) ** 2)
    kept = f.prepare(features, *(a.astype(kind) for a in given)).cost
    assert kept(at) == pytest.approx(expected, rel=1e-13)
    if kind is np.int8:  # counts
        counts = np.array([100] * 61, kind)
        expected = f.cost(at, features, counts * 1.0, means)
        assert f.prepare(features, counts, means).cost(at) == pytest.approx(expected, rel=1e-13)


def test_a_free_argument_is_read_in_calls_alone():
    # the rows of X and those of the fixed Q are both taken in blocks, and X is needed as a whole
    Q = MatrixSymbol("Q", m, n)

    def score(a, b):
        return (X * Q.T)[a, b]

    inside = log(Sum(exp(score(i, j)), (j, 0, m - 1))) - score(i, i)
    cost = total(inside) / m
    f = to_numpy({"cost": cost, "gradient": gradient(cost, X)}, (X, Q))
    at, fixed = np.array([[1.0, 2], [3, -1]]), np.eye(2)
    found, slope = f.prepare(fixed).cost_and_gradient(at)
    assert found == pytest.approx(f.cost(at, fixed), rel=1e-15)
    np.testing.assert_allclose(slope, f.gradient(at, fixed), rtol=1e-15)


def test_sigma_of_labels_is_the_same_for_all_labels():
    cost = total(softplus(Z) - y[i, 0] * Z) + total(sigma(Z) - y[i, 0]) ** 2
    f = to_numpy({"cost": cost}, (theta, X, y))
    at, features, _ = values((theta, X, y))
    for labels in (np.arange(61) % 2.0, np.linspace(-1, 2, 61)):
        z = features @ at
        expected = (
            np.sum(np.logaddexp(0, z) - labels * z) + np.sum(1 / (1 + np.exp(-z)) - labels) ** 2
        )
        assert f.prepare(features, labels).cost(at) == pytest.approx(expected, rel=1e-12)
        assert f.cost(at, features, labels) == pytest.approx(expected, rel=1e-12)


def test_signs_of_many_labels_are_made_in_one_array():
    f = to_numpy({"slope": X.T * ((X * theta).applyfunc(sigma) - y)}, (theta, X, y))
    at, features, labels = np.ones(1), np.ones((9000, 1)), np.arange(9000) % 2.0
    made = f.prepare(features, labels)
    assert "all_v1 = -2 * y + 1\n" in made.source
    assert made.slope(at) == pytest.approx(f.slope(at, features, labels), rel=1e-12)


def test_a_number_that_divides_is_no_size():
    """∇ of Σᵢ (log Σₐ e^(zᵢₐ/τ) − Σₖ Tᵢₖ·zᵢₖ/τ) is divided by τ, which is passed to each call."""
    tau = symbols("tau", positive=True)

    def z(c):
        return (X * W)[i, c] / tau

    lse = log(Sum(exp(z(p)), (p, 0, K - 1)))
    slope = gradient(total(lse - Sum(T[i, k] * z(k), (k, 0, K - 1))), W)
    f = to_numpy({"slope": slope}, (W, X, T, tau))
    at, features, labels = values((W, X, T))
    fixed = f.prepare(X=features, T=labels)
    for number in (0.5, 2.0):
        expected = f.slope(at, features, labels, number)
        assert np.allclose(fixed.slope(at, number), expected, rtol=1e-13)
