"""Terms as arrays over their indices: every value knows its axes.

A term with the indices i and j is an array with an axis for each; ``σ(Σₖ X[i, k]·θ[k])`` is
a vector over i. Elementwise operations align axes, entries become slices, and sums are
handed to ``contractions``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from symderiv.indexform.conditions import Unsupported
from symderiv.indexform.terms import (
    ONE,
    ZERO,
    Linear,
    Term,
    fresh_index,
    integer,
    mul,
    num,
    power,
    substitute,
)
from symderiv.numeric.outputs import NOT_A_NUMBER
from symderiv.numeric.source import ATOM, MUL, POW, SUM, UNARY, Program
from symderiv.numeric.sums import Normal, is_delta, monomial
from symderiv.verdict import ClaimError

__all__ = ["Arrays", "Layout", "Value", "union"]

_CALLS = {
    "exp": "np.exp",
    "log": "np.log",
    "abs": "np.abs",
    "sign": "np.sign",
    "maximum": "np.maximum",
    "minimum": "np.minimum",
    "tanh": "np.tanh",
    "sinh": "np.sinh",
    "cosh": "np.cosh",
}
_CONSTANTS = {"pi": "np.pi", "EulerGamma": "np.euler_gamma", "Catalan": "0.915965594177219"}
_LARGEST_EXACT = 2**53
_LONGEST_WRITTEN = 32  # entries of a written-out axis
_ROOTS = {Fraction(1, 2): "np.sqrt({0})"}


@dataclass(frozen=True)
class Value:
    """A node of the program and its axes; ``fresh`` where it is no view of an input."""

    node: int
    axes: tuple[str, ...] = ()
    fresh: bool = True


@dataclass(frozen=True)
class Layout:
    """How an array argument lies in memory: name, sizes of its axes, index of the first entry.

    ``slots`` says which of the term's indices have an axis; the others are 0. An array is
    not ``shaped`` where only the sums over it say how long it is.
    """

    name: str
    sizes: tuple[Linear, ...]
    first: tuple[Linear, ...]
    slots: tuple[int, ...]
    shaped: bool = True


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
    """

    def __init__(
        self,
        program: Program,
        normal: Normal,
        layouts: Mapping[str, Layout],
        scalars: Mapping[str, str],
    ) -> None:
        self.program, self.normal = program, normal
        self.layouts, self.scalars = layouts, scalars
        self.real_cases = False
        self.order: tuple[str, ...] = ()  # of the axes of the output, where a product may choose
        self._integer_cases = 0  # how many cases of integers we are inside
        self._memo: dict[Term, Value] = {}

    # -- terms --------------------------------------------------------------------------

    def value(self, t: Term) -> Value:
        """The array of a normal term."""
        found = self._memo.get(t)
        if found is None:
            found = self._memo[t] = self._value(t)
        return found

    def _value(self, t: Term) -> Value:
        from symderiv.numeric.contractions import contraction

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
                return self._integer(t.data)
            case "entry":
                return self._entry(*t.data)
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
                form = f"{{0}} ** ({t.data.numerator} / {t.data.denominator})"
                return self.apply(form, [self.value(t.args[0])], [ATOM], POW)
            case "call":
                if t.data not in _CALLS:
                    raise Unsupported(f"the function {t.data} in NumPy code")
                holes = ", ".join(f"{{{k}}}" for k in range(len(t.args)))
                return self.apply(f"{_CALLS[t.data]}({holes})", [self.value(a) for a in t.args])
            case "sum":
                return contraction(self, t)
            case "sign":
                return self._cases(t)
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
        return Value(self.program.node(template, nodes, needs, precedence), axes)

    def align(self, value: Value, axes: Sequence[str]) -> int:
        """The value with its axes in the order of ``axes``, broadcasting over the others."""
        order = tuple(a for a in axes if a in value.axes)
        node = self.transposed(value, order).node
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
        return self.apply(f"{{0}} ** {k}", [self.value(base)], [ATOM], POW)

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
        for f in factors:
            if is_delta(f):
                found = self._diagonal(coefficient, factors, f)
                if found is not None:
                    return found
        above, below = list[Value](), list[Value]()
        for f in factors:
            if f.op in ("pow", "root") and f.data < 0:
                inverse = power(f.args[0], -f.data) if f.op == "pow" else Term("root", -f.data, f.args)
                below.append(self.value(inverse))
            else:
                above.append(self.value(f))
        p, q = coefficient.numerator, coefficient.denominator
        if max(p, q) > _LARGEST_EXACT:
            p, q = 1, 1
            try:
                above.insert(0, Value(self.program.leaf(repr(float(coefficient)))))
            except OverflowError:
                raise ClaimError("a coefficient is too large for floating point") from None
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
                same = [*out, self._times(same)] if out else same
                out = [self._times(same)]
            else:
                out = same
        return out[0] if len(out) == 1 else self._times(out)

    def _times(self, values: Sequence[Value]) -> Value:
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

    def _axis(self, axis: str) -> Value:
        """The values of an index, as a vector."""
        lower, upper = self.normal.spans[axis]
        if lower == Linear():
            text = f"np.arange({self.form(upper + 1)})"
        else:
            text = f"np.arange({self.form(lower)}, {self.form(upper + 1)})"
        return Value(self.program.node(text, []), (axis,))

    def _integer(self, form: Linear) -> Value:
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
                v = self._times([self.number(abs(c)), v])
            holes += ("-" if c < 0 else "") if not k else (" - " if c < 0 else " + ")
            holes += f"{{{k}}}"
            needs.append(MUL if k else POW if c < 0 else SUM)
            values.append(v)
        return values[0] if holes == "{0}" else self.apply(holes, values, needs, SUM)

    # -- entries ------------------------------------------------------------------------

    def _entry(self, array: str, indices: tuple[Linear, ...]) -> Value:
        layout = self.layouts.get(array)
        if layout is None:
            raise ClaimError(f"{array} is not among the arguments; add it to them")
        leaf = self.program.leaf(layout.name)
        spans, texts, axes = self.normal.spans, list[str](), list[str]()
        positions = [indices[k] - f for k, f in zip(layout.slots, layout.first, strict=True)]
        for position, size in zip(positions, layout.sizes, strict=True):
            inner = [a for a in position.names if a in spans]
            first = self.normal.extreme(position, False)
            last = self.normal.extreme(position, True)
            inside = self.normal.ranges.nonnegative(first) and self.normal.ranges.nonnegative(
                size - 1 - last
            )
            plain = len(inner) == 1 and position.coefficient(inner[0]) == 1
            if not inside or (inner and (not plain or inner[0] in axes)):
                return self._gathered(leaf, layout, positions)
            if not inner:
                texts.append(self.form(position))
                continue
            axes.append(inner[0])
            start = "" if first == Linear() else self.form(first)
            stop = "" if last + 1 == size else self.form(last + 1)
            texts.append(f"{start}:{stop}")
        while texts and texts[-1] == ":":
            texts.pop()
        if not texts:
            return Value(leaf, tuple(axes), fresh=False)
        node = self.program.node(f"{{0}}[{', '.join(texts)}]", [leaf], [ATOM], cheap=True)
        return Value(node, tuple(axes), fresh=not axes)

    def _gathered(self, leaf: int, layout: Layout, positions: Sequence[Linear]) -> Value:
        """Entries at computed positions; those that no case asks for are clipped."""
        if self._whole_diagonal(layout, positions):
            (a,) = positions[0].names
            return Value(self.program.node("np.diagonal({0})", [leaf]), (a,), fresh=False)
        values = []
        for position, size in zip(positions, layout.sizes, strict=True):
            v = self._integer(position)
            first = self.normal.extreme(position, False)
            last = self.normal.extreme(position, True)
            known = self.normal.ranges
            if not (known.nonnegative(first) and known.nonnegative(size - 1 - last)):
                if not layout.shaped and not self._integer_cases:
                    raise ClaimError(
                        f"an index of {layout.name} may leave the range that the sums give it; "
                        f"give {layout.name} a shape"
                    )
                top = Value(self.size(size - 1))
                v = self.apply("np.clip({0}, 0, {1})", [v, top])
            values.append(v)
        holes = ", ".join(f"{{{k + 1}}}" for k in range(len(values)))
        axes = union((v.axes for v in values), self.order)
        nodes = [leaf, *(self.align(v, axes) for v in values)]
        return Value(self.program.node(f"{{0}}[{holes}]", nodes, [ATOM, *[0] * len(values)]), axes)

    def _whole_diagonal(self, layout: Layout, positions: Sequence[Linear]) -> bool:
        first = positions[0]
        if len(positions) != 2 or positions[1] != first or len(set(layout.sizes)) != 1:
            return False
        whole = (Linear(), layout.sizes[0] - 1)
        return any(first == Linear.of(a) and self.normal.spans.get(a) == whole for a in first.names)

    # -- cases --------------------------------------------------------------------------

    def _diagonal(
        self, coefficient: Fraction, factors: Sequence[Term], delta: Term
    ) -> Value | None:
        """[i = j]·f as a diagonal matrix, where i and j run over the same range."""
        form: Linear = delta.args[0].data
        spans = self.normal.spans
        pair = [a for a, c in form.coefficients if a in spans]
        if len(pair) != 2 or spans[pair[0]] != spans[pair[1]]:
            return None
        a, b = union([tuple(pair)], self.order)
        if form not in (Linear({a: 1, b: -1}), Linear({a: -1, b: 1})):
            return None
        others = [f for f in factors if f is not delta]
        rest = substitute(mul(*others, num(coefficient)), {b: Linear.of(a)})
        axes = self.normal.axes(rest)
        if axes - {a}:
            return None
        v = self.value(self.normal.run(rest))
        if axes:
            return Value(self.program.node("np.diag({0})", [v.node]), (a, b))
        eye = Value(self.program.node(f"np.eye({self.form(self.length(a))})", []), (a, b))
        return eye if rest is ONE else self._times([v, eye])

    def _compare(self, u: Term) -> tuple[Value, Value]:
        """Two sides whose order is the sign of u, so that nothing is subtracted."""
        left, right = list[Term](), list[Term]()
        if u.op == "int":
            form: Linear = u.data
            above = {name: c for name, c in form.coefficients if c > 0}
            below = {name: -c for name, c in form.coefficients if c < 0}
            left = [integer(Linear(above, max(form.constant, 0)))]
            right = [integer(Linear(below, max(-form.constant, 0)))]
        else:
            for a in u.args if u.op == "add" else (u,):
                coefficient, factors = monomial(a)
                side = right if coefficient < 0 else left
                side.append(mul(*factors, num(abs(coefficient))))
            if len(left) > 1 or len(right) > 1:
                left, right = [u], []
        sides = [self.value(s[0]) if s else self.number(0) for s in (left, right)]
        return sides[0], sides[1]

    def _cases(self, t: Term) -> Value:
        u, positive, at_zero, negative = t.args
        if is_delta(t):
            found = self._diagonal(Fraction(1), [t], t)
            if found is not None:
                return found
        left, right = self._compare(u)
        self._integer_cases += u.op == "int"
        p, z, n = (self.value(a) for a in (positive, at_zero, negative))
        self._integer_cases -= u.op == "int"

        def where(relation: str, yes: Value, no: Value) -> Value:
            text = f"np.where({{0}} {relation} {{1}}, {{2}}, {{3}})"
            return self.apply(text, [left, right, yes, no], [SUM, SUM, 0, 0])

        if z is p or z == p:
            out = where(">=", p, n)
        elif z == n:
            out = where(">", p, n)
        elif p == n:
            out = where("==", z, p)
        else:
            out = where(">", p, where("==", z, n))
        if u.op == "int":
            return out
        self.real_cases = True
        unknown = [v for v in (left, right) if not _literal(self.program, v)]
        test = " | ".join(f"np.isnan({{{k}}})" for k in range(len(unknown)))
        k = len(unknown)
        return self.apply(f"np.where({test}, np.nan, {{{k}}})", [*unknown, out])

    # -- results ------------------------------------------------------------------------

    def output(self, t: Term, axes: tuple[str, ...], *, owned: bool = True) -> Value:
        """The array of a term with exactly these axes, in this order.

        ``owned`` asks for an array that is no view of an input.
        """
        for position, a in enumerate(axes):
            if self.normal.breakpoint(a, t) is not None:
                length = self.length(a)
                if not length.coefficients and length.constant <= _LONGEST_WRITTEN:
                    return self._written(t, axes, position)
                return self._concatenated(t, axes, position)
        self.order = axes
        v = self.value(t)
        missing = [a for a in axes if a not in v.axes]
        if any(self.length(a) != Linear(constant=1) for a in missing) or not v.axes and axes:
            return self._filled(t, v, axes)
        node = self.transposed(v, tuple(a for a in axes if a in v.axes)).node
        if missing:
            index = ", ".join("None" if a in missing else ":" for a in axes)
            node = self.program.node(f"{{0}}[{index}]", [node], [ATOM], cheap=True)
        if owned and not v.fresh:
            node = self.program.node("{0}.copy()", [node], [ATOM])
        return Value(node, axes)

    def _filled(self, t: Term, v: Value, axes: tuple[str, ...]) -> Value:
        """An array that is the same along some axes."""
        lengths = [self.form(self.length(a)) for a in axes]
        shape = f"({', '.join(lengths)})" if len(axes) > 1 else lengths[0]
        if t is ONE or t is ZERO:
            name = "np.ones" if t is ONE else "np.zeros"
            return Value(self.program.node(f"{name}({shape})", []), axes)
        text = f"np.full({shape}, {{0}}, dtype=float)"
        return Value(self.program.node(text, [self.align(v, axes)]), axes)

    def _pieces(self, t: Term, axes: tuple[str, ...], position: int) -> list[Value]:
        a = axes[position]
        cut = self.normal.breakpoint(a, t)
        if cut is None:
            return [self.output(t, axes, owned=False)]
        out = []
        for piece in self.normal.split(a, cut):
            inner = self.normal.run(substitute(t, {a: Linear.of(piece)}))
            renamed = (*axes[:position], piece, *axes[position + 1 :])
            out += self._pieces(inner, renamed, position)
        return out

    def _concatenated(self, t: Term, axes: tuple[str, ...], position: int) -> Value:
        pieces = self._pieces(t, axes, position)
        holes = ", ".join(f"{{{k}}}" for k in range(len(pieces)))
        axis = f", axis={position}" if position else ""
        text = f"np.concatenate([{holes}]{axis})"
        return Value(self.program.node(text, [p.node for p in pieces]), axes)

    def _written(self, t: Term, axes: tuple[str, ...], position: int) -> Value:
        """An axis of a few entries, each with its own formula."""
        a = axes[position]
        lower, upper = self.normal.spans[a]
        rest = (*axes[:position], *axes[position + 1 :])
        nodes = []
        for c in range(lower.constant, upper.constant + 1):
            here = self.normal.run(substitute(t, {a: Linear(constant=c)}))
            nodes.append(self.output(here, rest, owned=False).node)
        holes = ", ".join(f"{{{k}}}" for k in range(len(nodes)))
        if position:
            return Value(self.program.node(f"np.stack([{holes}], axis={position})", nodes), axes)
        return Value(self.program.node(f"np.array([{holes}], dtype=float)", nodes), axes)

    def fresh_axis(self, like: str) -> str:
        """Another index over the span of one."""
        name = fresh_index(like)
        self.normal.spans[name] = self.normal.spans[like]
        return name


def union(axes: Iterable[tuple[str, ...]], order: Sequence[str] = ()) -> tuple[str, ...]:
    """All axes, in the order of the result or else of the value that has the most."""
    several = sorted(axes, key=lambda a: -len(a))
    every = tuple(dict.fromkeys(name for a in several for name in a))
    if all(name in order for name in every):
        return tuple(sorted(every, key=list(order).index))
    return every


def _literal(program: Program, v: Value) -> bool:
    node = program.nodes[v.node]
    return not node.args and not any(c.isalpha() or c == "_" for c in node.template)

