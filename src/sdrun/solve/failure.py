"""Why a run cannot go on, in the words of the model."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from sdrun.errors import Problem, SolveError
from sdrun.system import Constants, Kind, Slot, System
from sdrun.types import State

ByVariable = Mapping[str, np.ndarray]
"""Values of one sample at one time, by `Slot.id`."""


def finite(system: System, t: float, mode: float, dt: float, y: State, constants: Constants) -> State:
    """dy/dt; raises SolveError naming the first variable that is not a finite number."""
    if not np.isfinite(y).all():
        raise overflow(system, t, y)
    dy = system.rhs(t, mode, dt, y, constants)
    if not np.isfinite(dy).all():
        raise _not_a_number(system, t, mode, dt, y, dy, constants)
    return dy


def check_start(system: System, y: State) -> None:
    """Raises SolveError where a stock has no finite value to start from."""
    if np.isfinite(y).all():
        return
    row, sample = _first(y)
    stock = _stock(system, row)
    name = _element(system, stock, row - stock.start)
    raise SolveError(Problem(what=f"{name} starts at {y[row, sample]:g}, which is no finite number{_line(stock)}"))


def overflow(system: System, t: float, y: State) -> SolveError:
    """A stock has left the range of numbers although its flows were finite."""
    row, _sample = _first(y)
    stock = _stock(system, row)
    return SolveError(
        Problem(
            what=f"{_element(system, stock, row - stock.start)} grew beyond all numbers at time {t:.10g}{_line(stock)}",
            help="look for a loop that feeds on itself without limit, or take a smaller step",
        )
    )


def gave_up(system: System, method: str, t: float, y: State, dy: State, why: str) -> SolveError:
    """A method cannot take its next step."""
    rates = np.abs(dy) / np.maximum(np.abs(y), np.finfo(float).tiny)
    row = int(np.argmax(rates[:, 0]))
    stock = _stock(system, row)
    fastest = f"{_element(system, stock, row - stock.start)} = {y[row, 0]:.6g}, changing by {dy[row, 0]:.6g} per unit of time"
    return SolveError(
        Problem(
            what=f"{method} cannot go on at time {t:.10g}: {why.rstrip('.')}; fastest there is {fastest}{_line(stock)}",
            help="a stock may grow without limit or switch without end there; else try another method, "
            "a larger rtol or a smaller max_step",
        )
    )


def _not_a_number(system: System, t: float, mode: float, dt: float, y: State, dy: State, constants: Constants) -> SolveError:
    row, sample = _first(dy)
    outputs = system.outputs(t, mode, dt, y, constants)
    values = {slot.id: _of_sample(outputs[slot.name], sample) for slot in system.recorded if slot.name in outputs}
    stock = _stock(system, row)
    culprit = _origin(system.recorded, values, stock)
    if culprit is None:
        where, subject, shown = row - stock.start, "the change of ", "not a finite number"
    else:
        where = int(np.flatnonzero(~np.isfinite(np.ravel(values[culprit.id])))[0])
        subject, shown = "", f"{np.ravel(values[culprit.id])[where]:g}"
    slot = culprit or stock
    own = [] if culprit else [f"{_element(system, stock, where)} = {y[row, sample]:.6g}".replace("'", "")]
    inputs = ", ".join([*own, *_inputs(system, slot, where, values), f"Time = {t:.10g}"])
    return SolveError(
        Problem(
            what=f"{subject}{_element(system, slot, where)} is {shown} at time {t:.10g}{_line(slot)}; its inputs: {inputs}",
            help=f"its equation is {slot.equation}" if slot.equation else None,
        )
    )


def _origin(recorded: Sequence[Slot], values: ByVariable, stock: Slot) -> Slot | None:
    """The first variable that is not finite while all its inputs are, among those that `stock` depends on."""
    slots = {slot.id: slot for slot in recorded}
    bad = {id for id, value in values.items() if not np.isfinite(value).all() and slots[id].kind != Kind.STOCK}
    reached, found = set[str](), set(stock.inputs) & bad
    while found:
        reached |= found
        found = {id for known in found for id in slots[known].inputs if id in bad} - reached
    origins = (slot for slot in recorded if slot.id in (reached or bad) and not set(slot.inputs) & bad - {slot.id})
    return next(origins, None)


def _inputs(system: System, slot: Slot, where: int, values: ByVariable) -> Iterable[str]:
    """Each input with its value at the same element; its extremes where it has dimensions that `slot` has not."""
    position = dict(zip(slot.dims, np.unravel_index(where, slot.shape), strict=True)) if slot.shape else {}
    known = {other.id: other for other in system.recorded}
    for other in (known[id] for id in slot.inputs if id in values and id != slot.id):
        index = tuple(position.get(dim, slice(None)) for dim in other.dims)
        value = np.ravel(values[other.id][index])
        labels = [system.dimensions[dim].labels[position[dim]] for dim in other.dims if dim in position]
        name = f"{other.label}[{', '.join(labels)}]" if labels else other.label
        yield f"{name} = {value[0]:.6g}" if value.size == 1 else f"{name} = {value.min():.6g} to {value.max():.6g}"


def _element(system: System, slot: Slot, where: int) -> str:
    """The variable with the labels of one of its elements."""
    if not slot.shape:
        return f"'{slot.label}'"
    position = np.unravel_index(where, slot.shape)
    return f"'{slot.label}[{', '.join(system.dimensions[dim].labels[i] for dim, i in zip(slot.dims, position, strict=True))}]'"


def _line(slot: Slot) -> str:
    return f" (line {slot.line} of the model)" if slot.line is not None else ""


def _first(vector: State) -> tuple[int, int]:
    """Row and sample of the first entry that is not finite."""
    row, sample = np.argwhere(~np.isfinite(vector))[0]
    return int(row), int(sample)


def _stock(system: System, row: int) -> Slot:
    return next(stock for stock in system.stocks if stock.start <= row < stock.stop)


def _of_sample(value: np.ndarray, sample: int) -> np.ndarray:
    return np.asarray(value)[..., sample if np.shape(value)[-1] > 1 else 0]
