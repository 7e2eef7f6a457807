"""Functions with their data fixed, for many calls on one data set."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from symderiv.numeric.checking import DOUBLE, fit, length, real
from symderiv.numeric.declared import check_declared
from symderiv.numeric.functions import Compiled, Functions
from symderiv.numeric.names import joined
from symderiv.numeric.oneblock import Extent

if TYPE_CHECKING:
    from symderiv.numeric.compile import Making

__all__ = ["Prepared"]

_SOME = 64  # numbers of large data that are looked at in each call


class Prepared:
    """The methods of ``Functions`` without the arguments that are fixed.

    Positional data are the last arguments of each function, named data those of that name.

    Data of one block, about 2 MiB, are copied at once. Larger ones are kept as they are and never
    written to; who changes them prepares anew. A call looks at some of their numbers and refuses
    to go on where one has changed, since it would compute with the old data in part and with the
    new; a change of few entries is not seen.

    What depends on the data alone is computed once: XᵀX of a Hessian, also where it is multiplied
    by a vector. Xᵀ(Xθ − y) is not taken apart, since XᵀXθ and Xᵀy cancel where the difference is
    small. Memory is kept between calls, for each thread its own. Labels that are all 0 or 1 are
    noticed, and get code of their own.
    """

    def __init__(self, functions: Functions, data: Sequence[Any], named: Mapping[str, Any]) -> None:
        given = [_array(a) for a in (*data, *named.values())]
        self._extent, self._unchanged = Extent.of(map(_shape, given)), None
        if self._extent.fits:
            given = [a.copy() if isinstance(a, np.ndarray) else a for a in given]
        else:
            self._unchanged = _Unchanged(given)
        self._functions, self._data = functions, tuple(given[: len(data)])
        self._named = dict(zip(named, given[len(data) :], strict=True))
        self._made: dict[tuple[str, ...], Compiled] = {}

    @property
    def proofs(self) -> dict[str, str]:
        """For each output the name of the derivation that proves it, or an empty text."""
        return self._functions.proofs

    def __reduce__(self) -> tuple[Any, ...]:
        if self._unchanged is not None:
            self._unchanged("prepare")
        return Prepared, (self._functions, self._data, self._named)

    def __repr__(self) -> str:
        return f"<prepared {self._functions!r}>"

    def __dir__(self) -> list[str]:
        return [name for name in dir(self._functions) if name != "prepare"]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # also before there are data, while it is read from a pickle
            raise AttributeError(name)
        names = self._functions._named(name)
        if not names:  # expressions, or an error that says what there is
            return getattr(self._functions, name)
        found = self.__dict__[name] = self._function(names)  # the next look is a short one
        return found

    def only(self) -> Compiled:
        """The function of a single output."""
        (name,) = self._functions._outputs
        return self._function((name,))

    @property
    def source(self) -> str:
        """The NumPy text of all outputs."""
        return joined([self._function((name,)).source for name in self._functions._outputs])

    def jointly(self, *names: str) -> Compiled:
        """One function that returns several outputs as a tuple."""
        return self._function(self._functions._known(names))

    def _function(self, names: tuple[str, ...]) -> Compiled:
        found = self._made.get(names)
        if found is None:
            found = self._made[names] = Compiled(self._bound(names), self, names)
        return found

    def _bound(self, names: tuple[str, ...]) -> Callable[..., Any]:
        function = self._functions._function(names)
        parameters = list(inspect.signature(function).parameters)
        if len(self._data) + len(self._named) > len(parameters):
            raise TypeError(f"{function.__name__} takes {', '.join(parameters)} and no more data")
        for name in self._named:
            if name not in parameters:
                raise TypeError(f"{function.__name__} has no argument {name!r}")
        last = parameters[len(parameters) - len(self._data) :] if self._data else []
        for name in last:
            if name in self._named:
                raise TypeError(f"{function.__name__} is given {name!r} twice")
        fixed = dict(zip(last, self._data, strict=True)) | self._named
        free = [name for name in parameters if name not in fixed]
        signature = inspect.Signature(
            [inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in free]
        )
        labels = frozenset(name for name, a in fixed.items() if _is_label(a))
        unchanged = None
        if self._unchanged is not None:
            unchanged = partial(self._unchanged, function.__name__, tuple(fixed))
            unchanged()
        making = self._functions._making(names, tuple(fixed), labels, self._extent)
        if making is None:

            def call(*args: Any, **kwargs: Any) -> Any:
                if unchanged is not None:
                    unchanged()
                return function(**signature.bind(*args, **kwargs).arguments, **fixed)

            call.source = function.source  # type: ignore[attr-defined]
            call.__doc__ = function.__doc__
        else:
            call = _checked(making, fixed, signature, unchanged)
            call.source = making.source  # type: ignore[attr-defined]
            call.__doc__ = making.doc
        call.__name__ = call.__qualname__ = function.__name__
        call.__signature__ = signature  # type: ignore[attr-defined]
        return call


def _array(a: Any) -> Any:
    """What is given as an array; a number, and what is no array, as it is."""
    if isinstance(a, (int, float, np.generic, np.ma.MaskedArray)):
        return a  # what is masked is said when it is looked at
    try:
        return np.asarray(a)
    except ValueError:  # which will be said when its shape is looked at
        return a


def _shape(a: Any) -> tuple[int, ...]:
    """The shape of an argument, or none."""
    try:
        return np.shape(a)
    except ValueError:  # which will be said when it is looked at
        return ()


def _is_label(a: Any) -> bool:
    """Whether all entries of a vector are 0 or 1."""
    try:
        array = np.asarray(a)
    except ValueError:  # which will be said when its shape is looked at
        return False
    if array.ndim != 1 or array.dtype.kind not in "biuf":
        return False
    return array.dtype.kind == "b" or bool(np.all((array == 0) | (array == 1)))


class _Unchanged:
    """Refuses data of which some numbers have changed."""

    def __init__(self, data: Sequence[Any]) -> None:
        self.kept = list[tuple[int, Any, bytes]]()
        for place, a in enumerate(data):
            if isinstance(a, np.ndarray) and a.ndim:
                some = _SOME if a.ndim == 1 else max(2, round(_SOME ** (1 / a.ndim)))
                view = a[
                    tuple(slice(None, None, s // some | 1) for s in a.shape)
                ]  # odd, unlike a pattern
                self.kept.append((place, view, view.tobytes()))

    def __call__(self, function: str, names: Sequence[str] = ()) -> None:
        """Look at the sample for a function, which calls the data by these names.

        Raises
        ------
        RuntimeError
            Naming the argument.
        """
        for place, view, before in self.kept:
            if view.tobytes() != before:
                what = names[place] if names else "an array"
                raise RuntimeError(
                    f"{function}: {what} was changed after it was prepared; prepare anew"
                )


def _after(check: Callable[[], None], function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any) -> Any:
        check()
        return function(*args)

    return call


def _checked(
    making: Making,
    fixed: Mapping[str, Any],
    signature: inspect.Signature,
    unchanged: Callable[[], None] | None,
) -> Callable[..., Any]:
    """The prepared function, which checks what it is given against the data."""
    contract = making.contract
    known = [a for a in contract.arguments if a.name in fixed]
    data = {a.name: real(contract, a, fixed[a.name], making.blocked) for a in known}
    sizes = [s for s in contract.sizes if s.argument in fixed]
    given_sizes = fit(replace(contract, arguments=known, sizes=sizes), data)
    check_declared(contract.name, contract.declared, data)
    made = making.make(**{a.name: data[a.name] for a in known})
    compute = made if unchanged is None else _after(unchanged, made)
    missing = [a for a in contract.arguments if a.name not in fixed]
    shapes = [
        tuple(length(s, given_sizes) for s in a.layout.sizes)
        for a in missing
        if a.layout is not None and a.layout.sizes
    ]
    free = {a.name for a in missing}
    facts = [d for d in contract.declared if d.argument in free]
    arrays = len(shapes) == len(missing) and not facts

    def slow(*args: Any, **kwargs: Any) -> Any:
        args = signature.bind(*args, **kwargs).args
        given = {a.name: real(contract, a, v) for a, v in zip(missing, args, strict=True)}
        fit(contract, {a.name: given.get(a.name, data.get(a.name)) for a in contract.arguments})
        check_declared(contract.name, facts, given)
        return compute(*(v if isinstance(v, int) or v.ndim else v[()] for v in given.values()))

    def call(*args: Any, **kwargs: Any) -> Any:
        if kwargs or not arrays or len(args) != len(shapes):
            return slow(*args, **kwargs)
        for v, shape in zip(args, shapes, strict=True):
            if type(v) is not np.ndarray or v.dtype is not DOUBLE or v.shape != shape:
                return slow(*args)
        return compute(*args)

    (shape,) = shapes if arrays and len(shapes) == 1 else (None,)
    ndarray, double, nothing = np.ndarray, DOUBLE, object()  # what a closure has is found faster

    def call_with_one(v: Any = nothing, /, *args: Any, **kwargs: Any) -> Any:
        if type(v) is ndarray and v.dtype is double and v.shape == shape:
            if not args and not kwargs:
                return compute(v)
        elif v is nothing:
            return slow(*args, **kwargs)
        return slow(v, *args, **kwargs)

    return call if shape is None else call_with_one
