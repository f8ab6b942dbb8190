"""What is on its way for a number of steps that may change: DELAY MATERIAL and DELAY INFORMATION."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from sdrun.errors import Problem, SolveError
from sdrun.system import Consignment, Memory

LONGEST = 100_000_000
"""Numbers on their way in one call: 800 MB."""


@dataclass(slots=True, kw_only=True)
class Calendar:
    """What arrives at which point of the grid, point k at k modulo the length."""

    of: Consignment
    amounts: Float[np.ndarray, "length rows samples"]
    left: Int[np.ndarray, "length rows samples"]
    """The latest point of the grid at which something of it left; -1 where nothing arrives."""
    arrived: Int[np.ndarray, "rows samples"]
    """The latest point at which something left that has arrived; of material, where everything counts, always -1."""

    def next(self, step: int, new: np.ndarray, held: np.ndarray) -> np.ndarray:
        """What arrives at the point after `step`, when the inputs in `new` leave at that one; `held` is what is given now."""
        self._send(step, new)
        slot = (step + 1) % len(self.left)
        arrives = self.left[slot] > self.arrived
        otherwise = held[self.of.rows] if self.of.missing is None else new[self.of.missing]
        found: np.ndarray = np.where(arrives, self.amounts[slot], otherwise)
        if self.of.missing is None:
            self.arrived = np.where(arrives, self.left[slot], self.arrived)
        self.left[slot] = -1
        return found

    def _send(self, step: int, new: np.ndarray) -> None:
        steps = whole(new[self.of.steps])
        if steps.max(initial=0) >= len(self.left):
            self._lengthen(step, int(steps.max()) + 1)
        slots, rows, samples = (step + steps) % len(self.left), *np.indices(steps.shape)
        summed = (self.of.missing is not None) & (self.left[slots, rows, samples] >= 0)
        inputs = new[self.of.rows]
        self.amounts[slots, rows, samples] = np.where(summed, self.amounts[slots, rows, samples] + inputs, inputs)
        self.left[slots, rows, samples] = step

    def _lengthen(self, step: int, least: int) -> None:
        """Room for what arrives later than anything so far: twice as much at least, so that it is seldom done."""
        before, length = len(self.left), max(least, 2 * len(self.left))
        check_length(length, self.left[0].size)
        ahead = np.arange(step, step + before)
        amounts, left = np.zeros((length, *self.left.shape[1:])), np.full((length, *self.left.shape[1:]), -1)
        amounts[ahead % length], left[ahead % length] = self.amounts[ahead % before], self.left[ahead % before]
        self.amounts, self.left = amounts, left


def calendars(memory: Memory, held: np.ndarray) -> tuple[Calendar, ...]:
    """What is on its way at the start: of material the initial value at every point until the first input arrives."""
    return tuple(_calendar(consignment, held[memory.first :], held) for consignment in memory.consignments)


def _calendar(of: Consignment, kept: np.ndarray, held: np.ndarray) -> Calendar:
    steps = whole(kept[of.steps] if of.at_first is None else held[of.at_first])
    length = int(steps.max(initial=1)) + 1
    check_length(length, steps.size)
    points = np.arange(length)[:, None, None]
    first = (of.at_first is not None) & (points > 0) & (points < steps)
    return Calendar(
        of=of,
        amounts=np.repeat(kept[of.rows][None], length, axis=0),
        left=np.where(first, 0, -1),
        arrived=np.full(steps.shape, -1),
    )


def whole(steps: np.ndarray) -> np.ndarray:
    """A number of steps that can be counted: one where it is no number."""
    return np.clip(np.nan_to_num(steps, nan=1.0), 1, LONGEST + 1).astype(int)


def check_length(length: int, size: int) -> None:
    """Raises SolveError where `size` lines of so many numbers would fill the memory."""
    if length * size > LONGEST:
        what = f"a delay is {length:.4g} steps long: {length * size:.4g} numbers would have to be kept"
        raise SolveError(Problem(what=what, help=f"at most {LONGEST:.0e} are; take a larger TIME STEP, or DELAY3"))
