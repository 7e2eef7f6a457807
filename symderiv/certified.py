"""The judge's other questions, each answered by a certificate that was checked.

Whoever looks for the certificate is handed in and not trusted: what it finds is checked here,
and the refuter looks at exact points for the opposite, on its own route. As for equality, a proof
counts only with a witness, and a counterexample against a proof is an internal error.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sympy import Basic

from symderiv.indexform.conditions import OutOfBudget
from symderiv.indexform.reading import Reading, read
from symderiv.indexform.terms import Term, add, mul, num
from symderiv.judge import conditions_of, fault_text, premises_of
from symderiv.prove.certificates import NOT_NEGATIVE, PLUS, Certificate, Rejected, check
from symderiv.prove.equality import Proof, in_all_cases
from symderiv.prove.hypotheses import Premises
from symderiv.prove.work import UNITS, Work
from symderiv.refute.examination import Examination
from symderiv.refute.inequality import examine_sign
from symderiv.verdict import ClaimError, Condition, InternalDisagreement, Result, Verdict

__all__ = ["Answer", "assumptions_of", "judge_sign"]

Propose = Callable[[Term, frozenset[str], Premises, Work], Certificate | None]
_UNITS_AFTER_A_COUNTEREXAMPLE = 4_000  # enough to notice a short proof of the opposite


@dataclass(frozen=True)
class Answer:
    """A result, what was noted on reading, and the certificate with the term that it is about."""

    result: Result
    notes: tuple[str, ...] = ()
    certificate: Any = None
    term: Term | None = None


def judge_sign(
    lhs: Basic,
    rhs: Basic,
    where: Sequence[Basic],
    let: Mapping[Basic, Basic],
    strict: bool,
    timeout: float,
    propose: Propose,
) -> Answer:
    """Decide lhs ≥ rhs (``strict``: lhs > rhs) wherever both are defined and ``where`` holds."""
    started = time.monotonic()
    deadline = time.thread_time() + timeout
    try:
        reading = read([lhs, rhs], where, (), let)
    except ClaimError:
        raise
    except Exception as error:  # noqa: BLE001 - an answer, not a traceback, whatever the fault
        return Answer(Result(Verdict.UNDECIDED, reason=fault_text("reading the claim", error)))
    try:
        seen = examine_sign(lhs, rhs, where=where, let=let, strict=strict, deadline=deadline)
    except ClaimError:
        raise
    except Exception as error:  # noqa: BLE001
        seen = Examination((None,), (None,), reason=fault_text("evaluating the claim", error))
    (left, right), premises = reading.lines, assumptions_of(reading)
    term, certificate, reason = None, None, left.reason or right.reason
    if left.term is not None and right.term is not None:
        term = add(left.term, mul(num(-1), right.term))
        signs = PLUS if strict else NOT_NEGATIVE
        units = UNITS if seen.counterexamples[0] is None else _UNITS_AFTER_A_COUNTEREXAMPLE
        certificate, reason = _certified(
            term, signs, premises, partial(Work, deadline, units), propose
        )
    result = _verdict(reading, certificate is not None, seen, reason)
    result = replace(result, seconds=time.monotonic() - started)
    return Answer(result, tuple(reading.notes), certificate if result.proved else None, term)


def assumptions_of(reading: Reading) -> Premises:
    """What may be used: where, and that the claim is about points at which all is defined."""
    premises = premises_of(reading, len(reading.lines) - 1)
    facts = tuple(fact for c, fact in premises.conditions if not c.joint)
    return replace(premises, facts=premises.facts + facts, conditions=())


def _certified(
    term: Term,
    signs: frozenset[str],
    premises: Premises,
    budget: Callable[[], Work],
    propose: Propose,
) -> tuple[Certificate | None, str]:
    """A certificate that passed its check, or why there is none."""
    try:
        certificate = propose(term, signs, premises, budget())
        if certificate is None:
            return None, "no certificate was found for the sign"
        check(certificate, term, signs, premises, budget())
    except (Rejected, OutOfBudget) as stop:
        return None, f"the certificate that was found does not hold: {stop}"
    except Exception as error:  # noqa: BLE001
        return None, fault_text("proving the claim", error)
    return certificate, ""


def _verdict(reading: Reading, certified: bool, seen: Examination, reason: str) -> Result:
    (counterexample,) = seen.counterexamples
    conditions = _conditions(reading) if certified else ()
    if counterexample is not None:
        if certified and all(c.natural or not c.open for c in conditions):
            raise InternalDisagreement(
                f"a certificate was accepted and the refuter found {counterexample}; "
                "please report this as a bug in symderiv"
            )
        return Result(Verdict.REFUTED, (), counterexample)
    if not certified:
        return Result(Verdict.UNDECIDED, reason=reason)
    if seen.witnesses[0] is None:
        tried = seen.reason or f"none of {seen.points} points tried satisfies all conditions"
        reason = f"proved formally, but no point was found where all is defined: {tried}"
        return Result(Verdict.UNDECIDED, conditions, reason=reason)
    return Result(Verdict.PROVED, conditions)


def _conditions(reading: Reading) -> tuple[Condition, ...]:
    """What the claim needs to be defined; discharged where it follows from where."""
    last = len(reading.lines) - 1
    premises = premises_of(reading, last)
    proof = in_all_cases(lambda case, proof: None, premises, Work())
    if not proof.proved:
        proof = Proof(False, [False] * len(premises.conditions))
    conditions = conditions_of(reading, last - 1, proof)
    stronger = {c.relation for line in reading.lines for c in line.conditions if c.stronger}
    return tuple(replace(c, natural=c.relation not in stronger) for c in conditions)
