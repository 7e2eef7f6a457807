"""Equations that hold whatever a case distinction in them is: no order of its parts is asked."""

from typing import Any

import pytest
from sympy import (
    Abs,
    Basic,
    IndexedBase,
    Max,
    Min,
    Piecewise,
    Sum,
    UnevaluatedExpr,
    exp,
    log,
    sign,
    symbols,
)

from symderiv import prove_equal

n = symbols("n", integer=True, positive=True)
i, j = symbols("i j", integer=True)
x, y = symbols("x y", real=True)
u, w = IndexedBase("u"), IndexedBase("w")
v = symbols("v1:7", real=True)
FIRST = Max(*[u[k] for k in range(1, 7)])


def over(e: Any) -> Any:
    return Sum(e, (i, 1, n))


# with the greatest of six taken out, of which there are 720 orders
@pytest.mark.parametrize(
    ("left", "right", "wrong"),
    [
        (sum(map(exp, v)), exp(Max(*v)) * sum(exp(a - Max(*v)) for a in v), exp(-Max(*v))),
        (log(over(exp(u[i] - FIRST))) + FIRST, log(over(exp(u[i]))), log(n)),
        (x * Min(*v) - y * Min(*v), (x - y) * Min(*v), (x - y) * Max(*v)),
    ],
    ids=["softmax", "log-sum-exp", "factor"],
)
def test_a_maximum_of_which_nothing_depends(left: Basic, right: Basic, wrong: Basic) -> None:
    result = prove_equal(left, right)
    assert result.proved
    assert result.open_conditions == ()
    assert prove_equal(left, wrong).refuted


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (y * Max(x, 0), y * Max(x, 1)),
        (Abs(x) * y, x * Abs(y)),
        (over(w[i] * Max(u[i], 0)), over(w[i]) * over(Max(u[i], 0)) / n),
        (over(Sum((w[j] - w[i]) * Max(u[i], x), (j, 1, n))), x - x),
        (over(i * Piecewise((1, i > 3), (2, True))), n * over(Piecewise((1, i > 3), (2, True)))),
    ],
    ids=["bounds", "factors", "mean", "indices", "weights"],
)
def test_two_case_distinctions_are_two_numbers(left: Basic, right: Basic) -> None:
    assert prove_equal(left, right).refuted


def test_what_depends_on_the_cases_is_asked_in_each() -> None:
    # |x|·sign x = x
    assert prove_equal(Abs(x) * sign(x), x).proved
    assert prove_equal(Max(x, y) + Min(x, y), x + y).proved


@pytest.mark.parametrize(
    "positive", [1 + Abs(x), 2 + sign(x), Max(x, 1), Max(x, y) - Min(x, y) + 1]
)
def test_what_only_its_cases_show_is_asked_in_each(positive: Basic) -> None:
    # y·d/d = y for a d > 0, which is not so for every number in place of |x|
    result = prove_equal(y, y * UnevaluatedExpr(positive) / positive)
    assert result.proved
    assert result.open_conditions == ()
