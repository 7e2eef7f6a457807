"""NumPy code from the index form."""
