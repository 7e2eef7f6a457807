"""One property test: what comes back when it holds, when it does not, and when it cannot run."""

import numpy as np
import pytest
from hypothesis import strategies as st

from symderiv.testing.oracles import bounded
from symderiv.testing.properties import Comparison, check
from symderiv.testing.strategies import Points, points


def twice(got, allowance=0.0):
    def compare(p):
        return [Comparison("twice", got(p.z), bounded(2 * p.z, 0.0), allowance)]

    return compare


class TestComparison:
    def test_names_the_entry_that_is_furthest_off(self):
        oracle = bounded(np.array([[1.0, 2.0], [3.0, 4.0]]), 0.5)
        complaint = Comparison("hessian", [[1.0, 3.0], [3.0, 8.0]], oracle).complaint()
        assert complaint == "expected hessian[1, 1] = 4.0 ± 5.1e-01, got 8.0"
        assert Comparison("hessian", [[1.0, 2.5], [3.0, 4.0]], oracle).complaint() == ""

    def test_an_allowance_is_added_to_the_bound(self):
        oracle = bounded(np.float64(1.0), 0.5)
        assert Comparison("cost", 1.75, oracle, 0.5).complaint() == ""
        assert Comparison("cost", 1.75, oracle, 0.1).complaint().startswith("expected cost = 1.0 ±")

    @pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
    def test_what_is_no_number_is_named(self, wrong):
        assert f"got {wrong}" in Comparison("cost", wrong, bounded(1.0, 1e300)).complaint()

    def test_another_shape_is_not_broadcast(self):
        column = Comparison("gradient", [[0.0], [0.0]], bounded(np.zeros(2), 1.0))
        assert column.complaint() == "expected gradient of shape (2,), got shape (2, 1)"


class TestCheck:
    def test_counts_what_it_tried(self):
        found = check("doubling", points(9.0), twice(lambda z: z + z), seed=0, count=13)
        assert (found.name, found.passed, found.detail, found.examples) == (
            "doubling",
            True,
            "",
            13,
        )

    def test_says_how_much_of_what_is_allowed_was_used(self):
        found = check("a quarter off", points(9.0), twice(lambda z: 2 * z + 0.25, 1.0), seed=0)
        assert found.compared >= found.examples
        assert 0.24 < found.furthest < 0.26

    def test_the_detail_is_the_smallest_example(self):
        found = check("doubling", points(9.0), twice(lambda z: z * z), seed=0)
        assert not found.passed
        assert found.detail == "at z = [1.0]\nexpected twice[0] = 2.0 ± 2.2e-308, got 1.0"

    def test_an_error_once_in_a_while_is_found(self):
        found = check("doubling", points(9.0), twice(lambda z: 2 * z + (z > 8)), seed=0, count=99)
        assert not found.passed

    def test_an_exception_is_a_failure(self):
        found = check("dividing", points(9.0), twice(lambda z: 1 // 0), seed=0)
        assert not found.passed
        assert found.detail.splitlines()[1].startswith("ZeroDivisionError: ")

    def test_examples_that_cannot_be_drawn_are_a_failure(self):
        found = check("nothing", st.nothing(), twice(lambda z: 2 * z), seed=0)
        assert not found.passed
        assert found.detail
        assert found.examples == 0

    def test_nothing_compared_is_a_failure(self):
        found = check("nothing", points(9.0), lambda p: [], seed=0)
        assert not found.passed
        assert "nothing was compared" in found.detail

    def test_a_warning_is_left_to_the_values(self):
        found = check("overflow", st.just(Points(np.array([800.0]))), twice(np.exp), seed=0)
        assert "got inf" in found.detail
