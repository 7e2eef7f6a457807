"""Characters: subscripts, superscripts, Greek letters, and what stands for them in ASCII."""

from __future__ import annotations

__all__ = ["name", "printable", "subscript", "superscript", "writable"]

_SUBSCRIPTS = dict(
    zip("0123456789+−()aehijklmnoprstuvxβγρφχ", "₀₁₂₃₄₅₆₇₈₉₊₋₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ", strict=True)
)
_SUPERSCRIPTS = dict(zip("0123456789−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻", strict=True))

_NAMES = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu"
    " nu xi omicron pi rho sigma tau upsilon phi chi psi omega"
)
_LETTERS = "αβγδεζηθικλμνξοπρστυφχψω"
_GREEK = dict(zip(_NAMES.split(), _LETTERS, strict=True)) | {
    name.capitalize(): letter.upper() for name, letter in zip(_NAMES.split(), _LETTERS, strict=True)
}

_ASCII = {
    **{letter: name for name, letter in _GREEK.items()},
    "−": "-", "·": "*", "≠": "!=", "≤": "<=", "≥": ">=", "∈": " in ", "∉": " not in ", "∞": "oo",
    "∂": "d", "∇": "grad", "√": "sqrt", "ᵀ": "'", "∘": ".*", "↦": "->", "…": "...", "Σ": "Sum ",
    "∏": "Prod ", "∧": "and", "∨": "or", "¬": "not ", "✔": "ok", "✘": "FAIL", "?": "?",
    "π": "pi", "ℝ": "Reals", "ℤ": "Integers", "ℕ": "Naturals", "ℂ": "Complexes", "∅": "{}",
    "“": '"', "”": '"', "’": "'", "–": "-", "—": "-", "×": "x", "∪": " or ", "±": "+-",
}  # fmt: skip
_FROM_SUBSCRIPT = {glyph: plain for plain, glyph in _SUBSCRIPTS.items()}
_FROM_SUPERSCRIPT = {glyph: plain for plain, glyph in _SUPERSCRIPTS.items()}


def name(text: str) -> str:
    """Return a name with Greek letters for Greek names: ``theta`` is θ, ``theta_1`` is θ_1."""
    stem = text.rstrip("0123456789")
    head, underscore, rest = text.partition("_")
    if underscore and head in _GREEK:
        return _GREEK[head] + "_" + rest
    return _GREEK[stem] + text[len(stem) :] if stem in _GREEK else text


def subscript(text: str) -> str | None:
    """Return the text in subscripts, or None where a character has none.

    Examples
    --------
    >>> subscript("i"), subscript("10"), subscript("q")
    ('ᵢ', '₁₀', None)
    """
    glyphs = [_SUBSCRIPTS.get(char) for char in text]
    return None if None in glyphs else "".join(glyph for glyph in glyphs if glyph)


def superscript(number: int) -> str:
    """Return an integer in superscripts.

    Examples
    --------
    >>> superscript(-12)
    '⁻¹²'
    """
    return "".join(_SUPERSCRIPTS[char] for char in str(number).replace("-", "−"))


def printable(text: str) -> str:
    r"""Return a writer's text on one line, without characters that steer a terminal.

    Examples
    --------
    >>> printable("a\tb\x1b[2J σ")
    'a b [2J σ'
    """
    return "".join(char if char.isprintable() else " " for char in text)


def writable(text: str, encoding: str | None) -> str:
    """Return the text with what the encoding cannot hold spelt in ASCII.

    Examples
    --------
    >>> writable("1/m Σᵢ (hᵢ − yᵢ)·xᵢⱼ² ≠ θ", "ascii")
    '1/m Sum _i (h_i - y_i)*x_ij^2 != theta'
    >>> writable("θ ≠ 1", "utf-8")
    'θ ≠ 1'
    """
    encoding = encoding or "ascii"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        pass
    except LookupError:
        encoding = "ascii"
    else:
        return text
    written: list[str] = []
    run = ""  # "_" or "^" while inside a run of subscripts or superscripts
    for char in text:
        plain = _FROM_SUBSCRIPT.get(char)
        mark = "_" if plain else ""
        if plain is None and char in _FROM_SUPERSCRIPT:
            plain, mark = _FROM_SUPERSCRIPT[char], "^"
        if plain is not None:
            written += ([mark] if run != mark else []) + [_ASCII.get(plain, plain)]
        elif _holds(char, encoding):
            written.append(char)
        else:
            written.append(_ASCII.get(char, char.encode("ascii", "backslashreplace").decode()))
        run = mark
    return "".join(written)


def _holds(char: str, encoding: str) -> bool:
    try:
        char.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
