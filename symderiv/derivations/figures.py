"""The article's figures, drawn from the compiled functions of the derivations."""

from __future__ import annotations

from typing import Any

import numpy as np
from sympy import MatrixSymbol, Symbol, log, symbols

from symderiv import sigma, to_numpy
from symderiv.derivations import linear_regression, logistic_regression, sigmoid
from symderiv.derivations.linear_regression import X, i, mean, theta, y, y_i
from symderiv.story import Figure

__all__ = ["DESCENTS", "SIGMOID", "SQUARED_ERRORS", "TWO_CASES", "sample"]

_h: Symbol = symbols("h", positive=True)
_FAINT = "C3"


def _squared_errors(canvas: Any) -> None:
    """J(θ) over one weight, with the prediction itself and with its sigmoid."""
    assert isinstance(theta, MatrixSymbol)
    squashed = to_numpy(mean((sigma((X * theta)[i, 0]) - y_i) ** 2) / 2, (theta, X, y))
    data = np.array([[1.0]] * 5 + [[10.0], [0.3]])  # (7, 1)
    labels = np.array([1.0] * 5 + [0.0, 0.0])
    left, right = canvas.subplots(1, 2)
    wide = np.linspace(-1.0, 1.0, 201)
    left.plot(wide, [linear_regression.functions.cost([t], data, labels) for t in wide])
    left.set_title("linear regression")
    far = np.linspace(-3.0, 6.0, 451)
    right.plot(far, [squashed([t], data, labels) for t in far], color="C1")
    right.set_title("with the sigmoid")
    for axes in (left, right):
        axes.set_xlabel("θ")
        axes.set_ylabel("J(θ)")
        axes.set_ylim(bottom=0)


SQUARED_ERRORS = Figure(
    "squared-errors",
    "The mean squared error over one weight, for seven examples. Left: of linear regression. "
    "Right: of the sigmoid of the same predictions.",
    "Two curves. Left, a parabola with one minimum. Right, a curve with two valleys of different "
    "depth, a hill between them, and a plateau.",
    _squared_errors,
    height=2.9,
)


def _sigmoid(canvas: Any) -> None:
    """σ and σ′ over the score."""
    z = np.linspace(-7.0, 7.0, 281)
    axes = canvas.subplots()
    axes.plot(z, sigmoid.functions.sigma(z), label="σ(z)")
    axes.plot(z, sigmoid.functions.sigma_prime(z), label="σ′(z) = σ(z)(1 − σ(z))")
    axes.axhline(0.25, color=_FAINT, linewidth=1, linestyle=":")
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1])
    axes.set_xlabel("z")
    axes.legend(loc="upper left")


SIGMOID = Figure(
    "sigmoid",
    r"The sigmoid and its derivative, which is largest, a quarter, at $z = 0$.",
    "The S-shaped curve of the sigmoid, rising from 0 to 1, and the bell of its derivative, which "
    "touches a dotted line at one quarter.",
    _sigmoid,
    height=2.8,
)


def _two_cases(canvas: Any) -> None:
    """−log h and −log(1 − h) over the hypothesis."""
    one, zero = to_numpy(-log(_h), (_h,)), to_numpy(-log(1 - _h), (_h,))
    h = np.linspace(0.004, 0.996, 249)
    axes = canvas.subplots()
    axes.plot(h, one(h), label="y = 1:  −log h")
    axes.plot(h, zero(h), label="y = 0:  −log(1 − h)")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 5.6)
    axes.set_xlabel("h")
    axes.set_ylabel("cost")
    axes.legend(loc="upper center")


TWO_CASES = Figure(
    "two-cases",
    "The cost of one example, by its label: zero for a hypothesis that is certain and right, "
    "beyond every bound for one that is certain and wrong.",
    "Two curves over h from 0 to 1, mirror images: one falls from the top left to 0 at h = 1, the "
    "other rises from 0 at h = 0 to the top right.",
    _two_cases,
    height=2.8,
)


def sample(m: int = 120) -> tuple[Any, Any]:
    """A column of ones with a standardised feature, and labels that no line divides.

    Drawn with a fixed seed from σ(0.5 + 1.5·x).

    Examples
    --------
    >>> data, labels = sample()
    >>> data.shape, int(labels.sum())
    ((120, 2), 69)
    """
    random = np.random.default_rng(7)
    x = random.standard_normal(m)
    x = (x - x.mean()) / x.std()
    labels = (random.random(m) < sigmoid.functions.sigma(0.5 + 1.5 * x)).astype(float)
    return np.column_stack([np.ones(m), x]), labels


def _descents(canvas: Any) -> None:
    """Contours of the logistic cost over two weights, with the ways of both optimisers."""
    from symderiv.derivations.optimisers import descend, solve

    data, labels = sample()
    start = [-1.2, -0.9]
    slow, quick = descend(data, labels, start), solve(data, labels, start)
    axes = canvas.subplots()
    first, second = np.linspace(-3.0, 2.2, 61), np.linspace(-2.4, 3.4, 61)
    cost = logistic_regression.functions.cost
    values = [[cost([a, b], data, labels) for a in first] for b in second]
    axes.contour(first, second, values, levels=12, colors=_FAINT, linewidths=1)
    for found, name, mark in ((slow, "gradient descent", "."), (quick, "Newton", "o")):
        label = f"{name}: {found.iterations} steps"
        axes.plot(found.path[:, 0], found.path[:, 1], marker=mark, markersize=5, label=label)
    axes.set_xlim(first[0], first[-1])
    axes.set_ylim(second[0], second[-1])
    axes.set_xlabel("θ₁, the bias")
    axes.set_ylabel("θ₂")
    axes.legend(loc="lower right")


DESCENTS = Figure(
    "descents",
    r"Level lines of the log loss over a bias and one weight, 120 examples. Both ways end where "
    r"the largest entry of the gradient is below $10^{-8}$.",
    "Nested ovals around a minimum. A path of many short steps and one of a few long steps lead "
    "from the same corner to the middle.",
    _descents,
    height=4.2,
)
