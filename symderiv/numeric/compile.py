"""From SymPy expressions to the source of a NumPy function, and to the function."""

from __future__ import annotations

import ast
import contextlib
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sympy import Basic

from symderiv.indexform.conditions import OutOfBudget, Unsupported
from symderiv.indexform.lower import name_of
from symderiv.indexform.terms import Linear, Term, walk
from symderiv.numeric.arguments import (
    Argument,
    read_arguments,
    sizes_of,
)
from symderiv.numeric.arrays import Arrays
from symderiv.numeric.checking import Contract, checked
from symderiv.numeric.names import identifier
from symderiv.numeric.outputs import Output, intervals, read_output
from symderiv.numeric.passes import statements
from symderiv.numeric.results import output
from symderiv.numeric.rows import NotBlocked, Rows, row_indices, row_spans
from symderiv.numeric.source import Names, Program
from symderiv.numeric.stabilise import stabilise
from symderiv.numeric.sums import Normal
from symderiv.verdict import ClaimError

__all__ = ["Compiler"]

_LONGEST_FORMULA = 600


class Compiler:
    """Reads outputs once and compiles them, alone or several together."""

    def __init__(
        self,
        outputs: Mapping[str, Any],
        arguments: Sequence[Any],
        where: Sequence[Basic],
        let: Mapping[Basic, Basic],
    ) -> None:
        expressions = [e for e in outputs.values() if isinstance(e, Basic)]
        spans, known = intervals(expressions, let)
        self.arguments = read_arguments(arguments, spans)
        fixed = {a.key for a in self.arguments}
        for a in self.arguments:
            for form in a.layout.sizes if a.layout else ():
                fixed |= form.names
        self.outputs: dict[str, Output] = {}
        for name, e in outputs.items():
            try:
                read = read_output(e, frozenset(fixed), where, let, known)
                self.outputs[name] = read if len(outputs) == 1 else replace(read, name=name)
            except (Unsupported, OutOfBudget) as missing:
                raise ClaimError(f"to_numpy cannot compile {name}: {missing}") from None
        self.definitions: list[tuple[str, Output]] = []
        for key, value in let.items():
            # a name is a courtesy: where a definition cannot be read alone, there is none
            with contextlib.suppress(ClaimError, Unsupported, OutOfBudget):
                label = name_of(getattr(key, "base", getattr(key, "parent", key)))
                o = read_output(value, frozenset(fixed), where, let, {})
                self.definitions.append((label, o))

    def function(
        self, proofs: Mapping[str, str], taken: Sequence[Any], *, named: bool
    ) -> Callable[..., Any]:
        """The function of the outputs that ``proofs`` names, each with its derivation."""
        arguments = [a for a in self.arguments if a.symbol in taken]
        outputs = [self.outputs[n] for n in proofs]
        name = "_and_".join(proofs)
        try:
            checked_sizes = {s.name for s in sizes_of(arguments)}
            normals = [
                Normal(o.ranges.plus(*(f for f in o.needed if f.names <= checked_sizes)), o.spans)
                for o in outputs
            ]
            terms = [
                stabilise(normal, normal.run(o.term))
                for normal, o in zip(normals, outputs, strict=True)
            ]
            contract = _contract(name, arguments, outputs, terms)
            body, cut = _body(arguments, contract, outputs, normals, terms, self.definitions)
        except (Unsupported, OutOfBudget) as missing:
            raise ClaimError(f"to_numpy cannot compile {name}: {missing}") from None
        doc = _doc(proofs, outputs, contract, named=named)
        parameters = ", ".join(a.name for a in arguments)
        source = (
            f"import numpy as np\n\n\ndef {name}({parameters}):\n"
            + textwrap.indent(
                f'"""{_escaped(doc)}\n"""\n{body}', "    ", lambda line: bool(line.strip())
            )
            + "\n"
        )
        compute = _run(source, name, doc)
        function = checked(contract, compute, len(proofs) > 1, cut)
        function.source = source  # type: ignore[attr-defined]
        return function


def _contract(
    name: str, arguments: list[Argument], outputs: Sequence[Output], terms: Sequence[Term]
) -> Contract:
    sizes = sizes_of(arguments)
    least: dict[Linear, str] = {}
    for s in sizes:
        form = Linear.of(s.name)
        if all(o.ranges.nonnegative(form - 1) for o in outputs):
            least[form - 1] = f"{s.name} ≥ 1"
    known = {s.name for s in sizes}
    for o in outputs:
        for form in o.needed:
            if form.names <= known:
                least[form] = f"{form} ≥ 0"
    indexed = any(o.axes for o in outputs) or any(
        node.op == "sum" for t in terms for node in walk(t)
    )
    elementwise = not indexed and all(a.layout is None for a in arguments)
    return Contract(name, arguments, sizes, list(least.items()), elementwise)


def _body(
    arguments: list[Argument],
    contract: Contract,
    outputs: Sequence[Output],
    normals: Sequence[Normal],
    terms: Sequence[Term],
    definitions: Sequence[tuple[str, Output]],
) -> tuple[str, frozenset[str]]:
    """The statements of the function, and the arguments that it takes block by block."""
    for span in [*row_spans(arguments), None]:
        with contextlib.suppress(NotBlocked):
            rows = None if span is None else Rows(span)
            return _written(arguments, contract, outputs, normals, terms, definitions, rows)
    raise AssertionError("what is not taken in blocks is never refused")


def _written(
    arguments: list[Argument],
    contract: Contract,
    outputs: Sequence[Output],
    normals: Sequence[Normal],
    terms: Sequence[Term],
    definitions: Sequence[tuple[str, Output]],
    rows: Rows | None,
) -> tuple[str, frozenset[str]]:
    taken = {a.name for a in arguments} | {"np"}
    scalars = {a.key: a.name for a in arguments if a.layout is None}
    for s in contract.sizes:
        scalars[s.name] = identifier(s.name, taken)
        taken.add(scalars[s.name])
    layouts = {a.key: a.layout for a in arguments if a.layout is not None}
    program = Program()
    nodes, real_cases, wishes = list[int](), False, dict[int, str]()
    for o, normal, t in zip(outputs, normals, terms, strict=True):
        if rows is not None:
            rows.names = row_indices(normal, t, rows.span)
        arrays = Arrays(program, normal, layouts, scalars, rows)
        v = output(arrays, t, o.axes)
        node = v.node
        if o.row:
            node = program.node("{0}[None, :]", [node], [6], cheap=True)
        if not o.axes and not contract.elementwise:
            node = program.node("float({0})", [node])
        nodes.append(node)
        real_cases |= arrays.real_cases
    for name, o in definitions:
        with contextlib.suppress(ClaimError, Unsupported, OutOfBudget, NotBlocked):
            normal = Normal(o.ranges, o.spans)
            if rows is not None:
                rows.names = {a for a in o.axes if o.spans[a] == rows.span}
            v = Arrays(program, normal, layouts, scalars, rows).value(normal.run(o.term))
            wishes[v.node] = identifier(name, taken)
    count = width = ""
    if rows is not None:
        arrays = Arrays(program, normals[0], layouts, scalars)
        count = arrays.form(rows.count)
        cut = [a.layout for a in arguments if a.layout and a.name in rows.leaves]
        widths = sorted({arrays.form(s) for c in cut for s in c.sizes[1:]})
        width = widths[0] if len(widths) == 1 else f"max({', '.join(widths)})"
    for o, node in zip(outputs, nodes, strict=True):
        totals = [k for k in program.needed([node]) if program.nodes[k].zero]
        if len(totals) == 1 and o.name:
            wishes.setdefault(totals[0], identifier(o.name, taken))
    lines, results = statements(program, nodes, Names(taken), wishes, count, width)
    lines.append("return " + ", ".join(results))
    if real_cases:
        # both branches of a case are computed; the one that is not taken may overflow
        lines = ['with np.errstate(all="ignore"):', *("    " + line for line in lines)]
    blocked = frozenset(rows.leaves.keys() - rows.whole) if rows else frozenset[str]()
    return "\n".join([*_sizes(contract, scalars, "\n".join(lines)), *lines]), blocked


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


def _doc(
    proofs: Mapping[str, str], outputs: Sequence[Output], contract: Contract, *, named: bool
) -> str:
    parts = []
    for name, o in zip(proofs, outputs, strict=True):
        formula = " ".join(str(o.expression).split())
        if len(formula) > _LONGEST_FORMULA:
            formula = formula[:_LONGEST_FORMULA] + " ..."
        head = f"{name} = {formula}" if named else formula
        parts.append(textwrap.fill(head, 88, subsequent_indent="    ", break_long_words=False))
    results = [_shape(o, contract) for o in outputs]
    result = results[0] if len(results) == 1 else f"({', '.join(results)})"
    parts += ["", f"{contract.signature()} -> {result}"]
    if contract.elementwise and any(r == "like the arguments" for r in results):
        parts[-1] += ", elementwise"
    for name, proof in proofs.items():
        about = "" if len(proofs) == 1 else f"{name}: "
        parts.append(f'{about}proved by "{proof}".' if proof else f"{about}not proved.")
    return "\n".join(parts)


def _shape(o: Output, contract: Contract) -> str:
    if not o.axes:
        return "like the arguments" if contract.elementwise else "float"
    lengths = [o.spans[a][1] - o.spans[a][0] + 1 for a in o.axes]
    sizes = [repr(form) for form in lengths]
    if o.row:
        sizes = ["1", *sizes]
    return f"({sizes[0]},)" if len(sizes) == 1 else f"({', '.join(sizes)})"


def _escaped(text: str) -> str:
    """Text that can stand in a docstring and cannot end it."""
    out = "".join(c if c.isprintable() or c == "\n" else " " for c in text)
    return out.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')


def _run(source: str, name: str, doc: str) -> Callable[..., Any]:
    """The function that the generated source defines.

    The source is made of templates of this room: names are checked identifiers and numbers
    literals. The one text that comes from outside is the docstring, which is escaped; that
    the module is one import and one function with that very docstring is checked here.
    """
    tree = ast.parse(source)
    function = tree.body[1]
    if (
        len(tree.body) != 2
        or not isinstance(tree.body[0], ast.Import)
        or not isinstance(function, ast.FunctionDef)
        or " ".join((ast.get_docstring(function) or "").split())
        != " ".join("".join(c if c.isprintable() else " " for c in doc).split())
    ):
        raise ClaimError(f"the source of {name} is not what was generated")
    space: dict[str, Any] = {}
    # Safe: our own text, of checked identifiers and literals, and its structure was just checked.
    exec(compile(tree, f"<symderiv: {name}>", "exec"), space)  # noqa: S102
    made: Callable[..., Any] = space[name]
    made.__doc__ = doc
    return made
