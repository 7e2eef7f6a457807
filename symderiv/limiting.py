"""Limits: the judge's answer to where an expression goes.

The expansion of a term decides, or the refuter's ball around the point, where the expression has a
value there that excludes the one that is claimed. Each is held against the other, and a proof
against the refuter's values ever nearer to the point.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import sympy
from sympy import Basic

from symderiv.certified import Answer, assumptions_of, barred, needs_of
from symderiv.explain.readback import Readback
from symderiv.indexform.conditions import OutOfBudget
from symderiv.indexform.differentiate import depends
from symderiv.indexform.reading import Reading, read
from symderiv.indexform.scope import name_of
from symderiv.indexform.terms import Term, num, transform, var
from symderiv.judge import fault_text, premises_of
from symderiv.prove.certificates import Rejected
from symderiv.prove.hypotheses import Fact, Premises
from symderiv.prove.limits import Found, Limit, approaches, prove_limit_of
from symderiv.prove.work import Work
from symderiv.refute.approach import Near, Tends, approach
from symderiv.verdict import ClaimError, InternalDisagreement, Result, Verdict

__all__ = ["judge_limit"]

_LOOKED_AT = 4  # choices of the other symbols


def judge_limit(claim: Tends, timeout: float) -> Answer:
    """Decide a limit; a value by cases is decided for every value of what it depends on."""
    for w in claim.where:
        finite = isinstance(w, sympy.Contains) and isinstance(w.args[1], sympy.FiniteSet)
        if not (finite and isinstance(claim.value, sympy.Piecewise) and claim.value.has(w.args[0])):
            continue
        answers = []
        for v in w.args[1]:
            put = {w.args[0]: v}
            others = [other.xreplace(put) for other in claim.where if other is not w]
            if sympy.false in others:
                continue
            rest = [other for other in others if other is not sympy.true]
            try:
                at, to, end = (e.xreplace(put) for e in (claim.expr, claim.point, claim.value))
            except ValueError:  # SymPy puts no number for what a derivative is taken by
                told = f"{claim.expr} is no limit by cases; state it for each value of {w.args[0]}"
                raise ClaimError(told) from None
            let = {key: e.xreplace(put) for key, e in claim.let.items()}
            case = replace(claim, expr=at, point=to, value=end, where=rest, let=let)
            answers.append(_judged(case, timeout))
        if not answers:
            raise ClaimError(f"where contains {w} and excludes each of these values")
        wrong = next((a for a in answers if not a.result.proved), None)
        return wrong or answers[0]
    return _judged(claim, timeout)


def _judged(claim: Tends, timeout: float) -> Answer:
    """Decide whether expr tends to the value as the variable tends to the point."""
    started = time.monotonic()
    deadline = time.thread_time() + timeout
    infinite = {sympy.oo: "+", -sympy.oo: "-"}
    ends = [e for e in (claim.point, claim.value) if e not in infinite]
    try:
        reading = read([claim.expr, *ends], claim.where, (), claim.let)
        near = approach(claim, deadline=deadline)
    except ClaimError:
        raise
    except Exception as error:  # noqa: BLE001 - an answer, not a traceback, whatever the fault
        return Answer(Result(Verdict.UNDECIDED, reason=fault_text("reading the claim", error)))
    missing = next((line.reason for line in reading.lines if line.reason), "")
    if missing:
        return Answer(Result(Verdict.UNDECIDED, reason=missing))
    t, *others = (line.term for line in reading.lines if line.term is not None)
    x = var(name_of(claim.variable))
    at = infinite.get(claim.point) or others.pop(0)
    end = infinite.get(claim.value) or others.pop(0)
    if any(depends(e, x) for e in (at, end) if isinstance(e, Term)):
        where = f"the point {claim.point} or the value {claim.value}"
        raise ClaimError(f"{where} depends on {claim.variable}")
    known, domain, asked = _apart(reading, x)

    def ask(put: Mapping[Term, Term]) -> Limit:
        """The limits along every way, with these values for the other symbols."""

        def placed(u: Term | str) -> Any:
            return u if isinstance(u, str) else transform(u, put.get)

        here, more, premises = (
            [f.map(placed) for f in facts] for facts in (domain, asked, known.facts)
        )
        ways = approaches(x, placed(at), claim.direction)
        given = replace(known, facts=tuple(premises))
        return prove_limit_of(placed(t), ways, placed(end), here, more, given, Work(deadline))

    try:
        found = ask({})
        result = _verdict(claim, reading, found, near, ask)
    except InternalDisagreement:
        raise
    except (Rejected, OutOfBudget) as stop:
        result = Result(Verdict.UNDECIDED, reason=str(stop))
    except Exception as error:  # noqa: BLE001
        result = Result(Verdict.UNDECIDED, reason=fault_text("proving the claim", error))
    return Answer(replace(result, seconds=time.monotonic() - started))


def _verdict(
    claim: Tends,
    reading: Reading,
    found: Limit,
    near: Sequence[Near],
    ask: Callable[[Mapping[Term, Term]], Limit],
) -> Result:
    """What the two routes say together."""
    excluded = next((other for other in near if other.excluded), None)
    if not found.reason:
        if excluded is not None:
            raise InternalDisagreement(
                f"a limit was proved, and the refuter found it excluded at {excluded.shown}; "
                "please report this as a bug in symderiv"
            )
        reason = "no point was found near the limit's"
        if any(other.strays() for other in near[:_LOOKED_AT]):
            reason = "values near the point come no closer: please report this"
        elif near and not (reason := barred(reading)):
            return Result(Verdict.PROVED, needs_of(reading, 1), certificate=tuple(found.shown))
        return Result(Verdict.UNDECIDED, reason=f"proved formally, but {reason}")
    for other in (o for o in near if o.plain):
        named = other.parameters.items()
        there = ask({var(k): num(Fraction(int(q.p), int(q.q))) for k, q in named}).other
        if there is not None:
            return Result(Verdict.REFUTED, (), other.limit(_read_back(there[1]), there[0]))
    if excluded is not None:
        return Result(Verdict.REFUTED, (), excluded.limit(excluded.around))
    return Result(Verdict.UNDECIDED, reason=found.reason)


def _read_back(found: Found) -> Basic:
    """A limit that was found, for a reader."""
    if isinstance(found, str):
        return {"+": sympy.oo, "-": -sympy.oo}[found]
    return Readback().form(found[0]) / Readback().form(found[1])


def _apart(reading: Reading, x: Term) -> tuple[Premises, list[Fact], list[Fact]]:
    """What is known without the variable; what where and being defined say of it; what is asked."""
    everything = assumptions_of(reading)
    about = [f for f in everything.facts if any(depends(u, x) for u in f.terms)]
    conditions = premises_of(reading, len(reading.lines) - 1).conditions
    asked = [fact for c, fact in conditions if c.stronger and fact in about]
    asked += [f for f in about if f.free and f not in asked]  # of no index there may be none
    if any(depends(s.pattern, x) for s in everything.finite):
        raise ClaimError("the variable of a limit has finitely many values in where")
    known = replace(everything, facts=tuple(f for f in everything.facts if f not in about))
    return known, [f for f in about if f not in asked], asked
