"""The report as one page of HTML: formulas in MathML, figures in SVG, no script, no network."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path

from symderiv.report.document import Chain, Document, Line, Part, Table, document, tables
from symderiv.report.figures import MissingExtra, svg
from symderiv.report.mathml import block, inline, prose
from symderiv.story import Figure
from symderiv.verdict import Report

__all__ = ["MissingExtra", "chain", "fragment", "render"]

_LONG = 130  # characters of LaTeX that fill the column of formulas
_MEANING = (
    "Proved: for all sizes, and for all real values that satisfy the conditions. Refuted: by an "
    "exact counterexample. Tests of the compiled functions can fail and prove nothing. Made by "
    "symderiv."
)


def render(report: Report, *, root: Path | None = None, title: str = "") -> str:
    """Return a Report as an HTML page that needs nothing from elsewhere.

    Raises
    ------
    MissingExtra
        Where a library of the extra ``report`` is not installed.
    """
    page = document(report, title or report.title or "Derivations")
    return "\n".join(_page(page))


def fragment(report: Report) -> str:
    """Return the derivations of a Report as an HTML element, for a page of somebody else's."""
    page = document(report)
    chains = [chain(shown) for part in page.parts for shown in part.chains]
    return "\n".join(['<div class="symderiv">', *chains, f"<p>{escape(page.summary)}</p></div>"])


def _page(page: Document) -> Iterator[str]:
    style = files("symderiv.report").joinpath("page.css").read_text("utf-8")
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{escape(page.title)}</title>\n<style>\n{style}</style>\n</head>\n<body>"
    tone = "good" if page.passed else "bad"
    yield f"<header>\n<h1>{prose(page.title)}</h1>"
    yield f'<p class="summary {tone}">{escape(page.summary)}</p>'
    links = [(f"part-{k}", prose(part.title)) for k, part in enumerate(page.parts, 1)]
    links += [(f"table-{k}", escape(t.title)) for k, t in enumerate(tables(page), 1)]
    if len(links) > 1:
        yield '<nav aria-label="Contents"><ol>'
        yield from (f'<li><a href="#{name}">{title}</a></li>' for name, title in links)
        yield "</ol></nav>"
    yield "</header>\n<main>"
    for number, part in enumerate(page.parts, 1):
        yield from _part(part, number)
    for number, table in enumerate(tables(page), 1):
        yield from _table(table, f"table-{number}", [check.detail for check in page.checks])
    if page.errors:
        yield '<h2>Errors</h2>\n<ul class="bad">'
        yield from (f"<li>{escape(error)}</li>" for error in page.errors)
        yield "</ul>"
    yield f"</main>\n<footer>{_MEANING}</footer>\n</body>\n</html>"


def _part(part: Part, number: int) -> Iterator[str]:
    yield f'<section aria-labelledby="part-{number}">'
    yield f'<h2 id="part-{number}">{prose(part.title)}</h2>'
    yield from (f"<p>{prose(paragraph)}</p>" for paragraph in part.paragraphs)
    yield from (_figure(figure) for figure in part.figures)
    yield from (chain(shown) for shown in part.chains)
    for source in part.sources:
        yield f'<pre tabindex="0" aria-label="NumPy source"><code>{escape(source)}</code></pre>'
    yield "</section>"


def _figure(figure: Figure) -> str:
    return f"<figure>\n{svg(figure)}\n<figcaption>{prose(figure.caption)}</figcaption>\n</figure>"


def chain(shown: Chain) -> str:
    """Return one derivation as an HTML element."""
    mark = _mark(shown.passed)
    tone = "failed" if shown.passed is False else "passed"
    meta = " · ".join(escape(t) for t in (shown.claim, shown.source, shown.place) if t)
    out = [f'<article class="chain {tone}">']
    out.append(f"<h3>{mark}{escape(shown.name)}</h3>")
    out.append(f'<p class="meta">{meta}</p>')
    if shown.definitions:
        given = "".join(f"<li>{inline(tex)}</li>" for tex in shown.definitions)
        out.append(f'<ul class="given" aria-label="Definitions and assumptions">{given}</ul>')
    if shown.error:
        out.append(f'<p class="said bad">{escape(shown.error)}</p>')
    out.append('<ol class="lines">')
    out += [_line(line, first=number == 0) for number, line in enumerate(shown.lines)]
    out.append("</ol>")
    out += [f'<p class="meta">{escape(note)}</p>' for note in shown.notes]
    out.append("</article>")
    return "\n".join(out)


def _line(line: Line, *, first: bool) -> str:
    if first:
        return f'<li><div class="math" tabindex="0">{block(line.tex)}</div></li>'
    said = [text for text in line.said if text != "proved"]
    tone = " bad" if line.passed is False else ""
    wide = ' class="long"' if len(line.tex) > _LONG else ""  # the reason stands below it
    below = f'<p class="said{tone}">{escape("; ".join(said))}</p>'
    return (
        f'<li{wide}><div class="math" tabindex="0">{block(f"{line.relation} {line.tex}")}</div>'
        f'<div class="because">{_mark(line.passed)}{escape(line.because)}</div>'
        f"{below if said else ''}</li>"
    )


def _mark(passed: bool | None) -> str:
    if passed is None:
        return ""
    tone, mark = ("good", "✔") if passed else ("bad", "✘")
    return f'<span class="mark {tone}">{mark}</span> '


def _cell(text: str) -> str:
    """A text whose relations stay on one line."""
    return re.sub(r" ([=≤<>≥]) ", "\u00a0\\1\u00a0", escape(text))


def _table(table: Table, name: str, details: Sequence[str]) -> Iterator[str]:
    yield f'<section aria-labelledby="{name}">\n<h2 id="{name}">{escape(table.title)}</h2>'
    yield f"<p>{escape(table.about)}</p>"
    yield '<div class="scroll" tabindex="0"><table>\n<thead><tr>'
    last = len(table.head) - 1
    kinds = ["" if k in (0, last) else ' class="number"' for k in range(last + 1)]
    pairs = zip(kinds, table.head, strict=True)
    yield "".join(f'<th scope="col"{kind}>{escape(title)}</th>' for kind, title in pairs)
    yield "</tr></thead>\n<tbody>"
    for number, row in enumerate(table.rows):
        bad = number in table.failed
        detail = f'<br><span class="bad">{escape(details[number])}</span>' if bad else ""
        cells = [f'<th scope="row">{_cell(row[0])}{detail}</th>']
        cells += [
            f'<td{kind} data-label="{escape(title)}">{_cell(cell)}</td>'
            for kind, title, cell in zip(kinds[1:], table.head[1:], row[1:], strict=True)
        ]
        yield f"<tr{' class=bad' if bad else ''}>{''.join(cells)}</tr>"
    yield "</tbody></table></div>\n</section>"
