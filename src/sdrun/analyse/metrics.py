"""Metrics: the figures that a sweep takes of each sample, from variables and indicators."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from sdrun.attributes import FLAGGED_BY
from sdrun.errors import Problem, locate, nearest
from sdrun.model import name_id
from sdrun.sweep import Metric
from sdrun.trajectory import ids, selected

if TYPE_CHECKING:
    import xarray as xr

_NOT_CHOSEN = ("variant", "sample", "time")
"""Dimensions of which a metric selects nothing."""


def with_metrics(ds: "xr.Dataset", metrics: Sequence[Metric]) -> "xr.Dataset":
    """`ds` with a variable per metric, `role = "metric"`, over variant, sample, and dimensions that nothing was selected of.

    Beside a length of time stands `<metric>_censored`, `role = "flag"`, where its indicator says that the run ended first.
    """
    return ds.assign({name: array for metric in metrics for name, array in _with_flag(ds, metric)})


def _with_flag(ds: "xr.Dataset", metric: Metric) -> "Iterator[tuple[str, xr.DataArray]]":
    array, flag = _taken(ds, metric), _flag(ds, metric)
    if flag is None:
        yield metric.name, array
        return
    name = f"{metric.name}_censored"
    yield metric.name, array.assign_attrs({FLAGGED_BY: name})
    about = {"long_name": name.replace("_", " "), "role": "flag"}
    yield name, selected(flag, metric.select).assign_attrs({**flag.attrs, **about})


def _flag(ds: "xr.Dataset", metric: Metric) -> "xr.DataArray | None":
    """What flags the indicator that the metric is of."""
    name = _variable(ds, metric)
    flag = ds[name].attrs.get(FLAGGED_BY) if name is not None else None
    return ds[flag] if flag in ds else None


def metric_problems(ds: "xr.Dataset", metrics: Sequence[Metric]) -> list[Problem]:
    """What is wrong with metrics of a result such as `ds`, whose values do not matter."""
    return [
        locate(problem, metric.place) if metric.place is not None else problem
        for metric in metrics
        for problem in _problems(ds, metric)
    ]


def _problems(ds: "xr.Dataset", metric: Metric) -> Iterator[Problem]:
    if metric.name in ds.variables:
        yield Problem(what=f"metric '{metric.name}' has the name of a variable of the result", help="give it a name of its own")
    name = _variable(ds, metric)
    if name is None:
        yield _unknown(ds, metric)
        return
    array = ds[name]
    if array.dtype.kind not in "fi":
        yield Problem(what=f"metric '{metric.name}' would be a text: '{metric.of}' is no number")
    yield from _times(ds, metric, "time" in array.dims)
    own = [str(dim) for dim in array.dims if dim not in _NOT_CHOSEN]
    for dim, label in metric.select.items():
        if name_id(dim) not in own:
            has = f"it has {', '.join(own)}" if own else "it has none"
            help_ = nearest(dim, [*own, "indicator", "variable", "at"]) or has
            yield Problem(what=f"'{metric.of}' has no dimension '{dim}'", help=help_)
        elif name_id(label) not in map(name_id, labels := [str(known) for known in ds[name_id(dim)].values]):
            help_ = nearest(label, labels) or f"elements: {', '.join(labels[:8])}"
            yield Problem(what=f"unknown element '{label}' of {dim}, in metric '{metric.name}'", help=help_)


def _unknown(ds: "xr.Dataset", metric: Metric) -> Problem:
    kind, other = ("indicator", "variable") if metric.is_indicator else ("variable", "indicator")
    if _variable(ds, metric, indicator=not metric.is_indicator) is not None:
        return Problem(what=f"'{metric.of}' is no {kind}", help=f'write {other} = "{metric.of}"')
    known = [name for name, array in ds.data_vars.items() if (array.attrs.get("role") == "indicator") == metric.is_indicator]
    labels = [str(name) if metric.is_indicator else str(ds[name].attrs["long_name"]) for name in known]
    help_ = nearest(metric.of, labels) or (f"indicators of this model: {', '.join(labels)}" if metric.is_indicator else None)
    return Problem(what=f"unknown {kind} '{metric.of}'", help=help_)


def _times(ds: "xr.Dataset", metric: Metric, timed: bool) -> Iterator[Problem]:
    first, last = float(ds["time"].values[0]), float(ds["time"].values[-1])
    if timed and metric.at is None:
        yield Problem(what=f"'{metric.of}' changes with time, and metric '{metric.name}' is one figure", help="give at = ...")
    elif not timed and metric.at is not None:
        yield Problem(what=f"'{metric.of}' does not change with time", help="leave out at")
    elif metric.at is not None and not first <= metric.at <= last:
        yield Problem(what=f"metric '{metric.name}' is at {metric.at:g}, outside the run from {first:g} to {last:g}")


def _variable(ds: "xr.Dataset", metric: Metric, indicator: bool | None = None) -> str | None:
    """The name in `ds` of what the metric is of."""
    wanted, indicator = name_id(metric.of), metric.is_indicator if indicator is None else indicator
    for name, array in ds.data_vars.items():
        if wanted in ids(array) and (array.attrs.get("role") == "indicator" if indicator else "role" not in array.attrs):
            return str(name)
    return None


def _taken(ds: "xr.Dataset", metric: Metric) -> "xr.DataArray":
    name = _variable(ds, metric)
    assert name is not None, "metrics were checked"
    array = ds[name] if metric.at is None else _at(ds[name], metric.at)
    if "time" in array.dims:  # a constant that an event changes
        array = array.isel(time=-1, drop=True)
    array = selected(array, metric.select)
    where = [f"at {metric.at:g}"] if metric.at is not None else []
    where += [f"{dim} {label}" for dim, label in metric.select.items()]
    array.attrs = {
        "long_name": metric.name.replace("_", " "),
        "units": str(ds[name].attrs.get("units", "")),
        "description": ", ".join([str(ds[name].attrs["long_name"]), *where]),
        "role": "metric",
    }
    return array


def _at(array: "xr.DataArray", at: float) -> "xr.DataArray":
    """The array at a time: linear between saved times, of whole numbers the one that holds since the last."""
    times = array["time"].values
    after = min(int(np.searchsorted(times, at, side="left")), len(times) - 1)
    if times[after] == at or after == 0:
        return array.isel(time=after, drop=True)
    before = array.isel(time=after - 1, drop=True)
    if array.dtype.kind != "f":
        return before
    share = float((at - times[after - 1]) / (times[after] - times[after - 1]))
    return before * (1 - share) + array.isel(time=after, drop=True) * share
