"""Sums over data that is the same everywhere: each value is that of the sum written out."""

from __future__ import annotations

import math

import pytest
from claims import X, i, j, k, m, n, proved, theta, x
from flint import arb, fmpq
from ids import steady
from sympy import (
    Abs,
    Contains,
    Derivative,
    Eq,
    FiniteSet,
    IndexedBase,
    KroneckerDelta,
    Lambda,
    MatrixSymbol,
    Ne,
    Piecewise,
    Product,
    Rational,
    Sum,
    exp,
    log,
)

from symderiv import prove_equal, sigma
from symderiv.refute import Point, evaluate_at
from symderiv.refute.evaluate import Evaluation
from symderiv.refute.jets import OutsideShape, Undefined
from symderiv.refute.search import Search
from symderiv.refute.uniform import Block, Split, repeated, within

u, v, h = IndexedBase("u"), IndexedBase("v"), IndexedBase("h")
labels = MatrixSymbol("labels", m, 1)
z = (X * theta)[i, 0]
SIZES = {m: 9, n: 11, j: 3}
VALUES = {"u": fmpq(2), "v": fmpq(-1, 3), "X": fmpq(1, 2), "theta": fmpq(1, 5), "labels": fmpq(1)}
LET = {h[i]: sigma(z), u[0]: x, u[k]: v[2 * k - j] + k}


def total(e, first=0, last=n - 1, index=i):
    return Sum(e, (index, first, last))


SUMS = [
    total(v[i] ** 2),
    total(v[i] * u[k], index=k, first=i),  # i is free: 0
    total(total(v[i] * v[k], 0, i, k)),
    total(total(v[i] * v[k], i, j, k), 0, j),
    total(total(KroneckerDelta(i, k) * v[i], 0, n - 1, k)),
    total(total(KroneckerDelta(i, 2 * k) * v[i], 0, n - 1, k)),
    total(KroneckerDelta(i, j, (1, 2)) + KroneckerDelta(2 * i, 6 - j + i)),
    total(i * v[i] + i**2),
    total(Piecewise((v[i], i < j), (x, Eq(i, j)), (v[i] ** 2, i <= 2 * j), (x**3, True))),
    total(Piecewise((v[i], (i - j) * (i - 5) > 0), (2, True))),
    total(Piecewise((v[i], (i > j) & Ne(i, 5)), (2, True))),
    Derivative(total(v[i] ** 3 * v[2 * i - 3]), v[j]),
    Derivative(total(v[i] * v[i + 1] * x**i, -2, 5), v[j], v[j + 1]),
    total(Derivative(v[i] ** 3, v[i]) * v[i]),
    Derivative(total(log(1 + exp(z)) - labels[i, 0] * z, 0, m - 1), theta[j, 0]),
    Derivative(total(exp(z) * X[i, j], 0, m - 1), theta[j, 0], X[2, j]),
    Product(1 + v[i] ** 2, (i, 0, n - 1)),
    Derivative(Product(v[i], (i, 0, n - 1)), v[j]),
    total(h[i] * (1 - h[i]), 0, m - 1),
    Derivative(total(h[i], 0, m - 1), theta[j, 0]),
    total(u[i] * v[i]),
    Derivative(total(u[i] ** 2), v[1]),
    total(1, 0, -1),
    total(X[i, j] + X[j, j], 0, m - 1) * theta[j, 0],
    ((X * theta).T * labels)[0, 0] + (X.T * labels)[j, 0],
    total(Abs(v[i] - v[j])) + total(v[i] - v[n - 1 - i]),
    total(total(total(x * v[i + k] * v[j - i], i, 6, k), j, 2 * j, i), 0, 2, j),
]


@pytest.mark.parametrize("expr", SUMS, ids=steady)
def test_it_is_the_sum_written_out(expr):
    integers = {**SIZES, i: 0, k: 0}
    plain = Point(integers, {("x",): fmpq(3, 7)}, make=lambda place: VALUES[place[0]])
    same = Point(integers, {("x",): fmpq(3, 7)}, make=lambda place: VALUES[place[0]], uniform=True)
    a, b = (evaluate_at(expr, point, 128, LET) for point in (plain, same))
    assert a == b or (arb(a).overlaps(arb(b)) and arb(a - b).rad() < 1e-25)
    assert all(place[1:] in ((), (...,)) for place in same.values)


def test_a_bound_index_that_leaves_an_array_is_found():
    same = Point({m: 9, n: 11}, {}, make=lambda place: fmpq(1), uniform=True)
    for first, last in ((0, m), (-1, m - 1), (m, m + 9)):
        with pytest.raises(OutsideShape):
            evaluate_at(total(labels[i, 0], first, last), same)


def test_a_million_terms_cost_what_few_do():
    expr = Derivative(total(log(1 + exp(z)) - labels[i, 0] * z, 0, m - 1) / m, theta[j, 0])
    spent = []
    for size in (100, 10**6):
        s = Evaluation()
        search = Search([expr, expr], [m >= size, n >= size], [0], {}, s, doubtful=False)
        search.run()
        assert search.witnesses[0].sizes["m"] >= size
        spent.append(10**7 - s.work)
    assert spent[1] < 1.1 * spent[0]


@pytest.mark.parametrize(
    ("block", "sign"),
    [
        (Block("i", 0, 9, 1, 1), 1),
        (Block("i", 0, 9, -1, -1), -1),
        (Block("i", 0, math.inf, 2, 3), 1),
        (Block("i", -math.inf, -1, 3, 2), -1),
        (Block("i", 0, 9), (0, 1)),
        (Block("i", 0, 9, -1), (0, 1)),
        (Block("i", 0, 9, 2, -7), (3, 4)),
        (Block("i", 0, 9, -2, 6), (2, 3)),
        (Block("i", -math.inf, math.inf, 1, -5), (4, 5)),
    ],
)
def test_the_sign_of_a_block(block, sign):
    if isinstance(sign, int):
        assert block.sign() == sign
        return
    with pytest.raises(Split) as split:
        block.sign()
    (_, before), (after, _) = split.value.parts(block.first, block.last)
    assert (before, after) == sign


def test_a_block_is_inside_as_a_whole():
    assert within(Block("i", 0, 8), 9)
    assert not within(Block("i", 9, math.inf), 9)
    assert not within(Block("i", -5, -1), 9)
    with pytest.raises(Split):
        within(Block("i", 0, 9), 9)


def test_infinitely_many_are_not_told_apart():
    with pytest.raises(Undefined, match="too many"):
        Split(Block("i", 0, math.inf)).parts(0, math.inf)


@pytest.mark.parametrize("count", [1, 2, 3, 10, 1000, 10**6 + 7])
def test_repeated(count):
    assert repeated(lambda a, b: a + b, fmpq(2, 3), count) == fmpq(2, 3) * count
    assert repeated(lambda a, b: a * b % 1009, 3, count) == pow(3, count, 1009)


# ---- claims about many examples

MANY = [m >= 1000, n >= 1000]
LOSS = total(log(1 + exp(z)) - labels[i, 0] * z, 0, m - 1) / m
GRADIENT = total((sigma(z) - labels[i, 0]) * X[i, j], 0, m - 1) / m


@pytest.mark.parametrize(
    "where",
    [
        [],
        [Contains(labels[i, 0], FiniteSet(0, 1))],
        [X[i, k] > 0, theta[k, 0] < 0, k <= 7],
        [Eq(total(theta[k, 0], index=k), 1)],
        [Eq(Sum(X[i, k], (k, 0, n - 1)), 1), X[i, k] > 0],
        [Eq(v[k + 1], 2 * v[k]), v[k] <= 1, v[k] >= 0],
        [Ne(v[i], v[j] + 1)],
    ],
    ids=["nothing", "labels", "some", "shares", "rows", "chained", "pairs"],
)
def test_a_gradient_for_large_sizes_has_a_witness(where):
    proved(Derivative(LOSS, theta[j, 0]), GRADIENT, *MANY, *where)


def test_a_wrong_gradient_for_large_sizes_is_refuted():
    result = prove_equal(Derivative(LOSS, theta[j, 0]), GRADIENT * (1 + 1 / n), where=MANY)
    found = result.counterexample
    assert found.sizes["m"] >= 1000
    assert all(isinstance(found.values[a], Lambda) for a in ("X", "theta", "labels"))


@pytest.mark.parametrize(
    ("where", "value"),
    [
        ([Eq(total(v[k], index=k), 1), v[k] > 0], fmpq(1, 2000)),
        ([Eq(total(v[k], index=k), 1), v[k] > Rational(1, 1000)], None),
        ([v[k] >= 2, k <= 10], 2),
        ([Eq(v[0], 0), v[k] > 0, k >= 1], None),
        ([v[k] > k], None),  # as every k is above what one value is
        ([v[k] > k, k <= 3], 4),
        ([v[2 * k] > 1, v[2 * k + 1] < 1], None),
        ([Ne(v[k + 1], v[k])], None),
    ],
    ids=steady,
)
def test_one_value_satisfies_what_is_said_of_every_entry(where, value):
    points = Search([total(v[i]), n], [n > 1000, *where], [0], {}, Evaluation()).points
    point = points.point({n: 2000}, dict.fromkeys(points.data, "above one"), 0)
    assert (point is None) == (value is None)
    assert point is None or point.uniform
    assert point is None or point.values["v", ...] >= value


def test_a_relation_that_has_no_value_is_not_met():
    # log(1 − v) where v is above 1
    points = Search([total(v[i]), n], [n > 1000, log(1 - v[k]) < 5], [0], {}, Evaluation()).points
    point = points.point({n: 2000}, dict.fromkeys(points.data, "above one"), 0)
    assert point.values["v", ...] < 1
