"""Sums over an interval as differences of indefinite sums.

Σ_{a ≤ k < b} f(k) = F(b) − F(a), where F(x) = Σ_{0 ≤ k < x} f(k) for any integer x, with
F(x) = −Σ_{x ≤ k < 0} f(k) below 0 (Concrete Mathematics, section 2.6). Where f has no value
beyond the interval it may have any: the same summand, by its text, is the same function.
The index is counted from where one entry of the summand begins, so that shifted, reversed,
divided and telescoping sums meet in one form.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

from symderiv.indexform.conditions import OutOfBudget, Unsupported
from symderiv.indexform.terms import Linear, entry
from symderiv.prove.atoms import Atom, Form, Monomial, Symmetric, UsedAsNumber, recount, rename
from symderiv.prove.field import DividedByZero, Frac
from symderiv.prove.powers import parity
from symderiv.prove.products import flattened
from symderiv.prove.signs import as_linear
from symderiv.prove.special import apply
from symderiv.prove.units import Finer, Split

if TYPE_CHECKING:
    from symderiv.prove.normalise import Normaliser

__all__ = ["closed", "on_diagonal", "product_at"]

_MOST_PEELED = 16  # entries at an end of a sum that are told one by one
_UNROLL = 64


def closed(norm: Normaliser, name: str, length: Linear, value: Frac, guards: Monomial) -> Frac:
    """Σ of a normal form over name = 0 … length − 1: expand, move out, and count."""
    f = norm.field
    outside, terms = _expanded(norm, name, value, guards)
    try:
        return f.mul(f.total(f.mul(c, _counted(norm, name, length, d)) for c, d in terms), outside)
    except DividedByZero:  # beyond what is written: there the summand need not be defined
        raise Unsupported("a sum told by places at which its summand is not defined") from None


def _expanded(
    norm: Normaliser, name: str, value: Frac, guards: Monomial
) -> tuple[Frac, list[tuple[Frac, Monomial]]]:
    """A normal form as outside · Σ factor · product, where only the products depend on name."""
    f = norm.field
    _, factors = f.factor(value.d)
    outside, inside, divisors = f.one, f.one.n, []
    for p, e in factors:
        if name in f.form(p).names:
            inside = f.product(inside, p**e)
            divisors.append((p, e))
        else:
            outside = f.mul(outside, f.make(f.one.n, p**e))
    # the constant that factor() left out
    rest = f.make(value.d, f.product(inside, outside.d))
    outside = f.mul(outside, f.inverse(rest))
    whole, remainder = value.n, f.zero.n
    if divisors:  # by what depends on the index, whatever else its generators are
        mine = [a for a in f.atoms_of(inside) if name in a.names]
        mine.sort(key=lambda a: rename(a, {name: "*"})[1].text)
        whole, remainder = f.divmod(value.n, inside, mine)
    over: list[tuple[Atom, int]] = []
    scale = Fraction(1)
    for p, e in divisors:
        c, form = f.form(p).primitive()
        scale /= c**e
        single = form.terms[0][0] if len(form.terms) == 1 else ()
        over.append((single[0][0], -e) if len(single) == 1 else (Atom("poly", form), -e))
    out = []
    for p, extra, c in ((whole, (), Fraction(1)), (remainder, tuple(over), scale)):
        for monomial, coefficient in f.terms(p):
            norm.work.spend(1 + len(monomial), "the terms of a sum")
            factor = f.number(coefficient * c)
            dependent: list[tuple[Atom, int]] = [*guards, *extra]
            for atom, e in monomial:
                if name in atom.names:
                    dependent.append((atom, e))
                else:
                    factor = f.mul(factor, f.power(f.gen(atom), e))
            out.append((factor, tuple(dependent)))
    return outside, out


def _counted(norm: Normaliser, name: str, length: Linear, dependent: Monomial) -> Frac:
    """Σ over name = 0 … length − 1 of a product, as a difference of indefinite sums."""
    f = norm.field
    if not dependent:
        return norm.integer(length)
    start, sign, first = _origin(name, length, [a for a, _ in dependent])
    k = norm.fresh()  # the entry's index: k = sign·name + first
    span = Linear.of(k) - start, length
    terms = _recounted(norm, dependent, name, (Linear.of(k) - first) * sign, k, span)
    if terms is None:
        return flattened(norm, name, length, dependent)
    stop = start + length
    return f.total(f.mul(c, _interval(norm, k, start, stop, factors)) for c, factors in terms)


def _recounted(
    norm: Normaliser,
    factors: Monomial,
    name: str,
    form: Linear,
    k: str,
    span: tuple[Linear, Linear],
) -> list[tuple[Frac, Monomial]] | None:
    """A product with ``name`` counted by k, as terms: what does not depend on k, and what does.

    Where the index is used as a number, the product is taken apart anew: e^(k − 1) = e^k/e.
    None where that needs more than that the first of ``span`` is counted from 0 below the second.
    """
    f, scale, powers = norm.field, 1, norm.field.one
    kept: list[tuple[Atom, int]] = []
    for atom, e in factors:
        if atom.kind == "int" and atom.data == name:
            powers = f.mul(powers, f.power(norm.integer(form), e))
            continue
        try:
            sign, image = recount(atom, {name: form})
        except UsedAsNumber:
            return _anew(norm, factors, name, form, k, span)
        scale *= sign ** abs(e)
        kept.append((image, e))
    if not powers.d.is_constant():
        return _anew(norm, factors, name, form, k, span)
    out = []
    for monomial, c in f.terms(powers.n):
        factor = f.number(c * scale)
        for a, e in monomial:
            if k not in a.names:
                factor = f.mul(factor, f.power(f.gen(a), e))
        out.append((factor, (*kept, *((a, e) for a, e in monomial if k in a.names))))
    return out


def _anew(
    norm: Normaliser,
    factors: Monomial,
    name: str,
    form: Linear,
    k: str,
    span: tuple[Linear, Linear],
) -> list[tuple[Frac, Monomial]] | None:
    """The product at name = form in normal form, expanded by what depends on k."""
    at, length = span
    forward = norm.ranges.nonnegative(length)  # else it may run back, and k be anywhere
    ranges = norm.ranges.plus(at, length - 1 - at) if forward else norm.ranges
    try:
        with norm.field.inside(ranges):
            value = product_at(norm, factors, {name: form})
    except (Split, DividedByZero, Unsupported):
        return None
    outside, terms = _expanded(norm, k, value, ())
    return [(norm.field.mul(outside, factor), moved) for factor, moved in terms]


def leaves(atom: Atom) -> Iterator[tuple[str, Linear]]:
    """The arrays' axes and the lengths of ranges in an atom, with what stands there."""
    if atom.kind == "entry":
        alike = isinstance(atom.data[0], Symmetric)
        for axis, i in enumerate(atom.data[1]):
            yield f"{atom.data[0]}.{'' if alike else axis}", i
    inner = []
    if atom.kind == "sum":
        yield from (("~", length) for _, length in atom.data.binders)
        inner = [a for a, _ in atom.data.factors]
    for form in atom.forms:
        linear = as_linear(form)
        if linear is not None:
            yield "~~", linear
    for a in [*inner, *(a for form in atom.forms for a in form.atoms)]:
        yield from leaves(a)


def _origin(name: str, length: Linear, atoms: list[Atom]) -> tuple[Linear, int, Linear]:
    """Where the index is counted from: the first value of an index, its sign and its offset.

    Chosen by what a shift or a reversal of ``name``, or a division of its range, does not change.
    """
    found = []
    for atom in atoms:
        for axis, i in leaves(atom):
            sign = i.coefficient(name)
            if abs(sign) == 1:
                first = i - Linear.of(name) * sign
                start = first if sign > 0 else first - length + 1
                symbolic = bool(start.coefficients)
                key = (axis, symbolic, repr(start) if symbolic else "", start.constant)
                found.append((key, start, sign, first))
    if not found:
        return Linear(), 1, Linear()
    _, start, sign, first = min(found, key=lambda item: item[0])
    return start, sign, first


def _interval(norm: Normaliser, k: str, start: Linear, stop: Linear, factors: Monomial) -> Frac:
    """Σ_{start ≤ k < stop} Π = F(stop) − F(start), with F counted from one origin."""
    f, units = norm.field, norm.units
    key = "·".join(sorted(f"{rename(a, {k: '*'})[1].text}^{e}" for a, e in factors))
    origin = units.origins.get(key)
    first = start.constant
    if _from_bound(start):  # the index that it begins at may stand with a smaller number
        first = min(first, norm.units.firsts.get(start.coefficients[0][0], first))
    elif not start.coefficients:  # or that of a triangle inside
        first = min([first, *_inner_firsts(k, factors)])
    if start.coefficients and not _from_bound(start):
        if origin is None:
            units.guessed.add(key)
        origin = origin or 0
    elif origin is None or first < origin:
        units.origins[key] = first
        if origin is not None or (key in units.guessed and first):
            raise Finer
        origin = first
    elif not start.coefficients and start.constant - origin > _MOST_PEELED:
        origin = start.constant
    upper = _indefinite(norm, k, key, origin, stop, factors)
    if start == Linear(constant=origin):
        return upper
    norm.rules.add("a difference of indefinite sums")
    return f.add(upper, f.minus(_indefinite(norm, k, key, origin, start, factors)))


def _inner_firsts(k: str, factors: Monomial) -> Iterator[int]:
    """What is added to the indices of sums that end at k, in entries."""
    for atom, _ in factors:
        for name, length in atom.data.binders if atom.kind == "sum" else ():
            if k in length.names:
                yield from firsts(name, atom.data.factors)


def firsts(name: str, factors: Monomial) -> Iterator[int]:
    """What is added to an index in entries."""
    found = (i for a, _ in factors for axis, i in leaves(a) if axis[0] != "~")
    return (i.constant for i in found if i == Linear.of(name) + i.constant)


def _from_bound(form: Linear) -> bool:
    """Whether a form is a bound index, which is counted from 0, and a number."""
    return [c for _, c in form.coefficients] == [1] and form.coefficients[0][0][0] in "#$%"


def _indefinite(
    norm: Normaliser, k: str, key: str, origin: int, stop: Linear, factors: Monomial
) -> Frac:
    """F(stop) = Σ_{origin ≤ k < stop} Π, from the nearest F that occurs: F(x + 1) = F(x) + f(x)."""
    f = norm.field
    if not stop.coefficients:
        last = stop.constant
        if abs(last - origin) > _UNROLL:
            raise OutOfBudget(f"a sum of {abs(last - origin)} terms")
        places = [Linear(constant=p) for p in range(min(origin, last), max(origin, last))]
        out = f.total(product_at(norm, factors, {k: p}) for p in places)
        return out if last >= origin else f.minus(out)
    base, bound = stop - stop.constant, _from_bound(stop)
    last, ends = stop.constant, [f"{key} from {origin} below {'' if bound else repr(base)}"]
    if not bound:
        ends = [f"{axis} below {base!r}" for axis in _axes(k, factors)] or ends
    least = norm.units.firsts.get(base.coefficients[0][0]) if bound else None
    if least is None:  # else j < i, where both are counted from one number
        least = _least_end(norm, ends, min(origin, last) if bound else last)
    steps = stop.constant - least
    out = f.zero
    if abs(steps) <= _MOST_PEELED:
        places = [base + (least + step) for step in range(min(steps, 0), max(steps, 0))]
        try:
            with norm.units.peeling():
                out = f.total(product_at(norm, factors, {k: place}) for place in places)
            out, stop = out if steps > 0 else f.minus(out), base + least
        except DividedByZero:
            if not bound:  # on the diagonal, say, which a triangle need not leave out
                raise
    name = norm.fresh()
    span = Linear.of(name), stop - origin
    terms = _recounted(norm, factors, k, span[0] + origin, name, span)
    if terms is None:
        raise Unsupported(f"a sum of {key} counted from 0")
    for factor, moved in terms:
        out = f.add(out, f.mul(factor, flattened(norm, name, stop - origin, moved)))
    return out


def _axes(k: str, factors: Monomial) -> list[str]:
    """The axes of arrays over which an index runs."""
    here = {axis for a, _ in factors for axis, i in leaves(a) if i == Linear.of(k)}
    return sorted(axis for axis in here if axis[0] != "~")


def _least_end(norm: Normaliser, ends: list[str], last: int) -> int:
    """Where sums end that are near: the least number among those over the same axes.

    Sums that come from the last terms of others are told by those, since they may go on to
    shorter ones: T(n + 1) = T(n) + f(n)·F(n − 1) in a sum T over a triangle.
    """
    known = norm.units.least
    near = [known[end] for end in ends if end in known]
    near = [end for end in near if abs(last - end) <= _MOST_PEELED]
    if near and norm.units.peeled:
        return min(near)
    least = min([last, *near])
    for end in ends:
        if least < known.setdefault(end, least) <= least + _MOST_PEELED:
            norm.lower(end, least)
    return least


# ---- the summand at one place


def product_at(norm: Normaliser, factors: Monomial, forms: Mapping[str, Linear]) -> Frac:
    """The normal form of a product where integer names have other values."""
    out = norm.field.one
    for atom, e in sorted(factors, key=lambda factor: factor[0].kind != "guard"):
        out = norm.field.mul(out, norm.field.power(_at(norm, atom, forms), e))
        if atom.kind == "guard" and out.n.is_zero():
            break  # where an indicator is 0 the other factors need no value
    return out


def _at(norm: Normaliser, atom: Atom, forms: Mapping[str, Linear]) -> Frac:
    """The normal form of an atom where integer names have other values."""
    f, data = norm.field, atom.data
    if not atom.names & forms.keys():
        return f.gen(atom)
    if atom.kind == "int":
        return norm.integer(Linear.of(data).substitute(forms))
    if atom.kind == "parity":
        return parity(norm, Linear.of(data).substitute(forms))
    if atom.kind == "entry":
        return norm.of(entry(data[0], tuple(i.substitute(forms) for i in data[1])))
    if atom.kind == "sum":
        names = {old: norm.fresh() for old, _ in data.binders}
        inside = {**forms, **{old: Linear.of(new) for old, new in names.items()}}
        binders = {names[old]: length.substitute(inside) for old, length in data.binders}
        return _summed_at(norm, binders, data.factors, inside)
    parts = [
        _form_at(norm, p, forms)
        for p in (data if isinstance(data, tuple) else (data,))
        if isinstance(p, Form)
    ]
    pairs = zip(parts[::2], parts[1::2] or [f.one], strict=True)
    u, *others = (f.mul(n, f.inverse(d)) for n, d in pairs)
    match atom.kind:
        case "exp":
            return norm.exp(f.mul(u, f.number(data[2])))
        case "log":
            return norm.log(u)
        case "root":
            return norm.real_power(norm.absolute(u), Fraction(1, data[1]))
        case "poly":
            return u
        case "guard":
            return norm.indicator(u, data[1])
        case "call":
            unit = data[3] if data[0] in ("cos", "sin") else Fraction(1)
            return apply(norm, data[0], f.mul(u, f.number(unit)), *others)
    raise Unsupported(f"the summand {atom} at another place")


def _form_at(norm: Normaliser, form: Form, forms: Mapping[str, Linear]) -> Frac:
    f = norm.field
    return f.total(f.mul(f.number(c), product_at(norm, m, forms)) for m, c in form.terms)


def _summed_at(
    norm: Normaliser,
    binders: dict[str, Linear],
    factors: Monomial,
    forms: Mapping[str, Linear],
) -> Frac:
    """Σ over the binders of a product with other indices, from its normal form anew."""
    if not binders:
        return product_at(norm, factors, forms)
    for old, form in forms.items():
        for b in form.names & binders.keys():
            norm.units.first(b, (i + form.constant for i in firsts(old, factors)))
    with norm.field.inside(norm.ranges.over(binders)):
        value = product_at(norm, factors, forms)
    rest = dict(binders)
    while rest:
        last = next(b for b in rest if not any(b in n.names for n in rest.values()))
        value = closed(norm, last, rest.pop(last), value, ())
    return value


def on_diagonal(
    norm: Normaliser, outer: str, inner: str, binders: Mapping[str, Linear], factors: Monomial
) -> Frac | None:
    """Σᵢ f(i, i) of a double sum Σᵢⱼ f(i, j); None where f has no value there."""
    rest = {b: length for b, length in binders.items() if b != inner}
    try:
        return _summed_at(norm, rest, factors, {inner: Linear.of(outer)})
    except (DividedByZero, Unsupported):
        return None
