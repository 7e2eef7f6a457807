"""Each kind of node against values worked out by hand."""

from __future__ import annotations

import pytest
import sympy
from flint import arb, fmpq
from sympy import (
    And,
    BlockMatrix,
    Contains,
    Derivative,
    DiagMatrix,
    Eq,
    FiniteSet,
    HadamardPower,
    HadamardProduct,
    Heaviside,
    Identity,
    IndexedBase,
    Interval,
    KroneckerDelta,
    MatrixSymbol,
    Max,
    Min,
    Mul,
    Ne,
    OneMatrix,
    Or,
    Piecewise,
    Pow,
    Product,
    Range,
    Rational,
    Sum,
    Trace,
    UnevaluatedExpr,
    ZeroMatrix,
    exp,
    log,
    sqrt,
    symbols,
)
from sympy.matrices.expressions.matexpr import MatrixElement

from symderiv.functions import gradient, hessian, sigma, softplus
from symderiv.refute import Point, Undefined, Unsupported, evaluate_at
from symderiv.refute.jets import OutsideShape
from symderiv.verdict import ClaimError

m, n = symbols("m n", integer=True, positive=True)
i, j, k = symbols("i j k", integer=True, nonnegative=True)
x, y = symbols("x y", real=True)
A, B = MatrixSymbol("A", m, n), MatrixSymbol("B", m, n)
w = MatrixSymbol("w", n, 1)
a = IndexedBase("a")
SQUARES = B.applyfunc(sympy.Lambda(k, k**2))

DATA = {"A": [[1, 2, 3], [4, 5, 7]], "B": [[0, 1, -1], [2, -2, 3]], "w": [[1], [-1], [2]]}


def point(integers=None, reals=None, arrays=None) -> Point:
    values = {(name,): fmpq(*_pair(v)) for name, v in (reals or {}).items()}
    for name, rows in {**DATA, **(arrays or {})}.items():
        if isinstance(rows, dict):
            values |= {(name, at): fmpq(*_pair(v)) for at, v in rows.items()}
        else:
            for r, row in enumerate(rows):
                values |= {(name, r, c): fmpq(*_pair(v)) for c, v in enumerate(row)}
    return Point({m: 2, n: 3, **(integers or {})}, values)


def _pair(v):
    v = Rational(v)
    return int(v.p), int(v.q)


def value(expr, let=None, **kwargs):
    return evaluate_at(expr, point(**kwargs), 64, let)


def rows(expr, **kwargs):
    return [[sympy.Rational(int(v.p), int(v.q)) for v in row] for row in value(expr, **kwargs)]


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        (x + 2 * y - 1, fmpq(1, 6)),
        (x**2 / y, fmpq(3, 4)),
        (x**3, fmpq(1, 8)),
        (Pow(x, 0, evaluate=False), fmpq(1)),
        (sqrt(4 * x**2 * y**2, evaluate=False), fmpq(1, 3)),
        (exp(x - Rational(1, 2)), fmpq(1)),
        (log(2 * x), fmpq(0)),
        (UnevaluatedExpr(x) + UnevaluatedExpr(x), fmpq(1)),
        (Mul(x, Pow(x, -1, evaluate=False), evaluate=False), fmpq(1)),
        (abs(x - 1), fmpq(1, 2)),
        (sympy.sign(x - 1), fmpq(-1)),
        (sympy.sign(x - Rational(1, 2)), fmpq(0)),
        (Max(x, y, 0), fmpq(1, 2)),
        (Min(x, y, 3), fmpq(1, 3)),
        (Heaviside(x), fmpq(1)),
        (Heaviside(-x), fmpq(0)),
        (Piecewise((x, x < y), (y, True)), fmpq(1, 3)),
        (Piecewise((1 / (x - Rational(1, 2)), x < y), (y, True)), fmpq(1, 3)),
        (Piecewise((1, Eq(x, Rational(1, 2))), (0, True)), fmpq(1)),
        (Piecewise((1, And(x > 0, y > 1)), (2, Or(x > 5, Ne(x, y))), (3, True)), fmpq(2)),
        (Piecewise((1, Contains(x, Interval.open(Rational(1, 2), 1))), (0, True)), fmpq(0)),
        (Piecewise((1, Contains(x, Interval(Rational(1, 2), 1))), (0, True)), fmpq(1)),
        (Piecewise((1, Contains(x, FiniteSet(0, y))), (0, True)), fmpq(0)),
        (Piecewise((1, Contains(m, Range(0, 3))), (0, True)), fmpq(1)),
        (KroneckerDelta(m, n), fmpq(0)),
        (KroneckerDelta(m + 1, n), fmpq(1)),
        (sigma(x - Rational(1, 2)), fmpq(1, 2)),
        (sympy.factorial(n), fmpq(6)),
        (sympy.binomial(n, m), fmpq(3)),
        (sympy.floor(x + y), fmpq(0)),
        (sympy.ceiling(x + y), fmpq(1)),
        (sympy.real_root(x - Rational(5, 8), 3), fmpq(-1, 2)),
        (Piecewise((1, x <= Rational(1, 2)), (0, True)), fmpq(1)),
        (Piecewise((1, x < Rational(1, 2)), (0, True)), fmpq(0)),
        (Piecewise((1, x >= Rational(1, 2)), (0, True)), fmpq(1)),
        (Piecewise((1, x > Rational(1, 2)), (0, True)), fmpq(0)),
        (KroneckerDelta(m, n - 1, (0, 1)), fmpq(0)),
        (KroneckerDelta(m, n - 1, (2, 3)), fmpq(1)),
        (KroneckerDelta(m, n - 1, (1, 2)), fmpq(1)),
        (KroneckerDelta(m, n - 1, (3, 4)), fmpq(0)),
        (2**m, fmpq(4)),
        (x**m, fmpq(1, 4)),
    ],
)
def test_exact_scalars(expr, expected) -> None:
    got = value(expr, reals={"x": Rational(1, 2), "y": Rational(1, 3)})
    assert type(got) is fmpq
    assert got == expected


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        (sympy.pi, "3.14159265358979"),
        (sympy.E * 1, "2.71828182845905"),
        (exp(x), "1.64872127070013"),
        (softplus(x), "0.974076984180107"),
        (sigma(x), "0.622459331201855"),
        (x**y, "0.793700525984100"),
        (sympy.gamma(x), "1.77245385090552"),
        (sympy.beta(x, y), "4.20654631597636"),
        (sympy.EulerGamma + 0 * x, "0.577215664901533"),
    ],
)
def test_balls(expr, expected: str) -> None:
    got = value(expr, reals={"x": Rational(1, 2), "y": Rational(1, 3)})
    assert abs(got - arb(expected)) < 1e-13
    assert got.rad() < 1e-15


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        (Sum(k, (k, 1, n)), 6),
        (Sum(A[i, j] * w[j, 0], (j, 0, n - 1), (i, 0, m - 1)), 18),
        (Sum(i * k, (k, 1, i), (i, 1, n)), 1 + 2 * 3 + 3 * 6),
        (Sum(1, (k, i, n), (i, 1, n)), 6),
        (Product(k, (k, 1, n)), 6),
        (Sum(k, (k, 1, 0)), 0),
        (Product(k, (k, 1, 0)), 1),
        (Sum(k, (k, n, n - 1)), 0),
        (Sum(KroneckerDelta(i, 1) * w[i, 0], (i, 0, n - 1)), -1),
        (Sum(Sum(k, (k, 1, k)), (k, 1, n)), 1 + 3 + 6),
        (Sum(a[k], (k, 1, n)), 60),
        # a subtree that stands twice, in two indices
        (Sum((2 * A[i, j] + 1) ** 2 + (2 * A[i, j] + 1), (j, 0, n - 1), (i, 0, m - 1)), 560),
        # a Lambda's argument is put back after each entry
        (Sum(MatrixElement(SQUARES, 0, i) * k, (i, 0, n - 1), (k, 1, 2)), 6),
    ],
)
def test_sums(expr, expected: int) -> None:
    assert value(expr, arrays={"a": {1: 10, 2: 20, 3: 30}}) == expected


def test_a_bound_symbol_that_is_also_free_keeps_its_two_meanings() -> None:
    expr = Sum(a[k], (k, 1, 2)) + 100 * a[k]
    assert value(expr, integers={k: 2}, arrays={"a": {1: 1, 2: 5}}) == 506
    assert value(Sum(x, (x, 1, 3)) + x, reals={"x": 10}) == 16


def test_a_range_that_ends_below_its_start_is_undefined() -> None:
    with pytest.raises(Undefined):
        value(Sum(k, (k, 0, -3)))
    with pytest.raises(Undefined):
        value(Sum(k, (k, 0, m - 4)))


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        (A + 2 * B, [[1, 4, 1], [8, 1, 13]]),
        (A * w, [[5], [13]]),
        (x * A * w / 2, [[5], [13]]),
        (A.T, [[1, 4], [2, 5], [3, 7]]),
        ((A * A.T) ** 2, [[14 * 14 + 35 * 35, 14 * 35 + 35 * 90], [35 * 104, 35 * 35 + 8100]]),
        (HadamardProduct(A, B), [[0, 2, -3], [8, -10, 21]]),
        (HadamardProduct(A, B, A), [[0, 4, -9], [32, -50, 147]]),
        (HadamardPower(A, 2), [[1, 4, 9], [16, 25, 49]]),
        (B.applyfunc(lambda t: t**2 + 1), [[1, 2, 2], [5, 5, 10]]),
        (Identity(m) * A, [[1, 2, 3], [4, 5, 7]]),
        (Identity(m) + OneMatrix(m, m), [[2, 1], [1, 2]]),
        (ZeroMatrix(m, 1) + OneMatrix(m, n) * w, [[2], [2]]),
        (DiagMatrix(w), [[1, 0, 0], [0, -1, 0], [0, 0, 2]]),
        (sympy.DiagonalMatrix(A.T * A), [[17, 0, 0], [0, 29, 0], [0, 0, 58]]),
        (sympy.DiagonalOf(A.T * A), [[17], [29], [58]]),
        (BlockMatrix([[OneMatrix(m, 1), A]]), [[1, 1, 2, 3], [1, 4, 5, 7]]),
        (BlockMatrix([[A], [B]]), [[1, 2, 3], [4, 5, 7], [0, 1, -1], [2, -2, 3]]),
        (sympy.ImmutableMatrix([[x, 1], [0, x**2]]), [[2, 1], [0, 4]]),
        (A[0:1, 1:3], [[2, 3]]),
        (gradient((w.T * w)[0, 0], w), [[2], [-2], [4]]),
        (Derivative(w.T * w, w), [[2], [-2], [4]]),
        (Derivative(Trace(A * B.T), A), [[0, 1, -1], [2, -2, 3]]),
        (hessian(w[0, 0] ** 2 * w[1, 0], w), [[-2, 2, 0], [2, 0, 0], [0, 0, 0]]),
    ],
)
def test_matrices(expr, expected) -> None:
    assert rows(expr, reals={"x": 2}) == expected


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        ((A * w)[1, 0], 13),
        (Trace(A * B.T), 2 - 3 + 8 - 10 + 21),
        (MatrixElement(A * A.T, i, j), 90),
        (BlockMatrix([[OneMatrix(m, 1), A]])[i, j], 4),
        (B.applyfunc(sigma)[0, 0], fmpq(1, 2)),
        (log(w.T * w - OneMatrix(1, 1) * 5), 0),
    ],
)
def test_entries_of_matrix_expressions(expr, expected) -> None:
    assert value(expr, integers={i: 1, j: 1}) == expected


def test_indices_are_checked_against_known_shapes() -> None:
    with pytest.raises(OutsideShape, match=r"A\[2, 0\] is outside shape \(2, 3\)") as free:
        value(A[i, j], integers={i: 2, j: 0})
    assert not free.value.bound
    with pytest.raises(OutsideShape) as bound:
        value(Sum(A[i, j], (i, 1, m)), integers={j: 0})
    assert bound.value.bound


# Σⱼ A[i, j]: it is the free i that leaves the array, whatever the bound j does
@pytest.mark.parametrize("whole", [A, A + B], ids=["array", "sum"])
def test_only_an_index_that_leaves_an_array_is_blamed(whole) -> None:
    for row, last, bound in ((2, n - 1, False), (1, n, True)):
        with pytest.raises(OutsideShape) as outside:
            value(Sum(MatrixElement(whole, i, j), (j, 0, last)), integers={i: row})
        assert outside.value.bound == bound


def test_an_entry_outside_a_matrix_expression_is_outside_its_shape() -> None:
    product = MatrixElement(A * A.T, i, j)
    for row, column in ((2, 0), (0, 2), (-1, 0), (0, -1)):
        with pytest.raises(OutsideShape):
            value(product, integers={i: row, j: column})


def test_a_real_power_of_a_negative_number_has_no_value_and_0_to_the_0_is_1() -> None:
    """The exponent y is real, even where its value happens to be an integer."""
    with pytest.raises(Undefined):
        value(x**y, reals={"x": -2, "y": 2})
    assert value(x**m, reals={"x": -2}) == 4
    assert value(x ** (n - 3), reals={"x": 0}) == 1
    assert value(x ** (n - 3), reals={"x": -5}) == 1
    with pytest.raises(Undefined):
        value(x ** (n - 4), reals={"x": 0})


@pytest.mark.parametrize("junction", [And, Or])
@pytest.mark.parametrize("settled", [x > 0, x < 0])
def test_a_condition_that_is_not_certain_has_no_value(junction, settled) -> None:
    """Whether e^x·e^(−x) > 1 no ball can tell; And and Or may be settled without it."""
    doubtful = UnevaluatedExpr(exp(x)) * UnevaluatedExpr(exp(-x)) > 1
    case = Piecewise((1, junction(doubtful, settled)), (0, True))
    if (junction is Or) is (settled == (x > 0)):
        assert value(case, reals={"x": 1}) == (junction is Or)
        return
    with pytest.raises(Undefined):
        value(case, reals={"x": 1})


def test_functions_without_a_definition_are_told_apart() -> None:
    f, g = sympy.Function("f"), sympy.Function("g")
    at = {"reals": {"x": 2, "y": 3}}
    values = [value(e, **at) for e in (f(x), g(x), f(y), f(x, y), f(y, x), g(x, y))]
    assert len(set(values)) == len(values)
    assert value(f(x + 1), **at) == value(f(y), **at)


# ---- derivatives


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        (Derivative(x**3 * y**2, x, x, y), 6 * 2 * 2 * 5),
        (Derivative(x * Derivative(x**3, x), x), 9 * 4),
        (Derivative(Derivative(x**2 * y, x), y), 4),
        (Derivative(x**5, (x, 5)), 120),
        # g·g' with g = x³ + x² + 1, which stands inside and outside: g'² + g·g'' = 16² + 13·14
        (Derivative((x**3 + x**2 + 1) * Derivative(x**3 + x**2 + 1, x), x), 438),
        (Derivative(exp(x - 2) * sympy.sin(y - 5), (x, 4), (y, 3)), -1),
        (Derivative(Sum(w[k, 0] ** 2, (k, 0, n - 1)), w[i, 0]), -2),
        (Derivative(Sum(w[i, 0] ** 2, (i, 0, n - 1)), w[i, 0]), -2),
        (Derivative(Sum(a[k] * a[k + 1], (k, 1, 3)), a[m]), 10 + 30),
        (Derivative(abs(x), x), 1),
        (Derivative(Piecewise((x**2, x > 0), (0, True)), x), 4),
        (Derivative(Piecewise((x, Eq(x, 0)), (x**2, True)), x), 4),
        (Derivative(Max(x, y), x), 0),
        (Derivative(x**x, x) / 4 - log(x), 1),
        (Derivative(y, x), 0),
    ],
)
def test_derivatives(expr, expected: int) -> None:
    got = value(
        expr,
        integers={i: 1},
        reals={"x": 2, "y": 5},
        arrays={"a": {1: 10, 2: 20, 3: 30, 4: 40}},
    )
    assert arb(got).overlaps(arb(expected))
    assert arb(got).rad() < 1e-12


def test_a_derivative_by_the_argument_of_a_lambda() -> None:
    squares = B.applyfunc(sympy.Lambda(x, x * Derivative(x**2, x)))
    assert rows(squares) == [[0, 2, 2], [8, 8, 18]]
    inner = sympy.Lambda(x, Derivative(x**3 * y, x, x))
    assert rows(Derivative(Trace(B.applyfunc(inner) * B.T), B), reals={"y": 1}) == [
        [0, 12, -12],
        [24, -24, 36],
    ]


@pytest.mark.parametrize(
    "expr",
    [
        Derivative(abs(x), x),
        Derivative(Max(x, 0), x),
        Derivative(sympy.sign(x), x),
        Derivative(Piecewise((x**2, x > 0), (0, True)), x),
        Derivative(Piecewise((1, Eq(x**2, 0)), (0, True)), x),
        Derivative(sqrt(x), x),
        Heaviside(x),
        x**y,
    ],
)
def test_joints_are_undefined(expr) -> None:
    with pytest.raises(Undefined):
        value(expr, reals={"x": 0, "y": 0})


# ---- definitions


def test_definitions_unfold_in_their_own_scope() -> None:
    h = IndexedBase("h")
    let = {h[i]: (A * w)[i, 0] + k}
    # k in the body is the global one, not the index of the sum that mentions h.
    expr = Sum(h[k], (k, 0, m - 1))
    assert value(expr, let, integers={k: 100}) == 5 + 13 + 200


def test_a_derivative_by_a_defined_name_perturbs_that_name_only() -> None:
    h = IndexedBase("h")
    let = {h[i]: (A * w)[i, 0]}
    cost = Sum(h[i] ** 2, (i, 0, m - 1)) + w[0, 0] * h[1]
    assert value(Derivative(cost, h[1]), let) == 2 * 13 + 1
    assert value(Derivative(cost, w[0, 0]), let) == 2 * 5 * 1 + 2 * 13 * 4 + 13 + 4
    chain = Sum(Derivative(cost, h[i]) * Derivative(h[i], w[0, 0]), (i, 0, m - 1))
    assert value(chain, let) == 10 + 27 * 4


def test_definitions_by_symbol_and_by_matrix_entry() -> None:
    z = MatrixSymbol("z", m, 1)
    assert value(x**2 + y, {y: x + 1}, reals={"x": 3}) == 13
    assert value(Derivative(x * y, x), {y: x**2}, reals={"x": 3}) == 27
    assert value(Derivative(x * y, y), {y: x**2}, reals={"x": 3}) == 3
    assert rows_let(2 * z, {z[i, 0]: (A * w)[i, 0]}) == [[10], [26]]
    first_differs = {a[0]: x, a[i]: 2 * a[i - 1]}
    assert value(a[3], first_differs, reals={"x": 5}) == 40


def rows_let(expr, let):
    return [[int(v.p) for v in row] for row in value(expr, let)]


# ---- what is refused


@pytest.mark.parametrize(
    ("expr", "error"),
    [
        (x + 0.5, ClaimError),
        (Sum(1 / k, (k, 1, sympy.oo)), ClaimError),
        (sympy.Symbol("c", complex=True), ClaimError),
        (sympy.Symbol("c", imaginary=True), ClaimError),
        (Derivative(n**2, n, evaluate=False), ClaimError),
        (sympy.zeta(x), Unsupported),
        (sympy.I * x, Unsupported),
        (sympy.Integral(x, (x, 0, 1)), Unsupported),
        (x ** (10**20), Unsupported),
        (sympy.Integer(10) ** 10_000 * x, Unsupported),
        (Derivative(x**9, (x, 9)), Unsupported),
        (sympy.Inverse(Identity(m) + OneMatrix(m, m))[0, 0], Unsupported),
        (sympy.zoo, Undefined),
        (sympy.nan, Undefined),
        (sympy.oo, Undefined),
        (1 / (x - 2), Undefined),
    ],
)
def test_refused(expr, error) -> None:
    with pytest.raises(error):
        value(expr, reals={"x": 2})


def test_shared_subtrees_are_evaluated_once() -> None:
    tree = x
    for _ in range(25):  # 2**25 nodes as a tree
        tree = Mul(tree, sympy.Add(tree, 1, evaluate=False), evaluate=False)
    assert value(tree, reals={"x": 0}) == 0


def test_higher_precision_narrows_the_ball() -> None:
    at = point(reals={"x": 1})
    coarse, fine = (evaluate_at(exp(x), at, bits) for bits in (64, 1024))
    assert fine.rad() < 1e-300 < coarse.rad()
    assert coarse.overlaps(fine)
