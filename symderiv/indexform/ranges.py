"""What is known of integers, and what follows from it.

Facts are integer-linear forms that are ≥ 0. A goal follows where its integer negation is
infeasible over the rationals, decided by Fourier-Motzkin elimination (Schrijver, Theory of
Linear and Integer Programming, section 12.2). Incomplete over the integers, never wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import gcd

from symderiv.indexform.terms import Linear

__all__ = ["Ranges", "solved"]

_LIMIT = 400  # inequalities in one elimination


class Ranges:
    """An immutable set of facts ``form ≥ 0``.

    Examples
    --------
    >>> n, j = Linear.of("n"), Linear.of("j")
    >>> known = Ranges([n - 1, j, n - 1 - j])
    >>> known.nonnegative(n - j), known.nonnegative(n - 2 - j)
    (True, False)
    >>> known.sign(n - j), known.sign(j)
    ('+', '')
    """

    def __init__(self, facts: Iterable[Linear] = ()) -> None:
        self.facts: tuple[Linear, ...] = tuple(dict.fromkeys(facts))
        self._memo: dict[Linear, bool] = {}

    def plus(self, *facts: Linear) -> Ranges:
        """The same with more facts."""
        new = [f for f in facts if f not in self.facts]
        return Ranges(self.facts + tuple(new)) if new else self

    def over(self, spans: Mapping[str, Linear]) -> Ranges:
        """The same with 0 ≤ name < length, for each range that certainly does not run back."""
        out, waiting = self, dict(spans)
        while ready := [name for name, length in waiting.items() if out.nonnegative(length)]:
            ends = ((Linear.of(name), waiting.pop(name)) for name in ready)
            out = out.plus(*(form for k, length in ends for form in (k, length - 1 - k)))
        return out

    def nonnegative(self, goal: Linear) -> bool:
        """Whether goal ≥ 0 follows."""
        if not goal.coefficients:
            return goal.constant >= 0
        found = self._memo.get(goal)
        if found is None:
            found = self._memo[goal] = _infeasible([*self._relevant(goal), -goal - 1])
        return found

    def sign(self, form: Linear) -> str:
        """'+', '0' or '-' where it follows, else an empty string."""
        if self.nonnegative(form - 1):
            return "+"
        if self.nonnegative(-form - 1):
            return "-"
        return "0" if self.nonnegative(form) and self.nonnegative(-form) else ""

    def signs(self, form: Linear) -> frozenset[str]:
        """The possible signs; 2·k + 1 is not 0, whatever k is."""
        excluded = "+" if self.nonnegative(-form) else "-" if self.nonnegative(form) else ""
        common = gcd(*(c for _, c in form.coefficients))
        excluded += "0" if common and form.constant % common else ""
        return frozenset(self.sign(form)) or frozenset("+0-") - frozenset(excluded)

    def contradictory(self) -> bool:
        """Whether no integers satisfy the facts (where elimination sees it)."""
        return _infeasible(list(self.facts))

    def _relevant(self, goal: Linear) -> list[Linear]:
        names: set[str] = set(goal.names)
        chosen: list[Linear] = []
        rest = list(self.facts)
        while True:
            linked = [f for f in rest if f.names & names]
            if not linked:
                return chosen
            chosen += linked
            rest = [f for f in rest if not f.names & names]
            for f in linked:
                names |= f.names


def solved(u: Linear, known: Mapping[str, Linear]) -> dict[str, Linear]:
    """The names, with one of them expressed through u = 0 where its coefficient is ±1."""
    out = dict(known)
    u = u.substitute(out)
    for name, c in reversed(u.coefficients):
        if abs(c) == 1:
            value = (Linear.of(name) * c - u) * c
            out = {k: v.substitute({name: value}) for k, v in out.items()}
            out[name] = value
            break
    return out


def _tighten(form: Linear) -> Linear:
    """Divide by the gcd of the coefficients and round the constant down."""
    g = gcd(*(c for _, c in form.coefficients))
    if g <= 1:
        return form
    return Linear({k: c // g for k, c in form.coefficients}, form.constant // g)


def _infeasible(forms: list[Linear]) -> bool:
    """Whether the forms cannot all be ≥ 0."""
    forms = list({_tighten(f) for f in forms})
    while True:
        if any(not f.coefficients and f.constant < 0 for f in forms):
            return True
        names = {name for f in forms for name in f.names}
        if not names or len(forms) > _LIMIT:
            return False

        def cost(name: str, forms: list[Linear] = forms) -> tuple[int, str]:
            up = sum(f.coefficient(name) > 0 for f in forms)
            down = sum(f.coefficient(name) < 0 for f in forms)
            return up * down - up - down, name

        chosen = min(names, key=cost)
        up = [f for f in forms if f.coefficient(chosen) > 0]
        down = [f for f in forms if f.coefficient(chosen) < 0]
        kept = {f for f in forms if not f.coefficient(chosen)}
        for a in up:
            for b in down:
                kept.add(_tighten(a * -b.coefficient(chosen) + b * a.coefficient(chosen)))
        forms = list(kept)
