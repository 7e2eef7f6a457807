"""Losses summed over examples, for every number of examples and features."""

from __future__ import annotations

from corpus.claim import Claim
from sympy import (
    Abs,
    Contains,
    Derivative,
    FiniteSet,
    IndexedBase,
    KroneckerDelta,
    MatrixSymbol,
    Max,
    Piecewise,
    Rational,
    Sum,
    cosh,
    digamma,
    exp,
    log,
    loggamma,
    pi,
    sign,
    symbols,
    tanh,
)

from symderiv import sigma, softplus

__all__ = ["CLAIMS"]

m, n = symbols("m n", integer=True, positive=True)
i, j, k, l = symbols("i j k l", integer=True, nonnegative=True)  # noqa: E741
X, t, y = MatrixSymbol("X", m, n), MatrixSymbol("theta", n, 1), MatrixSymbol("y", m, 1)
w, f = MatrixSymbol("w", m, 1), MatrixSymbol("f", m, 1)
lam, alpha, delta, nu, s = symbols("lam alpha delta nu s", positive=True)
b, p, tau = symbols("b p tau", real=True)
HALF = Rational(1, 2)
h = IndexedBase("h")
r = IndexedBase("r")

eta = (X * t)[i, 0]
y_i, w_i, x_ij, x_ik, t_j, t_k = y[i, 0], w[i, 0], X[i, j], X[i, k], t[j, 0], t[k, 0]
f_i = f[i, 0]
residual = y_i - eta
SIGNED = (Contains(y[i, 0], FiniteSet(-1, 1)),)
POSITIVE = (y[i, 0] > 0,)


def total(e):
    return Sum(e, (i, 0, m - 1))


def mean(e):
    return total(e) / m


logistic = -mean(y_i * log(sigma(eta)) + (1 - y_i) * log(1 - sigma(eta)))
ridge = Sum(t[l, 0] ** 2, (l, 0, n - 1))
lasso = Sum(Abs(t[l, 0]), (l, 0, n - 1))
dice_top = 2 * total(y_i * f_i) + delta
dice_bottom = total(y_i**2) + total(f_i**2) + delta
gaussian = -m * HALF * log(2 * pi * s) - total((y_i - p) ** 2) / (2 * s)
gamma_likelihood = total((alpha - 1) * log(y_i) - y_i / s) - m * (loggamma(alpha) + alpha * log(s))
huber = total(
    Piecewise(
        (HALF * residual**2, Abs(residual) <= delta),
        (delta * Abs(residual) - HALF * delta**2, True),
    )
)
mean_f = mean(f_i)
let_h = {h[i]: sigma(eta)}
let_r = {r[i]: y_i - eta}

CLAIMS = [
    Claim(
        "least squares",
        "ESL (3.4) by entries",
        Derivative(total(residual**2), t_j),
        -2 * total(x_ij * residual),
    ),
    Claim(
        "least squares, hessian",
        "ESL (3.4)",
        Derivative(total(residual**2), t_j, t_k),
        2 * total(x_ij * x_ik),
    ),
    Claim(
        "mean squared error",
        "Keras mean_squared_error; Ng, CS229 notes 1",
        Derivative(mean(residual**2) / 2, t_j),
        mean((eta - y_i) * x_ij),
    ),
    Claim(
        "ridge",
        "ESL (3.43) and (3.44)",
        Derivative(total(residual**2) + lam * ridge, t_j),
        -2 * total(x_ij * residual) + 2 * lam * t_j,
    ),
    Claim(
        "elastic net",
        "glmnet, An Introduction to glmnet, gaussian",
        Derivative(mean(residual**2) / 2 + lam * ((1 - alpha) * ridge / 2 + alpha * lasso), t_j),
        -mean(x_ij * residual) + lam * ((1 - alpha) * t_j + alpha * sign(t_j)),
    ),
    Claim(
        "weighted least squares",
        "glmnet, weights; ESL §4.4.1",
        Derivative(total(w_i * residual**2) / 2, t_j),
        -total(w_i * x_ij * residual),
    ),
    Claim(
        "least squares through residuals",
        "Bishop 2006, (3.13)",
        Derivative(HALF * total(r[i] ** 2), t_j),
        -total(r[i] * x_ij),
        (),
        let_r,
    ),
    Claim(
        "logistic",
        "Bishop 2006, (4.91), averaged",
        Derivative(logistic, t_j),
        mean((sigma(eta) - y_i) * x_ij),
    ),
    Claim(
        "logistic, hessian",
        "Bishop 2006, (4.97), averaged",
        Derivative(logistic, t_j, t_k),
        mean(sigma(eta) * (1 - sigma(eta)) * x_ij * x_ik),
    ),
    Claim(
        "logistic through h",
        "Bishop 2006, (4.90)",
        Derivative(-total(y_i * log(h[i]) + (1 - y_i) * log(1 - h[i])), t_j),
        total((h[i] - y_i) * x_ij),
        (),
        let_h,
    ),
    Claim(
        "logistic by softplus",
        "scikit-learn linear_model/_linear_loss.py",
        logistic,
        mean(softplus(eta) - y_i * eta),
    ),
    Claim(
        "logistic, signed labels",
        "Vowpal Wabbit logloss; scikit-learn, _logistic.py (old)",
        Derivative(total(log(1 + exp(-y_i * eta))), t_j),
        -total(y_i * x_ij / (1 + exp(y_i * eta))),
    ),
    Claim(
        "logistic, signed labels, hessian",
        "Murphy 2022, (10.23) in signs",
        Derivative(total(log(1 + exp(-y_i * eta))), t_j, t_k),
        total(sigma(eta) * sigma(-eta) * x_ij * x_ik),
        SIGNED,
    ),
    Claim(
        "logistic with ridge",
        "scikit-learn _linear_loss.py, l2_reg_strength",
        Derivative(mean(softplus(eta) - y_i * eta) + lam / 2 * ridge, t_j),
        mean((sigma(eta) - y_i) * x_ij) + lam * t_j,
    ),
    Claim(
        "logistic, intercept",
        "scikit-learn _linear_loss.py, grad[-1]",
        Derivative(mean(softplus(eta + b) - y_i * (eta + b)), b),
        mean(sigma(eta + b)) - mean(y_i),
    ),
    Claim(
        "poisson regression",
        "glmnet, family = poisson",
        Derivative(mean(exp(eta) - y_i * eta), t_j),
        mean((exp(eta) - y_i) * x_ij),
    ),
    Claim(
        "poisson regression, hessian",
        "Vowpal Wabbit poisson_loss::second_derivative, summed",
        Derivative(total(exp(eta) - y_i * eta), t_j, t_k),
        total(exp(eta) * x_ij * x_ik),
    ),
    Claim(
        "gamma regression",
        "scikit-learn _loss, half gamma, summed",
        Derivative(total(eta + y_i * exp(-eta)), t_j),
        total(x_ij * (1 - y_i * exp(-eta))),
    ),
    Claim(
        "gamma regression, hessian",
        "scikit-learn _loss, half gamma, summed",
        Derivative(total(eta + y_i * exp(-eta)), t_j, t_k),
        total(y_i * exp(-eta) * x_ij * x_ik),
    ),
    Claim(
        "negative binomial regression",
        "statsmodels discrete_model.py, _score_nb2 with log link",
        Derivative(total(y_i * eta - (y_i + nu) * log(exp(eta) + nu)), t_j),
        total(x_ij * nu * (y_i - exp(eta)) / (exp(eta) + nu)),
    ),
    Claim(
        "huber regression",
        "scikit-learn linear_model/_huber.py, unscaled",
        Derivative(huber, t_j),
        -total(
            Piecewise((residual, Abs(residual) <= delta), (delta * sign(residual), True)) * x_ij
        ),
    ),
    Claim(
        "squared hinge, summed",
        "LIBLINEAR, l2r_l2_svc_fun::grad",
        Derivative(lam * total(Max(0, 1 - y_i * eta) ** 2) + ridge / 2, t_j),
        -2 * lam * total(y_i * Max(0, 1 - y_i * eta) * x_ij) + t_j,
    ),
    Claim(
        "hinge, summed",
        "ESL (12.25); scikit-learn hinge",
        Derivative(total(Max(0, 1 - y_i * eta)), t_j),
        -total(Piecewise((y_i * x_ij, y_i * eta < 1), (0, True))),
    ),
    Claim(
        "exponential loss, summed",
        "ESL (10.9)",
        Derivative(total(exp(-y_i * eta)), t_j),
        -total(y_i * x_ij * exp(-y_i * eta)),
    ),
    Claim(
        "quantile regression",
        "statsmodels quantile_regression.py; Koenker 2005",
        Derivative(total(Max(tau * residual, (tau - 1) * residual)), t_j),
        -total(x_ij * Piecewise((tau, residual > 0), (tau - 1, True))),
        (tau > 0, tau < 1),
    ),
    Claim(
        "log-cosh, summed",
        "mlpack log_cosh_loss_impl.hpp (sign corrected)",
        Derivative(total(log(cosh(alpha * (y_i - f_i)))) / alpha, f[k, 0]),
        -tanh(alpha * (y[k, 0] - f[k, 0])),
    ),
    Claim(
        "dice",
        "mlpack dice_loss_impl.hpp, Backward",
        Derivative(1 - dice_top / dice_bottom, f[k, 0]),
        -2 * (y[k, 0] * dice_bottom - f[k, 0] * dice_top) / dice_bottom**2,
    ),
    Claim(
        "mean squared log error, summed",
        "mlpack mean_squared_logarithmic_error_impl.hpp",
        Derivative(mean((log(1 + y_i) - log(1 + f_i)) ** 2), f[k, 0]),
        2 * (log(1 + f[k, 0]) - log(1 + y[k, 0])) / (1 + f[k, 0]) / m,
        (y[i, 0] > -1, f[i, 0] > -1),
    ),
    Claim(
        "cross-entropy, by prediction",
        "mlpack binary_cross_entropy_loss_impl.hpp, mean",
        Derivative(-mean(y_i * log(f_i) + (1 - y_i) * log(1 - f_i)), f[k, 0]),
        ((1 - y[k, 0]) / (1 - f[k, 0]) - y[k, 0] / f[k, 0]) / m,
        (f[i, 0] > 0, f[i, 0] < 1),
    ),
    Claim(
        "variance",
        "mlpack batch_norm; Ioffe and Szegedy 2015",
        Derivative(mean((f_i - Sum(f[l, 0], (l, 0, m - 1)) / m) ** 2), f[k, 0]),
        2 * (f[k, 0] - mean_f) / m,
    ),
    Claim(
        "variance, two ways",
        "Murphy 2022, (2.50)",
        mean((f_i - Sum(f[l, 0], (l, 0, m - 1)) / m) ** 2),
        mean(f_i**2) - mean_f**2,
    ),
    Claim(
        "variance by pairs",
        "Lehmann and Casella 1998, elementary",
        Sum((f[i, 0] - f[l, 0]) ** 2, (i, 0, m - 1), (l, 0, m - 1)),
        2 * m * total(f_i**2) - 2 * total(f_i) ** 2,
    ),
    Claim(
        "centred mean",
        "Ioffe and Szegedy 2015, algorithm 1",
        total(f_i - Sum(f[l, 0], (l, 0, m - 1)) / m),
        0 * lam,
    ),
    Claim(
        "gaussian likelihood, by mean",
        "Bishop 2006, (1.54) and (1.55)",
        Derivative(gaussian, p),
        (total(y_i) - m * p) / s,
    ),
    Claim(
        "gaussian likelihood, by variance",
        "Bishop 2006, (1.54) and (1.56)",
        Derivative(gaussian, s),
        (total((y_i - p) ** 2) / s - m) / (2 * s),
    ),
    Claim(
        "gamma likelihood, by shape",
        "SciPy stats.gamma, fit",
        Derivative(gamma_likelihood, alpha),
        total(log(y_i)) - m * (digamma(alpha) + log(s)),
        POSITIVE,
    ),
    Claim(
        "gamma likelihood, by scale",
        "SciPy stats.gamma, fit",
        Derivative(gamma_likelihood, s),
        total(y_i) / s**2 - m * alpha / s,
        POSITIVE,
    ),
    Claim(
        "bernoulli likelihood",
        "Bishop 2006, (2.6) and (2.7)",
        Derivative(total(y_i * log(p) + (1 - y_i) * log(1 - p)), p),
        (total(y_i) - m * p) / (p * (1 - p)),
        (p > 0, p < 1),
    ),
    Claim(
        "poisson likelihood",
        "Murphy 2012, exercise 3.8",
        Derivative(total(y_i * log(lam) - lam - loggamma(y_i + 1)), lam),
        total(y_i) / lam - m,
        (y[i, 0] > -1,),
    ),
    Claim(
        "exponential likelihood",
        "lifelines exponential_fitter.py, censored",
        Derivative(total(w_i * log(lam) - lam * y_i), lam),
        total(w_i) / lam - total(y_i),
    ),
    Claim(
        "sum over squares about any point",
        "Bishop 2006, (1.56) to (1.58)",
        total((y_i - p) ** 2),
        total((y_i - Sum(y[l, 0], (l, 0, m - 1)) / m) ** 2) + m * (mean(y_i) - p) ** 2,
    ),
    Claim(
        "root of a sum of squares",
        "Keras cosine_similarity, l2_normalize",
        Derivative(total(f_i**2) ** HALF, f[k, 0]),
        f[k, 0] / total(f_i**2) ** HALF,
    ),
    Claim(
        "normalised vector",
        "Keras unit_normalization",
        Derivative(f[l, 0] / total(f_i**2) ** HALF, f[k, 0]),
        KroneckerDelta(l, k) / total(f_i**2) ** HALF
        - f[l, 0] * f[k, 0] / total(f_i**2) ** Rational(3, 2),
        (l < m, k < m),
    ),
    Claim(
        "cosine similarity",
        "mlpack cosine_embedding_loss_impl.hpp",
        Derivative(total(y_i * f_i) / (total(y_i**2) * total(f_i**2)) ** HALF, f[k, 0]),
        y[k, 0] / (total(y_i**2) * total(f_i**2)) ** HALF
        - total(y_i * f_i) * f[k, 0] / (total(y_i**2) ** HALF * total(f_i**2) ** Rational(3, 2)),
    ),
    Claim("sum of indices", "Knuth 1997, §1.2.3", Sum(i, (i, 0, m - 1)), m * (m - 1) / 2),
    Claim("mean of a constant", "Knuth 1997, §1.2.3", mean(lam), lam),
]
