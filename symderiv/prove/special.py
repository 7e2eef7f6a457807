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
from symderiv.prove.arctangents import by_primes
from symderiv.prove.atoms import ODD, Atom, Form
from symderiv.prove.field import DividedByZero, Frac

if TYPE_CHECKING:
    from symderiv.prove.normalise import Normaliser

__all__ = ["RULES", "apply", "of_lambert"]

_MOST_SHIFTS = 64
_INVERSE = {"erf": "erfinv", "erfinv": "erf"}
Pair = tuple[Frac, Frac]


def apply(norm: Normaliser, name: str, *arguments: Frac) -> Frac:
    """The normal form of a named function; some have more than one argument."""
    stem = name.partition(":")[0]
    return _atom(norm, name, *arguments) if name[0] == "?" else RULES[stem](norm, name, *arguments)


def _atom(norm: Normaliser, name: str, *arguments: Frac) -> Frac:
    f = norm.field
    forms = (f.form(p) for u in arguments for p in u)
    return f.gen(Atom("call", (name, *forms)))


def _inside(norm: Normaliser, u: Frac, name: str) -> Frac | None:
    """The v for which u is the function of that name at v."""
    f = norm.field
    ((monomial, c), *others) = f.form(u.n).terms
    plain = u.d == f.one.d and not others and c == 1 and [e for _, e in monomial] == [1]
    kind, data = (monomial[0][0].kind, monomial[0][0].data) if plain else ("", "")
    return f.make(*map(f.poly, data[1:])) if kind == "call" and data[0] == name else None


def of_lambert(norm: Normaliser, w: Frac, c: Fraction) -> Frac | None:
    """e^(cw) where w is W(u), by e^W = u/W for u ≠ 0; or a split on the sign of u."""
    f, u = norm.field, _inside(norm, w, "LambertW")
    if u is None or c.denominator != 1:
        return None
    zero = norm.decided(u, "+-", "0") == "0"
    return f.one if zero else f.power(f.mul(u, f.inverse(w)), int(c))


def _odd(norm: Normaliser, name: str, u: Frac) -> Frac:
    """f(−u) = −f(u), and f(−u) = f(u) for an even f; erf and erfinv undo each other."""
    f = norm.field
    if u.n.is_zero():
        return f.zero
    negative = f.form(u.n).terms[-1][1] < 0
    v = f.minus(u) if negative else u
    out = _inside(norm, v, _INVERSE.get(name, "")) or _atom(norm, name, v)
    return f.minus(out) if negative and name in ODD else out


def _atan(norm: Normaliser, name: str, u: Frac) -> Frac:
    """Of a number by Gaussian primes; atan(c/p) = ±π/2 − atan(p/c), DLMF 4.24.17."""
    f, pi = norm.field, norm.field.gen(Atom("const", "pi"))
    if u.n.is_constant() and not u.n.is_zero():
        (c,) = (c for _, c in f.terms(u.n))
        if not u.d.is_constant():
            half = f.number(Fraction(1 if norm.decided(u, "+", "-") == "+" else -1, 2))
            return f.add(f.mul(half, pi), f.minus(_odd(norm, name, f.power(u, -1))))
        found = by_primes(c / next(d for _, d in f.terms(u.d)))
        if found is not None:
            parts = [f.mul(f.number(Fraction(found[0], 4)), pi)]
            for t, e in found[1].items():
                parts.append(f.mul(f.number(Fraction(e)), _odd(norm, name, f.number(t))))
            return f.total(parts)
    return _odd(norm, name, u)


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
    """log Γ and ψ⁽ᵏ⁾ of −v by those of 1 + v where 0 < −v < 1, and of 2v by those of v and v + ½.

    log Γ(u) = log π − log sin πu − log Γ(1 − u), ψ(u) = ψ(1 − u) − π·cot πu, DLMF 5.5.3, 5.5.4;
    log Γ(2v) = (2v − 1)·log 2 − ½·log π + log Γ(v) + log Γ(v + ½),
    2ᵏ⁺¹·ψ⁽ᵏ⁾(2v) = ψ⁽ᵏ⁾(v) + ψ⁽ᵏ⁾(v + ½), with 2·log 2 more for k = 0, DLMF 5.5.5, 5.5.8, 5.15.7.
    """
    f, (_, _, orders) = norm.field, name.partition(":")
    order, log = int(orders or 0), not orders
    moving = [c for monomial, c in f.terms(u.n) if monomial] if u.d == f.one.d else []
    rest, pi = f.add(f.one, f.minus(u)), f.gen(Atom("const", "pi"))
    turned = moving and f.form(u.n).terms[-1][1] < 0 and not order
    if turned and norm.sign(u) == norm.sign(rest) == frozenset("+"):
        cos, sin = _angle(norm, f.mul(pi, u))
        norm.signs.assume(f.product(sin.n, sin.d), frozenset("+"))
        other = _gamma(norm, name, rest)
        if log:
            return f.total([norm.log(pi), f.minus(norm.log(sin)), f.minus(other)])
        return f.add(other, f.minus(f.mul(pi, f.mul(cos, f.inverse(sin)))))
    if moving and all(c.denominator == 1 and c % 2 == 0 for c in moving):
        half, two = f.mul(u, f.number(Fraction(1, 2))), norm.log(f.number(Fraction(2)))
        both = [_gamma(norm, name, f.add(half, f.number(Fraction(s, 2)))) for s in (0, 1)]
        if log:
            less = f.mul(f.number(Fraction(-1, 2)), norm.log(pi))
            return f.total([f.mul(f.minus(rest), two), less, *both])
        mean = f.mul(f.number(Fraction(1, 2 ** (order + 1))), f.add(*both))
        return mean if order else f.add(mean, two)
    return _ladder(norm, name, u)


def _ladder(norm: Normaliser, name: str, u: Frac, *others: Frac) -> Frac:
    """A function with f(v + 1) by f(v), from the smallest argument v = u − s that occurs with it.

    Of Γ(a, x) it has a whole part of 0 or less, so that Γ(1, x) = 0·Γ(0, x) + e^(−x).
    """
    f, (stem, _, orders) = norm.field, name.partition(":")
    constant, order, gamma = Fraction(0), int(orders or 0), stem != "uppergamma"
    if u.d.is_constant():
        constant = next((c for monomial, c in f.terms(u.n) if not monomial), Fraction(0))
    if gamma and u.n.is_constant() and u.d.is_constant() and constant <= 0:
        raise DividedByZero  # a pole, or below it
    whole = floor(constant)
    rest = f.add(u, f.number(Fraction(-whole)))
    key = f"{'' if gamma else name}{f.form(rest.n).text}/{f.form(rest.d).text}"
    least = norm.units.least.setdefault(key, whole if gamma else min(whole, 0))
    if whole < least:
        norm.lower(key, whole)
    if whole - least > _MOST_SHIFTS:
        raise OutOfBudget(f"{stem} at arguments that differ by {whole - least}")
    v = f.add(rest, f.number(Fraction(least)))
    out = _atom(norm, name, v, *others)
    for _ in range(whole - least):
        if gamma and norm.is_zero(v.n):  # by an equation: a pole, which is not passed
            raise OutOfBudget(f"{stem} at an integer that only an equation tells")
        out, v = _STEPS[stem](norm, f, order, v, out, *others), f.add(v, f.one)
    return out


# f(v + 1) by f(v): log Γ(v) + log v, ψ⁽ᵏ⁾(v) + (−1)ᵏ·k!/v^(k + 1), v·Γ(v, x) + x^v·e^(−x)
_STEPS: dict[str, Callable[..., Frac]] = {
    "loggamma": lambda norm, f, k, v, y: f.add(y, norm.log(v)),
    "polygamma": lambda norm, f, k, v, y: f.add(
        y, f.mul(f.number(Fraction((-1) ** k * factorial(k))), f.power(v, -k - 1))
    ),
    "uppergamma": lambda norm, f, k, v, y, x: f.add(
        f.mul(v, y), norm.exp(f.add(f.mul(v, norm.log(x)), f.minus(x)))
    ),
}


def _bessel(norm: Normaliser, name: str, u: Frac) -> Frac:
    """fₙ₊₁ = ±fₙ₋₁ ± 2n/u·fₙ for u ≠ 0, up from f₀ and f₁; Iₙ(0) and Jₙ(0) are [n = 0]."""
    f, (stem, _, order) = norm.field, name.partition(":")
    n, entire = int(order), stem in ("besseli", "besselj")
    if entire and (norm.is_zero(u.n) or (n > 1 and norm.decided(u, "+-", "0") == "0")):
        return f.zero if n else f.one
    if n < 2:
        return _odd(norm, name, u) if entire else _atom(norm, name, u)
    below, out = (_bessel(norm, f"{stem}:{k}", u) for k in (0, 1))
    sign, other = _BESSEL[stem]
    for k in range(1, n):
        twice = f.mul(f.number(Fraction(2 * k * other)), norm.power(u, -1))
        below, out = out, f.add(f.mul(f.number(Fraction(sign)), below), f.mul(twice, out))
    return out


_BESSEL = {"besseli": (1, -1), "besselk": (1, 1), "besselj": (-1, 1), "bessely": (-1, 1)}
RULES: dict[str, Callable[..., Frac]] = {
    "cos": lambda norm, name, u: _angle(norm, u)[0],
    "sin": lambda norm, name, u: _angle(norm, u)[1],
    **dict.fromkeys((name for name in ODD if ":" not in name), _odd),
    "atan": _atan,
    **dict.fromkeys(("loggamma", "polygamma"), _gamma),
    "uppergamma": _ladder,
    **dict.fromkeys(_BESSEL, _bessel),
    "Ei": _atom,
    "LambertW": lambda norm, name, u: u if norm.is_zero(u.n) else _atom(norm, name, u),
}
