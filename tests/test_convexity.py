"""prove_convex: convex in one dimension and for all sizes, and what is not, at exact points."""

import pytest
from claims import X, a, d, i, j, k, m, n, p1, theta, x, y, z
from pointwise import value
from sympy import (
    Abs,
    Contains,
    FiniteSet,
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
    Sum,
    cosh,
    exp,
    gamma,
    log,
    sin,
    sqrt,
    symbols,
)

from symderiv import prove_convex, sigma, softplus
from symderiv.verdict import ClaimError

classes = symbols("K", integer=True, positive=True)
lam, tau, p, t = symbols("lambda tau p t", positive=True)
Y = MatrixSymbol("Y", m, 1)
W, T = MatrixSymbol("W", n, classes), MatrixSymbol("T", m, classes)
score, y_i = (X * theta)[i, 0], Y[i, 0]
h = sigma(score)
half = Rational(1, 2)


def mean(e):
    return Sum(e, (i, 0, m - 1)) / m


squares = mean((score - y_i) ** 2) / 2
ridge = squares + lam / 2 * Sum(theta[j, 0] ** 2, (j, 0, n - 1))
logistic = -mean(y_i * log(h) + (1 - y_i) * log(1 - h))
softmax = mean(
    log(Sum(exp((X * W)[i, k]), (k, 0, classes - 1)))
    - Sum(T[i, k] * (X * W)[i, k], (k, 0, classes - 1))
)
huber = Piecewise((x**2 / 2, Abs(x) <= d), (d * (Abs(x) - d / 2), True))
tukey = Piecewise((1 - (1 - x**2 / 9) ** 3, Abs(x) <= 3), (Integer(1), True))

CONVEX = {
    "square": (x**2, x, ()),
    "exponential loss": (exp(-y * x), x, ()),
    "Poisson loss": (exp(x) - y * x, x, ()),
    "logistic loss": (softplus(x) - y * x, x, ()),
    "logistic loss of a label": (log(1 + exp(-y * x)), x, (Contains(y, FiniteSet(-1, 1)),)),
    "Gumbel likelihood": (log(t) + (z - y) / t + exp(-(z - y) / t), y, ()),
    "pseudo-Huber": (d**2 * (sqrt(1 + (x / d) ** 2) - 1), x, ()),
    "log cosh": (log(cosh(x)), x, ()),
    "Huber": (huber, x, ()),
    "absolute value": (Abs(x), x, ()),
    "hinge": (Max(0, 1 - y * x), x, (Contains(y, FiniteSet(-1, 1)),)),
    "squared hinge": (Max(0, 1 - x) ** 2, x, ()),
    "quantile loss": (Max(tau * x, (tau - 1) * x), x, (tau < 1,)),
    "larger of three": (Max(x, y, x + y), [x, y], ()),
    "negative logarithm": (-log(p), p, ()),
    "negative entropy": (p * log(p), p, ()),
    "log loss in the probability": (
        -y * log(p) - (1 - y) * log(1 - p),
        p,
        (p < 1, y >= 0, y <= 1),
    ),
    "quadratic over linear": (x**2 / p, [x, p], ()),
    "relative entropy": (p * log(p / t), [p, t], ()),
    "cube on one side": (x**3, x, (x > 0,)),
    "quadratic form": (x**2 + x * y + y**2, [x, y], ()),
    "least squares": (squares, theta, ()),
    "least squares, matrix form": ((theta.T * X.T * X * theta)[0, 0], theta, ()),
    "lasso": (squares + lam * Sum(Abs(theta[j, 0]), (j, 0, n - 1)), theta, ()),
    "logistic cost": (logistic, theta, (y_i >= 0, y_i <= 1)),
    "Poisson regression": (mean(exp(score) - y_i * score), theta, ()),
    "support vectors": (mean(Max(0, 1 - y_i * score)), theta, ()),
    "log-sum-exp": (log(Sum(exp(a[k]), (k, 0, n - 1))), a, ()),
    "softmax regression": (softmax, W, ()),
    "length": (sqrt(1 + Sum(theta[j, 0] ** 2, (j, 0, n - 1))), theta, ()),
}

STRICTLY = {
    "square": (x**2, x, ()),
    "exponential": (exp(x), x, ()),
    "quadratic form": (x**2 + x * y + y**2, [x, y], ()),
    "ridge": (ridge, theta, ()),
    "least squares of full rank": (squares, theta, (Q.invertible(X.T * X),)),
    "logistic cost of full rank": (
        logistic,
        theta,
        (y_i >= 0, y_i <= 1, Q.invertible(X.T * X)),
    ),
}

NOT_CONVEX = {
    "cube": (x**3, x, ()),
    "Tukey": (tukey, x, ()),
    "Student": (log(1 + x**2), x, ()),
    "squared error of a sigmoid": ((sigma(x) - y) ** 2, x, ()),
    "squared error of a sigmoid, y = 1": ((sigma(x) - 1) ** 2, x, ()),
    "the same, all sizes": (mean((h - y_i) ** 2) / 2, theta, ()),
    "sigmoid": (sigma(x), x, ()),
    "smaller of two": (Min(x, 1), x, ()),
    "negative absolute value": (-Abs(x), x, ()),
    "product": (x * y, [x, y], ()),
    "saddle": (x**2 + 3 * x * y + y**2, [x, y], ()),
    "sine": (sin(x), x, ()),
    "negative least squares": (-squares, theta, ()),
    "a finite set": (x**3, x, (Contains(x, FiniteSet(-2, -1, 0)),)),
}

NOT_STRICTLY = {
    "affine": (2 * x + 1, x, ()),
    "absolute value": (Abs(x), x, ()),
    "squares of a sum": ((x + y) ** 2, [x, y], ()),
    "least squares": (squares, theta, ()),
}


@pytest.mark.parametrize("name", CONVEX)
def test_convex(name):
    f, wrt, where = CONVEX[name]
    result = prove_convex(f, wrt, where=where)
    assert result.proved, (name, result)
    assert " convex in " in result.certificate[0]


@pytest.mark.parametrize("name", STRICTLY)
def test_strictly_convex(name):
    f, wrt, where = STRICTLY[name]
    assert prove_convex(f, wrt, where=where, strict=True).proved


def moved(at, step, side):
    """The data at the end of a chord: nested lists, entry by entry."""
    if isinstance(at, list):
        return [moved(a, s, side) for a, s in zip(at, step, strict=True)]
    if isinstance(at, dict):
        return {k: moved(a, step[k], side) for k, a in at.items()}
    return at + side * step


def ends(found):
    """The values at the two ends of the chord of a counterexample, and in its middle."""
    sides = []
    for side in (-1, 0, 1):
        values = dict(found.values)
        for name in [key for key in values if key.startswith("direction of ")]:
            step, target = values.pop(name), name.removeprefix("direction of ")
            values[target] = moved(values[target], step, side)
        sides.append(values)
    return sides


@pytest.mark.parametrize("name", NOT_CONVEX)
def test_not_convex(name):
    f, wrt, where = NOT_CONVEX[name]
    result = prove_convex(f, wrt, where=where)
    if name == "a finite set":
        assert not result.proved
        return
    assert result.refuted, (name, result)
    low, middle, high = (
        value(f, result.counterexample.sizes, v) for v in ends(result.counterexample)
    )
    assert (low + high) / 2 < middle - 1e-20


@pytest.mark.parametrize("name", NOT_STRICTLY)
def test_not_strictly_convex(name):
    f, wrt, where = NOT_STRICTLY[name]
    result = prove_convex(f, wrt, where=where, strict=True)
    assert result.refuted, (name, result)
    low, middle, high = (
        value(f, result.counterexample.sizes, v) for v in ends(result.counterexample)
    )
    assert abs((low + high) / 2 - middle) < 1e-20


def test_the_rank_is_a_condition_of_strictness():
    (condition,) = [
        c
        for c in prove_convex(squares, theta, strict=True, where=[Q.invertible(X.T * X)]).conditions
        if c.relation == Q.invertible(X.T * X)
    ]
    assert condition.discharged_by == "follows from where"


def test_without_the_rank_strictness_is_proved_on_a_part_only():
    (condition,) = prove_convex(
        mean(softplus(score) - y_i * score), theta, strict=True
    ).open_conditions
    assert condition.relation == Q.invertible(X.T * X)
    assert condition.loses_a_region


def test_a_domain_with_a_hole_is_not_convex():
    # 1/x² has a positive second derivative on both sides of 0, and is not convex across it
    assert not prove_convex(1 / x**2, x).proved
    assert prove_convex(1 / x**2, x, where=[x > 0]).proved


v, q = IndexedBase("v"), IndexedBase("q", integer=True)
even = symbols("even", integer=True, even=True, nonnegative=True)
HOLES = {
    "an even index": [Ne(v[even], 0)],
    "an index of which more is said": [Ne(v[k], 0), k**2 <= n],
    "Γ under a sum": [Sum(gamma(v[i]), (i, 1, n)) > 50],
    "a product": [Product(v[i], (i, 1, n)) > 1],
    "divisors under a sum": [Sum(1 / v[i] ** 2, (i, 1, n)) >= 0],
}


@pytest.mark.parametrize("name", list(HOLES))
def test_a_domain_of_which_where_says_more_than_is_used(name):
    # of v₁ or v₂ these leave two parts, on both sides of 0 or of 1
    assert not prove_convex(v[1] ** 2 + v[2] ** 2, v, where=HOLES[name]).proved
    assert prove_convex(x**2, x, where=HOLES[name]).proved


def test_what_let_defines_moves_as_well():
    where = [Sum(gamma(a[i]), (i, 1, n)) > 50]
    assert not prove_convex(v[1] ** 2, v, where=where, let={a[i]: v[i]}).proved


def test_the_integers_are_no_convex_domain():
    assert not prove_convex(q[1] ** 2, q).proved
    assert not prove_convex(Sum(q[i] ** 2, (i, 1, n)), q).proved
    assert prove_convex(q[1] * x**2 + x**2 * (1 - q[1]), x).proved


def test_convex_in_each_is_not_convex_in_both():
    # x²·y²
    f = x**2 * y**2
    assert prove_convex(f, x).proved
    assert prove_convex(f, y).proved
    assert prove_convex(f, [x, y]).refuted


def test_kinks_under_a_sum_count():
    """Far from all points that are tried, −Σ max(0, x − aᵢ) turns down; +Σ max(0, x − aᵢ) up."""
    kinks = Sum(Max(0, x - a[i] ** 2 - exp(60)), (i, 0, m - 1))
    far = Sum(Abs(x - a[i] ** 2 - exp(60)), (i, 0, m - 1))
    assert prove_convex(x**2 + kinks, x).proved
    for concave in (-kinks, x**2 - 10**40 * far):
        assert not prove_convex(concave, x).proved


def test_a_kink_of_what_cancels_is_none():
    # min(x, x − y) is x less max(y, 0), straight in x
    straight = Min(x, x - y)
    assert not prove_convex(straight, x, where=[x >= 0]).reason.startswith("an internal error")
    assert prove_convex(Max(x, x - y), x).proved


def test_a_jump_is_not_convex():
    # 0 for x < 0, 1 from there on: both pieces are flat
    assert not prove_convex(Piecewise((0, x < 0), (1, True)), x).proved
    # a slope that falls at the joint
    assert prove_convex(Piecewise((x, x < 0), (x / 2, True)), x).refuted


@pytest.mark.parametrize("wrt", [n, X * theta, 0.5, "x", [], IndexedBase("h")[i]])
def test_refused(wrt):
    with pytest.raises(ClaimError):
        prove_convex(p1**2, wrt)


@pytest.mark.parametrize(
    ("f", "wrt", "point"),
    [
        (x**3, x, {"x": -1, "direction of x": 1}),
        (Sum(theta[j, 0], (j, 0, n - 1)) ** 3, theta, {"theta": [-1], "direction of theta": [1]}),
        ((sigma(z) - 1) ** 2, z, {"z": -1, "direction of z": 1}),
    ],
    ids=["cube", "cube of a sum", "squared sigmoid"],
)
def test_the_points_that_refute_are_the_simplest(f, wrt, point):
    seen = prove_convex(f, wrt).counterexample
    assert dict(seen.values) == point
    assert set(seen.sizes.values()) <= {1}


def test_an_array_without_a_shape_has_the_entries_that_are_read():
    # Σ vᵢ log vᵢ for i = 1 … n is strictly convex; v₀, of which where speaks too, is not in it
    v, w = IndexedBase("v"), MatrixSymbol("w", n, 1)
    entropy = Sum(v[i] * log(v[i]), (i, 1, n))
    assert not prove_convex(entropy, v, strict=True, where=[v[k] > 0]).refuted
    assert not prove_convex(Sum(v[i] ** 2, (i, 1, n)), v, strict=True, where=[v[k] >= -10]).refuted
    # what has a shape counts whether it is read or not
    assert prove_convex(Sum(w[i, 0] ** 2, (i, 1, n - 1)), w, strict=True).refuted
