"""Figures as SVG that takes its colours from the page around it."""

from __future__ import annotations

import io
import re
from html import escape

from symderiv.story import Figure
from symderiv.verdict import ClaimError

__all__ = ["MissingExtra", "svg"]

# matplotlib wants colours; these stand for what the page's style sheet decides
_COLOURS = {
    "#0a0b0c": "currentColor",
    "#a10001": "var(--series-1)",
    "#a10002": "var(--series-2)",
    "#a10003": "var(--series-3)",
    "#a10004": "var(--faint)",
}
_INK, *_SERIES, _FAINT = _COLOURS
_STYLE = {
    "axes.edgecolor": _INK,
    "axes.labelcolor": _INK,
    "axes.prop_cycle": None,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 11,
    "font.size": 10,
    "grid.color": _FAINT,
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "lines.linewidth": 2,
    "svg.fonttype": "none",  # text stays text: it can be selected, and read aloud
    "text.color": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
}


class MissingExtra(ClaimError):
    """A library that the page needs is not installed."""


def svg(figure: Figure) -> str:
    """Return the figure as an SVG element, with its text as text and the page's colours.

    In ``figure.draw`` the colours C0, C1 and C2 are the page's series, C3 is a faint line.

    Raises
    ------
    MissingExtra
        Where matplotlib is not installed.
    """
    try:
        import matplotlib as mpl
        from cycler import cycler
        from matplotlib.backends.backend_svg import FigureCanvasSVG
        from matplotlib.figure import Figure as Canvas
    except ImportError as error:
        raise MissingExtra(
            f"the page's figures need matplotlib ({error}): pip install 'symderiv[report]'"
        ) from error
    cycle = cycler(color=[*_SERIES, _FAINT])
    salt = f"symderiv-{figure.name}"  # ids that are the same in every run, and each page's own
    with mpl.rc_context({**_STYLE, "axes.prop_cycle": cycle, "svg.hashsalt": salt}):
        canvas = Canvas(figsize=(figure.width, figure.height), layout="constrained")
        FigureCanvasSVG(canvas)
        try:
            figure.draw(canvas)
        except (Exception, SystemExit) as error:  # a user's own code may raise anything
            raise ClaimError(
                f"the figure {figure.name!r} could not be drawn: {type(error).__name__}: {error}"
            ) from error
        out = io.StringIO()
        canvas.savefig(
            out, format="svg", transparent=True, metadata={"Date": None, "Creator": None}
        )
    return _framed(out.getvalue(), figure)


def _framed(text: str, figure: Figure) -> str:
    """The element alone, scaled to the page, named for readers who do not see it."""
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>\s*", "", text, flags=re.DOTALL)
    for colour, name in _COLOURS.items():
        text = text.replace(colour, name)
    text = re.sub(r"font: (\S+) [^;\"]*", r"font: \1 var(--text)", text)
    text = re.sub(r"id=\"(?!m?[0-9a-f]{8})([\w.]+)\"", rf'id="{figure.name}-\1"', text)
    opening = text[: text.index(">") + 1]
    box = re.search(r'viewBox="[^"]*"', opening)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" {box.group() if box else ""} role="img" '
        f'aria-label="{escape(figure.alt, quote=True)}" '
        f'style="width: 100%; max-width: {figure.width * 72 * 1.35:.0f}px">'
    )
    return head + text[len(opening) :].strip()
