"""Derivatives of terms by a table of rules, one line of mathematics each.

σ has no rule here: it is lowered to 1/(1 + e^(−z)) first, so that σ' = σ(1 − σ) is proved
and not assumed. A rule gives the derivative of a function by its argument, where the
function is differentiable; the conditions for that are collected in ``lower``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial, reduce
from math import prod

from symderiv.indexform.conditions import Joint, Unsupported
from symderiv.indexform.terms import (
    ONE,
    ZERO,
    Linear,
    Term,
    add,
    by_sign,
    call,
    constant,
    exponent_of,
    integer,
    mul,
    num,
    power,
    root,
    total,
    walk,
)

__all__ = ["OPERATIONS", "RULES", "depends", "differentiate", "joints_of", "later"]


def _minus(t: Term) -> Term:
    return mul(num(-1), t)


def _partial(node: Term, k: int) -> Term:
    """∂ₖ of a named function; an order, or those of its derivatives, are in its name.

    One with a definition has a rule for its last argument, and those before are parameters.
    """
    stem, _, orders = node.data.partition(":")
    if stem[0] == "?":  # without a definition
        counts = [int(c) + (at == k) for at, c in enumerate(orders.split(","))]
        return call(f"{stem}:{','.join(map(str, counts))}", *node.args)
    if k + 1 < len(node.args):
        raise Unsupported(f"the derivative of {stem} by its argument number {k + 1}")
    return RULES[stem][0](*((int(orders),) if orders else ()), *node.args)


def _gauss(u: Term, c: int) -> Term:
    return mul(num(2), root(constant("pi"), Fraction(-1, 2)), call("exp", mul(num(c), power(u, 2))))


def _incomplete(a: Term, x: Term) -> Term:
    return _minus(call("exp", add(mul(add(a, num(-1)), call("log", x)), _minus(x))))


def _bessel(stem: str, below: int, above: int, n: int, u: Term) -> Term:
    parts = (below if n else above, abs(n - 1)), (above, n + 1)  # ±f₋₁ is ±f₁
    return mul(num(Fraction(1, 2)), add(*(mul(num(c), call(f"{stem}:{k}", u)) for c, k in parts)))


def _lambert(u: Term) -> Term:
    w = call("LambertW", u)
    return mul(call("exp", _minus(w)), power(add(ONE, w), -1))


# f: u ↦ f'(u), of orders and parameters and u                     source: DLMF, by section
RULES: dict[str, tuple[Callable[..., Term], str]] = {
    "exp": (lambda u: call("exp", u), "(e^u)' = e^u, DLMF 4.7.5"),
    "log": (lambda u: power(u, -1), "(log u)' = 1/u for u > 0, DLMF 4.7.1"),
    "sin": (lambda u: call("cos", u), "(sin u)' = cos u, DLMF 4.20.1"),
    "cos": (lambda u: _minus(call("sin", u)), "(cos u)' = −sin u, DLMF 4.20.2"),
    "asin": (
        lambda u: root(add(ONE, _minus(power(u, 2))), Fraction(-1, 2)),
        "(asin u)' = (1 − u²)^(−1/2) for |u| < 1, DLMF 4.24.7",
    ),
    "atan": (lambda u: power(add(ONE, power(u, 2)), -1), "(atan u)' = 1/(1 + u²), DLMF 4.24.9"),
    "erf": (lambda u: _gauss(u, -1), "(erf u)' = 2/√π·e^(−u²), DLMF 7.2.1"),
    "erfi": (lambda u: _gauss(u, 1), "(erfi u)' = 2/√π·e^(u²), DLMF 7.2.1 at iu"),
    "erfinv": (lambda u: power(_gauss(call("erfinv", u), -1), -1), "1/erf'(erfinv u), DLMF 7.2.1"),
    "loggamma": (lambda u: call("polygamma:0", u), "(log Γ)' = ψ for u > 0, DLMF 5.2.2"),
    "polygamma": (lambda k, u: call(f"polygamma:{k + 1}", u), "ψ⁽ᵏ⁾' = ψ⁽ᵏ⁺¹⁾, DLMF 5.15.1"),
    "uppergamma": (_incomplete, "∂Γ(a, x)/∂x = −x^(a − 1)·e^(−x), DLMF 8.8.13"),
    "Ei": (lambda u: mul(call("exp", u), power(u, -1)), "(Ei u)' = e^u/u, DLMF 6.2.5"),
    "besseli": (partial(_bessel, "besseli", 1, 1), "2Iₙ' = Iₙ₋₁ + Iₙ₊₁, I₀' = I₁, DLMF 10.29"),
    "besselk": (partial(_bessel, "besselk", -1, -1), "−2Kₙ' = Kₙ₋₁ + Kₙ₊₁, K₀' = −K₁, DLMF 10.29"),
    "besselj": (partial(_bessel, "besselj", 1, -1), "2Jₙ' = Jₙ₋₁ − Jₙ₊₁, J₀' = −J₁, DLMF 10.6"),
    "bessely": (partial(_bessel, "bessely", 1, -1), "2Yₙ' = Yₙ₋₁ − Yₙ₊₁, Y₀' = −Y₁, DLMF 10.6"),
    "LambertW": (_lambert, "W' = e^(−W)/(1 + W) for u > −1/e, DLMF 4.13.4"),
}


def _delta(left: tuple[Linear, ...], right: tuple[Linear, ...]) -> Term:
    """Π [leftₐ = rightₐ] over the axes: ∂a[left]/∂a[right]."""
    out = ONE
    for a, b in zip(left, right, strict=True):
        out = mul(out, by_sign(integer(a - b), ZERO, ONE, ZERO))
    return out


def depends(t: Term, variable: Term) -> bool:
    """Whether the variable (a symbol, or any entry of its array) occurs in t."""
    if variable.op == "var":
        return any(node is variable for node in walk(t))
    array = variable.data[0]
    return any(node.op == "entry" and node.data[0] == array for node in walk(t))


def joints_of(t: Term, u: Term, variable: Term, valued: bool) -> list[Joint]:
    """What has to be smooth at u = 0 for t to have a derivative there, and the one that is taken.

    The whole of t; under a sum, where u varies with its index, the summand, or each case
    distinction by itself. Where the cases only occur in the test of another one (not ``valued``),
    continuity of each is enough.
    """
    nodes = [node for node in walk(t) if node.op == "sign" and node.args[0] is u]
    tests = (node.args[0] for node in walk(t) if node.op == "sign")
    moving = {w: differentiate(w, variable) for w in tests if depends(w, variable)}

    def joint(f: Term, parts: tuple[Joint, ...] = ()) -> Joint:
        slope = differentiate(f, variable) if valued else None
        return Joint(f, slope, tuple(moving.items()), variable, parts)

    alone = tuple(map(joint, nodes))
    if not (nodes and valued):
        return list(alone)
    bound = any("~" in name for name in u.names)
    return [joint(f, alone if bound else ()) for f in _summands(t, u, nodes)]


def _summands(t: Term, u: Term, nodes: Sequence[Term]) -> list[Term]:
    """The summands of the innermost sums over an index of u that hold these nodes, or t."""
    holds: dict[Term, bool] = {}
    found: dict[Term, list[Term]] = {}
    for node in walk(t):
        holds[node] = node in nodes or any(holds[a] for a in node.args)
        found[node] = list(dict.fromkeys(f for a in node.args for f in found[a]))
        if node.op == "sum" and node.data[0] in u.names and holds[node] and not found[node]:
            found[node] = [node.args[0]]
    return found[t] or [t]


def later(joint: Joint, u: Term, variables: Sequence[Term]) -> list[Joint]:
    """What a joint u = 0 asks for where derivatives follow: that those along it agree as well.

    One by what moves off the joint asks nothing of it: the slope is right on both sides.
    """
    along = [v for v in variables if not depends(u, v)]
    if not along:
        return []
    term = reduce(differentiate, along, joint.term)
    slope = joint.slope and reduce(differentiate, along, joint.slope)
    parts = tuple(more for part in joint.parts for more in later(part, u, variables))
    return [replace(joint, term=term, slope=slope, parts=parts)]


def differentiate(t: Term, variable: Term) -> Term:
    """The partial derivative of t by a symbol or by one entry of an array.

    ∂/∂v Σᵢ f = Σᵢ ∂f/∂v (finite sums, limits free of v), the product and chain rules, and
    ∂a[i, k]/∂a[j, l] = [i = j]·[k = l]. The names in the variable's indices are never
    bound inside t, because binders have fresh names.
    """
    memo: dict[Term, Term] = {}
    for node in walk(t):
        memo[node] = OPERATIONS[node.op](node, [memo[a] for a in node.args], variable)
    return memo[t]


def _product_rule(node: Term, d: list[Term], variable: Term) -> Term:
    args = node.args
    return add(*(mul(*args[:k], dk, *args[k + 1 :]) for k, dk in enumerate(d)))


def _power_rule(node: Term, d: list[Term], variable: Term) -> Term:
    return mul(num(node.data), power(node.args[0], node.data - 1), d[0])


def _root_rule(node: Term, d: list[Term], variable: Term) -> Term:
    r: Fraction = node.data
    return mul(num(r), root(node.args[0], r - 1), d[0])


def _of_entry(node: Term, d: list[Term], variable: Term) -> Term:
    if variable.op == "entry" and node.data[0] == variable.data[0]:
        return _delta(node.data[1], variable.data[1])
    return ZERO


def _of_case(node: Term, d: list[Term], variable: Term) -> Term:
    # off the joint u = 0 the case does not change; on it, see ``joints_of``. Where u' = 0 as well,
    # u may be 0 all around: there the branch at 0 stands, and its slope is the one
    moves, above, at, below = d
    side = above if _sign_of(node.args[0]) > 0 else below  # of u and −u the same
    if moves.op == "num" or side is at:
        still = side if moves is not ZERO else at
    elif all(_contains(part, moves) for part in (side, at)):
        still = side  # both are 0 with u'
    else:
        still = by_sign(moves, side, at, side)
    return by_sign(node.args[0], above, still, below)


def _sign_of(u: Term) -> int:
    """1 of one of u and −u, and −1 of the other, as far as it is written: x − y and −(x − y)."""
    match u.op:
        case "num":
            return -1 if u.data < 0 else 1
        case "mul":
            return prod(map(_sign_of, u.args))
        case "add":  # that of the term that comes first, whatever its sign is
            return _sign_of(min(u.args, key=_without_numbers))
    return 1


def _without_numbers(t: Term) -> str:
    return repr(mul(*(a for a in t.args if a.op != "num")) if t.op == "mul" else t)


def _contains(t: Term, u: Term) -> bool:
    """Whether t is 0 or shows u as a factor of each of its parts."""
    if t.op == "add":
        return all(_contains(part, u) for part in t.args)
    mine, own = (Counter(p.args if p.op == "mul" else (p,)) for p in (t, u))
    return t is ZERO or all(f.op == "num" or mine[f] >= own[f] for f in own)


def _chain_rule(node: Term, d: list[Term], variable: Term) -> Term:
    if node.data == "power" and d[0] is not ZERO:
        # (u^n)' = n·u^(n − 1)·u', and 0 for n = 0 whatever u is
        u, n = node.args
        value = mul(n, call("power", u, integer(exponent_of(node) - 1)), d[0])
        return by_sign(n, value, ZERO, value)
    return add(*(mul(_partial(node, k), dk) for k, dk in enumerate(d) if dk is not ZERO))


# of a node, the derivatives of its arguments, and the variable: the derivative of the node
OPERATIONS: dict[str, Callable[[Term, list[Term], Term], Term]] = {
    **dict.fromkeys(("num", "const", "int"), lambda node, d, v: ZERO),
    "var": lambda node, d, v: ONE if node is v else ZERO,
    "entry": _of_entry,
    "add": lambda node, d, v: add(*d),
    "mul": _product_rule,
    "pow": _power_rule,
    "root": _root_rule,
    "sum": lambda node, d, v: total(node.data[0], node.data[1], node.data[2], d[0]),
    "sign": _of_case,
    "call": _chain_rule,
}
