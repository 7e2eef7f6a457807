"""The printer's rules for matrix expressions."""

from __future__ import annotations

from typing import Any

from sympy import Integer, Lambda, Mul, S, exp

from symderiv.report.glyphs import superscript
from symderiv.report.printer import MUL, ScalarPrinter, negative

__all__ = ["LinePrinter"]

_FRESH_ARGUMENT = "tzuvwxs"


class LinePrinter(ScalarPrinter):
    """Prints scalars and matrices on one line: Xᵀ·(σ(Xθ) − y)/m."""

    def _print_MatMul(self, expr: Any) -> str:
        scalars = [factor for factor in expr.args if not getattr(factor, "is_Matrix", False)]
        factors = [factor for factor in expr.args if getattr(factor, "is_Matrix", False)]
        text = ""
        for factor in factors:
            part = self.parenthesize(factor, MUL, strict=not self._open(factor))
            letters = (text.rpartition("·")[2].rstrip("ᵀ"), part.rstrip("ᵀ"))
            juxtaposed = bool(text) and all(_short(side) for side in letters)
            text += part if juxtaposed or not text else f"·{part}"
        coefficient = Mul(*scalars, evaluate=len(scalars) > 1) if scalars else S.One
        sign = ""
        if negative(coefficient):
            coefficient, sign = -coefficient, "−"
        above, below = coefficient.as_numer_denom()
        if above != 1:
            text = f"{self.parenthesize(above, MUL, strict=True)}·{text}"
        return f"{sign}{text}/{self.parenthesize(below, MUL)}" if below != 1 else sign + text

    def _print_Transpose(self, expr: Any) -> str:
        return f"{self._bracketed(expr.args[0])}ᵀ"

    def _print_MatPow(self, expr: Any) -> str:
        return f"{self._bracketed(expr.args[0])}{self._exponent(expr.args[1])}"

    def _print_Inverse(self, expr: Any) -> str:
        return f"{self._bracketed(expr.args[0])}⁻¹"

    def _exponent(self, power: Any) -> str:
        return superscript(power.p) if isinstance(power, Integer) else f"^({self._print(power)})"

    def _print_HadamardProduct(self, expr: Any) -> str:
        return "∘".join(self.parenthesize(factor, MUL) for factor in expr.args)

    def _print_HadamardPower(self, expr: Any) -> str:
        return f"{self._bracketed(expr.args[0])}^∘{self._bracketed(expr.args[1])}"

    def _print_ElementwiseApplyFunction(self, expr: Any) -> str:
        function, argument = expr.function, str(self._print(expr.expr))
        if not isinstance(function, Lambda):
            return f"{self._name(str(function))}({argument})"
        variable, body = function.variables[0], function.expr
        if body.is_Function and body.args == (variable,) and not isinstance(body, exp):
            return f"{self._name(body.func.__name__)}({argument})"
        before = dict(self._fresh)
        try:
            letter = self._bind(variable, _FRESH_ARGUMENT)
            text = str(self._print(body))
        finally:
            self._fresh = before
        return f"({letter} ↦ {text}).({argument})"

    def _print_Trace(self, expr: Any) -> str:
        return f"tr({self._print(expr.args[0])})"

    def _print_Identity(self, expr: Any) -> str:
        return "I"

    def _print_OneMatrix(self, expr: Any) -> str:
        return f"ones({self._list(expr.shape)})"

    def _print_ZeroMatrix(self, expr: Any) -> str:
        return f"zeros({self._list(expr.shape)})"

    def _print_DiagMatrix(self, expr: Any) -> str:
        return f"diag({self._print(expr.args[0])})"

    _print_DiagonalMatrix = _print_DiagonalOf = _print_DiagMatrix  # noqa: N815

    def _print_BlockMatrix(self, expr: Any) -> str:
        return self._print(expr.blocks) if hasattr(expr, "blocks") else str(expr)

    def _print_MatrixBase(self, expr: Any) -> str:
        rows = range(expr.rows)
        return "[" + "; ".join(self._list(expr[r, c] for c in range(expr.cols)) for r in rows) + "]"

    _print_ImmutableDenseMatrix = _print_MutableDenseMatrix = _print_MatrixBase  # noqa: N815
    _print_ImmutableMatrix = _print_DenseMatrix = _print_MatrixBase  # noqa: N815


def _short(text: str) -> bool:
    return len(text) == 1 or (text[:-1].rstrip("ᵀ")[-1:].isalpha() and len(text) <= 3)
