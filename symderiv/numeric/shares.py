"""Shares e^w/D of sums of exponentials as NumPy, also where one of them is nearly 1.

Of the largest share, what the others leave of 1 is known better than 1 − e^w/D.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

from symderiv.indexform.terms import ONE, ZERO, Term, call, mul, num, substitute
from symderiv.numeric.arrays import Arrays, Value
from symderiv.numeric.exponentials import apart as difference
from symderiv.numeric.exponentials import form_of, parts, weighted
from symderiv.numeric.largest import (
    hinted,
    largest_apart,
    may_be_empty,
    over_axis,
    where_weighed,
)
from symderiv.numeric.source import ATOM, COMPARE, MUL, POW, SUM, UNARY
from symderiv.numeric.sums import monomial
from symderiv.numeric.totals import (
    into_exponent,
    over_v,
    tail,
    total_of,
)

__all__ = [
    "share",
    "share_first",
    "share_of_each",
    "share_over",
    "share_plus",
    "share_rest",
    "share_top",
]


def share(arrays: Arrays, t: Term) -> Value:
    """e^w/D, with the largest exponent taken out of both."""
    above = share_top(arrays, t)
    over = total_of(arrays, t.args[1:]).over(arrays)
    return above if over is None else arrays.apply("{0} / {1}", [above, over], [MUL, UNARY], MUL)


def share_over(arrays: Arrays, t: Term) -> Value:
    """D without its largest exponent."""
    over = total_of(arrays, t.args).over(arrays)
    return arrays.number(1) if over is None else over


def share_over_exp(arrays: Arrays, t: Term) -> Value:
    """(1 − e^(−v))/v for v = e^w, which is 1 where v is 0."""
    v = arrays.value(call("exp", *t.args))
    one = arrays.apply("-np.expm1(-{0})", [v], [UNARY], UNARY)
    return over_v(arrays, v, one)


def over_expm1(arrays: Arrays, t: Term) -> Value:
    """v/(e^v − 1) for v = e^w: 1 where v is 0, and 0 where it is infinite; or vᵏ/(e^v − 1)."""
    w, *k = t.args
    v = arrays.value(call("exp", w))
    one = arrays.apply("-np.expm1(-{0})", [v], [UNARY], UNARY)
    text = "np.where({0} == 0, 1, np.exp(-{0}) * np.minimum({0}, 1.7e308))"
    if k and k[0] is not ONE:
        text = f"np.exp(-{{0}}) * np.minimum({{0}}, 1e100) ** {k[0].data}"
    above = arrays.apply(text, [v], [UNARY])
    below = arrays.apply("np.where({0} == 0, 1, {1})", [v, one], [SUM, 0])
    return arrays.apply("{0} / {1}", [above, below], [MUL, UNARY], MUL)


def share_top(arrays: Arrays, t: Term) -> Value:
    """e^w without the largest exponent of D."""
    w, *pieces = t.args
    whole = total_of(arrays, pieces)
    if (top := whole.top(arrays, w)) is not None:
        return top
    known = whole.less(arrays, w)
    if known == arrays.number(0):
        return arrays.number(1)
    if known is not None:
        above = arrays.apply("np.exp({0})", [known])
    elif w is ZERO:
        above = arrays.apply("np.exp(-{0})", [whole.largest], [UNARY])
    elif whole.scaled is None and _meets(w, pieces[1::2]):
        # e^z − max(z + e^z, 0) as the smallest difference, of which each is known better
        pairs = (
            into_exponent(arrays, c, u) for c, u in zip(pieces[::2], pieces[1::2], strict=True)
        )
        apart = (arrays.value(arrays.normal.run(difference(w, u))) for _, u in pairs)
        least = functools.reduce(lambda a, b: arrays.apply("np.minimum({0}, {1})", [a, b]), apart)
        above = arrays.apply("np.exp({0})", [least])
    else:
        above = arrays.apply("np.exp({0} - {1})", [arrays.value(w), whole.largest], [SUM, MUL])
    return hinted(arrays, "e", above)


def _meets(w: Term, exponents: Sequence[Term]) -> bool:
    """Whether an exponent has a part in common with others, none of which is a sum's."""
    if any(u.op == "call" and u.data == "sum_exp" for u in exponents):
        return False
    return any(len(parts(difference(w, u))) < len(parts(w)) + len(parts(u)) for u in exponents)


def share_of_each(arrays: Arrays, t: Term) -> Value:
    """e^(w + Σ j·u)/Π (1 + e^u)^k, with all that grows or vanishes in one exponent.

    (1 + e^u)^k is e^(k·max(u, 0)) times the k-th power of a number from 1 to 2.
    """
    w, *parts = t.args
    text, values, below = "", list[Value](), list[Value]()
    if w is not ZERO:
        text, values = "{0}", [arrays.value(w)]
    for u, j, k in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        v, up, down = arrays.value(u), k.data - j.data, j.data
        values.append(v)
        hole = f"{{{len(values) - 1}}}"
        steps = [(-up, f"np.maximum({hole}, 0)"), (down, f"np.minimum({hole}, 0)")]
        for c, step in [(-up, f"np.abs({hole})")] if up == down else steps:
            times = f"{abs(c)} * " if abs(c) != 1 else ""
            text += f" {'-' if c < 0 else '+'} {times}{step}" if c else ""
        one = arrays.apply("1 + {0}", [tail(arrays, v)], [MUL], SUM)
        below += [one if k.data == 1 else arrays.apply(f"{{0}} ** {k.data}", [one], [ATOM], POW)]
    if w is ZERO:
        text = text.replace(" - ", "-", 1) if text.startswith(" - ") else text.removeprefix(" + ")
    above = arrays.apply(f"np.exp({text})", values, [SUM] * len(values))
    return arrays.apply("{0} / {1}", [above, arrays.multiplied(below)], [MUL, UNARY], MUL)


@dataclass(frozen=True)
class _Apart:
    """weight·(first + rest) for b·e^w/D, where first is 1 for the largest share, and else 0."""

    first: Value
    rest: Value
    weight: Term


def _apart(arrays: Arrays, w: Term, b: Term, pieces: Sequence[Term]) -> _Apart | None:
    """The parts of a share, if w is one of the exponents in a sum over an index."""
    found = _weighed(arrays, w, b, pieces)
    if found is not None:
        return found
    sums = [p.args[0] for p in pieces[1::2] if p.op == "call" and p.data == "sum_exp"]
    places = [(s, form) for s in sums if (form := form_of(w, s)) is not None]
    whole = total_of(arrays, pieces)
    over = whole.over(arrays)
    if not places or whole.rest is None or over is None or whole.scaled is not None:
        return None
    sum_, form = places[0]
    largest, place, _, _ = largest_apart(arrays, sum_)
    here = arrays.integers(form - sum_.data[1])
    first = arrays.apply("{0} == {1}", [place, here], [SUM, SUM], COMPARE)
    if len(pieces) > 2:
        most = arrays.apply("{0} == {1}", [largest, whole.largest], [SUM, SUM], COMPARE)
        first = arrays.apply("{0} & {1}", [first, most], [UNARY, UNARY], COMPARE)
    hinted(arrays, "top", first)
    others = arrays.apply("-{0} / {1}", [whole.rest, over], [UNARY, UNARY], MUL)
    one = share(arrays, call("share", w, *pieces))
    return _Apart(first, arrays.apply("np.where({0}, {1}, {2})", [first, others, one]), b)


def _weighed(arrays: Arrays, w: Term, b: Term, pieces: Sequence[Term]) -> _Apart | None:
    """The same where b is the weight of e^w in Σₚ bₚ·e^{u_p}, which is D."""
    sum_ = _weighted_sum(w, b, pieces)
    form = None if sum_ is None else form_of(w, sum_)
    if sum_ is None or form is None or may_be_empty(arrays, sum_.data[0]):
        return None
    over = total_of(arrays, pieces).over(arrays) or arrays.number(1)
    _, place, top, addends = largest_apart(arrays, sum_)
    others = over_axis(arrays, sum_.data[0], arrays.apply("np.where({0}, 0, {1})", [top, addends]))
    others = arrays.apply("-{0} / {1}", [others, over], [UNARY, UNARY], MUL)
    here = arrays.integers(form - sum_.data[1])
    first = arrays.apply("{0} == {1}", [place, here], [SUM, SUM], COMPARE)
    one = _weighted_share(arrays, w, b, pieces)
    return _Apart(first, arrays.apply("np.where({0}, {1}, {2})", [first, others, one]), ONE)


def _weighted_sum(w: Term, b: Term, pieces: Sequence[Term]) -> Term | None:
    """The sum over an index that D is, if w and b are an exponent in it and its weight."""
    if len(pieces) != 2 or pieces[0] is not ONE or pieces[1].op != "call":
        return None
    if pieces[1].data != "sum_exp" or weighted(pieces[1].args[0])[0] is ONE:
        return None
    (sum_,) = pieces[1].args
    weights, _, p = weighted(sum_)
    form = form_of(w, sum_)
    return sum_ if form is not None and substitute(weights, {p: form}) is b else None


def _is_weight(w: Term, b: Term, pieces: Sequence[Term]) -> bool:
    """Whether b·e^w is an addend of D, and b may be 0 where e^w is larger than D."""
    for c, u in zip(pieces[::2], pieces[1::2], strict=True):
        sum_ = u.args[0] if u.op == "call" and u.data == "sum_exp" else None
        form = None if sum_ is None else form_of(w, sum_)
        if sum_ is not None and form is not None:
            weights, _, p = weighted(sum_)
            c, u = substitute(weights, {p: form}), w
        if b.op != "num" and c is b and u is w:
            return True
    return False


def _weighted_share(arrays: Arrays, w: Term, b: Term, pieces: Sequence[Term]) -> Value:
    """b·e^w/D, which is 0 where b is."""
    b, w = into_exponent(arrays, b, w)
    if b is ONE:
        return share(arrays, call("share", w, *pieces))
    whole = total_of(arrays, pieces)
    over = whole.over(arrays)
    known = whole.less(arrays, w)
    if known is None:
        values = [where_weighed(arrays, b, w), whole.largest]
        e = arrays.apply("np.exp({0} - {1})", values, [SUM, MUL])
    else:
        e = arrays.apply("np.exp({0})", [where_weighed(arrays, b, known)])
    hinted(arrays, "e", e)
    above = arrays.multiplied([arrays.value(b), e])
    return above if over is None else arrays.apply("{0} / {1}", [above, over], [MUL, UNARY], MUL)


def share_plus(arrays: Arrays, t: Term) -> Value:
    """b·e^w/D + c, which for the largest of the addends of D is (b + c) − b·others/D.

    One of them is Σₚ e^{u_p}, and w is one of the u.
    """
    w, b, c, *pieces = t.args
    if c is ZERO:
        return _weighted_share(arrays, w, b, pieces)
    apart = _apart(arrays, w, b, pieces)
    if apart is None:
        if _is_weight(w, b, pieces):
            part = _weighted_share(arrays, w, b, pieces)
        else:
            one = share(arrays, call("share", w, *pieces))
            part = one if b is ONE else arrays.multiplied([arrays.value(b), one])
        return arrays.apply("{0} + {1}", [part, arrays.value(c)], [SUM, MUL], SUM)
    sign, negative = "+", c.op in ("mul", "num") and monomial(c)[0] < 0
    if negative:
        sign, c = "-", mul(num(-1), c)
    step = _weighing(arrays, apart.first, apart.weight)
    step = arrays.apply(f"{{0}} {sign} {{1}}", [step, arrays.value(c)], [SUM, MUL], SUM)
    part = _weighing(arrays, apart.rest, apart.weight)
    return arrays.apply("{0} + {1}", [step, part], [SUM, MUL], SUM)


def share_first(arrays: Arrays, t: Term) -> Value:
    """1 where b·e^w/D is the largest share, and else 0; 0 everywhere where that is not known."""
    w, b, *pieces = t.args
    apart = _apart(arrays, w, b, pieces)
    return arrays.number(0) if apart is None else _weighing(arrays, apart.first, apart.weight)


def share_rest(arrays: Arrays, t: Term) -> Value:
    """b·e^w/D − 1 for the largest share, and else b·e^w/D."""
    w, b, *pieces = t.args
    apart = _apart(arrays, w, b, pieces)
    if apart is None:
        return _weighted_share(arrays, w, b, pieces)
    return _weighing(arrays, apart.rest, apart.weight)


def _weighing(arrays: Arrays, value: Value, weight: Term) -> Value:
    return value if weight is ONE else arrays.multiplied([arrays.value(weight), value])
