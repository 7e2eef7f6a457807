"""``symderiv show NAME --numpy``: the NumPy source that was compiled from what is proved."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from symderiv.command.options import add_selection, kept_apart, selected
from symderiv.command.streams import complain, write

if TYPE_CHECKING:
    from collections.abc import Iterable

    from symderiv.targets import Found

__all__ = ["add"]


def add(commands: Any) -> None:
    """Add the command to a parser's subcommands."""
    show = commands.add_parser(
        "show",
        help="print the NumPy functions that a derivation proves",
        description="Print the source of the functions that a module compiled and a derivation"
        " proves; of all of them where a module or file is named.",
    )
    add_selection(show)
    show.add_argument("--numpy", action="store_true", required=True, help="as NumPy source")
    show.set_defaults(run=_show)


def _show(arguments: argparse.Namespace) -> int:
    found, errors, _ = selected(arguments)
    with kept_apart():
        texts = _sources(found)
    complain(errors)
    if not texts and not errors:
        names = ", ".join(sorted({item.label for item in found})) or "what was named"
        complain([f"no function that to_numpy made is proved by {names}"])
    trouble = write(sys.stdout, "\n\n".join(texts)) if texts else ""
    if trouble:
        complain([f"the source could not be written to the standard output: {trouble}"])
    return 0 if texts and not errors and not trouble else 2


def _sources(found: Iterable[Found]) -> list[str]:
    """The sources, each function once, under one import."""
    from symderiv.numeric.functions import Compiled, Functions

    head = "import numpy as np\n"
    texts: dict[str, None] = {}
    for item in found:
        for made in vars(item.module).values():
            shown: list[tuple[Compiled, list[str]]] = []  # with the names of their proofs
            if isinstance(made, Functions):
                shown = [(made.jointly(name), [proof]) for name, proof in made.proofs.items()]
            elif isinstance(made, Compiled):
                shown = [(made, list(made.proofs.values()))]
            for function, proofs in shown:
                if item.whole or getattr(item.derivation, "name", None) in proofs:
                    texts[function.source.removeprefix(head).strip("\n")] = None
    return [] if not texts else [head + "\n\n" + "\n\n\n".join(texts) + "\n"]
