"""Terms that count where an integer condition holds, and are 0 elsewhere.

A range that depends on another index is such a mask: Σ_{j > i} f is Σⱼ f where j > i. What is
masked is not multiplied by 0, since it may be infinite where it does not count.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from symderiv.indexform.terms import ONE, ZERO, Linear, Term, by_sign, integer, mul, walk

if TYPE_CHECKING:
    from symderiv.numeric.sums import Normal

__all__ = ["apart", "is_delta", "is_positive", "left_out", "mask_of", "masked", "where"]

_FINITE = {"add", "mul", "sum", "sign", "num", "int", "var", "entry"}
_FINITE_CALLS = {"abs", "sign", "maximum", "minimum", "tanh", "sin", "cos", "atan"}


def is_delta(t: Term) -> bool:
    """Whether t is [u = 0] for an integer form u."""
    return t.op == "sign" and t.args[0].op == "int" and t.args[1:] == (ZERO, ONE, ZERO)


def mask_of(t: Term) -> Term | None:
    """What counts in t where a condition on integers holds; None where there is more than that."""
    if t.op != "sign" or t.args[0].op != "int":
        return None
    inside = {b for b in t.args[1:] if b is not ZERO}
    return inside.pop() if len(inside) == 1 and ZERO in t.args else None


def left_out(t: Term) -> tuple[Term, Linear] | None:
    """A and j, where t is Σₖ [k ≠ j]·aₖ."""
    if t.op != "sum":
        return None
    k, (body,) = t.data[0], t.args
    a = mask_of(body)
    if a is None or k not in a.names or body.args[1:] != (a, ZERO, a):
        return None
    form: Linear = body.args[0].data
    j = Linear.of(k) - form * form.coefficient(k)
    alone = abs(form.coefficient(k)) == 1 and k not in j.names and not j.names & a.names
    return (a, j) if alone else None


def masked(t: Term, inside: Term) -> Term:
    """The same with something else that counts."""
    u, *branches = t.args
    return by_sign(u, *(b if b is ZERO else inside for b in branches))


def is_finite(t: Term, nonnegative: Collection[str] = ()) -> bool:
    """Whether a term has a value at all data, but for what is too large for the format."""

    def has_value(node: Term) -> bool:
        if node.op in ("pow", "root"):
            (base,) = node.args
            return bool(node.data > 0) and (node.op == "pow" or is_nonnegative(base, nonnegative))
        return node.op in _FINITE or (node.op == "call" and node.data in _FINITE_CALLS)

    return all(map(has_value, walk(t)))


def is_nonnegative(t: Term, nonnegative: Collection[str] = ()) -> bool:
    """Whether a term is seen to be at least 0, where it has a value."""
    match t.op:
        case "num":
            return bool(t.data >= 0)
        case "pow" if t.data % 2 == 0:
            return True
        case "entry":
            return t.data[0] in nonnegative
        case "var":
            return t.data in nonnegative
        case "add" | "mul" | "sum" | "pow":
            return all(is_nonnegative(a, nonnegative) for a in t.args)
        case "sign":
            return all(is_nonnegative(a, nonnegative) for a in t.args[1:])
    return t.op == "root" or (t.op == "call" and t.data in ("abs", "exp"))


def apart(normal: Normal, factors: Sequence[Term]) -> tuple[list[Term], list[Term]]:
    """The factors of a product that need no mask where it does not count, and all others.

    What has a value at all data leaves the mask, so that contractions find it, but for what is no
    larger than a factor that has none: y stays beside log p, which count together where both are 0.
    """
    bounded = [is_finite(f, normal.nonnegative) for f in factors]
    some = zip(factors, bounded, strict=True)
    axes = frozenset[str]().union(*(normal.axes(f) for f, known in some if not known))
    outside = [
        known and (all(bounded) or not normal.axes(f) <= axes)
        for f, known in zip(factors, bounded, strict=True)
    ]
    return (
        [f for f, out in zip(factors, outside, strict=True) if out],
        [f for f, out in zip(factors, outside, strict=True) if not out],
    )


def where(normal: Normal, condition: Linear, factors: Sequence[Term]) -> list[Term]:
    """The factors of a product that counts where an integer is at least 0 alone."""
    outside, inside = apart(normal, factors)
    return [*outside, by_sign(integer(condition), mul(*inside), mul(*inside), ZERO)]


def is_positive(t: Term, positive: Collection[str]) -> bool:
    """Whether a term is a number, or a product of symbols, that is declared to be positive."""
    match t.op:
        case "num":
            return bool(t.data > 0)
        case "var":
            return t.data in positive
        case "add" | "mul" | "pow" | "root":
            return all(is_positive(a, positive) for a in t.args)
    return False
