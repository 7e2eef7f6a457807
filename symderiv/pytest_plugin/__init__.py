"""The pytest plugin: ``pytest --symderiv`` collects every step of every derivation as a test.

Without the option nothing is imported but this file, and two fixtures stand ready.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from symderiv.verdict import Counterexample, Result

__all__ = ["assert_proved", "assert_refuted", "pytest_addoption", "pytest_configure"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--symderiv`` and ``--symderiv-timeout``."""
    group = parser.getgroup("symderiv", "proofs of derivations")
    group.addoption(
        "--symderiv",
        action="store_true",
        help="collect every step of the derivations that pyproject.toml lists under"
        " [tool.symderiv], or of those in the files that pytest visits",
    )
    group.addoption(
        "--symderiv-timeout",
        type=float,
        default=10.0,
        metavar="SECONDS",
        help="for one step, as a safety net (10)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Start collecting, where it was asked for."""
    if config.getoption("symderiv"):
        from symderiv.pytest_plugin.collection import DerivationCollection

        config.pluginmanager.register(DerivationCollection(config), "symderiv-collection")


@pytest.fixture(scope="session")
def assert_proved() -> Callable[..., Result]:
    """``assert_proved(lhs, rhs, where=…, let=…)`` fails with the counterexample or the reason."""
    from symderiv import testing

    function: Any = testing.assert_proved
    return function  # type: ignore[no-any-return]


@pytest.fixture(scope="session")
def assert_refuted() -> Callable[..., Counterexample]:
    """``assert_refuted(lhs, rhs, where=…, let=…)`` returns the counterexample."""
    from symderiv import testing

    function: Any = testing.assert_refuted
    return function  # type: ignore[no-any-return]
