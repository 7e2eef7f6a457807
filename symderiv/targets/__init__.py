"""What a person names on the command line or in pyproject.toml, found and imported."""

from symderiv.targets.errors import TargetError
from symderiv.targets.selection import Found, Selection, find, select

__all__ = ["Found", "Selection", "TargetError", "find", "select"]
