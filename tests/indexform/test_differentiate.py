"""The table of derivatives, rule by rule, and random terms, against numerical derivatives."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import mpmath
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from mpmath import mp, mpf
from term_values import Undefined, term_value

from symderiv.indexform.conditions import Unsupported
from symderiv.indexform.differentiate import RULES, depends, differentiate
from symderiv.indexform.terms import (
    ONE,
    ZERO,
    Linear,
    Term,
    add,
    by_sign,
    call,
    entry,
    integer,
    mul,
    num,
    power,
    root,
    total,
    var,
    walk,
)

x, y = var("x"), var("y")
i, j, k, n = map(Linear.of, ("i", "j", "k", "n"))
POINTS = (Fraction(1, 3), Fraction(5, 7), Fraction(1, 100))  # inside every domain of the table
WIDE = (Fraction(-9, 4), Fraction(7, 2))
BOUNDED = {"asin", "erfinv"}
POSITIVE = {"log", "loggamma", "uppergamma", "LambertW"}
ORDERED = {"polygamma", "besseli", "besselj", "besselk", "bessely"}
PLAIN = sorted(RULES.keys() - ORDERED - {"uppergamma"})
FUNCTIONS = [*PLAIN, "uppergamma", *(f"{name}:{k}" for name in sorted(ORDERED) for k in (0, 1, 2))]


def numerical(t: Term, key: Any, integers: Mapping[str, int], data: dict[Any, Any]) -> Any:
    """The derivative of the value by one place of the data, in 50 digits."""
    with mp.workdps(50):
        return mpmath.diff(lambda v: number(term_value(t, integers, {**data, key: v})), data[key])


def number(v: Any) -> Any:
    return mpf(v.numerator) / v.denominator if isinstance(v, Fraction) else v


def close(one: Any, other: Any) -> bool:
    with mp.workdps(50):
        one, other = number(one), number(other)
        return bool(abs(one - other) <= mpf(10) ** -20 * (1 + abs(other)))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_rule_of_the_table_is_the_derivative(name: str) -> None:
    points = [*POINTS]
    if name not in BOUNDED:
        points += [p for p in WIDE if p > 0 or (name not in POSITIVE and ":" not in name)]
    before = [num(Fraction(-3, 7))] if name == "uppergamma" else []
    t = call(name, *before, x)
    for p in points:
        with mp.workdps(50):
            data = {"x": number(p)}
            value = term_value(differentiate(t, x), {}, data)
            assert close(value, numerical(t, "x", {}, data)), p


def test_by_a_parameter_there_is_no_rule() -> None:
    with pytest.raises(Unsupported, match="derivative of uppergamma by its argument number 1"):
        differentiate(call("uppergamma", x, y), x)
    assert differentiate(call("uppergamma", x, y), var("z")) is num(0)


@pytest.mark.parametrize("name", RULES)
def test_a_rule_names_its_source(name: str) -> None:
    assert "DLMF" in RULES[name][1]


def test_sigma_has_no_rule() -> None:
    """Else σ' = σ(1 − σ) would prove itself."""
    assert not {"sigma", "softplus", "tanh"} & RULES.keys()


@pytest.mark.parametrize(
    "exponent", [Fraction(1, 2), Fraction(-1, 2), Fraction(5, 3), Fraction(-7, 4)]
)
def test_real_powers(exponent: Fraction) -> None:
    t = root(add(x, num(2)), exponent)
    with mp.workdps(50):
        data = {"x": mpf(3) / 7}
        assert close(term_value(differentiate(t, x), {}, data), numerical(t, "x", {}, data))


@pytest.mark.parametrize("exponent", [-3, -1, 2, 5])
def test_integer_powers(exponent: int) -> None:
    t = power(add(mul(x, x), num(-5)), exponent)
    with mp.workdps(50):
        data = {"x": mpf(-3) / 7}
        assert close(term_value(differentiate(t, x), {}, data), numerical(t, "x", {}, data))


@st.composite
def scalars(draw: Any, depth: int = 3) -> Term:
    if depth == 0:
        leaf: Term = draw(st.sampled_from([x, y, num(Fraction(2, 3)), num(-2), integer(n)]))
        return leaf
    u = draw(scalars(depth - 1))
    kind = draw(st.integers(0, 6))
    if kind < 2:
        return add(u, draw(scalars(depth - 1)))
    if kind < 4:
        return mul(u, draw(scalars(depth - 1)))
    if kind == 4:
        return power(u, draw(st.sampled_from([-2, -1, 2, 3])))
    if kind == 5:
        return call(draw(st.sampled_from(PLAIN)), u)
    return by_sign(u, draw(scalars(depth - 1)), ONE, draw(scalars(depth - 1)))


@settings(max_examples=40)
@given(scalars(), st.fractions(-3, 3, max_denominator=97), st.fractions(-3, 3, max_denominator=89))
def test_random_terms(t: Term, at_x: Fraction, at_y: Fraction) -> None:
    data: dict[Any, Any] = {"x": at_x, "y": at_y}
    try:
        with mp.workdps(50):
            data = {name: number(v) for name, v in data.items()}
            expected = numerical(t, "x", {"n": 3}, data)
            got = term_value(differentiate(t, x), {"n": 3}, data)
    except (Undefined, OverflowError, ZeroDivisionError, ValueError):
        assume(False)
    assume(mpmath.im(expected) == 0 and mpmath.im(got) == 0 and abs(expected) < 10**8)
    assume(near_no_joint(t, data))
    assert close(got, expected)


def near_no_joint(t: Term, data: dict[Any, Any]) -> bool:
    for node in walk(t):
        if node.op == "sign" and abs(number(term_value(node.args[0], {"n": 3}, data))) < 1e-12:
            return False
    return True


# ---- entries and sums


def a(*indices: Linear) -> Term:
    return entry("a", indices)


VALUES = {("a", p): Fraction(3 * p + 1, 7) for p in range(8)}
VALUES |= {("b", p): Fraction(5 - 2 * p, 3) for p in range(8)}
SUMS = [
    total("k~1", Linear(), n - 1, power(a(Linear.of("k~1")), 2)),
    total("k~1", Linear(), n - 1, mul(entry("b", (Linear.of("k~1"),)), a(Linear.of("k~1") + 1))),
    power(total("k~1", Linear(), n - 1, a(Linear.of("k~1"))), 3),
    total(
        "k~1",
        Linear(),
        n - 1,
        total(
            "l~2",
            Linear(),
            Linear.of("k~1"),
            mul(a(Linear.of("k~1")), a(Linear.of("l~2")), integer(Linear.of("l~2"))),
        ),
    ),
    call("exp", total("k~1", Linear.of("j"), n - 1, a(Linear.of("k~1")))),
]


@pytest.mark.parametrize("t", SUMS)
@pytest.mark.parametrize("where", [0, 1, 3])
def test_by_an_entry(t: Term, where: int) -> None:
    """The index of the variable is free; bound ones in the term are others, whatever they are."""
    integers = {"n": 4, "j": where, "k": where}
    derivative = differentiate(t, a(j))
    with mp.workdps(50):
        data: dict[Any, Any] = {key: number(v) for key, v in VALUES.items()}
        expected = numerical(t, ("a", where), integers, data)
        assert close(term_value(derivative, integers, data), expected)


def test_an_entry_of_another_array_is_a_constant() -> None:
    assert differentiate(entry("b", (j,)), a(j)) is ZERO
    assert differentiate(x, a(j)) is ZERO
    assert differentiate(a(j), x) is ZERO
    assert differentiate(integer(n), x) is ZERO
    assert not depends(total("k~1", Linear(), n, entry("b", (k,))), a(j))
    assert depends(total("k~1", Linear(), n, a(k)), a(j))


def test_entries_of_one_array_give_a_delta_in_each_index() -> None:
    delta = differentiate(entry("A", (i, j)), entry("A", (k, n)))
    for at_i in range(2):
        for at_j in range(2):
            at = {"i": at_i, "j": at_j, "k": 1, "n": 0}
            assert term_value(delta, at, {}) == (at_i == 1 and at_j == 0)


@pytest.mark.parametrize("at", [-1, 0, 1])
def test_a_case_on_an_index_is_differentiated_branch_by_branch(at: int) -> None:
    """∂/∂x of x² for k > 0, of 3x at k = 0, of x below."""
    t = by_sign(integer(k), power(x, 2), mul(num(3), x), x)
    data = {"x": Fraction(5, 7)}
    assert term_value(differentiate(t, x), {"k": at}, data) == {1: Fraction(10, 7), 0: 3, -1: 1}[at]


def test_partial_derivatives_of_a_function_without_a_definition() -> None:
    """∂f(x², y)/∂x = ∂₁f·2x, and ∂₁∂₂f = ∂₂∂₁f."""
    f = call("?f:0,0", power(x, 2), y)
    assert differentiate(f, y) is call("?f:0,1", power(x, 2), y)
    assert differentiate(f, x) is mul(call("?f:1,0", power(x, 2), y), mul(num(2), x))
    mixed = differentiate(differentiate(call("?f:0,0", x, y), x), y)
    assert mixed is call("?f:1,1", x, y)
    assert mixed is differentiate(differentiate(call("?f:0,0", x, y), y), x)
