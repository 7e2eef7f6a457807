"""Losses that are added: what is over other divisors is computed one by one."""

import numpy as np
import pytest
from sympy import MatrixSymbol, Sum, exp, log, symbols

from symderiv import gradient, to_numpy

m, n, K = symbols("m n K", integer=True, positive=True)
i, k, p = symbols("i k p", integer=True, nonnegative=True)
X, W, T = MatrixSymbol("X", m, n), MatrixSymbol("W", n, K), MatrixSymbol("T", m, K)
u = (X * W)[i, k]
total = Sum(exp((X * W)[i, p]), (p, 0, K - 1))


def each(f):
    """The sum over classes."""
    return Sum(f, (k, 0, K - 1))


LOSSES = {
    "softplus": each(log(1 + exp(u)) - T[i, k] * u),
    "focal": -each(T[i, k] * (1 - exp(u) / total) ** 2 * (u - log(total))),
    "one more class": log(1 + total) - each(T[i, k] * u),
}


@pytest.mark.parametrize(
    "names", [("softplus", "focal"), ("softplus", "one more class")], ids="-".join
)
def test_the_gradient_of_a_sum_is_the_sum_of_gradients(names):
    row = [LOSSES[name] for name in names]
    costs = {f"g{k}": Sum(f, (i, 0, m - 1)) for k, f in enumerate([*row, sum(row)])}
    f = to_numpy({name: gradient(cost, W) for name, cost in costs.items()}, (W, X, T))
    for at in (1.0, 800.0):
        values = at * np.array([[1.0, -0.5, 0.2]]), np.ones((2, 1)), np.eye(3)[[0, 1]]
        one, other, both = (getattr(f, name)(*values) for name in costs)
        assert both == pytest.approx(one + other, rel=1e-14)
