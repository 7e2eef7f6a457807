"""Gradient descent and Newton's method: where they end, and what they say when they cannot."""

from __future__ import annotations

import numpy as np
import pytest

from symderiv.optimise import Stop, gradient_descent, newton

A = np.array([[3.0, 1.0], [1.0, 2.0]])
B = np.array([1.0, -1.0])


def quadratic(x):
    """½·xᵀAx − bᵀx, with its gradient Ax − b: the minimum is A⁻¹b."""
    return x @ A @ x / 2 - B @ x, A @ x - B


def bowl(x):
    return np.cosh(x).sum(), np.sinh(x)


def test_newton_solves_a_quadratic_in_one_step():
    found = newton(quadratic, lambda x: A, [5.0, -7.0])
    assert found.converged
    assert found.iterations == 1
    np.testing.assert_allclose(found.theta, np.linalg.solve(A, B), rtol=1e-14)


def test_gradient_descent_lowers_the_cost_at_every_step():
    # J(θ − ∇J/L) ≤ J(θ) − |∇J|²/(2L)
    largest = np.linalg.eigvalsh(A)[-1]
    found = gradient_descent(quadratic, [5.0, -7.0], step=1 / largest)
    promised = [g @ g / (2 * largest) for g in (quadratic(x)[1] for x in found.path)]
    assert found.converged
    assert np.all(np.diff(found.costs) <= -np.array(promised[:-1]) + 1e-13)


def test_the_history_is_whole():
    found = gradient_descent(quadratic, [1.0, 1.0], step=0.2, iterations=7)
    assert found.stopped is Stop.ITERATIONS
    assert found.iterations == 7
    assert found.path.shape == (8, 2)
    np.testing.assert_array_equal(found.path[0], [1.0, 1.0])
    np.testing.assert_array_equal(found.path[-1], found.theta)
    assert found.costs.tolist() == [quadratic(x)[0] for x in found.path]


def test_a_step_beyond_two_over_the_curvature_diverges_and_says_so():
    largest = np.linalg.eigvalsh(A)[-1]
    found = gradient_descent(quadratic, [5.0, -7.0], step=2.1 / largest)
    assert found.stopped is Stop.DIVERGED
    assert "1/L" in found.stopped.value


def test_a_cost_that_is_no_number_stops_at_once():
    found = gradient_descent(lambda x: (np.nan, x), [1.0], step=1.0)
    assert found.stopped is Stop.DIVERGED
    assert found.iterations == 0


def test_newton_halves_steps_that_overshoot():
    # for √(1 + x²) a full step goes from x to −x³: it diverges beyond 1
    def valley(x):
        root = np.sqrt(1 + x**2)
        return root.sum(), x / root

    found = newton(valley, lambda x: np.diag((1 + x**2) ** -1.5), [3.0])
    assert found.converged
    assert np.all(np.diff(found.costs) <= 0)


@pytest.mark.parametrize("H", [np.ones((2, 2)), np.zeros((2, 2)), -np.eye(2)])
def test_a_hessian_that_is_not_positive_definite_is_named(H):
    found = newton(bowl, lambda x: H, [2.0, -1.0])
    assert found.stopped is Stop.SINGULAR
    assert not found.converged


def test_a_badly_scaled_hessian_is_not_taken_for_a_singular_one():
    scale = np.array([1e-9, 1e9])

    def stretched(x):
        return np.cosh(x / scale).sum(), np.sinh(x / scale) / scale

    found = newton(stretched, lambda x: np.diag(np.cosh(x / scale) / scale**2), scale * [2.0, -1.0])
    assert found.stopped in (Stop.CONVERGED, Stop.STALLED)
    np.testing.assert_allclose(found.theta / scale, 0, atol=1e-7)


def test_an_iterate_that_certifies_no_minimum_ends_the_search():
    # e^(−x) falls for ever
    found = newton(
        lambda x: (np.exp(-x).sum(), -np.exp(-x)),
        lambda x: np.diag(np.exp(-x)),
        [0.0],
        unbounded=lambda x: x[0] > 3,
    )
    assert found.stopped is Stop.UNBOUNDED
    assert found.theta[0] == 4


@pytest.mark.parametrize(
    ("start", "step"), [([[1.0]], 1.0), ([np.nan], 1.0), ([1.0], 0.0), ([1.0], np.inf)]
)
def test_bad_arguments_are_named(start, step):
    with pytest.raises(ValueError, match=r"start must be a vector|step must be a positive"):
        gradient_descent(bowl, start, step=step)


@pytest.mark.parametrize("iterations", [2.5, 0, True, "3"])
def test_iterations_are_a_whole_number(iterations):
    with pytest.raises(ValueError, match="iterations must be a positive whole number"):
        gradient_descent(bowl, [1.0], step=0.1, iterations=iterations)


@pytest.mark.parametrize("start", [[1j], np.array([1 + 0j]), ["1.0"]])
def test_a_start_that_is_not_real(start):
    with pytest.raises(ValueError, match="start must hold real numbers, got an array of"):
        gradient_descent(bowl, start, step=0.1)


def test_a_stop_is_not_a_truth_value():
    with pytest.raises(TypeError, match="converged"):
        bool(Stop.CONVERGED)
