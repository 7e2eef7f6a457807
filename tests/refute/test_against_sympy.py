"""Random expressions and their derivatives against SymPy's own rules and mpmath's numbers.

SymPy differentiates single scalar expressions correctly; the refuter reads the same derivatives
off power series. The two share nothing.
"""

from __future__ import annotations

import random

import pytest
import sympy
from flint import arb, fmpq
from sympy import Derivative, Integer, Max, N, Piecewise, Rational, symbols

from symderiv.functions import sigma, softplus
from symderiv.refute import Point, Undefined, Unsupported, evaluate_at

x, y = symbols("x y", real=True)
UNARY = [
    *(sympy.exp, sympy.log, sympy.sin, sympy.cos, sympy.tan, sympy.tanh, sympy.sinh, sympy.cosh),
    *(sympy.atan, sympy.asinh, sympy.sqrt, sympy.erf, sympy.Abs, sympy.asin, sympy.acosh),
    *(sympy.atanh, sympy.gamma, sigma, softplus),
]
POWERS = [Integer(2), Integer(3), Integer(-1), Integer(-2), Rational(1, 2), Rational(-1, 3)]


def expression(choose: random.Random, depth: int):
    if depth == 0:
        number = Rational(choose.randint(-5, 5), choose.randint(1, 4))
        return choose.choice([x, y, x, y, number])
    inner = [expression(choose, depth - 1) for _ in range(2)]
    kind = choose.random()
    if kind < 0.3:
        return inner[0] + inner[1]
    if kind < 0.6:
        return inner[0] * inner[1]
    if kind < 0.7:
        return inner[0] ** choose.choice(POWERS)
    if kind < 0.8:
        return Max(*inner) if kind < 0.75 else Piecewise((inner[0], x > y), (inner[1], True))
    return choose.choice(UNARY)(inner[0])


def agreements(seed: int, wanted: int) -> int:
    """Compare until that many values have agreed; returns how many had no certain value."""
    choose = random.Random(seed)
    agreed = skipped = 0
    while agreed < wanted:
        try:
            e = expression(choose, choose.randint(1, 3))
        except ValueError:  # SymPy met a complex constant in Max
            continue
        by = [choose.choice([x, y]) for _ in range(choose.randint(0, 3))]
        at = {v: Rational(choose.randint(-9, 9), choose.randint(1, 5)) for v in (x, y)}
        point = Point({}, {(v.name,): fmpq(int(q.p), int(q.q)) for v, q in at.items()})
        if e.has(sympy.zoo, sympy.nan, sympy.oo, sympy.I):
            continue
        try:
            got = evaluate_at(Derivative(e, *by, evaluate=False) if by else e, point, 256)
        except (Undefined, Unsupported):
            skipped += 1
            continue
        reference = e
        for v in by:
            reference = reference.diff(v)
        if reference.has(sympy.DiracDelta, sympy.Subs):
            continue
        reference = reference.replace(
            lambda f: isinstance(f, (sigma, softplus)), lambda f: f.definition(f.args[0])
        )
        number = N(reference.xreplace(at), 40)
        if not number.is_Float and not number.is_Rational:
            continue  # SymPy gives no real number here
        expected = arb(str(N(number, 40)))
        assert abs(arb(got) - expected) < 1e-12 * (1 + abs(expected)), (e, by, at)
        agreed += 1
    return skipped


@pytest.mark.parametrize("seed", [1, 2])
def test_values_and_derivatives_agree_with_sympy(seed: int) -> None:
    assert agreements(seed, 60) < 120


@pytest.mark.fuzz
@pytest.mark.parametrize("seed", range(3, 13))
def test_many_values_and_derivatives_agree_with_sympy(seed: int) -> None:
    assert agreements(seed, 500) < 1000
