"""Small models with closed answers, as scenarios; and results made by hand."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from sdrun.sample import draw
from sdrun.sweep import Factor, Sweep

MODELS = Path(__file__).parent / "models"


def scenario(model: str, method: str, samples: int, factors: Mapping[str, Any], metric: Any, **tables: Any) -> dict[str, Any]:
    """A sweep of one of the models, Euler's method, all in float64."""
    sweep = {"method": method, "samples": samples, "seed": 7, "parameters": factors, "metrics": {"y": metric}}
    output = {"precision": "float64", **tables.pop("output", {})}
    return {"model": {"file": MODELS / model}, "solver": {"method": "euler"}, "sweep": sweep, "output": output, **tables}


PI = {"low": -np.pi, "high": np.pi}

ISHIGAMI = {"first": PI, "second": PI, "third": PI, "idle": PI}

UNIT = {"low": 0.0, "high": 1.0}


def ishigami(method: str, samples: int, **tables: Any) -> dict[str, Any]:
    """sin x1 + 7 sin^2 x2 + 0.1 x3^4 sin x1, and a factor that acts on nothing."""
    return scenario("ishigami.mdl", method, samples, ISHIGAMI, {"variable": "outcome", "at": 1}, **tables)


def ishigami_indices() -> dict[str, np.ndarray]:
    """Ishigami & Homma 1990; of first order, in total and of pairs, for the four factors of the scenario."""
    a, b = 7.0, 0.1
    one, two = (1 + b * np.pi**4 / 5) ** 2 / 2, a**2 / 8
    both = b**2 * np.pi**8 * (1 / 18 - 1 / 50)
    whole = one + two + both
    pairs = np.zeros((4, 4))
    pairs[0, 2] = pairs[2, 0] = both / whole
    return {
        "first": np.array([one, two, 0, 0]) / whole,
        "total": np.array([one + both, two, both, 0]) / whole,
        "second": pairs,
    }


G_WEIGHTS = np.array([0, 0.5, 3, 9, 99])


def g_function(method: str, samples: int, **tables: Any) -> dict[str, Any]:
    """Sobol's g, the product of (|4 x - 2| + a) / (1 + a), over the elements of one parameter."""
    return scenario(
        "g_function.mdl", method, samples, {f"x[f{k}]": UNIT for k in range(1, 6)}, {"variable": "g", "at": 1}, **tables
    )


def g_indices() -> dict[str, np.ndarray]:
    """Saltelli & Sobol 1995."""
    alone = 1 / (3 * (1 + G_WEIGHTS) ** 2)
    whole = np.prod(1 + alone) - 1
    return {
        "first": alone / whole,
        "total": alone * np.prod(1 + alone) / (1 + alone) / whole,
        "second": np.outer(alone, alone) / whole,
    }


def result(method: str, samples: int, function: Any, kinds: Mapping[str, Factor] | None = None, count: int = 3) -> xr.Dataset:
    """The result of a sweep over factors in the unit interval (or `kinds`) whose metrics are `function` of their values."""
    unit = {f"x{k + 1}": Factor(name=f"x{k + 1}", kind="uniform", arguments={"low": 0.0, "high": 1.0}) for k in range(count)}
    factors = tuple((kinds or unit).values())
    drawn = draw(Sweep(method=method, samples=samples, seed=3, factors=factors))
    coords: dict[str, Any] = {"sample": np.arange(samples)}
    for factor, row in zip(factors, drawn.values, strict=True):
        texts = [factor.values[int(number)] for number in row] if factor.values and isinstance(factor.values[0], str) else row
        coords[factor.name.removeprefix("model.")] = ("sample", texts, {"long_name": factor.name, "role": "parameter"})
    if drawn.steps is not None:
        coords |= {"morris_factor": ("sample", drawn.steps.factor), "morris_step": ("sample", drawn.steps.by)}
    return made(coords, function(drawn.values), [factor.name for factor in factors], method)


def made(coords: Mapping[str, Any], outcomes: np.ndarray, factors: list[str], method: str) -> xr.Dataset:
    """A result with a metric y."""
    dims = ("sample", "element")[: outcomes.ndim]
    attrs = {"design": method, "factors": json.dumps(factors), "seed": "3", "output_variables": "[]"}
    return xr.Dataset({"y": (dims, outcomes, {"role": "metric", "long_name": "y", "units": "m"})}, coords=coords, attrs=attrs)
