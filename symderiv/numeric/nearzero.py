"""Functions of u and e^u in which several powers of u cancel at 0, by their series near there.

u·coth u − 1 is (u·(e^(2u) + 1) − (e^(2u) − 1))/(e^(2u) − 1), where u³ cancels above. It is a power
of u times a function that is not 0 at u = 0: near there that is a polynomial but for less than a
rounding, whose coefficients are exact, and of which the first addend is the largest [Higham]_.

.. [Higham] N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed. (2002), §1.14.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import factorial, prod
from typing import Any

from symderiv.indexform.terms import ONE, Term, add, by_sign, call, num, rebuild, walk
from symderiv.numeric.arrays import Arrays, Value
from symderiv.numeric.exponentials import HYPERBOLIC, exponent, is_call, live, parts
from symderiv.numeric.island import Island, fraction
from symderiv.numeric.quotients import is_number, value_of
from symderiv.numeric.source import MUL, POW, SUM, UNARY

__all__ = ["may_cancel", "near_zero", "written_near_zero"]

_LENGTH = 60  # of a series, in powers of u
_LEAST = Fraction(1, 2**56)  # of the first addend, that is left out
_KNOWN = 50  # of them, if the series has ended by then
_ZERO = Fraction(0)
Series = list[Fraction]


def near_zero(island: Island, t: Term) -> Term | None:
    """An expression, or its logarithm t, by its series near 0; None where this is not needed."""
    found = _variable(island)
    if found is None:
        return None
    E, a, c = found
    (atom,) = (t for t, g in island.of_atom.items() if g == a)
    known = {g: t.data for t, g in island.of_atom.items() if t.op == "pow" and t.args[0] is atom}
    f = island.at(island.element(island.whole), {g: a**k for g, k in known.items()})
    if not f:
        return None
    both, others = [E, a], [g for g in island.field.gens if g not in (E, a)]
    below = [d for d, _ in f.denom.factor_list()[1] if island.has(d, both)]
    if any(island.has(d, others) for d in below):
        return None
    shares = any(len(d) > 1 and island.has(d, [E]) for d in below)
    parts = list[tuple[Term, int, Series]]()  # what stands before it, and the power of u
    cancels = False
    for degrees, part in island.grouped(f.numer, others).items():
        outside = prod((g**k for g, k in zip(others, degrees, strict=True)), start=island.field(1))
        sides, several = [], list[int]()
        for polynomial in (part.numer, f.denom):
            order, series, side = _series(island, polynomial, E, a, c, several)
            sides.append((order, series))
            outside = outside * side if polynomial is part.numer else outside / side
        cancels |= any(first > shares for first in several)
        before = num(value_of(outside)) if is_number(outside) else island.term(outside)
        (k, above), (j, under) = sides
        parts.append((before, k - j, _quotient(above, under)))
    if t is not island.whole:
        parts = _logarithm(parts) if island.has(f.numer * f.denom, [a]) else []
        cancels = bool(parts)
    radius = _radius([series for *_, series in parts]) if cancels else None
    if radius is None:
        return None
    u, limit = island.normal.times(atom, num(c)), radius / abs(c)
    test = add(call("abs", atom), num(-limit))
    apart = by_sign(test, atom, atom, num(limit))  # so that the other branch is finite, too
    args = [u, _replaced(t, atom, apart), num(radius)]
    for outside, power, series in parts:
        kept = _cut(series, radius)
        args += [outside, num(power), num(len(kept)), *map(num, kept)]
    return call("near_zero", *args)


def _replaced(t: Term, old: Term, new: Term) -> Term:
    memo: dict[Term, Term] = {old: new}
    for node in walk(t):
        if node not in memo:
            memo[node] = rebuild(node, tuple(memo[a] for a in node.args)) if node.args else node
    return memo[t]


def may_cancel(t: Term) -> bool:
    """Whether what is in an exponent is also a factor, in sums, products and powers."""
    if is_call(t, "log"):
        return may_cancel(t.args[0])
    if t.op not in ("add", "mul", "pow") or not live(t):
        return False
    inside, outside, todo = set[Term](), set[Term](), [t]
    while todo:
        f = todo.pop()
        if f.op in ("add", "mul", "pow"):
            todo += f.args
        elif is_call(f, "exp") or (f.op == "call" and f.data in HYPERBOLIC):
            inside |= {factors[0] for factors in parts(exponent(f)) if len(factors) == 1}
        else:
            outside.add(f)
    return bool(inside & outside)


def _variable(island: Island) -> tuple[Any, Any, Fraction] | None:
    """E, a and c where all exponentials are powers of E = e^(c·a)."""
    if island.S or island.totals or len(island.E) != 1:
        return None
    line = island.linear(island.exponents[0])
    found = [(t, g) for t, g in island.of_atom.items() if island.has(line.numer, [g])]
    if len(found) != 1 or found[0][0].op == "sign" or len(line.numer) > 1:
        return None
    c = line / found[0][1]
    if not c.numer.is_ground or not c.denom.is_ground:
        return None
    return island.E[0], found[0][1], fraction(c.numer.LC) / fraction(c.denom.LC)


def _series(
    island: Island, polynomial: Any, E: Any, a: Any, c: Fraction, several: list[int]
) -> tuple[int, Series, Any]:
    """The lowest power of u = c·a in a polynomial, its coefficients from there, and what is before.

    To ``several`` is added which power vanishes in each factor that has both u and e^u.
    """
    order, out = 0, [Fraction(1)]
    coefficient, factors = polynomial.factor_list()
    outside = island.field(coefficient)
    for factor, times in factors:
        if not island.has(factor, [E, a]):
            outside *= island.field(factor) ** times
            continue
        one = [_ZERO] * _LENGTH
        for (k, i), b in island.grouped(factor, [E, a]).items():
            scale = fraction(b.numer.LC) / fraction(b.denom.LC) / c**i
            for j in range(_LENGTH - i):
                one[i + j] += scale * Fraction(k**j, factorial(j))
        first = next(j for j, b in enumerate(one) if b)
        if island.has(factor, [E]) and island.has(factor, [a]):
            several.append(first)
        order += times * first
        for _ in range(times):
            out = _product(out, one[first:])
    return order, out, outside


def _product(one: Series, other: Series) -> Series:
    length = min(_LENGTH, max(len(one), len(other)))
    out = [Fraction(0)] * length
    for i, b in enumerate(one):
        for j, d in enumerate(other[: length - i]):
            out[i + j] += b * d
    return out


def _quotient(above: Series, below: Series) -> Series:
    out = Series()
    for k in range(_LENGTH):
        known = sum((out[j] * below[k - j] for j in range(max(0, k + 1 - len(below)), k)), _ZERO)
        out.append(((above[k] if k < len(above) else _ZERO) - known) / below[0])
    return out


def _logarithm(parts: list[tuple[Term, int, Series]]) -> list[tuple[Term, int, Series]]:
    """That of a function that is 1 at u = 0; of another one nothing."""
    ((outside, power, series), *others) = parts
    if others or power or outside.op != "num" or outside.data * series[0] != 1:
        return []
    f, out = [b / series[0] for b in series], [_ZERO]
    for n in range(1, len(f)):
        out.append(f[n] - sum((k * out[k] * f[n - k] for k in range(1, n)), _ZERO) / n)
    first = next(j for j, b in enumerate(out) if b)
    return [(ONE, first, out[first:])]


def _radius(several: Sequence[Series]) -> Fraction | None:
    """Where the first addend of each is larger than all others together, and few of them count."""
    for radius in (Fraction(1), Fraction(1, 2), Fraction(1, 4)):
        sizes = [[abs(b / s[0]) * radius**j for j, b in enumerate(s)] for s in several]
        if all(sum(s[1:]) < Fraction(3, 4) and sum(s[_KNOWN:]) < _LEAST / 16 for s in sizes):
            return radius
    return None


def _cut(series: Series, radius: Fraction) -> Series:
    """Without what is less than a rounding of the first addend, together."""
    sizes = [abs(b / series[0]) * radius**j for j, b in enumerate(series)]
    return series[: next(j for j in range(1, _LENGTH) if sum(sizes[j:]) < _LEAST)]


def written_near_zero(arrays: Arrays, t: Term) -> Value:
    """The polynomial where |u| is less than a radius, and else the function."""
    u, far, radius, *parts = t.args
    test = f"np.abs({{0}}) < {_number(radius.data)}"
    values = [arrays.value(u), arrays.value(far)]
    x = arrays.apply(f"np.where({test}, {{0}}, {_number(radius.data)})", values[:1])
    near = list[Value]()
    while parts:
        factor, k, length, *rest = parts
        count = int(length.data)
        one = _polynomial(arrays, x, [b.data for b in rest[:count]])
        if k.data:
            times = f" ** {k.data}" if k.data != 1 else ""
            one = arrays.apply(f"{{0}} * {{1}}{times}", [one, x], [UNARY, POW], UNARY)
        near.append(one if factor is ONE else arrays.multiplied([arrays.value(factor), one]))
        parts = rest[count:]
    text = " + ".join(f"{{{k}}}" for k in range(len(near)))
    whole = arrays.apply(text, near, [MUL] * len(near), SUM) if len(near) > 1 else near[0]
    return arrays.apply(f"np.where({test}, {{2}}, {{1}})", [*values, whole], [SUM, 0, 0])


def _polynomial(arrays: Arrays, x: Value, series: Series) -> Value:
    even = not any(series[1::2])
    text = ", ".join(map(_number, reversed(series[:: 1 + even])))
    return arrays.apply(f"np.polyval([{text}], {{0}}{' ** 2' if even else ''})", [x], [POW])


def _number(b: Fraction) -> str:
    return str(b.numerator) if b.denominator == 1 else f"{b.numerator} / {b.denominator}"
