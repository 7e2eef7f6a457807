"""Inverse hyperbolic functions, where the index form has logarithms.

log(u + √(u² + 1)) cancels for u < 0 and rounds u away near 0; NumPy's arcsinh does neither.
Their slopes are left to ``radicals``.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from symderiv.indexform.terms import ONE, Term, add, call, mul, num, power, root
from symderiv.numeric.exponentials import parts
from symderiv.numeric.sums import monomial

__all__ = ["inverse_hyperbolic"]

_HALF = Fraction(1, 2)
_NAMES = {1: "arcsinh", -1: "arccosh"}


def _same(a: Term, b: Term) -> bool:
    """Whether two sums have the same addends, in any order."""
    first, second = (
        {frozenset(Counter(factors).items()): c for factors, c in parts(t).items()} for t in (a, b)
    )
    return first == second


def _with_root(t: Term) -> tuple[Term, Term, int] | None:
    """u, u² + k and k, for u + √(u² + k) with k = ±1."""
    for r in t.args if t.op == "add" else ():
        if r.op == "root" and r.data == _HALF:
            u = add(*(a for a in t.args if a is not r))
            for k in _NAMES:
                if _same(r.args[0], add(power(u, 2), num(k))):
                    return u, r.args[0], k
    return None


def inverse_hyperbolic(t: Term) -> Term | None:
    """The logarithm of t as arcsinh u, arccosh u or 2·arctanh u, DLMF 4.37.

    arccosh(1 + x) is 2·arcsinh √(x/2), since cosh 2a = 1 + 2·sinh² a, and keeps a small x.
    """
    found = _with_root(t)
    if found is not None:
        u, _, k = found
        if k < 0 and u.op == "add" and ONE in u.args:
            x = add(*(a for a in u.args if a is not ONE))
            return mul(num(2), call("arcsinh", root(mul(x, num(_HALF)), _HALF)))
        return call(_NAMES[k], u)
    coefficient, factors = monomial(t)
    above = [f for f in factors if f.op == "add"]
    below = [f.args[0] for f in factors if f.op == "pow" and f.data == -1]
    if coefficient == 1 and len(above) == len(below) == 1 and len(factors) == 2:
        (a,), (b,) = above, below  # (1 + u)/(1 − u)
        u = add(*(x for x in a.args if x is not ONE))
        if ONE in a.args and _same(b, add(ONE, mul(num(-1), u))):
            return mul(num(2), call("arctanh", u))
    return None
