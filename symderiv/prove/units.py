"""What makes a normal form begin again: an open sign, or a finer unit of exponents."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from math import gcd

from symderiv.indexform.conditions import OutOfBudget
from symderiv.indexform.terms import Linear
from symderiv.prove.atoms import Form

__all__ = ["Finer", "Split", "Units"]

_MOST_UNITS = 1000


class Split(Exception):
    """The sign of a form, or of an integer, has to be known."""

    def __init__(self, on: Form | Linear) -> None:
        super().__init__(repr(on))
        self.on = on


class Finer(Exception):
    """A fractional exponent is finer than the units so far; begin again with finer ones."""


@dataclass
class Units:
    """The fractions in which exponents and angles are counted, and the least shifts.

    Generators are e^(u·t) with a unit u for each t in ``exp`` (and cos(u·t), sin(u·t) with one in
    ``angle``), of which all exponents that occur are multiples, and |p|^(1/root); ``least`` has the
    smallest argument of log Γ and ψ, and the shortest range of a sum, among those that differ by
    integers; ``origins`` has where sums of one summand begin, ``guessed`` those taken to be 0.
    """

    exp: dict[str, Fraction] = field(default_factory=dict)
    angle: dict[str, Fraction] = field(default_factory=dict)
    root: int = 1
    least: dict[str, int] = field(default_factory=dict)
    origins: dict[str, int] = field(default_factory=dict)
    guessed: set[str] = field(default_factory=set)

    def counted(self, kind: str, t: Form, d: Form, c: Fraction) -> tuple[Fraction, int]:
        """The unit u of the exponents or angles t/d, and c/u."""
        units: dict[str, Fraction] = getattr(self, kind)
        key = f"{t.shape}/{d.shape}"  # one unit for all entries of an array
        unit = units.setdefault(key, abs(c))
        if (c / unit).denominator != 1:
            units[key] = Fraction(
                gcd(unit.numerator * c.denominator, c.numerator * unit.denominator),
                unit.denominator * c.denominator,
            )
            raise Finer
        count = int(c / unit)
        if abs(count) > _MOST_UNITS:
            raise OutOfBudget(f"the multiple {c} of {t}, counted in {unit}")
        return unit, count
