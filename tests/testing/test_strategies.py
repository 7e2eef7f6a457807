"""The problems drawn are those on which a wrong formula shows."""

import numpy as np
import pytest
from hypothesis import Phase, find, given, settings

from symderiv.testing.strategies import REACHES, regressions

SEARCH = settings(max_examples=300, phases=[Phase.generate])  # found, not shortened


@pytest.mark.parametrize(
    "property_",
    {
        "m = 1": lambda p: p.X.shape[0] == 1 and p.X.shape[1] > 1,
        "n = 1": lambda p: p.X.shape[1] == 1 and p.X.shape[0] > 1,
        "m > n": lambda p: p.X.shape[0] > p.X.shape[1] > 1,
        "m < n": lambda p: 1 < p.X.shape[0] < p.X.shape[1],
        "saturated": lambda p: np.max(np.abs(p.X @ p.theta)) > 799,
        "nearly flat": lambda p: 0 < np.max(np.abs(p.X @ p.theta)) < 0.01,
        "zero in X": lambda p: np.any(p.X == 0) and np.any(p.X != 0),
        "zero in theta": lambda p: np.any(p.theta == 0) and np.any(p.theta != 0),
        "both labels": lambda p: {0.0, 1.0} <= set(p.y),
        "a label inside": lambda p: np.any((p.y > 0) & (p.y < 1)),
        "columns of different scale": lambda p: np.ptp(np.log2(p.scales)) > 4,
    }.items(),
    ids=lambda item: item[0],
)
def test_hard_cases_are_drawn(property_):
    assert find(regressions(), property_[1], settings=SEARCH)


@given(regressions())
def test_every_problem_is_one(p):
    m, n = p.X.shape
    assert p.theta.shape == (n,)
    assert p.y.shape == (m,)
    assert np.all((p.y >= 0) & (p.y <= 1))
    assert np.max(np.abs(p.X @ p.theta)) <= max(REACHES) * (1 + 1e-12)
    assert not (m == n > 1 and np.array_equal(p.X, p.X.T))


@given(regressions(binary=True, reaches=(1.0,)))
def test_what_is_asked_for_is_kept(p):
    assert set(p.y) <= {0.0, 1.0}
    assert np.max(np.abs(p.X @ p.theta)) <= 1 + 1e-12
