"""Symbols of which where, or what a line needs, may leave no more than a surface.

An exponent that is free is whole on surfaces only. One that 3 ≤ y ≤ 3 or √(y − 2) + √(2 − y) ties
may be whole wherever the line is defined.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import sympy
from sympy import Basic, Indexed, MatrixSymbol, Symbol
from sympy.core.symbol import Str
from sympy.matrices.expressions.matexpr import MatrixElement

from symderiv.indexform.conditions import RawCondition
from symderiv.indexform.scope import base_of, name_of
from symderiv.indexform.wellformed import free_symbols, nodes_of, symbols_used

if TYPE_CHECKING:
    from symderiv.indexform.reading import Line

__all__ = ["tied_by", "with_free_exponents"]

_STRICT = (sympy.Gt, sympy.Lt, sympy.Ne)
_CONTINUOUS = (
    *(Symbol, sympy.Number, sympy.Add, sympy.Mul, sympy.Pow, sympy.exp, sympy.log, sympy.Abs),
    *(Indexed, sympy.IndexedBase, sympy.Tuple, MatrixElement, MatrixSymbol, Str),
)


def tied_by(where: Sequence[Basic], let: Mapping[Basic, Basic]) -> frozenset[Basic]:
    """The symbols of which where may leave a surface and no more: by 3 ≤ y ≤ 3, as by y = 3.

    Strict inequalities of what is continuous leave a region, and so do bounds 1 ≤ y ≤ 2.
    """
    defined = {base_of(key) for key in let}
    tied, defining = set[Basic](), frozenset[Basic]().union(*map(free_symbols, let.values()))
    low, high = dict[Basic, Basic](), dict[Basic, Basic]()
    for w in where:
        if defined & free_symbols(w):
            tied |= defining
        elif isinstance(w, _STRICT) and all(isinstance(x, _CONTINUOUS) for x in nodes_of(w.args)):
            continue
        ordered = isinstance(w, (sympy.Ge, sympy.Le))
        a, b = (w.lts, w.gts) if ordered else (sympy.S.Zero, sympy.S.Zero)  # a ≤ b
        if ordered and a.is_Rational and b.is_Symbol:
            low[b] = max(a, low.get(b, a))
        elif ordered and a.is_Symbol and b.is_Rational:
            high[a] = min(b, high.get(a, b))
        else:
            tied |= free_symbols(w)
    for y in low.keys() | high.keys():
        least = low.get(y, sympy.S.Zero if y.is_nonnegative else None)
        most = high.get(y, sympy.S.Zero if y.is_nonpositive else None)
        tied |= {y} if least is not None and most is not None and least >= most else set()
    return frozenset(tied)


def with_free_exponents(lines: Sequence[Line], let: Mapping[Basic, Basic]) -> list[Line]:
    """The lines; an exponent that their domain may leave no room is whole for all that is known."""
    closed = [c.relation for line in lines for c in line.conditions if _closed(c)]
    tied = frozenset(map(name_of, symbols_used([*tied_by(closed, let)], let)))
    out = []
    for line in lines:
        cs = (replace(c, stronger=True) if c.exponent & tied else c for c in line.conditions)
        out.append(replace(line, conditions=tuple(cs)))
    return out


def _closed(c: RawCondition) -> bool:
    """Whether a condition may hold on a surface only: √(y − 2) + √(2 − y), or y = 2 as a case."""
    return not c.stronger and c.term.op != "int" and (not c.signs or "0" in c.signs)
