"""Whether a term has a limit: from each side that the domain allows, in every case of its data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from symderiv.indexform.terms import Term, add, mul, num, power, transform, var
from symderiv.prove.asymptotics import Expansion, NotDefinedThere, TooShort
from symderiv.prove.atoms import Form
from symderiv.prove.certificates import at_values
from symderiv.prove.equality import Case, Proof, in_all_cases
from symderiv.prove.hypotheses import Fact, Premises
from symderiv.prove.work import Work

__all__ = ["Approach", "Limit", "approaches", "prove_limit_of"]

_LENGTHS = (3, 6, 12, 24)
T = var("?t")
Found = tuple[Form, Form] | str  # N/D, or "+" or "-" for ±∞


@dataclass(frozen=True)
class Approach:
    """One way to a point: the variable as a function of t → ∞, and how it is called."""

    variable: Term
    path: Term
    name: str


@dataclass
class Limit:
    """What the expansions showed: sides that were taken, their limits, and what went wrong."""

    taken: int = 0
    shown: list[str] = field(default_factory=list)
    other: tuple[str, Found] | None = None  # the way, and the limit along it
    reason: str = ""


def approaches(x: Term, point: Term | str, direction: str) -> list[Approach]:
    """The ways to a point; ``point`` is "+" or "-" for ±∞."""
    if isinstance(point, str):
        return [Approach(x, T if point == "+" else mul(num(-1), T), f"{point}∞")]
    return [
        Approach(x, add(point, mul(num(1 if side == "+" else -1), power(T, -1))), side)
        for side in direction
    ]


def prove_limit_of(
    t: Term,
    ways: Sequence[Approach],
    value: Term | str,
    domain: Sequence[Fact],
    asked: Sequence[Fact],
    premises: Premises,
    work: Work,
) -> Limit:
    """The limit of t along every way that the domain allows; ``value`` is "+" or "-" for ±∞.

    What is ``asked`` beyond the domain has to hold on each of them.
    """
    out = Limit()
    end = num(0) if isinstance(value, str) else value
    told = [u for f in (*domain, *asked) for u in f.terms]
    everything = Term("call", "?all", (t, end, *told))
    for at, given in at_values(everything, premises):
        first, second, *others = at.args
        valued = dict(zip(everything.args[2:], others, strict=True))
        here, more = ([f.map(valued.__getitem__) for f in facts] for facts in (domain, asked))
        there = value if isinstance(value, str) else second
        part = prove_limit_of(first, ways, there, here, more, given, work)
        if part.reason:
            return part
        out.taken += part.taken
        out.shown += part.shown
    if out.shown:
        return out

    def question(
        way: Approach, seen: list[Found | None], case: Case, proof: Proof
    ) -> tuple[str, str] | None:
        """Note in ``seen`` what the limit is in a case, where it is certainly another."""
        norm, f = case.norm, case.norm.field
        moved = partial(transform, leaf={way.variable: way.path}.get)
        for length in _LENGTHS:
            expansion = Expansion(norm, T, length)
            try:
                # where excludes this side, or the term has no value on it: a function's argument
                # leaves its domain, or no branch applies, which a normal form does not show
                if any(expansion.excluded(fact.map(moved)) for fact in domain):
                    raise NotDefinedThere
                if any(expansion.excluded(fact.map(moved)) for fact in asked):
                    return "", "what the proof asks for fails near the point"
                kind, c = expansion.limit(moved(t))
            except NotDefinedThere:
                seen.append(None)
                return None
            except TooShort:
                continue
            out.taken += 1
            found: Found = (f.form(c.n), f.form(c.d)) if kind == "0" else kind
            right = kind == value
            if not isinstance(value, str) and kind == "0":
                difference = f.add(c, f.minus(norm.of(value)))
                right = norm.is_zero(difference.n)
                if not right and norm.sign(difference) not in (frozenset("+"), frozenset("-")):
                    return "", "the limit may be another"
            seen.append(None if right else found)
            text = found if isinstance(found, str) else f"{found[0].text} / {found[1].text}"
            out.shown.append(f"from {way.name}: {text}")
            return None
        return "", "the leading terms cancel as far as they were taken"

    for way in ways:
        seen: list[Found | None] = []
        proof = in_all_cases(partial(question, way, seen), premises, work)
        if not proof.proved and "contradict" not in proof.reason:
            out.reason = proof.reason
        elif any(found is not None for found in seen):
            out.reason = "the limit is another"
            # one of the cases is the true one, and nobody knows which
            if seen[0] is not None and all(found == seen[0] for found in seen):
                out.other = way.name, seen[0]
        if out.reason:
            return out
    if not out.taken:
        out.reason = "the domain has no points beside the point"
    return out
