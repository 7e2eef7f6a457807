"""Weights that may be 0 beside what is infinite there: x·log y and y·e^u are 0 where these are."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from symderiv.indexform.terms import Term, add, call, mul, num, power, rebuild, walk
from symderiv.numeric.brackets import growth
from symderiv.numeric.exponentials import LEAST, is_call
from symderiv.numeric.masks import is_nonnegative
from symderiv.numeric.powers import without
from symderiv.numeric.stable import NAMED
from symderiv.numeric.sums import Normal, monomial, symbols

__all__ = ["defined", "real_powers", "weighed_logs", "without_overflow"]


def defined(t: Term) -> Term:
    """x·log y as x·(log y, or 0 where x = y = 0), so that the product is 0 there."""
    coefficient, factors = monomial(t)
    weights = [f for f in factors if _may_vanish(f)]
    out = []
    for f in factors:
        rest = [w for w in weights if w is not f]
        # all that varies no more than the logarithms do; or one factor, and they with it
        inside = [w for w in rest if w.names <= f.names] or rest[:1]
        out.append(_beside(f, mul(*inside)) if inside else f)
    return mul(*out, num(coefficient))


def weighed_logs(normal: Normal, t: Term) -> Term | None:
    """The same for products that are left of others."""
    del normal
    return defined(t) if t.op == "mul" else None


def _may_vanish(t: Term) -> bool:
    """Whether a factor may be 0 where a logarithm beside it is infinite."""
    if t.op in ("pow", "root"):
        return bool(t.data > 0) and _may_vanish(t.args[0])
    if t.op == "add":
        return not any(is_call(a, "log") or is_call(a, "log1p") for a in walk(t))
    if t.op == "call" and t.data in {"exp", *NAMED}:  # xᵃ as e^(a·log x), xᵃ/(1 + xᵃ)
        return any(is_call(a, "log") or is_call(a, "weighted_log") for a in walk(t))
    return t.op in ("entry", "var") or (t.op == "call" and t.data in ("abs", "maximum"))


def without_overflow(normal: Normal, t: Term) -> Term | None:
    """y·e^u as y·(e^u, or 1 where y = 0 and u > 0), so that it is 0 where e^u overflows.

    So is a·xᵃ⁻¹ for a = 0 and x = 0, with a weight that depends on the exponent alone.
    """
    coefficient, factors = monomial(t) if t.op == "mul" else (Fraction(1), [])
    for f in factors:
        weights = [w for w in factors if w.names <= f.names and _may_vanish(w)]
        if is_call(f, "exp") and growth(f):
            weights = [w for w in weights if not symbols(w) <= symbols(f) and not growth(w)]
        elif is_call(f, "real_power") and len(f.args) == 2:
            weights = [w for w in weights if not symbols(w) & symbols(f.args[0])]
        else:
            continue
        if weights:
            rest, times = [g for g in factors if g is not f], factors.count(f)
            name = "weighted_exp" if f.data == "exp" else "real_power"
            args = (mul(*weights), *f.args) if f.data == "exp" else (*f.args, mul(*weights))
            out = mul(*rest, power(call(name, *args), times), num(coefficient))
            return without_overflow(normal, out) or out
    for f in (f for f in factors if f.op in ("add", "pow", "root") or is_call(f, "expm1")):
        rest = without(factors, [f])
        new = _masked(f, [w for w in rest if w.names <= f.names and _may_vanish(w)])
        if new is not f:
            return mul(new, *rest, num(coefficient))
    return None


def _masked(t: Term, weights: list[Term]) -> Term:
    """Sums, products and powers with e^u as it is beside weights that may be 0."""
    if t.op == "call" and t.data in ("exp", "expm1", "weighted_exp", "weighted_expm1"):
        *own, u = t.args
        plain = call(t.data.removeprefix("weighted_"), u)
        apart = [w for w in weights if not symbols(w) <= symbols(u) and not growth(w)]
        if growth(plain) and Counter(apart) - Counter(f for w in own for f in monomial(w)[1]):
            return call(f"weighted_{plain.data}", mul(*own, *apart), u)
    if t.op in ("add", "mul") or (t.op in ("pow", "root") and t.data > 0):
        return rebuild(t, tuple(_masked(a, weights) for a in t.args))
    return t


def real_powers(normal: Normal, t: Term) -> Term | None:
    """e^(p·log x) as xᵖ for an x that is not negative: log 0 is infinite."""
    coefficient, factors = monomial(t.args[0]) if is_call(t, "exp") else (Fraction(1), [])
    logs = [f for f in factors if is_call(f, "log") or is_call(f, "weighted_log")]
    if len(logs) != 1 or logs[0].args[-1].op == "num":
        return None
    x = logs[0].args[-1]
    if not is_nonnegative(x, normal.nonnegative):
        return None
    return call("real_power", x, mul(*without(factors, logs), num(coefficient)))


def _beside(t: Term, weight: Term) -> Term:
    """Sums, products and powers of logarithms as they are beside a weight that may be 0."""
    if is_call(t, "log") or is_call(t, "log1p"):
        known = t.args[0].op == "num"
        return t if known else call(f"weighted_{t.data}", weight, *t.args)
    if is_call(t, "log_total") and LEAST in walk(t):
        return call("weighted_log_total", weight, t)
    if is_call(t, "arctanh"):  # ½·(log(1 + u) − log(1 − u)), which have opposite signs
        u = t.args[0]
        pairs = [(Fraction(1, 2), u), (Fraction(-1, 2), mul(num(-1), u))]
        return add(*(mul(num(c), call("weighted_log1p", weight, v)) for c, v in pairs))
    if t.op == "mul":
        coefficient, factors = monomial(t)
        own = [[w for w in without(factors, [f]) if _may_vanish(w)] for f in factors]
        beside = (_beside(f, mul(weight, *more)) for f, more in zip(factors, own, strict=True))
        return mul(*beside, num(coefficient))
    if t.op in ("add", "pow"):
        return rebuild(t, tuple(_beside(a, weight) for a in t.args))
    return t
