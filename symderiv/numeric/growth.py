"""Which factors of a product grow where others vanish: ∞·0, though the product is a number.

Exponentials go to ∞ and to 0 along directions: each of them up, down or left as it is. What a sum
does there, its largest addend does.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

from symderiv.indexform.terms import Term
from symderiv.numeric.exponentials import HYPERBOLIC
from symderiv.numeric.island import Island, TooLarge, Total, fraction

__all__ = ["clash", "met", "opposed", "product", "together", "weighed"]

_MOST = 3  # exponentials of which all combinations are gone through


def _directions(count: int) -> Iterator[tuple[int, ...]]:
    if count <= _MOST:
        yield from (d for d in itertools.product((-1, 0, 1), repeat=count) if any(d))
        return
    for k, sign in itertools.product(range(count), (-1, 1)):
        yield tuple(sign * (i == k) for i in range(count))


def clash(island: Island, pieces: Sequence[tuple[Any, Any]]) -> bool:
    """Whether of the quotients of two polynomials one grows where another vanishes."""
    count = len(island.E)
    if island.S or len(pieces) < 2:
        return False

    def growth(polynomial: Any, direction: Sequence[int]) -> int:
        return max(_along(m[:count], direction) for m in polynomial.monoms())

    for d in _directions(count):
        found = [growth(above, d) - growth(below, d) for above, below in pieces]
        if found and min(found) < 0 < max(found):
            return True
    return False


def product(island: Island, powers: Sequence[tuple[Any, int]]) -> Any:
    """A polynomial, of its factors."""
    out = island.field(1).numer
    for factor, k in powers:
        out *= factor**k
    return out


def together(island: Island, above: Sequence[tuple[Any, int]]) -> Any:
    """A numerator multiplied out, to be divided addend by addend.

    Raises
    ------
    TooLarge
        Where the expression is better left as it was written: where nothing clashes there, or
        where addends of the numerator may cancel.
    """
    if island.whole.op != "add" and not _written_clash(island):
        raise TooLarge
    whole = product(island, above)
    if any(c < 0 or any(m[len(island.E) :]) for m, c in whole.terms()):
        raise TooLarge
    return whole


def _written_clash(island: Island) -> bool:
    """Whether a product in the expression as it was written has such factors."""
    for d in _directions(len(island.E)):
        try:
            _growth(island, island.whole, d)
        except _Clash:
            return True
    return False


class _Clash(Exception):
    """A factor grows where another vanishes."""


def _growth(island: Island, t: Term, direction: Sequence[int]) -> int:
    if t in island.of_atom:
        return 0
    match t.op:
        case "call" if t.data == "exp":
            return _along(island.degrees(t), direction)
        case "call" if t.data in HYPERBOLIC:
            return 0 if t.data == "tanh" else abs(_along(island.degrees(t), direction))
        case "add":
            return max(_growth(island, a, direction) for a in t.args)
        case "mul":
            found = [_growth(island, a, direction) for a in t.args]
            if min(found) < 0 < max(found):
                raise _Clash
            return sum(found)
        case "pow":
            return int(t.data) * _growth(island, t.args[0], direction)
    return 0


def _along(degrees: Sequence[int], direction: Sequence[int]) -> int:
    return sum(a * b for a, b in zip(degrees, direction, strict=True))


def opposed(island: Island, f: Any, P: Any, lines: Sequence[Any], atoms: Sequence[Any] = ()) -> int:
    """How many terms of f have one with P in place of what may be taken out, and another sign.

    Of ``atoms``, if there are any, both have the same degrees; else they are the same.
    """
    (place,), terms, found = island.positions([P]), f.numer.terms(), 0
    held = [k for k in island.positions(atoms or island.field.gens) if k != place]
    for line, (m, d), (n, e) in itertools.product(lines, terms, terms):
        if n[place] == m[place] - 1:
            wanted = [n[k] - m[k] for k in held]
            parts = ((part, c) for part, c in line.numer.terms() if c * d * e < 0)
            found += sum([part[k] for k in held] == wanted for part, _ in parts)
    return found


def weighed(island: Island, f: Any, total: Total, shift: Any) -> int:
    """How many have other weights, with the addends of D from which ``shift`` is taken for lines.

    y·log(e^v − 1) − v is y·v − v for large v, which cancels where y = 1; y·log(1 − e^(−v)) is 0.
    """
    plain = [ds for ds in _growing(total) if not any(ds[len(island.E) :])]
    lines = [island.linear(island.exponent(ds)) - shift for ds in plain]
    atoms = [g for g in island.of_atom.values() if any(line.diff(g) for line in lines)]
    return opposed(island, f, total.P, lines, atoms) if atoms else 0


def _growing(total: Total) -> list[tuple[int, ...]]:
    """The addends without a negative number before them."""
    return [ds for ds, c in total.pieces if not c.numer.is_ground or fraction(c.numer.LC) > 0]


def met(island: Island, f: Any, logs: Sequence[Any]) -> list[Any]:
    """s·log D − y·w as y·(log D − w) and (s − y)·log D, neither of which cancels; else none.

    So are (y + r)·log D − y·w and (2 − y)·log D − y·w; w is an exponent in D.
    """
    (total,) = logs
    if len(_growing(total)) < len(total.pieces):  # log(e^v − 1) is infinite at v = 0
        return []
    by_degree = {d: c for (d,), c in island.grouped(f.numer, [total.P]).items()}
    slope, rest = by_degree.get(1), by_degree.get(0)
    if slope is None or rest is None or set(by_degree) != {0, 1}:
        return []
    for degrees, _ in total.pieces:
        line = island.linear(island.exponent(degrees[: len(island.E)]))
        atoms = [g for g in island.of_atom.values() if line.diff(g) and not line.diff(g).diff(g)]
        for g in atoms:
            before = rest.diff(g) / line.diff(g)
            if not before or not before.denom.is_ground or island.has(before.numer, [g]):
                continue
            left = slope + before  # before log D for large w, where log D − w is 0
            if len(left.numer) >= len(slope.numer) + len(before.numer):
                continue
            part = -before
            if part and part != slope and not (before / slope).denom.is_ground:
                first = part * (total.P - line)
                whole = island.field(f.numer)
                return [x / f.denom.LC for x in (first, whole - first)]
    return []
