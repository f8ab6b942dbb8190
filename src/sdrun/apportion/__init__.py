"""A sweep -> which factor drives what.  A stage: it reads a result, whether fresh or from a file, and knows no run.

    study       what is known of a sweep, read from a result; what a method is
    outcomes    metrics, and variables over time -> columns; the statistics found -> a dataset
    sobol       shares of the variance, of first order, in total, of pairs: from the design `saltelli`
    morris      elementary effects: from the design `morris`
    pawn        by distributions: from every other design; no assumption on how factors act

TO ADD INDICES write `(study, outcomes) -> statistics` with its `Method` (what the statistics are, how many samples belong
together, the source) and a row in `METHODS` for each design they are of.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sdrun.apportion import morris, sobol
from sdrun.apportion.outcomes import apportioned
from sdrun.apportion.pawn import PAWN
from sdrun.apportion.study import Method, study_of
from sdrun.errors import InputError, Problem
from sdrun.sweep import DESIGNS, MORRIS, RANDOM_DESIGNS, SALTELLI

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["METHODS", "drivers", "sensitivity"]

METHODS: Mapping[str, Method] = {
    **dict.fromkeys(DESIGNS, PAWN),
    MORRIS: morris.METHOD,
    SALTELLI: sobol.METHOD,
}
"""By the design of a sweep."""


def sensitivity(ds: "xr.Dataset") -> "xr.Dataset":
    """The indices that the design of a sweep allows, by (parameter, dimensions of the outcome).

    Of every metric, `<metric>_<statistic>`, also of the first samples alone (`_by_size`, by the number of samples), and of
    every variable that `[output] variables` names, over time.  `<name>_samples` says how many samples they are of: blocks of
    which one failed are left out.  Raises InputError where `ds` is no result of a sweep.
    """
    method = METHODS.get(str(ds.attrs.get("design")))
    if method is None:
        what = "these are no results of a sweep: they have no design"
        raise InputError(Problem(what=what, help="run a scenario with [sweep], and give its folder or its dataset"))
    found = apportioned(ds, study_of(ds), method)
    about = {name: str(ds.attrs[name]) for name in ("design", "factors", "run_id") if name in ds.attrs}
    title = f"Sensitivity: {ds.attrs.get('title', '')}"
    return found.assign_attrs({"title": title, "source": method.source, "ranked_by": method.headline, **about})


def drivers(ds: "xr.Dataset") -> "xr.Dataset | None":
    """The `sensitivity` that stands beside results: of a design that draws, where there is something to apportion."""
    if ds.attrs.get("design") not in RANDOM_DESIGNS:
        return None
    found = sensitivity(ds)
    return found if found.data_vars else None
