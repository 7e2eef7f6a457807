"""Linear regression by least squares: cost, gradient, Hessian and the update rule.

The article's starting point, and the form to which logistic regression returns.
"""

from __future__ import annotations

from collections.abc import Iterator

from sympy import (
    Derivative,
    Expr,
    IndexedBase,
    MatrixSymbol,
    Sum,
    Symbol,
    symbols,
)

from symderiv import Convex, Derivation, Nonnegative, to_numpy
from symderiv import gradient as gradient_of
from symderiv import hessian as hessian_of
from symderiv.verdict import CheckResult

__all__ = ["cost", "cost_gradient", "cost_hessian", "functions", "gradient", "hessian"]
__all__ += ["convex_cost", "global_minimum", "tangent_below"]
__all__ += ["normal_equations", "update", "update_by", "update_rule"]

m, n = symbols("m n", integer=True, positive=True)  # examples, features
i, j, k = symbols("i j k", integer=True, nonnegative=True)
alpha: Symbol = symbols("alpha", positive=True)  # step size
X, theta, y = MatrixSymbol("X", m, n), MatrixSymbol("theta", n, 1), MatrixSymbol("y", m, 1)
h = IndexedBase("h")  # the hypothesis, here the prediction itself
let = {h[i]: (X * theta)[i, 0]}
y_i, x_ij, theta_j = y[i, 0], X[i, j], theta[j, 0]
_source = "The Derivative of Cost Function for Logistic Regression, linear regression"


def mean(e: Expr) -> Expr:
    """1/m Σᵢ e."""
    return Sum(e, (i, 0, m - 1)) / m


cost = mean((h[i] - y_i) ** 2) / 2
gradient = X.T * (X * theta - y) / m  # (n, 1)
hessian = X.T * X / m  # (n, n)

# one expression in h, which logistic regression shares (A13)
update = theta_j - alpha * mean((h[i] - y_i) * x_ij)

cost_gradient = (
    Derivation(
        "gradient of the least squared error",
        Derivative(cost, theta_j),
        let=let,
        source=_source,
        article="A1 A4",
    )
    .then(mean((h[i] - y_i) * Derivative(h[i], theta_j)), "chain rule, (u²)' = 2u·u'")
    .then(mean((h[i] - y_i) * x_ij), "∂hᵢ/∂θⱼ = xᵢⱼ")
    .then(
        gradient[j, 0],
        "matrix form",
        latex=r"\left[\tfrac{1}{m} X^{\mathsf{T}} (X \theta - y)\right]_{j}",
    )
)

cost_hessian = Derivation(
    "Hessian of the least squared error",
    hessian_of(cost, theta),
    let=let,
    source=_source,
    article="A1",
).then(hessian, "differentiate the gradient, XᵀX/m")

normal_equations = (
    Derivation(
        "normal equations",
        m * gradient_of(cost, theta),
        let=let,
        source=_source,
        article="A1",
    )
    .then(X.T * (X * theta - y), "gradient of the least squared error")
    .then(X.T * X * theta - X.T * y, "multiply out: zero just where XᵀXθ = Xᵀy")
)

convex_cost = Convex(
    "the least squared error is convex",
    cost,
    theta,
    because="vᵀ∇²J v = ‖Xv‖²/m",
    let=let,
    source=_source,
    article="A1",
)

# -- the global minimum: ∇J = 0 and convex ---------------------------------------------------

phi = MatrixSymbol("phi", n, 1)  # any other weights


def _squares(w: MatrixSymbol) -> Expr:
    return mean(((X * w)[i, 0] - y_i) ** 2) / 2


_tangent = _squares(theta) + Sum(
    gradient[j, 0] * (phi[j, 0] - theta_j), (j, 0, n - 1)
)  # J(θ) + ∇J(θ)ᵀ(φ − θ)

tangent_below = Nonnegative(
    "the least squared error lies above its tangents",
    _squares(phi) >= _tangent,
    because="first-order condition of convexity",
    source="Boyd and Vandenberghe, Convex Optimization, section 3.1.3",
    article="A1",
)

global_minimum = Derivation(
    "the vertex is the global minimum",
    _squares(phi),
    source="Boyd and Vandenberghe, Convex Optimization, section 3.1.3",
    article="A1",
).then(
    _tangent + mean((X * (phi - theta))[i, 0] ** 2) / 2,
    "J(φ) = J(θ) + ∇J(θ)ᵀ(φ − θ) + ‖X(φ − θ)‖²/(2m): where ∇J(θ) = 0, no φ has a smaller cost",
)

update_rule = Derivation(
    "update rule of linear regression",
    theta_j - alpha * Derivative(cost, theta_j),
    let=let,
    source=_source,
    article="A13",
).then(update, "gradient of the least squared error")

# θ − α/m·Xᵀ(h − y) as a function of h: with h = Xθ this, with h = σ(Xθ) logistic regression
update_by = to_numpy(update, (theta, h, X, y, alpha), proof=update_rule.name)

functions = to_numpy(
    {"cost": cost, "gradient": gradient, "hessian": hessian},
    (theta, X, y),
    let=let,
    proof={"cost": "", "gradient": cost_gradient.name, "hessian": cost_hessian.name},
)


def checks(seed: int) -> Iterator[CheckResult]:
    """Property tests of the compiled functions; they can fail and never prove."""
    from symderiv.derivations.property_tests import linear_regression

    return linear_regression(functions, seed)
