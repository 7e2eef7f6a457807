"""What a claim of the corpus is: a formula as a public source writes it, and where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sympy import Basic

__all__ = ["Claim"]


@dataclass(frozen=True)
class Claim:
    """The equation lhs = rhs under ``where``, as the source has it.

    Attributes
    ----------
    name
        Unique in the whole corpus; the name that the record of proved claims uses.
    source
        The library's file and function, or the number of the equation in a book;
        ``families.looked_up`` says whether its text was read when the claim was written.
    lhs, rhs
        A loss under an unevaluated ``Derivative`` and the derivative that the source claims, or
        the two sides of an identity.
    where, let
        As ``prove_equal`` takes them.
    """

    name: str
    source: str
    lhs: Basic
    rhs: Basic
    where: tuple[Basic, ...] = ()
    let: Mapping[Basic, Basic] = field(default_factory=dict)

    @property
    def is_scalar(self) -> bool:
        """Whether there is no sum, array or matrix in it."""
        kinds = {type(node).__name__ for e in (self.lhs, self.rhs) for node in _nodes(e)}
        return not kinds & {"Sum", "Indexed", "MatrixSymbol", "MatrixElement", "Gradient"}


def _nodes(e: Basic) -> list[Basic]:
    out, todo = [], [e]
    while todo:
        node = todo.pop()
        out.append(node)
        todo += node.args
    return out
