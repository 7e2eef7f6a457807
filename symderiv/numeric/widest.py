"""The ranges over which sums are computed, where they depend on another index.

Σⱼ f for j > i is Σⱼ f where j > i, over all j that arrays have, as far as those of i: then j runs
over the same numbers as i, and nothing has to be computed for the first one apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from symderiv.indexform.terms import Linear, Term, walk

if TYPE_CHECKING:
    from symderiv.numeric.sums import Normal, Span

__all__ = ["Bounds", "widest"]

Bounds = Mapping[str, Mapping[int, tuple[Linear, Linear]]]
"""Of arrays, by the position of an index, the first and the last that they have."""


def widest(normal: Normal, t: Term, bounds: Bounds) -> Span:
    """The range of a sum: the values between its ends for any values of other indices.

    It is that of one of these indices, where it lies within that and all entries are there.
    """
    _, lower, upper = t.data
    first, last = normal.extreme(lower, False), normal.extreme(upper, True)
    for other in sorted((lower.names | upper.names) & normal.spans.keys()):
        low, high = normal.spans[other]
        wider = normal.at_least(first - low) and normal.at_least(high - last)
        if wider and (low, high) != (first, last) and _exist(normal, t, (low, high), bounds):
            return low, high
    return first, last


def _exist(normal: Normal, t: Term, span: Span, bounds: Bounds) -> bool:
    """Whether all entries of a summand are there for an index in a range."""
    index = t.data[0]
    for node in walk(t.args[0]):
        if index not in node.names:
            continue
        if node.op == "sum" and index in node.data[1].names | node.data[2].names:
            return False
        for position, form in enumerate(node.data[1] if node.op == "entry" else ()):
            if index not in form.names:
                continue
            known = bounds.get(node.data[0], {}).get(position)
            if known is None or form.names - {index}:
                return False
            ends = [form.substitute({index: end}) for end in span]
            for end in ends:
                if not normal.at_least(end - known[0]) or not normal.at_least(known[1] - end):
                    return False
    return True
