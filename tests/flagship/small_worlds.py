"""Small worlds for the flagship, made here, and what its tests ask of a result."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from sdrun.bind import bind
from sdrun.execution import run_batch
from sdrun.model import Model, Number
from sdrun.preparation import Prepared, prepare
from sdrun.read import read_scenario
from sdrun.solve import integrate
from sdrun.system import System

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "models" / "balance_of_power.mdl"

THREE: Mapping[str, Any] = {
    "initial economy": {"A": 1000.0, "B": 700.0, "C": 150.0},
    "initial population": {"A": 50.0, "B": 60.0, "C": 20.0},
    "initial military spending": {"A": 40.0, "B": 15.0, "C": 4.0},
    "initial burden": {"A": 0.04, "B": 0.02, "C": 0.03},
    "initial growth advantage": {"A": 0.0, "B": 0.02, "C": 0.01},
    "initial pacts": {"A": {"C": 1.0, "*": 0.0}, "C": {"A": 1.0, "*": 0.0}, "*": 0.0},
    "distance": {"A": {"B": 1500.0, "*": 4000.0}, "B": {"A": 1500.0, "*": 800.0}, "C": {"B": 800.0, "*": 4000.0}},
    "sea": {"C": {"*": 1.0}, "*": {"C": 1.0, "*": 0.0}},
}
"""Three unequal states: a leader, a riser beside him, a weak ally of the leader across the sea."""


def tables(
    states: tuple[str, ...] = ("A", "B", "C"),
    parameters: Mapping[str, Any] = THREE,
    *,
    years: float = 20.0,
    method: str = "rk4",
    step: float = 0.5,
    initial: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """A scenario of the flagship among `states`."""
    return {
        "initial": dict(initial or {}),
        "schema": 1,
        "model": {"file": str(MODEL)},
        "subscripts": {"state": list(states)},
        "time": {"start": 0.0, "stop": years, "save_every": years / 10},
        "solver": {"method": method, "step": step} if method == "rk4" else {"method": method},
        "parameters": dict(parameters),
    }


@cache
def system(states: tuple[str, ...]) -> System:
    """The flagship compiled for `states`, once for all tests."""
    return prepare(tables(states, {})).systems[0]


def world(
    states: tuple[str, ...] = ("A", "B", "C"),
    parameters: Mapping[str, Any] = THREE,
    *,
    variants: Mapping[str, Mapping[str, Any]] | None = None,
    **how: Any,
) -> xr.Dataset:
    """The results of `tables(...)`, with variants that differ in parameters."""
    source = tables(states, parameters, **how)
    if variants:
        source["variants"] = {name: {"parameters": dict(dials)} for name, dials in variants.items()}
    scenario = read_scenario(source)
    systems = tuple(system(states) for _ in scenario.cases)
    setups = tuple(bind(case, system(states)) for case in scenario.cases)
    prepared = Prepared(scenario=scenario, systems=systems, setups=setups)
    return run_batch(prepared).dataset


def scalar_dials(model: Model) -> dict[str, tuple[str, float, float]]:
    """Id -> (label, low, high) of every constant without subscripts whose range has two ends."""
    return {
        id_: (variable.label, variable.limits[0], variable.limits[1])
        for id_, variable in model.variables.items()
        if isinstance(variable.equations[0].expression, Number)
        and not variable.equations[0].subscripts
        and variable.limits[0] is not None
        and variable.limits[1] is not None
    }


def numbers(ds: xr.Dataset) -> Iterable[tuple[str, xr.DataArray]]:
    """The model's variables that are numbers over time, with their names; no indicators."""
    floats = {str(name): array for name, array in ds.data_vars.items() if array.dtype.kind == "f" and "time" in array.dims}
    return ((name, array) for name, array in floats.items() if array.attrs.get("role") != "indicator")


def at_dials(dials: Sequence[Mapping[str, float]], *, years: float, step: float) -> Mapping[str, np.ndarray]:
    """The three states under many settings of scalar dials (by id) at once: arrays (..., times, samples)."""
    compiled = system(("A", "B", "C"))
    setup = bind(read_scenario(tables(years=years, step=step)).cases[0], compiled)
    rows = {slot.id: slot.start for slot in compiled.parameters}
    parameters = np.repeat(setup.parameters, len(dials), axis=1)
    for sample, setting in enumerate(dials):
        for id_, value in setting.items():
            parameters[rows[id_], sample] = value
    return integrate(compiled, replace(setup, parameters=parameters)).values
