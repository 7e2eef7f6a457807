"""Certificates of convexity as lines that a person reads."""

from __future__ import annotations

from collections.abc import Iterator

from symderiv.find.shown import lines, short, text
from symderiv.indexform.differentiate import differentiate
from symderiv.indexform.terms import Term, entry, num, transform
from symderiv.prove.convexity import (
    Composed,
    ConvexCertificate,
    ConvexOver,
    ConvexParts,
    ConvexRewritten,
    Curved,
    Directions,
    Larger,
    Pieces,
    along,
    minus,
)

__all__ = ["convex_lines"]


def convex_lines(
    certificate: ConvexCertificate, t: Term, d: Directions, strictly: str = ""
) -> tuple[str, ...]:
    """A certificate as lines, each branch indented below its rule."""
    return tuple(_lines(certificate, t, d, strictly))


def _lines(c: ConvexCertificate, t: Term, d: Directions, strictly: str) -> Iterator[str]:
    here = f"{short(text(t))} is {strictly}convex"
    moving = ", ".join([*map(text, d.symbols), *(text(entry(a, ())) for a in d.arrays)])
    here = f"{here} in {moving.replace('[]', '')}"
    match c:
        case Curved():
            second = along(along(t, d), d)
            sign = "0" if second == num(0) else "positive" if strictly else "not negative"
            yield f"{here}, as its second derivative along every direction δ is {sign}"
            for inner in c.inner if sign != "0" else ():
                yield from _inside(lines(inner, second, "> 0" if strictly else "≥ 0"))
        case ConvexRewritten():
            yield f"{here}, as it equals {short(text(c.term))}"
            yield from _inside(_lines(c.inner, c.term, d, strictly))
        case ConvexParts():
            yield f"{here}, as a {'sum' if t.op == 'add' else 'multiple'} of what is"
            for k, (part, shown) in enumerate(zip(t.args, c.parts, strict=True)):
                if isinstance(shown, tuple):
                    relation = ">" if shown[0] == frozenset("+") else "≥"
                    yield from _inside(lines(shown[1], part, f"{relation} 0"))
                else:
                    one = strictly if t.op == "mul" or k == c.strict else ""
                    yield from _inside(_lines(shown, part, d, one))
        case ConvexOver():
            yield f"{here}, as every summand is"
            yield from _inside(_lines(c.inner, t.args[0], d, strictly))
        case Composed():
            names = dict(c.names)
            names |= {u: entry(f"?{c.at}", (at,)) for u, at in c.places}
            said = ", ".join(f"{text(name)} = {short(text(u))}" for u, name in names.items())
            yield f"{here}, as a function of the affine {said}"
            new = Directions({name: name for _, name in c.names})
            if c.pattern is not None:
                new = Directions(new.symbols, {f"?{c.at}": f"?{c.at}'"})
            moved = Directions(
                {name: Term("var", f"{name.data}'") for name in new.symbols}, new.arrays
            )
            yield from _inside(_lines(c.inner, transform(t, names.get), moved, strictly))
        case Pieces():
            ((x, _),) = d.symbols.items()
            ends = ", ".join(text(b) for b in c.breaks)
            yield f"{here}, piece by piece, with joints at {text(x)} = {ends}"
            for k, inner in enumerate(c.pieces):
                low = text(c.breaks[k - 1]) if k else "−∞"
                high = text(c.breaks[k]) if k < len(c.breaks) else "∞"
                yield f"  between {low} and {high}, its second derivative:"
                second = differentiate(differentiate(t, x), x)
                yield from _inside(lines(inner, second, "> 0" if strictly else "≥ 0")[:1])
            for b in c.breaks:
                yield f"  at {text(b)} it is continuous and its slope does not fall"
        case Larger():
            u, first, _, second = t.args
            yield f"{here}, as the larger of two"
            yield from _inside(_lines(c.first, first, d, strictly))
            yield from _inside(_lines(c.second, second, d, strictly))
            yield f"  where {text(u)} > 0:"
            yield from _inside(lines(c.above, minus(first, second)))
            yield f"  where {text(u)} < 0:"
            yield from _inside(lines(c.below, minus(second, first)))


def _inside(inner: tuple[str, ...] | Iterator[str]) -> Iterator[str]:
    for line in inner:
        yield f"    {line}"
