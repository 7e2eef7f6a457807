"""Where reports go: the options, files that are written whole or not at all, streams that fail."""

from __future__ import annotations

import io
import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from symderiv.cli import main
from symderiv.command import outputs, streams
from symderiv.command.outputs import Output, wanted

SOURCE = """\
from sympy import Symbol
from symderiv import Derivation
x = Symbol("x", real=True)
wrong = (Derivation("a wrong square", (x + 1)**2)
    .then(x**2 + 2*x + 1, "multiply out")
    .then(x**2 + 1, "slip"))
"""
posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX files and signals")
JSON = (False, "json")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    (tmp_path / "wrong.py").write_text(SOURCE, encoding="utf-8")
    known = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - known:
        if str(tmp_path) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


def file(name: str) -> tuple[bool, str]:
    return (True, name)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], [Output("text")]),
        ([JSON], [Output("json")]),
        ([JSON, file("r")], [Output("json", Path("r")), Output("text")]),
        ([file("r"), JSON], [Output("json", Path("r")), Output("text")]),
        ([file("r")], [Output("text", Path("r")), Output("text")]),
        (
            [JSON, file("r"), (False, "junit"), file("s"), (False, "github")],
            [Output("json", Path("r")), Output("junit", Path("s")), Output("github")],
        ),
    ],
)
def test_a_file_belongs_to_the_format_before_it(
    given: list[tuple[bool, str]], expected: list[Output]
) -> None:
    assert wanted(given) == (expected, "")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ([JSON, (False, "junit")], "the standard output takes one"),
        ([JSON, file("a"), file("b")], "no --output-format stands before it"),
        ([file("a"), file("b")], "no --output-format stands before it"),
        ([JSON, file("a"), (False, "junit"), file("./a")], "to one file"),
        ([JSON, file(".")], "it is a folder"),
        ([JSON, file("missing/r")], "there is no folder"),
        ([JSON, file("wrong.py/r")], "there is no folder"),
        ([JSON, file("a\0b")], "null byte"),
        ([JSON, file("x" * 10_000_000)], "too long"),
        ([JSON, file("")], "it is a folder"),
    ],
)
def test_what_the_options_cannot_mean(given: list[tuple[bool, str]], says: str) -> None:
    found, wrong = wanted(given)
    assert found == []
    assert says in wrong
    assert len(wrong) < 1000


def test_what_cannot_be_written_is_said_before_anything_is_judged(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["verify", "wrong.py", "--output-file", "missing/r.txt"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("symderiv: error: --output-file missing/r.txt: there is no folder")


@pytest.mark.parametrize(
    "arguments",
    [
        ["{}"],
        ["verify", "{}"],
        ["verify", "wrong.py:{}"],
        ["verify", "--output-format", "{}"],
        ["verify", "--timeout", "{}"],
        ["verify", "--seed", "{}"],
        ["verify", "--{}"],
        ["verify", "wrong.py", "--exclude", "{}", "--output-file", "{}"],
        ["verify", "wrong.py", "--trace", "{}"],
    ],
)
@pytest.mark.parametrize("text", ["9" * 10_000_000, "*" * 5000, "\x1b[2J\ud800\0"])
def test_a_hostile_argument_is_a_short_error(
    capsys: pytest.CaptureFixture[str], arguments: list[str], text: str
) -> None:
    try:
        code = main([argument.format(text) for argument in arguments])
    except SystemExit as stopped:
        code = int(stopped.code or 0)
    said = capsys.readouterr()
    assert code == 2
    assert 0 < len(said.err) < 3000
    assert "\x1b" not in said.err + said.out


def test_a_run_writes_several_reports(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--output-format", "json", "--output-file", "r.json"]
    arguments += ["--output-format", "junit", "--output-file", "r.xml"]
    assert main(["verify", "wrong.py", *arguments]) == 1
    assert "✘ a wrong square, step 2 of 2" in capsys.readouterr().out
    assert json.loads((folder / "r.json").read_text("utf-8"))["passed"] is False
    assert (folder / "r.xml").read_text("utf-8").startswith("<?xml")
    assert sorted(path.name for path in folder.iterdir()) == ["r.json", "r.xml", "wrong.py"]


def test_what_cannot_be_imported_stands_in_the_report(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "broken.py").write_text("import symderiv\n1/0\n", encoding="utf-8")
    assert main(["verify", "broken.py", "--output-format", "json"]) == 2
    (error,) = json.loads(capsys.readouterr().out)["errors"]
    assert (error["file"], error["line"]) == ("broken.py", 2)
    assert main(["verify", "broken.py", "--output-format", "github"]) == 2
    assert capsys.readouterr().out.startswith("::error file=broken.py,line=2,title=symderiv::")


# --- written whole or not at all -------------------------------------------------------


def put(text: str, path: Path) -> str:
    return outputs._to_file(text, path)


@posix
def test_a_file_keeps_its_permissions_and_a_link_its_place(folder: Path) -> None:
    target, link = folder / "real.txt", folder / "link.txt"
    target.write_text("before", encoding="utf-8")
    target.chmod(0o640)
    link.symlink_to(target)
    assert put("σ \ud800", link) == ""
    assert link.is_symlink()
    assert target.read_text("utf-8") == "σ \\ud800"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    before = os.umask(0o027)
    try:
        assert put("new", folder / "new.txt") == ""
    finally:
        os.umask(before)
    assert stat.S_IMODE((folder / "new.txt").stat().st_mode) == 0o640


@pytest.mark.parametrize("at", ["fsync", "replace"])
def test_a_failure_on_the_way_leaves_what_was_there(
    folder: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    (folder / "r.txt").write_text("before", encoding="utf-8")
    monkeypatch.setattr(os, at, full)
    assert put("after", folder / "r.txt") == "No space left on device"
    assert (folder / "r.txt").read_text("utf-8") == "before"
    assert sorted(path.name for path in folder.iterdir()) == ["r.txt", "wrong.py"]


@posix
def test_an_interrupt_on_the_way_leaves_what_was_there(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    (folder / "r.txt").write_text("before", encoding="utf-8")
    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        put("after", folder / "r.txt")
    assert (folder / "r.txt").read_text("utf-8") == "before"
    assert sorted(path.name for path in folder.iterdir()) == ["r.txt", "wrong.py"]


# --- streams that fail -----------------------------------------------------------------


def shell(command: str, **more: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", command.replace("symderiv", f"{sys.executable} -m symderiv")],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"},
        timeout=120,
        check=False,
        **more,  # type: ignore[call-overload]
    )


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize(
    ("command", "code", "says"),
    [
        ("symderiv verify wrong.py > /dev/full", 2, "standard output: No space left on device"),
        ("symderiv list wrong.py > /dev/full", 2, "standard output: No space left on device"),
        (
            "symderiv verify wrong.py --output-format json --output-file /dev/full",
            2,
            "/dev/full could not be written: No space left on device",
        ),
        ("symderiv verify wrong.py >&-", 2, "standard output: it is closed"),
        ("symderiv verify missing.py 2>&-", 2, ""),
        ("symderiv verify wrong.py missing.py --output-format json 2> /dev/full", 2, ""),
        ("set -o pipefail; symderiv verify wrong.py --verbose | head -1", 1, ""),
        (
            "set -o pipefail; symderiv verify wrong.py --output-file /dev/stderr 2>&1 | grep -q ≠",
            1,
            "",
        ),
    ],
)
def test_a_stream_that_fails(command: str, code: int, says: str) -> None:
    done = shell(command)
    assert done.returncode == code, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


class Hesitant(io.RawIOBase):
    """A stream that takes ten bytes at a time, as a pipe may when a signal arrives."""

    def __init__(self) -> None:
        self.taken = b""

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        part = bytes(data)[:10]  # type: ignore[call-overload]
        self.taken += part
        return len(part)


@pytest.mark.parametrize("write", [streams.write, streams.write_exactly])
def test_a_stream_that_takes_a_part_gets_the_rest(write: Any) -> None:
    raw = Hesitant()
    # With PYTHONUNBUFFERED the standard output is such a stream, without a buffer.
    stream = io.TextIOWrapper(raw, encoding="utf-8", write_through=True)  # type: ignore[type-var]
    assert write(stream, "σ ≠ " * 100) == ""
    assert raw.taken.decode("utf-8") == "σ ≠ " * 100


class TestTheStory:
    """What a module says beside its derivations is checked, and what is wrong is said."""

    def story(self, folder: Path, text: str) -> None:
        head = SOURCE.replace('.then(x**2 + 1, "slip")', "")
        made = "from symderiv.story import Figure, Section\n"
        made += "from symderiv import to_numpy\nfunctions = to_numpy({'square': x**2}, (x,))\n"
        (folder / "told.py").write_text(head + made + text, encoding="utf-8")

    def test_a_page_has_the_sections_and_the_accuracy(self, folder: Path) -> None:
        self.story(folder, "story = [Section('One', shows=('a wrong square',))]")
        assert main(["verify", "told.py", "--page", "told.md", "--html", "told.html"]) == 0
        page = (folder / "told.md").read_text("utf-8")
        assert page.index("## One") < page.index("a wrong square")
        assert "Further derivations" not in page
        assert "| told: square | " in page
        assert "told: square" in (folder / "told.html").read_text("utf-8")

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("story = [Section('One', shows=('a wrong squre',))]", "did you mean 'a wrong square'"),
            ("story = [Section('One', shows=('other',))]", "shows 'other', which no derivation"),
            ("story = ['prose']", "entry 1 of story is of type str: expected a Section"),
            ("story = 'prose'", "story is of type str: expected a list of Sections"),
            ("title = 3; story = [Section('One')]", "title is of type int: expected a text"),
            ("story = [Section('One', shows='a wrong square')]", "expected a tuple of names"),
            ("story = [Section('One', functions=3)]", "expected what to_numpy returned"),
            ("story = [Section('One', figures=('one.png',))]", "expected a tuple of Figures"),
            ("Figure('a b', '', '', print)", "expected letters, digits and hyphens"),
            ("Figure('a', '', '', None)", "draw of the figure 'a' is None"),
            ("Figure('a', '', '', print, width=0)", "width of the figure 'a' is 0"),
        ],
        ids=range(11),
    )
    def test_what_is_wrong_is_said(
        self, folder: Path, capsys: pytest.CaptureFixture[str], text: str, says: str
    ) -> None:
        self.story(folder, text)
        assert main(["verify", "told.py", "--page", "told.md"]) == 2
        said = " ".join(capsys.readouterr().out.split())
        assert says in said
        assert "told.py" in said
        assert "_symderiv_file_" not in said

    def test_names_beyond_what_is_run_are_known(self, folder: Path) -> None:
        other = "other = Derivation('other', x).then(x, 'same')\n"
        self.story(folder, other + "story = [Section('One', shows=('a wrong square', 'other'))]")
        assert main(["verify", "told.py", "--exclude", ":other", "--page", "told.md"]) == 0

    def test_a_file_and_the_module_that_it_is_count_once(
        self, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.story(folder, "from symderiv import Equal\nsame = Equal('same', x + x, 2*x)")
        assert main(["verify", "told.py", "told", "told.py:same"]) == 0
        assert "✔ 1 derivation, 1 claim, 2 steps: 2 proved;" in capsys.readouterr().out

    def test_two_of_one_name_are_said_to_be_in_their_file(
        self, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.story(folder, "other = Derivation('a wrong square', x).then(x, 'same')")
        assert main(["verify", "told.py"]) == 2
        said = capsys.readouterr()
        assert "two derivations of told.py are called" in said.out + said.err
