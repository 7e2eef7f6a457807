"""NumPy code from the index form."""

from symderiv.numeric.functions import to_numpy

__all__ = ["to_numpy"]
