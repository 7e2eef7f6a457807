"""Sums of exponentials that are divided out, or divided addend by addend.

Σₖ cₖ·e^{u_k} over S = Σₚ e^{u_p} is the sum of cₖ·(e^{u_k}/S), in which nothing overflows.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction

from symderiv.indexform.terms import (
    ONE,
    Linear,
    Term,
    add,
    mul,
    num,
    power,
    substitute,
    total,
    walk,
)
from symderiv.numeric.exponentials import (
    direction,
    exponents,
    is_call,
    is_sum,
    live,
    parts,
    weighted,
)
from symderiv.numeric.nested import inside_of_all
from symderiv.numeric.powers import monomial, without
from symderiv.numeric.sums import Normal

__all__ = ["carried"]


def carried(normal: Normal, t: Term) -> Term | None:
    """Σₖ cₖ·e^{u_k} over D, with Σₚ e^{u_p}, as the sum of cₖ·(e^{u_k}/D): it does not overflow."""
    if t.op != "mul":
        return None
    coefficient, factors = monomial(t)
    met = _met(normal, factors) or inside_of_all(normal, factors) or _divided(factors)
    met = met or _moved(normal, factors)
    if met is not None:
        return mul(*met, num(coefficient))
    divisors = [f for f in factors if f.op == "pow" and f.data < 0 and _sums(f.args[0])]
    for whole in dict.fromkeys(f.args[0] for f in divisors):
        before = left = -sum(f.data for f in divisors if f.args[0] is whole)
        rest = list[Term]()
        for f in (f for f in factors if f not in divisors or f.args[0] is not whole):
            over = ((d, _over(normal, f, whole, d)) for d in range(left, 0, -1))
            degree, new = next(((d, new) for d, new in over if new is not None), (0, f))
            left -= degree
            rest.append(new)
        if left < before:
            return mul(*rest, power(whole, -left), num(coefficient))
    return None


def _over(normal: Normal, t: Term, whole: Term, times: int) -> Term | None:
    """t/Dᵏ with the divisor inside the sums of t; None where that is not possible."""
    if t is whole:
        return ONE if times == 1 else None
    match t.op:
        case "sum":
            sums = _sums(whole) if is_sum(whole) or not is_sum(t) else []
            if all(_degree(t, s) < times for s in sums):
                return None
            k, lower, upper = t.data
            return total(k, lower, upper, mul(t.args[0], power(whole, -times)))
        case "add":
            parts = [_over(normal, a, whole, times) for a in t.args]
            known = [a for a in parts if a is not None]
            return normal.plus(*known) if len(known) == len(parts) else None
        case "pow" if t.data > 0 and times % t.data == 0:
            inside = _over(normal, t.args[0], whole, times // t.data)
            return None if inside is None else power(inside, t.data)
        case "mul":
            left, out = times, list[Term]()
            for f in t.args:
                over = ((d, _over(normal, f, whole, d)) for d in range(left, 0, -1))
                degree, new = next(((d, new) for d, new in over if new is not None), (0, f))
                left -= degree
                out.append(new)
            return None if left else mul(*out)
    return None


def _met(normal: Normal, factors: Sequence[Term]) -> list[Term] | None:
    """e^u·Σₖ cₖ/(e^u + e^{v_k}) with e^u inside the sum, where it does not overflow."""
    alone = [f for f in factors if is_call(f.args[0] if f.op == "pow" else f, "exp")]
    for sum_ in (f for f in factors if f.op == "sum" and not is_sum(f)):
        below = [f.args[0] for f in walk(sum_.args[0]) if f.op == "pow" and f.data < 0]
        inside = [f for f in alone if any(_among(normal, f, d) for d in below)]
        if inside:
            inside += [f for f in factors if is_sum(f) and f in below]
            rest = without(factors, [sum_, *inside])
            k, lower, upper = sum_.data
            return [*rest, total(k, lower, upper, mul(sum_.args[0], *inside))]
    return None


def _divided(factors: Sequence[Term]) -> list[Term] | None:
    """S·(a/S + Σₖ bₖ/S²) for S = Σₚ e^{u_p}, which is divided out."""
    for whole in filter(is_sum, factors):
        for f in factors:
            new = _times(f, whole)
            if new is not None:
                return [*without(factors, [f, whole]), new]
    return None


def _times(t: Term, whole: Term, *, inside: bool = True) -> Term | None:
    """t·S where t is over S, or a sum over an index is ``inside``; None where an addend is not."""
    match t.op:
        case "pow" if t.args[0] is whole and t.data < 0:
            return power(whole, t.data + 1)
        case "sum" if inside:
            body = _times(t.args[0], whole)
            index, lower, upper = t.data
            return None if body is None else total(index, lower, upper, body)
        case "add":
            addends = [_times(a, whole, inside=inside) for a in t.args]
            known = [a for a in addends if a is not None]
            return add(*known) if len(known) == len(addends) else None
        case "mul":
            for k, f in sorted(enumerate(t.args), key=lambda place: place[1].op != "pow"):
                if (new := _times(f, whole, inside=inside)) is not None:
                    return mul(*t.args[:k], new, *t.args[k + 1 :])
    return None


def _moved(normal: Normal, factors: Sequence[Term]) -> list[Term] | None:
    """Σₖ cₖ·e^{u_k}·(a/S + b/S²) as Σₖ cₖ·(e^{u_k}/S)·(a + b/S)."""
    for f in (f for f in factors if f.op == "add"):
        below = [
            {d.args[0] for d in monomial(a)[1] if d.op == "pow" and d.data < 0} for a in f.args
        ]
        for whole in filter(is_sum, sorted(set.intersection(*below), key=repr)):
            raised = [f]
            while (new := _times(raised[-1], whole, inside=False)) is not None:
                raised.append(new)
            for g, k in itertools.product(factors, range(len(raised) - 1, 0, -1)):
                new = None if g is f else _over(normal, g, whole, k)
                if new is not None:
                    return [*without(factors, [f, g]), raised[k], new]
    return None


def _among(normal: Normal, f: Term, divisor: Term) -> bool:
    """Whether e^u is an addend of a divisor, or a factor of one of a sum over an index."""
    if divisor.op == "add":
        return live(divisor) and bool(exponents(f) & exponents(divisor))
    if not is_sum(divisor) or f.op == "pow":
        return False
    _, u, p = weighted(divisor)
    forms = {form for e in walk(f) if e.op == "entry" for form in e.data[1]}
    wanted = parts(f.args[0]).items()
    return any(wanted < parts(normal.run(substitute(u, {p: form}))).items() for form in forms)


def _sums(divisor: Term) -> list[Term]:
    """The sums of exponentials over an index among the addends of a divisor."""
    addends = divisor.args if divisor.op == "add" else (divisor,)
    return [f for a in addends for f in monomial(a)[1] if is_sum(f)]


def _degree(t: Term, whole: Term) -> int:
    """How often e^{u_k} stands in the addends of a sum over k, for the u of another sum."""
    k = t.data[0]
    _, u, p = weighted(whole)
    key, scale = direction(parts(substitute(u, {p: Linear.of(k)})))

    def degree(f: Term) -> Fraction:
        match f.op:
            case "add":
                return max(map(degree, f.args))
            case "mul":
                return sum(map(degree, f.args), Fraction(0))
            case "pow":
                return int(f.data) * degree(f.args[0])
            case "call" if f.data == "exp":
                other, c = direction(parts(f.args[0]))
                return c / scale if other == key else Fraction(0)
        return Fraction(f is whole)

    return max(0, int(degree(t.args[0])))
