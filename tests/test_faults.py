"""The table of planted faults fits the code: each still applies, and gives a file that runs.

Whether the tests notice them is asked by ``python scripts/faults.py``, which takes long.
"""

from __future__ import annotations

import ast
import importlib.util
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from test_house import TRUSTED, relative

ROOT = Path(__file__).resolve().parents[1]


def script(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # where dataclasses look their module up
    spec.loader.exec_module(module)
    return module


faults = script("faults")
TABLE = faults.read_faults()
DOCSTRINGS = {"symderiv/indexform/__init__.py", "symderiv/prove/__init__.py"}


@pytest.mark.parametrize("file", sorted({f.file for f in TABLE}))
def test_a_fault_applies_and_still_compiles(file: str) -> None:
    source = (ROOT / file).read_text("utf-8")
    for fault in TABLE:
        if fault.file == file:
            assert fault.old != fault.new
            ast.parse(fault.planted(source), fault.wrong)


def test_every_trusted_file_has_faults() -> None:
    planted = {f.file for f in TABLE}
    assert {relative(path) for path in TRUSTED} - DOCSTRINGS == planted
    assert len(TABLE) >= 150


def test_no_fault_is_planted_twice() -> None:
    assert len({(f.file, f.old, f.new) for f in TABLE}) == len(TABLE)
    assert len({(f.file, f.wrong) for f in TABLE}) == len(TABLE)


@pytest.mark.parametrize("text", ["no such text", "return"])
def test_a_text_that_is_not_there_exactly_once_is_an_error(text: str) -> None:
    fault = replace(TABLE[0], old=text)
    source = (ROOT / fault.file).read_text("utf-8")
    with pytest.raises(faults.RottenFault, match=r"occurs \d+ times, not once"):
        fault.planted(source)


@pytest.mark.slow
def test_the_copy_leaves_the_table_behind() -> None:
    """A fault must be noticed by its effect, and not because the table no longer fits."""
    with faults.copied() as copy:
        names = {p.relative_to(copy).as_posix() for p in copy.rglob("*")}
    assert not [n for n in names if "faults" in n]
    assert {"symderiv/judge.py", "tests/test_house.py", "pyproject.toml"} <= names
    assert ".git" not in names
    assert ".venv" not in names
