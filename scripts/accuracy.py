"""Measure the largest errors of the generated functions, beside other ways to compute the same.

Two tables. The first has the largest error, in units in the last place of the exact value, of
scalar functions over a million points: numbers of every exponent, dense where a form cancels or a
range ends. Exact values are balls of 128 bits, for every point and no sample of them; mpmath has to
find the same from the expression where a way is worst. Results that are not normal numbers are left
out; an infinite error is a NaN or an overflow.

The second has the error of cost and gradient of logistic regression on separable, badly scaled
and saturated data, the cost's relative to the cost, the gradient's to Σᵢ |rᵢ xᵢⱼ|, which is what
summing in another order may cost. In the columns "exact" Xθ has no rounding error.

A million points for each function take about two minutes of processor time.

Usage: python scripts/accuracy.py [--points 1000000] [--write README.md]
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scalars import FUNCTIONS, Function, arguments, blocks, exact_values
from tables import table, write

Array = NDArray[np.float64]

TINY = float(np.finfo(np.float64).tiny)
LARGEST = float(np.finfo(np.float64).max)
SCALES = (1, 10, 60)
ROWS, COLUMNS = 400, 7
FARTHEST = 1000  # of arguments at which mpmath is asked: e^(−1000) is lost beside 1 for 1443 bits


# -- scalar functions ----------------------------------------------------------------------------


def generated(f: Function) -> Callable[..., Any]:
    """What ``to_numpy`` makes of the expression."""
    from sympy import symbols

    from symderiv import to_numpy

    names = symbols(("z", "x y", "a b c")[f.arity - 1], real=True, seq=True)
    where = {"above −1": [names[0] > -1], "not negative": [x >= 0 for x in names]}
    where["positive"] = [names[0] > 0]
    made: Callable[..., Any] = to_numpy(f.expression(*names), names, where=where.get(f.domain, []))
    return made


def ways(f: Function) -> dict[str, Callable[..., Any]]:
    """Every way to compute it that is installed."""
    found: dict[str, Any] = {"symderiv": generated(f), "textbook": f.textbook}
    try:
        from scipy import special

        found["NumPy, SciPy"] = f.scipy(special) if f.scipy else None
    except ImportError:
        pass
    try:
        import torch

        if f.torch is not None:
            call = f.torch(torch)
            found["PyTorch"] = lambda *at: call(*map(torch.from_numpy, at)).numpy()
    except ImportError:
        pass
    try:
        import jax

        jax.config.update("jax_enable_x64", True)
        if f.jax is not None:
            compiled = jax.jit(f.jax(jax))
            found["JAX"] = lambda *at: np.asarray(compiled(*at))
    except ImportError:
        pass
    return {name: call for name, call in found.items() if call is not None}


def errors_in_ulp(got: Array, high: Array, low: Array) -> Array:
    """The distance from the exact values high + low, in units in the last place."""
    with np.errstate(all="ignore"):
        out = np.abs((got - high) - low) / np.spacing(np.abs(high))
    out[np.isnan(out)] = math.inf
    out[(np.abs(high) < TINY) | (np.abs(high) >= LARGEST)] = 0.0
    return out


def confirm(f: Function, x: tuple[float, ...], high: float, low: float) -> bool:
    """Whether mpmath, an evaluation that shares no code with balls, was asked and agrees.

    It evaluates the expression as it is written, with more digits than can cancel; where
    arguments are so large that these would be too many it is not asked.

    Raises
    ------
    ArithmeticError
        Where the two differ.
    """
    import mpmath
    from sympy import expand_func, lambdify, symbols

    if max(map(abs, x)) > FARTHEST or math.isinf(high) or 0.0 in x:
        return False
    names = symbols("x:3", real=True)[: f.arity]
    call = lambdify(names, expand_func(f.expression(*names)), "mpmath")
    with mpmath.workprec(400 + 8 * FARTHEST):
        value = call(*map(mpmath.mpf, x))
        rest = abs(mpmath.mpf(high) + mpmath.mpf(low) - value)
        if rest > abs(value) * 2.0**-79 + mpmath.mpf(2) ** -1074:
            raise ArithmeticError(f"{f.name} at {x}: {value} by mpmath, {high} + {low} by balls")
    return True


def scalar_rows(count: int) -> tuple[list[str], list[list[str]], list[str]]:
    """The heading, a row for each function, and where each generated one is worst."""
    rows, worst_points, heads = [], [], dict[str, None]()
    results = []
    for f in FUNCTIONS:
        at = arguments(f, count)
        finite = np.all([np.isfinite(a) for a in at], axis=0)
        at = tuple(a[finite] for a in at)
        high, low = exact_values(f, at)
        found, confirmed = dict[str, float](), 0
        for name, call in ways(f).items():
            heads[name] = None
            with np.errstate(all="ignore"):
                got = np.concatenate([np.asarray(call(*part)) for part in blocks(at)])
            errors = errors_in_ulp(got, high, low)
            if f.condition is not None:
                scale = np.maximum(1, f.condition(at, high))
                errors[np.isfinite(errors)] /= scale[np.isfinite(errors)]
            k = int(np.argmax(errors))
            found[name] = float(errors[k])
            confirmed += confirm(f, tuple(float(a[k]) for a in at), high[k], low[k])
            if name == "symderiv":
                place = ", ".join(repr(float(a[k])) for a in at)
                worst_points.append(f"{f.name}: {errors[k]:.3g} ulp at {place}; {_limits(call, f)}")
        worst_points[-1] += f"; {confirmed} of {len(found)} worst points found again by mpmath"
        results.append((f, at[0].size, found))
    for f, size, found in results:
        name = f.name + ("¹" if f.condition else "")
        rows.append([name, *(number(found.get(h)) for h in heads), f"{size:.2g}"])
    return ["largest error, ulp", *heads, "points"], rows, worst_points


def _limits(call: Callable[..., Any], f: Function) -> str:
    """The values where an argument is no finite number."""

    def value(x: float) -> str:
        try:
            return f"{float(call(*[np.array([x])] * f.arity)[0]):g}"
        except ValueError:  # where says that x does not occur
            return "refused"

    with np.errstate(all="ignore"):
        return "at −∞, ∞ and NaN {}, {} and {}".format(*map(value, (-math.inf, math.inf, math.nan)))


def number(x: float | None) -> str:
    """Two or three significant digits."""
    if x is None:
        return "–"
    if math.isinf(x):
        return "∞"
    return f"{x:.2f}" if 0.01 <= x < 10 else f"{x:.2g}"


# -- cost and gradient ---------------------------------------------------------------------------


def data(kind: str, scale: float, exact: bool) -> tuple[Array, Array, Array]:
    """θ, X and labels 0 and 1 for which the largest |Xθ| is about ``scale``.

    Separable data have a margin of half of that, so that every residual is small. For ``exact``
    the entries have so few digits that Xθ is computed without rounding.
    """
    rng = np.random.default_rng(round(scale))
    X = rng.integers(-256, 257, (20 * ROWS, COLUMNS)) / 64
    theta = rng.integers(-64, 65, COLUMNS) / 64
    if not exact:
        X, theta = X + rng.normal(size=X.shape) / 100, theta + rng.normal(size=COLUMNS) / 100
    if kind == "badly scaled":
        power = rng.integers(-20, 21, COLUMNS)
        X, theta = X * 2.0**power, theta * 2.0**-power
    z = np.abs(X @ theta)
    reach = float(np.max(z))
    X = X[z >= (reach / 2 if kind != "not separable" else 0)][:ROWS]
    theta = theta * 2.0 ** round(math.log2(scale / reach)) if exact else theta * (scale / reach)
    y = (X @ theta > 0).astype(np.float64)
    if kind == "not separable":
        y = (rng.random(len(y)) < 0.5).astype(np.float64)
    return theta, X, y


def exact_cost_and_gradient(theta: Array, X: Array, y: Array) -> tuple[Any, list[Any], Array]:
    """Cost, gradient and Σᵢ|rᵢxᵢⱼ|/m in balls, from the doubles as they are."""
    from flint import arb, ctx

    ctx.prec = 512
    m, n = X.shape
    cost, gradient, sizes = arb(0), [arb(0)] * n, [arb(0)] * n
    weights = [arb(t) for t in theta.tolist()]
    for row, label in zip(X.tolist(), y.tolist(), strict=True):
        entries = [arb(x) for x in row]
        z = sum((a * b for a, b in zip(entries, weights, strict=True)), arb(0))
        u = (1 - 2 * label) * z
        E = (-abs(u)).exp()
        cost += E.log1p() + max(u, 0)
        residual = (1 - 2 * label) * (1 if u > 0 else E) / (1 + E)
        for j, x in enumerate(entries):
            gradient[j] += residual * x
            sizes[j] += abs(residual * x)
    return cost / m, [g / m for g in gradient], np.array([float(s / m) for s in sizes])


def distance(got: float, exact: Any) -> float:
    """|got − exact|, infinite for what is no number."""
    from flint import arb

    return float(abs(arb(got) - exact)) if math.isfinite(got) else math.inf


def data_rows() -> tuple[list[str], list[list[str]]]:
    """A row for each library: the largest error of cost and gradient over kinds and scales."""
    from peers import PEERS

    kinds = ("separable", "badly scaled", "not separable")
    head, rows = ["cost, gradient"], []
    columns = [(exact, scale) for exact in (True, False) for scale in SCALES]
    for exact, scale in columns:
        head.append(f"{scale}, {'exact' if exact else 'rounded'}")
    problems = {
        (kind, scale, exact): (d := data(kind, scale, exact), exact_cost_and_gradient(*d))
        for kind in kinds
        for exact, scale in columns
    }
    for peer in PEERS:
        if "cost_and_gradient" not in peer.tasks:
            continue
        costs, gradients = [], []
        try:
            for exact, scale in columns:
                worst_cost = worst_gradient = 0.0
                for kind in kinds:
                    (theta, X, y), (cost, gradient, sizes) = problems[kind, scale, exact]
                    with np.errstate(all="ignore"):
                        got, slope = peer(X, y, 1).cost_and_gradient(theta)
                    worst_cost = max(worst_cost, distance(float(got), cost) / float(cost))
                    parts = [
                        distance(float(g), e) / s
                        for g, e, s in zip(slope, gradient, sizes, strict=True)
                    ]
                    worst_gradient = max(worst_gradient, *parts)
                costs.append(worst_cost)
                gradients.append(worst_gradient)
        except (ImportError, AttributeError) as why:
            print(f"left out: {peer.label} ({why})", file=sys.stderr)
            continue
        pairs = zip(costs, gradients, strict=True)
        rows.append([peer.label, *(f"{_power(c)}, {_power(g)}" for c, g in pairs)])
    return head, rows


def _power(x: float) -> str:
    return "∞" if math.isinf(x) else f"{x:.0e}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--points", type=int, default=10**6, help="for each scalar function")
    parser.add_argument("--write", metavar="FILE", help="put the tables into this file")
    options = parser.parse_args()
    head, rows, worst = scalar_rows(options.points)
    first = table(head, rows)
    second = table(*data_rows())
    about = (
        f"Cost and gradient of logistic regression on {ROWS} × {COLUMNS} data, labels 0 and 1, "
        "largest |Xθ| 1, 10 and 60, the worst of data that are separable with a margin, the "
        "same badly scaled, and inseparable; the gradient's error is relative to Σᵢ|rᵢxᵢⱼ|/m."
    )
    note = "¹ in what one ulp of the arguments changes, where that is more than an ulp."
    text = f"{first}\n\n{note}\n\n{about}\n\n{second}"
    print(text)
    print("\nworst points of symderiv:", *worst, sep="\n    ")
    if options.write:
        write(options.write, "accuracy", text)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    main()
