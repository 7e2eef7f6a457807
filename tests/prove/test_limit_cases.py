"""Limits where a sign is known, a side is not in the domain, or a case does not occur."""

import pytest
from claims import x, y
from sympy import Contains, Eq, FiniteSet, Piecewise, exp, log, oo, sin, symbols

from symderiv import prove_equal, prove_limit

a, b, c = symbols("a b c", real=True)
label = Contains(y, FiniteSet(0, 1))
SAME = (a >= b, a <= b)  # as long as no sign is asked for, a − b is not 0


class TestWhatIsZeroByItsSign:
    """a ≥ b and a ≤ b: then a − b = 0, and x^(a − b) = 1."""

    @pytest.mark.parametrize(
        ("expr", "limit", "wrong"),
        [
            (x ** (a - b), 1, 0),
            (x ** (a - b) + y, y + 1, y),
            (exp((a - b) * x), 1, 0),
            (sin(y * x ** (a - b)), sin(y), 0),
        ],
        ids=["power", "and a number", "exponential", "inside a sine"],
    )
    def test_exponents(self, expr, limit, wrong):
        assert prove_limit(expr, x, oo, limit, where=SAME).proved
        other = prove_limit(expr, x, oo, wrong, where=SAME)
        assert not other.proved
        assert "proved" not in other.reason  # not even by one of the routes

    def test_the_sign_of_a_quotient(self):
        # (a − b)/c is 0, and neither a − b nor c has a sign that is known
        where = [(a - b) / c >= 0, (a - b) / c <= 0]
        assert prove_limit(x ** ((a - b) / c), x, oo, 1, where=where).proved
        assert prove_limit(x ** ((a - b) / c), x, oo, 0, where=where).refuted
        assert prove_limit(sin(y * x ** ((a - b) / c)), x, oo, sin(y), where=where).proved

    def test_coefficients(self):
        # (a − b)·x → 0, and (a − b)/x² does not go to ∞
        assert prove_limit((a - b) * x, x, oo, 0, where=SAME).proved
        assert prove_limit((a - b) / x**2, x, 0, oo, where=SAME).refuted

    def test_one_sign_that_is_left_is_an_equation(self):
        assert prove_equal(y * a**2, b**2 * y, where=SAME).proved
        assert prove_equal(a, b, where=[a >= b, a**2 <= b**2]).refuted


class TestSidesOnWhichTheTermIsNotDefined:
    """Where no branch applies, and where an argument leaves its domain, nothing is claimed."""

    @pytest.mark.parametrize(
        ("expr", "point", "limit"),
        [
            (Piecewise((1, x > 0)), 0, 1),
            (Piecewise((x + 1, x > 0)), 0, 1),
            (Piecewise((1 / x, x > 0)), 0, oo),
            (Piecewise((1, x > 0)) * Piecewise((2, x < 1)), 0, 2),
            (Piecewise((Piecewise((3, x > -1)), x < 0), (exp(-x), True)), oo, 0),
            (Piecewise((y, Eq(y, 1)), (Piecewise((y, x > 0)), True)), 0, y),
        ],
        ids=["number", "sum", "pole", "product", "inner", "with a label"],
    )
    def test_the_other_side_counts(self, expr, point, limit):
        assert prove_limit(expr, x, point, limit, where=[label]).proved
        assert prove_limit(expr, x, point, limit + 1 if limit != oo else 0, where=[label]).refuted

    @pytest.mark.parametrize("limit", [0, 5])
    def test_no_side_is_left(self, limit):
        for expr in (Piecewise((1, x > -(10**7))), Piecewise((Piecewise((1, x > 0)), x < 5))):
            result = prove_limit(expr, x, -oo, limit)
            assert not result.proved
            assert not result.refuted
            assert "no points" in result.reason

    def test_what_cancels_has_its_domain_all_the_same(self):
        # log x − log x + 1/x with x > 0
        logs = {c: log(x)}
        assert prove_limit(c - log(x) + 1 / x, x, 0, oo, let=logs).proved
        assert prove_limit(c - log(x) + 1 / x, x, 0, -oo, let=logs).refuted

    def test_a_condition_in_a_branch_counts_there_only(self):
        logs = Piecewise((log(x), x > 0), (x, True))
        assert prove_limit(logs, x, -oo, -oo).proved
        assert prove_limit(logs, x, oo, oo).proved
        assert prove_limit(logs, x, 0, -oo).refuted
