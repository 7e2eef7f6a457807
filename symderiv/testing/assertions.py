"""Assertions for people who write their own tests: ``assert_proved`` and ``assert_refuted``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sympy import Basic

from symderiv.judge import prove_equal
from symderiv.report import text
from symderiv.verdict import Counterexample, Result, StepResult

__all__ = ["assert_proved", "assert_refuted"]


def assert_proved(
    lhs: Any,
    rhs: Any,
    *,
    where: Sequence[Basic] = (),
    let: Mapping[Basic, Basic] | None = None,
    timeout: float = 10.0,
) -> Result:
    """Assert lhs = rhs wherever the left side is defined, for all sizes.

    Parameters
    ----------
    lhs, rhs, where, let, timeout
        As for `symderiv.prove_equal`.

    Returns
    -------
    Result
        The proof, with its conditions.

    Raises
    ------
    AssertionError
        With the counterexample, with the reason where it is undecided, or with the part of
        the domain that is lost.
    ClaimError
        Where the two are not a claim.

    Examples
    --------
    >>> from sympy import sqrt, symbols
    >>> x = symbols("x", real=True)
    >>> proof = assert_proved((x + 1)**2, x**2 + 2*x + 1)
    >>> assert_proved(sqrt(x**2), x)
    Traceback (most recent call last):
    ...
    AssertionError: refuted at x = −1:   1 ≠ −1
        from   |x|
        to     x
    """
    __tracebackhide__ = True
    result = prove_equal(lhs, rhs, where=where, let=let, timeout=timeout)
    step = _step(lhs, rhs, result)
    if not step.passed:
        raise AssertionError(_told(step))
    return result


def assert_refuted(
    lhs: Any,
    rhs: Any,
    *,
    where: Sequence[Basic] = (),
    let: Mapping[Basic, Basic] | None = None,
    timeout: float = 10.0,
) -> Counterexample:
    """Assert that lhs = rhs is false, and return a point at which both are defined and differ.

    Parameters
    ----------
    lhs, rhs, where, let, timeout
        As for `symderiv.prove_equal`.

    Raises
    ------
    AssertionError
        Where it is proved, or undecided.
    ClaimError
        Where the two are not a claim.

    Examples
    --------
    >>> from sympy import Abs, symbols
    >>> x = symbols("x", real=True)
    >>> dict(assert_refuted(Abs(x), x).values)
    {'x': -1}
    >>> assert_refuted(Abs(x)**2, x**2)
    Traceback (most recent call last):
    ...
    AssertionError: proved
        from   x²
        to     x²
    """
    __tracebackhide__ = True
    result = prove_equal(lhs, rhs, where=where, let=let, timeout=timeout)
    if result.counterexample is None:
        raise AssertionError(_told(_step(lhs, rhs, result)))
    return result.counterexample


def _step(lhs: Any, rhs: Any, result: Result) -> StepResult:
    return StepResult(1, lhs, rhs, "asserted", "", 0, result)


def _told(step: StepResult) -> str:
    head, *more = text.verdict(step)
    lines = [*more, f"from   {text.line(step.before)}", f"to     {text.line(step.expression)}"]
    return "\n    ".join([head, *lines])
