"""The canonical form of sums: what is equal by linearity, Fubini and renaming is one object.

Soundness against brute force: two sums that get one normal form have one value at all small sizes.
"""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from term_values import Undefined, term_value

from symderiv.indexform.ranges import Ranges
from symderiv.indexform.terms import (
    ONE,
    ZERO,
    Linear,
    Term,
    add,
    by_sign,
    entry,
    fresh_index,
    integer,
    mul,
    num,
    power,
    rebuild,
    substitute,
    total,
    transform,
    var,
)
from symderiv.prove.atoms import Atom, Form
from symderiv.prove.equality import Proof, prove_zero
from symderiv.prove.hypotheses import Premises
from symderiv.prove.indefinite import _recounted
from symderiv.prove.normalise import Normaliser
from symderiv.prove.units import Units
from symderiv.prove.work import Work

m, n, j, l = map(Linear.of, ("m", "n", "j", "l"))  # noqa: E741
x = var("x")
# sizes at least 1, and two free indices within 0 … n − 1
KNOWN = Ranges([m - 1, n - 1, j, n - 1 - j, l, n - 1 - l])
SIZES = [
    {"m": a, "n": b, "j": c, "l": d}
    for a, b in ((1, 1), (1, 2), (2, 1), (3, 2), (2, 3))
    for c, d in {(0, 0), (b - 1, 0), (0, b - 1)}
]
DATA: dict[Any, Any] = {"x": Fraction(5, 3)}
for p_ in range(-4, 9):
    DATA[("a", p_)] = Fraction(3 * p_ * p_ - p_ + 2, 4)
    DATA[("b", p_)] = Fraction(7 - 5 * p_, 3)
    for q_ in range(-4, 9):
        DATA[("X", p_, q_)] = Fraction(2 * p_ * p_ - 3 * q_ + p_ * q_ + 1, 5)


def asked(left: Term, right: Term, known: Ranges = KNOWN) -> Proof:
    return prove_zero(left, right, Premises(known, (), (), ()), Work())


def equal(left: Term, right: Term, known: Ranges = KNOWN) -> bool:
    return asked(left, right, known).proved


def differ(left: Term, right: Term) -> dict[str, int] | None:
    """Sizes at which the values differ."""
    for at in SIZES:
        try:
            if term_value(left, at, DATA) != term_value(right, at, DATA):
                return at
        except (Undefined, ZeroDivisionError):
            continue
    return None


def over(size: Linear, body: Any) -> Term:
    """Σ over 0 … size − 1 of body(index)."""
    name = fresh_index("k")
    return total(name, Linear(), size - 1, body(Linear.of(name)))


def a(i: Linear) -> Term:
    return entry("a", (i,))


def b(i: Linear) -> Term:
    return entry("b", (i,))


def X(i: Linear, k: Linear) -> Term:
    return entry("X", (i, k))


def delta(i: Linear, k: Linear) -> Term:
    return by_sign(integer(i - k), ZERO, ONE, ZERO)


def minus(t: Term) -> Term:
    return mul(num(-1), t)


# ---- identities, and near misses

K1 = Linear.of("k~1")
TRUE = [
    ("renamed", over(n, a), over(n, a)),
    (
        "Fubini",
        over(m, lambda i: over(n, lambda k: mul(X(i, k), a(k), b(i)))),
        over(n, lambda k: over(m, lambda i: mul(X(i, k), b(i), a(k)))),
    ),
    (
        "a product of sums is a double sum",
        mul(over(m, a), over(n, b)),
        over(m, lambda i: over(n, lambda k: mul(a(i), b(k)))),
    ),
    (
        "a square of a sum",
        power(over(n, a), 2),
        over(n, lambda i: over(n, lambda k: mul(a(i), a(k)))),
    ),
    (
        "linear",
        over(n, lambda k: add(mul(x, a(k)), minus(b(k)))),
        add(mul(x, over(n, a)), minus(over(n, b))),
    ),
    ("a constant summand", over(n, lambda k: x), mul(integer(n), x)),
    ("a sum of ones", over(m, lambda i: over(n, lambda k: ONE)), mul(integer(n), integer(m))),
    (
        "a shifted range",
        total("k~1", Linear(constant=2), n + 1, a(Linear.of("k~1"))),
        over(n, lambda k: a(k + 2)),
    ),
    ("an empty range", total("k~1", n, n - 1, a(Linear.of("k~1"))), ZERO),
    ("delta picks", over(n, lambda k: mul(delta(k, j), a(k))), a(j)),
    ("delta twice", over(n, lambda k: mul(delta(k, j), delta(k, l), a(k))), mul(delta(j, l), a(j))),
    ("delta outside", over(n, lambda k: mul(delta(k, n), a(k))), ZERO),
    ("delta below", over(n, lambda k: mul(delta(k, Linear(constant=-1)), a(k))), ZERO),
    ("delta at the end", over(n, lambda k: mul(delta(k, n - 1), a(k))), a(n - 1)),
    (
        "cases below and above an index",
        over(n, lambda k: by_sign(integer(k - j), a(k), x, b(k))),
        add(total("k~1", Linear(), j - 1, b(K1)), x, total("k~1", j + 1, n - 1, a(K1))),
    ),
    (
        "a case beyond the range",
        over(n, lambda k: by_sign(integer(k - n), a(k), x, b(k))),
        over(n, b),
    ),
    (
        "a case before the range",
        over(n, lambda k: by_sign(integer(k + 1), a(k), x, b(k))),
        over(n, a),
    ),
    (
        "cases above and below an index",
        over(n, lambda k: by_sign(integer(j - k), a(k), x, b(k))),
        add(total("k~1", Linear(), j - 1, a(K1)), x, total("k~1", j + 1, n - 1, b(K1))),
    ),
    (
        "two deltas meet",
        over(n, lambda k: over(n, lambda i: mul(delta(k, i), X(i, k)))),
        over(n, lambda k: X(k, k)),
    ),
    (
        "a delta under a square",
        over(n, lambda k: power(add(a(k), delta(k, j)), 2)),
        add(over(n, lambda k: power(a(k), 2)), mul(num(2), a(j)), ONE),
    ),
    (
        "cases of the index",
        over(n, lambda k: by_sign(integer(k - j), a(k), b(k), a(k))),
        add(over(n, a), b(j), minus(a(j))),
    ),
    (
        "a sum inside a function",
        over(m, lambda i: power(add(ONE, power(over(n, lambda k: mul(X(i, k), a(k))), 2)), -1)),
        over(m, lambda i: power(add(power(over(n, lambda k: mul(a(k), X(i, k))), 2), ONE), -1)),
    ),
    (
        "trace of a product",
        over(n, lambda i: over(n, lambda k: mul(X(i, k), X(k, i), a(i)))),
        over(n, lambda k: over(n, lambda i: mul(X(k, i), a(k), X(i, k)))),
    ),
    (
        "four binders, alike in pairs",
        power(over(n, lambda i: over(n, lambda k: mul(X(i, k), a(i), a(k)))), 2),
        over(
            n,
            lambda i: over(
                n,
                lambda k: over(
                    n, lambda p: over(n, lambda q: mul(X(i, p), X(k, q), a(i), a(k), a(p), a(q)))
                ),
            ),
        ),
    ),
]
FALSE = [
    ("one range is shorter", over(n, a), over(n - 1, a)),
    ("the other size", over(n, a), over(m, a)),
    ("transposed", over(n, lambda k: X(k, j)), over(n, lambda k: X(j, k))),
    (
        "indices crossed",
        over(n, lambda i: over(n, lambda k: mul(X(i, k), X(i, k)))),
        over(n, lambda i: over(n, lambda k: mul(X(i, k), X(k, i)))),
    ),
    ("the square inside", power(over(n, a), 2), over(n, lambda k: power(a(k), 2))),
    ("delta of another index", over(n, lambda k: mul(delta(k, j), a(k))), a(l)),
    ("delta outside counted", over(n, lambda k: mul(delta(k, n), a(k))), a(n)),
    ("a shift", over(n, a), over(n, lambda k: a(k + 1))),
    ("captured", over(n, lambda k: mul(a(k), a(j))), over(n, lambda k: power(a(k), 2))),
    ("not linear", over(n, lambda k: power(a(k), -1)), power(over(n, a), -1)),
    ("one too many", over(n, lambda k: ONE), add(integer(n), ONE)),
    ("diagonal", over(n, lambda k: X(k, k)), over(n, lambda k: over(n, lambda i: X(i, k)))),
]


@pytest.mark.parametrize(("left", "right"), [c[1:] for c in TRUE], ids=[c[0] for c in TRUE])
def test_it_is_one_object(left: Term, right: Term) -> None:
    assert differ(left, right) is None
    proof = asked(left, right)
    assert proof.proved, proof


@pytest.mark.parametrize(("left", "right"), [c[1:] for c in FALSE], ids=[c[0] for c in FALSE])
def test_it_is_not(left: Term, right: Term) -> None:
    assert differ(left, right) is not None
    assert not equal(left, right)


def test_where_a_free_index_may_be_out_of_range_both_cases_count() -> None:
    picked = over(n, lambda k: mul(delta(k, j), a(k)))
    anywhere = Ranges([n - 1])
    assert not equal(picked, a(j), anywhere)
    inside = by_sign(integer(j), ONE, ONE, ZERO), by_sign(integer(n - 1 - j), ONE, ONE, ZERO)
    assert equal(picked, mul(*inside, a(j)), anywhere)


def test_parts_of_a_range_are_joined() -> None:
    below = over(n, lambda k: by_sign(integer(k - j), ZERO, a(k), a(k)))
    above = over(n, lambda k: by_sign(integer(k - j), a(k), ZERO, ZERO))
    assert differ(add(below, above), over(n, a)) is None
    assert equal(add(below, above), over(n, a))


def test_a_triangular_double_sum() -> None:
    """Σₖ Σ_{i ≤ k}: the inner range depends on the outer index."""
    lower = over(n, lambda k: total("i~9", Linear(), k, mul(a(k), b(Linear.of("i~9")))))
    assert equal(
        lower, over(n, lambda k: mul(a(k), total("i~8", Linear(), k, b(Linear.of("i~8")))))
    )
    full = mul(over(n, a), over(n, b))
    assert differ(lower, full) is not None
    assert not equal(lower, full)


# ---- at random


@st.composite
def bodies(draw: Any, bound: tuple[Linear, ...], depth: int) -> Term:
    """A summand in free and bound indices."""
    free = (*bound, j, l)
    i, k = draw(st.sampled_from(free)), draw(st.sampled_from(free))
    if depth == 0:
        return draw(st.sampled_from([a(i), b(i), X(i, k), x, integer(i), num(2), delta(i, k)]))
    kind = draw(st.integers(0, 6))
    if kind < 2:
        return add(draw(bodies(bound, depth - 1)), draw(bodies(bound, depth - 1)))
    if kind < 4:
        return mul(draw(bodies(bound, depth - 1)), draw(bodies(bound, depth - 1)))
    if kind == 4:
        u = integer(i - k)
        return by_sign(u, *(draw(bodies(bound, depth - 1)) for _ in range(3)))
    if kind == 5 and len(bound) < 3:
        name = fresh_index("k")
        inner = draw(bodies((*bound, Linear.of(name)), depth - 1))
        return total(name, Linear(), draw(st.sampled_from([n, n, m])) - 1, inner)
    return power(draw(bodies(bound, depth - 1)), 2)


def disguised(t: Term, order: Any) -> Term:
    """The same with binders named afresh and sums and products in another order."""
    args = tuple(disguised(u, order) for u in t.args)
    if t.op in ("add", "mul"):
        return (add if t.op == "add" else mul)(*order.sample(args, len(args)))
    if t.op == "sum":
        index, lower, upper = t.data
        name = fresh_index("z")
        return total(name, lower, upper, substitute(args[0], {index: Linear.of(name)}))
    return rebuild(t, args) if args else t


@given(bodies((), 4), st.randoms(use_true_random=False))
def test_renaming_and_reordering_change_nothing(t: Term, order: Any) -> None:
    other = disguised(t, order)
    assert differ(t, other) is None
    proof = asked(t, other)
    assert proof.proved or "difference" not in proof.reason, proof


@given(bodies((), 3), bodies((), 3))
def test_what_is_proved_is_true(t: Term, u: Term) -> None:
    for left, right in ((t, u), (mul(t, u), mul(u, t)), (power(add(t, u), 2), add(t, u))):
        if equal(left, right):
            assert differ(left, right) is None, (left, right)


@given(bodies((), 3), st.sampled_from(range(6)))
def test_a_mutation_is_proved_only_where_it_changes_nothing(t: Term, kind: int) -> None:
    def mutate(node: Term) -> Term | None:
        if kind == 0 and node is a(j):
            return a(l)
        if kind == 1 and node.op == "entry" and node.data[0] == "X":
            return X(*reversed(node.data[1]))
        if kind == 2 and node.op == "sum":
            return total(*node.data[:2], node.data[2] - 1, node.args[0])
        if kind == 3 and node.op == "pow":
            return node.args[0]
        if kind == 4 and node.op == "sign":
            return by_sign(node.args[0], node.args[3], node.args[2], node.args[1])
        if kind == 5 and node.op == "sum" and node.data[2] == n - 1:
            return total(*node.data[:2], m - 1, node.args[0])
        return None

    other = transform(t, mutate)
    assume(other is not t)
    if equal(t, other):
        assert differ(t, other) is None


def test_it_says_why_it_gives_up() -> None:
    names = [Linear.of(f"z~{k}") for k in range(9)]
    t = mul(*(a(p) for p in names), *(X(p, q) for p, q in itertools.pairwise(names)))
    for p in names:
        t = total(next(iter(p.names)), Linear(), n - 1, t)
    proof = asked(power(t, 3), t)
    assert not proof.proved
    assert proof.reason


def test_an_index_of_a_range_that_may_run_back_may_be_anywhere() -> None:
    """[k + 1 < 0] for 0 ≤ k < m, and for 0 ≤ k < −m, which runs from −1 down."""
    m, k = Linear.of("m"), Linear.of("k")
    for length, known in ((m, []), (-m, None)):
        norm = Normaliser(Ranges([m - 1]), (), Units(), Work(), 16)
        index = Form([(((Atom("int", "#0.0"), 1),), Fraction(1))])
        below = ((Atom("guard", (index, "-")), 1),)
        assert _recounted(norm, below, "#0.0", k + 1, "k", (k, length)) == known
