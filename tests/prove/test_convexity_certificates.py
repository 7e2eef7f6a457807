"""The checker of convexity accepts a certificate only where every part of it holds."""

import pytest

from symderiv.indexform.ranges import Ranges
from symderiv.indexform.terms import Linear, add, by_sign, call, entry, mul, num, power, total, var
from symderiv.prove.certificates import NOT_NEGATIVE, PLUS, Rejected, Visible, assuming
from symderiv.prove.convexity import (
    Composed,
    ConvexOver,
    ConvexParts,
    ConvexRewritten,
    Curved,
    Directions,
    Larger,
    Pieces,
    check_convex,
    minus,
)
from symderiv.prove.hypotheses import Premises
from symderiv.prove.work import Work

x, y, u, v = var("x"), var("y"), var("?1"), var("?v.x")
IN_X = Directions({x: v})
SMOOTH = Curved((Visible(),))
k, n, zero = Linear.of("k~1"), Linear.of("n"), Linear()
m = Linear.of("m")
NOTHING = Premises(Ranges([n - 1, m - 1]), (), (), ())
size = by_sign(x, x, num(0), mul(num(-1), x))


def accepts(c, t, d=IN_X, premises=NOTHING, strict=False):
    return check_convex(c, t, d, premises, strict, Work())


def rejects(c, t, d=IN_X, premises=NOTHING, strict=False):
    with pytest.raises(Rejected):
        check_convex(c, t, d, premises, strict, Work())


def test_curvature():
    accepts(SMOOTH, power(x, 2))
    accepts(SMOOTH, power(x, 2), strict=True)
    rejects(SMOOTH, power(x, 3))
    rejects(SMOOTH, x, strict=True)
    accepts(SMOOTH, power(x, 3), premises=assuming(NOTHING, (x, "+")))
    rejects(SMOOTH, size)  # flat on both sides of its joint


def test_affine():
    accepts(SMOOTH, add(mul(num(2), x), y))
    rejects(SMOOTH, add(mul(num(2), x), y), strict=True)


def test_rewritten():
    accepts(
        ConvexRewritten(power(add(x, num(1)), 2), SMOOTH), add(power(x, 2), mul(num(2), x), num(1))
    )
    rejects(ConvexRewritten(power(x, 2), SMOOTH), power(x, 3))


def test_parts():
    both = add(power(x, 2), call("exp", x))
    accepts(ConvexParts((SMOOTH, SMOOTH)), both)
    accepts(ConvexParts((SMOOTH, SMOOTH), 0), both, strict=True)
    rejects(ConvexParts((SMOOTH, SMOOTH)), both, strict=True)
    rejects(ConvexParts((SMOOTH,)), both)
    twice = mul(y, power(x, 2))
    rejects(ConvexParts(((NOT_NEGATIVE, Visible()), SMOOTH)), twice)
    known = assuming(NOTHING, (y, "+0"))
    accepts(ConvexParts(((NOT_NEGATIVE, Visible()), SMOOTH)), twice, premises=known)
    rejects(ConvexParts(((NOT_NEGATIVE, Visible()), SMOOTH)), twice, premises=known, strict=True)
    # a product of two convex functions need not be convex
    rejects(ConvexParts((SMOOTH, SMOOTH)), mul(power(x, 2), call("exp", x)))
    rejects(ConvexParts(((PLUS, Visible()), SMOOTH)), mul(call("exp", x), power(x, 2)))


def test_composed_of_affine_terms():
    inside = add(mul(num(2), x), y)
    accepts(Composed(((inside, u),), SMOOTH), call("exp", inside))
    rejects(Composed(((inside, u),), SMOOTH), call("exp", inside), strict=True)
    # x⁴ is no convex function of x², which is not affine: −(x²)… is concave in it
    square = power(x, 2)
    rejects(Composed(((square, u),), SMOOTH), mul(num(-1), square))
    rejects(Composed(((inside, u),), SMOOTH), add(call("exp", inside), power(x, 3)))
    rejects(Composed(((inside, x),), SMOOTH), call("exp", inside))


def test_pieces():
    flat = (Visible(), Visible())
    accepts(Pieces((num(0),), flat, (Visible(),)), size)
    rejects(Pieces((), (Visible(),), ()), size)
    rejects(Pieces((num(1),), flat, (Visible(),)), size)
    rejects(Pieces((num(0),), flat, (Visible(),)), mul(num(-1), size))  # the slope falls
    jump = by_sign(x, num(1), num(1), num(0))
    rejects(Pieces((num(0),), flat, (Visible(),)), jump)
    dot = by_sign(x, num(0), num(1), num(0))
    rejects(Pieces((num(0),), flat, (Visible(),)), dot)
    rejects(Pieces((num(0), num(-1)), (Visible(),) * 3, (Visible(),) * 2), size)
    # −Σₖ |x − aₖ| has n joints, and one break that is called aₖ covers none of them
    one = entry("a", (k,))
    ahead, behind = minus(x, one), minus(one, x)
    kinks = total("k~1", zero, n - 1, mul(num(-1), by_sign(ahead, ahead, num(0), behind)))
    for at in (one, num(0)):
        rejects(Pieces((at,), flat, (Visible(),)), kinks)
        rejects(Pieces((at,), flat, (Visible(),)), add(kinks, mul(x, x)))


def test_larger_of_two():
    other = mul(num(-1), x)
    accepts(Larger(SMOOTH, SMOOTH, Visible(), Visible()), size)
    smaller = by_sign(x, other, num(0), x)
    rejects(Larger(SMOOTH, SMOOTH, Visible(), Visible()), smaller)
    rejects(Larger(SMOOTH, SMOOTH, Visible(), Visible()), by_sign(x, x, num(1), other))


def test_the_domain():
    inverse = power(x, -2)
    rejects(SMOOTH, inverse, premises=assuming(NOTHING, (x, "+-")))
    accepts(SMOOTH, inverse, premises=assuming(NOTHING, (x, "+")))
    # x² > 1 leaves two half-lines
    outside = assuming(NOTHING, (minus(power(x, 2), num(1)), "+"))
    rejects(SMOOTH, power(x, 2), premises=outside)
    accepts(SMOOTH, power(x, 2), premises=assuming(outside, (minus(x, num(2)), "+")))


class TestFullRank:
    """Σᵢ (Σₖ Xᵢₖ·wₖ)² is strictly convex in w where X has full column rank."""

    d = Directions({}, {"w": "?v.w"}, {"w": (n, Linear(constant=1)), "X": (m, n)})
    score = total("k~1", zero, n - 1, mul(entry("X", (Linear.of("i~1"), k)), entry("w", (k, zero))))
    certificate = ConvexOver(Composed(((score, u),), SMOOTH))

    def test_of_all_rows(self):
        whole = total("i~1", zero, m - 1, power(self.score, 2))
        assert accepts(self.certificate, whole, self.d, strict=True) == {"X"}
        assert accepts(self.certificate, whole, self.d) == set()

    def test_of_some_rows(self):
        some = total("i~1", zero, m - 2, power(self.score, 2))
        two = Premises(Ranges([n - 1, m - 2]), (), (), ())  # so that the range is not empty
        rejects(self.certificate, some, self.d, premises=two, strict=True)

    def test_of_another_map(self):
        twisted = mul(entry("X", (k, Linear.of("i~1"))), entry("w", (k, zero)))
        score = total("k~1", zero, n - 1, twisted)
        whole = total("i~1", zero, m - 1, power(score, 2))
        rejects(ConvexOver(Composed(((score, u),), SMOOTH)), whole, self.d, strict=True)
