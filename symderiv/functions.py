"""Functions that print by name and unfold to their definition, and unevaluated gradients.

SymPy would rewrite ``1/(1 + exp(-z))`` whenever it met it; ``sigma(z)`` stays as written
until a proof unfolds it.
"""

from __future__ import annotations

from typing import Any, Self

from sympy import (
    Basic,
    Derivative,
    Expr,
    Function,
    Indexed,
    IndexedBase,
    MatrixExpr,
    MatrixSymbol,
    Symbol,
    exp,
    log,
    sympify,
)
from sympy.matrices.expressions.matexpr import MatrixElement

from symderiv.verdict import ClaimError
from symderiv.written import expression

__all__ = ["Gradient", "Hessian", "gradient", "hessian", "sigma", "softplus"]


class _Named(Function):
    """A function of one argument with a definition that it unfolds to."""

    nargs = 1

    @classmethod
    def definition(cls, z: Expr) -> Expr:
        """The defining expression at z."""
        raise NotImplementedError

    @classmethod
    def eval(cls, z: Expr) -> Expr | None:
        """Never evaluates: a line is kept as it was written."""
        return None

    def fdiff(self, argindex: int = 1) -> Expr:
        """The derivative that SymPy takes of the definition; no rule of its own."""
        z = Symbol("z", real=True)
        return self.definition(z).diff(z).xreplace({z: self.args[0]})

    def _eval_expand_func(self, **hints: Any) -> Expr:
        return self.definition(self.args[0])

    def _eval_rewrite(self, rule: Any, args: Any, **hints: Any) -> Expr | None:
        return self.definition(args[0]) if rule is exp else None

    def _eval_evalf(self, prec: int) -> Any:
        return self.definition(self.args[0])._eval_evalf(prec)

    def _eval_is_extended_real(self) -> bool | None:
        return True if self.args[0].is_extended_real else None

    def _eval_is_positive(self) -> bool | None:
        return True if self.args[0].is_real else None


class sigma(_Named):
    """The logistic sigmoid σ(z) = 1/(1 + e^(−z)), for real z, with values in (0, 1).

    It is kept by name; its derivative follows from the definition, so σ' = σ(1 − σ)
    has to be proved and cannot be assumed.

    Examples
    --------
    >>> from sympy import symbols, expand_func
    >>> z = symbols("z", real=True)
    >>> expand_func(sigma(z))
    1/(1 + exp(-z))
    >>> sigma(z).diff(z)
    exp(-z)/(1 + exp(-z))**2
    """

    @classmethod
    def definition(cls, z: Expr) -> Expr:
        """1/(1 + e^(−z))."""
        return 1 / (1 + exp(-z))

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        power = f"^{{{exp}}}" if exp else ""
        return rf"\sigma{power}\left({printer._print(self.args[0])}\right)"


class softplus(_Named):
    """The softplus log(1 + e^z), for real z, positive; its derivative is σ(z).

    Examples
    --------
    >>> from sympy import symbols, expand_func
    >>> z = symbols("z", real=True)
    >>> expand_func(softplus(z))
    log(exp(z) + 1)
    """

    @classmethod
    def definition(cls, z: Expr) -> Expr:
        """log(1 + e^z)."""
        return log(1 + exp(z))

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        power = f"^{{{exp}}}" if exp else ""
        return rf"\operatorname{{softplus}}{power}\left({printer._print(self.args[0])}\right)"


def _scalar(f: Any, what: str) -> Expr:
    f = expression(f, f"the function of {what}")
    if getattr(f, "is_Matrix", False) or isinstance(f, MatrixExpr):
        if tuple(f.shape) != (1, 1):
            raise ClaimError(f"{what} needs a scalar, got {f} of shape {tuple(f.shape)}")
        f = f[0, 0]
    return f


class _Derived(MatrixExpr):
    """Derivatives of a scalar f by a matrix of variables w, as they are written."""

    def __new__(cls, f: Expr, w: Basic) -> Self:
        """Build it from sympified arguments; ``gradient`` and ``hessian`` check them."""
        obj: Self = Basic.__new__(cls, f, w)
        return obj

    def doit(self, **hints: Any) -> Self:
        """Itself: SymPy asks products of matrices to evaluate the sums that stand in them."""
        return self

    @property
    def function(self) -> Expr:
        """The scalar that is differentiated."""
        return self.args[0]

    @property
    def variable(self) -> Basic:
        """The matrix symbol or indexed base by which it is differentiated."""
        return self.args[1]


class Gradient(_Derived):
    """The unevaluated gradient of a scalar f by a matrix of variables w, shaped like w."""

    @property
    def shape(self) -> tuple[Any, Any]:
        """The shape of w (denominator layout)."""
        w = self.variable
        return tuple(w.shape) if isinstance(w, MatrixSymbol) else (w.shape[0], sympify(1))

    def _entry(self, i: Any, j: Any, **kwargs: Any) -> Expr:
        w = self.variable
        return Derivative(self.function, w[i, j] if isinstance(w, MatrixSymbol) else w[i])


class Hessian(_Derived):
    """The unevaluated matrix of second derivatives of a scalar f by a column w."""

    @property
    def shape(self) -> tuple[Any, Any]:
        """(n, n) for a column of n variables."""
        n = self.variable.shape[0]
        return (n, n)

    def _entry(self, i: Any, j: Any, **kwargs: Any) -> Expr:
        w = self.variable
        first, second = (w[i, 0], w[j, 0]) if isinstance(w, MatrixSymbol) else (w[i], w[j])
        return Derivative(self.function, first, second)


def gradient(f: Any, w: Any) -> Expr | Gradient:
    """The gradient of a scalar f by w, unevaluated, with the shape of w.

    ``gradient(f, w)[j, 0]`` is the partial derivative ∂f/∂wⱼ; by a scalar variable it is
    that derivative itself.

    Parameters
    ----------
    f
        A scalar expression (or a 1 × 1 matrix expression).
    w
        A ``MatrixSymbol``, an ``IndexedBase`` with a one-dimensional shape (read 0-based),
        or one scalar variable.

    Raises
    ------
    ClaimError
        Where f is not a scalar or w is not a variable.

    Examples
    --------
    >>> from sympy import MatrixSymbol, symbols
    >>> n, j = symbols("n j", integer=True, positive=True)
    >>> w = MatrixSymbol("w", n, 1)
    >>> gradient(w.T*w, w).shape
    (n, 1)
    """
    f = _scalar(f, "gradient")
    if isinstance(w, MatrixSymbol):
        return Gradient(f, w)
    if isinstance(w, IndexedBase):
        if w.shape is None or len(w.shape) != 1:
            raise ClaimError(f"gradient by {w} needs IndexedBase({w.label}, shape=(n,))")
        return Gradient(f, w)
    if isinstance(w, (Symbol, Indexed, MatrixElement)):
        return Derivative(f, w)
    raise ClaimError(f"gradient by {w!r}: expected a MatrixSymbol, an IndexedBase or a symbol")


def hessian(f: Any, w: Any) -> Expr | Hessian:
    """The Hessian of a scalar f by a column w, unevaluated, of shape (n, n).

    ``hessian(f, w)[j, k]`` is ∂²f/∂wⱼ∂wₖ.

    Raises
    ------
    ClaimError
        Where f is not a scalar or w is not a column of variables.

    Examples
    --------
    >>> from sympy import MatrixSymbol, symbols
    >>> n = symbols("n", integer=True, positive=True)
    >>> w = MatrixSymbol("w", n, 1)
    >>> hessian(w.T*w, w).shape
    (n, n)
    """
    f = _scalar(f, "hessian")
    if isinstance(w, MatrixSymbol):
        if w.shape[1] != 1:
            raise ClaimError(f"hessian by {w} of shape {tuple(w.shape)}: expected a column (n, 1)")
        return Hessian(f, w)
    if isinstance(w, IndexedBase):
        if w.shape is None or len(w.shape) != 1:
            raise ClaimError(f"hessian by {w} needs IndexedBase({w.label}, shape=(n,))")
        return Hessian(f, w)
    if isinstance(w, (Symbol, Indexed, MatrixElement)):
        return Derivative(f, w, w)
    raise ClaimError(f"hessian by {w!r}: expected a MatrixSymbol, an IndexedBase or a symbol")
