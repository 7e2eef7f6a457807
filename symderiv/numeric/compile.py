"""NumPy functions from SymPy expressions: ``to_numpy``."""

from __future__ import annotations

import ast
import contextlib
import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sympy import Basic

from symderiv.indexform.conditions import OutOfBudget, Unsupported
from symderiv.indexform.lower import name_of
from symderiv.indexform.terms import Linear, Term, walk
from symderiv.numeric.arguments import (
    Argument,
    checked_identifier,
    identifier,
    read_arguments,
    sizes_of,
)
from symderiv.numeric.arrays import Arrays
from symderiv.numeric.checking import Contract, checked
from symderiv.numeric.outputs import Output, intervals, read_output
from symderiv.numeric.results import output
from symderiv.numeric.source import Program
from symderiv.numeric.sums import Normal
from symderiv.verdict import ClaimError

__all__ = ["Functions", "to_numpy"]

_LONGEST_FORMULA = 600


def to_numpy(
    outputs: Any,
    arguments: Sequence[Any],
    *,
    where: Sequence[Basic] = (),
    let: Mapping[Basic, Basic] | None = None,
    proof: str | Mapping[str, str] = "",
) -> Any:
    """NumPy functions that compute expressions as they are written, without Python loops.

    Column symbols (n, 1) are passed and returned as flat arrays (n,), matrices with two axes;
    a (1, 1) result is a float. A scalar with free indices gives an array with one axis for
    each, in alphabetical order. Where all arguments are scalar symbols they may be arrays,
    which broadcast. Sizes are read off the shapes. An IndexedBase without a shape is an array
    of exactly the entries over which the sums run, so ``Sum(t[k], (k, 1, n))`` takes
    ``t`` of shape (n,).

    Parameters
    ----------
    outputs
        An expression, which gives a function, or ``{name: expression}``, which gives an
        object with a method for each name. Derivatives, ``gradient`` and ``hessian`` in them
        are taken through the index form.
    arguments
        Symbols, MatrixSymbols and IndexedBases in call order.
    where
        What may be assumed, as in ``prove_equal``; it says ranges of indices.
    let
        The writer's definitions, which are unfolded.
    proof
        The name of the derivation that proves the expression, for one output or by name;
        without one the source says "not proved".

    Returns
    -------
    callable or Functions
        With ``.source``, the NumPy text, and a docstring with formula and shapes.

    Raises
    ------
    ClaimError
        Where an expression cannot be compiled or an argument is missing.

    Examples
    --------
    >>> from sympy import MatrixSymbol, symbols
    >>> m, n = symbols("m n", integer=True, positive=True)
    >>> X, w = MatrixSymbol("X", m, n), MatrixSymbol("w", n, 1)
    >>> predict = to_numpy(X*w, (w, X))
    >>> predict([1.0, 2.0], [[1, 0], [0, 1], [1, 1]])
    array([1., 2., 3.])
    """
    functions = Functions(outputs, arguments, where, let or {}, proof)
    return functions if isinstance(outputs, Mapping) else functions.only()


class Functions:
    """Compiled outputs, each a method; made by ``to_numpy``, compiled when first used.

    ``functions.jointly("cost", "gradient")`` gives a function that returns both as a tuple
    and computes what they share once; ``functions.cost_and_gradient`` is the same.

    Examples
    --------
    >>> from sympy import exp, symbols
    >>> z = symbols("z", real=True)
    >>> f = to_numpy({"half": exp(z)/2, "double": 2*exp(z)}, (z,))
    >>> f.half(0), f.half_and_double(0)
    (0.5, (0.5, 2.0))
    """

    def __init__(
        self,
        outputs: Any,
        arguments: Sequence[Any],
        where: Sequence[Basic],
        let: Mapping[Basic, Basic],
        proof: str | Mapping[str, str],
    ) -> None:
        self._single = not isinstance(outputs, Mapping)
        self._outputs: dict[str, Any] = {"compute": outputs} if self._single else dict(outputs)
        if not self._outputs:
            raise ClaimError("to_numpy: no outputs")
        for name in self._outputs:
            checked_identifier(name)
            if name in ("jointly", "only", "source"):
                raise ClaimError(
                    f"an output cannot be called {name!r}: every compiled object has it"
                )
        if isinstance(arguments, Basic):
            arguments = (arguments,)
        self._given, self._where, self._let = tuple(arguments), tuple(where), dict(let)
        proofs = dict.fromkeys(self._outputs, proof) if isinstance(proof, str) else dict(proof)
        for name in proofs:
            if name not in self._outputs:
                raise ClaimError(f"proof names {name!r}, which is no output")
        self._proofs = proofs
        self._compiled: dict[tuple[str, ...], Callable[..., Any]] = {}
        self._named: list[tuple[str, Output]] | None = None
        self._read: tuple[list[Argument], dict[str, Output]] | None = None

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._outputs]

    def __repr__(self) -> str:
        return f"<compiled functions: {', '.join(self._outputs)}>"

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if not name.startswith("_"):
            if name in self._outputs:
                return self._function((name,))
            for first in self._outputs:
                if name.startswith(f"{first}_and_"):
                    second = name.removeprefix(f"{first}_and_")
                    if second in self._outputs:
                        return self.jointly(first, second)
        known = ", ".join(self.__dict__.get("_outputs", ()))
        raise AttributeError(f"no compiled output is called {name!r}; there are: {known}")

    def only(self) -> Callable[..., Any]:
        """The function of a single output."""
        (name,) = self._outputs
        return self._function((name,))

    def jointly(self, *names: str) -> Callable[..., Any]:
        """One function that returns several outputs as a tuple."""
        for name in names:
            if name not in self._outputs:
                raise ClaimError(
                    f"no output is called {name!r}; there are: {', '.join(self._outputs)}"
                )
        return self._function(names)

    @property
    def source(self) -> str:
        """The NumPy text of all outputs."""
        texts = [self._function((name,)).source for name in self._outputs]  # type: ignore[attr-defined]
        head = "import numpy as np\n"
        return head + "".join(text.removeprefix(head) for text in texts)

    # -- compilation --------------------------------------------------------------------

    def _outputs_read(self) -> tuple[list[Argument], dict[str, Output]]:
        if self._read is None:
            expressions = [e for e in self._outputs.values() if isinstance(e, Basic)]
            spans, known = intervals(expressions, self._let)
            arguments = read_arguments(self._given, spans)
            fixed = {a.key for a in arguments}
            for a in arguments:
                for form in a.layout.sizes if a.layout else ():
                    fixed |= form.names
            read = {}
            for name, e in self._outputs.items():
                try:
                    read[name] = read_output(e, frozenset(fixed), self._where, self._let, known)
                except (Unsupported, OutOfBudget) as missing:
                    raise ClaimError(f"to_numpy cannot compile {name}: {missing}") from None
            self._read = arguments, read
        return self._read

    def _definitions(self) -> list[tuple[str, Output]]:
        """The definitions of let, whose names intermediates may carry."""
        if self._named is None:
            arguments, _ = self._outputs_read()
            fixed = {a.key for a in arguments}
            for a in arguments:
                for form in a.layout.sizes if a.layout else ():
                    fixed |= form.names
            self._named = []
            for key, value in self._let.items():
                # a name is a courtesy: where a definition cannot be read alone, there is none
                with contextlib.suppress(ClaimError, Unsupported, OutOfBudget):
                    name = name_of(getattr(key, "base", getattr(key, "parent", key)))
                    o = read_output(value, frozenset(fixed), self._where, self._let, {})
                    self._named.append((name, o))
        return self._named

    def _function(self, names: tuple[str, ...]) -> Callable[..., Any]:
        found = self._compiled.get(names)
        if found is None:
            found = self._compiled[names] = self._compile(names)
        return found

    def _compile(self, names: tuple[str, ...]) -> Callable[..., Any]:
        arguments, read = self._outputs_read()
        outputs = [read[name] for name in names]
        name = "_and_".join(names)
        try:
            checked_sizes = {s.name for s in sizes_of(arguments)}
            normals = [
                Normal(o.ranges.plus(*(f for f in o.needed if f.names <= checked_sizes)), o.spans)
                for o in outputs
            ]
            terms = [normal.run(o.term) for normal, o in zip(normals, outputs, strict=True)]
            contract = _contract(name, arguments, outputs, terms)
            body = _body(arguments, contract, outputs, normals, terms, self._definitions())
        except (Unsupported, OutOfBudget) as missing:
            raise ClaimError(f"to_numpy cannot compile {name}: {missing}") from None
        proofs = [(n, self._proofs.get(n, "")) for n in names]
        doc = _doc(names, outputs, contract, proofs, self._single)
        parameters = ", ".join(a.name for a in arguments)
        source = (
            f"import numpy as np\n\n\ndef {name}({parameters}):\n"
            + textwrap.indent(
                f'"""{_escaped(doc)}\n"""\n{body}', "    ", lambda line: bool(line.strip())
            )
            + "\n"
        )
        compute = _run(source, name, doc)
        function = checked(contract, compute, len(names) > 1)
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
) -> str:
    """The statements of the function."""
    taken = {a.name for a in arguments} | {"np"}
    scalars = {a.key: a.name for a in arguments if a.layout is None}
    for s in contract.sizes:
        scalars[s.name] = identifier(s.name, taken)
        taken.add(scalars[s.name])
    layouts = {a.key: a.layout for a in arguments if a.layout is not None}
    program = Program()
    nodes, real_cases = [], False
    for o, normal, t in zip(outputs, normals, terms, strict=True):
        arrays = Arrays(program, normal, layouts, scalars)
        v = output(arrays, t, o.axes)
        node = v.node
        if o.row:
            node = program.node("{0}[None, :]", [node], [6], cheap=True)
        if not o.axes and not contract.elementwise:
            node = program.node("float({0})", [node])
        nodes.append(node)
        real_cases |= arrays.real_cases
    wishes = {}
    for name, o in definitions:
        with contextlib.suppress(ClaimError, Unsupported, OutOfBudget):
            normal = Normal(o.ranges, o.spans)
            v = Arrays(program, normal, layouts, scalars).value(normal.run(o.term))
            wishes[v.node] = identifier(name, taken)
    lines, results = program.lines(nodes, taken, wishes)
    lines.append("return " + ", ".join(results))
    if real_cases:
        # both branches of a case are computed; the one that is not taken may overflow
        lines = ['with np.errstate(all="ignore"):', *("    " + line for line in lines)]
    return "\n".join([*_sizes(contract, scalars, "\n".join(lines)), *lines])


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
    names: Sequence[str],
    outputs: Sequence[Output],
    contract: Contract,
    proofs: Sequence[tuple[str, str]],
    single: bool,
) -> str:
    parts = []
    for name, o in zip(names, outputs, strict=True):
        formula = " ".join(str(o.expression).split())
        if len(formula) > _LONGEST_FORMULA:
            formula = formula[:_LONGEST_FORMULA] + " ..."
        head = formula if single else f"{name} = {formula}"
        parts.append(textwrap.fill(head, 88, subsequent_indent="    ", break_long_words=False))
    results = [_shape(o, contract) for o in outputs]
    result = results[0] if len(results) == 1 else f"({', '.join(results)})"
    parts += ["", f"{contract.signature()} -> {result}"]
    if contract.elementwise and any(r == "like the arguments" for r in results):
        parts[-1] += ", elementwise"
    for name, proof in proofs:
        about = "" if single or len(proofs) == 1 else f"{name}: "
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
