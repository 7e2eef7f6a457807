"""Print how long each step of the article takes, and a cold `symderiv verify`.

Medians of several rounds in this process, after a warm-up; the cold runs are interleaved
with `python -c "import sympy, numpy, hypothesis, flint"` and shown as a ratio.

Usage: python scripts/timing.py [ROUNDS]
"""

from __future__ import annotations

import subprocess
import sys
import time
from statistics import median

from symderiv.derivations import ARTICLE
from symderiv.verification import derivations_of, verify

IMPORTS = "import sympy, numpy, hypothesis, flint"


def steps(rounds: int) -> None:
    """The median time of each step, warm."""
    modules = [__import__(name, fromlist=["_"]) for name in ARTICLE]
    derivations = [d for module in modules for d in derivations_of(module)]
    verify(derivations)
    seconds: dict[tuple[str, int, str], list[float]] = {}
    for _ in range(rounds):
        for derivation in verify(derivations):
            for step in derivation.steps:
                key = derivation.name, step.number, step.because
                assert step.result is not None, step.error
                seconds.setdefault(key, []).append(step.result.seconds)
    print(f"{'ms':>6}  step (median of {rounds}, warm)")
    for (name, number, because), times in seconds.items():
        print(f"{1e3 * median(times):6.1f}  {name}, step {number}: {because}")
    slowest = max(median(t) for t in seconds.values())
    print(f"{1e3 * slowest:6.1f}  the slowest of {len(seconds)} steps\n")


def cold(rounds: int) -> None:
    """`symderiv verify` against the imports alone, each a new process."""
    commands = {
        "symderiv verify": [sys.executable, "-m", "symderiv", "verify"],
        f'python -c "{IMPORTS}"': [sys.executable, "-c", IMPORTS],
    }
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            started = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own commands
            seconds[name].append(time.perf_counter() - started)
    for name, times in seconds.items():
        print(f"{median(times):6.2f} s  {name}")
    ours, imports = seconds.values()
    ratio = median(a / b for a, b in zip(ours, imports, strict=True))
    print(f"{ratio:6.2f}    ratio (median of {rounds}, interleaved)")


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    steps(count)
    cold(count)
