"""Which addends of an expression in exponentials are read together.

What has exponentials of its own has nothing to do with others, and neither has what is over other
divisors: over one denominator e^u/(1 + e^u) + e^u/Σ e^v would have 0·∞ as a product.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from symderiv.indexform.terms import ZERO, Term, add, mul, num, walk
from symderiv.numeric.exponentials import direction, exponents, live, parts
from symderiv.numeric.island import Island, TooLarge
from symderiv.numeric.masks import left_out
from symderiv.numeric.powers import monomial, without
from symderiv.numeric.sums import Normal, symbols

__all__ = ["Addends"]


class Addends:
    """Groups of addends; the arrays in ``labels`` hold 0 and 1."""

    def __init__(self, normal: Normal, labels: frozenset[str]) -> None:
        self.normal, self.labels = normal, labels

    def groups(self, t: Term) -> list[list[Term]]:
        """Those that have nothing to do with one another; a number goes where it cancels."""
        if (found := _left_out_apart(t)) is not None:
            return found
        if t.op == "mul":
            return self._by_divisors([t])
        if t.op != "add":
            return [[t]]
        groups, rest = _by_exponents(t)
        if len(groups) == 2 and self._cancels(t.args):  # σ(a) − σ(b)
            return [list(t.args)]
        for number in [a for a in rest if a.op == "num"]:
            for g in groups:
                if self._cancels((*g, number)):
                    g.append(number)
                    rest.remove(number)
                    break
        for a in [a for a in rest if a.op != "num"]:
            met = [g for g in groups if len(groups) > 1 and self._may_leave(g, a)]
            if len(met) > 1:  # log Σ e^{uᵢⱼ} + log Σ e^{uⱼᵢ} − 2uᵢᵢ
                groups = [g for g in groups if g not in met]
                groups.append([*(b for g in met for b in g), a])
                rest.remove(a)
        return [part for g in groups for part in self._by_divisors(g)] + [[a] for a in rest]

    def _may_leave(self, addends: Sequence[Term], a: Term) -> bool:
        """Whether a multiple of an addend may be taken out of the logarithms of others."""
        try:
            return _takes_out(Island(self.normal, add(*addends, a), self.labels), a)
        except TooLarge:
            return False

    def _cancels(self, addends: Sequence[Term]) -> bool:
        try:
            island = Island(self.normal, add(*addends), self.labels)
            return island.cancels(addends)
        except TooLarge:
            return False

    def _by_divisors(self, addends: Sequence[Term]) -> list[list[Term]]:
        """Addends over other divisors, or with logarithms of others, where nothing cancels."""
        alive = [b for a in addends if live(a) for b in _distributed(a)]
        if len(alive) < 2 or _divisors(add(*alive)) < 2:
            return [list(addends)]
        try:
            island = Island(self.normal, add(*addends), self.labels)
            groups = [([a], _sums(island, a)) for a in alive]
            while True:
                pairs = itertools.combinations(groups, 2)
                met = next(((g, h) for g, h in pairs if _belong(island, g, h)), None)
                if met is None:
                    break
                groups = [g for g in groups if g not in met]
                groups.append(([*met[0][0], *met[1][0]], met[0][1] | met[1][1]))
        except TooLarge:
            return [list(addends)]
        if len(groups) < 2:
            return [list(addends)]
        out = [g for g, _ in groups]
        for a in (a for a in addends if not live(a)):
            found = [g for g in out if self._takes(g, a)]
            if len(found) > 1 and a.op != "num":
                out = [[b for g in found for b in g], *(g for g in out if g not in found)]
                found = out
            (found or [g for g in out if not any(map(_has_log, g))] or out)[0].append(a)
        return out

    def _takes(self, addends: Sequence[Term], a: Term) -> bool:
        return self._cancels((*addends, a)) if a.op == "num" else self._may_leave(addends, a)


def _left_out_apart(t: Term) -> list[list[Term]] | None:
    """Addends with Σₖ [k ≠ j]·aₖ and those without, which are not multiplied out together."""

    def inside(t: Term) -> bool:
        factors = monomial(t)[1]
        return any(left_out(f) or (f.op == "add" and any(map(inside, f.args))) for f in factors)

    addends = list[Term]()
    for a in t.args if t.op == "add" else (t,):
        coefficient, factors = monomial(a)
        f = next((f for f in factors if f.op == "add" and inside(f)), None)
        rest = mul(*without(factors, [] if f is None else [f]), num(coefficient))
        addends += [a] if f is None else [mul(rest, b) for b in f.args]
    groups = [[a for a in addends if inside(a) is side] for side in (False, True)]
    return groups if all(groups) else None


def _divisors(t: Term) -> int:
    """How many sums of exponentials there are below, or under logarithms."""
    return len(
        {
            d.args[0]
            for d in walk(t)
            if (d.op == "pow" and d.data < 0) or (d.op == "call" and d.data == "log")
            if live(d.args[0])
        }
    )


def _distributed(t: Term) -> list[Term]:
    """The addends of a product with sums of quotients as factors."""
    coefficient, factors = monomial(t)
    f = next((f for f in factors if f.op == "add" and _divisors(f)), None)
    if f is None:
        return [t]
    rest = mul(*without(factors, [f]), num(coefficient))
    return [mul(a, rest) for a in f.args]


def _sums(island: Island, t: Term) -> set[Any]:
    """The sums of exponentials that an addend is divided by, or has the logarithms of."""
    f = island.element(t)
    generators = [*island.E, *island.S]
    below = {
        d for d, _ in f.denom.factor_list()[1] if len(d) > 1 or island.has(d, island.S)
        if island.has(d, generators)
    }  # fmt: skip
    return below | {d.polynomial for d in island.totals if island.has(f.numer * f.denom, [d.P])}


def _has_log(t: Term) -> bool:
    return any(f.op == "call" and f.data == "log" for f in walk(t))


def _belong(island: Island, g: tuple[list[Term], set[Any]], h: tuple[list[Term], set[Any]]) -> bool:
    """Whether two groups have a sum in common, or terms that cancel."""
    return bool(g[1] & h[1]) or island.cancels([add(*g[0]), add(*h[0])])


def _takes_out(island: Island, a: Term) -> bool:
    """Whether a multiple of a is an exponent in the logarithms of an expression."""
    lines = [w for t in island.totals for w in island.shifts(t)]
    key = direction(parts(a))[0]
    return any(direction(parts(w))[0] == key for w in lines if w is not ZERO)


def _by_exponents(t: Term) -> tuple[list[list[Term]], list[Term]]:
    """Addends with exponentials of their own, with what shares a symbol with them; and the rest."""
    groups: list[tuple[set[Any], list[Term]]] = []
    for a in (a for a in t.args if live(a)):
        keys, addends = exponents(a), [a]
        for g in [g for g in groups if g[0] & keys]:
            groups.remove(g)
            keys, addends = keys | g[0], g[1] + addends
        groups.append((keys, addends))
    if len(groups) < 2:
        return [list(t.args)], []
    rest = list[Term]()
    for a in (a for a in t.args if not live(a)):
        found = [addends for _, addends in groups if symbols(a) & symbols(add(*addends))]
        (found[0] if len(found) == 1 else rest).append(a)
    return [[a for a in t.args if a in addends] for _, addends in groups], rest
