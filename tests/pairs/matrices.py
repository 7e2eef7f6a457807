"""Random matrix expressions, identities that rewrite them, and gradients in closed form."""

from __future__ import annotations

from typing import Any

import sympy
from pairs.pair import A, B, Chooser, NoDraw, W, X, a, b, built, j, k, m, n, t, v, x
from sympy import (
    DiagMatrix,
    HadamardProduct,
    Identity,
    Integer,
    KroneckerDelta,
    Lambda,
    MatAdd,
    MatMul,
    MatPow,
    OneMatrix,
    Rational,
    Sum,
    Symbol,
    Trace,
    Transpose,
    ZeroMatrix,
    cos,
    exp,
    log,
    sin,
    tanh,
)
from sympy.matrices.expressions.hadamard import HadamardPower

from symderiv import gradient, hessian, sigma, softplus

NAMED = (X, t, v, A, B, W)
_u = Symbol("u", real=True)
ELEMENTWISE: dict[Any, Any] = {  # a function, and the same one in other words
    exp: Lambda(_u, 1 / exp(-_u, evaluate=False)),
    sigma: Lambda(_u, 1 - sigma(-_u)),
    tanh: Lambda(_u, 2 * sigma(2 * _u) - 1),
    softplus: Lambda(_u, _u + softplus(-_u)),
    sin: Lambda(_u, 2 * sin(_u / 2) * cos(_u / 2)),
}


def matrix(choose: Chooser, rows: Any, columns: Any, depth: int) -> Any:
    """A matrix expression of a given shape."""
    leaves = [w for w in (*NAMED, OneMatrix(rows, columns)) if w.shape == (rows, columns)]
    leaves += [w.T for w in NAMED if w.T.shape == (rows, columns)]
    if rows == columns and rows != 1:
        leaves += [Identity(rows), DiagMatrix(t if rows == n else v)]
    if depth <= 0 or choose.randrange(4) == 0:
        return choose.choice(leaves)

    def inner(high: Any = rows, wide: Any = columns) -> Any:
        return matrix(choose, high, wide, depth - 1)

    kind = choose.randrange(10)
    if kind == 0:
        return built(lambda: Transpose(inner(columns, rows)))
    if kind < 3:
        return built(lambda: MatAdd(inner(), choose.choice([1, -1, 2, x]) * inner()))
    if kind == 3:
        return built(lambda: HadamardProduct(inner(), inner()))
    if kind == 4:
        return built(lambda: inner().applyfunc(choose.choice(list(ELEMENTWISE))))
    if kind == 5 and rows == columns != 1:
        return built(lambda: MatPow(inner(), 2))
    if kind == 6:
        return built(lambda: HadamardPower(inner(), choose.choice([2, 3])))
    if kind == 7:
        return built(lambda: inner() / choose.choice([2, m, n]))
    middle = choose.choice([m, n, n])
    return built(lambda: MatMul(inner(rows, middle), inner(middle, columns)))


# ---- identities


def need(holds: bool) -> None:
    if not holds:
        raise NoDraw


def factors(e: Any) -> list[Any]:
    """The matrices of a product."""
    need(isinstance(e, MatMul))
    out = [w for w in e.args if w.is_Matrix]
    need(len(out) > 1)
    return out


def scalar_of(e: MatMul) -> Any:
    return sympy.Mul(*(w for w in e.args if not w.is_Matrix))


def transposed_product(e: Any, choose: Chooser) -> Any:
    """AB = (BᵀAᵀ)ᵀ."""
    inner = MatMul(*(Transpose(w) for w in reversed(factors(e))))
    return scalar_of(e) * Transpose(inner, evaluate=False)


def distributed(e: Any, choose: Chooser) -> Any:
    """A(B + C) = AB + AC."""
    parts_ = factors(e)
    at = next((k for k, w in enumerate(parts_) if isinstance(w, MatAdd)), None)
    need(at is not None)
    return MatAdd(
        *(MatMul(scalar_of(e), *parts_[:at], w, *parts_[at + 1 :]) for w in parts_[at].args)
    )


def bracketed(e: Any, choose: Chooser) -> Any:
    """ABC = ABC + AB(I − I)C, by one more factor."""
    parts_ = factors(e)
    size = parts_[0].shape[1]
    need(size != 1)
    return scalar_of(e) * MatMul(parts_[0], 2 * Identity(size), *parts_[1:]) / 2


def hadamard_reversed(e: Any, choose: Chooser) -> Any:
    need(isinstance(e, HadamardProduct))
    return HadamardProduct(*reversed(e.args))


def hadamard_as_trace(e: Any, choose: Chooser) -> Any:
    """Added: tr(AᵀB) = Σ (A∘B)ᵢⱼ."""
    need(isinstance(e, HadamardProduct) and len(e.args) == 2)
    f, g = e.args
    ones = (OneMatrix(1, f.shape[0]), OneMatrix(f.shape[1], 1))
    zero = Trace(f.T * g) - MatMul(ones[0], e, ones[1])[0, 0]
    return e + zero * f


def square(e: Any, choose: Chooser) -> Any:
    need(isinstance(e, MatPow))
    return MatMul(e.base, e.base, evaluate=False)


def in_other_words(e: Any, choose: Chooser) -> Any:
    need(isinstance(e, sympy.matrices.expressions.applyfunc.ElementwiseApplyFunction))
    name = next(
        (
            f
            for f in ELEMENTWISE
            if e.function == f or f in e.function.atoms(f) or str(f(_u)) == str(e.function(_u))
        ),
        None,
    )
    need(name is not None)
    return e.expr.applyfunc(ELEMENTWISE[name])


def twice_half(e: Any, choose: Chooser) -> Any:
    return MatAdd(e / 3, 2 * e / 3, evaluate=False)


def by_identity(e: Any, choose: Chooser) -> Any:
    need(e.shape[0] != 1)
    return MatMul(Identity(e.shape[0]) + ZeroMatrix(e.shape[0], e.shape[0]), e, evaluate=False)


def hadamard_power(e: Any, choose: Chooser) -> Any:
    need(isinstance(e, HadamardPower) and e.exp == 2)
    return HadamardProduct(e.base, e.base, evaluate=False)


def diagonal_product(e: Any, choose: Chooser) -> Any:
    """diag(u)·M = (u 1ᵀ)∘M, for a matrix with as many rows as a known column."""
    need(e.shape[0] in (m, n))
    u = v if e.shape[0] == m else t
    ones = OneMatrix(1, e.shape[1])
    return e + DiagMatrix(u) * e - HadamardProduct(u * ones, e)


def plus_zero(e: Any, choose: Chooser) -> Any:
    return MatAdd(e, ZeroMatrix(*e.shape), evaluate=False)


MATRICES = [transposed_product, distributed, bracketed, hadamard_reversed, hadamard_as_trace]
MATRICES += [square, in_other_words, twice_half, by_identity, hadamard_power, diagonal_product]
MATRICES += [plus_zero, transposed_product, distributed, square, in_other_words]


def matrices_in(e: Any) -> list[Any]:
    """The distinct matrices in it."""
    found = {s for s in sympy.preorder_traversal(e) if getattr(s, "is_Matrix", False)}
    return sorted(found, key=sympy.default_sort_key)


def recast(choose: Chooser, e: Any, times: int) -> tuple[Any, tuple[str, ...]]:
    """The expression after some identities at random places."""
    made: list[str] = []
    for _ in range(30):
        if len(made) == times:
            break
        spot, rule = choose.choice(matrices_in(e)), choose.choice(MATRICES)
        try:
            new = built(rule, spot, choose)
            need(getattr(new, "is_Matrix", False) and tuple(new.shape) == tuple(spot.shape))
            other = built(e.xreplace, {spot: new})
        except NoDraw:
            continue
        if tuple(other.shape) == tuple(e.shape):
            e = other
            made.append(rule.__name__)
    if not made:
        raise NoDraw
    return e, tuple(made)


def as_scalar(choose: Chooser, pair: tuple[Any, Any]) -> tuple[Any, Any]:
    """Both sides as a matrix, an entry, a trace, or a total."""
    shape = pair[0].shape
    kind = choose.randrange(5)
    if shape == (n, n) and kind == 0:
        return tuple(Trace(e) for e in pair)  # type: ignore[return-value]
    if shape == (n, n) and kind == 1:
        return tuple(e[a, b] for e in pair)  # type: ignore[return-value]
    if shape == (m, n) and kind == 1:
        return tuple(e[k, a] for e in pair)  # type: ignore[return-value]
    if shape == (n, 1) and kind == 1:
        return tuple(e[a, 0] for e in pair)  # type: ignore[return-value]
    if shape == (1, 1):
        return tuple(e[0, 0] for e in pair)  # type: ignore[return-value]
    return pair


# ---- gradients in closed form


def gradients(choose: Chooser) -> tuple[Any, Any, str]:
    """A derivative and what it is, from the Matrix Cookbook's kind of table."""
    made = [lambda: A, lambda: B, lambda: A.T, lambda: B + Identity(n), lambda: A * B]
    M, N = (choose.choice(made)() for _ in range(2))
    u, w = choose.choice([t, v]), Symbol("w", real=True)
    ones = OneMatrix(1, m)
    residual = X * t - v
    f, df = choose.choice(
        [
            (exp, exp),
            (sigma, Lambda(w, sigma(w) * (1 - sigma(w)))),
            (softplus, sigma),
            (Lambda(w, w**3), Lambda(w, 3 * w**2)),
            (Lambda(w, log(1 + w**2)), Lambda(w, 2 * w / (1 + w**2))),
        ]
    )
    c = choose.choice([Integer(1), Rational(1, 2), 1 / m, x])
    table: dict[str, Any] = {
        "quadratic": lambda: (gradient((t.T * M * t)[0, 0], t), (M + M.T) * t),
        "linear": lambda: (gradient((t.T * M * X.T * v)[0, 0], t), M * X.T * v),
        "residual": lambda: (
            gradient(c * (residual.T * residual)[0, 0], t),
            2 * c * X.T * residual,
        ),
        "weighted": lambda: (
            gradient((residual.T * W * residual)[0, 0], t),
            X.T * (W + W.T) * residual,
        ),
        "elementwise": lambda: (
            gradient(c * (ones * (X * t).applyfunc(f))[0, 0], t),
            c * X.T * (X * t).applyfunc(df),
        ),
        "hessian": lambda: (hessian((t.T * M * t)[0, 0], t), M + M.T),
        "hessian of residual": lambda: (
            hessian(c * (residual.T * residual)[0, 0], t),
            2 * c * X.T * X,
        ),
        "hessian elementwise": lambda: (
            hessian((ones * (X * t).applyfunc(softplus))[0, 0], t),
            X.T * DiagMatrix((X * t).applyfunc(Lambda(w, sigma(w) * (1 - sigma(w))))) * X,
        ),
        "trace": lambda: (gradient(Trace(M.T * W0(A, N)), A), trace_gradient(M, N)),
        "by a matrix": lambda: (gradient((v.T * X * t)[0, 0], X), v * t.T),
        "norm by a matrix": lambda: (gradient(Trace(X.T * X), X), 2 * X),
        "quadratic in X": lambda: (gradient(Trace(X.T * W * X), X), (W + W.T) * X),
        "of a product": lambda: (
            gradient((t.T * t)[0, 0] * (t.T * B * t)[0, 0], t),
            2 * (t.T * B * t)[0, 0] * t + (t.T * t)[0, 0] * (B + B.T) * t,
        ),
        "of a function": lambda: (
            gradient(exp(c * (u.T * u)[0, 0]), u),
            2 * c * exp(c * (u.T * u)[0, 0]) * u,
        ),
        "softmax": lambda: (
            gradient(log(Sum(exp(t[j, 0]), (j, 0, n - 1))), t)[a, 0],
            exp(t[a, 0]) / Sum(exp(t[j, 0]), (j, 0, n - 1)),
        ),
        "softmax twice": lambda: (
            hessian(log(Sum(exp(t[j, 0]), (j, 0, n - 1))), t)[a, b],
            _softmax(a) * (KroneckerDelta(a, b) - _softmax(b)),
        ),
    }
    name = choose.choice(sorted(table))
    return (*table[name](), name)


def _softmax(e: Any) -> Any:
    return exp(t[e, 0]) / Sum(exp(t[j, 0]), (j, 0, n - 1))


def W0(by: Any, other: Any) -> Any:
    """A product in which ``by`` is linear."""
    return by * other if not other.has(by) else by


def trace_gradient(f: Any, g: Any) -> Any:
    """∂ tr(FᵀA G)/∂A = F Gᵀ where A is not in F; entry by entry where it is."""
    need(not f.has(A))
    return f * g.T if not g.has(A) else f
