"""Values outside the range that the model itself states: of constants, and of stocks where they start."""

from collections.abc import Iterator

import numpy as np

from sdrun.errors import Place, Problem
from sdrun.model import Number
from sdrun.system import Slot, System
from sdrun.validate.subject import Subject, problem


def outside_limits(subject: Subject) -> Iterator[Problem]:
    """A problem for each variable that is or starts outside its range; uncompiled, of plain constants only."""
    system = subject.system
    if system is None:
        yield from _stated(subject)
        return
    for slot in system.parameters:
        yield from _outside(subject, slot, system.defaults[slot.start : slot.stop, 0], "is")
    y = _start(system)
    for slot in system.stocks:
        if not slot.id.startswith("_"):
            yield from _outside(subject, slot, y[slot.start : slot.stop], "starts at")


def _stated(subject: Subject) -> Iterator[Problem]:
    for variable in subject.model.variables.values():
        low, high = _bounds(variable.limits)
        values = [eq.expression.value for eq in variable.equations if isinstance(eq.expression, Number)]
        if wrong := [value for value in values if not low <= value <= high]:
            what = f"'{variable.label}' is {wrong[0]:g}, outside its range {_span(low, high)}"
            yield problem(subject.model, variable, what)


def _start(system: System) -> np.ndarray:
    """All stocks at the model's own initial time."""
    time = next((float(system.defaults[slot.start, 0]) for slot in system.parameters if slot.id == "initial_time"), 0.0)
    with np.errstate(all="ignore"):
        y, _ = system.initial(time, time, 0.0, system.defaults)
    return y[:, 0]


def _outside(subject: Subject, slot: Slot, values: np.ndarray, verb: str) -> Iterator[Problem]:
    low, high = _bounds(slot.limits)
    wrong = np.flatnonzero((values < low) | (values > high))
    if wrong.size:
        assert subject.system is not None
        value, more = values[wrong[0]], f" (and {wrong.size - 1} more elements)" if wrong.size > 1 else ""
        name = slot.label + _element(slot, int(wrong[0]), subject.system)
        what = f"'{name}' {verb} {value:g}, outside its range {_span(low, high)}{more}"
        yield Problem(what=what, place=Place(path=subject.model.path, line=slot.line, key=slot.label))


def _bounds(limits: tuple[float | None, float | None]) -> tuple[float, float]:
    low, high = limits
    return (-np.inf if low is None else low, np.inf if high is None else high)


def _span(low: float, high: float) -> str:
    if np.isinf(high):
        return f"from {low:g} up"
    return f"up to {high:g}" if np.isinf(low) else f"{low:g} to {high:g}"


def _element(slot: Slot, row: int, system: System) -> str:
    if not slot.dims:
        return ""
    places = np.unravel_index(row, slot.shape)
    return f"[{', '.join(system.dimensions[dim].labels[at] for dim, at in zip(slot.dims, places, strict=True))}]"
