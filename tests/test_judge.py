"""What the judge makes of the two answers: disagreement, witnesses, and whose conditions count."""

from __future__ import annotations

from typing import Any

import pytest
from claims import k, n, proved, q, refuted, shown, x, y
from sympy import (
    Abs,
    Contains,
    FiniteSet,
    Integer,
    Ne,
    Piecewise,
    Product,
    Sum,
    UnevaluatedExpr,
    exp,
    log,
    sqrt,
    symbols,
)

from symderiv import judge, prove_equal
from symderiv.certified import judge_sign
from symderiv.judge import judge_chain
from symderiv.prove.certificates import Visible
from symderiv.prove.equality import Proof
from symderiv.prove.hypotheses import Premises
from symderiv.refute.examination import Examination
from symderiv.verdict import InternalDisagreement, Result, Verdict

i = symbols("i", integer=True, nonnegative=True)
LOGS = Sum(log(q[k]), (k, 1, n))


def results(*lines: Any, **options: Any) -> list[Result]:
    out = judge_chain(lines, **options).results
    assert all(isinstance(r, Result) for r in out)
    return [r for r in out if isinstance(r, Result)]


# ---- the two routes


@pytest.mark.parametrize(("left", "right"), [(x, x + 1), (1 / x, 2 / x), (log(x), log(2 * x))])
def test_a_counterexample_to_what_is_proved_is_never_a_verdict(
    monkeypatch: pytest.MonkeyPatch, left: Any, right: Any
) -> None:
    """A prover that says yes to everything is contradicted, with conditions or without."""

    def yes(left: Any, right: Any, premises: Premises, work: Any) -> Proof:
        return Proof(True, [True] * len(premises.conditions), live=1)

    monkeypatch.setattr(judge, "prove_zero", yes)
    with pytest.raises(InternalDisagreement, match="the prover says that"):
        prove_equal(left, right)


@pytest.mark.parametrize("reason", ["", "the time allowed for the search is used up"])
def test_a_proof_without_a_witness_does_not_count(
    monkeypatch: pytest.MonkeyPatch, reason: str
) -> None:
    nothing = Examination((None,), (None,), reason=reason)
    monkeypatch.setattr(judge, "examine", lambda *lines, **options: nothing)
    result = prove_equal((x + 1) ** 2, x**2 + 2 * x + 1)
    assert result.verdict is Verdict.UNDECIDED
    assert "no point was found" in result.reason
    assert reason in result.reason


def test_a_certificate_that_does_not_hold_proves_nothing() -> None:
    """e^x − 1 ≥ x is true, and its sign is not visible as it stands."""
    answer = judge_sign(exp(x) - 1, x, [], {}, False, 10.0, lambda *question: Visible())
    assert answer.result.verdict is Verdict.UNDECIDED
    assert "does not hold" in answer.result.reason
    assert judge_sign(exp(x), Integer(0), [], {}, True, 10.0, lambda *q: Visible()).result.proved


def test_a_fault_of_the_prover_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*question: Any) -> Proof:
        raise ZeroDivisionError("here")

    monkeypatch.setattr(judge, "prove_zero", broken)
    result = prove_equal(x, x)
    assert result.verdict is Verdict.UNDECIDED
    assert "ZeroDivisionError" in result.reason


# ---- chains


def test_a_step_that_fails_settles_nothing() -> None:
    """x·(1/x) comes in by a wrong step; the next one is right where x ≠ 0."""
    wrong, right = results(y, y + UnevaluatedExpr(1 / x) * x, y + 1)
    assert wrong.refuted
    assert right.proved
    assert shown(right) == ["Ne(x, 0)"]


def test_a_relation_holds_from_its_line_on() -> None:
    lines = sqrt(x**2), x, x + 0 * y, Abs(x)
    assert [r.proved for r in results(*lines, extra=[(), (x >= 0,)])] == [True, True, True]
    early, *others = results(*lines, extra=[(), (), (x >= 0,)])
    assert early.refuted
    assert [r.proved for r in others] == [True, True]


# ---- conditions


def test_a_condition_is_used_in_its_range_and_not_beside_it() -> None:
    """log qₖ for k = 1 … n says nothing of q₀ and q_{n+1}."""
    for inside in (q[1], q[n]):
        assert shown(prove_equal(LOGS + Abs(inside), LOGS + inside)) == ["q[k] > 0"]
    for outside in (q[0], q[n + 1]):
        refuted(LOGS + Abs(outside), LOGS + outside)


def test_a_condition_is_quantified_over_the_indices_of_its_range_too() -> None:
    nested = Sum(log(q[k]), (k, 0, i), (i, 0, n - 1))
    (condition,) = prove_equal(nested, nested + 0).open_conditions
    assert [tuple(map(str, r)) for r in condition.ranges] == [("k", "0", "i"), ("i", "0", "n - 1")]


def test_labels_that_may_be_0_may_add_up_to_0() -> None:
    total = Sum(q[k], (k, 1, n))
    claim = UnevaluatedExpr(1 / total) * total, Integer(1)
    assert proved(*claim, Contains(q[i], FiniteSet(0, 1))) == ["Ne(Sum(q[k], (k, 1, n)), 0)"]
    assert proved(*claim, Contains(q[i], FiniteSet(1, 2))) == []


def test_what_only_the_proof_needs_is_no_part_of_the_domain() -> None:
    """A product of any factors is defined; e^(Σ log) is one of positive ones."""
    left, right = (Product(q[s], (s, 1, n)) + Abs(q[1]) for s in (k, i))
    result = prove_equal(left, right)
    assert result.proved
    assert all(not c.natural for c in result.open_conditions)
    assert any(c.loses_a_region for c in result.conditions)


@pytest.mark.parametrize(
    ("first", "second", "inside"),
    [(2 * log(x), log(x**2), x > 0), ((x**2 - 1) / (x - 1), x + 1, Ne(x, 1))],
    ids=["logarithm", "quotient"],
)
def test_a_step_that_fails_only_where_the_start_is_undefined(first, second, inside) -> None:
    # the chain holds where its first line is defined; the step by itself is refuted
    last = Piecewise((second, inside), (7, True))
    one, two = results(first, second, last)
    assert one.proved
    assert two.verdict is Verdict.UNDECIDED
    assert "one is not" in two.reason
    assert prove_equal(second, last).refuted
