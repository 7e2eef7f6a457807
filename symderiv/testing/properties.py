"""Run one property test on random data; what comes back is a result, never an exception.

The examples follow from the seed alone as far as Hypothesis lets them: in a source checkout it also
draws constants that it finds in the modules loaded. Its own files go to a folder that is removed.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import Any

import hypothesis
import numpy as np
from hypothesis import HealthCheck, Phase, Verbosity, configuration
from hypothesis.strategies import SearchStrategy
from numpy.typing import ArrayLike

from symderiv.testing.oracles import Bounded
from symderiv.verdict import CheckResult

__all__ = ["Comparison", "check", "drawn"]


PHASES = (Phase.generate, Phase.shrink)
"""Examples are drawn and, where one fails, shortened; none is stored, and none explained."""


@dataclasses.dataclass(frozen=True)
class Comparison:
    """What a function returned, beside an oracle and an allowance for the function's rounding."""

    name: str
    got: ArrayLike
    oracle: Bounded
    allowance: ArrayLike = 0.0

    def furthest(self) -> float:
        """The largest distance from the oracle, as a share of what is allowed."""
        return self.oracle.misfit(self.got, self.allowance)

    def complaint(self) -> str:
        """The entry that is furthest off, or an empty string where all may be right."""
        expected = self.oracle.value
        shape = np.shape(self.got)
        if shape != expected.shape:
            return f"expected {self.name} of shape {expected.shape}, got shape {shape}"
        misfits = self.oracle.misfits(self.got, self.allowance)
        if not np.any(misfits > 1):
            return ""
        worst = np.unravel_index(np.argmax(misfits), expected.shape)
        entry = self.name + (f"[{', '.join(map(str, worst))}]" if worst else "")
        wide = (self.oracle.bound + np.broadcast_to(self.allowance, expected.shape))[worst]
        return (
            f"expected {entry} = {float(expected[worst])!r} ± {wide:.1e}, "
            f"got {float(np.asarray(self.got)[worst])!r}"
        )


class _Complaint(AssertionError):
    """Carries what Hypothesis has found, and shortened, out of it."""


def check(
    name: str,
    examples: SearchStrategy[Any],
    compare: Callable[[Any], Iterable[Comparison]],
    *,
    seed: int,
    count: int = 20,
) -> CheckResult:
    """Whether every comparison holds on each of `count` random examples.

    Where one does not, or the function under test raises, the detail of the result gives the
    smallest example that Hypothesis found, what was expected and what came. A floating-point
    warning is no failure: the values are compared.

    Parameters
    ----------
    name
        What is tested, in words: ``"gradient agrees with central differences"``.
    examples
        A strategy of dataclasses with NumPy arrays for fields, such as `strategies.Regression`.
    compare
        The comparisons to be made on one example.
    seed
        The same seed gives the same examples.
    count
        How many examples are tried.

    Examples
    --------
    >>> from symderiv.testing.oracles import bounded
    >>> from symderiv.testing.strategies import points
    >>> def square(p):
    ...     return [Comparison("square", p.z * p.z, bounded(p.z**2, 1e-15 * p.z**2))]
    >>> check("z·z is z²", points(9.0), square, seed=0).passed
    True
    >>> def double(p):
    ...     return [Comparison("double", 2 * p.z, bounded(p.z**2, 1e-15 * p.z**2))]
    >>> print(check("2z is z²", points(9.0), double, seed=0).detail)
    at z = [1.0]
    expected double[0] = 1.0 ± 1.0e-15, got 2.0
    """
    tried, compared, furthest = 0, 0, 0.0

    def holds(example: Any) -> None:
        nonlocal tried, compared, furthest
        tried += 1
        comparisons: list[Comparison] = []
        with np.errstate(all="ignore"):
            try:
                comparisons += compare(example)
                found = [comparison.complaint() for comparison in comparisons]
                complaints = [c for c in found if c] if found else ["nothing was compared"]
            except Exception as error:  # noqa: BLE001 - the function under test may raise anything
                complaints = [f"{type(error).__name__}: {error}"]
        if complaints:
            raise _Complaint("\n".join([f"at {_written(example)}", *complaints]))
        compared += sum(c.oracle.value.size for c in comparisons)
        furthest = max(furthest, *(c.furthest() for c in comparisons))

    run = hypothesis.seed(seed)(_settings(count)(hypothesis.given(examples)(holds)))
    detail, start = "", time.perf_counter()
    with _no_files_left():
        try:
            run()
        except _Complaint as complaint:
            detail = str(complaint)
        except Exception as error:  # noqa: BLE001 - such as a function that is not deterministic
            detail = f"{type(error).__name__}: {error}"
    seconds = time.perf_counter() - start
    return CheckResult(name, not detail, detail, tried, seconds, compared, furthest)


def drawn(examples: SearchStrategy[Any], *, seed: int, count: int) -> list[Any]:
    """At most so many examples of a strategy, the same for the same seed.

    Examples
    --------
    >>> from symderiv.testing.strategies import points
    >>> len(drawn(points(9.0), seed=0, count=5))
    5
    """
    found: list[Any] = []

    def keep(example: Any) -> None:
        found.append(example)

    with _no_files_left():
        hypothesis.seed(seed)(_settings(count)(hypothesis.given(examples)(keep)))()
    return found


def _settings(count: int) -> hypothesis.settings:
    """Everything is set, as a profile that somebody else has loaded would otherwise be in force."""
    return hypothesis.settings(
        max_examples=count,
        derandomize=False,  # the seed decides
        database=None,
        deadline=None,
        phases=PHASES,
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )


@contextmanager
def _no_files_left() -> Iterator[None]:
    """Even without a database Hypothesis keeps notes: let it keep them where they are removed."""
    storage = configuration.storage_directory(intent_to_write=False)
    before: Any = getattr(storage, "path", storage)  # a path in older versions
    with TemporaryDirectory(prefix="symderiv-") as folder:
        configuration.set_hypothesis_home_dir(folder)
        try:
            yield
        finally:
            configuration.set_hypothesis_home_dir(before)


def _written(example: Any) -> str:
    fields = dataclasses.fields(example)
    return ", ".join(f"{f.name} = {getattr(example, f.name).tolist()}" for f in fields)
