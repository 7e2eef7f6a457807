"""Terms as elements of a field: what reading them has in common, whatever the generators are."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

from sympy import QQ

from symderiv.indexform.terms import Term

__all__ = ["TooLarge", "arithmetic"]


class TooLarge(Exception):
    """The expression would not get simpler."""


def arithmetic(t: Term, field: Any, element: Callable[[Term], Any], most: int) -> Any:
    """A number, a sum, a product or a power as an element, by those of its parts; else None.

    Raises
    ------
    TooLarge
        For a power with an exponent above ``most``, and for one of 0.
    """
    match t.op:
        case "num":
            return field(QQ(t.data.numerator, t.data.denominator))
        case "add":
            return sum(map(element, t.args), field(0))
        case "mul":
            return prod(map(element, t.args), start=field(1))
        case "pow":
            base = element(t.args[0])
            if abs(t.data) > most or not base:
                raise TooLarge
            return base**t.data
    return None
