"""What a product is read with, factors > 0, is not needed where both lines continue analytically.

Π f is read as e^(Σ log f), for f > 0. For each size and each value of what does not stand in a
factor, let both lines be quotients of functions that are analytic on all of ℝⁿ: polynomials, e^u
of such u, sums and products of them, and what is differentiated out of them. If they agree on an
open set that is not empty, A/B = C/D gives AD − BC = 0 there and so everywhere, and the lines are
equal wherever both are defined, at f ≤ 0 too (Krantz, Parks, A Primer of Real Analytic Functions,
section 1.2). There is such a set around any point at which all that is assumed holds strictly. One
at which each array is constant is looked for; that it is one is shown for all sizes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import islice, product

from symderiv.indexform.conditions import FACTOR
from symderiv.indexform.terms import ZERO, Linear, Term, entry, leaves, num, transform, walk
from symderiv.prove.equality import Case, Proof, in_all_cases, prove_zero
from symderiv.prove.hypotheses import Fact, Premises
from symderiv.prove.work import Work

__all__ = ["continued", "is_product", "without_signs"]

_VALUES = tuple(map(Fraction, ("1", "1/2", "2", "-1", "-2")))
_MOST_POINTS = 125
_CONSTANT, _ENTIRE, _QUOTIENT, _OTHER = range(4)
_ANALYTIC = ("exp", "sin", "cos", "atan", "erf", "erfi")


def continued(left: Term, right: Term, premises: Premises, proof: Proof, work: Work) -> Proof:
    """The proof of left = right, without the conditions on factors of products where it may be."""
    both = list(zip(premises.conditions, proof.discharged, strict=True))
    factors = [c for (c, _), follows in both if c.why == FACTOR and not follows]
    tied = premises.whole.union(
        *(leaves(f.pattern) for f in premises.finite),
        *(leaves(f.term) for f in premises.facts if f.signs == frozenset("0")),
    )
    moving = frozenset[str]().union(*(leaves(c.term) for c in factors)) - tied
    dropped = [c.why == FACTOR and bool(leaves(c.term) & moving) for (c, _), _ in both]
    if not moving or max(_rank(left, moving), _rank(right, moving)) == _OTHER:
        return proof
    asked = [*premises.facts, *(fact for (_, fact), follows in both if not follows)]
    if not _open_set(asked, moving, premises):
        return proof
    known = without_signs(premises)
    settled = [*known.settled, *[False] * len(both)]
    again = replace(
        known,
        conditions=tuple(c for c, drop in zip(known.conditions, dropped, strict=True) if not drop),
        settled=tuple(s for s, drop in zip(settled, dropped, strict=False) if not drop),
    )
    rest = prove_zero(ZERO, ZERO, again, work)  # what follows without them
    if not rest.proved:
        return proof
    left_over = iter(rest.discharged)
    discharged = [drop or next(left_over) for drop in dropped]
    proof.rules.add("analytic continuation in the factors of a product")
    return replace(proof, discharged=discharged, continued=tuple(dropped))


def without_signs(premises: Premises) -> Premises:
    """The same, where a product in a condition is a number of any sign, one for each size."""
    names: dict[Term, str] = {}

    def unknown(node: Term) -> Term | None:
        if not (is_product(node) and leaves(node)):
            return None
        array = names.setdefault(node, f"product~{len(names)}")
        return entry(array, tuple(map(Linear.of, sorted(node.names))))

    change = partial(transform, leaf=unknown)
    changed = tuple((c.through(change), f.map(change)) for c, f in premises.conditions)
    return replace(premises, conditions=changed)


def is_product(node: Term) -> bool:
    """Whether a term is e^(Σ log f)."""
    return node.op == "call" and node.data == "exp" and _factor(node) is not None


def _rank(t: Term, moving: frozenset[str]) -> int:
    """What a term is in the variables that move: constant, analytic everywhere, or a quotient."""
    ranks: dict[Term, int] = {}
    for node in walk(t):
        if node.op in ("var", "entry"):
            ranks[node] = _ENTIRE if leaves(node) & moving else _CONSTANT
        else:
            ranks[node] = _rank_of(node, ranks)
    return ranks[t]


def _rank_of(node: Term, ranks: Mapping[Term, int]) -> int:
    largest = max((ranks[a] for a in node.args), default=_CONSTANT)
    match node.op:
        case _ if largest == _CONSTANT:
            return _CONSTANT
        case "add" | "mul" | "sum":
            return largest
        case "pow":
            return max(_QUOTIENT, largest) if node.data < 0 else largest
        case "sign":  # of an integer, or of what does not move, the same branch stands everywhere
            return largest if ranks[node.args[0]] == _CONSTANT else _OTHER
        case "call" if node.data == "power":  # by an integer, of any sign
            return max(_QUOTIENT, largest)
        case "call" if is_product(node):
            return ranks[_factor(node) or node]
        case "call" if node.data in _ANALYTIC and largest == _ENTIRE:
            return _ENTIRE
    return _OTHER


def _factor(node: Term) -> Term | None:
    """f, of a product e^(Σ log f)."""
    u = node.args[0]
    while u.op == "sum":
        u = u.args[0]
    return u.args[0] if u.op == "call" and u.data == "log" else None


def _open_set(asked: list[Fact], moving: frozenset[str], premises: Premises) -> bool:
    """Whether there is a point, for all sizes, at which what is asked holds strictly."""
    mine = [f for f in asked if any(leaves(u) & moving for u in f.terms)]
    if any(_rank(f.term, moving) == _OTHER for f in mine):
        return False  # it may hold at the point and nowhere around it
    still = tuple(f for f in premises.facts if f not in mine)
    known = replace(premises, facts=still, conditions=(), settled=())
    names = sorted(moving)
    for values in islice(product(_VALUES, repeat=len(names)), _MOST_POINTS):
        point = dict(zip(names, map(num, values), strict=True))
        here = [(f, transform(f.term, partial(_at, point))) for f in mine]
        if in_all_cases(partial(_holds_strictly, here), known, Work(units=20_000)).proved:
            return True
    return False


def _at(point: Mapping[str, Term], node: Term) -> Term | None:
    if node.op not in ("var", "entry"):
        return None
    return point.get(node.data if node.op == "var" else node.data[0])


def _possible(case: Case, value: Term) -> list[frozenset[str]]:
    return [case.possible(value)]


def _holds_strictly(
    here: list[tuple[Fact, Term]], case: Case, proof: Proof
) -> tuple[str, str] | None:
    for fact, value in here:
        inside = case.norm.ranges.plus(*fact.within)
        (signs,) = case.norm.scoped(inside, partial(_possible, case, value))
        if not signs <= fact.signs - {"0"}:
            return "", "not at this point"
    return None
