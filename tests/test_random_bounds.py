"""Random bounds and convex claims: what is proved holds at random points, in another arithmetic."""

import random
from itertools import pairwise

import mpmath
import pytest
from claims import x, y
from pointwise import NotDefined, value
from sympy import Abs, Expr, Integer, Max, Rational, cos, exp, log, nan, oo, sin, sqrt, tanh, zoo

from symderiv import prove_convex, prove_nonnegative, sigma, softplus

BY_TWO = [lambda a, b: a + b, lambda a, b: a * b, lambda a, b: a - b, Max]
BY_ONE = [
    *(lambda a: a**2, lambda a: sqrt(1 + a**2), lambda a: log(1 + exp(a)), lambda a: 1 / a),
    *(exp, log, Abs, sin, cos, tanh, sigma, softplus),
]
WHERE = [(), (x > 0,), (x > y,), (x > 0, x < 1), (y > 0,)]
POINTS = 60


def expression(chance: random.Random, depth: int) -> Expr:
    if depth == 0:
        numbers = [Integer(chance.randint(-3, 3)), Rational(chance.randint(-5, 5), 3)]
        return chance.choice([x, x, y, *numbers])
    first = expression(chance, depth - 1)
    if chance.random() < 0.5:
        return chance.choice(BY_ONE)(first)
    return chance.choice(BY_TWO)(first, expression(chance, depth - 1))


def drawn(chance: random.Random, depths) -> Expr:
    """A random expression of x and y that is no constant and not infinite."""
    while True:
        try:
            f = expression(chance, chance.choice(depths))
        except ValueError:
            continue  # SymPy finds that a maximum is of what cannot be compared
        if f.has(x) and not f.has(oo, -oo, zoo, nan):
            return f


def points(chance: random.Random, where):
    for _ in range(POINTS):
        at = {v: Rational(chance.randint(-40, 40), chance.choice([1, 2, 7, 30])) for v in (x, y)}
        if all(relation.xreplace(at) == True for relation in where):  # noqa: E712 - SymPy's true
            yield {v.name: q for v, q in at.items()}


def at(f: Expr, values):
    try:
        return value(f, {}, values)
    except (NotDefined, OverflowError, ZeroDivisionError):
        return None


def bound_holds(seed: int) -> None:
    chance = random.Random(seed)
    f, where = drawn(chance, [2, 3]), chance.choice(WHERE)
    strict = chance.random() < 0.4
    if not prove_nonnegative(f, where=where, strict=strict, timeout=3).proved:
        return
    for values in points(chance, where):
        found = at(f, values)
        assert found is None or found > -(mpmath.mpf(10) ** -20), (f, where, values, found)


def chords_hold(seed: int) -> None:
    chance = random.Random(seed)
    f, where = drawn(chance, [1, 2, 3]), chance.choice(WHERE)
    if not prove_convex(f, x, where=where, timeout=3).proved:
        return
    known = list(points(chance, where))
    for one, other in pairwise(known):
        ends = [one, {**one, "x": other["x"]}]
        if any(y.name in str(w) for w in where) and ends[1]["x"] <= one["y"]:
            continue  # where ties the two
        low, high = (at(f, values) for values in ends)
        middle = at(f, {**one, "x": (one["x"] + other["x"]) / 2})
        if low is None or high is None:
            continue
        assert middle is not None, (f, where, ends)
        with mpmath.workdps(60):
            assert middle <= (low + high) / 2 + mpmath.mpf(10) ** -18 * (1 + abs(low + high)), f


@pytest.mark.parametrize("seed", range(12))
def test_bounds(seed):
    bound_holds(seed)


@pytest.mark.parametrize("seed", range(12))
def test_chords(seed):
    chords_hold(seed)


@pytest.mark.fuzz
@pytest.mark.parametrize("seed", range(1000, 1400))
def test_more(seed):
    bound_holds(seed)
    chords_hold(seed)
