"""What people use beside exp and log: functions without a definition, symmetric matrices, labels.

Each true claim stands beside a false one.
"""

from __future__ import annotations

from typing import Any

import pytest
from sympy import (
    Abs,
    Contains,
    Derivative,
    Eq,
    FiniteSet,
    Function,
    IndexedBase,
    Integer,
    MatrixSymbol,
    Max,
    Min,
    Ne,
    Piecewise,
    Product,
    Q,
    Rational,
    Subs,
    Sum,
    Symbol,
    UnevaluatedExpr,
    beta,
    binomial,
    cos,
    erf,
    erfi,
    exp,
    factorial,
    gamma,
    log,
    pi,
    sin,
    sqrt,
    symbols,
    tan,
)
from sympy.codegen.cfunctions import exp2, expm1, log1p, log2, log10

from symderiv import Derivation, gradient, prove_equal, sigma, verify
from symderiv.verdict import ClaimError

n, m, K = symbols("n m K", integer=True, positive=True)
i, j, k = symbols("i j k", integer=True, nonnegative=True)
x, y, z, a, t, p, q = symbols("x y z a t p q", real=True)
A, w = MatrixSymbol("A", n, n), MatrixSymbol("w", n, 1)
X, Y, labels = MatrixSymbol("X", m, n), MatrixSymbol("Y", m, K), MatrixSymbol("y", m, 1)
u = IndexedBase("u")
f, g = Function("f"), Function("g")
quadratic = gradient((w.T * A * w)[0, 0], w)
ONE_HOT = [Contains(Y[i, k], FiniteSet(0, 1)), Eq(Sum(Y[i, k], (k, 0, K - 1)), 1)]

# name: left, right, a wrong right, where
CLAIMS: dict[str, tuple[Any, Any, Any, list[Any]]] = {
    # the functions of code
    "log1p": (log1p(x), log(1 + x), log(2 + x), []),
    "softplus by log1p": (Derivative(log1p(exp(x)), x), sigma(x), sigma(-x), []),
    "log1mexp": (log(-expm1(-x)), log1p(-exp(-x)), log1p(exp(-x)), [x > 0]),
    "expm1": (Derivative(expm1(x), x), expm1(x) + 1, expm1(x), []),
    "exp2 and log2": (exp2(3 * log2(x)), x**3, x**2, [x > 0]),
    "decibels": (log10(x), log2(x) * log(2) / log(10), log2(x) * log(10) / log(2), [x > 0]),
    # functions without a definition
    "called like a known one": (
        Derivative(Function("sin")(x) ** 2, x),
        2 * Function("sin")(x) * Derivative(Function("sin")(x), x),
        2 * Function("sin")(x) * Function("cos")(x),
        [],
    ),
    "congruence": (f(x + 1) + f(1 + x), 2 * f(x + 1), 2 * f(x), []),
    "product rule": (
        Derivative(f(x) * g(x), x),
        f(x) * Derivative(g(x), x) + g(x) * Derivative(f(x), x),
        Derivative(f(x), x) * Derivative(g(x), x),
        [],
    ),
    "chain rule": (
        Derivative(f(x**2), x),
        2 * x * Subs(Derivative(f(t), t), t, x**2),
        2 * x * Derivative(f(x), x),
        [],
    ),
    "mixed partials": (
        Derivative(f(x, y), x, y),
        Derivative(Derivative(f(x, y), y), x),
        Derivative(f(y, x), x, y),
        [],
    ),
    "linear?": (f(a * x), f(x * a), a * f(x), []),
    # symmetric matrices
    "quadratic form": (quadratic, 2 * A * w, A * w, [Q.symmetric(A)]),
    "quadratic form, by an equation": (quadratic, 2 * A.T * w, A * w, [Eq(A, A.T)]),
    "row and column": (
        Sum(A[i, j] * w[j, 0], (j, 0, n - 1)),
        Sum(A[j, i] * w[j, 0], (j, 0, n - 1)),
        Sum(A[j, j] * w[j, 0], (j, 0, n - 1)),
        [Q.symmetric(A), i < n],
    ),
    # equations
    "signs squared": (
        Sum(labels[i, 0] ** 2 * X[i, j], (i, 0, m - 1)),
        Sum(X[i, j], (i, 0, m - 1)),
        Sum(labels[i, 0] * X[i, j], (i, 0, m - 1)),
        [Eq(labels[i, 0] ** 2, 1), j < n],
    ),
    "one-hot rows": (
        Sum(Y[i, k] * (X[i, 0] - log(Sum(exp(X[i, j]), (j, 0, n - 1)))), (k, 0, K - 1)),
        X[i, 0] - log(Sum(exp(X[i, j]), (j, 0, n - 1))),
        K * (X[i, 0] - log(Sum(exp(X[i, j]), (j, 0, n - 1)))),
        ONE_HOT,
    ),
    "chained equations": (x + y, Integer(4), Integer(3), [Eq(x, y), Eq(y, 2)]),
    "three in a chain": (x, z, 2 * z, [Eq(x, y), Eq(y, z)]),
    "the sign decides the root": (Abs(y) * x, y**2 * x, y * x, [Eq(y**2, 1)]),
    # cases by monotone functions
    "log at 1": (
        Abs(log(x)),
        Piecewise((log(x), x > 1), (-log(x), True)),
        Piecewise((log(x), x > 2), (-log(x), True)),
        [x > 0],
    ),
    "exp at 0": (
        Max(0, exp(x) - 1),
        Piecewise((exp(x) - 1, x > 0), (0, True)),
        Piecewise((exp(x) - 1, x > 1), (0, True)),
        [],
    ),
    "celu": (
        Derivative(Max(0, x) + Min(0, a * (exp(x / a) - 1)), x),
        Piecewise((1, x > 0), (exp(x / a), True)),
        Piecewise((1, x > 0), (a * exp(x / a), True)),
        [a > 0, Ne(x, 0)],
    ),
    # angles and units
    "a fraction of π": (
        tan(pi * (p - Rational(1, 2))),
        -cos(pi * p) / sin(pi * p),
        tan(pi * p),
        [],
    ),
    "fine exponents": (
        exp(x / 100_000) * exp(x * Rational(44_715, 100_000)),
        exp(x * Rational(44_716, 100_000)),
        exp(x * Rational(44_715, 100_000)),
        [],
    ),
    # counting
    "binomial": (binomial(n, 2), n * (n - 1) / 2, n * (n + 1) / 2, []),
    "factorial": (factorial(n + 1), (n + 1) * factorial(n), n * factorial(n), []),
    "beta": (beta(p, q), gamma(p) * gamma(q) / gamma(p + q), beta(p, q + 1), [p > 0, q > 0]),
    "imaginary error function": (
        Derivative(erfi(x), x),
        2 * exp(x**2) / sqrt(pi),
        2 * exp(-(x**2)) / sqrt(pi),
        [],
    ),
    "product": (
        Product(2 * u[i], (i, 1, n)),
        2**n * Product(u[i], (i, 1, n)),
        2 * Product(u[i], (i, 1, n)),
        [u[j] > 0],
    ),
    "short product": (Product(x + k, (k, 0, 2)), x * (x + 1) * (x + 2), x**3, []),
}


ROWS_SUM_TO_1 = [Eq(Sum(X[i, k], (k, 0, n - 1)), 1), i < m]
CLAIMS |= {  # said of an index within bounds, by a letter that the lines do not use
    "rows sum to 1": (
        Sum(X[j, k], (j, 0, m - 1), (k, 0, n - 1)),
        m,
        n,
        ROWS_SUM_TO_1,
    ),
    "the entries of a row": (
        Sum(X[0, k] * x, (k, 0, n - 1)) + X[0, 0],
        x + X[0, 0],
        x + X[0, 0] ** 2,
        ROWS_SUM_TO_1,
    ),
    "positive from 1 to n": (
        Sum(Abs(u[j]), (j, 1, n)),
        Sum(u[j], (j, 1, n)),
        Sum(u[j] ** 2, (j, 1, n)),
        [u[i] > 0, i >= 1, i <= n],
    ),
    "positive from 2 on": (
        Sum(Abs(u[j]), (j, 2, n + 2)),
        Sum(u[j], (j, 2, n + 2)),
        Sum(u[j], (j, 2, n + 1)) + 1,
        [u[i] > 0, i > Rational(3, 2)],
    ),
}


def test_a_restricted_index_says_nothing_beyond_its_bounds() -> None:
    bounded = [u[i] > 0, i >= 1, i <= n]
    assert prove_equal(Sum(Abs(u[j]), (j, 0, n)), Sum(u[j], (j, 0, n)), where=bounded).refuted
    assert prove_equal(Abs(u[n + 1]), u[n + 1], where=bounded).refuted


def test_a_free_index_in_where_means_itself_and_a_note_says_so() -> None:
    total = Sum(Abs(u[j]), (j, 1, n)), Sum(u[j], (j, 1, n))
    chain = Derivation("c", total[0] + u[i], where=[u[i] > 0]).then(total[1] + Abs(u[i]), "signs")
    found = verify(chain).derivations[0]
    assert found.steps[0].result.refuted
    (note,) = found.notes
    assert "u[i] > 0 is said of the free index i alone" in note


@pytest.mark.parametrize("name", CLAIMS)
def test_what_is_equal_is_proved(name: str) -> None:
    left, right, _, where = CLAIMS[name]
    result = prove_equal(left, right, where=where)
    assert result.proved, result.reason


@pytest.mark.parametrize("name", CLAIMS)
def test_the_slip_beside_it_is_refuted(name: str) -> None:
    left, _, wrong, where = CLAIMS[name]
    assert prove_equal(left, wrong, where=where).refuted


def test_the_functions_of_code_keep_their_domains() -> None:
    for code, plain, needed in ((log1p(x), log(1 + x), x + 1 > 0), (exp2(log2(x)), x, x > 0)):
        assert needed in [c.relation for c in prove_equal(code, plain).conditions]
        assert not prove_equal(code, plain, where=[x < -2]).proved


def test_a_counterexample_says_which_function_it_is() -> None:
    result = prove_equal(f(2 * x), 2 * f(x))
    assert result.counterexample is not None
    stand_in = result.counterexample.values["f"]
    at = result.counterexample.values["x"]
    assert stand_in(2 * at) == result.counterexample.lhs != 2 * stand_in(at)


def test_a_product_of_any_sign_keeps_its_condition_in_a_logarithm() -> None:
    """log turns a product into a sum for positive factors only, and says so."""
    result = prove_equal(log(Product(x, (i, 1, n))), n * log(x))
    assert result.proved
    assert [c for c in result.conditions if c.open and not c.natural]
    assert prove_equal(Product(x, (i, 1, n)), x**n).open_conditions == ()


def test_other_assumptions_about_matrices_are_refused() -> None:
    with pytest.raises(ClaimError, match="a relation is expected"):
        prove_equal(A[0, 0], A[0, 0], where=[Q.positive_definite(A)])


def test_equations_whose_factors_cannot_vanish_contradict() -> None:
    """y² = 1 under y > 2: nothing satisfies it, and nothing follows."""
    assert prove_equal(x, x + 1, where=[Eq(y**2, 1), y > 2]).verdict.value == "undecided"
    assert prove_equal(x, x + 1, where=[Eq((y - 1) * (z - 2), 0), y > 1, z > 2]).verdict.value == (
        "undecided"
    )


def test_functions_between_minus_one_and_one() -> None:
    # 1 + erf x > 0, 1 − cos x ≥ 0, and nothing of 1 + sin x + cos x
    assert prove_equal(Abs(1 + erf(x)), 1 + erf(x)).conditions == ()
    assert prove_equal(Abs(cos(x) - 1), 1 - cos(x)).proved
    both = 1 + sin(x) + cos(x)
    assert not prove_equal(Abs(both), both).proved
    assert prove_equal(log((1 + erf(x)) ** 2), 2 * log(1 + erf(x))).proved
    result = prove_equal(1 / (1 - cos(x)) - UnevaluatedExpr(1 / (1 - cos(x))) + x, x)
    assert result.open_conditions


def test_a_root_that_may_be_as_large_as_what_stands_beside_it() -> None:
    # (x² + 2)² − 4·(x² + 1) = x⁴, which is 0 at 0
    gap = x**2 + 2 - 2 * sqrt(x**2 + 1)
    assert prove_equal(Abs(gap), gap).proved
    assert prove_equal(Piecewise((1, gap > 0), (0, True)), 1).refuted


@pytest.mark.slow
def test_facts_about_neighbours_are_used_a_few_steps_far() -> None:
    """u[k + 1] > u[k] for every k: cut points, sorted data, knots."""
    cut, k = IndexedBase("u"), Symbol("k", integer=True)
    ordered = [cut[k + 1] > cut[k]]
    gaps = (cut[2] - cut[1]) * (cut[3] - cut[2])
    apart = log(cut[2] - cut[1]) + log(cut[3] - cut[2])
    assert prove_equal(log(gaps), apart, where=ordered).proved
    assert prove_equal(Abs(cut[3] - cut[1]), cut[3] - cut[1], where=ordered).proved
    assert prove_equal(Abs(cut[1] - cut[3]), cut[1] - cut[3], where=ordered).refuted
    for last in (7, 70):  # more steps than are taken: no counterexample breaks the order between
        assert not prove_equal(Abs(cut[last] - cut[1]), cut[last] - cut[1], where=ordered).refuted
    assert prove_equal(Abs(cut[7]), cut[7], where=[cut[k] >= 0]).proved


def test_an_ordinal_score_by_the_order_of_its_cut_points() -> None:
    """∂/∂η Σ log(σ(u_{k+1} − η) − σ(u_k − η)) = Σ σ(u_{k+1} − η) + σ(u_k − η) − 1."""
    cut, eta = IndexedBase("u"), Symbol("eta", real=True)
    k, n = symbols("k n", integer=True, positive=True)
    above, below = sigma(cut[k + 1] - eta), sigma(cut[k] - eta)
    score = Derivative(Sum(log(above - below), (k, 1, n)), eta)
    right = Sum(above + below - 1, (k, 1, n))
    assert prove_equal(score, right, where=[cut[k + 1] > cut[k]]).proved


@pytest.mark.slow
def test_a_counterexample_is_a_whole_array() -> None:
    """u[k + 1] = 2·u[k] and |u[k]| ≤ 100 for all k ≥ 0 leave 0 alone."""
    u, k = IndexedBase("u"), Symbol("k", integer=True, nonnegative=True)
    bounded = [Eq(u[k + 1], 2 * u[k]), u[k] <= 100, u[k] >= -100]
    assert not prove_equal(u[0], 0, where=bounded).refuted
    assert not prove_equal(u[0], u[1], where=[u[k + 1] >= u[k] + 1, u[k] <= 50]).refuted
    for ordered in ([u[k + 1] > u[k], u[k] > 0], [u[k + 1] <= u[k]], [u[k + 1] - u[k] >= 1]):
        assert prove_equal(u[0], u[1] - 1, where=ordered).refuted
    w = IndexedBase("w", positive=True)  # which cannot fall by 1 for ever
    assert not prove_equal(w[0], w[1] + 1, where=[w[k + 1] <= w[k] - 1]).refuted
    up_to = [u[k + 1] >= u[k] + 1, u[k] <= 50, k <= 5]  # which does not go on
    assert prove_equal(u[0], u[1], where=up_to).refuted
