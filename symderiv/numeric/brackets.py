"""Exponentials that are taken out of brackets, where these are not multiplied out.

log(1 + (e^u − y)²) is 2M + log(e^(−2M) + (e^(u − M) − y·e^(−M))²) for any M, and e^u·r/(1 + r²) has
no M left in it: with the largest exponent for M, where that is large, nothing overflows.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache
from typing import Any

from symderiv.indexform.terms import ONE, ZERO, Term, add, call, mul, num, root
from symderiv.numeric.exponentials import parts
from symderiv.numeric.masks import is_nonnegative
from symderiv.numeric.powers import without
from symderiv.numeric.sums import Normal, monomial

__all__ = ["growth", "of_divisor", "of_logarithm", "of_quotient"]

_HALF = num(Fraction(1, 2))
_MOST = 3  # factors of which the exponents are multiplied out
_SIGMA = {"sigma": (1, 1), "sigma_complement": (0, 1), "sigma_slope": (1, 2)}
"""e^(j·u)/(1 + e^u)^k, by j and k."""

_SHARES = ("share", "share_plus", "share_of_each")
Growth = dict[Term, Fraction]  # which large exponents are taken out, and how often


def of_logarithm(normal: Normal, t: Term) -> Term | None:
    """A logarithm as M and one in which no exponential overflows."""
    if t.op != "call" or t.data not in ("log", "weighted_log", "log1p", "log1p_square"):
        return None
    *weight, u = t.args
    out = growth(u)
    if not out:
        return None
    M, less = _exponent(normal, out), _exponent(normal, out, -1)
    u = scaled(normal, u, out)
    if t.data == "log1p_square":
        return add(call(t.data, u, call("exp", less)), mul(M, num(2)))
    if t.data == "log1p":
        near, whole = add(call("expm1", less), u), add(call("exp", less), u)
        return add(call("log_near", near, whole), M)
    return add(call(t.data, *weight, u), M)


def of_quotient(normal: Normal, t: Term) -> Term | None:
    """A product of which a divisor, or e^(e^u), grows as another factor does, or may be ∞ − ∞."""
    if t.op != "mul":
        return None
    coefficient, factors = monomial(t)
    divisors = [f for f in factors if f.op in ("pow", "root") and f.data < 0]
    below = [f.args[0] for f in divisors if growth(f.args[0])]
    twice = list(filter(_grows_twice, factors))[:1]
    others = [f for f in factors if f not in divisors and f not in twice and growth(f)]
    if not (below or twice) or not (others or any(map(_differs, below))):
        return None
    own = [(f, growth(f)) for f in others]
    whole = _plus(*(g for _, g in own), *(growth(f) for f in divisors))
    parts = [num(coefficient), *without(factors, [*divisors, *others, *twice])]
    if twice:
        parts += [scaled(normal, f, growth(f)) for f in (*others, *divisors)]
        name, (u, *rest), M = twice[0].data, twice[0].args, _exponent(normal, whole)
        if name in _SIGMA:
            return mul(*parts, call("share_of_each", M, u, *map(num, _SIGMA[name])))
        return mul(*parts, call(name, normal.plus(u, M), *rest))
    for f, g in own:  # the first of them has what is left over
        parts.append(scaled(normal, f, _plus(g, _times(whole, -1))))
        whole = {}
    parts += [scaled(normal, f, growth(f)) for f in divisors]
    return mul(*parts, call("exp", _exponent(normal, whole)) if whole else ONE)


def of_divisor(normal: Normal, t: Term) -> Term | None:
    """A divisor that is such a difference, beside nothing that grows, and a root of what grows.

    √(a² + b²) is a norm (``roots``), and no root any more.
    """
    if t.op not in ("pow", "root") or not (out := growth(t.args[0])):
        return None
    if t.op == "pow" and (t.data > 0 or not _differs(t.args[0])):
        return None
    inside = root(scaled(normal, t.args[0], out), Fraction(t.data))
    return mul(inside, call("exp", _exponent(normal, _times(out, Fraction(t.data)))))


def _grows_twice(t: Term) -> bool:
    """Whether t is e^w, or a share e^w/D, with an exponential in an exponent."""
    if t.op != "call" or t.data not in ("exp", "share", "share_plus", *_SIGMA):
        return False
    w, *rest = t.args
    if t.data == "share_plus" and rest[1] is not ZERO:
        return False
    exponents = rest[-1::-2][: len(rest) // 2]
    return any(bool(growth(u)) for u in (w, *exponents) if u.op != "call" or u.data != "sum_exp")


def _differs(t: Term) -> bool:
    """Whether there is a sum with several addends that grow: ∞ − ∞."""
    return (t.op == "add" and sum(bool(growth(a)) for a in t.args) > 1) or (
        t.op in ("add", "mul", "pow", "root") and any(map(_differs, t.args))
    )


def _is_bounded(u: Term) -> bool:
    """Whether e^u has no large exponent, since that is taken out."""
    addends = u.args if u.op == "add" else (u,)
    found = [(c, fs) for c, fs in map(monomial, addends) if any(map(_is_taken, fs))]
    return bool(found) and all(c < 0 for c, _ in found)


def _is_taken(f: Term) -> bool:
    return f.op == "call" and bool(f.data == "excess")


@lru_cache(maxsize=1024)
def growth(t: Term) -> Growth:
    """What is taken out of a term: that of the addends which grow most."""
    match t.op:
        case "call" if t.data in ("exp", "expm1", "cosh", "sinh"):
            return _excess(_exponents(t))
        case "call" if t.data == "abs":
            return growth(*t.args)
        case "call" if t.data in _SHARES:  # beside what was taken out of another factor
            addends = map(monomial, t.args[0].args if t.args[0].op == "add" else t.args[:1])
            return {fs[0]: c for c, fs in addends if c > 0 and len(fs) == 1 and _is_taken(fs[0])}
        case "call" | "add" if t.op == "add" or t.data in ("hypot", "maximum"):
            return _largest(map(growth, t.args))
        case "mul":
            found = [g for g in map(growth, t.args) if g]
            away = [u for g in found for x in g for u in x.args]
            if len(found) <= _MOST and any(_of(u, -1) in away for u in away):
                return _excess(_exponents(t))  # that of e^(−u)·(e^(2u) − 1) is u, and not 2u
            return _plus(*found)
        case "pow" | "root" if t.data > 0 or t.args[0].op == "add":
            return _times(growth(t.args[0]), t.data)
    return {}


def _exponents(t: Term) -> list[Term]:
    """The exponents in a term that is multiplied out."""
    match t.op:
        case "call" if t.data == "exp":
            return [ZERO if _is_bounded(*t.args) else t.args[0]]
        case "call" if t.data == "expm1":
            return [t.args[0], ZERO]
        case "call" if t.data in ("cosh", "sinh"):
            return [t.args[0], _of(t.args[0], -1)]
        case "add":
            return list(dict.fromkeys(u for a in t.args for u in _exponents(a)))
        case "mul":
            every = itertools.product(*map(_exponents, t.args))
            return list(dict.fromkeys(_sum(several) for several in every))
        case "pow" | "root" if t.data > 0:
            return [_of(u, t.data) for u in _exponents(t.args[0])]
    return [ZERO]


def _of(u: Term, k: Any) -> Term:
    return _sum([mul(u, num(Fraction(k)))])


def _sum(several: Iterable[Term]) -> Term:
    return add(*(mul(*factors, num(c)) for factors, c in parts(add(*several)).items()))


def _excess(exponents: Iterable[Term]) -> Growth:
    """The largest of several exponents, as a multiple of what is found in others too."""
    found = [(c, mul(*fs)) for c, fs in map(monomial, exponents) if c]
    found = [(c, u) for c, u in found if c > 0 or not is_nonnegative(u)]
    if not found:
        return {}
    k = abs(found[0][0]) if len({abs(c) for c, _ in found}) == 1 else Fraction(1)
    largest = [mul(u, num(c / k)) for c, u in found]
    if len(largest) == 2 and _sum(largest) is ZERO:
        largest = [call("abs", largest[0])]
    return {call("excess", *largest): k}


def _plus(*several: Growth) -> Growth:
    out = Growth()
    for g in several:
        for x, k in g.items():
            out[x] = out.get(x, Fraction(0)) + k
    return {x: k for x, k in out.items() if k}


def _times(g: Growth, k: Any) -> Growth:
    return {x: k * e for x, e in g.items()}


def _largest(several: Iterable[Growth]) -> Growth:
    found = [g for g in several if g]
    keys = {x for g in found for x in g}
    if len(keys) < 2 or all(g.keys() == keys for g in found):
        return {x: max(g[x] for g in found) for x in sorted(keys, key=repr)}
    every = ([[_of(u, e) for u in x.args] for x, e in g.items()] for g in found)
    return _excess(_sum(one) for choices in every for one in itertools.product(*choices))


def _exponent(normal: Normal, out: Growth, times: int = 1) -> Term:
    return normal.plus(*(mul(x, num(k * times)) for x, k in out.items() if k))


def scaled(normal: Normal, t: Term, out: Growth) -> Term:
    """t·e^(−M), where M is taken out: every exponential in t has its own part of it."""
    less = _exponent(normal, out, -1)
    if not growth(t):
        return mul(t, call("exp", less)) if out else t
    match t.op:
        case "call" if t.data == "exp":
            return call("exp", normal.plus(*t.args, less))
        case "call" if t.data in _SHARES:
            return call(t.data, normal.plus(t.args[0], less), *t.args[1:])
        case "call" if t.data in ("cosh", "sinh", "expm1"):  # tanh is exact near 0
            (u,) = t.args
            v, scale = (mul(num(-1), u), _HALF) if t.data != "expm1" else (ZERO, ONE)
            whole = add(*(call("exp", normal.plus(w, less)) for w in (u, v)))
            half = u if t.data == "sinh" else mul(_HALF, u)
            return mul(whole, scale, ONE if t.data == "cosh" else call("tanh", half))
        case "call" | "add":
            args = tuple(scaled(normal, a, out) for a in t.args)
            return add(*args) if t.op == "add" else call(t.data, *args)
        case "pow" | "root":
            k = Fraction(t.data)
            return root(scaled(normal, t.args[0], _times(out, 1 / k)), k)
    order = sorted(t.args, key=lambda f: (not growth(f), f.op != "call" or f.data != "exp"))
    first, *others = order  # an exponential has what is left over
    own = [scaled(normal, f, growth(f)) for f in others]
    rest = _plus(out, *(_times(growth(f), -1) for f in others))
    return mul(scaled(normal, first, rest), *own)
