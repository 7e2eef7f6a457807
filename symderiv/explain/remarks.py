"""What a writer should know of how a derivation was read, though nothing is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sympy import Basic, Dummy, Indexed, IndexedBase, Symbol
from sympy.matrices.expressions.matexpr import MatrixElement

from symderiv.indexform.wellformed import index_symbols, integer_symbols, nodes_of

__all__ = ["of_one_index", "read_as_real", "remarks"]


def remarks(
    lines: Sequence[Basic], where: Sequence[Basic], let: Mapping[Basic, Basic]
) -> tuple[str, ...]:
    """Say how symbols and relations were read where that may surprise."""
    return (*read_as_real([*lines, *where, *let, *let.values()]), *of_one_index(lines, where))


def read_as_real(written: Sequence[Basic]) -> tuple[str, ...]:
    """Name the symbols that are real by no assumption of theirs.

    Examples
    --------
    >>> from sympy.abc import x
    >>> read_as_real([x**2])
    ('x is read as real',)
    """
    nodes = nodes_of(written)
    known = frozenset[Basic]().union(*integer_symbols(nodes))
    known |= {node.label for node in nodes if isinstance(node, IndexedBase)}
    symbols = (s for s in nodes if isinstance(s, Symbol) and not isinstance(s, Dummy))
    return tuple(
        f"{s} is read as real"
        for s in sorted(symbols, key=str)
        if s.is_extended_real is None and s not in known
    )


def of_one_index(lines: Sequence[Basic], where: Iterable[Basic]) -> tuple[str, ...]:
    """Say which relations speak of one free index, where the lines use other entries as well.

    Examples
    --------
    >>> from sympy import Sum, symbols
    >>> i, j = symbols("i j", integer=True, nonnegative=True)
    >>> w = IndexedBase("w")
    >>> of_one_index([w[i], Sum(w[j], (j, 0, 2))], [w[i] > 0])[0]
    'w[i] > 0 is said of the free index i alone: for every entry of w write it with another letter'
    """
    about_entries = [w for w in where if w.has(Indexed, MatrixElement)]
    if not about_entries:
        return ()
    entries = {e for line in lines for e in line.atoms(Indexed, MatrixElement)}
    free = frozenset[Basic]().union(*(line.free_symbols for line in lines))
    found = []
    for w in about_entries:
        for e in sorted(w.atoms(Indexed, MatrixElement), key=str):
            alone = [s for s in index_symbols(e) if s in free and s in w.free_symbols]
            others = [o for o in entries if o.args[0] == e.args[0] and o != e]
            if alone and others:
                found.append(
                    f"{w} is said of the free index {alone[0]} alone: for every entry of "
                    f"{e.args[0]} write it with another letter"
                )
    return tuple(dict.fromkeys(found))
