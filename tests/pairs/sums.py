"""Random sums over ranges of several kinds, and identities that rewrite them.

Rows run over m, columns over n; a range is whole, constant, shifted, or depends on another index.
"""

from __future__ import annotations

from typing import Any

import sympy
from pairs.pair import (
    COLUMNS,
    ROWS,
    A,
    Chooser,
    NoDraw,
    W,
    X,
    a,
    b,
    built,
    c,
    m,
    n,
    parts,
    q,
    t,
    v,
    x,
)
from pairs.scalars import TRUE, put
from sympy import (
    Abs,
    Dummy,
    Eq,
    Integer,
    KroneckerDelta,
    Max,
    Min,
    Piecewise,
    Rational,
    Sum,
    exp,
    log,
    sqrt,
    tanh,
)

from symderiv import sigma, softplus

Names = tuple[Any, ...]


def leaf(choose: Chooser, rows: Names, columns: Names) -> Any:
    """A number, an entry or an index that is bound here."""
    makers: list[Any] = [lambda: x, lambda: choose.choice([2, -1, Rational(1, 2)])]
    if rows:
        makers += 2 * [lambda: v[choose.choice(rows), 0], lambda: c[choose.choice(rows)]]
        makers.append(lambda: W[choose.choice(rows), choose.choice(rows)])
    if columns:
        makers += 3 * [lambda: t[choose.choice(columns), 0]]
        makers += 2 * [lambda: q[choose.choice(columns)], lambda: choose.choice(columns)]
        makers += 2 * [lambda: A[choose.choice(columns), choose.choice(columns)]]
    if rows and columns:
        makers += 4 * [lambda: X[choose.choice(rows), choose.choice(columns)]]
    return sympy.sympify(choose.choice(makers)())


INNER = [exp, sigma, softplus, Abs, tanh, lambda u: u**2, lambda u: Max(u, 0), lambda u: Min(u, x)]
INNER += [lambda u: exp(-(u**2)), lambda u: 1 / (1 + u**2), lambda u: log(1 + u**2)]
INNER += [lambda u: sqrt(1 + u**2), sympy.sin, sympy.sign, lambda u: u**3]


def summand(choose: Chooser, rows: Names, columns: Names, depth: int, mixed: bool = True) -> Any:
    """A scalar in the indices that are bound here."""
    if depth <= 0:
        return leaf(choose, rows, columns)

    def inner(less: int = 1) -> Any:
        return summand(choose, rows, columns, depth - less, mixed)

    kind = choose.randrange(11)
    if kind < 2:
        return built(lambda: inner() + inner())
    if kind < 4:
        return built(lambda: inner() * inner(2))
    if kind < 5:
        return built(choose.choice(INNER), inner())
    if kind == 5 and len(columns) > 1:
        f, g = choose.sample(columns, 2)
        u = inner()
        return built(
            choose.choice(
                [
                    lambda: KroneckerDelta(f, g) * u,
                    lambda: Piecewise((u, f < g), (0, True)),
                    lambda: Piecewise((u, Eq(f, g)), (x, True)),
                    lambda: Piecewise((u, f > 0), (1, True)),
                    lambda: Piecewise((u, t[f, 0] > t[g, 0]), (-u, True)),
                ]
            )
        )
    return ranged(choose, rows, columns, depth, mixed)


def ranged(choose: Chooser, rows: Names, columns: Names, depth: int, mixed: bool = True) -> Any:
    """A sum over one more index."""
    over_rows = choose.random() < 0.4
    free = [s for s in (ROWS if over_rows else COLUMNS) if s not in rows + columns]
    if not free:
        return leaf(choose, rows, columns)
    index, size = free[0], m if over_rows else n
    low, high = Integer(0), size - 1
    others = [s for s in (rows if over_rows else columns) if s not in (a, b)]
    if mixed and others and choose.random() < 0.4:  # a triangle
        other = choose.choice(others)
        low, high = choose.choice([(0, other), (0, other - 1), (other, high), (other + 1, high)])
    elif mixed and choose.random() < 0.2:
        low, high = choose.choice([(Integer(1), high), (low, high - 1), (low, Integer(0))])
        if not over_rows:
            low, high = choose.choice(
                [(low, high), (a, size - 1), (Integer(0), a), (b + 1, size - 1)]
            )
    deeper = ((*rows, index), columns) if over_rows else (rows, (*columns, index))
    body = summand(choose, *deeper, depth - 1, mixed)
    out = built(Sum, body, (index, low, high))
    return out / size if choose.random() < 0.25 else out


def some_sum(choose: Chooser, depth: int = 4, mixed: bool = True) -> Any:
    """An expression with a sum in it."""
    e = summand(choose, (), (a, b) if choose.random() < 0.5 else (a,), depth, mixed)
    if not sums_in(e):
        raise NoDraw
    return e


def sums_in(e: Any) -> list[Any]:
    """The sums in it with one range."""
    return [s for s in parts(e) if isinstance(s, Sum) and len(s.limits) == 1]


# ---- identities, each of a sum over one range; a NoDraw says that it has not this form


def need(holds: bool) -> None:
    if not holds:
        raise NoDraw


def taken(e: Sum) -> tuple[Any, Any, Any, Any]:
    """The summand, the index and the ends."""
    (index, low, high) = e.limits[0]
    return e.function, index, low, high


def fresh(name: str = "s") -> Dummy:
    return Dummy(name, integer=True, nonnegative=True)


def at(body: Any, index: Any, value: Any) -> Any:
    """The summand at one index; bound names inside are other ones."""
    inside = {limit[0] for s in body.atoms(Sum) for limit in s.limits}
    renamed = body.xreplace({w: fresh(w.name) for w in inside})
    return renamed.xreplace({index: value})


def swapped(e: Sum, choose: Chooser) -> Any:
    """Σᵢ Σⱼ = Σⱼ Σᵢ."""
    inner = e.function
    need(isinstance(inner, Sum) and len(inner.limits) == 1)
    need(not set().union(*(w.free_symbols for w in inner.limits[0][1:])) & {e.limits[0][0]})
    return Sum(Sum(inner.function, *e.limits), *inner.limits)


def across_a_triangle(e: Sum, choose: Chooser) -> Any:
    """Σ_{j ≤ l ≤ h} summed over j = Σ_l Σ_{j ≤ l}, and the three others."""
    inner = e.function
    need(isinstance(inner, Sum) and len(inner.limits) == 1)
    body, outer, low, high = inner.function, *e.limits[0]
    name, first, last = inner.limits[0]
    if first == outer and last == high:
        return Sum(Sum(body, (outer, low, name)), (name, low, high))
    if first == low and last == outer:
        return Sum(Sum(body, (outer, name, high)), (name, low, high))
    need(first == outer + 1 and last == high)
    return Sum(Sum(body, (outer, low, name - 1)), (name, low, high))


def square_from_triangles(e: Sum, choose: Chooser) -> Any:
    """A double sum over a square as below, on and above the diagonal."""
    inner = e.function
    need(isinstance(inner, Sum) and len(inner.limits) == 1)
    body, outer, low, high = inner.function, *e.limits[0]
    name, first, last = inner.limits[0]
    need(first == low == 0 and last == high)
    return (
        Sum(Sum(body, (name, 0, outer - 1)), e.limits[0])
        + Sum(at(body, name, outer), e.limits[0])
        + Sum(Sum(body, (name, outer + 1, high)), e.limits[0])
    )


def first_apart(e: Sum, choose: Chooser) -> Any:
    body, index, low, high = taken(e)
    need(low == 0 and high in (m - 1, n - 1))
    return at(body, index, low) + Sum(body, (index, low + 1, high))


def last_apart(e: Sum, choose: Chooser) -> Any:
    body, index, low, high = taken(e)
    need(low == 0 and high in (m - 1, n - 1))
    return Sum(body, (index, low, high - 1)) + at(body, index, high)


def split(e: Sum, choose: Chooser) -> Any:
    """At a free index, which lies in 0 … n − 1."""
    body, index, low, high = taken(e)
    need(low == 0 and high == n - 1 and index not in (a, b))
    f = choose.choice([a, b])
    return choose.choice(
        [
            Sum(body, (index, 0, f)) + Sum(body, (index, f + 1, high)),
            Sum(body, (index, 0, f - 1)) + Sum(body, (index, f, high)),
            Sum(Piecewise((body, index <= f), (0, True)), e.limits[0])
            + Sum(Piecewise((0, index <= f), (body, True)), e.limits[0]),
            Sum(body, (index, 0, f - 1)) + at(body, index, f) + Sum(body, (index, f + 1, high)),
        ]
    )


def terms_apart(e: Sum, choose: Chooser) -> Any:
    return sympy.Add(*(Sum(u, *e.limits) for u in sympy.Add.make_args(e.function.expand())))


def factor_out(e: Sum, choose: Chooser) -> Any:
    body, index, _, _ = taken(e)
    inside, outside = [], []
    for u in sympy.Mul.make_args(body):
        (inside if u.has(index) else outside).append(u)
    need(bool(outside))
    return sympy.Mul(*outside) * Sum(sympy.Mul(*inside), *e.limits)


def renamed(e: Sum, choose: Chooser) -> Any:
    body, index, low, high = taken(e)
    name = fresh()
    return Sum(body.xreplace({index: name}), (name, low, high))


def shifted(e: Sum, choose: Chooser) -> Any:
    body, index, low, high = taken(e)
    by = choose.choice([1, 2, -1, a])
    return Sum(at(body, index, index - by), (index, low + by, high + by))


def backwards(e: Sum, choose: Chooser) -> Any:
    body, index, low, high = taken(e)
    return Sum(at(body, index, low + high - index), (index, low, high))


def halved(e: Sum, choose: Chooser) -> Any:
    return 2 * Sum(e.function / 2, *e.limits)


def counted(e: Sum, choose: Chooser) -> Any:
    """Σ (f − 1) + N, Σ (f − k) + N(first + last)/2."""
    body, index, low, high = taken(e)
    length = high - low + 1
    return choose.choice(
        [
            Sum(body - 1, *e.limits) + length,
            Sum(body - index, *e.limits) + length * (low + high) / 2,
            Sum(body + index**2, *e.limits)
            - (high * (high + 1) * (2 * high + 1) - (low - 1) * low * (2 * low - 1)) / 6,
        ]
    )


def telescoped(e: Sum, choose: Chooser) -> Any:
    """Σ (f + g(k + 1) − g(k)) = Σ f + g(last + 1) − g(first), for a g with any arguments."""
    _, index, low, high = taken(e)
    g = choose.choice(
        [lambda s: s**3, lambda s: exp(s * x), lambda s: 1 / (s + 1), lambda s: x**2 * s]
    )
    inside = e.function + g(index + 1) - g(index)
    return Sum(inside, *e.limits) - g(high + 1) + g(low)


def with_delta(e: Sum, choose: Chooser) -> Any:
    """A free entry as a sum with a delta, in the summand or beside it."""
    name = fresh()
    entry = choose.choice([t[a, 0], q[a], A[a, a], A[a, b]])
    new = Sum(KroneckerDelta(name, a) * entry.xreplace({a: name}), (name, 0, n - 1))
    if entry == A[a, a]:
        new = Sum(Piecewise((A[name, name], Eq(name, a)), (0, True)), (name, 0, n - 1))
    need(index_is_free(e))
    return choose.choice([e + entry - new, Sum(e.function * (1 + entry - new), *e.limits)])


def index_is_free(e: Sum) -> bool:
    return not {s for w in e.atoms(Sum) for s, *_ in w.limits} & {a, b}


def product_of_sums(e: Sum, choose: Chooser) -> Any:
    """c·Σ f = Σ f·Σ g/Σ g, or Σ f·Σ g = Σ Σ f·g."""
    body, _, _, _ = taken(e)
    name = fresh()
    g = choose.choice([exp(t[name, 0]), 1 + q[name] ** 2])
    whole = Sum(g, (name, 0, n - 1))
    return choose.choice(
        [
            Sum(Sum(body * g, (name, 0, n - 1)), *e.limits) / whole,
            Sum(body / whole, *e.limits) * whole,
            Sum(body * g / whole, *e.limits, (name, 0, n - 1)),
        ]
    )


def as_log(e: Sum, choose: Chooser) -> Any:
    """Σ e^f = e^c Σ e^(f − c)."""
    body, _, _, _ = taken(e)
    need(isinstance(body, exp))
    shift = choose.choice([x, t[a, 0], Max(x, t[a, 0])])
    need(index_is_free(e))
    return exp(shift) * Sum(exp(body.args[0] - shift), *e.limits)


def squared(e: Sum, choose: Chooser) -> Any:
    """Σ f = ((1 + Σ f)² − 1 − Σ Σ f f)/2."""
    body, index, low, high = taken(e)
    name = fresh()
    double = Sum(Sum(body * at(body, index, name), (name, low, high)), (index, low, high))
    return ((1 + e) ** 2 - 1 - double) / 2


def centred(e: Sum, choose: Chooser) -> Any:
    """Σ (f − mean f) = 0, added."""
    body, index, low, high = taken(e)
    need(low == 0 and high in (m - 1, n - 1))
    mean = e / (high + 1)
    return e + Sum(body - mean.xreplace({index: fresh()}), *e.limits)


SUMS = [swapped, across_a_triangle, square_from_triangles, first_apart, last_apart, split]
SUMS += [terms_apart, factor_out, renamed, shifted, backwards, halved, counted, telescoped]
SUMS += [with_delta, product_of_sums, as_log, squared, centred]


def resummed(choose: Chooser, e: Any, times: int = 1) -> tuple[Any, tuple[str, ...]]:
    """The expression after some identities at random sums, and their names."""
    made: list[str] = []
    for _ in range(30):
        found = sums_in(e)
        if len(made) == times or not found:
            break
        spot, rule = choose.choice(found), choose.choice(SUMS)
        try:
            e = put(e, spot, built(rule, spot, choose))
        except NoDraw:
            continue
        made.append(rule.__name__)
    if choose.random() < 0.3:
        spots = [s for s in parts(e) if type(s).__name__ in TRUE and not s.has(Sum)]
        if spots:
            spot = choose.choice(spots)
            rule = choose.choice(TRUE[type(spot).__name__])
            e = put(e, spot, built(rule, spot))
            made.append(type(spot).__name__)
    if not made:
        raise NoDraw
    return e, tuple(made)
