"""Random losses over rows and their gradients: plain, with data kept, and mpmath, as one value.

A loss is a random expression in the score z = (Xθ)ᵢ, a label and a weight. The exact value and
derivative are those of the formula as it is written, at 60 digits.
"""

import random

import mpmath
import numpy as np
import pytest
import sympy
from sympy import (
    Derivative,
    Integer,
    MatrixSymbol,
    Rational,
    Sum,
    cosh,
    exp,
    log,
    symbols,
    tanh,
)

from symderiv import sigma, softplus, to_numpy
from symderiv.numeric import oneblock

m, n = symbols("m n", integer=True, positive=True)
i, k = symbols("i k", integer=True, nonnegative=True)
X, theta = MatrixSymbol("X", m, n), MatrixSymbol("theta", n, 1)
Y, W = MatrixSymbol("y", m, 1), MatrixSymbol("w", m, 1)
z, y, w = symbols("z label weight", real=True)
ROWS = 7

LEAVES = [z, y, w, Integer(1), Integer(-1), Rational(1, 2), z, 1 - y, z + w]
FUNCTIONS = [
    sigma,
    softplus,
    tanh,
    exp,
    lambda u: 1 - sigma(u),
    lambda u: log(sigma(u)),
    lambda u: log(1 - sigma(u)),
    lambda u: exp(-u) / (1 + exp(-u)) ** 2,
    lambda u: exp(u) - 1,
    lambda u: log(1 + u**2),
    lambda u: log(exp(u) * (1 + exp(u)) ** 2),
    lambda u: log(1 + exp(u)) * sigma(u),
    lambda u: log(cosh(u)),
]


def expression(source, depth):
    """A random expression in the score, the label and the weight."""
    kind = source.random()
    if depth == 0 or kind < 0.15:
        return source.choice(LEAVES)
    if kind < 0.6:
        parts = [expression(source, depth - 1) for _ in range(2)]
        return sympy.Add(*parts) if kind < 0.35 else sympy.Mul(*parts)
    if kind < 0.66:
        return expression(source, depth - 1) ** source.choice([2, 3])
    return source.choice(FUNCTIONS)(source.choice([z, -z, z + w, 2 * z, z, z - y]))


def unfolded(e):
    return e.replace(sigma, lambda u: 1 / (1 + exp(-u))).replace(
        softplus, lambda u: log(1 + exp(u))
    )


def check(seed):
    e = expression(random.Random(seed), 3)
    rng = np.random.default_rng(seed)
    features, at, weights = rng.normal(size=(ROWS, 2)), rng.normal(size=2), rng.normal(size=ROWS)
    body = e.xreplace({z: (X * theta)[i, 0], y: Y[i, 0], w: W[i, 0]})
    loss = Sum(body, (i, 0, m - 1))
    f = to_numpy({"loss": loss, "slope": Derivative(loss, theta[k, 0])}, (theta, X, Y, W))
    exact = [sympy.lambdify((z, y, w), v, "mpmath") for v in (unfolded(e), unfolded(e).diff(z))]
    for labels in (rng.integers(0, 2, size=ROWS) * 1.0, rng.uniform(size=ROWS)):
        with mpmath.workdps(60):
            points = list(zip(features @ at, labels, weights, strict=True))
            values, slopes = (
                [float(g(*map(mpmath.mpf, map(float, p)))) for p in points] for g in exact
            )
        # the rounding of one row, some hundred operations, and of z; nothing here is above e^20
        allowed = 1e-10 * max(1e-3, np.sum(np.abs(values)))
        allowed_slope = 1e-9 * max(1e-3, np.sum(np.abs(slopes)))
        prepared = f.prepare(features, labels, weights).loss_and_slope
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(oneblock, "MOST_ROWS", 0)
            in_blocks = f.prepare(features, labels, weights).loss_and_slope
        whole = f.loss_and_slope(at, features, labels, weights)
        for found in (whole, prepared(at), in_blocks(at)):
            assert abs(found[0] - np.sum(values)) <= allowed, (seed, e, prepared.source)
            assert np.all(np.abs(found[1] - features.T @ slopes) <= allowed_slope), (seed, e)


@pytest.mark.parametrize("seed", range(14))
def test_of_random_losses(seed):
    check(seed)


@pytest.mark.fuzz
def test_of_many_random_losses():
    for seed in range(100, 700):
        check(seed)
