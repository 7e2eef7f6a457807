"""Array and scalar arguments: their names in the source, their shapes, and what is accepted.

Sizes such as m and n are read off the shapes of what is passed; every other shape is
checked against them before a formula sees the data.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sympy
from sympy import Basic, IndexedBase, MatrixSymbol, Symbol

from symderiv.indexform.conditions import Unsupported
from symderiv.indexform.lower import Lowering
from symderiv.indexform.ranges import Ranges
from symderiv.indexform.scope import Scope, name_of
from symderiv.indexform.terms import Linear
from symderiv.numeric.names import identifier
from symderiv.verdict import ClaimError

if TYPE_CHECKING:
    from symderiv.numeric.entries import Layout

__all__ = [
    "Argument",
    "Size",
    "linear",
    "read_arguments",
    "sizes_of",
]


def linear(expr: Basic) -> Linear:
    """A size as an integer form, by the names of its symbols."""
    try:
        return Lowering({}, Ranges(), frozenset()).index(expr, Scope())
    except Unsupported as missing:
        raise ClaimError(f"to_numpy: {missing}") from None


@dataclass(frozen=True)
class Size:
    """Where a size is read off: ``name = argument.shape[axis] …``, as a form in that length."""

    name: str
    argument: str
    axis: int
    scale: int
    offset: Linear  # length = scale·size + offset


@dataclass
class Argument:
    """One argument: a scalar (``layout`` is None), or an array with its layout.

    ``shown`` is the shape as the writer gave it, for messages.
    """

    symbol: Basic
    name: str
    layout: Layout | None = None
    integer: bool = False

    @property
    def key(self) -> str:
        """The name in terms."""
        return name_of(self.symbol)


def read_arguments(
    arguments: Sequence[Any], intervals: Mapping[str, Sequence[tuple[Linear, Linear]]]
) -> list[Argument]:
    """The arguments in call order.

    Parameters
    ----------
    arguments
        Symbols, MatrixSymbols and IndexedBases.
    intervals
        For an IndexedBase without a shape, the first and last index of each axis.

    Raises
    ------
    ClaimError
        For anything else, for a repeated name, and for a size that is no integer form.
    """
    from symderiv.numeric.entries import Layout

    out: list[Argument] = []
    for a in arguments:
        if not isinstance(a, (Symbol, MatrixSymbol, IndexedBase)):
            raise ClaimError(
                f"{a!r} cannot be an argument: expected a Symbol, a MatrixSymbol or an IndexedBase"
            )
        key = name_of(a)
        if any(key == other.key for other in out):
            raise ClaimError(f"two arguments are called {key}")
        argument = Argument(
            a, identifier(str(getattr(a, "name", a)), [other.name for other in out])
        )
        out.append(argument)
        if isinstance(a, Symbol):
            argument.integer = bool(a.is_integer)
            continue
        zero = Linear()
        if isinstance(a, MatrixSymbol) or a.shape is not None:
            sizes = tuple(linear(sympy.sympify(s, strict=True)) for s in a.shape)
            column = isinstance(a, MatrixSymbol) and a.shape[1] == 1
            slots = (0,) if column else tuple(range(len(sizes)))
            argument.layout = Layout(
                argument.name, tuple(sizes[k] for k in slots), (zero,) * len(slots), slots
            )
            continue
        ends = intervals.get(key)
        if ends is None:  # no output needs it
            argument.layout = Layout(argument.name, (), (), ())
            continue
        argument.layout = Layout(
            argument.name,
            tuple(last - first + 1 for first, last in ends),
            tuple(first for first, _ in ends),
            tuple(range(len(ends))),
            shaped=False,
        )
    return out


def sizes_of(arguments: Sequence[Argument], first: Collection[str] = ()) -> list[Size]:
    """How each size is read off, from the plainest shape that has it; of ``first`` if they do."""
    found: dict[str, Size] = {}
    given = {a.key for a in arguments if a.layout is None}
    entries = [
        (a, axis, form)
        for a in sorted(
            (a for a in arguments if a.layout is not None and a.layout.sizes),
            key=lambda a: (a.name not in first, -len(a.layout.sizes) if a.layout else 0),
        )
        for axis, form in enumerate(a.layout.sizes if a.layout else ())
    ]
    progress = True
    while progress:
        progress = False
        for plain in (True, False):
            for a, axis, form in entries:
                new = [n for n in form.names if n not in found and n not in given]
                if len(new) != 1 or (plain and form != Linear.of(new[0])):
                    continue
                c = form.coefficient(new[0])
                found[new[0]] = Size(new[0], a.name, axis, c, form - Linear({new[0]: c}))
                progress = True
            if progress:
                break
    return list(found.values())
