"""What is written apart and belongs together, brought together before exponentials are read.

- Σ aᵢxᵢⱼ + Σ bᵢxᵢⱼ is Σ (aᵢ + bᵢ)xᵢⱼ: one product of matrices, and no large sums cancel;
- log D − Σₖ tₖuₖ, where D has the addends e^{uₖ}, is Σₖ tₖ(log D − uₖ) + (1 − Σₖ tₖ)·log D: for
  labels that are one-hot, or all 0 for a class without a score, one of the logarithms of shares;
- Σⱼ pⱼxⱼ − xᵢ is Σⱼ (pⱼ − [i = j])·xⱼ for shares p, where pᵢ may be nearly 1;
- Σⱼ [j ≥ i]·e^{uⱼ} is a sum of exponentials whose exponent is −∞ where j < i, so that the largest
  of them is that of the range, and is taken out of the sum.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

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
    substitute,
    total,
    walk,
)
from symderiv.numeric.exponentials import LEAST, is_sum, live, parts, weighted
from symderiv.numeric.sums import Normal, monomial

__all__ = [
    "deviations",
    "every_share",
    "is_share",
    "of_ranges",
    "ones",
    "together",
    "weighed",
    "with_labels",
]

_HERE = "·"  # an index that no term has
Part = tuple[Fraction, Counter[Term], Term]  # coefficient, factors, and a sum or logarithm


def together(normal: Normal, t: Term) -> Term | None:
    """Σ aᵢ + Σ bᵢ as Σ (aᵢ + bᵢ), where both have a matrix as a factor, or may cancel."""
    if t.op != "add":
        return None
    found: dict[tuple[Any, Linear, Linear, Any], list[tuple[Term, Term]]] = {}
    for a in t.args:
        for coefficient, outside, sum_ in _parts_of(a):
            if sum_.op != "sum":
                continue
            for span, body in _orders(sum_):
                pair = a, mul(body, num(coefficient))
                matrices = [f for f in monomial(body)[1] if f.op == "entry" and len(f.names) > 1]
                for key in (*matrices, normal.axes(body)):
                    whole = key, *span, frozenset(outside.items())
                    if all(a is not other for other, _ in found.get(whole, ())):
                        found.setdefault(whole, []).append(pair)
    for (key, lower, upper, outside), pairs in found.items():
        matrix = isinstance(key, Term)
        if len(pairs) > 1 and (matrix or any(_cancels(body) for _, body in pairs)):
            addends = [a for a, _ in pairs]
            index = normal.open("i", lower, upper)
            bodies = [substitute(body, {_HERE: Linear.of(index)}) for _, body in pairs]
            merged = normal.run(total(index, lower, upper, normal.plus(*bodies)))
            factors = [f for f, k in outside for _ in range(k)]
            return add(mul(merged, *factors), *(a for a in t.args if a not in addends))
    return None


def _orders(t: Term) -> Iterator[tuple[tuple[Linear, Linear], Term]]:
    """A sum of sums with each of its ranges outermost, and what is then summed.

    What stands before an inner sum, as in Σⱼ θⱼ·Σᵢ yᵢxᵢⱼ, is a factor of what is summed there.
    """
    chain, factors, body = list[tuple[str, Linear, Linear]](), list[Term](), t
    while body.op == "sum":
        chain.append(body.data)
        (body,) = body.args
        c, inside = monomial(body)
        sums = [f for f in inside if f.op == "sum"]
        if len(sums) == 1:
            (body,) = sums
            factors += [f for f in inside if f is not body] + [num(c)]
    for k, (index, *span) in enumerate(chain):
        inner = mul(*factors, body)
        for other in reversed(chain[:k] + chain[k + 1 :]):
            inner = total(*other, inner)
        yield (span[0], span[1]), substitute(inner, {index: Linear.of(_HERE)})


def _cancels(t: Term) -> bool:
    """Whether a quotient or a logarithm of exponentials takes part, which may be near another."""
    return any(
        live(f) and ((f.op == "pow" and f.data < 0) or (f.op == "call" and f.data == "log"))
        for f in walk(t)
    )


def with_labels(normal: Normal, t: Term, shares: Mapping[str, Linear]) -> Term | None:
    """w·log D − w·Σₖ tₖuₖ as w·(Σₖ tₖ(log D − uₖ) + (1 − Σₖ tₖ)·log D).

    The last is 0 for arrays of ``shares``, which add up to 1 along an axis of that length.
    """
    if t.op != "add":
        return None
    addends = [(a, part) for a in t.args for part in _parts_of(a)]
    for a, (c, outside, log) in addends:
        for whole in _sums_of(log):
            for b, (d, other, sum_) in addends:
                if sum_.op != "sum" or not outside <= other or sum_.data[1:] != whole.data[1:]:
                    continue
                more = mul(*(other - outside).elements(), sum_.args[0])  # a temperature
                k, lower, upper = sum_.data
                found = _labels(normal, whole, total(k, lower, upper, more), -c / d)
                if found is not None:
                    weights, u, index, rest = found
                    apart = (mul(*factors, num(-r)) for factors, r in parts(u).items())
                    inside = normal.total(index, normal.times(weights, add(log, *apart)))
                    none = add(ONE, mul(num(-1), normal.total(index, weights)))
                    if weights.op == "entry" and weights.data[1][-1] == Linear.of(index):
                        length = normal.spans[index][1] + 1 - normal.spans[index][0]
                        none = ZERO if shares.get(weights.data[0]) == length else none
                    new = normal.plus(inside, normal.times(none, log))
                    left = normal.times(num(d), *outside.elements(), rest)
                    kept = (e for e in t.args if e is not a and e is not b)
                    return add(normal.times(num(c), *outside.elements(), new), left, *kept)
    return None


def _parts_of(t: Term) -> Iterator[Part]:
    """A product with each of its sums and logarithms in turn taken out."""
    coefficient, factors = monomial(t)
    for k, f in enumerate(factors):
        if f.op == "sum" or (f.op == "call" and f.data == "log"):
            yield coefficient, Counter(factors[:k] + factors[k + 1 :]), f


def _sums_of(t: Term) -> list[Term]:
    """The sums of exponentials Σₚ e^{u_p} among the addends of D, for log D."""
    if t.op != "call":
        return []
    (whole,) = t.args
    addends = whole.args if whole.op == "add" else (whole,)
    return [s for s in addends if is_sum(s) and weighted(s)[0] is ONE]


def _labels(
    normal: Normal, whole: Term, sum_: Term, scale: Fraction
) -> tuple[Term, Term, str, Term] | None:
    """t, u, their index and what is left over, where scale·t·u are among the addends of a sum."""
    index = sum_.data[0]
    _, u, p = weighted(whole)
    u = normal.run(substitute(u, {p: Linear.of(index)}))
    wanted = [(Counter(factors), c) for factors, c in parts(u).items()]
    body = _distributed(sum_.args[0])
    first, size = wanted[0]
    for factors, c in body:
        if not first <= factors:
            continue
        weights = factors - first
        needed = [(weights + g, c * r / size) for g, r in wanted]
        one = mul(*weights.elements(), num(c / size / scale))
        if c / size != scale or not any(f.op == "entry" and index in f.names for f in weights):
            continue
        if all(term in body for term in needed):
            rest = [mul(*fs.elements(), num(k)) for fs, k in body if (fs, k) not in needed]
            return one, u, index, normal.total(index, add(*rest)) if rest else ZERO
    return None


def _distributed(t: Term) -> list[tuple[Counter[Term], Fraction]]:
    """The products of a sum, or of a product of which one factor is a sum."""
    coefficient, factors = monomial(t)
    inner = [f for f in factors if f.op == "add"]
    if len(inner) == 1:
        others = Counter(f for f in factors if f is not inner[0])
        return [(others + Counter(g), coefficient * c) for g, c in parts(inner[0]).items()]
    return [(Counter(g), c) for g, c in parts(t).items()]


def of_ranges(normal: Normal, t: Term) -> Term | None:
    """[j ≥ i]·c·e^u as c·e^u with −∞ for u where j < i, for c that is finite there."""
    del normal
    if t.op != "sign" or t.args[0].op != "int":
        return None
    form, *branches = t.args
    shared = {b for b in branches if b is not ZERO}
    if len(shared) != 1 or ZERO not in branches:
        return None
    (branch,) = shared
    coefficient, factors = monomial(branch)
    exponentials = [f for f in factors if f.op == "call" and f.data == "exp"]
    others = [f for f in factors if f not in exponentials]
    if not exponentials or not all(map(_finite, others)):
        return None
    u = add(*(e.args[0] for e in exponentials))
    cut = by_sign(form, *(LEAST if b is ZERO else u for b in branches))
    return mul(*others, call("exp", cut), num(coefficient))


def _finite(t: Term) -> bool:
    """Whether a term is finite wherever its entries are."""
    if t.op == "pow" and t.data < 0:
        return False
    if t.op == "sign" and t.args[0].op == "int":
        return all(map(_finite, t.args[1:]))
    return t.op in ("entry", "var", "num", "int") or (
        t.op in ("add", "mul", "pow") and all(map(_finite, t.args))
    )


def ones(normal: Normal, t: Term, shares: Mapping[str, Linear]) -> Term | None:
    """Σₖ of arrays of ``shares``, and of the shares e^{uₖ}/Σ e^{uₚ}, as 1."""
    if t.op != "sum":
        return None
    index, *span = t.data
    (f,) = t.args
    if f.op == "entry" and f.data[1][-1] == Linear.of(index):
        apart = all(index not in form.names for form in f.data[1][:-1])
        whole = shares.get(f.data[0]) == span[1] + 1 - span[0]
        return ONE if apart and whole else None
    if is_share(f) and [*f.args[-1].args[0].data[1:]] == span and every_share(normal, f, index):
        return ONE
    return None


def every_share(normal: Normal, share: Term, index: str) -> bool:
    """Whether a share is that of every addend in turn, for an index."""
    weights, u, p = weighted(share.args[-1].args[0])
    at = {p: Linear.of(index)}
    weight = share.args[1] if share.data == "share_plus" else ONE
    terms = normal.run(substitute(weights, at)), normal.run(substitute(u, at))
    return terms[0] is weight and terms[1] is share.args[0]


def weighed(normal: Normal, t: Term) -> Term | None:
    """w·e^u/D as one share, for a weight w of D: it is 0 where w is, however large u is."""
    if t.op != "mul":
        return None
    coefficient, factors = monomial(t)
    shares = [f for f in factors if f.op == "call" and f.data == "share"]
    pairs = [(f, weight, own) for f in shares for weight, own in _weights(normal, *f.args)]
    for f, weight, _ in sorted(pairs, key=lambda pair: not pair[2]):  # that of e^u goes with it
        for sign in (1, -1):  # 1 − y is written y − 1 as well
            c, inside = monomial(weight if sign > 0 else normal.plus(*_turned(weight)))
            rest = Counter(factors) - Counter(inside)
            if inside and not Counter(inside) - Counter(factors):
                one = call("share_plus", f.args[0], weight, ZERO, *f.args[1:])
                out = mul(*(rest - Counter([f])).elements(), one, num(sign * coefficient / c))
                return weighed(normal, out) or out
    return None


def _turned(t: Term) -> list[Term]:
    return [mul(num(-1), a) for a in _addends(t)]


def _weights(normal: Normal, u: Term, *pieces: Term) -> Iterator[tuple[Term, bool]]:
    """The weights of D = Σ c·e^w, and whether it is that of e^u; this alone of a sum over p."""
    for c, w in zip(pieces[::2], pieces[1::2], strict=True):
        if w.op != "call" or w.data != "sum_exp":
            yield c, w is u
            continue
        weights, exponent, p = weighted(w.args[0])
        forms = {form for e in walk(u) if e.op == "entry" for form in e.data[1]}
        for form in sorted(forms, key=repr):
            if normal.run(substitute(exponent, {p: form})) is u:
                yield normal.run(mul(c, substitute(weights, {p: form}))), True


def is_share(t: Term) -> bool:
    """Whether t is e^w/Σₚ e^{uₚ}, or has the weights of the sum before it as well."""
    if t.op != "call" or t.data not in ("share", "share_plus") or t.args[-1].op != "call":
        return False
    _, *others, one, piece = t.args
    plain = others == [] or others[1:] == [ZERO]
    return plain and one is ONE and bool(piece.data == "sum_exp")


def deviations(normal: Normal, t: Term) -> Term | None:
    """Σⱼ pⱼxⱼ − xᵢ as Σⱼ (pⱼ − [i = j])·xⱼ for shares p, of which pᵢ may be nearly 1.

    Where several shares are added, each is met by one xᵢ.
    """
    if t.op != "add":
        return None
    for a in t.args:
        c, factors = monomial(a)
        outside = Counter(f for f in factors if f.op != "sum")
        sums = [f for f in factors if f.op == "sum"]
        if len(sums) != 1:
            continue
        (sum_,), j = sums, sums[0].data[0]
        d, inside = monomial(sum_.args[0])
        found = [f for f in inside if any(map(is_share, _addends(f)))]
        if len(found) != 1:
            continue
        (several,), rest = found, Counter(f for f in inside if f is not found[0])
        if not any(f.op in ("entry", "call") and j in f.names for f in rest):
            continue
        shares = [f for f in _addends(several) if is_share(f)]
        for b in t.args:
            e, others = monomial(b)
            left = Counter(others)
            if b is a or -e / (c * d) < len(shares) or not outside <= left:
                continue
            place = _place(normal, rest, left - outside, j)
            if place is None:
                continue
            minus = mul(num(-1), by_sign(integer(Linear.of(j) - place), ZERO, ONE, ZERO))
            apart = add(*(_beside(f, minus) if is_share(f) else f for f in _addends(several)))
            _, lower, upper = sum_.data
            whole = total(j, lower, upper, mul(*rest.elements(), apart))
            more = mul(*others, num(e + c * d * len(shares)))
            kept = (x for x in t.args if x is not a and x is not b)
            new = add(mul(*outside.elements(), whole, num(c * d)), more, *kept)
            return deviations(normal, new) or new
    return None


def _addends(t: Term) -> tuple[Term, ...]:
    return t.args if t.op == "add" else (t,)


def _beside(share: Term, c: Term) -> Term:
    """A share, with its weight, and what is added to it."""
    w, *weight = share.args[:-2]
    return call("share_plus", w, *(weight[:1] or [ONE]), c, *share.args[-2:])


def _place(normal: Normal, rest: Counter[Term], wanted: Counter[Term], j: str) -> Linear | None:
    """The value of j at which factors are others, where it certainly is in the range of j."""
    lower, upper = normal.spans[j]
    entries = (e for f in wanted for e in walk(f) if e.op == "entry")
    forms: list[Linear] = [form for e in entries for form in e.data[1]]
    for form in dict.fromkeys(forms):
        there = Counter(normal.run(substitute(f, {j: form})) for f in rest)
        if there == wanted and normal.at_least(form - lower) and normal.at_least(upper - form):
            return form
    return None
