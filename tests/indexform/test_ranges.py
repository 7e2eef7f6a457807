"""What follows from integer facts, against brute force over small integers."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from term_values import form_value

from symderiv.indexform.ranges import Ranges
from symderiv.indexform.terms import Linear

NAMES = ("i", "j", "n")
i, j, n = map(Linear.of, NAMES)
BOX = [dict(zip(NAMES, at, strict=True)) for at in itertools.product(range(-6, 7), repeat=3)]

forms = st.builds(
    Linear,
    st.dictionaries(st.sampled_from(NAMES), st.integers(-3, 3), min_size=1, max_size=3),
    st.integers(-6, 6),
).filter(lambda form: bool(form.coefficients))


def models(facts: list[Linear]) -> list[dict[str, int]]:
    return [at for at in BOX if all(form_value(f, at) >= 0 for f in facts)]


@given(st.lists(forms, max_size=5), forms)
def test_what_follows_holds_at_every_point(facts: list[Linear], goal: Linear) -> None:
    known = Ranges(facts)
    points = models(facts)
    if known.nonnegative(goal):
        assert all(form_value(goal, at) >= 0 for at in points)
    sign = known.sign(goal)
    if sign:
        signs = {"+": lambda v: v > 0, "-": lambda v: v < 0, "0": lambda v: v == 0}
        assert all(signs[sign](form_value(goal, at)) for at in points)
    if known.contradictory():
        assert not points


@given(st.lists(forms, max_size=4), forms)
def test_more_facts_never_unlearn(facts: list[Linear], goal: Linear) -> None:
    if Ranges(facts).nonnegative(goal):
        assert Ranges(facts).plus(i, n - 1).nonnegative(goal)


@given(st.lists(forms, max_size=4))
def test_every_fact_follows_from_itself(facts: list[Linear]) -> None:
    known = Ranges(facts)
    assert all(known.nonnegative(f) for f in facts)
    assert all(known.nonnegative(f + 1) for f in facts)


RANGE = [n - 1, i, n - 1 - i, j, i - j]  # 0 ≤ j ≤ i ≤ n − 1


@pytest.mark.parametrize(
    ("goal", "follows"),
    [
        (n - 1 - j, True),
        (n - 2 - j, False),
        (n - j - 1, True),
        (n * 2 - i - j - 2, True),
        (n * 2 - i - j - 1, True),
        (n * 2 - i - j - 3, False),
        (Linear(constant=0), True),
        (Linear(constant=-1), False),
        (i - j - 1, False),
        (Linear({"m": 1}), False),
    ],
)
def test_index_ranges(goal: Linear, follows: bool) -> None:
    assert Ranges(RANGE).nonnegative(goal) is follows


def test_integers_are_tighter_than_rationals() -> None:
    """2i ≥ 1 is i ≥ 1, and 1 ≤ 3i ≤ 2 has no integer."""
    assert Ranges([i * 2 - 1]).nonnegative(i - 1)
    assert Ranges([i * 3 - 1, -(i * 3) + 2]).contradictory()
    assert not Ranges([i * 3 - 1, -(i * 3) + 3]).contradictory()


def test_signs() -> None:
    known = Ranges([*RANGE, j * -1])
    assert [known.sign(f) for f in (n, j, -n, i, n - i, j - n)] == ["+", "0", "-", "", "+", "-"]
    free = Linear.of("k")
    assert [*map(known.signs, (free * 2 + 1, free * 2 + 4))] == [{*"+-"}, {*"+0-"}]


@pytest.mark.parametrize(
    "facts", list(itertools.permutations([i - j, i - n, n - Linear.of("l"), Linear.of("l")]))
)
def test_a_goal_follows_by_way_of_other_names(facts: tuple[Linear, ...]) -> None:
    """i ≥ n ≥ l ≥ 0, in any order and beside a fact that leads nowhere."""
    assert Ranges(facts).nonnegative(i)
    assert not Ranges(facts).nonnegative(j)
    assert not Ranges(facts).nonnegative(i - 1)


def test_facts_are_immutable() -> None:
    known = Ranges([i])
    more = known.plus(n - 1)
    assert known.facts == (i,)
    assert more.facts == (i, n - 1)
    assert known.plus(i) is known
    assert not known.nonnegative(n)
    assert more.nonnegative(n)


def test_too_many_inequalities_are_no_answer() -> None:
    """Elimination can square the number of rows; it stops and says no."""
    names = [f"v{number}" for number in range(14)]
    facts = [Linear({a: 1, b: -1}, c) for c, (a, b) in enumerate(itertools.permutations(names, 2))]
    answer: Any = Ranges(facts).nonnegative(Linear({"v0": 1, "v1": 1, "v2": -3}, -(10**6)))
    assert answer is False


def test_what_is_said_of_an_index_below_a_length() -> None:
    """0 ≤ k < m and 0 ≤ j < k; nothing of i < n − m, which may run back."""
    m, n, j, k = map(Linear.of, "mnjk")
    known = Ranges([m, n]).over({"j": k, "i": n - m, "k": m})
    assert known.nonnegative(m - 1 - k)
    assert known.nonnegative(k - 1 - j)
    assert not known.nonnegative(Linear.of("i"))
