"""Sums of what all but one contribute, without the sum of all less the one.

The slope of Σₖ f(pₖ) along the score of class j is aⱼ − pⱼ·Σₖ aₖ, with aₖ = pₖ·f′(pₖ) for the
shares p. Where pⱼ is nearly 1 both are nearly the same. It is aⱼ·(1 − pⱼ) − pⱼ·Σₖ [k ≠ j]·aₖ.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from symderiv.indexform.terms import (
    ONE,
    ZERO,
    Linear,
    Term,
    add,
    by_sign,
    call,
    integer,
    mul,
    num,
    power,
    rebuild,
    substitute,
    total,
    walk,
)
from symderiv.numeric.arrays import Arrays, Value
from symderiv.numeric.contractions import summed
from symderiv.numeric.exponentials import is_sum, live, weighted
from symderiv.numeric.masks import left_out
from symderiv.numeric.powers import powers, without
from symderiv.numeric.source import COMPARE, MUL, SUM
from symderiv.numeric.sums import Normal, monomial

__all__ = ["all_others", "leave_one_out", "merged"]

_HERE = "·"  # an index that no term has


def leave_one_out(normal: Normal, t: Term, labels: bool = False) -> Term | None:
    """b·(pⱼ·Σₖ aₖ − aⱼ) as b·(pⱼ·Σₖ [k ≠ j]·aₖ − aⱼ·(1 − pⱼ)), for a share p = e^u/Σₖ e^{uₖ}.

    Each aₖ is to be a function of pₖ. With ``labels`` it may have no exponentials, to be read with
    what stands beside it.
    """
    for a in t.args if t.op == "add" else ():
        coefficient, factors = monomial(a)
        for sum_ in (f for f in factors if f.op == "sum"):
            rest, k, body = without(factors, [sum_]), sum_.data[0], sum_.args[0]
            for whole, form, e in _members(normal, a, t, sum_):
                if whole not in walk(body) and (live(body) or not labels):
                    continue
                here = normal.run(substitute(body, {k: form}))
                c, wanted = powers([*rest, here, whole, power(e, -1)])
                for b in (b for b in t.args if b is not a):
                    d, found = powers([b])
                    if found != wanted or d != -c * coefficient:
                        continue
                    degree = _degree(powers([here])[1], whole, e)
                    u, one = integer(Linear.of(k) - form), normal.times(body, power(whole, -degree))
                    others = normal.total(k, normal.run(by_sign(u, one, ZERO, one)))
                    return normal.plus(
                        normal.times(num(coefficient), *rest, power(whole, degree), others),
                        normal.times(b, _complement(b, whole, e)),
                        *(x for x in t.args if x is not a and x is not b),
                    )
    return None


def _degree(found: dict[Term, Fraction], whole: Term, e: Term) -> int:
    """How many times the whole a product is large, as e^u and Σₖ e^{uₖ} are, and no quotient."""
    return int(found.get(whole, 0) + found.get(e, 0))


def _members(normal: Normal, a: Term, t: Term, sum_: Term) -> Iterator[tuple[Term, Linear, Term]]:
    """The sums Σₖ e^{uₖ} in a term over the range of one, with e^{uⱼ} for the j beside it."""
    inside = [f for f in walk(a) if is_sum(f) and f.data[1:] == sum_.data[1:]]
    for whole in dict.fromkeys(f for f in inside if weighted(f)[0] is ONE):
        _, u, p = weighted(whole)
        entries = (f for f in walk(t) if f.op == "entry")
        forms = dict.fromkeys(f for e in entries for f in e.data[1] if len(f.names) == 1)
        for form in forms:
            yield whole, form, normal.run(call("exp", substitute(u, {p: form})))


def merged(normal: Normal, t: Term) -> Term | None:
    """2·Σₖ [k ≠ j]·aₖ − Σₖ [k ≠ j]·bₖ as one such sum, and so Σₖ ([k ≠ j]·aₖ − [k ≠ j]·bₖ)."""
    if t.op == "sum" and t.args[0].op == "add":
        scaled = [monomial(a) for a in t.args[0].args]
        inner = [left_out(rebuild(t, (mul(*factors),))) for _, factors in scaled]
        known = [found for found in inner if found is not None]
        if len(known) < len(inner) or len({j for _, j in known}) != 1:
            return None
        k, (_, j) = t.data[0], known[0]
        both = zip(scaled, known, strict=True)
        body = normal.plus(*(normal.times(a, num(c)) for (c, _), (a, _) in both))
        mask = by_sign(integer(Linear.of(k) - j), body, ZERO, body)
        return rebuild(t, (mask,))
    found: dict[tuple[Linear, Linear, Linear], list[tuple[Term, Term]]] = {}
    for a in t.args if t.op == "add" else ():
        coefficient, factors = monomial(a)
        for f in factors:
            inside = left_out(f)
            rest = without(factors, [f])
            if inside is not None and not any(map(normal.axes, rest)):
                body, j = substitute(inside[0], {f.data[0]: Linear.of(_HERE)}), inside[1]
                pair = a, normal.times(*rest, body, num(coefficient))
                found.setdefault((j, *f.data[1:]), []).append(pair)
    for (j, lower, upper), pairs in found.items():
        if len(pairs) > 1:
            k = normal.open("k", lower, upper)
            bodies = (substitute(body, {_HERE: Linear.of(k)}) for _, body in pairs)
            body, used = normal.plus(*bodies), [a for a, _ in pairs]
            mask = by_sign(integer(Linear.of(k) - j), body, ZERO, body)
            return normal.plus(total(k, lower, upper, mask), *(a for a in t.args if a not in used))
    return None


def _complement(t: Term, whole: Term, e: Term) -> Term:
    """1 − p, as it is written in a term."""
    wanted = Fraction(-1), {whole: Fraction(-1), e: Fraction(1)}
    found = (f for f in walk(t) if f.op == "add" and len(f.args) == 2 and f.args[1] is ONE)
    one = add(mul(power(whole, -1), e, num(-1)), ONE)
    return next((f for f in found if powers(f.args[:1]) == wanted), one)


def all_others(arrays: Arrays, t: Term) -> Value | None:
    """Σₖ [k ≠ j]·aₖ for all j: the sum without the largest, for which it is that, and that less aⱼ.

    None, where t is something else.
    """
    found, k = left_out(t), t.data[0]
    if found is None or any(map(arrays.is_row, (k, *found[1].names))):
        return None
    a, j = found
    value, here = arrays.value(a), arrays.value(arrays.normal.run(substitute(a, {k: j})))
    left = tuple(x for x in value.axes if x != k)
    axis = f", axis={value.axes.index(k)}" if left else ""
    text = f"np.argmax(np.abs({{0}}){axis})"
    place = Value(arrays.program.node(text, [value.node]), left)
    first = arrays.normal.spans[k][0]
    top = arrays.apply(
        "{0} == {1}", [place, arrays.integers(Linear.of(k) - first)], [SUM, SUM], COMPARE
    )
    mine = arrays.apply("{0} == {1}", [place, arrays.integers(j - first)], [SUM, SUM], COMPARE)
    rest = summed(arrays, [arrays.apply("np.where({0}, 0, {1})", [top, value])], (k,))
    most = summed(arrays, [arrays.apply("np.where({0}, {1}, 0)", [top, value])], (k,))
    less = [arrays.apply("np.where({0}, 0, {1})", [mine, v]) for v in (here, most)]
    return arrays.apply("{0} - {1} + {2}", [rest, *less], [SUM, MUL, MUL], SUM)
