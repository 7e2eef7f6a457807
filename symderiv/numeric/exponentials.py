"""Exponentials in terms: where they take part, and what their exponents have in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import reduce
from math import gcd, lcm
from typing import Any

from symderiv.indexform.terms import Linear, Term, add, constant, mul, num, substitute, walk
from symderiv.numeric.sums import monomial

__all__ = [
    "HYPERBOLIC",
    "LEAST",
    "MOST_EXPONENT",
    "apart",
    "basis",
    "direction",
    "exponent",
    "exponents",
    "form_of",
    "has_log",
    "is_call",
    "is_sum",
    "live",
    "parts",
    "small",
    "weighted",
]

_SIMPLE = ("entry", "var", "sum", "int")
LEAST = constant("-oo")  # the exponent of 0
MOST_EXPONENT = 4  # more is not multiplied out
HYPERBOLIC = ("tanh", "sinh", "cosh")


def live(t: Term) -> bool:
    """Whether e^u or a logarithm takes part in sums, products and powers of t."""
    match t.op:
        case "call" if t.data == "log":
            return live(t.args[0]) and not (t.args[0].op == "call" and t.args[0].data == "cosh")
        case "call":
            return t.data == "exp" or t.data in HYPERBOLIC
        case "add" | "mul" | "pow":
            return any(live(a) for a in t.args)
    return is_sum(t)


def is_call(t: Term, name: str) -> bool:
    """Whether t is this function of something."""
    return t.op == "call" and bool(t.data == name)


def has_log(t: Term) -> bool:
    """Whether a logarithm takes part in sums, products and powers of t."""
    inside = t.op in ("add", "mul", "pow") and any(map(has_log, t.args))
    return inside or (t.op == "call" and bool(t.data == "log"))


def is_sum(t: Term) -> bool:
    """Whether t is Σₚ e^{u_p} or Σₚ cₚ·e^{u_p}."""
    if t.op != "sum":
        return False
    factors = monomial(t.args[0])[1]
    found = [f for f in factors if f.op == "call" and f.data == "exp"]
    return len(found) == 1 and not any(live(f) for f in factors if f not in found)


def weighted(t: Term) -> tuple[Term, Term, str]:
    """The coefficient and the exponent in a sum of exponentials, and its index."""
    coefficient, factors = monomial(t.args[0])
    (e,) = (f for f in factors if f.op == "call" and f.data == "exp")
    return mul(*(f for f in factors if f is not e), num(coefficient)), e.args[0], t.data[0]


def form_of(w: Term, sum_: Term) -> Linear | None:
    """The p at which the exponent in a sum is w."""
    u, p = weighted(sum_)[1:]
    forms = {f for e in walk(w) if e.op == "entry" for f in e.data[1]}
    return next((f for f in sorted(forms, key=repr) if substitute(u, {p: f}) is w), None)


def parts(u: Term) -> dict[tuple[Term, ...], Fraction]:
    """A sum of products, by the factors of each; a quotient of exponentials is one factor."""
    out: dict[tuple[Term, ...], Fraction] = {}
    for a in u.args if u.op == "add" else (u,):
        coefficient, factors = monomial(a)
        inside = [f for f in factors if live(f)]
        if len(inside) > 1:
            factors = [*(f for f in factors if not live(f)), mul(*inside)]
        inner = {tuple(factors): Fraction(1)}
        if len(factors) == 1 and factors[0].op == "add":
            inner = parts(factors[0])
        for key, c in inner.items():
            out[key] = out.get(key, Fraction(0)) + c * coefficient
    return {factors: c for factors, c in out.items() if c}


def direction(found: dict[tuple[Term, ...], Fraction]) -> tuple[Any, Fraction]:
    """What multiples of an exponent have in common, and which multiple it is."""
    if not found:  # z_p − z_i at p = i
        return frozenset(), Fraction(1)
    first = found[min(found, key=repr)]
    return frozenset((frozenset(Counter(fs).items()), c / first) for fs, c in found.items()), first


def apart(a: Term, b: Term) -> Term:
    """The difference of two exponents, in which what they share is gone."""
    found = parts(a)
    for factors, c in parts(b).items():
        found[factors] = found.get(factors, Fraction(0)) - c
    return add(*(mul(*factors, num(c)) for factors, c in found.items() if c))


def exponents(t: Term) -> set[Any]:
    """The exponents in t up to multiples, and its sums of exponentials."""
    out = set[Any]()
    for e in walk(t):
        if e.op == "call" and e.data in ("exp", *HYPERBOLIC):
            found = parts(e.args[0])
            out |= {direction(found)[0]} if found else set()
        elif is_sum(e):
            out.add(e)
    return out


def exponent(t: Term) -> Term:
    """The exponent of e^u, and 2u for tanh u = (e^(2u) − 1)/(e^(2u) + 1)."""
    (u,) = t.args
    if t.data == "tanh":
        coefficient, factors = monomial(u)
        return mul(*factors, num(2 * coefficient))
    return u


def small(t: Term) -> bool:
    """Whether multiplying out costs nothing: sums and products of a few simple parts."""
    found = t.args if t.op == "add" else (t,)
    return len(found) <= 3 and all(_simple(f) for a in found for f in monomial(a)[1])


def _simple(f: Term) -> bool:
    """An entry and the like, a divisor that is one, or a logarithm."""
    divisor = f.op == "pow" and f.data < 0 and f.args[0].op in _SIMPLE
    return f.op in _SIMPLE or divisor or (f.op == "call" and f.data == "log")


Uses = Mapping[Any, Sequence[tuple[Term, Fraction]]]
Scales = dict[int, int]


def basis(
    uses: Uses, inside: Sequence[Term], factors: Sequence[Term]
) -> tuple[list[Term], dict[Term, Scales]] | None:
    """The u of which all exponents are whole multiples, and of each exponent: which, how often.

    e^(a + b) that is one of the ``factors`` of an expression is e^a·e^b where these occur.

    Parameters
    ----------
    uses
        The exponents by what their multiples have in common, with which multiple each is.
    inside
        The exponents in sums over an index, whose multiples count as well.
    """
    others = [direction(parts(u)) for u in inside]
    alone = {f.args[0]: parts(f.args[0]) for f in factors if f.op == "call" and f.data == "exp"}
    alone = {u: found for u, found in alone.items() if len(found) > 1}
    out, scales = list[Term](), dict[Term, Scales]()
    composed = [key for key, same in uses.items() if all(u in alone for u, _ in same)]
    for key in sorted(uses, key=composed.__contains__):
        if key in composed:
            made = {u: _composed(out, alone[u]) for u, _ in uses[key]}
            if all(made.values()):
                scales |= {u: found for u, found in made.items() if found}
                continue
        term, first = uses[key][0]
        summed = [c for k, c in others if k == key]
        smallest = reduce(_common, [abs(c) for _, c in uses[key]] + [abs(c) for c in summed])
        if summed and all(c < 0 for c in summed):  # e^u is one of the addends, and not e^(−u)
            smallest = -smallest
        for u, c in uses[key]:
            k = c / smallest
            if k.denominator != 1 or abs(k) > MOST_EXPONENT:
                return None
            scales[u] = {len(out): int(k)}
        one = (mul(*fs, num(c * smallest / first)) for fs, c in parts(term).items())
        out.append(add(*one))
    return out, scales


def _common(a: Fraction, b: Fraction) -> Fraction:
    """The largest number of which both are whole multiples."""
    below = lcm(a.denominator, b.denominator)
    return Fraction(gcd(int(a * below), int(b * below)), below)


def _composed(exponents: list[Term], found: Mapping[tuple[Term, ...], Fraction]) -> Scales | None:
    """The parts of an exponent as multiples of those that have one part, which one of them is.

    The others are added.
    """
    scales, missing = Scales(), dict(found)
    for i, u in enumerate(exponents):
        pairs = list(parts(u).items())
        for factors, c in found.items():
            if len(pairs) == 1 and Counter(factors) == Counter(pairs[0][0]):
                k = c / pairs[0][1]
                if k.denominator != 1 or abs(k) > MOST_EXPONENT:
                    return None
                scales[i] = int(k)
                del missing[factors]
    if not scales:
        return None
    for factors, c in missing.items():
        scales[len(exponents)] = 1
        exponents.append(mul(*factors, num(c)))
    return scales
