"""What a reader sees in the terminal: the answer in a table of less than 100 columns."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from sdrun.errors import printable

if TYPE_CHECKING:
    import xarray as xr
    from rich.table import Table

SHOWN_AT_MOST = 40
"""Lines for stocks."""


def summary_table(ds: "xr.Dataset") -> "Table":
    """Power by index for models of states with power indices; else the stocks at the start, in the middle and at the end.

    With samples it shows their medians.
    """
    from rich import box
    from rich.table import Table
    from rich.text import Text

    powers = "leader_share_by_index" in ds
    header, rows = (power_header(), power_rows(ds)) if powers else (stock_header(ds), stock_rows(ds))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True, title_justify="left", caption_justify="left")
    table.title = Text(printable(str(ds.attrs.get("title", ""))), style="bold")
    table.caption = Text(power_caption(ds)) if powers else None
    hidden = 0 if "variant" in ds.dims else 1
    cells = [[printable(cell) for cell in row[hidden:]] for row in rows]
    for i, name in enumerate(header[hidden:]):
        width = max(len(row[i]) for row in [header[hidden:], *cells])
        words = i + hidden < 3
        table.add_column(
            Text(name), justify="left" if i + hidden < 3 else "right", overflow="fold", min_width=4 if words else width
        )
    for i, row in enumerate(cells):
        if i > 0 and row[0] and not hidden:
            table.add_section()
        table.add_row(*(Text(cell) for cell in row))
    return table


# ── models of states ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def power_caption(ds: "xr.Dataset") -> str:
    """What the columns of `power_rows` mean."""
    years = ", ".join(_year(time) for time in _three(next(variants(ds))[1]["leader_share_by_index"]))
    return (
        f"leader: the state with the largest share of power, first → last; share: its share in {years}; poles: effective "
        "number, first → last; unipolar: time until the largest share stays below one half for 5 years, > if that outlasts "
        "the run; coalition: counter-coalition ratio at the end."
    )


def power_header() -> list[str]:
    """Titles of the columns of `power_rows`."""
    return ["variant", "power by", "leader", "share %", "poles", "unipolar", "coalition"]


def power_rows(ds: "xr.Dataset") -> Iterator[list[str]]:
    """A line per variant and index; arrows lead from the start to the end, `>` says that unipolarity outlasts the run."""
    for variant, part in variants(ds):
        for i, index in enumerate(part["index"].values):
            at = part.sel(index=index)
            share = at["leader_share_by_index"]
            shares = " ".join(f"{100 * float(share.sel(time=t)):3.0f}" if np.isfinite(t) else "" for t in _three(share)).strip()
            poles = _ends(at["effective_poles_by_index"])
            ratio = f"{_ends(part['counter_coalition_ratio'])[-1]:.2f}" if i == 0 and _has_ratio(part) else ""
            first = variant if i == 0 else ""
            yield [first, str(index), _leaders(at), shares, f"{poles[0]:.1f} → {poles[-1]:.1f}", _duration(at), ratio]


def _leaders(at: "xr.Dataset") -> str:
    if "leader" not in at:
        return ""
    names = [name for name in at["leader"].values.tolist() if name]
    return " → ".join(dict.fromkeys([names[0], names[-1]])) if names else ""


def _duration(at: "xr.Dataset") -> str:
    years = float(at["unipolar_duration"])
    censored = float(at["unipolar_duration_censored"]) > 0 and not np.isnan(years)
    return f"{'> ' if censored else ''}{years:.0f}"


def _has_ratio(part: "xr.Dataset") -> bool:
    return "counter_coalition_ratio" in part and part["counter_coalition_ratio"].dims == ("time",)


# ── any model ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def stock_header(ds: "xr.Dataset") -> list[str]:
    """Titles of the columns of `stock_rows`."""
    times = [_year(time) for time in _three(ds["time"])]
    unit = str(ds["time"].attrs.get("units", ""))
    return ["variant", "stock", "unit", *(f"{unit} {time}" for time in times)]


def stock_rows(ds: "xr.Dataset") -> Iterator[list[str]]:
    """A line per variant, stock and element, at the start, in the middle and at the end; the first `SHOWN_AT_MOST`."""
    lines = list(_stock_rows(ds))
    yield from lines[:SHOWN_AT_MOST]
    if len(lines) > SHOWN_AT_MOST:
        yield ["", f"... and {len(lines) - SHOWN_AT_MOST} more in the results", "", "", "", ""]


def _stock_rows(ds: "xr.Dataset") -> Iterator[list[str]]:
    for variant, part in variants(ds):
        first = variant
        for array in part.data_vars.values():
            if array.attrs.get("sd_type") == "stock" and array.notnull().any():
                for where in np.ndindex(array.shape[:-1]):
                    line = array[where]
                    element = ", ".join(str(line[dim].values) for dim in array.dims[:-1])
                    name = f"{array.attrs['long_name']}[{element}]" if element else str(array.attrs["long_name"])
                    numbers = [f"{float(line.sel(time=t)):.4g}" for t in _three(ds["time"])]
                    yield [first, name, str(array.attrs.get("units", "")), *numbers]
                    first = ""


# ── both ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def variants(ds: "xr.Dataset") -> "Iterator[tuple[str, xr.Dataset]]":
    """(name, its part) for each variant, once with an empty name where there are none; the median of samples."""
    if "sample" in ds.dims:
        numbers = [name for name, array in ds.data_vars.items() if array.dtype.kind in "fi"]
        ds = ds[numbers].median("sample", keep_attrs=True)
    if "variant" not in ds.dims:
        yield "", ds
        return
    for name in ds["variant"].values:
        yield str(name), ds.sel(variant=name)


def _three(array: "xr.DataArray") -> list[float]:
    """The first time that has a value, the saved time nearest to the middle, the last."""
    times = array["time"].values
    if array.ndim > 1 or array.name != "time":
        times = times[array.notnull().any([dim for dim in array.dims if dim != "time"]).values]
    if len(times) == 0:
        return [np.nan] * 3
    middle = times[np.abs(times - (times[0] + times[-1]) / 2).argmin()]
    return [float(times[0]), float(middle), float(times[-1])]


def _ends(array: "xr.DataArray") -> list[float]:
    values = array.values[np.isfinite(array.values)]
    return [float(values[0]), float(values[-1])] if len(values) else [np.nan, np.nan]


def _year(time: float) -> str:
    return f"{time:.6g}"
