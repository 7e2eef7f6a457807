"""A process of its own for the judge, which can be ended.

Work is budgeted where it is done; the clock here is the safety net under that, since a
call into compiled code cannot be interrupted and a crash there takes its process along.
The worker is a fork: it needs no copy of the user's module, and SymPy objects that both
processes share travel back by number, so that the answer speaks of the writer's own.
"""

from __future__ import annotations

import gc
import io
import multiprocessing
import os
import pickle
import signal
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection
from types import MappingProxyType
from typing import Any

from sympy import Add, Basic, Function, Mul, Piecewise, Pow
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational

from symderiv.derivation import Derivation

__all__ = ["can_isolate", "hard_limit", "judged_apart"]

Ask = Callable[[Derivation], Any]


def can_isolate() -> bool:
    """Whether this system can fork; elsewhere the judge runs in the caller's process."""
    return hasattr(os, "fork")


def hard_limit(timeout: float, steps: int) -> float:
    """Seconds of processor time after which a derivation is given up, whatever is being done.

    By the wall's clock it is ten times as long, for a worker that waits for something, or for
    its turn on a busy machine.
    """
    return 3 * timeout * max(steps, 1) + 5


def judged_apart(
    derivations: Sequence[Derivation],
    ask: Ask,
    timeout: float,
    progress: Callable[[int, int, Derivation], None] | None = None,
) -> Iterator[tuple[Any, float]]:
    """Yield ``(answer, seconds)`` for each derivation, asked in a worker process.

    The answer is what ``ask(derivation)`` returned, or the reason as a text where the
    worker overran its time or died; the next derivation then gets a new worker.

    Raises
    ------
    KeyboardInterrupt
        From the terminal; the worker is ended first.
    """
    worker: _Worker | None = None
    try:
        for number, derivation in enumerate(derivations):
            if progress is not None:
                progress(number, len(derivations), derivation)
            if worker is None:
                worker = _Worker(derivations, number, ask, timeout)
            limit = hard_limit(timeout, len(derivation.steps))
            answer, seconds, alive = worker.answer(derivation, limit)
            yield answer, seconds
            if not alive:
                worker.end()
                worker = None
    finally:
        if worker is not None:
            worker.end()


class _Worker:
    """One forked process that judges derivations from a given number on."""

    def __init__(
        self, derivations: Sequence[Derivation], first: int, ask: Ask, timeout: float
    ) -> None:
        context = multiprocessing.get_context("fork")
        self._receive, send = context.Pipe(duplex=False)
        self._process = context.Process(
            target=_work, args=(derivations, first, ask, timeout, send), daemon=True
        )
        with warnings.catch_warnings():
            # Python 3.12 warns of forking beside threads; the worker takes no lock of theirs.
            warnings.simplefilter("ignore", DeprecationWarning)
            self._process.start()
        send.close()

    def answer(self, derivation: Derivation, limit: float) -> tuple[Any, float, bool]:
        """Return the next answer, the seconds it took, and whether the worker can go on."""
        began = time.perf_counter()
        try:
            if not self._receive.poll(10 * limit):
                waited = time.perf_counter() - began
                return f"ran out of time: stopped after {waited:.3g} s", waited, False
            message = self._receive.recv_bytes()
        except (EOFError, OSError):
            self._process.join(1)
            ending = _ending(self._process.exitcode)
            if ending == "SIGPROF":
                reason = f"ran out of time: stopped after {limit:g} s of processor time"
                return reason, time.perf_counter() - began, False
            return f"the worker died ({ending})", time.perf_counter() - began, False
        try:
            answer, seconds = _unpacked(message, derivation)
        except Exception as error:  # noqa: BLE001 - no answer, whatever the cause
            reason = f"the worker's answer could not be read: {error}"
            return reason, time.perf_counter() - began, True
        return answer, seconds, True

    def end(self) -> None:
        """End the process, gently and then not."""
        self._receive.close()
        if self._process.is_alive():
            self._process.terminate()
            self._process.join(1)
        if self._process.is_alive():
            self._process.kill()
        self._process.join()


def _ending(code: int | None) -> str:
    if code is None:
        return "no exit code"
    if code < 0:
        try:
            return signal.Signals(-code).name
        except ValueError:
            return f"signal {-code}"
    return f"exit code {code}"


def _work(
    derivations: Sequence[Derivation], first: int, ask: Ask, timeout: float, send: Connection
) -> None:
    gc.freeze()  # what the parent made is not ours to collect; looking at it would copy its pages
    # Ctrl-C reaches the whole process group; the parent decides what becomes of us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)  # which ends the process, in compiled code too
    for derivation in derivations[first:]:
        signal.setitimer(signal.ITIMER_PROF, hard_limit(timeout, len(derivation.steps)))
        began = time.perf_counter()
        answer = ask(derivation)
        seconds = time.perf_counter() - began
        try:
            message = _packed((answer, seconds), derivation)
        except Exception as error:  # noqa: BLE001 - pickling raises anything
            reason = f"the answer could not be sent back: {error}"
            message = _packed((reason, seconds), derivation)
        signal.setitimer(signal.ITIMER_PROF, 0)
        try:
            send.send_bytes(message)
        except OSError:
            return


def _shared(derivation: Derivation) -> list[Any]:
    """List the SymPy objects of a derivation, in an order that both processes find."""
    found: dict[int, Any] = {}
    stack: list[Basic] = [*derivation.lines, *derivation.where]
    for step in derivation.steps:
        stack += step.where
    for key, value in derivation.let.items():
        stack += (key, value)
    while stack:
        part = stack.pop()
        if id(part) not in found:
            found[id(part)] = part
            if isinstance(part, AppliedUndef):
                found[id(part.func)] = part.func
            stack.extend(arg for arg in part.args if isinstance(arg, Basic))
    return list(found.values())


class _Pickler(pickle.Pickler):
    def __init__(self, stream: io.BytesIO, shared: list[Any]) -> None:
        super().__init__(stream, protocol=pickle.HIGHEST_PROTOCOL)
        self._number = {id(part): number for number, part in enumerate(shared)}

    def persistent_id(self, obj: Any) -> int | None:
        return self._number.get(id(obj))

    def reducer_override(self, obj: Any) -> Any:
        if isinstance(obj, _EVALUATED):
            return _as_it_stands, (type(obj), obj.args)
        return (dict, (dict(obj),)) if isinstance(obj, MappingProxyType) else NotImplemented


# SymPy would build these again by evaluating: 1 > 0 would come back as true.
_EVALUATED = (Add, Mul, Pow, Function, Piecewise, Relational)


def _as_it_stands(kind: Any, args: tuple[Any, ...]) -> Any:
    return kind(*args, evaluate=False)


class _Unpickler(pickle.Unpickler):
    def __init__(self, stream: io.BytesIO, shared: list[Any]) -> None:
        super().__init__(stream)
        self._shared = shared

    def persistent_load(self, pid: Any) -> Any:
        return self._shared[pid]


def _packed(answer: Any, derivation: Derivation) -> bytes:
    stream = io.BytesIO()
    _Pickler(stream, _shared(derivation)).dump(answer)
    return stream.getvalue()


def _unpacked(message: bytes, derivation: Derivation) -> Any:
    return _Unpickler(io.BytesIO(message), _shared(derivation)).load()
