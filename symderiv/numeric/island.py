"""One expression in exponentials and logarithms as an element of a field, and back again."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from sympy import QQ
from sympy.polys.fields import field

from symderiv.indexform.terms import (
    ONE,
    ZERO,
    Linear,
    Term,
    add,
    call,
    mul,
    num,
    power,
    substitute,
)
from symderiv.numeric.signed import signed
from symderiv.numeric.sums import Normal, monomial

__all__ = ["Island", "TooLarge", "live"]


_MOST_TERMS = 60  # of a numerator or denominator
_MOST_EXPONENT = 4


class TooLarge(Exception):
    """The expression would not get simpler."""


def live(t: Term) -> bool:
    """Whether e^u or a logarithm takes part in sums, products and powers of t."""
    match t.op:
        case "call":
            return t.data == "exp" or (t.data == "log" and live(t.args[0]))
        case "add" | "mul" | "pow":
            return any(live(a) for a in t.args)
    return _is_sum(t)


def _is_sum(t: Term) -> bool:
    """Whether t is Σₚ e^{u_p}."""
    return t.op == "sum" and t.args[0].op == "call" and bool(t.args[0].data == "exp")


def _parts(u: Term) -> dict[tuple[Term, ...], Fraction]:
    """A sum of products, by the factors of each."""
    out: dict[tuple[Term, ...], Fraction] = {}
    for a in u.args if u.op == "add" else (u,):
        coefficient, factors = monomial(a)
        inner = {tuple(factors): Fraction(1)}
        if len(factors) == 1 and factors[0].op == "add":
            inner = _parts(factors[0])
        for key, c in inner.items():
            out[key] = out.get(key, Fraction(0)) + c * coefficient
    return {factors: c for factors, c in out.items() if c}


def _joined(parts: dict[tuple[Term, ...], Fraction], scale: Fraction) -> Term:
    return add(*(mul(*factors, num(c / scale)) for factors, c in parts.items()))


class Island:
    """An expression over generators: E = e^u and P = log(1 + E), sums of exponentials, the rest."""

    def __init__(self, normal: Normal, t: Term, labels: frozenset[str] = frozenset()) -> None:
        self.normal, self.whole, self.labels = normal, t, labels
        self.exponents: list[Term] = []  # u, so that every exponential is a power of some e^u
        self.sums: list[Term] = []
        self.atoms: list[Term] = []
        self._scales: dict[Term, tuple[int, int]] = {}  # of an exponent: which u, how often
        self._keys: dict[tuple[Any, ...], list[tuple[Term, Fraction]]] = {}
        self._collect(t, set())
        self._choose()
        names = [f"{k}{i}" for k in "EP" for i in range(len(self.exponents))]
        names += [f"{k}{i}" for k in "SL" for i in range(len(self.sums))]
        names += [f"a{i}" for i in range(len(self.atoms))]
        self.field, *generators = field(names, QQ)
        k, s = len(self.exponents), len(self.sums)
        self.E, self.P = generators[:k], generators[k : 2 * k]
        self.S, self.L = generators[2 * k : 2 * k + s], generators[2 * k + s : 2 * (k + s)]
        self.of_atom = dict(zip(self.atoms, generators[2 * (k + s) :], strict=True))
        self.signs: list[Term] = [ONE] * len(self.exponents)  # what an exponent is written with
        self.written: dict[Any, Term] = {}  # generators that are written as something else
        self._memo: dict[Term, Any] = {}

    # -- reading ------------------------------------------------------------------------

    def _collect(self, t: Term, seen: set[Term]) -> None:
        if t in seen or t.op == "num":
            return
        seen.add(t)
        if len(seen) > 2 * _MOST_TERMS:
            raise TooLarge
        if t.op == "call" and t.data == "exp":
            parts = _parts(t.args[0])
            if not parts:
                raise TooLarge
            first = next(iter(parts.values()))
            key = frozenset((factors, c / first) for factors, c in parts.items())
            self._keys.setdefault((key,), []).append((t.args[0], first))
            for factors in parts:
                for f in factors:
                    self._atom(f)
        elif _is_sum(t):
            self.sums.append(t)
        elif live(t) or (t.op in ("add", "mul") and _small(t)):
            sums = [a for a in t.args if t.op == "mul" and a.op == "add" and not live(a)]
            for a in t.args:
                if len(sums) > 1 and a in sums:  # (z − y)·(z − y) is not multiplied out
                    self._atom(a)
                else:
                    self._collect(a, seen)
        else:
            self._atom(t)

    def _atom(self, t: Term) -> None:
        if t not in self.atoms:
            self.atoms.append(t)

    def _choose(self) -> None:
        """One u for all exponents that are multiples of it, so that they are whole ones."""
        for uses in self._keys.values():
            term, first = uses[0]
            smallest = min(abs(c) for _, c in uses)
            for other, c in uses:
                k = c / smallest
                if k.denominator != 1 or abs(k) > _MOST_EXPONENT:
                    raise TooLarge
                self._scales[other] = (len(self.exponents), int(k))
            self.exponents.append(_joined(_parts(term), first / smallest))

    def element(self, t: Term) -> Any:
        """The element of the field."""
        found = self._memo.get(t)
        if found is None:
            found = self._memo[t] = self._element(t)
            if max(len(found.numer), len(found.denom)) > _MOST_TERMS:
                raise TooLarge
        return found

    def _element(self, t: Term) -> Any:
        if t in self.of_atom:
            return self.of_atom[t]
        match t.op:
            case "num":
                return self.field(QQ(t.data.numerator, t.data.denominator))
            case "add":
                return sum((self.element(a) for a in t.args), self.field(0))
            case "mul":
                out = self.field(1)
                for a in t.args:
                    out *= self.element(a)
                return out
            case "pow":
                base = self.element(t.args[0])
                if abs(t.data) > _MOST_EXPONENT or not base:
                    raise TooLarge
                return base**t.data
            case "sum":
                return self.S[self.sums.index(t)]
            case "call" if t.data == "exp":
                which, k = self._scales[t.args[0]]
                return self.E[which] ** k
            case "call" if t.data == "log":
                return self._logarithm(self.element(t.args[0]))
        raise TooLarge

    def _logarithm(self, f: Any) -> Any:
        """log of a product of powers of e^u, 1 + e^u and sums of exponentials."""
        if not f:
            raise TooLarge
        out = self.field(0)
        for part, sign in ((f.numer, 1), (f.denom, -1)):
            coefficient, factors = part.factor_list()
            if coefficient != 1:
                raise TooLarge
            for factor, k in factors:
                for E, P, u in zip(self.E, self.P, self.exponents, strict=True):
                    if factor == E.numer:
                        out += sign * k * self.linear(u)
                        break
                    if factor == (E + 1).numer:
                        out += sign * k * P
                        break
                else:
                    logs = [L for S, L in zip(self.S, self.L, strict=True) if factor == S.numer]
                    if not logs:
                        raise TooLarge
                    out += sign * k * logs[0]
        return out

    def linear(self, u: Term) -> Any:
        """An exponent as an element."""
        out = self.field(0)
        for factors, c in _parts(u).items():
            product = self.field(QQ(c.numerator, c.denominator))
            for f in factors:
                product *= self.of_atom[f]
            out += product
        return out

    # -- writing ------------------------------------------------------------------------

    def stable(self) -> Term | None:
        """The stable form, if the expression has one."""
        f = self.element(self.whole)
        if not f:
            return ZERO
        if self.sums:
            return self._softmax(f)
        f = self._halved(f)
        return signed(self, f) or self.form(f)

    def _halved(self, f: Any) -> Any:
        """The element in E² as one in E, with 2u for u."""
        while len(self.E) == 1 and not self.has(f.numer * f.denom, self.P):
            (k,) = self._positions(self.E)
            degrees = {monom[k] for p in (f.numer, f.denom) for monom in p.monoms()}
            if any(d % 2 for d in degrees) or not any(degrees):
                break
            parts = []
            for p in (f.numer, f.denom):
                halves = {(*m[:k], m[k] // 2, *m[k + 1 :]): c for m, c in p.terms()}
                parts.append(self.field(p.ring(halves)))
            f = parts[0] / parts[1]
            self.exponents = [mul(num(2), self.exponents[0])]
        return f

    @property
    def arguments(self) -> list[Term]:
        """The exponents as they are written."""
        pairs = zip(self.signs, self.exponents, strict=True)
        return [u if sign is ONE else mul(sign, u) for sign, u in pairs]

    def form(self, f: Any) -> Term | None:
        """The stable form of an element, if it has one."""
        below = [0] * len(self.E)
        outer = ONE
        coefficient, factors = f.denom.factor_list()
        for factor, k in factors:
            which = [i for i, E in enumerate(self.E) if factor == (E + 1).numer]
            if which:
                below[which[0]] = k
            elif self.has(factor, [*self.E, *self.P]):
                return None
            else:
                outer = mul(outer, power(self._polynomial(factor), -k))
        outer = mul(outer, num(1 / _fraction(coefficient)))
        if not any(below) and not self.has(f.numer, self.P):
            return None  # nothing that a stable form would help
        grouped = self._grouped(f.numer, [*self.E, *self.P])
        if len(self.E) == 1:
            found = self._single(self.arguments[0], below[0], grouped)
        else:
            found = self._products(below, grouped)
        return None if found is None else mul(outer, found)

    def _single(self, u: Term, a: int, grouped: dict[tuple[int, ...], Any]) -> Term | None:
        """With one exponential: the forms that need fewest operations."""
        if a == 1 and all(p == 0 and j <= 1 for j, p in grouped):
            above, below = (grouped.get((j, 0), self.field(0)) for j in (1, 0))
            difference = above - below
            if above and below and difference.numer.is_ground and difference.denom.is_ground:
                if above == -below:  # σ(u) − ½, which cancels at 0
                    half = call("tanh", mul(num(Fraction(1, 2)), u))
                    return mul(self._term(above), half)
                step = _fraction(difference.numer.LC) / _fraction(difference.denom.LC)
                return mul(num(step), call("sigma_plus", u, self._term(below / difference)))
        addends = []
        for j in sorted({j for j, _ in grouped}):
            line = {p: c for (i, p), c in grouped.items() if i == j}
            if j > a:
                return None
            if line.keys() == {0, 1}:
                addends.append(mul(*self._sigmas(u, a, j), self._line(u, line)))
                continue
            found = self._products([a], {(j, p): c for p, c in line.items()})
            if found is None:
                return None
            addends.append(found)
        return add(*addends)

    def _line(self, u: Term, line: dict[int, Any]) -> Term:
        """β·P + γ·u + δ, with the γ that leaves least of u outside."""
        linear, slope = self.linear(self.exponents[0]), line[1]
        shifts = [self.field(0), -slope]
        for monom in linear.numer.monoms():
            position = [i for i, k in enumerate(monom) if k]
            if len(position) == 1 and sum(monom) == 1:
                part = self.field.gens[position[0]]
                shifts.append(line[0].diff(part) / linear.diff(part))
        shifts = [shift for shift in shifts if (shift / slope).denom.is_ground]
        shift = min(shifts, key=lambda shift: len((line[0] - shift * linear).numer))
        form = call("softplus_plus", u, self._term(shift / slope))
        return add(mul(self._term(slope), form), self._term(line[0] - shift * linear))

    def _sigmas(self, u: Term, a: int, j: int) -> list[Term]:
        """E^j/(1 + E)^a as σ(u)^j (1 − σ(u))^(a − j)."""
        both = min(j, a - j)
        return [
            power(call("sigma_slope", u), both),
            power(call("sigma", u), j - both),
            power(call("sigma_complement", u), a - j - both),
        ]

    def _products(self, below: Sequence[int], grouped: dict[tuple[int, ...], Any]) -> Term | None:
        """A sum of products of σ(u), 1 − σ(u) and log(1 + e^u)."""
        addends = []
        count = len(self.E)
        for degrees, coefficient in grouped.items():
            factors = [self._term(coefficient)]
            for u, a, j, p in zip(
                self.arguments, below, degrees[:count], degrees[count:], strict=True
            ):
                if j > a:
                    return None
                factors += self._sigmas(u, a, j)
                factors += [power(call("softplus_plus", u, ZERO), p)]
            addends.append(mul(*factors))
        return add(*addends)

    def _softmax(self, f: Any) -> Term | None:
        """A function of degree 0 in the exponentials of a sum and the sum."""
        if self.has(f.numer, self.P) or self.has(f.denom, [*self.P, *self.E, *self.L]):
            return None
        if len(self.sums) != 1:
            return None
        (S,), (sum_,) = self.S, self.sums
        if not self.has(f.numer, [*self.E, *self.L]) and len(f.numer) == len(f.denom) == 1:
            return self._term(f)  # the exponentials cancelled
        if any(not self._belongs(u, sum_) for u in self.exponents):
            return None
        a = max(self._grouped(f.denom, [S]))[0]
        outer = power(self._polynomial(f.denom.quo(S.numer**a)), -1)
        addends = []
        for degrees, coefficient in self._grouped(f.numer, [*self.E, S, *self.L]).items():
            *powers, s, log_s = degrees
            if sum(powers) + s != a:
                return None
            factors = [self._term(coefficient), power(call("log_sum_exp", sum_), log_s)]
            factors += [
                power(call("softmax", u, sum_), k)
                for u, k in zip(self.exponents, powers, strict=True)
            ]
            addends.append(mul(*factors))
        return mul(outer, add(*addends))

    def _belongs(self, u: Term, t: Term) -> bool:
        """Whether u is the exponent in a sum of exponentials, at one of its indices."""
        p, (exponential,) = t.data[0], t.args
        span = self.normal.spans.get(p)
        return any(
            substitute(exponential.args[0], {p: Linear.of(name)}) is u
            for name in u.names
            if self.normal.spans.get(name) == span
        )

    # -- polynomials --------------------------------------------------------------------

    def _positions(self, generators: Sequence[Any]) -> list[int]:
        return [self.field.gens.index(g) for g in generators]

    def has(self, polynomial: Any, generators: Sequence[Any]) -> bool:
        """Whether a polynomial depends on some generators."""
        positions = self._positions(generators)
        return any(monom[k] for monom in polynomial.monoms() for k in positions)

    def _grouped(self, polynomial: Any, generators: Sequence[Any]) -> dict[tuple[int, ...], Any]:
        """The coefficients of a polynomial in some generators, as elements in the others."""
        positions = self._positions(generators)
        out: dict[tuple[int, ...], Any] = {}
        for monom, c in polynomial.terms():
            key = tuple(monom[k] for k in positions)
            rest = list(monom)
            for k in positions:
                rest[k] = 0
            part = polynomial.ring({tuple(rest): c})
            out[key] = out.get(key, self.field(0)) + self.field(part)
        return out

    def _term(self, f: Any) -> Term:
        below = self._polynomial(f.denom)
        return mul(self._polynomial(f.numer), power(below, -1) if below is not ONE else ONE)

    def _polynomial(self, polynomial: Any) -> Term:
        terms = dict(zip(self.field.gens, [ONE] * len(self.field.gens), strict=True))
        terms |= {g: t for t, g in self.of_atom.items()}
        terms |= dict(zip(self.S, self.sums, strict=True)) | self.written
        addends = []
        for monom, c in polynomial.terms():
            factors = [power(terms[g], k) for g, k in zip(self.field.gens, monom, strict=True) if k]
            addends.append(mul(*factors, num(_fraction(c))))
        return add(*addends)


def _fraction(c: Any) -> Fraction:
    return Fraction(int(c.numerator), int(c.denominator))


def _small(t: Term) -> bool:
    """Whether multiplying out costs nothing: sums and products of a few simple parts."""
    parts = t.args if t.op == "add" else (t,)
    return len(parts) <= 3 and all(
        all(f.op in ("entry", "var", "sum", "int") for f in monomial(a)[1]) for a in parts
    )
