"""A program as statements: what is computed once, and one loop for each pass over the rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from symderiv.numeric.source import ATOM, Names, Program, Writer

__all__ = ["statements"]

_BLOCK = "131072"  # numbers in a block of rows, so that it stays in the cache: 1 MiB


def statements(
    program: Program,
    results: Sequence[int],
    names: Names,
    wishes: Mapping[int, str],
    count: str,
    width: str,
) -> tuple[list[str], list[str]]:
    """Statements in order, and the text of each result after them.

    Parameters
    ----------
    results
        The nodes that are wanted; what they do not need is left out.
    names
        The names that are taken.
    wishes
        Names that intermediates would like to have.
    count, width
        The number of rows, and how many numbers a row of a block takes.
    """
    needed = program.needed(results)
    totals = [k for k in needed if program.nodes[k].zero]
    outside = Writer(program, names, wishes)
    lines: list[str] = []
    if totals:
        start, rows = names.give("start"), names.give("rows")
        divisor = width if width.isidentifier() or width.endswith(")") else f"({width})"
        lines.append(f"{rows} = 1 + {_BLOCK} // {divisor}  # a block takes about 1 MiB")
    for level in range(1, 1 + max((program.level[t] for t in totals), default=0)):
        here = [t for t in totals if program.level[t] == level]
        inside = program.needed(program.nodes[t].args[0] for t in here)
        outer = {
            a
            for k in inside
            if program.blocked[k]
            for a in program.nodes[k].args
            if not program.blocked[a]
        }
        lines += outside.write(sorted(outer), named=True)
        for t in here:
            total = names.give(wishes.get(t, "total"))
            lines.append(f"{total} = {program.nodes[t].zero}")
            outside.texts[t] = (total, ATOM)
        loop = Writer(program, names, wishes, outside.texts)
        body: list[str] = []
        for k in inside:
            if program.nodes[k].block:
                argument = program.nodes[k].block
                block = names.give(f"{argument}b")
                part = f"{argument}[{start} : {start} + {rows}]"
                body.append(f"{block} = np.asarray({part}, dtype=float)")
                loop.texts[k] = (block, ATOM)
        values = [program.nodes[t].args[0] for t in here]
        body += loop.write(values)
        body += [f"{outside.text(t)} += {loop.text(v)}" for t, v in zip(here, values, strict=True)]
        lines.append(f"for {start} in range(0, {count}, {rows}):")
        lines += ["    " + line for line in body]
    lines += outside.write(results)
    return lines, [outside.text(r) for r in results]
