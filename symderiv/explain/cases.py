"""The cases in which conditions are asked, as relations in the writer's symbols.

A condition in one branch of a case distinction, or for the pairs i ≠ k of a sum, is needed there
and nowhere else: so it is shown. What cannot be told is left out, and the condition asks for more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import sympy
from sympy import Basic

from symderiv.explain.readback import Readback
from symderiv.indexform.conditions import Guard, RawCondition, related
from symderiv.verdict import ClaimError, Condition

__all__ = ["Cases", "joined"]

_RELATIONS = {
    "+": sympy.Gt,
    "+0": sympy.Ge,
    "0": sympy.Eq,
    "0-": sympy.Le,
    "-": sympy.Lt,
    "+-": sympy.Ne,
}
_SIGNS = {relation.__name__: signs for signs, relation in _RELATIONS.items()}
_MISSING = (ClaimError, KeyError, RecursionError, TypeError, ValueError)


class Cases:
    """Guards of conditions as relations.

    Examples
    --------
    >>> from sympy import symbols
    >>> from symderiv.indexform.terms import add, num, var
    >>> x = symbols("x", real=True)
    >>> guard = Guard(add(var("x"), num(-1)), frozenset("+0"))
    >>> Cases([x]).of(RawCondition(var("x"), frozenset("+"), x > 0, (guard,)), {})
    (x >= 1,)
    """

    def __init__(self, written: Iterable[Basic]) -> None:
        self._back = Readback(written)

    def of(self, c: RawCondition, binders: Mapping[str, Any]) -> tuple[Basic, ...]:
        """The case of a condition of a line, with its bound indices as they are shown."""
        if not c.signs:
            return ()  # that some case applies is asked where none of them does
        self._back.bind({name: shown[0] for name, (*_, shown) in binders.items()})
        try:
            return tuple(dict.fromkeys(map(self._relation, c.guards)))
        except _MISSING:
            return ()

    def _relation(self, guard: Guard) -> Basic:
        terms = sympy.Add.make_args(sympy.Add(*sympy.Add.make_args(self._back.term(guard.u))))
        below = [-t for t in terms if t.could_extract_minus_sign()]
        above = [t for t in terms if not t.could_extract_minus_sign()]
        signs, sides = guard.signs, (sympy.Add(*above), sympy.Add(*below))
        if not above or sides[0].is_number:  # −x > −1 is x < 1
            sides, signs = sides[::-1], frozenset(s.translate(_TURNED) for s in signs)
        return related(_RELATIONS["".join(s for s in "+0-" if s in signs)], *sides)


_TURNED = str.maketrans("+-", "-+")


def joined(conditions: Iterable[Condition]) -> tuple[Condition, ...]:
    """The conditions; one in two cases that make one is one, and none follows from one with fewer.

    Examples
    --------
    >>> from sympy import Ne, symbols
    >>> j, k = symbols("j k", integer=True)
    >>> x = symbols("x", real=True)
    >>> [c.case for c in joined(Condition(Ne(x, 0), case=(r,)) for r in (j > k, j < k))]
    [(Ne(j, k),)]
    """
    out: list[Condition] = []
    for c in conditions:
        new = c
        while (pair := next(_pairs(out, new), None)) is not None:
            out.remove(pair[0])
            new = pair[1]
        out.append(new)
    return tuple(c for c in out if not any(_covers(d, c) for d in out))


def _says(c: Condition) -> tuple[Any, ...]:
    return c.relation, c.ranges, c.open, c.natural, c.surface


def _pairs(known: Iterable[Condition], new: Condition) -> Iterator[tuple[Condition, Condition]]:
    """Each condition that makes one with the new one, and the one that they make."""
    for old in known:
        apart = set(old.case) ^ set(new.case)
        if _says(old) != _says(new) or len(apart) != 2 or len(old.case) != len(new.case):
            continue
        one, other = sorted(apart, key=lambda r: r not in new.case)
        if one.args != other.args:
            continue
        signs = {*_SIGNS[type(one).__name__], *_SIGNS[type(other).__name__]}
        both = "".join(s for s in "+0-" if s in signs)
        made = [related(_RELATIONS[both], *one.args)] if both in _RELATIONS else []
        rest = [r for r in new.case if r != one]
        yield old, replace(new, case=(*rest, *made))


def _covers(c: Condition, other: Condition) -> bool:
    """Whether a condition that is asked in more cases says as much."""
    stronger = (c.open, not c.natural, not c.surface) >= (
        (other.open, not other.natural, not other.surface)
    )
    same = c.relation == other.relation and c.ranges == other.ranges
    return same and stronger and set(c.case) < set(other.case)
