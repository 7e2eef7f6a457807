"""What the lines talk about: their sizes, free indices, variables and arrays.

A symbol is a *size* where it stands in a shape or at the end of a range, a *free index* where it
stands in an index position and nothing binds it, an *integer variable* where it is an integer
and stands anywhere else, and a variable otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sympy
from sympy import Basic, Integer, MatrixSymbol, Symbol
from sympy.matrices.expressions.matexpr import MatrixElement
from sympy.tensor.indexed import Indexed, IndexedBase

from symderiv.refute.jets import Unsupported
from symderiv.verdict import ClaimError

_FARTHEST = 64
_MOST_UNFOLDED = 2000  # definitions, by the entries that read them
__all__ = ["Access", "Scope", "Survey", "beside", "distinct", "integer_value"]


def distinct(node: Basic) -> set[Basic]:
    """The parts of a tree, one that occurs often once."""
    found: set[Basic] = set()
    todo = [node]
    while todo:
        part = todo.pop()
        if part not in found:
            found.add(part)
            todo += [a for a in part.args if isinstance(a, Basic)]
    return found


@dataclass(eq=False)
class Scope:
    """What symbols stand for: the range of a bound one, or the index that a definition is given."""

    ranges: Mapping[Symbol, tuple[Basic, Basic, Scope] | None] = field(default_factory=dict)
    indices: Mapping[Symbol, tuple[Basic, Scope]] = field(default_factory=dict)


def integer_value(node: Basic, scope: Scope, integers: Mapping[Symbol, int]) -> int | None:
    """The integer that an index or the end of a range is, or None where a bound index decides."""
    if isinstance(node, Integer):
        return int(node)
    if isinstance(node, Symbol):
        if node in scope.ranges:
            return None
        if node in scope.indices:
            return integer_value(*scope.indices[node], integers)
        return integers.get(node)
    if isinstance(node, (sympy.Add, sympy.Mul)):
        parts = [integer_value(a, scope, integers) for a in node.args]
        total = 0 if isinstance(node, sympy.Add) else 1
        for part in parts:
            if part is None:
                return None
            total = total + part if isinstance(node, sympy.Add) else total * part
        return total
    return None


@dataclass(frozen=True)
class Access:
    """An entry that a line reads: the array, its shape, the indices and what they stand for."""

    line: int
    name: str
    shape: tuple[Any, ...] | None
    indices: tuple[Basic, ...]
    scope: Scope
    branch: bool  # of a Piecewise, which may not be read

    def inside(self, integers: Mapping[Symbol, int]) -> bool:
        """Whether the indices that are known are within the shape."""
        if self.shape is None:
            return True
        for i, d in zip(self.indices, self.shape, strict=False):
            at = integer_value(i, self.scope, integers)
            size = integer_value(d, _OUTSIDE, integers)
            if at is not None and size is not None and not 0 <= at < size:
                return False
        return True


_OUTSIDE = Scope()


class Survey:
    """Walks lines and definitions and sorts what occurs in them.

    Attributes
    ----------
    arrays
        The base object by name, for every array without a definition.
    names
        For each line, the names that it depends on, through definitions too.
    """

    def __init__(self, definitions: Mapping[str, Any]) -> None:
        self.definitions = definitions
        self.arrays: dict[str, Any] = {}
        self.symbols: dict[str, Symbol] = {}
        self.names: dict[int, set[str]] = {}
        self.accesses: list[Access] = []
        self.literals = 0, 0  # the least and the largest number that stands as an index
        self.shift = 0  # the largest that is added to one
        self.roles: dict[Symbol, set[str]] = {}
        self.constants: set[sympy.Rational] = set()
        self.cases = False
        self.branch = False
        self.unfolding: list[str] = []
        self.unfolded = 0

    def read(self, line: int, node: Basic) -> None:
        """Take in one line."""
        self.line = line
        self.names.setdefault(line, set())
        self.seen: set[tuple[Basic, int, str, bool]] = set()
        self.scopes: list[Scope] = []
        self._walk(node, _OUTSIDE, "value")

    def _walk(self, node: Basic, scope: Scope, role: str) -> None:
        key = (node, id(scope), role, self.branch)
        if key in self.seen:
            return
        self.seen.add(key)
        if isinstance(node, Symbol):
            self._symbol(node, scope, role)
        elif isinstance(node, sympy.Rational):
            if role == "value" and abs(node) <= 10**4 and node.q <= 10**9:
                self.constants.add(node)
        elif isinstance(node, (sympy.Sum, sympy.Product)):
            self._fold(node, scope)
        elif isinstance(node, (sympy.Lambda, sympy.Subs)):
            for point in getattr(node, "point", ()):
                self._walk(point, scope, role)
            inner = Scope({**scope.ranges, **dict.fromkeys(node.variables)}, scope.indices)
            self.scopes.append(inner)
            self._walk(node.expr, inner, "value")
        elif isinstance(node, MatrixSymbol):
            self._array(node.name, node, scope)
            for d in node.shape:
                self._walk(d, _OUTSIDE, "shape")
        elif isinstance(node, IndexedBase):
            self._array(str(node.label), node, scope)
            for d in node.shape or ():
                self._walk(d, _OUTSIDE, "shape")
        elif isinstance(node, (Indexed, MatrixElement)):
            self._entry(node, scope)
        elif isinstance(node, (sympy.Identity, sympy.OneMatrix, sympy.ZeroMatrix)):
            for d in node.shape:
                self._walk(d, _OUTSIDE, "shape")
        elif isinstance(node, sympy.Piecewise):
            self.cases, outer = True, self.branch
            self._walk(node.args[0].cond, scope, role)
            self.branch = True
            for a in node.args:
                self._walk(a, scope, role)
            self.branch = outer
        else:
            if isinstance(node, sympy.KroneckerDelta):
                real = any(s.is_real and not s.is_integer for s in node.free_symbols)
                role = role if real else "index"
            elif isinstance(node, (sympy.Abs, sympy.sign, sympy.Max, sympy.Min, sympy.Heaviside)):
                self.cases = True
            for k, a in enumerate(node.args):
                ends = k == 2 and isinstance(node, sympy.KroneckerDelta)
                if isinstance(a, Basic):
                    self._walk(a, scope, "shape" if ends else role)

    def _symbol(self, node: Symbol, scope: Scope, role: str) -> None:
        if node in scope.ranges:
            return
        if node in scope.indices:
            expression, outer = scope.indices[node]
            self._walk(expression, outer, role)
            return
        if node.name in self.definitions:
            self._unfold(node.name, (), scope)
            return
        if self.symbols.setdefault(node.name, node) != node:
            raise ClaimError(f"two different symbols are called {node}: use one of them throughout")
        self.names[self.line].add(node.name)
        self.roles.setdefault(node, set()).add(role)

    def _fold(self, node: Any, scope: Scope) -> None:
        # The last limit is the outermost; a limit may use the indices outside it.
        for k, *ends in reversed(node.limits):
            for end in ends:
                self._walk(end, scope, "limit")
            given = (ends[0], ends[1], scope) if len(ends) == 2 else None
            indices = {p: v for p, v in scope.indices.items() if p != k}
            scope = Scope({**scope.ranges, k: given}, indices)
            self.scopes.append(scope)
        self._walk(node.function, scope, "value")

    def _entry(self, node: Any, scope: Scope) -> None:
        base, indices = node.args[0], tuple(node.args[1:])
        known = isinstance(base, (MatrixSymbol, IndexedBase))
        name = str(base.args[0]) if known else ""
        for i in indices:
            self._walk(i, scope, "index")
        shape = tuple(base.shape) if getattr(base, "shape", None) is not None else None
        self.accesses.append(Access(self.line, name, shape, indices, scope, self.branch))
        near = [int(i) for i in indices if isinstance(i, sympy.Integer) and abs(i) <= _FARTHEST]
        shifts = [int(c) for c, rest in (i.as_coeff_Add() for i in indices) if rest and c < 9]
        self.shift = max([self.shift, *shifts])
        self.literals = min([self.literals[0], *near]), max([self.literals[1], *near])
        if name in self.definitions:
            for size in shape or ():
                self._walk(size, scope, "shape")
            self._unfold(name, indices, scope)
        else:
            self._walk(base, scope, "value")

    def _array(self, name: str, base: Any, scope: Scope) -> None:
        self.names[self.line].add(name)
        if name in self.definitions:
            # A whole matrix: its indices run over everything.
            self._unfold(name, None, scope)
        elif self.arrays.setdefault(name, base) != base:
            raise ClaimError(f"two different arrays are called {name}: use one of them throughout")

    def _unfold(self, name: str, given: tuple[Basic, ...] | None, scope: Scope) -> None:
        if name in self.unfolding:
            return
        self.unfolded += 1
        if self.unfolded > _MOST_UNFOLDED:
            raise Unsupported(f"let, which is unfolded more than {_MOST_UNFOLDED} times")
        self.unfolding.append(name)
        for pattern, body in self.definitions[name]:
            ranges: dict[Symbol, Any] = {}
            indices: dict[Symbol, Any] = {}
            for at, p in enumerate(pattern):
                if isinstance(p, Symbol) and given is None:
                    ranges[p] = None
                elif isinstance(p, Symbol) and at < len(given or ()):
                    indices[p] = given[at], scope  # type: ignore[index]
            inner = Scope(ranges, indices)
            self.scopes.append(inner)
            self._walk(body, inner, "value")
        self.unfolding.pop()

    # ---- what was found

    def integers(self) -> tuple[list[Symbol], list[Symbol], list[Symbol]]:
        """The sizes, the free indices, and the integer variables, each in alphabetical order."""
        sizes, indices, variables = [], [], []
        for symbol, roles in sorted(self.roles.items(), key=lambda item: item[0].name):
            if "shape" in roles:
                sizes.append(symbol)
            elif "index" in roles and ("limit" not in roles or self._indexes_a_shape(symbol)):
                indices.append(symbol)
            elif "limit" in roles:
                sizes.append(symbol)
            elif symbol.is_integer:
                variables.append(symbol)
        return sizes, indices, variables

    def is_index(self, symbol: Symbol) -> bool:
        """Whether a symbol stands in an index position, and in no shape."""
        return "index" in self.roles[symbol] and "shape" not in self.roles[symbol]

    def _indexes_a_shape(self, symbol: Symbol) -> bool:
        return any(a.shape is not None and symbol in a.indices for a in self.accesses)

    def slot_range(
        self, name: str, slot: int, integers: Mapping[Symbol, int]
    ) -> tuple[int, int] | None:
        """The integers over which bound indices run in a slot of an array, in the first line."""
        found = None
        for a in self.accesses:
            if a.name != name or slot >= len(a.indices) or (found and a.line > 0):
                continue
            scope, index = a.scope, a.indices[slot]
            while index in scope.indices:
                index, scope = scope.indices[index]
            ends = scope.ranges.get(index)
            if ends is None:
                continue
            low = integer_value(ends[0], ends[2], integers)
            high = integer_value(ends[1], ends[2], integers)
            if low is not None and high is not None:
                found = (low, high) if found is None else (min(found[0], low), max(found[1], high))
        return found

    def index_range(
        self, symbol: Symbol, integers: Mapping[Symbol, int], lines: int, said: bool
    ) -> Sequence[int] | None:
        """Where a free index may lie, by the first line's arrays, else any line's.

        What is said of it comes before the arrays of other lines that have no shape.
        """
        trial, most = dict(integers), max([8, *integers.values()])
        values = range(-2, most) if most < _FARTHEST else beside(0, *integers.values())
        for depth in (0, lines):
            read = (a for a in self.accesses if a.line <= depth and not a.branch)
            mine = [a for a in read if _uses(symbol, a)]
            shaped = [a for a in mine if a.shape is not None]
            if shaped:
                out = []
                for v in values:
                    trial[symbol] = v
                    if all(a.inside(trial) for a in shaped):
                        out.append(v)
                return out
            for a in mine if depth == 0 or not said else ():
                for slot, i in enumerate(a.indices):
                    if i == symbol and (ends := self.slot_range(a.name, slot, integers)):
                        return range(ends[0], ends[1] + 1)
        return None


def beside(*integers: int) -> list[int]:
    """The integers next to some, in order.

    Examples
    --------
    >>> beside(0, 1000)
    [-2, -1, 0, 1, 998, 999, 1000, 1001]
    """
    return sorted({v + d for v in integers for d in range(-2, 2)})


def _uses(symbol: Symbol, access: Access) -> bool:
    def free(node: Basic, scope: Scope) -> bool:
        if isinstance(node, Symbol):
            if node in scope.indices:
                return free(*scope.indices[node])
            return node == symbol and node not in scope.ranges
        return any(free(a, scope) for a in node.args)

    return any(free(i, access.scope) for i in access.indices)
