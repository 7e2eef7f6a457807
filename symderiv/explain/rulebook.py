"""The formula and the source of every rule in the trusted tables, as plain data.

The rules themselves stand in the tables of ``indexform`` and ``prove``; here is what each of
them says. ``tests/explain/test_rulebook.py`` walks the tables: a rule that is missing here, or
a text here without a rule, fails it. DLMF is the NIST Digital Library of Mathematical Functions.
"""

from __future__ import annotations

from symderiv.indexform.differentiate import RULES as DERIVATIVES
from symderiv.verdict import Rule

__all__ = ["LEAVES", "TABLES"]

_FIELD = "field axioms"
_LOG = "DLMF 4.8(i)"
_EXP = "DLMF 4.2(iii), 4.8(ii)"
_SYMPY = "SymPy, {}"
_DEFINITION = "definition"

# SymPy class: what it is read as, and what it requires
_LOWERING = {
    "Add": ("a + b + …", _FIELD),
    "Mul": ("a·b·…", _FIELD),
    "Pow": (
        "x^k by multiplication; x^(p/q) for x ≥ 0; x^y = e^(y·log x) for x > 0; 1/x for x ≠ 0",
        "DLMF 4.2.26",
    ),
    "exp": ("e^u", "DLMF 4.2.19"),
    "Exp1": ("e = e^1", "DLMF 4.2.11"),
    "log": ("log u, the real logarithm, u > 0", "DLMF 4.2.2"),
    "log1p": ("log1p(u) = log(1 + u), u > −1", _DEFINITION),
    "log2": ("log₂ u = log u/log 2, u > 0", _DEFINITION),
    "log10": ("log₁₀ u = log u/log 10, u > 0", _DEFINITION),
    "expm1": ("expm1(u) = e^u − 1", _DEFINITION),
    "exp2": ("exp2(u) = 2^u = e^(u·log 2)", _DEFINITION),
    "sigma": ("σ(u) = 1/(1 + e^(−u))", _DEFINITION),
    "softplus": ("softplus(u) = log(1 + e^u)", _DEFINITION),
    "sin": ("sin u", "DLMF 4.14.1"),
    "cos": ("cos u", "DLMF 4.14.2"),
    "tan": ("tan u = sin u/cos u, cos u ≠ 0", "DLMF 4.14.4"),
    "csc": ("csc u = 1/sin u, sin u ≠ 0", "DLMF 4.14.5"),
    "sec": ("sec u = 1/cos u, cos u ≠ 0", "DLMF 4.14.6"),
    "cot": ("cot u = cos u/sin u, sin u ≠ 0", "DLMF 4.14.7"),
    "asin": ("asin u, the principal value, −1 ≤ u ≤ 1", "DLMF 4.23(ii)"),
    "acos": ("acos u = π/2 − asin u, −1 ≤ u ≤ 1", "DLMF 4.23.16"),
    "atan": ("atan u, the principal value", "DLMF 4.23(ii)"),
    "asinh": ("asinh u = log(u + √(u² + 1))", "DLMF 4.37.16"),
    "acosh": ("acosh u = log(u + √(u² − 1)), u ≥ 1", "DLMF 4.37.19"),
    "atanh": ("atanh u = ½·log((1 + u)/(1 − u)), −1 < u < 1", "DLMF 4.37.24"),
    "erf": ("erf u", "DLMF 7.2.1"),
    "erfi": ("erfi u = −i·erf(iu)", "DLMF 7.2.1"),
    "erfc": ("erfc u = 1 − erf u", "DLMF 7.2.2"),
    "gamma": ("Γ(u) = e^(log Γ(u)), taken for u > 0", "DLMF 5.2.1"),
    "loggamma": ("log Γ(u), u > 0", "DLMF 5.2.1"),
    "digamma": ("ψ(u) = (log Γ)'(u), taken for u > 0", "DLMF 5.2.2"),
    "polygamma": ("ψ⁽ᵏ⁾(u), taken for u > 0", "DLMF 5.15"),
    "harmonic": ("H_u = ψ(u + 1) + γ, taken for u > −1", "DLMF 5.4.14"),
    "erfinv": ("the inverse of erf, −1 < u < 1", "DLMF 7.17.1"),
    "erfcinv": ("erfcinv u = erfinv(1 − u), 0 < u < 2", "DLMF 7.17.1"),
    "LambertW": ("W(u) ≥ −1 with W·e^W = u, the principal branch, u ≥ −1/e", "DLMF 4.13.1"),
    "Ei": ("Ei u, a principal value, u ≠ 0", "DLMF 6.2.5"),
    "uppergamma": ("Γ(a, x), taken for x > 0", "DLMF 8.2.2"),
    "lowergamma": ("γ(a, x) = Γ(a) − Γ(a, x), taken for a > 0 and x > 0", "DLMF 8.2.3"),
    "expint": ("E_ν(x) = x^(ν − 1)·Γ(1 − ν, x), taken for x > 0", "DLMF 8.19.1"),
    "besseli": ("Iₙ(u) for a whole number n ≥ 0", "DLMF 10.25.2"),
    "besselj": ("Jₙ(u) for a whole number n ≥ 0", "DLMF 10.2.2"),
    "besselk": ("Kₙ(u) for a whole number n ≥ 0, u > 0", "DLMF 10.25.3"),
    "bessely": ("Yₙ(u) for a whole number n ≥ 0, u > 0", "DLMF 10.2.3"),
    "sinc": ("sin(u)/u, and 1 at 0", _SYMPY.format("sinc")),
    "atan2": ("the angle of (x, y) ≠ (0, 0) in (−π, π], by its cases", "DLMF 1.9.5"),
    "hypot": ("√(x² + y²)", _SYMPY.format("hypot")),
    "factorial": ("n! = Γ(n + 1)", "DLMF 5.4.1"),
    "binomial": ("C(n, k) = n(n − 1)…(n − k + 1)/k!, or by Γ", "DLMF 1.2.1, 1.2.6"),
    "beta": ("B(a, b) = Γ(a)·Γ(b)/Γ(a + b)", "DLMF 5.12.1"),
    "sinh": ("sinh u = (e^u − e^(−u))/2", "DLMF 4.28.1"),
    "cosh": ("cosh u = (e^u + e^(−u))/2", "DLMF 4.28.2"),
    "tanh": ("tanh u = (e^(2u) − 1)/(e^(2u) + 1)", "DLMF 4.28.4"),
    "csch": ("csch u = 2e^u/(e^(2u) − 1), u ≠ 0", "DLMF 4.28.5"),
    "sech": ("sech u = 2e^u/(e^(2u) + 1)", "DLMF 4.28.6"),
    "coth": ("coth u = (e^(2u) + 1)/(e^(2u) − 1), u ≠ 0", "DLMF 4.28.7"),
    "Abs": ("|u| = u, 0, −u by the sign of u", _DEFINITION),
    "sign": ("1, 0, −1 by the sign of u", _DEFINITION),
    "Heaviside": (
        "1, H(0), 0 by the sign of u; with H(0) = ½, SymPy's default, taken for u ≠ 0",
        _SYMPY.format("Heaviside"),
    ),
    "Max": ("max(a, b) = a where a ≥ b, else b", _DEFINITION),
    "Min": ("min(a, b) = a where a ≤ b, else b", _DEFINITION),
    "Piecewise": (
        "the value of the first condition that holds; where none does, undefined",
        _SYMPY.format("Piecewise"),
    ),
    "re": ("re u = u: all quantities are real", _DEFINITION),
    "im": ("im u = 0: all quantities are real", _DEFINITION),
    "conjugate": ("conjugate u = u: all quantities are real", _DEFINITION),
    "Sum": (
        "Σ over lower … upper, empty where upper = lower − 1; upper ≥ lower − 1",
        "Concrete Mathematics, 2.1",
    ),
    "Product": (
        "Π over a known length factor by factor, else e^(Σ log f), f > 0; |Π f| = e^(½·Σ log f²)",
        "DLMF 4.8(i)",
    ),
    "KroneckerDelta": ("δᵢⱼ = 1 where i = j, else 0; 0 outside its range", "DLMF, notation"),
    "Derivative": ("by the table of derivatives, then unfolded", _DEFINITION),
    "Subs": ("the value where variables are given others", _SYMPY.format("Subs")),
    "UnevaluatedExpr": ("what is in it", _SYMPY.format("UnevaluatedExpr")),
    "Pi": ("π, a constant of its own", "DLMF 3.12.1"),
    "EulerGamma": ("γ, a constant of its own", "DLMF 5.2.3"),
    "Catalan": ("G, a constant of its own", "DLMF 25.11(xi)"),
}

# SymPy class: its entry (i, j)
_MATRICES = {
    "MatrixSymbol": ("A[i, j], 0 ≤ i < m, 0 ≤ j < n", _DEFINITION),
    "MatAdd": ("(A + B)[i, j] = A[i, j] + B[i, j]", _DEFINITION),
    "MatMul": ("(A·B)[i, j] = Σₖ A[i, k]·B[k, j]", _DEFINITION),
    "MatPow": ("A^k = A·…·A for k ≥ 0, A⁰ = I", _DEFINITION),
    "Transpose": ("Aᵀ[i, j] = A[j, i]", _DEFINITION),
    "HadamardProduct": ("(A∘B)[i, j] = A[i, j]·B[i, j]", _DEFINITION),
    "HadamardPower": ("the power of each entry", _DEFINITION),
    "ElementwiseApplyFunction": ("f(A)[i, j] = f(A[i, j])", _DEFINITION),
    "Identity": ("I[i, j] = δᵢⱼ", _DEFINITION),
    "OneMatrix": ("1", _DEFINITION),
    "ZeroMatrix": ("0", _DEFINITION),
    "DiagMatrix": ("diag(v)[i, j] = δᵢⱼ·v[i]", _DEFINITION),
    "DiagonalMatrix": ("δᵢⱼ·A[i, j]", _DEFINITION),
    "DiagonalOf": ("A[i, i]", _DEFINITION),
    "BlockMatrix": ("the block in which i and j lie, counted from its corner", _DEFINITION),
    "Gradient": ("∂f/∂w[i, j]", _DEFINITION),
    "Hessian": ("∂²f/∂w[i]∂w[j]", _DEFINITION),
    "Derivative": ("by a matrix: the gradient, in the shape of the variable", _DEFINITION),
    "MatrixDerivative": ("by a matrix: the gradient, in the shape of the variable", _DEFINITION),
}

# operation of a term: its derivative
_OPERATIONS = {
    "num": ("c' = 0", _DEFINITION),
    "const": ("c' = 0", _DEFINITION),
    "int": ("0: integers are no variables", _DEFINITION),
    "var": ("∂x/∂x = 1, ∂y/∂x = 0", _DEFINITION),
    "entry": ("∂a[i, k]/∂a[j, l] = [i = j]·[k = l]", _DEFINITION),
    "add": ("(u + v)' = u' + v'", "DLMF 1.4.8"),
    "mul": ("(Π uₖ)' = Σₖ uₖ'·Π_{l≠k} u_l", "DLMF 1.4.9"),
    "pow": ("(u^k)' = k·u^(k − 1)·u'", "DLMF 1.4(iii)"),
    "root": ("(u^r)' = r·u^(r − 1)·u' for u > 0", "DLMF 4.7.7"),
    "sum": ("(Σ u)' = Σ u', a finite sum whose limits are no variables", "DLMF 1.4.8"),
    "sign": (
        "the derivative of the case; at a joint where both sides agree in value and slope",
        "mean value theorem, DLMF 1.4(iii)",
    ),
    "call": ("f(u)' = f'(u)·u'; (f(u, v))' = ∂₁f·u' + ∂₂f·v'", "DLMF 1.4.11, 1.5.7"),
}

# operation or function: how its normal form is made from those of its arguments
_NORMAL_FORMS = {
    "num": ("a rational number", _FIELD),
    "const": ("a generator", _FIELD),
    "var": (
        "a generator; Π (y − v) = 0 lowers the powers of one from a finite set of values v",
        _FIELD,
    ),
    "entry": ("a generator; A[i, j] and A[j, i] are one where A is symmetric", _FIELD),
    "int": ("c + Σ aᵢ·nᵢ, with generators nᵢ", _FIELD),
    "add": ("n/d + p/q = (nq + pd)/(dq) in lowest terms", _FIELD),
    "mul": ("n/d·p/q = np/(dq) in lowest terms", _FIELD),
    "pow": ("(n/d)^k = n^k/d^k", _FIELD),
    "power": (
        "u^n = e^(n·log|u|) for u > 0, (−1)^n·e^(n·log|u|) for u < 0; ((−1)^n)² = 1",
        "DLMF 4.2(iv)",
    ),
    "root": (
        "u^r = Π |p|^(e·r) over the irreducible factors p^e of u ≥ 0; (|p|^(1/k))^k = |p|",
        "DLMF 4.2(iv)",
    ),
    "sign": ("the branch of the sign; where it is not known, a case for each", "trichotomy"),
    "sum": (
        "linearity, distributivity, exchange of sums and renaming of indices",
        "Concrete Mathematics, 2.3, 2.4",
    ),
    "exp": ("e^(a + b) = e^a·e^b, e^(c·log p) = p^c for p > 0, e^(ut) = (e^t)^u", _EXP),
    "log": (
        "log|u| = Σ e·log|p| over the irreducible factors p^e of u; log e^t = t",
        "DLMF 4.8(i)",
    ),
    "cos": ("cos(a + b) = cos a·cos b − sin a·sin b; multiples of π/12", "DLMF 4.21.2, 4.17.1"),
    "sin": (
        "sin(a + b) = sin a·cos b + cos a·sin b; sin² + cos² = 1; of asin x, atan x and π/12",
        "DLMF 4.21.1, 4.21.12, 4.17.1",
    ),
    "asin": ("asin(−u) = −asin u", "DLMF 4.23.10"),
    "atan": ("atan(−u) = −atan u", "DLMF 4.23.12"),
    "erf": ("erf(−u) = −erf u; erf(erfinv u) = u", "DLMF 7.4.1, 7.17.1"),
    "erfinv": ("erfinv(−u) = −erfinv u; erfinv(erf u) = u", "DLMF 7.4.1, 7.17.1"),
    "erfi": ("erfi(−u) = −erfi u", "DLMF 7.4.1 at iu"),
    "loggamma": ("log Γ(v + 1) = log Γ(v) + log v, v > 0", "DLMF 5.5.1"),
    "polygamma": ("ψ⁽ᵏ⁾(v + 1) = ψ⁽ᵏ⁾(v) + (−1)ᵏ·k!/v^(k + 1)", "DLMF 5.5.2, 5.15.5"),
    "uppergamma": (
        "Γ(a + 1, x) = a·Γ(a, x) + x^a·e^(−x); Γ(1, x) = e^(−x)",
        "DLMF 8.8.2, 8.4.8",
    ),
    "Ei": ("Ei(u) = Ei(v) where u = v", "congruence"),
    "LambertW": ("W(0) = 0; e^W = u/W, u ≠ 0", "DLMF 4.13.1"),
    "besseli": ("Iₙ₊₁ = Iₙ₋₁ − 2n/u·Iₙ, u ≠ 0; Iₙ(−u) = (−1)ⁿ·Iₙ(u)", "DLMF 10.29.1, 10.25.2"),
    "besselj": ("Jₙ₊₁ = 2n/u·Jₙ − Jₙ₋₁, u ≠ 0; Jₙ(−u) = (−1)ⁿ·Jₙ(u)", "DLMF 10.6.1, 10.2.2"),
    "besselk": ("Kₙ₊₁ = Kₙ₋₁ + 2n/u·Kₙ", "DLMF 10.29.1"),
    "bessely": ("Yₙ₊₁ = 2n/u·Yₙ − Yₙ₋₁", "DLMF 10.6.1"),
    "?": ("f(u) = f(v) where u = v", "congruence"),
}

# what is noted where it is applied
_STEPS = {
    "interpolation over a finite set of values": (
        "f(y) = Σ_v f(v)·Π_{w≠v} (y − w)/(v − w) for y in a finite set",
        "Lagrange, DLMF 3.3.1",
    ),
    "a row with a single 1": (
        "v_k = [k = c] for one c, where all v_k are 0 or 1 and Σ v_k = 1",
        _DEFINITION,
    ),
    "an equation in force": (
        "p = 0 of where or of a case: solved for a symbol, or divided by",
        "ideal membership",
    ),
    "a sum term by term": ("Σ_{k=a}^{a+c} f(k) = f(a) + … + f(a + c)", _DEFINITION),
    "a sum by cases of its index": (
        "a range is divided where a case of its index changes; Σₖ [k = p]·f(k) = f(p)",
        "Concrete Mathematics, 2.1, 2.4",
    ),
    "a difference of indefinite sums": (
        "Σ_{a≤k<b} f(k) = F(b) − F(a)",
        "Concrete Mathematics, 2.6",
    ),
    "sums compared as one summand": (
        "Σ f + Σ g = Σ (f + g), which is 0 where f + g is",
        "Concrete Mathematics, (2.16)",
    ),
    "a triangle by the square around it": (
        "Σ_{j<i} f(i, j) + Σ_{j<i} f(j, i) + Σᵢ f(i, i) = Σᵢⱼ f(i, j)",
        "Concrete Mathematics, (2.33)",
    ),
    "power sums": (
        "Σ_{k<N} ((k + 1)ᵖ·rᵏ⁺¹ − kᵖ·rᵏ) = Nᵖ·r^N − 0ᵖ, for Σ kᵉ·rᵏ: p = e, or e + 1 if r = 1",
        "Concrete Mathematics, 2.6 and 6.5",
    ),
    "analytic continuation in the factors of a product": (
        "Πₖ f = e^(Σₖ log f) for f > 0; what is equal there and analytic is equal for all f",
        "Krantz, Parks, A Primer of Real Analytic Functions, 1.2",
    ),
    "a sum that where gives": ("Σₖ Yᵢₖ = c, as an equation of where says", "hypothesis"),
}

# how signs are found and cases made; these are functions, not tables
_SIGNS = {
    "signs of products": ("the sign of a product is the product of the signs", "ordered field"),
    "signs of sums": ("terms of one sign have that sign together", "ordered field"),
    "signs of functions": (
        "Γ(a, x), I₀, K₀, K₁ > 0; asin, atan, erf, erfi, erfinv, W and I₁ have the sign of u",
        "DLMF 8.2.2, 10.25.2, 10.32.8, 4.23(ii), 7.2.1, 4.13",
    ),
    "signs of powers": ("u² ≥ 0; e^u > 0; |p|^(1/k) ≥ 0", "ordered field; DLMF 4.2(iii)"),
    "signs by log and exp": ("log p has the sign of p − 1; e^a − e^b that of a − b", _EXP),
    "linear inequalities": (
        "what follows from linear inequalities, by Fourier-Motzkin elimination",
        "Schrijver, Theory of Linear and Integer Programming, 12.2",
    ),
    "facts about entries": ("what where says of every entry, at the entries that occur", "logic"),
    "cases": ("u > 0, u = 0 or u < 0, each judged by itself", "trichotomy"),
    "conditions": ("in the order of writing, each against where and those before", "logic"),
}


def _derivatives() -> dict[str, tuple[str, str]]:
    """The table of derivatives carries its own texts."""
    texts = {}
    for name, (_, text) in DERIVATIVES.items():
        formula, _, source = text.rpartition(", DLMF ")
        texts[name] = formula, f"DLMF {source}"
    return texts


_TEXTS: dict[str, dict[str, tuple[str, str]]] = {
    "reading of scalars": _LOWERING,
    "reading of matrix entries": _MATRICES,
    "derivatives of operations": _OPERATIONS,
    "derivatives of functions": _derivatives(),
    "normal forms": _NORMAL_FORMS,
    "steps of normal forms": _STEPS,
    "signs and cases": _SIGNS,
}
# by the table of the trusted code in which the rules stand
TABLES: dict[str, dict[str, Rule]] = {
    table: {name: Rule(name, formula, source, table) for name, (formula, source) in texts.items()}
    for table, texts in _TEXTS.items()
}
LEAVES = frozenset(["num", "const", "var", "entry", "int"])  # nothing to tell in a trace
