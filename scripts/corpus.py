"""Print what the prover says of the corpus, beside SymPy's `simplify` and `equals`.

True claims are formulas of public losses, likelihoods and references; mutants are false variants
of them (tests/corpus/mutate.py). Each question is put once, in this process and warm; SymPy is
asked in a process of its own, which is ended after the limit.

Usage: python scripts/corpus.py [--only FAMILY] [--peers] [--limit SECONDS]
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[0] = str(ROOT / "tests")  # for the folder of this script, where corpus is this file

import sympy  # noqa: E402
from corpus import published_errors  # noqa: E402
from corpus.claim import Claim  # noqa: E402
from corpus.families import FAMILIES, claims, looked_up  # noqa: E402
from corpus.mutate import mutants  # noqa: E402

from symderiv import prove_equal  # noqa: E402
from symderiv.functions import Gradient  # noqa: E402
from symderiv.verdict import ClaimError  # noqa: E402

SLOW = 0.02  # where SymPy takes longer than this, the prover should be faster


@dataclass
class Tally:
    """The answers to one kind of question, and the seconds they took."""

    name: str
    true: bool
    verdicts: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, float] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    open: list[tuple[str, str]] = field(default_factory=list)

    def enter(self, question: str, verdict: str, seconds: float, reason: str = "") -> None:
        """Count one answer."""
        self.verdicts[verdict] += 1
        self.seconds[question] = seconds
        if verdict == ("refuted" if self.true else "proved") or verdict == "error":
            self.wrong.append(f"{question}: {verdict} {reason}")
        elif verdict == "undecided":
            self.open.append((question, reason))

    def line(self) -> str:
        """One row of the table."""
        times = sorted(self.seconds.values())
        counts = [self.verdicts[v] for v in ("proved", "refuted", "undecided", "refused")]
        columns = [len(times), *counts, len(self.wrong)]
        late = times[min(len(times) - 1, round(0.99 * len(times)))]
        numbers = "".join(f"{c:>10}" for c in columns)
        return f"{self.name:28}{numbers}{1e3 * median(times):>10.1f}{1e3 * late:>10.0f}"


HEAD = f"{'':28}" + "".join(
    f"{h:>10}"
    for h in ("asked", "proved", "refuted", "undecided", "refused", "wrong", "median ms", "99 % ms")
)


def ask(tally: Tally, question: str, claim: Claim, rhs: Any) -> None:
    """Put one question to the prover."""
    started = time.perf_counter()
    try:
        result = prove_equal(claim.lhs, rhs, where=claim.where, let=dict(claim.let))
        verdict, reason = result.verdict.value, result.reason
    except ClaimError as error:
        verdict, reason = "refused", str(error)
    except Exception as error:  # noqa: BLE001 - a fault is to be counted, not to end the run
        verdict, reason = "error", f"{type(error).__name__}: {error}"
    tally.enter(question, verdict, time.perf_counter() - started, reason)


# ---- SymPy, in a process that can be ended


def with_assumptions(claim: Claim, e: Any) -> Any:
    """What SymPy can be told of ``where``: that a symbol is positive."""
    known = {
        r.args[0]: sympy.Symbol(r.args[0].name, positive=True)
        for r in claim.where
        if isinstance(r, sympy.StrictGreaterThan)
        and r.args[1] == 0
        and isinstance(r.args[0], sympy.Symbol)
    }
    return e.xreplace(dict(claim.let)).xreplace(known)


def difference(claim: Claim, rhs: Any) -> Any:
    """lhs.doit() − rhs, as a person would write it."""
    lhs = claim.lhs
    if isinstance(lhs, Gradient):
        lhs = with_assumptions(claim, lhs.function).diff(lhs.variable)
    return with_assumptions(claim, lhs).doit() - with_assumptions(claim, rhs).doit()


def peer_answer(method: str, claim: Claim, rhs: Any) -> str:
    """What SymPy says; a `simplify` that leaves something over is no answer."""
    d = difference(claim, rhs)
    if method == "simplify":
        left = sympy.simplify(d)
        zero = left == 0 or getattr(left, "is_ZeroMatrix", False)
        return "proved" if zero else "undecided"
    says = d.equals(0)
    return {True: "proved", False: "refuted"}.get(says, "undecided")


def peer(pipe: Any) -> None:
    """Answer questions until the other end closes."""
    known = {c.name: c for family in FAMILIES for c in claims(family)}
    pipe.send("ready")
    while True:
        method, name, slip = pipe.recv()
        claim = known[name]
        rhs = next(m.rhs for m in mutants(claim) if m.slip == slip) if slip else claim.rhs
        pipe.send("go")
        started = time.perf_counter()
        try:
            verdict, reason = peer_answer(method, claim, rhs), ""
        except Exception as error:  # noqa: BLE001 - SymPy raises many things; it is no answer
            verdict, reason = "undecided", type(error).__name__
        pipe.send((verdict, time.perf_counter() - started, reason))


class Peer:
    """A process with SymPy, restarted where it had to be ended."""

    def __init__(self, limit: float) -> None:
        self.limit = limit
        self.process: Any = None

    def start(self) -> None:
        """Begin a new process, and wait until it has read the corpus."""
        context = multiprocessing.get_context("spawn")
        self.pipe, other = context.Pipe()
        self.process = context.Process(target=peer, args=(other,), daemon=True)
        self.process.start()
        self.pipe.recv()

    def ask(self, tally: Tally, method: str, claim: Claim, slip: str) -> None:
        """Put one question; no answer in time counts as undecided."""
        if self.process is None:
            self.start()
        self.pipe.send((method, claim.name, slip))
        self.pipe.recv()
        if self.pipe.poll(self.limit):
            verdict, seconds, reason = self.pipe.recv()
        else:
            self.stop()
            verdict, seconds, reason = "undecided", self.limit, "time limit"
        tally.enter(claim.name, verdict, seconds, reason)

    def stop(self) -> None:
        """End the process."""
        if self.process is not None:
            self.process.kill()
            self.process.join()
            self.process = None


def compare(ours: Tally, theirs: Tally) -> None:
    """Who was faster where SymPy was slow."""
    slow = [q for q, s in theirs.seconds.items() if s > SLOW]
    lost = [q for q in slow if ours.seconds[q] >= theirs.seconds[q]]
    faster = len(slow) - len(lost)
    print(f"where {theirs.name} takes over 20 ms, faster on {faster} of {len(slow)}")
    for q in lost:
        ms = 1e3 * ours.seconds[q], 1e3 * theirs.seconds[q]
        print(f"    slower: {q}, {ms[0]:.0f} ms against {ms[1]:.0f}")


def with_peers(families: list[str], ours: Tally, limit: float) -> Iterator[Tally]:
    """The same true claims, and one mutant of each, put to SymPy."""
    process = Peer(limit)
    for method in ("simplify", "equals"):
        true, false = Tally(f"true, SymPy {method}", True), Tally(f"mutants, SymPy {method}", False)
        for family in families:
            for claim in claims(family):
                process.ask(true, method, claim, "")
                slip = next((m.slip for m in mutants(claim)), "")
                if slip:
                    process.ask(false, method, claim, slip)
        yield true
        yield false
    process.stop()


def main() -> int:
    """Ask, print the table and what stays open; 1 where anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=FAMILIES, help="one family of claims")
    parser.add_argument("--peers", action="store_true", help="ask SymPy as well (slow)")
    parser.add_argument("--limit", type=float, default=10.0, help="seconds for SymPy's answers")
    options = parser.parse_args()
    families = [options.only] if options.only else FAMILIES
    true, false, published = (
        Tally("true claims", True),
        Tally("mutants", False),
        Tally("published errors", False),
    )
    first = claims(families[0])[0]
    prove_equal(first.lhs, first.rhs, where=first.where, let=dict(first.let))  # warm
    scalars = read = 0
    for family in families:
        for claim in claims(family):
            scalars += claim.is_scalar
            read += looked_up(claim)
            ask(true, claim.name, claim, claim.rhs)
            for mutant in mutants(claim):
                ask(false, f"{claim.name}, {mutant.slip}", claim, mutant.rhs)
    for claim in published_errors.CLAIMS:
        ask(published, claim.name, claim, claim.rhs)
    total = len(true.seconds)
    print(f"{total} claims: {scalars} scalar, {total - scalars} with sums or matrices;")
    print(f"the sources of {read} were looked up, the others are cited from memory\n")
    print(HEAD)
    tallies = [true, false, published]
    for tally in tallies:
        print(tally.line(), flush=True)
    if options.peers:
        for tally in with_peers(families, true, options.limit):
            print(tally.line(), flush=True)
            tallies.append(tally)
        print()
        for tally in tallies[3::2]:
            compare(true, tally)
    for tally in (true, false):
        print(f"\nundecided {tally.name}:")
        for question, reason in tally.open:
            print(f"  {question}: {reason[:150]}")
    ours = [w for tally in tallies[:3] for w in tally.wrong]
    print("\nwrong:", "none" if not ours else "")
    for text in ours:
        print(f"  {text}")
    return 1 if ours else 0


if __name__ == "__main__":
    sys.exit(main())
