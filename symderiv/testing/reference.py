"""The exact gradient at given data, and how far rounding alone may take a function from it.

The reference is not a formula of a derivative: the refuter's evaluator reads the SymPy objects as
they are written, in balls that enclose the exact value (Johansson's Arb), and takes derivatives by
power series. The precision is raised until the value is known to more digits than a double has.

What rounding explains is bounded by the conditioning of the gradient g, not by a tolerance. A
function that makes at most k roundings on the way, each worth a relative change u of an input, of
a term of a sum or of a result, is within

    k u (|gⱼ| + Σᵢ |∂tᵢ/∂wⱼ| + Σₚ |xₚ ∂gⱼ/∂xₚ|)

to first order (Higham, *Accuracy and Stability of Numerical Algorithms*, sections 1.6 and 3.1),
where tᵢ are the terms of the outermost sums and xₚ all entries of the arguments that are not
exact. A stable formula stays inside; one that cancels or overflows where the gradient itself is
harmless does not.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import sympy
from flint import arb, fmpq
from numpy.typing import NDArray
from sympy import Basic, Symbol

from symderiv.refute.conditions import relations, symbols_of
from symderiv.refute.evaluate import Compiler, Evaluation, OutOfWork
from symderiv.refute.jets import OutsideShape, Undefined
from symderiv.refute.matrices import is_matrix, matrix
from symderiv.testing.designs import Argument, Design
from symderiv.testing.oracles import LIBRARY, SLACK, TINY, UNIT
from symderiv.verdict import ClaimError

__all__ = ["Exact", "Expression", "Reference"]

Array = NDArray[np.float64]
Closure = Callable[[Evaluation], Any]

_PRECISIONS = (128, 512, 2048, 8192)
_DIGITS = 80  # bits to which a value has to be known
_WORK = 10**7  # nodes for one design, beyond which it is left out
_LARGEST = 1e300
"""Beyond it a gradient is not compared: an intermediate result may rightly overflow."""
_ELEMENTARY = 8 * LIBRARY + 16
"""Roundings of eight library functions and sixteen operations, beside those of the sums."""


@dataclass(frozen=True)
class Exact:
    """A value, or the gradient by one argument, at a design: balls, and their nearest doubles."""

    balls: dict[tuple[int, ...], Any]
    value: Array
    bits: int


class Expression:
    """An expression of some arguments, evaluated in balls at designs."""

    def __init__(
        self,
        expression: Any,
        arguments: Sequence[Argument],
        where: Sequence[Basic],
        let: Mapping[Basic, Basic],
    ) -> None:
        self.arguments = arguments
        self.expression = _as_read(expression)
        self._compiler = Compiler(let)
        self._relations = relations(where)
        for tree in (self.expression, *self._relations):
            self._compiler.scan(tree)
        self._evaluation = Evaluation()
        self._conditions = [(r, self._compiler.condition(r)) for r in self._relations]

    def value(self, design: Design) -> Exact | None:
        """The expression at a design, as rows, or None where it is not defined."""
        whole = is_matrix(self.expression)
        body = (matrix if whole else Compiler.scalar)(self._compiler, self.expression)

        def rows() -> list[Exact]:
            entries = body(self._evaluation)
            entries = entries if whole else [[entries]]
            shape = len(entries), len(entries[0])
            return [_exact(shape, lambda at: entries[at[0]][at[1]], self._bits)]

        found = self._known(rows, design)
        return found[0] if found else None

    def _known(self, found: Callable[[], list[Exact]], design: Design) -> list[Exact] | None:
        """What is found at the first precision at which it is known to the digits asked for."""
        for bits in _PRECISIONS:
            self.enter(design, bits)
            try:
                values = found()
            except Undefined as undefined:
                if undefined.kind != "uncertain":
                    return None
                continue
            except OutOfWork:
                return None
            if all(_known(ball) for exact in values for ball in exact.balls.values()):
                fits = all(np.all(np.abs(exact.value) < _LARGEST) for exact in values)
                return values if fits else None
        return None

    def distance(self, exact: Exact, got: Array) -> Array:
        """|got − g| for every entry, infinite for what is no number."""
        out = np.full(got.shape, math.inf)
        for index, ball in exact.balls.items():
            if math.isfinite(got[index]):
                out[index] = _upper(ball - arb(fmpq(*float(got[index]).as_integer_ratio())))
        return out

    @property
    def spent(self) -> int:
        """How many nodes were evaluated since a design was entered."""
        return _WORK - self._evaluation.work

    # ---- points

    def enter(self, design: Design, bits: int = 128) -> None:
        """Move the evaluation to a design."""
        integers = dict(design.sizes)
        values: dict[tuple[Any, ...], Any] = {}
        for a in self.arguments:
            array = design.arrays[a.name]
            if a.domain.integer and isinstance(a.symbol, Symbol):
                integers[a.symbol] = int(array)
                continue
            for index in np.ndindex(array.shape):
                values[a.place(index)] = fmpq(*float(array[index]).as_integer_ratio())
        self._integers, self._bits = integers, bits
        self._evaluation.work = _WORK
        self._evaluation.start(integers, values, None, bits)

    def admits(self, design: Design) -> bool:
        """Whether ``where`` certainly holds."""
        if not all(x in a.domain for a in self.arguments for x in design.arrays[a.name].flat):
            return False
        self.enter(design)
        s = self._evaluation
        largest = max([1, *design.sizes.values()])
        for relation, holds in self._conditions:
            free = [x for x in symbols_of(relation) if x not in self._integers and x.is_integer]
            for at in np.ndindex(*(largest + 1,) * len(free)):
                s.index = {**self._integers, **dict(zip(free, map(int, at), strict=True))}
                try:
                    if not holds(s):
                        return False
                except OutsideShape:
                    continue  # no such entry
                except Undefined:
                    return False
        return True


class Reference(Expression):
    """The gradient of a cost by some of its arguments, or a gradient given as an expression."""

    def __init__(
        self,
        expression: Any,
        arguments: Sequence[Argument],
        wrt: Sequence[Argument],
        where: Sequence[Basic],
        let: Mapping[Basic, Basic],
        exact: Sequence[str],
    ) -> None:
        super().__init__(expression, arguments, where, let)
        self.wrt, self.exact = wrt, set(exact)
        shape = tuple(self.expression.shape) if is_matrix(self.expression) else (1, 1)
        self.is_cost = shape == (1, 1)
        if self.is_cost:
            self._body = self._compiler.scalar(self.expression)
        else:
            of_wrt = [
                tuple(w.symbol.shape) for w in wrt if isinstance(w.symbol, sympy.MatrixSymbol)
            ]
            if len(wrt) != 1 or of_wrt != [shape]:
                raise ClaimError(
                    f"the expression has shape {shape}: expected a scalar cost, or the gradient "
                    f"in the shape of {', '.join(w.name for w in wrt)}"
                )
            self._body = matrix(self._compiler, self.expression)
        if self._compiler.opaque:  # the evaluator would take a polynomial of its own for it
            names = ", ".join(self._compiler.opaque)
            raise ClaimError(f"{names} has no definition: nothing can be compared with it")

    # ---- the gradient

    def _entry(self, w: Argument, index: tuple[int, ...]) -> Closure:
        if self.is_cost:
            place = w.place(index)
            return lambda s: s.derivative(self._body, [place])
        row, column = (*index, 0) if w.column else index
        return lambda s: self._body(s)[row][column]

    def gradient(self, design: Design) -> list[Exact] | None:
        """The gradient by each argument of ``wrt``, or None where it is not defined."""
        return self._known(lambda: [self._by(w, design) for w in self.wrt], design)

    def _by(self, w: Argument, design: Design) -> Exact:
        s = self._evaluation
        shape = design.arrays[w.name].shape
        return _exact(shape, lambda at: self._entry(w, at)(s), self._bits)

    def parts(self, design: Design) -> list[tuple[Any, list[Array]]]:
        """The terms that the cost is a sum of, each with its gradient by each of ``wrt``."""
        terms = sympy.Add.make_args(self.expression) if self.is_cost else ()
        if len(terms) < 2:
            return []
        found = []
        for term in terms:
            body = self._compiler.scalar(term)
            self.enter(design, _PRECISIONS[1])
            slopes = []
            for w in self.wrt:
                slope = np.empty(design.arrays[w.name].shape)
                for index in np.ndindex(slope.shape):
                    try:
                        ball = arb(self._evaluation.derivative(body, [w.place(index)]))
                    except Undefined:
                        return []
                    slope[index] = _nearest(ball)
                slopes.append(slope)
            found.append((term, slopes))
        return found

    # ---- what rounding explains

    def roundings(self, design: Design) -> int:
        """How many roundings in a row a function may make: k."""
        return _ELEMENTARY + 2 * sum(design.sizes.values())

    def allowance(
        self,
        which: int,
        index: tuple[int, ...],
        exact: Exact,
        design: Design,
        distance: float = math.inf,
    ) -> float:
        """How far rounding alone may take a function from an entry.

        The sum is taken until it explains ``distance``; the rest would only add to it. Infinite
        where the gradient jumps: there is nothing to compare with.
        """
        w = self.wrt[which]
        k = self.roundings(design)
        largest = (float(np.max(np.abs(a), initial=1.0)) for a in design.arrays.values())
        reach = min(math.prod(largest), 1e100)  # what an underflow may be multiplied by
        bound = TINY * reach * k + SLACK * k * UNIT * abs(float(exact.value[index]))
        if bound >= distance:
            return bound
        self.enter(design, exact.bits)
        entry = self._entry(w, index)
        for size in self._sizes(w, index, entry, exact, design):
            bound += SLACK * k * UNIT * size
            if bound >= distance:
                break
        return bound

    def _sizes(
        self, w: Argument, index: tuple[int, ...], entry: Closure, exact: Exact, design: Design
    ) -> Iterator[float]:
        """The parts of the bound: |xₚ ∂g/∂xₚ| for every input, then |∂tᵢ/∂w| for every term."""
        s = self._evaluation
        for a in self.arguments:
            if a.name in self.exact or a.domain.integer:
                continue
            array = design.arrays[a.name]
            for at in np.ndindex(array.shape):
                if not array[at]:
                    continue
                try:
                    size = abs(float(array[at])) * _upper(s.derivative(entry, [a.place(at)]))
                except Undefined:  # a joint, such as max(y_i − y_j, 0) at i = j
                    size = self._beside(a, at, entry, exact.balls[index], exact.bits, design)
                    self.enter(design, exact.bits)
                yield size
        if self.is_cost:
            yield self._terms(w.place(index), design)

    def _beside(
        self, a: Argument, at: tuple[int, ...], entry: Closure, here: Any, bits: int, design: Design
    ) -> float:
        """|x ∂g/∂x| on both sides of a joint, by differences; infinite where g jumps.

        An input is moved as far as the roundings may move it, and 64 times as far: the change of
        g grows with the way unless it jumps. A side on which g has no value explains nothing.
        """
        step, array = SLACK * self.roundings(design) * UNIT, design.arrays[a.name]
        largest = 0.0
        for side in (-1, 1):
            changes = []
            for far in (1, 64):
                moved = array.copy()
                moved[at] *= 1 + side * far * step
                self.enter(design.moved(a.name, moved), bits)
                try:
                    changes.append(_upper(arb(entry(self._evaluation)) - here))
                except Undefined:
                    break
            if len(changes) == 2:
                near, far_off = changes
                if near > far_off / 8 and near > 2.0**-60 * _upper(here):
                    return math.inf
                largest = max(largest, near / step)
        return largest

    def _terms(self, place: tuple[Any, ...], design: Design) -> float:
        """Σᵢ |∂tᵢ/∂w| over the terms of the outermost sums."""
        total = 0.0
        for part in sympy.Add.make_args(self.expression):
            factors = sympy.Mul.make_args(part)
            sums = [f for f in factors if isinstance(f, sympy.Sum)]
            if len(sums) != 1:
                continue
            rest = [f for f in factors if f is not sums[0]]
            *inner, (i, low, high) = sums[0].limits
            try:
                first, last = (self._compiler.integer(end)(self._evaluation) for end in (low, high))
                for v in range(first, last + 1):
                    at = sympy.Integer(v)
                    term = sympy.Mul(
                        *rest, sympy.Sum(sums[0].function, *inner, (i, at, at)), evaluate=False
                    )
                    body = self._compiler.scalar(term)
                    total += _upper(self._evaluation.derivative(body, [place]))
            except Undefined:
                continue
        return total


def _exact(shape: tuple[int, ...], entry: Callable[[tuple[int, ...]], Any], bits: int) -> Exact:
    balls = {index: arb(entry(index)) for index in np.ndindex(shape)}
    value = np.empty(shape)
    for index, ball in balls.items():
        value[index] = _nearest(ball)
    return Exact(balls, value, bits)


def _as_read(expression: Any) -> Any:
    if not isinstance(expression, Basic):
        try:
            expression = sympy.sympify(expression, strict=True)
        except sympy.SympifyError:
            raise ClaimError(
                f"{expression!r} is a {type(expression).__name__}, not a SymPy expression"
            ) from None
    if isinstance(expression, sympy.MatrixBase):
        expression = expression.as_immutable()
    return expression


def _known(ball: Any) -> bool:
    """Whether a value is known to the digits asked for, or is too small for a double."""
    if not ball.is_finite():
        return False
    radius = abs(ball.rad())
    return bool(radius <= abs(ball.mid()) * arb(2) ** -_DIGITS or radius < arb(2) ** -1200)


def _upper(value: Any) -> float:
    """An upper bound on |value|, a little above it."""
    if value == math.inf:
        return math.inf
    size = arb(value).abs_upper()
    if not size.is_finite() or size > _LARGEST * 1e7:
        return math.inf
    return float(size) * (1 + 2 * UNIT)


def _nearest(ball: Any) -> float:
    """The double that is nearest to the middle of a ball."""
    if abs(ball) > _LARGEST * 1e7:
        return math.inf
    if abs(ball) < arb(2) ** -1200:  # also e^(−10^10), whose exponent fills no memory
        return 0.0
    mantissa, exponent = (int(part) for part in ball.mid().man_exp())
    return float(Fraction(mantissa) * Fraction(2) ** exponent)
