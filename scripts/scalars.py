"""Scalar functions with their exact values: the expression, the textbook form, and the libraries'.

The exact values come from balls (python-flint's arb) of 128 bits, or more where a ball is not
known to 80 bits then; one that never is stops the script. They are kept as a double and the rest,
so that an error is found to a small part of a unit in the last place.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["FUNCTIONS", "Function", "exact_values", "points"]

Array = NDArray[np.float64]

_BITS = (128, 512, 4096)
_KNOWN = 80
_FAR = 2000.0  # beyond it e^(-|z|) is 0 and e^|z| infinite, as doubles and in any sum


@dataclass(frozen=True)
class Function:
    """A function of one, two or three numbers.

    ``exact`` gives the ball at the arguments; ``textbook`` is how it is written without a second
    thought, ``scipy``, ``torch`` and ``jax`` what the libraries have for it, by a function that
    takes the library. ``condition`` is by how many ulp one ulp of the arguments changes the value;
    where it is given, errors are measured in what is more, that or one ulp.
    """

    name: str
    expression: Callable[..., Any]
    exact: Callable[..., Any]
    textbook: Callable[..., Any]
    scipy: Callable[[Any], Callable[..., Any]] | None = None
    torch: Callable[[Any], Callable[..., Any]] | None = None
    jax: Callable[[Any], Callable[..., Any]] | None = None
    domain: str = "all"
    arity: int = 1
    condition: Callable[..., Any] | None = None


def _e(z: Any) -> Any:
    """e^(−|z|), 0 in effect where |z| is large."""
    from flint import arb

    return (-abs(z) if abs(z) < _FAR else arb(-_FAR)).exp()


def _sigma(z: Any) -> Any:
    E = _e(z)
    return (1 if z > 0 else E) / (1 + E)


def _softplus(z: Any) -> Any:
    return max(z, 0) + _e(z).log1p()


def _log_cosh(z: Any) -> Any:
    from flint import arb

    if abs(z) > _FAR:
        return abs(z) - arb(2).log()
    half = (z / 2).sinh()
    return (2 * half * half).log1p()


def _tanh(z: Any) -> Any:
    from flint import arb

    return z.tanh() if abs(z) < _FAR else arb(1 if z > 0 else -1)


def _expm1(z: Any) -> Any:
    from flint import arb

    return z.expm1() if abs(z) < _FAR else (arb(-1) if z < 0 else arb(_FAR).exp())


def _log_mean(z: Any) -> Any:
    """log((1 + e^z)/2), near 0 for z near 0."""
    from flint import arb

    return (z.expm1() / 2).log1p() if abs(z) < _FAR else max(z, 0) - arb(2).log()


def _log_2_plus(z: Any) -> Any:
    return z + (2 * _e(z)).log1p() if z > 0 else (2 + _e(z)).log()


def _log_1_minus(x: Any) -> Any:
    return (-(-x).expm1()).log() if x < 1 else (-_e(x)).log1p()


def _sech_squared(z: Any) -> Any:
    return 4 * _sigma(2 * z) * _sigma(-2 * z)


def _log_sum_exp(a: Any, *others: Any) -> Any:
    largest = max(a, *others)
    place = [a, *others].index(largest)
    rest = [_e(v - largest) for k, v in enumerate([a, *others]) if k != place]
    return largest + sum(rest[1:], rest[0]).log1p()


def _condition_of_sum(at: tuple[Array, ...], value: Array) -> Array:
    """Σ |aₖ|·pₖ/|log Σ e^{aₖ}|."""
    with np.errstate(all="ignore"):
        changes = sum(np.abs(a) * np.exp(np.minimum(a - value, 0)) for a in at)
        return np.asarray(np.where(value == 0, math.inf, changes / np.abs(value)))


def _share(a: Any, *others: Any) -> Any:
    """1/(1 + Σ e^(b − a))."""
    return (-_not_share_log(a, *others)).exp()


def _not_share_log(a: Any, *others: Any) -> Any:
    """−log of the share: log(1 + Σ e^(b − a))."""
    return _log_sum_exp(_ZERO(), *(b - a for b in others))


def _ZERO() -> Any:
    from flint import arb

    return arb(0)


def _others(a: Any, b: Any, c: Any) -> Any:
    """1 − the share of e^a."""
    return (_log_sum_exp(b, c) - _log_sum_exp(a, b, c)).exp()


def _stacked(call: Callable[..., Any], stack: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *at: call(stack(at))


def _x_log_y(x: Any, y: Any) -> Any:
    return x * y.log() if x != 0 else x


def _s(z: Any) -> Any:
    from symderiv import sigma

    return sigma(z)


def _sp(name: str) -> Callable[..., Any]:
    import sympy

    return getattr(sympy, name)  # type: ignore[no-any-return]


def _np_sigma(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


FUNCTIONS = (
    Function(
        "σ(z)", _s, _sigma, _np_sigma,
        lambda s: s.expit, lambda t: t.sigmoid, lambda j: j.nn.sigmoid,
    ),
    Function(
        "1 − σ(z)", lambda z: 1 - _s(z), lambda z: _sigma(-z), lambda z: 1 - _np_sigma(z),
        lambda s: lambda z: s.expit(-z), lambda t: lambda z: t.sigmoid(-z),
        lambda j: lambda z: j.nn.sigmoid(-z),
    ),
    Function(
        "σ'(z) = σ(1 − σ)", lambda z: _s(z) * (1 - _s(z)), lambda z: _sigma(z) * _sigma(-z),
        lambda z: _np_sigma(z) * (1 - _np_sigma(z)),
        lambda s: lambda z: s.expit(z) * s.expit(-z),
        lambda t: lambda z: t.sigmoid(z) * t.sigmoid(-z),
        lambda j: lambda z: j.nn.sigmoid(z) * j.nn.sigmoid(-z),
    ),
    Function(
        "log σ(z)", lambda z: _sp("log")(_s(z)), lambda z: -_softplus(-z),
        lambda z: np.log(_np_sigma(z)),
        lambda s: s.log_expit, lambda t: t.nn.functional.logsigmoid, lambda j: j.nn.log_sigmoid,
    ),
    Function(
        "log(1 − σ(z))", lambda z: _sp("log")(1 - _s(z)), lambda z: -_softplus(z),
        lambda z: np.log(1 - _np_sigma(z)),
        lambda s: lambda z: s.log_expit(-z), lambda t: lambda z: t.nn.functional.logsigmoid(-z),
        lambda j: lambda z: j.nn.log_sigmoid(-z),
    ),
    Function(
        "log(1 + e^z)", lambda z: _sp("log")(1 + _sp("exp")(z)), _softplus,
        lambda z: np.log(1 + np.exp(z)),
        lambda s: lambda z: np.logaddexp(0, z), lambda t: t.nn.functional.softplus,
        lambda j: j.nn.softplus,
    ),
    Function(
        "log cosh z", lambda z: _sp("log")(_sp("cosh")(z)), _log_cosh,
        lambda z: np.log(np.cosh(z)),
        lambda s: lambda z: np.logaddexp(z, -z) - math.log(2),
        lambda t: lambda z: t.logaddexp(z, -z) - math.log(2),
        lambda j: lambda z: j.numpy.logaddexp(z, -z) - math.log(2),
    ),
    Function(
        "tanh z", _sp("tanh"), _tanh, lambda z: np.sinh(z) / np.cosh(z),
        lambda s: np.tanh, lambda t: t.tanh, lambda j: j.numpy.tanh,
    ),
    Function(
        "(e^z − e^(−z))/(e^z + e^(−z))",
        lambda z: (_sp("exp")(z) - _sp("exp")(-z)) / (_sp("exp")(z) + _sp("exp")(-z)), _tanh,
        lambda z: (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z)),
        lambda s: np.tanh, lambda t: t.tanh, lambda j: j.numpy.tanh,
    ),
    Function(
        "2σ(z) − 1", lambda z: 2 * _s(z) - 1, lambda z: _tanh(z / 2),
        lambda z: 2 * _np_sigma(z) - 1,
        lambda s: lambda z: np.tanh(z / 2), lambda t: lambda z: t.tanh(z / 2),
        lambda j: lambda z: j.numpy.tanh(z / 2),
    ),
    Function(
        "e^z − 1", lambda z: _sp("exp")(z) - 1, _expm1, lambda z: np.exp(z) - 1,
        lambda s: s.expm1, lambda t: t.expm1, lambda j: j.numpy.expm1,
    ),
    Function(
        "log(1 + x)", lambda x: _sp("log")(1 + x), lambda x: x.log1p(), lambda x: np.log(1 + x),
        lambda s: s.log1p, lambda t: t.log1p, lambda j: j.numpy.log1p, domain="above −1",
    ),
    Function(
        "log(e^a + e^b)", lambda a, b: _sp("log")(_sp("exp")(a) + _sp("exp")(b)), _log_sum_exp,
        lambda a, b: np.log(np.exp(a) + np.exp(b)),
        lambda s: np.logaddexp, lambda t: t.logaddexp, lambda j: j.numpy.logaddexp, arity=2,
        condition=_condition_of_sum,
    ),
    Function(
        "log(e^a + e^b) near 0", lambda a, b: _sp("log")(_sp("exp")(a) + _sp("exp")(b)),
        _log_sum_exp, lambda a, b: np.log(np.exp(a) + np.exp(b)),
        lambda s: np.logaddexp, lambda t: t.logaddexp, lambda j: j.numpy.logaddexp, domain="near 0",
        arity=2, condition=_condition_of_sum,
    ),
    Function(
        "(log(1 + e^z))²", lambda z: _sp("log")(1 + _sp("exp")(z)) ** 2,
        lambda z: _softplus(z) ** 2,
        lambda z: np.log(1 + np.exp(z)) ** 2, lambda s: lambda z: np.logaddexp(0, z) ** 2,
        lambda t: lambda z: t.nn.functional.softplus(z) ** 2,
        lambda j: lambda z: j.nn.softplus(z) ** 2,
    ),
    Function(
        "log σ(z) · log(1 − σ(z))", lambda z: _sp("log")(_s(z)) * _sp("log")(1 - _s(z)),
        lambda z: _softplus(z) * _softplus(-z),
        lambda z: np.log(_np_sigma(z)) * np.log(1 - _np_sigma(z)),
        lambda s: lambda z: s.log_expit(z) * s.log_expit(-z),
        lambda t: lambda z: t.nn.functional.logsigmoid(z) * t.nn.functional.logsigmoid(-z),
        lambda j: lambda z: j.nn.log_sigmoid(z) * j.nn.log_sigmoid(-z),
    ),
    Function(
        "1 − tanh² z", lambda z: 1 - _sp("tanh")(z) ** 2, _sech_squared,
        lambda z: 1 - np.tanh(z) ** 2, lambda s: lambda z: 1 / np.cosh(z) ** 2,
        lambda t: lambda z: 1 / t.cosh(z) ** 2, lambda j: lambda z: 1 / j.numpy.cosh(z) ** 2,
    ),
    Function(
        "log(2 + e^z)", lambda z: _sp("log")(2 + _sp("exp")(z)), _log_2_plus,
        lambda z: np.log(2 + np.exp(z)), lambda s: lambda z: np.logaddexp(math.log(2), z),
        lambda t: lambda z: t.logaddexp(t.tensor(math.log(2)), z),
        lambda j: lambda z: j.numpy.logaddexp(math.log(2), z),
    ),
    Function(
        "log((1 + e^z)/2)", lambda z: _sp("log")((1 + _sp("exp")(z)) / 2), _log_mean,
        lambda z: np.log((1 + np.exp(z)) / 2), lambda s: lambda z: np.logaddexp(0, z) - math.log(2),
        lambda t: lambda z: t.nn.functional.softplus(z) - math.log(2),
        lambda j: lambda z: j.nn.softplus(z) - math.log(2),
    ),
    Function(
        "log(1 − e^(−x)), x > 0", lambda x: _sp("log")(1 - _sp("exp")(-x)), _log_1_minus,
        lambda x: np.log(1 - np.exp(-x)), lambda s: lambda x: np.log(-np.expm1(-x)),
        lambda t: lambda x: t.log(-t.expm1(-x)),
        lambda j: lambda x: j.numpy.log(-j.numpy.expm1(-x)),
        domain="positive",
    ),
    Function(
        "log(e^a + e^b + e^c)", lambda *at: _sp("log")(sum(map(_sp("exp"), at))), _log_sum_exp,
        lambda *at: np.log(sum(map(np.exp, at))),
        lambda s: _stacked(lambda v: s.logsumexp(v, axis=0), np.stack),
        lambda t: _stacked(lambda v: t.logsumexp(v, 0), t.stack),
        lambda j: _stacked(lambda v: j.nn.logsumexp(v, axis=0), j.numpy.stack),
        arity=3, condition=_condition_of_sum,
    ),
    Function(
        "p = e^a/(e^a + e^b + e^c)", lambda *at: _sp("exp")(at[0]) / sum(map(_sp("exp"), at)),
        _share, lambda *at: np.exp(at[0]) / sum(map(np.exp, at)),
        lambda s: _stacked(lambda v: s.softmax(v, axis=0)[0], np.stack),
        lambda t: _stacked(lambda v: t.softmax(v, 0)[0], t.stack),
        lambda j: _stacked(lambda v: j.nn.softmax(v, axis=0)[0], j.numpy.stack),
        arity=3, domain="differences",
    ),
    Function(
        "1 − p", lambda *at: 1 - _sp("exp")(at[0]) / sum(map(_sp("exp"), at)), _others,
        lambda *at: 1 - np.exp(at[0]) / sum(map(np.exp, at)),
        lambda s: _stacked(lambda v: 1 - s.softmax(v, axis=0)[0], np.stack),
        lambda t: _stacked(lambda v: 1 - t.softmax(v, 0)[0], t.stack),
        lambda j: _stacked(lambda v: 1 - j.nn.softmax(v, axis=0)[0], j.numpy.stack),
        arity=3, domain="differences",
    ),
    Function(
        "−log p", lambda *at: -_sp("log")(_sp("exp")(at[0]) / sum(map(_sp("exp"), at))),
        _not_share_log, lambda *at: -np.log(np.exp(at[0]) / sum(map(np.exp, at))),
        lambda s: _stacked(lambda v: -s.log_softmax(v, axis=0)[0], np.stack),
        lambda t: _stacked(lambda v: -t.log_softmax(v, 0)[0], t.stack),
        lambda j: _stacked(lambda v: -j.nn.log_softmax(v, axis=0)[0], j.numpy.stack),
        arity=3, domain="differences",
    ),
    Function(
        "x log y, 0 at x = 0", lambda x, y: x * _sp("log")(y), _x_log_y,
        lambda x, y: x * np.log(y),
        lambda s: s.xlogy, lambda t: t.xlogy, lambda j: j.scipy.special.xlogy,
        domain="not negative", arity=2,
    ),
)  # fmt: skip


# -- points --------------------------------------------------------------------------------------

_SPECIAL = (
    0.0, 5e-324, 1e-320, 2.2250738585072014e-308, 1e-300, 1e-200, 1e-100, 1e-16, 2.0**-53, 2.0**-52,
    1e-8, 1e-4, 0.5, math.log(2), 1.0, 2.0, 18.0, 36.0437, 36.7368, 37.4299, 40.0, 88.7, 708.39,
    709.08, 709.78, 744.44, 745.13, 746.0, 800.0, 1e4, 1e8, 1e16, 1e100, 1e200, 1e300, 1e308,
    1.7976931348623157e308, math.inf,
)  # fmt: skip
"""Where forms change: the rounding of 1 + x, the ends of exp's range, the ends of doubles."""


def points(count: int, seed: int = 0) -> Array:
    """At least so many numbers: of every exponent, dense where exp varies, and around _SPECIAL."""
    rng = np.random.default_rng(seed)
    special = np.array([*_SPECIAL, *(-x for x in _SPECIAL)])
    finite = special[np.isfinite(special) & (np.abs(special) < 1e300)]
    near = np.repeat(finite, max(1, count // 5 // finite.size))
    steps = np.exp(rng.uniform(math.log(1e-16), math.log(0.1), near.size))
    parts = [
        special,
        near * (1 + steps * rng.choice(np.array([-1.0, 1.0]), near.size)),
        rng.choice(np.array([-1.0, 1.0]), count // 5) * 10.0 ** rng.uniform(-323, 308, count // 5),
        rng.choice(np.array([-1.0, 1.0]), count // 5) * 10.0 ** rng.uniform(-20, 3, count // 5),
        rng.uniform(-750, 750, count // 5),
    ]
    rest = count - sum(p.size for p in parts)
    return np.concatenate([*parts, rng.uniform(-40, 40, max(rest, 0))])


def arguments(f: Function, count: int) -> tuple[Array, ...]:
    """The points at which a function is tried."""
    if f.domain == "above −1":
        first = points(2 * count)
        return (first[first > -1],)
    first = points(count)
    if f.domain == "positive":
        first = np.abs(points(count))
        return (first[first > 0],)
    if f.arity == 1:
        return (first,)
    rng = np.random.default_rng(1)
    second = rng.permutation(points(count, 2))
    if f.domain == "not negative":
        x, y = np.abs(first), np.abs(second)
        return x, np.where((y == 0) & (x > 0), 1.0, y)
    if f.domain == "near 0":  # e^a + e^b is nearly 1
        below = -np.abs(first) - 2.0**-60
        return below, np.log(-np.expm1(below))
    if f.domain == "differences":  # which are exact, so that their rounding is no part of it
        scale = 2.0 ** rng.integers(-12, 5, first.size)
        grid = np.round(rng.normal(size=(3, first.size)) * 2.0 ** rng.integers(0, 7, first.size))
        return tuple(grid * scale)
    close = rng.random(first.size) < 0.25
    pair = first, np.where(close, first + rng.normal(size=first.size), second)
    if f.arity == 2:
        return pair
    third = rng.permutation(points(count, 3))
    return *pair, np.where(close, first - 40 * rng.random(first.size), third)


def exact_values(f: Function, at: tuple[Array, ...]) -> tuple[Array, Array]:
    """The exact values at finite points, as the double beside and what remains."""
    from flint import arb, ctx

    high, low = np.empty(at[0].size), np.empty(at[0].size)
    for k, x in enumerate(zip(*(a.tolist() for a in at), strict=True)):
        for bits in _BITS:
            ctx.prec = bits
            ball = f.exact(*map(arb, x))
            if ball.rel_accuracy_bits() >= _KNOWN or ball == 0:
                break
        else:
            raise ArithmeticError(f"{f.name} at {x} is not known at {_BITS[-1]} bits")
        high[k] = h = float(ball)
        low[k] = float(ball - h) if math.isfinite(h) else 0.0
    return high, low


def blocks(at: tuple[Array, ...], size: int = 10**5) -> Iterator[tuple[Array, ...]]:
    """The points in parts, as a library would be given them."""
    for start in range(0, at[0].size, size):
        yield tuple(a[start : start + size] for a in at)
