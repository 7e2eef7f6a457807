"""Whether two terms are equal wherever both are defined, case by case.

The cases are found by need: where the normal form has to know a sign, the problem is
divided into the possible signs and begun again in each. A case that contradicts what is
known is empty. Conditions are checked in the order in which they were written, each against
``where`` and those before it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from symderiv.indexform.conditions import Guard, OutOfBudget, RawCondition, Unsupported
from symderiv.indexform.ranges import solved
from symderiv.indexform.terms import Linear, Term, substitute, walk
from symderiv.prove.atoms import Atom, Form
from symderiv.prove.discharge import follows, may_hold
from symderiv.prove.field import DividedByZero, Frac, MoreGenerators
from symderiv.prove.finite import match
from symderiv.prove.hypotheses import Fact, Premises, alpha, closed, symmetric_arrays, with_roots
from symderiv.prove.normalise import Normaliser
from symderiv.prove.opaque import whatever_the_cases, without_cases
from symderiv.prove.signs import as_linear
from symderiv.prove.structure import has_sum, sign_of
from symderiv.prove.together import vanish_together
from symderiv.prove.units import Finer, Split, Units
from symderiv.prove.work import Work

__all__ = ["Case", "Decided", "Decision", "Proof", "in_all_cases", "prove_zero"]

_MOST_CASES = 2500
_WIDEST = 2048
_MOST_RESTARTS = 200
_MOST_STEPS = 2  # from the entries that are asked about to those of facts about them, and on
_MOST_INSTANCES = 1000
_MOST_KEPT = 16  # cases whose normal forms are kept to be shown


@dataclass(frozen=True)
class Decision:
    """One branch of a case distinction."""

    on: Form | Linear
    sign: str


@dataclass(frozen=True)
class Decided:
    """One case that was decided, and what makes normal forms as they were made in it."""

    decisions: tuple[Decision, ...]
    outcome: str
    norm: Normaliser | None = None


@dataclass
class Proof:
    """What the prover found for one step.

    ``discharged`` has, for each condition of the premises, whether it follows, or is one of the
    ``continued``, which the proof uses and the equation does not need. ``cases`` are
    the case distinctions made, ``begun`` whether where admits one, ``live`` those that can occur,
    and ``left`` is what did not vanish, where it is not proved. ``barring`` are the numbers of the
    conditions that exclude a case, ``met`` of those that a case that can occur leaves room for.
    """

    proved: bool
    discharged: list[bool]
    cases: int = 0
    begun: bool = False
    live: int = 0
    left: Form | str = ""
    reason: str = ""
    barring: list[int] = field(default_factory=list)
    met: set[int] = field(default_factory=set)
    decided: list[Decided] = field(default_factory=list)
    continued: tuple[bool, ...] = ()
    rules: set[str] = field(default_factory=set)


def prove_zero(left: Term, right: Term, premises: Premises, work: Work) -> Proof:
    """Decide left = right under the premises; never raises for want of power."""
    return in_all_cases(lambda case, proof: case.equal(left, right, proof), premises, work)


def in_all_cases(question: Question, premises: Premises, work: Work) -> Proof:
    """Put a question to every case that it needs to distinguish; never raises, as above."""
    units, width, restarts = Units(), 32, 0
    while True:
        try:
            premises = with_roots(premises, work)
            return _all_cases(question, premises, units, work, width)
        except Finer:
            restarts += 1
            if restarts > _MOST_RESTARTS:
                return _gave_up(premises, "exponents and ranges that need ever finer units")
        except MoreGenerators:
            width *= 2
            if width > _WIDEST:
                return _gave_up(premises, f"more than {_WIDEST} independent quantities")
        except (OutOfBudget, Unsupported) as stop:
            return _gave_up(premises, str(stop))
        except DividedByZero:
            return _gave_up(premises, "a denominator is identically zero")
        except RecursionError:
            return _gave_up(premises, "the expression is nested too deeply")


Question = Callable[["Case", Proof], tuple[Form | str, str] | None]  # what is left over, and why


def _gave_up(premises: Premises, reason: str) -> Proof:
    return Proof(False, [False] * len(premises.conditions), reason=reason)


def _all_cases(
    question: Question, premises: Premises, units: Units, work: Work, width: int
) -> Proof:
    proof = Proof(True, [True] * len(premises.conditions))
    todo: list[tuple[tuple[Decision, ...], Mapping[Form, frozenset[str]]]] = [((), {})]
    while todo:
        decisions, known = todo.pop()
        proof.cases += 1
        if proof.cases > _MOST_CASES:
            raise OutOfBudget(f"more than {_MOST_CASES} cases")
        norm = Normaliser(premises.ranges, premises.finite, units, work, width)
        norm.known.facts = dict(known)
        case = Case(premises, decisions, norm)
        try:
            case.run(question, proof)
        except Split as split:
            todo += [(further, case.decided) for further in case.branches(split)]
        if not proof.proved:
            break
    never = [premises.conditions[n][0] for n in proof.barring if n not in proof.met]
    said = [f"{c.relation} ({c.why})" for c in never if c.signs or not proof.live]
    if proof.proved and not proof.live:
        what = "the conditions" if proof.begun else "where and what is known of the symbols"
        why = f"{what} contradict each other: no point satisfies them"
        return _gave_up(premises, "; ".join([why, *said[-1:]]))
    if proof.proved and said:
        return _gave_up(premises, f"{said[0]} holds at no point of the case in which it is asked")
    return proof


class Case:
    """One case: a normaliser with the decisions and the facts assumed.

    What all decisions but the last say of signs is known from the case that was divided.
    """

    def __init__(
        self, premises: Premises, decisions: tuple[Decision, ...], norm: Normaliser
    ) -> None:
        self.premises = premises
        self.decisions = decisions
        self.norm = norm
        self.families = [f for f in premises.facts if f.free]
        self.guarded = [f for f in premises.facts if f.guards and not f.free]
        norm.rows = premises.rows
        norm.symmetric = symmetric_arrays(premises.facts)
        norm.premised = bool(premises.facts or premises.conditions or decisions)
        self.decided: Mapping[Form, frozenset[str]] = dict(norm.known.facts)
        self._instantiating = self.learnt = self._by_cases = False
        self._contradicted: Fact | None = None  # of those about every entry
        self._unread: Split | None = None
        self._steps: dict[Term, int] = {}

    def run(self, question: Question, proof: Proof) -> None:
        """Judge this case and enter what it shows into the proof."""

        def decided(outcome: str) -> None:
            kept = len(proof.decided) < _MOST_KEPT and outcome in ("equal", "different")
            proof.decided.append(Decided(self.decisions, outcome, self.norm if kept else None))
            proof.rules |= self.norm.rules

        if not self._begin():
            return decided("empty")
        proof.begun = True
        discharged: list[bool] = []
        settled, said = self.premises.settled, set[object]()
        for number, (condition, fact) in enumerate(self.premises.conditions):
            shown = number < len(settled) and settled[number]
            if not condition.joint:  # the same joint may be smooth in one line and not in another
                key = alpha(fact)
                shown = shown or key in said
                said.add(key)
            state = True if shown else self._check(condition, fact)
            if state is None:  # nothing is defined in this case, so the condition excludes it
                proof.barring.append(number)
                proof.discharged[len(discharged)] = False
                return decided("excluded")
            discharged.append(state)  # what one case leaves open may hold in each of several
            self._by_cases |= not state and bool(condition.joint or without_cases(fact.term))
        left_over: tuple[Form | str, str] | None
        try:
            left_over = question(self, proof)
        except DividedByZero:
            left_over = "", "a denominator is identically zero"
        if not left_over or self._excluded():
            both = zip(proof.discharged, discharged, strict=True)
            proof.discharged = [x and y for x, y in both]
            proof.live += not left_over
            for number, (condition, fact) in enumerate(self.premises.conditions):
                if left_over and fact is self._contradicted:
                    proof.barring.append(number)
                elif (
                    not left_over
                    and number not in proof.met
                    and may_hold(self, condition, fact.free)
                ):
                    proof.met.add(number)
            return decided("excluded" if left_over else "equal")
        if self._unread:
            raise self._unread  # an equation by cases, which may be what is missing
        proof.proved = False
        proof.left, proof.reason = left_over
        return decided("different")

    def _excluded(self) -> bool:
        """Whether what the conditions say contradicts what was decided before they were known."""
        norm, of = self.norm, self.norm.signs.of
        for d in self.decisions:
            if isinstance(d.on, Form):
                self._instantiate(d.on)
                own = norm.known.facts.pop(d.on, None)
                norm.known.forget()
                if own and d.sign not in of(norm.field.poly(d.on)):
                    return True
        return self._contradicted is not None

    def equal(self, left: Term, right: Term, proof: Proof) -> tuple[Form | str, str] | None:
        """Whether two terms are equal in this case: what is left over, and why, where not."""
        norm, same = self.norm, lambda a, b: self.equal(a, b, proof) is None
        if not (self.decisions or self._by_cases) and whatever_the_cases(same, left, right):
            return None
        # what stands on both sides need not be read: the maximum of ten is that of ten
        a, b = (Counter(map(closed, t.args if t.op == "add" else (t,))) for t in (left, right))
        a, b = a - b, b - a
        minus = (norm.field.minus(norm.of(t)) for t in b.elements())
        difference = norm.field.total([*map(norm.of, a.elements()), *minus])
        zero = norm.is_zero(difference.n) or vanish_together(norm, difference.n)
        if not zero and norm.signs.of(difference.n) != frozenset("0"):
            return norm.field.form(difference.n), "the difference does not vanish"
        return None

    def branches(self, split: Split) -> list[tuple[Decision, ...]]:
        """The possible signs of what the split is on, as further decisions."""
        on: Form | Linear = split.on
        if isinstance(on, Form) and (u := as_linear(on)) and solved(u, {}):
            on = u
        if any(d.on == on for d in self.decisions):
            raise OutOfBudget(f"the sign of {on} stays open in its own case")
        if isinstance(on, Linear):
            if any(name[0] in "#$%" or "~" in name for name in on.names):
                raise Unsupported("a case on the index of a sum")
        elif any(name[0] in "#$%" for name in on.names):
            raise Unsupported("a case on a bound index outside its sum")
        # all three: a sign that only a condition excludes shows that condition to be needed
        return [(*self.decisions, Decision(on, s)) for s in "+0-"]

    def _begin(self) -> bool:
        """Assume the decisions and the facts; False where they contradict."""
        norm, ranges = self.norm, self.premises.ranges
        for rows in norm.units.rows.values():
            for c, (row, at) in (rows or {}).items():
                ranges = ranges.plus(*row.around(Linear.of(c), at, ranges))
        real = []
        for d in self.decisions:
            if not isinstance(d.on, Linear):
                real.append(d)
                continue
            u = d.on
            ranges = ranges.plus(*{"+": [u - 1], "0": [u, -u], "-": [-u - 1]}[d.sign])
        if ranges.contradictory():
            return False
        for u in ranges.facts:
            if ranges.nonnegative(-u):  # k ≥ n and k ≤ n: no sum from k to n has any other term
                norm.integers = solved(u, norm.integers)
        norm.known.ranges = ranges
        norm.signs.instantiate = self._instantiate
        if any(f.signs == frozenset("0") and has_sum(f.term) for f in self.premises.facts):
            norm.known_sums = self._known_sum
        for d in real:
            assert isinstance(d.on, Form)
            new = d is self.decisions[-1]
            if new and not norm.signs.assume(norm.field.poly(d.on), frozenset(d.sign)):
                return False
            if d.sign == "0":
                norm.vanish(d.on)
        self.decided = dict(norm.known.facts)
        facts = [f for f in self.premises.facts if not f.free]
        tied = any(f.signs == frozenset("0") for f in facts)  # once more: each may serve the others
        return all(map(self.assume, facts * (1 + tied)))

    def assume(self, fact: Fact) -> bool:
        """Assume one fact about the sign of a term; False where it contradicts."""
        norm = self.norm
        try:
            if not all(self.holds(g) for g in fact.guards):
                return True
            value = norm.of(fact.term)
        except (Split, DividedByZero, Unsupported) as missing:
            if isinstance(missing, Split) and fact.signs == frozenset("0") and not norm.known.depth:
                bound = any(n[0] in "#$%" or "~" in n for n in missing.on.names)
                self._unread = self._unread or (None if bound else missing)
            return True  # a fact that cannot be read is not used
        product = norm.field.product(value.n, value.d)
        if product.is_zero():
            return "0" in fact.signs
        if not norm.signs.assume(product, fact.signs):
            return False
        if fact.signs == frozenset("0") and not value.n.is_constant():
            form = norm.vanishing(value.n)
            if not form.atoms:
                return False  # none of its factors can be 0
            u = as_linear(form)
            if u and solved(u, {}) and not norm.known.depth and not self._instantiating:
                raise Split(form)  # n² = 1 is n = 1: a case of the sizes, which is the only one
            norm.vanish(form)
        return True

    def holds(self, guard: Guard) -> bool | None:
        """Whether a guard holds here: True, False, or None where it is open."""
        possible = self.possible(guard.u)
        if possible <= guard.signs:
            return True
        return None if possible & guard.signs else False

    def _check(self, condition: RawCondition, fact: Fact) -> bool | None:
        """Whether a condition follows; it is assumed from here on. None: it cannot hold."""
        self.learnt = False
        if not fact.free:
            state = follows(self, condition)
            if (state is False or self.learnt) and not self.assume(fact):
                return None
            self.guarded += [fact] if fact.guards else []
            return None if state is None else state
        inside = self.norm.ranges.plus(*fact.within)
        (state,) = self.norm.scoped(inside, lambda: [follows(self, condition, fact.free)])
        if state is not True or self.learnt:
            self.families.append(fact)
            self.norm.known.forget()
        return bool(state)

    def possible(self, t: Term) -> frozenset[str]:
        """The possible signs of a term."""
        norm = self.norm
        if t.op == "int":
            return norm.ranges.signs(t.data.substitute(norm.integers))

        def found() -> frozenset[str]:
            by_structure, value = sign_of(t, norm), norm.of(t)
            signs = frozenset("0") if norm.is_zero(value.n) else norm.sign(value)
            self.learnt |= not signs <= by_structure
            return by_structure & signs

        return norm.signs.remembered(t, found)

    def _known_sum(self, atom: Atom) -> Frac | None:
        """The value that an equation of ``where`` gives a sum, where it gives one."""
        norm, f = self.norm, self.norm.field
        inside = [Term("entry", a.data) for a, _ in atom.data.factors if a.kind == "entry"]
        for fact in self.premises.facts:
            if fact.signs != frozenset("0") or not has_sum(fact.term):
                continue
            for at in self._instances(fact, inside):
                if any(n[0] == "$" for i in at.values() for n in i.names):
                    continue
                if (here := self._at(fact, at)) is None:
                    continue
                known, norm.known_sums = norm.known_sums, None
                norm.known.forms.clear()  # with the equation in force the fact itself reads 0 = 0
                try:
                    if not all(self.holds(g) for g in here.guards):
                        continue
                    value = norm.of(here.term)
                except (Split, DividedByZero, Unsupported):
                    continue
                finally:
                    norm.known_sums = known
                    norm.known.forms.clear()
                if not f.has(atom):
                    continue
                form = f.form(value.n)
                c = dict(form.terms).get(((atom, 1),))
                rest = [(k, -v / c) for k, v in form.terms if k != ((atom, 1),)] if c else []
                if c and not any(atom in dict(k) for k, _ in rest):
                    return Frac(f.poly(Form(rest)), f.one.d)
        return None

    def _at(self, fact: Fact, at: Mapping[str, Linear]) -> Fact | None:
        """What a fact about every entry says of these indices, where it speaks of them."""
        if not all(self.norm.ranges.nonnegative(w.substitute(at)) for w in fact.within):
            return None
        return replace(fact.map(lambda t: substitute(t, at)), free=frozenset(), within=())

    def _instances(self, fact: Fact, entries: list[Term]) -> Iterator[dict[str, Linear]]:
        """The indices at which a fact about every entry speaks of one of these entries."""
        patterns = [t for t in walk(fact.term) if t.op == "entry" and t.names & fact.free]
        bound = frozenset(t.data[0] for t in walk(fact.term) if t.op == "sum")
        todo: list[tuple[dict[str, Linear], int]] = [({}, 0)]
        for at, first in todo:  # of several indices, each entry may tell one: u[i] − g[k]
            if not fact.free - at.keys():
                yield {name: i for name, i in at.items() if name in fact.free}
                continue
            for number, pattern in enumerate(patterns[first:], first + 1):
                found = (match(pattern, e, fact.free | bound) for e in entries)
                more = (m for m in found if m and m.keys() - at.keys())
                todo += [({**m, **at}, number) for m in more]
            if len(todo) > _MOST_INSTANCES:
                return

    def _instantiate(self, form: Form) -> bool:
        """Facts about every entry of an array, at the entries of this form; False where not so."""
        atoms = sorted((a for a in form.atoms if a.kind == "entry"), key=lambda a: a.text)
        terms = (Term("entry", a.data) for a in atoms)  # in one order on every machine
        entries = [e for e in terms if self._steps.get(e, 0) < _MOST_STEPS]
        if not entries or self._instantiating:
            return True  # a fact about a fact's own entries would go on for ever
        self._instantiating = True
        try:
            return self._instantiate_at(entries)
        finally:
            self._instantiating = False

    def _instantiate_at(self, entries: list[Term]) -> bool:
        norm, so = self.norm, True
        steps = {e: self._steps.setdefault(e, 0) for e in entries}
        for number, fact in enumerate(self.families):
            for at in self._instances(fact, entries):
                key = (number, tuple(sorted(at.items(), key=repr)))
                if key in norm.known.seen:
                    continue
                norm.known.seen.add(key)
                if here := self._at(fact, at):
                    own = [t for t in walk(here.term) if t.op == "entry"]
                    further = 1 + max((steps[t] for t in own if t in steps), default=0)
                    self._steps |= {t: self._steps.get(t, further) for t in own}
                    if not self.assume(here):
                        # in a range that may be empty it is the range that has gone
                        so = False
                        if not norm.known.depth:
                            self._contradicted = fact
        return so
