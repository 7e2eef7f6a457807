"""The judge's other questions: is it never negative, is it convex, where does it go.

Each is answered by a certificate: a finder proposes it, a short checker accepts it or not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sympy import Basic, Ge, Gt, Integer, Le, Lt, Symbol, nan, zoo
from sympy.assumptions.assume import AppliedPredicate
from sympy.core.relational import Relational
from sympy.logic.boolalg import BooleanAtom

from symderiv.certified import Answer, difference, directions, judge_convex, judge_sign
from symderiv.find.convexity import propose_convex
from symderiv.find.shown import lines
from symderiv.find.shown_convex import convex_lines
from symderiv.find.signs import propose
from symderiv.limiting import judge_limit
from symderiv.refute.approach import Tends
from symderiv.verdict import ClaimError, Result
from symderiv.written import definitions, expression, relations, time_limit

Wrt = Any  # one symbol, IndexedBase or MatrixSymbol, or several in a list

__all__ = ["answer_bound", "answer_convex", "answer_limit", "end_of"]
__all__ += ["prove_convex", "prove_limit", "prove_nonnegative"]
__all__ += ["scalar_of", "sides", "variables_of"]


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
    if answer.certificate is None:
        return answer
    shown = lines(answer.certificate, difference(answer.terms), "> 0" if strict else "≥ 0")
    return replace(answer, result=replace(answer.result, certificate=shown))


def prove_convex(
    f: Any,
    wrt: Any,
    *,
    where: Sequence[Basic] = (),
    strict: bool = False,
    let: Mapping[Basic, Basic] | None = None,
    timeout: float = 10.0,
) -> Result:
    """Decide whether f is convex in some of its variables, jointly and for all sizes.

    f is convex where vᵀ∇²f v ≥ 0 for every v; its domain has to be convex, and is shown to be.

    Parameters
    ----------
    f
        A scalar.
    wrt
        A symbol, an ``IndexedBase``, a ``MatrixSymbol``, or a list of these.
    where
        Relations that may be assumed; ``Q.invertible(X.T*X)`` says that the columns of X are
        linearly independent.
    strict
        Whether f has to be strictly convex.
    let
        Definitions, from names such as ``h[i]`` to expressions.
    timeout
        Seconds after which the answer is UNDECIDED.

    Returns
    -------
    Result
        PROVED with the certificate as lines of text, REFUTED with a point and a direction in which
        a chord lies below the function, or UNDECIDED with a reason.

    Raises
    ------
    ClaimError
        Where this is not a claim: a float, a matrix, a variable that ``let`` defines.

    Examples
    --------
    >>> from sympy import exp, symbols
    >>> x = symbols("x", real=True)
    >>> prove_convex(exp(x), x, strict=True).verdict
    <Verdict.PROVED: 'proved'>
    >>> prove_convex(x**3, x).verdict
    <Verdict.REFUTED: 'refuted'>
    >>> prove_convex(x**3, x, where=[x > 0]).verdict
    <Verdict.PROVED: 'proved'>
    """
    return answer_convex(f, wrt, where, strict, let, timeout).result


def answer_convex(
    f: Any,
    wrt: Wrt,
    where: Sequence[Basic],
    strict: bool,
    let: Mapping[Basic, Basic] | None,
    timeout: float,
) -> Answer:
    """The answer with what was noted, for a claim's report."""
    given = [w for w in where if isinstance(w, AppliedPredicate)]
    others = relations([w for w in where if not isinstance(w, AppliedPredicate)], "where")
    let = definitions({} if let is None else let, "let")
    scalar, variables = scalar_of(f), variables_of(wrt)
    answer = judge_convex(
        scalar, variables, [*others, *given], let, strict, time_limit(timeout), propose_convex
    )
    if answer.certificate is None:
        return answer
    d = directions(scalar, variables, let)
    shown = convex_lines(answer.certificate, answer.terms[0], d, "strictly " if strict else "")
    return replace(answer, result=replace(answer.result, certificate=shown))


def variables_of(wrt: Wrt) -> tuple[Basic, ...]:
    """The variables in which a claim says that something is convex."""
    listed = tuple(wrt) if isinstance(wrt, (list, tuple, set, frozenset)) else (wrt,)
    if not listed or not all(isinstance(w, Basic) for w in listed):
        raise ClaimError(f"convex in {wrt!r}: expected a symbol, an array, or a list of these")
    return tuple(sorted(listed, key=str)) if isinstance(wrt, (set, frozenset)) else listed


def prove_limit(
    expr: Any,
    variable: Any,
    point: Any,
    value: Any,
    *,
    direction: str = "+-",
    where: Sequence[Basic] = (),
    let: Mapping[Basic, Basic] | None = None,
    timeout: float = 10.0,
) -> Result:
    """Decide lim expr = value as the variable tends to the point, inside the domain.

    Parameters
    ----------
    expr
        A scalar.
    variable
        A real symbol.
    point, value
        Numbers or expressions without the variable, or ±∞; the value may be a ``Piecewise`` on a
        symbol of which ``where`` says that it has finitely many values.
    direction
        "+" from above, "-" from below, "+-" from every side on which expr is defined and
        ``where`` holds.
    where
        Relations that may be assumed.
    let
        Definitions, from names such as ``h[i]`` to expressions.
    timeout
        Seconds after which the answer is UNDECIDED.

    Returns
    -------
    Result
        PROVED by an expansion of the leading terms, REFUTED with the limit that was found, or
        UNDECIDED with a reason.

    Raises
    ------
    ClaimError
        Where this is not a claim: a variable that is no real symbol, a value that depends on it.

    Examples
    --------
    >>> from sympy import exp, oo, symbols
    >>> x = symbols("x", real=True)
    >>> prove_limit(x**5*exp(-x), x, oo, 0).verdict
    <Verdict.PROVED: 'proved'>
    >>> prove_limit((exp(x) - 1)/x, x, 0, 2).counterexample.lhs
    1
    """
    return answer_limit(expr, variable, point, value, direction, where, let, timeout).result


def answer_limit(
    expr: Any,
    variable: Any,
    point: Any,
    value: Any,
    direction: str,
    where: Sequence[Basic],
    let: Mapping[Basic, Basic] | None,
    timeout: float,
) -> Answer:
    """The answer with what was noted, for a claim's report."""
    if not isinstance(variable, Symbol) or variable.is_integer or variable.is_real is False:
        raise ClaimError(f"the limit as {variable!r} moves: expected a real symbol")
    if direction not in ("+", "-", "+-"):
        raise ClaimError(f"direction={direction!r}: expected '+', '-' or '+-'")
    claim = Tends(
        scalar_of(expr),
        variable,
        end_of(point, "the point"),
        end_of(value, "the value"),
        direction,
        relations(where, "where"),
        definitions({} if let is None else let, "let"),
    )
    return judge_limit(claim, time_limit(timeout))


def end_of(value: Any, what: str) -> Basic:
    """A point or the value of a limit: ±∞ or an expression."""
    found = expression(value, what)
    if found.has(zoo, nan):
        raise ClaimError(f"{what} of a limit is {found}: expected a number, oo or -oo")
    return found


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
        return scalar_of(expr.gts), scalar_of(expr.lts), strict or isinstance(expr, (Gt, Lt))
    return scalar_of(expr), Integer(0), strict


def scalar_of(expr: Any) -> Basic:
    """The scalar that was written, or why it is none."""
    scalar = expression(expr, "the expression")
    if getattr(scalar, "is_Matrix", False):
        if tuple(scalar.shape) != (1, 1):
            raise ClaimError(
                f"{scalar} of shape {tuple(scalar.shape)} is no number: ask for an entry, or for "
                "the quadratic form (v.T*A*v)[0, 0]"
            )
        return scalar[0, 0]
    return scalar
