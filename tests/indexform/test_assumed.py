"""What is assumed of a size is what the first line says: a sum to n has n ≥ 1 terms."""

import pytest
from claims import k, q, x
from sympy import Eq, Integer, KroneckerDelta, Piecewise, Sum, symbols

from symderiv import prove_convex, prove_equal, prove_nonnegative
from symderiv.testing import assert_proved

s = symbols("s", integer=True)


@pytest.mark.parametrize(
    ("left", "right", "where"),
    [
        (s, Piecewise((Sum(1, (k, 1, s)), s > 0), (5, True)), ()),
        (KroneckerDelta(s, 0), s - Sum(1, (k, 1, s)), ()),
        (s * x, x * Piecewise((Sum(1, (k, 1, s)), s > 0), (5, True)), ()),
        (s, Piecewise((s, s > 0), (5, True)), (Sum(q[k], (k, 1, s)) < 7,)),
    ],
    ids=["a case", "a delta", "a factor", "in where"],
)
def test_a_size_that_the_first_line_does_not_sum_to_may_be_0(left, right, where) -> None:
    with pytest.raises(AssertionError):
        assert_proved(left, right, where=where)
    assert_proved(left, right, where=(*where, s >= 1))


def test_a_size_that_only_where_speaks_of_may_be_0() -> None:
    # of no entries the sum is 0 < 7
    few = Sum(q[k] ** 2, (k, 1, s)) < 7
    assert not prove_nonnegative(s, where=[few], strict=True).proved
    assert not prove_convex(s * x**2, x, where=[few], strict=True).proved
    for bound in (few, Eq(x, 1 + Sum(q[k], (k, 1, s)))):
        assert prove_equal(KroneckerDelta(s, 0), Integer(0), where=[bound]).refuted
    assert prove_nonnegative(s, where=[few, s >= 1], strict=True).proved
