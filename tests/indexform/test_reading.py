"""What a person wrote as facts about integers and hypotheses: no more than was said."""

from __future__ import annotations

from typing import Any

import pytest
import sympy
from sympy import (
    Contains,
    Eq,
    FiniteSet,
    IndexedBase,
    Integer,
    MatrixSymbol,
    Ne,
    Piecewise,
    Sum,
    log,
    symbols,
)

from symderiv.indexform.reading import Reading, read
from symderiv.indexform.terms import Linear
from symderiv.verdict import ClaimError

x, y = symbols("x y", real=True)
m, n = symbols("m n", integer=True, positive=True)
i, j, k = symbols("i j k", integer=True, nonnegative=True)
X, q = MatrixSymbol("X", m, n), IndexedBase("q")


def reading(line: Any, *where: Any) -> Reading:
    return read([sympy.sympify(line)], where, (), {})


def said(line: Any, *where: Any) -> list[tuple[str, str, str]]:
    """Each hypothesis: its term, its signs, and where its free indices may be."""
    return [
        (repr(h.term), "".join(s for s in "+0-" if s in h.signs), ", ".join(map(repr, h.within)))
        for h in reading(line, *where).hypotheses[0]
    ]


# ---- integers


@pytest.mark.parametrize(
    ("assumptions", "least"),
    [({"positive": True}, 1), ({"nonnegative": True}, 0), ({}, 1)],
)
def test_the_least_size(assumptions: dict[str, bool], least: int) -> None:
    """A size is at least 1 unless it is declared nonnegative."""
    size = sympy.Symbol("N", integer=True, **assumptions)
    known = reading(Sum(q[k], (k, 0, size - 1))).ranges[0]
    form = Linear.of("N")
    assert known.nonnegative(form - least)
    assert not known.nonnegative(form - least - 1)


s, other = symbols("s other", integer=True)


@pytest.mark.parametrize(
    ("where", "assumed"),
    [
        ([], ["other >= 1", "s >= 1"]),
        ([s >= 0], ["other >= 1"]),
        ([s > -1, s <= n], ["other >= 1"]),
        ([s >= -n], ["other >= 1"]),
        ([s <= n], ["other >= 1", "s >= 1"]),
        ([Eq(s, other)], ["other >= 1"]),  # each is given by the other: one of them is assumed
        ([Eq(s, 0)], ["other >= 1"]),
        ([s**2 <= 1], ["other >= 1"]),
        ([Ne(s, 3)], ["other >= 1", "s >= 1"]),
    ],
    ids=str,
)
def test_what_where_says_of_a_size_goes_before_what_is_assumed(
    where: list[Any], assumed: list[str]
) -> None:
    start = Sum(q[k], (k, 1, s)) + Sum(q[k], (k, 1, other))
    assert list(map(str, reading(start, *where).assumed)) == assumed


@pytest.mark.parametrize(
    ("first", "last", "assumed"),
    [
        (s, 5, []),  # a first index
        (s, other, []),  # from one to another
        (1, n - s, []),  # a lag
        (1, 2 * (n - s), []),
        (1, 2 * s + 1, ["s >= 1"]),
        (0, s - 1, ["s >= 1"]),
    ],
    ids=str,
)
def test_what_does_not_say_how_long_a_range_is_may_be_any_integer(
    first: Any, last: Any, assumed: list[str]
) -> None:
    assert list(map(str, reading(Sum(q[k], (k, first, last))).assumed)) == assumed


@pytest.mark.parametrize(
    ("where", "assumed"),
    [
        ([], ["s >= 1", "s <= n"]),
        ([s >= 0, s <= n], []),
        ([s >= 0], ["s <= n"]),
        ([s <= 2 * n], ["s >= 1"]),
        ([s < other, other <= n], ["s >= 1"]),
        ([s < other], ["s >= 1", "s <= n"]),
        ([Eq(s**2, s)], []),
        ([abs(s) <= n], []),
        ([s >= n], []),  # of which s = n is all that a guess would leave
        ([Ne(s, k), q[s] > 0], ["s >= 1", "s <= n"]),
    ],
    ids=str,
)
def test_what_where_says_of_an_index_goes_before_what_is_guessed(
    where: list[Any], assumed: list[str]
) -> None:
    assert list(map(str, reading(Sum(q[k], (k, 1, n)) + q[s], *where).assumed)) == assumed


@pytest.mark.parametrize(
    ("relation", "least", "most"),
    [
        (lambda s: s < 5, 0, 4),
        (lambda s: s <= 5, 0, 5),
        (lambda s: s > 5, 6, None),
        (lambda s: s >= 5, 5, None),
        (lambda s: Eq(s, 5), 5, 5),
        (lambda s: Ne(s, 5), 0, None),
        (lambda s: s > sympy.Rational(9, 2), 5, None),
        (lambda s: 2 * s < 9, 0, 4),
    ],
)
def test_relations_between_integers(relation: Any, least: int, most: int | None) -> None:
    known, form = reading(q[j], relation(j)).ranges[0], Linear.of("j")
    assert known.nonnegative(form - least)
    assert not known.nonnegative(form - least - 1)
    if most is not None:
        assert known.nonnegative(-form + most)
        assert not known.nonnegative(-form + most - 1)


def test_a_free_index_lies_in_its_array() -> None:
    known, form = reading(X[i, j]).ranges[0], Linear.of("j")
    assert known.nonnegative(Linear.of("n") - 1 - form)
    assert not known.nonnegative(Linear.of("n") - 2 - form)


def test_a_guessed_range_is_said() -> None:
    """An index beside a sum over the same array is taken to lie in its range."""
    guessed = reading(q[j] + Sum(q[k], (k, 1, n)))
    assert [str(r) for r in guessed.assumed] == ["j >= 1", "j <= n"]
    assert reading(q[j] + Sum(q[k], (k, 1, n)), j >= 1, j <= n).assumed == {}


def test_an_entry_beside_the_range_of_a_sum_is_no_guess() -> None:
    for outside in (n + 1, n + 3, Integer(0), -n):
        assert reading(q[outside] + Sum(q[k], (k, 1, n))).assumed == {}


def test_integers_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(ClaimError, match="no integers satisfy"):
        reading(q[j], j > 3, j < 2)
    with pytest.raises(ClaimError, match="no integers satisfy"):
        reading(X[i, j], j > n)


@pytest.mark.parametrize(
    "assumption", [{"imaginary": True}, {"complex": True}, {"real": False}, {"commutative": False}]
)
def test_a_symbol_that_is_not_real_is_refused(assumption: dict[str, bool]) -> None:
    with pytest.raises(ClaimError, match="not real"):
        reading(sympy.Symbol("c", **assumption) + x)


Z = [MatrixSymbol("Z", *shape) for shape in ((m, m), (n, n), (n, m), (m, n + 1), (1, 1))]


@pytest.mark.parametrize("other", [*Z, X.T, x], ids=str)
def test_lines_of_different_shapes_are_refused(other: Any) -> None:
    with pytest.raises(ClaimError, match="shape"):
        read([X, other], (), (), {})


def test_shapes_are_compared_as_numbers() -> None:
    same = MatrixSymbol("Z", 2 * m - m, n + 1 - 1)
    assert len(read([X, same], (), (), {}).lines) == 2


# ---- hypotheses


def test_a_relation_about_any_entry_holds_where_where_allows() -> None:
    assert said(q[j], q[i] > 0) == [("entry[('q', (i~any,))]", "+", "i~any")]
    assert said(q[j], q[i] > 0, i >= 1) == [("entry[('q', (i~any,))]", "+", "i~any, i~any+-1")]
    assert said(q[j], q[i] > 0, i < n) == [("entry[('q', (i~any,))]", "+", "i~any, -1*i~any+n+-1")]


def test_an_index_of_the_lines_means_itself() -> None:
    assert said(q[j], q[j] > 0) == [("entry[('q', (j,))]", "+", "")]


@pytest.mark.parametrize(
    ("index", "more"),
    [
        (sympy.Symbol("e", integer=True, even=True), []),
        (sympy.Symbol("o", integer=True, odd=True), []),
        (i, [Ne(i, 1)]),
        (i, [Eq(i**2, i)]),
    ],
    ids=str,
)
def test_a_restriction_of_an_index_that_is_not_understood_uses_nothing(
    index: Any, more: list[Any]
) -> None:
    assert said(q[j], q[index] > 0, *more) == []


def test_labels() -> None:
    (label,) = reading(q[j], Contains(q[i], FiniteSet(0, 1))).hypotheses[0]
    assert [int(v) for v in label.values] == [0, 1]
    assert repr(label.term) == "entry[('q', (i~any,))]"


@pytest.mark.parametrize(
    ("declared", "signs"),
    [
        ("positive", "+"),
        ("negative", "-"),
        ("nonnegative", "+0"),
        ("nonpositive", "0-"),
        ("nonzero", "+-"),
    ],
)
def test_what_a_symbol_is_declared(declared: str, signs: str) -> None:
    assert said(sympy.Symbol("s", real=True, **{declared: True})) == [("var[s]", signs, "")]


def test_what_a_relation_needs_to_make_sense_holds_too_and_in_its_case_only() -> None:
    """log x < 1 says x > 0; where log x stands in a case it says nothing of x outside."""
    assert ("var[x]", "+", "") in said(x, log(x) < 1)
    cases = Piecewise((log(x), y > 0), (0, True)) < 1
    assert [signs for term, signs, _ in said(x + y, cases) if term == "var[x]"] == []
