"""Certificates that a term is convex in some of its symbols and arrays, and their checker.

A function is convex on a convex set where, at every point of it and in every direction v, its
second derivative along v is not negative; a sum, a range and a maximum of convex functions
are convex, and so is a convex function of affine ones (Boyd, Vandenberghe, Convex Optimization,
sections 3.1.4 and 3.2). A function of one variable with joints is convex where it is convex between
them, continuous, and its slope does not fall at any (Rockafellar, Convex Analysis, theorem 24.2).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise

from symderiv.indexform.differentiate import OPERATIONS, depends, differentiate
from symderiv.indexform.terms import (
    Linear,
    Term,
    add,
    entry,
    in_case,
    mul,
    num,
    substitute,
    total,
    transform,
    var,
    walk,
)
from symderiv.prove.certificates import (
    NOT_NEGATIVE,
    PLUS,
    ZERO,
    Certificate,
    Checker,
    Rejected,
    assuming,
    defined,
    equal,
    sign_of,
    unused,
)
from symderiv.prove.equality import prove_zero
from symderiv.prove.hypotheses import Fact, Premises
from symderiv.prove.signs import Set, times
from symderiv.prove.work import Work

__all__ = ["Composed", "ConvexCertificate", "ConvexOver", "ConvexParts"]
__all__ += ["ConvexRewritten", "Curved", "Directions", "Larger", "Pieces", "along", "check_convex"]
__all__ += ["minus", "moves", "nonzero", "resolved"]

_NOWHERE = var("?")


@dataclass(frozen=True)
class Directions:
    """The symbols and arrays that move, each with the name of its velocity, and array shapes."""

    symbols: Mapping[Term, Term] = field(default_factory=dict)
    arrays: Mapping[str, str] = field(default_factory=dict)
    shapes: Mapping[str, tuple[Linear, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Curved:
    """The second derivative along every direction is not negative.

    With ``strict`` there is one certificate for each symbol or array that moves: that the second
    derivative is positive where this one has a velocity that is not 0.
    """

    inner: tuple[Certificate, ...]


@dataclass(frozen=True)
class ConvexRewritten:
    """The term equals another, which is convex."""

    term: Term
    inner: ConvexCertificate


@dataclass(frozen=True)
class ConvexParts:
    """A sum of convex terms, the one called ``strict`` strictly so; or one times what is ≥ 0."""

    parts: tuple[ConvexCertificate | tuple[Set, Certificate], ...]
    strict: int = -1


@dataclass(frozen=True)
class ConvexOver:
    """Every summand of a sum over a range is convex."""

    inner: ConvexCertificate


@dataclass(frozen=True)
class Composed:
    """The term is a convex function of affine ones, which are given names here.

    A name that is an entry stands for a family: ``pattern`` is its affine term at the index
    ``at``, and ``places`` are the parts of the term that are members of it.
    """

    names: tuple[tuple[Term, Term], ...]
    inner: ConvexCertificate
    pattern: Term | None = None
    at: str = ""
    places: tuple[tuple[Term, Linear], ...] = ()


@dataclass(frozen=True)
class Pieces:
    """A function of one symbol, convex between its joints, with slopes that do not fall there."""

    breaks: tuple[Term, ...]
    pieces: tuple[Certificate, ...]
    slopes: tuple[Certificate, ...]


@dataclass(frozen=True)
class Larger:
    """The larger of two convex functions: the first where u > 0, the second where u < 0."""

    first: ConvexCertificate
    second: ConvexCertificate
    above: Certificate
    below: Certificate


ConvexCertificate = Curved | ConvexRewritten | ConvexParts | ConvexOver | Composed | Pieces | Larger


def along(t: Term, d: Directions) -> Term:
    """The derivative of a term along the directions."""
    memo: dict[Term, Term] = {}
    for node in walk(t):
        if node in d.symbols:
            memo[node] = d.symbols[node]
        elif node.op == "entry" and node.data[0] in d.arrays:
            memo[node] = entry(d.arrays[node.data[0]], node.data[1])
        else:
            memo[node] = OPERATIONS[node.op](node, [memo[a] for a in node.args], _NOWHERE)
    return memo[t]


def moves(t: Term, d: Directions) -> bool:
    """Whether something that moves occurs in a term."""
    return any(u in d.symbols or (u.op == "entry" and u.data[0] in d.arrays) for u in walk(t))


class ConvexityChecker:
    """Checks one certificate within one budget; ``needs`` has the arrays of full column rank."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.signs = Checker(work)
        self.needs: set[str] = set()

    def show(
        self, c: ConvexCertificate, t: Term, d: Directions, premises: Premises, strict: bool
    ) -> None:
        """Accept that a term is convex along the directions, or raise ``Rejected``."""
        self.work.spend(1, "certificates")
        getattr(self, f"_{type(c).__name__.lower()}")(c, t, d, premises, strict)

    def _bend(self, t: Term, d: Directions, premises: Premises) -> Term:
        """The second derivative along the directions of a term that is smooth there."""
        if any(u.op == "sign" and moves(u.args[0], d) for u in walk(t)):
            raise Rejected(f"{t} has joints")
        second = along(along(t, d), d)
        defined(second, premises, self.work)
        return second

    def _curved(self, c: Curved, t: Term, d: Directions, premises: Premises, strict: bool) -> None:
        second = self._bend(t, d, premises)
        if not strict:
            (inner,) = c.inner
            self.signs.show(inner, second, NOT_NEGATIVE, premises)
            return
        cases = nonzero(d, premises)
        for inner, inside in zip(c.inner, cases, strict=True):
            self.signs.show(inner, second, PLUS, inside)

    def _convexrewritten(
        self, c: ConvexRewritten, t: Term, d: Directions, premises: Premises, strict: bool
    ) -> None:
        defined(c.term, premises, self.work)
        equal(t, c.term, premises, self.work)
        self.show(c.inner, c.term, d, premises, strict)

    def _convexparts(
        self, c: ConvexParts, t: Term, d: Directions, premises: Premises, strict: bool
    ) -> None:
        if t.op not in ("add", "mul") or len(t.args) != len(c.parts):
            raise Rejected(f"{t} has other parts")
        convex, sign = 0, PLUS
        for k, (part, inner) in enumerate(zip(t.args, c.parts, strict=True)):
            if not isinstance(inner, tuple):
                one = strict and (t.op == "mul" or k == c.strict)
                self.show(inner, part, d, premises, one)
                convex += 1
            elif t.op == "add" or moves(part, d):
                raise Rejected(f"{part} is not shown to be convex")
            else:
                self.signs.show(inner[1], part, inner[0], premises)
                sign = times(sign, inner[0])
        if t.op == "mul" and (convex != 1 or not sign <= (PLUS if strict else NOT_NEGATIVE)):
            raise Rejected(f"{t} is no multiple of a convex term")
        if t.op == "add" and strict and not 0 <= c.strict < len(c.parts):
            raise Rejected("no part is said to be strictly convex")

    def _convexover(
        self, c: ConvexOver, t: Term, d: Directions, premises: Premises, strict: bool
    ) -> None:
        if t.op != "sum":
            raise Rejected(f"{t} is no sum over a range")
        index, low, high = t.data
        unused(index, premises.ranges)
        if strict and not premises.ranges.nonnegative(high - low):
            raise Rejected(f"the range of {index} may be empty")
        ranges = premises.ranges.plus(Linear.of(index) - low, high - Linear.of(index))
        inside = replace(premises, ranges=ranges)
        if strict and isinstance(c.inner, Composed):
            self._injective(c.inner, t, d, inside)
            self._composition(c.inner, t.args[0], d, inside, strict)
        else:
            self.show(c.inner, t.args[0], d, inside, strict)

    def _injective(self, c: Composed, t: Term, d: Directions, inside: Premises) -> None:
        """Note that v ↦ (Σₖ xᵢₖ·vₖ)ᵢ has to be injective, where the affine terms are such sums."""
        index, low, high = t.data
        if len(c.names) != 1 or c.places or len(d.arrays) != 1 or d.symbols:
            raise Rejected("the affine terms are not the entries of one product of matrices")
        ((u, _),), ((array, velocity),) = c.names, d.arrays.items()
        known = {e.data[0] for e in walk(u) if e.op == "entry"} & d.shapes.keys() - {array}
        i, k, zero = Linear.of(index), Linear.of("?k"), Linear()
        for x in sorted(known):
            rows, columns = d.shapes[x]
            step = mul(entry(x, (i, k)), entry(velocity, (k, zero)))
            product = total("?k", zero, columns - 1, step)
            same = any(
                prove_zero(along(u, d), mul(num(c), product), inside, self.work).proved
                for c in (1, -1)
            )
            column = d.shapes[array] == (columns, Linear(constant=1))
            if same and column and (low, high) == (zero, rows - 1):
                self.needs.add(x)
                return
        raise Rejected("the affine terms are not the entries of one product of matrices")

    def _composed(
        self, c: Composed, t: Term, d: Directions, premises: Premises, strict: bool
    ) -> None:
        if strict:
            raise Rejected("an affine map may not be injective")
        self._composition(c, t, d, premises, strict)

    def _composition(
        self, c: Composed, t: Term, d: Directions, premises: Premises, strict: bool
    ) -> None:
        taken = [t, *(f.term for f in premises.facts), *(u for u, _ in c.names)]
        names, new = dict(c.names), Directions()
        for u, name in c.names:
            if name.op != "var" or name.data[0] != "?" or not u.names <= t.names:
                raise Rejected(f"{u} cannot be called {name}")
            equal(self._bend(u, d, premises), num(0), premises, self.work)
            new = replace(new, symbols={**new.symbols, name: var(f"{name.data}'")})
        if c.pattern is not None:
            equal(self._bend(c.pattern, d, premises), num(0), premises, self.work)
            array = f"?{c.at}"
            for node, at in c.places:
                names[node] = entry(array, (at,))
                equal(node, substitute(c.pattern, {c.at: at}), premises, self.work)
            new = replace(new, arrays={array: f"{array}'"})
        fresh = [*new.symbols, *new.symbols.values()]
        fresh += [entry(a, ()) for pair in new.arrays.items() for a in pair]
        if any(depends(u, name) for u in taken for name in fresh):
            raise Rejected("a name is taken already")
        facts = tuple(
            f if f.free else replace(f, term=transform(f.term, names.get)) for f in premises.facts
        )
        inner = transform(t, names.get)
        if moves(inner, d):
            raise Rejected(f"{t} depends on more than what is named")
        self.show(c.inner, inner, new, replace(premises, facts=facts), strict)

    def _pieces(self, c: Pieces, t: Term, d: Directions, premises: Premises, strict: bool) -> None:
        if len(d.symbols) != 1 or d.arrays or len(c.pieces) != len(c.breaks) + 1:
            raise Rejected(f"{t} has no pieces along one symbol")
        (x,) = d.symbols
        for b in c.breaks:
            defined(b, premises, self.work)
            if depends(b, x) or not b.names <= t.names:
                raise Rejected(f"a joint at {b}")
        for a, b in pairwise(c.breaks):
            if sign_of(minus(b, a), premises, self.work) != PLUS:
                raise Rejected(f"{a} < {b} is not shown")
        branches: list[Term] = []
        for k, inner in enumerate(c.pieces):
            ends = [minus(x, c.breaks[k - 1])] if k else []
            ends += [minus(c.breaks[k], x)] if k < len(c.breaks) else []
            branches.append(
                resolved(t, d, assuming(premises, *((e, "+") for e in ends)), self.work)
            )
            here = assuming(premises, *((e, "+0") for e in ends))
            second = differentiate(differentiate(branches[k], x), x)
            defined(second, here, self.work)
            self.signs.show(inner, second, PLUS if strict else NOT_NEGATIVE, here)
        for k, (b, inner) in enumerate(zip(c.breaks, c.slopes, strict=True)):
            put = {x: b}.get
            there = (f.map(partial(transform, leaf=put)) for f in premises.facts)
            here = replace(premises, facts=tuple(there))
            for branch in branches[k : k + 2]:
                equal(transform(branch, put), transform(t, put), here, self.work)
            slopes = (differentiate(branch, x) for branch in branches[k : k + 2])
            left, right = (transform(slope, put) for slope in slopes)
            self.signs.show(inner, minus(right, left), NOT_NEGATIVE, here)

    def _larger(self, c: Larger, t: Term, d: Directions, premises: Premises, strict: bool) -> None:
        if t.op != "sign":
            raise Rejected(f"{t} is no choice of two")
        u, first, middle, second = t.args
        for part in (u, first, second):
            defined(part, premises, self.work)
        self.show(c.first, first, d, premises, strict)
        self.show(c.second, second, d, premises, strict)
        above, below = minus(first, second), minus(second, first)
        self.signs.show(c.above, above, NOT_NEGATIVE, assuming(premises, (u, "+")))
        self.signs.show(c.below, below, NOT_NEGATIVE, assuming(premises, (u, "-")))
        for side in (first, second):
            equal(middle, side, assuming(premises, (u, "0")), self.work)


def minus(a: Term, b: Term) -> Term:
    """The difference a − b."""
    return add(a, mul(num(-1), b))


def nonzero(d: Directions, premises: Premises) -> list[Premises]:
    """For each symbol or array that moves, that some velocity of it is not 0."""
    cases = [assuming(premises, (v, "+-")) for v in d.symbols.values()]
    for array, velocity in d.arrays.items():
        if array not in d.shapes:
            raise Rejected(f"the shape of {array} is not known")
        sizes, one = d.shapes[array], Linear(constant=1)
        at = [Linear() if s == one else Linear.of(f"?{k}") for k, s in enumerate(sizes)]
        inside = [f for i, size in zip(at, sizes, strict=True) for f in (i, size - 1 - i)]
        here = replace(premises, ranges=premises.ranges.plus(*inside))
        cases.append(assuming(here, (entry(velocity, tuple(at)), "+-")))
    return cases


def resolved(t: Term, d: Directions, premises: Premises, work: Work) -> Term:
    """The term with its case distinctions made, where the premises decide every one.

    One under a sum, with the bound index, has joints for each index: it is not made, and what
    has joints left has no second derivative between those that are known.
    """
    while True:
        joints = [u.args[0] for u in walk(t) if u.op == "sign" and moves(u.args[0], d)]
        if not joints:
            return t
        u = next((u for u in joints if u.names <= t.names), None)
        if u is None:
            raise Rejected(f"{t} has joints under a sum")
        sign = sign_of(u, premises, work)
        if len(sign) != 1:
            raise Rejected(f"the sign of {u} is not the same between two joints")
        t = in_case(t, u, next(iter(sign)))


def check_domain(d: Directions, premises: Premises, work: Work) -> None:
    """Accept that what is known leaves a convex set for what moves, or raise ``Rejected``."""
    if any(moves(s.pattern, d) for s in premises.finite):
        raise Rejected("a finite set of values is not convex")
    if d.arrays.keys() & premises.whole:
        raise Rejected("an array of integers has no convex set of values")
    kept: list[Fact] = []
    rest: list[Fact] = []
    for f in premises.facts:
        inside = any(u.op == "sign" and moves(u.args[0], d) for u in walk(f.term))
        affine = not inside and not moves(along(f.term, d), d)
        free = not moves(f.term, d) and not any(moves(g.u, d) for g in f.guards)
        convex = affine and len(f.signs | ZERO) < 3 and not f.guards
        (kept if free or convex else rest).append(f)
    known = replace(premises, facts=tuple(kept))
    for f in rest:
        here = replace(known, ranges=known.ranges.plus(*f.within))
        if not sign_of(f.term, here, work) <= f.signs:
            raise Rejected(f"the domain may not be convex: {f.term}")


def check_convex(
    certificate: ConvexCertificate,
    t: Term,
    d: Directions,
    premises: Premises,
    strict: bool,
    work: Work,
) -> set[str]:
    """Accept that t is convex where the premises hold; the arrays that need full column rank."""
    checker = ConvexityChecker(work)
    check_domain(d, premises, work)
    checker.show(certificate, t, d, premises, strict)
    return checker.needs
