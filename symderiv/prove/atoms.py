"""Generators of the exact field: what is left when a term is taken apart as far as it goes.

An atom is a symbol, an entry, an integer name, e^t, log|p|, |p|^(1/k), or a sum that does
not factor. Its text is canonical: two atoms with one text are the same function of the same
symbols. A long text is replaced by its SHA-256 digest, so that what is shared many times over
is not spelt out many times over. Bound indices inside an atom are named by height, ``$h.k``, so
that an atom reads the same wherever it occurs and no name bound inside can be captured.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from hashlib import sha256
from math import gcd, lcm
from typing import Any

from symderiv.indexform.terms import Linear, quoted

__all__ = [
    "ODD",
    "Atom",
    "Form",
    "SumData",
    "Symmetric",
    "UsedAsNumber",
    "entry_of",
    "recount",
    "rename",
]

_LONGEST = 1000
_INDICES = re.compile(r"\[[^\[\]]*\]|[#$%][0-9.]+")
ODD = ("asin", "atan", "erf", "erfi", "erfinv", "besseli:1", "besselj:1")  # f(−u) = −f(u)
EVEN = ("besseli:0", "besselj:0")  # f(−u) = f(u)

Monomial = tuple[tuple["Atom", int], ...]


class Form:
    """A polynomial in atoms as a canonical, hashable value, ordered by text."""

    def __init__(self, terms: Iterable[tuple[Monomial, Fraction]]) -> None:
        collected: dict[Monomial, Fraction] = {}
        for monomial, c in terms:
            key = tuple(sorted((p for p in monomial if p[1]), key=lambda p: p[0].text))
            collected[key] = collected.get(key, Fraction(0)) + c
        items = [(k, c) for k, c in collected.items() if c]
        self.terms = tuple(sorted(items, key=lambda item: _monomial_text(item[0])))

    @cached_property
    def text(self) -> str:
        """The canonical text."""
        return " + ".join(f"{c}*{_monomial_text(k)}" for k, c in self.terms) or "0"

    @cached_property
    def shape(self) -> str:
        """The text without indices, the same for all entries of an array."""
        return " + ".join(f"{c}*{_monomial_text(k, 'shape')}" for k, c in self.terms) or "0"

    @cached_property
    def atoms(self) -> frozenset[Atom]:
        """The atoms that occur."""
        return frozenset(a for k, _ in self.terms for a, _ in k)

    @cached_property
    def inside(self) -> frozenset[Atom]:
        """The atoms that occur, and those inside them."""
        return self.atoms.union(*(a.inside for a in self.atoms))

    @cached_property
    def names(self) -> frozenset[str]:
        """The integer names that occur free."""
        return frozenset().union(*(a.names for a in self.atoms))

    @property
    def height(self) -> int:
        """The largest height of an atom."""
        return max((a.height for a in self.atoms), default=0)

    def primitive(self) -> tuple[Fraction, Form]:
        """(c, p) with self = c·p, p its primitive part."""
        return self._parts

    @cached_property
    def _parts(self) -> tuple[Fraction, Form]:
        """(c, p) with self = c·p, p with coprime integer coefficients, one of them positive.

        A number is its own primitive part: log 2 and √3 are about numbers.
        """
        if all(not monomial for monomial, _ in self.terms):
            return Fraction(1), self
        denominator = lcm(*(c.denominator for _, c in self.terms))
        numerator = gcd(*(int(c * denominator) for _, c in self.terms))
        c = Fraction(numerator, denominator)
        if self.terms[-1][1] < 0:
            c = -c
        return c, Form((k, v / c) for k, v in self.terms)

    def map(self, change: Callable[[Atom], Atom]) -> Form:
        """The form with every atom replaced."""
        return Form((tuple((change(a), e) for a, e in k), c) for k, c in self.terms)

    def merged(self, a: Atom, b: Atom) -> Form:
        """The form where two atoms are one."""
        return self.map(lambda c: a if c == b else c)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Form) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return self.text


def _monomial_text(k: Monomial, way: str = "text") -> str:
    texts = ((getattr(a, way), e) for a, e in k)
    return "·".join(text if e == 1 else f"{text}^{e}" for text, e in texts) or "1"


@dataclass(frozen=True)
class SumData:
    """Σ over the binders (name, length), each from 0, of a product of powers of atoms."""

    binders: tuple[tuple[str, Linear], ...]
    factors: Monomial


@dataclass(frozen=True, eq=False)
class Atom:
    """One generator.

    ======  ==========================  ===========================================
    kind    data                        meaning
    ======  ==========================  ===========================================
    var     name                        a real symbol
    const   name                        an exact constant
    entry   (array, (Linear, …))        an entry of an array
    int     name                        an integer name as a real number
    parity  name                        (−1)^n for an integer name n
    exp     (Form t, Form d, unit)      e^(unit·t/d), t a single monomial
    log     Form p                      log|p|, p irreducible or a prime number
    root    (Form p, unit)              |p|^(1/unit), p irreducible or a prime number
    poly    Form p                      p itself, as a factor inside a sum
    call    (name, Form n, Form d, …)   a named function of n/d, … that is kept
    guard   (Form p, sign)              1 where p has the sign, else 0
    sum     SumData                     a sum that does not factor
    ======  ==========================  ===========================================
    """

    kind: str
    data: Any

    @cached_property
    def text(self) -> str:
        """The canonical text, which decides equality."""
        return self._spelt("text")

    @cached_property
    def shape(self) -> str:
        """The text without indices, the same for all entries of an array."""
        return _INDICES.sub("[]", self._spelt("shape"))

    def _spelt(self, way: str) -> str:
        data = self.data
        if self.kind in ("var", "const", "int", "parity"):
            return f"{self.kind}:{quoted(data)}"
        if self.kind == "entry":
            return f"{quoted(data[0])}[{','.join(map(repr, data[1]))}]"
        if self.kind == "sum":
            heads = ",".join(f"{name}<{length!r}" for name, length in data.binders)
            spelt = f"{heads}|{_monomial_text(data.factors, way)}"
        else:
            parts = data if isinstance(data, tuple) else (data,)
            spelt = ";".join(str(getattr(p, way, p)) for p in parts)
        if len(spelt) > _LONGEST:
            spelt = f"§{sha256(spelt.encode()).hexdigest()}"
        return f"{self.kind}({spelt})"

    @property
    def relation(self) -> tuple[int, Form] | None:
        """(k, p) where the k-th power of the atom is p: of a root, of (−1)^n, sin² = 1 − cos²."""
        one = ((), Fraction(1))
        if self.kind == "root":
            return self.data[1], self.data[0]
        if self.kind == "call" and self.data[0] == "sin":
            cos = Atom("call", ("cos", *self.data[1:]))
            return 2, Form([one, (((cos, 2),), Fraction(-1))])
        return (2, Form([one])) if self.kind == "parity" else None

    @cached_property
    def inside(self) -> frozenset[Atom]:
        """The atoms inside the atom."""
        factors = [a for a, _ in self.data.factors] if self.kind == "sum" else []
        mine = frozenset(factors).union(*(a.inside for a in factors))
        return mine.union(*(form.inside for form in self.forms))

    @cached_property
    def names(self) -> frozenset[str]:
        """The integer names that occur free in the atom."""
        if self.kind in ("int", "parity"):
            return frozenset([self.data])
        if self.kind == "entry":
            return frozenset().union(*(i.names for i in self.data[1]))
        if self.kind == "sum":
            inner: frozenset[str] = frozenset().union(*(a.names for a, _ in self.data.factors))
            inner = inner.union(*(length.names for _, length in self.data.binders))
            return inner - {name for name, _ in self.data.binders}
        return frozenset().union(*(f.names for f in self.forms))

    @property
    def forms(self) -> tuple[Form, ...]:
        """The forms inside an exp, log, root, poly or guard."""
        parts = self.data if isinstance(self.data, tuple) else (self.data,)
        return tuple(p for p in parts if isinstance(p, Form))

    @cached_property
    def height(self) -> int:
        """How deeply sums are nested in the atom."""
        if self.kind == "sum":
            return 1 + max((a.height for a, _ in self.data.factors), default=0)
        return max((f.height for f in self.forms), default=0)

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Atom) and self.text == other.text)

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return self.text


class Symmetric(str):
    """The name of an array with A[i, j] = A[j, i]."""

    __slots__ = ()


def entry_of(array: str, indices: tuple[Linear, ...]) -> Atom:
    """An entry; of A[i, j] and A[j, i] one, where they are equal."""
    if isinstance(array, Symmetric):
        indices = tuple(sorted(indices, key=repr))
    return Atom("entry", (array, indices))


class UsedAsNumber(Exception):
    """An index that is counted otherwise occurs as a number inside an atom."""


def rename(atom: Atom, names: Mapping[str, str]) -> tuple[int, Atom]:
    """The atom with free integer names renamed, and ±1: the atom was ± that."""
    return recount(atom, {name: Linear.of(new) for name, new in names.items()})


def recount(atom: Atom, forms: Mapping[str, Linear]) -> tuple[int, Atom]:
    """The atom with integer names counted otherwise, one to one, and ±1: the atom was ± that.

    What was irreducible stays so. The new names are levels (``#d``), heights above everything
    inside, or fresh (``%n``), so nothing that is bound inside the atom can capture them.
    """
    if not atom.names & forms.keys():
        return 1, atom
    return _oriented(_recounted(atom, forms, {}))


def _recounted(atom: Atom, forms: Mapping[str, Linear], memo: dict[Atom, Atom]) -> Atom:
    def change(a: Atom) -> Atom:
        if a not in memo:  # each part once, however often it occurs
            memo[a] = _recounted(a, forms, memo) if a.names & forms.keys() else a
        return memo[a]

    data = atom.data
    if atom.kind in ("int", "parity"):
        form = Linear.of(data).substitute(forms)
        if form.constant or [c for _, c in form.coefficients] != [1]:
            raise UsedAsNumber(data)
        return Atom(atom.kind, form.coefficients[0][0])
    if atom.kind == "entry":
        return entry_of(data[0], tuple(i.substitute(forms) for i in data[1]))
    if atom.kind == "sum":
        binders = tuple((name, length.substitute(forms)) for name, length in data.binders)
        factors = sorted(((change(a), e) for a, e in data.factors), key=lambda p: p[0].text)
        return Atom("sum", SumData(binders, tuple(factors)))
    if isinstance(data, tuple):
        return Atom(atom.kind, tuple(p.map(change) if isinstance(p, Form) else p for p in data))
    return Atom(atom.kind, data.map(change))


def _oriented(atom: Atom) -> tuple[int, Atom]:
    """Of p and −p one inside poly, log, indicators and odd functions, and the sign."""
    at = {"poly": 0, "log": 0, "guard": 0}.get(atom.kind)
    if atom.kind == "call" and atom.data[0] in ODD + EVEN:
        at = 1
    parts = list(atom.data) if isinstance(atom.data, tuple) else [atom.data]
    if at is None or parts[at].terms[-1][1] > 0:
        return 1, atom
    parts[at] = Form((k, -c) for k, c in parts[at].terms)
    if atom.kind == "guard":
        parts[1] = "-0+"["+0-".index(parts[1])]
    turned = Atom(atom.kind, tuple(parts) if isinstance(atom.data, tuple) else parts[0])
    return (1 if atom.kind in ("log", "guard") or parts[0] in EVEN else -1), turned
