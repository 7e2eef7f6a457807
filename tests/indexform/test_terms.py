"""Terms: interning, integer-linear forms, substitution that captures nothing."""

from __future__ import annotations

import gc
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from term_values import form_value, term_value

from symderiv.indexform import terms
from symderiv.indexform.terms import (
    ONE,
    ZERO,
    Linear,
    add,
    by_sign,
    entry,
    fresh_index,
    integer,
    mul,
    num,
    power,
    rebuild,
    root,
    substitute,
    total,
    transform,
    var,
    walk,
)

NAMES = ("i", "j", "k", "n")
i, j, k, n = map(Linear.of, NAMES)
x = var("x")
DATA = {("a", p): Fraction(7 * p * p - 3 * p + 2, 5) for p in range(-60, 60)}
DATA |= {
    ("X", p, q): Fraction(3 * p - 5 * q + p * q, 7) for p in range(-60, 60) for q in range(-60, 60)
}
DATA |= {"x": Fraction(2, 3)}


def a(form: Linear) -> terms.Term:
    return entry("a", (form,))


forms = st.builds(
    Linear,
    st.dictionaries(st.sampled_from(NAMES), st.integers(-2, 2), max_size=3),
    st.integers(-3, 3),
)
points = st.fixed_dictionaries({name: st.integers(0, 2) for name in NAMES})


@st.composite
def random_terms(draw: Any, depth: int = 3) -> terms.Term:
    """Terms in which free names occur bound as well, on purpose."""
    if depth == 0:
        form = draw(forms)
        return draw(st.sampled_from([a(form), integer(form), x, num(Fraction(3, 2))]))
    kind = draw(st.integers(0, 5))
    inner = draw(random_terms(depth - 1))
    if kind == 0:
        return add(inner, draw(random_terms(depth - 1)))
    if kind == 1:
        return mul(inner, draw(random_terms(depth - 1)))
    if kind == 2:
        return by_sign(integer(draw(forms)), inner, ONE, draw(random_terms(depth - 1)))
    if kind == 3:
        return power(inner, 2)
    upper = draw(st.sampled_from([n - 1, n, k + 1, j]))
    return total(draw(st.sampled_from(NAMES[:3])), Linear(), upper, inner)


# ---- integer-linear forms


@given(forms, forms, st.integers(-3, 3), points)
def test_linear_forms_are_integer_arithmetic(
    p: Linear, q: Linear, c: int, at: dict[str, int]
) -> None:
    one, other = form_value(p, at), form_value(q, at)
    assert form_value(p + q, at) == one + other
    assert form_value(p - q, at) == one - other
    assert form_value(p * c, at) == c * one
    assert form_value(-p + c, at) == c - one
    assert (p == q) == (repr(p - q) == "0")
    assert p.names == {name for name in NAMES if p.coefficient(name)}


@given(forms, forms, forms, points)
def test_names_of_a_form_are_replaced_at_once(
    p: Linear, for_i: Linear, for_j: Linear, at: dict[str, int]
) -> None:
    moved = {**at, "i": form_value(for_i, at), "j": form_value(for_j, at)}
    assert form_value(p.substitute({"i": for_i, "j": for_j}), at) == form_value(p, moved)


# ---- nodes


def test_equal_terms_are_one_object_and_forgotten_when_nobody_holds_them() -> None:
    assert add(x, a(i)) is add(x, a(i))
    assert add(x, a(i)) is not add(a(i), x)
    held = mul(x, a(i + 12345))
    key = ("mul", None, (x, a(i + 12345)))
    assert terms.Term._table[key] is held
    del held
    gc.collect()
    assert key not in terms.Term._table


def test_constructors_collect_numbers_and_nothing_else() -> None:
    assert add() is ZERO
    assert mul() is ONE
    assert add(num(2), num(-2)) is ZERO
    assert mul(num(0), x) is ZERO
    assert mul(num(1), x) is x
    assert add(num(0), x) is x
    assert power(x, 0) is ONE
    assert power(x, 1) is x
    assert root(x, Fraction(4, 2)) is power(x, 2)
    assert total("k~1", Linear(), n, ZERO) is ZERO
    assert by_sign(num(Fraction(-1, 2)), ONE, ONE, x) is x
    assert by_sign(x, ZERO, ZERO, ZERO) is ZERO
    # 3i − 4 > 0 is i − 2 ≥ 0, and 3i − 4 is never 0; 2i − 4 has the sign of i − 2
    i = Linear.of("i")
    assert by_sign(integer(i * 3 - 4), ONE, x, ZERO) is by_sign(integer(i - 2), ONE, ONE, ZERO)
    assert by_sign(integer(i * 2 - 4), ONE, x, ZERO) is by_sign(integer(i - 2), ONE, x, ZERO)
    assert integer(Linear(constant=3)) is num(3)
    assert add(x, x) is not mul(num(2), x)


def test_names_are_the_free_integer_names() -> None:
    t = total("k", Linear(), n - 1, mul(a(k + j), integer(i)))
    assert t.names == {"n", "j", "i"}
    assert a(k).names == {"k"}
    # a limit lies outside its own binder
    assert total("k", Linear(), k, a(k)).names == {"k"}


@given(random_terms())
def test_walk_visits_every_subterm_once_and_arguments_first(t: terms.Term) -> None:
    seen = list(walk(t))
    assert len(seen) == len(set(seen))
    assert seen[-1] is t
    position = {node: number for number, node in enumerate(seen)}
    assert all(position[b] < position[node] for node in seen for b in node.args)


@given(random_terms())
def test_rebuilding_changes_nothing(t: terms.Term) -> None:
    assert transform(t, lambda node: None) is t
    assert transform(t, lambda node: rebuild(node, node.args)) is t


# ---- substitution


@given(random_terms(), forms, forms, points)
def test_substitution_commutes_with_evaluation(
    t: terms.Term, for_i: Linear, for_j: Linear, at: dict[str, int]
) -> None:
    """t with forms for i and j, at a point, is t at the point where i and j have their values."""
    moved = {**at, "i": form_value(for_i, at), "j": form_value(for_j, at)}
    new = substitute(t, {"i": for_i, "j": for_j})
    assert value_or_none(new, at) == value_or_none(t, moved)


def value_or_none(t: terms.Term, at: dict[str, int]) -> Any:
    try:
        return term_value(t, at, DATA)
    except (ArithmeticError, KeyError):
        return None


def test_a_binder_is_renamed_before_it_captures() -> None:
    t = total("k", Linear(), n - 1, mul(a(k), a(j)))
    new = substitute(t, {"j": k})
    assert new.names == {"n", "k"}
    at = {"n": 3, "k": 2}
    expected = sum(DATA[("a", p)] for p in range(3)) * DATA[("a", 2)]
    assert term_value(new, at, DATA) == expected


def test_a_binder_whose_name_is_replaced_as_well_captures_nothing() -> None:
    t = total("j", Linear(), n - 1, a(i))
    new = substitute(t, {"i": j, "j": Linear()})
    assert term_value(new, {"n": 2, "j": 5}, DATA) == 2 * DATA[("a", 5)]


def test_a_bound_name_is_not_replaced_but_its_limits_are() -> None:
    t = total("k", k, k + 2, a(k))
    new = substitute(t, {"k": j * 2})
    assert term_value(new, {"j": 3}, DATA) == sum(DATA[("a", p)] for p in (6, 7, 8))


def test_fresh_names_cannot_be_typed_or_repeated() -> None:
    first, second = fresh_index("k"), fresh_index("k~7")
    assert first != second
    assert "~" in first
    assert second.count("~") == 1
