"""A chain of lines as it was put to the judge: as written and as read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sympy import Basic

from symderiv.indexform.reading import Reading

__all__ = ["Question"]


@dataclass(frozen=True)
class Question:
    """The lines, the relations and the definitions of a chain, and how they were read."""

    reading: Reading
    lines: Sequence[Basic]
    where: Sequence[Basic]
    let: Mapping[Basic, Basic]

    @property
    def written(self) -> list[Basic]:
        """Everything in which the writer's symbols occur."""
        return [*self.lines, *self.where, *self.let.keys(), *self.let.values()]
