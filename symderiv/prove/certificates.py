"""Certificates that a term is not negative, or positive, and the checker that accepts them.

A certificate is a tree: each node names a rule and what the rule needs, and its branches
show the claims that are left. Whoever found it is not asked; every identity is put to the
exact field, every sign to what is known of signs. ``check`` returns where all of it holds and
raises ``Rejected`` where something does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from symderiv.indexform.differentiate import depends, differentiate
from symderiv.indexform.ranges import Ranges
from symderiv.indexform.terms import (
    Linear,
    Term,
    add,
    call,
    in_case,
    mul,
    num,
    substitute,
    transform,
    walk,
)
from symderiv.prove.asymptotics import ANALYTIC
from symderiv.prove.atoms import Atom, Form
from symderiv.prove.equality import Case, Proof, in_all_cases, prove_zero
from symderiv.prove.finite import match
from symderiv.prove.hypotheses import Fact, Premises
from symderiv.prove.normalise import Normaliser
from symderiv.prove.quadratics import by_roots, by_square
from symderiv.prove.signs import ANY, Set, plus, times
from symderiv.prove.work import Work

__all__ = ["ByCases", "ByParts", "Certificate", "Checker", "Grows", "Member", "Over", "Rejected"]
__all__ += ["Rewritten", "Slope", "Visible", "assuming", "at_values", "check", "defined", "equal"]
__all__ += ["sign_of", "unused"]

PLUS, ZERO, NOT_NEGATIVE = frozenset("+"), frozenset("0"), frozenset("+0")
Squares = tuple[tuple[Form, Atom], ...]


class Rejected(Exception):
    """A certificate does not show what it should; the message says where."""


@dataclass(frozen=True)
class Visible:
    """The normal form shows the sign: positive generators, known signs, completed squares.

    ``squares`` has the polynomials that are to be read as quadratics, each in a generator.
    """

    squares: Squares = ()


@dataclass(frozen=True)
class Rewritten:
    """The term equals another, whose sign is shown."""

    term: Term
    inner: Certificate


@dataclass(frozen=True)
class ByParts:
    """The sign of every addend or factor is shown; an even power needs nothing."""

    parts: tuple[tuple[Set, Certificate], ...] = ()


@dataclass(frozen=True)
class Over:
    """Every summand of a sum over a range has the sign."""

    inner: Certificate


@dataclass(frozen=True)
class Member:
    """No summand of a sum is negative, and the one at this index is positive."""

    at: Linear
    every: Certificate
    one: Certificate


@dataclass(frozen=True)
class Grows:
    """The exponential grows: t has the sign of e^t − 1."""

    inner: Certificate


@dataclass(frozen=True)
class ByCases:
    """The sign is shown where u > 0, where u = 0 and where u < 0."""

    u: Term
    cases: Mapping[str, Certificate]


@dataclass(frozen=True)
class Slope:
    """t ≥ 0 at one value of a variable, from which t does not fall to either side.

    By the mean value theorem; a side is None where it cannot occur. With ``strict`` it rises.
    """

    variable: Term
    at: Term
    value: Certificate
    above: Certificate | None
    below: Certificate | None
    strict: bool = False

    def between(self, premises: Premises, work: Work) -> Premises:
        """What holds everywhere between x and a: facts that are affine in x and hold at a."""
        x, a = self.variable, self.at
        facts: list[Fact] = []
        for fact in premises.facts:
            for f in _about(fact, x, premises.ranges):
                if not any(depends(u, x) for u in (f.term, *(g.u for g in f.guards))):
                    facts.append(f)
                    continue
                affine = _alone(x, f.term) and not depends(differentiate(f.term, x), x)
                if f.guards or f.free or not affine:
                    continue
                closed = f.signs | ZERO
                at = transform(f.term, {x: a}.get)
                seen = sign_of(at, premises, work) if len(closed) < 3 else ANY
                if seen <= closed:
                    facts.append(Fact(f.term, f.signs if seen <= f.signs else closed))
        finite = (s for s in premises.finite if not depends(s.pattern, x))
        return Premises(premises.ranges, tuple(dict.fromkeys(facts)), tuple(finite), ())


Certificate = Visible | Rewritten | ByParts | Over | Member | Grows | ByCases | Slope


@dataclass
class Checker:
    """Checks one certificate within one budget."""

    work: Work

    def show(self, c: Certificate, t: Term, signs: Set, premises: Premises) -> None:
        """Accept that the sign of a term is one of these, or raise ``Rejected``."""
        self.work.spend(1, "certificates")
        getattr(self, f"_{type(c).__name__.lower()}")(c, t, signs, premises)

    def _visible(self, c: Visible, t: Term, signs: Set, premises: Premises) -> None:
        if not sign_of(t, premises, self.work, c.squares) <= signs:
            raise Rejected(f"the sign of {t} does not show")

    def _rewritten(self, c: Rewritten, t: Term, signs: Set, premises: Premises) -> None:
        defined(c.term, premises, self.work)
        equal(t, c.term, premises, self.work)
        self.show(c.inner, c.term, signs, premises)

    def _byparts(self, c: ByParts, t: Term, signs: Set, premises: Premises) -> None:
        if t.op == "pow" and t.data % 2 == 0:
            found = NOT_NEGATIVE
        elif t.op in ("add", "mul") and len(t.args) == len(c.parts):
            found = ZERO if t.op == "add" else PLUS
            for part, (claimed, inner) in zip(t.args, c.parts, strict=True):
                self.show(inner, part, claimed, premises)
                found = (plus if t.op == "add" else times)(found, claimed)
        else:
            raise Rejected(f"{t} has other parts")
        if not found <= signs:
            raise Rejected(f"the signs of the parts of {t} are not enough")

    def _over(self, c: Over, t: Term, signs: Set, premises: Premises) -> None:
        if t.op != "sum":
            raise Rejected(f"{t} is no sum over a range")
        index, low, high = t.data
        if "0" not in signs and not premises.ranges.nonnegative(high - low):
            raise Rejected(f"the range of {index} may be empty")
        if len(signs | ZERO) > 2:
            raise Rejected("a sum of summands of different signs")
        unused(index, premises.ranges)
        inside = premises.ranges.plus(Linear.of(index) - low, high - Linear.of(index))
        self.show(c.inner, t.args[0], signs, replace(premises, ranges=inside))

    def _member(self, c: Member, t: Term, signs: Set, premises: Premises) -> None:
        self.show(Over(c.every), t, NOT_NEGATIVE, premises)
        index, low, high = t.data
        ends = premises.ranges.nonnegative(c.at - low), premises.ranges.nonnegative(high - c.at)
        if not (signs >= PLUS and all(ends)):
            raise Rejected(f"{c.at} may lie outside the range of {index}")
        self.show(c.one, substitute(t.args[0], {index: c.at}), PLUS, premises)

    def _grows(self, c: Grows, t: Term, signs: Set, premises: Premises) -> None:
        self.show(c.inner, add(call("exp", t), num(-1)), signs, premises)

    def _bycases(self, c: ByCases, t: Term, signs: Set, premises: Premises) -> None:
        if not c.u.names <= t.names or set(c.cases) != ANY:
            raise Rejected(f"no cases of {c.u}")
        defined(c.u, premises, self.work)
        for sign, inner in c.cases.items():
            self.show(inner, in_case(t, c.u, sign), signs, assuming(premises, (c.u, sign)))

    def _slope(self, c: Slope, t: Term, signs: Set, premises: Premises) -> None:
        x, a = c.variable, c.at
        if x.op not in ("var", "entry") or depends(a, x) or not a.names <= t.names | x.names:
            raise Rejected(f"no slope by {x} from {a}")
        if not _alone(x, t):
            raise Rejected(f"{t} holds other entries beside {x}")
        if signs not in (PLUS, NOT_NEGATIVE):
            raise Rejected("a slope shows that a term is positive or not negative")
        if any(u.op == "sign" and depends(u.args[0], x) for u in walk(t)):
            raise Rejected(f"{t} has joints in {x}")
        defined(a, premises, self.work)
        near = c.between(premises, self.work)
        defined(t, near, self.work)
        rises = differentiate(t, x)
        ahead = add(x, mul(num(-1), a))
        sides = sign_of(ahead, premises, self.work)
        slope = PLUS if c.strict else NOT_NEGATIVE
        for side, inner in (("+", c.above), ("-", c.below)):
            if side not in sides:
                continue
            if inner is None:
                raise Rejected(f"nothing is said of {x} beyond {a}")
            here = assuming(near, (ahead, side))
            defined(rises, here, self.work)
            self.show(inner, rises if side == "+" else mul(num(-1), rises), slope, here)
        value = NOT_NEGATIVE if c.strict and "0" not in sides else signs
        self.show(c.value, transform(t, {x: a}.get), value, premises)


def check(c: Certificate, t: Term, signs: Set, premises: Premises, work: Work) -> None:
    """Accept that the sign of t is one of ``signs`` under the premises, or raise ``Rejected``."""
    Checker(work).show(c, t, signs, premises)


def equal(a: Term, b: Term, premises: Premises, work: Work) -> None:
    """Accept that two terms are equal wherever both are defined, or raise ``Rejected``."""
    proof = prove_zero(a, b, premises, work)
    if not (proof.proved or "contradict" in proof.reason):
        raise Rejected(f"{a} = {b} is not shown: {proof.reason}")


def sign_of(t: Term, premises: Premises, work: Work, squares: Squares = ()) -> Set:
    """The possible signs of a term, over all cases; none where the premises contradict."""
    found: set[str] = set()
    cases = list(at_values(t, premises))
    if cases:
        return frozenset().union(*(sign_of(*case, work, squares) for case in cases))
    proof = in_all_cases(partial(_gather, t, squares, found), premises, work)
    return frozenset(found) if proof.proved or "contradict" in proof.reason else ANY


def at_values(t: Term, premises: Premises) -> Iterator[tuple[Term, Premises]]:
    """The term at each value of a symbol or entry in it that has finitely many, if there is one."""
    for known in premises.finite:
        for y in walk(t):
            if y.names <= t.names and known.covers(y, premises.ranges):
                for valued in (partial(transform, leaf={y: num(v)}.get) for v in known.values):
                    facts = tuple(f.map(valued) for f in premises.facts)
                    yield valued(t), replace(premises, facts=facts)
                return


def _gather(
    t: Term, squares: Squares, found: set[str], case: Case, proof: Proof
) -> tuple[str, str] | None:
    norm = case.norm
    norm.signs.further = partial(_further, norm, dict(squares))
    norm.known.forget()
    value = norm.of(t)
    found |= ZERO if norm.is_zero(value.n) else norm.sign(value)
    return None


def _further(norm: Normaliser, squares: Mapping[Form, Atom], form: Form) -> Set:
    found = by_roots(norm, form)
    return found & by_square(norm, form, squares[form]) if form in squares else found


def assuming(premises: Premises, *more: tuple[Term, str]) -> Premises:
    """The premises with the signs of some more terms."""
    facts = (Fact(u, frozenset(signs)) for u, signs in more)
    return replace(premises, facts=tuple(dict.fromkeys((*premises.facts, *facts))))


def _alone(x: Term, t: Term) -> bool:
    """Whether x is the only entry of its array that occurs in a term."""
    others = (u for u in walk(t) if u.op == "entry" and x.op == "entry" and u is not x)
    return all(u.data[0] != x.data[0] for u in others)


def _about(fact: Fact, x: Term, ranges: Ranges) -> Iterator[Fact]:
    """A fact, or what a fact about every entry says of the entry x."""
    patterns = [u for u in walk(fact.term) if u.op == "entry" and u.names & fact.free]
    if x.op != "entry" or not any(p.data[0] == x.data[0] for p in patterns):
        yield fact
        return
    for p in patterns:
        at = match(p, x, fact.free)
        if at is None or fact.free - at.keys() or fact.guards:
            continue
        if all(ranges.nonnegative(w.substitute(at)) for w in fact.within):
            yield Fact(substitute(fact.term, at), fact.signs)


def unused(index: str, ranges: Ranges) -> None:
    """Refuse a bound name that has another meaning outside."""
    if any(index in f.names for f in ranges.facts):
        raise Rejected(f"the index {index} is bound twice")


def defined(t: Term, premises: Premises, work: Work) -> None:
    """Accept that a term is defined wherever the premises hold, or raise ``Rejected``."""
    for u, signs, ranges in _needs(t, premises.ranges, set()):
        if not sign_of(u, replace(premises, ranges=ranges), work) <= signs:
            raise Rejected(f"{t} may be undefined: the sign of {u} does not show")


def _needs(
    t: Term, ranges: Ranges, seen: set[tuple[Term, Ranges]]
) -> Iterator[tuple[Term, Set, Ranges]]:
    """The terms that need a sign, with what is known of the indices there."""
    if (t, ranges) in seen:
        return
    seen.add((t, ranges))
    inside = ranges
    if t.op == "pow" and t.data < 0:
        yield t.args[0], frozenset("+-"), ranges
    elif t.op == "root":
        yield t.args[0], NOT_NEGATIVE if t.data > 0 else PLUS, ranges
    elif t.op == "call":
        where = ANALYTIC.get(t.data.partition(":")[0])
        if where is None:
            raise Rejected(f"where {t.data} is defined is not known")
        yield where(*t.args), PLUS, ranges
    elif t.op == "sum":
        index, low, high = t.data
        if not ranges.nonnegative(high - low + 1):
            raise Rejected(f"the range of {index} may run backwards")
        unused(index, ranges)
        inside = ranges.plus(Linear.of(index) - low, high - Linear.of(index))
    for a in t.args:
        yield from _needs(a, inside, seen)
