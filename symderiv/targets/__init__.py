"""What a person names on the command line or in pyproject.toml, found and imported."""

from symderiv.targets.errors import TargetError
from symderiv.targets.listing import Listing
from symderiv.targets.selection import Found, Selection, find, select

__all__ = ["Found", "Listing", "Selection", "TargetError", "find", "select"]
