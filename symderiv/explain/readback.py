"""From terms and normal forms back to SymPy, to be read and printed; nothing is decided on it.

Everything is built with ``evaluate=False``, so that a reader sees what the prover holds and
not what SymPy would make of it. Bound indices become ``Dummy`` symbols, one for each binder.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

import sympy
from sympy import Basic, Dummy, Expr, IndexedBase, MatrixSymbol, Symbol
from sympy.matrices.expressions.matexpr import MatrixElement

from symderiv.indexform.scope import name_of
from symderiv.indexform.terms import ZERO, Linear, Term, add, mul, num, walk
from symderiv.indexform.wellformed import nodes_of
from symderiv.prove.atoms import Atom, Form, Monomial

__all__ = ["Readback"]

_CONSTANTS = {"pi": sympy.pi, "EulerGamma": sympy.EulerGamma, "Catalan": sympy.Catalan}
_RELATIONS = {
    "+": sympy.Gt,
    "+0": sympy.Ge,
    "0": sympy.Eq,
    "0-": sympy.Le,
    "-": sympy.Lt,
    "+-": sympy.Ne,
}


class Readback:
    """Terms, forms and case decisions as SymPy expressions in the writer's symbols.

    Parameters
    ----------
    written
        The writer's expressions, whose symbols and arrays the names stand for.

    Examples
    --------
    >>> from sympy import symbols
    >>> from symderiv.indexform.terms import Linear, call, total, var
    >>> x = symbols("x", real=True)
    >>> Readback([x]).term(call("exp", var("x")))
    exp(x)
    """

    def __init__(self, written: Iterable[Basic] = ()) -> None:
        self._symbols: dict[str, Basic] = {}
        self._arrays: dict[str, Any] = {}
        for node in nodes_of([w for w in written if isinstance(w, Basic)]):
            if isinstance(node, (MatrixSymbol, IndexedBase)):
                self._arrays.setdefault(name_of(node), node)
            elif isinstance(node, Symbol):
                self._symbols.setdefault(name_of(node), node)
        self._bound: dict[str, Any] = {}
        self._terms: dict[Term, Expr] = {}

    # --- names ---------------------------------------------------------------------------

    def symbol(self, name: str) -> Any:
        """The symbol of a name; a bound index gets one of its own."""
        found = self._symbols.get(name) or self._bound.get(name)
        if found is None:
            stem = name.split("~", maxsplit=1)[0].strip("'").split("'")[0]
            if "~" in name or name[0] in "#$%":
                letter = stem if stem.isidentifier() else "k"
                taken = {bound.name for bound in self._bound.values()}
                own = (letter, *(f"{letter}_{n}" for n in range(1, len(taken) + 1)))
                letter = next(one for one in own if one not in taken)
                found = self._bound[name] = Dummy(letter, integer=True, nonnegative=True)
            else:
                found = self._symbols[name] = Symbol(stem, real=True)
        return found

    def bind(self, names: Mapping[str, Basic]) -> None:
        """Call bound indices by these symbols."""
        self._bound |= names

    def integer(self, form: Linear) -> Any:
        """An integer-linear form."""
        parts = [self.symbol(name) * c for name, c in form.coefficients]
        return sympy.Add(*parts, sympy.Integer(form.constant))

    def entry(self, array: str, indices: tuple[Linear, ...]) -> Any:
        """One entry of an array."""
        at = [self.integer(i) for i in indices]
        base = self._arrays.get(array)
        if isinstance(base, MatrixSymbol):
            try:
                return MatrixElement(base, *at)
            except (ValueError, TypeError):
                base = None  # outside its shape: shown all the same
        return (IndexedBase(str(array).strip("'")) if base is None else base)[tuple(at)]

    # --- terms ---------------------------------------------------------------------------

    def term(self, t: Term) -> Any:
        """A term as an expression."""
        memo = self._terms
        for node in walk(t):
            if node not in memo:
                memo[node] = self._node(node, [memo[a] for a in node.args])
        return memo[t]

    def _node(self, node: Term, args: list[Any]) -> Any:
        match node.op:
            case "num":
                return _rational(node.data)
            case "const":
                return _CONSTANTS.get(node.data) or Symbol(node.data)
            case "var":
                return self.symbol(node.data)
            case "entry":
                return self.entry(*node.data)
            case "int":
                return self.integer(node.data)
            case "add":
                return sympy.Add(*args, evaluate=False)
            case "mul":
                numbers = [a for a in args if a.is_Number]
                return _product(*numbers, *(a for a in args if not a.is_Number))
            case "pow":
                return sympy.Pow(args[0], sympy.Integer(node.data), evaluate=False)
            case "root":
                return sympy.Pow(args[0], _rational(node.data), evaluate=False)
            case "call" if node.data == "power":
                return sympy.Pow(*args, evaluate=False)
            case "call":
                return _call(node.data, args)
            case "sum":
                index, lower, upper = node.data
                ends = self.integer(lower), self.integer(upper)
                return sympy.Sum(args[0], (self.symbol(index), *ends))
        return self._by_sign(node, args)

    def _by_sign(self, node: Term, args: list[Any]) -> Any:
        """The cases of a sign, by name where they have one; those of one value together."""
        u, *branches = args
        on, above, at, below = node.args
        opposite = mul(num(-1), on)
        if above is on and at is ZERO and below is opposite:
            return sympy.Abs(u, evaluate=False)
        for name, left, right in (("Max", above, below), ("Min", below, above)):
            if at in (left, right) and on is add(left, mul(num(-1), right)):
                first, second = self._terms[left], self._terms[right]
                return getattr(sympy, name)(first, second, evaluate=False)
        if node.args[0].op == "int" and branches == [0, 1, 0]:
            pair = map(self.integer, _sides(node.args[0].data))
            return sympy.KroneckerDelta(*pair, evaluate=False)
        groups: dict[Any, str] = {}
        for sign, branch in zip("+0-", branches, strict=True):
            groups[branch] = groups.get(branch, "") + sign
        ordered = sorted(groups.items(), key=lambda item: len(item[1]))
        pairs = [(b, _relation(signs, u)) for b, signs in ordered[:-1]]
        return sympy.Piecewise(*pairs, (ordered[-1][0], True), evaluate=False)

    # --- normal forms --------------------------------------------------------------------

    def form(self, form: Form) -> Any:
        """A polynomial in atoms."""
        parts = [self._monomial(k, c) for k, c in form.terms]
        return sympy.Add(*parts, evaluate=False) if len(parts) != 1 else parts[0]

    def fraction(self, n: Form, d: Form) -> Any:
        """The fraction n/d."""
        if d.terms == (((), Fraction(1)),):
            return self.form(n)
        return _product(self.form(n), sympy.Pow(self.form(d), -1, evaluate=False))

    def _monomial(self, k: Monomial, c: Fraction) -> Any:
        powers = [self._power(self.atom(a), e) for a, e in k]
        return _product(*([_rational(c)] if c != 1 or not powers else []), *powers)

    @staticmethod
    def _power(base: Any, e: int) -> Any:
        if isinstance(base, sympy.exp):
            inner = base.args[0] if e == 1 else _product(sympy.Integer(e), base.args[0])
            return sympy.exp(inner, evaluate=False)
        return base if e == 1 else sympy.Pow(base, sympy.Integer(e), evaluate=False)

    def atom(self, atom: Atom) -> Any:
        """A generator of the exact field."""
        data = atom.data
        match atom.kind:
            case "var" | "int":
                return self.symbol(data)
            case "const":
                return _CONSTANTS.get(data) or Symbol(data)
            case "parity":
                return sympy.Pow(-1, self.symbol(data), evaluate=False)
            case "entry":
                return self.entry(*data)
            case "exp":
                return sympy.exp(self._multiple(*data), evaluate=False)
            case "log":
                return sympy.log(self._absolute(data), evaluate=False)
            case "root":
                form, unit = data
                return sympy.Pow(self._absolute(form), sympy.Rational(1, unit), evaluate=False)
            case "poly":
                return self.form(data)
            case "guard":
                form, sign = data
                return sympy.Piecewise((1, _relation(sign, self.form(form))), (0, True))
            case "call" if data[0] in ("cos", "sin"):
                return _call(data[0], [self._multiple(*data[1:])])
            case "call":
                pairs = zip(data[1::2], data[2::2], strict=True)
                return _call(data[0], [self.fraction(n, d) for n, d in pairs])
        out = self._monomial(data.factors, Fraction(1))
        for name, length in reversed(data.binders):
            last = self.integer(length - 1)
            out = sympy.Sum(out, (self.symbol(name), sympy.Integer(0), last))
        return out

    def _multiple(self, t: Form, d: Form, unit: Fraction) -> Any:
        value = self.fraction(t, d)
        return value if unit == 1 else _product(_rational(unit), value)

    def _absolute(self, form: Form) -> Any:
        """|p|, without bars where its terms show that p > 0."""
        value = self.form(form)
        clear = all(
            c > 0 and all(a.kind in ("exp", "const") or e % 2 == 0 for a, e in k)
            for k, c in form.terms
        )
        return value if clear else sympy.Abs(value, evaluate=False)

    # --- cases ---------------------------------------------------------------------------

    def relation(self, signs: Iterable[str], on: Form | Linear) -> Any:
        """That the sign of a form is one of some."""
        u = self.integer(on) if isinstance(on, Linear) else self.form(on)
        return _relation("".join(s for s in "+0-" if s in signs), u)


def _relation(signs: str, u: Any) -> Any:
    return _RELATIONS[signs](u, 0, evaluate=False)


def _rational(value: Fraction) -> Any:
    return sympy.Rational(value.numerator, value.denominator)


def _product(*factors: Any) -> Any:
    return factors[0] if len(factors) == 1 else sympy.Mul(*factors, evaluate=False)


def _sides(form: Linear) -> tuple[Linear, Linear]:
    """An integer form as a difference with positive coefficients on both sides."""
    up = Linear({k: c for k, c in form.coefficients if c > 0}, max(form.constant, 0))
    return up, up - form


def _call(name: str, args: list[Any]) -> Any:
    """A named function; the derivatives of one without a definition by their variables."""
    if name[0] == "?":
        stem, _, orders = name[1:].replace("\\x3a", ":").rpartition(":")
        counts = [int(c) for c in orders.split(",")]
        marks = "′" * counts[0] if len(counts) == 1 else ""
        if len(counts) > 1 and any(counts):
            stem = "".join(f"∂{k}" * c for k, c in enumerate(counts, 1)) + stem
        return sympy.Function(stem + marks)(*args)
    stem, _, order = name.partition(":")
    whole = [sympy.Integer(order)] if order else []
    return getattr(sympy, stem)(*whole, *args, evaluate=False)
