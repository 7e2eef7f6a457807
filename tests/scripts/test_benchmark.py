"""The benchmark runs with what is installed and names what is not; no figure is asserted."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


@pytest.fixture
def tables(monkeypatch):
    monkeypatch.syspath_prepend(str(SCRIPTS))
    import tables

    return tables


class TestTables:
    def test_columns_are_aligned(self, tables):
        text = tables.table(["what", "a"], [["x", "1.5"], ["longer", "2"]])
        assert text == ("| what   |   a |\n| ------ | --: |\n| x      | 1.5 |\n| longer |   2 |")

    def test_a_table_replaces_the_one_before(self, tables, tmp_path):
        file = tmp_path / "README.md"
        file.write_text("above\n<!-- t -->\nold\n<!-- end of t -->\nbelow\n", "utf-8")
        tables.write(str(file), "t", "new\n")
        assert file.read_text("utf-8") == "above\n<!-- t -->\nnew\n<!-- end of t -->\nbelow\n"

    @pytest.mark.parametrize("text", ["", "<!-- t -->", "<!-- end of t --> <!-- t -->"])
    def test_a_file_without_the_comments_is_refused(self, tables, text):
        with pytest.raises(ValueError, match="expected the lines <!-- t -->"):
            tables.between(text, "t", "new")


@pytest.mark.slow
def test_a_short_run_prints_every_task():
    command = [sys.executable, str(SCRIPTS / "benchmark.py")]
    options = ["--shapes", "40x3", "--seconds", "0", "--threads", "1"]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for task in ("Cost and gradient", "Hessian", "Hessian-vector product"):
        rows = done.stdout.split(f"| {task}, 1 thread ")[1].split("\n\n")[0]
        for label in ("symderiv", "symderiv, `prepare`", "naive NumPy", "SymPy `lambdify`"):
            assert re.search(rf"\| {re.escape(label)} +\| +\d", rows), rows
    for label in ("PyTorch", "JAX, jit", "autograd"):
        timed = re.search(rf"\| {label} +\| +\d", done.stdout)
        assert timed or f"Left out: {label} (" in done.stdout
    assert "computes something else" not in done.stdout
