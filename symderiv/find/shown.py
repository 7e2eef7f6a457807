"""Certificates as lines that a person reads: what is shown, by which rule, from what."""

from __future__ import annotations

from collections.abc import Iterator

from symderiv.find.forms import term_of, term_of_atom
from symderiv.find.names import named
from symderiv.indexform.differentiate import differentiate
from symderiv.indexform.terms import Linear, Term, add, call, in_case, mul, num, transform, walk
from symderiv.prove.certificates import (
    ByCases,
    ByParts,
    Certificate,
    Grows,
    Member,
    Over,
    Rewritten,
    Slope,
    Visible,
)

__all__ = ["lines", "short", "text"]

_RELATION = {"+": ">", "0": "=", "-": "<"}
_LONGEST = 160


def lines(certificate: Certificate, t: Term, relation: str = "≥ 0") -> tuple[str, ...]:
    """A certificate as lines, each branch indented below its rule.

    Examples
    --------
    >>> from symderiv.indexform.terms import power, var
    >>> print(*lines(Visible(), power(var("x"), 2)))
    x² ≥ 0, by its normal form
    """
    return tuple(_lines(certificate, t, relation))


def _lines(c: Certificate, t: Term, relation: str) -> Iterator[str]:
    here = f"{short(text(t))} {relation}"
    match c:
        case Visible():
            squares = "; ".join(
                f"{short(text(term_of(p)))} in {text(term_of_atom(g))}" for p, g in c.squares
            )
            completed = f", completing the square of {squares}" if squares else ""
            yield f"{here}, by its normal form{completed}"
        case Rewritten():
            yield f"{here}, as it equals {short(text(c.term))}"
            yield from _inside(c.inner, c.term, relation)
        case ByParts():
            yield f"{here}, part by part"
            for part, (_, inner) in zip(t.args, c.parts, strict=False):
                yield from _inside(inner, part, "≥ 0" if t.op == "add" else relation)
        case Over():
            yield f"{here}, as every summand is"
            yield from _inside(c.inner, t.args[0], relation)
        case Member():
            yield f"{here}, as no summand is negative and the one at {_index(c.at)} is positive"
            yield from _inside(c.every, t.args[0], "≥ 0")
        case Grows():
            yield f"{here}, as it has the sign of its exponential less 1"
            yield from _inside(c.inner, add(call("exp", t), num(-1)), relation)
        case ByCases():
            yield f"{here}, in every case of the sign of {short(text(c.u))}"
            for sign, inner in c.cases.items():
                yield f"  where {short(text(c.u))} {_RELATION[sign]} 0:"
                yield from _inside(inner, in_case(t, c.u, sign), relation)
        case Slope():
            x, a = text(c.variable), text(c.at)
            yield f"{here}, as it holds at {x} = {a} and t does not fall from there"
            yield from _inside(c.value, transform(t, {c.variable: c.at}.get), relation)
            slope = differentiate(t, c.variable)
            down = mul(num(-1), slope)
            for side, branch, rises in ((">", c.above, slope), ("<", c.below, down)):
                if branch is not None:
                    yield f"  where {x} {side} {a}:"
                    yield from _inside(branch, rises, "≥ 0")


def _inside(c: Certificate, t: Term, relation: str) -> Iterator[str]:
    for line in _lines(c, t, relation):
        yield f"    {line}"


def short(shown: str) -> str:
    """A text, cut where it is very long."""
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"


def text(t: Term) -> str:
    """A term in one line; bound names that read alike are told apart by primes."""
    seen: dict[str, list[str]] = {}
    for name in sorted(_bound_names(t), key=lambda n: int(n.rpartition("~")[2])):
        seen.setdefault(named(name), []).append(name)
    renamed = {
        name: Linear.of(stem + "′" * k)
        for stem, alike in seen.items()
        for k, name in enumerate(alike)
        if k
    }
    return _text(_told_apart(t, renamed) if renamed else t, 0)


def _bound_names(t: Term) -> set[str]:
    names = set(t.names) | {u.data[0] for u in walk(t) if u.op == "sum"}
    return {n for n in names if n.rpartition("~")[2].isdigit()}


def _told_apart(t: Term, names: dict[str, Linear]) -> Term:
    """The term for reading only, with bound names renamed."""
    memo: dict[Term, Term] = {}
    for u in walk(t):
        args, data = tuple(memo[a] for a in u.args), u.data
        if u.op == "entry":
            data = (data[0], tuple(i.substitute(names) for i in data[1]))
        elif u.op == "int":
            data = data.substitute(names)
        elif u.op == "sum":
            index = names[data[0]].coefficients[0][0] if data[0] in names else data[0]
            data = (index, data[1].substitute(names), data[2].substitute(names))
        memo[u] = Term(u.op, data, args)
    return memo[t]


_POWERS = str.maketrans("0123456789-/", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻ᐟ")


def _text(t: Term, level: int) -> str:
    """The text of a term; ``level`` is 0 in a sum, 1 in a product and 2 in a power."""
    match t.op:
        case "num":
            shown, own = str(t.data), 0 if t.data < 0 else 1 if t.data.denominator > 1 else 3
        case "const":
            shown, own = {"pi": "π"}.get(t.data, str(t.data)), 3
        case "var":
            shown, own = named(t.data), 3
        case "entry":
            shown, own = f"{named(t.data[0])}[{', '.join(map(_index, t.data[1]))}]", 3
        case "int":
            shown, own = _index(t.data), 3 if len(t.names) == 1 and not t.data.constant else 0
        case "add":
            shown, own = " + ".join(_text(a, 0) for a in t.args).replace("+ -", "− "), 0
        case "mul":
            ordered = sorted(t.args, key=lambda a: a.op != "num")
            minus = ordered[0].op == "num" and ordered[0].data == -1
            shown = "·".join(_text(a, 1) for a in ordered[minus:])
            shown, own = ("-" + shown, 0) if minus else (shown, 1)
        case "pow":
            shown, own = _text(t.args[0], 3) + str(t.data).translate(_POWERS), 2
        case "root":
            shown, own = f"{_text(t.args[0], 3)}^({t.data})", 2
        case "call":
            shown, own = f"{t.data}({', '.join(_text(a, 0) for a in t.args)})", 3
        case "sum":
            index, low, high = t.data
            over = f"{named(index)} = {_index(low)} … {_index(high)}"
            shown, own = f"Σ[{over}] {_text(t.args[0], 2)}", 0
        case _:
            u, p, z, n = (_text(a, 0) for a in t.args)
            shown, own = f"({p} if {u} > 0, {z} at 0, else {n})", 3
    return f"({shown})" if own < level else shown


def _index(form: Linear) -> str:
    parts = []
    for name, c in form.coefficients:
        parts.append(f"{'' if c == 1 else '-' if c == -1 else c}{named(name)}")
    if form.constant or not parts:
        parts.append(str(form.constant))
    return " + ".join(parts).replace("+ -", "− ")
