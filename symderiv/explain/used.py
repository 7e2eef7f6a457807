"""Which rules a step used: what its lines are read by, what is differentiated, what was noted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sympy
from sympy import Basic, Indexed, IndexedBase
from sympy.matrices.expressions.matexpr import MatrixElement

from symderiv.explain.rulebook import LEAVES, TABLES
from symderiv.functions import Gradient, Hessian
from symderiv.indexform import matrices, scalars
from symderiv.indexform.conditions import OutOfBudget, Unsupported
from symderiv.indexform.differentiate import differentiate
from symderiv.indexform.lower import Lowering
from symderiv.indexform.ranges import Ranges
from symderiv.indexform.scope import Scope
from symderiv.indexform.terms import Term, walk
from symderiv.indexform.wellformed import integer_symbols, nodes_of
from symderiv.prove.equality import Proof
from symderiv.verdict import ClaimError, Rule

__all__ = ["rules_used"]


def rules_used(
    written: Sequence[Basic], let: Mapping[Basic, Basic], proof: Proof
) -> tuple[Rule, ...]:
    """The rules of a step, in the order of the tables; those of symbols and numbers left out."""
    nodes = nodes_of(_unfolded(written, let))
    classes = {type(node).__name__ for node in nodes}
    found: list[Rule] = []
    for table, names in (
        ("reading of scalars", classes & scalars.RULES.keys()),
        ("reading of matrix entries", classes & matrices.RULES.keys() - {"Derivative"}),
        ("derivatives of operations", set(derived := list(_differentiated(nodes, let)))),
        ("derivatives of functions", set(derived)),
        ("normal forms", proof.rules),
        ("steps of normal forms", proof.rules),
    ):
        rules = TABLES[table]
        found += [rules[name] for name in rules if name in names and name not in LEAVES]
    if len(proof.decided) > 1:
        found.append(TABLES["signs and cases"]["cases"])
    return tuple(found)


def _unfolded(written: Sequence[Basic], let: Mapping[Basic, Basic]) -> list[Basic]:
    """The lines, and the definitions that they use."""
    out, waiting = list(written), dict(let)
    while True:
        heads = {_head(node) for node in nodes_of(out)}
        used = [key for key in waiting if _head(key) in heads]
        if not used:
            return out
        out += [waiting.pop(key) for key in used]


def _head(node: Any) -> Any:
    if isinstance(node, Indexed):
        return node.base
    return node.parent if isinstance(node, MatrixElement) else node


def _differentiated(nodes: Mapping[Basic, Basic], let: Mapping[Basic, Basic]) -> Iterator[str]:
    """The operations and functions under the derivatives of these nodes."""
    sizes, indices = integer_symbols(dict(nodes))
    integers = frozenset(s for s in nodes if s.is_Symbol and s.is_integer) | sizes | indices
    for node in nodes:
        if isinstance(node, sympy.Derivative):
            function, variables = node.expr, [(v, int(c)) for v, c in node.variable_count]
        elif isinstance(node, (Gradient, Hessian)):
            function, variables = node.function, [(node.variable, 1 + isinstance(node, Hessian))]
        else:
            continue
        try:
            low = Lowering(let, Ranges(), integers)
            t = low.scalar(function, Scope())
            yield from _operations(t)
            for v, count in variables:
                for _ in range(count - 1 if not isinstance(v, IndexedBase) else 0):
                    t = differentiate(t, low.scalar(v, Scope()))
                    yield from _operations(t)
        except (ClaimError, OutOfBudget, RecursionError, TypeError, Unsupported):
            yield from ()  # a trace with fewer rules is better than none


def _operations(t: Term) -> Iterator[str]:
    for node in walk(t):
        yield node.op
        if node.op == "call":
            yield node.data.partition(":")[0]
