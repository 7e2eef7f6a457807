"""Random sums with cases, masks, deltas, powers and pairs, against entry-by-entry evaluation."""

import math
import random

import numpy as np
import pytest
from sympy import (
    Abs,
    Integer,
    KroneckerDelta,
    MatrixSymbol,
    Max,
    Min,
    Ne,
    Piecewise,
    Sum,
    log,
    symbols,
)

from symderiv.numeric import to_numpy

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

m = symbols("m", integer=True, positive=True)
i, j = symbols("i j", integer=True, nonnegative=True)
x, y, D = MatrixSymbol("x", m, 1), MatrixSymbol("y", m, 1), MatrixSymbol("D", m, m)


def expression(source, depth):
    """A random expression in entries at i and j."""
    if depth == 0:
        return source.choice([x[i, 0], x[j, 0], y[j, 0], D[i, j], x[i, 0] - x[j, 0], Integer(2)])
    u, v = (expression(source, depth - 1) for _ in range(2))
    kinds = [
        lambda: u + v,
        lambda: u * v,
        lambda: Abs(u),
        lambda: Max(u, v),
        lambda: Min(u, 0),
        lambda: Piecewise((1 / (1 + v**2), x[i, 0] > 0), (u, True)),
        lambda: Piecewise((log(v**2), y[i, 0] > 0), (0, True)),
        lambda: Piecewise((u, Ne(i, j)), (0, True)),
        lambda: KroneckerDelta(i, j) * u,
        lambda: Abs(u) ** 3 / (1 + Abs(v)),
    ]
    return source.choice(kinds)()


@pytest.mark.parametrize("seed", range(24))
def test_of_random_pairs(seed, slow):
    source, rng = random.Random(seed), np.random.default_rng(seed)
    within = source.choice([(j, 0, m - 1), (j, i + 1, m - 1), (j, 0, i)])
    whole = Sum(expression(source, 2) + x[i, 0], within, (i, 0, m - 1))
    f = to_numpy(whole, (x, y, D))
    for size in (1, 2, 3):
        for draw in (rng.normal, lambda size: rng.integers(-1, 2, size=size) * 1.0):
            values = draw(size=size), draw(size=size), draw(size=(size, size))
            try:
                exact = float(slow(whole, {m: size, **dict(zip((x, y, D), values, strict=True))}))
            except (ValueError, ZeroDivisionError):  # log 0: there is no value
                continue
            if math.isfinite(exact):
                assert f(*values) == pytest.approx(exact, rel=1e-9, abs=1e-9), (whole, values)
