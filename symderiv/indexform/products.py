"""Products over a range, and absolute values and logarithms, which may be of products.

Π f is read term by term where the length of the range is a number, else as e^(Σ log f) for f > 0.
|Π f| and Π |f| are e^(½·Σ log f²) for f ≠ 0, and log |u| is ½·log u²: without the cases of |u|.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import sympy
from sympy import Basic, Expr

from symderiv.indexform.conditions import FACTOR, OutOfBudget, related
from symderiv.indexform.terms import ONE, ZERO, Term, by_sign, call, mul, num, power, total
from symderiv.indexform.wellformed import put
from symderiv.verdict import ClaimError

if TYPE_CHECKING:
    from symderiv.indexform.lower import Lowering
    from symderiv.indexform.scope import Scope

__all__ = ["LONGEST", "absolute", "logarithm", "product"]

POSITIVE, NONZERO = frozenset("+"), frozenset("+-")
LONGEST = 64


def product(low: Lowering, expr: Expr, scope: Scope) -> Term:
    """The term of Π f, or of Π |f|."""
    body, *limits = expr.args
    if any(len(limit) != 3 for limit in limits):
        raise ClaimError(f"the product {expr} needs ranges: (index, first, last)")
    of_absolute = isinstance(body, sympy.Abs)
    return _product(low, body.args[0] if of_absolute else body, limits, scope, of_absolute)


def absolute(low: Lowering, expr: Expr, scope: Scope) -> Term:
    """The term of |x|, by the sign of x where it is no product."""
    x = expr.args[0]
    if isinstance(x, sympy.Product) and all(len(limit) == 3 for limit in x.limits):
        body, *limits = x.args
        return _product(low, body, limits, scope, True)
    return _by_sign(low, x, scope)


def _by_sign(low: Lowering, x: Basic, scope: Scope) -> Term:
    value = low.scalar(x, scope)
    return by_sign(low.difference(x, sympy.S.Zero, scope), value, ZERO, mul(num(-1), value))


def logarithm(low: Lowering, expr: Expr, scope: Scope) -> Term:
    """The term of log u for u > 0, and of log |u| for u ≠ 0."""
    u = expr.args[0]
    of_absolute = isinstance(u, sympy.Abs) and not isinstance(u.args[0], sympy.Product)
    u = u.args[0] if of_absolute else u
    value, (signs, relation) = low.scalar(u, scope), _domain(of_absolute)
    low.require(value, signs, related(relation, u, sympy.S.Zero), scope, "a logarithm")
    return _log(value, of_absolute)


def _domain(of_absolute: bool) -> tuple[frozenset[str], Any]:
    """Where log u is defined, or log |u|."""
    return (NONZERO, sympy.Ne) if of_absolute else (POSITIVE, sympy.Gt)


def _log(u: Term, of_absolute: bool) -> Term:
    return mul(num(Fraction(1, 2)), call("log", power(u, 2))) if of_absolute else call("log", u)


def _product(
    low: Lowering,
    body: Basic,
    limits: list[Any],
    scope: Scope,
    of_absolute: bool,
    squared: bool = False,
) -> Term:
    """The product over the outermost of the ranges first; of any sign where it is squared."""
    if not limits:
        return _by_sign(low, body, scope) if of_absolute > squared else low.scalar(body, scope)
    *inner, (symbol, first, last) = limits
    length = low.index(last, scope) - low.index(first, scope) + 1
    if not length.coefficients:
        if not 0 <= length.constant <= LONGEST:
            raise OutOfBudget(f"a product of {length.constant} factors")
        start = low.index(first, scope)
        places = [put(first, scope.shown) + k for k in range(length.constant)]
        scopes = (scope.bind(symbol, start + k, at) for k, at in enumerate(places))
        return mul(ONE, *(_product(low, body, inner, s, of_absolute, squared) for s in scopes))
    name, scope = low.enter(symbol, first, last, scope)
    factor = _product(low, body, inner, scope, of_absolute, of_absolute)
    signs, relation = _domain(of_absolute)
    shown = related(relation, sympy.Product(body, *inner) if inner else body, sympy.S.Zero)
    low.require(factor, signs, shown, scope, FACTOR, stronger=True)
    b = low.binders[name]
    return call("exp", total(name, b.lower, b.upper, _log(factor, of_absolute)))
