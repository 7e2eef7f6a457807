"""Derivations that come with the package: each file holds one, with its functions."""

ARTICLE = (
    "symderiv.derivations.sigmoid",
    "symderiv.derivations.linear_regression",
    "symderiv.derivations.logistic_regression",
    "symderiv.derivations.optimisers",
    "symderiv.derivations.article",
)
