"""The signed form of losses with labels 0 and 1: one function of (1 − 2y)·z."""

import numpy as np
import pytest
from ids import steady
from sympy import Contains, FiniteSet, IndexedBase, Sum, Symbol, expand_func, log, symbols

from symderiv import prove_equal, sigma, softplus
from symderiv.numeric import to_numpy

z, y = symbols("z y", real=True)


class TestSignedForm:
    """Labels 0 and 1, u = (1 − 2y)z."""

    where = (Contains(y, FiniteSet(0, 1)),)
    u = (1 - 2 * y) * z

    def test_residual(self):
        assert prove_equal(sigma(z) - y, (1 - 2 * y) * sigma(self.u), where=self.where).proved

    def test_loss(self):
        by_hand = -(y * log(sigma(z)) + (1 - y) * log(1 - sigma(z)))
        for loss in (by_hand, softplus(z) - y * z):
            assert prove_equal(loss, softplus(self.u), where=self.where).proved

    def test_needs_the_labels(self):
        assert prove_equal(softplus(z) - y * z, softplus(self.u)).refuted

    def test_one_logarithm_for_two(self):
        a, b = symbols("a b", nonnegative=True)
        assert prove_equal(log(1 + a) + log(1 + b), log(1 + (a * (1 + b) + b))).proved

    @pytest.mark.parametrize(
        "loss",
        [
            (1 - y) * z * sigma(2 * z) + y * z * sigma(-2 * z),
            (1 - y) * z * sigma(2 * z) - y * z * sigma(-2 * z),
            z**3 * ((1 - y) * sigma(z) + y * sigma(-z)),
            z**3 * sigma(z) * (1 - y) - (y * z**3) * sigma(-z),
            z * (z**3 + softplus(z)) * (sigma(z) - y),
            (z - y) ** 2 + softplus(3 * z) - 3 * y * z,
            (1 + z) * softplus(z) * (1 - y) + y * (1 - z) * softplus(-z),
        ],
        ids=steady,
    )
    def test_with_the_score_itself_as_a_factor(self, loss):
        m = Symbol("m", integer=True, positive=True)
        index = Symbol("i", integer=True, nonnegative=True)
        labels, scores = IndexedBase("y", shape=(m,)), IndexedBase("z", shape=(m,))
        f = to_numpy(
            Sum(loss.xreplace({y: labels[index], z: scores[index]}), (index, 0, m - 1)),
            (scores, labels),
            where=[Contains(labels[index], FiniteSet(0, 1))],
        )
        at, given = np.array([0.7, -1.3, 2.1, -0.4]), np.array([0.0, 1, 1, 0])
        exact = sum(
            float(expand_func(loss).evalf(30, subs={z: a, y: b}))
            for a, b in zip(at, given, strict=True)
        )
        assert f(at, given) == pytest.approx(exact, rel=1e-13)

    def test_is_what_is_compiled(self):
        """The term that labels give, as a formula, for whatever the loss was."""
        for loss in (sigma(z) - y, softplus(z) - y * z, 3 * softplus(z) - 3 * y * z):
            array = IndexedBase("y", shape=(Symbol("m", integer=True, positive=True),))
            index = Symbol("i", integer=True, nonnegative=True)
            written = to_numpy(
                loss.xreplace({y: array[index]}),
                (z, array),
                where=[Contains(array[index], FiniteSet(0, 1))],
            )
            assert "1 - 2 * y" in written.source, written.source
