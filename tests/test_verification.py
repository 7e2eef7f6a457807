"""Selection, judging in and apart from the process, and what happens when it goes wrong.

The judge is a fake here: it answers by what the step's reason says.
"""

from __future__ import annotations

import itertools
import os
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any

import pytest
from sympy import Function, MatrixSymbol, Ne, Symbol, symbols

from symderiv import isolation
from symderiv.derivation import Derivation
from symderiv.targets import find
from symderiv.verdict import (
    CheckResult,
    ClaimError,
    Condition,
    Counterexample,
    InternalDisagreement,
    Result,
    Verdict,
)
from symderiv.verification import derivations_of, run_checks, verify, verify_each

x, y = symbols("x y", real=True)
f = Function("f")
forks = pytest.mark.skipif(not isolation.can_isolate(), reason="this system cannot fork")


@dataclass(frozen=True)
class Chain:
    results: tuple[Any, ...]


def fake_chain(lines: Sequence[Any], **asked: Any) -> Chain:
    """Answer by the first symbol's name; the lines carry what is to happen."""
    name = str(lines[0])
    if name == "hang":
        time.sleep(60)
    if name == "busy":
        until = time.process_time() + 60
        while time.process_time() < until:
            pass
    if name == "exit":
        raise SystemExit(3)
    if name == "leave":
        os._exit(4)
    if name == "crash":
        os.kill(os.getpid(), signal.SIGKILL)
    if name == "refuse":
        raise ClaimError("two symbols are called x")
    if name == "disagree":
        raise InternalDisagreement("both")
    if name == "bug":
        raise ZeroDivisionError("oh")
    results = []
    for before, after in itertools.pairwise(lines):
        if str(after) == "claim":
            results.append(ClaimError("not a claim"))
        elif before == after:
            results.append(
                Result(Verdict.PROVED, conditions=(Condition(Ne(f(x), 1), surface=True),))
            )
        else:
            point = Counterexample(MappingProxyType({"m": 1}), {"x": 2}, after, "1/2")
            results.append(Result(Verdict.REFUTED, counterexample=point))
    return Chain(tuple(results))


@pytest.fixture(autouse=True)
def judge(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("symderiv.judge")
    module.judge_chain = fake_chain  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "symderiv.judge", module)


def one(name: str, start: Any = x, *more: Any) -> Derivation:
    derivation = Derivation(name, start)
    for expression in more or (start,):
        derivation = derivation.then(expression, "because")
    return derivation


both = pytest.mark.parametrize("isolated", [False, pytest.param(True, marks=forks)])


@both
def test_answers_stand_beside_what_was_written(isolated: bool) -> None:
    where = [Ne(f(x), 2), Ne(Symbol("t"), 0)]
    derivation = Derivation("a", f(x), where=where).then(f(x), "same").then(y, "wrong")
    report = verify(derivation, isolated=isolated)
    (result,) = report
    same, wrong = result.steps
    assert (result.name, result.start, result.derivation) == ("a", f(x), derivation)
    assert result.notes == ("t is read as real",)
    assert same.passed
    assert same.unchanged
    assert same.result is not None
    assert same.result.conditions[0].relation == Ne(f(x), 1)
    assert not wrong.unchanged
    assert wrong.number == 2
    assert wrong.before == f(x)
    assert wrong.result is not None
    assert wrong.result.refuted
    point = wrong.result.counterexample
    assert point is not None
    assert dict(point.sizes) == {"m": 1}
    assert point.lhs is y
    assert result.first_failure is wrong
    assert not report.passed


@both
@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("refuse", "two symbols are called x"),
        ("disagree", "internal error"),
        ("bug", "internal error, please report it: ZeroDivisionError: oh"),
        ("exit", "judging it ends the program (SystemExit: 3)"),
    ],
)
def test_what_the_judge_raises_is_the_derivations_error(
    isolated: bool, name: str, says: str
) -> None:
    report = verify([one(name, Symbol(name)), one("good")], isolated=isolated)
    failed, good = report
    assert says in failed.error
    assert [step.result for step in failed.steps] == [None]
    assert not failed.passed
    assert good.passed
    assert not report.passed


@both
def test_a_step_that_is_no_claim_is_an_error_of_its_own(isolated: bool) -> None:
    (result,) = verify(one("a", x, Symbol("claim"), y, y), isolated=isolated)
    assert [step.error for step in result.steps] == ["not a claim", "", ""]
    assert [step.passed for step in result.steps] == [False, False, True]
    assert not result.passed


@pytest.mark.parametrize(
    ("lines", "passed", "accepted"),
    [
        ((x, x, y), True, [True, True]),  # proved, then refuted
        ((x, y, y), True, [True, True]),
        ((x, x, x), False, [True, False]),  # all proved: the last step is at fault
        ((x, Symbol("claim"), y), False, [False, False]),  # not even a claim
        ((Symbol("bug"), x), False, [False]),
    ],
)
def test_a_refutation_can_be_expected(lines: Any, passed: bool, accepted: list[bool]) -> None:
    derivation = Derivation("kept", lines[0], expect="refuted")
    for line in lines[1:]:
        derivation = derivation.then(line, "because")
    (result,) = verify(derivation)
    assert result.expect == "refuted"
    assert result.passed is passed
    assert [result.accepts(step) for step in result.steps] == accepted


@both
def test_no_steps_is_nothing_to_prove(isolated: bool) -> None:
    (result,) = verify(Derivation("empty", x), isolated=isolated)
    assert "nothing to prove" in result.error
    assert not result.passed


@forks
@pytest.mark.parametrize(
    ("name", "says"),
    [("hang", "stopped after"), ("busy", "stopped after 0.2 s of processor time")],
)
def test_a_worker_that_overruns_is_ended(
    monkeypatch: pytest.MonkeyPatch, name: str, says: str
) -> None:
    monkeypatch.setattr(isolation, "hard_limit", lambda timeout, steps: 0.2)
    overran, good = verify([one("o", Symbol(name)), one("good")], isolated=True)
    assert overran.steps[0].result is not None
    assert overran.steps[0].result.verdict is Verdict.UNDECIDED
    assert "ran out of time" in overran.steps[0].result.reason
    assert says in overran.steps[0].result.reason
    assert good.passed


@forks
@pytest.mark.parametrize(("name", "ending"), [("crash", "SIGKILL"), ("leave", "exit code 4")])
def test_a_worker_that_dies_takes_nothing_along(name: str, ending: str) -> None:
    before, dead, after = verify(
        [one("before"), one("c", Symbol(name)), one("after")], isolated=True
    )
    assert before.passed
    assert after.passed
    assert dead.steps[0].result is not None
    assert f"the worker died ({ending})" in dead.steps[0].result.reason
    assert dead.steps[0].result.verdict is Verdict.UNDECIDED


@forks
def test_an_interrupted_run_keeps_what_was_done_and_ends_its_worker() -> None:
    def interrupt(done: int, of: int, derivation: Derivation) -> None:
        if done == 1:
            raise KeyboardInterrupt

    results = verify_each([one("a"), one("b")], isolated=True, progress=interrupt)
    assert next(results).passed
    with pytest.raises(KeyboardInterrupt):
        next(results)
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_the_hard_limit_grows_with_the_steps() -> None:
    assert isolation.hard_limit(10, 5) > 10 * 5
    assert isolation.hard_limit(10, 6) > isolation.hard_limit(10, 5)


@pytest.mark.parametrize("timeout", [0, -1, float("inf"), float("nan"), True, "3"])
def test_a_timeout_is_a_positive_number(timeout: Any) -> None:
    with pytest.raises(ClaimError, match="timeout"):
        verify(one("a"), timeout=timeout)


@pytest.mark.parametrize("target", ["text", x, None, 3, {"a": 1}])
def test_other_targets_are_refused(target: Any) -> None:
    with pytest.raises(ClaimError, match="cannot verify"):
        verify(target)


def module_of(tmp_path: Path, text: str, name: str = "own.py") -> ModuleType:
    path = tmp_path / name
    head = "from sympy import *\nfrom symderiv.derivation import Derivation\nx = Symbol('x')\n"
    path.write_text(head + text, encoding="utf-8")
    return find(str(path))[0].module


def test_a_modules_derivations_come_as_written_and_once(tmp_path: Path) -> None:
    # "root" is a name of SymPy's: it was bound before the first derivation.
    module = module_of(
        tmp_path,
        "first = Derivation('first', x).then(x, 'same')\n"
        "root = Derivation('second', x).then(x, 'same')\n"
        "alias = first\n",
    )
    assert [d.name for d in derivations_of(module)] == ["first", "second"]
    assert [d.name for d in derivations_of([module, (module, module.first)])] == ["first", "second"]


def test_derivations_in_lists_and_classes_are_the_modules_too(tmp_path: Path) -> None:
    module = module_of(
        tmp_path,
        "def one(name): return Derivation(name, x).then(x, 'same')\n"
        "many = [one('in a list'), {'key': (one('deeper'),)}]\n"
        "many.append(many)\n"
        "class Mine:\n    step = one('in a class')\n"
        "named = many[0]\n",
    )
    assert [d.name for d in derivations_of(module)] == ["in a list", "deeper", "in a class"]


def test_imported_derivations_are_not_its_own(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / "other_file_of_test.py").write_text(
        "from sympy import Symbol\nfrom symderiv.derivation import Derivation\n"
        "theirs = Derivation('theirs', Symbol('x')).then(Symbol('x'), 'same')\n"
        "def make(): return Derivation('made', Symbol('x')).then(Symbol('x'), 'same')\n",
        encoding="utf-8",
    )
    imports = "from other_file_of_test import theirs, make\n"
    own = "mine = Derivation('mine', x).then(x, 'same')\nmade = make()\n"
    module = module_of(tmp_path, imports + own)
    assert [d.name for d in derivations_of(module)] == ["mine", "made"]
    module = module_of(tmp_path, imports + own + "__all__ = ['theirs']\n", "public.py")
    assert [d.name for d in derivations_of(module)] == ["mine", "theirs", "made"]


def test_two_of_one_name_are_an_error() -> None:
    module = ModuleType("twice")
    module.a, module.b = one("same"), one("same")  # type: ignore[attr-defined]
    with pytest.raises(ClaimError, match=r"two derivations of twice are called 'same'.*:\d+ and"):
        derivations_of(module)


def test_an_empty_module_is_nothing_to_verify() -> None:
    with pytest.raises(ClaimError, match="the module empty holds no derivation"):
        verify(ModuleType("empty"))
    with pytest.raises(ClaimError, match="is empty"):
        verify(())


def test_a_modules_own_tests_run_with_the_seed() -> None:
    module = ModuleType("tested")
    module.checks = lambda seed: [CheckResult(f"seed {seed}", passed=True)]  # type: ignore[attr-defined]
    assert run_checks(module, 7) == ()  # no functions, so nothing to test
    module.functions = object()  # type: ignore[attr-defined]
    assert [check.name for check in run_checks(module, 7)] == ["seed 7"]


def test_an_exception_in_a_test_is_a_failed_test() -> None:
    def checks(seed: int) -> Any:
        yield CheckResult("first", passed=True)
        raise OverflowError("exp")

    module = ModuleType("tested")
    module.functions, module.checks = object(), checks  # type: ignore[attr-defined]
    first, failed = run_checks(module, 0)
    assert first.passed
    assert not failed.passed
    assert "OverflowError: exp" in failed.detail
    module.checks = lambda seed: [True]  # type: ignore[attr-defined]
    (wrong,) = run_checks(module, 0)
    assert not wrong.passed
    assert "not a CheckResult" in wrong.detail


@forks
def test_unpicklable_and_shared_objects_come_back_as_the_writers_own() -> None:
    X = MatrixSymbol("X", 2, 2)
    derivation = one("a", f(x), f(y) + X[0, 1])
    (result,) = verify(derivation, isolated=True)
    point = result.steps[0].result
    assert point is not None
    assert point.counterexample is not None
    assert point.counterexample.lhs is derivation.steps[0].expression
