"""Limits: the judge's answer to where an expression goes.

The expansion of a term decides; the refuter's values near the point show that there is something
to decide, and where the limit is another they are what the reader is shown.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import sympy
from sympy import Basic, Symbol

from symderiv.certified import Answer, assumptions_of, needs_of
from symderiv.indexform.conditions import OutOfBudget
from symderiv.indexform.differentiate import depends
from symderiv.indexform.lower import name_of
from symderiv.indexform.reading import Reading, read
from symderiv.indexform.terms import Term, num, transform, var
from symderiv.judge import fault_text, premises_of
from symderiv.prove.certificates import Rejected
from symderiv.prove.hypotheses import Fact, Premises
from symderiv.prove.limits import Limit, approaches, prove_limit_of
from symderiv.prove.work import Work
from symderiv.refute.approach import approach
from symderiv.verdict import ClaimError, Result, Verdict

__all__ = ["judge_limit"]


def judge_limit(
    expr: Basic,
    variable: Symbol,
    point: Basic,
    value: Basic,
    direction: str,
    where: Sequence[Basic],
    let: Mapping[Basic, Basic],
    timeout: float,
) -> Answer:
    """Decide a limit; a value by cases is decided for every value of what it depends on."""
    for w in where:
        finite = isinstance(w, sympy.Contains) and isinstance(w.args[1], sympy.FiniteSet)
        if not (finite and isinstance(value, sympy.Piecewise) and value.has(w.args[0])):
            continue
        answers = []
        for v in w.args[1]:
            put = {w.args[0]: v}
            others = [other.xreplace(put) for other in where if other is not w]
            if sympy.false in others:
                continue
            rest = [other for other in others if other is not sympy.true]
            at, to, end = (e.xreplace(put) for e in (expr, point, value))
            answers.append(_judged(at, variable, to, end, direction, rest, let, timeout))
        if not answers:
            raise ClaimError(f"where contains {w} and excludes each of these values")
        wrong = next((a for a in answers if not a.result.proved), None)
        return wrong or answers[0]
    return _judged(expr, variable, point, value, direction, where, let, timeout)


def _judged(
    expr: Basic,
    variable: Symbol,
    point: Basic,
    value: Basic,
    direction: str,
    where: Sequence[Basic],
    let: Mapping[Basic, Basic],
    timeout: float,
) -> Answer:
    """Decide whether expr tends to the value as the variable tends to the point."""
    started = time.monotonic()
    deadline = time.thread_time() + timeout
    infinite = {sympy.oo: "+", -sympy.oo: "-"}
    ends = [e for e in (point, value) if e not in infinite]
    try:
        reading = read([expr, *ends], where, (), let)
        near = list(
            approach(expr, variable, point, direction=direction, where=where, let=let,
                     deadline=deadline)
        )  # fmt: skip
    except ClaimError:
        raise
    except Exception as error:  # noqa: BLE001 - an answer, not a traceback, whatever the fault
        return Answer(Result(Verdict.UNDECIDED, reason=fault_text("reading the claim", error)))
    notes = tuple(reading.notes)
    missing = next((line.reason for line in reading.lines if line.reason), "")
    if missing:
        return Answer(Result(Verdict.UNDECIDED, reason=missing), notes)
    t, *others = (line.term for line in reading.lines if line.term is not None)
    x = var(name_of(variable))
    at = infinite.get(point) or others.pop(0)
    end = infinite.get(value) or others.pop(0)
    if any(depends(e, x) for e in (at, end) if isinstance(e, Term)):
        raise ClaimError(f"the point {point} or the value {value} depends on {variable}")
    known, domain = _apart(reading, x)

    def ask(put: Mapping[Term, Term]) -> Limit:
        """The limits along every way, with these values for the other symbols."""

        def placed(u: Term | str) -> Any:
            return u if isinstance(u, str) else transform(u, put.get)

        here, premises = (
            [replace(f, term=placed(f.term)) for f in facts] for facts in (domain, known.facts)
        )
        ways = approaches(x, placed(at), direction)
        given = replace(known, facts=tuple(premises))
        return prove_limit_of(placed(t), ways, placed(end), here, given, Work(deadline))

    try:
        found = ask({})
        if not found.reason and near:
            result = Result(Verdict.PROVED, needs_of(reading), certificate=tuple(found.shown))
            return _timed(result, started, notes)
        for other in near if found.reason else ():
            put = {
                var(name): num(Fraction(int(q.p), int(q.q))) for name, q in other.parameters.items()
            }
            if other.plain and ask(put).certainly_other:
                note = f"the expression near {point}, and the value that it should tend to"
                shown = replace(other.shown, rhs=value, note=note)
                return _timed(Result(Verdict.REFUTED, (), shown), started, notes)
        reason = found.reason or "proved formally, but no point was found near the limit's"
    except (Rejected, OutOfBudget) as stop:
        reason = str(stop)
    except Exception as error:  # noqa: BLE001
        reason = fault_text("proving the claim", error)
    return _timed(Result(Verdict.UNDECIDED, reason=reason), started, notes)


def _timed(result: Result, started: float, notes: tuple[str, ...]) -> Answer:
    return Answer(replace(result, seconds=time.monotonic() - started), notes)


def _apart(reading: Reading, x: Term) -> tuple[Premises, list[Fact]]:
    """What is known without the variable, and what where says of it."""
    everything = assumptions_of(reading)
    said = premises_of(reading, 0).facts
    about = [
        f
        for f in everything.facts
        if any(depends(u, x) for u in (f.term, *(g.u for g in f.guards)))
    ]
    if any(depends(s.pattern, x) for s in everything.finite):
        raise ClaimError("the variable of a limit has finitely many values in where")
    known = replace(everything, facts=tuple(f for f in everything.facts if f not in about))
    return known, [f for f in about if f in said and not f.guards]
