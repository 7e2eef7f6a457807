"""Names of the index form as a person reads them."""

from __future__ import annotations

__all__ = ["named"]


def named(name: str) -> str:
    """The writer's name, without what makes it unique.

    Examples
    --------
    >>> named("k~7"), named("theta"), named("?1"), named("'row'31")
    ('k', 'theta', 'u1', 'row')
    """
    if name.startswith("'"):
        name = name[1:].partition("'")[0]
    elif name.startswith("?"):
        velocity = name.startswith("?v.") or name.endswith("'")
        name = name[3:] if name.startswith("?v.") else "u" + name.strip("?'")
        return f"δ{name}" if velocity else name
    return name.partition("~")[0]
