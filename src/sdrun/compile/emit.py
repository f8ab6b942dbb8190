"""Expressions → NumPy text.

The text of an expression broadcasts against the axes in scope, outermost first, with the samples last: axes that it does not
vary along are inserted as `None`, or left to broadcasting where they come first.  It holds indices, float literals and names
that we made, never text from the model.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from sdrun.compile.axes import flat_positions, free_axes, shape
from sdrun.functions import PURE, TIMED
from sdrun.functions.arrays import common_points
from sdrun.model import (
    Along,
    Array,
    At,
    Axis,
    Between,
    Binary,
    Call,
    Expr,
    Index,
    Joint,
    Lookup,
    Model,
    Name,
    Number,
    Position,
    Read,
    Reduce,
    Table,
    Unary,
    row,
)

COMPARE = {"=": "==", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
LOGIC = {"and": "&", "or": "|"}
ARITHMETIC = {"+": "+", "-": "-", "*": "*", "/": "/", "^": "**"}
BINDS = {"+": 1, "-": 1, "*": 2, "/": 2, "unary": 3, "^": 4}
"""How tightly Python's operators bind."""
CLOCKS = {"time": "_t", "_mode": "_now", "_until": "_until"}


@dataclass(frozen=True, slots=True)
class Emitter:
    """What the text of expressions needs to know, and the array literals it has met."""

    model: Model
    identifiers: Mapping[str, str]
    """Of variables, by id."""
    literals: dict[str, str] = field(default_factory=dict)
    """Text of array literals -> name; grows while one model is emitted."""

    def value(self, expr: Expr, axes: tuple[Axis, ...], binds: int = 0, left: tuple[Axis, ...] = ()) -> str:
        """Text of `expr` as a number; `axes` are in scope, `left` are those of an array literal.

        Parentheses are added where the operator around it binds at least as tightly as `binds`.
        """
        match expr:
            case Number(number):
                return _literal(number, binds)
            case Name(id):
                return CLOCKS[id]
            case Array(values):
                literal = self._literal_array(np.array(values).reshape([axis.size for axis in left]))
                return literal + _insert(left, axes)
            case Unary("-", operand):
                return _wrap(f"-{self.value(operand, axes, BINDS['unary'], left)}", BINDS["unary"], binds)
            case Binary(op, a, b) if op in ARITHMETIC:
                return self._arithmetic(op, a, b, axes, binds, left)
            case Unary() | Binary():
                return f"_number({self.truth(expr, axes)})"
            case Call(function, args) if function in TIMED:
                return f"{called(function)}({', '.join([_clock(expr), '_dt', *(self.value(arg, axes) for arg in args[1:])])})"
            case Call(function, args) if function in PURE:
                return f"{called(function)}({', '.join(self._arguments(function, args, axes))})"
            case Lookup(table, argument, between):
                return self._lookup(table, argument, between or self.between(table), axes)
            case Read():
                return self._read(expr, axes)
            case Reduce(function, over, body):
                return self._reduction(function, over, body, axes)
            case Joint(function, _, args):
                sizes = tuple(axis.size for axis in axes)
                return f"{called(function)}({', '.join(f'_spread({self.value(arg, axes)}, {sizes})' for arg in args)})"
            case Position(axis, numbers):
                return self._literal_array(np.array(numbers)) + _insert((axis,), axes)
        raise AssertionError(f"{type(expr).__name__} cannot be emitted as a number")

    def truth(self, expr: Expr, axes: tuple[Axis, ...]) -> str:
        """Text of `expr` as a condition."""
        match expr:
            case Unary("not", operand):
                return f"_not({self.truth(operand, axes)})"
            case Binary(op, a, b) if op in COMPARE:
                return f"({self.value(a, axes)} {COMPARE[op]} {self.value(b, axes)})"
            case Binary(op, a, b) if op in LOGIC:
                return f"({self.truth(a, axes)} {LOGIC[op]} {self.truth(b, axes)})"
        return f"({self.value(expr, axes)} != 0.0)"

    def _arithmetic(self, op: str, a: Expr, b: Expr, axes: tuple[Axis, ...], binds: int, left: tuple[Axis, ...]) -> str:
        own = BINDS[op]
        # Equal operators group to the left, powers to the right: the other side asks for parentheses.
        before, after = (own + 1, own) if op == "^" else (own, own + 1)
        text = f"{self.value(a, axes, before, left)} {ARITHMETIC[op]} {self.value(b, axes, after, left)}"
        return _wrap(text, own, binds)

    def _reduction(self, function: str, over: tuple[Axis, ...], body: Expr, axes: tuple[Axis, ...]) -> str:
        text, every = self.value(body, (*axes, *over)), (*axes, *over)
        if not {*over} <= {*free_axes(body)}:  # along an axis where nothing changes, too, each element counts
            text = f"_spread({text}, {tuple(axis.size for axis in every)})"
        positions = ", ".join(str(-2 - k) for k in range(len(over)))
        return f"{called(function)}({text}, {positions if len(over) == 1 else f'({positions})'})"

    def _arguments(self, function: str, args: tuple[Expr, ...], axes: tuple[Axis, ...]) -> list[str]:
        if function == "if_then_else":
            return [self.truth(args[0], axes), *(self.value(arg, axes) for arg in args[1:])]
        return [self.value(arg, axes) for arg in args]

    def _lookup(self, table: Table | Name | Read, argument: Expr, between: Between, axes: tuple[Axis, ...]) -> str:
        extra = "" if between == Between.LINEAR else f', "{between}"'
        return f"_interpolate({self.table(table, axes)}, {self.value(argument, axes)}{extra})"

    def between(self, table: Table | Name | Read) -> Between:
        """How a table, or the lookup variable that is read, goes on between its points."""
        if isinstance(table, Table):
            return table.between
        first = self.model.variables[table.id].equations[0].expression
        assert isinstance(first, Table)
        return first.between

    def table(self, table: Table | Name | Read, axes: tuple[Axis, ...]) -> str:
        """Text of the points (xs, ys) of a table; of a subscripted one, ys aligned with the axes and its points last."""
        if isinstance(table, Table):
            xs, ys = np.array(table.x), np.array(table.y)
            return f"({self._literal_array(xs, points=True)}, {self._literal_array(ys, points=True)})"
        assert isinstance(table, Read)
        name = self.identifiers[table.id]
        if not table.indices:
            return f"({name}_X, {name}_Y)"
        return f"({name}_X, {self._indexed(f'{name}_Y', table.indices, axes)})"

    def _read(self, read: Read, axes: tuple[Axis, ...]) -> str:
        return self._indexed(self.identifiers[read.id], read.indices, axes)

    def _indexed(self, name: str, indices: tuple[Index, ...], axes: tuple[Axis, ...]) -> str:
        """`name` with its dimensions picked, put in the order of `axes`, and blown up by the axes it lacks."""
        along = [index for index in indices if isinstance(index, Along)]
        if len({index.axis for index in along}) < len(along):
            return self._diagonal(name, indices, axes)
        text = name
        if any(isinstance(index, At) for index in indices):
            text += f"[{', '.join(str(index.position) if isinstance(index, At) else ':' for index in indices)}]"
        for place, index in enumerate(along):
            text += _picked(index, place)
        found = [index.axis for index in along]
        ordered = sorted(found, key=lambda axis: axis.depth)
        if found != ordered:
            text += f".transpose({', '.join(str(found.index(axis)) for axis in ordered)}, {len(found)})"
        return text + _insert(tuple(ordered), axes)

    def _diagonal(self, name: str, indices: tuple[Index, ...], axes: tuple[Axis, ...]) -> str:
        """One axis in two dimensions, `x[state, state]`: index arrays that run along their axes."""
        ordered = sorted({index.axis for index in indices if isinstance(index, Along)}, key=lambda axis: axis.depth)
        picks = []
        for index in indices:
            if isinstance(index, At):
                picks.append(str(index.position))
                continue
            positions = index.positions or tuple(range(index.axis.size))
            after = len(ordered) - 1 - ordered.index(index.axis)
            picks.append(f"_array({list(positions)}).reshape(-1{', 1' * after})")
        return f"{name}[{', '.join(picks)}]{_insert(tuple(ordered), axes)}"

    def _literal_array(self, values: np.ndarray, points: bool = False) -> str:
        """Name of an array literal, with an axis for the samples unless it holds the points of a table."""
        text = f"_array({_numbers(values.ravel())})"
        if values.ndim > 1 or not points:
            text += f".reshape({', '.join(map(str, (*values.shape, *(() if points else (1,)))))})"
        return self.literal(text)

    def literal(self, text: str) -> str:
        """The name of an array written once, at the head of the module."""
        return self.literals.setdefault(text, f"_LITERAL_{len(self.literals) + 1}")

    def lookup_points(self, id: str) -> str:
        """The lines that define the points of a lookup variable."""
        variable = self.model.variables[id]
        name = self.identifiers[id]
        tables = [equation.expression for equation in variable.equations if isinstance(equation.expression, Table)]
        if not variable.dims:
            xs, ys = np.array(tables[0].x), np.array(tables[0].y)
        else:
            xs, ys = by_element(self.model, id)
        reshaped = f".reshape({', '.join(map(str, ys.shape))})" if ys.ndim > 1 else ""
        return f"{name}_X = _array({_numbers(xs)})\n{name}_Y = _array({_numbers(ys.ravel())}){reshaped}"


def _clock(call: Call) -> str:
    """What a function of TIMED is told: where its times are not known beforehand, `_mode` means nothing between two steps."""
    if TIMED[call.function].clock == "t":
        return "_t"
    return "(_mode if _dt else _t)" if call.args[0] == Name("_instant") else "_mode"


def by_element(model: Model, id: str) -> tuple[np.ndarray, np.ndarray]:
    """Points of a subscripted lookup, its equations spread over the elements they are meant for."""
    variable = model.variables[id]
    sizes = shape(model, variable)
    tables: list[Table | None] = [None] * int(np.prod(sizes))
    for equation in variable.equations:
        assert isinstance(equation.expression, Table)
        for number, position in enumerate(flat_positions(model, variable, equation)):
            if position >= 0:
                tables[position] = row(equation.expression, number)
    stated = [table for table in tables if table is not None]
    missing = Table((stated[0].x[0],), (math.nan,), stated[0].between)
    return common_points([table or missing for table in tables], sizes)


def _picked(index: Along, place: int) -> str:
    """The positions of one dimension that an axis runs through, as a slice where they follow one another."""
    if index.positions is None:
        return ""
    if is_run(index.positions):
        return f"[{':, ' * place}{index.positions[0]}:{index.positions[-1] + 1}]"
    return f".take({list(index.positions)}, {place})"


def is_run(positions: tuple[int, ...]) -> bool:
    """They follow one another."""
    return positions == tuple(range(positions[0], positions[-1] + 1))


def _insert(present: tuple[Axis, ...], axes: tuple[Axis, ...]) -> str:
    """`[:, None]` for the axes in scope that are not present; those before the first present one are left to broadcasting."""
    if not present:
        return ""
    after = [axis for axis in axes if axis.depth >= present[0].depth]
    marks = [":" if axis in present else "None" for axis in after]
    while marks and marks[-1] == ":":
        marks.pop()
    if "None" not in marks:
        return ""
    return f"[{', '.join(marks)}]"


def _literal(number: float, binds: int) -> str:
    if math.isnan(number):
        return "_nan"
    if math.isinf(number):
        return "_inf" if number > 0 else "(-_inf)"
    text = repr(float(number))
    return f"({text})" if text.startswith("-") and binds > 1 else text


def _numbers(values: np.ndarray) -> str:
    return f"[{', '.join(_literal(float(value), 0) for value in values)}]"


def called(function: str) -> str:
    """The name that a function has in the generated module."""
    return f"_{function.lstrip('_')}"


def _wrap(text: str, own: int, binds: int) -> str:
    return f"({text})" if own < binds else text
