"""Errors of every kind, planted in every derivation of the article, one at a time.

Each is refused first at the step where it stands, and refuted by a counterexample at which the
two lines are evaluated once more, by code that shares nothing with the prover or the refuter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from pointwise import confirm, number, value
from sympy import (
    BlockMatrix,
    Derivative,
    DiagMatrix,
    Eq,
    HadamardProduct,
    Identity,
    ImmutableMatrix,
    Integer,
    Lambda,
    Piecewise,
    Sum,
    UnevaluatedExpr,
    exp,
    log,
)

from symderiv import Derivation, sigma, verify
from symderiv.claims import Claim
from symderiv.derivations import linear_regression as linear
from symderiv.derivations import logistic_regression as logistic
from symderiv.derivations import sigmoid
from symderiv.derivations.linear_regression import (
    X,
    alpha,
    h,
    i,
    j,
    k,
    m,
    mean,
    n,
    theta,
    theta_j,
    x_ij,
    y,
    y_i,
)
from symderiv.derivations.logistic_regression import b, ones, z

KINDS = {
    "sign",
    "factor 1/m",
    "factor 2",
    "transposed X",
    "wrong index",
    "swapped index",
    "y for 1 − y",
    "chain factor",
    "σ for σ'",
    "bias",
    "range",
    "case",
    "exponent",
}


@dataclass(frozen=True)
class Planted:
    """A wrong expression for one step of a derivation."""

    derivation: Derivation
    step: int
    kind: str
    wrong: Any

    def written(self) -> Derivation:
        """The derivation with the wrong line in place of the right one."""
        d = self.derivation
        out = Derivation(d.name, d.start, where=d.where, let=d.let)
        for count, step in enumerate(d.steps, 1):
            line = self.wrong if count == self.step else step.expression
            out = out.then(line, step.because, where=step.where)
        return out


def total(e: Any, first: Any = 0, last: Any = m - 1) -> Any:
    return Sum(e, (i, first, last)) / m


# ---- the sigmoid

s, e, hold = sigmoid.z, 1 + exp(-sigmoid.z), UnevaluatedExpr
S = sigma(s)
SIGMOID = [
    (1, "sign", Derivative(1 / (1 + exp(s)), s)),
    (1, "chain factor", Derivative(1 / (1 + exp(-2 * s)), s)),
    (2, "sign", hold(e**-2) * Derivative(e, s)),
    (2, "exponent", hold(-(e**-1)) * Derivative(e, s)),
    (2, "chain factor", hold(-(e**-2))),
    (3, "sign", hold(-(e**-2)) * hold(exp(-s))),
    (3, "chain factor", hold(-(e**-2)) * hold(-s * exp(-s))),
    (4, "exponent", exp(-s) / e),
    (4, "factor 2", 2 * exp(-s) / e**2),
    (4, "sign", -exp(-s) / e**2),
    (4, "sign", exp(s) / e**2),
    (5, "exponent", hold(1 / e) * hold(exp(-s))),
    (6, "sign", hold(1 / e) * ((e + hold(Integer(1))) / hold(e))),
    (6, "factor 2", hold(1 / e) * ((e - hold(Integer(2))) / hold(e))),
    (7, "sign", hold(1 / e) * (1 + 1 / e)),
    (7, "y for 1 − y", hold(1 / e) * (1 / e)),
    (8, "sign", S * (1 + S)),
    (8, "σ for σ'", S),
    (8, "exponent", S**2 * (1 - S)),
    (8, "sign", sigma(-s) * (1 - S)),
]
BY_SYMPY = [
    (1, "sign", -sigmoid.derivative),
    (1, "factor 2", sigmoid.derivative / 2),
    (2, "σ for σ'", S),
    (2, "sign", S * (S - 1)),
    (2, "y for 1 − y", (1 - S) ** 2),
]

# ---- linear regression

r = h[i] - y_i
W = X * theta
LINEAR_GRADIENT = [
    (1, "sign", mean((h[i] + y_i) * Derivative(h[i], theta_j))),
    (1, "sign", -mean(r * Derivative(h[i], theta_j))),
    (1, "factor 2", 2 * mean(r * Derivative(h[i], theta_j))),
    (1, "factor 1/m", m * mean(r * Derivative(h[i], theta_j))),
    (1, "chain factor", mean(r)),
    (1, "wrong index", mean(r * Derivative(h[i], theta[0, 0]))),
    (2, "swapped index", mean((h[i] - y_i) * X[i, n - 1 - j])),
    (2, "wrong index", mean((h[i] - y[0, 0]) * x_ij)),
    (2, "chain factor", mean(r * h[i])),
    (2, "factor 2", mean(r * x_ij) / 2),
    (2, "range", total(r * x_ij, 0, m - 2)),
    (2, "range", total(r * x_ij, 1)),
    (2, "y for 1 − y", mean((h[i] - (1 - y_i)) * x_ij)),
    (3, "factor 1/m", (X.T * (W - y))[j, 0]),
    (3, "factor 1/m", (X.T * (W - y))[j, 0] / n),
    (3, "sign", (X.T * (y - W))[j, 0] / m),
    (3, "sign", (X.T * (W + y))[j, 0] / m),
    (3, "wrong index", (X.T * (W - y))[0, 0] / m),
    (3, "transposed X", ((W - y).T * HadamardProduct(X, X))[0, j] / m),
]
LINEAR_HESSIAN = [
    (1, "factor 1/m", X.T * X),
    (1, "factor 2", 2 * X.T * X / m),
    (1, "factor 2", X.T * X / (2 * m)),
    (1, "sign", -X.T * X / m),
    (1, "chain factor", X.T * X / m + Identity(n)),
    (1, "swapped index", HadamardProduct(Identity(n), X.T * X) / m),
]
NORMAL = [
    (1, "sign", X.T * (W + y)),
    (1, "factor 1/m", X.T * (W - y) / m),
    (1, "factor 2", 2 * X.T * (W - y)),
    (2, "sign", X.T * X * theta + X.T * y),
    (2, "sign", X.T * y - X.T * X * theta),
    (2, "factor 2", X.T * X * theta - 2 * X.T * y),
    (2, "transposed X", X.T * X * theta - X.T * X * X.T * y),
]
LINEAR_UPDATE = [
    (1, "sign", theta_j + alpha * mean(r * x_ij)),
    (1, "factor 1/m", theta_j - alpha * m * mean(r * x_ij)),
    (1, "factor 2", theta_j - 2 * alpha * mean(r * x_ij)),
    (1, "wrong index", theta_j - alpha * mean(r * X[i, 0])),
    (1, "chain factor", theta_j - alpha * mean(r)),
]

LEVEL = linear.global_minimum.lines[1]
MINIMUM = [(1, "sign", -LEVEL), (1, "factor 2", 2 * LEVEL)]

# ---- logistic regression: cases

p, label = logistic._p, logistic._label
NO, YES = -log(1 - h[i]), -log(h[i])
SINGLE = [
    (1, "sign", label * log(p) + (1 - label) * log(1 - p)),
    (1, "y for 1 − y", -((1 - label) * log(p) + label * log(1 - p))),
    (1, "case", -(label * log(1 - p) + (1 - label) * log(p))),
    (1, "factor 2", -(label * log(p) + (1 - label) * log(1 - p)) / 2),
    (1, "chain factor", -label * log(p)),
    (1, "case", Piecewise((-log(1 - p), Eq(label, 1)), (-log(p), True))),
]
COMBINED = [
    (1, "sign", -logistic.cost),
    (1, "sign", -mean(y_i * log(h[i]) - (1 - y_i) * log(1 - h[i]))),
    (1, "y for 1 − y", -mean((1 - y_i) * log(h[i]) + y_i * log(1 - h[i]))),
    (1, "factor 1/m", m * logistic.cost),
    (1, "case", mean(Piecewise((NO, Eq(y_i, 1)), (YES, True)))),
    (1, "range", total(-(y_i * log(h[i]) + (1 - y_i) * log(1 - h[i])), 1)),
    (1, "wrong index", -mean(y_i * log(h[i]) + (1 - y[0, 0]) * log(1 - h[i]))),
]

# ---- logistic regression: the gradient

dh, dz, dhz = Derivative(h[i], theta_j), Derivative(z[i], theta_j), Derivative(h[i], z[i])
one, zero = y_i / h[i], (1 - y_i) / (1 - h[i])
GRADIENT = [
    (1, "sign", mean(one * dh + zero * Derivative(1 - h[i], theta_j))),
    (1, "sign", -mean(one * dh - zero * Derivative(1 - h[i], theta_j))),
    (1, "factor 1/m", -m * mean(one * dh + zero * Derivative(1 - h[i], theta_j))),
    (
        1,
        "y for 1 − y",
        -mean((1 - y_i) / h[i] * dh + y_i / (1 - h[i]) * Derivative(1 - h[i], theta_j)),
    ),
    (1, "chain factor", -mean(one * dh + zero)),
    (2, "chain factor", -mean(one * dhz - zero * dhz)),
    (2, "chain factor", -mean(one * dz - zero * dz)),
    (2, "sign", -mean(one * dhz * dz + zero * dhz * dz)),
    (2, "σ for σ'", -mean(one * h[i] * dz - zero * h[i] * dz)),
    (3, "σ for σ'", -mean((one - zero) * h[i] * dz)),
    (3, "sign", -mean((one + zero) * h[i] * (1 - h[i]) * dz)),
    (3, "exponent", -mean((one - zero) * h[i] ** 2 * (1 - h[i]) * dz)),
    (3, "y for 1 − y", -mean((one - y_i / (1 - h[i])) * h[i] * (1 - h[i]) * dz)),
    (4, "sign", -mean(y_i * (1 - h[i]) * x_ij + (1 - y_i) * h[i] * x_ij)),
    (4, "y for 1 − y", -mean((1 - y_i) * (1 - h[i]) * x_ij - y_i * h[i] * x_ij)),
    (4, "chain factor", -mean(y_i * (1 - h[i]) * x_ij - (1 - y_i) * h[i])),
    (4, "wrong index", -mean(y_i * (1 - h[i]) * x_ij - (1 - y_i) * h[i] * X[i, 0])),
    (4, "factor 2", -2 * mean(y_i * (1 - h[i]) * x_ij - (1 - y_i) * h[i] * x_ij)),
    (5, "sign", mean((h[i] + y_i) * x_ij)),
    (5, "sign", mean((y_i - h[i]) * x_ij)),
    (5, "swapped index", mean((h[i] - y[j, 0]) * x_ij)),  # j counts features
    (5, "y for 1 − y", mean((h[i] - (1 - y_i)) * x_ij)),
    (5, "range", total((h[i] - y_i) * x_ij, 0, m - 2)),
    (5, "range", total((h[i] - y_i) * x_ij, 1)),
    (5, "factor 1/m", m * mean((h[i] - y_i) * x_ij)),
    (5, "swapped index", mean((h[m - 1 - i] - y_i) * x_ij)),
    (5, "σ for σ'", mean((h[i] * (1 - h[i]) - y_i) * x_ij)),
    (6, "factor 1/m", (X.T * (W.applyfunc(sigma) - y))[j, 0]),
    (6, "sign", (X.T * (W.applyfunc(sigma) + y))[j, 0] / m),
    (6, "σ for σ'", (X.T * (W.applyfunc(Lambda(s, S * (1 - S))) - y))[j, 0] / m),
    (6, "chain factor", (X.T * (W - y))[j, 0] / m),
    (6, "wrong index", logistic.gradient[0, 0]),
    (6, "transposed X", (HadamardProduct(X, X).T * (W.applyfunc(sigma) - y))[j, 0] / m),
]
GRADIENT_BY_SYMPY = [
    (1, "sign", -logistic.derived_gradient),
    (1, "factor 1/m", m * logistic.derived_gradient),
    (2, "sign", -logistic.gradient[j, 0]),
    (2, "factor 2", 2 * logistic.gradient[j, 0]),
    (2, "wrong index", logistic.gradient[n - 1, 0]),
]

# ---- logistic regression: the Hessian

q = h[i] * (1 - h[i])
D = DiagMatrix(W.applyfunc(Lambda(s, S * (1 - S))))
HESSIAN = [
    (1, "wrong index", Derivative(logistic.gradient[j, 0], theta[0, 0])),
    (1, "factor 2", 2 * Derivative(logistic.gradient[j, 0], theta[k, 0])),
    (2, "swapped index", mean(dhz * x_ij * x_ij)),
    (2, "chain factor", mean(dhz * x_ij)),
    (2, "σ for σ'", mean(h[i] * x_ij * X[i, k])),
    (3, "σ for σ'", mean(h[i] * x_ij * X[i, k])),
    (3, "sign", mean(h[i] * (1 + h[i]) * x_ij * X[i, k])),
    (3, "sign", -mean(q * x_ij * X[i, k])),
    (3, "range", total(q * x_ij * X[i, k], 1)),
    (4, "σ for σ'", (X.T * DiagMatrix(W.applyfunc(sigma)) * X)[j, k] / m),
    (4, "factor 1/m", (X.T * D * X)[j, k]),
    (4, "chain factor", (X.T * X)[j, k] / m),
    (4, "wrong index", (X.T * D * X)[j, j] / m),
    (4, "sign", -(X.T * D * X)[j, k] / m),
    (4, "factor 2", (X.T * D * X)[j, k] / (4 * m)),
]

# ---- logistic regression: the bias and the update rule

Zb = W + b * ones
PRODUCT = [
    (1, "sign", -logistic.hessian_vector),
    (1, "factor 1/m", m * logistic.hessian_vector),
]
BIAS = [
    (1, "sign", mean((h[i] + y_i) * Derivative(z[i], b))),
    (1, "chain factor", mean((h[i] - y_i) * Derivative(z[i], b) * h[i])),
    (2, "bias", b * mean(h[i] - y_i)),
    (2, "factor 1/m", m * mean(h[i] - y_i)),
    (2, "chain factor", mean((h[i] - y_i) * X[i, 0])),
    (2, "range", total(h[i] - y_i, 1)),
    (3, "bias", (ones.T * ((W - b * ones).applyfunc(sigma) - y))[0, 0] / m),
    (3, "bias", (ones.T * (W.applyfunc(sigma) - y))[0, 0] / m),
    (3, "factor 1/m", (ones.T * (Zb.applyfunc(sigma) - y))[0, 0]),
    (3, "sign", (ones.T * (y - Zb.applyfunc(sigma)))[0, 0] / m),
]
WEIGHTS = [
    (1, "bias", X.T * ((W - b * ones).applyfunc(sigma) - y) / m),
    (1, "bias", X.T * (W.applyfunc(sigma) - y) / m),
    (1, "bias", X.T * (W.applyfunc(sigma) + b * ones - y) / m),
    (1, "sign", X.T * (y - Zb.applyfunc(sigma)) / m),
    (1, "y for 1 − y", X.T * (Zb.applyfunc(sigma) - ones + y) / m),
    (1, "factor 1/m", X.T * (Zb.applyfunc(sigma) - y)),
]
minus_b = BlockMatrix([[ImmutableMatrix([[-b]])], [theta]])
no_b = BlockMatrix([[ImmutableMatrix([[0]])], [theta]])
minus_1 = BlockMatrix([[-ones, X]])
X1, theta_b = logistic.X_1, logistic.theta_b
AUGMENTED = [
    (1, "bias", X1.T * ((X1 * minus_b).applyfunc(sigma) - y) / m),
    (1, "bias", X1.T * ((X1 * no_b).applyfunc(sigma) - y) / m),
    (1, "bias", minus_1.T * ((X1 * theta_b).applyfunc(sigma) - y) / m),
    (1, "factor 1/m", X1.T * ((X1 * theta_b).applyfunc(sigma) - y)),
    (1, "sign", X1.T * ((X1 * theta_b).applyfunc(sigma) + y) / m),
    (1, "σ for σ'", X1.T * (X1 * theta_b - y) / m),
]
UPDATE = [
    (1, "sign", theta_j + alpha * mean((h[i] - y_i) * x_ij)),
    (1, "factor 1/m", theta_j - alpha * m * mean((h[i] - y_i) * x_ij)),
    (1, "chain factor", theta_j - mean((h[i] - y_i) * x_ij)),
    (1, "wrong index", theta[0, 0] - alpha * mean((h[i] - y_i) * x_ij)),
    (1, "σ for σ'", theta_j - alpha * mean((h[i] - y_i) * h[i] * (1 - h[i]) * x_ij)),
]

TABLE = [
    (sigmoid.derivative_by_hand, SIGMOID),
    (sigmoid.derivative_by_sympy, BY_SYMPY),
    (linear.cost_gradient, LINEAR_GRADIENT),
    (linear.cost_hessian, LINEAR_HESSIAN),
    (linear.normal_equations, NORMAL),
    (linear.update_rule, LINEAR_UPDATE),
    (linear.global_minimum, MINIMUM),
    (logistic.single_case, SINGLE),
    (logistic.combined_cases, COMBINED),
    (logistic.cost_gradient, GRADIENT),
    (logistic.gradient_by_sympy, GRADIENT_BY_SYMPY),
    (logistic.cost_hessian, HESSIAN),
    (logistic.hessian_times_vector, PRODUCT),
    (logistic.bias_gradient, BIAS),
    (logistic.weights_gradient, WEIGHTS),
    (logistic.augmented_gradient, AUGMENTED),
    (logistic.update_rule, UPDATE),
]
MUTANTS = [Planted(d, *row) for d, rows in TABLE for row in rows]


def names() -> Iterator[str]:
    for count, mutant in enumerate(MUTANTS):
        yield f"{count}-{mutant.derivation.name}-{mutant.step}-{mutant.kind}"


@pytest.mark.parametrize("mutant", MUTANTS, ids=names())
def test_a_planted_error_is_refuted_where_it_stands(mutant: Planted) -> None:
    report = verify(mutant.written())
    (found,) = report.derivations
    assert not report.passed
    assert not found.error
    assert all(step.passed for step in found.steps[: mutant.step - 1])
    first = found.first_failure
    assert first is not None
    assert first.number == mutant.step
    assert first.result is not None, first.error
    assert first.result.refuted, first.result
    confirm(first.before, first.expression, first.result.counterexample, mutant.derivation.let)


def test_every_step_of_every_derivation_has_an_error_planted_in_it() -> None:
    written = {
        id(d): d
        for module in (sigmoid, linear, logistic)
        for d in vars(module).values()
        if isinstance(d, Derivation) and not isinstance(d, Claim)  # false claims have their own
    }
    steps = {(d.name, number + 1) for d in written.values() for number in range(len(d.steps))}
    assert {(x.derivation.name, x.step) for x in MUTANTS} == steps
    assert {x.kind for x in MUTANTS} == KINDS


# ---- errors of shape: an index, or a matrix, that does not fit


@pytest.mark.parametrize(
    ("derivation", "step", "wrong", "says"),
    [
        (logistic.cost_gradient, 5, mean((h[i] - y_i) * X[j, i]), "X"),  # transposed
        (linear.cost_gradient, 2, mean((h[i] - y_i) * X[j, i]), "X"),
        (logistic.cost_gradient, 5, total((h[i] - y_i) * x_ij, 1, m), "y"),  # one past the end
        (logistic.cost_gradient, 5, total((h[i] - y_i) * x_ij, 0, m), "y"),
        (linear.cost_hessian, 1, X * X.T / m, "shape"),
        (linear.normal_equations, 2, (X.T * X * theta - X.T * y).T, "shape"),
    ],
)
def test_what_does_not_fit_its_array_is_refused(
    derivation: Derivation, step: int, wrong: Any, says: str
) -> None:
    report = verify(Planted(derivation, step, "shape", wrong).written())
    (found,) = report.derivations
    assert not report.passed
    if found.error:  # not a claim at all: the message shows what does not fit
        assert says in found.error
        return
    first = found.first_failure
    assert first is not None
    assert first.number == step
    if first.result is None:
        assert says in first.error
        return
    assert first.result.refuted
    at = first.result.counterexample
    assert at is not None
    assert says in f"{at.lhs} {at.rhs}"


# ---- the formulas once more, written by hand as numbers


def test_the_sign_error_of_the_article_differs_by_hand_as_well() -> None:
    """At the reported point, from nothing but arithmetic: 1/m Σ (h ± y)·x."""
    import math

    wrong = Planted(logistic.cost_gradient, 5, "sign", mean((h[i] + y_i) * x_ij)).written()
    step = verify(wrong).derivations[0].first_failure
    assert step is not None
    assert step.result is not None
    at = step.result.counterexample
    assert at is not None
    rows, columns, feature = (at.sizes[name] for name in ("m", "n", "j"))
    data = [[float(x) for x in (row if columns > 1 else [row])] for row in at.values["X"]]
    weights, labels = ([float(x) for x in at.values[name]] for name in ("theta", "y"))
    h_ = [1 / (1 + math.exp(-sum(map(float.__mul__, row, weights)))) for row in data]
    right, planted = (
        sum((h_[a] + c * labels[a]) * data[a][feature] for a in range(rows)) / rows for c in (-1, 1)
    )
    assert len(weights) == columns
    assert [float(number(v)) for v in (at.lhs, at.rhs)] == pytest.approx([right, planted])
    assert right != pytest.approx(planted)


def test_the_second_opinion_can_disagree() -> None:
    """The evaluation that confirms counterexamples is itself checked: it rejects a wrong one."""
    d = logistic.cost_gradient
    at = {"m": 2, "n": 3, "j": 1}
    data = {"X": [[1, 2, -1], [3, 4, 0]], "theta": [1, -1, 2], "y": [0, 1]}
    values = [value(line, at, data, d.let) for line in d.lines]
    assert all(abs(v - values[0]) < 1e-25 for v in values)
    step = verify(MUTANTS[0].written()).derivations[0].first_failure
    assert step is not None
    assert step.result is not None
    with pytest.raises(AssertionError):
        confirm(step.before, step.before, step.result.counterexample)
