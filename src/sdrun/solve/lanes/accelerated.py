"""A system whose functions are machine code, for methods that call them one state at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sdrun.solve.lanes.blocks import packed, room, unpacked
from sdrun.solve.lanes.model import LaneModel, model_of
from sdrun.system import Constants, Slot, System
from sdrun.types import Parameters, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """Constants of one sample in the order of the machine code, and its scratch memory."""

    c: np.ndarray
    scratch: np.ndarray


def accelerated(system: System, recorded: Sequence[Slot]) -> System:
    """The same system, whose `outputs` give what is to be recorded; each set of constants serves one thread.

    Constants come as NumPy has them, which `breaks` reads, with those of the machine code behind.
    """
    model = model_of(system, [slot.name for slot in recorded], "RK45")
    shapes = {slot.name: slot.shape for slot in recorded}

    def constants(p: Parameters, held: np.ndarray) -> Constants:
        return (*system.constants(p, held), _ready(model, p, held))

    def rhs(t: float, mode: float, dt: float, y: State, c: Constants) -> State:
        return _each(model, "all_rhs", (t, mode, dt), y, c[-1], model.code.stocks)

    def outputs(t: Any, mode: Any, dt: float, y: State, c: Constants) -> Mapping[str, np.ndarray]:
        found = _each(model, "all_outputs", (t, mode, dt), y, c[-1], model.code.outputs)
        rows = model.code.recorded
        return {name: found[rows[name].start : rows[name].stop].reshape(*shapes[name], y.shape[1]) for name in rows}

    return replace(system, constants=constants, rhs=rhs, outputs=outputs)


def _ready(model: LaneModel, p: Parameters, held: np.ndarray) -> Ready:
    ready = Ready(c=room(model.code.constants, model.width), scratch=model.room())
    counts = np.array([1])
    model.call("all_constants", counts, packed(p[:, :1], model.width), packed(held[:, :1], model.width), ready.c, ready.scratch)
    return ready


def _each(model: LaneModel, name: str, clock: tuple[Any, Any, Any], y: State, ready: Any, rows: int) -> np.ndarray:
    """A function of many states side by side, at one time or at a time for each."""
    samples = y.shape[1]
    blocks = packed(y, model.width)
    if np.ndim(clock[0]) == 0:
        times = np.empty((len(blocks), 3, model.width))
        times[:] = np.array(clock, dtype=float)[:, None]
    else:
        times = packed(np.array([np.broadcast_to(time, samples) for time in clock], dtype=float), model.width)
    result = room(len(blocks), rows, model.width)
    model.call(name, np.array([len(blocks), 0]), times, ready.c, blocks, result, ready.scratch)
    return unpacked(result, samples)
