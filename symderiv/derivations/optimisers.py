"""The optimisers of the article: a safe step for gradient descent, and Newton's step as IRLS.

"In order to optimize this convex function, we can either go with gradient-descent or newtons
method." What each needs is proved here: the curvature is at most ‖X‖²/(4m), and Newton's step
solves weighted least squares. The loops are in ``symderiv.optimise``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sympy import DiagMatrix, Lambda, MatrixSymbol, Rational, Sum, symbols

from symderiv import Derivation, sigma
from symderiv.derivations import logistic_regression
from symderiv.derivations.linear_regression import X, h, i, j, k, m, mean, n, theta, x_ij, y_i
from symderiv.derivations.logistic_regression import gradient, hessian, let, z
from symderiv.derivations.separation import receding, separates
from symderiv.optimise import Optimisation, Stop, gradient_descent, newton, real

__all__ = ["curvature_bound", "descend", "frobenius_bound", "newton_step", "separates"]
__all__ += ["safe_step", "solve"]

_FIRST_ASKED = 16

_source = "The Derivative of Cost Function for Logistic Regression, optimisation"
_second = symbols("l", integer=True, nonnegative=True)
v = MatrixSymbol("v", n, 1)  # a direction

# -- gradient descent: how long a step is safe -----------------------------------------------

curvature_bound = (
    Derivation(
        "curvature of the logistic cost: at most that of XᵀX/(4m)",
        (v.T * (X.T * X / (4 * m) - hessian) * v)[0, 0],
        let=let,
        source=_source,
        article="A7",
        latex=r"v^{\mathsf{T}} \left(\tfrac{1}{4 m} X^{\mathsf{T}} X - \nabla^{2} J\right) v",
    )
    .then(
        mean((Rational(1, 4) - h[i] * (1 - h[i])) * (X * v)[i, 0] ** 2),
        "vᵀXᵀ diag(w) Xv = Σᵢ wᵢ(Xv)ᵢ²",
    )
    .then(
        mean((Rational(1, 2) - h[i]) ** 2 * (X * v)[i, 0] ** 2),
        "¼ − σ(1 − σ) = (½ − σ)²: a sum of squares",
    )
)

frobenius_bound = Derivation(
    "‖Xv‖² is at most ‖X‖²‖v‖²: Lagrange's identity",
    Sum(X[i, k] ** 2, (k, 0, n - 1), (i, 0, m - 1)) * Sum(v[k, 0] ** 2, (k, 0, n - 1))
    - Sum((X * v)[i, 0] ** 2, (i, 0, m - 1)),
    source="Hardy, Littlewood and Pólya, Inequalities, section 2.4",
    article="A7",
).then(
    Sum(
        (X[i, k] * v[_second, 0] - X[i, _second] * v[k, 0]) ** 2,
        (k, 0, n - 1),
        (_second, 0, n - 1),
        (i, 0, m - 1),
    )
    / 2,
    "multiply out: each product of different k and l comes twice",
)


def safe_step(X: ArrayLike) -> float:
    """The step 1/L = 4m/‖X‖² with which gradient descent on the logistic cost always descends.

    L = ‖X‖²/(4m) bounds the Hessian's largest eigenvalue, by ``curvature_bound`` and
    ``frobenius_bound``.

    Examples
    --------
    >>> safe_step([[1.0, 1.0], [1.0, -1.0]])
    2.0
    >>> safe_step([[0.0], [0.0]])      # the cost is constant: any step is safe
    1.0
    """
    data = np.asarray(X, dtype=np.float64)
    largest = float(np.max(np.abs(data), initial=0.0))
    if largest == 0:
        return 1.0
    squares = float(np.sum((data / largest) ** 2))
    with np.errstate(all="ignore"):
        step = float(np.float64(4 * len(data)) / squares / largest / largest)
    if not 0 < step < np.inf:
        raise ValueError(
            f"no step can be a double for X with entries up to {largest:g}: scale its columns"
        )
    return step


# -- Newton's method: iteratively reweighted least squares -----------------------------------

_t = symbols("t", real=True)
_weights = DiagMatrix((X * theta).applyfunc(Lambda(_t, sigma(_t) * (1 - sigma(_t)))))
_working = z[i] + (y_i - h[i]) / (h[i] * (1 - h[i]))  # the working response of row i

newton_step = (
    Derivation(
        "Newton's step solves a weighted least squares problem",
        (m * (hessian * theta - gradient))[j, 0],
        let=let,
        source="McCullagh and Nelder, Generalized Linear Models, section 2.5",
        article="A7",
        latex=r"m \left[\nabla^{2} J \, \theta - \nabla J\right]_{j}",
    )
    .then(
        (X.T * _weights * X * theta)[j, 0] + Sum((y_i - h[i]) * x_ij, (i, 0, m - 1)),
        "∇²J = XᵀWX/m and ∇J = Xᵀ(h − y)/m",
        latex=r"\left[X^{\mathsf{T}} W X \theta + X^{\mathsf{T}} (y - h)\right]_{j}",
    )
    .then(
        Sum(h[i] * (1 - h[i]) * _working * x_ij, (i, 0, m - 1)),
        "XᵀWX·θ⁺ = XᵀW·(z + W⁻¹(y − h)), with W = diag(h(1 − h))",
    )
)


# -- both on data ----------------------------------------------------------------------------


def descend(
    X: ArrayLike,
    y: ArrayLike,
    start: ArrayLike | None = None,
    *,
    tolerance: float = 1e-8,
    iterations: int = 100_000,
) -> Optimisation:
    """Minimise the logistic cost by gradient descent with the proved step 4m/‖X‖².

    Examples
    --------
    >>> found = descend([[1.0, 0.0], [1.0, 1.0], [1.0, 1.0], [1.0, 0.0]], [0, 1, 0, 1])
    >>> found.converged, found.theta
    (True, array([0., 0.]))
    """
    data, labels, theta, bound = _problem(X, y, start)
    found = gradient_descent(
        bound,
        theta,
        step=safe_step(data),
        tolerance=tolerance,
        iterations=iterations,
        unbounded=_Unbounded(data, labels),
    )
    return _doubted(found, data, labels)


def solve(
    X: ArrayLike,
    y: ArrayLike,
    start: ArrayLike | None = None,
    *,
    tolerance: float = 1e-8,
    iterations: int = 100,
) -> Optimisation:
    """Minimise the logistic cost by Newton's method.

    Examples
    --------
    >>> found = solve([[1.0], [1.0], [1.0]], [1, 1, 0])
    >>> found.converged, found.theta.round(6), found.iterations
    (True, array([0.693147]), 3)
    >>> solve([[1.0], [-2.0]], [1, 0]).stopped.value
    'there is no finite minimum: from here there is a way along which the cost falls for ever'
    """
    data, labels, theta, bound = _problem(X, y, start)
    found = newton(
        bound,
        lambda t: logistic_regression.functions.hessian(t, data, labels),
        theta,
        tolerance=tolerance,
        iterations=iterations,
        unbounded=_Unbounded(data, labels),
    )
    return _doubted(found, data, labels)


class _Unbounded:
    """Whether an iterate shows that there is no minimum; the dearer question, ever more rarely."""

    def __init__(self, data: NDArray[np.float64], labels: NDArray[np.float64]) -> None:
        self.data, self.labels, self.asked = data, labels, 0

    def __call__(self, theta: NDArray[np.float64]) -> bool:
        self.asked += 1
        rare = self.asked >= _FIRST_ASKED and self.asked & (self.asked - 1) == 0
        return separates(theta, self.data, self.labels) or (
            rare and receding(theta, self.data, self.labels) is not None
        )


def _doubted(
    found: Optimisation, data: NDArray[np.float64], labels: NDArray[np.float64]
) -> Optimisation:
    """The same, unless it ended far out: on the way to a minimum at infinity gradients vanish."""
    ended = found.stopped in (Stop.UNBOUNDED, Stop.DIVERGED)
    if ended or receding(found.theta, data, labels) is None:
        return found
    return replace(found, stopped=Stop.UNBOUNDED)


def _problem(X: ArrayLike, y: ArrayLike, start: ArrayLike | None) -> tuple[Any, ...]:
    data, labels = real(X, "X"), real(y, "y")
    if data.ndim != 2 or labels.shape != data.shape[:1]:
        raise ValueError(
            f"X must have shape (m, n) and y (m,), got X of shape {data.shape} "
            f"and y of shape {labels.shape}"
        )
    if not (np.all(np.isfinite(data)) and np.all((labels >= 0) & (labels <= 1))):
        raise ValueError("X must hold finite numbers and y labels from 0 to 1")
    theta: NDArray[np.float64] = np.zeros(data.shape[1])
    if start is not None:
        theta = real(start, "start")
        if theta.shape != data.shape[1:]:
            raise ValueError(
                f"start must have shape ({data.shape[1]},), one entry for each column of X, "
                f"got {theta.shape}"
            )

    def bound(t: NDArray[np.float64]) -> tuple[Any, Any]:
        both: tuple[Any, Any] = logistic_regression.functions.cost_and_gradient(t, data, labels)
        return both

    return data, labels, theta, bound
