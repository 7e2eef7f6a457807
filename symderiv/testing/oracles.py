"""Independent values to test functions against, each with a bound on its own error.

Every oracle returns a `Bounded`: a value, and how far from it the exact answer may lie. A test
asks for `Bounded.misfit` of what a function returned, with an allowance for that function's own
rounding; no tolerance is chosen until a test passes.

The bounds are a-priori ones after Higham, *Accuracy and Stability of Numerical Algorithms*
(2nd edition, chapters 2 and 3). With the unit roundoff u, one operation returns the exact result
times 1 + d, |d| <= u; k of them in a row cost a factor 1 + t with |t| <= gamma_k = k u / (1 - k u)
(lemma 3.1); a scalar product of length n, in *any* order of summation, satisfies
|fl(xᵀy) - xᵀy| <= gamma_n |x|ᵀ|y| (3.5). Of exp, log and log1p it is assumed that they are within
`LIBRARY` units (4 ulp, what NumPy's vector code is built to). What underflows is wrong by less
than the smallest normal number, `TINY`. Bounds are enlarged by 1 % for the rounding made in
computing them and for terms of second order.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import mpmath
import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "COMPLEX_UNIT",
    "LIBRARY",
    "SLACK",
    "TINY",
    "UNIT",
    "Bounded",
    "Forms",
    "bounded",
    "central_difference",
    "complex_step",
    "gamma",
    "mp_forms",
    "mp_value",
]

Array = NDArray[np.float64]

UNIT = 2.0**-53
"""The unit roundoff u of a double."""
COMPLEX_UNIT = 6 * UNIT
"""A unit roundoff for complex arithmetic: a product or a quotient is within sqrt(2) gamma_4
(Higham, lemma 3.5)."""
LIBRARY = 8
"""The relative error of exp, log and log1p, in units u."""
TINY = float(np.finfo(np.float64).tiny)
"""The smallest normal number: the absolute error of anything that underflows."""
SLACK = 1.01
"""The factor by which bounds are enlarged."""


def gamma(k: float, unit: float = UNIT) -> float:
    """Higham's gamma_k = k u / (1 - k u), what k roundings in a row may cost.

    Examples
    --------
    >>> gamma(4) > 4 * UNIT
    True
    """
    return k * unit / (1 - k * unit)


@dataclass(frozen=True)
class Bounded:
    """A computed value and a bound, entry by entry, on its distance from the exact one."""

    value: Array
    bound: Array

    def misfit(self, claimed: ArrayLike, allowance: ArrayLike = 0.0) -> float:
        """The largest distance of `claimed` from the value, as a multiple of what is allowed.

        At most 1 where both may be right, above 1 where one of them is certainly outside its
        bound; infinite for a NaN.

        Parameters
        ----------
        claimed
            What the function under test returned, of the same shape.
        allowance
            A bound on that function's own rounding error.

        Raises
        ------
        ValueError
            Where the shapes differ: broadcasting would compare the wrong entries.

        Examples
        --------
        >>> Bounded(np.array([1.0, 2.0]), np.array([0.5, 0.5])).misfit([1.25, 3.0])
        2.0
        """
        return float(np.max(self.misfits(claimed, allowance), initial=0.0))

    def misfits(self, claimed: ArrayLike, allowance: ArrayLike = 0.0) -> Array:
        """The same for every entry, in the shape of the value.

        Examples
        --------
        >>> Bounded(np.array([1.0, 2.0]), np.array([0.5, 0.5])).misfits([1.25, 3.0])
        array([0.5, 2. ])
        """
        got = np.asarray(claimed, dtype=np.float64)
        if got.shape != self.value.shape:
            raise ValueError(f"claimed has shape {got.shape}, the oracle {self.value.shape}")
        with np.errstate(all="ignore"):
            distance = np.abs(got - self.value)
            ratio = np.where(distance == 0, 0.0, distance / (self.bound + np.asarray(allowance)))
        return np.where(np.isnan(ratio), np.inf, ratio)


@dataclass(frozen=True)
class Forms:
    """A cost (scalar), its gradient (n,) and its Hessian (n, n), each with its bound."""

    cost: Bounded
    gradient: Bounded
    hessian: Bounded


def bounded(value: ArrayLike, bound: ArrayLike) -> Bounded:
    """A value and its bound, enlarged for what the bound's own computation rounds."""
    value = np.asarray(value, dtype=np.float64)
    return Bounded(value, np.broadcast_to(SLACK * np.asarray(bound) + TINY, value.shape))


def _power_of_two(near: float) -> float:
    return float(2.0 ** round(math.log2(near)))


def central_difference(
    f: Callable[[Array], float],
    x: ArrayLike,
    *,
    rounding: Callable[[Array], float],
    third: ArrayLike | None = None,
    scale: ArrayLike = 1.0,
) -> Bounded:
    """The gradient of f at x by central differences, with a bound for each component.

    With h = eps**(1/3) * scale, rounded to a power of two, the quotient differs from the partial
    derivative by at most h²/6 * max|f'''| (truncation), plus rounding / h, plus c * |f''| where
    the two points as rounded lie c off centre. f'' is bounded by the second difference + 2 h
    max|f'''|, so the third derivative and the rounding of f are all that has to be known.

    Parameters
    ----------
    f
        A function of a flat array (n,) with a real value.
    x
        The point, of shape (n,).
    rounding
        A bound, at a given point, on the error of f's computed value there.
    third
        A bound (n,) on |∂³f/∂xⱼ³| within h of x. Without it, an estimate that is no proof: twice
        (|f(x+2H) - 2f(x+H) + 2f(x-H) - f(x-2H)| / (2H³) + 3 rounding / H³), H = eps**(1/5) * scale.
    scale
        The length, one or (n,), over which f changes appreciably.

    Examples
    --------
    >>> def f(v):
    ...     return float(v @ v)
    >>> square = central_difference(f, [1.0, 3.0], rounding=lambda v: gamma(2) * f(v), third=0.0)
    >>> square.misfit([2.0, 6.0]) <= 1
    True
    >>> square.misfit([2.0, 6.0 + 1e-6]) <= 1
    False
    """
    x = np.array(x, dtype=np.float64)
    scales = np.broadcast_to(np.asarray(scale, dtype=np.float64), x.shape)
    centre, noise = f(x), rounding(x)

    def along(j: int, coordinate: float) -> tuple[float, float]:
        moved = x.copy()
        moved[j] = coordinate
        return f(moved), rounding(moved)

    def estimated_third(j: int) -> float:
        H = _power_of_two(np.finfo(np.float64).eps ** (1 / 5) * scales[j])
        values, noises = zip(*(along(j, x[j] + k * H) for k in (2, 1, -1, -2)), strict=True)
        stencil = abs(values[0] - 2 * values[1] + 2 * values[2] - values[3])
        return float(2 * (stencil / (2 * H**3) + 3 * max(noises) / H**3))

    value, bound = np.empty_like(x), np.empty_like(x)
    for j in range(x.size):
        h = _power_of_two(np.finfo(np.float64).eps ** (1 / 3) * scales[j])
        above, below = x[j] + h, x[j] - h
        (f_above, noise_above), (f_below, noise_below) = along(j, above), along(j, below)
        width, reach = above - below, max(above - x[j], x[j] - below)
        value[j] = (f_above - f_below) / width
        third_j = estimated_third(j) if third is None else float(np.broadcast_to(third, x.shape)[j])
        bound[j] = (
            reach**2 / 6 * third_j
            + (noise_above + noise_below) / width
            + gamma(3) * abs(value[j])  # the difference, the width and the quotient
        )
        off_centre = abs(math.fsum([above, below, -2 * x[j]])) / 2
        if off_centre:
            slopes = (f_above - centre) / (above - x[j]) - (centre - f_below) / (x[j] - below)
            second = abs(2 * slopes / width) + (noise_above + 2 * noise + noise_below) / h**2
            bound[j] += off_centre * (second + 2 * reach * third_j)
    return bounded(value, bound)


def complex_step(
    f: Callable[[Any], complex], x: ArrayLike, *, third: ArrayLike, step: float = 1e-20
) -> Bounded:
    """The gradient Im f(x + i h eⱼ) / h, free of the cancellation of a difference.

    The bound is h²/6 * max|f'''| and one division. The rounding of f in complex arithmetic is f's
    own: add it as an allowance, with `COMPLEX_UNIT` for the unit. f must be analytic as coded: on
    exp(-abs(z)) the result is exactly 0, so give it the unstabilised form.

    Parameters
    ----------
    f
        A function of a flat complex array (n,) with a complex value.
    x
        The real point, of shape (n,).
    third
        A bound, one or (n,), on |∂³f/∂xⱼ³| near x.
    step
        h, so small that its square is lost.

    Examples
    --------
    >>> cube = complex_step(lambda v: v[0] ** 3, [2.0], third=6.0)
    >>> cube.misfit([12.0], allowance=gamma(3, COMPLEX_UNIT) * 12) <= 1
    True
    """
    x = np.asarray(x, dtype=np.float64)
    value = np.empty_like(x)
    for j in range(x.size):
        moved = x.astype(np.complex128)
        moved[j] += step * 1j
        value[j] = f(moved).imag / step
    return bounded(value, step**2 / 6 * np.asarray(third) + gamma(2) * np.abs(value))


def mp_value(f: Callable[..., Any], *arguments: float, digits: int = 50) -> Bounded:
    """f at the given doubles, taken exactly, in mpmath with so many digits.

    f must not cancel: the bound is the rounding to a double and ten digits given up.

    Examples
    --------
    >>> mp_value(lambda x: mpmath.exp(-x) / 2, 0.0).misfit(0.5) <= 1
    True
    """
    with mpmath.workdps(digits):
        value = float(f(*(mpmath.mpf(float(a)) for a in arguments)))
    return bounded(value, abs(value) * (UNIT + 10.0 ** (10 - digits)))


def mp_forms(
    loss: Callable[[Any, Any], Any],
    theta: ArrayLike,
    X: ArrayLike,
    y: ArrayLike,
    *,
    digits: int = 50,
) -> Forms:
    """The mean of loss((X theta)ᵢ, yᵢ) with gradient and Hessian, in mpmath.

    The derivatives of the loss are mpmath's own (differences at a raised precision), so that no
    formula of a derivative is assumed. For |z| there are |z|/2 digits more, which is enough for a
    loss that saturates like e^(-|z|).

    Parameters
    ----------
    loss
        A scalar function of (zᵢ, yᵢ) in mpmath's numbers.
    theta, X, y
        Of shapes (n,), (m, n) and (m,).

    Examples
    --------
    >>> forms = mp_forms(lambda z, y: (z - y) ** 2 / 2, [2.0], [[3.0], [0.0]], [5.0, 1.0])
    >>> forms.cost.value, forms.gradient.value, forms.hessian.value
    (array(0.5), array([1.5]), array([[4.5]]))
    """
    theta, X, y = (np.asarray(a, dtype=np.float64) for a in (theta, X, y))
    m, n = X.shape
    with mpmath.workdps(digits):
        rows = [[mpmath.mpf(entry) for entry in row] for row in X.tolist()]
        weights = [mpmath.mpf(entry) for entry in theta.tolist()]
        labels = [mpmath.mpf(entry) for entry in y.tolist()]
        orders: list[list[Any]] = [[], [], []]
        for row, label in zip(rows, labels, strict=True):
            z = mpmath.fdot(row, weights)
            # a curvature like e^(-|z|) lies |z|/log(10) digits below the loss
            with mpmath.extradps(int(abs(z) / 2)):
                for order, found in enumerate(orders):
                    found.append(mpmath.diff(lambda t, label=label: loss(t, label), z, order))

        def mean(order: int, *columns: int) -> tuple[float, float]:
            terms = [
                factor * mpmath.fprod(row[k] for k in columns)
                for factor, row in zip(orders[order], rows, strict=True)
            ]
            value = mpmath.fsum(terms) / m
            lost = mpmath.fsum(terms, absolute=True) / m * mpmath.mpf(10) ** (10 - digits)
            return float(value), float(abs(value) * UNIT + lost)

        cost = mean(0)
        gradient = np.array([mean(1, j) for j in range(n)])
        hessian = np.array([[mean(2, j, k) for k in range(n)] for j in range(n)])
    return Forms(
        bounded(*cost),
        bounded(gradient[:, 0], gradient[:, 1]),
        bounded(hessian[..., 0], hessian[..., 1]),
    )
