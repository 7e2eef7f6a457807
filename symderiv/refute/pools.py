"""The values that points are made of: simple ones first, then varied, wide and close ones."""

from __future__ import annotations

import itertools

from flint import fmpq

__all__ = ["CIRCLE", "EVERY", "POOLS"]


def _rationals(*numbers: str) -> tuple[fmpq, ...]:
    parts = [n.split("/") for n in numbers]
    return tuple(fmpq(int(p[0]), int(p[1]) if len(p) > 1 else 1) for p in parts)


# In the order in which they are tried. The wide ones reach saturated cases and near ties.
POOLS: dict[str, tuple[fmpq, ...]] = {
    "zero": _rationals("0"),
    "one": _rationals("1"),
    "bits": _rationals("0", "1"),
    "small": _rationals("1", "2", "-1", "3", "0", "-2", "4", "-3", "5"),
    "unit": _rationals("1/2", "1/3", "2/3", "1/4", "3/4", "2/5", "1/10", "9/10", "99/100"),
    "positive": _rationals("1", "2", "3", "1/2", "3/2", "1/3", "4", "5/2", "7"),
    "signs": _rationals("1", "-1"),
    "fractions": _rationals("1/2", "-1/2", "3/2", "-1/3", "2/5", "-7/4", "5/3", "-5/2", "1/7"),
    "wide": _rationals("10", "-10", "40", "-40", "1/1000000", "-1/1000000", "3", "0"),
    "negative": _rationals("-1", "-2", "-3", "-1/2", "-3/2", "-1/3", "-4", "-5/2"),
    "above one": _rationals("2", "3", "3/2", "5", "7/3", "10", "11/10", "4"),
    "ends": _rationals("100", "-100", "1000", "-1000", "-35", "35", "1/1000000000000"),
    "inside one": _rationals("0", "1/2", "-1/2", "1/3", "-3/4", "3/5", "-4/5", "1/10"),
}
EVERY = tuple(dict.fromkeys(itertools.chain(*POOLS.values())))
CIRCLE = _rationals("3/5", "4/5", "5/13", "12/13")
