"""Functions with their data fixed, for many calls on one data set."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symderiv.numeric.functions import Functions

__all__ = ["Prepared"]


class Prepared:
    """The methods of ``Functions`` without the arguments that are fixed.

    Positional data are the last arguments of each function, named data those of that name.
    The data are looked at in every call and never written to.
    """

    def __init__(self, functions: Functions, data: Sequence[Any], named: Mapping[str, Any]) -> None:
        self._functions, self._data, self._named = functions, tuple(data), dict(named)
        self._made: dict[Callable[..., Any], Callable[..., Any]] = {}

    def __repr__(self) -> str:
        return f"<prepared {self._functions!r}>"

    def __dir__(self) -> list[str]:
        return [name for name in dir(self._functions) if name != "prepare"]

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return self._fixed(getattr(self._functions, name))

    def jointly(self, *names: str) -> Callable[..., Any]:
        """One function that returns several outputs as a tuple."""
        return self._fixed(self._functions.jointly(*names))

    def _fixed(self, function: Callable[..., Any]) -> Callable[..., Any]:
        found = self._made.get(function)
        if found is None:
            found = self._made[function] = self._bound(function)
        return found

    def _bound(self, function: Callable[..., Any]) -> Callable[..., Any]:
        names = list(inspect.signature(function).parameters)
        if len(self._data) + len(self._named) > len(names):
            raise TypeError(f"{function.__name__} takes {', '.join(names)} and no more data")
        for name in self._named:
            if name not in names:
                raise TypeError(f"{function.__name__} has no argument {name!r}")
        last = names[len(names) - len(self._data) :] if self._data else []
        fixed = dict(zip(last, self._data, strict=True)) | self._named
        free = [name for name in names if name not in fixed]
        parameters = [
            inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in free
        ]
        signature = inspect.Signature(parameters)

        def call(*args: Any, **kwargs: Any) -> Any:
            given = signature.bind(*args, **kwargs).arguments
            return function(**given, **fixed)

        functools.update_wrapper(call, function)
        call.__signature__ = signature  # type: ignore[attr-defined]
        return call
