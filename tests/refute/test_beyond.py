"""A point refutes under facts about neighbours only where its arrays can go on without an end."""

import pytest
from claims import refuted
from flint import fmpq
from sympy import Abs, Eq, IndexedBase, Integer, MatrixSymbol, Min, Ne, Piecewise, symbols

from symderiv.refute.beyond import goes_on
from symderiv.refute.evaluate import Evaluation
from symderiv.refute.points import Point
from symderiv.refute.search import Search

r, u, v = IndexedBase("r"), IndexedBase("u"), IndexedBase("v")
d = symbols("d", real=True)
i, k = symbols("i k", integer=True, nonnegative=True)
X = MatrixSymbol("X", 9, 1)
STEPS = Eq(v[k + 1], v[k] + d)


def going(where, first=v[0], **values):
    """Whether v = 0, 1, …, 11 with d = 1 satisfies where, beside other arrays."""
    points = Search([first, d], where, [0], {}, Evaluation()).points
    every = {"v": range(12), **values}
    entries = {(name, at): fmpq(e) for name, row in every.items() for at, e in enumerate(row)}
    return goes_on(points, Point(values={("d",): fmpq(1), **entries}))


@pytest.mark.parametrize(
    "where",
    [
        [STEPS, v[k] <= 10**7, v[k] >= -(10**7)],
        [STEPS, v[k] ** 2 <= 10**90],
        [STEPS, Abs(v[k]) <= 10**90],
        [Eq(2 * v[k + 1], v[k] + v[k + 2]), v[k] >= 0, v[k] <= 10**8],
        [STEPS, v[k] <= u[k], u[k] <= 10**30],
        [STEPS, v[k] <= Min(2 * k + 20, 10**6)],
        [v[k + 1] >= v[k], v[k] < k + 10**40 - k**2],
        [STEPS, Eq(v[k + i], v[k] + i), i <= 10**4, v[k] <= 10**7],
    ],
    ids=["bounds", "square", "absolute", "straight", "beside", "a far case", "a far root", "two"],
)
def test_what_does_not_go_on(where):
    # v_k = v_0 + k·d for all k, so that d = 0 where v is bounded
    assert not going(where, u=[100] * 12)


def test_what_goes_on():
    assert going([STEPS, v[k] >= 0, v[k] <= k, 3 * v[k] ** 2 > -1, Ne(v[k], -1)])
    assert going([v[k + 1] > v[k], v[k] < 20, k <= 9])
    assert going([v[k] < v[i], k < i])
    assert not going([v[k] < v[i], k <= i])
    most = (v[i] - v[k]) * (v[k] + 1) >= v[k] - 40  # not for k = i > 40
    assert going([STEPS, most, k < i])
    assert not going([STEPS, most, k <= i])
    assert going([STEPS, v[k] >= u[k]], u=[-1] * 12)


def test_an_array_goes_on_as_it_is_declared():
    whole, nonzero = IndexedBase("v", positive=True), IndexedBase("w", nonzero=True)
    minus = [-x for x in range(1, 13)]
    assert going([whole[k + 1] >= whole[k] + 1], whole[0], v=range(1, 13))
    assert not going([whole[k + 1] <= whole[k] - 1], whole[0], v=range(100, 88, -1))
    assert going([nonzero[k + 1] <= nonzero[k] - 1], w=minus)
    assert not going([nonzero[k + 1] >= nonzero[k] + 1], w=range(-100, -88))


def test_what_goes_on_refutes():
    refuted(v[0], v[1], v[k + 1] > v[k])
    refuted(v[0], v[1], v[k] < v[i], k < i)
    refuted(d, Integer(0), STEPS, v[k] <= 10**30)
    refuted(v[0], Integer(0), Eq(v[k + 1], v[k] + u[k]), u[k] > 0)


def test_an_array_of_pairs_goes_on_beside_one_of_neighbours():
    # exchange rates
    refuted(r[1, 2], u[1], Eq(r[k, i], u[k] / u[i]))
    refuted(r[0, 1], r[1, 0], Eq(r[k, i], u[k] - u[i]))


def test_a_relation_ends_with_a_shape():
    # v_(k + 1) = v_k + X_k speaks of k ≤ 8, unless a case leaves X out
    points = {("X", at, 0): fmpq(1) for at in range(9)}
    values = {("v", at): fmpq(at) for at in range(12)}
    read = Piecewise((v[k] + 1, k > 8), (v[k] + X[k, 0], True))
    for right, so in ((v[k] + X[k, 0], True), (read, False)):
        where = [Eq(v[k + 1], right), v[k] >= 0]
        found = Search([v[0], X[0, 0]], where, [0], {}, Evaluation()).points
        assert goes_on(found, Point(values={**points, **values})) is so
