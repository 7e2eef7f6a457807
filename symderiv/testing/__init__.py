"""Tests for people's own work: `assert_proved`, `assert_gradient`, oracles with derived bounds.

``assert_gradient`` and ``check_gradient`` test a NumPy gradient against the SymPy expression that
it is of; ``assert_proved`` and ``assert_refuted`` put a claim to the judge. Imported on first use,
and Hypothesis by ``strategies`` and ``properties`` only, so that the oracles cost no more than
NumPy and mpmath.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symderiv.testing.assertions import assert_proved, assert_refuted
    from symderiv.testing.gradient import (
        GradientFailure,
        GradientReport,
        assert_gradient,
        check_gradient,
    )

__all__ = [
    "GradientFailure",
    "GradientReport",
    "assert_gradient",
    "assert_proved",
    "assert_refuted",
    "check_gradient",
]
_ASSERTIONS = ("assert_proved", "assert_refuted")


def __getattr__(name: str) -> Any:
    if name in __all__:
        home = "assertions" if name in _ASSERTIONS else "gradient"
        return getattr(import_module(f"symderiv.testing.{home}"), name)
    raise AttributeError(f"module 'symderiv.testing' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
