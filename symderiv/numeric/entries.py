"""Entries of array arguments as slices, and as gathered positions where no slice will do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from symderiv.indexform.terms import Linear
from symderiv.numeric.arrays import Arrays, Value, union
from symderiv.numeric.rows import NotBlocked
from symderiv.numeric.source import ATOM
from symderiv.verdict import ClaimError

__all__ = ["Layout", "entry"]


@dataclass(frozen=True)
class Layout:
    """How an array argument lies in memory: name, sizes of its axes, index of the first entry.

    ``slots`` says which of the term's indices have an axis; the others are 0. An array is
    not ``shaped`` where only the sums over it say how long it is.
    """

    name: str
    sizes: tuple[Linear, ...]
    first: tuple[Linear, ...]
    slots: tuple[int, ...]
    shaped: bool = True


def entry(arrays: Arrays, array: str, indices: tuple[Linear, ...]) -> Value:
    """The entries of an argument at the given indices: a slice, where they run one by one."""
    layout = arrays.layouts.get(array)
    if layout is None:
        raise ClaimError(f"{array} is not among the arguments; add it to them")
    spans, texts, axes = arrays.normal.spans, list[str](), list[str]()
    positions = [indices[k] - f for k, f in zip(layout.slots, layout.first, strict=True)]
    for position, size in zip(positions, layout.sizes, strict=True):
        inner = [a for a in position.names if a in spans]
        first = arrays.normal.extreme(position, False)
        last = arrays.normal.extreme(position, True)
        inside = arrays.normal.ranges.nonnegative(first) and arrays.normal.ranges.nonnegative(
            size - 1 - last
        )
        plain = len(inner) == 1 and position.coefficient(inner[0]) == 1
        if not inside or (inner and (not plain or inner[0] in axes)):
            return _gathered(arrays, _whole(arrays, layout), layout, positions)
        if not inner:
            texts.append(arrays.form(position))
            continue
        axes.append(inner[0])
        start = "" if first == Linear() else arrays.form(first)
        stop = "" if last + 1 == size else arrays.form(last + 1)
        texts.append(f"{start}:{stop}")
    leaf = _block(arrays, layout, axes, texts)
    while texts and texts[-1] == ":":
        texts.pop()
    if not texts:
        return Value(leaf, tuple(axes), fresh=False)
    node = arrays.program.node(f"{{0}}[{', '.join(texts)}]", [leaf], [ATOM], cheap=True)
    return Value(node, tuple(axes), fresh=not axes)


def _whole(arrays: Arrays, layout: Layout) -> int:
    if arrays.rows is not None:
        arrays.rows.whole.add(layout.name)
    return arrays.program.leaf(layout.name)


def _block(arrays: Arrays, layout: Layout, axes: Sequence[str], texts: Sequence[str]) -> int:
    """The argument, or the block of its rows where an axis runs over them."""
    rows = arrays.rows
    if rows is None or not any(arrays.is_row(a) for a in axes):
        return _whole(arrays, layout)
    if texts[0] != ":" or not arrays.is_row(axes[0]) or layout.sizes[0] != rows.count:
        raise NotBlocked
    if any(arrays.is_row(a) for a in axes[1:]):
        raise NotBlocked
    if layout.name not in rows.leaves:
        rows.leaves[layout.name] = arrays.program.block(layout.name)
    return rows.leaves[layout.name]


def _gathered(arrays: Arrays, leaf: int, layout: Layout, positions: Sequence[Linear]) -> Value:
    """Entries at computed positions; those that no case asks for are clipped."""
    if _whole_diagonal(arrays, layout, positions):
        (a,) = positions[0].names
        return Value(arrays.program.node("np.diagonal({0})", [leaf]), (a,), fresh=False)
    if any(arrays.is_row(a) for position in positions for a in position.names):
        raise NotBlocked
    values = []
    for position, size in zip(positions, layout.sizes, strict=True):
        v = arrays.integers(position)
        first = arrays.normal.extreme(position, False)
        last = arrays.normal.extreme(position, True)
        known = arrays.normal.ranges
        if not (known.nonnegative(first) and known.nonnegative(size - 1 - last)):
            if not layout.shaped and not arrays.integer_cases:
                raise ClaimError(
                    f"an index of {layout.name} may leave the range that the sums give it; "
                    f"give {layout.name} a shape"
                )
            top = Value(arrays.size(size - 1))
            v = arrays.apply("np.clip({0}, 0, {1})", [v, top])
        values.append(v)
    holes = ", ".join(f"{{{k + 1}}}" for k in range(len(values)))
    axes = union((v.axes for v in values), arrays.order)
    nodes = [leaf, *(arrays.align(v, axes) for v in values)]
    return Value(arrays.program.node(f"{{0}}[{holes}]", nodes, [ATOM, *[0] * len(values)]), axes)


def _whole_diagonal(arrays: Arrays, layout: Layout, positions: Sequence[Linear]) -> bool:
    first = positions[0]
    if len(positions) != 2 or positions[1] != first or len(set(layout.sizes)) != 1:
        return False
    whole = (Linear(), layout.sizes[0] - 1)
    return any(first == Linear.of(a) and arrays.normal.spans.get(a) == whole for a in first.names)
