"""What a line sums to is a size, and at least 1; what only where sums to is none of the claim."""

import pytest
from claims import k, q, x
from sympy import Eq, Integer, KroneckerDelta, Piecewise, Sum, symbols

from symderiv import prove_convex, prove_equal, prove_nonnegative
from symderiv.testing import assert_proved

s = symbols("s", integer=True)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (s, Piecewise((Sum(1, (k, 1, s)), s > 0), (5, True))),
        (s * (s + 1) / 2, Sum(k, (k, 1, s))),
    ],
    ids=["a case", "a closed form"],
)
def test_a_size_of_any_line_is_at_least_1_and_says_so(left, right) -> None:
    assert [str(c.relation) for c in assert_proved(left, right).open_conditions] == ["s >= 1"]


def test_a_size_that_only_where_speaks_of_may_be_0() -> None:
    # of no entries the sum is 0 < 7
    few = Sum(q[k] ** 2, (k, 1, s)) < 7
    assert not prove_nonnegative(s, where=[few], strict=True).proved
    assert not prove_convex(s * x**2, x, where=[few], strict=True).proved
    for bound in (few, Eq(x, 1 + Sum(q[k], (k, 1, s)))):
        assert prove_equal(KroneckerDelta(s, 0), Integer(0), where=[bound]).refuted
    assert prove_nonnegative(s, where=[few, s >= 1], strict=True).proved
