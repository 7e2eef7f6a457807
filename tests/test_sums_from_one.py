"""Sums as papers write them: counted from 1, over triangles, with weights that are numbers.

Each true identity stands beside a false one, made by the slip that people make there.
"""

from __future__ import annotations

from typing import Any

import pytest
from sympy import (
    Contains,
    Derivative,
    Eq,
    FiniteSet,
    IndexedBase,
    Max,
    Piecewise,
    Sum,
    exp,
    log,
    loggamma,
    sqrt,
    symbols,
)

from symderiv import prove_equal

n, N, K = symbols("n N K", integer=True, positive=True)
i, j, k, l, o = symbols("i j k l o", integer=True)  # noqa: E741
c, x = symbols("c x", real=True)
g = symbols("gamma", positive=True)
u, v, r, Y, U = map(IndexedBase, ["u", "v", "r", "Y", "U"])
inside = [j >= 1, j <= n]

LATER = Sum(exp(u[l]), (l, k, n))
PLACKETT = Sum(u[k] - log(LATER), (k, 1, n))
HINGE = Sum(Max(0, 1 - u[k] * v[k]), (k, 1, n))
ONE_HOT = [Contains(Y[i, k], FiniteSet(0, 1)), Eq(Sum(Y[i, k], (k, 1, K)), 1)]
SQUARE = Sum(U[i, k] * u[i], (i, 1, n)) ** 2
NEIGHBOURS = Sum(u[i] * u[i - 1], (i, 2, n))
SIMPLEX = [Eq(Sum(v[k], (k, 1, n)), 1)]

# name: left, right, a wrong right, where
IDENTITIES: dict[str, tuple[Any, Any, Any, list[Any]]] = {
    "exchange over a triangle": (
        Sum(u[i] * v[j], (j, i, N), (i, 1, N)),
        Sum(u[i] * v[j], (i, 1, j), (j, 1, N)),
        Sum(u[i] * v[j], (i, 1, j - 1), (j, 1, N)),
        [],
    ),
    "a free summand over a triangle": (
        Sum(u[j], (j, i, N), (i, 1, N)),
        Sum(j * u[j], (j, 1, N)),
        Sum((j - 1) * u[j], (j, 1, N)),
        [],
    ),
    "its first entries by themselves": (
        Sum(u[i], (i, 1, N)),
        sum(u[k] for k in range(1, 9)) + Sum(u[i], (i, 9, N)),
        sum(u[k] for k in range(1, 9)) + Sum(u[i], (i, 8, N)),
        [N >= 8],
    ),
    "its last entries by themselves": (
        Sum(u[i] * v[i], (i, 1, N)),
        Sum(u[i] * v[i], (i, 1, N - 12)) + sum(u[N - k] * v[N - k] for k in range(12)),
        Sum(u[i] * v[i], (i, 1, N - 12)) + sum(u[N - k] * v[N - k] for k in range(11)),
        [N >= 12],
    ),
    "its other index": (
        Sum(u[i], (j, i, N), (i, 1, N)),
        Sum((N - i + 1) * u[i], (i, 1, N)),
        Sum((N - i) * u[i], (i, 1, N)),
        [],
    ),
    "cumulative sums": (
        Sum(u[k], (k, 1, j), (j, 1, n)),
        Sum((n - k + 1) * u[k], (k, 1, n)),
        Sum((n - k) * u[k], (k, 1, n)),
        [],
    ),
    "exchange over pairs": (
        Sum(u[i] * Sum(v[j], (j, i + 1, n)), (i, 1, n)),
        Sum(v[j] * Sum(u[i], (i, 1, j - 1)), (j, 1, n)),
        Sum(v[j] * Sum(u[i], (i, 1, j)), (j, 1, n)),
        [],
    ),
    "exchange over pairs without empty rows": (
        Sum(u[i] * Sum(v[j], (j, i + 1, n)), (i, 1, n - 1)),
        Sum(v[j] * Sum(u[i], (i, 1, j - 1)), (j, 2, n)),
        Sum(v[j] * Sum(u[i], (i, 1, j - 1)), (j, 3, n)),
        [],
    ),
    # Rendle, Factorization Machines, ICDM 2010, lemma 3.1
    "a factorization machine": (
        Sum(Sum(U[i, k] * U[j, k], (k, 1, K)) * u[i] * u[j], (j, i + 1, n), (i, 1, n)),
        Sum(SQUARE - Sum(U[i, k] ** 2 * u[i] ** 2, (i, 1, n)), (k, 1, K)) / 2,
        Sum(SQUARE - Sum(U[i, k] * u[i] ** 2, (i, 1, n)), (k, 1, K)) / 2,
        [],
    ),
    "a factorization machine up to the last pair": (
        Sum(Sum(U[i, k] * U[j, k], (k, 1, K)) * u[i] * u[j], (j, i + 1, n), (i, 1, n - 1)),
        Sum(SQUARE - Sum(U[i, k] ** 2 * u[i] ** 2, (i, 1, n)), (k, 1, K)) / 2,
        Sum(SQUARE - Sum(U[i, k] ** 2 * u[i] ** 2, (i, 1, n - 1)), (k, 1, K)) / 2,
        [],
    ),
    "a factorization machine from the second row": (
        Sum(Sum(U[i, k] * U[j, k], (k, 1, K)) * u[i] * u[j], (j, 1, i - 1), (i, 2, n)),
        Sum(SQUARE - Sum(U[i, k] ** 2 * u[i] ** 2, (i, 1, n)), (k, 1, K)) / 2,
        Sum(SQUARE - Sum(U[i, k] ** 2 * u[i] ** 2, (i, 2, n)), (k, 1, K)) / 2,
        [],
    ),
    "squared distances of pairs": (
        Sum((U[i, k] - U[j, k]) ** 2, (k, 1, K), (j, i + 1, n), (i, 1, n - 1)),
        n * Sum(U[i, k] ** 2, (i, 1, n), (k, 1, K)) - Sum(Sum(U[i, k], (i, 1, n)) ** 2, (k, 1, K)),
        n * Sum(U[i, k] ** 2, (i, 1, n), (k, 1, K)) - Sum(U[i, k], (i, 1, n), (k, 1, K)) ** 2,
        [],
    ),
    "a summand without a value for equal indices": (
        Sum(1 / (u[i] - u[j]) ** 2, (j, i + 1, n), (i, 1, n)),
        Sum(1 / (u[i] - u[j]) ** 2, (i, 1, j - 1), (j, 1, n)),
        Sum(1 / (u[i] - u[j]), (i, 1, j - 1), (j, 1, n)),
        [],
    ),
    "an odd summand without a value for equal indices": (
        Sum(1 / (u[i] - u[j]), (j, i + 1, n), (i, 1, n - 1)),
        Sum(1 / (u[i] - u[j]), (i, 1, j - 1), (j, 2, n)),
        Sum(1 / (u[j] - u[i]), (i, 1, j - 1), (j, 2, n)),
        [],
    ),
    "a summand of two arrays without a value for equal indices": (
        Sum(v[j] / (u[i] - u[j]), (j, i + 1, n), (i, 1, n)),
        Sum(v[j] / (u[i] - u[j]), (i, 1, j - 1), (j, 1, n)),
        Sum(v[i] / (u[i] - u[j]), (i, 1, j - 1), (j, 1, n)),
        [],
    ),
    "the same of the other array": (
        Sum(v[i] / (u[i] - u[j]), (j, i + 1, n), (i, 1, n)),
        Sum(v[i] / (u[i] - u[j]), (i, 1, j - 1), (j, 1, n)),
        Sum(v[j] / (u[i] - u[j]), (i, 1, j - 1), (j, 1, n)),
        [],
    ),
    "pairs that are no neighbours": (
        Sum(u[i] * Sum(u[j], (j, 1, i - 2)), (i, 2, n)),
        (Sum(u[i], (i, 1, n)) ** 2 - Sum(u[i] ** 2, (i, 1, n))) / 2 - NEIGHBOURS,
        (Sum(u[i], (i, 1, n)) ** 2 - Sum(u[i] ** 2, (i, 1, n))) / 2 + NEIGHBOURS,
        [],
    ),
    "two triangles and the diagonal": (
        2 * Sum(u[i] * u[j], (j, i + 1, N), (i, 1, N - 1)) + Sum(u[i] ** 2, (i, 1, N)),
        Sum(u[i], (i, 1, N)) ** 2,
        Sum(u[i], (i, 1, N)) ** 2 - u[N] ** 2,
        [],
    ),
    "a ranking likelihood": (
        Derivative(PLACKETT, u[j]),
        1 - Sum(exp(u[j]) / LATER, (k, 1, j)),
        1 - Sum(exp(u[j]) / LATER, (k, j, n)),
        inside,
    ),
    "harmonic numbers": (
        Sum(1 / k, (k, 1, n + 1)),
        Sum(1 / k, (k, 1, n)) + 1 / (n + 1),
        Sum(1 / k, (k, 1, n)) + 1 / n,
        [],
    ),
    "reversed squares": (
        Sum(1 / k**2, (k, 1, n)),
        Sum(1 / (n - k + 1) ** 2, (k, 1, n)),
        Sum(1 / (n - k + 2) ** 2, (k, 1, n)),
        [],
    ),
    "telescoping logarithms": (
        Sum(log((k + 1) / k), (k, 1, n)),
        log(n + 1),
        log(n),
        [],
    ),
    "shifted log gamma": (
        Sum(loggamma(k + 1), (k, 0, n)),
        Sum(loggamma(k), (k, 1, n + 1)),
        Sum(loggamma(k), (k, 1, n)),
        [],
    ),
    "shifted roots": (
        Sum(sqrt(k), (k, 0, n)),
        Sum(sqrt(k + 1), (k, 0, n - 1)),
        Sum(sqrt(k + 1), (k, 0, n)),
        [],
    ),
    "discounted gain": (
        Sum(u[k] / log(k + 1), (k, 1, n + 1)),
        u[n + 1] / log(n + 2) + Sum(u[k] / log(k + 1), (k, 1, n)),
        u[n + 1] / log(n + 1) + Sum(u[k] / log(k + 1), (k, 1, n)),
        [],
    ),
    "discounted return": (
        Sum(g**k * r[k], (k, 0, n)),
        r[0] + g * Sum(g**k * r[k + 1], (k, 0, n - 1)),
        r[0] + Sum(g**k * r[k + 1], (k, 0, n - 1)),
        [],
    ),
    "discount by age": (
        Sum(g ** (n - k) * r[k], (k, 1, n)),
        Sum(g**k * r[n - k], (k, 0, n - 1)),
        Sum(g**k * r[n - k], (k, 0, n)),
        [],
    ),
    "weights that add up to 1": (
        Sum(v[k] * (u[k] - c), (k, 1, n)),
        Sum(v[k] * u[k], (k, 1, n)) - c,
        Sum(v[k] * u[k], (k, 1, n)) - n * c,
        SIMPLEX,
    ),
    "a weighted variance": (
        Sum(v[k] * (u[k] - Sum(v[l] * u[l], (l, 1, n))) ** 2, (k, 1, n)),
        Sum(v[k] * u[k] ** 2, (k, 1, n)) - Sum(v[l] * u[l], (l, 1, n)) ** 2,
        Sum(v[k] * u[k] ** 2, (k, 1, n)) + Sum(v[l] * u[l], (l, 1, n)) ** 2,
        SIMPLEX,
    ),
    "a shift of one-hot logits": (
        Sum(Y[i, k] * (U[i, k] + c), (k, 1, K)),
        c + Sum(Y[i, k] * U[i, k], (k, 1, K)),
        K * c + Sum(Y[i, k] * U[i, k], (k, 1, K)),
        ONE_HOT,
    ),
    "squares of one-hot labels": (Sum(Y[i, k] ** 2, (k, 1, K)), x / x, x / x + 1, ONE_HOT),
    "the gradient of a hinge": (
        Derivative(HINGE, v[j]),
        Piecewise((-u[j], u[j] * v[j] < 1), (0, True)),
        Piecewise((-u[j], u[j] * v[j] < 2), (0, True)),
        inside,
    ),
}


@pytest.mark.parametrize("name", IDENTITIES)
def test_what_is_equal_is_proved(name: str) -> None:
    left, right, _, where = IDENTITIES[name]
    result = prove_equal(left, right, where=where)
    assert result.proved, result.reason


@pytest.mark.parametrize("name", IDENTITIES)
def test_the_slip_is_refuted(name: str) -> None:
    left, _, wrong, where = IDENTITIES[name]
    assert prove_equal(left, wrong, where=where).refuted
