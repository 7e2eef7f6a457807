"""Cost, gradient and Hessian of the two regressions, written by hand in NumPy, with error bounds.

These are the closed matrix forms as one would write them on paper, independent of anything that
symderiv derives, and the textbook form of the logistic cost, which loses its digits in saturation,
with a bound on how many. `symderiv.testing.oracles` says how the bounds are made.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symderiv.testing.oracles import LIBRARY, SLACK, TINY, UNIT, Forms, bounded, gamma

__all__ = [
    "linear_forms",
    "logistic_forms",
    "logistic_third_derivative",
    "textbook_logistic_cost",
    "textbook_logistic_rounding",
]

Array = NDArray[np.float64]


def _predictor(theta: Array, X: Array, unit: float = UNIT) -> tuple[Array, Array]:
    """X theta, and gamma_n |X| |theta|."""
    return X @ theta, gamma(X.shape[1], unit) * (np.abs(X) @ np.abs(theta))


def _mean_product(X: Array, r: Array, dr: Array) -> tuple[Array, Array]:
    """Xᵀr/m with its bound, for residuals r that are off by at most dr."""
    m = X.shape[0]
    A = np.abs(X).T
    return X.T @ r / m, (A @ dr + gamma(m + 2) * (A @ (np.abs(r) + dr))) / m


def _weighted_gram(X: Array, w: Array, dw: Array) -> tuple[Array, Array]:
    """Xᵀ diag(w) X / m with its bound, for weights w that are off by at most dw."""
    m = X.shape[0]
    A = np.abs(X)
    value = X.T @ np.diag(w) @ X / m
    return value, (A.T @ np.diag(dw + gamma(m + 4) * (np.abs(w) + dw)) @ A) / m


def linear_forms(theta: Array, X: Array, y: Array) -> Forms:
    """The least squared error |X theta - y|²/(2m), Xᵀ(X theta - y)/m and XᵀX/m.

    With the error dz of X theta, a residual is off by dr = dz + u (|r| + dz), the cost by
    Σ (2|r| dr + dr²)/(2m) + gamma_(m+3) cost, and a scalar product as (3.5) says.

    Examples
    --------
    >>> forms = linear_forms(np.array([2.0]), np.array([[3.0], [0.0]]), np.array([5.0, 1.0]))
    >>> forms.gradient.value
    array([1.5])
    """
    m = X.shape[0]
    z, dz = _predictor(theta, X)
    r = z - y
    dr = dz + UNIT * (np.abs(r) + dz)
    cost = r @ r / (2 * m)
    dcost = np.sum(2 * np.abs(r) * dr + dr**2) / (2 * m) + gamma(m + 3) * cost
    return Forms(
        bounded(cost, dcost),
        bounded(*_mean_product(X, r, dr)),
        bounded(*_weighted_gram(X, np.ones(m), np.zeros(m))),
    )


def logistic_forms(theta: Array, X: Array, y: Array) -> Forms:
    """The logistic cost, Xᵀ(σ(X theta) - y)/m and Xᵀ diag(σ(1 - σ)) X / m, for 0 <= y <= 1.

    Stable for every z = X theta, by E = e^(-|z|): the loss log1p(E) + max((1 - y)z, -yz) has no
    cancellation, and neither have σ = 1/(1 + E) or E/(1 + E). As |σ - y| <= 1, σ' <= 1/4 and
    |σ''| <= σ', an error dz of z costs at most dz in the loss and dz e^dz σ' in σ and in σ'.

    Examples
    --------
    >>> forms = logistic_forms(np.array([0.0]), np.array([[3.0], [1.0]]), np.array([1.0, 0.0]))
    >>> forms.gradient.value
    array([-0.5])
    """
    m = X.shape[0]
    z, dz = _predictor(theta, X)
    E = np.exp(-np.abs(z))
    large, small = 1 / (1 + E), E / (1 + E)
    s, w = np.where(z >= 0, large, small), large * small
    moved = dz * np.exp(dz) * w
    ds = gamma(LIBRARY + 3) * s + moved + TINY
    r = s - y
    dr = ds + UNIT * (np.abs(r) + ds)
    cost = np.sum(np.log1p(E) + np.maximum((1 - y) * z, -y * z)) / m
    return Forms(
        bounded(cost, np.sum(dz) / m + gamma(2 * LIBRARY + m + 5) * cost),
        bounded(*_mean_product(X, r, dr)),
        bounded(*_weighted_gram(X, w, gamma(2 * LIBRARY + 5) * w + moved + TINY)),
    )


def logistic_third_derivative(X: Array) -> Array:
    """A bound (n,) on |∂³J/∂θⱼ³| of the logistic cost: Σᵢ |xᵢⱼ|³ / (6 sqrt(3) m), as |σ''| says.

    Examples
    --------
    >>> logistic_third_derivative(np.array([[2.0]])).round(4)
    array([0.7698])
    """
    bound: Array = np.sum(np.abs(X) ** 3, axis=0) / (6 * math.sqrt(3) * X.shape[0])
    return bound


def textbook_logistic_cost(theta: Any, X: Array, y: Array) -> Any:
    """-1/m Σ [y log σ + (1 - y) log(1 - σ)] as printed in textbooks; theta may be complex.

    Meaningful while 1 - σ is: it is 0 from z = 37 on. See `textbook_logistic_rounding`.

    Examples
    --------
    >>> cost = textbook_logistic_cost(np.zeros(1), np.array([[1.0]]), np.array([1.0]))
    >>> round(float(cost), 12)
    0.69314718056
    """
    s = 1 / (1 + np.exp(-(X @ theta)))
    return -np.sum(y * np.log(s) + (1 - y) * np.log(1 - s)) / X.shape[0]


def textbook_logistic_rounding(
    theta: Array, X: Array, y: Array, *, unit: float = UNIT
) -> tuple[float, Array]:
    """Bounds on the rounding of the textbook logistic cost and of its gradient as derived.

    1 - σ inherits the two roundings of σ = 1/(1 + E), E = e^(-z), as the relative error
    k = 2u σ/(1 - σ) = 2u e^z. It enters the cost as (1 - y) k and, where the gradient's second
    term is left as (1 - y) E / ((1 - σ)(1 + E)²), the residual as (1 - y) σ k. The rest is relative
    to |y log σ|, y (1 - σ) and (1 - y) σ, with at most 3 LIBRARY + 12 units; E is taken up to
    three times, and each time brings the error of z along.

    Parameters
    ----------
    theta, X, y
        Of shapes (n,), (m, n) and (m,), with 0 <= y <= 1 and |X theta| <= 30.
    unit
        `UNIT`, or `COMPLEX_UNIT` for evaluation in complex arithmetic.

    Raises
    ------
    ValueError
        Where some |(X theta)ᵢ| exceeds 30 and the textbook form has no digit left to promise.

    Examples
    --------
    >>> one = np.ones((1, 1))
    >>> textbook_logistic_rounding(np.array([25.0]), one, np.zeros(1))[0] > 1e-6
    True
    """
    m = X.shape[0]
    z, dz = _predictor(theta, X, unit)
    if np.max(np.abs(z)) > 30.01:
        raise ValueError(f"|X theta| is {np.max(np.abs(z)):.4g}, above 30: use logistic_forms")
    E = np.exp(-z)
    s, c = 1 / (1 + E), E / (1 + E)
    k = 2 * unit / E
    k = k / (1 - k)
    relative = gamma(3 * LIBRARY + 12, unit)
    on, off = y * np.log1p(E), (1 - y) * (z + np.log1p(E))
    rows = (relative + dz) * (y + 1 - y) + (1 - y) * k + relative * (on + off)
    cost = np.sum(rows + gamma(m + 4, unit) * (on + off)) / m
    r = y * c + (1 - y) * s  # the terms do not cancel for labels 0 and 1, and add up here
    dr = (relative + 3 * dz) * r + (1 - y) * s * k
    A = np.abs(X).T
    gradient = (A @ dr + gamma(m + X.shape[1] + 4, unit) * (A @ (r + dr))) / m
    return float(SLACK * cost), SLACK * gradient
