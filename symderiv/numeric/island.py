"""One expression in exponentials and logarithms as an element of a field.

The generators are E = e^u for every exponent u up to whole multiples, S = Σₚ e^{u_p}, the logarithm
P of every sum of these that occurs under one, and everything else as it is. What the element is
written as again is chosen in ``forms``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sympy import QQ
from sympy.polys.fields import field

from symderiv.indexform.terms import (
    ONE,
    Term,
    add,
    call,
    mul,
    num,
    power,
    substitute,
    walk,
)
from symderiv.numeric.elements import TooLarge, arithmetic
from symderiv.numeric.exponentials import (
    HYPERBOLIC,
    MOST_EXPONENT,
    basis,
    direction,
    exponent,
    form_of,
    has_log,
    is_sum,
    live,
    parts,
    small,
    weighted,
)
from symderiv.numeric.sums import Normal, monomial

__all__ = ["Island", "TooLarge", "Total", "fraction", "is_quotient"]

_MOST_TERMS = 60  # of a numerator or denominator


def fraction(c: Any) -> Fraction:
    """A rational number of the field."""
    return Fraction(int(c.numerator), int(c.denominator))


@dataclass(frozen=True)
class Total:
    """A sum of exponentials, with its logarithm P as a generator.

    ``pieces`` has the degrees in E and S of each addend, with its coefficient.
    """

    polynomial: Any
    pieces: tuple[tuple[tuple[int, ...], Any], ...]
    P: Any

    def weights(self, island: Island) -> list[Term]:
        """The coefficients of sums over an index, and of what stands beside them."""
        count = len(island.E)
        if not any(any(degrees[count:]) for degrees, _ in self.pieces):
            return []
        return [island.term(c) for _, c in self.pieces]

    def leaves_one_out(self, island: Island) -> bool:
        """Whether it is Σₚ e^{u_p} − e^w for one w of the u, and so not negative."""
        by_weight = {c: degrees for degrees, c in self.pieces}
        one, sums = (by_weight.get(island.field(c), ()) for c in (-1, 1))
        places, beside = sums[len(island.E) :], one[len(island.E) :]
        if len(self.pieces) != 2 or sum(places) != 1 or not one or any(beside):
            return False
        whole = island.sums[places.index(1)]
        return weighted(whole)[0] is ONE and form_of(island.exponent(one), whole) is not None


def is_quotient(normal: Normal, t: Term) -> bool:
    """Whether t is one sum of exponentials over another, or over several."""
    if all(a.op != "pow" and not (a.op == "call" and a.data in HYPERBOLIC) for a in walk(t)):
        return False
    try:
        island = Island(normal, t)
        f = island.element(t)
    except TooLarge:
        return False
    generators = [*island.E, *island.S]
    return all(
        any(len(d) > 1 and island.has(d, generators) for d, _ in side.factor_list()[1])
        or (side is f.denom and island.has(side, island.S))
        for side in (f.numer, f.denom)
    )


class Island:
    """An expression over the generators; see the head of the file."""

    def __init__(self, normal: Normal, t: Term, labels: frozenset[str] = frozenset()) -> None:
        self.normal, self.whole, self.labels = normal, t, labels
        self.sums: list[Term] = []
        self.atoms: list[Term] = []
        self._logs: list[Term] = []
        self._keys: dict[Any, list[tuple[Term, Fraction]]] = {}
        self._collect(t, set(), inside=False)
        inside = [u for s in self.sums for u in self._members(s)]
        chosen = basis(self._keys, inside, monomial(t)[1])
        if chosen is None:
            raise TooLarge
        # u, so that every exponential is a power of some e^u, and of each: which u, how often
        self.exponents, self._scales = chosen
        self._over(0)
        logs = {log: self._factors(self.element(log.args[0])) for log in self._logs}
        totals = list(dict.fromkeys(d for _, ds in logs.values() for d, _ in ds))
        for d in totals:
            self.pieces(d)
        self._over(len(totals))
        self._logarithms = {
            log: sum((self.P[totals.index(d)] * k for d, k in ds), self._linear_of(rest))
            for log, (rest, ds) in logs.items()
        }
        self.totals = [self._total(self._lifted(d), P) for d, P in zip(totals, self.P, strict=True)]

    def _over(self, logarithms: int) -> None:
        """The field, with so many logarithms as its last generators."""
        k, s, n = len(self.exponents), len(self.sums), len(self.atoms)
        names = [f"E{i}" for i in range(k)] + [f"S{i}" for i in range(s)]
        names += [f"a{i}" for i in range(n)] + [f"P{i}" for i in range(logarithms)]
        self.field, *generators = field(names, QQ)
        self.E, self.S = generators[:k], generators[k : k + s]
        self.of_atom = dict(zip(self.atoms, generators[k + s : k + s + n], strict=True))
        self.P = generators[k + s + n :]
        self._memo: dict[Term, Any] = {}

    # -- reading ------------------------------------------------------------------------

    def _collect(self, t: Term, seen: set[Term], *, inside: bool) -> None:
        if t in seen or t.op == "num":
            return
        seen.add(t)
        if len(seen) > 2 * _MOST_TERMS:
            raise TooLarge
        if t.op == "call" and (t.data == "exp" or t.data in HYPERBOLIC):
            u = exponent(t)
            found = parts(u)
            if not found:
                raise TooLarge
            key, first = direction(found)
            self._keys.setdefault(key, []).append((u, first))
            for factors in found:
                for f in factors:
                    self._atom(f)
        elif is_sum(t):
            self.sums.append(t)
        elif live(t) or (t.op in ("add", "mul") and small(t)):
            if t.op == "call":
                if inside or has_log(t.args[0]):
                    raise TooLarge
                if t is not self.whole and is_quotient(self.normal, t.args[0]):
                    self._atom(t)
                    return
                self._logs.append(t)
            sums = [a for a in t.args if t.op == "mul" and a.op == "add" and not live(a)]
            for a in t.args:
                if len(sums) > 1 and a in sums:  # (z − y)·(z − y) is not multiplied out
                    self._atom(a)
                else:
                    self._collect(a, seen, inside=inside or t.op == "call")
        else:
            self._atom(t)

    def _atom(self, t: Term) -> None:
        if t not in self.atoms:
            self.atoms.append(t)

    def element(self, t: Term) -> Any:
        """The element of the field."""
        found = self._memo.get(t)
        if found is None:
            found = self._memo[t] = self._element(t)
            if max(len(found.numer), len(found.denom)) > _MOST_TERMS:
                raise TooLarge
        return found

    def _element(self, t: Term) -> Any:
        if t in self.of_atom and (self._logs or not self._is_below(t)):
            return self.of_atom[t]
        found = arithmetic(t, self.field, self.element, MOST_EXPONENT)
        if found is not None:
            return found
        match t.op:
            case "sum":
                return self.S[self.sums.index(t)]
            case "call" if t.data == "log":
                return self._logarithms[t]
            case "call":
                E = self.field(1)
                for which, k in self._scales[exponent(t)].items():
                    E *= self.E[which] ** k
                match t.data:
                    case "tanh":
                        return (E - 1) / (E + 1)
                    case "sinh":
                        return (E - 1 / E) / 2
                    case "cosh":
                        return (E + 1 / E) / 2
                return E
        raise TooLarge

    def _is_below(self, t: Term) -> bool:
        """Whether e^z, which is an atom of e^(e^z), is also an addend of a divisor, as in σ(z)."""
        if t.op != "call" or t.data != "exp" or t.args[0] not in self._scales:
            return False
        below = (d.args[0] for d in walk(self.whole) if d.op == "pow" and d.data < 0)
        factors = (f for d in below if d.op == "add" for a in d.args for f in monomial(a)[1])
        key = direction(parts(t.args[0]))[0]
        alone = (f for f in factors if f.op == "call" and f.data == "exp")
        return any(direction(parts(f.args[0]))[0] == key for f in alone)

    def degrees(self, t: Term) -> list[int]:
        """How often each e^u is in an exponential."""
        scales = self._scales[exponent(t)]
        return [scales.get(which, 0) for which in range(len(self.E))]

    def linear(self, u: Term) -> Any:
        """An exponent as an element."""
        out = self.field(0)
        for factors, c in parts(u).items():
            product = self.field(QQ(c.numerator, c.denominator))
            for f in factors:
                product *= self.of_atom[f]
            out += product
        return out

    # -- logarithms ---------------------------------------------------------------------

    def _factors(self, f: Any) -> tuple[list[tuple[Term, int]], list[tuple[Any, int]]]:
        """log f as Σ k·u and Σ k·log D, with the sums D of exponentials.

        A product is taken apart only where all its factors but one are positive, so that the one
        is as well; a number or a factor without exponentials goes with one of the sums.
        """
        if not f:
            raise TooLarge
        rest, totals, scale = list[tuple[Term, int]](), list[tuple[Any, int]](), self.field(1)
        for part, sign in ((f.numer, 1), (f.denom, -1)):
            coefficient, factors = part.factor_list()
            scale *= self.field(coefficient) ** sign
            for factor, k in factors:
                which = [i for i, E in enumerate(self.E) if factor == E.numer]
                if which:
                    rest.append((self.exponents[which[0]], sign * k))
                elif self.has(factor, [*self.E, *self.S]):
                    totals.append((factor, sign * k))
                else:
                    scale *= self.field(factor) ** (sign * k)
        unsure = [d for d in totals if not self._positive(d[0])]
        if len(unsure) > 1 or any(abs(k) != 1 for _, k in unsure):
            raise TooLarge
        if scale != 1:
            number = scale.numer.is_ground and scale.denom.is_ground
            single = unsure or [d for d in totals if abs(d[1]) == 1 and number][:1]
            if single:
                ((d, k),) = single
                scaled = self.field(d) * scale**k
                if scaled.denom.is_ground:
                    totals[totals.index((d, k))] = (scaled.numer.quo_ground(scaled.denom.LC), k)
                    return rest, totals
            if unsure or (not number and not totals) or (number and scale.numer.LC < 0):
                raise TooLarge
            # what stands before positive sums is positive
            rest.append((call("log", self.term(scale)), 1))
            self._atom(rest[-1][0])
        return rest, totals

    def _positive(self, polynomial: Any) -> bool:
        """Whether no atom takes part, whose sign is not known, and no negative number."""
        count = len(self.E) + len(self.S)
        weights = [weighted(t)[0] for t in self.sums]
        known = [w.op == "num" and w.data > 0 for w in weights]
        return all(
            c > 0
            and not any(m[count:])
            and all(ok for ok, k in zip(known, m[len(self.E) :], strict=False) if k)
            for m, c in polynomial.terms()
        )

    def cancels(self, terms: Sequence[Term]) -> bool:
        """Whether addends over their common denominator have terms that cancel.

        Raises
        ------
        TooLarge
            Where the common denominator is.
        """
        addends = [self.element(a) for a in terms]
        common = addends[0].denom
        for f in addends[1:]:
            common = common.lcm(f.denom)
            if len(common) > _MOST_TERMS:
                raise TooLarge
        parts = [f.numer * common.exquo(f.denom) for f in addends]
        together = sum(parts, self.field(0).numer)
        return bool(_size(together) < sum(map(_size, parts)))

    def _linear_of(self, rest: Sequence[tuple[Term, int]]) -> Any:
        return sum((self.linear(u) * k for u, k in rest), self.field(0))

    def _lifted(self, polynomial: Any) -> Any:
        """A polynomial over fewer generators in the present field."""
        ring = self.field(0).numer.ring
        k, s = len(self.E), len(self.S)
        missing, atoms = [0] * len(self.P), len(self.atoms)
        return ring(
            {(*m, *[0] * (k + s + atoms - len(m)), *missing): c for m, c in polynomial.terms()}
        )

    def _total(self, polynomial: Any, P: Any) -> Total:
        return Total(polynomial, self.pieces(polynomial), P)

    def pieces(self, polynomial: Any) -> tuple[tuple[tuple[int, ...], Any], ...]:
        """The addends c·e^w and c·S of a sum of exponentials.

        Raises
        ------
        TooLarge
            Where an addend is something else.
        """
        out = []
        for degrees, c in self.grouped(polynomial, [*self.E, *self.S]).items():
            sums = degrees[len(self.E) :]
            if sum(sums) > 1 or (any(sums) and any(degrees[: len(self.E)])):
                raise TooLarge
            out.append((degrees, c))
        return tuple(sorted(out, key=lambda piece: piece[0]))

    def shifts(self, total: Total) -> list[Term]:
        """The exponents that may be taken out of a sum: those of its addends."""
        out: list[Term] = []
        for degrees, _ in total.pieces:
            sums = degrees[len(self.E) :]
            if not any(sums):
                out.append(self.exponent(degrees))
                continue
            out += self._members(self.sums[sums.index(1)])
        known = self.of_atom.keys()
        return [u for u in dict.fromkeys(out) if all(f in known for fs in parts(u) for f in fs)]

    def _members(self, t: Term) -> list[Term]:
        """The exponents in a sum, at the indices that occur elsewhere."""
        _, u, p = weighted(t)
        forms = {f for a in self.atoms for e in walk(a) if e.op == "entry" for f in e.data[1]}
        return [self.normal.run(substitute(u, {p: f})) for f in sorted(forms, key=repr)]

    def exponent(self, degrees: Sequence[int]) -> Term:
        """Σ k·u over the exponentials, for their degrees."""
        pairs = zip(self.exponents, degrees, strict=False)
        return self.normal.plus(*(self.normal.times(num(k), u) for u, k in pairs if k))

    def at(self, f: Any, values: dict[Any, Any]) -> Any:
        """The element with others in place of some generators; None where it is not defined."""
        generators = [values.get(g, g) for g in self.field.gens]
        out = []
        for polynomial in (f.numer, f.denom):
            total = self.field(0)
            for degrees, c in polynomial.terms():
                product = self.field(c)
                for g, k in zip(generators, degrees, strict=True):
                    product *= g**k if k else 1
                total += product
            out.append(total)
        return out[0] / out[1] if out[1] else None

    def halved(self, f: Any) -> Any:
        """The element with e^(2u) for E, where only even powers of e^u are left."""
        for k in range(0 if self.sums else len(self.exponents)):
            polynomials = [f.numer, f.denom, *(t.polynomial for t in self.totals)]
            while True:
                degrees = {m[k] for p in polynomials for m in p.monoms()}
                if any(d % 2 for d in degrees) or not any(degrees):
                    break
                polynomials = [
                    p.ring({(*m[:k], m[k] // 2, *m[k + 1 :]): c for m, c in p.terms()})
                    for p in polynomials
                ]
                self.exponents[k] = self.normal.times(num(2), self.exponents[k])
            f = self.field(polynomials[0]) / self.field(polynomials[1])
            pairs = zip(self.totals, polynomials[2:], strict=True)
            self.totals = [self._total(p, t.P) for t, p in pairs]
        return f

    # -- polynomials --------------------------------------------------------------------

    def positions(self, generators: Sequence[Any]) -> list[int]:
        """Where generators stand in a monomial."""
        return [self.field.gens.index(g) for g in generators]

    def has(self, polynomial: Any, generators: Sequence[Any]) -> bool:
        """Whether a polynomial depends on some generators."""
        positions = self.positions(generators)
        return any(monom[k] for monom in polynomial.monoms() for k in positions)

    def grouped(self, polynomial: Any, generators: Sequence[Any]) -> dict[tuple[int, ...], Any]:
        """The coefficients of a polynomial in some generators, as elements in the others."""
        positions = self.positions(generators)
        out: dict[tuple[int, ...], Any] = {}
        for monom, c in polynomial.terms():
            key = tuple(monom[k] for k in positions)
            rest = list(monom)
            for k in positions:
                rest[k] = 0
            part = polynomial.ring({tuple(rest): c})
            out[key] = out.get(key, self.field(0)) + self.field(part)
        return out

    def term(self, f: Any, written: dict[Any, Term] | None = None) -> Term:
        """An element as it stands; ``written`` has other terms for generators."""
        below = self.polynomial(f.denom, written)
        above = self.polynomial(f.numer, written)
        return mul(above, power(below, -1) if below is not ONE else ONE)

    def polynomial(self, polynomial: Any, written: dict[Any, Term] | None = None) -> Term:
        """A polynomial as a sum of products, with what is before a logarithm in one factor."""
        terms = {g: t for t, g in self.of_atom.items()}
        terms |= dict(zip(self.S, self.sums, strict=True))
        terms |= {E: call("exp", u) for E, u in zip(self.E, self.exponents, strict=True)}
        terms |= written or {}
        logs = [g for t, g in self.of_atom.items() if t.op == "call" and t.data == "log"]
        groups = self.grouped(polynomial, logs) if logs else {}
        if len(groups) > 1:
            products = (zip(logs, degrees, strict=True) for degrees in groups)
            before = [[power(terms[g], k) for g, k in product if k] for product in products]
            pairs = zip(groups.values(), before, strict=True)
            return add(*(mul(self.term(c, written), *found) for c, found in pairs))
        addends = []
        for monom, c in polynomial.terms():
            factors = [power(terms[g], k) for g, k in zip(self.field.gens, monom, strict=True) if k]
            addends.append(mul(*factors, num(fraction(c))))
        return add(*addends)


def _size(polynomial: Any) -> Any:
    return sum(abs(c) for c in polynomial.coeffs())
