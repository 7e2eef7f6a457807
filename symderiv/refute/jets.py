"""Truncated power series in several perturbations, with exact or ball coefficients.

A derivative is read off a value: to differentiate by x once, x becomes x + ε with ε² = 0 and
the coefficient of ε is taken; each further order brings a fresh ε. No rule of differentiation
occurs here. Elementary functions enter only through the coefficients of their power series at
a point, which python-flint computes.

A value is an exact rational (``fmpq``) or algebraic number, a rigorous ball (``arb``), or a ``Jet``
of these.
Every operation either returns an enclosure of the true value or raises ``Undefined``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from flint import arb, arb_series, fmpq, fmpq_series, fmpz
from sympy import Symbol

from symderiv.refute.algebraic import ball

__all__ = [
    "FUNCTIONS",
    "MAX_ORDER",
    "Jet",
    "OutsideShape",
    "Undefined",
    "Unsupported",
    "coefficient",
    "compose",
    "constant",
    "divide",
    "narrow",
    "power",
    "refusal",
    "sign",
]

Value = Any  # fmpq | arb | Algebraic | Jet

# One ε per order of differentiation: 2**8 coefficients at most, and python-flint's default
# series length (10) is never exceeded.
MAX_ORDER = 8
# An exact rational wider than this goes on as a ball, so that towers of powers stay small.
MAX_BITS = 4096
MAX_EXPONENT = 10**6

ONE = fmpq(1)


class Undefined(Exception):
    """The expression has no value here, or none that the balls can vouch for.

    Attributes
    ----------
    kind
        ``"certain"``: outside the domain for sure, such as a division by exact 0;
        ``"uncertain"``: more precision may settle it;
        ``"joint"``: a case distinction changes exactly here while a derivative passes.
    """

    def __init__(self, kind: str, why: str) -> None:
        super().__init__(why)
        self.kind = kind


class Unsupported(Exception):
    """The refuter cannot evaluate what was written; the message names it."""


class OutsideShape(Exception):
    """An index leaves an array of known shape; ``bound`` tells whether a summation index did.

    ``names`` are the symbols in it.
    """

    def __init__(
        self, message: str, binders: Sequence[Symbol], indices: Iterable[AbstractSet[Symbol]]
    ) -> None:
        super().__init__(message)
        self.names: AbstractSet[Symbol] = frozenset().union(*indices)
        self.bound = not self.names.isdisjoint(binders)


def refusal(node: Any) -> Unsupported:
    """The reason for a node that has no meaning here."""
    text = str(node)
    return Unsupported(f"the refuter cannot evaluate {text if len(text) < 80 else text[:77] + '…'}")


class Jet:
    """A value plus multiples of products of distinct perturbations, each of square 0.

    ``terms`` maps a bit set of perturbations to its coefficient; the empty set is always
    there. Zero coefficients are kept: a set that occurs says that the value was perturbed,
    which is what decides whether a joint counts.
    """

    __slots__ = ("terms",)

    def __init__(self, terms: dict[int, Value]) -> None:
        self.terms = terms

    def __add__(self, other: Value) -> Jet:
        terms = dict(self.terms)
        if type(other) is Jet:
            for mask, c in other.terms.items():
                terms[mask] = terms[mask] + c if mask in terms else c
        else:
            terms[0] = terms[0] + other
        return Jet(terms)

    __radd__ = __add__

    def __neg__(self) -> Jet:
        return Jet({mask: -c for mask, c in self.terms.items()})

    def __sub__(self, other: Value) -> Jet:
        return self.__add__(-other)

    def __rsub__(self, other: Value) -> Jet:
        return self.__neg__().__add__(other)

    def __mul__(self, other: Value) -> Jet:
        if type(other) is not Jet:
            return Jet({mask: c * other for mask, c in self.terms.items()})
        terms: dict[int, Value] = {}
        for a, c in self.terms.items():
            for b, d in other.terms.items():
                if not a & b:
                    terms[a | b] = terms[a | b] + c * d if a | b in terms else c * d
        return Jet(terms)

    __rmul__ = __mul__

    def order(self) -> int:
        """The number of perturbations that occur: the last power of their sum that is not 0."""
        union = 0
        for mask in self.terms:
            union |= mask
        return union.bit_count()

    def flat(self) -> bool:
        """Whether the value and the slope are 0, as those of |v| are then."""
        return self.order() <= 1 and all(type(c) is fmpq and c == 0 for c in self.terms.values())


def constant(v: Value) -> Value:
    """The unperturbed value."""
    return v.terms[0] if type(v) is Jet else v


def coefficient(v: Value, mask: int) -> Value:
    """The coefficient of the product of the perturbations in mask: the derivative by them."""
    if type(v) is not Jet:
        return fmpq(0)
    terms = {m ^ mask: c for m, c in v.terms.items() if m & mask == mask}
    if not terms:
        return fmpq(0)
    terms.setdefault(0, fmpq(0))
    return Jet(terms) if len(terms) > 1 else terms[0]


def narrow(v: Value) -> Value:
    """The same value, with very wide exact rationals turned into balls."""
    if type(v) is fmpq:
        return arb(v) if v.height_bits() > MAX_BITS else v
    if type(v) is Jet:
        return Jet({mask: narrow(c) for mask, c in v.terms.items()})
    return v


def sign(v: Value) -> int:
    """−1, 0 or 1, where it is certain; a perturbed value at exactly 0 is a joint."""
    c = constant(v)
    if c > 0:
        return 1
    if c < 0:
        return -1
    if not (type(c) is fmpq or c == 0):
        raise Undefined("uncertain", "a sign is not certain")
    if type(v) is Jet:
        raise Undefined("joint", "a derivative passes through a joint")
    return 0


def compose(series: Callable[[Value, int], list[Value]], v: Value) -> Value:
    """f(c + d) = Σ fₖ dᵏ, where fₖ are the Taylor coefficients of f at the constant c."""
    if type(v) is not Jet:
        return _finite(series(v, 0)[0])
    order = v.order()
    taylor = series(v.terms[0], order)
    step = Jet({**v.terms, 0: fmpq(0)})
    total: Value = taylor[order]
    for k in range(order - 1, -1, -1):
        total = step * total + taylor[k]
    for c in total.terms.values():
        _finite(c)
    return total


def _finite(c: Value) -> Value:
    if type(c) is arb and not c.is_finite():
        raise Undefined("uncertain", "a value is not certainly finite")
    return c


def _nonzero(c: Value, what: str) -> None:
    if c == 0 and (type(c) is fmpq or c.is_zero()):
        raise Undefined("certain", what)
    if not (c > 0 or c < 0):
        raise Undefined("uncertain", what)


def _within(inside: bool, outside: bool, what: str) -> None:
    if not inside:
        raise Undefined("certain" if outside else "uncertain", what)


# ---- powers


def _root(c: fmpq, q: int) -> fmpq | None:
    """The exact q-th root of a nonnegative rational, if it is rational."""
    parts = [fmpz(c.p).root(q), fmpz(c.q).root(q)]
    return fmpq(*parts) if parts[0] ** q == c.p and parts[1] ** q == c.q else None


def _integer_power(c: Value, n: int) -> Value:
    if n < 0:
        _nonzero(c, "division by zero")
    if type(c) is fmpq and c.height_bits() * abs(n) > MAX_BITS:
        c = ball(c)
    return c**n


def power(v: Value, r: fmpq) -> Value:
    """v**r for an exact rational exponent r, real: v > 0 unless r is an integer.

    The exponent 0 gives 1 for every v; 0**r with r > 0 is 0, and has no derivative here
    unless r is an integer.
    """
    whole = r.q == 1
    if abs(r) > MAX_EXPONENT:
        raise Undefined("joint", "an exponent is too large")

    def series(c: Value, order: int) -> list[Value]:
        if whole:
            n, binomial, out = int(r.p), ONE, []
            for k in range(order + 1):
                out.append(binomial * _integer_power(c, n - k) if binomial else fmpq(0))
                binomial = binomial * (n - k) / (k + 1)
            return out
        if r > 0 and c == 0:
            if order:
                raise Undefined("joint", "a derivative of a root at 0")
            return [fmpq(0)]
        _within(c > 0, c < 0 or c == 0, "a real power of a number that is not positive")
        root = _root(c, int(r.q)) if type(c) is fmpq and r.q < 100 else None
        first = _integer_power(root, int(r.p)) if root is not None else ball(c) ** arb(r)
        out, binomial, scale = [], ONE, ONE
        for k in range(order + 1):
            out.append(first * (binomial * scale))
            binomial, scale = binomial * (r - k) / (k + 1), scale / c
        return out

    return compose(series, v)


def divide(a: Value, b: Value) -> Value:
    """The quotient a / b, where b is certainly not 0."""
    if type(b) is Jet:
        return a * power(b, fmpq(-1))
    _nonzero(b, "division by zero")
    return a * (1 / b)


# ---- functions given by a power series


def _by_series(
    series_of: Callable[[Any], Any],
    exact_at: int | None = None,
    exact: Callable[[Any], Any] | None = None,
    domain: Callable[[Value, int], None] | None = None,
) -> Callable[[Value], Value]:
    """A function of one value from python-flint's power series, rational at one point."""

    def series(c: Value, order: int) -> list[Value]:
        if domain is not None:
            domain(c, order)
        if exact is not None and type(c) is fmpq and c == exact_at:
            r = exact(fmpq_series([c, 1], 1, order + 1))
        else:
            r = series_of(arb_series([ball(c), 1], order + 1))
        return [r[k] for k in range(order + 1)]

    return lambda v: compose(series, v)


def _log_domain(c: Value, order: int) -> None:
    _within(c > 0, c <= 0, "log of a number that is not positive")


def _unit_domain(c: Value, order: int) -> None:
    """At the ends the series has coefficients that are not finite."""
    _within(-1 <= c <= 1, c < -1 or c > 1, "asin or acos outside [-1, 1]")


def _gamma_domain(c: Value, order: int) -> None:
    pole = type(c) is fmpq and c.q == 1 and c <= 0
    _within(not pole, pole, "gamma at a pole")


def _positive_domain(c: Value, order: int) -> None:
    _within(c > 0, False, "loggamma or polygamma of a number that is not positive")


_exp = _by_series(arb_series.exp, 0, fmpq_series.exp)
_log = _by_series(arb_series.log, 1, fmpq_series.log, _log_domain)
_sin = _by_series(arb_series.sin, 0, fmpq_series.sin)
_cos = _by_series(arb_series.cos, 0, fmpq_series.cos)
_HALF = fmpq(1, 2)


def _sinh(v: Value) -> Value:
    return (_exp(v) - _exp(-v)) * _HALF


def _cosh(v: Value) -> Value:
    return (_exp(v) + _exp(-v)) * _HALF


# By name, as SymPy calls them. What is not a series is written out by its definition.
FUNCTIONS: dict[str, Callable[[Value], Value]] = {
    "exp": _exp,
    "log": _log,
    "log1p": lambda v: _log(1 + v),
    "log2": lambda v: divide(_log(v), _log(fmpq(2))),
    "log10": lambda v: divide(_log(v), _log(fmpq(10))),
    "expm1": lambda v: _exp(v) - 1,
    "exp2": lambda v: _exp(v * _log(fmpq(2))),
    "sin": _sin,
    "cos": _cos,
    "tan": lambda v: divide(_sin(v), _cos(v)),
    "cot": lambda v: divide(_cos(v), _sin(v)),
    "sec": lambda v: divide(ONE, _cos(v)),
    "csc": lambda v: divide(ONE, _sin(v)),
    "sinh": _sinh,
    "cosh": _cosh,
    "tanh": lambda v: divide(_sinh(v), _cosh(v)),
    "coth": lambda v: divide(_cosh(v), _sinh(v)),
    "sech": lambda v: divide(ONE, _cosh(v)),
    "csch": lambda v: divide(ONE, _sinh(v)),
    "asin": _by_series(arb_series.asin, 0, fmpq_series.asin, _unit_domain),
    "acos": _by_series(arb_series.acos, domain=_unit_domain),
    "atan": _by_series(arb_series.atan, 0, fmpq_series.atan),
    "asinh": lambda v: _log(v + power(v * v + 1, _HALF)),
    "acosh": lambda v: _log(v + power(v - 1, _HALF) * power(v + 1, _HALF)),
    "atanh": lambda v: _log(divide(1 + v, 1 - v)) * _HALF,
    "erf": _by_series(arb_series.erf),
    "erfc": _by_series(arb_series.erfc),
    "erfi": _by_series(arb_series.erfi),
    "gamma": _by_series(arb_series.gamma, domain=_gamma_domain),
    "loggamma": _by_series(arb_series.lgamma, domain=_positive_domain),
    "sigma": lambda v: divide(ONE, 1 + _exp(-v)),
    "softplus": lambda v: _log(1 + _exp(v)),
}
