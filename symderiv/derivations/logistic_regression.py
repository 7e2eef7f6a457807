"""Logistic regression: the log loss, its gradient in four steps, its Hessian, the bias.

The article's derivation, line by line: the chain rule, the pattern of the sigmoid's
derivative, multiplication, and the matrix form 1/m·Xᵀ(σ(Xθ) − y).
"""

from __future__ import annotations

from collections.abc import Iterator

from sympy import (
    BlockMatrix,
    Contains,
    Derivative,
    DiagMatrix,
    Eq,
    FiniteSet,
    ImmutableMatrix,
    IndexedBase,
    Integer,
    Lambda,
    MatrixSymbol,
    OneMatrix,
    Piecewise,
    Symbol,
    exp,
    log,
    oo,
    symbols,
)

from symderiv import Convex, Derivation, Limit, NotConvex, sigma, to_numpy
from symderiv import gradient as gradient_of
from symderiv import hessian as hessian_of
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
    update,
    x_ij,
    y,
    y_i,
)
from symderiv.verdict import CheckResult

__all__ = ["bias_gradient", "combined_cases", "cost", "cost_gradient", "cost_hessian"]
__all__ += ["convex_cost", "not_convex", "right_for_0", "right_for_1", "squared_error"]
__all__ += ["wrong_for_0", "wrong_for_1"]
__all__ += ["augmented_gradient", "derived_gradient", "functions"]
__all__ += ["gradient", "gradient_by_sympy", "hessian", "hessian_times_vector"]
__all__ += ["hessian_vector", "single_case", "update_rule"]
__all__ += ["weights_gradient"]

_source = "The Derivative of Cost Function for Logistic Regression"
z = IndexedBase("z")  # the score
let = {h[i]: sigma(z[i]), z[i]: (X * theta)[i, 0]}
_t: Symbol = symbols("t", real=True)

# -- the cost: two cases, and both in one ----------------------------------------------------

_p, _label = symbols("h y", real=True)

single_case = Derivation(
    "both cases of the cost in one formula, for one example",
    Piecewise((-log(_p), Eq(_label, 1)), (-log(1 - _p), Eq(_label, 0))),
    where=[Contains(_label, FiniteSet(0, 1)), _p > 0, _p < 1],
    source=f"{_source}, cost function",
    article="A5 A6",
).then(-(_label * log(_p) + (1 - _label) * log(1 - _p)), "one of y and 1 − y is 0")

# what the cost of one example does where the hypothesis is right, and where it is wrong
_limits = {
    ("y = 1", "is right", -log(_p), 1): Integer(0),
    ("y = 1", "is wrong", -log(_p), 0): oo,
    ("y = 0", "is right", -log(1 - _p), 0): Integer(0),
    ("y = 0", "is wrong", -log(1 - _p), 1): oo,
}
right_for_1, wrong_for_1, right_for_0, wrong_for_0 = (
    Limit(
        f"cost of one example with {label} where h {says}",
        expression,
        _p,
        point,
        value,
        because="grows without bound" if value is oo else "goes to 0",
        where=[_p > 0, _p < 1],
        source=f"{_source}, cost function",
        article="A5",
    )
    for (label, says, expression, point), value in _limits.items()
)

cost = -mean(y_i * log(h[i]) + (1 - y_i) * log(1 - h[i]))
_cases = mean(Piecewise((-log(h[i]), Eq(y_i, 1)), (-log(1 - h[i]), Eq(y_i, 0))))

combined_cases = Derivation(
    "both cases of the cost in one formula, over all examples",
    _cases,
    where=[Contains(y_i, FiniteSet(0, 1))],
    let=let,
    source=f"{_source}, combined cost function",
    article="A5 A6",
).then(cost, "one of yᵢ and 1 − yᵢ is 0")

convex_cost = Convex(
    "the log loss is convex",
    cost,
    theta,
    because="vᵀ∇²J v = Σᵢ σ(zᵢ)(1 − σ(zᵢ))·(Xv)ᵢ²/m",
    where=[y_i >= 0, y_i <= 1],
    let=let,
    source=f"{_source}, the convex log loss",
    article="A6",
)

squared_error = mean((h[i] - y_i) ** 2) / 2

not_convex = NotConvex(
    "the least squared error of a sigmoid is not convex",
    squared_error,
    theta,
    because="a chord lies below it",
    let=let,
    source=f"{_source}, squared error with the sigmoid",
    article="A2",
)

# -- the gradient, in the article's four steps -----------------------------------------------

gradient = X.T * ((X * theta).applyfunc(sigma) - y) / m  # (n, 1)

cost_gradient = (
    Derivation(
        "gradient of the logistic cost",
        Derivative(cost, theta_j),
        let=let,
        source=f"{_source}, steps 1 to 4",
        article="A9 A10 A11 A12",
    )
    .then(
        -mean(
            y_i / h[i] * Derivative(h[i], theta_j)
            + (1 - y_i) / (1 - h[i]) * Derivative(1 - h[i], theta_j)
        ),
        "step 1: the chain rule",
    )
    .then(
        -mean(
            y_i / h[i] * Derivative(h[i], z[i]) * Derivative(z[i], theta_j)
            - (1 - y_i) / (1 - h[i]) * Derivative(h[i], z[i]) * Derivative(z[i], theta_j)
        ),
        "hᵢ depends on θⱼ through zᵢ",
    )
    .then(
        -mean(
            (y_i / h[i] - (1 - y_i) / (1 - h[i])) * h[i] * (1 - h[i]) * Derivative(z[i], theta_j)
        ),
        "step 2: σ' = σ(1 − σ)",
    )
    .then(
        -mean(y_i * (1 - h[i]) * x_ij - (1 - y_i) * h[i] * x_ij), "step 3: multiply, ∂zᵢ/∂θⱼ = xᵢⱼ"
    )
    .then(mean((h[i] - y_i) * x_ij), "step 3: the products with yᵢhᵢ cancel")
    .then(
        gradient[j, 0],
        "step 4: matrix form",
        latex=r"\left[\tfrac{1}{m} X^{\mathsf{T}} (\sigma(X \theta) - y)\right]_{j}",
    )
)

# -- the same, as SymPy derives it -----------------------------------------------------------

_hypothesis = 1 / (1 + exp(-(X * theta)[i, 0]))
_unfolded = -mean(y_i * log(_hypothesis) + (1 - y_i) * log(1 - _hypothesis))
derived_gradient = _unfolded.diff(theta_j)

gradient_by_sympy = (
    Derivation(
        "gradient of the logistic cost, as SymPy derives it",
        Derivative(cost, theta_j),
        let=let,
        source="sympy.diff",
        article="A9 A10 A11 A12",
    )
    .then(derived_gradient, "SymPy's diff by the entry θⱼ")
    .then(
        gradient[j, 0],
        "the article's matrix form",
        latex=r"\left[\tfrac{1}{m} X^{\mathsf{T}} (\sigma(X \theta) - y)\right]_{j}",
    )
)

# -- the Hessian -----------------------------------------------------------------------------

_weights = DiagMatrix((X * theta).applyfunc(Lambda(_t, sigma(_t) * (1 - sigma(_t)))))
hessian = X.T * _weights * X / m  # (n, n)

cost_hessian = (
    Derivation(
        "Hessian of the logistic cost",
        hessian_of(cost, theta)[j, k],
        let=let,
        source=f"{_source}, the convex log loss",
        article="A6",
    )
    .then(Derivative(gradient[j, 0], theta[k, 0]), "differentiate the gradient")
    .then(mean(Derivative(h[i], z[i]) * x_ij * X[i, k]), "∂zᵢ/∂θₖ = xᵢₖ")
    .then(mean(h[i] * (1 - h[i]) * x_ij * X[i, k]), "σ' = σ(1 − σ)")
    .then(
        hessian[j, k],
        "matrix form",
        latex=r"\left[\tfrac{1}{m} X^{\mathsf{T}} \operatorname{diag}(h(1 - h)) X\right]_{j k}",
    )
)

v = MatrixSymbol("v", n, 1)
hessian_vector = X.T * _weights * (X * v) / m  # (n, 1)

hessian_times_vector = Derivation(
    "Hessian of the logistic cost times a vector",
    hessian_of(cost, theta) * v,
    let=let,
    source=f"{_source}, the convex log loss",
    article="A7",
).then(hessian_vector, "the Hessian above, from the right")

# -- the bias: an explicit scalar, and a column of ones --------------------------------------

b: Symbol = symbols("b", real=True)
ones = OneMatrix(m, 1)
_let_bias = {h[i]: sigma(z[i]), z[i]: (X * theta)[i, 0] + b}
_scores = X * theta + b * ones  # (m, 1)

bias_gradient = (
    Derivation(
        "gradient by an explicit bias",
        Derivative(cost, b),
        let=_let_bias,
        source=f"{_source}, step 4, including the bias term",
        article="A12",
    )
    .then(mean((h[i] - y_i) * Derivative(z[i], b)), "steps 1 to 3, with b for θⱼ")
    .then(mean(h[i] - y_i), "∂zᵢ/∂b = 1")
    .then((ones.T * (_scores.applyfunc(sigma) - y))[0, 0] / m, "matrix form")
)

weights_gradient = Derivation(
    "gradient by the weights beside an explicit bias",
    gradient_of(cost, theta),
    let=_let_bias,
    source=f"{_source}, step 4, including the bias term",
    article="A12",
).then(X.T * (_scores.applyfunc(sigma) - y) / m, "steps 1 to 4")

X_1 = BlockMatrix([[ones, X]])  # (m, n + 1)
theta_b = BlockMatrix([[ImmutableMatrix([[b]])], [theta]])  # (n + 1, 1)

augmented_gradient = Derivation(
    "bias and weights together: the same formula for [1 X] and [b; θ]",
    BlockMatrix([[ImmutableMatrix([[Derivative(cost, b)]])], [gradient_of(cost, theta)]]),
    let=_let_bias,
    source=f"{_source}, step 4, including the bias term",
    article="A12",
).then(X_1.T * ((X_1 * theta_b).applyfunc(sigma) - y) / m, "step 4 with a column of ones")

# -- the update rule -------------------------------------------------------------------------

update_rule = Derivation(
    "update rule of logistic regression",
    theta_j - alpha * Derivative(cost, theta_j),
    let=let,
    source=f"{_source}, conclusion",
    article="A13",
).then(update, "the gradient above: the same expression in h as for linear regression")

functions = to_numpy(
    {"cost": cost, "gradient": gradient, "hessian": hessian, "hessian_vector": hessian_vector},
    dict.fromkeys(("cost", "gradient", "hessian"), (theta, X, y))
    | {"hessian_vector": (theta, v, X, y)},
    let=let,
    proof={
        "gradient": cost_gradient.name,
        "hessian": cost_hessian.name,
        "hessian_vector": hessian_times_vector.name,
    },
)


def checks(seed: int) -> Iterator[CheckResult]:
    """Property tests of the compiled functions; they can fail and never prove."""
    from symderiv.derivations.property_tests import logistic_regression

    return logistic_regression(functions, seed)
