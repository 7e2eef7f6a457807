"""Sums of products: flattened, taken apart, and named canonically.

Inner sums are multiplied out, factors that share no index part company, and what is left is
one generator whose bound indices are named by an order that renaming cannot change
(distributivity, Fubini and renaming; Graham, Knuth, Patashnik, Concrete Mathematics,
sections 2.3 and 2.4).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import comb, factorial, prod
from typing import TYPE_CHECKING

from symderiv.indexform.conditions import OutOfBudget
from symderiv.indexform.terms import Linear
from symderiv.prove.atoms import Atom, Monomial, SumData, rename
from symderiv.prove.field import Frac

if TYPE_CHECKING:
    from symderiv.prove.normalise import Normaliser

__all__ = ["flattened", "named"]

_MOST_BINDERS = 8
_MOST_NAMINGS = 5040


def flattened(norm: Normaliser, name: str, length: Linear, dependent: Monomial) -> Frac:
    """Σ over name = 0 … length − 1 of a product of atoms that depend on it."""
    binders: dict[str, Linear] = {name: length}
    factors: dict[Atom, int] = {}
    sign = 1
    for atom, e in dependent:
        copies = e if atom.kind == "sum" and e > 0 and len(binders) + e <= _MOST_BINDERS else 0
        for _ in range(copies):
            opened = {old: norm.fresh() for old, _ in atom.data.binders}
            forms = {old: Linear.of(new) for old, new in opened.items()}
            for old, inner in atom.data.binders:
                binders[opened[old]] = inner.substitute(forms)
            for inner_atom, k in atom.data.factors:
                s, a = rename(inner_atom, opened)
                sign *= s ** abs(k)
                factors[a] = factors.get(a, 0) + k
        if not copies:
            factors[atom] = factors.get(atom, 0) + e
    out = multiplied(norm, binders, {a: e for a, e in factors.items() if e})
    return out if sign > 0 else norm.field.minus(out)


def multiplied(norm: Normaliser, binders: dict[str, Linear], factors: dict[Atom, int]) -> Frac:
    """Σ over the binders of a product, as a product of sums that share no index."""
    f, out = norm.field, norm.field.one
    for binder in list(binders) if norm.known_sums else ():
        value = _known(norm, binder, binders, factors)
        if value is not None:
            out = f.mul(out, value)
            del binders[binder]
            factors = {a: e for a, e in factors.items() if binder not in a.names}
    ends = frozenset[str]().union(*(length.names for length in binders.values()))
    free = next((b for b in binders if b not in ends and _is_number(b, factors)), None)
    power = free and _power_sum(
        norm, {free: binders[free]}, ((Atom("int", free), factors.get(Atom("int", free), 0)),)
    )
    if free is not None and power:  # Σ_{j < i} 1 = i, Σ_{j < i} j = i·(i − 1)/2
        rest = {b: length for b, length in binders.items() if b != free}
        others = {a: e for a, e in factors.items() if free not in a.names}
        total = f.zero
        out = f.mul(out, f.inverse(f.make(power.d, f.one.n)))
        for monomial, c in f.terms(power.n):
            outside, inside = f.number(c), dict(others)
            for a, e in monomial:
                if a.names & rest.keys():
                    inside[a] = inside.get(a, 0) + e
                else:
                    outside = f.mul(outside, f.power(f.gen(a), e))
            whole = multiplied(norm, dict(rest), {a: e for a, e in inside.items() if e})
            total = f.add(total, f.mul(outside, whole))
        return f.mul(out, total)
    for part in _components(binders, factors):
        power = _power_sum(norm, *part)
        out = f.mul(out, _triangle(norm, *part) if power is None else power)
    return out


def _triangle(norm: Normaliser, binders: dict[str, Linear], factors: Monomial) -> Frac:
    """Σ_{j<i<N} f(i, j), by Σ_{j<i} f(i, j) + Σ_{j<i} f(j, i) + Σᵢ f(i, i) = Σᵢⱼ f(i, j).

    Of f(i, j) and f(j, i) the one is kept whose name is smaller (Concrete Mathematics, (2.33)).
    Where f has no value for j = i the sum for j ≤ i stands for those with any.
    """
    from symderiv.prove.indefinite import on_diagonal

    f = norm.field
    own = named(norm, binders, factors)
    corners = [
        (outer, inner)
        for inner, length in binders.items()
        for outer in length.names & binders.keys()
        if length - Linear.of(outer) in (Linear(), Linear(constant=1))
        and not any(inner in other.names for other in binders.values())
        and sum(outer in other.names for other in binders.values()) == 1
    ]
    if len(corners) != 1 or not own[0]:
        return _signed(norm, own)
    ((outer, inner),) = corners
    below = {**binders, inner: Linear.of(outer)}
    weak = binders[inner] != below[inner]
    swapped, sign = {}, 1
    for a, e in factors:
        s, image = rename(a, {outer: inner, inner: outer})
        sign *= s ** abs(e)
        swapped[image] = e
    simpler = _is_number(inner, swapped)  # Σ_{j<i} f(i) = Σᵢ i·f(i)
    kept, other = named(norm, below, factors), named(norm, below, tuple(swapped.items()))
    settled = kept[1].text < other[1].text and not simpler
    if settled and not weak:
        return _signed(norm, own)
    diagonal = on_diagonal(norm, outer, inner, binders, factors)
    if diagonal is not None and weak:
        return f.add(_triangle(norm, below, factors), diagonal)
    if settled:
        return _signed(norm, own)
    norm.rules.add("a triangle by the square around it")
    square = multiplied(norm, {**binders, inner: binders[outer]}, dict(factors))
    if diagonal is None:
        if kept[1] == other[1] and not weak:
            return _signed(norm, own)
        ends = below if weak else {**binders, inner: Linear.of(outer) + 1}
        rest = _signed(norm, named(norm, ends, tuple(swapped.items())))
        return f.add(square, f.mul(f.number(Fraction(-sign)), rest))
    rest = f.add(square, f.minus(diagonal))
    if kept[1] == other[1]:
        if kept[0] == sign * other[0]:
            return f.mul(rest, f.number(Fraction(1, 2)))
        return _signed(norm, own)
    value = multiplied(norm, dict(binders), swapped) if simpler else _signed(norm, other)
    return f.add(rest, f.mul(f.number(Fraction(-sign)), value))


def _signed(norm: Normaliser, name: tuple[int, Atom]) -> Frac:
    """±1 times the generator, or 0."""
    sign, atom = name
    f = norm.field
    return f.mul(f.number(Fraction(sign)), f.gen(atom)) if sign else f.zero


def _power_sum(norm: Normaliser, binders: dict[str, Linear], factors: Monomial) -> Frac | None:
    """Σ_{k<N} kᵉ·rᵏ, by telescoping: Σ_{k<N} ((k + 1)ᵖ·rᵏ⁺¹ − kᵖ·rᵏ) = Nᵖ·r^N − 0ᵖ.

    From p = e where r ≠ 1, and from p = e + 1 where r = 1 (Concrete Mathematics, section 2.6).
    """
    from symderiv.prove.indefinite import product_at

    ((name, length), *others), rest = binders.items(), dict(factors)
    e = rest.pop(Atom("int", name), 0)
    if others or not 0 <= e <= 12 or not all(_is_geometric(a, name) for a in rest):
        return None
    norm.rules.add("power sums")
    f, n, powers = norm.field, norm.integer(length), tuple(rest.items())
    r, last = (product_at(norm, powers, {name: k}) for k in (Linear(constant=1), length))
    step = f.add(r, f.minus(f.one))
    flat = 0 if norm.indicator(step, "0").n.is_zero() else 1
    sums: list[Frac] = []
    for p in range(flat, e + flat + 1):
        total = f.mul(last, f.power(n, p)) if p else f.add(last, f.minus(f.one))
        for j, lower in enumerate(sums):
            total = f.add(total, f.mul(f.mul(f.number(Fraction(-comb(p, j))), r), lower))
        sums.append(f.mul(total, f.number(Fraction(1, p)) if flat else f.inverse(step)))
    return sums[e]


def _is_number(name: str, factors: Mapping[Atom, int]) -> bool:
    """Whether an index occurs in factors as a number alone."""
    return all(a.kind == "int" and e >= 0 for a, e in factors.items() if name in a.names)


def _is_geometric(atom: Atom, name: str) -> bool:
    """Whether an atom is rᵏ for the index k: (−1)ᵏ, or e^(k·u/d) with u and d without k."""
    if atom.kind != "exp" or name in atom.data[1].names:
        return atom.kind == "parity" and name in atom.names
    monomials = [[(a.kind, e) for a, e in m if name in a.names] for m, _ in atom.data[0].terms]
    return monomials == [[("int", 1)]]


def _known(
    norm: Normaliser, binder: str, binders: dict[str, Linear], factors: dict[Atom, int]
) -> Frac | None:
    """The number that ``where`` says the sum over one binder is, such as Σₖ Yᵢₖ = 1."""
    mine = tuple((a, e) for a, e in factors.items() if binder in a.names)
    if not mine or any(binder in length.names for length in binders.values()):
        return None
    norm.rules.add("a sum that where gives")
    sign, atom = named(norm, {binder: binders[binder]}, mine)
    others = {name: length for name, length in binders.items() if name != binder}
    with norm.field.inside(norm.ranges.over(others)):  # its own range may be empty, the sum 0
        value = norm.known_sums(atom) if norm.known_sums and sign == 1 else None
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


def named(norm: Normaliser, binders: dict[str, Linear], factors: Monomial) -> tuple[int, Atom]:
    """The sum with its binders in canonical order, named by height, and its sign.

    The sign is 0 where an exchange of indices turns the sum into its negative.
    """
    height = 1 + max(a.height for a, _ in factors)
    groups = _refined(binders, factors)
    count = prod(factorial(len(group)) for group in groups)
    if count > _MOST_NAMINGS:
        raise OutOfBudget(f"a sum over {len(binders)} indices that are alike")
    norm.work.spend(30 * count * len(factors), "the naming of bound indices")
    best: tuple[int, Atom] | None = None
    for order in itertools.product(*(itertools.permutations(g) for g in groups)):
        flat = [n for group in order for n in group]
        names = {n: f"${height}.{k}" for k, n in enumerate(flat)}
        forms = {n: Linear.of(new) for n, new in names.items()}
        sign, renamed = 1, []
        for a, e in factors:
            s, image = rename(a, names)
            sign *= s ** abs(e)
            renamed.append((image, e))
        renamed.sort(key=lambda p: p[0].text)
        lengths = tuple((names[n], binders[n].substitute(forms)) for n in flat)
        candidate = Atom("sum", SumData(lengths, tuple(renamed)))
        if best is None or candidate.text < best[1].text:
            best = sign, candidate
        elif candidate.text == best[1].text and sign != best[0]:
            best = 0, candidate
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
                )[1].text
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
