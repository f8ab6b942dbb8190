"""What is kept from one TIME STEP to the next: SAMPLE IF TRUE and discrete delays, which the grid of the steps defines.

What is new at the beginning of a step holds from the next point of the grid on.  Adaptive methods stop at the points of the
grid (`System.breaks` has them), so that it is the same there.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float, Int

from sdrun.solve.consignments import Calendar, calendars, check_length, whole
from sdrun.system import Constants, Memory, System
from sdrun.types import State

ON_GRID = 1e-6
"""A time is a point of the grid when it misses it by less than this share of a step."""


@dataclass(slots=True, kw_only=True)
class Past:
    """What a run remembers."""

    memory: Memory
    held: np.ndarray
    """As `System.constants` takes it: with the values of this step."""
    steps: Int[np.ndarray, "pipelines samples"]
    line: Float[np.ndarray, "length pipelines samples"]
    """Inputs of the last steps, of step k at k modulo the length."""
    calendars: tuple[Calendar, ...] = ()
    step: int = 0
    """Points of the grid passed."""
    new: np.ndarray | None = field(default=None)
    """For the next step, once this one has begun."""

    def begin_step(self, system: System, t: float, mode: float, dt: float, y: State, constants: Constants) -> None:
        """Note what the state at a point of the grid leaves; what changes later in the step changes nothing of it."""
        if self.new is None:
            self.new = self.memory.remember(t, mode, dt, y, constants)

    def current(self, constants: Constants) -> Constants:
        """The constants as they are in this step."""
        return (*constants[:-1], self.held[self.memory.first :])

    def end_step(self, constants: Constants) -> Constants:
        """The constants of the step that begins."""
        assert self.new is not None, "no step has begun"
        values, now = self.new.copy(), self.held[self.memory.first :]
        values[self.memory.pipelines] = self._piped(self.new[self.memory.pipelines])
        for calendar in self.calendars:
            values[calendar.of.rows] = calendar.next(self.step, self.new, now)
        self.held = np.concatenate([self.held[: self.memory.first], values])
        self.new, self.step = None, self.step + 1
        return self.current(constants)

    def _piped(self, inputs: np.ndarray) -> np.ndarray:
        """What comes out of the pipelines when `inputs` go in."""
        if not len(self.steps):
            return inputs
        self.line[self.step % len(self.line)] = inputs
        places = (self.step + 1 - self.steps) % len(self.line)
        return np.take_along_axis(self.line, places[None], axis=0)[0]


def past_of(system: System, held: np.ndarray) -> Past | None:
    """What a run remembers at its start; None of a system without memory.

    Raises SolveError where a delay would fill the memory.
    """
    if system.memory is None:
        return None
    steps, line = pipelines(system.memory, held)
    return Past(memory=system.memory, held=held, steps=steps, line=line, calendars=calendars(system.memory, held))


def pipelines(
    memory: Memory, held: np.ndarray
) -> tuple[Int[np.ndarray, "pipelines samples"], Float[np.ndarray, "length pipelines samples"]]:
    """How many steps each pipeline is long, and what lies in it at the start."""
    steps = whole(held[memory.steps])
    length = int(steps.max(initial=1))
    check_length(length, steps.size)
    first = held[memory.first :][memory.pipelines]
    return steps, np.repeat(first[None], length, axis=0)


def together(system: System, constants: Sequence[Constants]) -> Constants:
    """Constants of one sample at many times, which differ in what is remembered, as those of one call."""
    if system.memory is None:
        return constants[0]
    return (*constants[0][:-1], np.concatenate([own[-1] for own in constants], axis=1))
