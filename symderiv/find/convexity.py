"""Looks for a certificate that a term is convex.

What is tried follows from the form of the term: its second derivative along every direction;
its parts and summands; affine terms inside it, given names; pieces between joints; the larger
of two.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import count

from symderiv.find.joints import joints
from symderiv.find.signs import Finder
from symderiv.find.sums import factors, gathered
from symderiv.indexform.conditions import OutOfBudget
from symderiv.indexform.differentiate import differentiate
from symderiv.indexform.terms import (
    Linear,
    Term,
    add,
    entry,
    num,
    substitute,
    transform,
    var,
    walk,
)
from symderiv.prove.certificates import NOT_NEGATIVE, PLUS, Certificate, Rejected, Visible, assuming
from symderiv.prove.convexity import (
    Composed,
    ConvexCertificate,
    ConvexOver,
    ConvexParts,
    ConvexRewritten,
    Curved,
    Directions,
    Larger,
    Pieces,
    along,
    check_convex,
    minus,
    moves,
    nonzero,
    resolved,
)
from symderiv.prove.equality import prove_zero
from symderiv.prove.hypotheses import Premises
from symderiv.prove.work import Work

__all__ = ["propose_convex"]

Found = ConvexCertificate | None
_DEEPEST = 3
FLAT = Curved((Visible(),))  # a second derivative that is 0


class ConvexFinder:
    """One search within one budget."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.signs = Finder(work)
        self.numbers = count(1)

    def convex(self, t: Term, d: Directions, premises: Premises, strict: bool) -> Found:
        """A certificate that t is convex along the directions, or None."""
        self.work.spend(20, "the search for a certificate")  # here the deadline is seen
        if not moves(t, d):
            return None if strict else FLAT
        smooth = not any(u.op == "sign" and moves(u.args[0], d) for u in walk(t))
        if smooth and along(along(t, d), d) == num(0):
            return None if strict else FLAT
        attempts = [self._parts, self._over, self._composed]
        if not smooth:
            attempts += [self._pieces, self._larger]
        elif d.arrays:  # of many variables: what it is made of before it as a whole
            attempts.append(self._curved)
        else:
            attempts.insert(0, self._curved)
        for attempt in attempts:
            try:
                found = attempt(t, d, premises, strict)
            except Rejected:
                found = None
            if found is not None:
                return found
        return None

    def _curved(self, t: Term, d: Directions, premises: Premises, strict: bool) -> Found:
        second = along(along(t, d), d)
        if not strict:
            if prove_zero(second, num(0), premises, self.work).proved:
                return FLAT
            inner = self._sign(second, NOT_NEGATIVE, premises)
            return None if inner is None else Curved((inner,))
        cases = []
        for inside in nonzero(d, premises):
            inner = self._sign(second, PLUS, inside)
            if inner is None:
                return None
            cases.append(inner)
        return Curved(tuple(cases))

    def _sign(self, t: Term, signs: frozenset[str], premises: Premises) -> Certificate | None:
        return self.signs.sign(t, signs, premises)

    def _parts(self, t: Term, d: Directions, premises: Premises, strict: bool) -> Found:
        if t.op == "mul":
            return self._multiple(t, d, premises, strict)
        if t.op != "add":
            return None
        sums, rest = gathered(t)
        if sums and not (len(sums) == 1 and not rest):
            together = [*(s for s in sums if s.op == "sum"), *([add(*rest)] if rest else [])]
            new = add(*together)
            if len(together) > 1 and new.op == "add" and len(new.args) == len(together):
                inner = self._addends(new, d, premises, strict)
                return None if inner is None else ConvexRewritten(new, inner)
        if len(sums) == 1 and not rest and sums[0].op == "sum":
            inner = self._over(sums[0], d, premises, strict)
            return None if inner is None else ConvexRewritten(sums[0], inner)
        return self._addends(t, d, premises, strict)

    def _addends(self, t: Term, d: Directions, premises: Premises, strict: bool) -> Found:
        parts: list[ConvexCertificate] = []
        chosen = -1
        for k, part in enumerate(t.args):
            found = None
            if strict and chosen < 0:
                found = self.convex(part, d, premises, True)
                chosen = k if found is not None else -1
            found = found or self.convex(part, d, premises, False)
            if found is None:
                return None
            parts.append(found)
        return None if strict and chosen < 0 else ConvexParts(tuple(parts), chosen)

    def _multiple(self, t: Term, d: Directions, premises: Premises, strict: bool) -> Found:
        moving = [k for k, part in enumerate(t.args) if moves(part, d)]
        sums, rest = gathered(t)
        wanted = PLUS if strict else NOT_NEGATIVE
        seen = {k: self.signs.look(u, premises) for k, u in enumerate(t.args) if k not in moving}
        if len(moving) == 1 and all(s <= wanted for s, _ in seen.values()):
            convex = self.convex(t.args[moving[0]], d, premises, strict)
            if convex is None:
                return None
            return ConvexParts(tuple(seen.get(k, convex) for k in range(len(t.args))))
        new = add(*sums, *rest)
        if new is t or (new.op == "mul" and factors(new) == factors(t)):
            return None
        inner = self.convex(new, d, premises, strict)
        return None if inner is None else ConvexRewritten(new, inner)

    def _over(self, t: Term, d: Directions, premises: Premises, strict: bool) -> Found:
        if t.op != "sum":
            return None
        index, low, high = t.data
        inside = premises.ranges.plus(Linear.of(index) - low, high - Linear.of(index))
        here = replace(premises, ranges=inside)
        body = t.args[0]
        found = self._composed(body, d, here, strict) if strict and d.arrays else None
        found = found or self.convex(body, d, here, strict)
        return None if found is None else ConvexOver(found)

    def _composed(self, t: Term, d: Directions, premises: Premises, strict: bool) -> Found:
        """Names for the largest affine terms that are not variables themselves."""
        names: dict[Term, Term] = {}
        members: dict[Term, str] = {}
        todo = [t]
        while todo:
            u = todo.pop()
            if not moves(u, d) or u in names or u in members:
                continue
            affine = u is not t and u.op not in ("var", "entry") and self._is_affine(u, d, premises)
            if affine and strict:  # one affine term, where strictness needs an injective map
                affine = not any(
                    v is not u
                    and v.args
                    and v.names <= t.names
                    and moves(v, d)
                    and self._is_affine(v, d, premises)
                    for v in walk(u)
                )
            if affine:
                bound = u.names - t.names
                if not bound:
                    names[u] = var(f"?{next(self.numbers)}")
                elif len(bound) == 1:
                    members[u] = next(iter(bound))
                else:
                    return None
            elif not u.args:
                return None
            else:
                todo += u.args
        if not names and not members:
            return None
        symbols = {name: var(f"{name.data}'") for name in names.values()}
        new = Directions(symbols=symbols)
        places: list[tuple[Term, Linear]] = []
        pattern, at = None, ""
        if members:
            first, index = next(iter(members.items()))
            at = f"?{next(self.numbers)}"
            pattern = substitute(first, {index: Linear.of(at)})
            places = [(u, Linear.of(k)) for u, k in members.items()]
            new = replace(new, arrays={f"?{at}": f"?{at}'"})
        mapping = {**names, **{u: entry(f"?{at}", (i,)) for u, i in places}}
        inner_term = transform(t, mapping.get)
        if moves(inner_term, d):
            return None
        facts = tuple(
            f if f.free else replace(f, term=transform(f.term, mapping.get)) for f in premises.facts
        )
        inner = self.convex(inner_term, new, replace(premises, facts=facts), strict)
        if inner is None:
            return None
        return Composed(tuple(names.items()), inner, pattern, at, tuple(places))

    def _is_affine(self, u: Term, d: Directions, premises: Premises) -> bool:
        if any(node.op == "sign" and moves(node.args[0], d) for node in walk(u)):
            return False
        second = along(along(u, d), d)
        return prove_zero(second, num(0), premises, self.work).proved

    def _pieces(self, t: Term, d: Directions, premises: Premises, strict: bool) -> Found:
        if len(d.symbols) != 1 or d.arrays:
            return None
        (x,) = d.symbols
        breaks = joints(t, x, premises, self.work)
        if breaks is None:
            return None
        branches, pieces = [], []
        for k in range(len(breaks) + 1):
            ends = [minus(x, breaks[k - 1])] if k else []
            ends += [minus(breaks[k], x)] if k < len(breaks) else []
            between = assuming(premises, *((e, "+") for e in ends))
            branches.append(resolved(t, d, between, self.work))
            here = assuming(premises, *((e, "+0") for e in ends))
            second = differentiate(differentiate(branches[k], x), x)
            inner = self._sign(second, PLUS if strict else NOT_NEGATIVE, here)
            if inner is None:
                return None
            pieces.append(inner)
        slopes = []
        for k, b in enumerate(breaks):
            put = {x: b}.get
            left, right = (transform(differentiate(s, x), put) for s in branches[k : k + 2])
            facts = (replace(f, term=transform(f.term, put)) for f in premises.facts)
            here = replace(premises, facts=tuple(facts))
            inner = self._sign(minus(right, left), NOT_NEGATIVE, here)
            if inner is None:
                return None
            slopes.append(inner)
        return Pieces(tuple(breaks), tuple(pieces), tuple(slopes))

    def _larger(self, t: Term, d: Directions, premises: Premises, strict: bool) -> Found:
        if t.op != "sign":
            return None
        u, first, _, second = t.args
        above = self._sign(minus(first, second), NOT_NEGATIVE, assuming(premises, (u, "+")))
        below = self._sign(minus(second, first), NOT_NEGATIVE, assuming(premises, (u, "-")))
        if above is None or below is None:
            return None
        one = self.convex(first, d, premises, strict)
        other = None if one is None else self.convex(second, d, premises, strict)
        return None if one is None or other is None else Larger(one, other, above, below)


def propose_convex(
    t: Term, d: Directions, premises: Premises, strict: bool, work: Work
) -> ConvexCertificate | None:
    """A certificate that has passed its check once, or None."""
    try:
        finder, found = ConvexFinder(work), None
        while found is None and finder.signs.deepest <= _DEEPEST:
            found = finder.convex(t, d, premises, strict)
            finder.signs.deepest += 1
        if found is not None:
            check_convex(found, t, d, premises, strict, work)
    except (Rejected, OutOfBudget):
        return None
    return found
