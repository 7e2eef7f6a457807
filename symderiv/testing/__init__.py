"""Tests for people's own functions: `assert_gradient`, oracles with derived bounds, strategies.

``assert_gradient`` and ``check_gradient`` test a NumPy gradient against the SymPy expression that
it is of. Imported on first use, and Hypothesis by ``strategies`` and ``properties`` only, so that
the oracles cost no more than NumPy and mpmath.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symderiv.testing.gradient import (
        GradientFailure,
        GradientReport,
        assert_gradient,
        check_gradient,
    )

__all__ = ["GradientFailure", "GradientReport", "assert_gradient", "check_gradient"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(import_module("symderiv.testing.gradient"), name)
    raise AttributeError(f"module 'symderiv.testing' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
