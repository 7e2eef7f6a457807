"""Whether a term has a limit: from each side that the domain allows, in every case of its data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from symderiv.indexform.differentiate import depends
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
    other: tuple[str, tuple[Form, Form] | str] | None = None  # the way; N/D, or "+" or "-" for ±∞
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
    premises: Premises,
    work: Work,
) -> Limit:
    """The limit of t along every way that the domain allows; ``value`` is "+" or "-" for ±∞."""
    out = Limit()
    end = num(0) if isinstance(value, str) else value
    everything = Term("call", "?all", (t, end, *(f.term for f in domain)))
    for at, given in at_values(everything, premises):
        first, second, *others = at.args
        here = [replace(f, term=u) for f, u in zip(domain, others, strict=True)]
        there = value if isinstance(value, str) else second
        part = prove_limit_of(first, ways, there, here, given, work)
        if part.reason:
            return part
        out.taken += part.taken
        out.shown += part.shown
    if out.shown:
        return out
    for way in ways:
        question = partial(_question, t, way, value, domain, out)
        proof = in_all_cases(question, premises, work)
        if not proof.proved and "contradict" not in proof.reason:
            out.reason = proof.reason
            return out
    if not out.taken:
        out.reason = "the domain has no points beside the point"
    return out


def _question(
    t: Term,
    way: Approach,
    value: Term | str,
    domain: Sequence[Fact],
    out: Limit,
    case: Case,
    proof: Proof,
) -> tuple[str, str] | None:
    norm, f = case.norm, case.norm.field
    put = {way.variable: way.path}.get
    for length in _LENGTHS:
        expansion = Expansion(norm, T, length)
        try:
            for fact in domain:
                moved = transform(fact.term, put)
                if depends(moved, T) and expansion.eventually(moved) not in fact.signs:
                    return None  # where excludes this side
            kind, c = expansion.limit(transform(t, put))
        except NotDefinedThere:
            return None
        except TooShort:
            continue
        out.taken += 1
        found = (f.form(c.n), f.form(c.d)) if kind == "0" else kind
        text = f"{found[0].text} / {found[1].text}" if isinstance(found, tuple) else f"{kind}∞"
        right, other = kind == value, True
        if not isinstance(value, str) and kind == "0":
            difference = f.add(c, f.minus(norm.of(value)))
            right = norm.is_zero(difference.n)
            other = norm.sign(difference) in (frozenset("+"), frozenset("-"))
        if right:
            out.shown.append(f"from {way.name}: {text}")
            return None
        out.other = (way.name, found) if other else None
        return text, "the limit is another"
    return "", "the leading terms cancel as far as they were taken"
