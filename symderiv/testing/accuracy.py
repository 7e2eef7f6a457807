"""How far compiled functions are from the exact values, on inputs that are the same in every run.

The exact values are balls (see ``reference``); the inputs are the designs on which mistakes show,
from grids to arguments of ±800. The error is given in units in the last place of the largest entry
of the exact result. It is the largest error found, and no bound. Where terms cancel, or an exponent
is large, a result has few digits by nature: beside the error stands how far the exact result moves
when the inputs move by a unit in their own last place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symderiv.numeric.functions import Functions
from symderiv.refute.jets import Unsupported
from symderiv.testing.designs import Argument, Design, designs, read_arguments
from symderiv.testing.reference import Exact, Expression
from symderiv.verdict import Measurement

__all__ = ["measure"]

Array = NDArray[np.float64]

_SEEDS = 2
_NODES = 200_000  # of the exact evaluation, for one output: about a second
_MOVES = 4


def measure(functions: Functions, name: str = "", *, seeds: int = _SEEDS) -> Iterator[Measurement]:
    """Measure the error of each compiled output; those that cannot be evaluated are left out.

    Parameters
    ----------
    functions
        What ``to_numpy`` made of a dict of outputs.
    name
        Stands before the outputs' names.
    seeds
        How many times some eighty inputs are drawn.

    Examples
    --------
    >>> from sympy import exp, symbols
    >>> from symderiv import to_numpy
    >>> z = symbols("z", real=True)
    >>> (found,) = measure(to_numpy({"half": exp(-abs(z))/2}, (z,)), "of e")
    >>> found.name, found.inputs > 100, 0 < found.ulp < 2
    ('of e: half', True, True)
    """
    for output, expression, arguments, where, let in functions.expressions():
        try:
            read = read_arguments(arguments, where)
            exact = Expression(expression, read, where, let)
            found = _measured(getattr(functions, output), exact, _drawn(read, seeds))
        except (
            ValueError,
            Unsupported,
        ):  # it cannot be evaluated, or refuses data that ``where`` allows
            continue
        if found is not None:
            yield Measurement(f"{name}: {output}" if name else output, *found)


def _drawn(arguments: Sequence[Argument], seeds: int) -> Iterator[Design]:
    """The designs, whose numbers are short, and as many with all the digits of a double."""
    moving = [arguments[0].name] if arguments else []
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        for design in designs(arguments, moving, seed):
            yield design
            for a in arguments:
                array = design.arrays[a.name]
                longer = np.asarray(array * (1 - rng.random(array.shape) / 64))
                if not _fixed(a) and all(x in a.domain for x in longer.flat):
                    design = design.moved(a.name, longer)
            yield design


def _measured(
    function: Any, exact: Expression, drawn: Iterator[Design]
) -> tuple[float, float, int, int, str] | None:
    """The largest error, what the inputs' own digits do there, on how many inputs, and where."""
    largest, inputs, values, worst, spent = -1.0, 0, 0, None, 0
    for design in drawn:
        there = exact.value(design) if exact.admits(design) else None
        spent += exact.spent
        if spent > _NODES:
            break
        if there is None:
            continue
        with np.errstate(all="ignore"):
            got = np.asarray(function(*_passed(exact.arguments, design)), dtype=np.float64)
            ulp = _apart(exact, there, got.reshape(there.value.shape))
        inputs, values = inputs + 1, values + got.size
        if ulp > largest:
            largest, worst = ulp, design
    if worst is None:
        return None
    return largest, _moved(exact, worst), inputs, values, _place(worst)


def _apart(exact: Expression, there: Exact, got: Array) -> float:
    """The largest distance in units in the last place of the largest entry."""
    unit = float(np.spacing(np.max(np.abs(there.value), initial=0.0)))
    return float(np.max(exact.distance(there, got), initial=0.0)) / unit


def _moved(exact: Expression, design: Design) -> float:
    """How far the exact result moves when every input moves by a unit in its last place."""
    there, largest, rng = exact.value(design), 0.0, np.random.default_rng(0)
    for _ in range(_MOVES):
        near = design
        for a in exact.arguments:
            array = design.arrays[a.name]
            ways = rng.choice((-np.inf, np.inf), array.shape)
            next_to = np.where(array == 0, array, np.nextafter(array, ways))
            if not _fixed(a) and all(x in a.domain for x in next_to.flat):
                near = near.moved(a.name, next_to)
        moved = exact.value(near) if exact.admits(near) else None
        if there is not None and moved is not None:
            largest = max(largest, _apart(exact, there, moved.value))
    return largest


def _fixed(a: Argument) -> bool:
    return a.domain.integer or bool(a.domain.choices)


def _passed(arguments: Sequence[Argument], design: Design) -> list[Any]:
    arrays = (design.arrays[a.name] for a in arguments)
    return [a if a.ndim else float(a) for a in arrays]


def _place(design: Design) -> str:
    sizes = [f"{size} = {value}" for size, value in design.sizes.items()]
    numbers = [f"{name} = {float(a):g}" for name, a in design.arrays.items() if not a.ndim]
    reach = [
        f"max |{name}| = {float(np.max(np.abs(a), initial=0.0)):.3g}"
        for name, a in design.arrays.items()
        if a.ndim
    ]
    return ", ".join([*sizes, *numbers, *reach]).replace("-", "−")
