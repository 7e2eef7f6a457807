"""The claims of the corpus seen by mpmath, and their false variants put to the judge.

A variant is never PROVED; nearly all are refuted. The default run takes one variant of each
third claim, `pytest -m fuzz` and scripts/corpus.py all of them.
"""

from __future__ import annotations

from collections import Counter
from itertools import islice

import pytest
from corpus.claim import Claim
from corpus.families import FAMILIES, SAMPLED, claims, in_every_run
from corpus.mutate import MOST, checked_points, mutants
from sympy import Abs, Derivative, MatrixSymbol, Symbol, cos, sin

from symderiv import prove_equal
from symderiv.verdict import ClaimError


@pytest.mark.parametrize("family", FAMILIES)
def test_the_claims_are_true_at_points(family: str) -> None:
    """Another evaluation agrees at several points of the domain, or the claim is misread."""
    assert seen_too_seldom(in_every_run(family)) == []


@pytest.mark.fuzz
@pytest.mark.parametrize("family", SAMPLED)
def test_every_claim_is_true_at_points(family: str) -> None:
    assert seen_too_seldom(claims(family)) == []


def seen_too_seldom(some: list[Claim]) -> list[str]:
    return [c.name for c in some if checked_points(c) < 2]


def verdicts(some: list[Claim], most: int) -> Counter[str]:
    """How often each verdict was given; a PROVED is an error at once."""
    count: Counter[str] = Counter()
    for claim in some:
        for mutant in islice(mutants(claim), most):
            try:
                result = prove_equal(claim.lhs, mutant.rhs, where=claim.where, let=dict(claim.let))
            except ClaimError:
                count["refused"] += 1  # an index outside its array
                continue
            assert not result.proved, (claim.name, mutant)
            count[result.verdict.value] += 1
    return count


@pytest.mark.parametrize("family", FAMILIES)
def test_one_false_variant_of_each_third_claim(family: str) -> None:
    count = verdicts(in_every_run(family)[::3], 1)
    assert count["undecided"] <= 0.1 * count.total()


@pytest.mark.fuzz
@pytest.mark.parametrize("family", FAMILIES)
def test_every_false_variant(family: str) -> None:
    count = verdicts(claims(family), MOST)
    assert count["undecided"] <= 0.05 * count.total()


@pytest.mark.slow
def test_the_mutator_makes_false_variants_of_several_kinds() -> None:
    every = [m for family in FAMILIES for c in claims(family)[:3] for m in mutants(c)]
    kinds = Counter(m.slip for m in every)
    assert len(kinds) >= 14
    assert len(every) >= 3 * 3 * len(FAMILIES)


def test_a_variant_that_is_equal_by_luck_is_left_out() -> None:
    x = Symbol("x", real=True)
    claim = Claim("luck", "", sin(x) * 0, sin(x) * 0)
    assert {m.slip for m in mutants(claim)} <= {"trillionth"}
    A = MatrixSymbol("A", 2, 2)
    symmetric = Claim("symmetric", "", A + A.T, A + A.T)
    assert all(m.rhs != (A + A.T).T for m in mutants(symmetric))


def test_a_false_claim_is_noticed() -> None:
    x = Symbol("x", real=True)
    with pytest.raises(AssertionError, match="is false at"):
        checked_points(Claim("a false claim", "", Derivative(sin(x), x), -cos(x)))
    with pytest.raises(AssertionError, match="is false at"):
        checked_points(Claim("a half-true claim", "", Abs(x), x))
