"""The search: true identities stay, every kind of mistake is found, and why it may find nothing."""

from __future__ import annotations

import time

import pytest
import sympy
from flint import arb, fmpq
from sympy import (
    Abs,
    Contains,
    Derivative,
    Eq,
    FiniteSet,
    IndexedBase,
    Integer,
    Interval,
    MatrixSymbol,
    Ne,
    OneMatrix,
    Piecewise,
    Product,
    Rational,
    Sum,
    Symbol,
    Trace,
    ZeroMatrix,
    exp,
    log,
    sqrt,
    symbols,
)

from symderiv import prove_equal
from symderiv.functions import gradient, hessian, sigma, softplus
from symderiv.refute import Point, evaluate_at, examine
from symderiv.verdict import ClaimError

m, n, K = symbols("m n K", integer=True, positive=True)
i, j, k, l = symbols("i j k l", integer=True, nonnegative=True)  # noqa: E741
x, y_, z = symbols("x y_ z", real=True)
p1, p2, p3 = symbols("p1 p2 p3", real=True)
X, theta, y = MatrixSymbol("X", m, n), MatrixSymbol("theta", n, 1), MatrixSymbol("y", m, 1)
A = MatrixSymbol("A", n, n)
a, Y, h = IndexedBase("a"), IndexedBase("Y"), IndexedBase("h")
let = {h[i]: sigma((X * theta)[i, 0])}


def mean(e):
    return Sum(e, (i, 0, m - 1)) / m


def log_loss(s=1):
    return -mean(y[i, 0] * log(h[i]) + s * (1 - y[i, 0]) * log(1 - h[i]))


COST = log_loss()
GRADIENT = X.T * ((X * theta).applyfunc(sigma) - y) / m
ARTICLE = [
    Derivative(COST, theta[j, 0]),
    -mean(
        y[i, 0] / h[i] * Derivative(h[i], theta[j, 0])
        + (1 - y[i, 0]) / (1 - h[i]) * Derivative(1 - h[i], theta[j, 0])
    ),
    mean((h[i] - y[i, 0]) * X[i, j]),
    GRADIENT[j, 0],
]


def holds(*lines, **kwargs) -> bool:
    """Whether every pair agreed somewhere and differed nowhere, with a witness for all lines."""
    found = examine(list(lines), **kwargs)
    assert found.reason == ""
    assert all(c is None for c in found.counterexamples), found.counterexamples
    return None not in found.witnesses


def refuted(*lines, **kwargs):
    """The counterexample of two lines."""
    found = examine(list(lines), **kwargs)
    assert found.counterexamples[0] is not None, found
    return found.counterexamples[0]


# ---- what is true


@pytest.mark.parametrize(
    ("lines", "options"),
    [
        (ARTICLE, {"let": let}),
        ([gradient(COST, theta), GRADIENT], {"let": let}),
        (
            [
                hessian(COST, theta),
                X.T
                * sympy.DiagMatrix((X * theta).applyfunc(lambda t: sigma(t) * (1 - sigma(t))))
                * X
                / m,
            ],
            {"let": let},
        ),
        ([Derivative(1 / (1 + exp(-z)), z), sigma(z) * (1 - sigma(z))], {}),
        ([sympy.tanh(z / 2), 2 * sigma(z) - 1], {}),
        ([(x**2 - 1) / (x - 1), x + 1], {}),
        ([sqrt(x**2, evaluate=False), x], {"where": [x > 0]}),
        ([Derivative(Abs(x), x), Abs(x) / x], {}),
        ([sympy.Max(x, z) + sympy.Min(x, z), x + z], {}),
        # SymPy's own derivative is silently wrong on these
        ([Derivative((theta.T * theta)[0, 0], theta), 2 * theta], {}),
        (
            [gradient(exp(Trace(theta * theta.T)), theta), 2 * theta * exp(Trace(theta * theta.T))],
            {},
        ),
        ([gradient(Trace(A) + 1, A), sympy.Identity(n)], {}),
        ([gradient(Sum(theta[k, 0] ** 2, (k, 0, n - 1)), theta), 2 * theta], {}),
        (
            [
                gradient((OneMatrix(m, 1) - y).T * (X * theta).applyfunc(exp), theta),
                X.T * sympy.HadamardProduct(OneMatrix(m, 1) - y, (X * theta).applyfunc(exp)),
            ],
            {},
        ),
        # a bound index that is also used free
        ([Derivative(Sum(a[k] ** 2, (k, 0, n - 1)), a[k]), 2 * a[k]], {}),
        ([Sum(a[k + 1] - a[k], (k, 0, n - 1)), a[n] - a[0]], {}),
        (
            [
                Sum(a[k] * a[l], (k, 0, l), (l, 0, n - 1)),
                Sum(a[k] * a[l], (l, k, n - 1), (k, 0, n - 1)),
            ],
            {},
        ),
        ([Sum(x**k, (k, 0, n)), (x ** (n + 1) - 1) / (x - 1)], {}),
        ([Product(a[k], (k, 1, n)), exp(Sum(log(a[k]), (k, 1, n)))], {}),
        # only data in (0, 1) has a value
        (
            [
                Sum(log(a[k]) + log(1 - a[k]), (k, 0, n - 1)),
                Sum(log(a[k] * (1 - a[k])), (k, 0, n - 1)),
            ],
            {},
        ),
        (
            [
                Derivative(-log(h[i]), h[i]) * Derivative(h[i], theta[j, 0]),
                -Derivative(log(h[i]), theta[j, 0]),
            ],
            {"let": let},
        ),
    ],
)
def test_true_lines_are_not_refuted(lines, options) -> None:
    assert holds(*lines, **options)


# ---- what is wrong

WRONG = {
    "sign": -GRADIENT[j, 0],
    "missing 1/m": m * GRADIENT[j, 0],
    "factor 2": 2 * GRADIENT[j, 0],
    "labels swapped": mean((h[i] - 1 + y[i, 0]) * X[i, j]),
    "index swapped": mean((h[i] - y[i, 0]) * X[i, 0]),
    "first example dropped": Sum((h[i] - y[i, 0]) * X[i, j], (i, 1, m - 1)) / m,
    "σ' for σ": mean((h[i] * (1 - h[i]) - y[i, 0]) * X[i, j]),
    "chain factor dropped": mean(h[i] - y[i, 0]),
    "a tiny constant": GRADIENT[j, 0] + Rational(1, 10**12),
    "case": mean(Piecewise((h[i] - y[i, 0], y[i, 0] <= 1), (0, True)) * X[i, j]),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_mistakes_in_the_gradient_are_found(mistake: str) -> None:
    wrong = WRONG[mistake]
    found = examine([*ARTICLE, wrong], let=let)
    assert found.counterexamples[:3] == (None, None, None)
    assert found.counterexamples[3] is not None


def test_a_transposed_matrix_is_found() -> None:
    found = refuted(gradient(theta.T * A * theta, theta), 2 * A * theta)
    assert found.sizes["n"] > 1
    assert found.note.startswith("entry [")


@pytest.mark.parametrize(
    ("lhs", "rhs"),
    [
        (softplus(z), softplus(z) + Rational(1, 10**12)),
        (softplus(z), softplus(z) + Rational(1, 10**40)),
        (sigma(z), Piecewise((sigma(z), z > -30), (sigma(z) + Rational(1, 10**15), True))),
        (Piecewise((x, x <= 2), (1, True)), Piecewise((x, x < 2), (1, True))),
        (Piecewise((1, Eq(x, z)), (0, True)), Integer(0)),
        (Piecewise((x, x > 0), (-x, True)), Piecewise((-x, x > 0), (x, True))),
        (sympy.atan(x) + sympy.atan(1 / x), sympy.pi / 2),
        (sqrt(x**2, evaluate=False), x),
        (x**3, x**2 * Abs(x)),
        (Sum(a[k + 1] - a[k], (k, 0, n - 1)), a[n - 1] - a[0]),
        (gradient(Trace(A) + 1, A), ZeroMatrix(n, n)),
    ],
)
def test_rare_differences_are_found(lhs, rhs) -> None:
    refuted(lhs, rhs)


def test_a_counterexample_can_be_evaluated_again() -> None:
    wrong = mean((h[i] + y[i, 0]) * X[i, j])
    found = refuted(ARTICLE[2], wrong, let=let)
    integers = {s: found.sizes[s.name] for s in (m, n, j)}
    values = {}
    for name, width in (("X", found.sizes["n"]), ("theta", 1), ("y", 1)):
        rows = found.values[name]
        for r, row in enumerate(rows):
            for c, v in enumerate(row if isinstance(row, list) else [row]):
                assert c < width
                values[name, r, c] = fmpq(int(v.p), int(v.q))
    at = Point(integers, values)
    assert not arb(evaluate_at(ARTICLE[2], at, 256, let)).overlaps(
        arb(evaluate_at(wrong, at, 256, let))
    )


def test_the_first_counterexample_is_simple_and_exact() -> None:
    found = refuted(mean((X * theta)[i, 0] - y[i, 0]), mean((X * theta)[i, 0] + y[i, 0]))
    assert found.sizes == {"m": 1, "n": 1}
    assert found.values == {"X": [0], "theta": [0], "y": [1]}
    assert (found.lhs, found.rhs) == (-1, 1)


def test_differing_balls_are_shown_with_differing_digits() -> None:
    found = refuted(exp(z + 1), exp(z + 1) + Rational(1, 10**30))
    assert found.lhs != found.rhs


def test_the_search_is_deterministic() -> None:
    pair = [ARTICLE[2], ARTICLE[2] + theta[j, 0] ** 3]
    assert examine(pair, let=let) == examine(pair, let=let)


# ---- domains


def test_a_witness_needs_every_line_defined() -> None:
    found = examine([log(x), log(-x)])
    assert None in found.witnesses
    assert found.counterexamples == (None,)
    assert "no point" in found.reason


def test_each_pair_needs_only_its_two_lines() -> None:
    found = examine([x, x + 1, log(-1 - x**2)])
    assert found.counterexamples[0] is not None
    assert found.counterexamples[1] is None


# ---- where


@pytest.mark.parametrize(
    ("lines", "where"),
    [
        ([p1 * log(p1) + p3, p1 * log(p1) + 1 - p1 - p2], [Eq(p1 + p2 + p3, 1)]),
        ([x**2 + z**2, Integer(1)], [Eq(x**2 + z**2, 1)]),
        ([x, exp(z)], [Eq(x, exp(z))]),
        ([Sum(y[i, 0] ** 2, (i, 0, m - 1)), m], [Eq(y[i, 0] ** 2, 1)]),
        ([Sum(Y[i, k], (k, 1, K)), Integer(1)], [Eq(Sum(Y[i, k], (k, 1, K)), 1)]),
        (
            [Sum(Y[i, k] ** 2, (k, 1, K), (i, 1, m)), m],
            [Eq(Sum(Y[i, k], (k, 1, K)), 1), Contains(Y[i, k], FiniteSet(0, 1))],
        ),
        ([Abs(log(a[i])), -log(a[i])], [Contains(a[i], Interval.open(0, 1))]),
        ([Sum(Abs(a[k]), (k, 1, n)), Sum(a[k], (k, 1, n))], [a[k] > 0]),
        ([gradient(theta.T * A * theta, theta), 2 * A * theta], [Eq(A.T, A)]),
        ([(n - 1) / (n - 1 + 0 * x), Integer(1)], [n >= 2]),
        ([Abs(m - n), m - n], [m > n]),
        ([sympy.KroneckerDelta(i, j), Integer(0)], [Ne(i, j)]),
        ([x / x, Integer(1)], [Ne(x, 0), x > 0]),
    ],
)
def test_points_satisfy_where(lines, where) -> None:
    assert holds(*lines, where=where)


def test_where_is_needed() -> None:
    refuted(Sum(y[i, 0], (i, 0, m - 1)), m, where=[Eq(y[i, 0] ** 2, 1)])
    refuted(gradient(theta.T * A * theta, theta), 2 * A * theta)
    refuted(x**2 + z**2, Integer(1))


def test_where_of_a_line_holds_from_that_line_on() -> None:
    chain = [Abs(x), sqrt(x**2, evaluate=False), x]
    found = examine(chain)
    assert found.counterexamples[0] is None
    assert found.counterexamples[1] is not None
    assert holds(*chain, extra=[(), (), (x > 0,)])


def test_contradicting_conditions_give_a_reason_soon() -> None:
    start = time.perf_counter()
    found = examine([x, x + 1], where=[x > 1, x < 0])
    assert found.reason == "no point was found that satisfies where"
    assert time.perf_counter() - start < 5
    found = examine([n, n + 1], where=[Eq(n**2 + n, 3)])
    assert found.reason == "no sizes and indices were found that satisfy the conditions"


def test_derivatives_are_taken_before_conditions_are_used() -> None:
    assert holds(Derivative(p1, p2), Integer(0), where=[Eq(p1 + p2, 1)])
    assert holds(Derivative(x, z), Integer(0), where=[Eq(x, exp(z))])


def test_a_python_bool_in_where_is_refused() -> None:
    with pytest.raises(ClaimError, match="Ne"):
        examine([x, x], where=[True])  # type: ignore[list-item]


# ---- sizes, indices, assumptions


def test_a_free_index_comes_from_the_first_line() -> None:
    beyond = theta[j, 0] + X[j, 0] - sympy.UnevaluatedExpr(X[j, 0])
    found = refuted(theta[j, 0], beyond)
    assert found.sizes["j"] >= found.sizes["m"]
    assert str(found.rhs).startswith("undefined: X[")


def test_a_bound_index_outside_a_shape_is_no_claim() -> None:
    with pytest.raises(ClaimError, match=r"theta\[1, 0\] is outside shape \(1, 1\) at n = 1"):
        examine([Sum(theta[k, 0], (k, 1, n)), n])


def test_a_free_index_without_a_shape_runs_where_bound_ones_do() -> None:
    delta = Sum(sympy.KroneckerDelta(i, k) * a[k], (k, 1, n))
    assert holds(delta, a[i])


def test_assumptions_are_respected() -> None:
    assert holds(Abs(Symbol("q", negative=True)), -Symbol("q", negative=True))
    q = Symbol("q", integer=True)
    assert holds((-1) ** (2 * q) * q, q)
    refuted(q**2, q)
    size = Symbol("N", integer=True, nonnegative=True)
    found = refuted(Sum(1, (k, 1, size)) ** 0 * Piecewise((1, size > 0), (0, True)), Integer(1))
    assert found.sizes == {"N": 0}


def test_two_symbols_of_one_name_are_refused() -> None:
    with pytest.raises(ClaimError, match="two different symbols are called x"):
        examine([x, Symbol("x", positive=True)])


# ---- what cannot be evaluated


@pytest.mark.parametrize(
    "hostile",
    [
        sympy.zoo,
        sympy.nan,
        sympy.oo,
        sympy.I * x,
        (x + 1) ** (10**20),
        x ** (x ** (x ** (x**x))) - exp(exp(exp(exp(exp(x + 9))))),
        sympy.Integer(10) ** 5000 * x,
        sympy.zeta(x),
        sympy.Integral(sympy.sin(x) ** x, (x, 0, 1)),
    ],
)
def test_hostile_lines_end_soon_with_a_reason(hostile) -> None:
    start = time.perf_counter()
    found = examine([hostile, x])
    assert found.counterexamples == (None,)
    assert None in found.witnesses
    assert found.reason
    assert time.perf_counter() - start < 10


def test_deep_nesting_gives_a_reason() -> None:
    tree = x
    for _ in range(3000):
        tree = sympy.UnevaluatedExpr(tree)
    assert "nested" in examine([tree, x]).reason


def test_an_unsupported_line_does_not_hide_the_other_pairs() -> None:
    found = examine([x, x + 1, sympy.zeta(x)])
    assert found.counterexamples[0] is not None
    assert "zeta(x)" in found.reason


def test_work_is_bounded() -> None:
    found = examine(ARTICLE, let=let, work=50)
    assert found.reason == "the work allowed for the search is used up"
    late = examine(ARTICLE, let=let, deadline=time.thread_time() - 1)
    assert "time" in late.reason


@pytest.mark.parametrize("line", [x + 0.5, Sum(x**k, (k, 0, sympy.oo)), Symbol("c", complex=True)])
def test_what_is_no_claim(line) -> None:
    with pytest.raises(ClaimError):
        examine([line, x])


# at 0 the derivative of |x| has no value, which is no difference
def test_a_joint_is_no_counterexample() -> None:
    assert holds(x, x * sympy.sign(x) * Derivative(Abs(x), x))


# log x and log(−x) have no point in common, so that nothing is left of a third line
def test_a_witness_has_every_line_before_the_step() -> None:
    a, b = log(x), log(-x)
    assert examine([a, b, b + 0 * x]).witnesses[1] is None
    assert examine([a, log(2 * x) - log(2), a]).witnesses[1] is not None


def test_each_part_of_an_and_holds_at_a_point() -> None:
    assert holds(Abs(x) + Abs(z), x + z, where=[sympy.And(x > 0, z > 0)])


def test_a_value_that_is_tried_has_an_end():
    # where the sides of y < −30 and of the first case seem to meet is beyond 2^(10^10)
    x, y, z = sympy.symbols("x y z", real=True)
    left = sympy.Min((x**y) ** z, (x**y) ** (3 * z))
    off = x ** (3 * y * z) + sympy.Rational(1, 10**12)
    right = sympy.Min(x ** (y * z), sympy.Piecewise((off, y < -30), (x ** (3 * y * z), True)))
    assert prove_equal(left, right, where=[x > 0]).refuted
