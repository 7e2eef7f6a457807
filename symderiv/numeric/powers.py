"""Products as powers of bases, of which those above and below a fraction are divided out.

x·(x/k)⁻¹ is k and 2k/k³ is 2/k². What is written has no value where a divisor is 0, and so the
quotient may have any there: y·(y/μ)⁻¹ is μ also for the count y = 0, where its parts are 0/0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from fractions import Fraction

from symderiv.indexform.terms import Term, root

__all__ = ["cancelled", "monomial", "powers", "without"]

_LARGEST = 64  # power of a number that is worked out exactly
_NONE = Fraction(0)


def monomial(t: Term) -> tuple[Fraction, list[Term]]:
    """The coefficient and the factors of a term, nested products flattened."""
    coefficient, factors, stack = Fraction(1), list[Term](), [t]
    while stack:
        f = stack.pop()
        if f.op == "num":
            coefficient *= f.data
        elif f.op == "mul":
            stack.extend(reversed(f.args))
        else:
            factors.append(f)
    return coefficient, factors


def without(factors: Iterable[Term], gone: Iterable[Term]) -> list[Term]:
    """The factors but these, each as often as it is among them: e^u·e^u less e^u is e^u."""
    left, out = Counter(gone), list[Term]()
    for f in factors:
        if left[f]:
            left[f] -= 1
        else:
            out.append(f)
    return out


def powers(
    factors: Iterable[Term], nonnegative: Collection[str] = ()
) -> tuple[Fraction, dict[Term, Fraction]]:
    """A product as a number and powers of bases that are no products and no powers themselves.

    (a·b)ᵏ is aᵏ·bᵏ for whole k alone: under a root a and b may both be negative, unless one of
    them is an entry of an array, or a symbol, that is known to be ``nonnegative``.
    """
    coefficient, out = Fraction(1), dict[Term, Fraction]()
    for f in factors:
        for base, e in _opened(f, Fraction(1), nonnegative):
            if base.op == "num":
                coefficient *= base.data ** int(e)
            else:
                out[base] = out.get(base, _NONE) + e
    return coefficient, {base: e for base, e in out.items() if e}


def _opened(t: Term, e: Fraction, nonnegative: Collection[str]) -> Iterator[tuple[Term, Fraction]]:
    """The powers in tᵉ, several of one base apart."""
    whole = e.denominator == 1
    if t.op == "mul" and (whole or sum(not _known(a, nonnegative) for a in t.args) < 2):
        for a in t.args:
            yield from _opened(a, e, nonnegative)
    elif t.op in ("pow", "root") and whole:
        yield from _opened(t.args[0], e * t.data, nonnegative)
    elif t.op == "num" and (not whole or not t.data or abs(e) > _LARGEST):
        yield root(t, e), Fraction(1)
    else:
        yield t, e


def _known(t: Term, nonnegative: Collection[str]) -> bool:
    """Whether a factor is known to be at least 0."""
    match t.op:
        case "num":
            return bool(t.data >= 0)
        case "pow":
            return t.data % 2 == 0 or _known(t.args[0], nonnegative)
        case "entry":
            return t.data[0] in nonnegative
    return t.op == "root" or (t.op == "var" and t.data in nonnegative)


def cancelled(
    coefficient: Fraction, factors: Sequence[Term], nonnegative: Collection[str] = ()
) -> tuple[Fraction, Sequence[Term]]:
    """The same product with one power of each base that is above and below; the rest as it is."""
    parts = [dict[Term, list[Fraction]]() for _ in factors]
    for f, found in zip(factors, parts, strict=True):
        for base, e in _opened(f, Fraction(1), nonnegative):
            found.setdefault(base, []).append(e)
    above, below = (
        {base for found in parts for base, es in found.items() if any(e * side > 0 for e in es)}
        for side in (1, -1)
    )
    meeting = above & below
    if not meeting:
        return coefficient, factors
    opened = [bool(meeting & found.keys()) for found in parts]
    touched = {base for found, go in zip(parts, opened, strict=True) if go for base in found}
    opened = [go or found.keys() <= touched for found, go in zip(parts, opened, strict=True)]
    scale, one = powers((f for f, go in zip(factors, opened, strict=True) if go), nonnegative)
    rest = [f for f, go in zip(factors, opened, strict=True) if not go]
    return coefficient * scale, [*rest, *(root(base, e) for base, e in one.items())]
