"""The relations of ``where``: what they quantify over, and the equations that can be solved."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import sympy
from flint import fmpq, fmpq_poly
from sympy import Basic, Symbol
from sympy.assumptions.assume import AppliedPredicate
from sympy.core.relational import Relational

from symderiv.refute import matrices
from symderiv.refute.algebraic import real_roots
from symderiv.refute.evaluate import Compiler, Evaluation
from symderiv.refute.extension import chained
from symderiv.refute.inverses import solutions
from symderiv.refute.jets import OutsideShape, Undefined
from symderiv.refute.survey import distinct
from symderiv.verdict import ClaimError

_HIGHEST_DEGREE = 6
_FINEST = 10**30

__all__ = ["Condition", "exact_roots", "is_zero", "relations", "symbols_of"]


class Condition:
    """One relation of ``where``, with the indices over which it is quantified."""

    def __init__(self, relation: Any, c: Compiler, quantified: Sequence[Symbol]) -> None:
        self.relation, self.quantified = relation, quantified
        self.cost = c.weight(relation)
        self.chained = chained(relation, quantified)
        self.sides: list[Any] = []
        self.terms: list[Any] = []
        self.whole = isinstance(relation, sympy.Eq) and matrices.is_matrix(relation.lhs)
        if self.whole:
            self.sides = [matrices.matrix(c, side) for side in relation.args]
        else:
            if isinstance(relation, Relational):
                self.terms = [c.scalar(side) for side in relation.args]
            self.sides = self.terms if isinstance(relation, sympy.Eq) else []
            self.holds = c.condition(relation)
        parts = distinct(relation)
        self.names = {str(x) for x in symbols_of(relation)} | {
            x.name for x in parts if isinstance(x, sympy.MatrixSymbol)
        }
        numbers = sorted(q for q in parts if isinstance(q, sympy.Rational))
        self.constants = [fmpq(int(q.p), int(q.q)) for q in numbers if q.q < _FINEST]
        self.free = symbols_of(relation)
        self.entries = [x for x in parts if isinstance(x, sympy.Indexed) and x.base.shape is None]
        known = solutions(relation) if self.sides and not self.whole else []
        self.solutions = [(c.place(x), solution) for x, solution in known]

    def instances(
        self, integers: Mapping[Symbol, int], ranges: Mapping[Symbol, Sequence[int]]
    ) -> Iterator[dict[Symbol, int]]:
        """The integers of every instance."""
        for at in itertools.product(*(ranges[q] for q in self.quantified)):
            yield {**integers, **dict(zip(self.quantified, at, strict=True))}

    def ends(self, outside: OutsideShape) -> bool:
        """Whether it says nothing at an instance, as an array ends before its own index.

        Where another index leaves an array, as w₁ where w has one entry, it does not hold.
        """
        return not outside.names.isdisjoint(self.quantified)

    def seen(self, s: Evaluation) -> None:
        """Evaluate it, for what that may raise."""
        if self.whole:
            for residual in self.residuals(s):
                residual(s)
        else:
            self.holds(s)

    def residuals(self, s: Evaluation) -> list[Callable[[Evaluation], Any]]:
        """For an equation, what has to be 0."""
        if not self.sides:
            return []
        a, b = self.sides
        if not self.whole:
            return [lambda s: a(s) - b(s)]
        shape = [(i, j) for i, row in enumerate(a(s)) for j in range(len(row))]
        return [lambda s, i=i, j=j: a(s)[i][j] - b(s)[i][j] for i, j in shape]  # type: ignore[misc]


def is_zero(v: Any) -> bool:
    """Whether a value is certainly 0."""
    return bool(v == 0) and (type(v) is fmpq or v.is_zero())


def exact_roots(residual: Callable[[fmpq], Any]) -> list[Any]:
    """The real roots of a function of one rational, where it is a polynomial of low degree.

    The values at a few integers give it by Newton's forward differences, of which those of the
    highest orders have to vanish. The check of the point decides, so a wrong guess does no harm.
    """
    for degree in (2, _HIGHEST_DEGREE):
        try:
            row = [residual(fmpq(x)) for x in range(degree + 2)]
        except Undefined:
            return []
        if any(type(v) is not fmpq for v in row):
            return []
        poly, basis, order = fmpq_poly([0]), fmpq_poly([1]), 0
        while any(row):
            poly += basis * row[0]
            basis *= fmpq_poly([-order, 1]) / (order + 1)
            row = [b - a for a, b in itertools.pairwise(row)]
            order += 1
        if 0 < order <= degree + 1 and poly.degree() <= degree:
            return real_roots(poly) if poly.degree() > 0 else []
    return []


def relations(where: Sequence[Any]) -> list[Any]:
    """The relations of ``where``, with And taken apart; an assumption Q.… says nothing here."""
    out: list[Any] = []
    for relation in where:
        if isinstance(relation, bool) or not isinstance(relation, Basic):
            raise ClaimError(f"where has {relation!r}: expected a relation such as Ne(x, 1)")
        if isinstance(relation, sympy.And):
            out += relations(relation.args)
        elif isinstance(relation, AppliedPredicate) and relation.function == sympy.Q.symmetric:
            out.append(sympy.Eq(relation.arg, relation.arg.T))
        elif relation is not sympy.true:
            out.append(relation)
    return out


def symbols_of(node: Basic) -> set[Symbol]:
    """The symbols that occur, apart from those that a Sum binds."""
    parts = distinct(node)
    sums = (part for part in parts if isinstance(part, (sympy.Sum, sympy.Product)))
    bound = {limit[0] for part in sums for limit in part.limits}
    return {x for x in parts if isinstance(x, Symbol)} - bound
