"""What a reader sees in the terminal: the answer in tables of less than 100 columns, and a sentence on what it depends on."""

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from sdrun.errors import printable
from sdrun.report.comparison import duration, leaders, side_by_side, units, verdict
from sdrun.report.figures import has_power, metric_figures, power_figures, stock_figures

if TYPE_CHECKING:
    import xarray as xr
    from rich.console import RenderableType
    from rich.table import Table
    from rich.text import Text

SHOWN_AT_MOST = 40
"""Lines for stocks."""


def summary_table(ds: "xr.Dataset") -> "RenderableType":
    """Metrics of a sweep; power by index for models of states, and what the answer depends on; else the stocks over time.

    With samples it shows their medians.
    """
    from rich.console import Group
    from rich.text import Text

    title, variants = Text(printable(str(ds.attrs.get("title", ""))), style="bold"), "variant" in ds.dims
    if any(array.attrs.get("role") == "metric" for array in ds.data_vars.values()):
        table = _table(title, metric_header(), metric_rows(ds), variants)
        table.caption = Text(printable(metric_caption(ds)))
        return table
    if not has_power(ds):
        return _table(title, stock_header(ds), stock_rows(ds), variants)
    table = _table(title, power_header(), power_rows(ds), variants)
    table.caption = Text(printable(power_caption(ds)))
    heading = Text(f"Unipolarity in {units(ds)} and leader, by index of power")
    beside = _table(
        heading, ["variant", *map(str, ds["index"].values)], side_by_side(ds), variants, words=1 + ds.sizes["index"]
    )
    beside.caption = Text(printable(verdict(ds)))
    return Group(table, Text(), beside)


def _table(title: "Text", header: list[str], rows: Iterator[list[str]], variants: bool, words: int = 3) -> "Table":
    """The first `words` columns hold text, which may be folded; the first of all is left out where there are no variants."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True, title_justify="left", caption_justify="left")
    table.title = title
    hidden = 0 if variants else 1
    cells = [[printable(cell) for cell in row[hidden:]] for row in rows]
    for i, name in enumerate(header[hidden:]):
        width = max(len(row[i]) for row in [header[hidden:], *cells])
        text = i + hidden < words
        table.add_column(Text(name), justify="left" if text else "right", overflow="fold", min_width=4 if text else width)
    several_lines = any(not row[0] for row in cells)
    for i, row in enumerate(cells):
        if i > 0 and row[0] and variants and several_lines:
            table.add_section()
        table.add_row(*(Text(cell) for cell in row))
    return table


# ── sweeps ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def metric_header() -> list[str]:
    """Titles of the columns of `metric_rows`."""
    return ["variant", "metric", "unit", "least", "median", "largest"]


def metric_rows(ds: "xr.Dataset") -> Iterator[list[str]]:
    """A line per variant and metric."""
    before: object = ...
    for row in metric_figures(ds):
        first, before = row["variant"] != before, row["variant"]
        figures = [_figure(row[key], ".4g") for key in ("least", "median", "largest")]
        yield [(row["variant"] or "") if first else "", row["metric"], row["unit"], *figures]


def metric_caption(ds: "xr.Dataset") -> str:
    """Over what the figures are taken, and what the metrics are."""
    meanings = {row["metric"].partition("[")[0]: row["description"] for row in metric_figures(ds)}
    failed = int((ds["status"] != 0).sum())
    of = f"{ds.sizes['sample']} samples" + (f", {failed} runs failed" if failed else "")
    return f"over {of}; " + "; ".join(f"{name}: {meaning}" for name, meaning in meanings.items()) + "."


# ── models of states ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def power_caption(ds: "xr.Dataset") -> str:
    """What the columns of `power_rows` mean."""
    spans = {tuple(row["time"].values()) for row in power_figures(ds)}
    years = ", ".join(_year(time) for time in spans.pop()) if len(spans) == 1 else "the variant's first, middle and last time"
    unit = str(ds["time"].attrs.get("units") or "time unit")
    return (
        f"leader: the state with the largest share of power, first → last; share: its share in {years}; poles: effective "
        f"number, first → last; unipolar: {unit}s until the largest share stays below one half for 5 years, > if that outlasts "
        "the run; coalition: counter-coalition ratio at the end."
    )


def power_header() -> list[str]:
    """Titles of the columns of `power_rows`."""
    return ["variant", "power by", "leader", "share %", "poles", "unipolar", "coalition"]


def power_rows(ds: "xr.Dataset") -> Iterator[list[str]]:
    """A line per variant and index; arrows lead from the start to the end, `>` says that unipolarity outlasts the run."""
    before: object = ...
    for row in power_figures(ds):
        first, before = row["variant"] != before, row["variant"]
        yield [
            (row["variant"] or "") if first else "",
            row["index"],
            leaders(row),
            " ".join(_figure(share, "3.0f", 100.0) for share in row["leader_share"].values()).strip(),
            " → ".join(_figure(poles, ".1f") for poles in row["effective_poles"].values()),
            duration(row),
            _figure(row["counter_coalition_ratio"], ".2f") if first else "",
        ]


# ── any model ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def stock_header(ds: "xr.Dataset") -> list[str]:
    """Titles of the columns of `stock_rows`."""
    times = [time for row in islice(stock_figures(ds), 1) for time in row["time"].values()]
    unit = str(ds["time"].attrs.get("units", ""))
    return ["variant", "stock", "unit", *(f"{unit} {_year(time)}" for time in times)]


def stock_rows(ds: "xr.Dataset") -> Iterator[list[str]]:
    """A line per variant, stock and element, at the start, in the middle and at the end; the first `SHOWN_AT_MOST`."""
    lines = list(stock_figures(ds))
    before: object = ...
    for line in lines[:SHOWN_AT_MOST]:
        first, before = line["variant"] != before, line["variant"]
        element = ", ".join(line["element"].values())
        name = f"{line['stock']}[{element}]" if element else line["stock"]
        numbers = [_figure(value, ".4g") for value in line["value"].values()]
        yield [(line["variant"] or "") if first else "", name, line["unit"], *numbers]
    if len(lines) > SHOWN_AT_MOST:
        yield ["", f"... and {len(lines) - SHOWN_AT_MOST} more in the results", "", "", "", ""]


def _figure(value: float | None, form: str, times: float = 1.0) -> str:
    return "" if value is None else format(times * value, form)


def _year(time: float | None) -> str:
    return _figure(time, ".6g")
