"""Special functions in balls: values and derivatives against mpmath, and where there are none."""

from __future__ import annotations

import mpmath
import pytest
from flint import arb, fmpq

from symderiv.refute.jets import FUNCTIONS, Jet, Undefined, coefficient, constant
from symderiv.refute.special import SPECIAL

HALF, THIRD = fmpq(1, 2), fmpq(1, 3)
# the name, the parameters, the points, and the same in mpmath
ROWS = [
    ("harmonic", (), (THIRD, fmpq(7), fmpq(-1, 2)), mpmath.harmonic),
    ("digamma", (), (THIRD, fmpq(7)), mpmath.digamma),
    *(("polygamma", (n,), (THIRD, fmpq(7)), mpmath.psi) for n in (0, 1, 3)),
    ("erfinv", (), (THIRD, fmpq(0), fmpq(-9, 10)), mpmath.erfinv),
    ("erfcinv", (), (THIRD, fmpq(1), fmpq(19, 10)), lambda x: mpmath.erfinv(1 - x)),
    ("LambertW", (), (THIRD, fmpq(0), fmpq(-1, 3), fmpq(50)), mpmath.lambertw),
    ("Ei", (), (THIRD, fmpq(-2), fmpq(50)), mpmath.ei),
    *(("uppergamma", (a,), (THIRD, fmpq(4)), mpmath.gammainc) for a in (0, 2, -HALF)),
    *(
        ("lowergamma", (a,), (THIRD, fmpq(4)), lambda a, x: mpmath.gammainc(a, 0, x))
        for a in (2, HALF)
    ),
    *(("expint", (a,), (THIRD, fmpq(4)), mpmath.expint) for a in (0, 1, 2, -HALF)),
    *(("besseli", (n,), (THIRD, fmpq(0), fmpq(-3)), mpmath.besseli) for n in (0, 1, 3)),
    *(("besselj", (n,), (THIRD, fmpq(0), fmpq(-3)), mpmath.besselj) for n in (0, 1, 3)),
    *(("besselk", (n,), (THIRD, fmpq(3)), mpmath.besselk) for n in (0, HALF)),
    *(("bessely", (n,), (THIRD, fmpq(3)), mpmath.bessely) for n in (0, HALF)),
    ("sinc", (), (THIRD, fmpq(0), fmpq(-3)), mpmath.sinc),
    *(("atan2", (y,), (THIRD, fmpq(-3)), mpmath.atan2) for y in (fmpq(-2), THIRD)),
    *(("hypot", (y,), (THIRD, fmpq(-3)), mpmath.hypot) for y in (0, fmpq(-2))),
]


def at(c, *bits):
    """The constant c perturbed by one ε for each bit."""
    for bit in bits:
        c = c + Jet({0: fmpq(0), bit: fmpq(1)})
    return c


def close(ball, expected) -> bool:
    with mpmath.workdps(15):
        return abs(mpmath.mpf(arb(ball).mid().str(20, radius=False)) - expected) <= 1e-9 * (
            1 + abs(expected)
        )


@pytest.mark.parametrize("row", range(len(ROWS)))
def test_values_and_derivatives(row: int) -> None:
    name, parameters, points, other = ROWS[row]
    last = 1 if name in ("besselk", "bessely") else 2  # mpmath is slow with these
    given = [fmpq(p) for p in parameters]
    with mpmath.workdps(20):
        numbers = [mpmath.mpf(int(p.p)) / int(p.q) for p in given]
        for c in points:
            x = mpmath.mpf(int(c.p)) / int(c.q)
            taylor = mpmath.taylor(lambda t: mpmath.re(other(*numbers, t)), x, last)
            v = SPECIAL[name](*given, at(c, 1, 2))
            assert close(constant(v), taylor[0]), (c, 0)
            for bits, order in ((1, 1), (3, 2))[:last]:
                found = constant(coefficient(v, bits))
                assert close(found, mpmath.factorial(order) * taylor[order]), (c, order)


@pytest.mark.parametrize(
    ("name", "arguments", "kind"),
    [
        ("LambertW", [fmpq(-1, 2)], "joint"),
        ("LambertW", [arb(-1).exp() * -1], "uncertain"),
        ("erfinv", [fmpq(1)], "joint"),
        ("erfinv", [fmpq(-2)], "joint"),
        ("erfinv", [arb(1, 0.1)], "uncertain"),
        ("erfcinv", [fmpq(2)], "joint"),
        ("Ei", [fmpq(0)], "joint"),
        ("Ei", [arb(0, 1)], "uncertain"),
        ("uppergamma", [fmpq(2), fmpq(0)], "joint"),
        ("uppergamma", [fmpq(2), fmpq(-1)], "joint"),
        ("uppergamma", [at(fmpq(2), 1), fmpq(1)], "joint"),
        ("lowergamma", [fmpq(-2), fmpq(1)], "uncertain"),
        ("expint", [fmpq(1), fmpq(-1)], "joint"),
        ("harmonic", [fmpq(-1)], "joint"),
        ("digamma", [fmpq(-1, 2)], "joint"),
        ("polygamma", [HALF, fmpq(1)], "uncertain"),
        ("polygamma", [fmpq(-1), fmpq(1)], "uncertain"),
        ("besseli", [HALF, fmpq(-1)], "joint"),
        ("besseli", [at(fmpq(1), 1), fmpq(1)], "joint"),
        ("besselk", [fmpq(0), fmpq(-1)], "joint"),
        ("bessely", [fmpq(1), fmpq(0)], "joint"),
        ("sinc", [arb(0, 1)], "uncertain"),
        ("atan2", [fmpq(0), fmpq(0)], "certain"),
        ("atan2", [at(fmpq(0), 1), fmpq(-1)], "joint"),
        ("hypot", [at(fmpq(0), 1), fmpq(0)], "joint"),
    ],
)
def test_where_there_is_no_value(name: str, arguments, kind: str) -> None:
    with pytest.raises(Undefined) as caught:
        SPECIAL[name](*arguments)
    assert caught.value.kind == kind


def test_values_that_are_exact() -> None:
    assert SPECIAL["sinc"](fmpq(0)) == 1
    assert SPECIAL["atan2"](fmpq(0), fmpq(3)) == 0
    assert SPECIAL["atan2"](fmpq(0), fmpq(-3)).overlaps(arb.pi())
    assert SPECIAL["hypot"](fmpq(3), fmpq(-4)) == 5


def test_loggamma_and_polygamma_agree() -> None:
    trigamma = coefficient(FUNCTIONS["loggamma"](at(fmpq(2), 1, 2)), 3)
    assert trigamma.overlaps(SPECIAL["polygamma"](fmpq(1), fmpq(2)))
    assert trigamma.overlaps(arb.pi() ** 2 / 6 - 1)
    assert coefficient(SPECIAL["digamma"](at(fmpq(2), 1)), 1).overlaps(trigamma)
