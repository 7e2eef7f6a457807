"""An element of an island as a term that rounding leaves alone.

A quotient of sums of exponentials is a sum of shares e^w/D, which neither overflow nor cancel,
whatever factors it has; σ(u) is the share of e^u in 1 + e^u. Logarithms of such sums are taken
with the w taken out that leaves fewest terms: β·log D + γ·u is one function, log D − w is −log of
a share, and powers and products are made of these. What is a product stays one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from symderiv.indexform.terms import ONE, ZERO, Term, add, call, mul, num, power, walk
from symderiv.indexform.terms import total as sum_over
from symderiv.numeric.exponentials import live, weighted
from symderiv.numeric.growth import clash, met, opposed, product, together, weighed
from symderiv.numeric.island import Island, Total, fraction
from symderiv.numeric.quotients import (
    alone,
    between,
    divided,
    divided_out,
    fits,
    half,
    halves,
    is_number,
    quotient,
    rank,
    sigmas,
    value_of,
    zero_last,
)
from symderiv.numeric.sums import monomial
from symderiv.numeric.vanishing import apart, in_expm1, slopes

__all__ = ["Forms"]

Powers = list[tuple[Any, int]]


class Forms:
    """Writes elements of an island.

    Parameters
    ----------
    arguments
        The exponents as they are written, where that is not as they were read.
    written
        Terms for generators that are written as something else.
    """

    def __init__(
        self,
        island: Island,
        arguments: Sequence[Term] = (),
        written: Mapping[Any, Term] | None = None,
    ) -> None:
        self.island = island
        self.arguments = list(arguments) or island.exponents
        self.written: dict[Any, Term] = dict(written or {})
        self.written |= {E: call("exp", u) for E, u in zip(island.E, self.arguments, strict=True)}

    def form(self, f: Any) -> Term | None:
        """The stable form of an element; None where as it was is as well."""
        island = self.island
        logs, exponentials = self._logs_of(f), [*island.E, *island.S]
        below = [d for d, _ in f.denom.factor_list()[1] if island.has(d, exponentials)]
        if logs or not all(map(self._monomial, below)):
            return (in_expm1(island, f) if below and not logs else None) or self._element(f)
        whole = island.whole
        if not island.has(f.numer * f.denom, exponentials):
            return self._element(f)
        if not below and (whole.op != "add" or not island.cancels(whole.args)):
            several = any(len(c.numer) > 1 for c in island.grouped(f.numer, exponentials).values())
            if whole.op != "add" or not several or not f.denom.is_ground:
                return None
            return mul(self._sum(f.numer, []), num(1 / fraction(f.denom.LC)))  # (p² − p)·e^u
        found = divided(island, f, self.arguments, self.written)
        shorter = sum(1 for _ in walk(found)) < sum(1 for _ in walk(whole))
        return found if shorter or (below and whole.op != "call") else None

    def _logs_of(self, f: Any) -> list[Total]:
        return [t for t in self.island.totals if self.island.has(f.numer * f.denom, [t.P])]

    def _element(self, f: Any) -> Term:
        island = self.island
        if not f:
            return ZERO
        exponentials = [*island.E, *island.S]
        coefficient, above = f.numer.factor_list()
        divisor, below = f.denom.factor_list()
        out = [num(fraction(coefficient) / fraction(divisor))]
        numerators, mixed, denominators, logs = Powers(), Powers(), Powers(), Powers()
        for factor, k in above:
            if not island.has(factor, exponentials):
                out.append(power(self._logs(island.field(factor)), k))
            elif island.has(factor, island.P):
                mixed.append((factor, k))
            else:
                numerators.append((factor, k))
        for factor, k in below:
            if island.has(factor, island.P):
                logs.append((factor, k))
            elif not island.has(factor, exponentials):
                out.append(power(self._logs(island.field(factor)), -k))
            else:
                denominators.append((factor, k))
        parts = apart(island, mixed + numerators, denominators + logs) if mixed else []
        if parts:
            return mul(*out, add(*map(self._element, parts)))
        out += slopes(island, self.arguments, numerators, denominators, logs)
        for factor, k in logs:
            write = self._element if island.has(factor, exponentials) else self._logs
            out.append(power(write(island.field(factor)), -k))
        if mixed:
            pairs = alone(self._bounds, mixed, numerators, denominators)
            out += [self._bounded(factor, divisor) for factor, divisor in pairs]
            out.append(self._sum(product(island, mixed + numerators), denominators))
        elif numerators or denominators:
            out.append(self._quotient(numerators, denominators))
        return mul(*out)

    # -- quotients of sums of exponentials ----------------------------------------------

    def _quotient(self, above: Powers, below: Powers) -> Term:
        """A product of factors over others, each above with one below that bounds it."""
        island, out, rest = self.island, list[Term](), Powers()
        left, whole, monomial = [[d, k] for d, k in below], above, product(island, [])
        above = self._hyperbolic(above, left, out)
        pairs: list[tuple[Any, Any]] = []  # a factor, or several, and what bounds them
        for factor, k in above:
            if len(factor) == 1:
                monomial *= factor**k
                continue
            if left and self._difference(factor, left):
                half, factor = halves(island, factor, self._exponent)
                out.append(power(half, k))
            for _ in range(k):
                found = next((d for d in left if d[1] and self._bounds(d[0], factor)), None)
                if found is not None:
                    found[1] -= 1
                    pairs.append((factor, found[0]))
                    continue
                more = (j for j, (f, d) in enumerate(pairs) if self._bounds(d, f * factor))
                j = next(more, None)
                if j is None:
                    rest.append((factor, 1))
                else:  # (1 + e^u)² over what has e^(2u)
                    pairs[j] = pairs[j][0] * factor, pairs[j][1]
        denominators = [(d, k) for d, k in left if k]
        outside = product(island, [(monomial, 1), *rest]), product(island, denominators)
        if clash(island, [*pairs, outside]):
            return self._sum(together(island, whole), below)
        out += [self._bounded(factor, divisor) for factor, divisor in pairs]
        for factor, _ in rest:
            if denominators or len(monomial) > 1:
                monomial *= factor
            else:
                out.append(island.polynomial(factor, self.written))
        if denominators or monomial != 1:
            out.append(self._sum(monomial, denominators))
        return mul(*out)

    def _hyperbolic(self, above: Powers, left: list[list[Any]], out: list[Term]) -> Powers:
        """(e^u + 1)/(e^u − 1) as 1/tanh(u/2)."""
        for E, u in zip(self.island.E, self.arguments, strict=True):
            top = next((k for f, k in above if f == (E + 1).numer), 0)
            found = next((d for d in left if d[0] == (E - 1).numer), None)
            if found is not None and top:
                k = min(top, found[1])
                found[1] -= k
                above = [(f, j - k if f == (E + 1).numer else j) for f, j in above]
                out.append(power(call("tanh", half(u)), -k))
        return above

    def _difference(self, factor: Any, below: list[list[Any]]) -> bool:
        """Whether a factor is c·(e^a − e^b), and not over 1 + e^u, where it is one function."""
        pieces = self.island.grouped(factor, [*self.island.E, *self.island.S])
        count = len(self.island.E)
        if len(pieces) != 2 or any(any(degrees[count:]) for degrees in pieces):
            return False
        matched = any(self._plain(d) is not None and self._bounds(d, factor) for d, k in below if k)
        return not matched and sum(pieces.values(), self.island.field(0)) == 0

    def _bounds(self, divisor: Any, factor: Any) -> bool:
        """Whether the exponentials of a factor are among those of a divisor."""
        generators = [*self.island.E, *self.island.S]
        inside = self.island.grouped(divisor, generators).keys()
        found = self.island.grouped(factor, generators).keys()
        if any(divisor == S.numer for S in self.island.S):
            return all(sum(degrees) == 1 for degrees in found)
        more = found - inside  # one more may be among those of a sum
        return not more or (
            self.island.has(divisor, self.island.S) and [sum(degrees) for degrees in more] == [1]
        )

    def _monomial(self, polynomial: Any) -> bool:
        """Whether a polynomial is a product of exponentials."""
        return len(polynomial) == 1 and not self.island.has(polynomial, self.island.S)

    def _plain(self, divisor: Any) -> Term | None:
        """u, for 1 + e^u."""
        for E, u in zip(self.island.E, self.arguments, strict=True):
            if divisor == (E + 1).numer:
                return u
        return None

    def _bounded(self, factor: Any, divisor: Any) -> Term:
        """(α·e^u + β)/(1 + e^u) and (α·e^u + β·S)/S as one function; else a sum of shares."""
        island, u = self.island, self._plain(divisor)
        grouped = island.grouped(factor, [*island.E, *island.S])
        if u is not None and len(grouped) == 2:
            below, above = (c for _, c in sorted(grouped.items(), key=lambda item: item[0]))
            step = above - below
            if step and is_number(step):
                middle = call("tanh", half(u))
                if above == -below:
                    return mul(island.term(above, self.written), middle)
                shift = (above + below) / step
                if len(shift.numer) < len(below.numer):
                    return mul(
                        num(value_of(step) / 2), add(middle, island.term(shift, self.written))
                    )
                if len(above.numer) < len(below.numer):  # β·σ(−u) + α, where α is shorter
                    u, below, step = island.normal.times(num(-1), u), above, -step
                c = island.term(below / step, self.written)
                return mul(num(value_of(step)), call("sigma_plus", u, c))
        inside = island.grouped(divisor, [*island.E, *island.S])
        others = [degrees for degrees in grouped if degrees not in inside]
        ratios = {grouped[degrees] / c for degrees, c in inside.items() if degrees in grouped}
        plain = len(grouped) == 1 + len(inside) and all(c == 1 for c in inside.values())
        if plain and len(others) == len(ratios) == 1 and island.has(divisor, island.S):
            (other,), (c,) = others, (self._element(r) for r in ratios)
            if any(other[: len(island.E)]):
                step = self._element(grouped[other])
                outer = step if step.op == "num" else ONE
                if step.op == "num":
                    c, step = mul(c, num(1 / step.data)), ONE
                x, pieces = self._exponent(other), self._pieces(divisor)
                return mul(outer, call("share_plus", x, step, c, *pieces))
        return self._sum(factor, [(divisor, 1)])

    def _sum(self, polynomial: Any, denominators: Powers) -> Term:
        """A sum of products of shares, each with its coefficient."""
        island, addends = self.island, []
        whole, left = divided_out(island, polynomial, denominators)
        if whole is not None:
            return add(self._element(whole), self._sum(left, denominators))
        for degrees, coefficient in island.grouped(polynomial, [*island.E, *island.S]).items():
            addends.append(mul(self._element(coefficient), *self._shares(degrees, denominators)))
        return add(*addends)

    def _shares(self, degrees: Sequence[int], denominators: Powers) -> list[Term]:
        """e^w over a product of sums: as many exponentials to each of these as it has itself."""
        island, left, out, count = self.island, list(degrees), list[Term](), len(self.island.E)
        places = island.positions([*island.E, *island.S])
        for divisor, k in ((d, k) for d, k in denominators if self._monomial(d)):
            (monom,) = divisor.monoms()
            left = [a - k * monom[p] for a, p in zip(left, places, strict=True)]
        denominators = [(d, k) for d, k in denominators if not self._monomial(d)]
        denominators.sort(key=lambda power: rank(self._keys(power[0]), left))
        plain = {u: k for d, k in denominators if (u := self._plain(d)) is not None}
        others = [k for k, u in zip(left, self.arguments, strict=False) if u not in plain]
        if plain and len(plain) == len(denominators) and any(others) and not island.S:
            return [quotient(island.normal, self.arguments, left, plain)]  # which may be 0·∞ apart
        for divisor, k in denominators:
            u = self._plain(divisor)
            if u is not None:
                which = self.arguments.index(u)
                j = min(max(left[which], 0), k)
                left[which] -= j
                out += sigmas(u, k, j)
                continue
            keys = self._keys(divisor)
            for _ in range(k):
                part = [a if any(axis) else 0 for a, *axis in zip(left, *keys, strict=True)]
                if between(part, keys, count):  # e^u/(e^(2u) + 1) as 1/(e^u + e^(−u))
                    minus, pieces = self._exponent([-a for a in part]), self._pieces(divisor)
                    left = [a - b for a, b in zip(left, part, strict=True)]
                    pieces[1::2] = [island.normal.plus(u, minus) for u in pieces[1::2]]
                    out.append(call("share", ZERO, *pieces))
                    continue
                sums = [list(key[count:]) for key in keys if any(key[count:])]
                if len(keys) == len(sums) == 1 and left[count + sums[0].index(1)]:
                    left[count + sums[0].index(1)] -= 1  # S/S
                    continue
                fitting = [v for v in keys if not any(v[count:]) and fits(v, left)]
                if sums and any(left[:count]):  # e^u, which may be one of those in the sum
                    unit = next(i for i, a in enumerate(left[:count]) if a)
                    fitting.append(tuple(int(i == unit) for i in range(len(left))))
                best = max(fitting, key=sum, default=(0,) * len(left))
                left = [a - b for a, b in zip(left, best, strict=True)]
                out += self._share(self._exponent(best), self._pieces(divisor))
        for position, s in enumerate(left[count:]):
            if s == 1 and out and out[-1].op == "call" and out[-1].data == "share":
                sum_, share = self.island.sums[position], out[-1]
                if share.args[0] is ZERO:  # Σ c·e^u/D as the sum of c·(e^u/D)
                    c, u, p = weighted(sum_)
                    inside = mul(c, call("share", u, *share.args[1:]))
                    out[-1] = sum_over(p, sum_.data[1], sum_.data[2], inside)
                    left[count + position] = 0
        if any(left[:count]) and out and out[-1].op == "call" and out[-1].data == "share":
            w, *pieces = out[-1].args  # e^w/D, with what is left in w: one of both may be infinite
            out[-1] = call("share", island.normal.plus(w, self._exponent(left)), *pieces)
        elif any(left[:count]):
            out.append(call("exp", self._exponent(left)))
        out += [power(S, k) for S, k in zip(self.island.sums, left[count:], strict=True) if k]
        return out

    def _share(self, w: Term, pieces: list[Term]) -> list[Term]:
        """e^w/D, as two factors where D may be near 0: z/(e^z − 1) is divided last."""
        if len(pieces) == 4 and add(pieces[0], pieces[2]) is ZERO:
            return [call("share_top", w, *pieces), power(call("share_over", *pieces), -1)]
        return [call("share", w, *pieces)]

    def _keys(self, divisor: Any) -> list[tuple[int, ...]]:
        return list(self.island.grouped(divisor, [*self.island.E, *self.island.S]))

    def _exponent(self, degrees: Sequence[int]) -> Term:
        normal, pairs = self.island.normal, zip(self.arguments, degrees, strict=False)
        return normal.plus(*(normal.times(num(k), u) for u, k in pairs if k))

    def _pieces(self, divisor: Any) -> list[Term]:
        """The coefficients and exponents of a sum of exponentials, one after the other."""
        out, count = list[Term](), len(self.island.E)
        for degrees, c in reversed(self.island.pieces(divisor)):
            sums = degrees[count:]
            inside = call("sum_exp", self.island.sums[sums.index(1)]) if any(sums) else None
            out += [self.island.term(c, self.written), inside or self._exponent(degrees)]
        return out

    # -- logarithms ---------------------------------------------------------------------

    def _logs(self, f: Any) -> Term:
        """A polynomial in logarithms and what has no exponential."""
        coefficient, factors = f.numer.factor_list()
        scale = fraction(coefficient) / value_of(self.island.field(f.denom))
        out = [power(self._factor(self.island.field(g)), k) for g, k in factors]
        if len(out) == 1 and out[0].op == "add" and all(monomial(a)[0] < 0 for a in out[0].args):
            scale, out = -scale, [add(*(mul(num(-1), a) for a in out[0].args))]
        return mul(*out, num(scale))

    def _factor(self, f: Any) -> Term:
        """A factor of one, with what is taken out of its logarithms."""
        island, found = self.island, self._logs_of(f)
        if not found:
            return island.term(f, self.written)
        plain = self._plain(found[0].polynomial)
        if len(found) == 1 and (parts := met(island, f, found)):
            return add(*map(self._factor, parts))
        line = max(d for (d,) in island.grouped(f.numer, [found[0].P])) == 1
        if len(found) == 1 and plain is not None and line:
            return self._line(f, found[0], plain)
        terms, replaced = dict(self.written), dict[Any, Any]()
        for total in found:
            f = self._shifted(f, total, terms, replaced)
        generators = [g for g in terms if g not in self.written or terms[g] is not self.written[g]]
        infinite = {g: t for t, g in island.of_atom.items() if live(t) and g not in terms}
        generators, terms = [*generators, *infinite], terms | infinite  # (1 − y)·e^v
        addends = []
        for degrees, c in island.grouped(f.numer, generators).items():
            powers = zip(generators, degrees, strict=True)
            addends.append(
                mul(island.term(c, self.written), *(power(terms[g], k) for g, k in powers))
            )
        return mul(add(*addends), num(1 / value_of(island.field(f.denom))))

    def _shifted(
        self, f: Any, total: Total, terms: dict[Any, Term], replaced: dict[Any, Any]
    ) -> Any:
        """f with log D, or log D − w, or both of 1 + e^u, in place of P: which has fewest terms.

        An atom in place of which both stand is told in ``replaced``, for the w of other logarithms.
        """
        island, P, pieces = self.island, total.P, self._pieces(total.polynomial)
        u = self._plain(total.polynomial)
        whole = call("log_total", *pieces) if u is None else call("softplus_plus", u, ZERO)
        choices: list[tuple[Any, dict[Any, Term], Any]] = [(f, {P: whole}, island.field(0))]
        lines, values = [], dict[Any, Any]()
        for line, one in self._taken_out(total):
            line = island.at(line, replaced)
            if u is not None:
                one = call("softplus_plus", u, num(-1))
            lines.append(line)
            choices.append((island.at(f, {P: P + line}), {P: one}, line))
            slopes = [(g, line.diff(g)) for g in island.of_atom.values()]
            both = [(g, c) for g, c in slopes if c and is_number(c) and g not in terms]
            if u is not None and both:
                g, c = both[0]
                values[g] = (P - g - (line - c * g)) / c
                choices.append((island.at(f, {g: values[g]}), {P: whole, g: one}, line))
        atoms = [g for g in island.of_atom.values() if any(line.diff(g) for line in lines)]
        generators = [*island.P, *atoms]

        def cost(choice: tuple[Any, dict[Any, Term], Any]) -> tuple[Any, ...]:
            g, _, shift = choice
            left = sum(map(abs, g.numer.coeffs()))  # of a − 2w, if two logarithms are to meet w
            groups = len(island.grouped(g.numer, generators))
            return opposed(island, g, P, lines), groups, weighed(island, g, total, shift), left

        best, added, _ = min(choices, key=cost)
        terms |= added
        for g in values.keys() & added.keys():
            replaced |= {h: island.at(v, {g: values[g]}) for h, v in replaced.items()}
            replaced[g] = values[g]
        return best

    def _taken_out(self, total: Total) -> list[tuple[Any, Term]]:
        """What may be taken out of log D, and what is then left: each addend, and all of them."""
        island, count = self.island, len(self.island.E)
        if any(any(degrees[count:]) for degrees, _ in total.pieces):
            pieces = self._pieces(total.polynomial)
            pairs = [(w, island.linear(w)) for w in island.shifts(total)]
            return [(e, mul(num(-1), call("log_share", w, *pieces))) for w, e in pairs if e]
        out, taken = [], dict(total.pieces)
        # with all of them taken out, log(e^a + e^b) − a − b is log(e^(−a) + e^(−b))
        taken.setdefault(tuple(map(max, zip(*taken, strict=True))), island.field(1))
        for degrees, c in taken.items():
            line = island.linear(island.exponent(degrees))
            log = island.of_atom.get(call("log", island.term(c)))
            scale, line = (island.field(1), line) if log is None else (c, line + log)
            if not line:
                continue
            pieces = []
            for others, d in reversed(total.pieces):
                apart = [a - b for a, b in zip(others, degrees, strict=True)]
                pieces += [island.term(d / scale, self.written), self._exponent(apart)]
            out.append((line, call("log_total", *zero_last(pieces))))
        return out

    def _line(self, f: Any, total: Total, u: Term) -> Term:
        """β·log(1 + e^u) + γ·u + δ, with the γ that leaves least of u outside."""
        island = self.island
        by_degree = {d: c / f.denom for (d,), c in island.grouped(f.numer, [total.P]).items()}
        slope, rest = by_degree[1], by_degree.get(0, island.field(0))
        linear = island.linear(island.exponents[self.arguments.index(u)])
        shifts = [island.field(0), -slope]
        for g in island.of_atom.values():
            c = linear.diff(g)
            if c and is_number(c):
                shifts.append(rest.diff(g) / c)
        shifts = [shift for shift in shifts if (shift / slope).denom.is_ground]
        shift = min(shifts, key=lambda shift: len((rest - shift * linear).numer))
        form = call("softplus_plus", u, island.term(shift / slope, self.written))
        line = mul(island.term(slope, self.written), form)
        return add(line, island.term(rest - shift * linear, self.written))
