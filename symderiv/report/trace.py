"""The trace of a derivation as text: for each step what was written, read, used and said."""

from __future__ import annotations

from collections.abc import Iterator

from symderiv.report import notation
from symderiv.report.text import aligned, count, differ, line, place, point, said, verdict
from symderiv.verdict import Case, Condition, DerivationResult, StepResult, Trace

__all__ = ["render_trace"]

_MOST_SHOWN = 12  # cases


def render_trace(derivation: DerivationResult) -> str:
    """Return every step of one derivation as it was judged.

    Each step has the line as written (as SymPy built it), as read (in index form), the
    normal forms of both sides, the rules used, the cases, the conditions, and what each
    of the two routes said.
    """
    lines = [aligned(derivation.name, place(derivation.file, derivation.line))]
    if derivation.error:
        lines.append(f"  not judged: {derivation.error}")
    lines += [f"  note: {note}" for note in derivation.notes]
    for step in derivation.steps:
        lines += ["", *_step(step, len(derivation.steps))]
    return "\n".join(lines)


def _step(step: StepResult, of: int) -> list[str]:
    mark = "✔" if step.passed else "✘"
    head = f'{mark} step {step.number} of {of}: "{step.because}"'
    lines = [aligned(head, place(step.file, step.line))]
    trace = step.result.trace if step.result is not None else None
    if trace is None:
        claim = said(step) if step.relation else f"{line(step.before)} = {line(step.expression)}"
        lines += _part("written", [claim])
        certificate = step.result.certificate if step.result is not None else ()
        lines += _part("shown by", list(certificate)) if certificate else []
        return [*lines, *_part("verdict", verdict(step))]
    parts = {
        "written": [line(trace.written[0]), f"= {line(trace.written[1])}"],
        "read": _pair(trace.read, "not read: the index form has no word for it"),
        "normal": list(_normal_forms(trace)),
        "rules": list(_rules(trace)),
        "cases": _cases(trace.cases),
        "needs": [_condition(needed) for needed in trace.conditions] or ["nothing"],
        "prover": [_prover(trace)],
        "refuter": _refuter(trace),
        "verdict": verdict(step),
    }
    for name, texts in parts.items():
        lines += _part(name, texts)
    return lines


def _part(name: str, texts: list[str]) -> list[str]:
    return [f"    {name if k == 0 else '':<8} {text}" for k, text in enumerate(texts)]


def _pair(sides: tuple[object, object], none: str) -> list[str]:
    left, right = (none if side is None else line(side) for side in sides)
    return [left, f"= {right}"]


def _normal_forms(trace: Trace) -> Iterator[str]:
    """Those of the first cases; two that read alike are shown once."""
    shown = [case for case in trace.cases if case.normal_forms is not None][:_MOST_SHOWN]
    for case in shown:
        assumed = f"   where {_relations(case)}" if case.assumed else ""
        left, right = (
            "too deep to show" if side is None else line(side) for side in case.normal_forms or ()
        )
        if left == right:
            yield f"both are {left}{assumed}"
        else:
            sign = "=" if case.outcome == "equal" else "≠"
            yield left
            yield f"{sign} {right}{assumed}"
    if not shown:
        yield "none was reached"


def _rules(trace: Trace) -> Iterator[str]:
    table = ""
    for rule in trace.rules:
        if rule.table != table:
            table = rule.table
            yield f"{table}:"
        yield f"  {rule.name}: {rule.formula}   [{rule.source}]"


def _relations(case: Case) -> str:
    return ", ".join(notation.condition(Condition(relation)) for relation in case.assumed)


def _cases(cases: tuple[Case, ...]) -> list[str]:
    if len(cases) == 1 and not cases[0].assumed:
        return ["one, nothing was divided"]
    if not cases:
        return ["none was decided"]
    texts = [f"{_relations(case)}: {case.outcome}" for case in cases[:_MOST_SHOWN]]
    more = [f"and {len(cases) - _MOST_SHOWN} more"] if len(cases) > _MOST_SHOWN else []
    return [count(len(cases), "case"), *texts, *more]


def _condition(needed: Condition) -> str:
    text = notation.condition(needed)
    if needed.why:
        text += f" ({needed.why})"
    if needed.open:
        natural = "open, as the start needs it already" if needed.natural else "open"
        return f"{text}: {natural}"
    return f"{text}: {needed.discharged_by}"


def _prover(trace: Trace) -> str:
    if trace.proved:
        return "equal in every case that can occur"
    rest = trace.left_over
    shown = rest if isinstance(rest, str) or rest is None else line(rest)
    left = f": {shown} is left over" if shown else ""
    return f"{trace.reason or 'undecided'}{left}"


def _refuter(trace: Trace) -> list[str]:
    tried = f"{count(trace.points, 'point')} tried, every line defined at {trace.defined}"
    texts = [f"{tried}: {trace.trouble}" if trace.trouble else tried]
    if trace.witness is not None:
        texts.append(f"both are {notation.value(trace.witness.lhs)} {point(trace.witness)}")
    if trace.counterexample is not None:
        texts.append(f"{differ(trace.counterexample)} {point(trace.counterexample)}")
    return texts
