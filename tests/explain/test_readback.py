"""What is read back says the same as what was written: the judge itself is asked."""

from __future__ import annotations

from typing import Any

import pytest
from sympy import (
    Abs,
    Derivative,
    Heaviside,
    IndexedBase,
    KroneckerDelta,
    MatrixSymbol,
    Max,
    Piecewise,
    Product,
    Sum,
    UnevaluatedExpr,
    atan,
    cos,
    digamma,
    erf,
    exp,
    log,
    loggamma,
    pi,
    sin,
    sqrt,
    symbols,
    tanh,
)

from symderiv import prove_equal, sigma, softplus
from symderiv.explain.readback import Readback

x, y, t = symbols("x y t", real=True)
p, q = symbols("p q", positive=True)
m, n = symbols("m n", integer=True, positive=True)
i, j, k = symbols("i j k", integer=True, nonnegative=True)
X, w, v = MatrixSymbol("X", m, n), MatrixSymbol("w", n, 1), MatrixSymbol("v", m, 1)
a, b = IndexedBase("a"), IndexedBase("b")

WRITTEN = [
    (x**2 - 1) / (x + 3) + 7,
    exp(2 * x) * sigma(x) + softplus(-x),
    log(p) * sqrt(p * q) + p ** (-x),
    sin(x + y) * cos(x - y) + tanh(x) + atan(x) + erf(x / sqrt(pi)),
    loggamma(p + 2) + digamma(p),
    Abs(x) + Max(x, y) + Heaviside(x - 1),
    Piecewise((x**2 / 2, Abs(x) <= p), (p * Abs(x) - p**2 / 2, True)),
    Derivative(sigma(x) * x, (x, 2)),
    Derivative(softplus((X * w)[i, 0]), w[j, 0]),
    Derivative(Sum(log(1 + (X * w - v)[i, 0] ** 2), (i, 0, m - 1)) / m, w[j, 0]),
    Sum(a[i] * Sum(b[k], (k, i, n)), (i, 1, n)) + Sum(KroneckerDelta(i, 2) * a[i], (i, 0, n + 2)),
    Sum(exp(a[i]) / Sum(exp(a[k]), (k, 1, n)), (i, 1, n)),
    Product(1 + a[i] ** 2, (i, 1, n)),
]


@pytest.mark.parametrize("written", WRITTEN, ids=str)
def test_what_was_read(written: Any) -> None:
    trace = prove_equal(written, written + 0).trace
    assert trace is not None
    # term(e) read back is e
    assert prove_equal(written, trace.read[0]).proved


@pytest.mark.parametrize("written", [e for e in WRITTEN if not e.has(Abs, Piecewise)], ids=str)
def test_normal_forms(written: Any) -> None:
    trace = prove_equal(written, UnevaluatedExpr(2) * written - written).trace
    assert trace is not None
    # n/d = e, in the one case that there is
    assert [(c.assumed, c.outcome) for c in trace.cases] == [((), "equal")]
    assert prove_equal(written, trace.cases[0].normal_forms[0]).proved  # type: ignore[index]


def test_nothing_is_evaluated_on_the_way_back() -> None:
    # log(e^x) stays as it was read, where SymPy would make it x
    written = log(exp(x, evaluate=False), evaluate=False)
    trace = prove_equal(written, x).trace
    assert trace is not None
    assert trace.read[0] == written
    assert trace.read[0] != x


def test_a_bound_index_is_not_the_writers_free_one() -> None:
    # Σᵢ a[i] + a[i]: two indices, though the writer called both i
    written = Sum(a[i], (i, 1, n)) + a[i]
    trace = prove_equal(written, written).trace
    assert trace is not None
    assert trace.read[0].free_symbols >= {i, n}
    (total,) = trace.read[0].atoms(Sum)
    assert total.limits[0][0] != i


def test_two_bound_indices_have_two_names() -> None:
    back = Readback()
    shown = [back.symbol(name) for name in ("$1.0", "$1.1", "#2", "i~3", "i~4", "$1.0")]
    assert [s.name for s in shown] == ["k", "k_1", "k_2", "i", "i_1", "k"]
    assert shown[0] is shown[-1]
