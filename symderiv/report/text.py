"""The report as plain text for a terminal: one line per derivation, and what failed in full."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from symderiv.report import glyphs, notation
from symderiv.report.glyphs import printable
from symderiv.verdict import (
    CheckResult,
    Counterexample,
    DerivationResult,
    Report,
    StepResult,
    Verdict,
)

__all__ = [
    "ALL_PROVED",
    "OUTCOMES",
    "aligned",
    "compared",
    "count",
    "differ",
    "line",
    "outcome",
    "place",
    "point",
    "relation",
    "render",
    "summary",
    "verdict",
]

_WIDTH = 72  # the column at which the file and line of a failing step stand
_LONGEST = 1500
ALL_PROVED = 'expected to be refuted, but every step is proved: remove expect="refuted"'
_COLOURS = {"✔": "\x1b[32m", "✘": "\x1b[31m"}
_MUTED, _RESET = "\x1b[2m", "\x1b[0m"


def render(report: Report, *, colour: bool = False, verbose: bool = False) -> str:
    """Return a Report as text, ending in a line of counts.

    Parameters
    ----------
    report
        What ``verify`` returned.
    colour
        Whether to mark the lines with terminal colours.
    verbose
        Whether to show every step of what passed as well, as SymPy read it back.

    Examples
    --------
    >>> print(render(Report()))
    nothing was asked: 0 derivations, 0 steps; 0.00 s
    """
    width = min(max((len(d.name) for d in report.derivations), default=0), 56)
    places = max((len(place(d.file, d.line)) for d in report.derivations), default=0)
    claims = max((len(claim(d)) for d in report.derivations if d.passed), default=0)
    lines: list[str] = []
    for derivation in report.derivations:
        if derivation.passed:
            head = (
                f"✔ {printable(derivation.name):<{width}}   {claim(derivation):<{claims}}"
                f"   {place(derivation.file, derivation.line):<{places}}   {_time(derivation)}"
            )
            block = [head, *_passed(derivation, verbose)]
        else:
            block = _failed(derivation, verbose)
            block = ["", *block, ""] if lines and lines[-1] else [*block, ""]
        lines += block
    lines += _checks(report.checks)
    lines += [f"✘ error: {printable(str(error))}" for error in report.errors]
    if lines and lines[-1]:
        lines.append("")
    lines.append(summary(report))
    return "\n".join(_coloured(line) for line in lines) if colour else "\n".join(lines)


# --- a derivation ----------------------------------------------------------------------


def _passed(derivation: DerivationResult, verbose: bool) -> list[str]:
    lines = []
    failure = derivation.first_failure
    if failure is not None and not verbose:
        lines += [f"    {text}" for text in verdict(failure)]
    lines += [f"    where {text}" for text in _open_conditions(derivation)]
    lines += [f"    {text}" for text in remarks(derivation)]
    if verbose:
        if not any(step.relation for step in derivation.steps):
            lines.append(f"    start   {line(derivation.start)}")
        for step in derivation.steps:
            lines += _step(step)
            certificate = step.result.certificate if step.result is not None else ()
            lines += [f"            {text}" for text in certificate]
        lines.append("")
    return lines


def _failed(derivation: DerivationResult, verbose: bool) -> list[str]:
    failure = derivation.first_failure
    if derivation.error or failure is None:
        head = aligned(f"✘ {printable(derivation.name)}", place(derivation.file, derivation.line))
        return [head, f"    {derivation.error or ALL_PROVED}"]
    step = f", step {failure.number} of {len(derivation.steps)}" if not failure.relation else ""
    lines = [
        aligned(
            f'✘ {printable(derivation.name)}{step}: "{printable(failure.because)}"',
            place(failure.file, failure.line),
        ),
        *compared(failure),
        *(f"    {text}" for text in verdict(failure)),
        *(["    expected to be refuted"] if derivation.expect == "refuted" else []),
    ]
    others = [s for s in derivation.steps if s is not failure]
    if verbose:
        if not failure.relation:
            lines.append(f"    start   {line(derivation.start)}")
        for other in others:
            lines += _step(other)
    else:
        before = failure.number - 1
        if before:
            lines.append(f"    {count(before, 'step')} before it: proved")
        for other in others[before:]:
            outcome = "; ".join(verdict(other))
            lines.append(f'    step {other.number}: "{printable(other.because)}": {outcome}')
    return lines + [f"    {text}" for text in remarks(derivation)]


def compared(step: StepResult) -> list[str]:
    """Return the two lines of a step, or what a claim says."""
    if step.relation:
        return [f"    claim  {said(step)}"]
    return [f"    from   {line(step.before)}", f"    to     {line(step.expression)}"]


def said(step: StepResult) -> str:
    """What a claim says: of two expressions, or of one."""
    other = "" if step.expression == step.before else f" {line(step.expression)}"
    return f"{line(step.before)} {relation(step.relation)}{other}"


def relation(words: str) -> str:
    """The words of a claim, with Greek letters for Greek names."""
    return re.sub(r"\w+", lambda found: glyphs.name(found.group()), words)


def _step(step: StepResult) -> list[str]:
    mark = "✔" if step.passed else "✘"
    head = aligned(
        f'    {mark} step {step.number}: "{printable(step.because)}"', place(step.file, step.line)
    )
    return [
        head,
        f"        {said(step)}" if step.relation else f"        = {line(step.expression)}",
        *(f"        {text}" for text in verdict(step, discharged=True)),
    ]


def verdict(step: StepResult, *, discharged: bool = False) -> list[str]:
    """Return the verdict of one step in words, with its conditions."""
    if step.error:
        return [f"not a claim: {step.error}"]
    result = step.result
    if result is None:
        return ["not judged"]
    if result.verdict is Verdict.REFUTED:
        at = result.counterexample
        if at is None:
            return [f"refuted: {result.reason}"]
        return [f"{f'refuted {point(at)}'.rstrip()}:   {differ(at)}"]
    if result.verdict is Verdict.UNDECIDED:
        return [f"undecided: {result.reason or 'no reason given'}"]
    said = ["proved" if not step.unchanged else "proved: SymPy built the line before it again"]
    for needed in result.conditions:
        text = notation.condition(needed)
        if needed.loses_a_region:
            said.append(
                f"proved only where {text}, but the line before is defined elsewhere too:"
                f" declare it with where=({needed.relation},)"
            )
        elif needed.open:
            natural = ", as the start needs already" if needed.natural else ""
            said.append(f"where {text}{natural}")
        elif discharged:
            said.append(f"{text}: {needed.discharged_by}")
    if not step.passed:
        said = [text for text in said if text != "proved"]
    if result.counterexample is not None:
        said.append(f"{point(result.counterexample)}:   {differ(result.counterexample)}")
    return said


def point(at: Counterexample) -> str:
    """Where a point lies: its sizes and values."""
    where = [f"{glyphs.name(name)} = {size}" for name, size in at.sizes.items()]
    where += [f"{relation(name)} = {notation.value(v)}" for name, v in at.values.items()]
    everywhere = "" if at.relation == "limit" else "at every point"
    return f"at {', '.join(where)}" if where else everywhere


def differ(at: Counterexample) -> str:
    """The two values at a point where they differ; of a limit, the one that was found."""
    left, right = notation.value(at.lhs), notation.value(at.rhs)
    text = (
        f"{left}, but {right}" if right.startswith("undefined") else f"{left} {at.relation} {right}"
    )
    text = f"the limit is {left}, not {right}" if at.relation == "limit" else text
    return text + (f"   ({at.note})" if at.note else "")


def _open_conditions(derivation: DerivationResult) -> list[str]:
    # One condition may come with several steps; the reader needs it once.
    found: dict[str, None] = {}
    for step in derivation.steps:
        for needed in step.result.open_conditions if step.result is not None else ():
            found[notation.condition(needed)] = None
    return list(found)


def remarks(derivation: DerivationResult) -> list[str]:
    """The notes on a derivation, and which of its steps SymPy built as the line before."""
    lines = [f"note: {printable(note)}" for note in derivation.notes]
    same = [str(step.number) for step in derivation.steps if step.unchanged]
    if same:
        which = f"step {same[0]} is" if len(same) == 1 else f"steps {', '.join(same)} are"
        lines.append(f"note: {which} identical to the line before, as SymPy built it")
    return lines


def claim(derivation: DerivationResult) -> str:
    """What a derivation that passed has shown: how many steps, and for which sizes."""
    failure = derivation.first_failure
    if failure is not None:
        return f"refuted at step {failure.number} of {len(derivation.steps)}, as expected"
    lines = [derivation.start, *(step.expression for step in derivation.steps)]
    names = notation.sizes(lines)
    every = f" for every {_listed(names)}" if names else ""
    if derivation.is_claim:
        return f"claim proved{every}"
    return f"{count(len(derivation.steps), 'step')} proved{every}"


# --- checks and counts -----------------------------------------------------------------


def _checks(checks: tuple[CheckResult, ...]) -> list[str]:
    if not checks:
        return []
    lines = [
        "",
        "tests of the compiled functions on random data (they can fail, they prove nothing)",
    ]
    width = min(max(len(check.name) for check in checks), 72)
    for check in checks:
        examples = f"{count(check.examples, 'example')}   " if check.examples else ""
        outcome = "passed" if check.passed else "failed"
        mark = "✔" if check.passed else "✘"
        lines.append(
            f"{mark} {printable(check.name):<{width}}   {outcome}   {examples}{check.seconds:.2f} s"
        )
        if check.detail and not check.passed:
            lines += [f"    {text}" for text in check.detail.splitlines()]
    return lines


def summary(report: Report) -> str:
    """Return the line of counts that ends a report."""
    counts: Counter[str] = Counter()
    for derivation in report.derivations:
        for step in derivation.steps:
            counts[outcome(step)] += 1
    total = sum(counts.values())
    claims = sum(d.is_claim for d in report.derivations)
    text = count(len(report.derivations) - claims, "derivation")
    text += f", {count(claims, 'claim')}" if claims else ""
    text += f", {count(total, 'step')}"
    if counts:
        text += ": " + ", ".join(f"{counts[key]} {key}" for key in OUTCOMES if counts[key])
    unjudged = sum(1 for derivation in report.derivations if derivation.error)
    if unjudged:
        text += f"; {count(unjudged, 'derivation')} that could not be judged"
    if report.checks:
        passed = sum(check.passed for check in report.checks)
        text += f"; {passed} of {count(len(report.checks), 'test')} passed"
    if report.errors:
        text += f"; {count(len(report.errors), 'error')}"
    if report.passed:
        text = f"✔ {text}"
    else:
        text = f"✘ {text}" if report.derivations or report.errors else f"nothing was asked: {text}"
    return f"{text}; {report.seconds:.2f} s"


OUTCOMES = ("proved", "refuted", "undecided", "proved on part of the domain only", "not judged")


def outcome(step: StepResult) -> str:
    """Return the outcome of a step: one of OUTCOMES."""
    if step.result is None:
        return "not judged"
    if step.result.proved and not step.passed:
        return "proved on part of the domain only"
    return step.result.verdict.value


# --- words -----------------------------------------------------------------------------


def line(expr: object) -> str:
    """An expression on one line, cut where it is very long."""
    text = notation.expression(expr)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} … ({len(text)} characters)"


def aligned(left: str, right: str) -> str:
    """Two texts, the second in its column."""
    return f"{left:<{_WIDTH - 3}}   {right}"


def place(file: str, line: int) -> str:
    """A file, short, and a line of it."""
    path = Path(file)
    try:
        short = path.resolve().relative_to(Path.cwd()).as_posix()
    except (ValueError, OSError):
        short = path.name
    return f"{short}:{line}"


def _time(derivation: DerivationResult) -> str:
    return f"{derivation.seconds:.2f} s"


def count(number: int, noun: str) -> str:
    """A number of things in words."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _listed(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _coloured(line: str) -> str:
    mark = line.lstrip()[:1]
    if mark in _COLOURS:
        return line.replace(mark, f"{_COLOURS[mark]}{mark}{_RESET}", 1)
    return f"{_MUTED}{line}{_RESET}" if line.startswith("    note:") else line
