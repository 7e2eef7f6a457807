"""Conditions inside a sum: under the guards of their branch, and in cells; what has to stay."""

from __future__ import annotations

import pytest
from sympy import (
    Abs,
    Basic,
    Derivative,
    IndexedBase,
    KroneckerDelta,
    Max,
    Min,
    Piecewise,
    Pow,
    Rational,
    Sum,
    exp,
    log,
    sign,
    sqrt,
    symbols,
)

from symderiv import Verdict, prove_equal
from symderiv.prove import discharge
from tests.claims import proved, refuted

x, y = symbols("x y", real=True)
c = symbols("c", positive=True)
n = symbols("n", integer=True, positive=True)
i, j, k, l = symbols("i j k l", integer=True, positive=True)  # noqa: E741
u, v, g = map(IndexedBase, "uvg")


def over(e: Basic) -> Sum:
    return Sum(e, (i, 1, n))


def where(value: Basic, condition: Basic) -> Piecewise:
    return Piecewise((value, condition), (0, True))


def lost(lhs: Basic, rhs: Basic, *known: Basic) -> list[str]:
    """What a claim that has to be PROVED gives away, as it is shown."""
    result = prove_equal(lhs, rhs, where=known)
    assert result.proved, result
    return [str(c.relation) for c in result.conditions if c.loses_a_region]


def squared_root(e: Basic) -> Basic:
    """(√e)², which has no value for e < 0 and which SymPy would not keep."""
    return Pow(Pow(e, Rational(1, 2)), 2, evaluate=False)


class TestGuards:
    """Σ [u > 0]·f(u) asks for what f needs only where u > 0."""

    @pytest.mark.parametrize(
        ("value", "condition"),
        [
            (u[i] * log(u[i]), u[i] > 0),
            (sqrt(u[i]), u[i] >= 0),
            (1 / u[i], u[i] > 0),
            (log(1 + u[i]), u[i] > -1),
            (log(u[i] + v[i]), (u[i] > 0) & (v[i] > 0)),
            (log(u[i]), Abs(u[i] - 2) < 1),
        ],
        ids=str,
    )
    def test_of_the_branch_are_enough(self, value: Basic, condition: Basic) -> None:
        assert proved(over(where(value, condition)), over(where(value, condition))) == []

    @pytest.mark.parametrize(
        ("value", "condition", "open_"),
        [
            (squared_root(u[i]), u[i] > -1, "u[i] >= 0"),  # u = −½ has no value
            (log(u[i]), u[i] >= 0, "u[i] > 0"),
            (log(u[i]), v[i] > 0, "u[i] > 0"),
            (log(u[i]), u[i + 1] > 0, "u[i] > 0"),
            (log(u[i] + v[i]), (u[i] > 0) | (v[i] > 0), "u[i] + v[i] > 0"),
        ],
        ids=str,
    )
    def test_of_another_branch_are_not(self, value: Basic, condition: Basic, open_: str) -> None:
        s = over(where(value, condition))
        assert open_ in proved(s, s)

    def test_do_not_hold_in_the_other_branch(self) -> None:
        first, other = (over(where(e, u[i] > -1)) for e in (u[i], squared_root(u[i])))
        assert lost(first, other) == ["u[i] >= 0"]

    def test_leave_no_point_out(self) -> None:  # −1 < u < 0 is asked about
        refuted(over(where(u[i], u[i] > -1)), over(where(squared_root(u[i]), u[i] > 0)))

    def test_are_those_of_one_index(self) -> None:  # where one u is positive, another is not
        s = Sum(where(log(u[k]), u[i] > 0), (k, 1, n), (i, 1, n))
        assert proved(s, s) == ["u[k] > 0"]

    def test_of_a_range_hold_inside_it(self) -> None:  # k < i leaves u[k] − u[i] with k ≠ i
        inside = Sum(where(log(u[k]), k < i), (k, 1, n))
        assert proved(over(inside), over(inside), u[1] > 0) == ["u[k] > 0"]


class TestCells:
    """What holds for u > 0, for u = 0 and for u < 0 holds."""

    @pytest.mark.parametrize(
        ("left", "right"),
        [
            (log(1 + exp(Abs(u[i]))), log(1 + exp(-Abs(u[i]))) + Abs(u[i])),
            (log(1 + Abs(u[i])), Piecewise((log(1 + u[i]), u[i] > 0), (log(1 - u[i]), True))),
            (log(Max(1, u[i])), where(log(u[i]), u[i] > 1)),
            (sqrt(Max(0, u[i])), where(sqrt(u[i]), u[i] > 0)),
            (1 / (1 + Max(u[i], -u[i])), 1 / (1 + Abs(u[i]))),
        ],
        ids=str,
    )
    def test_a_condition_that_holds_in_each(self, left: Basic, right: Basic) -> None:
        assert proved(over(left), over(right)) == []

    @pytest.mark.parametrize(
        "value",
        [
            log(1 + KroneckerDelta(i, j)),
            1 / (2 - KroneckerDelta(i, j + 1)),
            1 / (1 + exp(-Abs(i - j))),
            sqrt(1 + KroneckerDelta(i, j) * u[i] ** 2),
        ],
        ids=str,
    )
    def test_a_condition_on_two_indices(self, value: Basic) -> None:  # i > j, i = j and i < j
        both = over(Sum(value, (j, 1, n)))
        assert proved(both, both) == []
        wrong = Sum(1 / (1 - KroneckerDelta(i, j) * u[j]), (j, 1, n))
        assert len(proved(over(wrong), over(wrong))) == 1

    @pytest.mark.parametrize(
        ("value", "open_"),
        [
            (log(Abs(u[i])), "Ne(u[i], 0)"),  # not at 0
            (log(Max(0, u[i])), "Max(0, u[i]) > 0"),  # not below 0
            (squared_root(1 - Abs(u[i])), "1 - Abs(u[i]) >= 0"),
            (log(Min(1, u[i] + 2)), "Min(1, u[i] + 2) > 0"),
            (log(1 + Abs(u[i]) - Abs(v[i])), "Abs(u[i]) - Abs(v[i]) + 1 > 0"),
        ],
        ids=str,
    )
    def test_a_condition_that_fails_in_one_stays(self, value: Basic, open_: str) -> None:
        assert open_ in proved(over(value), over(value))

    def test_a_false_claim_in_the_cell_of_the_condition(self) -> None:  # u = 0 is asked about
        refuted(over(log(1 + Abs(u[i]))), over(where(log(1 + Abs(u[i])), u[i] > 0)))

    def test_more_cells_than_are_looked_at_leave_it_open(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(discharge, "_MOST_SIGNS", 1)
        assert proved(over(log(1 + Abs(u[i]))), over(log(1 + Abs(u[i])))) == []
        two = over(log(1 + Abs(u[i]) + Abs(v[i])))
        assert len(proved(two, two)) == 1


class TestJointsInCells:
    """A joint between cells asks for both sides."""

    def test_where_the_slopes_agree(self) -> None:  # Huber's loss
        e = y - u[i]
        huber = Piecewise((e**2 / 2, Abs(e) <= c), (c * Abs(e) - c**2 / 2, True))
        slope = Piecewise((e, Abs(e) <= c), (c * sign(e), True))
        assert proved(Derivative(over(huber), y), over(slope)) == []

    @pytest.mark.parametrize("loss", [Abs(y - u[i]), Max(0, y - u[i]), exp(-Abs(y - u[i]))])
    def test_where_they_do_not(self, loss: Basic) -> None:
        s = Derivative(over(loss), y)
        assert len(proved(s, s)) == 1

    def test_in_a_branch_that_ends_there(self) -> None:  # [u ≥ 0]·|u| has a kink at 0, as |u| has
        s = Derivative(over(where(Abs(y - u[i]), y >= u[i])), y)
        assert proved(s, s) != []


class TestInstances:
    """What holds for all i < k holds for 1 and 2: each entry may tell one of the indices."""

    PAIRS = Sum(1 / (u[i] - u[k]), (k, i + 1, n), (i, 1, n))

    def quotient(self, a: Basic, b: Basic) -> list[str]:
        """What (a² − b²)/(a − b) needs, beside the pairs."""
        found = proved(self.PAIRS + a + b, self.PAIRS + (a**2 - b**2) / (a - b), j < l, l <= n)
        return [c for c in found if c != "Ne(u[i] - u[k], 0)"]

    def test_at_two_entries(self) -> None:
        assert self.quotient(u[j], u[l]) == []
        assert self.quotient(u[l], u[j]) == []
        assert self.quotient(u[1], u[l]) == []

    def test_not_beyond_the_range(self) -> None:
        assert len(self.quotient(u[j], u[n + 1])) == 1
        assert "Ne(-u[j] + u[k], 0)" in self.quotient(u[k], u[j])  # k may be j

    def test_not_of_another_array(self) -> None:
        assert len(self.quotient(u[j], v[l])) == 1

    def test_not_the_other_way_round(self) -> None:
        s = Sum(log(u[k] - u[i]), (k, i + 1, n), (i, 1, n))
        root = squared_root(u[j] - u[l])
        assert proved(s + u[j] - u[l], s + root, j > l, j <= n) == ["-u[i] + u[k] > 0"]
        back = prove_equal(s + u[j] - u[l], s + root, where=[j < l, l <= n])
        assert back.verdict is Verdict.UNDECIDED  # the two contradict each other

    def test_a_pair_from_two_arrays(self) -> None:
        s = Sum(log(u[i] - v[k]), (i, 1, n), (k, 1, n))
        slope = Derivative(s, u[j])
        assert proved(slope, Sum(1 / (u[j] - v[k]), (k, 1, n)), j <= n) == ["u[i] - v[k] > 0"]
