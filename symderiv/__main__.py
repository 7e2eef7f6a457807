"""``python -m symderiv`` is the command line."""

from symderiv.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
