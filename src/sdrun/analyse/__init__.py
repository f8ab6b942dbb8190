"""Result -> result with indicators.  A stage: it reads datasets, whether fresh from a run or from a file, and knows no run.

TO ADD AN INDICATOR write a function `(ds) -> DataArray | Dataset` in a module here and a row in `INDICATORS`.  Contract:

- pure: `ds` is not changed; works with or without the dimensions `variant` and `sample`, and on a file opened with plain
  xarray;
- dimensions in the order of the schema (`sdrun.trajectory`): variant, sample, the model's own, index, time;
- values where a variant has none (variants of different length are padded with NaN) are left out, not taken for zero;
- attributes `long_name`, `units`, `description`; `role` is set here;
- the docstring gives units, shapes, and the source with its equation.

A row says what the function reads: each entry of `needs` is a variable, or alternatives "a | b"; "a[state, time]" has at least
those dimensions.  A row whose variables are lacking is skipped, so a model of tea cups has no power shares.  Rows run in order:
a row may need what an earlier one gives.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sdrun.analyse.balance import balancing_efficiency, balancing_half_time
from sdrun.analyse.behaviour import mode_problems, with_modes
from sdrun.analyse.comparison import index_and_variant_effect
from sdrun.analyse.identical import identical_variants
from sdrun.analyse.metrics import metric_problems, with_metrics
from sdrun.analyse.outcomes import bids, cumulative_war_hazard, max_leader_share, unipolar_duration
from sdrun.analyse.polarity_spells import first_polarity_spell, polarity_spells
from sdrun.analyse.power import (
    concentration_by_index,
    effective_poles_by_index,
    leader,
    leader_share_by_index,
    polarity,
    power_index,
)
from sdrun.analyse.region import regional_hegemony

if TYPE_CHECKING:
    import xarray as xr

__all__ = [
    "GIVEN",
    "INDICATORS",
    "Row",
    "analyse",
    "identical_variants",
    "metric_problems",
    "mode_problems",
    "variables_for",
    "with_metrics",
    "with_modes",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An indicator and what it takes."""

    function: "Callable[[xr.Dataset], xr.DataArray | xr.Dataset]"
    needs: tuple[str, ...]
    """Variables it reads, each "name", "name[dimension, ...]" or alternatives of these with " | " between."""
    reads: tuple[str, ...] = ()
    """Variables that it reads where there are any."""
    gives: tuple[str, ...] = ()
    """Names of its results; its own where empty."""


INDICATORS: Mapping[str, Row] = {
    "power_index": Row(
        function=power_index, needs=("economy[state, time]", "military_capability", "income_per_head | population")
    ),
    "leader": Row(function=leader, needs=("power_index[time]",)),
    "leader_share_by_index": Row(function=leader_share_by_index, needs=("power_index[time]",)),
    "effective_poles_by_index": Row(function=effective_poles_by_index, needs=("power_index[time]",)),
    "concentration_by_index": Row(function=concentration_by_index, needs=("power_index[time]",)),
    "polarity": Row(function=polarity, needs=("power_index[time]",)),
    "unipolar_duration": Row(
        function=unipolar_duration,
        needs=("leader_share_by_index[time]",),
        gives=("unipolar_duration", "unipolar_duration_censored"),
    ),
    "index_and_variant_effect": Row(
        function=index_and_variant_effect, needs=("unipolar_duration",), gives=("index_effect", "variant_effect")
    ),
    "polarity_spells": Row(
        function=polarity_spells,
        needs=("polarity[time]",),
        gives=(
            "polarity_spells",
            "mean_polarity_spell",
            "longest_polarity_spell",
            "polarity_spell_censored",
        ),
    ),
    "first_polarity_spell": Row(
        function=first_polarity_spell,
        needs=("polarity[time]",),
        gives=("first_polarity_spell", "first_polarity_spell_censored"),
    ),
    "max_leader_share": Row(function=max_leader_share, needs=("leader_share_by_index[time]",)),
    "balancing_half_time": Row(
        function=balancing_half_time,
        needs=("power_index[state, time]",),
        gives=("balancing_half_time", "balancing_half_time_censored"),
    ),
    "balancing_efficiency": Row(
        function=balancing_efficiency,
        needs=("counter_coalition_ratio[time]", "military_capability[state, time]"),
        reads=("leadership",),
        gives=("balancing_efficiency", "mean_balancing_efficiency"),
    ),
    "regional_hegemony": Row(
        function=regional_hegemony,
        needs=("military_capability[state, time]", "proximity[state, other]"),
        gives=("max_regional_share", "regional_hegemony_years"),
    ),
    "cumulative_war_hazard": Row(function=cumulative_war_hazard, needs=("war_hazard",)),
    "bids": Row(function=bids, needs=("hegemonic_bid[time]",), gives=("bids", "bid_years")),
}

GIVEN: tuple[str, ...] = tuple(name for key, row in INDICATORS.items() for name in (row.gives or (key,)))
"""Names of all indicators: what a scenario may ask for beside the model's variables."""


def rows_for(wanted: Collection[str]) -> Collection[str]:
    """Rows of `INDICATORS` that give the indicators `wanted`, and those that they rest on."""
    rows: set[str] = set()
    found = set(wanted)
    for name, row in reversed(tuple(INDICATORS.items())):  # a row needs only what earlier ones give
        if found & {*(row.gives or (name,))}:
            rows.add(name)
            found |= _variables(row)
    return rows


def variables_for(wanted: Collection[str]) -> Collection[str]:
    """Variables of the model that the indicators `wanted` are computed from."""
    read = set[str]().union(*(_variables(INDICATORS[name]) for name in rows_for(wanted)))
    return read - {*GIVEN}


def _variables(row: Row) -> set[str]:
    """Names that it reads, all alternatives of them."""
    return {variable.partition("[")[0] for need in (*row.needs, *row.reads) for variable in need.split(" | ")}


def analyse(ds: "xr.Dataset", wanted: Collection[str] | None = None) -> "xr.Dataset":
    """`ds` with every indicator that its variables allow; variables of the model keep their name and are never replaced.

    With `wanted` only those, and what they rest on.
    """
    chosen = INDICATORS if wanted is None else rows_for(wanted)
    for name, row in INDICATORS.items():
        if name in chosen and _applies(row, ds):
            result = row.function(ds)
            found = result.to_dataset(name=name) if hasattr(result, "to_dataset") else result
            ds = ds.assign(
                {key: array.assign_attrs(role="indicator") for key, array in found.data_vars.items() if key not in ds}
            )
    return ds


def _applies(row: Row, ds: "xr.Dataset") -> bool:
    return all(any(_has(ds, variable) for variable in need.split(" | ")) for need in row.needs)


def _has(ds: "xr.Dataset", variable: str) -> bool:
    name, _, dims = variable.rstrip("]").partition("[")
    return name in ds.data_vars and all(dim in ds[name].dims for dim in dims.split(", ") if dim)
