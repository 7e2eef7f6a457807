"""Case distinctions on which an equation does not depend.

e^(v − M)·e^M is e^v whatever M is, so that nobody has to know which of v₁ … v₅ is the greatest,
which would be 120 orders of the five. That M has a value is asked of the conditions, which are
left as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from symderiv.indexform.conditions import Unsupported
from symderiv.indexform.terms import Term, transform, var
from symderiv.prove.field import DividedByZero
from symderiv.prove.units import Split

__all__ = ["whatever_the_cases", "without_cases"]


def whatever_the_cases(question: Callable[..., bool], *terms: Term) -> bool:
    """Whether a question is answered by yes with any number in place of each case distinction."""
    plain = without_cases(*terms)
    with suppress(Split, DividedByZero, Unsupported):
        return bool(plain) and question(*plain)
    return False


def without_cases(*terms: Term) -> tuple[Term, ...]:
    """The terms with a number in place of each case distinction outside sums; () without any.

    What holds for any real number there holds for the one that stands there.
    """
    names: dict[Term, str] = {}

    def number(node: Term) -> Term | None:
        if node.op != "sign" or any("~" in name for name in node.names):
            return None
        return var(names.setdefault(node, f"case~{len(names)}"))

    out = tuple(transform(t, number) for t in terms)
    return out if names else ()
