"""What is no claim at all is refused here, before anything is read into it.

Floats, complex symbols, infinities, two symbols of one name, a constant that looks like an
entry, a matrix against a scalar.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sympy
from sympy import Basic, Indexed, IndexedBase, MatrixSymbol, Symbol
from sympy.core.function import AppliedUndef
from sympy.core.numbers import Infinity, NegativeInfinity
from sympy.core.relational import Relational
from sympy.matrices.expressions.matexpr import MatrixElement

from symderiv.verdict import ClaimError

__all__ = [
    "free_symbols",
    "index_symbols",
    "integer_symbols",
    "is_known",
    "lengths",
    "nodes_of",
    "put",
    "real_symbols",
    "shape_of",
    "symbols_used",
]

_SHAPED = (MatrixSymbol, IndexedBase, sympy.Identity, sympy.ZeroMatrix, sympy.OneMatrix)
_UNUSED = {"rational", "irrational", "algebraic", "transcendental", "prime", "composite"}
_UNUSED |= {"noninteger"}
_OPPOSITE = {"negative": "nonnegative", "positive": "nonpositive", "zero": "nonzero", "even": "odd"}
_OPPOSITE |= {b: a for a, b in _OPPOSITE.items()} | {"integer": "noninteger"}
_BOUNDED = (sympy.Interval, sympy.Tuple, sympy.Sum, sympy.Product, sympy.Limit, sympy.Integral)


def _unused(symbol: Symbol) -> list[str]:
    """The assumptions that are declared and say what no route knows, as negative=False alone."""
    out = []
    for name, value in symbol._assumptions_orig.items():
        known = name.removeprefix("extended_")
        known = known if value else _OPPOSITE.get(known, "")
        told = known in _OPPOSITE and getattr(symbol, f"is_{known}", None)
        if (
            name in _UNUSED
            or known in _UNUSED
            or (known in _OPPOSITE and value is not None and not told)
        ):
            out.append(name if value else f"{name}={value}")
    return sorted(out)


def nodes_of(expressions: Sequence[object]) -> dict[Basic, Basic]:
    """Every distinct subexpression, with the expression in which it was met first."""
    found: dict[Basic, Basic] = {}
    for expr in expressions:
        if not isinstance(expr, Basic):
            raise ClaimError(f"{expr!r} is a {type(expr).__name__}, not a SymPy expression")
        stack = [expr]
        while stack:
            node = stack.pop()
            if node not in found:
                found[node] = expr
                stack += [a for a in node.args if isinstance(a, Basic)]
    return found


def free_symbols(expr: Basic) -> frozenset[Basic]:
    """The free symbols; those of a part that occurs often are looked up once."""
    memo: dict[Basic, frozenset[Basic]] = {}
    stack = [expr]
    while stack:
        node = stack[-1]
        own = next(c for c in type(node).__mro__ if "free_symbols" in vars(c))
        plain = own is Basic  # a class with its own binds some of them
        todo = [a for a in node.args if a not in memo] if plain and node not in memo else []
        stack += todo
        if not todo:
            mine = (memo[a] for a in node.args) if plain else (node.free_symbols,)
            memo[stack.pop()] = frozenset().union(*mine)
    return memo[expr]


def put(expr: Basic, by: Mapping[Basic, Basic]) -> Basic:
    """The expression with parts replaced, each distinct part once.

    A relation is not evaluated, but between numbers, with which SymPy's cases cannot be built.
    """
    memo = dict(by)

    def go(node: Basic) -> Basic:
        if node not in memo:
            new = tuple(go(a) if isinstance(a, Basic) else a for a in node.args)
            open_ = isinstance(node, Relational) and not all(a.is_Rational for a in new)
            as_it_is = {"evaluate": False} if open_ else {}
            memo[node] = node if new == node.args else node.func(*new, **as_it_is)
        return memo[node]

    return go(expr) if by else expr


def symbols_used(lines: Sequence[Basic], let: Mapping[Basic, Basic]) -> frozenset[Basic]:
    """The free symbols of the lines and of the definitions by which they are read."""
    found: frozenset[Basic] = frozenset().union(*map(free_symbols, lines))
    waiting = dict(let)
    while used := [key for key in waiting if _head(key) in found]:
        for key in used:  # its indices stand for those that it is given
            inner = free_symbols(waiting.pop(key))
            found |= inner.difference(*(i.free_symbols for i in index_symbols(key)))
    return found


def spelt(lines: Sequence[Basic], let: Mapping[Basic, Basic]) -> list[Basic]:
    """The lines and the definitions by which they are read."""
    used = symbols_used(lines, let)
    return [*lines, *(body for key, body in let.items() if _head(key) in used)]


def _head(key: Basic) -> Basic:
    """The symbol that names a definition."""
    return key.base.label if isinstance(key, Indexed) else getattr(key, "parent", key)


def real_symbols(nodes: dict[Basic, Basic]) -> frozenset[Symbol]:
    """All symbols; refuses what cannot be a claim about real numbers."""
    named: dict[str, Basic] = {}
    ranks: dict[str, int] = {}
    functions: dict[str, Any] = {}
    symbols = set()
    for node, expr in nodes.items():
        if isinstance(node, sympy.Float):
            raise ClaimError(f"{node} in {expr} is a float; write an exact number: Rational")
        if node in (sympy.I, sympy.zoo, sympy.nan):
            raise ClaimError(f"{node} in {expr}: claims are about real numbers")
        if not isinstance(node, _BOUNDED):
            for a in node.args or (node,):
                if isinstance(a, (Infinity, NegativeInfinity)) and (node.args or node is expr):
                    raise ClaimError(f"{a} in {expr}: claims are about real numbers")
        if isinstance(node, Symbol):
            guessed = node.assumptions0.get("complex") and node.is_extended_real is None
            if node.is_real is False or guessed or not node.is_commutative:
                raise ClaimError(f"the symbol {node} is not real; symbols are real numbers")
            if unused := _unused(node):
                raise ClaimError(
                    f"the symbol {node} is declared with {', '.join(sorted(unused))}, which no "
                    "route uses; leave it out, or say what is meant in where"
                )
            symbols.add(node)
        if isinstance(node, (sympy.Subs, sympy.Lambda)):
            for v in node.variables:
                if not isinstance(v, (Symbol, IndexedBase, MatrixSymbol)):
                    raise ClaimError(f"{node} puts something for {v}, which is no symbol")
        if isinstance(node, AppliedUndef):
            _function(node, functions.setdefault(node.func.__name__, node.func))
        if isinstance(node, Indexed):
            count = len(node.indices)
            if ranks.setdefault(str(node.base), count) != count:
                raise ClaimError(
                    f"{node.base} stands with {ranks[str(node.base)]} and with {count} indices"
                )
        if isinstance(node, (Symbol, MatrixSymbol)) and not isinstance(node, sympy.Dummy):
            other = named.setdefault(node.name, node)
            if other != node:
                raise ClaimError(
                    f"two different symbols are called {node.name}: {_told(other, nodes)} and "
                    f"{_told(node, nodes)}; make one and use it everywhere"
                )
    return frozenset(symbols)


def is_known(expr: Basic) -> bool:
    """Whether the class is SymPy's or ours: a writer's own may have the name of a known one."""
    return str(type(expr).__module__).partition(".")[0] in ("sympy", "symderiv")


def _function(applied: Any, other: Any) -> None:
    """Refuse two functions of one name, and what is declared of one beyond being real."""
    name = applied.func.__name__
    if applied.func != other:
        raise ClaimError(f"two different functions are called {name}; make one and use it")
    said = applied.func._kwargs.keys() - sympy.Function(name, real=True)._kwargs.keys()
    if said or applied.is_extended_real is False:
        raise ClaimError(
            f"the function {name} is declared as more than real, which no route uses; write "
            f"Function({name!r}) and say in where what is known of {applied}"
        )


def _told(symbol: Basic, nodes: Iterable[Basic]) -> str:
    if isinstance(symbol, MatrixSymbol):
        return f"a matrix of shape {tuple(symbol.shape)}"
    if any(isinstance(node, IndexedBase) and node.label == symbol for node in nodes):
        return f"IndexedBase({str(symbol)!r})"
    given = ", ".join(f"{k}={v}" for k, v in sorted(symbol._assumptions_orig.items()))
    return f"Symbol({symbol.name!r}{', ' if given else ''}{given})"


def index_symbols(key: Basic) -> tuple[Basic, ...]:
    """The indices of an entry; none for a symbol."""
    if isinstance(key, Indexed):
        return tuple(key.indices)
    return (key.i, key.j) if isinstance(key, MatrixElement) else ()


def integer_symbols(nodes: dict[Basic, Basic]) -> tuple[frozenset[Basic], frozenset[Basic]]:
    """The symbols that are sizes (in shapes and limits), and those that are indices."""
    sizes: set[Basic] = set()
    indices: set[Basic] = set()
    for node in nodes:
        if isinstance(node, (sympy.Sum, sympy.Product)):
            bound = {limit[0] for limit in node.limits}
            for limit in node.limits:
                for end in limit[1:]:
                    sizes |= end.free_symbols - bound
            indices |= bound
        elif isinstance(node, (Indexed, MatrixElement)):
            for i in index_symbols(node):
                indices |= i.free_symbols
        elif isinstance(node, _SHAPED):
            for size in node.shape or ():
                sizes |= size.free_symbols
    indices = {s for s in indices if not isinstance(s, (MatrixSymbol, IndexedBase))}
    return frozenset(sizes - indices), frozenset(indices)


def one_meaning(lines: Sequence[Basic], let: Mapping[Basic, Basic], nodes: Iterable[Basic]) -> None:
    """Refuse an index of a sum, or of a definition, that is a free number elsewhere."""
    free = [(line, free_symbols(line)) for line in lines]
    free += [(body, free_symbols(body) - {*index_symbols(key)}) for key, body in let.items()]
    sums = (node for node in nodes if isinstance(node, (sympy.Sum, sympy.Product)))
    bound = [(node, limit[0]) for node in sums for limit in node.limits]
    bound += [(key, s) for key in let for i in index_symbols(key) for s in i.free_symbols]
    for node, s in bound:
        found = [] if s.is_integer else [expr for expr, names in free if s in names]
        if found and not any(_counts(expr, s) for expr in found):
            raise ClaimError(
                f"{s} is an index of {node} and a number of its own in {found[0]}: give the index "
                f"another name, or declare {s} as an integer"
            )


def _counts(expr: Basic, s: Basic) -> bool:
    """Whether a symbol stands freely as an index or as an end of a range: then it is an integer."""
    if s not in free_symbols(expr):
        return False
    if isinstance(expr, (sympy.Sum, sympy.Product)):
        ends = [end for limit in expr.limits for end in limit[1:]]
        return any(s in free_symbols(end) for end in ends) or _counts(expr.function, s)
    if isinstance(expr, (Indexed, MatrixElement)):
        return any(s in free_symbols(i) for i in index_symbols(expr))
    whole = isinstance(expr, (*_SHAPED, sympy.KroneckerDelta))
    return whole or any(_counts(a, s) for a in expr.args)


def lengths(nodes: Iterable[Basic]) -> frozenset[Basic]:
    """The symbols that say how long a range is: in shapes, and in the last index after a number.

    Not the first index of a range, nor what is taken off its end, as k in k … 5 and 1 … n − k.
    """
    found: set[Basic] = set()
    for node in nodes:
        if isinstance(node, (sympy.Sum, sympy.Product)):
            ends = [limit[1:] for limit in node.limits if len(limit) == 3 and limit[1].is_number]
            found |= {
                s
                for _, e in ends
                for s in e.free_symbols
                if not sympy.expand(e).coeff(s).is_negative
            }
        elif isinstance(node, _SHAPED):
            found |= {s for size in node.shape or () for s in size.free_symbols}
    return frozenset(found)


def shape_of(lines: Sequence[Basic]) -> tuple[Basic, Basic] | None:
    """The shape of matrix lines; None for scalars; an error where they differ."""
    shapes = []
    for line in lines:
        shape = tuple(line.shape) if getattr(line, "is_Matrix", False) else None
        if shape is None and isinstance(line, sympy.Derivative):
            w = line.variable_count[0][0]
            shape = tuple(w.shape) if isinstance(w, MatrixSymbol) else None
        shapes.append(shape and tuple(sympy.sympify(size, strict=True) for size in shape))
    first = shapes[0]
    for line, shape in zip(lines, shapes, strict=True):
        same = (shape is None) == (first is None)
        if same and shape and first:
            same = all(sympy.expand(a - b) == 0 for a, b in zip(shape, first, strict=True))
        if not same:
            kinds = [f"shape {s}" if s else "a scalar" for s in (first, shape)]
            raise ClaimError(f"{lines[0]} has {kinds[0]} and {line} has {kinds[1]}")
    return first
