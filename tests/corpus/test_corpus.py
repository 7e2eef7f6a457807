"""Formulas of public losses, likelihoods and references, each with the source it is ascribed to.

A true claim is never refuted, and proved unless it is listed as open; a claim that is off by
10⁻¹² is never proved. What is proved once has to stay proved.
"""

from __future__ import annotations

from typing import Any

import pytest
from corpus import published_errors
from corpus.claim import Claim
from corpus.families import FAMILIES, SAMPLED, claims, in_every_run
from sympy import Rational

from symderiv import prove_equal

OPEN = {
    "dlmf 4.24.13",
    "harmonic digamma",
    "huber reg grad",
    "poincare",
    "poincare atanh",
}


def asked(claim: Claim, rhs: Any) -> Any:
    return prove_equal(claim.lhs, rhs, where=claim.where, let=dict(claim.let))


def prove(some: list[Claim]) -> None:
    """What is not refuted, and proved unless it is listed as open."""
    answers = {c.name: asked(c, c.rhs) for c in some}
    assert [name for name, r in answers.items() if r.refuted] == []
    not_proved = {name for name, r in answers.items() if not r.proved}
    assert not_proved == OPEN & answers.keys()


@pytest.mark.parametrize("family", FAMILIES)
def test_true_claims(family: str) -> None:
    prove(in_every_run(family))


@pytest.mark.fuzz
@pytest.mark.parametrize("family", SAMPLED)
def test_every_true_claim(family: str) -> None:
    prove(claims(family))


@pytest.mark.parametrize("family", FAMILIES)
def test_claims_that_are_off_by_a_trillionth(family: str) -> None:
    off = Rational(1, 10**12)
    others = in_every_run(family)[1::3]  # than those of which a variant is put in every run
    scalars = [c for c in others if not getattr(c.rhs, "is_Matrix", False)]
    answers = {c.name: asked(c, c.rhs + off) for c in scalars}
    assert [name for name, r in answers.items() if r.proved] == []
    assert sum(r.refuted for r in answers.values()) >= 0.9 * len(answers)


def test_names_are_unique_and_the_open_ones_exist() -> None:
    names = [c.name for family in FAMILIES for c in claims(family)]
    assert len(set(names)) == len(names) >= 200
    assert set(names) >= OPEN


@pytest.mark.parametrize("claim", published_errors.CLAIMS, ids=lambda claim: claim.name)
def test_what_was_published_and_is_false_is_refuted(claim: Claim) -> None:
    assert asked(claim, claim.rhs).refuted
