"""What the README shows is what the program prints."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

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
    assert len(example.examples) >= 6
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    assert runner.run(example).failed == 0
