"""Data that is the same in every entry, so that a sum of a million terms is a multiple of one.

An index stands for a whole range of integers as long as nothing tells its members apart, and the
entries of such data do not. What does, the end of an array, an entry by which a derivative is
taken, a comparison, splits the range there, and each part is evaluated on its own (the trace
partitioning of abstract interpretation, Rival and Mauborgne, ACM TOPLAS 29, 2007). So a value that
is found is that at every member.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sympy import Symbol

from symderiv.refute.jets import OutsideShape, Undefined

if TYPE_CHECKING:
    from symderiv.refute.conditions import Condition
    from symderiv.refute.evaluate import Evaluation
    from symderiv.refute.points import Point, Points

__all__ = ["Block", "Split", "each", "instances", "repeated", "same", "within"]

_FEW = 4
_MOST_APART = 10**5

Span = tuple[Any, Any]  # integers, or infinite


class Split(Undefined):
    """A block has members that differ: those from ``cut`` on from those before, or all of them."""

    def __init__(self, block: Block, cut: int | None = None) -> None:
        super().__init__("joint", "the members of a range differ")
        self.owner, self.cut = block.owner, cut

    def parts(self, first: Any, last: Any) -> list[Span]:
        """The parts of the range."""
        if self.cut is not None:
            return [(first, self.cut - 1), (self.cut, last)]
        if last - first > _MOST_APART:
            raise Undefined("joint", "too many integers are to be told apart")
        return [(t, t) for t in range(first, last + 1)]


@dataclass(frozen=True)
class Block:
    """The integers step·t + shift for every t from ``first`` to ``last`` in the range of an owner.

    Examples
    --------
    >>> Block("i", 0, 9, 2, 1).sign(), Block("i", 0, math.inf).moved(-1, -5).sign()
    (1, -1)
    """

    owner: Any
    first: Any
    last: Any
    step: int = 1
    shift: int = 0

    def moved(self, step: int, shift: int) -> Block:
        """Every member times a number that is not 0, plus one."""
        return Block(self.owner, self.first, self.last, step * self.step, step * self.shift + shift)

    def sign(self) -> int:
        """−1 or 1, where it is that of every member; else the range is split where it changes."""
        ends = sorted(self.step * t + self.shift for t in (self.first, self.last))
        if ends[0] > 0 or ends[1] < 0:
            return 1 if ends[0] > 0 else -1
        root = -(self.shift // self.step)  # the first t at or after the sign's change
        raise Split(self, root if root > self.first else self.first + 1)


def within(index: int | Block, size: int) -> bool:
    """Whether an index is inside, each member of a block as all."""
    if isinstance(index, Block):
        return index.moved(2, 1).sign() > 0 < index.moved(-2, 2 * size - 1).sign()  # none is 0
    return 0 <= index < size


def same(a: Any, b: Any) -> bool:
    """Whether two indices or names are one, where the first may be a block."""
    return a.moved(1, -b).sign() == 0 if type(a) is Block else bool(a == b)


def each(
    s: Evaluation, k: Symbol, first: int, last: int, body: Callable[[Evaluation], Any], cost: int
) -> Iterator[tuple[int, Any]]:
    """The values of a body over a range, with the number of members at which it has each."""
    owner, todo = object(), [(first, last)] if first <= last else []
    while todo:
        a, b = todo.pop()
        if a < b < a + _FEW:
            todo += [(t, t) for t in range(a, b + 1)]
            continue
        s.spend(cost)
        s.index[k] = a if a == b else Block(owner, a, b)
        try:
            value = body(s)
        except Split as split:
            if split.owner is not owner:
                raise
            todo += split.parts(a, b)
            continue
        yield b - a + 1, value


def repeated(step: Callable[[Any, Any], Any], value: Any, count: int) -> Any:
    """A value added to itself, or multiplied by itself, so many times: by doubling."""
    out = None
    while True:
        if count % 2:
            out = value if out is None else step(out, value)
        count //= 2
        if not count:
            return out
        value = step(value, value)


def instances(points: Points, condition: Condition, point: Point) -> list[dict[Symbol, Any]]:
    """The indices of which ``where`` says it, as blocks that are met or not as a whole.

    The data goes on for ever as it is, and so has every instance to hold: where the array has an
    end there is no such entry.
    """
    s, found = points.evaluation, list[dict[Symbol, Any]]()
    todo: list[list[Span]] = [[_declared(q) for q in condition.quantified]]
    while todo:
        spans = todo.pop()
        named = list(zip(condition.quantified, spans, strict=True))
        at = {q: a if a == b else Block(q, a, b) for q, (a, b) in named}
        integers: dict[Symbol, Any] = {**point.integers, **at}
        s.spend(condition.cost)
        try:
            point.enter(s, 64, integers, [])
            if points.speaks(s, integers):
                condition.seen(s)
                found.append(integers)
        except Split as split:
            if len(todo) + len(found) > _MOST_APART:
                raise
            number = [q for q, _ in named].index(split.owner)
            parts = split.parts(*spans[number])
            todo += [[*spans[:number], part, *spans[number + 1 :]] for part in parts]
        except OutsideShape as outside:
            if not condition.ends(outside):
                found.append(integers)
        except Undefined:
            found.append(integers)
    return found


def _declared(q: Symbol) -> Span:
    """The integers that an index may be, or more."""
    low = 1 if q.is_positive else 0 if q.is_nonnegative else -math.inf
    return low, -1 if q.is_negative else 0 if q.is_nonpositive else math.inf
