"""The command line: ``symderiv verify`` and the other commands, each in its own file.

SymPy is imported when there is something to verify, so that ``--help`` costs nothing.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from symderiv.command import listing, show, trust, verify
from symderiv.command.signals import exit_code, terminable
from symderiv.command.streams import write

__all__ = ["main"]

_COMMANDS = (verify, listing, show, trust)  # in the order of --help


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    0: all proved and passed. 1: something was refuted, undecided or failing, or holds only
    on a part of its domain. 2: usage or load error, nothing found, or a report that cannot
    be written. 130: interrupted; 143: terminated.
    """
    arguments = _parser().parse_args(argv)
    if arguments.command is None:
        _parser().print_help(sys.stderr)
        return 2
    run: Callable[[argparse.Namespace], int] = arguments.run
    with terminable():
        try:
            return run(arguments)
        except KeyboardInterrupt as stopped:
            write(sys.stderr, "interrupted: nothing was judged yet\n")
            return exit_code(stopped)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="symderiv",
        description="Prove hand-written derivations, line by line and for all sizes.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for command in _COMMANDS:
        command.add(commands)
    return parser


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are short, whatever was given; those of the commands as well."""

    def error(self, message: str) -> NoReturn:
        from symderiv.targets.errors import shown

        super().error(shown(message, 500))


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: Any, **__: Any) -> None:
        from importlib.metadata import version  # slow to import, and seldom needed

        write(sys.stdout, f"symderiv {version('symderiv')}\n")
        parser.exit()


if __name__ == "__main__":
    raise SystemExit(main())
