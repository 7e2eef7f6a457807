"""Two hundred derivations in one run: all are judged, and memory stays flat."""

from __future__ import annotations

from pathlib import Path

import pytest
from sympy import Derivative, MatrixSymbol, Sum, symbols

from symderiv import Derivation, sigma
from symderiv.isolation import judged_apart
from symderiv.judge import judge_chain
from symderiv.verdict import Result

m, n = symbols("m n", integer=True, positive=True)
i, j = symbols("i j", integer=True, nonnegative=True)
x = symbols("x", real=True)
X, w = MatrixSymbol("X", m, n), MatrixSymbol("w", n, 1)
COUNT = 200
GROWTH = 20.0  # MB over 180 derivations; one that were kept alive would be ten times that


def numbered(number: int) -> Derivation:
    """Right for most numbers, wrong for every twentieth, and never the same twice."""
    c = number + 2
    wrong = int(number % 20 == 19)
    if number % 10 == 5:
        squares = Sum(c * (X * w)[i, 0] ** 2, (i, 0, m - 1))
        gradient = (2 * c + wrong) * (X.T * X * w)[j, 0]
        return Derivation(f"squares {c}", Derivative(squares, w[j, 0])).then(gradient, "gradient")
    slope = (c + wrong) * sigma(c * x) * (1 - sigma(c * x))
    return Derivation(f"sigmoid {c}", Derivative(sigma(c * x), x)).then(slope, "pattern")


def resident() -> float:
    """The memory of this process in MB."""
    status = Path("/proc/self/status").read_text("utf-8")
    return next(float(line.split()[1]) for line in status.splitlines() if "VmRSS" in line) / 1024


def asked(derivation: Derivation) -> tuple[bool, float]:
    """Judge it in the worker, and tell what that takes up by then."""
    (result,) = judge_chain(derivation.lines).results
    return isinstance(result, Result) and result.proved, resident()


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads Linux's /proc")
def test_two_hundred_derivations_in_one_run() -> None:
    derivations = [numbered(number) for number in range(COUNT)]
    answers = [answer for answer, _ in judged_apart(derivations, asked, timeout=10.0)]
    assert [proved for proved, _ in answers] == [number % 20 != 19 for number in range(COUNT)]
    memory = [taken for _, taken in answers]
    assert memory[-1] - memory[20] < GROWTH
