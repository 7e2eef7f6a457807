"""What each kind of SymPy condition means: one closure builder for each.

A condition's closure returns True or False where that is certain and else raises Undefined.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import sympy
from flint import fmpq
from sympy import Integer

from symderiv.refute.jets import Undefined, refusal, sign

if TYPE_CHECKING:
    from symderiv.refute.evaluate import Closure, Compiler, Evaluation

__all__ = ["CONDITIONS"]


def _relation(holds: Callable[[int], bool]) -> Callable[[Compiler, Any], Closure]:
    def build(c: Compiler, node: Any) -> Closure:
        order = c.order(node.lhs, node.rhs)
        return lambda s: holds(order(s))

    return build


def _junction(decisive: bool) -> Callable[[Compiler, Any], Closure]:
    """And (decided by one False) and Or (by one True): the order written does not matter."""

    def build(c: Compiler, node: Any) -> Closure:
        parts = [c.condition(a) for a in node.args]

        def run(s: Evaluation) -> bool:
            doubt = None
            for part in parts:
                try:
                    if bool(part(s)) is decisive:
                        return decisive
                except Undefined as undefined:
                    doubt = undefined
            if doubt is not None:
                raise doubt
            return not decisive

        return run

    return build


def _not(c: Compiler, node: Any) -> Closure:
    inner = c.condition(node.args[0])
    return lambda s: not inner(s)


def _choice(c: Compiler, node: Any) -> Closure:
    test, one, other = map(c.condition, node.args)
    return lambda s: one(s) if test(s) else other(s)


def _contains(c: Compiler, node: Any) -> Closure:
    element, (x, where) = c.scalar(node.args[0]), node.args
    if isinstance(where, sympy.FiniteSet):
        return c.condition(
            sympy.Or(*(sympy.Eq(x, a, evaluate=False) for a in where), evaluate=False)
        )
    if isinstance(where, sympy.Interval):
        low, high = c.scalar(where.start), c.scalar(where.end)
        ends = -sympy.oo, sympy.oo

        def inside(s: Evaluation) -> bool:
            v = element(s)
            above = where.start == ends[0] or sign(v - low(s)) > -(not where.left_open)
            below = where.end == ends[1] or sign(high(s) - v) > -(not where.right_open)
            return bool(above and below)

        return inside
    if isinstance(where, sympy.Range) or where in (
        sympy.S.Integers,
        sympy.S.Naturals,
        sympy.S.Naturals0,
        sympy.S.Reals,
    ):

        def listed(s: Evaluation) -> bool:
            v = element(s)
            if where is sympy.S.Reals:
                return True
            if type(v) is not fmpq:
                raise Undefined("uncertain", f"whether {x} is an integer")
            return v.q == 1 and Integer(int(v.p)) in where

        return listed
    raise refusal(node)


CONDITIONS: dict[type, Callable[[Compiler, Any], Closure]] = {
    sympy.Eq: _relation(lambda d: d == 0),
    sympy.Ne: _relation(lambda d: d != 0),
    sympy.Lt: _relation(lambda d: d < 0),
    sympy.Le: _relation(lambda d: d <= 0),
    sympy.Gt: _relation(lambda d: d > 0),
    sympy.Ge: _relation(lambda d: d >= 0),
    sympy.And: _junction(False),
    sympy.Or: _junction(True),
    sympy.Not: _not,
    sympy.ITE: _choice,
    sympy.Contains: _contains,
    type(sympy.true): lambda c, node: lambda s: True,
    type(sympy.false): lambda c, node: lambda s: False,
}
