"""What comes back from the judge: verdicts, conditions, counterexamples, reports.

Nothing in this file decides anything and nothing in it imports SymPy, so that
a caller who only wants to read a report pays for reading it.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from sympy import Basic

__all__ = [
    "Case",
    "CheckResult",
    "ClaimError",
    "Condition",
    "Counterexample",
    "DerivationResult",
    "Displayed",
    "InternalDisagreement",
    "LoadError",
    "Measurement",
    "Report",
    "Result",
    "Rule",
    "StepResult",
    "Trace",
    "Verdict",
]


class ClaimError(ValueError):
    """What was written is not a claim: a float, a wrong shape, an unknown object.

    The message names the expression as written and what to write instead.
    """


class InternalDisagreement(RuntimeError):
    """The prover and the refuter contradict each other: a bug in symderiv, never a verdict."""


class Displayed:
    """What a notebook shows in its own way, by what the package registers as ``shown_by``."""

    shown_by: ClassVar[Callable[[str, Any], str | None] | None] = None

    def _repr_html_(self) -> str | None:
        return Displayed.shown_by("html", self) if Displayed.shown_by else None

    def _repr_latex_(self) -> str | None:
        return Displayed.shown_by("latex", self) if Displayed.shown_by else None


class Verdict(enum.Enum):
    """The three honest answers."""

    PROVED = "proved"
    REFUTED = "refuted"
    UNDECIDED = "undecided"

    def __bool__(self) -> bool:
        raise TypeError("a Verdict has three values; compare it: verdict is Verdict.PROVED")


@dataclass(frozen=True)
class Condition:
    """One thing that a proof needs beyond ``where``.

    Attributes
    ----------
    relation
        The SymPy relation in the writer's symbols, such as ``Ne(x, 1)`` or ``h[i] > 0``.
    ranges
        The bound indices over which it is quantified, as ``(index, lower, upper)``.
    discharged_by
        Why it always holds, or an empty string where it stays open.
    natural
        True where the start of the derivation already needs it to be defined.
    why
        What needs it, such as "a denominator"; an empty string where that is not told.
    surface
        True where it is shown that f ≠ 0 excludes no open part of the domain, as that of max(x, 0)
        does, which is 0 for all x ≤ 0.
    case
        The relations between which it is needed: in a branch of a ``Piecewise``, or for j ≠ k.
    """

    relation: Basic
    ranges: tuple[tuple[Any, Any, Any], ...] = ()
    discharged_by: str = ""
    natural: bool = False
    why: str = field(default="", compare=False)
    surface: bool = field(default=False, compare=False)
    case: tuple[Basic, ...] = ()

    @property
    def open(self) -> bool:
        """Whether nothing discharges the condition."""
        return not self.discharged_by

    @property
    def loses_a_region(self) -> bool:
        """Whether an open part of the start's domain is lost, not only points or surfaces."""
        return self.open and not self.natural and not self.surface


@dataclass(frozen=True)
class Counterexample:
    """A point at which both sides are defined and certainly differ.

    Attributes
    ----------
    sizes
        The integer symbols (sizes and free indices) and their values.
    values
        The real symbols, arrays (nested lists) and their exact values.
    lhs, rhs
        The two values: exact where possible, else a ball ``mid ± radius`` as text.
    note
        What is to be compared where one number does not say it, such as the entry.
    relation
        What the values are to each other: "≠", "<" or "≤" where a bound or convexity fails, and
        "limit" where lhs is the limit and rhs what was claimed.
    """

    sizes: Mapping[str, int]
    values: Mapping[str, Any]
    lhs: Any
    rhs: Any
    note: str = ""
    relation: str = "≠"


@dataclass(frozen=True)
class Rule:
    """One rule that the trusted code applies: its formula, and where it is to be found."""

    name: str
    formula: str
    source: str
    table: str = ""


@dataclass(frozen=True)
class Case:
    """One case of the prover's distinctions.

    Attributes
    ----------
    assumed
        The relations that make the case, such as ``x > 0``; none where nothing is divided.
    outcome
        "equal"; "different" where the difference did not vanish; "empty" where the case
        contradicts what is known; "excluded" where a condition excludes it.
    normal_forms
        Those of the two lines, or None where they were not needed or are not kept.
    """

    assumed: tuple[Basic, ...]
    outcome: str
    normal_forms: tuple[Any, Any] | None = None


@dataclass(frozen=True)
class Trace:
    """How one step was judged: what both routes saw and said.

    Attributes
    ----------
    written
        The line before and the line, as SymPy built them.
    read
        The same in index form, as the prover read them; None for a line it cannot read.
    cases
        The cases that were decided; ``assumed`` is empty where there was one.
    rules
        The rules that were used.
    conditions
        Every condition in the order of writing, discharged or open.
    proved, reason, left_over
        What the prover said; why not; and what was left of the difference.
    points, defined
        How many points the refuter tried, and at how many every line was defined.
    witness, counterexample
        A point at which both lines are defined and agree, and one at which they differ.
    trouble
        Why the refuter could evaluate nothing, or an empty string.
    """

    written: tuple[Basic, Basic]
    read: tuple[Any, Any]
    cases: tuple[Case, ...] = ()
    rules: tuple[Rule, ...] = ()
    conditions: tuple[Condition, ...] = ()
    proved: bool = False
    reason: str = ""
    left_over: Any = None
    points: int = 0
    defined: int = 0
    witness: Counterexample | None = None
    counterexample: Counterexample | None = None
    trouble: str = ""

    @property
    def normal_forms(self) -> tuple[Any, Any] | None:
        """The normal forms of the first case that has some."""
        return next((c.normal_forms for c in self.cases if c.normal_forms), None)


@dataclass(frozen=True)
class Result(Displayed):
    """The answer to one question put to the judge.

    ``bool(result)`` raises: an undecided answer that is falsy, or truthy, hides bugs.
    Ask for ``result.proved``.
    """

    verdict: Verdict
    conditions: tuple[Condition, ...] = ()
    counterexample: Counterexample | None = None
    reason: str = ""
    seconds: float = 0.0
    evidence: Any = field(default=None, repr=False, compare=False)
    certificate: tuple[str, ...] = field(default=(), repr=False)

    @property
    def trace(self) -> Trace | None:
        """How it was judged, made when it is asked for; None where nothing was kept."""
        if self.evidence is None or isinstance(self.evidence, Trace):
            return self.evidence
        made: Trace = self.evidence.trace()
        return made

    @property
    def proved(self) -> bool:
        """Whether the verdict is PROVED."""
        return self.verdict is Verdict.PROVED

    @property
    def refuted(self) -> bool:
        """Whether the verdict is REFUTED."""
        return self.verdict is Verdict.REFUTED

    @property
    def open_conditions(self) -> tuple[Condition, ...]:
        """The conditions that nothing discharges."""
        return tuple(c for c in self.conditions if c.open)

    def __bool__(self) -> bool:
        raise TypeError("a Result has three verdicts; ask for result.proved (or .verdict)")


@dataclass(frozen=True)
class StepResult:
    """The answer for one step of a derivation, with what was written and where.

    ``error`` is set, and ``result`` is None, where the step is not a claim at all.
    ``unchanged`` marks a step that is identical to the one before after SymPy built it.
    ``relation`` is what a claim says of ``before`` and ``expression``, where it is not "=".
    """

    number: int
    before: Basic
    expression: Basic
    because: str
    file: str
    line: int
    result: Result | None
    error: str = ""
    unchanged: bool = False
    relation: str = ""

    @property
    def passed(self) -> bool:
        """PROVED, with no undeclared open part of the domain lost."""
        return (
            self.result is not None
            and self.result.proved
            and not any(c.loses_a_region for c in self.result.conditions)
        )


def _refuted(step: StepResult) -> bool:
    return step.result is not None and step.result.refuted


@dataclass(frozen=True)
class DerivationResult:
    """The answers for one derivation, step by step.

    ``error`` is set where the derivation as a whole cannot be judged. ``expect`` is what its
    writer declared: "proved", or "refuted" for a false claim that is kept as a warning.
    """

    name: str
    source: str
    start: Basic
    file: str
    line: int
    steps: tuple[StepResult, ...]
    error: str = ""
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    derivation: Any = field(default=None, repr=False, compare=False)
    expect: str = "proved"

    @property
    def passed(self) -> bool:
        """Whether it came out as declared: every step passed, or the first to fail is refuted."""
        if self.error:
            return False
        return self.first_failure is None if self.expect == "proved" else self.refuted

    @property
    def is_claim(self) -> bool:
        """Whether it is a claim, and no chain of lines."""
        related = bool(self.steps and self.steps[0].relation)
        return related or bool(getattr(self.derivation, "is_claim", False))

    @property
    def refuted(self) -> bool:
        """Whether the steps pass up to one that is refuted."""
        failure = self.first_failure
        return not self.error and failure is not None and _refuted(failure)

    @property
    def first_failure(self) -> StepResult | None:
        """The headline: the first step that did not pass."""
        return next((step for step in self.steps if not step.passed), None)

    def accepts(self, step: StepResult) -> bool:
        """Whether one of its steps came out as declared.

        Where a refutation is expected and every step is proved, the last one is at fault.
        """
        if self.error:
            return False
        if self.expect == "proved":
            return step.passed
        if self.first_failure is None:
            return step is not self.steps[-1]
        return self.refuted or step.passed


@dataclass(frozen=True)
class CheckResult:
    """A property test of compiled functions: it can fail, it never proves.

    ``compared`` counts the values that were held against an oracle; ``furthest`` is the largest
    distance among them, as a share of what rounding and the oracle's own error explain.
    """

    name: str
    passed: bool
    detail: str = ""
    examples: int = 0
    seconds: float = 0.0
    compared: int = 0
    furthest: float = 0.0


@dataclass(frozen=True)
class Measurement:
    """How far a compiled function was from the exact values: measured, and no bound.

    Attributes
    ----------
    name
        Of the module and the function.
    ulp
        The largest error found, in units in the last place of the result's largest entry.
    moved
        How far the exact result moves, in the same units, when the inputs of the largest error
        move by a unit in their last place: the largest of some such moves.
    inputs, values
        On how many inputs it was measured, and how many entries were compared.
    at
        Where the largest error was found: sizes and the kind of data.
    """

    name: str
    ulp: float
    moved: float
    inputs: int
    values: int
    at: str = ""


@dataclass(frozen=True)
class LoadError:
    """What could not be found or imported, in words, and the place it is about if there is one."""

    message: str
    file: str = ""
    line: int = 0

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True)
class Report(Displayed):
    """Everything that one run of ``verify`` found.

    ``title`` and ``sections`` are what the modules say beside their derivations (``Section``);
    ``measurements`` has the errors of their compiled functions, where a page is to show them.
    """

    derivations: tuple[DerivationResult, ...] = ()
    checks: tuple[CheckResult, ...] = ()
    errors: tuple[LoadError | str, ...] = ()
    seconds: float = 0.0
    title: str = ""
    sections: tuple[Any, ...] = ()
    measurements: tuple[Measurement, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether something was asked and all of it passed."""
        return (
            bool(self.derivations)
            and not self.errors
            and all(d.passed for d in self.derivations)
            and all(c.passed for c in self.checks)
        )

    def __iter__(self) -> Iterator[DerivationResult]:
        return iter(self.derivations)

    def __len__(self) -> int:
        return len(self.derivations)

    def __bool__(self) -> bool:
        raise TypeError("ask a Report for report.passed")
