"""What a derivation module may say beside its derivations: sections of prose, and figures.

A module's ``story`` is data. A report sets it; nothing here draws or proves. What a page could not
show is refused where it is written.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from symderiv.verdict import ClaimError

__all__ = ["Figure", "Section"]


@dataclass(frozen=True)
class Figure:
    """A picture, drawn when a report asks for it.

    Attributes
    ----------
    name
        Letters, digits and hyphens; names the file or the anchor.
    caption
        One or two sentences below the picture; mathematics between dollar signs.
    alt
        What the picture shows, for a reader who does not see it.
    draw
        A function of a matplotlib ``Figure`` that draws into it.
    width, height
        In inches, at which text has the size of the page's.
    """

    name: str
    caption: str
    alt: str
    draw: Callable[[Any], None]
    width: float = 6.4
    height: float = 3.2

    def __post_init__(self) -> None:
        for part in ("name", "caption", "alt"):
            text = isinstance(getattr(self, part), str)
            _expect(text, f"a Figure's {part}", self, part, "a text")
        named = re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]*", self.name) is not None
        _expect(named, "a Figure's name", self, "name", "letters, digits and hyphens")
        what = f"of the figure {self.name!r}"
        _expect(callable(self.draw), f"draw {what}", self, "draw", "a function")
        for part in ("width", "height"):
            size = getattr(self, part)
            positive = isinstance(size, (int, float)) and 0 < size < math.inf
            _expect(positive, f"{part} {what}", self, part, "a positive number")


@dataclass(frozen=True)
class Section:
    r"""A heading, paragraphs, and what follows them on the page.

    Attributes
    ----------
    title
        The heading.
    text
        Paragraphs divided by empty lines; mathematics in LaTeX between dollar signs.
    shows
        The names of the derivations and claims that stand here, in this order.
    figures
        The pictures that stand here.
    functions
        Compiled functions whose NumPy source stands here, as ``to_numpy`` made them.

    Raises
    ------
    ClaimError
        Where a part is of another type, as a text for the tuple of names.

    Examples
    --------
    >>> section = Section("The sigmoid", r"It maps $\mathbb{R}$ to $(0, 1)$.")
    >>> section.shows
    ()
    """

    title: str
    text: str = ""
    shows: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    functions: Any = None

    def __post_init__(self) -> None:
        _expect(isinstance(self.title, str), "a Section's title", self, "title", "a text")
        where = f"of the section {self.title!r}"
        _expect(isinstance(self.text, str), f"text {where}", self, "text", "a text")
        for part, kind, what in (
            ("shows", str, "a tuple of names"),
            ("figures", Figure, "a tuple of Figures"),
        ):
            given = getattr(self, part)
            listed = isinstance(given, (list, tuple)) and all(isinstance(g, kind) for g in given)
            _expect(listed, f"{part} {where}", self, part, what)
        compiled = self.functions is None or isinstance(
            getattr(self.functions, "source", None), str
        )
        _expect(compiled, f"functions {where}", self, "functions", "what to_numpy returned")


def _expect(holds: bool, what: str, owner: Any, part: str, expected: str) -> None:
    """Refuse what a page could not show, where it is written.

    Raises
    ------
    ClaimError
        With what was given and what is expected.
    """
    if not holds:
        given = getattr(owner, part)
        raise ClaimError(f"{what} is {given!r} of type {type(given).__name__}: expected {expected}")
