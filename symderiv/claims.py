"""Claims: statements that are not chains of equal lines, with a name and a place.

A claim is listed, verified and reported as a derivation with one step is; what its step says
is another relation than "equals".
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from sympy import Basic
from sympy.assumptions.assume import AppliedPredicate

from symderiv.derivation import Derivation, Step
from symderiv.verdict import ClaimError, Result, Verdict

__all__ = ["Claim", "Convex", "Equal", "Limit", "Nonnegative", "NotConvex"]


class Claim(Derivation):
    """A named statement about expressions; the kinds are its subclasses."""

    is_claim = True

    def _state(self, expression: Basic, relation: str, because: str) -> None:
        """Note what is claimed of the start as the claim's one step."""
        step = Step(expression, because, file=self.file, line=self.line, relation=relation)
        self._set(steps=(step,))

    def then(self, *_: Any, **__: Any) -> Derivation:
        """Refuse: a claim has no further lines."""
        raise ClaimError(
            f"{self.name!r} is a claim, which has no steps: write a Derivation for a chain of lines"
        )

    @property
    def extent(self) -> str:
        """The kind of the claim."""
        return type(self).__name__

    @abstractmethod
    def judged(self, timeout: float) -> Result:
        """The judge's answer, and what is to be noted about it."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r}>"


class Equal(Claim):
    """The claim that two expressions are equal wherever both are defined.

    Parameters
    ----------
    name
        What the claim is called in reports.
    lhs, rhs
        Two scalars, or two matrix expressions of one shape.
    because
        The reason, as the reader is to see it.
    where, let, source, article, expect
        As for a Derivation.

    Examples
    --------
    >>> from sympy import symbols
    >>> x = symbols("x", real=True)
    >>> Equal("a square", (x + 1)**2, x**2 + 2*x + 1)
    <Equal 'a square'>
    """

    def __init__(
        self,
        name: str,
        lhs: Any,
        rhs: Any,
        *,
        because: str = "claimed",
        where: Iterable[Any] = (),
        let: Mapping[Any, Any] = MappingProxyType({}),
        source: str = "",
        article: str = "",
        expect: str = "proved",
    ) -> None:
        super().__init__(
            name, lhs, where=where, let=let, source=source, article=article, expect=expect
        )
        right = Derivation(name, rhs).start
        self._state(right, "", because)

    def judged(self, timeout: float) -> Result:
        """The judge's answer for lhs = rhs."""
        from symderiv.judge import judge_chain

        chain = judge_chain(self.lines, where=self.where, let=self.let, timeout=timeout)
        (result,) = chain.results
        if isinstance(result, ClaimError):
            raise result
        return result


class Nonnegative(Claim):
    """The claim that an expression is never negative, or that a bound holds.

    Parameters
    ----------
    name
        What the claim is called in reports.
    expr
        A scalar, or a relation ``lhs >= rhs``, ``lhs > rhs``, ``lhs <= rhs``, ``lhs < rhs``.
    strict
        Whether 0 counts as wrong; a relation with > or < says so by itself.
    because
        The reason, as the reader is to see it.
    where, let, source, article, expect
        As for a Derivation.

    Examples
    --------
    >>> from sympy import exp, symbols
    >>> x = symbols("x", real=True)
    >>> bound = Nonnegative("a tangent of the exponential", exp(x) >= 1 + x)
    >>> bound.steps[0].relation, bound.steps[0].expression
    ('≥', x + 1)
    """

    strict: bool

    def __init__(
        self,
        name: str,
        expr: Any,
        *,
        strict: bool = False,
        because: str = "claimed",
        where: Iterable[Any] = (),
        let: Mapping[Any, Any] = MappingProxyType({}),
        source: str = "",
        article: str = "",
        expect: str = "proved",
    ) -> None:
        from symderiv.questions import sides

        lhs, rhs, strict = sides(expr, strict)
        super().__init__(
            name, lhs, where=where, let=let, source=source, article=article, expect=expect
        )
        self._set(strict=strict)
        self._state(rhs, ">" if strict else "≥", because)

    def judged(self, timeout: float) -> Result:
        """The judge's answer for lhs ≥ rhs."""
        from symderiv.questions import answer_bound

        lhs, rhs = self.lines
        answer = answer_bound(lhs, rhs, self.where, self.strict, self.let, timeout)
        return answer.result


class Convex(Claim):
    """The claim that a function is convex in some of its variables, on a convex domain.

    Parameters
    ----------
    name
        What the claim is called in reports.
    f
        A scalar.
    wrt
        A symbol, an ``IndexedBase``, a ``MatrixSymbol``, or a list of these.
    strict
        Whether it is claimed to be strictly convex.
    because
        The reason, as the reader is to see it.
    where, let, source, article, expect
        As for a Derivation; ``where`` may hold ``Q.invertible(X.T*X)`` as well.

    Examples
    --------
    >>> from sympy import exp, symbols
    >>> x = symbols("x", real=True)
    >>> Convex("the exponential", exp(x), x).steps[0].relation
    'is convex in x'
    """

    wrt: tuple[Basic, ...]
    strict: bool
    rank: tuple[Basic, ...]
    _said = "convex"

    def __init__(
        self,
        name: str,
        f: Any,
        wrt: Any,
        *,
        strict: bool = False,
        because: str = "claimed",
        where: Iterable[Any] = (),
        let: Mapping[Any, Any] = MappingProxyType({}),
        source: str = "",
        article: str = "",
        expect: str = "proved",
    ) -> None:
        from symderiv.questions import scalar_of, variables_of

        where = tuple(where)
        rank = tuple(w for w in where if isinstance(w, AppliedPredicate))
        super().__init__(
            name,
            scalar_of(f),
            where=[w for w in where if w not in rank],
            let=let,
            source=source,
            article=article,
            expect=expect,
        )
        self._set(wrt=variables_of(wrt), strict=strict, rank=rank)
        how = f"is {'strictly ' if strict else ''}{self._said} in"
        names = ", ".join(str(getattr(w, "label", w)) for w in self.wrt)
        self._state(self.start, f"{how} {names}", because)

    def judged(self, timeout: float) -> Result:
        """The judge's answer to whether it is convex."""
        from symderiv.questions import answer_convex

        where = [*self.where, *self.rank]
        answer = answer_convex(self.start, self.wrt, where, self.strict, self.let, timeout)
        return answer.result


class NotConvex(Convex):
    """The claim that a function is not convex: three admissible points show it.

    Parameters
    ----------
    name, f, wrt, because, where, let, source, article, expect
        As for Convex.

    Examples
    --------
    >>> from sympy import symbols
    >>> x = symbols("x", real=True)
    >>> NotConvex("a cube", x**3, x).steps[0].relation
    'is not convex in x'
    """

    _said = "not convex"

    def judged(self, timeout: float) -> Result:
        """The judge's answer, turned round: the data that refute convexity prove this."""
        convex = super().judged(timeout)
        if convex.refuted and convex.counterexample is not None:
            return replace(convex, verdict=Verdict.PROVED)
        if convex.proved:
            reason = f"it is convex: {convex.certificate[0]}"
            return replace(convex, verdict=Verdict.REFUTED, reason=reason)
        return convex


class Limit(Claim):
    """The claim that an expression tends to a value as a symbol tends to a point.

    Parameters
    ----------
    name
        What the claim is called in reports.
    expr, variable, point, value, direction
        As for ``prove_limit``.
    because
        The reason, as the reader is to see it.
    where, let, source, article, expect
        As for a Derivation.

    Examples
    --------
    >>> from sympy import log, oo, symbols
    >>> h = symbols("h", positive=True)
    >>> Limit("the cost grows without bound", -log(h), h, 0, oo).steps[0].relation
    'tends, as h → 0, to'
    """

    variable: Basic
    point: Basic
    direction: str

    def __init__(
        self,
        name: str,
        expr: Any,
        variable: Any,
        point: Any,
        value: Any,
        *,
        direction: str = "+-",
        because: str = "claimed",
        where: Iterable[Any] = (),
        let: Mapping[Any, Any] = MappingProxyType({}),
        source: str = "",
        article: str = "",
        expect: str = "proved",
    ) -> None:
        from symderiv.questions import end_of, scalar_of

        super().__init__(
            name,
            scalar_of(expr),
            where=where,
            let=let,
            source=source,
            article=article,
            expect=expect,
        )
        at, end = end_of(point, "the point"), end_of(value, "the value")
        self._set(variable=variable, point=at, direction=direction)
        side = {"+": " from above", "-": " from below"}.get(direction, "")
        shown = str(at).replace("oo", "∞").replace("-", "−")
        self._state(end, f"tends, as {variable} → {shown}{side}, to", because)

    def judged(self, timeout: float) -> Result:
        """The judge's answer to where the expression goes."""
        from symderiv.questions import answer_limit

        start, end = self.lines
        answer = answer_limit(
            start,
            self.variable,
            self.point,
            end,
            self.direction,
            self.where,
            self.let,
            timeout,
        )
        return answer.result
