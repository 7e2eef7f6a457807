"""prove_limit: at points and at ±∞, one-sided, infinite, by cases; and limits that are others."""

import pytest
from claims import n, x, y, z
from pointwise import near
from sympy import (
    Abs,
    Contains,
    Derivative,
    Eq,
    EulerGamma,
    FiniteSet,
    Integer,
    KroneckerDelta,
    Max,
    Ne,
    Piecewise,
    Rational,
    asin,
    atan,
    besselj,
    cos,
    cosh,
    digamma,
    erf,
    exp,
    gamma,
    log,
    loggamma,
    oo,
    pi,
    sin,
    sqrt,
    symbols,
    tanh,
)

from symderiv import limiting, prove_limit, sigma, softplus
from symderiv.prove.limits import Limit
from symderiv.verdict import ClaimError, InternalDisagreement

h = symbols("h", real=True)
p, t = symbols("p t", positive=True)
inside = (h > 0, h < 1)
label = Contains(y, FiniteSet(0, 1))
cost = -y * log(h) - (1 - y) * log(1 - h)

HOLDS = {
    "reciprocal": (1 / x, x, oo, 0),
    "difference quotient of exp": ((exp(x) - 1) / x, x, 0, 1),
    "logarithm below any power": (log(x) / sqrt(x), x, oo, 0),
    "exponential above any power": (x**50 * exp(-x), x, oo, 0),
    "exponential with a rate": (x**5 * exp(-p * x), x, oo, 0),
    "x log x": (x * log(x), x, 0, 0),
    "sine over x at infinity": (sin(x) / x, x, oo, 0),
    "sine over x at 0": (sin(x) / x, x, 0, 1),
    "exponential of what is bounded": (exp(sin(x)) / x, x, oo, 0),
    "logarithm, third order": ((log(1 + x) - x + x**2 / 2) / x**3, x, 0, Rational(1, 3)),
    "cosine, second order": ((1 - cos(x)) / x**2, x, 0, Rational(1, 2)),
    "compound interest": ((1 + y / x) ** x, x, oo, exp(y)),
    "conjugate": (sqrt(x**2 + x) - x, x, oo, Rational(1, 2)),
    "removable": ((x**3 - 1) / (x - 1), x, 1, 3),
    "removable at a symbol": ((x**2 - p**2) / (x - p), x, p, 2 * p),
    "sigmoid": (sigma(z), z, oo, 1),
    "sigmoid on the left": (sigma(z), z, -oo, 0),
    "slope of the sigmoid": (sigma(z) * (1 - sigma(z)) * exp(z), z, oo, 1),
    "softplus": (softplus(z) - z, z, oo, 0),
    "softplus on the left": (softplus(z), z, -oo, 0),
    "tanh": (tanh(z), z, -oo, -1),
    "erf": (erf(z), z, oo, 1),
    "atan": (atan(z), z, oo, pi / 2),
    "log cosh": (log(cosh(x)) - Abs(x), x, -oo, -log(2)),
    "arctangent, third order": ((atan(x) - x) / x**3, x, 0, Rational(-1, 3)),
    "arctangent, far out": (x * (pi / 2 - atan(x)), x, oo, 1),
    "erf at 0": (erf(x) / x, x, 0, 2 / sqrt(pi)),
    "arcsine": (asin(x) / x, x, 0, 1),
    "sine, fifth order": ((sin(x) - x + x**3 / 6) / x**5, x, 0, Rational(1, 120)),
    "difference quotient of atan": ((atan(x) - atan(y)) / (x - y), x, y, 1 / (1 + y**2)),
    "slope of log Γ": ((loggamma(x) - loggamma(p)) / (x - p), x, p, digamma(p)),
    "pole, even": (1 / x**2, x, 0, oo),
    "a power": (x**p, x, oo, oo),
    "quadratic cost": ((x - y) ** 2, x, -oo, oo),
}
ONE_SIDED = {
    "pole from above": (1 / x, x, 0, oo, "+"),
    "pole from below": (1 / x, x, 0, -oo, "-"),
    "step from above": (Abs(x) / x, x, 0, 1, "+"),
    "step from below": (Abs(x) / x, x, 0, -1, "-"),
    "essential from below": (exp(1 / x), x, 0, 0, "-"),
}
OTHER = {  # and the limit, at the values of the other symbols that are shown
    "wrong number": ((exp(x) - 1) / x, x, 0, 2, 1),
    "finite, not infinite": (softplus(z) - z, z, oo, oo, 0),
    "infinite, not finite": (softplus(z), z, oo, 1, oo),
    "two sides": (1 / x, x, 0, oo, -oo),
    "a step": (Abs(x) / x, x, 0, 1, -1),
    "wrong sign": (-(x**2), x, oo, oo, -oo),
    "sigmoid": (sigma(z), z, oo, 0, 1),
    "for some symbol": (x * y, x, oo, oo, 0),
    "depends on a symbol": (y + 1 / x, x, oo, 1, 0),
    "compound interest": ((1 + y / x) ** x, x, oo, exp(1), 1),
    "a factor": (log(1 + exp(2 * x)) / x, x, oo, 1, 2),
    "half of a circle": (atan(x), x, oo, pi, pi / 2),
}


@pytest.mark.parametrize("name", HOLDS)
def test_holds(name):
    result = prove_limit(*HOLDS[name])
    assert result.proved, (name, result)


@pytest.mark.parametrize("name", ONE_SIDED)
def test_one_sided(name):
    *claim, direction = ONE_SIDED[name]
    assert prove_limit(*claim, direction=direction).proved


@pytest.mark.parametrize("name", OTHER)
def test_another_limit_is_refuted_with_the_one_that_was_found(name):
    expr, variable, point, claimed, limit = OTHER[name]
    result = prove_limit(expr, variable, point, claimed)
    assert result.refuted, (name, result)
    seen = result.counterexample
    assert (seen.lhs, seen.rhs, seen.relation) == (limit, claimed, "limit")
    assert prove_limit(
        expr.xreplace({y: Integer(0)}),
        variable,
        point,
        limit,
        direction="-" if seen.note.startswith("from below") else "+",
    ).proved


def test_the_value_that_is_shown_is_one_near_the_point_from_that_side():
    seen = prove_limit(Abs(x) / x, x, 0, 1).counterexample
    assert seen.note == "from below: at x = -1/1024 it is -1"
    assert seen.values == {}


def test_what_only_the_claimed_value_or_the_point_reads_is_shown():
    # lim e^|x| = a² is violated by a = −2, and not by a = −1
    found = prove_limit(exp(Abs(x)), x, 0, y**2, where=[y < 0]).counterexample
    assert (found.lhs, found.rhs) == (1, found.values["y"] ** 2)
    assert found.lhs != found.rhs
    found = prove_limit(z * x, x, y, y / z, where=[y > 0, z > 1]).counterexample
    a, b = found.values["y"], found.values["z"]
    assert (found.lhs, found.rhs) == (a * b, a / b)


class TestTwoRoutes:
    """What one of them says is held against the other."""

    def test_a_ball_around_the_point_refutes_what_the_expansion_cannot_reach(self):
        result = prove_limit(gamma(x), x, Rational(1, 2), 2)
        assert result.refuted
        assert near(result.counterexample.lhs, sqrt(pi))
        assert not prove_limit(gamma(x), x, Rational(1, 2), sqrt(pi)).refuted

    def test_it_has_to_lie_in_the_domain(self):
        assert not prove_limit(gamma(1 + x), x, 0, 2, where=[x > 1]).refuted

    @pytest.fixture
    def credulous(self, monkeypatch):
        """An expansion that agrees with everything."""
        monkeypatch.setattr(limiting, "prove_limit_of", lambda *_: Limit(1, ["from +: all"]))

    @pytest.mark.usefixtures("credulous")
    def test_a_proof_of_what_a_ball_excludes_is_an_internal_error(self):
        assert prove_limit(cos(x), x, 0, 1).proved
        with pytest.raises(InternalDisagreement):
            prove_limit(cos(x), x, 0, 2)

    @pytest.mark.usefixtures("credulous")
    @pytest.mark.parametrize(
        ("expr", "point", "claimed"),
        [
            (1 / log(x), oo, 1),
            (exp(x), oo, 0),
            (log(x), oo, -oo),
            (tanh(x), -oo, 1),
            (sin(x) / x, 0, 2),
            (1 / x, 0, oo),
            (Abs(x) / x, 0, 1),
        ],
        ids=["log", "exp", "sign", "left", "quotient", "pole", "step"],
    )
    def test_values_that_come_no_closer_are_a_reason_to_doubt(self, expr, point, claimed):
        result = prove_limit(expr, x, point, claimed)
        assert "come no closer" in result.reason

    @pytest.mark.usefixtures("credulous")
    @pytest.mark.parametrize("name", HOLDS)
    def test_true_limits_are_not_doubted(self, name):
        assert prove_limit(*HOLDS[name]).proved


class TestTheCostOfOneExample:
    """−log h for y = 1, −log(1 − h) for y = 0, with 0 < h < 1."""

    @pytest.mark.parametrize(
        ("point", "label_is", "limit"), [(1, 1, 0), (0, 1, oo), (1, 0, oo), (0, 0, 0)]
    )
    def test_four_limits(self, point, label_is, limit):
        assert prove_limit(cost, h, point, limit, where=[*inside, Eq(y, label_is)]).proved

    def test_by_cases(self):
        at_one = Piecewise((0, Eq(y, 1)), (oo, True))
        assert prove_limit(cost, h, 1, at_one, where=[*inside, label]).proved
        assert prove_limit(cost, h, 0, at_one, where=[*inside, label]).refuted

    def test_a_finite_value_by_cases(self):
        # y + 1/x → y for both labels
        assert prove_limit(y + 1 / x, x, oo, y, where=[label]).proved
        assert prove_limit(y + 1 / x, x, oo, Integer(1), where=[label]).refuted


def test_what_does_not_move_is_its_own_limit():
    assert prove_limit(y**2, x, 0, y**2).proved
    assert prove_limit(y**2, x, oo, 1).refuted


MACHIN = atan(Rational(1, 2)) + atan(Rational(1, 3)) - pi / 4  # 0, which no normal form shows


@pytest.mark.parametrize(
    ("expr", "point", "limit"),
    [
        (x * MACHIN, oo, 0),
        ((gamma(1 + x) - 1) / x, 0, -EulerGamma),
        (exp(x * MACHIN) + x, oo, oo),
    ],
    ids=["angles", "gamma", "exponent"],
)
def test_a_number_that_may_be_0_refutes_nothing(expr, point, limit):
    assert not prove_limit(expr, x, point, limit).refuted


def test_an_arcsine_at_its_end_is_no_reason_to_leave_a_side_out():
    # from above it tends to 1 + π/2, from below to π/2
    above = Piecewise((1, x > 0), (0, True))
    assert not prove_limit(asin(1 - Max(x, 0)) + above, x, 0, pi / 2).proved


def test_no_limit_is_not_proved():
    assert not prove_limit(sin(x), x, oo, 0).proved
    assert not prove_limit(sin(1 / x), x, 0, 0).proved
    # what stays bounded hides a number beside it, and stays so in a product
    assert not prove_limit(1 + sin(x), x, oo, 1).proved
    assert not prove_limit(sin(x) * exp(1 / x), x, oo, 0).proved
    assert not prove_limit(cos(x) * exp(1 / x), x, oo, 0).proved


def test_the_domain_has_to_reach_the_point():
    # log x is defined for x > 0 only: nothing tends to −1
    assert not prove_limit(log(x), x, -1, 0).proved
    assert not prove_limit(1 / x, x, oo, 0, where=[x < 5]).proved


def test_a_zero_that_is_not_recognised_is_not_divided_by():
    # (sin² + cos² − 1)/x is 0 everywhere
    assert prove_limit((sin(y) ** 2 + cos(y) ** 2 - 1) * x, x, oo, 0).proved


@pytest.mark.parametrize(
    ("variable", "value_", "direction"),
    [(n, 0, "+-"), (x, x, "+-"), (x, 0.5, "+-"), (x, 0, "left"), (x + 1, 0, "+-")],
)
def test_refused(variable, value_, direction):
    with pytest.raises(ClaimError):
        prove_limit(exp(-x), variable, oo, value_, direction=direction)


# e^(x·sin x) is e^x again and again
def test_the_exponential_of_what_oscillates_is_not_small():
    for e in (exp(x * sin(x)) / 2**x, exp(x * sin(x)) / x**9, exp(sin(x)) - 1, sin(x) + 1 / x):
        assert not prove_limit(e, x, oo, 0).proved


def test_every_value_of_a_case_is_needed():
    cases = Piecewise((1, y > 0), (5, True))  # at y = 0 the limit is 0
    assert prove_limit(y + 1 / x, x, oo, cases, where=[label]).refuted
    cases = Piecewise((1, y > 0), (0, True))
    assert prove_limit(y + 1 / x, x, oo, cases, where=[label]).proved


@pytest.mark.parametrize(("expr", "point", "where"), [(log(x), -1, []), (x, 0, [x > 1])])
def test_a_limit_that_nothing_tends_to(expr, point, where):
    result = prove_limit(expr, x, point, 0, where=where)
    assert result.reason == "the domain has no points beside the point"


def test_a_derivative_by_what_the_value_has_cases_in_is_refused():
    cases = Piecewise((1, y > 0), (0, True))
    with pytest.raises(ClaimError, match="for each value of y"):
        prove_limit(Derivative(x * y, y), x, oo, cases, where=[label])


def test_the_value_at_the_point_says_nothing():
    apart = Piecewise((1, Ne(x, 0)), (5, True))
    assert prove_limit(apart, x, 0, 1).proved
    assert prove_limit(apart, x, 0, 5).refuted


def test_what_only_the_value_needs_is_no_part_of_the_domain():
    """log y² + 1/x tends to log y², for y < 0 as well, where 2·log y has no value."""
    found = prove_limit(log(y**2) + 1 / x, x, oo, 2 * log(y))
    assert [str(c.relation) for c in found.open_conditions if not c.natural] == ["y > 0"]
    assert all(c.natural for c in prove_limit(log(y) + 1 / x, x, oo, log(y)).open_conditions)


# J₀(1) is 0.77, and π − 3 is 0.14; which of the three cases of its sign is the true one is not seen
@pytest.mark.parametrize(
    ("number", "value"), [(besselj(0, 1), 1), (pi - 3, 1), (3 - pi, -1), (-besselj(0, 1), -1)]
)
def test_the_limit_in_one_case_of_a_number_is_no_counterexample(number, value):
    assert not prove_limit(tanh(number * x), x, oo, value).refuted


def test_a_delta_of_a_real_number_is_not_seen_beside_its_place():
    # x + δ(x, 0) → 0 as x → 0: the value at 0 is not the limit
    for place in (0, 1):
        result = prove_limit(x + KroneckerDelta(x, place), x, 2 * place, 2 * place)
        assert result.proved, result
        assert not prove_limit(x + KroneckerDelta(x, place), x, 2 * place, 2 * place + 1).proved
