"""The page: everything that the report says is on it, nothing that it needs is elsewhere."""

from __future__ import annotations

import dataclasses
import itertools
import re
import subprocess
import sys
from html.parser import HTMLParser

import pytest
from sympy import Symbol, symbols

from symderiv import Derivation, verify
from symderiv.report import html, page
from symderiv.report.document import document
from symderiv.report.figures import svg
from symderiv.story import Figure, Section
from symderiv.verdict import CheckResult, Measurement, Report

x: Symbol = symbols("x", real=True)

right = Derivation("a square", (x + 1) ** 2, source="a book").then(x**2 + 2 * x + 1, "multiply")
wrong = Derivation("a <wrong> square", (x + 1) ** 2).then(x**2 + 1, "forget 2·x & more")
partial = Derivation("a quotient", x + 1).then((x**2 - 1) / (x - 1), "extend")


def _draw(canvas):
    axes = canvas.subplots()
    axes.plot([0, 1], [0, 1], label="a line")
    axes.set_xlabel("θ")


PICTURE = Figure("line", "A line, $y = x$.", 'A "straight" line', _draw)
STORY = (
    Section("Squares & <sums>", "First $x^2$.\n\nThen 3 < 4.", ("a square",), (PICTURE,)),
    Section("Only prose"),
)


@pytest.fixture(scope="module")
def report():
    checks = (
        CheckResult("sum, by hand", False, "got 1 <, expected 2", 20),
        CheckResult("product, by hand", True, "", 20, 0.1, compared=48, furthest=0.25),
    )
    measured = (Measurement("of x: sum", 1.25, 865.4, 168, 504, "|x| ≤ 3"),)
    return dataclasses.replace(
        verify([right, wrong]),
        title="A page",
        sections=STORY,
        checks=checks,
        measurements=measured,
    )


@pytest.fixture(scope="module")
def text(report):
    return html.render(report)


class Outline(HTMLParser):
    """The tags, and whether each is closed in order."""

    VOID = frozenset(("meta", "br", "link", "img", "hr"))

    def __init__(self):
        super().__init__()
        self.open, self.seen, self.ids, self.links = [], [], [], []

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.seen.append((tag, attributes))
        self.ids += [attributes["id"]] if "id" in attributes else []
        self.links += [v for k, v in attrs if k in ("href", "src", "xlink:href") and v]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def outline(text):
    parser = Outline()
    parser.feed(text)
    assert parser.open == []
    return parser


def test_the_page_needs_nothing_from_elsewhere(text, outline):
    assert "<script" not in text
    assert not re.search(r"url\((?!#)", text)
    assert all(link.startswith("#") for link in outline.links)
    assert {link[1:] for link in outline.links} <= set(outline.ids)


def test_ids_are_unique_on_the_page(outline):
    assert len(outline.ids) == len(set(outline.ids))


def test_what_was_refuted_stands_there_with_its_counterexample(text):
    assert '<article class="chain failed">' in text
    assert "refuted at x = 1:   4 ≠ 2" in text
    assert "forget 2·x &amp; more" in text


def test_text_is_escaped(text):
    assert "a &lt;wrong&gt; square" in text
    assert "Squares &amp; &lt;sums&gt;" in text
    assert "got 1 &lt;, expected 2" in text
    assert "<wrong>" not in text


def test_the_figures_of_tests_and_the_accuracy_stand_there(text, report):
    for cell in ("48", "25 %", "1.2", "865", "168", "504"):
        assert f">{cell}</td>" in text
    assert "|x|\u00a0≤\u00a03" in text
    assert "is no bound" in text
    assert "They can fail; they prove nothing." in text
    written = page.render(report)
    assert "| product, by hand | 20 | 48 | 25 % | passed |" in written
    assert "| of x: sum | 1.2 | 865 | 168 | 504 | \\|x\\| ≤ 3 |" in written
    assert "✘ sum, by hand: got 1 \\<, expected 2" in written


def test_formulas_are_mathml_and_figures_are_named(outline):
    tags = [tag for tag, _ in outline.seen]
    assert "math" in tags
    (picture,) = [a for tag, a in outline.seen if tag == "svg"]
    assert picture["role"] == "img"
    assert picture["aria-label"] == 'A "straight" line'


def test_headings_go_down_one_at_a_time(outline):
    levels = [int(tag[1]) for tag, _ in outline.seen if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels))


def test_a_derivation_that_no_section_shows_is_not_lost(report):
    parts = document(report).parts
    assert [part.title for part in parts][-1] == "Further derivations"
    assert [chain.name for chain in parts[-1].chains] == ["a <wrong> square"]


def test_a_picture_takes_its_colours_from_the_page():
    drawn = svg(PICTURE)
    assert "var(--series-1)" in drawn
    assert "currentColor" in drawn
    assert not re.search(r"#a1000\d|#0a0b0c", drawn)
    assert drawn == svg(PICTURE)


def test_a_condition_is_shown_beside_its_line():
    shown = html.render(verify(partial))
    assert "extend" in shown
    assert "where x ≠ 1" in shown


def test_markdown_says_the_same(report):
    said = page.render(report)
    assert "# A page" in said
    assert "$$\n= " in said
    assert r"### ✘ a \<wrong\> square" in said
    assert r"refuted at x = 1:   4 ≠ 2" in said or "refuted at x = 1:   4 ≠ 2" in said


def test_an_empty_report_is_a_page():
    assert "nothing was asked" in html.render(Report())


ARTICLE = "symderiv.derivations.article"


def run(*arguments, cwd):
    command = [sys.executable, "-m", "symderiv", "verify", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=False)


def test_the_article_as_a_page_in_one_file(tmp_path):
    done = run(ARTICLE, "--html", "report.html", "--page", "report.md", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    made = (tmp_path / "report.html").read_text("utf-8")
    parser = Outline()
    parser.feed(made)
    assert [tag for tag, _ in parser.seen].count("svg") == 4
    assert len(parser.ids) == len(set(parser.ids))
    assert len(made) < 400_000
    assert (tmp_path / "report.md").read_text("utf-8").startswith("# The derivative of the cost")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["report.html", "report.md"]


def test_a_page_that_cannot_be_written_leaves_nothing(tmp_path):
    done = run(ARTICLE, "--html", "missing/report.html", cwd=tmp_path)
    assert done.returncode == 2
    assert "missing" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_source_file_is_never_replaced_by_a_report(tmp_path):
    mine = tmp_path / "mine.py"
    mine.write_text("import symderiv\n")
    (tmp_path / "link.html").symlink_to(mine)
    for name in ("mine.py", "link.html"):
        done = run("--html", name, cwd=tmp_path)
        assert done.returncode == 2
        assert "source file" in done.stderr
    assert mine.read_text() == "import symderiv\n"


STORY_THAT_FAILS = """
from sympy import symbols
from symderiv import Derivation
from symderiv.story import Figure, Section

x = symbols("x", real=True)
square = Derivation("square", (x + 1)**2).then(x**2 + 2*x + 1, "multiply")

def draw(canvas):
    {fails}

story = (Section("T", figures=(Figure("sad", "caption", "alt", draw),)),)
"""


@pytest.mark.slow
@pytest.mark.parametrize("fails", ["raise RuntimeError('boom')", "raise SystemExit(0)"])
def test_a_figure_that_fails_is_named_and_the_rest_is_reported(tmp_path, fails):
    (tmp_path / "story.py").write_text(STORY_THAT_FAILS.format(fails=fails))
    done = run("story.py", "--html", "h.html", "--page", "p.md", cwd=tmp_path)
    assert done.returncode == 2
    assert "the figure 'sad' could not be drawn" in done.stderr
    assert "Traceback" not in done.stderr
    assert "1 proved" in done.stdout
    assert not (tmp_path / "h.html").exists()
    assert (tmp_path / "p.md").exists()


def test_latex_of_the_writers_own_stands_beside_the_line_as_read():
    own = Derivation("own", x + x).then(2 * x, "add", latex=r"7 x")
    shown = html.render(verify(own))
    assert "read as 2·x" in shown


def test_markdown_shows_text_as_it_is():
    loud = Derivation("<b>bold</b> *s*", x + x).then(2 * x, "<i>")
    said = page.render(verify(loud))
    assert "<b>" not in said.replace(r"\<b\>", "")
    assert r"\<i\>" in said
