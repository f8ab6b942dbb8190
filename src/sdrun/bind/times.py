"""[time] and [solver] -> the step and the times to save at.

What the scenario leaves out, the model says: by a constant, by an equation that follows from constants alone
(`SAVEPER = TIME STEP`), or by one that changes with the time (`schedule`).  Times run from the start by `save_every`; the stop
is among them where a multiple hits it within 1e-9 of the run's length, otherwise the last multiple before it ends the run.  A
fixed-step method needs a `save_every` that is a multiple of the step; a model's own SAVEPER that is none is met at the nearest
steps, with a warning.
"""

import logging
from dataclasses import dataclass, replace

import numpy as np

from sdrun.bind.names import OWN_KEY
from sdrun.bind.schedule import Schedule, look_ahead, walked
from sdrun.errors import Place, Problem
from sdrun.model import Equation, Model, Number
from sdrun.scenario import FIXED_STEP_METHODS, METHOD, Case
from sdrun.system import System
from sdrun.types import Parameters, Times
from sdrun.units import same_unit

HIT = 1e-9
"""Relative: two times, or a multiple, are equal within it."""

MOST_TIMES = 10_000_000
MOST_WALKED = 1_000_000
"""Steps of a run whose control variables change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """When the model runs."""

    times: Times
    step: float
    stop: float
    """When the run was to end; the last of the times may lie before it."""
    steps: tuple[tuple[float, float], ...] = ()
    """(from when, step), where the step changes."""
    moving: tuple[str, ...] = ()
    """Ids of the control variables that change during the run."""


def with_controls(model: Model, case: Case) -> Model:
    """The model with the control variables that the case gives as numbers, also where the model writes an equation for them."""
    variables = {
        id_: replace(model.variables[id_], equations=(Equation(expression=Number(float(value))),))
        for id_, value in _given(case).items()
        if value is not None and id_ in model.variables
    }
    equations = {id_: model.variables[id_].equations for id_ in variables}
    written = {id_: variables[id_] for id_, eqs in equations.items() if not isinstance(eqs[0].expression, Number)}
    return replace(model, variables={**model.variables, **written}) if written else model


def _given(case: Case) -> dict[str, float | None]:
    """What the case says of each control variable."""
    return {
        "initial_time": case.time.start,
        "final_time": case.time.stop,
        "time_step": case.solver.step,
        "saveper": case.time.save_every,
    }


def clock(case: Case, system: System, p: Parameters) -> tuple[Clock | None, list[Problem]]:
    """When the case runs; writes the model's control constants into p in place."""
    given = _given(case)
    for slot in system.parameters:
        if (value := given.get(slot.id)) is not None:
            p[slot.start : slot.stop] = value
    values = {id_: value if value is not None else _of_model(id_, system, p) for id_, value in given.items()}
    fixed = (case.solver.method or METHOD) in FIXED_STEP_METHODS
    place = case.time.place or case.solver.place
    moving = tuple(id_ for id_, value in values.items() if value is None and id_ in system.of_time)
    if moving:
        constant = {id_: value for id_, value in values.items() if value is not None}
        ticks, problems = _moving_clock(system, p, constant, moving, fixed)
        return (None, found) if (found := [*_wrong_unit(case, system), *problems]) else (ticks, [])
    start, stop, step, save_every = values.values()
    needed = ["initial_time", "final_time", *(["time_step"] if fixed else [])]
    lacking = [_lacking(id_, system, place) for id_ in needed if values[id_] is None]
    save_every = save_every if save_every is not None else step
    if save_every is None and not fixed:
        lacking.append(_lacking("saveper", system, place))
    if start is None or stop is None or save_every is None or lacking:
        return None, lacking
    problems = [*_wrong_unit(case, system), *_misfits(start, stop, save_every, step if fixed else None, place)]
    if not fixed and step is not None and not step > 0:
        problems.append(Problem(what=f"TIME STEP is {step:g}; it must be above 0", place=place, help="give [solver] step"))
    between = fixed and step is not None and step > 0 and not _is_whole(save_every / step)
    if between and given["saveper"] is not None:
        what = f"results are saved every {save_every:g}, no multiple of the step {step:g}"
        problems.append(Problem(what=what, place=place, help="choose [time] save_every and [solver] step so that they fit"))
    if problems:
        return None, problems
    times = _grid(start, stop, save_every)
    if between and step is not None:
        what = "SAVEPER %g is no multiple of TIME STEP %g: results are saved at the nearest steps"
        logging.getLogger("sdrun").warning(what, save_every, step)
        times = np.unique(start + step * np.round((times - start) / step))
    return Clock(times=times, step=step if step is not None else save_every, stop=stop), []


def _moving_clock(
    system: System, p: Parameters, constant: dict[str, float], moving: tuple[str, ...], fixed: bool
) -> tuple[Clock | None, list[Problem]]:
    """When a case runs whose control variables change with the time; those that do not are `constant`."""
    lacking = [
        _lacking(id_, system, None) for id_ in ("initial_time", "final_time", "time_step") if id_ not in (*constant, *moving)
    ]
    if lacking:
        return None, lacking
    look = look_ahead(system, p, constant, 0.0)
    start = float(look(np.zeros(1))["initial_time"][0])
    step = float(look(np.array([start]))["time_step"][0])
    schedule = walked(look_ahead(system, p, constant, step) if fixed else look, start, MOST_WALKED)
    if schedule is None or len(schedule.saves) < 2:
        controls = ", ".join(id_.replace("_", " ").upper() for id_ in moving)
        return None, [Problem(what=f"{controls} change during the run, and lead to no end of it", help="give [time] stop")]
    return _scheduled(schedule, moving), []


def _scheduled(schedule: Schedule, moving: tuple[str, ...]) -> Clock:
    changes = np.flatnonzero(np.diff(schedule.steps[:-1])) + 1
    return Clock(
        times=schedule.saves,
        step=float(schedule.steps[0]),
        stop=float(schedule.points[-1]),
        steps=tuple((float(schedule.points[at]), float(schedule.steps[at])) for at in changes),
        moving=moving,
    )


def _wrong_unit(case: Case, system: System) -> list[Problem]:
    """[time] unit names the model's unit; it does not convert."""
    stated = next((slot.units for slot in system.recorded if slot.id in OWN_KEY and slot.units), "")
    try:
        wrong = bool(case.time.unit and stated) and not same_unit(case.time.unit or "", stated)
    except ValueError:
        return []
    if not wrong:
        return []
    what = f"the model counts time in '{stated}', not in '{case.time.unit}'"
    return [Problem(what=what, place=case.time.place, help="[time] unit does not convert: leave it out")]


def _lacking(id_: str, system: System, place: Place | None) -> Problem:
    label = id_.replace("_", " ").upper()
    known = any(slot.id == id_ for slot in system.recorded)
    what = f"{label} follows the stocks of the model" if known else f"the model has no number for {label}"
    return Problem(what=what, place=place, help=f"give {OWN_KEY[id_]}")


def _misfits(start: float, stop: float, save_every: float, step: float | None, place: Place | None) -> list[Problem]:
    """What is wrong with times that may come from the model; `step` only where its method takes fixed steps."""
    if not start < stop:
        what = f"the run stops at {stop:g}, but starts at {start:g}"
        return [Problem(what=what, place=place, help="[time] stop must be after start")]
    if not 0 < save_every <= (stop - start) * (1 + HIT):
        return [Problem(what=f"results are saved every {save_every:g}, in a run of {stop - start:g}", place=place)]
    if (stop - start) / min(save_every, step or save_every) > MOST_TIMES:
        what = (
            f"a run of {stop - start:g} in steps of {min(save_every, step or save_every):g} has more than {MOST_TIMES:,} steps"
        )
        return [Problem(what=what, place=place)]
    return [Problem(what=f"the step is {step:g}", place=place)] if step is not None and not step > 0 else []


def _is_whole(ratio: float) -> bool:
    return round(ratio) >= 1 and abs(ratio - round(ratio)) <= HIT * ratio


def _grid(start: float, stop: float, save_every: float) -> Times:
    count = int(np.floor((stop - start) / save_every * (1 + HIT)))
    times = start + save_every * np.arange(count + 1)
    if abs(times[-1] - stop) <= HIT * (stop - start):
        times[-1] = stop
    return times


def _of_model(id_: str, system: System, p: Parameters) -> float | None:
    """What the model says of a control variable; None where it says nothing, or what changes in time."""
    for slot in system.parameters:
        if slot.id == id_ and slot.size == 1:
            value = float(p[slot.start, 0])
            return value if np.isfinite(value) else None
    recorded = {slot.id: slot for slot in system.recorded}
    if id_ not in recorded or not _constant(id_, system):
        return None
    with np.errstate(all="ignore"):
        y, held = system.initial(0.0, 0.0, 0.0, p)
        found = np.asarray(system.outputs(0.0, 0.0, 0.0, y, system.constants(p, held))[recorded[id_].name])
    return float(found.reshape(-1)[0]) if found.size and np.isfinite(found.reshape(-1)[0]) else None


def _constant(id_: str, system: System) -> bool:
    """Whether a variable follows from the model's constants alone; each is looked at once, however many ways lead to it."""
    given, stocks = ({slot.id for slot in slots} for slots in (system.parameters, system.stocks))
    recorded = {slot.id: slot for slot in system.recorded}
    seen, ahead = set[str](), [id_]
    while ahead:
        if (at := ahead.pop()) in given or at in seen:
            continue
        seen.add(at)
        if at not in recorded or at in stocks or not recorded[at].inputs or at in system.of_time:
            return False
        ahead += recorded[at].inputs
    return True
