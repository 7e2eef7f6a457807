"""Slopes at a kink: 0 where those of both sides are opposite, as for |u| at u = 0.

The derivative that is read takes the slope of one side at a joint u = 0, the same side for every
case distinction on u. There it is right where the whole has a derivative, and so is the mean of
both sides where the whole is linear in these slopes; where it has none, the mean of ±u' is 0, as
of np.sign, so that x = 0 is a stationary point of |x|.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sympy import Basic, Derivative, Heaviside, Piecewise

from symderiv.functions import Gradient, Hessian
from symderiv.indexform.conditions import RawCondition
from symderiv.indexform.terms import ZERO, Term, by_sign, mul, num, rebuild, walk

__all__ = ["with_means"]

_MORE = 2  # than linear


def with_means(t: Term, conditions: Iterable[RawCondition], written: Basic) -> Term:
    """A term with 0 at its joints for slopes that are opposite on both sides.

    Parameters
    ----------
    t
        The term as it is read.
    conditions
        What it needs, joints among it.
    written
        The expression. Where it has cases beside derivatives nothing is changed, since they count
        at u = 0 as well and might look like the slopes.
    """
    joints = {_shape(c.term) for c in conditions if any(j.slope is not None for j in c.joint)}
    found: dict[Any, set[Term]] = {}
    for node in (e for e in walk(t) if joints and e.op == "sign"):
        if (shape := _shape(node.args[0])) in joints and _one_sided(node):
            found.setdefault(shape, set()).add(node)
    # others at the same joint, of max(0, u) − |u|/2, have to take the same side
    kinks = {e for group in found.values() if all(map(_mean, group)) for e in group}
    if not kinks or _has_cases(written) or _degree(t, kinks) > 1:
        return t
    memo: dict[Term, Term] = {}
    for node in walk(t):
        args = tuple(memo[a] for a in node.args)
        if node.op == "sign":  # what is tested stays: it says whether u moves
            _, above, at, below = args
            at = (_mean(node) or at) if node in kinks else at
            args = node.args[0], above, at, below
        memo[node] = rebuild(node, args) if args != node.args else node
    return memo[t]


def _shape(t: Term) -> Any:
    """A test without numbers and indices: a joint of a summand is read at an index of its own."""
    inner = tuple(_shape(a) for a in t.args if a.op != "num")
    match t.op:
        case "entry":
            return t.op, t.data[0]
        case "mul" if len(inner) == 1:
            return inner[0]
        case "sum" | "int":
            return t.op, inner
    return t.op, t.data, inner


def _one_sided(node: Term) -> bool:
    """Whether one of both sides stands at u = 0, or does unless u' is 0 as well."""
    _, above, at, below = node.args
    unless = at.op == "sign" and at.args[1] is at.args[3] and at.args[1] in (above, below)
    return unless or at in (above, below)


def _mean(node: Term) -> Term | None:
    """The mean of slopes that are opposite, where one of them stands."""
    _, above, at, below = node.args
    if above is not mul(num(-1), below) and below is not mul(num(-1), above):
        return None
    return ZERO if at in (above, below) else by_sign(at.args[0], ZERO, at.args[2], ZERO)


def _has_cases(e: Basic) -> bool:
    """Whether there are case distinctions by hand outside of what is differentiated."""
    if isinstance(e, (Derivative, Gradient, Hessian)):
        return False
    return isinstance(e, (Piecewise, Heaviside)) or any(map(_has_cases, e.args))


def _degree(t: Term, kinks: Collection[Term]) -> int:
    """The degree of t in the slopes at joints, at most; ``_MORE`` where it is no polynomial."""
    memo: dict[Term, int] = {}
    for node in walk(t):
        inside = [memo[a] for a in node.args]
        match node.op:
            case "mul":
                degree = sum(inside)
            case "pow" if node.data > 0:
                degree = node.data * inside[0]
            case "sign":
                degree = max(inside[1:])
            case "add" | "sum":
                degree = max(inside)
            case _:
                degree = _MORE if any(inside) else 0
        memo[node] = min(degree + (node in kinks), _MORE)
    return memo[t]
