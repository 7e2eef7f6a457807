"""Markdown tables, and where they stand in a file: between two comments with their name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

__all__ = ["between", "table", "write"]


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table, its first column to the left and the others to the right."""
    lines = [list(head), *map(list, rows)]
    wide = [max(len(line[k]) for line in lines) for k in range(len(head))]
    rule = ["-" * wide[0], *("-" * (w - 1) + ":" for w in wide[1:])]

    def written(line: Sequence[str]) -> str:
        first, *rest = zip(line, wide, strict=True)
        return "| " + " | ".join([first[0].ljust(first[1]), *(c.rjust(w) for c, w in rest)]) + " |"

    return "\n".join(map(written, [lines[0], rule, *lines[1:]]))


def between(text: str, name: str, inside: str) -> str:
    """The text with what stands between its two comments of that name replaced.

    Raises
    ------
    ValueError
        Where the comments ``<!-- name -->`` and ``<!-- end of name -->`` are not both there once.
    """
    start, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    if text.count(start) != 1 or text.count(end) != 1 or text.index(start) > text.index(end):
        raise ValueError(f"expected the lines {start} and {end}, once and in this order")
    before, after = text[: text.index(start) + len(start)], text[text.index(end) :]
    return f"{before}\n{inside.strip()}\n{after}"


def write(path: str, name: str, inside: str) -> None:
    """Write a table into a file, between the comments with its name."""
    file = Path(path)
    file.write_text(between(file.read_text("utf-8"), name, inside), "utf-8")
