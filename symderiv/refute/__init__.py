"""Refutation: SymPy trees evaluated as they are written, at small sizes and exact data.

It shares no code with the proof route, so that each can contradict the other.
"""

from symderiv.refute.examination import Examination, evaluate_at, examine
from symderiv.refute.jets import Undefined, Unsupported
from symderiv.refute.points import Point

__all__ = ["Examination", "Point", "Undefined", "Unsupported", "evaluate_at", "examine"]
