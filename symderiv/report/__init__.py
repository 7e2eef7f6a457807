"""Renderers of a Report: they decide nothing, and know no derivation."""
