"""Signs of polynomials beyond their coefficients: completed squares, and roots that are not there.

4a·p = (2a·g + b)² + (4ac − b²) for p = a·g² + b·g + c, so the sign of p follows from those of a
and of the discriminant; a polynomial in one generator has the sign of any one value on an
interval without roots, which Sturm's theorem counts (Basu, Pollack, Roy, Algorithms in Real
Algebraic Geometry, theorem 2.62).
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from flint import fmpq, fmpq_poly

from symderiv.prove.atoms import Atom, Form
from symderiv.prove.signs import ANY, WITHIN_ONE, Set, flipped, times

if TYPE_CHECKING:
    from symderiv.prove.field import Poly
    from symderiv.prove.normalise import Normaliser

__all__ = ["by_coefficients", "by_roots", "by_square"]

PLUS, MINUS, NOT_NEGATIVE = frozenset("+"), frozenset("-"), frozenset("+0")
_ENDS = (-1, 0, 1)  # between which a generator may be known to lie
_LARGEST_DEGREE = 40


def by_coefficients(norm: Normaliser, form: Form, g: Atom) -> Mapping[int, Poly]:
    """The coefficients of the powers of a generator, as polynomials in the others."""
    found: dict[int, list[tuple[tuple[tuple[Atom, int], ...], Fraction]]] = {}
    for monomial, c in form.terms:
        e = dict(monomial).get(g, 0)
        found.setdefault(e, []).append((tuple(p for p in monomial if p[0] != g), c))
    return {e: norm.field.poly(Form(terms)) for e, terms in found.items()}


def by_square(norm: Normaliser, form: Form, g: Atom) -> Set:
    """The possible signs of a·g^(2k) + b·g^k + c, as far as its completed square shows them."""
    f, of = norm.field, norm.signs.of
    parts = by_coefficients(norm, form, g)
    top = max(parts)
    if top % 2 or top == 0 or parts.keys() - {0, top // 2, top}:
        return ANY
    a, b, c = (parts.get(e, f.zero.n) for e in (top, top // 2, 0))
    rest = f.product(a, c) * 4 - f.product(b, b)
    left = frozenset("0") if rest.is_zero() else of(rest)
    leading = of(a)
    for turned in (False, True):
        if turned:
            leading, c = flipped(leading), -c
        if leading == PLUS and left <= NOT_NEGATIVE:
            found = PLUS if left == PLUS else NOT_NEGATIVE
        elif leading <= NOT_NEGATIVE and left <= NOT_NEGATIVE and of(c) <= NOT_NEGATIVE:
            found = NOT_NEGATIVE  # where a is 0, b² ≤ 0 and p is c
        else:
            continue
        return flipped(found) if turned else found
    return ANY


def by_roots(norm: Normaliser, form: Form) -> Set:
    """The sign of a polynomial in one generator, by its roots where the generator lies."""
    if len(form.atoms) != 1:
        return ANY
    (g,) = form.atoms
    coefficients = {dict(k).get(g, 0): c for k, c in form.terms}
    bounded = g.kind == "call" and g.data[0] in WITHIN_ONE
    if not (1 - bounded) < max(coefficients) <= _LARGEST_DEGREE:
        return ANY
    dense = [coefficients.get(e, Fraction(0)) for e in range(max(coefficients) + 1)]
    p = fmpq_poly([fmpq(c.numerator, c.denominator) for c in dense])
    low, high = (-1, 1) if bounded else _ends(norm, g)
    found = PLUS
    for end, side in ((low, NOT_NEGATIVE), (high, flipped(NOT_NEGATIVE))):
        while end is not None and p(end) == 0:
            p = p // fmpq_poly([-end, 1])
            found = times(found, side - frozenset("0") if bounded and g.data[0] == "erf" else side)
    if _changes(p, low, -1) != _changes(p, high, 1):
        return ANY
    first = high if low is None else low
    return found if p(fmpq(first or 0)) > 0 else flipped(found)


def _ends(norm: Normaliser, g: Atom) -> tuple[int | None, int | None]:
    """Integers between which a generator certainly lies, ends included."""
    low: int | None = None
    high: int | None = None
    for r in _ENDS:
        signs = norm.signs.of(norm.field.gen(g).n - r)
        if signs <= NOT_NEGATIVE:
            low = r
        elif high is None and signs <= flipped(NOT_NEGATIVE):
            high = r
    return low, high


def _changes(p: fmpq_poly, at: int | None, infinite: int) -> int:
    """Sign changes in Sturm's sequence at a number, or at ±∞."""
    a, b, signs = p, p.derivative(), list[int]()
    while a != 0:
        value = a[a.degree()] * infinite ** int(a.degree()) if at is None else a(at)
        if value != 0:
            signs.append(1 if value > 0 else -1)
        a, b = b, -(a % b) if b != 0 else fmpq_poly()
    return sum(s != t for s, t in pairwise(signs))
