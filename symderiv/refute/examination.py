"""Points at which consecutive lines differ, or all are defined and agree: the refuter's answer."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sympy import Basic

from symderiv.refute import matrices
from symderiv.refute.cases import inside_cases
from symderiv.refute.evaluate import Compiler, Evaluation, OutOfWork
from symderiv.refute.frames import LARGEST, degree
from symderiv.refute.jets import Unsupported
from symderiv.refute.points import Point
from symderiv.refute.search import ENOUGH_INSIDE, Search
from symderiv.verdict import ClaimError, Counterexample

__all__ = ["Examination", "evaluate_at", "examine"]

DEFAULT_WORK = 3_000_000


@dataclass(frozen=True)
class Examination:
    """What the search found, pair by pair of consecutive lines.

    Attributes
    ----------
    counterexamples
        For each pair (k, k + 1) a point at which both are defined and certainly differ, or None.
    witnesses
        For each pair (k, k + 1) a point where lines 0 … k + 1 are certainly defined, k and k + 1
        agree, and where holds; or None.
    points, defined
        How many points were tried, and at how many all lines were defined.
    reason
        Why nothing could be evaluated, or an empty string.
    """

    counterexamples: tuple[Counterexample | None, ...]
    witnesses: tuple[Counterexample | None, ...] = ()
    points: int = 0
    defined: int = 0
    reason: str = ""


def examine(
    lines: Sequence[Basic],
    *,
    where: Sequence[Basic] = (),
    extra: Sequence[Sequence[Basic]] = (),
    let: Mapping[Basic, Basic] | None = None,
    work: int = DEFAULT_WORK,
    deadline: float | None = None,
    doubtful: Mapping[int, Sequence[Basic]] | None = None,
) -> Examination:
    """Look for points at which consecutive lines differ, on the trees as they are written.

    Parameters
    ----------
    lines
        Scalars, or matrices of one shape, which are compared entry by entry.
    where
        Relations that hold at every point.
    extra
        For each line, relations that hold from that line on.
    let
        Definitions such as ``{h[i]: sigma(z[i])}``.
    work
        The number of nodes that may be evaluated.
    deadline
        A ``time.thread_time()`` at which to stop, as a safety net.
    doubtful
        The pairs that are not proved (None: all are meant, at the first look): more points, and
        a look inside every case distinction, first where these relations hold.

    Raises
    ------
    ClaimError
        Where a line is not a claim: a float, an infinite range, a summation index that leaves
        an array of known shape.

    Examples
    --------
    >>> from sympy import Abs, sqrt, symbols
    >>> x = symbols("x", real=True)
    >>> found = examine([x**3, x**2 * Abs(x)])
    >>> found.counterexamples[0].values, found.counterexamples[0].lhs, found.counterexamples[0].rhs
    ({'x': -1}, -1, 1)
    """
    s = Evaluation(work, deadline)
    steps = range(len(lines) - 1)
    extra = [tuple(extra[k]) if k < len(extra) else () for k in range(len(lines))]
    # Pairs under the same conditions share their points; the last group has them all.
    groups: dict[int, list[int]] = {}
    for k in steps:
        last = max((i for i in range(k + 2) if extra[i]), default=0)
        groups.setdefault(last, []).append(k)
    searches, reason = [], ""
    try:
        for last, pairs in groups.items() or [(0, [])]:
            given = (*where, *itertools.chain(*extra[: last + 1]))
            open_here = doubtful is None or any(k in doubtful for k in pairs)
            searches.append(Search(lines, given, pairs, let or {}, s, open_here))
            searches[-1].run()
            for k in pairs:
                if doubtful and k in doubtful and searches[-1].counterexamples[k] is None:
                    inside = _inside_cases(lines, given, k, let or {}, s, doubtful[k])
                    searches[-1].counterexamples[k] = inside
    except (Unsupported, OutOfWork) as stopped:  # also while sizes are looked for
        reason = str(stopped)
    except RecursionError:
        reason = "the refuter cannot evaluate an expression that is nested so deeply"
    by_pair = {k: x for x in searches for k in x.pairs}
    return Examination(
        tuple(by_pair[k].counterexamples[k] if k in by_pair else None for k in steps),
        tuple(by_pair[k].witnesses[k] if k in by_pair else None for k in steps),
        sum(x.tried for x in searches),
        sum(x.defined for x in searches),
        reason or next((x.trouble for x in searches if x.trouble), ""),
    )


def _inside_cases(
    lines: Sequence[Basic],
    given: Sequence[Basic],
    k: int,
    let: Mapping[Basic, Basic],
    s: Evaluation,
    first: Sequence[Basic],
) -> Counterexample | None:
    """A counterexample inside one of the cases that two lines distinguish, or at more sizes."""
    cases = [(r,) for r in inside_cases([*lines[k : k + 2], *let.values()])]
    for relations in [tuple(first), *cases] if first else cases:
        if not s.lasts(lines):
            return None
        try:
            search = Search(lines, (*given, *relations), [k], let, s)
        except (ClaimError, Unsupported):
            continue  # the comparison is none that a point can be made to satisfy
        search.enough = ENOUGH_INSIDE
        search.run()
        if search.counterexamples[k] is not None:
            return search.counterexamples[k]
    if not s.lasts(lines):
        return None
    search = Search(lines, given, [k], let, s)
    order = max(degree(line) for line in lines[k : k + 2])
    if order < LARGEST and not search.points.integral:
        return None
    search.points.frames = search.points.farther(order)
    search.run()
    return search.counterexamples[k]


def evaluate_at(
    expr: Basic, point: Point, bits: int = 64, let: Mapping[Basic, Basic] | None = None
) -> Any:
    """The value of an expression at a point: ``fmpq`` or ``arb``, or rows of them.

    Raises
    ------
    Undefined, Unsupported, OutsideShape
        Where there is no certain value.
    """
    c = Compiler(let)
    c.scan(expr)
    closure = matrices.matrix(c, expr) if matrices.is_matrix(expr) else c.scalar(expr)
    s = Evaluation()
    point.enter(s, bits)
    return closure(s)
