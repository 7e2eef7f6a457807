"""What a compiled function does with what it is given, before any formula sees it."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from symderiv.indexform.terms import Linear
from symderiv.numeric.arguments import Argument, Size
from symderiv.numeric.declared import Declared, check_declared

__all__ = ["DOUBLE", "Contract", "checked", "fit", "length", "real"]

DOUBLE = np.dtype(np.float64)  # the one object of native doubles; others take the slow way


@dataclass(frozen=True)
class Contract:
    """The arguments of a function and what must hold of their shapes.

    Attributes
    ----------
    arguments, sizes
        In call order; and how each size is read off.
    least
        Forms in sizes that must be ≥ 0, and how to say so.
    elementwise
        Whether all arguments are scalars and no index occurs; they may then be arrays.
    declared
        What ``where`` says of the numbers.
    """

    name: str
    arguments: Sequence[Argument]
    sizes: Sequence[Size]
    least: Sequence[tuple[Linear, str]] = ()
    elementwise: bool = False
    declared: Sequence[Declared] = ()

    def shape(self, argument: Argument) -> str:
        """The expected shape in the writer's sizes."""
        layout = argument.layout
        if layout is None:
            return "a number"
        sizes = [_text(s) for s in layout.sizes]
        return f"({sizes[0]},)" if len(sizes) == 1 else f"({', '.join(sizes)})"

    def signature(self) -> str:
        """Every argument with its shape."""
        if self.elementwise:
            return ", ".join(a.name for a in self.arguments)
        return ", ".join(f"{a.name}: {self.shape(a)}" for a in self.arguments)


def _text(form: Linear) -> str:
    return repr(form).replace("*", "·").replace("+", " + ").replace("-", " - ").strip()


def length(form: Linear, sizes: Mapping[str, int]) -> int:
    """The value of a form in sizes."""
    return form.constant + sum(c * sizes[name] for name, c in form.coefficients)


def real(
    contract: Contract, argument: Argument, given: Any, blocked: frozenset[str] = frozenset()
) -> Any:
    """The argument as an array of doubles, or as an integer.

    One that is ``blocked`` keeps its type, since it is converted a block of rows at a time.

    Raises
    ------
    TypeError
        For what is not real numbers.
    ValueError
        For what is no array, and for a number where an integer is expected.
    """
    if type(given) is np.ndarray and given.dtype == np.float64 and argument.layout is not None:
        return given
    where = f"{contract.name}: {argument.name}"
    try:
        array = np.asarray(given)
    except ValueError as ragged:
        raise ValueError(f"{where} is no array of numbers: {ragged}") from None
    if isinstance(given, np.ma.MaskedArray) and np.ma.is_masked(given):
        raise ValueError(f"{where} has masked entries; leave their rows out, or pass .filled(…)")
    if array.dtype.kind == "c":
        raise TypeError(f"{where} has the complex dtype {array.dtype}; real numbers are expected")
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{where} has dtype {array.dtype}; real numbers are expected")
    if argument.layout is None and argument.integer and not contract.elementwise:
        number = array[()]
        if array.ndim or not float(number).is_integer():
            raise ValueError(f"{where} is {given!r}; an integer is expected")
        return int(number)
    if argument.name in blocked and array.dtype.itemsize <= np.float64().itemsize:
        return array
    return array.astype(np.float64, copy=False)


def fit(contract: Contract, arrays: Mapping[str, Any]) -> dict[str, int]:
    """Check the shapes of all arguments against one another, and return the sizes.

    Raises
    ------
    ValueError
        Naming the argument, its shape and the expected one.
    """
    sizes: dict[str, int] = {}
    for a in contract.arguments:
        shape = np.shape(arrays[a.name])
        if a.layout is None:
            if shape and not contract.elementwise:
                raise ValueError(
                    f"{contract.name}: {a.name} has shape {shape}; one number is expected"
                )
            if a.integer and not contract.elementwise:
                sizes[a.key] = int(arrays[a.name])
        elif a.layout.sizes and len(shape) != len(a.layout.sizes):
            hint = ""
            if len(a.layout.sizes) == 1 and len(shape) == 2 and 1 in shape:
                hint = f"; pass {a.name}.ravel()"
            raise ValueError(
                f"{contract.name}: {a.name} has shape {shape}, expected {contract.shape(a)}{hint}"
            )
    for s in contract.sizes:
        rest = arrays[s.argument].shape[s.axis] - length(s.offset, sizes)
        if rest % s.scale:
            raise ValueError(
                f"{contract.name}: {s.argument} has shape {arrays[s.argument].shape}, "
                f"which no {s.name} gives"
            )
        sizes[s.name] = rest // s.scale
    for a in contract.arguments:
        if a.layout is None:
            continue
        shape = arrays[a.name].shape
        wanted = tuple(length(s, sizes) for s in a.layout.sizes)
        if a.layout.sizes and shape != wanted:
            sources = ", ".join(
                f"{s.name} = {sizes[s.name]} from {s.argument} of shape {arrays[s.argument].shape}"
                for s in contract.sizes
                if any(s.name in form.names for form in a.layout.sizes)
            )
            raise ValueError(
                f"{contract.name}: {a.name} has shape {shape}, expected {contract.shape(a)} "
                f"= {wanted}" + (f"; {sources}" if sources else "")
            )
    for form, message in contract.least:
        if length(form, sizes) < 0:
            shapes = ", ".join(
                f"{a.name} {arrays[a.name].shape}" for a in contract.arguments if a.layout
            )
            raise ValueError(f"{contract.name} needs {message}; got {shapes}")
    return sizes


def checked(
    contract: Contract,
    compute: Callable[..., Any],
    several: bool,
    blocked: frozenset[str] = frozenset(),
) -> Callable[..., Any]:
    """The function that checks and converts its arguments and then computes; see ``real``."""
    parameters = [
        inspect.Parameter(a.name, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        for a in contract.arguments
    ]
    signature = inspect.Signature(parameters)
    count, elementwise = len(parameters), contract.elementwise
    plain = not contract.declared and all(a.layout is not None for a in contract.arguments)
    fitting: list[Any] = [None]  # of the last call: no second check

    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            if [(type(v), v.dtype, v.shape) for v in args] == fitting[0] and not kwargs:
                return compute(*args)
        except AttributeError:  # no array
            pass
        if kwargs or len(args) != count:
            args = signature.bind(*args, **kwargs).args
        arrays = {
            a.name: real(contract, a, given, blocked)
            for a, given in zip(contract.arguments, args, strict=True)
        }
        if not elementwise:
            fit(contract, arrays)
            check_declared(contract.name, contract.declared, arrays)
            if plain:
                fitting[0] = [(np.ndarray, DOUBLE, v.shape) for v in arrays.values()]
            values = [v if isinstance(v, int) or v.ndim else v[()] for v in arrays.values()]
            return compute(*values)
        try:
            shape = np.broadcast_shapes(*(v.shape for v in arrays.values()))
        except ValueError:
            found = ", ".join(f"{name} {v.shape}" for name, v in arrays.items())
            raise ValueError(f"{contract.name}: shapes do not broadcast: {found}") from None
        check_declared(contract.name, contract.declared, arrays)
        given = [v[()] for v in arrays.values()]
        result = compute(*given)
        return (
            tuple(spread(value, shape, given) for value in result)
            if several
            else spread(result, shape, given)
        )

    def spread(value: Any, shape: tuple[int, ...], given: list[Any]) -> Any:
        if np.shape(value) == shape and not any(value is v for v in given):
            return value if shape else float(value)
        return np.full(shape, value, dtype=np.float64) if shape else float(value)

    functools.update_wrapper(call, compute)
    call.__signature__ = signature  # type: ignore[attr-defined]
    return call
