"""What several commands share: which derivations, and that what they print is kept apart."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from symderiv.targets import Selection

__all__ = ["add_selection", "kept_apart", "selected"]

_TARGET = (
    "package.module, file.py, a folder or a pattern such as 'docs/*.py', each also with :NAME"
    " (wildcards allowed); without any, what pyproject.toml lists under [tool.symderiv]"
    " derivations, else the article on logistic regression"
)
_EXCLUDE = "a file, folder, pattern, module or :NAME to leave out; may be given several times"


def add_selection(parser: argparse.ArgumentParser) -> None:
    """Add the options that say which derivations a command is about."""
    parser.add_argument("targets", metavar="TARGET", nargs="*", help=_TARGET)
    parser.add_argument("--exclude", metavar="PATTERN", action="append", default=[], help=_EXCLUDE)


def selected(arguments: argparse.Namespace) -> Selection:
    """Import and return what the arguments name, and why the rest could not be."""
    from symderiv.derivations import ARTICLE
    from symderiv.targets import select

    with kept_apart():
        return select(arguments.targets, exclude=arguments.exclude, otherwise=ARTICLE)


@contextlib.contextmanager
def kept_apart() -> Iterator[None]:
    """Run a user's code: what it prints goes to the standard error, and it can read nothing.

    The standard output is the report's alone, so that a program can read it.
    """
    saved = None
    if sys.stdout is sys.__stdout__ and sys.stdout is not None and sys.stderr is not None:
        with contextlib.suppress(OSError, ValueError):  # a stream without a file behind it
            sys.stdout.flush()
            out, err = sys.stdout.fileno(), sys.stderr.fileno()
            saved = out, os.dup(out)
            os.dup2(err, out)  # what compiled code and child processes print as well
    before = sys.stdin
    try:
        with (
            open(os.devnull, encoding="utf-8") as nothing,  # noqa: PTH123 - no path, a device
            contextlib.redirect_stdout(sys.stderr),
        ):
            sys.stdin = nothing
            yield
    finally:
        sys.stdin = before
        if saved is not None:
            with contextlib.suppress(OSError, ValueError):
                sys.stderr.flush()
            os.dup2(saved[1], saved[0])
            os.close(saved[1])
