"""What drives the metrics of a sweep: figures for `--json`, and a short table for the terminal."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from sdrun.errors import printable

if TYPE_CHECKING:
    import xarray as xr
    from rich.console import RenderableType

    from sdrun.report.figures import Figures

SHOWN_FACTORS, SHOWN_METRICS = 4, 6
"""Lines for each metric, and metrics."""

COLUMNS = {"total": ("total", "first"), "mu_star": ("mu*", "sigma"), "pawn": ("PAWN", "pawn_max")}
"""By the statistic that factors are ranked by: its title, and the statistic that stands beside it."""

MEANINGS = {
    "total": "total: share of the variance that a factor has, alone and with others; first: alone",
    "mu_star": "mu*: mean size of a factor's effect over its range; sigma: how its effects differ with the others",
    "pawn": "PAWN: how far a factor moves the distribution, 0 to 1; pawn_max: where it moves it most",
}


def driver_figures(ds: "xr.Dataset") -> "Iterator[Figures]":
    """A line per metric, its elements and factor, those that matter most first."""
    ranked = str(ds.attrs["ranked_by"])
    beside = COLUMNS[ranked][1]
    for metric in _metrics(ds, ranked):
        for where, line in _elements(ds[f"{metric}_{ranked}"]):
            at = ds.sel(where)
            for number in np.argsort(-line.fillna(-np.inf).values, kind="stable"):
                factor = at.isel(parameter=int(number))
                figures = {name: factor.get(f"{metric}_{name}") for name in (ranked, f"{ranked}_low", f"{ranked}_high", beside)}
                yield {
                    "metric": metric,
                    "element": {str(dim): str(label) for dim, label in where.items()},
                    "factor": str(factor["parameter"].values),
                    **{name: _number(value) for name, value in figures.items() if value is not None},
                    "samples": int(at[f"{metric}_samples"]),
                }


def driver_table(ds: "xr.Dataset") -> "RenderableType":
    """The factors that matter most, metric by metric, and how sure that is."""
    from rich import box
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    ranked = str(ds.attrs["ranked_by"])
    title, beside = COLUMNS[ranked]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True, title_justify="left")
    table.title = Text("What drives it", style="bold")
    interval = any(name.endswith(f"{ranked}_low") for name in map(str, ds.data_vars))
    for name in ("metric", "factor"):
        table.add_column(name, overflow="fold")
    for name in (title, *(("95 %",) if interval else ()), beside):
        table.add_column(name, justify="right", no_wrap=True)
    groups = _grouped(driver_figures(ds), ranked)
    if not groups:
        return Text("What drives the outcomes stands in sensitivity.nc.")
    for name, lines in list(groups.items())[:SHOWN_METRICS]:
        for number, line in enumerate(lines[:SHOWN_FACTORS]):
            ends = [_interval(line[f"{ranked}_low"], line[f"{ranked}_high"])] if interval else []
            cells = [name if number == 0 else "", line["factor"], _figure(line[ranked]), *ends, _figure(line[beside])]
            table.add_row(*(Text(printable(cell)) for cell in cells))
        table.add_section()
    return Group(table, Text(printable(driver_caption(ds, len(groups) - SHOWN_METRICS)), style="italic dim"))


def driver_caption(ds: "xr.Dataset", hidden: int = 0) -> str:
    """What the columns mean, of how many samples they are, and whether they have settled."""
    ranked = str(ds.attrs["ranked_by"])
    metrics = list(_metrics(ds, ranked))
    told = [MEANINGS[ranked], _samples(ds, metrics)]
    if "dummy" in ds["parameter"].values:
        noise = max(float(ds[f"{metric}_{ranked}"].sel(parameter="dummy").max()) for metric in metrics)
        told.append(f"A factor that does nothing has {_figure(noise)}")
    if ds.sizes["size"] > 1:
        moved = max(_moved(ds[f"{metric}_{ranked}_by_size"]) for metric in metrics)
        fewer = int(ds["size"].values[-2])
        told.append(f"With the first {fewer} samples alone, {COLUMNS[ranked][0]} differs by {_figure(moved)} at most")
    told += [f"{hidden} more in sensitivity.nc"] if hidden > 0 else []
    return ". ".join(told) + "."


def _samples(ds: "xr.Dataset", metrics: "list[str]") -> str:
    used = np.concatenate([ds[f"{metric}_samples"].values.reshape(-1) for metric in metrics])
    least, most, total = int(used.min()), int(used.max()), int(ds["size"].values[-1])
    if least == total:
        return f"From {total} samples"
    return f"From {f'{least} to {most}' if least < most else most} of {total} samples, without those that failed"


def _metrics(ds: "xr.Dataset", ranked: str) -> Iterator[str]:
    """Names of the metrics: what is told by size."""
    ending = f"_{ranked}_by_size"
    yield from (str(name).removesuffix(ending) for name in ds.data_vars if str(name).endswith(ending))


def _elements(array: "xr.DataArray") -> "Iterator[tuple[dict[Any, Any], xr.DataArray]]":
    """The statistic of each element, and where it is."""
    own = [dim for dim in array.dims if dim != "parameter"]
    for position in np.ndindex(*(array.sizes[dim] for dim in own)):
        where = {dim: array[dim].values[i] for dim, i in zip(own, position, strict=True)}
        yield where, array.sel(where)


def _grouped(lines: "Iterator[Figures]", ranked: str) -> "dict[str, list[Figures]]":
    """Lines by metric and element, where any factor acts; without the dummy, which the caption tells of."""
    found: dict[str, list[Figures]] = {}
    for line in lines:
        labels = ", ".join(line["element"].values())
        if line["factor"] != "dummy":
            found.setdefault(f"{line['metric']}[{labels}]" if labels else line["metric"], []).append(line)
    return {name: group for name, group in found.items() if any(line[ranked] for line in group)}


def _moved(by_size: "xr.DataArray") -> float:
    """The largest difference between the last two sizes."""
    return float(np.abs(by_size.isel(size=-1) - by_size.isel(size=-2)).max())


def _interval(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{_figure(low)} to {_figure(high)}"


def _figure(value: float | None) -> str:
    if value is None or not np.isfinite(value):
        return ""
    return f"{value:.3g}" if abs(value) >= 1 else f"{value:.2f}".replace("-0.00", "0.00")


def _number(value: "xr.DataArray") -> float | None:
    """JSON knows no NaN."""
    return float(value) if np.isfinite(value) else None
