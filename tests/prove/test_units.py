"""The fractions in which exponents are counted, and the budget that counts work."""

from __future__ import annotations

from fractions import Fraction

import pytest

from symderiv.indexform.conditions import OutOfBudget
from symderiv.indexform.terms import Linear
from symderiv.prove.atoms import Atom, Form
from symderiv.prove.units import Finer, Units
from symderiv.prove.work import Work

ONE = Form([((), Fraction(1))])


def form(atom: Atom) -> Form:
    return Form([(((atom, 1),), Fraction(1))])


X = form(Atom("var", "x"))


@pytest.mark.parametrize(
    ("exponents", "unit"),
    [("1 2 -3", "1"), ("1 1/2", "1/2"), ("1/2 1/3", "1/6"), ("2/3 1/2 5", "1/6"), ("4 6", "2")],
)
def test_every_exponent_is_a_multiple_of_the_unit(exponents: str, unit: str) -> None:
    wanted = [Fraction(c) for c in exponents.split()]
    units = Units()
    for _ in range(4):
        try:
            counts = [units.counted("exp", X, ONE, c) for c in wanted]
        except Finer:
            continue
        break
    assert counts == [(Fraction(unit), int(c / Fraction(unit))) for c in wanted]


def test_a_finer_exponent_begins_again() -> None:
    units = Units()
    assert units.counted("exp", X, ONE, Fraction(1)) == (1, 1)
    with pytest.raises(Finer):
        units.counted("exp", X, ONE, Fraction(1, 2))
    assert units.counted("exp", X, ONE, Fraction(3, 2)) == (Fraction(1, 2), 3)


def test_the_entries_of_one_array_share_a_unit_and_other_arrays_have_their_own() -> None:
    units = Units()
    q0, q1, r = (
        form(Atom("entry", (name, (Linear(constant=c),))))
        for name, c in (("q", 0), ("q", 1), ("r", 0))
    )
    assert units.counted("exp", q0, ONE, Fraction(1, 2)) == (Fraction(1, 2), 1)
    assert units.counted("exp", q1, ONE, Fraction(1)) == (Fraction(1, 2), 2)
    assert units.counted("exp", r, ONE, Fraction(1)) == (1, 1)
    assert units.counted("angle", q0, ONE, Fraction(1)) == (1, 1)


def test_a_polynomial_costs_as_much_as_it_has_terms() -> None:
    work = Work(units=110)
    work.admit(49, 1, "a product")
    assert work.left == 55
    with pytest.raises(OutOfBudget, match="used up"):
        work.admit(50, 1, "a product")


def test_what_is_too_large_is_refused_before_it_is_counted() -> None:
    work = Work()
    for terms, degree in ((10**6, 1), (1, 10**6)):
        left = work.left
        with pytest.raises(OutOfBudget, match="a polynomial of"):
            work.admit(terms, degree, "a product")
        assert work.left == left


def test_the_clock_is_a_safety_net() -> None:
    with pytest.raises(OutOfBudget, match="time limit"):
        Work(deadline=0.0).spend(1, "a product")
