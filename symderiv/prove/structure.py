"""The sign of a term by its structure, before anything is multiplied out.

(x − μ)² + 1 > 0 is seen here and no longer in the expanded form. The rules are those of an
ordered field, e^u > 0, and that a sum of positive terms over a range that is not empty is
positive; what the structure does not tell is asked of the normal form of a part.
"""

from __future__ import annotations

from functools import partial, reduce

from symderiv.indexform.conditions import Unsupported
from symderiv.indexform.terms import Term, walk
from symderiv.prove.field import DividedByZero
from symderiv.prove.normalise import Normaliser
from symderiv.prove.signs import ANY, plus, power, times
from symderiv.prove.units import Split

__all__ = ["has_sum", "sign_of"]


def sign_of(t: Term, norm: Normaliser) -> frozenset[str]:
    """The possible signs of a term that is defined."""
    return norm.signs.remembered(("structure", t), partial(_found, t, norm))


def _found(t: Term, norm: Normaliser) -> frozenset[str]:
    match t.op:
        case "add":
            return reduce(plus, (sign_of(a, norm) for a in t.args))
        case "mul":
            return reduce(times, (sign_of(a, norm) for a in t.args))
        case "pow":
            found = power(sign_of(t.args[0], norm), t.data)
            return found - frozenset("0" if t.data < 0 else "")
        case "root":
            return sign_of(t.args[0], norm) - frozenset("-")
        case "sum":
            term, (_, lower, upper) = sign_of(t.args[0], norm), t.data
            empty = "" if norm.ranges.nonnegative(upper - lower) else "0"
            return plus(term, term) | frozenset(empty)
        case "call" if t.data == "exp":
            return frozenset("+")
    try:
        return norm.sign(norm.of(t))
    except (DividedByZero, Split, Unsupported):
        return ANY


def has_sum(t: Term) -> bool:
    """Whether there is a sum in a term."""
    return any(node.op == "sum" for node in walk(t))
