"""A derivation records what was written and where, and refuses what is no claim."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sympy import (
    Contains,
    Eq,
    FiniteSet,
    IndexedBase,
    Matrix,
    MatrixSymbol,
    Ne,
    Rational,
    S,
    Symbol,
    symbols,
)

from symderiv.derivation import Derivation
from symderiv.verdict import ClaimError

x = symbols("x", real=True)
p = symbols("p", positive=True)
i = symbols("i", integer=True)
h = IndexedBase("h")


def line_of(marker: str) -> int:
    lines = Path(__file__).read_text(encoding="utf-8").splitlines()
    return next(n for n, text in enumerate(lines, 1) if text.rstrip().endswith(f"# {marker}"))


def test_each_step_stands_at_its_own_then() -> None:
    derivation = (
        Derivation("square", (x + 1) ** 2)  # START
        .then(  # FIRST
            x**2 + 2 * x + 1,
            "multiply out",
        )
        .then(max(x * x, x**2, key=lambda _: 0) + 2 * x + 1, "again")  # SECOND
    )
    longer = derivation.then(  # THIRD
        (x + 1) ** 2, "back"
    )
    assert derivation.file == __file__
    assert derivation.line == line_of("START")
    assert [s.line for s in longer.steps] == [line_of(m) for m in ("FIRST", "SECOND", "THIRD")]
    assert {s.file for s in longer.steps} == {__file__}


def test_a_subclass_is_recorded_where_it_is_written() -> None:
    class Named(Derivation):
        pass

    named = Named("n", x)  # SUBCLASS
    assert named.line == line_of("SUBCLASS")
    assert type(named.then(x, "same")) is Named


def test_then_returns_a_longer_one_and_changes_nothing() -> None:
    start = Derivation("a", x, where=[Ne(x, 1)], source="page 3", article="A8 A9")
    one = start.then(x + 0, "nothing", where=(x > 0,), latex=r"x")
    assert (len(start.steps), len(one.steps)) == (0, 1)
    assert one.where == (Ne(x, 1),)
    assert one.steps[0].where == (x > 0,)
    assert one.steps[0].latex == "x"
    assert (one.source, one.article) == ("page 3", "A8 A9")
    assert one.lines == (x, x)
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.name = "b"  # type: ignore[misc]
    with pytest.raises(TypeError):
        one.let[x] = x  # type: ignore[index]


def test_let_is_copied() -> None:
    let = {h[i]: x}
    derivation = Derivation("a", h[i], let=let)
    let[h[i]] = x + 1
    assert dict(derivation.let) == {h[i]: x}


@pytest.mark.parametrize(
    ("given", "kept"), [(2, S(2)), (Fraction(1, 2), Rational(1, 2)), (np.int64(3), S(3))]
)
def test_exact_numbers_are_lines(given: Any, kept: Any) -> None:
    assert Derivation("number", given).start == kept


def test_matrices_are_lines() -> None:
    X = MatrixSymbol("X", 2, 2)
    assert Derivation("m", X * X).start == X * X
    assert Derivation("m", Matrix([[x]])).start == Matrix([[x]]).as_immutable()


@pytest.mark.parametrize(
    ("start", "says"),
    [
        ("x + 1", "text is never evaluated"),
        (0.1, r"float 0.1: write Rational\(1, 10\)"),
        (x + 0.25, r"float 0.25: write Rational\(1, 4\)"),
        (Matrix([[0.5 * x]]), r"Rational\(1, 2\)"),
        (2.0 * x, "write 2"),
        (float("nan"), "no real number"),
        (True, "Python's True"),
        (Eq(x, 1), "is the relation"),
        ([x], "type list"),
        (None, "type NoneType"),
        (x > 0, "is the relation"),
    ],
)
def test_what_is_no_expression_is_refused(start: Any, says: str) -> None:
    with pytest.raises(ClaimError, match=says):
        Derivation("wrong", start)
    with pytest.raises(ClaimError, match=r"step 1 of 'wrong'.*" + says):
        Derivation("wrong", x).then(start, "because")


@pytest.mark.parametrize(
    ("where", "says"),
    [
        ([x != 1], r"write Ne\(x, 1\)"),
        ([x == 1], r"write Eq\(x, 1\)"),
        (Ne(x, 1), r"write where=\[Ne\(x, 1\)\]"),
        ("x > 0", "sequence of SymPy relations"),
        (["x > 0"], "must hold relations"),
        ([x], "must hold relations"),
        ([p < 0], "nothing satisfies it"),
        ([x > 0.5], r"Rational\(1, 2\)"),
        (3, "sequence"),
    ],
)
def test_what_is_no_relation_is_refused(where: Any, says: str) -> None:
    with pytest.raises(ClaimError, match=says):
        Derivation("wrong", x, where=where)
    with pytest.raises(ClaimError, match=says):
        Derivation("wrong", x).then(x, "because", where=where)


def test_relations_of_every_kind_are_kept() -> None:
    where = (Contains(x, FiniteSet(0, 1)), Eq(x**2, 1), x > 0, (x > 0) & (x < 1), p > 0)
    assert Derivation("w", x, where=where).where == where


@pytest.mark.parametrize(
    ("let", "says"),
    [
        ({"h": x}, "a defined name is a symbol"),
        ({x + 1: x}, "a defined name is a symbol"),
        ({h[i]: 0.5}, r"Rational\(1, 2\)"),
        ({h[i]: "x"}, "text is never evaluated"),
        ([(h[i], x)], "must be a dict"),
    ],
)
def test_wrong_definitions_are_refused(let: Any, says: str) -> None:
    with pytest.raises(ClaimError, match=says):
        Derivation("wrong", x, let=let)


@pytest.mark.parametrize("name", ["", "  ", 3, None])
def test_a_name_is_a_text(name: Any) -> None:
    with pytest.raises(ClaimError, match="the name of a derivation"):
        Derivation(name, x)


@pytest.mark.parametrize("because", ["", 3, None])
def test_a_reason_is_a_text(because: Any) -> None:
    with pytest.raises(ClaimError, match="the reason of step 1"):
        Derivation("a", x).then(x, because)


def test_a_huge_shared_expression_is_checked_at_once() -> None:
    tower = Symbol("t")
    for _ in range(60):
        tower = (tower + 1) ** 2 * (tower - 1)
    assert Derivation("tower", tower).start is tower


def test_repr_names_it() -> None:
    assert repr(Derivation("a", x)) == "<Derivation 'a', 0 steps>"
    assert repr(Derivation("a", x).then(x, "b")) == "<Derivation 'a', 1 step>"


@pytest.mark.parametrize("expect", ["", "undecided", None, True])
def test_what_is_expected_is_one_of_two(expect: Any) -> None:
    with pytest.raises(ClaimError, match='expect of \'a\' must be "proved" or "refuted"'):
        Derivation("a", x, expect=expect)
    assert Derivation("a", x, expect="refuted").then(x, "b").expect == "refuted"
