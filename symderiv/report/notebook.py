"""What a notebook shows for derivations, results and reports."""

from __future__ import annotations

from html import escape
from typing import Any

from symderiv.report import html, notation, tex, text
from symderiv.report.document import Line, written
from symderiv.verdict import Report, Result, Verdict

__all__ = ["as_html", "as_latex"]


def as_html(shown: Any) -> str | None:
    """Return a derivation, a result or a report as HTML; None leaves it to the notebook."""
    try:
        if isinstance(shown, Report):
            return html.fragment(shown)
        if isinstance(shown, Result):
            return _result(shown)
        return html.chain(written(shown))
    except html.MissingExtra:
        return None


def as_latex(shown: Any) -> str | None:
    r"""Return a derivation, or what a result says, as LaTeX.

    Examples
    --------
    >>> from sympy import symbols
    >>> from symderiv import Derivation
    >>> x = symbols("x", real=True)
    >>> print(as_latex(Derivation("square", (x + 1)**2).then(x**2 + 2*x + 1, "multiply out")))
    $$\begin{aligned}
    & \left(x + 1\right)^{2} \\
    &= x^{2} + 2 x + 1 && \text{multiply out}
    \end{aligned}$$
    """
    if isinstance(shown, Report):
        return None
    if isinstance(shown, Result):
        conditions = r" \quad ".join(tex.condition(c) for c in shown.open_conditions)
        said = rf"\text{{{shown.verdict.value}}}"
        return rf"${said} \quad {conditions}$" if conditions else f"${said}$"
    first, *others = written(shown).lines
    rows = [f"& {first.tex}", *(_row(line) for line in others)]
    body = " \\\\\n".join(rows)
    return f"$$\\begin{{aligned}}\n{body}\n\\end{{aligned}}$$"


def _row(line: Line) -> str:
    because = "".join("\\" + c if c in "#$%&_{}" else c for c in line.because)
    return rf"&{line.relation} {line.tex} && \text{{{because}}}"


def _result(result: Result) -> str:
    mark = {Verdict.PROVED: "✔", Verdict.REFUTED: "✘"}.get(result.verdict, "?")
    lines = [f"{mark} {result.verdict.value}"]
    if result.counterexample is not None:
        at = result.counterexample
        lines.append(":   ".join(said for said in (text.point(at), text.differ(at)) if said))
    lines += [f"where {notation.condition(needed)}" for needed in result.open_conditions]
    lines += [result.reason] if result.reason else []
    return "<br>".join(escape(line) for line in lines)
