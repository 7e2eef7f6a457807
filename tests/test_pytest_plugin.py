"""The pytest plugin from outside: what it collects, how it fails, what it costs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from sympy import Abs, Symbol, log, sqrt

from symderiv.testing import assert_proved, assert_refuted

HEAD = "from sympy import Symbol\nfrom symderiv import Derivation\nx = Symbol('x', real=True)\n"
WRONG = HEAD + "wrong = (Derivation('a wrong square', (x + 1)**2)\n"
WRONG += "    .then(x**2 + 2*x + 1, 'multiply out')\n    .then(x**2 + 1, 'slip'))\n"
RIGHT = HEAD + "right = Derivation('a right square', (x + 1)**2).then(x**2 + 2*x + 1, 'expand')\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    listed = '[tool.symderiv]\nderivations = ["docs/*.py", "package_of_test.right"]\n'
    listed += 'exclude = ["docs/broken.py"]\n'
    write(tmp_path, "pyproject.toml", listed + '[tool.pytest.ini_options]\ntestpaths = ["tests"]\n')
    write(tmp_path, "docs/wrong.py", WRONG)
    write(tmp_path, "docs/conf.py", "1/0\n")
    write(tmp_path, "docs/broken.py", "import symderiv\n1/0\n")
    write(tmp_path, "package_of_test/__init__.py", "")
    write(tmp_path, "package_of_test/right.py", RIGHT)
    write(tmp_path, "tests/test_own.py", "def test_own(): pass\n")
    return tmp_path


def write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "symderiv.pytest_plugin", *arguments],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        env={
            **os.environ,
            "PYTHONIOENCODING": "utf-8",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # other plugins take longer than ours
        },
        timeout=120,
        check=False,
    )


def collected(folder: Path, *arguments: str) -> list[str]:
    done = run(folder, "--symderiv", "--collect-only", "-q", *arguments)
    return [line for line in done.stdout.splitlines() if "::" in line]


OWN, WRONG_1, WRONG_2, RIGHT_1 = ALL = [
    "tests/test_own.py::test_own",
    "docs/wrong.py::wrong::step 1",
    "docs/wrong.py::wrong::step 2",
    "package_of_test/right.py::right::step 1",
]


def test_every_step_is_an_item_and_fails_as_the_command_line_says(project: Path) -> None:
    done = run(project, "--symderiv", "-q", "--junitxml=r.xml", "-o", "junit_family=xunit1")
    assert done.returncode == 1
    assert "1 failed, 3 passed" in done.stdout
    shown = """\
✘ a wrong square, step 2 of 2: "slip"   docs/wrong.py:6
    from   x² + 2·x + 1
    to     x² + 1
    refuted at x = 1:   4 ≠ 2
"""
    assert shown in done.stdout
    assert "Traceback" not in done.stdout
    cases = ET.parse(project / "r.xml").getroot().findall("testsuite/testcase")
    names = [f"{c.attrib['file']}::{c.attrib['classname'].rpartition('.')[2]}" for c in cases]
    assert names[1:3] == ["docs/wrong.py::wrong"] * 2
    (failed,) = (case for case in cases if case.find("failure") is not None)
    assert int(failed.attrib["line"]) + 1 == 6  # pytest counts from 0 there

    again = run(project, "--symderiv", "--lf", "-v")  # what failed, and nothing else
    assert re.findall(r"(\S+::step \d) (\w+)", again.stdout) == [(WRONG_2, "FAILED")]


@pytest.mark.slow
def test_what_is_collected(project: Path) -> None:
    assert collected(project) == ALL
    assert collected(project, "docs") == [WRONG_1, WRONG_2]
    assert collected(project, "docs/wrong.py::wrong::step 1", "-k", "multiply") == [WRONG_1]
    write(project, "pyproject.toml", "")  # nothing is listed: what is visited and imports it
    assert collected(project, "package_of_test") == [RIGHT_1]


@pytest.mark.slow
def test_two_processes_share_the_work(project: Path) -> None:
    done = run(project, "-p", "xdist", "--symderiv", "-n", "2", "-v")
    outcomes = re.findall(r"\[gw(\d)\] \[ *\d+%\] (\w+) (\S+::\w+(?: \d)?)", done.stdout)
    assert {worker for worker, _, _ in outcomes} == {"0", "1"}
    assert sorted(item for _, _, item in outcomes) == sorted(ALL)
    assert [item for _, outcome, item in outcomes if outcome == "FAILED"] == [WRONG_2]


def test_what_cannot_be_imported_is_an_error_without_a_traceback(project: Path) -> None:
    write(project, "docs/broken.py", "import symderiv\nimport sys\nsys.exit(0)\n")
    write(project, "pyproject.toml", '[tool.symderiv]\nderivations = ["docs/*.py"]\n')
    done = run(project, "--symderiv", "-q")
    assert done.returncode == 2
    assert "docs/broken.py cannot be imported: it ends the program (SystemExit: 0)" in done.stdout
    assert "broken.py:3" in done.stdout
    assert "Traceback" not in done.stdout


@pytest.mark.parametrize(
    ("listed", "option", "says"),
    [
        ('["missing.py"]', "-q", "there is no file missing.py"),
        ('"docs"', "-q", "must be a list of texts"),
        ('["docs"]', "--symderiv-timeout=0", "expected seconds"),
    ],
)
def test_a_wrong_configuration_is_a_usage_error(
    project: Path, listed: str, option: str, says: str
) -> None:
    write(project, "pyproject.toml", f"[tool.symderiv]\nderivations = {listed}\n")
    done = run(project, "--symderiv", option)
    assert done.returncode == 4
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_it_costs_nothing_when_it_is_not_asked_for(project: Path) -> None:
    write(
        project,
        "tests/test_own.py",
        "import sys\ndef test_own():\n"
        "    own = {n for n in sys.modules if n.startswith('symderiv')}\n"
        "    assert own == {'symderiv', 'symderiv.pytest_plugin', 'symderiv.verdict'}\n"
        "    assert not {'sympy', 'numpy', 'flint', 'mpmath'} & set(sys.modules)\n",
    )
    done = run(project, "-q")
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout


def test_the_fixtures_are_the_assertions(project: Path) -> None:
    write(
        project,
        "tests/test_own.py",
        "from sympy import Symbol, sqrt\nx = Symbol('x', real=True)\n"
        "def test_own(assert_proved, assert_refuted):\n"
        "    assert assert_refuted(sqrt(x**2), x).values['x'] == -1\n"
        "    assert_proved(sqrt(x**2), x, where=[x > 0])\n"
        "    assert_proved(sqrt(x**2), x)\n",
    )
    done = run(project, "-q")
    assert "AssertionError: refuted at x = −1:   1 ≠ −1" in done.stdout
    assert "assertions.py" not in done.stdout  # the trace ends in the test


# --- the assertions --------------------------------------------------------------------

x = Symbol("x", real=True)


def test_a_proof_comes_back_with_its_conditions() -> None:
    proof = assert_proved((x**2 - 1) / (x - 1), x + 1)
    assert [(c.relation.free_symbols, c.open) for c in proof.conditions] == [({x}, True)]


@pytest.mark.parametrize(
    ("lhs", "rhs", "says"),
    [
        (sqrt(x**2), x, "refuted at x = −1:   1 ≠ −1\n    from   |x|\n    to     x"),
        (log(x**2), 2 * log(x), "declare it with where=(x > 0,)"),
    ],
)
def test_what_is_not_proved_says_why(lhs: object, rhs: object, says: str) -> None:
    with pytest.raises(AssertionError) as error:
        assert_proved(lhs, rhs)
    assert says in str(error.value)


def test_what_is_not_refuted_says_what_it_is() -> None:
    assert dict(assert_refuted(Abs(x), x).values) == {"x": -1}
    with pytest.raises(AssertionError, match="proved\n    from   x²"):
        assert_refuted(Abs(x) ** 2, x**2)
    with pytest.raises(AssertionError, match="proved"):
        assert_refuted(log(x**2), 2 * log(x))
