"""The judge: asks both routes, compares their answers, and makes the verdict.

The prover works on the index form and answers for all sizes; the refuter evaluates what was
written at exact points. A proof counts only with a witness, a point at which every line up to it is
certainly defined and the two sides agree; a counterexample against a proof is an internal
error and never a verdict.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from sympy import Basic

from symderiv.explain.cases import Cases, joined
from symderiv.explain.conditions import readable
from symderiv.explain.question import Question
from symderiv.explain.trace import Evidence, left_over, open_case
from symderiv.indexform.conditions import RawCondition
from symderiv.indexform.reading import Hypothesis, Line, Reading, read
from symderiv.indexform.terms import Linear, walk
from symderiv.necessity import needed_by
from symderiv.prove.continuation import continued, is_product, without_signs
from symderiv.prove.equality import Proof, prove_zero
from symderiv.prove.finite import FiniteSet
from symderiv.prove.hypotheses import Fact, Premises
from symderiv.prove.regions import excludes_a_region
from symderiv.prove.work import Work
from symderiv.refute.examination import Examination, examine
from symderiv.verdict import (
    ClaimError,
    Condition,
    InternalDisagreement,
    Result,
    Verdict,
)
from symderiv.written import definitions, refuse_subscripts, relations, time_limit, with_ranges

__all__ = ["ChainResult", "conditions_of", "fault_text", "judge_chain"]
__all__ += ["premises_of", "prove_equal"]

_UNITS = 1_000_000  # of work on what conditions exclude, after a proof; what is open then counts


@dataclass(frozen=True)
class ChainResult:
    """The answers for the steps of a chain."""

    results: tuple[Result | ClaimError, ...]


def prove_equal(
    lhs: Any,
    rhs: Any,
    *,
    where: Sequence[Basic] = (),
    let: Mapping[Basic, Basic] | None = None,
    timeout: float = 10.0,
) -> Result:
    """Decide lhs = rhs wherever both are defined, for all sizes.

    Parameters
    ----------
    lhs, rhs
        Two scalars, or two matrix expressions of one shape; unevaluated ``Derivative`` and
        ``Sum`` are welcome.
    where
        Relations that may be assumed.
    let
        Definitions, from names such as ``h[i]`` to expressions.
    timeout
        Seconds of processor time after which the answer is UNDECIDED: a safety net, since what
        a proof may cost is counted in work.

    Returns
    -------
    Result
        PROVED with its conditions, REFUTED with a counterexample, or UNDECIDED with a reason.

    Raises
    ------
    ClaimError
        Where the two are not a claim: a float, unequal shapes, an infinite range.

    Examples
    --------
    >>> from sympy import Abs, sqrt, symbols
    >>> x = symbols("x", real=True)
    >>> prove_equal((x**2 - 1)/(x - 1), x + 1).verdict
    <Verdict.PROVED: 'proved'>
    >>> x = symbols("x")
    >>> prove_equal(sqrt(x**2), x).verdict
    <Verdict.REFUTED: 'refuted'>
    >>> prove_equal(sqrt(x**2), x, where=[x > 0]).verdict
    <Verdict.PROVED: 'proved'>
    """
    left, of_left = with_ranges(lhs, "the left side")
    right, of_right = with_ranges(rhs, "the right side")
    chain = judge_chain(
        [left, right],
        where=(*relations(where, "where"), *of_left, *of_right),
        let=definitions({} if let is None else let, "let"),
        timeout=time_limit(timeout),
    )
    (result,) = chain.results
    if isinstance(result, ClaimError):
        raise result
    return result


def judge_chain(
    lines: Sequence[Basic],
    *,
    where: Sequence[Basic] = (),
    extra: Sequence[Sequence[Basic]] = (),
    let: Mapping[Basic, Basic] | None = None,
    timeout: float = 10.0,
) -> ChainResult:
    """Decide each line equal to the one before, with conditions that add up along the chain.

    ``extra[k]`` holds from line k on. The ranges of free indices come from the first line.
    """
    started = time.monotonic()
    deadline = time.thread_time() + timeout * max(1, len(lines) - 1)  # no busy machine counts
    let = dict(let or {})
    extra = [*extra, *([()] * (len(lines) - len(extra)))]
    try:
        refuse_subscripts([*lines, *let.values()])
        reading = read(lines, where, extra, let)
    except ClaimError:
        raise
    except Exception as error:  # noqa: BLE001 - an answer, not a traceback, whatever the fault
        lost = Result(Verdict.UNDECIDED, reason=fault_text("reading the lines", error))
        return ChainResult((lost,) * (len(lines) - 1))
    steps: list[tuple[Proof, float]] = []
    settled: tuple[bool, ...] = ()
    for k in range(len(lines) - 1):
        steps.append(_prove(reading, k, Work(time.thread_time() + timeout), settled))
        if steps[-1][0].proved:
            settled = _settled(reading, k, steps[-1][0])
    question = Question(reading, lines, [*where, *(w for ws in extra for w in ws)], let)
    try:
        doubtful = {k: open_case(p, question) for k, (p, _) in enumerate(steps) if not p.proved}
        seen = examine(
            lines, where=where, extra=extra, let=let, deadline=deadline, doubtful=doubtful
        )
    except ClaimError:
        raise
    except Exception as error:  # noqa: BLE001
        none = (None,) * len(steps)
        seen = Examination(none, none, reason=fault_text("evaluating the lines", error))
    share = (time.monotonic() - started - sum(s[1] for s in steps)) / max(1, len(steps))
    judged = (_verdict(question, k, p, seen, s + share) for k, (p, s) in enumerate(steps))
    return ChainResult(tuple(judged))


def _prove(
    reading: Reading, k: int, work: Work, settled: tuple[bool, ...] = ()
) -> tuple[Proof, float]:
    """The prover's answer for the step from line k to line k + 1."""
    started = time.monotonic()
    premises = premises_of(reading, k + 1, settled)
    left, right = reading.lines[k], reading.lines[k + 1]
    if left.term is None or right.term is None:
        reason = left.reason or right.reason
        proof = Proof(False, [False] * len(premises.conditions), reason=reason)
    else:
        try:
            proof = prove_zero(left.term, right.term, premises, work)
            if proof.proved:
                proof = continued(left.term, right.term, premises, proof, work)
        except Exception as error:  # noqa: BLE001
            undecided = [False] * len(premises.conditions)
            proof = Proof(False, undecided, reason=fault_text("proving the step", error))
    return proof, time.monotonic() - started


def _settled(reading: Reading, k: int, proof: Proof) -> tuple[bool, ...]:
    """What need not be asked again; what the product in line k + 1 is read with is needed again."""
    known = sum(len(line.conditions) for line in reading.lines[: k + 1])
    again = [number >= known and c for number, c in enumerate(proof.continued)]
    return tuple(h and not any(again[n : n + 1]) for n, h in enumerate(proof.discharged))


def fault_text(what: str, error: Exception) -> str:
    """A fault of ours as a reason."""
    if isinstance(error, RecursionError):
        return f"{what}: the expression is nested too deeply"
    return f"an internal error while {what} ({type(error).__name__}: {error})"


def premises_of(reading: Reading, last: int, settled: tuple[bool, ...] = ()) -> Premises:
    """What may be used for the lines up to ``last``."""
    hypotheses = [h for group in reading.hypotheses[: last + 2] for h in group]
    facts = tuple(
        Fact(h.term, h.signs, h.free, h.within, h.guards) for h in hypotheses if not h.values
    )
    finite = tuple(_finite_set(h) for h in hypotheses if h.values)
    conditions = []
    for line in reading.lines[: last + 1]:
        conditions += [(c, _fact(c, line)) for c in line.conditions]
    return Premises(
        reading.ranges[last],
        facts + _spans(finite),
        finite,
        tuple(conditions),
        settled,
        reading.whole,
        reading.named_by_unused,
    )


def _finite_set(h: Hypothesis) -> FiniteSet:
    values = tuple(Fraction(int(v.p), int(v.q)) for v in h.values)
    return FiniteSet(h.term, h.free, values, h.within)


def _spans(finite: Sequence[FiniteSet]) -> tuple[Fact, ...]:
    """The signs that the members of a finite set have."""
    out = []
    for f in finite:
        signs = frozenset("+" if v > 0 else "-" if v < 0 else "0" for v in f.values)
        out.append(Fact(f.pattern, signs, f.free, f.within))
    return tuple(out)


def _fact(c: RawCondition, line: Line) -> Fact:
    """A condition as a fact, quantified over the bound indices that occur in it."""
    names, within = _bound(c, line)
    return Fact(c.term, c.signs, frozenset(names), tuple(within), c.guards)


def _bound(c: RawCondition, line: Line) -> tuple[list[str], list[Linear]]:
    todo = sorted(c.term.names.union(*(g.u.names for g in c.guards)) & line.binders.keys())
    names: list[str] = []
    within: list[Linear] = []
    while todo:
        name = todo.pop(0)
        if name in names:
            continue
        names.append(name)
        low, high, _ = line.binders[name]
        within += [Linear.of(name) - low, high - Linear.of(name)]
        todo += sorted((low.names | high.names) & line.binders.keys())
    return names, within


def _verdict(question: Question, k: int, proof: Proof, seen: Examination, took: float) -> Result:
    reading, counterexample = question.reading, seen.counterexamples[k]
    evidence = Evidence(question, k, proof, seen, lambda: joined(conditions_of(reading, k, proof)))
    if counterexample is not None:
        raw = [(c, i) for i, line in enumerate(reading.lines[: k + 2]) for c in line.conditions]
        held = list(zip(raw, proof.discharged, strict=False))
        # a condition beyond being defined may exclude the point; a joint, where it is none
        blocked = any(not h and (i > 0 or c.stronger or c.joint) for (c, i), h in held)
        blocked = blocked or any(n == len(reading.lines) for n in reading.assumed.values())
        earlier = any(not h and i < k for (_, i), h in held)
        if proof.proved and earlier and not blocked:
            values = {**counterexample.sizes, **counterexample.values}
            at = ", ".join(f"{name} = {value}" for name, value in values.items())
            reason = (
                f"shown where all lines before are defined; at {at} one is not, and these differ"
            )
            return Result(Verdict.UNDECIDED, (), None, reason, took, evidence)
        if proof.proved and not (blocked or _asks_more(question, conditions_of(reading, k, proof))):
            raise InternalDisagreement(
                f"the prover says that {reading.lines[k].term} = {reading.lines[k + 1].term} and "
                f"the refuter found {counterexample}; please report this as a bug in symderiv"
            )
        return Result(Verdict.REFUTED, (), counterexample, "", took, evidence)
    if not proof.proved:
        left = left_over(proof, question)
        reason = f"{proof.reason}: {left} is left over" if left else proof.reason
        return Result(Verdict.UNDECIDED, (), None, reason, took, evidence)
    conditions = _needed(question, conditions_of(reading, k, proof))
    premises = premises_of(reading, k + 1, ())
    premises = without_signs(premises) if proof.continued else premises
    conditions = joined(readable(conditions, proof, premises, question))
    if seen.witnesses[k] is None:
        tried = seen.reason or f"none of {seen.points} points tried satisfies all conditions"
        reason = (
            f"the two sides agree formally, but no point was found where both are defined: {tried}"
        )
        return Result(Verdict.UNDECIDED, conditions, None, reason, took, evidence)
    return Result(Verdict.PROVED, conditions, None, "", took, evidence)


def _needed(question: Question, conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
    """The conditions, natural only where the refuter sees nothing of the first line without."""
    guarded = {c.relation for c in question.reading.lines[0].conditions if c.guards}
    return needed_by(question.lines[0], conditions, question.where, question.let, guarded)


def _asks_more(question: Question, conditions: tuple[Condition, ...]) -> bool:
    """Whether the proof asks for more than the first line needs."""
    return _needed(question, conditions) != conditions


def _domain(reading: Reading, k: int, fact: Fact, apart: RawCondition) -> Premises:
    """Where the first line is defined, at the indices for which a condition is met."""
    known, first = premises_of(reading, k + 1), len(reading.lines[0].conditions)
    others = ((c, f) for c, f in known.conditions[:first] if c.relation != apart.relation)
    conditions = tuple((c, f) for c, f in others if not (c.stronger or c.joint))
    return replace(known, conditions=conditions, ranges=known.ranges.plus(*fact.within))


def conditions_of(reading: Reading, k: int, proof: Proof) -> tuple[Condition, ...]:
    """The conditions of the lines up to k + 1, once each, in the writer's words."""
    said = len(reading.lines)  # what only where sums to is no size of the claim
    out: dict[Any, Condition] = {
        r: Condition(r, natural=k < said) for r, k in reading.assumed.items()
    }
    cases = Cases(reading.written)
    number, work = 0, Work(units=_UNITS)  # for all of them together
    for index, line in enumerate(reading.lines[: k + 2]):
        for c in line.conditions:
            follows = proof.discharged[number]
            without = any(proof.continued[number : number + 1])
            number += 1
            names, _ = _bound(c, line)
            ranges = tuple(line.binders[n][2] for n in names)
            why = "follows from where and the conditions before" if follows else ""
            why = "the two sides are analytic, and agree where it fails as well" if without else why
            case = cases.of(c, line.binders)
            key = (c.relation, ranges, case)
            natural = index == 0 and not (c.stronger or c.joint)
            surface = bool(c.signs) and "0" not in c.signs and not (follows or natural)
            # after continuation it holds at a point, and a quotient is 0 on surfaces only
            if surface and not (proof.continued and any(map(is_product, walk(c.term)))):
                domain = _domain(reading, k, _fact(c, line), c)
                surface = not excludes_a_region(c, domain, work)
            new = Condition(c.relation, ranges, why, natural, c.why, surface, case)
            # met in several lines, it holds for good where it does in each of them
            both = out.get(key, new), new
            out[key] = max(both, key=lambda c: (c.open, not c.natural, not c.surface))
    return tuple(out.values())
