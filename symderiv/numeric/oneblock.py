"""The source of functions whose data are one block: they stay in the cache, and no loop is needed.

At these sizes a call of NumPy costs as much as its arithmetic, so few calls matter and memory that
is used again does not. The data are kept in Fortran order, in which both a column of X and a number
for each row are read one after another.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from symderiv.numeric.lowering import LARGEST, ROWS, Addend, Lowered, NotLowered, Operation
from symderiv.numeric.passes import BLOCK, SMALL
from symderiv.numeric.source import (
    ATOM,
    COMPARE,
    MUL,
    NARROW,
    POW,
    SUM,
    UNARY,
    Names,
    Program,
    Writer,
)

__all__ = ["Branches", "Data", "Extent", "one_block"]

MOST_MOMENTS = 512  # columns: XᵀX takes about n/10 reads of X
MOST_ROWS = 8192  # a sum is a scalar product with ones, whose rounding grows with its length

_INFIX: dict[str, tuple[str, tuple[int, ...], int]] = {
    "np.add": ("{0} + {1}", (SUM, MUL), SUM),
    "np.subtract": ("{0} - {1}", (SUM, MUL), SUM),
    "np.multiply": ("{0} * {1}", (MUL, UNARY), MUL),
    "np.divide": ("{0} / {1}", (MUL, UNARY), MUL),
    "np.negative": ("-{0}", (POW,), UNARY),
    "np.dot": ("{0}.dot({1})", (ATOM, 0), ATOM),
    "forward": ("{0}.dot({1})", (ATOM, 0), ATOM),
}


@dataclass(frozen=True)
class Extent:
    """What the size of the data says about how to compute with them.

    Attributes
    ----------
    fits
        Whether they are one block.
    narrow
        Whether XᵀX costs less as a small product than as half of a large one.
    small
        Whether all of X is a small factor.
    tall
        Whether XᵀX has fewer numbers than X, by half at least, and is found in a few reads of X.
    """

    fits: bool
    narrow: bool
    small: bool
    tall: bool

    @classmethod
    def of(cls, shapes: Iterable[tuple[int, ...]]) -> Extent:
        """That of data of these shapes."""
        shapes = list(shapes)
        rows = max((s[0] for s in shapes if s), default=0)
        width = max((s[1] for s in shapes if len(s) > 1), default=1)
        numbers = sum(math.prod(s) for s in shapes)
        fits = 0 < rows <= MOST_ROWS and 0 < numbers <= BLOCK
        tall = width <= MOST_MOMENTS and 2 * width <= rows
        return cls(fits, width <= NARROW, rows * width**2 <= SMALL, tall)


@dataclass
class Branches:
    """A block as operations, and what it adds to each total.

    Attributes
    ----------
    fast
        What is added where no argument of e^u is large.
    safe
        What is added otherwise; empty where e^u does not occur in ``fast``.
    """

    lowered: Lowered
    fast: Sequence[Addend]
    safe: Sequence[Addend]


@dataclass(frozen=True)
class Data:
    """What is fixed.

    Attributes
    ----------
    matrices, vectors
        The names of the data, by their shapes: a row for each row, or a number.
    signs
        What computes vectors of ±1 from the data.
    rows
        The number of rows.
    """

    matrices: Sequence[str]
    vectors: Sequence[str]
    signs: frozenset[str]
    rows: str


def one_block(
    branches: Branches, data: Data, free: Sequence[str], taken: set[str]
) -> tuple[list[str], list[str]]:
    """Statements that are done once, and those of a call, which end with the totals.

    Parameters
    ----------
    branches, data
        The operations, and what is fixed.
    free
        What is passed to a call.
    taken
        Names that are in use.

    Raises
    ------
    NotLowered
        Where a total would be a view of the data.
    """
    return _Body(branches, data, free, Names(taken)).lines()


class _Body:
    def __init__(self, branches: Branches, data: Data, free: Sequence[str], names: Names) -> None:
        self.branches, self.data, self.free, self.names = branches, data, free, names
        self.fixed = dict(branches.lowered.fixed)
        self.operations = _needed(branches)
        self.guards = [o.operands[0] for o in branches.lowered.operations if o.guard]
        self.names.taken |= self.fixed.keys()
        self.signed: dict[str, str] = {}
        signs = {name for name, text in self.fixed.items() if text in data.signs}
        for matrix in data.matrices:
            self._sign(matrix, signs)
        self.ones = self.names.give("ones")
        self.program = Program()

    # -- signs --------------------------------------------------------------------------

    def _sign(self, matrix: str, signs: set[str]) -> None:
        """s·(Xθ) as (s·X)θ and Xᵀ(s·r) as (s·X)ᵀr, where X has no other use.

        A product with ±1 is exact, so that not a bit of the result changes.
        """
        uses = [o for o in self.operations.values() if matrix in o.operands]
        found: dict[str, Operation] = {}
        chosen: set[str] = set()
        for o in uses:
            products = [o] if o.operands[-1] == matrix else self._users(o.name)
            if o.function not in ("forward", "np.dot") or len(o.operands) != 2 or not products:
                return
            for product in products:
                name = product.operands[0] if product is o else product.name
                sign, other = self._sign_of(self.operations.get(name), signs)
                if not sign:
                    return
                chosen.add(sign)
                pair: tuple[str, ...] = (other, matrix) if product is o else o.operands
                found[product.name] = replace(o, name=product.name, operands=pair)
        if len(chosen) != 1 or any(matrix in a.operands for a in self.branches.lowered.sums):
            return
        (sign,) = chosen
        scaled = self.signed[matrix] = self.names.give("S")
        self.fixed[scaled] = f"np.asfortranarray({sign}[:, None] * {matrix})"
        for name, o in found.items():
            pair = tuple(scaled if operand == matrix else operand for operand in o.operands)
            self.operations[name] = replace(o, operands=pair)

    def _users(self, name: str) -> list[Operation]:
        """The operations that use a value; none where it is added to a total."""
        if any(name in a.operands for a in self.branches.lowered.sums):
            return []
        return [o for o in self.operations.values() if name in o.operands]

    @staticmethod
    def _sign_of(o: Operation | None, signs: set[str]) -> tuple[str, str]:
        """The sign in a product with a sign, and the other factor."""
        if o is not None and o.function == "np.multiply":
            for sign, other in (o.operands, o.operands[::-1]):
                if sign in signs:
                    return sign, other
        return "", ""

    # -- values -------------------------------------------------------------------------

    def node(self, name: str) -> int:
        """The node of a value."""
        o = self.operations.get(name)
        if o is None:
            return self.program.leaf(name, UNARY if name.startswith("-") else ATOM)
        args = [self.node(a) for a in o.operands]
        if o.view:
            return self.program.node(o.view, args, [ATOM], cheap=True)
        if o.fresh:
            if o.fresh.endswith(")"):
                return self.program.node(o.fresh, args)
            return self.program.node(o.fresh, args, [SUM] * len(args), COMPARE)
        if o.function == "np.add" and "1" in o.operands and o.shape == (ROWS,):
            args = [self._ones(), self.node(next(a for a in o.operands if a != "1"))]
        function, _, keyword = o.function.partition(":")
        if function in _INFIX:
            template, needs, precedence = _INFIX[function]
            node = self.program.node(template, args, needs, precedence)
        else:
            holes = ", ".join(f"{{{k}}}" for k in range(len(args)))
            text = f"{function}({holes}, {keyword})" if keyword else f"{function}({holes})"
            node = self.program.node(text, args)
        if name in self.guards:
            self.program.hints.setdefault(node, "u")
        elif o.wish and not o.wish[1:].isdigit():
            self.program.hints.setdefault(node, o.wish)
        return node

    def _ones(self) -> int:
        return self.program.leaf(self.ones)

    def addend(self, a: Addend) -> int:
        """The node of what is added to a total."""
        values = [self.node(v) for v in a.operands]
        dot, needs, precedence = _INFIX["np.dot"]
        if a.function == "np.dot":
            return self.program.node(dot, values, needs, precedence)
        if a.function == "log1p_sum":
            log = self.program.node("np.log1p({0})", values[:1])
            return self.program.node(dot, [self._ones(), log], needs, precedence)
        o = self.operations.get(a.operands[0])
        if a.function == "np.sum":
            if o is not None and o.shape == (ROWS,):
                return self.program.node(dot, [self._ones(), *values], needs, precedence)
            return self.program.node("{0}.sum()", values, [ATOM])
        if o is None or o.view:
            raise NotLowered
        return values[0]

    def totals(self, addends: Sequence[Addend]) -> dict[str, int]:
        """The node of each total."""
        out: dict[str, int] = {}
        for a in addends:
            node = self.addend(a)
            if a.total in out:
                node = self.program.node("{0} + {1}", [out[a.total], node], [SUM, MUL], SUM)
            out[a.total] = node
        return out

    # -- lines --------------------------------------------------------------------------

    def lines(self) -> tuple[list[str], list[str]]:
        """What is done once, and what a call does."""
        fast, safe = (self.totals(a) for a in (self.branches.fast, self.branches.safe))
        guards = list(dict.fromkeys(self.node(g) for g in self.guards)) if safe else []
        outside = Writer(self.program, self.names)
        body = outside.write(guards, named=guards)
        if not guards:
            body += self._branch(outside, fast)
            return self._once(body), body
        texts = [outside.text(g) for g in guards]
        check, limit = " and ".join(f"{t}.max() <= {LARGEST}" for t in texts), list[str]()
        product = self.operations.get(self.guards[0])
        if len(guards) == 1 and product is not None and product.function == "forward":
            matrix, vector = product.operands
            if matrix in [*self.data.matrices, *self.signed.values()] and vector in self.free:
                name = self.names.give("limit")
                squares = f'np.max(np.einsum("ij,ij->i", {matrix}, {matrix}))'
                check = f"np.vdot({vector}, {vector}) < {name} or {check}"  # 0 < 0 is no bound
                limit = [
                    f"# u = x·{vector} is at most ‖x‖·‖{vector}‖, so that e^u cannot overflow",
                    f"{name} = {LARGEST}**2 / np.maximum(1e-200, {squares})",
                ]
        body += [f"if {check}:", *("    " + line for line in self._branch(outside, fast))]
        body += ["else:", *("    " + line for line in self._branch(outside, safe))]
        return [*self._once(body), *limit], body

    def _branch(self, outside: Writer, totals: Mapping[str, int]) -> list[str]:
        """The statements that compute the totals."""
        names = Names(self.names.taken)
        writer = Writer(self.program, names, texts=outside.texts)
        lines = writer.write(list(totals.values()))
        return [*lines, *(f"{name} = {writer.text(node)}" for name, node in totals.items())]

    def _once(self, body: Sequence[str]) -> list[str]:
        """The data as the body needs them."""
        used, made = _identifiers("\n".join(body)), list[str]()
        for name in reversed(self.fixed):
            if name in used:
                made.insert(0, f"{name} = {self.fixed[name]}")
                used |= _identifiers(self.fixed[name])
        products = {a for o in self.operations.values() for a in o.operands if o.function}
        read = [f"{v} = np.asarray({v}, dtype=float)" for v in self.data.vectors if v in used]
        for matrix in self.data.matrices:
            kind = "asfortranarray" if matrix in products else "asarray"
            if matrix in used and matrix not in self.signed:
                read.append(f"{matrix} = np.{kind}({matrix}, dtype=float)")
        if self.ones in used:
            made.append(f"{self.ones} = np.ones({self.data.rows})")
        return [*read, *made]


def _needed(branches: Branches) -> dict[str, Operation]:
    """The operations on which the totals rest, by their names."""
    every = {o.name: o for o in branches.lowered.operations}
    found, stack = set[str](), [a for addend in branches.lowered.sums for a in addend.operands]
    while stack:
        name = stack.pop()
        if name in every and name not in found:
            found.add(name)
            stack.extend(every[name].operands)
    return {name: o for name, o in every.items() if name in found}


def _identifiers(text: str) -> set[str]:
    return {n.id for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Name)}
