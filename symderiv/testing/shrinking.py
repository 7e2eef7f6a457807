"""From a wrong input to the smallest one that is still wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from symderiv.testing.designs import Argument, Design
from symderiv.testing.diagnosis import Case

__all__ = ["shrink"]

_TRIES = 400


def shrink(case: Case, test: Callable[[Design], Case | None], read: Sequence[Argument]) -> Case:
    """A case that is still wrong and that none of the steps below makes smaller.

    The steps, largest first: one row or column less; an array of zeros or ones; one entry set to
    0 or ±1, rounded, or halved. A step counts only where the input has become smaller.
    """
    left, improved = _TRIES, True
    while improved:
        improved = False
        for design in _steps(case.design, read):
            if left == 0:
                return case
            smaller = Case(design, case.expected, case.got)
            if smaller.size >= case.size:
                continue
            left -= 1
            found = test(design)
            if found is not None and found.wrong and bool(found.problem) == bool(case.problem):
                case, improved = found, True
                break
    return case


def _steps(design: Design, read: Sequence[Argument]) -> Iterator[Design]:
    for size, length in design.sizes.items():
        for drop in range(length if length > 1 else 0):
            sizes = {**design.sizes, size: length - 1}
            arrays = {}
            for a in read:
                array = design.arrays[a.name]
                if a.symbol == size:
                    array = array - 1
                for axis, form in enumerate(a.shape):
                    if form == size:
                        array = np.delete(array, drop, axis)
                arrays[a.name] = array
            if all(arrays[a.name].shape == a.extent(sizes) for a in read):
                yield replace(design, sizes=sizes, arrays=arrays)
    fixed = set(design.sizes)
    free = [a.name for a in read if a.symbol not in fixed]
    for name in free:
        for value in (0.0, 1.0):
            yield design.moved(name, np.full_like(design.arrays[name], value))
    for name in free:
        array = design.arrays[name]
        for index in np.ndindex(array.shape):
            x = float(array[index])
            for value in (0.0, 1.0, -1.0, float(np.round(x)), float(np.round(x / 2)), x / 2):
                moved = array.copy()
                moved[index] = value
                yield design.moved(name, moved)
