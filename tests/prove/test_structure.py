"""The sign of a term by its structure: what it sees, and what it must not claim."""

from __future__ import annotations

from fractions import Fraction

import pytest

from symderiv.indexform.ranges import Ranges
from symderiv.indexform.terms import (
    Linear,
    Term,
    add,
    call,
    entry,
    mul,
    num,
    power,
    root,
    total,
    var,
)
from symderiv.prove.normalise import Normaliser
from symderiv.prove.structure import sign_of
from symderiv.prove.units import Units
from symderiv.prove.work import Work

x, y = var("x"), var("y")
n, i = Linear.of("n"), Linear.of("i~1")
a = entry("a", (i,))


def summed(body: Term, last: Linear) -> Term:
    return total("i~1", Linear(constant=1), last, body)


@pytest.mark.parametrize(
    ("term", "signs"),
    [
        (add(power(add(x, mul(num(-1), y)), 2), num(1)), "+"),  # (x − y)² + 1
        (add(power(x, 2), power(y, 4)), "+0"),  # no constant: 0 at 0
        (add(power(x, 2), num(-1)), "+0-"),
        (power(x, 3), "+0-"),
        (power(x, -2), "+"),  # defined, so x ≠ 0
        (power(x, -1), "+-"),
        (mul(power(x, 2), call("exp", y)), "+0"),
        (mul(num(-2), call("exp", y)), "-"),
        (add(root(x, Fraction(1, 2)), num(1)), "+"),
        (root(x, Fraction(1, 2)), "+0"),
        (mul(x, y), "+0-"),
        (call("log", call("exp", call("exp", x))), "+"),  # of the normal form e^x
        (summed(call("exp", a), n), "+"),  # n ≥ 1
        (summed(call("exp", a), n - 1), "+0"),  # may be empty
        (summed(mul(num(-1), power(a, 2)), n), "0-"),
        (summed(a, n), "+0-"),
        (summed(power(a, -1), n), "+0-"),  # terms of both signs may cancel
        (summed(summed(call("exp", a), i), n), "+0"),  # an inner range that may be empty
    ],
    ids=str,
)
def test_signs(term: Term, signs: str) -> None:
    norm = Normaliser(Ranges([n - 1]), (), Units(), Work(), 32)
    assert sign_of(term, norm) == frozenset(signs)


def test_what_is_known_of_a_part_is_used() -> None:
    norm = Normaliser(Ranges(), (), Units(), Work(), 32)
    norm.signs.assume(norm.of(x).n, frozenset("+"))
    # x·e^y + y² > 0 for x > 0
    assert sign_of(add(mul(x, call("exp", y)), power(y, 2)), norm) == frozenset("+")
