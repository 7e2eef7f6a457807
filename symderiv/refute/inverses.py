"""Equations solved for a name that occurs once: e^x + y = 3 as x = log(3 − y), and as y.

Layer by layer, by right inverses alone: f(g(v)) = v wherever g(v) is defined, so that the name
satisfies the equation as written, and not only where a principal value happens to be meant.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sympy
from sympy import Symbol
from sympy.matrices.expressions.matexpr import MatrixElement

from symderiv.functions import sigma

__all__ = ["solutions"]

_MOST = 8
_RIGHT: dict[Any, Any] = {
    sympy.exp: sympy.log, sympy.log: sympy.exp, sympy.cosh: sympy.acosh,
    sympy.sinh: sympy.asinh, sympy.asinh: sympy.sinh,
    sympy.tanh: sympy.atanh, sympy.atanh: sympy.tanh,
    sympy.sin: sympy.asin, sympy.cos: sympy.acos, sympy.tan: sympy.atan,
    sigma: lambda p: sympy.log(p / (1 - p)),
}  # fmt: skip


def solutions(relation: Any) -> list[tuple[Any, Any]]:
    """Names and entries with the expressions that an equation between scalars says they are.

    Examples
    --------
    >>> from sympy import Eq, exp, symbols
    >>> x, y = symbols("x y", real=True)
    >>> solutions(Eq(exp(x), 3))
    [(x, log(3))]
    """
    found: list[tuple[Any, Any]] = []
    for node, value in (relation.args, relation.args[::-1]):
        for target, solution in _peeled(node, value):
            if len(found) == _MOST:
                return found
            if not solution.has(target):
                found.append((target, solution))
    return found


def _peeled(node: Any, value: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(node, (Symbol, sympy.Indexed)) or (
        isinstance(node, MatrixElement) and isinstance(node.args[0], sympy.MatrixSymbol)
    ):
        yield node, value
    elif isinstance(node, (sympy.Add, sympy.Mul)):
        for k, part in enumerate(node.args[:_MOST]):
            rest = node.func(*node.args[:k], *node.args[k + 1 :])
            yield from _peeled(part, value - rest if node.is_Add else value / rest)
    elif isinstance(node, sympy.Pow) and isinstance(node.exp, sympy.Rational):
        yield from _peeled(node.base, value ** (1 / node.exp))
    elif type(node) in _RIGHT and len(node.args) == 1:
        yield from _peeled(node.args[0], _RIGHT[type(node)](value))
