"""The oracles keep their bounds, and the bounds are narrow enough to see an error."""

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symderiv.testing.closed_forms import (
    linear_forms,
    logistic_forms,
    logistic_third_derivative,
    textbook_logistic_cost,
    textbook_logistic_rounding,
)
from symderiv.testing.oracles import (
    COMPLEX_UNIT,
    LIBRARY,
    UNIT,
    Bounded,
    central_difference,
    complex_step,
    gamma,
    mp_forms,
    mp_logistic_loss,
    mp_value,
)
from symderiv.testing.strategies import regressions

ORDINARY = np.random.default_rng(0)
THETA, X = ORDINARY.normal(size=4), ORDINARY.normal(size=(50, 4))
Y = ORDINARY.integers(0, 2, size=50).astype(float)


def linear_loss(z, y):
    return (z - y) ** 2 / 2


def both(forms):
    return (forms.cost, forms.gradient, forms.hessian)


class TestMisfit:
    def test_counts_in_units_of_what_is_allowed(self):
        oracle = Bounded(np.array([1.0, 2.0]), np.array([0.5, 0.25]))
        assert oracle.misfit([1.0, 2.5]) == 2.0
        assert oracle.misfit([1.0, 2.5], allowance=0.25) == 1.0

    @pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf])
    def test_what_is_no_number_never_fits(self, wrong):
        assert Bounded(np.array([1.0, 0.0]), np.ones(2)).misfit([1.0, wrong]) == math.inf

    def test_a_bound_of_zero_asks_for_the_value_itself(self):
        oracle = Bounded(np.zeros(1), np.zeros(1))
        assert oracle.misfit([0.0]) == 0
        assert oracle.misfit([5e-324]) == math.inf

    def test_another_shape_is_not_broadcast(self):
        with pytest.raises(ValueError, match=r"shape \(1, 2\), the oracle \(2,\)"):
            Bounded(np.zeros(2), np.ones(2)).misfit([[0.0, 0.0]])


class TestCentralDifference:
    @given(st.floats(-50, 50))
    def test_bound_holds_with_a_known_third_derivative(self, x):
        slope = central_difference(
            lambda v: math.sin(v[0]), [x], rounding=lambda v: LIBRARY * UNIT, third=1.0
        )
        assert slope.misfit([math.cos(x)], LIBRARY * UNIT) <= 1
        assert slope.bound[0] < 1e-9

    @given(st.floats(-5, 5))
    def test_bound_holds_with_an_estimated_one(self, x):
        slope = central_difference(
            lambda v: math.exp(v[0]), [x], rounding=lambda v: LIBRARY * UNIT * math.exp(v[0])
        )
        assert slope.misfit([math.exp(x)], LIBRARY * UNIT * math.exp(x)) <= 1
        assert slope.bound[0] < 1e-8 * math.exp(x)

    def test_points_off_centre_are_charged_for(self):
        x = 2 - 2.0**-52  # x + h is no double: the curvature 2e12 moves the slope by 2e-4
        steep = 1e12

        def f(v):
            return steep * (v[0] - x) ** 2

        slope = central_difference(
            f, [x], rounding=lambda v: gamma(3) * f(v), third=0.0, scale=2.0**-8
        )
        exact_centre = abs(slope.value[0])
        assert exact_centre > 1e-4
        assert slope.misfit([0.0]) <= 1

    def test_the_bound_is_that_of_theory(self):
        slope = central_difference(
            lambda v: v[0] ** 3, [0.0], rounding=lambda v: 0.0, third=6.0, scale=1.0
        )
        assert slope.value[0] == pytest.approx(slope.bound[0], rel=0.02)  # it is attained: h²

    @pytest.mark.parametrize("factor", [1 + 1e-7, 1 - 1e-7])
    def test_sees_a_relative_error_of_1e_7_in_a_gradient(self, factor):
        exact = logistic_forms(THETA, X, Y)
        gradient = central_difference(
            lambda v: float(logistic_forms(v, X, Y).cost.value),
            THETA,
            rounding=lambda v: float(logistic_forms(v, X, Y).cost.bound),
            third=logistic_third_derivative(X),
        )
        assert gradient.misfit(exact.gradient.value, exact.gradient.bound) <= 1
        assert gradient.misfit(exact.gradient.value * factor, exact.gradient.bound) > 1


class TestComplexStep:
    @pytest.mark.parametrize("factor", [1 + 1e-12, 1 - 1e-12])
    def test_sees_a_relative_error_of_1e_12(self, factor):
        slope = complex_step(lambda v: 1 / (1 + np.exp(-v[0])), [0.7], third=0.125)
        s = 1 / (1 + math.exp(-0.7))
        allowance = gamma(3 * LIBRARY + 6, COMPLEX_UNIT) * s
        assert slope.misfit([s * (1 - s)], allowance) <= 1
        assert slope.misfit([s * (1 - s) * factor], allowance) > 1

    def test_a_function_with_abs_on_its_path_does_not_pass_unnoticed(self):
        slope = complex_step(lambda v: np.exp(-np.abs(v[0])), [1.0], third=1.0)
        assert slope.misfit([-math.exp(-1)], 1e-6) > 1


class TestReferences:
    def test_value_in_fifty_digits(self):
        small = mp_value(lambda z: mpmath.log1p(mpmath.exp(-z)), 40.0)
        assert small.misfit(math.exp(-40.0), gamma(LIBRARY) * math.exp(-40.0)) <= 1
        assert small.misfit(math.log(1 + math.exp(-40.0)), 1e-3 * math.exp(-40.0)) > 1

    @pytest.mark.parametrize(
        ("forms", "loss"), [(logistic_forms, mp_logistic_loss), (linear_forms, linear_loss)]
    )
    @given(p=regressions())
    def test_closed_forms_and_mpmath_agree_up_to_saturation(self, forms, loss, p):
        closed, reference = forms(p.theta, p.X, p.y), mp_forms(loss, p.theta, p.X, p.y)
        for by_hand, exact in zip(both(closed), both(reference), strict=True):
            assert exact.misfit(by_hand.value, by_hand.bound) <= 1

    @pytest.mark.parametrize("forms", [logistic_forms, linear_forms])
    def test_their_bounds_are_a_few_hundred_roundings(self, forms):
        for oracle in both(forms(THETA, X, Y)):
            assert np.all(oracle.bound < 500 * UNIT * np.max(np.abs(oracle.value)))

    @pytest.mark.parametrize(
        "wrong",
        {
            "sign": lambda r: -X.T @ r / 50,
            "no 1/m": lambda r: X.T @ r,
            "1/(m - 1)": lambda r: X.T @ r / 49,
            "labels swapped": lambda r: X.T @ (r + 2 * Y - 1) / 50,
            "columns reversed": lambda r: X[:, ::-1].T @ r / 50,
            "rows shifted": lambda r: np.roll(X, 1, axis=0).T @ r / 50,
            "one part in 1e13": lambda r: X.T @ r / 50 * (1 + 1e-13),
        }.items(),
        ids=lambda item: item[0],
    )
    def test_a_wrong_gradient_is_seen(self, wrong):
        _, formula = wrong
        reference = mp_forms(mp_logistic_loss, THETA, X, Y).gradient
        closed = logistic_forms(THETA, X, Y).gradient
        residual = 1 / (1 + np.exp(-X @ THETA)) - Y
        assert reference.misfit(X.T @ residual / 50, closed.bound) <= 1
        assert reference.misfit(formula(residual), closed.bound) > 1


class TestTextbookForm:
    @given(p=regressions(reaches=(1e-3, 1.0, 20.0, 30.0)))
    def test_rounds_no_more_than_derived(self, p):
        reference = mp_forms(mp_logistic_loss, p.theta, p.X, p.y).cost
        rounding, _ = textbook_logistic_rounding(p.theta, p.X, p.y)
        assert reference.misfit(textbook_logistic_cost(p.theta, p.X, p.y), rounding) <= 1

    def test_the_loss_of_digits_is_real(self):
        theta, one, label = np.array([29.3]), np.ones((1, 1)), np.zeros(1)
        reference = mp_forms(mp_logistic_loss, theta, one, label).cost
        computed = textbook_logistic_cost(theta, one, label)
        rounding, _ = textbook_logistic_rounding(theta, one, label)
        assert abs(computed - reference.value) > 0.005 * rounding
        assert abs(computed - reference.value) > 1e-6

    def test_refuses_where_nothing_is_left(self):
        with pytest.raises(ValueError, match="above 30: use logistic_forms"):
            textbook_logistic_rounding(np.array([31.0]), np.ones((1, 1)), np.zeros(1))
