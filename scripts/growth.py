"""Print how the time of a proof grows: classes, depth, size, order, cases, hypotheses, m and n.

Each question is put ROUNDS times to `prove_equal` in this process, warm; the median is shown,
with the part that the prover needed without reading and cross-checking at points.

Usage: python scripts/growth.py [--rounds ROUNDS] [--only DIMENSION]
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any

from sympy import (
    Abs,
    Add,
    Derivative,
    IndexedBase,
    MatrixSymbol,
    Piecewise,
    Sum,
    atan,
    cos,
    exp,
    expand,
    factorial,
    log,
    preorder_traversal,
    sin,
    symbols,
)

from symderiv import prove_equal, sigma

Question = tuple[str, Any, Any, list[Any]]
x = symbols("x", real=True)


def classes() -> Iterator[Question]:
    """∂/∂z₀ of the cross-entropy of a softmax: e^z₀·Σy/Σe^z − y₀."""
    for count in (2, 5, 10, 20, 50):
        z = symbols(f"z0:{count}", real=True)
        y = symbols(f"y0:{count}", real=True)
        total = Add(*map(exp, z))
        cost = -Add(*(b * log(exp(a) / total) for a, b in zip(z, y, strict=True)))
        yield str(count), Derivative(cost, z[0]), Add(*y) * exp(z[0]) / total - y[0], []
    size, i, j, k = symbols("K i j k", integer=True, positive=True)
    z, y = IndexedBase("z"), IndexedBase("y")
    total = Sum(exp(z[i]), (i, 1, size))
    cost = -Sum(y[k] * log(exp(z[k]) / total), (k, 1, size))
    right = Sum(y[k], (k, 1, size)) * exp(z[j]) / total - y[j]
    yield "symbolic", Derivative(cost, z[j]), right, [j <= size]


def depth() -> Iterator[Question]:
    """The derivative of sin(sin(…)) and of log(1 + e^…), nested."""
    for name, outer, slope in (
        ("sin", sin, cos),
        ("softplus", lambda u: log(1 + exp(u)), sigma),
    ):
        for count in (2, 10, 50, 150):
            u: Any = x
            right: Any = 1
            for _ in range(count):
                u, right = outer(u), slope(u) * right
            yield f"{count} {name}", Derivative(u, x), right, []


def size() -> Iterator[Question]:
    """Σ (x² + 2x + 1) = Σ (x + 1)² and Σ σ(kx) = Σ (1 − σ(−kx)), written out."""
    for count in (10, 100, 1000, 1670):
        xs = symbols(f"x0:{count}", real=True)
        left = Add(*(c**2 + 2 * c + 1 for c in xs))
        yield f"{nodes(left)} polynomial", left, Add(*((c + 1) ** 2 for c in xs)), []
    y = symbols("y", real=True)
    for count in (5, 50, 500, 850):
        args = [c * u for c in range(1, count + 1) for u in (x, y)]
        left, right = Add(*map(sigma, args)), Add(*(1 - sigma(-u) for u in args))
        yield f"{nodes(right)} exponential", left, right, []
    for count in (7, 9):  # each part occurs twice in the next: the tree doubles
        u: Any = x
        v: Any = x
        for _ in range(count):
            u, v = atan(u) + atan(u) * u, atan(v) * (1 + v)
        yield f"{nodes(u)} shared", u, v, []


def order() -> Iterator[Question]:
    """dᵏσ/dzᵏ as a polynomial in σ, and ∂ᵏ of log Σ e^z by k of its variables."""
    s = symbols("s", real=True)
    polynomial: Any = s
    for count in range(1, 6):
        polynomial = expand(polynomial.diff(s) * s * (1 - s))
        yield f"{count}", Derivative(sigma(x), (x, count)), polynomial.subs(s, sigma(x)), []
    z = symbols("z0:5", real=True)
    total = Add(*map(exp, z))
    for count in range(2, 6):
        right = (-1) ** (count - 1) * factorial(count - 1) * exp(Add(*z[:count])) / total**count
        yield f"{count} mixed", Derivative(log(total), *z[:count]), right, []


def cases() -> Iterator[Question]:
    """2f = f of twice the values, for a Piecewise f of so many cases."""
    for count in (2, 4, 8, 16, 30):
        f = Piecewise(*((x + k, x < k) for k in range(count)), (x**2, True))
        g = Piecewise(*((2 * x + 2 * k, x < k) for k in range(count)), (2 * x**2, True))
        yield str(count), 2 * f, g, []


def hypotheses() -> Iterator[Question]:
    """|x₀| + … + |x₃| = x₀ + … + x₃ where so many symbols are positive."""
    for count in (4, 16, 64, 256):
        xs = symbols(f"x0:{count}", real=True)
        yield str(count), Add(*map(Abs, xs[:4])), Add(*xs[:4]), [c > 0 for c in xs]


def sizes() -> Iterator[Question]:
    """The gradient of the logistic cost for m × n data: one proof, whatever m and n are."""
    m, n = symbols("m n", integer=True, positive=True)
    i, j = symbols("i j", integer=True, nonnegative=True)
    data, theta, y = MatrixSymbol("X", m, n), MatrixSymbol("theta", n, 1), MatrixSymbol("y", m, 1)
    z = (data * theta)[i, 0]
    loss = log(1 + exp(z)) - y[i, 0] * z
    left = Derivative(Sum(loss, (i, 0, m - 1)) / m, theta[j, 0])
    right = Sum((sigma(z) - y[i, 0]) * data[i, j], (i, 0, m - 1)) / m
    for least in (1, 1000, 10**6):
        yield f"m, n ≥ {least}", left, right, [m >= least, n >= least]


DIMENSIONS: dict[str, Callable[[], Iterator[Question]]] = {
    "classes": classes,
    "depth": depth,
    "size": size,
    "order": order,
    "cases": cases,
    "hypotheses": hypotheses,
    "sizes": sizes,
}


def nodes(expr: Any) -> int:
    """The number of nodes of an expression, written out as a tree."""
    if len(expr.args) > 50 or not expr.has(atan):
        return sum(1 for _ in preorder_traversal(expr))
    counts: dict[Any, int] = {}

    def count(e: Any) -> int:
        if e not in counts:
            counts[e] = 1 + sum(map(count, e.args))
        return counts[e]

    return count(expr)


def ask(question: Question, rounds: int) -> tuple[float, str]:
    """The median time in seconds, and the verdict with its reason."""
    _, left, right, where = question
    seconds, result = [], None
    for _ in range(rounds):
        began = time.perf_counter()
        result = prove_equal(left, right, where=where, timeout=60)
        seconds.append(time.perf_counter() - began)
        if seconds[-1] > 5:
            break  # once is enough
    assert result is not None
    return median(seconds), f"{result.verdict.value} {result.reason}".strip()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=DIMENSIONS)
    arguments = parser.parse_args()
    prove_equal(sigma(x), 1 - sigma(-x))  # everything imported
    print(f"{'ms':>9}  question (median of {arguments.rounds}, warm)")
    for name, dimension in DIMENSIONS.items():
        if arguments.only in (None, name):
            print(f"\n{name}: {(dimension.__doc__ or '').strip()}")
            for question in dimension():
                seconds, verdict = ask(question, arguments.rounds)
                print(f"{1e3 * seconds:9.1f}  {question[0]:24}{verdict}", flush=True)


if __name__ == "__main__":
    main()
