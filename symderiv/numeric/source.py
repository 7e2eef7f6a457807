"""NumPy source as a graph: equal computations are one node, and are named once.

A node is a template with holes for other nodes. Where a node is used once it is written in
place, with the brackets that Python's precedence asks for; where it is used more often it
becomes a named intermediate.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

__all__ = ["ATOM", "COMPARE", "MUL", "POW", "SUM", "UNARY", "Program"]

COMPARE, SUM, MUL, UNARY, POW, ATOM = 1, 2, 3, 4, 5, 6

_LONGEST_IN_PLACE = 50  # characters of a computation that is written inside another one
_LONGEST_STATEMENT = 92


@dataclass(frozen=True)
class _Node:
    """``template`` with ``args`` in its holes; a cheap node is repeated and never named."""

    template: str
    args: tuple[int, ...]
    needs: tuple[int, ...]
    precedence: int
    cheap: bool


class Program:
    """A growing graph of computations, each entered once.

    Examples
    --------
    >>> p = Program()
    >>> x = p.leaf("x")
    >>> e = p.node("np.exp({0})", [x])
    >>> total = p.node("{0} / {1}", [e, p.node("1 + {0}", [e], [MUL], SUM)], [MUL, UNARY], MUL)
    >>> p.lines([total], {"x"})
    (['v1 = np.exp(x)'], ['v1 / (1 + v1)'])
    """

    def __init__(self) -> None:
        self.nodes: list[_Node] = []
        self._numbers: dict[_Node, int] = {}

    def leaf(self, text: str, precedence: int = ATOM) -> int:
        """A name or a literal."""
        return self._enter(
            _Node(text.replace("{", "{{").replace("}", "}}"), (), (), precedence, True)
        )

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
        return self._enter(_Node(template, tuple(args), filled, precedence, cheap))

    def _enter(self, node: _Node) -> int:
        found = self._numbers.get(node)
        if found is None:
            found = self._numbers[node] = len(self.nodes)
            self.nodes.append(node)
        return found

    def is_leaf(self, number: int) -> bool:
        """Whether the node is a name or a literal."""
        return not self.nodes[number].args

    def lines(
        self,
        results: Sequence[int],
        taken: Iterable[str],
        wishes: Mapping[int, str] | None = None,
    ) -> tuple[list[str], list[str]]:
        """Statements in order, and the text of each result after them.

        Parameters
        ----------
        results
            The nodes that are wanted; what they do not need is left out.
        taken
            Names that may not be used for intermediates.
        wishes
            Names that intermediates would like to have.
        """
        uses = self._uses(results)
        names = _Names(taken, wishes or {})
        statements: list[str] = []
        texts: dict[int, tuple[str, int]] = {}
        for number in sorted(uses):
            node = self.nodes[number]
            text = self._text(node, texts)
            if len(text) > _LONGEST_STATEMENT:
                for a in sorted(set(node.args), key=lambda a: -len(texts[a][0])):
                    if (
                        len(text) > _LONGEST_STATEMENT
                        and self.nodes[a].args
                        and len(texts[a][0]) > 12
                    ):
                        name = names.give(a)
                        statements.append(f"{name} = {texts[a][0]}")
                        texts[a] = (name, ATOM)
                        text = self._text(node, texts)
            named = uses[number] > 1 or (len(text) > _LONGEST_IN_PLACE and number not in results)
            if node.args and named and not node.cheap:
                name = names.give(number)
                statements.append(f"{name} = {text}")
                texts[number] = (name, ATOM)
            else:
                texts[number] = (text, node.precedence)
        return statements, [texts[r][0] for r in results]

    def _text(self, node: _Node, texts: Mapping[int, tuple[str, int]]) -> str:
        filled = []
        for a, need in zip(node.args, node.needs, strict=True):
            text, precedence = texts[a]
            filled.append(text if precedence >= need else f"({text})")
        return node.template.format(*filled)

    def _uses(self, results: Sequence[int]) -> dict[int, int]:
        """How often each needed node would be written; arguments have smaller numbers."""
        uses: dict[int, int] = dict.fromkeys(results, 0)
        for r in results:
            uses[r] += 1
        for number in range(len(self.nodes) - 1, -1, -1):
            if number in uses:
                node = self.nodes[number]
                copies = uses[number] if node.cheap else 1
                for a in node.args:
                    uses[a] = uses.get(a, 0) + copies
        return uses


class _Names:
    """Names for intermediates that collide with nothing."""

    def __init__(self, taken: Iterable[str], wishes: Mapping[int, str]) -> None:
        self.taken, self.wishes, self.count = set(taken), wishes, 0

    def give(self, number: int) -> str:
        wish = self.wishes.get(number)
        if wish is not None and wish not in self.taken:
            self.taken.add(wish)
            return wish
        while True:
            self.count += 1
            name = f"v{self.count}"
            if name not in self.taken:
                self.taken.add(name)
                return name
