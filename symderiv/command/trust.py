"""``symderiv trust``: what has to be right for a verdict to be right."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from symderiv.command.streams import complain, write

__all__ = ["add"]


def add(commands: Any) -> None:
    """Add the command to a parser's subcommands."""
    trust = commands.add_parser(
        "trust",
        help="show the trusted files, every rule with its source, and what else is believed",
        description="Show the trusted files with their lines of code, every rule with its formula"
        " and source, and what else is believed.",
    )
    trust.set_defaults(run=_trust)


def _trust(arguments: argparse.Namespace) -> int:
    from symderiv.report.trust import render_trust

    trouble = write(sys.stdout, render_trust() + "\n")
    if trouble:
        complain([f"the list could not be written to the standard output: {trouble}"])
    return 2 if trouble else 0
