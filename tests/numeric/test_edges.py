"""What is empty, missing, changed or too long for one line."""

import pickle

import numpy as np
import pytest
from sympy import Derivative, MatrixSymbol, Sum, erfc, exp, factorial, gamma, log, pi, symbols
from sympy import digamma as psi

from symderiv import gradient, hessian, sigma, softplus, to_numpy
from symderiv.verdict import ClaimError

m = symbols("m", integer=True, positive=True)
n = symbols("n", integer=True, nonnegative=True)
i, j, k = symbols("i j k", integer=True, nonnegative=True)
z = symbols("z", real=True)
X, theta, y = MatrixSymbol("X", m, n), MatrixSymbol("theta", n, 1), MatrixSymbol("y", m, 1)
cost = Sum(softplus((X * theta)[i, 0]) - y[i, 0] * (X * theta)[i, 0], (i, 0, m - 1)) / m


@pytest.mark.parametrize(
    ("written", "shape"),
    [
        (gradient(cost, theta), (0,)),
        (Derivative(cost, theta[j, 0]), (0,)),
        (X.T * ((X * theta).applyfunc(sigma) - y), (0,)),
        (hessian(cost, theta), (0, 0)),
    ],
    ids=["gradient", "entry", "product", "hessian"],
)
def test_results_of_no_columns_are_empty(written, shape):
    f = to_numpy({"result": written}, (theta, X, y))
    assert f.result(np.zeros(0), np.zeros((3, 0)), np.ones(3)).shape == shape
    assert f.prepare(np.zeros((3, 0)), np.ones(3)).result(np.zeros(0)).shape == shape
    at, data, labels = np.ones(2), np.array([[1.0, 2], [0, 1], [3, 1]]), np.array([1.0, 0, 1])
    assert f.result(at, data, labels).shape == tuple(2 for _ in shape)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (gamma(z), "gamma, factorial, .* scipy.special.gammaln"),
        (factorial(z), "gamma, factorial, .* scipy.special.gammaln"),
        (psi(z), "digamma .* scipy.special.polygamma"),
        (erfc(z), "erfc .* scipy.special.erf"),
    ],
    ids=["gamma", "factorial", "digamma", "erfc"],
)
def test_functions_that_numpy_lacks(written, message):
    with pytest.raises(ClaimError, match=f"NumPy has no function for .*{message} gives"):
        to_numpy(written, (z,))


class TestDataThatChange:
    """A copy of one block; of more, a change is refused where it is seen."""

    functions = to_numpy(
        {"gradient": X.T * ((X * theta).applyfunc(sigma) - y), "scores": X * theta},
        {"gradient": (theta, X, y), "scores": (theta, X)},
    )

    @pytest.mark.parametrize("order", ["C", "F"])
    @pytest.mark.parametrize("rows", [50, 8192])
    def test_small_data_are_copied(self, rows, order):
        data, labels = np.ones((rows, 2), order=order), np.arange(rows) % 2.0
        prepared = self.functions.prepare(data, labels)
        first = prepared.gradient(np.ones(2))
        product = self.functions.prepare(X=data)
        scores = product.scores(np.ones(2))
        data *= 3
        labels[:] = 0
        np.testing.assert_array_equal(prepared.gradient(np.ones(2)), first)
        np.testing.assert_array_equal(product.scores(np.ones(2)), scores)

    @pytest.mark.parametrize("rows", [50, 20_000])
    def test_all_functions_have_the_data_of_the_preparation(self, rows):
        class Table:
            def __array__(self, dtype=None, copy=None):
                return data

        data, labels = np.ones((rows, 2)), np.arange(rows) % 2.0
        first = self.functions.gradient(np.ones(2), data, labels)
        prepared = self.functions.prepare(Table(), labels)
        data *= 3
        if rows == 50:
            again = pickle.loads(pickle.dumps(prepared))
            for made in (prepared, again):
                np.testing.assert_allclose(made.gradient(np.ones(2)), first, rtol=1e-14)
            return
        for use in (lambda: prepared.gradient, lambda: pickle.dumps(prepared)):
            with pytest.raises(RuntimeError, match="was changed after it was prepared"):
                use()

    def test_data_given_twice(self):
        with pytest.raises(TypeError, match="gradient is given 'y' twice"):
            _ = self.functions.prepare(np.ones(9), y=np.ones(9)).gradient

    @pytest.mark.parametrize("which", ["X", "y"])
    def test_large_data_are_not_and_a_change_is_refused(self, which):
        data, labels = np.ones((20_000, 2)), np.arange(20_000) % 2.0
        prepared = self.functions.prepare(data, labels)
        first = prepared.gradient(np.ones(2))
        changed = data if which == "X" else labels
        changed *= 3
        with pytest.raises(RuntimeError, match=f"gradient: {which} was changed after"):
            prepared.gradient(np.ones(2))
        changed /= 3
        np.testing.assert_array_equal(prepared.gradient(np.ones(2)), first)


def test_formulas_are_broken_at_operators():
    pair = log(1 + exp((X * theta)[k, 0] - (X * theta)[i, 0])) * (y[i, 0] - y[k, 0] - 1)
    doc = to_numpy(Sum(pair, (i, 0, m - 1), (k, 0, m - 1)), (theta, X, y)).__doc__
    formula, _, _ = doc.partition("\n\n")
    lines = formula.splitlines()
    assert len(lines) > 1
    assert all(len(line) <= 88 for line in lines)
    for line in lines[1:]:  # (k, 0, n - 1) stays together
        assert line.strip()[0] in "+-("
        assert not line.strip().startswith("- 1)")


def test_an_output_called_like_an_argument():
    a = symbols("a", real=True)
    f = to_numpy(
        {"a": Sum(a * (X * theta)[i, 0] ** 2 + y[i, 0] ** 2, (i, 0, m - 1))}, (theta, X, y, a)
    )
    at, data, labels = np.ones(2), np.ones((4, 2)), np.arange(4.0)
    assert f.a(at, data, labels, 3.0) == f.prepare(X=data, y=labels).a(at, 3.0) == 62


def test_two_outputs_that_are_one_number():
    """∂²/∂a∂b and ∂²/∂a² of −(a − 1)·log c − (b − 1)·log(1 − c) are both 0."""
    a, b, c = symbols("a b c", positive=True)
    loss = -(a - 1) * log(c) - (b - 1) * log(1 - c)
    f = to_numpy({"ab": Derivative(loss, a, b), "aa": Derivative(loss, a, a)}, (a, b, c))
    assert f.jointly("ab", "aa")(1.0, 2.0, 0.5) == (0, 0)
    g = to_numpy({"a": Derivative(pi * (a + b), a), "b": Derivative(pi * (a + b), b)}, (a, b))
    assert g.jointly("a", "b")(1.0, 2.0) == (np.pi, np.pi)


def test_a_product_with_a_hessian_is_kept_as_it_is_written():
    """SymPy evaluates what stands in a product of matrices, Σ 1 as m, and takes minutes for it."""
    v = MatrixSymbol("v", n, 1)
    loss = Sum((X * theta)[i, 0] ** 2, (i, 0, m - 1)) + Sum(1, (i, 0, m - 1)) * (X * theta)[0, 0]
    assert (hessian(loss, theta) * v).args[0] == hessian(loss, theta)
    assert (X * gradient(loss, theta)).args[1] == gradient(loss, theta)
