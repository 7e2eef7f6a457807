"""What makes a normal form begin again: an open sign, or a finer unit of exponents.

The sign of an entry at the index of a sum cannot be decided once for all: where a normal form
inside a sum has to know it, its terms are divided into those with each sign (cells), as
Σ f = Σ f·[u > 0] + Σ f·[u = 0] + Σ f·[u < 0].
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from math import gcd
from typing import TYPE_CHECKING, TypeVar

from symderiv.indexform.conditions import OutOfBudget
from symderiv.indexform.terms import Linear
from symderiv.prove.atoms import Form
from symderiv.prove.finite import OneHot

if TYPE_CHECKING:
    from symderiv.prove.normalise import Normaliser

__all__ = ["Cell", "Finer", "Split", "TooManyCells", "Units", "in_cells"]

_MOST_UNITS = 1000
_MOST_SIGNS = 6
Cell = tuple[tuple[Form, str], ...]  # the signs that are assumed
T = TypeVar("T")


class Split(Exception):
    """The sign of a form, or of an integer, has to be known."""

    def __init__(self, on: Form | Linear) -> None:
        super().__init__(repr(on))
        self.on = on


class TooManyCells(OutOfBudget):
    """The signs of more forms are needed than are chosen inside one sum."""


class Finer(Exception):
    """A fractional exponent is finer than the units so far; begin again with finer ones."""


@dataclass
class Units:
    """The fractions in which exponents and angles are counted, and the least shifts.

    Generators are e^(u·t) with a unit u for each t in ``exp`` (and cos(u·t), sin(u·t) with one in
    ``angle``), of which all exponents that occur are multiples, and |p|^(1/root); ``least`` has the
    smallest argument of log Γ and ψ, and the shortest range of a sum, among those that differ by
    integers; ``origins`` has where sums of one summand begin, ``guessed`` those taken to be 0.
    ``firsts`` has the least number that is added to a bound index in entries; ``peeled`` counts the
    sums of which terms are told one by one just now. ``rows`` with a single 1 have been met,
    by the names of where it stands; None where those of an array cannot be told apart.
    """

    exp: dict[str, Fraction] = field(default_factory=dict)
    angle: dict[str, Fraction] = field(default_factory=dict)
    root: int = 1
    least: dict[str, int] = field(default_factory=dict)
    origins: dict[str, int] = field(default_factory=dict)
    guessed: set[str] = field(default_factory=set)
    firsts: dict[str, int] = field(default_factory=dict)
    peeled: int = 0
    rows: dict[str, dict[str, tuple[OneHot, dict[str, Linear]]] | None] = field(
        default_factory=dict
    )

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

    def first(self, name: str, added: Iterable[int]) -> None:
        """Note the least number that is added to an index, if there is one."""
        self.firsts.pop(name, None)
        least = min(added, default=None)
        if least is not None:
            self.firsts[name] = least

    @contextmanager
    def peeling(self) -> Iterator[None]:
        """While terms of a sum are told one by one."""
        self.peeled += 1
        try:
            yield
        finally:
            self.peeled -= 1


def in_cells(
    norm: Normaliser,
    names: frozenset[str],
    ask: Callable[[Cell], list[T]],
    cell: Cell = (),
    most: int = _MOST_SIGNS,
) -> list[T]:
    """The answers of every consistent choice of the signs that a question needs.

    Only signs of what varies with one of the ``names`` are chosen here. To be called inside
    ``norm.scoped``, since what a cell assumes is forgotten with it.
    """
    if len(cell) > most:
        raise TooManyCells(f"more than {most} case distinctions inside one sum")
    for form, sign in cell:
        if not norm.signs.assume(norm.field.poly(form), frozenset(sign)):
            return []
        if sign == "0":
            norm.vanish(form)
    if cell:
        norm.known.forget()  # a fact with cases may be read by now
        if not all(norm.signs.instantiate(form) for form, _ in cell):
            return []
    try:
        return ask(cell)
    except Split as split:
        on = split.on
        if not isinstance(on, Form) or not names & on.names:
            raise
    answers: list[T] = []
    for sign in sorted(norm.signs.of(norm.field.poly(on))):
        further = partial(in_cells, norm, names, ask, (*cell, (on, sign)), most)
        answers += norm.scoped(norm.ranges, further)
    return answers
