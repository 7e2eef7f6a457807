"""Products of factors of any sign: what holds for positive ones and is analytic holds for all."""

from __future__ import annotations

import pytest
from sympy import (
    Abs,
    Basic,
    Contains,
    Derivative,
    Eq,
    FiniteSet,
    IndexedBase,
    Integer,
    Max,
    Piecewise,
    Product,
    Sum,
    exp,
    gamma,
    log,
    sqrt,
    symbols,
)

from symderiv import Derivation, prove_equal, prove_nonnegative, verify
from tests.claims import proved, refuted
from tests.ids import steady

x = symbols("x", real=True)
n = symbols("n", integer=True, positive=True)
i, j, k = symbols("i j k", integer=True, positive=True)
g, h, u = map(IndexedBase, "ghu")


def over(f: Basic, first: Basic | int = 1, last: Basic = n) -> Product:
    return Product(f, (k, first, last))


WITHIN = (j >= 1, j <= n)


class TestWhatHoldsForAll:
    @pytest.mark.parametrize(
        ("left", "right"),
        [
            (over(g[k], 1, n + 1), g[n + 1] * over(g[k])),
            (over(g[k] * h[k]), over(g[k]) * over(h[k])),
            (over(2 * g[k]), 2**n * over(g[k])),
            (over(g[k]) ** 2, over(g[k] ** 2)),
            (over(g[k]), over(g[n + 1 - k])),
            (over(1 - g[k], 1, n + 1), (1 - g[n + 1]) * over(1 - g[k])),
            (over(x, 1, n), x**n),
            (over(g[k] * exp(x * u[k])), over(g[k]) * exp(x * Sum(u[k], (k, 1, n)))),
            (
                Derivative(over(x - g[k]), x),
                Sum(Product(x - g[k], (k, 1, i - 1)) * Product(x - g[k], (k, i + 1, n)), (i, 1, n)),
            ),
        ],
        ids=str,
    )
    def test_needs_no_sign(self, left: Basic, right: Basic) -> None:
        assert proved(left, right) == []

    def test_the_derivative_by_a_factor_that_may_be_0(self) -> None:
        left = Derivative(over(g[k]), g[j])
        assert proved(left, over(g[k], 1, j - 1) * over(g[k], j + 1, n), *WITHIN) == []

    def test_a_label_may_stand_beside_it(self) -> None:
        label = Contains(u[k], FiniteSet(0, 1))
        assert proved(u[1] ** 2 * over(g[k], 1, n + 1), u[1] * over(g[k]) * g[n + 1], label) == []

    def test_a_divisor_may_be_0_again(self) -> None:
        assert proved(1 / over(g[k], 1, n + 1), 1 / (over(g[k]) * g[n + 1])) != []

    def test_what_a_later_line_needs_stays(self) -> None:
        left = over(g[k] * h[k]) / over(h[k])
        assert proved(left, over(g[k])) == ["Ne(Product(h[k], (k, 1, n)), 0)"]

    def test_along_a_chain_without_asking_again(self) -> None:
        lines = (
            Derivation("products", over(g[n + 2 - k], 1, n + 1))
            .then(over(g[k], 1, n + 1), "reversed")
            .then(g[n + 1] * over(g[k]), "the last one apart")
        )
        steps = verify(lines).derivations[0].steps
        assert [s.passed for s in steps] == [True, True]

    def test_along_a_chain(self) -> None:  # each line is read with positive factors, and none asks
        lines = (
            Derivation("products", over(g[k] * h[k]))
            .then(over(g[k]) * over(h[k]), "apart")
            .then(over(g[k]) * over(h[n + 1 - k]), "reversed")
            .then(over(g[k]) * over(h[k]) + Abs(x) - Abs(-x), "nothing")
        )
        steps = verify(lines).derivations[0].steps
        assert [s.passed for s in steps] == [True, True, True]


class TestWhatDoesNot:
    """Each is true for positive factors, and false beside them."""

    @pytest.mark.parametrize(
        ("left", "right"),
        [
            (over(g[k]), over(Abs(g[k]))),
            (over(g[k]), sqrt(over(g[k]) ** 2)),
            (over(g[k]), over(g[k]) * Piecewise((1, g[1] > 0), (2, True))),
            (over(g[k]), over(g[k]) + Max(0, -g[1])),
            (over(g[k]), exp(Sum(log(Abs(g[k])), (k, 1, n)))),
            (over(g[k]), exp(Sum(log(g[k] ** 2), (k, 1, n)) / 2)),
            (over(g[k]), over(g[k]) * sqrt(g[1] ** 2) / g[1]),
        ],
        ids=str,
    )
    def test_is_refuted(self, left: Basic, right: Basic) -> None:
        refuted(left, right)

    def test_where_only_single_points_are_left_nothing_continues(self) -> None:
        # g is 1 or −1, and each line is 1 where g = 1
        refuted(over(g[k]), Integer(1), -((g[k] ** 2 - 1) ** 2) >= 0)
        refuted(over(g[k]), Integer(1), Eq(g[k] ** 2, 1))
        refuted(over(g[k]), Integer(1), Contains(g[k], FiniteSet(-1, 1)))

    def test_a_hypothesis_that_jumps_is_no_open_set(self) -> None:
        one = Piecewise((1, Eq(g[k], 1)), (1, Eq(g[k], -1)), (-1, True))
        refuted(over(g[k]), Integer(1), one > 0)


class TestWhatStaysOpen:
    def test_a_point_for_small_sizes_only(self) -> None:  # Σ |…| grows with n
        few = Sum(g[k], (k, 1, n)) < 3
        assert proved(over(g[k], 1, n + 1), g[n + 1] * over(g[k]), few) == ["g[k] > 0"]

    @pytest.mark.parametrize(
        "known",
        [
            [x <= 1, x >= 1],  # holds at x = 1, and not around it
            [Piecewise((1, Eq(x, 1)), (-1, True)) > 0],
        ],
        ids=str,
    )
    def test_a_point_and_nothing_around_it(self, known: list[Basic]) -> None:
        left, right = over(g[k] + x, 1, n + 1), (g[n + 1] + x) * over(g[k] + x)
        assert proved(left, right) == []
        assert len(proved(left, right, *known)) == 1

    def test_a_logarithm_of_a_product(self) -> None:
        left, right = log(over(g[k])), Sum(log(g[k]), (k, 1, n))
        assert [c.loses_a_region for c in prove_equal(left, right).open_conditions] == [True]
        assert proved(left, right, g[k] > 0) == []

    @pytest.mark.parametrize(
        ("bound", "known"),
        [
            (over(u[k] ** 2 - 1) + 1, []),  # (0 − 1)(4 − 1) + 1 = −2
            (over(u[k]) + 2, [u[k] >= -2]),  # −2·2 + 2
            (over(1 - u[k]) + 1, [u[k] <= 2]),  # (1 − 2)(1 + 5) + 1
            (gamma(x) + 3, []),  # Γ is read for positive arguments only, and Γ(−1/2) = −2√π
        ],
        ids=steady,
    )
    def test_a_bound_says_nothing_where_the_product_is_not_read(
        self, bound: Basic, known: list[Basic]
    ) -> None:
        assert not prove_nonnegative(bound, where=known).proved
        inside = [u[k] >= -1, u[k] <= 1]  # Π u ≥ −1
        (condition,) = prove_nonnegative(over(u[k]) + 2, where=inside).open_conditions
        assert condition.relation == (u[k] > 0)
        assert prove_nonnegative(over(u[k]) + 2, where=[u[k] > 0]).proved

    def test_an_equation_between_the_factors(self) -> None:
        left, right = over(g[k], 1, n + 1), g[n + 1] * over(g[k])
        assert proved(left, right, Eq(g[1], 2)) == ["g[k] > 0"]
