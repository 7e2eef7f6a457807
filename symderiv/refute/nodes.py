"""What each kind of SymPy node means: one closure builder per scalar node.

A builder takes the compiler and a node and returns a closure over an ``Evaluation``.
"""

from __future__ import annotations

import itertools
import math
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import sympy
from flint import arb, fmpq
from sympy import Add, Basic, Integer, MatrixSymbol, Mul, Pow, Rational, Symbol
from sympy.codegen import cfunctions
from sympy.core.function import AppliedUndef
from sympy.matrices.expressions.matexpr import MatrixElement
from sympy.tensor.indexed import Indexed

from symderiv.functions import sigma, softplus
from symderiv.refute import matrices
from symderiv.refute.algebraic import Algebraic
from symderiv.refute.jets import (
    FUNCTIONS,
    MAX_ORDER,
    Jet,
    Undefined,
    Unsupported,
    constant,
    power,
    refusal,
    sign,
)
from symderiv.refute.special import SPECIAL
from symderiv.refute.uniform import Block, Split
from symderiv.verdict import ClaimError

if TYPE_CHECKING:
    from symderiv.refute.evaluate import Closure, Compiler, Evaluation

__all__ = ["SCALARS"]

Value = Any  # fmpq | arb | Jet

MAX_INTEGER_BITS = 10_000


def _number(c: Compiler, node: Any) -> Closure:
    if isinstance(node, sympy.Float):
        raise ClaimError(f"{node} is a float: write an exact Rational such as Rational(1, 10)")
    if isinstance(node, (sympy.core.numbers.NaN, sympy.core.numbers.ComplexInfinity)) or (
        not isinstance(node, Rational)
    ):

        def nothing(s: Evaluation) -> Value:
            raise Undefined("certain", f"{node} is not a real number")

        return nothing
    if max(node.p.bit_length(), node.q.bit_length()) > MAX_INTEGER_BITS:
        raise Unsupported("the refuter cannot evaluate an integer of thousands of digits")
    value = fmpq(int(node.p), int(node.q))
    return lambda s: value


_CONSTANTS: dict[Basic, Callable[[], arb]] = {
    sympy.pi: arb.pi,
    sympy.E: arb.const_e,
    sympy.EulerGamma: arb.const_euler,
    sympy.Catalan: arb.const_catalan,
    sympy.GoldenRatio: lambda: (1 + arb(5).sqrt()) / 2,
}


def _constant(c: Compiler, node: Basic) -> Closure:
    if node not in _CONSTANTS:
        raise refusal(node)
    value = _CONSTANTS[node]
    return lambda s: value()


def _symbol(c: Compiler, node: Symbol) -> Closure:
    if (
        node.is_commutative is False
        or node.is_real is False
        or (node.is_complex and node.is_real is None)
    ):
        raise ClaimError(f"{node} is not real: declare it with symbols({str(node)!r}, real=True)")
    value = c.lookup(node)

    def run(s: Evaluation) -> Value:
        v = s.index.get(node)
        if v is None:
            return value(s)
        if type(v) is Block:
            raise Split(v)
        # A Lambda's argument may itself be perturbed, under the symbol instead of its name.
        return fmpq(v) if type(v) is int else s.perturb(v, (node,)) if s.perturbed else v

    return run


def _add(c: Compiler, node: Basic) -> Closure:
    first, *rest = [c.scalar(a) for a in node.args]

    def run(s: Evaluation) -> Value:
        total = first(s)
        for f in rest:
            total = total + f(s)
        return total

    return run


def _mul(c: Compiler, node: Basic) -> Closure:
    first, *rest = [c.scalar(a) for a in node.args]

    def run(s: Evaluation) -> Value:
        total = first(s)
        for f in rest:
            total = total * f(s)
        return total

    return run


def _integral(c: Compiler, node: Basic) -> bool:
    """Whether an exponent is an integer by what it is made of."""
    if isinstance(node, (Add, Mul)):
        return all(_integral(c, a) for a in node.args)
    if isinstance(node, Symbol) and node.name in c.definitions:
        return all(_integral(c, body) for _, body in c.definitions[node.name])
    return isinstance(node, Integer) or node in c.binders or bool(node.is_integer)


def _pow(c: Compiler, node: Basic) -> Closure:
    b, e = node.args
    if b == sympy.E:
        to = c.scalar(e)
        return lambda s: FUNCTIONS["exp"](to(s))
    base = c.scalar(b)
    if isinstance(e, Rational):
        r = fmpq(int(e.p), int(e.q)) if e.p.bit_length() < 64 else None
        if r is None:
            raise refusal(node)
        if r == 2:
            return lambda s: _square(base(s))
        return lambda s: power(base(s), r)
    exponent, integral = c.scalar(e), _integral(c, e)

    def run(s: Evaluation) -> Value:
        v, p = base(s), exponent(s)
        if integral and type(p) is fmpq and p.q == 1:
            return power(v, p) if p else fmpq(1)  # 0**0 is 1, as SymPy has it
        if sign(constant(v)) <= 0:
            raise Undefined("certain", "a real power of a number that is not positive")
        return power(v, p) if type(p) is fmpq else FUNCTIONS["exp"](p * FUNCTIONS["log"](v))

    return run


def _square(v: Value) -> Value:
    return power(v, fmpq(2)) if type(v) is fmpq else v * v


def _function(f: Any) -> Callable[[Compiler, Basic], Closure]:
    def build(c: Compiler, node: Basic) -> Closure:
        if len(node.args) != f.__code__.co_argcount:
            raise refusal(node)
        if len(node.args) == 1:
            argument = c.scalar(node.args[0])
            return lambda s: f(argument(s))
        arguments = [c.scalar(a) for a in node.args]
        return lambda s: f(*(a(s) for a in arguments))

    return build


def _abs(c: Compiler, node: Basic) -> Closure:
    argument = c.scalar(node.args[0])

    def run(s: Evaluation) -> Value:
        v = argument(s)
        if type(v) is Jet and v.flat():
            return v
        return v * sign(v) if type(v) in (Jet, Algebraic) else abs(v)

    return run


def _sign(c: Compiler, node: Basic) -> Closure:
    argument = c.scalar(node.args[0])
    return lambda s: fmpq(sign(argument(s)))


def _heaviside(c: Compiler, node: Basic) -> Closure:
    argument, at_0 = (c.scalar(a) for a in node.args)
    default = node.args[1] == sympy.S.Half

    def run(s: Evaluation) -> Value:
        which = sign(argument(s))
        if which == 0 and default:
            raise Undefined("joint", "Heaviside at 0: write its value there, Heaviside(u, 1)")
        return fmpq((which + 1) // 2) if which else at_0(s)

    return run


def _extreme(direction: int) -> Callable[[Compiler, Basic], Closure]:
    def build(c: Compiler, node: Basic) -> Closure:
        first, *rest = [c.scalar(a) for a in node.args]

        def run(s: Evaluation) -> Value:
            best = first(s)
            for f in rest:
                v = f(s)
                above = v - best
                if type(above) is Jet and above.flat():
                    continue
                if sign(above) == direction:
                    best = v
            return best

        return run

    return build


def _piecewise(c: Compiler, node: Basic) -> Closure:
    cases = [(c.condition(case.args[1]), c.scalar(case.args[0])) for case in node.args]

    def run(s: Evaluation) -> Value:
        for holds, value in cases:
            if holds(s):
                return value(s)
        raise Undefined("certain", "no case of a Piecewise applies")

    return run


def _kronecker(c: Compiler, node: Basic) -> Closure:
    i, *others = node.args
    # SymPy's delta with a range is 0 outside it
    apart, *ends = (c.order(i, x) for x in (others[0], *(others[1] if others[1:] else ())))

    def run(s: Evaluation) -> Value:
        return fmpq(apart(s) == 0 and (not ends or (ends[0](s) >= 0 and ends[1](s) <= 0)))

    return run


def _derivative(c: Compiler, node: Any) -> Closure:
    places, kinds = [], (Symbol, Indexed, MatrixElement)
    for v, count in node.variable_count:
        if not isinstance(v, kinds) or not isinstance(count, Integer) or count > MAX_ORDER:
            raise refusal(node)
        if isinstance(v, MatrixElement) and not isinstance(v.args[0], MatrixSymbol):
            raise refusal(node)
        places += [(v, c.place(v))] * int(count)
    body = c.scalar(node.expr)

    def run(s: Evaluation) -> Value:
        at = []
        for v, place in places:
            bound = s.index.get(v)
            if type(bound) in (int, Block):
                raise ClaimError(f"a derivative by the integer {v}: {node}")
            at.append(place(s) if bound is None else (v,))
        return s.derivative(body, at)

    return run


def _rounded(name: str) -> Callable[[Compiler, Basic], Closure]:
    def build(c: Compiler, node: Basic) -> Closure:
        argument = c.scalar(node.args[0])

        def run(s: Evaluation) -> Value:
            v = argument(s)
            if type(v) is not fmpq:
                raise Undefined("joint", f"{name} of a number that is not rational")
            return fmpq(getattr(v, name)())

        return run

    return build


def _combinatorial(f: Callable[..., int]) -> Callable[[Compiler, Basic], Closure]:
    def build(c: Compiler, node: Basic) -> Closure:
        arguments = [c.integer(a) for a in node.args]

        def run(s: Evaluation) -> Value:
            numbers = [a(s) for a in arguments]
            if min(numbers) < 0 or max(numbers) > 200:
                raise Undefined("joint", f"{node} outside 0 … 200")
            return fmpq(f(*numbers))

        return run

    return build


def _opaque(c: Compiler, node: Any) -> Closure:
    """A function without a definition: any will do, so one polynomial for each name."""
    name, arguments = node.func.__name__, [c.scalar(a) for a in node.args]
    c.opaque[name] = stand_in(name, len(arguments))

    def run(s: Evaluation) -> Value:
        values = [a(s) for a in arguments]
        total: Value = fmpq(0)
        for coefficient, powers in c.opaque[name]:
            term: Value = coefficient
            for v, k in zip(values, powers, strict=True):
                for _ in range(k):
                    term = term * v
            total = total + term
        return total

    return run


def stand_in(name: str, count: int) -> list[tuple[fmpq, tuple[int, ...]]]:
    """A polynomial as (coefficient, exponents): no symmetry, and other for each name."""
    seed = zlib.crc32(name.encode())
    out = []
    for powers in itertools.product(range(5), repeat=count):
        if sum(powers) <= 4:
            seed = zlib.crc32(f"{seed}{powers}".encode())
            out.append((fmpq(1 + seed % 11, 1 + seed // 11 % 5) * (-1) ** (seed // 64 % 2), powers))
    return out


def _subs(c: Compiler, node: Any) -> Closure:
    """The value of an expression where its variables, bound in it, are given others."""
    if len(node.variables) != 1:
        raise refusal(node)
    (z,), value, body = node.variables, c.scalar(node.point[0]), c.scalar(node.expr)

    def run(s: Evaluation) -> Value:
        outer, x = s.index.get(z), value(s)
        if (z,) in s.perturbed:
            raise refusal(node)
        s.arguments.append(x)
        s.index[z] = x
        try:
            return body(s)
        finally:
            s.index[z] = outer

    return run


def _entry(c: Compiler, node: Any) -> Closure:
    if isinstance(node, Indexed) or isinstance(node.args[0], MatrixSymbol):
        return c.lookup(node)
    return matrices.entry(c, node)


def _bare(c: Compiler, node: Basic) -> Closure:
    return c.scalar(node.args[0])


_classes = {**vars(cfunctions), **vars(sympy), "sigma": sigma, "softplus": softplus}
SCALARS: dict[type, Callable[[Compiler, Any], Closure]] = {
    sympy.Number: _number,
    sympy.core.numbers.ComplexInfinity: _number,
    sympy.NumberSymbol: _constant,
    Symbol: _symbol,
    Add: _add,
    Mul: _mul,
    Pow: _pow,
    **dict.fromkeys((sympy.UnevaluatedExpr, sympy.re, sympy.conjugate), _bare),
    sympy.im: lambda c, node: lambda s: fmpq(0),
    sympy.Abs: _abs,
    sympy.sign: _sign,
    sympy.Heaviside: _heaviside,
    sympy.Max: _extreme(1),
    sympy.Min: _extreme(-1),
    sympy.Piecewise: _piecewise,
    sympy.KroneckerDelta: _kronecker,
    sympy.Derivative: _derivative,
    sympy.Sum: lambda c, node: c.fold(node, fmpq(0), lambda a, b: a + b),
    sympy.Product: lambda c, node: c.fold(node, fmpq(1), lambda a, b: a * b),
    **dict.fromkeys((Indexed, MatrixElement), _entry),
    sympy.Trace: matrices.trace,
    sympy.floor: _rounded("floor"),
    sympy.ceiling: _rounded("ceil"),
    sympy.factorial: _combinatorial(math.factorial),
    sympy.binomial: _combinatorial(math.comb),
    sympy.Subs: _subs,
    AppliedUndef: _opaque,
    **{_classes[n]: _function(f) for n, f in {**FUNCTIONS, **SPECIAL}.items()},
}
