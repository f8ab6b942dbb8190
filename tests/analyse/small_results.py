"""Worlds whose answers can be told without the indicators."""

import numpy as np
import xarray as xr

from sdrun.analyse import analyse


def world(economy, military=None, *, income=None, states=None, time=None, unit="year", **more):
    """A dataset of states; `economy` and `military` are (state, time)."""
    economy = np.asarray(economy, dtype=float)
    states = states or [f"S{i}" for i in range(len(economy))]
    time = np.arange(economy.shape[-1], dtype=float) if time is None else np.asarray(time, dtype=float)
    variables = {
        "economy": (("state", "time"), economy),
        "military_capability": (("state", "time"), economy if military is None else np.asarray(military, dtype=float)),
        "income_per_head": (("state", "time"), np.ones_like(economy) if income is None else np.asarray(income, dtype=float)),
    }
    coords = {"state": states, "time": ("time", time, {"units": unit})}
    return xr.Dataset(variables, coords=coords).assign(
        {name: (dims, np.asarray(v, dtype=float)) for name, (dims, v) in more.items()}
    )


def duration(ds, index="military"):
    ds = analyse(ds)
    years, censored = ds["unipolar_duration"].sel(index=index), ds["unipolar_duration_censored"].sel(index=index)
    return float(years), bool(censored)


def three_states(shares, **kwargs):
    """The leader with `shares` before two equal rivals, so that its share may fall below a half."""
    shares = np.asarray(shares, dtype=float)
    return world([shares, (1 - shares) / 2, (1 - shares) / 2], **kwargs)


def side_by_side(**variants):
    """Datasets as variants of one, joined on the union of their times and states."""
    names = xr.DataArray(list(variants), dims="variant", name="variant")
    return xr.concat(list(variants.values()), dim=names, join="outer", data_vars="all", coords="minimal", compat="equals")
