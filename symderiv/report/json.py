"""The report as JSON, in the format that report.schema.json beside this file describes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from symderiv.report import notation, text, words
from symderiv.verdict import (
    CheckResult,
    Condition,
    Counterexample,
    DerivationResult,
    LoadError,
    Report,
    StepResult,
)

__all__ = ["SCHEMA_VERSION", "render"]

SCHEMA_VERSION = 1  # goes up when a field changes its meaning or goes away; new ones may come


def render(report: Report, *, root: Path | None = None) -> str:
    """Return a Report as JSON; ``seconds`` are all that differs between two runs.

    Examples
    --------
    >>> json.loads(render(Report()))["passed"]
    False
    """
    content = {
        "version": SCHEMA_VERSION,
        "passed": report.passed,
        "seconds": _seconds(report.seconds),
        "derivations": [_derivation(derivation, root) for derivation in report.derivations],
        "tests": [_check(check) for check in report.checks],
        "errors": [_error(error, root) for error in report.errors],
    }
    return json.dumps(content, ensure_ascii=False, indent=2)


def _derivation(derivation: DerivationResult, root: Path | None) -> dict[str, Any]:
    return {
        "name": derivation.name,
        "source": derivation.source,
        "file": words.folder_path(derivation.file, root),
        "line": derivation.line,
        "expect": derivation.expect,
        "passed": derivation.passed,
        "error": words.fault(derivation),
        "notes": list(derivation.notes),
        "seconds": _seconds(derivation.seconds),
        "start": text.line(derivation.start),
        "steps": [_step(derivation, step, root) for step in derivation.steps],
    }


def _step(derivation: DerivationResult, step: StepResult, root: Path | None) -> dict[str, Any]:
    result = step.result
    return {
        "number": step.number,
        "because": step.because,
        "file": words.folder_path(step.file, root),
        "line": step.line,
        "relation": step.relation or "=",
        "expression": text.line(step.expression),
        "unchanged": step.unchanged,
        "verdict": result.verdict.value if result is not None else None,
        "passed": derivation.accepts(step),
        "error": step.error,
        "certificate": list(result.certificate) if result is not None else [],
        "reason": result.reason if result is not None else "",
        "conditions": [_condition(needed) for needed in result.conditions]
        if result is not None
        else [],
        "counterexample": _counterexample(result.counterexample) if result is not None else None,
        "seconds": _seconds(result.seconds) if result is not None else 0.0,
    }


def _condition(needed: Condition) -> dict[str, Any]:
    return {
        "text": notation.condition(needed),
        "open": needed.open,
        "discharged_by": needed.discharged_by,
        "natural": needed.natural,
        "loses_a_region": needed.loses_a_region,
    }


def _counterexample(point: Counterexample | None) -> dict[str, Any] | None:
    if point is None:
        return None
    return {
        "sizes": {name: int(size) for name, size in point.sizes.items()},
        "values": {name: _value(value) for name, value in point.values.items()},
        "lhs": _value(point.lhs),
        "rhs": _value(point.rhs),
        "note": point.note,
        "relation": point.relation,
    }


def _value(data: Any) -> Any:
    """Return an exact value: a number as a text such as "-1/2", an array as nested lists."""
    if isinstance(data, (list, tuple)):
        return [_value(entry) for entry in data]
    return str(data)


def _check(check: CheckResult) -> dict[str, Any]:
    return {
        "name": check.name,
        "passed": check.passed,
        "detail": check.detail,
        "examples": check.examples,
        "compared": check.compared,
        "furthest": check.furthest,
        "seconds": _seconds(check.seconds),
    }


def _error(error: LoadError | str, root: Path | None) -> dict[str, Any]:
    located = isinstance(error, LoadError) and bool(error.file)
    return {
        "message": str(error),
        "file": words.folder_path(error.file, root) if located else "",  # type: ignore[union-attr]
        "line": error.line if located else 0,  # type: ignore[union-attr]
    }


def _seconds(seconds: float) -> float:
    return round(seconds, 3)
