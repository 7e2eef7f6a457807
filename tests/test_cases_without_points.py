"""A case in which nothing is defined is no proof of what is said of it, however thin it is."""

from __future__ import annotations

import pytest
from sympy import (
    Basic,
    Derivative,
    Eq,
    Heaviside,
    IndexedBase,
    Max,
    Ne,
    Piecewise,
    Sum,
    acosh,
    asin,
    atanh,
    log,
    sign,
    sqrt,
    symbols,
)

from symderiv import prove_equal
from tests.claims import not_proved, proved, refuted
from tests.ids import steady

x, y, t = symbols("x y t", real=True)
n = symbols("n", integer=True, positive=True)
i, j, k = symbols("i j k", integer=True, positive=True)
u = IndexedBase("u")
ROOT = Eq(t**5 - t - 1, 0)  # no point of which is a rational number


def thin(e: Basic | int) -> Piecewise:
    return Piecewise((e, ROOT), (0, True))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("e", "where"),
    [
        (log(-1 - x**2), []),
        (sqrt(-1 - x**2), []),
        (acosh(-2 - x**2), []),
        (asin(2 + x**2), []),
        (atanh(2 + x**2), []),
        (log(x) + log(-1 - x), []),  # each of them somewhere, both nowhere
        (log(x), [x < 0]),
        (1 / Sum(u[k] ** 2, (k, 1, n)), [Eq(u[k], 0)]),
        ((-1) ** (n * (n + 1) / 2), []),  # read for positive bases only: −1, −1, 1, 1, …
    ],
    ids=steady,
)
def test_a_case_in_which_nothing_is_defined_is_not_proved(e: Basic, where: list[Basic]) -> None:
    assert "at no point of the case" in not_proved(thin(e), thin(1), *where)
    assert "at no point of the case" in not_proved(Max(y, 0) * thin(e), Max(y, 0) * thin(1), *where)


def test_of_a_case_that_is_defined_somewhere_the_rest_is_told() -> None:
    assert proved(thin(log(x) - log(2 * x)), thin(-log(2))) == ["x > 0"]
    refuted(thin(log(x)) + x, thin(log(x)))
    assert proved(Derivative(Max(x, 0), x), Heaviside(x, 0)) == ["Ne(x, 0)"]
    below = Piecewise((Derivative(Max(x, 0), x), x <= 0), (1, True))
    assert proved(below, Heaviside(x, 7)) == ["Ne(x, 0)"]


class TestAnEntryBesideItself:
    """Σᵢ |uᵢ − u₁|: at i = 1 it is |0| for every u, which has no joint, and the slope 0."""

    beside = (Ne(u[k], u[1]), k >= 2)
    slope = Derivative(Sum(abs(u[i] - u[1]), (i, 1, n)), u[1])
    right = Sum(sign(u[1] - u[j]), (j, 2, n))

    def test_the_rest_is_a_sum_of_signs(self) -> None:
        assert all(not c.loses_a_region for c in prove_equal(self.slope, self.right).conditions)
        assert proved(self.slope, self.right) == ["Ne(u[1] - u[i], 0)"]
        assert prove_equal(self.slope, self.right - 1, where=self.beside).refuted
        assert not prove_equal(thin(self.slope), thin(self.right - 1), where=self.beside).proved

    def test_at_any_index(self) -> None:
        slope = Derivative(Sum(abs(u[i] - u[j]), (i, 1, n)), u[j])
        assert len(proved(slope, Sum(sign(u[j] - u[k]), (k, 1, n)), j <= n)) == 1
        more = Sum(sign(u[j] - u[k]), (k, 1, n)) + 1
        assert prove_equal(slope, more, where=[j <= n]).refuted
        upper = Derivative(Sum(Max(u[i] - u[1], 0), (i, 1, n)), u[1])
        proved(upper, -Sum(Heaviside(u[j] - u[1], 1), (j, 2, n)))

    def test_a_step_with_it_is_a_joint_still(self) -> None:
        """[uᵢ + u₁ > 0] moves at i = 1 as well, and a square has a slope 0 and a step."""
        slope = Derivative(Sum(abs(u[i] + u[1]), (i, 1, n)), u[1])
        assert len(proved(slope, slope)) == 1
        step = Derivative(Sum(Piecewise((1, (u[i] - u[1]) ** 2 > 0), (0, True)), (i, 1, n)), u[1])
        assert [c.ranges for c in prove_equal(step, step).conditions] == [((i, 1, n),)]
