"""The model as a system of ordinary differential equations, ready to integrate."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from sdrun.lanes.code import LaneCode
from sdrun.types import Parameters, State

Constants = tuple[Any, ...]
"""Everything that does not change during a segment: parameters, what follows from them alone, INITIAL values; the last item is
what is kept from one TIME STEP to the next, (rows, samples), in a system with `memory`."""


class Kind(StrEnum):
    """What a variable is in system dynamics."""

    STOCK = "stock"
    FLOW = "flow"
    AUXILIARY = "auxiliary"
    CONSTANT = "constant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A variable of the system: its shape, and where it lies in the flat vector it belongs to."""

    id: str
    """In the model (`name_id`)."""
    name: str
    """In the result and in the generated source: snake_case."""
    label: str
    dims: tuple[str, ...] = ()
    shape: tuple[int, ...] = ()
    start: int = 0
    """First row in y (stocks), in p (parameters and initial values); 0 elsewhere."""
    kind: Kind = Kind.AUXILIARY
    units: str = ""
    description: str = ""
    equation: str = ""
    limits: tuple[float | None, float | None] = (None, None)
    line: int | None = None
    inputs: tuple[str, ...] = ()
    """Ids of the variables in its equation."""

    @property
    def size(self) -> int:
        """Number of elements."""
        return int(np.prod(self.shape, dtype=int))

    @property
    def stop(self) -> int:
        """Row after the last."""
        return self.start + self.size


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """An axis of the result."""

    id: str
    name: str
    """snake_case."""
    elements: tuple[str, ...]
    """Ids, for looking up."""
    labels: tuple[str, ...]
    """Coordinates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consignment:
    """What is on its way for a number of steps that may change."""

    rows: slice
    """Among what is kept."""
    steps: slice
    """Rows of what is kept that say how many steps what leaves now takes."""
    at_first: slice | None = None
    """Rows of `held` that say for how many steps the initial value arrives; None of messages."""
    missing: slice | None = None
    """Rows of what is kept that say what is given where nothing arrives; None of messages, whose last value is held."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What a system keeps from one TIME STEP to the next: values of SAMPLE IF TRUE first, then outputs of pipelines and
    consignments."""

    first: int
    """Its first row in `held`, where its values at the start lie."""
    size: int
    """Rows."""
    steps: np.ndarray
    """Of each row of a pipeline, the row in `held` that says how many steps it is long."""
    pipelines: slice
    """Their rows among what is kept."""
    consignments: tuple[Consignment, ...]
    remember: Callable[[float, float, float, State, Constants], np.ndarray]
    """(t, mode, dt, y, constants) at the beginning of a step -> the values of the next step, of pipelines and
    consignments their inputs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """Functions of time, state and parameters, and the map from names to rows.

    `mode` is the time at which everything that switches with time is judged: fixed-step methods give the time itself; adaptive
    methods give an instant inside the segment between two time breaks, so that no step straddles a switch.  `dt` is the step of
    a fixed-step method, whose half Vensim adds before it compares times; adaptive methods give 0.
    """

    stocks: tuple[Slot, ...]
    parameters: tuple[Slot, ...]
    """Constants of the model, with their default in `defaults`."""
    initials: tuple[Slot, ...]
    """For each stock the rows of p that hold a given initial value; NaN lets the model's own equation decide."""
    recorded: tuple[Slot, ...]
    """Every variable of the model, in its order: what `outputs` gives."""
    dimensions: Mapping[str, Dimension]
    defaults: Parameters
    """p as the model states it, one sample."""
    non_negative: tuple[slice, ...]
    """Rows of y that may not fall below zero."""
    source: str
    """The generated Python, for people to read."""
    constants: Callable[[Parameters, np.ndarray], Constants]
    """(p, held) -> constants; `held` are the INITIAL values of `initial`, and what is kept at first."""
    initial: Callable[[float, float, float, Parameters], tuple[State, np.ndarray]]
    """(t, mode, dt, p) -> (y0, held)."""
    rhs: Callable[[float, float, float, State, Constants], State]
    """(t, mode, dt, y, constants) -> dy/dt."""
    outputs: Callable[[float, float, float, State, Constants], Mapping[str, np.ndarray]]
    """(t, mode, dt, y, constants) -> every recorded variable by `Slot.name`, shape (*slot.shape, samples or 1).

    t and mode may be arrays as long as the sample axis: the times of one run then stand where samples do.
    """
    breaks: Callable[[Constants, float, float], tuple[np.ndarray, ...]]
    """(constants, start, stop) -> arrays (..., samples or 1) of times at which the right-hand side may jump or kink.

    Times outside (start, stop), infinities and NaN may be among them and mean nothing.
    """
    lanes: Callable[[int, Sequence[str], bool], LaneCode] | None = None
    """(lanes of a vector, names to record, fixed step?) -> the same functions for lanes, all but `breaks`.

    None where the system was written by hand, or there is none.
    """
    by_numpy_alone: tuple[str, ...] = ()
    """Functions in it that have no machine code."""
    memory: Memory | None = None
    """None where nothing is kept from step to step."""
    noise: int | None = None
    """Row of p that says which sample's random numbers are drawn; 0 in a single run, None without random functions."""
    unstated: tuple[int, ...] = ()
    """Rows of p of elements that have no equation, which nothing uses: they need no value."""
    unsolved_breaks: tuple[str, ...] = ()
    """Labels of variables that switch at times which could not be solved for: `max_step` must find them."""
    of_time: frozenset[str] = frozenset()
    """Ids of the variables that change with the time alone: no stock moves them."""


def by_name(slots: Iterable[Slot]) -> Mapping[str, Slot]:
    """Slots by the id of every name they go by: their label's, which is `id`, and their snake_case name."""
    return {name: slot for slot in slots for name in (slot.name, slot.id)}
