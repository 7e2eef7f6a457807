"""A budget that counts work, so that a verdict is the same on every machine.

The clock is only a safety net: ``deadline`` ends a run that counts wrongly. It is that of the
processor time of this thread, so that a busy machine changes no verdict.
"""

from __future__ import annotations

import time

from symderiv.indexform.conditions import OutOfBudget

__all__ = ["Work"]

UNITS = 3_000_000  # about ten seconds of polynomial arithmetic
_BETWEEN = 500  # units between two looks at the clock, which cost a system call each
_A_CALL = 6  # of a small polynomial
_LARGEST_POLYNOMIAL = 40_000
_LARGEST_DEGREE = 4_000
_LARGEST_COEFFICIENT = 500_000  # bits


class Work:
    """A counter that raises ``OutOfBudget`` before a call becomes too large."""

    def __init__(self, deadline: float | None = None, units: int = UNITS) -> None:
        self.left = units
        self.deadline = deadline
        self._next = units
        self.ended = ""  # what ended it, where something has

    def spend(self, units: int, what: str) -> None:
        """Count the units; refuse where they are used up."""
        self.left -= units
        if self.left < 0:
            self.ended = f"the work budget is used up ({what})"
        if self.deadline is not None and self.left < self._next:
            self._next = self.left - _BETWEEN
            if time.thread_time() > self.deadline:
                self.ended = f"the time limit is reached ({what})"
        if self.ended:
            raise OutOfBudget(self.ended)

    def admit(self, terms: int, degree: int, what: str, bits: int = 0) -> None:
        """Refuse a polynomial of too many terms, too high a degree or too long coefficients."""
        if terms > _LARGEST_POLYNOMIAL:
            raise OutOfBudget(f"a polynomial of {terms} terms ({what})")
        if degree > _LARGEST_DEGREE:
            raise OutOfBudget(f"a polynomial of degree {degree} ({what})")
        if bits > _LARGEST_COEFFICIENT:
            raise OutOfBudget(f"a coefficient of {bits} bits ({what})")
        self.spend(_A_CALL + terms * (1 + bits // 4096), what)
