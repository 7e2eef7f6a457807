"""``symderiv verify``: judges every derivation, then tests the compiled functions."""

from __future__ import annotations

import argparse
import itertools
import math
import os
import sys
import tempfile
import time
from typing import TYPE_CHECKING, Any

from symderiv.command.options import add_selection, kept_apart, selected
from symderiv.command.outputs import PAGES, add_outputs, put, wanted
from symderiv.command.signals import Terminated, exit_code
from symderiv.command.streams import Progress, complain, write
from symderiv.command.trace import show_trace

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    from symderiv.verdict import CheckResult, Measurement

__all__ = ["add"]


def add(commands: Any) -> None:
    """Add the command to a parser's subcommands."""
    verify = commands.add_parser(
        "verify",
        help="prove or refute every step, then test the compiled functions",
        description="Prove or refute every step, then test the compiled functions.",
        epilog="exit codes: 0 all proved and passed; 1 not so; 2 usage or load error, nothing"
        " found, or a report that cannot be written; 130 interrupted, 143 terminated",
    )
    add_selection(verify)
    verify.add_argument(
        "--timeout",
        type=_seconds,
        default=10.0,
        metavar="SECONDS",
        help="for one step, as a safety net (10)",
    )
    verify.add_argument(
        "--seed", type=_seed, default=0, metavar="N", help="of the random data of the tests (0)"
    )
    verify.add_argument("--verbose", action="store_true", help="show every step as read back")
    verify.add_argument(
        "--trace",
        metavar="NAME",
        help="judge one derivation and show, step by step, how: as written, as read, normal forms,"
        " rules, cases, conditions, and what each route said",
    )
    add_outputs(verify)
    verify.set_defaults(run=_verify)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise argparse.ArgumentTypeError(
            f"expected a positive number of seconds, got {_shown(text)}"
        )
    return seconds


def _seed(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected an integer, got {_shown(text)}") from None


def _shown(text: str) -> str:
    from symderiv.targets.errors import shown

    return shown(repr(text), 80)


def _verify(arguments: argparse.Namespace) -> int:
    began = time.perf_counter()
    outputs, wrong = wanted(arguments.outputs)
    if wrong:
        complain([wrong])
        return 2
    if arguments.trace is not None and arguments.outputs:
        complain(["--trace writes to the standard output alone: leave out the other reports"])
        return 2
    found, errors, modules = selected(arguments)
    if not found and len(outputs) == 1 and outputs[0].format == "text":
        complain(errors)
        return 2
    if found and arguments.trace is not None:
        return show_trace(arguments, found, errors)

    from symderiv.command.story import told
    from symderiv.verdict import DerivationResult, Report
    from symderiv.verification import unjudged, verify_each

    results: list[DerivationResult] = []
    checks: list[CheckResult] = []
    chosen = [item.derivation for item in found]
    title, sections, wrong_stories = told(modules, chosen)
    errors = (*errors, *wrong_stories)
    progress = Progress(sys.stderr)
    stopped: KeyboardInterrupt | None = None
    try:
        with kept_apart():
            judging = verify_each(
                chosen, timeout=arguments.timeout, isolated=True, progress=progress.derivation
            )
            results += itertools.islice(judging, 1)  # from here on the worker goes on by itself
            for module in modules:
                progress.tests(module)
                checks += _run_checks(module, arguments.seed)
            for result in judging:
                results.append(result)
    except KeyboardInterrupt as error:
        stopped = error
    progress.clear()
    judged = len(results)
    results += [unjudged(one, "the run was interrupted") for one in chosen[judged:]]
    report = Report(
        derivations=tuple(results),
        checks=tuple(checks),
        errors=tuple(errors),
        seconds=time.perf_counter() - began,
        title=title,
        sections=sections,
        measurements=_measurements(modules) if PAGES & {o.format for o in outputs} else (),
    )
    troubles = put(outputs, report, verbose=arguments.verbose)
    complain(troubles)
    if stopped is not None:
        said = "terminated" if isinstance(stopped, Terminated) else "interrupted"
        write(sys.stderr, f"{said}: {judged} of {len(chosen)} derivations judged\n")
        return exit_code(stopped)
    if errors or troubles:
        return 2
    return 0 if report.passed else 1


def _measurements(modules: Sequence[ModuleType]) -> tuple[Measurement, ...]:
    """How accurate the modules' compiled functions are, for a page that shows it."""
    from symderiv.numeric.functions import Functions
    from symderiv.testing.accuracy import measure
    from symderiv.verification import called

    names = [called(m).removesuffix(".py").rpartition(".")[2] for m in modules]
    of_each = zip(names, (getattr(m, "functions", None) for m in modules), strict=True)
    return tuple(
        found
        for name, functions in of_each
        if isinstance(functions, Functions)
        for found in measure(functions, name.replace("_", " "))
    )


def _run_checks(module: ModuleType, seed: int) -> tuple[CheckResult, ...]:
    from symderiv.verification import run_checks

    # A testing library may keep notes of what it tried; a run leaves no files behind.
    variable = "HYPOTHESIS_STORAGE_DIRECTORY"
    before = os.environ.get(variable)
    with tempfile.TemporaryDirectory() as folder:
        os.environ[variable] = folder
        try:
            return run_checks(module, seed)
        finally:
            if before is None:
                del os.environ[variable]
            else:
                os.environ[variable] = before
