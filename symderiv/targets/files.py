"""Which files a folder or a pattern stands for; nothing is imported here."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

__all__ = [
    "files_in",
    "files_like",
    "is_file",
    "is_folder",
    "is_pattern",
    "matches",
    "mentions_symderiv",
]

_IMPORTS = re.compile(
    rb"^[ \t]*(?:from[ \t]+symderiv\b|import[ \t][^\n#]*\bsymderiv\b)", re.MULTILINE
)
_LARGEST = 4_000_000  # bytes; no derivation is written by hand in a longer file


def is_pattern(text: str) -> bool:
    """Whether a text holds a wildcard."""
    return any(char in text for char in "*?[")


def matches(path: str, pattern: str) -> bool:
    """Whether a path with ``/`` between its parts is what a pattern describes.

    ``*``, ``?`` and ``[…]`` stand within one part, ``**`` for any number of parts.

    Examples
    --------
    >>> matches("docs/a.py", "docs/*.py"), matches("docs/old/a.py", "docs/*.py")
    (True, False)
    >>> matches("docs/old/a.py", "docs/**/*.py"), matches("docs/a.py", "**/a.py")
    (True, True)
    """
    parts = [part for part in pattern.split("/") if part not in ("", ".")]
    # The positions in the pattern that are reached: one pass over the path, however many **.
    reached = _onward({0}, parts)
    for name in path.split("/"):
        after = set()
        for position in reached:
            if position < len(parts):
                if parts[position] == "**":
                    after.add(position)
                elif fnmatchcase(name, parts[position]):
                    after.add(position + 1)
        reached = _onward(after, parts)
    return len(parts) in reached


def _onward(positions: set[int], parts: Sequence[str]) -> set[int]:
    reached = set(positions)
    for position in positions:
        while position < len(parts) and parts[position] == "**":
            position += 1
            reached.add(position)
    return reached


def files_in(folder: Path) -> Iterator[Path]:
    """Yield the Python files in a folder and below that import symderiv, in order.

    Hidden folders, virtual environments and links to folders are passed over.
    """
    for path in _walk(folder):
        if mentions_symderiv(path):
            yield path


def files_like(pattern: str, folder: Path) -> Iterator[Path]:
    """Yield the Python files that a pattern describes and that import symderiv, in order."""
    parts = Path(pattern).parts
    fixed = next(k for k, part in enumerate(parts) if is_pattern(part))
    base = folder.joinpath(*parts[:fixed])
    rest = "/".join(parts[fixed:])
    depth = None if "**" in parts else len(parts) - fixed
    for path in _walk(base, depth):
        if matches(path.relative_to(base).as_posix(), rest) and mentions_symderiv(path):
            yield path


def mentions_symderiv(path: Path) -> bool:
    """Whether a file has a line that imports symderiv; it is read, not run."""
    try:
        with path.open("rb") as stream:
            return bool(_IMPORTS.search(stream.read(_LARGEST)))
    except OSError:
        return True  # that it cannot be read is for the import to say


def is_file(path: Path) -> bool:
    """Whether there is a file that can be seen; a name that no file can have is no error."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def is_folder(path: Path) -> bool:
    """Whether there is a folder that can be seen; a name that none can have is no error."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _walk(folder: Path, depth: int | None = None) -> Iterator[Path]:
    top = len(folder.parts)
    for place, folders, names in os.walk(folder):
        here = Path(place)
        if depth is not None and len(here.parts) - top >= depth - 1:
            folders.clear()
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".")
            and name not in ("__pycache__", "node_modules")
            and not is_file(here / name / "pyvenv.cfg")
        )
        for name in sorted(names):
            path = here / name
            if name.endswith(".py") and is_file(path):
                yield path
