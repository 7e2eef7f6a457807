"""Ask the judge about random pairs, true by construction or with a slip, and look for a lie.

Every verdict is held against values that share no code with symderiv (tests/pairs/ask.py). The
tables have one row for each kind, or family of kinds, and truth: "false" pairs differ at a point
that was seen, "equal" ones have a slip that no point shows. Where no value speaks for or against a
verdict the pair is "not seen", and the reasons are listed. Times are of the processor, for the
judge alone. The exit code is 1 where anything is wrong: a lie, a traceback, a pair that ends its
process.

A run can be split: give each part another seed and a file for its answers, then add them up.

    python scripts/fuzz.py --pairs 50000 --seed A --answers a.jsonl
    python scripts/fuzz.py --pairs 50000 --seed B --answers b.jsonl
    python scripts/fuzz.py --add a.jsonl b.jsonl

The last line holds the counts alone, for adding by hand: the same for a seed on every machine.
"""

from __future__ import annotations

import argparse
import gc
import json
import multiprocessing
import os
import re
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from multiprocessing.connection import Connection, wait
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[0] = str(ROOT / "tests")

from pairs.ask import Answer, judge, smaller  # noqa: E402
from pairs.kinds import FAMILIES, KINDS, draw  # noqa: E402

BUILDING = 30  # seconds that SymPy may take to build a pair
PATIENCE = 600.0  # seconds without an answer after which a process is given up
SLOW = 1.0
VARIANTS = 3  # of each true pair: itself and two slips
ROWS = ("true", "false", "equal")
COLUMNS = ("proved", "refuted", "undecided", "refused")
FAULTS = ("traceback", "ended")
REASONS = 25  # the most frequent ones are printed
Job = tuple[str, str]


def jobs(pairs: int, seed: str, kinds: list[str], only: str) -> list[Job]:
    """The pairs to ask about, kind by kind in turn: a true one, then slips of it."""
    if only:
        return [(kind, f"{seed}.{only}") for kind in kinds]
    rounds = range(1 + pairs // (VARIANTS * len(kinds)))
    every = [(kind, f"{seed}.{k}.{v}") for k in rounds for kind in kinds for v in range(VARIANTS)]
    return every[:pairs]


def too_long(*_: object) -> None:
    """Give a pair up that SymPy does not come to an end of building."""
    raise TimeoutError(f"built for more than {BUILDING} s")


def work(todo: list[Job], out: Connection) -> None:
    """Ask about each pair and send the answer; in a process of its own."""
    gc.set_threshold(100_000, 50, 50)
    signal.signal(signal.SIGALRM, too_long)
    for kind, seed in todo:
        try:
            signal.alarm(BUILDING)
            pair = draw(kind, seed)
            signal.alarm(0)
            out.send(judge(pair, kind, seed))
        except Exception as error:  # noqa: BLE001 - the fault of the generator, not of the judge
            reason = f"no pair was drawn, {type(error).__name__}: {error}"
            out.send(Answer(kind, seed, "true", "refused", 0.0, "", "", reason, reason))
    out.close()


class Worker:
    """A process that asks, and what it still has to ask."""

    def __init__(self, todo: list[Job]) -> None:
        self.todo = todo
        self.start()

    def start(self) -> None:
        """Begin with what is left."""
        self.answers, out = multiprocessing.Pipe(duplex=False)
        self.process = multiprocessing.Process(target=work, args=(self.todo, out), daemon=True)
        self.process.start()
        out.close()
        self.heard = time.monotonic()

    def next(self) -> Answer | None:
        """The next answer that is there; a process that ended or hangs gives one as well."""
        if self.answers.poll():
            try:
                answer: Answer = self.answers.recv()
            except EOFError:
                pass
            else:
                self.todo = self.todo[1:]
                self.heard = time.monotonic()
                return answer
        elif self.process.is_alive() and time.monotonic() - self.heard < PATIENCE:
            return None
        kind, seed = self.todo[0]
        ended = "gave no answer" if self.process.is_alive() else "ended its process"
        self.process.kill()
        self.process.join()
        self.todo = self.todo[1:]
        if self.todo:
            self.start()
        return Answer(kind, seed, "true", "ended", PATIENCE, "", f"the pair {ended}")


def answers(todo: list[Job], processes: int) -> Iterator[Answer]:
    """The answers as they come."""
    groups = [todo[k : k + VARIANTS] for k in range(0, len(todo), VARIANTS)]
    shares = [[job for group in groups[k::processes] for job in group] for k in range(processes)]
    workers = [Worker(share) for share in shares if share]
    while workers:
        wait([w.answers for w in workers], timeout=1.0)
        for w in list(workers):
            answer = w.next()
            if answer is not None:
                yield answer
            if not w.todo:
                w.process.join()
                workers.remove(w)


def counts(some: list[Answer]) -> list[int]:
    """How many pairs, the verdicts, what is wrong, what broke, and what was not seen."""
    verdicts = Counter(a.verdict for a in some)
    faults = sum(verdicts[v] for v in FAULTS)
    wrong = sum(bool(a.wrong) for a in some) - faults
    unseen = sum(bool(a.unseen) for a in some)
    return [len(some), *(verdicts[v] for v in COLUMNS), wrong, faults, unseen]


def row(name: str, some: list[Answer]) -> str:
    """One line of the table."""
    times = sorted(a.seconds for a in some)
    late = times[min(len(times) - 1, round(0.99 * len(times)))]
    figures = [1e3 * median(times), 1e3 * late, 1e3 * times[-1]]
    return (
        f"{name:24}"
        + "".join(f"{c:>10}" for c in counts(some))
        + "".join(f"{t:>10.0f}" for t in figures)
        + f"{sum(times):>10.1f}"
    )


def table(found: list[Answer], groups: Mapping[str, Iterable[str]]) -> Iterator[str]:
    """Counts and times by group of kinds and truth."""
    heads = ("pairs", *COLUMNS, "wrong", "traceback", "not seen")
    times = ("median ms", "99 % ms", "slowest", "seconds")
    yield f"{'':24}" + "".join(f"{h:>10}" for h in (*heads, *times))
    for name, kinds in groups.items():
        for truth in ROWS:
            some = [a for a in found if a.truth == truth and a.kind in kinds]
            if some:
                yield row(f"{name}, {truth}", some)


def totals(found: list[Answer]) -> str:
    """The counts by family and truth in one line: pairs/proved/refuted/…, in the table's order."""
    parts = []
    for family, kinds in {**FAMILIES, "all": KINDS}.items():
        for truth in ROWS:
            some = [a for a in found if a.truth == truth and a.kind in kinds]
            parts.append(f"{family}-{truth}=" + "/".join(map(str, counts(some))))
    return "totals " + " ".join(parts)


def classes(found: list[Answer]) -> Iterator[str]:
    """Why pairs are undecided, refused or not seen, frequent reasons first, each with seeds."""
    seen: dict[tuple[str, str, str], list[Answer]] = {}
    for a in found:
        told = {"not seen": a.unseen}
        if a.verdict in ("undecided", "refused"):
            told[a.verdict] = a.reason
        for what, reason in told.items():
            if reason:
                short = re.sub(r"(vanish|case).*", r"\1", re.sub(r"-?\d+|'[^']*'", "…", reason))
                seen.setdefault((what, a.truth, short.split("\n")[0][:70]), []).append(a)
    ranked = sorted(seen.items(), key=lambda item: -len(item[1]))
    unseen = [item for item in ranked if item[0][0] == "not seen"]
    others = [item for item in ranked if item[0][0] != "not seen"]
    for (verdict, truth, reason), some in (*unseen, *others[:REASONS]):
        examples = ", ".join(f"{a.kind} {a.seed}" for a in some[:3])
        yield f"{len(some):>6}  {truth} {verdict}: {reason} ({examples})"
    if others[REASONS:]:
        rest = sum(len(some) for _, some in others[REASONS:])
        yield f"{rest:>6}  pairs with {len(others) - REASONS} other reasons"


def shown(answer: Answer) -> str:
    """A failure with its seed and a claim that is as small as can be made."""
    lines = [f"WRONG: {answer.kind} {answer.seed} ({answer.truth}; {answer.made}): {answer.wrong}"]
    if answer.verdict != "ended":
        pair = smaller(draw(answer.kind, answer.seed), answer.kind, answer.seed)
        lines += [f"  {pair.lhs} = {pair.rhs}", pair.text()]
    return "\n".join(lines)


def asked(options: Any) -> Iterator[Answer]:
    """The answers of this run, each kept and shown where it is wrong."""
    todo = jobs(options.pairs, options.seed, options.kind, options.only)
    kept = options.answers.open("a", encoding="utf-8") if options.answers else None
    started = time.perf_counter()
    for number, answer in enumerate(answers(todo, options.jobs), 1):
        if kept is not None:
            print(json.dumps(asdict(answer)), file=kept, flush=True)
        if answer.wrong:
            print(shown(answer), flush=True)
        if number % 1000 == 0:
            print(f"{number} pairs, {time.perf_counter() - started:.0f} s", file=sys.stderr)
        yield answer


def told(files: list[Path]) -> Iterator[Answer]:
    """The answers of other runs."""
    for file in files:
        for line in file.read_text("utf-8").splitlines():
            answer = Answer(**json.loads(line))
            if answer.wrong:
                print(f"WRONG: {answer.kind} {answer.seed} ({answer.truth}): {answer.wrong}")
            yield answer


def report(found: list[Answer]) -> int:
    """Print tables, reasons and totals, and give the exit code."""
    print(*table(found, {kind: [kind] for kind in KINDS}), sep="\n", end="\n\n")
    print(*table(found, {**FAMILIES, "all": KINDS}), sep="\n", end="\n\n")
    print(*classes(found), sep="\n")
    slow = sorted((a for a in found if a.seconds > SLOW), key=lambda a: -a.seconds)
    for a in slow[:20]:
        print(f"{a.seconds:6.1f} s  {a.kind} {a.seed}: {a.truth}, {a.verdict} {a.reason[:80]}")
    seconds = sum(a.seconds for a in found)
    print(f"{len(found)} pairs, {seconds:.0f} s in the judge; {len(slow)} over {SLOW} s")
    print(totals(found))
    return int(any(a.wrong for a in found))


def main() -> int:
    """Ask, print, and say by the exit code whether anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=1500)
    parser.add_argument("--seed", default="0")
    parser.add_argument("--kind", nargs="+", choices=list(KINDS), default=list(KINDS))
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--answers", type=Path, help="a file that keeps each answer, a line each")
    parser.add_argument("--add", nargs="+", type=Path, help="ask nothing: report on such files")
    parser.add_argument("--only", default="", help="what follows the first dot of a seed")
    options: Any = parser.parse_args()
    return report(list(told(options.add) if options.add else asked(options)))


if __name__ == "__main__":
    if os.environ.get("PYTHONHASHSEED") != "0":  # a seed names the same pair in every run
        os.environ["PYTHONHASHSEED"] = "0"
        os.execv(sys.executable, [sys.executable, __file__, *sys.argv[1:]])  # noqa: S606
    sys.exit(main())
