"""What pyproject.toml declares: the range of versions, and the oldest ones that CI installs."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
NAMED = [r for r in [*PROJECT["dependencies"], *EXTRAS["test"], *EXTRAS["report"]] if "[" not in r]
OLDEST = dict(
    line.split("==")
    for line in (ROOT / ".ci" / "oldest.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
)


def release(version: str) -> tuple[int, ...]:
    """The numbers of a version, without zeros at the end: 2 is 2.0.0."""
    numbers = [int(part) for part in version.split(".")]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


@pytest.mark.parametrize("requirement", NAMED)
def test_ci_installs_the_oldest_version_that_is_declared(requirement: str) -> None:
    match = re.fullmatch(r"([\w-]+)>=([\d.]+)(?:,<[\d.]+)?", requirement)
    assert match is not None, requirement
    assert release(OLDEST[match[1]]) == release(match[2])


def test_nothing_else_is_held_back() -> None:
    assert set(OLDEST) == {re.split("[>=<]", requirement)[0] for requirement in NAMED}


@pytest.mark.parametrize("name", ["sympy", "numpy"])
def test_what_proofs_and_functions_rest_on_has_an_upper_bound(name: str) -> None:
    (requirement,) = (r for r in PROJECT["dependencies"] if r.startswith(f"{name}>="))
    assert ",<" in requirement


def test_the_workflow_runs_the_oldest_and_the_newest() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8"))
    installs = {
        name: [step["run"] for step in job["steps"] if "pip install" in step.get("run", "")]
        for name, job in workflow["jobs"].items()
    }
    assert any("-c .ci/oldest.txt" in run for run in installs["oldest"])
    assert all("-c " not in run for run in installs["tests"])


def test_pytest_finds_the_plugin() -> None:
    assert PROJECT["entry-points"] == {"pytest11": {"symderiv": "symderiv.pytest_plugin"}}
