"""Labels that a hyperplane separates, wholly or but for points on it: no finite minimum.

The logistic cost has one only where no direction v has sᵢ(Xv)ᵢ ≥ 0 for every example, s = ±1 by
the label, and > 0 for some: along such a v no example's cost rises and one's falls for ever (Albert
and Anderson, Biometrika 71, 1984). Where floating point cannot tell, rational arithmetic does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat
from numpy.typing import ArrayLike, NDArray

__all__ = ["recedes", "receding", "separates"]

Array = NDArray[np.float64]

_CLEAR = 0.1  # of the largest margin that a step adds; below it a point may lie on the hyperplane
_LARGEST = 600.0  # exponents that are no longer told apart


def separates(theta: ArrayLike, X: ArrayLike, y: ArrayLike) -> bool:
    """Whether θ certainly separates the labels: zᵢ > 0 where yᵢ = 1 and zᵢ < 0 where yᵢ = 0.

    Then J(cθ) falls to 0 as c grows while J > 0 everywhere. The rounding of Xθ is bounded by
    γₙ|X||θ| (Higham, Accuracy and Stability of Numerical Algorithms, (3.5)).

    Examples
    --------
    >>> separates([1.0], [[2.0], [-1.0]], [1, 0]), separates([1.0], [[2.0], [-1.0]], [1, 1])
    (True, False)
    """
    data, labels = np.asarray(X, dtype=np.float64), np.asarray(y, dtype=np.float64)
    hard = bool(np.all((labels == 0) | (labels == 1)))
    return hard and bool(np.all(_clear(np.asarray(theta, dtype=np.float64), data, labels)))


def _clear(theta: Array, data: Array, labels: Array) -> NDArray[np.bool_]:
    """The examples that certainly lie on the side of their label, (m,)."""
    u = (data.shape[1] + 2) * float(np.finfo(np.float64).eps)
    margin = (2 * labels - 1) * (data @ theta)
    hard = (labels == 0) | (labels == 1)
    sure: NDArray[np.bool_] = hard & (margin > u / (1 - u) * (np.abs(data) @ np.abs(theta)))
    return sure


def recedes(v: Sequence[Any], X: ArrayLike, y: ArrayLike) -> bool:
    """Whether along v no example's cost rises and one's falls: sᵢ(Xv)ᵢ ≥ 0, not all of them 0.

    A label between 0 and 1 needs (Xv)ᵢ = 0. ``v`` has exact rationals; so has Xv where rounding
    leaves a sign open.

    Examples
    --------
    >>> recedes([fmpq(1), fmpq(0)], [[1.0, 0.5], [0.0, 1.0], [0.0, -1.0]], [1, 1, 1])
    True
    >>> recedes([fmpq(1), fmpq(0)], [[1.0, 0.5], [0.0, 1.0], [-1.0, -1.0]], [1, 1, 1])
    False
    """
    data, labels = np.asarray(X, dtype=np.float64), np.asarray(y, dtype=np.float64)
    rounded = np.array([_nearest(q) for q in v])
    clear = _clear(rounded, data, labels) if _is(v, rounded) else np.zeros(len(labels), dtype=bool)
    falls = bool(np.any(clear))
    for row, label in zip(data[~clear].tolist(), labels[~clear].tolist(), strict=True):
        z = sum((fmpq(*x.as_integer_ratio()) * q for x, q in zip(row, v, strict=True)), fmpq(0))
        margin = z if label == 1 else -z
        if margin < 0 or (0 < label < 1 and z != 0):
            return False
        falls = falls or margin > 0
    return falls


def receding(theta: ArrayLike, X: ArrayLike, y: ArrayLike) -> tuple[Any, ...] | None:
    """Find a direction that ``recedes``, from Newton's step at θ, or None.

    Far out, that step adds 1 to the margin of each example whose cost falls for ever and leaves
    the others, which lie on the hyperplane. The step is rounded to a rational direction on which
    they do so exactly, and checked.

    Examples
    --------
    >>> X, y = [[1.0, 1.0], [1.0, 0.0], [1.0, 0.0]], [1, 1, 0]      # the second column says 1
    >>> receding([0.0, 9.0], X, y) is not None, receding([0.0, 9.0], X, [1, 1, 1]) is not None
    (True, True)
    >>> receding([0.0, 0.0], [[1.0, 1.0], [1.0, 1.0], [1.0, 0.0], [1.0, 0.0]], [1, 0, 1, 0])
    """
    data, labels = np.asarray(X, dtype=np.float64), np.asarray(y, dtype=np.float64)
    step = _newton_step(data @ np.asarray(theta, dtype=np.float64), data, labels)
    margin = (2 * labels - 1) * (data @ step)
    largest = float(np.max(margin, initial=0.0))
    if not (np.isfinite(largest) and largest > _CLEAR) or np.min(margin) < -_CLEAR * largest:
        return None
    on_it = (np.abs(margin) <= _CLEAR * largest) | ((labels > 0) & (labels < 1))
    v = _orthogonal(step, _independent(data[on_it]))
    return v if v is not None and recedes(v, data, labels) else None


def _newton_step(z: Array, data: Array, labels: Array) -> Array:
    """The weighted least squares step, (n,): weights w = σ(1 − σ), responses (y − σ)/w."""
    z = np.clip(z, -_LARGEST, _LARGEST)
    root = 1 / (np.exp(z / 2) + np.exp(-z / 2))  # √w
    up, down = labels * (1 + np.exp(-z)), (1 - labels) * (1 + np.exp(z))
    step: Array = np.linalg.lstsq(root[:, None] * data, root * (up - down), rcond=None)[0]
    return step


def _independent(rows: Array) -> Array:
    """As many of the rows as are linearly independent to rounding, the clearest first."""
    left, chosen = rows.copy(), list[int]()
    scale = float(np.max(np.abs(rows), initial=0.0))
    for _ in range(min(rows.shape)):
        sizes = np.linalg.norm(left, axis=1)
        k = int(np.argmax(sizes))
        if sizes[k] <= 1e-9 * scale:
            break
        chosen.append(k)
        unit = left[k] / sizes[k]
        left -= np.outer(left @ unit, unit)
    return rows[chosen]


def _orthogonal(step: Array, rows: Array) -> tuple[Any, ...] | None:
    """A rational direction near the step that is orthogonal to the rows, exactly; None for 0."""
    n = len(step)
    v = [fmpq(*x.as_integer_ratio()) for x in step.tolist()]
    if len(rows):
        entries = [fmpq(*x.as_integer_ratio()) for x in rows.ravel().tolist()]
        reduced, rank = fmpq_mat(len(rows), n, entries).rref()
        pivots = [next(k for k in range(n) if reduced[i, k] != 0) for i in range(rank)]
        free = [k for k in range(n) if k not in pivots]
        for i, p in enumerate(pivots):
            v[p] = -sum((reduced[i, k] * v[k] for k in free), fmpq(0))
    return tuple(v) if any(q != 0 for q in v) else None


def _nearest(q: Any) -> float:
    try:
        return int(q.p) / int(q.q)
    except OverflowError:
        return float("nan")


def _is(v: Sequence[Any], rounded: Array) -> bool:
    """Whether rounding has changed nothing; else every example is looked at exactly."""
    return bool(np.all(np.isfinite(rounded))) and all(
        fmpq(*x.as_integer_ratio()) == q for x, q in zip(rounded.tolist(), v, strict=True)
    )
