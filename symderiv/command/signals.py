"""Ctrl-C and SIGTERM: a command stops, says what it has, and ends with the right code."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType

__all__ = ["Terminated", "exit_code", "terminable"]


class Terminated(KeyboardInterrupt):
    """SIGTERM arrived; it is handled as Ctrl-C is."""


def exit_code(stopped: KeyboardInterrupt) -> int:
    """Return 128 and the number of the signal, as a shell reports it."""
    return 128 + (15 if isinstance(stopped, Terminated) else 2)


@contextlib.contextmanager
def terminable() -> Iterator[None]:
    """Have SIGTERM raise Terminated, where nobody else has asked for the signal."""

    def stop(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # once is enough: the report is on its way
        raise Terminated

    try:
        free = signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
        if free:
            signal.signal(signal.SIGTERM, stop)
    except ValueError:  # not the main thread, which alone may do so
        free = False
    try:
        yield
    finally:
        if free:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
