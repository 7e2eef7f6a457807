"""Whether what a claim is said to need is needed: the refuter looks where it does not hold.

What the first line of a claim needs to be defined is no loss. That is read off its form, and a
form may ask for more than the function does: in a case that never comes, in a sum that is empty,
at a joint that is none. A point at which the line is certainly defined, though such a condition
fails, shows that the condition is one of the proof, and what it excludes is lost.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace

import sympy
from sympy import Basic

from symderiv.explain.conditions import length_of
from symderiv.indexform.wellformed import nodes_of
from symderiv.refute.examination import examine
from symderiv.verdict import ClaimError, Condition

__all__ = ["needed_by"]

_WORK = 30_000
_LONGEST = 5000  # nodes of a condition that is negated, which SymPy does path by path
_ASKING_MORE = (
    *(sympy.Piecewise, sympy.Abs, sympy.Max, sympy.Min, sympy.sign, sympy.Heaviside),
    *(sympy.Sum, sympy.Product, sympy.MatrixBase),
)


def needed_by(
    line: Basic,
    conditions: Sequence[Condition],
    where: Sequence[Basic],
    let: Mapping[Basic, Basic],
    guarded: Container[Basic] = (),
) -> tuple[Condition, ...]:
    """The conditions; one without which the line is seen to be defined is not natural.

    Those that are ``guarded`` hold in a case of the line, and are left as they are.

    Examples
    --------
    >>> from sympy import Ne, Piecewise, log, symbols
    >>> a, x = symbols("a x", real=True)
    >>> half = Piecewise((log(a), x > 0), (0, True))
    >>> [c.natural for c in needed_by(half, [Condition(a > 0, natural=True)], [], {})]
    [False]
    >>> [c.natural for c in needed_by(log(a), [Condition(a > 0, natural=True)], [], {})]
    [True]
    """
    if not (let or any(isinstance(node, _ASKING_MORE) for node in nodes_of([line]))):
        return tuple(conditions)
    return tuple(
        replace(c, natural=False)
        if c.natural
        and c.open
        and c.relation not in guarded
        and length_of(c.relation) <= _LONGEST
        and _defined_without(line, c, where, let)
        else c
        for c in conditions
    )


def _defined_without(
    line: Basic, condition: Condition, where: Sequence[Basic], let: Mapping[Basic, Basic]
) -> bool:
    """Whether a point is found at which the line is defined and the condition fails."""
    for end in (0, 1) if condition.ranges else (0,):
        fails, inside = condition.relation, list[Basic]()
        for index, *ends in reversed(condition.ranges):  # at one end of each range
            fails = fails.xreplace({index: ends[end]})
            inside = [sympy.Ge(ends[1], ends[0]), *(r.xreplace({index: ends[end]}) for r in inside)]
        fails = sympy.Not(fails)
        if sympy.false in (fails, *inside) or fails is sympy.true:
            continue
        try:
            seen = examine([line, line], where=[*where, *inside, fails], let=let, work=_WORK)
        except ClaimError:
            continue  # its negation is nothing that may be assumed
        if seen.witnesses[0] is not None:
            return True
    return False
