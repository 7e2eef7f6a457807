"""What ``where`` says of the numbers that are passed: sets and bounds, checked in every call.

Of a number, or of every entry of an array: that it is one of finitely many, that it lies between
bounds, and that the entries along the last axis add up to a number. An open bound is checked like
a closed one, since a rounded number may lie on it. What ``where`` says otherwise is taken on trust.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy
from sympy import Basic, Indexed, IndexedBase, MatrixSymbol, Symbol
from sympy.matrices.expressions.matexpr import MatrixElement

from symderiv.indexform.scope import name_of
from symderiv.numeric.arguments import Argument

__all__ = ["Declared", "check_declared", "declared", "declared_labels"]

_ROUNDING = 2.0**-52


@dataclass(frozen=True)
class Declared:
    """What is said of one argument: one of ``values``, or bounds; of entries or of their sums."""

    argument: str
    values: tuple[float, ...] = ()
    least: float | None = None
    most: float | None = None
    total: bool = False

    def expected(self) -> str:
        """In words."""
        if self.values:
            names = [f"{v:g}" for v in self.values]
            return " or ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)
        if self.most is None:
            return f"at least {self.least:g}"
        if self.least is None:
            return f"at most {self.most:g}"
        return f"from {self.least:g} to {self.most:g}"

    def wrong(self, array: Any) -> Any:
        """Where it does not hold; NaN passes a bound, and is in no set."""
        array = np.asarray(array)
        slack: Any = 0.0
        if self.total:
            slack = array.shape[-1] * _ROUNDING * np.sum(np.abs(array), axis=-1)
            array = np.sum(array, axis=-1)
        if self.values:
            right = np.zeros(np.shape(array), dtype=bool)
            for v in self.values:
                right |= np.abs(array - v) <= slack if self.total else array == v
            return ~right
        out = np.zeros(np.shape(array), dtype=bool)
        if self.least is not None:
            out |= array < self.least - slack
        if self.most is not None:
            out |= array > self.most + slack
        return out


def declared(where: Sequence[Basic], arguments: Sequence[Argument]) -> tuple[Declared, ...]:
    """What can be checked of these arguments."""
    by_key = {a.key: a for a in arguments}
    out: dict[Declared, None] = {}
    for w in _relations(where):
        x, *rest = w.args
        if isinstance(w, sympy.Contains):
            (values,) = rest
            if isinstance(values, sympy.FiniteSet):
                found = _subject(x, by_key)
                if found is not None and all(v.is_Rational for v in values.args):
                    numbers = tuple(sorted(map(float, values.args)))
                    out[Declared(found[0], numbers, total=found[1])] = None
            continue
        kind = _SIDES.get(type(w).__name__, "")
        for subject, bound, side in ((x, rest[0], kind), (rest[0], x, _FLIPPED.get(kind))):
            found = _subject(subject, by_key)
            if found is None or not side or not bound.is_Rational:
                continue
            name, total = found
            number = float(bound)
            if side == "=":
                out[Declared(name, (number,), total=total)] = None
            elif side == ">":
                out[Declared(name, least=number, total=total)] = None
            else:
                out[Declared(name, most=number, total=total)] = None
    return tuple(out)


_SIDES = {
    "Equality": "=",
    "GreaterThan": ">",
    "StrictGreaterThan": ">",
    "LessThan": "<",
    "StrictLessThan": "<",
}
_FLIPPED = {"=": "=", ">": "<", "<": ">"}


def declared_labels(facts: Iterable[Declared]) -> frozenset[str]:
    """The arguments of which every entry is 0 or 1."""
    return frozenset(
        d.argument for d in facts if d.values and set(d.values) <= {0.0, 1.0} and not d.total
    )


def check_declared(name: str, facts: Iterable[Declared], arrays: Mapping[str, Any]) -> None:
    """Refuse what ``where`` rules out.

    Raises
    ------
    ValueError
        Naming the argument and the first number that is wrong.
    """
    for d in facts:
        if d.argument not in arrays:
            continue
        array = np.asarray(arrays[d.argument])
        wrong = np.atleast_1d(d.wrong(array))
        if np.any(wrong):
            place = [str(k[0]) for k in np.nonzero(wrong)]
            if d.total:
                array, place = np.sum(array, axis=-1), [*place[: array.ndim - 1], ":"]
            first = np.atleast_1d(array)[wrong][0]
            at = f"{d.argument}[{', '.join(place)}]" if np.ndim(arrays[d.argument]) else d.argument
            at = f"np.sum({at})" if d.total else at
            raise ValueError(f"{name}: {at} is {first}; {d.expected()} is expected, as where says")


def _relations(where: Iterable[Basic]) -> Iterator[Any]:
    """The single relations of ``where``, as the reader of hypotheses takes them apart."""
    for w in where:
        if isinstance(w, sympy.And):
            yield from _relations(w.args)
        elif isinstance(w, sympy.Contains):
            if isinstance(w.args[1], sympy.Interval):
                yield from _relations([w.args[1].as_relational(w.args[0])])
            else:
                yield w
        elif isinstance(w, sympy.core.relational.Relational):
            yield w


def _subject(x: Basic, arguments: Mapping[str, Argument]) -> tuple[str, bool] | None:
    """The argument of which x is any entry, and whether it is the sum over the last axis."""
    if isinstance(x, sympy.Sum) and len(x.limits) == 1 and len(x.limits[0]) == 3:
        index, lower, upper = x.limits[0]
        inner, base = x.args[0], _base(x.args[0])
        found = _subject(inner, arguments)
        if found is None or found[1] or base.shape is None or inner.args[-1] != index:
            return None
        return (found[0], True) if (lower, upper) == (0, base.shape[-1] - 1) else None
    argument = arguments.get(name_of(_base(x))) if isinstance(_base(x), _NAMED) else None
    if argument is None or (argument.layout is None) is not isinstance(x, Symbol):
        return None
    if argument.layout is not None:
        slots = (x.i, x.j) if isinstance(x, MatrixElement) else x.args[1:]
        used = [slots[k] for k in argument.layout.slots]
        if not all(isinstance(s, Symbol) for s in used) or len(set(used)) < len(used):
            return None  # one entry, or a diagonal
    return argument.name, False


_NAMED = (Symbol, MatrixSymbol, IndexedBase)


def _base(x: Any) -> Any:
    if isinstance(x, Indexed):
        return x.base
    return x.parent if isinstance(x, MatrixElement) else x
