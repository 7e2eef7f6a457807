"""Where a term goes as one symbol grows: expansions in the scale of exponentials and logarithms.

A term is written c₁m₁ + c₂m₂ + … + O(m), with m₁ > m₂ > … > m. A monomial m is e^E, where E is a
combination of functions tᵖ·(log t)^q and log log t that grow; two are compared by the leading
coefficient of the difference of their E (Hardy, Orders of Infinity; Gruntz, On Computing Limits in
a Symbolic Manipulation System, section 3.3). Sums, products, powers, e^u and log u of such
expansions follow from the series of 1/(1 + δ), (1 + δ)^r, e^δ and log(1 + δ) at δ → 0, and those of
other functions from Taylor's theorem, with the table of derivatives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from math import factorial

from symderiv.indexform.conditions import Unsupported
from symderiv.indexform.differentiate import depends, differentiate
from symderiv.indexform.terms import ONE, Term, add, call, constant, mul, num, power, var
from symderiv.prove.field import Frac
from symderiv.prove.hypotheses import Fact
from symderiv.prove.normalise import Normaliser
from symderiv.prove.special import apply
from symderiv.prove.units import Split

__all__ = ["ANALYTIC", "Expansion", "NotDefinedThere", "Series", "TooShort"]

Basis = tuple[Fraction, Fraction, int]  # tᵖ·(log t)^q, or log log t for (0, 0, 1)
Key = tuple[tuple[Basis, Frac], ...]  # E, its fastest part first
LOG: Basis = (Fraction(0), Fraction(1), 0)
LOG_LOG: Basis = (Fraction(0), Fraction(0), 1)
_AT = var("?at")
_NAMED = {"call": "a function", "sum": "a sum", "int": "an integer"}

# functions that are analytic where this is positive
ANALYTIC: dict[str, Callable[..., Term]] = {
    **dict.fromkeys(("exp", "sin", "cos", "atan", "erf", "erfi"), lambda u: ONE),
    **dict.fromkeys(("besseli", "besselj"), lambda u: ONE),
    **dict.fromkeys(("log", "loggamma", "polygamma", "besselk", "bessely"), lambda u: u),
    **dict.fromkeys(("asin", "erfinv"), lambda u: add(ONE, mul(num(-1), power(u, 2)))),
    "LambertW": lambda u: add(u, call("exp", num(-1))),
    "Ei": lambda u: power(u, 2),
    "uppergamma": lambda a, x: x,
}


class TooShort(Exception):
    """All terms cancelled: the expansion has to be taken further."""


class NotDefinedThere(Exception):
    """The term has no real value when t is large."""


@dataclass(frozen=True)
class Series:
    """Terms by falling growth, and a bound of what is left; None where nothing is left."""

    terms: tuple[tuple[Key, Frac], ...]
    error: Key | None = None


class Expansion:
    """Expansions in one symbol t → ∞, in one case of the prover, to a number of terms."""

    def __init__(self, norm: Normaliser, t: Term, length: int) -> None:
        self.norm, self.t, self.length = norm, t, length
        self.memo: dict[Term, Series] = {}

    # -- monomials ----------------------------------------------------------------------

    def sign(self, c: Frac) -> str:
        """The sign of a coefficient, or a split on it."""
        if self.norm.is_zero(c.n):
            return "0"
        signs = self.norm.sign(c)
        if len(signs) != 1:
            raise Split(self.norm.undetermined(c))
        return next(iter(signs))

    def nonzero_sign(self, c: Frac) -> str:
        """The sign of a leading coefficient, which must not be 0."""
        sign = self.sign(c)
        if sign == "0":
            raise TooShort
        return sign

    def times(self, a: Key, b: Key, power: Fraction = Fraction(1)) -> Key:
        """The monomial a·b^power."""
        f, out = self.norm.field, dict(a)
        for basis, c in b:
            scaled = f.mul(c, f.number(power))
            out[basis] = f.add(out[basis], scaled) if basis in out else scaled
        kept = ((k, c) for k, c in out.items() if not self.norm.is_zero(c.n))
        return tuple(sorted(kept, key=lambda p: p[0], reverse=True))

    def order(self, a: Key, b: Key = ()) -> int:
        """1, 0 or −1 as a grows faster than b, like it, or slower."""
        # the first exponent that is not 0 decides: one whose sign is 0 says nothing
        signs = (self.sign(c) for _, c in self.times(a, b, Fraction(-1)))
        return next(({"+": 1, "-": -1}[s] for s in signs if s != "0"), 0)

    def larger(self, a: Key | None, b: Key | None) -> Key | None:
        """The larger of two bounds."""
        if a is None or b is None:
            return b if a is None else a
        return a if self.order(a, b) >= 0 else b

    # -- arithmetic ---------------------------------------------------------------------

    def collected(self, terms: Iterator[tuple[Key, Frac]], error: Key | None) -> Series:
        """The terms in order, equal monomials together, those within the error left out."""
        f, out = self.norm.field, list[tuple[Key, Frac]]()
        for key, c in terms:
            if error is not None and self.order(key, error) <= 0:
                continue
            for k, (other, d) in enumerate(out):
                side = self.order(key, other)
                if side == 0:
                    out[k] = other, f.add(c, d)
                elif side > 0:
                    out.insert(k, (key, c))
                if side >= 0:
                    break
            else:
                out.append((key, c))
        out = [(key, c) for key, c in out if not self.norm.is_zero(c.n)]
        if len(out) > self.length:
            error, out = self.larger(error, out[self.length][0]), out[: self.length]
        return Series(tuple(out), error)

    def constant(self, c: Frac) -> Series:
        """A number, or a term without t."""
        return Series(() if self.norm.is_zero(c.n) else (((), c),))

    def add(self, a: Series, b: Series) -> Series:
        """a + b."""
        return self.collected(iter((*a.terms, *b.terms)), self.larger(a.error, b.error))

    def mul(self, a: Series, b: Series) -> Series:
        """a·b."""
        f = self.norm.field
        error: Key | None = None
        for one, other in ((a, b), (b, a)):
            if one.error is not None:
                bound = other.terms[0][0] if other.terms else other.error
                if bound is not None:
                    error = self.larger(error, self.times(one.error, bound))
        pairs = ((self.times(x, y), f.mul(c, d)) for x, c in a.terms for y, d in b.terms)
        return self.collected(pairs, error)

    def leading(self, u: Series) -> tuple[Key, Frac, Series]:
        """c·m and δ with u = c·m·(1 + δ) and δ → 0."""
        if not u.terms:
            raise TooShort
        key, c = u.terms[0]
        self.nonzero_sign(c)
        inverse = Series(((self.times((), key, Fraction(-1)), self.norm.field.inverse(c)),))
        rest = self.mul(Series(u.terms[1:], u.error), inverse)
        return key, c, rest

    def composed(self, coefficients: Sequence[Frac], d: Series) -> Series:
        """Σ aₖδᵏ + O(δⁿ) for δ → 0, with the n coefficients."""
        out = Series(())
        for a in reversed(coefficients):
            out = self.add(self.mul(out, d), self.constant(a))
        bound = d.terms[0][0] if d.terms else d.error
        if bound is None:
            return out
        return self.add(out, Series((), self.times((), bound, Fraction(len(coefficients)))))

    def power(self, u: Series, r: Fraction) -> Series:
        """u^r; u > 0 where r is no integer."""
        f, norm = self.norm.field, self.norm
        if r.denominator == 1 and 0 <= r <= 64:  # a higher one is expanded like any other
            out = self.constant(f.one)
            for _ in range(int(r)):
                out = self.mul(out, u)
            return out
        if not u.terms and u.error is None:
            if r < 0:
                raise NotDefinedThere
            return u
        key, c, d = self.leading(u)
        if r.denominator != 1 and self.sign(c) == "-":
            raise NotDefinedThere
        head = f.power(c, int(r)) if r.denominator == 1 else norm.real_power(c, r)
        orders = range(self.length)
        choose = accumulate(orders, lambda c, k: c * (r - k) / (k + 1), initial=Fraction(1))
        whole = Series(((self.times((), key, r), head),))
        return self.mul(whole, self.composed([f.number(c) for c in choose], d))

    def exp(self, u: Series) -> Series:
        """e^u = e^big · e^constant · Σ smallᵏ/k!."""
        f = self.norm.field
        if u.error is not None and self.order(u.error) > 0:  # e^O(1) is O(1)
            raise TooShort
        big = ((self.basis(key), c) for key, c in u.terms if self.order(key) > 0)
        key = self.times((), tuple(big))
        constant, small = self.apart(u)
        factorials = [f.number(Fraction(1, factorial(k))) for k in range(self.length + 1)]
        head = Series(((key, self.norm.exp(constant)),))
        return self.mul(head, self.composed(factorials, small))

    def apart(self, u: Series) -> tuple[Frac, Series]:
        """The constant of an expansion, and what tends to 0."""
        at = next((c for key, c in u.terms if not self.order(key)), self.norm.field.zero)
        return at, Series(tuple(term for term in u.terms if self.order(term[0]) < 0), u.error)

    def basis(self, monomial: Key) -> Basis:
        """A monomial tᵖ·(log t)^q as a function in an exponent."""
        f, powers = self.norm.field, dict(monomial)
        rational = all(c.n.is_constant() and c.d.is_constant() for c in powers.values())
        if powers.keys() - {LOG, LOG_LOG} or not rational:
            raise Unsupported("an exponential of an exponential, in a limit")
        p, q = (f.value(powers[k].n) if k in powers else Fraction(0) for k in (LOG, LOG_LOG))
        return p, q, 0

    def log(self, u: Series) -> Series:
        """log u = log c + E + Σ ∓δᵏ/k for u = c·e^E·(1 + δ), c > 0."""
        f = self.norm.field
        if not u.terms and u.error is None:
            raise NotDefinedThere
        key, c, d = self.leading(u)
        if self.sign(c) == "-":
            raise NotDefinedThere
        terms: list[tuple[Key, Frac]] = [((), self.norm.log(c))]
        for (p, q, deep), e in key:
            if deep:
                raise Unsupported("a threefold logarithm, in a limit")
            powers = ((LOG, f.number(p)), (LOG_LOG, f.number(q)))
            terms.append((self.times((), powers), e))
        series = [f.number(Fraction((-1) ** (k + 1), k)) for k in range(1, self.length + 1)]
        series.insert(0, f.zero)
        return self.add(self.collected(iter(terms), None), self.composed(series, d))

    def call(self, name: str, u: Series) -> Series:
        """A function that is bounded, or analytic where its argument goes: its Taylor series."""
        f, norm = self.norm.field, self.norm
        stem = name.partition(":")[0]
        lead = u.terms[0] if u.terms else None
        big = lead is not None and self.order(lead[0]) > 0
        vague = u.error is not None and self.order(u.error) >= 0
        if name in ("sin", "cos") and (big or vague):
            return Series((), ())  # bounded
        if vague and not big:
            raise TooShort
        if big and lead is not None and name in ("atan", "erf"):
            end = f.number(Fraction(1 if self.nonzero_sign(lead[1]) == "+" else -1))
            if name == "erf":
                return Series((((), end),), self.times((), lead[0], Fraction(-1)))
            end = f.mul(end, norm.of(mul(constant("pi"), num(Fraction(1, 2)))))
            rest = self.call(name, self.power(u, Fraction(-1)))  # atan u = ±π/2 − atan(1/u)
            turned = Series(tuple((key, f.minus(c)) for key, c in rest.terms), rest.error)
            return self.add(self.constant(end), turned)
        if big or stem not in ANALYTIC:
            raise Unsupported(f"the function {name}, in a limit")
        at, small = self.apart(u)
        if not small.terms and small.error is None:
            return self.constant(apply(norm, name, at))
        here = Expansion(norm, _AT, 1)
        here.memo[_AT] = self.constant(at)
        if here.eventually(ANALYTIC[stem](_AT)) != "+":
            raise Unsupported(f"the function {name} where it may not be analytic, in a limit")
        slope, coefficients = call(name, _AT), list[Frac]()
        for k in range(self.length + 1):
            found = next((c for _, c in here.of(slope).terms), f.zero)
            coefficients.append(f.mul(found, f.number(Fraction(1, factorial(k)))))
            slope = differentiate(slope, _AT)
        return self.composed(coefficients, small)

    # -- terms --------------------------------------------------------------------------

    def of(self, node: Term) -> Series:
        """The expansion of a term."""
        found = self.memo.get(node)
        if found is None:
            self.norm.work.spend(10, "expansions")
            found = self.memo[node] = self._of(node)
        return found

    def _of(self, node: Term) -> Series:
        if node is self.t:
            return Series(((((LOG, self.norm.field.one),), self.norm.field.one),))
        if not depends(node, self.t):
            return self.constant(self.norm.of(node))
        match node.op:
            case "add" | "mul":
                join = self.add if node.op == "add" else self.mul
                out = self.of(node.args[0])
                for a in node.args[1:]:
                    out = join(out, self.of(a))
                return out
            case "pow":
                return self.power(self.of(node.args[0]), Fraction(node.data))
            case "root":
                return self.power(self.of(node.args[0]), node.data)
            case "call" if node.data == "exp":
                return self.exp(self.of(node.args[0]))
            case "call" if node.data == "log":
                return self.log(self.of(node.args[0]))
            case "call" if len(node.args) == 1:
                return self.call(node.data, self.of(node.args[0]))
            case "sign":
                return self.of(node.args[1 + "+0-".index(self.eventually(node.args[0]))])
        raise Unsupported(f"{_NAMED.get(node.op, node.op)} in which the variable of a limit stands")

    def eventually(self, u: Term) -> str:
        """The sign of a term for all large t."""
        series = self.of(u)
        if not series.terms:
            if series.error is None:
                return "0"
            raise TooShort
        return self.nonzero_sign(series.terms[0][1])

    def excluded(self, fact: Fact) -> bool:
        """Whether a fact with its guards fails for all large t."""
        holds = all(self.eventually(g.u) in g.signs for g in fact.guards)
        return holds and self.eventually(fact.term) not in fact.signs

    def limit(self, u: Term) -> tuple[str, Frac]:
        """("+", _) and ("-", _) for ±∞, ("0", c) for the finite limit c."""
        series, zero = self.of(u), self.norm.field.zero
        if not series.terms:
            if series.error is not None and self.order(series.error) >= 0:
                raise TooShort
            return "0", zero
        key, c = series.terms[0]
        side = self.order(key)
        if side > 0:
            return self.nonzero_sign(c), zero
        return "0", c if side == 0 else zero
