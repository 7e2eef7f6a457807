"""Sums of products as ``@``, ``np.sum`` over an axis, and ``np.einsum`` as the last resort."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction

from symderiv.indexform.terms import Linear, Term, substitute, walk
from symderiv.numeric.arrays import Arrays, Value
from symderiv.numeric.rows import NotBlocked
from symderiv.numeric.source import ATOM, COMPARE, MUL, NARROW, UNARY
from symderiv.numeric.sums import monomial

__all__ = ["contraction", "summed"]

_LETTERS = "ijklmnpqrstuvw"


@dataclass
class _Group:
    """Factors that have the same axes, or a value that was made of several."""

    value: Value
    factors: tuple[Term, ...] = ()

    @property
    def axes(self) -> frozenset[str]:
        return frozenset(self.value.axes)


def contraction(arrays: Arrays, t: Term) -> Value:
    """The array of Σ over all indices at the head of t, and of the sums among its factors.

    Indices are eliminated one after another, each time the one whose elimination touches the
    smallest array; so v′(AB) is (v′A)B, and no product of matrices is formed for a vector, unless
    it is one of data that stay the same: X′(Xv) is then (X′X)v.
    """
    from symderiv.numeric.others import all_others

    arrays.summed = True
    if (found := all_others(arrays, t)) is not None:
        return found
    indices, coefficient, factors = _flattened(arrays, t)
    by_axes: dict[frozenset[str], list[Term]] = {}
    for f in factors:
        by_axes.setdefault(arrays.normal.axes(f), []).append(f)
    groups = [
        _Group(arrays.product(Fraction(1), fs), tuple(fs)) for axes, fs in by_axes.items() if axes
    ]
    constants = by_axes.get(frozenset(), [])
    remaining = list(indices)
    while remaining:
        s = min(
            remaining,
            key=lambda s: (
                not _fixed(arrays, groups, s),
                _cost(arrays, groups, s),
                -remaining.index(s),
            ),
        )
        if _cost(arrays, groups, s)[0]:
            raise NotBlocked
        touched = [g for g in groups if s in g.axes]
        others = [g for g in groups if s not in g.axes]
        outside = frozenset().union(*(g.axes for g in others)) if others else frozenset()
        made, done = _eliminate(arrays, touched, s, frozenset(remaining) - outside)
        if any(arrays.is_row(r) for r in done):
            made = _Group(arrays.accumulated(made.value))
        groups = [*others, made]
        remaining = [r for r in remaining if r not in done]
    value = arrays.multiplied([g.value for g in groups])
    if constants or coefficient != 1:
        extra = arrays.product(abs(coefficient), constants)
        value = arrays.multiplied([extra, value])
        if coefficient < 0:
            value = Value(arrays.program.node("-{0}", [value.node], [ATOM], UNARY), value.axes)
    return value


def _flattened(arrays: Arrays, t: Term) -> tuple[list[str], Fraction, list[Term]]:
    """All summation indices, innermost last, and all factors under them."""
    indices, coefficient, factors, stack = list[str](), Fraction(1), list[Term](), [t]
    while stack:
        f = stack.pop(0)
        if f.op != "sum":
            factors.append(f)
            continue
        index, body = f.data[0], f.args[0]
        if index in indices:  # the same sum twice is a product of two sums
            renamed = arrays.fresh_axis(index)
            body, index = substitute(body, {index: Linear.of(renamed)}), renamed
        indices.append(index)
        c, inner = monomial(body)
        coefficient *= c
        stack = inner + stack
    return indices, coefficient, factors


def _fixed(arrays: Arrays, groups: Sequence[_Group], s: str) -> bool:
    """Whether s is the index of the rows, and its sum one of data that stay the same."""
    if not arrays.data or not arrays.is_row(s):
        return False
    factors = [f for g in groups if s in g.axes for f in g.factors or (None,)]
    return all(f is not None and _of_data(f, arrays.data) for f in factors)


def _of_data(t: Term, data: Collection[str]) -> bool:
    """Whether a term is made of the arrays and numbers with these names alone."""
    leaves = (
        node.data[0] if node.op == "entry" else node.data
        for node in walk(t)
        if node.op in ("entry", "var")
    )
    return all(name in data for name in leaves)


def _cost(arrays: Arrays, groups: Sequence[_Group], s: str) -> tuple[bool, int]:
    axes = frozenset().union(*(g.axes for g in groups if s in g.axes))
    return sum(map(arrays.is_row, axes)) > 1, len(axes)


def _eliminate(
    arrays: Arrays, groups: list[_Group], s: str, free: frozenset[str]
) -> tuple[_Group, set[str]]:
    """Σ over s of the product of the groups; ``free`` may be summed along with it."""
    square = _square(arrays, groups, s) if arrays.squares is not False else None
    if square is None:
        return _summed(arrays, groups, s, free)
    if arrays.squares is None:
        other, _ = _summed(arrays, groups, s, frozenset({s}))
        if other.value.axes == square.value.axes:
            columns = arrays.form(arrays.length(square.value.axes[0]))
            choice = (f"{columns} <= {NARROW}", other.value.node)
            arrays.program.choices[square.value.node] = choice
    return square, {s}


def _summed(
    arrays: Arrays, groups: list[_Group], s: str, free: frozenset[str]
) -> tuple[_Group, set[str]]:
    """The same as a product of matrices where it can be."""
    groups = _merged(arrays, groups)
    if len(groups) == 1:
        (group,) = groups
        dot = _dot(arrays, group, s) or _distance(arrays, group, s)
        if dot is not None:
            return dot, {s}
        over = [a for a in group.value.axes if a in free]
        return _Group(summed(arrays, [group.value], over)), set(over)
    if len(groups) == 2:
        a, b = (g.value for g in groups)
        shared = frozenset(a.axes) & frozenset(b.axes)
        if shared == {s} and len(a.axes) <= 2 and len(b.axes) <= 2:
            return _Group(_matrix_product(arrays, a, b, s)), {s}
    every = {a for g in groups for a in g.value.axes}
    done = {a for a in every if a in free}
    return _Group(_einsum(arrays, [g.value for g in groups], done)), done


def _square(arrays: Arrays, groups: list[_Group], s: str) -> _Group | None:
    """Σₛ wₛ·aₛⱼ·aₛₖ for w ≥ 0 as (√w·a)ᵀ(√w·a), of which a BLAS computes one half."""
    small = [g for g in groups if g.axes == {s}]
    large = [g for g in groups if len(g.axes) == 2]
    if len(small) > 1 or len(large) != 2 or len(groups) != len(small) + 2:
        return None
    a, b = (g.value for g in large)
    (j,), (k,) = ([x for x in v.axes if x != s] for v in (a, b))
    if j == k or a.node != b.node or a.axes.index(s) != b.axes.index(s):
        return None
    if not small:
        return None  # two factors are a product of a matrix with itself already
    if not all(nonnegative(f) for f in small[0].factors) or not small[0].factors:
        return None
    arrays.program.hints.setdefault(small[0].value.node, "w")
    root = arrays.apply("np.sqrt({0})", [small[0].value])
    scaled = arrays.multiplied([root, a])
    arrays.program.hints.setdefault(scaled.node, "A")
    return _Group(_matrix_product(arrays, scaled, Value(scaled.node, _other(scaled.axes, j, k)), s))


def _other(axes: tuple[str, ...], j: str, k: str) -> tuple[str, ...]:
    return tuple(k if a == j else a for a in axes)


_POSITIVE = {
    "exp",
    "abs",
    "sigma",
    "sigma_complement",
    "sigma_slope",
    "share",
    "cosh",
    "hypot",
    "norm",
}


def nonnegative(t: Term) -> bool:
    """Whether a term is at least 0 for all real values, by its form alone."""
    match t.op:
        case "num":
            return bool(t.data >= 0)
        case "call":
            return t.data in _POSITIVE
        case "pow":
            return bool(t.data % 2 == 0) or nonnegative(t.args[0])
        case "mul" | "add":
            return all(nonnegative(a) for a in t.args)
    return False


def _merged(arrays: Arrays, groups: list[_Group]) -> list[_Group]:
    """Multiply a group into one with more axes, unless two are left that contract as they are."""
    while len(groups) > 1:
        groups = sorted(groups, key=lambda g: len(g.axes))
        pair = max(
            (
                (small, large)
                for small in groups
                for large in groups
                if small is not large and small.axes <= large.axes
            ),
            key=lambda pair: (-len(pair[0].axes), *_place(arrays, pair[1])),
            default=None,
        )
        if pair is None or (len(groups) == 2 and len(groups[0].axes) == 1):
            return groups
        small, large = pair
        merged = _Group(arrays.multiplied([small.value, large.value]))
        groups = [*(g for g in groups if g is not small and g is not large), merged]
    return groups


def _place(arrays: Arrays, group: _Group) -> tuple[int, int]:
    """Few axes first, then those that come late in the result: X.T @ (w[:, None] * X)."""
    places = [arrays.order.index(a) for a in group.value.axes if a in arrays.order]
    return -len(group.axes), max(places, default=-1)


def _dot(arrays: Arrays, group: _Group, s: str) -> _Group | None:
    """Σ aᵢ·bᵢ of vectors as a scalar product, or Σⱼ aᵢⱼ·bᵢⱼ of the rows of two matrices."""
    above = [f for f in group.factors if not (f.op in ("pow", "root") and f.data < 0)]
    rows = len(group.axes) == 2 and group.value.axes[-1] == s
    if (group.axes != {s} and not rows) or len(above) < 2:
        return None
    first = above[0]
    rest = list(group.factors)
    rest.remove(first)
    a, b = arrays.value(first), arrays.product(Fraction(1), rest)
    if rows:
        return _Group(summed(arrays, [a, b], (s,))) if a.axes == b.axes else None
    node = arrays.program.node("{0} @ {1}", [a.node, b.node], [MUL, UNARY], MUL)
    return _Group(Value(node))


def _distance(arrays: Arrays, group: _Group, s: str) -> _Group | None:
    """Σⱼ (xᵢⱼ − xₖⱼ)² without an array of the squares, in half the time."""
    if len(group.axes) < 3 or len(group.factors) != 1:
        return None
    (f,) = group.factors
    if f.op != "pow" or f.data != 2:
        return None
    d = arrays.value(f.args[0])
    return _Group(_einsum(arrays, [d, d], {s}))


def _matrix_product(arrays: Arrays, a: Value, b: Value, s: str) -> Value:
    """Σₛ of two arrays of at most two axes that share s alone."""
    if len(a.axes) == 1 and len(b.axes) == 2:
        a, b = b, a
    elif len(a.axes) == len(b.axes) == 2:
        (row,), (column,) = ([x for x in v.axes if x != s] for v in (a, b))
        order = arrays.order
        if row in order and column in order:
            turned = order.index(column) < order.index(row)
        else:  # the way that needs fewer transposes
            turned = a.axes[0] == s and b.axes[-1] == s
        if turned:
            a, b = b, a
    left = arrays.transposed(a, (*(x for x in a.axes if x != s), s))
    right = arrays.transposed(b, (s, *(x for x in b.axes if x != s)))
    node = arrays.program.node("{0} @ {1}", [left.node, right.node], [MUL, UNARY], MUL)
    arrays.program.hints.setdefault(node, "z")
    return Value(node, (*left.axes[:-1], *right.axes[1:]))


def summed(arrays: Arrays, values: Sequence[Value], axes: Sequence[str]) -> Value:
    """The sum over axes of a value, or of the product of several that have the same axes.

    np.sum takes four times as long for short rows.
    """
    first = values[0]
    left = tuple(a for a in first.axes if a not in axes)
    truth = any(arrays.program.nodes[v.node].precedence == COMPARE for v in values)
    if len(values) > 1 or (len(left) == 1 and first.axes[1:] == tuple(axes) and not truth):
        return _einsum(arrays, values, set(axes))
    places = [str(k) for k, a in enumerate(first.axes) if a in axes]
    where = places[0] if len(places) == 1 else f"({', '.join(places)})"
    text = f"np.sum({{0}}, axis={where})" if left else "np.sum({0})"
    return Value(arrays.program.node(text, [first.node]), left)


def _einsum(arrays: Arrays, values: Sequence[Value], done: Collection[str]) -> Value:
    """The sum over axes of a product."""
    axes = tuple(dict.fromkeys(a for v in values for a in v.axes))
    letters = dict(zip(axes, _LETTERS, strict=False))
    left = tuple(a for a in axes if a not in done)
    operands = ",".join("".join(letters[a] for a in v.axes) for v in values)
    target = "".join(letters[a] for a in left)
    holes = ", ".join(f"{{{k}}}" for k in range(len(values)))
    text = f'np.einsum("{operands}->{target}", {holes})'
    return Value(arrays.program.node(text, [v.node for v in values]), left)
