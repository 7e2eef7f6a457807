"""The judge's other questions, each answered by a certificate that was checked.

Whoever looks for the certificate is handed in and not trusted: what it finds is checked here,
and the refuter looks at exact points for the opposite, on its own route. As for equality, a proof
counts only with a witness, and a counterexample against a proof is an internal error.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import sympy
from sympy import Basic, IndexedBase, MatrixSymbol, Symbol

from symderiv.explain.cases import joined
from symderiv.functions import Gradient, Hessian
from symderiv.indexform.conditions import OutOfBudget, Unsupported
from symderiv.indexform.lower import Lowering
from symderiv.indexform.ranges import Ranges
from symderiv.indexform.reading import Reading, read
from symderiv.indexform.scope import Scope, name_of
from symderiv.indexform.terms import Linear, Term, add, mul, num, var
from symderiv.indexform.wellformed import integer_symbols, nodes_of, spelt, symbols_used
from symderiv.judge import conditions_of, fault_text, premises_of
from symderiv.necessity import needed_by
from symderiv.prove.certificates import NOT_NEGATIVE, PLUS, Certificate, Rejected, check
from symderiv.prove.convexity import ConvexCertificate, Directions, check_convex, moves
from symderiv.prove.equality import Case, Proof, in_all_cases
from symderiv.prove.hypotheses import Premises
from symderiv.prove.work import UNITS, Work
from symderiv.refute.examination import Examination
from symderiv.refute.inequality import examine_sign
from symderiv.refute.midpoint import examine_chords
from symderiv.verdict import ClaimError, Condition, InternalDisagreement, Result, Verdict

__all__ = ["Answer", "barred", "difference", "directions", "judge_convex", "judge_sign", "needs_of"]

Propose = Callable[[Term, frozenset[str], Premises, Work], Certificate | None]
ProposeConvex = Callable[[Term, Directions, Premises, bool, Work], ConvexCertificate | None]
Budget = Callable[[], Work]
Shown = tuple[Any, str, tuple[Condition, ...]]  # a certificate or why there is none; what it needs
_STEPS = (
    *(sympy.Piecewise, sympy.Heaviside, sympy.sign, sympy.KroneckerDelta),
    *(sympy.Derivative, sympy.Subs, Gradient, Hessian),
)
_UNITS_AFTER_A_COUNTEREXAMPLE = 4_000  # enough to notice a short proof of the opposite


@dataclass(frozen=True)
class Answer:
    """A result, and the certificate with the terms it is about."""

    result: Result
    certificate: Any = None
    terms: Sequence[Term] = ()


def judge_sign(
    lhs: Basic,
    rhs: Basic,
    where: Sequence[Basic],
    let: Mapping[Basic, Basic],
    strict: bool,
    timeout: float,
    propose: Propose,
) -> Answer:
    """Decide lhs ≥ rhs (``strict``: lhs > rhs) wherever both are defined and ``where`` holds."""
    signs = PLUS if strict else NOT_NEGATIVE

    def show(terms: Sequence[Term], premises: Premises, budget: Budget) -> Shown:
        t = difference(terms)
        certificate = propose(t, signs, premises, work := budget())
        if certificate is None:
            return None, work.ended or "no certificate was found for the sign", ()
        check(certificate, t, signs, premises, budget())
        return certificate, "", ()

    def look(deadline: float) -> Examination:
        return examine_sign(lhs, rhs, where=where, let=let, strict=strict, deadline=deadline)

    return _decide([lhs, rhs], where, let, timeout, look, show, strict=strict)


def difference(terms: Sequence[Term]) -> Term:
    """The first term less the second."""
    return add(terms[0], mul(num(-1), terms[1]))


def judge_convex(
    f: Basic,
    wrt: Sequence[Basic],
    where: Sequence[Basic],
    let: Mapping[Basic, Basic],
    strict: bool,
    timeout: float,
    propose: ProposeConvex,
) -> Answer:
    """Decide whether f is convex in ``wrt``, on a domain that is shown to be convex."""
    declared = {x.name: x for w in where if (x := _of_full_rank(w)) is not None}
    where = [w for w in where if _of_full_rank(w) is None]
    d = directions(f, wrt, let)

    def show(terms: Sequence[Term], premises: Premises, budget: Budget) -> Shown:
        certificate = propose(terms[0], d, premises, strict, work := budget())
        if certificate is None:
            return None, work.ended or "no certificate was found for the curvature", ()
        needs = check_convex(certificate, terms[0], d, premises, strict, budget())
        known = {x.name: x for x in f.atoms(MatrixSymbol)}
        why = "follows from where"
        conditions = (
            Condition(_full_rank(known[x]), (), why if x in declared else "") for x in sorted(needs)
        )
        return certificate, "", tuple(conditions)

    def look(deadline: float) -> Examination:
        names = [w.name if isinstance(w, (Symbol, MatrixSymbol)) else str(w.label) for w in wrt]
        return examine_chords(
            f,
            names,
            where=where,
            let=let,
            full_rank=[x for x in declared.values() if f.has(x)],
            strict=strict,
            deadline=deadline,
        )

    def bars(reading: Reading) -> str:
        names = {name_of(w) for w in wrt}
        for w in reading.unused:  # the domain is less than what is known of it
            if names & {name_of(s) for s in symbols_used([w], let)}:
                return f"where says {w}, which is not used: the domain may not be convex"
        joints = (c for line in reading.lines for c in line.conditions if c.joint)
        return "a derivative with joints" if any(moves(c.term, d) for c in joints) else ""

    return _decide([f], where, let, timeout, look, show, bars, strict=strict)


def _full_rank(x: MatrixSymbol) -> Basic:
    """XᵀX is invertible: the columns of X are linearly independent."""
    return sympy.Q.invertible(x.T * x)


def _of_full_rank(w: Basic) -> MatrixSymbol | None:
    """The matrix that a relation says has full column rank."""
    return next((x for x in w.atoms(MatrixSymbol) if w == _full_rank(x)), None)


def directions(f: Basic, wrt: Sequence[Basic], let: Mapping[Basic, Basic]) -> Directions:
    """What moves, with a name for its velocity, and the shapes of the arrays."""
    named = {name_of(getattr(key, "base", getattr(key, "parent", key))) for key in let}
    nodes = nodes_of([f, *let.values()])
    sizes, indices = integer_symbols(nodes)
    symbols, arrays = {}, {}
    for w in wrt:
        integer = isinstance(w, Symbol) and (w.is_integer or w in sizes or w in indices)
        if not isinstance(w, (Symbol, IndexedBase, MatrixSymbol)) or integer:
            raise ClaimError(f"convex in {w}: expected real symbols, an IndexedBase or a matrix")
        if name_of(w) in named:
            raise ClaimError(f"convex in {w}, which let defines: name what it is made of")
        if isinstance(w, Symbol):
            symbols[var(name_of(w))] = var(f"?v.{name_of(w)}")
        else:
            arrays[name_of(w)] = f"?v.{name_of(w)}"
    shapes: dict[str, tuple[Linear, ...]] = {}
    for a in (n for n in nodes if isinstance(n, (IndexedBase, MatrixSymbol))):
        try:
            low = Lowering({}, Ranges(), frozenset(sizes))
            shapes[name_of(a)] = tuple(low.index(size, Scope()) for size in a.shape or ())
        except Unsupported:
            continue  # without a shape, strictness is not shown
    return Directions(symbols, arrays, {name: shape for name, shape in shapes.items() if shape})


def _decide(
    lines: Sequence[Basic],
    where: Sequence[Basic],
    let: Mapping[Basic, Basic],
    timeout: float,
    look: Callable[[float], Examination],
    show: Callable[[Sequence[Term], Premises, Budget], Shown],
    bars: Callable[[Reading], str] = lambda reading: "",
    *,
    strict: bool,
) -> Answer:
    """Ask both routes about lines, compare what they say, and make the result."""
    started = time.monotonic()
    deadline = time.thread_time() + timeout
    try:
        reading = read(lines, where, (), let)
    except ClaimError:
        raise
    except Exception as error:  # noqa: BLE001 - an answer, not a traceback, whatever the fault
        return Answer(Result(Verdict.UNDECIDED, reason=fault_text("reading the claim", error)))
    try:
        seen = look(deadline)
    except ClaimError:
        raise
    except Exception as error:  # noqa: BLE001
        seen = Examination((None,), (None,), reason=fault_text("evaluating the claim", error))
    terms = [line.term for line in reading.lines if line.term is not None]
    certificate: Any = None
    needs: tuple[Condition, ...] = ()
    reason = next((line.reason for line in reading.lines if line.reason), "") or bars(reading)
    reason = reason or barred(reading)
    if not reason:
        units = UNITS if seen.counterexamples[0] is None else _UNITS_AFTER_A_COUNTEREXAMPLE
        try:
            premises = assumptions_of(reading)
            certificate, reason, needs = show(terms, premises, partial(Work, deadline, units))
        except (Rejected, OutOfBudget, Unsupported) as stop:
            reason = f"the certificate that was found does not hold: {stop}"
        except Exception as error:  # noqa: BLE001
            reason = fault_text("proving the claim", error)
    less = (sympy.Mul(-1, line, evaluate=False) for line in lines[1:])
    whole = sympy.Add(lines[0], *less, evaluate=False)
    guarded = {c.relation for line in reading.lines for c in line.conditions if c.guards}
    needed = partial(needed_by, whole, where=where, let=let, guarded=guarded)
    # what holds around a surface holds on it, unless there is a step, or > becomes =
    steps = strict or any(isinstance(x, _STEPS) for x in nodes_of(spelt([whole], let)))
    result = _verdict(reading, certificate is not None, needs, seen, reason, needed, steps)
    result = replace(result, seconds=time.monotonic() - started)
    return Answer(result, certificate if result.proved else None, terms)


def assumptions_of(reading: Reading) -> Premises:
    """What may be used: where, and that the claim is about points at which all is defined."""
    premises = premises_of(reading, len(reading.lines) - 1)
    facts = tuple(fact for c, fact in premises.conditions if not c.joint)
    return replace(premises, facts=premises.facts + facts, conditions=())


def _verdict(
    reading: Reading,
    certified: bool,
    needs: tuple[Condition, ...],
    seen: Examination,
    reason: str,
    needed: Callable[..., tuple[Condition, ...]],
    steps: bool,
) -> Result:
    (counterexample,) = seen.counterexamples
    conditions = needed(conditions=(*needs_of(reading), *needs)) if certified else ()
    if counterexample is not None:
        if certified and all(c.natural or not c.open for c in conditions):
            raise InternalDisagreement(
                f"a certificate was accepted and the refuter found {counterexample}; "
                "please report this as a bug in symderiv"
            )
        return Result(Verdict.REFUTED, (), counterexample)
    if not certified:
        return Result(Verdict.UNDECIDED, reason=reason)
    if seen.witnesses[0] is None:
        tried = seen.reason or f"none of {seen.points} points tried satisfies all conditions"
        reason = f"proved formally, but no point was found where all is defined: {tried}"
        return Result(Verdict.UNDECIDED, conditions, reason=reason)
    for c in conditions:  # of an inequality nothing follows for what is left out
        left_out = c.loses_a_region or (steps and c.open and not c.natural)
        if left_out and c not in needs:
            reason = f"proved only where {c.relation}, and defined without: say so with where"
            return Result(Verdict.UNDECIDED, conditions, reason=reason)
    return Result(Verdict.PROVED, conditions)


def barred(reading: Reading) -> str:
    """What the claim needs in a case and has at no point of it: nothing is shown there."""
    terms = [line.term for line in reading.lines if line.term is not None]

    def distinguish(case: Case, proof: Proof) -> None:
        for t in terms:
            case.norm.of(t)

    premises = premises_of(reading, len(reading.lines) - 1)
    proof = in_all_cases(distinguish, premises, Work())
    return proof.reason if "at no point of the case" in proof.reason else ""


def needs_of(reading: Reading, lines: int | None = None) -> tuple[Condition, ...]:
    """What the claim needs to be defined; discharged where it follows from where.

    What only lines after the first ones need, as the value of a limit, is no part of its domain.
    """
    last = len(reading.lines) - 1
    premises = premises_of(reading, last)
    proof = in_all_cases(lambda case, proof: None, premises, Work())
    if not proof.proved:
        proof = Proof(False, [False] * len(premises.conditions))
    conditions = conditions_of(reading, last - 1, proof)
    asked = [(number, c) for number, line in enumerate(reading.lines) for c in line.conditions]
    beyond = {c.relation for _, c in asked if c.stronger or c.joint}
    own = {c.relation for number, c in asked if lines is None or number < lines}
    beyond |= {c.relation for _, c in asked} - own
    beyond |= {r for r, k in reading.assumed.items() if k > last}
    return joined(replace(c, natural=c.relation not in beyond) for c in conditions)
