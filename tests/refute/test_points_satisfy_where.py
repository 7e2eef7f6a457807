"""A point at which lines differ refutes them only where it satisfies every condition as printed."""

import pytest
from claims import i, j, k, m, n, proved, refuted, x, y, z
from flint import fmpq
from sympy import (
    Abs,
    Contains,
    Derivative,
    Eq,
    FiniteSet,
    IndexedBase,
    Integer,
    KroneckerDelta,
    MatrixSymbol,
    Mul,
    Piecewise,
    Rational,
    Sum,
    Symbol,
    cosh,
    erf,
    exp,
    log,
    pi,
    sqrt,
    symbols,
    tanh,
)

from symderiv import prove_equal
from symderiv.refute.evaluate import Evaluation
from symderiv.refute.points import Point
from symderiv.refute.search import Search

r, u, v = IndexedBase("r"), IndexedBase("u"), IndexedBase("v")
BITS = Contains(v[i], FiniteSet(0, 1))


def total(e):
    return Sum(e, (i, 0, n - 1))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("lhs", "rhs", "where"),
    [
        (x, log(n), [Eq(exp(x), n)]),
        (exp(2 * x), n**2, [Eq(exp(x), n)]),
        (cosh(x), n / 2 + exp(-x) / 2, [Eq(exp(x), n)]),
        (n - m, total(1 - v[i]), [Eq(total(v[i]), m), BITS]),
        (m, n, [Eq(total(v[i]), m), BITS, m >= n]),
        (v[j], 1, [Eq(total(v[i]), n), v[i] >= 1, j <= n - 1]),
        (total(v[i] ** 2), n, [Eq(total(v[i]), n), v[i] >= 1]),
    ],
    ids=["log", "square", "cosh", "labels", "all labels", "each", "squares"],
)
def test_an_integer_is_not_defined_by_an_equation(lhs, rhs, where):
    # n = 2 and x = 0 do not satisfy e^x = n
    assert not prove_equal(lhs, rhs, where=where).refuted


def test_an_integer_still_satisfies_an_equation():
    # e^0 = 1
    assert prove_equal(exp(2 * x), n**2, where=[Eq(exp(x), n)]).proved


def test_conditions_that_contradict_each_other_are_no_witness():
    # v_i > 1 leaves no sum of n of them that is n
    where = [Eq(total(v[i]), n), v[i] > 1]
    assert not prove_equal((x + n) ** 2, x**2 + 2 * x * n + n**2, where=where).proved


def test_one_name_is_not_defined_for_every_index():
    # x = e^(v_k) for all k, so x = e^(v_0)
    where = [Eq(x, exp(v[k])), v[k] > 0]
    assert not prove_equal(x, exp(v[0]), where=where).refuted


@pytest.mark.slow
def test_an_entry_far_out_satisfies_what_is_said_of_each():
    # where every entry is at least 0, so is that one
    proved(Abs(x), x, v[k] >= 0, Eq(x, v[100]))
    assert not prove_equal(Abs(x), x, where=[v[2 * k] >= 0, Eq(x, v[100])]).refuted
    refuted(Abs(x), x, v[2 * k] >= 0, Eq(x, v[101]))
    refuted(Abs(x), x, v[k] >= 0, k <= 9, Eq(x, v[100]))
    assert not prove_equal(Abs(x), x, where=[v[k + 1] >= 0, Eq(x, v[100])]).refuted
    refuted(Abs(x), x, v[k + 1] >= 0, Eq(x, v[0]))
    # here n is any index, as k is
    assert not prove_equal(Abs(x), x, where=[v[k] >= 0, Eq(x, v[n + 50])]).refuted


def test_an_entry_of_which_no_relation_speaks_is_free():
    refuted(total(v[i]), Integer(0), Eq(v[2 * k], 0))
    refuted(total(v[i]), Integer(0), Eq(v[k], 0), k >= 1)
    assert not prove_equal(total(v[2 * i]), 0, where=[Eq(v[2 * k], 0)]).refuted
    # r = 1 on the diagonal
    every = Sum(r[i, j] * (u[i] - u[j]), (i, 0, n - 1), (j, 0, n - 1))
    refuted(every, Integer(0), Eq(r[k, k], 1))


def test_an_entry_is_defined_by_its_own_instance():
    # v_k = e^(u_k) for all k
    where = [Eq(v[k], exp(u[k])), u[k] > 0]
    refuted(total(v[i]), total(u[i]), *where)
    refuted(v[1] - v[0], v[0] - v[1], *where)
    proved(total(v[i]), total(exp(u[i])), *where)
    assert not prove_equal(total(log(v[i])), total(u[i]), where=where).refuted


def test_a_real_is_defined_by_an_equation():
    # x = e^y is not 2 at y = 1
    refuted(x, Integer(2), Eq(x, exp(y)), y >= 1)


def test_an_equation_is_solved_for_any_of_what_it_reads():
    # the label need not be the last, nor is x = y where z·(x − y) = 0
    one = Eq(Sum(v[k], (k, 1, n)), 1), Contains(v[k], FiniteSet(0, 1))
    refuted(Sum(v[k] * u[k], (k, 1, n)), u[n], *one)
    refuted(Sum(v[k] * k, (k, 1, n)), n, *one)
    refuted(x, y, Eq(z * (x - y), 0))
    refuted(x, 2 * y, Eq(x * z, 2 * y * z))


def test_a_point_is_shown_with_what_where_ties_to_it():
    # x = e^y with y = 1, and one entry that is 5
    found = prove_equal(x, 1, where=[Eq(x, exp(y)), y > 0, v[k] >= 0]).counterexample
    assert set(found.values) == {"x", "y"}
    found = prove_equal(v[0], 1, where=[Eq(total(v[i]), 5), v[k] > 0]).counterexample
    assert set(found.sizes) == {"n"}
    assert set(found.values) == {"v"}


def test_nothing_is_shown_of_a_point_outside_where():
    # x = 1 is not above 1
    search = Search([x, 2 * x], [x > 1], [0], {}, Evaluation())
    shown = {v: search.present(Point(values={("x",): fmpq(v)}), (0, 1), v, 2 * v) for v in (1, 2)}
    assert shown[1] is None
    assert shown[2].values == {"x": 2}


@pytest.mark.parametrize(
    "where",
    [
        [x > 10**5],
        [x > 0, x < Rational(1, 10**12)],
        [x > 1, x < 1 + Rational(1, 10**12)],
        [x > pi, x < Rational(355, 113)],
        [x > sqrt(2), x < Rational(14142136, 10**7)],
        [x > exp(y), x < exp(y) + Rational(1, 10**8), y > 2],
        [2 * x + y > 7, x + y < 4],
    ],
    ids=["far", "tiny", "beside", "above pi", "above a root", "above e", "sector"],
)
def test_narrow_and_far_ranges_have_points(where):
    # no x there is 2x
    refuted(x, 2 * x, *where)


@pytest.mark.parametrize(
    ("f", "value", "beyond"),
    [(erf(x), 1, x > 10), (tanh(x), -1, x < -40), (x * (1 + erf(x)), 2 * x, x > 9)],
    ids=["erf", "tanh", "gelu"],
)
def test_a_tail_that_is_cut_off_is_seen(f, value, beyond):
    # 1 − erf 11 is about 10⁻⁵⁴
    found = prove_equal(f, Piecewise((value, beyond), (f, True))).counterexample
    assert abs(found.values["x"]) <= 41


def test_a_narrow_window_is_shown_by_few_digits():
    found = prove_equal(x, Piecewise((x + 1, (x > pi) & (x < pi + Rational(1, 10**6))), (x, True)))
    assert found.counterexample.values["x"].q < 10**7


def test_a_large_array_is_shown_where_it_is_read():
    a = MatrixSymbol("a", n, n)
    found = prove_equal(a[0, 1], a[1, 0], where=[n >= 300]).counterexample
    assert set(found.values["a"]) == {(0, 1), (1, 0)}


def test_a_point_that_calls_a_size_defined_is_checked_all_the_same():
    # e^0 is not 2, whatever the point says of n
    points = Search([x, log(n)], [Eq(exp(x), n)], [0], {}, Evaluation()).points
    point = Point({n: 2}, {("x",): fmpq(0)})
    point.derived["n",] = lambda s: fmpq(1)
    point.origin["n",] = points.conditions[0], {n: 2}
    assert not points.holds(point)


def test_a_point_is_asked_again_what_it_says_that_it_was():
    points = Search([v[100], x], [v[k] >= 0, k >= 50], [0], {}, Evaluation()).points
    point = Point(values={("v", 100): fmpq(-1), ("x",): fmpq(0)})
    point.told.add((points.conditions[0], ("v", 100)))
    assert not points.holds(point)


def test_what_was_asked_of_an_entry_is_asked_again_of_its_new_value():
    # v₁₀₀ ≥ 0 held before another relation moved it below
    where = [v[k] >= 0, v[k] ** 3 <= -1, k >= 50, x >= v[100]]
    assert not prove_equal(Abs(v[100]) + x, v[100] + x + 1, where=where).refuted


@pytest.mark.parametrize("many", [5, 8])
def test_shares_that_add_to_one(many):
    # scaled to their sum, whatever they are
    p = symbols(f"p:{many}", real=True)
    where = [Eq(sum(p), 1), *(share > 0 for share in p)]
    proved(log(p[0] * p[1]), log(p[0]) + log(p[1]), *where)
    refuted(log(p[0] * p[1]), log(p[0]) + log(p[2]), *where)


@pytest.mark.parametrize(
    ("where", "at"),
    [([k <= n], 0), ([k >= 1, k <= n + 1], 2), ([k >= n - 1, k >= 1], 2)],
    ids=["below", "above", "beyond"],
)
def test_an_index_lies_wherever_where_allows_it(where, at):
    # Σ δᵢₖ uᵢ from 1 to n is 0 for other k
    delta = Sum(KroneckerDelta(i, k) * u[i], (i, 1, n))
    found = prove_equal(delta, u[k], where=where).counterexample
    assert (found.sizes, found.values["u"][at]) == ({"k": at, "n": 1}, 1)
    proved(delta, u[k], k >= 1, k <= n)


@pytest.mark.parametrize("size", [4, 7, 9])
def test_a_slip_that_few_sizes_show(size):
    # (n − 1)⋯(n − 6) is not 0 from n = 7 on
    slips = [Mul(*(n - d for d in range(1, size))), KroneckerDelta(n, size)]
    slips.append(Piecewise((1, n >= size), (0, True)))
    for slip in slips:
        refuted(total(i), n * (n - 1) / 2 + slip)


def test_what_where_says_of_an_end_goes_before_the_arrays():
    # ∂/∂uₖ Σ uᵢ from 1 to n is 0 at k = 0 and at k = n + 1
    slope = Derivative(Sum(u[i], (i, 1, n)), u[k])
    q = Symbol("q", integer=True)
    assert prove_equal(slope.subs(k, q), 1, where=[q >= 0, q <= n]).refuted
    assert prove_equal(slope, 1, where=[k <= n + 1]).refuted
    proved(slope, 1, k <= n)
    # Σ 1 from 1 to q at q = 0
    refuted(Sum(1, (i, 1, q)) + KroneckerDelta(q, 0), q, q >= 0)
    proved(Sum(1, (i, 1, q)) + KroneckerDelta(q, 0), q)


def test_integers_that_an_equation_leaves():
    # (−3)² = 9, 6 · 1 = 6, and 4 is even
    e, even = Symbol("e", integer=True), Symbol("even", even=True, positive=True)
    refuted(e, Integer(3), Eq(e**2, 9))
    refuted((n - 1) * (n - 2) * (n - 3), Integer(0), Eq(n * m, 6))
    refuted(Sum(u[i], (i, 1, even)), u[1] + u[2])
    refuted(Sum(u[i], (i, 1, n)), u[1] + u[2] + u[3], n >= 3)
