"""Gradient descent and Newton's method on compiled functions, with their history.

Both take the functions that ``to_numpy`` made and end with a reason: the gradient is as small as
was asked for, or why it cannot become so.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Optimisation", "Stop", "gradient_descent", "newton", "real"]

Array = NDArray[np.float64]
CostAndGradient = Callable[[Array], tuple[Any, Array]]

_SUFFICIENT = 1e-4  # of the decrease that the gradient promises; Nocedal and Wright, (3.4)
_HALVINGS = 60
_UNIT = float(np.finfo(np.float64).eps)


class Stop(enum.Enum):
    """Why an optimiser ended; the value is the message."""

    CONVERGED = "every entry of the gradient is within the tolerance"
    ITERATIONS = "the iterations are used up: allow more of them, or a larger tolerance"
    DIVERGED = (
        "the cost rose above that of the start, or is no number: the step is longer than the "
        "curvature allows; take 1/L with a bound L on the largest eigenvalue of the Hessian"
    )
    UNBOUNDED = (
        "there is no finite minimum: from here there is a way along which the cost falls for ever"
    )
    SINGULAR = (
        "the Hessian is not positive definite here, to rounding, or not finite: a column of the "
        "data depends on others (leave it out, or add a ridge penalty), the start lies too far "
        "out, or the columns are badly scaled"
    )
    STALLED = (
        "rounding keeps the gradient from becoming smaller: centre and scale the columns of the "
        "data, or allow a larger tolerance"
    )

    def __bool__(self) -> bool:
        raise TypeError("a Stop has several values; ask for optimisation.converged")


@dataclass(frozen=True)
class Optimisation:
    """Where an optimiser ended, why, and the way to there.

    Attributes
    ----------
    theta
        The last iterate, (n,).
    stopped
        The reason; its value is a message.
    costs, norms
        J and max |∂J/∂θⱼ| at each iterate, the start included: (iterations + 1,).
    path
        The iterates, (iterations + 1, n).
    """

    theta: Array
    stopped: Stop
    costs: Array
    norms: Array
    path: Array

    @property
    def converged(self) -> bool:
        """Whether every entry of the gradient is within the tolerance."""
        return self.stopped is Stop.CONVERGED

    @property
    def cost(self) -> float:
        """The cost at the last iterate."""
        return float(self.costs[-1])

    @property
    def iterations(self) -> int:
        """How many steps were taken."""
        return len(self.costs) - 1


def gradient_descent(
    cost_and_gradient: CostAndGradient,
    start: ArrayLike,
    *,
    step: float,
    tolerance: float = 1e-8,
    iterations: int = 100_000,
    unbounded: Callable[[Array], bool] | None = None,
) -> Optimisation:
    """Follow θ := θ − α·∇J(θ) until max |∂J/∂θⱼ| ≤ tolerance.

    With α = 1/L, where L bounds the largest eigenvalue of the Hessian, every step lowers the cost
    by at least |∇J|²/(2L) (Nesterov, Lectures on Convex Optimization, 1.2.3).

    Parameters
    ----------
    cost_and_gradient
        J and ∇J at θ, as one function.
    start
        The first iterate, (n,).
    step
        α, positive.
    tolerance
        For the largest entry of the gradient.
    iterations
        How many steps to take at the most.
    unbounded
        Whether an iterate certifies that J has no finite minimum.

    Raises
    ------
    ValueError
        Where the start is no vector of finite numbers, or the step or tolerance not positive.

    Examples
    --------
    >>> def parabola(x):
    ...     return float(x @ x) / 2, x
    >>> found = gradient_descent(parabola, [8.0], step=0.5)
    >>> found.converged, found.iterations, found.costs[:3]
    (True, 30, array([32.,  8.,  2.]))

    A step longer than 2/L diverges, and is said to:

    >>> gradient_descent(parabola, [8.0], step=2.5).stopped.name
    'DIVERGED'
    """
    theta = _vector(start)
    _positive(step=step, tolerance=tolerance, iterations=iterations)
    history = _History()
    while True:
        cost, gradient = cost_and_gradient(theta)
        history.add(theta, cost, gradient)
        stop = history.reason(tolerance, iterations)
        if stop is None and unbounded is not None and unbounded(theta):
            stop = Stop.UNBOUNDED
        if stop is not None:
            return history.ended(stop)
        theta = theta - step * gradient


def newton(
    cost_and_gradient: CostAndGradient,
    hessian: Callable[[Array], Array],
    start: ArrayLike,
    *,
    tolerance: float = 1e-8,
    iterations: int = 100,
    unbounded: Callable[[Array], bool] | None = None,
) -> Optimisation:
    """Follow θ := θ − t·H⁻¹∇J, with t halved until the cost falls, until max |∂J/∂θⱼ| ≤ tolerance.

    H⁻¹∇J comes from a Cholesky factor; t starts at 1 (Nocedal and Wright, Numerical Optimization,
    algorithm 3.1).

    Parameters
    ----------
    cost_and_gradient, hessian
        J with ∇J, and ∇²J, at θ.
    start, tolerance, iterations, unbounded
        As for ``gradient_descent``.

    Raises
    ------
    ValueError
        Where the start is no vector of finite numbers, or the tolerance not positive.

    Examples
    --------
    >>> def bowl(x):
    ...     return float(np.cosh(x).sum()), np.sinh(x)
    >>> found = newton(bowl, lambda x: np.diag(np.cosh(x)), [2.0, -1.0])
    >>> found.converged, found.iterations, found.cost
    (True, 5, 2.0)
    >>> newton(bowl, lambda x: np.ones((2, 2)), [2.0, -1.0]).stopped.name
    'SINGULAR'
    """
    theta = _vector(start)
    _positive(tolerance=tolerance, iterations=iterations)
    history = _History()
    cost, gradient = cost_and_gradient(theta)
    while True:
        history.add(theta, cost, gradient)
        stop = history.reason(tolerance, iterations)
        if stop is None and unbounded is not None and unbounded(theta):
            stop = Stop.UNBOUNDED
        if stop is not None:
            return history.ended(stop)
        with np.errstate(over="ignore", invalid="ignore"):  # then it is not finite, and said to be
            direction = _solved(hessian(theta), gradient)
        if direction is None:
            return history.ended(Stop.SINGULAR)
        slope = float(gradient @ direction)
        # half of the slope is what is left to gain; below the cost's rounding, Newton's step
        # would at least halve the gradient if it were not rounding that it is made of
        gained = slope <= 2 * _UNIT * abs(cost)
        if gained and len(history.norms) > 1 and history.norms[-1] > history.norms[-2] / 2:
            return history.ended(Stop.STALLED)
        for halving in range(_HALVINGS):
            t = 0.5**halving
            candidate = theta - t * direction
            new_cost, new_gradient = cost_and_gradient(candidate)
            # near the minimum a decrease drowns in rounding; there the gradient has to shrink
            level = new_cost <= cost + 4 * _UNIT * abs(cost)
            flatter = np.max(np.abs(new_gradient)) < history.norms[-1]
            if new_cost <= cost - _SUFFICIENT * t * slope or (level and flatter):
                break
        else:
            return history.ended(Stop.STALLED)
        theta, cost, gradient = candidate, new_cost, new_gradient


class _History:
    """The iterates so far, and whether they are a reason to stop."""

    def __init__(self) -> None:
        self.costs: list[float] = []
        self.norms: list[float] = []
        self.path: list[Array] = []

    def add(self, theta: Array, cost: Any, gradient: Array) -> None:
        self.costs.append(float(cost))
        self.norms.append(float(np.max(np.abs(gradient), initial=0.0)))
        self.path.append(theta)

    def reason(self, tolerance: float, iterations: int) -> Stop | None:
        if not (np.isfinite(self.costs[-1]) and np.isfinite(self.norms[-1])):
            return Stop.DIVERGED
        if self.norms[-1] <= tolerance:
            return Stop.CONVERGED
        if self.costs[-1] > self.costs[0] + 4 * _UNIT * abs(self.costs[0]):
            return Stop.DIVERGED
        return Stop.ITERATIONS if len(self.costs) > iterations else None

    def ended(self, stop: Stop) -> Optimisation:
        costs, norms, path = (np.array(part) for part in (self.costs, self.norms, self.path))
        return Optimisation(self.path[-1], stop, costs, norms, path)


def _solved(hessian: Array, gradient: Array) -> Array | None:
    """H⁻¹∇J of a positive definite H, or None where it is singular to rounding."""
    diagonal = np.diag(hessian)
    if not (np.all(np.isfinite(hessian)) and np.all(diagonal > 0)):
        return None
    scale = np.sqrt(diagonal)
    correlation = hessian / np.outer(scale, scale)  # (n, n), its diagonal is 1
    try:
        factor = np.linalg.cholesky(correlation)
    except np.linalg.LinAlgError:
        return None
    # a pivot of the size of its rounding error says nothing (Higham, Accuracy and Stability, 10.3)
    if np.min(np.diag(factor)) ** 2 <= 8 * len(gradient) * _UNIT:
        return None
    half = np.linalg.solve(factor, gradient / scale)
    direction: Array = np.linalg.solve(factor.T, half) / scale
    return direction


def real(numbers: ArrayLike, name: str) -> Array:
    """Real numbers as an array of doubles, which may be the one that was given.

    Raises
    ------
    ValueError
        For complex numbers and text, which NumPy would make real numbers of.
    """
    array = np.asarray(numbers)
    if array.dtype.kind not in "biufO":
        raise ValueError(f"{name} must hold real numbers, got an array of {array.dtype}")
    return np.asarray(array, dtype=np.float64)


def _vector(start: ArrayLike) -> Array:
    theta = np.array(real(start, "start"))
    if theta.ndim != 1 or not np.all(np.isfinite(theta)):
        raise ValueError(
            f"start must be a vector of finite numbers (n,), got shape {theta.shape}: {start!r}"
        )
    return theta


def _positive(*, iterations: int, **numbers: float) -> None:
    whole = isinstance(iterations, (int, np.integer)) and not isinstance(iterations, bool)
    if not (whole and iterations > 0):
        raise ValueError(f"iterations must be a positive whole number, got {iterations!r}")
    for name, value in numbers.items():
        if not (np.isfinite(value) and value > 0):
            raise ValueError(f"{name} must be a positive number, got {value!r}")
