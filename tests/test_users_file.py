"""A wrong derivation in a file of the user's own, outside the package."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

USERS = '''\
"""My own notes."""
from sympy import Derivative, IndexedBase, MatrixSymbol, Sum, log, symbols
from symderiv import Derivation, sigma

m, n = symbols("m n", integer=True, positive=True)
i, j = symbols("i j", integer=True, nonnegative=True)
X, theta, y = MatrixSymbol("X", m, n), MatrixSymbol("theta", n, 1), MatrixSymbol("y", m, 1)
h = IndexedBase("h")
y_i, x_ij, theta_j = y[i, 0], X[i, j], theta[j, 0]


def mean(e):
    return Sum(e, (i, 0, m - 1))/m


mine = (Derivation("gradient of the logistic cost",
                   Derivative(-mean(y_i*log(h[i]) + (1 - y_i)*log(1 - h[i])), theta_j),
                   let={h[i]: sigma((X*theta)[i, 0])})
    .then(-mean((y_i/h[i] - (1 - y_i)/(1 - h[i]))*Derivative(h[i], theta_j)), "chain rule")
    .then(-mean((y_i/h[i] - (1 - y_i)/(1 - h[i]))*h[i]*(1 - h[i])*x_ij), "σ' = σ(1 − σ)")
    .then(mean((h[i] + y_i)*x_ij), "multiply out")
    .then((X.T*((X*theta).applyfunc(sigma) - y)/m)[j, 0], "matrix form"))
'''


@pytest.mark.parametrize("command", ["file", "module:NAME"])
def test_a_users_own_file_is_refuted_at_its_line(tmp_path: Path, command: str) -> None:
    (tmp_path / "my_notes.py").write_text(USERS, encoding="utf-8")
    target = "my_notes.py" if command == "file" else "my_notes:mine"
    done = subprocess.run(
        [sys.executable, "-m", "symderiv", "verify", target],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"},
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stdout + done.stderr
    head, start, end, verdict, *rest = done.stdout.splitlines()
    assert head.startswith('✘ gradient of the logistic cost, step 3 of 4: "multiply out"')
    line = USERS.splitlines().index('    .then(mean((h[i] + y_i)*x_ij), "multiply out")') + 1
    assert head.endswith(f"my_notes.py:{line}")
    assert re.fullmatch(r"    from   −1/m Σᵢ .*hᵢ.*Xᵢⱼ.*", start)
    assert re.fullmatch(r"    to     1/m Σᵢ \(hᵢ \+ yᵢ\)·Xᵢⱼ", end)
    shown = r"    refuted at m = 1, n = 1, .*X = \[.*\], θ = \[.*\], y = \[.*\]:   .* ≠ .*"
    assert re.fullmatch(shown, verdict)
    assert rest
    assert [p.name for p in tmp_path.iterdir()] == ["my_notes.py"]
