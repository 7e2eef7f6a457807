"""Cases as ``np.where``: of real terms, where NaN stays NaN, and of integers, as masks."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from symderiv.indexform.terms import ONE, Linear, Term, integer, mul, num, substitute, walk
from symderiv.numeric.arrays import Arrays, Value, union
from symderiv.numeric.exponentials import direction, parts
from symderiv.numeric.rows import NotBlocked
from symderiv.numeric.source import SUM, Program
from symderiv.numeric.sums import is_delta, monomial

__all__ = ["cases", "diagonal"]

_STRICT = {"exp", "expm1", "log", "log1p", "abs", "sign", "tanh", "sinh", "cosh", "sin", "cos"}


def diagonal(
    arrays: Arrays, coefficient: Fraction, factors: Sequence[Term], delta: Term
) -> Value | None:
    """[i = j]·f as a diagonal matrix, where i and j run over the same range."""
    form: Linear = delta.args[0].data
    spans = arrays.normal.spans
    pair = [a for a, c in form.coefficients if a in spans]
    if len(pair) != 2 or spans[pair[0]] != spans[pair[1]]:
        return None
    if arrays.is_row(pair[0]) or arrays.is_row(pair[1]):
        raise NotBlocked
    a, b = union([tuple(pair)], arrays.order)
    if form not in (Linear({a: 1, b: -1}), Linear({a: -1, b: 1})):
        return None
    others = [f for f in factors if f is not delta]
    rest = arrays.normal.run(substitute(mul(*others, num(coefficient)), {b: Linear.of(a)}))
    axes = arrays.normal.axes(rest)
    if axes - {a}:
        return None
    v = arrays.value(rest)
    if axes:
        return Value(arrays.program.node("np.diag({0})", [v.node]), (a, b))
    eye = Value(arrays.program.node(f"np.eye({arrays.form(arrays.length(a))})", []), (a, b))
    return eye if rest is ONE else arrays.times([v, eye])


def _compare(arrays: Arrays, u: Term) -> tuple[Value, Value]:
    """Two sides whose order is the sign of u, so that nothing is subtracted."""
    left, right = list[Term](), list[Term]()
    if u.op == "int":
        form: Linear = u.data
        above = {name: c for name, c in form.coefficients if c > 0}
        below = {name: -c for name, c in form.coefficients if c < 0}
        left = [integer(Linear(above, max(form.constant, 0)))]
        right = [integer(Linear(below, max(-form.constant, 0)))]
    else:
        for a in u.args if u.op == "add" else (u,):
            coefficient, factors = monomial(a)
            side = right if coefficient < 0 else left
            side.append(mul(*factors, num(abs(coefficient))))
        if len(left) > 1 or len(right) > 1:
            left, right = [u], []
    sides = [arrays.value(s[0]) if s else arrays.number(0) for s in (left, right)]
    return sides[0], sides[1]


def cases(arrays: Arrays, t: Term) -> Value:
    """The case distinction on the sign of a term, all branches computed."""
    u, positive, at_zero, negative = t.args
    if is_delta(t):
        found = diagonal(arrays, Fraction(1), [t], t)
        if found is not None:
            return found
    left, right = _compare(arrays, u)
    arrays.integer_cases += u.op == "int"
    p, z, n = (arrays.value(a) for a in (positive, at_zero, negative))
    arrays.integer_cases -= u.op == "int"

    def where(relation: str, yes: Value, no: Value) -> Value:
        text = f"np.where({{0}} {relation} {{1}}, {{2}}, {{3}})"
        return arrays.apply(text, [left, right, yes, no], [SUM, SUM, 0, 0])

    # no comparison holds for NaN: then the last branch is taken
    turned = p != n and u.op != "int" and not _carries(negative, u) and _carries(positive, u)
    if z == p:
        out = where("<", n, p) if turned else where(">=", p, n)
    elif z == n:
        out = where("<=", n, p) if turned else where(">", p, n)
    elif p == n:
        out = where("==", z, p)
    else:
        out = where(">", p, where("==", z, n))
    if u.op == "int":
        arrays.real_cases |= any(map(_may_fail, {*walk(t)}))
        return out
    arrays.real_cases = True
    if _carries(positive if turned and z in (p, n) else negative, u):
        return out
    unknown = [v for v in (left, right) if not _literal(arrays.program, v)]
    test = " | ".join(f"np.isnan({{{k}}})" for k in range(len(unknown)))
    k = len(unknown)
    return arrays.apply(f"np.where({test}, np.nan, {{{k}}})", [*unknown, out])


def _carries(t: Term, u: Term) -> bool:
    """Whether t is NaN where u is: u is a part of it, or each addend, but for numbers and signs."""
    if u.op == "add" and all(a.op == "num" or _carries(t, a) for a in u.args):
        return True
    key, seen, stack = _varying(u), set[Term](), [t]
    while stack:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        if node.op != "num" and _varying(node) == key:
            return True
        if node.op in ("add", "mul", "pow", "root") or (node.op == "call" and node.data in _STRICT):
            stack.extend(node.args)
    return False


def _varying(u: Term) -> Any:
    """What u is made of, up to multiples, |·| and numbers that are added."""
    found = {factors: c for factors, c in parts(u).items() if factors}
    if len(found) == 1:
        ((inner,),) = ([*found],)
        if len(inner) == 1 and inner[0].op == "call" and inner[0].data == "abs":
            return _varying(*inner[0].args)
    return direction(found)[0]


def _may_fail(t: Term) -> bool:
    """Whether NumPy may warn of a value, which need not count where it is masked."""
    failing = "log", "exp"
    return (
        t.op == "root" or (t.op == "pow" and t.data < 0) or (t.op == "call" and t.data in failing)
    )


def _literal(program: Program, v: Value) -> bool:
    node = program.nodes[v.node]
    return not node.args and not any(c.isalpha() or c == "_" for c in node.template)
