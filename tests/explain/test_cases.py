"""A condition is shown with the case in which it is needed, and with no more."""

from __future__ import annotations

import pytest
from sympy import (
    Abs,
    Basic,
    Derivative,
    Eq,
    IndexedBase,
    Integer,
    MatrixSymbol,
    Max,
    Ne,
    Piecewise,
    Sum,
    exp,
    log,
    sign,
    sqrt,
    symbols,
)

from symderiv import prove_equal, prove_nonnegative
from symderiv.explain.cases import joined
from symderiv.report import notation, tex
from symderiv.verdict import Condition
from tests.ids import steady

x, y, t = symbols("x y t", real=True)
n = symbols("n", integer=True, positive=True)
m = symbols("m", integer=True, nonnegative=True)
i, j, k = symbols("i j k", integer=True, positive=True)
u = IndexedBase("u")
M = MatrixSymbol("M", n, n)


def told(left: Basic, right: Basic, *where: Basic) -> list[str]:
    result = prove_equal(left, right, where=where)
    assert result.proved, result
    return [notation.condition(c) for c in result.open_conditions]


PAIRS = Derivative(Sum(Abs(u[i] - u[j]), (i, 1, n), (j, 1, n)), u[k])
BRANCHES = Piecewise((1 / x, t > 1), (log(x), True))


@pytest.mark.parametrize(
    ("left", "right", "where", "said"),
    [
        (
            Derivative(Piecewise((x * sqrt(x), x >= 0), (0, True)), x),
            3 * sqrt(Max(x, 0)) / 2,
            [],
            ["x > 0 (in the case x ≥ 0)"],
        ),
        (BRANCHES, BRANCHES, [], ["x ≠ 0 (in the case t > 1)", "x > 0 (in the case t ≤ 1)"]),
        (BRANCHES, BRANCHES, [t > 2], ["x ≠ 0 (in the case t > 1)"]),
        (log(x) + BRANCHES, BRANCHES + log(x), [], ["x > 0"]),  # in every case
        (
            Piecewise((log(x), n > 3), (0, True)),
            Piecewise((log(2 * x) - log(2), n > 3), (0, True)),
            [],
            ["x > 0 (in the case n > 3)"],
        ),
        (
            PAIRS,
            2 * Sum(sign(u[k] - u[j]), (j, 1, n)),
            [k <= n],
            ["uₖ ≠ uⱼ for j = 1 … n, j ≠ k"],
        ),
        (
            Sum(Piecewise((log(u[i]), i < k), (0, True)), (i, 1, n)),
            Sum(Piecewise((log(u[i]), i <= k - 1), (0, True)), (i, 1, n)),
            [k <= n],
            ["uᵢ > 0 for i = 1 … n, i < k"],
        ),
    ],
    ids=steady,
)
def test_a_condition_is_told_with_its_case(
    left: Basic, right: Basic, where: list[Basic], said: list[str]
) -> None:
    assert told(left, right, *where) == said


def test_what_is_lost_in_a_case_is_lost() -> None:
    more = Piecewise((log(x * exp(t)) - log(x) - t, y > 0), (0, True))
    (condition,) = prove_equal(x, x + more).open_conditions
    assert condition.case == (y > 0,)
    assert condition.loses_a_region
    assert prove_equal(x, x + more, where=[y <= 0]).open_conditions == ()


def test_a_bound_tells_its_cases_as_well() -> None:
    bound = prove_nonnegative(Piecewise((sqrt(x), y > 0), (1, True)))
    assert [notation.condition(c) for c in bound.open_conditions] == ["x ≥ 0 (in the case y > 0)"]


def test_cases_that_make_one_are_one() -> None:
    def cases(*cs: tuple[Basic, ...]) -> list[tuple[Basic, ...]]:
        return [c.case for c in joined(Condition(Ne(x, 0), case=c) for c in cs)]

    assert cases((y > 0,), (y < 0,)) == [(Ne(y, 0),)]
    assert cases((y > 0,), (y < 0,), (Eq(y, 0),)) == [()]
    assert cases((y > 0, t > 0), (y <= 0, t > 0)) == [(t > 0,)]
    assert cases((y > 0, t > 0), (y <= 0, t < 0)) == [(y > 0, t > 0), (y <= 0, t < 0)]
    assert cases((y > 0,), ()) == [()]
    natural = Condition(Ne(x, 0), natural=True)
    lost = Condition(Ne(x, 0), case=(y > 0,))
    assert joined([natural, lost]) == (natural, lost)


def test_in_latex() -> None:
    needed = Condition(Ne(u[i], u[k]), ((i, Integer(1), n),), case=(Ne(i, k), x > 0))
    assert tex.condition(needed) == (
        r"u_{i} \neq u_{k} \quad \text{for } i = 1, \dots, n, i \neq k"
        r" \quad \text{in the case } x > 0"
    )
