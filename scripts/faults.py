"""Plant faults in the trusted code, one at a time, and see whether a test notices.

The faults are data: scripts/faults/*.toml, each with the file, the text that stands there, the
faulty text, and what is wrong with it. Each is planted in a throw-away copy of the repository,
where the tests nearest to the file run first and then all of them. A text that does not occur
exactly once in its file is an error, so that the table stays in step with the code.

Usage: python scripts/faults.py [WORD ...] [--list] [--nearest] [--unchecked] [--seconds N]
"""

from __future__ import annotations

import argparse
import compileall
import os
import py_compile
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TABLES = sorted((ROOT / "scripts" / "faults").glob("*.toml"))
# the table and its test stay behind: a fault is to be noticed by what it does
LEFT_OUT = shutil.ignore_patterns(
    *(".git", ".venv", ".*_cache", ".hypothesis", "__pycache__", "build", "dist"),
    *("faults", "faults.py", "test_faults.py"),
)
NEAREST = {
    "symderiv/indexform": [
        *("tests/indexform", "tests/prove/test_absolute_products.py", "tests/test_needed.py"),
        *("tests/prove/test_joints.py", "tests/test_general.py", "tests/explain"),
        *(
            "tests/test_special_functions.py",
            "tests/test_meaning.py",
            "tests/test_functions_and_hypotheses.py",
        ),
        *("tests/test_adversarial.py", "tests/test_meaning_conditions.py"),
        *("tests/test_inputs.py", "tests/test_wrong.py"),
    ],
    "symderiv/prove": [
        *("tests/test_scopes.py", "tests/prove", "tests/test_needed.py"),
        *(
            "tests/test_adversarial.py",
            "tests/test_sum_identities.py",
            "tests/test_sums_from_one.py",
        ),
        *("tests/test_general.py", "tests/test_limits.py", "tests/test_bounds.py"),
        "tests/test_convexity.py",
    ],
    "symderiv/refute": [
        *("tests/refute", "tests/test_adversarial.py", "tests/test_inputs.py"),
        *("tests/test_bounds.py", "tests/test_convexity.py", "tests/test_limits.py"),
        *("tests/test_functions_and_hypotheses.py", "tests/test_judge.py"),
        *("tests/indexform/test_where_indices.py", "tests/indexform/test_branches.py"),
    ],
    "symderiv": [
        *("tests/test_needed.py", "tests/prove/test_regions.py", "tests/test_meaning.py"),
        *("tests/test_limits.py", "tests/test_bounds.py", "tests/test_convexity.py"),
        *("tests/prove/test_continuation.py", "tests/test_soundness.py"),
        *("tests/test_verification.py", "tests/indexform/test_exponents.py"),
        "tests/indexform/test_assumed.py",
    ],
}
NOTICED = re.compile(r"^(?:FAILED|ERROR) (.+?)(?: - |$)", re.MULTILINE)


class RottenFault(Exception):
    """The table and the code have parted: the text to replace is not there exactly once."""


@dataclass(frozen=True)
class Fault:
    """One change of one file that makes it wrong."""

    file: str
    wrong: str
    old: str
    new: str

    def planted(self, source: str) -> str:
        """The source with the fault in it."""
        count = source.count(self.old)
        if count != 1:
            raise RottenFault(
                f"{self.file}: the text for the fault '{self.wrong}' occurs {count} times, not "
                f"once; bring scripts/faults up to date:\n{self.old}"
            )
        return source.replace(self.old, self.new)

    @property
    def nearest(self) -> list[str]:
        """The tests to ask first, the mirrored one before the others."""
        room, _, name = self.file.rpartition("/")
        mirror = f"{room.replace('symderiv', 'tests')}/test_{name}"
        return [mirror, *NEAREST[room]] if (ROOT / mirror).exists() else NEAREST[room]


def read_faults(tables: Sequence[Path] = TABLES) -> list[Fault]:
    """The faults of the tables, in their order."""
    rows = [row for table in tables for row in tomllib.loads(table.read_text("utf-8"))["fault"]]
    return [Fault(**{key: text.strip("\n") for key, text in row.items()}) for row in rows]


def rotten_faults(faults: Sequence[Fault]) -> list[RottenFault]:
    """What is wrong with the table itself."""
    rotten = []
    for f in faults:
        try:
            f.planted((ROOT / f.file).read_text("utf-8"))
        except RottenFault as error:
            rotten.append(error)
    return rotten


@contextmanager
def copied() -> Iterator[Path]:
    """A copy of the repository, without the table of faults."""
    with tempfile.TemporaryDirectory(prefix="symderiv-faults-") as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
        for tree in ("symderiv", "tests"):
            # bytecode that is checked by its source, since a file may change twice in a second
            mode = py_compile.PycInvalidationMode.CHECKED_HASH
            compileall.compile_dir(copy / tree, quiet=2, invalidation_mode=mode)
        yield copy


def suite(copy: Path, tests: Sequence[str], seconds: float) -> str:
    """Which test fails first in the copy; empty where none does."""
    flags = ["-x", "-q", "-n", "0", "-p", "no:cacheprovider", "--tb=no", "--assert=plain"]
    flags += ["-m", "not fuzz"]
    env = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    process = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "pytest", *flags, *tests],
        cwd=copy,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,  # with the workers that the tests start
    )
    try:
        output, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return f"no end after {seconds:.0f} s"
    if process.returncode == 0:
        return ""
    found = NOTICED.search(output)
    return found[1] if found else f"pytest ended with {process.returncode}: {output[-300:]}"


def noticed(copy: Path, fault: Fault, seconds: float, all_tests: bool) -> str:
    """Which test notices the fault; empty where none does."""
    path = copy / fault.file
    source = path.read_text("utf-8")
    path.write_text(fault.planted(source), "utf-8")
    try:
        near = suite(copy, fault.nearest, seconds)
        others = [f"--ignore={tests}" for tests in fault.nearest]
        return near or (suite(copy, others, seconds) if all_tests else "")
    finally:
        path.write_text(source, "utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Plant the faults that were asked for; 1 where one survives, 2 where the table is rotten."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("words", nargs="*", help="only faults whose file or text has one of these")
    parser.add_argument("--list", action="store_true", help="print the faults and plant none")
    parser.add_argument("--nearest", action="store_true", help="do not go on to all tests")
    parser.add_argument("--unchecked", action="store_true", help="believe that the tests pass")
    parser.add_argument("--seconds", type=float, default=900.0, help="the limit for one run")
    asked = parser.parse_args(arguments)
    faults = [
        f
        for f in read_faults()
        if not asked.words or any(w in f"{f.file}: {f.wrong}" for w in asked.words)
    ]
    if rotten := rotten_faults(faults):
        print(*rotten, sep="\n\n", file=sys.stderr)
        return 2
    if asked.list:
        for f in faults:
            print(f"{f.file}: {f.wrong}")
        return 0
    survivors = []
    with copied() as copy:
        if not asked.unchecked and (failed := suite(copy, [], asked.seconds)):
            print(f"the tests fail without any fault: {failed}", file=sys.stderr)
            return 2
        for f in faults:
            started = time.monotonic()
            test = noticed(copy, f, asked.seconds, not asked.nearest)
            survivors += [] if test else [f]
            print(
                f"{'noticed ' if test else 'SURVIVED'} {time.monotonic() - started:6.1f} s  "
                f"{f.file}: {f.wrong}{'  <- ' if test else ''}{test}",
                flush=True,
            )
    print(f"{len(faults)} planted, {len(faults) - len(survivors)} noticed")
    for f in survivors:
        print(f"SURVIVED  {f.file}: {f.wrong}")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
