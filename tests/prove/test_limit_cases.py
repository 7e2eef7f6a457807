"""Limits where a sign is known, a side is not in the domain, or a case does not occur."""

import pytest
from claims import x, y
from sympy import exp, oo, sin, symbols

from symderiv import prove_equal, prove_limit

a, b, c = symbols("a b c", real=True)
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
