"""Verify the article: the same as ``symderiv verify``."""

import sys

from symderiv.cli import main

raise SystemExit(main(["verify", *sys.argv[1:]]))
