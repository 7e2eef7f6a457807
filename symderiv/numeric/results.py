"""What a function returns: the value of a term with all its axes, in their order."""

from __future__ import annotations

from symderiv.indexform.terms import ONE, ZERO, Linear, Term, substitute
from symderiv.numeric.arrays import Arrays, Value
from symderiv.numeric.source import ATOM

__all__ = ["output"]

_LONGEST_WRITTEN = 32  # entries of a written-out axis


def output(arrays: Arrays, t: Term, axes: tuple[str, ...], *, owned: bool = True) -> Value:
    """The array of a term with exactly these axes, in this order.

    ``owned`` asks for an array that is no view of an input.
    """
    for position, a in enumerate(axes):
        if arrays.normal.breakpoint(a, t) is not None:
            length = arrays.length(a)
            if not length.coefficients and length.constant <= _LONGEST_WRITTEN:
                return _written(arrays, t, axes, position)
            return _concatenated(arrays, t, axes, position)
    arrays.order = axes
    v = arrays.value(t)
    missing = [a for a in axes if a not in v.axes]
    if any(arrays.length(a) != Linear(constant=1) for a in missing) or (not v.axes and axes):
        return _filled(arrays, t, v, axes)
    node = arrays.transposed(v, tuple(a for a in axes if a in v.axes)).node
    if missing:
        index = ", ".join("None" if a in missing else ":" for a in axes)
        node = arrays.program.node(f"{{0}}[{index}]", [node], [ATOM], cheap=True)
    if owned and not v.fresh:
        node = arrays.program.node("{0}.copy()", [node], [ATOM])
    return Value(node, axes)


def _filled(arrays: Arrays, t: Term, v: Value, axes: tuple[str, ...]) -> Value:
    """An array that is the same along some axes."""
    lengths = [arrays.form(arrays.length(a)) for a in axes]
    shape = f"({', '.join(lengths)})" if len(axes) > 1 else lengths[0]
    if t is ONE or t is ZERO:
        name = "np.ones" if t is ONE else "np.zeros"
        return Value(arrays.program.node(f"{name}({shape})", []), axes)
    text = f"np.full({shape}, {{0}}, dtype=float)"
    return Value(arrays.program.node(text, [arrays.align(v, axes)]), axes)


def _pieces(arrays: Arrays, t: Term, axes: tuple[str, ...], position: int) -> list[Value]:
    a = axes[position]
    cut = arrays.normal.breakpoint(a, t)
    if cut is None:
        return [output(arrays, t, axes, owned=False)]
    out = []
    for piece in arrays.normal.split(a, cut):
        inner = arrays.normal.run(substitute(t, {a: Linear.of(piece)}))
        renamed = (*axes[:position], piece, *axes[position + 1 :])
        out += _pieces(arrays, inner, renamed, position)
    return out


def _concatenated(arrays: Arrays, t: Term, axes: tuple[str, ...], position: int) -> Value:
    pieces = _pieces(arrays, t, axes, position)
    holes = ", ".join(f"{{{k}}}" for k in range(len(pieces)))
    axis = f", axis={position}" if position else ""
    text = f"np.concatenate([{holes}]{axis})"
    return Value(arrays.program.node(text, [p.node for p in pieces]), axes)


def _written(arrays: Arrays, t: Term, axes: tuple[str, ...], position: int) -> Value:
    """An axis of a few entries, each with its own formula."""
    a = axes[position]
    lower, upper = arrays.normal.spans[a]
    rest = (*axes[:position], *axes[position + 1 :])
    nodes = []
    for c in range(lower.constant, upper.constant + 1):
        here = arrays.normal.run(substitute(t, {a: Linear(constant=c)}))
        nodes.append(output(arrays, here, rest, owned=False).node)
    holes = ", ".join(f"{{{k}}}" for k in range(len(nodes)))
    if position:
        return Value(arrays.program.node(f"np.stack([{holes}], axis={position})", nodes), axes)
    return Value(arrays.program.node(f"np.array([{holes}], dtype=float)", nodes), axes)
