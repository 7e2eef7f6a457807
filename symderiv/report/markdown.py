"""The report in Markdown, for the summary of a job: a table, and what failed in full."""

from __future__ import annotations

import re
from pathlib import Path

from symderiv.report import text, words
from symderiv.report.glyphs import printable
from symderiv.verdict import DerivationResult, Report

__all__ = ["plain", "render"]

_ACTIVE = re.compile(r"([\\`*_{}\[\]<>()#+!|~&$-])")


def render(report: Report, *, root: Path | None = None) -> str:
    r"""Return a Report as Markdown (GitHub's): counts, a table, and the failing steps.

    Examples
    --------
    >>> print(render(Report(errors=("there is no file a_b.py",))))
    ### symderiv
    <BLANKLINE>
    ✘ 0 derivations, 0 steps; 1 error
    <BLANKLINE>
    - error: there is no file a\_b.py
    """
    parts = ["### symderiv", words.counts(report)]
    if report.derivations:
        rows = [_row(derivation, root) for derivation in report.derivations]
        parts.append("\n".join(["| | derivation | steps | written at |", "|-|-|-|-|", *rows]))
    for derivation in report.derivations:
        parts += _failures(derivation, root)
    failed = [check for check in report.checks if not check.passed]
    for check in failed:
        parts.append(f"**test of the compiled functions failed: {plain(check.name)}**")
        if check.detail:
            parts.append(_fenced(check.detail))
    if report.errors:
        parts.append("\n".join(f"- error: {plain(str(error))}" for error in report.errors))
    return "\n\n".join(parts)


def _row(derivation: DerivationResult, root: Path | None) -> str:
    done: dict[str, int] = {}
    for step in derivation.steps:
        said = text.outcome(step)
        done[said] = done.get(said, 0) + 1
    steps = ", ".join(f"{done[key]} {key}" for key in text.OUTCOMES if key in done)
    if derivation.expect == "refuted":
        steps += ", as expected" if derivation.passed else ", expected to be refuted"
    mark = "✔" if derivation.passed else "✘"
    place = f"{words.folder_path(derivation.file, root)}:{derivation.line}"
    return f"| {mark} | {plain(derivation.name)} | {steps or 'none'} | {plain(place)} |"


def _failures(derivation: DerivationResult, root: Path | None) -> list[str]:
    fault = words.fault(derivation)
    if fault:
        place = f"{words.folder_path(derivation.file, root)}:{derivation.line}"
        return [f"**{plain(derivation.name)}** at {plain(place)}", _fenced(fault)]
    parts: list[str] = []
    for step in words.failing(derivation):
        place = f"{words.folder_path(step.file, root)}:{step.line}"
        parts.append(f"**{plain(words.title(derivation, step))}** at {plain(place)}")
        parts.append(_fenced("\n".join(words.told(derivation, step))))
    return parts


def plain(said: str) -> str:
    """Return a text that Markdown shows as it is, on one line."""
    return _ACTIVE.sub(r"\\\1", printable(said))


def _fenced(said: str) -> str:
    # The fence is longer than any run of backticks inside.
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", said)), default=0))
    return f"{fence}text\n{said}\n{fence}"
