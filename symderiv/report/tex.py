"""Expressions as LaTeX, as a paper would set them: 1/m Σ over i, entries with subscripts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sympy import (
    Basic,
    Derivative,
    Dummy,
    Function,
    Indexed,
    Lambda,
    MatrixSymbol,
    Mul,
    Product,
    Sum,
    Symbol,
    UnevaluatedExpr,
    exp,
    latex,
)
from sympy.matrices.expressions.matexpr import MatrixElement
from sympy.printing.latex import LatexPrinter

from symderiv.report.notation import of_ranges
from symderiv.report.printer import RELATIONS, negative, quotient
from symderiv.verdict import Condition

__all__ = ["condition", "formula"]

_LETTERS = "klrstpuvijabcdefghwqxyz"
_ARGUMENTS = "tzuvwxs"
_SIGNS = {"=": "=", "≠": r"\neq", "≤": r"\leq", "≥": r"\geq", "<": "<", ">": ">"}
_BIG = (Sum, Product, Derivative)
_APPLIED = (Function, *_BIG)


def formula(expr: Any) -> str:
    r"""Return an expression as LaTeX.

    Examples
    --------
    >>> from sympy import IndexedBase, MatrixSymbol, Sum, symbols
    >>> m, n, i, j = symbols("m n i j", integer=True, positive=True)
    >>> X, y = MatrixSymbol("X", m, n), MatrixSymbol("y", m, 1)
    >>> h = IndexedBase("h")
    >>> print(formula(Sum((h[i] - y[i, 0])*X[i, j], (i, 0, m - 1))/m))
    \frac{1}{m} \sum_{i=0}^{m - 1} \left(h_{i} - y_{i}\right) X_{i j}
    """
    try:
        return str(TexPrinter(expr).doprint(expr))
    except Exception:  # noqa: BLE001 - a line badly shown is better than none
        return str(latex(expr))


def condition(needed: Condition) -> str:
    r"""Return a condition as LaTeX, with the ranges over which it is quantified."""
    text = formula(needed.relation)
    ranges = [
        rf"{formula(index)} = {formula(lower)}, \dots, {formula(upper)}"
        for index, lower, upper in needed.ranges
    ]
    own, others = of_ranges(needed)
    inside, case = ", ".join([*ranges, *map(formula, own)]), ", ".join(map(formula, others))
    text += rf" \quad \text{{for }} {inside}" if ranges else ""
    return text + (rf" \quad \text{{in the case }} {case}" if case else "")


class TexPrinter(LatexPrinter):
    """SymPy's LaTeX with the house's own notation for sums, entries and matrices."""

    printmethod = "_symderiv_tex"  # not "_latex": a class would print itself, and never ask us

    def __init__(self, whole: Any) -> None:
        super().__init__({"fold_frac_powers": False, "root_notation": True})
        names = {s.name for s in whole.atoms(Symbol) if not isinstance(s, Dummy)}
        self._taken = names | {str(a.name) for a in whole.atoms(MatrixSymbol)}
        self._fresh: dict[Basic, str] = {}

    # --- names and entries -------------------------------------------------------------

    def _print_Infinity(self, expr: Any) -> str:
        return r"\infty"

    def _print_NegativeInfinity(self, expr: Any) -> str:
        return r"-\infty"

    def _print_Dummy(self, expr: Any) -> str:
        return self._fresh.get(expr) or str(self._print(Symbol(expr.name.lstrip("_"))))

    def _bind(self, index: Any, letters: str) -> str:
        if not isinstance(index, Dummy):
            return str(self._print(index))
        used = self._taken | set(self._fresh.values())
        preferred = index.name.lstrip("_").partition("_")[0]
        choices = (preferred if len(preferred) == 1 else "", *letters)
        self._fresh[index] = next((c for c in choices if c and c not in used), preferred or "k")
        return self._fresh[index]

    def _print_MatrixSymbol(self, expr: Any, **_: Any) -> str:
        return str(self._print(Symbol(str(expr.name))))

    def _print_MatrixElement(self, expr: Any) -> str:
        parent = expr.parent
        indices: tuple[Any, ...] = (expr.i, expr.j)
        if not isinstance(parent, MatrixSymbol):
            return rf"\left[{self._print(parent)}\right]_{{{self._indices(indices)}}}"
        if parent.shape[1] == 1 and indices[1] == 0:
            indices = indices[:1]
        elif parent.shape[0] == 1 and indices[0] == 0:
            indices = indices[1:]
        return f"{self._print(parent)}_{{{self._indices(indices)}}}"

    def _print_Indexed(self, expr: Any) -> str:
        base = self._print(Symbol(str(expr.base.label)))
        return f"{base}_{{{self._indices(expr.indices)}}}"

    def _indices(self, indices: Sequence[Any]) -> str:
        texts = [str(self._print(i)) for i in indices]
        return (" " if all(len(t) == 1 for t in texts) else ", ").join(texts)

    def _print_KroneckerDelta(self, expr: Any, exp: Any = None) -> str:
        return rf"\delta_{{{self._indices(expr.args[:2])}}}" + (f"^{{{exp}}}" if exp else "")

    # --- arithmetic --------------------------------------------------------------------

    def _factor(self, expr: Any) -> str:
        text = str(self._print(expr))
        loose = expr.is_Add or type(expr).__name__ in ("MatAdd", "Piecewise") or negative(expr)
        if isinstance(expr, UnevaluatedExpr):
            return self._factor(expr.args[0]) if not self._held(expr) else rf"\left({text}\right)"
        return rf"\left({text}\right)" if loose else text

    def _held(self, expr: Any) -> bool:
        inside = expr.args[0]
        return bool(inside.is_Mul or negative(inside))

    def _print_UnevaluatedExpr(self, expr: Any) -> str:
        return str(self._print(expr.args[0]))

    def _print_Add(self, expr: Any, order: Any = None) -> str:
        texts = [str(self._print(term)) for term in self._as_ordered_terms(expr, order=order)]
        if texts[0].startswith("-"):  # 1 - h, not -h + 1: something positive to begin with
            texts.sort(key=lambda text: text.startswith("-"))
        rest = (f" - {t[1:].lstrip()}" if t.startswith("-") else f" + {t}" for t in texts[1:])
        return texts[0] + "".join(rest)

    _print_MatAdd = _print_Add  # noqa: N815 - the name SymPy looks for

    def _print_Mul(self, expr: Any) -> str:
        minus, above, below = quotient(expr)
        above.sort(key=lambda f: isinstance(f, _APPLIED))  # y log h, not log h y
        last = next((f for f in reversed(above) if isinstance(f, _BIG)), None)
        if last is not None:  # a sum reaches to the end of its product
            above.remove(last)
        text = self._product(above)
        if below:
            over = text if len(above) != 1 else str(self._print(above[0]))
            under_text = self._product(below) if len(below) > 1 else str(self._print(below[0]))
            text = rf"\frac{{{over or 1}}}{{{under_text}}}"
        end = "" if last is None else str(self._print(last))
        return ("-" if minus else "") + " ".join(t for t in (text, end) if t)

    def _product(self, factors: list[Any]) -> str:
        texts: list[str] = []
        for factor in factors:
            wide = isinstance(factor, _BIG)
            text = rf"\left({self._print(factor)}\right)" if wide else self._factor(factor)
            texts.append(rf"\cdot {text}" if texts and text[:1].isdigit() else text)
        return " ".join(texts)

    def _print_MatMul(self, expr: Any) -> str:
        scalars = [f for f in expr.args if not getattr(f, "is_Matrix", False)]
        factors = [f for f in expr.args if getattr(f, "is_Matrix", False)]
        text = " ".join(self._factor(f) for f in factors)
        if not scalars:
            return text
        coefficient = Mul(*scalars)
        if coefficient == -1:
            return f"-{text}"
        front = self._factor(coefficient) if coefficient.is_Add else self._print(coefficient)
        return f"{front} {text}"

    def _print_Transpose(self, expr: Any) -> str:
        return rf"{self._tight(expr.args[0])}^{{\mathsf{{T}}}}"

    def _print_MatPow(self, expr: Any) -> str:
        return f"{self._tight(expr.args[0])}^{{{self._print(expr.args[1])}}}"

    def _tight(self, expr: Any) -> str:
        text = str(self._print(expr))
        return text if isinstance(expr, MatrixSymbol) else rf"\left({text}\right)"

    def _print_exp(self, expr: Any, exp: Any = None) -> str:
        text = f"e^{{{self._print(expr.args[0])}}}"
        return rf"\left({text}\right)^{{{exp}}}" if exp else text

    def _print_sigma(self, expr: Any, exp: Any = None) -> str:
        return self._applied(r"\sigma", expr, exp)

    def _print_softplus(self, expr: Any, exp: Any = None) -> str:
        return self._applied(r"\operatorname{softplus}", expr, exp)

    def _applied(self, head: str, expr: Any, power: Any) -> str:
        raised = f"{head}^{{{power}}}" if power else head
        return rf"{raised}\left({self._print(expr.args[0])}\right)"

    # --- sums, derivatives, matrices ---------------------------------------------------

    def _print_Sum(self, expr: Any) -> str:
        return self._ranged(r"\sum", expr)

    def _print_Product(self, expr: Any) -> str:
        return self._ranged(r"\prod", expr)

    def _ranged(self, sign: str, expr: Any) -> str:
        before, heads = dict(self._fresh), []
        try:
            for limit in reversed(expr.limits):  # SymPy's first limit is the innermost
                ends = [str(self._print(end)) for end in limit[1:]]
                head = f"{sign}_{{{self._bind(limit[0], _LETTERS)}"
                heads.append(f"{head}={ends[0]}}}^{{{ends[1]}}}" if len(ends) == 2 else f"{head}}}")
            text = self._factor(expr.function)
        finally:
            self._fresh = before
        return " ".join((*heads, text))

    def _print_Derivative(self, expr: Any) -> str:
        function, counts = expr.expr, expr.variable_count
        order = sum(int(count) for _, count in counts)
        single = len(counts) == 1 and function.free_symbols == {counts[0][0]}
        d = "d" if single and isinstance(counts[0][0], Symbol) else r"\partial"
        power = f"^{{{order}}}" if order > 1 else ""
        under = r" \, ".join(
            f"{d} {self._print(v)}" + (f"^{{{c}}}" if c > 1 else "") for v, c in counts
        )
        if isinstance(function, (Symbol, Indexed, MatrixElement)):
            return rf"\frac{{{d}{power} {self._print(function)}}}{{{under}}}"
        call = function.is_Function and not function.is_Piecewise
        text = str(self._print(function))
        body = text if call else rf"\left({text}\right)"
        return rf"\frac{{{d}{power}}}{{{under}}} {body}"

    def _print_Gradient(self, expr: Any) -> str:
        return rf"\nabla_{{{self._print(expr.args[1])}}} \left({self._print(expr.args[0])}\right)"

    def _print_Hessian(self, expr: Any) -> str:
        function, variable = (self._print(a) for a in expr.args)
        return rf"\nabla^{{2}}_{{{variable}}} \left({function}\right)"

    def _print_ElementwiseApplyFunction(self, expr: Any) -> str:
        function, argument = expr.function, expr.expr
        if not isinstance(function, Lambda):
            return (
                str(self._print(Symbol(str(function)))) + rf"\left({self._print(argument)}\right)"
            )
        variable, body = function.variables[0], function.expr
        inner = Symbol("@")
        if body.is_Function and body.args == (variable,) and not isinstance(body, exp):
            head = str(self._print(body.func(inner))).partition(r"\left(")[0]
            return rf"{head}\left({self._print(argument)}\right)"
        before = dict(self._fresh)
        try:
            letter = self._bind(variable, _ARGUMENTS)
            text = str(self._print(body))
        finally:
            self._fresh = before
        return rf"\left({letter} \mapsto {text}\right)\left({self._print(argument)}\right)"

    def _print_Trace(self, expr: Any, exp: Any = None) -> str:
        return self._applied(r"\operatorname{tr}", expr, exp)

    def _print_DiagMatrix(self, expr: Any) -> str:
        return self._applied(r"\operatorname{diag}", expr, None)

    def _print_Identity(self, expr: Any) -> str:
        return "I"

    def _print_OneMatrix(self, expr: Any) -> str:
        return r"\mathbf{1}"

    def _print_ZeroMatrix(self, expr: Any) -> str:
        return r"\mathbf{0}"

    def _print_BlockMatrix(self, expr: Any) -> str:
        return self._print_MatrixBase(expr.blocks)

    def _print_MatrixBase(self, expr: Any) -> str:
        if tuple(expr.shape) == (1, 1):
            return str(self._print(expr[0, 0]))
        rows = (
            " & ".join(str(self._print(expr[r, c])) for c in range(expr.cols))
            for r in range(expr.rows)
        )
        body = r" \\ ".join(rows)
        return rf"\begin{{bmatrix}} {body} \end{{bmatrix}}"

    _print_ImmutableDenseMatrix = _print_MutableDenseMatrix = _print_MatrixBase  # noqa: N815
    _print_ImmutableMatrix = _print_DenseMatrix = _print_MatrixBase  # noqa: N815

    # --- cases, relations, sets --------------------------------------------------------

    def _print_Piecewise(self, expr: Any) -> str:
        cases = [
            f"{self._print(body)} & "
            + (r"\text{otherwise}" if case == True else rf"\text{{if }} {self._print(case)}")  # noqa: E712
            for body, case in expr.args
        ]
        body = r" \\ ".join(cases)
        return rf"\begin{{cases}} {body} \end{{cases}}"

    def _print_Relational(self, expr: Any) -> str:
        sign = _SIGNS[RELATIONS[expr.rel_op]]
        return f"{self._print(expr.lhs)} {sign} {self._print(expr.rhs)}"

    def _print_Max(self, expr: Any, exp: Any = None) -> str:
        return rf"\max\left({', '.join(str(self._print(a)) for a in expr.args)}\right)"

    def _print_Min(self, expr: Any, exp: Any = None) -> str:
        return rf"\min\left({', '.join(str(self._print(a)) for a in expr.args)}\right)"
