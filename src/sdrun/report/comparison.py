"""The same answer by every index of power side by side, and whether the index or the variant decides it."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from sdrun.report.figures import Figures, has_power, power_figures

if TYPE_CHECKING:
    import xarray as xr

ALIKE = 0.05
"""Effects that differ by less than this part of the larger one are called alike."""

_SAID = {
    "index": "the answer depends more on the index of power",
    "variant": "the answer depends more on the variant",
    "both": "the answer depends on both alike",
}


def comparison_figures(ds: "xr.Dataset") -> Figures | None:
    """Whether the index of power or the variant moves the duration of unipolarity more; None for models without.

    `across_indices` is the variant whose durations differ most by index, `across_variants` the index by which they differ most
    between variants, each with its least and its most.  `moves_more` is "index", "variant", "both" (within a twentieth),
    "neither" (nothing moves it), or None with a single variant.
    """
    rows = list(power_figures(ds)) if "index_effect" in ds and has_power(ds) else []
    rows = [row for row in rows if row["unipolar_duration"] is not None]
    if not rows:
        return None
    by_index, by_variant = _effect(ds, "index_effect"), _effect(ds, "variant_effect")
    return {
        "unit": str(ds["time"].attrs.get("units", "1")),
        "index_effect": by_index,
        "variant_effect": by_variant,
        "moves_more": _larger(by_index, by_variant),
        "across_indices": _widest(rows, "variant", "index"),
        "across_variants": None if by_variant is None else _widest(rows, "index", "variant"),
        "durations": len(rows),
        "lower_bounds": sum(row["unipolar_duration_is_lower_bound"] for row in rows),
    }


def _effect(ds: "xr.Dataset", name: str) -> float | None:
    """The median of samples; None where it is not defined."""
    value = float(ds[name].compute().median())
    return value if np.isfinite(value) else None


def _larger(index: float | None, variant: float | None) -> str | None:
    if index is None or variant is None:
        return None
    if max(index, variant) == 0:
        return "neither"
    if abs(index - variant) <= ALIKE * max(index, variant):
        return "both"
    return "index" if index > variant else "variant"


def _widest(rows: Sequence[Figures], fixed: str, across: str) -> Figures:
    """Of the lines that share `fixed`, those that differ most in duration: the least, the most, and what has them."""
    groups = [[row for row in rows if row[fixed] == value] for value in dict.fromkeys(row[fixed] for row in rows)]
    ends = [(min(group, key=_years), max(group, key=_years)) for group in groups]
    least, most = max(ends, key=lambda pair: _years(pair[1]) - _years(pair[0]))
    taken = ("unipolar_duration", "unipolar_duration_is_lower_bound", across)
    return {fixed: least[fixed], "least": {key: least[key] for key in taken}, "most": {key: most[key] for key in taken}}


def _years(row: Figures) -> float:
    return float(row["unipolar_duration"])


# ── in words ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def duration(row: Figures) -> str:
    """The duration of unipolarity, with `>` where it outlasts the run."""
    years = row["unipolar_duration"]
    return "" if years is None else f"{'> ' if row['unipolar_duration_is_lower_bound'] else ''}{years:.0f}"


def leaders(row: Figures) -> str:
    """Who leads, first → last."""
    return " → ".join(dict.fromkeys(name for name in row["leader"].values() if name))


def units(ds: "xr.Dataset") -> str:
    """The unit of time in the plural."""
    unit = str(ds["time"].attrs.get("units") or "1")
    return "units of time" if unit == "1" else f"{unit}s"


def side_by_side(ds: "xr.Dataset") -> Iterator[list[str]]:
    """A line per variant: for each index how long unipolarity lasts, and who leads."""
    rows = list(power_figures(ds))
    width = max(len(duration(row)) for row in rows)
    for variant in dict.fromkeys(row["variant"] for row in rows):
        yield [
            variant or "",
            *(f"{duration(row):>{width}}  {leaders(row)}".rstrip() for row in rows if row["variant"] == variant),
        ]


def verdict(ds: "xr.Dataset") -> str:
    """What the duration of unipolarity depends on, in words; empty where there is nothing to compare."""
    found = comparison_figures(ds)
    if found is None or found["index_effect"] is None:
        return ""
    unit, widest, across = units(ds), found["across_indices"], found["across_variants"]
    by_index = f"On average another index of power changes it by {_amount(found['index_effect'])} {unit}"
    if found["moves_more"] is None:
        ends = " to ".join(f"{duration(end)} ({end['index']})" for end in (widest["least"], widest["most"]))
        said = f"Unipolarity lasts {ends} {unit}. {by_index}; what another variant would change, one variant cannot say."
    elif found["moves_more"] == "neither":
        said = f"Unipolarity lasts {duration(widest['least'])} {unit} by every index of power and in every variant."
    else:
        said = (
            f"By index of power unipolarity lasts {_span(widest)} {unit} in variant {widest['variant']}; by variant it lasts "
            f"{_span(across)} {unit} with index {across['index']}. {by_index}, another variant by "
            f"{_amount(found['variant_effect'])} {unit}: {_SAID[found['moves_more']]}."
        )
    count, durations = found["lower_bounds"], found["durations"]
    return said + (f" {count} of the {durations} durations outlast the run and count as they stand." if count else "")


def _amount(effect: float) -> str:
    return f"{effect:.3g}" if effect < 1000 else f"{effect:.0f}"


def _span(widest: Figures) -> str:
    least, most = duration(widest["least"]), duration(widest["most"])
    return least if least == most else f"{least} to {most}"
