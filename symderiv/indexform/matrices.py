"""One entry of a matrix expression, as a term."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import sympy
from sympy import Basic, Dummy, IndexedBase, MatrixSymbol
from sympy.matrices.expressions.matexpr import MatrixElement

from symderiv.indexform.conditions import OutOfBudget, Unsupported
from symderiv.indexform.terms import (
    ONE,
    ZERO,
    Linear,
    Term,
    add,
    by_sign,
    integer,
    mul,
    total,
)
from symderiv.indexform.wellformed import put
from symderiv.verdict import ClaimError

if TYPE_CHECKING:
    from symderiv.indexform.lower import Lowering
    from symderiv.indexform.scope import Scope

__all__ = ["RULES", "entry_of", "trace"]


def entry_of(low: Lowering, matrix: Basic, i: Basic, j: Basic, scope: Scope) -> Term:
    """The entry (i, j), 0-based, of a matrix expression."""
    if isinstance(matrix, sympy.MatrixBase):
        return _explicit(low, matrix, i, j, scope)
    rule = RULES.get(type(matrix).__name__)
    if rule is None:
        raise Unsupported(f"the matrix {type(matrix).__name__} ({matrix})")
    return rule(low, matrix, i, j, scope)


def trace(low: Lowering, expr: Basic, scope: Scope) -> Term:
    """tr A = Σₖ A[k, k]."""
    matrix = expr.args[0]
    return _contract(low, matrix.shape[0], scope, lambda k, s: entry_of(low, matrix, k, k, s))


def _contract(
    low: Lowering, size: Basic, scope: Scope, body: Callable[[Basic, Scope], Term]
) -> Term:
    """Σ over 0 … size − 1 of the body at a fresh index."""
    k = Dummy("k", integer=True, nonnegative=True)
    name, inner = low.enter(k, sympy.Integer(0), size - 1, scope)
    b = low.binders[name]
    return total(name, b.lower, b.upper, body(k, inner))


def _symbol(low: Lowering, matrix: Any, i: Basic, j: Basic, scope: Scope) -> Term:
    try:
        return low.named(MatrixElement(matrix, i, j), scope)
    except IndexError:
        raise Unsupported(f"the entry [{i}, {j}] of {matrix}, which has none there") from None


def _product(low: Lowering, matrix: Any, i: Basic, j: Basic, scope: Scope) -> Term:
    scalars = [a for a in matrix.args if not getattr(a, "is_Matrix", False)]
    factors = [a for a in matrix.args if getattr(a, "is_Matrix", False)]

    def chain(rest: list[Any], row: Basic, s: Scope) -> Term:
        if len(rest) == 1:
            return entry_of(low, rest[0], row, j, s)
        first, *others = rest
        return _contract(
            low,
            first.shape[1],
            s,
            lambda k, inner: mul(entry_of(low, first, row, k, inner), chain(others, k, inner)),
        )

    for a, b in pairwise(factors):
        if low.index(a.shape[1], scope) != low.index(b.shape[0], scope):
            raise ClaimError(f"{a} of shape {a.shape} times {b} of shape {b.shape}")
    return mul(*(low.scalar(a, scope) for a in scalars), chain(factors, i, scope))


def _integer_power(low: Lowering, matrix: Any, i: Basic, j: Basic, scope: Scope) -> Term:
    base, exponent = matrix.args
    if not (exponent.is_Integer and exponent >= 0):
        raise Unsupported(f"the matrix power {matrix}")
    if exponent > 8:
        raise OutOfBudget(f"the matrix power {matrix}")
    if exponent == 0:
        return _delta(low, i, j, scope)
    return _product(low, sympy.MatMul(*[base] * int(exponent), evaluate=False), i, j, scope)


def _applied(low: Lowering, matrix: Any, i: Basic, j: Basic, scope: Scope) -> Term:
    function, inner = matrix.function, matrix.expr
    x = entry_of(low, inner, i, j, scope)
    if not isinstance(function, sympy.Lambda):
        function = sympy.Lambda(Dummy("x"), function(Dummy("x")))
    (argument,) = function.variables
    shown = put(MatrixElement(inner, i, j), scope.shown)
    return low.scalar(function.expr, scope.bind(argument, x, shown))


def _hadamard_power(low: Lowering, matrix: Any, i: Basic, j: Basic, scope: Scope) -> Term:
    x, exponent = Dummy("x", real=True), matrix.exp
    if getattr(exponent, "is_Matrix", False):
        raise Unsupported(f"the exponent of {matrix}")
    shown = put(MatrixElement(matrix.base, i, j), scope.shown)
    entry = entry_of(low, matrix.base, i, j, scope)
    return low.scalar(x**exponent, scope.bind(x, entry, shown))


def _delta(low: Lowering, i: Basic, j: Basic, scope: Scope) -> Term:
    return _is(low.index(i, scope) - low.index(j, scope))


def _where_same(
    low: Lowering, i: Basic, j: Basic, scope: Scope, value: Callable[[Scope], Term]
) -> Term:
    """What stands where i = j, and 0 elsewhere; what it needs is needed there alone."""
    form = integer(low.index(i, scope) - low.index(j, scope))
    same = by_sign(form, ZERO, ONE, ZERO)
    return ZERO if same is ZERO else _placed(low, same, partial(value, scope.under(form, "0")))


def _placed(low: Lowering, here: Term, value: Callable[[], Term]) -> Term:
    """An entry where an indicator is 1, else 0: a factor of it, where it is always defined.

    One that may be undefined elsewhere is a branch, since 0·(1/y) is not 0 at y = 0.
    """
    before = len(low.conditions)
    entry = value()
    if len(low.conditions) == before:
        return mul(here, entry)
    return by_sign(here, entry, ZERO, ZERO)


def _diagonal(low: Lowering, matrix: Any, i: Basic, j: Basic, scope: Scope) -> Term:
    """diag(v) of a vector v: v[i] where i = j."""
    v, zero = matrix.args[0], sympy.Integer(0)
    at = (zero, i) if v.shape[0] == 1 else (i, zero)
    return _where_same(low, i, j, scope, lambda s: entry_of(low, v, *at, s))


def _diagonal_matrix(low: Lowering, matrix: Any, i: Basic, j: Basic, scope: Scope) -> Term:
    """The diagonal of a matrix as a matrix."""
    return _where_same(low, i, j, scope, lambda s: entry_of(low, matrix.arg, i, j, s))


def _explicit(low: Lowering, matrix: Any, i: Basic, j: Basic, scope: Scope) -> Term:
    """Written-out entries, by cases of the indices."""
    rows, columns = matrix.shape
    if rows * columns > 10_000:
        raise OutOfBudget(f"a written-out matrix of shape {matrix.shape}")
    row = _inside(low, matrix, i, rows, scope)
    column = _inside(low, matrix, j, columns, scope)
    out = ZERO
    for r in range(rows):
        for c in range(columns):
            here = mul(_is(row - r), _is(column - c))
            if here is not ZERO:  # an entry has to be defined where it is meant
                at = scope.under(integer(row - r), "0").under(integer(column - c), "0")
                out = add(out, _placed(low, here, partial(low.scalar, matrix[r, c], at)))
    return out


def _inside(low: Lowering, matrix: Any, i: Basic, size: Any, scope: Scope) -> Linear:
    return low.within(matrix, i, sympy.Integer(size), scope)


def _is(form: Linear) -> Term:
    """[form = 0]."""
    return by_sign(integer(form), ZERO, ONE, ZERO)


def _blocks(low: Lowering, matrix: Any, i: Basic, j: Basic, scope: Scope) -> Term:
    """The index split of a block matrix: cases of i and j by the blocks' ends."""
    blocks = matrix.blocks
    rows, columns = blocks.shape

    def along(
        k: Basic, sizes: list[Any], choose: Callable[[int, Basic, Scope], Term], s: Scope
    ) -> Term:
        def block(number: int, start: Any, inner: Scope) -> Term:
            local = Dummy("k", integer=True, nonnegative=True)
            form = low.index(k, inner) - low.index(sympy.sympify(start, strict=True), inner)
            shown = put(k - start, inner.shown)
            return choose(number, local, inner.bind(local, form, shown))

        def of(number: int, start: Any, inner: Scope) -> Term:
            if number == len(sizes) - 1:
                return block(number, start, inner)
            end = start + sizes[number]
            u = integer(low.index(k, inner) - low.index(end, inner))
            known = low.known(u.names, inner)
            sign = known.sign(low.index(k, inner) - low.index(end, inner))
            if sign in ("+", "0"):
                return of(number + 1, end, inner)
            if sign == "-":
                return block(number, start, inner)
            after = of(number + 1, end, inner.under(u, "+0"))
            return by_sign(u, after, after, block(number, start, inner.under(u, "-")))

        return of(0, sympy.Integer(0), s)

    heights = [blocks[r, 0].shape[0] for r in range(rows)]
    widths = [blocks[0, c].shape[1] for c in range(columns)]
    return along(
        i,
        heights,
        lambda r, row, s: along(
            j, widths, lambda c, column, t: entry_of(low, blocks[r, c], row, column, t), s
        ),
        scope,
    )


def _gradient(low: Lowering, matrix: Any, i: Basic, j: Basic, scope: Scope) -> Term:
    return low.derivative(matrix.function, [(_variable(matrix.variable, i, j), 1)], scope)


def _hessian(low: Lowering, matrix: Any, i: Basic, j: Basic, scope: Scope) -> Term:
    w, zero = matrix.variable, sympy.Integer(0)
    pair = [(_variable(w, i, zero), 1), (_variable(w, j, zero), 1)]
    return low.derivative(matrix.function, pair, scope)


def _by_matrix(low: Lowering, matrix: Any, i: Basic, j: Basic, scope: Scope) -> Term:
    """Derivative(f, W) by a whole matrix symbol stands for gradient(f, W)."""
    ((w, count),) = matrix.variable_count
    if count != 1:
        raise Unsupported(f"{matrix}: a repeated derivative by a matrix; use hessian(f, {w})")
    return low.derivative(matrix.expr, [(_variable(w, i, j), 1)], scope)


def _variable(w: Any, i: Basic, j: Basic) -> Basic:
    if not isinstance(w, (MatrixSymbol, IndexedBase)):
        raise ClaimError(f"a derivative by {w}, which is no variable")
    return MatrixElement(w, i, j) if isinstance(w, MatrixSymbol) else w[i]


RULES: dict[str, Callable[[Lowering, Any, Basic, Basic, Scope], Term]] = {
    "MatrixSymbol": _symbol,
    "MatAdd": lambda low, a, i, j, s: add(*(entry_of(low, b, i, j, s) for b in a.args)),
    "MatMul": _product,
    "MatPow": _integer_power,
    "Transpose": lambda low, a, i, j, s: entry_of(low, a.args[0], j, i, s),
    "HadamardProduct": lambda low, a, i, j, s: mul(*(entry_of(low, b, i, j, s) for b in a.args)),
    "HadamardPower": _hadamard_power,
    "ElementwiseApplyFunction": _applied,
    "Identity": lambda low, a, i, j, s: _delta(low, i, j, s),
    "OneMatrix": lambda low, a, i, j, s: ONE,
    "ZeroMatrix": lambda low, a, i, j, s: ZERO,
    "DiagMatrix": _diagonal,
    "DiagonalMatrix": _diagonal_matrix,
    "DiagonalOf": lambda low, a, i, j, s: entry_of(low, a.arg, i, i, s),
    "BlockMatrix": _blocks,
    "Gradient": _gradient,
    "Hessian": _hessian,
    "Derivative": _by_matrix,
    "MatrixDerivative": _by_matrix,
}
