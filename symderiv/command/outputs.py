"""Where a report goes and in which format: ``--output-format`` and ``--output-file``."""

from __future__ import annotations

import argparse
import contextlib
import os
import stat
import sys
import tempfile
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from symderiv.command.streams import takes_colour, write, write_exactly
from symderiv.verdict import ClaimError

if TYPE_CHECKING:
    from symderiv.verdict import Report

__all__ = ["PAGES", "Output", "add_outputs", "put", "wanted"]

_SOURCES = (".py", ".pyi", ".ipynb", ".toml")
FORMATS = ("text", "json", "junit", "github", "markdown", "html", "page")
PAGES = frozenset(("html", "page"))


class Output(NamedTuple):
    """A report that is wanted: its format, and its file where it is not the standard output."""

    format: str
    file: Path | None = None


def add_outputs(parser: argparse.ArgumentParser) -> None:
    """Add the options that say which reports are wanted."""
    parser.add_argument(
        "--output-format",
        dest="outputs",
        action=_Ordered,
        choices=FORMATS,
        help=f"{', '.join(FORMATS[:-1])} or {FORMATS[-1]} (text); may be given several times, each"
        " followed by its --output-file",
    )
    parser.add_argument(
        "--output-file",
        dest="outputs",
        action=_Ordered,
        metavar="FILE",
        help="write the report to a file, whole or not at all; the standard output then gets the"
        " text, or a format that is asked for without a file",
    )
    parser.add_argument(
        "--html",
        dest="outputs",
        action=_Page,
        metavar="FILE",
        help="write the report as one page: formulas, figures, source (needs the extra report)",
    )
    parser.add_argument(
        "--page",
        dest="outputs",
        action=_Page,
        metavar="FILE",
        help="write the same page in Markdown, with formulas between double dollar signs",
    )


class _Page(argparse.Action):
    """``--html FILE``: a format and its file in one."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: Any, value: Any, option: Any = None
    ) -> None:
        kind = "html" if option == "--html" else "page"
        given = [*(getattr(namespace, self.dest) or ()), (False, kind), (True, value)]
        setattr(namespace, self.dest, given)


class _Ordered(argparse.Action):
    """Keeps both options in the order in which they were given."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: Any, value: Any, option: Any = None
    ) -> None:
        given = [*(getattr(namespace, self.dest) or ()), (option == "--output-file", value)]
        setattr(namespace, self.dest, given)


def wanted(given: Sequence[tuple[bool, str]] | None) -> tuple[list[Output], str]:
    """Return the reports that the options ask for, or what is wrong with them."""
    given = list(given or ())
    if [is_file for is_file, _ in given] == [True, False]:
        given.reverse()  # one format and one file belong together, whichever comes first
    outputs: list[Output] = []
    for is_file, value in given:
        if not is_file:
            outputs.append(Output(value))
        elif outputs and outputs[-1].file is None:
            outputs[-1] = Output(outputs[-1].format, Path(value))
        elif len(given) == 1:
            outputs.append(Output("text", Path(value)))
        else:
            return [], f"--output-file {_shown(value)}: no --output-format stands before it"
    streamed = [output.format for output in outputs if output.file is None]
    if len(streamed) > 1:
        return [], (
            f"--output-format {' and '.join(streamed)}: the standard output takes one; give the"
            " others an --output-file"
        )
    files = [
        output.file.resolve()
        for output in outputs
        if output.file is not None and _usable(output.file)
    ]
    if len(set(files)) < len(files):
        return [], "--output-file: two reports would go to one file"
    for output in outputs:
        trouble = _unwritable(output.file) if output.file is not None else ""
        if trouble:
            return [], f"--output-file {_shown(str(output.file))}: {trouble}"
    return (outputs if streamed else [*outputs, Output("text")]), ""


def put(outputs: Sequence[Output], report: Report, *, verbose: bool) -> list[str]:
    """Write every report that is wanted, and return what went wrong."""
    troubles = []
    for output in outputs:
        if output.file is None:
            trouble = _to_stdout(output.format, report, verbose)
            if trouble:
                troubles.append(
                    f"the report could not be written to the standard output: {trouble}"
                )
        else:
            try:
                said = _rendered(output.format, report, verbose)
            except ClaimError as wrong:  # an extra that is not installed, a story that fails
                trouble = str(wrong)
            else:
                trouble = _to_file(said, output.file)
            if trouble:
                troubles.append(f"{_shown(str(output.file))} could not be written: {trouble}")
    return troubles


def _rendered(kind: str, report: Report, verbose: bool, colour: bool = False) -> str:
    if kind == "text":
        from symderiv.report import text

        return text.render(report, colour=colour, verbose=verbose) + "\n"
    # GitHub reads paths from the root of the repository, wherever the command was started.
    workspace = os.environ.get("GITHUB_WORKSPACE") if kind == "github" else None
    module = import_module(f"symderiv.report.{kind}")
    return str(module.render(report, root=Path(workspace) if workspace else None)) + "\n"


def _to_stdout(kind: str, report: Report, verbose: bool) -> str:
    try:
        said = _rendered(kind, report, verbose, colour=takes_colour(sys.stdout))
    except ClaimError as wrong:
        return str(wrong)
    return write(sys.stdout, said) if kind == "text" else write_exactly(sys.stdout, said)


def _to_file(text: str, file: Path) -> str:
    """Write a file whole, or leave what was there; return what went wrong."""
    data = text.encode("utf-8", errors="backslashreplace")
    made: str | None = None
    try:
        mode = file.stat().st_mode if file.exists() else None
        if mode is not None and not stat.S_ISREG(mode):  # a device or a pipe
            file.write_bytes(data)
            return ""
        file = file.resolve()  # a link stays one, to the new file
        handle, made = tempfile.mkstemp(prefix=f".{file.name[:32]}.", dir=file.parent)
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(made).chmod(stat.S_IMODE(mode) if mode is not None else 0o666 & ~_umask())
        os.replace(made, file)  # noqa: PTH105 - both names are texts already
        made = None
    except (OSError, ValueError) as error:
        return getattr(error, "strerror", None) or str(error)
    finally:
        if made is not None:
            with contextlib.suppress(OSError):
                Path(made).unlink()
    return ""


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _usable(file: Path) -> bool:
    return not _unwritable(file)


def _unwritable(file: Path) -> str:
    """Say why a report cannot go to a file, as far as can be told beforehand."""
    try:
        if file.is_dir():
            return "it is a folder"
        if file.resolve().suffix in _SOURCES and file.exists():
            return "it is a source file, which a report would replace: name another file"
        if file.exists() and not file.is_file():
            return ""  # a device or a pipe has no folder that matters
        folder = file.resolve().parent
        if not folder.is_dir():
            return f"there is no folder {_shown(str(folder))}"
        if not file.exists() and not os.access(folder, os.W_OK):
            return f"the folder {_shown(str(folder))} cannot be written to"
    except (OSError, ValueError, RuntimeError) as error:  # too long, a NUL, a circle of links
        return getattr(error, "strerror", None) or str(error)
    return ""


def _shown(text: str) -> str:
    from symderiv.targets.errors import shown

    return shown(text)
