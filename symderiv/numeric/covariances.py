"""Covariances under shares, without the difference of two products that cancel.

Σ pⱼaⱼbⱼ − Σ pⱼaⱼ·Σ pⱼbⱼ is what Hessians of log Σ e^u are made of. Where one share is nearly 1 both
are nearly a·b there. With p = t + q, where t is 1 for the largest share and else 0, it is
Σ qⱼaⱼbⱼ − Σ qⱼaⱼ·Σ pⱼbⱼ − Σ tⱼaⱼ·Σ qⱼbⱼ, whose terms are as small as the other shares are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction

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
    substitute,
    walk,
)
from symderiv.numeric.gathering import every_share, is_share
from symderiv.numeric.sums import Normal, is_delta, monomial

__all__ = ["covariances", "diagonals", "spread"]


def covariances(normal: Normal, t: Term) -> Term | None:
    """A sum with its differences of this kind written in that way."""
    if t.op != "add":
        return None
    for a in t.args:
        c, factors = monomial(a)
        sums = [f for f in factors if f.op == "sum"]
        if len(sums) != 1:
            continue
        (sum_,), outside = sums, Counter(f for f in factors if f.op != "sum")
        j, *span = sum_.data
        d, share, both = _weighted(normal, sum_, j)
        if share is None or not every_share(normal, share, j):
            continue
        for b in (b for b in t.args if b is not a):
            e, pair = _pair(b, outside)
            if len(pair) != 2 or any([*s.data[1:]] != span for s in pair):
                continue
            (c1, one, first), (c2, other, second) = (_weighted(normal, s, j) for s in pair)
            if one is not share or other is not share or first + second != both:
                continue
            if e * c1 * c2 != -c * d:
                continue
            weight = share.args[1:-2][:1] or (ONE,)
            parts = share.args[0], *weight, *share.args[-2:]
            top, rest = call("share_first", *parts), call("share_rest", *parts)

            def over(p: Term, factors: Counter[Term], j: str = j) -> Term:
                powers = (power(f, k) for f, k in factors.items())
                return normal.total(j, normal.times(p, *powers))

            new = [
                over(rest, both),
                mul(num(-1), over(rest, first), over(share, second)),
                mul(num(-1), over(top, first), over(rest, second)),
            ]
            products = (normal.times(num(c * d), *outside.elements(), x) for x in new)
            return add(*products, *(x for x in t.args if x is not a and x is not b))
    return None


def _weighted(normal: Normal, t: Term, j: str) -> tuple[Fraction, Term | None, Counter[Term]]:
    """The coefficient, the share and the other factors of what is summed, for an index j."""
    c, factors = monomial(normal.run(substitute(t.args[0], {t.data[0]: Linear.of(j)})))
    shares = [f for f in factors if is_share(f)]
    if len(shares) != 1:
        return c, None, Counter()
    out: Counter[Term] = Counter()
    for f in (f for f in factors if f is not shares[0]):
        square = f.op == "pow" and f.data > 0
        out[f.args[0] if square else f] += f.data if square else 1
    return c, shares[0], out


def _pair(t: Term, outside: Counter[Term]) -> tuple[Fraction, list[Term]]:
    """The sums of a product of two, beside factors that are known."""
    c, factors = monomial(t)
    found = list[Term]()
    for f in factors:
        square = f.op == "pow" and f.data == 2
        found += [f.args[0]] * 2 if square and f.args[0].op == "sum" else [f]
    left = Counter(found) - outside
    sums = [f for f in left.elements() if f.op == "sum"]
    return c, sums if len(sums) == len(found) - outside.total() else []


def diagonals(normal: Normal, t: Term) -> Term | None:
    """[r = c]·Σ pᵣ − Σ pᵣp_c with its diagonal as Σ pᵣ(1 − pᵣ), and the others as they are."""
    if t.op != "add":
        return None
    for b in t.args:
        e, factors = monomial(b)
        for delta in (f for f in factors if is_delta(f)):
            form = delta.args[0].data
            names = sorted(form.names)
            if len(names) != 2 or form not in [
                Linear({names[k]: 1, names[1 - k]: -1}) for k in (0, 1)
            ]:
                continue
            same = {names[0]: Linear.of(names[1])}
            sum_, outside = _one_sum(f for f in factors if f is not delta)
            for a in t.args if sum_ is not None else ():
                c, others = monomial(a)
                other, beside = _one_sum(others)
                if a is b or other is None or sum_ is None or beside != outside:
                    continue
                if other.data[1:] != sum_.data[1:]:
                    continue
                d, whole = _at(normal, sum_, other.data[0], same)
                g, product = _at(normal, other, other.data[0], same)
                left = list((product - whole).elements())
                if c * g != -e * d or len(left) != 1 or whole - product or not is_share(left[0]):
                    continue
                w, *weight = left[0].args[:-2]
                rest = call("share_plus", w, *(weight[:1] or [ONE]), num(-1), *left[0].args[-2:])
                inside = normal.times(rest, *whole.elements(), num(c * g))
                on = mul(delta, *outside.elements(), normal.total(other.data[0], inside))
                off = mul(by_sign(delta.args[0], ONE, ZERO, ONE), a)
                return add(on, off, *(x for x in t.args if x is not a and x is not b))
    return None


def _one_sum(factors: Iterable[Term]) -> tuple[Term | None, Counter[Term]]:
    """The only sum among factors, and the others."""
    found = list(factors)
    sums = [f for f in found if f.op == "sum"]
    return (sums[0], Counter(found) - Counter(sums)) if len(sums) == 1 else (None, Counter())


def _at(
    normal: Normal, t: Term, k: str, values: dict[str, Linear]
) -> tuple[Fraction, Counter[Term]]:
    """The coefficient and the factors of what is summed over k, for values of other indices."""
    body = substitute(t.args[0], {t.data[0]: Linear.of(k), **values})
    c, factors = monomial(body)
    return c, Counter(normal.run(f) for f in factors)


def spread(normal: Normal, t: Term) -> Term | None:
    """Σ over what such a covariance is added up of, addend by addend: products of matrices."""
    if t.op != "sum":
        return None
    coefficient, factors = monomial(t.args[0])
    inner = [f for f in factors if f.op == "add" and any(_is_rest(e) for e in walk(f))]
    if len(inner) != 1:
        return None
    rest = [f for f in factors if f is not inner[0]]
    bodies = (normal.times(num(coefficient), *rest, a) for a in inner[0].args)
    return normal.plus(*(normal.total(t.data[0], body) for body in bodies))


def _is_rest(t: Term) -> bool:
    return t.op == "call" and bool(t.data == "share_rest")
