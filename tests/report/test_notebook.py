"""Notebooks: a derivation is shown as written, a result and a report with their verdicts."""

from __future__ import annotations

from sympy import UnevaluatedExpr, symbols

from symderiv import Derivation, prove_equal, verify

x = symbols("x", real=True)
square = Derivation("a square", (x + 1) ** 2, source="a <book>").then(x**2 + 2 * x + 1, "by 100 %")


def test_a_derivation_is_shown_as_written_with_no_verdict():
    shown = square._repr_html_()
    assert shown is not None
    assert "<math" in shown
    assert "a &lt;book&gt;" in shown
    assert "✔" not in shown


def test_a_derivation_as_latex():
    assert square._repr_latex_() == (
        "$$\\begin{aligned}\n& \\left(x + 1\\right)^{2} \\\\\n"
        "&= x^{2} + 2 x + 1 && \\text{by 100 \\%}\n\\end{aligned}$$"
    )


def test_a_report_says_what_was_proved():
    report = verify([square])
    shown = report._repr_html_()
    assert shown is not None
    assert "✔" in shown
    assert "1 derivation, 1 step: 1 proved" in shown
    assert report._repr_latex_() is None


def test_results_say_their_verdict_with_conditions_or_the_point():
    proved = prove_equal(x**2 * UnevaluatedExpr(1 / x), x)
    assert proved._repr_html_() == "✔ proved<br>where x ≠ 0"
    assert proved._repr_latex_() == r"$\text{proved} \quad x \neq 0$"
    refuted = prove_equal(x**2, x)
    assert refuted._repr_html_() == "✘ refuted<br>at x = −1:   1 ≠ −1"
