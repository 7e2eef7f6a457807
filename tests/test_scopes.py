"""What holds at one place only is not believed at another: in a range, a case, a cell, a guard.

Each of these is false at a point that the comment names, and the prover is asked alone.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from sympy import (
    Abs,
    Contains,
    Eq,
    FiniteSet,
    IndexedBase,
    Integer,
    Piecewise,
    Rational,
    Sum,
    Symbol,
    erf,
    exp,
    gamma,
    log,
    sqrt,
    symbols,
    sympify,
)

from symderiv.indexform.ranges import Ranges
from symderiv.indexform.terms import Term
from symderiv.judge import _prove, read
from symderiv.prove.equality import Case
from symderiv.prove.field import Field
from symderiv.prove.known import Known
from symderiv.prove.work import Work
from symderiv.written import relations, with_ranges

x, y, c = symbols("x y c", real=True)
n, m = symbols("n m", integer=True, positive=True)
K = Symbol("K", integer=True, nonnegative=True)
i, j, k, p = symbols("i j k p", integer=True, nonnegative=True)
a = Symbol("a", integer=True)
u, v, w, t, Y = map(IndexedBase, ("u", "v", "w", "t", "Y"))


def proved(left: Any, right: Any, *where: Any) -> bool:
    """Whether the prover proves it, which is asked alone."""
    sides = [with_ranges(sympify(side), "it") for side in (left, right)]
    said = [*relations(where, "where"), *(r for _, ranges in sides for r in ranges)]
    lines = read([side for side, _ in sides], said, [], {})
    return _prove(lines, 0, Work())[0].proved


LABELS = [
    [Contains(t[k], FiniteSet(0, 1)), k >= 1, k <= n - 1],
    [Eq(t[k] ** 2, t[k]), k >= 1, k <= n - 1],
]


@pytest.mark.parametrize("said", LABELS, ids=["a set", "an equation"])
@pytest.mark.parametrize("shape", range(4))
def test_the_values_of_an_entry_are_those_of_the_range(said: Any, shape: int) -> None:
    """n = 1, t₀ = −1: no label."""
    total = Sum(t[n - 1] * v[i], (i, 1, n - 1))
    shapes = (
        lambda e: log(1 + exp(total)) + e,
        lambda e: e / (1 + exp(total)),
        lambda e: (1 + total) * exp(e),
        lambda e: e * sqrt(1 + exp(total)),
    )
    assert not proved(shapes[shape](t[n - 1] ** 2), shapes[shape](t[n - 1]), *said)


def test_where_the_range_is_filled_its_entries_have_their_values() -> None:
    total = Sum(t[n] ** 2 * v[i], (i, 1, n)) + t[n] ** 2
    said = [Contains(t[k], FiniteSet(0, 1)), k >= 1, k <= n]
    assert proved(total, Sum(t[n] * v[i], (i, 1, n)) + t[n], *said)


def test_the_values_at_a_bound_index_are_those_of_its_range() -> None:
    """n = 2, m = 3, u₃ = 1/4, t₃ = 1/2."""
    summand = 1 / (Rational(1, 10) + u[i] - t[i])
    one, other = Sum(summand, (i, 1, n - 1)), Sum(summand, (i, 1, m))
    left, right = (Piecewise((e, one >= 0), (3, True)) for e in (Abs(other), other))
    assert not proved(left, right, *LABELS[0], u[p] >= t[p] ** 2)


@pytest.mark.parametrize("form", [lambda e: e, erf], ids=["u", "erf u"])
def test_an_index_is_not_below_the_ends_of_two_ranges(form: Any) -> None:
    """n = 2, m = 2, w = (0, −5), c = u₁ = −1."""
    said = [u[k] >= c, c >= Sum(w[j], (j, 1, m)), w[p] >= 0, p >= 1, p <= n - 1]
    total = Sum(form(u[i]), (i, 1, n - 1))
    assert not proved(Abs(total), total, *said)


def rows(first: Any, last: Any) -> list[Any]:
    return [Eq(Sum(Y[i, k], (k, first, last)), 1), i >= first, i <= last]


EMPTY = {
    "K = 0": (Sum(Y[1, k], (k, 1, K)), Integer(1), rows(1, K)),
    "K = 0 from 0": (Sum(Y[0, k], (k, 0, K - 1)), Integer(1), rows(0, K - 1)),
    "n = 1": (Sum(Y[1, k], (k, 1, n - 1)), Integer(1), rows(1, n - 1)),
    "n = 1 in a sum": (
        Sum(Y[1, k] * w[j], (k, 1, n - 1), (j, 1, m)),
        Sum(w[j], (j, 1, m)),
        rows(1, n - 1),
    ),
}


@pytest.mark.parametrize("name", list(EMPTY))
def test_a_sum_over_no_rows_is_that_of_no_row(name: str) -> None:
    left, right, said = EMPTY[name]
    assert not proved(left, right, *said)


def test_the_rows_of_a_range_have_their_sums() -> None:
    left = Sum(Y[i, k] * w[i], (k, 1, K), (i, 1, K))
    assert proved(left, Sum(w[i], (i, 1, K)), *rows(1, K))


def test_the_sum_of_a_row_is_given_where_the_equation_is_read() -> None:
    """x = −1/2, where Γ(x) < 0 and the row's sum is −1; Γ is read for x > 0."""
    said = [Eq(Sum(Y[i, k], (k, 1, n)), Abs(gamma(x)) / gamma(x)), i >= 1]
    assert not proved(Sum(Y[1, k], (k, 1, n)), Integer(1), *said)
    assert proved(Sum(Y[1, k], (k, 1, n)), Integer(1), *said, x > 0)


def test_rows_below_0_are_not_those_above() -> None:
    """Σ over −m … n of the row sums times w: where says what the rows from 0 on add up to."""
    left = Sum(Y[a, k] * w[a], (k, 1, n), (a, -m, n))
    assert not proved(left, Sum(w[a], (a, -m, n)), Eq(Sum(Y[i, k], (k, 1, n)), 1), i >= 0)


FALL = [v[p] <= v[0], v[0] <= 0, v[k] < 0, k >= 1]


@pytest.mark.parametrize("said", [FALL, []], ids=["signs known", "signs open"])
@pytest.mark.parametrize("shape", range(3))
def test_a_place_beyond_a_sum_does_not_make_it_undefined(said: Any, shape: int) -> None:
    """n = 1, v = (0, −1), y = 0: e^(−1), not 0; the sum begins at v₁."""
    longer, shorter = Sum(1 / v[j], (j, 0, n)), Sum(1 / v[j], (j, 1, n))
    zero = longer - 1 / v[0] - shorter
    left, labels = (
        (exp(y + shorter), [Contains(y, FiniteSet(0, 1))]),
        (Sum(Abs(w[i]) * exp(shorter), (i, 1, n)), []),
        (Sum(Abs(w[i]) * Sum(1 / v[j], (j, 1, i)), (i, 1, n)), []),
    )[shape]
    right = Piecewise((0, Eq(v[0], 0)), (left + zero, True))
    assert not proved(left, right, *said, *labels)


def stores(case: Case) -> Iterator[str]:
    """All that changes while a case is judged and is not in the store of what holds at a place."""
    norm = case.norm
    for part in (case, norm, norm.signs, norm.field):
        for name, value in vars(part).items():
            if isinstance(value, dict | list | set):
                yield f"{type(part).__name__}.{name}"


# each holds everywhere in a case: what generators are, and stand for; sizes that it decides; how
# ranges are called; rules that were used; conditions from which on a fact is assumed; how far
# instances are taken
EVERYWHERE = {
    "Field.atoms",
    "Field._slots",
    "Field._forms",
    "Field._valued",
    "Field.relations",
    "Normaliser.integers",
    "Normaliser.lengths",
    "Normaliser.rules",
    "Case.families",
    "Case.guarded",
    "Case._steps",
    "Case.decided",
}


def test_there_is_one_store_of_what_holds_at_a_place(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Case] = []

    def equal(self: Case, left: Term, right: Term, proof: Any) -> Any:
        seen.append(self)
        return own(self, left, right, proof)

    own = Case.equal
    monkeypatch.setattr(Case, "equal", equal)
    assert proved(Sum(t[i] ** 2, (i, 1, n)), Sum(t[i], (i, 1, n)), Eq(t[k] ** 2, t[k]))
    for case in seen:
        assert set(stores(case)) <= EVERYWHERE
        assert case.norm.known is case.norm.signs.known is case.norm.field.known
        assert case.norm.known.depth == 0


def test_nothing_that_is_learnt_inside_is_there_outside() -> None:
    """Whatever the store has: what is put into it inside is not in the one around."""
    field = Field(Work())
    stored = vars(field.known).items()
    names = [name for name, value in stored if isinstance(value, dict | list | set)]
    assert len(names) == len(Known.__dataclass_fields__) - 2  # all but ranges and depth
    with field.inside(Ranges()):
        for name in names:
            store = getattr(field.known, name)
            add = getattr(store, "append", getattr(store, "add", None))
            add("learnt") if add else store.update(learnt=None)
    assert not any(getattr(field.known, name) for name in names)


def test_facts_are_put_to_entries_in_one_order(monkeypatch: pytest.MonkeyPatch) -> None:
    # which of r₁₂·u₂ = u₁ and r₂₃·u₃ = u₂ comes first decides what they are solved for
    seen: list[list[Term]] = []
    given = Case._instantiate_at
    monkeypatch.setattr(
        Case, "_instantiate_at", lambda case, entries: seen.append(entries) or given(case, entries)
    )
    r, w = IndexedBase("r"), IndexedBase("w")
    proved(r[1, 2] * r[2, 3], r[1, 3], Eq(r[j, k], w[j] / w[k]))
    asked = [[str(e.data) for e in entries] for entries in seen]
    assert any(len(names) > 2 for names in asked)
    assert all(names == sorted(names) for names in asked)
