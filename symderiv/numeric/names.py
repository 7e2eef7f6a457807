"""Names in the generated source: identifiers, whatever the writer's symbols are called."""

from __future__ import annotations

import builtins
import keyword
import unicodedata
from collections.abc import Iterable
from typing import Any

from symderiv.verdict import ClaimError

__all__ = ["checked_identifier", "identifier", "joined"]

_CALLED = {"np", "float", "ValueError", "IndexError", "range", "len", "min", "max", "isinstance"}
_RESERVED = {"np", *dir(builtins)}  # a block loop calls range, and a check isinstance


def identifier(name: str, taken: Iterable[str]) -> str:
    """A Python identifier for a symbol's name, unlike those taken.

    Examples
    --------
    >>> identifier("lambda", ()), identifier("x'", ()), identifier("2b", ()), identifier("X", ["X"])
    ('lambda_', 'x_', 'v_2b', 'X_2')
    """
    text = unicodedata.normalize("NFKC", name)
    if len(text) > 2 and text[0] == text[-1] == "'":  # as terms quote a name
        text = text[1:-1]
    text = "".join(c if f"a{c}".isidentifier() else "_" for c in text)
    if not text.isidentifier() or text.startswith("__"):
        text = f"v_{text}"
    if keyword.iskeyword(text) or text in _RESERVED:
        text += "_"
    stem, count, used = text, 1, set(taken)
    while text in used:
        count += 1
        text = f"{stem}_{count}"
    return text


def checked_identifier(name: Any) -> str:
    """The name of an output, which must be one that Python can spell."""
    if (
        not isinstance(name, str)
        or not name.isidentifier()
        or name.startswith("_")
        or keyword.iskeyword(name)
        or name in _CALLED
        or name != unicodedata.normalize("NFKC", name)
    ):
        raise ClaimError(f"an output is called {name!r}; give it a name such as 'cost'")
    return name


def joined(sources: Iterable[str]) -> str:
    """The source of several functions as one module."""
    head = "import numpy as np\n"
    return head + "".join(text.removeprefix(head) for text in sources)
