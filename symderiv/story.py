"""What a derivation module may say beside its derivations: sections of prose, and figures.

A module's ``story`` is data. A report sets it; nothing here draws or proves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

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
