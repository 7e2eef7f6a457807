"""Looks for a certificate that a term is not negative, or positive.

What is tried follows from the form of the term: its normal form with squares completed; the
cases that it distinguishes; the summands of its sums; the exponential, where logarithms are
added; the slope from a value at which the term vanishes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from symderiv.find.forms import term_of
from symderiv.find.nesting import quotient
from symderiv.find.pairs import paired
from symderiv.find.sums import gathered
from symderiv.indexform.conditions import OutOfBudget, Unsupported
from symderiv.indexform.differentiate import depends, differentiate
from symderiv.indexform.terms import (
    Linear,
    Term,
    add,
    call,
    in_case,
    mul,
    num,
    power,
    substitute,
    transform,
    walk,
)
from symderiv.prove.atoms import Atom, Form
from symderiv.prove.certificates import (
    NOT_NEGATIVE,
    PLUS,
    ByCases,
    ByParts,
    Certificate,
    Grows,
    Member,
    Over,
    Rejected,
    Rewritten,
    Slope,
    Visible,
    assuming,
    at_values,
    check,
    defined,
    sign_of,
)
from symderiv.prove.equality import Case, Proof, in_all_cases
from symderiv.prove.hypotheses import Premises
from symderiv.prove.normalise import Normaliser
from symderiv.prove.quadratics import by_roots, by_square
from symderiv.prove.signs import ANY, plus, times
from symderiv.prove.work import Work

__all__ = ["Finder"]

Set = frozenset[str]
_DEEPEST = 4
_MOST_TERMS = 80
_MOST_ATOMS = 8
_MOST_HALVES = 4
_MOST_NUMBERS = 3


class Finder:
    """One search within one budget."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.deepest = 0
        self._seen: dict[tuple[Term, Premises], tuple[Set, Visible]] = {}

    def sign(self, t: Term, signs: Set, premises: Premises, depth: int = 0) -> Certificate | None:
        """A certificate that the sign of t is one of ``signs``, or None."""
        seen, visible = self.look(t, premises)
        if seen <= signs:
            return visible
        if depth > self.deepest or "-" in signs or "+" not in signs:
            return None
        attempts = (
            self._cases,
            self._halves,
            self._parts,
            self._sums,
            self._nested,
            self._pairs,
            self._fraction,
            self._grows,
            self._slopes,
        )
        for attempt in attempts:
            found = attempt(t, signs, premises, depth)
            if found is not None:
                return found
        return None

    def look(self, t: Term, premises: Premises) -> tuple[Set, Visible]:
        """The signs that the normal form shows, with the squares that were completed for it."""
        self.work.spend(20, "the search for a certificate")  # here the deadline is seen
        key = t, premises
        if key not in self._seen:
            self._seen[key] = self._look(t, premises)
        return self._seen[key]

    def _look(self, t: Term, premises: Premises) -> tuple[Set, Visible]:
        values = [self.look(*case) for case in at_values(t, premises)]
        if values:
            completed = dict(pair for _, visible in values for pair in visible.squares)
            return frozenset().union(*(s for s, _ in values)), Visible(tuple(completed.items()))
        squares: dict[Form, Atom] = {}
        found: set[str] = set()
        proof = in_all_cases(partial(_gather, t, squares, found), premises, self.work)
        shown = proof.proved or "contradict" in proof.reason
        return (frozenset(found) if shown else ANY), Visible(tuple(squares.items()))

    def _cases(self, t: Term, signs: Set, premises: Premises, depth: int) -> Certificate | None:
        here = (u.args[0] for u in walk(t) if u.op == "sign" and u.args[0].names <= t.names)
        u = next(here, None)
        if u is None:
            return None
        cases = {}
        for sign in "+0-":
            inside = assuming(premises, (u, sign))
            found = self.sign(in_case(t, u, sign), signs, inside, depth)
            if found is None:
                return None
            cases[sign] = found
        return ByCases(u, cases)

    def _halves(self, t: Term, signs: Set, premises: Premises, depth: int) -> Certificate | None:
        """The cases of one variable's sign, where the normal form then shows it."""
        leaves = [u for u in walk(t) if u.op in ("var", "entry") and u.names <= t.names]
        for x in leaves[:_MOST_HALVES]:
            cases: dict[str, Certificate] = {}
            for sign in "+-0":
                seen, visible = self.look(t, assuming(premises, (x, sign)))
                if not seen <= signs:
                    break
                cases[sign] = visible
            else:
                return ByCases(x, cases)
        return None

    def _parts(self, t: Term, signs: Set, premises: Premises, depth: int) -> Certificate | None:
        """The signs of the addends or factors as they are written."""
        if t.op == "pow" and t.data % 2 == 0:
            return ByParts() if signs >= NOT_NEGATIVE else None
        if t.op not in ("add", "mul"):
            return None
        seen = [self.look(part, premises) for part in t.args]
        open_ = [k for k, (s, _) in enumerate(seen) if len(s) > 2 or ("-" in s and t.op == "add")]
        if len(open_) > (1 if t.op == "mul" else len(seen) // 2):
            return None
        parts: list[tuple[Set, Certificate]] = list(seen)
        for k in open_:
            inner = self.sign(t.args[k], NOT_NEGATIVE, premises, depth + 1)
            if inner is None:
                return None
            parts[k] = NOT_NEGATIVE, inner
        together = PLUS if t.op == "mul" else frozenset("0")
        for claimed, _ in parts:
            together = (times if t.op == "mul" else plus)(together, claimed)
        return ByParts(tuple(parts)) if together <= signs else None

    def _nested(self, t: Term, signs: Set, premises: Premises, depth: int) -> Certificate | None:
        """The sums of the normal form, nested so that squares of inner sums show."""
        n, d = self._quotient(t, premises)
        if not any(a.kind == "sum" and len(a.data.binders) > 1 for a in n.atoms):
            return None
        try:
            new = quotient(n, d)
        except Unsupported:
            return None
        inner = self._sums(new, signs, premises, depth)
        return None if inner is None else Rewritten(new, inner)

    def _quotient(self, t: Term, premises: Premises) -> tuple[Form, Form]:
        """Numerator and denominator of the normal form, where there is one case; else 0."""
        found: list[tuple[Form, Form]] = []

        def note(case: Case, _: Proof) -> None:
            value = case.norm.of(t)
            found.append((case.norm.field.form(value.n), case.norm.field.form(value.d)))

        proof = in_all_cases(note, premises, self.work)
        one_case = proof.proved and proof.cases == 1 and found
        return found[-1] if one_case else (Form(()), Form(()))

    def _pairs(self, t: Term, signs: Set, premises: Premises, depth: int) -> Certificate | None:
        """Products of sums, as one sum over all their indices of what is not negative."""
        n, d = self._quotient(t, premises)
        try:
            doubles, rest = paired(n)
            below = power(term_of(d), -1)
        except Unsupported:
            return None
        if not doubles or not self.look(below, premises)[0] <= PLUS:
            return None
        parts: list[tuple[Set, Certificate]] = []
        for double, binders in doubles:
            body, ranges = double, premises.ranges
            for _ in range(binders):
                index, low, high = body.data
                ranges = ranges.plus(Linear.of(index) - low, high - Linear.of(index))
                body = body.args[0]
            seen, visible = self.look(body, replace(premises, ranges=ranges))
            if not seen <= NOT_NEGATIVE:
                return None
            shown: Certificate = visible
            for _ in range(binders):
                shown = Over(shown)
            parts.append((NOT_NEGATIVE, shown))
        if rest is not None:
            seen, visible = self.look(rest, premises)
            parts.append((seen, visible))
        above = add(*(double for double, _ in doubles), *([rest] if rest is not None else []))
        together = frozenset("0")
        for claimed, _ in parts:
            together = plus(together, claimed)
        if not together <= signs:
            return None
        inner = ByParts(tuple(parts)) if len(parts) > 1 else parts[0][1]
        if below.op == "num":
            return Rewritten(mul(above, below), inner) if below == num(1) else None
        quotient_ = ByParts(((together, inner), self.look(below, premises)))
        return Rewritten(mul(above, below), quotient_)

    def _fraction(self, t: Term, signs: Set, premises: Premises, depth: int) -> Certificate | None:
        """The numerator of the normal form, over a positive denominator."""
        n, d = self._quotient(t, premises)
        try:
            above, below = term_of(n), power(term_of(d), -1)
        except Unsupported:
            return None
        if above.op != "add" or below.op == "num":
            return None
        seen, positive = self.look(below, premises)
        inner = self.sign(above, signs, premises, depth + 1) if seen <= PLUS else None
        if inner is None:
            return None
        return Rewritten(mul(above, below), ByParts(((signs, inner), (PLUS, positive))))

    def _sums(self, t: Term, signs: Set, premises: Premises, depth: int) -> Certificate | None:
        if not any(u.op == "sum" for u in walk(t)):
            return None
        sums, rest = gathered(t)
        parts: list[tuple[Term, Set, Certificate]] = []
        if rest:
            left = add(*rest)
            for wanted in dict.fromkeys((signs, NOT_NEGATIVE)):
                found = self.sign(left, wanted, premises, depth + 1) if sums else None
                if found is not None:
                    parts.append((left, wanted, found))
                    break
            else:
                return None
        for s in sums:
            if s.op != "sum":
                continue
            index, low, high = s.data
            inside = premises.ranges.plus(Linear.of(index) - low, high - Linear.of(index))
            for wanted in dict.fromkeys((signs, NOT_NEGATIVE)):
                body = self.sign(s.args[0], wanted, replace(premises, ranges=inside), depth + 1)
                if body is not None:
                    parts.append((s, wanted, Over(body)))
                    break
                member = self._member(s, premises, depth) if wanted == PLUS else None
                if member is not None:
                    parts.append((s, wanted, member))
                    break
            else:
                return None
        if not any(wanted == signs for _, wanted, _ in parts):
            return None
        if len(parts) == 1:
            return Rewritten(parts[0][0], parts[0][2])
        together = add(*(p for p, _, _ in parts))
        if together.op != "add" or len(together.args) != len(parts):
            return None
        return Rewritten(together, ByParts(tuple((s, c) for _, s, c in parts)))

    def _member(self, s: Term, premises: Premises, depth: int) -> Certificate | None:
        """One positive summand among others, at an index that the premises speak of."""
        index, low, high = s.data
        known = premises.ranges
        names = {name for f in known.facts for name in f.names if name[0] == "?"}
        for at in (Linear.of(name) for name in sorted(names)):
            if not (known.nonnegative(at - low) and known.nonnegative(high - at)):
                continue
            one = self.sign(substitute(s.args[0], {index: at}), PLUS, premises, depth + 1)
            inside = known.plus(Linear.of(index) - low, high - Linear.of(index))
            here = replace(premises, ranges=inside)
            every = self.sign(s.args[0], NOT_NEGATIVE, here, depth + 1) if one else None
            if one is not None and every is not None:
                return Member(at, every, one)
        return None

    def _grows(self, t: Term, signs: Set, premises: Premises, depth: int) -> Certificate | None:
        if not any(u.op == "call" and u.data == "log" for u in walk(t)):
            return None
        seen, visible = self.look(add(call("exp", t), num(-1)), premises)
        return Grows(visible) if seen <= signs else None

    def _slopes(self, t: Term, signs: Set, premises: Premises, depth: int) -> Certificate | None:
        for x, a in self._starts(t, premises, depth):
            found = self._slope(x, a, t, signs, premises, depth)
            if found is not None:
                return found
        return None

    def _starts(self, t: Term, premises: Premises, depth: int) -> Iterator[tuple[Term, Term]]:
        """A variable, and a value at which the term vanishes or may be least."""
        leaves = [u for u in walk(t) if u.op in ("var", "entry") and u.names <= t.names]
        # a bound's touching point is often a number that the bound is written with
        inside = walk(t) if depth == 0 else ()
        written = [u for u in inside if u.op == "num" and abs(u.data) not in (0, 1)]
        some = [v for u in written[:_MOST_NUMBERS] for v in (u, num(1 / u.data))]
        numbers = list(dict.fromkeys((num(0), num(1), num(-1), *some)))
        for x in leaves:
            later = []
            for a in (*numbers, *(u for u in leaves if u is not x and not depends(u, x))):
                at = transform(t, {x: a}.get)
                seen, _ = self.look(at, premises)
                if seen == frozenset("0"):
                    yield x, a
                elif seen <= NOT_NEGATIVE and a.op == "num":
                    later.append(a)
            yield from ((x, a) for a in later)

    def _slope(
        self, x: Term, a: Term, t: Term, signs: Set, premises: Premises, depth: int
    ) -> Certificate | None:
        at = transform(t, {x: a}.get)
        ahead = add(x, mul(num(-1), a))
        sides = sign_of(ahead, premises, self.work)
        rises = differentiate(t, x)
        strict = "0" not in signs and "0" not in sides
        seen, value = self.look(at, premises)
        if not seen <= (NOT_NEGATIVE if strict else signs):
            return None
        strict = strict and not seen <= signs
        wanted = PLUS if strict else NOT_NEGATIVE
        found: dict[str, Certificate | None] = {"+": None, "-": None}
        trial = Slope(x, a, value, None, None, strict)
        for side in "+-":
            if side in sides:
                try:
                    inside = assuming(trial.between(premises, self.work), (ahead, side))
                    defined(t, inside, self.work)
                except Rejected:
                    return None
                slope = rises if side == "+" else mul(num(-1), rises)
                found[side] = self.sign(slope, wanted, inside, depth + 1)
                if found[side] is None:
                    return None
        return Slope(x, a, value, found["+"], found["-"], strict)


def propose(t: Term, signs: Set, premises: Premises, work: Work) -> Certificate | None:
    """A certificate that has passed its check once, or None."""
    try:
        finder, found = Finder(work), None
        while found is None and finder.deepest <= _DEEPEST:
            found = finder.sign(t, signs, premises)
            finder.deepest += 1
        if found is not None:
            check(found, t, signs, premises, work)
    except (Rejected, OutOfBudget):
        return None
    return found


def _gather(
    t: Term, squares: dict[Form, Atom], found: set[str], case: Case, proof: Proof
) -> tuple[str, str] | None:
    norm = case.norm
    norm.signs.further = partial(_completed, norm, squares)
    norm.known.forget()
    value = norm.of(t)
    found |= frozenset("0") if norm.is_zero(value.n) else norm.sign(value)
    return None


def _completed(norm: Normaliser, squares: dict[Form, Atom], form: Form) -> Set:
    """What completing a square shows; the first generator for which it shows something."""
    found = by_roots(norm, form)
    if len(found) == 1 or not 1 < len(form.terms) <= _MOST_TERMS or len(form.atoms) > _MOST_ATOMS:
        return found
    if form in squares:
        return found & by_square(norm, form, squares[form])
    for g in sorted(form.atoms, key=lambda a: a.text):
        seen = by_square(norm, form, g)
        if seen != ANY:
            squares[form] = g
            return found & seen
    return found
