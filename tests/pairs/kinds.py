"""The kinds of pairs: each makes a true one from a chooser; ``draw`` makes slips as well."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import sympy
from pairs import hypotheses, matrices, sums
from pairs.calculus import by_rules
from pairs.pair import (
    REFUSED,
    A,
    B,
    Chooser,
    NoDraw,
    Pair,
    Point,
    X,
    a,
    b,
    built,
    c,
    i,
    j,
    k,
    l,
    m,
    n,
    number,
    p,
    q,
    t,
    v,
    x,
    y,
    z,
)
from pairs.scalar_kinds import (
    cases,
    derivatives,
    identities,
    relations,
    special,
    towers,
    under,
    unrelated,
    where,
)
from pairs.slips import slip
from sympy import (
    Abs,
    BlockMatrix,
    Derivative,
    Function,
    Heaviside,
    IndexedBase,
    KroneckerDelta,
    Lambda,
    Max,
    Min,
    Piecewise,
    Product,
    Subs,
    Sum,
    exp,
    factorial,
    log,
    sign,
    symbols,
)
from sympy.matrices.expressions.matexpr import MatrixElement

from symderiv import sigma, softplus

ENTRIES = (sympy.Indexed, MatrixElement)
f, g = Function("f"), Function("g")
h, s = IndexedBase("h"), IndexedBase("s")
_KINKS = (Abs, sign, Max, Min, Piecewise, Heaviside)


def entries(choose: Chooser) -> Pair:
    """Sums and entries that are equal under a fact about every entry."""
    core = choose.choice(hypotheses.ENTRIES)
    context = choose.choice([z, z, 2 * z + x, exp(z), x * z - z**2, z / (1 + z**2), log(1 + z**2)])
    return under(choose, core, context)


def nested_sums(choose: Chooser) -> Pair:
    """Sums up to three deep over m, n, constants and triangles."""
    e = sums.some_sum(choose, choose.choice([1, 2, 2, 3, 3, 4]))
    other, made = sums.resummed(choose, e, choose.randint(1, 3))
    return Pair(e, other, _inside(choose, e, other), made=made)


def _inside(choose: Chooser, *lines: Any) -> tuple[Any, ...]:
    """That a and b are column indices, where the start does not show it by itself."""
    seen = {s for e in lines[:1] for entry in e.atoms(*ENTRIES) for s in entry.args[1:]}
    free = [s for s in (a, b) if any(s in e.free_symbols for e in lines)]
    return tuple(s < n for s in free if s not in seen or choose.random() < 0.2)


def sum_derivatives(choose: Chooser) -> Pair:
    """The derivative of a sum by an entry, by a symbol, or twice."""
    e = sums.some_sum(choose, choose.choice([2, 3]), choose.random() < 0.4)
    w = choose.choice([t[a, 0], t[b, 0], q[a], A[a, b], x, X[k, a]])
    if e.has(*_KINKS) and choose.random() < 0.7:
        raise NoDraw
    if w == X[k, a] and k in {limit[0] for u in e.atoms(Sum) for limit in u.limits}:
        w = X[0, a]
    if by_rules(e, w) == 0:
        raise NoDraw
    kind = choose.randrange(4)
    if kind == 0:
        other, made = sums.resummed(choose, e)
        if other.atoms(Sum) and not _captured(other, w):
            return Pair(Derivative(e, w), Derivative(other, w), made=made)
    other = built(by_rules, e, w)
    if kind == 1 and w != x and not e.has(*_KINKS):
        again = choose.choice([w, x])
        return Pair(Derivative(e, w, again), built(by_rules, other, again), made=("twice",))
    if kind == 2:
        try:
            other, made = sums.resummed(choose, other)
        except NoDraw:
            made = ()
        return Pair(Derivative(e, w), other, made=("by rules", *made))
    return Pair(Derivative(e, w), other, made=("by rules",))


def _captured(e: Any, w: Any) -> bool:
    return bool(w.free_symbols & {limit[0] for u in e.atoms(Sum) for limit in u.limits})


def products(choose: Chooser) -> Pair:
    """Products over ranges, factorials, and their logarithms."""
    over, of = choose.choice([((i, 0, m - 1), (c[i], v[i, 0])), ((j, 0, n - 1), (q[j], t[j, 0]))])
    u = choose.choice([exp(of[0]), 1 + of[0] ** 2, sigma(of[1]), exp(x * of[1]) + 1])
    w = choose.choice([exp(of[1]), 2 + of[1] ** 2, p, p ** of[0]])
    table: list[Callable[[], tuple[Any, Any]]] = [
        lambda: (Product(u * w, over), Product(u, over) * Product(w, over)),
        lambda: (log(Product(u, over)), Sum(log(u), over)),
        lambda: (Product(exp(of[0] * x), over), exp(x * Sum(of[0], over))),
        lambda: (Product(p, over), p ** (over[2] + 1)),
        lambda: (Product(u, over) ** 2, Product(u**2, over)),
        lambda: (Product(u, over), u.xreplace({over[0]: 0}) * Product(u, (over[0], 1, over[2]))),
        lambda: (Product(u + x, (over[0], 0, 0)), u.xreplace({over[0]: 0}) + x),
        lambda: (
            Product(Sum(x**k, (k, 0, j)), (j, 0, 2)),
            (1 + x) * (1 + x + x**2),
        ),
        lambda: (Product(j, (j, 1, n)), factorial(n)),
        lambda: (log(Product(u, over)) / (over[2] + 1), Sum(log(u) / (over[2] + 1), over)),
        lambda: (Derivative(log(Product(u, over)), x), Sum(by_rules(log(u), x), over)),
        lambda: (Product(u, over, (l, 0, 1)), Product(u, over) ** 2),
    ]
    lhs, rhs = built(lambda: sympy.Tuple(*choose.choice(table)()))
    if lhs == rhs:
        raise NoDraw
    context = choose.choice(
        [lambda e: e, lambda e: x * e + 1, lambda e: e**2, lambda e: 1 / (1 + e**2)]
    )
    return Pair(context(lhs), context(rhs), made=("products",))


def matrix_rules(choose: Chooser) -> Pair:
    """Products, transposes, Hadamard products, powers and elementwise functions."""
    shape = choose.choice([(n, 1), (m, n), (n, n), (1, 1), (n, n), (1, n)])
    e = matrices.matrix(choose, *shape, choose.choice([1, 2, 2, 3]))
    other, made = matrices.recast(choose, e, choose.randint(1, 2))
    lhs, rhs = matrices.as_scalar(choose, (e, other))
    if lhs.is_Matrix != rhs.is_Matrix or lhs == rhs:
        raise NoDraw
    return Pair(lhs, rhs, made=made)


def closed_gradients(choose: Chooser) -> Pair:
    """Gradients and Hessians of quadratic forms, losses and traces in closed form."""
    lhs, rhs, made = matrices.gradients(choose)
    if rhs.is_Matrix and choose.random() < 0.5:
        try:
            rhs, more = matrices.recast(choose, rhs, 1)
            made = f"{made}, {more}"
        except NoDraw:
            pass
    if lhs.is_Matrix and lhs.shape == (n, 1) and choose.random() < 0.4:
        lhs, rhs = lhs[a, 0], rhs[a, 0]
    return Pair(lhs, rhs, made=(made,))


def entry_by_entry(choose: Chooser) -> Pair:
    """Matrix expressions against the sums that they stand for."""
    over, across = (j, 0, n - 1), (i, 0, m - 1)
    Z = sympy.Matrix([[x, y], [p, 1]])
    u, w = sympy.Matrix([x, z]), symbols("w", real=True)
    bordered = BlockMatrix([[A, t], [t.T, sympy.OneMatrix(1, 1)]])
    wide = BlockMatrix([[X, v]])
    function = choose.choice([exp, sigma, Lambda(w, w**2 - x), Lambda(w, w * exp(w))])
    table: list[Callable[[], tuple[Any, Any]]] = [
        lambda: ((X * t)[k, 0], Sum(X[k, j] * t[j, 0], over)),
        lambda: ((t.T * A * t)[0, 0], Sum(A[j, l] * t[j, 0] * t[l, 0], over, (l, 0, n - 1))),
        lambda: ((X.T * X)[a, b], Sum(X[i, a] * X[i, b], across)),
        lambda: (sympy.Trace(A * B), Sum(A[j, l] * B[l, j], over, (l, 0, n - 1))),
        lambda: (sympy.Trace(X.T * X), Sum(X[i, j] ** 2, across, over)),
        lambda: (
            (X.T * (X * t).applyfunc(function))[a, 0],
            Sum(X[i, a] * _apply(function, Sum(X[i, j] * t[j, 0], over)), across),
        ),
        lambda: ((sympy.DiagMatrix(t) * A)[a, b], t[a, 0] * A[a, b]),
        lambda: ((A * sympy.DiagMatrix(t) * t)[a, 0], Sum(A[a, j] * t[j, 0] ** 2, over)),
        lambda: ((Z * u)[0, 0], x**2 + y * z),
        lambda: (
            (u.T * Z * Z * u)[0, 0],
            x * (x * (x**2 + y * p) + z * (x * y + y)) + z * (x * (p * x + p) + z * (p * y + 1)),
        ),
        lambda: ((bordered * bordered)[a, b], (A * A)[a, b] + t[a, 0] * t[b, 0]),
        lambda: ((bordered * bordered)[n, n], (t.T * t)[0, 0] + 1),
        lambda: ((bordered * bordered)[a, n], (A * t)[a, 0] + t[a, 0]),
        lambda: ((wide * wide.T)[k, k], Sum(X[k, j] ** 2, over) + v[k, 0] ** 2),
        lambda: (Sum(KroneckerDelta(j, a) * A[j, b], over), A[a, b]),
        lambda: (Sum(KroneckerDelta(j, l) * A[j, l], over, (l, 0, n - 1)), sympy.Trace(A)),
        lambda: (((A + x * sympy.Identity(n)) * t)[a, 0], (A * t)[a, 0] + x * t[a, 0]),
        lambda: ((A**3)[a, b], Sum(A[a, j] * A[j, l] * A[l, b], over, (l, 0, n - 1))),
    ]
    lhs, rhs = choose.choice(table)()
    inside = (a < n, b < n) if lhs.has(BlockMatrix) or "Block" in sympy.srepr(lhs) else ()
    if sums.sums_in(rhs) and choose.random() < 0.6:
        rhs, _ = sums.resummed(choose, rhs)
    return Pair(lhs, rhs, inside, made=("entries",))


def _apply(function: Any, e: Any) -> Any:
    return function(e)


def definitions(choose: Chooser) -> Pair:
    """Names that stand for expressions, and derivatives by them."""
    fi = choose.choice([sigma, exp, softplus, lambda u: u**2, lambda u: 1 / (1 + exp(-u))])
    inside = choose.choice([(X * t)[i, 0], x * c[i], Sum(X[i, l] * q[l], (l, 0, n - 1))])
    let = {h[i]: fi(inside)}
    over = (i, 0, m - 1)
    value = let[h[i]]
    table: list[Callable[[], tuple[Any, Any]]] = [
        lambda: (Sum(h[i] * v[i, 0], over), Sum(value * v[i, 0], over)),
        lambda: (
            Derivative(Sum(log(1 + h[i] ** 2), over), x),
            Sum(2 * h[i] / (1 + h[i] ** 2) * by_rules(value, x), over),
        ),
        lambda: (
            Derivative(Sum(h[i] ** 2, over), t[a, 0]),
            2 * Sum(h[i] * by_rules(value, t[a, 0]), over),
        ),
        lambda: (Derivative(h[k] * v[k, 0] + h[k] ** 2, h[k]), v[k, 0] + 2 * h[k]),
        lambda: (
            Derivative(h[k] ** 2, h[k]) * Derivative(h[k], q[a]),
            2 * value.xreplace({i: k}) * by_rules(value.xreplace({i: k}), q[a]),
        ),
        lambda: (Derivative(exp(h[k]), h[k], 2), exp(value.xreplace({i: k}))),
    ]
    lhs, rhs = choose.choice(table)()
    return Pair(lhs, rhs, let=let, made=("definitions",))


def opaque(choose: Chooser) -> Pair:
    """Functions without a definition, their derivatives and values."""
    u = choose.choice([x, x**2, x * y, exp(x), sigma(x)])
    w = symbols("w", real=True)

    def prime(e: Any) -> Any:
        return Subs(Derivative(f(w), w), w, e)

    table: list[Callable[[], tuple[Any, Any]]] = [
        lambda: (Derivative(f(u), x), by_rules(u, x) * prime(u)),
        lambda: (
            Derivative(f(x) * g(x), x),
            Derivative(f(x), x) * g(x) + f(x) * Derivative(g(x), x),
        ),
        lambda: (
            Derivative(log(1 + f(x) ** 2), x),
            2 * f(x) * Derivative(f(x), x) / (1 + f(x) ** 2),
        ),
        lambda: (f((x + y) ** 2), f(x**2 + 2 * x * y + y**2)),
        lambda: (Derivative(f(x), x, 2) + f(u), Derivative(Derivative(f(x), x) + x, x) + f(u) - 1),
        lambda: (Derivative(f(x, y), x, y), Derivative(f(x, y), y, x)),
        lambda: (Sum(f(t[j, 0]), (j, 0, n - 1)), f(t[0, 0]) + Sum(f(t[j, 0]), (j, 1, n - 1))),
        lambda: (
            Derivative(Sum(f(q[j] * x), (j, 0, n - 1)), x),
            Sum(q[j] * prime(q[j] * x), (j, 0, n - 1)),
        ),
        lambda: (f(Abs(x)), Piecewise((f(x), x > 0), (f(-x), True))),
        lambda: (f(sin2cos2(y) * x), f(x)),
    ]
    lhs, rhs = choose.choice(table)()
    if lhs == rhs:
        raise NoDraw
    return Pair(lhs, rhs, made=("opaque",), settle=_functions)


def sin2cos2(e: Any) -> Any:
    return sympy.sin(e) ** 2 + sympy.cos(e) ** 2


def _functions(at: Point, choose: Chooser) -> None:
    """Polynomials for functions without a definition."""
    u, w = symbols("u w", real=True)
    values = [number(choose) for _ in range(5)]
    at.values["g"] = Lambda((u,), values[0] + u * values[1] + u**3 * values[2])
    at.values["f"] = Lambda((u,), values[3] + u * values[2] + u**2 * values[4] - u**3 / 2)
    at.values["f2"] = Lambda((u, w), values[0] * u * w + values[1] * u**2 * w - w**2 * u / 3 + u)


_SCALAR = (identities, towers, special, cases, derivatives, where, unrelated, relations)
_WITH_ARRAYS = (
    opaque,
    nested_sums,
    sum_derivatives,
    entries,
    products,
    matrix_rules,
    closed_gradients,
    entry_by_entry,
    definitions,
)
KINDS: dict[str, Callable[[Chooser], Pair]] = {f.__name__: f for f in (*_SCALAR, *_WITH_ARRAYS)}
ARRAYS = frozenset(f.__name__ for f in _WITH_ARRAYS)
_MATRICES = ("matrix_rules", "closed_gradients", "entry_by_entry")
FAMILIES: dict[str, list[str]] = {
    "scalars": [f.__name__ for f in _SCALAR],
    "functions": ["opaque"],
    "sums": [f for f in KINDS if f in ARRAYS - {"opaque", *_MATRICES}],
    "matrices": [*_MATRICES],
}


@lru_cache(maxsize=16)  # its slips are asked about next
def true_pair(kind: str, seed: str) -> Pair:
    """The true pair of this kind and seed."""
    choose = random.Random(f"{kind} {seed}")
    for _ in range(200):
        try:
            pair = KINDS[kind](choose)
        except (NoDraw, *REFUSED):
            continue
        if pair.lhs != pair.rhs:
            return pair
    raise NoDraw(f"{kind} {seed}")


def draw(kind: str, seed: str) -> Pair:
    """The pair of this kind and seed, which ends in ".0" for a true one, else has a slip."""
    base, _, variant = seed.rpartition(".")
    pair = true_pair(kind, base)
    if variant == "0":
        return pair
    choose = random.Random(f"{kind} {seed}")
    for _ in range(200):
        try:
            return slip(choose, pair)
        except (NoDraw, *REFUSED):
            continue
    raise NoDraw(f"{kind} {seed}")
