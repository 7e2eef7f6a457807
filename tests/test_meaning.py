"""What a claim means: every rule of the design has its test here, and every trap that SymPy sets.

The numbers are those of "What a claim means" in DESIGN.md.
"""

from __future__ import annotations

from typing import Any

import pytest
import sympy
from claims import (
    X,
    Y,
    chain,
    i,
    j,
    k,
    l,
    m,
    n,
    not_proved,
    proved,
    q,
    refuses,
    refuted,
    shown,
    theta,
    x,
    y,
)
from sympy import (
    Abs,
    Derivative,
    Eq,
    IndexedBase,
    KroneckerDelta,
    MatrixSymbol,
    Sum,
    Symbol,
    UnevaluatedExpr,
    exp,
    log,
    oo,
    sqrt,
    symbols,
)

from symderiv import prove_equal
from symderiv.verdict import ClaimError

# ---- 1. symbols are real numbers


def test_a_symbol_without_assumption_is_read_as_real_and_noted() -> None:
    s = Symbol("s")
    assert proved((s**2).sqrt() if hasattr(s, "sqrt") else sqrt(s**2), Abs(s)) == []
    assert chain(sqrt(s**2), Abs(s)).notes == ("s is read as real",)
    assert chain(sqrt(x**2), Abs(x), sqrt(x**2)).notes == ()


@pytest.mark.parametrize(
    "s", [Symbol("s", complex=True), Symbol("s", imaginary=True), Symbol("s", commutative=False)]
)
def test_a_symbol_that_is_not_real_is_refused(s: Symbol) -> None:
    refuses(s, s + 0 * x, match="s")
    refuses(2 * s, s + s, match="real")


def test_the_imaginary_unit_and_infinities_are_refused() -> None:
    refuses(sympy.I * x, x, match="real")
    refuses(x + oo, x, match="real|infin")
    refuses(sympy.zoo, x, match="real")
    refuses(sympy.nan, x, match="real")


def test_two_symbols_of_one_name_are_refused() -> None:
    refuses(Symbol("x") + 1, x + 1, match="two different symbols are called x")
    refuses(Symbol("x", positive=True), x, match="two different symbols are called x")
    refuses(x, y, Symbol("y") > 0, match="two different symbols are called y")
    refuses(MatrixSymbol("x", n, 1)[j, 0], x, match="two different symbols are called x")


def test_a_float_is_refused_where_ever_it_stands() -> None:
    refuses(0.5 * x, x / 2, match="float")
    refuses(x, x, x > 0.5, match="float")
    refuses(Sum(0.1 * q[k], (k, 0, n - 1)), x, match="float")
    with pytest.raises(ClaimError, match="float"):
        prove_equal(x, 0.5)


def test_a_python_bool_in_where_is_refused_with_a_hint() -> None:
    refuses(x, x + 0, x != 1, match="Ne")
    refuses(x, x + 0, x == 1, match="Eq")
    with pytest.raises(ClaimError):
        prove_equal(x, True)


# ---- 2. the objects as received


def test_what_sympy_cancels_on_construction_carries_no_condition() -> None:
    assert proved(exp(log(x)), x) == []
    assert proved(y / x * x, y) == []


@pytest.mark.parametrize(
    ("lhs", "rhs", "condition"),
    [
        (UnevaluatedExpr(y / x) * x, y, "Ne(x, 0)"),
        (exp(UnevaluatedExpr(log(x))), x, "x > 0"),
        (sympy.Pow(UnevaluatedExpr(sqrt(x)), 2), x, "x >= 0"),
        (sympy.Mul(x, 1 / x, evaluate=False), sympy.Integer(1), "Ne(x, 0)"),
        (sympy.Add(1 / x, -1 / x, evaluate=False), sympy.Integer(0), "Ne(x, 0)"),
    ],
)
def test_unevaluated_input_is_kept_with_its_conditions(lhs: Any, rhs: Any, condition: str) -> None:
    assert proved(lhs, rhs) == [condition]


def test_lines_that_are_identical_after_construction_are_marked() -> None:
    found = chain(y / x * x, y, sympy.Mul(y, 1, evaluate=False))
    assert [s.unchanged for s in found.steps] == [True, False]
    assert found.passed


# ---- 3. sizes and ranges


def test_sizes_are_at_least_one() -> None:
    size = symbols("N", integer=True)
    assert proved(Sum(1, (k, 0, size - 1)), size) == ["N >= 1"]
    assert proved(Sum(1, (k, 0, size - 1)), size, size > 2) == []
    assert proved(Sum(q[0], (k, 0, size - 1)) / size, q[0]) == ["N >= 1"]


def test_a_range_that_cannot_be_is_named() -> None:
    reason = not_proved(Sum(x, (k, 0, -5)), -4 * x)
    assert "the range k = 0 … -5" in reason
    assert "0 > 0" in not_proved(sympy.Pow(0, x, evaluate=False), sympy.Integer(0))


def test_a_size_declared_nonnegative_may_be_zero() -> None:
    size = symbols("N", integer=True, nonnegative=True)
    assert proved(Sum(size, (k, 0, size - 1)), size**2) == []
    assert proved(Sum(x, (k, 0, size - 1)) / size, x) in (["Ne(N, 0)"], ["N > 0"])
    refuted(sympy.Max(Sum(1, (k, 0, size - 1)), 1), size)


def test_an_empty_sum_is_zero() -> None:
    assert proved(Sum(q[k], (k, 1, 0)), sympy.Integer(0)) == []
    assert proved(Sum(q[k], (k, n, n - 1)), x - x) == []
    refuted(Sum(1, (k, 1, 0)), sympy.Integer(1))


def test_a_range_that_may_end_before_it_is_empty_is_a_condition() -> None:
    """SymPy counts Σ from 0 to −3 as minus a sum; here it has no meaning."""
    assert proved(Sum(1, (k, 2, n - 1)), n - 2) == ["n - 1 >= 1"]
    assert not_proved(Sum(k, (k, 0, -3)), sympy.Integer(3))
    assert not_proved(Sum(k, (k, 0, -3)), sympy.Integer(0))
    assert not_proved(Sum(1, (j, i + 2, n - 1), (i, 0, n - 1)), sympy.Integer(0)) is not None


def test_the_same_range_is_no_condition_where_it_is_known() -> None:
    assert proved(Sum(1, (k, 2, n - 1)), n - 2, n >= 2) == []
    assert proved(Sum(q[k], (k, 1, n - 1)) + q[0], Sum(q[k + 1], (k, 0, n - 2)) + q[0]) == []


@pytest.mark.parametrize(
    "e", [Sum(q[k], (k, 0, oo)), Sum(1 / (k + 1) ** 2, (k, 0, oo)), Sum(q[k], (k, -oo, n))]
)
def test_an_infinite_range_is_refused(e: Any) -> None:
    refuses(e, x, match="infinite|real")


@pytest.mark.parametrize("by", [n, k])
def test_a_derivative_by_an_integer_is_refused(by: Any) -> None:
    refuses(Derivative(Sum(q[k], (k, 0, n - 1)) * by**2, by), x, match="integer")


# ---- 4. indices and arrays


def test_a_free_index_lies_within_the_array_of_the_start() -> None:
    picked = Sum(KroneckerDelta(k, j) * theta[k, 0], (k, 0, n - 1))
    assert proved(theta[j, 0], picked) == []
    # the other way round j indexes nothing in the start: what the second line needs is printed
    assert proved(picked, theta[j, 0]) == ["j <= n - 1"]
    assert proved(picked, theta[j, 0], j < n) == []


def test_a_later_step_that_needs_a_smaller_range_is_wrong() -> None:
    found = chain(2 * theta[j, 0], theta[j, 0] + theta[j, 0] + Y[j, 0] - Y[j, 0])
    assert found.passed  # SymPy cancels: nothing of Y is left
    found = chain(theta[j, 0], theta[j, 0] + 0 * x + UnevaluatedExpr(Y[j, 0]) - Y[j, 0])
    assert not found.passed
    assert found.steps[0].result is not None
    assert found.steps[0].result.refuted
    found = chain(theta[j, 0], theta[j + 1, 0])
    assert not found.passed


def test_a_bound_index_that_leaves_a_known_shape_is_an_error() -> None:
    refuses(Sum(theta[k, 0], (k, 0, n)), x, match="theta")
    refuses(Sum(theta[k, 0], (k, 1, n)), x, match="theta")
    crossed = Sum(X[i, k], (i, 0, n - 1), (k, 0, n - 1))  # X has m rows
    refuses(crossed, Sum(X[i, k], (k, 0, n - 1), (i, 0, n - 1)), match="X")
    refuses(Sum(theta[k + 1, 0], (k, 0, n - 1)), x, match="theta")
    bounded = IndexedBase("b", shape=(n,))
    refuses(Sum(bounded[k], (k, 1, n)), x, match="b")


def test_an_indexed_base_without_shape_takes_any_range() -> None:
    assert proved(Sum(q[k], (k, 1, n)), Sum(q[k + 1], (k, 0, n - 1))) == []
    assert proved(Sum(q[k], (k, -n, n)), Sum(q[k - n], (k, 0, 2 * n))) == []


def test_the_range_of_a_free_index_is_where_or_a_printed_condition() -> None:
    lhs, rhs = Sum(KroneckerDelta(k, l) * q[k], (k, 0, n - 1)), q[l]
    assert proved(lhs, rhs, l < n) == []
    result = prove_equal(lhs, rhs)
    assert not result.proved or any("l" in c for c in shown(result))
    refuted(lhs, rhs, l >= n)
    assert proved(lhs, x - x, l >= n) == []


def test_a_constant_that_looks_like_an_entry_is_refused_with_a_hint() -> None:
    y_i = Symbol("y_i", real=True)
    refuses(Sum(y_i * q[i], (i, 0, n - 1)), x, match=r"IndexedBase\('y'\)\[i\]")
    assert proved(Sum(y_i * q[k], (k, 0, n - 1)), y_i * Sum(q[k], (k, 0, n - 1))) == []


def test_a_bound_index_that_is_also_used_free_is_not_captured() -> None:
    squares = Sum(theta[k, 0] ** 2, (k, 0, n - 1))
    assert proved(Derivative(squares, theta[k, 0]), 2 * theta[k, 0]) == []
    assert proved(q[k] * Sum(q[k], (k, 0, n - 1)), Sum(q[k] * q[l], (l, 0, n - 1)), k < n) == []
    refuted(q[k] * Sum(q[k], (k, 0, n - 1)), Sum(q[k] ** 2, (k, 0, n - 1)), k < n)
    # SymPy's own derivative takes the bound k for the free one
    assert squares.diff(theta[k, 0]) != 2 * theta[k, 0]
    refuted(Derivative(squares, theta[k, 0]), Sum(2 * theta[k, 0], (k, 0, n - 1)))


def test_a_bound_index_that_is_also_free_in_a_definition_is_not_captured() -> None:
    h = IndexedBase("h")
    let = {h[i]: Sum(X[i, k] * theta[k, 0], (k, 0, n - 1))}
    rows = Sum(h[k], (k, 0, m - 1))
    assert proved(rows, Sum(X[i, j] * theta[j, 0], (j, 0, n - 1), (i, 0, m - 1)), let=let) == []
    refuted(rows, Sum(X[k, k] * theta[k, 0], (k, 0, n - 1)), Eq(m, n), let=let)
