"""Normal forms written as terms again, for certificates and for people."""

from __future__ import annotations

from fractions import Fraction

from symderiv.indexform.conditions import Unsupported
from symderiv.indexform.terms import (
    Linear,
    Term,
    add,
    by_sign,
    call,
    constant,
    entry,
    fresh_index,
    integer,
    mul,
    num,
    power,
    root,
    substitute,
    total,
    var,
)
from symderiv.prove.atoms import Atom, Form, Monomial

__all__ = ["term_of", "term_of_atom"]


def term_of(form: Form) -> Term:
    """The polynomial as a term; sums get fresh bound names."""
    return add(*(mul(num(c), *_powers(monomial)) for monomial, c in form.terms))


def _powers(monomial: Monomial) -> list[Term]:
    return [power(term_of_atom(a), e) for a, e in monomial]


def term_of_atom(a: Atom) -> Term:
    """One generator as a term; log|p| as log p, which a checker then finds defined or not."""
    match a.kind:
        case "var":
            return var(a.data)
        case "const":
            return constant(a.data)
        case "entry":
            return entry(str(a.data[0]), a.data[1])
        case "int":
            return integer(Linear.of(a.data))
        case "exp":
            t, d, unit = a.data
            return call("exp", mul(num(unit), term_of(t), *_inverse(d)))
        case "log":
            return call("log", term_of(a.data))
        case "root":
            p, unit = a.data
            return root(term_of(p), Fraction(1, unit))
        case "poly":
            return term_of(a.data)
        case "guard":
            p, sign = a.data
            return by_sign(term_of(p), *(num(int(s == sign)) for s in "+0-"))
        case "sum":
            body = mul(num(1), *_powers(a.data.factors))
            for name, length in reversed(a.data.binders):
                k = fresh_index()
                body = substitute(body, {name: Linear.of(k)})
                body = total(k, Linear(), length - 1, body)
            return body
        case "call":
            name, *forms = a.data
            if name not in ("cos", "sin"):
                pairs = zip(forms[::2], forms[1::2], strict=True)
                return call(name, *(mul(term_of(n), *_inverse(d)) for n, d in pairs))
            t, d, unit = forms
            return call(name, mul(num(unit), term_of(t), *_inverse(d)))
    raise Unsupported(f"the generator {a}")


def _inverse(d: Form) -> list[Term]:
    below = term_of(d)
    return [] if below == num(1) else [power(below, -1)]
