"""The sigmoid and the two regressions written by hand in NumPy and mpmath, with error bounds.

These are the closed matrix forms as one would write them on paper, independent of anything that
symderiv derives, and the textbook forms, which take complex arguments but lose their digits in
saturation, with a bound on how many. `symderiv.testing.oracles` says how the bounds are made.
"""

from __future__ import annotations

import math
from typing import Any

import mpmath
import numpy as np
from numpy.typing import NDArray

from symderiv.testing.oracles import LIBRARY, SLACK, TINY, UNIT, Bounded, Forms, bounded, gamma

__all__ = [
    "linear_forms",
    "logistic_forms",
    "logistic_third_derivative",
    "mp_linear_loss",
    "mp_logistic_loss",
    "mp_sigmoid",
    "sigmoid_forms",
    "textbook_hessian_rounding",
    "textbook_linear_cost",
    "textbook_linear_rounding",
    "textbook_logistic_cost",
    "textbook_logistic_rounding",
    "textbook_sigmoid",
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


def _sigmoid(z: Array, dz: Array) -> tuple[Array, Array, Array, Array]:
    """σ(z) and σ'(z), each followed by its bound, where z is off by at most dz.

    Stable by E = e^(-|z|): neither 1/(1 + E) nor E/(1 + E) cancels. As σ' <= 1/4 and |σ''| <= σ',
    an error dz of z costs at most dz e^dz σ' in σ and in σ'.
    """
    E = np.exp(-np.abs(z))
    large, small = 1 / (1 + E), E / (1 + E)
    s, w = np.where(z >= 0, large, small), large * small
    moved = dz * np.exp(dz) * w + TINY
    return s, gamma(LIBRARY + 3) * s + moved, w, gamma(2 * LIBRARY + 5) * w + moved


def sigmoid_forms(z: Array) -> tuple[Bounded, Bounded]:
    """σ(z) and σ'(z) = σ(z)(1 - σ(z)), entry by entry, stable for every z.

    Examples
    --------
    >>> sigma, sigma_prime = sigmoid_forms(np.array([0.0, -800.0]))
    >>> sigma.value, sigma_prime.value
    (array([0.5, 0. ]), array([0.25, 0.  ]))
    """
    s, ds, w, dw = _sigmoid(z, np.zeros_like(z))
    return bounded(s, ds), bounded(w, dw)


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
    cancellation. As |σ - y| <= 1, an error dz of z costs at most dz in the loss.

    Examples
    --------
    >>> forms = logistic_forms(np.array([0.0]), np.array([[3.0], [1.0]]), np.array([1.0, 0.0]))
    >>> forms.gradient.value
    array([-0.5])
    """
    m = X.shape[0]
    z, dz = _predictor(theta, X)
    s, ds, w, dw = _sigmoid(z, dz)
    r = s - y
    dr = ds + UNIT * (np.abs(r) + ds)
    cost = np.sum(np.log1p(np.exp(-np.abs(z))) + np.maximum((1 - y) * z, -y * z)) / m
    return Forms(
        bounded(cost, np.sum(dz) / m + gamma(2 * LIBRARY + m + 5) * cost),
        bounded(*_mean_product(X, r, dr)),
        bounded(*_weighted_gram(X, w, dw)),
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


def mp_sigmoid(z: Any) -> Any:
    """1/(1 + e^(-z)) in mpmath's numbers."""
    return 1 / (1 + mpmath.exp(-z))


def mp_linear_loss(z: Any, y: Any) -> Any:
    """The squared error (z - y)²/2, in mpmath's numbers."""
    return (z - y) ** 2 / 2


def mp_logistic_loss(z: Any, y: Any) -> Any:
    """The logistic loss y log(1 + e^(-z)) + (1 - y) log(1 + e^z), in mpmath's numbers."""
    loss = mpmath.mpf(0)
    if y != 0:
        loss += y * mpmath.log1p(mpmath.exp(-z))
    if y != 1:
        loss += (1 - y) * mpmath.log1p(mpmath.exp(z))
    return loss


def textbook_sigmoid(z: Any) -> Any:
    """1/(1 + e^(-z)) as printed; z may be complex. Meaningful while e^(-z) is finite."""
    return 1 / (1 + np.exp(-z))


def textbook_linear_cost(theta: Any, X: Array, y: Array) -> Any:
    """1/(2m) Σ (X theta - y)²; theta may be complex, so there is no absolute value.

    Examples
    --------
    >>> textbook_linear_cost(np.ones(1), np.array([[3.0]]), np.array([1.0]))
    np.float64(2.0)
    """
    return np.sum((X @ theta - y) ** 2) / (2 * X.shape[0])


def textbook_linear_rounding(theta: Array, X: Array, y: Array, *, unit: float = UNIT) -> Array:
    """A bound (n,) on the rounding of the gradient of the linear cost, such as by complex step.

    That of Σ rᵢ xᵢⱼ / m: a residual is off by dr = dz + u (|r| + dz), and there are n + m + 3
    roundings more, n of them in ∂z/∂θⱼ.

    Examples
    --------
    >>> textbook_linear_rounding(np.ones(1), np.ones((1, 1)), np.zeros(1))[0] < 1e-14
    np.True_
    """
    m, n = X.shape
    z, dz = _predictor(theta, X, unit)
    r = np.abs(z - y)
    dr = dz + unit * (r + dz)
    A = np.abs(X).T
    bound: Array = (A @ dr + gamma(m + n + 3, unit) * (A @ (r + dr))) / m
    return SLACK * bound


def textbook_logistic_cost(theta: Any, X: Array, y: Array) -> Any:
    """-1/m Σ [y log σ + (1 - y) log(1 - σ)] as printed in textbooks; theta may be complex.

    Meaningful while 1 - σ is: it is 0 from z = 37 on. See `textbook_logistic_rounding`.

    Examples
    --------
    >>> cost = textbook_logistic_cost(np.zeros(1), np.array([[1.0]]), np.array([1.0]))
    >>> round(float(cost), 12)
    0.69314718056
    """
    s = textbook_sigmoid(X @ theta)
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


def textbook_hessian_rounding(theta: Array, X: Array, y: Array) -> Array:
    """A bound (n, n) on the rounding of Xᵀ diag(σ(1 - σ)) X / m with σ = 1/(1 + e^(-z)), 1 - σ.

    For every X theta at which e^(-z) is finite. 1 - σ inherits the rounding of σ in full, so that
    a weight is off by gamma_(LIBRARY + 6) σ² where it is itself as small as e^(-z).

    Examples
    --------
    >>> textbook_hessian_rounding(np.array([40.0]), np.ones((1, 1)), np.ones(1))[0, 0] > 1e-15
    np.True_
    """
    z, dz = _predictor(theta, X)
    s, _, w, dw = _sigmoid(z, dz)
    lost = gamma(LIBRARY + 6) * s**2 * np.exp(2 * dz)
    return SLACK * _weighted_gram(X, w, dw + lost)[1]
