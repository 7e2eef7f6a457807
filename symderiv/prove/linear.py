"""Which signs linear facts exclude: Fourier-Motzkin elimination over the rationals.

Monomials are the variables. A row says Σ c·v + b > 0 or ≥ 0 (Schrijver, Theory of Linear
and Integer Programming, section 12.2). Too many rows are no answer, never a wrong one.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

__all__ = ["Row", "infeasible"]

_MOST_ROWS = 120


class Row(NamedTuple):
    """Σ c·v + constant > 0 where strict, else ≥ 0."""

    coefficients: Mapping[Hashable, Fraction]
    constant: Fraction
    strict: bool


def _combined(up: Row, down: Row, v: Hashable) -> Row:
    """Eliminate v from a row where it is positive and one where it is negative."""
    a, b = -down.coefficients[v], up.coefficients[v]
    out: dict[Hashable, Fraction] = {k: c * a for k, c in up.coefficients.items()}
    for k, c in down.coefficients.items():
        out[k] = out.get(k, Fraction(0)) + c * b
    left = {k: c for k, c in out.items() if c}
    return Row(left, up.constant * a + down.constant * b, up.strict or down.strict)


def _tightest(rows: Sequence[Row]) -> list[Row]:
    """Of parallel rows the one that says most; all in the scale of their first coefficient."""
    kept: dict[frozenset[tuple[Hashable, Fraction]], Row] = {}
    for r in rows:
        scale = abs(next(iter(r.coefficients.values()))) if r.coefficients else Fraction(1)
        row = r
        if scale != 1:
            scaled = {k: c / scale for k, c in r.coefficients.items()}
            row = Row(scaled, r.constant / scale, r.strict)
        other = kept.setdefault(frozenset(row.coefficients.items()), row)
        if (row.constant, not row.strict) < (other.constant, not other.strict):
            kept[frozenset(row.coefficients.items())] = row
    return list(kept.values())


def infeasible(rows: Sequence[Row], spend: Callable[[int], None] = lambda units: None) -> bool:
    """Whether no real values of the variables satisfy all rows; ``spend`` counts the work.

    Examples
    --------
    >>> one = Fraction(1)
    >>> x_above_1 = Row({"x": one}, -one, strict=True)
    >>> x_below_1 = Row({"x": -one}, one, strict=False)
    >>> infeasible([x_above_1, x_below_1]), infeasible([x_above_1])
    (True, False)
    """
    left = list(rows)
    while True:
        left = _tightest(left)
        spend(len(left) * 50)
        if any(
            not r.coefficients and (r.constant < 0 or (r.strict and r.constant == 0)) for r in left
        ):
            return True
        left = [r for r in left if r.coefficients]
        counts: dict[Hashable, list[int]] = {}
        for r in left:
            for v, c in r.coefficients.items():
                counts.setdefault(v, [0, 0])[c < 0] += 1
        if not counts or len(left) > _MOST_ROWS:
            return False
        v = min(counts, key=lambda k: (counts[k][0] * counts[k][1], repr(k)))
        up = [r for r in left if r.coefficients.get(v, 0) > 0]
        down = [r for r in left if r.coefficients.get(v, 0) < 0]
        left = [r for r in left if v not in r.coefficients]
        left += [_combined(a, b, v) for a in up for b in down]
