"""The sign of a term by its structure, before anything is multiplied out.

(x − μ)² + 1 > 0 is seen here and no longer in the expanded form. The rules are those of an
ordered field, e^u > 0, and that a sum of positive terms over a range that is not empty is
positive; what the structure does not tell is asked of the normal form of a part.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from symderiv.indexform.conditions import Unsupported
from symderiv.indexform.terms import Term, walk
from symderiv.prove.field import DividedByZero
from symderiv.prove.signs import ANY, plus, power, times
from symderiv.prove.units import Split

if TYPE_CHECKING:
    from symderiv.prove.normalise import Normaliser

__all__ = ["sign_of"]


def sign_of(t: Term, norm: Normaliser) -> frozenset[str]:
    """The possible signs of a term that is defined."""
    memo: dict[Term, frozenset[str]] = {}
    for node in walk(t):
        s = [memo[a] for a in node.args]
        match node.op:
            case "add":
                found = reduce(plus, s)
            case "mul":
                found = reduce(times, s)
            case "pow":
                found = power(s[0], node.data) - frozenset("0" if node.data < 0 else "")
            case "root":
                found = s[0] - frozenset("-")
            case "sum":
                _, lower, upper = node.data
                found = plus(s[0], s[0])
                found |= frozenset("" if norm.ranges.nonnegative(upper - lower) else "0")
            case "call" if node.data == "exp":
                found = frozenset("+")
            case _:
                found = _of_part(node, norm) if node.names <= t.names else ANY
        memo[node] = found
    return memo[t]


def _of_part(node: Term, norm: Normaliser) -> frozenset[str]:
    try:
        return norm.sign(norm.of(node))
    except (DividedByZero, Split, Unsupported):
        return ANY
