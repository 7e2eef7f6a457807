"""Whether a term is 0 in an open part of the domain, as max(x, 0) is, and not on a surface only.

A normal form in one case is an analytic function there: where it is not 0 for all values, its
zeros have no inner point (Krantz, Parks, A Primer of Real Analytic Functions, section 4.1). So a
condition f ≠ 0 loses a region where f is 0 in a whole case. Each of the values of what has
finitely many is a part of the domain of its own.
"""

from __future__ import annotations

from symderiv.indexform.conditions import RawCondition
from symderiv.indexform.terms import ONE, Term, by_sign, in_case, walk
from symderiv.prove.certificates import at_values
from symderiv.prove.equality import Case, Proof, in_all_cases
from symderiv.prove.hypotheses import Premises
from symderiv.prove.work import Work

__all__ = ["excludes_a_region"]

_UNITS = 100_000


def excludes_a_region(condition: RawCondition, premises: Premises) -> bool:
    """Whether f ≠ 0 excludes an open part of where the premises hold; so too where it is open."""
    t = condition.term
    for g in condition.guards:
        t = by_sign(g.u, *(t if s in g.signs else ONE for s in "+0-"))
    return _vanishes(t, premises, Work(units=_UNITS))


def _vanishes(t: Term, premises: Premises, work: Work) -> bool:
    cases = list(at_values(t, premises))
    if cases:
        return any(_vanishes(*case, work) for case in cases)
    tests = (u.args[0] for u in walk(t) if u.op == "sign" and u.args[0].op != "int")
    bound = next((u for u in tests if not u.names <= t.names), None)
    if bound:  # for all indices of a sum alike
        return any(_vanishes(in_case(t, bound, s), premises, work) for s in "+-")
    found = False

    def ask(case: Case, proof: Proof) -> None:
        nonlocal found
        zero = case.norm.is_zero(case.norm.of(t).n)
        found |= zero and all(d.sign != "0" for d in case.decisions)

    proof = in_all_cases(ask, premises, work)
    if not (proof.proved or "contradict" in proof.reason):
        return any(u.op == "sign" and u.args[0].op != "int" for u in walk(t))
    return found
