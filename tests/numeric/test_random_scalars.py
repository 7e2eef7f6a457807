"""Random functions of exponentials with weights, and their derivatives, against mpmath.

What is written is sums of products of logarithms, shares, powers and hyperbolic functions of
Σ cₖ·e^{uₖ} with symbols among the c. The exact value is that of the formula as it stands.
"""

import random
import warnings

import mpmath
import pytest
import sympy
from sympy import Add, Derivative, Integer, Mul, Rational, exp, log, symbols, tanh

from symderiv import sigma, softplus, to_numpy

u, v, y = symbols("u v y", real=True)
r, s = symbols("r s", positive=True)
ARGUMENTS = (u, v, r, s, y)
EXPONENTS = [u, u, -u, 2 * u, u / 2, u - v, u + v, u / s, u * r, -v, v, u - 1, 1 - u, u + log(r)]
WEIGHTS = [Integer(1), Integer(1), Integer(2), r, s, 1 / r, r * s, Rational(1, 2), r / (r + s)]
BESIDE = [y, 1 - y, u, r, 1 / r, y + 1 / r, (u - v) ** 2]


def total(source):
    """Σ c·e^u, and a constant now and then."""
    addends = [
        source.choice(WEIGHTS) * exp(source.choice(EXPONENTS)) for _ in range(source.randint(1, 3))
    ]
    return Add(*addends, source.choice(WEIGHTS) if source.random() < 0.6 else 0)


def factor(source):
    w, whole = source.choice(EXPONENTS), total(source)
    part = source.choice(Add.make_args(whole))
    kinds = [
        lambda: log(whole),
        lambda: exp(w) / whole,
        lambda: part / whole,
        lambda: log(part / whole),
        lambda: 1 / whole,
        lambda: sigma(w),
        lambda: softplus(w),
        lambda: log(1 - sigma(w)),
        lambda: 1 - exp(-softplus(w)),
        lambda: (1 - sigma(w)) ** source.choice([2, r, 3]),
        lambda: tanh(w),
        lambda: source.choice(BESIDE),
    ]
    return source.choice(kinds)()


def expression(source):
    addends = [
        source.choice([Integer(1), Integer(-1), y, 1 - y, r])
        * Mul(*[factor(source) for _ in range(source.choice([1, 1, 2]))])
        for _ in range(source.choice([1, 1, 2]))
    ]
    return Add(*addends)


def unfolded(e):
    return e.replace(sigma, lambda w: 1 / (1 + exp(-w))).replace(
        softplus, lambda w: log(1 + exp(w))
    )


def check(seed):
    source = random.Random(seed)
    e = expression(source)
    plain = unfolded(e)
    outputs = {"f": e, "by_u": Derivative(e, u), "by_r": Derivative(e, r)}
    written = {"f": plain, "by_u": plain.diff(u), "by_r": plain.diff(r)}
    functions = to_numpy(outputs, ARGUMENTS)
    for _ in range(3):
        at = [source.uniform(-2.5, 2.5) for _ in range(2)]
        at += [source.choice([0.25, 0.5, 2.0, 3.0]), source.choice([0.3, 1.0, 2.0])]
        at.append(source.choice([0.0, 1.0, 2.0, 0.3]))
        jointly = functions.jointly(*outputs)(*at)
        for (name, whole), joint in zip(written.items(), jointly, strict=True):
            parts = [sympy.lambdify(ARGUMENTS, a, "mpmath") for a in Add.make_args(whole)]
            with mpmath.workdps(40):
                values = [mpmath.mpf(g(*map(mpmath.mpf, at))) for g in parts]
                value, size = float(sum(values)), float(sum(map(abs, values)))
            for found in (getattr(functions, name)(*at), joint):
                # what the addends as they are written lose to rounding, some thousand times
                assert abs(found - value) <= 1e-12 * size + 1e-9 * abs(value), (seed, name, e, at)


@pytest.mark.parametrize("seed", range(8))
def test_of_random_functions(seed):
    check(seed)


@pytest.mark.fuzz
def test_of_many_random_functions():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for seed in range(100, 500):
            check(seed)
