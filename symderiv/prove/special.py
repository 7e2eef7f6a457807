"""Normal forms of sine and cosine, the inverse functions, erf and the gamma family.

Arguments are taken apart as for exponentials: angles by the addition theorems (DLMF 4.21),
the gamma family by its recurrence down to the smallest argument that occurs (DLMF 5.5), odd
functions by their sign. What is left is an atom, equal only to itself.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import factorial, floor
from typing import TYPE_CHECKING

from symderiv.indexform.conditions import OutOfBudget
from symderiv.prove.atoms import ODD, Atom, Form
from symderiv.prove.field import DividedByZero, Frac

if TYPE_CHECKING:
    from symderiv.prove.normalise import Normaliser

__all__ = ["RULES", "apply"]

_MOST_SHIFTS = 64
Pair = tuple[Frac, Frac]


def apply(norm: Normaliser, name: str, *arguments: Frac) -> Frac:
    """The normal form of a named function; one without a definition may have more arguments."""
    stem = name.partition(":")[0]
    return _atom(norm, name, *arguments) if name[0] == "?" else RULES[stem](norm, name, *arguments)


def _atom(norm: Normaliser, name: str, *arguments: Frac) -> Frac:
    f = norm.field
    forms = (f.form(p) for u in arguments for p in u)
    return f.gen(Atom("call", (name, *forms)))


def _odd(norm: Normaliser, name: str, u: Frac) -> Frac:
    """f(−u) = −f(u)."""
    f = norm.field
    if u.n.is_zero():
        return f.zero
    negative = f.form(u.n).terms[-1][1] < 0
    out = _atom(norm, name, f.minus(u) if negative else u)
    return f.minus(out) if negative else out


def _angle(norm: Normaliser, u: Frac) -> Pair:
    """(cos u, sin u) by the addition theorems over the monomials of u."""
    f = norm.field
    whole, rest = (u.n, f.zero.n) if u.d.is_constant() else f.divmod(u.n, u.d)
    out, denominator = (f.one, f.zero), Form([((), Fraction(1))])
    for part in (whole, rest):
        for monomial, c in f.terms(part):
            t = Form([(monomial, Fraction(1))])
            out = _turned(norm, out, _multiple(norm, t, denominator, c))
        denominator = f.form(u.d)
    return out


def _turned(norm: Normaliser, a: Pair, b: Pair) -> Pair:
    f = norm.field
    cos = f.add(f.mul(a[0], b[0]), f.minus(f.mul(a[1], b[1])))
    return cos, f.add(f.mul(a[1], b[0]), f.mul(a[0], b[1]))


def _multiple(norm: Normaliser, t: Form, d: Form, c: Fraction) -> Pair:
    """(cos, sin) of c·t/d."""
    f = norm.field
    inner = next(iter(t.atoms)) if len(t.atoms) == 1 else None
    alone = inner is not None and not d.atoms and t.terms[0][0] == ((inner, 1),)
    inverse = alone and inner is not None and inner.kind == "call"
    if inverse and c.denominator == 1 and inner and inner.data[0] in ("asin", "atan"):
        base, count = _of_inverse(norm, inner), int(c)
    elif t.text == "1*const:pi" and not d.atoms and 12 % c.denominator == 0:
        return _of_pi(norm, c)
    else:
        unit, count = norm.units.counted("angle", t, d, c)
        base = _base(norm, t, d, unit)
    if abs(count) > _MOST_SHIFTS:
        raise OutOfBudget(f"the angle {c}·{t}")
    if count < 0:
        base, count = (base[0], f.minus(base[1])), -count
    out = (f.one, f.zero)
    for _ in range(count):
        out = _turned(norm, out, base)
    return out


def _of_pi(norm: Normaliser, c: Fraction) -> Pair:
    """(cos, sin) of c·π for a multiple of 1/12, from those of π/2, π/4 and π/6, DLMF 4.17.1."""
    f = norm.field
    part = next(p for p in (2, 4, 6, 12) if (c * p).denominator == 1)
    half = f.number(Fraction(1, 2))
    base = f.zero, f.one
    if part in (4, 12):
        root = f.mul(norm.real_power(f.number(Fraction(2)), Fraction(1, 2)), half)
        base = root, root
    if part in (6, 12):
        root = f.mul(norm.real_power(f.number(Fraction(3)), Fraction(1, 2)), half)
        base = (root, half) if part == 6 else _turned(norm, base, (root, f.minus(half)))
    out = (f.one, f.zero)
    for _ in range(int(c * part) % (2 * part)):
        out = _turned(norm, out, base)
    return out


def _base(norm: Normaliser, t: Form, d: Form, unit: Fraction) -> Pair:
    """The generators cos and sin of unit·t/d, with sin² = 1 − cos²."""
    cos, sin = (norm.field.gen(Atom("call", (name, t, d, unit))) for name in ("cos", "sin"))
    return cos, sin


def _of_inverse(norm: Normaliser, inner: Atom) -> Pair:
    """(cos, sin) of asin x and of atan x."""
    f = norm.field
    x = f.make(f.poly(inner.data[1]), f.poly(inner.data[2]))
    square = f.mul(x, x)
    if inner.data[0] == "asin":
        return norm.real_power(f.add(f.one, f.minus(square)), Fraction(1, 2)), x
    cos = norm.real_power(f.add(f.one, square), Fraction(-1, 2))
    return cos, f.mul(x, cos)


def _gamma(norm: Normaliser, name: str, u: Frac) -> Frac:
    """log Γ and ψ⁽ᵏ⁾ at u, from the smallest argument u − s that occurs with them.

    log Γ(v + 1) = log Γ(v) + log v and ψ⁽ᵏ⁾(v + 1) = ψ⁽ᵏ⁾(v) + (−1)ᵏ·k!/v^(k + 1), v > 0.
    """
    f, (stem, _, orders) = norm.field, name.partition(":")
    constant, order = Fraction(0), int(orders or 0)
    if u.d.is_constant():
        constant = next((c for monomial, c in f.terms(u.n) if not monomial), Fraction(0))
    if u.n.is_constant() and u.d.is_constant() and constant <= 0:
        raise DividedByZero  # a pole, or below it
    whole = floor(constant)
    rest = f.add(u, f.number(Fraction(-whole)))
    key = f"{f.form(rest.n).text}/{f.form(rest.d).text}"
    least = norm.units.least.setdefault(key, whole)
    if whole < least:
        norm.lower(key, whole)
    if whole - least > _MOST_SHIFTS:
        raise OutOfBudget(f"{stem} at arguments that differ by {whole - least}")
    v = f.add(rest, f.number(Fraction(least)))
    out = _atom(norm, name, v)
    for _ in range(whole - least):
        if norm.is_zero(v.n):  # by an equation: a pole, which the recurrence does not pass
            raise OutOfBudget(f"{stem} at an integer that only an equation tells")
        if stem == "loggamma":
            step = norm.log(v)
        else:
            factor = f.number(Fraction((-1) ** order * factorial(order)))
            step = f.mul(factor, f.power(v, -order - 1))
        out, v = f.add(out, step), f.add(v, f.one)
    return out


RULES: dict[str, Callable[[Normaliser, str, Frac], Frac]] = {
    "cos": lambda norm, name, u: _angle(norm, u)[0],
    "sin": lambda norm, name, u: _angle(norm, u)[1],
    **dict.fromkeys(ODD, _odd),
    "loggamma": _gamma,
    "polygamma": _gamma,
}
