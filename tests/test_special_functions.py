"""Special functions by name: what is proved of them, the slip beside it, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from sympy import (
    Abs,
    Derivative,
    Ei,
    Eq,
    EulerGamma,
    Gt,
    IndexedBase,
    LambertW,
    Lt,
    Ne,
    Piecewise,
    Rational,
    Sum,
    UnevaluatedExpr,
    atan,
    atan2,
    besseli,
    besselj,
    besselk,
    bessely,
    cos,
    digamma,
    erf,
    erfcinv,
    erfi,
    erfinv,
    exp,
    expint,
    floor,
    gamma,
    harmonic,
    log,
    loggamma,
    lowergamma,
    pi,
    sin,
    sinc,
    sinh,
    sqrt,
    symbols,
    uppergamma,
)
from sympy.codegen.cfunctions import hypot

from symderiv import Verdict, prove_convex, prove_equal, prove_limit, prove_nonnegative, to_numpy
from symderiv.verdict import ClaimError

x, y, a, mu = symbols("x y a mu", real=True)
p, q, r = symbols("p q r", positive=True)
n = symbols("n", integer=True, positive=True)
i, j = symbols("i j", integer=True)
u, v = IndexedBase("u"), IndexedBase("v")
D, HALF = Derivative, Rational(1, 2)

# the left side, the right side, a wrong one, and where
CLAIMS: dict[str, tuple[Any, Any, Any, tuple[Any, ...]]] = {
    # Γ(a, x) and what is made of it
    "Γ(a, x) by x": (D(uppergamma(a, q), q), -(q ** (a - 1)) * exp(-q), q**a * exp(-q), ()),
    "survival of the gamma distribution": (
        D(log(uppergamma(p, q) / gamma(p)), q),
        -(q ** (p - 1)) * exp(-q) / uppergamma(p, q),
        -(q ** (p - 1)) * exp(-q) / gamma(p),
        (),
    ),
    "Γ(a + 2, x)": (
        uppergamma(a + 2, q),
        a * (a + 1) * uppergamma(a, q) + (a + 1) * q**a * exp(-q) + q ** (a + 1) * exp(-q),
        a * (a + 1) * uppergamma(a, q) + q**a * exp(-q) + q ** (a + 1) * exp(-q),
        (),
    ),
    "Γ(1, x) by an equation": (uppergamma(a, q), exp(-q), q * exp(-q), (Eq(a, 1),)),
    "log Γ beside Γ(a, x)": (  # which has a value below its argument, where log Γ has none
        loggamma(a + 1) + uppergamma(a - 4, q),
        loggamma(a) + log(a) + uppergamma(a - 4, q),
        loggamma(a) + uppergamma(a - 4, q),
        (Eq(a, 3),),
    ),
    "γ(a, x) + Γ(a, x)": (lowergamma(p, q) + uppergamma(p, q), gamma(p), p * gamma(p), ()),
    "γ(a, x) by x": (D(lowergamma(p, q), q), q ** (p - 1) * exp(-q), q**p * exp(-q), ()),
    "E₁'": (D(expint(1, q), q), -exp(-q) / q, exp(-q) / q, ()),
    "E_ν'": (D(expint(a, q), q), -expint(a - 1, q), -expint(a + 1, q), ()),
    "E₂": (expint(2, q), exp(-q) - q * expint(1, q), exp(-q) + q * expint(1, q), ()),
    "Ei'": (D(Ei(x), x), exp(x) / x, -exp(x) / x, ()),
    # quantiles
    "probit link": (
        D(sqrt(2) * erfinv(2 * p - 1), p),
        sqrt(2 * pi) * exp(erfinv(2 * p - 1) ** 2),
        sqrt(pi) * exp(erfinv(2 * p - 1) ** 2),
        (p < 1,),
    ),
    "erf of its inverse": (erf(2 * erfinv(x) / 2 + y - y, evaluate=False) * y, x * y, -x * y, ()),
    "erfinv of erf, scaled": (erfinv(erf(-x / 3, evaluate=False)) * 3, -x, x, ()),
    "erfinv''": (
        D(erfinv(x), x, x),
        pi / 2 * erfinv(x) * exp(2 * erfinv(x) ** 2),
        pi * erfinv(x) * exp(2 * erfinv(x) ** 2),
        (),
    ),
    "erfcinv": (D(erfcinv(q), q), -sqrt(pi) / 2 * exp(erfinv(1 - q) ** 2), 1 + 0 * q, ()),
    # W
    "W'": (
        D(LambertW(x), x),
        LambertW(x) / (x * (1 + LambertW(x))),
        LambertW(x) / (1 + LambertW(x)),
        (),
    ),
    "W·e^W": (LambertW(x) * exp(LambertW(x)), x, 2 * x, ()),
    "e^(2W)": (exp(2 * LambertW(x) + y) * LambertW(x) ** 2, x**2 * exp(y), x * exp(y), ()),
    "W at 0": (exp(LambertW(x)) + LambertW(x), 1 + 0 * x, 0 * x, (Eq(x, 0),)),
    "W in sums": (
        Sum(exp(LambertW(u[i])) * LambertW(u[i]), (i, 1, n)),
        Sum(u[i], (i, 1, n)),
        Sum(u[i] ** 2, (i, 1, n)),
        (),
    ),
    # Bessel functions
    "von Mises": (
        D(r * cos(x - mu) - log(2 * pi * besseli(0, r)), r),
        cos(x - mu) - besseli(1, r) / besseli(0, r),
        cos(x - mu) + besseli(1, r) / besseli(0, r),
        (),
    ),
    "von Mises, a sample": (
        D(Sum(log(besseli(0, r * u[i])), (i, 1, n)), r),
        Sum(u[i] * besseli(1, r * u[i]) / besseli(0, r * u[i]), (i, 1, n)),
        Sum(besseli(1, r * u[i]) / besseli(0, r * u[i]), (i, 1, n)),
        (),
    ),
    "I₁'": (D(besseli(1, x), x), besseli(0, x) - besseli(1, x) / x, besseli(0, x), ()),
    "I₁' at 0": (D(besseli(1, x), x), HALF + 0 * x, 0 * x, (Eq(x, 0),)),
    "I₂ at 0": (besseli(2, x) + besselj(0, x), 1 + 0 * x, 0 * x, (Eq(x, 0),)),
    "J₂, its equation": (
        x**2 * D(besselj(2, x), x, x) + x * D(besselj(2, x), x) + (x**2 - 4) * besselj(2, x),
        0 * x,
        1 + 0 * x,
        (),
    ),
    "K₁'": (
        D(besselk(1, q), q),
        -besselk(0, q) - besselk(1, q) / q,
        besselk(0, q) - besselk(1, q) / q,
        (),
    ),
    "Y₁'": (
        D(bessely(1, q), q),
        bessely(0, q) - bessely(1, q) / q,
        -bessely(0, q) - bessely(1, q) / q,
        (),
    ),
    "I is odd or even": (
        besseli(1, -x, evaluate=False) * besseli(0, -x, evaluate=False),
        -besseli(1, x) * besseli(0, x),
        besseli(1, x) * besseli(0, x),
        (),
    ),
    "of all differences": (
        Sum(besseli(1, u[i] - u[j]), (i, 1, n), (j, 1, n)),
        0 * x,
        Sum(besseli(0, u[i] - u[j]), (i, 1, n), (j, 1, n)),
        (),
    ),
    # definitions
    "sinc'": (
        D(sinc(x), x),
        cos(x) / x - sin(x) / x**2,
        cos(x) / x + sin(x) / x**2,
        (Ne(x, 0),),
    ),
    "x·sinc x": (x * sinc(x), sin(x), cos(x), ()),
    "sinc at 0": (sinc(x), 1 + 0 * x, 0 * x, (Eq(x, 0),)),
    "atan2 by x": (D(atan2(y, x), x), -y / (x**2 + y**2), y / (x**2 + y**2), (x > 0,)),
    "atan2 by y": (D(atan2(y, x), y), x / (x**2 + y**2), -x / (x**2 + y**2), (Ne(y, 0),)),
    "atan2 on the right": (atan2(y, x), atan(y / x), atan(x / y), (x > 0,)),
    "atan2 opposite": (atan2(-y, -x), atan2(y, x) + pi, atan2(y, x) - pi, (y < 0,)),
    "atan2 on its cut": (atan2(y, -p), pi + y, -pi + y, (Eq(y, 0),)),
    "hypot'": (D(hypot(x, y), x), x / hypot(x, y), y / hypot(x, y), ()),
    "harmonic numbers": (harmonic(p + 1), harmonic(p) + 1 / (p + 1), harmonic(p) + 1 / p, ()),
    "harmonic and ψ": (harmonic(p), digamma(p + 1) + EulerGamma, digamma(p) + EulerGamma, ()),
    # signs
    "a positive function": (
        Abs(uppergamma(a, q) * besselk(0, q)),
        uppergamma(a, q) * besselk(0, q),
        -uppergamma(a, q) * besselk(0, q),
        (),
    ),
    "with the sign of its argument": (
        Abs(LambertW(q) * erfinv(q / 2) * besseli(1, q)),
        LambertW(q) * erfinv(q / 2) * besseli(1, q),
        -LambertW(q) * erfinv(q / 2) * besseli(1, q),
        (q < 2,),
    ),
    "congruence": (
        besseli(0, (x + 1) ** 2) * LambertW((x + 1) ** 2),
        besseli(0, x**2 + 2 * x + 1) * LambertW(x**2 + 2 * x + 1),
        besseli(0, x**2 + 1) * LambertW(x**2 + 2 * x + 1),
        (),
    ),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_what_is_equal(name: str) -> None:
    left, right, _, where = CLAIMS[name]
    assert prove_equal(left, right, where=where).verdict is Verdict.PROVED


@pytest.mark.parametrize("name", CLAIMS)
def test_the_slip_beside_it(name: str) -> None:
    left, _, wrong, where = CLAIMS[name]
    assert prove_equal(left, wrong, where=where).verdict is Verdict.REFUTED


# what has no rule, and the words of the reason
UNKNOWN = {
    "a parameter": (
        D(uppergamma(p, q), p),
        D(uppergamma(p, q), p) + 0 * p,
        "by its argument number 1",
    ),
    "another branch": (LambertW(x, -1), LambertW(x, -1) * 1, "has 2 arguments and not 1"),
    "any order": (besseli(a, q), besseli(a, q) + y - y, "besseli of the order a"),
    "half an order": (besseli(HALF, p), sqrt(2 / (pi * p)) * sinh(p), "of the order 1/2"),
    "a negative order": (besseli(-1, x, evaluate=False), besseli(1, x), "of the order -1"),
    "harmonic numbers of an order": (harmonic(p, 2), harmonic(p, 2) + y - y, "2 arguments"),
    "no analytic function": (floor(x) ** 2, floor(x) * floor(x), "floor"),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_is_refused(name: str) -> None:
    left, right, reason = UNKNOWN[name]
    found = prove_equal(left, right)
    assert found.verdict is Verdict.UNDECIDED
    assert reason in found.reason


# where there is no value, and what holds at an edge only: nothing of it may be PROVED
NOWHERE = {
    "W below −1/e": (LambertW(x), LambertW(x) + 1, (x < -1,)),
    "W, formally": (LambertW(x) * exp(LambertW(x)), x, (x < -1,)),
    "erfinv at 1": (erf(erfinv(x), evaluate=False), x, (Gt(x, 1),)),
    "Ei at 0": (Ei(x) * 0 * y + Ei(x), Ei(x) + x, (Eq(x, 0),)),
    "Γ(a, x) below 0": (D(uppergamma(a, x), x) * y, -(x ** (a - 1)) * exp(-x) * y, (x < 0,)),
    "K below 0": (D(besselk(0, x), x), -besselk(1, x), (x < 0,)),
    "K turned": (besselk(0, x) * y, besselk(0, -x) * y, ()),
    "atan2 of nothing": (atan2(erfinv(3), y), y, ()),  # SymPy has a ValueError for its sign
    "atan2 at the origin": (atan2(y, x), atan2(y, x) + y, (Eq(x, 0), Eq(y, 0))),
    # e^W = u/W and Bessel's recurrence are divided by u, which is 0 here by an equation
    "e^W where W is 0": (exp(-LambertW(x)), 0 * x, (Eq(LambertW(x), 0),)),
    "e^W where x² + W² is 0": (
        exp(LambertW(x)) + exp(-LambertW(x)),
        0 * x,
        (Eq(x**2 + LambertW(x) ** 2, 0),),
    ),
    "e^W of 1 + (−1)^n": (exp(LambertW(1 + (-1) ** n)) * (1 - (-1) ** n), 0 * n, ()),
    "I where x² + I₁² is 0": (
        besseli(0, x) * x + y - y,
        2 * besseli(1, x) + 1,
        (Eq(x**2 + besseli(1, x) ** 2, 0),),
    ),
    "I₂ where x² + I₁² is 0": (
        (besseli(2, x) - besseli(0, x)) ** 2,
        -4 + 0 * x,
        (Eq(x**2 + besseli(1, x) ** 2, 0),),
    ),
    "erf of twice its inverse": (erf(2 * erfinv(x)), x, ()),
    "another inverse": (erfinv(erfi(x / 9)), x / 9, ()),
    "a half of W": (exp(LambertW(x) / 2) * LambertW(x), x, ()),
    "J₀ has signs": (Abs(besselj(0, x)), besselj(0, x), ()),
    "J₁ has signs": (Abs(besselj(1, q)), besselj(1, q), ()),
    "of all entries": (Sum(besselk(0, v[i]), (i, 1, n)), Sum(besselk(0, -v[i]), (i, 1, n)), ()),
}


@pytest.mark.parametrize("name", NOWHERE)
def test_what_must_not_be_proved(name: str) -> None:
    left, right, where = NOWHERE[name]
    assert prove_equal(left, right, where=where).verdict is not Verdict.PROVED


# what a claim asks for beyond where
CONDITIONS = {
    "W": (LambertW(x) + 1, {x >= -exp(-1)}),
    "W'": (D(LambertW(x), x), {x > -exp(-1)}),
    "erfinv": (erfinv(x), {x > -1, Lt(x, 1)}),
    "Ei": (Ei(x), {Ne(x, 0)}),
    "uppergamma": (uppergamma(a, x), {x > 0}),
    "expint": (expint(a, x), {x > 0}),
    "lowergamma": (lowergamma(a, x), {a > 0, x > 0}),
    "harmonic": (harmonic(x), {x > -1}),
    "besseli": (besseli(0, x) + besselj(3, x), set()),
    "besselk": (besselk(0, x), {x > 0}),
    "sinc'": (D(sinc(x), x), {Ne(x, 0)}),
    "hypot'": (D(hypot(x, y), x), {Ne(x**2 + y**2, 0)}),
}


# sinc is 1 − x²/6 + … at 0, where the quotient says nothing
@pytest.mark.parametrize("u", [x, x - y])
def test_sinc_has_derivatives_at_0(u: Any) -> None:
    slope = (u * cos(u) - sin(u)) / u**2
    assert prove_equal(D(sinc(u), x), Piecewise((0, Eq(u, 0)), (slope, True))).proved
    assert prove_equal(D(sinc(u), x), Piecewise((5, Eq(u, 0)), (slope, True))).refuted
    assert prove_equal(D(sinc(u), x, x), Rational(1, 3), where=[Eq(u, 0)]).refuted


@pytest.mark.parametrize("name", CONDITIONS)
def test_where_a_function_is_defined(name: str) -> None:
    e, expected = CONDITIONS[name]
    found = prove_equal(e + y, y + e + 0 * x).conditions
    asked = {c.relation for c in found if not c.discharged_by}
    assert {str(c) for c in asked} == {str(c) for c in expected}


@pytest.mark.parametrize(
    ("divisor", "lost"),
    [
        (LambertW(x) - x**2, False),
        (besseli(0, x) - 2, False),
        (besseli(0, x) - besseli(1, x) - 2, True),
        (erfinv(x) - besselj(0, x), True),
        (exp(LambertW(x) / 2) - 2, True),
        (uppergamma(a, q) - exp(-q), True),  # it is for a = 1, and Γ(a, x) is an erfc for a = ½
    ],
    ids=["W", "I₀", "I₀ and I₁", "two functions", "inside e", "Γ(a, x)"],
)
def test_of_two_functions_not_all_identities_are_known(divisor: Any, lost: bool) -> None:
    """So a condition on them may leave out a region, and counts as one that does."""
    found = prove_equal(y, y + 1 / divisor - UnevaluatedExpr(1 / divisor))
    assert found.proved
    assert any(c.loses_a_region for c in found.conditions if c.relation == Ne(divisor, 0)) == lost


def test_signs_shapes_and_limits() -> None:
    assert prove_nonnegative(uppergamma(a, q), strict=True).proved
    assert prove_nonnegative(1 + LambertW(q), strict=True).proved
    assert prove_convex(-LambertW(q), q).verdict is not Verdict.REFUTED
    assert prove_limit(LambertW(x) / x, x, 0, 1).proved
    assert prove_limit(besseli(1, x) / x, x, 0, HALF).proved
    assert not prove_limit(Ei(x) * x, x, 0, 0).proved
    assert not prove_limit(LambertW(x), x, -2, 0).proved
    by_a = prove_convex(uppergamma(p, q), p)
    assert by_a.verdict is Verdict.UNDECIDED
    assert "internal" not in by_a.reason


@pytest.mark.parametrize(
    ("e", "there"),
    [
        (erfinv(x), "erfinv"),
        (LambertW(q), "lambertw"),
        (uppergamma(a, q), "gammaincc"),
        (Ei(q), "expi"),
        (besseli(0, x), "iv"),
        (besselk(1, q), "kv"),
    ],
)
def test_numpy_lacks_them_and_says_so(e: Any, there: str) -> None:
    with pytest.raises(ClaimError, match=rf"NumPy has no function for .* scipy\.special\.{there}"):
        to_numpy(e, sorted(e.free_symbols, key=str))


def test_what_is_made_of_known_functions_compiles() -> None:
    f = to_numpy(atan2(y, x) + hypot(x, y), [x, y])
    assert abs(f(-3.0, 4.0) - (5 + 2.214297435588181)) < 1e-12
