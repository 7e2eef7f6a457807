"""The same document as Markdown, with formulas between double dollar signs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from symderiv.report.document import Chain, Document, document, tables
from symderiv.report.markdown import plain
from symderiv.verdict import Report

__all__ = ["render"]


def render(report: Report, *, root: Path | None = None, title: str = "") -> str:
    """Return a Report as a Markdown document with ``$$`` blocks; figures are named, not drawn.

    Examples
    --------
    >>> print(render(Report()))
    # Derivations
    <BLANKLINE>
    nothing was asked: 0 derivations, 0 steps
    """
    page = document(report, title or report.title or "Derivations")
    return "\n\n".join(_page(page))


def _page(page: Document) -> Iterator[str]:
    yield f"# {plain(page.title)}"
    yield page.summary
    for part in page.parts:
        yield f"## {plain(part.title)}"
        yield from part.paragraphs
        for figure in part.figures:
            yield f"*Figure: {figure.caption}* {figure.alt}"
        for shown in part.chains:
            yield from _chain(shown)
        for source in part.sources:
            yield f"```python\n{source.rstrip()}\n```"
    for table in tables(page):
        yield f"## {plain(table.title)}"
        yield plain(table.about)
        rows = [f"| {' | '.join(map(plain, row))} |" for row in (table.head, *table.rows)]
        rule = ["-", *("-:" for _ in table.head[2:]), "-"]
        yield "\n".join([rows[0], f"|{'|'.join(rule)}|", *rows[1:]])
        for number in sorted(table.failed):
            yield f"✘ {plain(table.rows[number][0])}: {plain(page.checks[number].detail)}"
    if page.errors:
        yield "\n".join(f"- error: {plain(error)}" for error in page.errors)


def _chain(shown: Chain) -> Iterator[str]:
    yield f"### {'✔' if shown.passed else '✘'} {plain(shown.name)}"
    told = " · ".join(t for t in (shown.claim, shown.source, shown.place) if t)
    if told:
        yield plain(told)
    if shown.definitions:
        yield "with " + ", ".join(f"${tex}$" for tex in shown.definitions)
    if shown.error:
        yield plain(shown.error)
    for number, line in enumerate(shown.lines):
        yield f"$$\n{line.relation + ' ' if number else ''}{line.tex}\n$$"
        if number:
            said = "; ".join(text for text in line.said if text != "proved")
            mark = "✔" if line.passed else "✘"
            yield f"{mark} {plain(line.because)}" + (f" ({plain(said)})" if said else "")
    yield from map(plain, shown.notes)
