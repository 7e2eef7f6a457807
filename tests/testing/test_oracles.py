"""The oracles keep their bounds, and the bounds are narrow enough to see an error."""

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symderiv.testing.oracles import (
    COMPLEX_UNIT,
    LIBRARY,
    UNIT,
    Bounded,
    central_difference,
    complex_step,
    gamma,
    mp_forms,
    mp_value,
)


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

    def test_forms_of_a_loss_whose_derivatives_are_known(self):
        theta, X = np.array([0.5, -1.0]), np.array([[1.0, 2.0], [0.0, 3.0], [-4.0, 1.0]])
        rates = np.exp(X @ theta)
        forms = mp_forms(lambda z, y: mpmath.exp(z) - y * z, theta, X, [1.0, 0.0, 2.0])
        residual = rates - [1.0, 0.0, 2.0]
        rounding = gamma(40) * np.abs(X).T @ (rates + 2) / 3
        assert forms.gradient.misfit(X.T @ residual / 3, rounding) <= 1
        assert forms.gradient.misfit(X.T @ residual / 3 * (1 + 1e-12), 0.0) > 1
        assert forms.hessian.misfit(X.T @ np.diag(rates) @ X / 3, gamma(40) * 500) <= 1
        assert forms.hessian.misfit(X.T @ np.diag(rates) @ X, gamma(40) * 500) > 1

    def test_curvature_far_below_the_loss(self):
        forms = mp_forms(lambda z, _: z + mpmath.exp(-z), [300.0], [[1.0]], [0.0])
        curvature = math.exp(-300.0)
        assert forms.hessian.misfit([[curvature]], gamma(2 * LIBRARY) * curvature) <= 1
