"""What is written to a terminal or a pipe: text that it can hold, colour, one line of progress."""

from __future__ import annotations

import io
import os
import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, BinaryIO, TextIO

if TYPE_CHECKING:
    from types import ModuleType

    from symderiv.derivation import Derivation

__all__ = ["Progress", "complain", "takes_colour", "write", "write_exactly"]


class Progress:
    """One line on a terminal that says what is being done, once it takes long."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream
        self._shown = False
        self._from = time.monotonic() + 0.5

    def derivation(self, done: int, of: int, derivation: Derivation) -> None:
        """Say that a derivation is being judged."""
        self._show(f"{done + 1} of {of}: {derivation.name}")

    def tests(self, module: ModuleType) -> None:
        """Say that a module's tests are running."""
        self._show(f"tests of {module.__name__}")

    def _show(self, text: str) -> None:
        if time.monotonic() >= self._from and _is_terminal(self._stream):
            line = "".join(char if char.isprintable() else " " for char in text[:76])
            write(self._stream, f"\r\x1b[K{line}")
            self._shown = True

    def clear(self) -> None:
        """Take the line away."""
        if self._shown:
            write(self._stream, "\r\x1b[K")
            self._shown = False


def complain(errors: Sequence[object]) -> None:
    """Write errors to the standard error stream, one a line."""
    for error in errors:
        write(sys.stderr, f"symderiv: error: {error}\n")


def takes_colour(stream: TextIO | None) -> bool:
    """Whether a stream is a terminal whose user has nothing against colour."""
    return _is_terminal(stream) and not os.environ.get("NO_COLOR")


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"


def write(stream: TextIO | None, text: str) -> str:
    """Write a text, with what the stream's encoding cannot hold spelt in ASCII.

    Returns
    -------
    str
        Empty, or why the text could not be written. That a reader (head, less) has seen
        enough and left is no error.
    """
    from symderiv.report.glyphs import writable

    if stream is None:  # closed by the caller, as with ">&-"
        return "it is closed"
    said = writable(text, getattr(stream, "encoding", None))
    buffer = getattr(stream, "buffer", None)
    try:
        if isinstance(buffer, io.RawIOBase):  # Python's -u: the stream would drop what is left
            stream.flush()
            lines = said.replace("\n", os.linesep)
            _all(buffer, lines.encode(stream.encoding or "ascii", errors="backslashreplace"))
        else:
            stream.write(said)
        stream.flush()
    except OSError as error:
        return _abandoned(stream, error)
    return ""


def write_exactly(stream: TextIO | None, text: str) -> str:
    """Write what a program is to read: UTF-8, whatever the terminal's encoding.

    Returns
    -------
    str
        Empty, or why the text could not be written.
    """
    buffer = getattr(stream, "buffer", None)
    if stream is None or buffer is None:
        return write(stream, text)
    try:
        stream.flush()
        _all(buffer, text.encode("utf-8", errors="backslashreplace"))
        buffer.flush()
    except OSError as error:
        return _abandoned(stream, error)
    return ""


def _all(buffer: BinaryIO | io.RawIOBase, data: bytes) -> None:
    # A write to a pipe may take a part only, where a signal comes in between.
    rest = memoryview(data)
    while rest:
        rest = rest[buffer.write(rest) or 0 :]


def _abandoned(stream: TextIO, error: OSError) -> str:
    # Python would try to write the rest again on exit, and complain.
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, stream.fileno())
    os.close(devnull)
    return "" if isinstance(error, BrokenPipeError) else error.strerror or str(error)
