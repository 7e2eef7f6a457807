"""Slips: small changes that make a true pair false, some of them at rare points only."""

from __future__ import annotations

from typing import Any

from corpus.mutate import SLIPS
from pairs.matrices import MATRICES, matrices_in
from pairs.pair import (
    POSITIVE,
    REAL,
    Chooser,
    Move,
    NoDraw,
    Pair,
    Point,
    bad,
    built,
    m,
    n,
    number,
    p,
    parts,
    placed,
    r,
    size_is,
    x,
    y,
    z,
)
from pairs.scalars import believed
from sympy import (
    Derivative,
    Eq,
    HadamardProduct,
    Integer,
    KroneckerDelta,
    Piecewise,
    Rational,
    Sum,
    Transpose,
    Tuple,
)

COMMON = sorted(set(SLIPS) - {"far away", "at one size", "at equality"})
TINY = Rational(1, 10**12)


def slip(choose: Chooser, pair: Pair) -> Pair:
    """The pair with a slip on its right side; the sizes and names stay what they were."""
    matrix = bool(getattr(pair.rhs, "is_Matrix", False))
    for _ in range(12):
        try:
            kind = choose.randrange(10)
            if kind < 3:
                rare = _rare_matrix if matrix else _rare
                return _checked(pair, *rare(choose, pair.rhs))
            if kind == 3 and not matrix:
                return _checked(pair, believed(choose, pair.rhs), "believed")
            if kind < 6 and matrix:
                return _checked(pair, *_of_a_matrix(choose, pair.rhs))
            name = choose.choice(COMMON)
            return _checked(pair, built(SLIPS[name], pair.rhs, choose), name)
        except NoDraw:
            continue
    raise NoDraw


def _checked(pair: Pair, rhs: Any, name: str, *moves: Move) -> Pair:
    known = pair.lhs.free_symbols | pair.rhs.free_symbols
    strange = rhs.free_symbols - known - {m, n, *REAL, *POSITIVE}
    for d in rhs.atoms(Derivative):
        if isinstance(d.expr, Tuple) or not all(order.is_Integer for _, order in d.variable_count):
            raise NoDraw
    if rhs == pair.rhs or rhs == pair.lhs or strange or bad(rhs, 120):
        raise NoDraw
    if getattr(rhs, "is_Matrix", False) and tuple(rhs.shape) != tuple(pair.lhs.shape):
        raise NoDraw
    return pair.slipped(rhs, name, *moves)


def _rare(choose: Chooser, e: Any) -> tuple[Any, ...]:
    """Wrong at one size, for one row, in one case, at equality, far away, or by very little."""
    free = [s for s in (x, y, z) if s in e.free_symbols]
    sums = [s for s in parts(e) if isinstance(s, Sum)]
    spots = [s for s in parts(e) if not any(w.is_integer for w in s.free_symbols)] or [e]
    spot = choose.choice(spots)
    wrong = choose.choice([spot + 1, 2 * spot + TINY, -spot - 1, spot + TINY])
    kind = choose.randrange(7)

    def inside(new: Any) -> Any:
        return built(placed, e, spot, new)

    if kind == 0 and free:
        (s,) = choose.sample(free, 1)
        return inside(Piecewise((wrong, s < -30), (spot, True))), "far away", _far(s)
    if kind == 1 and free:
        (s,) = choose.sample(free, 1)
        at = choose.choice([Integer(0), Integer(1), p, r, *(w for w in free if w != s)])
        moved = _equal(s, at)
        return inside(Piecewise((wrong, Eq(s, at)), (spot, True))), "at equality", moved
    if kind == 2 and sums:
        spot = choose.choice(sums)
        index, _, high = spot.limits[0]
        row = choose.choice([Integer(0), Integer(1), Integer(2), high])
        body = Piecewise((spot.function * 2 + 1, Eq(index, row)), (spot.function, True))
        return inside(Sum(body, *spot.limits)), "in one row", size_is("n", 3), size_is("m", 3)
    if kind == 3 and e.free_symbols & {m, n}:
        size = choose.choice([s for s in (m, n) if s in e.free_symbols])
        at = choose.choice([1, 2, 3])
        new = e + choose.choice([1, TINY]) * KroneckerDelta(size, at)
        return built(lambda: new), "at one size", size_is(size.name, at)
    if kind == 4 and free:
        s = choose.choice(free)
        return inside(Piecewise((wrong, s > 0), (spot, True))), "in one case", _far(s, 1), _far(s)
    if kind == 5 and e.free_symbols & {m, n}:
        size = choose.choice([s for s in (m, n) if s in e.free_symbols])
        sites = [s for s in parts(e) if s == 1 / size]
        if sites:
            return built(placed, e, sites[0], Integer(1)), "dropped 1/m", size_is(size.name, 3)
    if kind == 6:
        return inside(spot + TINY), "trillionth"
    raise NoDraw


def _far(s: Any, sign: int = -1) -> Move:
    def move(at: Point, choose: Chooser) -> None:
        at.values[s.name] = sign * Rational(61, 2) + sign * abs(number(choose))

    return move


def _equal(s: Any, other: Any) -> Move:
    def move(at: Point, choose: Chooser) -> None:
        at.values[s.name] = at.values[other.name] if other.free_symbols else other

    return move


def _of_a_matrix(choose: Chooser, e: Any) -> tuple[Any, ...]:
    """A transpose too many, a product reversed, one matrix for another, a Hadamard product."""
    spot = choose.choice(matrices_in(e))
    new = built(
        choose.choice(
            [
                lambda: Transpose(spot),
                lambda: spot.func(*reversed(spot.args)),
                lambda: -spot,
                lambda: spot.func(*(w.T for w in spot.args)),
                lambda: spot.func(*spot.args[:-1]),
                lambda: HadamardProduct(*spot.args),
                lambda: spot / choose.choice([m, n, 2]),
                lambda: choose.choice(MATRICES)(spot, choose) + spot,
            ]
        )
    )
    if not getattr(new, "is_Matrix", False) or tuple(new.shape) != tuple(spot.shape):
        raise NoDraw
    return built(lambda: e.xreplace({spot: new})), "in a matrix", size_is("n", 3), size_is("n", 2)


def _rare_matrix(choose: Chooser, e: Any) -> tuple[Any, ...]:
    """Wrong at one size, or by very little."""
    spot = choose.choice([w for w in matrices_in(e) if w.shape == e.shape])
    size = choose.choice([m, n])
    at = choose.choice([1, 2, 3])
    factor = choose.choice([1 + TINY, 1 + KroneckerDelta(size, at), -1])
    new = built(lambda: factor * spot)
    return built(lambda: e.xreplace({spot: new})), "factor of a matrix", size_is(size.name, at)
