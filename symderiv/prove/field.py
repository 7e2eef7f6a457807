"""The exact field: fractions of polynomials in atoms, over the rationals.

The one place that calls python-flint's polynomials. Every call is admitted by the budget
first, because it cannot be interrupted; a gcd of 0, which FLINT returns for exponents that
are too large, is a refusal and not a number.

A fraction n/d stands for a real number wherever its generators are defined and d ≠ 0. Zero
is decided on the numerator, modulo the relations gᵏ = p that generators obey (roots, values
from a finite set, indicators).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from fractions import Fraction
from functools import reduce
from itertools import chain
from math import gcd, lcm
from typing import Any, NamedTuple

from flint import Ordering, fmpq, fmpq_mpoly_ctx
from flint.utils.flint_exceptions import DomainError

from symderiv.indexform.conditions import OutOfBudget
from symderiv.indexform.ranges import Ranges
from symderiv.indexform.terms import Term
from symderiv.prove.atoms import Atom, Form
from symderiv.prove.finite import FiniteSet
from symderiv.prove.known import Known
from symderiv.prove.work import Work

__all__ = ["DividedByZero", "Field", "Frac", "MoreGenerators"]

Poly = Any  # flint.fmpq_mpoly
_LONGEST_NUMBER = 13_000  # bits; Python turns no more than 4,300 digits into text


class DividedByZero(Exception):
    """A denominator is identically zero here."""


class MoreGenerators(Exception):
    """The field needs more generators than it was made with; begin again with more."""


class Frac(NamedTuple):
    """The fraction n/d in lowest terms, d monic."""

    n: Poly
    d: Poly


_HIGH_IN_TWO = 22  # degree in two variables: x³⁰ + y³⁰ − 1 takes FLINT 8 s, x²⁰ + y²⁰ − 1 0.3 s


class Field:
    """Fractions in a fixed number of generators, each given to an atom when it is first met.

    ``known`` is what holds here, and ``relations`` are those that hold everywhere.
    """

    def __init__(self, work: Work, width: int = 32, finite: Sequence[FiniteSet] = ()) -> None:
        self.work = work
        self.finite = finite
        self.known = Known(Ranges())
        names = [f"g{k}" for k in range(width)]
        self.context = fmpq_mpoly_ctx.get(names, Ordering.degrevlex)
        self.lexical = fmpq_mpoly_ctx.get(names, Ordering.lex)
        self.generators = self.context.gens()
        self.atoms: list[Atom] = []
        self._slots: dict[Atom, int] = {}
        self._forms: dict[str, Form] = {}
        self.relations: dict[int, tuple[int, Poly]] = {}
        self._valued: list[int] = []  # generators that may have finitely many values somewhere
        self.zero = Frac(self.context.constant(0), self.context.constant(1))
        self.one = self.number(Fraction(1))

    @contextmanager
    def inside(self, ranges: Ranges) -> Iterator[None]:
        """Other ranges for a while; what is learnt in there is forgotten afterwards.

        A bound name means another range elsewhere, and a range may be empty.
        """
        around, self.known = self.known, self.known.inside(ranges)
        try:
            yield
        finally:
            self.known = around

    # -- generators and constants -------------------------------------------------------

    def slot(self, atom: Atom) -> int:
        """The generator that stands for the atom."""
        found = self._slots.get(atom)
        if found is None:
            found = len(self.atoms)
            if found >= len(self.generators):
                raise MoreGenerators
            self._slots[atom] = found
            self.atoms.append(atom)
            if atom.relation is not None:
                degree, value = atom.relation
                self.relations[found] = degree, self.poly(value)
            elif self.finite and atom.kind in ("var", "entry"):
                self._valued.append(found)
        return found

    def has(self, atom: Atom) -> bool:
        """Whether the atom has a generator already."""
        return atom in self._slots

    def gen(self, atom: Atom) -> Frac:
        """The atom as a fraction."""
        return Frac(self.generators[self.slot(atom)], self.one.d)

    def number(self, value: Fraction) -> Frac:
        """A rational constant."""
        return Frac(self._constant(value), self.context.constant(1))

    def relation(self, slot: int) -> tuple[int, Poly] | None:
        """(k, p) where the k-th power of a generator is p here, a polynomial of lower degree.

        Π (y − v) = 0 over the values v of y, where y lies in a finite set for these ranges.
        """
        known = self.known.relations
        if slot in self.relations:
            return self.relations[slot]
        if slot not in known:
            t = Term(self.atoms[slot].kind, self.atoms[slot].data)
            sets = (s.values for s in self.finite if s.covers(t, self.known.ranges))
            y, product = self.generators[slot], self.one.n
            for v in (values := next(sets, ())):
                product = product * (y - self._constant(v))
            known[slot] = (len(values), y ** len(values) - product) if values else None
        return known[slot]

    def _constant(self, value: Fraction) -> Poly:
        return self.context.constant(fmpq(value.numerator, value.denominator))

    # -- arithmetic ---------------------------------------------------------------------

    def make(self, n: Poly, d: Poly, common: Poly = None) -> Frac:
        """n/d in lowest terms, after the relations; common factors are those with ``common``."""
        n, d = self.reduce(n), self.reduce(d)
        if d.is_zero():
            raise DividedByZero
        if n.is_zero():
            return self.zero
        other = d if common is None or self.relations or self._valued else common
        if not other.is_constant():
            g = self.gcd(n, other)
            if not g.is_constant():
                n, d = n / g, d / g
        lead = d.leading_coefficient()
        return Frac(n / lead, d / lead) if lead != 1 else Frac(n, d)

    def add(self, a: Frac, b: Frac) -> Frac:
        """a + b; what can cancel divides the gcd of the denominators (Knuth, TAOCP 4.5.1)."""
        if a.d == b.d:
            return self.make(a.n + b.n, a.d)
        g = self._common(a.d, b.d)
        n = self.product(a.n, b.d / g) + self.product(b.n, a.d / g)
        return self.make(n, self.product(a.d, b.d / g), g)

    def total(self, parts: Iterable[Frac]) -> Frac:
        """The sum of the parts; those of one denominator are added first."""
        groups: dict[str, Frac] = {}
        for a in parts:
            key = "" if a.d.is_constant() else str(a.d)
            groups[key] = Frac(groups[key].n + a.n, a.d) if key in groups else a
        return reduce(self.add, (self.make(*a) for a in groups.values()), self.zero)

    def mul(self, a: Frac, b: Frac) -> Frac:
        """a·b; what can cancel is common to one numerator and the other denominator."""
        if a.d.is_constant() and b.d.is_constant():  # monic, so both are 1
            return self.make(self.product(a.n, b.n), self.one.d, self.one.d)
        g, h = self._common(a.n, b.d), self._common(b.n, a.d)
        d = self.product(a.d / h, b.d / g)
        return self.make(self.product(a.n / g, b.n / h), d, self.one.d)

    def _common(self, p: Poly, q: Poly) -> Poly:
        """The gcd, which is 1 where no generator is in both."""
        if p.is_constant() or q.is_constant():  # most denominators are
            return self.one.d
        shared = any(a > 0 < b for a, b in zip(p.degrees(), q.degrees(), strict=True))
        return self.gcd(p, q) if shared else self.one.d

    def minus(self, a: Frac) -> Frac:
        """−a."""
        return Frac(-a.n, a.d)

    def inverse(self, a: Frac) -> Frac:
        """1/a; raises DividedByZero for 0."""
        return self.make(a.d, a.n)

    def power(self, a: Frac, k: int) -> Frac:
        """a^k for an integer k."""
        if k < 0:
            return self.power(self.inverse(a), -k)
        out, square = self.one, a
        while k:
            if k & 1:
                out = self.mul(out, square)
            k >>= 1
            if k:
                square = self.mul(square, square)
        return out

    def product(self, p: Poly, q: Poly) -> Poly:
        """p·q, admitted by the budget."""
        bits = _bits(p) + _bits(q)
        self.work.admit(len(p) * len(q), p.total_degree() + q.total_degree(), "a product", bits)
        return p * q

    def gcd(self, p: Poly, q: Poly) -> Poly:
        """The gcd of two polynomials that are not 0."""
        small, large = sorted((p, q), key=len)
        self.work.admit(len(p) + len(q), p.total_degree() + q.total_degree(), "a gcd")
        self.work.spend(len(small) ** 2, "a gcd")
        with suppress(DomainError):  # where one divides the other, to see that is far quicker
            large / small
            return small
        g = p.gcd(q)
        if g.is_zero():
            raise OutOfBudget("a gcd that FLINT could not compute")
        return g

    def factor(self, p: Poly) -> tuple[Fraction, list[tuple[Poly, int]]]:
        """The constant and the irreducible factors of a polynomial that is not 0."""
        if p.is_constant():
            return self.value(p), []
        if len(p) == 1:  # a monomial
            (exponents,), (c,) = p.monoms(), p.coeffs()
            gens = [(self.generators[k], int(e)) for k, e in enumerate(exponents) if e]
            return _fraction(c), gens
        degree = p.total_degree()
        if degree == 1:  # irreducible: only the content is to be taken out
            parts = [_fraction(c) for c in p.coeffs()]
            content = Fraction(
                gcd(*(c.numerator for c in parts)), lcm(*(c.denominator for c in parts))
            )
            content = content if p.leading_coefficient() > 0 else -content
            return content, [(p / fmpq(content.numerator, content.denominator), 1)]
        self.work.admit(len(p), degree, "a factorisation")
        width = sum(1 for e in p.degrees() if e)  # FLINT's time grows with each of the three
        both = sorted(map(int, p.degrees()))[-2:][0] if width > 1 and len(p) > 2 else 0
        if len(p) * degree > 20_000 or len(p) * degree * width > 500_000 or both > _HIGH_IN_TWO:
            raise OutOfBudget(f"a factorisation of {len(p)} terms of degree {degree}")
        self.work.spend(len(p) * (degree + 1), "a factorisation")
        c, factors = p.factor()
        return _fraction(c), [(q, int(e)) for q, e in factors]

    def divmod(self, p: Poly, q: Poly, first: Sequence[Atom] = ()) -> tuple[Poly, Poly]:
        """Quotient and remainder; lexicographic by the atoms ``first``, where there are some."""
        self.work.admit(len(p) * len(q), p.total_degree() + q.total_degree(), "a division")
        if not first:
            quotient, remainder = divmod(p, q)
            return quotient, remainder
        order = [self.slot(a) for a in first]
        order += [k for k in range(len(self.generators)) if k not in order]
        back = [order.index(k) for k in range(len(order))]
        above, below = (self._ordered(r, order, self.lexical) for r in (p, q))
        quotient, remainder = divmod(above, below)
        return self._ordered(quotient, back, self.context), self._ordered(
            remainder, back, self.context
        )

    def _ordered(self, p: Poly, order: Sequence[int], context: Any) -> Poly:
        return context.from_dict({tuple(k[i] for i in order): c for k, c in p.to_dict().items()})

    def reduce(self, p: Poly) -> Poly:
        """p modulo the relations of the generators."""
        if not (self.relations or self._valued):
            return p
        while True:
            degrees = p.degrees()
            mine = (s for s in chain(self.relations, self._valued) if degrees[s])
            found = ((s, *r) for s in mine if (r := self.relation(s)) and degrees[s] >= r[0])
            slot, k, value = next(found, (-1, 0, p))
            if slot < 0:
                return p
            by_exponent: dict[int, dict[tuple[int, ...], Any]] = {}
            for exponents, c in p.to_dict().items():
                whole, rest = divmod(int(exponents[slot]), k)
                left = (*exponents[:slot], rest, *exponents[slot + 1 :])
                by_exponent.setdefault(whole, {})[left] = c
            p = self.zero.n
            for whole, part in by_exponent.items():
                q = self.context.from_dict(part)
                for _ in range(whole):
                    q = self.product(q, value)
                p = p + q

    # -- looking inside -----------------------------------------------------------------

    def value(self, p: Poly) -> Fraction:
        """The rational value of a constant polynomial."""
        return _fraction(p.leading_coefficient()) if not p.is_zero() else Fraction(0)

    def terms(self, p: Poly) -> Iterator[tuple[tuple[tuple[Atom, int], ...], Fraction]]:
        """The monomials, as powers of atoms, with their coefficients."""
        self.work.admit(len(p), 0, "the terms of a sum")
        for exponents, c in p.to_dict().items():
            yield tuple((self.atoms[k], int(e)) for k, e in enumerate(exponents) if e), _fraction(c)

    def atoms_of(self, p: Poly) -> list[Atom]:
        """The atoms that occur in a polynomial."""
        return [self.atoms[k] for k, e in enumerate(p.degrees()) if e and k < len(self.atoms)]

    def form(self, p: Poly) -> Form:
        """The polynomial as a canonical value."""
        key = str(p)
        if key not in self._forms:
            self._forms[key] = Form(self.terms(p))
        return self._forms[key]

    def poly(self, form: Form) -> Poly:
        """The polynomial of a form."""
        out = self.zero.n
        for monomial, c in form.terms:
            q = self._constant(c)
            for atom, e in monomial:
                q = q * self.generators[self.slot(atom)] ** e
            out = out + q
        return out


def _bits(p: Poly) -> int:
    """The length of one coefficient, which is that of all within a small factor in practice."""
    return int(p.leading_coefficient().height_bits()) if len(p) else 0


def _fraction(c: Any) -> Fraction:
    value = Fraction(int(c.p), int(c.q))
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > _LONGEST_NUMBER:
        raise OutOfBudget("a number of more than 4,000 digits")
    return value
