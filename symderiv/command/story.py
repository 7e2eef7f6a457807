"""The sections that modules say beside their derivations, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from types import ModuleType
from typing import Any

from symderiv.derivation import Derivation
from symderiv.story import Section
from symderiv.verdict import LoadError
from symderiv.verification import called

__all__ = ["told"]


def told(
    modules: Sequence[ModuleType], derivations: Iterable[Derivation]
) -> tuple[str, tuple[Section, ...], list[LoadError]]:
    """The title of the first module that has one, all sections in order, and what is wrong.

    A section shows derivations by name: of this run, or of its module, or of a module that this
    one imports (which may have been left out of the run).
    """
    named = {d.name for d in derivations}
    title, sections, errors = "", list[Section](), list[LoadError]()
    for module in modules:
        given = getattr(module, "title", "")
        story = getattr(module, "story", ())
        wrong = []
        if isinstance(given, str):
            title = title or given
        elif story:
            wrong.append(f"title is {_kind(given)}: expected a text")
        if not isinstance(story, (list, tuple)):
            wrong.append(f"story is {_kind(story)}: expected a list of Sections")
            story = ()
        for number, section in enumerate(story, 1):
            if isinstance(section, Section):
                sections.append(section)
                wrong += _unknown(section, named | set(_within_reach(module)))
            else:
                wrong.append(f"entry {number} of story is {_kind(section)}: expected a Section")
        file = getattr(module, "__file__", None) or ""
        errors += [LoadError(f"{called(module)}: {text}", file) for text in wrong]
    return title, tuple(sections), errors


def _unknown(section: Section, known: set[str]) -> Iterator[str]:
    for name in section.shows:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            yield (
                f"the section {section.title!r} shows {name!r}, "
                f"which no derivation or claim is called{hint}"
            )


def _within_reach(module: ModuleType) -> Iterator[str]:
    """The names of derivations in a module, and in the modules that it imports."""
    for value in vars(module).values():
        inside = vars(value).values() if isinstance(value, ModuleType) else (value,)
        yield from (d.name for d in list(inside) if isinstance(d, Derivation))


def _kind(value: Any) -> str:
    return f"of type {type(value).__name__}"
