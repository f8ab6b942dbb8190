"""Indices of a large sweep: 100 000 samples of a variable of 8 states at 100 times, by each method; CPU seconds and memory."""

import json
from resource import RUSAGE_SELF, getrusage
from time import process_time

import numpy as np
import xarray as xr

from sdrun.apportion import sensitivity
from sdrun.sample import draw
from sdrun.sweep import BLOCKS, Factor, Samples, Sweep

SAMPLES, STATES, TIMES = 100_000, 8, 100


def drawn(method: str, count: int) -> Samples:
    factors = tuple(Factor(name=f"x{k}", kind="uniform", arguments={"low": 0.0, "high": 1.0}) for k in range(count))
    block = BLOCKS[method](count) if method in BLOCKS else 1
    return draw(Sweep(method=method, samples=SAMPLES // block * block, factors=factors))


def result(method: str, samples: Samples) -> xr.Dataset:
    """A sum of the factors that grows with time, in float32 as results of sweeps are, and its end as a metric."""
    weights = np.random.default_rng(0).random((len(samples.factors), STATES))
    level = (samples.values.T @ weights)[:, :, None] * np.linspace(0, 1, TIMES) + samples.values[0][:, None, None]
    names = [factor.name for factor in samples.factors]
    coords = {
        name: ("sample", row, {"long_name": name, "role": "parameter"}) for name, row in zip(names, samples.values, strict=True)
    }
    if samples.steps is not None:
        coords |= {"morris_factor": ("sample", samples.steps.factor, {}), "morris_step": ("sample", samples.steps.by, {})}
    attrs = {"design": method, "factors": json.dumps(names), "seed": "1", "output_variables": '["level"]'}
    data = {
        "level": (("sample", "state", "time"), level.astype(np.float32), {"long_name": "level"}),
        "end": (("sample", "state"), level[:, :, -1], {"long_name": "end", "role": "metric"}),
    }
    return xr.Dataset(data, coords=coords, attrs=attrs)


def megabytes() -> float:
    """The most that this process has held."""
    return getrusage(RUSAGE_SELF).ru_maxrss / 1000


if __name__ == "__main__":
    for method in ("sobol", "morris", "saltelli"):
        for count in (8, 28):
            ds = result(method, drawn(method, count))
            held = megabytes()
            seconds = []
            for part in ("end", "level"):
                began = process_time()
                sensitivity(ds[[part]])
                seconds.append(process_time() - began)
            print(
                f"{method}, {count} factors: metric {seconds[0]:.1f} s, over time {seconds[1]:.1f} s CPU; "
                f"{megabytes() - held:.0f} MB more than was held before"
            )
