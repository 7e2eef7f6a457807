"""Compiled functions where an exponential of theirs is infinite or 0, and the value is not."""

import sys
import threading

import numpy as np
import pytest
import sympy
from ids import steady
from sympy import exp, log, symbols

from symderiv import sigma, softplus
from symderiv.numeric import to_numpy

z = symbols("z", real=True)


@pytest.mark.parametrize(
    ("written", "at", "value"),
    [
        (1 - exp(-(z**2)), 30.0, 1.0),
        (1 - exp(-(z**2)), 1e-9, 1e-18),
        (1 - exp(-exp(z)), 700.0, 1.0),
        (1 - exp(-sympy.Abs(z)), 1e308, 1.0),
        (1 - exp(-softplus(z)), 1e308, 1.0),
        (1 / sigma(z), 1e308, 1.0),
        ((exp(z) - 1) / exp(3 * z), 800.0, 0.0),
        ((exp(z) - 1) ** 2 / exp(2 * z), 800.0, 1.0),
        ((exp(z) - 1) ** 2 / exp(z), 1e-9, 1e-18),
        ((exp(z) - 1) / exp(3 * z), 300.0, np.exp(-600.0)),
        (1 / sympy.cosh(z), 700.0, 2 * np.exp(-700.0)),
        (1 / sympy.cosh(z), -np.inf, 0.0),
        (1 / sympy.cosh(z) ** 3, 200.0, 8 * np.exp(-600.0)),
        (exp(z) / (1 + exp(3 * z)), 300.0, np.exp(-600.0)),
    ],
    ids=steady,
)
def test_what_grows_above_and_below_is_divided_first(written, at, value):
    assert to_numpy(written, (z,))(at) == pytest.approx(value, rel=1e-15, abs=0)


def test_threads_make_the_first_call_together():
    # what compiles and what parses the source is not made for several threads at once
    functions = to_numpy({"double": exp(z) / (1 + exp(z)), "square": log(1 + exp(z))}, (z,))
    gate, wrong = threading.Barrier(8), []

    def work():
        gate.wait()
        try:
            found = functions.double_and_square(0.0)
            assert found == (0.5, np.log(2))
        except BaseException as error:  # noqa: BLE001 - a SystemError is what it was
            wrong.append(error)

    kept = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    threads = [threading.Thread(target=work) for _ in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    sys.setswitchinterval(kept)
    assert wrong == []
    made = functions._compiled
    assert list(made) == [("double", "square")]
