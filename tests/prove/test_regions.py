"""A condition f ≠ 0 loses a region where f is 0 in a whole case, as max(x, 0) is for x ≤ 0."""

from typing import Any

import pytest
from sympy import (
    Abs,
    Contains,
    FiniteSet,
    Heaviside,
    IndexedBase,
    Max,
    Min,
    Sum,
    UnevaluatedExpr,
    exp,
    log,
    sqrt,
    symbols,
)

from symderiv import prove_equal

x, y = symbols("x y", real=True)
n = symbols("n", integer=True, positive=True)
i = symbols("i", integer=True, nonnegative=True)
a = IndexedBase("a")


def loses_a_region(start: Any, divisor: Any, *where: Any) -> bool:
    """Whether the step from f to f + 1/d − 1/d loses one."""
    result = prove_equal(start, start + 1 / divisor - UnevaluatedExpr(1 / divisor), where=where)
    assert result.proved, result
    assert result.open_conditions
    return any(c.loses_a_region for c in result.conditions)


@pytest.mark.parametrize(
    "divisor",
    [
        Max(x, 0),
        x + Abs(x),
        Heaviside(x, 0),
        y * Max(x, 0),
        Heaviside(x + exp(60), 0),
        sqrt(x**2 + 2 * x * y + y**2) - x - y,
        Sum(a[i] + Abs(a[i]), (i, 0, n - 1)) + Abs(x) - x,
    ],
    ids=["max", "abs", "step", "factor", "far", "root", "sum"],
)
def test_a_divisor_that_is_0_in_a_whole_case(divisor: Any) -> None:
    assert loses_a_region(x + y, divisor)


@pytest.mark.parametrize(
    "divisor",
    [
        x,
        Abs(x),
        Max(x, y),
        Min(x**2, 1),
        x - exp(60),
        Sum(a[i] ** 2, (i, 0, n - 1)),
        sqrt(x**2 + y**2) - 1,
        Sum(Abs(a[i]), (i, 0, n - 1)),
    ],
    ids=["symbol", "abs", "max", "min", "far", "sum", "root", "sum of abs"],
)
def test_a_divisor_that_is_0_in_points_and_on_surfaces(divisor: Any) -> None:
    assert not loses_a_region(x + y, divisor)


def test_what_the_start_excludes_is_not_lost() -> None:
    assert not loses_a_region(log(x), x * y + y * Abs(x))
    assert loses_a_region(exp(x), x * y + y * Abs(x))
    assert not loses_a_region(1 / Max(x, 0), y * Max(x, 0))
    assert loses_a_region(log(x), y * Max(x - 1, 0))


def test_each_value_of_a_finite_set_is_a_part_of_its_own() -> None:
    """For a label y of 0 or 1, y ≠ 0 leaves out one half of all cases."""
    assert loses_a_region(x, y, Contains(y, FiniteSet(0, 1)))
    assert not loses_a_region(x, x + y, Contains(y, FiniteSet(0, 1)))
