"""What the symbols mean at one place of a line, and what they are called in terms."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import sympy
from sympy import Basic, Indexed
from sympy.matrices.expressions.matexpr import MatrixElement

from symderiv.indexform.conditions import Guard
from symderiv.indexform.terms import Linear, Term
from symderiv.indexform.wellformed import free_symbols

__all__ = ["Scope", "base_of", "name_of"]


def name_of(symbol: Basic) -> str:
    """The name of a symbol or array in terms."""
    if isinstance(symbol, sympy.Dummy):
        return f"'{symbol.name}'{symbol.dummy_index}"
    name = str(getattr(symbol, "label", getattr(symbol, "name", symbol)))
    if name.replace("_", "a").isalnum() and not name[0].isdigit():
        return name
    # no writer's name may look like a bound one: those have ~, or begin with #, $ or %
    return "'" + name.replace("\\", "\\\\").replace("~", "\\x7e") + "'"


@dataclass(frozen=True, eq=False)
class Scope:
    """What the symbols mean at one place: bound indices, arguments of a Lambda, cases."""

    bound: Mapping[Basic, Linear | Term] = field(default_factory=dict)
    shown: Mapping[Basic, Basic] = field(default_factory=dict)
    guards: tuple[Guard, ...] = ()
    cache: dict[Basic, Term] = field(default_factory=dict)

    def bind(self, symbol: Basic, value: Linear | Term, shown: Basic | None = None) -> Scope:
        """The scope inside a binder of the symbol."""
        display = dict(self.shown)
        display.pop(symbol, None)
        if shown is not None:
            display[symbol] = shown
        return replace(self, bound={**self.bound, symbol: value}, shown=display, cache={})

    def display(self, symbol: Basic) -> Basic:
        """A symbol for a binder, apart from those that stand for what a definition was given."""
        taken = frozenset[Basic]().union(*map(free_symbols, self.shown.values()))
        out, names = symbol, itertools.count(1)
        while out in taken:
            out = sympy.Symbol(f"{symbol}_{next(names)}", **symbol.assumptions0)
        return out

    def under(self, u: Term, signs: str) -> Scope:
        """The scope inside a case."""
        if u.op == "num" and "-0+"[(u.data > 0) - (u.data < 0) + 1] in signs:
            return self
        return replace(self, guards=(*self.guards, Guard(u, frozenset(signs))), cache={})


def base_of(expr: Basic) -> Basic:
    """The array of an entry; anything else is itself."""
    if isinstance(expr, Indexed):
        return expr.base
    return expr.parent if isinstance(expr, MatrixElement) else expr
