"""The printer behind the notation: SymPy's scalars on one line of Unicode.

It shows what SymPy holds and reorders nothing but terms and factors, so that a reader
can see what a line became on construction.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sympy import (
    Basic,
    Derivative,
    Dummy,
    Expr,
    Indexed,
    Integer,
    MatMul,
    MatrixSymbol,
    Mul,
    Number,
    Piecewise,
    Pow,
    Product,
    Rational,
    S,
    Sum,
    Symbol,
    UnevaluatedExpr,
    exp,
)
from sympy.matrices.expressions.matexpr import MatrixElement
from sympy.printing.precedence import PRECEDENCE, precedence
from sympy.printing.str import StrPrinter
from sympy.tensor.indexed import Idx

from symderiv.report.glyphs import name, subscript, superscript

__all__ = ["MUL", "RELATIONS", "ScalarPrinter", "is_denominator", "negative", "quotient"]

_ADD, MUL, _POW, _ATOM = (PRECEDENCE[name] for name in ("Add", "Mul", "Pow", "Atom"))
RELATIONS = {"==": "=", "!=": "≠", "<=": "≤", ">=": "≥", "<": "<", ">": ">"}
_FRESH = "klrstpuvijabcdefghwqxyz"


class ScalarPrinter(StrPrinter):
    """SymPy's one-line printer with Unicode, and with sums that are open to the right."""

    # Not "_sympystr": an Indexed would then print itself, as h[i], and never ask us.
    printmethod = "_symderiv_line"

    def __init__(self, whole: Any) -> None:
        super().__init__()
        names = {s.name for s in whole.atoms(Symbol) if not isinstance(s, Dummy)}
        names |= {str(array.name) for array in whole.atoms(MatrixSymbol)}
        self._taken = {name(text) for text in names} | names
        # θ and theta, side by side, are two names: then neither is translated.
        self._plain = {text for text in names if name(text) != text and name(text) in names}
        self._fresh: dict[Basic, str] = {}

    def emptyPrinter(self, expr: Any) -> str:
        """Name what has no rule here, with its arguments in this notation."""
        if isinstance(expr, Basic) and expr.args and type(expr).__name__.isidentifier():
            return f"{type(expr).__name__}({self._list(expr.args)})"
        return str(expr)

    # --- how tightly a thing binds -----------------------------------------------------

    def _level(self, expr: Any) -> int:
        if isinstance(expr, UnevaluatedExpr):
            return self._level(expr.args[0])
        if isinstance(expr, (Sum, Product, Derivative)) or type(expr).__name__ in _OPERATORS:
            return int(MUL)
        if isinstance(expr, exp):
            return int(_POW)
        if isinstance(expr, (Piecewise, MatrixElement, Indexed)):
            return int(_ATOM)
        if type(expr).__name__ == "Transpose":
            return int(_ATOM)
        if isinstance(expr, Pow) and expr.exp == S.Half:
            return int(_ATOM)
        if is_denominator(expr):
            return int(MUL)  # printed as 1/x
        return int(precedence(expr))

    def parenthesize(self, item: Any, level: int, strict: bool = False) -> str:
        """Print a part, in brackets where it binds less tightly than its place needs."""
        own = self._level(item)
        text = str(self._print(item))
        return f"({text})" if own < level or (not strict and own <= level) else text

    def _open(self, expr: Any) -> bool:
        """Whether it reaches to the right as far as the product goes."""
        return isinstance(expr, (Sum, Product, Derivative)) or type(expr).__name__ in _OPERATORS

    def _list(self, items: Any) -> str:
        return ", ".join(str(self._print(item)) for item in items)

    # --- names and entries -------------------------------------------------------------

    def _name(self, text: str) -> str:
        return text if text in self._plain else name(text)

    def _print_Symbol(self, expr: Any) -> str:
        return self._fresh.get(expr) or self._name(expr.name)

    def _print_Dummy(self, expr: Any) -> str:
        return self._fresh.get(expr) or f"_{self._name(expr.name.lstrip('_'))}"

    def _print_MatrixSymbol(self, expr: Any) -> str:
        return self._name(str(expr.name))

    def _print_IndexedBase(self, expr: Any) -> str:
        return self._name(str(expr.label))

    def _print_Idx(self, expr: Any) -> str:
        return self._name(str(expr.label))

    def _print_Str(self, expr: Any) -> str:
        return self._name(str(expr.name))

    def _print_Indexed(self, expr: Any) -> str:
        return self._entry(self._print(expr.base), expr.indices)

    def _print_MatrixElement(self, expr: Any) -> str:
        parent = expr.parent
        indices: tuple[Any, ...] = (expr.i, expr.j)
        if not isinstance(parent, MatrixSymbol):
            return f"{self._bracketed(parent)}[{self._list(indices)}]"
        if parent.shape[1] == 1 and indices[1] == 0:
            indices = indices[:1]
        elif parent.shape[0] == 1 and indices[0] == 0:
            indices = indices[1:]
        return self._entry(self._print(parent), indices)

    def _bracketed(self, expr: Any) -> str:
        text = str(self._print(expr))
        return text if self._level(expr) >= _ATOM and not self._open(expr) else f"({text})"

    def _entry(self, base: str, indices: Sequence[Any]) -> str:
        texts = [str(self._print(index)).replace(" ", "") for index in indices]
        glyphs = [subscript(text) for text in texts]
        readable = len(texts) == 1 or all(len(text) == 1 for text in texts)
        if readable and None not in glyphs:
            return base + "".join(glyph for glyph in glyphs if glyph)
        return f"{base}[{self._list(indices)}]"

    def _print_KroneckerDelta(self, expr: Any) -> str:
        text = self._entry("δ", expr.args[:2])
        return text if "[" not in text else f"δ({self._list(expr.args[:2])})"

    # --- arithmetic --------------------------------------------------------------------

    def _print_Integer(self, expr: Any) -> str:
        return str(expr.p).replace("-", "−")

    def _print_Rational(self, expr: Any) -> str:
        return str(expr).replace("-", "−")

    def _print_Half(self, expr: Any) -> str:
        return "1/2"

    def _print_NegativeInfinity(self, expr: Any) -> str:
        return "−∞"

    def _print_Infinity(self, expr: Any) -> str:
        return "∞"

    def _print_Pi(self, expr: Any) -> str:
        return "π"

    def _print_Exp1(self, expr: Any) -> str:
        return "e"

    def _print_UnevaluatedExpr(self, expr: Any) -> str:
        return str(self._print(expr.args[0]))

    def _print_Add(self, expr: Any, order: Any = None) -> str:
        terms = list(self._as_ordered_terms(expr, order=order))
        texts = [self.parenthesize(term, _ADD, strict=len(terms) == 1) for term in terms]
        texts = [
            str(self._print(term)) if self._level(term) > _ADD or negative(term) else text
            for term, text in zip(terms, texts, strict=True)
        ]
        # "1 − h", not "−h + 1": something positive to begin with.
        order_of = list(range(len(terms)))
        if texts[0].startswith("−"):
            order_of.sort(key=lambda k: texts[k].startswith("−"))
        line = texts[order_of[0]]
        for k in order_of[1:]:
            text = texts[k]
            line += f" − {text[1:]}" if text.startswith("−") else f" + {text}"
        return line

    _print_MatAdd = _print_Add  # noqa: N815 - the name SymPy looks for

    def _print_Mul(self, expr: Any) -> str:
        minus, above, below = quotient(expr)
        return ("−" if minus else "") + self._quotient(above, below)

    def _quotient(self, above: list[Any], below: list[Any]) -> str:
        opened = [factor for factor in above if self._open(factor)]
        last = opened[-1] if opened else None
        front = [factor for factor in above if factor is not last]
        texts = [self.parenthesize(f, MUL, strict=not self._open(f)) for f in front]
        over = "·".join(texts)
        if below:
            under = "·".join(self.parenthesize(f, MUL, strict=len(below) > 1) for f in below)
            over = f"{over or '1'}/({under})" if len(below) > 1 else f"{over or '1'}/{under}"
        if last is None:
            return over or "1"
        join = "·" if isinstance(last, Derivative) else " "
        return f"{over}{join}{self._print(last)}" if over else str(self._print(last))

    def _print_Pow(self, expr: Any, rational: bool = False) -> str:
        base, power = expr.base, expr.exp
        if power == S.Half:
            return f"√{self._bracketed(base)}"
        if isinstance(power, Rational) and power < 0:
            under = base if power == -1 else Pow(base, -power, evaluate=False)
            return f"1/{self.parenthesize(under, MUL)}"
        text = self.parenthesize(base, _POW)
        if isinstance(power, Integer) and abs(power.p) < 1000:
            return text + superscript(power.p)
        exponent = str(self._print(power))
        simple = isinstance(power, (Symbol, Indexed)) or (power.is_Integer and power >= 0)
        return f"{text}^{exponent}" if simple else f"{text}^({exponent})"

    def _print_exp(self, expr: Any) -> str:
        argument = expr.args[0]
        text = str(self._print(argument))
        simple = isinstance(argument, (Symbol, Indexed, MatrixElement)) and "[" not in text
        return f"e^{text}" if simple or text.isdigit() else f"e^({text})"

    def _print_Abs(self, expr: Any) -> str:
        return f"|{self._print(expr.args[0])}|"

    def _print_Function(self, expr: Any) -> str:
        return f"{self._name(expr.func.__name__)}({self._list(expr.args)})"

    def _print_Max(self, expr: Any) -> str:
        return f"max({self._list(expr.args)})"

    def _print_Min(self, expr: Any) -> str:
        return f"min({self._list(expr.args)})"

    # --- sums, products, derivatives ---------------------------------------------------

    def _print_Sum(self, expr: Any) -> str:
        return self._ranged("Σ", expr)

    def _print_Product(self, expr: Any) -> str:
        return self._ranged("∏", expr)

    def _ranged(self, sign: str, expr: Any) -> str:
        before = dict(self._fresh)
        heads: list[str] = []
        try:
            # SymPy's first limit is the innermost; an outer index may stand in its bounds.
            for limit in reversed(expr.limits):
                ends = [str(self._print(end)) for end in limit[1:]]
                index = self._bind(limit[0], _FRESH)
                glyph = subscript(index)
                if glyph and _covers_an_axis(expr.function, limit):
                    heads.append(f"{sign}{glyph}")
                else:
                    heads.append(
                        f"{sign}({index}={'..'.join(ends)})" if ends else f"{sign}({index})"
                    )
            body = expr.function
            text = self.parenthesize(body, MUL, strict=True)
        finally:
            self._fresh = before
        return " ".join((*heads, text))

    def _bind(self, index: Any, letters: str) -> str:
        if not isinstance(index, Dummy):
            return str(self._print(index))
        used = self._taken | set(self._fresh.values())
        preferred = index.name.lstrip("_").partition("_")[0]
        choices = (preferred if len(preferred) == 1 else "", *letters)
        letter = next((c for c in choices if c and c not in used), f"_{index.name}")
        self._fresh[index] = letter
        return letter

    def _print_Derivative(self, expr: Any) -> str:
        function, counts = expr.expr, expr.variable_count
        order = sum(int(count) for _, count in counts)
        single = len(counts) == 1 and function.free_symbols == {counts[0][0]}
        d = "d" if single and isinstance(counts[0][0], Symbol) else "∂"
        power = superscript(order) if order > 1 else ""
        under = "".join(
            f"{d}{self._bracketed(v)}{superscript(int(c)) if c > 1 else ''}" for v, c in counts
        )
        if isinstance(function, (Symbol, Indexed, MatrixElement)):
            return f"{d}{power}{self._print(function)}/{under}"
        call = isinstance(function, Expr) and function.is_Function and not function.is_Piecewise
        text = str(self._print(function))
        return f"{d}{power}/{under} {text if call else f'({text})'}"

    def _print_Gradient(self, expr: Any) -> str:
        return f"∇_{self._print(expr.args[1])} ({self._print(expr.args[0])})"

    def _print_Hessian(self, expr: Any) -> str:
        return f"∇²_{self._print(expr.args[1])} ({self._print(expr.args[0])})"

    # --- cases, relations, sets --------------------------------------------------------

    def _print_Piecewise(self, expr: Any) -> str:
        cases = [
            f"{self._print(body)} {'otherwise' if case == True else f'if {self._print(case)}'}"  # noqa: E712
            for body, case in expr.args
        ]
        return "{" + "; ".join(cases) + "}"

    def _print_Relational(self, expr: Any) -> str:
        sign = RELATIONS.get(expr.rel_op, expr.rel_op)
        return f"{self._print(expr.lhs)} {sign} {self._print(expr.rhs)}"

    def _print_Contains(self, expr: Any) -> str:
        return f"{self._print(expr.args[0])} ∈ {self._print(expr.args[1])}"

    def _print_And(self, expr: Any) -> str:
        return " and ".join(self._clause(arg) for arg in sorted(expr.args, key=str))

    def _print_Or(self, expr: Any) -> str:
        return " or ".join(self._clause(arg) for arg in sorted(expr.args, key=str))

    def _clause(self, expr: Any) -> str:
        text = str(self._print(expr))
        return f"({text})" if type(expr).__name__ in ("And", "Or") else text

    def _print_Not(self, expr: Any) -> str:
        inner = expr.args[0]
        if type(inner).__name__ == "Contains":
            return f"{self._print(inner.args[0])} ∉ {self._print(inner.args[1])}"
        return f"not ({self._print(inner)})"

    def _print_FiniteSet(self, expr: Any) -> str:
        return "{" + self._list(sorted(expr.args, key=lambda e: e.sort_key())) + "}"

    def _print_Interval(self, expr: Any) -> str:
        left, right = "(" if expr.left_open else "[", ")" if expr.right_open else "]"
        return f"{left}{self._print(expr.start)}, {self._print(expr.end)}{right}"

    def _print_Reals(self, expr: Any) -> str:
        return "ℝ"

    def _print_Integers(self, expr: Any) -> str:
        return "ℤ"


_OPERATORS = ("Gradient", "Hessian")


def negative(expr: Any) -> bool:
    """Whether a term is written with a minus sign in front."""
    return bool(isinstance(expr, (Number, Mul, MatMul)) and expr.could_extract_minus_sign())


def quotient(expr: Any) -> tuple[bool, list[Any], list[Any]]:
    """Whether a product has a minus in front, and its factors above and below the bar."""
    minus, above, below = False, list[Any](), list[Any]()
    for factor in Mul.make_args(expr) if expr.args[0] is S.One else expr.as_ordered_factors():
        if isinstance(factor, Rational) and factor is not S.One:
            minus ^= bool(factor.p < 0)
            above += [Integer(abs(factor.p))] if abs(factor.p) != 1 else []
            below += [Integer(factor.q)] if factor.q != 1 else []
        elif is_denominator(factor):
            under = Pow(factor.base, -factor.exp, evaluate=False)
            below.append(factor.base if factor.exp == -1 else under)
        elif factor is not S.One:
            above.append(factor)
    return minus, above, below


def is_denominator(factor: Any) -> bool:
    """Whether a factor is written below the bar."""
    return isinstance(factor, Pow) and isinstance(factor.exp, Rational) and factor.exp < 0


def _covers_an_axis(body: Any, limit: Any) -> bool:
    """Whether the range is all of an axis that its index runs along, so goes without saying."""
    if len(limit) != 3 or limit[1] != 0:
        return False
    index, extent = limit[0], limit[2] + 1
    for entry in body.atoms(MatrixElement, Indexed):
        if isinstance(entry, Indexed):
            shape, indices = entry.base.shape or (), entry.indices
        else:
            shape, indices = entry.parent.shape, (entry.i, entry.j)
        for length, slot in zip(shape, indices, strict=False):
            slot = slot.label if isinstance(slot, Idx) else slot
            if slot == index and length == extent:
                return True
    return False
