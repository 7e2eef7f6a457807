"""``symderiv verify --trace NAME``: how one derivation was judged, step by step."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from symderiv.command.options import kept_apart
from symderiv.command.streams import complain, write

if TYPE_CHECKING:
    from symderiv.targets import Found

__all__ = ["show_trace"]


def show_trace(
    arguments: argparse.Namespace, found: Sequence[Found], errors: Sequence[object]
) -> int:
    """Judge the derivation and show how; its name is the writer's, or that of the attribute."""
    from symderiv.report.trace import render_trace
    from symderiv.targets.errors import shown
    from symderiv.verification import verify_each

    name = arguments.trace
    chosen = [f for f in found if name in (f.derivation.name, f.label.rpartition(":")[2])]
    if len(chosen) != 1:
        known = ", ".join(repr(f.derivation.name) for f in found)
        what = "several derivations are" if chosen else "no derivation is"
        complain([*errors, f"--trace: {what} called {shown(repr(name))}; there are {known}"])
        return 2
    with kept_apart():
        (result,) = verify_each(
            [chosen[0].derivation], timeout=arguments.timeout, isolated=True, traced=True
        )
    trouble = write(sys.stdout, render_trace(result) + "\n")
    if trouble:
        errors = [*errors, f"the trace could not be written to the standard output: {trouble}"]
    complain(errors)
    if errors:
        return 2
    return 0 if result.passed else 1
