"""The report as GitHub annotations: an error at the file and line of every step that failed.

The commands and their escapes are those of "Workflow commands for GitHub Actions": in a
message %, CR and LF are written %25, %0D and %0A, in a property also : and , as %3A and %2C.
"""

from __future__ import annotations

from pathlib import Path

from symderiv.report import words
from symderiv.report.glyphs import printable
from symderiv.verdict import DerivationResult, LoadError, Report

__all__ = ["render"]


def render(report: Report, *, root: Path | None = None) -> str:
    r"""Return a Report as workflow commands, one a line, and a line of counts.

    Parameters
    ----------
    report
        What ``verify`` returned.
    root
        The folder that files are named relative to: the root of the repository.

    Examples
    --------
    >>> print(render(Report(errors=("50% of it,\nlost",))))
    ::error title=symderiv::50%25 of it,%0Alost
    ✘ 0 derivations, 0 steps; 1 error
    """
    lines: list[str] = []
    for derivation in report.derivations:
        lines += _derivation(derivation, root)
    for check in report.checks:
        if not check.passed:
            detail = check.detail or "failed"
            lines.append(_command(detail, title=f"test of the compiled functions: {check.name}"))
    for error in report.errors:
        place = {}
        if isinstance(error, LoadError) and error.file:
            place = {"file": words.folder_path(error.file, root), "line": str(error.line)}
        lines.append(_command(str(error), **place, title="symderiv"))
    return "\n".join([*lines, words.counts(report)])


def _derivation(derivation: DerivationResult, root: Path | None) -> list[str]:
    fault = words.fault(derivation)
    if fault:
        file, line = words.folder_path(derivation.file, root), derivation.line
        name = printable(derivation.name)
        return [_command(fault, file=file, line=str(line), title=name)]
    return [
        _command(
            "\n".join(words.told(derivation, step)),
            file=words.folder_path(step.file, root),
            line=str(step.line),
            title=words.title(derivation, step),
        )
        for step in words.failing(derivation)
    ]


def _command(message: str, **properties: str) -> str:
    said = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::error {said}::{_message(message)}"


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
