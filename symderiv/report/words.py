"""What every format says of a derivation and a step, in the same words and of the same place."""

from __future__ import annotations

from pathlib import Path

from symderiv.report import text
from symderiv.report.glyphs import printable
from symderiv.verdict import DerivationResult, Report, StepResult

__all__ = ["counts", "failing", "fault", "folder_path", "placed", "title", "told"]


def folder_path(file: str, root: Path | None = None) -> str:
    """Return a file relative to a folder, with ``/``; one that lies elsewhere in full.

    The folder is the current one by default.
    """
    path = Path(file)
    try:
        return path.resolve().relative_to((root or Path.cwd()).resolve()).as_posix()
    except (ValueError, OSError):
        return path.as_posix()


def title(derivation: DerivationResult, step: StepResult) -> str:
    """Return what a step is called: derivation, number and reason."""
    number = f", step {step.number} of {len(derivation.steps)}" if not step.relation else ""
    return printable(f'{derivation.name}{number}: "{step.because}"')


def placed(derivation: DerivationResult, step: StepResult | None) -> str:
    """Return what a step, or the derivation where there is none, is called and its place."""
    if step is None:
        return f"{printable(derivation.name)}   {text.place(derivation.file, derivation.line)}"
    return f"{title(derivation, step)}   {text.place(step.file, step.line)}"


def told(derivation: DerivationResult, step: StepResult) -> list[str]:
    """Return the lines that tell a step's verdict: what is compared, and what was found."""
    said = text.verdict(step)
    if derivation.error:
        said = [derivation.error]
    elif derivation.expect == "refuted" and derivation.first_failure is step:
        said = [*said, "expected to be refuted"]
    return [*(line.strip() for line in text.compared(step)), *said]


def fault(derivation: DerivationResult) -> str:
    """Return what is wrong with a derivation as a whole, or an empty text."""
    if derivation.error:
        return derivation.error
    if not derivation.passed and derivation.first_failure is None:
        return text.ALL_PROVED
    return ""


def failing(derivation: DerivationResult) -> list[StepResult]:
    """Return the steps that did not come out as declared."""
    return [step for step in derivation.steps if not derivation.accepts(step)]


def counts(report: Report) -> str:
    """Return the line of counts that ends a report, without the time."""
    return text.summary(report).rpartition("; ")[0]
