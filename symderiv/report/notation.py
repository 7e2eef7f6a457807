"""One line of Unicode for expressions, conditions and values, as a reader would write them.

Nothing here raises: what the printer cannot print, SymPy's own ``str`` does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sympy import Add, Basic, Indexed, MatrixSymbol, Mul, Symbol
from sympy.concrete.expr_with_limits import ExprWithLimits
from sympy.core.relational import Relational

from symderiv.report.glyphs import name
from symderiv.report.matrices import LinePrinter
from symderiv.report.printer import RELATIONS
from symderiv.verdict import Condition

__all__ = ["condition", "expression", "sizes", "value"]

_FLIPPED = {"≤": "≥", "≥": "≤", "<": ">", ">": "<"}


def expression(expr: Any) -> str:
    """Return an expression on one line, in Unicode.

    Examples
    --------
    >>> from sympy import IndexedBase, MatrixSymbol, Sum, exp, symbols
    >>> m, n, i, j = symbols("m n i j", integer=True, positive=True)
    >>> X, y = MatrixSymbol("X", m, n), MatrixSymbol("y", m, 1)
    >>> h = IndexedBase("h")
    >>> expression(Sum((h[i] - y[i, 0])*X[i, j], (i, 0, m - 1))/m)
    '1/m Σᵢ (hᵢ − yᵢ)·Xᵢⱼ'
    >>> expression(exp(-m)/(1 + exp(-m))**2)
    'e^(−m)/(1 + e^(−m))²'
    """
    try:
        return str(LinePrinter(expr).doprint(expr))
    except Exception:  # noqa: BLE001 - a line badly shown is better than none
        return str(expr)


def condition(needed: Condition) -> str:
    """Return a condition as a reader would write it: ``x ≠ 1``, ``hᵢ > 0 for i = 0 … m − 1``.

    Examples
    --------
    >>> from sympy import Ne, symbols
    >>> x = symbols("x", real=True)
    >>> condition(Condition(Ne(x, 0), case=(x >= 0,)))
    'x ≠ 0 (in the case x ≥ 0)'
    """
    text = _relation(needed.relation)
    ranges = [
        f"{expression(index)} = {expression(lower)} … {expression(upper)}"
        for index, lower, upper in needed.ranges
    ]
    own, others = of_ranges(needed)
    text += f" for {', '.join([*ranges, *map(_relation, own)])}" if ranges else ""
    return text + (f" (in the case {', '.join(map(_relation, others))})" if others else "")


def of_ranges(needed: Condition) -> tuple[list[Basic], list[Basic]]:
    """The relations of a condition's case that limit its ranges, and the others."""
    indices = {index for index, _, _ in needed.ranges}
    own = [r for r in needed.case if indices & r.free_symbols]
    return own, [r for r in needed.case if r not in own]


def value(data: Any) -> str:
    """Return a value of a counterexample: a number, or nested lists as ``[1, 2; 3, 4]``.

    Examples
    --------
    >>> from sympy import Rational
    >>> value([[1, 2], [3, -4]]), value([[1]]), value(Rational(-1, 2))
    ('[1, 2; 3, −4]', '[1]', '−1/2')
    """
    if isinstance(data, Mapping):
        return "{" + ", ".join(f"{value(k)}: {value(v)}" for k, v in data.items()) + "}"
    if isinstance(data, (list, tuple)):
        if data and all(isinstance(row, (list, tuple)) for row in data):
            return "[" + "; ".join(", ".join(value(entry) for entry in row) for row in data) + "]"
        return "[" + ", ".join(value(entry) for entry in data) + "]"
    if isinstance(data, Basic):
        return expression(data)
    text = str(data)
    return text.replace("-", "−") if text[:1] == "-" else text


def sizes(exprs: Sequence[Basic]) -> tuple[str, ...]:
    """Return the names of the symbolic sizes: integer symbols in shapes and ranges."""
    found: dict[str, None] = {}
    for expr in exprs:
        bound = {limit[0] for part in expr.atoms(ExprWithLimits) for limit in part.limits}
        extents: list[Any] = []
        for array in expr.atoms(MatrixSymbol):
            extents += array.shape
        for entry in expr.atoms(Indexed):
            extents += entry.base.shape or ()
        for part in expr.atoms(ExprWithLimits):
            extents += [end for limit in part.limits for end in limit[1:]]
        symbols = {s for extent in extents for s in Basic.atoms(extent, Symbol)} - bound
        found.update(dict.fromkeys(sorted(name(s.name) for s in symbols if s.is_integer)))
    return tuple(found)


def _relation(relation: Basic) -> str:
    # "x − 1 ≠ 0" is how a denominator comes; "x ≠ 1" is how a reader thinks of it.
    if not isinstance(relation, Relational) or relation.rhs != 0:
        return expression(relation)
    sign = RELATIONS[relation.rel_op]
    left = relation.lhs
    if not isinstance(left, Add) or len(left.args) != 2:
        if isinstance(left, Mul) and left.args[0] == -1 and sign in _FLIPPED:
            left, sign = -left, _FLIPPED[sign]
        return f"{expression(left)} {sign} 0"
    first, second = left.args if not left.args[1].is_Number else left.args[::-1]
    if second.could_extract_minus_sign() and not first.is_Number:
        first, second = second, first
    if not first.is_Number and not first.could_extract_minus_sign():
        return expression(relation)
    if second.could_extract_minus_sign():
        return f"{expression(-second)} {_FLIPPED.get(sign, sign)} {expression(first)}"
    return f"{expression(second)} {sign} {expression(-first)}"
