"""A report as a document: sections of prose, derivations, figures and source, in order.

What it says is taken from the Report and from the modules' stories; ``html`` and ``page`` set it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from symderiv.report import tex, text, words
from symderiv.story import Figure, Section
from symderiv.verdict import CheckResult, DerivationResult, Report, StepResult

__all__ = ["Chain", "Document", "Line", "Part", "document", "written"]


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
