"""The stable functions as NumPy: every branch finite, whatever the argument."""

from __future__ import annotations

from collections.abc import Callable

from symderiv.indexform.terms import ONE, ZERO, Term, call, mul, num, power, walk
from symderiv.numeric.arrays import Arrays, Value
from symderiv.numeric.largest import hinted
from symderiv.numeric.masks import is_positive
from symderiv.numeric.nearzero import written_near_zero
from symderiv.numeric.powers import powers
from symderiv.numeric.roots import larger, may_be_zero, smaller_ratio, square_root
from symderiv.numeric.rows import NotBlocked
from symderiv.numeric.shares import (
    over_expm1,
    share,
    share_first,
    share_of_each,
    share_over,
    share_over_exp,
    share_plus,
    share_rest,
    share_top,
)
from symderiv.numeric.source import ATOM, MUL, POW, SUM, UNARY
from symderiv.numeric.sums import monomial
from symderiv.numeric.totals import excess, log_near, log_share, log_total, tail

__all__ = ["FUNCTIONS"]


def _one_sided(arrays: Arrays, u: Value) -> Value | None:
    """e^u, where it was seen to that u is not large."""
    if not arrays.one_sided:
        return None
    return hinted(arrays, "e", arrays.apply("bounded_exp({0})", [u]))


def _small(arrays: Arrays, u: Value) -> Value:
    """σ(−|u|), the smaller of σ(u) and 1 − σ(u)."""
    a = tail(arrays, u)
    return hinted(arrays, "q", arrays.apply("{0} / (1 + {0})", [a], [MUL], MUL))


def _smaller(arrays: Arrays, u: Value) -> Value:
    """The same with one rounding less."""
    a, q = tail(arrays, u), _small(arrays, u)
    return hinted(arrays, "s", arrays.apply("{0} - {0} * {1}", [a, q], [UNARY, UNARY], SUM))


def _sigma(arrays: Arrays, t: Term) -> Value:
    u = arrays.value(t.args[0])
    e = _one_sided(arrays, u)
    if e is not None:
        return arrays.apply("{0} / (1 + {0})", [e], [MUL], MUL)
    values = [u, _small(arrays, u), _smaller(arrays, u)]
    return arrays.apply("np.where({0} > 0, 1 - {1}, {2})", values, [SUM, UNARY, 0])


def _sigma_complement(arrays: Arrays, t: Term) -> Value:
    u = arrays.value(t.args[0])
    e = _one_sided(arrays, u)
    if e is not None:
        return arrays.apply("1 / (1 + {0})", [e], [UNARY], MUL)
    values = [u, _small(arrays, u), _smaller(arrays, u)]
    return arrays.apply("np.where({0} > 0, {2}, 1 - {1})", values, [SUM, UNARY, 0])


def _sigma_slope(arrays: Arrays, t: Term) -> Value:
    u = arrays.value(t.args[0])
    e = _one_sided(arrays, u)
    if e is not None:
        return arrays.apply("{0} / (1 + {0}) ** 2", [e], [MUL], MUL)
    if arrays.summed:  # with two roundings more
        return arrays.apply("{0} / (1 + {0}) ** 2", [tail(arrays, u)], [MUL], MUL)
    s = _smaller(arrays, u)
    return arrays.apply("{0} - {0} * {0}", [s], [UNARY], SUM)


def _step(arrays: Arrays, t: Term) -> Value:
    """[u > 0] + c, which is exact where c is 0, −1 or in between."""
    u, c = arrays.value(t.args[0]), t.args[1]
    negative = mul(num(-1), c)
    if c.op == "mul":
        return arrays.apply("({0} > 0) - {1}", [u, arrays.value(negative)], [SUM, MUL], SUM)
    return arrays.apply("({0} > 0) + {1}", [u, arrays.value(c)], [SUM, MUL], SUM)


def _sigma_plus(arrays: Arrays, t: Term) -> Value:
    u = arrays.value(t.args[0])
    values = [_step(arrays, t), u, _small(arrays, u)]
    return arrays.apply("{0} + np.where({1} > 0, -{2}, {2})", values, [SUM, SUM, UNARY], SUM)


def _softplus_plus(arrays: Arrays, t: Term) -> Value:
    u, c = arrays.value(t.args[0]), t.args[1]
    e = _one_sided(arrays, u) if c is ZERO else None
    if e is not None:
        return arrays.apply("np.log1p({0})", [e])
    rest = arrays.apply("np.log1p({0})", [tail(arrays, u)])
    if c is ZERO:
        return arrays.apply("{0} + np.maximum({1}, 0)", [rest, u], [SUM, 0], SUM)
    if c is num(-1):
        return arrays.apply("{0} + np.maximum(-{1}, 0)", [rest, u], [SUM, UNARY], SUM)
    text = "{0} + np.where({2} == 0, 0, {1} * {2})"  # which is 0 where u is infinite, too
    return arrays.apply(text, [rest, u, _step(arrays, t)], [SUM, MUL, SUM], SUM)


def _softplus_over(arrays: Arrays, u: Value) -> Value:
    """log(1 + e^u) over the smaller of e^u and 1: from log 2 to 1 for u < 0, and then large."""
    e = tail(arrays, u)
    rest = arrays.apply("np.log1p({0})", [e])
    ratio = "np.where({0} == 0, 1, {1}) / np.where({0} == 0, 1, {0})"
    values = [u, rest, arrays.apply(ratio, [e, rest], [SUM, 0], MUL)]
    text = "np.where({0} > 0, {1} + {0}, {2})"
    return hinted(arrays, "ratio", arrays.apply(text, values, [SUM, SUM, 0]))


def _log_softplus(arrays: Arrays, t: Term) -> Value:
    u = arrays.value(t.args[0])
    text = "np.minimum({0}, 0) + np.log({1})"
    return arrays.apply(text, [u, _softplus_over(arrays, u)], [0, 0], SUM)


def _log_softplus_slope(arrays: Arrays, t: Term) -> Value:
    u = arrays.value(t.args[0])
    values = [tail(arrays, u), _softplus_over(arrays, u)]
    return arrays.apply("1 / ((1 + {0}) * {1})", values, [MUL, UNARY], MUL)


def _log_cosh(arrays: Arrays, t: Term) -> Value:
    """Log cosh a; for arrays ½·log(1 + sinh² a) up to a = 300, and a − log 2 beyond.

    There the two differ by e^(−600).
    """
    u = arrays.value(t.args[0])
    a = hinted(arrays, "a", arrays.apply("np.abs({0})", [u]))
    most = 300 if u.axes else 1
    text = f"np.log1p(np.sinh(np.minimum({{0}}, {most})) ** 2) / 2"
    near = arrays.apply(text, [a], [0], MUL)
    if u.axes:
        return arrays.apply("{0} + np.maximum({1} - 300, 0)", [near, a], [SUM, SUM], SUM)
    far = arrays.apply("{0} + np.log1p(np.exp(-2 * {0})) - np.log(2)", [a], [UNARY], SUM)
    return arrays.apply("np.where({0} < 1, {1}, {2})", [a, near, far], [SUM, 0, 0])


def _hypot(arrays: Arrays, t: Term) -> Value:
    """√(a² + b²); for arrays beside a number a with b up to 10^150, and |b| beyond.

    There the two differ by 10^(−100) of them. NumPy's hypot takes four times as long as the root.
    """
    a, b = map(arrays.value, t.args)
    if t.args[0].op != "num" or not b.axes or not 1e-100 < abs(t.args[0].data) < 1e100:
        return arrays.apply("np.hypot({0}, {1})", [a, b])
    size = hinted(arrays, "a", arrays.apply("np.abs({0})", [b]))
    square = arrays.value(num(t.args[0].data ** 2))
    text = "np.sqrt({0} + np.minimum({1}, 1e150) ** 2)"
    near = arrays.apply(text, [square, size], [SUM, 0])
    return arrays.apply("np.maximum({0}, {1})", [near, size])


def _hypot_minus(arrays: Arrays, t: Term) -> Value:
    """√(a² + b²) − a as b²/(a + √(a² + b²)) for a > 0, without the square."""
    values = [arrays.value(a) for a in (*t.args, call("hypot", *t.args))]
    return arrays.apply("{1} * ({1} / ({0} + {2}))", values, [SUM, UNARY, MUL], MUL)


def _log1p_square(arrays: Arrays, t: Term) -> Value:
    """log(1 + a²) as log(M² + M²·r²), where M is the larger of |a| and 1; or b for 1."""
    a, b = t.args if len(t.args) == 2 else (*t.args, ONE)
    largest = hinted(arrays, "largest", arrays.value(larger(a, b)))
    rest = call("log1p", power(smaller_ratio(a, b), 2))
    log = arrays.apply("np.log({0})", [largest])
    return arrays.apply("2 * {0} + {1}", [log, arrays.value(rest)], [UNARY, MUL], SUM)


def _from_nearby(arrays: Arrays, t: Term) -> Value:
    """x − y₀, where only the difference of two of them counts."""
    return arrays.apply("{0} - {1}", [arrays.value(a) for a in t.args], [SUM, MUL], SUM)


def _ratio(arrays: Arrays, t: Term) -> Value:
    """d/‖d‖, which is 0 for d = 0: the mean of the slopes on both sides, as of |d|."""
    values = [arrays.value(a) for a in t.args]
    if may_be_zero(t.args[1]):
        below = arrays.apply("np.where({0} == 0, 1, {0})", values[1:], [SUM])
        return arrays.apply("{0} / {1}", [values[0], below], [MUL, UNARY], MUL)
    return arrays.apply("{0} / {1}", values, [MUL, UNARY], MUL)


def _norm(arrays: Arrays, t: Term) -> Value:
    """√Σ dₖ² as √Σ (s·dₖ)²/s, so that no square overflows or underflows; [Blue]_.

    One s serves all rows: no |s·dₖ| is above 10^140, and the norm of a row that is smaller by
    10^280 is still exact. Where a number is infinite, or is none, s is 1.

    .. [Blue] J. L. Blue, A portable Fortran program to find the Euclidean norm of a vector,
       ACM TOMS 4 (1978).
    """
    body, indices = t.args[0], list[str]()
    while body.op == "sum":
        indices.append(body.data[0])
        (body,) = body.args
    side = square_root(body)
    if side is None or any(map(arrays.is_row, indices)):  # they are not all known at once
        if not any(f.op == "sum" for f in walk(body)):
            raise NotBlocked
        return arrays.apply("np.sqrt({0})", [arrays.value(t.args[0])])
    d = arrays.value(side)
    bounds = list[Value]()
    for a in side.args if side.op == "add" else (side,):
        addend = arrays.value(mul(num(-1), a) if monomial(a)[0] < 0 else a)
        text = "np.max(np.abs({0}), initial=0)" if addend.axes else "np.abs({0})"
        bounds.append(Value(arrays.program.node(text, [addend.node])))
    plus = " + ".join(f"{{{k}}}" for k in range(len(bounds)))
    largest = hinted(arrays, "largest", arrays.apply(plus, bounds, [MUL] * len(bounds), SUM))
    text = "1e140 / np.where(np.isfinite({0}), np.clip({0}, 1e-160, 1.7e308), 1e140)"
    scale = hinted(arrays, "scale", arrays.apply(text, [largest], [0], MUL))
    squares = arrays.apply("({0} * {1}) ** 2", [d, scale], [MUL, UNARY], POW)
    left = tuple(a for a in d.axes if a not in indices)
    places = [str(k) for k, a in enumerate(d.axes) if a in indices]
    where = places[0] if len(places) == 1 else f"({', '.join(places)})"
    axis = f", axis={where}" if left else ""
    total = Value(arrays.program.node(f"np.sum({{0}}{axis})", [squares.node]), left)
    return arrays.apply("np.sqrt({0}) / {1}", [total, scale], [0, UNARY], MUL)


def _weighted_log(arrays: Arrays, t: Term) -> Value:
    x, y = map(arrays.value, t.args)
    if x.axes and not y.axes and is_positive(t.args[1], arrays.normal.positive):
        return arrays.apply("np.log({0})", [y])  # of a parameter, and no array of its copies
    if x == y:
        return arrays.apply("np.log(np.where({0} == 0, 1, {0}))", [x], [SUM])
    end = "(({1} == 0) | ({1} == np.inf))" if _divides(*t.args) else "({1} == 0)"
    return arrays.apply(f"np.log(np.where(({{0}} == 0) & {end}, 1, {{1}}))", [x, y], [SUM, SUM])


def _weighted_log1p(arrays: Arrays, t: Term) -> Value:
    x, y = map(arrays.value, t.args)
    end = "(({1} == -1) | ({1} == np.inf))" if _divides(*t.args) else "({1} == -1)"
    return arrays.apply(f"np.log1p(np.where(({{0}} == 0) & {end}, 0, {{1}}))", [x, y], [SUM, SUM])


def _divides(x: Term, y: Term) -> bool:
    """Whether y is infinite at x = 0, as q/x is."""
    weights, (_, found) = powers([x])[1], powers([y])
    return any(found.get(base, 0) < 0 for base, e in weights.items() if e > 0)


def _weighted_exp(arrays: Arrays, t: Term) -> Value:
    name = t.data.removeprefix("weighted_")
    text = f"np.{name}(np.where(({{0}} == 0) & ({{1}} > 0), 0, {{1}}))"
    return arrays.apply(text, [arrays.value(a) for a in t.args], [SUM, SUM])


def _real_power(arrays: Arrays, t: Term) -> Value:
    """xᵖ; 1 where its weight is 0."""
    x, p, *weight = map(arrays.value, t.args)
    if weight:
        text = "np.where(({0} == 0) & ({1} >= 0), 1, {1})"
        x = arrays.apply(text, [*weight, x], [SUM, SUM])
    return arrays.apply("{0} ** {1}", [x, p], [ATOM, POW], POW)


def _weighted_total(arrays: Arrays, t: Term) -> Value:
    """A logarithm of a sum beside a weight, 0 where there are no addends and the weight is 0."""
    text = "np.where(({0} == 0) & ({1} == -np.inf), 0, {1})"
    return arrays.apply(text, [arrays.value(a) for a in t.args], [SUM, SUM])


FUNCTIONS: dict[str, Callable[[Arrays, Term], Value]] = {
    "sigma": _sigma,
    "sigma_complement": _sigma_complement,
    "sigma_slope": _sigma_slope,
    "sigma_plus": _sigma_plus,
    "softplus_plus": _softplus_plus,
    "log_softplus": _log_softplus,
    "log_softplus_slope": _log_softplus_slope,
    "log_cosh": _log_cosh,
    "hypot": _hypot,
    "hypot_minus": _hypot_minus,
    "log1p_square": _log1p_square,
    "from_nearby": _from_nearby,
    "ratio": _ratio,
    "norm": _norm,
    "weighted_exp": _weighted_exp,
    "weighted_expm1": _weighted_exp,
    "real_power": _real_power,
    "weighted_log_total": _weighted_total,
    "weighted_log": _weighted_log,
    "weighted_log1p": _weighted_log1p,
    "share": share,
    "share_first": share_first,
    "share_of_each": share_of_each,
    "over_expm1": over_expm1,
    "share_over": share_over,
    "share_over_exp": share_over_exp,
    "share_plus": share_plus,
    "share_rest": share_rest,
    "share_top": share_top,
    "log_share": log_share,
    "log_total": log_total,
    "excess": excess,
    "near_zero": written_near_zero,
    "log_near": log_near,
}
