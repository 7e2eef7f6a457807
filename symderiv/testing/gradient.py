"""Test a NumPy gradient that somebody wrote by hand against the SymPy expression that it is of.

A test, not a proof: it can refute and never prove. What is compared with what is in
`symderiv.testing.reference`, the inputs are in `symderiv.testing.designs`.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Basic

from symderiv.refute.jets import Unsupported
from symderiv.testing.designs import Argument, Design, designs, read_arguments
from symderiv.testing.diagnosis import Case, diagnose
from symderiv.testing.reference import Reference
from symderiv.testing.shrinking import shrink
from symderiv.verdict import ClaimError

__all__ = ["GradientFailure", "GradientReport", "assert_gradient", "check_gradient"]

Array = NDArray[np.float64]

_ENOUGH = 8
"""Failing designs after which no more are tried."""


@dataclass(frozen=True)
class GradientFailure:
    """The smallest input found on which a function is wrong.

    Attributes
    ----------
    inputs
        What was passed, by name.
    entry
        Which entry is furthest off, such as ``theta[1]``; empty where there was no number.
    expected, got
        The gradient there, rounded to a double, and what the function returned.
    bound
        How far from the exact value rounding explains.
    ulp
        The distance in units in the last place of the exact value.
    problem
        A wrong shape, an exception, a changed input; empty for a wrong value.
    diagnosis
        What is probably wrong, where that is cheap to find.
    """

    inputs: Mapping[str, Array]
    entry: str = ""
    expected: float = math.nan
    got: float = math.nan
    bound: float = math.nan
    ulp: float = math.nan
    problem: str = ""
    diagnosis: str = ""

    def __str__(self) -> str:
        given = ", ".join(f"{name} = {value.tolist()}" for name, value in self.inputs.items())
        lines = [f"at {given}"]
        if self.problem:
            lines.append(self.problem)
        else:
            lines.append(
                f"∂/∂{self.entry}: expected {self.expected!r}, got {self.got!r}, "
                f"{self.ulp:.3g} ulp apart; rounding explains ±{self.bound:.1e}"
            )
        return "\n".join(lines + [f"probably: {self.diagnosis}"] * bool(self.diagnosis))


@dataclass(frozen=True)
class GradientReport:
    """What ``check_gradient`` found; true where nothing was wrong.

    Attributes
    ----------
    tried, skipped
        Designs on which the function was called, and those where the gradient is not defined or
        jumps, is too large for a double, or ``where`` does not hold.
    wrong
        Designs on which it was wrong.
    ulp
        The largest distance on inputs where nothing was wrong, in units in the last place: where
        the gradient cancels, rounding explains many.
    failure
        The smallest wrong input, or None.
    """

    name: str
    tried: int
    skipped: int
    wrong: int
    ulp: float
    failure: GradientFailure | None = None

    @property
    def passed(self) -> bool:
        """Whether no design was wrong."""
        return self.failure is None

    def __bool__(self) -> bool:
        return self.passed

    def __str__(self) -> str:
        if self.failure is None:
            return (
                f"{self.name}: right on {self.tried} inputs, "
                f"at most {self.ulp:.2g} ulp off, which rounding explains"
            )
        return f"{self.name}: wrong on {self.wrong} of {self.tried} inputs\n{self.failure}"


def assert_gradient(
    function: Callable[..., Any], expression: Any, arguments: Sequence[Any], **options: Any
) -> None:
    """Raise AssertionError unless ``function`` computes the gradient of ``expression``.

    For parameters see `check_gradient`.

    Raises
    ------
    AssertionError
        With the smallest input found, what was expected and what came, in ulp.
    ClaimError
        Where the expression or an argument cannot be read.

    Examples
    --------
    >>> from sympy import MatrixSymbol, Sum, symbols
    >>> m, n = symbols("m n", integer=True, positive=True)
    >>> i = symbols("i", integer=True, nonnegative=True)
    >>> X, w, y = MatrixSymbol("X", m, n), MatrixSymbol("w", n, 1), MatrixSymbol("y", m, 1)
    >>> loss = Sum((X*w - y)[i, 0]**2, (i, 0, m - 1))/(2*m)
    >>> def gradient(w, X, y):
    ...     return X.T @ (X @ w - y)
    >>> assert_gradient(gradient, loss, (w, X, y))
    Traceback (most recent call last):
    ...
    AssertionError: gradient: wrong on 8 of 10 inputs
    at w = [0.0], X = [[0.0], [1.0]], y = [0.0, 1.0]
    ∂/∂w[0]: expected -0.5, got -1.0, 4.5e+15 ulp apart; rounding explains ±...
    probably: yours is the gradient times m
    >>> assert_gradient(lambda w, X, y: X.T @ (X @ w - y)/len(y), loss, (w, X, y))
    """
    report = check_gradient(function, expression, arguments, **options)
    if not report.passed:
        raise AssertionError(str(report))


def check_gradient(
    function: Callable[..., Any],
    expression: Any,
    arguments: Sequence[Any],
    *,
    wrt: Any = None,
    where: Sequence[Basic] = (),
    let: Mapping[Basic, Basic] | None = None,
    exact: Sequence[Any] | None = None,
    inputs: Iterable[Sequence[Any]] = (),
    examples: int = 0,
    columns: bool = False,
    seed: int = 0,
) -> GradientReport:
    """Test a NumPy gradient function on designed inputs; what comes back is a report.

    Parameters
    ----------
    function
        Takes the arguments as arrays, a column (n, 1) flat as (n,), a symbol as a float, and
        returns the gradient in the shape of ``wrt``.
    expression
        The scalar cost in SymPy, or its gradient as a matrix expression.
    arguments
        Symbols, MatrixSymbols and IndexedBases with a shape, in call order.
    wrt
        The argument by which the gradient is taken, the first where not given; with a tuple of
        them the function returns a tuple.
    where
        What may be assumed, as in ``prove_equal``; the inputs satisfy it.
    let
        The writer's definitions, which are unfolded.
    exact
        Arguments without rounding of their own: an error that a relative change of 1e-16 in them
        would explain is not excused. Where not given, those that ``where`` restricts to finitely
        many values, as labels in {0, 1}: then σ(z) − y must not cancel.
    inputs
        Further inputs to try, each a tuple of arrays.
    examples
        How many random inputs Hypothesis adds.
    columns
        Pass and expect columns as (n, 1).
    seed
        Moves the designs.

    Examples
    --------
    >>> import numpy as np
    >>> from sympy import log, symbols, exp
    >>> z = symbols("z", real=True)
    >>> report = check_gradient(lambda z: np.exp(z)/(1 + np.exp(z)), log(1 + exp(z)), [z])
    >>> print(report)
    <lambda>: wrong on ... of ... inputs
    at z = 800.0
    ∂/∂z: expected 1.0, got nan, inf ulp apart; rounding explains ±...
    probably: an intermediate result overflows, or is 0/0 or ∞ − ∞
    >>> stable = lambda z: np.exp(min(z, 0))/(1 + np.exp(-abs(z)))
    >>> check_gradient(stable, log(1 + exp(z)), [z]).passed
    True
    """
    try:
        read = read_arguments(arguments, tuple(where))
        reference = Reference(
            expression, read, _chosen(read, wrt), tuple(where), let or {}, _sure(read, exact)
        )
        points = itertools.chain(
            _given(inputs, read),
            designs(read, [w.name for w in reference.wrt], seed),
            _random(read, examples, seed),
        )
        return _report(_Test(function, reference, columns), points)
    except Unsupported as missing:
        raise ClaimError(f"check_gradient: {missing}") from None


def _report(test: _Test, points: Iterable[Design]) -> GradientReport:
    tried, skipped, cases, right = 0, 0, list[Case](), list[Case]()
    for design in points:
        case = test(design)
        if case is None:
            skipped += 1
            continue
        tried += 1
        (cases if case.wrong else right).append(case)
        if len(cases) == _ENOUGH:
            break
    name = getattr(test.function, "__name__", type(test.function).__name__)
    if not tried:
        raise ClaimError(
            f"check_gradient({name}): none of {skipped} inputs satisfies where with a gradient "
            "that is defined; pass inputs="
        )
    ulp = max((c.ulp for c in right), default=0.0)
    if not cases:
        return GradientReport(name, tried, skipped, 0, ulp)
    reference = test.reference
    smallest = shrink(min(cases, key=lambda c: c.size), test, reference.arguments)
    cause = diagnose(cases, right, test, reference)
    return GradientReport(
        name, tried, skipped, len(cases), ulp, _failure(smallest, cause, reference)
    )


def _failure(case: Case, diagnosis: str, reference: Reference) -> GradientFailure:
    given = {name: np.asarray(v) for name, v in case.design.arrays.items()}
    if case.problem:
        return GradientFailure(given, problem=case.problem, diagnosis=diagnosis)
    which, index = case.which, case.index
    expected, name = float(case.expected[which][index]), reference.wrt[which].name
    exact = case.exact[which]
    distance = reference.distance(exact, case.got[which])[index]
    with np.errstate(over="ignore"):
        ulp = float(distance / np.spacing(abs(expected)))
    return GradientFailure(
        given,
        name + (f"[{', '.join(map(str, index))}]" if index else ""),
        expected,
        float(case.got[which][index]),
        reference.allowance(which, index, exact, case.design),
        ulp,
        "",
        diagnosis,
    )


class _Test:
    """Calls the function on one design and compares."""

    def __init__(self, function: Callable[..., Any], reference: Reference, columns: bool) -> None:
        self.function, self.reference, self.columns = function, reference, columns

    def call(self, design: Design) -> tuple[list[Array], str]:
        """What the function returns for each of ``wrt``, or what is wrong with it."""
        reference = self.reference
        passed: list[Any] = []
        for a in reference.arguments:
            array = design.arrays[a.name]
            if not array.ndim:
                passed.append(int(array) if a.domain.integer else float(array))
            else:
                array = array[:, None] if a.column and self.columns else array
                passed.append(array.copy())
        kept = [np.array(p) for p in passed]
        try:
            with np.errstate(all="ignore"):
                result = self.function(*passed)
        except Exception as error:  # noqa: BLE001 - the function under test may raise anything
            return [], f"the function raises {type(error).__name__}: {error}"
        for a, before, after in zip(reference.arguments, kept, passed, strict=True):
            if not np.array_equal(before, after):
                return [], f"the function writes to {a.name}"
        several = len(reference.wrt) > 1
        if several and not (
            isinstance(result, (tuple, list)) and len(result) == len(reference.wrt)
        ):
            names = ", ".join(w.name for w in reference.wrt)
            return [], f"expected a tuple of gradients by {names}, got {type(result).__name__}"
        found, problem = [], ""
        for w, part in zip(reference.wrt, result if several else (result,), strict=True):
            try:
                if np.iscomplexobj(part):
                    return [], "expected real numbers, got complex ones"
                array = np.asarray(part, dtype=np.float64)
            except (TypeError, ValueError):
                return [], f"expected numbers, got {type(part).__name__}"
            shape = design.arrays[w.name].shape
            want = (*shape, 1) if w.column and self.columns else shape
            if array.shape != want and not problem:
                problem = f"expected the gradient by {w.name} of shape {want}, got {array.shape}"
            found.append(array.reshape(shape) if array.shape == want else array)
        return found, problem

    def __call__(self, design: Design) -> Case | None:
        """A comparison; None where the gradient is not defined or jumps, or ``where`` fails."""
        reference = self.reference
        if not reference.admits(design):
            return None
        exact = reference.gradient(design)
        if exact is None:
            return None
        got, problem = self.call(design)
        expected = [e.value for e in exact]
        if problem:
            return Case(design, expected, got, problem, wrong=True)
        case, doubtful = Case(design, expected, got, exact=exact), False
        for which, (e, g) in enumerate(zip(exact, got, strict=True)):
            distances = reference.distance(e, g)
            with np.errstate(over="ignore"):  # beside an exact 0 anything is infinitely far
                ulp = distances / np.spacing(np.abs(e.value))
            case = replace(case, ulp=max(case.ulp, float(np.max(ulp, initial=0.0))))
            # the entries that are furthest off relative to their size come first: one is enough
            for at in np.argsort(-ulp, axis=None):
                index = tuple(map(int, np.unravel_index(at, ulp.shape)))
                distance = float(distances[index])
                if ulp[index] <= 1:
                    break
                allowed = reference.allowance(which, index, e, design, distance)
                if distance == math.inf or distance > allowed:
                    return replace(case, wrong=True, which=which, index=index)
                doubtful |= allowed == math.inf  # the gradient jumps here: nothing is explained
        return None if doubtful else case


def _chosen(read: Sequence[Argument], wrt: Any) -> list[Argument]:
    if wrt is None:
        return [read[0]]
    chosen = []
    for w in wrt if isinstance(wrt, (tuple, list)) else [wrt]:
        match = [a for a in read if a.symbol == w or a.name == w]
        if not match:
            known = ", ".join(a.name for a in read)
            raise ClaimError(f"wrt has {w}, which is no argument; there are: {known}")
        chosen += match
    return chosen


def _sure(read: Sequence[Argument], exact: Sequence[Any] | None) -> list[str]:
    if exact is None:
        return [a.name for a in read if a.domain.choices]
    names = []
    for e in exact:
        match = [a.name for a in read if a.symbol == e or a.name == e]
        if not match:
            raise ClaimError(f"exact has {e}, which is no argument")
        names += match
    return names


def _given(inputs: Iterable[Sequence[Any]], read: Sequence[Argument]) -> Iterator[Design]:
    """The designs of inputs that were passed: sizes are read off the shapes."""
    for given in inputs:
        if len(given) != len(read):
            raise ClaimError(f"an input has {len(given)} arrays: expected {len(read)}")
        sizes: dict[Any, int] = {}
        arrays = {}
        for a, value in zip(read, given, strict=True):
            array = np.asarray(value, dtype=np.float64)
            array = array.ravel() if a.column else array
            if array.ndim != len(a.shape) or not np.all(np.isfinite(array)):
                raise ClaimError(
                    f"an input has {a.name} of shape {array.shape}: expected finite numbers with "
                    f"{len(a.shape)} axes"
                )
            arrays[a.name] = array
            for form, length in zip(a.shape, array.shape, strict=True):
                if form.is_Symbol and sizes.setdefault(form, length) != length:
                    raise ClaimError(
                        f"an input has {a.name} of shape {array.shape}, but {form} = {sizes[form]}"
                    )
        yield Design(sizes, arrays, "given")


def _random(read: Sequence[Argument], count: int, seed: int) -> Iterator[Design]:
    if count:
        from symderiv.testing.properties import drawn
        from symderiv.testing.strategies import inputs

        yield from drawn(inputs(read), seed=seed, count=count)
