"""[[events]] -> jumps of rows of p or y."""

import numpy as np

from sdrun.bind.names import constant
from sdrun.bind.settings import outside_limits
from sdrun.bind.values import dimensions_of, element, spread
from sdrun.errors import Problem, locate, nearest
from sdrun.model import name_id
from sdrun.scenario import Case, Event
from sdrun.simulation import Jump
from sdrun.system import Slot, System, by_name


def jumps(case: Case, system: System) -> tuple[tuple[Jump, ...], list[Problem]]:
    """The events in order of time; of those at the same time, in the scenario's order."""
    bound = [_jump(event, system) for event in case.events]
    problems = [
        locate(problem, event.place) if event.place is not None else problem
        for event, (_, found) in zip(case.events, bound, strict=True)
        for problem in found
    ]
    return tuple(sorted((jump for jump, _ in bound if jump is not None), key=lambda jump: jump.at)), problems


def _jump(event: Event, system: System) -> tuple[Jump | None, list[Problem]]:
    stock = by_name(system.stocks).get(name_id(event.target))
    slot = stock if stock is not None else constant(event.target, system)
    if isinstance(slot, Problem):
        return None, [_as_target(slot, event, system)]
    if stock is not None and event.until is not None:
        return None, [Problem(what=f"'{slot.label}' is a stock: it has no value to return to", help="leave out until")]
    amounts, problems = _amounts(event, slot, system)
    if event.operation == "value":
        problems += outside_limits(amounts, slot, system)
    rows = np.flatnonzero(~np.isnan(amounts))
    jump = Jump(
        at=event.at,
        vector="parameters" if stock is None else "stocks",
        rows=tuple(int(row) + slot.start for row in rows),
        operation=event.operation,
        amounts=tuple(float(amount) for amount in amounts[rows]),
        until=event.until,
        label=event.label,
    )
    return jump, problems


def _as_target(problem: Problem, event: Event, system: System) -> Problem:
    """What is wrong with a name, told of an event's target: a stock would do as well."""
    if not problem.what.startswith("unknown parameter"):
        return problem
    known = [slot.label for slot in (*system.parameters, *system.stocks)]
    return Problem(what=f"unknown target '{event.target}'", help=nearest(event.target, known))


def _amounts(event: Event, slot: Slot, system: System) -> tuple[np.ndarray, list[Problem]]:
    """One amount per row of the slot, NaN where nothing changes."""
    dimensions = dimensions_of(slot, system)
    if event.actor is None:
        array, problems = spread(event.amount, slot, dimensions)
        return array.reshape(-1), problems
    if not dimensions:
        return np.array([np.nan]), [Problem(what=f"'{slot.label}' has no elements, so no actor", help="leave out actor")]
    position = element(event.actor, dimensions[0])
    array = np.full(slot.shape, np.nan)
    if isinstance(position, Problem):
        return array.reshape(-1), [position]
    array[position], problems = spread(event.amount, slot, dimensions[1:])
    return array.reshape(-1), problems
