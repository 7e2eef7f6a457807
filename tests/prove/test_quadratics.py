"""Signs of polynomials by completed squares, roots and conjugates."""

from fractions import Fraction

import pytest
from sympy import Poly, symbols

from symderiv.indexform.ranges import Ranges
from symderiv.indexform.terms import add, call, mul, num, power, root, var
from symderiv.prove.atoms import Atom, Form
from symderiv.prove.certificates import assuming, sign_of
from symderiv.prove.hypotheses import Premises
from symderiv.prove.work import Work

x = var("x")
X = symbols("x")
NOTHING = Premises(Ranges(), (), (), ())


def term(p, of):
    return add(*(mul(num(int(c)), power(of, e)) for (e,), c in Poly(p, X).terms()))


def signs(p, of=x, premises=NOTHING):
    return "".join(s for s in "+0-" if s in sign_of(term(p, of), premises, Work()))


@pytest.mark.parametrize(
    ("p", "found"),
    [
        (X**2 - X + 1, "+"),
        (X**2 - 2 * X + 1, "+0"),
        (X**2 - X - 1, "+0-"),
        (-(X**4) - X - 1, "-"),
        (X**4 + X**3 + X**2 + X + 1, "+"),
        (X**3 - X + 5, "+0-"),
        (X**6 - 3 * X**2 + 3, "+"),
    ],
)
def test_on_the_line(p, found):
    assert signs(p) == found


def test_of_a_positive_generator():
    # E² + 3E + 1 has two roots, both negative
    e = call("exp", x)
    assert signs(X**2 + 3 * X + 1, e) == "+"
    assert signs(X**2 - 3 * X + 1, e) == "+0-"
    assert signs(X**5 - X**2 + 1, e) == "+"


def test_between_known_ends():
    # 2 − x − x² has the roots −2 and 1
    inside = assuming(NOTHING, (x, "+"), (add(num(1), mul(num(-1), x)), "+"))
    assert signs(2 - X - X**2, x, inside) == "+"
    assert signs(1 - 3 * X - X**2, x, inside) == "+0-"


def test_sine_and_cosine_are_bounded():
    assert signs(1 - X, call("cos", x)) == "+0"
    assert signs(X + 1, call("sin", x)) == "+0"
    assert signs(X + 2, call("sin", x)) == "+"
    assert signs(2 * X - 1, call("cos", x)) == "+0-"
    assert signs(1 - X, call("erf", x)) == "+"


def found(t, *facts):
    premises = assuming(NOTHING, *facts) if facts else NOTHING
    return "".join(s for s in "+0-" if s in sign_of(t, premises, Work()))


@pytest.mark.parametrize(
    ("p", "found"),
    [
        ({(2, 0): 10, (1, 1): 19, (0, 2): 10}, "+0"),  # 4ac − b² = 39
        ({(2, 0): 10, (1, 1): 21, (0, 2): 10}, "+0-"),  # −41
        ({(2, 0): 10, (1, 1): 19, (0, 2): 10, (0, 0): 1}, "+"),
        ({(4, 0): 1, (2, 1): 1, (0, 2): 1, (0, 0): 1}, "+"),
        ({(4, 0): 1, (1, 1): 1, (0, 0): 1}, "+0-"),  # x⁴ + xy + 1 is no square in x²
    ],
)
def test_as_a_quadratic_in_one_of_two_variables(p, found):
    atoms = Atom("var", "x"), Atom("var", "y")
    form = Form((tuple(zip(atoms, e, strict=True)), Fraction(c)) for e, c in p.items())
    t = add(*(mul(num(c), power(x, e), power(var("y"), d)) for (e, d), c in p.items()))
    signs = sign_of(t, NOTHING, Work(), ((form, atoms[0]),))
    assert "".join(s for s in "+0-" if s in signs) == found


def test_a_root_beside_a_term_of_the_other_sign():
    # √(x² + 1) lies between x and x + 1 for x > 0
    r = root(add(power(x, 2), num(1)), Fraction(1, 2))
    above, below = add(r, mul(num(-1), x)), add(r, mul(num(-1), x), num(-1))
    assert found(above, (x, "+")) == "+"
    assert found(below, (x, "+")) == "-"
    assert found(mul(num(-1), above), (x, "+")) == "-"
