"""The judge's other questions: is it never negative, is it convex, where does it go.

Each is answered by a certificate: a finder proposes it, a short checker accepts it or not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sympy import Basic, Ge, Gt, Integer, Le, Lt
from sympy.core.relational import Relational
from sympy.logic.boolalg import BooleanAtom

from symderiv.certified import Answer, judge_sign
from symderiv.find.shown import lines
from symderiv.find.signs import propose
from symderiv.verdict import ClaimError, Result
from symderiv.written import definitions, expression, relations, time_limit

__all__ = ["answer_bound", "prove_nonnegative", "sides"]


def prove_nonnegative(
    expr: Any,
    *,
    where: Sequence[Basic] = (),
    strict: bool = False,
    let: Mapping[Basic, Basic] | None = None,
    timeout: float = 10.0,
) -> Result:
    """Decide expr ≥ 0, with ``strict`` expr > 0, wherever it is defined and for all sizes.

    Parameters
    ----------
    expr
        A scalar, or a relation ``lhs >= rhs``, ``lhs > rhs``, ``lhs <= rhs`` or ``lhs < rhs``.
    where
        Relations that may be assumed.
    strict
        Whether 0 counts as wrong; a relation with > or < says so by itself.
    let
        Definitions, from names such as ``h[i]`` to expressions.
    timeout
        Seconds after which the answer is UNDECIDED.

    Returns
    -------
    Result
        PROVED with the certificate as lines of text, REFUTED with a point at which the value is
        certainly negative (or 0, where ``strict``), or UNDECIDED with a reason.

    Raises
    ------
    ClaimError
        Where this is not a claim: a float, a matrix, a relation of another kind.

    Examples
    --------
    >>> from sympy import exp, symbols
    >>> x = symbols("x", real=True)
    >>> prove_nonnegative(exp(x) >= 1 + x).verdict
    <Verdict.PROVED: 'proved'>
    >>> prove_nonnegative(exp(x) - 1 - x, strict=True).counterexample.values
    {'x': 0}
    """
    lhs, rhs, strict = sides(expr, strict)
    return answer_bound(lhs, rhs, where, strict, let, timeout).result


def answer_bound(
    lhs: Basic,
    rhs: Basic,
    where: Sequence[Basic],
    strict: bool,
    let: Mapping[Basic, Basic] | None,
    timeout: float,
) -> Answer:
    """The answer with what was noted, for a claim's report."""
    answer = judge_sign(
        lhs,
        rhs,
        relations(where, "where"),
        definitions({} if let is None else let, "let"),
        strict,
        time_limit(timeout),
        propose,
    )
    if answer.certificate is None or answer.term is None:
        return answer
    shown = lines(answer.certificate, answer.term, "> 0" if strict else "≥ 0")
    return replace(answer, result=replace(answer.result, certificate=shown))


def sides(expr: Any, strict: bool) -> tuple[Basic, Basic, bool]:
    """The greater side, the smaller one, and whether they may not be equal."""
    if isinstance(expr, BooleanAtom):
        raise ClaimError(
            f"SymPy has made {expr} of the relation before it came here: give the difference "
            "lhs - rhs, with strict=True for >, or write Ge(lhs, rhs, evaluate=False)"
        )
    if isinstance(expr, Relational):
        if not isinstance(expr, (Ge, Gt, Le, Lt)):
            raise ClaimError(f"{expr} is no bound: write lhs >= rhs, >, <= or <")
        return _scalar(expr.gts), _scalar(expr.lts), strict or isinstance(expr, (Gt, Lt))
    return _scalar(expr), Integer(0), strict


def _scalar(expr: Any) -> Basic:
    scalar = expression(expr, "the expression")
    if getattr(scalar, "is_Matrix", False):
        if tuple(scalar.shape) != (1, 1):
            raise ClaimError(
                f"{scalar} of shape {tuple(scalar.shape)} is no number: ask for an entry, or for "
                "the quadratic form (v.T*A*v)[0, 0]"
            )
        return scalar[0, 0]
    return scalar
