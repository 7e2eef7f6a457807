"""Quotients by sums with a square root in lowest terms, where nothing is left that cancels.

With s = √q, a rational function of s and other terms is A + B·s for A and B without s: s² is q.
The derivatives of log(u + √(u² + 1)), which is asinh u, are of this kind with A = 0 or B = 0: the
second is −u/q^(3/2), and as it is written all digits are lost for u → −∞.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from sympy import QQ
from sympy.polys.fields import field

from symderiv.indexform.terms import ONE, ZERO, Term, add, mul, num, power, root, walk
from symderiv.numeric.elements import TooLarge, arithmetic
from symderiv.numeric.exponentials import live
from symderiv.numeric.island import fraction
from symderiv.numeric.powers import powers
from symderiv.numeric.sums import Normal

__all__ = ["in_lowest_terms"]

_HALF = Fraction(1, 2)
_MOST_NODES, _MOST_GENERATORS, _MOST_TERMS, _MOST_EXPONENT = 80, 8, 60, 6
_MOST_TIMES = 4  # that a divisor with a root may be left


def in_lowest_terms(normal: Normal, t: Term) -> Term | None:
    """A product of powers that a sum or a product of quotients is, if it is shorter."""
    if t.op not in ("add", "mul"):
        return None
    nodes = list(_inside(t))
    below = (b for f in nodes if f.op == "pow" for b, e in powers([f])[1].items() if e < 0)
    sums = list(dict.fromkeys(b for b in below if b.op == "add"))
    radicands = {e.args[0] for d in sums for e in _inside(d) if _is_root(e)}
    if len(nodes) > _MOST_NODES or len(radicands) > 1 or not sums:
        return None
    others = [e for e in nodes if e.op == "add" and e is not t]
    if not radicands and (t.op != "add" or len(others) < 2 or live(t)):
        return None
    with_root = [d for d in sums if any(map(_is_root, _inside(d)))]
    found = None
    try:
        reduced = _Reduced(nodes, *radicands)
        for d, k in [(ONE, 0), *itertools.product(with_root, range(1, _MOST_TIMES))]:
            one = reduced.written(reduced.element(t) * reduced.element(d) ** k)
            found = None if one is None else mul(one, power(d, -k))
            if found is not None:
                break
    except TooLarge:
        return None
    return normal.run(found) if found is not None and _size(found) < _size(t) else None


def _inside(t: Term) -> Iterator[Term]:
    """What a term is made of by sums, products and powers; each of its parts once."""
    seen, stack = set[Term](), [t]
    while stack:
        node = stack.pop()
        if node not in seen:
            seen.add(node)
            yield node
            if node.op in ("add", "mul", "pow") or _is_root(node):
                stack.extend(node.args)


def _is_root(t: Term) -> bool:
    return t.op == "root" and bool(t.data.denominator == 2)


def _size(t: Term) -> int:
    return sum(1 for _ in walk(t))


class _Reduced:
    """The field of the parts of a term, with elements A + B·s."""

    def __init__(self, nodes: list[Term], radicand: Term | None = None) -> None:
        inner = ("add", "mul", "pow", "num")
        atoms = [e for e in nodes if e.op not in inner and not _is_root(e)]
        roots = list(dict.fromkeys(e.args[0] for e in nodes if _is_root(e)))
        if len(atoms) + len(roots) > _MOST_GENERATORS:
            raise TooLarge
        self.field, *generators = field([f"g{k}" for k in range(len(atoms) + len(roots))], QQ)
        self.of_atom = dict(zip(atoms, generators, strict=False))
        self.of_root = dict(zip(roots, generators[len(atoms) :], strict=True))
        self._memo: dict[Term, Any] = {}
        self.radicand, self.nodes = radicand, nodes

    def element(self, t: Term) -> Any:
        """The element of the field."""
        if t not in self._memo:
            found = self._memo[t] = self._element(t)
            if max(len(found.numer), len(found.denom)) > _MOST_TERMS:
                raise TooLarge
        return self._memo[t]

    def _element(self, t: Term) -> Any:
        if _is_root(t):
            return self.of_root[t.args[0]] ** t.data.numerator
        found = arithmetic(t, self.field, self.element, _MOST_EXPONENT)
        return self.of_atom[t] if found is None else found

    def _split(self, f: Any) -> tuple[Any, Any]:
        """A and B of A + B·s."""
        if self.radicand is None:
            return f, self.field(0)
        q, s = self.element(self.radicand), self.of_root[self.radicand]
        place = self.field.gens.index(s)
        if any(m[place] for p in (q.numer, q.denom) for m in p.monoms()):
            raise TooLarge

        def parts(polynomial: Any) -> list[Any]:
            out = [self.field(0), self.field(0)]
            for monom, c in polynomial.terms():
                k, rest = monom[place], (*monom[:place], 0, *monom[place + 1 :])
                out[k % 2] += self.field(polynomial.ring({rest: c})) * q ** (k // 2)
            return out

        (a, b), (c, d) = parts(f.numer), parts(f.denom)
        norm = c**2 - d**2 * q
        if not norm:
            raise TooLarge
        return (a * c - b * d * q) / norm, (b * c - a * d) / norm

    def written(self, f: Any) -> Term | None:
        """The product that an element is; None where it is a sum."""
        rational, with_root = self._split(f)
        if rational and with_root:
            return None
        f, out = rational or with_root, list[Term]()
        if not f:
            return ZERO
        if self.radicand is not None:
            f, r = self._divided(f, self.radicand)
            r += _HALF if with_root else 0
            q = self.radicand if not self._cancels(self.radicand) else self._product(self.radicand)
            out.append(root(q, r) if r else num(1))
        for base in (e for e in self.nodes if e.op == "add" and not any(map(_is_root, _inside(e)))):
            f, r = self._divided(f, base)
            out.append(root(base, r))
        for polynomial, sign in ((f.numer, 1), (f.denom, -1)):
            coefficient, factors = polynomial.factor_list()
            out.append(power(num(fraction(coefficient)), sign))
            if any(len(factor) > 2 for factor, _ in factors):
                return None
            out += [power(self._polynomial(factor), sign * k) for factor, k in factors]
        return mul(*out)

    def _divided(self, f: Any, base: Term) -> tuple[Any, Fraction]:
        """f without the power of a base in it, and the exponent."""
        g = self.element(base)
        factors = [factor for factor, k in g.numer.factor_list()[1] if k == 1]
        if not factors or len(factors) < len(g.numer.factor_list()[1]):
            return f, Fraction(0)
        exponents = {self._exponent(f, factor) for factor in factors}
        (r,) = exponents if len(exponents) == 1 else (0,)
        return f / g**r, Fraction(r)

    def _exponent(self, f: Any, factor: Any) -> int:
        for polynomial, sign in ((f.numer, 1), (f.denom, -1)):
            for other, k in polynomial.factor_list()[1]:
                if other.monic() == factor.monic():
                    return int(sign * k)
        return 0

    def _cancels(self, t: Term) -> bool:
        """Whether a sum has terms that cancel, as (1 + x)² − 1."""
        f, parts = self.element(t), map(self.element, t.args)
        weights = [sum(map(abs, p.numer.coeffs())) for p in parts if p.denom.is_ground]
        return bool(f.denom == 1 and sum(weights) > sum(map(abs, f.numer.coeffs())))

    def _product(self, t: Term) -> Term:
        coefficient, factors = self.element(t).numer.factor_list()
        out = [power(self._polynomial(factor), k) for factor, k in factors]
        return mul(*out, num(fraction(coefficient)))

    def _polynomial(self, polynomial: Any) -> Term:
        terms = {g: t for t, g in self.of_atom.items()}
        terms |= {g: root(t, _HALF) for t, g in self.of_root.items()}
        addends = []
        for monom, c in polynomial.terms():
            factors = [power(terms[g], k) for g, k in zip(self.field.gens, monom, strict=True) if k]
            addends.append(mul(*factors, num(fraction(c))))
        return add(*addends)
