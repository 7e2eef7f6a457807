"""A repository of somebody's own: the check lives in it in every way, and all of them agree.

It has a package, two modules of derivations and one planted error. Command line, plugin,
pre-commit, GitHub Action and every format name the same file and line, until it is fixed.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = """\
from sympy import IndexedBase, MatrixSymbol, Sum, symbols

m, n = symbols("m n", integer=True, positive=True)
i, j = symbols("i j", integer=True, nonnegative=True)
X, w, y = MatrixSymbol("X", m, n), MatrixSymbol("w", n, 1), MatrixSymbol("y", m, 1)
residual = X * w - y
loss = Sum(residual[i, 0] ** 2, (i, 0, m - 1)) / m
"""
MODEL = """\
from sympy import Derivative, Sum
from symderiv import Derivation
from .symbols import X, i, j, loss, m, residual, w

gradient = (
    Derivation("gradient of the loss", Derivative(loss, w[j, 0]))
    .then(2 * Sum(residual[i, 0] * X[i, j], (i, 0, m - 1)) / m, "differentiate")
    .then((X.T * residual)[j, 0] / m, "matrix form")
)
"""
NOTES = """\
from sympy import Symbol, exp
from symderiv import Derivation, Nonnegative, sigma

z = Symbol("z", real=True)
mirror = Derivation("mirrored sigmoid", sigma(-z)).then(1 - sigma(z), "expand")
above = Nonnegative("exp is above its tangent", exp(z) >= 1 + z)
"""
FILE, LINE = "own/model.py", 8
LISTED = """\
[tool.symderiv]
derivations = ["own.model", "docs/*.py"]
"""
FORMATS = ("json", "junit", "github", "markdown", "text")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "repository"
    (root / "own").mkdir(parents=True)
    (root / "docs").mkdir()
    (root / "own" / "__init__.py").write_text("", "utf-8")
    (root / "own" / "symbols.py").write_text(PACKAGE, "utf-8")
    (root / "own" / "model.py").write_text(MODEL, "utf-8")
    (root / "docs" / "notes.py").write_text(NOTES, "utf-8")
    (root / "docs" / "conf.py").write_text("raise SystemExit('not a derivation')\n", "utf-8")
    (root / "pyproject.toml").write_text(LISTED, "utf-8")
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    # As in the hooks file, but with the interpreter of this environment.
    words = [sys.executable, "-m", *hook["entry"].split()]
    hook |= {"language": "system", "entry": " ".join(f"'{word}'" for word in words)}
    configured = {"repos": [{"repo": "local", "hooks": [hook]}]}
    (root / ".pre-commit-config.yaml").write_text(yaml.safe_dump(configured), "utf-8")
    return root


def call(root: Path, *command: str, **more: str) -> tuple[int, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "GITHUB_", "PRE_"))}
    kept |= {"PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1", **more}
    done = subprocess.run(
        command,
        cwd=root,
        env=kept,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    return done.returncode, done.stdout


def command_line(root: Path) -> tuple[int, dict[str, str]]:
    folder = root.parent / "reports"
    folder.mkdir(exist_ok=True)
    options: list[str] = []
    for name in FORMATS:
        options += ["--output-format", name, "--output-file", str(folder / name)]
    code, _ = call(root, sys.executable, "-m", "symderiv", "verify", *options)
    return code, {name: (folder / name).read_text("utf-8") for name in FORMATS}


def plugin(root: Path) -> tuple[int, str]:
    options = ("-p", "symderiv.pytest_plugin", "-p", "no:cacheprovider", "--symderiv", "-q")
    command = (sys.executable, "-m", "pytest", *options)
    return call(root, *command, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")


def pre_commit(root: Path) -> tuple[int, str]:
    call(root, "git", "init", "-q")
    call(root, "git", "add", "-A")
    command = (sys.executable, "-m", "pre_commit", "run", "--all-files", "--color=never")
    return call(root, *command, PRE_COMMIT_HOME=str(root.parent / "hooks"))


def action(root: Path, **inputs: str) -> tuple[int, str, str]:
    """Run the action's last step as GitHub does: a script, with the inputs as variables."""
    described = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    step = described["runs"]["steps"][-1]
    values = {name: entry["default"] for name, entry in described["inputs"].items()} | inputs
    environment = {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    for name, value in step["env"].items():
        expression = value.removeprefix("${{ inputs.").removesuffix(" }}")
        environment[name] = values[expression]
    summary = root.parent / "summary.md"
    summary.write_text("", "utf-8")
    environment |= {"GITHUB_STEP_SUMMARY": str(summary), "GITHUB_WORKSPACE": str(root)}
    shell = ("bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"])
    return *call(root, *shell, **environment), summary.read_text("utf-8")


def fix(root: Path) -> None:
    path = root / FILE
    wrong, right = ".then((X.T * residual)[j, 0] / m", ".then(2 * (X.T * residual)[j, 0] / m"
    assert path.read_text("utf-8").splitlines()[LINE - 1].strip().startswith(wrong)
    path.write_text(path.read_text("utf-8").replace(wrong, right), "utf-8")


@pytest.mark.slow
def test_every_format_names_the_planted_error_and_is_green_after_the_fix(repository: Path) -> None:
    code, said = command_line(repository)
    assert code == 1
    (step,) = (
        step
        for derivation in json.loads(said["json"])["derivations"]
        for step in derivation["steps"]
        if not step["passed"]
    )
    assert (step["file"], step["line"], step["verdict"]) == (FILE, LINE, "refuted")
    (case,) = (c for c in ET.fromstring(said["junit"]).iter("testcase") if len(c))
    assert (case.attrib["file"], case.attrib["line"]) == (FILE, str(LINE))
    assert said["github"].startswith(f"::error file={FILE},line={LINE},title=gradient of the loss")
    assert said["github"].count("::error") == 1
    assert said["markdown"].count(f"{FILE}:{LINE}\n") == 1
    assert said["text"].count(f"{FILE}:{LINE}\n") == 1

    fix(repository)
    code, said = command_line(repository)
    assert code == 0
    assert json.loads(said["json"])["passed"]
    assert ET.fromstring(said["junit"]).attrib["failures"] == "0"
    assert "::error" not in said["github"]
    assert "✘" not in said["markdown"] + said["text"]


@pytest.mark.slow
def test_the_plugin_names_it_and_is_green_after_the_fix(repository: Path) -> None:
    code, said = plugin(repository)
    assert code == 1
    assert f'step 2 of 2: "matrix form"   {FILE}:{LINE}\n' in said
    assert "1 failed, 3 passed" in said
    fix(repository)
    assert plugin(repository)[0] == 0


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_pre_commit_names_it_and_is_green_after_the_fix(repository: Path) -> None:
    pytest.importorskip("pre_commit", reason="pip install -e '.[test]'")
    code, said = pre_commit(repository)
    assert code == 1, said
    assert f"{FILE}:{LINE}\n" in said
    fix(repository)
    code, said = pre_commit(repository)
    assert code == 0, said
    assert "Passed" in said


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_the_action_annotates_it_and_is_green_after_the_fix(repository: Path) -> None:
    code, said, summary = action(repository, junit="r.xml")
    assert code == 1, said
    assert said.startswith(f"::error file={FILE},line={LINE},title=")
    assert f"{FILE}:{LINE}\n" in summary
    assert (repository / "r.xml").is_file()
    # An input is data: neither the shell nor symderiv runs it.
    hostile = '$(touch made)`touch made`"; touch made; "\n--help\ndocs/*.py'
    code, said, _ = action(repository, targets=hostile)
    assert code == 2
    assert not (repository / "made").exists()
    fix(repository)
    code, said, summary = action(repository, targets="own/model.py\ndocs", exclude="docs/conf.py")
    assert code == 0, said
    assert "✘" not in summary
