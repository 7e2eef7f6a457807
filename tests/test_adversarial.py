"""Claims that were once answered wrongly, or that are built to be."""

from __future__ import annotations

from typing import Any

import pytest
from ids import steady
from sympy import (
    Abs,
    Basic,
    Contains,
    Derivative,
    Eq,
    FiniteSet,
    Function,
    ImmutableMatrix,
    IndexedBase,
    MatrixSymbol,
    Max,
    Ne,
    Piecewise,
    Product,
    Rational,
    Sum,
    Symbol,
    UnevaluatedExpr,
    asin,
    atan,
    binomial,
    cos,
    cosh,
    exp,
    factorial,
    gamma,
    log,
    oo,
    pi,
    polygamma,
    sign,
    sin,
    sinh,
    sqrt,
    symbols,
)

from symderiv import Derivation, prove_equal, prove_limit, prove_nonnegative, verify
from symderiv.verdict import ClaimError

x, y, z, w = symbols("x y z w", real=True)
m, n, N = symbols("m n N", integer=True, positive=True)
i, k = symbols("i k", integer=True)
u, h = IndexedBase("u"), IndexedBase("h")
H = symbols("H", real=True)
absolute, plain = Sum(Abs(u[i]), (i, 0, n - 1)), Sum(u[i], (i, 0, n - 1))

FALSE: list[tuple[Any, Any, list[Basic]]] = [
    # a hypothesis about some entries says nothing of the others
    (absolute, plain, [u[i] > 0, i < m]),
    (absolute, plain, [u[i] > 0, Eq(i, 3)]),
    # what a symbol is called is not what it is
    (symbols("n+1", integer=True, positive=True) * u[0], (n + 1) * u[0], []),
    (Sum(u[k], (k, 1, symbols("n+1", integer=True, positive=True))), Sum(u[k], (k, 1, n + 1)), []),
    (symbols("x^2", real=True), x**2, []),
    # √2 and √3, log 2 and log 3 are different numbers
    (sqrt(2) * x, sqrt(3) * x, []),
    (log(2) * x, log(3) * x, []),
    # signs that hold in one case of a sum are not used in another
    (Sum(Abs(u[k]) ** 2 / Abs(u[k]), (k, 1, N)), Sum(u[k], (k, 1, N)), []),
    # the equations contradict each other
    (x, x + 1, [Eq(x, 0), Eq(x, 1)]),
    (Sum(u[k], (k, 0, N)), Sum(u[k], (k, 1, N)), []),
]


@pytest.mark.parametrize(("lhs", "rhs", "where"), FALSE)
def test_a_false_claim_is_not_proved(lhs: Any, rhs: Any, where: list[Basic]) -> None:
    assert not prove_equal(lhs, rhs, where=where).proved


# x^n lives on all reals for an integer n, Γ(x) between the poles as well: what the proof needs
# beyond that is a region lost, never a part of the start's own domain
@pytest.mark.parametrize(
    ("lhs", "rhs"),
    [
        (x**n, Piecewise((x**n, x > -1000), (2 * x**n, True))),
        (gamma(x + 1), x * gamma(x)),
    ],
)
def test_a_condition_that_only_the_proof_needs_is_a_region_lost(lhs: Any, rhs: Any) -> None:
    result = prove_equal(lhs, rhs)
    assert not result.proved or any(c.loses_a_region for c in result.conditions)


def test_a_value_just_at_a_joint_is_not_believed() -> None:
    # d/dx (x·sign(x)²) = 1 everywhere, at 0 as well
    result = prove_equal(Derivative(x * sign(x) ** 2, x), sign(x) ** 2)
    assert not result.proved or [str(c.relation) for c in result.open_conditions] == ["Ne(x, 0)"]


def test_points_of_the_refuter_satisfy_every_equation() -> None:
    assert prove_equal(y, 0, where=[Eq(x, y), Eq(x, 0)]).proved
    assert not prove_equal(x, 2, where=[Eq(x, y), Eq(y, 2)]).refuted


def test_a_derivative_by_a_defined_name_and_by_its_variable_is_refused() -> None:
    with pytest.raises(ClaimError, match="one at a time"):
        prove_equal(Derivative(Derivative(H**2, H), x), 0, let={H: x**2})


def test_a_definition_by_itself_is_refused() -> None:
    with pytest.raises(ClaimError, match="by itself"):
        prove_equal(h[i], 0, let={h[i]: h[i - 1] + 1})


# cos(atan(x)/y) is not 1/√(1 + x²): only the angle itself is, and here the refuter is kept blind
HIDDEN = {
    "beyond the refuter's points": lambda e: Piecewise((e, x > 10**12), (0, True)),
    "beyond the refuter's sizes": lambda e: Sum(Piecewise((e, k >= 9), (0, True)), (k, 1, n)),
}


@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize("d", [y, k, exp(y), pi, 1 + y**2], ids=str)
def test_an_angle_that_is_a_part_of_an_inverse_is_not_the_whole(hidden: str, d: Any) -> None:
    G = HIDDEN[hidden]
    pairs = [
        (cos(atan(x) / d), 1 / sqrt(1 + x**2)),
        (sin(atan(x) / d), x / sqrt(1 + x**2)),
        (cos(2 * asin(x / 10**13) / d), 1 - 2 * x**2 / 10**26),
    ]
    for left, right in pairs:
        assert not prove_equal(G(left), G(right), where=[y > 1, k > 1]).proved


def test_such_an_angle_in_the_open_is_refuted() -> None:
    assert prove_equal(cos(atan(x) / y), 1 / sqrt(1 + x**2)).refuted
    assert prove_equal(cos(atan(x)), 1 / sqrt(1 + x**2)).proved
    assert prove_equal(cos(2 * atan(x)), (1 - x**2) / (1 + x**2)).proved


@pytest.mark.parametrize("kind", ["rational", "irrational", "prime", "composite"])
def test_an_assumption_that_no_route_uses_is_refused(kind: str) -> None:
    q = Symbol("q", **{kind: True})
    with pytest.raises(ClaimError, match=kind):
        prove_equal(q**2 + q, q * (q + 1))


def where_true(relation: Basic) -> Any:
    return Piecewise((1, relation), (0, True))


FAR = w**3 > 10**31 + 7  # where the refuter does not look
c = Rational(123456789123, 1000)


# Γ, ψ, n!, Π and the binomial are read for positive arguments; that where speaks of one of them
# does not make its argument positive: ψ(−1/10) > 1
@pytest.mark.slow
@pytest.mark.parametrize(
    ("claim", "known"),
    [
        (x > 0, polygamma(0, x) > 1),
        (x > -1, factorial(x) > 0),
        (y >= -1, binomial(y, x) ** 2 >= 0),
        (x > 0, gamma(x) > 0),
        (x > 0, Product(x + 0 * k, (k, 1, N)) > -3),
        (y > 0, y * gamma(x) > 0),
        # a joint in where may be smooth: the derivative of (x − c)|x − c| at c is 0
        (Ne(x, c), Derivative((x - c) * Abs(x - c), x) >= 0),
        (Ne(x**3 - x - 1, 0), Derivative((x**3 - x - 1) * Abs(x**3 - x - 1), x) ** 2 >= -1),
    ],
    ids=steady,
)
def test_what_the_proof_asks_of_where_is_no_fact(claim: Basic, known: Basic) -> None:
    assert not prove_equal(where_true(claim), 1, where=[known]).proved


def test_what_where_needs_to_be_defined_is_a_fact() -> None:
    assert prove_equal(where_true(x > 0), 1, where=[log(x) > y]).proved
    assert prove_equal(gamma(x + 1), 1, where=[x > 0, Eq(x * gamma(x), 1)]).proved
    assert not prove_nonnegative(x, where=[polygamma(0, x) > 1]).proved


# x < 0 and x·y·z > 0: y·z is negative, and the whole is positive
@pytest.mark.slow
def test_the_sign_of_a_product_is_not_that_of_its_open_factors() -> None:
    known = [x < 0, x * y * z > 0]
    negative = where_true(x * y * z < 0)
    assert not prove_equal(Piecewise((negative, FAR), (1, True)), 1, where=known).proved
    assert prove_equal(Abs(x * y * z), x * y * z, where=known).proved
    assert prove_equal(Abs(x * y * z), -x * y * z, where=known).refuted
    assert prove_nonnegative(-x * y * z, where=known).refuted
    assert prove_nonnegative(x * y * z, where=known).proved


# n ≥ 18 holds from the second step on; the first is wrong for n = 17
@pytest.mark.parametrize(("case", "later"), [(Eq(n, 17), n >= 18), (n < 5, n >= 5)], ids=steady)
def test_an_integer_relation_of_a_later_step_is_not_used_before(case: Basic, later: Basic) -> None:
    zero = y - UnevaluatedExpr(y)
    chain = Derivation("chain", Piecewise((0, case), (x, True)))
    chain = chain.then(x, "wrong").then(x + zero, "later", where=[later])
    first = verify(chain).derivations[0].steps[0].result
    assert first is not None
    assert not first.proved


@pytest.mark.parametrize(
    ("lhs", "rhs"),
    [
        (Function("sigma")(x), 1 / (1 + exp(-x))),
        (Derivative(Function("cosh")(x), x), sinh(x)),
        (Function("gamma")(x + 1), x * Function("gamma")(x)),
    ],
    ids=steady,
)
def test_a_function_of_ones_own_is_not_the_known_one_of_its_name(lhs: Any, rhs: Any) -> None:
    assert prove_equal(lhs, rhs).refuted
    assert not prove_equal(
        Piecewise((lhs, FAR), (0, True)), Piecewise((rhs, FAR), (0, True))
    ).proved
    assert prove_equal(lhs, lhs + y - UnevaluatedExpr(y)).proved


def test_a_class_of_ones_own_is_not_the_known_one_of_its_name() -> None:
    own = type("cosh", (Function,), {})
    assert not prove_equal(own(x), cosh(x)).proved
    assert not prove_limit(own(x), x, oo, oo).proved


def test_functions_that_no_claim_can_be_about_are_refused() -> None:
    f, positive = Function("f"), Function("f", positive=True)
    with pytest.raises(ClaimError, match="two different functions are called f"):
        prove_equal(f(x), positive(x))
    with pytest.raises(ClaimError, match="say in where what is known of f"):
        prove_nonnegative(positive(x))


def test_a_size_that_let_defines_is_refused() -> None:
    size = symbols("K", integer=True)
    with pytest.raises(ClaimError, match="write 12 - n in its place"):
        prove_equal(where_true(Sum(exp(u[i]), (i, 0, size - 1)) > 0), 1, let={size: 12 - n})


def test_an_equation_that_always_holds_says_nothing() -> None:
    always = Eq(UnevaluatedExpr(x) - x, 0)
    assert prove_equal(log(x) + x - UnevaluatedExpr(x), log(x), where=[always]).proved


# log x² has the sign of |x| − 1, not of x − 1: it is positive at −10
def test_a_logarithm_of_a_negative_numbers_size() -> None:
    known, e = [x < 1, Ne(x, 0)], log(x**2)
    assert prove_equal(Abs(e), -e, where=known).refuted
    assert prove_equal(Abs(e), -e, where=[x > 0, x < 1]).proved


def test_a_matrix_and_a_symbol_of_one_name_are_refused() -> None:
    X = MatrixSymbol("X", 2, 2)
    with pytest.raises(ClaimError, match="two different symbols are called X"):
        prove_equal(X[0, 0] * Symbol("X"), Symbol("X") * X[0, 0])


# x²·ψ(x) has the slope −1 at 0 from above, though 0²·ψ(0) looks like 0
def test_a_branch_that_is_not_defined_at_its_joint_is_not_smooth_there() -> None:
    f = x**2 * polygamma(0, x)
    slope = Piecewise((f.diff(x), x > 0), (0, True))
    result = prove_equal(Derivative(Piecewise((f, x > 0), (0, True)), x), slope)
    assert [str(c.relation) for c in result.open_conditions] == ["Ne(x, 0)"]


# an entry that is not meant is no factor: 0·(1/y) at y = 0 is 0, and e⁰ is 1
def test_the_other_entries_of_a_matrix_are_no_factors() -> None:
    X = MatrixSymbol("x", n, 1)
    at = symbols("j", integer=True, nonnegative=True)
    below, not_above = where_true(X[i, 0] >= 0), where_true(X[i, 0] > 0)
    for one in (1 / X[i, 0], log(X[i, 0])):
        entry = ImmutableMatrix([[one], [0]])[at, 0]
        left, right = (Sum(e + entry, (i, 0, n - 1)) for e in (below, not_above))
        assert not prove_equal(left, right, where=[at > 0]).proved
    entry = ImmutableMatrix([[1 / y], [0]])[at, 0]
    known = [Contains(y, FiniteSet(0, 1)), Eq(at, 1)]
    assert not prove_equal(exp(entry), y, where=known).proved
    assert prove_equal(ImmutableMatrix([[x], [x]])[at, 0], x).proved


# f = a on both branches: nothing has to be smooth, and nothing is excluded
def test_a_joint_that_has_gone_is_no_condition() -> None:
    f = Derivative(Piecewise((x, Max(x, 0) > 0), (H, True)), x)
    result = prove_equal(f, 1, let={H: x})
    assert result.proved
    assert not result.open_conditions
    assert prove_equal(f, Piecewise((1, x > 0), (7, True)), let={H: x}).refuted
    same = Derivative(Piecewise((x, x > 0), (UnevaluatedExpr(x), True)), x)
    assert not prove_equal(same, 1 - where_true(Eq(x, 0))).proved


# w = −|x|, by a sum of kinks: the test w ≥ 0 has no slope at 0
def test_a_test_with_a_kink_of_its_own_has_no_slope() -> None:
    w_ = x - 4 * Sum(Max(x * (k + 1), 0), (k, 0, n - 1)) / (n * (n + 1))
    t = Piecewise((x, w_ >= 0), (-Abs(x), True))
    result = prove_equal(Derivative(t, x), Piecewise((-1, x > 0), (1, True)))
    assert not result.proved or result.open_conditions
