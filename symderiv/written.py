"""What may stand in a claim: expressions, relations, definitions, a time limit.

Both doors, ``prove_equal`` and ``Derivation``, read their arguments here, so that the same
thing is refused in the same words. What cannot be part of a claim raises ClaimError and
names what was written; nothing is evaluated.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from fractions import Fraction
from numbers import Real
from types import MappingProxyType
from typing import Any

from sympy import (
    Add,
    Basic,
    Expr,
    Float,
    Function,
    Ge,
    Idx,
    Indexed,
    IndexedBase,
    Lambda,
    Le,
    MatrixExpr,
    Mul,
    Piecewise,
    Pow,
    Product,
    Rational,
    Sum,
    Symbol,
    SympifyError,
    sympify,
)
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean, BooleanAtom, BooleanFalse, BooleanTrue
from sympy.matrices.expressions.matexpr import MatrixElement
from sympy.matrices.matrixbase import MatrixBase

from symderiv.verdict import ClaimError

__all__ = [
    "definitions",
    "expression",
    "is_time_limit",
    "refuse_captured",
    "refuse_subscripts",
    "relations",
    "symbols_for_indices",
    "time_limit",
    "with_ranges",
]

_FOLDS = (Sum, Product)


def expression(value: Any, what: str) -> Basic:
    """Return the SymPy expression that was written, or say why it is none.

    Raises
    ------
    ClaimError
        For a text, a truth value, a float, a relation, a set, a function without arguments,
        an array without an index, a free Idx with a range, and whatever SymPy does not know.

    Examples
    --------
    >>> expression(2, "the left side")
    2
    >>> expression(0.1, "the left side")
    Traceback (most recent call last):
    ...
    symderiv.verdict.ClaimError: the left side is the float 0.1: write Rational(1, 10)
    """
    found, ranges = with_ranges(value, what)
    _refuse_ranges(ranges, what)
    return found


def with_ranges(value: Any, what: str) -> tuple[Basic, tuple[Basic, ...]]:
    """Return the expression with a symbol for each Idx, and the ranges that the free ones name.

    Raises
    ------
    ClaimError
        As for an expression.

    Examples
    --------
    >>> i, j, n = Idx("i", 9), Idx("j", 9), IndexedBase("x")
    >>> with_ranges(Sum(n[i], (i, 0, 8)) + n[j], "a line")
    (x[j] + Sum(x[i], (i, 0, 8)), (j >= 0, j <= 8))
    """
    if isinstance(value, str):
        raise ClaimError(
            f"{what} is the text {value!r}: text is never evaluated; write the SymPy expression"
        )
    if isinstance(value, (bool, BooleanAtom)):
        name = "Python's" if isinstance(value, bool) else "SymPy's"
        raise ClaimError(f"{what} is {name} {value}: a comparison gives that")
    if isinstance(value, float):
        raise ClaimError(f"{what} is the float {float(value)!r}{_exact(value)}")
    if isinstance(value, Relational):
        raise ClaimError(f"{what} is the relation {value}: write its two sides as two lines")
    if isinstance(value, IndexedBase):
        raise ClaimError(f"{what} is the array {value}: write an entry, such as {value}[i]")
    if isinstance(value, MatrixBase):
        value = value.as_immutable()
    try:
        found = sympify(value, strict=True)
    except (SympifyError, TypeError, ValueError, AttributeError):
        found = None
    if not isinstance(found, (Expr, MatrixExpr, MatrixBase)) or isinstance(found, Lambda):
        raise ClaimError(f"{what} must be a SymPy expression, got {_told(value)}")
    if isinstance(found, Idx):
        raise ClaimError(f"{what} holds the Idx {found}: use a symbol and say its range in where")
    _exactly(found, what)
    return symbols_for_indices(found)


def symbols_for_indices(found: Any) -> tuple[Any, tuple[Basic, ...]]:
    """The same with a symbol for each Idx, and the ranges that the free ones name."""
    return (_plain(found), _ranges(found)) if isinstance(found, Basic) else (found, ())


def relations(where: Any, what: str) -> tuple[Basic, ...]:
    """Return the relations that were written, in their order.

    Raises
    ------
    ClaimError
        For a single relation without a list, for what is no relation, a float inside.

    Examples
    --------
    >>> from sympy.abc import x
    >>> relations([x > 0], "where")
    (x > 0,)
    """
    if isinstance(where, (Boolean, bool)) and not isinstance(where, Symbol):
        raise ClaimError(f"{what} must be a sequence of relations: write where=[{where}]")
    if isinstance(where, (str, Mapping, Basic)) or not isinstance(where, Iterable):
        raise ClaimError(f"{what} must be a sequence of SymPy relations, got {_told(where)}")
    written = [_relation(value, what) for value in where]
    found = [_plain(value) for value in written]
    found = sorted(found, key=str) if isinstance(where, Set) else found
    return tuple(dict.fromkeys([*found, *(r for value in written for r in _ranges(value))]))


def _relation(value: Any, what: str) -> Basic:
    if isinstance(value, bool):
        suggestion = "x != 1 is Python's comparison and gives True: write Ne(x, 1)"
        if not value:
            suggestion = "x == 1 is Python's comparison and gives False: write Eq(x, 1)"
        raise ClaimError(f"{what} holds Python's {value}; {suggestion}")
    if isinstance(value, BooleanFalse):
        raise ClaimError(f"{what} holds a relation that SymPy finds false: nothing satisfies it")
    if not isinstance(value, Boolean) or isinstance(value, Symbol):
        raise ClaimError(f"{what} must hold relations such as x > 0 or Ne(x, 1), got {value!r}")
    if not isinstance(value, BooleanTrue):
        _exactly(value, what)
    return value


def definitions(let: Any, what: str) -> Mapping[Basic, Basic]:
    """Return the definitions that were written, from names to expressions.

    Raises
    ------
    ClaimError
        For what is no dict, a name that is none, a definition that is no expression.

    Examples
    --------
    >>> from sympy.abc import x, y
    >>> dict(definitions({y: x**2}, "let"))
    {y: x**2}
    """
    if not isinstance(let, Mapping):
        raise ClaimError(f"{what} must be a dict such as {{h[i]: sigma(z[i])}}, got {_told(let)}")
    for key in let:
        if not isinstance(key, (Symbol, Indexed, MatrixElement)):
            raise ClaimError(
                f"{what} defines {key!r}: a defined name is a symbol, an Indexed such as h[i]"
                " or a matrix entry"
            )
    let = {_plain(key): value for key, value in let.items()}
    heads = [_head(key, what) for key in let]
    for head in heads:
        if heads.count(head) > 1:
            raise ClaimError(f"{what} defines {head} twice; write one definition, with cases")
    found = {}
    for key, written in let.items():
        value, ranges = with_ranges(written, f"{what}: {key}")
        _refuse_ranges([r for r in ranges if key.free_symbols.isdisjoint(r.args[:1])], what)
        found[key] = value
        if getattr(value, "is_Matrix", False):
            raise ClaimError(f"{what} defines the number {key} as the matrix {value}")
    return MappingProxyType(found)


def _plain(found: Basic) -> Basic:
    """The same with the symbol of each Idx in its place; what was not evaluated is not."""
    memo: dict[Basic, Basic] = {i: i.label for i in _parts(found) if isinstance(i, Idx)}

    def go(node: Basic) -> Basic:
        if node not in memo:
            args = tuple(go(a) if isinstance(a, Basic) else a for a in node.args)
            new = node if args == node.args else node.func(*args)
            if isinstance(node, (Add, Mul, Pow)) and set(new.args) != set(args):
                new = node.func(*args, evaluate=False)
            memo[node] = new
        return memo[node]

    try:
        return go(found) if memo else found
    except RecursionError:
        raise ClaimError("a line with an Idx is nested too deeply: use a symbol for it") from None


def _ranges(found: Basic) -> tuple[Basic, ...]:
    """What each Idx that no sum binds says of itself."""
    stack: list[tuple[Basic, frozenset[Basic]]] = [(found, frozenset())]
    seen, free = set(stack), set[Idx]()
    indices = {part for part in _parts(found) if isinstance(part, Idx)}
    while stack and indices:
        node, bound = stack.pop()
        if isinstance(node, Idx) and node not in bound:
            free.add(node)
        around = bound | _bound(node) if isinstance(node, _FOLDS) else bound
        inner = {(a, around) for a in node.args if isinstance(a, Basic)} - seen
        seen |= inner
        stack += inner
    said = []
    for i in sorted(free, key=str):
        said += [
            relation(i.label, end) for relation, end in ((Ge, i.lower), (Le, i.upper)) if i.args[1:]
        ]
    return tuple(r for r in said if isinstance(r, Relational))


def _refuse_ranges(ranges: Sequence[Basic], what: str) -> None:
    if ranges:
        i = ranges[0].args[0]
        raise ClaimError(
            f"{what} holds the free Idx {i}: write {i} = symbols({str(i)!r}, integer=True) and say"
            f" in where what it says: {', '.join(map(str, ranges))}"
        )


def _head(key: Any, what: str) -> Basic:
    """The symbol or array that is defined: whole, so that each of its indices is any."""
    if isinstance(key, Symbol):
        return key
    array, *indices = key.args
    sizes = array.shape if isinstance(key, MatrixElement) else [None] * len(indices)
    free = [i for i, size in zip(indices, sizes, strict=True) if (i, size) != (0, 1)]
    if len(set(free)) < len(free) or not all(isinstance(i, Symbol) for i in free):
        raise ClaimError(
            f"{what} defines {key}, a part of {array}: its indices must be different symbols, that "
            "stand for any; give the part an array or a symbol of its own"
        )
    return array.label if isinstance(array, IndexedBase) else array


def time_limit(timeout: Any) -> float:
    """Return a time limit as a float.

    Raises
    ------
    ClaimError
        For what is no positive, finite number.

    Examples
    --------
    >>> time_limit(2)
    2.0
    >>> time_limit(0)
    Traceback (most recent call last):
    ...
    symderiv.verdict.ClaimError: timeout must be a positive number of seconds, got 0
    """
    if not is_time_limit(timeout):
        raise ClaimError(f"timeout must be a positive number of seconds, got {timeout!r}")
    return float(timeout)


def is_time_limit(timeout: Any) -> bool:
    """Whether a value is a positive, finite number."""
    plain = isinstance(timeout, Real) and not isinstance(timeout, bool)
    return plain and 0 < timeout <= 1e9


def _exactly(found: Basic, what: str) -> None:
    for part in _parts(found):
        if isinstance(part, Float):
            raise ClaimError(f"{what} holds the float {float(part)!r}{_exact(float(part))}")
        strange = [arg for arg in part.args if not isinstance(arg, (Basic, type))]
        if strange:
            raise ClaimError(f"{what} holds {_told(strange[0])}")
        arrays = [arg for arg in part.args if isinstance(arg, IndexedBase)]
        if arrays and isinstance(part, (Add, Mul, Pow, Function)):
            raise ClaimError(
                f"{what} has the array {arrays[0]} where a number is needed, in {part}: write an"
                f" entry, such as {arrays[0]}[i]"
            )
    refuse_captured(found, what)


def _exact(value: float) -> str:
    if not math.isfinite(value):
        return ", which is no real number"
    exact = Rational(Fraction(repr(float(value))))
    if exact.q == 1:
        return f": write {exact.p}"
    return f": write Rational({exact.p}, {exact.q})"


def _parts(found: Basic) -> Iterator[Basic]:
    # Shared subexpressions are visited once: a short line can be a huge tree.
    seen: set[Basic] = set()
    stack = [found]
    while stack:
        part = stack.pop()
        if part not in seen:
            seen.add(part)
            yield part
            stack.extend(arg for arg in part.args if isinstance(arg, Basic))


def _told(value: Any) -> str:
    text = repr(value)
    short = text if len(text) <= 60 else f"{text[:57]}…"
    return f"{short} of type {type(value).__name__}"


def refuse_subscripts(lines: Iterable[Basic]) -> None:
    """Refuse a free symbol y_i under a sum over i: it is almost surely meant to vary with i.

    Raises
    ------
    ClaimError
        That names the symbol, the index, and what to write instead.
    """
    for line in lines:
        parts = list(_parts(line))
        if not any("_" in s.name.strip("_") for s in parts if isinstance(s, Symbol)):
            continue
        for node in (part for part in parts if isinstance(part, Sum)):
            bound = {str(limit[0]) for limit in node.limits}
            for s in sorted(node.free_symbols, key=str):
                stem, _, index = str(s).strip("_").rpartition("_")
                if stem and index in bound:
                    raise ClaimError(
                        f"{s} is a constant in the sum over {index}; write "
                        f"IndexedBase({stem!r})[{index}] for a value that varies with {index}"
                    )


def refuse_captured(line: Basic, what: str) -> None:
    """Refuse a Piecewise that SymPy has taken out of the inner sum over an index of its conditions.

    The constructor of an outer Sum or Product folds every Piecewise with its index to the top:
    Σᵢ gᵢ·Σₖ [uₖ ≥ uᵢ]·zₖ is turned into Σᵢ [uₖ ≥ uᵢ]·gᵢ·Σₖ zₖ, where the k of the condition is
    free. What is left is an index that a case binds and a condition has free, and nothing
    around it binds.

    Raises
    ------
    ClaimError
        That names the index, the condition, and what to write instead.

    Examples
    --------
    >>> from sympy.abc import i, k
    >>> g, u = IndexedBase("g"), IndexedBase("u")
    >>> at_risk = Sum(Piecewise((1, u[k] >= u[i]), (0, True)), (k, 1, 9))
    >>> refuse_captured(at_risk, "a line")
    >>> refuse_captured(Sum(g[i] * at_risk, (i, 1, 9)), "a line")
    Traceback (most recent call last):
    ...
    symderiv.verdict.ClaimError: a line: k is free in the condition u[i] <= u[k] of a Piecewise
    and bound in its case by Sum(1, (k, 1, 9)): ...
    """
    if not any(isinstance(part, Piecewise) for part in _parts(line)):
        return
    stack: list[tuple[Basic, frozenset[Basic]]] = [(line, frozenset())]
    seen = set(stack)
    while stack:
        node, around = stack.pop()
        if isinstance(node, _FOLDS):
            around |= _bound(node)
        elif isinstance(node, Piecewise):
            _refuse_capture(node, around, what)
        inner = {(a, around) for a in node.args if isinstance(a, Basic)} - seen
        seen |= inner
        stack += inner


def _refuse_capture(cases: Piecewise, around: frozenset[Basic], what: str) -> None:
    """Refuse cases that have an index of the sum around them, and one that is bound and free."""
    if around.isdisjoint(_parts(cases)):
        return
    for fold in (p for value, _ in cases.args for p in _parts(value) if isinstance(p, _FOLDS)):
        for k, condition in itertools.product(_bound(fold) - around, (c for _, c in cases.args)):
            parts = set(_parts(condition))
            if k in parts and not any(k in _bound(p) for p in parts if isinstance(p, _FOLDS)):
                raise ClaimError(
                    f"{what}: {k} is free in the condition {condition} of a Piecewise and bound"
                    f" in its case by {fold}: SymPy takes a Piecewise out of an inner sum when it"
                    " makes the outer one. Name the inner sum in let, as in"
                    f" let={{r[i]: Sum(…, ({k}, 1, n))}}, and write r[i]; or write Heaviside(…, 1)"
                    f" for the Piecewise. Where {k} is meant to be free, give the bound index"
                    " another name"
                )


def _bound(fold: Basic) -> frozenset[Basic]:
    return frozenset(limit[0] for limit in fold.args[1:])
