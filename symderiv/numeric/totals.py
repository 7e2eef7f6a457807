"""Sums of exponentials as NumPy: their shares and their logarithms, without overflow.

D = Σ c·e^w over pieces (c, w), where w may be ``sum_exp`` of Σₚ e^{u_p}.

It is e^M·(1 + r), with M the largest exponent and r what the others add to it; or e^M·t where the
piece with the largest exponent has another coefficient than 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from symderiv.indexform.conditions import Unsupported
from symderiv.indexform.terms import ONE, ZERO, Term, add, call, mul, num, walk
from symderiv.numeric.arrays import Arrays, Value
from symderiv.numeric.exponentials import apart as difference
from symderiv.numeric.exponentials import is_call, parts, weighted
from symderiv.numeric.largest import (
    hinted,
    largest_apart,
    may_be_empty,
    over_axis,
    where_weighed,
    without_one,
)
from symderiv.numeric.powers import monomial, powers
from symderiv.numeric.source import COMPARE, MUL, POW, SUM, UNARY

__all__ = [
    "excess",
    "into_exponent",
    "log_near",
    "log_share",
    "log_total",
    "over_v",
    "tail",
    "total_of",
]

_FAR = 600  # an exponent that large is taken out of a sum
_MOST_EXPONENT = 6  # of a sum that is not multiplied out


def tail(arrays: Arrays, u: Value) -> Value:
    """e^(−|u|), at most 1."""
    return hinted(arrays, "e", arrays.apply("np.exp(-np.abs({0}))", [u]))


@dataclass(frozen=True)
class _Total:
    largest: Value
    rest: Value | None  # r; None for 0, or where it is not known better than t
    scaled: Value | None = None  # t, where 1 + r may be far less than 1
    below: tuple[tuple[Term, Value], ...] = ()  # w − M, where it is known without M
    logarithm: Value | None = None  # log t, where t may be too small to be a number
    apart: tuple[Term, Term, Value] | None = None  # a, b and their difference, for e^a + e^b

    def less(self, arrays: Arrays, w: Term) -> Value | None:
        """w − M, which is 0 for the largest, also where it is infinite.

        What is small beside the largest comes last, as what was taken out of factors beside e^w.
        """
        if self.apart is not None and w in self.apart[:2]:
            text = "np.minimum({0}, 0)" if w is self.apart[0] else "np.minimum(-{0}, 0)"
            return arrays.apply(text, [self.apart[2]], [UNARY])
        if w in dict(self.below):
            return dict(self.below)[w]
        addends = w.args if w.op == "add" else (w,)
        large = [a for a in addends if any(is_call(e, "exp") for e in walk(a))]  # e^v + z, too
        taken = (a for a in addends if any(is_call(f, "excess") for f in monomial(a)[1]))
        more = [a for a in addends if a not in large] if large else [*taken]
        if not more:
            return None
        w = add(*(a for a in addends if a not in more))
        known, rest = self.less(arrays, w), arrays.value(add(*more))
        if known is not None:
            return arrays.apply("{0} + {1}", [known, rest], [SUM, MUL], SUM)
        values = [arrays.value(w), self.largest, rest]
        return arrays.apply("{0} - {1} + {2}", values, [SUM, MUL, MUL], SUM)

    def top(self, arrays: Arrays, w: Term) -> Value | None:
        """e^(w − M)."""
        if self.apart is None or w not in self.apart[:2] or self.rest is None:
            return None
        text = "np.where({0} > 0, 1, {1})" if w is self.apart[0] else "np.where({0} > 0, {1}, 1)"
        return arrays.apply(text, [self.apart[2], self.rest], [SUM, 0])

    def over(self, arrays: Arrays) -> Value | None:
        """D/e^M; None for 1."""
        if self.scaled is not None or self.rest is None:
            return self.scaled
        return arrays.apply("1 + {0}", [self.rest], [MUL], SUM)

    def log(self, arrays: Arrays) -> Value | None:
        """log(D/e^M); None for 0."""
        if self.scaled is not None and self.rest is not None:
            log = self.logarithm or arrays.apply("np.log({0})", [self.scaled])
            return _logarithm(arrays, self.rest, log)
        if self.scaled is not None:
            return arrays.apply("np.log({0})", [self.scaled])
        return None if self.rest is None else arrays.apply("np.log1p({0})", [self.rest])


def total_of(arrays: Arrays, pieces: Sequence[Term]) -> _Total:
    """D for its pieces, coefficients and exponents one after the other."""
    pairs = list(zip(pieces[::2], pieces[1::2], strict=True))
    if len(pairs) == 2 and (pairs[0][0] is not ONE or pairs[1][0] is not ONE):
        (a, _), (b, _) = pairs
        if arrays.normal.run(add(a, b)) is ZERO:
            return _difference(arrays, pairs)
        if arrays.normal.run(add(a, b)) is ONE:
            return _mean(arrays, pairs)
    sums = [w.args[0] for _, w in pairs if w.op == "call" and w.data == "sum_exp"]
    pairs = [into_exponent(arrays, c, w) for c, w in pairs]
    if all(c is ONE for c, _ in pairs) and all(weighted(t)[0] is ONE for t in sums):
        if len(pairs) == 2 and not sums:
            return _of_two(arrays, *(w for _, w in pairs))
        out = _unit(arrays, pairs[0][1])
        for _, w in pairs[1:]:
            out = _joined(arrays, out, _unit(arrays, w), w is ZERO)
        return out
    if len(pairs) == len(sums) == 1 and pairs[0][0] is ONE:
        return _unit(arrays, pairs[0][1])
    return _scaled(arrays, pairs)


def into_exponent(arrays: Arrays, c: Term, w: Term) -> tuple[Term, Term]:
    """c·e^w as e^(w + log c) for a number c that is known not to be negative."""
    coefficient, found = powers([c])
    known = arrays.normal.nonnegative
    if not found or coefficient < 0 or any(f.op != "var" or f.data not in known for f in found):
        return c, w
    logs = (mul(call("log", f), num(k)) for f, k in found.items())
    first = [] if coefficient == 1 else [call("log", num(coefficient))]
    return (c, w) if w.op == "call" else (ONE, arrays.normal.plus(w, *first, *logs))


def _of_two(arrays: Arrays, a: Term, b: Term) -> _Total:
    """e^a + e^b."""
    values = [arrays.value(w) for w in (a, b)]
    top = arrays.apply("np.maximum({0}, {1})", values) if b is not ZERO else None
    top = top or arrays.apply("np.maximum({0}, 0)", values[:1])
    u = arrays.normal.run(difference(a, b))
    found = parts(u)
    if found and found[min(found, key=repr)] < 0:  # one e for e^a + e^b and 1 + e^(b − a)
        one = arrays.normal.plus(mul(num(-1), u), ZERO)
    else:
        one = u
    e = tail(arrays, arrays.value(one))
    return _Total(hinted(arrays, "largest", top), e, apart=(a, b, arrays.value(u)))


def _scaled(arrays: Arrays, pairs: Sequence[tuple[Term, Term]]) -> _Total:
    """D with coefficients, as it stands where no exponential overflows, and else shifted."""
    zero = any(w is ZERO and c.op == "num" for c, w in pairs)
    units = [_largest(arrays, c, w) for c, w in pairs if w is not ZERO or c.op != "num"]
    top = units[0]
    for other in units[1:]:
        top = arrays.apply("np.maximum({0}, {1})", [top, other])
    # e^0 is among them, or all may be small
    apart = "{0}" if zero else "np.abs({0})"
    shift = _shift(arrays, apart, _FAR, top)
    addends, one = list[Value](), False
    for c, w in pairs:
        if c is ONE and w is ZERO:
            one = True
            continue
        addends.append(_addend(arrays, c, w, shift))
    rest = addends[0]
    if len(addends) > 1:
        text = " + ".join(f"{{{k}}}" for k in range(len(addends)))
        rest = arrays.apply(text, addends, [MUL] * len(addends), SUM)
    hinted(arrays, "rest", rest)
    if not one:
        return _Total(shift, None, rest)
    scaled = arrays.apply("np.exp(-{0}) + {1}", [shift, rest], [UNARY, MUL], SUM)
    near = arrays.apply("{1} + np.expm1(-{0})", [shift, rest], [UNARY, SUM], SUM)
    return _Total(shift, near, scaled)


def _shift(arrays: Arrays, apart: str, far: int, top: Value) -> Value:
    text = f"np.where(({apart} > {far}) & np.isfinite({{0}}), {{0}}, 0)"  # ∞ − ∞ is no number
    return hinted(arrays, "shift", arrays.apply(text, [top]))


def excess(arrays: Arrays, t: Term) -> Value:
    """The largest of several exponents, or 0 where none is large."""
    top, *others = map(arrays.value, t.args)
    for other in others:
        top = arrays.apply("np.maximum({0}, {1})", [top, other])
    return _shift(arrays, "{0}", _FAR // _MOST_EXPONENT, top)


def _largest(arrays: Arrays, c: Term, w: Term) -> Value:
    """The exponent of an addend, −∞ where this is 0."""
    if w.op == "call" and w.data == "sum_exp":
        return largest_apart(arrays, w.args[0])[0]
    return where_weighed(arrays, c, w)


def _addend(arrays: Arrays, c: Term, w: Term, shift: Value) -> Value:
    """c·e^(w − shift)."""
    if w.op == "call" and w.data == "sum_exp":
        weights, exponent, p = weighted(w.args[0])
        u = where_weighed(arrays, weights, exponent)
        e = arrays.apply("np.exp({0} - {1})", [u, shift], [SUM, MUL])
        if weights is not ONE:
            e = arrays.multiplied([arrays.value(weights), e])
        value = over_axis(arrays, p, e)
    elif w is ZERO and c.op == "num":
        value = arrays.apply("np.exp(-{0})", [shift], [UNARY])
    else:
        value = arrays.apply("np.exp({0} - {1})", [where_weighed(arrays, c, w), shift], [SUM, MUL])
    return value if c is ONE else arrays.multiplied([arrays.value(c), value])


def _below(arrays: Arrays, pairs: Sequence[tuple[Term, Term]]) -> tuple[tuple[Term, Value], ...]:
    """a − max(a, b) and b − max(a, b), which are 0 and −∞ where one of them is infinite."""
    if len(pairs) != 2:
        return ()
    a, b = (w for _, w in pairs)
    u = arrays.value(arrays.normal.run(difference(a, b)))
    return (
        (a, arrays.apply("np.minimum({0}, 0)", [u])),
        (b, arrays.apply("np.minimum(-{0}, 0)", [u], [UNARY])),
    )


def _unit(arrays: Arrays, w: Term) -> _Total:
    """e^w, or Σₚ e^{u_p} with the largest of its addends apart."""
    if w.op != "call" or w.data != "sum_exp":
        return _Total(arrays.value(w), None)
    largest, _, top, shifted = largest_apart(arrays, w.args[0])
    beside = arrays.apply("{0} - {1}", [shifted, top], [SUM, MUL], SUM)
    p = w.args[0].data[0]
    rest = over_axis(arrays, p, beside)
    if may_be_empty(arrays, p):
        some = over_axis(arrays, p, top, "np.any")
        rest = arrays.apply("{0} + {1} - 1", [rest, some], [SUM, MUL], SUM)
    plain = weighted(w.args[0])[0] is ONE
    scaled = None if plain else over_axis(arrays, p, shifted)
    return _Total(largest, hinted(arrays, "rest", rest), scaled)


def _compared(arrays: Arrays, values: Sequence[Value], zero: bool) -> tuple[Value, Value, Value]:
    """Whether the first is the larger, the larger one, and e^(−|difference|)."""
    if zero:  # the second is 0
        test = arrays.apply("{0} >= 0", values[:1], [SUM], COMPARE)
        top = arrays.apply("np.maximum({0}, 0)", values[:1])
        return test, top, tail(arrays, values[0])
    test = arrays.apply("{0} >= {1}", values, [SUM, SUM], COMPARE)
    top = hinted(arrays, "largest", arrays.apply("np.maximum({0}, {1})", values))
    d = arrays.apply("np.exp(-np.abs({0} - {1}))", values, [SUM, MUL])
    return test, top, hinted(arrays, "e", d)


def _joined(arrays: Arrays, a: _Total, b: _Total, zero: bool) -> _Total:
    test, top, d = _compared(arrays, [a.largest, b.largest], zero)
    if a.rest is None and b.rest is None:
        return _Total(top, d)
    over = [x.over(arrays) for x in (a, b)]
    below = [d if o is None else arrays.times([d, o]) for o in over]
    sums = [
        other if x.rest is None else arrays.apply("{0} + {1}", [x.rest, other], [SUM, MUL], SUM)
        for x, other in zip((a, b), reversed(below), strict=True)
    ]
    rest = arrays.apply("np.where({0}, {1}, {2})", [test, *sums])
    return _Total(top, hinted(arrays, "rest", rest))


def _difference(arrays: Arrays, pairs: Sequence[tuple[Term, Term]]) -> _Total:
    """c·(e^a − e^b)."""
    (c, a), (_, b) = pairs
    v = a if a.op == "call" else arrays.normal.times(num(-1), a)
    if b is ZERO and v.op == "call" and v.data == "exp":
        return _from_one(arrays, c, a, v)
    for sum_, w, sign in ((a, b, c), (b, a, mul(num(-1), c))):
        inside = sum_.args[0] if is_call(sum_, "sum_exp") else None
        found = None if inside is None else without_one(arrays, inside, w)
        if found is not None:
            scaled = found[1]
            if sign is num(-1):
                scaled = arrays.apply("-{0}", [scaled], [POW], UNARY)
            elif sign is not ONE:
                scaled = arrays.multiplied([arrays.value(sign), scaled])
            return _Total(found[0], None, scaled)
    units = [_unit(arrays, w) for w in (a, b)]
    if any(x.rest is not None for x in units):
        raise Unsupported("a difference of sums of exponentials")
    test, top, _ = _compared(arrays, [x.largest for x in units], b is ZERO)
    apart = arrays.apply("np.abs({0} - {1})", [x.largest for x in units], [SUM, MUL])
    if b is ZERO:
        apart = arrays.apply("np.abs({0})", [units[0].largest])
    signs = [test, arrays.value(mul(num(-1), c)), arrays.value(c), apart]
    t = arrays.apply("np.where({0}, {1}, {2}) * np.expm1(-{3})", signs, [0, 0, 0, UNARY], MUL)
    if c.op != "num" or abs(c.data) != 1:
        return _Total(top, None, t, _below(arrays, pairs))
    # log(1 − e^(−d)) for large d; where the larger one has the factor −1 there is no logarithm
    text = (
        "-np.exp(-{1}) - np.where({0}, 0, 2)" if c is ONE else "-np.exp(-{1}) - np.where({0}, 2, 0)"
    )
    near = arrays.apply(text, [test, apart], [0, UNARY], SUM)
    return _Total(top, near, t, _below(arrays, pairs))


def _from_one(arrays: Arrays, c: Term, a: Term, e: Term) -> _Total:
    """c·(e^a − 1) for a = ±v and v = e^w, which may be 0 and has a logarithm then, too."""
    v, w, negative = arrays.value(e), arrays.value(e.args[0]), a is not e
    t = arrays.apply("-np.expm1(-{0})", [v], [UNARY], UNARY)
    zero, minus = arrays.number(0), arrays.apply("-{0}", [v], [POW], UNARY)
    top, below = (zero, ((a, minus), (ZERO, zero))) if negative else (v, ((a, zero), (ZERO, minus)))
    if c is not num(-1 if negative else 1):
        sign = mul(num(-1 if negative else 1), c)
        return _Total(top, None, arrays.multiplied([arrays.value(sign), t]), below)
    near = arrays.apply("-np.exp(-{0})", [v], [UNARY], UNARY)
    ratio = arrays.apply("np.where({0} < 0, {1}, {2})", [w, over_v(arrays, v, t), t], [SUM, 0, 0])
    log = arrays.apply("np.minimum({0}, 0) + np.log({1})", [w, ratio], [0, 0], SUM)
    return _Total(top, near, t, below, log)


def over_v(arrays: Arrays, v: Value, t: Value) -> Value:
    """t/v for t = 1 − e^(−v), which is 1 at v = 0."""
    text = "np.where({0} == 0, 1, {1}) / np.where({0} == 0, 1, {0})"
    return arrays.apply(text, [v, t], [SUM, 0], MUL)


def _mean(arrays: Arrays, pairs: Sequence[tuple[Term, Term]]) -> _Total:
    """c·e^a + (1 − c)·e^b."""
    (c, a), (d, b) = pairs
    units = [_unit(arrays, w) for w in (a, b)]
    if any(x.rest is not None for x in units):
        raise Unsupported("a mean of sums of exponentials")
    over, under = (arrays.value(x) for x in (c, d))
    first, second = (x.largest for x in units)
    # the larger of the two is taken out, so that what is left is near 1
    apart = first if b is ZERO else arrays.apply("{0} - {1}", [first, second], [SUM, MUL], SUM)
    text = "{0} * np.exp(np.minimum({1}, 700)) >= {2}"
    test = arrays.apply(text, [over, apart, under], [UNARY, 0, SUM], COMPARE)
    top = arrays.apply("np.where({0}, {1}, {2})", [test, first, second])
    small = arrays.apply("np.where({0}, {1}, {2})", [test, under, over])
    big = arrays.apply("np.where({0}, {1}, {2})", [test, over, under])
    lower = arrays.apply("np.where({0}, -{1}, {1})", [test, apart], [0, UNARY])
    met = arrays.apply("np.where({0} == 0, -np.inf, {1})", [small, lower], [SUM, 0])
    rest = arrays.apply("{0} * np.expm1({1})", [small, met], [MUL, 0], MUL)
    scaled = arrays.apply("{0} + {1} * np.exp({2})", [big, small, met], [SUM, UNARY, 0], SUM)
    less = [
        arrays.apply(t, [test, lower]) for t in ("np.where({0}, 0, {1})", "np.where({0}, {1}, 0)")
    ]
    return _Total(top, rest, scaled, ((a, less[0]), (b, less[1])))


def log_near(arrays: Arrays, t: Term) -> Value:
    """log f for f − 1, f, and log f as it is known where f is too small or large for a number."""
    near, whole, *direct = (arrays.value(a) for a in t.args)
    if not direct:
        return _logarithm(arrays, near, arrays.apply("np.log({0})", [whole]))
    log = _logarithm(arrays, near, arrays.apply("np.log(np.maximum({0}, 1e-30))", [whole]))
    text = "np.where(({0} > 1e-30) & ({0} < 1e30), {1}, {2})"
    return arrays.apply(text, [whole, log, *direct], [SUM, 0, 0])


def _logarithm(arrays: Arrays, near: Value, direct: Value) -> Value:
    """log f from f − 1 where f is near 1 or large, and else as it is known."""
    text = "np.where({0} > -0.5, np.log1p(np.maximum({0}, -0.5)), {1})"
    return arrays.apply(text, [near, direct], [SUM, 0])


def log_total(arrays: Arrays, t: Term) -> Value:
    """Log D, as the largest exponent and what the others add."""
    whole = total_of(arrays, t.args)
    log = whole.log(arrays)
    values = [whole.largest] if log is None else [whole.largest, log]
    values = [v for v in values if v != arrays.number(0)] or values[:1]
    if len(values) == 1:
        return values[0]
    return arrays.apply(" + ".join(f"{{{k}}}" for k in range(len(values))), values, [SUM, MUL], SUM)


def log_share(arrays: Arrays, t: Term) -> Value:
    """w − log D, w and the largest exponent first."""
    w, *pieces = t.args
    whole = total_of(arrays, pieces)
    below = whole.less(arrays, w) or arrays.apply(
        "{0} - {1}", [arrays.value(w), whole.largest], [SUM, MUL], SUM
    )
    log = whole.log(arrays)
    return below if log is None else arrays.apply("{0} - {1}", [below, log], [SUM, MUL], SUM)
