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
    if name.startswith("?"):
        name = f"u{name[1:]}"
    return name.partition("~")[0]
