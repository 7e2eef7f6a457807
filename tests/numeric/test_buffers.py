"""Prepared functions of several blocks of rows: their memory, and what each block adds."""

import math
import pickle

import numpy as np
import pytest
from sympy import Abs, MatrixSymbol, Sum, exp, log, symbols

from symderiv import gradient, logistic_regression, to_numpy
from symderiv.numeric import oneblock, passes

m, n = symbols("m n", integer=True, positive=True)
i = symbols("i", integer=True, nonnegative=True)
X, theta, y = MatrixSymbol("X", m, n), MatrixSymbol("theta", n, 1), MatrixSymbol("y", m, 1)
w = MatrixSymbol("w", m, 1)
Z = (X * theta)[i, 0]


LOSSES = {
    "geometric": log(1 + exp(Z)) - y[i, 0] * log(exp(Z) / (1 + exp(Z))),
    "negative binomial": (y[i, 0] + 2) * log(1 + exp(Z)) - y[i, 0] * Z,
    "with a square": log(1 + exp(Z)) - y[i, 0] * Z + Z**2,
    "with a kink": log(1 + exp(Z)) + Abs(Z - y[i, 0]),
    "a softplus unit": (log(1 + exp(Z)) - y[i, 0]) ** 2,
    "weighted": w[i, 0] * log(1 + exp(Z)) + Z * y[i, 0] * w[i, 0],
}


class TestOneLogarithmForEightBlocks:
    """Σ log(1 + eᵢ) = Σ log Π (1 + eᵢ), of at most eight factors in each product."""

    functions = pickle.loads(pickle.dumps(logistic_regression.functions))  # with no other's code

    # one block, of which the last part is short; fewer than eight; eight; some more and a short one
    @pytest.mark.parametrize("rows", [16, 23, 48, 65, 128, 135, 150, 1030])
    @pytest.mark.parametrize("largest", [1e-9, 1.0, 87.9, 300.0])
    def test_of_any_number_of_rows(self, rows, largest, monkeypatch):
        monkeypatch.setattr(oneblock, "MOST_ROWS", 0)
        monkeypatch.setattr(passes, "BLOCK", 8 * 8)  # of 16 rows
        features = np.random.default_rng(rows).uniform(-1, 1, size=(rows, 8))
        features[:, 0] = np.random.default_rng(1).permutation(np.linspace(-1, 1, rows))
        features[::3] = 0
        features[::3, 0] = 1  # where all factors are as large as they can be
        labels, at = np.zeros(rows), np.zeros(8)
        at[0] = largest
        u = largest * features[:, 0]
        made = self.functions.prepare(features, labels)
        expected = np.mean(np.logaddexp(0, u))
        for _ in range(2):  # the memory of the first call is used again
            assert made.cost_and_gradient(at)[0] == pytest.approx(expected, rel=4e-15)
        assert "np.log1p(product1" in made.source

    def test_small_addends_keep_their_digits(self, monkeypatch):
        monkeypatch.setattr(oneblock, "MOST_ROWS", 0)
        monkeypatch.setattr(passes, "BLOCK", 8)
        features, labels = np.ones((100, 1)), np.zeros(100)
        cost = self.functions.prepare(features, labels).cost(np.array([-300.0]))
        assert cost == pytest.approx(math.exp(-300), rel=4e-15)

    @pytest.mark.parametrize("name", LOSSES)
    def test_what_else_is_added_is_added_once(self, name, monkeypatch):
        """Some blocks have scores above 88, where e^u is not used, and the others have not."""
        monkeypatch.setattr(oneblock, "MOST_ROWS", 0)
        monkeypatch.setattr(passes, "BLOCK", 8 * 8)
        loss = Sum(LOSSES[name], (i, 0, m - 1))
        f = to_numpy({"cost": loss, "slope": gradient(loss, theta)}, (theta, X, y, w))
        rng = np.random.default_rng(3)
        features = rng.normal(size=(301, 2)) * np.repeat([1, 100, 1], [90, 50, 161])[:, None]
        data = features, rng.integers(0, 9, size=301) * 1.0
        data += (rng.uniform(size=301),)
        at = np.array([1.0, -2.0])
        made = f.prepare(**dict(zip("Xyw", data, strict=True)))
        together = made.jointly("cost", "slope")(at)
        for value in (made.cost(at), together[0]):
            assert value == pytest.approx(f.cost(at, *data), rel=1e-13)
        for value in (made.slope(at), together[1]):
            np.testing.assert_allclose(value, f.slope(at, *data), rtol=1e-12)


@pytest.mark.parametrize("most_rows", [0, 8192], ids=["blocks", "one block"])
def test_what_is_done_before_the_rows_may_be_needed_after_them(most_rows, monkeypatch):
    """θ + u stands in the scores, and in XᵀX(θ + u), whose XᵀX is one of data alone."""
    monkeypatch.setattr(oneblock, "MOST_ROWS", most_rows)
    monkeypatch.setattr(passes, "BLOCK", passes.BLOCK if most_rows else 64)
    u, r = MatrixSymbol("u", n, 1), symbols("r", positive=True)
    loss = Sum(r * (X * (theta + u))[i, 0] ** 2 + r * log(exp(Z / r) + 1) ** 2, (i, 0, m - 1))
    outputs = {"cost": loss, "slope": gradient(loss, theta), "other": gradient(loss, u)}
    f = to_numpy(outputs, (theta, u, X, r))
    features, at = np.random.default_rng(0).normal(size=(31, 2)), np.array([0.5, -1.0])
    fixed = f.prepare(X=features).jointly(*outputs)(at, 2 * at, 1.5)
    expected = f.jointly(*outputs)(at, 2 * at, features, 1.5)
    for value, right in zip(fixed, expected, strict=True):
        np.testing.assert_allclose(value, right, rtol=1e-12)
