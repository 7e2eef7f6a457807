"""The largest addend of Σₚ c·e^{u_p}, and the sum without it or without another.

S − e^w cancels where e^w is the largest addend of S. Without that the second largest is, and
what the others add to it is summed again.
"""

from __future__ import annotations

from symderiv.indexform.conditions import Unsupported
from symderiv.indexform.terms import ONE, Linear, Term, walk
from symderiv.numeric.arrays import Arrays, Value
from symderiv.numeric.contractions import summed
from symderiv.numeric.exponentials import LEAST, form_of, weighted
from symderiv.numeric.rows import NotBlocked
from symderiv.numeric.source import ATOM, COMPARE, MUL, SUM, UNARY

__all__ = [
    "hinted",
    "largest_apart",
    "may_be_empty",
    "over_axis",
    "where_weighed",
    "without_one",
]


def hinted(arrays: Arrays, name: str, value: Value) -> Value:
    """The value, which may be called by a name."""
    arrays.program.hints.setdefault(value.node, name)
    return value


def over_axis(arrays: Arrays, p: str, value: Value, function: str = "np.sum") -> Value:
    """The sum over one axis, or another function."""
    if function == "np.sum":
        return summed(arrays, [value], (p,))
    left = tuple(a for a in value.axes if a != p)
    axis = f", axis={value.axes.index(p)}" if left else ""
    return Value(arrays.program.node(f"{function}({{0}}{axis})", [value.node]), left)


def may_be_empty(arrays: Arrays, p: str) -> bool:
    """Whether a sum may have no addends, for sizes that are allowed."""
    return not arrays.sizes.nonnegative(arrays.length(p) - 1)


def largest_apart(arrays: Arrays, t: Term) -> tuple[Value, Value, Value, Value]:
    """For Σₚ c·e^{u_p}: the largest u_p; where the largest addend is, alone and as 0 and 1.

    The addends c·e^(u_p − largest) are the last.
    """
    p = t.data[0]
    if arrays.is_row(p):
        raise NotBlocked
    weights, exponent, _ = weighted(t)
    u = where_weighed(arrays, weights, exponent)
    if p not in u.axes:
        raise Unsupported("a sum of equal exponentials")
    left = tuple(a for a in u.axes if a != p)
    axis = f", axis={u.axes.index(p)}" if left else ""
    # where there are no addends, or all are 0, the largest is finite for its differences' sake
    empty = may_be_empty(arrays, p)
    some = weights is not ONE or any(e is LEAST for e in walk(t))
    least = ", initial=-1.7e308" if empty or some else ""
    last = left and u.axes[-1] == p and weights is ONE and not least
    if last:  # its place is needed as well, and found sooner than the largest in short rows
        place = Value(arrays.program.node(f"np.argmax({{0}}{axis})", [u.node]), left)
        every = ", ".join([":"] * len(left))
        text = f"np.take_along_axis({{0}}, {{1}}[{every}, None]{axis})[{every}, 0]"
        largest = Value(arrays.program.node(text, [u.node, place.node], [0, ATOM]), left)
    else:
        largest = Value(arrays.program.node(f"np.max({{0}}{axis}{least})", [u.node]), left)
    hinted(arrays, "largest", largest)
    shifted = hinted(arrays, "e", arrays.apply("np.exp({0} - {1})", [u, largest], [SUM, MUL]))
    most = u
    if weights is not ONE:
        most = shifted = arrays.multiplied([arrays.value(weights), shifted])
    index = arrays.integers(Linear.of(p) - arrays.normal.spans[p][0])
    if empty:  # which has no first place
        found = arrays.apply("{0} == {1}", [u, largest], [SUM, SUM], COMPARE)
        count = Value(arrays.program.node(f"np.cumsum({{0}}{axis})", [found.node]), found.axes)
        top = arrays.apply("{0} & ({1} == 1)", [found, count], [UNARY, SUM], COMPARE)
        hinted(arrays, "top", top)
        where = arrays.apply("np.where({0}, {1}, 0)", [top, index])
        place = Value(arrays.program.node(f"np.sum({{0}}{axis})", [where.node]), left)
    else:
        place = Value(arrays.program.node(f"np.argmax({{0}}{axis})", [most.node]), left)
        top = arrays.apply("{0} == {1}", [place, index], [SUM, SUM], COMPARE)
        hinted(arrays, "top", top)
    return largest, place, top, shifted


def where_weighed(arrays: Arrays, weights: Term, exponent: Term | Value) -> Value:
    """An exponent, −∞ where the weight before the exponential is 0."""
    u = exponent if isinstance(exponent, Value) else arrays.value(exponent)
    if weights.op in ("const", "num"):
        return u
    text = "np.where({0} == 0, -np.inf, {1})"
    return arrays.apply(text, [arrays.value(weights), u], [SUM, 0])


def without_one(arrays: Arrays, sum_: Term, w: Term) -> tuple[Value, Value] | None:
    """Σₚ e^{u_p} − e^w as a largest exponent and what is left without it, if w is one of the u."""
    form = form_of(w, sum_)
    if form is None or weighted(sum_)[0] is not ONE:
        return None
    p = sum_.data[0]
    largest, place, top, shifted = largest_apart(arrays, sum_)
    u, left = arrays.value(weighted(sum_)[1]), largest.axes
    others = arrays.apply("np.where({0}, -np.inf, {1})", [top, u])
    axis = f", axis={others.axes.index(p)}" if left else ""
    text = f"np.max({{0}}{axis}, initial=-1.7e308)"  # for there may be no second
    second = hinted(arrays, "second", Value(arrays.program.node(text, [others.node]), left))
    beside = arrays.apply("np.exp({0} - {1})", [others, second], [SUM, MUL])
    here = arrays.apply(
        "{0} == {1}", [place, arrays.integers(form - sum_.data[1])], [SUM] * 2, COMPARE
    )
    rest = over_axis(arrays, p, arrays.apply("{0} - {1}", [shifted, top], [SUM, MUL], SUM))
    one = arrays.apply("np.exp({0} - {1})", [arrays.value(w), largest], [SUM, MUL])
    whole = arrays.apply("1 + ({0} - {1})", [rest, one], [SUM, MUL], SUM)
    values = [here, over_axis(arrays, p, beside), whole]
    return (
        arrays.apply("np.where({0}, {1}, {2})", [here, second, largest]),
        arrays.apply("np.where({0}, {1}, {2})", values),
    )
