"""Joints stand at the indices at which the variable moves the test, and at no other ones."""

from __future__ import annotations

import pytest
from sympy import (
    Abs,
    Basic,
    Derivative,
    Heaviside,
    IndexedBase,
    Max,
    Min,
    Piecewise,
    Rational,
    Sum,
    exp,
    log,
    sign,
    symbols,
)

from symderiv import prove_equal
from tests.claims import proved, refuted

x, y = symbols("x y", real=True)
n, m = symbols("n m", integer=True, positive=True)
i, j, k, l = symbols("i j k l", integer=True, positive=True)  # noqa: E741
u, v, w = map(IndexedBase, "uvw")


def over(e: Basic, last: Basic = n) -> Sum:
    return Sum(e, (i, 1, last))


def quantified(e: Basic, *variables: Basic) -> list[str]:
    """The open conditions of a derivative, with their ranges."""
    d = Derivative(e, *variables)
    result = prove_equal(d, d, where=[j <= n, l <= n])
    assert result.proved, result
    return [f"{c.relation} {list(c.ranges)}" for c in result.open_conditions]


class TestOneEntry:
    def test_a_joint_of_another_term_is_none(self) -> None:
        assert proved(Derivative(over(Abs(u[i])), u[j]), sign(u[j]), j <= n) == ["Ne(u[j], 0)"]

    def test_clip(self) -> None:
        slope = Piecewise((1, (u[j] > 0) & (u[j] < 1)), (0, True))
        result = prove_equal(Derivative(over(Min(1, Max(0, u[i]))), u[j]), slope, where=[j <= n])
        assert result.proved
        assert not any(c.loses_a_region or c.ranges for c in result.open_conditions)

    def test_its_own_joint_stays(self) -> None:
        slope = sign(u[j]) + Piecewise((7, u[j] > 0), (8, u[j] < 0), (0, True))
        refuted(Derivative(over(Abs(u[i])), u[j]), slope, j <= n)
        found = prove_equal(
            Derivative(over(Abs(u[i])), u[j]), 2 * Heaviside(u[j], 9) - 1, where=[j <= n]
        )
        assert [str(c.relation) for c in found.open_conditions] == ["Ne(u[j], 0)"]


class TestIndices:
    @pytest.mark.parametrize(
        ("e", "found"),
        [
            (over(Abs(u[i + 1])), ["Ne(u[j], 0) []"]),
            (over(Abs(u[i] - v[i])), ["Ne(u[j] - v[j], 0) []"]),
            (over(Abs(v[i])), []),
            (over(Abs(u[1])), ["Ne(u[1], 0) []"]),
            (over(Abs(Sum(w[i, k] * u[k], (k, 1, n)))), None),  # each of them moves
            (over(Abs(u[i] - x)), ["Ne(u[j] - x, 0) []"]),
            (Sum(Abs(w[i, k]), (i, 1, m), (k, 1, n)), []),
            (
                Sum(Abs(w[i, k] + u[k]), (i, 1, m), (k, 1, n)),
                ["Ne(u[j] + w[i, j], 0) [(i, 1, m)]"],
            ),
            (over(Abs(u[i]) ** 3), []),
        ],
        ids=str,
    )
    def test_of_the_test_meet_those_of_the_variable(
        self, e: Basic, found: list[str] | None
    ) -> None:
        result = quantified(e, u[j])
        if found is None:
            assert [c.endswith("[(i, 1, n)]") for c in result] == [True]
        else:
            assert [c.replace("x - u[j]", "u[j] - x") for c in result] == found

    def test_neighbours_have_two(self) -> None:
        found = quantified(over(Abs(u[i + 1] - u[i]), n), u[j])
        assert sorted(found) == ["Ne(-u[j - 1] + u[j], 0) []", "Ne(u[j + 1] - u[j], 0) []"]

    def test_two_variables_have_one_each(self) -> None:
        assert len(quantified(over(Abs(u[i])), u[j], u[l])) == 2

    def test_a_symbol_moves_all(self) -> None:
        found = quantified(over(Abs(u[i] - x)), x)
        assert len(found) == 1
        assert found[0].endswith("[(i, 1, n)]")

    def test_a_range_that_depends_on_the_index(self) -> None:
        pairs = Sum(Abs(u[i] - v[k]), (k, i + 1, n), (i, 1, n))
        assert quantified(pairs, u[2]) == ["Ne(u[2] - v[k], 0) [(k, 3, n)]"]

    def test_outside_the_range_nothing_is_asked(self) -> None:
        d = Derivative(over(Abs(u[i]), n), u[n + 1])
        assert proved(d, Sum(0, (i, 1, n)) + x - x) == []

    def test_an_index_of_a_sum_around_the_derivative(self) -> None:
        d = Sum(Derivative(over(Abs(u[i] - v[k])), u[k]), (k, 1, n))
        result = prove_equal(d, Sum(sign(u[k] - v[k]), (k, 1, n)))
        assert [str(c.relation) for c in result.open_conditions] == ["Ne(u[k] - v[k], 0)"]


class TestKinksThatCancel:
    """Tests that are 0 together are looked at together."""

    @pytest.mark.parametrize(
        ("left", "right"),
        [
            (over(Max(0, x - u[i]) - Abs(u[i] - x) / 2), n / 2),
            (over(Max(0, u[i] - x) ** 2), -2 * over(Max(0, u[i] - x))),
            (over(Abs(u[i] - x) * (u[i] - x)), -2 * over(Abs(u[i] - x))),
        ],
        ids=str,
    )
    def test_in_a_sum(self, left: Basic, right: Basic) -> None:
        assert proved(Derivative(left, x), right) == []

    def test_the_stable_loss_of_logistic_regression(self) -> None:
        z = v[i] * x
        loss = Max(0, z) - z * u[i] + log(1 + exp(-Abs(z)))
        slope = over((1 / (1 + exp(-z)) - u[i]) * v[i])
        assert proved(Derivative(over(loss), x), slope) == []

    def test_the_value_at_the_joint_counts(self) -> None:
        half = Max(0, x) - Abs(x) / 2
        assert proved(Derivative(half, x), Rational(1, 2)) == []
        refuted(Derivative(half, x), Piecewise((Rational(1, 2), x > 0), (5, x >= 0), (5, True)))
        wrong = Piecewise((Rational(1, 2), x > 0), (Rational(1, 2), x < 0), (5, True))
        assert not prove_equal(Derivative(half, x), wrong).proved

    @pytest.mark.parametrize(
        "e",
        [
            Max(0, x - u[i]) - Abs(u[i] - x) / 3,
            Max(0, x - u[i]) + Abs(u[i] - x) / 2,
            Max(0, x - u[i]) - Max(0, v[i] - x),
            Max(0, u[i] - x) ** 2 + Abs(u[i] - x),
        ],
        ids=str,
    )
    def test_and_not_where_they_do_not(self, e: Basic) -> None:
        d = Derivative(over(e), x)
        assert proved(d, d) != []

    def test_and_not_where_one_of_two_is_smooth(self) -> None:
        z = v[i] * x
        bend = {w[i]: Piecewise((z**2, z > 0), (-(z**2), True))}
        smooth, kinked = (Derivative(over(e), x) for e in (w[i], w[i] + Abs(z)))
        assert proved(smooth, smooth, let=bend) == []
        assert proved(kinked, kinked, let=bend) != []


class TestDifferencesOfTheSameEntry:
    """|uᵢ − uⱼ| at i = j is 0 whatever uᵢ is, which is no joint."""

    MEAN_DIFFERENCE = Sum(Abs(u[i] - u[j]), (i, 1, n), (j, 1, n))
    inside = (k <= n,)

    def test_of_all_pairs(self) -> None:
        slope = 2 * Sum(sign(u[k] - u[i]), (i, 1, n))
        d = Derivative(self.MEAN_DIFFERENCE, u[k])
        assert proved(d, slope, *self.inside) == ["Ne(-u[j] + u[k], 0)"]
        assert not any(
            c.loses_a_region for c in prove_equal(d, slope, where=self.inside).conditions
        )
        assert prove_equal(d, -slope, where=self.inside).refuted
        assert prove_equal(d, slope / 2, where=self.inside).refuted

    def test_and_no_more(self) -> None:
        d = Derivative(Sum(Abs(u[i] - u[j] + 1), (i, 1, n), (j, 1, n)), u[k])
        assert len(proved(d, d, *self.inside)) == 2
        d = Derivative(Sum(Abs(u[i] - v[j]), (i, 1, n), (j, 1, n)), u[k])
        assert proved(d, d, *self.inside) == ["Ne(u[k] - v[j], 0)"]
