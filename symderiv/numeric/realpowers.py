"""Powers with exponents that are no numbers: xᵃ is read as e^(a·log x).

Their derivatives divide by x, which may be 0 where xᵃ is; and log(x·e^u) overflows with e^u.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from symderiv.indexform.terms import ONE, Term, add, call, mul, num, power, walk
from symderiv.numeric.powers import monomial, without

__all__ = ["of_product", "real_powers"]


def real_powers(factors: Sequence[Term], plus: Callable[..., Term]) -> Sequence[Term]:
    """A product in which xᵃ·x⁻ᵏ is xᵃ⁻ᵏ, |x|ᵃ·x⁻¹ is sign x·|x|ᵃ⁻¹ and (x/c)ᵃ·x⁻¹ is (x/c)ᵃ⁻¹/c.

    It stays as it is where another exponential may be meant to meet xᵃ.
    """
    alone = [f for f in factors if any(_is_exp(e) for e in walk(f))]
    if len(alone) != 1 or not _is_exp(alone[0]):
        return factors
    (u,) = alone[0].args
    out, addends = [f for f in factors if f is not alone[0]], list(u.args if u.op == "add" else [u])
    for k, a in enumerate(addends):
        coefficient, inner = monomial(a)
        logs = [g for g in inner if g.op == "call" and g.data == "log"]
        if len(logs) != 1:
            continue
        (x,) = logs[0].args
        others = mul(*(g for g in inner if g is not logs[0]), num(coefficient))
        for f in [f for f in out if f.op == "pow" and f.data < 0]:
            found = _over(x, f.args[0])
            if found is not None:
                under, rest = found
                out.remove(f)
                if under:  # what is divided by x may have any value at 0: sign²x is 1
                    sign = call("sign", f.args[0])
                    times = f.data + sum(_power_of(sign, g) for g in out)
                    out = [*(g for g in out if not _power_of(sign, g)), *[sign] * (times % 2)]
                out += [power(g.args[0], -f.data * g.data) for g in monomial(rest)[1]]
                scale = monomial(rest)[0] ** -f.data
                out += [num(scale)] * (scale != 1)
                others = plus(others, num(f.data))
                addends[k] = mul(others, logs[0])
    return [*out, call("exp", add(*addends))]


def _over(x: Term, base: Term) -> tuple[bool, Term] | None:
    """Whether x is |base|·r, not base·r, and r, which is made of divisors; None if neither."""
    coefficient, factors = monomial(x)
    for g in factors:
        under = g.op == "call" and g.data == "abs" and g.args[0] is base
        rest = without(factors, [g])
        if (under or g is base) and all(f.op == "pow" and f.data < 0 for f in rest):
            return under, mul(*rest, num(coefficient))
    return None


def _power_of(base: Term, t: Term) -> int:
    """The k of baseᵏ; 0 for what is no power of it."""
    if t.op == "pow" and t.args[0] is base:
        return int(t.data)
    return int(t is base)


def of_product(t: Term) -> list[Term] | None:
    """The addends log c and u of log(c·e^u), where c has no exponential; else None."""
    coefficient, factors = monomial(t)
    exponentials = [f for f in factors if _is_exp(f)]
    rest = [f for f in factors if f not in exponentials]
    if t.op != "mul" or not exponentials or any(_is_exp(e) for f in rest for e in walk(f)):
        return None
    c = mul(*rest, num(coefficient))
    return [*([] if c is ONE else [call("log", c)]), *(e.args[0] for e in exponentials)]


def _is_exp(t: Term) -> bool:
    return t.op == "call" and bool(t.data == "exp")
