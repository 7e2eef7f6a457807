"""Softmax losses with 1 − p, and slopes aⱼ − pⱼ·Σₖ aₖ, where one share is nearly 1."""

import numpy as np
import pytest
from sympy import MatrixSymbol, Sum, exp, log, symbols

from symderiv import gradient
from symderiv.numeric import to_numpy

m, n, K = symbols("m n K", integer=True, positive=True)
i, k, p = symbols("i k p", integer=True, nonnegative=True)
r = symbols("r", positive=True)
X, W, T = MatrixSymbol("X", m, n), MatrixSymbol("W", n, K), MatrixSymbol("T", m, K)
q = exp((X * W)[i, k]) / Sum(exp((X * W)[i, p]), (p, 0, K - 1))
direction = np.array([1.0, -0.5, 0.2])


def losses(body):
    return Sum(T[i, k] * body, (k, 0, K - 1), (i, 0, m - 1))


def reference(scores, label):
    """The shares p, log(1 − p) of the label, and e^u/Σ of all but the label."""
    e = np.exp(scores - np.max(scores))
    others = np.where(np.arange(len(e)) == label, -np.inf, scores)
    most = np.max(others)
    rest = np.exp(others - most)
    less = np.log(np.sum(rest)) + most - np.log(np.sum(e)) - np.max(scores)
    return e / np.sum(e), less, rest / np.sum(rest)


EVERY = [(scale, label) for scale in (1, 20, 40, 300) for label in range(3)]


def test_the_loss_of_what_must_not_be_said():
    # −log(1 − p_c), with the slopes p_c at c and −p_c·e^{uⱼ}/Σ_{k≠c} e^{uₖ}
    cost = losses(-log(1 - q))
    f = to_numpy({"cost": cost, "slope": gradient(cost, W)}, (W, X, T))
    for scale, label in EVERY:
        at = scale * direction[None, :], np.ones((1, 1)), np.eye(3)[label][None, :]
        shares, less, rest = reference(scale * direction, label)
        if less < -1e-9:  # where p_c is less, log1p(−p_c) has more digits than the reference
            assert f.cost(*at) == pytest.approx(-less, rel=1e-13)
        expected = shares[label] * (np.eye(3)[label] - rest)
        np.testing.assert_allclose(f.slope(*at)[0], expected, rtol=1e-12)
    prepared = f.prepare(X=at[1], T=at[2]).slope(at[0])
    np.testing.assert_allclose(prepared[0], expected, rtol=1e-12)
    # −log(1 − p) is 720 where the largest score is 720 above the second
    assert f.cost(600 * direction[None, :], [[1.5]], np.eye(3)[:1]) == pytest.approx(720, rel=1e-15)


def test_focal_losses():
    # −(1 − p)²·log p and (1 − p)^r have the slopes a·(1 − p_c) at c and −a·pⱼ, for a = p·f′(p)
    focal = to_numpy(gradient(losses(-((1 - q) ** 2) * log(q)), W), (W, X, T))
    assert focal.source.count("np.argmax(np.abs(") == 1  # two sums over the others are one
    power = to_numpy(gradient(losses((1 - q) ** r), W), (W, r, X, T))
    odds = to_numpy(gradient(losses(q / (1 - q)), W), (W, X, T))
    assert "K * K" not in odds.source  # no array of all pairs of classes
    for scale, label in EVERY[:-3]:
        at, one_hot = scale * direction[None, :], np.eye(3)[label][None, :]
        shares, less, _ = reference(at[0], label)
        share, one = shares[label], np.exp(less)
        log_share = np.log1p(-one) if share > 0.5 else np.log(share)
        aside = np.where(one_hot[0] == 1, one, -shares)
        expected = (2 * one * share * log_share - one**2) * aside
        np.testing.assert_allclose(focal(at, [[1]], one_hot)[0], expected, rtol=1e-12)
        expected = -2.5 * share * one**1.5 * aside
        np.testing.assert_allclose(power(at, 2.5, [[1]], one_hot)[0], expected, rtol=1e-12)
        expected = share / one**2 * aside
        np.testing.assert_allclose(odds(at, [[1]], one_hot)[0], expected, rtol=1e-12)
