"""The sign of a polynomial in atoms, as far as it follows from what is known.

A set of possible signs out of '+', '0', '-'. Monomials are multiplied and added; a factor
or the whole may be known from ``where`` or from a case. Nothing here is ever guessed: the
full set means that nothing is known.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from symderiv.indexform.ranges import Ranges
from symderiv.indexform.terms import Linear
from symderiv.prove.atoms import ODD, Atom, Form, Monomial, SumData, rename
from symderiv.prove.known import Known
from symderiv.prove.linear import Row, infeasible

if TYPE_CHECKING:
    from symderiv.prove.field import Field, Poly

__all__ = ["ANY", "WITHIN_ONE", "Signs", "as_linear", "flipped", "times"]

Set = frozenset[str]
Spans = Mapping[str, tuple[Linear, Linear]]  # start ≤ name < stop
ANY, PLUS, MINUS, ZERO = frozenset("+0-"), frozenset("+"), frozenset("-"), frozenset("0")
WITHIN_ONE = ("cos", "sin", "erf")  # −1 ≤ f ≤ 1, and erf lies strictly inside
POSITIVE = ("uppergamma", "besseli:0", "besselk:0", "besselk:1")  # f > 0
RISING = ("asin", "atan", "erf", "erfi", "erfinv", "LambertW", "besseli:1")  # with f(0) = 0
_FLIP = {"+": "-", "-": "+", "0": "0"}


def flipped(signs: Set) -> Set:
    """The signs of −u."""
    return frozenset(_FLIP[s] for s in signs)


def times(a: Set, b: Set) -> Set:
    """The signs of a product."""
    product = {"0" if "0" in (s, t) else "+" if s == t else "-" for s in a for t in b}
    return frozenset(product)


def plus(a: Set, b: Set) -> Set:
    """The signs of a sum."""
    out: set[str] = set()
    for s in a:
        for t in b:
            out |= {s} if t in ("0", s) else {t} if s == "0" else set("+0-")
    return frozenset(out)


def power(a: Set, e: int) -> Set:
    """The signs of a positive power."""
    out = a
    if e % 2 == 0:
        out = frozenset("+" if s == "-" else s for s in a)
    return out


def _bounded(form: Form) -> Set:
    """c + Σ cₖ·fₖ with |fₖ| ≤ 1 has the sign of c where |c| ≥ Σ |cₖ|; erf never reaches ±1."""
    c, reach, strict = Fraction(0), Fraction(0), False
    for monomial, v in form.terms:
        if not monomial:
            c = v
            continue
        atom, e = monomial[0]
        if len(monomial) > 1 or e > 1 or atom.kind != "call" or atom.data[0] not in WITHIN_ONE:
            return ANY
        reach, strict = reach + abs(v), strict or atom.data[0] == "erf"
    if abs(c) < reach or not c:
        return ANY
    return (PLUS if c > 0 else MINUS) | (ZERO if abs(c) == reach and not strict else frozenset())


class Signs:
    """What is known of signs: of primitive forms, and of integers."""

    def __init__(self, field: Field, ranges: Ranges) -> None:
        self.field = field
        field.known = Known(ranges)
        self.instantiate: Callable[[Form], bool] = lambda form: True
        self.like: Callable[[Form], Poly | None] = lambda form: None
        self.further: Callable[[Form], Set] = lambda form: ANY  # what a certificate adds

    @property
    def known(self) -> Known:
        """What holds here."""
        return self.field.known

    def remembered(self, key: object, compute: Callable[[], Set]) -> Set:
        """What was computed for the key under the same facts, or is computed now."""
        found = self.known.signs.get(key)
        if found is None:
            found = self.known.signs[key] = compute()
        return found

    def assume(self, p: Poly, signs: Set) -> bool:
        """Note the possible signs of a polynomial; False where they contradict."""
        if p.is_constant():
            return bool(self.of(p) & signs)
        c, factors = self.field.factor(p)
        asked, signs = signs, signs if c > 0 else flipped(signs)
        open_factors = []
        for q, e in factors:
            if "0" not in signs and not self._note(q, ANY - ZERO):
                return False
            sign = power(self.of(q), e)
            if sign in (PLUS, MINUS):
                signs = flipped(signs) if sign == MINUS else signs
            else:
                open_factors.append((q, e))
        if not open_factors:
            return "+" in signs
        if len(open_factors) > 1:
            return self._note(p, asked) if asked != ANY else True
        ((q, e),) = open_factors
        if e % 2:
            return self._note(q, signs)
        # an even power, which is 0 or positive; with "-" alone, q ≠ 0 and no factor would be open
        return self._note(q, ZERO if "+" not in signs else ANY)

    def _note(self, p: Poly, signs: Set) -> bool:
        c, form = self.field.form(p).primitive()
        signs = signs if c > 0 else flipped(signs)
        left = signs & self._of_form(form)
        self.known.facts[form] = left
        self.known.signs.clear()
        return bool(left)

    def of(self, p: Poly) -> Set:
        """The possible signs of a polynomial."""
        if p.is_constant():
            v = self.field.value(p)
            return PLUS if v > 0 else MINUS if v < 0 else ZERO
        c, form = self.field.form(p).primitive()
        found = self.known.signs.get(form)
        if found is None:
            self.instantiate(form)
            found = self._of_form(form)
            if len(found) > 1 and len(form.terms) > 1 and found not in (PLUS, MINUS):
                _, factors = self.field.factor(p)
                if len(factors) > 1 or (factors and factors[0][1] > 1):
                    product = PLUS if self.field.factor(p)[0] > 0 else MINUS
                    for q, e in factors:
                        product = times(product, power(self.of(q), e))
                    found &= product if c > 0 else flipped(product)
            self.known.signs[form] = found
        return found if c > 0 else flipped(found)

    def _of_form(self, form: Form) -> Set:
        found = self.known.facts.get(form, ANY) & self._computed(form)
        found &= _bounded(form) if len(found) > 1 else found
        like = self.like(form) if len(found) > 1 else None
        if like is not None:
            found &= self.of(like)
        if len(found) > 1:
            rows = self._rows(form)
            if rows is not None:
                spend = partial(self.field.work.spend, what="linear facts")
                found = frozenset(
                    s for s in found if not infeasible([*rows, *_as_rows(form, s)], spend)
                )
        if len(found) > 1:
            found &= self._surd(form) & self._risen(form)
        return found & self.further(form) if len(found) > 1 else found

    def _surd(self, form: Form) -> Set:
        """A + B·√R has the sign of A where A² > B²·R, of B where A² < B²·R, of both where equal."""
        f = self.field
        roots = sorted((a for a in form.atoms if a.kind == "root"), key=lambda a: a.text)
        for root in (r for r in roots if not any(r in a.inside for a in roots)):
            parts: dict[int, list[tuple[Monomial, Fraction]]] = {}
            for k, c in form.terms:
                parts.setdefault(dict(k).get(root, 0), []).append((k, c))
            if len(parts) == 2 and 0 in parts and root.data[1] % (2 * max(parts)) == 0:
                a, b = (f.poly(Form(parts[e])) for e in sorted(parts))
                larger = self.of(f.reduce(f.product(a, a) - f.product(b, b)))
                one, other = self.of(a), self.of(b)
                if larger == ZERO:
                    return frozenset(s if s == t else "0" for s in one for t in other)
                if "-" not in larger or "+" not in larger:
                    return (other if "-" in larger else one) | (larger & ZERO)
        return ANY

    def _risen(self, form: Form) -> Set:
        """f(u) − f(v) has the sign of u − v where f rises, and f(u) + f(v) of u + v if f is odd."""
        parts = [(k[0][0], c) for k, c in form.terms if [e for _, e in k] == [1]]
        if len(form.terms) != 2 or len(parts) != 2 or {a.kind for a, _ in parts} != {"call"}:
            return ANY
        ((a, c), (b, d)), f = parts, self.field
        name = a.data[0]
        if name not in RISING or b.data[0] != name or not (c == -d or (c == d and name in ODD)):
            return ANY
        u, v = (f.make(*map(f.poly, atom.data[1:])) for atom in (a, b))
        apart = f.add(u, v if c == d else f.minus(v))
        signs = times(self.of(apart.n), self.of(apart.d))
        return signs if c > 0 else flipped(signs)

    def _rows(self, form: Form) -> list[Row] | None:
        """The facts that share monomials with a form, and the signs of these monomials."""
        monomials = {k: 0 for k, _ in form.terms if k}  # in one order on every machine
        rows: list[Row] = []
        rest = {f: signs for f, signs in self.known.facts.items() if f != form}
        while True:
            linked = [f for f in rest if any(k in monomials for k, _ in f.terms)]
            if not linked:
                break
            for f in linked:
                monomials |= {k: 0 for k, _ in f.terms if k}
                possible = rest.pop(f)
                signs = "".join(s for s in "+0-" if s in possible)
                rows += _as_rows(f, signs) if signs not in ("+-", "+0-") else []
        if not rows:
            return None
        for k in monomials:
            single = Form([(k, Fraction(1))])
            signs = "".join(s for s in "+0-" if s in self._computed(single))
            rows += _as_rows(single, signs) if signs not in ("+-", "+0-") else []
        return rows

    def _computed(self, form: Form) -> Set:
        """The signs of the monomials, added."""
        linear = as_linear(form)
        if linear is not None:
            return self.known.ranges.signs(linear)
        out = ZERO
        for monomial, c, interval in _intervals(form, self.known.ranges):
            product = PLUS if c > 0 else MINUS
            if interval is not None:
                product = times(product, self._of_sum(*interval))
            for atom, e in monomial:
                product = times(product, power(self.of_atom(atom), e))
            out = plus(out, product)
        return out

    def of_atom(self, atom: Atom) -> Set:
        """The possible signs of an atom."""
        key = ("atom", atom)
        found = (memo := self.known.signs).get(key)
        if found is None:
            memo[key] = ANY  # where it is asked for again on the way
            found = memo[key] = self._of_atom(atom)
            if len(found) > 1 and atom.kind in ("var", "entry", "log"):
                single = Form([(((atom, 1),), Fraction(1))])
                found = memo[key] = self._of_form(single)
        return found

    def _of_atom(self, atom: Atom) -> Set:
        single = Form([(((atom, 1),), Fraction(1))])
        self.instantiate(single)
        known = self.known.facts.get(single, ANY)
        match atom.kind:
            case "exp" | "const" | "call" if atom.kind != "call" or atom.data[0] in POSITIVE:
                return PLUS  # π, γ and Catalan's constant are positive
            case "int":
                return known & self._computed(single)
            case "guard":
                return frozenset("+0")
            case "call" if atom.data[0] in RISING:
                return known & times(*map(self._inside, atom.data[1:]))
            case "root":
                inside = self._inside(atom.data[0])
                return PLUS if "0" not in inside else frozenset("+0")
            case "poly":
                return self._inside(atom.data)
            case "log":
                above = Form([*atom.data.terms, ((), Fraction(-1))])
                if above.terms and self._computed(above) == PLUS:
                    return PLUS
                return known
            case "sum":
                spans = {b: (Linear(), length) for b, length in atom.data.binders}
                return known & self._of_sum(spans, atom.data.factors)
        return known

    def _inside(self, form: Form) -> Set:
        c, primitive = form.primitive()
        self.instantiate(primitive)
        signs = self._of_form(primitive)
        return signs if c > 0 else flipped(signs)

    def _of_sum(self, spans: Spans, factors: Monomial) -> Set:
        """The signs of Σ over start ≤ name < stop of a product, for ranges that do not run back.

        Its indices are given new names: those of sums are told by height, and sums around this one,
        and beside it, have the same.
        """
        names = {old: f"%{self.known.depth}.{k}" for k, old in enumerate(spans)}
        new = {old: Linear.of(name) for old, name in names.items()}
        spans = {names[b]: (p.substitute(new), q.substitute(new)) for b, (p, q) in spans.items()}
        out, ranges = PLUS, self.known.ranges
        with self.field.inside(ranges.plus(*_facts(spans, spans))):
            for factor, e in factors:
                turned, atom = rename(factor, names)
                one = self.of_atom(atom)
                one = power(flipped(one) if turned < 0 else one, abs(e))
                out = times(out, one - ZERO if e < 0 else one)
        least = 1
        for name, (start, stop) in spans.items():
            known = ranges.plus(*_facts(spans, _above(name, spans)))
            while least >= 0 and not known.nonnegative(stop - start - least):
                least -= 1
        out = out if least > 0 else out | ZERO
        return out if least >= 0 and len(out | ZERO) == 2 else ANY


def _above(name: str, spans: Spans) -> list[str]:
    """The indices that the limits of this one depend on."""
    found: list[str] = []
    todo = [name]
    while todo:
        start, stop = spans[todo.pop()]
        new = [n for n in sorted(start.names | stop.names) if n in spans and n not in found]
        found += new
        todo += new
    return found


def _facts(spans: Spans, names: Iterable[str]) -> list[Linear]:
    """start ≤ name < stop for these indices."""
    return [
        fact
        for name in names
        for fact in (Linear.of(name) - spans[name][0], spans[name][1] - 1 - Linear.of(name))
    ]


def _intervals(
    form: Form, ranges: Ranges
) -> Iterator[tuple[Monomial, Fraction, tuple[Spans, Monomial] | None]]:
    """The terms, with c·M·F(b) − c·M·F(a) as c·M times the sum over a ≤ k < b."""
    waiting: dict[str, list[tuple[Monomial, Atom, Fraction]]] = {}
    for monomial, c in form.terms:
        sums = [a for a, e in monomial if a.kind == "sum" and e == 1]
        if len(sums) != 1 or len(sums[0].data.binders) != 1:
            yield monomial, c, None
            continue
        rest = tuple((a, e) for a, e in monomial if a is not sums[0])
        summand = Atom("sum", SumData((), sums[0].data.factors))
        same = waiting.setdefault(f"{summand.text} {Form([(rest, abs(c))]).text}", [])
        for other in same:
            up, down = (sums[0], other[1]) if c > 0 else (other[1], sums[0])
            ((name, stop),), ((_, start),) = up.data.binders, down.data.binders
            if c == -other[2] and ranges.nonnegative(stop - start):
                same.remove(other)
                yield rest, abs(c), ({name: (start, stop)}, up.data.factors)
                break
        else:
            same.append((rest, sums[0], c))
    for rest, atom, c in (t for same in waiting.values() for t in same):
        yield (*rest, (atom, 1)), c, None


def _as_rows(form: Form, signs: str) -> list[Row]:
    """The sign of a form as rows for the elimination."""
    coefficients: dict[Hashable, Fraction] = {k: c for k, c in form.terms if k}
    constant = next((c for k, c in form.terms if not k), Fraction(0))
    above = Row(coefficients, constant, signs == "+")
    below = Row({k: -c for k, c in coefficients.items()}, -constant, signs == "-")
    return [row for row, wanted in ((above, "+0"), (below, "0-")) if set(signs) <= set(wanted)]


def as_linear(form: Form) -> Linear | None:
    """The form as an integer-linear form, where it is one."""
    coefficients: dict[str, int] = {}
    constant = 0
    for monomial, c in form.terms:
        if c.denominator != 1:
            return None
        if not monomial:
            constant = int(c)
        elif len(monomial) == 1 and monomial[0][1] == 1 and monomial[0][0].kind == "int":
            coefficients[monomial[0][0].data] = int(c)
        else:
            return None
    return Linear(coefficients, constant)
