"""Where a function of one symbol has its joints, in order."""

from __future__ import annotations

from functools import cmp_to_key

from symderiv.indexform.differentiate import depends, differentiate
from symderiv.indexform.terms import ZERO, Term, in_case, mul, num, power, transform, walk
from symderiv.prove.certificates import sign_of
from symderiv.prove.convexity import minus
from symderiv.prove.hypotheses import Premises
from symderiv.prove.work import Work

__all__ = ["joints"]

_MOST = 12


def joints(t: Term, x: Term, premises: Premises, work: Work) -> list[Term] | None:
    """The values of x at which a case distinction of t changes, smallest first, or None."""
    found: dict[Term, None] = {}
    for u in _tests(t, x):
        slope = differentiate(u, x)
        if depends(slope, x):
            return None
        if slope is ZERO:
            continue  # x is written in it, and cancels
        inverse = num(1 / slope.data) if slope.op == "num" else power(slope, -1)
        at = mul(num(-1), transform(u, {x: num(0)}.get), inverse)
        found.setdefault(at)
        if len(found) > _MOST:
            return None
    ordered: list[Term] = []
    for b in found:
        if all(sign_of(minus(b, a), premises, work) != frozenset("0") for a in ordered):
            ordered.append(b)

    def compare(a: Term, b: Term) -> int:
        sign = sign_of(minus(a, b), premises, work)
        return 1 if sign == frozenset("+") else -1

    return sorted(ordered, key=cmp_to_key(compare))


def _tests(t: Term, x: Term) -> list[Term]:
    """What is compared with 0, with the case distinctions inside it made in every way."""
    out: list[Term] = []
    for node in walk(t):
        if node.op != "sign" or not depends(node.args[0], x):
            continue
        todo = [node.args[0]]
        while todo:
            u = todo.pop()
            inner = next((v.args[0] for v in walk(u) if v.op == "sign"), None)
            if inner is None:
                if depends(u, x):
                    out.append(u)
            elif len(todo) < _MOST:
                todo += [in_case(u, inner, s) for s in "+-"]
    return out
