"""What a reader sees: the notation of a line, and the report around it."""

from __future__ import annotations

import random
import re
from fractions import Fraction
from typing import Any

import pytest
from sympy import (
    Abs,
    Add,
    BlockMatrix,
    Contains,
    Derivative,
    Dummy,
    Eq,
    FiniteSet,
    Function,
    IndexedBase,
    Interval,
    KroneckerDelta,
    Lambda,
    Matrix,
    MatrixSymbol,
    Max,
    Mul,
    Ne,
    Not,
    OneMatrix,
    Piecewise,
    Pow,
    Product,
    Rational,
    S,
    Sum,
    Symbol,
    Trace,
    UnevaluatedExpr,
    exp,
    log,
    oo,
    sqrt,
    symbols,
    sympify,
)

from symderiv.derivation import Derivation
from symderiv.functions import gradient, sigma
from symderiv.report import notation
from symderiv.report.glyphs import writable
from symderiv.report.text import differ, point, render
from symderiv.verdict import (
    CheckResult,
    Condition,
    Counterexample,
    DerivationResult,
    Report,
    Result,
    StepResult,
    Verdict,
)

m, n = symbols("m n", integer=True, positive=True)
i, j, k = symbols("i j k", integer=True, nonnegative=True)
x, z = symbols("x z", real=True)
X, theta, y = MatrixSymbol("X", m, n), MatrixSymbol("theta", n, 1), MatrixSymbol("y", m, 1)
h = IndexedBase("h")


def mean(e: Any) -> Any:
    return Sum(e, (i, 0, m - 1)) / m


@pytest.mark.parametrize(
    ("expr", "text"),
    [
        (mean((h[i] - y[i, 0]) * X[i, j]), "1/m Σᵢ (hᵢ − yᵢ)·Xᵢⱼ"),
        (-mean(y[i, 0] / h[i]), "−1/m Σᵢ yᵢ/hᵢ"),
        (mean(y[i, 0] * Derivative(h[i], theta[j, 0])), "1/m Σᵢ yᵢ·∂hᵢ/∂θⱼ"),
        ((X.T * ((X * theta).applyfunc(sigma) - y) / m), "Xᵀ·(σ(Xθ) − y)/m"),
        ((X * theta)[i, 0], "Σₖ Xᵢₖ·θₖ"),
        ((X.T * y)[k, 0], "Σᵢ Xᵢₖ·yᵢ"),
        (exp(-z) / (1 + exp(-z)) ** 2, "e^(−z)/(1 + e^(−z))²"),
        (exp(h[i]), "e^hᵢ"),
        (Derivative(sigma(z), z, z), "d²/dz² σ(z)"),
        (Derivative(x**2 * z, x, z), "∂²/∂x∂z (x²·z)"),
        (1 - x, "1 − x"),
        (x - 1, "x − 1"),
        (-x - z, "−x − z"),
        (Rational(-1, 2), "−1/2"),
        (2 * x**3 / 3, "2·x³/3"),
        (x / (2 * z), "x/(2·z)"),
        (x**-2, "1/x²"),
        (x ** Rational(1, 3), "x^(1/3)"),
        (2**x, "2^x"),
        (sqrt(x), "√x"),
        (sqrt(x + 1), "√(x + 1)"),
        (1 / sqrt(x), "1/√x"),
        (Abs(x - 1), "|x − 1|"),
        (Max(x, 0), "max(0, x)"),
        (Mul(2, Add(x, -1), evaluate=False), "2·(x − 1)"),
        (UnevaluatedExpr(x + 1) * x, "x·(x + 1)"),
        (Add(x, Add(x, -1, evaluate=False), evaluate=False), "x + (x − 1)"),
        (x - Add(z, 1, evaluate=False), "x − z − 1"),
        (Piecewise((-log(x), Eq(z, 1)), (x, True)), "{−log(x) if z = 1; x otherwise}"),
        (Contains(x, FiniteSet(0, 1)), "x ∈ {0, 1}"),
        (Contains(x, Interval.open(0, 1)), "x ∈ (0, 1)"),
        (Not(Contains(x, FiniteSet(1))), "x ∉ {1}"),
        (KroneckerDelta(i, j), "δᵢⱼ"),
        (X[i, 2 * k], "X[i, 2·k]"),
        (X[10, 2], "X[10, 2]"),
        (X[1, 2], "X₁₂"),
        (h[i + 1], "hᵢ₊₁"),
        (IndexedBase("q")[Symbol("q")], "q[q]"),
        (X.T * X, "XᵀX"),
        (Trace(X.T * X), "tr(XᵀX)"),
        (X.applyfunc(Lambda(z, z**2 + 1)), "(z ↦ z² + 1).(X)"),
        (BlockMatrix([[OneMatrix(m, 1), X]]), "[ones(m, 1), X]"),
        (Matrix([[1, 2], [x, -1]]), "[1, 2; x, −1]"),
        (gradient(z * theta[0, 0], theta), "∇_θ (z·θ₀)"),
        (Function("f")(x), "f(x)"),
        (-oo, "−∞"),
        (Symbol("theta_1") + Symbol("alpha2"), "α2 + θ_1"),
    ],
)
def test_a_line_reads_like_the_paper(expr: Any, text: str) -> None:
    assert notation.expression(expr) == text


@pytest.mark.parametrize(
    ("expr", "text"),
    [
        (Sum(X[i, j], (i, 0, m - 1)), "Σᵢ Xᵢⱼ"),
        (Sum(X[i, j], (i, 0, m - 2)), "Σ(i=0..m − 2) Xᵢⱼ"),
        (Sum(X[i, j], (i, 1, m - 1)), "Σ(i=1..m − 1) Xᵢⱼ"),
        (Sum(X[i, j], (i, 0, n - 1)), "Σ(i=0..n − 1) Xᵢⱼ"),
        (Sum(h[i], (i, 1, n)), "Σ(i=1..n) hᵢ"),
        (Sum(1, (i, 0, m - 1)), "Σ(i=0..m − 1) 1"),
        (Product(h[i], (i, 1, n)), "∏(i=1..n) hᵢ"),
        (Sum(X[i, k], (k, 0, n - 1), (i, 0, m - 1)), "Σᵢ Σₖ Xᵢₖ"),
        (Sum(h[k], (k, i, n), (i, 1, m)), "Σ(i=1..m) Σ(k=i..n) hₖ"),
        (Sum(h[i], (i, 1, n)) ** 2, "(Σ(i=1..n) hᵢ)²"),
        (Sum(h[i], (i, 1, n)) + x, "x + Σ(i=1..n) hᵢ"),
        (Sum(h[i] + x, (i, 1, n)), "Σ(i=1..n) (x + hᵢ)"),
    ],
)
def test_a_range_is_shown_unless_it_is_the_whole_axis(expr: Any, text: str) -> None:
    """A range that is off by one, or along the wrong axis, must be seen in the line."""
    assert notation.expression(expr) == text


def test_two_names_never_become_one() -> None:
    assert notation.expression(Symbol("theta") + Symbol("θ")) == "theta + θ"


def test_invented_indices_do_not_capture() -> None:
    text = notation.expression(Sum(h[k] * (X * theta)[i, 0], (k, 0, m - 1)))
    assert "Σₗ Xᵢₗ·θₗ" in text


@pytest.mark.parametrize(
    "expr", [object(), None, S.ComplexInfinity, S.NaN, Dummy("d"), Lambda(x, x), ()]
)
def test_the_notation_never_raises(expr: Any) -> None:
    assert isinstance(notation.expression(expr), str)


@pytest.mark.parametrize(
    ("relation", "text"),
    [
        (Ne(x - 1, 0), "x ≠ 1"),
        (Ne(1 - x, 0), "x ≠ 1"),
        (Ne(x, 0), "x ≠ 0"),
        (x > 0, "x > 0"),
        (1 - x > 0, "x < 1"),
        (x - z >= 0, "x ≥ z"),
        (-x > 0, "x < 0"),
        (Ne(x + z + 1, 0), "x + z + 1 ≠ 0"),
    ],
)
def test_a_condition_reads_as_one_thinks_of_it(relation: Any, text: str) -> None:
    assert notation.condition(Condition(relation)) == text


def test_a_condition_names_its_ranges() -> None:
    needed = Condition(h[i] > 0, ((i, S(0), m - 1), (j, S(1), n)))
    assert notation.condition(needed) == "hᵢ > 0 for i = 0 … m − 1, j = 1 … n"


def test_values_are_short() -> None:
    assert notation.value([[1, Fraction(-1, 2)], [3, 4]]) == "[1, −1/2; 3, 4]"
    assert notation.value([1, 2]) == "[1, 2]"
    assert notation.value({0: 1, 3: -1}) == "{0: 1, 3: −1}"
    assert notation.value("0.731…") == "0.731…"


def test_what_the_terminal_cannot_write_is_spelt_out() -> None:
    text = "1/m Σᵢ (hᵢ − yᵢ)·xᵢⱼ² ≠ θ ✘"
    assert writable(text, "utf-8") == text
    for encoding in ("ascii", None, "no such encoding"):
        assert writable(text, encoding) == "1/m Sum _i (h_i - y_i)*x_ij^2 != theta FAIL"
    assert "θ".encode("iso8859-7").decode("iso8859-7") in writable(text, "iso8859-7")
    writable("\U0001f600 любой", "latin-1").encode("latin-1")


# --- the report ------------------------------------------------------------------------

PROVED = Result(Verdict.PROVED)
POINT = Counterexample(
    {"m": 1, "n": 1}, {"X": [[1]], "theta": [0], "y": [1]}, Rational(-1, 2), Rational(3, 2)
)
REFUTED = Result(Verdict.REFUTED, counterexample=POINT)


def derivation(*answers: Any, name: str = "a derivation", **more: Any) -> DerivationResult:
    lines = [mean(h[i] * X[i, j])] + [mean((h[i] + step) * X[i, j]) for step in range(len(answers))]
    steps = tuple(
        StepResult(
            number=number,
            before=lines[number - 1],
            expression=lines[number],
            because=f"reason {number}",
            file="/folder/paper.py",
            line=40 + number,
            result=answer if isinstance(answer, Result) else None,
            error=answer if isinstance(answer, str) else "",
            unchanged=lines[number - 1] == lines[number],
        )
        for number, answer in enumerate(answers, 1)
    )
    return DerivationResult(name, "", lines[0], "/folder/paper.py", 40, steps, **more)


def test_what_passed_is_one_line() -> None:
    text = render(Report((derivation(PROVED, PROVED, seconds=0.123),)))
    head = text.splitlines()[0]
    assert head == "✔ a derivation   2 steps proved for every m and n   paper.py:40   0.12 s"
    assert text.splitlines()[-1] == "✔ 1 derivation, 2 steps: 2 proved; 0.00 s"
    assert "note: step 1 is identical to the line before, as SymPy built it" in text


def test_a_failing_step_is_drawn_in_full() -> None:
    lines = render(Report((derivation(PROVED, REFUTED, PROVED),))).splitlines()
    assert lines[0].startswith('✘ a derivation, step 2 of 3: "reason 2"  ')
    assert lines[0].endswith("   paper.py:42")
    assert lines[1] == "    from   1/m Σᵢ hᵢ·Xᵢⱼ"
    assert lines[2] == "    to     1/m Σᵢ (hᵢ + 1)·Xᵢⱼ"
    assert lines[3] == ("    refuted at m = 1, n = 1, X = [1], θ = [0], y = [1]:   −1/2 ≠ 3/2")
    assert '    step 3: "reason 3": proved' in lines
    assert lines[-1].startswith("✘ 1 derivation, 3 steps: 2 proved, 1 refuted")


def test_the_first_wrong_step_is_the_headline_and_later_ones_follow() -> None:
    undecided = Result(Verdict.UNDECIDED, reason="the sum does not telescope")
    text = render(Report((derivation(REFUTED, undecided, "X[2, 0] is outside"),)))
    assert text.splitlines()[0].startswith("✘ a derivation, step 1 of 3")
    assert '    step 2: "reason 2": undecided: the sum does not telescope' in text
    assert '    step 3: "reason 3": not a claim: X[2, 0] is outside' in text
    assert "1 refuted, 1 undecided, 1 not judged" in text


def test_an_undefined_side_is_said() -> None:
    point = Counterexample({"m": 1}, {}, S(1), "undefined: X[2, 0] is outside shape (1, 3)")
    text = render(Report((derivation(Result(Verdict.REFUTED, counterexample=point)),)))
    assert "refuted at m = 1:   1, but undefined: X[2, 0] is outside shape (1, 3)" in text


def test_a_lost_region_fails_and_says_what_to_declare() -> None:
    result = Result(Verdict.PROVED, conditions=(Condition(x > 0),))
    report = Report((derivation(result),))
    text = render(report)
    assert not report.passed
    assert "proved only where x > 0, but the" in text
    assert "is defined elsewhere too: declare it with where=(x > 0,)" in text
    assert "1 proved on part of the domain only" in text


def test_isolated_points_pass_and_are_shown() -> None:
    result = Result(
        Verdict.PROVED,
        conditions=(
            Condition(Ne(x - 1, 0), surface=True),
            Condition(z > 0, natural=True),
            Condition(h[i] > 0, discharged_by="σ > 0"),
        ),
    )
    report = Report((derivation(result, result),))
    text = render(report)
    assert report.passed
    assert text.count("where x ≠ 1") == 1
    assert "where z > 0" in text
    assert "hᵢ" not in text
    assert "hᵢ > 0: σ > 0" in render(report, verbose=True)


def test_verbose_shows_every_line_as_read_back() -> None:
    text = render(Report((derivation(PROVED, PROVED),)), verbose=True)
    assert "start   1/m Σᵢ hᵢ·Xᵢⱼ" in text
    assert '✔ step 2: "reason 2"' in text
    assert "= 1/m Σᵢ (hᵢ + 1)·Xᵢⱼ" in text
    assert "proved: SymPy built the line before it again" in text


def test_notes_and_errors_are_shown() -> None:
    noted = derivation(PROVED, notes=("z is read as real",))
    broken = derivation(error="nothing to prove", name="empty")
    text = render(Report((noted, broken), errors=("no module x",)))
    assert "note: z is read as real" in text
    assert "✘ empty" in text
    assert "    nothing to prove" in text
    assert "✘ error: no module x" in text
    assert "; 1 derivation that could not be judged; 1 error" in text


def test_tests_are_not_worded_as_proofs() -> None:
    checks = (
        CheckResult("gradient against differences", True, "fine", 20, 0.1),
        CheckResult("symmetry", False, "at X = [1]\n3 is not 4"),
    )
    report = Report((derivation(PROVED),), checks)
    text = render(report)
    section = text[text.index("tests of the compiled functions") :].rpartition("\n\n")[0]
    assert "they prove nothing" in section.splitlines()[0]
    assert "proved" not in section
    assert "✔ gradient against differences   passed   20 examples   0.10 s" in section
    assert "    at X = [1]\n    3 is not 4" in section
    assert "1 of 2 tests passed" in text
    assert not report.passed


def test_colour_only_when_asked() -> None:
    report = Report((derivation(REFUTED), derivation(PROVED)))
    assert "\x1b" not in render(report)
    coloured = render(report, colour=True)
    assert "\x1b[31m✘\x1b[0m" in coloured
    assert "\x1b[32m✔\x1b[0m" in coloured


def test_a_very_long_line_is_cut() -> None:
    long = sum(Symbol(f"variable{number}") for number in range(400))
    step = StepResult(1, long, long, "same", "f.py", 1, REFUTED, unchanged=True)
    text = render(Report((DerivationResult("long", "", long, "f.py", 1, (step,)),)))
    assert max(len(line) for line in text.splitlines()) < 1700
    assert "characters)" in text


def test_derivations_line_up() -> None:
    report = Report((derivation(PROVED, name="short"), derivation(PROVED, name="a longer name")))
    heads = [line for line in render(report).splitlines() if "paper.py:40" in line]
    assert len({line.index("paper.py:40") for line in heads}) == 1


def test_a_derivation_object_is_not_needed() -> None:
    assert Derivation("a", x).name in render(Report((derivation(PROVED, name="a"),)))


SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


def read_again(text: str) -> Any:
    """Read the printed arithmetic of x and z again; it is this file's own text."""
    text = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+", lambda run: f"**({run[0].translate(SUPERSCRIPTS)})", text)
    text = re.sub(r"√(\w|\()", r"sqrt@\1", text).replace("^", "**")
    text = re.sub(r"sqrt@(\w)", r"sqrt(\1)", text).replace("sqrt@", "sqrt")
    return sympify(text.replace("−", "-").replace("·", "*"), locals={"x": x, "z": z})


@pytest.mark.parametrize("seed", range(20))
def test_brackets_stand_where_they_must(seed: int) -> None:
    """What is printed means what was there: read again at a point, it has the same value."""
    rng = random.Random(seed)
    point = {x: Rational(7, 3), z: Rational(13, 5)}

    def grow(depth: int) -> Any:
        if depth == 0:
            return rng.choice([x, z, S(2), S(-3), Rational(1, 2), Rational(-2, 3)])
        a, b = grow(depth - 1), grow(rng.randrange(depth))
        kept = rng.random() < 0.5
        made = [
            lambda: Add(a, b, evaluate=kept),
            lambda: Add(a, Mul(-1, b, evaluate=kept), evaluate=kept),
            lambda: Mul(a, b, evaluate=kept),
            lambda: Mul(a, Pow(b, -1, evaluate=kept), evaluate=kept),
            lambda: Pow(a, rng.choice([2, 3, -1, -2]), evaluate=kept),
            lambda: Mul(-1, a, evaluate=kept),
            lambda: sqrt(rng.choice([x, x + 1, x * z])),
        ]
        return rng.choice(made)()

    for _ in range(40):
        expr = grow(3)
        there = expr.subs(point).doit()
        if there.is_finite is False or there is S.NaN:
            continue
        text = notation.expression(expr)
        again = read_again(text).subs(point)
        assert abs((there - again).evalf(30)) < 1e-20, (expr, text)


def test_names_inside_words_are_printed_by_their_glyphs():
    seen = Counterexample({}, {"direction of theta": [1]}, 1, 2, relation="<")
    assert point(seen) == "at direction of θ = [1]"
    assert differ(seen) == "1 < 2"


def test_a_limit_is_said_to_be_one():
    seen = Counterexample({}, {}, 0, oo, "at x = 8 it is 1/8", "limit")
    assert point(seen) == ""
    assert differ(seen) == "the limit is 0, not ∞   (at x = 8 it is 1/8)"
