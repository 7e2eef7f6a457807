"""The property tests pass on what is right and fail on what is wrong, each of them on something."""

import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import Phase, settings

import symderiv
from symderiv.derivations import property_tests
from symderiv.testing import properties

ROOT = Path(__file__).resolve().parents[2]

DIFFERENCES, COMPLEX_STEP = "central differences", "complex step"
MPMATH, BY_HAND = "mpmath", "by hand"


# -- stand-ins written by hand in place of the compiled functions ----------------------------


def sigma(z):
    return 1 / (1 + np.exp(-z))


def sigma_prime(z):
    return np.exp(-z) / (1 + np.exp(-z)) ** 2


def linear_cost(theta, X, y):
    return float(np.mean((X @ theta - y) ** 2) / 2)


def linear_gradient(theta, X, y):
    return X.T @ (X @ theta - y) / y.size


def linear_hessian(theta, X, y):
    return X.T @ X / y.size


def logistic_cost(theta, X, y):
    h = sigma(X @ theta)
    return float(-np.mean(y * np.log(h) + (1 - y) * np.log(1 - h)))


def logistic_gradient(theta, X, y):
    return X.T @ (sigma(X @ theta) - y) / y.size


def logistic_hessian(theta, X, y):
    h = sigma(X @ theta)
    return X.T @ ((h * (1 - h))[:, None] * X) / y.size


RIGHT = {
    "sigmoid": {"sigma": sigma, "sigma_prime": sigma_prime},
    "linear_regression": {
        "cost": linear_cost,
        "gradient": linear_gradient,
        "hessian": linear_hessian,
    },
    "logistic_regression": {
        "cost": logistic_cost,
        "gradient": logistic_gradient,
        "hessian": logistic_hessian,
    },
}


def stand_in(module, **replaced):
    functions = RIGHT[module] | replaced
    if "cost" in functions and "cost_and_gradient" not in functions:
        cost, gradient = functions["cost"], functions["gradient"]
        functions["cost_and_gradient"] = lambda *at: (cost(*at), gradient(*at))
    return SimpleNamespace(**functions)


def results(module, seed=0, **replaced):
    return list(getattr(property_tests, module)(stand_in(module, **replaced), seed))


def failed(module, seed=0, **replaced):
    return [r.name for r in results(module, seed, **replaced) if not r.passed]


def scaled(f, factor=1 + 1e-6):
    return lambda *at: f(*at) * factor


# -- what is wrong, and the oracles that have to see it --------------------------------------

WRONG = {
    "sigma off by 1e-6": ("sigmoid", {"sigma": scaled(sigma)}, [DIFFERENCES, MPMATH, BY_HAND]),
    "sigma' off by 1e-6": (
        "sigmoid",
        {"sigma_prime": scaled(sigma_prime)},
        [DIFFERENCES, COMPLEX_STEP, MPMATH, BY_HAND],
    ),
    "σ for σ'": (
        "sigmoid",
        {"sigma_prime": sigma},
        [DIFFERENCES, COMPLEX_STEP, MPMATH, BY_HAND],
    ),
    "sign of z": (
        "sigmoid",
        {"sigma": lambda z: sigma(-z)},
        [DIFFERENCES, MPMATH, BY_HAND],
    ),
}
for _module, _prefix in (("linear_regression", "linear"), ("logistic_regression", "logistic")):
    _cost, _gradient, _hessian = RIGHT[_module].values()
    _link = (lambda z: z) if _prefix == "linear" else sigma
    WRONG |= {
        f"{_prefix}: {name}": (_module, replaced, oracles)
        for name, replaced, oracles in (
            ("cost off by 1e-6", {"cost": scaled(_cost)}, [DIFFERENCES, MPMATH, BY_HAND]),
            (
                "cost without 1/m",
                {"cost": lambda t, X, y, f=_cost: f(t, X, y) * y.size},
                [DIFFERENCES, MPMATH, BY_HAND],
            ),
            (
                "gradient off by 1e-6",
                {"gradient": scaled(_gradient)},
                [DIFFERENCES, COMPLEX_STEP, MPMATH, BY_HAND],
            ),
            (
                "gradient without 1/m",
                {"gradient": lambda t, X, y, f=_gradient: f(t, X, y) * y.size},
                [DIFFERENCES, COMPLEX_STEP, MPMATH, BY_HAND],
            ),
            (
                "sign of the labels",
                {"gradient": lambda t, X, y, g=_link: X.T @ (g(X @ t) + y) / y.size},
                [DIFFERENCES, COMPLEX_STEP, MPMATH, BY_HAND],
            ),
            (
                "transposed where X is square",
                {
                    "gradient": lambda t, X, y, g=_link, f=_gradient: (
                        X @ (g(X @ t) - y) / y.size if X.shape[0] == X.shape[1] else f(t, X, y)
                    )
                },
                [DIFFERENCES, COMPLEX_STEP, BY_HAND],
            ),
            (
                "transposed",
                {"gradient": lambda t, X, y, g=_link: X @ (g(X @ t) - y) / y.size},
                [DIFFERENCES, COMPLEX_STEP, MPMATH, BY_HAND],
            ),
            (
                "a column instead of a flat gradient",
                {"gradient": lambda t, X, y, f=_gradient: f(t, X, y)[:, None]},
                [COMPLEX_STEP, MPMATH, BY_HAND],
            ),
            (
                "Hessian off by 1e-6",
                {"hessian": scaled(_hessian)},
                [DIFFERENCES, MPMATH, BY_HAND],
            ),
            (
                "Hessian of the rows",
                {"hessian": lambda t, X, y: X @ X.T / y.size},
                [DIFFERENCES, MPMATH, BY_HAND],
            ),
            (
                "another gradient beside the cost",
                {"cost_and_gradient": lambda *at, f=_cost, g=_gradient: (f(*at), -g(*at))},
                [BY_HAND],
            ),
            (
                "not a number",
                {"hessian": lambda t, X, y: np.full((t.size, t.size), np.nan)},
                [DIFFERENCES, MPMATH, BY_HAND],
            ),
        )
    }
WRONG["logistic: 1 − σ for σ"] = (
    "logistic_regression",
    {"gradient": lambda t, X, y: X.T @ (1 - sigma(X @ t) - y) / y.size},
    [DIFFERENCES, COMPLEX_STEP, MPMATH, BY_HAND],
)
WRONG["logistic: wrong only in saturation"] = (
    "logistic_regression",
    {"gradient": lambda t, X, y: X.T @ (sigma(np.clip(X @ t, -31, 31)) - y) / y.size},
    ["mpmath, |Xθ| ≤ 700", "by hand, |Xθ| ≤ 700"],
)


@pytest.mark.parametrize("module", RIGHT)
class TestWhatIsRight:
    def test_passes(self, module):
        found = results(module)
        assert [r.detail for r in found] == [""] * len(found)
        assert all(r.passed and r.examples >= 5 and r.seconds > 0 for r in found)

    def test_passes_as_compiled(self, module):
        found = list(getattr(symderiv, module).checks(1))
        assert [r.detail for r in found] == [""] * len(found)

    def test_is_worded_as_a_test_and_says_where_it_holds(self, module):
        names = [r.name for r in results(module)]
        assert len(set(names)) == len(names)
        for name in names:
            assert "agree" in name
            assert "≤" in name
            assert len(name) <= 72
            assert "prove" not in name


@cache
def seen(error, seed=0):
    module, replaced, _ = WRONG[error]
    return failed(module, seed, **replaced)


@pytest.fixture
def unshortened(monkeypatch):
    """What fails is found by drawing; to shorten it takes most of the time."""
    monkeypatch.setattr(properties, "PHASES", (Phase.generate,))


class TestWhatIsWrong:
    @pytest.mark.parametrize("error", WRONG)
    def test_is_seen_by_the_oracles_that_can(self, error, unshortened):
        # what a seed draws depends on the numbers in all modules that are loaded, so that one
        # seed may draw nothing that shows the error: the next ones are tried then
        for oracle in WRONG[error][-1]:
            drawn = (name for seed in range(4) for name in seen(error, seed))
            assert any(oracle in name for name in drawn), (oracle, seen(error))

    @pytest.mark.slow
    @pytest.mark.parametrize("module", RIGHT)
    def test_every_test_can_fail(self, module, unshortened):
        names = {r.name for r in results(module)}
        assert not names.difference(*(seen(e) for e, (of, *_) in WRONG.items() if of == module))

    @pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
    @pytest.mark.parametrize("what", ["gradient off by 1e-6", "gradient without 1/m", "transposed"])
    def test_is_seen_whatever_the_seed(self, what, seed, unshortened):
        error = f"logistic: {what}"
        for oracle in WRONG[error][-1]:
            assert any(oracle in name for name in seen(error, seed)), (oracle, seen(error, seed))

    def test_gives_the_smallest_example_with_what_was_expected(self):
        module, replaced, _ = WRONG["linear: gradient without 1/m"]
        tests = property_tests.linear_regression(stand_in(module, **replaced), 0)
        found = next(r for r in tests if not r.passed)
        at, expected = found.detail.splitlines()
        assert at.startswith("at theta = [")
        assert at.count("[") == 5  # theta, y, and X with the two rows that it takes
        assert expected.startswith("expected gradient[0] = ")
        assert " ± " in expected
        assert ", got " in expected


class TestNeverAnException:
    def test_a_function_that_raises_fails(self):
        def refuses(theta, X, y):
            raise TypeError("X: expected 2 dimensions")

        found = results("linear_regression", gradient=refuses)
        assert any("TypeError: X: expected 2 dimensions" in r.detail for r in found)
        assert all(bool(r.detail) is not r.passed for r in found)

    def test_functions_that_are_missing_fail(self):
        for module in RIGHT:
            found = list(getattr(property_tests, module)(SimpleNamespace(), 0))
            assert not any(r.passed for r in found)
            assert all("AttributeError" in r.detail for r in found)

    def test_a_function_that_changes_its_mind_fails(self):
        calls = iter(range(10**6))
        found = results("sigmoid", sigma_prime=lambda z: sigma_prime(z) * (next(calls) % 7 != 6))
        assert not all(r.passed for r in found)

    def test_stopping_the_run_is_possible(self):
        def stop(theta, X, y):
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            results("linear_regression", cost=stop)


class TestSeed:
    def tried(self, seed):
        """The points at which the logistic gradient was asked for."""
        at = []

        def watched(theta, X, y):
            at.append((theta.tolist(), X.tolist(), y.tolist()))
            return logistic_gradient(theta, X, y)

        found = results("logistic_regression", seed, gradient=watched)
        return at, [(r.name, r.passed, r.detail, r.examples) for r in found]

    def test_the_same_seed_tries_the_same(self):
        assert self.tried(5) == self.tried(5)

    def test_another_seed_tries_something_else(self):
        assert self.tried(5)[0] != self.tried(6)[0]

    def test_no_profile_moves_it(self):
        before = self.tried(5)
        settings.register_profile("another", max_examples=3, derandomize=True)
        loaded = settings.get_current_profile_name()
        settings.load_profile("another")
        try:
            assert self.tried(5) == before
        finally:
            settings.load_profile(loaded)


@pytest.mark.slow
def test_nothing_is_printed_and_no_file_is_left(tmp_path):
    program = (
        "from symderiv import logistic_regression, sigmoid\n"
        "from symderiv.derivations import property_tests as tests\n"
        "assert all(r.passed for m in (sigmoid, logistic_regression) for r in m.checks(0))\n"
        "assert not any(r.passed for r in tests.linear_regression(None, 0))\n"
    )
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    here = tmp_path / "here"
    here.mkdir()
    environment = {k: v for k, v in os.environ.items() if not k.startswith("HYPOTHESIS")}
    environment |= {"TMPDIR": str(scratch), "TEMP": str(scratch), "TMP": str(scratch)}
    environment |= {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        cwd=here,
        env=environment,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list(here.iterdir()) == []
    assert list(scratch.iterdir()) == []
