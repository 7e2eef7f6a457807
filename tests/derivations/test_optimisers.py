"""Gradient descent and Newton's method on the logistic cost: the proofs, and both on data."""

from __future__ import annotations

import numpy as np
import pytest
from flint import fmpq
from scipy import optimize

from symderiv import prove_equal, verify
from symderiv.derivations import linear_regression, logistic_regression, optimisers, separation
from symderiv.optimise import Stop

PROOFS = (optimisers.curvature_bound, optimisers.frobenius_bound, optimisers.newton_step)


def overlapping(m, n, seed):
    """Standardised columns beside one of ones; labels drawn from σ(Xw), so that no θ separates."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((m, n))
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    X = np.column_stack([np.ones(m), X])
    w = rng.standard_normal(n + 1)
    y = (rng.random(m) < 1 / (1 + np.exp(-X @ w))).astype(float)
    return X, y


@pytest.mark.parametrize("derivation", PROOFS, ids=lambda d: d.name)
def test_what_the_optimisers_rest_on_is_proved(derivation):
    assert verify(derivation).passed


def test_a_longer_step_is_not_proved():
    # with XᵀX/(5m) for XᵀX/(4m) the difference is no sum of squares
    wrong = optimisers.curvature_bound.steps[-1].expression * 2
    start = optimisers.curvature_bound.start
    assert prove_equal(start, wrong, let=dict(logistic_regression.let)).refuted


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("way", [optimisers.descend, optimisers.solve])
def test_both_reach_the_minimum_that_scipy_finds(way, seed):
    X, y = overlapping(300, 4, seed)
    f = logistic_regression.functions
    best = optimize.minimize(
        f.cost_and_gradient, np.zeros(5), args=(X, y), jac=True, method="BFGS", tol=1e-11
    )
    found = way(X, y)
    assert found.converged, found.stopped.value
    assert np.max(np.abs(f.gradient(found.theta, X, y))) <= 1e-8
    assert abs(found.cost - best.fun) <= 1e-10
    assert np.all(np.diff(found.costs) <= 1e-15)


def test_newton_needs_few_steps():
    X, y = overlapping(300, 4, 2)
    assert optimisers.solve(X, y).iterations < 10


@pytest.mark.parametrize("way", [optimisers.descend, optimisers.solve])
def test_separable_data_have_no_minimum_and_the_iterate_shows_it(way):
    X, _ = overlapping(40, 2, 3)
    y = (X @ [0.5, 2.0, -1.0] > 0).astype(float)
    found = way(X, y)
    assert found.stopped is Stop.UNBOUNDED
    assert optimisers.separates(found.theta, X, y)
    margin = (2 * y - 1) * (X @ found.theta)
    costs = [np.mean(np.log1p(np.exp(-c * margin))) for c in (1, 4, 16)]
    assert costs[0] > costs[1] > costs[2]


def quasi(m, seed):
    """A group whose labels are all 1, the others overlapping: separated, but for the others."""
    X, y = overlapping(m, 1, seed)
    group = np.random.default_rng(seed).random(m) < 0.3
    return np.column_stack([X, group]), np.where(group, 1.0, y)


class TestQuasiSeparation:
    """The gradient vanishes on the way to infinity, where the cost has its infimum."""

    @pytest.mark.parametrize("standardised", [False, True], ids=["0 and 1", "standardised"])
    @pytest.mark.parametrize("way", [optimisers.descend, optimisers.solve])
    def test_it_is_no_convergence(self, way, standardised):
        X, y = quasi(200, 7)
        if standardised:
            X[:, 2] = (X[:, 2] - X[:, 2].mean()) / X[:, 2].std()
        found = way(X, y)
        assert found.stopped is Stop.UNBOUNDED
        assert not separation.separates(found.theta, X, y)
        v = separation.receding(found.theta, X, y)
        assert separation.recedes(v, X, y)
        z, along = X @ found.theta, X @ np.array([float(q.p) / float(q.q) for q in v])
        sign = 2 * y - 1
        costs = [np.mean(np.logaddexp(0, -sign * (z + t * along))) for t in (0, 1, 4)]
        assert costs[0] > costs[1] > costs[2]

    def test_one_example_on_the_other_side_and_there_is_a_minimum(self):
        X, y = quasi(200, 7)
        y[np.flatnonzero(X[:, 2])[0]] = 0.0
        found = optimisers.solve(X, y)
        assert found.converged
        assert separation.receding(found.theta, X, y) is None

    def test_a_label_between_holds_its_point_fast(self):
        X, y = quasi(200, 7)
        y[np.flatnonzero(X[:, 2])[0]] = 0.9
        assert optimisers.solve(X, y).converged

    @pytest.mark.parametrize("seed", range(6))
    def test_at_a_minimum_there_is_no_such_direction(self, seed):
        X, y = overlapping(60, 3, seed)
        found = optimisers.solve(X, y)
        assert found.converged
        assert separation.receding(found.theta, X, y) is None

    def test_the_check_is_exact(self):
        # 0.1·3 − 0.3 is 5.6e-17 in floating point, and so for the doubles themselves; −5.6e-17
        # on the other side refutes
        v = (fmpq(*(0.1).as_integer_ratio()), -fmpq(*(0.3).as_integer_ratio()))
        assert separation.recedes(v, [[3.0, 1.0], [0.0, 0.0]], [1, 0])
        assert not separation.recedes(v, [[3.0, 1.0], [0.0, 0.0]], [0, 0])
        assert not separation.recedes(v, [[0.0, 0.0]], [1])  # nothing falls


@pytest.mark.parametrize("offset", [1e4, 1e6])
def test_an_offset_ends_in_a_word_about_rounding(offset):
    # Xθ cancels: its rounding, times the offset, is what is left of the gradient
    X, y = overlapping(200, 1, 8)
    X[:, 1] += offset
    found = optimisers.solve(X, y)
    assert found.stopped is Stop.STALLED
    assert found.iterations < 20
    assert "centre and scale" in found.stopped.value


def test_data_that_are_all_zero_leave_the_cost_as_it_is():
    for way in (optimisers.descend, optimisers.solve):
        found = way(np.zeros((4, 2)), [0, 1, 1, 1])
        assert found.converged
        assert found.iterations == 0


def test_entries_beyond_the_range_of_a_square_are_named():
    X = np.array([[1e200], [-2e200]])
    with pytest.raises(ValueError, match="scale its columns"):
        optimisers.descend(X, [1, 1])
    assert optimisers.solve(X, [1, 1]).stopped is Stop.SINGULAR


@pytest.mark.parametrize("way", [optimisers.descend, optimisers.solve])
def test_scikit_learn_finds_the_same_cost(way):
    linear_model = pytest.importorskip("sklearn.linear_model")
    X, y = overlapping(250, 3, 9)
    model = linear_model.LogisticRegression(
        C=np.inf, fit_intercept=False, solver="newton-cholesky", tol=1e-12
    ).fit(X, y)
    best = logistic_regression.functions.cost(model.coef_[0], X, y)
    found = way(X, y)
    assert found.norms[-1] <= 1e-8
    assert abs(found.cost - best) <= 1e-10


def test_a_separating_line_within_rounding_is_none():
    """0.1·3 − 0.3 is 5.6e-17 in floating point and 0 on paper."""
    assert 0.1 * 3 - 0.3 > 0
    assert not optimisers.separates([0.1, -0.3], [[3.0, 1.0], [-1.0, 0.0]], [1, 0])


@pytest.mark.parametrize("labels", [[0.5, 0.5], [0.0, 1.0]])
def test_soft_or_overlapping_labels_are_not_separated(labels):
    assert not optimisers.separates([1.0], [[1.0], [1.0]], labels)


def test_a_column_that_repeats_another_is_named_by_newton():
    X, y = overlapping(60, 2, 4)
    found = optimisers.solve(np.column_stack([X, X[:, 1]]), y)
    assert found.stopped is Stop.SINGULAR
    assert optimisers.descend(np.column_stack([X, X[:, 1]]), y).converged


def test_the_safe_step_bounds_the_curvature():
    # λ_max(∇²J) ≤ ‖X‖²/(4m) = 1/step
    X, y = overlapping(80, 3, 5)
    for scale in (0.0, 1.0, 10.0):
        H = logistic_regression.functions.hessian(scale * np.array([1.0, -1, 0.5, 2]), X, y)
        assert np.linalg.eigvalsh(H)[-1] * optimisers.safe_step(X) <= 1 + 1e-12


@pytest.mark.parametrize(
    "arguments",
    [([[1.0]], [1, 0]), ([1.0], [1]), ([[1.0], [2.0]], [0, 1], [1.0, 2.0])],
)
def test_wrong_shapes_are_named(arguments):
    with pytest.raises(ValueError, match=r"shape \("):
        optimisers.solve(*arguments)


def test_complex_data_are_refused():
    with pytest.raises(ValueError, match="X must hold real numbers, got an array of complex128"):
        optimisers.solve([[1 + 2j], [1.0]], [0, 1])
    with pytest.raises(ValueError, match="y must hold real numbers"):
        optimisers.descend([[1.0], [2.0]], ["0", "1"])


def test_the_update_rule_is_one_function_of_h():
    """A13: θ − α/m·Xᵀ(h − y), for linear and for logistic regression."""
    X, y = overlapping(30, 2, 6)
    theta, alpha = np.array([0.3, -0.2, 0.1]), 0.7
    for model, h in (
        (linear_regression, X @ theta),
        (logistic_regression, 1 / (1 + np.exp(-X @ theta))),
    ):
        expected = theta - alpha * model.functions.gradient(theta, X, y)
        got = linear_regression.update_by(theta, h, X, y, alpha)
        np.testing.assert_allclose(got, expected, rtol=1e-13, atol=1e-15)
