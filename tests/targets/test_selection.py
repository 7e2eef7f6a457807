"""Which derivations a target names: modules, files, folders, patterns, NAMEs, exclude."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from symderiv.cli import main
from symderiv.targets import TargetError, find, select
from symderiv.targets.files import files_in, matches

HEAD = "from sympy import Symbol\nfrom symderiv import Derivation\nx = Symbol('x', real=True)\n"


def one(attribute: str, name: str = "") -> str:
    return f"{attribute} = Derivation({name or attribute!r}, x + x).then(2*x, 'add')\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    known = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - known:
        if str(tmp_path) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


@pytest.fixture
def project(folder: Path) -> Path:
    write(folder, "docs/ridge.py", HEAD + one("gradient") + one("grown") + one("hessian"))
    write(folder, "docs/conf.py", "raise SystemExit('imported')\n")
    write(folder, "docs/old/lasso.py", HEAD + one("lasso", "the lasso"))
    write(folder, "docs/uses.py", "import symderiv\n")
    write(folder, "docs/.hidden/a.py", "import symderiv\n1/0\n")
    write(folder, "docs/env/pyvenv.cfg", "")
    write(folder, "docs/env/a.py", "import symderiv\n1/0\n")
    return folder


def write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def names(*targets: str, exclude: tuple[str, ...] = ()) -> list[str]:
    found, errors, _ = select(targets, exclude=exclude)
    assert errors == ()
    return [item.label for item in found]


ALL = [f"docs/{n}" for n in ("ridge.py:gradient", "ridge.py:grown", "ridge.py:hessian")]
OLD = "docs/old/lasso.py:lasso"


@pytest.mark.parametrize(
    ("target", "labels"),
    [
        ("docs", [*ALL, OLD]),
        ("docs/", [*ALL, OLD]),
        ("docs/*.py", ALL),
        ("docs/**/*.py", [*ALL, OLD]),
        ("*/r?dge.py", ALL),
        ("docs/ridge.py:gr*", ALL[:2]),
        ("docs/ridge.py:hessian", ALL[2:]),
        ("docs:*lasso", [OLD]),
        ("docs/**/*.py:[gl]*", [*ALL[:2], OLD]),
    ],
)
def test_a_target_stands_for_these(project: Path, target: str, labels: list[str]) -> None:
    assert names(target) == labels
    assert [item.whole for item in find(target)] == [":" not in target] * len(labels)


def test_exclude_takes_files_folders_patterns_modules_and_names(project: Path) -> None:
    assert names("docs", exclude=("docs/old",)) == ALL
    assert names("docs", exclude=("**/ridge.py",)) == [OLD]
    assert names("docs", exclude=("*/old/*", ":gr*")) == ALL[2:]
    write(project, "package_of_test/__init__.py", "")
    write(project, "package_of_test/a.py", HEAD + one("a"))
    write(project, "package_of_test/b.py", HEAD + one("b"))
    assert names("package_of_test", exclude=("*.a",)) == ["package_of_test/b.py:b"]


def test_what_exclude_leaves_out_is_not_imported(project: Path) -> None:
    write(project, "docs/broken.py", "import symderiv\n1/0\n")
    assert names("docs", exclude=("docs/broken.py",)) == [*ALL, OLD]
    assert "ZeroDivisionError" in str(select(["docs"]).errors[0])


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("docs/ridge.py:q*", "has no derivation 'q*'; it has: gradient, grown, hessian"),
        ("docs:q*", "docs holds no derivation 'q*'; it has: gradient, grown, hessian, the lasso"),
        ("docs/[xyz].py", "docs/[xyz].py holds no Python file that imports symderiv"),
        ("docs/conf.p*", "holds no Python file that imports symderiv"),
        ("docs/use*.py", "docs/use*.py holds no derivation"),
        ("a\0b.py", "is no target"),
        ("x" * 10_000_000, "… (10000002 characters) is no target"),
        ("x" * 3000, "there is no module xxx"),
        ("ﬁ/" * 500 + "x.py", "there is no file"),
        ("\ud800/*.py", "is no target"),
        ("a\x1b.b", "is no target"),
    ],
)
def test_what_a_target_cannot_be(project: Path, target: str, says: str) -> None:
    with pytest.raises(TargetError) as error:
        find(target)
    assert says in str(error.value)
    assert len(str(error.value)) < 1000
    assert "\x1b" not in str(error.value)


def test_excluding_everything_is_an_error(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", "docs/ridge.py", "--exclude", "docs"]) == 2
    assert "exclude leaves out all 3 derivations" in capsys.readouterr().err


def test_a_project_lists_and_excludes(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = '[tool.symderiv]\nderivations = ["docs/**/*.py"]\nexclude = ["docs/old"]\n'
    write(project, "pyproject.toml", listed)
    assert names() == ALL
    monkeypatch.chdir(project / "docs" / "old")
    found, errors, _ = select([":gr*"])
    assert (len(found), errors) == (2, ())
    assert "lists is called 'none'" in str(select([":none"]).errors[0])


@pytest.mark.parametrize(
    "entry", ["../other.py", "/etc/*.py", "docs/../../x", "C:\\\\a.py", "l.py"]
)
def test_a_project_lists_nothing_outside_of_itself(
    project: Path, tmp_path_factory: pytest.TempPathFactory, entry: str
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "l.py"
    outside.write_text(HEAD + one("a"), encoding="utf-8")
    (project / "l.py").symlink_to(outside)
    write(project, "pyproject.toml", f'[tool.symderiv]\nderivations = ["{entry}"]\n')
    found, errors, _ = select([])
    assert found == ()
    assert "outside of the project" in str(errors[0])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[tool.symderiv]\nderivations = [" + "[" * 20000 + "\n", "nested too deeply"),
        ("#" * 1_000_001, "larger than"),
        ("[tool.symderiv]\nderivations = ['a']\nexclude = 'a'\n", "exclude must be a list"),
        ("[tool.symderiv]\nderivations = ['" + "x" * 5000 + "']\n", "is no target"),
        ('[tool.symderiv]\nderivations = ["a\\u0000b"]\n', "is no target"),
        ("[tool.symderiv]\nderivations = 1979-05-27\n", "must be a list"),
        ('[tool.symderiv]\n"\\u001b[2J" = 1\n', "has no key"),
    ],
)
def test_a_hostile_project_is_an_error_in_bounded_length(
    folder: Path, text: str, says: str
) -> None:
    write(folder, "pyproject.toml", text)
    found, errors, _ = select([])
    assert found == ()
    assert says in str(errors[0])
    assert len(str(errors[0])) < 1000
    assert "\x1b" not in str(errors[0])


# --- imports ---------------------------------------------------------------------------


def test_a_file_of_a_package_is_imported_as_a_part_of_it(folder: Path) -> None:
    write(folder, "src/package_of_test/__init__.py", "power = 2\n")
    write(folder, "src/package_of_test/a.py", HEAD + "from . import power\n" + one("a"))
    (item,) = find("src/package_of_test/a.py")
    assert item.module.__name__ == "package_of_test.a"
    assert item.derivation is find("package_of_test.a")[0].derivation
    assert item.derivation is find("package_of_test")[0].derivation


def test_two_files_do_not_share_a_neighbour_of_one_name(folder: Path) -> None:
    for place in ("a", "b"):
        write(folder, f"{place}/neighbour_of_test.py", f"name = {place!r}\n")
        text = HEAD + "import neighbour_of_test\n" + one("d", "@").replace("'@'", "name")
        write(folder, f"{place}/d.py", text.replace("name,", "neighbour_of_test.name,"))
    assert [item.derivation.name for item in select(["a/d.py", "b/d.py"]).found] == ["a", "b"]


def test_an_import_that_changes_the_folder_changes_it_for_itself(folder: Path) -> None:
    write(folder, "sub/a.py", "import os\nos.chdir('sub')\n" + HEAD + one("a"))
    write(folder, "b.py", HEAD + one("b"))
    assert names("sub/a.py", "b.py") == ["sub/a.py:a", "b.py:b"]
    assert Path.cwd() == folder


@pytest.mark.parametrize(
    "end", ["raise KeyError('k')", "raise GeneratorExit", "exit(0)", "input()"]
)
def test_what_a_module_raises_is_contained(
    folder: Path, capsys: pytest.CaptureFixture[str], end: str
) -> None:
    write(folder, "ends.py", f"import symderiv\n{end}\n")
    write(folder, "right.py", HEAD + one("right"))
    assert main(["verify", "."]) == 2
    said = capsys.readouterr()
    assert "✔ right" in said.out
    assert "ends.py cannot be imported: " in said.out
    assert "ends.py:2" in said.out


def test_what_a_module_prints_does_not_stand_in_the_report(folder: Path) -> None:
    write(folder, "loud.py", "import os\nprint('one')\nos.system('echo two')\n" + HEAD + one("a"))
    done = subprocess.run(
        [sys.executable, "-m", "symderiv", "list", "loud.py"],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"},
        check=True,
    )
    assert done.stdout.decode() == "a   loud.py:a   –   1 step\n"
    assert sorted(done.stderr.decode().split()) == ["one", "two"]


# --- patterns --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "pattern", "expected"),
    [
        ("a/b/c.py", "**", True),
        ("a/b/c.py", "a/**", True),
        ("a/b/c.py", "**/b/**/c.py", True),
        ("a/b/c.py", "a/c.py", False),
        ("a/b/c.py", "a/b", False),
        ("a.py", "./a.py", True),
        ("a" * 200, "*a" * 100 + "b", False),
        ("/".join("a" * 300), "**/a/" * 300 + "b", False),
    ],
)
def test_a_pattern_describes_a_path(path: str, pattern: str, expected: bool) -> None:
    assert matches(path, pattern) is expected


def test_a_circle_of_links_ends(folder: Path) -> None:
    write(folder, "a/a.py", HEAD)
    (folder / "a" / "again").symlink_to(folder)
    assert [path.name for path in files_in(folder)] == ["a.py"]
