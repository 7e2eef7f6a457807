"""What where declares of numbers is checked: sets, bounds, and sums along the last axis."""

import numpy as np
import pytest
from ids import steady
from sympy import (
    And,
    Contains,
    Eq,
    FiniteSet,
    IndexedBase,
    Interval,
    MatrixSymbol,
    Ne,
    Rational,
    Sum,
    exp,
    log,
    symbols,
)

from symderiv import sigma, to_numpy
from symderiv.verdict import ClaimError

m, K = symbols("m K", integer=True, positive=True)
i, k, p = symbols("i k p", integer=True, nonnegative=True)
x, a = symbols("x a", real=True)
y, Z, Y = MatrixSymbol("y", m, 1), MatrixSymbol("Z", m, K), MatrixSymbol("Y", m, K)
t = IndexedBase("t", shape=(m,))
SOFTMAX = exp(Z[i, k]) / Sum(exp(Z[i, p]), (p, 0, K - 1))
LOSS = -Sum(Y[i, k] * log(SOFTMAX), (k, 0, K - 1), (i, 0, m - 1))
ONE_HOT = [Contains(Y[i, k], FiniteSet(0, 1)), Eq(Sum(Y[i, k], (k, 0, K - 1)), 1)]


@pytest.mark.parametrize(
    ("declared", "right", "wrong", "message"),
    [
        (Contains(y[i, 0], FiniteSet(-1, 1)), [1, -1], [1, 0], r"y\[1\] is 0.*; -1 or 1"),
        (Contains(y[i, 0], FiniteSet(0, 1, 2)), [2, 0], [2, 3], r"y\[1\] is 3.*; 0, 1 or 2"),
        (Contains(y[i, 0], Interval(0, 1)), [0, 0.5], [0, 1.5], r"y\[1\] is 1.5; at most 1"),
        (y[i, 0] >= 0, [0, np.inf], [0, -1], r"y\[1\] is -1.*; at least 0"),
        (And(y[i, 0] > 0, y[i, 0] < 1), [0, np.nan], [-0.1, 1], r"y\[0\] is -0.1; at least 0"),
        (Rational(1, 2) > y[i, 0], [0.5, -np.inf], [0, 0.75], r"y\[1\] is 0.75; at most 0.5"),
        (Eq(y[i, 0], 3), [3, 3], [3, np.nan], r"y\[1\] is nan; 3 is"),
        (Eq(Sum(t[i], (i, 0, m - 1)), 1), [0.3, 0.7], [0.3, 0.6], r"np.sum\(t\[:\]\) is 0.8"),
    ],
    ids=steady,
)  # fmt: skip
def test_of_vectors(declared, right, wrong, message):
    v = t if declared.has(t) else y
    f = to_numpy(
        {"double": Sum(2 * (t[i] if v is t else y[i, 0]), (i, 0, m - 1))}, (v,), where=[declared]
    )
    expected = np.sum(2.0 * np.asarray(right))
    np.testing.assert_array_equal(f.double(right), expected)
    np.testing.assert_array_equal(f.prepare(right).double(), expected)
    for call in (lambda: f.double(wrong), lambda: f.prepare(wrong).double()):
        with pytest.raises(ValueError, match=message):
            call()


class TestMatrices:
    functions = to_numpy({"loss": LOSS}, (Z, Y), where=ONE_HOT)
    scores = np.array([[1.0, 2, 3], [40, 0, 0]])

    def test_one_hot(self):
        hot = np.array([[0, 1, 0], [1, 0, 0]])
        assert self.functions.loss(self.scores, hot) == pytest.approx(1.407605964, rel=1e-8)

    @pytest.mark.parametrize(
        ("row", "message"),
        [
            ([0.5, 0.5, 0], r"Y\[1, 0\] is 0.5; 0 or 1 is expected, as where says"),
            ([1, 1, 0], r"np.sum\(Y\[1, :\]\) is 2.*; 1 is expected, as where says"),
            ([0, 0, 0], r"np.sum\(Y\[1, :\]\) is 0.*; 1 is expected, as where says"),
        ],
    )
    def test_what_is_not_one_hot(self, row, message):
        labels = np.array([[0, 1, 0], row])
        for call in (
            lambda: self.functions.loss(self.scores, labels),
            lambda: self.functions.prepare(labels).loss(self.scores),
            lambda: self.functions.prepare(Z=self.scores).loss(labels),
        ):
            with pytest.raises(ValueError, match=message):
                call()

    def test_sums_of_probabilities_may_be_rounded(self):
        f = to_numpy(LOSS, (Z, Y), where=ONE_HOT[1:])
        f(self.scores, np.array([[0.1, 0.2, 0.7], [1 / 3, 1 / 3, 1 / 3]]))
        with pytest.raises(ValueError, match=r"np.sum\(Y\[0, :\]\)"):
            f(self.scores, np.full((2, 3), 1 / 3) + 1e-15)


def test_of_numbers():
    f = to_numpy(sigma(a) * x, (x, a), where=[x >= 0, Contains(a, FiniteSet(0, 1))])
    np.testing.assert_array_equal(f([0.0, 1.0], 0), [0, 0.5])
    with pytest.raises(ValueError, match=r"compute: x\[1\] is -1.0; at least 0"):
        f([0.0, -1.0], 0)
    with pytest.raises(ValueError, match=r"compute: a is 2.0; 0 or 1 is"):
        f(1.0, 2.0)


@pytest.mark.parametrize(
    "trusted", [Ne(x, 1), x < a, y[0, 0] > 5, Eq(y[i, 0] ** 2, 1), i >= 0], ids=steady
)
def test_what_is_taken_on_trust(trusted):
    f = to_numpy(Sum(y[i, 0], (i, 0, m - 1)) + x + a, (x, a, y), where=[trusted])
    assert f(1.0, 0.0, [2.0, 3.0]) == 6.0


def test_sets_that_are_no_finite_set_of_rationals_are_refused():
    from sympy import S, pi

    for values in (S.Naturals, FiniteSet(0, pi)):
        with pytest.raises(ClaimError, match="FiniteSet of rationals or an Interval"):
            to_numpy(Sum(y[i, 0], (i, 0, m - 1)), (y,), where=[Contains(y[i, 0], values)])
