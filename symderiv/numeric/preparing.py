"""The source of functions that keep their data: buffers, blocks and data-only work made once."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from symderiv.indexform.terms import Linear
from symderiv.numeric import passes
from symderiv.numeric.arguments import Argument
from symderiv.numeric.buffers import Allocated, allocate
from symderiv.numeric.layout import Draft, Statements, statements
from symderiv.numeric.lowering import ROWS, Lowering, NotLowered, Renamed
from symderiv.numeric.oneblock import Branches, Data, Extent, one_block
from symderiv.numeric.passes import Loop, Plan
from symderiv.numeric.source import Names

__all__ = ["prepared_body"]

_RESERVED = re.compile(
    r"(t|fixed|product|buffer_?)\d+|all_.*|i|rows|blocks|idle|buffers|forward|thin"
    r"|part|width|number|last"
)
"""Names that this room uses; where the writer has one of them, functions are used as they are."""

_VECTOR = re.compile(r"np\.zeros\((\w+)\)")
FACTORS = 8
"""Blocks whose factors 1 + e are multiplied before one logarithm is taken, of e up to e⁸⁸ each: the
product stays below e⁷⁰⁴, and double precision ends at e⁷⁰⁹."""


def prepared_body(
    draft: Draft, fixed: Collection[str], extent: Extent, labels: Collection[str]
) -> tuple[list[str], frozenset[str]]:
    """The statements of a function of the fixed arguments that makes one of the others.

    The second result names what may keep its type: matrices, which the statements convert.

    Parameters
    ----------
    fixed
        The arguments that are fixed.
    extent
        How large they are.
    labels
        Those that hold 0 and 1.

    Raises
    ------
    NotLowered
        Where the draft is not one loop over rows, all of them fixed.
    """
    made = statements(draft, one_sided=True, squares=not extent.narrow)
    lines = _body(draft, made, fixed, extent, labels)
    matrices = {a.name for a in draft.arguments if a.layout and len(a.layout.sizes) > 1}
    return lines, made.blocked & matrices


def _body(
    draft: Draft,
    made: Statements,
    fixed: Collection[str],
    extent: Extent,
    labels: Collection[str],
) -> list[str]:
    plan = made.plan
    free = [a.name for a in draft.arguments if a.name not in fixed]
    if len(plan.loops) != 1 or made.blocked - set(fixed):
        raise NotLowered
    if any(s.argument not in fixed for s in draft.contract.sizes):
        raise NotLowered
    loop = _with_before(*plan.loops)
    if any(_RESERVED.fullmatch(name) for name in _own_names(draft, made)):
        raise NotLowered
    safe = statements(draft, squares=not extent.narrow)
    other = _with_before(*safe.plan.loops)
    if (loop.blocks.keys() | other.blocks.keys()) - set(fixed):
        raise NotLowered
    same = [(t, z) for t, z, _ in other.totals] == [(t, z) for t, z, _ in loop.totals]
    plan, safe_plan = _with_after(plan), _with_after(safe.plan)
    if not same or (safe_plan.after, safe_plan.results) != (plan.after, plan.results):
        raise NotLowered
    plan = replace(plan, loops=(loop,))
    made = replace(made, plan=plan)
    alone = _of_data_alone(other, free)
    before: list[str] = []
    if alone:
        taken = {
            n for o in (loop, other) for line in [*o.body, *o.sums()] for n in _identifiers(line)
        }
        new = {draft.name: Names(_own_names(draft, made) | taken | {draft.name}).give("total")}
        new = {} if draft.name in free else new  # it is an argument, and no total
        first = _renamed_loop(_part(other, alone), new)
        before = replace(plan, loops=(first,), after=()).lines()
        loop, other = (_part(o, {t for t, _, _ in o.totals} - alone) for o in (loop, other))
        after = tuple(_renamed(line, new) for line in plan.after)
        results = tuple(_owned(_renamed(text, new)) for text in plan.results)
        plan = replace(plan, loops=(loop,), after=after, results=results)
        made = replace(made, plan=plan)
    if not loop.totals:
        inner = [*plan.after, "return " + ", ".join(plan.results)]
        return _function(made, before, inner, free, draft.name)
    if extent.fits and (extent.small or not (extent.narrow and plan.tall)):
        once, inner = _at_once(draft, made, loop, other, fixed, labels)
        return _function(made, [*before, *once], inner, free, draft.name)
    lowering = _lowering(draft, made, loop)
    lowering.block(loop.body, [(t, v) for t, _, v in loop.totals])
    names = {n for o in lowering.lowered.operations for n in (o.name, *o.operands)}
    prefix = "buffer" if not any(n.startswith("buffer") for n in names | set(free)) else "buffer_"
    allocated = allocate(lowering.lowered, prefix)
    blocks = dict(loop.blocks)
    otherwise: list[str] = []
    if allocated.check:
        blocks |= other.blocks
        otherwise = [*other.body, *other.sums()]
    written = _Written(made, allocated, lowering.lowered.fixed, blocks, extent)
    once, inner = written.lines(otherwise)
    return _function(made, [*before, *once], inner, free, draft.name)


def _function(
    made: Statements, once: Sequence[str], inner: Sequence[str], free: Sequence[str], name: str
) -> list[str]:
    """The statements that are done once, and the function of what is free."""
    if made.real_cases:
        once, inner = _quiet(once), _quiet(inner)
    lines = [*made.read_sizes("\n".join([*once, *inner])), *once, ""]
    lines += [f"def {name}({', '.join(free)}):", *("    " + line for line in inner), ""]
    return [*lines, f"return {name}"]


def _with_before(loop: Loop) -> Loop:
    """The same, with what is done before it in its body: numbers and short vectors."""
    return replace(loop, before=(), body=(*loop.before, *loop.body))


def _with_after(plan: Plan) -> Plan:
    """The same, with what is done before the loop done again where it is needed after it."""
    needed, again = _identifiers("\n".join([*plan.after, *plan.results])), list[str]()
    for line in reversed([line for loop in plan.loops for line in loop.before]):
        if line.split(" = ")[0] in needed:
            needed |= _identifiers(line)
            again.insert(0, line)
    return replace(plan, after=(*again, *plan.after))


def _quiet(lines: Sequence[str]) -> list[str]:
    return ['with np.errstate(all="ignore"):', *("    " + line for line in lines)] if lines else []


def _of_data_alone(loop: Loop, free: Collection[str]) -> set[str]:
    """The totals that need nothing that is free."""
    return {total for total, _, value in loop.totals if not _needs(loop, value) & set(free)}


def _renamed_loop(loop: Loop, names: Mapping[str, str]) -> Loop:
    """The loop with totals of other names."""
    return replace(loop, totals=tuple((names.get(t, t), zero, v) for t, zero, v in loop.totals))


def _part(loop: Loop, totals: Collection[str]) -> Loop:
    """The loop for some of its totals."""
    kept = tuple(t for t in loop.totals if t[0] in totals)
    needed = set[str]().union(*(_needs(loop, value) for _, _, value in kept))
    body = tuple(line for line in loop.body if line.split(" = ")[0] in needed)
    blocks = {a: block for a, block in loop.blocks.items() if block in needed}
    return replace(loop, totals=kept, body=body, blocks=blocks)


def _needs(loop: Loop, value: str) -> set[str]:
    """The names on which a value in a loop rests."""
    made = {line.split(" = ")[0]: line.split(" = ", 1)[1] for line in loop.body}
    found, stack = set[str](), [value]
    while stack:
        for name in _identifiers(stack.pop()) - found:
            found.add(name)
            if name in made:
                stack.append(made[name])
    return found


def _owned(text: str) -> str:
    """A result that is no array that is kept."""
    node = ast.parse(text, mode="eval").body
    number = isinstance(node, ast.Call) and ast.unparse(node.func) == "float"
    if number or isinstance(node, (ast.BinOp, ast.UnaryOp)):
        return text
    return f"{text}.copy()"  # a name, an entry, an attribute or a call


def _lowering(draft: Draft, made: Statements, loop: Loop, *, whole: bool = False) -> Lowering:
    """What lowers the statements of a block, or those of ``whole`` data."""
    shapes: dict[str, tuple[str, ...]] = dict.fromkeys(made.sizes.values(), ())
    vectors: dict[str, str] = {}
    for a in draft.arguments:
        if a.layout is None:
            shapes[a.name] = ()
            continue
        sizes = tuple(_text(s, made) for s in a.layout.sizes)
        if a.name in loop.blocks:
            block = a.name if whole else loop.blocks[a.name]
            shapes[block] = (ROWS, *sizes[1:])
            if len(sizes) == 1:
                vectors[block] = a.name
        else:
            shapes[a.name] = sizes
    return Lowering(shapes, vectors, "" if whole else "all_")


def _at_once(
    draft: Draft,
    made: Statements,
    fast: Loop,
    safe: Loop,
    fixed: Collection[str],
    labels: Collection[str],
) -> tuple[list[str], list[str]]:
    """What is done once and what a call does, for data of one block; see ``oneblock``."""
    lowering = _lowering(
        draft, made, replace(fast, blocks={**fast.blocks, **safe.blocks}), whole=True
    )
    addends = []
    for loop in (fast, safe):
        names = {block: argument for argument, block in loop.blocks.items()}
        lines = [_renamed(line, names) for line in loop.body]
        totals = [(total, _renamed(value, names)) for total, _, value in loop.totals]
        addends.append(lowering.block(lines, totals))
        if not any(o.guard for o in lowering.lowered.operations):
            addends.append([])
            break
    branches = Branches(lowering.lowered, *addends)
    data = [a for a in draft.arguments if a.name in fixed and a.layout is not None]
    of_two = [a.name for a in data if a.layout is not None and len(a.layout.sizes) == 2]
    free = [a.name for a in draft.arguments if a.name not in fixed]
    once, body = one_block(
        branches,
        Data(
            of_two,
            [a.name for a in data if a.name not in of_two],
            frozenset(f"1 - 2 * {label}" for label in labels),
            made.plan.count,
        ),
        free,
        {draft.name, *made.sizes.values(), *(a.name for a in draft.arguments)}
        | {"np", *(total for total, _, _ in fast.totals)}
        | _identifiers("\n".join([*made.plan.after, *made.plan.results])),
    )
    body += made.plan.after
    results, more = _with_real_divisors([*once, *body], made, fast.totals)
    return [*once, *more], [*body, "return " + ", ".join(results)]


def _with_real_divisors(
    lines: Sequence[str], made: Statements, totals: Sequence[tuple[str, str, str]]
) -> tuple[list[str], list[str]]:
    """Results that are divided by a size as a float, which NumPy need not make of it each time.

    A vector is divided by one of them, in half the time.
    """
    trees = [ast.parse(text) for text in made.plan.results]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    zeros = {total: zero for total, zero, _ in totals}
    sizes = {made.sizes[s.name] for s in made.contract.sizes}  # and no number that is passed
    names = Names(_own_sizes(made) | _identifiers("\n".join([*lines, *made.plan.results])))
    real = dict[str, str]()
    for node in nodes:
        if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)):
            continue
        size, zero = node.right, zeros.get(ast.unparse(node.left), "")
        if not isinstance(size, ast.Name) or size.id not in sizes:
            continue
        found = _VECTOR.fullmatch(zero)
        made_of = f"np.full({found[1]}, float({size.id}))" if found else f"float({size.id})"
        if made_of not in real:
            real[made_of] = names.give("divisors" if found else "divisor")
        size.id = real[made_of]
    return [ast.unparse(tree) for tree in trees], [f"{n} = {text}" for text, n in real.items()]


def _own_sizes(made: Statements) -> set[str]:
    return {*made.sizes.values(), *(a.name for a in made.contract.arguments)}


def _renamed(text: str, names: Mapping[str, str]) -> str:
    """A statement with other names."""
    return ast.unparse(Renamed(names).visit(ast.parse(text)))


def _own_names(draft: Draft, made: Statements) -> set[str]:
    """The names in the source that come from the writer or from the plan."""
    (loop,) = made.plan.loops
    names = {draft.name, *(a.name for a in draft.arguments), *made.sizes.values()}
    return names | _identifiers("\n".join([*loop.body, *loop.sums()])) - {"np"}


@dataclass(frozen=True)
class _Written:
    """The text for data of many blocks, whose memory is kept."""

    made: Statements
    allocated: Allocated
    vectors: Mapping[str, str]
    blocks: Mapping[str, str]
    extent: Extent

    def lines(self, otherwise: Sequence[str]) -> tuple[list[str], list[str]]:
        """What is done once and what a call does, ``otherwise`` for large arguments of e^u."""
        made, allocated, blocks, vectors = self.made, self.allocated, self.blocks, self.vectors
        plan = made.plan
        (loop,) = plan.loops
        order = [a.name for a in made.contract.arguments]
        block_lines = [*allocated.common, *allocated.rest, *otherwise]
        text = "\n".join(block_lines)
        read = {a: b for a, b in blocks.items() if b in _identifiers(text)}
        columns = [a for a in read if len(made.contract.shape(_argument(made, a)).split(", ")) > 1]
        slices = [f"{a}[i : i + rows]" for a in read] + [f"all_{v}[i : i + rows]" for v in vectors]
        targets = [*read.values(), *vectors]
        if not targets or not allocated.shapes:
            raise NotLowered
        one, several = targets[0], len(targets) > 1
        named = _identifiers("\n".join(vectors.values()))
        whole = [*(a for a in read if a not in columns), *(a for a in made.blocked if a in named)]
        # arithmetic of unsigned integers would wrap around
        head = [f"{a} = np.asarray({a}, dtype=float)" for a in sorted({*whole}, key=order.index)]
        size = f"8 * (1 + {passes.BLOCK // 8} // {plan.divisor})"
        if plan.tall and self.extent.narrow:
            size = f"{passes.SMALL} // {plan.divisor} ** 2"
        elif plan.tall:
            size = f"max({passes.TALL}, {size})"
        longest = f"{passes.LONGEST}, " if "+= np.dot(" in text else ""
        head.append(f"rows = min({plan.count}, {longest}{size}) or 1")
        if "forward(" in text:
            width = plan.width
            contiguous = f"{columns[0]}.flags.c_contiguous"
            head += [
                "# NumPy's scalar products of rows beat a BLAS for rows of middle length",
                f"thin = 40 <= {width} <= 1000 and {contiguous}",
                "forward = np.vecdot if thin else np.dot",
            ]
        head += [f"all_{v} = {_with_less_memory(t)}" for v, t in vectors.items()]
        part = f"({', '.join(slices)})" if several else slices[0]
        head += [f"blocks = [{part} for i in range(0, {plan.count}, rows)]", "idle = []"]
        if allocated.products:
            head += [
                f"# a logarithm of a product of {FACTORS} blocks, or of parts of fewer blocks",
                f"width = -(-rows // max(1, {FACTORS} // max(1, len(blocks))))",
                "last = len(blocks) - 1",
            ]
        buffers = [*allocated.shapes, *allocated.products]
        empty = [f"np.empty({_shape(s)})" for s in allocated.shapes.values()]
        empty += ["np.zeros(width)" for _ in allocated.products]
        tail = "," if len(buffers) == 1 else ""
        inner = [
            "try:",
            "    buffers = idle.pop()",
            "except IndexError:  # the first call, or one in another thread",
            f"    buffers = [{', '.join(empty)}]",
            f"{', '.join(buffers)}{tail} = buffers",
            *(f"{t} = {zero}" for t, zero, _ in loop.totals),
            _for_each(targets, bool(allocated.products)),
        ]
        cut = [b for b, s in allocated.shapes.items() if s[0] == ROWS]
        body = [f"{read[a]} = np.asarray({read[a]}, dtype=float)" for a in columns]
        if cut:
            body += [
                f"if len({one}) < rows:",
                *(f"    {b} = {b}[: len({one})]" for b in cut),
            ]
        body += allocated.common
        if allocated.check:
            body += [f"if {allocated.check}:", *("    " + line for line in allocated.rest)]
            body += ["else:", *("    " + line for line in otherwise)]
        if allocated.products:
            body.append(f"if number % {FACTORS} == {FACTORS - 1} or number == last:")
        for product, total in allocated.products.items():
            body += [
                f"    {total} += np.log1p({product}, out={product}).sum()",
                f"    {product}.fill(0)",
            ]
        inner += ["    " + line for line in body]
        inner += ["idle.append(buffers)", *plan.after, "return " + ", ".join(plan.results)]
        return head, inner


def _for_each(targets: Sequence[str], numbered: bool) -> str:
    """The head of the loop over the blocks."""
    names = ", ".join(targets)
    if not numbered:
        return f"for {names} in blocks:"
    names = f"({names})" if len(targets) > 1 else names
    return f"for number, {names} in enumerate(blocks):"


def _with_less_memory(text: str) -> str:
    """1 − 2·y as −2·y + 1, the same number: NumPy adds in the memory of the product."""
    node = ast.parse(text, mode="eval").body
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
        first, product = node.left, node.right
        if isinstance(first, ast.Constant) and isinstance(product, ast.BinOp):
            number = product.left
            if isinstance(product.op, ast.Mult) and isinstance(number, ast.Constant):
                return f"-{ast.unparse(product)} + {ast.unparse(first)}"
    return text


def _argument(made: Statements, name: str) -> Argument:
    return next(a for a in made.contract.arguments if a.name == name)


def _identifiers(text: str) -> set[str]:
    return {n.id for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Name)}


def _shape(shape: tuple[str, ...]) -> str:
    return shape[0] if len(shape) == 1 else f"({', '.join(shape)})"


def _text(form: Linear, made: Statements) -> str:
    out = " + ".join(
        made.sizes[n] if c == 1 else f"{c} * {made.sizes[n]}" for n, c in form.coefficients
    )
    return f"{out} + {form.constant}" if form.constant and out else out or str(form.constant)
