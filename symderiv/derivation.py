"""What a person writes: a start expression, and steps that each say "equals this, because …".

Nothing here is judged. A derivation only records the lines, the reasons and where they
stand, and refuses at once what cannot be a line at all.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import CodeType, FrameType, MappingProxyType
from typing import Any

from sympy import Basic

from symderiv import written
from symderiv.verdict import ClaimError, Displayed

__all__ = ["Derivation", "Step"]


@dataclass(frozen=True)
class Step:
    """One line of a derivation, with its reason and the place where it was written.

    ``relation`` is what the line before has to this one, where a claim says another than "=".
    """

    expression: Basic
    because: str
    where: tuple[Basic, ...] = ()
    latex: str = ""
    file: str = ""
    line: int = 0
    relation: str = ""


@dataclass(frozen=True, init=False, repr=False, eq=False)
class Derivation(Displayed):
    """A start expression and steps, each claimed to equal the line before it.

    Parameters
    ----------
    name
        What the derivation is called in reports.
    start
        The first line: a SymPy expression (or a whole matrix expression), as written.
    where
        What may be assumed, as SymPy relations: ``x > 0``, ``Ne(x, 1)``,
        ``Contains(y, FiniteSet(0, 1))``.
    let
        The writer's definitions, such as ``{h[i]: sigma(z[i])}``.
    source
        Where the derivation comes from: a book, a page, a paper.
    article
        The rows of the article that it proves, such as ``"A8 A9"``.
    latex
        How to typeset the start, where SymPy's own LaTeX reads badly.
    expect
        "refuted" for a false claim that is kept as a warning: a run fails unless the steps
        are proved up to one that is refuted.

    Attributes
    ----------
    steps
        The steps, in order.
    file, line
        Where the derivation was written.

    Raises
    ------
    ClaimError
        Where an argument cannot be part of a claim: a float, a string, a Python bool.

    Examples
    --------
    >>> from sympy import symbols
    >>> x = symbols("x", real=True)
    >>> square = Derivation("a square", (x + 1)**2).then(x**2 + 2*x + 1, "multiply out")
    >>> square
    <Derivation 'a square', 1 step>
    >>> square.steps[0].because
    'multiply out'

    A derivation never changes; ``then`` returns a longer one:

    >>> longer = square.then(x*(x + 2) + 1, "factor")
    >>> len(square.steps), len(longer.steps)
    (1, 2)

    Floats are refused, since 0.1 is not one tenth:

    >>> Derivation("half", 0.5*x)
    Traceback (most recent call last):
    ...
    symderiv.verdict.ClaimError: the start of 'half' holds the float 0.5: write Rational(1, 2)
    """

    name: str
    start: Basic
    steps: tuple[Step, ...]
    where: tuple[Basic, ...]
    let: Mapping[Basic, Basic] = field(compare=False)
    source: str
    article: str
    latex: str
    expect: str
    file: str
    line: int

    def __init__(
        self,
        name: str,
        start: Any,
        *,
        where: Iterable[Any] = (),
        let: Mapping[Any, Any] = MappingProxyType({}),
        source: str = "",
        article: str = "",
        latex: str = "",
        expect: str = "proved",
    ) -> None:
        name = _text(name, "the name of a derivation", needed=True)
        file, line = _written_at(sys._getframe(1), type(self).__init__.__code__)
        start, ranges = written.with_ranges(start, f"the start of {name!r}")
        self._set(
            name=name,
            start=start,
            steps=(),
            where=tuple(dict.fromkeys((*written.relations(where, f"where of {name!r}"), *ranges))),
            let=written.definitions(let, f"let of {name!r}"),
            source=_text(source, f"source of {name!r}"),
            article=_text(article, f"article of {name!r}"),
            latex=_text(latex, f"latex of {name!r}"),
            expect=_expected(expect, f"expect of {name!r}"),
            file=file,
            line=line,
        )

    def then(
        self, expression: Any, because: str, *, where: Iterable[Any] = (), latex: str = ""
    ) -> Derivation:
        """Return the derivation with one more step: "equals ``expression``, because …".

        Parameters
        ----------
        expression
            The next line.
        because
            The reason, as the reader is to see it.
        where
            What may be assumed from this step on, beyond the derivation's own ``where``.
        latex
            How to typeset the line, where SymPy's own LaTeX reads badly.

        Raises
        ------
        ClaimError
            Where an argument cannot be part of a claim.
        """
        what = f"step {len(self.steps) + 1} of {self.name!r}"
        file, line = _written_at(sys._getframe(1))
        expression, ranges = written.with_ranges(expression, what)
        known = {*self.where, *(r for step in self.steps for r in step.where)}
        new = (r for r in ranges if r not in known)
        step = Step(
            expression=expression,
            because=_text(because, f"the reason of {what}", needed=True),
            where=(*written.relations(where, f"where of {what}"), *new),
            latex=_text(latex, f"latex of {what}"),
            file=file,
            line=line,
        )
        longer = object.__new__(type(self))
        longer._set(**{**self.__dict__, "steps": (*self.steps, step)})
        return longer

    @property
    def lines(self) -> tuple[Basic, ...]:
        """The start and the expression of every step."""
        return (self.start, *(step.expression for step in self.steps))

    @property
    def extent(self) -> str:
        """How much there is to prove, in words."""
        count = len(self.steps)
        return f"{count} step{'' if count == 1 else 's'}"

    def __repr__(self) -> str:
        return f"<Derivation {self.name!r}, {self.extent}>"

    def _set(self, **values: Any) -> None:
        for attribute, value in values.items():
            object.__setattr__(self, attribute, value)


def _written_at(frame: FrameType | None, *inside: CodeType) -> tuple[str, int]:
    # Since Python 3.11 the line of a method call in a chain over several lines is the line
    # of the method's name, so f_lineno is where this step's ".then(" stands. A subclass
    # that passes through our constructor is stepped over.
    while frame is not None and frame.f_code in inside and frame.f_back is not None:
        frame = frame.f_back
    return (frame.f_code.co_filename, frame.f_lineno) if frame is not None else ("", 0)


def _text(value: Any, what: str, *, needed: bool = False) -> str:
    if not isinstance(value, str):
        raise ClaimError(f"{what} must be a text (str), got {value!r}")
    if needed and not value.strip():
        raise ClaimError(f"{what} is empty")
    return value


def _expected(value: Any, what: str) -> str:
    if value not in ("proved", "refuted"):
        raise ClaimError(f'{what} must be "proved" or "refuted", got {value!r}')
    return str(value)
