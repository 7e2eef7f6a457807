"""Whether a derivative at a joint exists: every test that is 0 there may change its branch."""

from typing import Any

import pytest
from sympy import (
    Abs,
    Contains,
    Derivative,
    Eq,
    FiniteSet,
    Heaviside,
    IndexedBase,
    Integer,
    KroneckerDelta,
    Max,
    Min,
    Ne,
    Piecewise,
    Rational,
    Sum,
    UnevaluatedExpr,
    exp,
    log,
    oo,
    sign,
    symbols,
)

from symderiv import Verdict, prove_equal, prove_limit, prove_nonnegative
from tests.claims import proved

x, y, z = symbols("x y z", real=True)
n = symbols("n", integer=True, positive=True)
i, k = symbols("i k", integer=True, nonnegative=True)
a = IndexedBase("a")

STEP = Piecewise((1, x > 0), (0, Eq(x, 0)), (x, True))
RAMP = Heaviside(-x, 0) + x * (1 - Heaviside(-x, 1))  # 1 below 0, 0 at 0, x above
POSITIVE = Piecewise((1, x > 0), (0, True)) * (x * (1 - Heaviside(-x, 1)))  # max(x, 0)
PARTS = Max(0, x) * Heaviside(x, 0) - Max(0, -x) * Heaviside(-x, 0)
AWAY = Piecewise((1, Ne(x, 0)), (0, True))
INSIDE = Piecewise((2 * Max(-x * exp(x), x), x > 0), (-2 * x, True))  # 2·|x|: −x·e^x < 0 < x


@pytest.mark.parametrize(
    ("f", "value", "slope"),
    [
        (STEP * RAMP, x, AWAY),
        (POSITIVE, Max(x, 0), Piecewise((1, x > 0), (0, True))),
        (PARTS, x, AWAY),
        (Max(0, x) * sign(x), Max(x, 0), Heaviside(x, 0)),
        (INSIDE, 2 * Abs(x), Piecewise((2, x > 0), (-2, True))),
    ],
    ids=["step and ramp", "product", "parts", "sign", "a test inside a case"],
)
def test_two_tests_that_are_0_at_one_point_change_together(f: Any, value: Any, slope: Any) -> None:
    """Each with the other one fixed looks smooth: f = x has the slope 1 at 0, and not 0."""
    assert proved(f, value) == []
    result = prove_equal(Derivative(f, x), slope)
    assert [c.relation.lhs for c in result.open_conditions] in ([x], [-x])


def test_what_stands_at_the_joint_is_compared_as_well() -> None:
    """f is x off 0 and at 0, where the product rule gives 5."""
    f = x * Piecewise((1, x > 0), (5, Eq(x, 0)), (1, True))
    assert proved(Derivative(f, x), Integer(1)) == ["Ne(x, 0)"]


def test_a_bound_built_on_a_wrong_slope_is_not_proved_at_the_joint() -> None:
    """[x ≠ 0] − f' is −1 at 0 for f = x."""
    assert prove_nonnegative(AWAY - Derivative(PARTS, x)).open_conditions


def test_a_test_with_a_bound_index_inside_a_case() -> None:
    """Σᵢ of 2|x| for x > 0, and −2nx else: the joints of the summands are asked for x > 0 only."""
    turned = x - 2 * x * Heaviside(-x * exp(x * a[i] ** 2), 1)  # |x|
    inner = Sum(2 * turned, (i, 0, n - 1))
    f = Piecewise((inner, x > 0), (-2 * n * x, True))
    assert proved(f, 2 * n * Abs(x)) == []
    slope = Piecewise((2 * n, x > 0), (-2 * n, True))
    assert proved(Derivative(f, x), slope) == ["Ne(x, 0)"]


@pytest.mark.parametrize(
    ("f", "slope"),
    [
        (x * Abs(x) + Max(0, -x) ** 2, 2 * Abs(x) - 2 * Max(0, -x)),
        (Max(0, x) ** 2 - Max(0, -x) ** 2, 2 * Abs(x)),
        (Max(0, x) * Max(0, -x), Integer(0)),
        (Max(0, x) ** 2 * sign(x), 2 * Max(0, x)),
    ],
    ids=["sum", "difference", "product", "sign"],
)
def test_two_smooth_tests_at_one_point_are_smooth(f: Any, slope: Any) -> None:
    assert proved(Derivative(f, x), slope) == []


def test_tests_that_do_not_change_at_the_joint_keep_their_branch() -> None:
    """Tests of other points keep their sign near 0; the test of y is 0 all along."""
    f = x * Abs(x) * (Abs(x + 1) + Abs(x + 2)) ** 2
    expanded = 2 * Abs(x) * (2 * x + 3) ** 2 + 4 * x * Abs(x) * (2 * x + 3)
    assert proved(Derivative(f, x), expanded, x > -1) == []
    still = x * Abs(x) + x * sign(y)
    assert proved(Derivative(still, x), 2 * Abs(x), Eq(y, 0)) == []


@pytest.mark.parametrize(
    "f",
    [Max(x**2, x**4), Min(x**2, x**4), Abs(x**2 * (x - 1))],
    ids=["max", "min", "product"],
)
def test_each_factor_of_a_test_is_a_joint_of_its_own(f: Any) -> None:
    """x² − x⁴ is 0 at 0 and at ±1; at 0 both slopes are 0, and f' belongs to the claim."""
    slope = Derivative(f, x)
    assert not prove_equal(slope + Piecewise((1, Eq(x, 0)), (0, True)), slope).proved


def test_where_the_test_is_0_all_around_its_branch_has_the_slope() -> None:
    """f is 2a for a < 0, where max(a, 0) > 0 fails."""
    slope = Derivative(Piecewise((x, Max(x, 0) > 0), (2 * x, True)), x)
    assert prove_equal(slope, Integer(1)).refuted
    assert prove_equal(slope, Piecewise((1, x > 0), (2, True))).verdict is not Verdict.REFUTED


@pytest.mark.slow
@pytest.mark.parametrize(
    ("test", "where"),
    [
        (x * y, [Contains(y, FiniteSet(0, 1))]),
        (x * Heaviside(y, 0), []),
        (x * Max(y, 0), []),
        (x * KroneckerDelta(k, i), []),
    ],
    ids=["label", "step", "max", "delta"],
)
def test_a_test_that_is_0_for_a_whole_case_takes_its_branch(test: Any, where: list[Any]) -> None:
    """f is 2x wherever the test is 0 for every x, for y = 0, y < 0 or i ≠ k."""
    slope = Derivative(Piecewise((x, test > 0), (2 * x, True)), x)
    known = [x > 0, *where]
    assert not prove_equal(slope, Integer(1), where=known).proved
    assert prove_nonnegative(Rational(3, 2) - slope, where=known).verdict is not Verdict.PROVED
    assert proved(slope, Piecewise((1, test > 0), (2, True)), *known) == []


def test_the_limit_of_such_a_slope() -> None:
    slope = Derivative(Piecewise((x, Max(x, 0) > 0), (2 * x, True)), x)
    for point in (-1, -oo):
        assert prove_limit(slope, x, point, 2).proved
        assert prove_limit(slope, x, point, 1).refuted


def test_the_sides_of_a_label_are_not_seen_at_its_value() -> None:
    """f(u) is u for every u; at u = 0 the rule gives 5."""

    def f(u: Any) -> Any:
        return u * Piecewise((1, u > 0), (5, Eq(u, 0)), (1, True))

    five, labels = Piecewise((5, Eq(y, 0)), (1, True)), [Contains(y, FiniteSet(0, 1))]
    for where in (labels, [Eq(y**2, y)]):
        result = prove_equal(Derivative(f(y), y), five, where=where)
        assert not result.proved or result.open_conditions
        assert prove_equal(Derivative(Abs(y), y), 1, where=where).open_conditions
    far = (x - 2) ** 2 < Rational(1, 10**40)
    hidden = Piecewise((Derivative(f(z), z), far), (5, True))
    for body in (Integer(0), Max(y, 0)):
        result = prove_equal(hidden, 5, where=[y < 0], let={z: body})
        assert not result.proved or any(c.loses_a_region for c in result.conditions)


@pytest.mark.parametrize("test", [x * (x**2 + x), x * (exp(x) - 1), x * (x + z), z * x])
def test_a_value_does_not_tell_what_is_beside_it(test: Any) -> None:
    """f is x³ near 0 and 0 at 0, so f'(0) = 0; the branch at 0 has the slope 2."""
    f = x * Piecewise((2, Eq(test, 0)), (x**2, True))
    let = {z: x} if test == z * x else {z: Integer(0)}
    for where in ([Contains(x, FiniteSet(0, 1))], [Eq(x**2, x)]):
        result = prove_equal(Derivative(f, x), 2 + x, where=where, let=let)
        assert not result.proved or result.open_conditions


@pytest.mark.parametrize("body", [Max(x, 0), Piecewise((x, x > 0), (0, True)), x * Heaviside(x, 0)])
def test_nor_does_that_of_a_definition(body: Any) -> None:
    """f(h) is h near 0, so that f' = 1; the other branch has the slope −1."""
    f = Piecewise((z, z * (z**2 + z) > 0), (-z, True))
    result = prove_equal(Derivative(f, z), Piecewise((1, x > 0), (-1, True)), let={z: body})
    assert not result.proved or any(c.loses_a_region for c in result.conditions)


ODD = sign(x) * Max(x, -x)  # x, whose slope the rule takes to be 0 at 0


@pytest.mark.slow
@pytest.mark.parametrize(
    "test",
    [
        sign,
        lambda d: Piecewise((1, d > Rational(1, 2)), (0, True)),
        lambda d: Max(d, 0),
        lambda d: Heaviside(d - Rational(1, 2), 0),
    ],
    ids=["sign", "case", "max", "step"],
)
def test_a_derivative_in_a_test_is_a_value_there(test: Any) -> None:
    result = prove_equal(test(Derivative(ODD, x)), AWAY)
    assert not result.proved or result.open_conditions
    told = prove_equal(Piecewise((1, Derivative(Abs(x), x) > 0), (0, True)), (1 + sign(x)) / 2)
    assert told.open_conditions or not told.proved
    ramp = Piecewise((1, Derivative(Max(x, 0), x) >= 0), (0, True))  # no slope at 0
    assert [c.relation for c in prove_equal(ramp, 1).open_conditions] == [Ne(x, 0)]


@pytest.mark.parametrize(
    ("f", "variables", "where"),
    [
        (ODD * y, (x, y), [Eq(y, 0)]),
        (ODD * y**2, (x, y, y), [Eq(y, 0)]),
        (ODD * y * (y - 1), (x, y), [Contains(y, FiniteSet(0, 1))]),
    ],
    ids=["product", "square", "label"],
)
def test_a_mixed_derivative_asks_its_joints_around_the_point(
    f: Any, variables: Any, where: list[Any]
) -> None:
    """f_xy of x·y is 1 everywhere; under y = 0 both slopes of f by x are 0 at x = 0."""
    at = Piecewise((1, Eq(x, 0)), (0, True))
    result = prove_equal(Derivative(f, *variables) * at, 0, where=where)
    assert not result.proved or result.open_conditions
    nested = Derivative(Derivative(f, variables[0]) + z, *variables[1:])  # which stay two
    result = prove_equal(nested * at, 0, where=where)
    assert not result.proved or result.open_conditions


def test_a_slope_of_which_one_part_only_vanishes_with_the_test() -> None:
    """f is 2x + x²·H for y < 0, where H = 0 is the slope of the test."""
    step = Heaviside(y, 0)
    f = Piecewise((x + x**2 * step, x * step > 0), (2 * x + x**2 * step, True))
    assert not prove_equal(Derivative(f, x), 1 + 2 * x * step, where=[x > 0]).proved


@pytest.mark.parametrize("at", [0, 1], ids=["0", "1"])
def test_a_kink_at_one_zero_of_a_test_is_seen_beside_a_smooth_one(at: int) -> None:
    """x²·(x − 1) for x(x − 1) > 0, and its opposite else: a kink at 1 and none at 0."""
    smooth, kink = (x, x - 1) if at else (x - 1, x)
    f = Piecewise((smooth**2 * kink, x * (x - 1) > 0), (-(smooth**2) * kink, True))
    slope = Derivative(f, x)
    result = prove_equal(slope, slope + y - UnevaluatedExpr(y))
    assert "a joint" in [c.why for c in result.open_conditions]


def test_a_logarithm_hides_a_pole_at_a_joint() -> None:
    """log²x·e^(z − log(x − 1)) is e^z·log²x/(x − 1), with the slope e^z on the right of 1."""
    f = Piecewise((log(x) ** 2 * exp(z - log(x - 1)), log(x) > 0), (0, True))
    there = Piecewise((1, Eq(log(x), 0)), (0, True))
    result = prove_equal(Derivative(f, x) * there, 0, where=[x > 0])
    assert not result.proved or "a joint" in [c.why for c in result.open_conditions]
