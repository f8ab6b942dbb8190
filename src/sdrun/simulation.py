"""One run: what is handed to a solver, and what comes back."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from sdrun.errors import Problem
from sdrun.scenario import Case
from sdrun.sweep import Samples, some
from sdrun.system import Slot, System
from sdrun.types import Parameters, Times


@dataclass(frozen=True, slots=True, kw_only=True)
class Jump:
    """An event, bound to rows: at `at`, rows of p or y change."""

    at: float
    vector: str
    """`parameters` (holds until `until`, or to the end) or `stocks` (at once)."""
    rows: tuple[int, ...]
    operation: str
    """`value`, `multiply` or `add`."""
    amounts: tuple[float, ...]
    """One per row."""
    until: float | None = None
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """Everything that a solver needs beside the system."""

    parameters: Parameters
    times: Times
    """Times to save at; the first is the start, the last the stop."""
    step: float
    """Of fixed-step methods."""
    steps: tuple[tuple[float, float], ...] = ()
    """(from when, step): the steps that follow, where the model's TIME STEP changes during the run."""
    moving: tuple[str, ...] = ()
    """Ids of the control variables that change during the run."""
    method: str = "LSODA"
    engine: str = "auto"
    """`numpy`, `llvm`, or `auto`: whichever is faster for a model and a sweep of this size."""
    rtol: float = 1e-6
    atol: float = 1e-9
    max_step: float | None = None
    jumps: tuple[Jump, ...] = ()
    samples: Samples | None = None
    """Of a sweep: what the columns of `parameters` are; None for a single run."""
    recorded: tuple[str, ...] | None = None
    """Names of the variables to record (`Slot.name`); None is all of them."""
    factors: tuple[str, ...] = ()
    """Ids of the parameters that a sweep varies."""


def to_record(system: System, setup: Setup) -> tuple[Slot, ...]:
    """What a history will hold, in the model's order."""
    return tuple(slot for slot in system.recorded if setup.recorded is None or slot.name in setup.recorded)


def part(setup: Setup, start: int, stop: int) -> Setup:
    """Some of the samples of a sweep."""
    assert setup.samples is not None, "a single run has no parts"
    return replace(setup, parameters=setup.parameters[:, start:stop], samples=some(setup.samples, slice(start, stop)))


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What the solver found."""

    time: Times
    values: Mapping[str, np.ndarray]
    """Every variable that was to be recorded by `Slot.name`, shape (*slot.shape, times, samples)."""
    evaluations: int
    """Calls of the right-hand side."""
    engine: str = "numpy"
    """Which one ran."""
    failures: Mapping[int, Problem] = field(default_factory=dict)
    """Why samples of a sweep failed, by column; their values are NaN."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A case with its system, its setup and what came of it."""

    case: Case
    system: System
    setup: Setup
    history: History
