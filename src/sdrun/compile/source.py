"""`Program` → the text of a Python module: the model as people may read it, and as it runs.

The module imports what it needs, so that the file saved with the results can be run by itself.  Names that begin with `_` are
ours, all others are the model's.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import accumulate

import numpy as np

from sdrun.compile.axes import covers_all, flat_positions, free_axes, shape
from sdrun.compile.emit import Emitter, called, is_run
from sdrun.compile.layout import Layout
from sdrun.compile.lines import Break
from sdrun.compile.problems import problem
from sdrun.compile.program import Equations, Program, inputs, needed
from sdrun.errors import ModelError, printable
from sdrun.functions import JOINT, PURE, REDUCTIONS, TIMED
from sdrun.model import At, Axis, Equation, Expr, Index, Read, Table, Variable

DEEPEST = 180
"""Brackets in brackets; Python reads 200."""

HEADER = '''"""The model {title}, compiled by sdrun {version}.

Every array ends with the sample axis; the axes before it are those of the variable.  `_p` holds the parameters and given
initial values, `_y` the stocks, `_c` what does not change during a step.  Changing this file changes nothing: it is a result.
"""

from numpy import array as _array, empty as _empty, full as _full, inf as _inf, logical_not as _not, nan as _nan

from sdrun.functions import JOINT as _JOINT, PURE as _PURE, REDUCTIONS as _REDUCTIONS, TIMED as _TIMED
from sdrun.functions.arrays import assemble as _assemble, interpolate as _interpolate, number as _number, rows as _rows
from sdrun.functions.arrays import spread as _spread, stack as _stack
from sdrun.functions.timed import knots as _knots, multiples as _multiples
'''


class Writer:
    """Writes one module; lives as long as one compilation."""

    def __init__(self, program: Program, layout: Layout, breaks: tuple[Break, ...]) -> None:
        self.program, self.layout, self.breaks = program, layout, breaks
        self.model = program.model
        self.emitter = Emitter(program.model, layout.identifiers)
        self.constants = (*program.parameters, *program.held, *program.static)
        self.functions: set[str] = set()

    def module(self, version: str) -> str:
        """The whole text."""
        bodies = [self._initial(), self._constants(), self._rhs(), self._outputs(), self._breaks()]
        bodies += [self._remember()] if self.program.stepwise else []
        lookups = [self.emitter.lookup_points(id) for id in self.program.lookups]
        literals = [f"{name} = {text}" for text, name in self.emitter.literals.items()]
        text = "\n\n\n".join(bodies)
        header = HEADER.format(title=printable(self.model.path.name).replace("\\", "/").replace('"', "'"), version=version)
        return "\n".join([header, *self._engine_names(text), "", *lookups, *literals, "", "", text, ""])

    def _engine_names(self, text: str) -> Iterator[str]:
        for table, name in ((PURE, "_PURE"), (REDUCTIONS, "_REDUCTIONS"), (TIMED, "_TIMED"), (JOINT, "_JOINT")):
            for function in table:
                if f"{called(function)}(" in text:
                    yield f"{called(function)} = {name}[{function!r}]{'' if table is REDUCTIONS else '.function'}"
        for function in TIMED:
            if f"{called(function)}_breaks(" in text:
                yield f"{called(function)}_breaks = _TIMED[{function!r}].breaks"

    # ── the functions ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _initial(self) -> str:
        program, layout = self.program, self.layout
        used = self._inputs_of(program.starting, program.start)
        lines = [self._parameter(id) for id in program.parameters if id in used]
        for id in program.start:
            lines += self._definition(id, program.starting[id])
            if id in layout.initial_rows:
                name, rows = self.name(id), layout.initial_rows[id]
                given = f"_p[{rows.start}:{rows.stop}].reshape({self._shape(id)}-1)"
                lines.append(f"{name} = _given({given}, {name})  # unless the scenario gives it")
        lines += self._stacked("_y", program.stocks) + self._stacked("_held", (*program.held, *program.stepwise))
        return _function("initial(_t, _mode, _dt, _p)", "Stocks and held values at the start.", [*lines, "return _y, _held"])

    def _stacked(self, name: str, ids: tuple[str, ...], prefix: str = "", samples: str = "_p") -> list[str]:
        parts = "".join(f"({prefix}{self.name(id)}, {self._sizes(id)}), " for id in ids)
        return [f"{name} = _stack({samples}.shape[-1], [{parts.rstrip(', ')}])"]

    def _constants(self) -> str:
        lines = [self._parameter(id) for id in self.program.parameters]
        rows = self._rows_in("_held", self.program.held)
        lines += rows.values()
        for id in self.program.static:
            lines += self._definition(id, self.program.running[id])
        names = "".join(f"{self.name(id)}, " for id in self.constants)
        names += f"_held[{self._length(self.program.held)}:], " if self.program.stepwise else ""
        return _function("constants(_p, _held)", "What does not change during a step.", [*lines, f"return ({names})"])

    def _rows_in(self, vector: str, ids: tuple[str, ...]) -> dict[str, str]:
        """The lines that take variables from a vector, in which they lie one after the other."""
        firsts = accumulate((self._length((id,)) for id in ids), initial=0)
        return {
            id: f"{self.name(id)} = {vector}[{first}:{first + self._length((id,))}].reshape({self._shape(id)}-1)"
            for id, first in zip(ids, firsts, strict=False)
        }

    def _length(self, ids: tuple[str, ...]) -> int:
        return sum(int(np.prod(self._sizes(id), dtype=int)) for id in ids)

    def _rhs(self) -> str:
        program = self.program
        order = needed((*program.dynamic, *program.stocks), program.running, {*program.stocks})
        lines = [*self._setting(program.running, order, until="_t if _dt else _mode")]
        lines += self._stocks_of_y(program.running, order)
        for id in order:
            if id not in self.layout.stock_rows:
                lines += self._definition(id, program.running[id])
        lines.append("_dy = _empty(_y.shape)")
        for id in program.stocks:
            lines += self._derivative(id)
        return _function("rhs(_t, _mode, _dt, _y, _c)", "dy/dt.", [*lines, "return _dy"])

    def _outputs(self) -> str:
        program = self.program
        lines = self._setting(program.running, program.dynamic, until="_t", also=self.layout.recorded)
        lines += self._stocks_of_y(program.running, program.dynamic, also=self.layout.recorded)
        for id in program.dynamic:
            lines += self._definition(id, program.running[id])
        results = [f"    {self.name(id)!r}: {self.name(id)}," for id in self.layout.recorded]
        lines += ["return {", *results, "}"]
        return _function("outputs(_t, _mode, _dt, _y, _c)", "Every variable of the model.", lines)

    def _remember(self) -> str:
        """What is new in the next TIME STEP, inputs of pipelines last."""
        program = self.program
        order = needed(program.dynamic, program.running, self._inputs_of(program.remembering, program.stepwise))
        every = {**program.running, **program.remembering}
        lines = self._setting(every, (*order, *program.stepwise), until="_t if _dt else _mode")
        lines += self._stocks_of_y(every, (*order, *program.stepwise))
        for id in order:
            lines += self._definition(id, program.running[id])
        for id in program.stepwise:
            lines += self._definition(id, program.remembering[id], f"_new_{self.name(id)}")
        lines += self._stacked("_new", program.stepwise, "_new_", "_y")
        return _function("remember(_t, _mode, _dt, _y, _c)", "What is kept for the next step.", [*lines, "return _new"])

    def _breaks(self) -> str:
        used = {name for break_ in self.breaks for arg in break_.args for name in inputs((Equation(expression=arg),))}
        calls = [f"    *{self._break(break_)}," for break_ in self.breaks]
        lines = [*self._unpacked(used), "return (", *calls, ")"]
        return _function("breaks(_c, _first, _last)", "Times at which something switches.", lines)

    def _break(self, break_: Break) -> str:
        first = 1 if break_.kind == "knots" else 0
        tables, args = break_.args[:first], break_.args[first:]
        axes = tuple(sorted({axis for arg in args for axis in free_axes(arg)}, key=lambda axis: axis.depth))
        texts = [*map(self._knots, tables), *(self.emitter.value(arg, axes) for arg in args)]
        match break_.kind:
            case "at":
                return f"[{texts[0]}]"
            case "multiples":
                return f"[_multiples({', '.join(texts)}, _first, _last)]"
            case "knots":
                return f"[_knots({', '.join(texts)})]"
        return f"{called(break_.kind)}_breaks(_first, _last, {', '.join(texts)})"

    def _knots(self, table: Expr) -> str:
        if isinstance(table, Table):
            return f"_array({list(table.x)})"
        assert isinstance(table, Read)
        return f"{self.name(table.id)}_X"

    # ── lines ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

    def name(self, id: str) -> str:
        """The identifier of a variable."""
        return self.layout.identifiers[id]

    def _sizes(self, id: str) -> tuple[int, ...]:
        return shape(self.model, self.model.variables[id])

    def _shape(self, id: str) -> str:
        return "".join(f"{size}, " for size in self._sizes(id))

    def _parameter(self, id: str) -> str:
        rows = self.layout.parameter_rows[id]
        return f"{self.name(id)} = {self._rows_of('_p', rows, id)}{self._comment(id)}"

    def _rows_of(self, vector: str, rows: slice, id: str) -> str:
        sizes = self._sizes(id)
        if not sizes:
            return f"{vector}[{rows.start}]"
        reshaped = f".reshape({self._shape(id)}-1)" if len(sizes) > 1 else ""
        return f"{vector}[{rows.start}:{rows.stop}]{reshaped}"

    def _inputs_of(self, equations: Equations, order: Iterable[str]) -> set[str]:
        return set().union(*(inputs(equations[id]) for id in order))

    def _setting(self, equations: Equations, order: tuple[str, ...], until: str, also: Iterable[str] = ()) -> list[str]:
        """The clocks, and the constants that the equations name; `until` is for what holds up to its switch."""
        used = self._inputs_of(equations, order)
        clocks = {"_mode": "_now = _t if _dt else _mode", "_until": f"_until = {until}"}
        kept = [line for id, line in self._rows_in("_c[-1]", self.program.stepwise).items() if id in used]
        return [*(line for clock, line in clocks.items() if clock in used), *self._unpacked({*used, *also}), *kept]

    def _unpacked(self, used: set[str]) -> list[str]:
        return [f"{self.name(id)} = _c[{k}]" for k, id in enumerate(self.constants) if id in used]

    def _stocks_of_y(self, equations: Equations, order: tuple[str, ...], also: Iterable[str] = ()) -> list[str]:
        used = {*self._inputs_of(equations, order), *also}
        rows = self.layout.stock_rows
        return [
            f"{self.name(id)} = {self._rows_of('_y', rows[id], id)}{self._comment(id)}"
            for id in self.program.stocks
            if id in used
        ]

    def _definition(self, id: str, equations: tuple[Equation, ...], name: str = "") -> list[str]:
        variable = self.model.variables[id]
        name = name or self.name(id)
        if covers_all(self.model, variable):
            return [f"{name} = {self._whole(variable, equations[0])}{self._comment(id)}"]
        if all(equation.mask is None and _is_sliced(equation.target) for equation in equations):
            sizes = ", ".join(map(str, (*self._sizes(id), "_samples")))
            blank = [f"{name} = _full(({sizes}), _nan){self._comment(id)}"]
            return blank + [f"{name}[{_slices(eq.target)}] = {self._expression(variable, eq)}" for eq in equations]
        parts = [
            f"    ({self._places(variable, equation)}, {_sizes(equation.axes)}, {self._expression(variable, equation)}),"
            for equation in equations
        ]
        return [f"{name} = _assemble({self._sizes(id)},{self._comment(id)}", *parts, ")"]

    def _whole(self, variable: Variable, equation: Equation) -> str:
        text = self._expression(variable, equation)
        varies = inputs((equation,)) - {*self.program.lookups}
        if free_axes(equation.expression, equation.axes) == equation.axes and (equation.axes or varies):
            return text
        return f"_spread({text}, {shape(self.model, variable)})"

    def _expression(self, variable: Variable, equation: Equation) -> str:
        text = self.emitter.value(equation.expression, equation.axes, left=equation.axes)
        if _nesting(text) > DEEPEST:
            what = f"'{variable.label}': an equation is nested too deeply"
            raise ModelError(problem(self.model, variable, what, "split it into several variables"))
        return text

    def _places(self, variable: Variable, equation: Equation) -> str:
        return self.emitter.literal(f"_array({flat_positions(self.model, variable, equation).tolist()})")

    def _derivative(self, id: str) -> list[str]:
        variable, rows, equations = self.model.variables[id], self.layout.stock_rows[id], self.program.running[id]
        sizes = self._sizes(id)
        place = f"_dy[{rows.start}:{rows.stop}]" if sizes else f"_dy[{rows.start}]"
        if not covers_all(self.model, variable):
            return [*self._definition(id, equations, "_net"), f"{place} = _rows(_net, {sizes})"]
        text = self._expression(variable, equations[0])
        if len(sizes) > 1 and free_axes(equations[0].expression, equations[0].axes) == equations[0].axes:
            text = f"({text}).reshape({rows.stop - rows.start}, -1)"
        elif len(sizes) > 1:
            text = f"_rows({text}, {sizes})"
        return [f"{place} = {text}  # {self.name(id)}"]

    def _comment(self, id: str) -> str:
        """What the variable is, for people to read: its name and unit, on one line."""
        variable = self.model.variables[id]
        units = f" [{variable.units}]" if variable.units else ""
        return f"  # {printable(variable.label + units)[:120]}" if not id.startswith("_") else ""


def _function(signature: str, gives: str, lines: Iterable[str]) -> str:
    text = "\n".join(f"    {line}" for line in lines)
    # A Python number would raise where an array divides by zero, and turn complex under a power.
    clock = "".join(f"    {t} = _array({t}, float, ndmin=1)\n" for t in ("_t", "_mode") if re.search(rf"\b{t}\b", text))
    samples = f"    _samples = {'_y' if '_y,' in signature else '_p'}.shape[-1]\n" if "_samples" in text else ""
    return f'def {signature}:\n    """{gives}"""\n{clock}{samples}{text}'


def _nesting(text: str) -> int:
    """How deep brackets stand in each other."""
    steps = [(char in "([") - (char in ")]") for char in text]
    return max(accumulate(steps, initial=0))


def _sizes(axes: tuple[Axis, ...]) -> tuple[int, ...]:
    return tuple(axis.size for axis in axes)


def _is_sliced(target: tuple[Index, ...]) -> bool:
    """Positions and slices only, so that plain indexing writes the equation where it belongs."""
    return all(isinstance(index, At) or index.positions is None or is_run(index.positions) for index in target)


def _slices(target: tuple[Index, ...]) -> str:
    return ", ".join(_slice(index) for index in target)


def _slice(index: Index) -> str:
    if isinstance(index, At):
        return str(index.position)
    return ":" if index.positions is None else f"{index.positions[0]}:{index.positions[-1] + 1}"
