"""Sums over pairs i < j and other ranges that depend on an index, differentiated."""

import warnings

import numpy as np
import pytest
from sympy import KroneckerDelta, MatrixSymbol, Ne, Piecewise, Sum, exp, log, sqrt, symbols

from symderiv import gradient
from symderiv.numeric import to_numpy

m, n = symbols("m n", integer=True, positive=True)
i, j, k, q = symbols("i j k q", integer=True, nonnegative=True)
X, D, J = MatrixSymbol("X", m, n), MatrixSymbol("D", m, m), MatrixSymbol("J", m, m)
y, s = MatrixSymbol("y", m, 1), MatrixSymbol("s", m, 1)
above, rows = (j, i + 1, m - 1), (i, 0, m - 1)

rng = np.random.default_rng(0)
POINTS, WEIGHTS, LABELS = rng.normal(size=(5, 2)), rng.normal(size=(5, 5)), rng.normal(size=5)


def has_no_deltas(function):
    """Whether no array stands for ∂aᵢ/∂aₚ."""
    return "np.eye" not in function.source and " == np.arange" not in function.source


def test_gradient_of_a_stress():
    # Σ_{i<j} (d − D)² with d = ‖xᵢ − xⱼ‖: 2·Σⱼ (d − D)·(xₚ − xⱼ)/d, without warnings of j = i
    d = sqrt(Sum((X[i, q] - X[j, q]) ** 2, (q, 0, n - 1)))
    f = to_numpy(gradient(Sum((d - D[i, j]) ** 2, above, rows), X), (X, D))
    apart = POINTS[:, None] - POINTS
    lengths = np.linalg.norm(apart, axis=2) + np.eye(5)
    slopes = 2 * np.triu(lengths - WEIGHTS, 1) / lengths
    exact = ((slopes + slopes.T)[:, :, None] * apart).sum(axis=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert f(POINTS, WEIGHTS) == pytest.approx(exact)
    assert has_no_deltas(f)


def test_gradient_of_an_energy_of_pairs():
    # Σ_{i<j} yᵢyⱼJᵢⱼ: (U + Uᵀ)y for the upper triangle U of J
    f = to_numpy(gradient(Sum(y[i, 0] * y[j, 0] * J[i, j], above, rows), y), (y, J))
    upper = np.triu(WEIGHTS, 1)
    assert f(LABELS, WEIGHTS) == pytest.approx((upper + upper.T) @ LABELS)
    assert has_no_deltas(f)


def test_gradient_of_a_logistic_loss_of_pairs():
    f = to_numpy(gradient(Sum(log(1 + exp(s[i, 0] - s[j, 0])), above, rows), s), (s,))
    share = np.triu(1 / (1 + np.exp(LABELS - LABELS[:, None])), 1)
    assert f(LABELS) == pytest.approx(share.sum(axis=1) - share.sum(axis=0))
    assert has_no_deltas(f)


def test_gradient_of_squared_cumulative_sums():
    # Σᵢ (Σ_{j≤i} yⱼ)²: twice the sums of the cumulative sums from p on
    f = to_numpy(gradient(Sum(Sum(y[j, 0], (j, 0, i)) ** 2, rows), y), (y,))
    assert f(LABELS) == pytest.approx(2 * np.cumsum(np.cumsum(LABELS)[::-1])[::-1])
    assert has_no_deltas(f)


def test_gradient_of_triples():
    # Σ_{i<j<k} yᵢyⱼyₖ: the sums over the pairs that p makes triples of
    cost = Sum(y[i, 0] * y[j, 0] * y[k, 0], (k, j + 1, m - 1), above, rows)
    f = to_numpy(gradient(cost, y), (y,))
    pairs = np.triu(np.outer(LABELS, LABELS), 1)
    exact = [np.delete(np.delete(pairs, p, 0), p, 1).sum() for p in range(5)]
    assert f(LABELS) == pytest.approx(exact)
    assert has_no_deltas(f)


def test_gradient_of_the_logarithm_of_a_sum_of_pairs():
    # log Σ_{i≠k} 1/(1 + ‖xᵢ − xₖ‖²)
    kernel = 1 / (1 + Sum((X[i, q] - X[k, q]) ** 2, (q, 0, n - 1)))
    pairs = Sum(Piecewise((kernel, Ne(i, k)), (0, True)), (k, 0, m - 1), rows)
    f = to_numpy(gradient(log(pairs), X), (X,))
    apart = POINTS[:, None] - POINTS
    values = 1 / (1 + (apart**2).sum(axis=2)) - np.eye(5)
    exact = -4 * (values[:, :, None] ** 2 * apart).sum(axis=1) / values.sum()
    assert f(POINTS) == pytest.approx(exact)
    assert "np.eye" not in f.source
    assert "[:, :, :, None]" not in f.source


def test_pairs_run_over_all_rows():
    # j = i + 1 … m − 1 as all j, so that nothing is computed for the first row apart
    f = to_numpy(gradient(Sum((s[i, 0] - s[j, 0]) ** 2, above, rows), s), (s,))
    assert "1:" not in f.source
    assert "concatenate" not in f.source
    assert f(LABELS) == pytest.approx(2 * (5 * LABELS - LABELS.sum()))


def test_pairs_run_over_what_is_there_alone():
    # yⱼ₋₁ has no j = 0, and D no column beyond its last: Σ_{i<j} yᵢ·yⱼ₋₁ and Σ_{i<j} D₀,ⱼ₋₁·yᵢ
    cost = Sum(y[i, 0] * y[j - 1, 0], above, rows)
    pairs = [(a, b) for a in range(5) for b in range(a + 1, 5)]
    exact = sum(LABELS[a] * LABELS[b - 1] for a, b in pairs)
    assert to_numpy(cost, (y,))(LABELS) == pytest.approx(exact)
    shifted = Sum(D[0, j - 1] * y[i, 0], above, rows)
    exact = sum(WEIGHTS[0, b - 1] * LABELS[a] for a, b in pairs)
    assert to_numpy(shifted, (y, D))(LABELS, WEIGHTS) == pytest.approx(exact)


def scattered(slopes):
    """The gradient of Σ f(yᵢ₊₁ − yᵢ), by the slopes of f."""
    return np.append(0, slopes) - np.append(slopes, 0)


def test_gradients_of_a_chain():
    # Σ f(sᵢ₊₁ − sᵢ): what is read before the first point, where no range begins, does not count
    links, at, marks = (i, 0, m - 2), np.array([1.0, 2.5, 2, -1]), np.array([0.0, 1, 3, 3.5])
    step, jump = y[i + 1, 0] - y[i, 0], s[i + 1, 0] - s[i, 0]
    d, t = np.diff(at), np.diff(marks)
    for cost, slopes in (
        (log(jump), 1 / t),
        (1 / jump, -1 / t**2),
        (step**2 / jump, -((d / t) ** 2)),
        (sqrt(step**2 + jump**2), t / np.hypot(d, t)),
    ):
        arguments = (s, y) if cost.has(y) else (s,)
        f = to_numpy(gradient(Sum(cost, links), s), arguments)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert f(*(marks, at)[: len(arguments)]) == pytest.approx(scattered(slopes))


def test_rows_that_are_left_out_may_hold_anything():
    # Σᵢⱼ [yᵢ > 0]·Xᵢⱼ·log Dᵢⱼ, where rows that are filled up have D = 0; 0·log 0 stays 0
    for body, exact in (
        (D[i, j] * log(J[i, j]), np.log(0.5)),
        (D[i, j] / (J[i, j] + 1), 1 / 1.5),
        (D[i, j] * sqrt(J[i, j]), 0.5**0.5),
    ):
        case = Piecewise((body, y[i, 0] > 0), (0, True))
        f = to_numpy(Sum(case, (j, 0, m - 1), rows), (y, D, J))
        at = np.array([[0.5, 0], [-1, -1]])
        assert f([1.0, 0], np.array([[1.0, 0], [1, 1]]), at) == pytest.approx(exact)


def test_masked_values_do_not_warn():
    apart = y[j, 0] - y[i, 0]
    ordered = np.array([0.0, 1, 1000])
    gaps = np.array([1, 1000, 999])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for f, exact in ((sqrt(apart), np.sqrt(gaps)), (exp(-apart), np.exp(-gaps))):
            assert to_numpy(Sum(f, above, rows), (y,))(ordered) == pytest.approx(exact.sum())


def test_a_range_from_a_free_index_on():
    # Σ_{i≥p} ([i = p]·yᵢ − sᵢ)
    f = to_numpy(Sum(KroneckerDelta(i, q) * y[i, 0] - s[i, 0], (i, q, m - 1)), (y, s))
    assert f(LABELS, POINTS[:, 0]) == pytest.approx(LABELS - np.cumsum(POINTS[::-1, 0])[::-1])
