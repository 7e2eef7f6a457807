"""Whole matrix expressions, evaluated as lists of rows by the same closures as scalars."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import sympy
from flint import fmpq
from sympy import Integer, MatrixSymbol
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction
from sympy.matrices.expressions.diagonal import DiagMatrix, DiagonalMatrix, DiagonalOf
from sympy.matrices.expressions.slice import MatrixSlice
from sympy.matrices.matrixbase import MatrixBase

from symderiv.functions import Gradient, Hessian
from symderiv.refute.jets import OutsideShape, Undefined, power, refusal
from symderiv.verdict import ClaimError

if TYPE_CHECKING:
    from symderiv.refute.evaluate import Closure, Compiler, Evaluation

__all__ = ["entry", "is_matrix", "matrix", "only_entry", "trace"]

Rows = list[list[Any]]
ZERO, ONE = fmpq(0), fmpq(1)


def is_matrix(node: Any) -> bool:
    """Whether a node stands for a matrix: also a ``Derivative`` by a whole matrix symbol."""
    if isinstance(node, sympy.Derivative):
        return any(isinstance(v, (MatrixSymbol, sympy.IndexedBase)) for v in node.variables)
    return bool(getattr(node, "is_Matrix", False))


def matrix(c: Compiler, node: Any) -> Closure:
    """The closure that gives the rows of a matrix expression."""
    key = ("matrix", node)
    run = c.memo.get(key)
    if run is None:
        build = next((MATRICES[t] for t in type(node).__mro__ if t in MATRICES), None)
        if build is None:
            raise refusal(node)
        # An entry asks for the whole, so the whole is always kept.
        run = c.memo[key] = c.remember(node, build(c, node))
    return run


def only_entry(c: Compiler, node: Any) -> Closure:
    """The closure that gives the entry of a 1 × 1 matrix that is used as a scalar."""
    rows = matrix(c, node)

    def run(s: Evaluation) -> Any:
        value = rows(s)
        if len(value) != 1 or len(value[0]) != 1:
            raise ClaimError(f"{node} is used as a scalar but is not of shape (1, 1)")
        return value[0][0]

    return run


def entry(c: Compiler, node: Any) -> Closure:
    """The closure that gives one entry of a matrix expression."""
    rows, i, j = matrix(c, node.args[0]), c.integer(node.args[1]), c.integer(node.args[2])
    symbols = [index.free_symbols for index in node.args[1:3]]

    def run(s: Evaluation) -> Any:
        value, row, column = rows(s), i(s), j(s)
        width = len(value[0]) if value else 0
        inside = 0 <= row < len(value), 0 <= column < width
        if not all(inside):
            text = f"{node.args[0]}[{row}, {column}] is outside shape ({len(value)}, {width})"
            outside = (x for x, within in zip(symbols, inside, strict=True) if not within)
            raise OutsideShape(text, s.binders, outside)
        return value[row][column]

    return run


def trace(c: Compiler, node: Any) -> Closure:
    """The closure that gives the trace."""
    rows = matrix(c, node.args[0])
    return lambda s: sum((row[i] for i, row in enumerate(rows(s))), ZERO)


def _admitted(s: Evaluation, height: int, width: int) -> tuple[int, int]:
    """A shape whose entries have been counted as work, before any of them is made."""
    s.spend(height * width)
    return height, width


def _symbol(c: Compiler, node: MatrixSymbol) -> Closure:
    name = node.name
    height, width = (c.integer(d) for d in node.args[1:])
    value = c.reader(name, frozenset())

    def run(s: Evaluation) -> Rows:
        rows, columns = (range(n) for n in _admitted(s, height(s), width(s)))
        return [[value(s, (name, i, j)) for j in columns] for i in rows]

    return run


def _entrywise(
    combine: Callable[[Any, Any], Any],
) -> Callable[[Compiler, Any], Closure]:
    """Sums and Hadamard products: the same operation in every entry."""

    def build(c: Compiler, node: Any) -> Closure:
        first, *rest = [matrix(c, a) for a in node.args]

        def run(s: Evaluation) -> Rows:
            total: Rows = first(s)
            for part in rest:
                other = part(s)
                _same(node, len(total) == len(other))
                _same(node, not total or len(total[0]) == len(other[0]))
                total = [
                    [combine(a, b) for a, b in zip(p, q, strict=True)]
                    for p, q in zip(total, other, strict=True)
                ]
            return total

        return run

    return build


def _same(node: Any, fits: bool) -> None:
    if not fits:
        raise Undefined("certain", f"the shapes in {node} do not fit")


def _product(s: Evaluation, a: Rows, b: Rows, node: Any) -> Rows:
    _same(node, not a or len(a[0]) == len(b))
    columns = list(zip(*b, strict=True)) if b else []
    s.spend(len(a) * len(b) * len(columns))
    out = []
    for row in a:
        line = []
        for column in columns:
            total = ZERO
            for x, y in zip(row, column, strict=True):
                total = total + x * y
            line.append(total)
        out.append(line)
    return out


def _matmul(c: Compiler, node: Any) -> Closure:
    scalars = [c.scalar(a) for a in node.args if not is_matrix(a)]
    factors = [matrix(c, a) for a in node.args if is_matrix(a)]

    def run(s: Evaluation) -> Rows:
        scale = ONE
        for f in scalars:
            scale = scale * f(s)
        total = factors[0](s)
        for factor in factors[1:]:
            total = _product(s, total, factor(s), node)
        return [[scale * x for x in row] for row in total] if scalars else total

    return run


def _matpow(c: Compiler, node: Any) -> Closure:
    base, exponent = node.args
    if not isinstance(exponent, Integer) or not 0 <= exponent <= 16:
        raise refusal(node)
    rows, n = matrix(c, base), int(exponent)

    def run(s: Evaluation) -> Rows:
        value = rows(s)
        total = _unit(s, len(value))
        for _ in range(n):
            total = _product(s, total, value, node)
        return total

    return run


def _unit(s: Evaluation, n: int) -> Rows:
    _admitted(s, n, n)
    return [[ONE if i == j else ZERO for j in range(n)] for i in range(n)]


def _transpose(c: Compiler, node: Any) -> Closure:
    rows = matrix(c, node.args[0])
    return lambda s: [list(column) for column in zip(*rows(s), strict=True)]


def _hadamard_power(c: Compiler, node: Any) -> Closure:
    rows, exponent = matrix(c, node.args[0]), node.args[1]
    if not isinstance(exponent, sympy.Rational):
        raise refusal(node)
    r = fmpq(int(exponent.p), int(exponent.q))
    return lambda s: [[power(x, r) for x in row] for row in rows(s)]


def _applyfunc(c: Compiler, node: Any) -> Closure:
    function, rows = node.function, matrix(c, node.args[-1])
    if not isinstance(function, sympy.Lambda):
        z = sympy.Dummy("z", real=True)
        function = sympy.Lambda(z, function(z))
        c.scan(function)
        c.binders.add(z)
    if len(function.variables) != 1:
        raise refusal(node)
    (z,), body = function.variables, c.scalar(function.expr)

    def run(s: Evaluation) -> Rows:
        outer, value = s.index.get(z), rows(s)
        if (z,) in s.perturbed:
            raise refusal(node)  # a Lambda inside a derivative by a variable of the same name
        out = []
        try:
            for row in value:
                line = []
                for x in row:
                    s.arguments.append(x)
                    s.index[z] = x
                    line.append(body(s))
                out.append(line)
        finally:
            s.index[z] = outer
        return out

    return run


def _filled(value: fmpq) -> Callable[[Compiler, Any], Closure]:
    def build(c: Compiler, node: Any) -> Closure:
        height, width = (c.integer(d) for d in node.shape)

        def run(s: Evaluation) -> Rows:
            rows, columns = _admitted(s, height(s), width(s))
            return [[value] * columns for _ in range(rows)]

        return run

    return build


def _identity(c: Compiler, node: Any) -> Closure:
    size = c.integer(node.shape[0])
    return lambda s: _unit(s, size(s))


def _diag_matrix(c: Compiler, node: Any) -> Closure:
    rows = matrix(c, node.args[0])

    def run(s: Evaluation) -> Rows:
        vector = [x for row in rows(s) for x in row]
        n = range(_admitted(s, len(vector), len(vector))[0])
        return [[vector[i] if i == j else ZERO for j in n] for i in n]

    return run


def _diagonal_matrix(c: Compiler, node: Any) -> Closure:
    rows = matrix(c, node.args[0])
    return lambda s: [
        [x if i == j else ZERO for j, x in enumerate(row)] for i, row in enumerate(rows(s))
    ]


def _diagonal_of(c: Compiler, node: Any) -> Closure:
    rows = matrix(c, node.args[0])
    return lambda s: [[row[i]] for i, row in enumerate(rows(s)) if i < len(row)]


def _explicit(c: Compiler, node: Any) -> Closure:
    height, width = node.shape
    entries = [[c.scalar(node[i, j]) for j in range(width)] for i in range(height)]
    return lambda s: [[f(s) for f in row] for row in entries]


def _blocks(c: Compiler, node: Any) -> Closure:
    height, width = node.blocks.shape
    blocks = [[matrix(c, node.blocks[i, j]) for j in range(width)] for i in range(height)]

    def run(s: Evaluation) -> Rows:
        out = []
        for band in blocks:
            parts = [block(s) for block in band]
            _same(node, len({len(part) for part in parts}) == 1)
            out += [[x for row in rows for x in row] for rows in zip(*parts, strict=True)]
        _same(node, len({len(row) for row in out}) <= 1)
        return out

    return run


def _slice(c: Compiler, node: Any) -> Closure:
    rows = matrix(c, node.parent)
    cuts = [[c.integer(end) for end in cut] for cut in (node.rowslice, node.colslice)]

    def run(s: Evaluation) -> Rows:
        down, across = (range(*(end(s) for end in cut)) for cut in cuts)
        value = rows(s)
        fits = all(0 <= i < len(value) for i in down)
        _same(node, fits and all(0 <= j < len(row) for row in value for j in across))
        return [[value[i][j] for j in across] for i in down]

    return run


def _column(c: Compiler, w: Any, node: Any) -> tuple[str, list[Closure]]:
    """The name and the sizes of the variable of a gradient."""
    if isinstance(w, MatrixSymbol):
        return w.name, [c.integer(d) for d in w.shape]
    if isinstance(w, sympy.IndexedBase) and w.shape is not None and len(w.shape) == 1:
        return str(w.label), [c.integer(w.shape[0])]
    raise refusal(node)


def _gradient(c: Compiler, node: Any) -> Closure:
    """∂f/∂W in every entry, in the shape of W; a plain ``Derivative(f, W)`` is the same."""
    if isinstance(node, Gradient):
        f, w = node.function, node.variable
    elif len(node.variables) == 1:
        f, w = node.expr, node.variables[0]
    else:
        raise refusal(node)
    body, (name, sizes) = c.scalar(f), _column(c, w, node)

    def run(s: Evaluation) -> Rows:
        height, *rest = (d(s) for d in sizes)
        _admitted(s, height, *(rest or (1,)))
        columns = [(j,) for j in range(rest[0])] if rest else [()]
        return [[s.derivative(body, [(name, i, *j)]) for j in columns] for i in range(height)]

    return run


def _hessian(c: Compiler, node: Hessian) -> Closure:
    """∂²f/∂wᵢ∂wⱼ for a column w."""
    body, (name, sizes) = c.scalar(node.function), _column(c, node.variable, node)
    column = (0,) if len(sizes) == 2 else ()

    def run(s: Evaluation) -> Rows:
        n = range(_admitted(s, sizes[0](s), sizes[0](s))[0])
        return [
            [s.derivative(body, [(name, i, *column), (name, j, *column)]) for j in n] for i in n
        ]

    return run


MATRICES: dict[type, Callable[[Compiler, Any], Closure]] = {
    MatrixSymbol: _symbol,
    sympy.MatAdd: _entrywise(lambda a, b: a + b),
    sympy.HadamardProduct: _entrywise(lambda a, b: a * b),
    sympy.MatMul: _matmul,
    sympy.MatPow: _matpow,
    sympy.Transpose: _transpose,
    sympy.Adjoint: _transpose,
    sympy.HadamardPower: _hadamard_power,
    ElementwiseApplyFunction: _applyfunc,
    sympy.Identity: _identity,
    sympy.OneMatrix: _filled(ONE),
    sympy.ZeroMatrix: _filled(ZERO),
    DiagMatrix: _diag_matrix,
    DiagonalMatrix: _diagonal_matrix,
    DiagonalOf: _diagonal_of,
    MatrixBase: _explicit,
    sympy.BlockMatrix: _blocks,
    MatrixSlice: _slice,
    Gradient: _gradient,
    Hessian: _hessian,
    sympy.Derivative: _gradient,
}
