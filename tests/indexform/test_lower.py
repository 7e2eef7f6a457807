"""From SymPy to terms: the same value, and what an expression needs to be defined."""

from __future__ import annotations

from typing import Any

import mpmath
import pytest
import sympy
from mpmath import mp, mpf
from pointwise import value
from sympy import (
    Abs,
    BlockMatrix,
    Derivative,
    DiagMatrix,
    Eq,
    HadamardPower,
    HadamardProduct,
    Identity,
    ImmutableMatrix,
    IndexedBase,
    KroneckerDelta,
    Lambda,
    MatrixSymbol,
    Max,
    OneMatrix,
    Piecewise,
    Rational,
    Sum,
    Trace,
    UnevaluatedExpr,
    ZeroMatrix,
    exp,
    log,
    sqrt,
    symbols,
)
from sympy.codegen.cfunctions import exp2, expm1, hypot, log1p, log2, log10
from term_values import term_value

from symderiv.functions import gradient, hessian, sigma, softplus
from symderiv.indexform import matrices
from symderiv.indexform.reading import read
from symderiv.indexform.scalars import RULES
from symderiv.indexform.scope import name_of
from symderiv.verdict import ClaimError

x, y = symbols("x y", real=True)
m, n = symbols("m n", integer=True, positive=True)
i, j, k = symbols("i j k", integer=True, nonnegative=True)
X, t, v = MatrixSymbol("X", m, n), MatrixSymbol("t", n, 1), MatrixSymbol("v", m, 1)
A = MatrixSymbol("A", n, n)
q, h = IndexedBase("q"), IndexedBase("h")

BESSEL = (sympy.besseli, sympy.besselj, sympy.besselk, sympy.bessely)
SIZES = {"m": 2, "n": 3, "i": 1, "j": 2, "k": 0}
ROWS = {"X": [[1, 2, -3], [4, -5, 7]], "A": [[1, 2, 3], [-4, 5, 6], [7, -8, 10]]}
DATA: dict[str, Any] = {
    **ROWS,
    "t": [2, -1, 3],
    "v": [1, -2],
    "x": Rational(3, 7),
    "y": Rational(-5, 4),
}
DATA["q"] = {p: Rational(p * p + 1, 3) for p in range(-4, 8)}


def lowered(expr: Any, let: Any = None, where: tuple[Any, ...] = ()) -> Any:
    """The line of one expression."""
    (line,) = read([sympy.sympify(expr)], where, (), let or {}).lines
    return line


def flat() -> dict[Any, Any]:
    """The data by place, as term_values wants it."""
    out: dict[Any, Any] = {}
    for name, v_ in DATA.items():
        if isinstance(v_, dict):
            out |= {(name, p): mpf_of(w) for p, w in v_.items()}
        elif isinstance(v_, list):
            for r, row in enumerate(v_):
                for c, w in enumerate(row if isinstance(row, list) else [row]):
                    out[name, r, c] = mpf_of(w)
        else:
            out[name] = mpf_of(v_)
    return out


def mpf_of(w: Any) -> Any:
    w = sympy.sympify(w)
    return mpf(int(w.p)) / int(w.q)


def same(expr: Any, expected: Any, let: Any = None) -> bool:
    line = lowered(expr, let)
    assert line.term is not None, line.reason
    with mp.workdps(40):
        got = term_value(line.term, SIZES, flat())
        got = mpf(got.numerator) / got.denominator if hasattr(got, "numerator") else got
        return bool(abs(got - expected) < mpf(10) ** -18 * (1 + abs(expected)))


# ---- the table of scalar functions, walked

ARGUMENTS = {"acosh": 2 + x, "gamma": 2 + x, "polygamma": 2 + x}
SAMPLES = {
    "Add": x + y + 2,
    "Mul": 3 * x * y,
    "Pow": x**-2 + x ** Rational(1, 3) + (1 + x) ** y + 2**y,
    "Exp1": sympy.E + x,
    "Max": Max(x, y, x * y) + Max(y, -1),
    "Min": sympy.Min(x, y, x * y),
    "Piecewise": Piecewise((x, x < y), (y, Eq(x, 3)), (x * y, (x > 0) & (y < 0)), (1, True)),
    "Sum": Sum(q[k] * X[i, k] * k, (k, 0, n - 1)),
    "Product": sympy.Product(q[k] * y**2, (k, 0, n - 1)) + sympy.Product(x + k, (k, 2, 4)),
    "factorial": sympy.factorial(n + 1),
    "binomial": sympy.binomial(n + 3, n) + sympy.binomial(x, 3, evaluate=False),
    "beta": sympy.beta(x + 1, x + 2),
    "Subs": sympy.Subs(Derivative(x**3 * y, x), x, y + 2),
    "KroneckerDelta": KroneckerDelta(i, k + 1)
    + 2 * KroneckerDelta(i, j)
    + KroneckerDelta(i, 1, (0, n)),
    "Derivative": Derivative(sympy.sin(x * y) * x**3, x, y, x),
    "UnevaluatedExpr": UnevaluatedExpr(x) * UnevaluatedExpr(1 / x),
    "Pi": sympy.pi * x,
    "EulerGamma": sympy.EulerGamma + x,
    "Catalan": sympy.Catalan + x,
    "polygamma": sympy.polygamma(0, 2 + x) + sympy.polygamma(2, 1 + x),
    "digamma": sympy.digamma(2 + x),
    "harmonic": sympy.harmonic(1 + x),
    "erfinv": sympy.erfinv(x / 9),
    "erfcinv": sympy.erfcinv(x / 9 + 1),
    "LambertW": sympy.LambertW(x),
    "Ei": sympy.Ei(x) + sympy.Ei(-x),
    "uppergamma": sympy.uppergamma(y, 1 + x),
    "lowergamma": sympy.lowergamma(1 + x, 2 + x),
    "expint": sympy.expint(1, 1 + x) + sympy.expint(y, 1 + x),
    **{f.__name__: f(0, 1 + x) + f(1, 2 + x) + f(3, 1 + x) for f in BESSEL},
    "sinc": sympy.sinc(x) + sympy.sinc(0, evaluate=False),
    "atan2": sum(sympy.atan2(a * y, b * (1 + x)) for a in (1, -1) for b in (1, -1)),
    "hypot": hypot(x, y),
    "sigma": sigma(x),
    "softplus": softplus(x),
    **{f.__name__: f(x) * y for f in (log1p, log2, log10, expm1, exp2)},
    "Heaviside": sympy.Heaviside(x) + sympy.Heaviside(y, 1),
    # SymPy drops these of a real symbol; of an entry it keeps them
    "re": sympy.re(t[j, 0]) * y,
    "im": sympy.im(t[j, 0]) * y + x,
    "conjugate": sympy.conjugate(t[j, 0]) * y,
}


def unfolded(expr: Any) -> Any:
    """SymPy's own numerical value, which no code of ours has touched."""
    e = expr.replace(sigma, lambda z: 1 / (1 + exp(-z)))
    e = e.replace(softplus, lambda z: log(1 + exp(z)))
    e = e.replace(sympy.erfcinv, lambda z: sympy.erfinv(1 - z))  # it has no value of its own
    e = e.doit() if e.has(Derivative, UnevaluatedExpr) else e
    at = {x: DATA["x"], y: DATA["y"], i: SIZES["i"], j: SIZES["j"], k: SIZES["k"], n: SIZES["n"]}
    at[t[j, 0]] = sympy.Integer(DATA["t"][SIZES["j"]])
    return mpmath.mpf(str(sympy.N(e.xreplace(at), 40)))


@pytest.mark.parametrize("name", RULES)
def test_every_scalar_rule_keeps_the_value(name: str) -> None:
    sample = SAMPLES.get(name)
    if sample is None:
        sample = getattr(sympy, name)(ARGUMENTS.get(name, x)) * y
    if name not in ("Exp1", "Pi", "digamma") and hasattr(sympy, name):  # E, pi; ψ is polygamma(0)
        assert sample.has(getattr(sympy, name))
    with mp.workdps(40):
        expected = value(sample, SIZES, DATA) if name in ("Sum", "Product") else unfolded(sample)
        assert same(sample, expected)


# ---- the table of matrices, walked

W = X * t
MATRICES = {
    "MatrixSymbol": A,
    "MatAdd": A + A.T + 2 * A,
    "MatMul": A * A * (2 * A) * x,
    "MatPow": A**3 + A**0,
    "Transpose": (A * X.T * X).T,
    "HadamardProduct": HadamardProduct(A, A.T, A * A),
    "HadamardPower": HadamardPower(A, 2),
    "ElementwiseApplyFunction": A.applyfunc(Lambda(x, x**2 - 1)) + A.applyfunc(exp),
    "Identity": Identity(n) + A,
    "OneMatrix": OneMatrix(n, n) * A,
    "ZeroMatrix": A + ZeroMatrix(n, n) * A,
    "DiagMatrix": X.T * DiagMatrix(v) * X,
    "DiagonalMatrix": sympy.DiagonalMatrix(A * A),
    "DiagonalOf": sympy.DiagonalOf(A * A),
    "BlockMatrix": BlockMatrix([[OneMatrix(m, 1), X], [ImmutableMatrix([[x]]), t.T]]),
    "Gradient": gradient((t.T * A * t)[0, 0], t),
    "Hessian": hessian((t.T * A * t)[0, 0] ** 2, t),
    "Derivative": Derivative((t.T * A * t)[0, 0], t),
    "MatrixDerivative": Derivative(Trace(A * A), A),
}
NO_SECOND_OPINION = {"DiagonalMatrix": HadamardProduct(Identity(n), A * A)}


@pytest.mark.parametrize("name", matrices.RULES)
def test_every_matrix_rule_keeps_every_entry(name: str) -> None:
    e = MATRICES[name]
    by = e.variable_count[0][0] if isinstance(e, Derivative) else e
    shape = [int(s.xreplace({m: 2, n: 3})) for s in map(sympy.sympify, by.shape)]
    line = read([e], (), (), {}).lines[0]
    assert line.term is not None, line.reason
    free = sorted(line.term.names - {"m", "n"})
    rows, columns = (next((f for f in free if s in f), "") for s in ("row", "column"))
    expected = NO_SECOND_OPINION.get(name, e)
    for r in range(shape[0]):
        for c in range(shape[1]):
            if name == "DiagonalOf":
                wanted = value(A * A, SIZES, DATA, entry=(r, r))
            else:
                wanted = value(expected, SIZES, DATA, entry=(r, c))
            with mp.workdps(40):
                got = term_value(line.term, {**SIZES, rows: r, columns: c}, flat())
                assert abs(mpf_of_any(got) - wanted) < mpf(10) ** -15 * (1 + abs(wanted)), (r, c)


def mpf_of_any(v_: Any) -> Any:
    return mpf(v_.numerator) / v_.denominator if hasattr(v_, "numerator") else v_


def test_every_matrix_rule_has_a_sample() -> None:
    assert MATRICES.keys() == matrices.RULES.keys()


@pytest.mark.parametrize(
    "e",
    [
        (X * t)[i, 0],
        (X.T * (X * t - v))[j, 0],
        Trace(X.T * X * A),
        (v.T * X * t)[0, 0],
        ImmutableMatrix([[x, y], [1, x * y]])[0, 1] * ImmutableMatrix([[x, y], [1, x * y]])[1, 1],
        Sum(ImmutableMatrix([1, x, x**2])[k, 0] * t[k, 0], (k, 0, 2)),
        Sum(ImmutableMatrix([[1, x, x**2]])[0, k] * t[k, 0], (k, 0, 2)),
        Sum(q[k] * q[i], (k, 0, i), (i, 0, n - 1)),
        Max(q[0], q[1], q[2]) - Max(q[-3], q[-2], q[-1]),
        sympy.Min(q[0], q[1], q[2]) - sympy.Min(q[-3], q[-2], q[-1]),
    ],
)
def test_entries_and_traces(e: Any) -> None:
    assert same(e, value(e, SIZES, DATA))


# ---- definitions, and bound names


def test_definitions_are_unfolded_at_their_indices() -> None:
    let = {h[i]: Sum(X[i, k] * t[k, 0], (k, 0, n - 1))}
    for e in (h[i], Sum(h[k], (k, 0, m - 1)), Sum(h[k] * q[i], (k, 0, m - 1)), h[i] * h[0]):
        assert same(e, value(e, SIZES, DATA, let), let)


def test_a_bound_name_that_is_also_free() -> None:
    e = q[k] * Sum(q[k] * Sum(q[k], (k, 0, k)), (k, 0, n - 1))
    assert same(e, value(e, SIZES, DATA))


NAMES = ["k", "k~7", "k\\x7e7", "#0.1", "$1.0", "%1", "i~any", "n + 1", "2x", "'x'", "\\x", "x\\"]


@pytest.mark.parametrize("name", NAMES)
def test_no_name_of_a_writer_looks_like_a_bound_one(name: str) -> None:
    """Bound names have ~, or begin with #, $ or %."""
    written = name_of(sympy.Symbol(name))
    assert "~" not in written
    assert written[0] not in "#$%"


def test_names_that_differ_stay_different() -> None:
    written = {name_of(sympy.Symbol(name)) for name in NAMES}
    written |= {name_of(sympy.Dummy(name)) for name in NAMES for _ in range(2)}
    assert len(written) == 3 * len(NAMES)


def test_a_definition_by_itself_is_refused() -> None:
    with pytest.raises(ClaimError, match="by itself"):
        lowered(h[i], {h[i]: h[i] + 1})
    with pytest.raises(ClaimError, match="by itself"):
        lowered(h[i], {h[i]: q[i] + 1, q[i]: 2 * h[i]})


# ---- what an expression needs


def needs(expr: Any, *where: Any) -> list[str]:
    line = lowered(expr, where=where)
    return [f"{c.relation} under {len(c.guards)}" for c in line.conditions]


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        (1 / x, ["Ne(x, 0) under 0"]),
        (x**-3, ["Ne(x, 0) under 0"]),
        (log(x), ["x > 0 under 0"]),
        (sqrt(x), ["x >= 0 under 0"]),
        (1 / sqrt(x), ["x > 0 under 0"]),
        (x**y, ["x >= 0 under 0", "Ne(x, 0) under 0"]),
        (x**-y, ["x >= 0 under 0", "Ne(x, 0) under 0"]),
        (x**5, []),
        (exp(x), []),
        (sigma(x), []),
        (softplus(x), []),
        (2**x, []),
        (Abs(x), []),
        (UnevaluatedExpr(1 / x) - 1 / x, ["Ne(x, 0) under 0"]),
        (0 * UnevaluatedExpr(1 / x) + y, []),  # SymPy drops it on construction
        (sympy.Mul(0, 1 / x, evaluate=False), ["Ne(x, 0) under 0"]),
        (sympy.tan(x), ["Ne(cos(x), 0) under 0"]),
        (sympy.csc(x), ["Ne(sin(x), 0) under 0"]),
        (sympy.tanh(x) + sympy.sech(x), []),
        (sympy.coth(x), ["Ne(x, 0) under 0"]),
        (sympy.csch(x), ["Ne(x, 0) under 0"]),
        (sympy.asin(x), ["x >= -1 under 0", "1 >= x under 0"]),
        (sympy.acos(x), ["x >= -1 under 0", "1 >= x under 0"]),
        (sympy.atanh(x), ["x > -1 under 0", "1 > x under 0"]),
        (sympy.acosh(x), ["x >= 1 under 0"]),
        (sympy.asinh(x) + sympy.atan(x) + sympy.erf(x), []),
        (sympy.loggamma(x), ["x > 0 under 0"]),
        (sympy.polygamma(1, x), ["x > 0 under 0"]),
        (Derivative(Abs(x), x), ["Ne(x, 0) under 0"]),
        (Derivative(sqrt(x), x), ["x > 0 under 0"]),
        (Derivative(sqrt(y), x), ["y >= 0 under 0"]),
        (Piecewise((1 / x, x > 1), (2, True)), ["Ne(x, 0) under 1"]),
        (Sum(log(q[k]), (k, 0, n - 1)), ["q[k] > 0 under 0"]),
        (Sum(q[k], (k, 2, n - 1)), ["n - 1 >= 1 under 0"]),
        (Sum(q[k], (k, 1, n)), []),
    ],
)
def test_conditions_are_collected_before_anything_cancels(expr: Any, expected: list[str]) -> None:
    assert needs(expr) == expected


def test_what_is_needed_under_subs_is_needed_of_the_value() -> None:
    """log u at u = 1 + 2y needs 1 + 2y > 0."""
    line = lowered(sympy.Subs(log(x), x, 1 + 2 * y))
    (condition,) = line.conditions
    assert condition.term == lowered(1 + 2 * y).term
    assert condition.relation == sympy.Gt(1 + 2 * y, 0, evaluate=False)


def test_what_a_derivative_at_a_point_has_to_be_is_told_of_the_point() -> None:
    """√f'(u) at u = x·y needs f'(xy) ≥ 0; no derivative by x·y is written."""
    f = sympy.Function("f")
    line = lowered(sympy.Subs(sqrt(Derivative(f(x), x)), x, x * y))
    (condition,) = line.conditions
    assert condition.relation.lhs == sympy.Subs(Derivative(f(x), x), x, x * y)


def test_a_case_that_is_missing_is_a_condition() -> None:
    line = lowered(Piecewise((x, x > 0), (1, x < 0)))
    (condition,) = line.conditions
    assert condition.signs == frozenset()
    assert len(condition.guards) == 2


@pytest.mark.parametrize(
    "expr",
    [
        sympy.besselj(y, x),
        sympy.besselj(-1, x, evaluate=False),
        sympy.besseli(Rational(1, 2), x),
        sympy.LambertW(x, -1),
        sympy.harmonic(x, 2),
        sympy.floor(x),
        Derivative(sympy.uppergamma(x, y), x),
        Derivative(sympy.lowergamma(x, y), x),
        sympy.Integral(x, (x, 0, 1)),
        sympy.zeta(x),
        log(x, 2) * sympy.airyai(y),
        sympy.Subs(Derivative(x * Abs(x), x), x, 0),  # the value does not tell the slopes beside it
        sympy.Subs(Derivative(Abs(x), x), x, y),
    ],
)
def test_what_has_no_word_is_named_and_not_guessed(expr: Any) -> None:
    line = lowered(expr)
    assert line.term is None
    assert "is not supported" in line.reason
