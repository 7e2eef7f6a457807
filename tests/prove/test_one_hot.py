"""Rows of zeros and a single 1: v_k = [k = c] for an index c that is not told."""

from typing import Any

import pytest
from sympy import (
    Abs,
    Contains,
    Derivative,
    Eq,
    FiniteSet,
    IndexedBase,
    Max,
    Product,
    Sum,
    exp,
    log,
    symbols,
)

from symderiv import Verdict, prove_equal

K, m = symbols("K m", integer=True, positive=True)
i, j, k, l, r, s = symbols("i j k l r s", integer=True)  # noqa: E741
u, v, w, B = (IndexedBase(name) for name in "uvwB")


def S(e: Any, index: Any = k, last: Any = K) -> Any:
    return Sum(e, (index, 1, last))


def label(array: Any) -> list[Any]:
    return [Contains(array[k], FiniteSet(0, 1)), Eq(S(array[k]), 1)]


ONE, POSITIVE = label(v), [*label(v), u[k] > 0]
TWO = [*ONE, *label(w)]
ROWS = [Contains(B[r, s], FiniteSet(0, 1)), Eq(S(B[r, j], j), 1)]
CHOSEN = S(v[k] * u[k])
LOSS = -S(v[k] * log(exp(u[k]) / S(exp(u[l]), l)))
# left, right, what is wrong, where
CLAIMS = {
    "the categorical likelihood": (Product(u[k] ** v[k], (k, 1, K)), CHOSEN, S(u[k]), POSITIVE),
    "its logarithm": (log(CHOSEN), S(v[k] * log(u[k])), log(S(u[k])), POSITIVE),
    "a quotient": (1 / CHOSEN, S(v[k] / u[k]), S(v[k]) / u[K], POSITIVE),
    "a power": (exp(CHOSEN), S(v[k] * exp(u[k])), exp(u[1]), ONE),
    "cases": (S(v[k] * Max(u[k], 0)), Max(CHOSEN, 0), Abs(CHOSEN), ONE),
    "no variance": (S(k * v[k]) ** 2, S(k**2 * v[k]), K**2, ONE),
    "the gradient": (
        Derivative(LOSS, u[r]),
        exp(u[r]) / S(exp(u[l]), l) - v[r],
        exp(u[r]) / S(exp(u[l]), l) - 2 * v[r],
        [*ONE, r >= 1, r <= K],
    ),
    "two entries": (v[1] * v[2], 0 * K, v[1], [*ONE, K >= 2]),
    "beyond the row": (S(v[k], k, K + 1), 1 + v[K + 1], 1 + 0 * K, ONE),
    "two labels": (S(v[k] * w[k]), 1 - S((v[k] - w[k]) ** 2) / 2, v[1] * w[1], TWO),
    "one of many rows": (S(B[i, k] * u[k]) ** 2, S(B[i, k] * u[k] ** 2), u[i], ROWS),
    "two rows": (S(B[1, k]) * S(k * B[i, k]), S(k * B[i, k]), S(k * B[1, k]), ROWS),
    "all rows and the last": (
        Sum(B[i, k] * u[k], (k, 1, K), (i, 1, m)),
        Sum(B[i, k] * u[k], (k, 1, K), (i, 1, m - 1)) + S(B[m, k] * u[k]),
        m * S(B[1, k] * u[k]),
        ROWS,
    ),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_a_label_stands_at_one_index(name: str) -> None:
    """F(Σ v_k·u_k) = Σ v_k·F(u_k) for any F, where one v_k is 1 and all others are 0."""
    left, right, wrong, where = CLAIMS[name]
    assert prove_equal(left, right, where=where).proved
    assert prove_equal(left, wrong, where=where).verdict is Verdict.REFUTED


def test_rows_of_which_where_says_nothing_are_any() -> None:
    """Of the rows 1 … m, B[2, ·] is one where m ≥ 2; B[0, ·] is none."""
    rows = [*ROWS, r >= 1, r <= m, K >= 2]
    zero = 0 * K
    assert prove_equal(B[2, 1] * B[2, 2], zero, where=[*rows, m >= 2]).proved
    assert prove_equal(B[2, 1] * B[2, 2], zero, where=rows).verdict is Verdict.REFUTED
    assert prove_equal(B[0, 1] * B[0, 2], zero, where=rows).verdict is Verdict.REFUTED


def test_what_is_no_label() -> None:
    """Σ v_k = 1 alone, or zeros and ones alone, say nothing of one index."""
    for where in ([Eq(S(v[k]), 1)], [Contains(v[k], FiniteSet(0, 1))]):
        assert prove_equal(CHOSEN**2, S(v[k] * u[k] ** 2), where=where).verdict is Verdict.REFUTED
    half = [Contains(v[k], FiniteSet(0, 1, -1)), Eq(S(v[k]), 1)]
    assert prove_equal(S(v[k] ** 2), 1, where=half).verdict is Verdict.REFUTED
    count = [Contains(v[k], FiniteSet(0, 1)), Eq(S(v[k]), u[0])]
    assert prove_equal(u[0], 1, where=count).verdict is Verdict.REFUTED


@pytest.mark.slow
@pytest.mark.parametrize("other", [B[2, k], B[k, 2], B[k, k]], ids=["row", "column", "diagonal"])
def test_two_rows_of_one_array_have_their_ones_where_they_like(other: Any) -> None:
    # Σ u_k·B_1k and Σ u_k·B_2k: u₁ and u₂ for B_11 = B_22 = 1, at any K ≥ 12
    where = [Contains(B[r, s], FiniteSet(0, 1)), Eq(S(B[1, k]), 1), Eq(S(other), 1), K >= 12]
    result = prove_equal(S(u[k] * B[1, k]), S(u[k] * other), where=where, timeout=0.5)
    assert not result.proved
    same = prove_equal(S(u[k] * other) ** 2, S(u[k] ** 2 * other), where=where, timeout=0.5)
    assert not same.refuted
