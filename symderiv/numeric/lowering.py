"""The statements for one block of rows as single NumPy operations on values of known shape.

Every value is computed once and has the shape of its operands: "rows" stands for the rows of
the block. What depends on labels and other vectors of the data alone is taken out of the loop.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

__all__ = ["LARGEST", "ROWS", "Addend", "Lowered", "Lowering", "NotLowered", "Operation", "Renamed"]

Shape = tuple[str, ...]
ROWS = "rows"
LARGEST = 88  # e^88 to the power of 8 is finite, so eight factors 1 + e^u do not overflow

_UNARY = {
    "np.exp": "np.exp",
    "np.log": "np.log",
    "np.log1p": "np.log1p",
    "np.expm1": "np.expm1",
    "np.abs": "np.abs",
    "np.sqrt": "np.sqrt",
    "np.tanh": "np.tanh",
    "np.sign": "np.sign",
}
_BINARY = {
    ast.Add: "np.add",
    ast.Sub: "np.subtract",
    ast.Mult: "np.multiply",
    ast.Div: "np.divide",
    ast.Pow: "np.power",
}
_COMPARED = {ast.Gt: ">", ast.GtE: ">=", ast.Lt: "<", ast.LtE: "<=", ast.Eq: "=="}
_PAIRS = ("np.maximum", "np.minimum", "np.hypot")


class NotLowered(Exception):
    """A statement that this room does not know; the function is then used as it is."""


@dataclass(frozen=True)
class Operation:
    """One operation: ``function`` of ``operands``, which are numbers, names or other operations.

    ``view`` is a template for what needs no memory of its own; ``fresh`` for what is left to
    NumPy to allocate. A ``guard`` is an operation whose operand must not be large. The
    statements call it ``wish``, if anything.
    """

    name: str
    function: str
    operands: tuple[str, ...]
    shape: Shape
    view: str = ""
    fresh: str = ""
    guard: bool = False
    wish: str = ""


@dataclass(frozen=True)
class Addend:
    """What a block adds to a total: a value, or ``function`` of values, which is a number.

    The functions are ``np.dot`` of two vectors, ``np.sum``, and ``log1p_sum``, which is
    Σ log(1 + eᵢ) of the first operand; the second is 1 + e.
    """

    total: str
    operands: tuple[str, ...]
    function: str = ""


@dataclass
class Lowered:
    """The operations of a block in order, what is added to each total, and what is fixed."""

    operations: list[Operation] = field(default_factory=list)
    sums: list[Addend] = field(default_factory=list)
    fixed: dict[str, str] = field(default_factory=dict)

    def operation(self, name: str) -> Operation | None:
        """The operation that makes a value."""
        return next((o for o in self.operations if o.name == name), None)


class Lowering:
    """Statements of blocks, taken one after another; equal values are one.

    Parameters
    ----------
    shapes
        The shapes of the names that come from outside.
    vectors
        The names of blocks of data with one number for each row, and those of the whole.
    whole
        How the name of the whole begins, for what is made of data alone.
    """

    def __init__(
        self, shapes: Mapping[str, Shape], vectors: Mapping[str, str], whole: str = "all_"
    ) -> None:
        self.shapes, self.vectors, self.whole = dict(shapes), dict(vectors), whole
        self.names: dict[str, str] = {}  # of the statements, and the values that they are
        self.lowered = Lowered()
        self._known: dict[tuple[str, ...], str] = {}

    def block(self, body: Sequence[str], totals: Sequence[tuple[str, str]]) -> list[Addend]:
        """Lower the statements of a block, and return what it adds to the totals.

        Parameters
        ----------
        body, totals
            Statements ``name = value``, and the value of one block for each total.

        Raises
        ------
        NotLowered
            Where something has no known shape.
        """
        self.names, before = {}, len(self.lowered.sums)
        for line in body:
            statement = ast.parse(line).body[0]
            if not isinstance(statement, ast.Assign):
                raise NotLowered
            (target,) = statement.targets
            if not isinstance(target, ast.Name):
                raise NotLowered
            self.names[target.id] = self.value(statement.value, target.id)
        for total, text in totals:
            self.add(total, ast.parse(text, mode="eval").body)
        return self.lowered.sums[before:]

    def value(self, node: ast.expr, wish: str = "") -> str:
        """The name of the value of an expression."""
        fixed = self._fixed(node)
        if fixed:
            text = ast.unparse(fixed)
            name = next((n for n, t in self.lowered.fixed.items() if t == text), None)
            if name is None:
                name = self._new(wish) or f"fixed{len(self.lowered.fixed) + 1}"
                self.lowered.fixed[name] = text
                self.vectors[name] = self.whole + name
                self.shapes[name] = (ROWS,)
            return name
        match node:
            case ast.Name(id=name):
                return self.names.get(name, name)
            case ast.Constant(value=number):
                return repr(number)
            case ast.Attribute() if ast.unparse(node) == "np.nan":
                return "np.nan"
            case ast.BinOp(op=ast.BitOr(), left=left, right=right):
                return self._fresh("{0} | {1}", [self.value(left), self.value(right)], wish)
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=number)):
                return repr(-number)  # type: ignore[operator]
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self._made("np.negative", [self.value(operand)], wish)
            case ast.BinOp(op=ast.MatMult(), left=left, right=right):
                return self._product(self.value(left), self.value(right), wish)
            case ast.BinOp(op=ast.Pow(), left=left, right=ast.Constant(value=2)):
                return self._made("np.square", [self.value(left)], wish)
            case ast.BinOp(
                op=ast.Div(), left=ast.Constant(value=int(p)), right=ast.Constant(value=int(q))
            ):
                return repr(p / q)
            case ast.BinOp(op=op, left=left, right=right) if type(op) in _BINARY:
                return self._made(_BINARY[type(op)], [self.value(left), self.value(right)], wish)
            case ast.Attribute(attr="T", value=inner):
                of = self.value(inner)
                return self._view("{0}.T", of, self.shape(of)[::-1])
            case ast.Subscript(value=ast.Call(func=function, args=args)) if (
                ast.unparse(function) == "np.take_along_axis" and len(args) == 2
            ):
                of, place = map(self.value, args)
                text = "np.take_along_axis({0}, {1}, axis=1)[:, 0]"
                return self._enter(
                    (text, of), "", (of, place), self.shape(of)[:1], wish, fresh=text
                )
            case ast.Subscript(value=inner) if ast.unparse(node.slice) == "(slice(None), None)":
                raise NotLowered
            case ast.Subscript(
                value=inner, slice=ast.Tuple(elts=[ast.Slice(), ast.Constant(None)])
            ):
                of = self.value(inner)
                return self._view("{0}[:, None]", of, (*self.shape(of), "1"))
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARED:
                a, b = self.value(left), self.value(right)
                return self._fresh(f"{{0}} {_COMPARED[type(op)]} {{1}}", [a, b], wish)
            case ast.Call(func=function, args=args, keywords=keywords):
                return self._call(ast.unparse(function), args, keywords, wish)
        raise NotLowered

    def _call(self, name: str, args: list[ast.expr], keywords: list[ast.keyword], wish: str) -> str:
        if name == "bounded_exp":
            return self._made("np.exp", [self.value(args[0])], wish, guard=True)
        if name in _UNARY and not keywords:
            return self._made(_UNARY[name], [self.value(args[0])], wish)
        if name in _PAIRS:
            return self._made(name, [self.value(a) for a in args], wish)
        if name == "np.isnan":
            return self._fresh("np.isnan({0})", [self.value(args[0])], wish)
        if name == "np.where":
            parts = [self.value(a) for a in args]
            return self._fresh("np.where({0}, {1}, {2})", parts, wish)
        if name == "np.arange" and isinstance(args[0], ast.Name) and not args[1:]:
            size = args[0].id
            return self._enter((name, size), "", (), (size,), wish, fresh=f"np.arange({size})")
        if name == "np.argmax" and [ast.unparse(k) for k in keywords] == ["axis=1"]:
            of = self.value(args[0])
            if len(self.shape(of)) != 2:
                raise NotLowered
            text = "np.argmax({0}, axis=1)"
            return self._enter((text, of), "", (of,), self.shape(of)[:1], wish, fresh=text)
        if name == "np.einsum" and ast.unparse(args[0]) in ("'ij->i'", "'ij,ij->i'"):
            values = [self.value(a) for a in args[1:]]
            if any(len(self.shape(v)) != 2 for v in values):
                raise NotLowered
            key, operands = ast.unparse(args[0]).replace("'", '"'), tuple(values)
            shape = self.shape(values[0])[:1]
            return self._enter((key, *operands), "np.einsum", (key, *operands), shape, wish)
        if name in ("np.sum", "np.max") and len(keywords) == 1:
            of = self.value(args[0])
            if ast.unparse(keywords[0]) != "axis=1" or len(self.shape(of)) != 2:
                raise NotLowered
            reduce = "np.add.reduce" if name == "np.sum" else "np.maximum.reduce"
            return self._enter((reduce, of), f"{reduce}:axis=1", (of,), self.shape(of)[:1], wish)
        raise NotLowered

    def add(self, total: str, node: ast.expr) -> None:
        """Add a value of the block to a total; a sum of vectors in the way that fits it."""
        if isinstance(node, ast.UnaryOp):
            raise NotLowered
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "np.sum" and not node.keywords:
            self._sum(total, node.args[0])
            return
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
            left, right = self.value(node.left), self.value(node.right)
            if len(self.shape(left)) == len(self.shape(right)) == 1:
                self._add(total, "np.dot", left, right)
                return
        self._add(total, "", self.value(node))

    def _add(self, total: str, function: str, *operands: str) -> None:
        self.lowered.sums.append(Addend(total, operands, function))

    def _sum(self, total: str, node: ast.expr) -> None:
        match node:
            case ast.BinOp(op=ast.Add(), left=left, right=right) if (
                self._shape_of(left) == self._shape_of(right) == (ROWS,)
            ):
                self._sum(total, left)
                self._sum(total, right)
                return
            case ast.BinOp(op=ast.Mult(), left=left, right=right):
                a, b = self.value(left), self.value(right)
                if self.shape(a) == self.shape(b) == (ROWS,):
                    self._add(total, "np.dot", a, b)
                    return
            case ast.Call(func=function, args=[inner]) if ast.unparse(function) == "np.log1p":
                e = self.value(inner)
                if self.shape(e) == (ROWS,):
                    d = self._made("np.add", ["1", e], "")
                    self._add(total, "log1p_sum", e, d)
                    return
        of = self.value(node)
        if not self.shape(of):
            raise NotLowered
        self._add(total, "np.sum", of)

    def _shape_of(self, node: ast.expr) -> Shape:
        """The shape that an expression would have; nothing is entered."""
        trial = copy.deepcopy(self)
        return trial.shape(trial.value(node))

    # -- values -------------------------------------------------------------------------

    def shape(self, name: str) -> Shape:
        """The shape of a value; numbers have none."""
        if name in self.shapes:
            return self.shapes[name]
        try:
            float(name.removeprefix("np."))
        except ValueError:
            raise NotLowered from None
        return ()

    def _made(self, function: str, operands: list[str], wish: str, *, guard: bool = False) -> str:
        if not any(map(self.shape, operands)):  # of numbers
            holes = ", ".join(f"{{{k}}}" for k in range(len(operands)))
            text = f"{function}({holes})"
            return self._enter((text, *operands), "", tuple(operands), (), wish, fresh=text)
        out = self._broadcast(operands)
        commutes = function in ("np.add", "np.multiply")
        key = (function, *(sorted(operands) if commutes else operands))
        return self._enter(key, function, tuple(operands), out, wish, guard=guard)

    def _broadcast(self, operands: Sequence[str]) -> Shape:
        """The shape of an elementwise operation, by NumPy's rules."""
        shapes = [s for s in map(self.shape, operands) if s]
        count = max(map(len, shapes), default=0)
        if not count:
            raise NotLowered
        out = []
        for column in zip(*(("1",) * (count - len(s)) + s for s in shapes), strict=True):
            sizes = set(column) - {"1"}
            if len(sizes) > 1:
                raise NotLowered
            out.append(sizes.pop() if sizes else "1")
        return tuple(out)

    def _product(self, a: str, b: str, wish: str) -> str:
        left, right = self.shape(a), self.shape(b)
        if not left or not right or left[-1] != right[0]:
            raise NotLowered
        if len(left) == 2 and left[1] == ROWS and len(right) == 1:
            operation = self.lowered.operation(a)
            if operation is not None and operation.view.endswith(".T"):
                return self._product(b, operation.operands[0], wish)  # rᵀX in place of Xᵀr
        shape = (*left[:-1], *right[1:])
        if not shape:
            raise NotLowered
        thin = left == (ROWS, right[0]) and len(right) == 1
        return self._enter(("@", a, b), "forward" if thin else "np.dot", (a, b), shape, wish)

    def _view(self, text: str, of: str, shape: Shape) -> str:
        return self._enter((text, of), "", (of,), shape, "", view=text)

    def _fresh(self, text: str, operands: list[str], wish: str) -> str:
        key = (text, *operands)
        return self._enter(key, "", tuple(operands), self._broadcast(operands), wish, fresh=text)

    def _new(self, wish: str) -> str:
        """The name that is wished for, where it is new."""
        return "" if wish in self.shapes else wish

    def _enter(
        self,
        key: tuple[str, ...],
        function: str,
        operands: tuple[str, ...],
        shape: Shape,
        wish: str,
        *,
        view: str = "",
        fresh: str = "",
        guard: bool = False,
    ) -> str:
        found = self._known.get(key)
        if found is None:
            name = view.format(*operands) or self._new(wish) or f"t{len(self._known) + 1}"
            found = self._known[key] = name
            self.shapes[found] = shape
            self.lowered.operations.append(
                Operation(found, function, operands, shape, view, fresh, guard, wish)
            )
        return found

    def _fixed(self, node: ast.expr) -> ast.expr | None:
        """The same expression of whole vectors, where it is made of data alone."""
        if isinstance(node, (ast.Name, ast.Constant)):
            return None
        # a statement may have the name of another value, of other statements
        node = Renamed(self.names).visit(copy.deepcopy(node))
        names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} - {"np"}
        if not names or not names <= self.vectors.keys():
            return None
        text = ast.unparse(node)
        if "np.sum" in text or "@" in text or "[" in text:
            return None
        renamed: ast.expr = Renamed(self.vectors).visit(ast.parse(text, mode="eval").body)
        return renamed


class Renamed(ast.NodeTransformer):
    """An expression with other names."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        """The name, or another one."""
        return ast.Name(self.names.get(node.id, node.id), node.ctx)
