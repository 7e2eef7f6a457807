"""Memory for the operations of a block: each value gets a buffer, which is used again after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from symderiv.numeric.lowering import LARGEST, Addend, Lowered, Operation

__all__ = ["Allocated", "allocate"]

_NAMES = "add subtract multiply divide negative square maximum minimum abs sqrt"
_NAMES += " exp log log1p expm1 tanh"
_ELEMENTWISE = frozenset(f"np.{name}" for name in _NAMES.split())


@dataclass
class Allocated:
    """The statements of a block, and the shapes of the buffers that they write to.

    Attributes
    ----------
    shapes
        The shape of each buffer, by its name.
    common
        The statements before the check that no argument of e^u is large.
    check
        That check; empty where there is none.
    rest
        The statements after it.
    products
        The total of log(1 + e) that stands in each product of 1 + e, by the name of its memory.
    """

    shapes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    common: list[str] = field(default_factory=list)
    check: str = ""
    rest: list[str] = field(default_factory=list)
    products: dict[str, str] = field(default_factory=dict)


def allocate(lowered: Lowered, prefix: str) -> Allocated:
    """Statements with buffers for the operations of a block.

    Parameters
    ----------
    lowered
        The operations.
    prefix
        How the names of buffers begin.
    """
    steps = _ordered(lowered)
    last = _last_uses(lowered, steps)
    out, free, held = Allocated(), dict[tuple[str, ...], list[str]](), dict[str, str]()
    guards = [o.operands[0] for o in lowered.operations if o.guard]

    def take(shape: tuple[str, ...]) -> str:
        waiting = free.setdefault(shape, [])
        if waiting:
            return waiting.pop()
        name = f"{prefix}{len(out.shapes) + 1}"
        out.shapes[name] = shape
        return name

    def release(number: int) -> None:
        for value in [v for v in held if last.get(v, -1) <= number]:
            name = held.pop(value)
            free[out.shapes[name]].append(name)

    lines = out.common
    for number, step in enumerate(steps):
        if not isinstance(step, Operation):
            if step.function == "log1p_sum":
                lines += _multiplied(out.products, step)
                release(number)
                continue
            operands = ", ".join(step.operands)
            text = f"{step.function}({operands})" if step.function else operands
            text = f"{operands}.sum()" if step.function == "np.sum" else text
            lines.append(f"{step.total} += {text}")
            release(number)
            continue
        if step.guard and guards and lines is out.common:
            largest = [f"{g}.max() <= {LARGEST}" for g in dict.fromkeys(guards)]
            out.check, lines = " and ".join(largest), out.rest
        if step.view:
            continue
        if step.fresh:
            lines.append(f"{step.name} = {step.fresh.format(*step.operands)}")
            release(number)
            continue
        if step.function in _ELEMENTWISE:  # may write over what it reads for the last time
            release(number)
        buffer = take(step.shape)
        function, _, keyword = step.function.partition(":")
        operands = ", ".join([*step.operands, *([keyword] if keyword else [])])
        lines.append(f"{step.name} = {function}({operands}, out={buffer})")
        held[step.name] = buffer
        release(number)
    return out


def _multiplied(products: dict[str, str], step: Addend) -> list[str]:
    """Statements that put 1 + e, which is d, into a product of which 1 is taken away.

    Σ log(1 + e) over some blocks is the logarithm of their product, and 1 + p = (1 + p')·d for
    p = p'·d + e, which is small where all e are small, and loses no digits.
    """
    e, d = step.operands
    product = f"product{len(products) + 1}"
    products[product] = step.total
    return [
        f"for i in range(0, len({e}), width):",
        f"    part = {product}[: len({e}) - i]",
        f"    part *= {d}[i : i + width]",
        f"    part += {e}[i : i + width]",
    ]


Step = Operation | Addend


def _ordered(lowered: Lowered) -> list[Step]:
    """What guards need first; then the rest, each sum as soon as its values are there."""
    by_name = {o.name: o for o in lowered.operations}
    first, stack = set[str](), [o.operands[0] for o in lowered.operations if o.guard]
    while stack:
        name = stack.pop()
        if name in by_name and name not in first:
            first.add(name)
            stack.extend(by_name[name].operands)
    operations = [o for o in lowered.operations if o.name in first]
    operations += [o for o in lowered.operations if o.name not in first]
    guarded = next((k for k, o in enumerate(operations) if o.guard), 0)
    steps: list[Step] = []
    waiting, made = list(lowered.sums), set[str]()
    for number, operation in enumerate(operations):
        steps.append(operation)
        made.add(operation.name)
        if number < guarded:  # what a block adds beside the check would be added in both branches
            continue
        for addend in list(waiting):
            if by_name.keys() & set(addend.operands) <= made:
                waiting.remove(addend)
                steps.append(addend)
    return [*steps, *waiting]


def _last_uses(lowered: Lowered, steps: Sequence[Step]) -> dict[str, int]:
    """The number of the step that reads a value last; a view reads what it is a view of."""
    views = {o.name: o.operands[0] for o in lowered.operations if o.view}
    last: dict[str, int] = {}
    for number, step in enumerate(steps):
        used = set(step.operands)
        if isinstance(step, Operation):
            last.setdefault(step.name, number)
        for name in used:
            while name in views:
                last[name] = number
                name = views[name]
            last[name] = number
    return last
