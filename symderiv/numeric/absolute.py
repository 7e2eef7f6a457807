"""Products of u, |u| and signs of u: u·sign u is |u| and |u|·sign u is u, where they meet.

The derivative of u/(1 + |u|) is 1/(1 + |u|) − u·sign u/(1 + |u|)², which cancels for large u until
u·sign u is seen to be the |u| of the divisor. A sign is sign u, or 1 and −1 with one of both at 0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from symderiv.indexform.terms import ONE, ZERO, Term, call, mul, num, power

__all__ = ["is_absolute", "with_signs"]

_SIGNS = (ONE, num(-1))


def is_absolute(t: Term) -> bool:
    """Whether t is |u| or a sign of u."""
    if t.op == "sign":
        return (t.args[1], t.args[3]) == _SIGNS and t.args[2] in _SIGNS
    return t.op == "call" and t.data in ("abs", "sign")


def with_signs(
    coefficient: Fraction, factors: Sequence[Term], minus: Callable[[Term, Term], Term]
) -> tuple[Fraction, list[Term]]:
    """A product with one power of u, and |u| or a sign of u at most once, for each u in them.

    uᵏ·signᵖ u is uᵏ for even p and |u|·uᵏ⁻¹ for odd p, k ≠ 0. Products of signs alone are left,
    since they may be 0, 1 or −1 at u = 0.

    Parameters
    ----------
    minus
        Writes a difference, 0 where both are the same.
    """
    left = list(factors)
    for first in [f for f in factors if is_absolute(_base(f)[0])]:
        u = _base(first)[0].args[0]
        here = [(f, *found) for f in left if (found := _parts(f, u, minus)) is not None]
        n, p = sum(k for _, _, k, _ in here), sum(s for *_, s in here)
        if len(here) < 2 or not any(k for _, _, k, _ in here):  # signs alone differ at 0
            continue
        gone = [f for f, *_ in here]
        left = [f for f in left if f not in gone]
        for _, scale, *_ in here:
            coefficient *= scale
        one = 1 if n > 0 else -1
        if p % 2 and n:
            left += [power(u, n - one), power(call("abs", u), one)]
        else:
            left.append(power(u, n))
            left += [call("sign", u)] * (p % 2)  # n = 0: there is a u below, and no value at 0
    return coefficient, [f for f in left if f is not ONE]


def _base(f: Term) -> tuple[Term, int]:
    return (f.args[0], f.data) if f.op == "pow" else (f, 1)


def _parts(f: Term, u: Term, minus: Callable[[Term, Term], Term]) -> tuple[int, int, int] | None:
    """±1, and the powers of u and of its sign, of which a factor is the product."""
    base, k = _base(f)
    known = is_absolute(base)
    v = base.args[0] if known else base
    if v is u or minus(v, u) is ZERO:
        negative = False
    elif minus(mul(num(-1), v), u) is ZERO:
        negative = True
    else:
        return None
    absolute = known and base.op == "call" and base.data == "abs"
    scale = -1 if negative and not absolute and k % 2 else 1
    return scale, k if absolute or not known else 0, k if known else 0
