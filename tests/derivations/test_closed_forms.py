"""The forms written by hand keep their bounds, which are narrow enough to see an error."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symderiv.derivations.closed_forms import (
    linear_forms,
    logistic_forms,
    logistic_third_derivative,
    mp_linear_loss,
    mp_logistic_loss,
    mp_sigmoid,
    sigmoid_forms,
    textbook_hessian_rounding,
    textbook_linear_cost,
    textbook_linear_rounding,
    textbook_logistic_cost,
    textbook_logistic_rounding,
)
from symderiv.testing.oracles import (
    COMPLEX_UNIT,
    UNIT,
    central_difference,
    complex_step,
    mp_forms,
    mp_value,
)
from symderiv.testing.strategies import regressions

ORDINARY = np.random.default_rng(0)
THETA, X = ORDINARY.normal(size=4), ORDINARY.normal(size=(50, 4))
Y = ORDINARY.integers(0, 2, size=50).astype(float)


def both(forms):
    return (forms.cost, forms.gradient, forms.hessian)


class TestSigmoid:
    @given(st.floats(-700, 700))
    def test_is_that_of_mpmath_up_to_saturation(self, z):
        value, slope = sigmoid_forms(np.array([z]))
        exact = mp_value(mp_sigmoid, z)
        assert exact.misfit(value.value[0], value.bound[0]) <= 1
        exact = mp_value(lambda t: mp_sigmoid(t) * mp_sigmoid(-t), z)
        assert exact.misfit(slope.value[0], slope.bound[0]) <= 1

    def test_its_bounds_are_relative(self):
        for oracle in sigmoid_forms(np.array([-600.0, -40.0, 0.0])):
            assert np.all(oracle.bound < 30 * UNIT * oracle.value)


class TestMatrixForms:
    @pytest.mark.parametrize(
        ("forms", "loss"), [(logistic_forms, mp_logistic_loss), (linear_forms, mp_linear_loss)]
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

    @given(p=regressions(reaches=(1e-3, 1.0, 30.0, 700.0)))
    def test_hessian_rounds_no_more_than_derived(self, p):
        s = 1 / (1 + np.exp(-(p.X @ p.theta)))
        computed = p.X.T @ ((s * (1 - s))[:, None] * p.X) / p.y.size
        reference = mp_forms(mp_logistic_loss, p.theta, p.X, p.y).hessian
        assert reference.misfit(computed, textbook_hessian_rounding(p.theta, p.X, p.y)) <= 1

    def test_the_hessian_needs_its_own_bound(self):
        theta, one, label = np.array([36.0]), np.ones((1, 1)), np.ones(1)
        s = 1 / (1 + np.exp(-theta))
        stable = logistic_forms(theta, one, label).hessian
        assert stable.misfit((s * (1 - s))[None]) > 1e3
        assert stable.misfit((s * (1 - s))[None], textbook_hessian_rounding(theta, one, label)) <= 1

    @given(p=regressions())
    def test_complex_step_of_the_linear_cost_rounds_no_more_than_derived(self, p):
        step = complex_step(lambda v: textbook_linear_cost(v, p.X, p.y), p.theta, third=0.0)
        reference = mp_forms(mp_linear_loss, p.theta, p.X, p.y).gradient
        rounding = textbook_linear_rounding(p.theta, p.X, p.y, unit=COMPLEX_UNIT)
        assert reference.misfit(step.value, step.bound + rounding) <= 1
