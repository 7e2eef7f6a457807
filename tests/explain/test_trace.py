"""The trace of a step as data: what was read, used and said."""

from __future__ import annotations

import pytest
from sympy import Abs, Eq, IndexedBase, Ne, Sum, exp, log, sign, symbols

from symderiv import Derivation, prove_equal, sigma
from symderiv.verdict import Trace
from symderiv.verification import verify_each

x, y = symbols("x y", real=True)
m = symbols("m", integer=True, positive=True)
i = symbols("i", integer=True)
h = IndexedBase("h")


def trace_of(lhs: object, rhs: object, **more: object) -> Trace:
    trace = prove_equal(lhs, rhs, **more).trace  # type: ignore[arg-type]
    assert trace is not None
    return trace


def test_one_case_and_its_normal_forms() -> None:
    # (x² − 1)/(x − 1) = x + 1 for x ≠ 1
    trace = trace_of((x**2 - 1) / (x - 1), x + 1)
    assert trace.written == ((x**2 - 1) / (x - 1), x + 1)
    assert trace.normal_forms == (x + 1, x + 1)
    assert trace.proved
    assert [(c.relation, c.why, c.open) for c in trace.conditions] == [
        (Ne(x - 1, 0), "a denominator", True)
    ]


def test_cases_are_told_with_what_they_assume() -> None:
    # x·|x| = x²·sign(x): x > 0, x = 0, x < 0
    trace = trace_of(x * Abs(x), x**2 * sign(x))
    assert {c.assumed[0] for c in trace.cases} == {x > 0, Eq(x, 0), x < 0}
    assert {c.outcome for c in trace.cases} == {"equal"}


def test_a_case_that_where_excludes_is_empty() -> None:
    # x·|x| = x² for x > 0; nothing is divided, since the sign is known
    assert [c.assumed for c in trace_of(x * Abs(x), x**2, where=[x > 0]).cases] == [()]
    outcomes = {c.outcome for c in trace_of(Abs(x) * Abs(y), x * y, where=[x * y > 0]).cases}
    assert outcomes == {"equal", "empty"}


def test_what_is_left_over_where_it_is_not_proved() -> None:
    # log σ(x) − (x − log(1 + eˣ)) − 1 = −1
    trace = trace_of(log(sigma(x)), x - log(1 + exp(x)) + 1)
    assert not trace.proved
    assert trace.left_over == -1
    assert trace.cases[0].outcome == "different"
    assert trace.counterexample is not None
    assert trace.points >= 1


def test_the_refuters_witness() -> None:
    trace = trace_of(Sum(2 * h[i], (i, 1, m)), 2 * Sum(h[i], (i, 1, m)))
    assert trace.witness is not None
    assert trace.defined <= trace.points
    assert trace.counterexample is None


def test_a_line_that_cannot_be_read_has_no_terms() -> None:
    from sympy import zeta

    trace = trace_of(zeta(x), zeta(x) + 0 * y)
    assert trace.read == (None, None)
    assert "zeta" in trace.reason


@pytest.mark.parametrize("isolated", [False, True])
def test_the_trace_of_a_derivation_comes_back_from_its_worker(isolated: bool) -> None:
    written = log(exp(x, evaluate=False), evaluate=False)
    derivation = Derivation("log of exp", written).then(x, "log eˣ = x")
    (result,) = verify_each([derivation], isolated=isolated, traced=True)
    assert result.steps[0].result is not None
    trace = result.steps[0].result.trace
    assert trace is not None
    # what SymPy would evaluate came back as it stands
    assert trace.written[0] == written
    assert trace.read[0] == written
    assert trace.normal_forms == (x, x)


def test_without_being_asked_a_worker_sends_no_trace() -> None:
    derivation = Derivation("square", (x + 1) ** 2).then(x**2 + 2 * x + 1, "multiply out")
    (result,) = verify_each([derivation], isolated=True)
    assert result.steps[0].result is not None
    assert result.steps[0].result.trace is None
