"""Program and source → `System`: the text compiled, and what every row of y and p is."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from sdrun.compile.axes import covers_all, flat_positions, shape
from sdrun.compile.layout import Layout
from sdrun.compile.noise import SAMPLE
from sdrun.compile.program import Program, inputs
from sdrun.compile.text import equation_text
from sdrun.functions import PURE, RANDOM
from sdrun.lanes.code import LaneCode
from sdrun.model import Array, Binary, Call, Expr, Joint, Model, Number, Read, Unary, Variable, walk
from sdrun.system import Consignment, Dimension, Kind, Memory, Slot, System


def build(model: Model, program: Program, layout: Layout, source: str, unsolved: tuple[str, ...]) -> System:
    """The system; `model` is the one that the file states, for its texts."""
    functions = _execute(source)
    kinds = _kinds(program)
    slots = {id: _slot(model, program, layout, id, kinds[id]) for id in (*layout.recorded, *program.stocks)}
    alone = _by_numpy_alone(program)

    def placed(ids: Mapping[str, slice] | tuple[str, ...], rows: Mapping[str, slice]) -> tuple[Slot, ...]:
        return tuple(_at(slots[id], rows[id].start) for id in ids)

    visible = tuple(id for id in program.parameters if not id.startswith("_"))

    return System(
        stocks=placed(program.stocks, layout.stock_rows),
        parameters=placed(visible, layout.parameter_rows),
        initials=placed(layout.initial_rows, layout.initial_rows),
        recorded=tuple(slots[id] for id in layout.recorded),
        dimensions=_dimensions(program, layout),
        defaults=_defaults(program, layout),
        non_negative=_non_negative(program, layout),
        source=source,
        constants=functions["constants"],
        initial=functions["initial"],
        rhs=functions["rhs"],
        outputs=functions["outputs"],
        breaks=functions["breaks"],
        memory=_memory(program, functions) if program.stepwise else None,
        lanes=partial(_lane_code, program, layout) if not alone else None,
        by_numpy_alone=alone,
        noise=layout.parameter_rows[SAMPLE].start if SAMPLE in layout.parameter_rows else None,
        unstated=tuple(_unstated(program, layout)),
        unsolved_breaks=unsolved,
        of_time=_of_time(program),
    )


def _execute(source: str) -> dict[str, Callable[..., Any]]:
    """The functions of the generated module: our own text, which holds nothing that the model could have written."""
    namespace: dict[str, Any] = {}
    exec(compile(source, "<generated model>", "exec"), namespace)
    return {
        name: namespace[name] for name in ("constants", "initial", "rhs", "outputs", "breaks", "remember") if name in namespace
    }


def _by_numpy_alone(program: Program) -> tuple[str, ...]:
    """Functions that the model uses and machine code cannot be made of."""
    groups = (*program.running.values(), *program.starting.values(), *program.remembering.values())
    nodes = (node for equations in groups for equation in equations for node in walk(equation.expression))
    spelled = {made: name for name, made in RANDOM.items()}
    delays = ("DELAY MATERIAL" if len(named) > 1 else "DELAY INFORMATION" for named in program.consignments.values())
    alone = (
        spelled.get(node.function, node.function)
        for node in nodes
        if isinstance(node, Joint) or (isinstance(node, Call) and node.function in PURE and not PURE[node.function].lanes)
    )
    return tuple(dict.fromkeys((*delays, *alone)))


def _memory(program: Program, functions: Mapping[str, Callable[..., Any]]) -> Memory:
    """What is kept from step to step, and where in `held` its lengths and first values lie."""
    held, sizes = _rows(program, program.held), _rows(program, program.stepwise)
    steps = [row for id in program.pipelines.values() for row in range(held[id].start, held[id].stop)]
    piped = max((sizes[id].stop for id in program.remembered), default=0)
    return Memory(
        first=max((rows.stop for rows in held.values()), default=0),
        size=max(rows.stop for rows in sizes.values()),
        steps=np.array(steps, dtype=int),
        pipelines=slice(piped, piped + len(steps)),
        consignments=tuple(_consignments(program, held, sizes)),
        remember=functions["remember"],
    )


def _consignments(program: Program, held: Mapping[str, slice], kept: Mapping[str, slice]) -> Iterator[Consignment]:
    for id, named in program.consignments.items():
        match named:
            case (at_first, steps, missing):
                yield Consignment(rows=kept[id], steps=kept[steps], at_first=held[at_first], missing=kept[missing])
            case (steps,):
                yield Consignment(rows=kept[id], steps=kept[steps])


def _rows(program: Program, ids: tuple[str, ...]) -> dict[str, slice]:
    """Rows of variables that lie one after the other."""
    sizes = [int(np.prod(shape(program.model, program.model.variables[id]), dtype=int)) for id in ids]
    stops = np.cumsum(sizes, dtype=int)
    return {id: slice(int(stop) - size, int(stop)) for id, size, stop in zip(ids, sizes, stops, strict=True)}


def _at(slot: Slot, start: int) -> Slot:
    return replace(slot, start=start)


def _lane_code(program: Program, layout: Layout, width: int, recorded: Sequence[str], fixed_step: bool) -> LaneCode:
    """`lane_code`, imported once it is asked for."""
    from sdrun.compile.lanes import lane_code

    return lane_code(program, layout, width, recorded, fixed_step)


def _slot(model: Model, program: Program, layout: Layout, id: str, kind: Kind) -> Slot:
    variable = program.model.variables[id]
    stated = model.variables.get(id)
    visible = inputs(stated.equations) & program.model.variables.keys() if stated else frozenset()
    return Slot(
        id=id,
        name=layout.identifiers[id],
        label=variable.label,
        dims=variable.dims,
        shape=shape(program.model, variable),
        kind=kind,
        units=variable.units,
        description=variable.description,
        equation=equation_text(model, stated) if stated else "",
        limits=variable.limits,
        line=variable.line,
        inputs=tuple(sorted(visible)),
    )


def _kinds(program: Program) -> dict[str, Kind]:
    flows = {id for stock in program.stocks for equation in program.running[stock] for id in _terms(equation.expression)}
    kinds = dict.fromkeys(program.model.variables, Kind.AUXILIARY)
    kinds |= dict.fromkeys(flows & {*program.dynamic}, Kind.FLOW)
    kinds |= dict.fromkeys(program.stocks, Kind.STOCK)
    return kinds | dict.fromkeys(program.parameters, Kind.CONSTANT)


def _of_time(program: Program) -> frozenset[str]:
    """What changes and yet rests on no stock, nor on an INITIAL value of one."""
    moved = {*program.stocks, *program.held}
    for id in (*program.static, *program.dynamic):
        if inputs(program.running[id]) & moved:
            moved.add(id)
    return frozenset(program.dynamic) - moved


def _terms(expr: Expr) -> set[str]:
    """Variables that are added to or taken from a stock as they are."""
    match expr:
        case Read(id, _):
            return {id}
        case Unary("-", operand):
            return _terms(operand)
        case Binary("+" | "-", left, right):
            return _terms(left) | _terms(right)
    return set()


def _dimensions(program: Program, layout: Layout) -> dict[str, Dimension]:
    ranges = program.model.ranges
    used = dict.fromkeys(dim for variable in program.model.variables.values() for dim in variable.dims if dim[:1] != "_")
    return {
        id: Dimension(id=id, name=layout.dimensions[id], elements=ranges[id].elements, labels=ranges[id].labels) for id in used
    }


def _defaults(program: Program, layout: Layout) -> np.ndarray:
    """p as the model states it; given initial values are NaN."""
    total = max((rows.stop for rows in (*layout.parameter_rows.values(), *layout.initial_rows.values())), default=0)
    defaults = np.full((total, 1), np.nan)
    for id, rows in layout.parameter_rows.items():
        defaults[rows, 0] = _default(program.model, program.model.variables[id])
    return defaults


def _unstated(program: Program, layout: Layout) -> Iterator[int]:
    model = program.model
    for id, rows in layout.parameter_rows.items():
        variable = model.variables[id]
        if not covers_all(model, variable):
            stated = {int(place) for equation in variable.equations for place in flat_positions(model, variable, equation)}
            yield from (row for number, row in enumerate(range(rows.start, rows.stop)) if number not in stated)


def _default(model: Model, variable: Variable) -> np.ndarray:
    values = np.full(int(np.prod(shape(model, variable), dtype=int)), np.nan)
    for equation in variable.equations:
        positions = flat_positions(model, variable, equation)
        meant = positions >= 0
        match equation.expression:
            case Number(number):
                values[positions[meant]] = number
            case Array(numbers):
                values[positions[meant]] = np.array(numbers)[meant]
    return values


def _non_negative(program: Program, layout: Layout) -> tuple[slice, ...]:
    return tuple(
        layout.stock_rows[id]
        for id in program.stocks
        if any(
            isinstance(equation.expression, Call) and equation.expression.function == "integ_non_negative"
            for equation in program.model.variables[id].equations
        )
    )
