"""Time cost and gradient, Hessian and Hessian-vector product beside other libraries.

All candidates run in one process, one after the other in rounds, in another order each round. A
round also times one read of X, the faster of ``X.sum()`` and a BLAS dot of the flat X with itself.
What is printed is the median over the rounds of time / read, so that a machine that is slow for a
while is slow for both. Time is that of the processor with one thread, so that other work on the
machine is not counted and hidden threads are; with more it is that of the clock, and means
something on an idle machine only. Every result is compared with a reference first.

One thread and two are two processes, as JAX and BLAS read their settings when they are imported.
Candidates that are not installed are left out by name: ``pip install -e '.[bench]'`` gets them.

Usage: python scripts/benchmark.py [--quick] [--shapes 1000x20,100000x20] [--threads 1 2]
[--seconds 5] [--write README.md]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

TASKS = {
    "cost_and_gradient": "Cost and gradient",
    "hessian": "Hessian",
    "hessian_vector": "Hessian-vector product",
}
OURS = ("symderiv", "symderiv, `prepare`")
SHAPES = "1000x20,1000000x20,100000x20,100000x200,20000x2000"
QUICK = "1000x20,100000x20"
LONG_ENOUGH = 2e-3  # seconds: a shorter call is repeated within its round
MOST = 10  # what three rounds may take, as a multiple of the time for a task
AGREEMENT = 1e-8  # relative: a candidate that computes something else is not compared


def environment(threads: int) -> dict[str, str]:
    """What libraries read at their import, for so many threads."""
    count = str(threads)
    names = ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "VECLIB_MAXIMUM")
    flags = f"--xla_cpu_multi_thread_eigen={'true' if threads > 1 else 'false'}"
    return {
        **os.environ,
        **{f"{name}_NUM_THREADS": count for name in names},
        "NPROC": count,
        "PJRT_NPROC": count,
        "XLA_FLAGS": f"{flags} intra_op_parallelism_threads={count}",
        "JAX_PLATFORMS": "cpu",
    }


# -- in the process that measures --------------------------------------------------------------


def problem(m: int, n: int) -> dict[str, Any]:
    """Standard normal X, labels 0 and 1, θ for which Xθ is about ±2, and a direction v."""
    import numpy as np

    rng = np.random.default_rng(m + n)
    X = rng.standard_normal((m, n))
    theta, v = 2 * rng.standard_normal(n) / np.sqrt(n), rng.standard_normal(n)
    y = (rng.random(m) < 0.5).astype(np.float64)
    return {"X": X, "y": y, "theta": theta, "v": v}


def references(p: dict[str, Any]) -> dict[str, Any]:
    """The three results from the stable formulas, sums over rows in extended precision."""
    import numpy as np

    X, y, theta = p["X"], p["y"], p["theta"]
    z = X @ theta
    q = np.exp(-np.abs(z))
    cost = np.mean(np.log1p(q) + np.maximum(z, 0) - y * z, dtype=np.longdouble)
    h = np.where(z > 0, 1, q) / (1 + q)
    w = q / (1 + q) ** 2
    return {
        "cost_and_gradient": (float(cost), X.T @ (h - y) / len(y)),
        "hessian": (X * w[:, None]).T @ X / len(y),
        "hessian_vector": X.T @ (w * (X @ p["v"])) / len(y),
    }


def agrees(found: Any, expected: Any) -> bool:
    """Whether two results are the same up to rounding."""
    import numpy as np

    if isinstance(expected, tuple):
        return all(agrees(f, e) for f, e in zip(found, expected, strict=True))
    found, expected = np.asarray(found), np.asarray(expected)
    scale = np.max(np.abs(expected))
    return found.shape == expected.shape and bool(
        np.all(np.abs(found - expected) <= AGREEMENT * scale)
    )


def timed(call: Callable[[], Any], clock: Callable[[], float], repeats: int = 1) -> float:
    """Seconds for one call."""
    start = clock()
    for _ in range(repeats):
        call()
    return (clock() - start) / repeats


def read_of(X: Any, clock: Callable[[], float]) -> float:
    """Seconds for one read of X."""
    flat = X.reshape(-1)
    repeats = max(1, min(200, 10**6 // X.size))
    reads = (X.sum, lambda: flat.dot(flat)) * 2
    return min(timed(read, clock, repeats) for read in reads)


def candidates(p: dict[str, Any], threads: int) -> tuple[dict[str, Any], dict[str, str]]:
    """The libraries that are there, and why the others are not."""
    import numpy as np
    from peers import PEERS

    found, missing = {}, {}
    for peer in PEERS:
        try:
            small = peer(np.ones((7, 3)), np.array([0.0, 1, 0, 1, 1, 0, 1]), threads)
            for task in peer.tasks:  # what a library does once is not timed
                getattr(small, task)(*[np.ones(3)] * (2 if task == "hessian_vector" else 1))
            found[peer.label] = peer
        except (ImportError, AttributeError) as why:
            missing[peer.label] = str(why)
    return found, missing


def measure(shape: tuple[int, int], threads: int, seconds: float) -> list[dict[str, Any]]:
    """All tasks at one shape."""
    from peers import LeftOut

    p = problem(*shape)
    expected = references(p)
    classes, missing = candidates(p, threads)
    arguments = dict.fromkeys(TASKS, (p["theta"],)) | {"hessian_vector": (p["theta"], p["v"])}
    records: list[dict[str, Any]] = []
    for task, title in TASKS.items():
        calls, firsts, left_out = {}, {}, dict(missing)
        for label, peer in classes.items():
            if task not in peer.tasks:
                if task in getattr(peer, "lacks", ()):
                    left_out[label] = f"no {title}"
                continue
            try:
                start = time.perf_counter()
                method = getattr(peer(p["X"], p["y"], threads), task)
                result = method(*arguments[task])
                firsts[label] = time.perf_counter() - start
            except LeftOut as why:
                left_out[label] = str(why)
                continue
            if not agrees(result, expected[task]):
                left_out[label] = "computes something else"
                continue
            calls[label] = lambda method=method, task=task: method(*arguments[task])
        clock = time.process_time if threads == 1 else time.perf_counter
        rounds = _rounds(calls, firsts, p["X"], seconds, clock)
        for label, ratios in rounds.items():
            records.append(
                {"task": task, "shape": list(shape), "threads": threads, "label": label,
                 "ratio": median(ratios), "rounds": len(ratios), "first": firsts[label]}
            )  # fmt: skip
        records += [
            {"task": task, "shape": list(shape), "threads": threads, "label": label, "why": why}
            for label, why in left_out.items()
        ]
    return records


def _rounds(
    calls: dict[str, Callable[[], Any]],
    firsts: dict[str, float],
    X: Any,
    seconds: float,
    clock: Callable[[], float],
) -> dict[str, list[float]]:
    """The ratios to a read of X, one for each round."""
    order = random.Random(0)  # noqa: S311 - the order of turns, and no secret
    repeats = {}
    for label, call in calls.items():
        once = firsts[label] if firsts[label] > 1 else min(timed(call, clock) for _ in range(2))
        repeats[label] = max(1, round(LONG_ENOUGH / max(once, 1e-6)))
    ratios: dict[str, list[float]] = {label: [] for label in calls}
    rounds, start, longest = 0, time.perf_counter(), 0.0
    while (  # three rounds, unless one takes minutes
        rounds < 1
        or (rounds < 3 and time.perf_counter() - start + longest < MOST * seconds)
        or (rounds < 101 and time.perf_counter() - start + longest < seconds)
    ):
        begun = time.perf_counter()
        labels = list(calls)
        order.shuffle(labels)
        for label in labels:
            read = read_of(X, clock)
            ratios[label].append(timed(calls[label], clock, repeats[label]) / read)
        longest = time.perf_counter() - begun
        rounds += 1
    return ratios


def memory(m: int, n: int) -> float:
    """The peak that cost and gradient allocate, as a multiple of one vector of m doubles."""
    from symderiv.derivations.logistic_regression import functions

    p = problem(m, n)
    functions.cost_and_gradient(p["theta"], p["X"][:5], p["y"][:5])
    tracemalloc.start()
    functions.cost_and_gradient(p["theta"], p["X"], p["y"])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / (8 * m)


def child(arguments: argparse.Namespace) -> None:
    """Measure with the threads that the environment gives, and print the records as JSON."""
    out: list[dict[str, Any]] = []
    for shape in arguments.shapes:
        start = time.perf_counter()
        out += measure(shape, arguments.child, arguments.seconds)
        print(
            f"{arguments.child} thread(s), {shape[0]} × {shape[1]}: "
            f"{time.perf_counter() - start:.0f} s",
            file=sys.stderr,
        )
    largest = max(arguments.shapes)
    print(json.dumps({"records": out, "memory": [*largest, memory(*largest)]}))


# -- in the process that asks and prints --------------------------------------------------------


def report(records: list[dict[str, Any]], peak: tuple[int, int, float]) -> str:
    """The tables, in Markdown, for each number of threads."""
    about = (
        "Time as a multiple of one read of X; the median of rounds in which all take turns. "
        "`prepare` keeps X and y between calls."
    )
    parts = [about]
    for threads in sorted({r["threads"] for r in records}):
        mine = [r for r in records if r["threads"] == threads]
        shapes = sorted({tuple(r["shape"]) for r in mine}, key=lambda s: (s[1], s[0]))
        many = f"{threads} thread{'s' if threads > 1 else ''}"
        for task, title in TASKS.items():
            parts.append(_task(f"{title}, {many}", [r for r in mine if r["task"] == task], shapes))
        parts.append(_first_calls(f"First call: cost and gradient, ms, {many}", mine, shapes))
    m, n, vectors = peak
    parts.append(
        f"At {m} × {n} the function `cost_and_gradient` allocates at its peak {vectors:.2f} "
        f"vectors of m numbers; X has {n}."
    )
    why: dict[str, list[str]] = {}
    for r in records:
        if "why" in r:
            reasons = why.setdefault(r["label"], [])
            reasons += [r["why"]] * (r["why"] not in reasons)
    parts += [f"Left out: {label} ({'; '.join(reasons)})." for label, reasons in why.items()]
    parts.append(f"Measured on {machine()}.")
    return "\n\n".join(parts)


def _task(title: str, records: list[dict[str, Any]], shapes: list[Any]) -> str:
    """All candidates at all shapes, and how the best of the others compares with ours."""
    from tables import table

    found = {(r["label"], tuple(r["shape"])): r["ratio"] for r in records if "ratio" in r}
    labels = list(dict.fromkeys(label for label, _ in found))

    def best(shape: Any) -> str:
        both = [
            [f for (label, s), f in found.items() if s == shape and (label in OURS) == ours]
            for ours in (True, False)
        ]
        return f"{min(both[1]) / min(both[0]):.2f}" if all(both) else "–"

    rows = [
        [label, *(number(found[label, s]) if (label, s) in found else "–" for s in shapes)]
        for label in labels
    ]
    rows.append(["**best other / best of symderiv**", *map(best, shapes)])
    return table([title, *(f"{m} × {n}" for m, n in shapes)], rows)


def _first_calls(title: str, records: list[dict[str, Any]], shapes: list[Any]) -> str:
    """How long it takes from the data to the first result, which may include compiling."""
    from tables import table

    mine = [r for r in records if r["task"] == "cost_and_gradient" and "first" in r]
    firsts = {(r["label"], tuple(r["shape"])): r["first"] for r in mine}
    labels = list(dict.fromkeys(label for label, _ in firsts))
    rows = [
        [label, *(f"{1e3 * firsts[label, s]:.3g}" if (label, s) in firsts else "–" for s in shapes)]
        for label in labels
    ]
    return table([title, *(f"{m} × {n}" for m, n in shapes)], rows)


def number(x: float) -> str:
    """Two significant digits, three from 10 on."""
    return f"{x:.2g}" if x < 10 else f"{x:.0f}"


def machine() -> str:
    """What the figures were measured on."""
    from importlib.metadata import PackageNotFoundError, version

    names = ("numpy", "scipy", "scikit-learn", "statsmodels", "torch", "jax", "autograd")
    found = []
    for name in names:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return (
        f"{os.cpu_count()} cores of {platform.machine()}, Python {platform.python_version()}, "
        + ", ".join(found)
    )


def parsed(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--shapes", default=SHAPES, help="m x n of each, as 1000x20,100000x20")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK}, one second for each cell")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2], help="a table for each")
    parser.add_argument("--seconds", type=float, default=5.0, help="for each task at each shape")
    parser.add_argument("--write", metavar="FILE", help="put the tables into this file")
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    found = parser.parse_args(arguments)
    if found.quick:
        found.shapes, found.seconds = QUICK if found.shapes == SHAPES else found.shapes, 1.0
    found.shapes = [tuple(int(k) for k in s.split("x")) for s in found.shapes.split(",")]
    return found


def main() -> None:
    """Measure in one process for each number of threads, and print."""
    arguments = parsed()
    if arguments.child:
        child(arguments)
        return
    records: list[dict[str, Any]] = []
    for threads in arguments.threads:
        command = [
            sys.executable, __file__, "--child", str(threads), "--seconds", str(arguments.seconds),
            "--shapes", ",".join(f"{m}x{n}" for m, n in arguments.shapes),
        ]  # fmt: skip
        done = subprocess.run(  # noqa: S603 - our own command
            command, env=environment(threads), stdout=subprocess.PIPE, check=True, text=True
        )
        found = json.loads(done.stdout.splitlines()[-1])
        records += found["records"]
        peak = found["memory"]
    text = report(records, tuple(peak))
    print(text)
    if arguments.write:
        sys.path.insert(0, str(Path(__file__).parent))
        from tables import write

        write(arguments.write, "benchmark", text)


if __name__ == "__main__":
    main()
