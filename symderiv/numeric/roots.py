"""Square roots of sums of squares, which no square overflows or underflows.

Those of two are NumPy's hypot; those of many are divided by the largest first.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from math import isqrt

from symderiv.indexform.terms import (
    ONE,
    ZERO,
    Linear,
    Term,
    add,
    by_sign,
    call,
    mul,
    num,
    power,
    root,
    substitute,
    walk,
)
from symderiv.numeric.masks import is_nonnegative
from symderiv.numeric.sums import Normal, monomial

__all__ = ["larger", "may_be_zero", "norm", "smaller_ratio", "square_root"]

_HALF = Fraction(1, 2)
_BOUNDED = {"sigma", "sigma_complement", "sigma_slope", "share", "tanh", "sin", "cos", "sign"}


def norm(normal: Normal, t: Term) -> Term | None:
    """√(a² + b²) as hypot(a, b), √Σ dₖ² as a norm, and √(a² + b²) − a by a name for a number a > 0.

    The last is what is left of the loss √(1 + r²) − 1 (Charbonnier, pseudo-Huber) for small r.
    Logarithms of a² + b² and quotients by it are those of hypot(a, b), so that a² is not taken.
    """
    if t.op == "root" and t.data.denominator == 2:
        (base,) = t.args
        if base.op != "add":
            return _of_a_product(base, t.data.numerator)
        sides = [square_root(a) for a in base.args]
        found = [a for a in sides if a is not None]
        if len(found) < len(sides):
            return _of_a_difference(normal, base.args, t.data)
        found.sort(key=lambda a: a.op != "num")
        return power(_hypot(found), t.data.numerator)
    if t.op == "call" and t.data in ("log1p", "weighted_log1p"):
        found = _may_overflow(t.args[-1:])  # the sum is at least 1, whatever the weight
        return call("log1p_square", *found) if found else None
    if t.op == "call" and t.data in ("log", "weighted_log") and t.args[-1].op == "add":
        found = _may_overflow(t.args[-1].args)
        some = any(a.op == "num" for a in found)  # which is not 0, whatever the weight
        weight = () if some else t.args[:-1]
        name = "weighted_log" if weight else "log"
        return mul(num(2), call(name, *weight, _hypot(found))) if found else None
    if t.op == "sign":
        return _apart(normal, t)
    if t.op != "add":
        return _over_squares(normal, t) if t.op == "mul" else None
    for a in t.args:
        coefficient, factors = monomial(a)
        if len(factors) != 1 or factors[0].op != "call" or factors[0].data != "hypot":
            continue
        side, other = factors[0].args
        apart = mul(side, num(-coefficient))
        if side.op == "num" and apart in t.args:
            rest = (e for e in t.args if e is not a and e is not apart)
            return add(mul(call("hypot_minus", side, other), num(coefficient)), *rest)
    return None


def _apart(normal: Normal, t: Term) -> Term | None:
    """1/‖xᵢ − xₖ‖ for i ≠ k alone as 1/‖xᵢ − xₖ‖ where this is not 0, of other pairs as well.

    It stands before xᵢ − xₖ, and the slope of |u| is 0 at u = 0.
    """
    form, inside, at_zero, other = t.args
    if form.op != "int" or at_zero is not ZERO or inside is not other:
        return None
    indices = sorted(form.data.names & normal.spans.keys())
    apart = Linear(dict(zip(indices, (1, -1), strict=False)))
    if len(indices) != 2 or form.data not in (apart, -apart):
        return None
    for f in walk(inside):
        if f.op == "pow" and f.data < 0 and f.args[0].op == "call" and f.args[0].data == "norm":
            (there,) = substitute(f.args[0], {indices[0]: Linear.of(indices[1])}).args
            if normal.run(there) is ZERO:
                return by_sign(f.args[0], inside, ZERO, inside)
    return None


def _of_a_difference(normal: Normal, addends: Sequence[Term], exponent: Fraction) -> Term | None:
    """√(a² − b²) as √(|a| − |b|)·√(|a| + |b|), which does not cancel more than a − b does.

    Where a is b + x for an x that is written, |a| − |b| is |x|, or 2|b| + |x| where x is negative.
    """
    if len(addends) != 2:
        return None
    for plus, minus in (addends, addends[::-1]):
        a, b = square_root(plus), square_root(mul(num(-1), minus))
        if a is not None and b is not None:
            first, second = map(_absolute, (a, b))
            both = [add(first, mul(num(-1), second)), add(first, second)]
            if first is not a:
                apart = [normal.plus(a, mul(num(c), b)) for c in (-1, 1)]
                if any(_length(x) < _length(a) for x in apart):
                    both = [mul(call("sign", a), x) for x in apart]
            return mul(*(root(side, exponent) for side in both))
    return None


def _length(t: Term) -> int:
    return len(t.args) if t.op == "add" else 1


def _of_a_product(t: Term, numerator: int) -> Term | None:
    """√(c²·Σ dₖ²) as |c|·‖d‖."""
    side = square_root(t)
    coefficient, factors = monomial(side) if side is not None else (ONE.data, [])
    norms = [f for f in factors if f.op == "call" and f.data == "norm"]
    rest = [f for f in factors if f not in norms]
    if not norms:
        return None
    return power(mul(*norms, *(call("abs", f) for f in rest), num(coefficient)), numerator)


def _over_squares(normal: Normal, t: Term) -> Term | None:
    """a·c/(a² + b²) as (a/M)·(c/M)/(1 + r²), for the larger one M of |a| and |b|, and r < 1.

    Where there are more squares, or there is a hypot already, M is that, and there is no r.
    """
    coefficient, factors = monomial(t)
    powers: dict[Term, int] = {}
    for base, k in map(_base_and_power, factors):
        powers[base] = powers.get(base, 0) + k
    for below, k in powers.items():
        h, sides, times = below, list(below.args), -k
        if below.op == "add":
            sides = _may_overflow(below.args)
            if not sides:
                continue
            h, times = larger(*sides) if len(sides) == 2 else _hypot(sides), -2 * k
        elif below.op == "call" and below.data == "norm":
            sides = [f for f in powers if _is_side(normal, f, below)]
        elif below.op != "call" or below.data != "hypot":
            continue
        left, ratios = {f: e for f, e in powers.items() if f is not below}, list[Term]()
        for side in sides if times > 1 or may_be_zero(h) else ():
            c, parts = monomial(side)
            inside = dict(map(_base_and_power, parts))
            above = [left.get(f, 0) // e for f, e in inside.items() if e > 0]
            j = min([times - len(ratios), *above]) if above else 0
            if j > 0:
                left |= {f: left.get(f, 0) - j * e for f, e in inside.items()}
                ratios += [call("ratio", side, h)] * j
                coefficient /= c**j
        if ratios:
            rest = (power(f, e) for f, e in left.items())
            ratio = (power(f, e) for f, e in Counter(ratios).items())
            out = [*rest, *ratio, power(h, len(ratios) - times), num(coefficient)]
            if below.op == "add" and len(sides) == 2:
                out.append(power(add(ONE, power(smaller_ratio(*sides), 2)), k))
            return mul(*out)
    return None


def may_be_zero(t: Term) -> bool:
    """Whether t is a norm without a number in it."""
    named = t.op == "call" and t.data in ("hypot", "norm")
    return named and all(a.op != "num" for a in t.args)


def _is_side(normal: Normal, t: Term, norm: Term) -> bool:
    """Whether t is one of the dₖ of √Σ dₖ², with indices of its own for k."""
    body, indices = norm.args[0], list[str]()
    while body.op == "sum":
        indices.append(body.data[0])
        (body,) = body.args
    side = square_root(body)
    forms = dict.fromkeys(form for e in walk(t) if e.op == "entry" for form in e.data[1])
    if side is None or t.op not in ("entry", "add"):
        return False
    choices = itertools.product(forms, repeat=len(indices))
    places = (dict(zip(indices, choice, strict=True)) for choice in choices)
    every = (normal.run(substitute(side, place)) for place in places)
    return any(normal.plus(d, mul(num(c), t)) is ZERO for d in every for c in (1, -1))


def larger(a: Term, b: Term) -> Term:
    """The larger of |a| and |b|."""
    return call("maximum", *map(_absolute, (a, b)))


def smaller_ratio(a: Term, b: Term) -> Term:
    """The smaller of |a| and |b| over the larger, so that a² + b² is (1 + ratio²)·larger²."""
    return call("ratio", call("minimum", *map(_absolute, (a, b))), larger(a, b))


def _absolute(t: Term) -> Term:
    return t if is_nonnegative(t) else call("abs", t)


def _base_and_power(f: Term) -> tuple[Term, int]:
    return (f.args[0], f.data) if f.op == "pow" else (f, 1)


def _may_overflow(addends: Sequence[Term]) -> list[Term]:
    """Terms whose squares are the addends; none where there is no such or all are bounded.

    A sum of squares over an index is left alone: a quotient by it is a product of matrices.
    """
    sides = [square_root(a) for a in addends]
    found = [a for a in sides if a is not None]
    factors = [f for a in found for f in monomial(a)[1]]
    calls = {f.data for f in factors if f.op == "call"}
    free = any(f.op != "call" or f.data not in _BOUNDED for f in factors)
    return found if len(found) == len(sides) and free and "norm" not in calls else []


def _hypot(sides: Sequence[Term]) -> Term:
    first, *others = sides
    return call("hypot", first, others[0] if len(others) == 1 else _hypot(others))


def square_root(t: Term) -> Term | None:
    """A term of which t is the square, whatever its sign."""
    coefficient, factors = monomial(t)
    halves = [_half(f) for f in factors]
    sides = [f for f in halves if f is not None]
    if coefficient <= 0 or len(sides) < len(halves):
        return None
    p, q = (isqrt(c) for c in (coefficient.numerator, coefficient.denominator))
    exact = Fraction(p, q) ** 2 == coefficient
    return mul(*sides, num(Fraction(p, q)) if exact else root(num(coefficient), _HALF))


def _half(f: Term) -> Term | None:
    """A factor of which another one is the square: that of x², of e^u, or of Σ dₖ²."""
    if f.op == "sum":
        body = f
        while body.op == "sum":
            (body,) = body.args
        return None if square_root(body) is None else call("norm", f)
    if f.op == "call" and f.data == "exp":
        coefficient, factors = monomial(f.args[0])
        return call("exp", mul(*factors, num(coefficient / 2)))
    return power(f.args[0], f.data // 2) if f.op == "pow" and f.data % 2 == 0 else None
