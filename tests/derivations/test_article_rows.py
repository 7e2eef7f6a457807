"""Every row of the article's table has a named derivation or claim, or a figure, and is proved."""

from collections import defaultdict

import pytest

from symderiv import verify
from symderiv.derivations import (
    article,
    figures,
    linear_regression,
    logistic_regression,
    optimisers,
    sigmoid,
)
from symderiv.verification import derivations_of

MODULES = [sigmoid, linear_regression, logistic_regression, optimisers]
ROWS = [f"A{number}" for number in range(1, 14)]
DRAWN = {"A3": figures.SQUARED_ERRORS}  # a picture, of expressions that stand in other rows

# what each row says, by the kind of claim that says it
KINDS = {
    "A1": {"Convex", "Nonnegative", "Derivation"},
    "A2": {"NotConvex"},
    "A5": {"Limit", "Derivation"},
    "A6": {"Convex", "Derivation"},
}


@pytest.fixture(scope="module")
def rows():
    found = defaultdict(list)
    for module in MODULES:
        for derivation in derivations_of(module):
            for row in derivation.article.split():
                found[row].append(derivation)
    return found


@pytest.mark.parametrize("row", ROWS)
def test_every_row_is_named(rows, row):
    assert rows[row] or row in DRAWN, row


@pytest.mark.parametrize("row", KINDS)
def test_a_row_is_said_in_its_own_words(rows, row):
    assert {type(d).__name__ for d in rows[row]} >= KINDS[row]


@pytest.mark.parametrize("row", ROWS)
def test_every_row_is_proved(rows, row):
    named = list({d.name: d for d in rows[row]}.values())
    if named:
        failed = [d.name for d in verify(named) if not d.passed]
        assert not failed


def test_what_is_drawn_is_in_the_story():
    shown = [figure for section in article.story for figure in section.figures]
    assert all(figure in shown for figure in DRAWN.values())


def test_the_story_shows_every_claim(rows):
    told = {name for section in article.story for name in section.shows}
    claims = {d.name for ds in rows.values() for d in ds if type(d).__name__ != "Derivation"}
    assert claims <= told
