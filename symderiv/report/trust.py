"""What a verdict rests on, as text: trusted files, every rule, and what else is believed."""

from __future__ import annotations

import textwrap

from symderiv.explain.rulebook import TABLES
from symderiv.explain.trusted import BELIEVED, PACKAGE, ROUTES, code_lines, trusted_files
from symderiv.report.text import count

__all__ = ["render_trust"]

_WIDTH = 100


def render_trust() -> str:
    """Return the trusted files with their lines of code, the rules with their sources, the rest."""
    lines = ["What has to be right for a verdict to be right. The two routes share no line."]
    for route in ROUTES:
        lines += ["", *_files(route)]
    for table, rules in TABLES.items():
        lines += ["", f"rules: {table} ({len(rules)})"]
        for rule in rules.values():
            lines += _wrapped(f"  {rule.name:<17} ", f"{rule.formula}   [{rule.source}]")
    lines += ["", "believed besides"]
    for name, text in BELIEVED.items():
        lines += _wrapped(f"  {name:<22} ", text)
    return "\n".join(lines)


def _files(route: str) -> list[str]:
    files = trusted_files(route)
    sizes = [code_lines(f.read_text("utf-8")) for f in files]
    what = "a wrong PROVED" if route == "prover" else "a wrong REFUTED"
    head = f"{route}: {what} could come from {count(sum(sizes), 'line')} in {len(files)} files"
    names = [f.relative_to(PACKAGE.parent).as_posix() for f in files]
    return [head, *(f"  {n:6}  {name}" for n, name in zip(sizes, names, strict=True))]


def _wrapped(head: str, text: str) -> list[str]:
    indent = " " * len(head) if len(head) < 30 else " " * 20
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=head,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
