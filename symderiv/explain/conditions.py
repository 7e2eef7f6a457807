"""Conditions as a reader would write them: split, shortened, and none that follows from another.

What is shown is proposed here with SymPy's help and is not believed: the prover is asked
whether the conditions as they were collected follow from ``where`` and what is shown. Where
they do not, they are shown as they were collected.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sympy
from sympy import Basic
from sympy.matrices.expressions.matexpr import MatrixElement

from symderiv.explain.cases import Cases
from symderiv.explain.question import Question
from symderiv.indexform.conditions import (
    FACTOR,
    Binder,
    RawCondition,
    related,
)
from symderiv.indexform.lower import Lowering
from symderiv.indexform.reading import Reading
from symderiv.indexform.scalars import SIGNS
from symderiv.indexform.scope import Scope
from symderiv.indexform.terms import ZERO, Linear
from symderiv.indexform.wellformed import integer_symbols, nodes_of
from symderiv.prove.equality import Proof, prove_zero
from symderiv.prove.hypotheses import Fact, Premises
from symderiv.prove.regions import excludes_a_region
from symderiv.prove.work import Work
from symderiv.verdict import Condition

__all__ = ["length_of", "readable"]

_LARGEST = 60  # operations in what is factored
_HIGHEST = 16  # the degree of what is factored
_LONGEST = 5000  # nodes of a condition that is simplified, each counted as often as it is written
_UNITS = 100_000  # of work for one question to the prover
_PARTS = {"Unequality": sympy.Ne, "StrictGreaterThan": sympy.Gt, "GreaterThan": sympy.Ge}
_TURNED = {"StrictLessThan": sympy.Gt, "LessThan": sympy.Ge}


@dataclass(frozen=True)
class _Needed:
    """An open condition as it is shown, with or without its case, and as the prover has it."""

    shown: Condition
    raw: RawCondition
    fact: Fact
    binders: tuple[Binder, ...] = ()

    @property
    def said(self) -> Fact:
        """What is shown, as a fact."""
        return self.fact if self.shown.case else replace(self.fact, guards=())


def readable(
    conditions: tuple[Condition, ...], proof: Proof, premises: Premises, question: Question
) -> tuple[Condition, ...]:
    """The conditions of a step, the open ones as a reader would write them.

    Parameters
    ----------
    conditions
        As they were collected.
    proof, premises
        Of the step: which conditions follow, and from what.
    question
        The chain, as written and as read.
    """
    try:
        needed = _open(conditions, proof.discharged, premises, question.reading)
        if not needed or (len(needed) == 1 and _plain(needed[0].shown.relation)):
            return conditions
        if any(length_of(n.shown.relation) > _LONGEST for n in needed):
            return conditions
        simplified = _Simplifier(question, premises).simplified(needed)
    except Exception:  # noqa: BLE001 - shown as collected: longer, and as true
        return conditions
    told = {id(n.shown) for n in needed}
    rest = tuple(c for c in conditions if id(c) not in told)
    return conditions if simplified is None else rest + simplified


def length_of(expr: Basic) -> int:
    """How many nodes are written, where a part that is shared is written each time.

    Examples
    --------
    >>> from sympy.abc import x
    >>> length_of(x**2 + 1)
    5
    """
    memo: dict[Basic, int] = {}
    stack = [expr]
    while stack:
        node = stack[-1]
        todo = [a for a in node.args if isinstance(a, Basic) and a not in memo]
        stack += todo
        if not todo:
            memo[stack.pop()] = 1 + sum(memo[a] for a in node.args if isinstance(a, Basic))
    return memo[expr]


def _open(
    conditions: tuple[Condition, ...],
    discharged: Sequence[bool],
    premises: Premises,
    reading: Reading,
) -> list[_Needed]:
    """The conditions that do not follow, with the binders over which they are quantified."""
    by_relation = {(c.relation, frozenset(c.ranges), c.case): c for c in conditions if c.open}
    cases = Cases(reading.written)
    bound = {name: b for line in reading.lines for name, b in line.binders.items()}
    binders = {name: Binder(name, *b) for name, b in bound.items()}
    needed = []
    for (raw, fact), follows in zip(premises.conditions, discharged, strict=True):
        mine = tuple(binders[name] for name in sorted(fact.free))
        key = raw.relation, frozenset(b.shown for b in mine), cases.of(raw, bound)
        shown = by_relation.get(key)
        if not follows and shown is not None:
            needed.append(_Needed(shown, raw, fact, mine))
    return needed


class _Simplifier:
    """Proposes shorter conditions for one step and has them checked."""

    def __init__(self, question: Question, premises: Premises) -> None:
        self.let = question.let
        self.premises = replace(premises, conditions=(), settled=())
        self.closed = tuple(c for c in premises.conditions if c[0].signs == frozenset("+0"))
        nodes = nodes_of(question.written)
        sizes, indices = integer_symbols(nodes)
        self.integers = sizes | indices | {s for s in nodes if s.is_Symbol and s.is_integer}

    def simplified(self, needed: Sequence[_Needed]) -> tuple[Condition, ...] | None:
        """The conditions to be shown, or None where those that are needed do not follow."""
        parts = [part for c in needed for part in self._parts(c)]
        kept = self._without_superfluous(_once(parts))
        if self._follow([(c.raw, c.fact) for c in needed], kept):
            return tuple(c.shown for c in kept)
        return None

    # --- proposals -----------------------------------------------------------------------

    def _parts(self, needed: _Needed) -> list[_Needed]:
        """The condition as shorter ones that say the same, or as it is."""
        out = []
        for relation in _split(needed.shown.relation, lambda f: self._sign(needed, f)):
            if relation == needed.shown.relation:
                return [needed]
            part = self._read(needed, relation)
            if part is None:
                return [needed]
            shown = replace(part.shown, surface=self._excludes_a_surface(part, needed))
            out.append(replace(part, shown=shown))
        return out

    def _excludes_a_surface(self, part: _Needed, whole: _Needed) -> bool:
        """Whether f ≠ 0, or f > 0, made from a condition, is shown to exclude no open part."""
        if "0" in part.raw.signs or part.shown.natural:
            return False
        if whole.shown.surface and self._follow([(part.raw, part.fact)], [whole]):
            return True
        ranges = self.premises.ranges.plus(*part.fact.within)
        known = replace(self.premises, ranges=ranges, conditions=self.closed)
        return not excludes_a_region(part.raw, known, Work(units=_UNITS))

    def _read(self, needed: _Needed, relation: Basic) -> _Needed | None:
        """A relation between the symbols of a condition, under the same binders."""
        low, scope = Lowering(self.let, self.premises.ranges, self.integers), Scope()
        symbols = [b.shown[0] for b in needed.binders]
        if len(set(symbols)) != len(symbols):
            return None  # two indices of one name: which is meant cannot be told
        for b in needed.binders:
            low.binders[b.name] = b
            scope = scope.bind(b.shown[0], Linear.of(b.name))
        lhs, rhs = relation.args
        term = low.difference(lhs, rhs, scope)
        if any(c.why == FACTOR for c in low.conditions):
            return None  # it is read for positive factors only
        signs = frozenset(SIGNS[type(relation).__name__])
        names = term.names.union(*(g.u.names for g in needed.raw.guards if needed.shown.case))
        bound = [b for b in needed.binders if b.name in names]
        bound += [b for b in needed.binders if any(b.name in _names(c) for c in bound)]
        ranges = tuple(dict.fromkeys(b.shown for b in bound))
        shown = replace(needed.shown, relation=relation, ranges=ranges)
        raw = replace(needed.raw, term=term, signs=signs, relation=relation, joint=())
        fact = replace(needed.fact, term=term, signs=signs)
        return _Needed(shown, raw, fact, needed.binders)

    def _sign(self, needed: _Needed, f: Any) -> int:
        """1 or −1 where the sign of a factor follows from where, else 0."""
        for sign, compare in ((1, sympy.Gt), (-1, sympy.Lt)):
            part = self._read(needed, related(compare, f, sympy.Integer(0)))
            if part is not None and self._follow([(part.raw, part.fact)], ()):
                return sign
        return 0

    # --- checks --------------------------------------------------------------------------

    def _without_superfluous(self, parts: list[_Needed]) -> list[_Needed]:
        """Leave out what follows from the others.

        What loses a region is left out only where it follows from what is natural, or from
        others that lose one: it decides whether the step passes. What is natural in one case
        says nothing of the other cases there, where it is shown without its case.
        """
        kept = list(parts)
        for part in sorted(parts, key=_importance):
            others = [c for c in kept if c is not part]
            if part.shown.loses_a_region:
                others = [c for c in others if c.shown.natural or c.shown.loses_a_region]
            if self._follow([(part.raw, part.fact)], others, part.shown.loses_a_region):
                kept.remove(part)
        return kept

    def _follow(
        self,
        conditions: Sequence[tuple[RawCondition, Fact]],
        known: Sequence[_Needed],
        in_their_cases: bool = False,
    ) -> bool:
        """Whether the conditions follow from where and what is known, one after the other."""
        shown = (c.fact if in_their_cases and c.shown.natural else c.said for c in known)
        facts = (*self.premises.facts, *shown)
        premises = replace(self.premises, facts=facts, conditions=tuple(conditions))
        proof = prove_zero(ZERO, ZERO, premises, Work(units=_UNITS))
        return proof.proved and all(proof.discharged)


def _names(b: Binder) -> frozenset[str]:
    return b.lower.names | b.upper.names


def _importance(needed: _Needed) -> tuple[bool, bool, int]:
    """What is left out first: ≠ before >, what only the proof needs, and what is long."""
    strong = type(needed.shown.relation).__name__ != "Unequality"
    return strong, needed.shown.natural, -sympy.count_ops(needed.shown.relation)


def _extent(needed: _Needed) -> int:
    """Natural in every case, then what loses something, then natural in one case."""
    if needed.shown.natural:
        return 0 if needed.raw.guards and not needed.shown.case else 3
    return 2 if needed.shown.loses_a_region else 1


def _once(parts: Sequence[_Needed]) -> list[_Needed]:
    """Each once, and f ≥ 0 with f ≠ 0 as f > 0.

    Of those that are shown alike the one that says most: what is natural in every case makes
    the others natural, and what is natural in one case only makes none.
    """
    found: dict[Any, _Needed] = {}
    for part in parts:
        key = part.shown.relation, part.shown.ranges, part.shown.case
        found[key] = max(found.get(key, part), part, key=_extent)
    for weak, part in list(found.items()):
        relation = related(sympy.Ne, *part.shown.relation.args)
        different = relation, part.shown.ranges, part.shown.case
        other = found.get(different)
        if not isinstance(part.shown.relation, sympy.Ge) or other is None:
            continue
        alike = part.shown.natural == other.shown.natural or other.shown.surface
        if alike and part.raw.guards == other.raw.guards:
            relation, signs = related(sympy.Gt, *part.shown.relation.args), frozenset("+")
            found[weak] = replace(
                part,
                shown=replace(
                    part.shown,
                    relation=relation,
                    natural=part.shown.natural and other.shown.natural,
                    surface=not (part.shown.loses_a_region or other.shown.loses_a_region),
                ),
                raw=replace(part.raw, relation=relation, signs=signs),
                fact=replace(part.fact, signs=signs),
            )
            del found[different]
    return list(found.values())


def _plain(relation: Basic) -> bool:
    """Whether a relation compares a symbol or an entry with a number: nothing to be shortened."""
    left = getattr(relation, "lhs", None)
    return left is not None and relation.rhs.is_Number and _simple(left)


def _simple(expr: Any) -> bool:
    return bool(expr.is_Symbol or isinstance(expr, (sympy.Indexed, MatrixElement)))


def _split(relation: Basic, sign_of: Callable[[Any], int]) -> list[Basic]:
    """A relation as relations between factors and 0; as it is where it has none."""
    kind = type(relation).__name__
    lhs, rhs = relation.args
    if kind in _TURNED:
        kind, lhs, rhs = _TURNED[kind].__name__, rhs, lhs
    compare = _PARTS.get(kind)
    if compare is None:
        return [relation]
    whole = sympy.Add(lhs, sympy.Mul(-1, rhs))
    factors = _factors(whole)
    alone = [f for f, e in factors if e == 1] in ([whole], [-whole])
    if alone and not lhs.is_number and _monic(whole) == whole:
        return [relation]  # nothing to take apart
    if compare is sympy.Ne:
        return [_compared("Ne", *_sides(f)) for f, _ in factors] or [relation]
    sign = 1
    odd: list[Any] = []
    parts: list[Basic] = []
    for f, e in factors:
        if f.is_positive:
            continue
        if f.is_negative:
            sign = -sign if e % 2 else sign
        elif e % 2 == 0 and compare is sympy.Gt:
            parts.append(_compared("Ne", *_sides(f)))
        elif _nonnegative(f) and compare is sympy.Gt:
            parts.append(_compared("Gt", f, sympy.Integer(0)))
        else:
            odd.append(f**e)
    constant = [f for f, e in _constants(whole) if f.is_negative and e % 2]
    sign = -sign if len(constant) % 2 else sign
    if len(odd) > 1:
        signs = {f: sign_of(f) for f in odd}
        odd = [f for f in odd if not signs[f]]
        sign *= (-1) ** sum(s < 0 for s in signs.values())
    if odd:
        product = sympy.Mul(*odd)
        sides = _sides(product)
        name = "Gt" if compare is sympy.Gt else "Ge"
        parts.append(_compared(name, *(sides if sign > 0 else sides[::-1])))
    elif sign < 0:
        return [relation]
    return parts or [relation]


def _factored(whole: Any) -> Any:
    """The product, where each of its factors is shorter than the whole."""
    size = sympy.count_ops(whole)
    if size > _LARGEST or _degree(whole) > _HIGHEST or whole.has(sympy.Piecewise):
        return whole
    factored = sympy.factor(whole)
    shorter = (sympy.count_ops(f) < size for f in sympy.Mul.make_args(factored))
    return factored if all(shorter) else whole


def _degree(expr: Any) -> Any:
    """A bound for the degree: SymPy's factorisation in several variables is exponential in it."""
    if expr.is_Pow and expr.exp.is_Rational:
        return abs(expr.exp) * _degree(expr.base)
    parts = [_degree(a) for a in expr.args] if expr.is_Add or expr.is_Mul else [1]
    return sum(parts) if expr.is_Mul else max(parts)


def _bases(whole: Any) -> list[tuple[Any, Any]]:
    out = []
    for f in sympy.Mul.make_args(_factored(whole)):
        base, e = f.as_base_exp()
        if base is sympy.E or isinstance(f, sympy.exp):
            base, e = f, sympy.Integer(1)
        if not e.is_Integer:
            base, e = (base, sympy.Integer(1)) if e.is_Rational else (f, sympy.Integer(1))
        out.append((base, e))
    return out


def _factors(whole: Any) -> list[tuple[Any, Any]]:
    """The factors that are not numbers, with their exponents; e^u is left out."""
    return [(f, e) for f, e in _bases(whole) if not f.is_number and not isinstance(f, sympy.exp)]


def _constants(whole: Any) -> list[tuple[Any, Any]]:
    return [(f, e) for f, e in _bases(whole) if f.is_number]


def _nonnegative(f: Any) -> bool:
    if isinstance(f, sympy.Sum):
        return _nonnegative(f.function)
    even = isinstance(f, sympy.Pow) and f.exp.is_Integer and f.exp % 2 == 0
    return bool(f.is_nonnegative) or even


def _sides(f: Any) -> tuple[Any, Any]:
    """f compared with 0, as two sides without minus signs where it is a sum."""
    if not f.is_Add:
        return f, sympy.Integer(0)
    f = _monic(f)
    minus = [a for a in f.args if a.could_extract_minus_sign()]
    plus = [a for a in f.args if not a.could_extract_minus_sign()]
    numbers = [a for a in plus if a.is_number]
    if not minus and numbers and len(plus) > len(numbers):
        return sympy.Add(*(a for a in plus if not a.is_number)), -sympy.Add(*numbers)
    return sympy.Add(*plus), -sympy.Add(*minus)


def _compared(name: str, left: Any, right: Any) -> Basic:
    """A relation with what is not a number on the left."""
    if left.is_number:
        left, right, name = right, left, {"Ne": "Ne", "Gt": "Lt", "Ge": "Le"}[name]
    return related(getattr(sympy, name), left, right)


def _monic(f: Any) -> Any:
    """2x + 5 as x + 5/2."""
    terms = [a.as_coeff_Mul() for a in f.args if not a.is_number] if f.is_Add else []
    sizes = {abs(c) for c, _ in terms}
    if len(sizes) != 1 or not all(_simple(rest) for _, rest in terms):
        return f
    (size,) = sizes
    return sympy.Add(*(a / size for a in f.args))
