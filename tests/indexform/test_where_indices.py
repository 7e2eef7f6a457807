"""Which indices of where stand for all: those that the lines do not use, through let neither."""

import pytest
from claims import i, j, k, not_proved, proved, refuted
from sympy import Abs, IndexedBase, symbols

from symderiv import prove_equal

g, h = symbols("g h", real=True)
v, H = IndexedBase("v"), IndexedBase("H")
POSITIVE = v[k] > 0


@pytest.mark.parametrize(
    ("factor", "let"),
    [(h, {h: v[k]}), (g, {g: 2 * h, h: v[k]}), (H[j], {H[i]: v[i] * v[k]})],
    ids=["a name", "a name of a name", "beside its own index"],
)
def test_an_index_that_a_definition_brings_in_is_one_index(factor, let):
    # v[k] > 0 says nothing of v[j]
    refuted(factor * Abs(v[j]), factor * v[j], POSITIVE, let=let)
    proved(factor * Abs(v[k]), factor * v[k], POSITIVE, let=let)


@pytest.mark.parametrize(
    ("factor", "let"),
    [(1, {}), (1, {h: v[k]}), (H[j], {H[k]: v[k] ** 2}), (g, {g: 2, h: v[k]})],
    ids=["no definition", "unused", "its own index", "another is used"],
)
def test_an_index_that_only_where_uses_stands_for_all(factor, let):
    proved(factor * Abs(v[j]), factor * v[j], POSITIVE, let=let)


def test_a_definition_in_where_brings_in_one_index():
    assert prove_equal(h * Abs(v[j]), h * v[j], where=[h > 0], let={h: v[k]}).refuted
    not_proved(v[k] * Abs(v[j]), v[k] * v[j], POSITIVE)
