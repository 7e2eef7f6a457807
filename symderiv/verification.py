"""Walks derivations, puts every line to the judge and gathers a Report."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

from symderiv.claims import Claim
from symderiv.derivation import Derivation
from symderiv.explain.remarks import remarks
from symderiv.isolation import can_isolate, judged_apart
from symderiv.verdict import (
    CheckResult,
    ClaimError,
    DerivationResult,
    InternalDisagreement,
    Report,
    Result,
    StepResult,
    Verdict,
)
from symderiv.written import time_limit

__all__ = ["MADE_UP", "NothingToVerify", "called", "derivations_of", "held", "run_checks"]
__all__ += ["unjudged", "verify", "verify_each"]

MADE_UP = "_symderiv_file_"  # the names of modules that are imported by their file begin so

Progress = Callable[[int, int, Derivation], None]


class NothingToVerify(ClaimError):
    """A target that may hold derivations holds none."""


def verify(target: Any, *, timeout: float = 10.0, isolated: bool = False) -> Report:
    """Prove or refute every step of the target's derivations; proofs only, no tests.

    Parameters
    ----------
    target
        A Derivation, a module, or a list or tuple of these.
    timeout
        Seconds for one step, as a safety net: what a step may cost is counted in work.
    isolated
        Judge in a process of its own that is ended when it overruns its time or dies, so
        that the others still come back. Where the system cannot fork it has no effect.

    Returns
    -------
    Report
        One DerivationResult for each derivation, in order.

    Raises
    ------
    ClaimError
        Where the target is none of these, holds no derivation, or holds two of one name.

    Examples
    --------
    >>> verify([])
    Traceback (most recent call last):
    ...
    symderiv.verification.NothingToVerify: nothing to verify: the list is empty
    """
    timeout = time_limit(timeout)
    began = time.perf_counter()
    results = tuple(verify_each(derivations_of(target), timeout=timeout, isolated=isolated))
    return Report(derivations=results, seconds=time.perf_counter() - began)


def verify_each(
    derivations: Sequence[Derivation],
    *,
    timeout: float = 10.0,
    isolated: bool = False,
    progress: Progress | None = None,
    traced: bool = False,
) -> Iterator[DerivationResult]:
    """Yield the result of one derivation after the other.

    ``progress(done, of, derivation)`` is called before each. A caller that is interrupted
    keeps what was yielded until then. ``traced`` has each step's trace come back with it
    from a process of its own; in the caller's process it is always there.
    """
    import symderiv.judge  # noqa: F401 - both routes, loaded once and not in every worker

    if isolated and can_isolate():
        judged = judged_apart(
            derivations, lambda d: _detached(_ask(d, timeout), traced), timeout, progress
        )
        for derivation, (answer, seconds) in zip(derivations, judged, strict=True):
            yield _judged(derivation, answer, seconds)
        return
    for number, derivation in enumerate(derivations):
        if progress is not None:
            progress(number, len(derivations), derivation)
        began = time.perf_counter()
        answer = _ask(derivation, timeout)
        yield _judged(derivation, answer, time.perf_counter() - began)


def unjudged(derivation: Derivation, reason: str) -> DerivationResult:
    """Return the result of a derivation that nobody was asked about, and why."""
    return _judged(derivation, _Answer(error=f"not judged: {reason}"), 0.0)


def derivations_of(target: Any) -> tuple[Derivation, ...]:
    """Return the derivations that a target holds, each once, in the order of writing.

    A module holds those bound to its own names, also in lists, dictionaries and classes; one that
    it imports from another module counts only where ``__all__`` names it.

    Raises
    ------
    NothingToVerify
        Where there is none.
    ClaimError
        Where two of a module share a name, or the target is no target.
    """
    found = tuple({id(d): d for d in _walk(target)}.values())
    if not found:
        what = "the module" if isinstance(target, ModuleType) else f"the {type(target).__name__}"
        name = f" {called(target)}" if isinstance(target, ModuleType) else ""
        ends = "holds no derivation" if name else "is empty"
        raise NothingToVerify(f"nothing to verify: {what}{name} {ends}")
    return found


def called(module: ModuleType) -> str:
    """What a reader calls a module: one that was imported by its file has a name made up for it."""
    file = getattr(module, "__file__", None) or ""
    made_up = module.__name__.startswith(MADE_UP)
    return Path(file).name if made_up and file else module.__name__


def run_checks(module: ModuleType, seed: int) -> tuple[CheckResult, ...]:
    """Run a module's own property tests of its compiled functions.

    They are what its ``checks(seed)`` yields, where the module has ``functions`` as well.
    An exception is a failed check, and ends them.
    """
    checks = getattr(module, "checks", None)
    if not callable(checks) or not hasattr(module, "functions"):
        return ()
    results: list[CheckResult] = []
    try:
        for result in checks(seed):
            if not isinstance(result, CheckResult):
                raise TypeError(f"checks() yielded {result!r}, not a CheckResult")
            results.append(result)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a user's own tests may raise anything
        detail = f"{type(error).__name__}: {error}"
        results.append(CheckResult(f"{called(module)}: checks", passed=False, detail=detail))
    return tuple(results)


def _walk(target: Any) -> Iterator[Derivation]:
    if isinstance(target, Derivation):
        yield target
    elif isinstance(target, ModuleType):
        yield from _in_module(target)
    elif isinstance(target, (list, tuple)):
        for member in target:
            yield from _walk(member)
    else:
        raise ClaimError(
            f"cannot verify {target!r} of type {type(target).__name__}:"
            " expected a Derivation, a module, or a list of these"
        )


def _in_module(module: ModuleType) -> Iterator[Derivation]:
    public = getattr(module, "__all__", ())
    named: dict[str, Derivation] = {}

    # A name that was bound before ("from sympy import *") keeps its old place in the
    # module's dictionary, so the order is that of the lines.
    def written(item: tuple[str, Derivation]) -> tuple[bool, int]:
        own = _same_file(item[1].file, getattr(module, "__file__", None))
        return (not own, item[1].line if own else 0)

    for place, value in sorted(held(module), key=written):
        if re.split(r"[.\[]", place)[0] not in public and _imported(value, module):
            continue
        other = named.setdefault(value.name, value)
        if other is not value:
            raise ClaimError(
                f"two derivations of {called(module)} are called {value.name!r}:"
                f" {_place(other)} and {_place(value)}; give each its own name"
            )
        yield value


def held(module: ModuleType) -> Iterator[tuple[str, Derivation]]:
    """The derivations in a module's names, lists, dictionaries and classes, with where they are."""
    seen: set[int] = set()

    def walk(where: str, value: Any) -> Iterator[tuple[str, Derivation]]:
        if isinstance(value, Derivation):
            yield where, value
        own = isinstance(value, type) and value.__module__ == module.__name__
        if id(value) in seen or not (own or type(value) in (list, tuple, set, frozenset, dict)):
            return
        seen.add(id(value))
        if own:
            inside = [(f"{where}.{name}", member) for name, member in vars(value).items()]
        elif isinstance(value, dict):
            inside = [(f"{where}[{key!r}]", member) for key, member in value.items()]
        else:
            inside = [(f"{where}[{k}]", member) for k, member in enumerate(value)]
        for place, member in inside:
            yield from walk(place, member)

    for name, value in list(vars(module).items()):
        if not name.startswith("__"):
            yield from walk(name, value)


def _imported(derivation: Derivation, module: ModuleType) -> bool:
    # Written in another file is not enough: a function of another module may have built it
    # for this one. It is imported where the module that wrote it holds it as well.
    if _same_file(derivation.file, getattr(module, "__file__", None)):
        return False
    return any(
        other is not module
        and _same_file(derivation.file, getattr(other, "__file__", None))
        and any(d is derivation for _, d in held(other))
        for other in list(sys.modules.values())
        if isinstance(other, ModuleType)
    )


def _same_file(one: str, other: Any) -> bool:
    return isinstance(other, str) and (
        one == other or os.path.realpath(one) == os.path.realpath(other)
    )


def _place(derivation: Derivation) -> str:
    return f"{Path(derivation.file).name}:{derivation.line}"


@dataclass(frozen=True)
class _Answer:
    """What the judge said of one chain, as plain data that a worker can send back."""

    results: tuple[Result | ClaimError, ...] = ()
    notes: tuple[str, ...] = ()
    error: str = ""


def _ask(derivation: Derivation, timeout: float) -> _Answer:
    if not derivation.steps:
        return _Answer(error="nothing to prove: it has no steps; add .then(…)")
    from symderiv.judge import judge_chain  # the judge loads both routes: only when asked

    try:
        said = [*derivation.where, *(w for step in derivation.steps for w in step.where)]
        notes = remarks(derivation.lines, said, derivation.let)
        if isinstance(derivation, Claim):
            return _Answer(results=(derivation.judged(timeout),), notes=notes)
        chain = judge_chain(
            derivation.lines,
            where=derivation.where,
            extra=((), *(step.where for step in derivation.steps)),
            let=derivation.let,
            timeout=timeout,
        )
    except ClaimError as refusal:
        return _Answer(error=str(refusal))
    except InternalDisagreement as bug:
        return _Answer(error=f"internal error, please report it: {bug}")
    except SystemExit as end:  # from a function of the writer's own
        return _Answer(error=f"judging it ends the program (SystemExit: {end.code})")
    except Exception as bug:  # noqa: BLE001 - the other derivations go on
        return _Answer(error=f"internal error, please report it: {type(bug).__name__}: {bug}")
    return _Answer(results=tuple(chain.results), notes=notes)


def _detached(answer: _Answer, traced: bool) -> _Answer:
    """The answer without what only this process can use, and with traces where asked for."""

    def without(result: Result | ClaimError) -> Result | ClaimError:
        if isinstance(result, ClaimError):
            return result
        return replace(result, evidence=result.trace if traced else None)

    return replace(answer, results=tuple(map(without, answer.results)))


def _judged(derivation: Derivation, answer: _Answer | str, seconds: float) -> DerivationResult:
    """Put the answer beside what was written; a text is why a worker gave none."""
    if isinstance(answer, str):
        undecided = Result(Verdict.UNDECIDED, reason=answer)
        answer = _Answer(results=(undecided,) * len(derivation.steps))
    lines = derivation.lines
    answers = answer.results or (None,) * len(derivation.steps)
    steps = tuple(
        StepResult(
            number=number,
            before=lines[number - 1],
            expression=step.expression,
            because=step.because,
            file=step.file,
            line=step.line,
            result=said if isinstance(said, Result) else None,
            error=str(said) if isinstance(said, ClaimError) else "",
            unchanged=not step.relation and bool(lines[number - 1] == step.expression),
            relation=step.relation,
        )
        for number, (step, said) in enumerate(zip(derivation.steps, answers, strict=True), 1)
    )
    return DerivationResult(
        name=derivation.name,
        source=derivation.source,
        start=derivation.start,
        file=derivation.file,
        line=derivation.line,
        steps=steps,
        error=answer.error,
        notes=answer.notes,
        seconds=seconds,
        derivation=derivation,
        expect=derivation.expect,
    )
