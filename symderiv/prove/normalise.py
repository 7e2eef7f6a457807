"""From terms to the exact field: the normal form that decides equality.

Exponentials are taken apart into multiplicatively independent ones, logarithms and roots
into those of irreducible factors (log(ab) = log|a| + log|b|, DLMF 4.8), functions of a value
from a finite set are interpolated, and sums go to ``sums``. Where the sign of something has
to be known and is not, ``Split`` is raised, and the caller decides case by case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import partial, reduce
from typing import NoReturn, TypeVar

from flint import fmpz

from symderiv.indexform.conditions import OutOfBudget, Unsupported
from symderiv.indexform.ranges import Ranges
from symderiv.indexform.terms import (
    Linear,
    Term,
    exponent_of,
    substitute,
    transform,
    walk,
)
from symderiv.prove.alike import like
from symderiv.prove.atoms import Atom, Form, Symmetric, entry_of
from symderiv.prove.field import DividedByZero, Field, Frac, Poly
from symderiv.prove.finite import FiniteSet, OneHot, valued
from symderiv.prove.known import Known
from symderiv.prove.powers import integer_power
from symderiv.prove.signs import Signs, times
from symderiv.prove.special import RULES as SPECIAL
from symderiv.prove.special import apply, of_lambert
from symderiv.prove.sums import summed
from symderiv.prove.units import Finer, Split, Units
from symderiv.prove.work import Work

__all__ = ["RULES", "Normaliser"]


T = TypeVar("T")
_FINEST = 720


class Normaliser:
    """Normal forms of terms under what is known, in one field."""

    def __init__(
        self,
        ranges: Ranges,
        finite: Sequence[FiniteSet],
        units: Units,
        work: Work,
        width: int,
    ) -> None:
        self.work = work
        self.units = units
        self.finite = finite
        self.field = Field(work, width, finite)
        self.signs = Signs(self.field, ranges)
        self.signs.like = partial(like, self)
        self.integers: Mapping[str, Linear] = {}
        self.symmetric: frozenset[str] = frozenset()
        self.known_sums: Callable[[Atom], Frac | None] | None = None
        self.premised = True
        self.rows: Sequence[OneHot] = ()
        self.lengths: dict[Linear, int] = {}
        self.rules: set[str] = set()
        self._names = 0

    @property
    def known(self) -> Known:
        """What holds here."""
        return self.field.known

    @property
    def ranges(self) -> Ranges:
        """The facts about integers here."""
        return self.known.ranges

    def of(self, t: Term) -> Frac:
        """The normal form of a term."""
        if self.integers and t.names & self.integers.keys():
            t = substitute(t, self.integers)
        return self._of(t)

    def _of(self, t: Term) -> Frac:
        found = self.known.forms.get(t)
        if found is None:
            self.work.spend(5, "normal forms")
            function = t.op in ("call", "root", "sign") or (t.op == "pow" and t.data < 0)
            y = self.finite_inside(t) if function else None
            found = self._interpolated(t, *y) if y else self._rule(t)
            self.known.forms[t] = found
        return found

    def scoped(self, ranges: Ranges, body: Callable[[], list[T]]) -> list[T]:
        """Run with other ranges; what is learnt inside is forgotten outside."""
        with self.field.inside(ranges):
            return body()

    def vanish(self, form: Form) -> None:
        """Use form = 0: solve it for a symbol that occurs linearly, or keep it as an equation."""
        self.rules.add("an equation in force")
        self.known.forms.clear()
        f = self.field
        for monomial, c in form.terms:
            if len(monomial) != 1 or monomial[0][1] != 1:
                continue
            atom = monomial[0][0]
            rest = Form([(k, -v / c) for k, v in form.terms if k != monomial])
            plain = atom.kind in ("var", "entry") and not f.relation(f.slot(atom))
            if plain and atom not in rest.inside:
                values = self.known.values
                values[atom] = value = Frac(f.poly(rest), f.one.d)
                for other, old in values.items():  # x = y, y = 2
                    values[other] = self._put(old, atom, value)
                return
        self.known.equations.append(f.poly(form))

    def _put(self, into: Frac, atom: Atom, value: Frac) -> Frac:
        """A polynomial with a value put for a symbol."""
        f, out = self.field, self.field.zero
        for monomial, c in f.terms(into.n):
            term = f.number(c)
            for a, e in monomial:
                term = f.mul(term, f.power(value if a == atom else f.gen(a), e))
            out = f.add(out, term)
        return out

    def vanishing(self, p: Poly) -> Form:
        """What vanishes where p does: the product of its factors that can be 0."""
        out = self.field.one.n
        for q, _ in self.field.factor(p)[1]:
            if "0" in self.signs.of(q):
                out = self.field.product(out, q)
        return self.field.form(out).primitive()[1]

    def is_zero(self, p: Poly) -> bool:
        """Whether a numerator is 0 modulo the relations and equations, or by what signs say."""
        p = self.field.reduce(p)
        for q in self.known.equations:
            if not p.is_zero():
                p = self.field.divmod(p, q)[1]
        # a ≥ b and a ≤ b: a number whose only sign is 0 is 0, whatever its normal form
        known = self.premised and self.signs.of(p) == frozenset("0")
        return bool(p.is_zero()) or known

    def _rule(self, t: Term) -> Frac:
        key = t.data.partition(":")[0] if t.op == "call" else t.op
        rule = RULES.get("?" if key[:1] == "?" else key)
        if rule is None:
            raise Unsupported(f"the function {key}")
        self.rules.add("?" if key[:1] == "?" else key)
        return rule(self, t)

    def refine(self, denominator: int) -> NoReturn:
        """Begin again with roots of a higher order."""
        self.units.root *= denominator
        if self.units.root > _FINEST:
            raise OutOfBudget(f"a root of order {self.units.root}")
        raise Finer

    def lower(self, key: str, shift: int) -> NoReturn:
        """Begin again with a smaller argument of log Γ, or a shorter range."""
        self.units.least[key] = shift
        raise Finer

    def fresh(self) -> str:
        """A bound name that is nowhere else; none is left in a normal form."""
        self._names += 1
        return f"%{self._names}"

    # -- symbols and integers -----------------------------------------------------------

    def _symbol(self, atom: Atom) -> Frac:
        found = self.known.values.get(atom)
        return self.field.gen(atom) if found is None else found

    def integer(self, form: Linear) -> Frac:
        """An integer form as an element of the field."""
        out = self.field.number(Fraction(form.constant)).n
        for name, c in form.coefficients:
            out = out + self.field.gen(Atom("int", name)).n * c
        return Frac(out, self.field.one.d)

    def _bit(self, t: Term) -> Frac | None:
        """v_k = [k = c] for an entry of a row with a single 1; None for any other."""
        array, rows = t.data[0], self.units.rows
        hot, at = next(((r, at) for r in self.rows if (at := r.row(t))), (None, None))
        known = rows.setdefault(array, {}) if hot else None
        if not hot or not at or known is None or any("~" in n for n in t.names):
            return None
        k, name = at.pop(hot.index), f"argmax {array}{hot.place(at)}"
        ends = hot.around(k, at, self.ranges)
        if not ends:
            return None
        bound = any(n[0] in "#$%" for i in at.values() for n in i.names)
        if bound or any(abs(q) > 1 for _, q in k.coefficients):
            rows[array] = None  # c may vary with the index of a sum: all rows stay as they are
            raise Finer
        if name not in known:
            known[name] = hot, at
            raise Finer
        *ends, apart = (u.substitute(self.integers) for u in (*ends, k - Linear.of(name)))
        for end in ends:
            if self.ranges.nonnegative(-end - 1):
                return None
            if not self.ranges.nonnegative(end):
                raise Split(end)
        self.rules.add("a row with a single 1")
        signs = self.ranges.signs(apart)
        if len(signs) > 1 and "0" in signs:
            raise Split(apart)
        return self.field.one if "0" in signs else self.field.zero

    # -- values from a finite set -------------------------------------------------------

    def finite_inside(self, t: Term) -> tuple[Term, tuple[Fraction, ...]] | None:
        """A symbol or entry with finitely many values that occurs free in the term."""
        if not self.finite:
            return None
        for node in walk(t):
            if node.op in ("entry", "var") and (node.op == "var" or node.names <= t.names):
                for known in self.finite:
                    if known.covers(node, self.ranges):
                        return node, known.values
        return None

    def _interpolated(self, t: Term, y: Term, values: tuple[Fraction, ...]) -> Frac:
        """f(y) = Σ_v f(v) Π_{w ≠ v} (y − w)/(v − w) for y in a finite set (Lagrange)."""
        self.rules.add("interpolation over a finite set of values")
        f = self.field
        point, out = self._of(y), f.zero
        for v in values:
            try:
                at = self._of(transform(t, partial(valued, y=y, v=v)))
            except DividedByZero:
                continue  # not defined at this value: a condition excludes it
            for w in values:
                if w != v:
                    shifted = f.add(point, f.number(-w))
                    at = f.mul(at, f.mul(shifted, f.number(1 / (v - w))))
            out = f.add(out, at)
        return out

    # -- cases --------------------------------------------------------------------------

    def _branch(self, t: Term) -> Term:
        u, *branches = t.args
        if u.op == "int":
            sign = self.ranges.sign(u.data)
            if not sign:
                raise Split(u.data)
            return branches["+0-".index(sign)]
        value = self._of(u)
        signs = self.sign(value)
        chosen = {branches["+0-".index(s)] for s in signs}
        if len(chosen) > 1:
            raise Split(self.undetermined(value))
        if not chosen:
            raise DividedByZero  # contradictory facts: the case does not occur
        return chosen.pop()

    def sign(self, value: Frac) -> frozenset[str]:
        """The possible signs of a fraction that is defined."""
        signs = times(self.signs.of(value.n), self.signs.of(value.d))
        return signs if len(signs) == 1 else self.signs.of(self.field.product(value.n, value.d))

    def decided(self, value: Frac, *choices: str) -> str:
        """The first of some sets of signs in which that of the value lies, or a split on it."""
        signs = self.sign(value)
        for choice in choices:
            if signs <= frozenset(choice):
                return choice
        raise Split(self.undetermined(value))

    def absolute(self, value: Frac) -> Frac:
        """|value|, or a split on its sign."""
        return value if self.decided(value, "+0", "0-") == "+0" else self.field.minus(value)

    def indicator(self, value: Frac, sign: str) -> Frac:
        """1 where the value has the sign, else 0; or a split on it."""
        signs = self.sign(value)
        if len(signs) > 1 and sign in signs:
            raise Split(self.undetermined(value))
        return self.field.one if sign in signs else self.field.zero

    def undetermined(self, value: Frac) -> Form:
        """An irreducible factor whose sign is not known."""
        f = self.field
        for p in (value.n, value.d):
            for q, _ in sorted(f.factor(p)[1], key=lambda item: f.form(item[0]).text):
                if len(self.signs.of(q)) > 1:
                    form = self.field.form(q).primitive()[1]
                    alike = like(self, form)
                    return form if alike is None else self.undetermined(Frac(alike, f.one.d))
        return self.field.form(value.n).primitive()[1]

    # -- exp, log, real powers ----------------------------------------------------------

    def exp(self, u: Frac) -> Frac:
        """e^u as a product over the monomials of u: e^(a + b) = e^a·e^b, e^(log p) = p."""
        f = self.field
        whole, rest = (u.n, f.zero.n) if u.d.is_constant() else f.divmod(u.n, u.d)
        out = f.one
        for part, d in ((whole, f.one.d), (rest, u.d)):
            for monomial, c in f.terms(part):
                if part is whole and [(a.kind, e) for a, e in monomial] == [("log", 1)]:
                    out = f.mul(out, self._absolute_power(f.poly(monomial[0][0].data), c))
                    continue
                t = f.make(f.poly(Form([(monomial, Fraction(1))])), d)  # in lowest terms
                known = of_lambert(self, t, c)
                out = f.mul(out, known or self._exponential(f.form(t.n), f.form(t.d), c))
        return out

    def _exponential(self, t: Form, d: Form, c: Fraction) -> Frac:
        unit, count = self.units.counted("exp", t, d, c)
        g = self.field.gen(Atom("exp", (t, d, unit)))
        return self.field.power(g, count)

    def log(self, u: Frac) -> Frac:
        """log|u| = Σ e·log|p| over the irreducible factors p^e of u."""
        out = self.field.zero
        for p, e in self._factors(u):
            out = self.field.add(out, self.field.mul(self.field.number(e), self._log(p)))
        return out

    def _log(self, p: Poly) -> Frac:
        f = self.field
        atom = f.atoms_of(p)[0] if len(p) == 1 and not p.is_constant() else None
        if atom is not None and atom.kind == "exp":
            t, d, unit = atom.data
            return f.mul(f.make(f.poly(t), f.poly(d)), f.number(unit))
        if atom is not None and atom.kind == "root":
            form, unit = atom.data
            return f.mul(f.gen(Atom("log", form)), f.number(Fraction(1, unit)))
        return f.gen(Atom("log", f.form(p).primitive()[1]))

    def power(self, u: Frac, k: int) -> Frac:
        """u^k, which has no value for k < 0 where u is 0 by an equation."""
        if k < 0 and self.is_zero(u.n):
            raise DividedByZero
        return self.field.power(u, k)

    def real_power(self, u: Frac, r: Fraction) -> Frac:
        """u^r = Π |p|^(e·r) for u ≥ 0 over the irreducible factors p^e of u."""
        if self.is_zero(u.n):
            if r < 0:
                raise DividedByZero
            return self.field.zero
        out = self.field.one
        for p, e in self._factors(u):
            out = self.field.mul(out, self._absolute_power(p, e * r))
        return out

    def _absolute_power(self, p: Poly, r: Fraction) -> Frac:
        """|p|^r for an irreducible p, or a prime number."""
        f = self.field
        if r.denominator == 1:
            plain = Frac(p, f.one.d)
            odd = r.numerator % 2 and not p.is_constant()
            if odd and self.decided(plain, "+", "0", "-") == "-":
                plain = f.minus(plain)
            return f.power(plain, r.numerator)
        if abs(r) > 1000:
            raise OutOfBudget(f"the exponent {r}")
        atom = f.atoms_of(p)[0] if len(p) == 1 and not p.is_constant() else None
        if atom is not None and atom.kind == "exp":
            t, d, unit = atom.data
            return self._exponential(t, d, r * unit)
        if atom is not None and atom.kind == "root":
            p, r = f.poly(atom.data[0]), r / atom.data[1]
        count = r * self.units.root
        if count.denominator != 1:
            self.refine(count.denominator)
        return f.power(self._root(p), int(count))

    def _root(self, p: Poly) -> Frac:
        """The generator |p|^(1/unit), whose power is p or −p by the sign of p.

        The sign is part of the atom, so that what holds in one case is not used in another.
        """
        f, unit = self.field, self.units.root
        content, primitive = f.form(p).primitive()
        radicand = f.poly(primitive)
        if (self.decided(Frac(p, f.one.d), "+0", "0-") == "+0") != (content > 0):
            radicand = -radicand
        return f.gen(Atom("root", (f.form(radicand), unit)))

    def _factors(self, u: Frac) -> list[tuple[Poly, Fraction]]:
        """The irreducible factors of n/d and the primes of its constant, without the sign."""
        if self.is_zero(u.n):
            raise DividedByZero
        out, constant = [], Fraction(1)
        for p, sign in ((u.n, 1), (u.d, -1)):
            c, factors = self.field.factor(p)
            constant *= c**sign
            for q, e in factors:
                content, primitive = self.field.form(q).primitive()
                constant *= content ** (e * sign)
                out.append((self.field.poly(primitive), Fraction(e * sign)))
        for integer, sign in ((constant.numerator, 1), (constant.denominator, -1)):
            if abs(integer).bit_length() > 128:
                raise OutOfBudget("the factorisation of a large integer")
            for prime, e in fmpz(abs(integer)).factor():
                out.append((self.field.number(Fraction(int(prime))).n, Fraction(int(e) * sign)))
        return out


def _entry(norm: Normaliser, t: Term) -> Frac:
    array, at = t.data
    if (bit := norm._bit(t)) is not None:
        return bit
    return norm._symbol(entry_of(Symmetric(array) if array in norm.symmetric else array, at))


# one rule for each operation and each function: its arguments' normal forms make its own
RULES: dict[str, Callable[[Normaliser, Term], Frac]] = {
    "num": lambda norm, t: norm.field.number(t.data),
    "entry": _entry,
    **dict.fromkeys(("const", "var"), lambda norm, t: norm._symbol(Atom(t.op, t.data))),
    "int": lambda norm, t: norm.integer(t.data),
    "add": lambda norm, t: norm.field.total(map(norm._of, t.args)),
    "mul": lambda norm, t: reduce(norm.field.mul, map(norm._of, t.args), norm.field.one),
    "pow": lambda norm, t: norm.power(norm._of(t.args[0]), t.data),
    "root": lambda norm, t: norm.real_power(norm._of(t.args[0]), t.data),
    "power": lambda norm, t: integer_power(norm, norm._of(t.args[0]), exponent_of(t)),
    "sign": lambda norm, t: norm._of(norm._branch(t)),
    "sum": lambda norm, t: summed(norm, t.data[0], t.data[1], t.data[2], t.args[0]),
    "exp": lambda norm, t: norm.exp(norm._of(t.args[0])),
    "log": lambda norm, t: norm.log(norm._of(t.args[0])),
    **dict.fromkeys(("?", *SPECIAL), lambda norm, t: apply(norm, t.data, *map(norm._of, t.args))),
}
