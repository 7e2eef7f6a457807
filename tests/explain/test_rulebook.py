"""Every rule of the trusted tables has a formula and a source, and no text is without its rule."""

from __future__ import annotations

import ast

import pytest
from ids import steady
from sympy import (
    Abs,
    Derivative,
    Eq,
    IndexedBase,
    MatrixSymbol,
    Sum,
    cos,
    exp,
    log,
    loggamma,
    sqrt,
    symbols,
)

from symderiv import gradient, prove_equal, sigma
from symderiv.explain.rulebook import LEAVES, TABLES
from symderiv.explain.trusted import trusted_files
from symderiv.indexform import differentiate, matrices, scalars
from symderiv.prove import normalise, special
from symderiv.report.trust import render_trust

x, y = symbols("x y", real=True)
p = symbols("p", positive=True)
m, n = symbols("m n", integer=True, positive=True)
i, j, k = symbols("i j k", integer=True, nonnegative=True)
a = IndexedBase("a")
w = MatrixSymbol("w", n, 1)

IN_CODE = {
    "reading of scalars": scalars.RULES.keys(),
    "reading of matrix entries": matrices.RULES.keys(),
    "derivatives of operations": differentiate.OPERATIONS.keys(),
    "derivatives of functions": differentiate.RULES.keys(),
    "normal forms": normalise.RULES.keys(),
}


@pytest.mark.parametrize("table", IN_CODE)
def test_the_texts_are_those_of_the_rules_in_the_code(table: str) -> None:
    assert TABLES[table].keys() == IN_CODE[table]


def test_special_functions_are_among_the_normal_forms() -> None:
    assert special.RULES.keys() <= TABLES["normal forms"].keys()


def test_steps_are_those_that_the_prover_notes() -> None:
    noted = set()
    for path in trusted_files("prover"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            called = ast.unparse(node.func)
            if called.endswith("rules.add") and isinstance(node.args[0], ast.Constant):
                noted.add(node.args[0].value)
    assert noted == TABLES["steps of normal forms"].keys()


@pytest.mark.parametrize("table", TABLES)
def test_every_rule_has_a_formula_and_a_source(table: str) -> None:
    for name, rule in TABLES[table].items():
        assert (rule.name, rule.table) == (name, table)
        assert rule.formula.strip(), name
        assert rule.source.strip(), name


def test_the_trust_command_shows_all_of_it() -> None:
    text = " ".join(render_trust().split())
    for path in [*trusted_files("prover"), *trusted_files("refuter")]:
        assert path.name in text
    for rules in TABLES.values():
        for rule in rules.values():
            assert " ".join(f"{rule.name} {rule.formula}".split()) in text
    for believed in ("SymPy's constructors", "python-flint", "Python"):
        assert believed in text


@pytest.mark.parametrize(
    ("lhs", "rhs", "where", "expected"),
    [
        (Derivative(sigma(x), x), sigma(x) * (1 - sigma(x)), (), {"sigma", "pow", "exp"}),
        (Derivative(cos(x) ** 2, x, 2), 2 - 4 * cos(x) ** 2, (), {"cos", "sin", "mul"}),
        (log(p**2), 2 * log(p), (), {"log"}),
        (Abs(x + 1), sqrt(x**2 + 2 * x + 1), (), {"Abs", "sign", "root", "cases"}),
        (loggamma(p + 1), loggamma(p) + log(p), (), {"loggamma", "log"}),
        (Sum(k, (k, 1, n)), n * (n + 1) / 2, (), {"Sum", "sum", "power sums"}),
        (Sum(a[k], (k, 1, 3)), a[1] + a[2] + a[3], (), {"a sum term by term"}),
        (gradient(w.T * w, w), 2 * w, (), {"Gradient", "a sum by cases of its index"}),
        (x**3, x, (Eq(x**2, 1),), {"var"} - LEAVES),
        (x * y, y, (Eq(x + exp(y), 1 + exp(y)),), {"an equation in force"}),
    ],
    ids=steady,
)
def test_the_rules_that_a_step_used(lhs, rhs, where, expected) -> None:  # type: ignore[no-untyped-def]
    result = prove_equal(lhs, rhs, where=where)
    assert result.proved, result.reason
    assert result.trace is not None
    assert {rule.name for rule in result.trace.rules} >= expected


def test_a_rule_that_is_not_used_is_not_told() -> None:
    trace = prove_equal((x + 1) ** 2, x**2 + 2 * x + 1).trace
    assert trace is not None
    assert not {r.name for r in trace.rules} & {"log", "Sum", "sum", "Derivative", "cases", "sigma"}
