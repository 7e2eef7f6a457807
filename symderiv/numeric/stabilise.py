"""Terms rewritten so that rounding does not destroy them.

What is made of exponentials and logarithms is read as an element of the field of rational
functions in E = e^u, the logarithms of sums of these, and everything else (``island``). There it
has one form, however it was written, from which the forms of ``stable`` are read off (``forms``):

- a quotient of sums of exponentials is a sum of products of shares e^w/D, such as σ(u), 1 − σ(u)
  and softmax, in which nothing cancels;
- β·log(1 + e^u) + γ·u is β·(log(1 + e^u) + γ/β·u), one function, and log D − w is −log of a share;
- powers and products of these are kept.

Everything else stays as it is written.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache, partial
from typing import Any

from symderiv.indexform.terms import (
    ONE,
    ZERO,
    Linear,
    Term,
    add,
    call,
    mul,
    num,
    power,
    rebuild,
    total,
    walk,
)
from symderiv.numeric.addends import Addends
from symderiv.numeric.brackets import of_divisor, of_logarithm, of_quotient
from symderiv.numeric.carried import carried
from symderiv.numeric.covariances import covariances, diagonals, spread
from symderiv.numeric.divisors import over_one_divisor
from symderiv.numeric.exponentials import (
    exponents,
    is_call,
    live,
    parts,
)
from symderiv.numeric.forms import Forms
from symderiv.numeric.fractional import roots_met
from symderiv.numeric.gathering import deviations, of_ranges, ones, together, weighed, with_labels
from symderiv.numeric.inverse import inverse_hyperbolic
from symderiv.numeric.island import Island, TooLarge, is_quotient
from symderiv.numeric.kept import apart, is_square, kept
from symderiv.numeric.nearzero import may_cancel, near_zero
from symderiv.numeric.nested import summed
from symderiv.numeric.others import leave_one_out, merged
from symderiv.numeric.powers import without
from symderiv.numeric.radicals import in_lowest_terms
from symderiv.numeric.roots import norm
from symderiv.numeric.signed import signed
from symderiv.numeric.stable import NAMED
from symderiv.numeric.sums import Normal, monomial
from symderiv.numeric.vanishing import over_expm1
from symderiv.numeric.weights import defined, real_powers, weighed_logs, without_overflow

__all__ = ["stabilise"]


def stabilise(
    normal: Normal,
    t: Term,
    labels: frozenset[str] = frozenset(),
    shares: Mapping[str, Linear] | None = None,
) -> Term:
    """The normal form of a term with its stable forms named.

    The entries of the arrays that ``labels`` names are known to be 0 or 1, and those of ``shares``
    to add up to 1 along their last axis, whose length is given.
    """
    labelled, whole = (partial(rule, shares=shares or {}) for rule in (with_labels, ones))
    gathering = (together, labelled) * 2  # inside a sum, then the sums
    keeps = cache(partial(kept, normal, labels))
    cancelling = partial(over_one_divisor, kept=lambda d: live(d) and keeps(d))
    for rule in (whole, of_ranges):
        t = normal.run(_everywhere(normal, t, rule))
    if (found := _everywhere(normal, t, leave_one_out)) is not t:
        t = _everywhere(normal, normal.run(found), partial(leave_one_out, labels=True))
    for rule in (summed, *gathering, cancelling, in_lowest_terms):
        t = normal.run(_everywhere(normal, t, rule))
    for _ in range(3):  # what cancels inside a sum may leave it
        before, t = t, normal.run(_everywhere(normal, t, _cancelled))
        if t is before:
            break
    for _ in range(3):  # what leaves a sum may meet what it cancels with
        before, t = t, _everywhere(normal, t, carried)
        t = normal.run(_Stabiliser(normal, labels, keeps).visit(t))
        if t is before:
            break
    overflow = weighed_logs, of_logarithm, over_expm1, real_powers, without_overflow
    met = weighed, whole, covariances, diagonals, spread, deviations
    for rule in (
        *met,
        _inwards,
        together,
        merged,
        over_one_divisor,
        of_quotient,
        of_divisor,
        norm,
        *overflow,
    ):
        t = normal.run(_everywhere(normal, t, rule))
    return t


def _everywhere(normal: Normal, t: Term, rule: Callable[[Normal, Term], Term | None]) -> Term:
    """A rule applied from below, to what the arguments have become."""
    memo: dict[Term, Term] = {}
    for node in walk(t):
        args = tuple(memo[a] for a in node.args)
        if rule is carried and is_call(node, "log") and node.args[0].op == "mul":
            args = (mul(*(memo[a] for a in node.args[0].args)),)  # whose sums have logarithms
        new = rebuild(node, args) if args != node.args else node
        if rule is without_overflow and is_call(node, "sum_exp"):
            memo[node] = node  # whose largest exponent is taken out
        else:
            memo[node] = rule(normal, new) or new
    return memo[t]


def _cancelled(normal: Normal, t: Term) -> Term | None:
    """A product of exponentials and of sums of them in lowest terms."""
    if t.op != "mul" or not any(f.op == "pow" and f.data < 0 and live(f) for f in walk(t)):
        return None
    try:
        island = Island(normal, t)
        f = island.element(t)
    except TooLarge:
        return None
    if len(f.numer) > 1 or len(f.denom) > 1 or island.totals:
        return None
    found = island.term(f)
    return found if sum(1 for _ in walk(found)) < sum(1 for _ in walk(t)) else None


def _inwards(normal: Normal, t: Term) -> Term | None:
    """Σₖ Σᵢ xᵢⱼaᵢₖ as Σᵢ xᵢⱼ Σₖ aᵢₖ."""
    if t.op != "sum" or t.args[0].op != "sum":
        return None
    outer, inner, body = t.data[0], t.args[0].data[0], t.args[0].args[0]
    names = [f.names for f in monomial(body)[1]]
    if sum(outer in n for n in names) >= sum(inner in n for n in names):
        return None
    return normal.total(inner, normal.total(outer, body))


class _Stabiliser:
    """Largest islands of exponentials first; the terms inside them afterwards."""

    def __init__(
        self, normal: Normal, labels: frozenset[str], keeps: Callable[[Term], bool]
    ) -> None:
        self.normal, self.labels, self._kept = normal, labels, keeps
        self._addends = Addends(normal, labels)
        self._memo: dict[Term, Term] = {}

    def visit(self, t: Term) -> Term:
        found = self._memo.get(t)
        if found is None:
            found = self._memo[t] = self._visit(t)
        return found

    def _visit(self, t: Term) -> Term:
        found = inverse_hyperbolic(t.args[0]) if is_call(t, "log") else None
        if found is not None and found.op == "call":  # asinh of exponentials is that, too
            return rebuild(found, tuple(self.visit(a) for a in found.args))
        if (found_roots := roots_met(self.normal, self.labels, t)) is not None:
            aside, pairs = found_roots
            met = add(*(mul(self.visit(rest), self.visit(root)) for rest, root in pairs))
            return mul(*map(self.visit, aside), met)
        found = self._near_zero(t) if may_cancel(t) else None
        if found is not None:
            return self._inner(found)
        if t.op == "mul":
            # e^u goes with what it is divided by
            alone = set[Any]().union(*(exponents(f) for f in t.args if is_call(f, "exp")))
            inside = [f for f in t.args if live(f) and (_divides(f, alone) or not self._kept(f))]
            if len(inside) < len(t.args):
                outside = [self.visit(f) for f in without(t.args, inside)]
                return _exact(mul(*outside, *[self.visit(mul(*inside))] * bool(inside)))
        if is_square(self.normal, self.labels, t):
            coefficient, base = monomial(self.visit(t.args[0]))
            return mul(power(mul(*base), t.data), num(coefficient**t.data))
        if live(t) and t.op in ("add", "mul", "pow", "call") and not self._kept(t):
            groups = self._addends.groups(t)
            if len(groups) > 1:
                return _exact(add(*(self.visit(add(*g)) for g in groups)))
            found = self._stable(t)
            if found is not None:
                return self._inner(found)
            unread = [f for f in t.args if t.op == "mul" and not self._is_read(f)]
            if 0 < len(unread) < len(t.args):  # e^u/(1 + e^u) beside log(1 + log(1 + e^u))
                rest = self.visit(mul(*without(t.args, unread)))
                return _exact(mul(*map(self.visit, unread), rest))
            ratio = _ratio(t.args[0]) if is_call(t, "log") else None
            k, logs = monomial(ratio or ONE)
            for log in (log for log in logs if live(log.args[0])):  # −log(1 + e^z/r)
                return mul(num(k), self.visit(call("log", add(ONE, *log.args))))
        return _exact(rebuild(t, tuple(self.visit(a) for a in t.args))) if t.args else t

    def _is_read(self, t: Term) -> bool:
        """Whether t is an element of a field of exponentials."""
        try:
            Island(self.normal, t, self.labels).element(t)
        except TooLarge:
            return False
        return True

    def _near_zero(self, t: Term) -> Term | None:
        try:
            inside = t.args[0] if is_call(t, "log") else t
            return near_zero(Island(self.normal, inside, self.labels), t)
        except TooLarge:
            return None

    def _stable(self, t: Term) -> Term | None:
        try:
            if is_call(t, "log") and is_quotient(self.normal, t.args[0]):
                return self._log_of_quotient(t)
            island = Island(self.normal, t, self.labels)
            if t.op == "add" and apart(island, t):
                return None
            f = island.halved(island.element(t))
            return signed(island, f) or Forms(island).form(f)
        except TooLarge:
            return None

    def _log_of_quotient(self, t: Term) -> Term:
        """log f by log1p(f − 1) where f is near 1, since its two sums may be nearly the same."""
        near = self.visit(self.normal.plus(t.args[0], num(-1)))
        island = Island(self.normal, t, self.labels)
        f = island.halved(island.element(t))
        negative = any(
            c.op != "num" or c.data < 0
            for d in island.totals
            for c in ([] if d.leaves_one_out(island) else d.weights(island))
        )
        found = None if negative else Forms(island).form(f)
        direct = [] if found is None else [self._inner(found)]
        return call("log_near", near, self.visit(t.args[0]), *direct)

    def _inner(self, t: Term) -> Term:
        """What a stable form is made of: it is done itself, its atoms may not be."""
        if is_call(t, "near_zero"):
            return rebuild(t, tuple(map(self.visit, t.args)))
        if t.op == "call" and t.data in NAMED:
            return rebuild(t, tuple(self._exponent(a) for a in t.args))
        if t.op in ("add", "mul", "pow"):
            done = rebuild(t, tuple(self._inner(a) for a in t.args))
            return _exact(done) if t.op == "add" else done
        if t.op == "sum" and live(t):
            index, lower, upper = t.data
            (e,) = t.args
            return total(index, lower, upper, rebuild(e, tuple(self.visit(a) for a in e.args)))
        return self.visit(t)

    def _exponent(self, t: Term) -> Term:
        """An exponent, of which a quotient is one atom: tanh(u/2) in e^((e^u − 1)/(e^u + 1))."""
        if t.op == "add":
            return _exact(add(*map(self._exponent, t.args)))
        inside = [f for f in t.args if live(f) and not _is_done(f)] if t.op == "mul" else []
        if len(inside) > 1 or any(f.op == "mul" for f in inside):
            return mul(*map(self._inner, without(t.args, inside)), self.visit(mul(*inside)))
        return self._inner(t)


def _divides(t: Term, keys: set[Any]) -> bool:
    """Whether a sum has addends with divisors in these exponentials."""
    below = (d for d in walk(t) if d.op == "pow" and d.data < 0) if t.op == "add" else ()
    return any(exponents(d) & keys for d in below)


def _is_done(t: Term) -> bool:
    """Whether t holds stable forms."""
    return any(a.op == "call" and a.data in NAMED - {"exp", "tanh"} for a in walk(t))


def _exact(t: Term) -> Term:
    """e^u − 1, e^u − e^(−u) and log(1 + x), which NumPy has, log cosh u and x·log y."""
    if t.op == "mul":
        return defined(t)
    if t.op == "add":
        read = [_read(a) for a in t.args]
        for (e, one), (a, other) in itertools.permutations(zip(t.args, read, strict=True), 2):
            if one[:2] != (-other[0], other[1]) or one[2] is ZERO:
                continue
            apart = parts(add(one[2], other[2]))
            if other[2] is ZERO or not apart:
                found = call("sinh" if not apart else "expm1", one[2])
                scale = num(one[0] * (1 if apart else 2))
                rest = (b for b in t.args if b not in (e, a))
                return _exact(add(mul(*one[1].elements(), found, scale), *rest))
    if is_call(t, "log"):
        (u,) = t.args
        if (ratio := inverse_hyperbolic(u) or _ratio(u)) is not None:
            return ratio
        if u.op == "add" and ONE in u.args:
            return call("log1p", add(*(a for a in u.args if a is not ONE)))
        if is_call(u, "cosh"):
            return call("log_cosh", *u.args)
        if is_call(u, "softplus_plus") and u.args[1] in (ZERO, num(-1)):
            return call("log_softplus", mul(num(1 if u.args[1] is ZERO else -1), u.args[0]))
    return t


def _read(t: Term) -> tuple[Fraction, Counter[Term], Term]:
    """c·f·e^u as c, the factors of f, and u, which is 0 where there is none."""
    coefficient, factors = monomial(t)
    alone = [f for f in factors if is_call(f, "exp")]
    rest = Counter(f for f in factors if f not in alone)
    return coefficient, rest, add(*(f.args[0] for f in alone))


def _ratio(t: Term) -> Term | None:
    """log(a/(a + b)) as −log(1 + b/a), and log((a + b)/a) as log(1 + b/a)."""
    coefficient, factors = monomial(t)
    for k, sum_ in ((1, "add"), (-1, "pow")):
        found = [f for f in factors if f.op == sum_ and (k > 0 or f.data == -1)]
        if len(found) != 1 or (k < 0 and found[0].args[0].op != "add"):
            continue
        whole = found[0] if k > 0 else found[0].args[0]
        rest = [f for f in factors if f is not found[0]]
        one = Counter(power(f, -1) if f.op != "pow" else power(f.args[0], -f.data) for f in rest)
        if k < 0:
            one = Counter(rest)
        same = [a for a in whole.args if _as_counter(a) == (coefficient**-k, one)]
        if same and rest:
            others = add(*(a for a in whole.args if a is not same[0]))
            below = [power(f, -1) if f.op != "pow" else power(f.args[0], -f.data) for f in one]
            return mul(num(k), call("log1p", mul(others, *below, num(1 / coefficient**-k))))
    return None


def _as_counter(t: Term) -> tuple[Fraction, Counter[Term]]:
    coefficient, factors = monomial(t)
    return coefficient, Counter(factors)
