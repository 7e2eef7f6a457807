"""What the README shows is what the program prints."""

from __future__ import annotations

import doctest
import re
import sys
from pathlib import Path

import pytest
import yaml

from symderiv.cli import main

README = (Path(__file__).resolve().parents[1] / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"```(python|text)\n(.*?)```", README, re.DOTALL)
DERIVATION, REFUTED, PROVED = (text for _, text in BLOCKS[:3])
SESSIONS = [text for kind, text in BLOCKS if kind == "python" and text.startswith(">>>")]


def test_the_derivation_with_a_lost_factor_prints_what_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "ridge.py"
    file.write_text(DERIVATION, "utf-8")
    assert main(["verify", "ridge.py"]) == 1
    assert REFUTED.strip() in capsys.readouterr().out

    wrong, right = "(X.T * r)[j, 0] / m", "2 * (X.T * r)[j, 0] / m"
    assert DERIVATION.count(wrong) == 1
    fixed = tmp_path / "fixed"
    fixed.mkdir()
    (fixed / "ridge.py").write_text(DERIVATION.replace(wrong, right), "utf-8")
    monkeypatch.chdir(fixed)
    assert main(["verify", "ridge.py"]) == 0
    assert PROVED.strip() in capsys.readouterr().out


@pytest.mark.parametrize("session", SESSIONS)
def test_a_session_runs_as_shown(session: str) -> None:
    example = doctest.DocTestParser().get_doctest(session, {}, "README", "README.md", 0)
    assert len(example.examples) >= 5
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    assert runner.run(example).failed == 0


# --- guides ----------------------------------------------------------------------------


def guide(title: str) -> list[tuple[str, str]]:
    """The blocks of one guide, with their languages."""
    _, _, after = README.partition(f"### {title}\n")
    text = re.split(r"^##+ ", after, maxsplit=1, flags=re.MULTILINE)[0]
    return re.findall(r"```(\w+)\n(.*?)```", text, re.DOTALL)


def test_the_first_derivation_prints_what_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (_, source), (_, shown) = guide("Prove your first derivation")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "first.py").write_text(source, "utf-8")
    assert main(["verify", "first.py"]) == 0
    assert shown.strip() in capsys.readouterr().out


def test_the_refutation_that_is_explained_is_the_one_shown() -> None:
    assert "m = 1, n = 1, j = 0, X = [1], λ = 1, w = [0], y = [1]:   −2 ≠ −1" in REFUTED
    explained = README.partition("### Read a refutation")[2]
    assert "2·0 + 2·(0 − 1) = −2" in explained
    assert "2·0 + (0 − 1) = −1" in explained


def test_what_is_listed_for_ci_is_proved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (_, listed), *_ = guide("Put it into CI")
    (_, source), _ = guide("Prove your first derivation")
    for name in ("package/module.py", "docs/first.py"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(source, "utf-8")
    (tmp_path / "docs" / "conf.py").write_text("import symderiv\n1/0\n", "utf-8")
    (tmp_path / "package" / "__init__.py").touch()
    (tmp_path / "pyproject.toml").write_text(listed, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    assert main(["verify"]) == 0
    assert "2 derivations, 4 steps: 4 proved" in capsys.readouterr().out
    del sys.modules["package"], sys.modules["package.module"]


def test_the_hook_and_the_action_are_there_under_their_names() -> None:
    root = Path(__file__).resolve().parents[1]
    _, (_, hooks), (_, workflow) = guide("Put it into CI")
    (used,) = yaml.safe_load(hooks)["repos"][0]["hooks"]
    (offered,) = yaml.safe_load((root / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert used["id"] == offered["id"]
    step = yaml.safe_load(workflow)["jobs"]["proofs"]["steps"][-1]
    assert step["uses"].startswith("OWNER/symderiv@")
    assert set(step["with"]) <= set(
        yaml.safe_load((root / "action.yml").read_text("utf-8"))["inputs"]
    )
