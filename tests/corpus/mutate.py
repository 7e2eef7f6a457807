"""False variants of a claim's right side: the slips that people make, one at a time.

A variant counts as false where its value differs from the right side's at a point of the domain
at which the left side is defined and agrees with the right side; decided in mpmath, never by
symderiv. What is equal by luck is left out.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

import pointwise
import sympy
from corpus.claim import Claim
from corpus.points import Point, allowed, points, same, value_at
from sympy import Add, Basic, Integer, MatrixSymbol, Mul, Piecewise, Pow, Rational, Sum, Symbol

from symderiv import sigma, softplus

__all__ = ["MOST", "Mutant", "checked_points", "mutants"]

MOST = 6
_TRILLIONTH = Rational(1, 10**12)
_NOT_NUMBERS = (sympy.nan, sympy.zoo, sympy.oo, -sympy.oo, sympy.I)
_SWAPS = {
    sympy.sin: sympy.cos,
    sympy.cos: sympy.sin,
    sympy.sinh: sympy.cosh,
    sympy.cosh: sympy.sinh,
    sympy.tanh: sympy.sin,
    sympy.tan: sympy.tanh,
    sympy.atan: sympy.tanh,
    sympy.erf: sympy.tanh,
    sympy.Max: sympy.Min,
    sympy.Min: sympy.Max,
    sympy.polygamma: lambda k, x: sympy.polygamma(k + 1, x),
    sympy.loggamma: sympy.log,
    sympy.gamma: lambda x: sympy.gamma(x + 1),
    sympy.exp: lambda x: sympy.exp(-x),
    sympy.log: lambda x: sympy.log(1 + x),
    sympy.sign: lambda x: sympy.Integer(1),
    sympy.Abs: lambda x: x,
    sigma: lambda x: sigma(-x),
    softplus: lambda x: softplus(-x),
}


@dataclass(frozen=True)
class Mutant:
    """A false right side, what was done to it, and a point that shows it."""

    slip: str
    rhs: Basic
    point: Point


def _is_matrix(e: Any) -> bool:
    return bool(getattr(e, "is_Matrix", False))


def _times(c: Any, e: Any) -> Any:
    return sympy.MatMul(c, e) if _is_matrix(e) else c * e


def _sites(e: Basic, kind: Callable[[Any], bool]) -> list[Basic]:
    return sorted({n for n in sympy.preorder_traversal(e) if kind(n)}, key=sympy.default_sort_key)


def _replaced(e: Basic, old: Basic, new: Any) -> Any:
    """The expression with every occurrence of a part replaced, rebuilt bottom-up."""
    if e == old:
        return new
    if not e.args or not e.has(old):
        return e
    args = [_replaced(a, old, new) for a in e.args]
    return e.func(*args)


def _everywhere(e: Basic, kind: Any, change: Callable[[Any], Any], draw: random.Random) -> Any:
    """One random part of a kind, changed."""
    found = _sites(e, kind)
    if not found:
        return None
    old = draw.choice(found)
    return _replaced(e, old, change(old))


def _sign(e: Any, draw: random.Random) -> Any:
    return _times(Integer(-1), e)


def _sign_of_a_term(e: Any, draw: random.Random) -> Any:
    def flip(s: Any) -> Any:
        k = draw.randrange(len(s.args))
        return s.func(*(_times(Integer(-1), a) if n == k else a for n, a in enumerate(s.args)))

    return _everywhere(e, lambda n: isinstance(n, (Add, sympy.MatAdd)), flip, draw)


def _a_term_dropped(e: Any, draw: random.Random) -> Any:
    def drop(s: Any) -> Any:
        k = draw.randrange(len(s.args))
        return s.func(*(a for n, a in enumerate(s.args) if n != k))

    return _everywhere(e, lambda n: isinstance(n, (Add, sympy.MatAdd)), drop, draw)


def _factor(e: Any, draw: random.Random) -> Any:
    return _times(draw.choice([Integer(2), Rational(1, 2)]), e)


def _a_factor_dropped(e: Any, draw: random.Random) -> Any:
    def drop(s: Any) -> Any:
        k = draw.randrange(len(s.args))
        return s.func(*(a for n, a in enumerate(s.args) if n != k))

    return _everywhere(e, lambda n: isinstance(n, (Mul, sympy.HadamardProduct)), drop, draw)


def _sizes_of(e: Any) -> list[Any]:
    named = {s for n in e.atoms(MatrixSymbol) for shape in n.shape for s in shape.free_symbols}
    return sorted({s for s in named | e.free_symbols if s.is_integer and s.is_positive}, key=str)


def _size_factor(e: Any, draw: random.Random) -> Any:
    """The mean for the sum, or the other way round."""
    sizes = _sizes_of(e)
    if not sizes:
        return None
    size = draw.choice(sizes)
    return _times(size if e.has(1 / size) else 1 / size, e)


def _exponent(e: Any, draw: random.Random) -> Any:
    def change(p: Any) -> Any:
        return Pow(p.base, p.exp + draw.choice([1, -1]))

    return _everywhere(e, lambda n: isinstance(n, Pow) and not n.has(*_sizes_of(e)), change, draw)


def _squared(e: Any, draw: random.Random) -> Any:
    kinds = (Symbol, sympy.Indexed)
    plain = [s for s in e.free_symbols if isinstance(s, kinds) and not s.is_integer]
    names = {str(a.base.label) for a in e.atoms(sympy.Indexed)}
    plain = sorted((s for s in plain if str(s) not in names), key=str)
    return _replaced(e, s, s**2) if plain and (s := draw.choice(plain)) else None


def _index(e: Any, draw: random.Random) -> Any:
    """Two indices swapped in one entry, or one index for another."""
    entries = _sites(e, lambda n: type(n).__name__ in ("MatrixElement", "Indexed"))
    entries = [n for n in entries if n.free_symbols]
    if not entries:
        return None
    old = draw.choice(entries)
    places = list(old.args[1:])
    others = {p for n in entries for p in n.args[1:] if isinstance(p, Symbol)}
    k = draw.randrange(len(places))
    choices = sorted(others - {places[k]}, key=str)
    if places[k] == 0 or not choices:
        return None
    places[k] = draw.choice(choices)
    return _replaced(e, old, old.args[0][tuple(places)])


def _transposed(e: Any, draw: random.Random) -> Any:
    if not _is_matrix(e):
        return None
    square = [
        s for s in _sites(e, lambda n: isinstance(n, MatrixSymbol)) if s.shape[0] == s.shape[1]
    ]
    options = [_replaced(e, s, s.T) for s in square if s.shape != (1, 1)]
    if e.shape[0] == e.shape[1] and e.shape != (1, 1):
        options.append(e.T)
    return draw.choice(options) if options else None


def _cases_swapped(e: Any, draw: random.Random) -> Any:
    def swap(p: Any) -> Any:
        pairs = list(p.args)
        k = draw.randrange(len(pairs) - 1)
        (a, one), (b, other) = pairs[k].args, pairs[k + 1].args
        return Piecewise(*pairs[:k], (b, one), (a, other), *pairs[k + 2 :], evaluate=False)

    return _everywhere(e, lambda n: isinstance(n, Piecewise) and len(n.args) > 1, swap, draw)


def _one_case(e: Any, draw: random.Random) -> Any:
    def double(p: Any) -> Any:
        k = draw.randrange(len(p.args))
        return Piecewise(
            *((a.args[0] + (n == k), a.args[1]) for n, a in enumerate(p.args)), evaluate=False
        )

    return _everywhere(e, lambda n: isinstance(n, Piecewise), double, draw)


def _function(e: Any, draw: random.Random) -> Any:
    return _everywhere(e, lambda n: n.func in _SWAPS, lambda n: _SWAPS[n.func](*n.args), draw)


def _off_by_one(e: Any, draw: random.Random) -> Any:
    def shorten(s: Any) -> Any:
        (name, low, high), *rest = s.limits
        return Sum(s.function, (name, low, high - 1), *rest)

    def long_enough(n: Any) -> bool:
        return isinstance(n, Sum) and n.limits[0][2] != n.limits[0][1] - 1

    return _everywhere(e, long_enough, shorten, draw)


def _trillionth(e: Any, draw: random.Random) -> Any:
    if _is_matrix(e):
        return e + _TRILLIONTH * sympy.OneMatrix(*e.shape)
    return e + _TRILLIONTH


def _far_away(e: Any, draw: random.Random) -> Any:
    """Wrong only where one variable is below −30."""
    if _is_matrix(e):
        return None
    free = sorted((s for s in e.free_symbols if s.is_real and s.is_positive is None), key=str)
    free = [s for s in free if not s.is_integer]
    return Piecewise((e + 1, s < -30), (e, True)) if free and (s := free[0]) else None


def _at_one_size(e: Any, draw: random.Random) -> Any:
    """Wrong only at one size."""
    sizes = _sizes_of(e)
    if _is_matrix(e) or not sizes:
        return None
    return e + sympy.KroneckerDelta(sizes[0], draw.choice([1, 2, 3]))


def _at_equality(e: Any, draw: random.Random) -> Any:
    """Wrong only where two variables are equal."""
    real = sorted((s for s in e.free_symbols if s.is_real and not s.is_integer), key=str)
    if _is_matrix(e) or len(real) < 2:
        return None
    return Piecewise((e + 1, sympy.Eq(real[0], real[1])), (e, True))


SLIPS = {
    "sign": _sign,
    "sign of a term": _sign_of_a_term,
    "term dropped": _a_term_dropped,
    "factor": _factor,
    "factor dropped": _a_factor_dropped,
    "mean and sum": _size_factor,
    "exponent": _exponent,
    "squared": _squared,
    "index": _index,
    "transposed": _transposed,
    "cases swapped": _cases_swapped,
    "one case": _one_case,
    "function": _function,
    "off by one": _off_by_one,
    "trillionth": _trillionth,
    "far away": _far_away,
    "at one size": _at_one_size,
    "at equality": _at_equality,
}
# Tried later, or they would crowd out the slips that few claims admit.
_ALWAYS_POSSIBLE = {"sign", "factor", "squared", "trillionth", "term dropped", "factor dropped"}


@cache
def _known(claim: _ByName) -> tuple[tuple[Point, Any, Any], ...]:
    """Points with an entry at which both sides are defined, and the value of the right side."""
    found = []
    wanted = 2 if _is_matrix(claim.claim.rhs) else 5  # each with two entries, and slowly
    for point in points(claim.claim, wanted):
        for entry in _entries(claim.claim.rhs, point):
            left = value_at(claim.claim.lhs, claim.claim, point, entry)
            right = value_at(claim.claim.rhs, claim.claim, point, entry)
            if left is not None and right is not None:
                if not same(left, right):
                    raise AssertionError(f"{claim.claim.name} is false at {point}: {left}, {right}")
                found.append((point, entry, right))
    return tuple(found)


class _ByName:
    """A claim as a key: names are unique."""

    def __init__(self, claim: Claim) -> None:
        self.claim = claim

    def __hash__(self) -> int:
        return hash(self.claim.name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByName) and other.claim.name == self.claim.name


def _entries(e: Any, point: Point) -> list[Any]:
    if not _is_matrix(e):
        return [None]
    at = pointwise.Place(point.sizes, point.values)
    rows, columns = (pointwise.whole(s, at) for s in e.shape)
    return [(0, columns - 1), (rows - 1, 0)]


def checked_points(claim: Claim) -> int:
    """At how many points the two sides were seen to agree; an error where they do not."""
    return len(_known(_ByName(claim)))


def mutants(claim: Claim) -> Iterator[Mutant]:
    """Up to ``MOST`` false variants of a claim, of different kinds; always the same ones."""
    draw = random.Random(f"mutants of {claim.name}")
    slips = sorted(SLIPS, key=lambda s: draw.random() + (s in _ALWAYS_POSSIBLE) / 2)
    seen = {claim.rhs}
    known = claim.lhs.free_symbols | claim.rhs.free_symbols
    for slip in slips:
        try:
            rhs = SLIPS[slip](claim.rhs, draw)
        except (TypeError, ValueError, AttributeError):
            continue  # SymPy refuses to build it: shapes, an index out of range
        if rhs is None or rhs in seen or rhs.has(*_NOT_NUMBERS):
            continue
        if not rhs.free_symbols <= known:
            continue  # an index has left its sum
        if not _like(rhs, claim.rhs) or not _well_shaped(rhs):
            continue
        point = _shown_false(claim, rhs, slip)
        if point is not None:
            seen.add(rhs)
            yield Mutant(slip, rhs, point)
            if len(seen) > MOST:
                return


def _like(a: Any, b: Any) -> bool:
    """Both scalars, or both matrices of one shape."""
    return _is_matrix(a) == _is_matrix(b) and (not _is_matrix(a) or a.shape == b.shape)


def _well_shaped(e: Basic) -> bool:
    """SymPy builds a sum of unequal shapes when it is rebuilt from its parts; refuse it here."""
    for n in sympy.preorder_traversal(e):
        parts = [a for a in n.args if _is_matrix(a)]
        if isinstance(n, (sympy.MatAdd, sympy.HadamardProduct)):
            if len({a.shape for a in parts}) > 1 or len(parts) < len(n.args):
                return False
        elif isinstance(n, sympy.MatMul):
            if any(a.shape[1] != b.shape[0] for a, b in pairwise(parts)):
                return False
        elif isinstance(n, sympy.DiagMatrix) and 1 not in parts[0].shape:
            return False
    return True


def _shown_false(claim: Claim, rhs: Any, slip: str) -> Point | None:
    numerical = claim.rhs.has(sympy.Derivative)
    for point, entry, right in (*_known(_ByName(claim)), *_special(claim, rhs, slip)):
        v = value_at(rhs, claim, point, entry)
        if v is not None and not same(v, right, numerical):
            return point
    return None


def _special(claim: Claim, rhs: Any, slip: str) -> list[tuple[Point, Any, Any]]:
    """Points where a rare slip shows: far out, or with two equal values."""
    if slip not in ("far away", "at equality"):
        return []
    out = []
    for point, entry, _ in _known(_ByName(claim)):
        real = sorted(
            (s for s in claim.rhs.free_symbols if s.is_real and not s.is_integer), key=str
        )
        if slip == "far away":
            free = [s for s in real if s.is_positive is None]
            moved = {free[0].name: Rational(-317, 10)}
        else:
            moved = {real[1].name: point.values.get(real[0].name)}
        there = Point(point.sizes, {**point.values, **moved})
        sides = [value_at(e, claim, there, entry) for e in (claim.lhs, claim.rhs)]
        if None not in sides and same(*sides) and _where_holds(claim, there):
            out.append((there, entry, sides[1]))
    return out


def _where_holds(claim: Claim, point: Point) -> bool:
    real = {s for s in claim.rhs.free_symbols if s.is_positive}
    return allowed(claim, point) and all(
        point.values[s.name] > 0 for s in real if s.name in point.values
    )
