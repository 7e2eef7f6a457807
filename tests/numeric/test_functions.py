"""Compiled functions as objects: source, names, proofs, and what they accept."""

import ast
import copy
import inspect
import pickle
import subprocess
import sys

import numpy as np
import pytest
from scipy.optimize import minimize
from sympy import (
    Abs,
    IndexedBase,
    MatrixSymbol,
    Piecewise,
    Rational,
    Sum,
    Symbol,
    exp,
    log,
    symbols,
)

from symderiv.functions import gradient, sigma
from symderiv.numeric import to_numpy
from symderiv.verdict import ClaimError

m, n = symbols("m n", integer=True, positive=True)
i, k = symbols("i k", integer=True, nonnegative=True)
X, theta, y = MatrixSymbol("X", m, n), MatrixSymbol("theta", n, 1), MatrixSymbol("y", m, 1)
z = symbols("z", real=True)
h = IndexedBase("h")
LET = {h[i]: sigma((X * theta)[i, 0])}
COST = -Sum(y[i, 0] * log(h[i]) + (1 - y[i, 0]) * log(1 - h[i]), (i, 0, m - 1)) / m
GRADIENT = X.T * ((X * theta).applyfunc(sigma) - y) / m

logistic = to_numpy(
    {"cost": COST, "gradient": GRADIENT, "derived": gradient(COST, theta)},
    (theta, X, y),
    let=LET,
    proof={"gradient": "gradient of the logistic cost"},
)


@pytest.fixture
def problem():
    rng = np.random.default_rng(3)
    X = rng.normal(size=(40, 3))
    return rng.normal(size=3), X, (X[:, 0] + rng.normal(size=40) > 0).astype(float)


class TestSource:
    def test_of_the_logistic_gradient(self):
        assert logistic.gradient.source == (
            "import numpy as np\n"
            "\n"
            "\n"
            "def gradient(theta, X, y):\n"
            '    """gradient = 1/m*X.T*(sigma(X*theta) - y)\n'
            "\n"
            "    theta: (n,), X: (m, n), y: (m,) -> (n,)\n"
            '    proved by "gradient of the logistic cost".\n'
            '    """\n'
            "    m, n = X.shape\n"
            "    rows = 1 + 262144 // n  # about 2 MiB in a block, or one row\n"
            "    gradient = np.zeros(n)\n"
            "    for start in range(0, m, rows):\n"
            "        Xb = np.asarray(X[start : start + rows], dtype=float)\n"
            "        yb = np.asarray(y[start : start + rows], dtype=float)\n"
            "        z = Xb @ theta\n"
            "        e = np.exp(-np.abs(z))\n"
            "        q = e / (1 + e)\n"
            "        gradient += Xb.T @ ((z > 0) - yb + np.where(z > 0, -q, q))\n"
            "    return gradient / m\n"
        )

    def test_of_the_derived_gradient_has_one_product_forward_and_one_backward(self):
        source = logistic.derived.source
        assert (source.count("Xb @ theta"), source.count("Xb.T @")) == (1, 1)
        assert source.count("@") == 2
        assert "[:, None]" not in source  # no temporary of the size of X
        tail = logistic.gradient.source.partition("not proved")[2]
        assert source.endswith(tail)  # however it is written

    def test_says_what_is_proved(self):
        assert 'proved by "gradient of the logistic cost"' in logistic.gradient.__doc__
        assert "not proved" in logistic.derived.__doc__
        joint = logistic.cost_and_gradient.__doc__
        assert "cost: not proved." in joint
        assert 'gradient: proved by "gradient of' in joint
        assert "not proved" in to_numpy(z, (z,)).source
        assert 'proved by "it".' in to_numpy(z, (z,), proof="it").source

    def test_of_all_outputs_runs_by_itself(self, problem):
        space = {}
        exec(compile(ast.parse(logistic.source), "source", "exec"), space)
        np.testing.assert_array_equal(space["gradient"](*problem), logistic.gradient(*problem))

    def test_keeps_the_writers_names(self):
        f = to_numpy(
            Sum(h[i] ** 2 + exp(h[i]), (i, 0, m - 1)), (X, theta), let={h[i]: (X * theta)[i, 0]}
        )
        assert "        h = Xb @ theta\n" in f.source

    def test_numbers_are_exact(self):
        big = 3**50
        assert to_numpy(big * z, (z,))(1.0) == float(big)
        assert to_numpy(Rational(1, big) * z, (z,))(1.0) == 1 / big
        assert to_numpy(Rational(2, 3) * z, (z,))(6.0) == 4.0
        with pytest.raises(ClaimError, match="too large"):
            to_numpy(10**400 * z, (z,))

    def test_names_cannot_break_out(self):
        nasty = Symbol('x"""\nimport os\nos.abort()\n"""', real=True)
        f = to_numpy(nasty + Symbol("np", real=True), (nasty, Symbol("np", real=True)))
        assert f(1.0, 2.0) == 3.0
        tree = ast.parse(f.source)
        assert [type(node).__name__ for node in tree.body] == ["Import", "FunctionDef"]
        assert [type(node).__name__ for node in tree.body[1].body] == ["Expr", "Return"]

    @pytest.mark.parametrize("name", ["\\", '\\"""', 'a"', "{0}", "\r", "\x00", "\u2028", "'" * 3])
    def test_names_of_any_spelling(self, name):
        x = Symbol(name, real=True)
        assert to_numpy(2 * x, (x,))(2.0) == 4.0


class TestObject:
    def test_signature(self, problem):
        assert str(inspect.signature(logistic.cost)) == "(theta, X, y)"
        theta, X, y = problem
        assert logistic.cost(y=y, X=X, theta=theta) == logistic.cost(*problem)
        with pytest.raises(TypeError, match="missing"):
            logistic.cost(theta, X)

    def test_joint_function_minimises(self, problem):
        theta, X, y = problem
        found = minimize(logistic.cost_and_gradient, np.zeros(3), args=(X, y), jac=True)
        assert found.success
        assert np.max(np.abs(logistic.gradient(found.x, X, y))) < 1e-4
        cost, slope = logistic.cost_and_gradient(theta, X, y)
        assert type(cost) is float
        assert cost == logistic.cost(*problem)
        np.testing.assert_array_equal(slope, logistic.gradient(*problem))
        assert logistic.cost_and_gradient.source.count("Xb @ theta") == 1
        assert logistic.jointly("gradient", "cost")(*problem)[1] == cost

    def test_unknown_names(self):
        with pytest.raises(AttributeError, match="there are: cost, gradient, derived"):
            _ = logistic.hessian
        with pytest.raises(ClaimError, match="no output is called 'hessian'"):
            logistic.jointly("cost", "hessian")
        for names in ((), ("cost", "cost")):
            with pytest.raises(ClaimError, match="each once"):
                logistic.jointly(*names)
        assert not hasattr(logistic, "cost_and_cost")
        assert not hasattr(logistic, "__wrapped__")

    @pytest.mark.parametrize("name", ["", "a b", "lambda", "_x", "source", "jointly", 3, "np"])
    def test_output_names(self, name):
        with pytest.raises(ClaimError):
            to_numpy({name: z}, (z,))

    def test_nothing_is_compiled_before_it_is_used(self):
        program = (
            "import sys; from sympy import Symbol, exp; from symderiv.numeric import to_numpy; "
            "z = Symbol('z', real=True); f = to_numpy({'a': exp(z)}, (z,)); "
            "print('numpy' in sys.modules, f.a(0), 'numpy' in sys.modules)"
        )
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True
        )
        assert done.stdout.split() == ["False", "1.0", "True"]

    def test_keywords_become_names(self):
        f = to_numpy(Symbol("lambda", real=True) ** 2, (Symbol("lambda", real=True),))
        assert f(lambda_=3.0) == 9.0


class TestCopies:
    """What is pickled is the formula; the process that reads it compiles it anew."""

    double = to_numpy(2 * z, (z,), proof="twice")

    @pytest.mark.parametrize("protocol", [2, pickle.HIGHEST_PROTOCOL])
    @pytest.mark.parametrize("name", ["cost", "gradient", "cost_and_gradient"])
    def test_pickled(self, problem, name, protocol):
        theta, *data = problem
        expected = getattr(logistic, name)(*problem)
        prepared = logistic.prepare(*data)
        kept = getattr(prepared, name)(theta)

        def again(value):
            return pickle.loads(pickle.dumps(value, protocol))

        for found, wanted in (
            (again(getattr(logistic, name))(*problem), expected),
            (getattr(again(logistic), name)(*problem), expected),
            (again(getattr(prepared, name))(theta), kept),
            (getattr(again(prepared), name)(theta), kept),
        ):
            pairs = zip(found, wanted, strict=True) if "_and_" in name else [(found, wanted)]
            for a, b in pairs:
                np.testing.assert_array_equal(a, b)

    def test_of_one_expression(self):
        again = pickle.loads(pickle.dumps(self.double))
        assert (again(3.0), again.source, again.proofs) == (
            6.0,
            self.double.source,
            {"compute": "twice"},
        )
        assert again.__doc__ == self.double.__doc__

    def test_another_process_calls_it(self, problem):
        # a process of its own: multiprocessing leaves one behind that later tests would see
        program = "import pickle, sys; f, at = pickle.load(sys.stdin.buffer); print(repr(f(*at)))"
        sent = pickle.dumps((logistic.cost, problem))
        command = [sys.executable, "-c", program]
        run = subprocess.run(command, input=sent, capture_output=True, check=False)
        assert run.stdout.decode().strip() == repr(logistic.cost(*problem)), run.stderr

    def test_copied(self, problem):
        theta, X, y = problem
        for made in (logistic, logistic.cost, self.double):
            assert copy.copy(made) is made
            assert copy.deepcopy(made) is made
        prepared = logistic.prepare(X, y)
        for other in (copy.copy(prepared), copy.deepcopy(prepared)):
            assert other.cost(theta) == prepared.cost(theta)
        data = X.copy()
        copied = copy.deepcopy(logistic.prepare(data, y))
        data[:] = np.nan
        assert copied.cost(theta) == prepared.cost(theta)


class TestRefusals:
    @pytest.mark.parametrize(
        ("outputs", "arguments", "message"),
        [
            (X * theta, (theta,), "X is not among the arguments"),
            (z + 1, (), "z is not among the arguments"),
            (z, (z, z), "two arguments are called z"),
            (z, ("z",), "'z' cannot be an argument"),
            ("z", (z,), "not a SymPy expression"),
            (0.5 * z, (z,), "Rational"),
            (m * z, (z,), "m is neither an argument nor a size"),
            ({}, (z,), "no outputs"),
            (Sum(z, (k, 0, n - 1)), (z,), "n is neither an argument nor a size"),
            (IndexedBase("a")[k] * k, (IndexedBase("a"),), "unknown first index"),
        ],
    )
    def test_of_expressions(self, outputs, arguments, message):
        with pytest.raises(ClaimError, match=message):
            to_numpy(outputs, arguments)

    def test_of_proofs_without_output(self):
        with pytest.raises(ClaimError, match="no output"):
            to_numpy({"a": z}, (z,), proof={"b": "c"})


class TestArguments:
    """What is passed: shapes and kinds, with errors that name the argument."""

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"y": np.zeros(7)}, r"y has shape \(7,\), expected \(m,\) = \(40,\); m = 40 from X"),
            ({"theta": np.zeros(4)}, r"theta has shape \(4,\), expected \(n,\) = \(3,\)"),
            (
                {"theta": np.zeros((3, 1))},
                r"theta has shape \(3, 1\), expected \(n,\); pass theta.ravel",
            ),
            ({"X": np.zeros(3)}, r"X has shape \(3,\), expected \(m, n\)"),
            ({"X": np.zeros((3, 40))}, r"shape"),
            ({"X": np.zeros((0, 3)), "y": np.zeros(0)}, r"needs m ≥ 1; got .*X \(0, 3\)"),
            ({"y": np.zeros((40, 3))}, r"y has shape \(40, 3\), expected \(m,\)"),
            ({"y": [[1, 2], [3]]}, "y is no array of numbers"),
        ],
    )
    def test_wrong_shapes(self, problem, change, message):
        given = dict(zip(("theta", "X", "y"), problem, strict=True)) | change
        for f in (logistic.cost, logistic.gradient, logistic.cost_and_gradient):
            with pytest.raises(ValueError, match=message):
                f(**given)

    @pytest.mark.parametrize("dtype", [complex, str, object, "M8[s]"])
    def test_wrong_kinds(self, problem, dtype):
        theta, X, _ = problem
        with pytest.raises(TypeError, match=r"cost: y has .*real numbers are expected"):
            logistic.cost(theta, X, np.zeros(40).astype(int).astype(dtype))

    def test_masked_entries(self, problem):
        theta, X, y = problem
        hidden = np.ma.masked_array(y, mask=np.arange(40) == 3)
        with pytest.raises(ValueError, match="cost: y has masked entries; leave their rows out"):
            logistic.cost(theta, X, hidden)
        with pytest.raises(ValueError, match="cost: y has masked entries; leave their rows out"):
            _ = logistic.prepare(X, hidden).cost
        shown = np.ma.masked_array(y, mask=False)
        assert logistic.cost(theta, X, shown) == logistic.cost(theta, X, y)

    def test_accepted_kinds(self, problem):
        theta, X, y = problem
        expected = logistic.gradient(theta, X, y)
        for kind in (bool, np.int8, np.uint64, np.float32, list):
            labels = y.tolist() if kind is list else y.astype(kind)
            np.testing.assert_array_equal(logistic.gradient(theta, X, labels), expected)
        turned = np.asfortranarray(X)
        np.testing.assert_allclose(logistic.gradient(theta, turned, y[::-1][::-1]), expected)
        single = logistic.gradient(theta, X.astype(np.float32), y)
        assert single.dtype == np.float64

    def test_inputs_are_never_written(self, problem):
        for a in problem:
            a.flags.writeable = False
        copies = [a.copy() for a in problem]
        logistic.cost_and_gradient(*problem)
        for a, b in zip(problem, copies, strict=True):
            np.testing.assert_array_equal(a, b)

    def test_results_are_no_views_of_inputs(self):
        A = MatrixSymbol("A", n, n)
        a = np.eye(3)
        for e in (A, A.T, A * theta * 0 + theta):
            args = (A, theta) if e.shape[1] == 1 else (A,)
            out = to_numpy(e, args)(*((a, np.ones(3)) if e.shape[1] == 1 else (a,)))
            out += 1
        out = to_numpy(A[k, 0], (A,))(a)
        out += 1
        np.testing.assert_array_equal(a, np.eye(3))

    def test_nan_propagates(self, problem):
        theta, X, y = problem
        X[4, 1] = np.nan
        assert np.isnan(logistic.cost(theta, X, y))
        assert np.isnan(logistic.gradient(theta, X, y)).all()
        for e in (
            Abs(z),
            Piecewise((1, z > 0), (2, True)),
            Piecewise((1, z < 0), (2, z > 3), (0, True)),
        ):
            assert np.isnan(to_numpy(e, (z,))(np.nan))

    def test_sizes_that_may_be_0(self):
        rows, columns = symbols("r c", integer=True, nonnegative=True)
        A, w = MatrixSymbol("A", rows, columns), MatrixSymbol("w", columns, 1)
        f = to_numpy({"norm": Sum((A * w - 1 * A * w * 2)[i, 0] ** 2, (i, 0, rows - 1))}, (w, A))
        for a, b in ((0, 0), (0, 3), (4, 0), (4, 3)):
            at, data = np.ones(b), np.ones((a, b))
            assert f.norm(at, data) == f.prepare(data).norm(at) == a * b**2
        assert "262144 // max(1, c)" in f.norm.source

    def test_no_case_applies(self):
        f = to_numpy(Piecewise((z, z > 0)), (z,))
        np.testing.assert_array_equal(f(np.array([-1.0, 2.0])), [np.nan, 2.0])

    def test_branches_that_are_not_taken_do_not_warn(self):
        f = to_numpy(Piecewise((log(z), z > 0), (0, True)), (z,))
        np.testing.assert_array_equal(f(np.array([-1.0, 0.0, 1.0])), [0, 0, 0])

    def test_a_scalar_beside_arrays_is_one_number(self):
        f = to_numpy(z * theta, (z, theta))
        np.testing.assert_array_equal(f(2, [1, 2]), [2, 4])
        with pytest.raises(ValueError, match=r"z has shape \(2,\); one number is expected"):
            f([1, 2], [1, 2])

    def test_a_size_may_be_an_argument(self):
        f = to_numpy(n * z, (z, n))
        assert f(2.0, 3) == 6.0

    def test_what_an_index_needs_is_checked(self):
        f = to_numpy(theta[4, 0] + theta[0, 0], (theta,))
        assert f(np.arange(5.0)) == 4.0
        with pytest.raises(ValueError, match="theta"):
            f(np.arange(4.0))

    def test_a_symbol_may_be_called_like_the_missing_case(self):
        x = Symbol("nan", real=True)
        f = to_numpy(Piecewise((x, z > 0)), (x, z))
        assert f(2.0, 1.0) == 2.0
        assert np.isnan(f(2.0, -1.0))

    def test_free_indices_of_any_spelling(self):
        a, b = symbols("a' b'", integer=True, nonnegative=True)
        A = MatrixSymbol("A'", n, m)
        f = to_numpy(A[b, a] * n, (A,))
        assert f.source.startswith("import numpy as np\n\n\ndef compute(A_):")
        np.testing.assert_array_equal(f([[1, 2, 3], [4, 5, 6]]), [[2, 8], [4, 10], [6, 12]])

    def test_an_integer_argument_is_one_integer(self):
        f = to_numpy(k * theta, (k, theta))
        np.testing.assert_array_equal(f(3.0, [1, 2]), [3, 6])
        for wrong in (2.5, np.nan, np.inf, [1, 2]):
            with pytest.raises(ValueError, match="an integer is expected"):
                f(wrong, [1, 2])
        np.testing.assert_array_equal(f(2, [1, 2]), [2, 4])

    def test_shapes_are_checked_on_every_call(self, problem):
        theta, X, y = problem
        logistic.gradient(*problem)
        with pytest.raises(ValueError, match="y has shape"):
            logistic.gradient(theta, X, y[1:])
        np.testing.assert_array_equal(
            logistic.gradient(theta, X[1:], y[1:]), logistic.gradient(theta, X[1:].copy(), y[1:])
        )


class TestPrepared:
    """Data that stay the same between calls."""

    functions = to_numpy(
        {"cost": COST, "gradient": GRADIENT, "product": X * theta},
        {"cost": (theta, X, y), "gradient": (theta, X, y), "product": (theta, X)},
        let=LET,
    )

    def test_methods_take_what_is_left(self, problem):
        at, X, y = problem
        prepared = self.functions.prepare(X, y)
        assert str(inspect.signature(prepared.cost_and_gradient)) == "(theta)"
        cost, slope = prepared.jointly("cost", "gradient")(theta=at)
        assert cost == pytest.approx(self.functions.cost(at, X, y), rel=1e-14)
        np.testing.assert_allclose(slope, self.functions.gradient(at, X, y), rtol=1e-13)
        np.testing.assert_allclose(self.functions.prepare(X=X).product(at), X @ at, rtol=1e-14)
        for given, named in (((), {}), ((at, at), {}), ((at,), {"theta": at}), ((), {"v": at})):
            with pytest.raises(TypeError, match="argument"):
                prepared.cost(*given, **named)
        with pytest.raises(TypeError, match="dtype object"):
            prepared.cost(None)

    def test_refuses_what_it_cannot_fix(self, problem):
        at, X, y = problem
        with pytest.raises(TypeError, match="more data than arguments, which are theta, X, y"):
            self.functions.prepare(at, X, y, y)
        with pytest.raises(TypeError, match="no argument 'Z'; there are theta, X, y"):
            self.functions.prepare(Z=X)
        with pytest.raises(TypeError, match="no more data"):
            _ = self.functions.prepare(at, X, y).product
        with pytest.raises(ValueError, match="y has shape"):
            self.functions.prepare(X, y[1:]).cost(at)

    def test_arguments_of_each_output(self):
        assert str(inspect.signature(self.functions.product)) == "(theta, X)"
        assert str(inspect.signature(self.functions.product_and_cost)) == "(theta, X, y)"
        with pytest.raises(ClaimError, match="the outputs are a"):
            to_numpy({"a": z}, {"b": (z,)})
