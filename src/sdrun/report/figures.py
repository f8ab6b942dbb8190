"""The answer in numbers: what the terminal shows as a table and `--json` as data."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from sdrun.report.metrics_table import metric_columns

if TYPE_CHECKING:
    import xarray as xr

Figures = dict[str, Any]
"""One line of the answer: texts, numbers, None for what is not known, and dicts of them."""


_POWER = ("leader_share_by_index", "effective_poles_by_index", "unipolar_duration", "unipolar_duration_censored")
"""What the table of power is made from; a sweep keeps indicators only where it names them."""

_POWER_TOO = ("leader", "counter_coalition_ratio")
"""What it tells where there is any."""


def summary_rows(ds: "xr.Dataset") -> list[Figures]:
    """Metrics, where there are any; power by variant and index for models of states; else the stocks by variant and element.

    Where something is told for several times, it is a dict with `start`, `middle` and `end`.  With samples it shows medians.
    """
    if metrics := list(metric_figures(ds)):
        return metrics
    return list(power_figures(ds) if has_power(ds) else stock_figures(ds))


def has_power(ds: "xr.Dataset") -> bool:
    """Whether there is power to be told of."""
    return all(name in ds for name in _POWER)


def metric_figures(ds: "xr.Dataset") -> Iterator[Figures]:
    """A line per variant and metric: its least, middle and largest figure among the samples that have one."""
    for variant in ds["variant"].values if "variant" in ds.dims else [""]:
        part = ds.sel(variant=variant) if variant else ds
        for name, column in metric_columns(part):
            values = column.values[np.isfinite(column.values)]
            extremes = (float(of(values)) if values.size else None for of in (np.min, np.median, np.max))
            yield {
                "variant": str(variant) or None,
                "metric": name,
                "unit": str(column.attrs.get("units", "")),
                "description": str(column.attrs["description"]),
                "samples": int(column.size),
                "with_a_figure": int(values.size),
                **dict(zip(("least", "median", "largest"), extremes, strict=True)),
            }


def power_figures(ds: "xr.Dataset") -> Iterator[Figures]:
    """A line per variant and index; the counter-coalition ratio, which has no index, stands on each."""
    for variant, part in _variants(ds[[name for name in (*_POWER, *_POWER_TOO) if name in ds]].compute()):
        for index in part["index"].values:
            at = part.sel(index=index)
            share, poles = at["leader_share_by_index"], at["effective_poles_by_index"]
            times = _three(share)
            yield {
                "variant": variant or None,
                "index": str(index),
                "time": times,
                "leader": _leaders(at),
                "leader_share": {when: _at(share, time) for when, time in times.items()},
                "effective_poles": _ends(poles),
                "unipolar_duration": _number(at["unipolar_duration"]),
                "unipolar_duration_is_lower_bound": bool(at["unipolar_duration_censored"] > 0),
                "counter_coalition_ratio": _ends(part["counter_coalition_ratio"])["end"] if _has_ratio(part) else None,
            }


def stock_figures(ds: "xr.Dataset") -> Iterator[Figures]:
    """A line per variant, stock and element."""
    times = _three(ds["time"])
    if "sample" in ds.dims:  # of a store more than what is told would not fit into memory
        ds = ds.sel(time=list(dict.fromkeys(time for time in times.values() if time is not None))).compute()
    for variant, part in _variants(ds):
        for array in part.data_vars.values():
            if array.attrs.get("sd_type") != "stock" or not array.notnull().any():
                continue
            for where in np.ndindex(array.shape[:-1]):
                line = array[where]
                yield {
                    "variant": variant or None,
                    "stock": str(array.attrs["long_name"]),
                    "element": {str(dim): str(line[dim].values) for dim in array.dims[:-1]},
                    "unit": str(array.attrs.get("units", "")),
                    "time": times,
                    "value": {when: _at(line, time) for when, time in times.items()},
                }


def _variants(ds: "xr.Dataset") -> "Iterator[tuple[str, xr.Dataset]]":
    """(name, its part) for each variant, once with an empty name where there are none; the median of samples."""
    if "sample" in ds.dims:
        numbers = [name for name, array in ds.data_vars.items() if array.dtype.kind in "fi"]
        ds = ds[numbers].median("sample", keep_attrs=True)
    if "variant" not in ds.dims:
        yield "", ds
        return
    for name in ds["variant"].values:
        yield str(name), ds.sel(variant=name)


def _leaders(at: "xr.Dataset") -> Figures:
    names = [name for name in at["leader"].values.tolist() if name] if "leader" in at else []
    return {"start": names[0], "end": names[-1]} if names else {"start": None, "end": None}


def _has_ratio(part: "xr.Dataset") -> bool:
    return "counter_coalition_ratio" in part and part["counter_coalition_ratio"].dims == ("time",)


def _three(array: "xr.DataArray") -> Figures:
    """The first time that has a value, the saved time nearest to the middle, the last."""
    times = array["time"].values
    if array.ndim > 1 or array.name != "time":
        times = times[array.notnull().any([dim for dim in array.dims if dim != "time"]).values]
    if len(times) == 0:
        return {"start": None, "middle": None, "end": None}
    middle = times[np.abs(times - (times[0] + times[-1]) / 2).argmin()]
    return {"start": float(times[0]), "middle": float(middle), "end": float(times[-1])}


def _ends(array: "xr.DataArray") -> Figures:
    """The first and the last finite value."""
    values = array.values[np.isfinite(array.values)]
    return {"start": float(values[0]), "end": float(values[-1])} if len(values) else {"start": None, "end": None}


def _at(array: "xr.DataArray", time: float | None) -> float | None:
    return None if time is None else _number(array.sel(time=time))


def _number(value: "xr.DataArray") -> float | None:
    """JSON knows no NaN."""
    return float(value) if np.isfinite(value) else None
