"""Inputs on which a wrong gradient shows: asymmetric sizes, exact zeros, edges and saturation.

A transposed X shows only where m ≠ n or X is not symmetric, a missing 1/m only where m > 1, an
unstable form only where an exponent is large, a case only at its edge. The designs are the same
on every run. Every number is a multiple of 1/64 times a power of two, or of 8, 40 or 800: exact
in a double, and short to read.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray
from sympy import Basic, IndexedBase, MatrixSymbol, Symbol
from sympy.matrices.expressions.matexpr import MatrixElement
from sympy.tensor.indexed import Indexed

from symderiv.verdict import ClaimError

__all__ = ["SCALES", "Argument", "Design", "Domain", "designs", "read_arguments", "sizes_of"]

Array = NDArray[np.float64]

SCALES = (1.0, 2.0**-10, 8.0, 40.0, 800.0)
"""What the variables are multiplied by: e^(-40) is lost beside 1, and e^800 overflows."""
_SIZES = (2, 3, 5, 1, 4)
_LONG = 9  # one more than a block of 8
_TRIES = 300


@dataclass(frozen=True)
class Domain:
    """The values that an entry of an argument may have."""

    low: float = -math.inf
    high: float = math.inf
    open_low: bool = False
    open_high: bool = False
    choices: tuple[float, ...] = ()
    integer: bool = False
    total: tuple[int, float] | None = None  # along which axis entries add up, and to what

    def __contains__(self, x: float) -> bool:
        if self.choices:
            return x in self.choices
        if self.integer and not float(x).is_integer():
            return False
        above = x > self.low if self.open_low else x >= self.low
        return above and (x < self.high if self.open_high else x <= self.high)

    @property
    def ends(self) -> tuple[float, ...]:
        """The ends that belong to it."""
        closed = ((self.low, self.open_low), (self.high, self.open_high))
        return tuple(x for x, is_open in closed if math.isfinite(x) and not is_open)

    def above(self, low: float, *, strict: bool) -> Domain:
        """The part above a number."""
        return self if low < self.low else replace(self, low=low, open_low=strict)

    def below(self, high: float, *, strict: bool) -> Domain:
        """The part below a number."""
        return self if high > self.high else replace(self, high=high, open_high=strict)

    def grid(self, rng: np.random.Generator, count: int) -> Array:
        """Numbers inside."""
        if self.choices:
            return rng.choice(np.array(self.choices), count)
        if self.integer:
            low = max(self.low + self.open_low, min(-4.0, self.high - 8))
            high = min(self.high - self.open_high, low + 8)
            return rng.integers(int(low), int(high), count, endpoint=True).astype(float)
        low, high = math.isfinite(self.low), math.isfinite(self.high)
        if low and high:
            return self.low + (self.high - self.low) * rng.integers(1, 64, count) / 64
        if low or high:
            step = rng.integers(1, 256, count) / 64
            return self.low + step if low else self.high - step
        return rng.integers(-256, 256, count, endpoint=True) / 64

    def edge(self, rng: np.random.Generator, count: int) -> Array:
        """Ends and exact zeros, some numbers inside among them."""
        some = self.ends or ((-1.0, 0.0, 1.0) if 0.0 in self and -1.0 in self else ())
        if self.choices or not some:
            return self.grid(rng, count)
        return np.where(
            rng.random(count) < 0.75, rng.choice(np.array(some), count), self.zero(rng, count)
        )

    def zero(self, rng: np.random.Generator, count: int) -> Array:
        """Zeros, where 0 is inside."""
        return np.zeros(count) if 0.0 in self else self.grid(rng, count)

    def adding_up(self, rng: np.random.Generator, array: Array) -> Array:
        """An array whose entries add up along an axis, near the given one where they are free."""
        if self.total is None or not array.size:
            return array
        axis, total = self.total
        out = np.moveaxis(array.copy(), axis, -1)
        for place in np.ndindex(out.shape[:-1]):
            row = self._row(rng, out[place], total)
            out[place] = out[place] if row is None else row
        return np.moveaxis(out, -1, axis)

    def _row(self, rng: np.random.Generator, given: Array, total: float) -> Array | None:
        """Numbers inside that add up to a total; None where none were found."""
        for _ in range(_TRIES):
            if self.choices or self.integer:
                row = self.grid(rng, len(given))
            elif math.isfinite(self.low):  # the total is cut at multiples of one 64th
                cuts = np.sort(rng.integers(0, 64, len(given) - 1, endpoint=True))
                parts = np.diff(np.array([0, *cuts, 64]))
                row = self.low + (total - len(given) * self.low) * parts / 64
            else:
                row = np.array([*given[:-1], total - math.fsum(given[:-1])])
            if math.fsum(row) == total and all(x in self for x in row):
                return row
        return None

    def scaled(self, rng: np.random.Generator, count: int, scale: float) -> Array:
        """Numbers of which the largest is ±scale, where there is room for them."""
        if self.choices or self.integer or (-scale not in self and scale not in self):
            return self.grid(rng, count)
        part = rng.integers(1, 64, count) / 64
        part[rng.integers(count)] = 1.0
        if -scale in self and scale in self:
            part *= rng.choice(np.array([-1.0, 1.0]), count)
        elif -scale in self:
            part = -part
        part *= scale
        return part if all(x in self for x in part) else self.grid(rng, count)


@dataclass(frozen=True)
class Argument:
    """One argument: its symbol, its shape in sizes, what its entries may be."""

    symbol: Basic
    name: str
    shape: tuple[Basic, ...]  # of the array that is passed: a column is flat
    domain: Domain
    column: bool = False

    def place(self, index: tuple[int, ...]) -> tuple[Any, ...]:
        """How an entry is called in an expression."""
        return (self.name, *index, 0) if self.column else (self.name, *index)

    def extent(self, sizes: Mapping[Symbol, int]) -> tuple[int, ...]:
        """The shape at concrete sizes."""
        return tuple(_whole(s, sizes, self.name) for s in self.shape)


@dataclass(frozen=True)
class Design:
    """Sizes, and an array for each argument (a number has no axes)."""

    sizes: Mapping[Symbol, int]
    arrays: Mapping[str, Array]
    kind: str = field(default="", compare=False)

    def moved(self, name: str, value: Array) -> Design:
        """The same with another value for one argument."""
        return replace(self, arrays={**self.arrays, name: value})


def _whole(size: Basic, sizes: Mapping[Symbol, int], name: str) -> int:
    if isinstance(size, Symbol):
        return sizes[size]
    if isinstance(size, sympy.Integer):
        return int(size)
    if isinstance(size, (sympy.Add, sympy.Mul)):
        join = sum if isinstance(size, sympy.Add) else math.prod
        return int(join(_whole(a, sizes, name) for a in size.args))
    raise ClaimError(f"the shape of {name} has {size}: expected a size, or sums and products")


def read_arguments(arguments: Sequence[Any], where: Sequence[Basic]) -> list[Argument]:
    """The arguments in call order, each with the domain that ``where`` gives its entries.

    Raises
    ------
    ClaimError
        For what is no Symbol, MatrixSymbol or IndexedBase with a shape.

    Examples
    --------
    >>> p = Symbol("p", real=True)
    >>> (a,) = read_arguments([p], [p > 0, p <= 1])
    >>> 0.0 in a.domain, 1.0 in a.domain
    (False, True)
    """
    found: list[Argument] = []
    for a in arguments:
        if isinstance(a, Symbol):
            shape, column, name = (), False, a.name
        elif isinstance(a, MatrixSymbol):
            column, name = a.shape[1] == 1, a.name
            shape = a.shape[:1] if column else a.shape
        elif isinstance(a, IndexedBase) and a.shape is not None:
            shape, column, name = tuple(a.shape), False, str(a.label)
        else:
            raise ClaimError(
                f"{a!r} cannot be an argument: expected a Symbol, a MatrixSymbol or an IndexedBase "
                "with a shape"
            )
        if any(name == other.name for other in found):
            raise ClaimError(f"two arguments are called {name}")
        found.append(Argument(a, name, tuple(shape), _domain(a, name, where), column))
    return found


def _domain(symbol: Any, name: str, where: Sequence[Basic]) -> Domain:
    domain = Domain(integer=bool(symbol.is_integer))
    if symbol.is_nonnegative:
        domain = domain.above(0.0, strict=bool(symbol.is_positive))
    if symbol.is_nonpositive:
        domain = domain.below(0.0, strict=bool(symbol.is_negative))
    for relation in itertools.chain.from_iterable(
        r.args if isinstance(r, sympy.And) else (r,) for r in where
    ):
        if isinstance(relation, sympy.Contains) and _names(relation.args[0], name):
            values = relation.args[1]
            if isinstance(values, sympy.FiniteSet) and all(v.is_Rational for v in values):
                domain = replace(domain, choices=tuple(sorted(float(v) for v in values)))
            elif isinstance(values, sympy.Interval):
                low, high = values.start, values.end
                if low.is_Rational:
                    domain = domain.above(float(low), strict=bool(values.left_open))
                if high.is_Rational:
                    domain = domain.below(float(high), strict=bool(values.right_open))
        elif isinstance(relation, (sympy.Lt, sympy.Le, sympy.Gt, sympy.Ge)):
            less = relation.reversed if isinstance(relation, (sympy.Gt, sympy.Ge)) else relation
            strict, (small, large) = isinstance(less, sympy.Lt), less.args
            if _names(large, name) and small.is_Rational:
                domain = domain.above(float(small), strict=strict)
            if _names(small, name) and large.is_Rational:
                domain = domain.below(float(large), strict=strict)
        elif isinstance(relation, sympy.Eq):
            for whole, value in (relation.args, relation.args[::-1]):
                axis = _summed_axis(whole, symbol, name)
                if axis is not None and value.is_Rational:
                    domain = replace(domain, total=(axis, float(value)))
    return domain


def _summed_axis(e: Any, symbol: Any, name: str) -> int | None:
    """The axis of an array along which all of its entries are summed in an expression."""
    if not isinstance(e, sympy.Sum) or len(e.limits) != 1 or not _names(e.function, name):
        return None
    index, lower, upper = e.limits[0]
    places = [k for k, i in enumerate(e.function.args[1:]) if i == index]
    if len(places) != 1 or (lower, upper) != (0, symbol.shape[places[0]] - 1):
        return None
    return places[0]


def _names(e: Any, name: str) -> bool:
    """Whether an expression is the argument of that name, or an entry of it."""
    if isinstance(e, (Indexed, MatrixElement)):
        e = e.args[0]
    return str(getattr(e, "name", getattr(e, "label", ""))) == name


def sizes_of(arguments: Sequence[Argument]) -> list[Symbol]:
    """The sizes that occur in shapes, in the order of the arguments."""
    sizes: dict[Symbol, None] = {}
    for a in arguments:
        for form in a.shape:
            sizes.update(dict.fromkeys(sorted(form.free_symbols, key=str)))
    return list(sizes)


def _frames(symbols: Sequence[Symbol]) -> Iterator[dict[Symbol, int]]:
    """Sizes that differ from one another, and once the same for all."""
    few = (2, 3, 5), (1, 2, 3), (3, 5, 2), (3, 1, 2), (2, 3, 1)  # more sizes make larger arrays
    for turn in range(len(_SIZES)):
        turned = (*_SIZES[turn:], *_SIZES[:turn]) if len(symbols) < 3 else few[turn]
        yield {s: turned[k % len(turned)] for k, s in enumerate(symbols)}
    if len(symbols) > 1:
        yield dict.fromkeys(symbols, 3)


def _long(symbols: Sequence[Symbol]) -> Iterator[dict[Symbol, int]]:
    """One size at a time larger than all the others: what is left out there shows."""
    for whole in symbols:
        yield {s: _LONG if s == whole else 2 + k % 2 for k, s in enumerate(symbols)}


def designs(arguments: Sequence[Argument], wrt: Sequence[str], seed: int = 0) -> Iterator[Design]:
    """Designs for the arguments; those of ``wrt`` are also scaled and set to 0.

    What ``where`` asks beyond single entries is for the caller to check.
    """
    rng = np.random.default_rng(seed)
    plain = [("grid", "grid"), ("zero", "grid"), ("grid", "edge"), ("grid", "columns")]
    kinds = plain + [(s, data) for s in SCALES for data in ("edge", "grid")]
    frames = list(_frames(sizes_of(arguments)))
    # half of the sizes with each kind, another half with the next
    pairs = [(kind, f) for k, kind in enumerate(kinds) for f in (frames * 2)[k % 2 :: 2][:3]]
    pairs += [(plain[0], frame) for frame in _long(sizes_of(arguments))]
    for (how, data), frame in pairs:
        arrays: dict[str, Array] = {}
        for a in arguments:
            extent = a.extent(frame)
            count, kind = math.prod(extent), how if a.name in wrt else data
            if a.symbol in frame:
                values = np.array([float(frame[a.symbol])])
            elif not isinstance(kind, str):
                values = a.domain.scaled(rng, count, kind)
            else:
                values = getattr(a.domain, "grid" if kind == "columns" else kind)(rng, count)
            array = np.asarray(values, dtype=np.float64).reshape(extent)
            if kind == "columns" and len(extent) == 2 and not a.domain.choices:
                wide = array * 2.0 ** rng.integers(-6, 7, extent[1])
                array = wide if all(x in a.domain for x in wide.flat) else array
            arrays[a.name] = a.domain.adding_up(rng, array)
        yield Design(frame, arrays, f"{how} {data}")
