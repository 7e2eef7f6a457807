"""Runs that are disturbed: signals, budgets, modules that misbehave, a starved processor."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
HEAD = """\
from sympy import *
from symderiv import Derivation
x, y = symbols("x y", real=True)
"""
RIGHT = 'right = Derivation("right", (x + 1)**2).then(x**2 + 2*x + 1, "expand")\n'
LAST = 'last = Derivation("last", (x + 1)**2).then(x**2 + 1, "slip")\n'


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "symderiv", "verify", *arguments]


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"}


def run(folder: Path, source: str, *arguments: str) -> tuple[int, dict[str, Any], str]:
    """Verify a file, and return the exit code, the JSON report and the standard error."""
    (folder / "own.py").write_text(source, "utf-8")
    done = subprocess.run(
        command("--output-format", "json", "own.py", *arguments),
        cwd=folder,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done.returncode, json.loads(done.stdout), done.stderr


def outcomes(report: dict[str, Any]) -> list[tuple[str, list[str | None]]]:
    """Each derivation with the verdicts of its steps."""
    return [(d["name"], [s["verdict"] for s in d["steps"]]) for d in report["derivations"]]


SLOW = "\ndef checks(seed):\n    import pathlib, time\n    pathlib.Path('started').touch()\n"
SLOW += "    time.sleep(60)\n    yield None\nfunctions = object()\n"


@posix
@pytest.mark.parametrize(
    ("number", "code", "said"),
    [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")],
)
def test_a_run_that_is_stopped_reports_the_rest_as_not_judged(
    tmp_path: Path, number: signal.Signals, code: int, said: str
) -> None:
    (tmp_path / "own.py").write_text(HEAD + RIGHT + LAST + SLOW, "utf-8")
    process = subprocess.Popen(
        command("own.py", "--output-format", "json", "--output-file", "r.json"),
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    until = time.monotonic() + 60
    while not (tmp_path / "started").exists() and time.monotonic() < until:
        time.sleep(0.05)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == code
    assert err == f"{said}: 1 of 2 derivations judged\n"
    assert "✔ right" in out
    assert "not judged: the run was interrupted" in out
    report = json.loads((tmp_path / "r.json").read_text("utf-8"))
    assert not report["passed"]
    assert outcomes(report) == [("right", ["proved"]), ("last", [None])]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["own.py", "r.json", "started"]


def test_what_goes_wrong_with_one_leaves_the_others(tmp_path: Path) -> None:
    source = HEAD + RIGHT
    source += "w = sum(symbols('a:5', real=True)) + 1\n"  # (w + …)³⁰ has 594,594 terms
    source += 'large = Derivation("large", w**30).then(w**29 + w**29*(w - 1), "split")\n'
    source += 'refused = Derivation("refused", Sum(x, (y, 0, oo))).then(x, "infinite")\n'
    source += "print('printed', flush=True)\n" + LAST
    code, report, err = run(tmp_path, source)
    assert code == 1
    assert err == "printed\n"
    assert outcomes(report) == [
        ("right", ["proved"]),
        ("large", ["undecided"]),
        ("refused", [None]),
        ("last", ["refuted"]),
    ]
    large, refused = report["derivations"][1:3]
    assert "594594 terms" in large["steps"][0]["reason"]
    assert "infinite" in refused["error"]


def test_an_import_that_ends_the_program_is_an_error_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "ends.py").write_text("import symderiv, sys\nsys.exit(0)\n", "utf-8")
    code, report, _ = run(tmp_path, HEAD + RIGHT, "ends.py")
    assert code == 2
    assert outcomes(report) == [("right", ["proved"])]
    assert "SystemExit: 0" in report["errors"][0]["message"]


@pytest.mark.slow
def test_the_order_of_a_run_changes_nothing(tmp_path: Path) -> None:
    """What was judged before leaves no trace in an answer, be it a cache or a name."""
    lines = [
        RIGHT,
        LAST,
        'roots = Derivation("roots", sqrt(x**2)).then(Abs(x), "root").then(x, "slip")\n',
        'logs = Derivation("logs", log(x**2)).then(2*log(x), "lost")\n',
        'sums = Derivation("sums", Sum(y**k, (k, 0, n))).then((1 - y**(n + 1))/(1 - y), "sum")\n',
        'same = Derivation("same", Derivative(sin(x*y), x)).then(y*cos(x*y), "chain rule")\n',
    ]
    head = HEAD + "k, n = symbols('k n', integer=True, nonnegative=True)\n"
    said = []
    for order in (lines, lines[::-1]):
        _, report, _ = run(tmp_path, head + "".join(order))
        for derivation in report["derivations"]:
            for part in (derivation, *derivation["steps"]):
                part["seconds"] = part["line"] = 0
        said.append(sorted(report["derivations"], key=lambda d: str(d["name"])))
    assert said[0] == said[1]


def under_a_tenth(folder: Path, *arguments: str) -> dict[str, Any]:
    """Verify while the whole process group gets 20 ms of every 200 ms."""
    process = subprocess.Popen(
        command("--output-format", "json", "--output-file", "r.json", *arguments),
        cwd=folder,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    until = time.monotonic() + 600
    try:
        while process.poll() is None and time.monotonic() < until:
            os.killpg(process.pid, signal.SIGSTOP)
            time.sleep(0.18)
            os.killpg(process.pid, signal.SIGCONT)
            time.sleep(0.02)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    process.wait(60)
    report: dict[str, Any] = json.loads((folder / "r.json").read_text("utf-8"))
    return report


@pytest.mark.slow
@posix
@pytest.mark.parametrize(
    "target",
    [
        pytest.param("symderiv.derivations.sigmoid:derivative_by_hand", id="sigmoid"),
        pytest.param("", id="article", marks=pytest.mark.fuzz),
    ],
)
def test_a_tenth_of_the_processor_gives_the_same_verdicts(tmp_path: Path, target: str) -> None:
    arguments = [target] if target else []
    report = under_a_tenth(tmp_path, *arguments)
    calm = subprocess.run(
        command("--output-format", "json", *arguments),
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        check=True,
    )
    assert report["passed"]
    assert outcomes(report) == outcomes(json.loads(calm.stdout))
