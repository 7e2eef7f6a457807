"""`check_gradient` catches every wrong gradient in the tables below and passes every right one.

Each row is a mistake that people make; the score is all of them. What must be said about a
mistake is written beside it, where a diagnosis is promised.
"""

import numpy as np
import pytest
from sympy import (
    Abs,
    Contains,
    FiniteSet,
    Function,
    Interval,
    MatrixSymbol,
    OneMatrix,
    Sum,
    exp,
    log,
    symbols,
    tanh,
    zeta,
)

from symderiv import gradient as gradient_of
from symderiv import logistic_regression, softplus
from symderiv.derivations.linear_regression import X, i, m, n, theta, y
from symderiv.testing import assert_gradient, check_gradient
from symderiv.verdict import ClaimError

DATA = (theta, X, y)
BINARY = [Contains(y[i, 0], FiniteSet(0, 1))]
INSIDE = [Contains(y[i, 0], Interval(0, 1))]
z = symbols("z", real=True)


def logistic(function, **options):
    options = {"let": logistic_regression.let} | options
    return check_gradient(function, logistic_regression.cost, DATA, **options)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def textbook(theta, X, y):
    return X.T @ (sigmoid(X @ theta) - y) / len(y)


def signed(theta, X, y):
    """Without cancellation for labels 0 and 1."""
    sign = 1 - 2 * y
    u = sign * (X @ theta)
    q = np.exp(-np.abs(u))
    return X.T @ (sign * np.where(u > 0, 1, q) / (1 + q)) / len(y)


def by_rows(theta, X, y):
    """Another order of summation, and a Python loop."""
    total = np.zeros_like(theta)
    for row, label in zip(X[::-1], y[::-1], strict=True):
        total += (sigmoid(row @ theta) - label) * row / len(y)
    return total


def chain_rule(theta, X, y):
    h = sigmoid(X @ theta)
    return -X.T @ ((y / h - (1 - y) / (1 - h)) * h * (1 - h)) / len(y)


def exponentials(theta, X, y):
    e = np.exp(X @ theta)
    return X.T @ (e / (1 + e) - y) / len(y)


def lost_row(theta, X, y):
    return X[1:].T @ (sigmoid(X @ theta) - y)[1:] / len(y)


def changes_its_input(theta, X, y):
    y -= sigmoid(X @ theta)
    return -X.T @ y / len(y)


RIGHT = {
    "textbook": (textbook, {}),
    "textbook, labels inside": (textbook, {"where": INSIDE}),
    "by rows": (by_rows, {}),
    "signed form, exact labels": (signed, {"where": BINARY}),
    "textbook where labels are as uncertain as the data": (
        textbook,
        {"where": BINARY, "exact": ()},
    ),
    "as float32 would not do": (lambda t, X, y: X.T.copy() @ (sigmoid(X @ t) - y) / X.shape[0], {}),
}

WRONG = {
    "1/m is missing": (lambda t, X, y: len(y) * textbook(t, X, y), {}, "the gradient times m"),
    "1/n for 1/m": (lambda t, X, y: textbook(t, X, y) * len(y) / len(t), {}, ""),
    "half": (lambda t, X, y: textbook(t, X, y) / 2, {}, "the gradient times 0.5"),
    "a factor 1 + 1e-9": (lambda t, X, y: textbook(t, X, y) * (1 + 1e-9), {}, "times 1 + 1e-09"),
    "a factor 1 - 1e-11": (lambda t, X, y: textbook(t, X, y) * (1 - 1e-11), {}, ""),
    "the sign": (lambda t, X, y: -textbook(t, X, y), {}, "the sign"),
    "y − h": (lambda t, X, y: X.T @ (y - sigmoid(X @ t)) / len(y), {}, "the sign"),
    "X for Xᵀ": (lambda t, X, y: X @ (sigmoid(X.T @ t) - y) / len(y), {}, "a transpose"),
    "X for Xᵀ on the way back": (lambda t, X, y: X @ (sigmoid(X @ t) - y) / len(y), {}, ""),
    "labels ±1": (
        lambda t, X, y: -X.T @ (y * sigmoid(-y * (X @ t))) / len(y),
        {"where": BINARY},
        "labels are 0 and 1 here",
    ),
    "σ' too much": (
        lambda t, X, y: X.T @ ((s := sigmoid(X @ t)) * (1 - s) * (s - y)) / len(y),
        {},
        "",
    ),
    "σ(−z)": (lambda t, X, y: textbook(-t, X, y), {}, ""),
    "tanh for σ": (lambda t, X, y: X.T @ (np.tanh(X @ t) - y) / len(y), {}, ""),
    "float32": (
        lambda t, X, y: textbook(*(a.astype(np.float32) for a in (t, X, y))),
        {},
        "",
    ),
    "1e-8 added in the denominator": (
        lambda t, X, y: X.T @ (1 / (1 + np.exp(-(X @ t)) + 1e-8) - y) / len(y),
        {},
        "",
    ),
    "clipped to [1e-12, 1 − 1e-12]": (
        lambda t, X, y: X.T @ (np.clip(sigmoid(X @ t), 1e-12, 1 - 1e-12) - y) / len(y),
        {},
        "",
    ),
    "a column for a flat array": (lambda t, X, y: textbook(t, X, y)[:, None], {}, ""),
    "broadcast against a column": (
        lambda t, X, y: X.T @ (sigmoid(X @ t)[:, None] - y) / len(y),
        {},
        "not summed over axis",
    ),
    "labels rounded": (lambda t, X, y: textbook(t, X, np.round(y)), {"where": INSIDE}, ""),
    "z clipped at 30": (
        lambda t, X, y: X.T @ (sigmoid(np.clip(X @ t, -30, 30)) - y) / len(y),
        {},
        "",
    ),
    "the first row is lost": (lost_row, {}, ""),
    "an input is changed": (changes_its_input, {}, ""),
    "unstable at 40: y/h − (1 − y)/(1 − h)": (chain_rule, {}, "overflows, or is 0/0"),
    "unstable at 800: e^z/(1 + e^z)": (exponentials, {}, "overflows, or is 0/0"),
    "σ − y cancels, exact labels": (textbook, {"where": BINARY}, "cancellation"),
    "zero": (lambda t, X, y: 0 * t, {}, ""),
    "NaN": (lambda t, X, y: np.nan * t, {}, ""),
    "an exception": (lambda t, X, y: 1 // 0, {}, ""),
    "no number": (lambda t, X, y: ["a"] * len(t), {}, ""),
}


@pytest.mark.parametrize("name", RIGHT)
def test_right_gradients_pass(name):
    function, options = RIGHT[name]
    report = logistic(function, **options)
    assert report.passed, report
    assert report.tried > 30
    assert str(report).startswith(f"{report.name}: right on {report.tried} inputs")


@pytest.mark.parametrize("name", WRONG)
def test_wrong_gradients_are_caught(name):
    function, options, diagnosis = WRONG[name]
    report = logistic(function, **options)
    assert not report
    assert diagnosis in report.failure.diagnosis, report


class TestTheReport:
    def test_assert_gradient_raises_it(self):
        def half(z):
            return z

        with pytest.raises(AssertionError, match=r"half: wrong on \d+ of \d+ inputs\nat z = 1.0\n"):
            assert_gradient(half, z**2, [z])
        assert_gradient(lambda z: 2 * z, z**2, [z])

    def test_the_input_is_small_and_the_distance_in_ulp(self):
        found = logistic(lambda t, X, y: len(y) * textbook(t, X, y)).failure
        assert found.inputs["X"].shape == (2, 1)  # with m = 1 nothing would be missing
        assert found.got == 2 * found.expected
        assert found.ulp == pytest.approx(2.0**52, rel=1)
        assert 0 < found.bound < 1e-13
        assert found.entry == "theta[0]"

    def test_a_wrong_shape_is_named(self):
        found = logistic(lambda t, X, y: textbook(t, X, y)[:, None]).failure
        assert "of shape (1,), got (1, 1)" in found.problem

    def test_complex_numbers_are_named(self):
        found = logistic(lambda t, X, y: textbook(t, X, y) + 1j).failure
        assert found.problem == "expected real numbers, got complex ones"

    def test_a_changed_input_is_named(self):
        assert logistic(changes_its_input).failure.problem == "the function writes to y"

    def test_the_digits_that_are_lost_are_shown(self):
        found = logistic(textbook, where=BINARY).failure
        assert abs(found.got - found.expected) > found.bound
        assert found.ulp > 100


def test_bias_and_weights_together():
    b = symbols("b", real=True)
    score = X * theta + b * OneMatrix(m, 1)
    cost = Sum(softplus(score[i, 0]) - y[i, 0] * score[i, 0], (i, 0, m - 1)) / m
    arguments, by = (theta, b, X, y), (theta, b)

    def residual(theta, b, X, y):
        return (sigmoid(X @ theta + b) - y) / len(y)

    def right(theta, b, X, y):
        r = residual(theta, b, X, y)
        return X.T @ r, r.sum()

    def bias_not_summed(theta, b, X, y):
        r = residual(theta, b, X, y)
        return X.T @ r, r

    def bias_of_one_row(theta, b, X, y):
        r = residual(theta, b, X, y)
        return X.T @ r, r[0]

    def forgotten(theta, b, X, y):
        return X.T @ residual(theta, b, X, y)

    assert check_gradient(right, cost, arguments, wrt=by).passed
    unsummed = check_gradient(bias_not_summed, cost, arguments, wrt=by)
    assert "gradient by b is not summed over axis 0" in unsummed.failure.diagnosis
    assert not check_gradient(bias_of_one_row, cost, arguments, wrt=by)
    assert "expected a tuple" in check_gradient(forgotten, cost, arguments, wrt=by).failure.problem


def test_a_network_of_two_layers():
    k = symbols("k", integer=True, positive=True)
    W, v = MatrixSymbol("W", n, k), MatrixSymbol("v", k, 1)
    error = (X * W).applyfunc(tanh) * v - y
    cost = Sum(error[i, 0] ** 2, (i, 0, m - 1)) / 2
    arguments, by = (W, v, X, y), (W, v)

    def right(W, v, X, y):
        h = np.tanh(X @ W)
        e = h @ v - y
        return X.T @ (np.outer(e, v) / np.cosh(X @ W) ** 2), h.T @ e

    def cancels(W, v, X, y):
        h = np.tanh(X @ W)
        e = h @ v - y
        return X.T @ (np.outer(e, v) * (1 - h**2)), h.T @ e

    def transposed(W, v, X, y):
        first, second = right(W, v, X, y)
        return first.T, second

    assert check_gradient(right, cost, arguments, wrt=by).passed
    assert not check_gradient(cancels, cost, arguments, wrt=by)
    found = check_gradient(transposed, cost, arguments, wrt=by).failure
    assert found.diagnosis == "the gradient by W is transposed"


def test_a_term_of_the_cost():
    lam = symbols("lambda", positive=True)
    k = symbols("k", integer=True, nonnegative=True)
    penalty = lam * Sum(theta[k, 0] ** 2, (k, 0, n - 1))
    cost = Sum((X * theta - y)[i, 0] ** 2, (i, 0, m - 1)) / m + penalty

    def ridge(factor):
        return lambda theta, X, y, lam: (
            2 * X.T @ (X @ theta - y) / len(y) + factor * 2 * lam * theta
        )

    arguments = (theta, X, y, lam)
    assert check_gradient(ridge(1), cost, arguments).passed
    half = check_gradient(ridge(0.5), cost, arguments).failure
    assert half.diagnosis.startswith("the term lambda*Sum(theta[k, 0]**2")
    assert half.diagnosis.endswith("has a factor 0.5")
    assert check_gradient(ridge(0), cost, arguments).failure.diagnosis.endswith("is missing")


class TestScalars:
    """A gradient by one number; the designs go to ±800."""

    @pytest.mark.parametrize(
        ("f", "slope"),
        [
            (softplus(z), lambda z: np.exp(min(z, 0)) / (1 + np.exp(-abs(z)))),
            (exp(-(z**2)), lambda z: -2 * z * np.exp(-z * z)),
            (log(1 + z**2), lambda z: 2 * z / (1 + z * z)),
            (z + exp(-z), lambda z: -np.expm1(-z)),
            (Abs(z), np.sign),  # the joint at 0 is left out
        ],
    )
    def test_right(self, f, slope):
        assert check_gradient(slope, f, [z]).passed

    @pytest.mark.parametrize(
        ("f", "slope"),
        [
            (softplus(z), lambda z: np.exp(z) / (1 + np.exp(z))),
            (1 / (1 + exp(-z)), lambda z: sigmoid(z) * (1 - sigmoid(z))),
            (z + exp(-z), lambda z: 1 - np.exp(-z)),
            (log(1 + z**2), lambda z: 2 / (z + 1 / z) if z > 1e-2 else 2 * z),
        ],
    )
    def test_unstable_or_only_nearly_right(self, f, slope):
        assert not check_gradient(slope, f, [z])

    def test_where_keeps_to_the_domain(self):
        p = symbols("p", real=True)
        seen = []

        def slope(p):
            seen.append(p)
            return 1 / p

        assert check_gradient(slope, log(p), [p], where=[p > 0, p <= 1]).passed
        assert all(0 < p <= 1 for p in seen)
        assert 1.0 in seen


class TestOptions:
    def test_a_gradient_may_be_given_instead_of_the_cost(self):
        assert check_gradient(textbook, logistic_regression.gradient, DATA).passed
        derived = gradient_of(logistic_regression.cost, theta)
        assert check_gradient(textbook, derived, DATA, let=logistic_regression.let).passed
        assert not check_gradient(lambda *at: 2 * textbook(*at), logistic_regression.gradient, DATA)

    def test_by_another_argument(self):
        def by_labels(theta, X, y):
            return -(X @ theta) / len(y)

        assert logistic(by_labels, wrt=y).passed
        assert not logistic(textbook, wrt="y")

    def test_columns(self):
        def flat(theta, X, y):
            return textbook(theta[:, 0], X, y[:, 0])[:, None]

        assert logistic(flat, columns=True).passed
        assert not logistic(lambda *at: flat(*at)[:, 0], columns=True)

    def test_inputs_are_tried_too(self):
        def wrong_once(theta, X, y):
            return textbook(theta, X, y) + (X[0, 0] == 17.5)

        given = ([0.5], [[17.5], [1.0]], [0, 1])
        assert logistic(wrong_once).passed
        found = logistic(wrong_once, inputs=[given]).failure
        assert found.inputs["X"].tolist() == [[17.5]]

    def test_hypothesis_draws_more(self):
        few, more = logistic(signed, where=BINARY), logistic(signed, where=BINARY, examples=9)
        assert more.passed
        assert more.tried + more.skipped == few.tried + few.skipped + 9

    def test_the_same_on_every_run(self):
        assert str(logistic(chain_rule)) == str(logistic(chain_rule))


class TestRefusals:
    def test_unknown_names(self):
        with pytest.raises(ClaimError, match="wrt has w, which is no argument"):
            logistic(textbook, wrt="w")
        with pytest.raises(ClaimError, match="exact has w"):
            logistic(textbook, exact=["w"])

    def test_arguments_and_expressions(self):
        with pytest.raises(ClaimError, match="cannot be an argument"):
            check_gradient(textbook, logistic_regression.cost, (theta, 3, y))
        with pytest.raises(ClaimError, match="expected a scalar cost"):
            check_gradient(textbook, X * theta, DATA)
        with pytest.raises(ClaimError, match="not a SymPy expression"):
            check_gradient(textbook, "theta", DATA)

    def test_what_has_no_value(self):
        with pytest.raises(ClaimError, match="f has no definition"):
            check_gradient(lambda z: 1.0, Function("f")(z), [z])
        with pytest.raises(ClaimError, match="no value is given for h"):
            check_gradient(textbook, logistic_regression.cost, DATA)  # without let
        with pytest.raises(ClaimError, match="cannot evaluate"):
            check_gradient(lambda z: 1.0, zeta(z), [z])

    def test_no_input_satisfies_where(self):
        with pytest.raises(ClaimError, match="none of"):
            check_gradient(lambda z: 1.0, z, [z], where=[z > 1, z < 0])

    def test_inputs_that_do_not_fit(self):
        with pytest.raises(ClaimError, match="X of shape"):
            logistic(textbook, inputs=[([1.0], [[1.0, 2.0]], [1.0])])
