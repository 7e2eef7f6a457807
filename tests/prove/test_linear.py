"""Linear facts over the rationals: what is called infeasible has no solution, and the reverse."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symderiv.prove.linear import Row, infeasible

NAMES = ("x", "y", "z")
values = st.integers(-3, 3).map(Fraction)
points = st.fixed_dictionaries(dict.fromkeys(NAMES, values))
forms = st.dictionaries(st.sampled_from(NAMES), values.filter(bool), max_size=3)


def row(constant: int, strict: bool = False, **coefficients: int) -> Row:
    return Row({k: Fraction(c) for k, c in coefficients.items()}, Fraction(constant), strict)


@given(points, st.lists(st.tuples(forms, st.integers(0, 2), st.booleans()), max_size=6))
def test_what_a_point_satisfies_is_feasible(at: dict[str, Fraction], drawn: Any) -> None:
    rows = []
    for form, slack, strict in drawn:
        value = sum((c * at[k] for k, c in form.items()), Fraction(0))
        rows.append(
            Row(form, slack - value, strict and slack > 0)
        )  # the form is slack at the point
    assert not infeasible(rows)


X_BETWEEN = [row(-1, x=2), row(1, x=-2)]  # 2x = 1


@pytest.mark.parametrize(
    ("rows", "none"),
    [
        ([row(0)], False),
        ([row(0, True)], True),
        ([row(-1)], True),
        (X_BETWEEN, False),
        ([row(-1, True, x=2), row(1, x=-2)], True),
        ([row(-1, x=2), row(1, True, x=-2)], True),
        ([*X_BETWEEN, row(-2, x=3)], True),
        ([*X_BETWEEN, row(-1, x=3)], False),
        ([row(0, x=1, y=-2), row(0, y=3, z=-1), row(-1, z=1), row(1, x=-3)], True),
        ([row(0, x=1, y=-2), row(0, y=3, z=-1), row(-1, z=1), row(1, x=-1)], False),
        ([row(0, True, x=1, y=-1), row(0, y=1, x=-1)], True),
        ([row(0, x=1, y=-1), row(0, y=1, x=-1)], False),
    ],
)
def test_elimination(rows: list[Row], none: bool) -> None:
    assert infeasible(rows) is none
    assert infeasible(rows[::-1]) is none
