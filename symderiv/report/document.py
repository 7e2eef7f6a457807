"""A report as a document: sections of prose, derivations, figures and source, in order.

What it says is taken from the Report and from the modules' stories; ``html`` and ``page`` set it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from symderiv.report import tex, text, words
from symderiv.story import Figure, Section
from symderiv.verdict import CheckResult, DerivationResult, Measurement, Report, StepResult

__all__ = ["Chain", "Document", "Line", "Part", "Table", "document", "tables", "written"]


@dataclass(frozen=True)
class Line:
    """One line of a derivation, with the reason and the verdict that stand beside it.

    ``passed`` is None where nothing was judged; ``relation`` is what the line before has to it.
    """

    tex: str
    because: str = ""
    passed: bool | None = None
    said: tuple[str, ...] = ()
    place: str = ""
    relation: str = "="


@dataclass(frozen=True)
class Chain:
    """A derivation: its lines, what it may use, and where it was written."""

    name: str
    passed: bool | None
    claim: str
    source: str
    place: str
    definitions: tuple[str, ...]
    lines: tuple[Line, ...]
    notes: tuple[str, ...] = ()
    error: str = ""


@dataclass(frozen=True)
class Part:
    """A heading with what stands below it."""

    title: str
    paragraphs: tuple[str, ...] = ()
    chains: tuple[Chain, ...] = ()
    figures: tuple[Figure, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Document:
    """The whole: a title, a line of counts, parts, tests, errors."""

    title: str
    summary: str
    passed: bool
    parts: tuple[Part, ...]
    checks: tuple[CheckResult, ...] = ()
    errors: tuple[str, ...] = ()
    measurements: tuple[Measurement, ...] = ()


@dataclass(frozen=True)
class Table:
    """A table with what is to be known of it; columns but the first and the last have numbers."""

    title: str
    about: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    failed: frozenset[int] = frozenset()


def tables(page: Document) -> Iterator[Table]:
    """The figures of a page: what the tests of the compiled functions found, and what was measured.

    Examples
    --------
    >>> page = Document("a", "", True, (), (CheckResult("f", True, "", 9, 0.1, 27, 0.25),))
    >>> [table.rows for table in tables(page)]
    [(('f', '9', '27', '25 %', 'passed'),)]
    """
    if page.checks:
        yield Table(
            "Tests of the compiled functions",
            "On random data and at extremes, against finite differences, complex steps, 50-digit "
            "arithmetic and the closed matrix forms; at most the whole of what rounding explains "
            "may be used up. They can fail; they prove nothing.",
            ("test", "inputs", "values", "share of the allowed error", "outcome"),
            tuple(_tested(check) for check in page.checks),
            frozenset(k for k, check in enumerate(page.checks) if not check.passed),
        )
    if page.measurements:
        yield Table(
            "Accuracy of the compiled functions",
            "The largest error found, beside exact arithmetic, in units in the last place (ulp) "
            "of the largest entry of the result, and where it was found. It is measured, on "
            "inputs that are the same in every run, and is no bound. Where terms cancel or an "
            "exponent is large, a result has few digits by nature: beside the error stands how "
            "far the exact result moves there when each input moves by a unit in its own last "
            "place.",
            ("function", "largest error, ulp", "inputs moved, ulp", "inputs", "values", "at"),
            tuple(
                (m.name, _figure(m.ulp), _figure(m.moved), str(m.inputs), str(m.values), m.at)
                for m in page.measurements
            ),
        )


def _figure(x: float) -> str:
    """Two digits, or the whole part."""
    return "∞" if x == math.inf else f"{x:.2g}" if not 100 <= x < 1e6 else f"{x:.0f}"


def _tested(check: CheckResult) -> tuple[str, ...]:
    counts = (str(n or "") for n in (check.examples, check.compared))
    share = f"{100 * check.furthest:.2g} %" if check.compared else ""
    return (check.name, *counts, share, "passed" if check.passed else "failed")


def document(report: Report, title: str = "Derivations") -> Document:
    """Return the report as a document; derivations that no story shows stand at the end.

    Examples
    --------
    >>> document(Report()).summary
    'nothing was asked: 0 derivations, 0 steps'
    """
    left = {result.name: result for result in report.derivations}
    parts = [_part(section, left) for section in _sections(report)]
    if left:
        rest = "Further derivations" if parts else "Derivations"
        parts.append(Part(rest, chains=tuple(_chain(result) for result in left.values())))
    return Document(
        title=title,
        summary=words.counts(report),
        passed=report.passed,
        parts=tuple(parts),
        checks=tuple(report.checks),
        errors=tuple(str(error) for error in report.errors),
        measurements=report.measurements,
    )


def _sections(report: Report) -> Iterator[Section]:
    for section in report.sections:
        if isinstance(section, Section):
            yield section


def _part(section: Section, left: dict[str, DerivationResult]) -> Part:
    """The section with the derivations that it names; each stands on the page once."""
    shown = [left.pop(name) for name in section.shows if name in left]
    return Part(
        title=section.title,
        paragraphs=tuple(p.strip() for p in section.text.split("\n\n") if p.strip()),
        chains=tuple(_chain(result) for result in shown),
        figures=tuple(section.figures),
        sources=_sources(section.functions),
    )


def _sources(functions: Any) -> tuple[str, ...]:
    source = getattr(functions, "source", "")
    return (str(source),) if source else ()


def written(derivation: Any) -> Chain:
    """Return a derivation as it was written, with no verdict beside its lines."""
    lines = [Line(derivation.latex or tex.formula(derivation.start))]
    lines += [
        Line(_right(s, derivation.start), s.because, relation=_relation(s))
        for s in derivation.steps
    ]
    return Chain(
        name=derivation.name,
        passed=None,
        claim="",
        source=derivation.source,
        place=text.place(derivation.file, derivation.line),
        definitions=_definitions(derivation),
        lines=tuple(lines),
    )


def _chain(result: DerivationResult) -> Chain:
    derivation = result.derivation
    overrides = [getattr(derivation, "latex", "")]
    overrides += [step.latex for step in getattr(derivation, "steps", ())]
    overrides += [""] * (1 + len(result.steps) - len(overrides))
    lines = [Line(overrides[0] or tex.formula(result.start))]
    lines += [_line(step, latex) for step, latex in zip(result.steps, overrides[1:], strict=False)]
    return Chain(
        name=result.name,
        passed=result.passed,
        claim=text.claim(result) if result.passed else "",
        source=result.source,
        place=text.place(result.file, result.line),
        definitions=_definitions(derivation),
        lines=tuple(lines),
        notes=tuple(text.remarks(result)),
        error=result.error,
    )


def _line(step: StepResult, latex: str) -> Line:
    read = (f"read as {text.line(step.expression)}",) if latex else ()  # the LaTeX is the writer's
    return Line(
        tex=latex or _right(step, step.before),
        relation=_relation(step),
        because=step.because,
        passed=step.passed,
        said=(*text.verdict(step), *read),
        place=text.place(step.file, step.line),
    )


def _right(step: Any, before: Any) -> str:
    """The right side, which a claim about one expression has not."""
    alone = step.relation and step.expression == before
    return "" if alone else getattr(step, "latex", "") or tex.formula(step.expression)


def _relation(step: Any) -> str:
    """What the line before has to this one, as LaTeX."""
    signs = {"": "=", "≥": r"\geq", ">": ">"}
    said = text.relation(step.relation)
    return signs.get(step.relation, rf"\quad\text{{{said}}}\quad")


def _definitions(derivation: Any) -> tuple[str, ...]:
    """The writer's ``let`` and ``where``, as LaTeX."""
    let = getattr(derivation, "let", {}) or {}
    where: Sequence[Any] = getattr(derivation, "where", ()) or ()
    return (
        *(f"{tex.formula(name)} = {tex.formula(value)}" for name, value in let.items()),
        *(tex.formula(relation) for relation in where),
    )
