"""Does the answer depend more on the index of power or on the variant, which is mostly the theory?"""

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from sdrun.analyse.spells import time_unit

if TYPE_CHECKING:
    import xarray as xr


def index_and_variant_effect(ds: "xr.Dataset") -> "xr.Dataset":
    """How much the answer moves with the index of power, and how much with the variant, in units of time.

    `index_effect` is the mean absolute difference of `unipolar_duration` between two indices under the same variant,
    `variant_effect` that between two variants by the same index (NaN with one variant).  As means over pairs they do not grow
    with the number of indices or variants, so that the two can be compared (Gini's mean difference).  Durations that outlast
    the run count as they stand, as lower bounds; those that are NaN are left out.  The composite index is a mean of the other
    three: it makes the effect of the index smaller rather than larger.
    """
    import xarray as xr

    durations = ds["unipolar_duration"]
    if "variant" not in durations.dims:
        durations = durations.drop_vars("variant", errors="ignore").expand_dims("variant")  # it may be a factor of a sweep
    effects = {
        f"{dim}_effect": xr.apply_ufunc(_mean_difference, durations, input_core_dims=[[other, dim]], vectorize=True)
        for dim, other in (("index", "variant"), ("variant", "index"))
    }
    texts = {
        "index_effect": "mean difference of unipolar duration between two indices of power, under the same variant",
        "variant_effect": "mean difference of unipolar duration between two variants, by the same index of power",
    }
    for name, array in effects.items():
        array.attrs = {"long_name": name.replace("_", " "), "units": time_unit(ds), "description": texts[name]}
    return xr.Dataset(effects)


def _mean_difference(lines: Float[np.ndarray, "lines levels"]) -> float:
    """Mean |a − b| over all pairs of levels in all lines; NaN where no pair has two values."""
    pairs = [np.abs(a - b) for a, b in combinations(lines.T, 2)]
    differences = np.array(pairs)[np.isfinite(pairs)] if pairs else np.array([])
    return float(differences.mean()) if len(differences) else np.nan
