"""A condition f ≠ 0 loses a region where f is 0 in a whole case, as max(x, 0) is for x ≤ 0."""

from typing import Any

import pytest
from sympy import (
    Abs,
    Contains,
    Derivative,
    Eq,
    FiniteSet,
    Function,
    Heaviside,
    IndexedBase,
    KroneckerDelta,
    Max,
    Min,
    Ne,
    Piecewise,
    Rational,
    Sum,
    UnevaluatedExpr,
    acosh,
    atan,
    cos,
    erf,
    exp,
    log,
    pi,
    sign,
    sin,
    sqrt,
    symbols,
    tan,
)

from symderiv import prove_equal, prove_nonnegative
from symderiv.testing import assert_proved
from symderiv.verdict import ClaimError
from tests.ids import steady

x, y, z = symbols("x y z", real=True)
n, m = symbols("n m", integer=True, positive=True)
i, j, k = symbols("i j k", integer=True, nonnegative=True)
a, b = IndexedBase("a"), IndexedBase("b")
r, w = IndexedBase("r"), IndexedBase("w")
count = IndexedBase("count", integer=True)


SQUARES = {size: Sum(a[i] ** 2, (i, 0, size - 1)) for size in (n, m, j)}


def loses_a_region(start: Any, divisor: Any, *where: Any) -> bool:
    """Whether the step from f to f + 1/d − 1/d loses one."""
    result = prove_equal(start, start + 1 / divisor - UnevaluatedExpr(1 / divisor), where=where)
    assert result.proved, result
    assert result.open_conditions
    return any(c.loses_a_region for c in result.conditions)


@pytest.mark.parametrize(
    "divisor",
    [
        Max(x, 0),
        x + Abs(x),
        Heaviside(x, 0),
        y * Max(x, 0),
        Heaviside(x + exp(60), 0),
        sqrt(x**2 + 2 * x * y + y**2) - x - y,
        Sum(a[i] + Abs(a[i]), (i, 0, n - 1)) + Abs(x) - x,
    ],
    ids=["max", "abs", "step", "factor", "far", "root", "sum"],
)
def test_a_divisor_that_is_0_in_a_whole_case(divisor: Any) -> None:
    assert loses_a_region(x + y, divisor)


@pytest.mark.parametrize(
    "divisor",
    [
        x,
        Abs(x),
        Max(x, y),
        Min(x**2, 1),
        x - exp(60),
        Sum(a[i] ** 2, (i, 0, n - 1)),
        sqrt(x**2 + y**2) - 1,
        Sum(Abs(a[i]), (i, 0, n - 1)),
    ],
    ids=["symbol", "abs", "max", "min", "far", "sum", "root", "sum of abs"],
)
def test_a_divisor_that_is_0_in_points_and_on_surfaces(divisor: Any) -> None:
    assert not loses_a_region(x + y, divisor)


@pytest.mark.parametrize(
    ("u", "where", "lost"),
    [
        (Abs(x), [], False),
        (1 - cos(x), [], False),
        (Sum(a[i] ** 2, (i, 0, n - 1)), [], False),
        (x, [x >= 0], False),
        (a[0], [a[i] >= 0], False),
        (x, [], True),
        (x, [x >= y], True),
        (x**2 - y, [y <= 1], True),
        (Max(x, 0), [], True),  # never negative, and 0 for x ≤ 0
        (Heaviside(x, 0), [], True),
        (y, [Contains(y, FiniteSet(0, 1))], True),
        (Sum(a[i], (i, 0, n - 1)), [a[i] >= 0, a[0] <= 0], True),  # at n = 1
        (Sum(a[i], (i, 0, n - 1)), [a[i] >= 0, a[i] <= 0], True),
    ],
    ids=steady,
)
def test_more_than_0_where_it_is_never_less(u: Any, where: list[Any], lost: bool) -> None:
    """A logarithm of u ≥ 0 leaves out what 1/u does, and one of any u all u < 0 as well."""
    more = log(u * exp(z)) - log(u) - z
    result = prove_equal(x + y, x + y + more, where=where)
    assert any(c.loses_a_region for c in result.conditions) == lost or not result.proved
    assert result.proved or lost


def test_what_the_start_excludes_is_not_lost() -> None:
    assert not loses_a_region(log(x), x * y + y * Abs(x))
    assert loses_a_region(exp(x), x * y + y * Abs(x))
    assert not loses_a_region(1 / Max(x, 0), y * Max(x, 0))
    assert loses_a_region(log(x), y * Max(x - 1, 0))


def test_each_value_of_a_finite_set_is_a_part_of_its_own() -> None:
    """For a label y of 0 or 1, y ≠ 0 leaves out one half of all cases."""
    assert loses_a_region(x, y, Contains(y, FiniteSet(0, 1)))
    assert not loses_a_region(x, x + y, Contains(y, FiniteSet(0, 1)))


@pytest.mark.slow
@pytest.mark.parametrize(
    "divisor",
    [
        (-1) ** n + 1,
        cos(pi * n) + 1,
        1 - x ** (n - m),
        n - m,
        a[i] - a[j],
        Sum(a[i], (i, 1, n - 1)),
        Sum(i * a[i], (i, 0, n - 1)),
        atan(tan(x)) - x,
        sqrt(1 + cos(y)) * sqrt(1 - cos(y)) - sin(y),
        log(1 + cos(y)) + log(1 - cos(y)) - 2 * log(sin(y)),
        sqrt(x + 1 + 2 * sqrt(x)) - 1 - sqrt(x),
        log(sqrt(y) + 1) + log(sqrt(y) - 1) - log(y - 1),
        atan(x) + atan(1 / x) - pi / 2,
        Sum(b[i], (i, 0, n - 1)),
        Sum(a[i], (i, 0, n - 1)) - Sum(a[i], (i, 0, m - 1)),
        Sum(a[i], (i, 0, n - 1)) ** 2 - Sum(a[i] ** 2, (i, 0, n - 1)),
        n * Sum(a[i] ** 2, (i, 0, n - 1)) - Sum(a[i], (i, 0, n - 1)) ** 2,
        SQUARES[n] - SQUARES[m] + SQUARES[j],
        y - UnevaluatedExpr(y) + Piecewise((0, Eq(n, 3)), (1, True)),
        1 - KroneckerDelta(i, j),
        Piecewise((2 * sin(atan(x) / 2) ** 2 - 1 + 1 / sqrt(1 + x**2), y > 0), (1, True)),
        Sum(acosh(2 * (2 + a[i] ** 2) ** 2 - 1) / acosh(2 + a[i] ** 2) - 2, (i, 0, n - 1)),
        Sum(sign(a[i]), (i, 0, n - 1)),
        Sum(Max(a[i], 0), (i, 0, n - 1)),
        Piecewise((8 * atan(sqrt(3 + 2 * sqrt(2)) - 2) - pi, y > 0), (1, True)),
        Piecewise((tan(pi / 7) * tan(2 * pi / 7) * tan(3 * pi / 7) - sqrt(7), y > 0), (1, True)),
        1 - Piecewise((1, Eq(atan(x) + atan(1 / x), pi / 2)), (0, True)),
    ],
    ids=[
        *("parity", "cosine", "exponent", "size", "one entry", "empty sum", "weighted"),
        *("inverse", "roots of cosines", "logs of cosines", "nested roots", "logs of roots"),
        *("two inverses", "labels", "two sizes", "one addend", "one row", "no addend"),
        *("size 3", "delta"),
        *("half an angle", "double"),
        *("signs", "positive parts", "a number", "angles", "a case"),
    ],
)
def test_a_divisor_that_is_0_for_some_sizes_or_by_an_unknown_identity(divisor: Any) -> None:
    labels = Contains(b[i], FiniteSet(0, 1))
    start = x + 1 / x + 1 / cos(x)
    right = start + 1 / divisor - UnevaluatedExpr(1 / divisor)
    result = prove_equal(start, right, where=[x > 0, labels])
    assert not result.proved or any(c.loses_a_region for c in result.conditions)


@pytest.mark.parametrize(
    "divisor",
    [
        n * x,
        a[i] - b[i],
        Sum(a[i] * b[i], (i, 0, n - 1)) - x,
        Sum(a[i] ** 2, (i, 0, n - 1)),
        exp(a[i]) - 1,
        y * Sum(a[i] * b[i], (i, 0, n - 1)) - 1,
        erf(x) + y - a[i],
        erf(x) - y**2,
        1 - a[i] + a[j],
        a[0] - a[1],
        a[i] + a[j],
        Sum((a[i] - b[i]) ** 2, (i, 0, n - 1)),
        Sum(a[i], (i, 0, n - 1)) + Sum(b[i], (i, 0, n - 1)) ** 2,
        (n + 1) * Sum(a[i] ** 2, (i, 0, n - 1)) - Sum(a[i], (i, 0, n - 1)) ** 2,
    ],
    ids=[
        *("size", "entries", "score", "norm", "exponential", "margin", "one function", "alone"),
        *("pairs", "two entries", "sum of two"),
        *("distance", "two sums", "squares and a square"),
    ],
)
def test_a_divisor_that_is_0_on_a_surface_for_every_size(divisor: Any) -> None:
    assert not loses_a_region(x + y, divisor)


def test_under_an_equation_with_two_branches_each_is_a_region() -> None:
    assert loses_a_region(x + 1, x, Eq(x * y, 0))


def test_a_joint_whose_test_is_0_by_an_unknown_identity_loses_a_region() -> None:
    """The derivative of x for u > 0, else 2x, is 2 where u = 0 all around, as for x > 0 here."""
    u = atan(x) + atan(1 / x) - pi / 2
    slope = Derivative(Piecewise((x, u > 0), (2 * x, True)), x)
    wrong = Piecewise((1, u > 0), (7, Eq(u, 0)), (2, True))
    result = prove_equal(slope, wrong)
    assert not result.proved or any(c.loses_a_region for c in result.conditions)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("divisor", "where"),
    [
        (x, [x**2 + y**2 <= 0]),
        (x, [exp(x) <= 1, x >= 0]),
        (x - y, [Abs(x - y) <= 0]),
        (Sum(a[i] * b[i], (i, 0, n - 1)), [Eq(a[j] * b[j], 0)]),
        (sin(x), [x >= 0, y >= 0, x + y <= 0]),
        (sin(x), [x <= y, x >= 0, Abs(y) <= 0]),
    ],
    ids=["origin", "two bounds", "distance", "orthogonal", "corner", "linked"],
)
def test_what_where_ties_together_is_not_free(divisor: Any, where: list[Any]) -> None:
    """The divisor is 0 wherever z > 0."""
    inside = Piecewise((divisor, z > 0), (1, True))
    right = x + y + 1 / inside - UnevaluatedExpr(1 / inside)
    result = prove_equal(x + y, right, where=where)
    assert not result.proved or any(c.loses_a_region for c in result.conditions)


@pytest.mark.parametrize(
    ("divisor", "where"),
    [
        (Sum(a[i] * b[i], (i, 1, n)), [Contains(b[i], FiniteSet(0, 1))]),
        (Sum(a[i] * b[i], (i, 1, n)), [Eq(b[i] ** 2, b[i])]),
        (Sum(a[i] * r[i, j], (j, 1, n), (i, 1, n)), [Contains(r[i, j], FiniteSet(-1, 1))]),
        (Sum(exp(y * a[i]), (i, 1, n)) - n, [Eq(y * z, 0)]),
        (Sum(a[i] * count[i], (i, 1, n)), []),
    ],
    ids=["mask", "idempotent", "signs in rows", "factor inside", "counts"],
)
def test_a_mask_may_take_every_term_out(divisor: Any, where: list[Any]) -> None:
    """With b = 0 the sum is 0 whatever a is; the first case hides that from the refuter."""
    hidden = Piecewise((divisor, Eq(x**5 - x - 1, 0)), (y + 2, True))
    assert loses_a_region(x, divisor, *where)
    right = x + 1 / hidden - UnevaluatedExpr(1 / hidden)
    result = prove_equal(x, right, where=where)
    assert not result.proved or any(c.loses_a_region for c in result.conditions)


def test_two_entries_in_a_triangle_are_never_one() -> None:
    assert not loses_a_region(x, a[i] - a[j], j < i)
    assert loses_a_region(x, a[i] - a[j], j <= i)
    below = Sum(1 / (a[i] - a[j]), (j, 1, i - 1), (i, 1, n))
    result = prove_equal(x, x + below - UnevaluatedExpr(below))
    assert result.proved
    assert not any(c.loses_a_region for c in result.conditions)


def test_signs_take_no_term_out() -> None:
    signs = Contains(b[i], FiniteSet(-1, 1))
    assert not loses_a_region(x, Sum(a[i] * b[i], (i, 1, n)), signs)
    pairs = Contains(r[i, j], FiniteSet(-1, 1))
    assert not loses_a_region(x, Sum(w[i, j] * r[i, j], (j, 1, n), (i, 1, n)), pairs)


def test_a_half_line_ties_nothing() -> None:
    assert not loses_a_region(x + y, x - y, x >= 1, y <= 3)


@pytest.mark.parametrize(
    "where",
    [
        [x <= y],
        [x >= y, x + 2 * y <= 1],
        [x >= 0, y >= 0, x + y <= 1],
        [a[i] <= x],
        [a[i] <= a[i + 1], a[i] >= 0, a[i] <= x],
    ],
    ids=steady,
)
def test_affine_bounds_with_room_between_them_tie_nothing(where: list[Any]) -> None:
    """Where x ≤ y, x is 0 on a line only."""
    assert not loses_a_region(x + y + a[1], x, *where)
    assert loses_a_region(x + y + a[1], Max(x - Rational(1, 4), 0), *where)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("where", "tied"),
    [
        ([a[i] <= a[i + 1]], False),
        ([a[i] <= a[i + 1], a[1] <= a[3]], False),
        ([a[i] <= a[i + 1], a[9] <= a[1]], True),  # all of them are one number
        ([a[i] <= a[9 - i]], True),
        ([a[i] <= a[i + 1], a[i] >= a[i + 2]], True),
        ([a[2] <= a[1], a[1] <= a[2]], True),
        ([a[1] <= 2 * a[2] - a[3], a[2] <= a[1] / 2 + a[3] / 2], True),
        ([a[i] + 1 <= a[i + 1], a[i] <= 0], True),
        ([a[1] <= 0, a[i] >= 0], True),
        ([a[1] <= 0, a[1] >= 0], True),
        ([a[1] <= 0, a[2] >= 0], False),
        ([a[i] <= 1, a[i] >= 0], False),
    ],
    ids=steady,
)
def test_entries_in_one_order_are_free_and_in_a_ring_are_not(where: list[Any], tied: bool) -> None:
    """Of a₁ ≤ a₂ ≤ … there are all that rise; a₁ ≤ a₂ ≤ a₁ leaves (a₁ − a₂)² = 0."""
    divisor = (a[1] - a[2]) ** 2 + Max(x, 0) ** 2
    result = prove_equal(y, y * UnevaluatedExpr(divisor) / divisor, where=where)
    lost = not result.proved or any(c.loses_a_region for c in result.open_conditions)
    assert lost == tied


def test_a_case_that_is_missing_loses_what_it_leaves_out() -> None:
    for cut in (Piecewise((x, Ne(Max(x, 0), 0))), Piecewise((x, Ne(n, 3)))):
        assert any(c.loses_a_region for c in prove_equal(x, cut).conditions)


def test_a_count_of_0_is_a_region() -> None:
    """Each value of an integer is a part of the domain of its own, for entries as for sizes."""
    count = IndexedBase("count", integer=True, nonnegative=True)
    for divisor in (count[0], count[i] - 3):
        assert loses_a_region(x, divisor)
    with pytest.raises(ClaimError, match="an integer"):
        prove_equal(Derivative(x * count[0] ** 2, count[0]), 2 * x * count[0])


def test_a_case_that_holds_in_a_region_is_no_excuse() -> None:
    """1 − [u = 0] is 0 where u is 0, which atan x + atan(1/x) − π/2 is for all x > 0."""
    u = atan(x) + atan(1 / x) - pi / 2
    divisor = 1 - Piecewise((1, Eq(u, 0)), (0, True))
    start = x + 1 / x
    result = prove_equal(start, start + 1 / divisor - UnevaluatedExpr(1 / divisor))
    assert result.proved
    assert any(c.loses_a_region for c in result.conditions)


def test_exponents_over_different_denominators_may_be_related() -> None:
    """e^(1/x)·e^(−1/(x + 1)) − e^(1/(x(x + 1))) is 0 everywhere, and no normal form shows it."""
    u = exp(1 / x) * exp(-1 / (x + 1)) - exp(1 / (x * (x + 1)))
    v = cos(1 / x - 1 / (x + 1)) - cos(1 / (x * (x + 1)))
    for zero in (u + 7 * v, v):
        divisor = Piecewise((zero, x > 0), (y, True))
        result = prove_equal(z + 1, (z * divisor + divisor) / divisor, where=[x > -Rational(1, 2)])
        assert not result.proved or any(c.loses_a_region for c in result.conditions)
    assert not loses_a_region(z, exp(x / y) - exp(x / z))


def test_divisors_with_roots_inside_functions_may_be_equal() -> None:
    """1/(x + √(1 + x²)) = √(1 + x²) − x, whatever the function."""
    s, f = sqrt(1 + x**2), Function("f")
    for wrap in (cos, f, lambda u: exp(u) + exp(2 * u)):
        zero = wrap(1 / (x + s)) - wrap(s - x)
        divisor = Piecewise((zero, x > 0), (y, True))
        result = prove_equal(z + 1, (z * divisor + divisor) / divisor)
        assert not result.proved or any(c.loses_a_region for c in result.conditions)


class TestRootsBesideOtherTerms:
    """A + B·√R is 0 on surfaces only where A² − B²·R is, as the hinge of a standard deviation."""

    @pytest.mark.parametrize(
        "divisor",
        [
            2 - sqrt(1 + Sum((a[i] - x) ** 2, (i, 1, n))),
            y - sqrt(x**2 + Sum(a[i] ** 2, (i, 1, n)) + 1),
            1 + x * sqrt(1 + Sum(a[i] ** 2, (i, 1, n))),
        ],
        ids=str,
    )
    def test_surfaces(self, divisor: Any) -> None:
        assert not loses_a_region(x, divisor)

    def test_a_region_where_the_root_is_constant(self) -> None:
        assert loses_a_region(x, 1 - sqrt(1 + Max(x, 0) * Sum(a[i] ** 2, (i, 1, n))))

    def test_labels_have_no_surfaces(self) -> None:
        two = 2 - sqrt(1 + Sum(b[i], (i, 1, n)))
        assert loses_a_region(x, two, Contains(b[i], FiniteSet(0, 1)))


def test_a_variance_of_two_rows_or_more() -> None:
    """n·Σ aᵢ² − (Σ aᵢ)² is 0 for n = 1, and for n ≥ 2 where all entries are equal."""
    mean = Sum(a[j], (j, 0, n - 1)) / n
    for variance in (
        n * SQUARES[n] - Sum(a[i], (i, 0, n - 1)) ** 2,
        Sum((a[i] - mean) ** 2, (i, 0, n - 1)),
    ):
        assert loses_a_region(x, variance)
        assert not loses_a_region(x, variance, n >= 2)


@pytest.mark.parametrize(
    "domain",
    [
        sqrt(x * y) + sqrt(-x * y),  # the two axes
        sqrt(x**3 - x**2),  # 0, and x ≥ 1
        sqrt(n * x**2 - 2 * x**2),  # 0 where n = 1
        Piecewise((1, Eq(x * y, 0))),
    ],
    ids=["axes", "a point", "a size", "no other case"],
)
def test_a_surface_may_be_all_that_a_line_leaves(domain):
    # x^p = 0 at x = 0, which is more than a boundary there
    p = symbols("p", positive=True)
    with pytest.raises(AssertionError):
        assert_proved(domain + Max(x**p, 1), domain + x**p, where=[x < 1])
    with pytest.raises(AssertionError):
        assert_proved(domain + y, domain + y * x * (x + 1) / (x**2 + x))
    assert not prove_nonnegative(domain + x**p - 1, where=[p > 0]).proved
    # where it is defined all around, a surface is one
    assert_proved(sqrt(4 - x**2) + y, sqrt(4 - x**2) + y * x * (x + 1) / (x**2 + x))


def test_relations_that_are_not_used_may_tie():
    # x·w_e = 0 for even e: x may be 0 everywhere
    p, e = symbols("p", positive=True), symbols("e", even=True)
    w = IndexedBase("w")
    lines = x**p * (1 - sign(x)), 1 - sign(x)
    for where in ([Eq(x * w[e], 0)], [Eq(x * w[k], 0), Eq(k**2, k)]):
        with pytest.raises(AssertionError):
            assert_proved(*lines, where=[x >= 0, *where])
    assert_proved(*lines, where=[x > 0])
