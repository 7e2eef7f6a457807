"""A second opinion for tests: the value of a SymPy expression at one point, in mpmath.

Written from the meaning of the objects and sharing no code with the prover or the refuter: a
matrix is made as a whole and then indexed, a derivative is taken by mpmath's numerical
differentiation, and nothing is certain that is not visible in 30 digits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

import mpmath
import pytest
import sympy
from mpmath import mp, mpf
from sympy import Basic, Indexed, MatrixSymbol, Symbol
from sympy.matrices.expressions.matexpr import MatrixElement

from symderiv.functions import Gradient, Hessian
from symderiv.verdict import Counterexample

DIGITS = 60
CLOSE = mpf(10) ** -25
STEP = mpf(10) ** -15  # of numerical differentiation, whose error is of order STEP squared
NEAR_A_JOINT = mpf(10) ** -9
Matrix = list[list[Any]]


class NotDefined(ArithmeticError):
    """The expression has no real value at the point."""


class NotCertain(NotDefined):
    """It is not certain here whether it has one: too close to a joint or an edge."""


@dataclass(frozen=True)
class Place:
    """One point: integers and data by name, bound indices, definitions, and small shifts."""

    sizes: Mapping[str, int]
    values: Mapping[str, Any]
    let: Mapping[Basic, Basic] = field(default_factory=dict)
    bound: Mapping[Basic, Any] = field(default_factory=dict)
    shifts: Mapping[tuple[Any, ...], Any] = field(default_factory=dict)

    def bind(self, symbol: Basic, value: Any) -> Place:
        return replace(self, bound={**self.bound, symbol: value})

    def shifted(self, key: tuple[Any, ...], by: Any) -> Place:
        return replace(self, shifts={**self.shifts, key: self.shifts.get(key, 0) + by})


def value(
    expr: Any, sizes: Any = None, values: Any = None, let: Any = None, entry: Any = None
) -> Any:
    """The value of a scalar, or of one entry of a matrix, to about 30 digits."""
    place = Place(sizes or {}, values or {}, let or {})
    with mp.workdps(DIGITS):
        expr = sympy.sympify(expr)
        if entry is not None:
            return +matrix(expr, place)[entry[0]][entry[1]]
        return +scalar(expr, place)


def sides(
    lhs: Any, rhs: Any, at: Counterexample, let: Mapping[Basic, Basic] | None = None
) -> tuple[Any, Any]:
    """Both lines at a counterexample, evaluated here; the entry is read from its note."""
    found = re.fullmatch(r"entry \[(\d+), (\d+)\]", at.note)
    entry = (int(found[1]), int(found[2])) if found else None
    if entry is None and is_matrix(lhs):
        entry = (0, 0)
    a, b = (value(line, at.sizes, at.values, let, entry) for line in (lhs, rhs))
    return a, b


def confirm(
    lhs: Any, rhs: Any, at: Counterexample | None, let: Mapping[Basic, Basic] | None = None
) -> None:
    """Fail unless the two lines differ at the counterexample and have the values it reports."""
    assert at is not None, "there is no counterexample"
    if str(at.rhs).startswith("undefined"):
        with pytest.raises(NotDefined):
            sides(rhs, rhs, at, let)
        sides(lhs, lhs, at, let)
        return
    a, b = sides(lhs, rhs, at, let)
    exact = all(not isinstance(v, str) for v in _flat(at.values))
    numerical = any(e.has(sympy.Derivative, Gradient, Hessian) for e in (lhs, rhs))
    visible = -8 if not exact else -20 if numerical else -45
    assert abs(a - b) > mpf(10) ** visible * (1 + abs(a)), (at, a, b)
    for reported, mine in ((at.lhs, a), (at.rhs, b)):
        assert near(reported, mine, exact), (at, a, b)


def is_matrix(e: Any) -> bool:
    """Whether a line stands for a matrix, a derivative by a whole matrix among them."""
    by = e.variable_count[0][0] if isinstance(e, sympy.Derivative) else e
    return bool(getattr(by, "is_Matrix", False))


def near(reported: Any, mine: Any, exact: bool = True) -> bool:
    """Whether a reported value, a rational or digits that end in …, is the one found here."""
    with mp.workdps(DIGITS):
        other, digits = number(reported), 20
        if isinstance(reported, str):
            significant = re.sub(r"e.*|[^0-9]", "", reported).lstrip("0")
            digits = min(20, max(0, len(significant) - 1))
        if not exact:
            digits = min(digits, 8)
        scale = abs(other) if isinstance(reported, str) else max(1, abs(other))
        return bool(abs(other - mine) <= mpf(10) ** -digits * scale + mpf(10) ** -25)


def number(v: Any) -> Any:
    """A rational, an exact SymPy number, or the digits of a ball, as a number."""
    if isinstance(v, (str, mpf)):
        return mpf(v.rstrip("…") if isinstance(v, str) else v)
    return scalar(sympy.sympify(v), Place({}, {}))


def _flat(v: Any) -> list[Any]:
    if isinstance(v, Mapping):
        return [x for each in v.values() for x in _flat(each)]
    return [x for each in v for x in _flat(each)] if isinstance(v, list) else [v]


# ---- scalars


def scalar(e: Basic, at: Place) -> Any:
    rule = SCALARS.get(type(e).__name__)
    if rule is not None:
        return rule(e, at)
    if isinstance(e, sympy.Rational):
        return mpf(int(e.p)) / int(e.q)
    if isinstance(e, (Symbol, Indexed)) or (
        isinstance(e, MatrixElement) and isinstance(e.parent, MatrixSymbol)
    ):
        return look_up(e, at)
    if isinstance(e, MatrixElement):
        rows, i, j = matrix(e.parent, at), whole(e.i, at), whole(e.j, at)
        if not (0 <= i < len(rows) and 0 <= j < len(rows[0])):
            raise NotDefined(f"[{i}, {j}] is outside {e.parent}")
        return rows[i][j]
    if isinstance(e, sympy.Trace):
        return sum((row[k] for k, row in enumerate(matrix(e.arg, at))), mpf(0))
    if getattr(e, "is_Matrix", False) and tuple(e.shape) == (1, 1):
        return matrix(e, at)[0][0]
    raise NotImplementedError(f"{type(e).__name__}: {e}")


def whole(e: Basic, at: Place) -> int:
    v = scalar(sympy.sympify(e), at)
    if v != int(v):
        raise NotDefined(f"{e} is {v}, no integer")
    return int(v)


def name_and_indices(e: Basic, at: Place) -> tuple[Any, ...]:
    """The place that a symbol or an entry names, as (name, index, …)."""
    if isinstance(e, Symbol):
        return (e.name,)
    if isinstance(e, Indexed):
        return (str(e.base.label), *(whole(i, at) for i in e.indices))
    return (str(e.parent), whole(e.i, at), whole(e.j, at))


def look_up(e: Basic, at: Place) -> Any:
    if e in at.bound:
        return at.bound[e]
    key = name_and_indices(e, at)
    return plain(key, at) + at.shifts.get(key, 0)


def plain(key: tuple[Any, ...], at: Place) -> Any:
    """The value at a place without its shift: from a definition or from the data."""
    name, *indices = key
    for pattern, body in at.let.items():
        if key[0] == _head(pattern) and len(_symbols(pattern)) == len(indices):
            inside = replace(at, bound={})
            for symbol, i in zip(_symbols(pattern), indices, strict=True):
                inside = inside.bind(symbol, mpf(i))
            return scalar(body, inside)
    if not indices:
        return mpf(at.sizes[name]) if name in at.sizes else number(at.values[name])
    data = at.values[name]
    if isinstance(data, Mapping):
        return number(data[indices[0] if len(indices) == 1 else tuple(indices)])
    if len(indices) == 2 and not isinstance(data[0], list):  # a column is written flat
        data = [[x] for x in data]
    for i in indices:
        if not 0 <= i < len(data):
            raise NotDefined(f"{name}{indices} is outside its array")
        data = data[i]
    return number(data)


def _head(pattern: Basic) -> str:
    if isinstance(pattern, Symbol):
        return str(pattern.name)
    return str(pattern.base.label if isinstance(pattern, Indexed) else pattern.parent)


def _symbols(pattern: Basic) -> tuple[Basic, ...]:
    if isinstance(pattern, Symbol):
        return ()
    return tuple(pattern.indices) if isinstance(pattern, Indexed) else (pattern.i, pattern.j)


def over(limits: Sequence[Any], at: Place) -> list[Place]:
    """The places of a sum or product; SymPy's last range is the outermost."""
    places = [at]
    for symbol, lower, upper in reversed(limits):
        places = [
            p.bind(symbol, mpf(k)) for p in places for k in _range(whole(lower, p), whole(upper, p))
        ]
    return places


def _range(lower: int, upper: int) -> range:
    """Empty for upper = lower − 1; what ends lower still has no meaning."""
    if upper < lower - 1:
        raise NotDefined(f"the range {lower} … {upper}")
    return range(lower, upper + 1)


def derivative(f: Callable[[Place], Any], keys: list[tuple[Any, ...]], at: Place) -> Any:
    """The mixed partial derivative by the places in keys."""
    distinct = list(dict.fromkeys(keys))
    orders = tuple(keys.count(k) for k in distinct)

    def along(*steps: Any) -> Any:
        here = at
        for key, step in zip(distinct, steps, strict=True):
            here = here.shifted(key, step)
        return f(here)

    if len(distinct) == 1:
        return mpmath.diff(along, 0, orders[0], h=STEP)
    return mpmath.diff(along, (0,) * len(distinct), orders, h=STEP)


def separate(x: Any, at: Place) -> Any:
    """A number whose sign decides something: exactly 0, or clearly not 0."""
    if abs(x) < (NEAR_A_JOINT if at.shifts else CLOSE) and (x != 0 or at.shifts):
        raise NotCertain(f"{x} may be 0")
    return x


def _derivative(e: Any, at: Place) -> Any:
    keys = [name_and_indices(v, at) for v, count in e.variable_count for _ in range(int(count))]
    assert all(scalar(v, at) is not None for v, _ in e.variable_count)  # each is in its array
    return derivative(lambda here: scalar(e.expr, here), keys, at)


def _power(e: Any, at: Place) -> Any:
    base, exponent = scalar(e.base, at), scalar(e.exp, at)
    if exponent < 0 and isinstance(e.base, sympy.Add):
        separate(base, at)  # what cancels may be 0
    return raised(base, exponent, at)


def raised(base: Any, exponent: Any, at: Place) -> Any:
    if exponent != int(exponent):
        separate(base, at)
    if (base == 0 and exponent <= 0 and exponent != 0) or (base < 0 and exponent != int(exponent)):
        raise NotDefined(f"{base}**{exponent}")
    return base ** int(exponent) if exponent == int(exponent) else mpmath.power(base, exponent)


def _log(e: Any, at: Place) -> Any:
    x = separate(scalar(e.args[0], at), at)
    if x <= 0:
        raise NotDefined(f"log({x})")
    return mpmath.log(x)


def _piecewise(e: Any, at: Place) -> Any:
    for branch, condition in e.args:
        if holds(condition, at):
            return scalar(branch, at)
    raise NotDefined(f"no case of {e}")


def holds(condition: Basic, at: Place) -> bool:
    if condition in (sympy.true, sympy.false):
        return bool(condition)
    if isinstance(condition, (sympy.And, sympy.Or)):
        join = all if isinstance(condition, sympy.And) else any
        return join(holds(c, at) for c in condition.args)
    if isinstance(condition, sympy.Not):
        return not holds(condition.args[0], at)
    if isinstance(condition, sympy.ITE):
        return holds(condition.args[1 if holds(condition.args[0], at) else 2], at)
    if isinstance(condition, sympy.Contains):
        x = scalar(condition.args[0], at)
        return any(x == scalar(v, at) for v in condition.args[1].args)
    a, b = (scalar(side, at) for side in condition.args)
    if not all(getattr(s, "is_integer", False) for s in condition.free_symbols):
        separate(a - b, at)
    return {
        "Equality": a == b,
        "Unequality": a != b,
        "StrictGreaterThan": a > b,
        "GreaterThan": a >= b,
        "StrictLessThan": a < b,
        "LessThan": a <= b,
    }[type(condition).__name__]


def apart(values: list[Any], at: Place) -> list[Any]:
    """Values of which one is chosen; where a derivative is taken they have to be distinct."""
    if at.shifts:
        for a, b in combinations(values, 2):
            separate(a - b, at)
    return values


def _step(e: Any, at: Place) -> Any:
    x = separate(scalar(e.args[0], at), at)
    return scalar(e.args[1], at) if x == 0 else mpf(1 if x > 0 else 0)


def _kronecker(e: Any, at: Place) -> Any:
    i, j = (scalar(a, at) for a in e.args[:2])
    inside = all(scalar(low, at) <= i <= scalar(high, at) for low, high in e.args[2:])
    return mpf(1 if abs(i - j) < CLOSE and inside else 0)  # 1/1000 has no exact binary digits


def _each(f: Callable[[Any], Any]) -> Callable[[Any, Place], Any]:
    return lambda e, at: f(scalar(e.args[0], at))


SCALARS: dict[str, Callable[[Any, Place], Any]] = {
    "Add": lambda e, at: sum((scalar(a, at) for a in e.args), mpf(0)),
    "Mul": lambda e, at: mpmath.fprod([scalar(a, at) for a in e.args]),
    "Pow": _power,
    "exp": _each(mpmath.exp),
    "log": _log,
    "sigma": _each(lambda x: 1 / (1 + mpmath.exp(-x))),
    "softplus": _each(lambda x: mpmath.log(1 + mpmath.exp(x))),
    "tanh": _each(mpmath.tanh),
    "sin": _each(mpmath.sin),
    "cos": _each(mpmath.cos),
    "atan": _each(mpmath.atan),
    "sinh": _each(mpmath.sinh),
    "cosh": _each(mpmath.cosh),
    "Abs": lambda e, at: abs(separate(scalar(e.args[0], at), at)),
    "re": _each(lambda x: x),  # of a MatrixElement, which SymPy does not know to be real
    "sign": lambda e, at: mpmath.sign(separate(scalar(e.args[0], at), at)),
    "Heaviside": _step,
    "Max": lambda e, at: max(apart([scalar(a, at) for a in e.args], at)),
    "Min": lambda e, at: min(apart([scalar(a, at) for a in e.args], at)),
    "Exp1": lambda e, at: +mpmath.e,
    "Pi": lambda e, at: +mpmath.pi,
    "Piecewise": _piecewise,
    "KroneckerDelta": _kronecker,
    "Derivative": _derivative,
    "UnevaluatedExpr": lambda e, at: scalar(e.args[0], at),
    "Sum": lambda e, at: sum((scalar(e.function, p) for p in over(e.limits, at)), mpf(0)),
    "Product": lambda e, at: mpmath.fprod([scalar(e.function, p) for p in over(e.limits, at)]),
}


# ---- matrices


def matrix(e: Basic, at: Place) -> Matrix:
    """All entries of a matrix expression."""
    name = type(e).__name__
    if name == "Derivative":  # by a whole matrix
        w = e.variable_count[0][0]
        return _by_entries(lambda here: scalar(e.expr, here), w, at)
    rows, columns = (whole(s, at) for s in e.shape)
    every = [[(r, c) for c in range(columns)] for r in range(rows)]

    def entries(f: Callable[[int, int], Any]) -> Matrix:
        return [[f(r, c) for r, c in row] for row in every]

    if isinstance(e, sympy.MatrixBase):
        return entries(lambda r, c: scalar(e[r, c], at))
    if isinstance(e, MatrixSymbol):
        return entries(lambda r, c: plain((e.name, r, c), at) + at.shifts.get((e.name, r, c), 0))
    if name in ("MatMul", "MatPow"):
        args = e.args if name == "MatMul" else [e.base] * int(e.exp)
        out = None
        factor = mpf(1)
        for a in args:
            if not getattr(a, "is_Matrix", False):
                factor *= scalar(a, at)
                continue
            b = matrix(a, at)
            out = b if out is None else _times(out, b)
        return entries(lambda r, c: factor * out[r][c])
    if name in ("MatAdd", "HadamardProduct"):
        parts = [matrix(a, at) for a in e.args]
        join = mpmath.fsum if name == "MatAdd" else mpmath.fprod
        return entries(lambda r, c: join(p[r][c] for p in parts))
    if name in ("Identity", "OneMatrix", "ZeroMatrix"):
        off = mpf(1 if name == "OneMatrix" else 0)
        on = mpf(0 if name == "ZeroMatrix" else 1)
        return entries(lambda r, c: on if r == c else off)
    if name == "BlockMatrix":
        blocks = [[matrix(b, at) for b in row] for row in e.blocks.tolist()]
        return [
            [x for block in line for x in block[r]] for line in blocks for r in range(len(line[0]))
        ]
    if name == "Gradient":
        return _by_entries(lambda here: scalar(e.function, here), e.variable, at)
    if name == "Hessian":
        keys = [_key(e.variable, r, 0) for r in range(rows)]
        return entries(
            lambda r, c: derivative(lambda h: scalar(e.function, h), [keys[r], keys[c]], at)
        )
    if name == "ElementwiseApplyFunction":
        inner, f = matrix(e.expr, at), e.function
        if not isinstance(f, sympy.Lambda):
            f = sympy.Lambda(sympy.Dummy("x"), f(sympy.Dummy("x")))
        return entries(lambda r, c: scalar(f.expr, at.bind(f.variables[0], inner[r][c])))
    inner = matrix(e.args[0], at)
    if name == "Transpose":
        return entries(lambda r, c: inner[c][r])
    if name == "DiagMatrix":
        flat = [x for row in inner for x in row]
        return entries(lambda r, c: flat[r] if r == c else mpf(0))
    if name == "HadamardPower":
        return entries(lambda r, c: raised(inner[r][c], scalar(e.exp, at), at))
    raise NotImplementedError(f"{name}: {e}")


def _key(w: Any, r: int, c: int) -> tuple[Any, ...]:
    return (w.name, r, c) if isinstance(w, MatrixSymbol) else (str(w.label), r)


def _by_entries(f: Callable[[Place], Any], w: Any, at: Place) -> Matrix:
    shape = [whole(s, at) for s in w.shape]
    rows, columns = shape if len(shape) == 2 else (shape[0], 1)
    return [[derivative(f, [_key(w, r, c)], at) for c in range(columns)] for r in range(rows)]


def _times(a: Matrix, b: Matrix) -> Matrix:
    assert len(a[0]) == len(b), "shapes"
    columns = range(len(b[0]))
    return [[mpmath.fsum(x * b[k][c] for k, x in enumerate(row)) for c in columns] for row in a]
