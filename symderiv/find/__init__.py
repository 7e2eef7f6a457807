"""Finders: they look for certificates and decide nothing."""
