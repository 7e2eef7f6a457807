"""Powers: of whole numbers as exponents, of fractions, and x^e = e^(e·log x) of all others.

Where e is a whole number x^e is defined for x < 0 too. That a line needs x > 0 is said only of an
exponent that is whole on surfaces at most; otherwise the proof alone asks for it.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING

import sympy
from sympy import Expr

from symderiv.indexform.conditions import Guard, OutOfBudget, related
from symderiv.indexform.terms import (
    ONE,
    ZERO,
    Term,
    add,
    by_sign,
    call,
    integer,
    leaves,
    mul,
    num,
    power,
    root,
    walk,
)
from symderiv.indexform.wellformed import free_symbols

if TYPE_CHECKING:
    from symderiv.indexform.lower import Lowering
    from symderiv.indexform.scope import Scope

__all__ = ["LARGEST_EXPONENT", "NONNEGATIVE", "NONZERO", "POSITIVE", "power_of"]

POSITIVE, NONZERO, NONNEGATIVE = frozenset("+"), frozenset("+-"), frozenset("+0")
LARGEST_EXPONENT = 1000
_PRIME = 2**61 - 1
_HALF = num(Fraction(1, 2))


def power_of(self: Lowering, expr: Expr, scope: Scope) -> Term:
    """u^e as a power, a root or e^(e·log u), with what it needs of u."""
    base, exponent = expr.args
    if base is sympy.E:
        return call("exp", self.scalar(exponent, scope))
    if isinstance(base, sympy.Abs) and exponent.is_even:  # |u|² is u², without a case
        base = base.args[0]
    u = self.scalar(base, scope)
    if exponent.is_Rational:
        return _rational(self, u, Fraction(int(exponent.p), int(exponent.q)), base, scope)
    whole = bool(exponent.is_integer) or self.is_integer(exponent, scope)
    n = self.exponent(exponent, scope) if whole and not base.is_positive else None
    if n is not None:
        if not self.known(n.names, scope).nonnegative(n):
            below = replace(scope, guards=(*scope.guards, Guard(integer(n), frozenset("-"))))
            self.require(u, NONZERO, related(sympy.Ne, base, 0), below, "a denominator")
        return call("power", u, integer(n))
    why = "a power with an unknown exponent"
    e: Term = self.scalar(exponent, scope)
    if e.op == "num":  # a name that let gives a number
        return _rational(self, u, e.data, base, scope)
    if whole and not base.is_positive and (odd := _odd(self, exponent, scope)):
        # (−u)^e = (−1)^e·u^e
        self.require(u, NONZERO, related(sympy.Ne, base, 0), scope, why, stronger=True)
        up, down = (call("exp", mul(e, call("log", mul(num(c), u)))) for c in (1, -1))
        return by_sign(u, up, ZERO, mul(down, add(ONE, mul(num(-2), odd))))
    whole = whole or bool(self.tied & free_symbols(exponent))
    whole = whole or not (_varies(e) or exponent.is_integer is False)
    names = leaves(e)
    whole = whole or any(_is_thin(g) and names & leaves(g.u) for g in scope.guards)
    if whole or exponent.is_negative or u.op == "num":
        self.require(u, POSITIVE, related(sympy.Gt, base, 0), scope, why, whole, names)
    else:  # 0^e is 0 for e > 0
        self.require(u, NONNEGATIVE, related(sympy.Ge, base, 0), scope, why, False, names)
        self.require(u, NONZERO, related(sympy.Ne, base, 0), scope, why, stronger=True)
    return call("exp", mul(e, call("log", u)))


def _rational(self: Lowering, u: Term, q: Fraction, base: Expr, scope: Scope) -> Term:
    if abs(q.numerator) > LARGEST_EXPONENT or q.denominator > 60:
        raise OutOfBudget(f"the exponent {q}")
    if q.denominator == 1:
        if q < 0:
            self.require(u, NONZERO, related(sympy.Ne, base, 0), scope, "a denominator")
        return power(u, int(q))
    signs, relation = (POSITIVE, sympy.Gt) if q < 0 else (NONNEGATIVE, sympy.Ge)
    self.require(u, signs, related(relation, base, 0), scope, "a root")
    return root(u, q)


def _is_thin(g: Guard) -> bool:
    """Whether a case may hold on a surface only."""
    return g.u.op != "int" and ("0" in g.signs or any(u.op == "sign" for u in walk(g.u)))


def _varies(e: Term) -> bool:
    """Whether e is a rational function that takes two values: then it is whole on surfaces only.

    Others may be whole in a region, where x^e is defined for x < 0 as well: Heaviside(y).
    """
    nodes = list(walk(e))
    free = [u for u in nodes if u.op in ("var", "entry")]
    if any(u.op not in ("num", "var", "entry", "add", "mul", "pow") for u in nodes):
        return False
    if any("~" in u.data for u in free if u.op == "var"):  # a place, which Subs gives a value
        return False
    try:
        one, other = (_value(e, {u: k * n + 2 for n, u in enumerate(free, 1)}) for k in (1, 2))
    except ValueError:  # a divisor of 0
        return False
    return one != other


def _value(e: Term, place: dict[Term, int]) -> int:
    """The value modulo a prime: what is constant is the same there at all points."""
    if e.op in ("var", "entry"):
        return place[e]
    args = [_value(a, place) for a in e.args]
    if e.op == "num":
        return int(e.data.numerator) * pow(int(e.data.denominator), -1, _PRIME) % _PRIME
    if e.op == "pow":
        return pow(args[0], int(e.data), _PRIME)
    return (sum(args) if e.op == "add" else prod(args)) % _PRIME


def _odd(self: Lowering, e: Expr, scope: Scope) -> Term | None:
    """1 where a polynomial in whole numbers is odd, else 0: aᵏ is where a is, ab where both are."""
    if (n := self.exponent(e, scope)) is not None:
        return mul(_HALF, add(ONE, mul(num(-1), call("power", num(-1), integer(n)))))
    if e.is_Pow and e.exp.is_Integer and e.exp > 0:
        return _odd(self, e.base, scope)
    out = ONE if e.is_Mul else ZERO
    for a in e.args if e.is_Add or e.is_Mul else (None,):
        odd = None if a is None else _odd(self, a, scope)
        if odd is None:
            return None
        out = mul(out, odd) if e.is_Mul else add(out, odd, mul(num(-2), out, odd))
    return out
