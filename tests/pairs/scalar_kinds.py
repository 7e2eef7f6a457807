"""The kinds of pairs without arrays: each makes a pair, true but for the last two."""

from __future__ import annotations

from typing import Any

import sympy
from pairs import hypotheses, scalars
from pairs.calculus import by_rules
from pairs.pair import (
    Chooser,
    NoDraw,
    Pair,
    built,
    p,
    r,
    x,
    y,
    z,
)
from sympy import (
    Abs,
    Derivative,
    Eq,
    Ge,
    Gt,
    Heaviside,
    Max,
    Min,
    Ne,
    Piecewise,
    Rational,
    exp,
    log,
    sign,
    sqrt,
)

from symderiv import sigma, softplus

_KINKS = (Abs, sign, Max, Min, Piecewise, Heaviside)


def identities(choose: Chooser) -> Pair:
    """Three-deep scalar expressions with kinks and cases."""
    e = scalars.scalar(choose, choose.choice([1, 2, 2, 3]))
    return _rewritten(choose, e, ())


def _rewritten(choose: Chooser, e: Any, made: tuple[str, ...], **more: Any) -> Pair:
    other = scalars.rewritten(choose, e, choose.choice([1, 1, 2, 3]))
    if other == e:
        raise NoDraw
    return Pair(e, other, made=(*made, "identities"), **more)


def towers(choose: Chooser) -> Pair:
    """Exponentials, logarithms, roots and symbolic exponents of positive quantities."""
    unary = [exp, log, sqrt, sigma, softplus, lambda u: u ** Rational(2, 3), lambda u: 1 / u]
    binary = [*scalars.RATIONAL, lambda u, w: u**w, lambda u, w: exp(w * log(u))]
    e = scalars.scalar(choose, choose.choice([2, 2, 3]), unary, binary, (p, r, x, p + r))
    return _rewritten(choose, e, ())


def special(choose: Chooser) -> Pair:
    """Trigonometric, hyperbolic and inverse functions, erf and the gamma family."""
    e = scalars.scalar(choose, choose.choice([1, 2]), scalars.SPECIAL, scalars.RATIONAL)
    return _rewritten(choose, e, ())


def cases(choose: Chooser) -> Pair:
    """Absolute values, maxima and Piecewise of simple expressions."""
    unary = [*scalars.KINKED, lambda u: u**2, lambda u: sqrt(Abs(u)), exp, lambda u: -u]
    depth = choose.choice([1, 1, 2, 2, 3])
    leaves = (x, y, x - y, x + 1)
    e = scalars.scalar(choose, depth, unary, scalars.CASES + scalars.RATIONAL[:3], leaves)
    if not e.has(*_KINKS):
        raise NoDraw
    return _rewritten(choose, e, ())


def derivatives(choose: Chooser) -> Pair:
    """Derivative(e, …) against rules of our own, up to order three and mixed."""
    unary = [*scalars.SMOOTH, *scalars.SMOOTH, *scalars.KINKED, *scalars.SPECIAL]
    e = scalars.scalar(choose, choose.choice([1, 2, 2]), unary)
    order = choose.choice([1, 1, 1, 2, 2, 3])
    variables = [choose.choice([x, x, y]) for _ in range(order)]
    if order > 1 and e.has(*_KINKS):
        raise NoDraw
    other = e
    for w in variables:
        other = built(by_rules, other, w)
    if other == 0:
        raise NoDraw
    lhs = Derivative(e, *variables, evaluate=False)
    kind = choose.randrange(3)
    if kind == 0:
        other = scalars.rewritten(choose, other)
    if kind == 1:
        changed = scalars.rewritten(choose, e)
        return Pair(lhs, Derivative(changed, *variables, evaluate=False), made=("of a rewriting",))
    return Pair(lhs, other, made=("by rules",))


def where(choose: Chooser) -> Pair:
    """Scalars that are equal under inequalities, equations and finite sets only."""
    core = choose.choice(hypotheses.SCALAR)
    return under(choose, core, scalars.scalar(choose, 2, leaves=(z, z, z, x, p)))


def under(choose: Chooser, core: hypotheses.Core, context: Any) -> Pair:
    """Both parts of a core put for z in some context."""
    hole = sympy.Dummy("z", real=True)
    context = context.xreplace({z: hole}) if context.has(z) else context + hole
    one, other = (built(lambda e=e: context.xreplace({hole: e})) for e in (core.one, core.other))
    if choose.random() < 0.5:
        other = scalars.rewritten(choose, other)
    if choose.random() < 0.3:
        one, other = other, one
    return Pair(one, other, core.where, settle=core.settle, made=(str(core.where),))


def unrelated(choose: Chooser) -> Pair:
    """Two random expressions; equal only by luck."""
    one, other = (scalars.scalar(choose, 2, leaves=(x, y, p)) for _ in range(2))
    return Pair(one, other, true=False, made=("unrelated",))


def relations(choose: Chooser) -> Pair:
    """A mistake, or a rewriting, under a random relation."""
    e = scalars.scalar(choose, 2, leaves=(x, y, p))
    other = scalars.believed(choose, e) if choose.random() < 0.6 else scalars.rewritten(choose, e)
    left, right = (scalars.scalar(choose, choose.choice([0, 1]), leaves=(x, y, p)) for _ in "lr")
    relation = built(choose.choice([Ge, Gt, Eq, Ne]), left, right)
    if not isinstance(relation, sympy.core.relational.Relational):
        raise NoDraw
    return Pair(e, other, (relation,), true=False, made=("under a relation",))
