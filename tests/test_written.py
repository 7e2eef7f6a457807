"""What SymPy makes of what is typed: an index that it captures, an index of its own class."""

from __future__ import annotations

from typing import Any

import pytest
from ids import steady
from sympy import (
    Derivative,
    Idx,
    IndexedBase,
    KroneckerDelta,
    MatrixSymbol,
    Mul,
    Piecewise,
    Pow,
    Product,
    Sum,
    Symbol,
    exp,
    log,
    symbols,
)

from symderiv import Derivation, prove_equal, prove_nonnegative, to_numpy, verify
from symderiv.verdict import ClaimError

x = symbols("x", real=True)
m, n = symbols("m n", integer=True, positive=True)
i, j, k = symbols("i j k", integer=True)
u = IndexedBase("u")
X, t = MatrixSymbol("X", m, n), MatrixSymbol("t", n, 1)

# Σᵢ gᵢ·Σₖ [uₖ ≥ uᵢ]·zₖ: SymPy's Sum takes the Piecewise out of the sum over k, with k
g, w = IndexedBase("g"), IndexedBase("w")
th = symbols("theta", real=True)


def over(k: Symbol, e: Any) -> Sum:
    return Sum(e, (k, 1, n))


def at_risk(e: Any, test: Any = u[k] >= u[i]) -> Sum:
    return over(k, Piecewise((e, test), (0, True)))


@pytest.mark.parametrize(
    "line",
    [
        over(i, g[i] * at_risk(w[k])),
        over(i, at_risk(w[k]) ** 2),
        over(i, g[i] + at_risk(1)),
        over(i, g[i] * at_risk(w[k], k <= i)),
        Product(g[i] * at_risk(w[k]), (i, 1, n)),
        over(i, g[i] * Product(Piecewise((w[k], u[k] >= u[i]), (1, True)), (k, 1, n))),
        over(k, w[k] * over(i, g[i] * at_risk(w[k]))),
        Derivative(over(i, g[i] * log(at_risk(exp(th * w[k])))), th),  # log 0 is zoo
        over(i, Derivative(at_risk(th * w[k]), th)),
    ],
    ids=steady,
)
def test_a_piecewise_that_sympy_has_taken_out_of_its_sum_is_refused(line: Any) -> None:
    for lhs, rhs, let in ((line, 0, {}), (0, line, {}), (x, 0, {x: line})):
        with pytest.raises(ClaimError, match=r"free in the condition .* let=\{r\[i\]: Sum\("):
            prove_equal(lhs, rhs, let=let)
    doors = (prove_nonnegative, lambda e: Derivation("wrong", e), lambda e: to_numpy(e, [g, u, w]))
    for door in doors:
        with pytest.raises(ClaimError, match="free in the condition"):
            door(line)


# what people write: an index that a sum around it binds, or one that nothing else binds
@pytest.mark.parametrize(
    ("lhs", "rhs"),
    [
        (over(k, exp(w[k]) / over(k, exp(w[k]))), 1),
        (over(k, Piecewise((w[k] / over(k, exp(w[k])), u[k] > 0), (0, True))), None),
        (over(i, Piecewise((w[i] * over(k, g[k]), u[i] > x), (0, True))), None),
        (at_risk(w[k]), None),
        (g[i] * at_risk(w[k]), at_risk(g[i] * w[k])),
        (Sum(Piecewise((1, u[k] >= u[i]), (0, True)), (k, 1, n), (i, 1, n)), None),
        (Piecewise((over(k, w[k]), u[k] > 0), (0, True)), None),  # no sum around it
    ],
    ids=steady,
)
def test_an_index_that_is_used_twice_is_no_fault_by_itself(lhs: Any, rhs: Any) -> None:
    assert prove_equal(lhs, lhs + 0 * x if rhs is None else rhs, where=[i >= 1, i <= n]).proved


# the way out: ∂/∂θ Σ oᵢ(wᵢθ − log Σₖ [uₖ ≥ uᵢ]·e^(wₖθ)) with both inner sums named
@pytest.mark.slow
def test_an_inner_sum_that_is_named_is_read_as_it_is_written() -> None:
    r, s = IndexedBase("r"), IndexedBase("s")
    let = {r[i]: at_risk(exp(w[k] * th)), s[i]: at_risk(w[k] * exp(w[k] * th))}
    cost = over(i, g[i] * (w[i] * th - log(r[i])))
    assert prove_equal(Derivative(cost, th), over(i, g[i] * (w[i] - s[i] / r[i])), let=let).proved
    squares, wrong = over(i, r[i] ** 2), over(i, r[i] * over(k, w[k]))
    assert prove_equal(squares, wrong, let={r[i]: at_risk(w[k])}).refuted


# an Idx is the integer symbol of its label; a free one says in where what range it names
ii, jj, kk = Idx("i", n), Idx("j", n), Idx("k", (1, n))


@pytest.mark.parametrize(
    ("lhs", "right", "wrong"),
    [
        (Sum(u[ii] ** 2, (ii, 0, n - 1)), Sum(u[k] ** 2, (k, 0, n - 1)), Sum(u[ii], ii)),
        (Derivative(Sum(u[ii] ** 2, (ii, 0, n - 1)), u[jj]), 2 * u[jj], 2 * u[jj + 1]),
        (Derivative(Sum(u[kk] ** 2, (kk, 1, n)), u[kk]), 2 * u[k], u[kk]),
        (Sum(KroneckerDelta(ii, jj) * u[ii], (ii, 0, n - 1)), u[jj], u[ii]),
        (Sum(X[j, ii] * t[ii, 0], (ii, 0, n - 1)), (X * t)[j, 0], 2 * (X * t)[j, 0]),
        (
            Sum(u[ii], (ii, 0, n - 1)) / n,
            Sum(u[kk - 1], (kk, 1, n)) / n,
            Sum(u[kk], (kk, 1, n)) / n,
        ),
    ],
    ids=steady,
)
def test_an_idx_is_an_integer_symbol_with_its_range(lhs: Any, right: Any, wrong: Any) -> None:
    result = prove_equal(lhs, right)
    assert result.proved
    assert not result.open_conditions
    assert prove_equal(lhs, wrong).refuted


def test_an_idx_is_read_in_where_in_let_and_in_steps() -> None:
    logs = Sum(log(u[ii]), (ii, 0, n - 1))
    doubled = Sum(log(2 * u[ii]), (ii, 0, n - 1))
    result = prove_equal(doubled, logs + n * log(2), where=[u[ii] > 0])
    assert result.proved
    assert not result.open_conditions
    assert prove_equal(logs, Sum(w[ii], (ii, 0, n - 1)), let={w[ii]: log(u[ii])}).proved
    steps = Derivation("one", u[ii]).then(2 * u[ii] - u[i], "twice less once").then(u[i], "once")
    assert [steps.where, *(step.where for step in steps.steps)] == [(i >= 0, i <= n - 1), (), ()]
    assert verify(steps).passed


def test_what_was_not_evaluated_is_not_because_of_an_idx() -> None:
    kept = Mul(u[ii], Pow(u[ii], -1, evaluate=False), evaluate=False)
    result = prove_equal(kept, 1)
    assert [str(c.relation) for c in result.open_conditions] == ["Ne(u[i], 0)"]


def test_a_free_idx_is_refused_where_its_range_would_be_lost() -> None:
    for ask in (lambda: prove_nonnegative(u[jj] ** 2), lambda: prove_equal(x, 1, let={x: u[jj]})):
        with pytest.raises(
            ClaimError, match=r"the free Idx j: write j = symbols\('j', integer=True"
        ):
            ask()
    assert prove_nonnegative(Sum(u[ii] ** 2, (ii, 0, n - 1))).proved
