"""Looks for a point at which a bound certainly fails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sympy import Basic

from symderiv.refute.cases import inside_cases
from symderiv.refute.evaluate import Evaluation
from symderiv.refute.examination import DEFAULT_WORK, Examination
from symderiv.refute.jets import Undefined, Unsupported, sign
from symderiv.refute.points import Point
from symderiv.refute.search import Search, Value
from symderiv.refute.shown import texts
from symderiv.verdict import ClaimError

__all__ = ["examine_sign"]


ENOUGH_FOR_A_SIGN = 160  # a bound may fail on one side only, and far out


class SignSearch(Search):
    """A search for values of the first line below the second, or at it where ``strict``."""

    strict = False

    def compare(self, k: int, a: Value, b: Value, point: Point) -> None:
        """Record a counterexample where the difference certainly has the wrong sign."""
        if a.entries is None or b.entries is None:
            return
        try:
            wrong = sign(a.entries[0] - b.entries[0]) < (1 if self.strict else 0)
        except Undefined:
            return
        if wrong:
            found = self.present(point, (k, k + 1), *texts(a.entries[0], b.entries[0]))
            if found is None:
                return
            self.counterexamples[k] = replace(found, relation="≤" if self.strict else "<")


def examine_sign(
    lhs: Basic,
    rhs: Basic,
    *,
    where: Sequence[Basic] = (),
    let: Mapping[Basic, Basic] | None = None,
    strict: bool = False,
    work: int = DEFAULT_WORK,
    deadline: float | None = None,
) -> Examination:
    """Look for a point where lhs ≥ rhs fails (``strict``: lhs > rhs), on the trees as written.

    A witness is a point at which both are defined and it does not fail.

    Examples
    --------
    >>> from sympy import exp, symbols
    >>> x = symbols("x", real=True)
    >>> examine_sign(exp(x), 1 + x, strict=True).counterexamples[0].values
    {'x': 0}
    """
    s = Evaluation(work, deadline)
    lines = [lhs, rhs]
    try:
        cases = inside_cases([*lines, *(let or {}).values()])
        search = None
        for relation in (None, *cases):
            given = where if relation is None else (*where, relation)
            if relation is not None and not s.lasts(lines):
                break
            try:
                other = SignSearch(lines, given, [0], let or {}, s)
            except (ClaimError, Unsupported):
                if relation is None:
                    raise
                continue  # the comparison is none that a point can be made to satisfy
            other.strict = strict
            other.enough = max(other.enough, ENOUGH_FOR_A_SIGN)
            other.run()
            if search is None:
                search = other
            if other.counterexamples[0] is not None:
                search.counterexamples = other.counterexamples
                break
    except Unsupported as unsupported:
        return Examination((None,), (None,), reason=str(unsupported))
    except RecursionError:
        return Examination((None,), (None,), reason="the expression is nested too deeply")
    assert search is not None
    return Examination(
        tuple(search.counterexamples),
        tuple(search.witnesses),
        points=search.tried,
        defined=search.defined,
        reason=search.trouble,
    )
