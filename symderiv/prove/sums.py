"""The canonical form of sums over symbolic ranges.

A sum is brought to Σ over 0 … N − 1; cases on its index split the range; its summand is
expanded and taken apart: what does not depend on the index moves out, inner sums are
flattened, and what is left is a product that does not factor, with its bound indices named
canonically. Linearity, distributivity, Fubini and renaming are all that is used
(Graham, Knuth, Patashnik, Concrete Mathematics, sections 2.3 and 2.4).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from math import comb
from typing import TYPE_CHECKING

from symderiv.indexform.conditions import OutOfBudget, Unsupported
from symderiv.indexform.ranges import Ranges
from symderiv.indexform.terms import Linear, Term, add, mul, num, substitute, transform, walk
from symderiv.prove.atoms import Atom, Form, Monomial, SumData, rename
from symderiv.prove.field import DividedByZero, Frac

if TYPE_CHECKING:
    from symderiv.prove.normalise import Normaliser

__all__ = ["summed"]

_UNROLL = 64
_MOST_BINDERS = 8
_MOST_SIGNS = 6
_MOST_PEELED = 4
_MOST_NAMINGS = 5040


def summed(norm: Normaliser, index: str, lower: Linear, upper: Linear, body: Term) -> Frac:
    """The normal form of Σ_{index = lower}^{upper} body."""
    length = upper - lower + 1
    if not length.coefficients:
        count = length.constant
        if count > _UNROLL:
            raise OutOfBudget(f"a sum of {count} terms")
        out = norm.field.zero
        for k in range(count):
            out = norm.field.add(out, norm.of(substitute(body, {index: lower + k})))
        return out
    number = norm.lengths.setdefault(length, len(norm.lengths))
    name = f"#{norm.depth}.{number}"  # one name for each range, so that facts are not mixed up
    return _over(norm, name, length, substitute(body, {index: lower + Linear.of(name)}))


def _shortest(norm: Normaliser, length: Linear) -> tuple[Linear, int]:
    """The shortest range that differs by a number from this one, and that number."""
    base = length - length.constant
    key = f"range {base!r}"
    least = norm.units.least.setdefault(key, length.constant)
    if length.constant < least and least - length.constant <= _MOST_PEELED:
        norm.lower(key, length.constant)
    last = length.constant - least
    if 0 < last <= _MOST_PEELED and norm.ranges.nonnegative(base + least):
        return base + least, last
    return length, 0


def _over(norm: Normaliser, name: str, length: Linear, body: Term) -> Frac:
    """Σ for name = 0 … length − 1, after its cases."""
    f = norm.field
    inside = norm.ranges.plus(Linear.of(name), length - 1 - Linear.of(name))
    case = _case(body, name)
    if case is None:
        return _plain(norm, name, length, body, inside)
    u = case.args[0].data
    c = u.coefficient(name)
    if abs(c) != 1:
        raise Unsupported(f"a case on {u!r} inside a sum")
    pivot = (Linear.of(name) * c - u) * c  # u = 0 at name = pivot
    _, positive, zero, negative = case.args

    def with_case(branch: Term) -> Term:
        return transform(body, lambda node: branch if node is case else None)

    if positive is negative:  # Σ [k = pivot]: the other terms are those of the whole range
        inner = _inside(norm, pivot, length)
        at = {name: pivot}
        extra = add(with_case(zero), mul(num(-1), with_case(positive)))
        try:
            difference = norm.of(substitute(extra, at)) if inner else f.zero
            return f.add(_over(norm, name, length, with_case(positive)), difference)
        except DividedByZero:
            pass  # the other terms' summand has no value at the pivot: leave it out
    return _divided(norm, name, length, pivot, c, with_case, case)


def _inside(norm: Normaliser, pivot: Linear, length: Linear) -> bool:
    """Whether 0 ≤ pivot < length, or a split on what decides it."""
    from symderiv.prove.normalise import Split

    for form in (pivot, length - 1 - pivot):
        if norm.ranges.nonnegative(form):
            continue
        if norm.ranges.nonnegative(-form - 1):
            return False
        raise Split(form)
    return True


def _divided(
    norm: Normaliser,
    name: str,
    length: Linear,
    pivot: Linear,
    c: int,
    with_case: Callable[[Term], Term],
    case: Term,
) -> Frac:
    """Σ over k < pivot, k = pivot and k > pivot apart."""
    from symderiv.prove.normalise import Split

    f, zero = norm.field, Linear()
    ends = []
    for end in (pivot, pivot + 1):  # the parts meet at these places, moved into 0 … length
        if norm.ranges.nonnegative(-end):
            ends.append(zero)
        elif norm.ranges.nonnegative(end - length):
            ends.append(length)
        elif not norm.ranges.nonnegative(end):
            raise Split(end)
        elif not norm.ranges.nonnegative(length - end):
            raise Split(length - end)
        else:
            ends.append(end)
    _, positive, at, negative = case.args
    below, above = (negative, positive) if c > 0 else (positive, negative)
    parts = [(zero, ends[0], below), (ends[0], ends[1], at), (ends[1], length, above)]
    if at is above:
        parts = [parts[0], (ends[0], length, above)]
    elif at is below:
        parts = [(zero, ends[1], below), parts[2]]
    out = f.zero
    for start, end, branch in parts:
        if start != end:
            out = f.add(out, summed(norm, name, start, end - 1, with_case(branch)))
    return out


def _case(body: Term, name: str) -> Term | None:
    """A case on an integer that varies with the index and is not bound further inside."""
    for node in walk(body):
        if node.op == "sign" and node.args[0].op == "int" and name in node.args[0].names:
            u: Linear = node.args[0].data
            if u.names <= body.names:
                return node
    return None


def _plain(norm: Normaliser, name: str, length: Linear, body: Term, inside: Ranges) -> Frac:
    """Σ of a summand that has no cases on the index, by cases of signs that depend on it."""
    from symderiv.prove.normalise import Split

    f = norm.field
    shorter, last = _shortest(norm, length)
    if last:  # Σ_{k<N+2} f = Σ_{k<N} f + f(N) + f(N + 1), so that equal parts look equal
        out = summed(norm, name, Linear(), shorter - 1, body)
        for k in range(last):
            out = f.add(out, norm.of(substitute(body, {name: shorter + k})))
        return out

    def cells(decided: tuple[tuple[Form, str], ...]) -> list[Frac]:
        """One sum for every consistent choice of signs."""
        if len(decided) > _MOST_SIGNS:
            raise OutOfBudget(f"more than {_MOST_SIGNS} case distinctions inside one sum")
        for form, sign in decided:
            if not norm.signs.assume(f.poly(form), frozenset(sign)):
                return []
            if sign == "0":
                norm.vanish(form)
        try:
            value = norm.of(body)
        except Split as split:
            on = split.on
            if not isinstance(on, Form) or name not in on.names:
                raise
            out: list[Frac] = []
            for sign in sorted(norm.signs.of(f.poly(on))):
                out += norm.scoped(norm.ranges, partial(cells, (*decided, (on, sign))))
            return out
        except DividedByZero:
            if decided:
                return []  # the summand is not defined in this case: a condition excludes it
            raise Unsupported("a summand that is nowhere defined") from None
        guards = tuple((Atom("guard", d), 1) for d in decided)
        return [_closed(norm, name, length, value, guards)]

    out = f.zero
    for part in norm.scoped(inside, partial(cells, ())):
        out = f.add(out, part)
    return out


def _closed(norm: Normaliser, name: str, length: Linear, value: Frac, guards: Monomial) -> Frac:
    """Σ of a normal form: expand, move out, flatten, and name what is left."""
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
    whole, remainder = (value.n, f.zero.n) if not divisors else f.divmod(value.n, inside)
    over: list[tuple[Atom, int]] = []
    scale = Fraction(1)
    for p, e in divisors:
        c, form = f.form(p).primitive()
        scale /= c**e
        single = form.terms[0][0] if len(form.terms) == 1 else ()
        over.append((single[0][0], -e) if len(single) == 1 else (Atom("poly", form), -e))
    out = f.zero
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
            out = f.add(out, f.mul(factor, _product_sum(norm, name, length, dependent)))
    return f.mul(out, outside)


def _product_sum(
    norm: Normaliser, name: str, length: Linear, dependent: list[tuple[Atom, int]]
) -> Frac:
    """Σ over one index of a product of atoms that depend on it, with inner sums flattened."""
    if not dependent:
        return norm.integer(length)
    fresh = (f"%{norm.depth}.{k}" for k in itertools.count())
    binders: dict[str, Linear] = {name: length}
    factors: dict[Atom, int] = {}
    for atom, e in dependent:
        copies = e if atom.kind == "sum" and e > 0 and len(binders) + e <= _MOST_BINDERS else 0
        for _ in range(copies):
            opened = {old: next(fresh) for old, _ in atom.data.binders}
            forms = {old: Linear.of(new) for old, new in opened.items()}
            for old, inner in atom.data.binders:
                binders[opened[old]] = inner.substitute(forms)
            for inner_atom, k in atom.data.factors:
                a = rename(inner_atom, opened)
                factors[a] = factors.get(a, 0) + k
        if not copies:
            factors[atom] = factors.get(atom, 0) + e
    out = norm.field.one
    factors = {a: e for a, e in factors.items() if e}
    for binder in list(binders) if norm.known_sums else ():
        value = _known(norm, binder, binders, factors)
        if value is not None:
            out = norm.field.mul(out, value)
            del binders[binder]
            factors = {a: e for a, e in factors.items() if binder not in a.names}
    for part in _components(binders, factors):
        power = _power_sum(norm, *part)
        if power is not None:
            out = norm.field.mul(out, power)
        elif part[1]:
            out = norm.field.mul(out, norm.field.gen(_named(norm, *part)))
        else:
            ((_, count),) = part[0].items()
            out = norm.field.mul(out, norm.integer(count))
    return out


def _power_sum(norm: Normaliser, binders: dict[str, Linear], factors: Monomial) -> Frac | None:
    """Σ_{k<N} kᵉ = (N^(e + 1) − Σ_{j<e} C(e + 1, j)·Σ_{k<N} kʲ)/(e + 1), by telescoping."""
    if len(binders) != 1 or len(factors) != 1:
        return None
    ((name, length),), ((atom, e),) = binders.items(), factors
    if atom.kind != "int" or atom.data != name or not 0 < e <= 12:
        return None
    f, n = norm.field, norm.integer(length)
    sums = [n]
    for k in range(1, e + 1):
        total = f.power(n, k + 1)
        for j, lower in enumerate(sums):
            total = f.add(total, f.mul(f.number(Fraction(-comb(k + 1, j))), lower))
        sums.append(f.mul(total, f.number(Fraction(1, k + 1))))
    return sums[e]


def _known(
    norm: Normaliser, binder: str, binders: dict[str, Linear], factors: dict[Atom, int]
) -> Frac | None:
    """The number that ``where`` says the sum over one binder is, such as Σₖ Yᵢₖ = 1."""
    mine = tuple((a, e) for a, e in factors.items() if binder in a.names)
    if not mine or any(binder in length.names for length in binders.values()):
        return None
    atom = _named(norm, {binder: binders[binder]}, mine)
    inside = norm.ranges
    for name, length in binders.items():
        inside = inside.plus(Linear.of(name), length - 1 - Linear.of(name))
    with norm.signs.inside(inside):
        value = norm.known_sums(atom) if norm.known_sums else None
    return value if value is not None and value.n.is_constant() and value.d.is_constant() else None


def _components(
    binders: dict[str, Linear], factors: dict[Atom, int]
) -> Iterator[tuple[dict[str, Linear], Monomial]]:
    """Split Σ Π into independent sums: binders that share no factor, directly or not."""
    left = dict(binders)
    rest = list(factors.items())
    while left:
        names = {next(iter(left))}
        mine: list[tuple[Atom, int]] = []
        while True:
            grown = {
                other for other, length in left.items() if other in names or length.names & names
            } | {n for other in names for n in left[other].names if n in left}
            linked = [f for f in rest if f[0].names & (names | grown)]
            rest = [f for f in rest if f not in linked]
            mine += linked
            grown |= {n for a, _ in linked for n in a.names if n in left}
            if grown <= names and not linked:
                break
            names |= grown
        yield {n: left[n] for n in left if n in names}, tuple(mine)
        left = {n: length for n, length in left.items() if n not in names}


def _named(norm: Normaliser, binders: dict[str, Linear], factors: Monomial) -> Atom:
    """The sum with its binders in canonical order, named by height."""
    height = 1 + max(a.height for a, _ in factors)
    groups = _refined(binders, factors)
    count = 1
    for group in groups:
        for k in range(2, len(group) + 1):
            count *= k
    if count > _MOST_NAMINGS:
        raise OutOfBudget(f"a sum over {len(binders)} indices that are alike")
    norm.work.spend(count * len(factors), "the naming of bound indices")
    best: Atom | None = None
    for order in itertools.product(*(itertools.permutations(g) for g in groups)):
        flat = [n for group in order for n in group]
        names = {n: f"${height}.{k}" for k, n in enumerate(flat)}
        forms = {n: Linear.of(new) for n, new in names.items()}
        renamed = sorted(((rename(a, names), e) for a, e in factors), key=lambda p: p[0].text)
        data = SumData(
            tuple((names[n], binders[n].substitute(forms)) for n in flat), tuple(renamed)
        )
        candidate = Atom("sum", data)
        if best is None or candidate.text < best.text:
            best = candidate
    assert best is not None
    return best


def _refined(binders: dict[str, Linear], factors: Monomial) -> list[list[str]]:
    """Binders grouped by what they occur in, so that few orders are left to try."""
    colour = {
        n: repr(length) if not length.names & binders.keys() else ""
        for n, length in binders.items()
    }
    for _ in range(len(binders)):
        new = {}
        for n in binders:
            seen = sorted(
                rename(
                    a, {m: ("*" if m == n else f"?{colour[m]}") for m in a.names & binders.keys()}
                ).text
                + f"^{e}"
                for a, e in factors
                if n in a.names
            )
            new[n] = f"{colour[n]}|{seen}"
        ranks = {text: k for k, text in enumerate(sorted(set(new.values())))}
        new = {n: f"{ranks[text]:03d}" for n, text in new.items()}
        if len(set(new.values())) == len(set(colour.values())) and _ > 0:
            colour = new
            break
        colour = new
    groups: dict[str, list[str]] = {}
    for n in sorted(binders, key=lambda n: colour[n]):
        groups.setdefault(colour[n], []).append(n)
    return list(groups.values())
