"""From SymPy expressions to the source of a NumPy function, and to the function."""

from __future__ import annotations

import ast
import contextlib
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sympy import Basic, Function, Symbol
from sympy.printing.str import StrPrinter

from symderiv.indexform.conditions import OutOfBudget, Unsupported
from symderiv.indexform.scope import name_of
from symderiv.indexform.terms import Linear, Term, walk
from symderiv.numeric.arguments import Argument, Size, read_arguments, sizes_of
from symderiv.numeric.checking import Contract, checked
from symderiv.numeric.declared import Declared, declared, declared_labels
from symderiv.numeric.layout import Draft, statements
from symderiv.numeric.oneblock import Extent
from symderiv.numeric.outputs import Output, intervals, read_output
from symderiv.numeric.preparing import prepared_body
from symderiv.numeric.stabilise import stabilise
from symderiv.numeric.sums import Normal
from symderiv.verdict import ClaimError

__all__ = ["Compiler", "Making"]

_LONGEST_FORMULA = 600
_LINE = 88


@dataclass(frozen=True)
class Making:
    """The function that makes a prepared one, with its source and the contract of both."""

    contract: Contract
    make: Callable[..., Any]
    source: str
    doc: str
    blocked: frozenset[str]


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
        self.declared = declared(where, self.arguments)
        self.labels = declared_labels(self.declared)
        ones = {d.argument for d in self.declared if d.total and d.values == (1.0,)}
        self.shares = {
            a.key: a.layout.sizes[-1] for a in self.arguments if a.layout and a.name in ones
        }
        least = {d.argument: d.least for d in self.declared if not d.total and d.least is not None}
        least |= {d.argument: min(d.values) for d in self.declared if not d.total and d.values}
        self.nonnegative = frozenset(
            a.key
            for a in self.arguments
            if least.get(a.name, -1) >= 0 or getattr(a.symbol, "is_nonnegative", False)
        )
        self.positive = frozenset(
            a.key for a in self.arguments if getattr(a.symbol, "is_positive", False)
        )
        self.bounds = {
            a.key: {
                slot: (first, first + size - 1)
                for slot, first, size in zip(
                    a.layout.slots, a.layout.first, a.layout.sizes, strict=True
                )
            }
            for a in self.arguments
            if a.layout and a.layout.shaped
        }
        self.outputs: dict[str, Output] = {}
        self._drafts: dict[tuple[tuple[str, ...], tuple[str, ...], frozenset[str]], Draft] = {}
        self._terms: dict[tuple[str, frozenset[str], frozenset[str]], tuple[Normal, Term]] = {}
        self._docs: dict[tuple[str, ...], str] = {}
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
        draft = self.draft(proofs, taken, self.labels)
        name, contract = draft.name, draft.contract
        try:
            made = statements(draft)
        except (Unsupported, OutOfBudget) as missing:
            raise ClaimError(f"to_numpy cannot compile {name}: {missing}") from None
        doc = self._documentation(proofs, draft, named=named)
        source = written(name, [a.name for a in contract.arguments], doc, made.text())
        function = checked(contract, run(source, name, doc), len(proofs) > 1, made.blocked)
        function.source = source  # type: ignore[attr-defined]
        return function

    def prepared(
        self,
        proofs: Mapping[str, str],
        taken: Sequence[Any],
        fixed: Sequence[str],
        labels: frozenset[str],
        extent: Extent,
        *,
        named: bool,
    ) -> Making:
        """What makes the function of the outputs for fixed arguments; see ``preparing``.

        Raises
        ------
        NotLowered
            Where nothing is gained.
        """
        key = (tuple(proofs), tuple(fixed), labels)
        first = self._drafts.get(key)  # data of another size need other statements alone
        if first is None:
            first = self._drafts[key] = self.draft(proofs, taken, labels, fixed)
        draft = replace(first, normals=[normal.copy() for normal in first.normals])
        if extent.tall:
            data = frozenset(a.key for a in draft.arguments if a.name in fixed)
            draft = replace(draft, data=data)
        body, blocked = prepared_body(draft, fixed, extent, labels)
        doc = self._documentation(proofs, draft, named=named)
        if labels:
            doc += f"\nFor {' and '.join(sorted(labels))} of 0 and 1."
        given = [a.name for a in draft.arguments if a.name in fixed]
        name = f"prepare_{draft.name}"
        source = written(name, given, doc, "\n".join(body))
        return Making(draft.contract, run(source, name, doc), source, doc, blocked)

    def _documentation(self, proofs: Mapping[str, str], draft: Draft, *, named: bool) -> str:
        names = tuple(proofs)
        if names not in self._docs:
            self._docs[names] = documentation(proofs, draft, named=named)
        return self._docs[names]

    def draft(
        self,
        names: Iterable[str],
        taken: Sequence[Any],
        labels: frozenset[str] = frozenset(),
        fixed: Sequence[str] = (),
    ) -> Draft:
        """The outputs of these names as stable terms.

        The arguments in ``labels`` hold 0 and 1; sizes are read off what is ``fixed`` if they can.
        """
        arguments = [a for a in self.arguments if a.symbol in taken]
        outputs = [self.outputs[n] for n in names]
        name = "_and_".join(names)
        try:
            sizes = sizes_of(arguments, fixed)
            known = frozenset(s.name for s in sizes)
            keys = frozenset(a.key for a in arguments if a.name in labels)
            normals, terms = list[Normal](), list[Term]()
            for o in outputs:
                normal, t = self._stable(o, known, keys)
                normals.append(normal.copy())
                terms.append(t)
        except (Unsupported, OutOfBudget) as missing:
            raise ClaimError(f"to_numpy cannot compile {name}: {missing}") from None
        mine = [d for d in self.declared if any(d.argument == a.name for a in arguments)]
        contract = _contract(name, arguments, outputs, terms, sizes, mine)
        return Draft(name, contract, outputs, normals, terms, self.definitions)

    def _stable(
        self, o: Output, known: frozenset[str], keys: frozenset[str]
    ) -> tuple[Normal, Term]:
        """An output as a stable term, which is the same alone, jointly and for data that stay."""
        found = self._terms.get((o.name, known, keys))
        if found is None:
            facts = (f for f in o.needed if f.names <= known)
            signs = self.nonnegative, self.positive
            normal = Normal(o.ranges.plus(*facts), o.spans, self.bounds, *signs)
            found = normal, stabilise(normal, normal.run(o.term), keys, self.shares)
            self._terms[o.name, known, keys] = found
        return found


def _contract(
    name: str,
    arguments: list[Argument],
    outputs: Sequence[Output],
    terms: Sequence[Term],
    sizes: list[Size],
    facts: Sequence[Declared],
) -> Contract:
    least: dict[Linear, str] = {}
    for s in sizes:
        form = Linear.of(s.name)
        if all(o.sizes.nonnegative(form - 1) for o in outputs):
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
    return Contract(name, arguments, sizes, list(least.items()), elementwise, facts)


def documentation(proofs: Mapping[str, str], draft: Draft, *, named: bool) -> str:
    """The docstring: formulas, shapes and proofs."""
    parts, contract = list[str](), draft.contract
    for name, o in zip(proofs, draft.outputs, strict=True):
        formula = " ".join(_Formula().doprint(o.expression).split())
        if len(formula) > _LONGEST_FORMULA:
            formula = formula[:_LONGEST_FORMULA] + " ..."
        head = f"{name} = {formula}" if named else formula
        parts.append(_in_lines(head))
    results = [_shape(o, contract) for o in draft.outputs]
    result = results[0] if len(results) == 1 else f"({', '.join(results)})"
    parts += ["", f"{contract.signature()} -> {result}"]
    if contract.elementwise and any(r == "like the arguments" for r in results):
        parts[-1] += ", elementwise"
    for name, proof in proofs.items():
        about = "" if len(proofs) == 1 else f"{name}: "
        parts.append(f'{about}proved by "{proof}".' if proof else f"{about}not proved.")
    return "\n".join(parts)


def _in_lines(formula: str) -> str:
    """A formula in lines that end before an operator or after a comma, outside of parentheses."""
    lines, indent = list[str](), ""
    while len(indent) + len(formula) > _LINE:
        places, depth = list[tuple[int, int]](), 0
        for k, c in enumerate(formula[: _LINE - len(indent) + 1]):
            depth += (c in "([") - (c in ")]")
            if c == " " and (formula[k + 1] in "+-=" or formula[k - 1] == ","):
                places.append((depth, -k))
        far = [place for place in places if -place[1] > _LINE // 3] or places
        if not far:  # no operator: what there is
            lines += textwrap.wrap(
                formula, _LINE, initial_indent=indent, subsequent_indent="    ",
                break_long_words=False,
            )  # fmt: skip
            return "\n".join(lines)
        cut = -min(far)[1]
        lines.append(indent + formula[:cut])
        formula, indent = formula[cut + 1 :], "    "
    return "\n".join([*lines, indent + formula])


class _Formula(StrPrinter):
    """A formula in one line, with f(X*theta) for a function of every entry."""

    def _print_ElementwiseApplyFunction(self, expr: Any) -> str:
        (x,) = expr.function.variables
        text: str = self._print(expr.function.expr.xreplace({x: Symbol(self._print(expr.expr))}))
        return text if isinstance(expr.function.expr, Function) else f"({text})"


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


def written(name: str, parameters: Sequence[str], doc: str, body: str) -> str:
    """The source of a module with one function."""
    text = f'"""{_escaped(doc)}\n"""\n{body}'
    text = textwrap.indent(text, "    ", lambda line: bool(line.strip()))
    return f"import numpy as np\n\n\ndef {name}({', '.join(parameters)}):\n{text}\n"


def run(source: str, name: str, doc: str) -> Callable[..., Any]:
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
