"""A program as statements: what is computed once, and one loop for each pass over the rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from symderiv.numeric.source import ATOM, Names, Program, Writer

__all__ = ["BLOCK", "TALL", "Loop", "Plan", "plan"]

# Numbers in a block of rows, so that it stays in the cache: of 0.5, 1, 1.5, 2 and 3 MiB, 2 was
# fastest over narrow and wide X, by up to a fifth. From 460 800 numbers on OpenBLAS multiplies
# with its threads: 4 MiB take a third less time at 20000 × 2000 where a second core is free, and
# thirty times as much where it is not, since the threads wait for one another at every block.
BLOCK = 262144
SMALL = 1_000_000
"""Multiplications in a product of matrices for which OpenBLAS has code of its own, without copies
of its factors: at 1000 × 20 it takes two thirds of the time of a product AᵀA of which one half is
computed."""
LONGEST = 10_000  # numbers in a vector up to which OpenBLAS adds products in one thread
TALL = 1024  # rows that make a product of matrices cost more than adding it to a total


@dataclass(frozen=True)
class Loop:
    """One pass over the rows.

    Attributes
    ----------
    before
        Statements for what the pass needs.
    totals
        The names of the sums, each with what it starts from and the sum over one block.
    blocks
        The names of the blocks, by argument.
    body
        Statements for one block.
    choices
        Totals for which there are two ways: the condition on sizes for the first, and the
        statements of both.
    """

    before: tuple[str, ...]
    totals: tuple[tuple[str, str, str], ...]
    blocks: Mapping[str, str]
    body: tuple[str, ...]
    choices: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = ()

    def sums(self) -> list[str]:
        """The statements that add what one block gives."""
        out = [f"{name} += {value}" for name, _, value in self.totals if value]
        for condition, first, second in self.choices:
            out += [f"if {condition}:", *("    " + line for line in first)]
            out += ["else:", *("    " + line for line in second)]
        return out


@dataclass(frozen=True)
class Plan:
    """The statements of a function: loops over blocks of rows, and what comes after them.

    ``count`` and ``width`` are the number of rows and how many numbers a row of a block takes.
    """

    loops: tuple[Loop, ...]
    after: tuple[str, ...]
    results: tuple[str, ...]
    count: str
    width: str
    start: str
    rows: str

    @property
    def divisor(self) -> str:
        """The width, as what a number can be divided by."""
        plain = self.width.isidentifier() or self.width.endswith(")")
        return self.width if plain else f"({self.width})"

    @property
    def tall(self) -> bool:
        """Whether a total is a matrix, to which few large blocks are added."""
        return any("((" in zero for loop in self.loops for _, zero, _ in loop.totals)

    @property
    def dots(self) -> bool:
        """Whether a total is a sum of scalar products of vectors of rows."""
        return any(z == "0.0" and " @ " in v for loop in self.loops for _, z, v in loop.totals)

    def lines(self) -> list[str]:
        """All statements, in order."""
        out: list[str] = []
        if self.loops:
            size = f"{BLOCK} // {self.divisor}"
            size = f"max({TALL}, {size})" if self.tall else f"1 + {size}"
            size = f"min({LONGEST}, {size})" if self.dots else size
            few = f"{TALL} rows" if self.tall else "one row"
            about = f"# about {BLOCK >> 17} MiB in a block, or {few}"
            conditions = [c for loop in self.loops for c, _, _ in loop.choices]
            if conditions:
                out.append(f"{about}; a BLAS has fast code for small products")
                size = f"{SMALL} // {self.divisor} ** 2 if {conditions[0]} else {size}"
                out.append(f"{self.rows} = {size}")
            else:
                out.append(f"{self.rows} = {size}  {about}")
        for loop in self.loops:
            out += loop.before
            out += [f"{name} = {zero}" for name, zero, _ in loop.totals]
            out.append(f"for {self.start} in range(0, {self.count}, {self.rows}):")
            part = f"[{self.start} : {self.start} + {self.rows}]"
            for argument, block in loop.blocks.items():
                out.append(f"    {block} = np.asarray({argument}{part}, dtype=float)")
            out += ["    " + line for line in [*loop.body, *loop.sums()]]
        return [*out, *self.after]


def plan(
    program: Program,
    results: Sequence[int],
    names: Names,
    wishes: Mapping[int, str],
    count: str,
    width: str,
) -> Plan:
    """Lay a program out.

    Parameters
    ----------
    results
        The nodes that are wanted; what they do not need is left out.
    names
        The names that are taken.
    wishes
        Names that intermediates would like to have.
    count, width
        See ``Plan``.
    """
    totals = [k for k in program.needed(results) if program.nodes[k].zero]
    outside = Writer(program, names, wishes)
    loops: list[Loop] = []
    start, rows = (names.give("start"), names.give("rows")) if totals else ("", "")
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
        for k in sorted(outer, reverse=True):  # a view is written inside, of what has a name
            if program.nodes[k].cheap:
                outer |= set(program.nodes[k].args)
        before = outside.write(sorted(outer), named=outer)
        for t in here:
            outside.texts[t] = (names.give(wishes.get(t, "total")), ATOM)
        loop = Writer(program, names, wishes, outside.texts)
        blocks: dict[str, str] = {}
        for k in inside:
            if program.nodes[k].block:
                argument = program.nodes[k].block
                blocks[argument] = names.give(f"{argument}b")
                loop.texts[k] = (blocks[argument], ATOM)
        values = {t: program.nodes[t].args[0] for t in here}
        chosen = {t: v for t, v in values.items() if v in program.choices}
        shared = _shared(program, chosen.values())
        others = [v for t, v in values.items() if t not in chosen]
        body = loop.write([*others, *shared], named=shared)
        sums = [
            (outside.text(t), program.nodes[t].zero, "" if t in chosen else loop.text(v))
            for t, v in values.items()
        ]
        choices: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = []
        for t, v in chosen.items():
            condition, other = program.choices[v]
            ways = []
            for way in (other, v):
                writer = Writer(program, Names(names.taken), wishes, loop.texts)
                lines = writer.write([way])
                ways.append((*lines, f"{outside.text(t)} += {writer.text(way)}"))
            choices.append((condition, ways[0], ways[1]))
        loops.append(Loop(tuple(before), tuple(sums), blocks, tuple(body), tuple(choices)))
    after = outside.write(results)
    texts = tuple(outside.text(r) for r in results)
    return Plan(tuple(loops), tuple(after), texts, count, width, start, rows)


def _shared(program: Program, chosen: Iterable[int]) -> list[int]:
    """What both ways to compute a node need, as far as it is no view."""
    out: set[int] = set()
    for v in chosen:
        ways = [set(program.needed([way])) for way in (v, program.choices[v][1])]
        common = ways[0] & ways[1]
        used = {a for k in ways[0] ^ ways[1] for a in program.nodes[k].args if a in common}
        while used:
            views = {k for k in used if program.nodes[k].cheap}
            out |= used - views
            used = {a for k in views for a in program.nodes[k].args}
    return sorted(out)
