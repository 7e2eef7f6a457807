"""The article's story: which derivation proves which of its sentences, in its order, with figures.

"The Derivative of Cost Function for Logistic Regression". The derivations stand in the modules of
their subjects; what is said between them stands here, as data for a report.
"""

from __future__ import annotations

from symderiv.derivations import (
    figures,
    linear_regression,
    logistic_regression,
    optimisers,
    sigmoid,
)
from symderiv.derivations.logistic_regression import cost_gradient
from symderiv.story import Section

__all__ = ["cost_gradient", "story", "title"]

title = "The derivative of the cost function of logistic regression"

story = (
    Section(
        "Linear regression: a bowl",
        r"""
Linear regression predicts $z_i = x_i^{\mathsf{T}}\theta$ and is judged by the least squared
error. Its cost is a bowl: the Hessian $X^{\mathsf{T}}X/m$ is the same everywhere and never
negative, so that the point where the gradient vanishes is the global minimum. There the normal
equations hold.
""",
        shows=(
            linear_regression.cost_gradient.name,
            linear_regression.cost_hessian.name,
            linear_regression.normal_equations.name,
            linear_regression.convex_cost.name,
            linear_regression.tangent_below.name,
            linear_regression.global_minimum.name,
        ),
    ),
    Section(
        "The same error behind a sigmoid: hills and valleys",
        r"""
Put the sigmoid between the score and the squared error, and the bowl is gone. A descent that
starts on the left slope of the right picture ends in a valley that is not the lowest.
""",
        shows=(logistic_regression.not_convex.name,),
        figures=(figures.SQUARED_ERRORS,),
    ),
    Section(
        "The log loss: two cases in one formula",
        r"""
For $y = 1$ the cost of an example is $-\log(h)$: nothing where the hypothesis says 1, and beyond
every bound where it says 0. For $y = 0$ it is the mirror image. One formula holds both, since one
of $y$ and $1 - y$ is 0.
""",
        shows=(
            logistic_regression.right_for_1.name,
            logistic_regression.wrong_for_1.name,
            logistic_regression.right_for_0.name,
            logistic_regression.wrong_for_0.name,
            logistic_regression.single_case.name,
            logistic_regression.combined_cases.name,
        ),
        figures=(figures.TWO_CASES,),
    ),
    Section(
        "The gradient of the sigmoid follows a pattern",
        r"""
The hypothesis of logistic regression is the sigmoid $\sigma(z) = 1/(1 + e^{-z})$ of the score.
Its slope is made of its own values: a quarter at the middle, nothing in the tails. No rule of the
prover knows this; it follows from the definition, line by line.
""",
        shows=(
            sigmoid.derivative_by_hand.name,
            sigmoid.derivative_by_sympy.name,
            sigmoid.slope_bound.name,
        ),
        figures=(figures.SIGMOID,),
    ),
    Section(
        "The gradient of the cost, in four steps",
        r"""
The chain rule gives a term for each of $\log h$ and $\log(1 - h)$. The pattern of the sigmoid
turns $\partial h_i/\partial z_i$ into $h_i(1 - h_i)$, which cancels both denominators. What is
left is the error of the hypothesis times the feature: the same form as in linear regression.
""",
        shows=(cost_gradient.name, logistic_regression.gradient_by_sympy.name),
    ),
    Section(
        "Including the bias term",
        r"""
A bias is a weight whose feature is always 1. Written as a scalar $b$ or as a column of ones
beside $X$, it gets the same formula.
""",
        shows=(
            logistic_regression.bias_gradient.name,
            logistic_regression.weights_gradient.name,
            logistic_regression.augmented_gradient.name,
        ),
    ),
    Section(
        "The second derivative",
        r"""
The Hessian is $X^{\mathsf{T}} W X/m$ with the weights $w_i = h_i(1 - h_i)$, all of them positive.
That is why the log loss is convex, whatever the data, and what Newton's method needs.
""",
        shows=(
            logistic_regression.cost_hessian.name,
            logistic_regression.hessian_times_vector.name,
            logistic_regression.convex_cost.name,
        ),
    ),
    Section(
        "One update rule for both",
        r"""
Linear and logistic regression arrive at the same step, one expression in $h$. Only what $h$
stands for differs: $z$ in the one, $\sigma(z)$ in the other.
""",
        shows=(linear_regression.update_rule.name, logistic_regression.update_rule.name),
    ),
    Section(
        "Gradient descent and Newton's method",
        r"""
Both can minimise a convex function. Gradient descent needs a step that is short enough: no
curvature of the cost exceeds $\|X\|^2/(4m)$, so $4m/\|X\|^2$ always descends. Newton's step is a
weighted least squares problem, solved anew in every iteration.
""",
        shows=(
            optimisers.curvature_bound.name,
            optimisers.frobenius_bound.name,
            optimisers.newton_step.name,
        ),
        figures=(figures.DESCENTS,),
    ),
    Section(
        "The functions",
        "What is proved above, as NumPy code.",
        functions=logistic_regression.functions,
    ),
)
