"""Symbols and short questions that the tests of the judge share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from pointwise import confirm
from sympy import (
    Basic,
    IndexedBase,
    MatrixSymbol,
    symbols,
)

from symderiv import Derivation, prove_equal, verify
from symderiv.verdict import ClaimError, DerivationResult, Result

x, y, z = symbols("x y z", real=True)
p1, p2, p3 = symbols("p1 p2 p3", real=True)
d = symbols("delta", positive=True)
m, n = symbols("m n", integer=True, positive=True)
i, j, k, l = symbols("i j k l", integer=True, nonnegative=True)  # noqa: E741
X, theta, Y = MatrixSymbol("X", m, n), MatrixSymbol("theta", n, 1), MatrixSymbol("Y", m, 1)
A, B = MatrixSymbol("A", n, n), MatrixSymbol("B", n, n)
a, q = IndexedBase("a"), IndexedBase("q")


def shown(result: Result) -> list[str]:
    """The open conditions, as they would be printed."""
    return [str(c.relation) for c in result.open_conditions]


def proved(lhs: Any, rhs: Any, *where: Basic, **options: Any) -> list[str]:
    """The open conditions of a claim that has to be PROVED."""
    result = prove_equal(lhs, rhs, where=where, **options)
    assert result.proved, result
    return shown(result)


def refuted(lhs: Any, rhs: Any, *where: Basic, **options: Any) -> None:
    """The claim is REFUTED, with a counterexample that a second evaluation confirms."""
    result = prove_equal(lhs, rhs, where=where, **options)
    assert result.refuted, result
    confirm(lhs, rhs, result.counterexample, options.get("let"))


def not_proved(lhs: Any, rhs: Any, *where: Basic) -> str:
    """The claim is not PROVED; the reason."""
    result = prove_equal(lhs, rhs, where=where)
    assert not result.proved, result
    return result.reason


def chain(*lines: Any, where: Sequence[Basic] = (), let: Any = None) -> DerivationResult:
    """The verdicts on a derivation with these lines."""
    out = Derivation("chain", lines[0], where=where, let=let or {})
    for number, line in enumerate(lines[1:], 1):
        out = out.then(line, f"step {number}")
    return verify(out).derivations[0]


def refuses(lhs: Any, rhs: Any, *where: Any, match: str, **options: Any) -> None:
    with pytest.raises(ClaimError, match=match):
        prove_equal(lhs, rhs, where=where, **options)
