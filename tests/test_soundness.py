"""PROVED never stands against what mpmath computes at a point, nor REFUTED; random pairs.

The pairs are those of scripts/fuzz.py, which asks about as many as it is told to; here are some
of each kind, and that a lie is seen when there is one. `pytest -m fuzz` looks longer, with other
pairs on every run.
"""

import random

import mpmath
import pytest
from pairs import ask as asking
from pairs.ask import ask, judge, smaller
from pairs.kinds import KINDS, draw
from pairs.pair import Pair, x, y
from sympy import Abs, Eq, Function, Max, Piecewise, Rational, atan, exp, log, tan

from symderiv import prove_equal, sigma
from symderiv.verdict import Counterexample, Result, Verdict

PAIRS, MANY = 12, 1500  # of each kind


def look(kind, seed, pairs):
    for number in range(pairs):
        answer = ask(kind, f"{seed}.{number // 3}.{number % 3}")
        assert not answer.wrong, answer


@pytest.mark.parametrize("kind", KINDS)
def test_no_verdict_is_wrong(kind):
    look(kind, "test", PAIRS)


@pytest.mark.fuzz
@pytest.mark.parametrize("kind", KINDS)
def test_many_more(kind):
    look(kind, str(random.randrange(10**9)), MANY)


class TestALieIsSeen:
    """A judge that lies, or gives a point that shows nothing, is reported."""

    slipped = Pair(sigma(x), sigma(x) + Rational(1, 10**12), true=False)

    def test_a_false_proof(self, monkeypatch):
        monkeypatch.setattr(asking, "prove_equal", lambda *a, **k: Result(Verdict.PROVED))
        answer = judge(self.slipped, "identities", "0")
        assert answer.truth == "false"
        assert "PROVED, but" in answer.wrong

    def test_a_point_that_shows_nothing(self, monkeypatch):
        point = Counterexample({}, {"x": 1, "y": 2}, 2, 3)
        said = Result(Verdict.REFUTED, (), point)
        monkeypatch.setattr(asking, "prove_equal", lambda *a, **k: said)
        answer = judge(Pair(Max(x, y), (x + y + Abs(x - y)) / 2), "identities", "0")
        assert "REFUTED, but" in answer.wrong

    @pytest.mark.parametrize("factor", [1, 2])
    def test_sides_that_are_tiny(self, monkeypatch, factor):
        u = exp(-(x**2))  # below 10^−400 at 31: 60 digits after the point show nothing
        told = mpmath.exp(-(31**2))
        at = Counterexample({}, {"x": 31}, str(told), str(factor * told))
        said = Result(Verdict.REFUTED, (), at)
        monkeypatch.setattr(asking, "prove_equal", lambda *a, **k: said)
        wrong = judge(Pair(u, factor * u, true=False), "identities", "0").wrong
        assert bool(wrong) == (factor == 1), wrong

    def test_a_condition_that_fails_by_rounding_only(self):
        # tan(atan(1)) − 1 is 0, and 10^−16 in the digits of a float
        t = tan(atan(x, evaluate=False), evaluate=False)
        hidden = Piecewise((1 / (t - 1), Eq(x, 1)), (x, True))
        pair = Pair(x, hidden, true=False, moves=(lambda at, choose: at.values.update(x=1),))
        assert not judge(pair, "towers", "0").wrong

    def test_what_cannot_be_evaluated_is_told(self, monkeypatch):
        unknown = Function("unknown")(x)
        for verdict in (Verdict.PROVED, Verdict.REFUTED):
            said = Result(verdict, (), Counterexample({}, {"x": 1}, 2, 3))
            monkeypatch.setattr(asking, "prove_equal", lambda *a, said=said, **k: said)
            answer = judge(Pair(unknown, unknown + x - x * y, true=False), "identities", "0")
            assert "unknown" in answer.unseen
            assert not answer.wrong

    def test_a_proof_that_no_point_supports_is_told(self, monkeypatch):
        monkeypatch.setattr(asking, "prove_equal", lambda *a, **k: Result(Verdict.PROVED))
        never = Pair(log(-1 - x**2), log(-1 - x**2) + 1, true=False)
        assert judge(never, "identities", "0").unseen

    def test_a_traceback(self, monkeypatch):
        def fails(*a, **k):
            raise KeyError("x")

        monkeypatch.setattr(asking, "prove_equal", fails)
        assert judge(self.slipped, "identities", "0").verdict == "traceback"

    def test_a_failure_is_made_small(self, monkeypatch):
        def lies(lhs, rhs, **options):
            right = prove_equal(lhs, rhs, **options)
            return Result(Verdict.PROVED) if right.refuted else right

        monkeypatch.setattr(asking, "prove_equal", lies)
        large = exp(sigma(x) ** 2 + y) * 3 + Abs(y)
        pair = smaller(Pair(large, large + 1, true=False), "identities", "0")
        assert not pair.lhs.has(exp, sigma, Abs)


def test_a_seed_names_one_pair():
    one, other = draw("nested_sums", "5.1"), draw("nested_sums", "5.1")
    assert (one.made, one.true) == (other.made, other.true)
    assert str(one.lhs) == str(other.lhs)
