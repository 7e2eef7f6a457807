"""Arrays written as an IndexedBase, whose range is that of the sums over them."""

import numpy as np
import pytest
from sympy import (
    Derivative,
    Idx,
    IndexedBase,
    MatrixSymbol,
    Sum,
    symbols,
)

from symderiv.functions import gradient
from symderiv.numeric import to_numpy
from symderiv.verdict import ClaimError

m, n, K, H = symbols("m n K H", integer=True, positive=True)
i, j, k, p = symbols("i j k p", integer=True, nonnegative=True)
X, W = MatrixSymbol("X", m, n), MatrixSymbol("W", n, K)
A, B = MatrixSymbol("A", n, n), MatrixSymbol("B", n, n)
theta, v, y = MatrixSymbol("theta", n, 1), MatrixSymbol("v", n, 1), MatrixSymbol("y", m, 1)
r = MatrixSymbol("r", m, 1)
T = MatrixSymbol("T", m, K)
x, z, lam = symbols("x z lambda", real=True)


class TestIndexedBase:
    N = symbols("N", integer=True, positive=True)
    a, t = IndexedBase("a"), IndexedBase("t")

    def test_counts_from_one(self, slow):
        e = Sum(self.a[i, k] * self.t[k], (k, 1, self.N)) * self.t[1]
        f = to_numpy(e, (self.a, self.t))
        assert "for " not in f.source
        values = {
            self.a: np.arange(12.0).reshape(4, 3),
            self.t: np.array([2.0, -1.0, 3.0]),
            self.N: 3,
        }
        expected = slow(e, values, {i: range(1, 5)}, first=1)
        np.testing.assert_allclose(f(values[self.a], values[self.t]), expected)

    def test_derivative(self):
        f = to_numpy(
            Derivative(Sum(self.a[i, k] * self.t[k] ** 2, (k, 1, self.N)), self.t[j]),
            (self.a, self.t),
        )
        a, t = np.arange(12.0).reshape(4, 3), np.array([2.0, -1.0, 3.0])
        np.testing.assert_allclose(f(a, t), 2 * a * t)

    def test_two_ranges(self):
        e = Sum(self.t[k] ** 2, (k, 0, self.N)) + Sum(self.t[k], (k, 1, self.N))
        t = np.array([5.0, 1.0, 2.0])
        assert to_numpy(e, (self.t,))(t) == 33.0

    def test_shape(self):
        w = IndexedBase("w", shape=(n,))
        f = to_numpy(gradient(Sum(w[k] ** 3, (k, 0, n - 1)), w), (w,))
        np.testing.assert_allclose(f([1, 2, 3]), [3, 12, 27])

    def test_ranges_that_cannot_be_compared(self):
        e = Sum(self.t[k], (k, 1, m)) + Sum(self.t[k], (k, 1, n))
        with pytest.raises(ClaimError, match="give it a shape"):
            to_numpy(e, (self.t,))


# an Idx is the symbol of its label, over the range that it names
def test_an_index_of_sympys_own_class():
    a, first, second = IndexedBase("a"), Idx("i", n), Idx("j", n)
    total = Sum(a[first] ** 2, (first, 0, n - 1))
    data = np.array([1.0, 2.0, 3.0])
    f = to_numpy({"cost": total, "shifted": total + a[second]}, (a,))
    assert f.cost(data) == 14
    np.testing.assert_array_equal(f.shifted(data), [15, 16, 17])
    g = to_numpy(Derivative(total, a[second]), (a,))
    np.testing.assert_array_equal(g(data), [2, 4, 6])
