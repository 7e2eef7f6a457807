"""Real powers of exponentials, taken out of what they stand beside.

The slope of √σ(u) is (σ − σ²)/(2√σ), which is 0/0 where σ underflows, and √σ·(1 − σ)/2, which is
not. With ρ = B^(1/q) for the base B, a sum of products of its powers is ρʲ·A where the field of the
exponentials has A. Of all ways to write it as Bˢ·(A/Bᵗ), which differ by whole powers, the one with
the fewest factors left in A/Bᵗ is taken, and of several the one with the least power of B.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import floor, lcm
from typing import Any

from symderiv.indexform.terms import Term, add, call, mul, power, rebuild, root, var
from symderiv.numeric.exponentials import live
from symderiv.numeric.island import Island, TooLarge
from symderiv.numeric.powers import without
from symderiv.numeric.sums import Normal

__all__ = ["roots_met"]

_LOG = var("log of a root")  # no name that a person can write
_RHO = call("exp", _LOG)
_MOST_ORDER, _FARTHEST = 20, 4


def roots_met(
    normal: Normal, labels: frozenset[str], t: Term
) -> tuple[list[Term], list[tuple[Term, Term]]] | None:
    """A sum or product as Πf·Σ rest·root: the factors f left as they are, and the pairs.

    None where no real power of exponentials divides, several do, or nothing meets them.
    """
    roots = [r for r in _roots(t) if live(r.args[0])] if t.op in ("add", "mul") else []
    if len({r.args[0] for r in roots}) != 1 or not any(r.data < 0 for r in roots):
        return None
    base, order = roots[0].args[0], lcm(*(r.data.denominator for r in roots))
    aside = [a for a in t.args if t.op == "mul" and not _meets(a, base)]
    whole = mul(*without(t.args, aside)) if aside else t
    if order > _MOST_ORDER or not live(whole):
        return None
    try:
        island = Island(normal, add(_opened(whole, base, order), mul(base, _RHO)), labels)
        if island.totals:
            return None
        B, f = (island.element(_opened(e, base, order)) for e in (base, whole))
        pairs = [_lowest(A, Fraction(j, order), B) for j, A in _parts(island, f, B, order).items()]
    except TooLarge:
        return None
    given = {r.data for r in _roots(whole) if r.args[0] is base}
    if min(r for _, r in pairs) <= min(given) and len(given) <= len(pairs):
        return None
    return aside, [(island.term(rest), root(base, r)) for rest, r in pairs]


def _meets(t: Term, base: Term) -> bool:
    """Whether a factor is a power of the base, divides by one, or has exponentials alone."""
    if t.op in ("num", "root"):
        return t.op == "num" or t.args[0] is base
    roots = list(_roots(t))
    return any(r.data < 0 and r.args[0] is base for r in roots) or (live(t) and not roots)


def _roots(t: Term) -> Iterator[Term]:
    """The real powers in sums, products and powers, each once."""
    seen, stack = set[Term](), [t]
    while stack:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        if node.op == "root":
            yield node
        elif node.op in ("add", "mul", "pow"):
            stack.extend(node.args)


def _opened(t: Term, base: Term, order: int) -> Term:
    """Powers of B and of ρ for the real powers of B, with those of ρ between 0 and q."""
    if t.op == "root" and t.args[0] is base:
        whole = floor(t.data)
        return mul(power(base, whole), *[_RHO] * int((t.data - whole) * order))
    if t.op in ("add", "mul", "pow"):
        return rebuild(t, tuple(_opened(a, base, order) for a in t.args))
    return t


def _parts(island: Island, f: Any, base: Any, order: int) -> dict[int, Any]:
    """The A of Σ A·ρʲ by j.

    Raises
    ------
    TooLarge
        Where ρ stands below.
    """
    rho, out = island.E[island.exponents.index(_LOG)], dict[int, Any]()
    if island.has(f.denom, [rho]):
        raise TooLarge
    for (d,), c in island.grouped(f.numer, [rho]).items():
        whole, j = divmod(d, order)
        out[j] = out.get(j, island.field(0)) + c * base**whole
    return {j: A / island.field(f.denom) for j, A in out.items() if A}


def _lowest(f: Any, exponent: Fraction, base: Any) -> tuple[Any, Fraction]:
    """A/Bᵗ with the fewest factors, and the exponent that B then has; whole ones are not taken."""
    if not exponent:
        return f, exponent
    ways = [(f / base**k, exponent + k) for k in range(-_FARTHEST, _FARTHEST + 1)]
    return min(ways, key=lambda way: (_degree(way[0]), abs(way[1]), -way[1]))


def _degree(f: Any) -> int:
    """How many factors there are above and below."""
    return sum(max(map(sum, p.monoms()), default=0) for p in (f.numer, f.denom))
