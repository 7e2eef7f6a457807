"""Cases inside sums are put together again: [u > 0] + [u = 0] + [u < 0] is 1 for each index.

Losses as libraries write them, by cases that do not overflow, are the textbook's for all sizes.
Each true identity stands beside a false one, made by the slip that people make there.
"""

from __future__ import annotations

from typing import Any

import pytest
from sympy import (
    Abs,
    Derivative,
    Eq,
    IndexedBase,
    Max,
    Min,
    Ne,
    Piecewise,
    Sum,
    cosh,
    exp,
    log,
    symbols,
)

from symderiv import prove_equal, sigma, softplus

n, m = symbols("n m", integer=True, positive=True)
i, k = symbols("i k", integer=True, nonnegative=True)
t, mu = symbols("t mu", real=True)
c, tau = symbols("c tau", positive=True)
x, y, u = map(IndexedBase, ["x", "y", "u"])


def S(e: Any) -> Any:
    return Sum(e, (i, 1, n))


def count(relation: Any, *ranges: Any) -> Any:
    return Sum(Piecewise((1, relation), (0, True)), *(ranges or [(i, 1, n)]))


STABLE = log(1 + exp(-Abs(x[i])))
PAIRS = (i, 1, n), (k, 1, m)
NEAR, FAR = (y[i] - t) ** 2 / 2, c * Abs(y[i] - t) - c**2 / 2
HUBER = Piecewise((NEAR, Abs(y[i] - t) <= c), (FAR, True))

IDENTITIES = {
    # BCE with logits: Σ max(x, 0) − xy + log(1 + e^(−|x|))
    "stable log loss": (
        S(Max(x[i], 0) - x[i] * y[i] + STABLE),
        S(-y[i] * log(sigma(x[i])) - (1 - y[i]) * log(1 - sigma(x[i]))),
        S(-y[i] * log(sigma(x[i])) - (1 + y[i]) * log(1 - sigma(x[i]))),
    ),
    "stable softplus": (S(Max(x[i], 0) + STABLE), S(softplus(x[i])), S(softplus(-x[i]))),
    "stable sigmoid": (
        S(Piecewise((1 / (1 + exp(-x[i])), x[i] >= 0), (exp(x[i]) / (1 + exp(x[i])), True))),
        S(sigma(x[i])),
        S(sigma(-x[i])),
    ),
    "log cosh": (
        S(Abs(x[i]) + softplus(-2 * Abs(x[i]))) - n * log(2),
        S(log(cosh(x[i]))),
        S(log(cosh(x[i]))) + log(2),
    ),
    "Laplace log-likelihood": (
        S(log(exp(-Abs(x[i] - mu) / c) / (2 * c))),
        -n * log(2 * c) - S(Abs(x[i] - mu)) / c,
        -log(2 * c) - S(Abs(x[i] - mu)) / c,
    ),
    "its score in the scale": (
        Derivative(S(-log(2 * c) - Abs(x[i] - mu) / c), c),
        -n / c + S(Abs(x[i] - mu)) / c**2,
        -n / c - S(Abs(x[i] - mu)) / c**2,
    ),
    # (pinball loss)' = #{y < t} − nτ
    "quantile loss": (
        Derivative(S(Max(tau * (y[i] - t), (tau - 1) * (y[i] - t))), t),
        count(y[i] < t) - n * tau,
        count(y[i] > t) - n * tau,
    ),
    "median": (Derivative(S(Abs(y[i] - t)), t), 2 * count(y[i] < t) - n, count(y[i] < t) - n),
    # Huber's score is the residual, clipped
    "Huber score": (
        Derivative(S(HUBER), t),
        -S(Max(-c, Min(c, y[i] - t))),
        S(Max(-c, Min(c, y[i] - t))),
    ),
    "expected shortfall": (S(Max(x[i], c)), n * c + S(Max(x[i] - c, 0)), n * c + S(Max(x[i], 0))),
    "accuracy and error": (count(u[i] <= t) / n, 1 - count(u[i] > t) / n, 1 - count(u[i] >= t) / n),
    "split of a tree": (
        S(Piecewise((y[i], u[i] <= t), (0, True))) + S(Piecewise((y[i], u[i] > t), (0, True))),
        S(y[i]),
        S(Piecewise((y[i], Eq(u[i], t)), (0, True))),
    ),
    "pairs in order or not": (
        count(x[i] < y[k], *PAIRS) + count(x[i] > y[k], *PAIRS),
        n * m - count(Eq(x[i], y[k]), *PAIRS),
        n * m,
    ),
    "one less": (
        count(u[i] <= t, (i, 1, n - 1)) + count(u[i] > t, (i, 1, n - 1)),
        n - 1,
        n,
    ),
}


@pytest.mark.parametrize("name", IDENTITIES)
def test_the_cases_are_put_together(name: str) -> None:
    left, right, _ = IDENTITIES[name]
    result = prove_equal(left, right)
    assert result.proved, result.reason


@pytest.mark.parametrize("name", IDENTITIES)
def test_the_slip_beside_it_is_refuted(name: str) -> None:
    left, _, wrong = IDENTITIES[name]
    assert prove_equal(left, wrong).refuted


def test_what_stands_beside_sums_belongs_to_a_range_of_its_length() -> None:
    """#{u ≤ t} + #{u > t} over m indices is m, and not n."""
    both = count(u[i] <= t, (i, 1, m)) + count(u[i] > t, (i, 1, m))
    assert prove_equal(both + n, m + n).proved
    assert not prove_equal(both, n).proved


def test_a_cell_is_empty_only_where_a_fact_says_so() -> None:
    """Where no yᵢ is t, Σ [yᵢ < t] + Σ [yᵢ > t] = n; that no yᵢ is mu says nothing of it."""
    apart = count(y[i] < t) + count(y[i] > t)
    assert prove_equal(apart, n, where=[Ne(y[k], t)]).proved
    assert prove_equal(apart, n, where=[Ne(y[k], mu)]).refuted
    assert prove_equal(apart, n, where=[Ne(Abs(y[k] - t), 0)]).proved
    assert not prove_equal(apart, n, where=[Ne(Abs(y[k] - t), 1)]).proved
