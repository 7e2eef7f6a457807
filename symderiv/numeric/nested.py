"""Sums of exponentials brought into the one shape that is read: Σₖ cₖ·e^{u_k}.

- e^a·e^b under a sum is e^(a + b);
- Σₖ e^{u_k}·Σₚ e^{v_kp} is Σₖ e^{u_k + log Σₚ e^{v_kp}}: the largest exponent of each sum is taken
  out of it, and the largest of what these then are out of the whole.

A sum of positive numbers has a logarithm; others stay as they are.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from symderiv.indexform.terms import (
    ONE,
    Term,
    add,
    call,
    mul,
    num,
    power,
    rebuild,
    substitute,
    total,
    walk,
)
from symderiv.numeric.exponentials import is_sum, live, parts, weighted
from symderiv.numeric.powers import without
from symderiv.numeric.sums import Normal, monomial

__all__ = ["inside_of_all", "summed"]


def summed(normal: Normal, t: Term) -> Term | None:
    """Logarithms and divisors with their sums in this shape; other sums where no array grows."""
    if t.op == "call" and t.data == "log":
        (whole,) = t.args
        new = _shaped(normal, whole)
        return None if new is whole else call("log", new)
    if t.op == "pow" and t.data < 0 and (live(t.args[0]) or t.args[0].op == "sum"):
        new = _shaped(normal, t.args[0])
        return None if new is t.args[0] else power(new, t.data)
    if t.op == "mul":
        return _apart(t)
    if t.op == "sum":
        one = _one_exponential(t)
        same = one is not None and any(
            normal.axes(f) == normal.axes(one.args[0]) for f in _exponentials(t.args[0])
        )
        return one if same else None
    return None


def _apart(t: Term) -> Term | None:
    """A product in which (N/D)⁻¹ is D·N⁻¹, where no D is left above."""
    memo: dict[Term, Term] = {}
    for node in walk(t):
        memo[node] = rebuild(node, tuple(memo[a] for a in node.args)) if node.args else node
        if node.op == "pow" and node.data < 0 and node.args[0].op == "mul":
            coefficient, factors = monomial(node.args[0])
            below = {f.args[0] for f in factors if f.op == "pow" and is_sum(f.args[0])}
            if below and all(_degree(t, D) <= 0 for D in below):
                pairs = ((f.args[0], f.data) if f.op == "pow" else (f, 1) for f in factors)
                apart = (power(memo[f], k * node.data) for f, k in pairs)
                memo[node] = mul(*apart, num(coefficient**node.data))
    return memo[t] if memo[t] is not t else None


def _degree(t: Term, D: Term, sign: int = 1) -> int:
    """The greatest power of D that an addend of t has as a factor; or of D⁻¹, for −1."""
    if t is D:
        return sign
    match t.op:
        case "pow":
            k = int(t.data)
            return abs(k) * _degree(t.args[0], D, sign if k > 0 else -sign)
        case "mul":
            return sum(_degree(a, D, sign) for a in t.args)
        case "add":
            return max(_degree(a, D, sign) for a in t.args)
        case "sum":
            return _degree(t.args[0], D, sign)
    return 0


def _shaped(normal: Normal, t: Term) -> Term:
    """The sums among the addends and factors of a term."""
    if t.op == "add":
        return add(*(_shaped(normal, a) for a in t.args))
    if t.op == "mul":
        return mul(*(_shaped(normal, a) for a in t.args))
    if t.op == "pow":
        return power(_shaped(normal, t.args[0]), t.data)
    if t.op != "sum" or is_sum(t):
        return t
    k, lower, upper = t.data
    coefficient, factors = monomial(t.args[0])
    inner = [f for f in factors if f.op == "sum"]
    if len(inner) == 1:
        (f,) = inner
        s = _shaped(normal, f)
        if not is_sum(s) or not _positive(weighted(s)[0]):
            return t
        rest = without(factors, [f])
        t = total(k, lower, upper, mul(*rest, call("exp", call("log", s)), num(coefficient)))
    return _one_exponential(t) or t


def inside_of_all(normal: Normal, factors: Sequence[Term]) -> list[Term] | None:
    """e^u·ΣₖΣₚ c·e^w/S as ΣₖΣₚ c·(e^(u + w)/S), where u + w is one of the exponents in S."""
    wholes = [f.args[0] for f in factors if f.op == "pow" and f.data < 0]
    outside = [f for f in factors if f.op == "call" and f.data == "exp"]
    for whole in (s for s in wholes if is_sum(s) and len(_members(s)[0]) > 1):
        for sum_ in (f for f in factors if f.op == "sum"):
            exponents = (
                [
                    f.args[0]
                    for f in (*monomial(a)[1], *outside)
                    if f.op == "call" and f.data == "exp"
                ]
                for a in _innermost(sum_)
            )
            if any(us and _is_member(normal, whole, add(*us)) for us in exponents):
                inside = _inside(sum_, mul(*outside, power(whole, -1)))
                over = [f for f in factors if f.op == "pow" and f.args[0] is whole]
                rest = without(factors, [sum_, *outside, *over])
                left = 1 + sum(f.data for f in over)
                return [*rest, inside, power(whole, left)]
    return None


def _inner_sum(t: Term) -> Term | None:
    """The one sum with exponentials among the factors of a product."""
    sums = [f for f in monomial(t)[1] if f.op == "sum" and any(live(e) for e in walk(f.args[0]))]
    return sums[0] if len(sums) == 1 else None


def _innermost(t: Term) -> Iterator[Term]:
    """The products that are added up in sums of sums."""
    if t.op in ("sum", "add"):
        for a in t.args:
            yield from _innermost(a)
        return
    inner = _inner_sum(t)
    yield from [t] if inner is None else _innermost(inner)


def _inside(t: Term, factor: Term) -> Term:
    """The same sums with a factor for each of these products."""
    if t.op == "sum":
        k, lower, upper = t.data
        return total(k, lower, upper, _inside(t.args[0], factor))
    if t.op == "add":
        return add(*(_inside(a, factor) for a in t.args))
    inner = _inner_sum(t)
    if inner is None:
        return mul(t, factor)
    coefficient, factors = monomial(t)
    rest = without(factors, [inner])
    return mul(*rest, _inside(inner, factor), num(coefficient))


def _members(whole: Term) -> tuple[list[str], Term]:
    """The exponents in the sums inside of one, with the indices of all."""
    _, u, p = weighted(whole)
    for a in u.args if u.op == "add" else (u,):
        if a.op == "call" and a.data == "log" and is_sum(a.args[0]):
            indices, w = _members(a.args[0])
            return [p, *indices], add(w, *(b for b in u.args if b is not a and u.op == "add"))
    return [p], u


def _is_member(normal: Normal, whole: Term, u: Term) -> bool:
    """Whether u is one of the exponents, at some of the indices that occur in it."""
    forms = sorted({f for e in walk(u) if e.op == "entry" for f in e.data[1]}, key=repr)
    wanted, (indices, w) = _parts(u), _members(whole)
    return any(
        _parts(normal.run(substitute(w, dict(zip(indices, places, strict=True))))) == wanted
        for places in itertools.product(forms, repeat=len(indices))
    )


def _parts(u: Term) -> dict[Any, Fraction]:
    return {frozenset(Counter(factors).items()): c for factors, c in parts(u).items()}


def _positive(t: Term) -> bool:
    return t is ONE or (t.op == "num" and t.data > 0)


def _exponentials(t: Term) -> list[Term]:
    return [f for f in monomial(t)[1] if f.op == "call" and f.data == "exp"]


def _one_exponential(t: Term) -> Term | None:
    """A sum of products of exponentials as one of single ones."""
    coefficient, factors = monomial(t.args[0])
    found = _exponentials(t.args[0])
    rest = [f for f in factors if f not in found]
    if len(found) < 2 or any(map(live, rest)):
        return None
    k, lower, upper = t.data
    one = call("exp", add(*(f.args[0] for f in found)))
    return total(k, lower, upper, mul(*rest, one, num(coefficient)))
