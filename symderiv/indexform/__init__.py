"""Terms over entries of arrays with bound indices, and the way from SymPy to them."""
