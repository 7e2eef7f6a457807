"""What the judge says of a pair, held against values that share nothing with it.

A verdict is wrong where PROVED stands against a point at which both sides and all conditions hold
and the sides differ, and where REFUTED gives a point that does not show it. A slip that no point
shows may be true after all: it is counted apart. Where no value could be found that speaks for or
against a verdict, the answer says so and why.
"""

from __future__ import annotations

import random
import re
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import mpmath
import pairs.values  # noqa: F401 - enters functions into pointwise's table
import pointwise
import sympy
from mpmath import mpf
from pairs.kinds import ARRAYS, draw
from pairs.pair import NoDraw, Pair, Point, built, m, n, parts, placed, point, x
from pointwise import NotCertain, NotDefined
from sympy import Derivative, Integer

from symderiv import prove_equal
from symderiv.functions import Gradient, Hessian
from symderiv.verdict import ClaimError, InternalDisagreement, Result

POINTS = 6  # at which a slip is looked for; a proof is looked at in two
LAST = 40  # where the first ones lie outside the domain
SECONDS = 10.0
# The refuter's balls have 1024 bits at most, 308 digits: what they tell apart, these show as well.
MORE, MORE_STEP = 250, mpf(10) ** -80
FINE, FINE_STEP, FINELY_VISIBLE = 1000, mpf(10) ** -330, mpf(10) ** -600


@dataclass(frozen=True)
class Answer:
    """What came of one pair.

    Attributes
    ----------
    truth
        "true" by construction, "false" where a point shows it, "equal" for a slip that none shows.
    verdict
        The judge's, or "refused" where the pair is no claim, or "traceback".
    wrong
        What is wrong, or nothing.
    reason
        Why it is undecided or refused.
    unseen
        Why no value speaks for or against a verdict, or nothing.
    """

    kind: str
    seed: str
    truth: str
    verdict: str
    seconds: float
    made: str
    wrong: str = ""
    reason: str = ""
    unseen: str = ""


def ask(kind: str, seed: str) -> Answer:
    """Draw a pair, put it to the judge and look at the answer."""
    return judge(draw(kind, seed), kind, seed)


def judge(pair: Pair, kind: str, seed: str, timeout: float = SECONDS) -> Answer:
    """Put a pair to the judge and look at the answer."""
    made = ", ".join(pair.made)
    started = time.process_time()
    result: Result | None = None
    verdict, reason, wrong = "", "", ""
    try:
        result = prove_equal(
            pair.lhs, pair.rhs, where=pair.where, let=dict(pair.let), timeout=timeout
        )
        verdict, reason = result.verdict.value, result.reason
        if "internal error" in reason:
            verdict, wrong = "traceback", reason
    except ClaimError as error:
        verdict, reason = "refused", str(error)
    except InternalDisagreement as error:
        verdict, wrong = "traceback", f"InternalDisagreement: {error}"
    except Exception:  # noqa: BLE001 - it is what is looked for
        verdict, wrong = "traceback", traceback.format_exc(limit=-4)
    seconds = time.process_time() - started
    choose = random.Random(f"points of {kind} {seed}")
    truth, unseen = "true" if pair.true else "equal", ""
    try:
        if verdict == "proved" or (verdict != "refused" and not pair.true):
            found, compared = difference(pair, kind, choose, result)
            truth = "true" if pair.true else "false" if found else "equal"
            if verdict == "proved":
                wrong = f"PROVED, but {found}" if found else ""
                unseen = "" if compared else "no point with two certain values was found"
        if result is not None and result.refuted:
            wrong, unseen = unconfirmed(pair, result)
            truth = truth if wrong else "false"  # SymPy may cancel what is nowhere 0 but once
    except Exception as error:  # noqa: BLE001 - a gap of what looks, not of the judge
        unseen = f"{type(error).__name__}: {error}"
    return Answer(kind, seed, truth, verdict, seconds, made, wrong, reason, unseen)


def difference(
    pair: Pair, kind: str, choose: random.Random, result: Result | None
) -> tuple[str, int]:
    """Where the two sides are seen to differ, and how often they were compared before.

    Of a proof, points at which its conditions do not certainly hold say nothing.
    """
    compared, wanted = 0, (2 if pair.true else POINTS) + len(pair.moves)
    for number, at in enumerate(points(pair, kind, choose)):
        if number >= wanted and compared:
            break
        place = pointwise.Place(at.sizes, at.values, pair.let)
        for entry in entries(pair.lhs, at):
            values = [value(side, at, pair, entry) for side in (pair.lhs, pair.rhs)]
            if None in values:
                continue
            if result is not None and result.proved and not conditions_hold(result, place):
                continue
            if differ(pair, *values) and differ(pair, *in_more_digits(pair, at, entry, values)):
                shown = ", ".join(mpmath.nstr(u, 20) for u in values)
                return f"{shown} at {at.sizes} {at.values}, entry {entry}", compared
            compared += 1
    return "", compared


def points(pair: Pair, kind: str, choose: random.Random) -> Iterator[Point]:
    """Points at which ``where`` holds: where the slip shows first, then others."""
    for number in range(LAST):
        at = point(choose, arrays=kind in ARRAYS)
        if "Y" in str(pair.where):
            at.values["Y"] = [[Integer(0)] * at.sizes["n"] for _ in range(at.sizes["m"])]
        if number < len(pair.moves):
            pair.moves[number](at, choose)
        pair.settle(at, choose)
        if holds(pair, at):
            yield at


def holds(pair: Pair, at: Point) -> bool:
    """Whether what ``where`` says of symbols holds; what it says of entries is settled last."""
    place = pointwise.Place(at.sizes, at.values, pair.let)
    plain = [w for w in pair.where if not w.has(sympy.Indexed, sympy.MatrixSymbol)]
    try:
        return all(inside(w, place) for w in plain)
    except (NotDefined, ZeroDivisionError):
        return False


def inside(w: Any, place: Any) -> bool:
    """One relation of ``where``."""
    if isinstance(w, sympy.Contains) and isinstance(w.args[1], sympy.Interval):
        w = w.args[1].as_relational(w.args[0])
    with mpmath.workdps(pointwise.DIGITS):
        return pointwise.holds(w, place)


def entries(e: Any, at: Point) -> list[tuple[int, int] | None]:
    """The entries to look at: of a matrix its corners."""
    if not pointwise.is_matrix(e):
        return [None]
    e = e.variable_count[0][0] if isinstance(e, Derivative) else e
    numbers = {s: at.sizes[s.name] for s in (m, n)}
    rows, columns = (int(sympy.sympify(s).xreplace(numbers)) for s in e.shape)
    return list(dict.fromkeys([(0, columns - 1), (rows - 1, 0), (rows // 2, columns // 2)]))


def value(e: Any, at: Point, pair: Pair, entry: Any) -> Any:
    """The value of one side, None where it is not certainly defined."""
    try:
        found = pointwise.value(e, at.sizes, at.values, pair.let, entry)
    except (ArithmeticError, ValueError, mpmath.libmp.NoConvergence):
        return None
    return found if isinstance(found, mpf) and mpmath.isfinite(found) else None


def in_more_digits(pair: Pair, at: Point, entry: Any, before: list[Any]) -> list[Any]:
    """The values once more, since numbers that are added may be larger than their sum."""
    coarse = pointwise.DIGITS, pointwise.STEP
    pointwise.DIGITS, pointwise.STEP = MORE, MORE_STEP
    try:
        found = [value(side, at, pair, entry) for side in (pair.lhs, pair.rhs)]
    finally:
        pointwise.DIGITS, pointwise.STEP = coarse
    return before if None in found else found


def differ(pair: Pair, one: Any, other: Any) -> bool:
    """Whether two values differ by more than the digits that are sure."""
    size = max(abs(one), abs(other), 1)
    if size > mpf(10) ** 12:
        return False
    numerical = any(e.has(Derivative, Gradient, Hessian) for e in (pair.lhs, pair.rhs))
    return bool(abs(one - other) > mpf(10) ** (-16 if numerical else -25) * size)


def conditions_hold(result: Result, place: Any) -> bool:
    """Whether the proof's conditions certainly hold at a point, those on bound indices for all."""
    try:
        for condition in result.open_conditions:
            for here in pointwise.over(condition.ranges, place):
                if not inside(condition.relation, here):
                    return False
    except (ArithmeticError, ValueError, KeyError):
        return False
    return True


def unconfirmed(pair: Pair, result: Result) -> tuple[str, str]:
    """Why a counterexample does not show that the pair is false, and why that cannot be seen."""
    at, let = result.counterexample, dict(pair.let)
    try:
        pointwise.confirm(pair.lhs, pair.rhs, at, let)
    except NotCertain as error:
        return "", f"too close to a joint: {error}"
    except AssertionError as error:
        if not shown_finely(pair, at):
            return f"REFUTED, but {error} at {at}", ""
    except (ArithmeticError, ValueError) as error:
        return f"REFUTED, but {type(error).__name__}: {error} at {at}", ""
    except BaseException as error:
        if type(error).__name__ != "Failed":
            raise
        return f"REFUTED as undefined, but it has a value at {at}", ""
    return "", ""


def shown_finely(pair: Pair, at: Any) -> bool:
    """Whether two values far from 1, or very close, are seen to differ in many digits.

    Where the point itself is known to fewer digits than that, nothing can be said against it.
    """
    coarse = pointwise.DIGITS, pointwise.STEP
    pointwise.DIGITS, pointwise.STEP = FINE, FINE_STEP
    try:
        a, b = pointwise.sides(pair.lhs, pair.rhs, at, dict(pair.let))
        told = [(t, u) for t, u in ((at.lhs, a), (at.rhs, b)) if not str(t).startswith("0e")]
        reported = all(pointwise.near(t, u) for t, u in told)
        if any(isinstance(v, str) for v in pointwise._flat(at.values)):
            # too close for the digits of the point, or shown as they are
            return bool(abs(a - b) <= mpf(10) ** -8 * (1 + abs(a))) or reported
        with mpmath.workdps(FINE):
            return reported and bool(abs(a - b) > FINELY_VISIBLE * max(abs(a), abs(b)))
    finally:
        pointwise.DIGITS, pointwise.STEP = coarse


# ---- a smaller claim with the same fault


def smaller(pair: Pair, kind: str, seed: str, seconds: float = 30.0) -> Pair:
    """The pair with common parts replaced by simpler ones for as long as the fault stays."""
    stop = time.perf_counter() + seconds
    fault = _fault(judge(pair, kind, seed))
    while fault:
        for candidate in _simpler(pair):
            if time.perf_counter() > stop:
                return pair
            try:
                same = _fault(judge(candidate, kind, seed)) == fault
            except Exception:  # noqa: BLE001 - a candidate that cannot be evaluated is none
                continue
            if same:
                pair = candidate
                break
        else:
            return pair
    return pair


def _fault(answer: Answer) -> str:
    if not answer.wrong:
        return ""
    return answer.verdict + re.sub(r"[^A-Za-z ].*", "", answer.wrong.strip(), flags=re.DOTALL)


def _simpler(pair: Pair) -> Iterator[Pair]:
    """Pairs in which one part is replaced on both sides, large parts first."""

    def size(e: Any) -> int:
        return sum(1 for _ in sympy.preorder_traversal(e))

    both = {*parts(pair.lhs), *parts(pair.rhs)} - {pair.lhs, pair.rhs}
    for spot in sorted(both, key=lambda e: (-size(e), str(e))):
        if not spot.args:
            continue
        options: list[Any] = [Integer(1), Integer(0), x]
        options += [u for u in spot.args if isinstance(u, sympy.Expr)]
        for new in options:
            try:
                sides = [_put(e, spot, new) for e in (pair.lhs, pair.rhs)]
            except NoDraw:
                continue
            if sum(map(size, sides)) < size(pair.lhs) + size(pair.rhs):
                yield replace(pair, lhs=sides[0], rhs=sides[1])
    for w in pair.where:
        yield replace(pair, where=tuple(u for u in pair.where if u != w))


def _put(e: Any, spot: Any, new: Any) -> Any:
    return built(placed, e, spot, new)
