"""`bind`: (Case, System) -> `Setup`."""

import logging
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sdrun.bind.events import jumps
from sdrun.bind.samples import sampled_values
from sdrun.bind.settings import set_values
from sdrun.bind.times import Clock, clock
from sdrun.errors import DataError, Problem, ScenarioError
from sdrun.scenario import METHOD, Case, DataColumn
from sdrun.simulation import Jump, Setup
from sdrun.sweep import Samples, variant_names
from sdrun.system import System


def bind(case: Case, system: System, samples: Samples | None = None) -> Setup:
    """What a solver needs beside the system; of a sweep with a column of p per sample.

    Events after the last saved time are left out, with a warning; one before the start is a problem.  Raises ScenarioError with
    all problems at once, DataError where all are of data files.
    """
    factors: tuple[str, ...] = ()
    if samples is None:
        p, problems = set_values(case, system)
    else:
        p, factors, problems = sampled_values(case, system, samples)
    ticks, wrong_times = clock(case, system, p)
    changes, wrong_events = jumps(case, system)
    problems = [*problems, *wrong_times, *wrong_events, *(_early(case, ticks) if ticks is not None else [])]
    if problems or ticks is None:
        raise _error(case, problems)
    _warn(case, ticks)
    return Setup(
        parameters=p,
        times=ticks.times,
        step=ticks.step,
        steps=ticks.steps,
        moving=ticks.moving,
        method=case.solver.method or METHOD,
        engine=case.solver.engine,
        rtol=case.solver.rtol,
        atol=case.solver.atol,
        max_step=case.solver.max_step,
        jumps=_within(changes, ticks),
        samples=samples,
        factors=factors,
    )


def with_samples(setup: Setup, case: Case, system: System, samples: Samples) -> Setup:
    """A setup that was bound without problems, for other samples of the same sweep."""
    p, _, _ = sampled_values(case, system, samples)
    clock(case, system, p)  # writes the control constants
    return replace(setup, parameters=p, samples=samples)


def with_drawn_variants(cases: Sequence[Case], setups: Sequence[Setup], samples: Samples) -> Setup:
    """One setup for variants among which a sweep draws: the column of each sample is that of its variant.

    Raises ScenarioError where a parameter that variants set changes when they run.
    """
    first = setups[0]
    for case, setup in zip(cases, setups, strict=True):
        if setup.step != first.step or not np.array_equal(setup.times, first.times):
            what = f"variants '{cases[0].name}' and '{case.name}' differ in the times that follow from their parameters"
            raise ScenarioError(Problem(what=what, help="state them under [time] and [solver] step"))
    names = [case.name for case in cases]
    chosen = np.array([names.index(name) for name in variant_names(samples)])
    p = first.parameters.copy()
    for number, setup in enumerate(setups):
        p[:, chosen == number] = setup.parameters[:, chosen == number]
    return replace(first, parameters=p, samples=samples)


def _early(case: Case, ticks: Clock) -> list[Problem]:
    return [
        Problem(
            what=f"an event at {event.at:g} lies before the start at {ticks.times[0]:g}",
            place=event.place,
            help="set where the run starts under [parameters] or [initial]",
        )
        for event in case.events
        if event.at < ticks.times[0]
    ]


def _warn(case: Case, ticks: Clock) -> None:
    """Tell what is left out without being wrong."""
    logger, last = logging.getLogger("sdrun"), float(ticks.times[-1])
    if last < ticks.stop:
        logger.warning("the run ends at %g, the last time to save at before the stop at %g", last, ticks.stop)
    for event in case.events:
        if event.at > last:
            logger.warning("the event at %g on '%s' lies after the end of the run at %g", event.at, event.target, last)


def _within(changes: tuple[Jump, ...], ticks: Clock) -> tuple[Jump, ...]:
    return tuple(jump for jump in changes if jump.at <= ticks.times[-1] and jump.rows)


def _error(case: Case, problems: list[Problem]) -> ScenarioError | DataError:
    """A DataError where every problem lies in a data file."""
    files = {setting.value.file for setting in (*case.parameters, *case.initial) if isinstance(setting.value, DataColumn)}
    if problems and all(problem.place is not None and problem.place.path in files for problem in problems):
        return DataError(*problems)
    return ScenarioError(*problems)
