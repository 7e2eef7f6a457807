"""The signed form of a loss with labels 0 and 1: one function of u = (1 − 2y)·z for both.

Where f at y = 0 is g(z) and at y = 1 is ±g(−z), it is (±1)^y·g((1 − 2y)·z). Both are compared
as elements of the field, where −z for z is 1/E for E = e^z and P − z for P = log(1 + e^z).
"""

from __future__ import annotations

from typing import Any

from symderiv.indexform.terms import ONE, Term, add, mul, num
from symderiv.numeric.forms import Forms
from symderiv.numeric.island import Island

__all__ = ["signed"]


def signed(island: Island, f: Any) -> Term | None:
    """The stable form of an element in the signed argument, if it has one."""
    labels = [t for t in island.atoms if t.op == "entry" and t.data[0] in island.labels]
    labels = [t for t in labels if island.has(f.numer * f.denom, [island.of_atom[t]])]
    if len(labels) != 1 or len(island.exponents) != 1 or island.sums or len(island.totals) > 1:
        return None
    (label,), (u,), (E,) = labels, island.exponents, island.E
    line, y = island.linear(u), island.of_atom[label]
    parts = {g: t for t, g in island.of_atom.items() if island.has(line.numer, [g])}
    if len(line.numer) != 1 or not parts or y in parts:
        return None  # −u for u is the sign of one of its factors
    part, factor = next(iter(parts.items()))
    mirror = {E: 1 / E, part: -part}
    for total in island.totals:
        if total.polynomial != (E + 1).numer:
            return None
        mirror[total.P] = total.P - line
    at_zero, at_one = (island.at(f, {y: island.field(v)}) for v in (0, 1))
    if at_zero is None or at_one is None:
        return None
    mirrored = island.at(at_zero, mirror)
    sign = add(ONE, mul(num(-2), label))
    if at_one == mirrored:
        scale = ONE
    elif mirrored is not None and at_one == -mirrored:
        scale = sign
    else:
        return None
    form = Forms(island, [mul(sign, u)], {part: mul(sign, factor)}).form(at_zero)
    return None if form is None else mul(scale, form)
