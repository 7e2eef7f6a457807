"""The command line from outside: targets, exit codes, streams; toy modules, the real judge."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import symderiv.derivations
from symderiv.cli import main

ROOT = Path(__file__).resolve().parents[1]
HEAD = """\
from sympy import *
from symderiv.derivation import Derivation
x = Symbol("x", real=True)
"""
RIGHT = HEAD + 'square = Derivation("a square", (x + 1)**2, article="A8").then(\n'
RIGHT += '    x**2 + 2*x + 1, "multiply out")\n'
WRONG = HEAD + 'wrong = (Derivation("a wrong square", (x + 1)**2)\n'
WRONG += '    .then(x**2 + 2*x + 1, "multiply out")\n    .then(x**2 + 1, "slip"))\n'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    known = set(sys.modules)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield tmp_path
    for name in set(sys.modules) - known:
        if str(tmp_path) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return path


def run(*arguments: str, **more: object) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8", **more.pop("env", {})}  # type: ignore[dict-item]
    return subprocess.run(
        [sys.executable, "-m", "symderiv", *arguments],
        capture_output=True,
        encoding="utf-8",
        env=environment,
        timeout=60,
        check=False,
        **more,  # type: ignore[arg-type]
    )


def test_a_users_own_file_is_proved(folder: Path) -> None:
    write(folder, "right.py", RIGHT)
    done = run("verify", "right.py")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("✔ a square   1 step proved   right.py:4   ")
    assert "1 derivation, 1 step: 1 proved" in done.stdout


def test_a_users_own_wrong_file_is_refuted_where_it_is_wrong(folder: Path) -> None:
    write(folder, "wrong.py", WRONG)
    done = run("verify", "wrong.py")
    assert done.returncode == 1
    head, start, end, verdict = done.stdout.splitlines()[:4]
    assert head.startswith('✘ a wrong square, step 2 of 2: "slip"')
    assert head.endswith("wrong.py:6")
    assert start == "    from   x² + 2·x + 1"
    assert end == "    to     x² + 1"
    assert verdict.startswith("    refuted at x = ")
    assert " ≠ " in verdict


def test_an_undeclared_part_of_the_domain_fails_the_run(folder: Path) -> None:
    write(folder, "root.py", HEAD + 'd = Derivation("r", Abs(x)).then(sqrt(x**3)/sqrt(x), "b")\n')
    done = run("verify", "root.py")
    assert done.returncode == 1
    assert "declare it with where=(x > 0,)" in done.stdout


@pytest.mark.parametrize("name", ["square", "a square"])
def test_one_derivation_by_attribute_or_name(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    write(folder, "both.py", RIGHT + WRONG.removeprefix(HEAD))
    assert main(["verify", f"both.py:{name}"]) == 0
    assert main(["verify", f"both:{name}"]) == 0
    assert main(["verify", "both"]) == 1
    capsys.readouterr()
    assert main(["verify", "both.py:missing"]) == 2
    assert "both.py has no derivation 'missing'; it has: a square, a wrong square" in (
        capsys.readouterr().err
    )


def test_what_is_selected_twice_is_judged_once(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, "right.py", RIGHT)
    assert main(["verify", "right.py:square", "right.py", "right.py"]) == 0
    assert "1 derivation, 1 step" in capsys.readouterr().out


def test_list_shows_name_target_row_and_steps(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, "pkg/right.py", RIGHT)
    assert main(["list", "pkg.right"]) == 0
    assert capsys.readouterr().out == "a square   pkg.right:square   A8   1 step\n"


def test_a_file_finds_its_neighbours_and_a_module_the_current_folder(folder: Path) -> None:
    write(folder, "elsewhere/neighbour_of_test.py", "power = 2\n")
    write(
        folder,
        "elsewhere/uses.py",
        HEAD + "from neighbour_of_test import power\n"
        'd = Derivation("d", x**power).then(x*x, "because")\n',
    )
    assert main(["verify", "elsewhere/uses.py"]) == 0
    write(folder, "sub/mine.py", RIGHT)
    assert main(["verify", "sub.mine"]) == 0


BROKEN = [
    ("import missing_module_of_test\n", "ModuleNotFoundError: No module named", ":1"),
    ("a = 1\nb = a / 0\n", "ZeroDivisionError: division by zero", ":2"),
    ("def f(:\n", "SyntaxError", ":1"),
    (HEAD + 'Derivation("d", 0.5*x)\n', "write Rational(1, 2)", ":4"),
    ("import sys\nsys.exit(3)\n", "SystemExit: 3", ":2"),
    ("import os\nos._exit(0)\n", "SystemExit: 0", ":2"),
    (HEAD, "holds no derivation", ""),
]


@pytest.mark.parametrize(("text", "says", "place"), BROKEN)
def test_what_cannot_be_imported_is_said_and_the_others_run(
    folder: Path, capsys: pytest.CaptureFixture[str], text: str, says: str, place: str
) -> None:
    write(folder, "broken.py", text)
    write(folder, "right.py", RIGHT)
    assert main(["verify", "broken.py"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert says in said.err
    assert (f"broken.py{place}" if place else "") in said.err
    assert "Traceback" not in said.err
    assert main(["verify", "broken.py", "right.py"]) == 2
    said = capsys.readouterr()
    assert "✔ a square" in said.out
    assert says in said.out
    assert "1 error" in said.out


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("missing.py", "there is no file missing.py"),
        ("missing_module_of_test", "there is no module missing_module_of_test"),
        ("missing_package_of_test.module", "there is no module missing_package_of_test"),
        ("../up", "is no target"),
        ("__import__('os').abort()", "is no target"),
        ("", "is no target"),
        (".", "holds no Python file"),
        ("right-not.a", "is no target"),
    ],
)
def test_a_target_that_is_none(
    folder: Path, capsys: pytest.CaptureFixture[str], target: str, says: str
) -> None:
    assert main(["verify", target]) == 2
    assert says in capsys.readouterr().err
    assert main(["list", target]) == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["--timeout", "0"],
        ["--timeout", "-1"],
        ["--timeout", "nan"],
        ["--timeout", "inf"],
        ["--timeout", "soon"],
        ["--seed", "1.5"],
        ["--nonsense"],
    ],
)
def test_wrong_options_are_usage_errors(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["verify", *arguments])
    assert stopped.value.code == 2
    assert arguments[0] in capsys.readouterr().err


def test_no_command_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "verify" in capsys.readouterr().err


# --- pyproject.toml --------------------------------------------------------------------


def test_the_nearest_pyproject_is_asked(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, "right.py", RIGHT)
    write(folder, "package_of_test/mine.py", RIGHT.replace("a square", "a module's"))
    listed = '[tool.symderiv]\nderivations = ["right.py", "package_of_test.mine"]\n'
    write(folder, "pyproject.toml", listed)
    deep = folder / "deep" / "deeper"
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)
    assert main(["verify"]) == 0
    out = capsys.readouterr().out
    assert "a square" in out
    assert "a module's" in out


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[tool.symderiv]\nderivations = "right.py"\n', "must be a list of texts"),
        ("[tool.symderiv]\nderivations = [1]\n", "must be a list of texts"),
        ("[tool.symderiv]\nderivations = []\n", "lists nothing"),
        ("[tool.symderiv]\nderivation = []\n", "has no key 'derivation'"),
        ("[tool.symderiv]\n", "must be a list of texts"),
        ("[tool]\nsymderiv = 3\n", "must be a table"),
        ("[tool.symderiv\n", "pyproject.toml"),
    ],
)
def test_a_wrong_pyproject_is_an_error(
    folder: Path, capsys: pytest.CaptureFixture[str], text: str, says: str
) -> None:
    write(folder, "pyproject.toml", text)
    assert main(["verify"]) == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize("text", [None, "[project]\nname = 'other'\n", "[tool.ruff]\n"])
def test_without_an_entry_it_is_the_article(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    text: str | None,
) -> None:
    write(folder, "article_of_test.py", RIGHT)
    monkeypatch.setattr(symderiv.derivations, "ARTICLE", ("article_of_test",), raising=False)
    if text is not None:
        write(folder, "pyproject.toml", text)
    assert main(["verify"]) == 0
    assert "✔ a square" in capsys.readouterr().out


# --- the tests that end a run ----------------------------------------------------------

CHECKS = """
from symderiv.verdict import CheckResult
functions = object()
def checks(seed):
    yield CheckResult(f"with seed {seed}", seed < 5, examples=3)
    from hypothesis import given, settings, strategies
    @settings(max_examples=5)
    @given(strategies.text())
    def searched(text):
        assert seed < 9
    searched()
"""


@pytest.mark.slow
def test_a_modules_tests_end_the_run_and_leave_nothing_behind(folder: Path) -> None:
    write(folder, "tested.py", RIGHT + CHECKS)
    done = run("verify", "tested.py", "--seed", "4", env={"PYTHONDONTWRITEBYTECODE": "1"})
    assert done.returncode == 0, done.stdout + done.stderr
    assert "✔ with seed 4   passed   3 examples" in done.stdout
    assert [path.name for path in folder.iterdir()] == ["tested.py"]


def test_a_failing_test_fails_the_run_and_one_derivation_runs_none(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, "tested.py", RIGHT + CHECKS)
    assert main(["verify", "tested.py", "--seed", "6"]) == 1
    assert "✘ with seed 6   failed" in capsys.readouterr().out
    assert main(["verify", "tested.py:square", "--seed", "6"]) == 0
    assert "with seed" not in capsys.readouterr().out


# --- streams and processes -------------------------------------------------------------


def test_help_and_version_cost_no_sympy() -> None:
    code = (
        "import sys\nfrom symderiv.cli import main\n"
        "try: main([sys.argv[1]])\nexcept SystemExit as stop: assert not stop.code\n"
        "print(sorted({'sympy', 'numpy', 'hypothesis', 'flint'} & set(sys.modules)))"
    )
    for option in ("--help", "--version"):
        done = subprocess.run(
            [sys.executable, "-c", code, option], capture_output=True, text=True, check=True
        )
        assert done.stdout.splitlines()[-1] == "[]"
        assert "symderiv" in done.stdout


def test_the_script_does_the_same(folder: Path) -> None:
    write(folder, "wrong.py", WRONG)
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "verify.py"), "wrong.py"],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        check=False,
    )
    assert done.returncode == 1
    assert "✘ a wrong square, step 2 of 2" in done.stdout


def test_a_terminal_without_unicode_gets_ascii(folder: Path) -> None:
    write(folder, "wrong.py", WRONG)
    done = run("verify", "wrong.py", env={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 1
    assert "FAIL a wrong square" in done.stdout
    assert "x^2 + 2*x + 1" in done.stdout
    assert done.stdout.isascii()
    assert done.stderr == ""


def test_no_colour_and_no_progress_away_from_a_terminal(folder: Path) -> None:
    write(folder, "wrong.py", WRONG)
    done = run("verify", "wrong.py")
    assert "\x1b" not in done.stdout
    assert done.stderr == ""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize(
    ("more", "coloured"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False), ({"NO_COLOR": ""}, True)],
)
def test_colour_on_a_terminal(folder: Path, more: dict[str, str], coloured: bool) -> None:
    import pty

    write(folder, "right.py", RIGHT)
    environment = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
    environment |= {"TERM": "xterm", "PYTHONIOENCODING": "utf-8", **more}
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "symderiv", "verify", "right.py"],
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        env=environment,
    )
    assert process.wait(60) == 0
    os.close(theirs)
    text = os.read(ours, 65536).decode()
    os.close(ours)
    assert ("\x1b[32m✔" in text) is coloured
    assert "a square" in text


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX pipes")
def test_a_reader_that_leaves_is_no_error(folder: Path) -> None:
    write(folder, "wrong.py", WRONG)
    process = subprocess.Popen(
        [sys.executable, "-m", "symderiv", "verify", "wrong.py"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    with process.stderr as stderr:
        assert stderr.read() == b""
    assert process.wait(60) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_an_interrupted_run_says_what_was_done(folder: Path) -> None:
    slow = "\ndef checks(seed):\n    import pathlib, time\n    pathlib.Path('started').touch()\n"
    slow += "    time.sleep(60)\n    yield None\nfunctions = object()\n"
    write(folder, "slow.py", RIGHT + slow)
    process = subprocess.Popen(
        [sys.executable, "-m", "symderiv", "verify", "slow.py"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    until = time.monotonic() + 40
    while not (folder / "started").exists() and time.monotonic() < until:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "✔ a square" in out.decode()
    assert err.decode() == "interrupted: 1 of 1 derivations judged\n"


def test_a_trace_of_one_derivation(folder: Path) -> None:
    write(folder, "two.py", RIGHT + WRONG.removeprefix(HEAD))
    for name in ("a square", "square"):  # the writer's name, or that of the attribute
        done = run("verify", "--trace", name, "two.py", cwd=folder)
        assert done.returncode == 0, done.stderr
        assert "written  (x + 1)²" in done.stdout
        assert "normal   both are x² + 2·x + 1" in done.stdout
        assert "wrong" not in done.stdout
    assert run("verify", "two.py", "--trace", "wrong", cwd=folder).returncode == 1


def test_a_trace_of_an_unknown_derivation_names_those_there_are(folder: Path) -> None:
    write(folder, "two.py", RIGHT + WRONG.removeprefix(HEAD))
    done = run("verify", "--trace", "ridge", "two.py", cwd=folder)
    assert done.returncode == 2
    assert "no derivation is called 'ridge'" in done.stderr
    assert "'a square', 'a wrong square'" in done.stderr
    assert done.stdout == ""


def test_trust_needs_no_target() -> None:
    done = run("trust")
    assert done.returncode == 0, done.stderr
    assert "symderiv/prove/equality.py" in done.stdout
    assert "(log u)' = 1/u for u > 0   [DLMF 4.7.1]" in done.stdout
    assert done.stderr == ""
