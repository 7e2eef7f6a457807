"""Terms as arrays over their indices: every value knows its axes.

A term with the indices i and j is an array with an axis for each; ``σ(Σₖ X[i, k]·θ[k])`` is
a vector over i. Elementwise operations align axes, entries become slices, and sums are
handed to ``contractions``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from symderiv.indexform.conditions import Unsupported
from symderiv.indexform.terms import (
    Linear,
    Term,
    fresh_index,
    power,
)
from symderiv.numeric.outputs import NOT_A_NUMBER
from symderiv.numeric.rows import NotBlocked, Rows
from symderiv.numeric.source import ATOM, MUL, POW, SUM, UNARY, Program
from symderiv.numeric.sums import Normal, is_delta, monomial
from symderiv.verdict import ClaimError

if TYPE_CHECKING:
    from symderiv.numeric.entries import Layout

__all__ = ["Arrays", "Value", "union"]

_CALLS = {
    "exp": "np.exp",
    "log": "np.log",
    "expm1": "np.expm1",
    "log1p": "np.log1p",
    "abs": "np.abs",
    "sign": "np.sign",
    "hypot": "np.hypot",
    "maximum": "np.maximum",
    "power": "np.power",
    "minimum": "np.minimum",
    "tanh": "np.tanh",
    "sinh": "np.sinh",
    "cosh": "np.cosh",
    "sin": "np.sin",
    "cos": "np.cos",
    "arcsinh": "np.arcsinh",
    "arccosh": "np.arccosh",
    "arctanh": "np.arctanh",
    "asin": "np.arcsin",
    "atan": "np.arctan",
}
_CONSTANTS = {
    "pi": "np.pi",
    "EulerGamma": "np.euler_gamma",
    "Catalan": "0.915965594177219",
    "-oo": "-np.inf",  # the exponent of what is not in a range
}
_LARGEST_EXACT = 2**53
_MOST_SQUARED = 8  # a power of arrays that is written as products of squares
_ROOTS = {Fraction(1, 2): "np.sqrt({0})"}


_ELSEWHERE = {
    "loggamma": ("log Γ (gamma, factorial, binomial and beta are made of it)", "gammaln"),
    "polygamma": ("ψ and its derivatives (digamma and polygamma)", "polygamma"),
    "erf": ("erf (erfc is made of it)", "erf"),
    "erfi": ("erfi", "erfi"),
    "erfinv": ("erfinv (erfcinv is made of it)", "erfinv"),
    "LambertW": ("LambertW", "lambertw"),
    "besseli": ("besseli", "iv"),
    "besselj": ("besselj", "jv"),
    "besselk": ("besselk", "kv"),
    "bessely": ("bessely", "yv"),
    "Ei": ("Ei", "expi"),
    "uppergamma": (
        "Γ(a, x) (lowergamma and expint are made of it)",
        "gammaincc, which is Γ(a, x)/Γ(a), or exp1",
    ),
}


def _without(name: str) -> str:
    """What to do about a function that NumPy does not have."""
    what, there = _ELSEWHERE.get(name.split(":", maxsplit=1)[0], (name, ""))
    if not there:
        return f"NumPy has no function for {what}; let= may define it"
    return (
        f"NumPy has no function for {what}; make a symbol or an array of its values an argument, "
        f"and pass what scipy.special.{there} gives"
    )


@dataclass(frozen=True)
class Value:
    """A node of the program and its axes; ``fresh`` where it is no view of an input."""

    node: int
    axes: tuple[str, ...] = ()
    fresh: bool = True


class Arrays:
    """The arrays of terms in one program.

    Parameters
    ----------
    program
        Where computations are entered.
    normal
        The normal form in which the terms are, with the spans of all indices.
    layouts
        The array arguments, by their name in terms.
    scalars
        The names in the source of scalar arguments and sizes, by their name in terms.
    rows
        The index that is taken block by block, if there is one.
    """

    def __init__(
        self,
        program: Program,
        normal: Normal,
        layouts: Mapping[str, Layout],
        scalars: Mapping[str, str],
        rows: Rows | None = None,
    ) -> None:
        self.program, self.normal = program, normal
        self.layouts, self.scalars, self.rows = layouts, scalars, rows
        self.sizes = normal.ranges  # what is known of them, also where an axis is empty
        self.real_cases = False
        self.one_sided = False  # whether the arguments of e^u are checked not to be large
        self.squares: bool | None = True  # whether Xᵀ·diag(w)·X is AᵀA; None for both
        self.data: frozenset[str] = frozenset()  # names in terms of what stays the same
        self.summed = False  # whether values are added up, and a rounding of one is no matter
        self.order: tuple[str, ...] = ()  # of the axes of the output, where a product may choose
        self.integer_cases = 0  # how many cases of integers we are inside
        self._memo: dict[Term, Value] = {}

    # -- terms --------------------------------------------------------------------------

    def value(self, t: Term) -> Value:
        """The array of a normal term."""
        found = self._memo.get(t)
        if found is None:
            found = self._memo[t] = self._value(t)
        return found

    def _value(self, t: Term) -> Value:
        from symderiv.numeric.cases import cases
        from symderiv.numeric.contractions import contraction
        from symderiv.numeric.elementary import FUNCTIONS
        from symderiv.numeric.entries import entry

        match t.op:
            case "num":
                return self._signed(t.data, [])
            case "const":
                return Value(self.program.leaf(_CONSTANTS[t.data]))
            case "var":
                if t.data == NOT_A_NUMBER:
                    return Value(self.program.leaf("np.nan"))
                if t.data not in self.scalars:
                    raise ClaimError(f"{t.data} is not among the arguments; add it to them")
                return Value(self.program.leaf(self.scalars[t.data]))
            case "int":
                return self.integers(t.data)
            case "entry":
                return entry(self, *t.data)
            case "add":
                return self._sum(t.args)
            case "mul":
                return self._signed(*monomial(t))
            case "pow":
                return self._power(t)
            case "root":
                if t.data < 0:
                    return self._signed(Fraction(1), [t])
                if t.data in _ROOTS:
                    return self.apply(_ROOTS[t.data], [self.value(t.args[0])])
                value = self.value(t.args[0])
                if value.axes and t.data == Fraction(3, 2):  # powers take twice the time
                    return self.apply("{0} * np.sqrt({0})", [value], [UNARY], MUL)
                form = f"{{0}} ** ({t.data.numerator} / {t.data.denominator})"
                return self.apply(form, [value], [ATOM], POW)
            case "call" if t.data in FUNCTIONS:
                return FUNCTIONS[t.data](self, t)
            case "call":
                if t.data not in _CALLS:
                    raise Unsupported(_without(t.data))
                holes = ", ".join(f"{{{k}}}" for k in range(len(t.args)))
                return self.apply(f"{_CALLS[t.data]}({holes})", [self.value(a) for a in t.args])
            case "sum":
                return contraction(self, t)
            case "sign":
                return cases(self, t)
        raise Unsupported(f"{t.op} in NumPy code")

    # -- elementwise --------------------------------------------------------------------

    def apply(
        self,
        template: str,
        values: Sequence[Value],
        needs: Sequence[int] = (),
        precedence: int = ATOM,
    ) -> Value:
        """An elementwise operation on values, axes aligned."""
        axes = union((v.axes for v in values), self.order)
        nodes = [self.align(v, axes) for v in values]
        if self.rows is not None and any(a in self.rows.names for a in axes):
            others = [a for a in axes if a not in self.rows.names]
            if len(axes) - len(others) > 1:
                raise NotBlocked
            self.rows.widths.add(tuple(sorted(map(self.length, others), key=self.form)))
        return Value(self.program.node(template, nodes, needs, precedence), axes)

    def align(self, value: Value, axes: Sequence[str]) -> int:
        """The value with its axes in the order of ``axes``, broadcasting over the others."""
        order = tuple(a for a in axes if a in value.axes)
        node = self.transposed(value, order).node
        if len(order) == 2 < len(axes) and order != value.axes:  # read many times, row by row
            node = self.program.node("np.ascontiguousarray({0})", [node])
        missing = len(axes) - len(order)
        if not order or tuple(axes[missing:]) == order:
            return node
        start = next(k for k, a in enumerate(axes) if a in order)
        index = ", ".join(":" if a in order else "None" for a in axes[start:])
        return self.program.node(f"{{0}}[{index}]", [node], [ATOM], cheap=True)

    def transposed(self, value: Value, axes: tuple[str, ...]) -> Value:
        """The same value with its axes in another order."""
        if value.axes == axes:
            return value
        if len(axes) == 2:
            node = self.program.node("{0}.T", [value.node], [ATOM], cheap=True)
        else:
            order = ", ".join(str(value.axes.index(a)) for a in axes)
            node = self.program.node(f"np.transpose({{0}}, ({order}))", [value.node], cheap=True)
        return Value(node, axes, value.fresh)

    def _sum(self, addends: Sequence[Term]) -> Value:
        signed = []
        for a in addends:
            coefficient, factors = monomial(a)
            signed.append((coefficient < 0, not factors, self._signed(abs(coefficient), factors)))
        # what is added comes first, and a number first of all: 1 + x, y - x
        signed.sort(key=lambda s: (s[0], not s[1]))
        holes, needs = "", []
        for k, (negative, _, _) in enumerate(signed):
            holes += (" - " if negative else " + " if k else "") + f"{{{k}}}"
            needs.append(MUL if k else SUM)
        if signed[0][0]:
            holes, needs[0] = "-" + holes.removeprefix(" - "), POW
        return self.apply(holes, [v for _, _, v in signed], needs, SUM)

    def _power(self, t: Term) -> Value:
        base, k = t.args[0], t.data
        if k < 0:
            return self._signed(Fraction(1), [t])
        if k > _LARGEST_EXACT:
            raise ClaimError(f"the exponent {k} is too large for floating point")
        return self._raised(self.value(base), k)

    def _raised(self, value: Value, k: int) -> Value:
        """A power, of arrays as products of squares, which take a tenth of the time."""
        if k < 3 or k > _MOST_SQUARED or not value.axes:
            return self.apply(f"{{0}} ** {k}", [value], [ATOM], POW)
        half = self._raised(value, k // 2) if k > 3 else value
        square = self.apply("{0} ** 2", [half], [ATOM], POW)
        return square if k % 2 == 0 else self.times([value, square])

    def number(self, value: int) -> Value:
        """An integer literal ≥ 0, rounded to a float where it has too many digits."""
        if value <= _LARGEST_EXACT:
            return Value(self.program.leaf(str(value)))
        try:
            return Value(self.program.leaf(repr(float(value))))
        except OverflowError:
            raise ClaimError(f"a number of {len(str(value))} digits does not fit a float") from None

    def _signed(self, coefficient: Fraction, factors: Sequence[Term]) -> Value:
        value = self.product(abs(coefficient), factors)
        if coefficient >= 0:
            return value
        node = self.program.node("-{0}", [value.node], [POW], UNARY)
        return Value(node, value.axes)

    def product(self, coefficient: Fraction, factors: Sequence[Term]) -> Value:
        """A product, its divisors in one denominator, small arrays multiplied first."""
        from symderiv.numeric.cases import diagonal

        for f in factors:
            if is_delta(f):
                found = diagonal(self, coefficient, factors, f)
                if found is not None:
                    return found
        above, below = list[Value](), list[Value]()
        for f in factors:
            if f.op in ("pow", "root") and f.data < 0:
                inverse = (
                    power(f.args[0], -f.data) if f.op == "pow" else Term("root", -f.data, f.args)
                )
                value = self.value(f.args[0] if (cubed := _is_cube(f)) else inverse)
                if cubed:  # ‖d‖³ overflows from 10^103 on
                    one = self.apply("1 / {0}", [value], [UNARY], MUL)
                    above.append(self._raised(one, -f.data))
                    continue
                below.append(value)
            else:
                above.append(self.value(f))
        p, q = coefficient.numerator, coefficient.denominator
        if max(p, q) > _LARGEST_EXACT:
            p, q = 1, 1
            try:
                above.insert(0, Value(self.program.leaf(repr(float(coefficient)))))
            except OverflowError:
                raise ClaimError("a coefficient is too large for floating point") from None
        if not above and not below and q != 1:
            return Value(self.program.leaf(f"{p} / {q}", MUL))
        if p != 1 or not above:
            above.insert(0, self.number(p))
        if q != 1:
            below.insert(0, self.number(q))
        numerator = self.multiplied(above)
        if not below:
            return numerator
        return self.apply("{0} / {1}", [numerator, self.multiplied(below)], [MUL, UNARY], MUL)

    def multiplied(self, values: Sequence[Value]) -> Value:
        """A product of arrays, those with the same axes first, from few axes to many."""
        groups: dict[frozenset[str], list[Value]] = {}
        for v in values:
            groups.setdefault(frozenset(v.axes), []).append(v)
        out: list[Value] = []
        for key in sorted(groups, key=len):
            same = groups[key]
            if len(key) > 0 or len(groups) == 1:
                same = [*out, self.times(same)] if out else same
                out = [self.times(same)]
            else:
                out = same
        return out[0] if len(out) == 1 else self.times(out)

    def times(self, values: Sequence[Value]) -> Value:
        """A product, broadcasting."""
        if len(values) == 1:
            return values[0]
        holes = " * ".join(f"{{{k}}}" for k in range(len(values)))
        return self.apply(holes, values, [MUL, *[UNARY] * (len(values) - 1)], MUL)

    # -- integers -----------------------------------------------------------------------

    def form(self, form: Linear) -> str:
        """An integer form in sizes as text."""
        text = ""
        for name, c in sorted(form.coefficients, key=lambda item: item[1] < 0):
            if name not in self.scalars:
                raise ClaimError(
                    f"{name} is neither an argument nor a size of one; add it to the arguments"
                )
            part = self.scalars[name] if abs(c) == 1 else f"{abs(c)} * {self.scalars[name]}"
            text += f" {'-' if c < 0 else '+'} {part}" if text else f"-{part}" if c < 0 else part
        if form.constant or not text:
            c = form.constant
            text += f" {'-' if c < 0 else '+'} {abs(c)}" if text else str(c)
        return text

    def size(self, form: Linear, *, nested: bool = False) -> int:
        """A form in sizes as a node."""
        text = self.form(form)
        plain = text.isidentifier() or text.isdigit()
        return self.program.leaf(text, ATOM if plain else SUM if not nested else ATOM)

    def length(self, axis: str) -> Linear:
        """The length of an axis."""
        lower, upper = self.normal.spans[axis]
        return upper - lower + 1

    def is_row(self, axis: str) -> bool:
        """Whether an axis runs over a block of rows."""
        return self.rows is not None and axis in self.rows.names

    def accumulated(self, value: Value) -> Value:
        """The sum over all blocks of what is the sum over one."""
        lengths = [self.form(self.length(a)) for a in value.axes]
        zero = f"np.zeros(({', '.join(lengths)}))" if len(lengths) > 1 else "0.0"
        if len(lengths) == 1:
            zero = f"np.zeros({lengths[0]})"
        return Value(self.program.accumulate(value.node, zero), value.axes)

    def _axis(self, axis: str) -> Value:
        """The values of an index, as a vector."""
        if self.is_row(axis):
            raise NotBlocked
        lower, upper = self.normal.spans[axis]
        if lower == Linear():
            text = f"np.arange({self.form(upper + 1)})"
        else:
            text = f"np.arange({self.form(lower)}, {self.form(upper + 1)})"
        return Value(self.program.node(text, []), (axis,))

    def integers(self, form: Linear) -> Value:
        """An integer form as real numbers, over the axes of its indices."""
        inner = form.names & self.normal.spans.keys()
        if not inner:
            return Value(self.size(form))
        parts = [(form.coefficient(a), self._axis(a)) for a in sorted(inner)]
        rest = Linear({k: c for k, c in form.coefficients if k not in inner}, form.constant)
        if rest.coefficients:
            parts.append((1, Value(self.size(rest))))
        elif rest.constant:
            parts.append((1 if rest.constant > 0 else -1, self.number(abs(rest.constant))))
        parts.sort(key=lambda part: part[0] < 0)
        holes, needs, values = "", list[int](), list[Value]()
        for k, (c, v) in enumerate(parts):
            if abs(c) != 1:
                v = self.times([self.number(abs(c)), v])
            holes += ("-" if c < 0 else "") if not k else (" - " if c < 0 else " + ")
            holes += f"{{{k}}}"
            needs.append(MUL if k else POW if c < 0 else SUM)
            values.append(v)
        return values[0] if holes == "{0}" else self.apply(holes, values, needs, SUM)

    def fresh_axis(self, like: str) -> str:
        """Another index over the span of one."""
        name = fresh_index(like)
        self.normal.spans[name] = self.normal.spans[like]
        if self.rows is not None and like in self.rows.names:
            self.rows.names.add(name)
        return name


def _is_cube(f: Term) -> bool:
    base = f.args[0]
    return f.op == "pow" and f.data <= -3 and base.op == "call" and base.data in ("hypot", "norm")


def union(axes: Iterable[tuple[str, ...]], order: Sequence[str] = ()) -> tuple[str, ...]:
    """All axes, in the order of the result or else of the value that has the most."""
    several = sorted(axes, key=lambda a: -len(a))
    every = tuple(dict.fromkeys(name for a in several for name in a))
    if all(name in order for name in every):
        return tuple(sorted(every, key=list(order).index))
    return every
