"""Control variables that change during the run -> the steps and the times to save at, walked as Vensim walks them.

At each step TIME STEP says when the next one is, SAVEPER when results are saved again, and FINAL TIME whether the run goes on.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from sdrun.model import CONTROLS
from sdrun.system import System
from sdrun.types import Parameters, Times

AT_ONCE = 512
"""Steps that are looked at in one call."""
MOST_CHANGES = 30_000
"""Of the step; each costs a look of its own, some 0.1 ms."""
NEAR = 1e-9
"""Of a step: times that differ by less are one time."""

Look = Callable[[np.ndarray], Mapping[str, np.ndarray]]
"""Times -> the control variables at them, by id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When the run steps and saves."""

    points: Float[np.ndarray, " points"]
    """All steps, the start and the end included."""
    steps: Float[np.ndarray, " points"]
    """The step that begins at each of them."""
    saves: Times


def look_ahead(system: System, p: Parameters, fixed: Mapping[str, float], dt: float) -> Look:
    """The control variables at any time; those that change follow from the time alone (`System.of_time`), so no run is needed.

    `fixed` are those that do not change, by id; `dt` is the step by which switches are judged, 0 of adaptive methods.
    """
    slots = [slot for slot in system.recorded if slot.id in CONTROLS and slot.id not in fixed]
    with np.errstate(all="ignore"):
        y, held = system.initial(0.0, 0.0, dt, p[:, :1])
        constants = system.constants(p[:, :1], held)

    def look(times: np.ndarray) -> Mapping[str, np.ndarray]:
        with np.errstate(all="ignore"):
            found = system.outputs(times, times, dt, np.repeat(y, len(times), axis=1), constants)  # type: ignore[arg-type]
        moving = {slot.id: np.broadcast_to(np.asarray(found[slot.name]), times.shape) for slot in slots}
        return {**{id: np.full(times.shape, value) for id, value in fixed.items()}, **moving}

    return look


def walked(look: Look, start: float, most: int) -> Schedule | None:
    """From the start until FINAL TIME is reached; every step is saved where there is no SAVEPER.

    None where that takes more than `most` steps or `MOST_CHANGES` changes of the step, or a step leads nowhere.
    """
    points, steps, saves, planned = [np.array([start])], list[float](), list[float](), start
    while True:
        t = float(points[-1][-1])
        h = float(look(np.array([t]))["time_step"][0])
        if not (np.isfinite(h) and h > 0) or len(steps) > most or len(points) - len(steps) // AT_ONCE > MOST_CHANGES:
            return None
        ahead = t + h * np.arange(AT_ONCE)
        found = look(ahead)
        ends, other = ahead >= found["final_time"] - NEAR * h, found["time_step"] != h
        last = min(int(np.argmax(mask)) if mask.any() else AT_ONCE - 1 for mask in (ends, other))
        for time, every in zip(ahead[: last + ends[last]], found.get("saveper", found["time_step"]), strict=False):
            if time >= planned - h / 2:
                saves.append(float(time))
                planned += max(float(every), h)
        points.append(ahead[1 : last + 1])
        steps += [h] * last
        if ends[last]:
            return Schedule(points=np.concatenate(points), steps=np.array([*steps, h]), saves=np.array(saves))
