"""The error that names a target, in bounded length whatever the target was."""

from __future__ import annotations

__all__ = ["LONGEST", "TargetError", "shown"]

LONGEST = 4096  # characters of one target: no file system takes a longer path


class TargetError(Exception):
    """A target cannot be found or imported; the message says which and why.

    ``file`` and ``line`` are the place in the user's own code that it is about, if there is one.
    """

    def __init__(self, message: str, file: str = "", line: int = 0) -> None:
        super().__init__(message)
        self.file, self.line = file, line


def shown(text: str, length: int = 200) -> str:
    """Return a text on one line, not too long and printable, for use in a message.

    Examples
    --------
    >>> shown("x" * 1000, 10)
    'xxxxxxxxxx… (1000 characters)'
    """
    head = text[:length]
    line = "".join(c if c.isprintable() else repr(c)[1:-1] for c in head)
    return line if len(text) <= length else f"{line}… ({len(text)} characters)"
