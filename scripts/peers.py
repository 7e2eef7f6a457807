"""Logistic regression in other libraries, each as its documentation says it is done well.

Every class is made with the data once and offers some of the tasks: ``cost_and_gradient(theta)``,
``hessian(theta)``, ``hessian_vector(theta, v)``, for the mean loss without a penalty. A class whose
library is not installed raises ImportError when it is made.
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["PEERS", "LeftOut"]


ALL = ("cost_and_gradient", "hessian", "hessian_vector")


class LeftOut(Exception):
    """A task that would take too much time or memory; the message says why."""


class Naive:
    """The formulas as a textbook has them."""

    label = "naive NumPy"
    tasks = ALL

    def __init__(self, X: Any, y: Any, threads: int) -> None:
        self.X, self.y, self.m = X, y, len(y)

    def cost_and_gradient(self, theta: Any) -> Any:
        h = 1 / (1 + np.exp(-(self.X @ theta)))
        cost = -np.mean(self.y * np.log(h) + (1 - self.y) * np.log(1 - h))
        return cost, self.X.T @ (h - self.y) / self.m

    def hessian(self, theta: Any) -> Any:
        h = 1 / (1 + np.exp(-(self.X @ theta)))
        return self.X.T @ ((h * (1 - h))[:, None] * self.X) / self.m

    def hessian_vector(self, theta: Any, v: Any) -> Any:
        h = 1 / (1 + np.exp(-(self.X @ theta)))
        return self.X.T @ (h * (1 - h) * (self.X @ v)) / self.m


class Lambdify:
    """SymPy's lambdify of the loss of one example and its derivatives, entry by entry."""

    label = "SymPy `lambdify`"
    tasks = ALL

    def __init__(self, X: Any, y: Any, threads: int) -> None:
        from sympy import exp, lambdify, log, symbols

        z, label = symbols("z y", real=True)
        h = 1 / (1 + exp(-z))
        loss = -label * log(h) - (1 - label) * log(1 - h)
        slope = h - label
        self.both = lambdify((z, label), [loss, slope], "numpy", cse=True)
        self.curvature = lambdify(z, slope.diff(z), "numpy", cse=True)
        self.X, self.y, self.m = X, y, len(y)

    def cost_and_gradient(self, theta: Any) -> Any:
        loss, slope = self.both(self.X @ theta, self.y)
        return loss.mean(), self.X.T @ slope / self.m

    def hessian(self, theta: Any) -> Any:
        w = self.curvature(self.X @ theta)
        return self.X.T @ (w[:, None] * self.X) / self.m

    def hessian_vector(self, theta: Any, v: Any) -> Any:
        return self.X.T @ (self.curvature(self.X @ theta) * (self.X @ v)) / self.m


class SciPy:
    """expit and log_expit; the Hessian as AᵀA, which BLAS does with half the work."""

    label = "scipy.special"
    tasks = ALL

    def __init__(self, X: Any, y: Any, threads: int) -> None:
        from scipy import special

        self.special = special
        self.X, self.y, self.m = X, y, len(y)

    def cost_and_gradient(self, theta: Any) -> Any:
        z = self.X @ theta
        loss = -self.special.log_expit(z)  # log(1 − σ(z)) is log σ(z) − z
        return np.mean(loss + (1 - self.y) * z), self.X.T @ (
            self.special.expit(z) - self.y
        ) / self.m

    def hessian(self, theta: Any) -> Any:
        z = self.X @ theta
        w = self.special.expit(z) * self.special.expit(-z)
        A = np.sqrt(w)[:, None] * self.X
        return A.T @ A / self.m

    def hessian_vector(self, theta: Any, v: Any) -> Any:
        z = self.X @ theta
        w = self.special.expit(z) * self.special.expit(-z)
        return self.X.T @ (w * (self.X @ v)) / self.m


class ScikitLearn:
    """LinearModelLoss, which scikit-learn's own solvers call."""

    label = "scikit-learn `LinearModelLoss`"
    tasks = ALL

    def __init__(self, X: Any, y: Any, threads: int) -> None:
        from sklearn._loss import HalfBinomialLoss
        from sklearn.linear_model._linear_loss import LinearModelLoss

        self.loss = LinearModelLoss(base_loss=HalfBinomialLoss(), fit_intercept=False)
        self.X, self.y, self.threads = X, y, threads

    def cost_and_gradient(self, theta: Any) -> Any:
        return self.loss.loss_gradient(theta, self.X, self.y, n_threads=self.threads)

    def hessian(self, theta: Any) -> Any:
        return self.loss.gradient_hessian(theta, self.X, self.y, n_threads=self.threads)[1]

    def hessian_vector(self, theta: Any, v: Any) -> Any:
        _, product = self.loss.gradient_hessian_product(
            theta, self.X, self.y, n_threads=self.threads
        )
        return product(v)


class StatsModels:
    """Logit with its own loglike, score and hessian."""

    label = "statsmodels `Logit`"
    tasks = ALL[:2]
    lacks = ALL[2:]

    def __init__(self, X: Any, y: Any, threads: int) -> None:
        import statsmodels.api as sm

        # the rank and the constant would be looked for in decompositions of X
        self.model = sm.Logit(y, X, check_rank=False, hasconst=False)
        self.m = len(y)

    def cost_and_gradient(self, theta: Any) -> Any:
        return -self.model.loglike(theta) / self.m, -self.model.score(theta) / self.m

    def hessian(self, theta: Any) -> Any:
        return -self.model.hessian(theta) / self.m


class Torch:
    """binary_cross_entropy_with_logits and its backward pass; second derivatives by hand."""

    label = "PyTorch"
    tasks = ALL

    def __init__(self, X: Any, y: Any, threads: int) -> None:
        import torch

        torch.set_num_threads(threads)
        self.torch, self.X, self.y = torch, torch.from_numpy(X), torch.from_numpy(y)
        self.m = len(y)

    def _cost(self, theta: Any) -> Any:
        return self.torch.nn.functional.binary_cross_entropy_with_logits(self.X @ theta, self.y)

    def cost_and_gradient(self, theta: Any) -> Any:
        t = self.torch.from_numpy(theta).requires_grad_()
        cost = self._cost(t)
        (gradient,) = self.torch.autograd.grad(cost, t)
        return cost.item(), gradient.numpy()

    def _weights(self, theta: Any) -> Any:
        h = self.torch.sigmoid(self.X @ self.torch.from_numpy(theta))
        return h * (1 - h)

    def hessian(self, theta: Any) -> Any:
        with self.torch.no_grad():
            A = self._weights(theta).sqrt_()[:, None] * self.X
            return (A.T @ A / self.m).numpy()

    def hessian_vector(self, theta: Any, v: Any) -> Any:
        with self.torch.no_grad():
            w = self._weights(theta).mul_(self.X @ self.torch.from_numpy(v))
            return (self.X.T @ w / self.m).numpy()


class TorchFunc(Torch):
    """torch.func: a forward derivative of the backward pass."""

    label = "PyTorch, `torch.func`"
    tasks = ALL[1:]

    def hessian(self, theta: Any) -> Any:
        m, n = self.X.shape
        if n > 20 or m > 10**5:
            raise LeftOut("a Hessian by torch.func is tried up to n = 20 and m = 1e5")
        return self.torch.func.hessian(self._cost)(self.torch.from_numpy(theta)).numpy()

    def hessian_vector(self, theta: Any, v: Any) -> Any:
        f, at = self.torch.func, self.torch.from_numpy(theta)
        return f.jvp(f.grad(self._cost), (at,), (self.torch.from_numpy(v),))[1].numpy()


class Jax:
    """jit of value_and_grad; derivatives of second order by hand, under jit."""

    label = "JAX, jit"
    tasks = ALL

    def __init__(self, X: Any, y: Any, threads: int) -> None:
        import jax

        jax.config.update("jax_enable_x64", True)
        np_ = jax.numpy
        self.jax, self.X, self.y = jax, np_.asarray(X), np_.asarray(y)

        def cost(theta: Any, X: Any, y: Any) -> Any:
            z = X @ theta
            return np_.mean(jax.nn.softplus(z) - y * z)

        def weights(theta: Any, X: Any) -> Any:
            h = jax.nn.sigmoid(X @ theta)
            return h * (1 - h) / len(X)

        self.cost = cost
        self.both = jax.jit(jax.value_and_grad(cost))
        self.second = jax.jit(lambda theta, X: (X.T * weights(theta, X)) @ X)
        self.product = jax.jit(lambda theta, v, X: X.T @ (weights(theta, X) * (X @ v)))

    def cost_and_gradient(self, theta: Any) -> Any:
        cost, gradient = self.both(theta, self.X, self.y)
        return float(cost), np.asarray(gradient)

    def hessian(self, theta: Any) -> Any:
        return np.asarray(self.second(theta, self.X))

    def hessian_vector(self, theta: Any, v: Any) -> Any:
        return np.asarray(self.product(theta, v, self.X))


class JaxAutodiff(Jax):
    """JAX's own second derivatives: forward over reverse."""

    label = "JAX, jit, autodiff"
    tasks = ALL[1:]

    def __init__(self, X: Any, y: Any, threads: int) -> None:
        super().__init__(X, y, threads)
        jax, cost = self.jax, self.cost
        self.second = jax.jit(lambda theta, X: jax.hessian(cost)(theta, X, self.y))
        self.product = jax.jit(
            lambda theta, v, X: jax.jvp(lambda t: jax.grad(cost)(t, X, self.y), (theta,), (v,))[1]
        )

    def hessian(self, theta: Any) -> Any:
        if len(theta) > 200:
            raise LeftOut("a Hessian by JAX's autodiff is tried up to n = 200")
        return super().hessian(theta)


class Autograd:
    """The package autograd on NumPy's functions."""

    label = "autograd"
    tasks = ALL

    def __init__(self, X: Any, y: Any, threads: int) -> None:
        import autograd
        import autograd.numpy as np_

        def cost(theta: Any) -> Any:
            z = np_.dot(X, theta)
            return np_.mean(np_.logaddexp(0, z) - y * z)

        self.both = autograd.value_and_grad(cost)
        self.second = autograd.hessian(cost)
        self.product = autograd.hessian_vector_product(cost)
        self.size = X.size

    def cost_and_gradient(self, theta: Any) -> Any:
        return self.both(theta)

    def hessian(self, theta: Any) -> Any:
        if self.size > 10**5:
            raise LeftOut("a Hessian by autograd is tried up to 1e5 entries of X")
        return self.second(theta)

    def hessian_vector(self, theta: Any, v: Any) -> Any:
        return self.product(theta, v)


class Functions:
    """The compiled functions of the article, with the data as arguments."""

    label = "symderiv"
    tasks = ALL

    def __init__(self, X: Any, y: Any, threads: int) -> None:
        from symderiv.derivations.logistic_regression import functions

        self.functions, self.X, self.y = functions, X, y

    def cost_and_gradient(self, theta: Any) -> Any:
        return self.functions.cost_and_gradient(theta, self.X, self.y)

    def hessian(self, theta: Any) -> Any:
        return self.functions.hessian(theta, self.X, self.y)

    def hessian_vector(self, theta: Any, v: Any) -> Any:
        return self.functions.hessian_vector(theta, v, self.X, self.y)


class Prepared:
    """The same, with the data fixed: ``functions.prepare(X, y)``."""

    label = "symderiv, `prepare`"
    tasks = ALL

    def __init__(self, X: Any, y: Any, threads: int) -> None:
        from symderiv.derivations.logistic_regression import functions

        ready = functions.prepare(X, y)
        self.cost_and_gradient = ready.cost_and_gradient
        self.hessian, self.hessian_vector = ready.hessian, ready.hessian_vector


PEERS = (
    Prepared,
    Functions,
    Naive,
    Lambdify,
    SciPy,
    ScikitLearn,
    StatsModels,
    Torch,
    TorchFunc,
    Jax,
    JaxAutodiff,
    Autograd,
)
