"""What is no claim, and is refused by name: each with a ClaimError and never another traceback."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from sympy import (
    Abs,
    And,
    Contains,
    Derivative,
    Dummy,
    Eq,
    FiniteSet,
    Function,
    I,
    Idx,
    IndexedBase,
    Integral,
    Interval,
    Lambda,
    Limit,
    Matrix,
    MatrixSymbol,
    Not,
    Or,
    Piecewise,
    S,
    Subs,
    Sum,
    Symbol,
    Trace,
    Tuple,
    false,
    log,
    nan,
    oo,
    sin,
    sqrt,
    symbols,
    true,
    zoo,
)

from symderiv import Derivation, gradient, hessian, prove_equal, verify
from symderiv.verdict import ClaimError, Verdict

x, y, z = symbols("x y z", real=True)
m, n = symbols("m n", integer=True, positive=True)
i, j, k = symbols("i j k", integer=True)
u, f = IndexedBase("u"), Function("f")
X, t = MatrixSymbol("X", m, n), MatrixSymbol("t", n, 1)

NO_EXPRESSION: list[tuple[Any, str]] = [
    (zoo, "zoo"),
    (nan, "nan"),
    (oo, "oo"),
    (-oo, "oo"),
    (I, "real"),
    (x + I, "real"),
    (x + oo, "oo"),
    (0.5, r"write Rational\(1, 2\)"),
    (0.5 * x, r"write Rational\(1, 2\)"),
    (sin(x + 0.1), r"write Rational\(1, 10\)"),
    (float("nan"), "no real number"),
    (float("inf"), "no real number"),
    (np.float64(0.5), r"write Rational\(1, 2\)"),
    (Decimal("0.5"), r"Rational\(1, 2\)"),
    (1j, "float"),
    (np.array([1, 2]), "ndarray"),
    (np.bool_(True), "bool"),
    (True, "Python's True"),
    (true, "SymPy's True"),
    (false, "SymPy's False"),
    ("x", "text is never evaluated"),
    (b"x", "type bytes"),
    (None, "type NoneType"),
    ((x,), "type tuple"),
    ([x], "type list"),
    ({x: y}, "type dict"),
    ({x}, "type set"),
    ((q for q in [x]), "type generator"),
    (object(), "type object"),
    (Symbol, "type"),
    (f, "UndefinedFunction"),
    (sin, "FunctionClass"),
    (Lambda(x, x**2), "Lambda"),
    (lambda q: q, "function"),
    (FiniteSet(1, 2), "FiniteSet"),
    (Interval(0, 1), "Interval"),
    (S.Reals, "Reals"),
    (Tuple(x, y), "Tuple"),
    (x > 0, "is the relation"),
    (Eq(x, y), "is the relation"),
    (And(x > 0, y > 0), "And"),
    (u, "is the array u: write an entry"),
    (Idx("l", n), "Idx"),
    (u[None], "None"),
    (Matrix([[x, 0.5]]), r"Rational\(1, 2\)"),
    (Symbol("c", complex=True) + x, "symbol c is not real"),
    (Symbol("c", imaginary=True), "symbol c is not real"),
    (Symbol("N", commutative=False) * x, "symbol N is not real"),
    (Symbol("x", positive=True) + x, "two different symbols are called x"),
    (u[i] + u[i, j], r"u stands with \d and with \d indices"),
    (X[-1, 0], "-1 lies outside X"),
    (IndexedBase("w", shape=(n,))[n], "n lies outside w"),
    (Sum(X[i, 0], (i, 0, m)), "i runs outside X"),
    (Sum(1 / k**2, (k, 1, oo)), "infinite"),
    (X, r"X has shape \(m, n\) and y has a scalar"),
]


@pytest.mark.parametrize(("written", "says"), NO_EXPRESSION, ids=lambda p: type(p).__name__)
def test_what_is_no_real_expression_is_refused(written: Any, says: str) -> None:
    with pytest.raises(ClaimError, match=says):
        prove_equal(written, y)


@pytest.mark.parametrize(("written", "says"), NO_EXPRESSION[:40], ids=lambda p: type(p).__name__)
def test_it_is_refused_on_the_right_in_let_and_inside_a_gradient(written: Any, says: str) -> None:
    with pytest.raises(ClaimError):
        prove_equal(y, written)
    with pytest.raises(ClaimError):
        prove_equal(y, y, let={z: written})
    with pytest.raises(ClaimError):
        prove_equal(gradient(written, z), y)


@pytest.mark.parametrize(
    "number", [2, Fraction(4, 2), np.int64(2), S(2)], ids=lambda v: type(v).__name__
)
def test_exact_numbers_of_every_kind_are_read(number: Any) -> None:
    assert prove_equal(2 * x / x, number).proved


@pytest.mark.parametrize(
    ("where", "says"),
    [
        (3, "sequence of SymPy relations"),
        (None, "sequence of SymPy relations"),
        (x, "sequence of SymPy relations"),
        ("x > 0", "sequence of SymPy relations"),
        (x > 0, r"write where=\[x > 0\]"),
        (Contains(x, Interval(0, 1)), r"write where=\["),
        ({x: 1}, "sequence of SymPy relations"),
        ([3], "must hold relations"),
        (["x > 0"], "must hold relations"),
        ([x], "must hold relations"),
        ([[x > 0]], "must hold relations"),
        ([None], "must hold relations"),
        ([x != 1], r"write Ne\(x, 1\)"),
        ([x > 0.5], r"Rational\(1, 2\)"),
        ([false], "nothing satisfies it"),
        ([Or(x > 0, y > 0)], "a relation is expected"),
        ([Not(Contains(x, FiniteSet(0, 1)))], "a relation is expected"),
        ([Eq(x, I)], "nothing satisfies it"),
        ([n > 5, n < 3], "no integers satisfy"),
        ([Symbol("x", positive=True) > 1], "two different symbols are called x"),
    ],
    ids=str,
)
def test_what_is_no_relation_is_refused(where: Any, says: str) -> None:
    with pytest.raises(ClaimError, match=says):
        prove_equal(x + y * n, x + n * y, where=where)


@pytest.mark.parametrize("several", [list, tuple, set, iter, lambda v: (r for r in v)])
def test_relations_come_in_any_sequence(several: Any) -> None:
    assert prove_equal(sqrt(x**2), x, where=several([x > 0, x < 5])).proved


@pytest.mark.parametrize(
    "where",
    [[x > 0, x < 0], [x > 1, x**2 < 1], [Eq(x**2 + y, 0), y > 1], [Eq(x, y), Eq(x, 1), Eq(y, 2)]],
    ids=str,
)
def test_a_where_that_nothing_satisfies_is_reported(where: Any) -> None:
    # every claim would follow
    for right in (x, x + 1):
        result = prove_equal(x, right, where=where)
        assert result.verdict is Verdict.UNDECIDED
        assert "contradict" in result.reason or "no point" in result.reason


@pytest.mark.parametrize(
    ("let", "says"),
    [
        ({x: x + 1}, "by itself"),
        ({x: y, y: x}, "by itself"),
        ({S(3): x}, "a defined name"),
        ({x + 1: x}, "a defined name"),
        ({"x": y}, "a defined name"),
        ({y: X}, "the number y as the matrix X"),
        ({y: 0.5}, r"Rational\(1, 2\)"),
        ({y: "x"}, "never evaluated"),
        ({y: x > 0}, "relation"),
        ([(y, x)], "must be a dict"),
        ("x", "must be a dict"),
        (np.array([1, 2]), "must be a dict"),
        (True, "must be a dict"),
    ],
    ids=str,
)
def test_wrong_definitions_are_refused(let: Any, says: str) -> None:
    with pytest.raises(ClaimError, match=says):
        prove_equal(x, y, let=let)


@pytest.mark.parametrize(
    "timeout",
    [0, -1, float("nan"), float("inf"), 1e308, "10", None, True, [1], x, Lambda(x, x), 2j],
    ids=str,
)
def test_a_time_limit_is_a_positive_number(timeout: Any) -> None:
    with pytest.raises(ClaimError, match="timeout must be a positive number of seconds"):
        prove_equal(x, x, timeout=timeout)
    with pytest.raises(ClaimError, match="timeout must be a positive number of seconds"):
        verify(Derivation("d", x).then(x, "same"), timeout=timeout)


@pytest.mark.parametrize("target", [None, 3, "x", b"x", x, (x,), True, np.zeros(2)], ids=str)
def test_what_cannot_be_verified_is_refused(target: Any) -> None:
    with pytest.raises(ClaimError, match=r"cannot verify|text|nothing to verify"):
        verify(target)


@pytest.mark.parametrize("by", [3, x + 1, sin(x), None, "x", u, True, S(1)])
def test_a_gradient_is_taken_by_variables(by: Any) -> None:
    for take in (gradient, hessian):
        with pytest.raises(ClaimError, match=" by "):
            take(x**2, by)


@pytest.mark.parametrize(
    ("lhs", "says"),
    [
        (Derivative(x**n, n), "which is an integer"),
        (Derivative(k * x, k), "which is an integer"),
        (Derivative(sin(t[0, 0]), t), "shape"),
    ],
    ids=str,
)
def test_a_derivative_is_taken_by_real_variables(lhs: Any, says: str) -> None:
    with pytest.raises(ClaimError, match=says):
        prove_equal(lhs, x)


def test_a_gradient_by_what_was_put_for_its_variable() -> None:
    taken = gradient(t.T * t, t)
    with pytest.raises(ClaimError, match=r"by 2\*t, which is no variable"):
        prove_equal(taken, taken.xreplace({t: 2 * t}))


# outside the language: an answer with its reason
@pytest.mark.parametrize(
    ("lhs", "rhs"),
    [
        (Integral(x, x), x**2 / 2),
        (Integral(x**2, (x, 0, 1)), S(1) / 3),
        (Limit(sin(x) / x, x, 0), S(1)),
        (u[S(1) / 2], u[S(1) / 2]),
        (u[i**2], u[i**2]),
        (u[i * j], u[j * i]),
        (u[u[i]], u[u[i]]),
        (Sum(u[k], (k, S(1) / 2, n)), x),
        (Sum(u[k], (k, 1, 10**30)), Sum(u[j], (j, 1, 10**30))),
        (Derivative(log(x), (x, 30)), x),
    ],
    ids=str,
)
def test_what_is_outside_the_language_is_undecided_with_a_reason(lhs: Any, rhs: Any) -> None:
    result = prove_equal(lhs, rhs)
    assert result.verdict is not Verdict.PROVED or lhs == rhs
    assert result.refuted or result.reason
    assert "internal error" not in result.reason


def test_a_shape_that_fits_no_memory_is_undecided() -> None:
    H = MatrixSymbol("H", 10**30, 10**30)
    for lhs, rhs in ((H + H, 2 * H), (Trace(H), Trace(H.T)), (H * H.T, H)):
        result = prove_equal(lhs, rhs)
        assert result.verdict is Verdict.UNDECIDED
        assert "internal error" not in result.reason


def test_a_matrix_without_entries_has_none_that_could_differ() -> None:
    Z = MatrixSymbol("Z", 0, 1)
    with pytest.raises(ClaimError, match="no integers"):
        prove_equal(Z, 2 * Z)


def test_names_do_not_decide() -> None:
    # a symbol may be called anything; an unused definition and an unused relation do no harm
    for name in ("", "x y", "1", "lambda", "?", "k~7", "$1.0", "sin(x)"):
        s = Symbol(name, real=True)
        assert prove_equal((s + 1) ** 2, s**2 + 2 * s + 1).proved
        assert not prove_equal(s, s + 1).proved
    assert prove_equal(x + x, 2 * x, where=[y > 0], let={z: sin(y)}).proved
    d = Dummy("d")
    assert prove_equal(d + d, 2 * d).proved


def test_a_definition_by_cases_at_a_number() -> None:
    """u[e] = {log x if e > 2; 0 otherwise} at e = 1 and at e = 3."""
    e, u = symbols("e", integer=True), IndexedBase("u")
    let = {u[e]: Piecewise((log(x), e > 2), (0, True))}
    assert prove_equal(u[1] + x, x, let=let).proved
    assert prove_equal(u[3] + x, x + log(x), let=let).proved
    assert prove_equal(u[3] + x, x, let=let).refuted


def test_a_function_of_ones_own_with_a_known_name_is_not_the_known_one() -> None:
    own = type("exp", (Function,), {})
    result = prove_equal(own(x), own(x) + 0 * y)
    assert result.verdict is Verdict.UNDECIDED
    assert "not supported" in result.reason


def test_a_value_can_be_put_for_symbols_only() -> None:
    entry, f = IndexedBase("v")[0], Function("f")
    for part in (entry, f(x), Derivative(f(x), x), MatrixSymbol("X", 2, 1)[0, 0]):
        with pytest.raises(ClaimError, match="which is no symbol"):
            prove_equal(Subs(part**2, part, y), part**2)


def test_a_definition_is_of_a_whole_array() -> None:
    h, X = IndexedBase("h"), MatrixSymbol("X", 2, 2)
    for let in ({h[0]: x}, {h[i, i]: x}, {X[i, 0]: x}, {X[i, j]: y, X[j, i]: x}):
        with pytest.raises(ClaimError, match=r"a part of|twice"):
            prove_equal(x, x + 1, let=let)
    column = MatrixSymbol("c", n, 1)
    assert prove_equal(column[j, 0] ** 2, x**2, let={column[i, 0]: x}).proved


def test_what_two_symbols_of_one_name_are_is_told() -> None:
    array, column = IndexedBase("w"), MatrixSymbol("w", n, 1)
    for other, told in ((array[i], r"IndexedBase\('w'\)"), (Symbol("w"), r"Symbol\('w'\)")):
        with pytest.raises(ClaimError, match=rf"called w: .*{told}"):
            prove_equal(column[i, 0], other)


# a row that only the second line needs is wrong there, and no fault of the sum over the columns
def test_a_free_index_that_leaves_its_array_under_a_sum_is_refuted() -> None:
    def squares(row: Any) -> Sum:
        return Sum(X[row, i] ** 2, (i, 0, n - 1))

    found = prove_equal(squares(k), squares(k + 1)).counterexample
    assert found is not None
    assert "is outside shape" in str(found.rhs)
    with pytest.raises(ClaimError, match="outside"):
        prove_equal(Sum(squares(k), (k, 0, m)), 0)


@pytest.mark.parametrize(
    "declared",
    [
        {"integer": False, "real": True},
        {"negative": False},
        {"even": False},
        {"extended_positive": True},
    ],
    ids=str,
)
def test_what_is_declared_and_not_known_is_refused(declared: dict[str, bool]) -> None:
    # SymPy makes nothing of negative=False alone; with real=True it is nonnegative
    with pytest.raises(ClaimError, match="which no route uses"):
        prove_equal(Abs(Symbol("x", **declared)), 1)
    known = Symbol("x", real=True, negative=False)
    assert prove_equal(sqrt(known**2), known).proved


def test_a_function_may_have_any_name():
    # f:0 and f\x3a0 are two functions, and have derivatives
    f, g = Function("f:0"), Function("f\\x3a0")
    assert prove_equal(2 * Derivative(f(x), x), Derivative(2 * f(x), x)).proved
    assert not prove_equal(f(x), g(x)).proved
    slope = prove_equal(Derivative(f(x) ** 2, x), f(x))
    assert "f:0" in slope.reason or slope.refuted
