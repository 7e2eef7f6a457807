"""A slow reading of SymPy expressions, entry by entry with Python loops, to compare with."""

import math
import operator

import numpy as np
import pytest
import sympy
from sympy.matrices.expressions.matexpr import MatrixElement

from symderiv.functions import sigma, softplus

FUNCTIONS = {
    sympy.exp: math.exp,
    sympy.log: math.log,
    sympy.tanh: math.tanh,
    sympy.sinh: math.sinh,
    sympy.cosh: math.cosh,
    sympy.sin: math.sin,
    sympy.cos: math.cos,
    sympy.tan: math.tan,
    sympy.atan: math.atan,
    sympy.acos: math.acos,
    sympy.Abs: abs,
    sympy.Max: max,
    sympy.Min: min,
    sympy.sign: lambda u: math.copysign(1, u) if u else 0.0,
    sigma: lambda u: 1 / (1 + math.exp(-u)),
    softplus: lambda u: math.log(1 + math.exp(u)),
}
RELATIONS = {
    sympy.Eq: lambda a, b: a == b,
    sympy.Ne: lambda a, b: a != b,
    sympy.Gt: lambda a, b: a > b,
    sympy.Ge: lambda a, b: a >= b,
    sympy.Lt: lambda a, b: a < b,
    sympy.Le: lambda a, b: a <= b,
}


class Slow:
    """Values of expressions; ``first`` is the index of the first entry of an IndexedBase."""

    def __init__(self, values, first=0):
        self.values, self.first = values, first

    def number(self, e, env):
        if e in env:
            return env[e]
        if e in self.values:
            return self.values[e]
        if e.is_number:
            return float(e)
        if isinstance(e, sympy.Add):
            return sum(self.number(a, env) for a in e.args)
        if isinstance(e, sympy.Mul):
            return math.prod(self.number(a, env) for a in e.args)
        if isinstance(e, sympy.Pow):
            return self.number(e.args[0], env) ** self.number(e.args[1], env)
        if isinstance(e, sympy.Sum):
            return self.sum(e.args[0], list(e.limits), env)
        if isinstance(e, sympy.Indexed):
            array = self.values[e.base]
            return array[tuple(self.integer(i, env) - self.first for i in e.indices)]
        if isinstance(e, MatrixElement):
            return self.entry(e.parent, self.integer(e.i, env), self.integer(e.j, env), env)
        if isinstance(e, sympy.KroneckerDelta):
            return float(self.number(e.args[0], env) == self.number(e.args[1], env))
        if isinstance(e, sympy.Trace):
            return sum(
                self.entry(e.arg, k, k, env) for k in range(self.integer(e.arg.shape[0], env))
            )
        if isinstance(e, sympy.Piecewise):
            for value, condition in e.args:
                if self.holds(condition, env):
                    return self.number(value, env)
            return math.nan
        return FUNCTIONS[type(e)](*(self.number(a, env) for a in e.args))

    def integer(self, e, env):
        return round(self.number(sympy.sympify(e), env))

    def holds(self, condition, env):
        if condition is sympy.true:
            return True
        if isinstance(condition, sympy.And):
            return all(self.holds(c, env) for c in condition.args)
        if isinstance(condition, sympy.Or):
            return any(self.holds(c, env) for c in condition.args)
        return RELATIONS[type(condition)](*(self.number(a, env) for a in condition.args))

    def sum(self, body, limits, env):
        if not limits:
            return self.number(body, env)
        index, lower, upper = limits[-1]
        span = range(self.integer(lower, env), self.integer(upper, env) + 1)
        return sum(self.sum(body, limits[:-1], {**env, index: k}) for k in span)

    def entry(self, a, i, j, env):
        if isinstance(a, sympy.MatrixSymbol):
            array = self.values[a]
            return array[i] if array.ndim == 1 else array[i, j]
        if isinstance(a, sympy.MatAdd):
            return sum(self.entry(b, i, j, env) for b in a.args)
        if isinstance(a, sympy.MatMul):
            scalars = [b for b in a.args if not b.is_Matrix]
            factors = [self.matrix(b, env) for b in a.args if b.is_Matrix]
            out = factors[0]
            for f in factors[1:]:
                columns = list(zip(*f, strict=True))
                out = [[sum(map(operator.mul, r, c)) for c in columns] for r in out]
            return math.prod(self.number(s, env) for s in scalars) * out[i][j]
        if isinstance(a, sympy.Transpose):
            return self.entry(a.arg, j, i, env)
        if isinstance(a, sympy.MatPow):
            power = sympy.MatMul(*[a.base] * int(a.exp), evaluate=False)
            return self.entry(power, i, j, env)
        if isinstance(a, sympy.HadamardProduct):
            return math.prod(self.entry(b, i, j, env) for b in a.args)
        if isinstance(a, sympy.Identity):
            return float(i == j)
        if isinstance(a, (sympy.OneMatrix, sympy.ZeroMatrix)):
            return float(isinstance(a, sympy.OneMatrix))
        if isinstance(a, sympy.DiagMatrix):
            return self.entry(a.args[0], i, 0, env) if i == j else 0.0
        if isinstance(a, sympy.BlockMatrix):
            for r in range(a.blocks.shape[0]):
                height = self.integer(a.blocks[r, 0].shape[0], env)
                if i < height:
                    break
                i -= height
            for c in range(a.blocks.shape[1]):
                width = self.integer(a.blocks[0, c].shape[1], env)
                if j < width:
                    break
                j -= width
            return self.entry(a.blocks[r, c], i, j, env)
        if isinstance(a, sympy.MatrixBase):
            return self.number(a[i, j], env)
        if type(a).__name__ == "ElementwiseApplyFunction":
            (x,) = a.function.variables
            return self.number(a.function.expr, {**env, x: self.entry(a.expr, i, j, env)})
        raise NotImplementedError(type(a))

    def matrix(self, a, env=None):
        env = env or {}
        rows, columns = (self.integer(s, env) for s in a.shape)
        return [[self.entry(a, i, j, env) for j in range(columns)] for i in range(rows)]


@pytest.fixture
def slow():
    """``slow(expression, values, indices={}, first=0)``: the value as an array.

    ``indices`` gives the free indices and their ranges, in the order of the result's axes.
    """

    def value(expression, values, indices=None, first=0):
        reader = Slow(values, first)
        if getattr(expression, "is_Matrix", False):
            out = np.array(reader.matrix(expression), dtype=float)
            return out.ravel() if out.shape[1] == 1 else out
        indices = indices or {}
        out = np.empty([len(r) for r in indices.values()])
        for position in np.ndindex(out.shape):
            env = {i: r[p] for (i, r), p in zip(indices.items(), position, strict=True)}
            out[position] = reader.number(expression, env)
        return out

    return value
