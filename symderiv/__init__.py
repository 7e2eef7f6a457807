"""symderiv proves hand-written derivations and the code made from them."""
