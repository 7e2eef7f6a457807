"""NumPy source as a graph: equal computations are one node, and are named once.

A node is a template with holes for other nodes. Where a node is used once it is written in
place, with the brackets that Python's precedence asks for; where it is used more often it
becomes a named intermediate.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

__all__ = [
    "ATOM",
    "COMPARE",
    "MUL",
    "NARROW",
    "POW",
    "SUM",
    "UNARY",
    "Names",
    "Node",
    "Program",
    "Writer",
]

COMPARE, SUM, MUL, UNARY, POW, ATOM = 1, 2, 3, 4, 5, 6

NARROW = 32  # columns of X up to which XᵀX is faster as a small product than as half of a large one
_LONGEST_IN_PLACE = 50  # characters of a computation that is written inside another one
_LONGEST_STATEMENT = 92


@dataclass(frozen=True)
class Node:
    """``template`` with ``args`` in its holes; a cheap node is repeated and never named.

    A ``block`` is the leaf for a block of rows of an argument. A node with a ``zero`` is the
    sum over all blocks of its argument, and starts from it.
    """

    template: str
    args: tuple[int, ...] = ()
    needs: tuple[int, ...] = ()
    precedence: int = ATOM
    cheap: bool = False
    block: str = ""
    zero: str = ""


class Program:
    """A growing graph of computations, each entered once.

    Attributes
    ----------
    blocked
        For each node, whether it belongs to a block of rows.
    level
        For each node, how many passes over the rows come before it.
    hints
        What an intermediate may be called.
    choices
        For some nodes a condition on sizes, and the node that is computed where it holds.

    Examples
    --------
    >>> p = Program()
    >>> x = p.leaf("x")
    >>> e = p.node("np.exp({0})", [x])
    >>> total = p.node("{0} / {1}", [e, p.node("1 + {0}", [e], [MUL], SUM)], [MUL, UNARY], MUL)
    >>> writer = Writer(p, Names({"x"}))
    >>> writer.write([total]), writer.text(total)
    (['v1 = np.exp(x)'], 'v1 / (1 + v1)')
    """

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.blocked: list[bool] = []
        self.level: list[int] = []
        self.hints: dict[int, str] = {}
        self.choices: dict[int, tuple[str, int]] = {}
        self._numbers: dict[Node, int] = {}

    def leaf(self, text: str, precedence: int = ATOM) -> int:
        """A name or a literal."""
        escaped = text.replace("{", "{{").replace("}", "}}")
        return self._enter(Node(escaped, precedence=precedence, cheap=True))

    def block(self, argument: str) -> int:
        """The rows of an argument that are in the block."""
        return self._enter(Node(argument, cheap=True, block=argument))

    def accumulate(self, value: int, zero: str) -> int:
        """The sum over all blocks of a value that belongs to one."""
        return self._enter(Node("{0}", (value,), (0,), zero=zero))

    def node(
        self,
        template: str,
        args: Sequence[int],
        needs: Sequence[int] = (),
        precedence: int = ATOM,
        cheap: bool = False,
    ) -> int:
        """A computation from others.

        Parameters
        ----------
        template
            Text with holes ``{0}``, ``{1}``, …
        args
            What fills the holes.
        needs
            The weakest precedence that may stand in each hole without brackets; by default 0.
        precedence
            That of the whole.
        cheap
            True for a view such as ``X.T``, which is written again wherever it is used.
        """
        filled = tuple(needs) or (0,) * len(args)
        return self._enter(Node(template, tuple(args), filled, precedence, cheap))

    def _enter(self, node: Node) -> int:
        found = self._numbers.get(node)
        if found is None:
            found = self._numbers[node] = len(self.nodes)
            self.nodes.append(node)
            inside = any(self.blocked[a] for a in node.args)
            self.blocked.append(bool(node.block) or (inside and not node.zero))
            before = max((self.level[a] for a in node.args), default=0)
            self.level.append(before + bool(node.zero))
        return found

    def needed(self, results: Iterable[int]) -> list[int]:
        """The nodes on which the results rest, arguments first."""
        found, stack = set[int](), list(results)
        while stack:
            number = stack.pop()
            if number not in found:
                found.add(number)
                stack.extend(self.nodes[number].args)
        return sorted(found)


class Writer:
    """Nodes as statements; what is written once has a name or a text from then on.

    Attributes
    ----------
    texts
        For the nodes that are written, the text that stands for them and its precedence.
    """

    def __init__(
        self,
        program: Program,
        names: Names,
        wishes: Mapping[int, str] | None = None,
        texts: Mapping[int, tuple[str, int]] | None = None,
    ) -> None:
        self.program, self.names, self.wishes = program, names, wishes or {}
        self.texts: dict[int, tuple[str, int]] = dict(texts or {})

    def text(self, number: int) -> str:
        """The text of a node that is written."""
        return self.texts[number][0]

    def write(self, wanted: Sequence[int], *, named: Collection[int] = ()) -> list[str]:
        """Statements for the nodes that are wanted, in order.

        Parameters
        ----------
        wanted
            The nodes; what they do not need is left out.
        named
            Those that get a name, as what a loop uses must have.
        """
        uses = self._uses(wanted)
        statements: list[str] = []
        texts, nodes = self.texts, self.program.nodes

        def name(number: int, text: str) -> None:
            wish = self.wishes.get(number) or self.program.hints.get(number)
            given = self.names.give(wish)
            statements.append(f"{given} = {text}")
            texts[number] = (given, ATOM)

        for number in sorted(uses.keys() - texts.keys()):
            node = nodes[number]
            text = self._text(node)
            if len(text) > _LONGEST_STATEMENT:
                for a in sorted(set(node.args), key=lambda a: -len(texts[a][0])):
                    long = nodes[a].args and len(texts[a][0]) > 12
                    if len(text) > _LONGEST_STATEMENT and long:
                        name(a, texts[a][0])
                        text = self._text(node)
            several = uses[number] > 1 or number in named
            if len(text) > _LONGEST_IN_PLACE and number not in wanted:
                several = True
            if node.args and several and not node.cheap:
                name(number, text)
            else:
                texts[number] = (text, node.precedence)
        return statements

    def _text(self, node: Node) -> str:
        filled = []
        for a, need in zip(node.args, node.needs, strict=True):
            text, precedence = self.texts[a]
            filled.append(text if precedence >= need else f"({text})")
        return node.template.format(*filled)

    def _uses(self, wanted: Sequence[int]) -> dict[int, int]:
        """How often each node would be written; arguments have smaller numbers."""
        uses: dict[int, int] = {}
        for number in wanted:
            uses[number] = uses.get(number, 0) + 1
        for number in range(len(self.program.nodes) - 1, -1, -1):
            if number in uses and number not in self.texts:
                node = self.program.nodes[number]
                copies = uses[number] if node.cheap else 1
                for hole, a in enumerate(node.args):
                    times = copies * max(1, node.template.count(f"{{{hole}}}"))
                    uses[a] = uses.get(a, 0) + times
        return uses


class Names:
    """Names for intermediates that collide with nothing."""

    def __init__(self, taken: Iterable[str]) -> None:
        self.taken, self.count = set(taken), 0

    def give(self, wish: str | None = None) -> str:
        """The name that is wished for, or one with a number."""
        stem, count = wish or "v", 1 if wish else self.count
        if wish is not None and wish not in self.taken:
            self.taken.add(wish)
            return wish
        while True:
            count += 1
            self.count += not wish
            name = f"{stem}{count}"
            if name not in self.taken:
                self.taken.add(name)
                return name
