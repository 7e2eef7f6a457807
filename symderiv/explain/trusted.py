"""What has to be right for a verdict to be right: files, their lines of code, and what else."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Mapping
from pathlib import Path

__all__ = ["BELIEVED", "PROPOSES", "ROUTES", "code_lines", "trusted_files"]

PACKAGE = Path(__file__).resolve().parents[1]

# A wrong PROVED could come from the first, a wrong REFUTED from the second; neither has a
# line of the other.
ROUTES: Mapping[str, tuple[str, ...]] = {
    "prover": ("indexform", "prove", "judge.py", "certified.py", "limiting.py"),
    "refuter": ("refute",),
}
# of the refuter, what only proposes sizes and values: each point is checked by the others
PROPOSES = frozenset(
    ["__init__.py", "cases.py", "frames.py", "pools.py", "repairs.py", "simplest.py"]
)

BELIEVED = {
    "SymPy's constructors": "what is typed is rewritten before it is read (exp(log(x)) is x), so"
    " every line is shown as it was read back; nothing else of SymPy is called to decide",
    "python-flint": "polynomials over the rationals (product, gcd, division, factors) and integer"
    " factors in the prover; rationals, balls and power series in the refuter",
    "SHA-256": "no two long texts of generators have one digest",
    "Python": "its integers, fractions, dictionaries and control flow",
    "not mpmath, not NumPy": "neither is imported by a trusted file; the property tests of the"
    " compiled functions use both, and prove nothing",
}


def trusted_files(route: str) -> list[Path]:
    """The files of one route, in the order of their names."""
    found: list[Path] = []
    for room in ROUTES[route]:
        path = PACKAGE / room
        files = [path] if path.suffix else sorted(path.glob("*.py"))
        found += [f for f in files if room != "refute" or f.name not in PROPOSES]
    return found


def code_lines(source: str) -> int:
    """The number of lines that carry code: no blank lines, comments or docstrings.

    Examples
    --------
    >>> code_lines('x = 1  # one' + chr(10) + '# nothing' + chr(10))
    1
    """
    docstrings: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        body = getattr(node, "body", None)
        first = body[0] if isinstance(body, list) and body else None
        text = first.value if isinstance(first, ast.Expr) else None
        if isinstance(text, ast.Constant) and isinstance(text.value, str):
            docstrings.update(range(text.lineno, (text.end_lineno or text.lineno) + 1))
    silent = {
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENDMARKER,
    }
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in silent:
            lines.update(range(token.start[0], token.end[0] + 1))
    return len(lines - docstrings)
