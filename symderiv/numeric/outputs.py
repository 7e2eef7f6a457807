"""Outputs as terms: which axes a result has, and over which ranges its indices run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sympy
from sympy import Basic, Dummy, Indexed, MatrixSymbol, Symbol
from sympy.matrices.expressions.matexpr import MatrixElement

from symderiv.functions import gradient
from symderiv.indexform.ranges import Ranges
from symderiv.indexform.reading import read
from symderiv.indexform.scope import name_of
from symderiv.indexform.terms import Linear, Term, walk
from symderiv.numeric.arguments import linear
from symderiv.numeric.kinks import with_means
from symderiv.numeric.sums import Span
from symderiv.verdict import ClaimError
from symderiv.written import refuse_captured

__all__ = ["NOT_A_NUMBER", "Output", "intervals", "read_output"]


@dataclass(frozen=True)
class Output:
    """One output as a term over free indices.

    Attributes
    ----------
    axes
        The free indices in the order of the result's axes.
    row
        Whether the result is a row (1, n), which keeps its two axes.
    needed
        Forms in sizes that must be ≥ 0 for the formula to mean anything.
    sizes
        What is known of sizes also where an axis is empty.
    name
        What the writer calls it, where several are compiled.
    """

    expression: Basic
    term: Term
    axes: tuple[str, ...]
    spans: Mapping[str, Span]
    ranges: Ranges
    row: bool
    needed: tuple[Linear, ...]
    sizes: Ranges
    name: str = ""


def read_output(
    expression: Any,
    sizes: frozenset[str],
    where: Sequence[Basic],
    let: Mapping[Basic, Basic],
    known: Mapping[str, Span],
) -> Output:
    """Read one output.

    A matrix expression has its two axes, less those of size 1; a scalar has one for each
    free index, in alphabetical order (as ``np.einsum`` without an arrow).

    Parameters
    ----------
    expression
        A SymPy expression, scalar or matrix.
    sizes
        Names that are sizes or arguments, and so no free indices.
    known
        The ranges of free indices that an IndexedBase without a shape gives; see ``intervals``.
    """
    try:
        expr = sympy.sympify(expression, strict=True)
    except sympy.SympifyError:
        raise ClaimError(
            f"{expression!r} is a {type(expression).__name__}, not a SymPy expression"
        ) from None
    if isinstance(expr, sympy.Derivative) and isinstance(expr.variables[0], MatrixSymbol):
        if len(expr.variables) > 1:
            raise ClaimError(f"{expr}: a repeated derivative by a matrix; use hessian")
        expr = gradient(expr.expr, expr.variables[0])
    expr = expr.as_immutable() if hasattr(expr, "as_immutable") else expr
    spans: dict[str, Span] = {}
    axes: list[str] = []
    line, row = expr, False
    if getattr(expr, "is_Matrix", False):
        row = expr.shape[0] == 1 and expr.shape[1] != 1
        slots: list[Basic] = []
        for stem, size in zip(("row", "column"), expr.shape, strict=True):
            if size == 1:
                slots.append(sympy.Integer(0))
                continue
            slot = Dummy(stem, integer=True, nonnegative=True)
            slots.append(slot)
            axes.append(name_of(slot))
            spans[name_of(slot)] = (Linear(), linear(sympy.sympify(size, strict=True)) - 1)
        line = MatrixElement(expr, *slots)
    for part in (line, *let.values()):
        refuse_captured(part, "to_numpy")
    reading = read([_total(line)], where, [], {k: _total(v) for k, v in let.items()})
    read_line = reading.lines[0]
    if read_line.term is None:
        raise ClaimError(f"to_numpy cannot compile {expression}: {read_line.reason}")
    term = with_means(read_line.term, read_line.conditions, line)
    ranges = reading.ranges[0]
    for lower, upper in spans.values():
        ranges = ranges.plus(upper - lower)
    binders = {name: (lower, upper) for name, (lower, upper, _) in read_line.binders.items()}
    named = {name_of(s): s for s in _indices(line)}
    declared = {name_of(s) for w in where for s in w.free_symbols}
    for name in sorted(named.keys() - sizes - spans.keys(), key=lambda name: str(named[name])):
        symbol = named[name]
        own = known.get(name)
        span = _span(name, ranges, term, binders, name in declared, own)
        if (
            own is not None
            and _is_length(own[1] + 1)
            and (any(node.op == "int" and name in node.names for node in walk(term)))
        ):
            raise ClaimError(f"{symbol} counts from an unknown first index; {_ADVICE}")
        if span is None:
            raise ClaimError(f"the range of the free index {symbol} is not known; {_ADVICE}")
        spans[name] = span
        axes.append(name)
    needed = _needed(read_line.conditions, ranges, {**binders, **spans})
    # an entry says that its index is in range, and so that the range is not empty
    alone = [f for f in reading.ranges[0].facts if not f.names & spans.keys()]
    return Output(expr, term, tuple(axes), spans, ranges, row, needed, Ranges(alone))


def _total(expr: Basic) -> Basic:
    """The expression with NaN, as SymPy has it, where no case of a Piecewise applies."""
    partial = {
        p: sympy.Piecewise(*p.args, (_NAN, True), evaluate=False)
        for p in expr.atoms(sympy.Piecewise)
        if p.args[-1].args[1] is not sympy.true
    }
    return expr.xreplace(partial) if partial else expr


_NAN = Dummy("nan", real=True)  # no symbol of a writer can be this one
NOT_A_NUMBER = name_of(_NAN)
_ADVICE = "give the IndexedBase a shape, or say the range in where: i >= 1, i <= n"


def _indices(expr: Basic) -> set[Symbol]:
    """The free symbols that stand in an index."""
    found: set[Symbol] = set()

    def visit(node: Basic, bound: frozenset[Basic]) -> None:
        slots: tuple[Basic, ...] = ()
        if isinstance(node, sympy.Sum):
            bound = bound | {limit[0] for limit in node.limits}
        elif isinstance(node, (Indexed, MatrixElement)):
            slots = _slots(node)
        elif isinstance(node, sympy.KroneckerDelta):
            slots = node.args[:2]
        for slot in slots:
            found.update(s for s in slot.free_symbols - bound if isinstance(s, Symbol))
        for a in node.args:
            visit(a, bound)

    visit(expr, frozenset())
    return found


def _span(
    name: str,
    ranges: Ranges,
    term: Term,
    binders: Mapping[str, Span],
    declared: bool,
    own: Span | None,
) -> Span | None:
    """The range of a free index: that of the arrays that it indexes, as far as they say."""
    below: list[Linear] = [own[0]] if own else []
    above: list[Linear] = [own[1]] if own else []
    # that a symbol is declared positive says nothing about an array
    assumed = [] if declared else [Linear.of(name), Linear({name: 1}, -1)]
    for fact in ranges.facts:
        c = fact.coefficient(name)
        if abs(c) == 1 and fact not in assumed:
            (below if c > 0 else above).append(Linear.of(name) - fact * c)
    if not above:  # an entry may be gone by now and have left [i = j] with an index of a sum
        for node in walk(term):
            if node.op == "sign" and node.args[0].op == "int":
                form: Linear = node.args[0].data
                for other in form.names & binders.keys():
                    if form - Linear.of(other) * form.coefficient(other) == Linear(
                        {name: -form.coefficient(other)}
                    ):
                        # Σ over i = p … m says nothing of where p begins
                        ends = zip((below, above), binders[other], strict=True)
                        for found, end in (e for e in ends if name not in e[1].names):
                            found.append(end)
    if not below and Linear.of(name) in ranges.facts:
        below.append(Linear())
    lower, upper = _strictest(below, ranges, True), _strictest(above, ranges, False)
    return None if lower is None or upper is None else (lower, upper)


_LENGTH = "len("


def _is_length(form: Linear) -> bool:
    return any(name.startswith(_LENGTH) for name in form.names)


def _strictest(forms: list[Linear], ranges: Ranges, greatest: bool) -> Linear | None:
    for f in forms:
        if all(ranges.nonnegative((f - g) * (1 if greatest else -1)) for g in forms):
            return f
    return None


def _needed(conditions: Any, ranges: Ranges, spans: Mapping[str, Span]) -> tuple[Linear, ...]:
    """What unguarded conditions on integers ask of the sizes."""
    from symderiv.numeric.sums import Normal

    normal, out = Normal(ranges, spans), list[Linear]()
    for c in conditions:
        if c.term.op == "int" and c.signs == frozenset("+0") and not c.guards:
            form = normal.extreme(c.term.data, False)
            if not ranges.nonnegative(form):
                out.append(form)
    return tuple(dict.fromkeys(out))


def intervals(
    expressions: Sequence[Basic], let: Mapping[Basic, Basic]
) -> tuple[dict[str, list[Span]], dict[str, Span]]:
    """The first and last index of each axis of an IndexedBase without a shape.

    They are read off the sums in which it stands. Where only a free index stands in an axis,
    the index runs over the whole axis, from 0 to a length of its own. The second result has
    the ranges of the free indices that stand alone in an axis.

    Raises
    ------
    ClaimError
        Where two ranges cannot be compared.
    """
    found: dict[str, list[list[Span]]] = {}
    alone: dict[tuple[str, int], set[str]] = {}
    definitions = {name_of(_base(key)): (key, value) for key, value in let.items()}

    def visit(node: Basic, limits: Mapping[Basic, tuple[Basic, Basic]], depth: int) -> None:
        if isinstance(node, sympy.Sum):
            inner = dict(limits)
            for limit in reversed(node.limits):
                if len(limit) == 3:
                    inner[limit[0]] = (limit[1], limit[2])
            visit(node.args[0], inner, depth)
            return
        if isinstance(node, (Indexed, Symbol, MatrixElement)):
            key, value = definitions.get(name_of(_base(node)), (None, None))
            if key is not None and depth < 20:
                renaming = dict(zip(_slots(key), _slots(node), strict=False))
                visit(value.xreplace(renaming), limits, depth + 1)
                return
        if isinstance(node, Indexed) and node.base.shape is None:
            axes = found.setdefault(name_of(node.base), [[] for _ in node.indices])
            if len(axes) != len(node.indices):
                raise ClaimError(
                    f"{node.base} is written with {len(axes)} and with {len(node.indices)} indices"
                )
            for position, index in enumerate(node.indices):
                ends = _ends(index, limits)
                if ends is not None:
                    axes[position].append(ends)
                elif isinstance(index, Symbol):
                    alone.setdefault((name_of(node.base), position), set()).add(name_of(index))
        for a in node.args:
            visit(a, limits, depth)

    for e in expressions:
        visit(e, {}, 0)
    out: dict[str, list[Span]] = {}
    free: dict[str, Span] = {}
    for whole in (False, True):  # axes without a sum take their length from the others
        for name, axes in found.items():
            places = out.setdefault(name, [(Linear(), Linear())] * len(axes))
            for position, spans in enumerate(axes):
                if bool(spans) is whole:
                    continue
                indices = sorted(alone.get((name, position), ()))
                if spans:
                    span = _hull(name, spans)
                elif indices:
                    length = Linear.of(f"{_LENGTH}{indices[0]})")
                    span = next((free[i] for i in indices if i in free), (Linear(), length - 1))
                else:
                    raise ClaimError(f"the range of an index of {name} is not known; {_ADVICE}")
                places[position] = span
                for i in indices:
                    free.setdefault(i, span)
    return out, free


def _ends(index: Basic, limits: Mapping[Basic, tuple[Basic, Basic]]) -> Span | None:
    """The range of an index expression; None where a free index stands in it."""
    ends = []
    for greatest in (False, True):
        form = linear(index)
        names = {name_of(s): pair for s, pair in limits.items()}
        if not form.names & names.keys() and form.names:
            return None
        for _ in range(len(names) + 1):
            for name in form.names & names.keys():
                up = (form.coefficient(name) > 0) == greatest
                form = form.substitute({name: linear(names[name][up])})
        ends.append(form)
    return ends[0], ends[1]


def _hull(name: str, spans: list[Span]) -> Span:
    # every size is at least 1
    names = {n for span in spans for end in span for n in end.names}
    ranges = Ranges([Linear({n: 1}, -1) for n in names])
    lower = _strictest([a for a, _ in spans], ranges, False)
    upper = _strictest([b for _, b in spans], ranges, True)
    if lower is None or upper is None:
        raise ClaimError(
            f"the indices of {name} run over ranges that cannot be compared; "
            f"give it a shape: IndexedBase({name!r}, shape=(n,))"
        )
    return lower, upper


def _base(expr: Basic) -> Basic:
    if isinstance(expr, Indexed):
        return expr.base
    return expr.parent if isinstance(expr, MatrixElement) else expr


def _slots(expr: Basic) -> tuple[Basic, ...]:
    if isinstance(expr, Indexed):
        return tuple(expr.indices)
    return (expr.i, expr.j) if isinstance(expr, MatrixElement) else ()
