"""Claims that scripts/fuzz.py found, made small: each was undecided, refused or slow before."""

import pytest
from claims import A, X, i, j, k, m, n, proved, refuted, theta, x, y
from sympy import (
    ITE,
    Abs,
    Derivative,
    Eq,
    IndexedBase,
    KroneckerDelta,
    Piecewise,
    Rational,
    Sum,
    Symbol,
    atan,
    exp,
    sign,
    sqrt,
)

from symderiv import prove_equal
from symderiv.verdict import ClaimError


class TestConditionsThatSympyMakes:
    """A relation with a Piecewise in it becomes ITE."""

    chosen = Piecewise((x + 1, ITE(x > y, y > 0, x < 1)), (y, True))

    def test_is_a_choice_of_conditions(self):
        one, other = (Piecewise((x + 1, c), (y, True)) for c in (y > 0, x < 1))
        assert proved(self.chosen, Piecewise((one, x > y), (other, True))) == []
        refuted(self.chosen, Piecewise((one, x >= y), (other, True)))

    def test_is_made_by_a_relation_of_cases(self):
        u = Piecewise((x, x > 0), (y, True))
        e = Piecewise((1, Eq(u, 1)), (0, True))
        assert e.has(ITE)
        parts = Piecewise((1, Eq(x, 1)), (0, True)), Piecewise((1, Eq(y, 1)), (0, True))
        assert proved(e, Piecewise((parts[0], x > 0), (parts[1], True))) == []
        refuted(e, parts[1])


class TestAJointOfOneCase:
    """A joint is excluded wherever it may be one; where it is none a counterexample stands."""

    over = Piecewise((x * y, (y <= 1) & (x > 0)), (x, True))  # no joint at y = 1 for x < 0

    def test_is_no_shield(self):
        derivative = Derivative(self.over, y)
        result = prove_equal(derivative, Piecewise((5, Eq(y, 1)), (derivative, True)))
        assert result.refuted, result
        at = result.counterexample
        assert at.values["y"] == 1
        assert at.values["x"] <= 0
        assert (at.lhs, at.rhs) == (0, 5)

    def test_is_excluded_elsewhere(self):
        shown = proved(Derivative(self.over, y), Piecewise((x, (y <= 1) & (x > 0)), (0, True)))
        assert shown == ["Ne(y, 1)"]


class TestIndicesAsNumbers:
    """A case on a product or power of indices is a case on a number."""

    over = (j, 0, n - 1)

    def test_sign_of_a_delta(self):
        delta = KroneckerDelta(j, k)
        total = Sum(Abs(delta) * sign(delta) * A[j, k], self.over)
        assert proved(total, A[k, k]) == []
        refuted(total, 2 * A[k, k])

    def test_absolute_value_of_a_product(self):
        e = Sum(Abs(i * j) * X[i, j] * theta[j, 0], self.over, (i, 0, m - 1))
        assert proved(e, Sum(i * j * X[i, j] * theta[j, 0], self.over, (i, 0, m - 1))) == []


class TestNamesThatWhereDefines:
    """A value that an equation gives to a name has to be one that the name may have."""

    at_zero = Piecewise((1, Eq(x, 0)), (0, True))

    def test_a_positive_name_excludes_points(self):
        p = Symbol("p", positive=True)
        for value in (atan(x), exp(x) - 1, x, x**3):
            assert proved(x + self.at_zero, x, Eq(p, value)) == []

    def test_the_others_refute(self):
        q, r = Symbol("q", nonnegative=True), Symbol("r", real=True)
        for name in (q, r):
            refuted(x + self.at_zero, x, Eq(name, atan(x)))


def test_an_absolute_value_at_an_irrational_point():
    circle, line = Eq(x**2 + y**2, 1), Eq(x, Rational(2, 3))
    one = Piecewise((1, Abs(y) > 0), (0, True))
    assert proved(Piecewise((1, sqrt(1 - x**2) > 0), (0, True)), one, circle) == []
    refuted(Abs(y), y, circle, line)


def test_an_array_is_no_number():
    q = IndexedBase("q", shape=(n,))
    with pytest.raises(ClaimError, match=r"the array q where a number is needed.*q\[i\]"):
        prove_equal(2 * q + x, x + q * 2)
