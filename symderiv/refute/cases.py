"""The case distinctions of a line, as relations that a point can be made to satisfy.

What is wrong in one case only is found by looking inside each: below, at and above every joint.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import sympy
from sympy import Basic, Symbol
from sympy.core.relational import Relational
from sympy.tensor.indexed import IndexedBase

__all__ = ["inside_cases"]

_MOST_JOINTS = 12


def inside_cases(lines: Sequence[Basic]) -> list[Basic]:
    """Relations a < b, a = b and a > b for the comparisons in the lines, joints first."""
    joints: dict[tuple[Basic, Basic], None] = {}
    seen: set[tuple[Basic, frozenset[Basic]]] = set()
    for line in lines:
        for pair in _joints(line, frozenset(), seen):
            joints.setdefault(pair)
    out: list[Basic] = []
    for a, b in list(joints)[:_MOST_JOINTS]:
        sides = (r(a, b, evaluate=False) for r in (sympy.Eq, sympy.Lt, sympy.Gt))
        out += [r for r in sides if isinstance(r, Relational)]
    return out


def _joints(
    node: Basic, bound: frozenset[Basic], seen: set[tuple[Basic, frozenset[Basic]]]
) -> Iterator[tuple[Basic, Basic]]:
    """What is compared in a line, where no bound index occurs in it."""
    if (node, bound) in seen:
        return
    seen.add((node, bound))
    if isinstance(node, (sympy.Sum, sympy.Product)):
        bound = bound | {limit[0] for limit in node.limits}
    if isinstance(node, (sympy.Lambda, sympy.Subs)):
        bound = bound | set(node.variables)
    pairs: list[tuple[Basic, Basic]] = []
    if isinstance(node, Relational):
        pairs = [(node.lhs, node.rhs)]
    elif isinstance(node, (sympy.Abs, sympy.sign, sympy.Heaviside)):
        pairs = [(node.args[0], sympy.Integer(0))]
    elif isinstance(node, (sympy.Max, sympy.Min)):
        first, *others = sorted(node.args, key=sympy.default_sort_key)
        pairs = [(first, other) for other in others]
    for a, b in pairs:
        names = {s for s in (a - b).free_symbols if isinstance(s, Symbol)} - _labels(a - b)
        if names and not names & bound and not all(s.is_integer for s in names):
            yield a, b
    for arg in node.args:
        if isinstance(arg, Basic):
            yield from _joints(arg, bound, seen)


def _labels(node: Basic) -> set[Basic]:
    return {base.label for base in node.atoms(IndexedBase)}
