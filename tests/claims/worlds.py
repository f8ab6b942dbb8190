"""Worlds in which claims are put to the test: all run from the model's own parameters, through `sdrun.run`.

A world is a scenario as tables.  `run(world, variants)` gives one result with a dimension `variant`; equal calls share a run.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import xarray as xr

import sdrun

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "models" / "balance_of_power.mdl"

World = Mapping[str, Any]
Dials = Mapping[str, Any]


def run(world: World, variants: Mapping[str, Dials] | None = None, *, theory: Mapping[str, str] | None = None) -> xr.Dataset:
    """The world's results; with one variant per setting of dials (parameters by name), each under a theory if one is named."""
    source: dict[str, Any] = dict(world)
    if variants is not None:
        source["variants"] = {name: {"parameters": dict(dials)} for name, dials in variants.items()}
        for name, overlay in (theory or {}).items():
            source["variants"][name]["model"] = {"theory": overlay}
    return _run(json.dumps(source, sort_keys=False))


@cache
def _run(source: str) -> xr.Dataset:
    return sdrun.run(json.loads(source))


def states(
    parameters: Dials, names: tuple[str, ...], *, years: float = 40.0, start: float = 0.0, **tables: Any
) -> dict[str, Any]:
    """A world of the states named, with parameters of the model, saved yearly; further tables (`events`) as they are."""
    return {
        "schema": 1,
        "model": {"file": str(MODEL)},
        "subscripts": {"state": list(names)},
        "time": {"start": start, "stop": start + years, "save_every": 1.0},
        "solver": {"method": "LSODA", "rtol": 1e-6},
        "parameters": dict(parameters),
        **tables,
    }


def leader_and_others(
    others: int = 4, *, lead: float = 2.0, distance: float = 1500.0, years: float = 40.0, **tables: Any
) -> dict[str, Any]:
    """A leader L, `lead` times as large as each of equal others A, B, ..., all as far apart and of equal income and burden."""
    names = ("L", *"ABCDEFGHIJKMNOPQRSTUVWXYZ"[:others])
    size = {"L": lead, "*": 1.0}
    scaled = lambda unit: {state: unit * factor for state, factor in size.items()}  # noqa: E731
    parameters = {
        "initial economy": scaled(1000.0),
        "initial population": scaled(50.0),
        "initial military spending": scaled(30.0),
        "initial burden": 0.03,
        "distance": distance,
        "sea": 0.0,
    }
    return states(parameters | tables.pop("parameters", {}), names, years=years, **tables)


def base_year(name: str, *, years: float | None = None, **tables: Any) -> dict[str, Any]:
    """One of the scenarios of a base year, `unipole_1992` and others, with the model's own parameters."""
    import tomllib

    path = ROOT / "scenarios" / f"{name}.toml"
    start = tomllib.loads(path.read_text(encoding="utf-8"))["time"]["start"]
    time = {} if years is None else {"time": {"stop": start + years}}
    return {"schema": 1, "extends": str(path), **time, **tables}


def at(ds: xr.Dataset, name: str, **where: Any) -> float:
    """One number of a result: the variable at a variant, state, time (the last unless told) ..."""
    array = ds[name]
    if "time" in array.dims and "time" not in where:
        array = array.isel(time=-1)
    return float(array.sel(**where))
