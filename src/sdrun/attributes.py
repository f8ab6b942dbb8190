"""Attributes of the result that NetCDF can hold, and what the dataset says of itself."""

import json
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import numpy as np

from sdrun.errors import InputError, Problem, ScenarioError
from sdrun.model import CONTROLS, name_id
from sdrun.scenario import Case, Scenario
from sdrun.simulation import Run
from sdrun.sweep import RANDOM_DESIGNS, STRUCTURAL
from sdrun.system import System, by_name

FLAGGED_BY = "ancillary_variables"
"""Attribute of a length of time: the variable that says where the run ended first (CF conventions, 3.4)."""

_DURATIONS = ("days", "hours", "minutes", "seconds", "milliseconds", "microseconds", "nanoseconds")


def attributes(**given: object) -> dict[str, Any]:
    """Attributes that NetCDF can hold: text, numbers and arrays of numbers; None is left out.

    >>> attributes(title="a", fast=True, none=None, authors=("A", "B"))
    {'title': 'a', 'fast': 'true', 'authors': 'A; B'}
    """
    return {name: _attribute(value) for name, value in given.items() if value is not None}


def _attribute(value: object) -> object:
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float() | np.ndarray() | np.number():
            return value
        case list() | tuple() if value and all(isinstance(item, str) for item in value):
            return _attribute("; ".join(value))
        case list() | tuple() | dict():
            return _attribute(json.dumps(value, default=str, sort_keys=True))
        case datetime():
            return value.isoformat()
        case _:
            return str(value).replace("\0", "").encode("utf-8", errors="replace").decode("utf-8")


def safe_units(units: str) -> str:
    """Units that xarray takes for units, never for a date or a duration.

    >>> safe_units("Days"), safe_units("days"), safe_units("years since 1900")
    ('Days', 'day', 'years after 1900')
    """
    return units[:-1] if units in _DURATIONS else units.replace("since", "after")


def variant_title(case: Case) -> str:
    """What to call a variant: its own title with the theory's name, or its theory's title, or its name."""
    if case.theory is None:
        return case.title or case.name
    title = case.title or case.theory.title
    return f"{title} (theory {case.theory.name})" if title else case.theory.name


def references(scenario: Scenario) -> tuple[str, ...]:
    """What the scenario and its theories cite, each once."""
    theories = [theory for case in scenario.cases for theory in (case.theory, *case.theories.values()) if theory is not None]
    cited = [scenario.cite, *(text for theory in theories for text in theory.references)]
    return tuple(dict.fromkeys(text for text in cited if text))


def factor_label(name: str, system: System) -> str:
    """What a sweep varies, as the model writes it: a parameter, or elements of one; theory and variant as they are."""
    rows = by_name(system.parameters)
    base, bracket, inside = name.partition("[")
    if name in STRUCTURAL or name_id(name) in rows or not bracket:
        return name if name in STRUCTURAL else rows[name_id(name)].label
    slot = rows[name_id(base)]
    labels = [_element(part, dim, system) for part, dim in zip(inside.rstrip(" ]").split(","), slot.dims, strict=True)]
    return f"{slot.label}[{', '.join(labels)}]"


def _element(name: str, dim: str, system: System) -> str:
    """An element's label."""
    dimension = system.dimensions[dim]
    known = {name_id(label): label for label in dimension.labels} | dict(zip(dimension.elements, dimension.labels, strict=True))
    return known[name_id(name)]


def _sweep_attributes(runs: Sequence[Run], scenario: Scenario) -> dict[str, Any]:
    """What an analysis of a sweep needs beside its samples: lists as JSON."""
    sweep = scenario.sweep
    if sweep is None:
        return {"seed": "none", "design": "none"}
    return {
        "seed": str(sweep.seed) if sweep.method in RANDOM_DESIGNS else "none",
        "design": sweep.method,
        "factors": json.dumps([factor_label(factor.name, runs[0].system) for factor in sweep.factors]),
        "output_variables": json.dumps([name_id(name) for name in scenario.output.variables or ()]),
    }


def global_attributes(runs: Sequence[Run], scenario: Scenario, run_id: str) -> dict[str, Any]:
    """Those of the dataset itself, after ACDD-1.3."""
    created, ours = now().isoformat(timespec="seconds"), version("sdrun")
    models = "; ".join(dict.fromkeys(run.case.model.name for run in runs))
    return attributes(
        Conventions="ACDD-1.3",
        title=scenario.title or scenario.stem,
        summary=scenario.description or scenario.title or scenario.stem,
        source=f"system-dynamics model {models}, integrated by sdrun {ours}",
        history=f"{created}: made by sdrun {ours}",
        date_created=created,
        references="; ".join(references(scenario)),
        creator_name="; ".join(scenario.authors),
        sdrun_version=ours,
        run_id=run_id,
        **_sweep_attributes(runs, scenario),
    )


def now() -> datetime:
    """The time that results are stamped with: `SOURCE_DATE_EPOCH` where it is set, else the clock.

    Raises InputError where it is no time.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    try:
        return datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.now(UTC)
    except (ValueError, OverflowError, OSError):
        help_ = "it holds seconds since 1970, such as 1767225600; or unset it"
        raise InputError(Problem(what=f"SOURCE_DATE_EPOCH is no time: '{epoch}'", help=help_)) from None


def time_unit(run: Run) -> str:
    """The unit of time in the singular and small letters: the scenario's, or that of the model's control variables.

    "1" where neither gives one.
    """
    controls = [slot.units for slot in run.system.recorded if slot.id in CONTROLS and slot.units]
    unit = (run.case.time.unit or next(iter(controls), "1")).strip().lower()
    return unit.removesuffix("s")


def shared_time_unit(runs: Sequence[Run]) -> str:
    """The unit that all runs share; a model that gives none follows the others."""
    units = {time_unit(run): run for run in runs}
    if len(units) > 1:
        units.pop("1", None)
    if len(units) > 1:
        which = ", ".join(f"'{unit}' in variant '{run.case.name}'" for unit, run in units.items())
        raise ScenarioError(Problem(what=f"variants count time in different units: {which}", help="run them as two scenarios"))
    return next(iter(units))


def flags(meanings: Mapping[int, str]) -> dict[str, object]:
    """The attributes of an int8 variable whose values are names."""
    return {"flag_values": np.array(list(meanings), dtype=np.int8), "flag_meanings": " ".join(meanings.values())}
