"""From SymPy objects, as received, to terms and the conditions under which they mean it.

Conditions are collected here, from what is written, before anything can cancel. Nothing is
simplified: cases stay cases, and a derivative is taken by ``differentiate`` on the term.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from functools import cache, partial
from math import lcm

import sympy
from sympy import Basic, Indexed, MatrixSymbol, Symbol
from sympy.core.function import AppliedUndef
from sympy.matrices.expressions.matexpr import MatrixElement, MatrixExpr

from symderiv.indexform.conditions import (
    Binder,
    Guard,
    Joint,
    OutOfBudget,
    RawCondition,
    Unsupported,
    around,
    integer_facts,
    related,
)
from symderiv.indexform.differentiate import depends, differentiate, joints_of, later
from symderiv.indexform.moving import where_it_moves
from symderiv.indexform.ranges import Ranges
from symderiv.indexform.scalars import RULES, SIGNS, membership, opaque
from symderiv.indexform.scope import Scope, base_of, name_of
from symderiv.indexform.terms import (
    Linear,
    Term,
    add,
    by_sign,
    entry,
    fresh_index,
    integer,
    mul,
    num,
    transform,
    var,
)
from symderiv.indexform.wellformed import free_symbols, index_symbols, is_known, nodes_of, put
from symderiv.verdict import ClaimError

__all__ = ["Lowering"]

POSITIVE, NONZERO, NONNEGATIVE = frozenset("+"), frozenset("+-"), frozenset("+0")
TESTED = "a joint in a test"
_MOST_BRANCHES = 5_000


class Lowering:
    """One reading of one line: its term, and ``conditions`` that were met on the way.

    Parameters
    ----------
    let
        The writer's definitions, from patterns to expressions.
    ranges
        What is known of sizes and free indices.
    integers
        The symbols that are integers (sizes and indices).
    opaque
        Defined names that stay as they are, because a derivative is taken by them.
    """

    def __init__(
        self,
        let: Mapping[Basic, Basic],
        ranges: Ranges,
        integers: frozenset[Basic],
        opaque: frozenset[str] = frozenset(),
    ) -> None:
        self.let = let
        self.definitions = {name_of(base_of(key)): (key, value) for key, value in let.items()}
        self.ranges = ranges
        self.integers = integers
        self.opaque = opaque
        self.conditions: list[RawCondition] = []
        self.joints: list[RawCondition] = []
        self.binders: dict[str, Binder] = {}
        self.tied: frozenset[Basic] = frozenset()  # that where gives values, maybe whole ones
        self.differentiated = False
        self._unfolding: tuple[str, ...] = ()
        self._read: dict[object, tuple[Term, Iterable[RawCondition], Iterable[RawCondition]]] = {}
        self._tested = False
        self._branches = 0

    # -- conditions ---------------------------------------------------------------------

    def require(
        self,
        term: Term,
        signs: frozenset[str],
        relation: Basic,
        scope: Scope,
        why: str,
        stronger: bool = False,
        exponent: frozenset[str] = frozenset(),
    ) -> None:
        """Note a condition, unless the term is a number that satisfies it."""
        if term.op == "num" and "-0+"[(term.data > 0) - (term.data < 0) + 1] in signs:
            return
        shown, guards = put(relation, scope.shown), self.case(term.names, scope)
        new = RawCondition(term, signs, shown, guards, why, (), stronger, exponent)
        self.conditions.append(new)

    def case(self, names: frozenset[str], scope: Scope) -> tuple[Guard, ...]:
        """The case in which something is asked; that its own ranges are not empty goes without.

        Not where a name is still to be opened: its indices may not be in what it stands for.
        """
        lengths = (integer(b.upper - b.lower + 1) for b in around(names, self.binders))
        own = set() if self.opaque else {Guard(length, POSITIVE) for length in lengths}
        return tuple(g for g in scope.guards if g not in own)

    def known(self, names: frozenset[str], scope: Scope) -> Ranges:
        """The facts about integers: the ranges of the bound names that occur, and the case."""
        facts = [f for g in scope.guards if g.u.op == "int" for f in integer_facts(g)]
        for b in around(names.union(*(f.names for f in facts)), self.binders):
            facts += [Linear.of(b.name) - b.lower, b.upper - Linear.of(b.name)]
        return self.ranges.plus(*facts)

    def enter(self, symbol: Basic, lower: Basic, upper: Basic, scope: Scope) -> tuple[str, Scope]:
        """Open a binder ``symbol = lower … upper`` and give its name and the scope inside."""
        if any(limit.is_infinite for limit in (lower, upper)):
            raise ClaimError(f"the range {symbol} = {lower} … {upper} is infinite; give it a size")
        low, high = self.index(lower, scope), self.index(upper, scope)
        length = high - low + 1
        if not self.known(length.names, scope).nonnegative(length):
            why = f"the range {symbol} = {lower} … {upper}"
            relation = related(sympy.Ge, upper, lower - 1)
            self.require(integer(length), NONNEGATIVE, relation, scope, why)
        name = fresh_index(str(symbol).lstrip("_").split("_")[0] or "k")
        display = scope.display(symbol)
        shown = (display, put(lower, scope.shown), put(upper, scope.shown))
        self.binders[name] = Binder(name, low, high, shown)
        inner = scope.bind(symbol, Linear.of(name), display)
        if not self.known(length.names, scope).nonnegative(length - 1):
            inner = inner.under(integer(length), "+")  # of an empty sum nothing is asked
        return name, inner

    # -- integers -----------------------------------------------------------------------

    def index(self, expr: Basic, scope: Scope) -> Linear:
        """An integer-linear form."""
        if isinstance(expr, sympy.Integer):
            return Linear(constant=int(expr))
        if isinstance(expr, Symbol):
            value = scope.bound.get(expr)
            if isinstance(value, Linear):
                return value
            if value is None:
                return Linear.of(name_of(expr))
        if isinstance(expr, sympy.Add):
            out = Linear()
            for a in expr.args:
                out = out + self.index(a, scope)
            return out
        if isinstance(expr, sympy.Mul) and len(expr.args) == 2 and expr.args[0].is_Integer:
            return self.index(expr.args[1], scope) * int(expr.args[0])
        raise Unsupported(f"{expr} as an index or a limit (an integer-linear form is expected)")

    def exponent(self, expr: Basic, scope: Scope) -> Linear | None:
        """An integer-linear form in names, or None."""
        try:
            return self.index(expr, scope) if self.is_integer(expr, scope) else None
        except Unsupported:
            return None

    def is_integer(self, expr: Basic, scope: Scope) -> bool:
        """Whether the expression is an integer-linear form in sizes and indices."""
        free = free_symbols(expr)
        if not free:
            return bool(expr.is_Integer)
        return all(
            isinstance(scope.bound.get(s), Linear) or (s not in scope.bound and s in self.integers)
            for s in free
        ) and not any(isinstance(x, (Indexed, MatrixElement)) for x in nodes_of([expr]))

    def whole(self, a: Basic, b: Basic, scope: Scope) -> Linear | None:
        """A positive multiple of a − b that is an integer-linear form, or None."""
        q = lcm(*(r.q for r in nodes_of([a, b]) if isinstance(r, sympy.Rational)))
        if self.is_integer(q * a, scope) and self.is_integer(q * b, scope):
            with suppress(Unsupported):  # a product or a power of them is a number like others
                return self.index(q * a, scope) - self.index(q * b, scope)
        return None

    def within(self, array: Basic, expr: Basic, size: Basic, scope: Scope) -> Linear:
        """The index, which must lie in 0 … size − 1."""
        form = self.index(expr, scope)
        limit = self.index(size, scope)
        known = self.known(form.names | limit.names, scope)
        if not (known.nonnegative(form) and known.nonnegative(limit - 1 - form)):
            shown = put(expr, scope.shown)
            bound = sorted(form.names & self.binders.keys())
            ends = [{b: getattr(self.binders[b], e) for b in bound} for e in ("lower", "upper")]
            cases = any(g.u.op == "int" for g in self.case(form.names, scope))
            if not cases and any(
                known.nonnegative(form.substitute(e) - limit)
                or known.nonnegative(-form.substitute(e) - 1)
                for e in ends
            ):
                ranges = " and ".join(str(self.binders[b]) for b in bound)
                raise ClaimError(
                    f"{shown} {'runs' if bound else 'lies'} outside {array}: it must stay in "
                    f"0 … {size} - 1{'; its range is ' if bound else ''}{ranges}"
                )
            why = f"an index of {array}"
            below = related(sympy.Le, expr, size - 1)
            for u, shown in ((form, related(sympy.Ge, expr, 0)), (limit - 1 - form, below)):
                self.require(integer(u), NONNEGATIVE, shown, scope, why)
        return form

    # -- definitions --------------------------------------------------------------------

    def unfold(
        self, key: Basic, indices: tuple[Linear, ...], shown: tuple[Basic, ...], outside: Scope
    ) -> Term:
        """The definition of a name at the given indices, in the case in which the name stands."""
        name = name_of(base_of(key))
        if name in self._unfolding:
            raise ClaimError(f"let defines {key} by itself")
        at = (name, indices, shown, outside.guards, self._tested)
        if (known := self._read.get(at)) is not None:  # with all that it asks for
            self.conditions += known[1]
            self.joints += known[2]
            return known[0]
        first, joints = len(self.conditions), len(self.joints)
        pattern, body = self.definitions[name]
        scope = Scope(guards=outside.guards)
        for p, i, s in zip(index_symbols(pattern), indices, shown, strict=True):
            scope = scope.bind(p, i, s)
        outer, self._unfolding = self._unfolding, (*self._unfolding, name)
        try:
            t = self.scalar(body, scope)
        finally:
            self._unfolding = outer
        asked, met = (dict.fromkeys(c) for c in (self.conditions[first:], self.joints[joints:]))
        self._read[at] = t, asked, met
        return t

    def named(self, expr: Basic, scope: Scope) -> Term:
        """An entry of an array, or of a defined name."""
        base = base_of(expr)
        name, raw = name_of(base), index_symbols(expr)
        indices = tuple(self.index(i, scope) for i in raw)
        if name in self.definitions and name not in self.opaque:
            if len(raw) != len(index_symbols(self.definitions[name][0])):
                raise ClaimError(
                    f"{expr} has not the indices of {self.definitions[name][0]} in let"
                )
            shown = tuple(put(i, scope.shown) for i in raw)
            return self.unfold(expr, indices, shown, scope)
        shape = getattr(base, "shape", None)
        if shape is not None and name not in self.definitions:
            if len(shape) != len(raw):
                raise ClaimError(f"{expr} has {len(raw)} indices, {base} has shape {tuple(shape)}")
            for i, size in zip(raw, shape, strict=True):
                self.within(base, i, size, scope)
        return entry(name, indices)

    # -- scalars ------------------------------------------------------------------------

    def scalar(self, expr: Basic, scope: Scope) -> Term:
        """The term of a scalar expression."""
        found = scope.cache.get(expr)
        if found is None:
            found = scope.cache[expr] = self._scalar(expr, scope)
        return found

    def _scalar(self, expr: Basic, scope: Scope) -> Term:
        from symderiv.indexform import matrices

        if isinstance(expr, Symbol):
            return self._symbol(expr, scope)
        if isinstance(expr, sympy.Rational):
            return num(Fraction(int(expr.p), int(expr.q)))
        if isinstance(expr, AppliedUndef):
            return opaque(self, expr, scope)
        rule = RULES.get(type(expr).__name__) if is_known(expr) else None
        if rule is not None:
            return rule(self, expr, scope)
        if isinstance(expr, (Indexed, MatrixElement)):
            if isinstance(expr, Indexed) or isinstance(expr.parent, MatrixSymbol):
                return self.named(expr, scope)
            return matrices.entry_of(self, expr.parent, expr.i, expr.j, scope)
        if isinstance(expr, sympy.Trace):
            return matrices.trace(self, expr, scope)
        if isinstance(expr, MatrixExpr) or getattr(expr, "is_Matrix", False):
            if tuple(expr.shape) == (1, 1):
                zero = sympy.Integer(0)
                return matrices.entry_of(self, expr, zero, zero, scope)
            raise ClaimError(f"{expr} of shape {tuple(expr.shape)} stands where a scalar is needed")
        raise Unsupported(f"{type(expr).__name__} ({expr})")

    def _symbol(self, symbol: Symbol, scope: Scope) -> Term:
        value = scope.bound.get(symbol)
        if isinstance(value, Linear):
            return integer(value)
        if value is not None:
            return value
        name = name_of(symbol)
        if name in self.definitions and name not in self.opaque:
            return self.unfold(symbol, (), (), scope)
        return integer(Linear.of(name)) if symbol in self.integers else var(name)

    def cases(
        self,
        condition: Basic,
        yes: Callable[[Scope], Term],
        no: Callable[[Scope], Term],
        scope: Scope,
    ) -> Term:
        """``yes`` where the condition holds, else ``no``, as a tree of signs."""
        self._branches += 1
        if self._branches > _MOST_BRANCHES:
            raise OutOfBudget(f"a case distinction of over {_MOST_BRANCHES} branches")
        if condition is sympy.true:
            return yes(scope)
        if condition is sympy.false:
            return no(scope)
        if isinstance(condition, sympy.Not):
            return self.cases(condition.args[0], no, yes, scope)
        if isinstance(condition, (sympy.And, sympy.Or)):
            first, *others = sorted(condition.args, key=sympy.default_sort_key)
            rest = condition.func(*others)
            if isinstance(condition, sympy.And):
                return self.cases(first, lambda s: self.cases(rest, yes, no, s), no, scope)
            return self.cases(first, yes, lambda s: self.cases(rest, yes, no, s), scope)
        if isinstance(condition, sympy.ITE):
            one, other = (partial(self.cases, c, yes, no) for c in condition.args[1:])
            return self.cases(condition.args[0], one, other, scope)
        if isinstance(condition, sympy.Contains):
            return self.cases(membership(condition), yes, no, scope)
        signs = SIGNS.get(type(condition).__name__)
        if signs is None:
            raise Unsupported(f"the condition {condition}")
        u = self.difference(condition.args[0], condition.args[1], scope)
        others_ = "".join(s for s in "+0-" if s not in signs)
        inside, outside = yes(scope.under(u, signs)), no(scope.under(u, others_))
        return by_sign(u, *(inside if s in signs else outside for s in "+0-"))

    def difference(self, a: Basic, b: Basic, scope: Scope) -> Term:
        """The term a − b on whose sign a case depends; the joint u = 0 is noted."""
        if (whole := self.whole(a, b, scope)) is not None:
            return integer(whole)
        shown = put(related(sympy.Ne, a, b), scope.shown)
        why = TESTED if self._tested else "a joint"
        outer, self._tested = self._tested, True
        try:  # a cache of its own: a joint met in a test alone is a weaker one than in a value
            inside = replace(scope, cache={})
            u = add(self.scalar(a, inside), mul(num(-1), self.scalar(b, inside)))
        finally:
            self._tested = outer
        self.joints.append(RawCondition(u, NONZERO, shown, self.case(u.names, scope), why))
        return u

    # -- derivatives --------------------------------------------------------------------

    def derivative(self, function: Basic, variables: list[tuple[Basic, int]], scope: Scope) -> Term:
        """The derivative by symbols, entries or defined names, then unfolded."""
        self.differentiated = True
        names = {name_of(base_of(v)) for v, _ in variables}
        if names & self.definitions.keys() and names - self.definitions.keys():
            raise ClaimError(
                f"a derivative by {' and '.join(str(v) for v, _ in variables)}, of which let "
                "defines some, is ambiguous: SymPy merges nested derivatives; take one at a time"
            )
        fresh = frozenset(names & self.definitions.keys()) - self.opaque
        inner = Lowering(self.let, self.ranges, self.integers, self.opaque | fresh)
        inner.binders, inner._unfolding = self.binders, self._unfolding
        inner.tied = self.tied
        t = inner.scalar(function, replace(scope, cache={}))
        targets = [(self._variable(v, inner, scope), count) for v, count in variables]
        joints: dict[RawCondition, list[Joint]] = {
            c: [] for c in inner.joints if any(depends(c.term, v) for v, _ in targets)
        }

        @cache  # the names that were opaque are opened, once: each unfolding has fresh indices
        def leaf(node: Term) -> Term | None:
            name = node.data if node.op == "var" else node.data[0] if node.op == "entry" else ""
            if name not in fresh:
                return None
            pattern, indices = self.definitions[name][0], node.data[1] if node.op == "entry" else ()
            kept, self.conditions = self.conditions, []
            value = self.unfold(pattern, indices, index_symbols(pattern), Scope())
            self.conditions = kept
            return value

        unfolded = partial(transform, leaf=leaf)

        def opened(c: RawCondition) -> RawCondition:
            return c.through(unfolded) if fresh else c

        if (order := sum(count for _, count in targets)) > 20:
            raise OutOfBudget(f"a derivative of order {order}")
        steps = [v for v, count in targets for _ in range(count)]
        for k, v in enumerate(steps):
            asks: dict[tuple[Term, bool], list[Joint]] = {}  # in whichever branch
            for c, found in joints.items():
                if (key := (c.term, c.why != TESTED)) not in asks:
                    own = joints_of(t, c.term, v, c.why != TESTED)
                    more = (j for own_j in own for j in later(own_j, c.term, steps[k + 1 :]))
                    asks[key] = [*own, *more]
                found += asks[key]
            t = differentiate(t, v)
        # what is a joint of f is one of f', and of a derivative of f' around this one
        self.joints += map(opened, inner.joints)
        asked = (replace(c, joint=tuple(p)) for c, p in joints.items() if p)  # else it is gone
        moving = [
            (t, tuple(put(i, scope.shown) for i in index_symbols(v)))
            for (t, _), (v, _) in zip(targets, variables, strict=True)
        ]
        known = partial(self.known, scope=scope)
        asked = (part for c in asked for part in where_it_moves(c, moving, self.binders, known))
        before = (
            replace(c, joint=c.joint + tuple(m for j in c.joint for m in later(j, c.term, steps)))
            for c in inner.conditions
        )
        for c in (*before, *asked):
            inside = c.inside([differentiate(c.term, v) for v, _ in targets if depends(c.term, v)])
            self.conditions += map(opened, inside)
        if fresh:  # what the definitions need, in the cases in which their names were written
            plain = Lowering(self.let, self.ranges, self.integers, self.opaque)
            plain.binders, plain._unfolding = self.binders, self._unfolding
            plain.tied = self.tied
            plain.scalar(function, replace(scope, cache={}))
            self.conditions += plain.conditions
        return unfolded(t)

    def _variable(self, v: Basic, inner: Lowering, scope: Scope) -> Term:
        if isinstance(v, MatrixExpr):
            raise ClaimError(
                f"a derivative by the whole matrix {v} has a shape; compare it as a matrix, or "
                f"take one entry: gradient(f, {v})[j, 0]"
            )
        target = inner.scalar(v, replace(scope, cache={}))
        if target.op not in ("var", "entry") or v.is_integer:
            kind = "an integer" if target.op == "int" or v.is_integer else "no variable"
            raise ClaimError(f"a derivative by {v}, which is {kind}")
        return target
