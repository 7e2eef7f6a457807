"""Hypothesis strategies for points and regression problems that are hard on a wrong formula.

A transposed X shows only where m ≠ n or X is not symmetric, a missing 1/m only where m > 1, an
unstable form only where z is large, a case only at its edge; the problems drawn here have all of
these, and exact zeros.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from symderiv.testing.designs import SCALES, Argument, Design, sizes_of

__all__ = ["REACHES", "Points", "Regression", "inputs", "points", "regressions"]

REACHES = (1e-3, 1.0, 30.0, 800.0)
"""How large |X theta| may become: nearly flat, ordinary, large, beyond where exp overflows."""


@dataclass(frozen=True)
class Points:
    """Arguments z (k,) of a function that is taken entry by entry."""

    z: NDArray[np.float64]


def points(reach: float, *, max_size: int = 3) -> st.SearchStrategy[Points]:
    """Arrays of 1 to max_size numbers |z| ≤ reach, many of them small, 0 or at the end.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(points(30.0), lambda p: p.z[0] > 1).z
    array([2.])
    """
    near = min(reach, 4.0)
    entry = (
        st.floats(-near, near)
        | st.floats(-reach, reach)
        | st.sampled_from([0.0, -0.0, reach, -reach])
    )
    return st.lists(entry, min_size=1, max_size=max_size).map(lambda e: Points(np.array(e)))


@dataclass(frozen=True)
class Regression:
    """Weights theta (n,), rows X (m, n) and labels y (m,) of one problem."""

    theta: NDArray[np.float64]
    X: NDArray[np.float64]
    y: NDArray[np.float64]

    @property
    def scales(self) -> NDArray[np.float64]:
        """For each weight the length (n,) over which the cost bends: 1/maxᵢ |xᵢⱼ|, or 1."""
        largest = np.max(np.abs(self.X), axis=0)
        return 1 / np.where(largest > 0, largest, 1.0)


@cache
def _grid(low: int, high: int, size: int) -> st.SearchStrategy[NDArray[np.float64]]:
    """Multiples of 1/64 between low and high: short to read, exact, every third one 0 or 1."""
    width = 64 * (high - low)

    def entry(k: int) -> float:  # one draw for each entry, as the draws are what takes the time
        return k / 64 if k <= 64 * high else float(k % 2)

    entries = st.integers(64 * low, 64 * high + width // 2)
    return st.lists(entries, min_size=size, max_size=size).map(
        lambda drawn: np.array([entry(k) for k in drawn])
    )


@st.composite
def regressions(
    draw: Any,
    *,
    max_m: int = 5,
    max_n: int = 4,
    reaches: Sequence[float] = REACHES,
    binary: bool | None = None,
) -> Regression:
    """Regression problems with 1 ≤ m ≤ max_m rows and 1 ≤ n ≤ max_n columns.

    A square X of more than one entry is never symmetric. Columns differ in scale by powers of
    two, and theta is stretched until the largest |X theta| is one of `reaches` (or stays 0).

    Parameters
    ----------
    max_m, max_n
        The largest sizes.
    reaches
        The values from which the largest |X theta| is drawn.
    binary
        Labels in {0, 1} where true, in [0, 1] where false; either where not given.

    Examples
    --------
    >>> from hypothesis import find
    >>> problem = find(regressions(), lambda p: p.X.shape == (1, 3))
    >>> problem.theta.shape, problem.y.shape
    ((3,), (1,))
    """
    m, n = draw(st.integers(1, max_m)), draw(st.integers(1, max_n))
    X = draw(_grid(-4, 4, m * n)).reshape(m, n)
    if m == n > 1 and np.array_equal(X, X.T):
        X[0, 1] += 1
    X *= 2.0 ** np.array(draw(st.lists(st.integers(-6, 6), min_size=n, max_size=n)))
    theta = draw(_grid(-4, 4, n))
    largest = np.max(np.abs(X @ theta))
    if largest > 0:
        theta = theta * (draw(st.sampled_from(list(reaches))) / largest)
    if binary is None:
        binary = draw(st.booleans())
    y = draw(_grid(0, 1, m))
    return Regression(theta, X, np.round(y) if binary else y)


@st.composite
def inputs(draw: Any, arguments: Sequence[Argument], *, max_size: int = 5) -> Design:
    """Sizes and arrays for any arguments, each entry inside its domain.

    An array that is not bounded has one of `SCALES`, many of its entries small or 0.

    Examples
    --------
    >>> from hypothesis import find
    >>> from sympy import symbols
    >>> from symderiv.testing.designs import read_arguments
    >>> p = symbols("p", positive=True)
    >>> found = find(inputs(read_arguments([p], [p < 1])), lambda d: d.arrays["p"] > 0.9)
    >>> 0.9 < found.arrays["p"].item() < 1
    True
    """
    sizes = {s: draw(st.integers(1, max_size)) for s in sizes_of(arguments)}
    arrays = {}
    for a in arguments:
        extent = a.extent(sizes)
        count = int(np.prod(extent))
        if a.symbol in sizes:
            arrays[a.name] = np.array(float(sizes[a.symbol]))
            continue
        scale = 1.0 if a.domain.choices or a.domain.integer else draw(st.sampled_from(SCALES))
        entries = draw(st.lists(st.integers(-256, 256), min_size=count, max_size=count))
        values = np.array([scale * k / 64 for k in entries])
        inside = a.domain.grid(np.random.default_rng(count), max(count, 1))
        kept = [x if x in a.domain else inside[k] for k, x in enumerate(values.tolist())]
        arrays[a.name] = np.array(kept, dtype=np.float64).reshape(extent)
    return Design(sizes, arrays, "random")
