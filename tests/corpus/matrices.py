"""Gradients and Hessians by vectors and matrices, quadratic forms, traces, block matrices."""

from __future__ import annotations

from corpus.claim import Claim
from sympy import (
    BlockMatrix,
    Derivative,
    DiagMatrix,
    HadamardProduct,
    Identity,
    MatrixSymbol,
    OneMatrix,
    Rational,
    Sum,
    Trace,
    ZeroMatrix,
    cosh,
    exp,
    log,
    sqrt,
    symbols,
    tanh,
)

from symderiv import gradient, hessian, sigma, softplus

__all__ = ["CLAIMS"]

m, n, K = symbols("m n K", integer=True, positive=True)
i, j, k, l = symbols("i j k l", integer=True, nonnegative=True)  # noqa: E741
lam, c = symbols("lam c", positive=True)
X, t, y = MatrixSymbol("X", m, n), MatrixSymbol("theta", n, 1), MatrixSymbol("y", m, 1)
A, B, C = MatrixSymbol("A", n, n), MatrixSymbol("B", n, n), MatrixSymbol("C", n, n)
W, Y, Z = MatrixSymbol("W", n, K), MatrixSymbol("Y", m, K), MatrixSymbol("Z", m, n)
a, b, x = MatrixSymbol("a", n, 1), MatrixSymbol("b", n, 1), MatrixSymbol("x", n, 1)
w, u = MatrixSymbol("w", m, 1), MatrixSymbol("u", m, 1)
beta, b0 = MatrixSymbol("beta", 1, 1), MatrixSymbol("b0", 1, 1)
one = OneMatrix(m, 1)
HALF = Rational(1, 2)
COOK = "Petersen and Pedersen 2012, The Matrix Cookbook, "
residual = X * t - y


def squared(v):
    return (v.T * v)[0, 0]


def entrywise(f, argument):
    return argument.applyfunc(f)


def loss(e):
    """The sum of a column's entries."""
    return (OneMatrix(1, m) * e)[0, 0]


probability = entrywise(sigma, X * t)
weights = HadamardProduct(probability, one - probability)
logistic = loss(entrywise(softplus, X * t)) - (y.T * X * t)[0, 0]
signed = loss(entrywise(softplus, -HadamardProduct(y, X * t)))
poisson = loss(entrywise(exp, X * t)) - (y.T * X * t)[0, 0]
hidden = entrywise(tanh, X * W)
centring = Identity(m) - OneMatrix(m, m) / m

CLAIMS = [
    Claim("linear form", COOK + "(69)", gradient((a.T * x)[0, 0], x), a),
    Claim("bilinear form", COOK + "(70)", gradient((a.T * A * b)[0, 0], A), a * b.T),
    Claim("bilinear form, transposed", COOK + "(71)", gradient((a.T * A.T * b)[0, 0], A), b * a.T),
    Claim("quadratic form", COOK + "(81)", gradient((x.T * A * x)[0, 0], x), (A + A.T) * x),
    Claim("quadratic form, hessian", COOK + "(98)", hessian((x.T * A * x)[0, 0], x), A + A.T),
    Claim(
        "quadratic form with linear term",
        COOK + "(97)",
        gradient((x.T * A * x)[0, 0] + (b.T * x)[0, 0], x),
        (A + A.T) * x + b,
    ),
    Claim(
        "two factors of one matrix",
        COOK + "(77)",
        gradient((a.T * A.T * A * b)[0, 0], A),
        A * (a * b.T + b * a.T),
    ),
    Claim(
        "quadratic in a matrix",
        COOK + "(82)",
        gradient((b.T * A.T * C * A * a)[0, 0], A),
        C.T * A * b * a.T + C * A * a * b.T,
    ),
    Claim(
        "weighted residual",
        COOK + "(84), W not symmetric",
        gradient(((a - A * x).T * C * (a - A * x))[0, 0], x),
        -A.T * (C + C.T) * (a - A * x),
    ),
    Claim(
        "weighted residual, by matrix",
        COOK + "(88), W not symmetric",
        gradient(((a - A * x).T * C * (a - A * x))[0, 0], A),
        -(C + C.T) * (a - A * x) * x.T,
    ),
    Claim("trace", COOK + "(99)", gradient(Trace(A), A), Identity(n)),
    Claim("trace of a product", COOK + "(100)", gradient(Trace(A * B), A), B.T),
    Claim("trace, transposed factor", COOK + "(103)", gradient(Trace(A.T * B), A), B),
    Claim("trace of three", COOK + "(101)", gradient(Trace(B * A * C), A), B.T * C.T),
    Claim("trace of three, transposed", COOK + "(102)", gradient(Trace(B * A.T * C), A), C * B),
    Claim("trace of a square", COOK + "(106)", gradient(Trace(A * A), A), 2 * A.T),
    Claim("trace with a square", COOK + "(107)", gradient(Trace(A * A * B), A), (A * B + B * A).T),
    Claim("trace of a gram matrix", COOK + "(115)", gradient(Trace(A.T * A), A), 2 * A),
    Claim("trace of a form", COOK + "(108)", gradient(Trace(A.T * B * A), A), B * A + B.T * A),
    Claim(
        "trace of two forms",
        COOK + "(118)",
        gradient(Trace(A.T * B * A * C), A),
        B * A * C + B.T * A * C.T,
    ),
    Claim(
        "trace of a square with a factor",
        COOK + "(113)",
        gradient(Trace(A * B * A), A),
        A.T * B.T + B.T * A.T,
    ),
    Claim("trace of a cube", COOK + "(121), k = 3", gradient(Trace(A**3), A), 3 * (A**2).T),
    Claim(
        "frobenius norm",
        COOK + "(132)",
        gradient(Sum(A[i, j] ** 2, (i, 0, n - 1), (j, 0, n - 1)), A),
        2 * A,
    ),
    Claim(
        "norm of a distance",
        COOK + "(129)",
        gradient(sqrt(squared(x - a)), x),
        (x - a) / sqrt(squared(x - a)),
    ),
    Claim("squared norm", COOK + "(131)", gradient(squared(x), x), 2 * x),
    Claim(
        "norm is a trace",
        COOK + "§10.4.1, definition",
        Trace(A * A.T),
        Sum(A[i, j] ** 2, (i, 0, n - 1), (j, 0, n - 1)),
    ),
    Claim("trace cycles", COOK + "(16)", Trace(A * B * C), Trace(C * A * B)),
    Claim(
        "trace as a hadamard sum",
        "Horn and Johnson 2012, lemma 5.1.4",
        Trace(A.T * B),
        (OneMatrix(1, n) * HadamardProduct(A, B) * OneMatrix(n, 1))[0, 0],
    ),
    Claim("transpose of a product", COOK + "(4) and (5)", (A * B * C).T, C.T * B.T * A.T),
    Claim(
        "diagonal product", "Horn and Johnson 2012, §5.1", DiagMatrix(a) * b, HadamardProduct(a, b)
    ),
    Claim(
        "diagonal on both sides",
        "Horn and Johnson 2012, lemma 5.1.2",
        DiagMatrix(a) * A * DiagMatrix(b),
        HadamardProduct(a * b.T, A),
    ),
    Claim(
        "hadamard quadratic form",
        "Horn and Johnson 2012, lemma 5.1.4",
        (a.T * HadamardProduct(A, B) * b)[0, 0],
        Trace(DiagMatrix(a) * A * DiagMatrix(b) * B.T),
    ),
    Claim(
        "least squares, gradient", "ESL (3.4)", gradient(squared(residual), t), 2 * X.T * residual
    ),
    Claim(
        "least squares, expanded",
        "Boyd and Vandenberghe 2018, (12.4)",
        gradient(squared(residual) / 2, t),
        X.T * X * t - X.T * y,
    ),
    Claim("least squares, hessian matrix", "ESL (3.4)", hessian(squared(residual), t), 2 * X.T * X),
    Claim(
        "normal equations at a step",
        "Bishop 2006, (4.93) to (4.95)",
        gradient(squared(residual) / (2 * m), t),
        (X.T * X * t) / m - (X.T * y) / m,
    ),
    Claim(
        "ridge gradient",
        "ESL (3.43)",
        gradient(squared(residual) + lam * squared(t), t),
        2 * (X.T * X + lam * Identity(n)) * t - 2 * X.T * y,
    ),
    Claim(
        "ridge hessian",
        "ESL (3.43)",
        hessian(squared(residual) + lam * squared(t), t),
        2 * (X.T * X + lam * Identity(n)),
    ),
    Claim(
        "weighted least squares, gradient",
        "Bishop 2006, exercise 3.3",
        gradient((residual.T * DiagMatrix(w) * residual)[0, 0] / 2, t),
        X.T * DiagMatrix(w) * residual,
    ),
    Claim(
        "multi-response least squares",
        "glmnet, family = mgaussian; ESL (3.38)",
        gradient(Trace((X * W - Y).T * (X * W - Y)) / 2, W),
        X.T * (X * W - Y),
    ),
    Claim(
        "multi-response with ridge",
        "scikit-learn linear_model/_ridge.py",
        gradient(Trace((X * W - Y).T * (X * W - Y)) + lam * Trace(W.T * W), W),
        2 * X.T * (X * W - Y) + 2 * lam * W,
    ),
    Claim(
        "logistic gradient", "Bishop 2006, (4.96)", gradient(logistic, t), X.T * (probability - y)
    ),
    Claim(
        "logistic hessian",
        "Bishop 2006, (4.97)",
        hessian(logistic, t),
        X.T * DiagMatrix(weights) * X,
    ),
    Claim(
        "logistic gradient, averaged",
        "scikit-learn linear_model/_linear_loss.py",
        gradient(logistic / m + lam / 2 * squared(t), t),
        X.T * (probability - y) / m + lam * t,
    ),
    Claim(
        "logistic gradient, signs",
        "scikit-learn, _logistic_loss_and_grad (0.24)",
        gradient(signed, t),
        -X.T * HadamardProduct(y, entrywise(sigma, -HadamardProduct(y, X * t))),
    ),
    Claim(
        "poisson gradient",
        "glmnet, family = poisson",
        gradient(poisson, t),
        X.T * (entrywise(exp, X * t) - y),
    ),
    Claim(
        "poisson hessian",
        "glmnet, family = poisson",
        hessian(poisson, t),
        X.T * DiagMatrix(entrywise(exp, X * t)) * X,
    ),
    Claim(
        "log-cosh gradient",
        "Keras log_cosh, summed",
        gradient(loss(entrywise(lambda e: log(cosh(e)), residual)), t),
        X.T * entrywise(tanh, residual),
    ),
    Claim(
        "gradient by the inputs",
        "Szegedy et al. 2014; scikit-learn MLP backprop",
        gradient(squared(X * t - y) / 2, X),
        (X * t - y) * t.T,
    ),
    Claim(
        "rank-one fit",
        "Koren et al. 2009, (2)",
        gradient(Trace((Z - u * a.T).T * (Z - u * a.T)) / 2, u),
        -(Z - u * a.T) * a,
    ),
    Claim(
        "hidden layer",
        "scikit-learn neural_network/_multilayer_perceptron.py, tanh",
        gradient(Trace((hidden - Y).T * (hidden - Y)) / 2, W),
        X.T * HadamardProduct(hidden - Y, OneMatrix(m, K) - HadamardProduct(hidden, hidden)),
    ),
    Claim(
        "centring is idempotent",
        "Mardia, Kent and Bibby 1979, (A.1.3)",
        centring * centring,
        centring,
    ),
    Claim(
        "centring removes constants",
        "Mardia, Kent and Bibby 1979, (A.1.3)",
        centring * one,
        ZeroMatrix(m, 1),
    ),
    Claim(
        "scatter matrix",
        "Murphy 2012, (4.18)",
        (centring * X).T * (centring * X),
        X.T * X - X.T * OneMatrix(m, m) * X / m,
    ),
    Claim(
        "intercept as a column",
        "ESL §3.2, augmented X",
        BlockMatrix([[one, X]]) * BlockMatrix([[b0], [t]]),
        one * b0 + X * t,
    ),
    Claim(
        "stacked rows",
        "Boyd and Vandenberghe 2018, §15.1",
        (
            BlockMatrix([[X], [sqrt(lam) * Identity(n)]]).T
            * BlockMatrix([[X], [sqrt(lam) * Identity(n)]])
        ),
        X.T * X + lam * Identity(n),
    ),
    Claim(
        "outer products",
        "Golub and Van Loan 2013, (1.1.6)",
        (X.T * X)[j, k],
        Sum(X[i, j] * X[i, k], (i, 0, m - 1)),
    ),
    Claim("trace of an outer product", COOK + "(17)", Trace(a * b.T), (b.T * a)[0, 0]),
    Claim(
        "householder is orthogonal",
        "Golub and Van Loan 2013, §5.1.2",
        (Identity(n) - 2 * a * a.T / squared(a)) * (Identity(n) - 2 * a * a.T / squared(a)),
        Identity(n),
    ),
    Claim(
        "polynomial kernel",
        "GPflow, kernels/linears.py, Polynomial",
        gradient(((x.T * a)[0, 0] + c) ** 3, x),
        3 * ((x.T * a)[0, 0] + c) ** 2 * a,
    ),
    Claim(
        "squared exponential kernel",
        "scikit-learn gaussian_process, RBF by X",
        gradient(exp(-squared(x - a) / (2 * c**2)), x),
        -(x - a) / c**2 * exp(-squared(x - a) / (2 * c**2)),
    ),
    Claim(
        "squared exponential kernel, hessian",
        "Rasmussen and Williams 2006, (9.1)",
        hessian(exp(-squared(x - a) / (2 * c**2)), x),
        exp(-squared(x - a) / (2 * c**2)) * ((x - a) * (x - a).T / c**4 - Identity(n) / c**2),
    ),
    Claim(
        "student kernel",
        "van der Maaten and Hinton 2008, (4), unnormalised",
        gradient(1 / (1 + squared(x - a)), x),
        -2 * (x - a) / (1 + squared(x - a)) ** 2,
    ),
    Claim(
        "rayleigh quotient",
        "Golub and Van Loan 2013, §8.2.3",
        gradient((x.T * A * x)[0, 0] / squared(x), x),
        ((A + A.T) * x - 2 * (x.T * A * x)[0, 0] / squared(x) * x) / squared(x),
    ),
    Claim(
        "entry of a quadratic form",
        COOK + "(79)",
        Derivative((x.T * A * x)[0, 0], x[k, 0]),
        Sum((A[k, l] + A[l, k]) * x[l, 0], (l, 0, n - 1)),
    ),
    Claim(
        "entry of a bilinear form",
        COOK + "(73)",
        Derivative((a.T * A * b)[0, 0], A[k, l]),
        a[k, 0] * b[l, 0],
    ),
    Claim(
        "squared linear form",
        "Hinton 2012, coursera notes",
        hessian((a.T * x)[0, 0] ** 2, x),
        2 * a * a.T,
    ),
]
