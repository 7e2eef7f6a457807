"""Where free indices lie: in known shapes, and in the ranges of the sums beside them.

Of an array without a shape, v[j] beside Σᵢ v[i] for i = 1 … n, it is a guess that j is one of
1 … n: where goes before it, and it is shown as a condition.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

import sympy
from sympy import Basic, Indexed
from sympy.matrices.expressions.matexpr import MatrixElement

from symderiv.indexform.conditions import Unsupported
from symderiv.indexform.lower import Lowering
from symderiv.indexform.ranges import Ranges
from symderiv.indexform.scope import Scope, base_of, name_of
from symderiv.indexform.terms import Linear, fresh_index
from symderiv.indexform.wellformed import index_symbols, put
from symderiv.verdict import ClaimError

__all__ = ["Neighbours", "gives"]

# what would be ≥ 0, as it is shown, and of which names
Guess = tuple[Linear, Basic, frozenset[str]]


def gives(said: Sequence[Linear], end: Linear, names: Set[str], settled: Set[str]) -> bool:
    """Whether where says on which side of what is known a name lies, so that nothing is guessed."""
    return len(names) == 1 and any(
        end.coefficient(s) * f.coefficient(s) > 0 and f.names - {s} <= settled
        for s in names
        for f in said
    )


@dataclass(frozen=True)
class _Within:
    """The sums around a part: the ends of their indices, and what is known where none is empty."""

    ends: Mapping[Basic, tuple[Basic, Basic] | None]
    scope: Scope
    known: Ranges | None

    def over(self, low: Lowering, symbol: Basic, *ends: Basic) -> _Within:
        """The same within one more sum."""
        inner = {**self.ends, symbol: (ends[0], ends[1]) if len(ends) == 2 else None}
        index, known = Linear.of(fresh_index(name_of(symbol))), None
        try:
            first, last = (low.index(end, self.scope) for end in ends)
        except (Unsupported, ValueError):
            return _Within(inner, self.scope, None)
        if self.known is not None and self.known.nonnegative(last - first):
            known = self.known.plus(index - first, last - index)
        return _Within(inner, self.scope.bind(symbol, index), known)


class Neighbours:
    """What a line says of its free indices, read with one set of definitions."""

    def __init__(self, let: Mapping[Basic, Basic], integers: frozenset[Basic]) -> None:
        self.let = let
        self.integers = integers
        self._visited: list[Basic] = []

    def of(self, start: Basic, given: Ranges) -> tuple[list[Linear], list[Guess]]:
        """Ranges of the free indices: known from shapes, and guessed from neighbouring sums.

        An entry in a branch of a Piecewise, or in a sum that may be empty, tells nothing.
        """
        low = Lowering({}, Ranges(), self.integers)
        known: list[Linear] = []
        free: list[tuple[str, int, Basic]] = []
        bound: dict[tuple[str, int], tuple[Basic, Basic]] = {}

        seen: set[tuple[Basic, frozenset[Any]]] = set()

        def visit(node: Basic, within: _Within) -> None:
            if not node.args or (node, here := frozenset(within.ends.items())) in seen:
                return
            seen.add((node, here))
            if isinstance(node, (sympy.Sum, sympy.Product)):
                for limit in reversed(node.limits):
                    within = within.over(low, *limit)
                visit(node.args[0], within)
                return
            if isinstance(node, sympy.Lambda):
                return
            if isinstance(node, sympy.Piecewise):
                visit(node.args[0].cond, within)
                return
            if isinstance(node, (Indexed, MatrixElement)):
                self._slots(low, node, base_of(node), within, known, free, bound, visit)
            for a in node.args:
                visit(a, within)

        visit(start, _Within({}, Scope(), given))
        guessed = []
        for name, axis, index in free:
            if (name, axis) in bound:
                first, last = bound[name, axis]
                form = low.index(index, Scope())
                try:
                    ends = low.index(first, Scope()), low.index(last, Scope())
                except Unsupported:
                    continue
                both = (form - ends[0], index >= first), (ends[1] - form, index <= last)
                guessed += [(f, relation, form.names) for f, relation in both]
        return known, guessed

    def _slots(  # type: ignore[no-untyped-def]
        self, low, node, base, within, known, free, bound, visit
    ) -> None:
        ranges, name = within.ends, name_of(base)
        definition = next((k for k in self.let if name_of(base_of(k)) == name), None)
        if definition is not None:
            renaming = dict(zip(index_symbols(definition), index_symbols(node), strict=False))
            body = self.let[definition]
            bound_here = any(s in ranges for i in renaming.values() for s in i.free_symbols)
            if not bound_here and definition not in self._visited:
                self._visited.append(definition)
                visit(put(body, renaming), _Within({}, Scope(), within.known))
                self._visited.pop()
            return
        shape = getattr(base, "shape", None)
        for axis, index in enumerate(index_symbols(node)):
            inside = [s for s in index.free_symbols if s in ranges]
            if not inside and index.free_symbols:
                if shape is not None and axis < len(shape):
                    try:
                        form, size = low.index(index, Scope()), low.index(shape[axis], Scope())
                    except Unsupported:
                        continue
                    past = form - size
                    if not past.names and past.constant >= 0:
                        raise ClaimError(f"{index} lies outside {base} of size {shape[axis]}")
                    known += [form, -past - 1] if within.known is not None else []
                elif shape is None:
                    free.append((name, axis, index))
            elif inside == [index] and shape is None and ranges[index] is not None:
                ends = ranges[index]
                if not any(s in ranges for end in ends for s in end.free_symbols):
                    bound.setdefault((name, axis), ends)
