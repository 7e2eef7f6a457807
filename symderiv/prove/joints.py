"""Whether a term is smooth where case distinctions in it change.

Near a joint a term is, at every point, one of finitely many: one for each choice of a branch by
every test that is 0 there. Where all of them have one value at the joint, it is continuous there;
where all have one slope as well, |t(v) − t(a) − (v − a)·t'| is at most the largest of the same for
each of them, which is o(v − a): the derivative exists and is that slope (Rudin, Principles of
Mathematical Analysis, definition 5.1). A test that is not 0 at the joint keeps its sign near it,
and one that is 0 with a slope that is not has the sign of the slope on the right of it, and the
other on the left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from symderiv.indexform.conditions import Joint, OutOfBudget, RawCondition, Unsupported
from symderiv.indexform.terms import Term, in_case, walk
from symderiv.prove.asymptotics import ANALYTIC
from symderiv.prove.field import Poly
from symderiv.prove.normalise import Normaliser

__all__ = ["smooth"]

_MOST_CHOICES = 81
Possible = Callable[[Term], frozenset[str]]


def smooth(condition: RawCondition, norm: Normaliser, possible: Possible) -> bool:
    """Whether everything that a joint asks for is smooth where its test is 0."""
    u = norm.of(condition.term)

    def agree(p: Poly | None) -> list[bool]:
        if p is not None:
            norm.vanish(norm.field.form(p).primitive()[1])
        return [_continues(joint, norm, possible) for joint in condition.joint]

    known = u.n.is_constant() or norm.is_zero(u.n)
    factors = [] if known else [q for q, _ in norm.field.factor(u.n)[1]]
    zeros: list[Poly | None] = [q for q in factors if "0" in norm.signs.of(q)]
    for p in zeros or [None]:  # each is a joint of its own
        agreed: list[bool] = norm.scoped(norm.ranges, partial(agree, p))
        if not all(agreed):
            return False
    return True


def _continues(joint: Joint, norm: Normaliser, possible: Possible) -> bool:
    """Whether what a joint names is smooth, by its parts or as a whole."""
    if joint.parts and all(_agrees(part, norm, possible) for part in joint.parts):
        return True
    try:
        return _agrees(joint, norm, possible)
    except (OutOfBudget, Unsupported):
        if joint.parts:
            return False
        raise


def _agrees(joint: Joint, norm: Normaliser, possible: Possible) -> bool:
    """Whether all choices of branches have one value at the joint, and the slope that is taken."""

    def same(a: Term, b: Term) -> bool:
        return norm.is_zero(norm.field.add(norm.of(a), norm.field.minus(norm.of(b))).n)

    if _hidden(joint):
        return False
    first: Joint | None = None
    for number, (near, found) in enumerate(_choices(joint, possible)):
        if found is None or number > _MOST_CHOICES:
            return False
        first = first or found  # with the branch at 0 of every test: what stands at the joint
        if not all(_analytic(node, possible) for part in _parts(found) for node in walk(part)):
            return False
        if not same(found.term, first.term):
            return False
        if near and found.slope and first.slope and not same(found.slope, first.slope):
            return False
    return True


def _analytic(node: Term, possible: Possible) -> bool:
    """Whether an operation is certainly analytic where its arguments are."""
    if node.op == "root" or (node.op == "pow" and node.data < 0):
        return "0" not in possible(node.args[0])
    if node.op != "call":
        return True
    name, u = node.data.partition(":")[0], node.args[0]
    if name in ("log", "power"):  # of |u|
        return "0" not in possible(u)
    return name[0] == "?" or possible(ANALYTIC[name](*node.args)) == frozenset("+")


def _choices(joint: Joint, possible: Possible) -> Iterator[tuple[bool, Joint | None]]:
    """Every choice of branches at the joint and on both sides; None where a test may be 0.

    With each, whether its slope counts: not where a test is 0, as it is in single points.
    """
    todo = [("-", True, joint), ("+", True, joint), ("0", False, joint)]
    while todo:
        side, near, j = todo.pop()
        further = _test(j, possible, _parts(j))
        if further is None:
            # a test of which only the value 0 is left, as that of a label: its sides are not seen
            lost = [d for u, d in j.tests if near and u.op == "num" and not u.data]
            yield near, None if any(possible(d) != frozenset("0") for d in lost) else j
            continue
        u, signs = further
        if (slope := dict(j.tests).get(u)) and "0" in signs:
            if len(signs) > 1:
                yield False, None
                continue
            if side != "0":
                rise = possible(slope)
                turned = side if rise == frozenset("+") else "-" if side == "+" else "+"
                signs = frozenset(turned if rise in (frozenset("+"), frozenset("-")) else "+-0")
        for s in signs:
            stays = near and (s != "0" or not slope)
            todo.append((side, stays, j.through(partial(in_case, u=u, sign=s))))


def _test(j: Joint, possible: Possible, inside: list[Term]) -> tuple[Term, frozenset[str]] | None:
    """A test to be decided, from outside inwards through what stands, and its possible signs."""
    free, todo, seen = _free(j), list(inside), set[Term]()
    while todo:
        node = todo.pop()
        if node in seen:
            continue
        seen.add(node)
        if node.op == "sign" and (u := node.args[0]).names <= free:
            if deeper := _test(j, possible, [u]):
                return deeper
            may = possible(u)
            if len(may) == 1 or ("0" in may and u in dict(j.tests)):
                return u, may
        todo += node.args
    return None


def _parts(j: Joint) -> list[Term]:
    return [j.term] if j.slope is None else [j.term, j.slope]


def _free(j: Joint) -> frozenset[str]:
    return frozenset().union(*(t.names for t in _parts(j)))


def _hidden(j: Joint) -> bool:
    """Whether a test with a bound index stands in another test, or in a branch of it.

    It is not decided here, and what its own joint asks for is asked in that branch alone,
    which does not hold at the joint of the other; and a test with a kink has no slope there.
    """
    free = _free(j)
    tests = dict(j.tests)
    bound = {u for u in tests if not u.names <= free}
    cases = (node for node in walk(j.term) if bound and node.op == "sign" and node.args[0] in tests)
    inside = (w for node in cases for part in node.args for w in walk(part))
    return any(w.op == "sign" and w.args[0] in bound for w in inside)
