"""``symderiv show NAME --numpy`` prints code that runs by itself."""

import numpy as np
import pytest

from symderiv import logistic_regression
from symderiv.cli import main

MODULE = "symderiv.derivations.logistic_regression"


def test_of_a_derivation(capsys):
    assert main(["show", f"{MODULE}:cost_gradient", "--numpy"]) == 0
    printed = capsys.readouterr().out
    assert printed == logistic_regression.functions.gradient.source
    space = {}
    exec(compile(printed, "shown", "exec"), space)
    at = np.ones(2), np.eye(2), np.array([0.0, 1.0])
    np.testing.assert_array_equal(
        space["gradient"](*at), logistic_regression.functions.gradient(*at)
    )


def test_of_a_module(capsys):
    assert main(["show", MODULE, "--numpy"]) == 0
    printed = capsys.readouterr().out
    assert printed.count("import numpy as np") == 1
    for name in ("cost", "gradient", "hessian", "hessian_vector"):
        assert printed.count(f"def {name}(") == 1


def test_of_a_function_of_one_expression(capsys, tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(
        "from sympy import Derivative, exp, symbols\n"
        "from symderiv import Derivation, to_numpy\n"
        "z = symbols('z', real=True)\n"
        "d = Derivation('slope', Derivative(exp(2*z), z)).then(2*exp(2*z), 'chain rule')\n"
        "slope = to_numpy(2*exp(2*z), (z,), proof='slope')\n"
        "other = to_numpy(z, (z,))\n"
    )
    assert main(["show", f"{file}:d", "--numpy"]) == 0
    shown = capsys.readouterr().out
    assert shown.count("def compute(z):") == 1
    assert 'proved by "slope".' in shown
    assert main(["show", str(file), "--numpy"]) == 0
    assert capsys.readouterr().out.count("def compute(z):") == 2


def test_of_what_has_no_function(capsys):
    assert main(["show", f"{MODULE}:single_case", "--numpy"]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "no function that to_numpy made is proved by" in shown.err


def test_of_what_is_not_there(capsys):
    assert main(["show", f"{MODULE}:missing", "--numpy"]) == 2
    assert "missing" in capsys.readouterr().err


def test_needs_to_be_told_what_to_show():
    with pytest.raises(SystemExit) as stopped:
        main(["show", MODULE])
    assert stopped.value.code == 2
