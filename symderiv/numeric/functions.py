"""``to_numpy`` and what it returns; the compiler is imported when something is compiled."""

from __future__ import annotations

import functools
import inspect
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sympy import Basic

from symderiv.numeric.names import checked_identifier, identifier, joined
from symderiv.verdict import ClaimError
from symderiv.written import symbols_for_indices

if TYPE_CHECKING:
    from symderiv.numeric.compile import Compiler, Making
    from symderiv.numeric.oneblock import Extent
    from symderiv.numeric.prepared import Prepared

__all__ = ["Compiled", "Functions", "to_numpy"]

_COMPILING = threading.RLock()  # a parser and memos that threads must not share


def to_numpy(
    outputs: Any,
    arguments: Sequence[Any] | Mapping[str, Sequence[Any]],
    *,
    where: Sequence[Basic] = (),
    let: Mapping[Basic, Basic] | None = None,
    proof: str | Mapping[str, str] = "",
) -> Any:
    """NumPy functions that compute expressions fast, and in forms that rounding leaves alone.

    Sums over the rows of the data are one pass in blocks of rows; otherwise there are no loops.
    Column symbols (n, 1) are passed and returned as flat arrays (n,), matrices with two axes;
    a (1, 1) result is a float. A scalar with free indices gives an array with one axis for
    each, in alphabetical order. Where all arguments are scalar symbols they may be arrays,
    which broadcast. Sizes are read off the shapes. An IndexedBase without a shape is an array
    of exactly the entries over which the sums run, so ``Sum(t[k], (k, 1, n))`` takes
    ``t`` of shape (n,).

    What may be passed:

    - real numbers of any type (float32, integers, bool), arrays in any memory order, strided,
      read-only or the same array twice, lists, and objects with ``__array__``. All is computed
      in double precision, and large arrays are converted block by block;
    - NaN propagates, and infinities give what arithmetic gives;
    - a wrong shape, (n, 1) or (1, n) for (n,) included, and a size of 0 where the formula needs
      at least 1, are a ValueError that names the argument, its shape and the expected one;
      complex numbers, texts and objects are a TypeError;
    - nothing that is passed is written to, and threads may share the functions. They can be
      copied and pickled: what is stored is the formula, which is compiled anew where it is read.

    Parameters
    ----------
    outputs
        An expression, which gives a function, or ``{name: expression}``, which gives an
        object with a method for each name. Derivatives, ``gradient`` and ``hessian`` in them
        are taken through the index form.
    arguments
        Symbols, MatrixSymbols and IndexedBases in call order; ``{name: arguments}`` where the
        outputs do not all take the same ones. Those of a joint function are merged.
    where
        What may be assumed, as in ``prove_equal``: ranges of indices, and sets and bounds of
        numbers, as ``Contains(y[i, 0], FiniteSet(0, 1))``, ``p[i] >= 0`` or
        ``Eq(Sum(Y[i, k], (k, 0, K - 1)), 1)``. Those of a number, of every entry of an array and
        of the sums over its last axis are checked in every call, with a ValueError that names
        the first that is wrong; open bounds are checked as closed ones, and NaN passes them.
        Anything else, such as ``x < y`` or ``Ne(x, 1)``, is taken on trust.
    let
        The writer's definitions, which are unfolded.
    proof
        The name of the derivation that proves the expression, for one output or by name;
        without one the source says "not proved".

    Returns
    -------
    callable or Functions
        With ``.source``, the NumPy text, and a docstring with formula and shapes.

    Raises
    ------
    ClaimError
        Where an expression cannot be compiled or an argument is missing.

    Examples
    --------
    >>> from sympy import MatrixSymbol, symbols
    >>> m, n = symbols("m n", integer=True, positive=True)
    >>> X, w = MatrixSymbol("X", m, n), MatrixSymbol("w", n, 1)
    >>> predict = to_numpy(X*w, (w, X))
    >>> predict([1.0, 2.0], [[1, 0], [0, 1], [1, 1]])
    array([1., 2., 3.])
    """
    functions = Functions(outputs, arguments, where, let or {}, proof)
    return functions if isinstance(outputs, Mapping) else functions.only()


class Functions:
    """Compiled outputs, each a method; made by ``to_numpy``, compiled when first used.

    ``functions.jointly("cost", "gradient")`` gives a function that returns both as a tuple
    and computes what they share once; ``functions.cost_and_gradient`` is the same.
    ``functions.prepare(X, y)`` fixes the last arguments, the data, for many calls.

    Examples
    --------
    >>> from sympy import exp, symbols
    >>> z = symbols("z", real=True)
    >>> f = to_numpy({"half": exp(z)/2, "double": 2*exp(z)}, (z,))
    >>> f.half(0), f.half_and_double(0)
    (0.5, (0.5, 2.0))
    """

    def __init__(
        self,
        outputs: Any,
        arguments: Sequence[Any] | Mapping[str, Sequence[Any]],
        where: Sequence[Basic],
        let: Mapping[Basic, Basic],
        proof: str | Mapping[str, str],
    ) -> None:
        self._single = not isinstance(outputs, Mapping)
        given: dict[str, Any] = {"compute": outputs} if self._single else dict(outputs)
        plain = {name: symbols_for_indices(output) for name, output in given.items()}
        self._outputs: dict[str, Any] = {name: output for name, (output, _) in plain.items()}
        if not self._outputs:
            raise ClaimError("to_numpy: no outputs")
        for name in self._outputs:
            checked_identifier(name)
            if name in ("expressions", "jointly", "only", "prepare", "proofs", "source"):
                raise ClaimError(
                    f"an output cannot be called {name!r}: every compiled object has it"
                )
        if isinstance(arguments, Basic):
            arguments = (arguments,)
        if not isinstance(arguments, Mapping):
            arguments = dict.fromkeys(self._outputs, tuple(arguments))
        if arguments.keys() != self._outputs.keys():
            raise ClaimError(
                f"arguments are given for {', '.join(arguments)}; "
                f"the outputs are {', '.join(self._outputs)}"
            )
        self._arguments = {name: tuple(given) for name, given in arguments.items()}
        ranges = dict.fromkeys(r for _, said in plain.values() for r in said)
        self._where, self._let = (*where, *(r for r in ranges if r not in where)), dict(let)
        proofs = dict.fromkeys(self._outputs, proof) if isinstance(proof, str) else dict(proof)
        for name in proofs:
            if name not in self._outputs:
                raise ClaimError(f"proof names {name!r}, which is no output")
        self._proofs = proofs
        self._compiled: dict[tuple[str, ...], Compiled] = {}
        self._makings: dict[Any, Making | None] = {}
        self._compiler: Compiler | None = None

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._outputs})

    def __repr__(self) -> str:
        return f"<compiled functions: {', '.join(self._outputs)}>"

    def __reduce__(self) -> tuple[Any, ...]:
        outputs = self._outputs["compute"] if self._single else self._outputs
        return Functions, (outputs, self._arguments, self._where, self._let, self._proofs)

    def __copy__(self) -> Functions:
        return self

    def __deepcopy__(self, _: dict[int, Any]) -> Functions:
        return self  # nothing in it can be changed

    def __getattr__(self, name: str) -> Compiled:
        names = self._named(name)
        if names:
            found = self.__dict__[name] = self._function(names)  # the next look is a short one
            return found
        known = ", ".join(self.__dict__.get("_outputs", ()))
        raise AttributeError(f"no compiled output is called {name!r}; there are: {known}")

    def _named(self, name: str) -> tuple[str, ...]:
        """The outputs that an attribute stands for."""
        if name.startswith("_"):  # also before there are outputs, while it is read from a pickle
            return ()
        if name in self._outputs:
            return (name,)
        for first in self._outputs:
            second = name.removeprefix(f"{first}_and_")
            if second != name and second != first and second in self._outputs:
                return first, second
        return ()

    def prepare(self, *data: Any, **named: Any) -> Prepared:
        """The same functions of fewer arguments: the last ones are fixed, or those named.

        Raises
        ------
        TypeError
            For a name that no output takes, and for more data than there are arguments.

        Examples
        --------
        >>> from sympy import symbols
        >>> a, b = symbols("a b", real=True)
        >>> f = to_numpy({"sum": a + b, "product": a*b}, (a, b))
        >>> g = f.prepare(3.0)
        >>> g.sum(2.0), g.sum_and_product(2.0)
        (5.0, (5.0, 6.0))
        """
        from symderiv.numeric.prepared import Prepared

        known = list[str]()
        for a in merged(self._arguments.values()):
            known.append(identifier(str(getattr(a, "name", a)), known))
        for name in named:
            if name not in known:
                raise TypeError(f"prepare: no argument {name!r}; there are {', '.join(known)}")
        if len(data) + len(named) > len(known):
            raise TypeError(f"prepare: more data than arguments, which are {', '.join(known)}")
        return Prepared(self, data, named)

    @property
    def proofs(self) -> dict[str, str]:
        """For each output the name of the derivation that proves it, or an empty text."""
        return {name: self._proofs.get(name, "") for name in self._outputs}

    def expressions(
        self,
    ) -> Iterator[tuple[str, Any, tuple[Any, ...], tuple[Basic, ...], Mapping[Basic, Basic]]]:
        """Each output's name, expression and arguments, with what may be assumed and ``let``."""
        for name, expression in self._outputs.items():
            yield name, expression, self._arguments[name], self._where, self._let

    def only(self) -> Compiled:
        """The function of a single output."""
        (name,) = self._outputs
        return self._function((name,))

    def jointly(self, *names: str) -> Compiled:
        """One function that returns several outputs as a tuple."""
        return self._function(self._known(names))

    def _known(self, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if name not in self._outputs:
                raise ClaimError(
                    f"no output is called {name!r}; there are: {', '.join(self._outputs)}"
                )
        if not names or len(set(names)) < len(names):
            given = f"jointly({', '.join(map(repr, names))})"
            raise ClaimError(f"{given}: expected the names of outputs, each once")
        return names

    @property
    def source(self) -> str:
        """The NumPy text of all outputs."""
        return joined([self._function((name,)).source for name in self._outputs])

    def _function(self, names: tuple[str, ...]) -> Compiled:
        found = self._compiled.get(names)
        if found is not None:
            return found
        with _COMPILING:
            if names not in self._compiled:  # by another thread, while this one waited
                compiler, about, taken = self._parts(names)
                made = compiler.function(about, taken, named=not self._single)
                self._compiled[names] = Compiled(made, self, names)
        return self._compiled[names]

    def _making(
        self,
        names: tuple[str, ...],
        fixed: tuple[str, ...],
        labels: frozenset[str],
        extent: Extent,
    ) -> Making | None:
        """What makes the function for fixed arguments, where something is gained by it."""
        key = (names, fixed, labels, extent)
        if key in self._makings:
            return self._makings[key]
        with _COMPILING:
            if key in self._makings:
                return self._makings[key]
            from symderiv.numeric.lowering import NotLowered

            compiler, about, taken = self._parts(names)
            try:
                made = compiler.prepared(
                    about, taken, fixed, labels, extent, named=not self._single
                )
            except NotLowered:
                made = None
            self._makings[key] = made
        return self._makings[key]

    def _parts(self, names: tuple[str, ...]) -> tuple[Compiler, dict[str, str], tuple[Any, ...]]:
        """The compiler, the proofs and the arguments of some outputs."""
        from symderiv.numeric.compile import Compiler

        if self._compiler is None:
            every = merged(self._arguments.values())
            self._compiler = Compiler(self._outputs, every, self._where, self._let)
        about = {name: self._proofs.get(name, "") for name in names}
        return self._compiler, about, merged(self._arguments[name] for name in names)


class Compiled(functools.partial[Any]):
    """One function of ``Functions`` or ``Prepared``, which can be pickled as they can.

    A ``partial`` with no argument, since that costs a call least.

    Attributes
    ----------
    source
        The NumPy text.
    proofs
        For each output the name of the derivation that proves it, or an empty text.

    Examples
    --------
    >>> import pickle
    >>> from sympy import symbols
    >>> z = symbols("z", real=True)
    >>> f = to_numpy(z**2, (z,))
    >>> f, pickle.loads(pickle.dumps(f))(3.0)
    (<compiled function compute(z)>, 9.0)
    """

    source: str
    proofs: dict[str, str]
    __name__: str
    __qualname__: str
    __signature__: inspect.Signature
    _owner: Any
    _outputs: tuple[str, ...]

    def __new__(cls, call: Callable[..., Any], owner: Any, names: tuple[str, ...]) -> Compiled:
        """The function that ``owner`` has for these outputs."""
        self = super().__new__(cls, call)
        self._owner, self._outputs = owner, names
        self.__name__ = self.__qualname__ = call.__name__
        self.__doc__ = call.__doc__
        self.__signature__ = inspect.signature(call)
        self.source = call.source  # type: ignore[attr-defined]
        self.proofs = {name: owner.proofs[name] for name in names}
        return self

    def __repr__(self) -> str:
        return f"<compiled function {self.__name__}{self.__signature__}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return _function_of, (self._owner, self._outputs)

    def __copy__(self) -> Compiled:
        return self

    def __deepcopy__(self, _: dict[int, Any]) -> Compiled:
        return self


def _function_of(owner: Any, names: tuple[str, ...]) -> Compiled:
    """The function of these outputs, in the process that reads a pickle."""
    found: Compiled = owner._function(names)
    return found


def merged(lists: Iterable[tuple[Any, ...]]) -> tuple[Any, ...]:
    """All arguments of several lists, each after those that stand before it somewhere."""
    first, *others = sorted(lists, key=len, reverse=True)
    out = list(first)
    for other in others:
        place = 0
        for a in other:
            if a in out:
                place = out.index(a) + 1
            else:
                out.insert(place, a)
                place += 1
    return tuple(out)
