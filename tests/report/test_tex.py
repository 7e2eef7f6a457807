"""Expressions as LaTeX: what a reader sees of the forms that derivations are made of."""

from __future__ import annotations

import pytest
from sympy import (
    BlockMatrix,
    Derivative,
    DiagMatrix,
    Dummy,
    Eq,
    IndexedBase,
    Lambda,
    MatrixSymbol,
    Max,
    Ne,
    OneMatrix,
    Piecewise,
    Sum,
    UnevaluatedExpr,
    exp,
    log,
    symbols,
)

from symderiv import gradient, hessian, sigma, softplus
from symderiv.report.tex import condition, formula
from symderiv.verdict import Condition

m, n = symbols("m n", integer=True, positive=True)
i, j, k = symbols("i j k", integer=True, nonnegative=True)
x, z, theta = symbols("x z theta", real=True)
X, w, y = MatrixSymbol("X", m, n), MatrixSymbol("w", n, 1), MatrixSymbol("y", m, 1)
h = IndexedBase("h")
_argument = Dummy("t", real=True)
held = UnevaluatedExpr

FORMS = {
    r"\theta": theta,
    "w_{j}": w[j, 0],
    "X_{i j}": X[i, j],
    "X_{i + 1, j}": X[i + 1, j],
    "h_{i}": h[i],
    "1 - h_{i}": 1 - h[i],
    r"\left(1 - h_{i}\right) h_{i}": h[i] * (1 - h[i]),
    r"\frac{1}{m} \sum_{i=0}^{m - 1} h_{i}": Sum(h[i], (i, 0, m - 1)) / m,
    r"-\frac{1}{2 m} \sum_{i=0}^{m - 1} h_{i}^{2}": -Sum(h[i] ** 2, (i, 0, m - 1)) / (2 * m),
    r"\frac{\partial h_{i}}{\partial w_{j}}": Derivative(h[i], w[j, 0]),
    r"\frac{d^{2}}{d z^{2}} \sigma\left(z\right)": Derivative(sigma(z), z, z),
    r"\frac{d}{d z} \left(1 + e^{-z}\right)": Derivative(1 + exp(-z), z),
    r"\operatorname{softplus}\left(z\right)": softplus(z),
    r"\nabla_{w} \left(\sigma\left(x\right)\right)": gradient(sigma(x), w),
    r"\nabla^{2}_{w} \left(x\right)": hessian(x, w),
    r"X^{\mathsf{T}} \left(X w - y\right)": X.T * (X * w - y),
    r"\frac{1}{m} X^{\mathsf{T}} X": X.T * X / m,
    r"\sigma\left(X w\right)": (X * w).applyfunc(sigma),
    r"\left(t \mapsto t^{2}\right)\left(X w\right)": (X * w).applyfunc(
        Lambda(_argument, _argument**2)
    ),
    r"\operatorname{diag}\left(y\right)": DiagMatrix(y),
    r"\begin{bmatrix} \mathbf{1} & X \end{bmatrix}": BlockMatrix([[OneMatrix(m, 1), X]]),
    r"\max\left(0, x\right)": Max(0, x),
    r"\left(-x\right) \left(-z\right)": held(-x) * held(-z),
    r"y_{i} \log{\left(h_{i} \right)}": y[i, 0] * log(h[i]),
}


@pytest.mark.parametrize("tex", FORMS)
def test_a_form_is_set_as_a_paper_would(tex):
    assert formula(FORMS[tex]) == tex


def test_bound_indices_of_sympy_get_letters_that_are_free():
    # (Xw)ᵢ is a sum over a dummy of SymPy's
    assert formula((X * w)[i, 0]) == r"\sum_{k=0}^{n - 1} X_{i k} w_{k}"
    assert formula((X * w)[k, 0]) == r"\sum_{i=0}^{n - 1} X_{k i} w_{i}"


def test_cases_and_relations():
    cases = formula(Piecewise((x, Eq(z, 1)), (0, True)))
    assert cases == r"\begin{cases} x & \text{if } z = 1 \\ 0 & \text{otherwise} \end{cases}"
    assert formula(Ne(x, 1)) == r"x \neq 1"
    assert formula(x >= 0) == r"x \geq 0"


def test_a_condition_carries_its_range():
    needed = Condition(h[i] > 0, ranges=((i, 0, m - 1),))
    assert condition(needed) == r"h_{i} > 0 \quad \text{for } i = 0, \dots, m - 1"
