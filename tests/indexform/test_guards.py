"""What an expression needs, it needs in the case in which it stands, and nowhere else."""

import pytest
from claims import proved
from sympy import (
    Abs,
    Derivative,
    DiagMatrix,
    DiagonalMatrix,
    Identity,
    ImmutableMatrix,
    Lambda,
    OneMatrix,
    Piecewise,
    exp,
    log,
    symbols,
)

from symderiv import prove_equal

x, y, h = symbols("x y h", real=True)
n = symbols("n", integer=True, positive=True)
i = symbols("i", integer=True, nonnegative=True)
FAR = exp(60)  # beyond all points that are tried
LOG = Lambda(y, log(x + FAR))


def open_in(lhs, rhs, **options):
    """The open conditions of what is proved, or that it is not."""
    result = prove_equal(lhs, rhs, **options)
    return [str(c.relation) for c in result.open_conditions] if result.proved else "not proved"


def test_of_a_defined_name_in_its_case():
    """h = log(x + c) stands for x > −c alone: the values for x ≤ −c are compared as well."""
    let = {h: log(x + FAR)}
    one = Piecewise((h, x > -FAR), (0, True))
    assert open_in(one, Piecewise((h, x > -FAR), (1, True)), let=let) == "not proved"
    assert open_in(one, Piecewise((log(x + FAR), x > -FAR), (0, True)), let=let) == []
    assert prove_equal(one.xreplace({FAR: 0}), 1 - h, let={h: log(x)}).refuted


def test_of_a_name_by_which_a_derivative_is_taken():
    """∂/∂h of h² where x > −c, and 0 elsewhere: nothing is lost for x ≤ −c."""
    let = {h: log(x + FAR)}
    f = Derivative(Piecewise((h**2, x > -FAR), (0, True)), h)
    assert open_in(f, Piecewise((2 * h, x > -FAR), (0, True)), let=let) == []
    assert open_in(f, Piecewise((2 * h, x > -FAR), (1, True)), let=let) == "not proved"
    assert open_in(Derivative(h, h), 1 + 0 * x, let={h: log(x)}) == ["x > 0"]


def test_of_an_entry_of_a_written_out_matrix():
    one = ImmutableMatrix([log(x + FAR), Piecewise((0, x > -FAR), (1, True))])
    other = ImmutableMatrix([log(x + FAR), 0])
    assert open_in(one[i, 0], other[i, 0], where=[i <= 1]) == "not proved"
    assert open_in(other[i, 0], other[i, 0], where=[i <= 1]) == ["x + exp(60) > 0"]
    assert open_in(other[1, 0], 0 * x) == []


@pytest.mark.parametrize(
    "diagonal",
    [
        DiagMatrix(OneMatrix(n, 1).applyfunc(LOG)),
        DiagMatrix(OneMatrix(1, n).applyfunc(LOG)),
        DiagonalMatrix(OneMatrix(n, n).applyfunc(LOG)),
    ],
    ids=["column", "row", "square"],
)
def test_of_the_diagonal_of_a_matrix(diagonal):
    """It is 0 off the diagonal, whether log(x + c) is defined or not."""
    beside = (OneMatrix(n, n) - Identity(n)) * Piecewise((0, x > -FAR), (1, True))
    assert open_in(diagonal, diagonal + beside) == "not proved"
    assert open_in(diagonal, diagonal.T) == ["x + exp(60) > 0"]


def test_the_joint_of_an_inner_derivative_is_one_of_the_outer():
    """(y + (x|x|)')' = (2|x|)', which is none at 0."""
    inner = Derivative(x * Abs(x), x)
    slope = Piecewise((2, x >= 0), (-2, True))
    assert proved(Derivative(y + inner, x), slope) == ["Ne(x, 0)"]
    assert proved(Derivative(x * inner, x, 2), 2 * slope) == ["Ne(x, 0)"]
    assert proved(Derivative(x * inner, x), 4 * Abs(x)) == []
    by_name = Derivative(Derivative(h * Abs(h), h) + y, x)
    assert proved(by_name, 2 * slope, let={h: 2 * x}) == ["Ne(h, 0)"]
