"""What holds at one place only: in a case, for an index in a range, in a cell, under a guard.

There is one store of it, and ``Field.inside`` is the one way in and out, so that nothing that is
learnt in there can be believed outside. All else that the prover keeps holds everywhere: which
generator stands for which atom, names that are in use, units, and the work that is left.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from symderiv.indexform.ranges import Ranges
from symderiv.indexform.terms import Term
from symderiv.prove.atoms import Atom, Form

if TYPE_CHECKING:
    from symderiv.prove.field import Frac, Poly

__all__ = ["Known"]


@dataclass
class Known:
    """Facts about integers, signs of primitive forms, values of symbols, and equations.

    ``depth`` counts the places around this one. What was found under all of that is remembered:
    ``relations`` of generators, normal ``forms``, ``signs``, and the instances of facts ``seen``.
    """

    ranges: Ranges
    depth: int = 0
    facts: dict[Form, frozenset[str]] = field(default_factory=dict)
    values: dict[Atom, Frac] = field(default_factory=dict)
    equations: list[Poly] = field(default_factory=list)
    relations: dict[int, tuple[int, Poly] | None] = field(default_factory=dict)
    forms: dict[Term, Frac] = field(default_factory=dict)
    signs: dict[object, frozenset[str]] = field(default_factory=dict)
    seen: set[object] = field(default_factory=set)

    def inside(self, ranges: Ranges) -> Known:
        """What holds in there to begin with; what is remembered was found under less."""
        facts, values, equations = dict(self.facts), dict(self.values), list(self.equations)
        return Known(ranges, self.depth + 1, facts, values, equations)

    def forget(self) -> None:
        """Ask for signs again from now on: more has become known."""
        self.seen.clear()
        self.signs.clear()
