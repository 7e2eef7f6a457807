"""Which sizes and integer variables to try: small ones first, and what ``where`` asks for."""

from __future__ import annotations

import itertools
import math
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from fractions import Fraction
from typing import Any

import sympy
from flint import fmpq
from sympy import Basic, Symbol
from sympy.core.relational import Relational
from sympy.matrices.expressions.matexpr import MatrixElement

__all__ = ["LARGEST", "Frame", "allowed", "degree", "farther", "frames", "gives"]
__all__ += ["linear", "nearest", "spans"]

Frame = dict[Symbol, int]
Fact = tuple[dict[Symbol, Fraction], Fraction]
_VARIABLES = (1, 2, 0, 3, -1, -2, 4, 5, *range(-3, -10, -1), *range(6, 10))
LARGEST = 3  # of the sizes that are tried first
_LARGEST = 10**9
_REACH, _MOST_SCANNED = 1000, 20_000
_ROUNDS = 50
_MOST_TRIED, _MOST_KEPT = 512, 300
_HIGHEST_DEGREE, _MOST_FARTHER = 16, 40


def allowed(base: Any, v: Any) -> bool:
    """Whether a value certainly agrees with the assumptions declared for its symbol or array."""
    return not (
        (base.is_positive and not v > 0)
        or (base.is_negative and not v < 0)
        or (base.is_nonnegative and not v >= 0)
        or (base.is_nonpositive and not v <= 0)
        or (base.is_nonzero and not (v > 0 or v < 0))
        or (base.is_integer and (type(v) is not fmpq or v.q != 1))
        or (base.is_even and not (v.q == 1 and v.p % 2 == 0))
        or (base.is_odd and not (v.q == 1 and v.p % 2 == 1))
    )


def spans(
    sizes: Sequence[Symbol], others: Sequence[Symbol], facts: Iterable[Basic]
) -> dict[Symbol, range]:
    """The integers that each name may be: ``j >= 3`` and ``j <= n - 2`` give n >= 5.

    Bounds propagation over the linear facts (K. R. Apt, Principles of Constraint Programming,
    2003, chapter 6): a·x + r ≥ 0 with r ≤ R gives x ≥ −R/a, for a > 0. An empty range is one
    that the facts contradict.

    Examples
    --------
    >>> from sympy.abc import j, n
    >>> spans([n], [j], [j >= 3, j <= n - 2])
    {j: range(3, 999999999), n: range(5, 1000000001)}
    """
    known = [f for relation in facts for f in linear(relation, {*sizes, *others})]
    low = {x: 1 if x.is_positive else 0 if x.is_nonnegative else -_LARGEST for x in others}
    settled: set[Symbol] = set()
    for x in sizes:  # at least 1, where nothing else is said of that end, nor that it is less
        declared = 1 if x.is_positive else 0 if x.is_nonnegative else None
        below = any(a[x] < 0 and c < -a[x] for a, c in known if a.keys() == {x})  # x < 1
        least = -_LARGEST if below or gives(known, x, 1, settled) else 1
        low[x] = least if declared is None else declared
        settled.add(x)
    high = dict.fromkeys(low, _LARGEST)
    for _ in range(_ROUNDS):
        before = dict(low), dict(high)
        for terms, constant in known:
            most = {x: max(a * low[x], a * high[x]) for x, a in terms.items()}
            total = constant + sum(most.values())
            for x, a in terms.items():
                end = (most[x] - total) / a
                if a > 0:
                    low[x] = min(max(low[x], math.ceil(end)), _LARGEST)
                else:
                    high[x] = max(min(high[x], math.floor(end)), -_LARGEST)
        if before == (low, high):
            break
    return {x: range(low[x], high[x] + 1) for x in low}


def gives(known: Iterable[Fact], x: Symbol, side: int, settled: AbstractSet[Symbol]) -> bool:
    """Whether linear facts say where a name ends below (side 1) or above (−1), by settled ones."""
    return any(side * terms.get(x, 0) > 0 and terms.keys() - {x} <= settled for terms, _ in known)


def linear(relation: Any, named: AbstractSet[Symbol]) -> list[Fact]:
    """A relation as facts Σ a·x + c ≥ 0, where it is one of linear forms in the names."""
    if isinstance(relation, (sympy.Ge, sympy.Gt)):
        sides = [relation.lhs - relation.rhs]
    elif isinstance(relation, (sympy.Le, sympy.Lt)):
        sides = [relation.rhs - relation.lhs]
    elif isinstance(relation, sympy.Eq):
        sides = [relation.lhs - relation.rhs, relation.rhs - relation.lhs]
    else:
        return []
    out = []
    for side in sides:
        found = side.as_coefficients_dict()
        if any((x not in named and x != 1) or not a.is_Rational for x, a in found.items()):
            return []
        terms = {x: Fraction(int(a.p), int(a.q)) for x, a in found.items() if a}
        constant = terms.pop(sympy.S.One, Fraction(0))
        whole = all(a.denominator == 1 for a in (*terms.values(), constant))
        out.append((terms, constant - (whole and isinstance(relation, (sympy.Gt, sympy.Lt)))))
    return out


def nearest(x: Symbol, span: range, hold: Callable[[Frame], bool]) -> list[int]:
    """Four integers at which the conditions on x hold: from 0 on, then below 0, not too far."""
    up, down = (
        range(max(0, span.start), span.stop)[:_REACH],
        range(min(0, span.stop) - 1, span.start - 1, -1)[:_REACH],
    )
    good = (v for v in itertools.chain(up, down) if allowed(x, fmpq(v)) and hold({x: v}))
    return list(itertools.islice(good, 4))


def frames(
    sizes: Sequence[Symbol],
    variables: Sequence[Symbol],
    hold: Callable[[Frame], bool],
    span: Mapping[Symbol, range] | None = None,
    fits: Callable[[Frame], bool] = lambda frame: True,
) -> list[Frame]:
    """The choices at which the conditions hold, simple first: all 1, all different, others.

    Three for each size, or four, from 1 to 6; where none hold, from the least that each may be.

    Parameters
    ----------
    sizes, variables
        What is chosen; a size is at least 1, or 0 where it is declared nonnegative, or what is
        said of that end.
    hold
        Whether those conditions hold that are about the given integers alone.
    span
        The integers that each name may be, those of the free indices, too.
    fits
        Whether there are indices that fit a choice.
    """
    named = [*sizes, *variables]
    span = spans(sizes, variables, ()) if span is None else span
    if not all(span.values()):
        return []

    def found(choices: Sequence[Sequence[int]]) -> list[Frame]:
        ranges = [
            [v for v in values if v in span[x] and allowed(x, fmpq(v))]
            for x, values in zip(named, choices, strict=True)
        ]
        many = list(itertools.islice(itertools.product(*ranges), 4096))
        many.sort(key=lambda at: _rank(at[: len(sizes)], at))
        chosen = (dict(zip(named, at, strict=True)) for at in many)
        tried = itertools.islice((frame for frame in chosen if hold(frame)), _MOST_TRIED)
        return list(itertools.islice((frame for frame in tried if fits(frame)), _MOST_KEPT))

    small = [
        [v for v in _VARIABLES if v in span[x] and allowed(x, fmpq(v)) and hold({x: v})][:6]
        for x in variables
    ]
    few = [
        [v for v in range(2 * LARGEST + 1) if v in span[x] and allowed(x, fmpq(v))] for x in sizes
    ]
    for many in (LARGEST, LARGEST + 1):
        if first := found([*(v[: many + (0 in v)] for v in few), *small]):
            return first
    if not named:
        return []
    first_of = {x: (nearest(x, values, hold) or [1])[0] for x, values in span.items()}
    top = max(first_of.values())
    ends = (first_of[x] for x in named)
    near = found([(*range(v, v + 3), *range(max(v + 3, top), top + 4)) for v in ends])
    return near or _one_by_one(named, hold, span, fits)


def farther(
    known: Sequence[Frame],
    order: int,
    fits: Callable[[Frame], bool] = lambda frame: True,
    hold: Callable[[Frame], bool] | None = None,
    span: Mapping[Symbol, range] | None = None,
) -> list[Frame]:
    """Choices next to those that are known, at which a polynomial of this degree shows.

    One that is not 0 does not vanish at all points of the lattice of a simplex, with so many steps
    along each edge (K. C. Chung and T. H. Yao, SIAM J. Numer. Anal. 14, 1977).

    Examples
    --------
    >>> from sympy.abc import n
    >>> farther([{n: 1}, {n: 2}, {n: 3}], 4)
    [{n: 4}, {n: 5}]
    """
    if not known or not known[0]:
        return []
    least = {x: min(frame[x] for frame in known) for x in known[0]}
    steps = range(min(order, _HIGHEST_DEGREE) + 1)
    some = itertools.islice(itertools.product(steps, repeat=len(least)), 4096)
    grid = sorted((at for at in some if sum(at) < len(steps)), key=lambda at: (sum(at), at))
    chosen = ({x: v + d for (x, v), d in zip(least.items(), at, strict=True)} for at in grid)
    new = [frame for frame in chosen if frame not in known and fits(frame)]
    others = _one_by_one([*least], hold, span, fits) if hold and span else []
    return [*new[:_MOST_FARTHER], *(f for f in others if f not in known and f not in new)]


def degree(line: Basic, seen: dict[Basic, int] | None = None) -> int:
    """A bound on the degree in the integers, where the line is a polynomial in them.

    Where they are compared with a number, at least that, so that both cases are seen.

    Examples
    --------
    >>> i, n = sympy.symbols("i n", integer=True)
    >>> degree(sympy.Sum(i**3, (i, 1, n)))
    4
    """
    seen = {} if seen is None else seen
    if line not in seen:
        if isinstance(line, Symbol):
            seen[line] = int(bool(line.is_integer))
        elif isinstance(line, (sympy.Indexed, MatrixElement)):
            seen[line] = 0
        else:
            inside = [degree(a, seen) for a in line.args if isinstance(a, Basic)] or [0]
            if isinstance(line, (sympy.Sum, sympy.Product)):
                seen[line] = inside[0] + len(line.limits)
            elif isinstance(line, sympy.Pow) and isinstance(line.exp, sympy.Integer):
                seen[line] = inside[0] * abs(int(line.exp))
            elif isinstance(line, (Relational, sympy.KroneckerDelta)):
                seen[line] = max([*inside, *(abs(int(a)) for a in line.args if a.is_Integer)])
            else:
                seen[line] = sum(inside) if isinstance(line, sympy.Mul) else max(inside)
    return seen[line]


def _one_by_one(
    named: Sequence[Symbol],
    hold: Callable[[Frame], bool],
    span: Mapping[Symbol, range],
    fits: Callable[[Frame], bool],
) -> list[Frame]:
    """Choices made for one name after the other, in every order: what those before leave it."""
    left = itertools.count(_MOST_SCANNED, -1)

    def chosen(frame: Frame, rest: Sequence[Symbol]) -> Iterator[Frame]:
        if not rest:
            yield frame
            return
        so = lambda at: next(left) > 0 and hold({**frame, **at})  # noqa: E731
        for v in nearest(rest[0], span[rest[0]], so):
            yield from chosen({**frame, rest[0]: v}, rest[1:])

    orders = itertools.islice(itertools.permutations(named), 6)
    frames_ = (f for order in orders for f in chosen({}, order) if fits(f))
    return list(itertools.islice(frames_, _MOST_KEPT))


def _rank(sizes: tuple[int, ...], at: tuple[int, ...]) -> tuple[Any, ...]:
    ones = all(v == 1 for v in sizes)
    return not ones, 0 in sizes, len(sizes) - len(set(sizes)), zlib.crc32(repr(at).encode())
