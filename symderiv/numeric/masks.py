"""Terms that count where an integer condition holds, and are 0 elsewhere.

A range that depends on another index is such a mask: Σ_{j > i} f is Σⱼ f where j > i. What is
masked is not multiplied by 0, since it may be infinite where it does not count.
"""

from __future__ import annotations

from symderiv.indexform.terms import ONE, ZERO, Term, by_sign

__all__ = ["is_delta", "mask_of", "masked"]


def is_delta(t: Term) -> bool:
    """Whether t is [u = 0] for an integer form u."""
    return t.op == "sign" and t.args[0].op == "int" and t.args[1:] == (ZERO, ONE, ZERO)


def mask_of(t: Term) -> Term | None:
    """What counts in t where a condition on integers holds; None where there is more than that."""
    if t.op != "sign" or t.args[0].op != "int":
        return None
    inside = {b for b in t.args[1:] if b is not ZERO}
    return inside.pop() if len(inside) == 1 and ZERO in t.args else None


def masked(t: Term, inside: Term) -> Term:
    """The same with something else that counts."""
    u, *branches = t.args
    return by_sign(u, *(b if b is ZERO else inside for b in branches))
