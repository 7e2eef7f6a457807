"""What is probably wrong with a gradient, judged from a few cases: cheap guesses, each tried.

A guess is named only where it explains every case that was wrong.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symderiv.testing.designs import Design
from symderiv.testing.reference import Exact

__all__ = ["Case", "diagnose"]

Array = NDArray[np.float64]

_CLOSE = 1e-6
"""How well a guess has to explain what came: it is a hint, and decides nothing."""


@dataclass(frozen=True)
class Case:
    """One design: the gradient there, and what the function returned for each of ``wrt``."""

    design: Design
    expected: Sequence[Array]
    got: Sequence[Array]
    problem: str = ""
    wrong: bool = False
    which: int = 0  # the wrong entry: of which gradient, and where
    index: tuple[int, ...] = ()
    ulp: float = 0.0  # how far the worst entry is off
    exact: Sequence[Exact] = ()

    @property
    def size(self) -> tuple[int, int, float]:
        """How hard an input is to read: how many numbers, how many digits, how large."""
        values = [float(x) for a in self.design.arrays.values() for x in a.flat]
        digits = sum(len(repr(abs(x)).removesuffix(".0")) + (x < 0) for x in values if x)
        return len(values), digits, sum(map(abs, values))


def diagnose(
    cases: Sequence[Case],
    right: Sequence[Case],
    test: Any,
    reference: Any,
) -> str:
    """What is probably wrong, or an empty string."""
    for guess in (_shape, _factor, _term, _labels, _transpose, _unstable):
        found = guess(cases, right, test, reference)
        if found:
            return found
    return ""


def _near(a: Array, b: Array) -> bool:
    scale = np.max(np.abs(b), initial=0.0)
    return a.shape == b.shape and bool(np.all(np.abs(a - b) <= _CLOSE * scale + 1e-300))


def _shape(cases: Sequence[Case], right: Sequence[Case], test: Any, reference: Any) -> str:
    """A result that is transposed, or not summed over one axis."""
    found = set()
    for case in cases:
        if not case.got or len(case.got) != len(case.expected):
            continue
        for w, got, expected in zip(reference.wrt, case.got, case.expected, strict=True):
            if got.shape == expected.shape:
                continue
            if got.ndim == 2 and _near(got.T, expected):
                found.add(f"the gradient by {w.name} is transposed")
            for axis in range(got.ndim):
                if _near(got.sum(axis), expected):
                    found.add(f"the gradient by {w.name} is not summed over axis {axis}")
    return found.pop() if len(found) == 1 else ""


def _factor(cases: Sequence[Case], right: Sequence[Case], test: Any, reference: Any) -> str:
    """The same factor in every entry: a sign, a size, a number."""
    ratios: list[tuple[float, Design]] = []
    for case in [*cases, *right]:
        if case.problem:
            return ""
        for got, expected in zip(case.got, case.expected, strict=True):
            largest = np.max(np.abs(expected), initial=0.0)
            clear = np.abs(expected) > 1e-3 * largest
            if not np.any(clear) or largest < 1e-8:
                continue
            entries = got[clear] / expected[clear]
            if not np.all(np.abs(entries - entries.flat[0]) <= _CLOSE * abs(entries.flat[0])):
                return ""
            ratios.append((float(np.median(entries)), case.design))
    if not ratios:
        return ""

    if all(abs(r + 1) <= _CLOSE for r, _ in ratios):
        return "the sign: yours is minus the gradient"
    for size in cases[0].design.sizes:
        for sign, words in ((1, ""), (-1, "minus ")):
            if all(abs(r / design.sizes[size] - sign) <= _CLOSE for r, design in ratios):
                return f"yours is {words}the gradient times {size}"
            if all(abs(r * design.sizes[size] - sign) <= _CLOSE for r, design in ratios):
                return f"yours is {words}the gradient divided by {size}"
    constant = ratios[0][0]
    spread = max(abs(r - constant) for r, _ in ratios)
    if spread <= 1e-3 * abs(constant - 1) and constant != 0:
        off = constant - 1
        text = (
            f"{constant:.6g}" if abs(off) > 1e-4 else f"1 {'+' if off > 0 else '-'} {abs(off):.3g}"
        )
        return f"yours is the gradient times {text}"
    return ""


def _term(cases: Sequence[Case], right: Sequence[Case], test: Any, reference: Any) -> str:
    """One term of the cost is forgotten, or has another factor."""
    if any(c.problem for c in cases):
        return ""
    factors: dict[Any, list[float]] = {}
    for case in cases:
        off = np.concatenate(
            [(g - e).ravel() for g, e in zip(case.got, case.expected, strict=True)]
        )
        for term, slopes in reference.parts(case.design):
            slope = np.concatenate([s.ravel() for s in slopes])
            square = float(slope @ slope)
            share = float(off @ slope) / square if 0 < square < math.inf else math.nan
            fits = bool(np.all(np.abs(off - share * slope) <= _CLOSE * np.max(np.abs(off))))
            factors.setdefault(term, []).append(1 + share if fits else math.nan)
    for term, found in factors.items():
        if len(found) == len(cases) and max(abs(f - found[0]) for f in found) <= _CLOSE:
            text = str(term) if len(str(term)) < 60 else str(term)[:57] + "…"
            if abs(found[0]) <= _CLOSE:
                return f"the term {text} is missing"
            return f"the term {text} has a factor {found[0]:.6g}"
    return ""


def _labels(cases: Sequence[Case], right: Sequence[Case], test: Any, reference: Any) -> str:
    """Labels in {0, 1} where the function means ±1, or the other way round."""
    conversions: tuple[tuple[set[float], Callable[[Array], Array], str], ...] = (
        ({0.0, 1.0}, lambda a: 2 * a - 1, "labels are 0 and 1 here, yours takes them as ±1"),
        ({-1.0, 1.0}, lambda a: (a + 1) / 2, "labels are ±1 here, yours takes them as 0 and 1"),
    )
    for a in reference.arguments:
        for values, convert, words in conversions:
            fitting = [
                c
                for c in cases
                if not c.problem
                and a.shape
                and {float(x) for x in c.design.arrays[a.name].flat} == values
            ]
            if fitting and all(_calls(test, c, a.name, convert) for c in fitting):
                return f"{words} ({a.name})"
    return ""


def _calls(test: Any, case: Case, name: str, convert: Callable[[Array], Array]) -> bool:
    got, problem = test.call(case.design.moved(name, convert(case.design.arrays[name])))
    return not problem and all(map(_near, got, case.expected))


def _squares(cases: Sequence[Case], name: str) -> Iterator[Case]:
    for case in cases:
        array = case.design.arrays[name]
        if not case.problem and array.ndim == 2 and len(set(array.shape)) == 1 < array.shape[0]:
            yield case


def _transpose(cases: Sequence[Case], right: Sequence[Case], test: Any, reference: Any) -> str:
    """A matrix that is transposed where it is square, and does not fit where it is not."""
    for a in reference.arguments:
        square = list(_squares(cases, a.name))
        if square and all(_calls(test, c, a.name, np.transpose) for c in square):
            return f"a transpose: yours is right for {a.name}ᵀ"
    if any(c.problem and "raises" in c.problem for c in cases):
        names = [a.name for a in reference.arguments if len(a.shape) == 2]
        shapely = all(len({*c.design.sizes.values()}) > 1 for c in cases if c.problem) and all(
            c.problem for c in cases if len({*c.design.sizes.values()}) > 1
        )
        if names and shapely:
            return f"a transpose: shapes do not fit where sizes differ ({', '.join(names)})"
    return ""


def _unstable(cases: Sequence[Case], right: Sequence[Case], test: Any, reference: Any) -> str:
    """Right for moderate inputs, wrong where something saturates."""
    values = [g for c in cases for g in c.got if not c.problem]
    if not right or not values:
        return ""
    if any(not np.all(np.isfinite(g)) for g in values):
        return "an intermediate result overflows, or is 0/0 or ∞ − ∞"
    reach = [
        max(float(np.max(np.abs(a), initial=0)) for a in c.design.arrays.values()) for c in cases
    ]
    calm = [
        c
        for c in right
        if max(float(np.max(np.abs(a), initial=0)) for a in c.design.arrays.values()) < min(reach)
    ]
    small = all(
        np.all(np.abs(g - e) <= 1e-6 * max(1.0, math.sqrt(r)))
        for c, r in zip(cases, reach, strict=True)
        for g, e in zip(c.got, c.expected, strict=True)
    )
    if calm and small:
        exact = ", ".join(a.name for a in reference.arguments if a.name in reference.exact)
        hint = f" (with exact=() an error of 1e-16 in {exact} would excuse it)" if exact else ""
        return f"digits are lost by cancellation: use a stable form{hint}"
    return ""
