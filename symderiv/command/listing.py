"""``symderiv list``: each derivation or claim, its name for verify, its article row, its extent."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from symderiv.command.options import add_selection, selected
from symderiv.command.streams import complain, write

__all__ = ["add"]


def add(commands: Any) -> None:
    """Add the command to a parser's subcommands."""
    listing = commands.add_parser(
        "list",
        help="show each derivation and the row of the article that it proves",
        description="Show each derivation, its name for verify, its article row and its steps.",
    )
    add_selection(listing)
    listing.set_defaults(run=_list)


def _list(arguments: argparse.Namespace) -> int:
    found, errors, _ = selected(arguments)
    rows = [
        (
            item.derivation.name,
            item.label,
            item.derivation.article or "–",
            item.derivation.extent,
        )
        for item in found
    ]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(4)]
    lines = []
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        lines.append("   ".join(cells).rstrip() + "\n")
    trouble = write(sys.stdout, "".join(lines)) if lines else ""
    complain(errors)
    if trouble:
        complain([f"the list could not be written to the standard output: {trouble}"])
    return 2 if errors or trouble else 0
