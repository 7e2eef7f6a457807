"""The trace of one step, made from what the two routes kept of their work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sympy.core.relational import Relational

from symderiv.explain.question import Question
from symderiv.explain.readback import Readback
from symderiv.explain.used import rules_used
from symderiv.indexform.conditions import OutOfBudget, Unsupported
from symderiv.indexform.terms import Term
from symderiv.prove.equality import Decided, Proof
from symderiv.prove.field import DividedByZero, MoreGenerators
from symderiv.prove.units import Finer, Split
from symderiv.prove.work import Work
from symderiv.verdict import Case, Condition, Trace

__all__ = ["Evidence", "left_over", "open_case"]

_LONGEST = 200
_UNITS = 300_000  # of work for the normal forms of one case
_MISSING = (
    DividedByZero, Finer, MoreGenerators, OutOfBudget, RecursionError, Split, TypeError,
    Unsupported, ValueError,
)  # fmt: skip
_MOST_TERMS = 30


@dataclass(frozen=True)
class Evidence:
    """What both routes kept of one step; ``trace()`` shows it in the writer's symbols.

    Making the trace takes longer than some proofs, so it waits until it is asked for.
    """

    question: Question
    step: int
    proof: Proof
    seen: Any  # the refuter's Examination
    conditions: Callable[[], tuple[Condition, ...]]

    def trace(self) -> Trace:
        """The trace as plain data."""
        k, proof, left, seen = self.step, self.proof, self.proof.left, self.seen
        back = Readback(self.question.written)
        before, after = self.question.lines[k : k + 2]
        terms = [line.term for line in self.question.reading.lines[k : k + 2]]
        return Trace(
            written=(before, after),
            read=(_guarded(back.term, terms[0]), _guarded(back.term, terms[1])),
            cases=tuple(_case(back, d, terms) for d in proof.decided),
            rules=_guarded(rules_used, (before, after), self.question.let, proof) or (),
            conditions=self.conditions(),
            proved=proof.proved,
            reason=proof.reason,
            left_over=left if isinstance(left, str) else _guarded(back.form, left),
            points=seen.points,
            defined=seen.defined,
            witness=seen.witnesses[k],
            counterexample=seen.counterexamples[k],
            trouble=seen.reason,
        )


def left_over(proof: Proof, question: Question) -> str:
    """What did not vanish, as a text in the writer's symbols."""
    if isinstance(proof.left, str):
        return proof.left
    if len(proof.left.terms) > _MOST_TERMS:
        return f"a difference of {len(proof.left.terms)} terms"
    shown = _guarded(Readback(question.written).form, proof.left)
    try:
        text = str(proof.left if shown is None else shown)
    except ValueError:  # Python writes no integer of more than 4,300 digits
        return "a difference with numbers of thousands of digits"
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def open_case(proof: Proof, question: Question) -> tuple[Relational, ...]:
    """Where the prover saw a difference: what it assumed in the case that stayed open."""
    if not proof.decided or proof.decided[-1].outcome != "different":
        return ()
    back = Readback(question.written)
    shown = (_guarded(back.relation, d.sign, d.on) for d in proof.decided[-1].decisions)
    return tuple(r for r in shown if isinstance(r, Relational))


def _case(back: Readback, decided: Decided, terms: Sequence[Term | None]) -> Case:
    assumed = tuple(back.relation(d.sign, d.on) for d in decided.decisions)
    if decided.norm is None:
        return Case(assumed, decided.outcome)
    norm, form = decided.norm, decided.norm.field.form
    norm.work = norm.field.work = Work(units=_UNITS)

    def shown(t: Term) -> Any:
        value = norm.of(t)
        return back.fraction(form(value.n), form(value.d))

    return Case(assumed, decided.outcome, (_guarded(shown, terms[0]), _guarded(shown, terms[1])))


def _guarded(show: Callable[..., Any], *parts: Any) -> Any:
    """What is shown, or None: a trace without one of its parts is better than none."""
    if any(part is None for part in parts):
        return None
    try:
        return show(*parts)
    except _MISSING:
        return None
