"""The families of the corpus, and which of its sources were looked up when it was written."""

from __future__ import annotations

from importlib import import_module

from corpus.claim import Claim

__all__ = ["FAMILIES", "SAMPLED", "claims", "in_every_run", "looked_up"]

FAMILIES = [
    "activations",
    "class_sums",
    "glm_sums",
    "kernels",
    "likelihoods",
    "matrices",
    "robust_losses",
    "scalar_losses",
    "scalar_losses_derived",
    "special_functions",
    "survival",
]

# Written without regard to what the prover can do, to see what it does with formulas that it was
# not made with. Each run of the tests asks about every sixteenth of them,
# `pytest -m fuzz` and scripts/corpus.py about all.
SAMPLED = [
    "covariances_and_cells",
    "embeddings_and_layers",
    "estimation_sums",
    "finance_and_penalties",
    "geometry_and_information",
    "graphs_and_returns",
    "library_losses",
    "log_densities",
    "regression_sums",
    "scores_and_hazards",
    "sums_by_hand",
]
FAMILIES += SAMPLED

# The beginnings of those sources whose text was read, in a stored copy of the file, when the claim
# was written: of a library's code the loss and mostly its derivative, of Keras the loss alone. All
# other sources are cited from memory: the formulas are checked at points (test_mutants.py), that
# they stand in that file or under that number is not.
_MLPACK_ACTIVATIONS = (
    "bipolar_sigmoid elish elliot gcu gelu gelu_exact hyper_sinh isrlu lisht mish sqnl "
    "tanh_exponential"
)
_MLPACK_LOSSES = (
    "binary_cross_entropy dice focal huber log_cosh mean_squared_logarithmic_error "
    "multilabel_softmargin poisson_nll soft_margin"
)
_MLPACK = "mlpack, methods/ann/"
READ = (
    "DLMF 4.21.",
    "GPflow, gpflow/kernels/misc.py",
    "GPflow, gpflow/kernels/stationaries.py",
    "GPflow, gpflow/logdensities.py",
    "Keras, keras/activations.py",
    "Keras, keras/losses.py, categorical_hinge",
    "Keras, keras/losses.py, huber",
    "Keras, keras/losses.py, kl_divergence",
    "Keras, keras/losses.py, log_cosh",
    "Keras, keras/losses.py, mean_absolute",
    "Keras, keras/losses.py, poisson",
    "Keras, keras/losses.py, squared_hinge",
    "LightGBM, src/objective/regression_objective.hpp",
    "LightGBM, src/objective/xentropy_objective.hpp",
    "PyTorch, distributions/kl.py",
    "SciPy, optimize/_lsq/least_squares.py",
    "Vowpal Wabbit, core/src/loss_functions.cc",
    "Vowpal Wabbit, vowpalwabbit/loss_functions.cc",
    "XGBoost, src/",
    "glmnet, An Introduction to glmnet",
    "scikit-learn _loss.pyx.tp, c",
    "scikit-learn, gaussian_process/kernels.py, DotProduct",
    "scikit-learn, gaussian_process/kernels.py, ExpSineSquared",
    "scikit-learn, gaussian_process/kernels.py, Matern",
    "scikit-learn, gaussian_process/kernels.py, R",
    "scikit-survival linear_model/coxph.py",
    "statsmodels, genmod/families/links.py, CLogLog",
    "statsmodels, genmod/families/links.py, Link",
    "statsmodels, genmod/families/links.py, Logit",
    "statsmodels, genmod/families/links.py, Neg",
    "statsmodels, genmod/families/links.py, Power",
    "statsmodels, robust/norms.py, AndrewWave",
    "statsmodels, robust/norms.py, Hampel",
    "statsmodels, robust/norms.py, HuberT",
    "statsmodels, robust/norms.py, RamsayE",
    "statsmodels, robust/norms.py, TrimmedMean",
    *(f"{_MLPACK}activation_functions/{f}_function.hpp" for f in _MLPACK_ACTIVATIONS.split()),
    *(f"{_MLPACK}loss_functions/{f}_" for f in _MLPACK_LOSSES.split()),
    *(f"mlpack {f}_" for f in _MLPACK_LOSSES.split()),
)


def claims(family: str) -> list[Claim]:
    """The claims of one family."""
    found: list[Claim] = import_module(f"corpus.{family}").CLAIMS
    assert found, family
    return found


def in_every_run(family: str) -> list[Claim]:
    """The claims that each run of the tests asks about."""
    return claims(family)[::16] if family in SAMPLED else claims(family)


def looked_up(claim: Claim) -> bool:
    """Whether the claim's source was read when the claim was written."""
    return claim.source.startswith(READ)
