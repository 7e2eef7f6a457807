"""LaTeX as MathML, which browsers set without a script or a font of the page's own."""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape

from symderiv.report.figures import MissingExtra

__all__ = ["block", "inline", "prose"]


def block(tex: str) -> str:
    """Return a displayed formula as a MathML element."""
    return _converted(tex, "block")


def inline(tex: str) -> str:
    """Return a formula inside a line as a MathML element."""
    return _converted(tex, "inline")


def prose(text: str) -> str:
    r"""Return a paragraph as HTML: mathematics stands between dollar signs, the rest is text.

    Examples
    --------
    >>> prose("a < b")
    'a &lt; b'
    """
    parts = text.split("$")
    if len(parts) % 2 == 0:  # a single dollar sign is one
        return escape(text, quote=False)
    return "".join(
        inline(part) if number % 2 else escape(part, quote=False)
        for number, part in enumerate(parts)
    )


_NAME = re.compile(r"<mi>[a-z]{3,}</mi>(?=<m(?!o\b|text|space))")


@lru_cache(maxsize=4096)
def _converted(tex: str, display: str) -> str:
    try:
        from latex2mathml.converter import convert
    except ImportError as error:
        raise MissingExtra(
            f"the page's formulas need latex2mathml ({error}): pip install 'symderiv[report]'"
        ) from error
    try:
        # a function's name stands apart from its argument; browsers set no space there
        return _NAME.sub(r'\g<0><mspace width="0.17em"/>', str(convert(tex, display=display)))
    except Exception:  # noqa: BLE001 - a formula badly shown is better than none
        return f"<code>{escape(tex)}</code>"
