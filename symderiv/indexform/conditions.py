"""What an expression needs to be defined, as terms and as the writer's relation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sympy import Basic, Gt, Ne

from symderiv.indexform.terms import ONE, Linear, Term, walk
from symderiv.verdict import ClaimError

__all__ = [
    "FACTOR",
    "Binder",
    "Guard",
    "Joint",
    "OutOfBudget",
    "RawCondition",
    "Unsupported",
    "around",
    "integer_facts",
    "related",
]


def related(relation: type[Basic], lhs: Basic, rhs: Basic) -> Basic:
    """The relation as it stands, for conditions that are shown; the sides have to be real."""
    try:
        return relation(lhs, rhs, evaluate=False)
    except TypeError:
        raise ClaimError(f"{lhs} or {rhs} is not a real number") from None


FACTOR = "a factor of a product"  # is > 0 where a product is read, see prove.continuation


class Unsupported(Exception):
    """The index form has no word for this object; the message names it."""


class OutOfBudget(Exception):
    """A bound on work was reached; the message says which."""


@dataclass(frozen=True)
class Binder:
    """A bound index: its name in terms, its range, and both as the writer sees them."""

    name: str
    lower: Linear
    upper: Linear
    shown: tuple[Basic, Basic, Basic]

    def __str__(self) -> str:
        return f"{self.shown[0]} = {self.shown[1]} … {self.shown[2]}"


def around(names: Iterable[str], binders: Mapping[str, Binder]) -> list[Binder]:
    """The binders of the names, and of the names in their ranges."""
    todo, found = [*names], dict[str, Binder]()
    while todo:
        name = todo.pop()
        if name not in found and name in binders:
            b = found[name] = binders[name]
            todo += [*b.lower.names, *b.upper.names]
    return list(found.values())


@dataclass(frozen=True)
class Guard:
    """A case: the sign of u is one of ``signs`` (of '+', '0', '-')."""

    u: Term
    signs: frozenset[str]


@dataclass(frozen=True)
class Joint:
    """A term that has to be smooth where a test in it is 0.

    ``slope`` is its derivative by ``variable`` as the rules give it, or None where continuity is
    enough. ``tests`` are those whose sign may change on the way through the joint, with their
    slopes. Where all of its ``parts`` are smooth, so is the term.
    """

    term: Term
    slope: Term | None
    tests: tuple[tuple[Term, Term], ...]
    variable: Term
    parts: tuple[Joint, ...] = ()

    def through(self, change: Callable[[Term], Term]) -> Joint:
        """The same with every term changed.

        A test of which a number is left where the variable was does not tell what is beside it: it
        keeps a slope that is not 0.
        """
        slope = None if self.slope is None else change(self.slope)
        tests = tuple((u, change(d)) for u, d in self.tests)
        tests = tuple((change(u), ONE if self._hides(u, change) else d) for u, d in tests)
        parts = tuple(part.through(change) for part in self.parts)
        return Joint(change(self.term), slope, tests, change(self.variable), parts)

    def _hides(self, u: Term, change: Callable[[Term], Term]) -> bool:
        """Whether a number is left of u, in which the variable, or an entry of its array, was."""
        v = self.variable
        alike = (w for w in walk(u) if w.op == v.op)
        same = (w for w in alike if w is v or (w.op == "entry" and w.data[0] == v.data[0]))
        gone = change(u).op == "num" and u.op != "num"
        return gone and (v.op not in ("var", "entry") or any(change(w) is not w for w in same))


@dataclass(frozen=True)
class RawCondition:
    """One requirement: where all guards hold, the sign of ``term`` is one of ``signs``.

    ``signs`` is {'+'} for a logarithm's argument, {'+', '-'} for a denominator or a joint,
    {'+', '0'} for a root's radicand or the length of a range, and empty where no case of a
    Piecewise applies. A joint is not excluded where all that ``joint`` names is smooth at
    term = 0. A condition is ``stronger`` where the expression is defined without it and only
    the proof asks for it, as u > 0 for u^e where e may be whole in a region; ``exponent`` has the
    names of an e that is not, while they are free.
    """

    term: Term
    signs: frozenset[str]
    relation: Basic
    guards: tuple[Guard, ...] = ()
    why: str = ""
    joint: tuple[Joint, ...] = ()
    stronger: bool = False
    exponent: frozenset[str] = frozenset()

    def through(self, change: Callable[[Term], Term]) -> RawCondition:
        """The same with every term changed."""
        guards = tuple(Guard(change(g.u), g.signs) for g in self.guards)
        joint = tuple(j.through(change) for j in self.joint)
        return replace(self, term=change(self.term), guards=guards, joint=joint)

    def inside(self, slopes: Sequence[Term]) -> list[RawCondition]:
        """The same where a derivative is taken, by variables for which the term has these slopes.

        On the boundary there is none where the term rises with the variable; elsewhere there may
        be one, as for √u where u is 0 around the point, and only the proof leaves it out.
        """
        if self.signs != frozenset("+0") or not slopes:
            return [self]
        lhs, rhs = self.relation.args
        if any(d.op == "num" and d.data for d in slopes):
            return [replace(self, signs=frozenset("+"), relation=related(Gt, lhs, rhs))]
        apart = replace(self, signs=frozenset("+-"), relation=related(Ne, lhs, rhs), stronger=True)
        return [self, apart]


def integer_facts(guard: Guard) -> list[Linear]:
    """What the sign of an integer form says, as forms that are ≥ 0."""
    u: Linear = guard.u.data
    signs = "".join(s for s in "+0-" if s in guard.signs)
    known = {"+": [u - 1], "+0": [u], "0": [u, -u], "0-": [-u], "-": [-u - 1]}
    return known.get(signs, [])
