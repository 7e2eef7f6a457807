"""The measured accuracy of compiled functions: what is known comes out, and errors show."""

from types import SimpleNamespace

import numpy as np
import pytest
from sympy import MatrixSymbol, Symbol, exp, log, symbols

from symderiv import to_numpy
from symderiv.testing.accuracy import measure

z: Symbol = symbols("z", real=True)
m, n = symbols("m n", integer=True, positive=True)
X, w = MatrixSymbol("X", m, n), MatrixSymbol("w", n, 1)


def of(outputs, arguments, **options):
    return list(measure(to_numpy(outputs, arguments), "f", **options))


def test_one_rounding_is_half_a_unit_at_the_most():
    found = of({"square": z**2, "same": z}, (z,))
    assert [f.name for f in found] == ["f: square", "f: same"]
    assert 0 < found[0].ulp <= 0.5
    assert found[1].ulp == 0


def test_the_largest_entry_of_an_array_has_the_unit():
    (found,) = of({"predict": X * w}, (w, X), seeds=1)
    assert found.values > found.inputs > 30
    assert found.ulp < 8  # n is 5 at the most
    assert found.at.startswith("n = ")


@pytest.mark.parametrize(("factor", "ulp"), [(1 + 2.0**-52, 1), (1 + 2.0**-30, 2.0**21)])
def test_an_error_is_measured(factor, ulp):
    functions = to_numpy({"double": 2 * z}, (z,))
    wrong = SimpleNamespace(
        expressions=functions.expressions, double=lambda z: functions.double(z) * factor
    )
    (found,) = measure(wrong)
    assert ulp <= found.ulp <= 4 * ulp


def test_no_number_is_infinitely_far():
    functions = to_numpy({"double": 2 * z}, (z,))
    (found,) = measure(
        SimpleNamespace(expressions=functions.expressions, double=lambda z: np.nan * z)
    )
    assert found.ulp == np.inf


def test_the_inputs_are_the_same_in_every_run():
    first, second = (of({"e": exp(z)}, (z,)) for _ in range(2))
    assert first == second


def test_what_cannot_be_evaluated_is_left_out():
    i = symbols("i", integer=True, nonnegative=True)
    x = MatrixSymbol("x", m, 1)
    assert [f.name for f in of({"row": x[i, 0] ** 2, "size": log(1 + z**2)}, (x, z))] == ["f: size"]
