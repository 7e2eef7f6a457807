"""Sums that are equal by telescoping, shifts, reversal, division and exchange, for all sizes.

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
    MatrixSymbol,
    Max,
    Piecewise,
    Product,
    Rational,
    Sum,
    erf,
    exp,
    log,
    sign,
    sqrt,
    symbols,
)

from symderiv import prove_equal, sigma

n, m = symbols("n m", integer=True, positive=True)
i, j, k, l = symbols("i j k l", integer=True, nonnegative=True)  # noqa: E741
a = symbols("a", real=True)
u, w = MatrixSymbol("u", n, 1), MatrixSymbol("w", n, 1)
v, t = IndexedBase("v"), IndexedBase("t")
Z = MatrixSymbol("Z", n, n)


def S(e: Any, *ranges: Any) -> Any:
    return Sum(e, *ranges)


ALL = (i, 0, n - 1)
RISK = S(exp(u[l, 0]), (l, i, n - 1))
PAIRS = S((u[i, 0] - u[j, 0]) ** 2, (j, 0, i - 1), ALL)
h = sigma(v[i])
w_h = h * (1 - h)
r, q = symbols("r q", positive=True)
HALF = Rational(1, 2)
VARIANCE = S(u[i, 0] ** 2, ALL) / n - (S(u[i, 0], ALL) / n) ** 2

# name: left, right, a wrong right, where
IDENTITIES: dict[str, tuple[Any, Any, Any, list[Any]]] = {
    "geometric": (S(a**i, ALL) * (1 - a), 1 - a**n, 1 - a ** (n + 1), []),
    "geometric, from m on": (S(r**i, (i, m, m + n)) * (1 - r), r**m - r ** (n + m + 1), r**m, []),
    "geometric, of one": (S(r**i, ALL), n, n + 1, [Eq(r, 1)]),
    "geometric, quotient": (S(r**i, ALL), (1 - r**n) / (1 - r), (1 - r**n) / (1 + r), [r < 1]),
    "alternating": (S((-1) ** i, ALL), (1 - (-1) ** n) / 2, (1 + (-1) ** n) / 2, []),
    "squares times a power": (
        S(i**2 * HALF**i, (i, 0, n)),
        6 - (n**2 + 4 * n + 6) * HALF**n,
        6 - (n**2 + 4 * n + 6) * HALF ** (n + 1),
        [],
    ),
    "two ratios": (
        S(r**i * q ** (n - i), (i, 0, n)) * (r - q),
        r ** (n + 1) - q ** (n + 1),
        r**n - q**n,
        [],
    ),
    "a geometric sum of geometric sums": (
        S(S(r**j, (j, 0, i)), ALL) * (1 - r) ** 2,
        n * (1 - r) - r + r ** (n + 1),
        n * (1 - r) - r + r**n,
        [],
    ),
    "a square in the exponent is not geometric": (
        S(r ** (i**2), ALL) * (r - 1),
        S(r ** (i**2 + 1) - r ** (i**2), ALL),
        r ** (n**2) - 1,
        [],
    ),
    "telescoping": (S(v[i + 1] - v[i], ALL), v[n] - v[0], v[n - 1] - v[0], []),
    "ends of differences": (
        S(u[i, 0] - u[i - 1, 0], (i, 1, n - 1)),
        u[n - 1, 0] - u[0, 0],
        u[0, 0] - u[n - 1, 0],
        [],
    ),
    "shift": (S(v[i + 1], ALL), S(v[i], (i, 1, n)), S(v[i], ALL), []),
    "shift of a number": (
        S(v[i + 3] * i, ALL),
        S(v[i] * (i - 3), (i, 3, n + 2)),
        S(v[i] * i, (i, 3, n + 2)),
        [],
    ),
    "reversal": (
        S(u[n - 1 - i, 0] * i, ALL),
        S(u[i, 0] * (n - 1 - i), ALL),
        S(u[i, 0] * i, ALL),
        [],
    ),
    "convolution": (
        S(u[n - 1 - i, 0] * w[i, 0], ALL),
        S(u[i, 0] * w[n - 1 - i, 0], ALL),
        S(u[i, 0] * w[i, 0], ALL),
        [],
    ),
    "division": (
        S(u[i, 0], ALL),
        S(u[i, 0], (i, 0, k)) + S(u[i, 0], (i, k + 1, n - 1)),
        S(u[i, 0], (i, 0, k)) + S(u[i, 0], (i, k, n - 1)),
        [k < n],
    ),
    "last term": (
        S(u[i, 0], ALL) - u[n - 1, 0],
        S(u[i, 0], (i, 0, n - 2)),
        S(u[i, 0], (i, 1, n - 1)),
        [],
    ),
    "one term more": (
        S(v[i], ALL) + v[n],
        S(v[i], (i, 0, n)),
        S(v[i], (i, 0, n - 1)),
        [],
    ),
    "last term of quotients": (
        S(a / (a - v[i]), (i, 0, n)) - S(a / (a - v[i]), ALL),
        a / (a - v[n]),
        a / (v[n] - a),
        [],
    ),
    "last term of other quotients": (
        S(1 / (v[i] - t[i]), (i, 0, n)) - S(1 / (v[i] - t[i]), ALL),
        1 / (v[n] - t[n]),
        1 / (t[n] - v[n]),
        [],
    ),
    "quotients": (
        S(w[i, 0] / v[i], ALL, (j, 0, n - 1)),
        n * S(w[i, 0] / v[i], ALL),
        S(w[i, 0], ALL) * S(1 / v[i], ALL),
        [],
    ),
    "last term of exponentials": (
        S(exp(v[i] / 2), (i, 0, n)) - S(exp(v[i] / 2), ALL),
        exp(v[n] / 2),
        exp(v[n]),
        [],
    ),
    "last term below 0": (
        S(v[i], (i, -n, -1)),
        S(v[i], (i, -n, -2)) + v[-1],
        S(v[i], (i, -n, -2)) - v[-1],
        [],
    ),
    "reversal of an odd function": (
        S(t[n - 1 - i] * erf(v[i] - v[n - 1 - i]) ** 2, ALL),
        S(t[i] * erf(v[i] - v[n - 1 - i]) ** 2, ALL),
        -S(t[i] * erf(v[i] - v[n - 1 - i]) ** 2, ALL),
        [],
    ),
    "variance by pairs": (PAIRS / n**2, VARIANCE, 2 * VARIANCE, []),
    "absolute pairs": (
        2 * S(Abs(u[i, 0] - u[j, 0]), (j, 0, i - 1), ALL),
        S(Abs(u[i, 0] - u[j, 0]), (j, 0, n - 1), ALL),
        S(u[i, 0] - u[j, 0], (j, 0, n - 1), ALL),
        [],
    ),
    "antisymmetric": (
        S((u[i, 0] - u[j, 0]) * w[i, 0] * w[j, 0], (j, 0, n - 1), ALL),
        S(a - a, ALL),
        S(u[i, 0] * w[i, 0], ALL),
        [],
    ),
    "odd function of a difference": (
        S(erf(u[i, 0] - u[j, 0]) * w[i, 0], (j, 0, n - 1), ALL),
        -S(erf(u[i, 0] - u[j, 0]) * w[j, 0], (j, 0, n - 1), ALL),
        S(erf(u[i, 0] - u[j, 0]) * w[j, 0], (j, 0, n - 1), ALL),
        [],
    ),
    "triangle of an odd function": (
        S(erf(u[i, 0] - u[j, 0]), (j, 0, i - 1), ALL),
        -S(erf(u[j, 0] - u[i, 0]), (j, 0, i - 1), ALL),
        0 * a,
        [],
    ),
    "odd function of all pairs": (
        S(erf(u[i, 0] - u[j, 0]), (j, 0, n - 1), ALL),
        0 * a,
        S(erf(u[i, 0] - u[j, 0]) ** 2, (j, 0, n - 1), ALL),
        [],
    ),
    "walks of three steps": (
        S(Z[i, j] * Z[j, k] * Z[k, i], (k, 0, n - 1), (j, 0, n - 1), ALL),
        S(Z[k, i] * Z[j, k] * Z[i, j], (i, 0, n - 1), (k, 0, n - 1), (j, 0, n - 1)),
        0 * a,
        [],
    ),
    "roots of row sums": (
        2 * S(u[i, 0] * sqrt(S(Z[i, j] ** 2, (j, 0, n - 1))), ALL),
        S(2 * u[j, 0] * sqrt(S(Z[j, i] ** 2, (i, 0, n - 1))), (j, 0, n - 1)),
        2 * S(u[i, 0] * sqrt(S(Z[j, i] ** 2, (j, 0, n - 1))), ALL),
        [],
    ),
    "quotients by row sums": (
        2 * S(u[i, 0] / S(Z[i, j], (j, 0, n - 1)), ALL),
        S(2 * u[i, 0] / S(Z[i, j], (j, 0, n - 1)), ALL),
        2 * S(u[i, 0], ALL),
        [],
    ),
    "cumulative": (
        S(S(u[j, 0], (j, 0, i)), ALL),
        S((n - i) * u[i, 0], ALL),
        S(i * u[i, 0], ALL),
        [],
    ),
    "triangle the other way": (
        S(u[i, 0] * w[j, 0], (j, 0, i), ALL),
        S(u[i, 0] * w[j, 0], (i, j, n - 1), (j, 0, n - 1)),
        S(u[i, 0] * w[j, 0], (j, i, n - 1), ALL),
        [],
    ),
    "triangle of numbers": (
        S(i * j, (j, 0, i - 1), ALL),
        (S(i, ALL) ** 2 - S(i**2, ALL)) / 2,
        S(i, ALL) ** 2 / 2,
        [],
    ),
    "risk set as a difference": (
        S(log(RISK), ALL),
        S(log(S(exp(u[l, 0]), (l, 0, n - 1)) - S(exp(u[l, 0]), (l, 0, i - 1))), ALL),
        S(log(S(exp(u[l, 0]), (l, 0, i))), ALL),
        [],
    ),
    "risk set by one entry": (
        Derivative(S(w[i, 0] * log(RISK), ALL), u[k, 0]),
        S(w[i, 0] * exp(u[k, 0]) / RISK, (i, 0, k)),
        S(w[i, 0] * exp(u[k, 0]) / RISK, ALL),
        [k < n],
    ),
    "neighbours by one entry": (
        Derivative(S((u[i + 1, 0] - u[i, 0]) ** 2, (i, 0, n - 2)), u[k, 0]),
        2 * (u[k, 0] - u[k - 1, 0]) - 2 * (u[k + 1, 0] - u[k, 0]),
        2 * (u[k, 0] - u[k - 1, 0]) + 2 * (u[k + 1, 0] - u[k, 0]),
        [k > 0, k < n - 1],
    ),
    "lasso by one entry": (
        Derivative(S(Abs(u[i, 0]), ALL), u[k, 0]),
        sign(u[k, 0]),
        S(sign(u[i, 0]), ALL),
        [k < n],
    ),
    "working response": (
        S(w_h * (v[i] + (w[i, 0] - h) / w_h) * u[i, 0], ALL),
        S(w_h * v[i] * u[i, 0], ALL) + S((w[i, 0] - h) * u[i, 0], ALL),
        S(w_h * v[i] * u[i, 0], ALL) + S((h - w[i, 0]) * u[i, 0], ALL),
        [],
    ),
    "partial fractions": (
        S(u[j, 0] * h * w[i, 0] * (1 - h) ** 2, ALL, (j, 0, n - 1)),
        S(u[j, 0] * w_h * w[i, 0], ALL, (j, 0, n - 1))
        - S(u[j, 0] * w_h * h * w[i, 0], (j, 0, n - 1), ALL),
        S(u[j, 0] * w_h * w[i, 0], ALL, (j, 0, n - 1))
        - S(u[i, 0] * w_h * h * w[i, 0], (j, 0, n - 1), ALL),
        [],
    ),
    "sign of every entry": (
        S(Abs(u[i, 0]) * w[i, 0], ALL),
        S(u[i, 0] * w[i, 0], ALL),
        S(u[i, 0], ALL),
        [u[k, 0] >= 0],
    ),
    "parts by sign": (
        S(Abs(u[i, 0]), ALL) + S(u[i, 0], ALL),
        2 * S(Max(u[i, 0], 0), ALL),
        S(Max(u[i, 0], 0), ALL),
        [],
    ),
    "parts add up": (
        S(Piecewise((w[i, 0], u[i, 0] > 0), (0, True)), ALL),
        S(w[i, 0], ALL) - S(Piecewise((w[i, 0], u[i, 0] <= 0), (0, True)), ALL),
        S(w[i, 0], ALL) - S(Piecewise((w[i, 0], u[i, 0] < 0), (0, True)), ALL),
        [],
    ),
    "reciprocals where the entries are not 0": (
        S(Piecewise((w[i, 0] / u[i, 0], u[i, 0] > 0), (0, True)), ALL),
        S(w[i, 0] * Piecewise((1 / u[i, 0], u[i, 0] > 0), (0, True)), ALL),
        S(w[i, 0] * Piecewise((1 / u[i, 0], u[i, 0] > 0), (1, True)), ALL),
        [],
    ),
    "an index compared with a fraction": (
        S(Piecewise((v[i], i > Rational(1, 2)), (0, True)), ALL),
        S(v[i], (i, 1, n - 1)),
        S(v[i], (i, 2, n - 1)),
        [n > 2],
    ),
    "every other comparison": (
        S(Piecewise((v[i], 2 * i >= 5), (0, True)), ALL),
        S(v[i], (i, 3, n - 1)),
        S(v[i], (i, 2, n - 1)),
        [n > 3],
    ),
    "likelihood": (
        log(Product(sigma(u[i, 0]), ALL)),
        S(log(sigma(u[i, 0])), ALL),
        log(S(sigma(u[i, 0]), ALL)),
        [],
    ),
}


@pytest.mark.parametrize("name", IDENTITIES)
def test_what_is_equal_is_proved(name: str) -> None:
    left, right, _, where = IDENTITIES[name]
    result = prove_equal(left, right, where=where)
    assert result.proved, result.reason


@pytest.mark.parametrize("name", IDENTITIES)
def test_the_slip_beside_it_is_refuted(name: str) -> None:
    left, _, wrong, where = IDENTITIES[name]
    assert prove_equal(left, wrong, where=where).refuted


def test_an_index_in_an_exponent_is_shifted_with_its_entry() -> None:
    """Σ_{i<n} v_{i+1}·e^i lacks a factor e beside Σ_{1≤i≤n} vᵢ·e^i."""
    left = S(v[i + 1] * exp(i), ALL)
    whole = S(v[i] * exp(i), ALL) + v[n] * exp(n) - v[0]
    assert prove_equal(left, whole).refuted
    assert prove_equal(exp(1) * left, S(v[i] * exp(i), (i, 1, n))).proved


def test_an_interval_is_not_positive_beyond_its_ends() -> None:
    """Σ_{k ≤ i < n} e^{uᵢ} > 0 for k < n; for k = n the sum is empty, and its logarithm is not."""
    tail = S(exp(u[i, 0]), (i, k, n - 1))
    inside = prove_equal(2 * log(tail), log(tail**2), where=[k < n])
    assert inside.proved
    assert not [c for c in inside.conditions if c.open]
    outside = prove_equal(2 * log(tail), log(tail**2), where=[k <= n])
    assert [c for c in outside.conditions if c.open]


def test_a_part_with_a_sign_of_its_own_is_not_used_for_the_whole() -> None:
    """uᵢ > 0 for i ≥ k says nothing of Σ over all i."""
    total = S(u[i, 0], ALL)
    result = prove_equal(Abs(total), total, where=[k < n, u[j, 0] > 0, j >= k, j < n])
    assert not result.proved
