"""Generated NumPy code read back as a SymPy expression, so that it can be proved."""

import ast

import sympy
from sympy import Piecewise, Symbol, exp, log

__all__ = ["read_back"]


class _Read(ast.NodeTransformer):
    """A comparison outside np.where is 1 or 0, and numbers are exact."""

    def visit_Call(self, node):
        if ast.unparse(node.func) == "np.where":
            node.args[1:] = [self.visit(a) for a in node.args[1:]]
            node.args[0] = _Equations().visit(node.args[0])
            return node
        return self.generic_visit(node)

    def visit_Constant(self, node):
        return (
            ast.parse(f"Rational('{node.value}')", mode="eval").body
            if node.value is not None and not isinstance(node.value, str)
            else node
        )

    def visit_Compare(self, node):
        node = self.generic_visit(node)
        test = ast.parse("step(0)", mode="eval").body
        test.args = [node]
        return test


class _Equations(ast.NodeTransformer):
    """``a == b`` as an equation, and exact numbers."""

    def visit_Constant(self, node):
        return _Read().visit_Constant(node)

    def visit_Compare(self, node):
        node = self.generic_visit(node)
        if isinstance(node.ops[0], ast.Eq):
            return ast.parse(
                f"Eq({ast.unparse(node.left)}, {ast.unparse(node.comparators[0])})", mode="eval"
            ).body
        return node


class _NumPy:
    """NumPy's functions as SymPy's."""

    exp, log, tanh, abs, maximum = sympy.exp, sympy.log, sympy.tanh, sympy.Abs, sympy.Max
    sqrt = sympy.sqrt
    expm1 = staticmethod(lambda x: exp(x) - 1)
    log1p = staticmethod(lambda x: log(1 + x))
    sinh, minimum = sympy.sinh, sympy.Min
    isfinite = staticmethod(lambda x: sympy.true)
    arcsinh, arccosh, arctanh = sympy.asinh, sympy.acosh, sympy.atanh
    hypot = staticmethod(lambda a, b: sympy.sqrt(a**2 + b**2))
    where = staticmethod(lambda test, a, b: Piecewise((a, test), (b, True)))


def read_back(function):
    """What generated code computes, as a SymPy expression of its arguments."""
    source = function if isinstance(function, str) else function.source
    tree = _Read().visit(ast.parse(source))
    space = {}
    exec(compile(ast.fix_missing_locations(tree), "source", "exec"), space)
    (made,) = [v for k, v in space.items() if k == "compute"]
    made.__globals__["np"] = _NumPy
    made.__globals__["Eq"] = sympy.Eq
    made.__globals__["Rational"] = sympy.Rational
    made.__globals__["step"] = lambda test: Piecewise((1, test), (0, True))
    names = made.__code__.co_varnames[: made.__code__.co_argcount]
    return made(*(Symbol(n, real=True) for n in names))
