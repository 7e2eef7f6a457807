"""The functions by name in which stable code is written, each with what it stands for.

``elementary`` writes them as NumPy. That what it writes equals the definition is proved by
symderiv itself, in a test that walks this table and reads the written code back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sympy import (
    Abs,
    Basic,
    Eq,
    Expr,
    Ne,
    Piecewise,
    Symbol,
    acosh,
    asinh,
    atanh,
    cosh,
    exp,
    log,
    sqrt,
    symbols,
)

__all__ = ["NAMED", "STABLE", "Stable"]

u: Symbol
c: Symbol
x: Symbol
y: Symbol
u, c, x, y = symbols("u c x y", real=True)


@dataclass(frozen=True)
class Stable:
    """A function that is written in a stable way.

    Attributes
    ----------
    definition
        What it stands for, as a formula in ``arguments``.
    where
        Under which conditions the written code equals it.
    because
        What the textbook form loses.
    textbook
        That form, where it is not the definition.
    """

    definition: Expr
    arguments: tuple[Symbol, ...]
    because: str
    where: tuple[Basic, ...] = ()
    textbook: Expr | None = None


_SIGMA = 1 / (1 + exp(-u))

STABLE: Mapping[str, Stable] = {
    "sigma": Stable(_SIGMA, (u,), "e^(−u) overflows for u < −709"),
    "sigma_complement": Stable(1 - _SIGMA, (u,), "σ(u) rounds to 1 from u = 37 on"),
    "sigma_slope": Stable(exp(-u) / (1 + exp(-u)) ** 2, (u,), "the square overflows"),
    "sigma_plus": Stable(_SIGMA + c, (u, c), "cancels at c = −1, a label that is met"),
    "softplus_plus": Stable(log(1 + exp(u)) + c * u, (u, c), "e^u overflows; cancels at c = −1"),
    "log_softplus": Stable(log(log(1 + exp(u))), (u,), "log(1 + e^u) underflows where this is u"),
    "log_softplus_slope": Stable(
        _SIGMA / log(1 + exp(u)), (u,), "0/0 where log(1 + e^u) underflows, and this is 1"
    ),
    "log_cosh": Stable(log(cosh(u)), (u,), "cosh u overflows for |u| > 710, and is 1 near 0"),
    "log_total": Stable(log(exp(x) + exp(y) + 2), (x, y), "all overflow, or all underflow"),
    "log_near": Stable(
        log((exp(u) + 2) / (exp(u) + 3)), (u,), "the logarithms of both cancel near 1"
    ),
    "log_share": Stable(x - log(exp(x) + exp(y) + exp(c)), (x, y, c), "cancels where x is largest"),
    "share": Stable(exp(x) / (exp(x) + exp(y) + exp(c)), (x, y, c), "∞/∞ and 0/0"),
    "share_of_each": Stable(exp(x) / (1 + exp(y)) ** 2 / (1 + exp(c)), (x, y, c), "0·∞"),
    "expm1": Stable(exp(u) - 1, (u,), "cancels at u = 0"),
    "log1p": Stable(log(1 + u), (u,), "1 + u rounds u away", (u > -1,)),
    "hypot": Stable(sqrt(x**2 + y**2), (x, y), "the squares overflow, and underflow"),
    "log1p_square": Stable(log(1 + u**2), (u,), "the square overflows"),
    "excess": Stable(log(1 + (exp(u) - c) ** 2), (u, c), "e^u overflows, and so does its square"),
    "ratio": Stable(x * y / (x**2 + y**2), (x, y), "the squares overflow, and underflow"),
    "hypot_minus": Stable(sqrt(1 + u**2) - 1, (u,), "cancels for small u"),
    "arcsinh": Stable(asinh(u), (u,), "u + √(u² + 1) cancels below 0, and rounds u away near 0"),
    "arccosh": Stable(acosh(u), (u,), "u² overflows, and cancels near 1", (u >= 1,)),
    "arctanh": Stable(atanh(u), (u,), "1 + u rounds u away", (u > -1, u < 1)),
    "real_power": Stable(exp(y * log(Abs(x))), (x, y), "log 0 is infinite", (Ne(x, 0),)),
    "weighted_exp": Stable(x * exp(y), (x, y), "0·∞ is no number, and a weight of 0 is 0"),
    "weighted_expm1": Stable(x * (exp(y) - 1), (x, y), "cancels at y = 0, and 0·∞ is no number"),
    "weighted_log": Stable(
        x * Piecewise((0, Eq(x, 0) & Eq(y, 0)), (log(y), True)),
        (x, y),
        "0·log 0 is no number, and its limit is 0",
        (y > 0,),
        x * log(y),
    ),
    "weighted_log1p": Stable(
        x * Piecewise((0, Eq(x, 0) & Eq(y, -1)), (log(1 + y), True)),
        (x, y),
        "1 + y rounds y away, and 0·log 0 is no number",
        (y > -1,),
        x * log(1 + y),
    ),
}
"""Those of single numbers; the shift of ``log_sum_exp`` and ``softmax`` is proved for sums."""

NAMED = {*STABLE, "share_over", "share_plus", "share_top", "sum_exp", "tanh"}
"""What stable code calls by name, those of sums as well."""
