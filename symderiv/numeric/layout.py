"""From terms to the statements of a function: its sizes, its loops and what it returns."""

from __future__ import annotations

import ast
import contextlib
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from symderiv.indexform.conditions import OutOfBudget, Unsupported
from symderiv.indexform.terms import Linear, Term, walk
from symderiv.numeric.arguments import Argument
from symderiv.numeric.arrays import Arrays
from symderiv.numeric.checking import Contract
from symderiv.numeric.names import identifier
from symderiv.numeric.outputs import Output
from symderiv.numeric.passes import Plan, plan
from symderiv.numeric.results import output
from symderiv.numeric.rows import NotBlocked, Rows, pairs_of_rows, row_indices, row_spans
from symderiv.numeric.source import Names, Program
from symderiv.numeric.sums import Normal, Span
from symderiv.verdict import ClaimError

__all__ = ["Draft", "Statements", "statements"]


@dataclass(frozen=True)
class Draft:
    """What is compiled: outputs as normal terms, and what they take."""

    name: str
    contract: Contract
    outputs: Sequence[Output]
    normals: Sequence[Normal]
    terms: Sequence[Term]
    definitions: Sequence[tuple[str, Output]]
    data: frozenset[str] = frozenset()  # names in terms of what is summed over the rows first

    @property
    def arguments(self) -> Sequence[Argument]:
        """In call order."""
        return self.contract.arguments


@dataclass(frozen=True)
class Statements:
    """The statements of a function.

    Attributes
    ----------
    plan
        Loops and results.
    sizes
        The names of the sizes in the source.
    blocked
        The arguments that are taken block by block.
    real_cases
        Whether both branches of a case are computed; the one that is not taken may overflow.
    """

    contract: Contract
    plan: Plan
    sizes: Mapping[str, str]
    blocked: frozenset[str]
    real_cases: bool

    def text(self) -> str:
        """The body of the function."""
        lines = [*self.plan.lines(), "return " + ", ".join(self.plan.results)]
        if self.real_cases:
            lines = ['with np.errstate(all="ignore"):', *("    " + line for line in lines)]
        return "\n".join([*self.read_sizes("\n".join(lines)), *lines])

    def read_sizes(self, text: str) -> list[str]:
        """Statements that read off the sizes which a text needs."""
        return _sizes(self.contract, self.sizes, text)


def statements(draft: Draft, *, one_sided: bool = False, squares: bool | None = None) -> Statements:
    """The statements of a draft, in blocks of rows where that can be.

    ``one_sided`` writes e^u for arguments that are checked not to be large, and ``squares``
    Xᵀ·diag(w)·X as AᵀA, of which a BLAS computes one half; by default what is faster is chosen
    in the source, by the number of columns.
    """
    for span in [*row_spans(draft.arguments), None]:
        if span is not None and _pairs_are_shared(draft, span):
            continue
        with contextlib.suppress(NotBlocked):
            return _statements(draft, None if span is None else Rows(span), one_sided, squares)
    raise AssertionError("what is not taken in blocks is never refused")


def _pairs_are_shared(draft: Draft, span: Span) -> bool:
    """Whether an output for each row needs what all pairs of rows have, as another one does."""
    every = list(zip(draft.outputs, draft.normals, draft.terms, strict=True))
    several = [o for o, normal, t in every if pairs_of_rows(normal, t, span)]
    return len(several) > 1 and any(o.spans[a] == span for o in several for a in o.axes)


def _statements(
    draft: Draft, rows: Rows | None, one_sided: bool, squares: bool | None
) -> Statements:
    contract, arguments = draft.contract, draft.arguments
    taken = {a.name for a in arguments} | {"np"}
    scalars = {a.key: a.name for a in arguments if a.layout is None}
    for s in contract.sizes:
        scalars[s.name] = identifier(s.name, taken)
        taken.add(scalars[s.name])
    layouts = {a.key: a.layout for a in arguments if a.layout is not None}
    program = Program()
    nodes, real_cases, wishes = list[int](), False, dict[int, str]()
    for o, normal, t in zip(draft.outputs, draft.normals, draft.terms, strict=True):
        if rows is not None:
            rows.names = row_indices(normal, t, rows.span)
        arrays = Arrays(program, normal, layouts, scalars, rows)
        arrays.one_sided, arrays.squares, arrays.data = one_sided, squares, draft.data
        arrays.sizes = o.sizes
        v = output(arrays, t, o.axes)
        node = v.node
        if o.row:
            node = program.node("{0}[None, :]", [node], [6], cheap=True)
        if not o.axes and not contract.elementwise:
            node = program.node("float({0})", [node])
        elif node in nodes and (o.axes or _leaves(t)):  # two outputs are two arrays
            node = program.node("{0}.copy()", [node], [6])
        nodes.append(node)
        real_cases |= arrays.real_cases
    for name, o in draft.definitions:
        with contextlib.suppress(ClaimError, Unsupported, OutOfBudget, NotBlocked):
            normal = Normal(o.ranges, o.spans)
            if rows is not None:
                rows.names = {a for a in o.axes if o.spans[a] == rows.span}
            v = Arrays(program, normal, layouts, scalars, rows).value(normal.run(o.term))
            wishes[v.node] = identifier(name, taken)
    count = width = ""
    if rows is not None:
        arrays = Arrays(program, draft.normals[0], layouts, scalars)
        count = arrays.form(rows.count)
        cut = [a.layout for a in arguments if a.layout and a.name in rows.leaves]
        widths = rows.widths | {c.sizes[1:] for c in cut}
        width = _width({tuple(arrays.form(s) for s in w) for w in widths})
        known = [o.sizes for o in draft.outputs]
        if not all(r.nonnegative(s - 1) for r in known for w in widths for s in w):
            width = f"max(1, {width})"  # there may be no columns, or no classes
    for o, node in zip(draft.outputs, nodes, strict=True):
        totals = [k for k in program.needed([node]) if program.nodes[k].zero]
        if len(totals) == 1 and o.name:
            wishes.setdefault(totals[0], identifier(o.name, taken))
    made = plan(program, nodes, Names(taken), wishes, count, width)
    blocked = frozenset(rows.leaves.keys() - rows.whole) if rows else frozenset[str]()
    return Statements(contract, made, scalars, blocked, real_cases)


def _leaves(t: Term) -> bool:
    """Whether a term has arguments, and is no number."""
    return any(u.op in ("var", "entry", "int") for u in walk(t))


def _width(widths: set[tuple[str, ...]]) -> str:
    """How many numbers the longest row has; a product is not shorter than its factors."""
    longest = [w for w in widths if not any(set(w) < set(other) for other in widths)]
    texts = sorted(" * ".join(f"({s})" if " " in s else s for s in w) for w in longest if w)
    if not texts:
        return "1"
    return texts[0] if len(texts) == 1 else f"max({', '.join(texts)})"


def _sizes(contract: Contract, names: Mapping[str, str], text: str) -> list[str]:
    """Statements that read off the sizes which the text needs."""
    used = {
        n.id
        for n in ast.walk(ast.parse(f"def f():\n{textwrap.indent(text, ' ')}"))
        if isinstance(n, ast.Name)
    }
    wanted: set[str] = set()
    for s in reversed(contract.sizes):
        if names[s.name] in used or s.name in wanted:
            wanted |= {s.name, *s.offset.names}
    lines, done = [], set[str]()
    chosen = [s for s in contract.sizes if s.name in wanted]
    for s in chosen:
        if s.name in done:
            continue
        pair = [
            t for t in chosen if t.argument == s.argument and t.scale == 1 and t.offset == Linear()
        ]
        if s in pair and [t.axis for t in pair] == [0, 1]:
            lines.append(f"{', '.join(names[t.name] for t in pair)} = {s.argument}.shape")
            done |= {t.name for t in pair}
            continue
        text = f"{s.argument}.shape[{s.axis}]"
        for other, c in s.offset.coefficients:
            text += f" {'-' if c > 0 else '+'} {abs(c)} * {names[other]}"
        if s.offset.constant:
            text += f" {'-' if s.offset.constant > 0 else '+'} {abs(s.offset.constant)}"
        if s.scale != 1:
            text = f"({text}) // {s.scale}"
        lines.append(f"{names[s.name]} = {text}")
        done.add(s.name)
    return lines
