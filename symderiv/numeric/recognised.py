"""Functions that NumPy has by name, where the index form has what defines them."""

from __future__ import annotations

from fractions import Fraction

from symderiv.indexform.terms import ONE, ZERO, Term, add, by_sign, call, mul, num, power, walk

__all__ = ["by_name", "case_or_sign"]


def case_or_sign(u: Term, branches: tuple[Term, Term, Term]) -> Term:
    """A case, with c·sign u for c, 0 and −c, and c times a sign of ±1 for c, ±c and −c."""
    c, at_zero, negative = branches
    if c.op == "num" and c.data and negative is mul(num(-1), c):
        if at_zero is ZERO:
            return mul(call("sign", u), c)
        if at_zero in (c, negative):
            return mul(by_sign(u, ONE, num(1 if at_zero is c else -1), num(-1)), c)
    return by_sign(u, *branches)


def by_name(t: Term) -> Term | None:
    """The function by name that NumPy has for a lowered one: |u|, tanh and kin."""
    if t.op == "sign" and t.args[0].op != "int":
        u, p, z, n = t.args
        if p is u and z is ZERO and n is mul(num(-1), u):
            return call("abs", u)
    if t.op == "mul" and len(t.args) == 2:
        for e in (e for a in t.args for e in walk(a) if e.op == "call" and e.data == "exp"):
            u = e.args[0]
            if t is mul(num(Fraction(1, 2)), add(e, call("exp", mul(num(-1), u)))):
                return call("cosh", u)
            if t is mul(num(Fraction(1, 2)), add(e, mul(num(-1), call("exp", mul(num(-1), u))))):
                return call("sinh", u)
            half = u.args[0] if u.op == "mul" and u.args[1:] == (num(2),) else None
            if half and t is mul(add(e, num(-1)), power(add(e, ONE), -1)):
                return call("tanh", half)
    return None
