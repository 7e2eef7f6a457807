"""A trace as text: every part of every step, in the writer's notation."""

from __future__ import annotations

from sympy import Derivative, MatrixSymbol, Sum, exp, log, sign, sqrt, symbols

from symderiv import Derivation, verify
from symderiv.report.trace import render_trace

x = symbols("x", real=True)
m, n = symbols("m n", integer=True, positive=True)
i, j, k = symbols("i j k", integer=True, nonnegative=True)
X, w = MatrixSymbol("X", m, n), MatrixSymbol("w", n, 1)


def rendered(derivation: Derivation) -> str:
    return render_trace(verify(derivation).derivations[0])


def test_every_part_of_a_step_that_is_proved() -> None:
    text = rendered(
        Derivation("slope", Derivative(Sum((X * w)[i, 0], (i, 0, m - 1)), w[j, 0])).then(
            Sum(X[i, j], (i, 0, m - 1)), "linear"
        )
    )
    lines = [line.strip() for line in text.splitlines()]
    assert lines[0].startswith("slope")
    assert lines[2].startswith('✔ step 1 of 1: "linear"')
    assert "written  ∂/∂wⱼ (Σᵢ Σₖ Xᵢₖ·wₖ)" in lines
    assert "= Σᵢ Xᵢⱼ" in lines
    assert "read     Σᵢ Σₖ δₖⱼ·Xᵢₖ" in lines
    assert "normal   both are Σₖ Xₖⱼ" in lines
    assert "cases    one, nothing was divided" in lines
    assert "needs    nothing" in lines
    assert "prover   equal in every case that can occur" in lines
    assert "verdict  proved" in lines
    assert any(line.startswith("both are 0 at m = 1, n = 1, j = 0") for line in lines)


def test_cases_and_conditions() -> None:
    text = rendered(Derivation("root", sqrt(x**2) / x).then(sign(x), "√(x²) = |x| = x·sign x"))
    assert "x ≠ 0 (a denominator): open, as the start needs it already" in text
    assert "3 cases" in text
    assert "x = 0: excluded" in text
    assert "both are −1   where x < 0" in text


def test_a_step_that_is_wrong_shows_where_the_two_differ() -> None:
    text = rendered(Derivation("logarithm", log(exp(x) + 1)).then(x + 1, "no"))
    assert "✘ step 1 of 1" in text
    assert "normal   log(e^x + 1)" in text
    assert "≠ x + 1" in text
    assert "is left over" in text
    assert "verdict  refuted at x = 0" in text


def test_a_step_that_is_no_claim() -> None:
    text = rendered(Derivation("two names", x).then(symbols("x", positive=True), "the same?"))
    assert "not judged: two different symbols are called x" in text
