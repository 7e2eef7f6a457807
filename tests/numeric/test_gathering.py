"""What is written apart, and has to be read together to keep its digits."""

import mpmath
import numpy as np
import pytest
from sympy import (
    Eq,
    IndexedBase,
    KroneckerDelta,
    MatrixSymbol,
    Sum,
    Symbol,
    Trace,
    exp,
    log,
    symbols,
)

from symderiv import gradient, prove_equal
from symderiv.numeric import to_numpy

m, n, K = symbols("m n K", integer=True, positive=True)
i, j, k, p = symbols("i j k p", integer=True, nonnegative=True)
X, B, T = MatrixSymbol("X", m, n), MatrixSymbol("B", n, K), MatrixSymbol("T", m, K)
a, beta, d = MatrixSymbol("a", K, 1), MatrixSymbol("beta", n, 1), MatrixSymbol("d", m, 1)
u, t = IndexedBase("u", shape=(K,)), IndexedBase("t", shape=(K,))


class TestIdentities:
    total = Sum(exp(u[p]), (p, 0, K - 1))

    @pytest.mark.parametrize("more", [0, 1], ids=["softmax", "a class without a score"])
    def test_labels(self, more):
        whole = log(self.total + more)
        apart = whole - Sum(t[k] * u[k], (k, 0, K - 1))
        inside = Sum(t[k] * (whole - u[k]), (k, 0, K - 1))
        assert prove_equal(apart, inside + (1 - Sum(t[k], (k, 0, K - 1))) * whole).proved

    def test_deviations(self):
        x = IndexedBase("x", shape=(K,))
        share = exp(u[p]) / Sum(exp(u[k]), (k, 0, K - 1))
        mean = Sum(share * x[p], (p, 0, K - 1))
        delta = KroneckerDelta(p, j)
        apart = Sum((share - delta) * x[p], (p, 0, K - 1))
        assert prove_equal(mean - x[j], apart, where=[j <= K - 1]).proved

    def test_a_shift_for_every_row(self):
        M = IndexedBase("M", shape=(K,))
        whole, shifted = (Sum(exp(u[p] - s), (p, k, K - 1)) for s in (0, M[k]))
        assert prove_equal(log(whole), M[k] + log(shifted)).proved


class TestOneHotLabels:
    """Three confident rows of three classes: another class has e^(−40)/(1 + 2e^(−40))."""

    data = (40 * np.eye(3), np.eye(3), np.zeros(3), np.eye(3))
    other = np.exp(-40) / (1 + 2 * np.exp(-40))
    score = (X * B)[i, k] + a[k, 0]
    lse = log(Sum(exp(score.xreplace({k: p})), (p, 0, K - 1)))
    pairs = Sum(T[i, k] * score, (k, 0, K - 1))

    @pytest.mark.parametrize("name", ["in one sum", "in two", "rows inside", "in three", "trace"])
    def test_cost(self, name):
        rows, classes = (i, 0, m - 1), (k, 0, K - 1)
        whole, labels = Sum(self.lse, rows) / m, T[i, k]
        cost = {
            "in one sum": Sum(self.lse - self.pairs, rows) / m,
            "in two": whole - Sum(self.pairs, rows) / m,
            "rows inside": whole - Sum(labels * self.score, rows, classes) / m,
            "in three": whole
            - Sum(labels * (X * B)[i, k], classes, rows) / m
            - Sum(labels * a[k, 0], classes, rows) / m,
            "trace": whole - (Trace(T.T * X * B) + Sum(labels * a[k, 0], rows, classes)) / m,
        }[name]
        f = to_numpy(cost, (X, B, a, T))
        assert f(*self.data) == pytest.approx(np.log1p(2 * np.exp(-40)), rel=1e-15)
        assert f(*self.data[:3], np.roll(np.eye(3), 1, axis=1)) == pytest.approx(40, rel=1e-15)

    def test_where_says_that_labels_add_up(self):
        """However it is written, the function is the same."""
        share = exp(self.score - self.lse)
        costs = [
            Sum(self.lse - self.pairs, (i, 0, m - 1)),
            -Sum(T[i, k] * log(share), (k, 0, K - 1), (i, 0, m - 1)),
        ]
        where = [Eq(Sum(T[i, k], (k, 0, K - 1)), 1)]
        for cost in costs:
            f = to_numpy({"both": gradient(cost, B), "cost": cost}, (X, B, a, T), where=where)
            assert "np.sum(Tb, " not in f.source
            assert f.cost(*self.data) == pytest.approx(3 * np.log1p(2 * np.exp(-40)), rel=1e-15)
            expected = 40 * self.other * (np.ones((3, 3)) - 3 * np.eye(3))
            np.testing.assert_allclose(f.both(*self.data), expected, rtol=1e-15)

    @pytest.mark.parametrize("wrt", [B, a], ids=["scores", "bias"])
    def test_gradient_as_two_sums(self, wrt):
        share = exp(self.score - self.lse)
        x = X[i, j] if wrt is B else 1
        slope = (Sum(x * share, (i, 0, m - 1)) - Sum(x * T[i, k], (i, 0, m - 1))) / m
        expected = np.full((3, 3), 40 * self.other / 3) - 40 * self.other * np.eye(3)
        found = to_numpy(slope, (X, B, a, T))(*self.data)
        if wrt is B:
            np.testing.assert_allclose(found, expected, rtol=1e-15)
        else:  # what the rows add up to is rounding of their shares
            assert np.all(np.abs(found) <= self.other * 1e-15)

    def test_logistic_as_two_sums(self):
        z, y = IndexedBase("z", shape=(m,)), IndexedBase("y", shape=(m,))
        cost = Sum(log(1 + exp(z[i])), (i, 0, m - 1)) / m - Sum(y[i] * z[i], (i, 0, m - 1)) / m
        f = to_numpy(cost, (z, y))
        assert f([40.0, 60.0], [1, 1]) == pytest.approx(np.exp(-40) / 2, rel=1e-8, abs=0)

    def test_logistic_with_a_product_of_matrices(self):
        cost = (Sum(log(1 + exp((X * beta)[i, 0])), (i, 0, m - 1)) - (d.T * X * beta)[0, 0]) / m
        f = to_numpy(cost, (X, beta, d))
        found = f([[40.0], [30.0]], [1.0], [1, 1])
        assert found == pytest.approx((np.exp(-30) + np.exp(-40)) / 2, rel=1e-12, abs=0)

    def test_temperature(self):
        tau = Symbol("tau", positive=True)
        scores = [(X * B)[i, c] / tau for c in (p, k)]
        cost = Sum(
            log(Sum(exp(scores[0]), (p, 0, K - 1))) - Sum(T[i, k] * scores[1], (k, 0, K - 1)),
            (i, 0, m - 1),
        )
        f = to_numpy({"cost": cost, "slope": gradient(cost, B)}, (X, B, T, tau))
        at, other = ([[1.0]], [[40.0, 0.0]], [[1, 0]], 0.5), np.exp(-80)
        assert f.cost(*at) == pytest.approx(other, rel=1e-15, abs=0)
        np.testing.assert_allclose(f.slope(*at), [[-2 * other, 2 * other]], rtol=1e-15)

    def test_pairs_both_ways(self):
        """−Σ log pᵢᵢ − Σ log qᵢᵢ for the shares of sᵢⱼ among the rows and among the columns."""
        S = MatrixSymbol("S", m, m)
        forth, back = (log(Sum(exp(S[r]), (j, 0, m - 1))) for r in ((i, j), (j, i)))
        cost = Sum(forth - S[i, i], (i, 0, m - 1)) + Sum(back - S[i, i], (i, 0, m - 1))
        f = to_numpy(cost, (S,))
        assert f(40 * np.eye(2)) == pytest.approx(4 * np.exp(-40), rel=1e-15, abs=0)
        Q = MatrixSymbol("Q", m, n)
        products = cost.xreplace({S[r]: (X * Q.T)[r] for r in ((i, i), (i, j), (j, i))})
        g, other = to_numpy(gradient(products, X), (X, Q)), 2 * np.exp(-40)
        found = g(40 * np.eye(2), np.eye(2))
        np.testing.assert_allclose(found, [[-other, other], [other, -other]], rtol=1e-15)

    def test_a_class_without_a_score(self):
        whole = log(1 + Sum(exp(u[p]), (p, 0, K - 1)))
        cost, other = whole - Sum(t[k] * u[k], (k, 0, K - 1)), np.exp(-40)
        f = to_numpy({"cost": cost, "slope": gradient(cost, u)}, (u, t))
        assert f.cost([40.0, 0.0], [1, 0]) == pytest.approx(2 * other, rel=1e-15, abs=0)
        assert f.cost([-40.0, -40.0], [0, 0]) == pytest.approx(2 * other, rel=1e-15, abs=0)
        assert f.cost([800.0, -800.0], [0, 1]) == 1600
        np.testing.assert_allclose(f.slope([40.0, 0.0], [1, 0]), [-2 * other, other], rtol=1e-15)
        np.testing.assert_allclose(f.slope([-40.0, -40.0], [0, 0]), [other] * 2, rtol=1e-15)
        np.testing.assert_allclose(f.slope([0.0, -40.0], [1, 0]), [-0.5, other / 2], rtol=1e-15)
        np.testing.assert_array_equal(f.slope([800.0, -800.0], [0, 1]), [1, -1])

    def test_a_shift_that_the_writer_took_out(self):
        c = Symbol("c", real=True)
        whole = exp(c) + Sum(exp(u[p] - c), (p, 0, K - 1))
        slope = gradient(log(whole) - Sum(t[k] * u[k], (k, 0, K - 1)), u)
        f = to_numpy({"slope": slope}, (u, t, c))
        np.testing.assert_allclose(f.slope([-525.0], [0.0], 0.0), np.exp(-525), rtol=1e-15)


class TestRangesThatDependOnTheRow:
    """The partial likelihood of Cox (1972): the risk set of row i is that of the rows from i on."""

    score = (X * beta)[i, 0]
    risk = log(Sum(exp((X * beta)[j, 0]), (j, i, m - 1)))
    cost = Sum(d[i, 0] * (risk - score), (i, 0, m - 1))

    def test_scores_of_800(self):
        f = to_numpy({"cost": self.cost, "slope": gradient(self.cost, beta)}, (X, beta, d))
        random = np.random.default_rng(0)
        x, b, event = random.normal(size=(30, 3)), random.normal(size=3), random.random(30) < 0.7
        x *= 800 / np.max(np.abs(x @ b))
        with mpmath.workdps(40):
            rows = mpmath.matrix(x.tolist())
            z = rows * mpmath.matrix(b.tolist())
            cost, slope, size = mpmath.mpf(0), mpmath.zeros(1, 3), mpmath.zeros(1, 3)
            for r in np.flatnonzero(event).tolist():
                weights = [mpmath.exp(z[s]) for s in range(r, 30)]
                cost += mpmath.log(sum(weights)) - z[r]
                for s, w in enumerate(weights):
                    share = w / sum(weights) - (s == 0)
                    slope += share * rows[r + s, :]
                    size += abs(share) * rows[r + s, :].apply(abs)
            assert float(abs(f.cost(x, b, event) / cost - 1)) < 1e-13
            found = mpmath.matrix([f.slope(x, b, event).tolist()])
            assert all(abs(found[c] - slope[c]) <= 1e-13 * size[c] for c in range(3))

    def test_one_row_that_outweighs_the_others(self):
        """Σⱼ pⱼxⱼ − x₀ with p₀ nearly 1."""
        f = to_numpy({"slope": gradient(self.cost, beta)}, (X, beta, d))
        found = f.slope([[40.0], [-40.0], [0.0]], [1.0], [1, 0, 0])
        assert found == pytest.approx(-40 * np.exp(-40) - 80 * np.exp(-80), rel=1e-15, abs=0)

    def test_weights(self):
        """Σⱼ (1 + dⱼ²)·e^{zⱼ} over the range of a row, whose weights are finite outside of it."""
        weighted = Sum((1 + d[j, 0] ** 2) * exp((X * beta)[j, 0]), (j, i, m - 1))
        cost = Sum(log(weighted), (i, 0, m - 1))
        f = to_numpy({"cost": cost, "slope": gradient(cost, beta)}, (X, beta, d))
        data, event = np.array([[1.0], [-1.0], [0.5]]), np.array([1.0, 0.0, 2.0])
        # log(2e^800 + e^(−800) + 5e^400) + 2·log(5e^400)
        assert f.cost(data, [800.0], event) == pytest.approx(1600 + np.log(2) + 2 * np.log(5))
        np.testing.assert_allclose(f.slope(data, [800.0], event), [2.0], rtol=1e-15)

    def test_case_weights(self):
        """Σⱼ pⱼxⱼ − xᵢ for pⱼ = wⱼe^{zⱼ}/Σ wₖe^{zₖ}, of which one is nearly 1 or has no weight."""
        w = MatrixSymbol("w", m, 1)
        risk = log(Sum(w[j, 0] * exp((X * beta)[j, 0]), (j, i, m - 1)))
        cost = Sum(d[i, 0] * (risk - self.score), (i, 0, m - 1))
        f = to_numpy({"cost": cost, "slope": gradient(cost, beta)}, (X, beta, d, w))
        at = [[40.0], [0.0], [-40.0]], [1.0], [1, 0, 0]
        other = 2 * np.exp(-40)
        assert f.cost(*at, [1, 2, 3]) == pytest.approx(other, rel=1e-15, abs=0)
        np.testing.assert_allclose(f.slope(*at, [1, 2, 3]), [-40 * other], rtol=1e-15)
        np.testing.assert_allclose(f.slope(*at, [3, 2, 3]), [-40 * other / 3], rtol=1e-15)
        # one that would outweigh all others is left out
        heavy = f.slope([[1.0], [800.0], [1.0]], [1.0], [1, 0, 0], [1, 0, 1])
        np.testing.assert_array_equal(heavy, [0])
        mixed = f.slope([[1.0], [0.0], [2.0]], [0.0], [1, 1, 0], [1, 2, 1])
        np.testing.assert_allclose(mixed, [3 / 4 - 1 + 2 / 3], rtol=1e-15)

    @pytest.mark.parametrize("product", [False, True], ids=["scores", "products"])
    def test_a_ranking(self, product):
        """The likelihood of Plackett and Luce: each choice is among the classes that are left."""
        U = MatrixSymbol("U", m, K)
        score = X * B if product else U
        choice = log(Sum(exp(score[i, p]), (p, k, K - 1))) - score[i, k]
        cost = Sum(choice, (i, 0, m - 1), (k, 0, K - 1))
        symbols_, at = ((B, X), ([[1.0]],)) if product else ((U,), ())
        f = to_numpy({"cost": cost, "slope": gradient(cost, symbols_[0])}, symbols_)
        assert f.cost([[800.0, 0.0, -800.0]], *at) == 0
        np.testing.assert_array_equal(f.slope([[800.0, 0.0, -800.0]], *at), [[0, 0, 0]])
        assert f.cost([[-800.0, 0.0, 800.0]], *at) == 2400
        np.testing.assert_array_equal(f.slope([[-800.0, 0.0, 800.0]], *at), [[-1, -1, 2]])
        scores = np.array([0.3, -0.2, 0.5])
        shares = [np.exp(scores[r:]) / np.sum(np.exp(scores[r:])) for r in range(3)]
        expected = sum(np.pad(s, (3 - len(s), 0)) for s in shares) - 1
        np.testing.assert_allclose(f.slope([scores], *at), [expected], atol=1e-15)

    def test_a_range_that_is_empty(self):
        cost = Sum(t[k] * log(Sum(exp(u[p]), (p, k + 1, K - 1))), (k, 0, K - 1))
        f, at = to_numpy(cost, (u, t)), [5.0, -800.0, 800.0]
        with np.errstate(divide="ignore"):  # log 0
            assert f([5.0], [0.0]) == 0  # no addend in any range
            assert f(at, [1, 1, 0]) == 1600
            assert f(at, [1, 0, 1]) == -np.inf


def test_a_weight_of_0_leaves_out_what_would_be_largest():
    # log Σ wₚe^{uₚ} and its slopes by u and w
    w = IndexedBase("w", shape=(K,))
    cost = log(Sum(w[p] * exp(u[p]), (p, 0, K - 1)))
    slopes = {"by_u": gradient(cost, u), "by_w": gradient(cost, w)}
    f = to_numpy({"cost": cost, **slopes}, (u, w))
    at = [900.0, 0.0, 0.0], [0, 0.5, 0.5]
    assert f.cost(*at) == 0
    np.testing.assert_array_equal(f.by_u(*at), [0, 0.5, 0.5])
    np.testing.assert_array_equal(f.by_w([700.0, 0.0, 0.0], at[1]), [np.exp(700), 1, 1])
    assert f.cost([-2e3, -3e3, 9e3], [1, 7, 0]) == -2e3


def test_an_exponential_that_meets_those_inside_of_a_sum():
    # Bradley and Terry: −Σ cₖₚ·log(e^{uₖ}/(e^{uₖ} + e^{uₚ})), whose slope has e^{u} before Σₖ
    c = MatrixSymbol("c", K, K)
    share = exp(u[k]) / (exp(u[k]) + exp(u[p]))
    cost = -Sum(c[k, p] * log(share), (k, 0, K - 1), (p, 0, K - 1))
    f, wins = to_numpy({"cost": cost, "slope": gradient(cost, u)}, (u, c)), [[0, 3], [1, 0]]
    assert f.cost([800.0, -800.0], wins) == 1600
    np.testing.assert_array_equal(f.slope([800.0, -800.0], wins), [1, -1])
    one = 4 / (1 + np.exp(-0.5)) - 3
    np.testing.assert_allclose(f.slope([0.7, 0.2], wins), [one, -one], rtol=1e-14)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_weight_of_0_beside_an_exponential_that_overflows(sign):
    y, z = Symbol("y", real=True), Symbol("z", real=True)
    f = to_numpy(y * exp(sign * z), (y, z))
    np.testing.assert_array_equal(f([0, 0, 3], sign * np.array([800.0, np.inf, 0])), [0, 0, 3])
    assert np.isnan(f(0, np.nan))


def test_a_sum_over_no_classes():
    size = symbols("size", integer=True, nonnegative=True)
    v = IndexedBase("v", shape=(size,))
    whole = 1 + Sum(exp(v[p]), (p, 0, size - 1))
    f = to_numpy({"log": log(whole), "shares": exp(v[k]) / whole}, (v,))
    assert f.log([]) == 0
    assert f.shares([]).shape == (0,)
    at = [800.0, 800.0, -800.0]
    assert f.log(at) == pytest.approx(800 + np.log(2), rel=1e-15)
    np.testing.assert_allclose(f.shares(at), [0.5, 0.5, 0], rtol=1e-15)
