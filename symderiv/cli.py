"""The command line: ``symderiv verify`` and ``symderiv list``.

SymPy is imported when there is something to verify, so that ``--help`` costs nothing.
"""

from __future__ import annotations

import argparse
import itertools
import math
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from types import ModuleType

    from symderiv.derivation import Derivation
    from symderiv.targets import Found
    from symderiv.verdict import CheckResult

__all__ = ["main"]

_TARGET = (
    "package.module, file.py, or one of these with :NAME; without any, what pyproject.toml lists"
    " under [tool.symderiv] derivations, else the article on logistic regression"
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    0: all proved and passed. 1: something was refuted, undecided or failing, or holds only
    on a part of its domain. 2: usage or load error, or nothing found. 130: interrupted.
    """
    arguments = _parser().parse_args(argv)
    if arguments.command is None:
        _parser().print_help(sys.stderr)
        return 2
    try:
        return _verify(arguments) if arguments.command == "verify" else _list(arguments)
    except KeyboardInterrupt:
        _write(sys.stderr, "interrupted: nothing was judged yet\n")
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="symderiv",
        description="Prove hand-written derivations, line by line and for all sizes.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    verify = commands.add_parser(
        "verify",
        help="prove or refute every step, then test the compiled functions",
        description="Prove or refute every step, then test the compiled functions.",
        epilog="exit codes: 0 all proved and passed; 1 not so; 2 usage or load error, or nothing"
        " found; 130 interrupted",
    )
    verify.add_argument("targets", metavar="TARGET", nargs="*", help=_TARGET)
    verify.add_argument(
        "--timeout",
        type=_seconds,
        default=10.0,
        metavar="SECONDS",
        help="for one step, as a safety net (10)",
    )
    verify.add_argument(
        "--seed", type=int, default=0, metavar="N", help="of the random data of the tests (0)"
    )
    verify.add_argument("--verbose", action="store_true", help="show every step as read back")
    listing = commands.add_parser(
        "list",
        help="show each derivation and the row of the article that it proves",
        description="Show each derivation, its name for verify, its article row and its steps.",
    )
    listing.add_argument("targets", metavar="TARGET", nargs="*", help=_TARGET)
    return parser


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: Any, **__: Any) -> None:
        from importlib.metadata import version  # slow to import, and seldom needed

        _write(sys.stdout, f"symderiv {version('symderiv')}\n")
        parser.exit()


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise argparse.ArgumentTypeError(f"expected a positive number of seconds, got {text!r}")
    return seconds


def _verify(arguments: argparse.Namespace) -> int:
    began = time.perf_counter()
    found, errors = _find(arguments.targets)
    if not found:
        _complain(errors)
        return 2

    from symderiv.report.text import render
    from symderiv.verdict import DerivationResult, Report
    from symderiv.verification import verify_each

    results: list[DerivationResult] = []
    checks: list[CheckResult] = []
    chosen = [item.derivation for item in found]
    progress = _Progress(sys.stderr)
    interrupted = False
    try:
        judging = verify_each(
            chosen, timeout=arguments.timeout, isolated=True, progress=progress.derivation
        )
        results += itertools.islice(judging, 1)  # from here on the worker goes on by itself
        for module in {id(item.module): item.module for item in found if item.whole}.values():
            progress.tests(module)
            checks += _run_checks(module, arguments.seed)
        for result in judging:
            results.append(result)
    except KeyboardInterrupt:
        interrupted = True
    progress.clear()
    report = Report(
        derivations=tuple(results),
        checks=tuple(checks),
        errors=tuple(errors),
        seconds=time.perf_counter() - began,
    )
    text = render(report, colour=_colour(sys.stdout), verbose=arguments.verbose)
    _write(sys.stdout, text + "\n")
    if interrupted:
        _write(sys.stderr, f"interrupted: {len(results)} of {len(chosen)} derivations judged\n")
        return 130
    if errors:
        return 2
    return 0 if report.passed else 1


def _list(arguments: argparse.Namespace) -> int:
    found, errors = _find(arguments.targets)
    rows = [
        (
            item.derivation.name,
            item.label,
            item.derivation.article or "–",
            f"{len(item.derivation.steps)} step{'' if len(item.derivation.steps) == 1 else 's'}",
        )
        for item in found
    ]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(4)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        _write(sys.stdout, "   ".join(cells).rstrip() + "\n")
    _complain(errors)
    return 2 if errors else 0


def _find(targets: Sequence[str]) -> tuple[list[Found], list[str]]:
    """Find every target; one that fails does not keep the others from running."""
    from symderiv.targets import TargetError, find, listed_targets

    errors: list[str] = []
    if not targets:
        try:
            targets = listed_targets(Path.cwd()) or _article()
        except TargetError as error:
            return [], [str(error)]
    found: dict[int, Found] = {}
    for target in targets:
        try:
            for item in find(target):
                known = found.setdefault(id(item.derivation), item)
                if item.whole and not known.whole:
                    found[id(item.derivation)] = item
        except TargetError as error:
            errors.append(str(error))
    return list(found.values()), errors


def _article() -> Sequence[str]:
    from symderiv.derivations import ARTICLE

    return ARTICLE


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


class _Progress:
    """One line on a terminal that says what is being done, once it takes long."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._shown = False
        self._from = time.monotonic() + 0.5

    def derivation(self, done: int, of: int, derivation: Derivation) -> None:
        self._show(f"{done + 1} of {of}: {derivation.name}")

    def tests(self, module: ModuleType) -> None:
        self._show(f"tests of {module.__name__}")

    def _show(self, text: str) -> None:
        if time.monotonic() >= self._from and _is_terminal(self._stream):
            _write(self._stream, f"\r\x1b[K{text[:76]}")
            self._shown = True

    def clear(self) -> None:
        if self._shown:
            _write(self._stream, "\r\x1b[K")
            self._shown = False


def _complain(errors: Sequence[str]) -> None:
    for error in errors:
        _write(sys.stderr, f"symderiv: error: {error}\n")


def _is_terminal(stream: TextIO) -> bool:
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def _colour(stream: TextIO) -> bool:
    return _is_terminal(stream) and not os.environ.get("NO_COLOR")


def _write(stream: TextIO, text: str) -> None:
    from symderiv.report.glyphs import writable

    try:
        stream.write(writable(text, getattr(stream, "encoding", None)))
        stream.flush()
    except BrokenPipeError:
        # The reader (head, less) has seen enough. Python would complain again on exit.
        devnull = os.open(os.devnull, os.O_WRONLY)
        os.dup2(devnull, stream.fileno())


if __name__ == "__main__":
    raise SystemExit(main())
