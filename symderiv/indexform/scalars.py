"""One rule for each SymPy class that stands for a scalar: its term, and what it requires."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any

import sympy
from sympy import Basic, Expr

from symderiv.functions import sigma, softplus
from symderiv.indexform import powers
from symderiv.indexform.conditions import (
    OutOfBudget,
    RawCondition,
    Unsupported,
    related,
)
from symderiv.indexform.powers import LARGEST_EXPONENT, NONZERO
from symderiv.indexform.products import LONGEST, absolute, logarithm, product
from symderiv.indexform.terms import (
    ONE,
    ZERO,
    Term,
    add,
    by_sign,
    call,
    constant,
    fresh_index,
    mul,
    num,
    power,
    root,
    total,
    transform,
    var,
)
from symderiv.indexform.wellformed import put
from symderiv.verdict import ClaimError

if TYPE_CHECKING:
    from symderiv.indexform.lower import Lowering
    from symderiv.indexform.scope import Scope

__all__ = ["RULES", "SIGNS", "membership", "opaque"]

_MOST_COMPARED = 8
_HALF, _0, _1 = num(Fraction(1, 2)), sympy.S.Zero, sympy.S.One
_CONSTANTS = {"Pi": "pi", "EulerGamma": "EulerGamma", "Catalan": "Catalan"}

# which signs of lhs − rhs make a relation true
SIGNS = {
    "StrictGreaterThan": "+",
    "GreaterThan": "+0",
    "StrictLessThan": "-",
    "LessThan": "0-",
    "Equality": "0",
    "Unequality": "+-",
}


def membership(condition: Basic) -> Basic:
    """Membership in a finite set or an interval as relations."""
    x, values = condition.args
    if isinstance(values, sympy.FiniteSet):
        return sympy.Or(*(sympy.Eq(x, v, evaluate=False) for v in values.args))
    if isinstance(values, sympy.Interval):
        return values.as_relational(x)
    raise Unsupported(f"{condition}: a FiniteSet or an Interval is expected")


def _bare(self: Lowering, expr: Expr, scope: Scope) -> Term:
    return self.scalar(expr.args[0], scope)


def _function(f: Any, *where: Any, count: int = 1, ordered: bool = False, **said: Any) -> Any:
    """A rule for a function by its formula, and by relations that its arguments have to satisfy.

    Of one that is ``ordered`` the first argument, a whole number, is a part of its name.
    """

    def rule(self: Lowering, expr: Expr, scope: Scope) -> Any:
        formula, args = f, expr.args
        if ordered:
            order, *args = args if len(args) > 1 else (_0, *args)
            if not (order.is_Integer and 0 <= order <= LARGEST_EXPONENT):
                raise Unsupported(f"{f} of the order {order}")
            formula = partial(call, f"{f}:{int(order)}")
        if len(args) != count:
            raise Unsupported(f"{expr}, which has {len(args)} arguments and not {count},")
        for relation, sides in where:
            a, b = sides(*args)
            u = _minus(self.scalar(a, scope), self.scalar(b, scope))
            signs, why = frozenset(SIGNS[relation.__name__]), f"the domain of {expr.func}"
            self.require(u, signs, related(relation, a, b), scope, **{"why": why, **said})
        return formula(*(self.scalar(a, scope) for a in args))

    return rule


def _defined(formula: Callable[..., Expr]) -> Any:
    """A rule for a function by its definition in others, which say what is required."""
    return lambda self, e, scope: self.scalar(formula(*e.args), scope)


def _e(u: Term, k: int) -> Term:
    return call("exp", mul(num(k), u))


def _minus(a: Term, b: Term) -> Term:
    return add(a, mul(num(-1), b))


def _over(a: Term, b: Term) -> Term:
    return mul(a, power(b, -1))


def _half(u: Term, sign: int) -> Term:
    """(e^u ± e^(−u))/2."""
    return mul(_HALF, add(_e(u, 1), mul(num(sign), _e(u, -1))))


def _arsinh(u: Term, k: int) -> Term:
    """log(u + √(u² + k)), DLMF 4.37.16 and 4.37.19."""
    return call("log", add(u, root(add(power(u, 2), num(k)), Fraction(1, 2))))


def _heaviside(self: Lowering, expr: Expr, scope: Scope) -> Term:
    """1 above 0, 0 below, and at 0 its second argument; with ½, SymPy's default, none there.

    SymPy gives that for the derivative of a Max, which has no value at the joint.
    """
    x, at = expr.args
    if at == sympy.S.Half:
        self.require(self.scalar(x, scope), NONZERO, related(sympy.Ne, x, 0), scope, "a joint")
    u = self.difference(x, _0, scope)
    return by_sign(u, ONE, self.scalar(at, scope), ZERO)


def _extreme(greatest: bool) -> Any:
    def rule(self: Lowering, expr: Expr, scope: Scope) -> Term:
        relation = sympy.Ge if greatest else sympy.Le
        if len(expr.args) > _MOST_COMPARED:  # every order of them is a case
            raise OutOfBudget(f"{type(expr).__name__} of {len(expr.args)} arguments")
        first, *others = sorted(expr.args, key=sympy.default_sort_key)

        def of(best: Basic, rest: list[Basic], s: Scope) -> Term:
            if not rest:
                return self.scalar(best, s)
            a, tail = rest[0], rest[1:]
            condition = related(relation, best, a)
            return self.cases(condition, lambda s: of(best, tail, s), lambda s: of(a, tail, s), s)

        return of(first, others, scope)

    return rule


def _piecewise(self: Lowering, expr: Expr, scope: Scope) -> Term:
    def of(branches: tuple[Any, ...], s: Scope) -> Term:
        if not branches:
            relation = sympy.Or(*(c for _, c in expr.args))
            self.conditions.append(
                RawCondition(ONE, frozenset(), put(relation, s.shown), s.guards, "a case")
            )
            return ZERO
        (value, condition), rest = branches[0].args, branches[1:]
        return self.cases(condition, lambda t: self.scalar(value, t), lambda t: of(rest, t), s)

    return of(tuple(expr.args), scope)


def _atan2(y: Any, x: Any) -> Any:
    """The angle of (x, y), DLMF 1.9.5; it has none at (0, 0)."""
    t, left, pi = sympy.atan(y / x), related(sympy.Lt, x, _0), sympy.pi
    above = (t, related(sympy.Gt, x, _0)), (t + pi, sympy.And(left, related(sympy.Ge, y, _0)))
    beside = (pi / 2, related(sympy.Gt, y, _0)), (-pi / 2, related(sympy.Lt, y, _0))
    return sympy.Piecewise(*above, (t - pi, left), *beside, evaluate=False)


def _sum(self: Lowering, expr: Expr, scope: Scope) -> Term:
    body, *limits = expr.args
    opened = []
    for limit in reversed(limits):  # SymPy's first range is the innermost
        if len(limit) != 3:
            raise ClaimError(f"the sum over {limit[0]} needs a range: (index, first, last)")
        name, scope = self.enter(limit[0], limit[1], limit[2], scope)
        opened.append(name)
    t = self.scalar(body, scope)
    for name in reversed(opened):
        t = total(name, self.binders[name].lower, self.binders[name].upper, t)
    return t


def _kronecker(self: Lowering, expr: Expr, scope: Scope) -> Term:
    """[i = j]; SymPy's delta with a range (a, b) is 0 outside it."""
    i, j, *range_ = expr.args
    out = by_sign(self.difference(i, j, scope), ZERO, ONE, ZERO)
    for first, last in range_:
        for u in (self.difference(i, first, scope), self.difference(last, i, scope)):
            out = mul(out, by_sign(u, ONE, ONE, ZERO))
    return out


def _derivative(self: Lowering, expr: Expr, scope: Scope) -> Term:
    if not all(count.is_Integer for _, count in expr.variable_count):
        raise Unsupported(f"a derivative of symbolic order ({expr})")
    return self.derivative(expr.expr, [(v, int(k)) for v, k in expr.variable_count], scope)


def _gamma_of(u: Term) -> Term:  # Γ(u) = e^(log Γ(u)) for u > 0
    return call("exp", call("loggamma", u))


def _harmonic(u: Term) -> Term:
    return add(call("polygamma:0", add(u, ONE)), constant("EulerGamma"))


def _expint(nu: Term, x: Term) -> Term:
    return _over(call("uppergamma", a := _minus(ONE, nu), x), call("exp", mul(a, call("log", x))))


def _binomial(self: Lowering, expr: Expr, scope: Scope) -> Term:
    """C(n, k) = n(n − 1)…(n − k + 1)/k!, or Γ(n + 1)/(Γ(k + 1)·Γ(n − k + 1)), DLMF 1.2.1, 1.2.6."""
    n, k = expr.args
    if k.is_Integer and 0 <= k <= LONGEST:
        u = self.scalar(n, scope)
        terms = [mul(add(u, num(-i)), num(Fraction(1, i + 1))) for i in range(int(k))]
        return mul(ONE, *terms)
    a, b, c = (_gamma(self, sympy.gamma(e + 1, evaluate=False), scope) for e in (n, k, n - k))
    return mul(a, power(b, -1), power(c, -1))


def _beta(a: Term, b: Term) -> Term:
    """B(a, b) = Γ(a)·Γ(b)/Γ(a + b), DLMF 5.12.1."""
    return mul(_gamma_of(a), _gamma_of(b), power(_gamma_of(add(a, b)), -1))


def opaque(self: Lowering, expr: Any, scope: Scope) -> Term:
    """A function without a definition: smooth, defined everywhere, and equal only to itself."""
    arguments = tuple(self.scalar(a, scope) for a in expr.args)
    name = expr.func.__name__.replace("\\", "\\\\").replace(":", "\\x3a")
    return call(f"?{name}:{','.join('0' * len(arguments))}", *arguments)


def _subs(self: Lowering, expr: Any, scope: Scope) -> Term:
    """The value of an expression, such as f', where its variables are given others."""
    values = [self.scalar(point, scope) for point in expr.point]
    inside, names = scope, []
    for symbol in expr.variables:
        names.append(var(fresh_index(str(symbol))))
        inside = inside.bind(symbol, names[-1])
    joints, first = len(self.joints), len(self.conditions)
    t = self.scalar(expr.expr, inside)
    own, self.conditions[first:] = self.conditions[first:], []
    if len(self.joints) != joints or any(c.joint for c in own):
        raise Unsupported(f"{expr}, which has joints,")  # a value does not tell what is around it
    change, shown = dict(zip(names, values, strict=True)), dict(zip(*expr.args[1:], strict=True))
    for c in own:
        c = c.through(lambda u: transform(u, change.get))
        told = c.relation  # in which a derivative at a point stays one at a point
        if told.has(sympy.Derivative) and isinstance(told, sympy.core.relational.Relational):
            told = related(type(told), *(expr.func(a, *expr.args[1:]) for a in told.args))
        else:
            told = put(told, shown)
        self.conditions.append(replace(c, relation=told))
    return transform(t, change.get)


def _constant(name: str) -> Callable[[Lowering, Any, Scope], Term]:
    return lambda self, e, s: constant(name)


_ABOVE_0 = (sympy.Gt, lambda x: (x, _0))
_POLE = (sympy.Ne, lambda x: (x, _0))
_COS, _SIN = ((sympy.Ne, lambda x, f=f: (f(x), _0)) for f in (sympy.cos, sympy.sin))
_CLOSED, _OPEN = (
    ((more, lambda x: (x, sympy.S.NegativeOne)), (more, lambda x: (_1, x)))
    for more in (sympy.Ge, sympy.Gt)
)

_LOWER, _UPPER = (sympy.Gt, lambda a, x: (a, _0)), (sympy.Gt, lambda a, x: (x, _0))
_taken = partial(_function, stronger=True)
_gamma: Callable[..., Term] = _taken(_gamma_of, _ABOVE_0, why="Γ is taken for positive arguments")
_PSI = _taken("polygamma", _ABOVE_0, why="ψ is taken for u > 0", ordered=True)

RULES: dict[str, Callable[[Lowering, Any, Scope], Term]] = {
    **{f: _function(partial(call, f)) for f in ("exp", "sin", "cos", "atan", "erf", "erfi")},
    "asin": _function(partial(call, "asin"), *_CLOSED),
    "erfinv": _function(partial(call, "erfinv"), *_OPEN),
    "loggamma": _function(partial(call, "loggamma"), _ABOVE_0),
    "Ei": _function(partial(call, "Ei"), _POLE),
    "LambertW": _function(partial(call, "LambertW"), (sympy.Ge, lambda x: (x, -sympy.exp(-1)))),
    "log": logarithm,
    "log1p": _function(lambda u: call("log", add(ONE, u)), _OPEN[0]),
    "log2": _function(lambda u: _over(call("log", u), call("log", num(2))), _ABOVE_0),
    "log10": _function(lambda u: _over(call("log", u), call("log", num(10))), _ABOVE_0),
    "expm1": _function(lambda u: _minus(_e(u, 1), ONE)),
    "exp2": _function(lambda u: call("exp", mul(u, call("log", num(2))))),
    sigma.__name__: _function(lambda u: power(add(ONE, _e(u, -1)), -1)),
    softplus.__name__: _function(lambda u: call("log", add(ONE, _e(u, 1)))),
    "tan": _function(lambda u: _over(call("sin", u), call("cos", u)), _COS, why="a pole of tan"),
    "cot": _function(lambda u: _over(call("cos", u), call("sin", u)), _SIN, why="a pole of cot"),
    "sec": _function(lambda u: _over(ONE, call("cos", u)), _COS, why="a pole of sec"),
    "csc": _function(lambda u: _over(ONE, call("sin", u)), _SIN, why="a pole of csc"),
    # DLMF 4.23.16 and 4.37.24
    "acos": _function(lambda u: _minus(mul(_HALF, constant("pi")), call("asin", u)), *_CLOSED),
    "atanh": _function(
        lambda u: mul(_HALF, call("log", _over(add(ONE, u), _minus(ONE, u)))), *_OPEN
    ),
    "asinh": _function(lambda u: _arsinh(u, 1)),
    "acosh": _function(lambda u: _arsinh(u, -1), (sympy.Ge, lambda x: (x, _1))),
    "erfc": _function(lambda u: _minus(ONE, call("erf", u))),
    "gamma": _gamma,
    "sinh": _function(lambda u: _half(u, -1)),
    "cosh": _function(lambda u: _half(u, 1)),
    "tanh": _function(lambda u: _over(_minus(_e(u, 2), ONE), add(_e(u, 2), ONE))),
    "coth": _function(lambda u: _over(add(_e(u, 2), ONE), _minus(_e(u, 2), ONE)), _POLE),
    "sech": _function(lambda u: _over(mul(num(2), _e(u, 1)), add(_e(u, 2), ONE))),
    "csch": _function(lambda u: _over(mul(num(2), _e(u, 1)), _minus(_e(u, 2), ONE)), _POLE),
    "Add": lambda self, e, s: add(*(self.scalar(a, s) for a in e.args)),
    "Mul": lambda self, e, s: mul(*(self.scalar(a, s) for a in e.args)),
    "Pow": powers.power_of,
    "Exp1": lambda self, e, s: call("exp", ONE),
    **dict.fromkeys(("digamma", "polygamma"), _PSI),
    "erfcinv": _defined(lambda x: sympy.erfinv(1 - x)),
    # DLMF 5.4.14, 8.2.3, 8.19.1; the functions are real elsewhere as well
    "harmonic": _taken(_harmonic, _OPEN[0]),
    "uppergamma": _taken(partial(call, "uppergamma"), _UPPER, count=2),
    "beta": _taken(_beta, _LOWER, _UPPER, why="Γ is taken for positive arguments", count=2),
    "lowergamma": _defined(lambda a, x: sympy.gamma(a) - sympy.uppergamma(a, x)),
    "expint": _taken(_expint, _UPPER, count=2),
    "hypot": _defined(lambda x, y: sympy.sqrt(x**2 + y**2)),
    **{name: _function(name, ordered=True) for name in ("besseli", "besselj")},
    **{name: _function(name, _ABOVE_0, ordered=True) for name in ("besselk", "bessely")},
    "sinc": _defined(lambda x: sympy.Piecewise((sympy.sin(x) / x, sympy.Ne(x, 0)), (_1, True))),
    "atan2": _defined(_atan2),
    "Abs": absolute,
    "sign": lambda self, e, s: by_sign(self.difference(e.args[0], _0, s), ONE, ZERO, num(-1)),
    "Heaviside": _heaviside,
    "Max": _extreme(True),
    "Min": _extreme(False),
    "Piecewise": _piecewise,
    "im": lambda self, e, s: ZERO,
    "Sum": _sum,
    "Product": product,
    "factorial": _defined(lambda n: sympy.gamma(n + 1, evaluate=False)),  # DLMF 5.4.1
    "binomial": _binomial,
    "Subs": _subs,
    "KroneckerDelta": _kronecker,
    "Derivative": _derivative,
    # re and conjugate are of a MatrixElement, which SymPy does not know to be real
    **dict.fromkeys(("re", "conjugate", "UnevaluatedExpr"), _bare),
    **{key: _constant(value) for key, value in _CONSTANTS.items()},
}
