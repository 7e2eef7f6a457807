"""Names of parametrised tests that are the same in every process, as pytest-xdist needs."""

from __future__ import annotations

from typing import Any


def steady(value: Any) -> str:
    """The text of a parameter: a set in order, a function by its name."""
    if isinstance(value, (set, frozenset)):
        return ", ".join(sorted(map(str, value)))
    if callable(value) and hasattr(value, "__qualname__"):
        return str(value.__qualname__).rpartition(".")[2]
    if isinstance(value, (list, tuple)):
        return f"({', '.join(map(steady, value))})"
    return str(value)
