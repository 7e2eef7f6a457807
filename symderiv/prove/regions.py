"""Whether a term is 0 in an open part of the domain, as max(x, 0) is, and not on a surface only.

A normal form in one case is an analytic function there: where it is not 0 for all values, its
zeros have no inner point (Krantz, Parks, A Primer of Real Analytic Functions, section 4.1). So a
condition f ≠ 0 loses a region where f is 0 in a whole case. Each of the values of what has
finitely many is a part of the domain of its own, and so is every size: an irreducible factor is
shown to be 0 on surfaces only, or counts as one that is 0 in a region.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from math import prod
from typing import Any

from symderiv.indexform.conditions import RawCondition, Unsupported, integer_facts
from symderiv.indexform.differentiate import differentiate
from symderiv.indexform.terms import ONE, Linear, Term, by_sign, in_case, leaves, mul, num, walk
from symderiv.prove.atoms import Atom, Form, Monomial
from symderiv.prove.certificates import at_values
from symderiv.prove.equality import Case, Proof, in_all_cases
from symderiv.prove.field import Poly
from symderiv.prove.hypotheses import Fact, Premises
from symderiv.prove.joints import smooth
from symderiv.prove.linear import Row, infeasible
from symderiv.prove.normalise import Normaliser
from symderiv.prove.signs import MINUS, PLUS
from symderiv.prove.work import Work

__all__ = ["excludes_a_region"]

_HIGHEST_ROOT = 4
_MOST_ROWS, _MOST_NAMES = 6, 4  # of inequalities that are compared with one another
_0 = Fraction(0)
_NESTED = {"root": ("root", "call"), "log": ("root", "call"), "exp": ("call",)}  # what hides zeros


def excludes_a_region(condition: RawCondition, premises: Premises, work: Work) -> bool:
    """Whether f ≠ 0 excludes an open part of where the premises hold; so too where it is open.

    Where f ≥ 0 follows, f > 0 is the same, and else it loses where f < 0.
    """
    t, ranges, wanted = condition.term, premises.ranges, condition.signs
    if wanted == MINUS:
        t, wanted = mul(num(-1), t), PLUS
    for g in condition.guards:
        if g.u.op == "int" and (facts := integer_facts(g)):
            ranges = ranges.plus(*facts)
        else:
            t = by_sign(g.u, *(t if s in g.signs else ONE for s in "+0-"))
    premises = replace(premises, ranges=ranges)

    def ask(case: Case, proof: Proof) -> tuple[str, str] | None:
        return None if case.possible(t) <= wanted | {"0"} else ("", "it has the other sign")

    if not wanted >= PLUS | MINUS and not in_all_cases(ask, premises, work).proved:
        return True
    if any(_leaves_a_surface(c, leaves(t)) for c, _ in premises.conditions):
        return True
    closed = _ends_on(t, premises, work)
    premises = replace(premises, facts=(*premises.facts, *closed))
    return _vanishes(t, premises, work, condition)


def _leaves_a_surface(c: RawCondition, names: frozenset[str]) -> bool:
    """Whether a line is defined where something in these names is 0, and not beside it."""
    return not c.signs and any("0" not in g.signs and leaves(g.u) & names for g in c.guards)


def _ends_on(t: Term, premises: Premises, work: Work) -> Iterator[Fact]:
    """What a line needs to be defined that may have its boundary where t is 0.

    There the surface may be all that is left: √(x³ − x²) is defined at 0 and for x ≥ 1.
    """
    bare = replace(premises, conditions=())
    level = replace(bare, facts=(*bare.facts, Fact(t, frozenset("0"))))

    def never(sign: str, u: Term, known: Premises) -> bool:
        def ask(case: Case, proof: Proof) -> tuple[str, str] | None:
            return ("", "it may be") if sign in case.possible(u) else None

        proof = in_all_cases(ask, known, work)
        return proof.proved or "contradict" in proof.reason

    for c, fact in premises.conditions:
        if c.signs == frozenset("+0") and c.term.op != "int" and not (c.stronger or c.joint):
            plain = _row(fact) is not None or _is_half_line(fact)
            if plain or not (never("-", c.term, bare) or never("0", c.term, level)):
                yield fact


def _vanishes(t: Term, premises: Premises, work: Work, asked: RawCondition | None = None) -> bool:
    """Whether t is 0 on an open set; not where the joint that is asked is smooth."""
    cases = list(at_values(t, premises))
    if cases:
        return any(_vanishes(*case, work, asked) for case in cases)
    tests = (u.args[0] for u in walk(t) if u.op == "sign" and u.args[0].op != "int")
    bound = next((u for u in tests if not u.names <= t.names), None)
    if bound:
        return not _each_varies(t, bound, premises, work)
    found, tied = False, _tied(premises)

    def ask(case: Case, proof: Proof) -> None:
        nonlocal found
        norm = case.norm
        n = norm.of(t).n
        zero = norm.is_zero(n)
        factors = [] if zero else [q for q, _ in norm.field.factor(n)[1]]
        surfaces = all(_is_surface(q, norm, tied) for q in factors if "0" in norm.signs.of(q))
        found |= not surfaces
        if zero and not (asked and asked.joint and smooth(asked, norm, case.possible)):
            found |= not _on_a_surface(case, tied)

    proof = in_all_cases(ask, premises, work)
    return found or not (proof.proved or "contradict" in proof.reason)


def _tied(premises: Premises) -> frozenset[str]:
    """The symbols and arrays that have finitely many values, or that where may tie together.

    By an equation, or by what may be one at its boundary: x² + y² ≤ 0. Not by affine inequalities
    that hold strictly at a point, as x ≤ y: around each point of a convex set with an inner point
    there are inner points.
    """
    said = [f for f in premises.facts if "0" in f.signs]
    rows = {f: row for f in said if (row := _row(f))}
    terms = [f.term for f in said if f not in rows and not _is_half_line(f)]
    tied = (premises.whole | premises.unused).union(
        *map(leaves, (*terms, *(f.pattern for f in premises.finite)))
    )
    tied |= _between_equal_bounds({f: row for f, row in rows.items() if _is_half_line(f)})
    while linked := [f for f in rows if leaves(f.term) & tied]:
        tied = tied.union(*(leaves(f.term) for f in linked if not _is_half_line(f)))
        rows = {f: row for f, row in rows.items() if f not in linked}
    several = frozenset[str]().union(*(leaves(f.term) for f in rows if not _is_half_line(f)))
    strict = [row for f, row in rows.items() if leaves(f.term) & several and row.coefficients]
    level = [f for f, row in rows.items() if not row.coefficients and row.constant <= 0]
    few = len(strict) <= _MOST_ROWS and len(several) <= _MOST_NAMES  # then nothing is left open
    room = few and not infeasible(strict) and _in_one_order(level)
    return tied if room else tied | several


def _between_equal_bounds(halves: Mapping[Fact, Row]) -> frozenset[str]:
    """The symbols and arrays of which a value may lie between bounds that meet: 0 ≤ u₁ ≤ 0."""
    entries = {f: next(u for u in walk(f.term) if u.op in ("var", "entry")) for f in halves}
    moving = {u.data[0] for u in entries.values() if u.names}  # which may be any of the array
    places: dict[object, list[Row]] = {}
    for f, u in entries.items():
        places.setdefault(u.data[0] if u.names or u.data[0] in moving else u, []).append(halves[f])
    meeting = (rows[0] for rows in places.values() if infeasible(rows))
    return frozenset(str(name) for row in meeting for name in row.coefficients)


def _in_one_order(facts: Sequence[Fact]) -> bool:
    """Whether inequalities u_e ≤ u_(e+1) hold strictly for entries that rise, or fall, with e.

    Those of a row where the array is the same everywhere do not: u₁ ≤ u₂ ≤ u₃ ≤ u₁.
    """
    directions: dict[tuple[str, int], bool] = {}
    for fact in facts:
        pairs = [a.args if a.op == "mul" else (a, ONE) for a in fact.term.args]
        found = [sorted(pair, key=lambda f: f.op != "entry") for pair in pairs if len(pair) == 2]
        ops = [[f.op for f in pair] for pair in found]
        if len(pairs) != 2 or ops != [["entry", "num"]] * 2:
            return False
        (up, c), (down, _) = found
        steps = [a - b for a, b in zip(up.data[1], down.data[1], strict=True)]
        axes = [axis for axis, step in enumerate(steps) if step.names or step.constant]
        if len(axes) != 1 or steps[axes[0]].names:
            return False
        key = up.data[0], axes[0]
        rises = ((steps[axes[0]].constant > 0) == (c.data > 0)) == ("+" in fact.signs)
        if directions.setdefault(key, rises) != rises:
            return False
    return True


def _row(fact: Fact) -> Row | None:
    """The strict form of an affine inequality, for arrays whose entries have one value."""
    sign = {frozenset("+0"): 1, frozenset("0-"): -1}.get(fact.signs, 0)
    found = None if fact.guards else _affine(fact.term)
    if not sign or found is None:
        return None
    return Row({k: c * sign for k, c in found.items() if k and c}, found.get("", _0) * sign, True)


def _affine(t: Term) -> dict[str, Fraction] | None:
    """The coefficients of symbols and arrays, and the constant under no name."""
    parts = [_affine(a) for a in t.args] if t.op in ("add", "mul") else []
    if None in parts:
        return None
    match t.op:
        case "num":
            return {"": t.data}
        case "var" | "entry":
            return {t.data if t.op == "var" else t.data[0]: Fraction(1)}
        case "add":
            return {k: sum((p.get(k, _0) for p in parts if p), _0) for p in parts for k in p or ()}
        case "mul" if sum(p.keys() != {""} for p in parts if p) <= 1:
            scale = prod(p[""] for p in parts if p and p.keys() == {""})
            moving = next((p for p in parts if p and p.keys() != {""}), {"": Fraction(1)})
            return {k: c * scale for k, c in moving.items()}
    return None


def _is_half_line(fact: Fact) -> bool:
    """Whether a fact says on which side of a number one symbol or entry lies."""
    plain = all(
        u.op in ("var", "entry", "num", "add")
        or (u.op == "mul" and sum(a.op != "num" for a in u.args) == 1)
        for u in walk(fact.term)
    )
    one = len({u for u in walk(fact.term) if u.op in ("var", "entry")}) == 1
    return plain and one and fact.signs != frozenset("0")


def _each_varies(t: Term, u: Term, premises: Premises, work: Work) -> bool:
    """Whether a sum of cases varies with one of its entries, whichever cases the others are in."""
    if t.op != "sum" or not premises.ranges.nonnegative(t.data[2] - t.data[1]):
        return False
    entry = next((e for e in walk(u) if e.op == "entry" and t.data[0] in e.names), None)
    if entry is None or entry.data[0] in _tied(premises):
        return False
    slopes = (differentiate(in_case(t.args[0], u, s), entry) for s in "+-")
    try:
        return not any(_vanishes(d, premises, work) for d in slopes)
    except Unsupported:
        return False


def _on_a_surface(case: Case, tied: frozenset[str]) -> bool:
    """Whether a case holds on a surface only: what is 0 there is 0 on no open set."""
    norm, zeros = case.norm, [d.on for d in case.decisions if d.sign == "0"]
    forms = [z for z in zeros if isinstance(z, Form)]  # a size that is 3 is a part of the domain
    return any(_is_surface(norm.field.poly(z), norm, tied) for z in forms)


def _is_surface(p: Poly, norm: Normaliser, tied: frozenset[str]) -> bool:
    """Whether an irreducible p is 0 on no open set, whatever the sizes and indices are.

    It is a polynomial in something that stands nowhere else in it, with a leading coefficient
    that is 0 on no open set either; or it holds no size, and at most one function of which the
    normal form does not know all identities, of an algebraic argument, so that being 0 would
    have been seen. It does not know all those of functions and roots inside roots and logarithms,
    nor of exponents over different denominators, and over roots. Where it is 0, so is what is left
    without one of its roots.
    """
    form = norm.field.form(p)
    if not _arrays(form.inside):
        return False  # a number, which is 0 everywhere or nowhere
    for a, b in combinations(sorted(form.atoms, key=lambda a: a.text), 2):
        if _twins(a, b) and not _fixed(a, b, norm):  # where they are one entry, it is another form
            one = norm.field.poly(form.merged(a, b))
            factors = [] if one.is_zero() else norm.field.factor(one)[1]
            open_ = [q for q, _ in factors if "0" in norm.signs.of(q)]
            if one.is_zero() or not all(_is_surface(q, norm, tied) for q in open_):
                return False
    for atom in form.atoms:
        if not _stands_alone(atom, form, norm, tied):
            continue
        degree = max(dict(k).get(atom, 0) for k, _ in form.terms)
        top = [(k, c) for k, c in form.terms if dict(k).get(atom) == degree]
        leading = Form((tuple(f for f in k if f[0] != atom), c) for k, c in top)
        factors = norm.field.factor(norm.field.poly(leading))[1]
        if all("0" not in norm.signs.of(q) or _is_surface(q, norm, tied) for q, _ in factors):
            return True
    if any(_leads(atom, form, norm, tied) for atom in form.atoms if atom.kind == "sum"):
        return True
    rational = _without_a_root(form, norm)
    if rational is not None and not rational.is_zero():
        factors = norm.field.factor(rational)[1]
        if all("0" not in norm.signs.of(q) or _is_surface(q, norm, tied) for q, _ in factors):
            return True
    return not (_unknown(form.inside) or _sizes(form.inside) or tied & _arrays(form.inside))


def _without_a_root(form: Form, norm: Normaliser) -> Poly | None:
    """Aᵏ − (−B)ᵏ·R, which is 0 where A + B·R^(1/k) is."""
    f = norm.field
    roots = sorted((a for a in form.atoms if a.kind == "root"), key=lambda a: a.text)
    for root in (r for r in roots if not any(r in a.inside for a in roots)):
        parts: dict[int, list[tuple[Monomial, Fraction]]] = {}
        for k, c in form.terms:
            parts.setdefault(dict(k).get(root, 0), []).append(
                (tuple(p for p in k if p[0] != root), c)
            )
        radicand, unit = root.data
        if len(parts) == 2 and 0 in parts and unit % max(parts) == 0 and unit <= _HIGHEST_ROOT:
            a, b = (f.poly(Form(parts[e])) for e in sorted(parts))
            powers = [f.one.n, f.poly(radicand)]
            for _ in range(unit // max(parts)):
                powers = [f.product(powers[0], a), f.product(powers[1], -b)]
            return f.reduce(powers[0] - powers[1])
    return None


def _unknown(atoms: Iterable[Atom]) -> bool:
    """Whether there may be an identity between the atoms that the normal form does not know."""
    calls = [a for a in atoms if a.kind == "call" and a.data[0][0] != "?"]
    others = [a for a in calls if a.data[0] not in ("cos", "sin")]
    inside = [b for a in atoms for b in a.inside if b.kind in _NESTED.get(a.kind, ())]
    # 1/(x·(x + 1)) = 1/x − 1/(x + 1): exponents and angles are not taken into partial fractions
    waves = [a for a in atoms if a.kind == "exp" or (a in calls and a not in others)]
    below = {a.data[-2] for a in waves if a.data[-2].atoms}
    # 1/(1 + √x) = (1 − √x)/(1 − x): nor are divisors inside functions made free of roots
    under = {str(c.data[0]) if c.kind == "call" else c.kind for c in _under(atoms)}
    return (
        len(others) > 1
        or any(len(a.data) > 3 for a in others)  # Γ(½, x) is an erfc, and Γ(3, x) elementary
        or (len(below) > 1 and any(len(d.terms) > 1 for d in below))
        or not under.isdisjoint(("root", "parity", "sin"))
        or any(b.kind not in ("var", "entry", "root") for a in calls for b in a.inside)
        or any(b.kind != "call" or b.data[0][0] != "?" for b in inside)
    )


def _under(atoms: Iterable[Atom]) -> Iterator[Atom]:
    """What the divisors of fractions are made of, of which functions are taken."""
    for a in atoms:
        first = {"exp": 1, "call": 2}.get(a.kind)
        for d in a.data[first::2] if first else ():
            yield from d.inside


def _twins(a: Atom, b: Atom) -> bool:
    """Whether both are entries of one array."""
    return a.kind == b.kind == "entry" and a.data[0] == b.data[0]


def _fixed(a: Atom, b: Atom, norm: Normaliser) -> bool:
    """Whether two entries are never one, as v₀ and v₁, or vᵢ and vⱼ for j < i."""
    apart = (p - q for p, q in zip(a.data[1], b.data[1], strict=True))
    return any(norm.ranges.nonnegative(d * s - 1) for d in apart for s in (1, -1))


def _stands_alone(atom: Atom, form: Form, norm: Normaliser, tied: frozenset[str]) -> bool:
    """Whether an atom takes more than one value while all else in the form stays as it is."""
    own, held = _arrays([atom]), tied
    if atom.kind == "sum":
        inside = Form([(atom.data.factors, Fraction(1))]).inside
        filled = all(norm.ranges.nonnegative(length - 1) for _, length in atom.data.binders)
        own = _arrays(a for a in inside if any(b in a.names for b, _ in atom.data.binders))
        if not filled or _sizes(inside) or _unknown(inside):
            return False
        if tied & _arrays(inside):
            held |= {name for name in own if not _each_counts(atom, name, norm, tied)}
    elif atom.kind not in ("var", "entry"):
        return False
    beside = (a for a in form.atoms - {atom} if not _twins(a, atom))  # of these, see above
    others = (a for other in beside for a in (other, *other.inside))
    return bool(own - _arrays(others) - held)


def _each_counts(atom: Atom, name: str, norm: Normaliser, tied: frozenset[str]) -> bool:
    """Whether each entry of an array stands in one term of a sum, beside what is never 0.

    Else what is tied may take it out, as a mask that is all 0 does, or rows of signs that add to 0.
    """
    binders = dict(atom.data.binders)
    read = {i for a, _ in atom.data.factors for b in (a, *a.inside) for i in _places(b, name)}
    apart = all(any(i == Linear.of(b) + i.constant for i in read) for b in binders)
    fixed = [a for a, _ in atom.data.factors if tied & _arrays([a, *a.inside])]
    if not apart or any(name in _arrays([a, *a.inside]) for a in fixed):
        return False
    value = [norm.field.gen(a).n for a in fixed]
    signs = norm.scoped(norm.ranges.over(binders), lambda: [norm.signs.of(p) for p in value])
    return not any("0" in s for s in signs)


def _places(a: Atom, name: str) -> tuple[Linear, ...]:
    return tuple(a.data[1]) if a.kind == "entry" and a.data[0] == name else ()


def _leads(atom: Atom, form: Form, norm: Normaliser, tied: frozenset[str]) -> bool:
    """Whether a form is a polynomial in one entry of w whose leading coefficient is not 0.

    Σ wₖ^e over a range that is not empty has the coefficient 1 there: n·Σ wₖ² − (Σ wₖ)² has n − 1.
    """
    whole = _power_sum(atom)
    if whole is None or whole[0] in tied or not norm.ranges.nonnegative(whole[1] - 1):
        return False
    array = whole[0]

    def degree(a: Atom) -> int | None:
        """In one entry, at most; None where it is no polynomial in it."""
        factors = a.data.factors if a.kind == "sum" else ((a, 1),)
        own = [(f, k) for f, k in factors if array in _arrays([f, *f.inside])]
        plain = all(f.kind == "entry" and k > 0 for f, k in own)
        return sum(k for _, k in own) if plain and (a.kind == "sum" or not own) else None

    degrees = {a: degree(a) for a in form.atoms}
    if None in degrees.values():
        return False
    of = [sum((degrees[a] or 0) * k for a, k in monomial) for monomial, _ in form.terms]
    top = [term for d, term in zip(of, form.terms, strict=True) if d == max(of)]
    if any(_power_sum(a) != whole for k, _ in top for a, _ in k if degrees[a]):
        return False
    leading = Form((tuple(f for f in k if not degrees[f[0]]), c) for k, c in top)
    factors = norm.field.factor(norm.field.poly(leading))[1] if leading.terms else []
    small = all("0" not in norm.signs.of(q) or _is_surface(q, norm, tied) for q, _ in factors)
    return bool(leading.terms) and small


def _power_sum(atom: Atom) -> tuple[Any, ...] | None:
    """The array in Σ wₖ^e, the length of the range and the entries that it reads, if it is one."""
    if atom.kind != "sum" or len(atom.data.binders) > 1 or len(atom.data.factors) > 1:
        return None
    ((binder, length),), ((w, _),) = atom.data.binders, atom.data.factors
    moving = [i for i in w.data[1] if binder in i.names] if w.kind == "entry" else []
    if len(moving) != 1 or moving[0].coefficient(binder) != 1:
        return None
    return w.data[0], length, *(i.substitute({binder: Linear()}) for i in w.data[1])


def _arrays(atoms: Iterable[Atom]) -> set[str]:
    """The symbols and arrays among the atoms."""
    named = (a for a in atoms if a.kind in ("var", "entry"))
    return {a.data if a.kind == "var" else a.data[0] for a in named}


def _sizes(atoms: Iterable[Atom]) -> bool:
    """Whether a size or an index decides something: two entries may be one, a sum empty."""
    entries: dict[str, object] = {}
    for a in atoms:
        if a.kind in ("int", "parity", "sum"):
            return True
        if a.kind == "entry" and entries.setdefault(a.data[0], a.data[1]) != a.data[1]:
            return True
    return False
