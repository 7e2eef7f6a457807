"""Terms of the index form: real expressions over entries of arrays, with bound indices.

A term is a scalar. Arrays occur entry by entry, indexed by integer-linear forms, so a
matrix product is a sum and a Kronecker delta is a case of the sign of an integer. Terms are
interned: equal terms are the same object, shared subterms are visited once, and a term that
nobody holds is forgotten.

Bound indices carry names that no writer can type (``k~7``), made fresh for every binder;
``substitute`` renames a binder before anything could be captured by it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from math import gcd
from typing import Any, ClassVar
from weakref import WeakValueDictionary

_PLAIN = re.compile(r"[\w#$%~.?*]+")

__all__ = [
    "Linear",
    "Term",
    "add",
    "by_sign",
    "call",
    "constant",
    "entry",
    "exponent_of",
    "fresh_index",
    "in_case",
    "integer",
    "mul",
    "num",
    "power",
    "quoted",
    "rebuild",
    "root",
    "substitute",
    "total",
    "transform",
    "var",
    "walk",
]


def quoted(name: str) -> str:
    """A name as text that cannot be read as anything else: ``n + 1`` may be a symbol's name."""
    plain = name[:1].isalpha() or name[:1] in "_#$%"
    return name if plain and _PLAIN.fullmatch(name) else repr(name)


class Linear:
    """An integer-linear form c + Σ aᵢ·nᵢ in integer names, canonical and hashable."""

    __slots__ = ("_hash", "coefficients", "constant", "names")

    def __init__(self, coefficients: Mapping[str, int] | None = None, constant: int = 0) -> None:
        items = (coefficients or {}).items()
        self.coefficients: tuple[tuple[str, int], ...] = tuple(
            sorted((k, c) for k, c in items if c)
        )
        self.constant = int(constant)
        self.names = frozenset(name for name, _ in self.coefficients)
        self._hash = hash((self.coefficients, self.constant))

    @staticmethod
    def of(name: str) -> Linear:
        """The form that is one name."""
        return Linear({name: 1})

    def coefficient(self, name: str) -> int:
        """The coefficient of a name."""
        return dict(self.coefficients).get(name, 0)

    def __add__(self, other: Linear | int) -> Linear:
        if isinstance(other, int):
            return Linear(dict(self.coefficients), self.constant + other)
        out = dict(self.coefficients)
        for name, c in other.coefficients:
            out[name] = out.get(name, 0) + c
        return Linear(out, self.constant + other.constant)

    def __mul__(self, factor: int) -> Linear:
        return Linear({k: c * factor for k, c in self.coefficients}, self.constant * factor)

    def __neg__(self) -> Linear:
        return self * -1

    def __sub__(self, other: Linear | int) -> Linear:
        return self + (-other)

    def substitute(self, mapping: Mapping[str, Linear]) -> Linear:
        """Replace names by forms, all at once."""
        if not any(name in mapping for name, _ in self.coefficients):
            return self
        out = Linear(constant=self.constant)
        for name, c in self.coefficients:
            out = out + mapping.get(name, Linear.of(name)) * c
        return out

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Linear)
            and self._hash == other._hash
            and self.coefficients == other.coefficients
            and self.constant == other.constant
        )

    def __hash__(self) -> int:
        return self._hash

    def __repr__(self) -> str:
        parts = [f"{c}*{quoted(name)}" if c != 1 else quoted(name) for name, c in self.coefficients]
        if self.constant or not parts:
            parts.append(str(self.constant))
        return "+".join(parts)


class Term:
    """One node: an operation, its immediate data, and its argument terms.

    ========  ===============================  ==========================================
    op        data                             meaning
    ========  ===============================  ==========================================
    num       Fraction                         a rational number
    const     name                             an exact constant such as pi
    var       name                             a real symbol
    entry     (array, (Linear, …))             one entry of an array
    int       Linear                           an integer form as a real number
    add mul                                    sums and products of the arguments
    pow       int                              an integer power
    root      Fraction                         a real power x^(p/q) of x ≥ 0
    call      name                             exp, log, or a named function
    sum       (index, lower, upper)            Σ of the argument over a range
    sign                                       args u, p, z, n: p where u > 0, z at 0, n below
    ========  ===============================  ==========================================
    """

    __slots__ = ("__weakref__", "args", "data", "names", "op")
    _table: ClassVar[WeakValueDictionary[tuple[Any, ...], Term]] = WeakValueDictionary()

    op: str
    data: Any
    args: tuple[Term, ...]
    names: frozenset[str]

    def __new__(cls, op: str, data: Any = None, args: tuple[Term, ...] = ()) -> Term:
        """Intern the node; the same parts give the same object."""
        key = (op, data, args)
        found = cls._table.get(key)
        if found is not None:
            return found
        self = object.__new__(cls)
        self.op, self.data, self.args = op, data, args
        names = frozenset().union(*(a.names for a in args)) if args else frozenset()
        if op == "entry":
            names = frozenset().union(*(index.names for index in data[1]))
        elif op == "int":
            names = data.names
        elif op == "sum":
            names = (names - {data[0]}) | data[1].names | data[2].names
        self.names = names
        cls._table[key] = self
        return self

    def __repr__(self) -> str:
        inner = ", ".join(map(repr, self.args))
        head = self.op if self.data is None else f"{self.op}[{self.data}]"
        return f"{head}({inner})" if inner else head


ZERO = Term("num", Fraction(0))
ONE = Term("num", Fraction(1))

_fresh = itertools.count(1)


def fresh_index(stem: str = "k") -> str:
    """A name for a bound index that occurs nowhere else."""
    return f"{stem.split('~', maxsplit=1)[0]}~{next(_fresh)}"


def num(value: int | Fraction) -> Term:
    """A rational number."""
    return Term("num", Fraction(value))


def var(name: str) -> Term:
    """A real symbol."""
    return Term("var", name)


def constant(name: str) -> Term:
    """An exact constant."""
    return Term("const", name)


def entry(array: str, indices: tuple[Linear, ...]) -> Term:
    """One entry of an array."""
    return Term("entry", (array, indices))


def integer(form: Linear) -> Term:
    """An integer form as a real number."""
    return Term("int", form) if form.coefficients else num(form.constant)


def add(*terms: Term) -> Term:
    """The sum of the arguments; nothing but numbers is collected."""
    value, rest = Fraction(0), []
    for t in terms:
        if t.op == "num":
            value += t.data
        else:
            rest.append(t)
    if value or not rest:
        rest.append(num(value))
    return rest[0] if len(rest) == 1 else Term("add", None, tuple(rest))


def mul(*terms: Term) -> Term:
    """The product of the arguments; a factor 0 absorbs (conditions are kept elsewhere)."""
    value, rest = Fraction(1), []
    for t in terms:
        if t.op == "num":
            value *= t.data
        else:
            rest.append(t)
    if not value:
        return ZERO
    if value != 1 or not rest:
        rest.append(num(value))
    return rest[0] if len(rest) == 1 else Term("mul", None, tuple(rest))


def power(base: Term, exponent: int) -> Term:
    """An integer power; base^0 is 1."""
    if exponent == 0:
        return ONE
    return base if exponent == 1 else Term("pow", exponent, (base,))


def root(base: Term, exponent: Fraction) -> Term:
    """The real power base^(p/q) of a base ≥ 0."""
    if exponent.denominator == 1:
        return power(base, exponent.numerator)
    return Term("root", exponent, (base,))


def call(name: str, *args: Term) -> Term:
    """A named function of its arguments."""
    return Term("call", name, args)


def exponent_of(t: Term) -> Linear:
    """The exponent n of an integer power x^n."""
    n = t.args[1]
    return n.data if n.op == "int" else Linear(constant=int(n.data))


def total(index: str, lower: Linear, upper: Linear, body: Term) -> Term:
    """Σ of the body for index = lower … upper; the sum of 0 is 0."""
    return ZERO if body is ZERO else Term("sum", (index, lower, upper), (body,))


def by_sign(u: Term, positive: Term, zero: Term, negative: Term) -> Term:
    """The case distinction on the sign of u."""
    if u.op == "num":
        return positive if u.data > 0 else negative if u.data < 0 else zero
    if positive is zero and zero is negative:
        return zero
    if u.op == "int" and (g := gcd(*(c for _, c in u.data.coefficients))) > 1:
        # g·v + r > 0 for r in 1 … g − 1 is v ≥ 0
        below = Linear({k: c // g for k, c in u.data.coefficients}, u.data.constant // g)
        zero = positive if u.data.constant % g else zero
        return by_sign(integer(below), positive, zero, negative)
    return Term("sign", None, (u, positive, zero, negative))


def rebuild(t: Term, args: tuple[Term, ...], data: Any = None) -> Term:
    """The node of t with other arguments (and data), through its constructor."""
    data = t.data if data is None else data
    match t.op:
        case "add":
            return add(*args)
        case "mul":
            return mul(*args)
        case "pow":
            return power(args[0], data)
        case "root":
            return root(args[0], data)
        case "call":
            return call(data, *args)
        case "sum":
            index, lower, upper = data
            return total(index, lower, upper, args[0])
        case "sign":
            return by_sign(*args)
        case "entry":
            return entry(*data)
        case "int":
            return integer(data)
    return t


def leaves(t: Term) -> frozenset[str]:
    """The names of the symbols and arrays in a term."""
    found = (u for u in walk(t) if u.op in ("var", "entry"))
    return frozenset(u.data if u.op == "var" else u.data[0] for u in found)


def walk(t: Term) -> Iterator[Term]:
    """Every distinct subterm once, arguments before the node, without recursion."""
    seen: set[Term] = set()
    stack: list[tuple[Term, bool]] = [(t, False)]
    while stack:
        node, done = stack.pop()
        if done:
            yield node
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend((a, False) for a in node.args)


def transform(t: Term, leaf: Callable[[Term], Term | None]) -> Term:
    """Replace from below: ``leaf(node)`` gives a replacement, or None to keep the node.

    The replacement is put where the node stood, under its binders: a name that is bound
    there and occurs in the replacement means that bound index.
    """
    memo: dict[Term, Term] = {}
    for node in walk(t):
        new = leaf(node)
        if new is None:
            args = tuple(memo[a] for a in node.args)
            new = node if args == node.args else rebuild(node, args)
        memo[node] = new
    return memo[t]


def in_case(t: Term, u: Term, sign: str) -> Term:
    """The term where u has a sign: the case distinctions on u are made."""
    memo: dict[Term, Term] = {}
    for node in walk(t):
        new = rebuild(node, tuple(memo[a] for a in node.args))
        here = node.op == "sign" and node.args[0] is u
        memo[node] = memo[node.args[1 + "+0-".index(sign)]] if here else new
    return memo[t]


def substitute(t: Term, mapping: Mapping[str, Linear]) -> Term:
    """Replace integer names by forms, without capture.

    A binder is renamed where its name occurs in what is substituted.
    """
    memo: dict[Term, Term] = {}
    touched = frozenset(mapping)
    incoming: frozenset[str] = frozenset().union(*(f.names for f in mapping.values()))

    def go(node: Term) -> Term:
        if not node.names & touched:
            return node
        found = memo.get(node)
        if found is not None:
            return found
        if node.op == "entry":
            array, indices = node.data
            new = entry(array, tuple(index.substitute(mapping) for index in indices))
        elif node.op == "int":
            new = integer(node.data.substitute(mapping))
        elif node.op == "sum":
            index, lower, upper = node.data
            limits = lower.substitute(mapping), upper.substitute(mapping)
            body = node.args[0]
            if index in touched or index in incoming:
                inner = {k: v for k, v in mapping.items() if k != index}
                renamed = fresh_index(index)
                body = substitute(body, {index: Linear.of(renamed)})
                new = total(renamed, *limits, substitute(body, inner))
            else:
                new = total(index, *limits, go(body))
        else:
            new = rebuild(node, tuple(go(a) for a in node.args))
        memo[node] = new
        return new

    return go(t)
