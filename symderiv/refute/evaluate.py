"""The value of a SymPy tree as it is written, at concrete sizes and exact data.

The tree is walked once and becomes nested closures over an ``Evaluation``: the state that holds
the integers (sizes, free and bound indices), the data, and which entries a derivative perturbs.
Nothing of SymPy computes: no ``doit``, ``diff``, ``subs``, ``simplify`` or ``evalf``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

import flint
import sympy
from flint import fmpq
from sympy import Basic, Integer, MatrixSymbol, Symbol
from sympy.matrices.expressions.matexpr import MatrixElement
from sympy.tensor.indexed import Indexed

from symderiv.refute import matrices
from symderiv.refute.jets import (
    MAX_ORDER,
    Jet,
    OutsideShape,
    Undefined,
    Unsupported,
    coefficient,
    narrow,
    refusal,
    sign,
)
from symderiv.refute.logic import CONDITIONS
from symderiv.refute.nodes import SCALARS
from symderiv.refute.survey import distinct
from symderiv.refute.uniform import Block, Split, each, repeated, same, within
from symderiv.verdict import ClaimError

__all__ = ["Compiler", "Evaluation", "OutOfWork"]

Value = Any  # fmpq | arb | Jet
Place = tuple[Any, ...]  # ("x",) or ("X", 0, 1)
Closure = Callable[["Evaluation"], Any]

_A_SEARCH = 50  # work for each node of its lines
SHARED_SIZE = 4  # smaller subtrees are as quick to evaluate as to look up


class OutOfWork(Exception):
    """The budget of node evaluations, or the deadline, is used up."""


class Evaluation:
    """One point at one precision, and the budget: what the closures read and write.

    ``index`` holds the integers by symbol: sizes, free indices, and what ``Sum`` and ``let``
    bind right now; ``perturbed`` the ε bits by place of the derivatives that are being taken.
    """

    def __init__(self, work: int = 10**7, deadline: float | None = None) -> None:
        self.work, self.deadline = work, deadline
        self.start({}, {}, None, 64)

    def start(
        self,
        integers: Mapping[Symbol, int],
        values: dict[Place, Value],
        make: Callable[[Place], Value] | None,
        bits: int,
    ) -> None:
        """Move to another point or precision; nothing is remembered from before."""
        self.integers, self.values, self.make = integers, values, make
        self.index: dict[Symbol, Any] = dict(integers)
        self.binders: list[Symbol] = []
        self.perturbed: dict[Place, int] = {}
        self.keys: dict[frozenset[tuple[Place, int]], int] = {}
        self.key = -1  # names the present perturbations in the cache
        self.bit = 1  # the next unused ε
        self.cache: dict[Any, Any] = {}
        self.arguments: list[Any] = []  # keeps alive what the cache names by id()
        self.uniform = False  # whether all entries of an array have one value
        flint.ctx.prec = bits

    def spend(self, nodes: int) -> None:
        """Count work done."""
        self.work -= nodes
        if self.work < 0:
            raise OutOfWork("the work allowed for the search is used up")
        if self.deadline is not None and time.thread_time() > self.deadline:
            raise OutOfWork("the time allowed for the search is used up")

    def lasts(self, lines: Iterable[Basic]) -> bool:
        """Whether work and time are left to prepare another search, which is counted."""
        try:
            self.spend(sum(_A_SEARCH * len(distinct(line)) for line in lines))
        except OutOfWork:
            return False
        return True

    def at(self, place: Place) -> Value:
        """The value of a symbol or an entry that has no definition, with its perturbations."""
        stored = (place[0], ...) if self.uniform and len(place) > 1 else place
        v = self.values.get(stored)
        if v is None:
            if self.make is None:
                raise Unsupported(f"no value is given for {place[0]}{list(place[1:]) or ''}")
            v = self.values[stored] = self.make(stored)
        return self.perturb(v, place) if self.perturbed else v

    def perturb(self, v: Value, place: Place) -> Value:
        """V + ε₁ + ε₂ + … with the ε of every derivative that is taken by this place."""
        bits = self.perturbed.get(place, 0)
        if self.uniform and not bits:
            others = ((p, b) for p, b in self.perturbed.items() if len(p) == len(place))
            bits = next((b for p, b in others if all(map(same, place, p))), 0)
        while bits:
            v = v + Jet({0: fmpq(0), bits & -bits: fmpq(1)})
            bits &= bits - 1
        return v

    def derivative(self, body: Closure, places: Iterable[Place]) -> Value:
        """∂…∂ body by the places, each perturbed by an ε of its own."""
        outer = self.perturbed, self.key, self.bit
        perturbed, mask = dict(self.perturbed), 0
        for place in places:
            for index in place[1:]:
                if type(index) is Block:
                    raise Split(index)
            perturbed[place] = perturbed.get(place, 0) | self.bit
            mask |= self.bit
            self.bit <<= 1
        if self.bit.bit_length() > MAX_ORDER + 1:
            raise Unsupported(f"the refuter takes derivatives up to order {MAX_ORDER}")
        self.perturbed = perturbed
        self.key = self.keys.setdefault(frozenset(perturbed.items()), len(self.keys))
        try:
            return coefficient(body(self), mask)
        finally:
            self.perturbed, self.key, self.bit = outer


class Compiler:
    """Turns SymPy trees into closures, each distinct subtree once.

    ``let`` holds the writer's definitions ``{h[i]: …, z: …, T[i, 0]: …}``; an index that is a
    symbol is a parameter. Call ``scan`` with every tree before compiling the first, so that
    shared subtrees and bound symbols are known.
    """

    def __init__(self, let: Mapping[Basic, Basic] | None = None) -> None:
        self.memo: dict[Any, Closure] = {}
        self.seen: set[Basic] = set()
        self.shared: set[Basic] = set()
        self.binders: set[Symbol] = set()
        self.measured: dict[Basic, tuple[int, frozenset[Symbol]]] = {}
        self.definitions: dict[str, list[tuple[tuple[Basic, ...], Basic]]] = {}
        self.opaque: dict[str, list[tuple[fmpq, tuple[int, ...]]]] = {}
        pattern: tuple[Basic, ...]
        for key, body in (let or {}).items():
            if isinstance(key, Symbol):
                name, pattern = key.name, ()
            elif isinstance(key, Indexed) or (
                isinstance(key, MatrixElement) and isinstance(key.args[0], MatrixSymbol)
            ):
                name, pattern = str(key.args[0].args[0]), tuple(key.args[1:])
            else:
                raise ClaimError(f"let defines {key}: expected a symbol or an entry such as h[i]")
            if not all(isinstance(p, (Symbol, Integer)) for p in pattern):
                raise ClaimError(f"let defines {key}: its indices must be symbols or integers")
            if not isinstance(body, Basic):
                raise ClaimError(f"let defines {key} as {body!r}: expected a SymPy expression")
            self.definitions.setdefault(name, []).append((pattern, body))
            self.binders.update(p for p in pattern if isinstance(p, Symbol))
            self.scan(body)

    def scan(self, root: Basic) -> None:
        """Note the subtrees that occur more than once and the symbols that are bound anywhere."""
        stack: list[Any] = [root]
        while stack:
            node = stack.pop()
            if node in self.seen:
                self.shared.add(node)
                continue
            self.seen.add(node)
            if isinstance(node, (sympy.Sum, sympy.Product)):
                self.binders.update(limit[0] for limit in node.limits)
            elif isinstance(node, (sympy.Lambda, sympy.Subs)):
                self.binders.update(node.variables)
            stack.extend(a for a in node.args if isinstance(a, Basic))

    def measure(self, node: Basic) -> tuple[int, frozenset[Symbol]]:
        """The number of nodes written, and the bound symbols that occur (maybe bound inside)."""
        known = self.measured.get(node)
        if known is None:
            size, symbols = 1, frozenset[Symbol]()
            if isinstance(node, Symbol):
                symbols = frozenset({node} & self.binders)
            for a in node.args:
                if isinstance(a, Basic):
                    more, inside = self.measure(a)
                    size, symbols = size + more, symbols | inside
            known = self.measured[node] = min(size, 10**9), symbols
        return known

    def weight(self, node: Basic) -> int:
        """The number of distinct subtrees: the work of one evaluation."""
        return len(distinct(node))

    def remember(self, node: Basic, run: Closure) -> Closure:
        """The same closure, with its value kept for each environment and perturbation."""
        symbols = sorted(self.measure(node)[1], key=str)
        token = object()

        def recall(s: Evaluation) -> Any:
            index = s.index
            inputs = [v if type(v := index.get(k)) in (int, Block) else id(v) for k in symbols]
            key = (token, s.key, *inputs)
            v = s.cache.get(key)
            if v is None:
                v = s.cache[key] = narrow(run(s))
            return v

        return recall

    # ---- scalars

    def scalar(self, node: Basic) -> Closure:
        """The closure that gives the value of a scalar (or of the entry of a 1 × 1 matrix)."""
        run = self.memo.get(node)
        if run is None:
            if matrices.is_matrix(node):
                run = matrices.only_entry(self, node)
            else:
                build = next((SCALARS[t] for t in type(node).__mro__ if t in SCALARS), None)
                if build is None:
                    raise refusal(node)
                run = build(self, node)
                if node in self.shared and node.args and self.measure(node)[0] >= SHARED_SIZE:
                    run = self.remember(node, run)
            self.memo[node] = run
        return run

    def integer(self, node: Basic) -> Closure:
        """The closure that gives a Python integer: an index, a size or the end of a range."""
        if isinstance(node, Integer):
            number = int(node)
            return lambda s: number
        value = self.scalar(node)

        def run(s: Evaluation) -> int:
            v = s.index.get(node)
            if type(v) is int:
                return v
            v = value(s)
            if type(v) is not fmpq or v.q != 1 or abs(v) > 10**12:
                raise Undefined("joint", f"{node} is not a small integer")
            return int(v.p)

        return run

    def linear(self, node: Basic, other: Basic = sympy.S.Zero) -> Closure:
        """The closure that gives node − other as a block, where one is in it, and else None."""
        terms: dict[Any, Any] = {}
        for side, factor in ((node, 1), (other, -1)):
            known = side.as_coefficients_dict() if isinstance(side, sympy.Expr) else {side: 1}
            for x, c in known.items():
                terms[x] = terms.get(x, 0) + factor * c
        whole = all(x.is_Symbol or x == 1 for x in terms) and all(
            c.is_Integer for c in terms.values()
        )
        shift = int(terms.pop(sympy.S.One, 0)) if whole else 0
        slopes = {x: int(c) for x, c in terms.items() if c} if whole else {}

        def run(s: Evaluation) -> Block | None:
            block, rest = None, shift
            for x, c in slopes.items():
                v = s.index.get(x)
                if type(v) is Block and block is None:
                    block = v.moved(c, 0)
                elif type(v) is Block:
                    raise Split(v)
                elif type(v) is int:
                    rest += c * v
                else:
                    return None
            return block and block.moved(1, rest)

        return run

    def order(self, a: Basic, b: Basic) -> Closure:
        """The closure that gives the sign of a − b."""
        x, y, blocks = self.scalar(a), self.scalar(b), self.linear(a, b)

        def run(s: Evaluation) -> int:
            block = blocks(s) if s.uniform else None
            return sign(x(s) - y(s)) if block is None else block.sign()

        return run

    def index(self, node: Basic) -> Closure:
        """The closure that gives an index, which may be a block."""
        one, blocks = self.integer(node), self.linear(node)
        return lambda s: (s.uniform and blocks(s)) or one(s)

    def place(self, node: Basic) -> Closure:
        """The closure that gives the place of a symbol or entry, inside its shape if known."""
        if isinstance(node, Symbol):
            return lambda s: (node.name,)
        base, indices = node.args[0], node.args[1:]
        name, at = str(base.args[0]), [self.index(i) for i in indices]
        known = base.args[1:] if isinstance(base, MatrixSymbol) else getattr(base, "shape", None)
        sizes = [self.integer(d) for d in known] if known is not None else None
        symbols = [i.free_symbols for i in indices]

        def run(s: Evaluation) -> Place:
            where = [i(s) for i in at]
            if sizes is not None:
                shape = [d(s) for d in sizes]
                ends = zip(symbols, where, shape, strict=False)
                outside = [x for x, i, d in ends if not within(i, d)]
                if outside or len(where) != len(shape):
                    got, have = str(where)[1:-1], str(shape)[1:-1]
                    have += "," * (len(shape) == 1)
                    text = f"{name}[{got}] is outside shape ({have})"
                    raise OutsideShape(text, s.binders, outside)
            return (name, *where)

        return run

    def lookup(self, node: Basic) -> Closure:
        """A symbol's or an entry's value: data, or its definition unfolded."""
        place = self.place(node)
        name = node.name if isinstance(node, Symbol) else str(node.args[0].args[0])
        if name not in self.definitions:
            return lambda s: s.at(place(s))
        value = self.reader(name, node.free_symbols)
        return lambda s: value(s, place(s))

    def reader(
        self, name: str, symbols: AbstractSet[Symbol]
    ) -> Callable[[Evaluation, Place], Value]:
        """The value at a place of that name; its indices were computed from these symbols."""
        rows = self.definitions.get(name)
        if rows is None:
            return lambda s, where: s.at(where)
        cost = max(self.weight(body) for _, body in rows)

        def unfold(s: Evaluation, where: Place) -> Value:
            key = (where, s.key)
            if (v := s.cache.get(key)) is not None:
                return v
            row = next((r for r in rows if _matches(r[0], where[1:])), None)
            if row is None:
                return s.at(where)
            pattern, body = row
            # Only the parameters are bound in the body: everything else there is global.
            outer = s.index, s.binders
            given = zip(pattern, where[1:], strict=True)
            parameters = {p: i for p, i in given if isinstance(p, Symbol)}
            s.index = {**s.integers, **parameters}
            s.binders = [] if symbols.isdisjoint(s.binders) else [*parameters]
            try:
                s.spend(cost)
                v = s.cache[key] = narrow(s.perturb(self.scalar(body)(s), where))
            except OutsideShape as outside:
                if parameters.keys() & outside.names:  # which stand for what was written
                    outside.names |= symbols
                raise
            finally:
                s.index, s.binders = outer
            return v

        return unfold

    def fold(self, node: Any, start: fmpq, step: Callable[[Value, Value], Value]) -> Closure:
        """A Sum or a Product: its first limit is the innermost."""
        if matrices.is_matrix(node.function) and tuple(node.function.shape) != (1, 1):
            raise refusal(node)
        run, cost = self.scalar(node.function), self.weight(node.function)
        for limit in node.limits:
            if len(limit) != 3 or not isinstance(limit[0], Symbol):
                raise ClaimError(
                    f"the range {limit} needs a symbol and two ends: (i, lower, upper)"
                )
            if any(end.has(sympy.oo, -sympy.oo) for end in limit[1:]):
                raise ClaimError(f"the range {limit} is infinite: only finite sums are claims")
            ends = self.integer(limit[1]), self.integer(limit[2])
            run = _loop(run, limit[0], ends, start, step, cost)
        return run

    # ---- conditions

    def condition(self, node: Basic) -> Closure:
        """The closure that gives True or False, or raises Undefined where it is not certain."""
        key = ("condition", node)
        run = self.memo.get(key)
        if run is None:
            build = next((CONDITIONS[t] for t in type(node).__mro__ if t in CONDITIONS), None)
            if build is None:
                raise refusal(node)
            run = self.memo[key] = build(self, node)
        return run


def _matches(pattern: tuple[Any, ...], indices: tuple[int, ...]) -> bool:
    """Whether a definition covers these indices: an integer in its pattern has to agree."""
    return len(pattern) == len(indices) and all(
        isinstance(p, Symbol) or same(i, int(p)) for p, i in zip(pattern, indices, strict=True)
    )


def _loop(
    body: Closure,
    k: Symbol,
    ends: tuple[Closure, Closure],
    start: fmpq,
    step: Callable[[Value, Value], Value],
    cost: int,
) -> Closure:
    def run(s: Evaluation) -> Value:
        first, last = ends[0](s), ends[1](s)
        if last < first - 1:
            raise Undefined("certain", f"the range of {k} ends below its start")
        outer, total = s.index.get(k), start
        s.binders.append(k)
        try:
            if s.uniform:
                for count, v in each(s, k, first, last, body, cost):
                    total = narrow(step(total, repeated(step, v, count)))
                return total
            s.spend(cost * (last - first + 1))
            for s.index[k] in range(first, last + 1):
                total = narrow(step(total, body(s)))
        finally:
            s.binders.pop()
            s.index[k] = outer
        return total

    return run
