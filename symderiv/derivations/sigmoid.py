"""The sigmoid σ(z) = 1/(1 + e^(−z)) and its derivative σ(z)·(1 − σ(z)).

The article's first step: "finding the gradient of the sigmoid function … follows a certain
pattern".
"""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Derivative, Integer, Rational, Symbol, UnevaluatedExpr, exp, symbols

from symderiv import Derivation, Nonnegative, sigma, to_numpy
from symderiv.verdict import CheckResult

__all__ = ["closed_form", "definition", "derivative", "derivative_by_hand", "derivative_by_sympy"]
__all__ += ["functions", "slope_bound", "z"]

z: Symbol = symbols("z", real=True)

definition = 1 / (1 + exp(-z))
derivative = definition.diff(z)  # as SymPy derives it
closed_form = sigma(z) * (1 - sigma(z))

_e = 1 + exp(-z)
_hold = UnevaluatedExpr

derivative_by_hand = (
    Derivation(
        "derivative of the sigmoid",
        Derivative(sigma(z), z),
        source="The Derivative of Cost Function for Logistic Regression, the sigmoid",
        article="A8",
    )
    .then(Derivative(definition, z), "definition of σ")
    .then(_hold(-(_e**-2)) * Derivative(_e, z), "chain rule, (1/u)' = −u'/u²")
    .then(_hold(-(_e**-2)) * _hold(-exp(-z)), "(e^(−z))' = −e^(−z)")
    .then(exp(-z) / _e**2, "the signs cancel")
    .then(_hold(1 / _e) * _hold(exp(-z) / _e), "split the square")
    .then(_hold(1 / _e) * ((_e - _hold(Integer(1))) / _hold(_e)), "add and subtract 1")
    .then(_hold(1 / _e) * (1 - 1 / _e), "divide")
    .then(closed_form, "definition of σ")
)

derivative_by_sympy = (
    Derivation(
        "derivative of the sigmoid, as SymPy derives it",
        Derivative(definition, z),
        source="sympy.diff",
        article="A8",
    )
    .then(derivative, "SymPy's diff")
    .then(closed_form, "the article's pattern")
)

slope_bound = Nonnegative(
    "slope of the sigmoid: at most 1/4",
    Rational(1, 4) >= Derivative(sigma(z), z),
    because="¼ − σ(1 − σ) = (½ − σ)²",
    source="The Derivative of Cost Function for Logistic Regression, the sigmoid",
    article="A8",
)

functions = to_numpy(
    {"sigma": definition, "sigma_prime": derivative},
    (z,),
    proof={"sigma": "", "sigma_prime": derivative_by_sympy.name},
)


def checks(seed: int) -> Iterator[CheckResult]:
    """Property tests of the compiled functions; they can fail and never prove."""
    from symderiv.derivations.property_tests import sigmoid

    return sigmoid(functions, seed)
