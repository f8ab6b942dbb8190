"""A model compiled for lanes: its functions and those that integrate it, as Python calls."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from sdrun.lanes.code import LaneCode
from sdrun.lanes.machine import Machine, compiled
from sdrun.solve.lanes.blocks import packed, room, unpacked
from sdrun.solve.lanes.dormand_prince import cross
from sdrun.solve.lanes.entries import IN_REGISTERS, entries
from sdrun.solve.lanes.walk import SCHEMES, walk
from sdrun.system import System

LANES = 8
"""Samples side by side: as many as the widest vectors hold, or a few narrower ones together."""
MANY_LANES, FEW_STOCKS = 32, 8
"""With so few stocks a step is a handful of instructions that wait for one another: more samples fill the time.  (Not with a
step per lane, where every lane waits for the slowest.)"""
FEW_VARIABLES = 400
"""Of a model that is compiled thoroughly, where its states fit into registers besides."""

NUMBER_OF_POINTERS = {"all_initial": 6, "all_constants": 5, "all_rhs": 6, "all_outputs": 6, "walk": 11, "cross": 11}


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneModel:
    """The machine code of a system, for one method and one choice of what is recorded."""

    code: LaneCode
    machine: Machine = field(repr=False)
    scratch: int
    """Vectors that one call needs."""

    @property
    def width(self) -> int:
        """Samples side by side."""
        return self.code.module.width

    def call(self, name: str, *arrays: np.ndarray) -> None:
        """Call a function with the addresses of arrays; other threads run meanwhile."""
        assert len(arrays) == NUMBER_OF_POINTERS[name]
        self.machine.function(name, len(arrays))(*(array.ctypes.data for array in arrays))

    def room(self) -> np.ndarray:
        """Scratch memory for one call at a time."""
        return room(self.scratch, self.width)

    def initial(self, p: np.ndarray, t: float, mode: np.ndarray | float, dt: float) -> tuple[np.ndarray, np.ndarray]:
        """y and held, (rows, samples), at time t for all columns of p."""
        samples, blocks = p.shape[1], packed(p, self.width)
        y, held = room(len(blocks), self.code.stocks, self.width), room(len(blocks), self.code.held, self.width)
        times = packed(np.broadcast_to(np.stack(np.broadcast_arrays(t, mode, dt)).reshape(3, -1), (3, samples)), self.width)
        self.call("all_initial", np.array([len(blocks)]), times, blocks, y, held, self.room())
        return unpacked(y, samples), unpacked(held, samples)


@lru_cache(maxsize=16)
def lane_model(
    emit: Callable[[int, Sequence[str], bool], LaneCode],
    recorded: tuple[str, ...],
    method: str,
    held_at_zero: tuple[Any, ...],
    lanes: int,
    thorough: bool,
) -> LaneModel:
    """Compiled once for all calls with the same system, records and method."""
    code = emit(lanes, recorded, method in SCHEMES)
    zeros = tuple(slice(*rows) for rows in held_at_zero)
    own, needs = entries(code)
    driver, more = walk(code, zeros, method) if method in SCHEMES else cross(code, zeros)
    machine = compiled(code.module, own, driver, thorough=thorough)
    return LaneModel(code=code, machine=machine, scratch=max(needs, more))


def model_of(system: System, recorded: Sequence[str], method: str) -> LaneModel:
    """The system compiled."""
    assert system.lanes is not None
    zeros = tuple((rows.start, rows.stop) for rows in system.non_negative)
    stocks = sum(slot.size for slot in system.stocks)
    lanes = MANY_LANES if stocks <= FEW_STOCKS and method in SCHEMES else LANES
    thorough = stocks <= IN_REGISTERS and len(system.recorded) <= FEW_VARIABLES
    return lane_model(system.lanes, tuple(recorded), method, zeros, lanes, thorough)
