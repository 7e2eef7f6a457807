"""symderiv proves hand-written derivations and the code made from them.

Write a derivation in SymPy, line by line; every line is proved for all sizes, or refuted by
an exact counterexample at the line that is wrong. The public names are imported on first
use, so that ``symderiv --help`` does not pay for SymPy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from symderiv.verdict import Displayed

if TYPE_CHECKING:
    from symderiv.claims import Convex, Equal, Limit, Nonnegative, NotConvex
    from symderiv.derivation import Derivation
    from symderiv.derivations import linear_regression, logistic_regression, sigmoid
    from symderiv.functions import gradient, hessian, sigma, softplus
    from symderiv.judge import prove_equal
    from symderiv.numeric import to_numpy
    from symderiv.questions import prove_convex, prove_limit, prove_nonnegative
    from symderiv.verdict import Verdict
    from symderiv.verification import verify

__version__ = "0.1.0"

__all__ = [
    "Convex",
    "Derivation",
    "Equal",
    "Limit",
    "Nonnegative",
    "NotConvex",
    "Verdict",
    "gradient",
    "hessian",
    "linear_regression",
    "logistic_regression",
    "prove_convex",
    "prove_equal",
    "prove_limit",
    "prove_nonnegative",
    "sigma",
    "sigmoid",
    "softplus",
    "to_numpy",
    "verify",
]

_HOMES = {
    "Convex": "symderiv.claims",
    "Derivation": "symderiv.derivation",
    "Equal": "symderiv.claims",
    "Limit": "symderiv.claims",
    "Nonnegative": "symderiv.claims",
    "NotConvex": "symderiv.claims",
    "Verdict": "symderiv.verdict",
    "gradient": "symderiv.functions",
    "hessian": "symderiv.functions",
    "prove_equal": "symderiv.judge",
    "prove_convex": "symderiv.questions",
    "prove_limit": "symderiv.questions",
    "prove_nonnegative": "symderiv.questions",
    "sigma": "symderiv.functions",
    "softplus": "symderiv.functions",
    "to_numpy": "symderiv.numeric",
    "verify": "symderiv.verification",
}
_MODULES = ("linear_regression", "logistic_regression", "sigmoid")


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f"symderiv.derivations.{name}")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'symderiv' has no attribute {name!r}")


def _shown(kind: str, thing: Any) -> str | None:
    """What a notebook shows: the reports are imported when it asks."""
    from symderiv.report import notebook

    return notebook.as_html(thing) if kind == "html" else notebook.as_latex(thing)


Displayed.shown_by = _shown


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
