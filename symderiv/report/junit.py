"""The report as JUnit XML, as CI servers read it: a case for each step."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

from symderiv.report import text, words
from symderiv.report.glyphs import printable
from symderiv.verdict import CheckResult, DerivationResult, LoadError, Report, StepResult

__all__ = ["render"]

# What XML 1.0 cannot hold, not even as a reference.
_FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(report: Report, *, root: Path | None = None) -> str:
    """Return a Report as JUnit XML.

    A step that failed is a failure of type "refuted" or "undecided"; what could not be judged or
    imported is an error.

    Examples
    --------
    >>> print(render(Report(errors=("a & b",))))
    <?xml version="1.0" encoding="utf-8"?>
    <testsuites name="symderiv" tests="1" failures="0" errors="1" time="0.000">
      <testsuite name="errors" tests="1" failures="0" errors="1" skipped="0" time="0.000">
        <testcase classname="symderiv" name="error 1" time="0.000">
          <error message="a &amp; b" type="error">a &amp; b</error>
        </testcase>
      </testsuite>
    </testsuites>
    """
    suites = ET.Element("testsuites", name="symderiv")
    for derivation in report.derivations:
        _suite(suites, derivation.name, _derivation(derivation, root), derivation.seconds)
    if report.checks:
        seconds = sum(check.seconds for check in report.checks)
        _suite(suites, "tests of the compiled functions", map(_check, report.checks), seconds)
    if report.errors:
        numbered = enumerate(report.errors, 1)
        _suite(suites, "errors", [_error(number, error, root) for number, error in numbered], 0)
    for key in ("tests", "failures", "errors"):
        suites.set(key, str(sum(int(suite.get(key, 0)) for suite in suites)))
    suites.set("time", f"{report.seconds:.3f}")
    ET.indent(suites)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(suites, "unicode")}'


def _suite(suites: ET.Element, name: str, cases: object, seconds: float) -> None:
    suite = ET.SubElement(suites, "testsuite", name=_xml(printable(name)))
    suite.extend(cases)  # type: ignore[arg-type]
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(len(suite.findall("testcase/failure"))))
    suite.set("errors", str(len(suite.findall("testcase/error"))))
    suite.set("skipped", "0")
    suite.set("time", f"{seconds:.3f}")


def _derivation(derivation: DerivationResult, root: Path | None) -> list[ET.Element]:
    fault = words.fault(derivation)
    if derivation.error or not derivation.steps:
        case = _case(derivation.file, derivation.line, derivation.name, derivation.seconds, root)
        _outcome(case, "error", "not judged", fault)
        return [case]
    cases = []
    for step in derivation.steps:
        number = f", step {step.number}" if not step.relation else ""
        name = f"{derivation.name}{number}: {step.because}"
        seconds = step.result.seconds if step.result is not None else 0.0
        case = _case(step.file, step.line, name, seconds, root)
        if not derivation.accepts(step):
            told = [*words.told(derivation, step), *([fault] if fault else [])]
            _outcome(case, *_kind(step), fault or told[-1], "\n".join(told))
        cases.append(case)
    return cases


def _kind(step: StepResult) -> tuple[str, str]:
    return ("error", "no claim") if step.error else ("failure", text.outcome(step))


def _case(file: str, line: int, name: str, seconds: float, root: Path | None) -> ET.Element:
    path = words.folder_path(file, root)
    return ET.Element(
        "testcase",
        classname=_xml(path.removesuffix(".py").replace("/", ".")),
        name=_xml(printable(name)),
        file=_xml(path),
        line=str(line),
        time=f"{seconds:.3f}",
    )


def _check(check: CheckResult) -> ET.Element:
    name, seconds = _xml(printable(check.name)), f"{check.seconds:.3f}"
    case = ET.Element("testcase", classname="symderiv.tests", name=name, time=seconds)
    if not check.passed:
        _outcome(case, "failure", "failed test", check.detail or "failed")
    return case


def _error(number: int, error: LoadError | str, root: Path | None) -> ET.Element:
    case = ET.Element("testcase", classname="symderiv", name=f"error {number}", time="0.000")
    if isinstance(error, LoadError) and error.file:
        case.set("file", _xml(words.folder_path(error.file, root)))
        case.set("line", str(error.line))
    _outcome(case, "error", "error", str(error))
    return case


def _outcome(case: ET.Element, tag: str, kind: str, message: str, told: str = "") -> None:
    element = ET.SubElement(case, tag, message=_xml(message), type=kind)
    element.text = _xml(told or message)


def _xml(said: str) -> str:
    return _FORBIDDEN.sub(lambda match: repr(match[0])[1:-1], said)
