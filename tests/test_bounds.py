"""prove_nonnegative: bounds that hold, and bounds that fail at an exact point."""

import pytest
from claims import X, a, i, m, n, q, theta, x, y, z
from pointwise import sides
from sympy import (
    Abs,
    Contains,
    Derivative,
    Eq,
    FiniteSet,
    Function,
    Gt,
    Integer,
    Interval,
    Lt,
    MatrixSymbol,
    Max,
    Min,
    Ne,
    Piecewise,
    Rational,
    Sum,
    cos,
    cosh,
    erf,
    exp,
    log,
    oo,
    sin,
    sqrt,
    symbols,
    tanh,
)
from sympy.core.relational import Relational

from symderiv import prove_limit, prove_nonnegative, sigma, softplus
from symderiv.certified import judge_sign
from symderiv.prove.certificates import ByParts
from symderiv.verdict import ClaimError, Verdict

p, t = symbols("p t", positive=True)
half = Rational(1, 2)
j = symbols("j", integer=True, nonnegative=True)
u, v = (MatrixSymbol(name, n, 1)[j, 0] for name in "uv")


def _over(e):
    return Sum(e, (j, 0, n - 1))


HOLDS = {
    "square": (x**2, ()),
    "slope of the sigmoid": (Rational(1, 4) >= Derivative(sigma(z), z), ()),
    "sigmoid": (Gt(sigma(x), 0, evaluate=False), ()),
    "sigmoid from above": (sigma(x) < 1, ()),
    "sigmoid is monotone": (sigma(x) > sigma(y), (x > y,)),
    "tanh is monotone": (tanh(x) >= tanh(y), (x >= y,)),
    "exp is monotone": (exp(x) >= exp(y), (x >= y,)),
    "log is monotone": (log(p) > log(t), (p > t,)),
    "erf is monotone": (erf(x) >= erf(y), (x >= y,)),
    "erf is bounded": (erf(x) < 1, ()),
    "x·tanh x": (x * tanh(x), ()),
    "softplus": (softplus(x) > Max(0, x), ()),
    "log cosh": (log(cosh(x)) <= x**2 / 2, ()),
    "tangent of exp": (exp(x) >= 1 + x, ()),
    "tangent of exp, strict": (exp(x) > 1 + x, (Ne(x, 0),)),
    "tangent of log": (log(1 + x) <= x, ()),
    "tangent of log at 1": (log(p) <= p - 1, ()),
    "second order": (cosh(x) >= 1 + x**2 / 2, ()),
    "sine": (sin(x) <= x, (x >= 0,)),
    "cosine": (cos(x) >= 1 - x**2 / 2, ()),
    "completing the square": (x**2 + x * y + y**2, ()),
    "three squares": (x**2 + y**2 + z**2 >= x * y + y * z + x * z, ()),
    "fourth degree": (x**4 - x**2 + 1 > 0, ()),
    "no real root": (x**4 + 4 * x**3 + 6 * x**2 + 4 * x + 2 > 0, ()),
    "arithmetic and geometric mean": ((p + t) / 2 >= sqrt(p * t), ()),
    "pseudo-Huber": (sqrt(1 + x**2) > Abs(x), ()),
    "reciprocal": (p + 1 / p >= 2, ()),
    "e^(-1) is the largest": (x * exp(-x) <= exp(-1), ()),
    "relative entropy, one term": (p * log(p / t) - p + t, ()),
    "log loss": (-y * log(p) - (1 - y) * log(1 - p), (p < 1, y >= 0, y <= 1)),
    "log loss of a label": (
        -y * log(p) - (1 - y) * log(1 - p),
        (p < 1, Contains(y, FiniteSet(0, 1))),
    ),
    "hinge": (Max(0, 1 - x) >= 1 - x, ()),
    "Huber is below the square": (Abs(x) - half <= x**2 / 2, ()),
    "half the square": (Min(x**2 / 2, Abs(x)), ()),
    "where an interval says so": (x * (1 - x), (Contains(x, Interval(0, 1)),)),
    "least squares": (Sum((X[i, 0] * x - a[i]) ** 2, (i, 0, m - 1)) / m, ()),
    "relative entropy": (
        Sum(a[i] * log(a[i] / q[i]) - a[i] + q[i], (i, 0, n - 1)),
        (a[i] > 0, q[i] > 0),
    ),
    "a sum of softplus": (Sum(softplus(a[i]) - a[i], (i, 1, n)), ()),
    "ridge": (Sum(theta[i, 0] ** 2, (i, 0, n - 1)) * p, ()),
    "an unknown function": (Function("f", real=True)(x) ** 2, ()),
    "Cauchy and Schwarz": (_over(u**2) * _over(v**2) >= _over(u * v) ** 2, ()),
    "square of a mean": (n * _over(u**2) >= _over(u) ** 2, ()),
    "the Frobenius norm is the larger": (
        Sum(X[i, j] ** 2, (j, 0, n - 1), (i, 0, m - 1)) * Sum(theta[j, 0] ** 2, (j, 0, n - 1))
        >= Sum((X * theta)[i, 0] ** 2, (i, 0, m - 1)),
        (),
    ),
    "a fraction": (exp(-p) <= 1 / (1 + p), ()),
    "entropy of two": (-p * log(p) - (1 - p) * log(1 - p) <= log(2), (p < 1,)),
}

FAILS = {
    "odd power": (x**3, ()),
    "slope of the sigmoid touches 1/4": (Derivative(sigma(z), z) < Rational(1, 4), (), {"z": 0}),
    "tangent of exp touches": (exp(x) > 1 + x, (), {"x": 0}),
    "too steep": (exp(x) >= 1 + 2 * x, ()),
    "too tight": (log(cosh(x)) <= x**2 / 3, ()),
    "log below its tangent": (log(p) >= p - 1, ()),
    "softplus above": (softplus(x) <= Max(0, x) + half, ()),
    "softplus is not 0": (-softplus(x), ()),
    "sigmoid": (sigma(x) > half, ()),
    "not monotone there": (tanh(x) >= tanh(y), (x <= y,)),
    "indefinite": (x**2 + 3 * x * y + y**2, ()),
    "a root inside": (x**4 - 3 * x**2 + 1, ()),
    "a factor too much": ((p + t) / 2 >= 2 * sqrt(p * t), ()),
    "cosine": (cos(x) > 0, ()),
    "hinge": (Max(0, 1 - x) > 1 - x, ()),
    "entropy without its linear part": (p * log(p / t), ()),
    "outside the interval": (x * (1 - x), ()),
    "a sum": (Sum(a[i], (i, 0, n - 1)), ()),
    "Cauchy and Schwarz, reversed": (_over(u**2) * _over(v**2) <= _over(u * v) ** 2, ()),
    "the Frobenius norm, twice": (
        Sum(X[i, j] ** 2, (j, 0, n - 1), (i, 0, m - 1)) * Sum(theta[j, 0] ** 2, (j, 0, n - 1))
        >= 2 * Sum((X * theta)[i, 0] ** 2, (i, 0, m - 1)),
        (),
    ),
    "a sum of products": (n * _over(u * v) >= _over(u) * _over(v), ()),
    "strict for no terms but zeros": (Sum(a[i] ** 2, (i, 1, n)) > 0, ()),
    "difference of squares": (Sum(a[i] ** 2 - q[i] ** 2, (i, 1, n)), ()),
}


@pytest.mark.parametrize("name", HOLDS)
def test_holds(name):
    claim, where = HOLDS[name]
    result = prove_nonnegative(claim, where=where)
    assert result.proved, (name, result)
    assert result.certificate


@pytest.mark.parametrize("name", FAILS)
def test_fails_at_an_exact_point(name):
    claim, where, *point = FAILS[name]
    result = prove_nonnegative(claim, where=where)
    assert result.refuted, (name, result)
    seen = result.counterexample
    bound = isinstance(claim, Relational)
    left, right = sides(claim.gts if bound else claim, claim.lts if bound else 0, seen)
    assert left - right < (1e-20 if isinstance(claim, (Gt, Lt)) else -1e-20)
    if point:
        assert seen.values == point[0]


def test_quadratic_form_for_all_sizes():
    # wᵀw/m ≥ 0 with w = Xv
    v = MatrixSymbol("v", n, 1)
    assert prove_nonnegative(((X * v).T * (X * v))[0, 0] / m).proved


def test_the_certificate_reads_as_a_proof():
    lines = prove_nonnegative(exp(x) >= 1 + x).certificate
    assert lines[0] == "exp(x) − (x + 1) ≥ 0, as it holds at x = 0 and t does not fall from there"


def test_a_certificate_is_checked_whoever_proposes_it():
    # x² + 1 > 0, with a certificate that shows nothing
    def lies(*_):
        return ByParts(())

    answer = judge_sign(x**2 + 1, Integer(0), (), {}, True, 5.0, lies)
    assert answer.result.verdict is Verdict.UNDECIDED
    assert "does not hold" in answer.result.reason


def test_conditions_of_the_claim_are_shown():
    # log(1/x) ≥ 0 for x < 1 is claimed where 1/x > 0
    result = prove_nonnegative(log(1 / x), where=[x < 1])
    assert result.proved
    assert any(c.open and c.natural for c in result.conditions)


def test_nothing_is_proved_where_no_point_exists():
    # log x and log(−x) have no common domain
    assert not prove_nonnegative(log(x) + log(-x) + 1).proved


@pytest.mark.parametrize("claim", [Eq(x, y), X * theta, 0.5 * x, "x**2", x**2 == 4])
def test_refused(claim):
    with pytest.raises(ClaimError):
        prove_nonnegative(claim)


def test_the_reason_names_what_ended_the_search():
    # Motzkin's polynomial is nonnegative and no sum of squares
    motzkin = x**4 * y**2 + x**2 * y**4 + 1 - 3 * x**2 * y**2
    result = prove_nonnegative(motzkin, timeout=0.2)
    assert result.verdict is Verdict.UNDECIDED
    assert "time limit" in result.reason


@pytest.mark.parametrize(
    ("f", "where"),
    [
        (Piecewise(((-1) ** y, Eq(y, 3)), (1, True)), ()),
        (Piecewise((x**y, Eq(y, 3)), (1, True)), (x < 0,)),
        (Piecewise((x**y, y > 1), (1, True)), (x < 0,)),
        (Piecewise((log(x), y > 0), (1, True)), (x < -1,)),
    ],
    ids=["a number", "a whole exponent", "a real exponent", "a logarithm"],
)
def test_a_branch_in_which_nothing_is_defined_is_not_bounded(f, where):
    # (−1)³ = −1, and log x is nowhere defined for x < −1
    result = prove_nonnegative(f, where=where)
    assert not result.proved
    assert not prove_limit(f * z, z, oo, oo, where=where).proved
