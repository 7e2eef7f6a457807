"""The rows of the data: over which index sums are taken block by block.

A sum over the examples is additive over blocks of them, so everything that has a row for each
example is computed for a block at a time, while the block is in the cache, and its sums are
accumulated. The rows are those of the array arguments that have several columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from symderiv.indexform.terms import Linear, Term, walk
from symderiv.numeric.arguments import Argument
from symderiv.numeric.sums import Normal, Span

__all__ = ["NotBlocked", "Rows", "pairs_of_rows", "row_indices", "row_spans"]


class NotBlocked(Exception):
    """Something cannot be computed for a block of rows by itself."""


@dataclass
class Rows:
    """The index of the rows in one program.

    Attributes
    ----------
    span
        First and last row.
    names
        The bound indices over it, of sums that depend on no other row.
    leaves
        For each array argument that is cut into blocks, the node of the block.
    whole
        The array arguments that are used as a whole.
    widths
        The sizes whose products are how many numbers a row of a value takes.
    """

    span: Span
    names: set[str] = field(default_factory=set)
    leaves: dict[str, int] = field(default_factory=dict)
    whole: set[str] = field(default_factory=set)
    widths: set[tuple[Linear, ...]] = field(default_factory=set)

    @property
    def count(self) -> Linear:
        """The number of rows."""
        return self.span[1] - self.span[0] + 1


def row_spans(arguments: Sequence[Argument]) -> list[Span]:
    """What may be the rows: the first axis of an argument with several, and never a later one.

    A size that is also a number of columns is one of features or classes.
    """
    later = {size for a in arguments if a.layout is not None for size in a.layout.sizes[1:]}
    spans: dict[Span, int] = {}
    for a in arguments:
        if a.layout is None or len(a.layout.sizes) < 2:
            continue
        first, size = a.layout.first[0], a.layout.sizes[0]
        if size.coefficients and size not in later:
            span = (first, first + size - 1)
            spans[span] = spans.get(span, 0) + 1
    return sorted(spans, key=lambda span: -spans[span])


def row_indices(normal: Normal, t: Term, span: Span) -> set[str]:
    """The indices of the sums over rows that depend on no other row.

    Raises
    ------
    NotBlocked
        Where the same index stands for a sum that does.
    """
    closed, open_ = set[str](), set[str]()
    for node in walk(t):
        if node.op == "sum" and normal.spans.get(node.data[0]) == span:
            others = any(normal.spans.get(name) == span for name in node.names)
            (open_ if others else closed).add(node.data[0])
    if closed & open_:
        raise NotBlocked
    return closed


def pairs_of_rows(normal: Normal, t: Term, span: Span) -> bool:
    """Whether something has a number for each pair of rows."""
    every = {name for name, other in normal.spans.items() if other == span}
    return any(len(node.names & every) > 1 for node in walk(t) if node.op != "sum")
