"""The formats for machines: JSON by its schema, JUnit, GitHub annotations, Markdown."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from sympy import Ne, Symbol, log

import symderiv.report
from symderiv import NotConvex, verify
from symderiv.claims import Nonnegative
from symderiv.derivation import Derivation
from symderiv.report import github, junit, markdown, text
from symderiv.report import json as as_json
from symderiv.verdict import CheckResult, LoadError, Report
from symderiv.verification import unjudged

jsonschema = pytest.importorskip("jsonschema", reason="pip install -e '.[test]'")

SCHEMA = json.loads(
    Path(symderiv.report.__file__).with_name("report.schema.json").read_text("utf-8")
)
FORMATS = {"text": text, "json": as_json, "junit": junit, "github": github, "markdown": markdown}

x = Symbol("x", real=True)
TARGETS = ("wrong.py", "symderiv.derivations.sigmoid")
WRONG = """\
from sympy import *
from symderiv import Derivation
m, n = symbols("m n", integer=True, positive=True)
i, j = symbols("i j", integer=True, nonnegative=True)
X, w = MatrixSymbol("X", m, n), MatrixSymbol("w", n, 1)
loss = Sum((X*w)[i, 0]**2, (i, 0, m - 1))
wrong = Derivation("wrong", Derivative(loss, w[j, 0])).then((X.T*X*w)[j, 0], "a lost factor")
"""
HOSTILE = "a, b: 100% <i>&\"' |`x`| ::error::\n::warning::\r\x00\x1b[2J \ud800 ]]> σ"


def report_of_everything() -> Report:
    """Every kind of outcome, in names and words that each format has to escape."""
    square = (x + 1) ** 2
    derivations = [
        Derivation("right", square).then(x**2 + 2 * x + 1, "multiply out"),
        Derivation(HOSTILE, square).then(x**2 + 2 * x + 1, "good").then(x**2 + 1, HOSTILE),
        Derivation("kept", square, expect="refuted").then(x**2 + 1, "slip").then(x, "more"),
        Derivation("kept in vain", square, expect="refuted").then(x**2 + 2 * x + 1, "right"),
        Derivation("a hole", (x**2 - 1) / (x - 1)).then(x + 1, "divide"),
        Derivation("lost", log(x**2)).then(2 * log(x), "a region"),
        Derivation("empty", x),
        Nonnegative("a claim", x**2 + 1, strict=True),
        Nonnegative("a false claim", x**2 >= 2 * x),
        Derivation("refused", x, where=[Ne(x, 0)]).then(Symbol("x"), "another x"),
    ]
    interrupted = Derivation("never asked", x).then(x, "same")
    return Report(
        derivations=(*verify(derivations), unjudged(interrupted, "the run was interrupted")),
        checks=(CheckResult("fine", True, examples=3), CheckResult(HOSTILE, False, HOSTILE)),
        errors=("one error", LoadError(HOSTILE, __file__, 7)),
        seconds=1.5,
    )


@pytest.fixture(scope="module")
def report() -> Report:
    return report_of_everything()


def failures(report: Report) -> list[int]:
    """The lines at which each format has to say that something failed."""
    found = []
    for derivation in report:
        faulty = derivation.error or (not derivation.passed and derivation.expect == "refuted")
        lines = [step.line for step in derivation.steps if not derivation.accepts(step)]
        found += [derivation.line] if faulty or (not lines and not derivation.passed) else lines
    return found


def test_json_is_what_the_schema_says(report: Report) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    content = json.loads(as_json.render(report))
    jsonschema.Draft202012Validator(SCHEMA).validate(content)
    assert SCHEMA["properties"]["version"]["const"] == as_json.SCHEMA_VERSION
    by_name = {derivation["name"]: derivation for derivation in content["derivations"]}
    assert by_name[HOSTILE]["steps"][1]["counterexample"]["values"] == {"x": "1"}
    assert by_name[HOSTILE]["steps"][1]["verdict"] == "refuted"
    assert by_name["kept"]["passed"]
    assert "every step is proved" in by_name["kept in vain"]["error"]
    assert by_name["a hole"]["steps"][0]["conditions"][0]["text"] == "x ≠ 1"
    assert not by_name["lost"]["steps"][0]["passed"]
    assert "interrupted" in by_name["never asked"]["error"]
    assert content["errors"][1]["file"].endswith("tests/report/test_formats.py")
    assert content["errors"][1]["line"] == 7


def test_json_of_a_claim_that_a_point_proves() -> None:
    found = verify(NotConvex("a hat", -(x**2), x))
    content = json.loads(as_json.render(found))
    jsonschema.Draft202012Validator(SCHEMA).validate(content)
    assert content["derivations"][0]["steps"][0]["counterexample"]["values"]


@pytest.mark.parametrize("field", ["derivations", "passed", "version"])
def test_the_schema_refuses_what_it_should(report: Report, field: str) -> None:
    content = json.loads(as_json.render(report))
    del content[field]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(content, SCHEMA)


def test_junit_counts_what_it_holds(report: Report) -> None:
    root = ET.fromstring(junit.render(report).encode("utf-8"))
    cases = root.findall("testsuite/testcase")
    assert root.tag == "testsuites"
    assert len(cases) == int(root.attrib["tests"]) == sum(int(s.attrib["tests"]) for s in root)
    assert len(root.findall("testsuite/testcase/failure")) == int(root.attrib["failures"])
    assert len(root.findall("testsuite/testcase/error")) == int(root.attrib["errors"])
    names = [(case.attrib["classname"], case.attrib["name"]) for case in cases]
    assert len(set(names)) == len(names)
    refuted, false = (f for f in root.iter("failure") if f.attrib["type"] == "refuted")
    assert false.text is not None
    assert false.text.startswith("claim  x² ≥ 2·x\nrefuted at x = 1:   1 < 2")
    assert refuted.text is not None
    assert "refuted at x = 1:   4 ≠ 2" in refuted.text
    lines = [int(c.attrib["line"]) for c in cases if "line" in c.attrib and len(c)]
    assert lines == [*failures(report), 7]


def decoded(command: str) -> tuple[dict[str, str], str]:
    """Read a workflow command as GitHub's runner does."""
    match = re.fullmatch(r"::error (.*?)::(.*)", command)
    assert match is not None
    properties = dict(item.split("=", 1) for item in match[1].split(","))

    def plain(value: str) -> str:
        for escape, char in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ",")):
            value = value.replace(escape, char)
        return value.replace("%25", "%")

    return {key: plain(value) for key, value in properties.items()}, plain(match[2])


def test_github_annotations_are_escaped_and_stand_at_their_lines(report: Report) -> None:
    *commands, counts = github.render(report).split("\n")
    assert not counts.startswith("::")
    said = [decoded(command) for command in commands]
    placed = [(p["file"], int(p["line"])) for p, _ in said if "file" in p]
    here = next(file for file, _ in placed)
    assert placed == [(here, line) for line in [*failures(report), 7]]
    title = next(p["title"] for p, _ in said if "step 2 of 2" in p["title"])
    assert "100% <i>&" in title
    assert "a, b: " in title
    assert said[-1][1] == HOSTILE


def test_github_names_files_from_the_root_of_the_repository(report: Report) -> None:
    here = Path(__file__).resolve()
    properties, _ = decoded(github.render(report, root=here.parents[1]).split("\n")[0])
    assert properties["file"] == "report/test_formats.py"
    properties, _ = decoded(github.render(report, root=here.parents[1] / "prove").split("\n")[0])
    assert properties["file"] == here.as_posix()


def test_markdown_shows_a_writers_text_as_it_is(report: Report) -> None:
    markdown_it = pytest.importorskip("markdown_it", reason="pip install -e '.[dev]'")
    source = markdown.render(report)
    html = markdown_it.MarkdownIt("gfm-like", {"linkify": False}).render(source)
    assert "<i>" not in html
    assert html.count("<tr>") == 1 + len(report)
    assert html.count("<pre>") == len(failures(report)) + 1
    shown = "a, b: 100% &lt;i&gt;&amp;&quot;' |`x`| ::error:: ::warning::"
    assert html.count(shown) >= 3


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_names_the_place(report: Report, name: str) -> None:
    said = FORMATS[name].render(report)
    for line in failures(report):
        place = {
            "json": f'"line": {line}',
            "junit": f'line="{line}"',
            "github": f"tests/report/test_formats.py,line={line}",
            "markdown": f"tests/report/test\\_formats.py:{line}",
        }.get(name, f"test_formats.py:{line}")
        assert place in said, line


@pytest.mark.parametrize("name", [n for n in FORMATS if n != "text"])
def test_an_empty_report_is_one(name: str) -> None:
    assert FORMATS[name].render(Report())


@pytest.mark.slow
def test_identical_runs_say_the_same_times_aside(tmp_path: Path) -> None:
    outputs = [
        part for name in FORMATS for part in ("--output-format", name, "--output-file", f"r.{name}")
    ]
    said = []
    for seed in ("1", "2"):
        folder = tmp_path / seed
        folder.mkdir()
        (folder / "wrong.py").write_text(WRONG, "utf-8")
        subprocess.run(
            [sys.executable, "-m", "symderiv", "verify", "--verbose", *outputs, *TARGETS],
            cwd=folder,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            check=False,
        )
        texts = [(folder / f"r.{name}").read_text("utf-8") for name in FORMATS]
        said.append([re.sub(r'\d+\.\d+( s\b|(?=")|(?=,\n))|seconds": .*', "T", t) for t in texts])
    assert said[0] == said[1]
