"""Oracles with derived error bounds, and Hypothesis strategies for regression problems.

Hypothesis is imported by ``symderiv.testing.strategies`` only, so that the oracles cost no more
than NumPy and mpmath.
"""
