"""Sums brought into a shape from which contractions can be read off.

Only what is trivial and exact is done: constants leave a sum, a Kronecker delta collapses
it, a range is split where an integer case changes, a common factor leaves a sum of products,
powers of one base in a product cancel, and a sum is distributed over addends that are products
of smaller arrays. Nothing is stabilised.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from symderiv.indexform.ranges import Ranges
from symderiv.indexform.terms import (
    ONE,
    ZERO,
    Linear,
    Term,
    add,
    by_sign,
    call,
    fresh_index,
    integer,
    mul,
    num,
    power,
    rebuild,
    substitute,
    total,
    walk,
)
from symderiv.numeric.absolute import with_signs
from symderiv.numeric.differences import either_way, from_nearby, off_diagonal
from symderiv.numeric.masks import apart, is_delta, mask_of, masked, where
from symderiv.numeric.powers import cancelled, monomial, powers, without
from symderiv.numeric.realpowers import of_product, real_powers
from symderiv.numeric.recognised import by_name, case_or_sign
from symderiv.numeric.widest import Bounds, widest

__all__ = ["Normal", "Span", "is_delta", "monomial", "symbols"]

Span = tuple[Linear, Linear]

_LARGEST_POWER = 64  # of a number that is worked out exactly


def _left_out(t: Term) -> Term | None:
    """The integer form u of 1 − [u = 0]."""
    rest = [a for a in t.args if a is not ONE] if t.op == "add" else []
    coefficient, factors = monomial(mul(*rest)) if len(rest) == len(t.args) - 1 == 1 else (0, [])
    return factors[0].args[0] if coefficient == -1 and is_delta(mul(*factors)) else None


def _is_exponential(t: Term) -> bool:
    return any(a.op == "call" and a.data == "exp" for a in walk(t))


def _form(u: Term) -> Linear:
    form: Linear = u.data
    return form


class Normal:
    """The normal form of terms over indices with known spans.

    Attributes
    ----------
    spans
        For every index, free or bound, its first and last value, as forms in sizes.
    bounds
        The first and last index of arrays, as far as they are known.
    nonnegative
        Arrays and symbols that are known to hold no negative number.
    positive
        Symbols that are declared to be positive.
    """

    def __init__(
        self,
        ranges: Ranges,
        spans: Mapping[str, Span],
        bounds: Bounds | None = None,
        nonnegative: frozenset[str] = frozenset(),
        positive: frozenset[str] = frozenset(),
    ) -> None:
        self.ranges, self.bounds = ranges, bounds or {}
        self.nonnegative, self.positive = nonnegative, positive
        self.spans: dict[str, Span] = dict(spans)
        self._memo: dict[Term, Term] = {}
        self._heights: dict[Term, int] = {}
        self._bound: dict[tuple[Span, int], str] = {}
        self._products: dict[tuple[str, frozenset[tuple[Term, int]]], Term] = {}

    def copy(self) -> Normal:
        """The same with what is found from now on for itself."""
        other = Normal(self.ranges, self.spans, self.bounds, self.nonnegative, self.positive)
        other._memo, other._heights = dict(self._memo), dict(self._heights)
        other._bound, other._products = dict(self._bound), dict(self._products)
        return other

    # -- integers -----------------------------------------------------------------------

    def axes(self, t: Term) -> frozenset[str]:
        """The indices on which a term depends."""
        return frozenset(t.names & self.spans.keys())

    def known(self, names: Iterable[str]) -> Ranges:
        """The facts about sizes and about these indices.

        Facts of other indices stay out: a range that may be empty would prove anything.
        """
        facts, todo, seen = list[Linear](), list(names), set[str]()
        while todo:
            name = todo.pop()
            if name in self.spans and name not in seen:
                seen.add(name)
                lower, upper = self.spans[name]
                facts += [Linear.of(name) - lower, upper - Linear.of(name)]
        return self.ranges.plus(*facts)

    def at_least(self, form: Linear) -> bool:
        """Whether form ≥ 0 follows."""
        return self.known(form.names).nonnegative(form)

    def extreme(self, form: Linear, greatest: bool) -> Linear:
        """The greatest or least value of a form over the spans of its indices."""
        while True:
            inner = [name for name in form.names if name in self.spans]
            if not inner:
                return form
            name = inner[0]
            up = (form.coefficient(name) > 0) == greatest
            form = form.substitute({name: self.spans[name][up]})

    def open(self, stem: str, lower: Linear, upper: Linear) -> str:
        """A new index over a range."""
        name = fresh_index(stem)
        self.spans[name] = (lower, upper)
        return name

    # -- terms --------------------------------------------------------------------------

    def run(self, t: Term) -> Term:
        """The normal form of a term."""
        found = self._memo.get(t)
        if found is None:
            found = self._memo[t] = self._run(t)
        return found

    def _run(self, t: Term) -> Term:
        named = by_name(t)
        if named is not None:
            return call(named.data, *(self.run(a) for a in named.args))
        if t.op == "sum":
            return self._sum(t)
        args = tuple(self.run(a) for a in t.args)
        if t.op == "sign" and args[0].op != "int":
            u, p, z, n = args
            for name, d in (("maximum", (p, n)), ("minimum", (n, p))) if z in (p, n) else ():
                if self._minus(u, self._minus(*d)) is ZERO:
                    return call(name, p, n)
            if (p, z) == (u, ZERO) and n is self.times(num(-1), u):
                return call("abs", either_way(u))
            if u.op != "num":
                return self._case(u, (p, z, n))
        match t.op:
            case "add":
                return self.plus(*args)
            case "mul":
                return self.times(*args)
            case "call" if t.data == "log":
                return (
                    call("log", *args)
                    if (parts := of_product(*args)) is None
                    else self.plus(*parts)
                )
            case "pow":
                base, k = args[0], t.data
                if base.op == "num" and (base.data or k > 0) and abs(k) <= _LARGEST_POWER:
                    return num(base.data**k)
                if base.op == "pow":
                    return power(base.args[0], base.data * k)
                return power(base if k % 2 else either_way(base), k)
            case "sign" if args[0].op == "int":
                form = _form(args[0])
                known = self.known(form.names)
                sign = known.sign(form)
                if sign:
                    return args["+0-".index(sign) + 1]
                _, p, z, n = args
                if (p is z and known.nonnegative(form)) or (z is n and known.nonnegative(-form)):
                    return z
                return self._in_front(rebuild(t, args))
        return rebuild(t, args) if args else t

    def _in_front(self, t: Term) -> Term:
        """A mask behind the deltas of what it lets through, so that they collapse a sum."""
        inside = mask_of(t)
        coefficient, factors = monomial(inside or ONE)
        deltas = [f for f in factors if is_delta(f)]
        if not deltas:
            return t
        rest = self.times(*(f for f in factors if f not in deltas), num(coefficient))
        return self.times(*deltas, self.run(masked(t, rest)))

    def _case(self, u: Term, branches: tuple[Term, Term, Term]) -> Term:
        """A case with the arrays in front that all its branches share but those that are 0."""
        positive, at_zero, negative = branches
        if positive is negative and self._vanishes(positive, u) and self._vanishes(at_zero, u):
            return positive
        shared: Counter[Term] | None = None
        for branch in (b for b in branches if b is not ZERO):
            factors = monomial(branch)[1]
            factors = apart(self, factors)[0] if ZERO in branches else factors
            larger = Counter(f for f in factors if not self.axes(f) <= self.axes(u))
            shared = larger if shared is None else shared & larger
        if not shared:
            return case_or_sign(u, branches)
        left = [
            b if b is ZERO else mul(*without(factors, shared.elements()), num(c))
            for b, (c, factors) in ((b, monomial(b)) for b in branches)
        ]
        return self.times(*shared.elements(), self.run(by_sign(u, *left)))

    def _vanishes(self, t: Term, u: Term) -> bool:
        """Whether a product is 0 where u is: with each factor of u, with v for |v| and sign v."""
        factors = monomial(t)[1]

        def within(f: Term) -> bool:
            inner = f.args[0] if f.op == "call" and f.data in ("abs", "sign") else f
            both = inner, self.times(num(-1), inner)
            never = f.op == "sign" and all(b.op == "num" and b.data for b in f.args[1:])
            known = never or f in factors  # −1 or 1 at least is not 0
            return known or any(self.plus(g, v) is ZERO for g in factors for v in both)

        return t is ZERO or (u.op != "num" and all(map(within, monomial(u)[1])))

    def times(self, *factors: Term) -> Term:
        """A product, flat, in which what is above and below is divided out."""
        coefficient, flat = cancelled(*monomial(mul(*factors)), self.nonnegative)
        flat = real_powers(flat, self.plus)
        if len(flat) > 1:
            coefficient, flat = with_signs(coefficient, flat, self._minus)
        return mul(*flat, num(coefficient))

    def _minus(self, a: Term, b: Term) -> Term:
        return self.plus(a, self.times(num(-1), b))

    def plus(self, *addends: Term) -> Term:
        """A sum, flat, with the factors in front that matrices of addends share."""
        flat, stack = list[Term](), list(reversed(addends))
        while stack:
            a = stack.pop()
            coefficient, factors = monomial(a)
            if len(factors) == 1 and factors[0].op == "add" and len(addends) > 1:
                stack.extend(mul(b, num(coefficient)) for b in reversed(factors[0].args))
            elif a is not ZERO:
                flat.append(a)
        merged: dict[frozenset[tuple[Term, Fraction]], tuple[Fraction, list[Term]]] = {}
        for a in flat:
            coefficient, factors = monomial(a)
            scale, found = powers(factors)
            key = frozenset(found.items())
            before, shown = merged.get(key, (Fraction(0), factors))
            merged[key] = (before + coefficient * scale / powers(shown)[0], shown)
        products = [(c, fs) for c, fs in merged.values() if c]
        axes = frozenset().union(*(self.axes(f) for _, fs in products for f in fs))
        if len(axes) >= 2 and len(products) > 1:
            return self._factored(products)
        return add(*(mul(*fs, num(c)) for c, fs in products))

    def _factored(self, products: list[tuple[Fraction, list[Term]]]) -> Term:
        first, *others = (Counter(fs) for _, fs in products)
        common = first
        for other in others:
            common = common & other
        if common:
            rest = [mul(*without(fs, common.elements()), num(c)) for c, fs in products]
            return self.times(*common.elements(), self.plus(*rest))
        shared = Counter(f for _, fs in products for f in set(fs) if len(self.axes(f)) >= 2)
        for f, count in shared.most_common(1):
            if count > 1:
                inside = [mul(*without(fs, [f]), num(c)) for c, fs in products if f in fs]
                outside = [mul(*fs, num(c)) for c, fs in products if f not in fs]
                return self.plus(self.times(f, self.plus(*inside)), *outside)
        return add(*(mul(*fs, num(c)) for c, fs in products))

    # -- sums ---------------------------------------------------------------------------

    def _sum(self, t: Term) -> Term:
        index, lower, upper = t.data
        first, last = widest(self, t, self.bounds)
        name = self._name(index, (first, last), self.height(t))
        here = Linear.of(name)
        body = substitute(t.args[0], {index: here})
        if first != lower:  # a range that depends on another index is a case of the widest one
            body = by_sign(integer(here - lower), body, body, ZERO)
        if last != upper:
            body = by_sign(integer(upper - here), body, body, ZERO)
        return self.total(name, self.run(body))

    def height(self, t: Term) -> int:
        """How deep sums are nested in t."""
        for node in walk(t):
            if node not in self._heights:
                below = max((self._heights[a] for a in node.args), default=0)
                self._heights[node] = below + (node.op == "sum")
        return self._heights[t]

    def _name(self, stem: str, span: Span, height: int) -> str:
        """The index of all sums over a range that contain as many others.

        So sums that differ in the name of their index alone become the same term; a sum
        inside another one has less height, and another index.
        """
        name = self._bound.get((span, height))
        if name is None:
            name = self._bound[span, height] = self.open(stem, *span)
        return name

    def total(self, k: str, body: Term) -> Term:
        """Σ of a normal body over the span of k."""
        lower, upper = self.spans[k]
        if k not in body.names:
            return self.times(integer(upper - lower + 1), body)
        if lower == upper:
            return self.run(substitute(body, {k: lower}))
        coefficient, factors = monomial(body)
        outside = [f for f in factors if k not in f.names]
        inside = [f for f in factors if k in f.names]
        if outside or coefficient != 1:
            return self.times(num(coefficient), *outside, self.total(k, mul(*inside)))
        collapsed = self._collapsed(k, inside)
        if collapsed is not None:
            return collapsed
        for f in inside:
            rest = without(inside, [f])
            if (u := _left_out(f)) is not None and any(map(_is_exponential, rest)):
                grown = mul(*filter(_is_exponential, rest))  # the one left out may be the largest
                mask = self.run(by_sign(u, grown, ZERO, grown))
                return self.total(k, self.times(mask, *without(rest, monomial(grown)[1])))
            if f.op == "add" and (self._has_delta(f, k) or self._separates(f)):
                addends: Sequence[Term] = f.args
                if not self._has_delta(f, k):
                    addends, rest = from_nearby(self, f), off_diagonal(self, f, rest)
                parts = (self.times(a, *rest) for a in addends)
                return self.plus(*(self.total(k, part) for part in parts))
            if mask_of(f) is not None and self._has_delta(f, k):
                parts = (self.times(a, *rest) for a in self._split(f, k))
                return self.plus(*(self.total(k, part) for part in parts))
        cut = self.breakpoint(k, body)
        if cut is not None:
            pieces = self.split(k, cut)
            return self.plus(
                *(self.total(p, self.run(substitute(body, {k: Linear.of(p)}))) for p in pieces)
            )
        # sums that differ in the order of factors alone are one
        key = k, frozenset(Counter(inside).items())
        return self._products.setdefault(key, total(k, lower, upper, mul(*inside)))

    def _collapsed(self, k: str, factors: list[Term]) -> Term | None:
        """Σₖ [k = u] f(k) = f(u), where u lies in the range."""
        for f in factors:
            if is_delta(f) and abs(_form(f.args[0]).coefficient(k)) == 1:
                form = _form(f.args[0])
                value = Linear.of(k) - form * form.coefficient(k)
                lower, upper = self.spans[k]
                rest = [g for g in factors if g is not f]
                for inside in (value - lower, upper - value):
                    if not self.at_least(inside):
                        rest = where(self, inside, rest)
                return self.run(substitute(mul(*rest), {k: value}))
        return None

    def _has_delta(self, t: Term, k: str) -> bool:
        for a in t.args if t.op == "add" else (t,):
            for f in monomial(a)[1]:
                if is_delta(f):
                    if abs(_form(f.args[0]).coefficient(k)) == 1:
                        return True
                    continue
                inner = f if f.op == "add" else mask_of(f)
                if inner is not None and self._has_delta(inner, k):
                    return True
        return False

    def _split(self, t: Term, k: str) -> list[Term]:
        """A mask of a product with a sum of deltas as masks of its addends."""
        coefficient, factors = monomial(mask_of(t) or ONE)
        f = next(f for f in factors if self._has_delta(f, k))
        rest = without(factors, [f])
        addends = f.args if f.op == "add" else self._split(f, k)
        return [self.run(masked(t, self.times(a, *rest, num(coefficient)))) for a in addends]

    def _separates(self, t: Term) -> bool:
        """Whether every addend is an input, or a product of smaller arrays and inputs.

        Then the sum of each addend is a contraction that needs no temporary of the full
        size; an addend that has to be computed at full size anyway is better added first.
        """
        full = self.axes(t)
        if len(full) < 2:
            return False
        if len(full) > 2 and all(self.axes(a) < full for a in t.args):
            return True
        products = 0
        for a in t.args:
            factors = [f for f in monomial(a)[1] if self.axes(f)]
            if any(self.axes(f) == full and f.op != "entry" for f in factors):
                return False
            if len({self.axes(f) for f in factors}) > 1:
                products += 1
            elif len(factors) != 1:
                return False
        return products > 0

    # -- integer cases ------------------------------------------------------------------

    def breakpoint(self, k: str, t: Term) -> Linear | None:
        """A value of k, certainly inside its span, from which on an integer case changes."""
        lower, upper = self.spans[k]
        for node in walk(t):
            if node.op != "sign" or node.args[0].op != "int" or k not in node.args[0].names:
                continue
            form = _form(node.args[0])
            c = form.coefficient(k)
            if abs(c) != 1 or form.names & self.spans.keys() != {k}:
                continue
            zero = Linear.of(k) - form * c  # the value of k at which the form is 0
            _, positive, at_zero, negative = node.args
            with_next = at_zero is (positive if c > 0 else negative)
            with_last = at_zero is (negative if c > 0 else positive)
            for cut in [zero] * (not with_last) + [zero + 1] * (not with_next):
                inside = self.at_least(cut - lower) and self.at_least(upper + 1 - cut)
                if inside and cut not in (lower, upper + 1):
                    return cut
        return None

    def split(self, k: str, cut: Linear) -> tuple[str, str]:
        """Two indices that share the span of k: below the cut, and from it on."""
        lower, upper = self.spans[k]
        return self.open(k, lower, cut - 1), self.open(k, cut, upper)


def symbols(t: Term) -> set[str]:
    """The symbols and arrays in a term."""
    return {e.data if e.op == "var" else e.data[0] for e in walk(t) if e.op in ("var", "entry")}
