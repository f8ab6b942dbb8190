"""[parameters] and [initial] -> p."""

from collections.abc import Callable, Sequence

import numpy as np

from sdrun.bind.columns import column_values
from sdrun.bind.names import constant, initial_value
from sdrun.bind.values import dimensions_of, element_label, spread
from sdrun.errors import DataError, Problem, locate
from sdrun.model import CONTROLS
from sdrun.scenario import Case, DataColumn, Setting
from sdrun.system import Slot, System, by_name
from sdrun.types import Parameters
from sdrun.units import parse_unit


def set_values(case: Case, system: System) -> tuple[Parameters, list[Problem]]:
    """p with all that the case sets, one sample; what a table by element leaves out stays as it is in the model."""
    p = system.defaults.copy()
    problems = _apply(p, case.parameters, constant, system) + _apply(p, case.initial, initial_value, system)
    return p, problems + _unset(p, system) if not problems else problems


def _apply(
    p: Parameters, settings: Sequence[Setting], find: Callable[[str, System], Slot | Problem], system: System
) -> list[Problem]:
    """Write settings into p in place; the problems on the way."""
    problems: list[Problem] = []
    first: dict[str, str] = {}
    for setting in settings:
        slot = find(setting.name, system)
        if isinstance(slot, Problem):
            found = [slot]
        elif slot.id in first:
            what = f"'{setting.name}' sets '{slot.label}' once more"
            found = [Problem(what=what, help=f"'{first[slot.id]}' sets it already; write it in one way")]
        else:
            first[slot.id] = setting.name
            found = _write(p, setting, slot, system)
        problems += [locate(problem, setting.place) if setting.place is not None else problem for problem in found]
    return problems


def _write(p: Parameters, setting: Setting, slot: Slot, system: System) -> list[Problem]:
    dimensions = dimensions_of(slot, system)
    if isinstance(setting.value, DataColumn):
        try:
            array, problems = column_values(setting.value, slot, dimensions), list[Problem]()
        except DataError as error:
            return list(error.problems)
    else:
        array, problems = spread(setting.value, slot, dimensions, setting.element_places)
    values = array.reshape(-1)
    problems += [*unit_problems(setting.unit, slot), *outside_limits(values, limited(slot, system), system)]
    given = ~np.isnan(values)
    p[slot.start : slot.stop][given] = values[given, None]
    return problems


def limited(slot: Slot, system: System) -> Slot:
    """The slot whose limits hold: of an initial value, the stock's."""
    return by_name(system.stocks).get(slot.id, slot)


def outside_limits(values: np.ndarray, slot: Slot, system: System) -> list[Problem]:
    """Values that are infinite, or outside what the model allows."""
    low, high = (bound if bound is not None else default for bound, default in zip(slot.limits, (-np.inf, np.inf), strict=True))
    problems = []
    for row in np.flatnonzero(np.isinf(values) | (values < low) | (values > high)):
        where, value = element_label(slot, int(row), system), values[row]
        infinite = f"'{where}' is infinite"
        outside = f"'{where}' = {value:g} is outside the model's range {_bounds(low, high)}"
        problems.append(Problem(what=infinite if np.isinf(value) else outside))
    return problems


def _bounds(low: float, high: float) -> str:
    if np.isinf(high):
        return f"from {low:g} up"
    return f"up to {high:g}" if np.isinf(low) else f"{low:g} to {high:g}"


def unit_problems(unit: str | None, slot: Slot) -> list[Problem]:
    """What is wrong with the unit; the model's own, where it is empty or malformed, says nothing."""
    if not unit or not unit.strip() or not slot.units.strip():
        return []
    try:
        given = parse_unit(unit)
    except ValueError as error:
        return [Problem(what=str(error))]
    try:
        own = parse_unit(slot.units)
    except ValueError:
        return []
    what = f"'{slot.label}' is in '{slot.units}' in the model, not in '{unit}'"
    return [] if given == own else [Problem(what=what, help=f"convert the value to {slot.units}")]


def _unset(p: Parameters, system: System) -> list[Problem]:
    """Constants without a value: elements that the scenario added and the model has no number for."""
    return [
        Problem(what=f"'{element_label(slot, int(row), system)}' has no value", help="set it under [parameters]")
        for slot in system.parameters
        if slot.id not in CONTROLS
        for row in np.flatnonzero(np.isnan(p[slot.start : slot.stop, 0]))
        if slot.start + int(row) not in system.unstated
    ]
