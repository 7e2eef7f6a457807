"""Which sizes and integer variables to try: small ones first, and what ``where`` asks for."""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Callable, Sequence
from typing import Any

from flint import fmpq
from sympy import Symbol

__all__ = ["Frame", "allowed", "frames"]

Frame = dict[Symbol, int]
_VARIABLES = (1, 2, 0, 3, -1, -2, 4, 5, -3)
_LARGEST = 1000


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


def frames(
    sizes: Sequence[Symbol],
    variables: Sequence[Symbol],
    hold: Callable[[Frame], bool],
) -> list[Frame]:
    """The choices at which the conditions hold, simple first: all 1, all different, others.

    Sizes up to 3, where there are none up to 4, and then from the least that each may be.

    Parameters
    ----------
    sizes, variables
        What is chosen; a size is at least 1, or 0 where it is declared nonnegative.
    hold
        Whether those conditions hold that are about the given integers alone.
    """
    named = [*sizes, *variables]

    def found(choices: Sequence[Sequence[int]]) -> list[Frame]:
        ranges = [
            [v for v in values if allowed(x, fmpq(v))]
            for x, values in zip(named, choices, strict=True)
        ]
        many = list(itertools.islice(itertools.product(*ranges), 4096))
        many.sort(key=lambda at: _rank(at[: len(sizes)], at))
        chosen = (dict(zip(named, at, strict=True)) for at in many)
        return [frame for frame in chosen if hold(frame)]

    small = [[v for v in _VARIABLES if allowed(x, fmpq(v))][:6] for x in variables]
    least = [0 if x.is_nonnegative and x.is_positive is None else 1 for x in sizes]
    for largest in (3, 4):
        if first := found([*(range(a, largest + 1) for a in least), *small]):
            return first
    if not named:
        return []
    first_of = []
    for x, a in zip(named, [*least, *[-_LARGEST] * len(variables)], strict=True):
        inside = sorted(range(a, _LARGEST + 1), key=abs)
        first_of.append(next((v for v in inside if allowed(x, fmpq(v)) and hold({x: v})), 1))
    top = max(first_of)
    return found([(*range(v, v + 3), *range(max(v + 3, top), top + 4)) for v in first_of])


def _rank(sizes: tuple[int, ...], at: tuple[int, ...]) -> tuple[Any, ...]:
    ones = all(v == 1 for v in sizes)
    return not ones, 0 in sizes, len(sizes) - len(set(sizes)), zlib.crc32(repr(at).encode())
