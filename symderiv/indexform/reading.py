"""From what a person wrote to a problem: sizes, index ranges, hypotheses, lines as terms.

Here a claim is refused where it is none: a float, a complex symbol, two symbols of one
name, an infinite range, a matrix against a scalar.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import sympy
from sympy import Basic, Indexed, Symbol
from sympy.assumptions.assume import AppliedPredicate
from sympy.matrices.expressions.matexpr import MatrixElement

from symderiv.indexform.conditions import Guard, OutOfBudget, RawCondition, Unsupported, related
from symderiv.indexform.lower import Lowering
from symderiv.indexform.matrices import entry_of
from symderiv.indexform.neighbours import Neighbours, gives
from symderiv.indexform.ranges import Ranges
from symderiv.indexform.scalars import SIGNS
from symderiv.indexform.scope import Scope, name_of
from symderiv.indexform.terms import Linear, Term, add, mul, num
from symderiv.indexform.ties import tied_by, with_free_exponents
from symderiv.indexform.wellformed import (
    free_symbols,
    integer_symbols,
    lengths,
    nodes_of,
    one_meaning,
    real_symbols,
    shape_of,
    spelt,
    symbols_used,
)
from symderiv.verdict import ClaimError

__all__ = ["Hypothesis", "Line", "Reading", "read"]


@dataclass(frozen=True)
class Line:
    """One line as a term, or why it has none; its conditions in the order of writing."""

    term: Term | None
    conditions: tuple[RawCondition, ...]
    binders: Mapping[str, tuple[Linear, Linear, tuple[Basic, Basic, Basic]]]
    reason: str = ""


@dataclass(frozen=True)
class Hypothesis:
    """One relation of ``where`` (or an assumption of a symbol), as the sign of a term.

    ``values`` is set instead for a symbol or entry with finitely many values. Names in
    ``free`` stand for any index at which the forms ``within`` are ≥ 0. It may be used where
    the guards hold.
    """

    term: Term
    signs: frozenset[str]
    free: frozenset[str] = frozenset()
    values: tuple[sympy.Rational, ...] = ()
    within: tuple[Linear, ...] = ()
    guards: tuple[Guard, ...] = ()


@dataclass
class Reading:
    """A problem that both sides of a step can be asked about.

    ``ranges`` has what is known of integers at each line; a later step may say more. ``whole`` are
    the arrays whose entries are declared to be integers. What is ``assumed`` of a size or an index
    is said by the line with this number, or, after the last, by where. What ``unused`` relations
    of where say, or that they are defined, is in no hypothesis: all else holds on more than the
    domain.
    """

    lines: list[Line] = field(default_factory=list)
    ranges: list[Ranges] = field(default_factory=list)
    assumed: dict[Basic, int] = field(default_factory=dict)
    hypotheses: list[list[Hypothesis]] = field(default_factory=list)
    whole: frozenset[str] = frozenset()
    unused: list[Basic] = field(default_factory=list)
    named_by_unused: frozenset[str] = frozenset()
    written: Sequence[Basic] = ()


def read(
    lines: Sequence[Basic],
    where: Sequence[Basic],
    extra: Sequence[Sequence[Basic]],
    let: Mapping[Basic, Basic],
) -> Reading:
    """Read lines, hypotheses and definitions; raises ClaimError for what is no claim."""
    extra = [*extra, *([()] * (len(lines) - len(extra)))]
    hypotheses = [list(where), *(list(e) for e in extra)]
    everything = [*lines, *(w for ws in hypotheses for w in ws), *let.keys(), *let.values()]
    nodes = nodes_of(everything)
    symbols = real_symbols(nodes)
    sizes, indices = integer_symbols(nodes)
    one_meaning(lines, let, nodes)
    for defined in let.keys() & (sizes | indices):
        raise ClaimError(
            f"let defines {defined}, which is a size or an index; write {let[defined]} in its place"
        )
    integers = frozenset(s for s in symbols if s.is_integer or s in sizes or s in indices)
    entries = (node for node in nodes if isinstance(node, Indexed) and node.is_integer)
    out = Reading(whole=frozenset(name_of(e.base) for e in entries), written=everything)
    ranges = Ranges(f for s in sorted(integers, key=str) for f in _declared_range(s))
    shape = shape_of(lines)
    entry = _entry(shape)
    reader = _Reader(let, integers, symbols_used(lines, let), [w for ws in hypotheses for w in ws])
    # what where says of integers, then what the start's arrays say of its free indices
    said = reader.integer_facts(where)
    ranges = ranges.plus(*said)
    settled = {name_of(s) for s in integers if s.is_extended_nonnegative is not None}
    spoken = reader.spoken_of(where)
    for s in sorted(sizes & lengths(nodes) - spoken, key=str):
        least = Linear.of(name := name_of(s)) - 1
        given = ranges.nonnegative(least) or gives(said, least, {name}, settled)
        given |= ranges.nonnegative(-least - 1)
        settled.add(name)
        if s.is_extended_nonnegative is None and not given:
            ranges = ranges.plus(least)
            by = (k for k, line in enumerate(lines) if s in lengths(nodes_of(spelt([line], let))))
            out.assumed[related(sympy.Ge, s, sympy.Integer(1))] = next(by, len(lines))
    if shape:
        (i, j), (rows, columns) = entry, shape
        low = Lowering(let, ranges, integers)
        scope = Scope()
        for k, size in ((i, rows), (j, columns)):
            form, limit = low.index(k, scope), low.index(size, scope)
            ranges = ranges.plus(form, limit - 1 - form)
    known, guessed = Neighbours(let, integers).of(lines[0], ranges)
    ranges = ranges.plus(*known)
    for form, relation, names in guessed:
        given = ranges.nonnegative(form) or gives(said, form, names, settled)
        given |= not names.isdisjoint(map(name_of, spoken))
        settled |= names
        # v[n] beside Σ v[i] to n − 1 is a next entry, and v[m] is one where m ≥ n
        if not given and not ranges.nonnegative(-form):
            ranges = ranges.plus(form)
            out.assumed[relation] = 0
    for line, ws in zip(lines, extra, strict=True):
        ranges = ranges.plus(*reader.integer_facts(ws))
        if ranges.contradictory():
            raise ClaimError("no integers satisfy the sizes and index ranges that are assumed")
        out.ranges.append(ranges)
        out.lines.append(_line(line, entry if shape else None, let, ranges, integers, reader.tied))
    out.lines = with_free_exponents(out.lines, let)
    for ws, known_here in zip(hypotheses, (out.ranges[0], *out.ranges), strict=True):
        out.hypotheses.append(reader.hypotheses(ws, known_here))
    out.hypotheses[0] += reader.assumptions(symbols - integers, nodes)
    out.unused = reader.unused
    out.named_by_unused = frozenset(map(name_of, symbols_used(out.unused, let)))
    return out


def _line(
    line: Basic,
    entry: tuple[Basic, Basic] | None,
    let: Mapping[Basic, Basic],
    ranges: Ranges,
    integers: frozenset[Basic],
    tied: frozenset[Basic],
) -> Line:
    low = Lowering(let, ranges, integers)
    low.tied = tied
    try:
        term = entry_of(low, line, *entry, Scope()) if entry else low.scalar(line, Scope())
    except Unsupported as missing:
        return Line(None, (), {}, f"{missing} is not supported")
    except OutOfBudget as excess:
        return Line(None, (), {}, f"{excess} is more than the budget allows")
    except RecursionError:
        return Line(None, (), {}, "the expression is nested too deeply")
    binders = {name: (b.lower, b.upper, b.shown) for name, b in low.binders.items()}
    return Line(term, tuple(dict.fromkeys(low.conditions)), binders)


def _entry(shape: tuple[Basic, Basic] | None) -> tuple[Basic, Basic]:
    """Names for the entry that stands for all."""
    zero = sympy.Integer(0)
    row, column = (sympy.Dummy(s, integer=True, nonnegative=True) for s in ("row", "column"))
    if shape is None:
        return zero, zero
    return (zero if shape[0] == 1 else row), (zero if shape[1] == 1 else column)


def _declared_range(s: Basic) -> list[Linear]:
    form = Linear.of(name_of(s))
    if s.is_positive:
        return [form - 1]
    if s.is_nonnegative:
        return [form]
    if s.is_negative:
        return [-form - 1]
    return [-form] if s.is_nonpositive else []


class _Reader:
    """Hypotheses and index ranges, read with one set of definitions."""

    def __init__(
        self,
        let: Mapping[Basic, Basic],
        integers: frozenset[Basic],
        free: frozenset[Basic],
        where: Sequence[Basic],
    ) -> None:
        self.let = let
        self.integers = integers
        self.where = list(self.relations(where))
        self.tied = tied_by(self.where, let)
        # an index that only where uses stands for every index that where allows
        self.any = {
            s
            for w in self.where
            for s in integer_symbols(nodes_of([w]))[1] & integers - free & free_symbols(w)
        }
        for w in self.where:  # not the end of a sum, which is a size
            self.any -= integer_symbols(nodes_of([w]))[0]
        self.within, self.unusable = self._allowed()
        self.unused: list[Basic] = []

    def _allowed(self) -> tuple[list[Linear], set[Basic]]:
        """What where says of such indices alone; those of which it says more are not used."""
        renamed = {name_of(s): Linear.of(f"{name_of(s)}~any") for s in self.any}
        within = [f.substitute(renamed) for s in self.any for f in _declared_range(s)]
        unusable = {s for s in self.any if s.is_even or s.is_odd or s.is_prime}
        for w in self.where:
            mine = free_symbols(w) & self.any
            if mine and not _has_entries(w):
                facts = self._linear(w)
                within += [f.substitute(renamed) for f in facts or ()]
                unusable |= mine if facts is None else set()
        return within, unusable

    def relations(self, where: Sequence[Basic]) -> Iterator[Basic]:
        """The single relations of ``where``."""
        for w in where:
            if w is sympy.true:
                continue
            if w is sympy.false:
                raise ClaimError("where contains a relation that is false: nothing satisfies it")
            if isinstance(w, sympy.And):
                yield from self.relations(w.args)
            elif isinstance(w, sympy.Contains) and isinstance(w.args[1], sympy.Interval):
                yield from self.relations([w.args[1].as_relational(w.args[0])])
            elif isinstance(w, sympy.Contains) and w.args[1] == sympy.S.Reals:
                continue
            elif isinstance(w, AppliedPredicate) and w.function == sympy.Q.symmetric:
                yield sympy.Eq(w.arg, w.arg.T)
            elif isinstance(w, (sympy.Contains, sympy.core.relational.Relational)):
                yield w
            else:
                raise ClaimError(f"where contains {w}: a relation is expected, such as x > 0")

    def _linear(self, w: Basic) -> list[Linear] | None:
        """A relation between integers as forms that are ≥ 0; None for anything else."""
        if not isinstance(w, sympy.core.relational.Relational) or isinstance(w, sympy.Ne):
            return None
        u = Lowering({}, Ranges(), self.integers).whole(w.args[0], w.args[1], Scope())
        if u is None:
            return None
        signs = SIGNS[type(w).__name__]
        return {"+": [u - 1], "+0": [u], "-": [-u - 1], "0-": [-u], "0": [u, -u]}[signs]

    def integer_facts(self, where: Sequence[Basic]) -> list[Linear]:
        """What relations between sizes and free indices say."""
        relations = self.relations(where)
        said = (self._linear(w) for w in relations if not free_symbols(w) & self.any)
        return [f for facts in said for f in facts or ()]

    def spoken_of(self, where: Sequence[Basic]) -> frozenset[Basic]:
        """The integers of which where says in other words where they lie: k² = k, |k| ≤ n."""
        said = (w for w in self.relations(where) if not isinstance(w, sympy.Ne))
        other = (w for w in said if not _has_entries(w) and self._linear(w) is None)
        return frozenset().union(*map(free_symbols, other)) & self.integers

    def hypotheses(self, where: Sequence[Basic], ranges: Ranges) -> list[Hypothesis]:
        """Relations as signs of terms; a free index that the lines do not use means any."""
        out: list[Hypothesis] = []
        for w in self.relations(where):
            low, scope = Lowering(self.let, ranges, self.integers), Scope()
            low.tied = self.tied
            mine = free_symbols(w) & self.any
            if mine & self.unusable or (mine and not _has_entries(w)):
                self.unused += [w] if _has_entries(w) or self._linear(w) is None else []
                continue
            for s in mine:
                scope = scope.bind(s, Linear.of(f"{name_of(s)}~any"))
            try:
                if isinstance(w, sympy.Contains):
                    out.append(self._bounded(self._finite(low, w, scope)))
                    continue
                signs = frozenset(SIGNS[type(w).__name__])
                shaped = shape_of(w.args) is not None
                a, b = w.args
                term = self._of_entries(low, w) if shaped else low.difference(a, b, scope)
            except (Unsupported, OutOfBudget, KeyError) as missing:
                raise ClaimError(
                    f"where contains {w}, which is not understood: {missing}"
                ) from None
            free = frozenset(n for n in term.names if n.endswith("~any"))
            # the relation makes sense only where its parts are defined, which is a fact too;
            # what only the reading asks for (Γ of x > 0, no joint) is where it may be used
            needed: list[RawCondition] = []
            asked: list[RawCondition] = []
            for c in low.conditions:
                less = c.stronger or c.exponent or low.differentiated
                (asked if less else needed).append(c)
            if any(c.guards or _binds(c, free) for c in asked):
                self.unused.append(w)
                continue
            guards = tuple(Guard(c.term, c.signs) for c in asked)
            # an array with a shape has the entries that a relation names at some indices only
            at = [c for c in needed if c.term.op == "int" and c.term.names & free]
            inside = tuple(c.term.data for c in at if not c.guards)
            needed = [c for c in needed if c not in at or c.guards]
            out.append(self._bounded(Hypothesis(term, signs, free, within=inside, guards=guards)))
            # a sum or a product may be empty, and needs nothing then
            folded = any(isinstance(x, (sympy.Sum, sympy.Product)) for x in nodes_of([w]))
            for c in needed:
                if c.guards or folded or _binds(c, free):
                    self.unused.append(w)
                    continue
                own = free & c.term.names
                h = Hypothesis(c.term, c.signs, own, within=inside, guards=guards)
                out.append(self._bounded(h))
        return out

    def _of_entries(self, low: Lowering, w: Basic) -> Term:
        """The two sides' difference in an equation between matrices, for every entry."""
        if not isinstance(w, sympy.Eq):
            raise Unsupported("matrices are equal or not; compare entries")
        shape = shape_of(w.args)
        scope, at = Scope(), []
        for axis, size in enumerate(shape or ()):
            symbol = sympy.Dummy("any", integer=True, nonnegative=True)
            at.append(sympy.Integer(0) if size == 1 else symbol)
            if size != 1:
                scope = scope.bind(symbol, Linear.of(f"{axis}~any"))
        a, b = (entry_of(low, side, at[0], at[1], scope) for side in w.args)
        return add(a, mul(num(-1), b))

    def _bounded(self, h: Hypothesis) -> Hypothesis:
        """The hypothesis for the indices that where allows."""
        names = set(h.free)
        while True:  # with the other indices that bounds of these mention
            within = [*h.within, *(w for w in self.within if w.names & names)]
            linked = {n for w in within for n in w.names if n.endswith("~any")}
            if linked <= names:
                return replace(h, within=tuple(within))
            names |= linked

    def _finite(self, low: Lowering, w: Basic, scope: Scope) -> Hypothesis:
        x, values = w.args
        if not isinstance(values, sympy.FiniteSet) or not all(v.is_Rational for v in values.args):
            raise Unsupported("a FiniteSet of rationals or an Interval is expected")
        term = low.scalar(x, scope)
        if term.op not in ("var", "entry"):
            raise Unsupported(f"{x} should be a symbol or an entry")
        free = frozenset(n for n in term.names if n.endswith("~any"))
        return Hypothesis(term, frozenset(), free, tuple(sorted(values.args)))

    def assumptions(self, symbols: frozenset[Symbol], nodes: Iterable[Basic]) -> list[Hypothesis]:
        """What the symbols' own assumptions say of signs."""
        out, low = [], Lowering({}, Ranges(), self.integers)
        for s in sorted(symbols, key=str):
            signs = _declared(s)
            if signs:
                out.append(Hypothesis(low.scalar(s, Scope()), signs))
        arrays = {node for node in nodes if isinstance(node, Indexed)}
        for a in sorted(arrays, key=str):
            signs = _declared(a)
            if signs:
                names = [f"{k}~any" for k in range(len(a.indices))]
                term = Term("entry", (name_of(a.base), tuple(map(Linear.of, names))))
                fact = Hypothesis(term, signs, frozenset(names))
                if fact not in out:
                    out.append(fact)
        return out


def _has_entries(relation: Basic) -> bool:
    return any(isinstance(node, (Indexed, MatrixElement)) for node in nodes_of([relation]))


def _binds(c: RawCondition, free: frozenset[str]) -> bool:
    """Whether a condition is about an index that a sum in it binds."""
    return any("~" in n and n not in free for n in c.term.names)


def _declared(s: Basic) -> frozenset[str]:
    for signs, test in (
        ("+", s.is_positive),
        ("-", s.is_negative),
        ("+0", s.is_nonnegative),
        ("0-", s.is_nonpositive),
        ("+-", s.is_nonzero),
    ):
        if test:
            return frozenset(signs)
    return frozenset()
