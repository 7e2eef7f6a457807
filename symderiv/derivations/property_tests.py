"""Short property tests of the functions compiled from the article; they can fail, never prove.

The oracles are textbook forms, so each function is tested where those mean something:

- σ and σ' while e^(-z) resp. its square is finite: |z| <= 700 and |z| <= 300;
- the logistic cost while 1 - σ has digits left: |X theta| <= 30, where e^30 units of rounding
  are some 10^-3 (from 37 on, log(1 - σ) is infinite);
- the logistic gradient and Hessian, which take no such logarithm, for |X theta| <= 700;
- linear regression everywhere (|X theta| <= 800 is tried).

How much rounding is due in these ranges is derived in `closed_forms`; no tolerance is chosen here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import mpmath
import numpy as np
from numpy.typing import ArrayLike, NDArray

from symderiv.derivations import closed_forms
from symderiv.testing import oracles
from symderiv.testing.oracles import Bounded, Forms, central_difference, complex_step
from symderiv.testing.properties import Comparison, check
from symderiv.testing.strategies import REACHES, Points, Regression, points, regressions
from symderiv.verdict import CheckResult

__all__ = ["linear_regression", "logistic_regression", "sigmoid"]

Array = NDArray[np.float64]

_SIGMA_ROUNDING = oracles.gamma(oracles.LIBRARY + 3)
"""Of 1/(1 + e^(-z)), relative."""
_SIGMA_PRIME_OPERATIONS = 3 * oracles.LIBRARY + 6
"""In e^(-z)/(1 + e^(-z))²: e^(-z) is taken up to three times, with at most six operations."""
_EXAMPLES = 10
_SLOW_EXAMPLES = 6
"""Where one example takes some milliseconds: a short run is to end `symderiv verify`."""


def sigmoid(functions: Any, seed: int) -> Iterator[CheckResult]:
    """Test ``functions.sigma(z)`` and ``functions.sigma_prime(z)`` on arrays z (k,)."""
    rounding = oracles.gamma(_SIGMA_PRIME_OPERATIONS)

    def slopes(
        p: Points, slope_at: Callable[[float], Bounded], allowance: float
    ) -> Iterator[Comparison]:
        slope = _joined([slope_at(z) for z in p.z.tolist()], np.hstack)
        yield Comparison(
            "sigma_prime", functions.sigma_prime(p.z), slope, allowance * np.abs(slope.value)
        )

    def by_differences(p: Points) -> Iterator[Comparison]:
        def slope(z: float) -> Bounded:
            return central_difference(
                lambda v: float(functions.sigma(v)[0]),
                [z],
                rounding=lambda v: _SIGMA_ROUNDING * float(closed_forms.textbook_sigmoid(v[0])),
                third=math.exp(1e-5 - abs(z)),  # |σ'''| <= σ' <= e^(-|z|), and h < 1e-5
            )

        return slopes(p, slope, rounding)

    def by_complex_step(p: Points) -> Iterator[Comparison]:
        def slope(z: float) -> Bounded:
            return complex_step(lambda v: closed_forms.textbook_sigmoid(v[0]), [z], third=0.125)

        of_the_step = oracles.gamma(_SIGMA_PRIME_OPERATIONS, oracles.COMPLEX_UNIT)
        return slopes(p, slope, rounding + of_the_step)

    def by_mpmath(p: Points) -> Iterator[Comparison]:
        def slope(z: float) -> Bounded:
            # beyond the 50 digits so many as are lost in a difference of σ, which is flat there
            lost = int(abs(z) / 2)
            return oracles.mp_value(
                lambda t: mpmath.diff(closed_forms.mp_sigmoid, t), z, digits=50 + lost
            )

        return slopes(p, slope, rounding)

    def value_by_mpmath(p: Points) -> Iterator[Comparison]:
        exact = [oracles.mp_value(closed_forms.mp_sigmoid, z) for z in p.z.tolist()]
        value = _joined(exact, np.hstack)
        yield Comparison("sigma", functions.sigma(p.z), value, _SIGMA_ROUNDING * value.value)

    def by_hand(p: Points) -> Iterator[Comparison]:
        value, slope = closed_forms.sigmoid_forms(p.z)
        yield Comparison("sigma", functions.sigma(p.z), value, _SIGMA_ROUNDING * value.value)
        yield Comparison("sigma_prime", functions.sigma_prime(p.z), slope, rounding * slope.value)

    for name, reach, compare in (
        ("sigma agrees with mpmath at 50 digits", 700, value_by_mpmath),
        ("sigma_prime agrees with central differences", 300, by_differences),
        ("sigma_prime agrees with the complex step", 300, by_complex_step),
        ("sigma_prime agrees with mpmath at 50 digits", 300, by_mpmath),
        ("sigma and σ(1 − σ) agree with NumPy by hand", 300, by_hand),
    ):
        yield check(
            f"{name}, |z| ≤ {reach}", points(float(reach)), compare, seed=seed, count=_EXAMPLES
        )


@dataclass(frozen=True)
class _Problem:
    """What the tests of a regression have to know of its mean loss; all of (theta, X, y)."""

    name: str
    closed: Callable[[Array, Array, Array], Forms]
    loss: Callable[[Any, Any], Any]
    textbook_cost: Callable[[Any, Array, Array], Any]
    cost_rounding: Callable[[Array, Array, Array], float]
    complex_rounding: Callable[[Array, Array, Array], Array]
    hessian_rounding: Callable[[Array, Array, Array], Array]
    third: Callable[[Array], Array]  # |∂³J/∂θⱼ³| (n,), from X
    fourth: float  # a bound on the fourth derivative of the loss
    stretch: float  # how long the steps of a difference may be
    cost_reaches: tuple[float, ...]
    reaches: tuple[float, ...]  # of gradient and Hessian


_LINEAR = _Problem(
    name="linear",
    closed=closed_forms.linear_forms,
    loss=closed_forms.mp_linear_loss,
    textbook_cost=closed_forms.textbook_linear_cost,
    cost_rounding=lambda *at: float(closed_forms.linear_forms(*at).cost.bound),
    complex_rounding=lambda *at: closed_forms.textbook_linear_rounding(
        *at, unit=oracles.COMPLEX_UNIT
    ),
    hessian_rounding=lambda *at: closed_forms.linear_forms(*at).hessian.bound,
    third=lambda X: np.zeros(X.shape[1]),
    fourth=0.0,
    stretch=2.0**17,  # a parabola: long steps cost nothing and round less
    cost_reaches=REACHES,
    reaches=REACHES,
)

_LOGISTIC = _Problem(
    name="logistic",
    closed=closed_forms.logistic_forms,
    loss=closed_forms.mp_logistic_loss,
    textbook_cost=closed_forms.textbook_logistic_cost,
    cost_rounding=lambda *at: closed_forms.textbook_logistic_rounding(*at)[0],
    complex_rounding=lambda *at: closed_forms.textbook_logistic_rounding(
        *at, unit=oracles.COMPLEX_UNIT
    )[1],
    hessian_rounding=closed_forms.textbook_hessian_rounding,
    third=closed_forms.logistic_third_derivative,
    fourth=1 / 8,  # |σ'''| is largest at 0
    stretch=1.0,
    cost_reaches=(1e-3, 1.0, 30.0),
    reaches=(1e-3, 1.0, 30.0, 700.0),
)


def linear_regression(functions: Any, seed: int) -> Iterator[CheckResult]:
    """Test ``cost``, ``gradient``, ``hessian`` and ``cost_and_gradient`` of (theta, X, y)."""
    return _regression(_LINEAR, functions, seed)


def logistic_regression(functions: Any, seed: int) -> Iterator[CheckResult]:
    """Test ``cost``, ``gradient``, ``hessian`` and ``cost_and_gradient`` of (theta, X, y)."""
    return _regression(_LOGISTIC, functions, seed)


def _regression(problem: _Problem, functions: Any, seed: int) -> Iterator[CheckResult]:
    def of_cost(p: Regression, oracle: Bounded) -> Comparison:
        at = (p.theta, p.X, p.y)
        return Comparison("cost", functions.cost(*at), oracle, problem.cost_rounding(*at))

    def of_gradient(p: Regression, oracle: Bounded, beside: ArrayLike = 0.0) -> Comparison:
        at = (p.theta, p.X, p.y)
        own = problem.closed(*at).gradient.bound
        return Comparison("gradient", functions.gradient(*at), oracle, own + np.asarray(beside))

    def of_hessian(p: Regression, oracle: Bounded) -> Comparison:
        at = (p.theta, p.X, p.y)
        return Comparison("hessian", functions.hessian(*at), oracle, problem.hessian_rounding(*at))

    def of_both(p: Regression, oracle: Forms) -> Iterator[Comparison]:
        at = (p.theta, p.X, p.y)
        cost, gradient = functions.cost_and_gradient(*at)
        yield Comparison("cost_and_gradient: cost", cost, oracle.cost, problem.cost_rounding(*at))
        own = problem.closed(*at).gradient.bound
        yield Comparison("cost_and_gradient: gradient", gradient, oracle.gradient, own)

    def by_differences(p: Regression) -> Iterator[Comparison]:
        oracle = central_difference(
            lambda v: float(functions.cost(v, p.X, p.y)),
            p.theta,
            rounding=lambda v: problem.cost_rounding(v, p.X, p.y),
            third=problem.third(p.X),
            scale=problem.stretch * p.scales,
        )
        yield of_gradient(p, oracle)

    def by_complex_step(p: Regression) -> Iterator[Comparison]:
        oracle = complex_step(
            lambda v: problem.textbook_cost(v, p.X, p.y), p.theta, third=problem.third(p.X)
        )
        yield of_gradient(p, oracle, problem.complex_rounding(p.theta, p.X, p.y))

    def hessian_by_differences(p: Regression) -> Iterator[Comparison]:
        def row(k: int) -> Bounded:
            size = np.abs(p.X)
            return central_difference(
                lambda v: float(functions.gradient(v, p.X, p.y)[k]),
                p.theta,
                rounding=lambda v: float(problem.closed(v, p.X, p.y).gradient.bound[k]),
                third=problem.fourth * np.mean(size[:, [k]] * size**3, axis=0),
                scale=problem.stretch * p.scales,
            )

        yield of_hessian(p, _joined([row(k) for k in range(p.theta.size)], np.vstack))

    def cost_by_mpmath(p: Regression) -> Iterator[Comparison]:
        yield of_cost(p, oracles.mp_forms(problem.loss, p.theta, p.X, p.y).cost)

    def derivatives_by_mpmath(p: Regression) -> Iterator[Comparison]:
        exact = oracles.mp_forms(problem.loss, p.theta, p.X, p.y)
        yield of_gradient(p, exact.gradient)
        yield of_hessian(p, exact.hessian)

    def cost_by_hand(p: Regression) -> Iterator[Comparison]:
        by_hand = problem.closed(p.theta, p.X, p.y)
        yield of_cost(p, by_hand.cost)
        yield from of_both(p, by_hand)

    def derivatives_by_hand(p: Regression) -> Iterator[Comparison]:
        by_hand = problem.closed(p.theta, p.X, p.y)
        yield of_gradient(p, by_hand.gradient)
        yield of_hessian(p, by_hand.hessian)

    cost_reaches, reaches = problem.cost_reaches, problem.reaches
    for name, tried, compare, count in (
        ("gradient agrees with central differences", cost_reaches, by_differences, _EXAMPLES),
        ("gradient agrees with the complex step", cost_reaches, by_complex_step, _EXAMPLES),
        (
            "Hessian agrees with central differences",
            reaches,
            hessian_by_differences,
            _SLOW_EXAMPLES,
        ),
        ("cost agrees with mpmath at 50 digits", cost_reaches, cost_by_mpmath, _SLOW_EXAMPLES),
        ("gradient and Hessian agree with mpmath", reaches, derivatives_by_mpmath, _SLOW_EXAMPLES),
        ("cost, also with its gradient, agrees by hand", cost_reaches, cost_by_hand, _EXAMPLES),
        ("gradient and Hessian agree by hand", reaches, derivatives_by_hand, _EXAMPLES),
    ):
        name = f"{problem.name} {name}, |Xθ| ≤ {max(tried):.0f}"
        yield check(name, regressions(reaches=tried), compare, seed=seed, count=count)


def _joined(parts: Sequence[Bounded], join: Callable[[list[Array]], Array]) -> Bounded:
    return Bounded(join([p.value for p in parts]), join([p.bound for p in parts]))
